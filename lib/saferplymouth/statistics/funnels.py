"""Funnel plot limits for places: which differ by more than usual variation, and the share of the
busiest.

Counts are incidents; exposure is what they should be proportional to (residents, or small areas of
about the same size). Positions are `ABOVE`, `IN_LINE` and `BELOW`; or `UNCALLED`, where places
differ so widely that limits would tell nothing.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy  # loads its parts when first used

from saferplymouth.statistics import quantiles

ABOVE, IN_LINE, BELOW, UNCALLED = "above", "in line", "below", ""
# false statements to be expected of one table: with eight tables of places in each of twelve
# monthly editions, about half a false statement a year
FALSE = 1 / 200
WINSORISED = 0.1  # of the places at either end
TOO_WIDE = 2.0  # times what is expected: limits that would call such a place in line tell nothing
FAR = 2.0  # times the standard deviation by chance in the middle of the places
HALF_OF = 8  # places at least, to tell where their middle half lies
TINY = 1e-9  # a variance that cannot be told from none
FARTHEST = 30.0  # standard deviations, for groups of two or three places that differ


@dataclass(frozen=True)
class Busiest:
    """The busiest tenth: `areas` of `of` areas in all, their `share` of the total in per cent, and
    the expected share if every area were equally likely (`by_chance`).
    """

    areas: int
    of: int
    share: float
    by_chance: float


def funnel(
    counts: pd.Series,
    exposure: pd.Series,
    unsure: pd.Series | float = 0.0,
    statements: int | None = None,
) -> pd.DataFrame:
    """Which places are outside the group's control limits: count, exposure, expected, low, high and
    position of each, and the `between` of the group.

    A place is expected to have its share of the group's count by exposure, E. Its count has the
    variance E + E²·(r² + τ²): a Poisson count, if the exposure is known (its relative standard
    deviation `unsure`, r, is 0) and places do not differ by more than chance; otherwise a negative
    binomial one. `between` is τ, a relative standard deviation (see `between_places`). The limits
    are exact quantiles: a count beyond either has at most the probability `FALSE`/2 divided by
    `statements`, the number of positions that are told together (the places, unless given). So a
    table of places without an outlier has `FALSE` false positions on average at most. Where τ is
    estimated, the normal quantile of that probability becomes Student's t with K − 1 degrees of
    freedom for K places.

    Where places differ by far more than chance (τ over `FAR` times s of `between_places`), τ alone
    lets one have over `TOO_WIDE` times what is expected, and none is outside, no limits are given:
    low and high are NaN, and every position is `UNCALLED`.

    Source: Spiegelhalter, Funnel plots for comparing institutional performance, Statistics in
    Medicine 24 (2005), 1185–1202: exact limits, and the additive model of overdispersion. Raises
    ValueError for an exposure that is not above 0, or a negative count.
    """
    if (counts < 0).any() or not (exposure > 0).all():
        raise ValueError("counts must be 0 or more, and exposures above 0")
    expected = exposure * counts.sum() / exposure.sum()
    between = between_places(counts, expected, unsure) if counts.sum() else 0.0
    tail = _tail(statements, len(counts), between)
    low, high = _limits(expected, unsure**2 + between**2, tail)
    position = np.select([counts > high, counts < low], [ABOVE, BELOW], IN_LINE)
    far = between > FAR * math.sqrt((1 / expected + unsure**2).median())
    if far and _widest(between, tail) > TOO_WIDE and (position == IN_LINE).all():
        low, high, position = np.nan, np.nan, UNCALLED
    frame = {"count": counts, "exposure": exposure, "expected": expected, "low": low, "high": high}
    return pd.DataFrame(frame | {"position": position, "between": between})


def middle_half(values: pd.Series) -> tuple[float, float] | None:
    """The quartiles that half of the values lie between; None of fewer than `HALF_OF`."""
    known = values.dropna()
    return None if len(known) < HALF_OF else tuple(known.quantile([0.25, 0.75]))


def between_places(
    counts: pd.Series,
    expected: pd.Series,
    unsure: pd.Series | float = 0.0,
    winsorised: float = WINSORISED,
) -> float:
    """τ, by which places differ beyond chance: the standard deviation of count/expected between
    places, 0 where chance explains all.

    The moment estimator of DerSimonian and Laird, as Spiegelhalter has it: z = (count/E − 1)/s with
    s² = 1/E + r², the outer tenths of the z drawn in to the tenth and ninetieth percentile so that
    an outlier does not hide itself; φ = mean of z²; τ² = (K·φ − (K − 1))/(Σw − Σw²/Σw), w = 1/s².
    φ is divided by what drawing in leaves of a normal distribution's variance (0.68), without which
    the limits would be a sixth too narrow. `winsorised` 0 is the estimator without that.

    Sources: Spiegelhalter, Handling over-dispersion of performance indicators, Quality and Safety
    in Health Care 14 (2005), 347–351; DerSimonian and Laird, Controlled Clinical Trials 7 (1986),
    177–188.
    """
    expected = np.asarray(expected)
    weights = 1 / (1 / expected + np.asarray(unsure) ** 2)
    z = (np.asarray(counts) / expected - 1) * np.sqrt(weights)
    drawn_in = z.clip(*np.quantile(z, [winsorised, 1 - winsorised]))
    excess = (drawn_in**2).sum() / _left(winsorised) - (len(z) - 1)
    scale = weights.sum() - (weights**2).sum() / weights.sum()
    return math.sqrt(max(excess / scale, 0.0)) if scale > 0 else 0.0


def _left(winsorised: float) -> float:
    """What is left of a standard normal variance when both tails are drawn in."""
    if not winsorised:
        return 1.0
    edge = -scipy.special.ndtri(winsorised)
    density = math.exp(-(edge**2) / 2) / math.sqrt(2 * math.pi)
    return float(1 - 2 * winsorised - 2 * edge * density + 2 * winsorised * edge**2)


def _tail(statements: int | None, places: int, between: float) -> float:
    """The probability beyond a limit: smaller where the spread is estimated from the places."""
    tail = FALSE / 2 / (statements or max(places, 1))
    if not between:
        return tail
    return float(scipy.special.ndtr(-min(-scipy.special.stdtrit(places - 1, tail), FARTHEST)))


def _limits(expected: pd.Series, variance: pd.Series | float, tail: float) -> tuple:
    """The counts that have at most the probability `tail` beyond them, below and above; `variance`
    is that of the rate, relative to it.
    """
    mean, variance = expected.to_numpy(), np.broadcast_to(variance, len(expected))
    low, high = quantiles.poisson(tail, mean), quantiles.poisson_beyond(tail, mean)
    wide = variance > TINY
    if wide.any():
        n = 1 / variance[wide]
        p = n / (n + mean[wide])
        low[wide] = quantiles.negative_binomial(tail, n, p)
        high[wide] = quantiles.negative_binomial_beyond(tail, n, p)
    return low, high


def _widest(between: float, tail: float) -> float:
    """The upper limit of a place with so many incidents that τ alone matters, in times what is
    expected: a quantile of the gamma distribution that the negative binomial one becomes.
    """
    return float(scipy.special.gammainccinv(1 / between**2, tail) * between**2)


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
    q = float(quantiles.poisson(1 - tail, mean))
    beyond = scipy.special.pdtrc(q, mean)
    upper = mean * (scipy.special.pdtrc(q - 1, mean) if q else 1.0)
    return float(upper + q * (tail - beyond)) / mean
