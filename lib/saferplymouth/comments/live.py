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
from saferplymouth.comments.figures import Facts, Figure, Span, from_to, given, length, shifted
from saferplymouth.comments.mentions import LAST, PREVIOUS, written
from saferplymouth.errors import Mistake
from saferplymouth.framework import COUNT, PERCENT, SCORE
from saferplymouth.indicators import words
from saferplymouth.indicators.words import capital, listed

BRACES = re.compile(r"(?<!\\)\{([^{}\n]{0,200})\}")  # but for `\{`, a brace as it is
NAME = re.compile(
    r"(?:(?P<key>[^:]*):\s*)?(?P<what>.*?)(?:\s+of\s+(?P<of>.+?))?(?:\s+on\s+(?P<on>.+))?"
)
PAIRS = ("rose or fell", "risen or fallen", "rise or fall", "up or down", "higher or lower")
PAIRS += ("more or fewer", "above or below")
SAME = {
    "rose or fell": "did not change",
    "risen or fallen": "not changed",
    "rise or fall": "change",
}
EXAMPLES = "June 2016, Q1, April to June, 2015/16, month or year to date"
NOT_THERE = "not available"
Shown = tuple[float | None, str] | None  # what a live figure is worth, and how it is written


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
        """Every live figure of the year to date and of the latest month, with its present value."""
        values = {f"{{{name}}}": self[name] for name in self._ipython_key_completions_()}
        return pd.DataFrame({"value": values}).rename_axis("write")

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
        base = _base(on, span, facts)
        if base is None or base == span:
            raise NotLive(f"{{{name}}}: '{on}' is not another period; write one such as {EXAMPLES}")
        value, text = WHAT[what](facts, span, base) or (None, NOT_THERE)
        figure = None
        if value is not None:
            shown = f"{facts.indicator.name}, {periods.words(*span)}: {text}"
            figure = Figure(value, facts.unit, from_to(span), shown)
        return Filled(what, capital(text) if plain[:1].isupper() else text, span, figure)

    def render(self, text: str) -> tuple[str, list[Filled]]:
        """A text with its live figures filled in, and these in order. Raises `NotLive`."""
        filled: list[Filled] = []

        def fill(m: re.Match) -> str:
            filled.append(self.filled(m[1]))
            return filled[-1].text

        rest = BRACES.sub("", text)
        if brace := re.search(r"(?<!\\)[{}].{0,20}", rest):
            raise NotLive(f"'{brace[0]}': a brace is not closed, or was never opened")
        return BRACES.sub(fill, text), filled

    def sentences(self) -> list[str]:
        """Sentences of the suite to take over into a comment, where their figures are there."""
        one = self.facts.indicator
        counted = f"There were {{figure}} {one.counted}"
        opens = f"{one.name} was {{figure}}" if self.facts.unit != COUNT else counted
        now, before, on = "the year to date", "the same months of last year", "last year"
        done = self.facts.year.to_date
        if self.facts.alone and self.facts.each:
            latest = self.facts.year.latest
            before = periods.words(latest - periods.FREQUENCIES[one.frequency])
            now, on = periods.words(latest), before
        every = [
            f"{opens} in {now}.",
            f"In {before} it was {{last year}}.",
            "" if done and done.meets else f"{one.name} {{change in words}} on {on}.",
            "The highest month was {highest month} ({highest}).",
            f"{capital(now)} is {{distance}} {{above or below target}} target.",
        ]
        known = (sentence for sentence in every if NOT_THERE not in self.render(sentence)[0])
        return [sentence for sentence in known if not (self.facts.alone and "highest" in sentence)]


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1, 0.75)
    return f"; did you mean '{near[0]}'?" if near else f"; write one of {', '.join(known)}"


