"""Views of one indicator over time: last year, control chart, seasonal shape, rolling year."""

from collections.abc import Sequence

import pandas as pd

from saferplymouth import periods
from saferplymouth.display import charts, control_charts, figure_tables, tables
from saferplymouth.display.rolling_years import rolling_chart
from saferplymouth.framework import COUNT, PERCENT, RATE, SCORE
from saferplymouth.indicators import absences, commentary, findings
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.findings import CANNOT_TELL, CHANCE, SIGNAL
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import (
    counted,
    inner,
    listed,
    number,
    quantity,
    subject,
)
from saferplymouth.pages import data_requests
from saferplymouth.periods import Calendar
from saferplymouth.sources.statuses import HIDDEN
from saferplymouth.statistics import trends
from saferplymouth.statistics.intervals import compare
from saferplymouth.statistics.measures import percent_change
from saferplymouth.workbench import series
from saferplymouth.workbench.series import Group
from saferplymouth.workbench.view import Column, View, phrase, tabulate

EVERY = {"month": "months", "quarter": "quarters", "half-year": "half-years", "year": "years"}
EVERY |= {periods.CALENDAR_YEAR: "calendar years"}
RULES = {
    "outside": "outside the limits",
    "trend": "run up or down",
    "shift": "run on one side",
    "two_of_three": "close to a limit",
}
AGREE = 0.05  # below this probability, years agree on their months by more than chance


def nothing(project: Project, e: Evidence) -> View:
    """The view of an indicator without figures: its groups, or the request for data."""
    groups = [inner(words) for words in series.groups(project, e.indicator.key).values()]
    wanted = data_requests.sentence(e.indicator, project.framework, project.month)
    lines = f"There are figures only by group: {listed(groups)}" if groups else wanted
    return View(e.indicator.key, project.month, phrase(findings.headline(e).text, lines))


def cannot(project: Project, e: Evidence, why: str, *more: str) -> View:
    """A view that cannot be drawn, with the reason as its heading."""
    return View(e.indicator.key, project.month, phrase(f"{e.indicator.name}: {why}", *more))


def this_year(
    project: Project, key: str, year: str | None = None, group: Group | None = None
) -> View:
    """A financial year compared with the one before."""
    e, calendar = series.chosen(project, key, group), project.framework.calendar
    if e.observed.empty:
        return nothing(project, e)
    if year is not None:
        e = series.chosen(project, key, group, series.year(year, e, calendar).asfreq("M", "end"))
    first, *others = (finding.text for finding in (*findings.leading(e), *findings.awaited(e)))
    lines = phrase(first, others, commentary.of_year(e), commentary.of_future(e))
    table = figure_tables.figure_table(e, calendar, project.framework.partnership.small_base)
    return View(key, project.month, lines, against_last(e, first), table)


def against_last(e: Evidence, headline: str) -> charts.Chart | None:
    yearly, known = e.indicator.frequency in periods.YEARLY, e.year.frame[["this", "last"]].notna()
    if yearly and e.observed["value"].notna().sum() > 1:
        return charts.history_chart(e.indicator, e.observed, headline)
    drawn = known.any(axis=None) and not yearly
    return charts.year_chart(e.year, headline, e.observed) if drawn else None


def control_chart(
    project: Project, key: str, since: str | None = None, group: Group | None = None
) -> View:
    """Which months are outside usual variation."""
    e, calendar = series.chosen(project, key, group), project.framework.calendar
    if e.observed.empty:
        return nothing(project, e)
    if e.control is None:
        return cannot(project, e, no_limits(e))
    sentences = commentary.of_variation(e)
    opening = next(text for text in sentences if text.startswith("The latest "))
    heading = f"{e.indicator.name}: {inner(opening).rstrip('.')}"
    first = series.begins(since, e, calendar)
    chart = control_charts.control_chart(e, heading, sentences, first)
    lines = phrase(heading, [text for text in sentences if text != opening])
    return View(key, project.month, lines, chart, _limits(e, control_charts.shown(e, first)))


