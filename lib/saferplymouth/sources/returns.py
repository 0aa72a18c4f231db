"""Reads partners' returns (CSV, XLSX or ODS), checking every cell and every breakdown's sum."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from saferplymouth.errors import Fault, file_name_fault, invisible_fault
from saferplymouth.framework import (
    COUNT,
    PERCENT,
    POUNDS,
    RATE,
    SCORE,
    Breakdown,
    Framework,
    Indicator,
)
from saferplymouth.periods import words
from saferplymouth.sources import bases
from saferplymouth.sources.bases import PER
from saferplymouth.sources.cells import Reading, reading, written
from saferplymouth.sources.headings import DIVIDED, FIGURES, LIMITS, NAME, SHARE, Headings
from saferplymouth.sources.lines import Line
from saferplymouth.sources.names import Names
from saferplymouth.sources.problems import Problem, SourceFile, located, shown
from saferplymouth.sources.return_tables import read_table
from saferplymouth.sources.sheets import cell_name
from saferplymouth.sources.statuses import ABSENT, HIDDEN
from saferplymouth.sources.tables import SheetTable

RETURNS = "returns/"
FILLED_IN = NOTES, RECENT = "Notes", "Last 12 months"  # sheets beside a return to fill in
BESIDE = {NAME: FILLED_IN}
HEADER = "write indicator, period, value (or numerator, denominator) and, if needed, "
HEADER += "breakdown, group, note and taken_from; in a CSV file, put commas between them"
IN_EVERY_ROW = "write it in every row; merged cells are empty but for the first"
DASHES = ("-", "–", "—")
DASH = ("may mean none or not known", "write 0 for none, or [x] if it is not known")
IN_VALUE = "send it in a return with a value column"
KINDS = {COUNT: "count", PERCENT: "percentage", RATE: "rate", POUNDS: "sum of pounds"}
KINDS |= {SCORE: "score"}
SIGNS = {PERCENT: "%", POUNDS: "£"}
LARGEST = 10**9
OLDEST = 20  # years before the drop; anything older is a typing error


@dataclass(frozen=True)
class Row:
    """One figure received: a count, pounds, a rate, or a percentage 0–100 with its numbers of
    replies if sent.

    `breakdown` and `group` are empty for the indicator as a whole. `taken_from` is empty if the
    agency itself sent the figure. `status` is what its sender says of it: `p` provisional, `r`
    revised, `u` unreliable, and without a value `c` hidden or `x` not available. `low` and `high`
    are the interval that its sender gives, in the unit of the value.
    """

    indicator: str
    period: str
    value: float | None  # None: calculated before but no longer, hidden, or not available
    numerator: int | None
    denominator: int | None
    source: str
    note: str
    breakdown: str = ""
    group: str = ""
    taken_from: str = ""
    status: str = ""
    low: float | None = None
    high: float | None = None


def read_returns(
    files: list[Path],
    drop: pd.Period,
    framework: Framework,
    problems: list[Problem],
    folder: str = RETURNS,
) -> list[Row]:
    """Every row of the returns in `files`, of a folder of the drop; mistakes are added to
    `problems`. The source of a row outside `returns/` also names its sheet and cell.
    """
    rows, seen = [], {}
    names = Names({key: indicator.name for key, indicator in framework.indicators.items()})
    for path in files:
        file = SourceFile(path, f"{folder}{path.name}", problems, framework)
        if mistake := file_name_fault(path.name):
            file.problem(*mistake)
        elif found := read_table(file, names, HEADER, BESIDE):
            table, heads = found
            lines = [_ReturnLine(file, table, row, names, heads) for row in table.rows]
            lines = [line for line in lines if not line.left_blank]
            if not lines:
                file.problem("has no figures", "fill it in, or leave the file out")
            rows += [row for line in lines if (row := line.read(drop, seen))]
    _check_sums(rows, seen, framework)
    return rows


class _ReturnLine(Line):
    """One row of a return, checked against the framework and the month of its drop."""

    status, per = "", 0

    def __init__(
        self,
        file: SourceFile,
        table: SheetTable,
        row: tuple[int, list],
        names: Names,
        heads: Headings,
    ):
        super().__init__(file, table, row)
        self.names, self.unit = names, heads.unit
        self.cells.setdefault(PER, heads.per)

    @property
    def left_blank(self) -> bool:
        """Whether the row of a workbook to fill in has nothing filled in."""
        filled = (*FIGURES, "note", "taken_from")
        return NAME in self.cells and not any(written(self.cells.get(of)) for of in filled)

    def read(self, drop: pd.Period, seen: dict) -> Row | None:
        """The row, or None if it has a problem. `per` is the rate base in its header; `seen`
        records where each indicator and period first appeared.
        """
        text = self.written("indicator", False)
        key = self.names.key(text)
        indicator = self.framework.indicators.get(key)
        if indicator is None:
            mistake = f"{shown(text)} is not an indicator" if text else "the indicator is missing"
            self.problem("indicator", mistake, self.names.cure(text) if text else IN_EVERY_ROW)
            for column in set(FIGURES) & set(self.cells):
                self._number(column, "write a number, such as 1335")
            return None
        if indicator.worked_out:
            mistake = f"{key} is worked out from the street files"
            self.problem("indicator", mistake, "remove the row")
            return None
        period, (breakdown, group) = self._period(indicator, drop), self._part(indicator)
        if group and ".." in period and not indicator.overlaps:
            mistake = f"{period} is a year to date, which groups cannot have"
            self.problem("period", mistake, "send the group's figure for each period")
        if period and breakdown is not None:
            what = " ".join(part for part in (key, breakdown, group) if part)
            once = (key, period, breakdown, group)
            self.check_once("period", once, seen, f"{what} for {period}")
        figures = self._figures(indicator)
        note, taken_from = self.text("note", False), self.text("taken_from", False)
        limits = self._limits(indicator, figures[0])
        about = (self._source(), note, breakdown, group, taken_from, self.status, *limits)
        return Row(key, period, *figures, *about) if self.good else None

    def _source(self) -> str:
        file = self.file.source
        if file.startswith(RETURNS):
            return file
        column = next((of for of in FIGURES if written(self.cells.get(of))), "indicator")
        return located(file, self.sheet, cell_name(self.number, self.places[column]))

    def _part(self, indicator: Indicator) -> tuple[str | None, str]:
        """The breakdown and group of the row, empty for the total; None if they are wrong."""
        breakdown, group = (self.written(column, False) for column in DIVIDED)
        if not breakdown and not group:
            return "", ""
        ways = indicator.breakdowns
        names = Names({key: way.name for key, way in ways.items()})
        if known := ways.get(names.key(breakdown)):
            groups = Names(known.groups)
            if key := groups.key(group):
                return known.key, key
            mistake = f"{shown(group)} is not a group of {known.key}" if group else "is missing"
            self.problem("group", mistake, groups.cure(group))
        else:
            cure = names.cure(breakdown) if ways else "leave it empty"
            mistake = f"{shown(breakdown)} is not a breakdown of {indicator.key}"
            self.problem("breakdown", mistake, cure)
        return None, ""

    def _period(self, indicator: Indicator, drop: pd.Period) -> str:
        text, calendar = self.written("period", False), self.framework.calendar
        frequency, ends_with = indicator.frequency, indicator.every or indicator.frequency
        if ".." in text and indicator.unit == PERCENT and not indicator.overlaps:
            ends = self.period("period", lambda: calendar.parse_to_date(text))
        else:
            period = self.period("period", lambda: calendar.received(text, frequency))
            ends = None if period is None else period.asfreq("M", "end")
            text = "" if period is None else calendar.label(period)
        if ends is None:
            return ""
        if ends > drop:
            mistake = f"{words(ends)} is after {words(drop)}, the month of this drop"
            cure = "correct the period, or send the figure in a later drop"
            self.problem("period", mistake, cure)
        elif (drop - ends).n > 12 * OLDEST:
            self.problem("period", f"{text} is over {OLDEST} years ago", "correct the period")
        elif calendar.of(ends, ends_with).asfreq("M", "end") != ends:
            cure = f"end it with a {ends_with}'s last month"
            self.problem("period", f"{text} ends part-way through a {ends_with}", cure)
        return text

    def _figures(self, indicator: Indicator) -> tuple[float | None, int | None, int | None]:
        """The row's value, with numerator and denominator for a share; None if it has a mark for
        none.
        """
        per = self.per = self._per(indicator)
        shares = [of for of in SHARE if written(self.cells.get(of))]
        if shares and written(self.cells.get("value")):
            cure = "give the value, or the numerator and the denominator, but not both"
            self.problem("value", "the figure is given in two ways", cure)
        read = [reading(self.cells[of]) for of in shares or ["value"] if of in self.cells]
        marks = {each.status for each in read if each and each.number is None} & {HIDDEN, ABSENT}
        if marks:
            self.status = min(marks)
            return None, None, None
        if "value" in self.cells and not shares:
            self._check_heading(indicator, read[0])
            return self._value(indicator, per), None, None
        if not indicator.is_share:
            mistake = f"{indicator.key} is a {KINDS[indicator.unit]}"
            cure = "write it in the column value" if "value" in self.cells else IN_VALUE
            self.problem("numerator", mistake, cure)
            return 0.0, None, None
        numerator, denominator = self._count("numerator"), self._count("denominator")
        if numerator is None or denominator is None:
            return 0.0, None, None
        if denominator == 0:
            self.problem("denominator", "it is 0, so there is no percentage", "leave the row out")
            return 0.0, numerator, denominator
        if numerator > denominator:
            mistake = f"{numerator} is more than the denominator {denominator}"
            self.problem("numerator", mistake, "correct one of them")
        whole = 100 if indicator.unit == PERCENT else indicator.rate_base
        return whole * numerator / denominator, numerator, denominator

    def _limits(
        self, indicator: Indicator, figure: float | None
    ) -> tuple[float | None, float | None]:
        """The interval that the sender gives of the `figure`, which has to be in it."""
        if not any(written(self.cells.get(of)) for of in LIMITS):
            return None, None
        cure, sign = "write both limits of the interval, or neither", SIGNS.get(indicator.unit, "")
        limits = [self._number(of, cure, sign) for of in LIMITS]
        if None in limits or not self.good:
            return None, None
        if indicator.unit == RATE:
            limits = [bases.converted(end, self.per, indicator.rate_base) for end in limits]
        low, high = limits
        if figure is None or not low <= figure <= high:
            what = "there is no figure" if figure is None else f"{figure:.10g} is not in it"
            self.problem("low", f"an interval from {low:.10g} to {high:.10g}, and {what}", cure)
        return low, high

    def _check_heading(self, indicator: Indicator, read: Reading | None) -> None:
        """Report a heading, such as `Number`, that may mean another figure than the indicator's."""
        signed = bool(read and read.unit and read.unit == SIGNS.get(indicator.unit))
        if self.unit and self.unit != indicator.unit and not signed:
            mistake = (
                f"{indicator.key} is a {KINDS[indicator.unit]}, and the heading says otherwise"
            )
            cure = "head the column value if the figure is right, or send the right one"
            self.problem("value", mistake, cure)

    def _value(self, indicator: Indicator, per: int) -> float:
        if not indicator.is_level:
            return float(self._count("value", SIGNS.get(indicator.unit, "")) or 0)
        if indicator.unit == RATE:
            number = self._number("value", f"write a rate per {per:,} people, such as 3.2")
            self._check_within(number, per, f"correct the rate per {per:,}")
            return bases.converted(number or 0.0, per, indicator.rate_base)
        if indicator.unit == SCORE:
            return self._number("value", "write a number, such as 7.4") or 0.0
        number = self._number("value", "write a percentage from 0 to 100, such as 89", "%")
        self._check_within(number, 100, "correct the percentage")
        is_signed = written(self.cells["value"]).endswith("%")
        if number is not None and 0 < number <= 1 and not is_signed:
            mistake = f"{shown(written(number))} looks like a share, not a percentage"
            cure = "write 89 for 89%; if it is right, send it as numerator and denominator"
            self.problem("value", mistake, cure)
        return number or 0.0

    def _check_within(self, number: float | None, most: int, cure: str) -> None:
        if number is not None and not 0 <= number <= most:
            mistake = f"{shown(written(number))} is not between 0 and {most:,}"
            self.problem("value", mistake, cure)

    def _per(self, indicator: Indicator) -> int:
        """The number of people the row's rate is for: from the return, or else from the
        framework.
        """
        text = self.written(PER, False)
        if text and indicator.unit != RATE:
            kind = KINDS[indicator.unit]
            mistake = f"{indicator.key} is a {kind}, but is given per {shown(text)}"
            cure = "leave it empty, because only a rate has one; send rates in another return"
            self.problem(PER, mistake, cure)
        elif text and (per := bases.base(text)):
            return per
        elif text:
            mistake = f"{shown(text)} is not a number of people for a rate"
            self.problem(PER, mistake, f"write one of {bases.KNOWN}")
        return indicator.rate_base

    def _count(self, column: str, sign: str = "") -> int | None:
        number = self._number(column, "write a whole number, such as 1335", sign)
        if number is None:
            return None
        mistakes = {
            "is negative": number < 0,
            "is too large": number >= LARGEST,
            "is not a whole number": number != int(number),
        }
        mistake = next((mistake for mistake, wrong in mistakes.items() if wrong), "")
        if mistake:
            self.problem(column, f"{shown(written(number))} {mistake}", "correct the count")
        return None if mistake else int(number)

    def _number(self, column: str, cure: str, sign: str = "") -> float | int | None:
        cell = self.cells[column]
        read = reading(cell)
        number = read.number if read and read.unit in ("", sign) else None
        if number is not None:
            self.status = read.status or self.status
        elif not written(cell):
            cure = f"{cure}; leave the row out if there is none"
            self.problem(column, "the figure is missing", cure)
        elif fault := DASH if written(cell) in DASHES else invisible_fault(written(cell)):
            self.problem(column, f"{shown(cell)} {fault[0]}", fault[1])
        else:
            self.problem(column, f"{shown(cell)} is not a number", cure)
        return number


