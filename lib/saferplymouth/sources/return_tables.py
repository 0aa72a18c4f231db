"""Finds the table in a return as people lay it out: its columns by their headings, and its rows
without the texts and totals around them.
"""

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from saferplymouth.periods import Calendar
from saferplymouth.sources import headings
from saferplymouth.sources.cells import cell_at, reading, text_at, written
from saferplymouth.sources.headings import FIGURES, Headings
from saferplymouth.sources.names import Names, plain
from saferplymouth.sources.problems import SourceFile, shown
from saferplymouth.sources.sheets import Sheet, cell_name
from saferplymouth.sources.tables import (
    LOOKED_AT,
    SheetTable,
    columns,
    open_table,
    spreadsheet_error,
)

NOTE = re.compile(r"(?:notes?|sources?|nb|n\.b\.|key|footnotes?|contact)\b", re.IGNORECASE)
TOTALS = {"total", "totals", "grand total", "overall total", "sub total", "subtotal"}
NAMED = 3  # of what is not read
Numbers = list[float | int | None]


def is_return(sheets: list[Sheet]) -> bool:
    """Whether a visible sheet has the header of a return."""
    rows = (cells for s in sheets if s.visible for _, cells in s.rows[:LOOKED_AT])
    return any(headings.is_header(columns(cells)) for cells in rows)


def read_table(
    file: SourceFile, names: Names, cure: str, beside: Mapping[str, Collection[str]]
) -> tuple[SheetTable, Headings] | None:
    """The table of a return with its columns in this program's words, and what its headings say.

    None if there is none, or it is open what a column is; the file's problems then say why, with
    `cure` for a wrong header. They also name what is not read. `beside` is as in `open_table`.
    """
    table = open_table(file, headings.is_header, cure, beside=beside)
    if table is None:
        return None
    found = headings.read(table.columns)
    if found.fault:
        cell = cell_name(table.number, found.at + 1) if found.at else ""
        file.problem(*found.fault, table.number, sheet=table.sheet, cell=cell)
        return None
    table = _in_our_words(table, found)
    sheet = _Sheet(file, table, names)
    rows = [row for row in table.rows if sheet.has_figure(*row)]
    sheet.report()
    return replace(table, rows=rows), found


def _in_our_words(table: SheetTable, found: Headings) -> SheetTable:
    pairs = zip(found.columns, table.header, strict=False)
    header = [column or written(heading) for column, heading in pairs]
    unread = [n for n, name in enumerate(header, start=1) if name and not found.columns[n - 1]]
    return replace(
        table,
        header=header,
        headings=tuple(map(written, table.header)),
        unread=frozenset(unread),
    )


class _Sheet:
    """The rows of a return in turn: which have a figure, and which are texts or totals."""

    def __init__(self, file: SourceFile, table: SheetTable, names: Names):
        self.file, self.table, self.names = file, table, names
        self.places = {name: n for n, name in enumerate(table.columns) if n + 1 not in table.unread}
        self.figures = [self.places[name] for name in FIGURES if name in self.places]
        self.calendar: Calendar = file.framework.calendar
        self.texts = [*table.above]
        self.sums: Numbers = [0] * len(self.figures)  # of the rows with a figure
        self.part = [*self.sums]  # of those since the last total
        self.any = False

    def has_figure(self, number: int, cells: list) -> bool:
        """Whether the row is to be read; a total is compared with the rows above it."""
        if columns(cells) == columns(list(self.table.headings)):
            return False  # the headings again, as at the top of a printed page
        if headings.is_header(columns(cells)):
            mistake, cure = "a second table starts here", "put it in a file of its own"
            self.file.problem(mistake, cure, number, sheet=self.table.sheet)
        elif self._is_text(cells):
            self.texts.append((number, cells))
        elif self.any and self._is_total(cells):
            self._check_total(number, cells)
        else:
            numbers, self.any = self._numbers(cells), True
            self.sums, self.part = _added(self.sums, numbers), _added(self.part, numbers)
            return True
        return False

    def report(self) -> None:
        """Name the columns and texts that are not read."""
        table = self.table
        names = [shown(table.header[place - 1]) for place in sorted(table.unread)]
        if names:
            first = cell_name(table.number, min(table.unread))
            self._unread("the columns are not read", names, table.number, first)
        if self.texts:
            number, cells = self.texts[0]
            place = next(n for n, cell in enumerate(cells, start=1) if written(cell))
            texts = [shown(" ".join(filter(None, map(written, row)))) for _, row in self.texts]
            self._unread("the texts are not read", texts, number, cell_name(number, place))

    def _unread(self, what: str, names: list[str], row: int, cell: str) -> None:
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        what = f"{what}: {', '.join(names[:NAMED])}{more}"
        self.file.unread(what, row, self.table.sheet, cell)

    def _cell(self, cells: list, column: str) -> str:
        return text_at(cells, self.places.get(column))

    def _numbers(self, cells: list) -> Numbers:
        """The number in each column of figures; None where there is none."""
        read = [reading(cell_at(cells, n)) for n in self.figures]
        return [each and each.number for each in read]

    def _is_text(self, cells: list) -> bool:
        """Whether a row is a note, a source, a heading of a section or who filled in the return."""
        filled = [cell for cell in cells if written(cell)]
        if any(map(spreadsheet_error, filled)):
            return False
        key, period = self._cell(cells, "indicator"), self._cell(cells, "period")
        if self.names.key(key):
            return False
        if NOTE.match(written(filled[0])) and set(self._numbers(cells)) == {None}:
            return True
        if self.calendar.kinds(period):
            return False
        alone = len(filled) == 1 and reading(filled[0]) is None
        return alone or not any(text_at(cells, n) for n in self.figures)

    def _is_total(self, cells: list) -> bool:
        key, period = self._cell(cells, "indicator"), self._cell(cells, "period")
        return not self.names.key(key) and (plain(key) in TOTALS or plain(period) in TOTALS)

    def _check_total(self, number: int, cells: list) -> None:
        """Compare a total with the sum of the rows above it, all or those since the last total."""
        totals, part = self._numbers(cells), self.part
        self.part = [0] * len(self.figures)
        cell = cell_name(number, self.figures[0] + 1)
        place = (number, self.table.sheet, cell)
        if _agree(totals, self.sums) or _agree(totals, part):
            self.file.unread(f"the total {_said(totals)} is left out", *place)
        elif None in self.sums:
            what = f"the total {_said(totals)} is not read, and not checked: a figure has no number"
            self.file.unread(what, *place)
        else:
            sums = _said(self.sums)
            mistake = f"the total is {_said(totals)}, but the rows above add up to {sums}"
            cure = "correct a row or the total, or remove the total"
            heading = self.table.headings[self.figures[0]]
            self.file.problem(mistake, cure, number, heading, self.table.sheet, cell)


def _added(sums: Numbers, numbers: Numbers) -> Numbers:
    """The sum of each column, with another row; None where a row has no number."""
    pairs = zip(sums, numbers, strict=True)
    return [None if None in pair else sum(pair) for pair in pairs]


def _agree(totals: Numbers, sums: Numbers) -> bool:
    pairs = zip(totals, sums, strict=True)
    return all(None not in pair and math.isclose(*pair) for pair in pairs)


def _said(numbers: Numbers) -> str:
    return " and ".join("unknown" if n is None else f"{n:,}" for n in numbers)
