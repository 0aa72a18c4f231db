"""Trends across periods and series: recent changes, diverging indicators, rolling years and
seasonality.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy

from saferplymouth.framework import PERCENT, Indicator
from saferplymouth.periods import FREQUENCIES
from saferplymouth.statistics.intervals import Comparison, compare
from saferplymouth.statistics.measures import Year

RECENT = 6
WIDE = 2  # times a 95% interval
FEWEST_SERIES = 3
FAR = 1.5  # in standard deviations of one month
SURPRISING = 0.0075  # with two sides and twelve months, one question in five years by chance
FEWEST_NEIGHBOURS, FEWEST_MONTHS = 4, 12
EARLIER = 3  # years, of which the same month is what a month is measured against
FEWEST_YEARS = 3  # whole years; two might agree on their months by chance


@dataclass(frozen=True)
class PeriodComparison:
    """The same periods of two years: `first` to `last` of this year compared with a year
    earlier.
    """

    first: pd.Period
    last: pd.Period
    comparison: Comparison

    @property
    def percent(self) -> float | None:
        """Change as a percentage of last year's count; None if that is 0."""
        return 100 * self.comparison.change / self.comparison.b if self.comparison.b else None


def recent(year: Year, counts: pd.Series) -> PeriodComparison | None:
    """The last six months of a monthly series compared with a year before; None if one is missing.

    Quarters are not used: six of them are not recent.
    """
    if year.latest is None or year.indicator.frequency != "month" or year.indicator.unit != "count":
        return None
    these = pd.period_range(end=year.latest, periods=RECENT, freq="M")
    now, before = counts.reindex(these), counts.reindex(these - 12)
    if now.isna().any() or before.isna().any():
        return None
    return PeriodComparison(these[0], these[-1], compare(_whole(now), _whole(before)))


def diverging(one: Year, other: Year) -> tuple[PeriodComparison, PeriodComparison] | None:
    """Two indicators over the months both cover, if their changes differ by more than usual
    variation.

    The difference of the logs of the two ratios is compared with twice the root of the sum of their
    squared half widths, each the wider half of its own 95% interval: wide enough for a board.
    """
    if not all(year.to_date and year.to_date.comparison for year in (one, other)):
        return None
    ends = min(y.to_date.periods[-1].asfreq("M", "end") for y in (one, other))
    stretches = [_until(year, ends) for year in (one, other)]
    if any(s is None or s.comparison.ratio is None for s in stretches):
        return None
    a, b = (s.comparison for s in stretches)
    difference = abs(math.log(a.ratio) - math.log(b.ratio))
    halves = [math.log(c.high / c.ratio) for c in (a, b)]
    return tuple(stretches) if difference > WIDE * math.hypot(*halves) else None


def _until(year: Year, ends: pd.Period) -> PeriodComparison | None:
    covered = year.to_date.periods
    covered = covered[covered.asfreq("M", "end") <= ends]
    if len(covered) < 2:
        return None
    rows = year.frame.loc[covered]
    return PeriodComparison(
        covered[0], covered[-1], compare(_whole(rows["this"]), _whole(rows["last"]))
    )


def suspect_months(
    series: Mapping[str, pd.Series], months: pd.PeriodIndex
) -> dict[pd.Period, dict[str, float]]:
    """Months that are unusual in the same direction in many series at once, which suggests a fault
    in the data.

    For each of `months`, the series further than `FAR` standard deviations out, by key, in standard
    deviations; kept if at least `FEWEST_SERIES` are on the same side, and so many would be by
    chance with a probability under `SURPRISING`: binomial, of independent series. Series that have
    moved together before count as fewer, by the design effect: the variance of their mean in the
    other months over that of as many independent series (Kish, Survey Sampling, 1965, section 8.2).
    """
    scores = _out_of_season(series)
    together = scores.sum(axis="columns") ** 2 / scores.count(axis="columns")
    together = together.dropna()  # on average 1 if series are independent
    odd = {}
    for month in together.index.intersection(months):
        row, others = scores.loc[month].dropna(), len(together) - 1
        alike = (together.sum() - together[month]) / others if others >= FEWEST_MONTHS else 1.0
        for way in (-1, 1):
            far = row[row * way > FAR]
            if len(far) >= FEWEST_SERIES and _by_chance(len(far), len(row), alike) < SURPRISING:
                odd[month] = far.to_dict()
    return odd


