"""Views of one indicator by place, from the street files: which places are unusually high?"""

import pandas as pd

from saferplymouth.display import charts
from saferplymouth.display.maps import area_map
from saferplymouth.display.place_charts import spread_chart
from saferplymouth.display.tables import WORDS, Table
from saferplymouth.framework import ALL_CRIME, COUNT, PERCENT
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import capital, counted, inner, listed, per, quantity
from saferplymouth.pages.places import provenance
from saferplymouth.pages.places.above_expected import foremost, unremarkable, whose_residents
from saferplymouth.pages.places.place_counts import (
    PlaceCounts,
    at_place,
    named,
    uncalled,
    usual_range,
)
from saferplymouth.statistics import populations
from saferplymouth.statistics.funnels import ABOVE
from saferplymouth.workbench import series
from saferplymouth.workbench.over_time import cannot
from saferplymouth.workbench.view import Column, View, phrase, tabulate

THOUSAND = 1000  # the size of a place that has its residents counted is in thousands
NEIGHBOURHOOD, WARD, SMALL_AREA = KINDS_OF_PLACE = ("neighbourhood", "ward", "small area")


def by_place(
    project: Project, key: str, place: str = NEIGHBOURHOOD, year: str | None = None
) -> View:
    """The street files' count of an indicator by kind of place, in a financial year."""
    e = series.chosen(project, key)
    if place not in KINDS_OF_PLACE:
        raise LookupError(f"'{place}' is not a kind of place; use {', '.join(KINDS_OF_PLACE)}")
    there = years(project)
    why = _uncounted(e, project, there)
    if why:
        return cannot(project, e, why, _offered(project))
    label = year or list(there)[-1]
    if label not in there:
        have = f"there are some for {listed(list(there))}"
        raise LookupError(f"there are no street files for '{label}'; {have}")
    local_crime, of = project.local_crime, e.indicator.held_against
    cells = local_crime.local[local_crime.local["month"].isin(there[label].astype(str))]
    year = project.framework.calendar.year(there[label][0])
    local = PlaceCounts(local_crime, there[label], cells, populations.opening(year))
    mine = local.crimes if of == ALL_CRIME else cells[cells["type"] == of]
    if place == SMALL_AREA:
        return _mapped(project, e, local, mine)
    return _spread(project, e, local, mine, place)


def years(project: Project) -> dict[str, pd.PeriodIndex]:
    """The months with street files of each financial year that has some, by its label."""
    calendar, local_crime = project.framework.calendar, project.local_crime
    years: dict[str, list[pd.Period]] = {}
    for month in local_crime.months[local_crime.months <= project.month] if local_crime else []:
        years.setdefault(calendar.label(calendar.year(month)), []).append(month)
    return {label: pd.PeriodIndex(own) for label, own in years.items()}


def _uncounted(e: Evidence, project: Project, there: dict) -> str:
    """Why an indicator cannot be shown by place; empty where it can."""
    i = e.indicator
    if i.worked_out:
        return "worked out from whole neighbourhoods, so it has no figures by place"
    if not i.held_against:
        return "no counts by place have been received"
    if i.sensitive or i.held_against in project.framework.street.sensitive_types:
        return "not shown by place, because many places have too few to publish"
    return "" if there else "no street file has been received"


def _offered(project: Project) -> str:
    there, every = years(project), project.evidence.values()
    names = [e.indicator.name for e in every if there and not _uncounted(e, project, there)]
    return f"The street files count {listed(names)} by place" if names else ""


