"""Every figure of the paper's nine tables through the real drops, and what must hold of any figures
at all.
"""

import datetime
import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import PAPER, PRINTED, PRINTED_WRONG, YEAR_TO_DATE

from saferplymouth import Board
from saferplymouth.framework import Indicator
from saferplymouth.periods import Calendar
from saferplymouth.statistics.intervals import round_half_away
from saferplymouth.statistics.measures import cumulative, financial_year, percent_change

APRIL = Calendar(4)
MONTHS = [*range(4, 13), 1, 2, 3]
COUNTS = [key for key in PAPER if key != "ist_satisfaction"]
COMPARED = [key for key in PAPER if "last" in PAPER[key]]


def known(series) -> list:
    """A column as the paper prints a row: None where there is nothing."""
    return [None if math.isnan(value) else value for value in series]


# --- The paper, through the drops


@pytest.fixture(scope="module")
def years(untouched):
    sections = Board("2016-11", untouched).sections
    return {key: section.year for key, section in sections.items()}


@pytest.mark.parametrize("key", PAPER)
@pytest.mark.parametrize("row", ["this", "last", "change", "cumulative"])
def test_a_row_of_the_paper_is_reproduced(key, row, years):
    if row in PAPER[key]:
        assert known(years[key].frame[row]) == list(PAPER[key][row])


@pytest.mark.parametrize("key", ["ist_incidents", "ist_satisfaction"])
def test_a_target_of_the_paper_is_reproduced(key, years):
    stated = [n for n, value in enumerate(PAPER[key]["target"]) if value is not None]
    assert [years[key].frame["target"].iloc[n] for n in stated] == [
        PAPER[key]["target"][n] for n in stated
    ]


@pytest.mark.parametrize("key", COMPARED)
def test_both_years_are_labelled_and_the_rows_start_in_april(key, years):
    year = years[key]
    assert (year.label, year.last_label) == ("2016/17", "2015/16")
    first, last = year.frame.index[0].asfreq("M", "start"), year.frame.index[-1].asfreq("M", "end")
    assert (str(first), str(last)) == ("2016-04", "2017-03")


@pytest.mark.parametrize("key", YEAR_TO_DATE)
def test_the_year_to_date_is_the_papers_corrected(key, years):
    year, fact = years[key], YEAR_TO_DATE[key]
    assert year.to_date.this == fact["this"]
    assert APRIL.label(year.to_date.periods[-1]) == fact["to"]
    if "change" in fact:
        assert (year.to_date.last, year.to_date.change) == (fact["last"], fact["change"])
        assert round_half_away(year.to_date.percent) == fact["percent"]
    else:
        assert year.to_date.last is year.to_date.change is year.to_date.percent is None
        assert year.target.level == fact["target"]
        assert year.target.distance == fact["this"] - fact["target"]


def test_wrongly_printed_1_anti_social_behaviour_rose_by_five_per_cent(years):
    to_date, fault = years["anti_social_behaviour"].to_date, PRINTED_WRONG[1]
    assert to_date.change == 367
    assert round(to_date.percent, 2) == 5.39
    assert round_half_away(to_date.percent) == fault["correct"] != fault["printed"]


def test_wrongly_printed_2_overall_crime_is_added_up(years):
    months, fault = known(years["overall_crime"].frame["this"]), PRINTED_WRONG[2]
    assert months == list(fault["printed"])
    assert known(years["overall_crime"].frame["cumulative"]) == list(fault["correct"])


@pytest.mark.parametrize("number", [3, 4])
def test_wrongly_printed_3_and_4_change_is_this_year_less_last(number, years):
    (key,), fault = PRINTED_WRONG[number]["indicators"], PRINTED_WRONG[number]
    change = known(years[key].frame["change"])[:8]
    assert change == list(fault["correct"])[:8]
    assert change == [-printed for printed in fault["printed"][:8]]


def test_wrongly_printed_5_no_change_is_shown_for_months_to_come(years):
    frame = years["violence_with_injury"].frame
    assert known(frame["last"])[8:] == [146, 119, 131, 170]
    assert tuple(known(frame["change"])[8:]) == PRINTED_WRONG[5]["correct"]
    assert known(frame["percent"])[8:] == known(frame["cumulative"])[8:] == [None] * 4


def test_wrongly_printed_6_referrals_are_quarters(years):
    year = years["domestic_abuse_referrals"]
    assert year.indicator.frequency == PRINTED_WRONG[6]["correct"]
    assert [APRIL.label(p) for p in year.frame.index] == [f"2016/17 Q{n}" for n in range(1, 5)]
    assert APRIL.label(year.latest) == "2016/17 Q2"


