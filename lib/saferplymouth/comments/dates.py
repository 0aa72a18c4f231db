"""The periods a sentence names: months, quarters, stretches, and the year before, as the months
they span.
"""

import calendar
import re
from dataclasses import dataclass, replace

import pandas as pd

from saferplymouth.periods import Calendar

WORDS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    **{w: n for n, w in enumerate(WORDS[:4], 1)},
}
MONTHS = {
    name[:n]: k for k, name in enumerate(calendar.month_name) if k for n in (3, len(name))
} | {"Sept": 9}
MONTH = (
    r"(?:(?:Jan|Febr?)(?:uary)?|Feb|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|(?:Nov|Dec)(?:ember)?)\b\.?(?!\s+be\b)"
)
_Y = r"(?:,?\s+(?:of\s+)?((?:19|20)\d\d)(?![/\d])(?!-\d\d\b))?"
_END = r"(?:the\s+)?(?:end\s+of\s+)?"
_N = rf"({'|'.join(WORDS)}|\d{{1,2}})"
_LAST = (
    r"(?:last|(?:the\s+)?previous|(?:the\s+)?prior)\s+(?:financial\s+)?year(?:['’]s)?|(?:a|one|the)"
    r"\s+year\s+(?:ago|earlier|before)"
)
PERIODS = {  # the first pattern to match at a place wins
    "between": rf"(?i:between)\s+{_END}({MONTH}){_Y}\s+and\s+{_END}({MONTH}){_Y}",
    "range": rf"(?i:from\s+)?(?<!\d )({MONTH}){_Y}\s*(?:\s(?:up\s+)?to\b|\suntil\b|\sthrough\b|–|-"
    rf"|—)\s*{_END}({MONTH}){_Y}",
    "months_to": rf"(?i:{_N}\s+months\s+(?:up\s+)?to)\s+{_END}({MONTH}){_Y}",
    "since": rf"(?i:since)\s+(?:the\s+start\s+of\s+)?({MONTH}){_Y}",
    "until": rf"(?i:up\s+to|to|by|until|through\s+to)\s+{_END}({MONTH}){_Y}",
    "last_month": rf"(?i:last|the\s+previous)\s+({MONTH})(?:['’]s)?",
    "month": rf"({MONTH}){_Y}(?:['’]s)?",
    "quarters": r"(?i:(?:the\s+)?first\s+(?:two|2)\s+quarters"
    r"|quarters?\s+(?:1|one)\s+and\s+(?:2|two)"
    r"|Q1\s*(?:and|&|to|-|–)\s*"
    r"Q?2|(?:the\s+)?first\s+half\s+of\s+the\s+(?:financial\s+)?year|(?:the\s+)?first\s+half[- "
    r"]year)",
    "quarter": r"(?i:\bQ([1-4])\b|(?:the\s+)?(first|second|third|fourth)\s+quarter"
    r"|quarter\s+([1-4]|one|two"
    r"|three|four)\b)",
    "first_months": rf"(?i:(?:the\s+)?first\s+{_N}\s+months)",
    "last_months": rf"(?i:(?:the\s+)?(?:last|latest|past|most\s+recent)\s+{_N}\s+months)",
    "years": rf"(?i:{_N}\s+years\s+(?:ago|earlier|before))",
    "other_month": r"(?i:(?:the\s+)?(?:previous|preceding)\s+month|last\s+month"
    r"|the\s+month\s+before)",
    "same": rf"(?i:(?:the\s+|this\s+|that\s+)?(?:same|corresponding|equivalent)\s+(?:\w+\s+)?"
    rf"(?:period|months?"
    rf"|quarters?|point|time|stage)"
    rf"(?:\s+(?:in|of|during|a|for))?(?:\s+(?:{_LAST}|year\s+(?:ago|earlier|before)|20\d\d[/-]\d\d(?:\d\d)?"
    rf"|20\d\d))?)",
    "year": r"\b(20\d\d)\s?[/-]\s?((?:20)?\d\d)\b",
    "last": rf"(?i:\b(?:{_LAST}))",
    "to_date": r"(?i:\b(?:(?:the\s+)?(?:financial\s+)?year[\s-]to[\s-]date|ytd|to\s+date"
    r"|so\s+far(?:\s+this\s+year)?|(?:this|current)\s+"
    r"(?:financial\s+)?year|this\s+point|(?:of|in|for)\s+the\s+year(?!\s+to\s+(?:date|the|end|(?-i:[A-Z])))))",
    "calendar": r"\b(20\d\d)\b(?!,\d)",
}
_PERIOD = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in PERIODS.items()))
CUE = re.compile(
    r"(?i:\b(?:compare[sd]?\s+(?:to|with|against)|compared|than|against|versus|vs\.?|relative\s+to|on"
    r"|from(?=\s+(?:\w+\s+){0,4}\d)|(?:up|down)"
    r"\s+from|since|above|below|as|similar\s+to|level\s+with|in\s+line\s+with)\s+)(?:(?:the|a|an|that|those"
    r"|same|in|for|of|at|it|was|were|is|period|months?|point|figures?|total|"
    r"number|numbers|recorded|reported|received|level|levels|during|what|we|saw|average|crimes|incidents"
    r"|reports|over|seen|made|peak|high|low|record|there|have|has|been|across|[\d,.%]+)"
    r"\s+){0,6}$"
)
# what makes a period that of a part of a change, not of the change: "most of it in June"
PART = re.compile(
    r"(?i:\b(?:(?:(?:nearly|almost)\s+all|most|much|half|many|some|part|a\s+(?:third|quarter)|two[\s-]thirds"
    rf"|(?:\d[\d,]{{0,9}}|{'|'.join(WORDS)})(?:\s?%|\s+per\s?cent)?)\s+of\s+(?:it|them|this|these|that|those|which"
    r"|(?:the|this|that)\s+(?:rise|increase|growth|fall|drop|decrease|decline|reduction|change|difference))"
    r"|mainly|mostly|largely|chiefly|primarily|principally|particularly|especially|notably)"
    r"(?:\s+(?:was|were|is|are|came|fell|occurred|happened|arose|recorded|reported|seen|concentrated)){0,2}"
    r"(?:\s+(?:in|during|from|over|for)(?:\s+the)?)?\s+)$"
)


