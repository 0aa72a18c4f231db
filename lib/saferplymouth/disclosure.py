"""Disclosure control: hides small counts (1 to 4) of sensitive indicators and all figures that rely
on them.

So small a count can identify a person. The rule:

1. A count of 1 to 4 is hidden, in any period of any year. 0 and 5 or more are shown.
2. Everything calculated from a hidden count is hidden too: the change and percentage of its period,
   every running total from there to the end of its year, the year to date, its comparison, distance
   to target and pace.
3. If one group of a breakdown is 1 to 4, or its total is hidden, every group of that breakdown and
   period is hidden, because it could be worked out from the total and the other groups. The total
   is shown unless it is 1 to 4 itself.
4. Everything else is shown.

Why no hidden count can be worked out: which figures are hidden depends only on which counts are
small, and every figure shown is calculated from shown counts only. With any other counts of 1 to 4
in the hidden places, every edition stays the same, byte for byte. So no arithmetic over any number
of editions, revised or not, can rule one of them out. `with_small_counts_replaced` guarantees this:
an edition is built from observations in which every hidden count is already replaced by 1. An
oversight elsewhere could show a wrong figure, but could not reveal a count. `suppress` then hides
the figures that depend on hidden counts.

Why the total of two or more hidden counts is not shown, even if it does not determine them:
withholding it only when it does (1 and 1, or 4 and 4) tells this to anyone who knows the rule, and
the next total then reveals all of them. A count restated later turns two such totals into an
equation. `tests/unit/test_disclosure.py` carries out both attacks. What is certain for all possible
counts (`total_between`, `distance_between`) is often enough to judge by.

"""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from saferplymouth.framework import COUNT, Indicator
from saferplymouth.statistics.measures import NONE, Target, ToDate, Year

FEWEST, MOST = 1, 4
MARK = "[c]"
FIGURES = ("this", "last", "change", "percent", "cumulative", "cumulative_last", "distance")


def is_small(values: pd.Series | float, indicator: Indicator) -> pd.Series | bool:
    """Whether a count of an indicator, or which of its counts, must be hidden."""
    return (values >= FEWEST) & (values <= MOST) & indicator.sensitive


def suppress(year: Year, observed: pd.DataFrame) -> tuple[Year, pd.DataFrame]:
    """`year` and `observed` (the indicator's whole series by period) as they may be published.

    Hidden figures are NaN. In `year.frame` each of `FIGURES` has a companion column of truth
    values, `this_hidden` and so on, and `observed` a column `hidden`: all False in an indicator
    that is not sensitive. In `to_date` and `target` NaN means hidden and None, as before, no data.
    A hidden figure loses its status and its sender's note, which could reveal it. Raises ValueError
    for a sensitive percentage, which this rule does not protect.
    """
    if year.indicator.sensitive and year.indicator.unit != COUNT:
        name = year.indicator.name
        raise ValueError(f"{name} is a sensitive percentage: publish the counts behind it instead")
    hidden = is_small(observed["value"], year.indicator)
    series = _blank(observed, hidden).assign(hidden=hidden)
    frame = _frame(year)
    to_date = None if year.to_date is None else _to_date(year.to_date, frame)
    target = None if year.target is None else _target(year.target, frame)
    return replace(year, frame=frame, to_date=to_date, target=target), series


def suppress_groups(
    groups: pd.DataFrame, indicator: Indicator, whole: pd.DataFrame
) -> pd.DataFrame:
    """The figures of an indicator's groups (`observations.by_group`) that may be published, with a
    column `hidden`. `whole` is the indicator's protected series.
    """
    small = is_small(groups["value"], indicator)
    also = groups.index.isin(whole.index[whole["hidden"]]) & indicator.sensitive
    together = (small | also).groupby([groups.index, groups["breakdown"]])
    hidden = together.transform("any").astype(bool)
    return _blank(groups, hidden).assign(hidden=hidden)


def with_small_counts_replaced(
    everything: pd.DataFrame, indicators: Mapping[str, Indicator]
) -> pd.DataFrame:
    """Observations of many indicators (`observations.received`) with 1 for each hidden count of a
    sensitive one.

    Also for digests that an edition publishes: that of a table with one unknown count of 1 to 4 is
    solved by trying four tables. A page depends on no more than this, so it changes whenever a page
    must.
    """
    hidden = _hidden(everything, indicators)
    return _blank(everything, hidden).assign(value=everything["value"].mask(hidden, float(FEWEST)))


