"""Numbers to numbers: an indicator's financial year beside the year before, to date, and against
its target.

One sign convention: change is always this year less last year. Nothing is worked out from a period
without data: such a figure is missing (NaN, or None), never zero. Counts and pounds add up;
percentages (0–100) and rates (for so many people as their indicator says) are levels and do not:
their changes are in points of the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from saferplymouth.framework import COUNT, PERCENT, Indicator
from saferplymouth.periods import YEARLY, Calendar
from saferplymouth.statistics import populations
from saferplymouth.statistics.intervals import (
    Comparison,
    compare,
    less,
    poisson_interval,
    wilson_interval,
)

NONE = float("nan")


@dataclass(frozen=True)
class ToDate:
    """The financial year to date: the `periods` it covers and, where last year has the same ones,
    the comparison.

    Where both years have data only their common periods count, on both sides. `interval` is
    Wilson's 95 % interval of a percentage whose numbers of replies are all known.
    """

    periods: pd.PeriodIndex
    this: float
    last: float | None
    change: float | None
    percent: float | None
    comparison: Comparison | None
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class Rate:
    """A count of the year to date for `base` people: `low` to `high` is its exact Poisson 95 %
    interval, `people` the mid-year estimate of `year`, the latest up to the calendar year in which
    the financial year begins.
    """

    value: float
    low: float
    high: float
    people: int
    year: str
    base: int


@dataclass(frozen=True)
class Target:
    """Where an indicator stands against its target at `period`: `distance` is actual less target.

    `year_end` is the target for the whole year, and `pace` the count in each period left that would
    land on it (below zero when it is passed already; None when nothing is left, a period before it
    is missing, or for a percentage).
    """

    period: pd.Period
    actual: float
    level: float
    distance: float
    year_end: float
    periods_left: int
    pace: float | None


@dataclass(frozen=True)
class Year:
    """One indicator's financial year as an edition sees it.

    `frame` has a row for each period of the year and columns this, last, change, percent,
    cumulative, cumulative_last, target, distance, replies and numerator (floats, NaN where there is
    no data), and the observation status of each year's figure (this_status, last_status).
    `estimate` is the calendar year of the population its rates are on; `lacking` is why a rate, or
    an indicator that is worked out, has no figure although all the data came; `basis` the
    population that one is on, in words.
    """

    indicator: Indicator
    label: str
    last_label: str
    frame: pd.DataFrame
    latest: pd.Period | None
    to_date: ToDate | None
    target: Target | None
    estimate: str = ""
    lacking: str = ""
    basis: str = ""

    @property
    def begun(self) -> bool:
        """Whether `to_date` is of the year from its start: of a level it may be the latest period's
        alone.
        """
        first = self.frame.index[0]
        return self.to_date is not None and (
            not self.indicator.is_level or self.to_date.periods[0] == first
        )


def percent_change(change: float | None, base: float | None, small_base: float) -> float | None:
    """Change as a percentage of `base`; None where either is missing or the base is under
    `small_base` or zero.
    """
    if (
        change is None
        or base is None
        or np.isnan(change)
        or np.isnan(base)
        or base < max(small_base, 1)
    ):
        return None
    return 100 * change / base


def cumulative(counts: pd.Series) -> pd.Series:
    """Running total from the start of the year, missing from the first period without data
    onwards.
    """
    return counts.cumsum().where(counts.notna().cummin())


def financial_year(
    indicator: Indicator,
    observed: pd.DataFrame,
    supplied_to_date: pd.DataFrame,
    month: pd.Period,
    calendar: Calendar,
    small_base: float,
) -> Year:
    """The financial year of `month` for one indicator, from its observations as they stood.

    `observed` and `supplied_to_date` are indexed by period, as `observations.of_indicator` gives
    them.
    """
    year = _shown_year(indicator, observed, month, calendar)
    periods = calendar.periods(year, indicator.frequency)
    before = calendar.periods(year - 1, indicator.frequency)
    this, last = _figures(observed, periods), _figures(observed, before)
    this.index = last.index = periods
    label = calendar.label(year)
    if indicator.is_level:
        sums = [
            _level_so_far(indicator, of, supplied_to_date, when)
            for of, when in ((this, periods), (last, before))
        ]
    else:
        sums = [cumulative(this["value"]), cumulative(last["value"])]
    frame = _year_frame(
        indicator, this, last, sums, _targets(indicator, label, periods), small_base
    )
    latest = frame["this"].last_valid_index()
    to_date = None if latest is None else _to_date(frame, indicator, small_base)
    target = None if latest is None else _target(frame, indicator, to_date)
    return Year(indicator, label, calendar.label(year - 1), frame, latest, to_date, target)


def _year_frame(
    indicator: Indicator,
    this: pd.DataFrame,
    last: pd.DataFrame,
    sums: list[pd.Series],
    target: pd.Series,
    small_base: float,
) -> pd.DataFrame:
    """The frame of a `Year`, from both years' figures, what each comes to so far (`sums`) and the
    target.
    """
    change = _apart(this["value"], last["value"])
    percent = [percent_change(c, b, small_base) for c, b in zip(change, last["value"], strict=True)]
    return pd.DataFrame(
        {
            "this": this["value"],
            "last": last["value"],
            "change": change,
            "percent": NONE if indicator.is_level else np.array(percent, dtype=float),
            "cumulative": sums[0],
            "cumulative_last": sums[1],
            "target": target,
            "distance": _apart(sums[0], target),
            "replies": this["denominator"].astype(float),
            "numerator": this["numerator"].astype(float),
            "this_status": this["status"].fillna(""),
            "last_status": last["status"].fillna(""),
        }
    )


def _apart(values: pd.Series, others: pd.Series) -> pd.Series:
    return pd.Series(
        [less(a, b) for a, b in zip(values, others, strict=True)], values.index, dtype=float
    )


def _shown_year(
    indicator: Indicator, observed: pd.DataFrame, month: pd.Period, calendar: Calendar
) -> pd.Period:
    """The financial year of `month`; of a yearly indicator that of its latest figure, else the last
    one ended.
    """
    if indicator.frequency not in YEARLY:
        return calendar.year(month)
    return observed.index[-1] if len(observed) else calendar.ended(month, indicator.frequency)


def rated(year: Year, people: Mapping[str, int]) -> tuple[Year, Rate | None]:
    """A year of counts with a column `rate` on its indicator's base, and the rate of its year to
    date.

    Missing, and None, where the count is not known, or no population up to the calendar year it
    begins in.
    """
    opens, base = populations.opening(year.frame.index[0]), year.indicator.rate_base
    at = populations.latest(people, opens)
    scale = base / people[at] if at else NONE
    lacking = "" if at else populations.why_none(people, opens)
    frame = year.frame.assign(rate=year.frame["this"] * scale)
    with_rate = replace(year, frame=frame, estimate=at or "", lacking=lacking)
    if not at or year.to_date is None or np.isnan(year.to_date.this):
        return with_rate, None
    low, high = poisson_interval(int(year.to_date.this))
    return with_rate, Rate(
        year.to_date.this * scale, low * scale, high * scale, people[at], at, base
    )


def _figures(observed: pd.DataFrame, periods: pd.PeriodIndex) -> pd.DataFrame:
    return observed[["value", "numerator", "denominator", "status"]].reindex(periods)


def _level_so_far(
    indicator: Indicator, year: pd.DataFrame, supplied: pd.DataFrame, periods: pd.PeriodIndex
) -> pd.Series:
    """The level to date: a percentage pooled from numbers of replies where every period has them,
    else as it was given.

    A first period's own level is its year to date. Levels are never averaged: a rate of months,
    which each have all of the people, is not pooled.
    """
    pooled = (
        100
        * cumulative(year["numerator"].astype(float))
        / cumulative(year["denominator"].astype(float))
    )
    given = supplied["value"].reindex(periods.asfreq("M", "end")).set_axis(year.index)
    first = year["value"].where(year.index == year.index[0])
    return (pooled.fillna(given) if indicator.unit == PERCENT else given).fillna(first)


def _targets(indicator: Indicator, label: str, periods: pd.PeriodIndex) -> pd.Series:
    target = indicator.target.get(label, NONE)
    if isinstance(target, tuple):
        return pd.Series(target, index=periods, dtype=float)
    if indicator.is_level:
        return pd.Series(target, index=periods, dtype=float)
    return pd.Series([NONE] * (len(periods) - 1) + [target], index=periods, dtype=float)


def _to_date(frame: pd.DataFrame, indicator: Indicator, small_base: float) -> ToDate:
    present = frame[frame["this"].notna()]
    paired = present[present["last"].notna()]
    if indicator.is_level:
        return _level_to_date(frame, indicator)
    if paired.empty:
        return ToDate(present.index, present["this"].sum(), None, None, None, None)
    a, b = paired["this"].sum(), paired["last"].sum()
    counted = indicator.unit == COUNT
    comparison = (
        compare(*(paired[of].astype(int).tolist() for of in ("this", "last"))) if counted else None
    )
    return ToDate(paired.index, a, b, a - b, percent_change(a - b, b, small_base), comparison)


def _level_to_date(frame: pd.DataFrame, indicator: Indicator) -> ToDate:
    """The level of the year to date; where that is known of the first period alone, the latest
    period's own.
    """
    ends, own = frame["cumulative"].last_valid_index(), frame["this"].last_valid_index()
    if ends is None or (ends == frame.index[0] and own > ends):
        known = None if np.isnan(frame.loc[own, "last"]) else frame.loc[own, "last"]
        change = None if known is None else frame.loc[own, "change"]
        interval = _interval(frame.loc[[own]], indicator)
        return ToDate(
            frame.index[frame.index == own],
            frame.loc[own, "this"],
            known,
            change,
            None,
            None,
            interval,
        )
    this, last = frame.loc[ends, "cumulative"], frame.loc[ends, "cumulative_last"]
    known = None if np.isnan(last) else last
    change, interval = (
        None if known is None else less(this, known),
        _interval(frame.loc[:ends], indicator),
    )
    return ToDate(frame.loc[:ends].index, this, known, change, None, None, interval)


def _interval(rows: pd.DataFrame, indicator: Indicator) -> tuple[float, float] | None:
    """The interval of a percentage (0 to 100) pooled over these rows; None where not all its
    replies are known.
    """
    replies, satisfied = (rows[name].sum(skipna=False) for name in ("replies", "numerator"))
    counted = indicator.unit == PERCENT and not np.isnan(replies)
    return (
        tuple(100 * end for end in wilson_interval(int(satisfied), int(replies)))
        if counted
        else None
    )


def _target(frame: pd.DataFrame, indicator: Indicator, to_date: ToDate) -> Target | None:
    known, year_end = frame[frame["cumulative"].notna()], frame["target"].iloc[-1]
    if np.isnan(year_end) or (known.empty and not indicator.is_level):
        return None
    if indicator.is_level:
        at, actual = to_date.periods[-1], to_date.this
    else:
        at, actual = known.index[-1], known["cumulative"].iloc[-1]
    level, left = frame.loc[at, "target"], int((frame.index > at).sum())
    gap = at != frame["this"].last_valid_index()
    pace = (year_end - actual) / left if left and not indicator.is_level and not gap else None
    return Target(at, actual, level, less(actual, level), year_end, left, pace)
