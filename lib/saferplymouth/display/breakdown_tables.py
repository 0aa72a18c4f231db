"""Builds the tables of a breakdown: its groups and their shares, beside those of a year before."""

import pandas as pd

from saferplymouth import disclosure, periods
from saferplymouth.display.tables import LIMITS, LOWER, UPPER, Table, meanings, value_or_mark
from saferplymouth.framework import PERCENT, Breakdown
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.words import inner, subject
from saferplymouth.periods import Calendar
from saferplymouth.statistics import measures

TOTAL, SHARE = "total", "Share, "


def group_table(
    e: Evidence, breakdown: Breakdown, calendar: Calendar, small_base: float
) -> Table | None:
    """The latest figures of a breakdown and those of a year before; None where none has been
    received.

    A share is a group's part of its total in percent, left out on a total under `small_base`.
    """
    mine = e.groups[e.groups["breakdown"] == breakdown.key]
    if mine.empty:
        return None
    latest = mine.index[-1]
    before = latest - periods.FREQUENCIES[e.indicator.frequency]
    shown_periods = [p for p in (latest, before) if p in mine.index]
    cells, heads = [], {}
    limits = mine.loc[mine.index.isin(shown_periods), ["low", "high"]].notna().any(axis=None)
    for period in shown_periods:
        label, words = calendar.label(period), periods.words(period)
        cells += _cells(e, breakdown, period, label, small_base)
        heads |= {label: words, f"{SHARE}{label}": f"{SHARE}{words}"}
        if limits:
            cells += _limits(e, mine.loc[[period]], breakdown, label)
            heads |= {f"{end} {label}": f"{end}, {words}" for end in (LOWER, UPPER)}
    tidy = pd.DataFrame(cells, dtype=object)
    rows = dict(breakdown.groups) | ({TOTAL: "Total"} if breakdown.adds_up else {})
    caption = f"{subject(e.indicator)}, by {inner(breakdown.name)}"
    caption += f", {periods.words(latest)}{LIMITS if limits else ''}"
    words = meanings(_reasons(e, mine[mine.index.isin(shown_periods)]))
    of = e.indicator.name
    return Table(tidy, caption, rows, breakdown.name, breakdown.adds_up, heads, words, of)


def _reasons(e: Evidence, groups: pd.DataFrame) -> set[str]:
    """Why some of these groups, or of their totals, are hidden."""
    whole = e.observed[e.observed.index.isin(groups.index)]
    hidden, status = (pd.concat([groups[of], whole[of]]) for of in ("hidden", "status"))
    return disclosure.reasons(e.indicator, hidden, status)


def _limits(e: Evidence, at: pd.DataFrame, breakdown: Breakdown, label: str) -> list[dict]:
    """The cells of the intervals that the sender gives of each group in one period."""
    groups, every = [*breakdown.groups], at.set_index("group")[["low", "high", "hidden"]]
    if breakdown.adds_up:
        groups.append(TOTAL)
        whole = e.observed.reindex(at.index[:1], columns=every.columns).set_axis([TOTAL], axis=0)
        every = pd.concat([every, whole])
    hidden, cells = every["hidden"].eq(True), []
    for end, column in ((LOWER, "low"), (UPPER, "high")):
        for group in groups:
            missing = disclosure.MARK if hidden.get(group) else "[x]"
            same = {"row": group, "period": label, "made_from": (label,), "ours": False}
            same |= {"breakdown": breakdown.key, "group": group, "signed": False}
            figure = value_or_mark(every[column].get(group), e.indicator.scale, missing)
            same |= {"measure": f"{end} {label}", "unit": e.indicator.scale, "as_received": True}
            cells.append(same | figure)
    return cells


def _cells(
    e: Evidence, breakdown: Breakdown, period: pd.Period, label: str, small_base: float
) -> list[dict]:
    """The cells of one period: each group, and the total where the groups add up to one."""
    at = e.groups.loc[[period]]
    mine = at[at["breakdown"] == breakdown.key].set_index("group")
    values, hidden = mine["value"].to_dict(), mine["hidden"].to_dict()
    statuses = mine["status"].to_dict()
    groups, total = [*breakdown.groups], None
    if breakdown.adds_up:
        groups.append(TOTAL)
        total = values[TOTAL] = e.observed["value"].get(period)
        hidden[TOTAL] = e.observed["hidden"].get(period)
        statuses[TOTAL] = e.observed["status"].get(period)
    cells = []
    for group in groups:
        missing = disclosure.MARK if hidden.get(group) else "[x]"
        same = {"row": group, "period": label, "made_from": (label,), "ours": False}
        same |= {"breakdown": breakdown.key, "group": group, "signed": False, "as_received": True}
        mark = f"[{status}]" if (status := statuses.get(group)) else ""
        figure = value_or_mark(values.get(group), e.indicator.scale, missing, mark)
        cells.append(same | figure | {"measure": label, "unit": e.indicator.scale})
        if breakdown.adds_up:
            share = measures.percent_change(values.get(group), total, small_base)
            why = "[u]" if figure["value"] is not None and total == total else missing
            figure = value_or_mark(share, PERCENT, why)
            shared = {"measure": f"{SHARE}{label}", "unit": PERCENT, "as_received": False}
            cells.append(same | figure | shared)
    return cells
