"""The figures that a number of a comment may be, by what its clause says."""

from collections.abc import Iterable, Iterator

from saferplymouth.comments import vocabulary as v
from saferplymouth.comments.figures import POINTS, RATIO, Facts, Figure, Span, length
from saferplymouth.comments.mentions import SPAN, Mention
from saferplymouth.comments.quantities import Number
from saferplymouth.comments.reading import Clause, Reading
from saferplymouth.framework import COUNT, PERCENT, RATE, SCORE

Value = tuple[float | None, str, Span, Span | None]  # a value, its unit, its months, and its base


class Candidates:
    """The figures that the number `n` of a clause may be; `tied` is the period beside it."""

    def __init__(
        self, read: Reading, n: Number, clause: Clause, facts: Facts, tied: Mention | None
    ):
        self.read, self.n, self.clause, self.facts, self.tied = read, n, clause, facts, tied
        self.own, self.unit, self.changes = facts.unit, _unit(n, facts), read.changes(n)
        self.is_base = bool((tied and tied.kind != SPAN) or v.BASED.search(read.before(n)))
        self.between = " between " in read.text

    def of(self, span: Span) -> list[Figure]:
        """Those of one span, the likeliest first."""
        return [
            self.facts.figure(value, unit, months, base)
            for value, unit, months, base in self._values(span)
            if value is not None and (base is None or self.changes or unit == PERCENT != self.own)
        ]

    def _values(self, span: Span) -> Iterator[Value]:
        facts, own, unit = self.facts, self.own, self.unit
        bases, _ = self.read.bases(self.clause, span, facts)
        inside = facts.within(span)
        end = self._end_of_range()
        if end:
            yield from self._levels([end(inside, key=facts.level)] if len(inside) > 1 else [])
            return
        if unit == RATE != own:
            yield facts.rate(span, self.n.per), RATE, span, None
        if v.TARGET.search(self.read.text):
            yield from self._targets(span)
            of_target = v.OF_TARGET.search(self.read.text[: self.n.start])
            if of_target or (self.changes and unit in (own, POINTS)):
                return
        if v.AVERAGE.search(self.read.text) and unit == own:
            yield from self._averages(bases if self.is_base else [span])
        if unit == RATIO:
            yield from self._ratios(span, bases)
        if self.changes and unit == (POINTS if own == PERCENT else own):
            if self.between and inside:
                yield facts.change(inside[-1], inside[0]), unit, inside[-1], inside[0]
            yield from ((facts.change(span, base), unit, span, base) for base in bases)
        elif unit == own:
            yield from self._levels(self._spans(span, bases, inside))
        if unit == own and not self.changes:
            since = [m.since for m in self.read.mentions if m.since]
            for month in since:
                yield from self._levels([(month, month + (facts.length - 1)), facts.latest])
            if v.EXTREME.search(self.read.text) and inside:
                yield from self._levels(pick(inside, key=facts.level) for pick in (min, max))
        if unit == PERCENT != own:
            yield from self._percents(span, bases)

    def _levels(self, spans: Iterable[Span]) -> Iterator[Value]:
        return ((self.facts.level(span), self.own, span, None) for span in spans)

    def _end_of_range(self):
        """Whether it is the lower (`min`) or higher (`max`) end of `between 748 and 1,019`."""
        spread = v.SPREAD.search(self.read.text)
        ends = [x for x in self.read.numbers if spread and x.start in range(*spread.span())]
        single = self.tied and self.read.is_single(self.tied)
        if self.n not in ends or self.unit != self.own or single:
            return None
        first = next(x for x in ends if _unit(x, self.facts) == self.unit)
        return min if first is self.n else max

    def _spans(self, span: Span, bases: list[Span], inside: list[Span]) -> list[Span]:
        """The months whose level it may be: the span's, or those that it is compared with."""
        pairs = v.PAIR.finditer(self.read.text)  # (475 to 358), (54 and 17)
        pair = next((m for m in pairs if self.n.start in range(*m.span())), None)
        if self.between and len(inside) > 1:
            return [inside[0], inside[-1]]
        if pair:
            first = not self.read.text[pair.start() + 1 : self.n.start].strip()
            return [span] if first != bool(pair["to"]) else bases
        return bases if self.is_base and not (self.tied and self.tied.span) else [span]

    def _targets(self, span: Span) -> Iterator[Value]:
        facts, level, goal = self.facts, self.facts.level(span), self.facts.target(span[1])
        year = facts.opening, facts.opening + 11
        yield goal, self.own, span, None
        yield facts.target(year[1]), self.own, year, None
        if goal is not None and level is not None:
            distance = facts.target(span[1], "distance")
            yield (level - goal if facts.indicator.is_level else distance), self.own, span, span
            yield 100 * level / goal, PERCENT, span, None

    def _averages(self, spans: list[Span]) -> Iterator[Value]:
        for span in spans:
            yield self.facts.mean(span), self.own, span, None
            level = self.facts.level(span)
            if self.own == COUNT and level is not None:
                yield level / length(span), self.own, span, None

    def _ratios(self, span: Span, bases: list[Span]) -> Iterator[Value]:
        facts, level = self.facts, self.facts.level(span)
        others = [m.span for m in self.read.mentions if m.span and m.span != span]
        others += [facts.to_date] if v.SHARE.search(self.clause.text) else []
        for base in (*bases, *others):
            change, before = facts.change(span, base), facts.level(base)
            if self.changes and before and change is not None:
                yield change / before, RATIO, span, base
            elif before and level is not None:
                yield level / before, RATIO, span, None
        if self.own == PERCENT and level is not None:
            share = level / 100
            yield (1 - share if v.NOT.search(self.clause.text) else share), RATIO, span, None

    def _percents(self, span: Span, bases: list[Span]) -> Iterator[Value]:
        facts, level = self.facts, self.facts.level(span)
        for base in bases:
            yield facts.percent(span, base), PERCENT, span, base
            before = facts.level(base)
            if v.SHARE.search(self.clause.text) and level and before:
                yield 100 * level / before, PERCENT, span, None


def _unit(n: Number, facts: Facts) -> str:
    """The unit of a number; one without any is of a rate or score where the indicator is one."""
    return facts.unit if n.unit == COUNT and facts.unit in (RATE, SCORE) else n.unit
