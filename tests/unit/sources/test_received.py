"""Files as their senders made them: which recipe reads each, and what a drop takes from them."""

from pathlib import Path

import pandas as pd
import pytest
from returned import FRAMEWORK, MONTH, csv_of, xlsx_of

from saferplymouth import sources
from saferplymouth.sources import received, recipes
from saferplymouth.sources.received import read_file
from saferplymouth.store import observations

PACK = """name = "Police pack"
files = ["police*.xlsx"]
[[table]]
header = "Measure"
indicator = "Measure"
period = "heading"
[table.indicators]
overall_crime = "All crime"
domestic_abuse = "DA"
"""
ROWS = [
    ["Plymouth performance pack"],
    ["Measure", "Sep-16", "Oct-16", "Nov-16"],
    ["All crime", 1808, 1863, "1,575 (p)"],
    ["DA", 627, "*", 358],
    ["Stalking", 10, 11, 12],
]


class Sent:
    """A project with recipes and a drop for November 2016."""

    def __init__(self, root: Path):
        self.root, self.drop = root, root / "data/raw/2016-11"

    def put(self, path: str, content: bytes | str) -> Path:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
        return place

    def receive(self, name: str, content: bytes) -> Path:
        return self.put(f"data/raw/2016-11/received/{name}", content)

    @property
    def recipes(self) -> dict[str, recipes.Recipe]:
        return recipes.load_all(self.root, FRAMEWORK)

    def read(self) -> sources.Drop:
        return sources.read(self.root / "data/raw", MONTH, FRAMEWORK, self.recipes)

    def look(self, name: str, content: bytes, **options) -> received.ReadFile:
        path = self.put(name, content)
        return read_file(path, name, MONTH, FRAMEWORK, self.recipes, **options)


@pytest.fixture
def project(tmp_path) -> Sent:
    made = Sent(tmp_path)
    made.put("recipes/pack.toml", PACK)
    return made


def told(found) -> list[str]:
    return list(map(str, found.problems))


def test_a_drop_takes_the_figures_of_a_senders_file_each_with_its_sheet_and_cell(project):
    project.receive("police pack.xlsx", xlsx_of(ROWS))
    drop = project.read()
    assert told(drop) == []
    rows = [(r.indicator, r.period, r.value, r.status, r.source) for r in drop.rows]
    file = "received/police pack.xlsx, sheet 'Sheet'"
    assert rows == [
        ("overall_crime", "2016-09", 1808, "", f"{file}, B3"),
        ("overall_crime", "2016-10", 1863, "", f"{file}, C3"),
        ("overall_crime", "2016-11", 1575, "p", f"{file}, D3"),
        ("domestic_abuse", "2016-09", 627, "", f"{file}, B4"),
        ("domestic_abuse", "2016-10", None, "c", f"{file}, C4"),
        ("domestic_abuse", "2016-11", 358, "", f"{file}, D4"),
    ]


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("returns/police.csv", ("returns/police.csv", "", "")),
        ("received/a, b.csv, B7", ("received/a, b.csv", "", "B7")),
        ("received/a.xlsx, sheet 'It's, B2', AB12", ("received/a.xlsx", "It's, B2", "AB12")),
        ("received/a.xlsx, sheet 'S', B7, C7", ("received/a.xlsx", "S", "B7, C7")),
    ],
)
def test_a_source_says_its_file_sheet_and_cells(source, parts):
    origin = sources.origin(source)
    assert (origin.file, origin.sheet, origin.cell) == parts


def test_a_file_without_a_name_that_fits_is_known_by_its_tables(project):
    assert project.look("Pack for November.xlsx", xlsx_of(ROWS)).by == "pack"


def test_where_several_recipes_fit_one_is_asked_for(project):
    project.put("recipes/other.toml", PACK.replace("All crime", "*crime"))
    found = project.look("police.xlsx", xlsx_of(ROWS))
    cure = "write in their files which names each is for, or choose one with --recipe"
    assert told(found) == [f"police.xlsx: the recipes other and pack all fit. Cure: {cure}."]
    chosen = project.look("police.xlsx", xlsx_of(ROWS), wanted=project.recipes["other"])
    assert (chosen.by, len(chosen.rows)) == ("other", 6)


