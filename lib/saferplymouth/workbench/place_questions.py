"""Views that answer a board's questions about places: whether crime fell somewhere, and how the
district compares with others.
"""

import math
from typing import NamedTuple

import pandas as pd

from saferplymouth import periods
from saferplymouth.display import charts
from saferplymouth.display.tables import WORDS, Table
from saferplymouth.errors import NotReceived
from saferplymouth.framework import COUNT, RATE
from saferplymouth.indicators import words
from saferplymouth.indicators.evidence import FEWEST_MONTHS
from saferplymouth.indicators.findings import CANNOT_TELL, CHANCE, SIGNAL, by
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import (
    counted,
    during,
    inner,
    listed,
    number,
    span,
    stretches,
)
from saferplymouth.pages.places import district_rates, place_counts, provenance
from saferplymouth.pages.places.district_rates import CRIME, DistrictRates
from saferplymouth.pages.places.districts import WORDS as POSITIONS
from saferplymouth.pages.places.rank_table import rank_chart
from saferplymouth.statistics.intervals import beside_rest, compare, ratio_interval
from saferplymouth.statistics.measures import percent_change
from saferplymouth.workbench import street
from saferplymouth.workbench.view import Column, View, phrase, tabulate

ONE_OF_MANY = "Of twenty such comparisons, about one differs as much by chance"
NEAREST = 3  # districts named for having about as many residents


class Asked(NamedTuple):
    """A type of crime in a place of a kind, and its count by month (NaN for no complete file)."""

    crime: str
    kind: str
    counts: pd.Series

    @property
    def name(self) -> str:
        return f"{self.crime} in {self.counts.name}"


def change_at_place(project: Project, crime: str, place: str = "", kind: str = "") -> View:
    """Whether a type of crime rose or fell in a place, by the street files: the year to date beside
    last year's, over the months with a complete file in both; and beside the rest of its area.
    """
    if project.local_crime is None:
        why = "no street file has been received"
        return View("", project.month, phrase(f"{crime} in {place or 'the area'}: {why}"))
    counts = street.series(project, crime, place, kind)
    crime = street.known(crime, street.types(project), "type of crime")
    asked = Asked(crime, street.find(project, place, kind)[0], counts)
    calendar = project.framework.calendar
    year = calendar.year(project.month)
    to_date = pd.period_range(year.asfreq("M", "start"), project.month)
    two = {calendar.label(year - n): counts.reindex(to_date - 12 * n) for n in (0, 1)}
    years = pd.DataFrame({label: part.to_numpy() for label, part in two.items()}, to_date)
    both = years.dropna().index
    if not len(both):
        return _too_early(project, asked, to_date - 12)
    heading, basis = _on_last_year(project, asked.name, years.loc[both])
    lacks = to_date.difference(both)
    left_out = f"Left out of both years: {listed(stretches(lacks))}" if len(lacks) else ""
    left_out += ", because one has no complete street file of it" if left_out else ""
    rest = _beside_rest(project, asked, both, both - 12)
    lines = phrase(heading, basis, rest, [left_out, street.OWN_USE], _doubts(project))
    drawn = years.iloc[:, ::-1].dropna(axis="columns", how="all")
    chart = charts.lines_chart(drawn, heading, f"{asked.name} each month", COUNT)
    this, last = years.columns
    columns = {label: Column(years[label], COUNT) for label in years}
    columns["Change"] = Column(years[this] - years[last], COUNT, signed=True)
    return View("", project.month, lines, chart, _by_month(columns, to_date, asked.name))


