"""The data quality page: in every edition, with every row accounted for, revisions and what is
still asked.
"""

import csv
import io
import re
from collections import Counter

import pandas as pd
import pytest
import tiny
from anytown import (
    AREAS,
    ASB,
    DRUGS,
    FRAME,
    INDICATOR,
    USUAL,
    anytown,
    built_anytown,
    look_up,
    page,
    real_page,
    real_project,
    real_room,
    real_rows,
    street,
    text,
)
from projects import ROOT
from test_places import tables

from saferplymouth import DataQuality, periods
from saferplymouth.editions import plan
from saferplymouth.editions.plan import RunOptions
from saferplymouth.store.edition_names import EditionName

pytestmark = pytest.mark.xdist_group("places")

ACCOUNT = "Rows read from the street files, and how they were used"
RETURN = "indicator,period,value\n"


def number(cell: str) -> int:
    return int(cell.replace(",", ""))


def returns(root, drops: dict[str, dict[tuple[str, str], object]], frame: str = FRAME):
    """A project without street files: for each drop the figures of indicator and period."""
    tiny.put(root / "framework.toml", frame)
    for drop, figures in drops.items():
        rows = "".join(f"{key},{period},{value}\n" for (key, period), value in figures.items())
        tiny.put(root / f"data/raw/{drop}/returns/police.csv", RETURN + rows)
    return root


def revisions(root, month: str) -> list[list[str]]:
    """The rows of the table of revisions; none where there is no table."""
    found = tables(DataQuality(month, root).revisions().html)
    return [row for rows in found.values() for row in rows[1:]]


# --- In every edition


def test_every_edition_of_this_project_has_the_page(base):
    root = real_project(base)
    for name in ("2015-04", "2015-12", "2016-01", "2016-11"):
        expected = plan.plan(root, EditionName(periods.month(name)), RunOptions()).expected
        assert list(expected)[-1] == "data_quality"
        assert expected["data_quality"].page == "data-quality.html"
    quarter = EditionName(periods.month("2016-09"), pd.Period("2017Q2", "Q-MAR"))
    assert "data_quality" in plan.plan(root, quarter, RunOptions()).expected


def test_the_page_is_built_and_every_other_page_leads_to_it(base):
    edition = built_anytown(base)
    assert tiny.whole(edition)["areas"]["data_quality"]["page"] == "data-quality.html"
    for path in edition.glob("*.html"):
        assert 'href="data-quality.html"' in path.read_text(encoding="utf-8"), path.name


def test_the_page_holds_every_part_it_has_to(base):
    shown = (built_anytown(base) / "data-quality.html").read_text(encoding="utf-8")
    headings = re.findall(r'<h2 id="([a-z-]+)"', shown)
    assert [h for h in headings if h != "key-findings"] == [
        "questions",
        "checks",
        "sources",
        "rows",
        "revisions",
    ]


# --- Every row accounted for


def test_the_account_of_the_eleven_months_adds_up_and_is_what_the_standard_library_counts(base):
    """Read = counted + set aside; counted = city + elsewhere + no place."""
    head, *months, total = tables(real_page(DataQuality, base))[ACCOUNT]
    assert head[:6] == [
        "Month",
        "In the drop for",
        "Rows read",
        "Counted",
        "of these in Plymouth",
        "elsewhere",
    ]
    assert len(months) == 11
    local = Counter(row["Month"] for row in real_rows() if row["district"] == "Plymouth")
    nowhere = Counter(row["Month"] for row in real_rows() if not row["district"])
    every = Counter(row["Month"] for row in real_rows())
    for row, month in zip(months, sorted(every), strict=True):
        read, counted, city, elsewhere, without, repeated, again = map(number, row[2:])
        assert row[:2] == [periods.words(periods.month(month))] * 2
        path = ROOT / f"data/raw/{month}/{month}-devon-and-cornwall-street.csv"
        assert read == len(list(csv.reader(path.open(encoding="utf-8", newline="")))) - 1
        assert read == counted + repeated + again
        assert counted == city + elsewhere + without == every[month]
        assert (city, without) == (local[month], nowhere[month])
    assert total[2:] == [f"{sum(number(row[n]) for row in months):,}" for n in range(2, 9)]
    assert total[:4] == ["All", "[z]", "117,138", "117,137"]


