"""Counts street-level crime by type, place and period, for analysts' own use: small counts stand in
it, so no page's run is given any.
"""

import pandas as pd

from saferplymouth import periods
from saferplymouth.display import charts
from saferplymouth.errors import Mistake, Unknown, known_keys
from saferplymouth.framework import ALL_CRIME, COUNT
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import capital, counted, listed, number, span
from saferplymouth.pages.places import provenance
from saferplymouth.pages.places.district_rates import STRAY
from saferplymouth.store import observations
from saferplymouth.store.local_crime import NOWHERE, is_crime
from saferplymouth.workbench.places import NEIGHBOURHOOD, SMALL_AREA, WARD
from saferplymouth.workbench.view import Column, View, phrase, tabulate

DISTRICT = "district"
KINDS = (NEIGHBOURHOOD, WARD, DISTRICT, SMALL_AREA)  # the first that has a name is meant by it
BY = ("month", "quarter", "year")
EVERY_CRIME = capital(ALL_CRIME)
OWN_USE = "For your own use: small counts are shown, so do not publish this"


class NotForPages(Mistake):
    """Small counts were asked for in a page's run."""


def street(
    project: Project,
    crime: str,
    place: str | None = None,
    kind: str | None = None,
    by: str | None = None,
) -> View:
    """One type of crime over time in one place, or in each of a kind."""
    by = by or "month"
    if project.local_crime is None:
        return View("", project.month, phrase("No street file has been received", OWN_USE))
    if kind and not place:
        return _in_each(project, crime, kind, by)
    found = series(project, crime, place or "", kind or "", by)
    kind, name = find(project, place or "", kind or "")
    crime, there = known(crime, types(project), "type of crime"), found.dropna()
    what = f"{crime} in {name}" + (f" ({kind})" if place and kind != DISTRICT else "")
    doubts = provenance.doubtful(project.local_crime, project.month)
    notes = [OWN_USE, _others(project, place, kind)]
    if there.empty:
        return View("", project.month, phrase(_incomplete(what, by), notes, doubts))
    latest, total = periods.words(there.index[-1]), span(there.index)
    heading = f"{what}: {number(there.iloc[-1])} in {latest}, {number(there.sum())} in {total}"
    high, low = (_extreme(there, value) for value in (there.max(), there.min()))
    spread = "" if there.nunique() < 2 else f"The highest was {high}, the lowest {low}"
    words = {"subtitle": f"{OWN_USE}.", "years": True}
    chart = charts.lines_chart(found.to_frame(crime), heading, f"{what}, each {by}", COUNT, **words)
    before = found.shift(periods.a_year(found.index))
    columns = {"Count": Column(found, COUNT)}
    if before.notna().any():
        columns["A year before"] = Column(before, COUNT)
        columns["Change"] = Column(found - before, COUNT, signed=True)
    table = tabulate(columns, {at: periods.words(at) for at in found.index}, what, capital(by))
    lines = phrase(heading, [spread, _gaps(found)], notes, doubts)
    return View("", project.month, lines, chart, table)


def _in_each(project: Project, crime: str, kind: str, by: str) -> View:
    """One type of crime in each place of a kind, that with most in the latest period first."""
    found = counts(project, crime, kind, by)
    there = found.dropna()
    what = f"{known(crime, types(project))} by {_kind(kind)}"
    doubts = provenance.doubtful(project.local_crime, project.month)
    if there.empty:
        return View("", project.month, phrase(_incomplete(what, by), OWN_USE, doubts))
    latest = there.iloc[-1].sort_values(ascending=False, kind="stable")
    most = f"{latest.index[0]} had most in {periods.words(there.index[-1])}"
    heading = f"{what}: {most}, {number(latest.iloc[0])}"
    columns = {capital(periods.words(at)): Column(row, COUNT) for at, row in found.iterrows()}
    table = tabulate(columns, {name: name for name in latest.index}, what, capital(_kind(kind)))
    lines = phrase(heading, _gaps(found.iloc[:, 0]), OWN_USE, doubts)
    return View("", project.month, lines, None, table)


def _incomplete(what: str, by: str) -> str:
    return f"{what}: no {by} has a complete street file for each of its months"


def _gaps(found: pd.Series) -> str:
    gaps = [periods.words(at) for at in found.index[found.isna()]]
    return f"No complete data for {listed(gaps)}" if gaps else ""


def _extreme(counts: pd.Series, value: float) -> str:
    """A count with the periods that have it, or how many they are."""
    at = [periods.words(period) for period in counts.index[counts == value]]
    return f"{number(value)} in {listed(at) if len(at) < 4 else counted(len(at), 'period')}"


def _others(project: Project, place: str | None, kind: str) -> str:
    """Which other kinds of place have the same name."""
    named = [k for k in KINDS if k != kind and place and place in places(project, k)]
    return f'There is a {listed(named)} of this name too: kind="{named[0]}"' if named else ""


