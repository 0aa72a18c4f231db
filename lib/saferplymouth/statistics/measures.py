"""Calculates an indicator's financial year: compared with the year before, to date, and with its
target.

Change is always this year minus last year. Nothing is calculated from a period without data: such a
figure is missing (NaN, or None), never zero. Counts and pounds add up. Percentages (0–100),
rates (per as many people as their indicator says) and scores are levels and do not; their changes
are in the same points. Rolling years and pools of three years overlap. Each is compared with the
one that ended as it began, and none is added to another.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from saferplymouth.framework import COUNT, PERCENT, Indicator
from saferplymouth.periods import YEARLY, Calendar
from saferplymouth.sources.statuses import UNRELIABLE
from saferplymouth.statistics import populations
from saferplymouth.statistics.intervals import (
    Comparison,
    compare,
    difference,
    poisson_interval,
    wilson_interval,
)

NONE = float("nan")
NUMBERS = ("value", "numerator", "denominator", "low", "high")


@dataclass(frozen=True)
class ToDate:
    """The financial year to date: the `periods` it covers and, if last year has the same ones, the
    comparison.

    If both years have data, only their common periods count, for both. `interval` is Wilson's 95%
    interval of a percentage whose numbers of replies are all known, or that of its sender
    (`theirs`). `meets` is whether the sender's intervals, this year's and last's, leave open that
    nothing has changed; None without any.
    """

    periods: pd.PeriodIndex
    this: float
    last: float | None
    change: float | None
    percent: float | None
    comparison: Comparison | None
    interval: tuple[float, float] | None = None
    theirs: bool = False
    meets: bool | None = None


@dataclass(frozen=True)
class Rate:
    """A count for the year to date per `base` people: `low` to `high` is its exact Poisson 95%
    interval, `people` the mid-year estimate for `year`, the latest up to the calendar year in which
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
    """An indicator compared with its target at `period`: `distance` is actual minus target.

    `year_end` is the target for the whole year. `pace` is the count needed in each remaining period
    to reach it exactly (negative if already passed; None if no period is left, an earlier one is
    missing, or for a percentage).
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
    """One indicator's financial year as an edition shows it.

    `frame` has a row for each period of the year and columns this, last, change, percent,
    cumulative, cumulative_last, target, distance, replies, numerator, and low, high, last_low and
    last_high, the intervals that the sender gives of this and last (floats, NaN for no data),
    and the observation status of each year's figure (this_status, last_status). `estimate` is the
    calendar year of the population its rates are based on. `lacking` is why a rate, or a calculated
    indicator, has no figure although all the data were received. `basis` is the population of a
    calculated indicator, in words.
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
        """Whether `to_date` starts at the year's start; for a level it can be the latest
        period's.
        """
        if self.to_date is None or not self.indicator.is_level:
            return self.to_date is not None
        return self.to_date.periods[0] == self.frame.index[0]

    @property
    def unreliable(self) -> pd.PeriodIndex:
        """The periods to date whose figure, this year's or last's, its sender calls unreliable."""
        if self.to_date is None:
            return self.frame.index[:0]
        rows = self.frame.loc[self.to_date.periods, ["this_status", "last_status"]]
        return rows.index[(rows == UNRELIABLE).any(axis="columns")]


def percent_change(change: float | None, base: float | None, small_base: float) -> float | None:
    """Change in per cent of `base`; None if one is missing or the base is too small or 0."""
    if change is None or base is None or np.isnan(change) or not base >= max(small_base, 1):
        return None
    return 100 * change / base


def cumulative(counts: pd.Series) -> pd.Series:
    """Running total from the start of the year, missing from the first period without data."""
    return counts.cumsum(skipna=False)


