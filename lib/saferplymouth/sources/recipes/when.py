"""Reads the periods of a sender's table, with what a recipe says of how they are written."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pandas as pd

from saferplymouth.periods import Calendar, NotAPeriod, received_day

YEAR = re.compile(r"((?:19|20)[0-9]{2})(?:[-/]((?:20)?[0-9]{2})(?![0-9]))?")
MARKED = re.compile(r"\s*[\[(]([pru])[\])]\s*$", re.IGNORECASE)
NUMBERED = re.compile(r"([1-4]) ((?:19|20)[0-9]{2}\S*)")
YEAR_FIRST = re.compile(r"((?:19|20)[0-9]{2}(?:[-/][0-9]{2,4})?) (.+)")
MOST_WORDS = 8
WEEK_OF = re.compile(r"^(?:w/?[ce]|week (?:commencing|beginning|starting|ending)) ", re.IGNORECASE)
HERE = ZoneInfo("Europe/London")
MONTHS_OF_YEAR = 12


@dataclass(frozen=True)
class Read:
    """A period as data write it, and the status that a mark beside it gives all its figures."""

    label: str
    status: str = ""
    day: datetime.date | None = None


class When:
    """Periods as one table writes them.

    `settings` are the recipe's: `quarters` (`calendar` or `financial`), `year` and `last` (where
    the year of months without one, and the last period with figures, stand), and `inside` (a period
    is to be found within a text, or `days` (a day stands for its month).
    `months` and `days` are the days read as months, such as 01/11/2016, and those that are none.
    """

    def __init__(self, settings: Mapping[str, str], calendar: Calendar):
        self.settings, self.calendar = settings, calendar
        self.settled: dict[str, str] = {}
        self.known: dict[tuple[str, str], Read | None] = {}
        self.months: list[str] = []
        self.days: list[str] = []

    def settle(self, source: str, text: str) -> None:
        """What stands where the settings say that something stands."""
        self.settled[source] = text
        self.known.clear()

    def read(self, text: str, frequency: str) -> Read | None:
        """A period of this frequency; None if the text is none, or is after the last wanted."""
        if (text, frequency) not in self.known:
            self.known[text, frequency] = self._read(text, frequency)
        return self.known[text, frequency]

    def _read(self, text: str, frequency: str) -> Read | None:
        if "days" in self.settings:
            read = month_of_day(text) if frequency == "month" else None
            if read or "weeks" in self.settings:
                return read
        marked = MARKED.search(text)
        bare = MARKED.sub("", text)
        period = self._period(self._with_year(bare), frequency)
        if frequency == "month" and "day" in self.calendar.kinds(bare):
            (self.days if period is None else self.months).append(text)
        if period is None:
            return None
        last = self._setting("last")
        end = self._within(last, "month") if last else None
        if end is not None and period.asfreq("M", "end") > end:
            return None
        label = self.calendar.label(period)
        return Read(label, marked[1].lower() if marked else "")

    def _setting(self, name: str) -> str:
        source = self.settings.get(name, "")
        return self.settled.get(source, source)

    def _with_year(self, text: str) -> str:
        """A month's name with its year, where the year stands elsewhere."""
        found = YEAR.search(self._setting("year")) if "year" in self.settings else None
        if not found or YEAR.search(text):
            return text
        opens, closes = found.groups()
        try:
            month = self.calendar.received(f"{text} {opens}", "month")
        except NotAPeriod:
            return f"{text} {found[0]}"
        later = closes and month.month < self.calendar.start
        return str(month + MONTHS_OF_YEAR if later else month)

    def _period(self, text: str, frequency: str) -> pd.Period | None:
        if self.settings.get("inside"):
            return self._within(text, frequency)
        return self._whole(text, frequency)

    def _whole(self, text: str, frequency: str) -> pd.Period | None:
        if frequency == "quarter" and (numbered := NUMBERED.fullmatch(text)):
            text = f"Q{numbered[1]} {numbered[2]}"
        return self._plain(text, frequency) or self._plain(
            YEAR_FIRST.sub(r"\2 \1", text), frequency
        )

    def _plain(self, text: str, frequency: str) -> pd.Period | None:
        try:
            quarters = self.settings.get("quarters", "financial")
            return self.calendar.received(text, frequency, quarters)
        except NotAPeriod:
            return None

    def _within(self, text: str, frequency: str) -> pd.Period | None:
        """The longest period that stands within a text, and not within a period of another kind:
        `year ending December 2016` names no month.
        """
        words = text.replace(",", " ").replace(";", " ").split()
        others: list[range] = []
        for length in range(min(MOST_WORDS, len(words)), 0, -1):
            for first in range(len(words) - length + 1):
                span = range(first, first + length)
                if any(first in other and span[-1] in other for other in others):
                    continue
                inner = " ".join(words[first : first + length]).strip("().:[]")
                if (period := self._whole(inner, frequency)) is not None:
                    return period
                if self.calendar.kinds(inner):
                    others.append(span)
        return None


def month_of_day(text: str) -> Read | None:
    """The month of a day, or of a moment by the clock of the United Kingdom; None otherwise."""
    try:
        day = received_day(WEEK_OF.sub("", text))
    except ValueError:
        try:
            moment = datetime.datetime.fromisoformat(text)
        except ValueError:
            return None
        day = (moment.astimezone(HERE) if moment.tzinfo else moment).date()
    return Read(day.isoformat()[:7], day=day)
