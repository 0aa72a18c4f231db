"""The quarterly edition: which months it covers, what its figures are, and what it says has
moved.
"""

import csv
import io
import shutil

import pandas as pd
import pytest
import tiny
from paper import PAPER

from saferplymouth import Quarter
from saferplymouth.periods import Calendar, month
from saferplymouth.store import edition_names
from saferplymouth.store.edition_names import EditionName, NotPlanned

APRIL = Calendar(4)
DROPS = list(pd.period_range("2015-04", "2016-11", freq="M"))


@pytest.mark.parametrize(
    ("name", "starts", "upto", "covers"),
    [
        ("2016-Q1", 4, "2016-06", "April to June 2016"),
        ("2016-Q3", 4, "2016-11", "October to December 2016"),
        ("2015-Q4", 4, "2016-03", "January to March 2016"),
        ("2016-Q3", 1, "2016-09", "July to September 2016"),
        ("2015-Q1", 9, "2015-11", "September to November 2015"),
    ],
)
def test_a_quarter_is_named_by_the_year_its_financial_year_begins_in(name, starts, upto, covers):
    one = edition_names.named(name, DROPS, Calendar(starts))
    assert (one.name, str(one.month)) == (name, upto)
    assert covers in one.words


def test_a_quarter_that_has_not_ended_says_how_far_its_figures_go():
    assert (
        edition_names.named("2016-Q3", DROPS, APRIL).words
        == "Quarter 3, October to December 2016, figures to November 2016"
    )
    assert not edition_names.named("2016-Q3", DROPS, APRIL).whole
    assert edition_names.named("2016-Q2", DROPS, APRIL).words == "Quarter 2, July to September 2016"
    assert EditionName(month("2016-11")).words == "November 2016"


def test_a_quarter_without_a_drop_is_refused_with_what_there_is():
    with pytest.raises(
        NotPlanned, match="there is no drop for 2016-Q4, January to March 2017; the drops run from"
    ):
        edition_names.named("2016-Q4", DROPS, APRIL)


def test_what_moved_is_held_against_the_edition_that_came_before(tmp_path):
    root = tiny.project(tmp_path, "alpha", months=("2016-05", "2016-07", "2017-01"))
    shown = {name: Quarter(name, root).summary().html for name in ("2016-Q1", "2016-Q2", "2016-Q4")}
    assert (
        "<h2>Since the last quarter</h2><p>There was no edition before this quarter.</p>"
        in shown["2016-Q1"]
    )
    assert "<h2>Since the last quarter, to May 2016</h2>" in shown["2016-Q2"]
    assert "<h2>Since the edition for July 2016</h2>" in shown["2016-Q4"]


@pytest.fixture(scope="module")
def figures(untouched) -> dict[str, dict[str, str]]:
    rows = list(csv.DictReader(io.StringIO(Quarter("2016-Q2", untouched).table().csv)))
    return {
        key: {r["measure"]: r["value"] or r["shorthand"] for r in rows if r["indicator"] == key}
        for key in PAPER
    }


@pytest.mark.parametrize(
    "key", [k for k in PAPER if not k.startswith("ist_") and k != "domestic_abuse_referrals"]
)
def test_the_figures_are_the_papers_months_added_up(figures, key):
    this, last = (sum(PAPER[key][year][3:6]) for year in ("this", "last"))
    assert figures[key]["This quarter"] == str(this)
    assert figures[key]["A year before"] == str(last)
    assert figures[key]["Change"] == str(this - last)


def test_a_quarterly_indicator_has_its_own_figure(figures):
    assert figures["domestic_abuse_referrals"]["This quarter"] == str(
        PAPER["domestic_abuse_referrals"]["this"][1]
    )
    assert figures["domestic_abuse_referrals"]["Change"] == "-13"