def _on_last_year(project: Project, name: str, years: pd.DataFrame) -> tuple[str, list[str]]:
    """The change on last year with its interval, and how strong it is."""
    found = compare(*(years[label].astype(int).tolist() for label in years))
    before = f"{number(found.b)} in the same months of {years.columns[1]}"
    basis = [f"There were {number(found.a)} {during(years.index)}, compared with {before}"]
    if not found.a and not found.b:
        return f"{name}: none, {span(years.index)}, and none a year before", basis
    ends = (found.low, found.high) if found.ratio else ratio_interval(found.a, found.b)
    strong = CANNOT_TELL if len(years) < FEWEST_MONTHS else _strength(*ends)
    basis.append(f"Change on last year, {_interval(*ends)}")
    if strong == SIGNAL:
        basis.append(ONE_OF_MANY)
    small_base = project.framework.partnership.small_base
    size = by(found.change, percent_change(found.change, found.b, small_base), COUNT)
    return f"{name} {size if found.change else 'unchanged'}, {span(years.index)}: {strong}", basis


def _too_early(project: Project, asked: Asked, wanted: pd.PeriodIndex) -> View:
    """What can be said without a street file of last year: the latest months and those before."""
    known = asked.counts.dropna()
    half = len(known) // 2
    heading = f"{asked.name}: {CANNOT_TELL} whether it has changed"
    why = "No month of the year to date has a complete street file in both years"
    cure = f"To compare with last year, put the street files of {span(wanted)} in a drop"
    if not half:
        return View("", project.month, phrase(heading, [why, cure], _doubts(project)))
    later, earlier = known.index[-half:], known.index[-2 * half : -half]
    totals = [f"{number(known[part].sum())} {during(part)}" for part in (later, earlier)]
    basis = f"There were {totals[0]}, compared with {totals[1]}: that may be the season"
    rest = _beside_rest(project, asked, later, earlier)
    lines = phrase(heading, [why, basis], rest, [cure, street.OWN_USE], _doubts(project))
    drawn = asked.counts.rename(asked.crime).to_frame()
    chart = charts.lines_chart(drawn, heading, f"{asked.name} each month", COUNT, years=True)
    columns = {"Count": Column(asked.counts, COUNT)}
    return View("", project.month, lines, chart, _by_month(columns, drawn.index, asked.name))


def _beside_rest(
    project: Project, asked: Asked, later: pd.PeriodIndex, earlier: pd.PeriodIndex
) -> list[str]:
    """How the place changed beside the rest of its area, which shares the season with it."""
    whole = street.series(project, asked.crime)
    if asked.kind == street.DISTRICT:
        every = street.counts(project, asked.crime, street.DISTRICT)
        whole = every.sum(axis="columns").rename("the force’s area")
    months = later.append(earlier)
    place, rest = asked.counts[months], (whole - asked.counts)[months]
    after, before = (number(rest[part].sum()) for part in (later, earlier))
    others = f"In the rest of {whole.name} there were {after}, compared with {before}"
    found = beside_rest(place, rest, months.isin(later))
    if found is None or len(later) < FEWEST_MONTHS:
        return [others]
    ratio, *ends = found
    beside = f"Beside the rest, {place.name} had {_change(ratio)}: {_strength(*ends)}"
    many = [ONE_OF_MANY] if _strength(*ends) == SIGNAL else []
    return [others, beside, _interval(*ends), *many]


def _strength(low: float, high: float) -> str:
    """How strong a change is whose ratio has this interval."""
    return CHANCE if low <= 1 <= high else SIGNAL


def _interval(low: float, high: float) -> str:
    return f"95% confidence interval: from {_change(low)} to {_change(high)}"


def _change(ratio: float) -> str:
    """A ratio of two counts as a change: `a fall of 12%`."""
    if math.isinf(ratio):
        return "a rise of any size"
    change = 100 * (ratio - 1)
    return f"a {words.kind(change)} of {words.percent(change)}" if change else "no change"


def _by_month(columns: dict[str, Column], months: pd.PeriodIndex, name: str) -> Table:
    return tabulate(columns, {month: periods.words(month) for month in months}, name, "Month")


def _doubts(project: Project) -> list[str]:
    return provenance.doubtful(project.local_crime, project.month)


