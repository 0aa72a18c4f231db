"""What is said of November 2016 and of made-up years: never more than the numbers support."""

import csv
import dataclasses
import io
import re

import pandas as pd
import pytest
import tiny
from bs4 import BeautifulSoup
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from paper import PAPER

from saferplymouth import Board, framework
from saferplymouth.display import tables
from saferplymouth.indicators import commentary, findings, words
from saferplymouth.indicators.evidence import gather
from saferplymouth.pages import overview
from saferplymouth.store.observations import as_it_stood


@pytest.fixture(scope="module")
def board(untouched):
    return Board("2016-11", untouched)


@pytest.fixture(scope="module")
def said(board):
    return [f.text for f in findings.ranked(overview.every_finding(board.sections))]


def test_the_board_leads_with_the_largest_signal_against_the_aim(said):
    assert (
        said[0] == "Domestic abuse reports down 25% (1,099 fewer), April to November 2016: "
        "more than usual variation and not what the partnership wants"
    )


def test_what_would_stand_out_by_itself_does_not_on_a_board_of_so_many(board):
    """From June to November there were 9,675 crimes after 8,680, φ 2.70, so t is 4.47 with 5
    degrees of freedom: p = 0.0066. Of the 42 comparisons of a board of 21, 0.28 are as clear by chance. Of
    domestic abuse it is p = 0.00028, so 0.012: less than the 0.06 false statements of an edition.
    """
    crime, abuse = (board.sections[key].evidence for key in ("overall_crime", "domestic_abuse"))
    assert (crime.lately.comparison.a, crime.lately.comparison.b) == (9675, 8680)
    assert crime.lately.comparison.beyond_chance
    assert not crime.lately_changed
    assert [f.text for f in board.sections["overall_crime"].findings] == [
        "Overall crime up 5% (570 more), April to November 2016: within usual variation"
    ]
    assert (crime.board, abuse.side) == (21, -1)


def test_what_is_short_of_its_target_says_by_how_much(said):
    assert said[1] == "Reported “ist” incidents: 361, 14 short of target, April to October 2016"
    assert said[2].endswith(
        "88%, short of target, April to September 2016: 2 percentage points below the 90% target"
    )


def test_a_month_low_in_many_series_is_a_question_about_the_data(said):
    assert re.fullmatch(
        r"April 2016 is low in 3 series at once \(.*\): is the data complete\?", said[3]
    )


def test_what_is_within_usual_variation_shares_the_last_of_at_most_six(said):
    assert len(said) == 6
    assert said[5] == (
        "Within usual variation in the year to date: 5 changes, of which the clearest is violence "
        "with injury up 7% (95 more)"
    )


def test_of_two_quarters_it_is_too_early_to_say_that_they_have_moved_apart(board):
    """Of referrals there are two quarters; reports fell by 761 over the same months."""
    reports, referrals = (
        board.sections["domestic_abuse"],
        board.sections["domestic_abuse_referrals"],
    )
    assert findings.moved_apart(reports.evidence, referrals.evidence) == []
    assert [f.text for f in referrals.findings] == [
        "Domestic abuse referrals down 3% (37 fewer), April to September 2016: too early to tell"
    ]


def test_a_fall_and_a_rise_that_are_clear_have_moved_apart(board):
    """Reports fell by 25% (33% to 17%) and crime rose by 5% (6% fewer to 17% more): 0.34 apart on
    the scale of logarithms, where twice the root of 0.11² + 0.12² is 0.32.
    """
    reports, crime = (board.sections[key].evidence for key in ("domestic_abuse", "overall_crime"))
    assert [f.text for f in findings.moved_apart(reports, crime)] == [
        "Domestic abuse reports and overall crime have moved apart, April to November 2016: "
        "down 25% (1,099 fewer), up 5% (570 more); more than usual variation"
    ]


