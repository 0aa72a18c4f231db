"""Nothing that is downloaded is a formula or hides its order: every text is stopped at the door it
comes in by, with its place, and what a notebook shows of its own is stopped where the table is
written.
"""

import json
import re
import tomllib
import zipfile
from pathlib import Path

import pytest
import tiny
from projects import ROOT, copy_project

from saferplymouth import framework
from saferplymouth.editions import page_check
from saferplymouth.framework.raw import texts
from saferplymouth.sources import actions, commissioning, duties, scores

FORMULAE = ["=HYPERLINK(0)", "+1+1", "-1+1", "@SUM(A1)", "＝1+1", "'=1", '"=1"']
FORMULAE += ["⩵1+1", "=\u0338\u0338cmd"]  # two signs drawn as one, and one struck through
HIDING = ["fell \u202e21", "a\u2066b", "a\u200bb", "\u3164", "a\u00adb", "\ufeffa"]
HOSTILE = [*FORMULAE, *HIDING]
STREET = "Crime ID,Month,LSOA code,LSOA name,Crime type,Context"
AREA = "E01015023,Plymouth 003A,Plymouth 003,Old Quay,Harbour"


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    return copy_project(tmp_path_factory.mktemp("doors") / "project")


def csv(*rows: list[str]) -> str:
    return "".join(
        ",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in rows
    )