def _spread(
    project: Project, e: Evidence, local: PlaceCounts, cells: pd.DataFrame, place: str
) -> View:
    spread, what = local.spread(cells, place), inner(e.indicator.name)
    above = at_place(spread, ABOVE)
    beyond = f"unusually high {what}, {local.when}"
    heading = f"No {place} had {beyond}"
    if uncalled(spread):
        heading = f"{e.indicator.name} differs widely between {place}s, {local.when}"
    if above:
        heading = f"{capital(counted(len(above), place))} had {beyond}: {foremost(above)}"
    others = unremarkable(spread, place)
    basis = [
        usual_range(spread, spread["count"] / spread["exposure"], f"{place}s", local.unit),
        whose_residents(local),
    ]
    lines = phrase(heading, others, basis, _doubts(project))
    unit, size = "small area", spread["exposure"]
    if local.people_counted:
        unit = f"{e.indicator.rate_base:,} residents"
        size = spread["exposure"] / (e.indicator.rate_base / THOUSAND)
    rates = spread[["count", "low", "high"]].div(size, axis="index")
    rates = rates.rename(columns={"count": "value"}).assign(position=spread["position"])
    title, subtitle = f"{e.indicator.name} by {place}", f"Per {unit}, {local.when}"
    alt = f"{heading}. Each {place}. {charts.FOLLOWS}"
    level = {"level": spread["count"].sum() / size.sum(), "level_name": "Overall"}
    chart = spread_chart(rates, title, subtitle, alt, **level, limits="Limits")
    return View(e.indicator.key, project.month, lines, chart, _standing(e, local, spread, place))


def _doubts(project: Project) -> list[str]:
    """The months whose street file seems incomplete, left out or accepted."""
    return provenance.doubtful(project.local_crime, project.month)


def _standing(e: Evidence, local: PlaceCounts, spread: pd.DataFrame, place: str) -> Table:
    ordered = spread.sort_values("count", ascending=False, kind="stable")
    heads = {"Count": "count", "Expected": "expected"}
    if not uncalled(spread):
        heads |= {"Lower limit": "low", "Upper limit": "high"}
    columns = {head: Column(ordered[name], COUNT) for head, name in heads.items()}
    if not uncalled(spread):
        columns["Position"] = Column(ordered["position"].str.capitalize(), WORDS)
    names = local.local_crime.neighbourhood_names if place == NEIGHBOURHOOD else {}
    rows = {name: names.get(name, name) for name in ordered.index}
    caption = f"{capital(e.indicator.counted)} by {place}, {local.when}"
    return tabulate(columns, rows, caption, capital(place))


def _mapped(project: Project, e: Evidence, local: PlaceCounts, cells: pd.DataFrame) -> View:
    """The small areas on the map, and the share in the busiest tenth of them."""
    areas = local.small_areas.assign(own=cells.groupby("lsoa")["count"].sum()).fillna({"own": 0})
    b, what = local.busiest(cells), inner(e.indicator.name)
    heading, by_chance = f"No {what} with a place was recorded in {local.when}", ""
    if b:
        busiest = f"the busiest {b.areas} of {b.of} small areas"
        heading = f"{quantity(b.share, PERCENT)} of {what} was in {busiest}, {local.when}"
        by_chance = f"{quantity(b.by_chance, PERCENT)} is expected there by chance"
    lines = phrase(heading, by_chance, _doubts(project))
    unit, chart = capital(e.indicator.counted), None
    caption = f"{unit} by small area, {local.when}"
    rates = e.indicator.rate_base * areas["own"] / local.people[areas.index]
    residents = f"{per(e.indicator.rate_unit)} residents"
    outlines, geography = local.local_crime.outlines, local.local_crime.geography
    if outlines:
        most = named(list(areas.groupby("neighbourhood")["own"].sum().nlargest(3).index))
        alt = f"{heading}. Map. The neighbourhoods with the most are {most}. {charts.FOLLOWS}"
        wards = geography.large, geography.wards
        words = {"title": caption, "alt": alt, "unit": unit, "counts": True}
        words["called"] = dict(areas["name"])
        if local.people_counted:
            words |= {"unit": f"{unit} {residents}", "counts": False}
        values = rates if local.people_counted else areas["own"]
        chart = area_map(values, outlines, *wards, **words)
    ordered = areas.sort_values(["own", "name"], ascending=[False, True])
    columns = {"Count": Column(ordered["own"], COUNT)}
    if local.people_counted:
        columns[capital(residents)] = Column(rates[ordered.index], e.indicator.rate_unit)
    columns["Neighbourhood"] = Column(ordered["neighbourhood"], WORDS)
    table = tabulate(columns, dict(ordered["name"]), caption, "Small area")
    return View(e.indicator.key, project.month, lines, chart, table)
