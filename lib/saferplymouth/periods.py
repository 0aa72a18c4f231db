"""Months, financial quarters and financial years: a thin layer over `pandas.Period`.

A period is always a `pandas.Period`: a month (`2016-11`), a financial quarter (`2016/17 Q2`), half
(`2016/17 H1`) or year (`2016/17`), a calendar year (`2016`) or, for a percentage's year to date as
its sender worked it out, the months it spans (`2016-04..2016-09`).
"""

import calendar
import datetime
import re
from dataclasses import dataclass

import pandas as pd

from saferplymouth.errors import Mistake

MONTH = re.compile(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])")
FINANCIAL = re.compile(r"((?:19|20|21)[0-9]{2})(?:/([0-9]{2}))?(?: (?:Q([1-4])|H([12])))?")
CLOCK = r"(?:[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.0+)?)?)?"
DAY = re.compile(
    rf"([0-9]{{1,2}})[-/. ]([0-9]{{1,2}}|[a-z]+)[-/. ]([0-9]{{4}}|[0-9]{{2}}){CLOCK}", re.IGNORECASE
)
NAMED = re.compile(
    r"([0-9]{1,2}(?=[-/][0-9]{4})|[a-z]+)[-/. ]{0,2}([0-9]{4}|'?[0-9]{2})", re.IGNORECASE
)
CALENDAR_YEAR = "calendar year"
YEARLY = ("year", CALENDAR_YEAR)
FREQUENCIES = {"month": 12, "quarter": 4, "half-year": 2} | dict.fromkeys(YEARLY, 1)
ADVERBS = {"month": "monthly", "quarter": "quarterly", "half-year": "half-yearly"} | dict.fromkeys(
    YEARLY, "yearly"
)


class NotAPeriod(Mistake, ValueError):
    """The text is not a period; the message says what would be."""


def month(text: str) -> pd.Period:
    """`2016-11` as a monthly period; `NotAPeriod` in words otherwise."""
    if not MONTH.fullmatch(str(text)):
        raise NotAPeriod(f"'{text}' is not a month; write a year and month such as 2016-11")
    return pd.Period(str(text), "M")


def received_month(text: str) -> pd.Period:
    """A month as people and spreadsheets write it: `2016-12`, `Dec-16`, `December 2016`, `12/2016`,
    or its first or last day, `2016-12-31` or `31/12/2016`; `NotAPeriod` in words otherwise.

    A day comes before its month, as in the United Kingdom, and the year 16 is 2016.
    """
    if named := NAMED.fullmatch(text):
        written = f"{_four_digits(named[2])}-{_month_number(named[1]):02d}"
        return month(written if MONTH.fullmatch(written) else text)
    try:
        date = received_day(text)
    except ValueError:
        return month(text)
    if date.day != 1 and (date + datetime.timedelta(days=1)).day != 1:
        cure = "write the month, such as 2016-11, or its first or last day"
        raise NotAPeriod(f"'{text}' is a day within a month, {day(date)}; {cure}")
    return pd.Period(date, "M")


def received_day(text: str) -> datetime.date:
    """A day as people and spreadsheets write it, its month after it: `2017-01-24`, `24/01/2017`,
    `24 January 2017`; ValueError where it is written in another way, or lies outside 1900 to
    2199.
    """
    if written := DAY.fullmatch(text):
        of_month, of_year, year = written.groups()
        text = f"{_four_digits(year)}-{_month_number(of_year):02d}-{int(of_month):02d}"
    return written_day(re.sub(rf"(?<=-[0-9]{{2}}){CLOCK}$", "", text))


def _month_number(text: str) -> int:
    """1 to 12 of a month's number, name, or name cut short; 0 where it is none."""
    if text.isdecimal():
        return int(text)
    names = [name.lower() for name in calendar.month_name]
    short = 3 <= len(text) <= 4
    found = [
        n
        for n, name in enumerate(names)
        if name == text.lower() or (short and name.startswith(text.lower()))
    ]
    return found[0] if found else 0


def _four_digits(year: str) -> str:
    return f"20{year[-2:]}" if len(year) < 4 else year


def months(text: str) -> list[pd.Period]:
    """`2016-11`, or `2016-04..2016-11` as every month from the first to the last."""
    first, dots, last = str(text).partition("..")
    start, end = month(first), month(last if dots else first)
    if end < start:
        raise NotAPeriod(f"'{text}' runs backwards; write the earlier month first")
    return list(pd.period_range(start, end, freq="M"))


def words(first: pd.Period, last: pd.Period | None = None) -> str:
    """A period in words: `November 2016`, `April to November 2016`, `December 2016 to January
    2017`, `2015/16`.
    """
    if first.freqstr.startswith("Y") and last in (None, first):
        return _year(first)
    start = first.asfreq("M", "start")
    end = (last if last is not None else first).asfreq("M", "end")
    if start == end:
        return start.strftime("%B %Y")
    opening = "%B" if start.year == end.year else "%B %Y"
    return f"{start.strftime(opening)} to {end.strftime('%B %Y')}"


def _year(year: pd.Period) -> str:
    opens, ends = (year.asfreq("M", side).year for side in ("start", "end"))
    return str(ends) if opens == ends else f"{opens}/{ends % 100:02d}"