def test_rows_set_aside_are_told_with_their_reason(tmp_path):
    """Two rows have an ID of a row before them, one that of the month before; incidents alike are
    none of these.
    """
    root = anytown(tmp_path, {"2016-04": USUAL, "2016-05": USUAL})
    may = root / "data/raw/2016-05/2016-05-anyshire-street.csv"
    earlier = (
        (root / "data/raw/2016-04/2016-04-anyshire-street.csv")
        .read_text()
        .splitlines(keepends=True)[1]
    )
    lines = may.read_text().splitlines(keepends=True)
    may.write_text("".join([*lines, lines[1], lines[1], earlier.replace(",2016-04,", ",2016-05,")]))
    shown = DataQuality("2016-05", root).rows().html
    rows = tables(shown)[ACCOUNT]
    assert rows[1] == ["April 2016", "April 2016", "151", "151", "80", "67", "4", "0", "0"]
    assert rows[2] == ["May 2016", "May 2016", "154", "151", "80", "67", "4", "2", "1"]
    assert rows[3] == ["All", "[z]", "305", "302", "160", "134", "8", "2", "1"]
    assert "a repeated Crime ID is set aside, whether in the same file or a later one" in text(
        shown
    )
    assert "No single row of a return is ever set aside" in text(shown)


def test_files_of_other_forces_have_an_account_of_their_own(tmp_path):
    root = anytown(tmp_path, {"2016-04": USUAL})
    other = street("2016-04", [("Fartown 001A", DRUGS, 9), ("Fartown 001A", ASB, 5)], first=10_000)
    tiny.put(root / "data/raw/2016-04/2016-04-othershire-street.csv", other)
    found = tables(DataQuality("2016-04", root).rows().html)
    assert found["Files of other forces: read but not shown on any page"][1:] == [
        ["othershire", "1", "14", "14", "0", "0"]
    ]
    assert found[ACCOUNT][1][2] == "151"


def test_the_download_has_the_account_the_checks_and_the_questions(base):
    rows = list(csv.DictReader(io.StringIO(real_room(DataQuality, base).source().csv)))
    account = {
        (r["period"], r["measure"]): int(r["value"]) for r in rows if r["part"] == "street file"
    }
    assert sum(value for (_, measure), value in account.items() if measure == "read") == 117_138
    assert sum(value for (_, measure), value in account.items() if measure == "repeated") == 1
    received = {(r["item"], r["period"]): r["value"] for r in rows if r["measure"] == "received"}
    assert received["overall_crime", "2016-11"] == "1575"
    counted = {(r["item"], r["period"]): r["value"] for r in rows if r["measure"] == "street files"}
    assert counted["overall_crime", "2016-11"] == "1454"
    assert counted["anti_social_behaviour", "2016-11"] == "743"
    asked = [r["item"] for r in rows if r["part"] == "question"]
    assert asked == real_room(DataQuality, base).asked


# --- What was received


def test_each_indicator_has_its_source_what_it_covers_and_when_its_latest_came(base):
    rows = {
        row[0]: row[1:]
        for row in tables(real_page(DataQuality, base))["Sources of each indicator’s figures"]
    }
    police, paper = (
        "Devon and Cornwall Police",
        "the board paper of 24 January 2017, pages 9 to 12, entered by hand",
    )
    came = f"November 2016 police.csv, taken from {paper}"
    assert rows["Overall crime"] == [police, "April 2015 to November 2016", came, "Nothing"]
    assert rows["Reported “ist” incidents"][1:] == [
        "April to October 2016",
        f"October 2016 police-and-council.csv, taken from {paper}",
        "November 2016",
    ]
    assert rows["Losses to fraud and cyber crime"] == [
        "Action Fraud",
        "No data",
        "[x]",
        "All of it",
    ]
    source = "November 2016 2016-11-devon-and-cornwall-street.csv"
    assert rows["Gap in crime between neighbourhoods"][1:] == [
        "January to November 2016",
        source,
        "Nothing",
    ]


def test_the_geography_and_the_board_s_papers_are_told_with_their_drops(base):
    rows = {
        row[0].replace(" ", ""): row[1]
        for row in tables(real_page(DataQuality, base))["Other files in use"]
    }
    assert rows["places/lookup.csv"] == rows["places/lsoa.geojson"] == "January 2016"
    assert rows["papers/commissioning.csv"] == "November 2016"


# --- Revisions


def test_no_figure_of_this_project_was_revised(base):
    assert "No drop in the last twelve months changed a total." in text(
        real_page(DataQuality, base)
    )


