"""Months, financial quarters and financial years: a thin layer over `pandas.Period`.

A period is always a `pandas.Period`: a month (`2016-11`), a financial quarter (`2016/17 Q2`), half
(`2016/17 H1`) or year (`2016/17`), or a calendar year (`2016`). A rolling year is any twelve
months (`2015-07..2016-06`), and a pool of three years is `2013..2015` or `2013/14..2015/16`. A
percentage's year to date as supplied by its sender is the months it spans (`2016-04..2016-09`).
"""

import calendar
import datetime
import re
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from saferplymouth import written_periods
from saferplymouth.errors import Mistake

MONTH = re.compile(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])")
FINANCIAL = re.compile(r"((?:19|20|21)[0-9]{2})(?:/([0-9]{2}))?(?: (?:Q([1-4])|H([12])))?")
CALENDAR_YEAR, ROLLING, POOL = "calendar year", "rolling year", "three years"
OVERLAPPING = (ROLLING, POOL)  # a new one comes more often than it is long
YEARLY = ("year", CALENDAR_YEAR, *OVERLAPPING)  # each figure is a whole of its own
FREQUENCIES = {"month": 12, "quarter": 4, "half-year": 2} | dict.fromkeys(YEARLY, 1)
ADVERBS = {"month": "monthly", "quarter": "quarterly", "half-year": "half-yearly"}
ADVERBS |= dict.fromkeys(YEARLY, "yearly")
LENGTHS = {"month": 1, "quarter": 3, "half-year": 6} | dict.fromkeys(YEARLY, 12) | {POOL: 36}
SPANS = {"12M": ROLLING, "36M": POOL}  # by what pandas calls them


class NotAPeriod(Mistake, ValueError):
    """The text is not a period; the message says what would be."""


def month(text: str) -> pd.Period:
    """`2016-11` as a monthly period; `NotAPeriod` in words otherwise."""
    if not MONTH.fullmatch(str(text)):
        raise NotAPeriod(f"'{text}' is not a month; write a year and month such as 2016-11")
    return _month(str(text))


@lru_cache(maxsize=1000)
def _month(text: str) -> pd.Period:
    return pd.Period(text, "M")


def received_day(text: str) -> datetime.date:
    """A day as people and spreadsheets write it, its month after it: `2017-01-24`, `24/01/2017`,
    `24 January 2017`; ValueError in another form, or outside 1900 to 2199.
    """
    return written_periods.day(text) or written_day(text)


def months(text: str) -> list[pd.Period]:
    """`2016-11`, or `2016-04..2016-11` as every month from the first to the last."""
    first, dots, last = str(text).partition("..")
    start, end = month(first), month(last if dots else first)
    if end < start:
        raise NotAPeriod(f"'{text}' runs backwards; write the earlier month first")
    return list(pd.period_range(start, end, freq="M"))


def words(first: pd.Period, last: pd.Period | None = None) -> str:
    """`November 2016`, `April to November 2016`, `December 2016 to January 2017`, `2015/16`, `the
    year ending June 2016` or `2013 to 2015`.
    """
    if first.freqstr in SPANS and last in (None, first):
        return _whole(first)
    if first.freqstr.startswith("Y") and last in (None, first):
        return _year(first)
    start = first.asfreq("M", "start")
    end = (first if last is None else last).asfreq("M", "end")
    if start == end:
        return start.strftime("%B %Y")
    opening = "%B" if start.year == end.year else "%B %Y"
    return f"{start.strftime(opening)} to {end.strftime('%B %Y')}"


def _whole(span: pd.Period) -> str:
    """A rolling year or a pool of three years in words."""
    if span.freqstr == "12M":
        return f"the year ending {words(span.asfreq('M', 'end'))}"
    return " to ".join(_ends_of_pool(span))


def _ends_of_pool(span: pd.Period) -> list[str]:
    """The labels of its first and last year: calendar years if it starts with January."""
    years = [span.asfreq("M", "start") + 12 * n for n in (0, 2)]
    return [str(m.year) if m.month == 1 else f"{m.year}/{(m.year + 1) % 100:02d}" for m in years]


def a_year(these: pd.PeriodIndex) -> int:
    """How many of these periods make a year, be there any or none."""
    one = pd.Period("2000-04", these.freq)
    return 12 // ((one.asfreq("M", "end") - one.asfreq("M", "start")).n + 1)