def written_day(text: str) -> datetime.date:
    """`2017-01-24` as a day; ValueError where it is written in another way, or lies outside 1900 to
    2199.
    """
    if not re.fullmatch(rf"{MONTH.pattern}-[0-9]{{2}}", text):
        raise ValueError(f"'{text}' is not a day; write it as 2017-01-24")
    return datetime.date.fromisoformat(text)


def day(date: datetime.date) -> str:
    """10 January 2017."""
    return f"{date.day} {date:%B %Y}"


def passed(date: datetime.date, month: pd.Period) -> bool:
    """Whether a day lies within a month or before it: an edition of that month says of it that it
    was.
    """
    return date <= month.end_time.date()


def _financial(text: str) -> str:
    """A financial period with its year first and in the shape 2016/17; 2011-12 stays, for it is a
    month as well.
    """
    if MONTH.fullmatch(text):
        return text
    text = re.sub(r"^([QHqh][1-4])[, ]+(.*)$", r"\2 \1", text)
    text = re.sub(r"^([0-9]{2})([0-9]{2})[-/]\1?([0-9]{2})(?![0-9]),? ?", r"\1\2/\3 ", text).strip()
    return text[:-2] + text[-2:].upper()


@dataclass(frozen=True)
class Calendar:
    """The financial calendar of a partnership whose year starts in month `start` (1 to 12)."""

    start: int

    @property
    def _ends(self) -> str:
        return calendar.month_abbr[(self.start - 2) % 12 + 1].upper()

    def freq(self, frequency: str) -> str:
        """How pandas names the periods of a frequency; a half-year is two quarters that start
        together.
        """
        ends = self._ends
        quarters = {"quarter": f"Q-{ends}", "half-year": f"2Q-{ends}"}
        return ({"month": "M", "year": f"Y-{ends}", CALENDAR_YEAR: "Y-DEC"} | quarters)[frequency]

    def year(self, period: pd.Period) -> pd.Period:
        """The financial year a period ends in."""
        return period.asfreq("M", "end").asfreq(self.freq("year"))

    def of(self, period: pd.Period, frequency: str) -> pd.Period:
        """The period of a frequency that `period` ends in: November 2016 lies in the quarter
        2016/17 Q3.
        """
        month = period.asfreq("M", "end")
        if frequency == CALENDAR_YEAR:
            return month.asfreq(self.freq(frequency))
        every = self.periods(self.year(month), frequency)
        return next(p for p in every if p.asfreq("M", "end") >= month)

    def ended(self, month: pd.Period, frequency: str) -> pd.Period:
        """The last period of a frequency that has ended by the end of `month`."""
        last = self.of(month, frequency)
        return last if last.asfreq("M", "end") <= month else last - 1

    def periods(self, year: pd.Period, frequency: str) -> pd.PeriodIndex:
        """Every period of a frequency in a financial year."""
        first = year.asfreq("M", "start").asfreq(self.freq(frequency))
        return pd.period_range(first, periods=FREQUENCIES[frequency], freq=self.freq(frequency))

    def label(self, period: pd.Period) -> str:
        """How data and tables write a period: `2016-11`, `2016/17 Q2`, `2016/17 H1`, `2016/17`,
        `2016`.
        """
        kind = period.freqstr
        if kind == "M":
            return str(period)
        if kind.startswith("Y"):
            return _year(period)
        year = _year(self.year(period))
        return (
            f"{year} Q{period.quarter}"
            if kind.startswith("Q")
            else f"{year} H{(period.quarter + 1) // 2}"
        )

    def parse(self, text: str, frequency: str) -> pd.Period:
        """A period of a frequency from what `label` writes; `NotAPeriod` in words otherwise."""
        if frequency == "month":
            return month(text)
        kind = frequency if frequency == CALENDAR_YEAR else f"financial {frequency}"
        written = FINANCIAL.fullmatch(str(text))
        if written and frequency == CALENDAR_YEAR and not any(written.groups()[1:]):
            return pd.Period(str(text), self.freq(frequency))
        if written:
            opening, closing, quarter, half = written.groups()
            ends = int(opening) + (self.start != 1)
            given = "quarter" if quarter else "half-year" if half else "year"
            if given == frequency and closing == (None if self.start == 1 else f"{ends % 100:02d}"):
                place = int(quarter or half or 1) - 1
                return self.periods(pd.Period(year=ends, freq=self.freq("year")), frequency)[place]
        year = "2016" if self.start == 1 or frequency == CALENDAR_YEAR else "2016/17"
        example = year + {"quarter": " Q2", "half-year": " H1"}.get(frequency, "")
        raise NotAPeriod(f"'{text}' is not a {kind}; write it as {example}")

    def received(self, text: str, frequency: str) -> pd.Period:
        """A period as people write it too: `Dec-16` (see `received_month`), `Q2 2016-17`,
        `2016/2017`.
        """
        return (
            received_month(text)
            if frequency == "month"
            else self.parse(_financial(text), frequency)
        )

    def parse_to_date(self, text: str) -> pd.Period:
        """The last month of a year to date written `2016-04..2016-09`, which must open its
        financial year.
        """
        span = months(text)
        if span[0] != self.year(span[-1]).asfreq("M", "start"):
            opening = self.year(span[-1]).asfreq("M", "start")
            raise NotAPeriod(f"'{text}' is not a year to date; start it with {opening}")
        return span[-1]
