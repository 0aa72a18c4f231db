"""An analyst's comment as the check reads it: sentences, clauses, the periods they name, their numbers and words.

Nothing here knows a figure. Every pattern is of bounded length, so that no text is slow to read; what is not
understood is left alone, and a clause with a word that is not known (`Clause.strange`) is never called wrong.
"""

import calendar
import re
from dataclasses import dataclass

import pandas as pd

from saferplymouth.periods import Calendar

WORDS = "one two three four five six seven eight nine ten eleven twelve".split()
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, **{w: n for n, w in enumerate(WORDS[:4], 1)}}
MONTHS = {name[:n]: k for k, name in enumerate(calendar.month_name) if k for n in (3, len(name))} | {"Sept": 9}
_M = r"(?:(?:Jan|Febr?)(?:uary)?|Feb|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|(?:Oct)(?:ober)?" + (
    r"|(?:Nov|Dec)(?:ember)?)\b\.?(?!\s+be\b)"
)
_Y = r"(?:,?\s+(?:of\s+)?((?:19|20)\d\d)(?![/\d])(?!-\d\d\b))?"
_END = r"(?:the\s+)?(?:end\s+of\s+)?"
_N = rf"({'|'.join(WORDS)}|\d{{1,2}})"
_LAST = r"(?:last|(?:the\s+)?previous|(?:the\s+)?prior)\s+(?:financial\s+)?year(?:['’]s)?|(?:a|one|the)\s+year\s+(?:ago|earlier|before)"
PERIODS = {  # the first pattern to match at a place wins
    "between": rf"(?i:between)\s+{_END}({_M}){_Y}\s+and\s+{_END}({_M}){_Y}",
    "range": rf"(?i:from\s+)?(?<!\d )({_M}){_Y}\s*(?:\s(?:up\s+)?to\b|\suntil\b|\sthrough\b|–|-|—)\s*{_END}({_M}){_Y}",
    "months_to": rf"(?i:{_N}\s+months\s+(?:up\s+)?to)\s+{_END}({_M}){_Y}",
    "since": rf"(?i:since)\s+(?:the\s+start\s+of\s+)?({_M}){_Y}",
    "until": rf"(?i:up\s+to|to|by|until|through\s+to)\s+{_END}({_M}){_Y}",
    "month": rf"({_M}){_Y}(?:['’]s)?",
    "quarters": r"(?i:(?:the\s+)?first\s+(?:two|2)\s+quarters|quarters?\s+(?:1|one)\s+and\s+(?:2|two)|Q1\s*(?:and|&|to|-|–)\s*"
    r"Q?2|(?:the\s+)?first\s+half\s+of\s+the\s+(?:financial\s+)?year|(?:the\s+)?first\s+half[- ]year)",
    "quarter": r"(?i:\bQ([1-4])\b|(?:the\s+)?(first|second|third|fourth)\s+quarter|quarter\s+([1-4]|one|two|three|four)\b)",
    "first_months": rf"(?i:(?:the\s+)?first\s+{_N}\s+months)",
    "last_months": rf"(?i:(?:the\s+)?(?:last|latest|past|most\s+recent)\s+{_N}\s+months)",
    "other_month": r"(?i:(?:the\s+)?(?:previous|preceding)\s+month|last\s+month|the\s+month\s+before)",
    "same": rf"(?i:(?:the\s+|this\s+|that\s+)?(?:same|corresponding|equivalent)\s+(?:\w+\s+)?(?:period|months?|quarters?|point|time|stage)"
    rf"(?:\s+(?:in|of|during|a|for))?(?:\s+(?:{_LAST}|year\s+(?:ago|earlier|before)|20\d\d[/-]\d\d(?:\d\d)?|20\d\d))?)",
    "year": r"\b(20\d\d)\s?[/-]\s?((?:20)?\d\d)\b",
    "last": rf"(?i:\b(?:{_LAST}))",
    "to_date": r"(?i:\b(?:(?:the\s+)?(?:financial\s+)?year[\s-]to[\s-]date|ytd|to\s+date|so\s+far(?:\s+this\s+year)?|(?:this|current)\s+"
    r"(?:financial\s+)?year|this\s+point|(?:of|in)\s+the\s+year(?!\s+to)))",
    "calendar": r"\b(20\d\d)\b(?!,\d)",
}
_PERIOD = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in PERIODS.items()))
CUE = re.compile(
    r"(?i:\b(?:compare[sd]?\s+(?:to|with|against)|compared|than|against|versus|vs\.?|relative\s+to|on|from(?=\s+(?:\w+\s+)?\d)|(?:up|down)"
    r"\s+from|since|above|below|as)\s+)(?:(?:the|a|an|that|those|same|in|for|of|at|it|was|were|is|period|months?|point|figures?|total|"
    r"number|numbers|recorded|reported|received|level|levels|during|what|we|saw|average|crimes|incidents|reports|[\d,.%]+)"
    r"\s+){0,6}$"
)
BASE_NUMBER = re.compile(
    r"(?i:\b(?:compare[sd]?\s+(?:to|with|against)|than|against|versus|vs\.?|from|on)\s+)"
    r"(?:(?:the|a|an|total|figure|of|just|about|around|only)\s+){0,4}$"
)
NUMBER = re.compile(
    rf"(?<![\w£$€/.:,–-])(?P<sign>[+−-]?)(?P<digits>\d{{1,3}}(?:,\d{{3}}){{1,3}}(?![\d,]\d)|\d{{1,9}})(?P<decimals>\.\d{{1,4}})?(?![\d/:]|,\d|\.\d)"
    rf"(?:\s?(?P<percent>%|per\s?cent\b|pct\b)(?P<of_points>\s+points?\b)?|\s?(?P<points>percentage\s+points?\b|points?\b|pp\b))?"
    rf"(?![A-Za-z-])|(?<![\w-])(?P<word>{'|'.join(WORDS)})(?![\w-])(?:\s?(?P<wpercent>per\s?cent\b|%)|\s(?P<wpoints>(?:percentage\s+)?points?\b))?",
    re.I,
)
SKIPPED = re.compile(  # dates, sums of money, ages, times, names with a number: about something else
    rf"(?:\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_M}(?:,?\s+\d{{4}}\b)?|\b{_M}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}}|\b(?!\s?%|,\d|\s+[a-z]))"
    r"|[£$€]\s?[\d.,]+\s?(?:k|m|bn|million|thousand)?\b|\b(?:Operation|Section|Level|Phase|Item|Page|Ward|Grade|PC|Tier|Table|"
    r"Figure|Act|Priority|No\.?|Chapter|Appendix)\s+\d+\b|\b\d{1,2}[:.]\d\d\s?(?:am|pm|hrs)?\b(?!\s?%|\s?per)|\b\d{1,2}\s?(?:am|pm)\b|\b\d+/\d+\b(?<!\d{4}/\d\d)"
    r"|\baged?\s+\d+(?:\s?(?:to|-|–|and)\s?\d+)?|\b\d+(?:\s?(?:to|-|–)\s?\d+)?[- ]year[- ]olds?|\b\d+(?:st|nd|rd|th)\b)",
)
NOT_SENTENCE_END = re.compile(r"\b(?:approx|no|vs|e\.g|i\.e|etc|st|mr|mrs|ms|dr|inc|fig|p|pp|c|ca|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.$", re.I)
_BREAK = re.compile(r"[,;:()–—]|\s-\s|\b(?:and|but|while|whilst|whereas|although|though|however|when|then|which|yet)\b", re.I)


