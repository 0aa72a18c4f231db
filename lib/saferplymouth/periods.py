"""Months, financial quarters and financial years: a thin layer over `pandas.Period`.

A period is always a `pandas.Period`: a month (`2016-11`), a financial quarter (`2016/17 Q2`), half
(`2016/17 H1`) or year (`2016/17`), or a calendar year (`2016`). A percentage's year to date as
supplied by its sender is the months it spans (`2016-04..2016-09`).
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
ADVERBS = {"month": "monthly", "quarter": "quarterly", "half-year": "half-yearly"}
ADVERBS |= dict.fromkeys(YEARLY, "yearly")


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
        mistake = f"'{text}' is a day within a month, {day(date)}"
        raise NotAPeriod(f"{mistake}; write the month, such as 2016-11, or its first or last day")
    return pd.Period(date, "M")


def received_day(text: str) -> datetime.date:
    """A day as people and spreadsheets write it, its month after it: `2017-01-24`, `24/01/2017`,
    `24 January 2017`; ValueError in another form, or outside 1900 to 2199.
    """
    if written := DAY.fullmatch(text):
        of_month, of_year, year = written.groups()
        text = f"{_four_digits(year)}-{_month_number(of_year):02d}-{int(of_month):02d}"
    return written_day(re.sub(rf"(?<=-[0-9]{{2}}){CLOCK}$", "", text))


def _month_number(text: str) -> int:
    """1 to 12 of a month's number, name, or name cut short; 0 where it is none."""
    if text.isdecimal():
        return int(text)
    short = 3 <= len(text) <= 4
    for number, name in enumerate(calendar.month_name):
        if text.lower() == name.lower() or (short and name.lower().startswith(text.lower())):
            return number
    return 0


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
    """`November 2016`, `April to November 2016`, `December 2016 to January 2017` or `2015/16`."""
    if first.freqstr.startswith("Y") and last in (None, first):
        return _year(first)
    start = first.asfreq("M", "start")
    end = (first if last is None else last).asfreq("M", "end")
    if start == end:
        return start.strftime("%B %Y")
    opening = "%B" if start.year == end.year else "%B %Y"
    return f"{start.strftime(opening)} to {end.strftime('%B %Y')}"


def _year(year: pd.Period) -> str:
    opens, ends = (year.asfreq("M", side).year for side in ("start", "end"))
    return str(ends) if opens == ends else f"{opens}/{ends % 100:02d}"


def written_day(text: str) -> datetime.date:
    """`2017-01-24` as a day; ValueError in another form, or outside 1900 to 2199."""
    if not re.fullmatch(rf"{MONTH.pattern}-[0-9]{{2}}", text):
        raise ValueError(f"'{text}' is not a day; write it as 2017-01-24")
    return datetime.date.fromisoformat(text)


def day(date: datetime.date) -> str:
    """10 January 2017."""
    return f"{date.day} {date:%B %Y}"


def passed(date: datetime.date, month: pd.Period) -> bool:
    """Whether a day is in a month or before it."""
    return date <= month.end_time.date()


def _financial(text: str) -> str:
    """A financial period as `2016/17 Q2`, year first; 2011-12 stays: it is a month as well."""
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
        """What pandas calls the periods of a frequency; a half-year is two quarters."""
        ends = self._ends
        return {
            "month": "M",
            "quarter": f"Q-{ends}",
            "half-year": f"2Q-{ends}",
            "year": f"Y-{ends}",
            CALENDAR_YEAR: "Y-DEC",
        }[frequency]

    def year(self, period: pd.Period) -> pd.Period:
        """The financial year a period ends in."""
        return period.asfreq("M", "end").asfreq(self.freq("year"))

    def of(self, period: pd.Period, frequency: str) -> pd.Period:
        """The period of a frequency that `period` ends in: November 2016 is in 2016/17 Q3."""
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
        """A period as data and tables write it: `2016-11`, `2016/17 Q2`, `2016/17 H1`, `2016/17` or
        `2016`.
        """
        kind = period.freqstr
        if kind == "M":
            return str(period)
        if kind.startswith("Y"):
            return _year(period)
        year = _year(self.year(period))
        if kind.startswith("Q"):
            return f"{year} Q{period.quarter}"
        return f"{year} H{(period.quarter + 1) // 2}"

    def parse(self, text: str, frequency: str) -> pd.Period:
        """A period of a frequency from what `label` writes; `NotAPeriod` in words otherwise."""
        if frequency == "month":
            return month(text)
        is_calendar, starts_year = frequency == CALENDAR_YEAR, self.start == 1
        if written := FINANCIAL.fullmatch(str(text)):
            opens, closes, quarter, half = written.groups()
            if is_calendar and not (closes or quarter or half):
                return pd.Period(str(text), self.freq(frequency))
            ends = int(opens) + (not starts_year)
            kind = "quarter" if quarter else "half-year" if half else "year"
            if kind == frequency and closes == (None if starts_year else f"{ends % 100:02d}"):
                year = pd.Period(year=ends, freq=self.freq("year"))
                return self.periods(year, frequency)[int(quarter or half or 1) - 1]
        example = "2016" if starts_year or is_calendar else "2016/17"
        example += {"quarter": " Q2", "half-year": " H1"}.get(frequency, "")
        kind = frequency if is_calendar else f"financial {frequency}"
        raise NotAPeriod(f"'{text}' is not a {kind}; write it as {example}")

    def received(self, text: str, frequency: str) -> pd.Period:
        """A period as people write it: also `Dec-16` (see `received_month`) or `Q2 2016-17`."""
        if frequency == "month":
            return received_month(text)
        return self.parse(_financial(text), frequency)

    def parse_to_date(self, text: str) -> pd.Period:
        """The last month of a year to date `2016-04..2016-09`, which opens its financial year."""
        span = months(text)
        opening = self.year(span[-1]).asfreq("M", "start")
        if span[0] != opening:
            raise NotAPeriod(f"'{text}' is not a year to date; start it with {opening}")
        return span[-1]