def _check_sums(rows: list[Row], seen: dict, framework: Framework) -> None:
    """Checks that the groups of a breakdown that adds up come together, with their total, and sum
    to it, as far as they have figures.
    """
    totals = {(row.indicator, row.period): row for row in rows if not row.breakdown}
    parts: dict[tuple[str, str, str], dict[str, Row]] = {}
    for row in rows:
        if row.breakdown and framework.indicators[row.indicator].breakdowns[row.breakdown].adds_up:
            parts.setdefault((row.indicator, row.period, row.breakdown), {})[row.group] = row
    for (key, period, name), groups in parts.items():
        breakdown, total = framework.indicators[key].breakdowns[name], totals.get((key, period))
        finding = _unsound(breakdown, groups, total, f"{key} for {period} by {name}")
        if finding:
            seen[key, period, name, next(iter(groups))].problem("group", *finding)


def _unsound(
    breakdown: Breakdown, groups: dict[str, Row], total: Row | None, what: str
) -> Fault | None:
    absent = [group for group in breakdown.groups if group not in groups]
    if absent:
        return f"{what} is missing {', '.join(absent)}", "send every group, 0 if there were none"
    if total is None:
        return f"{what} has no total", "send the total too, with breakdown and group empty"
    figures = [row.value for row in groups.values() if row.value is not None]
    summed, whole = sum(figures), total.value
    fits = whole is None or (summed == whole if len(figures) == len(groups) else summed <= whole)
    if fits:
        return None
    mistake = f"{what} adds up to {summed:,.0f}, but the total is {whole:,.0f}"
    return mistake, "correct a group or the total"