def test_without_last_years_months_there_is_no_change(figures):
    assert figures["ist_incidents"] == {
        "This quarter": str(67 + 34 + 51),
        "A year before": "[x]",
        "Change": "[x]",
        "Change, %": "[x]",
    }
    assert figures["ist_satisfaction"] == {}


def test_a_month_that_is_missing_in_one_year_is_left_out_of_both(project):
    shutil.rmtree(project / "data/raw/2016-08")
    section = Quarter("2016-Q2", project).sections["overall_crime"]
    rows = list(csv.DictReader(io.StringIO(Quarter("2016-Q2", project).table().csv)))
    found = {r["measure"]: r["value"] for r in rows if r["indicator"] == section.indicator.key}
    assert found["This quarter"] == str(1692 + 1590)
    assert found["A year before"] == str(1469 + 1467)
    assert rows[0]["period"] == "2016-07..2016-09 less 2016-08"


def test_what_moved_since_the_last_quarter_is_told_as_it_stood_then(untouched):
    """Reports of domestic abuse to September: 2,520 after 3,281, t = 5.87 with 5 degrees of freedom.
    Of a board's 42 comparisons 0.09 are as clear by chance; 0.01 are as clear as those to November.
    """
    said = Quarter("2016-Q3", untouched).summary().html
    moved = said[said.index("Since the last quarter, to September 2016") :]
    assert "Domestic abuse reports" in moved
    assert moved.index("No clear change") < moved.index("Off course")
    assert "Overall crime" not in moved


def test_a_hidden_month_hides_its_quarter_and_the_change(tmp_path):
    months = [str(m) for m in pd.period_range("2015-04", "2016-06", freq="M")]
    root = tiny.project(tmp_path, "alpha", months=months)
    frame = (root / "framework.toml").read_text().replace("sensitive = false", "sensitive = true")
    (root / "framework.toml").write_text(frame)
    tiny.put(
        root / "data/raw/2016-05/returns/police.csv", "indicator,period,value\nalpha,2016-05,3\n"
    )
    stands = "about,period,name,reason\nalpha,2016-05,A. Nalyst,the police confirmed it\n"
    tiny.put(root / "data/raw/2016-05/sign-offs.csv", stands)
    part = Quarter("2016-Q1", root).table()
    marks = {
        r["measure"]: r["value"] or r["shorthand"] for r in csv.DictReader(io.StringIO(part.csv))
    }
    assert marks == {
        "This quarter": "[c]",
        "A year before": "300",
        "Change": "[c]",
        "Change, %": "[c]",
    }


def test_the_edition_of_a_quarter_is_built_listed_and_not_final_before_its_last_month(tmp_path):
    root = tiny.project(tmp_path, "alpha", months=("2016-04", "2016-05"))
    cell = (
        "from saferplymouth import Quarter\nq = Quarter(quarter)\ndisplay(q.summary(), q.table())"
    )
    tiny.put(
        root / "notebooks/quarter_summary.ipynb", tiny.notebook('quarter: str = "2016-Q1"', cell)
    )
    tiny.put(root / "notebooks/alpha.ipynb", tiny.notebook(tiny.PARAMETERS, tiny.area("alpha")))
    ran = tiny.told(root, "run", "2016-Q1", "--jobs", "1")
    assert ran.returncode == 0, ran.stderr + ran.stdout
    made = tiny.whole(root / "outputs/2016-Q1")
    assert (made["edition"], made["data_to"], made["status"]) == ("2016-Q1", "2016-05", "Draft")
    assert (
        "Quarter 1, April to June 2016, figures to May 2016"
        in (root / "outputs/index.html").read_text()
    )
    again = tiny.told(root, "run", "2016-Q1")
    assert "skipped 2 pages" in again.stdout
    assert "2016-Q1  Draft, 2 pages up to date" in tiny.told(root, "status").stdout
    early = tiny.told(root, "run", "2016-Q1", "--final")
    assert (
        early.returncode,
        "cannot be final until the drop for its last month" in early.stderr,
    ) == (2, True)
