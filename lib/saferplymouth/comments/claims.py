"""What a comment says, compared with the figures: each of its numbers and statements.

A number is looked up among the figures of the periods, base and direction that its clause states. A
statement without a number (a direction, "every month", "highest", "in a row") is worked out over
the months it is about. Nothing is called right unless all that is stated fits.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from saferplymouth.comments import vocabulary as v
from saferplymouth.comments.figures import (
    MONTHS,
    POINTS,
    RATIO,
    Facts,
    Figure,
    Span,
    length,
    shifted,
)
from saferplymouth.comments.mentions import LAST, PREVIOUS, SPAN, Mention, mentions
from saferplymouth.comments.quantities import Number
from saferplymouth.comments.reading import Clause, Reading, sentences
from saferplymouth.framework import COUNT, PERCENT, RATE

LIVE, IS, CONTRADICTS, UNKNOWN = "live", "is", "contradicts", "unknown"
STATEMENT, CONFIRMED = "statement", "confirmed"
LONGEST, MOST = 600, 24  # characters and numbers of a sentence; more is for a person to confirm
Found = tuple[str, Figure | None]  # an outcome and its figure


@dataclass(frozen=True)
class Claim:
    """A number or statement of a `sentence`: its `text`, its outcome, and the figure it is or
    should have been.
    """

    sentence: str
    text: str
    outcome: str
    figure: Figure | None = None


def claims(text: str, facts: Facts) -> list[Claim]:
    """Every number and statement of a Markdown text without live figures, in order."""
    found: dict[Claim, None] = {}
    context: list[Span] = []
    for sentence in sentences(text):
        if len(sentence) > LONGEST or len(re.findall(r"\d+", sentence)) > MOST:
            found[Claim(sentence, f"{sentence[:40]}…", STATEMENT)] = None
            continue
        checked = Checked(sentence, facts, context)
        found.update(dict.fromkeys(checked.claims()))
        context = checked.leaves
    if not found:  # what may be said of a period without any word that is known
        about = (one for one in sentences(text) if mentions(one, facts) and v.FIGURES.search(one))
        return [Claim(one, one, STATEMENT) for one in about]
    return list(found)


class Checked(Reading):
    """One sentence compared with the figures."""

    def __init__(self, sentence: str, facts: Facts, context: list[Span]):
        super().__init__(sentence, facts, context)
        self.done = {at for m in v.APPROXIMATE.finditer(sentence) for at in range(*m.span())}
        self.counted = self._counted()

    def claims(self) -> list[Claim]:
        found = [(n.start, n.text, self.judged(n)) for n in self.numbers if not self._is_counted(n)]
        for clause in self.clauses:
            outcomes = self._statements(clause)
            for outcome in (CONTRADICTS, STATEMENT, IS):
                first = next((one for one in outcomes if one[0] == outcome), None)
                if first:
                    found.append((clause.start, clause.text, first))
                    break
        ordered = sorted(found, key=lambda one: one[0])
        return [
            Claim(self.text, " ".join(text.split()).strip(" ,;:()"), *one)
            for _, text, one in ordered
        ]

    def _is_counted(self, n: Number) -> bool:
        """Whether a number is judged with the months that are counted: how many, or above what."""
        return n.unit == MONTHS or (self.counted is not None and n is self._threshold(self.counted))

    def _direction(self, n: Number, clause: Clause) -> int:
        """Which way a number that is a change goes by the words beside it; 0 where none say."""
        if n.sign:
            return n.sign
        before = list(v.DIRECTION.finditer(self.text, max(clause.start, n.start - 60), n.start))
        before = [m for m in before if m.start() not in self.done]
        after = v.DIRECTION.search(self.text, n.end, min(clause.end, n.end + 40))
        by = v.CHANGED_BEFORE.search(self.text[max(0, n.start - 60) : n.start])
        m = before[-1] if before and by else after
        self.done |= {m.start()} if m else set()
        return 0 if m is None else 1 if m["rise"] else -1

    def judged(self, n: Number) -> Found:
        """What is found of a number."""
        clause = next(c for c in self.clauses if n in c)
        facts, changes = self.about(clause, n.start), self.changes(n)
        tied = self.tied(n) if n.unit != RATIO else None
        spans, stated = self.spans(clause)
        if tied and tied.span and tied.base and changes:
            spans = [*spans, tied.span]
        elif tied and tied.span:
            alone = not (tied.listed and tied in clause) and tied.span != facts.to_date
            spans, stated = [tied.span] if alone else self.leaves, True
        elif not stated:
            spans = [*spans, facts.to_date, facts.latest]
        elif n.unit == RATIO or not self.own(clause):
            spans = [*spans, *(m.span for m in self.mentions if m.span and not m.base)]
        way = self._direction(n, clause) if changes else 0
        figures = [
            facts.figure(value, unit, span, base)
            for one in spans
            for value, unit, span, base in self._candidates(n, clause, facts, one, tied)
            if value is not None and (base is None or changes or unit == PERCENT != facts.unit)
        ]
        fitting = [f for f in figures if n.fits(f.value)]
        for f in fitting:
            if not way or f.value * way >= 0:
                return IS, f
        following = re.match(r"\s+([\w-]+)", self.text[n.end :])
        counted = following and following[1].lower() in facts.indicator.counted.lower().split()
        sure = changes or counted or v.NOUN.match(self.text, n.end) or facts.unit == PERCENT
        near = figures and len(spans) == 1 and n.is_near(figures[0].value) and not n.about
        stated = stated and not v.CAUSE.search(clause.text)
        wrong = (way and fitting) or (figures and stated and (fitting or (sure and near)))
        return (CONTRADICTS, figures[0]) if wrong and n.unit != RATIO else (UNKNOWN, None)

    def _candidates(
        self, n: Number, clause: Clause, facts: Facts, span: Span, tied: Mention | None
    ) -> Iterator[tuple[float | None, str, Span, Span | None]]:
        """What a number of a clause may be of one span, the likeliest first: a value, its unit, its
        months and what it is a change on.
        """
        unit = _unit(n, facts)
        own, changes, level = facts.unit, self.changes(n), facts.level(span)
        bases, _ = self.bases(clause, span, facts)
        to_base = (tied and tied.kind != SPAN) or v.BASED.search(
            self.text[max(0, n.start - 60) : n.start]
        )
        inside = facts.within(span)
        pairs = v.PAIR.finditer(self.text)  # (475 to 358), (54 and 17)
        pair = next((one for one in pairs if n.start in range(*one.span())), None)
        spread = v.SPREAD.search(self.text)
        ranged = [x for x in self.numbers if spread and x.start in range(*spread.span())]
        if n in ranged and unit == own and not (tied and self.is_single(tied)):
            first = next(x for x in ranged if _unit(x, facts) == unit)
            if len(inside) > 1:
                end = (min if first is n else max)(inside, key=facts.level)
                yield facts.level(end), own, end, None
            return
        if unit == RATE != own:
            yield facts.rate(span, n.per), RATE, span, None
        if v.TARGET.search(self.text):
            goal, year = facts.target(span[1]), (facts.opening, facts.opening + 11)
            yield goal, own, span, None
            yield facts.target(year[1]), own, year, None
            if goal is not None and level is not None:
                distance = facts.target(span[1], "distance")
                yield (level - goal if facts.indicator.is_level else distance), own, span, span
                yield 100 * level / goal, PERCENT, span, None
            if v.OF_TARGET.search(self.text[: n.start]) or (changes and unit in (own, POINTS)):
                return
        if v.AVERAGE.search(self.text) and unit == own:
            for one in bases if to_base else (span,):
                yield facts.mean(one), own, one, None
                if own == COUNT and facts.level(one) is not None:
                    yield facts.level(one) / length(one), own, one, None
        if unit == RATIO:
            others = [m.span for m in self.mentions if m.span and m.span != span]
            others += [facts.to_date] if v.SHARE.search(clause.text) else []
            for base in (*bases, *others):
                change, before = facts.change(span, base), facts.level(base)
                if changes and before and change is not None:
                    yield change / before, RATIO, span, base
                elif before and level is not None:
                    yield level / before, RATIO, span, None
            if own == PERCENT and level is not None:
                yield (
                    (1 - level / 100 if v.NOT.search(clause.text) else level / 100),
                    RATIO,
                    span,
                    None,
                )
        if (
            changes
            and unit == (POINTS if own == PERCENT else own)
            and " between " in self.text
            and inside
        ):
            yield facts.change(inside[-1], inside[0]), own, inside[-1], inside[0]
        if changes and unit == (POINTS if own == PERCENT else own):
            for base in bases:
                yield facts.change(span, base), unit, span, base
        elif unit == own and " between " in self.text and len(inside) > 1:
            yield from ((facts.level(end), own, end, None) for end in (inside[0], inside[-1]))
        elif unit == own and pair:
            first = not self.text[pair.start() + 1 : n.start].strip()
            for one in (span,) if first != bool(pair["to"]) else bases:
                yield facts.level(one), own, one, None
        elif unit == own and not to_base:
            yield level, own, span, None
        elif unit == own:
            for base in bases if not (tied and tied.span) else (span,):
                yield facts.level(base), own, base, None
        for since in (m.since for m in self.mentions if m.since and unit == own and not changes):
            ends = (since, since + (facts.length - 1)), facts.latest
            yield from ((facts.level(end), own, end, None) for end in ends)
        if unit == PERCENT != own:
            for base in bases:
                yield facts.percent(span, base), PERCENT, span, base
                if v.SHARE.search(clause.text) and level and facts.level(base):
                    yield 100 * level / facts.level(base), PERCENT, span, None
        if v.EXTREME.search(self.text) and unit == own and inside and not changes:
            for pick in (min, max):
                end = pick(inside, key=facts.level)
                yield facts.level(end), own, end, None

    def _statements(self, clause: Clause) -> list[Found]:
        """What is found of all that a clause says without a number."""
        text = clause.text
        if v.CHANGES_COMPARED.search(text):
            return [(STATEMENT, None)]
        for name in sorted(self.facts.names, key=len, reverse=True):
            at = text.lower().find(name)
            text = text if at < 0 else text[:at] + "·" * len(name) + text[at + len(name) :]
        moves = [
            m
            for m in v.DIRECTION.finditer(self.text, clause.start, clause.end)
            if m.start() not in self.done
            and not v.NO_MOVE.match(self.text, m.start())
            and not v.WISHED.search(self.text, clause.start, m.start())
        ]
        found: list[Found] = []
        named = {id(facts) for start, facts in self.named if clause.start <= start < clause.end}
        if len(named) > 1 or (len(self.named) > 1 and v.BOTH.search(text)):  # one beside another
            said = moves or v.EXTREME.search(text) or v.LOOSE.search(text)
            return [(STATEMENT, None)] if said else []
        if clause is self.counted:
            found.append(self._months(clause))
        elif not (self.counted and v.EXCEPT.search(text)):
            found += [self._moved(clause, m) for m in moves]
            found += (
                [(STATEMENT, None)]
                if not moves and (v.RUN.search(text) or v.NONE.search(text))
                else []
            )
        unranked = v.NOT_RANKED.sub(lambda m: "·" * len(m[0]), text)
        found += [self._extreme(clause, m) for m in v.EXTREME.finditer(unranked)]
        return found + ([(STATEMENT, None)] if v.LOOSE.search(text) else [])

    def _threshold(self, clause: Clause) -> Number | None:
        """The number that each of a clause's months is compared with: `topped 1,550`."""
        for n in self.numbers:
            lead = self.text[max(clause.start, n.start - 40) : n.start]
            if n in clause and n.unit == self.facts.unit and v.THRESHOLD.search(lead):
                return n
        return None

    def _counted(self) -> Clause | None:
        """The clause that says of how many months something is so: every, none, six of eight."""
        if not v.DIRECTION.search(self.text):
            return None
        for clause in self.clauses:
            since = any(m.since for m in self.mentions) and v.NOT.search(clause.text)
            if (
                any(n.unit == MONTHS and n in clause for n in self.numbers)
                or (since and self._threshold(clause))
                or any(word.search(clause.text) for word in (v.EVERY, v.NONE, v.RUN))
            ):
                return clause
        for clause in self.clauses:
            listed = sum(m in clause and self.is_single(m) for m in self.mentions)
            few = (listed and v.ONLY.search(clause.text)) or (
                listed > 1 and v.BOTH.search(clause.text)
            )
            few = few and not any(n in clause and self.changes(n) for n in self.numbers)
            if v.DIRECTION.search(clause.text) and (few or v.EXCEPT.search(self.text)):
                return clause
        return None

    def _is_plain(self) -> bool:
        """Whether a sentence says one thing, so that it may be told to be wrong."""
        words = [*v.DIRECTION.finditer(self.text), *v.EXTREME.finditer(self.text)]
        turned = any(word.search(self.text) for word in (v.SINCE, v.NOT, v.EXCEPT, v.ORDINAL))
        other = any(m.kind != SPAN and not m.base for m in self.mentions)
        sizes = any(self.changes(n) for n in self.numbers)
        return len(words) == len(self.clauses) == 1 and not (turned or other or sizes)

    def _months(self, clause: Clause) -> Found:
        """Whether something is so of as many months of a stretch as is said."""
        at = self.clauses.index(clause)
        until = self.clauses[min(at + 1, len(self.clauses) - 1)].end
        m = v.DIRECTION.search(self.text, clause.start, until) or v.DIRECTION.search(self.text)
        self.done.add(m.start())
        facts, n = self.about(clause, clause.end), self._threshold(clause)
        listed = [x for x in self.mentions if self.is_single(x)]
        singles = sorted(x.span for x in [x for x in listed if x in clause] or listed)
        stretches = [x for x in self.mentions if x.span and not x.base and not self.is_single(x)]
        spans = [x.span for x in stretches] or [facts.to_date]
        if (
            singles
            and not stretches
            and v.EVERY.search(clause.text)
            and not v.EXCEPT.search(self.text)
        ):
            spans = [(singles[0][0], singles[-1][1])]
        spans += [(x.span[0] + facts.length, x.span[1]) for x in stretches if x.since]
        tests = self._tests(facts, 1 if m["rise"] else -1, n, bool(v.MOVES.match(m[0])))
        answers, figure = [], None
        for test in tests:
            fits = []
            for span in spans:
                inside = facts.within(span)
                true = [one for one in inside if test(one)]
                figure = facts.figure(len(true), MONTHS, span)
                fits.append(bool(inside) and self._fits(clause, facts, inside, true, singles, test))
            answers.append(any(fits))
        loose = v.LOOSELY.search(clause.text) or any(
            x in clause and x is not n and x.unit != MONTHS and self.changes(x)
            for x in self.numbers
        )
        loose = loose or (v.TARGET.search(self.text) and v.SHARE.search(self.text))
        if all(answers) and not loose:
            return IS, figure
        sure = self._is_plain() and not (singles or loose or any(answers))
        return (CONTRADICTS if sure and len(tests) == 1 else STATEMENT), figure

    def _fits(
        self,
        clause: Clause,
        facts: Facts,
        inside: list[Span],
        true: list[Span],
        singles: list[Span],
        test: Callable,
    ) -> bool:
        """Whether the months of a stretch for which something is `true` are those that are said."""
        text = clause.text
        counts = [int(n.value) for n in self.numbers if n.unit == MONTHS]
        if v.RUN.search(text):
            ordinal = v.ORDINAL.search(text)
            said = (
                counts[0] if counts else v.ORDINALS[ordinal[1].lower()] if ordinal else len(singles)
            )
            end = singles[-1] if singles and singles[-1] <= inside[-1] else inside[-1]
            run = 0
            for one in reversed([one for one in facts.each if one <= end]):
                if not test(one):
                    break
                run += 1
            return run == said
        if v.EXCEPT.search(self.text):
            rest = true if v.NONE.search(text) else [one for one in inside if one not in true]
            return singles == rest and (not counts or counts[0] in (len(true), len(inside)))
        if v.NONE.search(text) or (v.NOT.search(text) and self._threshold(clause)):
            return not true
        if counts and not v.EVERY.search(text):
            whole = len(counts) < 2 or counts[1] == len(inside)
            return (
                counts[0] == len(true) and whole and (len(singles) != counts[0] or singles == true)
            )
        if v.ONLY.search(text) and singles:
            return singles == true
        return len(true) == len(inside) and (not counts or counts[-1] == len(inside))

    def _tests(
        self, facts: Facts, way: int, n: Number | None, moving: bool
    ) -> list[Callable[[Span], bool]]:
        """What each month has to pass, a test for each reading of what it is compared with."""
        if n is not None:
            or_equal = v.AT_LEAST.search(self.text[max(0, n.start - 30) : n.start])
            return [lambda one: way * (facts.level(one) - n.value) > (-1e-9 if or_equal else 0)]

        def on(back: int) -> Callable[[Span], bool]:
            return lambda one: way * (facts.change(one, shifted(one, -back)) or 0) > 0

        def beside_target(one: Span) -> bool:
            distance = facts.target(one[1], "distance") or 0
            if "month" in self.text and not facts.indicator.is_level:
                distance -= (
                    (facts.target(one[0] - 1, "distance") or 0) if one[0] > facts.opening else 0
                )
            return way * distance > (-1e-9 if "at or " in self.text.lower() else 0)

        if v.TARGET.search(self.text):
            return [beside_target, beside_target]
        based = [m for m in self.mentions if m.base or m.kind != SPAN]
        if any(m.kind == LAST or (m.span and m.span[1] < facts.opening) for m in based):
            return [on(12)]
        if any(m.kind == PREVIOUS for m in based) or v.STEP.search(self.text):
            return [on(facts.length)]
        return (
            [on(facts.length)] if v.RUN.search(self.text) and moving else [on(12), on(facts.length)]
        )

    def _moved(self, clause: Clause, m) -> Found:
        """Whether the figures went the way that a direction says."""
        facts, way = self.about(clause, m.start()), 1 if m["rise"] else -1
        no = bool(v.NOT.search(self.text, max(clause.start, m.start() - 25), m.start()))
        answers: list[bool] = []
        figure = None
        for span, base in self._pairs(clause, m, facts):
            aimed = v.TARGET.search(clause.text)
            change = facts.target(span[1], "distance") if aimed else facts.change(span, base)
            if change is not None:
                figure = figure or facts.figure(change, facts.unit, span, span if aimed else base)
                answers.append((change * way > 0) != no)
        if v.TARGET.search(clause.text) and v.SINCE.search(clause.text):
            return STATEMENT, figure
        if answers and all(answers):
            slight = v.SLIGHT.search(clause.text)
            percents = (
                [facts.percent(*pair) for pair in self._pairs(clause, m, facts)] if slight else []
            )
            unsure = slight and (
                v.TARGET.search(clause.text) or any(abs(p or 100) > 5 for p in percents)
            )
            return (STATEMENT if unsure else IS), figure
        stated = self.own(clause) and any(x.base for x in self.mentions) and self._is_plain()
        return (CONTRADICTS if answers and not any(answers) and stated else STATEMENT), figure

    def _pairs(self, clause: Clause, m, facts: Facts) -> Iterator[tuple[Span, Span]]:
        """The spans whose change a direction may be about, each with what it is on."""
        following = v.DIRECTION.search(self.text, m.end(), clause.end)
        until = following.start() if following else clause.end
        near = [x for x in self.mentions if x.span and not x.base and m.start() <= x.start < until]
        for x in near or self.mentions:
            if x.since and x in clause and not v.TARGET.search(clause.text):
                yield facts.latest, (x.since, x.since)
                return
        spans = [x.span for x in near] or self.own(clause)
        for span in spans or self.spans(clause)[0]:
            bases, stated = self.bases(clause, span, facts)
            yield from ((span, base) for base in bases)
            if stated or not spans:
                continue
            alike = [
                x.span for x in self.mentions if x.span and not (x.base or x.listed or x.since)
            ]
            yield from ((span, one) for one in alike if length(one) == length(span) and one < span)
            if length(span) > facts.length and (" between " in self.text or " from " in self.text):
                yield (facts.within(span) or [span])[-1], (facts.within(span) or [span])[0]

    def _extreme(self, clause: Clause, m) -> Found:
        """Whether a month is the highest or lowest of its year, or of the stretch that is named."""
        at = clause.start + m.start()
        facts = self.about(clause, at)
        singles = [x for x in self.mentions if self.is_single(x)]
        subjects = [x.span for x in singles if x in clause] or [x.span for x in singles]
        stretches = [x for x in self.mentions if x.span and not x.base and x not in singles]
        stretches = [x for x in stretches if not x.since or x in clause]
        whole = (facts.each[0][0], facts.to_date[1]) if facts.each else facts.to_date
        scopes = [x.span for x in stretches] or [facts.to_date]
        scopes = [whole] if v.SERIES.search(self.text) else scopes[:1]
        scopes += [(x.span[0] + facts.length, x.span[1]) for x in stretches if x.since]
        counts = [int(n.value) for n in self.numbers if n.unit == MONTHS]
        scopes = [one for one in (*scopes, whole) if len(facts.within(one)) in counts] or scopes
        ordinal = v.ORDINAL.search(self.text, max(clause.start, at - 12), at)
        rank = v.ORDINALS[ordinal[1].lower()] if ordinal else 1
        answers, right = [], None
        for scope in scopes if not v.RANKED_CHANGE.search(self.text) else ():
            ranked = sorted(facts.within(scope), key=facts.level, reverse=bool(m["high"]))
            if len(ranked) >= rank:
                best = facts.level(ranked[rank - 1])
                right = facts.figure(best, facts.unit, ranked[rank - 1])
                answers.append(any(facts.level(one) == best for one in subjects if one in ranked))
                if not subjects:
                    answers[-1] = any(n.unit == facts.unit and n.fits(best) for n in self.numbers)
        sure = answers and singles and not counts and self._is_plain()
        unsure = v.SINCE.search(self.text) and not any(x.since for x in self.mentions)
        outcome = CONTRADICTS if sure else STATEMENT
        return (IS if any(answers) and not unsure else outcome), right


def _unit(n: Number, facts: Facts) -> str:
    """The unit of a number; one without any is of a rate where the indicator is one."""
    return RATE if n.unit == COUNT and facts.unit == RATE else n.unit
