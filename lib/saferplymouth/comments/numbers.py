"""Rules for numbers: counts, percentages and points, with the direction, period and comparison they
stand beside.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from saferplymouth import periods
from saferplymouth.comments import lexicon
from saferplymouth.comments.context import (
    CANNOT,
    NO_FIGURE,
    NOT_KNOWN,
    RIGHT,
    UNSURE,
    WRONG,
    Reading,
    Verdict,
)
from saferplymouth.comments.figures import Facts, Move, Span, told
from saferplymouth.comments.reading import Clause
from saferplymouth.comments.targets import judge_target
from saferplymouth.comments.wording import Claim, claims_in, fits, matches
from saferplymouth.indicators import words
from saferplymouth.statistics.intervals import round_half_away

EITHER = re.compile(
    r"\b(?:or|is|that's|equat\w+\s+to|equivalent\s+to|equal\s+to|represent\w+|i\.e\.?|some|about)\s*$",
    re.I,
)
RANGED = re.compile(
    r"\b(?:rang\w+|var(?:y|ies|ied|ying)|between|monthly|months|peak\w*|high\w*|low\w*)\b", re.I
)


class Option(NamedTuple):
    """A figure that a number may be: its size and sign, the months it is of, and the change it is
    the size of.
    """

    facts: Facts
    size: float
    sign: int
    span: Span
    move: Move | None


def check_numbers(read: Reading, clause: Clause) -> Iterator[Verdict]:
    """Each number of a clause against the figure it claims to be."""
    for claim in claims_in(read, clause):
        if claim.kind in ("target", "distance", "pace"):
            yield judge_target(read, clause, claim)
        else:
            yield _judge(read, clause, claim)


def _values(
    read: Reading, clause: Clause, claim: Claim, facts: Facts
) -> list[tuple[float, int, Span, Move | None]]:
    """What a claim may be equal to: size, sign, span, and the change it is of."""
    spans = read.spans(clause, facts)
    if claim.kind == "change":
        return [
            (abs(v), _sign(v), m.span, m)
            for m in read.moves(clause, facts)
            if (v := _size(claim, facts, m)) is not None
        ]
    bound = read.bound(clause)
    if claim.kind == "level" and bound is not None and bound.base:  # "on November 2015 (1,386)"
        spans = spans + [
            bound.span if bound.first is not None else (a - 12, b - 12) for a, b in spans
        ]
    if claim.kind == "base":
        bases = [
            m.span for m in read.inside(clause, read.mentions) if m.base and m.first is not None
        ]
        others = [(a - 12, b - 12) for a, b in spans]
        stepped = [facts.step(s) for s in spans if s != facts.to_date]
        spans = bases or others + [m.base for m in stepped if m] + [
            s for s in spans if s[1] < facts.opening
        ]
    found = [(v, 0, span, None) for span in spans if (v := facts.level(span)) is not None]
    if claim.kind == "level" and (
        clause.aside or EITHER.search(read.text[clause.start : claim.number.start])
    ):
        found += [
            (abs(m.change), 0, m.span, m) for m in read.moves(clause, facts)
        ]  # "5% (570 crimes)"
    if claim.kind == "level" and RANGED.search(read.text):
        found += [
            (float(v), 0, s, None)
            for s in (*spans, (facts.opening, facts.latest))
            for v in _each(facts, s)
        ]
    return found


def _each(facts: Facts, span: Span) -> list[float]:
    found = facts.values[
        (facts.values.index.asfreq("M", "start") >= span[0])
        & (facts.values.index.asfreq("M", "end") <= span[1])
    ]
    return found.dropna().tolist()


def _size(claim: Claim, facts: Facts, move: Move) -> float | None:
    return (
        move.change
        if (claim.number.unit == "count") != facts.percent or claim.number.unit == "points"
        else move.percent
    )


def _sign(value: float) -> int:
    return int(value > 0) - int(value < 0)


def _judge(read: Reading, clause: Clause, claim: Claim) -> Verdict:
    n, about = claim.number, read.about(clause)
    if claim.kind == "unknown":
        return read.verdict(
            claim.written,
            CANNOT,
            "The figures give no averages, shares or rates to hold it against.",
        )
    vague = lexicon.UNCLAIMED if claim.kind == "change" else lexicon.WISHED
    if vague.search(read.text[clause.start : n.start]):
        return read.verdict(
            claim.written, CANNOT, "It is said of an aim, a part or a possibility, not as a fact."
        )
    known = read.known(clause)
    options = [Option(f, *v) for f in about for v in _values(read, clause, claim, f)]
    fitting = [o for o in options if fits(claim, o.size)]
    agreeing = [
        o for o in fitting if not claim.sign or o.sign == claim.sign or claim.kind != "change"
    ]
    if agreeing and (not _wrong_unit(claim, agreeing[0].facts) or _relative(claim, agreeing)):
        if known or (n.value >= 100 and not claim.word):
            return read.verdict(
                claim.written, RIGHT, f"It agrees with {periods.words(*agreeing[0].span)}."
            )
        return read.verdict(claim.written, CANNOT, UNSURE)
    if not options:
        return _beyond(read, clause, claim, known)
    if not known:
        return read.verdict(claim.written, CANNOT, UNSURE)
    if claim.kind == "change" and any(read.open(clause, f) for f in about):
        now = about[0].told(about[0].to_date) if about[0].to_date else NOT_KNOWN
        return read.verdict(claim.written, CANNOT, NO_FIGURE, now)
    return _disagreeing(
        read, clause, claim, (fitting or options)[0], turned=bool(fitting and not agreeing)
    )


def _disagreeing(
    read: Reading, clause: Clause, claim: Claim, option: Option, turned: bool
) -> Verdict:
    """A number that is no figure it may be, or (`turned`) is one but with the wrong direction."""
    f, move = option.facts, option.move
    correct = f.told(option.span)
    if move is not None:
        size = option.size * (option.sign or _sign(move.change))
        if _wrong_unit(claim, f):
            size = move.change if f.percent else move.percent
        correct = told(f, move)._replace(figure=size)
    if turned and move is not None:
        reason = f"It was a {words.kind(move.change)}, not a {words.kind(-move.change)}."
        return read.verdict(claim.written, WRONG, reason, correct)
    if _wrong_unit(claim, f):
        unit = "percentage points" if f.percent else "per cent"
        return read.verdict(
            claim.written, WRONG, f"A change of this indicator is in {unit}.", correct
        )
    if claim.kind == "level" and _size_of_another(read, clause, claim, f):
        return read.verdict(
            claim.written,
            CANNOT,
            "It is the size of a change or of a gap, and not said to be.",
            correct,
        )
    elsewhere = (
        ""
        if read.stated(clause) or _anchored(read, claim)
        else _elsewhere(claim, read.about(clause))
    )
    if elsewhere:
        return read.verdict(
            claim.written, CANNOT, f"No period is given; it is the figure of {elsewhere}.", correct
        )
    return read.verdict(
        claim.written, WRONG, f"It does not agree with {periods.words(*option.span)}.", correct
    )


def _size_of_another(read: Reading, clause: Clause, claim: Claim, facts: Facts) -> bool:
    """Whether a number taken for a count is the change of its period, or to date, or the distance
    to the target.
    """
    moves = read.moves(clause, facts) + [
        m for m in [facts.move(facts.to_date) if facts.to_date else None] if m
    ]
    gaps = [facts.year.target.distance] if facts.year.target else []
    return any(
        fits(claim, abs(size)) for size in (*(m.change for m in moves), *gaps) if size == size
    )


def _relative(claim: Claim, options: list[Option]) -> bool:
    """Whether a percentage's change in per cent of itself is as said; as it may be, from 100%, in
    points too.
    """
    sizes = [o.move.percent for o in options if o.move is not None and o.move.percent is not None]
    return claim.number.unit == "percent" and any(
        matches(claim.number.value, claim.number.places, claim.word, abs(p), True) for p in sizes
    )


def _wrong_unit(claim: Claim, facts: Facts) -> bool:
    """Points for a count, whose change is in per cent; or per cent for a percentage, whose change
    is in points.
    """
    return (
        claim.kind == "change"
        and claim.number.unit == ("percent" if facts.percent else "points")
        and bool(claim.sign)
    )


def _beyond(read: Reading, clause: Clause, claim: Claim, known: bool) -> Verdict:
    """A period without a figure; wrong only where the number is the year to date's, said of more
    months than it has.
    """
    facts, spans = read.facts, read.spans(clause)
    done = facts.to_date
    if (
        known
        and done
        and claim.kind == "level"
        and any(a == done[0] and b > done[1] for a, b in spans)
    ):
        value = facts.level(done)
        if claim.number.value == round_half_away(value):
            return read.verdict(
                claim.written,
                WRONG,
                f"The figures run to {periods.words(done[1])} only.",
                facts.told(done),
            )
    return read.verdict(
        claim.written,
        CANNOT,
        NO_FIGURE,
        facts.told(done) if done and claim.kind == "change" else NOT_KNOWN,
    )


def _anchored(read: Reading, claim: Claim) -> bool:
    """Whether the sentence has a count of the year to date's change beside a percentage: then both
    are of it.
    """
    facts = read.facts
    move = facts.move(facts.to_date) if facts.to_date else None
    counts = [
        c
        for clause in read.clauses
        for c in claims_in(read, clause)
        if c.kind == "change" and c.number.unit == "count"
    ]
    return (
        move is not None
        and claim.number.unit == "percent"
        and any(fits(c, abs(move.change)) for c in counts)
    )


def _elsewhere(claim: Claim, about: list[Facts]) -> str:
    """The period whose figure a number without a period is, if there is one other than the year to
    date.
    """
    for facts in about:
        for period in facts.values.index:
            span = (period.asfreq("M", "start"), period.asfreq("M", "end"))
            moves = [m for m in (facts.move(span), facts.step(span)) if m is not None]
            sizes = (
                [_size(claim, facts, m) for m in moves]
                if claim.kind == "change"
                else [facts.level(span)]
            )
            if any(
                s is not None and fits(claim, abs(s)) and claim.sign in (0, _sign(s)) for s in sizes
            ):
                return periods.words(*span)
    return ""
