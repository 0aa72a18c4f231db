"""Reads the table in a CSV, XLSX or ODS file: the header first, without blank rows."""

import csv
import importlib.util
import io
import marshal
import math
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from saferplymouth.errors import Fault
from saferplymouth.sources import workbook
from saferplymouth.sources.problems import Problem, SourceFile, shown

LARGEST_FILE = 5_000_000
LARGEST_WORKBOOK = 20_000_000  # packed; workbook.py limits the memory and time to read one
LARGEST_UNPACKED = workbook.LARGEST_UNPACKED
MOST_ROWS = workbook.MOST_ROWS
WHOLE = r"[0-9]{1,15}|[1-9][0-9]{0,2}(,[0-9]{3}){1,4}|[1-9][0-9]{0,2}( [0-9]{3}){1,4}"
NUMBER = re.compile(rf"-?({WHOLE})(\.[0-9]{{1,17}})?")
NO_WORKBOOK = "cannot be opened as a workbook"
SAVE_AGAIN = "open it in a spreadsheet and save it again without a password"
SAVE_AS_CSV = "save it as CSV UTF-8"
UNCLOSED = "look for a quotation mark that is never closed"
ERROR_CURE = "correct its formula, or type the right value"
CALM = {"creationflags": getattr(subprocess, "CREATE_NO_WINDOW", 0), "stdin": subprocess.DEVNULL}


class Unreadable(Exception):
    """The file contains no usable table; `mistake` and `cure` are for the person who sent it."""

    def __init__(self, mistake: str, cure: str, row: int | None = None):
        self.mistake, self.cure, self.row = mistake, cure, row
        super().__init__(mistake)


class TooLarge(Unreadable):
    """The file contains more than a return may."""

    def __init__(self, cure: str = "send one table of figures"):
        super().__init__("is too large to be a return", cure)


@dataclass(frozen=True)
class SheetTable:
    """The header's cells, and each non-blank row with its number as a spreadsheet counts it; for a
    workbook, also the name of the `sheet`.
    """

    header: list
    rows: list[tuple[int, list]]
    sheet: str = ""

    @cached_property
    def columns(self) -> list[str]:
        """The header's names in lower case."""
        return columns(self.header)


def open_table(
    file: SourceFile,
    is_header: Callable[[list[str]], object] = bool,
    cure: str = "",
    too_large: tuple[str, str] = (),
) -> SheetTable | None:
    """The table in a file whose columns satisfy `is_header`; for a workbook, the one sheet that has
    them.

    Returns None if there is no such table, or more than one. The file's problems then say why: with
    `cure` for a wrong header, and with `too_large` for a file that is too large.
    """
    try:
        table, others = _read(file.path, is_header)
    except Unreadable as error:
        mistake = (error.mistake, error.cure)
        if too_large and isinstance(error, TooLarge):
            mistake = too_large
        file.problem(*mistake, error.row)
        return None
    for name in others:
        unread = Problem(file.source, "the sheet is not read", "", sheet=name, stops=False)
        file.problems.append(unread)
    if is_header(table.columns):
        return table
    file.problem(f"the header is {shown(', '.join(table.columns))}", cure, 1, sheet=table.sheet)
    return None


def _read(path: Path, is_header: Callable[[list[str]], object]) -> tuple[SheetTable, list[str]]:
    """The table, and the names of the sheets that are not read."""
    kind = path.suffix.lower()
    if kind not in (".csv", ".xlsx", ".ods") or not path.is_file():
        raise Unreadable("is not in a known format", "send CSV, XLSX or ODS")
    if path.stat().st_size > (LARGEST_FILE if kind == ".csv" else LARGEST_WORKBOOK):
        raise TooLarge
    sheet, others, rows = "", [], []
    if kind == ".csv":
        rows = _csv(path)
    elif sheets := _sheets(path):
        sheet, rows = _chosen(sheets, is_header)
        others = [name for name, *_ in sheets if name != sheet]
    filled = []
    for number, cells in rows:
        if any(map(written, cells)):
            filled.append((number, cells))
        if len(filled) > MOST_ROWS:
            raise TooLarge
    if not filled:
        raise Unreadable("is empty", "fill it in, or leave the file out")
    if len(filled) == 1:
        cure = "add the rows, or leave the file out"
        raise Unreadable("has a header and no rows", cure, row=1)
    if filled[0][0] != 1:
        raise Unreadable("does not start with its header", "put the header in the first row", row=1)
    return SheetTable(filled[0][1], filled[1:], sheet), others


