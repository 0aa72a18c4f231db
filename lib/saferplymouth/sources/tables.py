"""Reads the table in a file: the header first, without blank rows."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from saferplymouth.errors import Fault
from saferplymouth.sources import sheets, workbook
from saferplymouth.sources.cells import written
from saferplymouth.sources.problems import SourceFile, shown
from saferplymouth.sources.sheets import Sheet, TooLarge, Unreadable

LARGEST_FILE = 5_000_000  # bytes, of a text; sheets.py limits workbooks
MOST_ROWS = 20_000
LOOKED_AT = 60  # rows, to find the header
ERROR_CURE = "correct its formula, or type the right value"


@dataclass(frozen=True)
class SheetTable:
    """The header's cells, and each non-blank row with its number as a spreadsheet counts it; for a
    workbook, also the name of the `sheet`.

    `number` is the header's row, and `above` the texts over it. `headings` are the header's cells
    as they were where the header has been put in this program's words, and `unread` the places of
    columns that are not read, from 1.
    """

    header: list
    rows: list[tuple[int, list]]
    sheet: str = ""
    number: int = 1
    above: tuple[tuple[int, list], ...] = ()
    headings: tuple[str, ...] = ()
    unread: frozenset[int] = frozenset()

    @cached_property
    def columns(self) -> list[str]:
        """The header's names in lower case."""
        return columns(self.header)


def open_table(
    file: SourceFile,
    is_header: Callable[[list[str]], object],
    cure: str,
    beside: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> SheetTable | None:
    """The table in a file whose columns satisfy `is_header`; for a workbook, the one sheet that has
    them.

    Returns None if there is no such table, or more than one. The file's problems then say why, with
    `cure` for a wrong header. They also name the sheets that are not read, except those that belong
    `beside` a table with a certain column.
    """
    try:
        table, others = _read(file.path, is_header)
    except Unreadable as error:
        file.problem(error.mistake, error.cure, error.row)
        return None
    belong = {name for column in table.columns for name in beside.get(column, ())}
    for name in (name for name in others if name not in belong):
        file.unread("the sheet is not read", sheet=name)
    if is_header(table.columns):
        return table
    names = ", ".join(filter(None, table.columns))
    file.problem(f"the header is {shown(names)}", cure, table.number, sheet=table.sheet)
    return None


def _read(path: Path, is_header: Callable[[list[str]], object]) -> tuple[SheetTable, list[str]]:
    """The table, and the names of the sheets that are not read."""
    is_text = path.suffix.lower() in sheets.TEXTS and path.is_file()
    if is_text and path.stat().st_size > LARGEST_FILE:
        raise TooLarge
    filled = [sheet for sheet in sheets.sheets(path) if sheet.rows]
    if not filled:
        raise Unreadable("is empty", "fill it in, or leave the file out")
    sheet = _chosen(filled, is_header) if len(filled) > 1 else filled[0]
    if not sheet.visible:
        mistake = f"has its table on a hidden sheet: {shown(sheet.name)}"
        raise Unreadable(mistake, "unhide the sheet, or send it as CSV")
    if len(sheet.rows) > MOST_ROWS:
        raise TooLarge
    place = _place(sheet, is_header)
    if place is None:  # the first row that could have been meant
        wide = [n for n, (_, cells) in enumerate(sheet.rows) if len([*filter(written, cells)]) > 1]
        place = min(wide, default=0)
    number, header = sheet.rows[place]
    above, rows = sheet.rows[:place], sheet.rows[place + 1 :]
    if not rows:
        cure = "add the rows, or leave the file out"
        raise Unreadable("has a header and no rows", cure, row=number)
    table = SheetTable(header, rows, sheet.name, number, (*above,))
    return table, [other.name for other in filled if other is not sheet]


def columns(header: list) -> list[str]:
    """The names in a header, in lower case, without empty ones at its end."""
    names = [written(cell).lower() for cell in header]
    while names and not names[-1]:
        names.pop()
    return names


def spreadsheet_error(cell: object) -> Fault | None:
    """The mistake and cure for a cell with a spreadsheet error, such as #REF!."""
    if isinstance(cell, str) and workbook.ERROR.fullmatch(cell.strip()):
        return "is a spreadsheet error", ERROR_CURE
    return None


def _chosen(filled: list[Sheet], is_header: Callable[[list[str]], object]) -> Sheet:
    """The one of several sheets that has the table."""
    headed = [sheet for sheet in filled if _place(sheet, is_header) is not None]
    visible = [sheet for sheet in headed if sheet.visible]
    if len(visible) > 1:
        mistake = f"has the table on more than one sheet: {_names(visible)}"
        raise Unreadable(mistake, "keep one of them")
    if not headed:
        cure = "put the table on one sheet, with a header above it"
        raise Unreadable(f"has no sheet with the header, only {_names(filled)}", cure)
    return (visible or headed)[0]


def _place(sheet: Sheet, is_header: Callable[[list[str]], object]) -> int | None:
    """The place of the header among the sheet's rows."""
    rows = enumerate(sheet.rows[:LOOKED_AT])
    return next((place for place, (_, cells) in rows if is_header(columns(cells))), None)


def _names(filled: list[Sheet]) -> str:
    return ", ".join(shown(sheet.name) for sheet in filled[:9])
