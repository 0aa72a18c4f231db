"""Partners' figures held against the street files: agreement within the band seen so far, or a
question.
"""

import csv
import json
import math
import re
import shutil
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import tiny
from anytown import (
    ASB,
    DRUGS,
    EVERY,
    FRAME,
    USUAL,
    anytown,
    gather,
    notebooks,
    real_project,
    real_room,
    real_rows,
    text,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

from saferplymouth import DataQuality, framework
from saferplymouth.indicators.project import Project
from saferplymouth.pages.quality import crosscheck, questions
from saferplymouth.pages.quality.crosscheck import difference_in_words

pytestmark = pytest.mark.xdist_group("places")

CRIME = [
    1243,
    1245,
    1374,
    1244,
    1441,
    1481,
    1568,
    1500,
    1483,
    1466,
    1454,
]  # in the street files, January to November
INCIDENTS = [725, 734, 773, 846, 951, 956, 939, 893, 881, 891, 743]
SENT = [1332, 1334, 1498, 1335, 1576, 1611, 1692, 1637, 1590, 1570, 1575]  # by the police
SENT_ASB = [734, 741, 781, 853, 967, 965, 955, 899, 887, 896, 748]


@pytest.fixture(scope="module")
def checks(base) -> dict[str, crosscheck.Check]:
    return {check.indicator.key: check for check in real_room(DataQuality, base).checked}


def held(sent: list[float], counted: list[int], against: str = "Drugs") -> pd.DataFrame:
    """A made-up series from January 2016 on, held against drugs offences of the same months."""
    months = pd.period_range("2016-01", periods=len(counted), freq="M")
    cells = pd.DataFrame({"month": months.astype(str), "type": DRUGS, "count": counted})
    local_crime = SimpleNamespace(local=cells, months=months)
    indicator = SimpleNamespace(name="Drugs offences", key="drugs", held_against=against)
    return crosscheck.check(
        indicator, pd.Series(sent, months[: len(sent)], dtype=float), local_crime
    ).frame


# --- The eleven months


def test_the_street_files_count_what_the_standard_library_counts(checks):
    rows = [row for row in real_rows() if row["district"] == "Plymouth"]
    asb = Counter(row["Month"] for row in rows if row["Crime type"] == ASB)
    crime = Counter(row["Month"] for row in rows if row["Crime type"] != ASB)
    assert [asb[month] for month in sorted(asb)] == INCIDENTS
    assert [crime[month] for month in sorted(crime)] == CRIME
    assert checks["overall_crime"].frame["counted"].tolist() == CRIME
    assert checks["anti_social_behaviour"].frame["counted"].tolist() == INCIDENTS


def test_crime_is_6_6_to_8_6_and_anti_social_behaviour_0_6_to_1_7_per_cent_under(checks):
    assert checks.keys() == {"overall_crime", "anti_social_behaviour"}
    for key, sent, counted in (
        ("overall_crime", SENT, CRIME),
        ("anti_social_behaviour", SENT_ASB, INCIDENTS),
    ):
        frame = checks[key].frame
        assert frame["sent"].tolist() == sent
        under = [100 * (s - c) / s for s, c in zip(sent, counted, strict=True)]
        assert frame["off"].tolist() == pytest.approx([-u for u in under])
        ends = (round(min(under), 1), round(max(under), 1))
        assert ends == ((6.6, 8.6) if key == "overall_crime" else (0.6, 1.7))


def test_no_real_month_is_a_question_and_the_page_says_how_far_the_two_are(checks, base):
    assert [question for check in checks.values() for question in check.questions] == []
    shown = text(real_room(DataQuality, base).checks().html)
    said = "the street files are {} below the partner’s figures, January to November 2016; "
    said += "every month checked is within range"
    assert f"Overall crime: {said.format('6.6% to 8.6%')}" in shown
    assert f"Anti-social behaviour: {said.format('0.6% to 1.7%')}" in shown
    assert "November 2016 1,575 1,454 −121 7.7% below 4.6% to 10.2% below Yes" in shown
    assert "November 2016 748 743 −5 0.7% below between 2.4% below and 0.3% above Yes" in shown


def test_the_reason_is_the_share_of_crimes_without_a_place_that_the_files_have(real, base):
    crimes = [row for row in real_rows() if row["Crime type"] != ASB]
    every, without = (
        Counter(r["Month"] for r in some)
        for some in (crimes, [r for r in crimes if not r["LSOA code"]])
    )
    shares = [round(100 * without[month] / every[month], 1) for month in every]
    assert (min(shares), max(shares)) == (5.9, 7.1)
    assert not any(row["Crime type"] == ASB and not row["LSOA code"] for row in real_rows())
    said = crosscheck.reason(real, real.months)
    assert "5.9% to 7.1% of the force’s recorded crime in each month." in said
    assert "Anti-social behaviour always has a place." in said
    assert said in text(real_room(DataQuality, base).checks().html)


def test_the_bands_are_the_prediction_intervals_of_a_regression_on_a_constant(checks):
    """Of statsmodels, for the next observation: 99 %, from the months before."""
    for check in checks.values():
        off = check.frame["off"].to_numpy()
        for n in range(4, len(off)):
            fitted = sm.OLS(off[:n], np.ones(n)).fit()
            told = fitted.get_prediction([[1.0]]).summary_frame(alpha=0.01)
            mine = check.frame[["low", "high"]].iloc[n]
            assert mine.tolist() == pytest.approx(
                told[["obs_ci_lower", "obs_ci_upper"]].iloc[0].tolist()
            )


# --- A return that is odd


@pytest.fixture(scope="module")
def altered(base, tmp_path_factory):
    """The real project, of which November's return gives a fifth less overall crime: 1,260 for
    1,575.
    """
    root = tmp_path_factory.mktemp("altered") / "project"
    shutil.copytree(real_project(base), root)
    (root / "data/raw/2016-11/papers/actions.csv").unlink()  # about which there are questions
    path = root / "data/raw/2016-11/returns/police.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("2016-11,1575", "2016-11,1260"), encoding="utf-8"
    )
    return root


