"""Confidence intervals of counts, proportions, comparisons with last year and projections.

Monthly counts vary by more than Poisson variation (overdispersion), so a plain Poisson test finds
signals that are not there. Comparisons and projections here widen their intervals by the dispersion
φ of the months themselves. Every interval is 95% unless a `level` says otherwise.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import scipy

from saferplymouth.statistics import chain_ladder, expectations
from saferplymouth.statistics.predictive import SHARES


@dataclass(frozen=True)
class Comparison:
    """This year's total `a` compared with last year's `b` over the same periods; `change` is a − b.

    `low` to `high` is the interval of `ratio`, a/b (1.05 is 5% more). `phi` is the dispersion, `z`
    the standardised change if the counts were Poisson, and `z_adjusted` the same adjusted for the
    dispersion. `p` is the probability of a ratio at least as far from 1 if nothing had changed. All
    are None if a year's total is 0.
    """

    a: int
    b: int
    change: int
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    phi: float | None = None
    z: float | None = None
    z_adjusted: float | None = None
    p: float | None = None

    @property
    def beyond_chance(self) -> bool | None:
        """Whether the interval excludes no change (a ratio of 1); None if there is no interval."""
        return None if self.ratio is None else not self.low <= 1 <= self.high


@dataclass(frozen=True)
class Projection:
    """The expected total at the end of the year, and its prediction interval in whole counts.

    `low` and `high` are None if there is too little data for an interval, and `outturn` too if
    there is no ratio.
    """

    outturn: float | None
    low: int | None
    high: int | None
    months_left: int


def round_half_away(x: float, places: int = 0) -> int | float:
    """`x` to so many decimal places, with halves rounded away from zero: 2.5 → 3, −0.5 → −1; a
    whole number if `places` is 0.

    Rounds the decimal that people see: `x` is first read to the 15 digits of a float, so that 0.285
    × 100, which is stored as 28.499999999999996, gives 29. Raises ValueError if `x` is not finite.
    """
    if not math.isfinite(x):
        raise ValueError(f"{x} cannot be rounded: it is not a finite number")
    rounded = Decimal(f"{x:.15g}").quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return float(rounded) + 0.0 if places else int(rounded)


def to_15_digits(x: float) -> float:
    """`x` to the 15 reliable digits of a float: 0.3, not 0.30000000000000004."""
    return float(f"{x:.15g}")


def difference(a: float, b: float) -> float:
    """`a` minus `b`, each to 15 digits, so that equal rates differ by 0. NaN if either is."""
    return float(Decimal(f"{a:.15g}") - Decimal(f"{b:.15g}"))


def compare(
    this: Sequence[int], last: Sequence[int], known: tuple[float, float] | None = None
) -> Comparison:
    """This year's counts compared with last year's, one for each of the same n periods (months or
    quarters), in order.

    The interval of the ratio is exp(ln(a/b) ± t·√(1/a + 1/b)·√max(φ, 1)); z is (a − b)/√(a + b),
    and adjusted, z/√max(φ, 1). φ is the Pearson χ² of the 2×n table over its n − 1 degrees of
    freedom; t is the 97.5% point of Student's t with as many when φ > 1, of the normal otherwise. A
    period without a count in either year adds nothing to the ratio and is not among the n; with one
    period φ is 1. Where its whole history shows how much a series varies, `known` is its φ, with
    neighbours that are alike in it, and the degrees of freedom.

    `p` allows for φ being estimated: it averages the normal tails of |ln(a/b)|/√(φ·(1/a + 1/b))
    over the true φ, which is (n − 1)·φ/χ² or 1 if that is less, χ² having n − 1 degrees of freedom.
    Where φ is well above 1 it is that of Student's t. With one period it is 1.

    Source: McCullagh and Nelder, Generalized Linear Models (1989), section 6.2: the log-linear
    model of year and month with dispersion φ. Raises ValueError unless both have the same length,
    at least 1, and contain counts.
    """
    now, before = _paired(this, last)
    a, b = int(now.sum()), int(before.sum())
    if not a or not b:
        return Comparison(a, b, a - b)
    phi, df = known or _dispersion(now, before)
    widening = math.sqrt(max(phi, 1))
    half = _t(df if phi > 1 else math.inf) * math.sqrt(1 / a + 1 / b) * widening
    z = (a - b) / math.sqrt(a + b)
    p = _p(math.log(a / b) / math.sqrt(1 / a + 1 / b), phi, df)
    return Comparison(a, b, a - b, a / b, *_around(a / b, half), phi, z, z / widening, p)


def project(this: Sequence[int], earlier: Sequence[int] | np.ndarray) -> Projection:
    """The financial year's projected total, from its counts so far and those of earlier years:
    all of last year's in order, or several years (years × periods, oldest first).

    The remaining periods are expected to be F = R·a/b: the same periods of the earlier years R,
    times the ratio of this year's total so far, a, to theirs, b. Their total has a negative
    binomial distribution with mean F and variance F·(1 + F/a + F/b + F/R)·φ, the last three terms
    being the uncertainty of the ratio and the season; ½ is added to a, b and R here, so that a
    count of 0 is no certainty. φ is the dispersion of all these years about their levels and
    season, and what it adds is more where neighbouring periods are alike: see `chain_ladder`. The
    interval averages over the true φ, which is df·φ/χ² or 1 if that is less, for φ is itself
    estimated, on df degrees of freedom: with one earlier year and n periods known, n − 1. Without
    any there is no interval. `months_left` are quarters in a quarterly series.

    Source: the overdispersed Poisson chain ladder; England and Verrall, Stochastic Claims Reserving
    in General Insurance, British Actuarial Journal 8 (2002), 443–518. It assumes that the ratio of
    the years stays the same. Raises ValueError unless all are counts, of `this` at least one and of
    each earlier year no fewer.
    """
    years = np.atleast_2d(_counts(earlier))
    known, left = len(this), years.shape[1] - len(this)
    now, before = _paired(this, years[:, :known].sum(axis=0))
    a, b, rest = int(now.sum()), int(before.sum()), int(years[:, known:].sum())
    if not left:
        return Projection(a, a, a, 0)
    if not b:
        return Projection(None, None, None, left)
    expected = rest * a / b
    model = chain_ladder.fit(now, years)
    if not model.df:
        return Projection(a + expected, None, None, left)
    low, high = _predicted(model, a + 0.5, b + 0.5, rest + 0.5, left)
    low, high = min(low, math.floor(expected)), max(high, math.ceil(expected))
    return Projection(a + expected, a + low, a + high, left)


def _predicted(
    model: chain_ladder.Fit, a: float, b: float, rest: float, left: int
) -> tuple[int, int]:
    """The interval of the total of the periods to come."""
    mean, known = rest * a / b, model.means.shape[1] - left
    weights = np.tile(np.repeat([mean / b, -mean / rest], [known, left]), (len(model.means), 1))
    weights[-1] = np.repeat([-mean / a, 1], [known, left])
    _, beyond = model.variance(weights)
    poisson = mean * (1 + mean / a + mean / b + mean / rest)
    variance = poisson * (1 + beyond * (chain_ladder.possible(model.phi, model.df) - 1))
    size, p = mean**2 / (variance - mean), mean / variance

    def quantile(level: float) -> int:
        """The least count that is not exceeded with this probability."""
        below, reached = -1, 1
        while _chance(reached, size, p) < level:
            below, reached = reached, 2 * reached
        while reached - below > 1:
            middle = (below + reached) // 2
            enough = _chance(middle, size, p) >= level
            below, reached = (below, middle) if enough else (middle, reached)
        return reached

    return quantile(0.025), quantile(0.975)


def _chance(count: int, size: np.ndarray, p: np.ndarray) -> float:
    """The probability of no more than `count`, over equally likely negative binomials."""
    return float(scipy.special.betainc(size, count + 1, p).mean())


def poisson_interval(count: int, exposure: float = 1, level: float = 0.95) -> tuple[float, float]:
    """The exact interval of a Poisson count, divided by `exposure` (residents in thousands give a
    rate per 1,000).

    Low is ½χ²(α/2; 2·count), 0 for no count; high ½χ²(1 − α/2; 2·count + 2). Source: Garwood,
    Biometrika 28 (1936), 437–442. Raises ValueError for a negative count, or an exposure that is
    not above 0.
    """
    if count < 0 or not exposure > 0:
        raise ValueError(f"count {count} and exposure {exposure} must be at least 0 and above 0")
    tail = (1 - level) / 2
    # a χ² of 2k degrees is twice a gamma of shape k
    low = scipy.special.gammaincinv(count, tail) if count else 0.0
    high = scipy.special.gammainccinv(count + 1, tail)
    return float(low / exposure), float(high / exposure)


def difference_interval(
    inside: int, people: float, outside: int, everyone: float
) -> tuple[float, float, float]:
    """A part's rate minus the whole's, with its interval: `inside` incidents among the part's
    `people`, and `outside` ones among the rest of `everyone`. People in thousands give a rate per
    1,000.

    The part is in the whole, so the difference is inside·(1/people − 1/everyone) −
    outside/everyone, in which the two counts are independent; their exact Poisson intervals are
    combined by the method of variance estimates recovery. Source: Zou and Donner, Statistics in
    Medicine 27 (2008), 1693–1702. Raises ValueError unless 0 < people < everyone.
    """
    if not 0 < people < everyone:
        raise ValueError(f"{people} people of {everyone} are no part of a whole")
    more, less = 1 / people - 1 / everyone, 1 / everyone
    low_in, high_in = poisson_interval(inside)
    low_out, high_out = poisson_interval(outside)
    value = inside * more - outside * less
    down = math.hypot(more * (inside - low_in), less * (high_out - outside))
    up = math.hypot(more * (high_in - inside), less * (outside - low_out))
    return value, value - down, value + up


def beside_rest(
    inside: Sequence[int], outside: Sequence[int], later: Sequence[bool]
) -> tuple[float, float, float] | None:
    """How a part has changed beside the rest of its whole: the ratio of its change to theirs, with
    its interval; 0.8 is a fall of 20% where the rest is unchanged.

    `inside` and `outside` are the counts of the part and of the rest in the same periods, some of
    them `later`. The ratio is exp(β) of the quasi-binomial model logit(share of the part) = α +
    β·later, so that what moves both, such as the season, drops out; φ is Pearson's χ² over its
    degrees of freedom, at least 1. Source: McCullagh and Nelder, Generalized Linear Models (1989),
    section 4.5. None where the part, or the rest, has no incident earlier or later.
    """
    counts = np.column_stack([_counts(inside), _counts(outside)])
    after = np.asarray(later, dtype=bool)
    if not counts[after].sum(axis=0).all() or not counts[~after].sum(axis=0).all():
        return None
    counts, after = counts[counts.any(axis=1)], after[counts.any(axis=1)]
    numbers, design = counts.sum(axis=1), np.column_stack([np.ones(len(after)), after])
    fitted = expectations.glm(counts[:, 0] / numbers, design, SHARES, numbers)
    phi = fitted.pearson_chi2 / fitted.df_resid if fitted.df_resid else 1.0
    half = _t(fitted.df_resid if phi > 1 else math.inf) * fitted.bse[1] * math.sqrt(max(phi, 1))
    ratio = math.exp(fitted.params[1])
    return ratio, *_around(ratio, half)


def ratio_interval(count: int, other: int) -> tuple[float, float]:
    """The exact interval of the ratio of two Poisson counts over equal times, either of which may
    be 0: of their sum, `count` is binomial. Source: Przyborowski and Wilenski, Biometrika 31
    (1940), 313–323. Raises ValueError if both are 0.
    """
    if not count + other:
        raise ValueError("neither count has anything")
    low = scipy.special.betaincinv(count, other + 1, 0.025) if count else 0.0
    high = scipy.special.betaincinv(count + 1, other, 0.975) if other else 1.0
    return float(low / (1 - low)), float(high / (1 - high)) if other else math.inf


def wilson_interval(successes: int, n: int) -> tuple[float, float]:
    """The score interval of a proportion (0 to 1) from `successes` among `n` replies.

    Source: Wilson, Journal of the American Statistical Association 22 (1927), 209–212. Raises
    ValueError if there is no reply, or more successes than replies.
    """
    if n < 1 or not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} replies give no proportion")
    z = scipy.special.ndtri(0.975)
    centre = (successes + z * z / 2) / (n + z * z)
    half = z * math.sqrt(successes * (n - successes) / n + z * z / 4) / (n + z * z)
    low = max(0.0, float(centre - half)) if successes else 0.0
    return low, min(1.0, float(centre + half)) if successes < n else 1.0


def _paired(this: Sequence[int], last: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    now, before = _counts(this), _counts(last)
    if len(now) != len(before) or not len(now):
        counts = f"{len(now)} counts this year and {len(before)} last"
        raise ValueError(f"{counts}: pair them, at least one of each")
    return now, before


def _counts(values: Sequence[int]) -> np.ndarray:
    counts = np.asarray(values, dtype=float)
    if not np.all((counts >= 0) & (counts == np.floor(counts)) & np.isfinite(counts)):
        raise ValueError(f"{list(values)} must be whole numbers from 0, none missing")
    return counts


def _dispersion(now: np.ndarray, before: np.ndarray) -> tuple[float, int]:
    """Pearson χ² of the 2×n table over n − 1, and n − 1; 1 and 0 for a single period."""
    table = np.array([now, before])
    table = table[:, table.any(axis=0)]
    df = table.shape[1] - 1
    if not df:
        return 1.0, 0
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    return float(((table - expected) ** 2 / expected).sum() / df), df


def _p(z: float, phi: float, df: int) -> float:
    """The two-sided probability of a Poisson `z` at a dispersion estimated to be `phi`: that of
    Student's t, and more for the part in which the true dispersion would be under 1 and is 1.
    """
    if not df:
        return 1.0
    phi = max(phi, 1e-9)
    t = 2 * scipy.special.stdtr(df, -abs(z) / math.sqrt(phi))
    under = scipy.special.gammaincc(df / 2, df * phi / 2)
    inverse = scipy.special.gammainccinv(df / 2, chain_ladder.QUANTILES * max(under, 1e-300))
    steeper = abs(z) * np.sqrt(inverse / (df * phi / 2))
    lacking = scipy.special.ndtr(-abs(z)) - scipy.special.ndtr(-steeper)
    return float(t + 2 * under * lacking.mean())


def _around(centre: float, half: float) -> tuple[float, float]:
    """Centre divided and multiplied by exp(half); months that disagree too far have no limit."""
    return centre * math.exp(-half), centre * math.exp(half) if half < 100 else math.inf


def _t(df: float) -> float:
    """The 97.5 % point of Student's t."""
    return float(scipy.special.ndtri(0.975) if math.isinf(df) else scipy.special.stdtrit(df, 0.975))
