"""Makes the tables of change in the latest three months, by type and by neighbourhood."""

from collections.abc import Mapping

import pandas as pd
from markupsafe import Markup

from saferplymouth import periods
from saferplymouth.display import layout
from saferplymouth.display.layout import TEXT, Cell
from saferplymouth.display.templates import fill
from saferplymouth.framework import PERCENT, Framework
from saferplymouth.indicators.words import capital, inner, listed, moved, number, share, signed
from saferplymouth.pages.places import recent_changes
from saferplymouth.pages.places.place_counts import PlaceCounts, named
from saferplymouth.pages.places.recent_changes import BEYOND, Spans
from saferplymouth.store.local_crime import is_crime

NOWHERE = "no neighbourhood of the look-up"


def finding(local: PlaceCounts, framework: Framework) -> str:
    """What changed by more than usual variation; empty with too few months."""
    spans = recent_changes.spans(local.local_crime)
    if spans is None:
        return ""
    by_type, by_place = map(recent_changes.beyond, _frames(local, spans, framework))
    types = [f"{inner(kind)} {_moved(row)}" for kind, row in by_type.iterrows()]
    places = [f"crime in {name or NOWHERE} {_moved(row)}" for name, row in by_place.iterrows()]
    changed = ([listed(types)] if types else []) + ([named(places)] if places else [])
    none = "No type of crime and no neighbourhood changed by more than usual variation"
    return f"{capital('; '.join(changed)) or none}, {spans.words}"


def _moved(row: pd.Series) -> str:
    """`rose by 61 (27%)`"""
    known = share(None if pd.isna(row["percent"]) else row["percent"])
    return f"{moved(row['change'])} by {number(abs(row['change']))}{known}"


def section(local: PlaceCounts, framework: Framework, odd: Mapping[pd.Period, int]) -> Markup:
    """The finding as a heading, and the two tables; `odd` are the months that are in question."""
    spans = recent_changes.spans(local.local_crime)
    if spans is None:
        return fill("neighbourhoods/changed", spans=None)
    types, places = _frames(local, spans, framework)
    return fill(
        "neighbourhoods/changed",
        finding=finding(local, framework),
        spans=spans,
        odd=[periods.words(month) for month in (*spans.before, *spans.now) if month in odd],
        types=_table("Type", types, spans),
        places=_table("Neighbourhood", places, spans),
    )


def _frames(
    local: PlaceCounts, spans: Spans, framework: Framework
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What changed by type, where types may be shown, and by neighbourhood."""
    every, small_base = local.local_crime.local, framework.partnership.small_base
    typed = every.iloc[:0] if local.hides_types(framework.street) else every
    crimes = every[is_crime(every)]
    return (
        recent_changes.changes(typed, "type", spans, small_base),
        recent_changes.changes(crimes, "neighbourhood", spans, small_base),
    )


def _table(stub: str, frame: pd.DataFrame, spans: Spans) -> Markup:
    now, before = (periods.words(span[0], span[-1]) for span in (spans.now, spans.before))
    rows = []
    for name, row in frame.iterrows():
        known = pd.notna(row["percent"])
        rows.append(
            {
                stub: name or f"In {NOWHERE}",
                now: number(row["now"]),
                before: number(row["before"]),
                "Change": signed(row["change"]),
                "Change, %": f"{signed(row['percent'], PERCENT)}%" if known else "[u]",
                "Size of change": Cell(capital(row["verdict"]), strong=row["verdict"] == BEYOND),
            }
        )
    marks = {"[u]": "too small a base for a percentage"}
    kinds = {"Size of change": TEXT}
    return layout.table(f"{stub}: {spans.words}", rows, kinds=kinds, marks=marks)
