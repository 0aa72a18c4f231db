"""The strategic assessment: scores and ranks worked by hand, draws against theory, and nothing
shown that is not so.
"""

import csv
import datetime
import io
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tiny
from hypothesis import given, settings
from hypothesis import strategies as st
from projects import ROOT, copy_project
from scipy.stats import norm

from saferplymouth import StrategicAssessment, framework, sources
from saferplymouth.editions.plan import RunOptions, plan
from saferplymouth.framework import Dimension, Matrix
from saferplymouth.indicators.project import Project
from saferplymouth.pages.papers import score_tables, scoring
from saferplymouth.pages.papers.scoring import YearlyRate, banded, movement, rank, yearly_rate
from saferplymouth.sources.scores import Score
from saferplymouth.store.edition_names import EditionName

FRAMEWORK = framework.load(ROOT / "framework.toml")
MONTH = pd.Period("2016-11", "M")
PAPER = "data/raw/2016-11/papers/strategic_assessment.csv"
PEOPLE = {"2015": 263_088, "2016": 264_440}
THREE, FIVE = ("low", "middle", "high"), ("one", "two", "three", "four", "five")
TWO = {"a": Dimension("a", "A", 1, THREE), "b": Dimension("b", "B", 3, FIVE, (1, 2, 4, 8))}
MATRIX = Matrix(TWO, {"sure": 0.0, "unsure": 1.0}, 0.25)
CERTAIN = replace(MATRIX, confidence={"sure": 0.0, "unsure": 0.0}, weights_vary=0.0)
FINE = Matrix(
    {"x": Dimension("x", "X", 1, tuple(map(str, range(101))))}, {"sure": 0.0, "unsure": 1.0}, 0.25
)
ABOUT = 0.015  # twice the standard error of a share of 5,000 draws


def row(issue, confidence="sure", indicator="", year="2016/17", **scores) -> Score:
    return Score(
        year, issue, "", indicator, scores, confidence, "A", datetime.date(2016, 11, 1), False
    )


def places(matrix, *rows, rates=None) -> pd.DataFrame:
    return rank(matrix, rows, rates or {}).places


# --- Scores and ranks


def test_a_score_is_the_weighted_mean_of_scores_from_0_to_100_and_equal_ones_share_a_rank():
    # a: 2 of 1 to 3 is 50; b: 4 of 1 to 5 is 75; (1 x 50 + 3 x 75) / 4 = 68.75
    found = places(
        MATRIX, row("P", a=2, b=4), row("Q", a=1, b=1), row("R", a=3, b=5), row("S", a=2, b=4)
    )
    assert found["score"].to_dict() == {"R": 100, "P": 68.75, "S": 68.75, "Q": 0}
    assert found["rank"].to_dict() == {"R": 1, "P": 2, "S": 2, "Q": 4}


def test_equal_scores_reached_by_different_ways_are_equal_to_the_last_digit():
    # 1/3 + 2 x 1 + 3 x 1/3 = 1/3 + 2 x 0 + 3 x 1, which binary fractions add up to two different
    # numbers
    sides = {
        key: Dimension(key, key, weight, FIVE[:4]) for key, weight in (("a", 1), ("b", 2), ("c", 3))
    }
    found = places(
        replace(CERTAIN, dimensions=sides), row("P", a=2, b=4, c=2), row("Q", a=2, b=1, c=4)
    )
    assert found["rank"].tolist() == [1, 1]


def test_an_indicators_rate_gives_the_score_that_was_left_to_it_and_a_missing_one_no_rank():
    rates = {
        "known": YearlyRate("", 400, year="2016", people=100_000),
        "none": YearlyRate(scoring.NO_DATA),
    }
    rows = [
        row("P", indicator="known", a=2, b=None),
        row("Q", indicator="none", a=3, b=None),
        row("R", a=1, b=1),
    ]
    ranking = rank(MATRIX, rows, rates)
    assert ranking.scores.loc["P"].to_dict() == {
        "a": 2,
        "b": 4,
    }  # 4 per 1,000 reaches the bands 1, 2 and 4
    assert ranking.measured.loc["P"].to_dict() == {"a": False, "b": True}
    assert ranking.places["rank"].dropna().to_dict() == {"P": 1, "R": 2}
    assert [*ranking.unranked] == ["Q"]
    assert ranking.places.loc["Q"].isna().all()