def _by_chance(far: int, of: int, alike: float) -> float:
    """The probability that as many of so many series are `FAR` out on one side."""
    far, of = far / max(alike, 1), of / max(alike, 1)
    return float(scipy.special.betainc(far, of - far + 1, scipy.special.ndtr(-FAR)))


def _out_of_season(series: Mapping[str, pd.Series]) -> pd.DataFrame:
    """How far each month (rows) of each series (columns) is from what its neighbours lead one to
    expect, in standard deviations; NaN where that cannot be said.

    A month is measured by the log of its ratio to the same month of up to `EARLIER` years, which
    has no season; half a year on either side gives its mean and spread. With few neighbours the
    spread is uncertain: Student's t is brought to the normal with the same probability.
    """
    counts = pd.DataFrame({key: values.dropna() for key, values in series.items()}, dtype=float)
    if counts.empty:
        return counts
    every = pd.period_range(counts.index.min(), counts.index.max(), freq=counts.index.freq)
    logs = np.log(counts.reindex(every) + 0.5)
    earlier = sum(logs.shift(12 * n).fillna(0) for n in range(1, EARLIER + 1))
    known = sum(logs.shift(12 * n).notna() for n in range(1, EARLIER + 1))
    ratios = logs - earlier / known.where(known > 0)
    near = ratios.rolling(2 * RECENT + 1, center=True, min_periods=FEWEST_NEIGHBOURS + 1)
    n = (near.count() - 1).where(ratios.notna())
    mean = (near.sum() - ratios) / n
    spread = ((near.var() * n - (ratios - mean) ** 2 * n / (n + 1)) / (n - 1)) ** 0.5
    t = (ratios - mean) / (spread.where(spread > 1e-6) * (1 + 1 / n) ** 0.5)
    chance = np.clip(scipy.special.stdtr(n - 1, -t.abs()), 1e-12, None)
    return -np.sign(t) * scipy.special.ndtri(chance)


def rolling_year(values: pd.Series, periods: int) -> pd.Series:
    """The sum of each period and those before it, `periods` in all; NaN if one has no figure.

    Not for a control chart: neighbouring totals share all their periods but one.
    """
    every = pd.period_range(values.index[0], values.index[-1], freq=values.index.freq)
    return values.astype(float).reindex(every).rolling(periods).sum()


def twelve_months(indicator: Indicator, observed: pd.DataFrame) -> pd.DataFrame:
    """The figure of each twelve months that the series is long enough for (`value`), and whether it
    rests on a hidden count (`hidden`), by its last period.

    `observed` is as `Evidence` has it, in months, quarters or half-years. Counts and pounds add up;
    a percentage is pooled from its numbers of replies. NaN if a period has no figure or is hidden.
    """
    n = FREQUENCIES[indicator.frequency]
    if indicator.unit == PERCENT:
        replies = rolling_year(observed["denominator"], n)
        values = 100 * rolling_year(observed["numerator"], n) / replies
    else:
        values = rolling_year(observed["value"], n)
    hidden = observed["hidden"].reindex(values.index, fill_value=False).rolling(n).max().eq(1)
    return pd.DataFrame({"value": values, "hidden": hidden}).iloc[n - 1 :]


def seasonal(years: pd.DataFrame) -> float | None:
    """The probability that whole years would agree on their high and low periods at least as well
    as these if there were no season.

    `years` has a row for each period of a year and a column for each year; only columns without a
    gap count, and None means fewer than three. Source: M. Friedman, The use of ranks to avoid the
    assumption of normality, Journal of the American Statistical Association 32 (1937), 675–701,
    with the χ² approximation and for ties.
    """
    whole = years.dropna(axis="columns")
    k, n = whole.shape
    if n < FEWEST_YEARS or k < 2:
        return None
    ranks = whole.rank()
    scatter = float(((ranks - (k + 1) / 2) ** 2).sum(axis=None)) / (k - 1)
    if not scatter:
        return 1.0
    agreement = float(((ranks.sum(axis="columns") - n * (k + 1) / 2) ** 2).sum())
    return float(scipy.special.chdtrc(k - 1, agreement / scatter))


def _whole(values: pd.Series) -> list[int]:
    return [int(v) for v in values]
