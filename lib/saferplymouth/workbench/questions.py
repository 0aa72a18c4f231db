"""Views that answer a board's questions about one indicator: which month made the rise, and what
the next figure would have to be.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import pandas as pd

from saferplymouth import disclosure, periods
from saferplymouth.display.tables import WORDS, Table
from saferplymouth.framework import COUNT, PERCENT, POUNDS, SCORE, Indicator
from saferplymouth.indicators import commentary
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.findings import by
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import (
    ALL,
    capital,
    counted,
    goal,
    listed,
    more_or_fewer,
    quantity,
    share,
    span,
)
from saferplymouth.sources.statuses import UNRELIABLE
from saferplymouth.statistics.intervals import difference
from saferplymouth.workbench import next_figure, series
from saferplymouth.workbench.over_time import against_last, cannot, no_limits, nothing, why_hidden
from saferplymouth.workbench.series import Group
from saferplymouth.workbench.view import Column, View, phrase, tabulate

STEPS = {COUNT: 1, POUNDS: 1, SCORE: 0.01}  # of a figure; 0.1 of a percentage or a rate


def largest_rise(
    project: Project, key: str, year: str | None = None, group: Group | None = None
) -> View:
    """Which period of a year rose most on the year before, and whether it is unusual."""
    e, calendar = series.chosen(project, key, group), project.framework.calendar
    every = e.indicator.frequency
    if e.observed.empty:
        return nothing(project, e)
    if series.length(e) == 1:
        return cannot(project, e, f"there is only one figure a {every}")
    if year is not None:
        e = series.chosen(project, key, group, series.year(year, e, calendar).asfreq("M", "end"))
    frame, unit = e.year.frame, e.indicator.scale
    unsure = (frame[["this_status", "last_status"]] == UNRELIABLE).any(axis="columns")
    changes = frame["change"].mask(unsure).dropna().sort_values(ascending=False, kind="stable")
    hidden = why_hidden(e) if frame.get("change_hidden", unsure & False).any() else []
    if changes.empty:
        why = f"no {every} of {e.year.label} can be compared with the year before"
        return cannot(project, e, why, hidden)
    at, largest = changes.index[0], changes.iloc[0]
    before, highest = at - series.length(e), changes.index[changes == largest].sort_values()
    percentage = frame.at[at, "percent"]
    size = share(None if pd.isna(percentage) else percentage)
    heading = f"{e.indicator.name} rose most in {listed([periods.words(p) for p in highest])}: "
    heading += f"{more_or_fewer(largest, unit)}{size} than a year before"
    least = ""
    if largest <= 0:
        heading = f"{e.indicator.name} rose in no {every}, {span(changes.index.sort_values())}"
        least = f"It fell least in {periods.words(at)}: {more_or_fewer(largest, unit)}"
    judged = [commentary.of_period(e, p) for p in (at, before) if _judged(e, p)]
    judged = judged or [f"Whether it is unusual is not known: {no_limits(e)}"]
    in_question = [
        f"{periods.words(p)} is {'low' if e.odd[p] < 0 else 'high'} in several series at once"
        for p in (at, before)
        if p in e.odd
    ]
    judged = [least, *judged]
    lines = phrase(heading, judged, [_chosen(e, changes), _without(e, at)], in_question, hidden)
    return View(key, project.month, lines, against_last(e, heading), _by_change(e, changes))


def _judged(e: Evidence, period: pd.Period) -> bool:
    return e.control is not None and period in e.control.index


def _ends(e: Evidence) -> list[str]:
    """The columns of a control chart between which a single period is usual."""
    return ["low95", "high95"] if e.seasonal else ["lower_drawn", "upper_drawn"]


def _chosen(e: Evidence, changes: pd.Series) -> str:
    """A warning where the largest of several changes is outside an interval for one."""
    at = changes.index[0]
    if not e.seasonal or not _judged(e, at):
        return ""
    value, (low, high) = e.control.at[at, "value"], e.control.loc[at, _ends(e)]
    largest = f"It is the largest of {counted(len(changes), 'change')}"
    return "" if low <= value <= high else f"{largest}, so by itself it is not a signal"


def _without(e: Evidence, at: pd.Period) -> str:
    """The change in the year to date, and what it would be if this period had not changed."""
    to_date, unit = e.year.to_date, e.indicator.scale
    if e.indicator.is_level or to_date is None or at not in to_date.periods:
        return ""
    if not to_date.change or disclosure.hides_change(e.year):
        return ""
    rest = to_date.change - e.year.frame.at[at, "change"]
    other = by(rest, None, unit) if rest else "unchanged"
    change = f"The year to date is {by(to_date.change, None, unit)}"
    return f"{change}; without {periods.words(at)} it would be {other}"


def _by_change(e: Evidence, changes: pd.Series) -> Table:
    """Each period's figures, the largest rise first, with what was usual for it."""
    frame, unit = e.year.frame, e.indicator.scale
    columns = {
        e.year.label: Column(frame["this"], unit),
        e.year.last_label: Column(frame["last"], unit),
        "Change": Column(frame["change"], unit, signed=True),
    }
    if e.control is not None:
        low, high = _ends(e)
        columns |= {"Usual from": Column(e.control[low], unit)}
        columns |= {"Usual to": Column(e.control[high], unit)}
    rows = {at: periods.words(at) for at in changes.index}
    caption = f"{e.indicator.name}: change on the year before, the largest rise first"
    return tabulate(columns, rows, caption, capital(e.indicator.frequency))


