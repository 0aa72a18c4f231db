"""Figures of an indicator for any months: level, change, average, rate and target.

A span is a pair of months, first and last. What is hidden in the tables is nowhere here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

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
POINTS, RATIO, MONTHS = "points", "ratio", "months"  # units beside those of the framework
PLAIN = {"overall", "reported", "recorded", "total", "all", "and", "of", "the"}
WHOLE = "overall "  # how the name of an indicator begins that counts everything


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

    @property
    def alone(self) -> bool:
        """Whether a figure is not part of a year to date: scores, and those of a year or longer."""
        return self.unit == SCORE or self.indicator.frequency in periods.YEARLY

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
    def to_date(self) -> Span:
        """The months of the year to date, or of the latest figure where it stands alone; before
        there is a figure, those up to the edition's.
        """
        done = self.year.to_date
        if done is not None and self.alone:
            return months(done.periods[-1])
        return self.opening, self.month if done is None else months(done.periods[-1])[1]

    @cached_property
    def each(self) -> list[Span]:
        """Every month (or quarter) with a figure, oldest first."""
        return [months(period) for period in self.values.dropna().index]

    @property
    def latest(self) -> Span:
        """The last of them."""
        return self.each[-1] if self.each else (self.month, self.month)

    def within(self, span: Span) -> list[Span]:
        """Those of them that lie within a span."""
        first, last = span
        if self.indicator.overlaps:
            return [span] if span in self.each else []
        return [month for month in self.each if first <= month[0] and month[1] <= last]

    def level(self, span: Span) -> float | None:
        """The count over a span; of another unit one period's figure, or a year to date's."""
        if self.year.to_date is not None and span == self.to_date:
            return given(self.year.to_date.this)
        inside = self.within(span)
        whole = sum(map(length, inside)) == length(span)
        if whole and (self.unit == COUNT or len(inside) == 1):
            return float(
                sum(self.values[opens.asfreq(self.values.index.freq)] for opens, _ in inside)
            )
        so_far = self.year.frame["cumulative"].get(span[1]) if span[0] == self.opening else None
        return given(so_far)

    def mean(self, span: Span) -> float | None:
        """The average of a span's periods; None where one of them has no figure."""
        inside = self.within(span)
        whole = inside and sum(map(length, inside)) == length(span)
        return float(np.mean([self.level(month) for month in inside])) if whole else None

    def change(self, span: Span, base: Span) -> float | None:
        """What a span's level is more than that of `base`, which is as long."""
        after, before = self.level(span), self.level(base)
        lost = after is None or before is None or length(span) != length(base)
        return None if lost else after - before

    def percent(self, span: Span, base: Span) -> float | None:
        """That change in per cent of the level of `base`."""
        change, before = self.change(span, base), self.level(base)
        return 100 * change / before if change is not None and before else None

    def rate(self, span: Span, people: float) -> float | None:
        """The count for so many residents, on the population that the edition's rates are on."""
        rate = next((f.evidence.rate for f in self.others.values() if f.evidence.rate), None)
        level = self.level(span)
        return None if rate is None or level is None else people * level / rate.people

    def target(self, at: pd.Period, column: str = "target") -> float | None:
        """The target for the end of a month, or the `distance` from it (actual less target)."""
        rows = self.year.frame[column]
        return given(next(iter(rows[rows.index.asfreq("M", "end") == at]), None))

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
        if base and base != span:
            way = "more" if value > 0 else "less"
            text += f" {way} than in {periods.words(*base)}"
        named = f"{self.indicator.name}, {periods.words(*span)}"
        return Figure(value, unit, from_to(span), f"{named}: {text}")

    @cached_property
    def names(self) -> set[str]:
        """What a sentence may call the indicator, in lower case."""
        texts = (self.indicator.name, self.indicator.counted)
        name, counted = (re.sub(r"[“”\"']", "", text).lower() for text in texts)
        short = " ".join(word for word in name.split() if word not in PLAIN)
        bare = re.sub(r" (?:reports|incidents|crimes|cases|offences)$", "", short)
        main = _main_words(bare)
        called = {name, counted, short, bare}
        if len(main) > 1:
            called |= {"".join(word[0] for word in part) for part in (main, bare.split())}
            called |= {main[-1]} if len(main[-1]) > 8 else set()
        if name.startswith(WHOLE):
            called |= {f"{all_} {bare}" for all_ in ("all", "total", "total recorded")}
        return called

    @cached_property
    def named(self) -> list[tuple[str, Facts]]:
        """What a sentence may call each indicator, longest first; of another's names none that is
        a single word in a third one's.
        """
        every = [(name, facts) for facts in self.others.values() for name in facts.names]

        def is_its_own(name: str, facts: Facts) -> bool:
            main = _main_words(name)
            if facts is self or len(main) > 1 or name.startswith((WHOLE, "all ", "total ")):
                return True
            others = (other for other, of in every if of is not facts)
            return not any(main[0].rstrip("s") in other for other in others)

        return sorted((pair for pair in every if is_its_own(*pair)), key=lambda p: -len(p[0]))


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


def from_to(span: Span) -> str:
    """A span as commands take it."""
    return "..".join(dict.fromkeys(map(str, span)))


def _main_words(name: str) -> list[str]:
    return [word for word in re.split(r"[\s-]+", name) if word not in PLAIN]


def given(value: float | None) -> float | None:
    """A figure that is there and not hidden."""
    return None if value is None or np.isnan(value) else float(value)
