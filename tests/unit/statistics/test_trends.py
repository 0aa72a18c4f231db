"""What a year to date hides: on made-up series whose answer is known."""

import numpy as np
import pandas as pd
import pytest
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
    rng = np.random.default_rng(8)
    steady = {str(n): series(rng.permutation(STEADY)) for n in range(5)}
    eight = {"a": low(12), "b": low(12), "c": low(12)} | steady
    assert MONTHS[12] not in trends.suspect_months(eight, MONTHS[12:])
    assert MONTHS[12] in trends.suspect_months(eight | {"0": low(12)}, MONTHS[12:])


def test_a_month_without_a_figure_is_no_low_month():
    gap = series([*STEADY[:12], float("nan"), *STEADY[13:]])
    assert MONTHS[12] not in trends.suspect_months({"a": gap, "b": gap, "c": gap}, MONTHS[12:])


def board(years: int, seed: int, together: float = 0.0) -> pd.DataFrame:
    """Nine series of so many years, means 20 to 1,000, a season of 25% and a spread of 8%; what
    varies `together` does so in all.
    """
    rng = np.random.default_rng(seed)
    months = pd.period_range("2012-04", periods=12 * years, freq="M")
    season = 1 + 0.25 * np.sin(np.arange(len(months)) / 6 * np.pi)
    noise = rng.normal(0, 0.08, (len(months), 9)) + rng.normal(0, together, (len(months), 1))
    means = np.geomspace(20, 1000, 9) * season[:, None] * np.exp(noise)
    return pd.DataFrame(rng.poisson(means).astype(float), months, list("abcdefghi"))


@pytest.mark.parametrize("years", [2, 5])
@pytest.mark.parametrize("together", [0, 0.08])
def test_neither_summer_nor_what_moves_all_series_every_month_is_asked_about(years, together):
    boards = [board(years, seed, together) for seed in range(20)]
    asked = [trends.suspect_months(dict(counts.items()), counts.index[-12:]) for counts in boards]
    assert sum(map(len, asked)) <= (20 if together and years == 2 else 10)


@pytest.mark.parametrize("years", [2, 5])
def test_a_month_that_lacks_two_fifths_of_half_the_series_is_asked_about(years):
    seen = 0
    for seed in range(20):
        counts = board(years, seed)
        counts.iloc[-3, 1::2] *= 0.6
        seen += counts.index[-3] in trends.suspect_months(dict(counts.items()), counts.index[-12:])
    assert seen >= 10


@given(st.lists(st.integers(0, 500), min_size=1, max_size=20))
def test_any_series_is_scored_or_left_out_and_nothing_is_raised(values):
    found = trends.suspect_months(
        {"a": series(values), "b": series(values), "c": series(values)}, MONTHS
    )
    assert all(set(far) == {"a", "b", "c"} for far in found.values())