@dataclass(frozen=True)
class Goal:
    """What a next figure could be: at least `bound` (`side` 1) or at most (−1); `strict` if that
    itself is not enough. `aim` says what it would be then.
    """

    aim: str
    bound: float
    side: int
    strict: bool = False

    def figure(self, i: Indicator) -> float | None:
        """The first figure that reaches it, in whole steps; None where none can."""
        step = Decimal(str(i.small.round_to if i.rounds else STEPS.get(i.unit, 0.1)))
        steps = Decimal(f"{self.bound:.15g}") / step
        first = steps.to_integral_value(ROUND_CEILING if self.side > 0 else ROUND_FLOOR)
        first += self.side if self.strict and first == steps else 0
        value = float(first * step)
        floor = -math.inf if i.can_be_negative else 0.0
        ceiling = ALL if i.unit == PERCENT else math.inf
        if value < floor:
            return floor if self.side > 0 else None
        if value > ceiling:
            return ceiling if self.side < 0 else None
        return value

    def depends(self, i: Indicator) -> bool:
        """Whether it is neither certain nor out of reach, whatever the figure."""
        certain = self.side > 0 and self.bound <= 0 and not i.can_be_negative
        certain |= self.side < 0 and self.bound >= ALL and i.unit == PERCENT
        return self.figure(i) is not None and not certain

    def words(self, i: Indicator) -> str:
        """The figures that reach it: `366 or fewer`."""
        figure = goal(self.figure(i), i.scale)
        none = self.side < 0 and not self.figure(i) and not i.can_be_negative
        return figure if none else f"{figure} or {self.way(i)}"

    def way(self, i: Indicator) -> str:
        """The other figures that reach it."""
        fewer = "fewer" if i.unit == COUNT else "less"
        return "more" if self.side > 0 else fewer