@dataclass(frozen=True)
class Mention:
    """A period named in a sentence: months `first` to `last`; `base` where it is what another is
    compared with, and `part` where the words begin by which only a part of what is told lies in
    it.
    """

    start: int
    end: int
    first: pd.Period | None
    last: pd.Period | None
    kind: str
    base: bool = False
    dated: bool = False
    part: int | None = None

    @property
    def span(self) -> tuple[pd.Period, pd.Period]:
        return self.first, self.last


def mentions(sentence: str, month: pd.Period, latest: pd.Period, cal: Calendar) -> list[Mention]:
    """Every period named, in order. `month` is the edition's, `latest` the last month with a
    figure.

    A month without its year is this financial year's, or last year's where this one's is still to
    come.
    """
    found = []
    for m in _PERIOD.finditer(sentence):
        dates = _Dates(month, latest, cal)
        span = dates.read(m)
        if span is not None:
            cued = (
                bool(CUE.search(sentence[max(0, m.start() - 90) : m.start()]))
                and m.lastgroup != "to_date"
            )
            base = (
                cued
                or m.lastgroup == "other_month"
                or (m.lastgroup in ("same", "last") and _leads(sentence, m))
            )
            part = _part(sentence, m.start(), found[-1] if found else None)
            found.append(Mention(m.start(), m.end(), *span, dates.kind, base, dates.dated, part))
    return _joined(sentence, found)


def _part(sentence: str, start: int, before: Mention | None) -> int | None:
    """Where the words begin that make the period at `start` one of a part: `mainly in June`, and
    `July` after it.
    """
    said = PART.search(sentence[max(0, start - 90) : start])
    if said is not None:
        return max(0, start - 90) + said.start()
    joined = r"(?i:\s*(?:,|&|,?\s*and)\s*(?:in\s+)?)"
    return (
        before.part
        if before is not None and re.fullmatch(joined, sentence[before.end : start])
        else None
    )


def _joined(sentence: str, found: list[Mention]) -> list[Mention]:
    """`November last year`, `the first quarter of 2015/16`: months and the year before as one
    period.
    """
    joined: list[Mention] = []
    for m in found:
        before = joined[-1] if joined else None
        near = before is not None and sentence[before.end : m.start].strip(" ,") in (
            "",
            "of",
            "in",
            "in the",
        )
        if near and m.kind == "last" and before.kind == "months" and not before.dated:
            first, last = before.first - 12, before.last - 12
            joined[-1] = replace(before, end=m.end, first=first, last=last, dated=True)
        else:
            joined.append(m)
    return joined


def _leads(sentence: str, m: re.Match) -> bool:
    """`up … a year earlier`: a year before that follows a direction without saying "than"."""
    return bool(
        re.search(
            r"(?i:\b(?:up|down)\s+from\s+(?:[\w,.%]+\s+){0,4})$",
            sentence[max(0, m.start() - 60) : m.start()],
        )
    )


