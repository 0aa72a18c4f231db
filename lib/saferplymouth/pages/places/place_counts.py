"""Counts the street files of the financial year to date by place, for the pages on places."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from saferplymouth import periods
from saferplymouth.display import layout
from saferplymouth.errors import NotReceived
from saferplymouth.framework import ASB, Street
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import between, listed, number, rate, span
from saferplymouth.sources.place_tables import LOOKUP, PEOPLE
from saferplymouth.statistics import populations
from saferplymouth.statistics.funnels import UNCALLED, Busiest, busiest, funnel, middle_half
from saferplymouth.statistics.intervals import poisson_interval
from saferplymouth.store.local_crime import LocalCrime, is_crime

CRIME = "Recorded crime"
FEWEST_PEOPLE = 1000  # residents for a rate: the fewest that a small area is designed to have
RATE, LOW, HIGH = RATES = ("Per 1,000 residents", "low", "high")
UNKNOWN = "[u]"
MARKS = {UNKNOWN: "fewer than 1,000 residents, or not known how many: no base for a rate"}
UNSURE = 0.2  # assumed: the relative standard deviation of the residents of small areas


@dataclass(frozen=True)
class PlaceCounts:
    """The street files of the financial year so far, which opens in the calendar year `opens`: its
    `months`, and `cells`, the counts of them in the partnership's districts (see
    `local_crime.LocalCrime.local`).
    """

    local_crime: LocalCrime
    months: pd.PeriodIndex
    cells: pd.DataFrame
    opens: str

    @property
    def when(self) -> str:
        return span(self.months)

    @property
    def area(self) -> str:
        """The whole, named for all of the partnership's districts."""
        return listed(self.local_crime.street.districts)

    @cached_property
    def people(self) -> pd.Series:
        """The residents of each small area, NaN where not known."""
        return self.local_crime.people(self.opens)[1]

    @property
    def rated(self) -> bool:
        """Whether a small area has a rate, because its residents are known and are enough."""
        return bool((self.people >= FEWEST_PEOPLE).any())

    @property
    def per(self) -> str:
        """What a rate is of: `per 1,000 residents at mid-2022`."""
        return f"per 1,000 residents{f' at mid-{self.people_year}' if self.people_year else ''}"

    @property
    def unit(self) -> str:
        """What the count of a neighbourhood is compared by."""
        return self.per if self.people_counted else "per small area"

    @property
    def people_year(self) -> str:
        """The year of the residents' estimates; empty where the look-up counts them, or nothing."""
        return self.local_crime.people(self.opens)[0]

    @property
    def people_counted(self) -> bool:
        """Whether the residents of each small area are known."""
        return bool(self.people.notna().all())

    @cached_property
    def crimes(self) -> pd.DataFrame:
        """The cells of recorded crime: all but anti-social behaviour."""
        return self.cells[is_crime(self.cells)]

    @cached_property
    def small_areas(self) -> pd.DataFrame:
        """Each small area by code: name, neighbourhood, ward, people, crimes and incidents, and the
        rate of its crimes (see `rates`).
        """
        counts = {CRIME: self.crimes, ASB: self.cells[~is_crime(self.cells)]}
        summed = {name: self._by_area(cells) for name, cells in counts.items()}
        areas = self.local_crime.areas.assign(people=self.people, **summed)
        return areas.join(rates(areas[CRIME], areas["people"]))

    @cached_property
    def wards(self) -> pd.DataFrame:
        """Each ward by name, that with most crime first: its small areas, people (NaN unless known
        of all of them), crimes and incidents, and the rate of its crimes (see `rates`).
        """
        by, cells = self.small_areas.groupby("ward"), self.cells
        totals = pd.DataFrame({"areas": by.size(), "people": by["people"].sum(min_count=1)})
        totals["people"] = totals["people"].where(by["people"].count() == totals["areas"])
        for name, some in {CRIME: self.crimes, ASB: cells[~is_crime(cells)]}.items():
            totals[name] = some.groupby("ward")["count"].sum().reindex(totals.index, fill_value=0)
        totals = totals.drop(index="", errors="ignore").sort_values(CRIME, ascending=False)
        return totals.join(rates(totals[CRIME], totals["people"]))

    def _by_area(self, cells: pd.DataFrame) -> pd.Series:
        return (
            cells.groupby("lsoa")["count"].sum().reindex(self.local_crime.areas.index, fill_value=0)
        )

    def busiest(self, cells: pd.DataFrame) -> Busiest | None:
        """How much of some cells lies in the busiest tenth of the small areas."""
        return busiest(self._by_area(cells))

    def hides_types(self, street: Street) -> bool:
        """Whether a sensitive type has a small count in a month of the whole area, so that no type
        may be shown: from all of its crime and the other types that one could be worked out.
        """
        every = self.local_crime.local
        sensitive = every[every["type"].isin(street.sensitive_types)]
        months = sensitive.groupby(["type", "month"])["count"].sum()
        return bool(street.small.hides(months).any())

    def spread(
        self, cells: pd.DataFrame, of: str = "neighbourhood", columns: int = 1
    ) -> pd.DataFrame:
        """The count of some cells in each neighbourhood, or ward, as `funnels.funnel` has it by its
        residents or, where one's are not known, the number of its small areas; `columns` is how
        many such counts are told together.
        """
        areas, counted = self.local_crime.areas.assign(people=self.people), self.people_counted
        by = areas.groupby(of)
        size = by["people"].sum() / 1000 if counted else by.size().astype(float)
        counts = cells.groupby(of)["count"].sum().reindex(size.index, fill_value=0)
        unsure = 0.0 if counted else UNSURE / size.pow(0.5)
        return funnel(counts, size, unsure, len(size) * columns)


