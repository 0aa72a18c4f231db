"""What a comment says, compared with the figures: each of its numbers and statements.

A number is looked up among the figures of the periods, base and direction that its clause states. A
statement without a number (a direction, "every month", "highest", "in a row") is worked out over
the months it is about. Nothing is called right unless all that is stated fits.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, product, takewhile

from saferplymouth.comments import vocabulary as v
from saferplymouth.comments.figures import (
    MEASURES,
    MONTHS,
    POINTS,
    RATIO,
    Facts,
    Figure,
    Span,
    length,
    shifted,
)
from saferplymouth.comments.live import BRACES, NOT_THERE, ON_ANOTHER, Filled
from saferplymouth.comments.mentions import LAST, PREVIOUS, SPAN, Mention, mentions
from saferplymouth.comments.quantities import Number
from saferplymouth.comments.reading import Clause, Reading, sentences
from saferplymouth.framework import COUNT, PERCENT, RATE, SCORE

LIVE, IS, CONFIRMED = "live", "is", "confirmed"  # outcomes
CONTRADICTS, UNKNOWN, STATEMENT = "contradicts", "unknown", "statement"
COMPARED = {"change", "percent", "distance", "changed part"}  # with a base, in its words
WORST = CONTRADICTS, STATEMENT, IS  # first of what is found of one clause
MARK, MARKS = 0xF0000, re.compile("([\U000f0000-\U000fffff])")  # for live figures: not typed
SMALL = 5  # percent: the most that "slightly" may be
LONGEST, MOST = 600, 24  # characters and numbers of a sentence; more is for a person to confirm
Found = tuple[str, Figure | None]  # an outcome and its figure
Test = Callable[[Span], bool]  # whether something is so of a month
STATED = (v.DIRECTION, v.EXTREME, v.EVERY, v.NONE, v.RUN, v.EXCEPT, v.LOOSE)


@dataclass(frozen=True)
class Claim:
    """A number or statement of a `sentence`: its `text`, its outcome, and the figure it is or
    should have been.
    """

    sentence: str
    text: str
    outcome: str
    figure: Figure | None = None


def claims(text: str, facts: Facts, live: Sequence[Filled] = ()) -> list[Claim]:
    """Every number and statement of a Markdown text in order; `live` are the figures that its
    braces stand for.
    """
    marks, text = map(chr, range(MARK, MARK + len(live))), MARKS.sub(" ", text)
    text = BRACES.sub(lambda m: next(marks), text) if live else text
    claimed: dict[Claim, None] = {}
    context: list[Span] = []
    every: list[str] = []
    for marked in sentences(text):
        parts = MARKS.split(marked)
        filled = [live[ord(mark) - MARK] for mark in parts[1::2]]
        parts[1::2] = [figure.text for figure in filled]
        ends = [*accumulate(map(len, parts))]
        places = dict(zip(zip(ends[::2], ends[1::2], strict=False), filled, strict=True))
        sentence = "".join(parts)
        every.append(sentence)
        if len(sentence) > LONGEST or len(re.findall(r"\d+", sentence)) > MOST:
            claimed[Claim(sentence, f"{sentence[:40]}…", STATEMENT)] = None
            continue
        checked = Checked(sentence, facts, context)
        claimed.update(dict.fromkeys(checked.claims(places)))
        if any(figure.text.lower() == NOT_THERE for figure in filled):
            claimed[Claim(sentence, NOT_THERE, UNKNOWN)] = None
        context = checked.leaves
    if not claimed:  # what may be said of a period without any word that is known
        about = (one for one in every if mentions(one, facts) and v.FIGURES.search(one))
        return [Claim(sentence, sentence, STATEMENT) for sentence in about]
    return list(claimed)


def _way(direction: re.Match) -> int:
    """Up (1) or down (-1), as a word of direction says."""
    return 1 if direction["rise"] else -1


class Checked(Reading):
    """One sentence compared with the figures."""

    def claims(self, live: Mapping[tuple[int, int], Filled]) -> list[Claim]:
        """Its numbers and statements in order, one statement of a clause; `live` are its live
        figures, by where they stand.
        """
        counted = self._counting()
        limit = self._limit(counted) if counted else None
        judged = [n for n in self.numbers if n.unit != MONTHS and n is not limit]
        filled = {n: f for n in judged for (a, b), f in live.items() if a <= n.start and n.end <= b}
        typed = {n.text for n in judged if n not in filled}
        parts = [
            (n.start, n.text, self.judged(n))
            if n.text in typed
            else (n.start, n.text, self._beside(n, filled[n]))
            for n in judged
        ]
        blank = list(self.text)
        for a, b in live:
            blank[a:b] = "·" * (b - a)
        for clause in self.clauses:
            found = [*self._statements(clause, counted)]
            worst = min(found, key=lambda one: WORST.index(one[0]), default=None)
            rest = "".join(blank[clause.start : clause.end])
            if worst and rest != clause.text and not any(said.search(rest) for said in STATED):
                worst = LIVE, None
            parts += [(clause.start, clause.text, worst)] if worst else []
        return [
            Claim(self.text, " ".join(text.split()).strip(" ,;:()"), *outcome)
            for _, text, outcome in sorted(parts, key=lambda part: part[0])
        ]

    def _beside(self, n: Number, live: Filled) -> Found:
        """Whether the direction, period and "just over" typed beside a live number are its own."""
        if live.figure is None:
            return LIVE, None
        value, changed = live.figure.value, live.what in (*ON_ANOTHER, "distance")
        clause = next(clause for clause in self.clauses if n in clause)
        goes = self.direction(n, clause) if self.changes(n) else 0
        spans = self.own_of(clause)
        elsewhere = spans and not any(map(live.is_of, spans))
        stated = changed or live.what in ("figure", "last year")
        rounded = n.about in ("over", "under") and not n.fits(value)
        wrong = CONTRADICTS if changed and goes * value < 0 else UNKNOWN
        fine = wrong == UNKNOWN and not rounded and not (stated and elsewhere)
        return LIVE if fine else wrong, live.figure

    def judged(self, n: Number) -> Found:
        """What is found of a number."""
        clause = next(c for c in self.clauses if n in c)
        facts, changes = self.about(clause, n.start), self.changes(n)
        tied = self.tied(n) if n.unit != RATIO else None
        spans, stated = self._spans_of(n, clause, facts, tied)
        goes = self.direction(n, clause) if changes else 0
        figures = [one for span in spans for one in self._figures(n, clause, span, facts, tied)]
        fitting = [one for one in figures if n.fits(one.value)]
        for one in fitting:
            if one.value * goes >= 0:
                return IS, one
        following = re.match(r"\s+([\w-]+)", self.text[n.end :])
        counted = following and following[1].lower() in facts.indicator.counted.lower().split()
        sure = changes or counted or v.NOUN.match(self.text, n.end) or facts.unit == PERCENT
        near = figures and len(spans) == 1 and n.is_near(figures[0].value) and not n.about
        wrong = (goes and fitting) or (figures and stated and (fitting or (sure and near)))
        return (CONTRADICTS, figures[0]) if wrong and n.unit != RATIO else (UNKNOWN, None)

    def _spans_of(
        self, n: Number, clause: Clause, facts: Facts, tied: Mention | None
    ) -> tuple[list[Span], bool]:
        """The periods that a number may be of, and whether its sentence states them."""
        spans, stated = self.spans(clause)
        if tied and tied.span and tied.base and self.changes(n):
            return [*spans, tied.span], stated
        if tied and tied.span:
            alone = not (tied.listed and tied in clause) and tied.span != facts.to_date
            return [tied.span] if alone else self.leaves, True
        if not stated:
            return [*spans, facts.to_date, facts.latest], stated
        if n.unit == RATIO or not self.own_of(clause):
            spans = [*spans, *(m.span for m in self.own)]
        return spans, stated

    def direction(self, n: Number, clause: Clause) -> int:
        """Which way a number that is a change goes by the words beside it; 0 where none say."""
        if n.sign:
            return n.sign
        before = list(v.DIRECTION.finditer(self.text, max(clause.start, n.start - 60), n.start))
        before = [m for m in before if m.start() not in self.taken]
        after = v.DIRECTION.search(self.text, n.end, min(clause.end, n.end + 40))
        m = before[-1] if before and v.CHANGED_BEFORE.search(self.before(n)) else after
        self.taken |= {m.start()} if m else set()
        return _way(m) if m else 0

    def _names(self, n: Number, unit: str, facts: Facts) -> list[str]:
        """What of the catalogue a number of a unit may be, the likeliest first."""
        words = (v.TARGET, v.AVERAGE, v.EXTREME, v.SHARE)
        target, average, extreme, share = (bool(word.search(self.text)) for word in words)
        if unit == RATIO:
            return ["changed part" if self.changes(n) else "part", "hundredth"]
        if unit == PERCENT != facts.unit:
            return ["share of target"] * target + ["percent"] + ["share"] * share
        if self.changes(n):
            fits = unit == (POINTS if facts.unit == PERCENT else facts.unit)
            return ["distance" if target else "change"] * fits
        named = ["target", "target of the year", "distance"] * target
        named += ["average", "average a month"] * average
        return [*named, "figure", *["lowest", "highest"] * extreme] if unit == facts.unit else []

    def _figures(
        self, n: Number, clause: Clause, span: Span, facts: Facts, tied: Mention | None
    ) -> Iterator[Figure]:
        """The figures of a span that a number may be, the likeliest first."""
        unit = facts.unit if n.unit == COUNT and facts.unit in (RATE, SCORE) else n.unit
        if unit == RATE != facts.unit and (rate := facts.rate(span, n.per)) is not None:
            yield facts.figure(rate, RATE, span)
        names, inside = self._names(n, unit, facts), facts.within(span)
        spans, (bases, _) = [span], self.bases_of(clause, span, facts)
        spread = v.SPREAD.search(self.text)
        if spread and spread.start() <= n.start < spread.end() and "figure" in names:
            first = next(x for x in self.numbers if x.start >= spread.start())
            names = ["lowest" if n is first else "highest"]
        elif len(inside) > 1 and " between " in self.text:
            spans, bases = [inside[-1], inside[0]], [inside[0], *bases]
        elif (tied and tied.kind != SPAN) or (not tied and v.BASED.search(self.before(n))):
            spans = bases if {"figure", "average"} & {*names} else spans
        bases = [*bases, facts.to_date] if v.SHARE.search(clause.text) else bases
        for name, of, base in product(names, spans, bases):
            value = MEASURES[name](facts, of, base)
            if value is not None:
                yield facts.figure(value, unit, of, base if name in COMPARED else None)

    def _statements(self, clause: Clause, counted: Clause | None) -> Iterator[Found]:
        """What is found of each thing that a clause says without a number; `counted` is the clause
        that is about a number of months.
        """
        beside = v.LOOSE.search(clause.text)
        moves = [
            m
            for m in v.DIRECTION.finditer(self.text, clause.start, clause.end)
            if m.start() not in self.taken and not v.NO_MOVE.match(self.text, m.start())
            if not v.WISHED.search(self.text, clause.start, m.start())
        ]
        extremes = [*v.EXTREME.finditer(clause.text)]
        named = {id(facts) for start, facts in self.named if clause.start <= start < clause.end}
        if len(named) > 1:  # one beside another
            yield from [(STATEMENT, None)] if moves or extremes or beside else []
            return
        if clause is counted:
            yield self._count(clause)
        elif not (counted and v.EXCEPT.search(clause.text)):
            yield from (self._move(clause, m) for m in moves)
            several = v.RUN.search(clause.text) or v.NONE.search(clause.text)
            beside = beside or (several and not moves)
        yield from (self._extreme(clause, m) for m in extremes)
        if beside:
            yield STATEMENT, None

    def _move(self, clause: Clause, m: re.Match) -> Found:
        """Whether the figures went the way that a direction says."""
        facts, aimed = self.about(clause, m.start()), v.TARGET.search(clause.text)
        no = bool(v.NOT.search(self.text, max(clause.start, m.start() - 25), m.start()))
        known = {
            pair: change
            for pair in self._pairs(clause, facts)
            if (change := (facts.distance(pair[0]) if aimed else facts.change(*pair))) is not None
        }
        answers = [(change * _way(m) > 0) != no for change in known.values()]
        figure = next((facts.figure(known[pair], facts.unit, *pair) for pair in known), None)
        if answers and all(answers):
            large = any(abs(MEASURES["percent"](facts, *pair) or 100) > SMALL for pair in known)
            return (STATEMENT if large and v.SLIGHT.search(clause.text) else IS), figure
        stated = self.own_of(clause) and any(x.base for x in self.mentions) and self.is_plain
        return (CONTRADICTS if answers and not any(answers) and stated else STATEMENT), figure

    def _pairs(self, clause: Clause, facts: Facts) -> Iterator[tuple[Span, Span]]:
        """The spans whose change a direction may be about, each with what it is on."""
        since = next((x.since for x in self.own if x.since and x in clause), None)
        if since and not v.TARGET.search(clause.text):
            yield facts.latest, (since, since)
            return
        spans = self.own_of(clause)
        for span in spans or self.spans(clause)[0]:
            bases, stated = self.bases_of(clause, span, facts)
            yield from ((span, base) for base in bases)
            if stated or not spans:
                continue
            earlier = [x.span for x in self.own if not (x.listed or x.since) and x.span < span]
            yield from ((span, one) for one in earlier if length(one) == length(span))
            if length(span) > facts.length and re.search(" (between|from) ", self.text):
                inside = facts.within(span) or [span]
                yield inside[-1], inside[0]

    def _extreme(self, clause: Clause, m: re.Match) -> Found:
        """Whether a month is the highest or lowest of its year, or of the stretch that is named."""
        at = clause.start + m.start()
        facts, subjects = self.about(clause, at), self.subjects(clause)
        stretches = self.stretches
        scopes = [x.span for x in stretches[:1]] or [facts.to_date]
        if v.SERIES.search(self.text) and facts.held:
            scopes = [(min(facts.held)[0], facts.to_date[1])]
        scopes += [(x.span[0] + facts.length, x.span[1]) for x in stretches if x.since]
        ordinal = v.ORDINAL.search(self.text, max(clause.start, at - 12), at)
        rank = v.ORDINALS[ordinal[1].lower()] if ordinal else 1
        answers, figure = [], None
        for scope in scopes if not v.RANKED_CHANGE.search(self.text) else ():
            ranked = sorted(facts.within(scope), key=facts.level, reverse=bool(m["high"]))
            if len(ranked) >= rank:
                best = facts.level(ranked[rank - 1])
                figure = facts.figure(best, facts.unit, ranked[rank - 1])
                held = [facts.level(x) for x in subjects if x in ranked]
                typed = [n for n in self.numbers if n.unit == facts.unit and not subjects]
                answers.append(best in held or any(n.fits(best) for n in typed))
        unsure = v.SINCE.search(self.text) and not any(x.since for x in self.own)
        if any(answers) and not unsure:
            return IS, figure
        sure = answers and subjects and not self.counts and self.is_plain
        return (CONTRADICTS if sure else STATEMENT), figure

    def _limit(self, clause: Clause) -> Number | None:
        """The number that each of a clause's months is compared with: `topped 1,550`."""
        alike = [n for n in self.numbers if n in clause and n.unit == self.facts.unit]
        leads = ((n, self.text[max(clause.start, n.start - 40) : n.start]) for n in alike)
        return next((n for n, lead in leads if v.THRESHOLD.search(lead)), None)

    def _counting(self) -> Clause | None:
        """The clause that says of how many months something is so."""

        def counts(clause: Clause) -> bool:
            since = any(m.since for m in self.own) and v.NOT.search(clause.text)
            of_months = any(n.unit == MONTHS and n in clause for n in self.numbers)
            words = any(said.search(clause.text) for said in (v.EVERY, v.NONE, v.RUN))
            return of_months or words or bool(since and self._limit(clause))

        def picks_out(clause: Clause) -> bool:
            only = v.ONLY.search(clause.text) and any(m in clause for m in self.singles)
            sizes = any(n in clause and self.changes(n) for n in self.numbers)
            chosen = (only and not sizes) or v.EXCEPT.search(self.text)
            return bool(chosen and v.DIRECTION.search(clause.text))

        if not v.DIRECTION.search(self.text):
            return None
        return next((c for so in (counts, picks_out) for c in self.clauses if so(c)), None)

    def _count(self, clause: Clause) -> Found:
        """Whether something is so of as many months of a stretch as is said."""
        m = v.DIRECTION.search(self.text, clause.start) or v.DIRECTION.search(self.text)
        self.taken.add(m.start())
        facts, limit = self.about(clause, clause.end), self._limit(clause)
        named = sorted(self.subjects(clause))
        stretches = [x.span for x in self.stretches] or [facts.to_date]
        if named and not self.stretches and v.EVERY.search(clause.text):
            every = named[0][0], named[-1][1]
            stretches = stretches if v.EXCEPT.search(self.text) else [every]
        stretches += [(x.span[0] + facts.length, x.span[1]) for x in self.stretches if x.since]
        tests = self._tests(facts, m, limit)
        so = {
            (n, of): [*filter(test, facts.within(of))]
            for n, test in enumerate(tests)
            for of in stretches
        }
        answers = [
            any(self._fits(clause, facts, of, so[n, of], named, test) for of in stretches)
            for n, test in enumerate(tests)
        ]
        figure = facts.figure(len([*so.values()][-1]), MONTHS, stretches[-1])
        loose = v.LOOSELY.search(clause.text)
        if all(answers) and not loose:
            return IS, figure
        sure = self.is_plain and not (named or loose or any(answers)) and len(answers) == 1
        return (CONTRADICTS if sure else STATEMENT), figure

    def _fits(
        self, clause: Clause, facts: Facts, of: Span, so: list[Span], named: list[Span], test: Test
    ) -> bool:
        """Whether the months of a stretch that are `so` by a test are those that are said."""
        text, counts, inside = clause.text, self.counts, facts.within(of)
        if v.RUN.search(text):
            end = min([*named[-1:], *inside[-1:]], default=facts.latest)
            run = [*takewhile(test, (one for one in reversed(facts.held) if one <= end))]
            ordinal = v.ORDINAL.search(text)
            said = v.ORDINALS[ordinal[1].lower()] if ordinal else len(named)
            return bool(inside) and len(run) == (counts[0] if counts else said)
        none = v.NONE.search(text) or (v.NOT.search(text) and self._limit(clause))
        if v.EXCEPT.search(self.text):
            rest = so if none else [month for month in inside if month not in so]
            return named == rest and (not counts or counts[0] in (len(so), len(inside)))
        if none:
            return bool(inside) and not so
        if counts and not v.EVERY.search(text):
            whole = len(counts) < 2 or counts[1] == len(inside)
            return counts[0] == len(so) and whole
        if v.ONLY.search(text) and named:
            return named == so
        return bool(inside) and so == inside and (not counts or counts[-1] == len(inside))

    def _tests(self, facts: Facts, direction: re.Match, limit: Number | None) -> list[Test]:
        """What each month has to pass, a test for each reading of what it is compared with."""
        up = _way(direction)
        if limit is not None:
            least = -1e-9 if v.AT_LEAST.search(self.before(limit, 30)) else 0
            return [lambda month: up * (facts.held[month] - limit.value) > least]
        if v.TARGET.search(self.text):
            alone = "month" in self.text and not facts.indicator.is_level
            return [lambda month: up * (facts.distance(month, alone) or 0) > 0]

        def on(back: int) -> Test:
            return lambda month: up * (facts.change(month, shifted(month, -back)) or 0) > 0

        if any(m.kind == LAST or (m.span and m.span[1] < facts.opening) for m in self.bases):
            return [on(12)]
        stepwise = any(m.kind == PREVIOUS for m in self.bases)
        if stepwise or (v.RUN.search(self.text) and v.MOVES.match(direction[0])):
            return [on(facts.length)]
        return [on(12), on(facts.length)]