def month(project: Project, key: str, period: str, group: Group | None = None) -> View:
    """Whether one month is unusual, on its control chart."""
    e, calendar = series.chosen(project, key, group), project.framework.calendar
    if e.observed.empty:
        return nothing(project, e)
    if e.control is None:
        return cannot(project, e, no_limits(e))
    at = commentary.period_named(e, period, calendar)
    sentence = commentary.of_period(e, at)
    heading = f"{e.indicator.name}: {sentence[0].lower()}{sentence[1:].rstrip('.')}"
    first = None if at in control_charts.shown(e).index else at
    chart = control_charts.control_chart(e, heading, [], first)
    table = _limits(e, control_charts.shown(e, first))
    return View(key, project.month, phrase(heading), chart, table)


def no_limits(e: Evidence) -> str:
    if e.indicator.frequency != "month":
        return (
            f"a control chart needs monthly figures, and these are for each {e.indicator.frequency}"
        )
    if (e.observed["hidden"] & (e.observed["status"] != HIDDEN)).any():
        return "no control chart, because a hidden count could be worked out from its limits"
    return "a control chart needs at least two months in a row"


def _limits(e: Evidence, frame: pd.DataFrame) -> tables.Table:
    """Each month with the average, the limits and the rules it breaks."""
    broken = {
        month: ", ".join(words for rule, words in RULES.items() if row[rule]) or "none"
        for month, row in frame.iterrows()
    }
    columns = {
        "Figure": Column(frame["value"], e.indicator.scale),
        "Average": Column(frame["mean"], RATE),
        "Lower limit": Column(frame["lower_drawn"], RATE),
        "Upper limit": Column(frame["upper_drawn"], RATE),
        "Signal": Column(pd.Series(broken).str.capitalize(), tables.WORDS),
    }
    rows = {month: periods.words(month) for month in frame.index}
    caption = f"{subject(e.indicator)} with control limits"
    return tabulate(columns, rows, caption, "Month")


def seasonal_shape(
    project: Project, key: str, years: Sequence[str] | None = None, group: Group | None = None
) -> View:
    """The months of the latest or some other years overlaid: are some high or low every year?"""
    e, calendar = series.chosen(project, key, group), project.framework.calendar
    if e.observed.empty:
        return nothing(project, e)
    if series.length(e) == 1:
        return cannot(project, e, "a yearly figure has no seasonal shape")
    figures, hidden = series.by_year(e, calendar)
    shown = figures if years is None else figures[_sorted(years, e, calendar)]
    latest = shown.dropna(axis="columns", how="all")
    latest = latest if years else latest.iloc[:, -charts.MOST_LINES :]
    if latest.empty:
        return cannot(project, e, "every figure is hidden", *why_hidden(e))
    heading, unit, every = _season(e, figures), e.indicator.scale, e.indicator.frequency
    what = subject(e.indicator)
    title = f"{e.indicator.name} each {every}, {listed(list(latest))}"
    chart = charts.lines_chart(latest, heading, title, unit)
    rows = {at: tables.heading(at, calendar) for at in figures.index}
    columns = {label: Column(shown[label], unit, hidden=hidden[label]) for label in shown}
    caption = f"{what}, by {every} of the financial year"
    lines = phrase(heading, [_highest(label, figures[label], e) for label in latest])
    table = tabulate(columns, rows, caption, every.capitalize())
    return View(key, project.month, lines, chart, table)


def _sorted(years: Sequence[str], e: Evidence, calendar: Calendar) -> list[str]:
    """The labels of years with figures, oldest first; `NotReceived` lists those there are."""
    every = (years,) if isinstance(years, str) else years
    return sorted({calendar.label(series.year(label, e, calendar)) for label in every})


def why_hidden(e: Evidence) -> list[str]:
    small = [commentary.HIDDEN.format(e.indicator.small.words)]
    return small if e.indicator.sensitive else absences.not_given(e, e.observed.index)


def _season(e: Evidence, figures: pd.DataFrame) -> str:
    """Whether the months differ in the same way every year."""
    name, every = e.indicator.name, EVERY[e.indicator.frequency]
    whole, chance = figures.dropna(axis="columns"), trends.seasonal(figures)
    count = whole.shape[1]
    if chance is None:
        known = f"{count} of the {trends.FEWEST_YEARS} whole years needed"
        return f"{name}: {CANNOT_TELL} whether it has a seasonal shape, from {known}"
    if chance >= AGREE:
        return f"{name}: how much the {every} differ is {CHANCE} over {count} whole years"
    ranks = whole.rank().mean(axis="columns")
    high, low = (charts.part_of_year(at) for at in (ranks.idxmax(), ranks.idxmin()))
    alike = f"the {every} differ in the same way in {count} years, by {SIGNAL}"
    return f"{name}: {alike}; {high} is highest and {low} lowest"


