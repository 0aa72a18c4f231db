"""Distances and quantiles against the distributions that scipy has, and as a mirror has them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from saferplymouth.statistics.predictive import COUNTS, LEVELS, SHARES, distance, quantile

MEANS = st.floats(0.01, 3000)
OVER = st.floats(1.001, 40)
PROBABILITIES = np.array([0.0001, 0.025, 0.3, 0.5, 0.975, 0.9999])


def mid_p(of, value: float) -> float:
    """The quantile of the mid-P value of a distribution of scipy's, from its smaller tail."""
    half = of.pmf(value) / 2
    below, above = of.cdf(value) - half, of.sf(value) + half
    return stats.norm.ppf(below) if below < above else -stats.norm.ppf(above)


@given(MEANS, OVER, st.integers(-6, 12))
def test_a_count_is_as_far_as_the_negative_binomial_has_it(mean, over, deviations):
    value = max(0, round(mean + deviations * np.sqrt(mean * over)))
    of = stats.nbinom(mean / (over - 1), 1 / over)
    assert of.mean() == pytest.approx(mean)
    assert of.var() == pytest.approx(mean * over)
    assert distance(value, mean, mean * over, COUNTS) == pytest.approx(
        mid_p(of, value), rel=1e-5, abs=1e-5
    )


@given(MEANS, st.integers(-4, 6))
def test_a_count_without_more_variance_is_poisson(mean, deviations):
    value = max(0, round(mean + deviations * np.sqrt(mean)))
    far = distance(value, mean, mean, COUNTS)
    assert far == pytest.approx(mid_p(stats.poisson(mean), value), rel=1e-3, abs=1e-3)


@given(st.integers(1, 2000), st.floats(0.001, 0.999), st.integers(-4, 6))
def test_a_share_without_more_variance_is_binomial(number, mean, deviations):
    of = stats.binom(number, mean)
    counted = int(np.clip(round(of.mean() + deviations * of.std()), 0, number))
    far = distance(counted / number, mean, mean * (1 - mean) / number, SHARES, number)
    assert far == pytest.approx(mid_p(of, counted), rel=1e-4, abs=1e-6)


@given(st.integers(1, 5000), st.floats(0.001, 0.999), st.floats(0, 1), st.floats(1, 30))
def test_what_is_not_counted_is_the_mirror_of_what_is(number, mean, share, over):
    variance, counted = over * mean * (1 - mean) / number, round(share * number)
    here = distance(counted / number, mean, variance, SHARES, number)
    there = distance((number - counted) / number, 1 - mean, variance, SHARES, number)
    assert here == pytest.approx(-there, rel=1e-6, abs=1e-6)


@given(st.floats(0.05, 500), OVER, st.integers(0, 600))
def test_more_is_further_up(mean, over, value):
    for kind, scale, number in ((COUNTS, 1, 1), (SHARES, 1000, 1000)):
        expected = mean / scale
        variance = over * (expected if kind == COUNTS else expected * (1 - expected) / number)
        less, more = (
            distance(v / scale, expected, variance, kind, number) for v in (value, value + 1)
        )
        assert -40 < less <= more < 40
        assert less < more or abs(less) > 37  # the smallest probability there is


def test_quantiles_are_those_of_scipy():
    mean, number = np.full(6, 12.5), np.full(6, 50.0)
    poisson = quantile(PROBABILITIES, mean, mean, COUNTS, number)
    assert poisson.tolist() == stats.poisson(12.5).ppf(PROBABILITIES).tolist()
    wider = quantile(PROBABILITIES, mean, 3 * mean, COUNTS, number)
    assert wider.tolist() == stats.nbinom(6.25, 1 / 3).ppf(PROBABILITIES).tolist()
    share = quantile(PROBABILITIES, mean / 50, np.full(6, 0.25 * 0.75 / 50), SHARES, number)
    assert share * 50 == pytest.approx(stats.binom(50, 0.25).ppf(PROBABILITIES))
    level = quantile(PROBABILITIES, mean, np.full(6, 4.0), LEVELS, number)
    assert level == pytest.approx(stats.norm(12.5, 2).ppf(PROBABILITIES))


@given(st.integers(1, 400), st.floats(0.002, 0.998), st.floats(1, 20))
def test_a_share_lies_between_its_ends_as_often_as_they_say(number, mean, over):
    """A beta-binomial of the same variance is another law, and near enough."""
    over = min(over, 1 + (number - 1) / 12)
    low, high = quantile(
        np.array([0.025, 0.975]),
        np.repeat(mean, 2),
        np.repeat(over * mean * (1 - mean) / number, 2),
        SHARES,
        np.repeat(number, 2),
    )
    assert 0 <= low <= high <= 1
    assert low * number == pytest.approx(round(low * number), abs=1e-9)
    if over == 1:
        of = stats.binom(number, mean)
    else:
        more = (number - 1) / (over - 1) - 1
        of = stats.betabinom(number, mean * more, (1 - mean) * more)
    assert of.cdf(round(high * number)) - of.cdf(round(low * number) - 1) > 0.9


def test_no_value_and_no_variance_are_no_distance():
    assert np.isnan(distance(np.nan, 5, 5, COUNTS))
    assert np.isnan(distance(5, 5, 0, LEVELS))
    assert np.isnan(distance(0.5, 0.5, np.nan, SHARES, np.nan))
    none = np.full(1, np.nan)
    for kind in (COUNTS, SHARES, LEVELS):
        assert np.isnan(quantile(none, none, none, kind, none)).all()