def _span(text: str, facts: Facts) -> Span | None:
    """The months of a period as a live figure names it; None for what is none."""
    first, last = facts.opening, facts.to_date[1]
    quarter = first + 3 * ((last - first).n // 3)
    named = {
        "quarter": (quarter, quarter + 2),
        "year to date": facts.to_date,
        "rolling year": (last - 11, last),
        "last year": shifted(facts.to_date, -12),
    }
    named |= {"month": facts.latest} if facts.length == 1 else {}
    if text in named:
        return named[text]
    if re.search(r"\b0 months", text):
        return None
    if periods.MONTH.fullmatch(text):
        return (pd.Period(text, "M"),) * 2
    if m := re.fullmatch(r"(20\d\d)/\d\d", text):
        return shifted((first, first + 11), 12 * (int(m[1]) - first.year))
    mention = None if text.isdigit() else written(text, facts) or written(text.title(), facts)
    return mention.span if mention and mention.span and mention.span[0] <= mention.span[1] else None


def _base(text: str | None, span: Span, facts: Facts) -> Span | None:
    """The months that a change is on: those of the year before where none are named."""
    mention = written(text, facts) if text else None
    if not text or text == "last year" or (mention and mention.kind == LAST):
        return shifted(span, -facts.back)
    if text == "the period before" or (mention and mention.kind == PREVIOUS):
        return shifted(span, -length(span))
    return _span(text, facts)


def _amount(value: float | None, facts: Facts) -> Shown:
    return None if value is None else (value, words.quantity(value, facts.indicator.scale))


def _number(value: float | None, text: Callable[[float], str] = words.number) -> Shown:
    return None if value is None else (value, text(abs(value)))


def _percent(facts: Facts, span: Span, base: Span) -> float | None:
    return None if facts.unit in (PERCENT, SCORE) else facts.percent(span, base)


def _one_decimal(value: float) -> str:
    return f"{words.figures([value], 1)[0]}%"


def _way(pair: str, change: float | None) -> Shown:
    rise, fall = pair.split(" or ")
    same = SAME.get(pair, "level")
    return None if change is None else (None, rise if change > 0 else fall if change else same)


def _in_words(facts: Facts, span: Span, base: Span) -> Shown:
    change, percent = facts.change(span, base), _percent(facts, span, base)
    if not change:
        return _way("rose or fell", change)
    points = " percentage points" if facts.unit == PERCENT else ""
    share = f" ({words.percent(abs(percent))})" if percent is not None else ""
    way = "rose" if change > 0 else "fell"
    return change, f"{way} by {_size(facts)(abs(change))}{points}{share}"


def _size(facts: Facts) -> Callable[[float], str]:
    """How the size of a change is written."""
    return words.score if facts.unit == SCORE else words.number


def _average(facts: Facts, value: float | None) -> Shown:
    if facts.unit != COUNT:
        return _amount(value, facts)
    return _number(value, lambda mean: words.figures([mean], 0, least=3)[0])


def _extreme(facts: Facts, span: Span, pick: Callable, month: bool = False) -> Shown:
    at = None if facts.mean(span) is None else pick(facts.within(span), key=facts.level)
    if at is None:
        return None
    return (None, periods.words(*at)) if month else _amount(facts.level(at), facts)


def _since(facts: Facts, span: Span, way: int) -> Shown:
    """The last month that was as high (1) or low (-1) as a span's last; none where it is the one
    before, or before all that are held.
    """
    last = (span[1] - (facts.length - 1), span[1])
    earlier = [one for one in facts.each if one < last]
    if not earlier or facts.mean((earlier[0][0], last[1])) is None:
        return None
    so = [one for one in earlier if way * (facts.level(one) - facts.level(last)) >= 0]
    return (None, periods.words(*so[-1])) if so and so[-1] != earlier[-1] else None


def _months(facts: Facts, span: Span, way: int) -> list[Span] | None:
    """The months of a span above (1) or below (-1) the year before; None where one is unknown."""
    whole = facts.length == 1 and facts.mean(span) is not None
    inside = facts.within(span) if whole else []
    changes = [facts.change(one, shifted(one, -12)) for one in inside]
    if not inside or None in changes:
        return None
    return [one for one, change in zip(inside, changes, strict=True) if way * change > 0]


def _count_of(facts: Facts, span: Span, way: int) -> Shown:
    so = _months(facts, span, way)
    return None if so is None else (float(len(so)), str(len(so)))


def _names_of(facts: Facts, span: Span, way: int) -> Shown:
    so = _months(facts, span, way)
    return (None, listed([periods.words(*one) for one in so])) if so else None


def _run(facts: Facts, span: Span, way: int) -> Shown:
    """How many months in a row, to a span's end, were above or below the year before."""
    if _months(facts, span, way) is None:
        return None
    run = 0
    month = span[1]
    while (change := facts.change((month, month), (month - 12, month - 12))) is not None:
        if change * way <= 0:
            return float(run), str(run)
        run, month = run + 1, month - 1
    return None


def _pace(facts: Facts) -> Shown:
    target = facts.year.target
    pace = None if target is None else given(target.pace)
    return None if pace is None else (pace, words.pace(pace, facts.indicator.unit))


def _share(facts: Facts, span: Span) -> Shown:
    part, whole = facts.level(span), facts.level(facts.to_date)
    inside = facts.to_date[0] <= span[0] and span[1] <= facts.to_date[1]
    known = facts.unit == COUNT and inside and part is not None and whole
    return (100 * part / whole, words.percent(100 * part / whole)) if known else None


def _rate(facts: Facts, span: Span) -> Shown:
    rate = facts.evidence.rate
    return _number(facts.rate(span, rate.base), words.rate) if rate else None


WHAT: dict[str, Callable[[Facts, Span, Span], Shown]] = {
    "figure": lambda facts, span, base: _amount(facts.level(span), facts),
    "last year": lambda facts, span, base: _amount(facts.level(shifted(span, -facts.back)), facts),
    "change": lambda facts, span, base: _number(facts.change(span, base), _size(facts)),
    "percent": lambda facts, span, base: _number(_percent(facts, span, base), words.percent),
    "exact percent": lambda facts, span, base: _number(_percent(facts, span, base), _one_decimal),
    "change in words": _in_words,
    **{
        pair: lambda facts, span, base, pair=pair: _way(pair, facts.change(span, base))
        for pair in PAIRS
    },
    "average": lambda facts, span, base: _average(facts, facts.mean(span)),
    "share": lambda facts, span, base: _share(facts, span),
    "highest": lambda facts, span, base: _extreme(facts, span, max),
    "highest month": lambda facts, span, base: _extreme(facts, span, max, month=True),
    "highest since": lambda facts, span, base: _since(facts, span, 1),
    "lowest": lambda facts, span, base: _extreme(facts, span, min),
    "lowest month": lambda facts, span, base: _extreme(facts, span, min, month=True),
    "lowest since": lambda facts, span, base: _since(facts, span, -1),
    "target": lambda facts, span, base: _amount(facts.target(span[1]), facts),
    "distance": lambda facts, span, base: _number(facts.target(span[1], "distance")),
    "above or below target": lambda facts, span, base: _way(
        "above or below", facts.target(span[1], "distance")
    ),
    "pace": lambda facts, span, base: _pace(facts),
    "rate": lambda facts, span, base: _rate(facts, span),
    "months above last year": lambda facts, span, base: _count_of(facts, span, 1),
    "months below last year": lambda facts, span, base: _count_of(facts, span, -1),
    "which months above last year": lambda facts, span, base: _names_of(facts, span, 1),
    "which months below last year": lambda facts, span, base: _names_of(facts, span, -1),
    "run above last year": lambda facts, span, base: _run(facts, span, 1),
    "run below last year": lambda facts, span, base: _run(facts, span, -1),
}
ON_ANOTHER = {"change", "percent", "exact percent", "change in words", *PAIRS}
