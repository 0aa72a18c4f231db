"""What changed in the latest three months, by type of crime and by neighbourhood."""

import html
from collections.abc import Mapping

import pandas as pd

from saferplymouth import periods
from saferplymouth.display import layout
from saferplymouth.display.layout import FIGURE, TEXT
from saferplymouth.framework import PERCENT, Framework
from saferplymouth.indicators.words import capital, inner, listed, moved, number, share, signed
from saferplymouth.pages.places import recent_changes
from saferplymouth.pages.places.place_counts import PlaceCounts, named
from saferplymouth.pages.places.recent_changes import BEYOND, Spans
from saferplymouth.store.local_crime import is_crime

TOO_FEW = (
    "There are too few months of street files to hold the latest three against any before them."
)
SEASONAL = "the same months a year before"
NOT_SEASONAL = (
    "the three months before, for there are no files for a year before; the season is not allowed "
    "for"
)
UNLIKELY = (
    "“More than chance” is a change that would come one time in 500 were nothing but chance and "
    "the ordinary variation "
    "of the months at work."
)
NOWHERE = "no neighbourhood of the look-up"
SMALL_BASE = {"[u]": "too small a base for a percentage"}


def finding(local: PlaceCounts, framework: Framework) -> str:
    """The types and neighbourhoods that changed by more than chance; empty where the months are too
    few.
    """
    both = recent_changes.spans(local.ground)
    if both is None:
        return ""
    by_type, by_place = map(recent_changes.beyond, _frames(local, both, framework))
    types = [f"{inner(kind)} {_moved(row)}" for kind, row in by_type.iterrows()]
    places = [f"crime in {name or NOWHERE} {_moved(row)}" for name, row in by_place.iterrows()]
    told = [text for text in (listed(types) if types else "", named(places)) if text]
    if not told:
        return f"No type of crime and no neighbourhood changed by more than chance, {both.words}"
    return f"{capital('; '.join(told))}, {both.words}"


def _moved(row: pd.Series) -> str:
    """What a sentence tells of a row of a frame: `rose by 61 (27%)`."""
    known = share(None if pd.isna(row["percent"]) else row["percent"])
    return f"{moved(row['change'])} by {number(abs(row['change']))}{known}"


def section(local: PlaceCounts, framework: Framework, odd: Mapping[pd.Period, int]) -> str:
    """The finding as a heading, and the two tables; `odd` are the months that are in question."""
    both = recent_changes.spans(local.ground)
    if both is None:
        return (
            f'<h2 id="changed">What changed cannot be told yet</h2><p class="missing">{TOO_FEW}</p>'
        )
    against = (
        f"The latest three months are held against {SEASONAL if both.seasonal else NOT_SEASONAL}."
    )
    heading = f'<h2 id="changed">{html.escape(finding(local, framework))}</h2>'
    types, places = _frames(local, both, framework)
    hidden = (
        f"<details><summary>Recorded crime by "
        f"neighbourhood</summary>{_table('Neighbourhood', places, both)}</details>"
    )
    typed = _table("Type", types, both) if len(types) else ""
    questioned = [periods.words(month) for month in (*both.before, *both.now) if month in odd]
    are = "is" if len(questioned) == 1 else "are"
    doubt = (
        f" {listed(questioned)} {are} in question: a fall or rise may lie in the data."
        if questioned
        else ""
    )
    return f'{heading}<p class="counted">{against} {UNLIKELY}{doubt}</p>{typed}{hidden}'


def _frames(
    local: PlaceCounts, both: Spans, framework: Framework
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What changed by type (nothing where types may not be shown) and by neighbourhood."""
    every, small_base = local.ground.local, framework.partnership.small_base
    typed = every.iloc[:0] if local.hides_types(framework.street) else every
    by_type = recent_changes.changes(typed, "type", both, small_base)
    return by_type, recent_changes.changes(
        every[is_crime(every)], "neighbourhood", both, small_base
    )


def _table(stub: str, frame: pd.DataFrame, both: Spans) -> str:
    now, before = (periods.words(span[0], span[-1]) for span in (both.now, both.before))
    head = {
        stub: TEXT,
        now: FIGURE,
        before: FIGURE,
        "Change": FIGURE,
        "Change, %": FIGURE,
        "Is it chance?": TEXT,
    }
    body = []
    for name, row in frame.iterrows():
        told, percent = capital(row["told"]), row["percent"]
        place = html.escape(name or f"In {NOWHERE}")
        body.append([place, number(row["now"]), number(row["before"]), signed(row["change"])])
        body[-1] += ["[u]" if pd.isna(percent) else f"{signed(percent, PERCENT)}%"]
        body[-1] += [f"<strong>{told}</strong>" if row["told"] == BEYOND else told]
    small = any("[u]" in row for row in body)
    return layout.table(f"{stub}: {both.words}", head, body, marks=SMALL_BASE if small else {})
