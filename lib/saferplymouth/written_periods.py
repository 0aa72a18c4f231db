"""Periods as people and spreadsheets write them in the United Kingdom: which months a text means.

Nothing is guessed: a day comes before its month, a text that means nothing has no span, and one
that could mean two things has two. Months are numbered from the year 0.
"""

import calendar
import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

LONGEST = 60
LAST_CENTURY = 70  # from here on, a year of two digits is of the last century
DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
PLAIN = str.maketrans(DASHES | dict.fromkeys("\u2018\u2019`", "'") | {",": " "})
MONTHS = [name.lower() for name in calendar.month_name]
FOUR = "(?:19|20|21)[0-9]{2}"
BOTH = "(?:fy ?)?(?:(?:19|20|21)?[0-9]{2})[-/](?:(?:19|20|21)?[0-9]{2})"
YEAR = re.compile(f"(?:{BOTH}|{FOUR}|'?[0-9]{{2}})$")
PARTS = {
    "four": FOUR,
    "both": BOTH,
    "name": "(?P<m>[a-z]{3,9})",
    "part": "(?P<part>q|qtr|quarter|h|half|half-year) ?(?P<n>[1-4])",
    "clock": r"(?:[ t][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.0+)?)?z?)?",
    "2": "[0-9]{2}",
    "1": "[0-9]{1,2}",
    "gap": "[-/ ]{0,3}",
}
DATES = (
    "(?P<y>{four})(?P<dash>[-/])(?P<m>{2})(?P=dash)(?P<d>{2}){clock}",
    "(?P<d>{1})(?P<dash>[-/. ])(?P<m>{1})(?P=dash)(?P<y>{four}|1[3-9]|[2-9][0-9]){clock}",
    "(?P<d>{1})(?:st|nd|rd|th)?{gap}{name}{gap}(?P<y>{four}|'?{2}){clock}",
)
FORMS = (
    "(?P<y>{four})[-/]?(?P<m>{2})",
    "(?P<m>{1})[-/](?P<y>{four})",
    "{name}{gap}(?P<y>{four}|{both}|'?{2})",
    "(?P<y>{four}|{both}){gap}{name}",
    "{part}{gap}(?:of )?(?P<y>{four}|{both})",
    "(?P<y>{four}|{both}){gap}{part}",
    "(?:(?:financial )?year )?(?P<y>(?!{2}-{2}$|(?:0.|1[01])/{2}$){both}|{four}{2})",
    "(?P<y>{both}) financial year",
    "(?:cy ?|calendar year )?(?P<y>{four})",
)
DATES, FORMS = (
    tuple(re.compile(re.sub(r"{(\w+)}", lambda m: PARTS[m[1]], form)) for form in forms)
    for forms in (DATES, FORMS)
)
ENDING = re.compile(
    "(?:(?:rolling )?(?:(?P<months>[0-9]{1,2}) ?months?|(?P<length>twelve months|month|quarter"
    "|half-year|year)) (?:ending|ended|end|up to|to)|(?P<short>[mqy])/?e) "
    "(?:the )?(?:end )?(?:of )?(?P<end>.+)"
)
LENGTHS = {"m": 1, "month": 1, "q": 3, "quarter": 3, "half-year": 6}  # others are 12 months
WEEK = re.compile(
    "(?:w/?[ce]|week (?:commencing|beginning|starting|ending|ended|to)) .+"
    f"|(?:week|wk) ?[0-9]{{1,2}}(?: .+)?|{FOUR}[- ]?w[0-9]{{2}}"
)


class Span(NamedTuple):
    """The first and the last month. One written as a day opens a longer span only if that is the
    month's first, and closes one only if it is the last.
    """

    first: int
    last: int
    opens: bool = True
    closes: bool = True


def plain(text: str) -> str:
    """In small letters, with single spaces, plain dashes and quotes, and no stop after a word."""
    words = " ".join(text.translate(PLAIN).split()).lower().removesuffix(".0")
    return re.sub(r"(?<=[a-z])\.(?!\.) ?", " ", words).strip().removeprefix("from ")


def day(text: str) -> datetime.date | None:
    """A day; None in another form, or if there is no such day."""
    for form in DATES:
        if written := form.fullmatch(plain(text)):
            year, _ = _years(written["y"])
            try:
                return datetime.date(year, _month(written["m"]), int(written["d"]))
            except ValueError:
                return None
    return None


