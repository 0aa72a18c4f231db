"""Live figures: `{change of June 2016}` in a comment stands for the figure that the edition has.

    {[indicator: ] what [of a period] [on another period]}

Without a period it is the year to date, without another the same months of the year before.
"""

import difflib
import operator
import re
from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from saferplymouth import periods
from saferplymouth.comments.figures import Facts, Span, length, shifted
from saferplymouth.comments.mentions import LAST, PREVIOUS, written
from saferplymouth.errors import Mistake
from saferplymouth.framework import COUNT, PERCENT
from saferplymouth.indicators import words

BRACES = re.compile(r"\{([^{}\n]{0,200})\}")
NAME = re.compile(
    r"(?:(?P<key>\w+):\s*)?(?P<what>.*?)(?:\s+of\s+(?P<of>.+?))?(?:\s+on\s+(?P<on>.+))?"
)
WAYS = {  # which way a figure changed, and what is said where it did not
    "rose or fell": "did not change",
    "risen or fallen": "not changed",
    "rise or fall": "change",
    "up or down": "level",
    "higher or lower": "level",
    "more or fewer": "level",
    "above or below": "level",
}
NOT_THERE = "not available"
Value = Callable[[Facts, Span, Span], Any]  # of a span, on a base; None where there is none
Shown = Callable[[Any, Facts], str]  # how such a value is written


class NotLive(Mistake):
    """A name in braces that stands for no figure; the message has the nearest that does."""


class Live:
    """The live figures of an indicator: called, a table of them; by name, one as it is shown.

    >>> asb = Report("anti_social_behaviour", "2016-11")["anti_social_behaviour"]
    >>> asb.live["change of June 2016"]
    '196'
    """

    def __init__(self, facts: Facts):
        self.facts = facts

    def __call__(self) -> pd.DataFrame:
        """Every live figure of the year to date and of the latest month, with its present value."""
        names = [f"{what}{of}" for of in ("", " of month") for what in WHAT]
        values = {f"{{{name}}}": self[name] for name in names}
        return pd.DataFrame({"value": values}).rename_axis("write")

    def __getitem__(self, name: str) -> str:
        m = NAME.fullmatch(" ".join(name.split()))
        facts = self.facts.others.get(m["key"], self.facts) if m["key"] else self.facts
        if m["key"] and m["key"] not in self.facts.others:
            near = _nearest(m["key"], self.facts.others)
            raise NotLive(f"{{{name}}}: '{m['key']}' is not an indicator{near}")
        known = m["what"] in WHAT
        what, of = (m["what"], m["of"]) if known else ("figure", m["of"] or m["what"])
        span = _span(of, facts) if of or not known else facts.to_date
        if span is None:
            raise NotLive(f"{{{name}}} is no live figure{_nearest(m['what'], WHAT)}")
        value, shown = WHAT[what]
        amount = value(facts, span, _base(m["on"], span, facts, name))
        return NOT_THERE if amount is None else shown(amount, facts)

    def _ipython_key_completions_(self) -> list[str]:
        return [*WHAT, *(f"{what} of month" for what in WHAT)]

    def render(self, text: str) -> tuple[str, list[str]]:
        """A text with its live figures filled in, and what was filled in, in order."""
        values: list[str] = []

        def fill(m: re.Match) -> str:
            values.append(self[m[1]])
            return values[-1]

        return BRACES.sub(fill, text), values

    def sentences(self) -> list[str]:
        """Sentences of the suite's own to take over into a comment."""
        indicator = self.facts.indicator
        counted = "{figure}" if self.facts.unit == PERCENT else f"{{figure}} {indicator.counted}"
        return [
            f"There were {counted} in the year to date; in the same months of last year "
            f"{{last year}}.",
            f"{indicator.name} {{rose or fell}} by {{change}} ({{percent}}) on last year.",
            "The latest month had {figure of month}, {change of month} {more or fewer of "
            "month} than last year.",
            "The highest month was {highest month} ({highest}).",
        ]


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1, 0.5)
    return f"; did you mean '{near[0]}'?" if near else f"; write one of {', '.join(known)}"


