"""What a comment says, compared with the figures: each of its numbers and statements.

A number is looked up among the figures of the periods, base and direction that its clause states. A
statement without a number (a direction, "every month", "highest", "in a row") is worked out over
the months it is about. Nothing is called right unless all that is stated fits.
"""

import re
from dataclasses import dataclass

from saferplymouth.comments import vocabulary as v
from saferplymouth.comments.candidates import Candidates
from saferplymouth.comments.counting import (
    CONTRADICTS,
    IS,
    STATEMENT,
    Found,
    counting,
    threshold,
    way,
)
from saferplymouth.comments.figures import MONTHS, RATIO, Facts, Figure, Span
from saferplymouth.comments.mentions import Mention, mentions
from saferplymouth.comments.quantities import Number
from saferplymouth.comments.reading import Clause, Reading, sentences
from saferplymouth.comments.statements import statement
from saferplymouth.framework import PERCENT

LIVE, UNKNOWN, CONFIRMED = "live", "unknown", "confirmed"  # outcomes, beside those of statements
LONGEST, MOST = 600, 24  # characters and numbers of a sentence; more is for a person to confirm


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
    claimed: dict[Claim, None] = {}
    context: list[Span] = []
    for sentence in sentences(text):
        if len(sentence) > LONGEST or len(re.findall(r"\d+", sentence)) > MOST:
            claimed[Claim(sentence, f"{sentence[:40]}…", STATEMENT)] = None
            continue
        checked = Checked(sentence, facts, context)
        claimed.update(dict.fromkeys(checked.claims()))
        context = checked.leaves
    if not claimed:  # what may be said of a period without any word that is known
        about = (s for s in sentences(text) if mentions(s, facts) and v.FIGURES.search(s))
        return [Claim(sentence, sentence, STATEMENT) for sentence in about]
    return list(claimed)


class Checked(Reading):
    """One sentence compared with the figures."""

    def claims(self) -> list[Claim]:
        """Its numbers and statements in order, one statement of a clause."""
        counted = counting(self)
        limit = threshold(self, counted) if counted else None
        judged = [n for n in self.numbers if n.unit != MONTHS and n is not limit]
        parts = [(n.start, n.text, self.judged(n)) for n in judged]
        for clause in self.clauses:
            if stated := statement(self, clause, counted):
                parts.append((clause.start, clause.text, stated))
        return [
            Claim(self.text, " ".join(text.split()).strip(" ,;:()"), *outcome)
            for _, text, outcome in sorted(parts, key=lambda part: part[0])
        ]

    def judged(self, n: Number) -> Found:
        """What is found of a number."""
        clause = next(c for c in self.clauses if n in c)
        facts, changes = self.about(clause, n.start), self.changes(n)
        tied = self.tied(n) if n.unit != RATIO else None
        spans, stated = self._spans_of(n, clause, facts, tied)
        goes = self.direction(n, clause) if changes else 0
        candidates = Candidates(self, n, clause, facts, tied)
        figures = [figure for span in spans for figure in candidates.of(span)]
        fitting = [f for f in figures if n.fits(f.value)]
        for f in fitting:
            if f.value * goes >= 0:
                return IS, f
        following = re.match(r"\s+([\w-]+)", self.text[n.end :])
        counted = following and following[1].lower() in facts.indicator.counted.lower().split()
        sure = changes or counted or v.NOUN.match(self.text, n.end) or facts.unit == PERCENT
        near = figures and len(spans) == 1 and n.is_near(figures[0].value) and not n.about
        stated = stated and not v.CAUSE.search(clause.text)
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
        if n.unit == RATIO or not self.own(clause):
            spans = [*spans, *(m.span for m in self.mentions if m.span and not m.base)]
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
        return way(m) if m else 0