@dataclass(frozen=True)
class Mention:
    """A period named in a sentence: months `first` to `last`; `base` where it is what another is compared with."""

    start: int
    end: int
    first: pd.Period | None
    last: pd.Period | None
    kind: str
    base: bool = False
    dated: bool = False

    @property
    def span(self) -> tuple[pd.Period, pd.Period]:
        return self.first, self.last


@dataclass(frozen=True)
class Number:
    """A number as written: `unit` is count, percent or points; `base` where it is what another is compared with."""

    start: int
    end: int
    written: str
    value: float
    places: int
    sign: int
    unit: str
    base: bool


@dataclass(frozen=True)
class Clause:
    start: int
    end: int
    text: str


def sentences(text: str) -> list[str]:
    """The sentences of a Markdown text, as plain words; abbreviations and decimals end none."""
    plain = re.sub(r"!?\[([^\]\n]{0,300})\]\([^)\n]{0,300}\)", r"\1", text)
    plain = re.sub(r"https?://\S+|\S+@\S+|(?m:^\s{0,9}(?:[#>]{1,6}|[-*+]|\d{1,2}[.)])\s)", "\n", plain)
    plain = re.sub(r"[*`\\]|(?<!\w)_|_(?!\w)", "", plain)
    found: list[str] = []
    for block in re.split(r"\n\s*\n|\n(?=\n)|(?<=[.!?])\n", plain):
        start = 0
        line = re.sub(r"\s+", " ", block).strip()
        for stop in re.finditer(r"[.!?]['\"”’)]{0,3}(?=\s+[^a-z\s]|$)", line):
            if not NOT_SENTENCE_END.search(line[max(0, stop.start() - 8) : stop.start() + 1]):
                found.append(line[start : stop.end()].strip())
                start = stop.end()
        found.append(line[start:].strip())
    return [sentence for sentence in found if re.search(r"[A-Za-z]", sentence)]


