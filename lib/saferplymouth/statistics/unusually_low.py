"""Tests whether a figure is unusually low compared with the periods before it, and so may be
incomplete.

A fall is to 0, or to under a tenth of the usual level (the median). Its probability comes from a
prediction based on the periods before. Their variation is never known well, so with fewer periods
it is assumed to be larger.
"""

import numpy as np
import scipy  # loads its parts when first used, and not with a wrong setting

USUAL_SHARE = 0.1  # of the usual level: a figure below it has fallen
RARE = 0.001
FEWEST_LEVELS = 8  # levels without counts; with fewer, their variation is not known
# of the logarithm of a level, so that equal figures allow for rounding
LEAST_SPREAD = 0.05


def is_sharp_drop(value: float, before: np.ndarray) -> bool:
    """Whether a value has fallen, as defined above, and none of those before was as low."""
    tenth = USUAL_SHARE * float(np.median(before)) if len(before) else 0.0
    return 0 <= value < tenth and not (before <= tenth).any()


def chance_of_count(count: float, before: np.ndarray) -> float:
    """The probability of so low a count: negative binomial, with mean and dispersion of those
    before.

    With n of them the dispersion is taken as at least 1/(n + 1).
    """
    mean = float(before.mean())
    shape = 1 / _dispersion(before, mean, mean)
    return float(scipy.special.betainc(shape, count + 1, shape / (shape + mean)))


def chance_of_share(count: int, of: int, before: np.ndarray, of_before: np.ndarray) -> float:
    """The probability of so low a share: beta-binomial, with mean and dispersion of those
    before.
    """
    share = float(before.sum() / of_before.sum())
    by_chance = share * (1 - share) / float(of_before.mean())
    a = 1 / _dispersion(before / of_before, share, by_chance)
    b = max(a * (1 - share) / share, 1e-9)
    k, beta = np.arange(int(count) + 1), scipy.special.betaln
    logs = -np.log(of + 1) - beta(of - k + 1, k + 1) + beta(k + a, of - k + b) - beta(a, b)
    return float(np.exp(logs).sum())


def chance_of_level(level: float, before: np.ndarray) -> float:
    """The probability of so low a level: Student's t on the logarithms of those before.

    It is 1 if there are fewer than `FEWEST_LEVELS`; a level of 0 counts as the highest level that
    is a fall.
    """
    n = len(before)
    if n < FEWEST_LEVELS or (before <= 0).any():
        return 1.0
    logs, low = np.log(before), level or USUAL_SHARE * float(np.median(before))
    spread = max(float(logs.std(ddof=1)), LEAST_SPREAD) * np.sqrt(1 + 1 / n)
    return float(scipy.special.stdtr(n - 1, (np.log(low) - logs.mean()) / spread))


def _dispersion(before: np.ndarray, mean: float, by_chance: float) -> float:
    """The variance beyond that of random variation, divided by the squared mean; at least 1/(n +
    1).
    """
    n = len(before)
    over = (float(before.var(ddof=1)) - by_chance) / mean**2 if n > 1 else 0.0
    return max(over, 1 / (n + 1))
