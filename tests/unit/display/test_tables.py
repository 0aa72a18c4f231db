"""The download holds in full what the page's table shows rounded, cell by cell, read here by
another parser.
"""

import csv
import io
import re
import shutil
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from paper import PAPER

from saferplymouth import Board, Report
from saferplymouth.pages.section import Section

KEYS = list(PAPER)
SHOWN = re.compile(
    r"(?P<sign>[+−]?)(?P<digits>\d[\d,]*(?:\.\d+)?)(?P<percent>%?)(?: "
    r"(?P<mark>\[[a-z]\]))?|(?P<none>\[[a-z]\])"
)


class Page(HTMLParser):
    """The cells of a page's table by row, and the words of its caption and shorthand."""

    def __init__(self, text: str):
        super().__init__()
        self.rows, self.scopes, self._into = [], [], ""
        self.said = {"caption": "", "dt": [], "dd": []}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")
            self.scopes += [(len(self.rows), dict(attrs).get("scope"))] if tag == "th" else []
        self._into = tag if tag in ("th", "td", "dt", "dd", "caption") else self._into

    def handle_endtag(self, tag):
        self._into = "" if tag == self._into else self._into

    def handle_data(self, data):
        if self._into in ("th", "td"):
            self.rows[-1][-1] += data
        elif self._into == "caption":
            self.said["caption"] += data
        elif self._into in ("dt", "dd"):
            self.said[self._into].append(data)