def counts(
    project: Project, crime: str, kind: str = NEIGHBOURHOOD, by: str = "month"
) -> pd.DataFrame:
    """How many of a type of crime the street files have in each place of a kind: a row for each
    period from the first file to the project's month, and a column for each place.

    `crime` is one of `types`, `kind` one of `KINDS` and `by` one of `BY`; a quarter and a year are
    financial ones. 0 is a count. NaN is no data: in a period with a month whose file is missing or
    incomplete, and before the first and after the last month in which the force has the type at
    all, because types have changed their names. Raises `Unknown` with the names that would work,
    and `NotForPages` in a page's run.
    """
    _refuse_pages(project)
    crime, kind, by = known(crime, types(project), "type of crime"), _kind(kind), known(by, BY)
    months = _months(project, crime)
    if not len(months):
        return pd.DataFrame(index=pd.PeriodIndex([], freq="M"), dtype=float)
    cells = _of_type(_cells(project, kind), crime)
    wide = cells.pivot_table(index="month", columns=_column(kind), values="count", aggfunc="sum")
    wide = wide.set_axis(pd.PeriodIndex(wide.index, freq="M")).rename_axis(None)
    wide = wide.reindex(index=months, columns=places(project, kind)).fillna(0.0)
    wide = wide.reindex(pd.period_range(project.local_crime.months[0], project.month, freq="M"))
    if by == "month":
        return wide
    calendar = project.framework.calendar
    whole = pd.PeriodIndex([calendar.of(month, by) for month in wide.index])
    return wide.groupby(whole).sum(min_count=periods.LENGTHS[by])


def series(
    project: Project, crime: str, place: str = "", kind: str = "", by: str = "month"
) -> pd.Series:
    """The counts of one place, found by `find`, or of the partnership's area; see `counts`. Its
    name is that of the place.
    """
    kind, name = find(project, place, kind)
    frame = counts(project, crime, kind, by)
    if place:
        return frame[name]
    own = frame.reindex(columns=project.framework.street.districts)
    return own.sum(axis="columns", skipna=False).rename(name)


def types(project: Project) -> list[str]:
    """All crime, which leaves out anti-social behaviour, and each type in the files."""
    local_crime = project.local_crime
    return [EVERY_CRIME, *local_crime.types] if local_crime else []


def places(project: Project, kind: str) -> list[str]:
    """The names of the places of a kind, in order of the alphabet; small areas by their name, and
    districts without those of other forces, of which a file has a few rows.
    """
    local_crime = project.local_crime
    if local_crime is None:
        return []
    if _kind(kind) == DISTRICT:
        placed = local_crime.cells[local_crime.cells["district"] != NOWHERE]
        every = placed.groupby("district")["count"].sum()
        return sorted(every.index[every >= STRAY * every.sum()])
    if kind == SMALL_AREA:
        return sorted(local_crime.areas["name"])
    return sorted({*local_crime.areas[kind], *local_crime.local[kind]} - {NOWHERE})


def find(project: Project, place: str = "", kind: str = "") -> tuple[str, str]:
    """The kind and the name of the place with this name, in any case of letters; the partnership's
    area without one. Raises `Unknown` with the nearest names, or all.
    """
    kinds = [_kind(kind)] if kind else KINDS
    if not place:
        return DISTRICT, listed(project.framework.street.districts)
    every = {each: places(project, each) for each in kinds}
    for each, names in every.items():
        for name in names:
            if name.casefold() == str(place).casefold():
                return each, name
    offered = [name for each in (kinds if kind else KINDS[:3]) for name in every[each]]
    holding = [name for name in offered if str(place).casefold() in name.casefold()]
    cure = f"did you mean {' or '.join(holding)}?" if holding else known_keys(place, offered)
    raise Unknown(f"'{place}' is not a {kind or 'place in the street files'}; {cure}")


def _refuse_pages(project: Project) -> None:
    if observations.came_with_task(project.root, project.month):
        raise NotForPages(
            "counts by type of crime and place can be small, so no page may have them; "
            "take the cell out of this notebook, and use it in explore.ipynb"
        )


def _kind(kind: str) -> str:
    return known(kind, KINDS, "kind of place")


def known(word: str, among: list[str] | tuple[str, ...], what: str = "period") -> str:
    """The one of some words that is meant, in any case of letters."""
    for each in among:
        if str(word).casefold() == each.casefold():
            return each
    raise Unknown(f"'{word}' is not a {what} here; {known_keys(word, among)}")


def _months(project: Project, crime: str) -> pd.PeriodIndex:
    """The months with a complete file, from the first to the last in which the force has a type."""
    local_crime = project.local_crime
    months = local_crime.months[local_crime.months <= project.month]
    having = pd.PeriodIndex(_of_type(local_crime.cells, crime)["month"].unique(), freq="M")
    if not len(having):
        return months[:0]
    return months[(months >= having.min()) & (months <= having.max())]


def _of_type(cells: pd.DataFrame, crime: str) -> pd.DataFrame:
    return cells[is_crime(cells) if crime == EVERY_CRIME else cells["type"] == crime]


def _cells(project: Project, kind: str) -> pd.DataFrame:
    """The cells that have places of a kind; each small area has the name of the look-up."""
    local_crime = project.local_crime
    if kind == DISTRICT:
        return local_crime.cells
    cells = local_crime.local
    if kind == SMALL_AREA:
        names = cells["lsoa"].map(local_crime.areas["name"])
        return cells.assign(name=names.fillna(cells["name"]))
    return cells


def _column(kind: str) -> str:
    return "name" if kind == SMALL_AREA else kind
