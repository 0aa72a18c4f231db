"""Which neighbourhoods have more crime than chance explains, and what of each type."""

import html

import pandas as pd

from saferplymouth import periods
from saferplymouth.display import layout
from saferplymouth.display.layout import FIGURE, LONG, TEXT
from saferplymouth.display.place_charts import spread_chart
from saferplymouth.framework import PERCENT, Street
from saferplymouth.indicators.words import capital, counted, number, quantity
from saferplymouth.pages.places.place_counts import CRIME, PlaceCounts, at_place, named, small_in
from saferplymouth.sources.geography import LOOKUP
from saferplymouth.statistics.funnels import ABOVE, BELOW

MOST = 5  # names in a heading
ONE_IN = "The band is where it would lie, but for one time in 500, were nothing but chance at work."
BY_AREAS = (
    "As the residents of each have not been received, a neighbourhood’s size is its number of "
    "small areas, and the "
    "band allows for residents that differ from the average by a fifth."
)
NO_TYPES = (
    "A sensitive type of crime had 1 to 4 in a month, so types are not shown: from the others it "
    "could be told."
)
UNPLACED = "not available: none of them lies in a small area of the look-up"
HIDDEN = "A neighbourhood is not named for a sensitive type of which it had 1 to 4 in a month."


def finding(local: PlaceCounts) -> str:
    """How many neighbourhoods have more crime than chance explains, and the first of them."""
    above = at_place(local.spread(local.crimes), ABOVE)
    if not above:
        return f"No neighbourhood had more recorded crime than chance explains, {local.when}"
    many = capital(counted(len(above), "neighbourhood"))
    return f"{many} had more recorded crime than chance explains: {foremost(above)}"


def foremost(places: list[str]) -> str:
    """The first of some places, and how many more there are."""
    more = len(places) - MOST
    return named(places if more <= 0 else [*places[:MOST], f"{more} more"])


def section(local: PlaceCounts, street: Street) -> str:
    """The finding as a heading, the chart and table of the neighbourhoods, and the table of
    types.
    """
    spread, sure = local.spread(local.crimes), f" {whose_residents(local)}"
    what = (
        f"Each neighbourhood is expected to have its share of all recorded crime by its size. "
        f"{ONE_IN}{sure}"
    )
    below = len(at_place(spread, BELOW))
    rest = len(spread) - below - len(at_place(spread, ABOVE))
    others = (
        f"{capital(counted(below, 'neighbourhood'))} had less than chance explains, and {rest} "
        f"were in line."
    )
    alt = (
        f"{finding(local)}. {others} Each neighbourhood beside its band. The figures are in the "
        f"table."
    )
    chart = spread_chart(
        _rates(spread), f"{_unit(local)} by neighbourhood, {local.when}", alt, **_level(spread)
    )
    heading = (
        f'<h2 id="beyond">{html.escape(finding(local))}</h2><p '
        f'class="counted">{html.escape(what)}</p>'
    )
    return f"{heading}<p>{others}</p>{chart.html}{_table(local, spread)}{_types(local, street)}"


def whose_residents(local: PlaceCounts) -> str:
    """Where the residents of neighbourhoods are from, or what stands for them."""
    if not local.ground.people_counted:
        return BY_AREAS
    drop = periods.words(periods.month(local.ground.geography.received[LOOKUP]))
    return (
        f"The residents are those of the look-up received in the drop of {drop}, which does not "
        f"name their year."
    )


def _unit(local: PlaceCounts) -> str:
    return f"{CRIME} per {'1,000 residents' if local.ground.people_counted else 'small area'}"


def _rates(spread: pd.DataFrame) -> pd.DataFrame:
    """Counts and bands by size, so that neighbourhoods of all sizes stand on one scale."""
    rates = spread[["count", "low", "high"]].div(spread["exposure"], axis="index")
    return rates.set_axis(["value", "low", "high"], axis="columns").assign(
        position=spread["position"]
    )


def _level(spread: pd.DataFrame) -> dict:
    return {
        "level": spread["count"].sum() / spread["exposure"].sum(),
        "level_name": "Overall",
        "limits": "Band",
    }


def _table(local: PlaceCounts, spread: pd.DataFrame) -> str:
    named = local.ground.neighbourhood_names
    head = {
        "Neighbourhood and wards": TEXT,
        CRIME: FIGURE,
        "Expected": FIGURE,
        "Band": FIGURE,
        "Position": TEXT,
    }
    body = [
        [
            html.escape(named[name]),
            number(row["count"]),
            number(row["expected"]),
            f"{number(row['low'])} to {number(row['high'])}",
            capital(row["position"]),
        ]
        for name, row in spread.sort_values("count", ascending=False, kind="stable").iterrows()
    ]
    table = layout.table(f"{CRIME} by neighbourhood, {local.when}", head, body)
    return f"<details><summary>The figures of each neighbourhood</summary>{table}</details>"


def _types(local: PlaceCounts, street: Street) -> str:
    """Each type: how many, how concentrated, and where there are more than chance explains."""
    if local.hides_types(street):
        return f'<p class="missing">{NO_TYPES}</p>'
    hidden, body = small_in(local.cells, "neighbourhood", street), []
    for kind, cells in local.cells.groupby("type"):
        b = local.busiest(cells)
        above = [
            n for n in at_place(local.spread(cells), ABOVE) if not hidden.get((kind, n), False)
        ]
        shares = (
            (quantity(b.share, PERCENT), quantity(b.by_chance, PERCENT)) if b else ("[x]", "[x]")
        )
        where = html.escape("; ".join(above)) if above else "None"
        body.append([html.escape(kind), number(cells["count"].sum()), *shares, where])
    head = {
        "Type": TEXT,
        "Incidents": FIGURE,
        "In the busiest tenth": FIGURE,
        "There by chance": FIGURE,
    }
    head |= {"Neighbourhoods above their band": LONG}
    note = f'<p class="basis">{HIDDEN}</p>' if hidden.any() else ""
    marks = {"[x]": UNPLACED} if any("[x]" in row for row in body) else {}
    return (
        layout.table(
            f"Types of crime and anti-social behaviour, {local.when}", head, body, marks=marks
        )
        + note
    )
