"""Where crime happens: the map of small areas, how much lies in the busiest tenth, and the figures
of each area.
"""

import html

from saferplymouth.display import layout
from saferplymouth.display.layout import FIGURE, TEXT
from saferplymouth.display.maps import area_map
from saferplymouth.framework import ASB, PERCENT
from saferplymouth.indicators.words import counted, listed, number, quantity
from saferplymouth.pages.places.place_counts import CRIME, PlaceCounts, named
from saferplymouth.sources.geography import SMALL_AREAS, WARDS

WHAT = (
    "Each small area (LSOA) is drawn to hold about the same number of residents, from 1,000 to "
    "3,000; many more people "
    "are in some of them by day or by night than live there. A crime is shown at one of a fixed "
    "set of points near to "
    "where it happened."
)
MOST = 200  # small areas in the table: with more the page would be heavy
NO_MAP = "No boundaries have been received, so there is no map."


def finding(local: PlaceCounts) -> str:
    """How much of the crime lies in the busiest tenth, and how much would by chance."""
    b = local.busiest(local.crimes)
    if b is None:
        return f"No crime with a place was recorded in {local.when}"
    share, by_chance = (quantity(part, PERCENT) for part in (b.share, b.by_chance))
    there = (
        f"{share} of recorded crime was in the busiest {b.areas} of {b.of} small areas, "
        f"{local.when}"
    )
    return f"{there}; chance alone would put {by_chance} there"


def section(local: PlaceCounts) -> str:
    """The finding as a heading, the map, and the table of the small areas."""
    heading = f'<h2 id="where">{html.escape(finding(local))}</h2><p class="counted">{WHAT}</p>'
    return heading + _map(local) + _table(local)


def _map(local: PlaceCounts) -> str:
    geography, areas = local.ground.geography, local.small_areas
    held = geography.boundaries
    if not held.get(SMALL_AREAS):
        return f'<p class="missing">{NO_MAP}</p>'
    most = named(list(areas.groupby("neighbourhood")[CRIME].sum().nlargest(3).index))
    subtitle = f"{CRIME} by small area of {local.area}, {local.when}"
    figures = f"The figures are in the {'table' if len(areas) <= MOST else 'download'}."
    alt = (
        f"{finding(local)}. Map of {local.area}. The neighbourhoods with most are {most}. {figures}"
    )
    drawn = (held[SMALL_AREAS], held.get(WARDS, {}), geography.wards)
    chart = area_map(areas[CRIME], *drawn, subtitle=subtitle, alt=alt, unit="Crimes")
    missing = counted(len(chart.missing), "small area")
    absent = f"Not on the map, for no boundary has been received: {missing}."
    return str(chart.html) + (f'<p class="missing">{absent}</p>' if chart.missing else "")


def _table(local: PlaceCounts) -> str:
    every = local.small_areas.sort_values([CRIME, "name"], ascending=[False, True])
    head = {"Small area": TEXT, "Neighbourhood": TEXT, "Ward": TEXT, CRIME: FIGURE, ASB: FIGURE}
    body = [
        [*(html.escape(text) for text in _names(row)), number(row[CRIME]), number(row[ASB])]
        for row in every.head(MOST).to_dict("records")
    ]
    whole = len(every) <= MOST
    which = "each small area" if whole else f"the {MOST} small areas with most recorded crime"
    rest = (
        ""
        if whole
        else f'<p class="basis">{number(len(every) - MOST)} more are in the download.</p>'
    )
    table = layout.table(f"{CRIME} and {ASB.lower()} by small area, {local.when}", head, body)
    return (
        f"<details><summary>The figures of "
        f"{which}</summary>{table}{rest}{_unplaced(local)}</details>"
    )


def _names(row: dict) -> list[str]:
    """A small area's own name, which is kept on one line, and its neighbourhood's and ward's."""
    district, _, last = row["name"].rpartition(" ")
    return [f"{district}\u00a0{last}" if district else last, row["neighbourhood"], row["ward"]]


def _unplaced(local: PlaceCounts) -> str:
    """What the look-up and the files do not agree on."""
    names = local.ground.unplaced
    if not names:
        return ""
    told = (
        f"The look-up has no neighbourhood for {listed(names)}; their incidents are counted in "
        f"the whole only."
    )
    return f'<p class="missing">{html.escape(told)}</p>'