def similar_districts(project: Project, crime: str = "") -> View:
    """The district's rate of a type of crime, or of all, beside similar areas; or, where the
    framework names none, beside the districts of its force.
    """
    year = project.framework.calendar.year(project.month)
    try:
        local = place_counts.local(project)
    except NotReceived as error:
        return View("", project.month, phrase(f"No districts to compare: {error}"))
    about = local.local_crime, local.months, year
    alike, lacking = district_rates.similar(*about)
    group = alike or district_rates.beside(*about)
    if group is None:
        why = district_rates.why_not(local.local_crime, year)
        return View("", project.month, phrase(f"No districts to compare: {why}"))
    types = [street.EVERY_CRIME, *(each for each in group.types if each != CRIME)]
    if crime in street.types(project) and crime not in types:
        return View("", project.month, phrase(f"{crime}: none in the files of {local.when}"))
    crime = street.known(crime or street.EVERY_CRIME, types, "type of crime")
    crime = CRIME if crime == street.EVERY_CRIME else crime
    if group.hides(crime, group.own) or group.alone(crime):
        small = local.local_crime.street.small.words
        heading = f"{crime} in {group.own} is not compared: a month had {small} of a sensitive type"
        return View("", project.month, phrase(heading))
    frame = district_rates.standings(group, crime, local.months)
    mine, places = frame.loc[group.own], "similar areas" if alike else "districts"
    had = f"{crime} in {group.own}: {words.rate(mine['rate'])} per 1,000 residents, {local.when}"
    position = POSITIONS[mine["position"]]
    rank = district_rates.ranked(frame, group.own, places)
    heading = f"{had}: {rank}{f', {position}' if position else ''}"
    clear = [mine["best"] - 1, len(frame) - mine["worst"]]
    apart = f"Higher by their 95% confidence intervals: {counted(clear[0], 'other')}"
    apart += f"; lower: {clear[1]}"
    usual = place_counts.usual_range(frame, frame["rate"], places, "per 1,000")
    who = [f"{name} is not among them: {why}" for name, why in lacking.items()]
    if hidden := [name for name in group.residents.index if group.hides(crime, name)]:
        why = f"a sensitive type had {local.local_crime.street.small.words} in a month"
        who.append(f"Left out, because {why}: {listed(hidden)}")
    who += [] if alike else _of_force(group, bool(lacking))
    lines = phrase(heading, [apart, usual], who, _doubts(project))
    per = f"Per 1,000 residents at mid-{group.year}, {local.when}"
    alt = f"{heading}. {charts.FOLLOWS}"
    chart = rank_chart(frame, f"{crime} by district", per, alt, own=group.own)
    return View("", project.month, lines, chart, _ranked(group, frame, f"{crime}: {inner(per)}"))


def _of_force(group: DistrictRates, named: bool) -> list[str]:
    """That these are the districts of the force, and how to name similar ones."""
    others = group.residents.drop(group.own)
    nearest = (others - group.residents[group.own]).abs().sort_values().index[:NEAREST]
    cure = "To name similar areas, see “similar” under [street] in docs/framework.md"
    residents = f"Nearest in residents are {listed([*nearest])}"
    return ["These are the districts of the force", residents, *([] if named else [cure])]


def _ranked(group: DistrictRates, frame: pd.DataFrame, caption: str) -> Table:
    """Each district with its residents, its rate and its interval, the highest rate first."""
    columns = {
        "Residents": Column(group.residents[frame.index], COUNT),
        "Incidents": Column(frame["count"], COUNT),
        "Per 1,000": Column(frame["rate"], RATE),
        "95% interval from": Column(frame["low"], RATE),
        "95% interval to": Column(frame["high"], RATE),
    }
    if not place_counts.uncalled(frame):
        columns["Usual from"] = Column(frame["floor"], RATE)
        columns["Usual to"] = Column(frame["ceiling"], RATE)
        columns["Position"] = Column(frame["position"].str.capitalize(), WORDS)
    return tabulate(columns, {name: name for name in frame.index}, caption, "District")
