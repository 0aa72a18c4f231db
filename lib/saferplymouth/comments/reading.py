"""A sentence of a comment: its periods, numbers and clauses, and what each of them is about."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from saferplymouth.comments import vocabulary as v
from saferplymouth.comments.figures import MONTHS, Facts, Span, length, shifted
from saferplymouth.comments.mentions import LAST, PREVIOUS, SPAN, Mention, mentions
from saferplymouth.comments.quantities import Number, numbers

SPLIT = re.compile(
    r",(?!\d)|[;:()–—]|\s-\s|\b(?:and|(?<!all\s)but|while|whilst|whereas|although|though|however|when|then|which|yet)\b",
    re.I,
)
STOP = re.compile(
    r"(?<!\bvs)(?<!\bi\.e)(?<!\be\.g)(?<!\bapprox)(?<!\bno)(?<!\bc)(?<!\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec))[.!?]['\"”’)]{0,3}(?=\s+[^a-z\s]|$)"
)


@dataclass(frozen=True)
class Clause:
    """A part of a sentence between two joints; a number or period lies `in` it by its start."""

    start: int
    end: int
    text: str

    def __contains__(self, item: Mention | Number) -> bool:
        return self.start <= item.start < self.end


def sentences(text: str) -> list[str]:
    """The sentences of a Markdown text as plain words; of a table, each cell with its headings."""
    plain = re.sub(r"!?\[([^\]\n]{0,300})\]\([^)\n]{0,300}\)", r"\1", _cell_by_cell(text))
    plain = re.sub(r"https?://\S+|[\w.+-]{1,64}@[\w.-]{1,99}", " ", plain)
    plain = re.sub(r"(?m)^[ \t]{0,9}(?:[#>]{1,6}|[-*+•]|\d{1,2}[.)])[ \t]+", "\n\n", plain)
    plain = re.sub(r"[*`\\“”\"]|(?<!\w)_|_(?!\w)", "", plain).replace("’", "'")
    pieces: list[str] = []
    for block in re.split(r"\n\s*\n|(?<=[.!?:])\n", plain):
        line = " ".join(block.split())
        ends = [0, *(stop.end() for stop in STOP.finditer(line)), len(line)]
        pieces += [line[start:end].strip() for start, end in pairwise(ends)]
    return [piece for piece in pieces if re.search(r"\w", piece)]


def _cell_by_cell(text: str) -> str:
    """A text whose tables are written as `May, 2016: 967`."""
    lines: list[str] = []
    head: list[str] = []
    for line in text.split("\n"):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if "|" in line else []
        if cells and head and re.search(r"\d", line):
            pairs = zip(head[1:], cells[1:], strict=False)
            lines += [f"\n{cells[0]}, {name}: {cell}\n" for name, cell in pairs if cell]
        elif not cells:
            lines.append(line)
        head = head or cells if cells else []
    return "\n".join(lines)


class Reading:
    """One sentence; `context` holds the periods that those before it were about."""

    def __init__(self, sentence: str, facts: Facts, context: list[Span]):
        self.text, self.facts, self.context = sentence, facts, context
        self.mentions = mentions(sentence, facts)
        self.numbers = numbers(sentence, self.mentions)
        self.counts = [int(n.value) for n in self.numbers if n.unit == MONTHS]
        self.singles = [m for m in self.mentions if self.is_single(m)]
        self.stretches = [
            m for m in self.mentions if m.span and not m.base and m not in self.singles
        ]
        self.clauses = list(self._cut())
        # where the words of direction are that go with a number, and so state nothing themselves
        self.taken = {at for m in v.APPROXIMATE.finditer(sentence) for at in range(*m.span())}

    def _cut(self) -> Iterator[Clause]:
        whole = [range(i.start, i.end) for i in (*self.mentions, *self.numbers)]
        for a, b in (*pairwise(self.mentions), *pairwise(self.numbers)):
            joined = self.text[a.end : b.start].strip() in ("and", "to")
            if b.listed if isinstance(b, Mention) else joined:
                whole.append(range(a.end, b.start))
        cuts = [m.start() for m in SPLIT.finditer(self.text)]
        cuts = [0, *(at for at in cuts if not any(at in one for one in whole)), len(self.text)]
        for a, b in pairwise(cuts):
            if self.text[a:b].strip():
                yield Clause(a, b, self.text[a:b])

    @property
    def leaves(self) -> list[Span]:
        """The periods that a next sentence without one goes by."""
        return [m.span for m in self.mentions if m.span and not m.base] or self.context

    def is_single(self, m: Mention) -> bool:
        """Whether it is one month (or quarter) that the sentence is about."""
        return bool(m.span) and not m.base and not m.since and length(m.span) == self.facts.length

    @cached_property
    def is_plain(self) -> bool:
        """Whether it says one thing, so that it may be told to be wrong."""
        words = [*v.DIRECTION.finditer(self.text), *v.EXTREME.finditer(self.text)]
        turned = any(word.search(self.text) for word in (v.SINCE, v.NOT, v.EXCEPT, v.ORDINAL))
        other = any(m.kind != SPAN and not m.base for m in self.mentions)
        sizes = any(self.changes(n) for n in self.numbers)
        return len(words) == len(self.clauses) == 1 and not (turned or other or sizes)

    def subjects(self, clause: Clause) -> list[Span]:
        """The single months that a clause names, else those that its sentence does."""
        return [m.span for m in [m for m in self.singles if m in clause] or self.singles]

    def before(self, n: Number, reach: int = 60) -> str:
        """What stands before a number."""
        return self.text[max(0, n.start - reach) : n.start]

    @cached_property
    def named(self) -> list[tuple[int, Facts]]:
        """Where an indicator is named, a longer name before one that is part of it."""
        names: dict[range, Facts] = {}
        for name, facts in self.facts.named:
            for m in re.finditer(rf"\b{re.escape(name)}s?\b", self.text.lower()):
                if not any(m.start() in at or m.end() - 1 in at for at in names):
                    names[range(*m.span())] = facts
        return [(at.start, names[at]) for at in sorted(names, key=lambda at: at.start)]

    def about(self, clause: Clause, at: int) -> Facts:
        """The indicator that a place is about: the last one named before it, else the first in its
        clause, else the comment's.
        """
        before = [facts for start, facts in self.named if start < at]
        inside = [facts for start, facts in self.named if clause.start <= start < clause.end]
        return (before[-1:] or inside[:1] or [self.facts])[0]

    def own(self, clause: Clause) -> list[Span]:
        """The periods that a clause itself is about: a list's months each, and together."""
        spans: list[Span] = []
        together: Span | None = None
        for m in self.mentions:
            if m in clause and m.span and not m.base:
                joins = m.listed and together and m.span[0] == together[1] + 1
                together = (together[0], m.span[1]) if joins and together else m.span
                spans += [m.span] if together == m.span else [m.span, together]
        return spans

    def spans(self, clause: Clause) -> tuple[list[Span], bool]:
        """The periods that a clause is about, and whether its sentence states them."""
        at = self.clauses.index(clause)
        for before in (clause, *reversed(self.clauses[:at])):
            if own := self.own(before):
                return own, True
        later = [span for after in self.clauses[at + 1 :] for span in self.own(after)]
        bases = [m.span for m in self.mentions if m.base and m.span and m in clause]
        implied = [
            shifted(span, 12) if span[1] < self.facts.opening else self.facts.latest
            for span in bases
            if length(span) == self.facts.length or span[1] < self.facts.opening
        ]
        if later or implied:
            return [*implied, *(self.context or later)], True
        return self.context or [self.facts.to_date], False

    def bases(self, clause: Clause, span: Span, facts: Facts) -> tuple[list[Span], bool]:
        """What a change of `span` is on, and whether its sentence states it."""
        based = [m for m in self.mentions if m.base or m.kind != SPAN]
        year, period = shifted(span, -12), shifted(span, -length(span))
        bases = [
            {LAST: year, PREVIOUS: period}.get(m.kind, m.span)
            for m in [m for m in based if m in clause] or based
            if m.kind != SPAN or length(m.span) == length(span)
        ]
        implied = [year, period] if length(span) == facts.length else [year]
        return (bases, True) if bases else (implied, False)

    def tied(self, n: Number) -> Mention | None:
        """The period that a number is tied to: `November's 358`, `358 in November`, `May (967)`."""
        for before, after in ((v.TIGHT, None), (None, v.FOLLOWS), (v.LEADS, None)):
            for m in reversed(self.mentions) if before else self.mentions:
                a, b = (m.end, n.start) if before else (n.end, m.start)
                gap, closing = self.text[a:b], self.text.find(")", n.end)
                between = any(a <= x.start < b for x in self.numbers if x.unit != MONTHS)
                inside = any(n.end <= x.start < closing for x in self.mentions)
                between |= before is v.TIGHT and inside and "(" in gap
                if a > b or between or not (before or after).fullmatch(self.text, a, b):
                    continue
                apart = m.base and (before is v.LEADS or ":" in gap)
                based = before and (m.base or m.kind != SPAN)
                return None if apart or (based and v.VERSUS.match(self.text, n.end)) else m
        return None

    def changes(self, n: Number) -> bool:
        """Whether a number is the size of a change."""
        after = v.CHANGED_AFTER.match(self.text, n.end, n.end + 45)
        return bool(n.sign or v.CHANGED_BEFORE.search(self.before(n)) or after)