def test_a_series_that_stopped_is_told_with_its_last_month(board):
    texts = [f.text for f in board.sections["ist_satisfaction"].findings]
    assert (
        texts[-1] == "“Ist” incident satisfaction: no data received for November 2016; latest is "
        "September 2016"
    )


def test_each_state_follows_from_the_target_the_year_or_the_chart(board):
    states = {key: section.state for key, section in board.sections.items()}
    assert {key: state for key, state in states.items() if key in PAPER} == {
        "overall_crime": "No clear change",
        "serious_acquisitive_crime": "Monitoring only",
        "violence_with_injury": "Monitoring only",
        "domestic_abuse": "Off course",
        "domestic_abuse_referrals": "Too early to tell",
        "anti_social_behaviour": "No clear change",
        "ist_incidents": "Off course",
        "ist_satisfaction": "Off course",
        "police_recorded_hate_crime": "No clear change",
    }
    others = {
        key: state for key, state in states.items() if key not in PAPER and state != "No data"
    }
    assert others == {
        "young_victims_by_age": "Monitoring only",
        "young_people_reporting": "Monitoring only",
        "children_at_risk_of_exploitation": "Monitoring only",
        "modern_slavery_estimate": "Monitoring only",
        "people_with_complex_needs": "Monitoring only",
    }


def test_the_board_says_what_each_state_rests_on(board):
    why = {
        key: findings.why(section.evidence)
        for key, section in board.sections.items()
        if section.state == "Off course"
    }
    assert why == {
        "domestic_abuse": "based on the year to date",
        "ist_incidents": "based on its target",
        "ist_satisfaction": "based on its target",
    }


def test_a_finding_reads_the_same_on_the_page_in_the_summary_and_in_the_alternative_text(
    board, said
):
    section = board.sections["domestic_abuse"]
    for part in (section.chart(), section.control(), board.summary()):
        assert said[0] in part.html
    heading = re.search("<h2.*?</h2>", section.headline().html)[0]
    assert re.sub("<[^>]+>", "", heading).casefold() == said[0].casefold()


def test_a_sentence_has_no_forbidden_word_without_its_test(board):
    for section in board.sections.values():
        e = section.evidence
        words = " ".join(
            [*commentary.of_year(e), *commentary.of_future(e), *commentary.of_variation(e)]
        )
        words += " ".join(f.text for f in section.findings)
        assert not re.search(
            r"slightly|continues to|significant|in line with(?! the aim)", words, re.IGNORECASE
        )


def test_the_commentary_gives_the_count_first_its_period_and_the_pace(board):
    asb = " ".join(commentary.of_year(board.sections["anti_social_behaviour"].evidence))
    assert asb.startswith(
        "There were 7,170 anti-social behaviour incidents from April to November 2016. "
        "The total rose by 367 (5%) from 6,803"
    )
    assert "About 56 a month are needed from now on." in " ".join(
        commentary.of_future(board.sections["ist_incidents"].evidence)
    )


def test_the_control_chart_is_told_as_the_oracle_has_it(board):
    told = {key: " ".join(commentary.of_variation(s.evidence)) for key, s in board.sections.items()}
    assert (
        "The latest month is part of an unusual run, which is not judged." in told["overall_crime"]
    )
    assert "The latest month is part of an unfavourable run." in told["domestic_abuse"]
    assert (
        "Seven months in a row, May to November 2016, were above average" in told["overall_crime"]
    )
    assert "April 2016 and October 2016 were below the lower limit" in told["domestic_abuse"]
    assert (
        "Ten months in a row, February to November 2016, were below average"
        in told["domestic_abuse"]
    )
    assert (
        "Seven months in a row, April to October 2016, were above average"
        in told["anti_social_behaviour"]
    )
    assert (
        "The figures rose month by month over seven months, November 2015 to May 2016"
        in told["anti_social_behaviour"]
    )
    for key in ("serious_acquisitive_crime", "violence_with_injury", "police_recorded_hate_crime"):
        assert "No month differs by more than usual variation." in told[key]
    assert "The limits are provisional until there are 13 months of data." in told["ist_incidents"]


