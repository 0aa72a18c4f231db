"""A sentence of a comment: its periods, numbers and clauses, and what each of them is about."""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from saferplymouth.comments import vocabulary as v
from saferplymouth.comments.figures import MONTHS, Facts, Span, length, shifted
from saferplymouth.comments.mentions import SPAN, Mention, compared, mentions
from saferplymouth.comments.quantities import Number, numbers

SPLIT = re.compile(
    r",(?!\d)|[;:()–—]|\s-\s|\b(?:and|(?<!all\s)but|while|whilst|whereas|although|though|however"
    r"|when|then|which|yet)\b",
    re.I,
)
STOP = re.compile(
    r"(?<!\bvs)(?<!\bi\.e)(?<!\be\.g)(?<!\bapprox)(?<!\bno)(?<!\bc)"
    r"(?<!\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec))[.!?]['\"”’)]{0,3}(?=\s+[^a-z\s]|$)"
)


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
    return [piece for piece in pieces if re.search(r"[\w\U000f0000-\U000fffff]", piece)]


def _cell_by_cell(text: str) -> str:
    """A text whose tables are written as `May, 2016: 967`."""
    lines: list[str] = []
    head: list[str] = []
    for line in text.split("\n"):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if "|" in line else []
        if cells and head and re.search(r"[\d\U000f0000-\U000fffff]", line):
            pairs = zip(head[1:], cells[1:], strict=False)
            lines += [f"\n{cells[0]}, {name}: {cell}\n" for name, cell in pairs if cell]
        elif not cells:
            lines.append(line)
        head = head or cells if cells else []
    return "\n".join(lines)


@dataclass(frozen=True)
class Clause:
    """A part of a sentence between two joints; a number or period lies `in` it by its start."""

    start: int
    end: int
    text: str

    def __contains__(self, item: Mention | Number) -> bool:
        return self.start <= item.start < self.end


class Reading:
    """One sentence; `context` holds the periods that those before it were about."""

    def __init__(self, sentence: str, facts: Facts, context: list[Span]):
        self.text, self.facts, self.context = sentence, facts, context
        self.mentions = mentions(sentence, facts)
        self.numbers = numbers(sentence, self.mentions)
        self.counts = [int(n.value) for n in self.numbers if n.unit == MONTHS]
        self.own = [m for m in self.mentions if m.span and not m.base]  # what it is about
        self.singles = [m for m in self.own if not m.since and length(m.span) == facts.length]
        self.stretches = [m for m in self.own if m not in self.singles]
        self.bases = [m for m in self.mentions if m.base or m.kind != SPAN]
        # the periods that a next sentence without one goes by
        self.leaves = [m.span for m in self.own] or context
        self.clauses = self._clauses()
        # where the words of direction are that go with a number, and so state nothing themselves
        self.taken = {at for m in v.APPROXIMATE.finditer(sentence) for at in range(*m.span())}

    def _clauses(self) -> list[Clause]:
        whole = [range(i.start, i.end) for i in (*self.mentions, *self.numbers)]
        whole += [range(a.end, b.start) for a, b in pairwise(self.mentions) if b.listed]
        cuts = [m.start() for m in SPLIT.finditer(self.text)]
        cuts = [0, *(at for at in cuts if not any(at in one for one in whole)), len(self.text)]
        parts = [Clause(a, b, self.text[a:b]) for a, b in pairwise(cuts)]
        return [part for part in parts if part.text.strip()]

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

    def own_of(self, clause: Clause) -> list[Span]:
        """The periods that a clause itself is about."""
        return [m.span for m in self.own if m in clause]

    def spans(self, clause: Clause) -> tuple[list[Span], bool]:
        """The periods that a clause is about, and whether its sentence states them."""
        at = self.clauses.index(clause)
        for before in (clause, *reversed(self.clauses[:at])):
            if own := self.own_of(before):
                return own, True
        later = [m.span for m in self.own]
        return self.context or later or [self.facts.to_date], bool(later)

    def bases_of(self, clause: Clause, span: Span, facts: Facts) -> tuple[list[Span], bool]:
        """What a change of `span` is on, and whether its sentence states it."""
        based = [m for m in self.bases if m in clause] or self.bases
        bases = [compared(m, span, facts) for m in based]
        bases = [base for base in bases if length(base) == length(span)]
        year, period = shifted(span, -12), shifted(span, -length(span))
        return bases or ([year, period] if length(span) == facts.length else [year]), bool(bases)

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
