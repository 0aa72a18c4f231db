"""Finds neighbourhoods with unusually high crime, in all and by type, on a funnel plot."""

import pandas as pd
from markupsafe import Markup

from saferplymouth.display import layout
from saferplymouth.display.drawing import Chart
from saferplymouth.display.layout import LONG, TEXT
from saferplymouth.display.place_charts import spread_chart
from saferplymouth.display.templates import fill
from saferplymouth.framework import PERCENT, Street
from saferplymouth.indicators.words import capital, counted, number, quantity
from saferplymouth.pages.places.place_counts import (
    CRIME,
    MARKS,
    PlaceCounts,
    at_place,
    named,
    origin_of_residents,
    rate_cells,
    rates,
    small_in,
    uncalled,
    usual_range,
)
from saferplymouth.pages.places.provenance import PUBLISHER
from saferplymouth.statistics.funnels import ABOVE, BELOW

MOST = 5  # names in a heading
BY_AREAS = (
    "No population figures for neighbourhoods have been received, so size is the number of small "
    "areas. Populations are taken to differ from the average by a fifth."
)
UNPLACED = "not available: none of them is in a small area of the look-up"


def finding(local: PlaceCounts) -> str:
    """How many neighbourhoods have unusually high crime, and the first of them."""
    spread = local.spread(local.crimes)
    above = at_place(spread, ABOVE)
    if not above:
        none = f"No neighbourhood had unusually high recorded crime, {local.when}"
        if uncalled(spread):
            none = f"Recorded crime differs widely between neighbourhoods, {local.when}"
        most = spread["count"].idxmax()
        return f"{none}: the most was {number(spread['count'].max())}, in {most}"
    many = capital(counted(len(above), "neighbourhood"))
    return f"{many} had unusually high recorded crime: {foremost(above)}"


def foremost(places: list[str]) -> str:
    """The first of some places, and how many more there are."""
    more = len(places) - MOST
    return named(places if more <= 0 else [*places[:MOST], f"{more} more"])


def unremarkable(spread: pd.DataFrame, place: str) -> str:
    """How many places have unusually low levels, and how many are in line; empty where none can be
    called either.
    """
    if uncalled(spread):
        return ""
    less, more = (len(at_place(spread, where)) for where in (BELOW, ABOVE))
    if not less + more:
        return f"All {counted(len(spread), place)} were in line with the usual range"
    low = capital(counted(less, place)) if less else f"No {place}"
    return f"{low} had unusually low levels, and {len(spread) - less - more} were in line"


def section(local: PlaceCounts, street: Street) -> Markup:
    """The finding, the chart and table of neighbourhoods, and the table of types."""
    spread = local.spread(local.crimes)
    others = unremarkable(spread, "neighbourhood")
    hidden = small_in(local.cells, "neighbourhood", street)
    return fill(
        "neighbourhoods/standing",
        finding=finding(local),
        usual_range=usual_range(
            spread, spread["count"] / spread["exposure"], "neighbourhoods", local.unit
        ),
        residents=whose_residents(local),
        others=others,
        chart=_chart(local, spread, others).named("neighbourhoods-crime", PUBLISHER),
        table=_table(local, spread),
        types=None if local.hides_types(street) else _types(local, hidden),
        hidden=hidden.any(),
        small=street.small.words,
    )


def whose_residents(local: PlaceCounts) -> str:
    """The source of the neighbourhoods' populations, or what is used instead."""
    return origin_of_residents(local) if local.people_counted else BY_AREAS


def _chart(local: PlaceCounts, spread: pd.DataFrame, others: str) -> Chart:
    """Counts and limits divided by size, so that all are on one scale."""
    frame = spread[["count", "low", "high"]].div(spread["exposure"], axis="index")
    frame = frame.rename(columns={"count": "value"}).assign(position=spread["position"])
    beside = "Each neighbourhood with its usual range" if others else "Each neighbourhood"
    said = [finding(local), *([others] if others else []), beside, "The figures are in the table"]
    return spread_chart(
        frame,
        f"{CRIME} by neighbourhood",
        capital(f"{local.unit}, {local.when}"),
        f"{'. '.join(said)}.",
        level=spread["count"].sum() / spread["exposure"].sum(),
        level_name="Overall",
        limits="Usual range",
    )


def _table(local: PlaceCounts, spread: pd.DataFrame) -> Markup:
    names = local.local_crime.neighbourhood_names
    ordered = spread.sort_values("count", ascending=False, kind="stable")
    rated = rates(ordered["count"], 1000 * ordered["exposure"])
    rows = [
        {
            "Neighbourhood (and the wards it is in)": names[name],
            CRIME: number(row["count"]),
            **(rate_cells(rated.loc[name]) if local.people_counted else {}),
            "Expected": number(row["expected"]),
            **({} if uncalled(spread) else _of_group(row)),
        }
        for name, row in ordered.iterrows()
    ]
    return layout.table(
        f"{CRIME} by neighbourhood, {local.when}", rows, kinds={"Position": TEXT}, marks=MARKS
    )


def _of_group(row: pd.Series) -> dict[str, str]:
    usual = f"{number(row['low'])} to {number(row['high'])}"
    return {"Usual range": usual, "Position": capital(row["position"])}


def _types(local: PlaceCounts, hidden: pd.Series) -> Markup:
    rows = []
    types = local.cells.groupby("type")
    for kind, cells in types:
        b, above = local.busiest(cells), at_place(local.spread(cells, columns=len(types)), ABOVE)
        where = [name for name in above if not hidden.get((kind, name), False)]
        rows.append(
            {
                "Type": kind,
                "Incidents": number(cells["count"].sum()),
                "In the busiest tenth": quantity(b.share, PERCENT) if b else "[x]",
                "Expected by chance": quantity(b.by_chance, PERCENT) if b else "[x]",
                "Neighbourhoods above the usual range": "; ".join(where) or "None",
            }
        )
    caption = f"Types of crime and anti-social behaviour, {local.when}"
    kinds, marks = {"Neighbourhoods above the usual range": LONG}, {"[x]": UNPLACED}
    return layout.table(caption, rows, kinds=kinds, marks=marks)