def financial_year(
    indicator: Indicator,
    observed: pd.DataFrame,
    supplied_to_date: pd.DataFrame,
    month: pd.Period,
    calendar: Calendar,
    small_base: float,
) -> Year:
    """The financial year of `month` for one indicator, from its observations as they stood.

    The first two arguments are by period, as from `observations.of_indicator`.
    """
    year = _shown_year(indicator, observed, month, calendar)
    label, last_label = calendar.label(year), calendar.label(year - 1)
    periods = calendar.periods(year, indicator.frequency)
    before = calendar.periods(year - 1, indicator.frequency)
    this, last = (_figures(observed, at, periods) for at in (periods, before))
    if indicator.is_level:
        so_far = _level_so_far(indicator, this, supplied_to_date, periods)
        so_far_last = _level_so_far(indicator, last, supplied_to_date, before)
    else:
        so_far, so_far_last = cumulative(this["value"]), cumulative(last["value"])
    target = _targets(indicator, calendar.label(calendar.year(periods[-1])), periods)
    change = _less(this["value"], last["value"])
    percent = [percent_change(c, b, small_base) for c, b in zip(change, last["value"], strict=True)]
    frame = pd.DataFrame(
        {
            "this": this["value"],
            "last": last["value"],
            "change": change,
            "percent": NONE if indicator.is_level else np.array(percent, dtype=float),
            "cumulative": so_far,
            "cumulative_last": so_far_last,
            "target": target,
            "distance": _less(so_far, target),
            "replies": this["denominator"],
            "numerator": this["numerator"],
            "low": this["low"],
            "high": this["high"],
            "last_low": last["low"],
            "last_high": last["high"],
            "this_status": this["status"],
            "last_status": last["status"],
        }
    )
    latest = frame["this"].last_valid_index()
    if latest is None:
        return Year(indicator, label, last_label, frame, None, None, None)
    to_date = (_level_to_date if indicator.is_level else _to_date)(frame, indicator, small_base)
    to_date = _with_sent_interval(to_date, frame)
    target = _target(frame, indicator, to_date)
    return Year(indicator, label, last_label, frame, latest, to_date, target)


def _less(values: pd.Series, others: pd.Series) -> np.ndarray:
    differences = [difference(a, b) for a, b in zip(values, others, strict=True)]
    return np.array(differences, dtype=float)


def _shown_year(
    indicator: Indicator, observed: pd.DataFrame, month: pd.Period, calendar: Calendar
) -> pd.Period:
    """The financial year of `month`; for a yearly indicator that of its latest figure, or the one
    just ended.
    """
    if indicator.frequency not in YEARLY:
        return calendar.year(month)
    return observed.index[-1] if len(observed) else indicator.due(calendar, month)


def rated(year: Year, people: Mapping[str, int]) -> tuple[Year, Rate | None]:
    """A year of counts with a column `rate`, and the rate for its year to date.

    NaN, and None, if the count or a population up to the start of the year is not known.
    """
    opens, base = populations.opening(year.frame.index[0]), year.indicator.rate_base
    at = populations.latest(people, opens)
    scale = base / people[at] if at else NONE
    lacking = "" if at else populations.why_none(people, opens)
    frame = year.frame.assign(rate=year.frame["this"] * scale)
    with_rate = replace(year, frame=frame, estimate=at or "", lacking=lacking)
    if not at or year.to_date is None or np.isnan(year.to_date.this):
        return with_rate, None
    count = year.to_date.this
    value, low, high = (scale * end for end in (count, *poisson_interval(int(count))))
    return with_rate, Rate(value, low, high, people[at], at, base)


def _figures(
    observed: pd.DataFrame, at: pd.PeriodIndex, periods: pd.PeriodIndex
) -> dict[str, pd.Series]:
    """The numbers (floats, NaN for no data) and statuses of the periods `at`, by those of
    `periods`.
    """
    rows = observed.index.get_indexer(at)
    found = {name: _taken(observed, name, rows, NONE) for name in NUMBERS}
    found["status"] = _taken(observed, "status", rows, "")
    return {name: pd.Series(values, periods, copy=False) for name, values in found.items()}


def _taken(observed: pd.DataFrame, name: str, rows: np.ndarray, none: float | str):
    """A column's values in these rows, `none` where a row is -1 or nothing is known."""
    if name not in observed:
        return np.full(len(rows), none)
    column = observed[name]
    values = column.fillna("").array if none == "" else column.to_numpy(float, na_value=NONE)
    return pd.api.extensions.take(values, rows, allow_fill=True, fill_value=none)


def _with_sent_interval(to_date: ToDate, frame: pd.DataFrame) -> ToDate:
    """The year to date with its sender's interval, where it is one period's own figure."""
    if len(to_date.periods) != 1:
        return to_date
    row = frame.loc[to_date.periods[0]]
    theirs = bool(row[["low", "high"]].notna().all())
    interval = (row["low"], row["high"]) if theirs else to_date.interval
    return replace(to_date, interval=interval, theirs=theirs, meets=intervals_meet(row))