def _highest(label: str, figures: pd.Series, e: Evidence) -> str:
    known, unit = figures.dropna(), e.indicator.scale
    high, low = known.idxmax(), known.idxmin()
    if known[high] == known[low]:
        return ""
    named = [f"{quantity(known[at], unit)} in {charts.part_of_year(at)}" for at in (high, low)]
    shown = f"{len(known)} of {len(figures)} {EVERY[e.indicator.frequency]}"
    part = "" if len(known) == len(figures) else f" (figures are shown for {shown})"
    return f"{label} was highest at {named[0]} and lowest at {named[1]}{part}"


def rolling_year(
    project: Project, key: str, since: str | None = None, group: Group | None = None
) -> View:
    """The rolling year: the total of the last twelve months, ending with each month in turn."""
    e, calendar = series.chosen(project, key, group), project.framework.calendar
    if e.observed.empty:
        return nothing(project, e)
    if series.length(e) == 1:
        return cannot(project, e, "each figure is already for twelve months or more")
    if e.indicator.unit in (RATE, SCORE):
        return cannot(project, e, f"{e.indicator.unit}s of single months cannot be added up")
    rolled = trends.twelve_months(e.indicator, e.observed)
    totals, hidden = rolled["value"], rolled["hidden"]
    if totals.isna().all():
        return cannot(project, e, _no_total(e, hidden))
    small_base = project.framework.partnership.small_base
    heading, unit, n = _rolled(e, totals, small_base), e.indicator.unit, series.length(e)
    shown = totals.loc[series.begins(since, e, calendar) :]
    what = subject(e.indicator)
    chart = None
    if shown.notna().any():
        chart = rolling_chart(e.indicator, rolled.loc[shown.index], heading, e.control)
    before, was_hidden = totals.shift(n).reindex(shown.index), hidden.shift(n, fill_value=False)
    columns = {
        "Twelve months": Column(shown, unit, hidden=hidden),
        "A year before": Column(before, unit, hidden=was_hidden),
        "Change": Column(shown - before, unit, signed=True, hidden=hidden | was_hidden),
    }
    rows = {at: periods.words(at.asfreq("M", "end")) for at in shown.index}
    table = tabulate(columns, rows, f"{what} in twelve months", "Twelve months to")
    return View(key, project.month, phrase(heading, _earliest(e, totals)), chart, table)


def _earliest(e: Evidence, totals: pd.Series) -> str:
    known = totals.dropna()
    if len(known) < 2:
        return ""
    ends = periods.words(known.index[0].asfreq("M", "end"))
    first = quantity(known.iloc[0], e.indicator.unit)
    return f"The earliest twelve months with data, to {ends}, had {first}"


def _no_total(e: Evidence, hidden: pd.Series) -> str:
    if e.indicator.unit == PERCENT:
        known = "only where the number of replies is supplied for twelve months in a row"
        return f"percentages can be combined {known}"
    if hidden.any():
        return "every twelve months include a hidden count"
    received = counted(len(e.observed), e.indicator.frequency)
    return f"there are not twelve months in a row with figures yet, only {received}"


def _rolled(e: Evidence, totals: pd.Series, small_base: float) -> str:
    """The latest twelve months compared with the twelve before."""
    n, name, known = series.length(e), e.indicator.name, totals.dropna()
    at, value = known.index[-1], known.iloc[-1]
    when = f"the twelve months to {periods.words(at.asfreq('M', 'end'))}"
    unknown = pd.isna(totals.get(at - n))
    if unknown or e.indicator.unit != COUNT:
        why = "the twelve before are not all known" if unknown else "such figures are not tested"
        shown = quantity(value, e.indicator.unit)
        return f"{name}: {shown} in {when}; {CANNOT_TELL} whether it has changed, because {why}"
    counts = e.observed["value"]
    years = (counts.loc[end - n + 1 : end].astype(int).tolist() for end in (at, at - n))
    comparison = compare(*years)
    change = comparison.change
    if not change:
        return f"{name} was unchanged at {number(value)} in {when}"
    strong = {None: CANNOT_TELL, True: SIGNAL, False: CHANCE}[comparison.beyond_chance]
    percentage = percent_change(float(change), float(comparison.b), small_base)
    return f"{name} {findings.by(change, percentage, COUNT)} in {when}: {strong}"
