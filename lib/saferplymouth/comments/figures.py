"""All that can be said of an indicator: one catalogue, for live figures and typed ones.

A span is a pair of months, first and last. What is hidden in the tables is nowhere here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from saferplymouth import periods
from saferplymouth.framework import COUNT, PERCENT, RATE, SCORE
from saferplymouth.indicators import words
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.statistics.measures import Year

if TYPE_CHECKING:
    from saferplymouth.indicators.project import Project

Span = tuple[pd.Period, pd.Period]
POINTS, RATIO, MONTHS = "points", "ratio", "months"  # beside the framework's units
PLAIN = {"overall", "reported", "recorded", "total", "all", "and", "of", "the"}


@dataclass(frozen=True)
class Figure:
    """One thing that can be said of an indicator: a `value` in its `unit`, its period as commands
    take it (`2016-04..2016-11`), and the whole in `words`.
    """

    value: float
    unit: str
    period: str
    words: str


class Facts:
    """An indicator's published figures; `others` are those of every indicator, by key."""

    def __init__(self, project: Project, key: str, others: dict[str, Facts]):
        self.project, self.others, self.month = project, others, project.month
        self.indicator = project.framework.indicators[key]
        self.calendar = project.framework.calendar
        self.unit = self.indicator.unit
        self.length = periods.LENGTHS[self.indicator.frequency]  # months of a period
        self.back = max(12, self.length)  # months to what a figure is compared with
        self.opening = self.calendar.year(self.month).asfreq("M", "start")
        # a figure that is not part of a year to date: a score, or that of a year or longer
        self.alone = self.unit == SCORE or self.indicator.frequency in periods.YEARLY

    @cached_property
    def evidence(self) -> Evidence:
        return self.project.figures[self.indicator.key]

    @property
    def year(self) -> Year:
        return self.evidence.year

    @cached_property
    def values(self) -> pd.Series:
        """The whole series by period."""
        return self.evidence.observed["value"].astype(float)

    @cached_property
    def held(self) -> dict[Span, float]:
        """Every month (or quarter) with its figure, oldest first."""
        return {months(period): value for period, value in self.values.dropna().items()}

    @cached_property
    def to_date(self) -> Span:
        """The months of the year to date, or of the latest figure where it stands alone; before
        there is a figure, those up to the edition's.
        """
        done = self.year.to_date
        if done is not None and self.alone:
            return months(done.periods[-1])
        return self.opening, self.month if done is None else months(done.periods[-1])[1]

    @property
    def latest(self) -> Span:
        """The last month (or quarter) with a figure."""
        return next(reversed(self.held), (self.month, self.month))

    def within(self, span: Span) -> list[Span]:
        """The months (or quarters) with a figure in a span."""
        if self.indicator.overlaps:
            return [span] if span in self.held else []
        return [one for one in self.held if span[0] <= one[0] and one[1] <= span[1]]

    def whole(self, span: Span) -> list[Span]:
        """Those months if they make up the span; none where one of them has no figure."""
        inside = self.within(span)
        return inside if sum(map(length, inside)) == length(span) else []

    def level(self, span: Span) -> float | None:
        """The count over a span; of another unit one period's figure, or a year to date's."""
        if self.year.to_date is not None and span == self.to_date:
            return given(self.year.to_date.this)
        inside = self.whole(span)
        if inside and (self.unit == COUNT or len(inside) == 1):
            return sum(self.held[one] for one in inside)
        so_far = self.year.frame["cumulative"].get(span[1]) if span[0] == self.opening else None
        return given(so_far)

    def change(self, span: Span, base: Span) -> float | None:
        """What a span's level is more than that of `base`, which is as long."""
        after, before = self.level(span), self.level(base)
        lost = after is None or before is None or length(span) != length(base)
        return None if lost else after - before

    def ratio(self, value: float | None, whole: float | None, by: float = 1) -> float | None:
        """A value as a part of a whole, or so many times that."""
        return by * value / whole if value is not None and whole else None

    def mean(self, span: Span) -> float | None:
        """The average of a span's periods; None where one of them has no figure."""
        inside = self.whole(span)
        return float(np.mean([self.held[one] for one in inside])) if inside else None

    def rate(self, span: Span, people: float) -> float | None:
        """The count for so many residents, on the population that the edition's rates are on."""
        every = (self, *self.others.values())
        rate = next((facts.evidence.rate for facts in every if facts.evidence.rate), None)
        return self.ratio(self.level(span), rate and rate.people, people)

    def target(self, at: pd.Period, column: str = "target") -> float | None:
        """The target for the end of a month, or the `distance` from it (actual less target)."""
        rows = self.year.frame[column]
        return given(next(iter(rows[rows.index.asfreq("M", "end") == at]), None))

    def distance(self, span: Span, alone: bool = False) -> float | None:
        """A span's level less its target; of what adds up, the distance at the span's end, or that
        of the span `alone`.
        """
        level, goal = self.level(span), self.target(span[1])
        if alone and goal is not None:
            goal -= self.target(span[0] - 1) or 0
        elif not self.indicator.is_level:
            return self.target(span[1], "distance")
        return None if level is None or goal is None else level - goal

    def extreme(self, span: Span, pick: Callable) -> Span | None:
        """The month of a span with the most (`max`) or fewest (`min`)."""
        return pick(self.within(span), key=self.held.get, default=None)

    def beyond(self, span: Span, way: int) -> list[Span] | None:
        """The months of a span above (1) or below (-1) last year's; None where one is unknown."""
        inside = self.whole(span) if self.length == 1 else []
        changes = {one: self.change(one, shifted(one, -12)) for one in inside}
        if not inside or None in changes.values():
            return None
        return [one for one, change in changes.items() if way * change > 0]

    def run(self, span: Span, way: int) -> list[Span] | None:
        """Such months in a row to a span's end, newest first; None where one is unknown."""
        held = [one for one in reversed(self.held) if one[1] <= span[1]]
        run = [*takewhile(lambda one: self.beyond(one, way), held)]
        ends = [self.beyond(one, way) for one in held[len(run) :][:1]]
        return run if self.beyond(span, way) is not None and ends not in ([], [None]) else None

    def since(self, span: Span, way: int) -> Span | None:
        """The last month that was as high (1) or low (-1) as a span's last; none where it is the
        one before, or before all that are held.
        """
        *earlier, last = [one for one in self.held if one[1] <= span[1]] or [span]
        if not earlier or last[1] != span[1] or not self.whole((earlier[0][0], last[1])):
            return None
        so = [one for one in earlier if way * (self.held[one] - self.held[last]) >= 0]
        return so[-1] if so and so[-1] != earlier[-1] else None

    def figure(self, value: float, unit: str, span: Span, base: Span | None = None) -> Figure:
        """A value of these months, or of their change on those of `base`, with its words."""
        size = abs(value)
        if unit == POINTS or (unit == PERCENT and base):
            text = words.figures([size], 1)[0] + ("%" if unit == PERCENT else " points")
        elif unit == RATE:
            text = words.rate(value)
        elif unit in (RATIO, MONTHS):
            text = f"{size:.2g}"
        else:
            text = words.quantity(size if base else value, self.indicator.scale)
        if base and base != span and unit != RATIO:
            way = "more" if value > 0 else "less"
            text += f" {way} than in {periods.words(*base)}"
        return self.said(value, unit, span, text)

    def said(self, value: float, unit: str, span: Span, text: str) -> Figure:
        """A value of these months as it is written."""
        named = f"{self.indicator.name}, {periods.words(*span)}: {text}"
        return Figure(value, unit, "..".join(dict.fromkeys(map(str, span))), named)

    @cached_property
    def names(self) -> set[str]:
        """What a sentence may call the indicator, in lower case."""
        texts = (self.indicator.name, self.indicator.counted)
        name, counted = (re.sub(r"[“”\"']", "", text).lower() for text in texts)
        short = " ".join(word for word in name.split() if word not in PLAIN)
        bare = re.sub(r" (?:reports|incidents|crimes|cases|offences)$", "", short)
        called, main = {name, counted, short, bare}, re.split(r"[\s-]+", bare)
        if len(main) > 1:
            called |= {"".join(word[0] for word in part) for part in (main, bare.split())}
            called |= {main[-1]} if len(main[-1]) > 8 else set()
        every = ("all", "total", "total recorded") if name.startswith("overall ") else ()
        return called | {f"{all_} {bare}" for all_ in every}

    @cached_property
    def named(self) -> list[tuple[str, Facts]]:
        """What a sentence may call each indicator, longest first; of another's names none that is
        a single word in a third one's.
        """
        every = [(name, facts) for facts in self.others.values() for name in facts.names]
        own = [
            (name, facts)
            for name, facts in every
            if facts is self
            or " " in name
            or not any(name.rstrip("s") in other for other, of in every if of is not facts)
        ]
        return sorted(own, key=lambda pair: -len(pair[0]))


