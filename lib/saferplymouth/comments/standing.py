"""Rules for where figures stand: beside another indicator, in their own series; and for what
explains them.
"""

import re
from collections.abc import Iterator

from saferplymouth import periods
from saferplymouth.comments import lexicon
from saferplymouth.comments.context import CANNOT, NO_FIGURE, RIGHT, UNSURE, WRONG, Reading, Verdict
from saferplymouth.comments.figures import Facts, RightFigure, from_to, told
from saferplymouth.comments.reading import Clause
from saferplymouth.indicators import words
from saferplymouth.statistics import trends
from saferplymouth.statistics.intervals import compare


def in_line(read: Reading, clause: Clause) -> Iterator[Verdict]:
    """Two indicators move together unless their changes on last year, over the months both have,
    differ by more than chance (`patterns.apart`), or one moved beyond chance and the other the
    opposite way.
    """
    m = lexicon.IN_LINE.search(clause.text)
    if m is None or "target" in clause.text.lower() or lexicon.STABLE.search(clause.text):
        return
    others = [f for f in read.named(clause.text[m.end() :])[0] if f is not read.facts]
    if not others:
        if m[0].lower().startswith("in "):
            yield read.verdict(
                clause.text[m.start() :],
                CANNOT,
                "These figures do not hold what it is compared with.",
            )
        return
    other, negated = others[0], re.search(r"\bnot\b|n't\b", clause.text[: m.start()])
    span = read.facts.shares(other)
    pair = [f.move(span) for f in (read.facts, other)] if span else [None]
    claim = clause.text[m.start() :]
    if None in pair:
        yield read.verdict(claim, CANNOT, NO_FIGURE)
        return
    apart = trends.diverging(read.facts.year, other.year) is not None
    opposite = pair[0].change * pair[1].change < 0
    figures = [told(f, v) for f, v in zip((read.facts, other), pair, strict=True)]
    names = (read.facts.indicator.name, other.indicator.name)
    both = [f"{name}, {right.words}" for name, right in zip(names, figures, strict=True)]
    correct = figures[0]._replace(words="; ".join(both))
    if apart or (opposite and any(v.beyond for v in pair)):
        yield read.verdict(
            claim,
            RIGHT if negated else WRONG,
            "The two have moved apart by more than chance.",
            correct,
        )
    elif opposite or negated:
        yield read.verdict(claim, CANNOT, "The two differ, but by no more than chance.", correct)
    else:
        yield read.verdict(
            claim, RIGHT, "The two moved the same way, and differ by no more than chance."
        )


def superlatives(read: Reading, clause: Clause) -> Iterator[Verdict]:
    """The highest or lowest month: of its financial year, since a month named, or of everything
    held.
    """
    for m in lexicon.SUPERLATIVE.finditer(clause.text):
        if lexicon.ORDINAL.search(clause.text[: m.start()]) or not read.claimed(
            clause, clause.start + m.start()
        ):
            continue
        ranked = " ".join(clause.text[m.end() :].split()[:3])
        if lexicon.DIRECTION.search(ranked) or re.search(
            r"\b(?:difference|change|gap|variation|movement|share)", ranked
        ):
            yield read.verdict(m[0], CANNOT, "Changes are not ranked.")
            continue
        verdicts = [
            v for f in read.about(clause) if (v := _extreme(read, clause, m, f)) is not None
        ]
        right = [v for v in verdicts if v.verdict == RIGHT]
        yield (right or verdicts or [read.verdict(m[0], CANNOT, "It names no month.")])[0]


def _extreme(read: Reading, clause: Clause, m: re.Match, facts: Facts) -> Verdict | None:
    """One superlative of one indicator; None where the sentence names no single period for it."""
    freq, values = facts.year.frame.index.freq, facts.values.dropna()
    spans = [(first.asfreq(freq), last.asfreq(freq)) for first, last in read.spans(clause, facts)]
    since = [x.first.asfreq(freq) for x in read.inside(clause, read.mentions) if x.kind == "since"]
    elsewhere = [
        (m.first.asfreq(freq), m.last.asfreq(freq))
        for m in read.mentions
        if m.kind == "months" and not m.base
    ]
    subjects = [a for a, b in spans if a == b] or [a for a, b in elsewhere if a == b]
    subjects = [a for a in subjects if a in values.index and a not in since]
    if not subjects:
        return None
    if not read.known(clause):
        return read.verdict(m[0], CANNOT, UNSURE)
    ever = lexicon.EVER.search(clause.text)
    for at in subjects:
        among = values
        if since:
            among = values[(values.index > min(since[0], at - 1)) & (values.index <= at)]
        elif not ever:
            among = values[
                values.index.isin(
                    facts.calendar.periods(facts.calendar.year(at), facts.indicator.frequency)
                )
            ]
        best = among.max() if m["high"] else among.min()
        if values[at] == best:
            if ever or (since and since[0] < values.index[0]):
                return read.verdict(m[0], CANNOT, "The series held does not go back so far.")
            return read.verdict(m[0], RIGHT, "It agrees with the series.")
    if re.search(
        r"^\s*(?:\w+\s+){0,2}of\s+(?:the|those|these)\s+(?!(?:financial\s+)?year)",
        clause.text[m.end() :],
    ):
        return read.verdict(m[0], CANNOT, "It is not clear which periods it is among.")
    named = words.listed([periods.words(p) for p in among.index[among == best]])
    reason = f"The {'highest' if m['high'] else 'lowest'} was {named}."
    text = f"{named}: {facts.amount(best)}; {periods.words(at)}: {facts.amount(values[at])}"
    first = among.index[among == best][0]
    span = (first.asfreq("M", "start"), first.asfreq("M", "end"))
    return read.verdict(m[0], WRONG, reason, RightFigure(text, best, from_to(span)))


def causes(read: Reading, clause: Clause) -> Iterator[Verdict]:
    """An explanation is beyond the figures; where it is of a peak, so is telling the peak from the
    months beside it.
    """
    m = lexicon.CAUSE.search(clause.text)
    if m is not None:
        peak = re.search(r"\b(?:peak|spike|highest)", read.text, re.I)
        yield read.verdict(
            clause.text[m.start() :],
            CANNOT,
            "Figures cannot show a cause." + (_beside(read.facts) if peak else ""),
        )
    level = lexicon.REMAINS.search(clause.text)
    if level is not None:
        yield read.verdict(
            level[0], CANNOT, "Nothing in the figures says what counts as low or high."
        )


def _beside(facts: Facts) -> str:
    """Which months beside the year's highest cannot be told from it, each pair as two Poisson
    counts.
    """
    year = facts.year.frame["this"].dropna()
    if facts.percent or year.empty:
        return ""
    top = year.idxmax()
    beside = [
        p
        for p in (top - 2, top - 1, top + 1)
        if p in year.index and not compare([int(year[top])], [int(year[p])]).beyond_chance
    ]
    if not beside:
        return ""
    told = words.listed([f"{periods.words(p)} ({words.number(year[p])})" for p in beside])
    return (
        f" {periods.words(top)} ({words.number(year[top])}) cannot be told from {told} by more "
        f"than chance."
    )
