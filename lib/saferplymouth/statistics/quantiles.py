"""The quantiles of counts. `scipy.stats` has the same, and takes half a second to load."""

from collections.abc import Callable

import numpy as np
import scipy  # loads its parts when first used


def poisson(probability: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """The smallest counts that a Poisson variable is at most with at least this probability."""
    found = scipy.special.pdtrik(probability, mean)
    return _smallest(found, probability, lambda count: scipy.special.pdtr(count, mean))


def negative_binomial(probability: np.ndarray, n: np.ndarray, p: np.ndarray) -> np.ndarray:
    """The same of failures before success number `n`, each with probability `p`; n can be any
    number above 0.
    """
    found = scipy.special.nbdtrik(probability, n, p)
    return _smallest(found, probability, lambda count: scipy.special.betainc(n, count + 1, p))


def _smallest(found: np.ndarray, probability: np.ndarray, at_most: Callable) -> np.ndarray:
    count = np.ceil(found)
    one_less = np.maximum(count - 1, 0)
    count = np.where(at_most(one_less) >= probability, one_less, count)
    return np.where(at_most(0) >= probability, 0.0, count)  # where nothing is expected too
