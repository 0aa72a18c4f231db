"""The columns of a return by its headings, as people word them."""

import re
from dataclasses import dataclass

from saferplymouth.errors import Fault
from saferplymouth.sources import bases
from saferplymouth.sources.bases import PER
from saferplymouth.sources.names import plain
from saferplymouth.sources.problems import shown

KEY = ("indicator", "period")
VALUE = "value"
SHARE = ("numerator", "denominator")
FIGURES = (VALUE, *SHARE)
DIVIDED = ("breakdown", "group")
NAME = "name"  # of an indicator beside its key, for people
OTHERS = ("note", "taken_from", NAME, PER)
COLUMNS = (*KEY, *FIGURES, *DIVIDED, *OTHERS)
WORDINGS = {
    "indicator": "indicator name, indicator key, name of indicator, indicator title, measure, "
    "measure name, name of measure, performance indicator, performance measure, kpi",
    "period": "month, quarter, half year, year, financial year, calendar year, date, time period, "
    "reporting period, reporting month, reporting quarter, reporting year, period covered, "
    "month ending, quarter ending, year ending, period ending, months, quarters, periods",
    VALUE: "count, number, figure, total, amount, percentage, percent, per cent, %, rate, result, "
    "actual, figures, values, numbers, £",
}
BY_WORDING = {wording: name for name, all_ in WORDINGS.items() for wording in all_.split(", ")}
IN_BRACKETS = re.compile(r"(.+?) ?\([^()]*\)")


@dataclass(frozen=True)
class Headings:
    """What each column of a return is: one of `COLUMNS`, or "" if it is not read; and what the
    value is `per`, if its heading says so.

    `fault` is the mistake and cure where it is open which column is meant.
    """

    columns: list[str]
    per: str
    fault: Fault | None = None

    @property
    def whole(self) -> bool:
        """Whether they head a table of figures."""
        has_figures = VALUE in self.columns or {*SHARE} <= {*self.columns}
        return {*KEY} <= {*self.columns} and has_figures


def read(written: list[str]) -> Headings:
    """What the columns with these headings, in lower case, are."""
    names, per = bases.read_header(written)
    exact = [name.replace(" ", "_") for name in names]
    worded = [_worded(name) for name in names]
    columns, fault = [""] * len(names), None
    for column in COLUMNS:
        places = [n for n, name in enumerate(exact) if name == column]
        places = places or [n for n, name in enumerate(worded) if name == column]
        for place in places:
            columns[place] = column
        if column == PER and places and per:
            places += [n for n, name in enumerate(names) if name != written[n]]
        if len(places) > 1:
            fault = fault or _open(column, [written[n] for n in places])
    for first, second in (SHARE, DIVIDED):
        if (first in columns) != (second in columns) and not (first in SHARE and VALUE in columns):
            here, absent = (first, second) if first in columns else (second, first)
            fault = fault or (f"has a column {here} but no column {absent}", f"add {absent}")
    return Headings(columns, per, fault)


def is_header(written: list[str]) -> bool:
    """Whether these cells, in lower case, head a table of figures."""
    return read(written).whole


def _worded(name: str) -> str:
    whole = plain(name)
    short = IN_BRACKETS.fullmatch(whole)  # without a unit, as in value (%)
    return BY_WORDING.get(whole) or (BY_WORDING | {VALUE: VALUE}).get(short[1] if short else "", "")


def _open(column: str, written: list[str]) -> Fault:
    alike = " and ".join(map(shown, written))
    return f"{alike} may each be the {column}", f"head one of them {column}, and rename the other"
