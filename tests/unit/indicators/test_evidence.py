"""What its sender says of a figure (hidden, not available, unreliable, provisional) is followed
everywhere: in sums, groups, comparisons, charts, sentences, comments, requests and downloads.
"""

import csv
import io

import pandas as pd
import pytest
import tiny

from saferplymouth import Board, Workbench
from saferplymouth.comments import hidden
from saferplymouth.indicators import findings
from saferplymouth.indicators.project import Project
from saferplymouth.pages.quality import questions
from saferplymouth.pages.section import Section

BREAKDOWN = """
[indicators.hidden.breakdowns.kind]
name = "Kind"
adds_up = true
groups = { a = "Day", b = "Night", c = "Unknown" }
"""
MONTHS = [str(month) for month in pd.period_range("2015-04", "2016-11", freq="M")]
JUNE = {"hidden": "[c]", "absent": "..", "unsure": "110 [u]", "share": "*", "sure": "110"}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Four counts that are not sensitive and a percentage: 100 (50%) a month in 2015/16 and 110
    (55%) in 2016/17, but for June 2016.
    """
    root = tiny.project(tmp_path_factory.mktemp("sent"), *JUNE, months=["2016-11"])
    counts, share = (root / "framework.toml").read_text().split("[areas.share]")
    share = share.replace('"count"', '"percent"', 1)
    tiny.put(root / "framework.toml", f"{counts}[areas.share]{share}{BREAKDOWN}")
    rows = ["hidden,2016-11,kind,a,60", "hidden,2016-11,kind,b,<5", "hidden,2016-11,kind,c,48"]
    for key, mark in JUNE.items():
        before, since = (50, 55) if key == "share" else (100, 110)
        figures = {month: since if month > "2016-03" else before for month in MONTHS}
        figures |= {"2016-06": mark} | ({"2016-11": "110p"} if key == "unsure" else {})
        rows += [f"{key},{month},,,{figure}" for month, figure in figures.items()]
    header = "indicator,period,breakdown,group,value"
    tiny.put(root / "data/raw/2016-11/returns/police.csv", "\n".join([header, *rows, ""]))
    return root


@pytest.fixture(scope="module")
def project(root):
    return Project("2016-11", root)


def section(project: Project, key: str) -> Section:
    return Section(project, key)


def cells(text: str, **of: str) -> dict[str, tuple[str, str]]:
    """The value and the shorthand in a download's rows of this measure, by period."""
    rows = csv.DictReader(io.StringIO(text))
    mine = (row for row in rows if all(row[name] == value for name, value in of.items()))
    return {row["period"]: (row["value"], row["shorthand"]) for row in mine}


def test_a_count_hidden_by_its_sender_hides_every_sum_and_comparison_that_it_is_in(project):
    table = section(project, "hidden").table()
    this = cells(table.csv, measure="2016/17", breakdown="")
    assert this["2016-05"] == ("110", "")
    assert this["2016-06"] == ("", "[c]")
    assert this["2016-04..2016-11"] == ("", "[c]")
    assert cells(table.csv, measure="Change")["2016-06"] == ("", "[c]")
    assert cells(table.csv, measure="Change, %")["2016-04..2016-11"] == ("", "[c]")
    so_far = cells(table.csv, measure="Cumulative 2016/17")
    assert [so_far[f"2016-{m:02}"] for m in (5, 6, 7, 11)] == [("220", ""), *[("", "[c]")] * 3]
    assert so_far["2016-12"] == ("", "[x]")
    assert cells(table.csv, measure="2015/16")["2015-06"] == ("100", "")
    assert "hidden because its sender hides it, or a figure that it depends on" in table.html


def test_a_year_to_date_with_a_hidden_count_says_only_what_is_certain(project):
    said = section(project, "hidden")
    assert said.leading[0].text == "Hidden: at least 770 from April to November 2016"
    assert said.state == "Hidden by its sender"
    html = said.control().html
    assert "There were at least 770 things from April to November 2016" in html
    assert "Its sender hides the figure for June 2016." in html
    assert "1 to 4" not in html


