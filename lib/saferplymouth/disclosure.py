"""Disclosure control: hides small counts (1 to 4) of sensitive indicators, what a sender hides, and
all figures that rely on either.

So small a count can identify a person. The rule:

1. A count of 1 to 4 is hidden, in any period of any year. 0 and 5 or more are shown. A figure that
   its sender hides has not come; its place is treated as that of a hidden count.
2. Everything calculated from a hidden count is hidden too: the change and percentage of its period,
   every running total from there to the end of its year, the year to date, its comparison, distance
   to target and pace.
3. If one group of a breakdown is hidden, or its total is, every group of that breakdown and period
   is hidden, because it could be worked out from the total and the other groups. The total is
   shown unless it is hidden itself. Groups that have no total are each on their own.
4. Everything else is shown. If the framework says so, counts are rounded first, and everything is
   calculated from the rounded ones. The groups of a breakdown are then hidden as well where they
   and their total, each rounded, leave fewer counts possible than rounding alone does.

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
counts (`total_between`, `distance_between`) is often enough to judge by. A figure that its sender
hides may be of any size: all that is certain is that it is not below 0.
"""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from saferplymouth.framework import COUNT, Breakdown, Indicator, SmallCounts
from saferplymouth.sources import origin
from saferplymouth.sources.statuses import HIDDEN, REVISED
from saferplymouth.statistics.measures import NONE, Target, ToDate, Year

STAND_IN = 1.0  # a count that every rule hides
MARK = "[c]"
WITHHELD = "its sender hides it, or a figure that it depends on"
FIGURES = ("this", "last", "change", "percent", "cumulative", "cumulative_last", "distance")


def is_small(values: pd.Series | float, indicator: Indicator) -> pd.Series | bool:
    """Whether a count of an indicator, or which of its counts, must be hidden."""
    return indicator.small.hides(values) & indicator.sensitive


