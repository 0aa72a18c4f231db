"""Breakdowns, rates, pounds and longer periods: what comes in by group, and what is made of it."""

import csv
import io
import re
import shutil

import pytest
import tiny

from saferplymouth import Board, Report, sources
from saferplymouth.framework import load
from saferplymouth.periods import month

NOVEMBER = month("2016-11")
HEADER = "indicator,period,breakdown,group,value"


def drop(root, *rows: str, header: str = HEADER, at: str = "2016-11") -> list[str]:
    """The problems of a return of these rows, alone in a drop."""
    shutil.rmtree(root / "data/raw" / at, ignore_errors=True)
    tiny.put(root / f"data/raw/{at}/returns/partner.csv", "\n".join([header, *rows, ""]))
    return [
        str(p)
        for p in sources.read(root / "data/raw", month(at), load(root / "framework.toml")).problems
    ]


WHOLE = (
    "sexual_offences_under_18,2014/15,,,184",
    "sexual_offences_under_18,2014/15,offence,rape,42",
)
OTHER = "sexual_offences_under_18,2014/15,offence,other,142"
REFUSED = {
    "parts that do not sum to their total": (
        (*WHOLE, OTHER.replace("142", "143")),
        "cell D3, column group: sexual_offences_under_18 for 2014/15 by offence adds up to 185, but "
        "the total is 184",
        "correct a group or the total",
    ),
    "a group that is not there": (
        WHOLE,
        "by offence is missing other",
        "send every group, 0 if there were none",
    ),
    "parts without their total": (
        (WHOLE[1], OTHER),
        "cell D2, column group: ",
        "send the total too",
    ),
    "an unknown group": (
        (*WHOLE, OTHER.replace("other", "othr")),
        "'othr' is not a group of offence",
        "mean other?",
    ),
    "an unknown breakdown": (
        (*WHOLE, OTHER.replace("offence,", "ofence,")),
        "cell C4, column breakdown: 'ofence' is not a breakdown of sexual_offences_under_18",
        "did you mean offence?",
    ),
    "a group of nothing": (
        (OTHER.replace("offence,", ","),),
        "column breakdown: '' is not a breakdown",
        "use one of",
    ),
    "a breakdown where there is none": (
        ("overall_crime,2016-11,ward,1,5",),
        "'ward' is not a breakdown of overall_crime",
        "leave it empty",
    ),
    "the same group twice": (
        (*WHOLE, OTHER, OTHER),
        "offence other for 2014/15 appears twice",
        "the other is in row 4",
    ),
    "half a year written as a quarter": (
        ("children_at_risk_of_exploitation,2016/17 Q2,,,40",),
        "'2016/17 Q2' is not a financial half-year",
        "write it as 2016/17 H1",
    ),
    "a year that has not ended": (
        ("people_with_complex_needs,2016/17,,,8270",),
        "is after November 2016, the month of this drop",
        "send the figure in a later drop",
    ),
    "a rate over a thousand": (
        ("young_people_reporting,2015/16,,,1001",),
        "not between 0 and 1,000",
        "per 1,000",
    ),
    "a year to date of a group": (
        ("young_victims_by_age,2014-04..2015-03,age_band,13_to_15,39",),
        "is a year to date, which groups cannot have",
        "send the group's figure for each period",
    ),
    "pence": (
        ("fraud_losses,2016/17 Q2,,,10.50",),
        "'10.5' is not a whole number",
        "correct the count",
    ),
}


@pytest.mark.parametrize(("rows", "mistake", "cure"), REFUSED.values(), ids=REFUSED)
def test_a_breakdown_or_period_that_is_wrong_is_refused_with_its_place_and_cure(
    project, rows, mistake, cure
):
    told = drop(project, *rows)
    assert [line for line in told if mistake in line and cure in line and "partner.csv" in line], (
        told
    )


def test_a_whole_breakdown_and_one_that_stands_alone_are_taken(project):
    alone = "young_victims_by_age,2014/15,age_band,13_to_15,39"
    assert drop(project, *WHOLE, OTHER, alone) == []


def cells(section, measure: str) -> dict[str, tuple[str, str]]:
    rows = csv.DictReader(io.StringIO(section.table().csv))
    return {
        r["group"] or r["period"]: (r["value"], r["shorthand"])
        for r in rows
        if r["measure"] == measure
    }


@pytest.fixture(scope="module")
def board(untouched):
    return Board("2016-11", untouched)


def test_the_papers_offences_have_their_groups_shares_and_total(board):
    section = board.sections["sexual_offences_under_18"]
    assert cells(section, "2014/15")["rape"] == ("42", "")
    assert cells(section, "Share, 2014/15") == {
        "rape": ("22.8260869565217", ""),
        "other": ("77.1739130434783", ""),
        "total": ("100", ""),
    }
    assert section.leading[0].text.endswith(
        "184 in 2014/15; there is no earlier year to compare with"
    )
    assert section.state == "No data"
    assert "No data received for 2015/16; latest is 2014/15." in section.control().html
    assert "No figures by age of victim have been received yet." in section.table().html