@pytest.mark.parametrize("key", PRINTED_WRONG[15]["indicators"])
def test_wrongly_printed_15_last_years_figures_are_those_of_last_years_months(
    key, years, untouched
):
    observed = Board("2016-11", untouched).sections[key].observed["value"]
    first, last = (pd.Period(month, "M") for month in PRINTED_WRONG[15]["correct"])
    assert (
        list(observed[first:last]) == list(PRINTED[key]["last"]) == list(years[key].frame["last"])
    )


def test_ist_incidents_need_55_8_a_month_to_reach_the_target(years):
    target = years["ist_incidents"].target
    assert (target.actual, target.level, target.distance) == (361, 375, -14)
    assert (target.year_end, target.periods_left) == (640, 5)
    assert target.pace == pytest.approx(55.8)
    assert known(years["ist_incidents"].frame["distance"])[4:7] == [-5, -7, -14]


def test_satisfaction_is_below_target_in_august_and_september(years):
    year = years["ist_satisfaction"]
    assert known(year.frame["distance"])[:6] == [10, 3, 2, 0, -2, -2]
    assert (year.to_date.this, str(year.latest), year.target.pace) == (88, "2016-09", None)
    assert year.frame["replies"].isna().all()


def test_there_is_nothing_of_last_year_where_nothing_was_received(years):
    for key in ("ist_incidents", "ist_satisfaction"):
        assert (
            years[key].frame[["last", "change", "percent", "cumulative_last"]].isna().all(axis=None)
        )


def test_an_earlier_month_gives_the_figures_of_that_month(untouched):
    year = Board("2016-06", untouched).sections["domestic_abuse"].year
    assert (str(year.latest), year.to_date.this, year.to_date.last) == ("2016-06", 1194, 1626)


@pytest.mark.parametrize(
    ("month", "label", "this", "last"),
    [("2016-03", "2015/16", 17607, None), ("2016-04", "2016/17", 1335, 1652)],
)
def test_march_closes_a_financial_year_and_april_opens_the_next(
    month, label, this, last, untouched
):
    year = Board(month, untouched).sections["overall_crime"].year
    assert (year.label, year.to_date.this, year.to_date.last) == (label, this, last)


# --- Any figures


def indicator(
    unit: str = "count", frequency: str = "month", target=None, aim: str = "reduce"
) -> Indicator:
    words = dict.fromkeys(("key", "name", "area", "agency", "counted", "definition", "why"), "x")
    return Indicator(
        **words,
        aim=aim,
        unit=unit,
        frequency=frequency,
        monitoring_only=False,
        sensitive=False,
        target=target or {},
    )


def observed(this, last=(), denominators=(), frequency: str = "month") -> pd.DataFrame:
    """Observations of 2016/17 and 2015/16 in order, None where nothing came."""
    year = pd.Period("2017-03", "Y-MAR")
    index = APRIL.periods(year - 1, frequency).append(APRIL.periods(year, frequency))
    size = len(index) // 2
    values = [*last, *[None] * (size - len(last)), *this, *[None] * (size - len(this))]
    replies = [*[None] * size, *denominators, *[None] * (size - len(denominators))]
    frame = pd.DataFrame({"value": values, "denominator": replies, "status": ""}, index=index)
    frame["numerator"] = [None if d is None else v for v, d in zip(values, replies, strict=True)]
    shares = frame["denominator"].notna()
    frame.loc[shares, "value"] = 100 * frame["numerator"] / frame["denominator"]
    frame = frame.astype({"value": float, "numerator": "Int64", "denominator": "Int64"})
    return frame[frame["value"].notna()]


NOTHING = pd.DataFrame({"value": []}, index=pd.PeriodIndex([], freq="M"), dtype=float)


def year_of(
    this, last=(), month="2017-03", supplied=NOTHING, denominators=(), small_base=50, **about
):
    what = indicator(**about)
    series = observed(this, last, denominators, what.frequency)
    return financial_year(what, series, supplied, pd.Period(month, "M"), APRIL, small_base)


FIGURE = st.integers(0, 10**6)
GAPPED = st.lists(st.none() | FIGURE, min_size=12, max_size=12)
FULL = st.lists(FIGURE, min_size=1, max_size=12)
quick = settings(deadline=None, max_examples=60)


@given(FULL)
@quick
def test_differences_of_the_cumulative_give_back_the_months(this):
    frame = year_of(this).frame
    running = list(frame["cumulative"][: len(this)])
    assert [b - a for a, b in zip([0, *running], running, strict=False)] == this
    assert frame["cumulative"][len(this) :].isna().all()


