"""Rolling years and pools of three years on an area's page: what it says, shows and never adds."""

import csv
import io
import re

import pytest
import tiny

from saferplymouth import Board, Report, Workbench, sources

INDICATORS = {
    "crime": 'name = "Recorded crime"\nunit = "count"\ncounted = "recorded crimes"\n'
    'frequency = "rolling year"\nevery = "quarter"',
    "rate": 'name = "Crime rate"\nunit = "rate"\ncounted = "recorded crimes"\n'
    'frequency = "rolling year"\nevery = "quarter"\ntarget = { "2016/17" = 85 }',
    "admissions": 'name = "Admissions"\nunit = "rate"\nper = 100000\ncounted = "admissions"\n'
    'frequency = "three years"\nevery = "year"',
}
COMMON = """
[indicators.{key}]
area = "alpha"
aim = "reduce"
monitoring_only = false
agency = "police"
sensitive = false
definition = "As sent."
why = "It matters."
{own}
"""
RETURN = """indicator,period,value
crime,Jul '14 to Jun '15,22724
crime,year ending September 2015,23116
crime,year ending December 2015,[c]
crime,2015/16,23133
crime,YE Jun-16,22554
rate,2015/16,88.1
rate,YE Jun-16,85.9
admissions,2010/11 - 2012/13,61.2
admissions,2011/12 - 2013/14,58
admissions,2013/14 to 2015/16,52.1
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tiny.project(tmp_path_factory.mktemp("overlapping"), "alpha", months=("2016-11",))
    more = "".join(COMMON.format(key=key, own=own) for key, own in INDICATORS.items())
    with (root / "framework.toml").open("a", encoding="utf-8") as file:
        file.write(more)
    tiny.put(root / "data/raw/2016-11/returns/ons.csv", RETURN)
    return root


@pytest.fixture(scope="module")
def report(root):
    return Report("alpha", "2016-11", root)


def cells(section) -> dict[tuple[str, str], str]:
    rows = csv.DictReader(io.StringIO(section.table().csv))
    return {(r["measure"], r["period"]): r["value"] or r["shorthand"] for r in rows}


def said(part) -> str:
    return " ".join(re.sub("<[^>]+>", " ", part.html).split())


def test_a_rolling_year_is_compared_with_the_one_twelve_months_earlier_in_words(report):
    page = said(report["crime"].control())
    assert report["crime"].leading[0].text == (
        "Recorded crime down 1% (170 fewer), the year ending June 2016 compared with the year "
        "ending June 2015"
    )
    assert "The total fell by 170 (1%) from 22,724 in the year ending June 2015." in page
    assert "Neighbouring figures share months, so the comparison is with the twelve" in page
    assert "No data received for the year ending September 2016; latest is the year ending" in page
    assert "usual variation from" not in page


def test_rolling_years_have_no_control_chart_and_stand_in_one_chart_with_a_gap(report):
    crime = report["crime"]
    assert "<figure" not in crime.control().html
    chart = crime.chart().html
    assert "in twelve months, every quarter <small>" in chart
    assert "Neighbouring points share months" in chart
    assert "lowest 22,554 in the year ending June 2016" in chart


def test_every_rolling_year_is_in_the_table_and_none_is_a_sum(report):
    table = cells(report["crime"])
    assert table["Figure", "2015-07..2016-06"] == "22554"
    assert table["Twelve months earlier", "2014-07..2015-06"] == "22724"
    assert table["Change", "2015-07..2016-06"] == "-170"
    assert table["Change", "2014-10..2015-09"] == table["Change, %", "2014-10..2015-09"] == "[x]"
    assert {period for _, period in table if period.startswith("2014-10")} == {"2014-10..2015-09"}
    figures = report["crime"].figures()
    assert list(figures["Figure"].dropna()) == [22724, 23116, 23133, 22554]


def test_a_rolling_year_that_its_sender_hides_is_marked_so_and_compared_with_nothing(report):
    table = cells(report["crime"])
    hidden = table["Figure", "2015-01..2015-12"], table["Change", "2015-01..2015-12"]
    assert hidden == ("[c]", "[c]")


def test_a_pool_is_compared_with_the_one_before_that_shares_no_year_with_it(report):
    admissions = report["admissions"]
    assert admissions.leading[0].text == (
        "Admissions down 9.1 per 100,000, 2013/14 to 2015/16 compared with 2010/11 to 2012/13"
    )
    table = cells(admissions)
    assert float(table["Change", "2013/14..2015/16"]) == -9.1
    assert table["Change", "2011/12..2013/14"] == "[x]"


def test_the_target_of_a_year_is_for_the_rolling_years_that_end_in_it(report):
    rate = report["rate"]
    assert rate.state == "Off course"
    assert "0.9 per 1,000 above the 85 per 1,000 target" in rate.leading[0].text
    table = cells(rate)
    of_june = table["Target", "2015-07..2016-06"], table["Distance to target", "2015-07..2016-06"]
    assert tuple(map(float, of_june)) == (85, 0.9)
    assert table["Target", "2015-04..2016-03"] == "[z]"
    assert any("year ending June 2016 is {distance}" in text for text in rate.live.sentences())


def test_the_board_gives_the_latest_rolling_year_and_no_year_to_date(root):
    rows = csv.DictReader(io.StringIO(Board("2016-11", root).table().csv))
    crime = {r["measure"]: r["value"] or r["shorthand"] for r in rows if r["indicator"] == "crime"}
    assert (crime["Latest"], crime["Year to date"]) == ("22554", "[z]")


def test_a_comment_on_a_rolling_year_is_checked_by_its_own_twelve_months(report):
    crime = report["crime"]
    shown = crime.check("Recorded crime fell by 170 in the year ending June 2016.").html
    assert "170” is right" in shown
    assert crime.live["figure of July 2014 to June 2016"] == "not available"
    assert (crime.live["figure"], crime.live["last year"]) == ("22,554", "22,724")
    assert report["admissions"].live["last year"] == "61.2 per 100,000"
    assert "year to date" not in " ".join(crime.live.sentences())


def test_the_workbench_puts_no_overlapping_figures_beside_others_or_in_a_sum(root):
    workbench = Workbench("2016-11", root)
    assert "share months" in workbench.side_by_side("alpha", "crime").findings[0]
    assert "already for twelve months" in workbench.rolling_year("crime").findings[0]
    assert "year ending September 2016" in workbench.what_if("crime", 22000).findings[0]


def test_a_rolling_year_that_ends_within_a_quarter_is_refused(root):
    path = root / "data/raw/2016-11/returns/late.csv"
    tiny.put(path, "indicator,period,value\ncrime,year ending August 2016,22600\n")
    try:
        with pytest.raises(sources.Refused, match="ends part-way through a quarter"):
            Report("alpha", "2016-11", root)
    finally:
        path.unlink()