@pytest.mark.parametrize(
    ("per_1000", "score"), [(0, 1), (0.99, 1), (1, 2), (7.99, 4), (8, 5), (800, 5)]
)
def test_a_band_is_reached_at_its_own_figure(per_1000, score):
    assert banded(TWO["b"], YearlyRate("", per_1000, people=1000)) == score


# --- What holds for any scores

grades = st.tuples(st.integers(1, 3), st.integers(1, 5), st.sampled_from(["sure", "unsure"]))
some = st.lists(grades, min_size=1, max_size=9).map(
    lambda made: [row(f"I{n}", confidence, a=a, b=b) for n, (a, b, confidence) in enumerate(made)]
)
quick = settings(max_examples=25, deadline=None)


def test_a_rate_just_under_a_band_is_not_shown_as_the_band():
    told = [
        score_tables._per_1000(YearlyRate("", n, people=100_000), MATRIX)
        for n in (399.6, 400.4, 123.4)
    ]
    assert told == ["3.996", "4.0", "1.2"]


@quick
@given(some, st.randoms())
def test_the_order_of_the_file_changes_nothing(rows, random):
    shuffled = random.sample(rows, len(rows))
    pd.testing.assert_frame_equal(rank(MATRIX, rows, {}).places, rank(MATRIX, shuffled, {}).places)


@quick
@given(some, st.data())
def test_a_higher_score_never_brings_an_issue_a_lower_place(rows, data):
    at = data.draw(st.integers(0, len(rows) - 1))
    key, steps = data.draw(st.sampled_from([("a", 3), ("b", 5)]))
    raised = replace(rows[at], scores=rows[at].scores | {key: min(rows[at].scores[key] + 1, steps)})
    before, after = (
        places(MATRIX, *r).loc[rows[at].issue]
        for r in (rows, [*rows[:at], raised, *rows[at + 1 :]])
    )
    assert after["rank"] <= before["rank"]
    assert after["share"] >= before["share"]
    assert after["low"] <= before["low"]
    assert after["high"] <= before["high"]


@quick
@given(some)
def test_with_nothing_uncertain_every_draw_is_the_ranking(rows):
    found = places(CERTAIN, *rows)
    assert set(found["share"]) <= {0.0, 1.0}
    assert (found["share"] == (found["rank"] <= 5)).all()
    assert (found["low"] == found["rank"]).all()
    assert (found["high"] == found["rank"]).all()


@quick
@given(some, st.sampled_from([0.25, 2, 1024]))
def test_weights_scaled_together_change_nothing(rows, times):
    scaled = {key: replace(d, weight=d.weight * times) for key, d in TWO.items()}
    pd.testing.assert_frame_equal(
        places(MATRIX, *rows), places(replace(MATRIX, dimensions=scaled), *rows)
    )


# --- The draws against theory: four issues are above all doubt, two compete for the fifth place

ABOVE = [row(f"Z{n}", x=101) for n in range(4)]


@pytest.mark.parametrize(
    ("gap", "behind", "ahead"), [(1, (5, 6), (5, 6)), (2, (5, 6), (5, 6)), (4, (6, 6), (5, 5))]
)
def test_the_share_of_draws_is_the_chance_that_one_uncertain_score_beats_another(
    gap, behind, ahead
):
    found = places(FINE, *ABOVE, row("P", "unsure", x=50), row("Q", "unsure", x=50 + gap))
    chance = norm.cdf(-gap / np.sqrt(2))  # the difference of two scores each off by 1
    assert found.at["P", "share"] == pytest.approx(chance, abs=ABOUT)
    assert found.at["Q", "share"] == pytest.approx(1 - chance, abs=ABOUT)
    assert (found.at["P", "low"], found.at["P", "high"]) == behind
    assert (found.at["Q", "low"], found.at["Q", "high"]) == ahead


