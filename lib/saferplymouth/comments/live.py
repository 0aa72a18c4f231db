"""Live figures: `{change of June 2016}` in a comment stands for the figure that the edition has.

    {[indicator: ] what [of a period] [on another period]}

Without a period it is the year to date, without another the same months of the year before.
"""

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd

from saferplymouth import periods
from saferplymouth.comments.figures import MEASURES, Facts, Figure, Measure, Span, given, shifted
from saferplymouth.comments.mentions import LAST, compared, written
from saferplymouth.errors import Mistake
from saferplymouth.framework import COUNT, PERCENT, SCORE
from saferplymouth.indicators import words
from saferplymouth.indicators.words import capital, listed

BRACES = re.compile(r"(?<!\\)\{([^{}\n]{0,200})\}")  # but for `\{`, a brace as it is
NAME = re.compile(
    r"(?:(?P<key>[^:]*):\s*)?(?P<what>.*?)(?:\s+of\s+(?P<of>.+?))?(?:\s+on\s+(?P<on>.+))?"
)
WAYS = {  # a rise, a fall, and neither
    "rose or fell": "did not change",
    "risen or fallen": "not changed",
    "rise or fall": "change",
    **dict.fromkeys(("up or down", "higher or lower", "more or fewer", "above or below"), "level"),
}
EXAMPLES = "June 2016, Q1, April to June, 2015/16, month or year to date"
NOT_THERE = "not available"


class NotLive(Mistake):
    """A name in braces that stands for no figure; the message has the nearest that does."""


@dataclass(frozen=True)
class Filled:
    """A live figure as it was filled in: `what` it is, its text and months, and the figure that it
    is where it is a number.
    """

    what: str
    text: str
    span: Span
    figure: Figure | None = None

    def is_of(self, span: Span) -> bool:
        """Whether a period typed beside it may be its own."""
        own = shifted(self.span, -12) if self.what == "last year" else self.span
        return span[0] <= own[0] and own[1] <= span[1]


class Live:
    """The live figures of an indicator: called, a table of them; by name, one as it is shown.

    >>> asb = Report("anti_social_behaviour", "2016-11")["anti_social_behaviour"]
    >>> asb.live["change of June 2016"]
    '196'
    """

    def __init__(self, facts: Facts):
        self.facts = facts

    def __call__(self) -> pd.DataFrame:
        """Every live figure with its present value, of the year to date and of the latest month."""
        spans = ("year to date", "month") if self.facts.length == 1 else ("year to date",)
        values = {
            f"of {span}": {f"{{{name}}}": self[f"{name} of {span}"] for name in WHAT}
            for span in spans
        }
        return pd.DataFrame(values).rename_axis("write")

    def __getitem__(self, name: str) -> str:
        return self.filled(name).text

    def _ipython_key_completions_(self) -> list[str]:
        of_month = [f"{what} of month" for what in WHAT] if self.facts.length == 1 else []
        return [*WHAT, *of_month]

    def filled(self, name: str) -> Filled:
        """What a name stands for. Raises `NotLive`."""
        plain = " ".join(name.split())
        m = NAME.fullmatch(plain[:1].lower() + plain[1:])
        key, what, of, on = m["key"], m["what"], m["of"], m["on"]
        if key is not None and key not in self.facts.others:
            near = _nearest(key, self.facts.others)
            raise NotLive(f"{{{name}}}: '{key}' is not an indicator's key{near}")
        facts = self.facts.others[key] if key else self.facts
        period = plain.partition(":")[2].strip() or plain
        if what not in WHAT and not of and _span(period, facts):
            what, of = "figure", period
        if what not in WHAT:
            raise NotLive(f"{{{name}}} is not a live figure{_nearest(what, WHAT)}")
        span = _span(of, facts) if of else facts.to_date
        if span is None:
            raise NotLive(f"{{{name}}}: '{of}' is not a period; write one such as {EXAMPLES}")
        if on and what not in ON_ANOTHER:
            raise NotLive(f"{{{name}}}: '{what}' is not a change; leave out 'on {on}'")
        base = compared(written(on or LAST, facts), span, facts)
        if base is None or base == span:
            raise NotLive(f"{{{name}}}: '{on}' is not another period; write one such as {EXAMPLES}")
        value, write = WHAT[what][0](facts, span, base), WHAT[what][1]
        if isinstance(value, float | int):
            text = write(facts, value)
            figure = facts.said(value, facts.unit, span, text)
        else:
            named = [value] if isinstance(value, tuple) else value
            spans = [periods.words(*one) for one in named] if isinstance(named, list) else []
            text, figure = listed(spans) if spans else named or NOT_THERE, None
        return Filled(what, capital(text) if plain[:1].isupper() else text, span, figure)

    def render(self, text: str) -> tuple[str, list[Filled]]:
        """A text with its live figures filled in, and these in order. Raises `NotLive`."""
        if brace := re.search(r"(?<!\\)[{}].{0,20}", BRACES.sub("", text)):
            raise NotLive(f"'{brace[0]}': a brace is not closed, or was never opened")
        filled = [self.filled(m[1]) for m in BRACES.finditer(text)]
        left = iter(filled)
        return BRACES.sub(lambda _: next(left).text, text), filled

    def sentences(self) -> list[str]:
        """Sentences of the suite to take over into a comment, where their figures are there."""
        one = self.facts.indicator
        counted = f"There were {{figure}} {one.counted}"
        opens = f"{one.name} was {{figure}}" if self.facts.unit != COUNT else counted
        now, before, on = "the year to date", "the same months of last year", "last year"
        done = self.facts.year.to_date
        if self.facts.alone and self.facts.held:
            latest = self.facts.year.latest
            before = on = periods.words(latest - periods.FREQUENCIES[one.frequency])
            now = periods.words(latest)
        every = [
            f"{opens} in {now}.",
            f"In {before} it was {{last year}}.",
            "" if done and done.meets else f"{one.name} {{change in words}} on {on}.",
            "" if self.facts.alone else "The highest month was {highest month} ({highest}).",
            f"{capital(now)} is {{distance}} {{above or below target}} target.",
        ]
        return [one for one in filter(None, every) if NOT_THERE not in self.render(one)[0]]