def masked(sentence: str) -> str:
    """The sentence with dates, money, ages and the like blanked out, letter for letter."""
    return SKIPPED.sub(lambda found: "¤" * len(found[0]), re.sub("[“”\"]", "", sentence).replace("’", "'"))


def mentions(sentence: str, month: pd.Period, latest: pd.Period, cal: Calendar) -> list[Mention]:
    """Every period named, in order. `month` is the edition's, `latest` the last month with a figure.

    A month without its year is this financial year's, or last year's where this one's is still to come.
    """
    found = []
    for m in _PERIOD.finditer(sentence):
        dates = _Dates(month, latest, cal)
        span = dates.read(m)
        if span is not None:
            cued = bool(CUE.search(sentence[max(0, m.start() - 90) : m.start()])) and m.lastgroup != "to_date"
            base = cued or m.lastgroup == "other_month" or (m.lastgroup in ("same", "last") and _leads(sentence, m))
            found.append(Mention(m.start(), m.end(), *span, dates.kind, base, dates.dated))
    return found


def _leads(sentence: str, m: re.Match) -> bool:
    """`up … a year earlier`: a year before that follows a direction without saying "than"."""
    return bool(re.search(r"(?i:\b(?:up|down)\s+from\s+(?:[\w,.%]+\s+){0,4})$", sentence[max(0, m.start() - 60) : m.start()]))


class _Dates:
    """Months for one match of `_PERIOD`; `kind` is months, to date, last (the year before) or other month."""

    def __init__(self, month: pd.Period, latest: pd.Period, cal: Calendar):
        self.month, self.latest, self.cal = month, latest, cal
        self.opening = cal.year(month).asfreq("M", "start")
        self.kind, self.dated = "months", False

    def read(self, m: re.Match) -> tuple | None:
        groups = [g for g in m.groups()[m.re.groupindex[m.lastgroup] :]]
        return getattr(self, f"_{m.lastgroup}", self._as_last)(m[0], [g for g in groups if g], m)

    def named(self, name: str, year: str | None = None) -> pd.Period:
        number = MONTHS[name.rstrip(".")]
        if year:
            self.dated = True
            return pd.Period(year=int(year), month=number, freq="M")
        found = self.opening + (number - self.opening.month) % 12
        return found if found <= self.month else found - 12

    def _pair(self, text: str, groups: list[str], m: re.Match) -> tuple | None:
        names, years = [g for g in groups if g.rstrip(".") in MONTHS], [g for g in groups if g.isdigit()]
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

    def _of_year(self, year: int) -> tuple | None:
        if year == self.opening.year - 1:
            return self._as_last("", [], None)
        if year == self.opening.year:
            return self._to_date("", [], None)
        self.kind = "unknown"
        return None, None


def count(word: str) -> int:
    return int(word) if word.isdigit() else WORDS.index(word.lower()) + 1


def numbers(sentence: str, taken: list[Mention]) -> list[Number]:
    """Every number that is not part of a period; `one` to `twelve` are numbers too."""
    found = []
    for m in NUMBER.finditer(sentence):
        if any(t.start < m.end() and m.start() < t.end for t in taken):
            continue
        decimals = m["decimals"] or ""
        value = float(count(m["word"])) if m["word"] else float(m["digits"].replace(",", "") + decimals)
        points = m["points"] or m["of_points"] or m["wpoints"]
        unit = "points" if points else "percent" if m["percent"] or m["wpercent"] else "count"
        base = bool(BASE_NUMBER.search(sentence[max(0, m.start() - 60) : m.start()]))
        sign = {"+": 1, "-": -1, "−": -1}.get(m["sign"] or "", 0)
        found.append(Number(m.start(), m.end(), m[0], value, max(0, len(decimals) - 1), sign, unit, base))
    return found


def clauses(sentence: str, taken: list[Mention]) -> list[Clause]:
    """The sentence cut at punctuation and joining words, but never inside a period or a number."""
    cuts = [0]
    for m in _BREAK.finditer(sentence):
        in_number = m[0] == "," and sentence[m.end() : m.end() + 1].isdigit()
        if not in_number and not any(t.start < m.end() and m.start() < t.end for t in taken):
            cuts.append(m.start())
    ends = [*cuts[1:], len(sentence)]
    return [Clause(a, b, sentence[a:b]) for a, b in zip(cuts, ends, strict=True) if sentence[a:b].strip()]