def test_weights_vary_by_the_share_of_themselves_that_the_framework_says():
    sides = {"a": Dimension("a", "A", 1, FIVE), "b": Dimension("b", "B", 1.2, FIVE)}
    above = [row(f"Z{n}", a=5, b=5) for n in range(4)]
    found = places(
        replace(MATRIX, dimensions=sides), *above, row("P", a=4, b=1), row("Q", a=1, b=4)
    )
    spread = np.sqrt(2 * np.log(1 + 0.25**2))  # P leads where the weight of a is above that of b
    assert found.at["P", "share"] == pytest.approx(norm.cdf(np.log(1 / 1.2) / spread), abs=ABOUT)


def test_a_score_stays_on_its_scale_however_uncertain():
    wild = replace(MATRIX, confidence={"unsure": 1000.0, "sure": 0.0})
    rows = [row(f"I{n}", "unsure", a=2, b=3) for n in range(6)]
    assert places(wild, *rows, row("Top", a=3, b=5))["rank"]["Top"] == 1
    assert (
        places(wild, *rows, row("Top", a=3, b=5)).at["Top", "low"] == 1
    )  # a tie at 100 shares the first place
    assert places(wild, *rows, row("Top", a=3, b=5)).at["Top", "high"] == 1


# --- What moved


def test_movement_is_among_the_issues_ranked_in_both_years():
    last = [row("P", a=3, b=5), row("Gone", a=3, b=4), row("Q", a=2, b=3), row("R", a=1, b=1)]
    gap = row("Gap", indicator="none", a=3, b=None)
    now = [row("New", a=3, b=5), row("R", a=3, b=4), row("P", a=2, b=4), row("Q", a=1, b=2)]
    none = {"none": YearlyRate(scoring.GAP)}
    moves = movement(
        rank(CERTAIN, [*now, gap], none), rank(CERTAIN, [*last, row("Gap", a=3, b=3)], {})
    )
    assert moves[["last", "this", "moved"]].T.to_dict("list") == {
        "R": [3, 1, 2],
        "P": [1, 2, -1],
        "Q": [2, 3, -1],
    }
    assert (moves["share"] == 1).all()


def test_an_issue_that_keeps_its_place_has_no_share_of_draws_that_moved_it():
    same = rank(MATRIX, [row("P", a=3, b=5), row("Q", a=1, b=1)], {})
    assert movement(same, same)["moved"].eq(0).all()
    assert movement(same, same)["share"].isna().all()
    assert movement(rank(MATRIX, [row("Other", a=1, b=1)], {}), same).empty


def test_how_firm_a_move_is_takes_the_two_years_as_scored_apart():
    last, this = ([row("P", "unsure", x=p), row("Q", "unsure", x=51)] for p in (50, 52))
    moves = movement(rank(FINE, this, {}), rank(FINE, last, {}))
    assert moves.loc["P", ["last", "this"]].tolist() == [2, 1]
    assert moves.at["P", "share"] == pytest.approx(norm.cdf(np.sqrt(0.5)) ** 2, abs=ABOUT)


# --- Twelve months of an indicator


@pytest.fixture(scope="module")
def project(untouched) -> Project:
    return Project("2016-11", untouched)


def rate_of(project, key, upto="2016-11", people=PEOPLE, **changes) -> YearlyRate:
    e = project.evidence[key]
    return yearly_rate(e.indicator, e.observed.assign(**changes), people, pd.Period(upto, "M"))


@pytest.mark.parametrize(
    ("key", "upto", "count", "people", "covers"),
    [
        (
            "overall_crime",
            "2016-11",
            12586 + 1427 + 1332 + 1334 + 1498,
            264_440,
            ("2015-12", "2016-11"),
        ),
        ("overall_crime", "2016-03", 17607, 263_088, ("2015-04", "2016-03")),
        (
            "domestic_abuse_referrals",
            "2016-11",
            555 + 539 + 518 + 526,
            264_440,
            ("2015-10", "2016-09"),
        ),
        ("people_with_complex_needs", "2016-11", 8270, 263_088, ("2015-04", "2016-03")),
    ],
)
def test_a_rate_is_of_the_twelve_months_to_the_latest_figure_known(
    project, key, upto, count, people, covers
):
    rate = rate_of(project, key, upto)
    assert (rate.why, rate.count, rate.people, (str(rate.first), str(rate.last))) == (
        "",
        count,
        people,
        covers,
    )
    assert rate.per_1000 == pytest.approx(1000 * count / people)