def _span(text: str, facts: Facts) -> Span | None:
    """The months of a period named; of another year all of them, but the same for `last year`."""
    if year := re.fullmatch(r"(20\d\d)/\d\d", text):
        return shifted(
            (facts.opening, facts.opening + 11), 12 * (int(year[1]) - facts.opening.year)
        )
    if text == "month" and facts.length > 1:
        return None
    span = compared(written(text, facts), facts.to_date, facts)
    return span if span and span[0] <= span[1] else None


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1, 0.75)
    return f"; did you mean '{near[0]}'?" if near else f"; write one of {', '.join(known)}"


def _way(pair: str, change: float | None) -> str | None:
    rise, fall = pair.split(" or ")
    return None if change is None else rise if change > 0 else fall if change else WAYS[pair]


def _percent(facts: Facts, span: Span, base: Span) -> float | None:
    """A change in per cent; of percentages and scores there is none."""
    return None if facts.unit in (PERCENT, SCORE) else MEASURES["percent"](facts, span, base)


def _share(facts: Facts, span: Span) -> float | None:
    """A count in per cent of the year to date that it is part of."""
    first, last = facts.to_date
    part = facts.unit == COUNT and first <= span[0] and span[1] <= last
    return MEASURES["share"](facts, span, facts.to_date) if part else None


def _in_words(facts: Facts, span: Span, base: Span) -> str | None:
    change, percent = facts.change(span, base), _percent(facts, span, base)
    if not change:
        return _way("rose or fell", change)
    points = " percentage points" if facts.unit == PERCENT else ""
    return f"{words.moved(change)} by {_size(facts, change)}{points}{words.share(percent)}"


def _amount(facts: Facts, value: float) -> str:
    return words.quantity(value, facts.indicator.scale)


def _size(facts: Facts, value: float) -> str:
    return words.score(abs(value)) if facts.unit == SCORE else words.number(abs(value))


def _average(facts: Facts, value: float) -> str:
    rounded = facts.unit == COUNT
    return words.figures([value], 0, least=3)[0] if rounded else _amount(facts, value)


def _count(months: list[Span] | None) -> int | None:
    return None if months is None else len(months)


def _whole(facts: Facts, span: Span, pick: Callable) -> Span | None:
    """The month with the most or fewest, where every month has a figure."""
    return facts.extreme(span, pick) if facts.whole(span) else None


# What can be asked for, and how it is written if it is a number; words, months and lists of them
# are written as they are.
WHAT: dict[str, tuple[Measure, Callable[[Facts, float], str]]] = {
    "figure": (MEASURES["figure"], _amount),
    "last year": (MEASURES["last year"], _amount),
    "change": (MEASURES["change"], _size),
    "percent": (_percent, lambda f, value: words.percent(value)),
    "exact percent": (_percent, lambda f, value: f"{words.figures([abs(value)], 1)[0]}%"),
    "change in words": (_in_words, _size),
    **{
        pair: (lambda f, span, base, pair=pair: _way(pair, f.change(span, base)), _size)
        for pair in WAYS
    },
    "average": (MEASURES["average"], _average),
    "share": (lambda f, span, base: _share(f, span), lambda f, value: words.percent(value)),
    "highest": (lambda f, span, base: f.held.get(_whole(f, span, max)), _amount),
    "highest month": (lambda f, span, base: _whole(f, span, max), _amount),
    "highest since": (lambda f, span, base: f.since(span, 1), _amount),
    "lowest": (lambda f, span, base: f.held.get(_whole(f, span, min)), _amount),
    "lowest month": (lambda f, span, base: _whole(f, span, min), _amount),
    "lowest since": (lambda f, span, base: f.since(span, -1), _amount),
    "target": (MEASURES["target"], _amount),
    "distance": (MEASURES["distance"], _size),
    "above or below target": (lambda f, s, base: _way("above or below", f.distance(s)), _size),
    "pace": (
        lambda f, span, base: given(f.year.target.pace) if f.year.target else None,
        lambda f, value: words.pace(value, f.unit),
    ),
    "rate": (
        lambda f, span, base: f.rate(span, f.evidence.rate.base) if f.evidence.rate else None,
        lambda f, value: words.rate(value),
    ),
    "months above last year": (lambda f, span, base: _count(f.beyond(span, 1)), _size),
    "months below last year": (lambda f, span, base: _count(f.beyond(span, -1)), _size),
    "which months above last year": (lambda f, span, base: f.beyond(span, 1), _size),
    "which months below last year": (lambda f, span, base: f.beyond(span, -1), _size),
    "run above last year": (lambda f, span, base: _count(f.run(span, 1)), _size),
    "run below last year": (lambda f, span, base: _count(f.run(span, -1)), _size),
}
ON_ANOTHER = {"change", "percent", "exact percent", "change in words", *WAYS}
