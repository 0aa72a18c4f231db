"""Compares two indicators on one scale: have they moved together?"""

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
from saferplymouth.workbench.view import Column, View, phrase, tabulate

ROOM = 80  # points beside the chart


def side_by_side(project: Project, key: str, other: str, since: str | None = None) -> View:
    """Both series, each as an index of its average over the periods where both have figures."""
    calendar = project.framework.calendar
    both = one, two = series.chosen(project, key), series.chosen(project, other)
    for e in both:
        if e.observed.empty:
            return nothing(project, e)
    if key == other:
        return cannot(project, one, "choose another indicator to compare it with")
    frequency = min((e.indicator.frequency for e in both), key=FREQUENCIES.get)
    for e in both:
        if e.indicator.overlaps and one.indicator.frequency != two.indicator.frequency:
            why = "its figures share months, so they cannot be put beside others"
            return cannot(project, e, why, _together(one, two))
        if e.indicator.is_level and e.indicator.frequency != frequency:
            why = f"its figures cannot be added up by the {frequency}"
            return cannot(project, e, why, _together(one, two))
    columns = [_by(frequency, e, calendar) for e in both]
    figures, hidden = (_side_by_side(each, key, other) for each in zip(*columns, strict=True))
    figures = figures[figures.notna().any(axis="columns") | hidden.any(axis="columns")]
    shared = figures.dropna()
    if shared.empty or not shared.mean().all():
        why = f"no {frequency} has figures for both it and {inner(two.indicator.name)}"
        return cannot(project, one, why)
    for e in both:
        if (shared[e.indicator.key] < 0).any():
            why = "some of its figures are below zero, so no index can be made"
            return cannot(project, e, why, _together(one, two))
    shown, first = figures, series.begins(since, one, calendar)
    if first is not None:
        shown = figures[figures.index.asfreq("M", "end") >= first.asfreq("M", "start")]
    index = 100 * shown / shared.mean()
    heading, *others = _together(one, two)
    when = periods.words(shared.index[0], shared.index[-1])
    average = f"100 is its average over the {frequency}s with both figures, {when}"
    title = "Each as an index"
    names = {e.indicator.key: folded(e.indicator.name, ROOM) for e in both}
    drawn = index[[other, key]].rename(columns=names)
    chart = charts.lines_chart(drawn, heading, title, COUNT, subtitle=average, years=True)
    table = _table(one, two, shown, index, hidden)
    return View(key, project.month, phrase(heading, others), chart, table)


def _side_by_side(columns: tuple[pd.Series, pd.Series], *keys: str) -> pd.DataFrame:
    frame = pd.concat(columns, axis="columns", keys=keys).sort_index()
    return frame.astype(float) if frame.dtypes.eq(float).any() else frame.eq(True)


def _by(frequency: str, e: Evidence, calendar: Calendar) -> tuple[pd.Series, pd.Series]:
    """Figures by a frequency, added up if necessary, and which include a hidden count."""
    values, hidden = e.observed["value"], e.observed["hidden"]
    if frequency == e.indicator.frequency:
        return values, hidden
    parts = FREQUENCIES[e.indicator.frequency] // FREQUENCIES[frequency]
    whole = pd.PeriodIndex([calendar.of(period, frequency) for period in values.index])
    return values.groupby(whole).sum(min_count=parts), hidden.groupby(whole).any()


def _table(
    one: Evidence, two: Evidence, figures: pd.DataFrame, index: pd.DataFrame, hidden: pd.DataFrame
) -> Table:
    indicators = [one.indicator, two.indicator]
    columns = {i.name: Column(figures[i.key], i.scale, hidden=hidden[i.key]) for i in indicators}
    for i in indicators:
        columns[f"{i.name}, index"] = Column(index[i.key], RATE, hidden=hidden[i.key])
    rows = {at: periods.words(at) for at in figures.index}
    return tabulate(columns, rows, _names(one, two), "Period")


def _names(one: Evidence, two: Evidence) -> str:
    return f"{one.indicator.name} and {inner(two.indicator.name)}"


def _together(one: Evidence, two: Evidence) -> list[str]:
    """Whether their changes on last year differ by more than usual variation; each headline."""
    each = [findings.headline(e).text for e in (one, two)]
    different = findings.moved_apart(one, two)
    if different:
        return [different[0].text, *each]
    finding = f"{CANNOT_TELL} whether they have moved apart"
    if all(findings.strength(e) in (SIGNAL, CHANCE) for e in (one, two)):
        finding = f"the difference between their changes on last year is {CHANCE}"
    return [f"{_names(one, two)}: {finding}", *each]