@pytest.mark.parametrize(
    ("key", "upto", "why"),
    [
        ("fraud_reports", "2016-11", scoring.NO_DATA),
        ("overall_crime", "2015-03", scoring.NO_DATA),
        ("ist_incidents", "2016-11", scoring.GAP),
        ("overall_crime", "2016-02", scoring.GAP),
        ("children_at_risk_of_exploitation", "2016-11", scoring.GAP),
        ("sexual_offences_under_18", "2016-11", scoring.OLD),
        ("overall_crime", "2017-11", scoring.OLD),
        ("ist_satisfaction", "2016-11", scoring.NOT_A_COUNT),
        ("young_people_reporting", "2016-11", scoring.NOT_A_COUNT),
    ],
)
def test_there_is_no_rate_without_twelve_whole_and_recent_months_of_a_count(
    project, key, upto, why
):
    rate = rate_of(project, key, upto)
    assert (rate.why, rate.per_1000) == (why, None)
    assert np.isnan(banded(TWO["b"], rate))


def test_there_is_no_rate_with_a_hidden_count_or_an_unknown_population(project):
    index = project.evidence["overall_crime"].observed.index
    assert rate_of(project, "overall_crime", hidden=index == index[-1]).why == scoring.HIDDEN
    assert rate_of(project, "overall_crime", hidden=index == index[0]).why == ""
    assert rate_of(project, "overall_crime", people={"2017": 1}).why == scoring.NO_PEOPLE
    earlier = rate_of(project, "overall_crime", people={"2015": 1, "2017": 1})
    assert (earlier.why, earlier.year, earlier.wanted) == ("", "2015", "2016")


# --- What is refused

HEAD = "year,issue,area,indicator,likelihood,risk,harm,confidence,scored_by,scored_on,illustrative"
GOOD = {
    "year": "2016/17",
    "issue": "Arson",
    "area": "",
    "indicator": "",
    "likelihood": "2",
    "risk": "2",
    "harm": "4",
}
GOOD |= {
    "confidence": "high",
    "scored_by": "A. N. Analyst",
    "scored_on": "2016-11-15",
    "illustrative": "no",
}
WRONG = {
    "a score over its scale": (
        {"harm": "6"},
        "harm",
        "6 is outside the scale",
        "1 slight, 2 minor",
    ),
    "a score of 0": ({"risk": "0"}, "risk", "0 is outside the scale", "1 very low"),
    "half a score": (
        {"harm": "2.5"},
        "harm",
        "'2.5' is not a whole number",
        "write one of: 1 slight",
    ),
    "no score where nothing gives one": (
        {"likelihood": ""},
        "likelihood",
        "the cell is empty",
        "fill it in",
    ),
    "an unknown confidence": (
        {"confidence": "hgih"},
        "confidence",
        "'hgih' is not known",
        "did you mean high?",
    ),
    "no name": ({"scored_by": ""}, "scored_by", "the cell is empty", "fill it in"),
    "one that names nobody": (
        {"scored_by": "7"},
        "scored_by",
        "'7' is not a name",
        "write a person's name",
    ),
    "one not seen": ({"scored_by": "\u3164\u3164"}, "scored_by", "(U+3164)", "retype it"),
    "a long one": ({"scored_by": "a" * 101}, "scored_by", "has 101 characters", "keep it to 100"),
    "an issue that says nothing": (
        {"issue": "…"},
        "issue",
        "'…' has no letters or digits",
        "fill it in",
    ),
    "no date": ({"scored_on": ""}, "scored_on", "the cell is empty", "fill it in"),
    "a date without dashes": (
        {"scored_on": "20161115"},
        "scored_on",
        "'20161115' is not a date",
        "2017-01-24",
    ),
    "a date in words": (
        {"scored_on": "last week"},
        "scored_on",
        "'last week' is not a date",
        "2017-01-24",
    ),
    "an unknown indicator": (
        {"indicator": "arsn"},
        "indicator",
        "'arsn' is not known",
        "use one of",
    ),
    "an unknown area": (
        {"area": "hate_crim"},
        "area",
        "'hate_crim' is not known",
        "did you mean hate_crime?",
    ),
    "a year that is none": ({"year": "2016/18"}, "year", "not a financial year", "2016/17"),
    "neither an example nor not": (
        {"illustrative": ""},
        "illustrative",
        "the cell is empty",
        "fill it in",
    ),
}