def test_marks_of_a_short_history_are_judged_only_where_the_verdict_agrees(board):
    """Neither judged is a triangle, unfavourable a square."""
    crime, abuse = (
        board.sections[key].evidence.control for key in ("overall_crime", "domestic_abuse")
    )
    assert crime.loc[crime["signal"], "improving"].tolist() == [None] * 7
    assert abuse.loc[abuse["signal"], "improving"].tolist() == [False] * 10


def made_up(untouched, this, last, month="2016-07", **changes):
    """Evidence on overall crime with these months of both years and no others, from April."""
    frame = framework.load(untouched / "framework.toml")
    indicator = dataclasses.replace(frame.indicators["overall_crime"], **changes)
    rows = [
        (
            indicator.key,
            str(period),
            float(value),
            None,
            None,
            "2016-04",
            "returns/x.csv",
            "",
            "",
            "",
            "",
        )
        for start, values in (("2016-04", this), ("2015-04", last))
        for period, value in zip(
            pd.period_range(start, periods=len(values), freq="M"), values, strict=True
        )
        if value is not None
    ]
    names = [
        "indicator",
        "period",
        "value",
        "numerator",
        "denominator",
        "received",
        "source",
        "status",
        "note",
    ]
    names += ["breakdown", "group"]
    stood = as_it_stood(
        pd.DataFrame(rows, columns=names).astype({"numerator": "Int64", "denominator": "Int64"})
    )
    return gather(stood, indicator, frame, pd.Period(month, "M"))


FIGURES = st.lists(st.none() | st.integers(0, 2000), min_size=1, max_size=12)
GOALS = st.none() | st.integers(1, 9000) | st.tuples(*[st.integers(1, 9000)] * 12)
CHANGES = st.fixed_dictionaries(
    {
        "aim": st.sampled_from(["reduce", "increase reporting"]),
        "unit": st.sampled_from(["count", "pounds", "rate", "score"]),
        "target": GOALS.map(lambda goal: {} if goal is None else {"2016/17": goal}),
    }
)


