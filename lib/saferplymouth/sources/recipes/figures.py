"""The figures of a file: what its cells say of each, added up and checked, and the cells passed
over.
"""

import datetime
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise

from saferplymouth.framework import PERCENT, Framework
from saferplymouth.sources.problems import Problem, shown
from saferplymouth.sources.recipes.blocks import place
from saferplymouth.sources.recipes.recipe import ROWS, Part, Recipe, Table
from saferplymouth.sources.statuses import WITH_FIGURE, WITHOUT_FIGURE

TOTAL = ("", "")
Of = tuple[str, str, str, str]  # indicator, period, breakdown and group
MOST_SHOWN = 12
TOTAL_WORD = re.compile(r"(?i)\btotal\b|^(?:all|overall|both)\b")


@dataclass(frozen=True)
class Figure:
    """One figure as the observations keep it, and where it stands; for a sum, `cell` names several
    with commas.
    """

    indicator: str
    period: str
    breakdown: str
    group: str
    value: float | None
    numerator: int | None
    denominator: int | None
    status: str
    sheet: str
    cell: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class PassedOver:
    """Cells that are not taken, such as `B7:M7`, and why."""

    sheet: str
    cells: str
    why: str


@dataclass
class Taken:
    """All that a file gave."""

    figures: list[Figure] = field(default_factory=list)
    passed_over: list[PassedOver] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Found:
    """What one cell says of one part of an indicator."""

    part: int
    value: float | None
    status: str
    sheet: str
    row: int
    column: int
    labels: tuple[str, ...] = ()  # at the sources that are added up
    day: datetime.date | None = None  # of a week
    numerator: int | None = None
    denominator: int | None = None
    low: float | None = None
    high: float | None = None

    @property
    def cell(self) -> str:
        return place(self.row, self.column)


class Gathered:
    """Gathers what the tables of one file say, and adds up what is to be added up."""

    def __init__(self, file: str, recipe: Recipe, framework: Framework):
        self.file, self.recipe, self.framework = file, recipe, framework
        self.problems: list[Problem] = []
        self.passed: dict[tuple[str, str], list[tuple[int, int, int]]] = defaultdict(list)
        self.found: dict[Of, list[Found]] = defaultdict(list)
        self.parts: dict[Of, tuple[Table, Part]] = {}
        self.checks: dict[Of, list[Found]] = defaultdict(list)

    def problem(self, sheet: str, cell: str, mistake: str, cure: str) -> None:
        problem = Problem(self.file, mistake, cure, sheet=sheet, cell=cell)
        if problem not in self.problems:
            self.problems.append(problem)

    def pass_over(self, sheet: str, why: str, row: int, first: int, last: int) -> None:
        self.passed[sheet, why].append((row, first, last))

    def taken(self) -> Taken:
        self._add_totals()
        figures = [figure for of in [*self.found] if (figure := self._figure(of))]
        self._check_breakdowns(figures)
        passed = [PassedOver(s, _ranges(cells), why) for (s, why), cells in self.passed.items()]
        return Taken(figures, passed, self.problems)

    def _figure(self, of: Of) -> Figure | None:
        table, part = self.parts[of]
        found = self.found[of]
        first, what = found[0], _named(of)
        by_part = {each.part: each for each in found}
        wanted = max(1, len(part.labels))
        of_rows = table.numbers.get("value") == ROWS
        cells = ", ".join(each.cell for each in found[:MOST_SHOWN])
        if "weeks" in table.periods:
            if not _whole_weeks(found, of[1]):
                for each in found:
                    why = f"{of[1]} lacks one of its weeks, or has it twice"
                    self.pass_over(each.sheet, why, each.row, each.column, each.column)
                return None
            by_part, wanted = dict(enumerate(found)), len(found)
        elif of_rows or (of[2:] == TOTAL and table.whole_is_sum_of):
            by_part, wanted = dict(enumerate(found)), len(found)
        elif table.add_up and (total := _total_among(found)):
            mistake = f"{what} adds up {total.cell}, which is called a total, and its parts"
            cure = "leave the total's row out with without in the recipe"
            self.problem(first.sheet, total.cell, mistake, cure)
            return None
        elif table.add_up and len({(f.part, f.labels) for f in found}) == len(found):
            by_part = dict(enumerate(found)) if len({f.part for f in found}) == wanted else by_part
        elif len(by_part) < len(found):
            mistake = f"{what} is there {len(found)} times: {cells}"
            cure = "say with filters, without or where in the recipe which one is meant"
            self.problem(first.sheet, first.cell, mistake, cure)
            return None
        if len(by_part) < wanted:
            absent = [part.labels[n][0] for n in range(wanted) if n not in by_part]
            mistake = f"{what} lacks {', '.join(map(shown, absent))}, which is part of the sum"
            self.problem(first.sheet, first.cell, mistake, "correct the sum in the recipe")
            return None
        value, status = _added([*by_part.values()])
        if self.framework.indicators[of[0]].unit == PERCENT and value is not None and value > 100:
            mistake = f"the parts of {what} add up to {value:g}%"
            self.problem(first.sheet, first.cell, mistake, "correct the sum in the recipe")
            return None
        self._check_agreement(of, value, first, self.checks.get(of, []), part)
        alone = len(found) == 1
        shares = (first.numerator, first.denominator) if alone else (None, None)
        limits = (first.low, first.high) if alone else (None, None)
        return Figure(*of, value, *shares, status, first.sheet, cells, *limits)

    def _check_agreement(
        self, of: Of, value: float | None, first: Found, parts: list[Found], part: Part
    ) -> None:
        if not part.agrees_with or value is None:
            return
        summed, _ = _added(parts)
        if summed is not None and summed != value:
            mistake = f"{_named(of)} is {value:,g}, but its parts add up to {summed:,g}"
            cure = "ask the sender, or correct agrees_with in the recipe"
            self.problem(first.sheet, first.cell, mistake, cure)

    def _add_totals(self) -> None:
        """The totals of breakdowns that come without one, where the recipe says to add them up."""
        for of, (table, part) in [*self.parts.items()]:
            if of[2] and of[2] == table.whole_is_sum_of and table.numbers.get("value") != ROWS:
                total = (*of[:2], *TOTAL)
                self.parts[total] = (table, part)
                self.found[total] += self.found[of]

    def _check_breakdowns(self, figures: list[Figure]) -> None:
        """Whether the groups of each breakdown that adds up are all there and sum to the total."""
        totals = {(f.indicator, f.period): f for f in figures if not f.breakdown}
        groups: dict[tuple[str, str, str], dict[str, Figure]] = defaultdict(dict)
        for f in figures:
            if f.breakdown:
                groups[f.indicator, f.period, f.breakdown][f.group] = f
        never: dict[tuple[str, str], set[str]] = {}
        for (key, _, name), parts in groups.items():
            every = self.framework.indicators[key].breakdowns[name].groups
            never[key, name] = never.get((key, name), set(every)) - set(parts)
        for (key, period, name), parts in groups.items():
            breakdown = self.framework.indicators[key].breakdowns[name]
            total, first = totals.get((key, period)), next(iter(parts.values()))
            if not breakdown.adds_up:
                continue
            absent = [group for group in breakdown.groups if group not in parts]
            if self._is_of_cases(total):
                self._complete(figures, parts, absent, total)
            elif absent and {*absent} <= never[key, name]:
                what = f"{key} by {name} is missing {', '.join(absent)}"
                self.problem(first.sheet, first.cell, what, "add the groups to the recipe")
            elif absent:
                self._drop(figures, parts, f"{period} by {name} lacks {', '.join(absent)}", total)
            elif total is None:
                what = f"{key} for {period} by {name} has no total"
                cure = "name the total's label in whole, or say whole_is_sum_of in the recipe"
                self.problem(first.sheet, first.cell, what, cure)
            elif total.value is not None and all(f.value is not None for f in parts.values()):
                summed = sum(f.value for f in parts.values())
                if summed != total.value:
                    what = f"{key} for {period} by {name} adds up to {summed:,g}"
                    what += f", but the total is {total.value:,g}"
                    self.problem(total.sheet, total.cell, what, "ask the sender which is right")

    def _is_of_cases(self, total: Figure | None) -> bool:
        of = (total.indicator, total.period, *TOTAL) if total else None
        return of in self.parts and self.parts[of][0].numbers.get("value") == ROWS

    def _complete(
        self, figures: list[Figure], parts: dict[str, Figure], absent: list[str], total: Figure
    ) -> None:
        """Of cases, the groups that have none; without any group if some case is of none."""
        if sum(f.value for f in parts.values()) == total.value:
            one = next(iter(parts.values()))
            figures += [replace(one, group=g, value=0.0, cell=total.cell) for g in absent]
        else:
            name = next(iter(parts.values())).breakdown
            self._drop(figures, parts, f"{total.period} has cases whose {name} is not known", None)

    def _drop(self, figures: list[Figure], parts: dict[str, Figure], why: str, total) -> None:
        """Leave out groups that are not all there, and a total that is their sum."""
        name = next(iter(parts.values())).breakdown
        of = (total.indicator, total.period, *TOTAL) if total else None
        summed = of in self.parts and self.parts[of][0].whole_is_sum_of == name
        for figure in [*parts.values(), *([total] if summed else [])]:
            figures.remove(figure)
            one = self.found[figure.indicator, figure.period, figure.breakdown, figure.group][0]
            self.pass_over(one.sheet, why, one.row, one.column, one.column)


