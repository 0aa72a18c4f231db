"""The figures a comment is checked against: looked up in the year, and in the whole series for any
other months.

A span is a pair of months, first and last. Every change is worked out by `intervals.compare`, as
everywhere else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from saferplymouth import periods
from saferplymouth.framework import Indicator
from saferplymouth.indicators import words
from saferplymouth.periods import Calendar
from saferplymouth.statistics.intervals import compare
from saferplymouth.statistics.measures import Year

if TYPE_CHECKING:
    from saferplymouth.indicators.project import Project

Span = tuple[pd.Period, pd.Period]
PLAIN = {"overall", "reported", "recorded", "total", "all", "and", "of", "the"}


class RightFigure(NamedTuple):
    """What a claim should have said, in words and for a program: `figure` is of the claim's own
    kind (of a change what it changed by), `period` its months, `2016-04..2016-11`.
    """

    words: str = ""
    figure: float | None = None
    period: str = ""


@dataclass(frozen=True)
class Move:
    """`after` against `before`: counts or percentages; `percent` is None on nothing, `beyond` where
    unknown.

    `against` says what it is on, as words; `months` holds the change of each paired period.
    """

    span: Span
    base: Span
    after: float
    before: float
    change: float
    percent: float | None
    beyond: bool | None
    months: tuple[float, ...]


@dataclass(frozen=True)
class Facts:
    """One indicator's figures: `values` is the whole series by period, `month` the edition's.

    `sisters` are the other indicators by key (their own `sisters` are empty), `area` the names of
    the place and its agencies, which a comment may use.
    """

    indicator: Indicator
    year: Year
    values: pd.Series
    month: pd.Period
    calendar: Calendar
    area: str = ""
    sisters: Mapping[str, Facts] = field(default_factory=dict)
    _kept: dict = field(default_factory=dict, repr=False, compare=False)

    @property
    def percent(self) -> bool:
        return self.indicator.unit == "percent"

    @property
    def to_date(self) -> Span | None:
        """The months of the year to date, None before there is a figure."""
        done = self.year.to_date
        return (
            None
            if done is None
            else (done.periods[0].asfreq("M", "start"), done.periods[-1].asfreq("M", "end"))
        )

    @property
    def opening(self) -> pd.Period:
        return self.year.frame.index[0].asfreq("M", "start")

    @property
    def latest(self) -> pd.Period:
        """The last month with a figure this year; the month before the year where there is none."""
        return self.opening - 1 if self.year.latest is None else self.year.latest.asfreq("M", "end")

    def within(self, span: Span) -> pd.Series | None:
        """The figures of exactly these months; None where the series has not all of them."""
        freq = self.year.frame.index.freq
        wanted = pd.period_range(span[0].asfreq(freq), span[1].asfreq(freq), freq=freq)
        exact = (
            len(wanted)
            and wanted[0].asfreq("M", "start") == span[0]
            and wanted[-1].asfreq("M", "end") == span[1]
        )
        found = self.values.reindex(wanted) if exact else None
        return None if found is None or found.isna().any() else found

    def level(self, span: Span) -> float | None:
        """The count over a span, or its percentage: one month's, or the year to date as it stands
        in the year.
        """
        if span == self.to_date:
            return _given(self.year.to_date.this)
        found = self.within(span)
        if self.percent and (found is None or len(found) > 1):
            ends = self.year.frame["cumulative"].get(span[1]) if span[0] == self.opening else None
            return _given(ends)
        return None if found is None else float(found.sum())

    def move(self, span: Span, base: Span | None = None) -> Move | None:
        """The change from `base` (a year before, unless given) to `span`; None where either has no
        figure.
        """
        base = base or (span[0] - 12, span[1] - 12)
        if (span, base) not in self._kept:
            self._kept[span, base] = self._move(span, base)
        return self._kept[span, base]

    def _move(self, span: Span, base: Span) -> Move | None:
        done = self.year.to_date
        if not self.percent and span == self.to_date and base == (span[0] - 12, span[1] - 12):
            if _given(done.change) is None or done.comparison is None:
                return None
            c, rows = done.comparison, self.year.frame.loc[done.periods]
            percent = None if c.ratio is None else 100 * (c.ratio - 1)
            return Move(
                span,
                base,
                done.this,
                done.last,
                done.change,
                percent,
                c.beyond_chance,
                tuple(rows["change"]),
            )
        after, before = self.within(span), self.within(base)
        if (
            after is None
            or before is None
            or len(after) != len(before)
            or (self.percent and len(after) > 1)
        ):
            return None
        if self.percent:
            a, b = float(after.iloc[0]), float(before.iloc[0])
            return Move(span, base, a, b, a - b, 100 * (a - b) / b if b else None, None, (a - b,))
        c = compare(after.astype(int).tolist(), before.astype(int).tolist())
        months = tuple(a - b for a, b in zip(after, before, strict=True))
        percent = None if c.ratio is None else 100 * (c.ratio - 1)
        return Move(span, base, c.a, c.b, c.change, percent, c.beyond_chance, months)

    def step(self, span: Span) -> Move | None:
        """From the first month (or quarter) of a span to its last; for one alone, from the one
        before.
        """
        n = 12 // periods.FREQUENCIES[self.indicator.frequency]
        first = (span[0], span[0] + n - 1) if (span[1] - span[0]).n >= n else None
        last = (span[1] - (n - 1), span[1])
        return self.move(last, first or (last[0] - n, last[1] - n))

    def shares(self, other: Facts) -> Span | None:
        """The months of both years to date."""
        if self.to_date is None or other.to_date is None:
            return None
        first, last = (
            pick(a, b) for pick, a, b in zip((max, min), self.to_date, other.to_date, strict=True)
        )
        return (first, last) if first <= last else None

    def amount(self, value: float) -> str:
        return words.quantity(value, self.indicator.scale)

    def told(self, span: Span) -> RightFigure:
        """The right figure of a span with its period, and its change on the year before where there
        is one.
        """
        value = self.level(span)
        if value is None:
            return RightFigure()
        text = f"{periods.words(*span)}: {self.amount(value)}"
        move = self.move(span)
        text += f", {self.moved(move)}" if move else ""
        return RightFigure(text, value, from_to(span))

    def moved(self, move: Move) -> str:
        """`a rise of 570 (5%) on the 12,016 of April to November 2015`."""
        on = f"the {self.amount(move.before)} of {periods.words(*move.base)}"
        if not move.change:
            return f"no change on {on}"
        size = words.number(abs(move.change)) + (
            " percentage points" if self.percent else words.share(move.percent)
        )
        return f"a {words.kind(move.change)} of {size} on {on}"

    def told_target(self, period: pd.Period) -> RightFigure:
        """The year to date at a period beside its target, a percentage's own month too, and the
        pace for the rest.
        """
        target, unit = self.year.target, "%" if self.percent else ""
        known = self.year.frame["distance"].dropna()
        if known.empty:
            return RightFigure()
        at = period if period in known.index else known.index[-1]
        row, gap = self.year.frame.loc[at], known[at]
        text = (
            f"{periods.words(at)}: {self.amount(row['cumulative'])} to date, target "
            f"{row['target']:g}{unit}"
        )
        text += f", {abs(gap):g} {'below' if gap < 0 else 'above'} it" if gap else ""
        if self.percent:
            text += f"; {self.amount(row['this'])} in the {self.indicator.frequency}"
        elif target.pace is not None:
            pace = f"{words.pace(target.pace, self.indicator.unit)} a {self.indicator.frequency}"
            text += f"; {pace} needed for {words.number(target.year_end)}"
        span = (self.opening, at.asfreq("M", "end"))
        return RightFigure(text, row["cumulative"], from_to(span))

    def names(self) -> tuple[str, ...]:
        """What a sentence may call this indicator, in lower case: its name, what it counts, and
        their initials.
        """
        return _names(self.indicator)

    @cached_property
    def aliases(self) -> list[tuple[str, Facts]]:
        """Every name of every indicator, longest first; a single word that another's name holds too
        is left out.
        """
        every = [
            (name, facts) for facts in (self, *self.sisters.values()) for name in facts.names()
        ]
        held = [
            (word, facts)
            for name, facts in every
            for word in re.split(r"[\s-]+", name)
            if " " in name or "-" in name
        ]
        return sorted(
            (
                (n, f)
                for n, f in every
                if not any(n in (w, w.rstrip("s")) and g is not f for w, g in (*held, *every))
            ),
            key=lambda pair: -len(pair[0]),
        )


def facts_in(project: Project, key: str) -> Facts:
    """The facts of the indicator `key`, as a project holds them; small counts are hidden there
    already.
    """
    f, month = project.framework, project.month
    names = " ".join((f.partnership.area, *f.agencies.values()))
    every = {
        k: Facts(e.indicator, e.year, e.observed["value"].astype(float), month, f.calendar, names)
        for k, e in project.evidence.items()
    }
    return replace(every.pop(key), sisters=every)


def _given(value: float | None) -> float | None:
    """A figure that is there and not hidden."""
    return None if value is None or np.isnan(value) else float(value)


def _names(indicator: Indicator) -> tuple[str, ...]:
    name, counted = (re.sub(r"[“”\"']", "", t).lower() for t in (indicator.name, indicator.counted))
    short = " ".join(w for w in name.split() if w not in PLAIN)
    bare = re.sub(r" (?:reports|incidents|crimes|cases|offences)$", "", short)
    main = [w for w in re.split(r"[\s-]+", bare) if w not in PLAIN]
    found = {name, counted, short}
    if len(main) > 1:
        found |= {bare, "".join(w[0] for w in main)} | ({main[-1]} if len(main[-1]) > 8 else set())
    return tuple(sorted(found, key=len, reverse=True))


def from_to(span: Span) -> str:
    """A span as commands take it."""
    return "..".join(dict.fromkeys(map(str, span)))


def told(facts: Facts, move: Move) -> RightFigure:
    text = f"{periods.words(*move.span)}: {facts.amount(move.after)}, {facts.moved(move)}"
    return RightFigure(text, move.change, from_to(move.span))