def local(project: Project) -> PlaceCounts:
    """What the street files say of the financial year of a project's month.

    Raises `NotReceived` where they say nothing of it: no complete file of the force has come for a
    month of that year.
    """
    local_crime, calendar = project.local_crime, project.framework.calendar
    if local_crime and local_crime.areas.empty and local_crime.misses_districts:
        districts = listed(local_crime.street.districts)
        raise NotReceived(f"no row of the street files or a look-up is in {districts}")
    months = local_crime.year_to(project.month, calendar) if local_crime else []
    if not len(months):
        year, month = calendar.label(calendar.year(project.month)), periods.words(project.month)
        cure = f"put {project.month}-{project.framework.street.force}-street.csv in a drop"
        raise NotReceived(
            f"no complete street file for {year} has been received by {month}; {cure}"
        )
    cells = local_crime.local[local_crime.local["month"].isin(months.astype(str))]
    return PlaceCounts(
        local_crime, months, cells, populations.opening(calendar.year(project.month))
    )


def rates(counts: pd.Series, people: pd.Series) -> pd.DataFrame:
    """The rate of each count per 1,000 of its people, and its exact Poisson 95% interval, as
    columns `RATES`; NaN where the people are not known or too few.
    """
    enough = people.where(people >= FEWEST_PEOPLE) / 1000
    ends = [
        (count / size, *poisson_interval(int(count), size)) if size == size else (math.nan,) * 3
        for count, size in zip(counts, enough, strict=True)
    ]
    return pd.DataFrame(ends, counts.index, list(RATES), dtype=float)


def rate_cells(row: Mapping[str, float]) -> dict[str, str]:
    """A rate and its interval, as cells of a table."""
    known = row[RATE] == row[RATE]
    interval = between(row[LOW], row[HIGH]) if known else UNKNOWN
    return {RATE: rate(row[RATE]) if known else UNKNOWN, "95% confidence interval": interval}


def origin_of_residents(local: PlaceCounts) -> str:
    """The source of the residents of small areas, and what to know of their year."""
    at, geography = local.people_year, local.local_crime.geography
    files = {of: file for of, file in geography.files.items() if of.startswith((LOOKUP, PEOPLE))}
    of = next(of for of in reversed(files) if at in of and of.startswith(PEOPLE if at else LOOKUP))
    drop = layout.drop(geography.received[files[of]])
    if not at:
        look_up = f"Populations are from the look-up in the drop for {drop}"
        return f"{look_up}, which does not give their year."
    said = f"Populations are estimates for mid-{at} by the Office for National Statistics, "
    said += f"from the drop for {drop}"
    old = ". They are over five years from {opens}, so rates mislead where people have moved."
    return said + (old.format(opens=local.opens) if populations.is_old(at, local.opens) else ".")


def at_place(position: pd.DataFrame, where: str) -> list[str]:
    """The places in a position of a funnel, those furthest from what is expected first."""
    found = position[position["position"] == where]
    ratio = found["count"] / found["expected"]
    return list(ratio.sort_values(key=lambda r: -(r - 1).abs(), kind="stable").index)


def uncalled(frame: pd.DataFrame) -> bool:
    """Whether the places of a funnel differ so widely that none is called above or below."""
    return bool((frame["position"] == UNCALLED).all())


def usual_range(frame: pd.DataFrame, rates: pd.Series, places: str, per: str) -> str:
    """What the usual range of some `places` allows for, and how often it is left by chance; or why
    there is none; empty without any place. `frame` has `between` and `position` of a funnel,
    `rates` what is compared, and `per` its unit.
    """
    if frame.empty:
        return ""
    differ = f"{100 * frame['between'].iloc[0]:.0f}%"
    if uncalled(frame):
        wide = f"The {places} differ by far more than chance (by about {differ})"
        half = middle_half(rates)
        half = f" The middle half have {between(*half)} {per}." if half else ""
        return f"{wide}, so none is called above or below a usual range.{half}"
    allows = f"The usual range allows for variation in counts: the {places} differ by no more."
    if frame["between"].iloc[0] > 0:
        allows = "The usual range allows for variation in counts and for how much the "
        allows += f"{places} differ (by about {differ})."
    return f"{allows} If none stood out, one chart in 200 would still have one outside its range."


def residents(people: float) -> str:
    """How many people live somewhere, as a cell."""
    return number(people) if people == people else UNKNOWN


def named(places: Sequence[str]) -> str:
    """Places as a list in a sentence, with semicolons because names may contain commas."""
    return "".join(places) if len(places) < 2 else f"{'; '.join(places[:-1])}; and {places[-1]}"


def small_in(cells: pd.DataFrame, by: str, settings: Street) -> pd.Series:
    """By type and place, whether a sensitive type has a small count there in any month, so that
    even a year to date held against that of the month before would show it.
    """
    months = cells.groupby(["type", by, "month"])["count"].sum()
    sensitive = months.index.get_level_values("type").isin(settings.sensitive_types)
    small = settings.small.hides(months) & sensitive
    return small.groupby(level=["type", by]).any()
