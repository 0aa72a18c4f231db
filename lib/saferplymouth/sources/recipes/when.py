"""Reads the periods of a sender's table, with what a recipe says of how they are written."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pandas as pd

from saferplymouth.periods import Calendar, NotAPeriod, received_day
from saferplymouth.sources.recipes.labels import FOOTNOTE

MOST_LOOKED_AT = 60  # words of a text in which a period is looked for
LONGEST = 600  # characters of it
YEAR = re.compile(r"((?:19|20)[0-9]{2})(?:[-/]((?:20)?[0-9]{2})(?![0-9]))?")
MARKED = re.compile(r"\s*[\[(]([pru])[\])]\s*$", re.IGNORECASE)
NUMBERED = re.compile(r"([1-4]) ((?:19|20)[0-9]{2}\S*)")
YEAR_FIRST = re.compile(r"((?:19|20)[0-9]{2}(?:[-/][0-9]{2,4})?) (.+)")
DAY_AND_MONTH = re.compile(r"\b([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]((?:[0-9]{2})?[0-9]{2})\b")
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
    the year of months without one, and the last period with figures, stand), `inside` (a period is
    to be found within a text) and `days` (a day stands for its month).
    `months` and `days` are the days read as months, such as 01/11/2016, and those that are none;
    `several` are texts with more than one period within.
    """

    def __init__(self, settings: Mapping[str, str], calendar: Calendar):
        self.settings, self.calendar = settings, calendar
        self.settled: dict[str, str] = {}
        self.known: dict[tuple[str, str], Read | None] = {}
        self.months: list[str] = []
        self.days: list[str] = []
        self.several: set[str] = set()

    def settle(self, source: str, text: str) -> None:
        """What stands where the settings say that something stands."""
        self.settled[source] = text
        self.known.clear()

    def read(self, text: str, frequency: str) -> Read | None:
        """A period of this frequency; None if the text is none, or is after the last wanted."""
        text = text[:LONGEST]
        if (text, frequency) not in self.known:
            self.known[text, frequency] = self._read(text, frequency)
        return self.known[text, frequency]

    def _read(self, text: str, frequency: str) -> Read | None:
        if self.settings.get("dates"):
            text = DAY_AND_MONTH.sub(r"\2/\1/\3", text)
        if "days" in self.settings:
            read = month_of_day(text) if frequency == "month" else None
            if read or "weeks" in self.settings:
                return read
        text = FOOTNOTE.sub("", text)
        marked = MARKED.search(text)
        bare = MARKED.sub("", text)
        period = self._period(self._with_year(bare), frequency)
        if frequency == "month" and "day" in self.calendar.kinds(bare):
            (self.days if period is None else self.months).append(text)
        if period is None:
            return None
        last = self._setting("last")
        end = self._within(last, "month") if last else None
        if "last" in self.settings and (end is None or period.asfreq("M", "end") > end):
            return None
        label = self.calendar.label(period)
        return Read(label, marked[1].lower() if marked else "")

    def unsettled(self) -> tuple[str, str] | None:
        """The setting, and its text, that says no year or no last period, or several."""
        if "year" in self.settings and not one_year(text := self._setting("year")):
            return "year", text
        if "last" in self.settings and self._within(text := self._setting("last"), "month") is None:
            return "last period", text
        return None

    def _setting(self, name: str) -> str:
        source = self.settings.get(name, "")
        return self.settled.get(source, source)[:LONGEST]

    def _with_year(self, text: str) -> str:
        """A month's name with its year, where the year stands elsewhere."""
        found = one_year(self._setting("year")) if "year" in self.settings else None
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
        """The period that stands within a text; None if it has none, or several. A day, such as
        that of printing, counts only where there is nothing else.
        """
        words = text[:LONGEST].replace(",", " ").replace(";", " ").split()[:MOST_LOOKED_AT]
        found = self._among(words, frequency, False) or self._among(words, frequency, True)
        if len(found) > 1:
            self.several.add(text)
        return found.pop() if len(found) == 1 else None

    def _among(self, words: list[str | None], frequency: str, days: bool) -> set[pd.Period]:
        """The periods among words, none of them within another or within one of another kind:
        `year ending December 2016` names no month. `days` includes those of days.
        """
        words, found = [*words], set()
        for length in range(min(MOST_WORDS, len(words)), 0, -1):
            for first in range(len(words) - length + 1):
                part = words[first : first + length]
                if None in part:
                    continue
                inner = " ".join(part).strip("().:[]")
                kinds = self.calendar.kinds(inner)
                wanted = days or "day" not in kinds
                period = self._whole(inner, frequency) if wanted else None
                if kinds or period is not None:
                    words[first : first + length] = [None] * length
                    found |= {period} - {None}
        return found


def one_year(text: str) -> re.Match | None:
    """The year in a text, or its financial year; None if it has several."""
    found = [*YEAR.finditer(text)]
    found = [each for each in found if each[2]] or found
    return found[0] if len({each.groups() for each in found}) == 1 else None


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