QUESTION = (
    "Overall crime, November 2016: 1,260 from the partner, and the street files count 1,454, "
    "15.4% above. Earlier months suggest 4.6% to 10.2% below. Is the figure complete, and counted "
    "as before?"
)


def test_a_return_a_fifth_too_low_is_a_question_in_check_and_no_problem(altered):
    done = tiny.told(altered, "check", "2016-11")
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if "Question" in line] == [
        f"Question: {QUESTION}"
    ]
    assert done.stdout.splitlines()[-1] == "No problems, 1 question to answer"


def test_the_question_tells_another_program_its_indicator_and_period(altered):
    done = tiny.told(altered, "check", "2016-11", "--json")
    assert done.returncode == 0, done.stderr
    about = {"about": "overall_crime 2016-11", "question": QUESTION}
    assert json.loads(done.stdout)["questions"] == [about]


def test_a_return_a_fifth_too_low_is_the_first_question_of_the_data_quality_page(altered):
    shown = DataQuality("2016-11", altered)
    assert shown.asked[0] == QUESTION
    assert QUESTION in text(shown.questions().html)
    assert "out of range in November 2016" in text(shown.checks().html)
    assert "1,260 1,454 +194 15.4% above 4.6% to 10.2% below No: see questions" in text(
        shown.checks().html
    )
    rows = csv.DictReader(shown.source().csv.splitlines())
    assert next(row["item"] for row in rows if row["part"] == "question") == QUESTION


def test_a_good_return_is_asked_nothing_by_check(base):
    done = tiny.told(real_project(base), "check", "2016-11")
    asked = [line for line in done.stdout.splitlines() if "Question" in line]
    assert done.returncode == 0
    assert [line for line in asked if "papers/actions" not in line] == []  # none of a return


def test_check_writes_nothing(altered):
    before = tiny.snapshot(altered)
    tiny.told(altered, "check", "2016-11")
    assert tiny.snapshot(altered) == before


def test_a_street_file_that_lacks_half_its_rows_is_itself_a_question_and_checks_no_return(tmp_path):
    months = [str(month) for month in pd.period_range("2016-04", "2016-09", freq="M")]
    root = anytown(tmp_path, dict.fromkeys(months, USUAL))
    path = root / "data/raw/2016-09/2016-09-anyshire-street.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([lines[0], *lines[1::2]]))
    tiny.put(root / "notebooks/overall_crime.ipynb", tiny.notebook(tiny.PARAMETERS))
    done = tiny.told(root, "check", "2016-09")
    assert done.returncode == 0
    assert "Question: 2016-09/2016-09-anyshire-street.csv has 76 rows (usually about" in done.stdout
    assert "Question: All crime, September 2016" not in done.stdout