def test_figures_side_by_side_have_no_total_and_no_share(board):
    section = board.sections["modern_slavery_estimate"]
    told = "10,000 (lowest estimate) and 13,000 (highest estimate) in 2013"
    assert section.leading[0].text == f"Potential victims in the country: {told}"
    assert set(cells(section, "2013")) == {"lowest", "highest"}
    assert "Share" not in section.table().csv
    assert "<tfoot>" not in section.table().html


def test_the_estimate_and_the_referrals_name_the_body_whose_they_are(board):
    sections, missing = board.sections, "No data received for 2015; latest is 2013."
    estimate, referrals = sections["modern_slavery_estimate"], sections["referral_mechanism"]
    assert (
        "<dt>Source</dt><dd>Home Office</dd><dt>Latest data</dt><dd>December 2013</dd>"
        in estimate.source().html
    )
    assert missing in estimate.control().html
    assert "<dd>National Crime Agency</dd>" in referrals.source().html
    needed = "Needed from National Crime Agency: the number of people referred"
    assert needed in referrals.table().html
    assert set(re.findall("National Crime Agency|Home Office", referrals.table().csv)) == {
        "National Crime Agency"
    }


def test_each_figure_has_the_agency_of_its_own_period(project):
    rows = "indicator,period,value\nreferral_mechanism,{},30\n"
    for drop_of, period in (("2018-12", "2018/19 Q3"), ("2019-03", "2018/19 Q4")):
        path = project / f"data/raw/{drop_of}/returns/referrals.csv"
        path.parent.mkdir(parents=True)
        path.write_text(rows.format(period), encoding="utf-8")
    section = Board("2019-03", project).sections["referral_mechanism"]
    found = {
        r["period"]: r["source"]
        for r in csv.DictReader(io.StringIO(section.table().csv))
        if r["value"]
    }
    assert found["2018/19 Q3"] == "National Crime Agency"
    assert found["2018/19 Q4"] == "Home Office"
    assert found["2018-10..2019-03"] == "National Crime Agency; Home Office"
    assert "<dd>National Crime Agency and Home Office</dd>" in section.source().html


def test_a_group_that_was_not_sent_is_marked_and_never_nought(board):
    assert cells(board.sections["young_victims_by_age"], "2014/15") == {
        "0_to_5": ("", "[x]"),
        "6_to_12": ("33", ""),
        "13_to_15": ("39", ""),
        "16_to_17": ("", "[x]"),
    }


def test_a_note_names_the_period_it_was_sent_for(board):
    told = board.sections["sexual_offences_under_18"].source().html
    assert "<dd>The sum of about 42 and about 142 (2014/15). Approximate (2014/15)</dd>" in told
    satisfied = board.sections["ist_satisfaction"].source().html
    assert (
        "Police and council cases; number of replies not supplied (April to May 2016). Police cases"
        in satisfied
    )


def test_a_half_year_and_a_rate_say_what_they_are(board):
    half, rate = (
        board.sections["children_at_risk_of_exploitation"],
        board.sections["young_people_reporting"],
    )
    assert cells(half, "2016/17") == {
        "2016/17 H1": ("40", ""),
        "2016/17 H2": ("", "[x]"),
        "2016-04..2016-09": ("40", ""),
    }
    assert "3 per 1,000 in 2015/16" in rate.leading[0].text
    assert cells(rate, "2015/16") == {"2015/16": ("3.0", "")}


def test_overall_crime_has_its_rate_of_a_stated_population(board):
    """12,586 crimes to November 2016 among 264,440 residents of mid-2016: 47.6 for every 1,000."""
    section = board.sections["overall_crime"]
    assert (
        "That is 47.6 per 1,000 residents (264,440 residents, mid-2016; " in section.control().html
    )
    assert "not comparable with it. They come from the street files" in section.control().html
    rates = cells(section, "Per 1,000 residents")
    assert rates["2016-04..2016-11"] == ("47.5949175616397", "")
    assert rates["2016-11"] == ("5.95598245348661", "")
    assert rates["2016-12"] == ("", "[x]")


POUNDS = ["fraud_losses,2015/16 Q2,,,400000", "fraud_losses,2016/17 Q2,,,1250000"]


def test_pounds_are_written_as_pounds_and_not_tested_as_counts(project):
    assert drop(project, *POUNDS) == []
    section = Report("fraud_and_cyber_crime", "2016-11", project)["fraud_losses"]
    assert (
        section.leading[0].text
        == "Losses to fraud and cyber crime up 213% (£850,000 more), July to September 2016"
    )
    assert section.state == "Monitoring only"
    assert (
        "Losses reported to Action Fraud came to £1,250,000 from July to September 2016"
        in section.control().html
    )
    assert "£1,250,000" in section.table().html
    said = section.control().html + section.control().html
    assert not re.search("usual variation|confidence interval", said)