def test_a_hidden_group_hides_its_breakdown_and_not_the_total(project):
    groups = cells(section(project, "hidden").table().csv, measure="2016-11", breakdown="kind")
    assert groups == {"2016-11": ("110", "")}
    rows = csv.DictReader(io.StringIO(section(project, "hidden").table().csv))
    marks = {
        row["group"]: row["shorthand"]
        for row in rows
        if row["measure"] == "2016-11" and row["group"]
    }
    assert marks == {"a": "[c]", "b": "[c]", "c": "[c]", "total": ""}


def test_a_percentage_hidden_by_its_sender_is_a_gap_that_no_other_figure_rests_on(project):
    csv_ = section(project, "share").table().csv
    this = cells(csv_, measure="2016/17")
    assert [this[f"2016-0{m}"] for m in (5, 6, 7)] == [("55", ""), ("", "[c]"), ("55", "")]
    assert cells(csv_, measure="Change")["2016-06"] == ("", "[c]")
    assert cells(csv_, measure="2015/16")["2015-06"] == ("50", "")


def test_a_figure_that_its_sender_does_not_have_is_left_out_and_not_asked_for(project):
    said = section(project, "absent")
    this = cells(said.table().csv, measure="2016/17")
    assert this["2016-06"] == ("", "[x]")
    assert this["2016-04..2016-11 less 2016-06"] == ("770", "")
    assert said.leading[0].text.startswith(
        "Absent up 10% (70 more), April to November 2016 without"
    )
    html = said.control().html
    assert "Its sender has no figure for June 2016: it is left out, not counted as 0." in html
    assert not any("received" in str(question) for question in questions.every(project))


@pytest.mark.parametrize(("mark", "state"), [("[c]", "Hidden by its sender"), ("..", "No data")])
def test_the_latest_figure_is_not_awaited_where_its_sender_has_said_why_there_is_none(
    tmp_path, mark, state
):
    root = tiny.project(tmp_path, "things", months=["2016-04"])
    returned = f"indicator,period,value\nthings,2016-03,9\nthings,2016-04,{mark}\n"
    tiny.put(root / "data/raw/2016-04/returns/police.csv", returned)
    said = section(Project("2016-04", root), "things")
    assert said.evidence.awaited is None
    assert not said.evidence.unheard
    assert said.state == state
    told = {"[c]": "Things: hidden by its sender in April 2016"}
    told[".."] = "Things: its sender has no figure for April 2016: it is left out, not counted as 0"
    assert said.leading[0].text == told[mark]
    assert said.chart().html
    assert list(questions.every(said.project)) == []


def test_groups_side_by_side_are_hidden_each_on_its_own(tmp_path):
    root = tiny.project(tmp_path, "estimates", months=["2016-04"])
    by = BREAKDOWN.replace("hidden", "estimates").replace("adds_up = true", "adds_up = false")
    tiny.put(root / "framework.toml", (root / "framework.toml").read_text() + by)
    rows = [
        f"estimates,2016-04,kind,{group},{n}"
        for group, n in zip("abc", ("9", "*", ".."), strict=True)
    ]
    header = "indicator,period,breakdown,group,value"
    tiny.put(root / "data/raw/2016-04/returns/police.csv", "\n".join([header, *rows, ""]))
    said = section(Project("2016-04", root), "estimates")
    told = "Estimates: 9 (day), hidden (night) and not available (unknown) in April 2016"
    assert said.leading[0].text == told
    assert cells(said.table().csv, group="a")["2016-04"] == ("9", "")
    assert cells(said.table().csv, group="b")["2016-04"] == ("", "[c]")