def _span(text: str, facts: Facts) -> Span | None:
    """The months of a period as a live figure names it."""
    first, last = facts.opening, facts.to_date[1]
    quarter = first + 3 * ((last - first).n // 3)
    named = {
        "month": facts.latest,
        "quarter": (quarter, quarter + 2),
        "year to date": facts.to_date,
        "rolling year": (last - 11, last),
        "last year": (first - 12, first - 1),
    }
    if text in named:
        return named[text]
    if m := re.fullmatch(r"(20\d\d)/\d\d", text):
        return shifted((first, first + 11), 12 * (int(m[1]) - first.year))
    mention = written(text, facts)
    return mention and mention.span


def _base(text: str | None, span: Span, facts: Facts, name: str) -> Span:
    """The months that a change is on: those of the year before where none are named."""
    mention = written(text, facts) if text else None
    kind = mention.kind if mention else text or LAST
    if kind == LAST:
        return shifted(span, -12)
    if kind == PREVIOUS:
        return shifted(span, -length(span))
    base = _span(text, facts)
    if base is None:
        raise NotLive(
            f"{{{name}}}: '{text}' is no period; write one such as June 2016 or last year"
        )
    return base


def _percent(facts: Facts, span: Span, base: Span) -> float | None:
    return None if facts.unit == PERCENT else facts.percent(span, base)


def _in_words(facts: Facts, span: Span, base: Span) -> str | None:
    change, percent = facts.change(span, base), _percent(facts, span, base)
    if not change:
        return None if change is None else "did not change"
    points = " percentage points" if facts.unit == PERCENT else ""
    beside = f" ({words.percent(abs(percent))})" if percent is not None else ""
    return f"{'rose' if change > 0 else 'fell'} by {_size(change, facts)}{points}{beside}"


def _share(facts: Facts, span: Span, base: Span) -> float | None:
    part, whole = facts.level(span), facts.level(facts.to_date)
    return 100 * part / whole if facts.unit == COUNT and part is not None and whole else None


def _farthest(pick: Callable) -> Value:
    """The highest (`max`) or lowest (`min`) month of a span."""
    return lambda facts, span, base: pick(facts.within(span), key=facts.level, default=None)


def _since(as_far: Callable[[float, float], bool]) -> Value:
    """The month since which a span's last is the most: one that was `as_far`, or the first."""

    def month(facts: Facts, span: Span, base: Span) -> Span | None:
        last = facts.within(span)[-1:]
        earlier = [month for month in facts.each if last and month < last[0]]
        before = [month for month in earlier if as_far(facts.level(month), facts.level(last[0]))]
        return (before or facts.each[:1])[-1] if last else None

    return month


def _months(way: int, run: bool = False) -> Value:
    """How many months of a span were above (1) or below (-1) the year before, or the `run` of them
    at its end.
    """

    def number(facts: Facts, span: Span, base: Span) -> int | None:
        counted = [m for m in (facts.each if run else facts.within(span)) if m[1] <= span[1]]
        changes = [facts.change(month, shifted(month, -12)) for month in counted]
        if not changes or changes[-1] is None:
            return None
        so = [change is not None and change * way > 0 for change in changes]
        return [*so[::-1], False].index(False) if run else sum(so)

    return number


def _amount(value: float, facts: Facts) -> str:
    return words.quantity(value, facts.indicator.scale)


def _size(value: float, facts: Facts) -> str:
    return words.number(abs(value))


def _way(pair: str) -> Shown:
    rise, fall = pair.split(" or ")
    return lambda change, facts: rise if change > 0 else fall if change < 0 else WAYS[pair]


def _level_of(month: Span, facts: Facts) -> str:
    return _amount(facts.level(month), facts)


def _month(month: Span, facts: Facts) -> str:
    return periods.words(*month)


def _as_is(value: str | int, facts: Facts) -> str:
    return str(value)


WHAT: dict[str, tuple[Value, Shown]] = {  # a figure of a span on a base, and how it is written
    "figure": (lambda facts, span, base: facts.level(span), _amount),
    "last year": (lambda facts, span, base: facts.level(base), _amount),
    "change": (Facts.change, _size),
    "percent": (_percent, lambda percent, facts: words.percent(abs(percent))),
    "change in words": (_in_words, _as_is),
    **{pair: (Facts.change, _way(pair)) for pair in WAYS},
    "average": (
        lambda facts, span, base: facts.mean(span),
        lambda mean, facts: words.figures([mean], 0, least=3)[0],
    ),
    "share": (_share, lambda share, facts: words.percent(share)),
    "highest": (_farthest(max), _level_of),
    "highest month": (_farthest(max), _month),
    "highest since": (_since(operator.ge), _month),
    "lowest": (_farthest(min), _level_of),
    "lowest month": (_farthest(min), _month),
    "lowest since": (_since(operator.le), _month),
    "target": (lambda facts, span, base: facts.target(span[1]), _amount),
    "distance": (lambda facts, span, base: facts.target(span[1], "distance"), _size),
    "pace": (
        lambda facts, span, base: facts.year.target and facts.year.target.pace,
        lambda pace, facts: words.pace(pace, facts.unit),
    ),
    "rate": (
        lambda facts, span, base: (
            facts.evidence.rate and facts.rate(span, facts.evidence.rate.base)
        ),
        lambda rate, facts: words.rate(rate),
    ),
    "months above last year": (_months(1), _as_is),
    "months below last year": (_months(-1), _as_is),
    "run above last year": (_months(1, run=True), _as_is),
    "run below last year": (_months(-1, run=True), _as_is),
}
