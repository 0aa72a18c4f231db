"""Makes the map of crime by small area, its table, and the share in the busiest tenth."""

from markupsafe import Markup

from saferplymouth.display import layout
from saferplymouth.display.layout import TEXT
from saferplymouth.display.maps import AreaMap, area_map
from saferplymouth.display.templates import fill
from saferplymouth.framework import ASB, PERCENT
from saferplymouth.indicators.words import capital, counted, listed, number, quantity
from saferplymouth.pages.places.place_counts import (
    CRIME,
    MARKS,
    RATE,
    PlaceCounts,
    named,
    origin_of_residents,
    rate_cells,
    residents,
)
from saferplymouth.pages.places.provenance import PUBLISHER
from saferplymouth.store import gap

ONS = "Office for National Statistics"
MOST = 200  # small areas in the table: with more the page would be heavy


def finding(local: PlaceCounts) -> str:
    """The share of crime in the busiest tenth of areas, and the share expected by chance."""
    b = local.busiest(local.crimes)
    if b is None:
        return f"No crime with a place was recorded in {local.when}"
    share, by_chance = (quantity(part, PERCENT) for part in (b.share, b.by_chance))
    had = f"{b.areas} of {b.of} small areas had {share} of recorded crime, {local.when}"
    return f"{had}; {by_chance} would be expected by chance"


def section(local: PlaceCounts) -> Markup:
    """The finding as a heading, the map, and the tables of small areas and of wards."""
    order = RATE if local.rated else CRIME
    areas = local.small_areas.sort_values([order, "name"], ascending=[False, True])
    others = f"boundaries{' and residents' if local.rated else ''}: {ONS}"
    more, map_, unrated = len(areas) - MOST, _map(local), int(areas[RATE].isna().sum())
    rows = [
        {
            "Small area": _name(row["name"]),
            "Neighbourhood": row["neighbourhood"],
            "Ward": row["ward"],
        }
        | _cells(local, row)
        for row in areas.head(MOST).to_dict("records")
    ]
    caption = f"{CRIME} and {ASB.lower()} by small area, {local.when}"
    most = f"the {MOST} small areas with the most recorded crime"
    kinds = {"Neighbourhood": TEXT, "Ward": TEXT}
    return fill(
        "neighbourhoods/map",
        finding=finding(local),
        map=map_ and map_.named("neighbourhoods-map", f"{PUBLISHER}; {others}"),
        missing=counted(len(map_.missing), "small area") if map_ else "",
        which=most if more > 0 else "each small area",
        table=layout.table(caption, rows, kinds=kinds, marks=MARKS),
        wards=_wards(local),
        **_groups(local),
        per=local.per if local.rated else "",
        residents=origin_of_residents(local) if local.rated else "",
        unrated=counted(unrated, "small area") if local.rated and unrated else "",
        more=number(more) if more > 0 else "",
        unplaced=local.local_crime.areas_without_neighbourhood,
    )


def _wards(local: PlaceCounts) -> Markup | str:
    """The totals of wards; nothing without a look-up."""
    rows = [
        {"Ward": name, "Small areas": number(row["areas"])} | _cells(local, row)
        for name, row in local.wards.to_dict("index").items()
    ]
    caption = f"{CRIME} and {ASB.lower()} by ward, {local.when}"
    return layout.table(caption, rows, marks=MARKS) if rows else ""


def _groups(local: PlaceCounts) -> dict[str, object]:
    """How many small areas, neighbourhoods and wards there are, how many small areas make a
    neighbourhood, and the names of both a neighbourhood and a ward.
    """
    sizes = local.small_areas.groupby("neighbourhood").size()
    least, most = sizes.min(), sizes.max()
    return {
        "area": local.area,
        "areas": number(len(local.small_areas)),
        "neighbourhoods": counted(len(sizes), "neighbourhood"),
        "each": f"{least} to {most}" if least < most else str(least),
        "wards_counted": counted(len(local.wards), "ward"),
        "both": sorted(sizes.index.intersection(local.wards.index)),
    }


def _map(local: PlaceCounts) -> AreaMap | None:
    geography, areas = local.local_crime.geography, local.small_areas
    outlines = local.local_crime.outlines
    if not outlines:
        return None
    most = named(list(areas.groupby("neighbourhood")[CRIME].sum().nlargest(3).index))
    alt = f"{finding(local)}. Map of {local.area}. The neighbourhoods with the most are {most}."
    subtitle, unit = local.when, "Crimes"
    if local.rated:
        subtitle, unit = f"{capital(local.per)}, {local.when}", "Crimes per 1,000 residents"
        highest = [_name(name) for name in areas.nlargest(3, RATE)["name"]]
        alt += f" The small areas with the highest rates are {listed(highest)}."
    priority = _priority(local)
    alt += f" The priority neighbourhoods are outlined: {named([*priority])}." if priority else ""
    return area_map(
        areas[RATE if local.rated else CRIME],
        outlines,
        geography.large,
        geography.wards,
        title=f"{CRIME} by small area of {local.area}",
        subtitle=subtitle,
        alt=f"{alt} The figures are in the {'table' if len(areas) <= MOST else 'download'}.",
        unit=unit,
        counts=not local.rated,
        called={c: f"{row['name']}, {row['neighbourhood']}" for c, row in areas.iterrows()},
        outlined=priority,
        outlines="Priority neighbourhoods",
        absent="No rate" if local.rated else "No figure",
    )


def _priority(local: PlaceCounts) -> dict[str, list[str]]:
    """The priority neighbourhoods with the codes of their small areas."""
    areas, places = local.small_areas, local.local_crime.street.priority_neighbourhoods
    each = ((place, gap.within(areas, [place])) for place in places)
    return {place: list(areas.index[inside]) for place, inside in each if inside.any()}


def _cells(local: PlaceCounts, row: dict) -> dict[str, str]:
    """The counts of a place and, where its residents are known, its rate, as cells."""
    cells = {CRIME: number(row[CRIME]), ASB: number(row[ASB])}
    return cells | (
        {"Residents": residents(row["people"])} | rate_cells(row) if local.rated else {}
    )


def _name(name: str) -> str:
    """A small area's own name, which is kept on one line."""
    return "\N{NO-BREAK SPACE}".join(part for part in name.rpartition(" ")[::2] if part)
