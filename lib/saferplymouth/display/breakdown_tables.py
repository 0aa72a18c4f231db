"""Numbers to tables: the groups of an indicator's breakdowns, with their shares, beside the period
a year before.
"""

import pandas as pd

from saferplymouth import disclosure, periods
from saferplymouth.display.tables import Table, shown
from saferplymouth.framework import PERCENT, Breakdown
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.words import inner, kind_of
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
    there = [p for p in (latest, before) if p in mine.index]
    parts = [_columns(e, breakdown, p, calendar, small_base) for p in there]
    tidy = pd.DataFrame([row for part in parts for row in part], dtype=object)
    rows = dict(breakdown.groups) | ({TOTAL: "Total"} if breakdown.adds_up else {})
    caption = (
        f"{kind_of(e.indicator)} {e.indicator.counted}, by {inner(breakdown.name)}, "
        f"{periods.words(latest)}"
    )
    heads = {
        f"{what}{calendar.label(p)}": f"{what}{periods.words(p)}"
        for p in there
        for what in ("", SHARE)
    }
    return Table(tidy, caption, rows, breakdown.name, breakdown.adds_up, heads)


def _columns(
    e: Evidence, breakdown: Breakdown, period: pd.Period, calendar: Calendar, small_base: float
) -> list[dict]:
    """The rows of a tidy frame for one period: each group, and the total where the groups add up to
    one.
    """
    at = e.groups.loc[[period]]
    mine = at[at["breakdown"] == breakdown.key].set_index("group")
    label, unit, rows = calendar.label(period), e.indicator.scale, []
    total = e.observed["value"].get(period) if breakdown.adds_up else None
    figures = {group: mine["value"].get(group) for group in breakdown.groups}
    figures |= {TOTAL: total} if breakdown.adds_up else {}
    for group, value in figures.items():
        hidden = (
            bool(mine["hidden"].get(group, False))
            if group != TOTAL
            else bool(e.observed["hidden"].get(period))
        )
        missing = disclosure.MARK if hidden else "[x]"
        same = {
            "row": group,
            "period": label,
            "breakdown": breakdown.key,
            "group": group,
            "signed": False,
        }
        same |= {"made_from": (label,), "ours": False}
        known = dict(zip(("value", "shorthand"), shown(value, unit, "", missing), strict=True))
        rows.append(same | known | {"measure": label, "unit": unit})
        if breakdown.adds_up:
            share = measures.percent_change(value, total, small_base)
            why = "[u]" if known["value"] is not None and total == total else missing
            known = dict(zip(("value", "shorthand"), shown(share, PERCENT, "", why), strict=True))
            rows.append(same | known | {"measure": f"{SHARE}{label}", "unit": PERCENT})
    return rows