def intervals_meet(row: pd.Series) -> bool | None:
    """Whether the intervals that the sender gives, this year's and last's, overlap, or the only one
    has the other year's figure in it. None without an interval or without a figure of each year.

    `row` is one of `Year.frame`.
    """
    both = row[["low", "high"]], row[["last_low", "last_high"]]
    if row[["this", "last"]].isna().any() or not any(ends.notna().all() for ends in both):
        return None
    (low, high), (last_low, last_high) = (
        ends if ends.notna().all() else (value, value)
        for ends, value in zip(both, (row["this"], row["last"]), strict=True)
    )
    return bool(low <= last_high and last_low <= high)


def _level_so_far(
    indicator: Indicator,
    year: Mapping[str, pd.Series],
    supplied: pd.DataFrame,
    periods: pd.PeriodIndex,
) -> pd.Series:
    """The level to date: a percentage pooled from numbers of replies, otherwise as supplied.

    A first period's own level is its year to date. Monthly rates each cover all the people and are
    not pooled, and levels are never averaged.
    """
    value = year["value"]
    level = supplied["value"].reindex(periods.asfreq("M", "end")).set_axis(value.index)
    if indicator.unit == PERCENT:
        part, whole = (cumulative(year[name]) for name in ("numerator", "denominator"))
        level = (100 * part / whole).fillna(level)
    return level.fillna(value.where(value.index == value.index[0]))


def _targets(indicator: Indicator, label: str, periods: pd.PeriodIndex) -> pd.Series:
    target = indicator.target.get(label, NONE)
    if not isinstance(target, tuple) and not indicator.is_level:
        target = [NONE] * (len(periods) - 1) + [target]
    return pd.Series(target, index=periods, dtype=float)


def _to_date(frame: pd.DataFrame, indicator: Indicator, small_base: float) -> ToDate:
    known = frame["this"].notna()
    paired = known & frame["last"].notna()
    if not paired.any():
        return ToDate(frame.index[known], frame["this"].sum(), None, None, None, None)
    this, last = frame["this"][paired], frame["last"][paired]
    a, b, comparison = this.sum(), last.sum(), None
    unreliable = (frame["this_status"] == UNRELIABLE) | (frame["last_status"] == UNRELIABLE)
    if indicator.unit == COUNT and not (unreliable & paired).any():
        comparison = compare(*(of.astype(int).tolist() for of in (this, last)))
    return ToDate(this.index, a, b, a - b, percent_change(a - b, b, small_base), comparison)


def _level_to_date(frame: pd.DataFrame, indicator: Indicator, _: float) -> ToDate:
    """The level to date; if only the first period's is known, the latest period's own."""
    ends, own = frame["cumulative"].last_valid_index(), frame["this"].last_valid_index()
    if ends is None or (ends == frame.index[0] and own > ends):
        rows = frame.loc[[own]]
        this, last, change = rows.iloc[0][["this", "last", "change"]]
    else:
        rows = frame.loc[:ends]
        this, last = rows.iloc[-1][["cumulative", "cumulative_last"]]
        change = difference(this, last)
    if np.isnan(last):
        last = change = None
    return ToDate(rows.index, this, last, change, None, None, _interval(rows, indicator))


def _interval(rows: pd.DataFrame, indicator: Indicator) -> tuple[float, float] | None:
    """The interval of a percentage pooled over these rows, if all its replies are known."""
    replies, satisfied = (rows[name].sum(skipna=False) for name in ("replies", "numerator"))
    if indicator.unit != PERCENT or np.isnan(replies):
        return None
    return tuple(100 * end for end in wilson_interval(int(satisfied), int(replies)))


def _target(frame: pd.DataFrame, indicator: Indicator, to_date: ToDate) -> Target | None:
    known, year_end = frame["cumulative"].dropna(), frame["target"].iloc[-1]
    if np.isnan(year_end) or (known.empty and not indicator.is_level):
        return None
    if indicator.is_level:
        at, actual = to_date.periods[-1], to_date.this
    else:
        at, actual = known.index[-1], known.iloc[-1]
    level, left = frame.loc[at, "target"], int((frame.index > at).sum())
    gap = at != frame["this"].last_valid_index()
    pace = (year_end - actual) / left if left and not indicator.is_level and not gap else None
    return Target(at, actual, level, difference(actual, level), year_end, left, pace)
