"""Partners' returns: one table a file, as CSV, XLSX or ODS, with every cell checked, and every
breakdown's sum.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from saferplymouth.errors import known_keys, unfit, unfit_name
from saferplymouth.framework import COUNT, PERCENT, POUNDS, RATE, Breakdown, Framework, Indicator
from saferplymouth.periods import NotAPeriod, words
from saferplymouth.sources import bases
from saferplymouth.sources.bases import PER
from saferplymouth.sources.problems import Problem, shown, unread
from saferplymouth.sources.tables import Line, Unreadable, columns, figure, read_table, written

KEY = {"indicator", "period"}
VALUE = {"value"}
SHARE = {"numerator", "denominator"}
DIVIDED = {"breakdown", "group"}
TOLD = {"note", "taken_from"}
HEADER = "write indicator, period, value (or numerator, denominator) and, if wanted, "
HEADER += "breakdown, group, note and taken_from"
KINDS = {COUNT: "count", PERCENT: "percentage", POUNDS: "sum of pounds"}
LARGEST = 10**9
LONGEST_NOTE = 500
OLDEST = 20  # years before the drop: further back is a slip of the keyboard


@dataclass(frozen=True)
class Row:
    """One figure received: a count, pounds, a rate, or a percentage 0–100 with its numbers of
    replies where sent.

    `breakdown` and `group` are empty for the indicator as a whole, `taken_from` where whoever the
    figure is by sent it.
    """

    indicator: str
    period: str
    value: float | None  # None: worked out before, and not any more
    numerator: int | None
    denominator: int | None
    source: str
    note: str
    breakdown: str = ""
    group: str = ""
    taken_from: str = ""


def read_returns(
    files: list[Path], drop, framework: Framework, problems: list[Problem]
) -> list[Row]:
    """Every row of the returns in `files`; what cannot be used is added to `problems`."""
    rows, seen = [], {}
    for path in files:
        source = f"returns/{path.name}"
        if wrong := unfit_name(path.name):
            problems.append(Problem(source, *wrong))
            continue
        try:
            table = read_table(path, _is_header)
        except Unreadable as error:
            problems.append(Problem(source, error.mistake, error.cure, row=error.row))
            continue
        problems += unread(source, table.beside)
        if not _is_header(table.header):
            mistake = f"the header reads {shown(', '.join(table.columns))}"
            problems.append(Problem(source, mistake, HEADER, 1, sheet=table.sheet))
            continue
        names, per = bases.read_header(table.columns)
        table = replace(table, header=names)
        for line in table.rows:
            row = _ReturnLine(drop, framework, per, source, table, line, problems, "note").read(
                seen
            )
            rows += [row] if row else []
    _check_sums(rows, seen, framework, problems)
    return rows


def _is_header(header: list) -> bool:
    names, per = bases.read_header(columns(header))
    names += [PER] if per else []  # said there, it is no column as well
    named = set(names) - TOLD - {PER}
    named -= DIVIDED if named >= DIVIDED else set()
    return named in (KEY | VALUE, KEY | SHARE) and len(set(names)) == len(names)


class _ReturnLine(Line):
    """One row of a return, held against the framework and the month of its drop."""

    def __init__(self, drop, framework: Framework, per: str, *read):
        super().__init__(*read)
        self.cells.setdefault(PER, per)
        self.drop, self.framework = drop, framework

    def read(self, seen: dict) -> Row | None:
        """The row, or None where it has a problem; `seen` says where each indicator and period
        first stood.
        """
        key = str(self.cells["indicator"]).strip()
        indicator = self.framework.indicators.get(key)
        if indicator is None:
            mistake = f"{shown(key)} is not an indicator" if key else "the indicator is missing"
            self.problem("indicator", mistake, known_keys(key, self.framework.indicators))
            for column in (VALUE | SHARE) & set(self.cells):
                self._number(column, "write a number, such as 1335")
            return None
        if indicator.worked_out:
            self.problem(
                "indicator",
                f"{key} is worked out from the street files",
                "take the row out; no one sends it",
            )
            return None
        period, (breakdown, group) = self._period(indicator), self._part(indicator)
        if group and ".." in period:
            self.problem(
                "period",
                f"{period} is a year to date, and a group has none",
                "send the group's own periods",
            )
        if period and breakdown is not None:
            self._once((indicator.key, period, breakdown, group), seen)
        value, numerator, denominator = self._figure(indicator)
        figure = (
            indicator.key,
            period,
            value,
            numerator,
            denominator,
            self.source,
            self._written("note"),
        )
        taken_from = self._written("taken_from")
        return Row(*figure, breakdown, group, taken_from) if self.good else None

    def _part(self, indicator: Indicator) -> tuple[str | None, str]:
        """The breakdown and group of the row, empty for the whole; None where they are wrong."""
        breakdown, group = (
            str(self.cells.get(column) or "").strip() for column in ("breakdown", "group")
        )
        if not breakdown and not group:
            return "", ""
        known = indicator.breakdowns.get(breakdown)
        if known is None:
            ways = (
                known_keys(breakdown, indicator.breakdowns)
                if indicator.breakdowns
                else "leave it empty"
            )
            self.problem(
                "breakdown", f"{shown(breakdown)} is not a breakdown of {indicator.key}", ways
            )
        elif group not in known.groups:
            self.problem(
                "group",
                f"{shown(group)} is not a group of {breakdown}",
                known_keys(group, known.groups),
            )
        return (breakdown, group) if known and group in known.groups else (None, "")

    def _once(self, key: tuple[str, str, str, str], seen: dict) -> None:
        here = (self.source, self.number)
        source, number = seen.setdefault(key, here)
        if (source, number) != here:
            where = f"row {number}" if source == self.source else f"{source}, row {number}"
            what = " ".join(part for part in (key[0], *key[2:]) if part)
            self.problem(
                "period",
                f"{what} for {key[1]} is here twice",
                f"keep one; the other stands in {where}",
            )

    def _written(self, column: str) -> str:
        """A text on one line."""
        text = " ".join(str(self.cells.get(column) or "").split())
        if len(text) > LONGEST_NOTE:
            self.problem(
                column, f"the {column} holds {len(text):,} characters", f"keep it to {LONGEST_NOTE}"
            )
        if wrong := unfit(text):
            self.problem(column, f"the {column} {wrong[0]}", wrong[1])
        return text

    def _period(self, indicator: Indicator) -> str:
        text, calendar = written(self.cells["period"]), self.framework.calendar
        try:
            if ".." in text and indicator.unit == PERCENT:
                ends = calendar.parse_to_date(text)
            else:
                period = calendar.received(text, indicator.frequency)
                ends, text = period.asfreq("M", "end"), calendar.label(period)
        except NotAPeriod as error:
            mistake, _, cure = str(error).partition("; ")
            self.problem("period", mistake, cure)
            return ""
        if ends > self.drop:
            later = f"{words(ends)} is after {words(self.drop)}, the month of this drop"
            self.problem("period", later, "correct the period, or send the figure in a later drop")
        elif (self.drop - ends).n > 12 * OLDEST:
            self.problem("period", f"{text} is over {OLDEST} years ago", "correct the period")
        elif calendar.of(ends, indicator.frequency).asfreq("M", "end") != ends:
            frequency = indicator.frequency
            self.problem(
                "period",
                f"{text} ends within a {frequency}",
                f"end it with a {frequency}'s last month",
            )
        return text

    def _figure(self, indicator: Indicator) -> tuple[float, int | None, int | None]:
        per = self._per(indicator)
        if "value" in self.cells:
            return (self._value(indicator, per), None, None)
        if not indicator.is_level:
            self.problem(
                "numerator",
                f"{indicator.key} is a {KINDS[indicator.unit]}",
                "send it in a return with a value column",
            )
            return (0.0, None, None)
        numerator, denominator = self._count("numerator"), self._count("denominator")
        if numerator is None or denominator is None:
            return (0.0, None, None)
        if denominator == 0:
            self.problem("denominator", "it is 0, so there is no percentage", "leave the row out")
        elif numerator > denominator:
            self.problem(
                "numerator",
                f"{numerator} is more than the denominator {denominator}",
                "correct one of them",
            )
        whole = 100 if indicator.unit == PERCENT else indicator.rate_base
        return (whole * numerator / denominator if denominator else 0.0, numerator, denominator)

    def _value(self, indicator: Indicator, per: int) -> float:
        if not indicator.is_level:
            return float(self._count("value", "£" if indicator.unit == POUNDS else "") or 0)
        if indicator.unit == RATE:
            return bases.converted(self._rate(per), per, indicator.rate_base)
        number = self._number("value", "write a percentage from 0 to 100, such as 89", "%")
        if number is not None and not 0 <= number <= 100:
            self.problem(
                "value",
                f"{shown(written(number))} is not between 0 and 100",
                "correct the percentage",
            )
        elif number is not None and 0 < number <= 1:
            cure = "write 89 for 89 %; if it is right, send it as numerator and denominator"
            self.problem(
                "value", f"{shown(written(number))} looks like a share, not a percentage", cure
            )
        return number or 0.0

    def _per(self, indicator: Indicator) -> int:
        """For how many people the row's rate is: as its sender says, else as the framework does."""
        said = written(self.cells[PER])
        if said and indicator.unit != RATE:
            mistake = (
                f"{indicator.key} is a {KINDS[indicator.unit]}, and is said to be per {shown(said)}"
            )
            self.problem(
                PER,
                mistake,
                "leave it empty, for only a rate has one; send rates in another return",
            )
        elif said and (per := bases.base(said)):
            return per
        elif said:
            self.problem(
                PER,
                f"{shown(said)} is no number of people a rate is for",
                f"write one of {bases.KNOWN}",
            )
        return indicator.rate_base

    def _rate(self, per: int) -> float:
        number = self._number("value", f"write a rate per {per:,} people, such as 3.2")
        if number is not None and not 0 <= number <= per:
            mistake = f"{shown(written(number))} is not between 0 and {per:,}"
            self.problem("value", mistake, f"correct the rate per {per:,}")
        return number or 0.0

    def _count(self, column: str, sign: str = "") -> int | None:
        number = self._number(column, "write a whole number, such as 1335", sign)
        if number is None:
            return None
        if number < 0 or number != int(number) or number >= LARGEST:
            kind = (
                "negative"
                if number < 0
                else "too large"
                if number >= LARGEST
                else "not a whole number"
            )
            self.problem(column, f"{shown(written(number))} is {kind}", "correct the count")
            return None
        return int(number)

    def _number(self, column: str, cure: str, sign: str = "") -> float | int | None:
        cell = self.cells[column]
        number = figure(cell, sign)
        if number is None and not written(cell):
            self.problem(
                column, "there is no figure", f"{cure}; leave the row out when there is none"
            )
        elif number is None:
            self.problem(column, f"{shown(cell)} is not a number", cure)
        return number