@pytest.fixture(scope="module")
def revised(tmp_path_factory, untouched) -> Path:
    """The project with a revised month, a missing one, and a month of last year that is below the
    smallest base.
    """
    root = tmp_path_factory.mktemp("revised") / "project"
    shutil.copytree(untouched, root)
    drop = root / "data/raw/2016-12/returns"
    drop.mkdir(parents=True)
    rows = [
        "indicator,period,value",
        "overall_crime,2016-10,1601",
        "overall_crime,2015-10,1500",
        "overall_crime,2016-12,9",
    ]
    (drop / "police.csv").write_text("\n".join([*rows, ""]), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def section(untouched, revised):
    """One indicator's section for one month; the revised drop arrives in December 2016."""
    projects = {}

    def find(key: str, month: str) -> Section:
        if month not in projects:
            projects[month] = Board(month, revised if month == "2016-12" else untouched)
        return projects[month].sections[key]

    return find


def shown(cell: str) -> tuple[str, str, str]:
    """What a reader sees in a cell: value, whether per cent, shorthand."""
    match = SHOWN.fullmatch(cell)
    assert match, cell
    if match["none"]:
        return "", "", match["none"]
    value = ("-" if match["sign"] == "−" else "") + match["digits"].replace(",", "")
    return value, match["percent"], match["mark"] or ""


def rounded(value: str, cell: str) -> str:
    """A figure of the download to the decimals of the page's cell; nothing but 0 may be 0."""
    if not value:
        return value
    exact, written = Decimal(value), Decimal(cell or "NaN")
    return str(exact.quantize(written, ROUND_HALF_UP)) if bool(exact) == bool(written) else value


CASES = [
    (key, month)
    for key in KEYS
    for month in ("2015-04", "2016-03", "2016-04", "2016-11", "2016-12")
]


@pytest.mark.parametrize(("key", "month"), CASES)
def test_the_download_equals_the_table_cell_by_cell(key, month, section):
    part = section(key, month).table()
    if section(key, month).evidence.unheard:
        assert "<table" not in part.html
        assert not any(row["value"] for row in csv.DictReader(io.StringIO(part.csv)))
        return
    (_, *heads), *body = Page(part.html).rows
    heads = [
        re.sub(", mid-201[56]$", "", head) for head in heads
    ]  # the download names a year only if it is another
    cells = {
        (measure, n): shown(cell)
        for n, row in enumerate(body)
        for measure, cell in zip(heads, row[1:], strict=True)
    }
    found, count = {}, Counter()
    for row in csv.DictReader(io.StringIO(part.csv)):
        percent = "%" if row["unit"] == "percent" and row["value"] else ""
        at = row["measure"], count[row["measure"]]
        found[at] = (rounded(row["value"], cells[at][0]), percent, row["shorthand"])
        count[row["measure"]] += 1
        assert row["indicator"] == key
    assert found == cells
    assert len(body) == (5 if "referrals" in key else 13)


@pytest.mark.parametrize(("key", "month"), CASES)
def test_there_is_one_row_for_each_measure_and_period(key, month, section):
    rows = list(csv.DictReader(io.StringIO(section(key, month).table().csv)))
    twice = {
        k: n
        for k, n in Counter(
            (r["measure"], r["period"]) for r in rows if ".." not in r["period"]
        ).items()
        if n > 1
    }
    assert twice == {}
    assert all((r["value"] == "") <= (r["shorthand"] != "") for r in rows)
    assert all(re.fullmatch(r"-?\d+(\.\d+)?|", r["value"]) for r in rows)
    assert all(re.fullmatch(r"\[[xzurq]\]|", r["shorthand"]) for r in rows)
    assert {r["unit"] for r in rows} <= {"count", "percent", "points", "rate"}


@pytest.mark.parametrize("key", [k for k in KEYS if not k.startswith("ist_")])
def test_last_years_figures_carry_last_years_periods(key, section):
    rows = list(csv.DictReader(io.StringIO(section(key, "2016-11").table().csv)))
    for measure, opens in (
        ("2016/17", "2016"),
        ("2015/16", "2015"),
        ("Cumulative 2015/16", "2015"),
        ("Change", "2016"),
    ):
        periods = [r["period"] for r in rows if r["measure"] == measure]
        assert periods[0] in (f"{opens}-04", f"{opens}/{int(opens[2:]) + 1} Q1")
        assert re.match(rf"{opens}-04\.\.{opens}-(09|11)", periods[-1])
    observed = section(key, "2016-11").observed["value"]
    calendar = section(key, "2016-11").project.framework.calendar
    labelled = {calendar.label(period): str(int(value)) for period, value in observed.items()}
    years = [r for r in rows if r["measure"] in ("2016/17", "2015/16") and ".." not in r["period"]]
    assert {r["period"]: r["value"] for r in years if r["value"]} == labelled


def test_a_figure_says_whose_it_is_and_when_it_came(section):
    rows = list(csv.DictReader(io.StringIO(section("ist_incidents", "2016-11").table().csv)))
    for row in rows:
        ours = "arget" in row["measure"]
        agency = "Devon and Cornwall Police and Plymouth City Council"
        taken = (
            f"{agency}, taken from the board paper of 24 January 2017, pages 9 to 12, entered by "
            f"hand"
        )
        figure = row["value"] and row["source"]
        assert row["source"] == "Target set by the partnership" if ours else figure in ("", taken)
        assert row["source"].startswith("Target" if ours else agency)
    months = {
        r["period"]: r["received"]
        for r in rows
        if r["measure"] == "2016/17" and ".." not in r["period"]
    }
    assert months["2016-04"] == "2016-04"
    assert months["2016-10"] == "2016-10"
    assert months["2016-11"] == ""


def test_a_figure_that_was_taken_from_a_paper_is_not_said_to_have_been_received(project):
    crime = Report("overall_crime", "2016-11", project)["overall_crime"]
    told = " ".join(re.sub("<[^>]+>", " ", crime.source().html).split())
    assert "Taken from The board paper of 24 January 2017, pages 9 to 12, entered by hand (" in told
    assert "File police.csv, in the drop for November 2016" in told
    assert "Received" not in told
    path = project / "data/raw/2016-11/returns/council.csv"
    path.write_text("indicator,period,value\nist_incidents,2016-11,50\n", encoding="utf-8")
    section = Report("hate_crime", "2016-11", project)["ist_incidents"]
    told = " ".join(re.sub("<[^>]+>", " ", section.source().html).split())
    assert "Received with the returns for November 2016, in council.csv" in told
    assert "entered by hand (April to October 2016)" in told
    rows = {
        (r["measure"], r["period"]): r["source"]
        for r in csv.DictReader(io.StringIO(section.table().csv))
    }
    agency = "Devon and Cornwall Police and Plymouth City Council"
    assert rows["2016/17", "2016-11"] == agency
    assert rows["2016/17", "2016-10"].startswith(f"{agency}, taken from the board paper")
    assert rows["2016/17", "2016-04..2016-11"].endswith(f"entered by hand; {agency}")


def test_a_revised_figure_is_marked_in_the_table_and_the_download(section):
    part = section("overall_crime", "2016-12").table()
    rows = list(csv.DictReader(io.StringIO(part.csv)))
    found = {(r["measure"], r["period"]): (r["value"], r["shorthand"]) for r in rows}
    assert found["2016/17", "2016-10"] == ("1601", "[r]")
    assert found["2015/16", "2015-10"] == ("1500", "[r]")
    assert found["2016/17", "2016-11"] == ("1575", "")
    assert "[r]" in Page(part.html).said["dt"]


def test_every_shorthand_used_is_explained_above_the_table_and_no_other(section):
    for key, month in CASES:
        part = section(key, month).table()
        page = Page(part.html)
        used = {shown(cell)[2] for row in page.rows[1:] for cell in row[1:]} - {""}
        assert set(page.said["dt"]) == used
        assert all(page.said["dd"])
        assert not used or part.html.index("<dl") < part.html.index("<table")


def test_no_month_to_come_has_a_figure_but_last_years_and_the_target(section):
    rows = csv.DictReader(io.StringIO(section("violence_with_injury", "2016-11").table().csv))
    for row in rows:
        if row["period"] in ("2016-12", "2017-01", "2017-02", "2017-03"):
            assert (row["value"], row["shorthand"]) == ("", "[x]"), row


def test_the_years_are_in_the_heads_and_the_rows_have_scope(section):
    page = Page(section("overall_crime", "2016-11").table().html)
    assert page.rows[0][:4] == ["Period", "2016/17", "2015/16", "Change"]
    assert [row[0] for row in page.rows[1:4]] == ["April", "May", "June"]
    assert {scope for n, scope in page.scopes if n == 1} == {"col"}
    assert {scope for n, scope in page.scopes if n > 1} == {"row"}
    assert page.said["caption"]


def test_a_tables_region_is_named_after_its_indicator_as_others_may_count_the_same(section):
    named = {"overall_crime": "Overall crime", "police_recorded_hate_crime": "Recorded hate crime"}
    for key, name in named.items():
        assert f'aria-label="{name}: Number of ' in section(key, "2016-11").table().html


def test_a_quarter_names_its_months(section):
    page = Page(section("domestic_abuse_referrals", "2016-11").table().html)
    assert page.rows[2][0] == "Q2 (July to September)"


def test_an_indicator_awaited_has_a_column_that_says_so(section):
    rows = list(csv.DictReader(io.StringIO(section("crime_gap", "2016-11").table().csv)))
    assert {r["shorthand"] for r in rows if r["measure"] == "Target gap"} == {"[x]"}


def test_no_percentage_stands_on_a_base_under_fifty(section):
    rows = list(
        csv.DictReader(io.StringIO(section("police_recorded_hate_crime", "2016-11").table().csv))
    )
    monthly = [r for r in rows if r["measure"] == "Change, %" and ".." not in r["period"]]
    assert {r["shorthand"] for r in monthly[:8]} == {"[u]"}
    assert {r["value"] for r in monthly} == {""}
    (to_date,) = [r for r in rows if r["measure"] == "Change, %" and ".." in r["period"]]
    assert to_date["value"] == "31.0502283105023"