@given(GAPPED, GAPPED)
@quick
def test_change_is_antisymmetric_in_the_years(this, last):
    forwards, backwards = year_of(this, last), year_of(last, this)
    assert known(forwards.frame["change"]) == known(-backwards.frame["change"])
    one, other = forwards.to_date, backwards.to_date
    if one is not None and one.change is not None:
        assert one.change == -other.change
        assert (one.this, one.last) == (other.last, other.this)
        assert list(one.periods) == list(other.periods)


@given(GAPPED, GAPPED)
@quick
def test_nothing_is_worked_out_from_a_month_without_data(this, last):
    year = year_of(this, last, target={"2016/17": tuple(range(12))})
    for n, (a, b) in enumerate(zip(this, last, strict=True)):
        row = year.frame.iloc[n]
        assert np.isnan(row["this"]) == (a is None)
        assert np.isnan(row["change"]) == (a is None or b is None)
        assert np.isnan(row["percent"]) == (a is None or b is None or b < 50)
        assert np.isnan(row["cumulative"]) == np.isnan(row["distance"]) == (None in this[: n + 1])
        assert np.isnan(row["cumulative_last"]) == (None in last[: n + 1])


@given(GAPPED, GAPPED)
@quick
def test_the_year_to_date_is_of_the_months_that_both_years_have(this, last):
    year = year_of(this, last)
    present = [n for n, a in enumerate(this) if a is not None]
    paired = [n for n in present if last[n] is not None]
    if not present:
        assert year.latest is year.to_date is year.target is None
        return
    months = paired or present
    assert [p.month for p in year.to_date.periods] == [MONTHS[n] for n in months]
    assert year.to_date.this == sum(this[n] for n in months)
    assert year.to_date.last == (sum(last[n] for n in paired) if paired else None)
    assert year.latest.month == MONTHS[present[-1]]


@given(FIGURE, FIGURE, st.integers(0, 100))
def test_no_percentage_is_worked_out_on_a_small_base(a, b, small_base):
    share = percent_change(a - b, b, small_base)
    if b < small_base or b == 0:
        assert share is None
    else:
        assert share == pytest.approx(float(Fraction(100 * (a - b), b)))


@pytest.mark.parametrize(("base", "share"), [(49, None), (50, 2.0), (0, None)])
def test_the_smallest_base_is_fifty(base, share):
    to_date = year_of([base + 1], [base]).to_date
    assert (to_date.change, to_date.percent) == (1, share)


def test_a_small_base_set_to_nothing_still_divides_by_nothing():
    assert percent_change(5, 0, 0) is None
    assert (
        percent_change(float("nan"), 100, 0)
        is percent_change(None, 100, 0)
        is percent_change(5, None, 0)
        is None
    )


def test_a_gap_in_the_middle_stops_the_cumulative_and_not_the_comparison():
    year = year_of([100, None, 120], [90, 95, 100])
    assert known(year.frame["cumulative"])[:3] == [100, None, None]
    assert (year.to_date.this, year.to_date.last, year.to_date.change) == (220, 190, 30)


def test_a_gap_at_the_start_leaves_no_cumulative_and_no_standing_against_the_target():
    year = year_of([None, 50, 60], target={"2016/17": 640}, aim="increase")
    assert year.frame["cumulative"].isna().all()
    assert year.target is None
    assert year.to_date.this == 110


def test_nothing_received_in_the_year_leaves_nothing():
    year = year_of([], [5] * 12)
    assert year.latest is year.to_date is year.target is None
    assert year.frame[["this", "change", "percent", "cumulative"]].isna().all(axis=None)
    assert known(year.frame["last"]) == [5] * 12


# --- Targets


@given(FULL, st.integers(0, 10**7))
@quick
def test_the_pace_lands_on_the_target_of_the_year(this, goal):
    target = year_of(this, target={"2016/17": goal}).target
    assert (target.periods_left, target.year_end) == (12 - len(this), goal)
    if target.periods_left:
        assert target.actual + target.periods_left * target.pace == pytest.approx(goal, abs=1e-6)
        assert math.isnan(target.level)
        assert math.isnan(target.distance)
    else:
        assert target.pace is None
        assert target.distance == sum(this) - goal


def test_the_pace_is_below_nought_once_the_target_is_passed():
    assert year_of([100], target={"2016/17": 45}).target.pace == -5