# --- The band


def test_a_month_needs_four_before_it():
    frame = held([100] * 6, [90, 91, 89, 90, 10, 90])
    assert frame["low"].isna().tolist() == [True] * 4 + [False] * 2
    assert frame["strange"].tolist() == [False] * 4 + [True, False]


def test_a_band_worked_by_hand():
    """Differences of −8, −10, −9 and −9: their mean is −9, s is √(2/3), t of three degrees at 99.5
    % is 5.841.
    """
    frame = held([100] * 5, [92, 90, 91, 91, 94])
    half = 5.8409 * math.sqrt(2 / 3) * math.sqrt(1.25)
    assert frame[["low", "high"]].iloc[4].tolist() == pytest.approx(
        [-9 - half, -9 + half], abs=1e-3
    )
    assert student.ppf(0.995, 3) == pytest.approx(5.8409, abs=1e-4)
    assert not frame["strange"].iloc[4]


def test_months_that_agree_exactly_leave_room_for_a_rounding_and_no_more():
    """s is taken as 0.1 points: 5.841 × 0.1 × √1.25 is 0.653 %."""
    assert not held([1000] * 5, [1000] * 4 + [1006])["strange"].iloc[4]
    assert held([1000] * 5, [1000] * 4 + [1007])["strange"].iloc[4]
    assert held([1000] * 5, [1000] * 4 + [993])["strange"].iloc[4]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.integers(1, 5000), st.integers(0, 5000)), min_size=1, max_size=14))
def test_a_month_is_strange_where_it_lies_outside_the_interval_of_those_before(pairs):
    sent, counted = zip(*pairs, strict=True)
    frame = held(list(sent), list(counted))
    off = [100 * (c - s) / s for s, c in pairs]
    assert frame["off"].tolist() == pytest.approx(off, abs=1e-9)
    for n in range(4, len(off)):
        s = max(np.std(off[:n], ddof=1), 0.1) * math.sqrt(1 + 1 / n)
        low, high = student.interval(0.99, n - 1, np.mean(off[:n]), s)
        assert (frame["low"].iloc[n], frame["high"].iloc[n]) == pytest.approx(
            (low, high), rel=1e-6, abs=1e-6
        )
        if min(abs(off[n] - low), abs(off[n] - high)) > 1e-6:
            assert frame["strange"].iloc[n] == (not low <= off[n] <= high)


def test_of_months_that_differ_by_chance_alone_one_in_a_hundred_is_a_question():
    random = np.random.default_rng(99)
    asked = []
    for _ in range(200):
        off = random.normal(-8, 0.8, 12)
        asked.append(
            held([100_000] * 12, list((1000 * (100 + off)).round().astype(int)))["strange"].iloc[4:]
        )
    assert np.mean(asked) == pytest.approx(0.01, abs=0.007)


# --- What is held against what


def test_a_month_without_a_figure_or_without_a_file_is_not_held_against_anything():
    frame = held([100, math.nan, 100], [90, 90, 90, 90])
    assert [str(month) for month in frame.index] == ["2016-01", "2016-03"]


def test_a_month_of_which_the_street_files_count_none_is_wholly_under():
    frame = held([100] * 5, [0, 0, 0, 0, 0])
    assert frame["off"].tolist() == [-100.0] * 5
    assert not frame["strange"].any()


def test_a_figure_of_nought_fails_nothing():
    frame = held([0, 100, 100, 100, 100, 100], [5, 90, 90, 90, 90, 90])
    assert frame["strange"].tolist() == [True, *[False] * 5]
    assert np.isfinite(frame["off"].iloc[1:]).all()


def test_a_figure_of_nought_where_the_street_files_count_many_is_a_question(tmp_path):
    """It is the likeliest mistake of all: an empty cell that was filled in."""
    months = [str(month) for month in pd.period_range("2016-04", "2016-09", freq="M")]
    root = anytown(tmp_path, dict.fromkeys(months, USUAL))
    path = root / "data/raw/2016-09/returns/police.csv"
    path.write_text(path.read_text().replace("overall_crime,2016-09,61", "overall_crime,2016-09,0"))
    assert "September 2016" in tiny.told(root, "check", "2016-09").stdout


