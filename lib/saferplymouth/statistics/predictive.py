"""What a period may come to: the distribution of a figure about what is expected of it.

A count is negative binomial. A share is binomial with the number that gives it this variance, as in
Korn and Graubard, Survey Methodology 24 (1998), 193–201. Any other figure is normal. `variance` is
that about the expectation, the expectation's own uncertainty included.
"""

import numpy as np
import scipy  # loads its parts when first used

from saferplymouth.statistics import quantiles

COUNTS, SHARES, LEVELS = "counts", "shares", "levels"  # the kinds of figure
LEAST_OVER = 1e-6  # of the variance over the mean; below it, all but Poisson
NOTHING = 1e-300  # the smallest probability, so that its quantile is finite
NO_COUNT = 1e-9  # instead of 0, where a distribution's parameter has to be positive


def distance(value: float, mean: float, variance: float, kind: str, number: float = 1.0) -> float:
    """The normal quantile of a value's mid-P probability, from the smaller tail.

    `number` is what a share is of. NaN where there is no value, or nothing it could differ by.
    """
    if np.isnan(value) or not variance > 0:
        return np.nan
    if kind == LEVELS:
        return float((value - mean) / np.sqrt(variance))
    tails = _tails_of_count if kind == COUNTS else _tails_of_share
    below, above = tails(value, mean, variance, number)
    quantile = float(scipy.special.ndtri(max(min(below, above), NOTHING)))
    return quantile if below <= above else -quantile


def quantile(
    probability: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
    kind: str,
    numbers: np.ndarray,
) -> np.ndarray:
    """The quantiles of what is expected: whole numbers for counts, and of what a share counts."""
    if kind == COUNTS:
        return quantiles.negative_binomial(probability, *_negative_binomial(mean, variance))
    if kind == LEVELS:
        return mean + scipy.special.ndtri(probability) * np.sqrt(variance)
    more = _design_effect(mean, variance, numbers)
    counted = np.ceil(scipy.special.bdtrik(probability, numbers / more, mean) * more)
    return np.minimum(counted, numbers) / numbers


def _tails_of_count(
    value: float, mean: float, variance: float, _number: float
) -> tuple[float, float]:
    """The probabilities of less and of more, each with half of that of the value itself."""
    shape, p = _negative_binomial(mean, variance)
    at = max(value, NO_COUNT)
    below = scipy.special.betainc(shape, at, p) + scipy.special.betainc(shape, value + 1, p)
    above = scipy.special.betainc(at, shape, 1 - p) + scipy.special.betainc(value + 1, shape, 1 - p)
    return below / 2, above / 2


def _tails_of_share(
    value: float, mean: float, variance: float, number: float
) -> tuple[float, float]:
    """The same for a share, in which what is not counted is the mirror of what is."""
    effective = number / _design_effect(mean, variance, number)
    counted = value * effective
    left = effective - counted
    at, rest = max(counted, NO_COUNT), max(left, NO_COUNT)
    fewer = scipy.special.betainc([left + 1, rest], [at, counted + 1], 1 - mean)
    more = scipy.special.betainc([at, counted + 1], [left + 1, rest], mean)
    return fewer.mean(), more.mean()


def _design_effect(mean: np.ndarray, variance: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """How much more a share varies than if it were binomial; at least as much."""
    return np.maximum(variance * numbers / (mean * (1 - mean)), 1.0)


def _negative_binomial(mean: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shape and probability of the negative binomial with this mean and variance; that of Poisson
    is the limit.
    """
    over = np.maximum(variance / mean - 1, LEAST_OVER)
    return mean / over, 1 / (1 + over)