def test_a_target_of_another_year_is_no_target():
    year = year_of([5], target={"2015/16": 45})
    assert year.target is None
    assert year.frame["target"].isna().all()


def test_a_quarter_is_a_fourth_of_the_year():
    year = year_of(
        [518, 526], [542, 539], frequency="quarter", target={"2016/17": 2100}, month="2016-11"
    )
    assert (year.target.periods_left, year.target.pace) == (2, 528)
    assert [APRIL.label(p) for p in year.to_date.periods] == ["2016/17 Q1", "2016/17 Q2"]
    assert (year.to_date.change, round_half_away(year.to_date.percent)) == (-37, -3)


def test_a_quarterly_target_goes_by_quarters():
    year = year_of([5, 6], frequency="quarter", target={"2016/17": (10, 20, 30, 40)})
    assert known(year.frame["distance"]) == [-5, -9, None, None]


# --- Percentages

REPLIES = st.lists(
    st.integers(1, 500).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d))),
    min_size=1,
    max_size=12,
)


@given(REPLIES)
@quick
def test_a_percentage_to_date_is_pooled_exactly_and_never_averaged(replies):
    satisfied, asked = zip(*replies, strict=True)
    year = year_of(
        satisfied, denominators=asked, unit="percent", aim="at least", target={"2016/17": 90}
    )
    for n in range(len(replies)):
        pooled = Fraction(100 * sum(satisfied[: n + 1]), sum(asked[: n + 1]))
        assert year.frame["cumulative"].iloc[n] == pytest.approx(float(pooled))
    assert year.to_date.this == year.frame["cumulative"].iloc[len(replies) - 1]
    assert year.frame["replies"].sum() == sum(asked)
    assert year.target.distance == pytest.approx(year.to_date.this - 90)


def test_pooling_differs_from_averaging():
    year = year_of([1, 90], denominators=[1, 100], unit="percent")
    assert year.to_date.this == pytest.approx(100 * 91 / 101)


def test_a_percentage_without_replies_is_to_date_only_what_its_sender_gave():
    supplied = pd.DataFrame({"value": [93.0]}, index=pd.PeriodIndex(["2016-05"], freq="M"))
    year = year_of([100, 89, 89], supplied=supplied, unit="percent")
    assert known(year.frame["cumulative"])[:4] == [100, 93, None, None]
    assert (year.to_date.this, [p.month for p in year.to_date.periods]) == (93, [4, 5])
    assert str(year.latest) == "2016-06"


def test_replies_are_pooled_although_the_sender_gave_a_year_to_date_too():
    supplied = pd.DataFrame({"value": [99.0]}, index=pd.PeriodIndex(["2016-05"], freq="M"))
    year = year_of([1, 2], denominators=[2, 2], supplied=supplied, unit="percent")
    assert known(year.frame["cumulative"])[:2] == [50, 75]


def test_one_month_without_replies_ends_the_pooling():
    series = observed([1, 2, 3], denominators=[2, 2, 4])
    series.loc[series.index[1], ["numerator", "denominator"]] = pd.NA
    year = financial_year(
        indicator(unit="percent"), series, NOTHING, pd.Period("2017-03", "M"), APRIL, 50
    )
    assert known(year.frame["cumulative"])[:3] == [50, None, None]


def test_no_percentage_of_a_percentage_is_worked_out():
    year = year_of([80, 85], [70, 75], unit="percent")
    assert known(year.frame["change"])[:2] == [10, 10]
    assert year.frame["percent"].isna().all()
    assert (year.to_date.change, year.to_date.percent, year.to_date.comparison) == (10, None, None)


@given(GAPPED)
def test_a_running_total_is_missing_from_the_first_gap_on(months):
    running = cumulative(pd.Series(months, dtype=float))
    gap = months.index(None) if None in months else 12
    assert known(running) == [sum(months[: n + 1]) if n < gap else None for n in range(12)]


@given(st.dates(datetime.date(1950, 1, 1), datetime.date(2150, 1, 1)), st.integers(1, 12))
@quick
def test_the_year_of_any_month_under_any_calendar_holds_that_month(date, start):
    calendar, month = Calendar(start), pd.Period(date, "M")
    series = pd.DataFrame(
        {
            "value": [7.0],
            "numerator": pd.array([None], "Int64"),
            "denominator": pd.array([None], "Int64"),
            "status": "",
        },
        index=pd.PeriodIndex([month], freq="M"),
    )
    year = financial_year(indicator(), series, NOTHING, month, calendar, 50)
    assert (year.latest, year.frame.index[0].month, len(year.frame)) == (month, start, 12)