def _whole_weeks(found: list[Found], month: str) -> bool:
    """Whether every week of a month is there, once."""
    days, week = sorted(f.day for f in found), datetime.timedelta(days=7)
    steps = all(after - before == week for before, after in pairwise(days))
    outside = [days[0] - week, days[-1] + week]
    return steps and not any(day.isoformat().startswith(month) for day in outside)


def _total_among(found: list[Found]) -> Found | None:
    """What is called a total among several that are to be added up."""
    totals = (f for f in found if any(TOTAL_WORD.search(label) for label in f.labels))
    return next(totals, None) if len(found) > 1 else None


def _added(found: list[Found]) -> tuple[float | None, str]:
    """A sum and its status: hidden if a part is hidden, not available if a part is."""
    statuses = {each.status for each in found}
    for status in WITHOUT_FIGURE:
        if status in statuses:
            return None, status
    status = next((status for status in WITH_FIGURE if status in statuses), "")
    return float(sum(Decimal(str(each.value)) for each in found)), status


def _named(of: Of) -> str:
    key, period, *group = of
    return f"{' '.join(filter(None, (key, *group)))} for {period}"


def _ranges(cells: list[tuple[int, int, int]]) -> str:
    """Ranges of cells as a spreadsheet names them; rows that follow each other are one range."""
    ranges: list[list[int]] = []
    for row, first, last in sorted(set(cells), key=lambda c: (c[1], c[2], c[0])):
        if ranges and ranges[-1][2:] == [first, last] and row <= ranges[-1][1] + 1:
            ranges[-1][1] = row
        else:
            ranges.append([row, row, first, last])
    texts = []
    for top, bottom, first, last in ranges[:MOST_SHOWN]:
        one, other = place(top, first), place(bottom, max(last, first))
        texts.append(one if one == other else f"{one}:{other}")
    more = len(ranges) - MOST_SHOWN
    return ", ".join(texts) + (f" and {more} more" if more > 0 else "")
