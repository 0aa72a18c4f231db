"""Periods named in a text, by a grammar that is a table: months, quarters, stretches, last year."""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd

from saferplymouth import periods
from saferplymouth.comments.figures import Facts, Span, length, shifted
from saferplymouth.comments.vocabulary import BASE, COUNTS, JOINED, plain

SPAN, LAST, PREVIOUS = "span", "last year", "the period before"
NTH = {"first": 1, "opening": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3}
NTH |= {"fourth": 4, "4th": 4, "final": 4}
MONTH = (
    r"(?-i:((Jan|Febr?)(uary)?|Mar(ch)?|Apr(il)?|May|June?|July?|Aug(ust)?"
    r"|Sept?(ember)?|Oct(ober)?|(Nov|Dec)(ember)?)\b)"
)
NAMED = (
    rf"(?P<m@>{MONTH})\.?(?!\s+(be|well|have|reflect|owe)\b)"
    r"((,?\s+(of\s+)?(?=20\d\d)|[-'’]|\s(?=(1[4-9]|2\d)\s*([):;,.]|$)))(?P<y@>(20)?\d\d)"
    r"(?![/\d%]|,\d|-\d\d\b|\.\d|\s*(per|%)))?"
)
PARTS = {  # what stands for what in a pattern
    "<of year>": r"( of the (financial )?year)?(,? (of |in |FY\s?)?<years>)?",
    "<month>": NAMED.replace("@", "1"),
    "<to month>": NAMED.replace("@", "2"),
    "<n>": rf"(?P<n>{'|'.join(COUNTS)}|[1-9]\d?)",
    "<nth>": rf"(?P<n>{'|'.join(NTH)})",
    "<one to four>": "(?P<n>[1-4]|one|two|three|four)",
    "<years>": r"(?P<year>20\d\d)\s?[/-]\s?(20)?\d\d\b",
    "<year ago>": "((last|(the )?(previous|prior|preceding))( financial)? year(['’]s)?"
    "|((a|one|the|twelve|12) )?(year|months) (ago|earlier|before|previously)"
    r"|year[- ]on[- ]year|y-?o-?y\b|LY\b|((?<=\bas\s)|(?<=\bthan\s))last\b(?=\s*[(,.;]|$))",
}


class _Read:
    """What the groups of a matched pattern stand for; `before` is the span named before it."""

    def __init__(self, m: re.Match, facts: Facts, before: Span | None):
        row = m.lastgroup.removeprefix("row")
        groups = {
            name.removesuffix(f"_{row}"): text for name, text in m.groupdict().items() if text
        }
        self.get, self.before, self.facts = groups.get, before, facts
        self.text, self.opening, self.latest = m[0].lower(), facts.opening, facts.to_date[1]
        count = self.get("n", "0").lower()
        self.n, self.started = (COUNTS | NTH).get(count) or int(count), None
        self.on = 12 * (int(self.get("year", self.opening.year)) - self.opening.year)
        if "m1" in groups or "m2" in groups:
            one, two = self._month("1"), self._month("2")
            self.first, self.last = one or two, two or one
            if "y1" not in groups:  # a first month without its year goes by the last
                self.first = self.last - (self.last.month - self.first.month) % 12
        self.ends = getattr(self, "first", None), getattr(self, "last", None)
        self.resolve = [*PERIODS.values()][int(row)]

    def _month(self, at: str) -> pd.Period | None:
        """A month: this financial year's, last year's where that is still to come."""
        name, year = self.get("m" + at), self.get("y" + at)
        if name is None:
            return None
        number = [*calendar.month_abbr].index(name[:3])
        month = self.opening + (number - self.opening.month) % 12
        if year:
            return pd.Period(year=2000 + int(year[-2:]), month=number, freq="M")
        return month if month <= self.facts.month else month - 12

    def part(self, first: int, count: int) -> Span:
        """So many months of the year that is named, or of this one."""
        return shifted((self.opening + first, self.opening + (first + count - 1)), self.on)

    def quarter(self) -> Span:
        """A quarter: last year's where this year's is still to come."""
        first = 3 * (self.n - 1)
        to_come = not self.get("year") and self.opening + first > self.facts.month
        return shifted(self.part(first, 3), -12 if to_come else 0)

    def year(self) -> Span | str:
        """A year; of this one its months to date, of the last the same months."""
        return LAST if self.on == -12 else self.part(0, 12) if self.on else self.facts.to_date

    def same_months(self) -> Span | str:
        """Those of the year that is named, by default the last."""
        this_year = self.before and self.before[0] >= self.opening
        months = self.before if this_year else self.facts.to_date
        return shifted(months, self.on) if self.on not in (0, -12) else LAST

    def since(self, month: pd.Period, after: int = 0) -> Span:
        """From a month (or the one after it) on."""
        self.started = month
        return month + after, self.latest


