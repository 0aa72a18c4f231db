"""What a year to date hides: on made-up series whose answer is known."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from saferplymouth.statistics import trends

MONTHS = pd.period_range("2015-04", periods=20, freq="M")
STEADY = [
    100,
    104,
    97,
    101,
    99,
    103,
    98,
    102,
    100,
    97,
    103,
    99,
    101,
    98,
    104,
    100,
    96,
    102,
    99,
    101,
]


def series(values) -> pd.Series:
    return pd.Series(values, MONTHS[: len(values)], dtype=float)


def low(at: int) -> pd.Series:
    return series([*STEADY[:at], 40, *STEADY[at + 1 :]])


def test_a_month_low_in_three_series_is_found_and_in_two_is_not():
    three = {"a": low(12), "b": low(12), "c": low(12), "d": series(STEADY)}
    assert list(trends.suspect_months(three, MONTHS[12:])) == [MONTHS[12]]
    assert set(trends.suspect_months(three, MONTHS[12:])[MONTHS[12]]) == {"a", "b", "c"}
    assert (
        trends.suspect_months({"a": low(12), "b": low(12), "c": series(STEADY)}, MONTHS[12:]) == {}
    )


def test_a_month_low_in_three_of_eight_series_is_not_most_of_them():
    eight = {"a": low(12), "b": low(12), "c": low(12)} | {str(n): series(STEADY) for n in range(5)}
    assert trends.suspect_months(eight, MONTHS[12:]) == {}


def test_a_month_without_a_figure_is_no_low_month():
    gap = series([*STEADY[:12], float("nan"), *STEADY[13:]])
    assert trends.suspect_months({"a": gap, "b": gap, "c": gap}, MONTHS[12:]) == {}


@given(st.lists(st.integers(0, 500), min_size=1, max_size=20))
def test_any_series_is_scored_or_left_out_and_nothing_is_raised(values):
    found = trends.suspect_months(
        {"a": series(values), "b": series(values), "c": series(values)}, MONTHS
    )
    assert all(set(far) == {"a", "b", "c"} for far in found.values())