def hides_total(year: Year) -> bool:
    """Whether the year to date of a protected year is hidden, rather than unknown."""
    if year.to_date is None:
        return False
    return bool(year.frame.loc[year.to_date.periods, "this_hidden"].any())


def hides_change(year: Year) -> bool:
    """Whether the change of the year to date is hidden, for either year's sake."""
    change = None if year.to_date is None else year.to_date.change
    return change is not None and bool(pd.isna(change))


def total_between(year: Year) -> tuple[float, float] | None:
    """The lowest and highest possible year to date, given what is shown; or None."""
    return None if year.to_date is None else _between(year.frame.loc[year.to_date.periods])


def distance_between(year: Year) -> tuple[float, float] | None:
    """The least and the most that the distance to target can be; None without a target."""
    if year.target is None or pd.isna(year.target.level):
        return None
    low, high = _between(year.frame.loc[: year.target.period])
    return low - year.target.level, high - year.target.level


def sources(everything: pd.DataFrame, indicators: Mapping[str, Indicator]) -> list[str]:
    """The returns that contain a small count, by path within `data/raw`; their digests would reveal
    it.
    """
    held = everything[_hidden(everything, indicators)]
    return sorted({f"{row.received}/{row.source}" for row in held.itertuples()})


def _hidden(everything: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.Series:
    sensitive = everything["indicator"].isin([key for key, i in indicators.items() if i.sensitive])
    small = sensitive & everything["value"].between(FEWEST, MOST)
    together = [everything[name] for name in ("indicator", "period", "received", "breakdown")]
    return small | (small.groupby(together).transform("any") & (everything["breakdown"] != ""))


def _between(rows: pd.DataFrame) -> tuple[float, float]:
    shown, hidden = float(rows["this"].sum()), int(rows["this_hidden"].sum())
    return shown + hidden * FEWEST, shown + hidden * MOST


def _blank(observed: pd.DataFrame, hidden: pd.Series) -> pd.DataFrame:
    if not hidden.any():
        return observed.copy()
    numbers = observed.columns.intersection(["value", "numerator", "denominator"])
    texts = observed.columns.intersection(["status", "note"])
    blanked = observed.copy()
    blanked[numbers] = blanked[numbers].mask(hidden)
    blanked[texts] = blanked[texts].mask(hidden, "")
    return blanked


def _frame(year: Year) -> pd.DataFrame:
    """The year's frame, hidden figures missing, with a companion column for each of `FIGURES`."""
    frame, indicator = year.frame.copy(), year.indicator
    if not indicator.sensitive:
        return frame.assign(**{f"{name}_hidden": False for name in (*FIGURES, "rate")})
    this, last = is_small(frame["this"], indicator), is_small(frame["last"], indicator)
    either = (this | last) & frame["change"].notna()
    so_far = this.cummax() & frame["cumulative"].notna()
    so_far_last = last.cummax() & frame["cumulative_last"].notna()
    marks = (this, last, either, either, so_far, so_far_last, so_far & frame["distance"].notna())
    for name, hidden in zip(FIGURES, marks, strict=True):
        frame[name] = frame[name].mask(hidden)
        frame[f"{name}_hidden"] = hidden
    frame["this_status"] = frame["this_status"].mask(this, "")
    frame["last_status"] = frame["last_status"].mask(last, "")
    return frame.assign(rate_hidden=this)


def _to_date(to_date: ToDate, frame: pd.DataFrame) -> ToDate:
    hidden = frame.loc[to_date.periods, ["this_hidden", "last_hidden"]].any()
    this, last = hidden["this_hidden"], hidden["last_hidden"] and to_date.last is not None
    if not this and not last:
        return to_date
    follows = None if to_date.last is None else NONE
    return replace(
        to_date,
        this=NONE if this else to_date.this,
        last=NONE if last else to_date.last,
        change=follows,
        percent=follows,
        comparison=None,
    )


def _target(target: Target, frame: pd.DataFrame) -> Target:
    if not frame.loc[target.period, "cumulative_hidden"]:
        return target
    return replace(target, actual=NONE, distance=NONE, pace=None if target.pace is None else NONE)
