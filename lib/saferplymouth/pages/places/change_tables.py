"""Makes the findings and tables of change in the latest three months, by type and neighbourhood."""

from collections.abc import Mapping

import pandas as pd
from markupsafe import Markup

from saferplymouth import periods
from saferplymouth.display import layout
from saferplymouth.display.layout import TEXT, Cell
from saferplymouth.display.templates import fill
from saferplymouth.framework import COUNT, PERCENT
from saferplymouth.indicators.findings import by
from saferplymouth.indicators.words import capital, inner, listed, number, signed, spelt
from saferplymouth.pages.places.recent_changes import BEYOND, LEAST, Changes, beyond
from saferplymouth.statistics.surveillance import FALSE

NOWHERE = "no neighbourhood of the look-up"
MOST_TYPES, MOST_PLACES = 3, 2  # told by name, those whose change began last


def headline(changes: Changes) -> str:
    """How many types and neighbourhoods changed by more than usual variation."""
    of = {"type": changes.types, "neighbourhood": changes.places}
    numbers = {what: len(beyond(frame)) for what, frame in of.items()}
    many = [f"{spelt(n)} {what}{'s' * (n > 1)}" for what, n in numbers.items() if n]
    who = capital(listed(many)) if many else "No type of crime and no neighbourhood"
    return f"{who} changed by {BEYOND}, {changes.when}"


def findings(changes: Changes | None) -> list[str]:
    """What changed by more than usual variation, types first; empty with too few months."""
    if changes is None:
        return []
    types, places = beyond(changes.types), beyond(changes.places)
    told = [
        f"{capital(inner(row.Index).replace('drugs', 'drug offences'))} {_moved(row)}"
        for row in types.head(MOST_TYPES).itertuples()
    ]
    told += [
        f"Crime in {row.Index or NOWHERE} {_moved(row)}"
        for row in places.head(MOST_PLACES).itertuples()
    ]
    named = [f"{text}, {changes.when}: {BEYOND}" for text in told]
    return named if told and len(told) == len(types) + len(places) else [*named, headline(changes)]


def _moved(row: tuple) -> str:
    """`down 49% (186 fewer) on what was expected`, of a row of `recent_changes.Changes`."""
    change = by(row.change, None if pd.isna(row.percent) else row.percent, COUNT)
    return f"{change} on what was expected"


def section(changes: Changes | None, odd: Mapping[pd.Period, int]) -> Markup:
    """The headline, the findings and the two tables; `odd` are months in question."""
    if changes is None:
        return fill("neighbourhoods/changed", changes=None, least=LEAST)
    return fill(
        "neighbourhoods/changed",
        changes=changes,
        headline=headline(changes),
        findings=[text for text in findings(changes) if text != headline(changes)],
        editions=number(1 / FALSE),
        odd=[periods.words(month) for month in changes.months if month in odd],
        types=_table("Type", changes.types, changes.when),
        places=_table("Neighbourhood", changes.places, changes.when),
    )


def _table(stub: str, frame: pd.DataFrame, when: str) -> Markup:
    rows = [
        {stub: row.Index or f"In {NOWHERE}", when: number(row.now)} | _compared(row)
        for row in frame.itertuples()
    ]
    marks = {"[u]": "too small a base for a percentage", "[x]": "too few months to expect a figure"}
    kinds = {"Size of change": TEXT}
    caption = f"{stub}: {when} compared with what was expected"
    return layout.table(caption, rows, kinds=kinds, marks=marks)


def _compared(row: tuple) -> dict[str, str | Cell]:
    """The cells of a row that compare it with what was expected."""
    expected = change = percent = "[x]"
    if pd.notna(row.expected):
        expected, change = number(row.expected), signed(row.change)
        percent = "[u]" if pd.isna(row.percent) else f"{signed(row.percent, PERCENT)}%"
    since = f", since {periods.words(pd.Period(row.since, 'M'))}" if row.since else ""
    verdict = Cell(capital(row.verdict) + since, strong=row.verdict == BEYOND)
    cells = {"Expected": expected, "Difference": change, "Difference, %": percent}
    return cells | {"Size of change": verdict}
