"""Rules for words of change: direction, strength, continuing, stable, doubled and the like."""

import re
from collections.abc import Iterator
from dataclasses import replace

from saferplymouth import periods
from saferplymouth.comments import lexicon
from saferplymouth.comments.context import CANNOT, NO_FIGURE, RIGHT, UNSURE, WRONG, Reading, Verdict
from saferplymouth.comments.figures import Facts, Move, told
from saferplymouth.comments.reading import Clause
from saferplymouth.comments.wording import claims_in
from saferplymouth.indicators import words

AWAY = 3  # while a move "continues", fewer than one period in so many goes the other way
SMALL, LARGE = (
    5,
    10,
)  # per cent: what may be called slight, and what may not even where it is within chance
FRACTION_NEAR, FRACTION_FAR = 3.0, 6.0  # percentage points from "a quarter"


def _ways(read: Reading, clause: Clause) -> list[tuple[Facts, Move]]:
    return [(f, m) for f in read.about(clause) for m in read.moves(clause, f)]


def _settled(
    read: Reading, clause: Clause, claim: str, ways: list, good: list, reason: str
) -> Verdict:
    """Right where one reading holds; wrong where none does and every word is known; else it cannot
    be checked.
    """
    if not ways:
        return read.verdict(claim, CANNOT, NO_FIGURE)
    if not read.known(clause):
        return read.verdict(claim, CANNOT, UNSURE)
    if not good and any(read.open(clause, f) for f, _ in ways):
        return read.verdict(claim, CANNOT, NO_FIGURE)
    f, move = (good or ways)[0]
    if good:
        return read.verdict(claim, RIGHT, f"It agrees with {periods.words(*move.span)}.")
    return read.verdict(claim, WRONG, reason.format(kind=words.kind(move.change)), told(f, move))


def directions(read: Reading, clause: Clause) -> Iterator[Verdict]:
    """A rise or fall said as a fact, against the sign of the change: this year to date on last, or
    as it says.
    """
    skipped = (lexicon.IN_LINE, lexicon.CONTINUES, lexicon.SUPERLATIVE, lexicon.EVERY)
    than = re.search(r"\bthan\b(.*)", clause.text)
    other = than and any(f is not read.facts for f in read.named(than[1])[0])
    if other or any(p.search(clause.text) for p in (*skipped, lexicon.ELSEWHERE)):
        return
    judged = " ".join(
        c.written.lower() for c in claims_in(read, clause) if c.kind == "change" and c.sign
    )
    for m in lexicon.CLAIMED.finditer(clause.text):
        way = [w for w in lexicon.DIRECTION.finditer(clause.text, m.start()) if w.end() <= m.end()]
        attached = bool(way) and any(
            way[-1][0].lower() in re.findall(r"[a-z]+", judged) for _ in [0]
        )
        explained = lexicon.CAUSE.search(clause.text[: m.start()])
        if not way or attached or explained or not read.claimed(clause, clause.start + m.start()):
            continue
        if re.search(r"\bnot\b", m[0]) or re.search(
            r"\bsince\W*$|\bsince\s+(?:has|have|then)\b", clause.text
        ):
            continue
        sign = 1 if way[-1]["up"] else -1
        ways = _ways(read, clause)
        good = [(f, v) for f, v in ways if v.change * sign > 0]
        yield _settled(read, clause, m[0], ways, good, "It was a {kind}.")


def every(read: Reading, clause: Clause) -> Iterator[Verdict]:
    """Every month (or quarter) up or down: each one on the year before, or, if nothing says so, on
    the one before.
    """
    said = lexicon.EVERY.search(clause.text)
    way = lexicon.DIRECTION.search(clause.text) or re.search(
        r"\b(?P<up>above)\b|\b(?P<down>below)\b", clause.text
    )
    bare = re.search(r"\bsince\s+(?:has|have|then|had)\b", clause.text)
    if (
        not said
        or not way
        or lexicon.UNCLAIMED.search(clause.text)
        or lexicon.CONTINUES.search(clause.text)
    ):
        return
    sign, claim = (1 if way["up"] else -1), clause.text
    ways, good = [], []
    for f in read.about(clause):
        for span in [] if bare else read.spans(clause, f):
            move = f.move(span)
            later = f.move((span[0] + 1, span[1])) if span[0] < span[1] else None
            found = f.within(span)
            ways += [(f, v) for v in (move,) if v]
            good += [(f, v) for v in (move, later) if v and all(c * sign > 0 for c in v.months)]
            if (
                move
                and found is not None
                and len(found) > 1
                and all(found.diff().dropna() * sign > 0)
            ):
                good.append((f, move))
    yield _settled(read, clause, claim, ways, good, "Not every one did.")