def is_week(text: str) -> bool:
    """Whether a text names a week."""
    return WEEK.fullmatch(plain(text)) is not None


def _month(text: str) -> int:
    """1 to 12 of a month's number, name, or name cut to three letters or four; 0 if it is none."""
    if text.isdecimal():
        return int(text)
    return next((n for n, m in enumerate(MONTHS) if text in (m, m[:3], m[:4])), 0)


def _years(text: str) -> tuple[int, int | None]:
    """2016 and 2017 of `2016/17`, `16/17` or `201617`; 2016 and None of `2016` or `16`;
    1996 of `96`.
    """
    opens, closes = re.fullmatch(r"\D*((?:..)?..)(?:\D?((?:..)?..))?", text).groups()
    year = int(opens if len(opens) == 4 else f"{19 if int(opens) >= LAST_CENTURY else 20}{opens}")
    if closes and len(closes) == 2:
        closes = f"{(year + 1) // 100}{closes}"
    return year, int(closes) if closes else None


@dataclass(frozen=True)
class Reader:
    """Reads texts where financial years start in month `start`. `Q3 2016` has no meaning unless
    quarters are those of calendar years.
    """

    start: int
    calendar_quarters: bool = False

    def spans(self, text: str) -> set[Span]:
        """Every span of months that a text could mean."""
        text = plain(text)
        return set(self._spans(text)) if len(text) <= LONGEST and text.isascii() else set()

    def _spans(self, text: str) -> Iterator[Span]:
        if bracketed := re.fullmatch(r"(.+?) ?\(([^()]+)\)(.*)", text):
            yield from self._confirmed(bracketed[1] + bracketed[3], bracketed[2])
        elif ending := ENDING.fullmatch(text):
            length = int(ending["months"] or LENGTHS.get(ending["length"] or ending["short"], 12))
            for first, last, _, closes in self._single(ending["end"]):
                if first == last and closes:
                    yield Span(last - length + 1, last)
        else:
            yield from (Span(s.first, s.last) for s in self._single(text) if s.opens or s.closes)
            yield from self._from_to(text)

    def _confirmed(self, outer: str, inner: str) -> Iterator[Span]:
        """`Q2 (Jul-Sep) 2016/17`, whose two ways of saying it must agree."""
        year = re.search(f"{BOTH}|{FOUR}", outer)
        either = {*self._spans(outer), *Reader(self.start, True)._spans(outer)}
        yield from either & {*self._spans(f"{inner} {year[0]}" if year else inner)}

    def _from_to(self, text: str) -> Iterator[Span]:
        for dash in re.finditer(r" ?\.\. ?| ?- ?| to ", text):
            left, right = text[: dash.start()], text[dash.end() :]
            if re.fullmatch(FOUR, left) and re.fullmatch("[0-9]{2}", right):
                right = left[:2] + right  # 2013-15
            year = YEAR.search(right)
            lefts = [*self._single(left)] or [*self._single(f"{left} {year[0]}" if year else "")]
            for one in lefts:
                for other in self._single(right):
                    if one.opens and other.closes and one.first < other.last:
                        yield Span(one.first, other.last)

    def _single(self, text: str) -> Iterator[Span]:
        for form in (*DATES, *FORMS):
            written = form.fullmatch(text)
            if span := written and self._named(written.groupdict()):
                yield span

    def _named(self, groups: dict[str, str | None]) -> Span | None:
        """The months of a year, of one of its parts, or one month with or without its day."""
        opens, closes = _years(groups["y"])
        if closes not in (None, opens + 1):
            return None
        if name := groups.get("m"):
            number = _month(name)
            year = opens + (closes is not None and number < self.start)
            return _in_month(year, number, groups.get("d"))
        financial = closes is not None or self.start == 1
        first, length = 12 * opens + (self.start - 1 if financial else 0), 12
        if part := groups.get("part"):
            length = 3 if part.startswith("q") else 6
            first += length * (int(groups["n"]) - 1)
            if int(groups["n"]) * length > 12 or not (financial or self.calendar_quarters):
                return None
        return Span(first, first + length - 1)


def _in_month(year: int, number: int, day: str | None) -> Span | None:
    if not 1 <= number <= 12:
        return None
    month, days = 12 * year + number - 1, calendar.monthrange(year, number)[1]
    if day is None:
        return Span(month, month)
    return Span(month, month, int(day) == 1, int(day) == days) if 1 <= int(day) <= days else None