def read(folder: Path, *rows: dict, matrix=FRAMEWORK.matrix) -> sources.Drop:
    paper = folder / "2016-11/papers/strategic_assessment.csv"
    paper.parent.mkdir(parents=True)
    paper.write_text(
        "\n".join([HEAD, *(",".join(r[name] for name in HEAD.split(",")) for r in rows)]) + "\n"
    )
    return sources.read(folder, MONTH, replace(FRAMEWORK, matrix=matrix))


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_cell_is_told_with_its_row_its_column_and_the_cure(tmp_path, case):
    changes, column, mistake, cure = WRONG[case]
    (problem,) = read(tmp_path, GOOD, GOOD | {"issue": "Bicycle theft"} | changes).problems
    assert (problem.file, problem.row, problem.column) == (
        "2016-11/papers/strategic_assessment.csv",
        3,
        column,
    )
    assert mistake in problem.mistake
    assert cure in problem.cure


def test_an_issue_may_stand_once_in_a_year_and_again_in_the_next(tmp_path):
    again = GOOD | {"issue": "arson"}
    (problem,) = read(tmp_path / "a", GOOD, GOOD | {"year": "2015/16"}, again).problems
    assert (problem.row, problem.column, problem.cure) == (
        4,
        "issue",
        "keep one; the other is in row 2",
    )


def test_scores_without_a_matrix_are_refused_with_the_cure(tmp_path):
    (problem,) = read(tmp_path, GOOD, matrix=None).problems
    assert "no [matrix] to score with" in problem.mistake
    assert "dimensions, scales, weights and confidence" in problem.cure


# --- The page

PARTS = ("summary", "chart", "ranking", "movement", "method")


def text_of(part) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", part.html))


@pytest.fixture(scope="module")
def example(tmp_path_factory) -> Path:
    """A copy of the project whose drop has the scores that docs/ gives as an example."""
    root = copy_project(tmp_path_factory.mktemp("example") / "project")
    tiny.put(root / PAPER, (ROOT / "docs/strategic-assessment-example.csv").read_bytes())
    return root


@pytest.fixture(scope="module")
def page(example) -> StrategicAssessment:
    return StrategicAssessment("2016-11", example)


@pytest.fixture
def scored(tmp_path, untouched):
    """The page with other rows in its paper."""
    (tmp_path / "data").mkdir()
    (tmp_path / "framework.toml").write_bytes((untouched / "framework.toml").read_bytes())

    def made(*rows: dict) -> StrategicAssessment:
        read(tmp_path / "data/raw", *rows)
        put = tmp_path / "data/raw/2016-11/returns/police.csv"
        put.parent.mkdir()
        put.write_text("indicator,period,value\noverall_crime,2016-11,1575\n")
        return StrategicAssessment("2016-11", tmp_path)

    return made


def test_every_part_of_the_example_says_that_it_is_one(page):
    parts = [getattr(page, name)() for name in PARTS]
    assert [part.kind for part in parts] == ["summary", "chart", "table", "movement", "method"]
    assert all('class="missing"><strong>Illustrative example' in part.html for part in parts)
    assert "is a finding about Plymouth" in text_of(parts[0])
    assert all(row["illustrative"] == "yes" for row in csv.DictReader(io.StringIO(parts[2].csv)))
    assert all(row.illustrative for row in page.paper.rows)


def test_scores_that_people_gave_bear_no_such_mark_and_one_example_among_them_marks_all(scored):
    rows = [GOOD | {"issue": f"Issue {n}"} for n in range(7)]
    real = scored(*rows, GOOD | {"issue": "<b>Tom & Jerry</b>"})
    assert not any("llustrative" in getattr(real, name)().html for name in PARTS)
    assert "&lt;b&gt;Tom &amp; Jerry&lt;/b&gt;" in real.ranking().html
    assert not any("<b>Tom" in getattr(real, name)().html for name in PARTS)
    assert "no year before" in text_of(real.movement())
    assert "Since" not in text_of(real.ranking())