@settings(max_examples=20, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(FIGURES, FIGURES, CHANGES)
def test_a_title_has_at_most_ten_words_and_is_with_its_subtitle_the_whole_sentence(
    untouched, this, last, changes
):
    """Names come from the framework: this one has two words, so a title adds eight at most."""
    e = made_up(untouched, this, last, "2017-03", **changes)
    for finding in (*findings.leading(e), *findings.awaited(e)):
        assert len(finding.title.split()) <= 10, finding.title
        assert len(finding.text.split()) <= 25, finding.text
        judged = findings.WANTED in finding.text or findings.UNWANTED in finding.text
        by_target = finding.order in (findings.TARGET, findings.TOWARDS)
        assert not judged or finding.strength == findings.SIGNAL or by_target
        whole = f"{finding.title} {finding.subtitle}".casefold()
        assert re.findall(r"\w+", whole) == re.findall(r"\w+", finding.text.casefold())


def test_every_heading_of_november_2016_has_at_most_ten_words(board):
    titles = [section.leading[0].title for section in board.sections.values()]
    assert [title for title in titles if len(title.split()) > 10] == []


def test_one_month_is_too_early_to_tell_however_large_its_change(untouched):
    e = made_up(untouched, [500], [1000], "2016-04")
    assert (
        findings.headline(e).text
        == "Overall crime down 50% (500 fewer), April 2016: too early to tell"
    )
    assert findings.state(e) == findings.EARLY


def test_a_year_without_a_year_before_is_not_compared(untouched):
    e = made_up(untouched, [500, 510], [], "2016-05")
    assert (
        findings.headline(e).text
        == "Overall crime: 1,010 from April to May 2016; there is no earlier year to compare with"
    )


def test_no_change_is_said_to_be_none(untouched):
    e = made_up(untouched, [100, 90], [90, 100], "2016-05")
    assert findings.headline(e).text == "Overall crime unchanged at 190 from April to May 2016"


def test_no_percentage_is_given_on_a_base_under_fifty(untouched):
    text = findings.headline(made_up(untouched, [5, 6, 5, 5], [6, 8, 9, 9])).text
    assert text == "Overall crime down 11, April to July 2016: within usual variation"


def test_a_rise_beyond_usual_variation_is_off_course_where_less_is_wanted_and_on_course_where_more_is(
    untouched,
):
    this, last = [200, 201, 199, 202], [100, 101, 99, 102]
    assert findings.state(made_up(untouched, this, last)) == findings.OFF
    assert findings.state(made_up(untouched, this, last, aim="increase")) == findings.ON
    assert findings.state(made_up(untouched, this, last, monitoring_only=True)) == findings.WATCHED


def test_a_month_that_never_came_is_named_and_left_out_of_both_years(untouched):
    e = made_up(untouched, [100, None, 100, 100], [90, 90, 90, 90])
    assert "April to July 2016 without May 2016" in findings.headline(e).text
    assert e.year.to_date.this == 300
    assert e.year.to_date.last == 270


def test_a_target_that_would_allow_a_fall_is_told(untouched):
    e = made_up(untouched, [100] * 4, [100] * 12, aim="increase", target={"2016/17": 1000})
    assert "The target is below the 1,200 in 2015/16, so it would allow a fall." in " ".join(
        commentary.of_future(e)
    )


def test_what_a_drop_restates_is_told_number_by_number(project):
    returns = project / "data/raw/2016-11/returns/police.csv"
    returns.write_text(
        returns.read_text(encoding="utf-8") + "overall_crime,2016-08,1650\n", encoding="utf-8"
    )
    table = Board("2016-11", project).sections["overall_crime"].table().html
    assert "Changed since the edition for October 2016: August 2016 from 1,637 to 1,650." in table
    assert "1,650 [r]" in table
    assert "Changed since" not in Board("2016-10", project).sections["overall_crime"].table().html


def test_a_comment_written_for_other_figures_is_shown_with_a_warning(project):
    comments = project / "data/raw/2016-11/comments"
    comments.mkdir(exist_ok=True)
    path = comments / "overall_crime.md"
    path.write_text("Written for: 12,500 to November 2016\n\nCrime has risen.", encoding="utf-8")
    shown = Board("2016-11", project).sections["overall_crime"].comment().html
    assert (
        "was written when the year to date was 12,500 to November 2016; it is now 12,586" in shown
    )
    path.write_text("Written for: 12,586 to November 2016\n\nCrime has risen.", encoding="utf-8")
    assert (
        "was written when" not in Board("2016-11", project).sections["overall_crime"].comment().html
    )


def test_a_target_is_judged_only_as_far_as_no_month_is_missing(untouched):
    e = made_up(
        untouched,
        [104, 108, None, 100],
        [],
        target={"2016/17": tuple(100 * n for n in range(1, 13))},
    )
    assert (
        findings.headline(e).text
        == "Overall crime: 212, 12 above target, April to May 2016: not what the partnership wants"
    )
    assert "from now on" not in " ".join(commentary.of_future(e))


def test_a_count_under_a_target_is_short_of_it_only_where_more_is_wanted(untouched):
    changes = {"target": {"2016/17": tuple(125 * n for n in range(1, 13))}}
    under = made_up(untouched, [95] * 4, [], **changes)
    assert (
        findings.headline(under).text
        == "Overall crime: 380, 120 below target, April to July 2016: as the partnership wants"
    )
    wanted = made_up(untouched, [95] * 4, [], aim="increase", **changes)
    assert findings.headline(wanted).title.endswith("120 short of target")


def test_a_yearly_target_already_passed_is_off_course_where_less_is_wanted(untouched):
    e = made_up(untouched, [24, 24, 24, 24], [], target={"2016/17": 60})
    assert findings.state(e) == findings.OFF
    assert findings.why(e) == "based on its target"
    assert (
        findings.headline(e).text
        == "Overall crime: 96, 36 above the year’s target, April to July 2016; the target is 60"
    )


def test_a_state_that_rests_on_the_year_to_date_says_so_and_tells_the_change_though_there_is_a_yearly_target(
    untouched,
):
    e = made_up(untouched, [200, 201, 199, 202], [100, 101, 99, 102], target={"2016/17": 1800})
    assert (findings.state(e), findings.why(e)) == (findings.OFF, "based on the year to date")
    told = findings.leading(e)[0]
    assert (
        told.text
        == "Overall crime up 100% (400 more), April to July 2016: more than usual variation and not "
        "what the partnership wants"
    )
    assert told.order == findings.AGAINST


def test_a_yearly_target_that_decides_nothing_yet_is_told_beside_the_count(untouched):
    e = made_up(untouched, [100, 104, 98, 101], [100, 101, 99, 102], target={"2016/17": 1800})
    assert (findings.state(e), findings.why(e)) == (findings.UNCLEAR, "")
    assert (
        findings.headline(e).text
        == "Overall crime: 403, April to July 2016; the year’s target is 1,800"
    )


def test_no_assurance_is_given_while_the_latest_month_is_part_of_a_signal(untouched):
    last = [95, 105, 100, 90, 110, 96, 104, 99, 101, 97, 103, 100]
    steady, risen = (
        made_up(untouched, [n] * 4, last, target={"2016/17": 1800}) for n in (100, 160)
    )
    assert steady.assurance == "met"
    assert risen.assurance is None


def test_every_signal_on_a_chart_has_a_sentence(untouched):
    last = [100, 110, 95, 105, 100, 108, 96, 104, 100, 106, 97, 103]
    told = " ".join(commentary.of_variation(made_up(untouched, [101, 104, 120, 121], last)))
    assert (
        "June 2016 and July 2016 were most of the way from the average to the upper limit" in told
    )
    assert "No month differs" not in told


def test_a_month_near_a_limit_beside_one_beyond_it_is_told_as_one_month(untouched):
    last = [100, 110, 95, 105, 100, 108, 96, 104, 100, 106, 97, 103]
    told = " ".join(commentary.of_variation(made_up(untouched, [101, 104, 120, 140], last)))
    assert "July 2016 was above the upper limit." in told
    near = (
        "June 2016 was most of the way from the average to the upper limit, close to another month "
        "at least as far out."
    )
    assert near in told


def test_a_years_target_of_counts_is_not_said_to_be_met_in_a_month(untouched):
    last = [95, 105, 100, 90, 110, 96, 104, 99, 101, 97, 103, 100]
    told = commentary.of_variation(made_up(untouched, [100] * 4, last, target={"2016/17": 1800}))
    assert (
        told[-1] == "If nothing changes, every month will meet an even share of the year’s target."
    )


def test_the_pace_to_a_target_has_its_thousands_and_its_pounds(untouched):
    e = made_up(untouched, [1000] * 4, [], target={"2016/17": 24500})
    assert "It allows about 2,563 a month from now on." in " ".join(commentary.of_future(e))
    assert words.pace(31456.5, "pounds") == "£31,457"


def test_percentage_points_are_told_as_one_or_less_than_one_where_they_are():
    assert [words.difference(n, "percent") for n in (0, 0.4, -1.2, 2)] == [
        "0 percentage points",
        "less than 1 percentage point",
        "1 percentage point",
        "2 percentage points",
    ]


def test_the_latest_month_of_a_rate_is_not_called_the_year_to_date(untouched):
    calendar, rows = framework.load(untouched / "framework.toml").calendar, []
    for unit in ("rate", "count"):
        year = made_up(untouched, [3, 4, 5], [], "2016-06", unit=unit, per_1000=None).year
        rows.append(tables.year_table(year, calendar).rows["to date"])
    assert rows == ["Latest (June 2016)", "Year to date (April to June 2016)"]


@pytest.fixture
def yearly(tmp_path):
    """A project of one yearly count, with figures of 2014/15 and 2015/16."""
    root = tiny.project(tmp_path, "alpha", months=("2016-04",))
    frame = (root / "framework.toml").read_text(encoding="utf-8")
    tiny.put(root / "framework.toml", frame.replace('frequency = "month"', 'frequency = "year"'))
    rows = "indicator,period,value\nalpha,2014/15,100\nalpha,2015/16,120\n"
    tiny.put(root / "data/raw/2016-04/returns/police.csv", rows)
    return root


def cells_of(board, key):
    rows = csv.DictReader(io.StringIO(board.table().csv))
    return {r["measure"]: r["value"] or r["shorthand"] for r in rows if r["indicator"] == key}


def test_a_figure_of_an_earlier_year_is_the_latest_and_no_year_to_date_of_this_one(yearly):
    board = Board("2016-04", yearly)
    cells = cells_of(board, "alpha")
    assert cells.pop("Latest") == "120"
    assert set(cells.values()) == {"[z]"}
    row = re.sub("<[^>]+>", " ", board.table().html.partition("</thead>")[2])
    assert row.count("2015/16") == 1
    assert (
        "Every indicator: its latest figure, and financial year 2016/17 to date"
        in board.table().html
    )
    (yearly / "data/raw/2016-04").rename(yearly / "data/raw/2016-03")
    of_its_year = cells_of(Board("2016-03", yearly), "alpha")
    assert (of_its_year["Year to date"], of_its_year["Change"]) == ("120", "20")


def test_a_single_months_percentage_is_no_year_to_date_on_the_board(project):
    for path in project.glob("data/raw/*/returns/*.csv"):
        lines = path.read_text(encoding="utf-8").splitlines()
        lines = [line for line in lines if not line.startswith("ist_satisfaction,2016-04")]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    board = Board("2016-11", project)
    cells = cells_of(board, "ist_satisfaction")
    assert (cells["Latest"], cells["Year to date"], cells["Distance to target"]) == (
        "90",
        "[x]",
        "0",
    )
    assert (
        "and September 2016 is exactly on it" in board.sections["ist_satisfaction"].control().html
    )
    assert "distance 0, Sep 2016" in board.table().html


def test_states_are_counted_of_those_judged_and_add_up_to_every_indicator(board):
    shown = re.sub("<[^>]+>", " ", board.summary().html)
    assert "3 of 6 indicators judged are off course; 16 lack data" in " ".join(shown.split())
    tiles = re.findall(r"(\d+) +\S +([A-Z][a-z ]+[a-z]) ", " ".join(shown.split()))
    assert tiles == [
        ("0", "On course"),
        ("3", "Off course"),
        ("3", "No clear change"),
        ("24", "Not judged"),
    ]
    assert "Not judged 7 monitoring only, 16 no data and 1 too early to tell" in " ".join(
        shown.split()
    )
    assert sum(int(count) for count, _ in tiles) == len(board.sections)


def test_the_board_has_its_indicators_by_state_and_each_cell_names_its_column(board):
    table = BeautifulSoup(board.table().html, "html.parser").select_one(".board table")
    groups = [head.get_text() for head in table.select(".group th")]
    assert groups == [
        "Off course (3)",
        "No clear change (3)",
        "Too early to tell (1)",
        "Monitoring only (7)",
        "No data (16)",
    ]
    heads = [head.get_text() for head in table.select("thead th")]
    for row in table.select("tbody tr:not(.group)"):
        labels = [cell.get("data-label") for cell in row.find_all("td", class_=None)]
        assert labels == heads[1 : len(labels) + 1]
        assert len(labels) in (1, len(heads) - 1)


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ([findings.OFF, findings.ON], "1 of 2 indicators judged is off course"),
        (
            [findings.UNCLEAR, findings.NO_DATA],
            "0 of 1 indicator judged are off course; 1 lacks data",
        ),
        ([findings.EARLY, findings.HIDDEN, findings.WATCHED], "No indicator is judged yet"),
        (
            [findings.OFF, findings.OFF, *[findings.EARLY] * 9],
            "2 of 2 indicators judged are off course",
        ),
    ],
)
def test_what_cannot_be_judged_is_in_no_number_of_those_judged(states, words):
    assert findings.standing(states) == words


