"""Live figures: `{change of June 2016}` in a comment stands for the figure that the edition has.

    {[indicator: ] what [of a period] [on another period]}

Without a period it is the year to date, without another the same months of the year before.
"""

import difflib
import re
from collections.abc import Callable

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
WAYS = (
    "rose or fell",
    "risen or fallen",
    "rise or fall",
    "up or down",
    "higher or lower",
    "more or fewer",
    "above or below",
)
SAME = {
    "rose or fell": "did not change",
    "risen or fallen": "not changed",
    "rise or fall": "change",
}
NOT_THERE = "not available"


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
        text = WHAT[what](facts, span, _base(m["on"], span, facts, name))
        return NOT_THERE if text is None else text

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
        one = self.facts.indicator
        counted = "{figure}" if self.facts.unit == PERCENT else f"{{figure}} {one.counted}"
        return [
            f"There were {counted} in the year to date; in the same months of last year "
            f"{{last year}}.",
            f"{one.name} {{rose or fell}} by {{change}} ({{percent}}) on last year.",
            "The latest month had {figure of month}, {change of month} {more or fewer of "
            "month} than last year.",
            "The highest month was {highest month} ({highest}).",
        ]


def _nearest(name: str, known) -> str:
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
    if (m := re.fullmatch(r"(20\d\d)/\d\d", text)) is not None:
        return shifted((first, first + 11), 12 * (int(m[1]) - first.year))
    mention = written(text, facts)
    return mention.span if mention else None


def _base(text: str | None, span: Span, facts: Facts, name: str) -> Span:
    """The months that a change is on: those of the year before where none are named."""
    mention = written(text, facts) if text else None
    if not text or text == "last year" or (mention and mention.kind == LAST):
        return shifted(span, -12)
    if text == "the period before" or (mention and mention.kind == PREVIOUS):
        return shifted(span, -length(span))
    base = _span(text, facts)
    if base is None:
        raise NotLive(
            f"{{{name}}}: '{text}' is no period; write one such as June 2016 or last year"
        )
    return base


def _amount(value: float | None, facts: Facts) -> str | None:
    return None if value is None else words.quantity(value, facts.indicator.scale)


def _percent(facts: Facts, span: Span, base: Span) -> str | None:
    percent = None if facts.unit == PERCENT else facts.percent(span, base)
    return None if percent is None else f"{words.percent(abs(percent))}"


def _way(pair: str) -> Callable[[Facts, Span, Span], str | None]:
    def said(facts: Facts, span: Span, base: Span) -> str | None:
        change = facts.change(span, base)
        rise, fall = pair.split(" or ")
        return (
            None
            if change is None
            else rise
            if change > 0
            else fall
            if change < 0
            else SAME.get(pair, "level")
        )

    return said


def _in_words(facts: Facts, span: Span, base: Span) -> str | None:
    change = facts.change(span, base)
    if not change:
        return None if change is None else "did not change"
    percent = _percent(facts, span, base)
    size = words.number(abs(change)) + (" percentage points" if facts.unit == PERCENT else "")
    return f"{'rose' if change > 0 else 'fell'} by {size}" + (f" ({percent})" if percent else "")


def _end(high: bool, month: bool = False) -> Callable[[Facts, Span, Span], str | None]:
    def said(facts: Facts, span: Span, base: Span) -> str | None:
        inside = facts.within(span)
        if not inside:
            return None
        at = (max if high else min)(inside, key=facts.level)
        return periods.words(*at) if month else _amount(facts.level(at), facts)

    return said


def _since(high: bool) -> Callable[[Facts, Span, Span], str | None]:
    """The last month before a span's end that was as high, or as low: what it is the most since."""

    def said(facts: Facts, span: Span, base: Span) -> str | None:
        inside = facts.within(span)
        if not inside:
            return None
        last = facts.level(inside[-1])
        earlier = [one for one in facts.each if one < inside[-1]]
        as_far = [
            one
            for one in earlier
            if (facts.level(one) >= last if high else facts.level(one) <= last)
        ]
        return periods.words(*(as_far[-1] if as_far else facts.each[0]))

    return said


def _months(way: int, run: bool = False) -> Callable[[Facts, Span, Span], str | None]:
    """How many months of a span were above (1) or below (-1) the year before; or in a row "
    "at its end."""

    def said(facts: Facts, span: Span, base: Span) -> str | None:
        changes = [
            facts.change(one, shifted(one, -12))
            for one in (facts.each if run else facts.within(span))
            if one[1] <= span[1]
        ]
        if not changes or changes[-1] is None:
            return None
        so = [change is not None and change * way > 0 for change in changes]
        return str([*so[::-1], False].index(False) if run else sum(so))

    return said


WHAT: dict[str, Callable[[Facts, Span, Span], str | None]] = {
    "figure": lambda facts, span, base: _amount(facts.level(span), facts),
    "last year": lambda facts, span, base: _amount(facts.level(base), facts),
    "change": lambda facts, span, base: (
        None if (change := facts.change(span, base)) is None else words.number(abs(change))
    ),
    "percent": _percent,
    "change in words": _in_words,
    **{pair: _way(pair) for pair in WAYS},
    "average": lambda facts, span, base: (
        None if (mean := facts.mean(span)) is None else words.figures([mean], 0, least=3)[0]
    ),
    "share": lambda facts, span, base: (
        words.percent(100 * part / whole)
        if facts.unit == COUNT
        and (part := facts.level(span)) is not None
        and (whole := facts.level(facts.to_date))
        else None
    ),
    "highest": _end(high=True),
    "highest month": _end(high=True, month=True),
    "highest since": _since(high=True),
    "lowest": _end(high=False),
    "lowest month": _end(high=False, month=True),
    "lowest since": _since(high=False),
    "target": lambda facts, span, base: _amount(facts.target(span[1]), facts),
    "distance": lambda facts, span, base: (
        None if (gap := facts.target(span[1], "distance")) is None else words.number(abs(gap))
    ),
    "pace": lambda facts, span, base: (
        words.pace(facts.year.target.pace, facts.indicator.unit)
        if facts.year.target and facts.year.target.pace is not None
        else None
    ),
    "rate": lambda facts, span, base: (
        None
        if facts.evidence.rate is None
        or (rate := facts.rate(span, facts.evidence.rate.base)) is None
        else words.rate(rate)
    ),
    "months above last year": _months(1),
    "months below last year": _months(-1),
    "run above last year": _months(1, run=True),
    "run below last year": _months(-1, run=True),
}