def geography(hostile: str) -> dict[str, str]:
    """A look-up with one hostile name in each of its rows, a ward drawn and a district counted,
    both of that name.
    """
    head = ["LSOA21CD", "LSOA21NM", "MSOA21NM", "MSOA21HCLNM", "WD25NM"]
    code, *named = AREA.split(",")
    body = [[code[:-1] + str(n), *named[:n], hostile, *named[n + 1 :]] for n in range(len(named))]
    ring = [[-4.1, 50.4], [-4.0, 50.4], [-4.0, 50.5], [-4.1, 50.4]]
    ward = {
        "type": "Feature",
        "properties": {"WD25CD": "E05002078", "WD25NM": hostile},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    return {
        "places/lookup.csv": csv(head, *body),
        "places/ward.geojson": json.dumps({"type": "FeatureCollection", "features": [ward]}),
        "places/population.csv": csv(["Name", "Mid-2016"], [hostile, "5"]),
    }


def street(hostile: str) -> str:
    place = ["E01015023", "Plymouth 003A"]
    rows = [["", "2016-12", place[0], hostile, "Drugs", ""], ["", "2016-12", *place, hostile, ""]]
    return csv(STREET.split(","), *rows)


def papers(hostile: str) -> dict[str, str]:
    """The board's papers, each of one row that is hostile in each of its texts."""
    scale = tomllib.loads((ROOT / "framework.toml").read_text(encoding="utf-8"))["matrix"][
        "dimensions"
    ]
    headers = {"commissioning": commissioning.COLUMNS, "duties": duties.COLUMNS}
    headers |= {"actions": actions.COLUMNS, "decisions": actions.DECISION_COLUMNS}
    headers["strategic_assessment"] = [*scores.FIRST, *scale, *scores.LAST]
    return {
        f"papers/{name}.csv": csv(header, [hostile] * len(header))
        for name, header in headers.items()
    }


@pytest.mark.parametrize("hostile", HOSTILE)
def test_every_door_of_a_drop_tells_of_it_with_its_place(hostile, root):
    drop = root / "data/raw/2016-12"
    named = {
        "returns/police.csv": csv(
            ["indicator", "period", "value", "note"], ["overall_crime", "2016-12", "5", hostile]
        )
    }
    named |= (
        geography(hostile)
        | papers(hostile)
        | {"2016-12-devon-and-cornwall-street.csv": street(hostile)}
    )
    signed = f"Author: ab {hostile}\nSigned off: {hostile} ab, {hostile} ab\n\nReports rose."
    for name, content in (named | {"comments/overall_crime.md": signed}).items():
        tiny.put(drop / name, content)
    done = tiny.told(root, "check", "2016-12")
    assert done.returncode == 2
    told = [line.removeprefix("2016-12/") for line in (done.stdout + done.stderr).splitlines()]
    told = [re.sub("cell [A-Z]+([0-9]+)", r"row \1", line) for line in told]
    doors = ["returns/police.csv, row 2, column note"]
    doors += [
        f"places/lookup.csv, row {n + 2}, column {c}"
        for n, c in enumerate(["LSOA21NM", "MSOA21NM", "MSOA21HCLNM", "WD25NM"])
    ]
    doors += [
        "places/ward.geojson: the name of E05002078",
        "places/population.csv, row 2, column Name",
    ]
    doors += [
        f"2016-12-devon-and-cornwall-street.csv, row {n}, column {c}"
        for n, c in ((2, "LSOA name"), (3, "Crime type"))
    ]
    wanted = {
        "commissioning": "need recommendation owner note",
        "strategic_assessment": "issue scored_by",
    }
    wanted |= {"actions": "about response owner progress", "decisions": "about decided owner"}
    wanted["duties"] = "duty set_by owner met_by note"
    for paper, columns in wanted.items():
        doors += [f"papers/{paper}.csv, row 2, column {column}" for column in columns.split()]
    if hostile in FORMULAE:
        doors += ["comments/overall_crime.md, column Signed off"]
    assert [
        door for door in doors if not any(line.startswith(door) and wrong(line) for line in told)
    ] == []


def wrong(line: str) -> bool:
    return "like a formula" in line or "invisible character" in line or "is not a name" in line


@pytest.mark.parametrize(
    "name", ["=cmd|x.csv", "-1.csv", "@a.csv", "a\u202evsc.csv", "a\u200b.csv", "a\nb.csv"]
)
def test_a_file_is_named_so_that_its_name_can_stand_in_a_table(name, tmp_path):
    root = tiny.project(tmp_path, "alpha")
    tiny.put(root / f"data/raw/2016-04/returns/{name}", "indicator,period,value\nalpha,2016-03,5\n")
    with zipfile.ZipFile(root / f"data/raw/2016-04/{name[:-4]}.zip", "w") as packed:
        packed.writestr("2016-04-anyforce-street.csv", "x")
    with zipfile.ZipFile(root / "data/raw/2016-04/street.zip", "w") as packed:
        packed.writestr(f"{name[:-4]}/2016-04-other-street.csv", "x")
    done = tiny.told(root, "check", "2016-04")
    told = done.stdout + done.stderr
    assert done.returncode == 2
    assert len([line for line in told.splitlines() if "rename it using plain letters" in line]) == 2
    assert "street.zip: contains a file whose name cannot be displayed" in told


@pytest.mark.parametrize("hostile", FORMULAE[:1] + HIDING[:1])
def test_no_text_or_key_of_the_framework_is_one(hostile, tmp_path):
    """Each text in turn, by what it says, in the file itself."""
    path = tmp_path / "framework.toml"
    whole = (ROOT / "framework.toml").read_text(encoding="utf-8")
    for place, text in dict(texts(tomllib.loads(whole))).items():
        quoted = json.dumps(text, ensure_ascii=False)
        if quoted in whole:
            path.write_text(
                whole.replace(quoted, json.dumps(hostile + text, ensure_ascii=False), 1),
                encoding="utf-8",
            )
            with pytest.raises(framework.FrameworkError, match=r"formula|invisible"):
                framework.load(path)
        else:
            assert framework_key(text), place


def framework_key(text: str) -> bool:
    """Whether a text is a key written without quotes, which TOML lets hold nothing but these."""
    return text.replace("_", "").replace("-", "").isalnum() and text.isascii()


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_table_of_a_notebooks_own_is_stopped_where_it_is_written(hostile):
    assert page_check.csv_faults(csv(["measure", "value"], [hostile, "-5"])) != []
    assert page_check.csv_faults(csv([hostile, "value"], ["a", "-5"])) != []


def test_numbers_and_names_as_people_write_them_pass():
    cells = [
        "-5",
        "+12",
        "-1,234.5",
        "1e-05",
        "-3%",
        "",
        "St. Peter & the Waterfront",
        "Efford – Lower",
        "Ynys Môn",
        "“ist”",
    ]
    assert page_check.csv_faults(csv(cells)) == []


def test_a_page_whose_table_a_spreadsheet_would_run_is_refused(tmp_path):
    own = 'display(Part("table", section.project.month, "", "alpha", "a\\n=1+1\\n"))'
    parts = [part for part in tiny.PARTS if part != "table"]
    cells = tiny.notebook(
        tiny.PARAMETERS,
        tiny.area("alpha", parts=parts),
        f"from saferplymouth.display.parts import Part\n{own}",
    )
    root = tiny.project(tmp_path, "alpha", alpha=cells)
    done = tiny.told(root, "run", "--jobs", "1", "--area", "alpha")
    assert done.returncode == 1
    assert "the table alpha: '=1+1' starts with =, like a formula" in done.stdout