def test_a_percentage_has_no_change_in_percent_on_the_board(board):
    cells = csv.DictReader(io.StringIO(board.table().csv))
    assert {
        c["shorthand"]
        for c in cells
        if (c["indicator"], c["measure"]) == ("ist_satisfaction", "Change, %")
    } == {"[z]"}


def test_the_first_month_of_a_year_is_told_once(untouched):
    told = commentary.of_year(made_up(untouched, [351], [553], "2016-04"))
    assert told[0].startswith(
        "There were 351 recorded crimes in April 2016. The total fell by 202 (37%) from 553 in the "
        "same month of 2015/16"
    )
    assert not any(sentence.startswith("In April 2016") for sentence in told)


def test_one_of_a_kind_is_told_as_one(untouched):
    told = commentary.of_year(made_up(untouched, [1], [3], "2016-04"))
    assert told[0].startswith(
        "The number of recorded crimes was 1 in April 2016. The total fell by 2 from 3"
    )
    assert "In May 2016 there was 1, 2 fewer than in May 2015." in commentary.of_year(
        made_up(untouched, [4, 1], [4, 3], "2016-05")
    )


def test_a_name_keeps_its_capitals_within_a_sentence():
    assert words.inner("A&E attendances") == "A&E attendances"
    assert words.inner("National Referral Mechanism") == "National Referral Mechanism"
    assert words.inner("Overall crime") == "overall crime"