def overlap(these: pd.PeriodIndex) -> bool:
    """Whether these are rolling years or pools, neighbours of which share months."""
    return these.freqstr in SPANS


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
            ROLLING: "12M",
            POOL: "36M",
        }[frequency]

    def year(self, period: pd.Period) -> pd.Period:
        """The financial year a period ends in."""
        return period.asfreq("M", "end").asfreq(self.freq("year"))

    def of(self, period: pd.Period, frequency: str) -> pd.Period:
        """The period of a frequency that `period` ends in: November 2016 is in 2016/17 Q3. Rolling
        years and pools end with it.
        """
        month = period.asfreq("M", "end")
        if frequency in OVERLAPPING:
            return (month - LENGTHS[frequency] + 1).asfreq(self.freq(frequency))
        if frequency == CALENDAR_YEAR:
            return month.asfreq(self.freq(frequency))
        every = self.periods(self.year(month), frequency)
        return next(p for p in every if p.asfreq("M", "end") >= month)

    def ended(self, month: pd.Period, frequency: str, every: str = "") -> pd.Period:
        """The last period of a frequency that has ended by the end of `month`. Rolling years and
        pools end with a period of the frequency `every`.
        """
        if every:
            return self.of(self.ended(month, every), frequency)
        last = self.of(month, frequency)
        return last if last.asfreq("M", "end") <= month else last - 1

    def periods(self, year: pd.Period, frequency: str) -> pd.PeriodIndex:
        """Every period of a frequency in a financial year."""
        first = year.asfreq("M", "start").asfreq(self.freq(frequency))
        return pd.period_range(first, periods=FREQUENCIES[frequency], freq=self.freq(frequency))

    def label(self, period: pd.Period) -> str:
        """A period as data and tables write it: `2016-11`, `2016/17 Q2`, `2016/17 H1`, `2016/17`,
        `2016`, `2015-07..2016-06`, `2013/14..2015/16` or `2013..2015`.
        """
        kind = period.freqstr
        if kind == "12M":
            return "..".join(str(period.asfreq("M", side)) for side in ("start", "end"))
        if kind == "36M":
            return "..".join(_ends_of_pool(period))
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
        return _parsed(str(text), frequency, self)

    def _example(self, frequency: str) -> str:
        """How a period of a frequency is written."""
        year = "2016" if self.start == 1 or frequency == CALENDAR_YEAR else "2016/17"
        whole = {"month": "2016-11", ROLLING: "2015-07..2016-06", POOL: "2013..2015"}
        parts = {"quarter": " Q2", "half-year": " H1"}
        return whole.get(frequency) or f"{year}{parts.get(frequency, '')}"

    def received(self, text: str, frequency: str, quarters: str = "financial") -> pd.Period:
        """A period as people write it: `Nov-16` or `30/11/2016`, `Q2 2016-17` or `Jul-Sep 2016`,
        `FY2015/16`, `year ending June 2016`, `2013-15`. With `quarters="calendar"`, `Q3 2016` is
        July to September 2016. `NotAPeriod` in words for any other text.
        """
        text = str(text)
        found = _readings(text, self, quarters == "calendar").get(frequency, ())
        if len(found) == 1:
            return next(iter(found))
        if frequency == "quarter" and "calendar quarter" in self.kinds(text):
            mistake = f"'{text}' is a quarter of a financial or of a calendar year"
            raise NotAPeriod(f"{mistake}; write its months, such as Jul-Sep 2016, or 2016/17 Q2")
        if date := written_periods.day(text):
            mistake = f"'{text}' is a day within a {frequency}, {day(date)}"
            cure = f"write the {frequency}, such as {self._example(frequency)}"
            cure += ", or its first or last day" if frequency == "month" else ""
            raise NotAPeriod(f"{mistake}; {cure}")
        return self.parse(text, frequency)

    def kinds(self, text: str) -> tuple[str, ...]:
        """Every frequency that a text could be a period of; also "calendar quarter" (a quarter that
        `received` reads only with `quarters="calendar"`), "day" and "week". Empty if there is none.
        """
        return _kinds(str(text), self)

    def parse_to_date(self, text: str) -> pd.Period:
        """The last month of a year to date `2016-04..2016-09`, which opens its financial year."""
        span = months(text)
        opening = self.year(span[-1]).asfreq("M", "start")
        if span[0] != opening:
            raise NotAPeriod(f"'{text}' is not a year to date; start it with {opening}")
        return span[-1]


@lru_cache(4096)
def _parsed(text: str, frequency: str, calendar: Calendar) -> pd.Period:
    if frequency == "month":
        return month(text)
    if frequency in (ROLLING, POOL):
        if len(found := _readings(text, calendar).get(frequency, ())) == 1:
            return next(iter(found))
        kind = "year of twelve months" if frequency == ROLLING else "pool of three years"
        raise NotAPeriod(f"'{text}' is not a {kind}; write it as {calendar._example(frequency)}")
    is_calendar, starts_year = frequency == CALENDAR_YEAR, calendar.start == 1
    if written := FINANCIAL.fullmatch(text):
        opens, closes, quarter, half = written.groups()
        if is_calendar and not (closes or quarter or half):
            return pd.Period(text, calendar.freq(frequency))
        ends = int(opens) + (not starts_year)
        kind = "quarter" if quarter else "half-year" if half else "year"
        if kind == frequency and closes == (None if starts_year else f"{ends % 100:02d}"):
            year = pd.Period(year=ends, freq=calendar.freq("year"))
            return calendar.periods(year, frequency)[int(quarter or half or 1) - 1]
    kind = frequency if is_calendar else f"financial {frequency}"
    raise NotAPeriod(f"'{text}' is not a {kind}; write it as {calendar._example(frequency)}")


@lru_cache(4096)
def _kinds(text: str, calendar: Calendar) -> tuple[str, ...]:
    found = dict.fromkeys(_readings(text, calendar))
    if "quarter" not in found and "quarter" in _readings(text, calendar, True):
        found["calendar quarter"] = None
    if written_periods.day(text):
        found["day"] = None
    return (*found, "week") if written_periods.is_week(text) else tuple(found)


@lru_cache(4096)
def _readings(
    text: str, calendar: Calendar, calendar_quarters: bool = False
) -> dict[str, set[pd.Period]]:
    """The periods that a text could be, by frequency."""
    found, start = {}, calendar.start
    spans = written_periods.Reader(start, calendar_quarters).spans(text)
    for frequency, length in LENGTHS.items():
        for first, last, *_ in spans:
            january, financial = first % 12 == 0, (first - start + 1) % 12 == 0
            fits = {
                CALENDAR_YEAR: january,
                POOL: january or financial,
                ROLLING: not text.isdecimal(),  # 2016 among years that end in other months
            }.get(frequency, (first - start + 1) % length == 0)
            if fits and last - first + 1 == length:
                opens = pd.Period(year=first // 12, month=first % 12 + 1, freq="M")
                found.setdefault(frequency, set()).add(opens.asfreq(calendar.freq(frequency)))
    return found