def needed(project: Project, key: str) -> View:
    """What the next figure would have to be: to be on target, no worse than last year, unusual."""
    now = series.chosen(project, key)
    if now.observed.empty:
        return nothing(project, now)
    shown = now.observed["value"].dropna()
    if shown.empty:
        return cannot(project, now, "every figure is hidden", why_hidden(now))
    figure = float(shown.iloc[-1])  # any will do: the answers are worked out from how far it is off
    i, then = now.indicator, next_figure.with_next(project, now, figure)
    when, usual = periods.words(then.observed.index[-1]), [*_unusual(then)]
    asked = [*_on_target(then, figure), *_no_worse(then, figure), *usual]
    said = [text for text in asked if isinstance(text, str)]
    goals = [each for each in asked if isinstance(each, Goal)]
    depends = {each.aim: each for each in goals if each.depends(i)}
    for each in goals:
        if each.aim not in depends:
            certain = "Out of reach" if each.figure(i) is None else "Certain"
            said.append(f"{certain}, whatever {when} brings: {each.aim}")
    if not depends:
        return cannot(project, now, f"nothing depends on the figure for {when}", said)
    first, *others = (
        f"{each.words(i)}{{}} to be {aim}{_beyond(each, usual, i)}" for aim, each in depends.items()
    )
    heading = f"{i.name}: {first.format(f' in {when}')}"
    figures = pd.Series({aim: each.figure(i) for aim, each in depends.items()})
    ways = pd.Series({aim: f"or {each.way(i)}" for aim, each in depends.items()})
    columns = {"Figure": Column(figures, i.scale), "Also": Column(ways, WORDS)}
    caption = f"{i.name}: what {when} would have to be"
    table = tabulate(columns, {aim: capital(aim) for aim in depends}, caption, "To be")
    lines = phrase(heading, [text.format("") for text in others], said)
    return View(key, project.month, lines, against_last(now, heading), table)


def _beyond(asked: Goal, usual: list[Goal | str], i: Indicator) -> str:
    """That the figures that reach a goal are all unusual, where they are."""
    bounds = [far for far in usual if isinstance(far, Goal) and far.side == asked.side]
    for far in bounds:
        farther = far.depends(i) and asked.side * (asked.figure(i) - far.figure(i)) >= 0
        if farther and far is not asked:
            return f", which would be {far.aim}"
    return ""


def _on_target(then: Evidence, figure: float) -> Iterator[Goal | str]:
    target, i, year = then.year.target, then.indicator, then.year
    period = then.observed.index[-1]
    if target is None or i.monitoring_only:
        yield f"There is no target for {year.label}"
    elif i.is_level:
        aim = f"on the target of {goal(target.level, i.scale)} by itself"
        yield Goal(aim, target.level, i.good)
    elif target.actual != target.actual or target.period != period:
        yield "The distance to the target is not known, because an earlier figure is not shown"
    elif target.level == target.level:
        ends = f"{quantity(target.level, i.unit)} to the end of {periods.words(period)}"
        yield Goal(f"on target ({ends})", difference(figure, target.distance), i.good)
    else:
        yield f"The target of {quantity(target.year_end, i.unit)} is for the whole year"


def _no_worse(then: Evidence, figure: float) -> Iterator[Goal | str]:
    i, to_date, period = then.indicator, then.year.to_date, then.observed.index[-1]
    no_worse = "no more than" if i.good < 0 else "no fewer than" if i.unit == COUNT else "at least"
    change = None if to_date is None or i.is_level else to_date.change
    if change is not None and change == change and len(to_date.periods) > 1:
        last = f"{span(to_date.periods - series.length(then))} ({quantity(to_date.last, i.unit)})"
        if period in to_date.periods and not len(then.year.unreliable):
            yield Goal(f"{no_worse} {last}", difference(figure, change), i.good)
    before = period - (1 if i.overlaps else series.length(then))
    last = then.observed["value"].get(before)
    if last is None or last != last:
        yield f"There is no figure for {periods.words(before)} to compare with"
        return
    yield Goal(f"{no_worse} {periods.words(before)} ({quantity(last, i.scale)})", last, i.good)


def _unusual(then: Evidence) -> Iterator[Goal | str]:
    if then.control is None:
        yield f"Whether it would be unusual is not known: {no_limits(then)}"
        return
    row = then.control.iloc[-1]
    low, high = row[_ends(then)]
    if row["trial"] or low != low:
        yield "It is too early to tell what would be unusual"
        return
    yield Goal("unusually high", high, 1, strict=True)
    yield Goal("unusually low", low, -1, strict=True)
