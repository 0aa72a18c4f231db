"""The columns of a return by its headings, as people word them."""

import re
from dataclasses import dataclass

from saferplymouth.errors import Fault
from saferplymouth.framework import COUNT, PERCENT, POUNDS, RATE, SCORE
from saferplymouth.sources import bases
from saferplymouth.sources.bases import PER
from saferplymouth.sources.names import plain
from saferplymouth.sources.problems import shown

KEY = ("indicator", "period")
VALUE = "value"
SHARE = ("numerator", "denominator")
FIGURES = (VALUE, *SHARE)
DIVIDED = ("breakdown", "group")
LIMITS = ("low", "high")  # of the interval that the sender gives
NAME = "name"  # of an indicator beside its key, for people
OTHERS = ("note", "taken_from", NAME, PER)
COLUMNS = (*KEY, *FIGURES, *LIMITS, *DIVIDED, *OTHERS)
WORDINGS = {
    "indicator": "indicator name, indicator key, name of indicator, indicator title, measure, "
    "measure name, name of measure, performance indicator, performance measure, kpi",
    "period": "month, quarter, half year, year, financial year, calendar year, date, time period, "
    "reporting period, reporting month, reporting quarter, reporting year, period covered, "
    "month ending, quarter ending, year ending, period ending, months, quarters, periods",
    VALUE: "figure, figures, value, values, total, amount, result, actual",
    "low": "lower, lower limit, lower ci, lci, lower bound, lower confidence limit",
    "high": "upper, upper limit, upper ci, uci, upper bound, upper confidence limit",
}
UNITS = {
    COUNT: "count, number, numbers",
    PERCENT: "%, percentage, percent, per cent",
    POUNDS: "£, pounds, gbp",
    RATE: "rate",
    SCORE: "score, scores",
}
BY_WORDING = {wording: name for name, all_ in WORDINGS.items() for wording in all_.split(", ")}
BY_UNIT = {wording: unit for unit, all_ in UNITS.items() for wording in all_.split(", ")}
IN_BRACKETS = re.compile(r"(.+?) ?\(([^()]*)\)")


@dataclass(frozen=True)
class Headings:
    """What each column of a return is: one of `COLUMNS`, or "" if it is not read; what the value is
    `per`, and its `unit`, if its heading says so.

    `fault` is the mistake and cure where it is open which column is meant, and `at` its place.
    """

    columns: list[str]
    per: str
    unit: str
    fault: Fault | None = None
    at: int = 0

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
    columns, fault, at = [""] * len(names), None, 0
    for column in COLUMNS:
        places = [n for n, name in enumerate(exact) if name == column]
        places = places or [n for n, (name, _) in enumerate(worded) if name == column]
        for place in places:
            columns[place] = column
        if column == PER and places and per:
            places += [n for n, name in enumerate(names) if name != written[n]]
        if len(places) > 1 and not fault:
            fault, at = _open(column, [written[n] for n in places]), places[1]
    for first, second in (SHARE, DIVIDED, LIMITS):
        if (first in columns) != (second in columns) and not (first in SHARE and VALUE in columns):
            here, absent = (first, second) if first in columns else (second, first)
            fault = fault or (f"has a column {here} but no column {absent}", f"add {absent}")
    unit = next(
        (unit for name, (_, unit) in zip(columns, worded, strict=True) if name == VALUE), ""
    )
    return Headings(columns, per, unit, fault, at)


def is_header(written: list[str]) -> bool:
    """Whether these cells, in lower case, head a table of figures."""
    return read(written).whole


def _worded(name: str) -> tuple[str, str]:
    """The column that a heading may be in other words, and the unit it names.

    Brackets after a value have to be its unit: value (£000) is not read as pounds.
    """
    whole = plain(name)
    bracketed = IN_BRACKETS.fullmatch(whole)
    main, inside = bracketed.groups() if bracketed else (whole, "")
    if main in BY_UNIT or BY_WORDING.get(main) == VALUE:
        unit = BY_UNIT.get(inside or main, "")
        return (VALUE, unit) if unit or not inside else ("", "")
    return BY_WORDING.get(main, ""), ""


def _open(column: str, written: list[str]) -> Fault:
    alike = " and ".join(map(shown, written))
    return f"{alike} may each be the {column}", f"head one of them {column}, and rename the other"
