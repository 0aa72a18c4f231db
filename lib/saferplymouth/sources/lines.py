"""One row of a table, checked cell by cell, with every mistake reported at once."""

import datetime
from collections.abc import Callable, Collection

from saferplymouth import periods
from saferplymouth.errors import Fault, cell_fault, known_keys, name_fault
from saferplymouth.sources.cells import figure, written
from saferplymouth.sources.problems import SourceFile, shown
from saferplymouth.sources.sheets import cell_name
from saferplymouth.sources.tables import SheetTable, spreadsheet_error

LONGEST = 500
LARGEST = 10**11
EMPTY = ("the cell is empty", "fill it in, or remove the row")


class Line:
    """A row of a table: `cells` by column, "" if the row is short. Any mistake sets `good` to
    False.

    A spreadsheet error in a cell, such as #REF!, is reported once, and nothing else about that
    cell.
    """

    def __init__(self, file: SourceFile, table: SheetTable, row: tuple[int, list]):
        self.file, self.framework, self.sheet = file, file.framework, table.sheet
        self.good = True
        self.number, cells = row
        named = [(n, name) for n, name in enumerate(table.columns, start=1) if name]
        self.places = {name: n for n, name in named if n not in table.unread}
        self.headings = dict(zip(table.columns, table.headings, strict=False))
        self.cells = {
            name: cells[n - 1] if n <= len(cells) else "" for name, n in self.places.items()
        }
        self._errors: set[str] = set()
        for column, cell in self.cells.items():
            if error := spreadsheet_error(cell):
                self.problem(column, f"contains the error {written(cell)}", error[1])
                self._errors.add(column)
        headed = {*self.places.values(), *table.unread}
        for place, cell in enumerate(cells, start=1):
            if written(cell) and place not in headed:
                mistake = f"{shown(cell)} has no heading above it"
                cure = "add a heading or clear it; in CSV, put text with a comma in quotation marks"
                self.good = False
                name = cell_name(self.number, place)
                self.file.problem(mistake, cure, self.number, None, self.sheet, name)

    def problem(self, column: str, mistake: str, cure: str) -> None:
        self.good = False
        if column not in self._errors:
            place = self.places.get(column)
            name = cell_name(self.number, place) if place else ""
            heading = self.headings.get(column, column)
            self.file.problem(mistake, cure, self.number, heading, self.sheet, name)

    def check(self, column: str, text: str, finding: Fault | None) -> None:
        """Report the mistake in a text, if it has one."""
        if finding:
            self.problem(column, f"{shown(text)} {finding[0]}", finding[1])

    def check_once(self, column: str, key: tuple, seen: dict[tuple, "Line"], text: str) -> None:
        """Report a key that another row has too; `seen` records the line of each."""
        other = seen.setdefault(key, self)
        if other is not self:
            is_here = other.file.source == self.file.source
            place = "" if is_here else f"{other.file.source}, "
            cure = f"keep one; the other is in {place}row {other.number}"
            self.problem(column, f"{text} appears twice", cure)

    def written(self, column: str, required: bool = True) -> str:
        """A cell's text on one line."""
        text = written(self.cells.get(column))
        if required and not text:
            self.problem(column, *EMPTY)
        return text

    def text(self, column: str, required: bool = True) -> str:
        """A cell as one line of text that may be published."""
        text = self.written(column, required)
        if len(text) > LONGEST:
            self.problem(column, f"it has {len(text):,} characters", f"keep it to {LONGEST}")
        finding = cell_fault(text)
        if required and text and not any(map(str.isalnum, text)):
            finding = finding or ("has no letters or digits", EMPTY[1])
        self.check(column, text, finding)
        return text

    def statement(self, column: str, finding: Callable[[str], Fault | None] = name_fault) -> str:
        """A cell with a person's name, or another text that `finding` checks."""
        text = self.written(column)
        self.check(column, text, finding(text) if text else None)
        return text

    def choice(self, column: str, allowed: Collection[str], required: bool = True) -> str:
        """A text that must be one of `allowed`."""
        text = self.written(column, required)
        if text and text not in allowed:
            self.problem(column, f"{shown(text)} is not known", known_keys(text, allowed))
        return text

    def keys(self, column: str, known: Collection[str]) -> tuple[str, ...]:
        """Keys of the framework, separated by semicolons; empty if the cell is empty."""
        keys = [key.strip() for key in self.written(column, required=False).split(";")]
        keys = [key for key in keys if key]
        for key in dict.fromkeys(keys):
            if key not in known:
                mistake = f"{shown(key)} is not in the framework"
                self.problem(column, mistake, known_keys(key, known))
            elif keys.count(key) > 1:
                self.problem(column, f"{key} is here {keys.count(key)} times", "name it once")
        return tuple(keys)

    def pounds(self, column: str, required: bool = True) -> int | None:
        """A whole number of pounds; None if the cell is empty."""
        return self.whole(column, required, "write digits only, such as 110000", "£")

    def whole(self, column: str, required: bool, cure: str, sign: str = "") -> int | None:
        """A whole number of 0 or more, with or without its `sign`; None if the cell is empty."""
        text = self.written(column, required)
        number = figure(text, sign)
        if number is not None and number == int(number) and 0 <= number <= LARGEST:
            return int(number)
        if text:
            self.problem(column, f"{shown(text)} is not a whole number", cure)
        return None

    def date(self, column: str, required: bool = True) -> datetime.date | None:
        """A date; None if the cell is empty."""
        text = self.written(column, required)
        try:
            return periods.received_day(text) if text else None
        except ValueError:
            cure = "write the date as 2017-01-24, from 1900 to 2199"
            self.problem(column, f"{shown(text)} is not a date", cure)
            return None

    def period(self, column: str, read: Callable[[], object]):
        """The period that `read` returns; None if it is not valid, with the problem reported."""
        try:
            return read()
        except ValueError as error:
            mistake, _, cure = str(error).partition("; ")
            self.problem(column, mistake.replace("''", "the empty cell"), cure)
            return None

    def financial_year(self, column: str) -> str:
        """A financial year as data write it, such as 2017/18."""
        text, calendar = self.written(column), self.framework.calendar
        year = self.period(column, lambda: calendar.received(text, "year")) if text else None
        return calendar.label(year) if year is not None else ""
