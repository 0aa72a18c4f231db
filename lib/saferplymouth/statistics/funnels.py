"""Funnel plot limits for places: which differ by more than usual variation, and the share of the
busiest.

Counts are incidents; exposure is what they should be proportional to (residents, or small areas of
about the same size). Positions are `ABOVE`, `IN_LINE` and `BELOW`.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy

ABOVE, IN_LINE, BELOW = "above", "in line", "below"
# standard normal: with random variation alone, one place in 500 is beyond it
REACH = 3.09


@dataclass(frozen=True)
class Busiest:
    """The busiest tenth: `areas` of `of` areas in all, their `share` of the total in per cent, and
    the expected share if every area were equally likely (`by_chance`).
    """

    areas: int
    of: int
    share: float
    by_chance: float


def funnel(counts: pd.Series, exposure: pd.Series, unsure: pd.Series | float = 0.0) -> pd.DataFrame:
    """Which places are outside the group's control limits: count, exposure, expected, low, high and
    position of each.

    A place is expected to have its share of the group's count by exposure, E. The square root of a
    count has variance ¼ from random variation, and ¼·E·r² more if the exposure itself is known only
    to a relative standard deviation r (`unsure`). The limits are therefore (√E ± ½·3.09·√(1 +
    E·r²))²; a lower limit that would be under 0 is 0 and never passed.

    Source: Spiegelhalter, Funnel plots for comparing institutional performance, Statistics in
    Medicine 24 (2005), 1185–1202, with his square-root transformation. Raises ValueError for an
    exposure that is not above 0, or a negative count.
    """
    if (counts < 0).any() or not (exposure > 0).all():
        raise ValueError("counts must be 0 or more, and exposures above 0")
    expected = exposure * counts.sum() / exposure.sum()
    half = REACH / 2 * np.sqrt(1 + expected * unsure**2)
    low, high = (np.sqrt(expected) - half).clip(lower=0) ** 2, (np.sqrt(expected) + half) ** 2
    frame = {"count": counts, "exposure": exposure, "expected": expected, "low": low, "high": high}
    frame["position"] = np.select([counts > high, counts < low], [ABOVE, BELOW], IN_LINE)
    return pd.DataFrame(frame)


def busiest(counts: pd.Series) -> Busiest | None:
    """The busiest tenth of the areas (`counts` has every area, including those with 0); None if the
    total is 0.

    The number of areas is rounded, to at least one. Random counts are uneven too, the more so the
    fewer there are: `by_chance` is the share in the upper tail of a Poisson distribution with their
    mean.
    """
    total, of = float(counts.sum()), len(counts)
    if not total:
        return None
    areas = max(1, int(of / 10 + 0.5))
    share = 100 * float(counts.nlargest(areas).sum()) / total
    return Busiest(areas, of, share, 100 * _upper_share(total / of, areas / of))


def _upper_share(mean: float, tail: float) -> float:
    """The share of a Poisson total in the upper `tail` of its distribution.

    With q the smallest count whose excess probability P(X > q) is at most the tail: E[X; X > q] is
    mean·P(X > q − 1), and counts of q make up the rest of the tail.
    """
    q = 0
    while scipy.special.pdtrc(q, mean) > tail:
        q += 1
    beyond = scipy.special.pdtrc(q, mean)
    upper = mean * (scipy.special.pdtrc(q - 1, mean) if q else 1.0)
    return float(upper + q * (tail - beyond)) / mean