def test_one_example_among_real_scores_marks_every_part(scored):
    mixed = scored(GOOD, GOOD | {"issue": "Bicycle theft", "illustrative": "yes"})
    assert all("Illustrative example" in getattr(mixed, name)().html for name in PARTS)
    assert "Some scores on this page were made up" in text_of(mixed.summary())


def test_when_nothing_can_be_ranked_the_page_says_so_and_draws_nothing(scored):
    none = scored(GOOD | {"likelihood": "", "indicator": "overall_crime"})
    assert "No issue could be ranked" in text_of(none.summary())
    assert "<figure>" not in none.chart().html
    assert "not all of the twelve months to November 2016 have been received" in text_of(
        none.ranking()
    )
    assert {
        row["shorthand"]
        for row in csv.DictReader(io.StringIO(none.ranking().csv))
        if not row["value"]
    } == {"[x]"}


def test_the_download_holds_what_can_be_worked_by_hand(page):
    rows = {
        (r["issue"], r["measure"], r["period"]): r
        for r in csv.DictReader(io.StringIO(page.ranking().csv))
    }
    # 5,244 reports in the year to November 2016: 19.8 per 1,000, likely (4); risk and harm 5 of 5
    # each
    found = {
        measure: rows["Domestic abuse", measure, "2016/17"]["value"]
        for measure in ("Score", "Rank")
    }
    assert found == {"Score": f"{75 * 0.3 + 100 * 0.3 + 100 * 0.4:g}", "Rank": "1"}
    rate = rows["Domestic abuse", "Threat (likelihood): yearly rate", "2016/17"]
    assert (rate["value"], rate["source"]) == ("19.8305853879897", "domestic_abuse")
    earlier = rows["Domestic abuse", "Threat (likelihood): yearly rate", "2015/16"]
    assert earlier["value"] == "24.1098035638266"
    assert rows["Fraud and cyber crime", "Rank", "2016/17"]["shorthand"] == "[x]"


def test_what_cannot_be_ranked_is_named_with_the_reason_and_shown_nowhere_as_zero(page):
    listed = text_of(page.ranking()).partition("Not ranked")[2]
    assert "Fraud and cyber crime: its score for Threat (likelihood) comes from" in listed
    assert "no figure has been received" in listed
    assert "Fraud" not in text_of(page.ranking()).partition("Not ranked")[0]
    assert "Fraud" not in page.chart().html


def test_a_key_finding_is_no_stronger_than_the_draws(page):
    found = [text for text, _ in page.findings]
    assert len(found) <= 6
    shares = page.this.places["share"]
    firm = next(text for text in found if text.startswith("Firmly"))
    assert {issue for issue in shares.index if issue in firm} == {*shares.index[shares >= 0.95]}
    moves = page.moves[page.moves["moved"] != 0]
    told = next(text for text in found if "firm move" in text)
    assert {issue for issue in moves.index if issue in told} == {
        *moves.index[moves["share"] >= 0.95]
    }
    ids = set(re.findall(r'id="([^"]+)"', "".join(getattr(page, name)().html for name in PARTS)))
    assert {anchor for _, anchor in page.findings} <= ids


def test_the_same_month_gives_the_same_page(page, example):
    again = StrategicAssessment("2016-11", example)
    assert all(getattr(page, name)() == getattr(again, name)() for name in PARTS)


def test_without_scores_the_page_says_so_asks_for_them_and_ranks_nothing(untouched):
    none = StrategicAssessment("2016-11", untouched)
    assert "No scores received yet" in text_of(none.summary())
    needed = "Needed from Safer Plymouth, once a year: the scores of each issue for threat"
    assert needed in text_of(none.ranking())
    assert list(csv.DictReader(io.StringIO(none.ranking().csv))) == []
    assert {getattr(none, name)().html for name in ("chart", "movement", "method")} == {""}


def test_no_edition_of_this_project_rests_on_scores_that_were_made_up():
    papers = list(ROOT.glob("data/raw/*/papers/strategic_assessment.*"))
    assert not any(
        "yes" in row.values() for p in papers for row in csv.DictReader(p.open(encoding="utf-8"))
    )


def test_an_edition_has_the_page_before_its_scores_have_come(untouched):
    planned = plan(untouched, EditionName(MONTH), RunOptions()).expected
    assert "strategic_assessment" in planned