def strengths(read: Reading, clause: Clause) -> Iterator[Verdict]:
    """Strong words need a change beyond chance; weak words one within it and not large."""
    for m in lexicon.STRENGTH.finditer(clause.text):
        before = clause.text[: m.start()]
        negated = re.search(r"\b(?:no|not|n't|without)\s+(?:a\s+|\w+ly\s+)?$", before, re.I)
        claimed = negated or read.claimed(clause, clause.start + m.start())
        if not claimed or "target" in clause.text.lower() or not _of_change(clause.text, m):
            continue
        ways = [(f, v) for f, v in _ways(read, clause) if v.beyond is not None]
        if m["weak"]:
            yield _weak(read, clause, m[0], ways)
            continue
        if (
            m["big"]
            and not any(v.beyond for _, v in ways)
            and any(abs(v.percent or 0) >= LARGE for _, v in ways)
        ):
            yield read.verdict(m[0], CANNOT, "The change is within chance, but not small.")
            continue
        good = [(f, v) for f, v in ways if v.beyond != bool(negated)]
        if good and not negated and len(good[0][1].months) < 2:
            yield read.verdict(
                m[0], CANNOT, "A single period cannot show how much the figures vary."
            )
        else:
            reason = (
                "The {kind} is more than chance."
                if negated
                else "The {kind} is consistent with chance."
            )
            yield _settled(read, clause, m[0], ways, good, reason)


def _of_change(text: str, m: re.Match) -> bool:
    """Whether a strength word is a change's: beside its word, or said of it ("the rise … is
    significant").
    """
    if re.match(r"\s+(?:under|over|more\s+than)\b", text[m.end() :]):
        return False
    said = re.search(r"\b(?:is|was|are|were|not|statistically)\s+(?:\w+ly\s+)?$", text[: m.start()])
    near = [
        " ".join(text[m.end() :].split()[:3]),
        " ".join(text[: m.start()].split()[-2:]),
        text if said else "",
    ]
    return any(lexicon.DIRECTION.search(part) for part in near)


def _weak(read: Reading, clause: Clause, claim: str, ways: list) -> Verdict:
    good = [(f, v) for f, v in ways if not v.beyond and abs(v.percent or 0) < LARGE]
    verdict = _settled(read, clause, claim, ways, good, "The {kind} is not slight.")
    if verdict.verdict == RIGHT and abs(good[0][1].percent or 0) >= SMALL:
        return read.verdict(claim, CANNOT, "No test tells slight from moderate.")
    return verdict


def continuing(read: Reading, clause: Clause) -> Iterator[Verdict]:
    """A move continues where it is beyond chance and fewer than a third of its periods went the
    other way.
    """
    m = lexicon.CONTINUES.search(clause.text)
    if m is None or not read.claimed(clause, clause.start + m.start()):
        return
    way = lexicon.DIRECTION.search(m["way"] or m["still"])
    sign = 1 if way and way["up"] else -1
    ways = [(f, v) for f, v in _ways(read, clause) if v.beyond is not None and len(v.months) > 1]
    steady = [(f, v) for f, v in ways if AWAY * sum(c * sign < 0 for c in v.months) < len(v.months)]
    good = [(f, v) for f, v in steady if v.change * sign > 0 and v.beyond]
    against = (
        "At least a third of the periods went the other way."
        if not steady
        else "The {kind} is consistent with chance."
    )
    if ways and all(v.change * sign <= 0 for _, v in ways):
        against = "It was a {kind}."
    yield _settled(read, clause, m[0], ways, good, against)


def stable(read: Reading, clause: Clause) -> Iterator[Verdict]:
    """No change: right within chance and under a tenth, wrong beyond chance."""
    m = lexicon.STABLE.search(clause.text)
    if (
        m is None
        or "target" in clause.text.lower()
        or re.search(r"\bnot\b", clause.text[: m.start()])
    ):
        return
    if re.match(r"similar\s+to|the\s+same\s+as|level", m[0], re.I) and any(
        f is not read.facts for f in read.named(clause.text[m.end() :])[0]
    ):
        return
    ways = _ways(read, clause)
    good = [
        (f, v) for f, v in ways if not v.change or (v.beyond is False and abs(v.percent) < LARGE)
    ]
    verdict = _settled(read, clause, m[0], ways, good, "The {kind} is more than chance.")
    if verdict.verdict == WRONG and not all(v.beyond for _, v in ways):
        reason = "The change is within chance, but not small."
        yield replace(verdict, verdict=CANNOT, reason=reason)
    else:
        yield verdict


def multiples(read: Reading, clause: Clause) -> Iterator[Verdict]:
    """Doubled, halved, "a quarter": the percentage change within a few points; far away it is
    wrong.
    """
    for pattern, sizes in (
        (lexicon.MULTIPLE, lexicon.MULTIPLES),
        (lexicon.FRACTION, lexicon.FRACTIONS),
    ):
        for m in pattern.finditer(clause.text):
            way = lexicon.DIRECTION.search(clause.text)
            fraction = sizes is lexicon.FRACTIONS
            if (fraction and way is None) or not read.claimed(clause, clause.start + m.start()):
                continue
            size = sizes[m.lastgroup] * ((1 if way["up"] else -1) if fraction else 1)
            scale = 1 if fraction else 3
            word = lexicon.APPROXIMATE.search(clause.text[: m.start()] + " ")
            near = FRACTION_NEAR * scale + (0 if word is None else 2)
            ways = [(f, v) for f, v in _ways(read, clause) if v.percent is not None]
            good = [(f, v) for f, v in ways if abs(v.percent - size) <= near]
            verdict = _settled(read, clause, m[0], ways, good, "The {kind} was not of that size.")
            close = any(
                abs(v.percent - size) <= FRACTION_FAR * scale
                or (word and word.lastgroup == "over" and abs(v.percent) > abs(size))
                for _, v in ways
            )
            if verdict.verdict == WRONG and close:
                reason = "It is near, but not near enough to confirm."
                verdict = replace(verdict, verdict=CANNOT, reason=reason)
            yield verdict
