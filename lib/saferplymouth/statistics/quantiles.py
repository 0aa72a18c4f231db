"""The quantiles of counts. `scipy.stats` has the same, and takes half a second to load."""

from collections.abc import Callable

import numpy as np
import scipy  # loads its parts when first used


def poisson(probability: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """The smallest counts that a Poisson variable is at most with at least this probability."""
    found = scipy.special.pdtrik(probability, mean)
    return _smallest(found, probability, lambda count: scipy.special.pdtr(count, mean))


def poisson_beyond(tail: float, mean: np.ndarray) -> np.ndarray:
    """The smallest counts that a Poisson variable is above with at most this probability, however
    small.
    """
    return _least(lambda count: scipy.special.pdtrc(count, mean) <= tail)


def negative_binomial(probability: np.ndarray, n: np.ndarray, p: np.ndarray) -> np.ndarray:
    """The smallest counts that a negative binomial variable is at most with at least this
    probability: failures before success number `n` (any number above 0), each with probability `p`.
    """
    found = scipy.special.nbdtrik(probability, n, p)
    return _smallest(found, probability, lambda count: scipy.special.betainc(n, count + 1, p))


def negative_binomial_beyond(tail: float, n: np.ndarray, p: np.ndarray) -> np.ndarray:
    """The smallest counts that it is above with at most this probability, however small."""
    return _least(lambda count: scipy.special.betaincc(n, count + 1, p) <= tail)


def _smallest(found: np.ndarray, probability: np.ndarray, at_most: Callable) -> np.ndarray:
    count = np.ceil(found)
    one_less = np.maximum(count - 1, 0)
    count = np.where(at_most(one_less) >= probability, one_less, count)
    return np.where(at_most(0) >= probability, 0.0, count)  # where nothing is expected too


def _least(enough: Callable) -> np.ndarray:
    """The smallest counts that are enough, found by doubling and halving."""
    low, high = np.array(-1.0), np.array(0.0)
    while not (there := enough(high)).all():
        low, high = np.where(there, low, high), np.where(there, high, 2 * high + 1)
    while (high - low > 1).any():
        middle = np.ceil((low + high) / 2)
        there = enough(middle)
        low, high = np.where(there, low, middle), np.where(there, middle, high)
    return high + np.zeros_like(there, dtype=float)