def test_without_two_months_in_a_row_there_is_no_control_chart(tmp_path):
    root = tiny.project(tmp_path, "things", months=["2016-12"])
    rows = [f"things,2016-{m:02},{'..' if m % 2 else 40 + m}" for m in range(1, 13)]
    text = "\n".join(["indicator,period,value", *rows, ""])
    tiny.put(root / "data/raw/2016-12/returns/police.csv", text)
    said = section(Project("2016-12", root), "things")
    assert said.evidence.control is None
    assert "<figure" not in said.control().html


def test_no_change_is_claimed_from_a_figure_that_its_sender_calls_unreliable(project):
    said = section(project, "unsure")
    text = "880 from April to November 2016; not compared, because its sender calls June 2016 "
    assert said.leading[0].text == f"Unsure: {text}unreliable"
    assert said.state == findings.EARLY
    assert "The total rose" not in said.control().html
    csv_ = said.table().csv
    this, change = (cells(csv_, measure=of) for of in ("2016/17", "Change"))
    assert this["2016-06"] == ("110", "[u]")
    assert this["2016-11"] == ("110", "[p]")
    assert (change["2016-06"], change["2016-05"]) == (("10", "[u]"), ("10", ""))
    assert change["2016-04..2016-11"] == ("80", "[u]")
    assert "unreliable beside a figure" in said.table().html
    assert "too small a base" not in said.table().html
    sure = section(project, "sure")
    assert sure.leading[0].text.startswith("Sure up 10%")
    assert "[u]" not in sure.table().html


def test_charts_have_a_gap_where_a_figure_is_hidden_and_do_not_say_it(project):
    said = section(project, "hidden")
    assert "(figures that their sender hides are not shown)" in said.chart().html
    assert "June 2016" not in said.control().html.partition("usual variation?")[2]
    assert said.evidence.control["value"].isna().sum() == 1


def test_a_comment_cannot_state_a_figure_that_its_sender_hides(project):
    text = "In June 2016 there were 3. In May 2016 there were 110. In all, 773 since April 2016."
    stated = hidden.stated(project, "hidden", text)
    assert stated == ["In June 2016 there were 3.", "In all, 773 since April 2016."]
    assert hidden.stated(project, "sure", text) == []


def test_the_board_shows_the_same_marks(root):
    board = cells(Board("2016-11", root).table().csv, indicator="hidden", measure="Year to date")
    assert board == {"2016-04..2016-11": ("", "[c]")}
    latest = cells(Board("2016-11", root).table().csv, indicator="unsure", measure="Latest")
    assert latest == {"2016-11": ("110", "[p]")}


def test_a_rolling_year_that_holds_a_hidden_count_is_hidden(root):
    view = Workbench("2016-11", root).rolling_year("hidden")
    assert view.findings[0].startswith("Hidden: 1,220 in the twelve months to May 2016")
    assert view.table.tidy.iloc[-1]["shorthand"] == "[c]"


def test_rounded_counts_are_all_that_pages_and_comments_can_say(tmp_path):
    root = tiny.project(tmp_path, "victims", months=["2016-05"])
    path = root / "framework.toml"
    text = path.read_text().replace("sensitive = false", "sensitive = true")
    path.write_text(f"{text}[disclosure]\nround_to = 5\n")
    returned = "indicator,period,value\nvictims,2016-04,9\nvictims,2016-05,52\n"
    tiny.put(root / "data/raw/2016-05/returns/police.csv", returned)
    said = section(Project("2016-05", root), "victims")
    assert said.leading[0].text.startswith("Victims: 60 from April to May 2016")
    assert "Counts are rounded to the nearest 5, and all figures" in said.control().html
    assert cells(said.table().csv, measure="2016/17")["2016-05"] == ("50", "")
    text = "In May 2016 there were 52. In May 2016 there were 50. In April 2016 there were 9."
    stated = ["In May 2016 there were 52.", "In April 2016 there were 9."]
    assert hidden.stated(said.project, "victims", text) == stated