class _Dates:
    """Months for one match of `_PERIOD`; `kind` is months, to date, last (the year before) or other
    month.
    """

    def __init__(self, month: pd.Period, latest: pd.Period, cal: Calendar):
        self.month, self.latest, self.cal = month, latest, cal
        self.opening = cal.year(month).asfreq("M", "start")
        self.kind, self.dated = "months", False

    def read(self, m: re.Match) -> tuple | None:
        groups = m.groups()[m.re.groupindex[m.lastgroup] :]
        return getattr(self, f"_{m.lastgroup}", self._as_last)(m[0], [g for g in groups if g], m)

    def named(self, name: str, year: str | None = None) -> pd.Period:
        number = MONTHS[name.rstrip(".")]
        if year:
            self.dated = True
            return pd.Period(year=int(year), month=number, freq="M")
        found = self.opening + (number - self.opening.month) % 12
        return found if found <= self.month else found - 12

    def _pair(self, text: str, groups: list[str], m: re.Match) -> tuple | None:
        names, years = (
            [g for g in groups if g.rstrip(".") in MONTHS],
            [g for g in groups if g.isdigit()],
        )
        last = self.named(names[1], years[-1] if years else None)
        first = last - (last.month - MONTHS[names[0].rstrip(".")]) % 12
        return first, last

    _between = _range = _pair

    def _months_to(self, text: str, groups: list[str], m: re.Match) -> tuple | None:
        last = self.named(groups[1], groups[2] if len(groups) > 2 else None)
        return last - (count(groups[0]) - 1), last

    def _since(self, text: str, groups: list[str], m: re.Match) -> tuple | None:
        self.kind = "since"
        return self.named(*groups[:2]), self.latest

    def _until(self, text: str, groups: list[str], m: re.Match) -> tuple | None:
        last = self.named(*groups[:2])
        return self.cal.year(last).asfreq("M", "start"), last

    def _month(self, text: str, groups: list[str], m: re.Match) -> tuple | None:
        one = self.named(*groups[:2])
        return one, one

    def _last_month(self, text: str, groups: list[str], m: re.Match) -> tuple | None:
        """`last June`: a year ago beside `this June`, after "than", or of the latest month; else it
        may be either.
        """
        one = self.named(groups[0])
        this = re.search(rf"(?i:this)\s+{re.escape(groups[0])}", m.string)
        sure = (
            this or one == self.latest or CUE.search(m.string[max(0, m.start() - 90) : m.start()])
        )
        self.dated, self.kind = True, "months" if sure else "unknown"
        return (one - 12, one - 12) if one >= self.opening else (one, one)

    def _quarters(self, text: str, groups: list[str], m: re.Match) -> tuple | None:
        return self.opening, self.opening + 5

    def _quarter(self, text: str, groups: list[str], m: re.Match) -> tuple | None:
        said = groups[0].lower()
        first = self.opening + 3 * ((int(said) if said.isdigit() else ORDINALS[said]) - 1)
        first = first if first <= self.month else first - 12
        return first, first + 2

    def _first_months(self, text: str, groups: list[str], m: re.Match) -> tuple | None:
        return self.opening, self.opening + (count(groups[0]) - 1)

    def _last_months(self, text: str, groups: list[str], m: re.Match) -> tuple | None:
        return self.latest - (count(groups[0]) - 1), self.latest

    def _other_month(self, text: str, groups: list[str], m: re.Match) -> tuple | None:
        self.kind = "other month"
        return None, None

    def _to_date(self, text: str, groups: list[str], m: re.Match) -> tuple | None:
        self.kind = "to date"
        return self.opening, self.latest

    def _as_last(self, text: str, groups: list[str], m: re.Match) -> tuple | None:
        self.kind = "last"
        return None, None

    def _year(self, text: str, groups: list[str], m: re.Match) -> tuple | None:
        return self._of_year(int(groups[0]))

    _calendar = _year

    def _years(self, text: str, groups: list[str], m: re.Match) -> tuple | None:
        self.kind = "unknown"
        return None, None

    def _of_year(self, year: int) -> tuple | None:
        if year == self.opening.year - 1:
            return self._as_last("", [], None)
        if year == self.opening.year:
            return self._to_date("", [], None)
        self.kind = "unknown"
        return None, None


def count(word: str) -> int:
    return int(word) if word.isdigit() else WORDS.index(word.lower()) + 1
