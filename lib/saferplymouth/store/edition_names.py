"""Edition names: the month, range of months or financial quarter that a user asks for."""

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from saferplymouth import periods, sources
from saferplymouth.errors import Mistake, NotReceived
from saferplymouth.periods import Calendar

EMPTY = "data/raw has no drop; put the month's returns in a folder such as "
EMPTY += "data/raw/2016-11/returns"
QUARTER = re.compile(r"((?:19|20|21)[0-9]{2})-Q([1-4])")


class NotPlanned(Mistake):
    """Nothing could be planned; the message is for the user."""


@dataclass(frozen=True)
class EditionName:
    """The edition of a `month`, or of a financial `quarter`, where `month` is its latest drop."""

    month: pd.Period
    quarter: pd.Period | None = None

    @property
    def name(self) -> str:
        """The edition's folder: `2016-11`, or `2016-Q3` for the financial year that began in
        2016.
        """
        if self.quarter is None:
            return str(self.month)
        first = self.quarter - (self.quarter.quarter - 1)
        return f"{first.asfreq('M', 'start').year}-Q{self.quarter.quarter}"

    @property
    def words(self) -> str:
        if self.quarter is None:
            return periods.words(self.month)
        so_far = "" if self.whole else f", figures to {periods.words(self.month)}"
        return f"Quarter {self.quarter.quarter}, {periods.words(self.quarter)}{so_far}"

    def drops(self, months: list[pd.Period]) -> list[pd.Period]:
        """The drops of `months` that it covers: its month's, or all of its quarter's."""
        return [self.month] if self.quarter is None else _within(self.quarter, months)

    @property
    def whole(self) -> bool:
        """Whether the last month it covers has its drop."""
        return self.quarter is None or self.quarter.asfreq("M", "end") == self.month


def is_edition(name: str) -> bool:
    """Whether a folder of `outputs` has an edition's name."""
    return bool(periods.MONTH.fullmatch(name) or QUARTER.fullmatch(name))


def asked(root: Path, text: str | None, calendar: Calendar) -> list[EditionName]:
    """The editions asked for, by default the newest drop's; raises `NotPlanned` if one has no
    drop.
    """
    months = sources.drops(root / "data/raw")
    if not months:
        raise NotPlanned(EMPTY)
    if text and QUARTER.fullmatch(text):
        return [named(text, months, calendar)]
    try:
        wanted = periods.months(text) if text else months[-1:]
    except periods.NotAPeriod as error:
        raise NotPlanned(f"{error}, or a financial quarter such as {months[-1].year}-Q1") from None
    absent = [str(month) for month in wanted if month not in months]
    if absent:
        some = f"{', '.join(absent[:3])}{' and others' if len(absent) > 3 else ''}"
        raise NotPlanned(f"there is no drop for {some}; {_from_to(months)}")
    return [EditionName(month) for month in wanted]


def month(text: object, months: list[pd.Period]) -> pd.Period:
    """The month that `text` names ("2016-11", or a monthly period), which must be one of `months`.

    Raises `NotAPeriod` or `NotReceived`; both say which months are available.
    """
    try:
        wanted = periods.month(text)
    except periods.NotAPeriod as error:
        raise periods.NotAPeriod(f"{error}; {_from_to(months)}") from None
    if wanted not in months:
        raise NotReceived(f"there is no drop for {periods.words(wanted)}; {_from_to(months)}")
    return wanted


def quarter(text: object, months: list[pd.Period], calendar: Calendar) -> EditionName:
    """The edition of the financial quarter that `text` names ("2016-Q3"), with data up to its
    latest drop in `months`.

    Raises `NotAPeriod` or `NotPlanned`; both say which quarters are available.
    """
    if not QUARTER.fullmatch(str(text)):
        latest = "2016-Q3"
        if months:
            latest = EditionName(months[-1], calendar.of(months[-1], "quarter")).name
        mistake = f"'{text}' is not a financial quarter; write it as {latest}"
        raise periods.NotAPeriod(f"{mistake}; {_from_to(months)}")
    return named(str(text), months, calendar)


def named(text: str, months: list[pd.Period], calendar: Calendar) -> EditionName:
    """The edition with that `name`; a quarter needs at least one of its months in `months`."""
    written = QUARTER.fullmatch(text)
    if not written:
        return EditionName(periods.month(text))
    year, quarter = (int(part) for part in written.groups())
    opening = pd.Period(f"{year}-{calendar.start:02d}", "M")
    period = calendar.of(opening + 3 * (quarter - 1), "quarter")
    within = _within(period, months)
    if not within:
        wanted = f"{text}, {periods.words(period)}"
        raise NotPlanned(f"there is no drop for {wanted}; {_from_to(months)}")
    return EditionName(within[-1], period)


def _within(quarter: pd.Period, months: list[pd.Period]) -> list[pd.Period]:
    first, last = (quarter.asfreq("M", side) for side in ("start", "end"))
    return [month for month in months if first <= month <= last]


def _from_to(months: list[pd.Period]) -> str:
    return f"the drops run from {months[0]} to {months[-1]}" if months else EMPTY