def test_a_return_needs_no_recipe_and_its_figures_name_their_cells(project):
    rows = [["indicator", "period", "value"], ["overall_crime", "2016-11", 1575]]
    project.receive("anything.csv", csv_of(rows))
    (row,) = project.read().rows
    assert (row.value, row.source) == (1575, "received/anything.csv, C2")


@pytest.mark.parametrize(
    ("name", "content", "mistake"),
    [
        ("list.csv", b"Ward,Things\nA,1\n", "no recipe fits. Cure: saferplymouth learn "),
        ("2016-11-a-street.csv", b"", "is a street file. Cure: put it in the top folder of its"),
        ("police.xlsx", b"PK\3\4", "cannot be opened as a workbook"),
        ("report.pdf", b"%PDF", "is not in a known format"),
        ("police.figures.csv", b"a", "has the name of figures kept from an erased file"),
        ("=police.xlsx", b"a", "has a name that starts with =, like a formula"),
    ],
)
def test_what_cannot_be_read_is_a_problem_with_its_cure(name, content, mistake, project):
    (problem,) = told(project.look(name, content))
    assert problem.startswith(f"{name}: {mistake}")


def test_a_period_after_the_drop_or_over_twenty_years_before_it_is_a_problem(project):
    rows = [["Measure", "October 1996", "Dec-16", "Jan-17"], ["All crime", 1, 2, 3]]
    found = project.look("police.xlsx", xlsx_of(rows))
    late = "December 2016 is after November 2016, the month of this drop (and 1 more)"
    assert [(p.cell, p.mistake) for p in found.problems] == [
        ("C2", late),
        ("B2", "October 1996 is over 20 years ago"),
    ]


def test_a_figure_that_came_twice_is_a_problem_unless_it_is_the_same(project):
    rows = "indicator,period,value\noverall_crime,2016-11,1575\ndomestic_abuse,2016-11,359\n"
    project.put("data/raw/2016-11/returns/police.csv", rows)
    project.receive("police.xlsx", xlsx_of(ROWS))
    drop = project.read()
    there = "received/police.xlsx, sheet 'Sheet', D4"
    cure = "ask which is right, and leave the other out of its recipe or return"
    twice = f"domestic_abuse for 2016-11 is 359 here, but 358 in {there}"
    assert told(drop) == [f"2016-11/returns/police.csv: {twice}. Cure: {cure}."]
    (same,) = [r for r in drop.rows if (r.indicator, r.period) == ("overall_crime", "2016-11")]
    assert same.source == "received/police.xlsx, sheet 'Sheet', D3"


def test_recipes_that_do_not_load_are_all_named(project):
    project.put("recipes/one.toml", PACK.replace("overall_crime", "overal_crime"))
    project.put("recipes/two.toml", "name = 1\n")
    with pytest.raises(sources.RecipeError) as error:
        project.recipes  # noqa: B018
    assert {p.file for p in error.value.problems} == {"recipes/one.toml", "recipes/two.toml"}


def test_the_drop_of_a_file_is_read_anew_when_a_recipe_changes(project):
    def value() -> dict[str, float]:
        observations.refresh(project.root, FRAMEWORK, MONTH)
        rows = observations.received(project.root, MONTH)
        return dict(zip(rows["period"], rows["value"], strict=True))

    project.receive("police.xlsx", xlsx_of(ROWS[:3]))
    assert value()["2016-09"] == 1808
    project.put(
        "recipes/pack.toml", PACK.replace('"All crime"', '{label = "All crime", times = 2}')
    )
    assert value()["2016-09"] == 3616


def test_a_later_file_with_all_months_again_revises_only_what_has_changed(project):
    project.receive("police.xlsx", xlsx_of(ROWS[:3]))
    again = [[*ROWS[1], "Dec-16"], ["All crime", 1808, 1870, 1575, 1600]]
    project.put("data/raw/2016-12/received/police.xlsx", xlsx_of(again))
    december = pd.Period("2016-12", "M")
    observations.refresh(project.root, FRAMEWORK, december)
    everything = observations.received(project.root, december)
    restated = observations.restated(everything, december)
    assert restated[["period", "before", "value"]].to_numpy().tolist() == [["2016-10", 1863, 1870]]
    stood = observations.as_it_stood(everything).set_index("period")
    assert stood.index[stood["status"] == "r"].tolist() == ["2016-10"]