Measure = Callable[[Facts, Span, Span], Any]  # of a span, on or beside another
MEASURES: dict[str, Measure] = {  # all that can be said in figures
    "figure": lambda f, span, base: f.level(span),
    "last year": lambda f, span, base: f.level(shifted(span, -f.back)),
    "change": lambda f, span, base: f.change(span, base),
    "percent": lambda f, span, base: f.ratio(f.change(span, base), f.level(base), 100),
    "average": lambda f, span, base: f.mean(span),
    "average a month": lambda f, span, base: f.ratio(f.level(span), length(span)),
    "part": lambda f, span, base: f.ratio(f.level(span), f.level(base)),
    "hundredth": lambda f, span, base: (
        f.level(span) / 100 if f.unit == PERCENT and f.level(span) else None
    ),
    "share": lambda f, span, base: f.ratio(f.level(span), f.level(base), 100),
    "changed part": lambda f, span, base: f.ratio(f.change(span, base), f.level(base)),
    "highest": lambda f, span, base: f.held.get(f.extreme(span, max)),
    "lowest": lambda f, span, base: f.held.get(f.extreme(span, min)),
    "target": lambda f, span, base: f.target(span[1]),
    "target of the year": lambda f, span, base: f.target(f.opening + 11),
    "distance": lambda f, span, base: f.distance(span),
    "share of target": lambda f, span, base: f.ratio(f.level(span), f.target(span[1]), 100),
}


def facts_in(project: Project, key: str) -> Facts:
    """The facts of the indicator `key`, as a project holds them."""
    others: dict[str, Facts] = {}
    others |= {name: Facts(project, name, others) for name in project.framework.indicators}
    return others[key]


def months(period: pd.Period) -> Span:
    """The first and last month of a period."""
    return period.asfreq("M", "start"), period.asfreq("M", "end")


def length(span: Span) -> int:
    """How many months a span has."""
    return (span[1] - span[0]).n + 1


def shifted(span: Span, by: int) -> Span:
    """A span so many months later."""
    return span[0] + by, span[1] + by


def given(value: float | None) -> float | None:
    """A figure that is there and not hidden."""
    return None if value is None or np.isnan(value) else float(value)