def _check_sums(rows: list[Row], seen: dict, framework: Framework, problems: list[Problem]) -> None:
    """The groups of a breakdown that adds up come all together, with their total, and sum to it."""
    totals = {(row.indicator, row.period): row.value for row in rows if not row.breakdown}
    parts: dict[tuple[str, str, str], dict[str, Row]] = {}
    for row in rows:
        if row.breakdown and framework.indicators[row.indicator].breakdowns[row.breakdown].adds_up:
            parts.setdefault((row.indicator, row.period, row.breakdown), {})[row.group] = row
    for (key, period, name), groups in parts.items():
        breakdown = framework.indicators[key].breakdowns[name]
        mistake, cure = _unsound(
            breakdown, groups, totals.get((key, period)), f"{key} for {period}"
        )
        first = next(iter(groups.values()))
        if mistake and all((key, period, name, group) in seen for group in groups):
            number = seen[key, period, name, first.group][1]
            problems.append(Problem(first.source, mistake, cure, number, "group"))


def _unsound(
    breakdown: Breakdown, groups: dict[str, Row], total: float | None, what: str
) -> tuple[str, str]:
    absent = [group for group in breakdown.groups if group not in groups]
    if absent:
        return (
            f"{what} by {breakdown.key} lacks {', '.join(absent)}",
            "send every group, 0 where there was none",
        )
    if total is None:
        return (
            f"{what} by {breakdown.key} has no total",
            "send the total as well, with breakdown and group empty",
        )
    summed = sum(row.value for row in groups.values())
    if summed != total:
        told = f"{what} by {breakdown.key} adds up to {summed:,.0f}, and the total is {total:,.0f}"
        return told, "correct a group or the total"
    return "", ""
