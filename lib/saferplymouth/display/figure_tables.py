"""Chooses and builds the table of an indicator's figures: those of a year, or every one received
where they overlap.
"""

import pandas as pd

from saferplymouth import disclosure
from saferplymouth.display import tables
from saferplymouth.display.data_frames import Figures, of_table
from saferplymouth.display.tables import DOUBT, LIMITS, LOWER, UNSURE, UPPER, Table
from saferplymouth.framework import PERCENT
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.words import capital, length, subject
from saferplymouth.periods import Calendar
from saferplymouth.statistics.intervals import difference
from saferplymouth.statistics.measures import percent_change


def figure_table(e: Evidence, calendar: Calendar, small_base: float) -> Table:
    """The table of an indicator: periods down, and each figure with what follows from it across."""
    if e.indicator.overlaps and len(e.observed):
        return _every(e, calendar, small_base)
    return tables.year_table(e.year, calendar)


def figures(e: Evidence, calendar: Calendar, small_base: float) -> Figures:
    """The same as a data frame: see `data_frames.of_table`."""
    table, observed = figure_table(e, calendar, small_base), e.observed.index
    every = e.indicator.overlaps and len(observed)
    return of_table(table, observed.union(list(e.doubts)) if every else e.year.frame.index)


def _every(e: Evidence, calendar: Calendar, small_base: float) -> Table:
    """Every rolling year or pool received, each with the one that ended as it began."""
    observed, unit = e.observed, e.indicator.scale
    points, before = tables.difference_unit(unit), f"{capital(length(e.indicator))} earlier"
    limits = {LOWER: "low", UPPER: "high"} if observed["low"].notna().any() else {}
    heads = dict.fromkeys(("Figure", *limits, before), (unit, False)) | {"Change": (points, True)}
    heads |= {} if e.indicator.is_level else {"Change, %": (PERCENT, True)}
    cells, every = [], observed.index.union(list(e.doubts))
    targets = {p: e.indicator.target.get(calendar.label(calendar.year(p))) for p in every}
    if any(target is not None for target in targets.values()):
        heads |= {"Target": (unit, False), "Distance to target": (points, True)}
    for period in every:
        now, last = (observed["value"].get(p) for p in (period, period - 1))
        change = None if now is None or last is None else difference(now, last)
        share = percent_change(change, last, small_base)
        marks = [f"[{s}]" if s else "" for s in map(observed["status"].get, (period, period - 1))]
        unsure = UNSURE if UNSURE in marks else ""
        known, both = change is not None and change == change, [period, period - 1]
        target = targets[period][0] if isinstance(targets[period], tuple) else targets[period]
        aim = "[z]" if target is None else "[x]"
        distance = None if now is None or target is None else difference(now, target)
        shown = {  # the figure, what it is made from, why there is none, and its own mark
            "Figure": (now, [period], "[x]", marks[0]),
            before: (last, [period - 1], "[x]", marks[1]),
            "Change": (change, both, "[x]", unsure),
            "Change, %": (share, both, "[u]" if known else "[x]", unsure),
            "Target": (target, [period], aim, ""),
            "Distance to target": (distance, [period], aim, ""),
        }
        for limit, column in limits.items():
            shown[limit] = (observed[column].get(period), [period], "[x]", "")
        for measure, (measured, signed) in heads.items():
            value, of, missing, mark = shown[measure]
            ours = measure in ("Target", "Distance to target")
            if measure != "Target":
                missing = DOUBT if any(p in e.doubts for p in of) else missing
                missing = disclosure.MARK if any(map(observed["hidden"].get, of)) else missing
            labels = tuple(map(calendar.label, of))
            at = {"row": calendar.label(period), "period": labels[0], "made_from": labels}
            at |= {"measure": measure, "unit": measured, "signed": signed, "ours": ours}
            at |= {"breakdown": "", "group": "", "as_received": len(of) == 1}
            cells.append(at | tables.value_or_mark(value, measured, missing, mark))
    rows = {calendar.label(p): tables.heading(p, calendar) for p in every}
    what = f"{subject(e.indicator)} in {length(e.indicator)}, every {e.indicator.every}"
    caption = f"{what}. Neighbouring rows share months{LIMITS if limits else ''}"
    frame = pd.DataFrame(cells, dtype=object)
    return Table(frame, caption, rows, total=False, of=e.indicator.name)