def test_an_aim_names_the_target_of_the_editions_year(project):
    path = project / "framework.toml"
    written = path.read_text(encoding="utf-8")
    for set_, said in (
        ('90\n"2017/18" = 92', "at least 90%"),
        (f"{[90] * 12}", "at least the target"),
    ):
        path.write_text(written.replace('"2016/17" = 90', f'"2016/17" = {set_}'), encoding="utf-8")
        board = Board("2016-11", project)
        assert f"Aim: {said}." in board.sections["ist_satisfaction"].headline().html
        assert f"Aim: {said}" in board.table().html


def test_a_percentage_of_few_replies_is_not_judged(project):
    for month, good, replies in (("2016-04", 3, 4), ("2016-05", 3, 4)):
        path = project / f"data/raw/{month}/returns/police-and-council.csv"
        kept = [
            line
            for line in path.read_text(encoding="utf-8").splitlines()
            if "satisfaction" not in line
        ]
        path.write_text(
            "\n".join(line.rsplit(",", line.count(",") - 2)[0] for line in kept) + "\n",
            encoding="utf-8",
        )
        row = f"indicator,period,numerator,denominator\nist_satisfaction,{month},{good},{replies}\n"
        path.with_name("satisfaction.csv").write_text(row, encoding="utf-8")
    section = Board("2016-05", project).sections["ist_satisfaction"]
    assert section.state == findings.UNCLEAR
    assert "(8 replies)" in section.control().html
    # Wilson's interval of 6 in 8
    assert "95% confidence interval: from 41% to 93%." in section.control().html


def test_a_new_baseline_is_told_with_its_month_and_cause_and_drawn(project):
    framework_file = project / "framework.toml"
    begun = (
        '\n[indicators.domestic_abuse.new_baseline]\n"2016-04" = "a new recording system came in"\n'
    )
    framework_file.write_text(framework_file.read_text(encoding="utf-8") + begun, encoding="utf-8")
    shown = Board("2016-11", project).sections["domestic_abuse"].control().html
    assert "A new baseline starts in April 2016: a new recording system came in." in shown
    assert "based on 8 months of data" in shown
    assert ">New baseline<" in shown