def columns(header: list) -> list[str]:
    """The names in a header, in lower case, without empty ones at its end."""
    names = [written(cell).lower() for cell in header]
    while names and not names[-1]:
        names.pop()
    return names


def written(cell: object) -> str:
    """A cell's text on one line; a spreadsheet's 2016.0 becomes 2016."""
    whole = isinstance(cell, float) and cell.is_integer()
    return "" if cell is None else " ".join(str(int(cell) if whole else cell).split())


def figure(cell: object, sign: str = "") -> float | int | None:
    """The number in a cell, if any, also from a text such as 1,805 or 1 805, with its `sign`, £ or
    %.

    A comma anywhere but between thousands could be a decimal point, so it is not accepted.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return cell if math.isfinite(cell) else None
    text = written(cell)
    text = (text.removeprefix("£") if sign == "£" else text.removesuffix(sign)).strip()
    if not NUMBER.fullmatch(text):
        return None
    digits = re.sub("[, ]", "", text)
    return float(digits) if "." in digits else int(digits)


def spreadsheet_error(cell: object) -> Fault | None:
    """The mistake and cure for a cell with a spreadsheet error, such as #REF!."""
    if isinstance(cell, str) and workbook.ERROR.fullmatch(cell.strip()):
        return "is a spreadsheet error", ERROR_CURE
    return None


def _csv(path: Path) -> Iterator[tuple[int, list]]:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise Unreadable("contains bytes that are not UTF-8", SAVE_AS_CSV, row=row) from None
    if "\0" in text:
        raise Unreadable("is not text", SAVE_AS_CSV)
    number = 0
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), strict=True):
            number += 1
            yield number, cells
    except csv.Error:
        raise Unreadable("stops being valid CSV", UNCLOSED, row=number + 1) from None


def _sheets(path: Path) -> list[workbook.Sheet]:
    """Every non-empty sheet of a workbook, read by a separate process."""
    calamine = Path(importlib.util.find_spec("python_calamine").origin).parents[1]
    command = [sys.executable, "-I", "-S", "-B", workbook.__file__, str(path), str(calamine)]
    too_much = TooLarge("copy the table into a new workbook and send that, or send it as CSV")
    try:
        read = subprocess.run(command, capture_output=True, timeout=3 * workbook.SECONDS, **CALM)
    except subprocess.TimeoutExpired:
        raise too_much from None
    if read.returncode == workbook.NO_WORKBOOK:
        raise Unreadable(NO_WORKBOOK, SAVE_AGAIN)
    if read.returncode:
        raise too_much
    return [sheet for sheet in marshal.loads(read.stdout) if sheet[3]]


def _chosen(
    sheets: list[workbook.Sheet], is_header: Callable[[list[str]], object]
) -> tuple[str, list]:
    """The name and rows of the sheet with the table."""
    headed = [sheet for sheet in sheets if is_header(columns(sheet[3][0][1]))]
    if not headed and len(sheets) == 1:
        headed = sheets
    visible = [sheet for sheet in headed if sheet[1]]
    if len(visible) > 1:
        mistake = f"has the table on more than one sheet: {_names(visible)}"
        raise Unreadable(mistake, "keep one of them")
    if headed and not visible:
        mistake = f"has its table on a hidden sheet: {_names(headed)}"
        raise Unreadable(mistake, "unhide the sheet, or send it as CSV")
    if not headed:
        cure = "put the table on one sheet, with its header in the first row"
        raise Unreadable(f"has no sheet that starts with the header, only {_names(sheets)}", cure)
    ((name, _, whole, rows),) = visible
    if not whole:
        raise TooLarge
    return name, rows


def _names(sheets: list[workbook.Sheet]) -> str:
    return ", ".join(shown(name) for name, *_ in sheets[:9])