def with_stand_ins(observed: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """An indicator's series with a count in the place of each that its sender hides, so that
    whatever would rest on it is found; `suppress` takes them out. A level has none: no other figure
    rests on it.
    """
    if indicator.is_level:
        return observed
    theirs = observed["status"] == HIDDEN
    return observed.assign(value=observed["value"].mask(theirs, STAND_IN))


def suppress(year: Year, observed: pd.DataFrame) -> tuple[Year, pd.DataFrame]:
    """`year` and `observed` (the indicator's whole series by period) as they may be published.

    Hidden figures are NaN. In `year.frame` each of `FIGURES` has a companion column of truth
    values, `this_hidden` and so on, and `observed` a column `hidden`. In `to_date` and `target` NaN
    means hidden and None, as before, no data. A hidden figure loses its sender's note, which could
    reveal it, and every status but that its sender hides it. Raises ValueError for a sensitive
    percentage, which this rule does not protect.
    """
    if year.indicator.sensitive and year.indicator.unit != COUNT:
        name = year.indicator.name
        raise ValueError(f"{name} is a sensitive percentage: publish the counts behind it instead")
    hidden = is_small(observed["value"], year.indicator) | (observed["status"] == HIDDEN)
    series = _blank(observed, hidden).assign(hidden=hidden)
    frame = _frame(year)
    level = year.indicator.is_level
    to_date, target = year.to_date, year.target
    if to_date is not None:
        to_date = (_level_to_date if level else _to_date)(to_date, frame)
    target = target if target is None or level else _target(target, frame)
    return replace(year, frame=frame, to_date=to_date, target=target), series


def suppress_groups(
    groups: pd.DataFrame, indicator: Indicator, whole: pd.DataFrame
) -> pd.DataFrame:
    """The figures of an indicator's groups (`observations.by_group`) that may be published, with a
    column `hidden`. `whole` is the indicator's protected series.
    """
    own = is_small(groups["value"], indicator) | (groups["status"] == HIDDEN)
    alone = [breakdown.key for breakdown in _without_total(indicator)]
    also = groups.index.isin(whole.index[whole["hidden"]])
    together = (own | also).groupby([groups.index, groups["breakdown"]]).transform("any")
    together = together.astype(bool)
    if indicator.rounds:
        together |= _narrowed(groups, whole, indicator.small)
    hidden = own | (together & ~groups["breakdown"].isin(alone))
    return _blank(groups, hidden).assign(hidden=hidden)


def are_hidden(everything: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.Series:
    """Which observations of many indicators are hidden, or would reveal one that is."""
    own = everything["status"] == HIDDEN
    for rule, keys in _rules(indicators).items():
        own |= everything["indicator"].isin(keys) & rule.hides(everything["value"])
    alone = [(key, b.key) for key, i in indicators.items() for b in _without_total(i)]
    parts = (everything["breakdown"] != "") & ~_pairs(everything).isin(alone)
    once = [everything[name] for name in ("indicator", "period", "received")]
    total = (own & (everything["breakdown"] == "")).groupby(once).transform("any")
    together = own.groupby([*once, everything["breakdown"]]).transform("any")
    return own | (parts & (total | together))


def with_small_counts_replaced(
    everything: pd.DataFrame, indicators: Mapping[str, Indicator]
) -> pd.DataFrame:
    """Observations of many indicators (`observations.received`) with 1 for each hidden count that
    has come, and the others rounded where the framework says so.

    Also for digests that an edition publishes: that of a table with one unknown count of 1 to 4 is
    solved by trying four tables. A page depends on no more than this, so it changes whenever a page
    must.
    """
    hidden = are_hidden(everything, indicators)
    values = everything["value"].mask(hidden & everything["value"].notna(), STAND_IN)
    shown = _blank(everything, hidden).assign(value=values)
    for rule, keys in _rules(indicators).items():
        if rule.round_to > 1:
            shown = _rounded(shown, shown["indicator"].isin(keys), hidden, rule)
    return shown


def reasons(indicator: Indicator, hidden: pd.Series, status: pd.Series) -> set[str]:
    """Why some of an indicator's figures are hidden: small counts, `WITHHELD`, or both."""
    theirs = hidden & (status == HIDDEN)
    small = indicator.sensitive and (hidden & ~theirs).any()
    why = {f"it would reveal a count of {indicator.small.words}"} if small else set()
    return why | ({WITHHELD} if theirs.any() else set())


def of_year(year: Year) -> set[str]:
    """The `reasons` for which figures of a protected year are hidden."""
    parts = [year.frame[[f"{of}_hidden", f"{of}_status"]] for of in ("this", "last")]
    both = pd.concat([part.set_axis(["hidden", "status"], axis="columns") for part in parts])
    return reasons(year.indicator, both["hidden"], both["status"])


def hides_small(year: Year) -> bool:
    """Whether a protected year has a hidden count that is small, rather than hidden by its
    sender.
    """
    return bool(of_year(year) - {WITHHELD})


def hides_total(year: Year) -> bool:
    """Whether the year to date of a protected year is hidden, rather than unknown."""
    return year.to_date is not None and bool(pd.isna(year.to_date.this))


def hides_change(year: Year) -> bool:
    """Whether the change of the year to date is hidden, for either year's sake."""
    change = None if year.to_date is None else year.to_date.change
    return change is not None and bool(pd.isna(change))


def total_between(year: Year) -> tuple[float, float] | None:
    """The lowest and highest possible year to date, given what is shown; or None. Where a sender
    hides a figure, the highest is infinite.
    """
    return None if year.to_date is None else _between(year, year.to_date.periods)


def distance_between(year: Year) -> tuple[float, float] | None:
    """The least and the most that the distance to target can be; None without a target."""
    if year.target is None or pd.isna(year.target.level):
        return None
    low, high = _between(year, year.frame.loc[: year.target.period].index)
    return low - year.target.level, high - year.target.level


def sources(everything: pd.DataFrame, indicators: Mapping[str, Indicator]) -> list[str]:
    """The returns that contain a count that is hidden or rounded, by path within `data/raw`; their
    digests would reveal it.
    """
    rounded = everything["indicator"].isin([key for key, i in indicators.items() if i.rounds])
    secret = are_hidden(everything, indicators) | rounded
    held = everything[secret & everything["value"].notna()]
    return sorted({f"{row.received}/{origin(row.source).file}" for row in held.itertuples()})


def _rules(indicators: Mapping[str, Indicator]) -> dict[SmallCounts, list[str]]:
    """The keys of the sensitive indicators, by their rule."""
    rules: dict[SmallCounts, list[str]] = {}
    for key, indicator in indicators.items():
        if indicator.sensitive:
            rules.setdefault(indicator.small, []).append(key)
    return rules


def _rounded(
    shown: pd.DataFrame, mine: pd.Series, hidden: pd.Series, rule: SmallCounts
) -> pd.DataFrame:
    """The observations with `mine` rounded, without their intervals, which are of the exact counts;
    they are revised only where that is seen.
    """
    values = shown["value"].mask(mine & ~hidden, rule.rounded(shown["value"]))
    ordered = shown.assign(value=values)[mine].sort_values("received", kind="stable")
    of = [ordered[name] for name in ("indicator", "period", "breakdown", "group")]
    before = ordered["value"].groupby(of).shift()
    seen = (before.notna() & (before != ordered["value"])).groupby(of).cummax() | before.isna()
    unseen = ~seen.reindex(shown.index, fill_value=True) & (shown["status"] == REVISED)
    ends = shown[shown.columns.intersection(["low", "high"])].mask(mine)
    return shown.assign(value=values, status=shown["status"].mask(unseen, ""), **ends)


def _narrowed(groups: pd.DataFrame, whole: pd.DataFrame, rule: SmallCounts) -> pd.Series:
    """The groups of breakdowns whose rounded figures tell more of each other than rounding does."""
    low, high = rule.before_rounding(groups["value"])
    least, most = rule.before_rounding(whole["value"].reindex(groups.index))
    of = [groups.index, groups["breakdown"]]
    lowest, highest = (ends.groupby(of).transform("sum") for ends in (low, high))
    total = (lowest > least) | (highest < most)
    group = (least - (highest - high) > low) | (most - (lowest - low) < high)
    return (total | group).groupby(of).transform("any")


def _without_total(indicator: Indicator) -> list[Breakdown]:
    return [breakdown for breakdown in indicator.breakdowns.values() if not breakdown.adds_up]


def _pairs(everything: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(everything[["indicator", "breakdown"]])


def _between(year: Year, covered: pd.PeriodIndex) -> tuple[float, float]:
    rows, rule = year.frame.loc[covered], year.indicator.small
    shown, theirs = rows["this"].dropna(), rows["this_status"] == HIDDEN
    low, high = rule.before_rounding(shown) if year.indicator.rounds else (shown, shown)
    small = int((rows["this_hidden"] & ~theirs).sum())
    least, most = low.sum() + small * rule.fewest, high.sum() + small * rule.most
    return float(least), math.inf if theirs.any() else float(most)


def _blank(observed: pd.DataFrame, hidden: pd.Series) -> pd.DataFrame:
    if not hidden.any():
        return observed.copy()
    numbers = observed.columns.intersection(["value", "numerator", "denominator", "low", "high"])
    blanked = observed.copy()
    blanked[numbers] = blanked[numbers].mask(hidden)
    if "note" in observed:
        blanked["note"] = blanked["note"].mask(hidden, "")
    return blanked.assign(status=_left(observed["status"], hidden))


def _left(status: pd.Series, hidden: pd.Series) -> pd.Series:
    """The statuses without those of the figures that are hidden here."""
    return status.mask(hidden & (status != HIDDEN), "")


def _frame(year: Year) -> pd.DataFrame:
    """The year's frame, hidden figures missing, with a companion column for each of `FIGURES`."""
    frame, indicator = year.frame, year.indicator
    this, last = (
        (is_small(frame[of], indicator) | (frame[f"{of}_status"] == HIDDEN)).to_numpy(bool)
        for of in ("this", "last")
    )
    come, come_last = frame["this"].notna() | this, frame["last"].notna() | last
    either = (this | last) & come & come_last
    so_far, so_far_last = (
        np.maximum.accumulate(hidden) & np.minimum.accumulate(there)
        for hidden, there in ((this, come.to_numpy()), (last, come_last.to_numpy()))
    )
    if indicator.is_level:  # the sender's own level to date stands
        so_far &= frame["cumulative"].isna().to_numpy()
        so_far_last &= frame["cumulative_last"].isna().to_numpy()
    marks = (this, last, either, either, so_far, so_far_last, so_far & frame["target"].notna())
    limits = {"low": this, "high": this, "last_low": last, "last_high": last}
    columns = dict(frame.items())
    for name, hidden in (dict(zip(FIGURES, marks, strict=True)) | limits).items():
        columns[name] = np.where(hidden, NONE, columns[name])
        columns[f"{name}_hidden"] = hidden
    for name, hidden in (("this_status", this), ("last_status", last)):
        if hidden.any():
            columns[name] = _left(columns[name], hidden)
    return pd.DataFrame(columns | {"rate_hidden": this}, index=frame.index)


def _to_date(to_date: ToDate, frame: pd.DataFrame) -> ToDate:
    covered = frame.index.isin(to_date.periods)
    this, last = (bool(frame[f"{of}_hidden"][covered].any()) for of in ("this", "last"))
    last = last and to_date.last is not None
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
        interval=None if this else to_date.interval,
        theirs=to_date.theirs and not this,
        meets=None,
    )


def _level_to_date(to_date: ToDate, frame: pd.DataFrame) -> ToDate:
    """A level to date rests on no hidden figure; the one a year before may be hidden."""
    of = "last" if len(to_date.periods) == 1 else "cumulative_last"
    if to_date.last is not None or not frame.loc[to_date.periods[-1], f"{of}_hidden"]:
        return to_date
    return replace(to_date, last=NONE, change=NONE)


def _target(target: Target, frame: pd.DataFrame) -> Target:
    if not frame.loc[target.period, "cumulative_hidden"]:
        return target
    return replace(target, actual=NONE, distance=NONE, pace=None if target.pace is None else NONE)