def test_a_percentage_says_what_it_is_a_share_of(project):
    path = project / "data/raw/2016-11/returns/treatment.csv"
    rows = "indicator,period,numerator,denominator\ntreatment_completed,2016/17 {},18,40\n"
    path.write_text(rows.format("Q2"), encoding="utf-8")
    later = project / "data/raw/2016-12/returns/treatment.csv"
    later.parent.mkdir(parents=True)
    later.write_text(rows.format("Q3"), encoding="utf-8")
    told = Report("complex_needs", "2016-12", project)["treatment_completed"].control().html
    assert (
        "was 45% from October to December 2016 (40 people in treatment)" in told
    )  # without the first quarter, its own
    assert "95% confidence interval: from 31% to 60%." in told  # Wilson's interval of 18 in 40


def test_a_yearly_indicator_shows_its_latest_year_beside_the_one_before(project):
    rows = [
        f"channel_referrals,{year},,,{n}"
        for year, n in (("2013/14", 9), ("2014/15", 60), ("2015/16", 75))
    ]
    assert drop(project, *rows) == []
    section = Report("prevent_duty", "2016-11", project)["channel_referrals"]
    assert (
        section.leading[0].text
        == "Referrals to Channel up 25% (15 more), 2015/16: too early to tell"
    )
    assert section.chart().html.count("<figure") == 1
    assert cells(section, "2015/16") == {"2015/16": ("75", "")}


def test_a_total_restated_alone_leaves_its_old_groups_out(project):
    drop(project, *WHOLE, OTHER, at="2016-10")
    drop(project, WHOLE[0].replace("184", "190"))
    section = Report("sexual_violence", "2016-11", project)["sexual_offences_under_18"]
    assert cells(section, "2014/15") == {"2014/15": ("190", "[r]")}


SMALL = [
    "referral_mechanism,2016/17 Q2,,,60",
    *(
        f"referral_mechanism,2016/17 Q2,exploitation,{group},{n}"
        for group, n in (
            ("labour", 40),
            ("sexual", 12),
            ("criminal", 5),
            ("domestic", 3),
            ("not_known", 0),
        )
    ),
]


def test_one_small_group_of_a_sensitive_indicator_hides_all_of_them_and_not_the_total(project):
    assert drop(project, *SMALL) == []
    section = Report("modern_slavery", "2016-11", project)["referral_mechanism"]
    found = cells(section, "2016/17 Q2")
    assert '<th scope="col">Share, July to September 2016</th>' in section.table().html
    assert {group: found[group] for group in ("labour", "domestic", "not_known", "total")} == {
        "labour": ("", "[c]"),
        "domestic": ("", "[c]"),
        "not_known": ("", "[c]"),
        "total": ("60", ""),
    }
    assert set(cells(section, "Share, 2016/17 Q2").values()) == {("", "[c]"), ("100", "")}
    assert not re.search(r"<td>(40|12|5|3|0)</td>", section.table().html)


ONE_PAIR = ["pupils_reached,2015/16 H1,,,100", "pupils_reached,2016/17 H1,,,50"]
TWO_APART = [
    f"recorded_rape,{y} Q{q},,,{n}"
    for y, q, n in (("2015/16", 1, 60), ("2015/16", 2, 65), ("2016/17", 1, 70))
]


def test_one_pair_of_figures_or_two_that_disagree_do_not_tell_a_change_from_variation(project):
    assert drop(project, *ONE_PAIR, *TWO_APART, "recorded_rape,2016/17 Q2,,,20") == []
    report = Report("sexual_violence", "2016-11", project)
    for key, said in (
        ("pupils_reached", "down 50% (50 fewer)"),
        ("recorded_rape", "down 28% (35 fewer)"),
    ):
        assert said in report[key].leading[0].text
        assert report[key].leading[0].text.endswith("too early to tell")
        assert report[key].state == "Too early to tell"
        assert "confidence interval" not in report[key].control().html


def test_an_indicator_known_by_its_groups_alone_is_not_called_without_data(project):
    assert (
        drop(
            project,
            "residents_feeling_safe,2015/16,time,day,85",
            "residents_feeling_safe,2015/16,time,night,40",
        )
        == []
    )
    section = Board("2016-11", project).sections["residents_feeling_safe"]
    assert section.leading[0].text == "Feeling safe: 85% (by day) and 40% (by night) in 2015/16"
    assert section.state == "Too early to tell"


def test_the_source_of_groups_taken_from_a_paper_is_a_line(project):
    report = Report("sexual_violence", "2016-11", project)
    rows = list(csv.DictReader(io.StringIO(report["young_victims_by_age"].table().csv)))
    paper = "the board paper of 24 January 2017, pages 1 to 4, entered by hand"
    assert {row["source"] for row in rows} == {f"Devon and Cornwall Police, taken from {paper}"}
