"""Quantiles of counts are those that scipy.stats gives."""

import numpy as np
from scipy import stats

from saferplymouth.statistics import quantiles

MEANS, SHAPES = np.meshgrid([0.0, 0.01, 0.7, 4, 31, 2500], [0.2, 1, 7.5, 400, 1e6])
TAILS = [1e-7, 6e-5, 0.025, 0.5, 0.8, 0.975, 1 - 6e-5]


def test_quantiles_of_poisson_counts_are_those_of_scipy():
    for tail in TAILS:
        expected = stats.poisson.ppf(tail, MEANS)
        assert (quantiles.poisson(tail, MEANS) == expected).all()


def test_quantiles_of_negative_binomial_counts_are_those_of_scipy():
    of = SHAPES, SHAPES / (SHAPES + MEANS)
    for tail in TAILS:
        expected = stats.nbinom.ppf(tail, *of)
        assert (quantiles.negative_binomial(tail, *of) == expected).all()


def test_the_count_beyond_which_there_is_next_to_nothing_is_the_smallest_such():
    of = SHAPES, SHAPES / (SHAPES + MEANS)
    for tail in [*TAILS, 1e-17, 5e-198]:
        for found, beyond in (
            (quantiles.poisson_beyond(tail, MEANS), lambda k: stats.poisson.sf(k, MEANS)),
            (quantiles.negative_binomial_beyond(tail, *of), lambda k: stats.nbinom.sf(k, *of)),
        ):
            assert (beyond(found) <= tail).all()
            assert ((found == 0) | (beyond(found - 1) > tail)).all()