def test_a_figure_sent_again_as_another_is_listed_with_both_and_its_drop(tmp_path):
    root = returns(
        tmp_path,
        {
            "2016-04": {("overall_crime", "2016-04"): 61, ("incidents", "2016-04"): 21},
            "2016-05": {
                ("overall_crime", "2016-05"): 60,
                ("overall_crime", "2016-04"): 71,
                ("incidents", "2016-04"): 21,
            },
        },
    )
    assert revisions(root, "2016-05") == [["All crime", "April 2016", "61", "71", "May 2016"]]
    assert "1 total was revised" in text(DataQuality("2016-05", root).summary().html)
    assert revisions(root, "2016-04") == []


def test_where_only_groups_were_sent_again_nothing_is_said_of_figures_but_of_totals(tmp_path):
    by = (
        '\n[indicators.overall_crime.breakdowns.kind]\nname = "Kind"\nadds_up = true\ngroups = { '
        'a = "A", b = "B" }\n'
    )
    tiny.put(tmp_path / "framework.toml", FRAME + by)
    for drop, a in (("2016-04", 31), ("2016-05", 41)):
        rows = [
            f"overall_crime,2016-04,{figure}"
            for figure in (",,61", f"kind,a,{a}", f"kind,b,{61 - a}")
        ]
        lines = ["indicator,period,breakdown,group,value", *rows, ""]
        tiny.put(tmp_path / f"data/raw/{drop}/returns/police.csv", "\n".join(lines))
    shown = text(DataQuality("2016-05", tmp_path).revisions().html)
    assert shown.startswith("No total was revised")
    assert "Figures for its groups are not compared with earlier ones" in shown


def test_a_figure_revised_twice_is_listed_twice_each_with_what_it_was(tmp_path):
    drops = {f"2016-0{4 + n}": {("overall_crime", "2016-04"): 61 + 1000 * n} for n in range(3)}
    rows = revisions(returns(tmp_path, drops), "2016-06")
    assert {row[1] for row in rows} == {"April 2016"}
    assert sorted(row[2:] for row in rows) == [
        ["1,061", "2,061", "June 2016"],
        ["61", "1,061", "May 2016"],
    ]
    assert "2 totals were revised" in text(DataQuality("2016-06", tmp_path).summary().html)


def test_a_revision_of_more_than_a_year_ago_is_listed_no_more(tmp_path):
    drops = {
        "2015-03": {("overall_crime", "2015-03"): 61},
        "2015-04": {("overall_crime", "2015-03"): 62},
        "2016-03": {("overall_crime", "2016-03"): 63},
        "2016-04": {("overall_crime", "2016-04"): 64},
    }
    root = returns(tmp_path, drops)
    assert len(revisions(root, "2016-03")) == 1
    assert revisions(root, "2016-04") == []


HIDDEN = FRAME + INDICATOR.format(
    key="rape", name="Recorded rape", unit="count", counted="rapes", more=""
).replace("sensitive = false", "sensitive = true")


def sent_again(root, first: int, then: int):
    figures = {("overall_crime", "2016-05"): 60, ("rape", "2016-04"): then}
    drops = {
        "2016-04": {("overall_crime", "2016-04"): 61, ("rape", "2016-04"): first},
        "2016-05": figures,
    }
    return returns(root, drops, HIDDEN)


def test_a_hidden_figure_that_was_revised_is_listed_and_stays_hidden(tmp_path):
    row = ["Recorded rape", "April 2016", "[c]", "7", "May 2016"]
    assert revisions(sent_again(tmp_path / "up", 3, 7), "2016-05") == [row]
    row = ["Recorded rape", "April 2016", "7", "[c]", "May 2016"]
    assert revisions(sent_again(tmp_path / "down", 7, 2), "2016-05") == [row]


@pytest.mark.parametrize("pair", [((3, 7), (2, 7)), ((7, 1), (7, 4))])
def test_what_a_hidden_count_was_or_became_leaves_no_trace_on_the_page(tmp_path, pair):
    one, other = (
        page(DataQuality, sent_again(tmp_path / str(n), *counts), "2016-05")
        for n, counts in enumerate(pair)
    )
    assert one == other


# --- Open questions


def test_the_questions_of_the_real_edition_are_those_the_data_leave_open(base):
    shown = real_room(DataQuality, base)
    items = [text(item) for item in re.findall(r"<li>.*?</li>", shown.questions().html)]
    assert items == shown.asked
    assert any(item.startswith("April 2016 is low in 3 series at once") for item in items)
    assert (
        "Reported “ist” incidents: No data received for November 2016; latest is October 2016."
        in items
    )
    replies = "the number of replies behind each percentage was not supplied."
    assert f"“Ist” incident satisfaction: {replies}" in items
    assert items[-1].startswith("How many residents has each small area?")
    assert f"{len(items)} open questions" in text(shown.summary().html)