def test_figures_of_nought_in_every_month_are_told_as_such(tmp_path):
    root = anytown(tmp_path, dict.fromkeys(["2016-04", "2016-05"], USUAL))
    for month in ("2016-04", "2016-05"):
        tiny.put(
            root / f"data/raw/{month}/returns/police.csv",
            f"indicator,period,value\noverall_crime,{month},0\n",
        )
    shown = text(DataQuality("2016-05", root).summary().html)
    assert (
        "All crime: 0 from the partner where the street files count 120, April to May 2016" in shown
    )


def test_figures_that_agree_exactly_are_said_to_be_no_different(tmp_path):
    root = anytown(tmp_path, {"2016-04": USUAL})
    tiny.put(
        root / "data/raw/2016-04/returns/police.csv",
        "indicator,period,value\noverall_crime,2016-04,60\n",
    )
    said = "All crime: the street files are no different from the partner’s figures, April 2016"
    assert said in text(DataQuality("2016-04", root).summary().html)


def test_where_no_indicator_is_held_against_anything_the_page_says_so(tmp_path):
    frame = re.sub("held_against = .*", "", FRAME)
    shown = text(
        DataQuality("2016-04", anytown(tmp_path, {"2016-04": USUAL}, frame=frame)).checks().html
    )
    assert (
        "No indicator in the framework has a comparison with the street files (held_against)"
        in shown
    )
    assert "No street file covers" not in shown


def test_one_type_of_crime_can_be_held_against_an_indicator(tmp_path):
    frame = FRAME.replace('held_against = "all crime"', 'held_against = "Drugs"')
    root = anytown(tmp_path, {"2016-04": USUAL}, frame=frame)
    [drugs, _] = questions.checks(Project("2016-04", root))
    assert drugs.frame["counted"].tolist() == [50]  # 3 in each of ten areas, and 20
    shown = framework.load(root / "framework.toml").indicators["overall_crime"]
    assert shown.held_against == DRUGS


def test_without_street_files_nothing_is_held_against_anything(tmp_path):
    notebooks(tmp_path)
    tiny.put(tmp_path / "notebooks/overall_crime.ipynb", tiny.notebook(tiny.PARAMETERS))
    tiny.put(
        tmp_path / "data/raw/2016-11/returns/police.csv",
        "indicator,period,value\noverall_crime,2016-11,5\n",
    )
    assert questions.checks(Project("2016-11", tmp_path)) == []
    assert questions.disagreements(Project("2016-11", tmp_path)) == []
    assert "none could be checked" in text(DataQuality("2016-11", tmp_path).checks().html)
    assert tiny.told(tmp_path, "check", "2016-11").returncode == 0


def test_files_with_anti_social_behaviour_alone_are_held_against_it(tmp_path):
    rows = [row for row in EVERY if row[1] == ASB]
    root = anytown(tmp_path, {"2016-04": rows})
    said = crosscheck.reason(gather(root, "2016-04"), pd.PeriodIndex(["2016-04"], freq="M"))
    assert "Anti-social behaviour always has a place." in said
    assert "Incidents: the partner’s figures and the street files" in text(
        DataQuality("2016-04", root).checks().html
    )


def test_incidents_that_lack_a_place_are_told_in_the_reason(tmp_path):
    root = anytown(tmp_path, {"2016-04": [*USUAL, ("", ASB, 3)]})
    said = crosscheck.reason(gather(root, "2016-04"), pd.PeriodIndex(["2016-04"], freq="M"))
    assert "Anti-social behaviour has no place in 3 of its incidents." in said
    assert "3.4% of the force’s recorded crime in the month." in said  # 4 of 119


# --- In words


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((-7.68,), "7.7% below"),
        ((15.4,), "15.4% above"),
        ((0.0,), "no different"),
        ((-0.04,), "no different"),
        ((-8.6, -6.6), "6.6% to 8.6% below"),
        ((1.0, 2.0), "1% to 2% above"),
        ((-2.4, 0.3), "between 2.4% below and 0.3% above"),
        ((-0.3, 2.4), "between 0.3% below and 2.4% above"),
        ((-7.71, -7.69), "7.7% below"),
        ((0.0, 5.0), "0% to 5% above"),
        ((-5.0, 0.0), "0% to 5% below"),
        ((0.0, 0.0), "no different"),
    ],
)
def test_how_far_two_figures_are_apart_is_told_in_words(ends, said):
    assert difference_in_words(*ends) == said