PERIODS: dict[str, Callable[[_Read], Span | str]] = {  # the first that matches at a place wins
    "<n>[ -]months (up )?(to|ending) (the end of )?<month>": lambda r: (r.last - (r.n - 1), r.last),
    "((the )?year end(ing|ed)|in the year to) <month>": lambda r: (r.last - 11, r.last),
    r"between (\d+\s)?<month> and (\d+\s)?(the end of )?<to month>": lambda r: r.ends,
    r"(from )?<month>\s*((up )?to|until|through( to)?|[–—/-])\s*((the )?end (of )?)?<to month>": (
        lambda r: r.ends
    ),
    r"(since|after) (at least )?(((the |its )?)\w+ (of|in) |the )?<month>"
    r"|from <to month> on(wards?)?\b": lambda r: r.since(r.last + int(" end of " in r.text)),
    r"\b(since( then)?|thereafter)\b(?=\s*([.,;:]|$|(ha[sd]|have|we)\b))": (
        lambda r: r.since((r.before or r.facts.to_date)[1], 1)
    ),
    r"(up to|to|by|until|through to) (\d+\s)?(the )?(end (of )?)?<month>(?!['’]s)": (
        lambda r: (r.facts.calendar.year(r.last).asfreq("M", "start"), r.last)
    ),
    r"(last|the previous) <month>(['’]s\b)?": (
        lambda r: shifted(r.ends, -12 if r.last >= r.opening else 0)
    ),
    r"(this )?<month>(['’]s\b)?": lambda r: r.ends,
    r"((the )?(first|1st) (two|2) quarters|quarters? (1|one) and (2|two)"
    r"|(?<!between\s)Q1\s*(and|&|to|\+|-|–)\s*Q?2|(the )?(first )?half[- ]year|H1\b"
    "|(the )?first half|(the )?mid[- ]?(point|year))<of year>": lambda r: r.part(0, 6),
    r"(\bQ|\bquarter )<one to four>\b<of year>": _Read.quarter,
    r"\b<nth>[- ]quarter\b<of year>": _Read.quarter,
    r"\b(the|this|latest) quarter\b(?! (of|to)\b)": (
        lambda r: r.part(3 * ((r.latest - r.opening).n // 3), 3)
    ),
    r"\bfirst <n> months<of year>": lambda r: r.part(0, r.n),
    r"\b(last|latest|past|most recent) <n> months": lambda r: (r.latest - (r.n - 1), r.latest),
    r"\brolling year\b": lambda r: (r.latest - 11, r.latest),
    "(the |this |that |its )?(same|corresponding|equivalent|comparable) (_ )?"
    r"(periods?|months?|quarters?|point|time|stage)( (in|of|during|a|for))?"
    r"( (<year ago>|(?P<year>20\d\d)([/-]\d\d(\d\d)?)?))?": _Read.same_months,
    r"\b<year ago>": lambda r: LAST,
    "<years>": _Read.year,
    r"\b((financial )?year[- ]to[- ]date|f?ytd|to[- ]date|cumulative(ly)?|so far( this year)?"
    r"|(this|current) (financial )?(year|FY)|since the start of the year)\b": (
        lambda r: r.facts.to_date
    ),
    r"\b(the|these|those) <n> months": lambda r: r.part(0, r.n),
    r"\b((the )?(previous|preceding|prior) (month|quarter)|last (month|quarter)"
    "|the (month|quarter|period|one) before|month[- ]on[- ]month)": lambda r: PREVIOUS,
    r"\b(this|the( latest| most recent)?) month\b(?! of\b|['’]s)": lambda r: r.facts.latest,
    r"\b(?P<year>20\d\d)\b(?!,\d)": _Read.year,
}


def _row(at: int, pattern: str) -> str:
    """A pattern with its parts filled in, and each of its groups named after its row."""
    for part, stands in PARTS.items():
        pattern = pattern.replace(part, stands)
    named = re.sub(r"\(\?P<(\w+)>", rf"(?P<\1_{at}>", plain(pattern))
    return f"(?P<row{at}>{named})"


PERIOD = re.compile("|".join(_row(*row) for row in enumerate(PERIODS)), re.I)


@dataclass(frozen=True)
class Mention:
    """A period named: months `span`, or of `kind` LAST or PREVIOUS those that another goes by.

    It is a `base` where words say that another is compared with it, `listed` where it goes on a
    list; `since` is the month that a stretch goes on from.
    """

    start: int
    end: int
    kind: str
    span: Span | None = None
    base: bool = False
    listed: bool = False
    since: pd.Period | None = None


def mentions(text: str, facts: Facts) -> list[Mention]:
    """Every period named in a text, in order; a month without its year is the last there was."""
    named: list[Mention] = []
    for m in PERIOD.finditer(text):
        before = named[-1] if named else None
        read = _Read(m, facts, before.span if before else None)
        found = read.resolve(read)
        kind, span = (SPAN, found) if isinstance(found, tuple) else (found, None)
        gap = text[before.end : m.start()] if before else "-"
        joins = before is not None and gap.strip(" ,(") in ("", "of", "in")
        this_year = span is not None and span[0] >= facts.opening
        if joins and before.span and (kind == LAST or read.resolve is _Read.year):
            back = -12 if kind == LAST and before.span[0] >= facts.opening else 0
            named[-1] = replace(before, end=m.end(), span=shifted(before.span, back))
        elif joins and before.kind == LAST and not before.base and "(" not in gap and this_year:
            named[-1] = replace(before, end=m.end(), kind=SPAN, span=shifted(span, -12))
        elif not read.started or span[0] <= span[1]:
            base = bool(BASE.search(text, max(0, m.start() - 80), m.start())) and not read.started
            listed = bool(before and JOINED.fullmatch(gap) and kind == before.kind)
            base = before.base if listed else base
            named.append(Mention(m.start(), m.end(), kind, span, base, listed, read.started))
    return named


def written(text: str, facts: Facts) -> Mention | None:
    """The one period that a live figure names, such as `June`; None for none, or more."""
    if periods.MONTH.fullmatch(text):
        return Mention(0, len(text), SPAN, (pd.Period(text, "M"),) * 2)
    for one in (text, text.title(), f"this {text}"):
        named = mentions(one, facts) if not text.isdigit() else []
        if [(m.start, m.end) for m in named] == [(0, len(one))]:
            return named[0]
    return None


def compared(m: Mention | None, span: Span, facts: Facts) -> Span | None:
    """The months that those of `span` are compared with where `m` names them."""
    go_back = {LAST: facts.back, PREVIOUS: length(span)}
    return shifted(span, -go_back[m.kind]) if m and m.kind in go_back else m and m.span
