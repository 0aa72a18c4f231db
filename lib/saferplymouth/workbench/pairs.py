"""Two indicators side by side, on one scale: have they moved together?"""

import pandas as pd

from saferplymouth import periods
from saferplymouth.display import charts
from saferplymouth.display.drawing import folded
from saferplymouth.display.tables import Table
from saferplymouth.framework import COUNT, RATE
from saferplymouth.indicators import findings
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.findings import CANNOT_TELL, CHANCE, SIGNAL
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import inner
from saferplymouth.periods import FREQUENCIES, Calendar
from saferplymouth.workbench import series
from saferplymouth.workbench.over_time import cannot, nothing
from saferplymouth.workbench.view import Column, View, table, told

ROOM = 80  # points beside the chart


def side_by_side(project: Project, key: str, other: str, since: str | None = None) -> View:
    """Both series, each as an index of its average over the periods in which both have a figure."""
    calendar, (one, two) = (
        project.framework.calendar,
        (series.chosen(project, k) for k in (key, other)),
    )
    if one.observed.empty or two.observed.empty:
        return nothing(project, one if one.observed.empty else two)
    if key == other:
        return cannot(project, one, "choose another indicator to hold it against")
    frequency = min((e.indicator.frequency for e in (one, two)), key=FREQUENCIES.get)
    for e in (one, two):
        if e.indicator.is_level and e.indicator.frequency != frequency:
            return cannot(
                project,
                e,
                f"its figures cannot be added up by the {frequency}",
                _together(one, two),
            )
    columns = [_by(frequency, e, calendar) for e in (one, two)]
    figures, hidden = (_beside(each, key, other) for each in zip(*columns, strict=True))
    figures = figures[figures.notna().any(axis="columns") | hidden.any(axis="columns")]
    both = figures.dropna()
    if both.empty or not both.mean().all():
        return cannot(
            project, one, f"no {frequency} has a figure of it and of {inner(two.indicator.name)}"
        )
    for e in (one, two):
        if (both[e.indicator.key] < 0).any():
            return cannot(
                project,
                e,
                "its figures go below nought, and no index can be made of them",
                _together(one, two),
            )
    first = series.begins(since, one, calendar)
    shown = (
        figures[figures.index.asfreq("M", "end") >= first.asfreq("M", "start")]
        if first
        else figures
    )
    index = 100 * shown / both.mean()
    heading, *others = _together(one, two)
    when = periods.words(both.index[0], both.index[-1])
    subtitle = (
        f"Each as an index: its average over the {frequency}s of {when} that have both is 100"
    )
    names = {e.indicator.key: folded(e.indicator.name, ROOM) for e in (two, one)}
    drawn = index[[other, key]].rename(columns=names)
    chart = charts.lines_chart(drawn, heading, subtitle, COUNT, years=True)
    return View(
        key, project.month, told(heading, others), chart, _table(one, two, shown, index, hidden)
    )


def _beside(columns: tuple[pd.Series, pd.Series], *keys: str) -> pd.DataFrame:
    frame = pd.concat(columns, axis="columns", keys=keys).sort_index()
    return frame.astype(float) if frame.dtypes.eq(float).any() else frame.eq(True)


def _by(frequency: str, e: Evidence, calendar: Calendar) -> tuple[pd.Series, pd.Series]:
    """An indicator's figures by a frequency, its own or a coarser one that is the sum of its
    periods, and which of them rest on a hidden count.
    """
    values, hidden = e.observed["value"], e.observed["hidden"]
    if frequency == e.indicator.frequency:
        return values, hidden
    parts = FREQUENCIES[e.indicator.frequency] // FREQUENCIES[frequency]
    whole = pd.PeriodIndex([calendar.of(period, frequency) for period in values.index])
    return values.groupby(whole).sum(min_count=parts), hidden.groupby(whole).any()


def _table(
    one: Evidence, two: Evidence, figures: pd.DataFrame, index: pd.DataFrame, hidden: pd.DataFrame
) -> Table:
    indicators, columns = [one.indicator, two.indicator], {}
    for i in indicators:
        columns[i.name] = Column(figures[i.key], i.scale, hidden=hidden[i.key])
    for i in indicators:
        columns[f"{i.name}, index"] = Column(index[i.key], RATE, hidden=hidden[i.key])
    rows = {at: periods.words(at) for at in figures.index}
    return table(columns, rows, f"{one.indicator.name} and {inner(two.indicator.name)}", "Period")


def _together(one: Evidence, two: Evidence) -> list[str]:
    """Whether their changes on last year differ by more than chance, then the headline of each."""
    each, apart = [findings.headline(e).text for e in (one, two)], findings.moved_apart(one, two)
    if apart:
        return [apart[0].text, *each]
    names = f"{one.indicator.name} and {inner(two.indicator.name)}"
    if all(findings.strength(e.year) in (SIGNAL, CHANCE) for e in (one, two)):
        return [f"{names}: the difference between their changes on last year is {CHANCE}", *each]
    return [f"{names}: {CANNOT_TELL} whether they have moved apart", *each]
