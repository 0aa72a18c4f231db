"""Of how many months a comment says something: every, none, six of the eight, four in a row."""

from collections.abc import Callable
from itertools import takewhile
from re import Match

from saferplymouth.comments import vocabulary as v
from saferplymouth.comments.figures import MONTHS, Facts, Figure, Span, shifted
from saferplymouth.comments.mentions import LAST, PREVIOUS, SPAN
from saferplymouth.comments.quantities import Number
from saferplymouth.comments.reading import Clause, Reading

IS, CONTRADICTS, STATEMENT = "is", "contradicts", "statement"
Found = tuple[str, Figure | None]  # an outcome and its figure
Test = Callable[[Span], bool]  # whether something is so of a month


def way(direction: Match) -> int:
    """Up (1) or down (-1), as a word of direction says."""
    return 1 if direction["rise"] else -1


def threshold(read: Reading, clause: Clause) -> Number | None:
    """The number that each of a clause's months is compared with: `topped 1,550`."""
    for n in read.numbers:
        lead = read.text[max(clause.start, n.start - 40) : n.start]
        if n in clause and n.unit == read.facts.unit and v.THRESHOLD.search(lead):
            return n
    return None


def counting(read: Reading) -> Clause | None:
    """The clause that says of how many months something is so."""
    if not v.DIRECTION.search(read.text):
        return None
    for clause in read.clauses:
        since = any(m.since for m in read.mentions) and v.NOT.search(clause.text)
        if (
            any(n.unit == MONTHS and n in clause for n in read.numbers)
            or (since and threshold(read, clause))
            or any(words.search(clause.text) for words in (v.EVERY, v.NONE, v.RUN))
        ):
            return clause
    for clause in read.clauses:
        named = sum(m in clause for m in read.singles)
        only, both = v.ONLY.search(clause.text), v.BOTH.search(clause.text)
        few = (named and only) or (named > 1 and both)
        few = few and not any(n in clause and read.changes(n) for n in read.numbers)
        if v.DIRECTION.search(clause.text) and (few or v.EXCEPT.search(read.text)):
            return clause
    return None


def count(read: Reading, clause: Clause) -> Found:
    """Whether something is so of as many months of a stretch as is said."""
    at = read.clauses.index(clause)
    until = read.clauses[min(at + 1, len(read.clauses) - 1)].end
    m = v.DIRECTION.search(read.text, clause.start, until) or v.DIRECTION.search(read.text)
    read.taken.add(m.start())
    facts, n = read.about(clause, clause.end), threshold(read, clause)
    named = sorted(read.subjects(clause))
    stretches = [x.span for x in read.stretches] or [facts.to_date]
    every = v.EVERY.search(clause.text) and not v.EXCEPT.search(read.text)
    if named and not read.stretches and every:
        stretches = [(named[0][0], named[-1][1])]
    stretches += [(x.span[0] + facts.length, x.span[1]) for x in read.stretches if x.since]
    tests = _tests(read, facts, m, n)
    answers, figure = [], None
    for test in tests:
        answers.append(False)
        for stretch in stretches:
            inside = facts.within(stretch)
            so = [month for month in inside if test(month)]
            figure = facts.figure(len(so), MONTHS, stretch)
            end = min([*named[-1:], *inside[-1:]], default=facts.latest)
            run = _run(facts, end, test) if v.RUN.search(clause.text) else 0
            answers[-1] |= bool(inside) and _fits(read, clause, inside, so, named, run)
    sizes = (x for x in read.numbers if x in clause and x is not n and x.unit != MONTHS)
    loose = v.LOOSELY.search(clause.text) or any(read.changes(x) for x in sizes)
    loose = loose or (v.TARGET.search(read.text) and v.SHARE.search(read.text))
    if all(answers) and not loose:
        return IS, figure
    sure = read.is_plain and not (named or loose or any(answers)) and len(tests) == 1
    return (CONTRADICTS if sure else STATEMENT), figure


def _run(facts: Facts, end: Span, test: Test) -> int:
    """How many months in a row, up to one of them, pass a test."""
    months = (month for month in reversed(facts.each) if month <= end)
    return sum(1 for _ in takewhile(test, months))


def _fits(
    read: Reading, clause: Clause, inside: list[Span], so: list[Span], named: list[Span], run: int
) -> bool:
    """Whether the months of a stretch of which something is `so`, the last `run` of them in a row,
    are those that are said.
    """
    text, counts = clause.text, read.counts
    if v.RUN.search(text):
        ordinal = v.ORDINAL.search(text)
        said = v.ORDINALS[ordinal[1].lower()] if ordinal else len(named)
        return run == (counts[0] if counts else said)
    if v.EXCEPT.search(read.text):
        rest = so if v.NONE.search(text) else [month for month in inside if month not in so]
        return named == rest and (not counts or counts[0] in (len(so), len(inside)))
    if v.NONE.search(text) or (v.NOT.search(text) and threshold(read, clause)):
        return not so
    if counts and not v.EVERY.search(text):
        whole = len(counts) < 2 or counts[1] == len(inside)
        return counts[0] == len(so) and whole and (len(named) != counts[0] or named == so)
    if v.ONLY.search(text) and named:
        return named == so
    return len(so) == len(inside) and (not counts or counts[-1] == len(inside))


def _tests(read: Reading, facts: Facts, direction: Match, n: Number | None) -> list[Test]:
    """What each month has to pass, a test for each reading of what it is compared with."""
    up = way(direction)
    if n is not None:
        least = -1e-9 if v.AT_LEAST.search(read.before(n, 30)) else 0
        return [lambda month: up * (facts.level(month) - n.value) > least]

    def on(back: int) -> Test:
        return lambda month: up * (facts.change(month, shifted(month, -back)) or 0) > 0

    def beside_target(month: Span) -> bool:
        distance = facts.target(month[1], "distance") or 0
        alone = "month" in read.text and not facts.indicator.is_level
        if alone and month[0] > facts.opening:
            distance -= facts.target(month[0] - 1, "distance") or 0
        return up * distance > (-1e-9 if "at or " in read.text.lower() else 0)

    if v.TARGET.search(read.text):
        return [beside_target, beside_target]
    based = [m for m in read.mentions if m.base or m.kind != SPAN]
    if any(m.kind == LAST or (m.span and m.span[1] < facts.opening) for m in based):
        return [on(12)]
    stepwise = any(m.kind == PREVIOUS for m in based) or v.STEP.search(read.text)
    if stepwise or (v.RUN.search(read.text) and v.MOVES.match(direction[0])):
        return [on(facts.length)]
    return [on(12), on(facts.length)]