def test_one_indicator_that_is_late_lacks_its_latest_period(tmp_path):
    root = returns(
        tmp_path,
        {"2016-07": {("overall_crime", "2016-07"): 61}, "2016-08": {("incidents", "2016-08"): 9}},
    )
    told = text(DataQuality("2016-08", root).summary().html)
    assert "1 of 2 indicators with figures lacks its latest period" in told


def test_the_percentages_that_lack_their_replies_are_named(tmp_path):
    more = 'base = "replies"'
    frame = FRAME + INDICATOR.format(
        key="happy", name="Content", unit="percent", counted="replies", more=more
    )
    root = returns(tmp_path, {"2016-08": {("overall_crime", "2016-08"): 61}}, frame)
    asked = "Content: the number of replies behind {} was not supplied."
    for bare, said in (
        ((4, 5, 6, 7, 8), "each percentage"),
        ((6,), "the percentage of June 2016"),
        ((4, 8), "the percentages of April 2016 and August 2016"),
        ((5, 6, 7, 8), "the percentages of May to August 2016"),
    ):
        folder = root / "data/raw/2016-08/returns"
        rows = [f"happy,2016-0{n},30,60\n" for n in range(4, 9) if n not in bare]
        tiny.put(folder / "bare.csv", RETURN + "".join(f"happy,2016-0{n},50\n" for n in bare))
        tiny.put(folder / "replies.csv", "indicator,period,numerator,denominator\n" + "".join(rows))
        if not rows:
            (folder / "replies.csv").unlink()
        assert asked.format(said) in DataQuality("2016-08", root).asked


def test_with_nothing_open_the_page_says_so(tmp_path):
    people = look_up(people=dict.fromkeys(AREAS, 1000))
    root = anytown(tmp_path, {"2016-04": USUAL}, {"lookup.csv": people})
    shown = DataQuality("2016-04", root)
    assert shown.asked == []
    assert "There are no open questions." in text(shown.questions().html)
    assert "0 open questions" in text(shown.summary().html)


def test_a_month_whose_street_file_has_not_come_is_asked_for(tmp_path):
    root = anytown(tmp_path, {"2016-04": USUAL})
    tiny.put(root / "data/raw/2016-05/returns/police.csv", RETURN + "overall_crime,2016-05,60\n")
    assert (
        "No street file for May 2016 has been received; the latest is for April 2016."
        in DataQuality("2016-05", root).asked
    )
    assert not any("street file" in question for question in DataQuality("2016-04", root).asked)


def test_a_month_left_out_between_two_street_files_is_asked_for(tmp_path):
    """The gap of every month since has no year to date for want of it."""
    root = anytown(tmp_path, {"2016-04": USUAL, "2016-06": USUAL})
    asked = DataQuality("2016-06", root).asked
    assert any("May 2016" in question and "street file" in question for question in asked)


# --- Without street files


def test_without_street_files_the_page_stands_and_asks_for_them(tmp_path):
    root = returns(tmp_path, {"2016-04": {("overall_crime", "2016-04"): 61}})
    shown = text(page(DataQuality, root, "2016-04"))
    assert (
        "No street file for the force has been received. Is YYYY-MM-anyshire-street.csv missing "
        "from a drop, or do the files use a different name for the force from [street] in "
        "framework.toml?" in shown
    )
    assert shown.count("No street file for the force has been received.") > 1
    assert "none could be checked" in shown
    assert ACCOUNT not in shown
    assert "No crime with a place" not in shown


def test_a_partnership_whose_framework_rests_on_no_street_files_is_not_asked_for_any(tmp_path):
    root = returns(tmp_path, {"2016-04": {("overall_crime", "2016-04"): 61}})
    path = root / "framework.toml"
    frame = re.sub(
        r"(?m)^(held_against|priority_neighbourhoods) .*\n", "", path.read_text(encoding="utf-8")
    )
    path.write_text(
        re.sub(r"(?s)\[indicators.crime_gap\].*?(?=\n\[|\Z)", "", frame), encoding="utf-8"
    )
    asked = DataQuality("2016-04", root)
    assert not any("street" in question for question in asked.asked)
    told = asked.checks().html
    assert "Nothing in the framework uses street files" in told
    assert "missing" not in told


def test_an_edition_from_before_any_street_file_has_the_page(base):
    shown = text(page(DataQuality, real_project(base), "2015-12"))
    assert "Is YYYY-MM-devon-and-cornwall-street.csv missing from a drop, or" in shown
    assert "November 2016" not in shown
