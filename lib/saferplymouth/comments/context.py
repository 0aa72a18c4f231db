"""A sentence beside the figures: which indicator, which months and which comparison each of its
clauses is about.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property

from saferplymouth import periods
from saferplymouth.comments import dates, lexicon, reading
from saferplymouth.comments.dates import Mention
from saferplymouth.comments.figures import Facts, Move, RightFigure, Span
from saferplymouth.comments.reading import Clause

RIGHT, WRONG, CANNOT = "right", "wrong", "cannot be checked"
UNSURE = "It may be about something these figures do not hold."
NOT_KNOWN = RightFigure()
NO_FIGURE = "There are no figures for that period, or none to compare it with."
SUBJECT = re.compile(
    r"\b(?:crimes?|incidents?|reports?|reporting|referrals?|offences?|numbers?|figures?|totals?|levels?|it|this)\b",
    re.I,
)


@dataclass(frozen=True)
class Verdict:
    """One claim of a `sentence`: `claim` is the words judged, `correct` the right figure with its
    period, if any, and `figure` and `period` the same for a program: see `RightFigure`.
    """

    sentence: str
    claim: str
    verdict: str
    reason: str
    correct: str = ""
    figure: float | None = field(default=None, compare=False)
    period: str = field(default="", compare=False)


class Reading:
    """One sentence, cut into clauses, its periods and numbers found; the methods say what a clause
    is about.
    """

    def __init__(self, sentence: str, facts: Facts):
        self.sentence, self.facts = sentence, facts
        self.text = reading.masked(sentence)
        self.mentions = dates.mentions(self.text, facts.month, facts.latest, facts.calendar)
        self.numbers = reading.numbers(self.text, self.mentions)
        self.clauses = reading.clauses(self.text, self.mentions)

    def verdict(
        self, claim: str, verdict: str, reason: str, correct: RightFigure = NOT_KNOWN
    ) -> Verdict:
        written = re.sub(r"\s+", " ", claim).strip(" ,;:(")
        return Verdict(self.sentence, written, verdict, reason, *correct)

    def inside(self, clause: Clause, items: list) -> list:
        return [item for item in items if clause.start <= item.start < clause.end]

    def before(self, clause: Clause) -> Clause | None:
        """The clause before, brackets left out."""
        earlier = [c for c in self.clauses[: self.clauses.index(clause)] if not c.aside]
        return earlier[-1] if earlier else None

    def named(self, text: str) -> tuple[list[Facts], str]:
        """The indicators that a text names, and the text without their names."""
        found, left = [], text.lower()
        for name, facts in self.facts.aliases:
            if name in left and re.search(rf"\b{re.escape(name)}s?\b", left):
                left = re.sub(rf"\b{re.escape(name)}s?\b", " ", left)
                found.append(facts)
        return found, left

    def about(self, clause: Clause) -> list[Facts]:
        """The indicators a clause's figures may be of: those it names, else the clause before's,
        else the comment's.
        """
        found, _ = self.named(clause.text)
        if self.facts in found:
            return [self.facts, *(f for f in found if f is not self.facts)]
        earlier = self.before(clause)
        if found or earlier is None or SUBJECT.search(clause.text):
            return found or [self.facts]
        inherited = self.about(earlier)
        return inherited if self.facts in inherited else [*inherited, self.facts]

    def plain(self, clause: Clause) -> str:
        """A clause without its periods, numbers and indicators' names."""
        text = clause.text
        for item in sorted(
            (*self.inside(clause, self.mentions), *self.inside(clause, self.numbers)),
            key=lambda i: -i.start,
        ):
            text = text[: item.start - clause.start] + " " + text[item.end - clause.start :]
        return self.named(text)[1]

    def known(self, clause: Clause) -> bool:
        """Whether every word that the clause's claim rests on is known: its own, and its subject's
        before it.
        """
        own = frozenset(
            re.findall(r"\w+", " ".join((*self.facts.names(), self.facts.area.lower())))
        )
        text = lexicon.CAUSE.split(self.plain(clause))[0]
        if "¤" in text or lexicon.VAGUE.search(text) or lexicon.strange(text, own):
            return False
        earlier = self.before(clause)
        own_subject = self.facts in self.named(clause.text)[0] or (
            SUBJECT.search(text) and lexicon.VERB.search(text)
        )
        return earlier is None or bool(own_subject) or self.known(earlier)

    def claimed(self, clause: Clause, until: int) -> bool:
        """Whether what stands before position `until` of the text lets it be a statement of
        fact.
        """
        return not lexicon.UNCLAIMED.search(self.text[clause.start : until])

    def _mains(self, clause: Clause) -> list[Mention]:
        return [
            m
            for m in self.inside(clause, self.mentions)
            if not m.base and m.kind in ("months", "to date", "since")
        ]

    def _wholes(self, clause: Clause) -> list[Mention]:
        """The periods of a clause that another clause may be about: not those of a part, "most of
        it in June".
        """
        return [m for m in self._mains(clause) if m.part is None]

    def _shifted(self, clause: Clause) -> bool:
        """Whether the clause is about last year: it names it, and not as what this year is compared
        with.
        """
        return any(m.kind == "last" and not m.base for m in self.inside(clause, self.mentions))

    @cached_property
    def _unknown(self) -> bool:
        return any(m.kind == "unknown" for m in self.mentions)

    def bound(self, clause: Clause) -> Mention | None:
        """The period that a bracket stands right after: `November (1,575)`."""
        before = [
            m
            for m in self.mentions
            if m.end <= clause.start and not self.text[m.end : clause.start].strip()
        ]
        return before[-1] if clause.aside and before else None

    def own(self, clause: Clause) -> bool:
        """Whether a clause names its own period."""
        dated = any(m.base and m.first for m in self.inside(clause, self.mentions))
        return bool(self._mains(clause)) or self._shifted(clause) or dated

    def stated(self, clause: Clause) -> bool:
        """Whether a clause's period is beyond doubt: it is in the clause, or is the only one of the
        sentence.
        """
        return self.own(clause) or len({m.span for c in self.clauses for m in self._wholes(c)}) == 1

    def spans(self, clause: Clause, facts: Facts | None = None) -> list[Span]:
        """The months a clause may be about: its own, else the nearest clause's, else the year to
        date.
        """
        facts = facts or self.facts
        if self._unknown:
            return []
        bound = self.bound(clause)
        if (
            bound is not None
            and not bound.base
            and bound.first is not None
            and not self._mains(clause)
        ):
            return [self._fitted(bound, facts)]
        at = self.clauses.index(clause)
        ordered = [clause, *reversed(self.clauses[:at]), *self.clauses[at + 1 :]]
        for n, other in enumerate(c for c in ordered if c is clause or not c.aside):
            found = self._own_spans(other, facts, again=other is not clause)
            if found:  # what only another clause names may not be meant here
                return found + (
                    [facts.to_date] if n and facts.to_date and facts.to_date not in found else []
                )
        bases = [
            m for m in self.mentions if m.base and m.first is not None and m.first < facts.opening
        ]
        if bases:
            return [(m.first + 12, m.last + 12) for m in bases]
        return [facts.to_date] if facts.to_date else []

    def _own_spans(self, clause: Clause, facts: Facts, again: bool) -> list[Span]:
        mains, shifted = (
            self._wholes(clause) if again else self._mains(clause),
            self._shifted(clause),
        )
        spans = [self._fitted(m, facts) for m in mains]
        if re.search(r"cumulative|to date|running total|so far", clause.text, re.I):
            spans += [(facts.calendar.year(m.last).asfreq("M", "start"), m.last) for m in mains]
        if any(m.kind == "to date" for m in mains):  # "by June … 162 to date"
            others = [
                m
                for m in self.mentions
                if m not in mains and not m.base and m.kind == "months" and m.first
            ]
            spans += [(facts.calendar.year(m.last).asfreq("M", "start"), m.last) for m in others]
        if not shifted:
            return spans
        if again:  # another clause's last year may be this one's too, or may not
            spans += [facts.to_date] if facts.to_date else []
        year = (facts.opening - 12, facts.opening - 1)
        undated = [
            (m.first - 12, m.last - 12)
            for m in mains
            if not m.dated and m.kind != "to date" and m.first >= facts.opening
        ]
        elsewhere = [
            self._fitted(m, facts) for c in self.clauses if c is not clause for m in self._wholes(c)
        ]
        done = [facts.to_date] if facts.to_date else []
        if not undated:
            undated = [(a - 12, b - 12) for a, b in elsewhere + done if a >= facts.opening]
        whole = [] if mains else [year]
        return undated + [m.span for m in mains if m.dated] + whole + (spans if again else [])

    def _fitted(self, mention: Mention, facts: Facts) -> Span:
        """A year to date runs to where this indicator's figures do."""
        return facts.to_date if mention.kind == "to date" and facts.to_date else mention.span

    def moves(self, clause: Clause, facts: Facts) -> list[Move]:
        """Every change a clause may be about, on the comparison it names or else on the year or
        period before.
        """
        here = [m for m in self.inside(clause, self.mentions) if m.base]
        months = [m for m in here if m.first is not None]
        found = []
        for span in self.spans(clause, facts):
            found += [facts.move(span, m.span) for m in months]
            if any(m.kind == "other month" for m in here):
                found.append(facts.step((span[1], span[1])))
            elif not months:
                found.append(facts.move(span))
            if not here and span != facts.to_date and not self._shifted(clause):
                found.append(facts.step(span))
        return [move for move in found if move is not None]

    def open(self, clause: Clause, facts: Facts) -> bool:
        """Whether a change may be on a year before that is not held: then no other reading can make
        it wrong.
        """
        if any(m.base and m.first is not None for m in self.inside(clause, self.mentions)):
            return False
        single = 12 // periods.FREQUENCIES[facts.indicator.frequency]
        spans = self.spans(clause, facts)
        return any(
            facts.move(s) is None for s in spans if s[1] < facts.opening or (s[1] - s[0]).n < single
        )
