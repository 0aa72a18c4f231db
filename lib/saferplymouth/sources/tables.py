"""The cells of a table in a file: CSV, XLSX or ODS, header first, blank rows left out."""

import csv
import importlib.util
import io
import marshal
import math
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from saferplymouth.sources import workbook
from saferplymouth.sources.problems import Problem, shown

LARGEST_FILE = 5_000_000
LARGEST_WORKBOOK = 20_000_000  # packed; what it takes to read one is bounded where it is read
LARGEST_UNPACKED = workbook.LARGEST_UNPACKED
MOST_ROWS = workbook.MOST_ROWS
NUMBER = re.compile(
    r"-?([0-9]{1,15}|[1-9][0-9]{0,2}(,[0-9]{3}){1,4}|[1-9][0-9]{0,2}( "
    r"[0-9]{3}){1,4})(\.[0-9]{1,17})?"
)
BROKEN = (
    "cannot be opened as a workbook",
    "open it in a spreadsheet and save it again without a password",
)
CALM = {"creationflags": getattr(subprocess, "CREATE_NO_WINDOW", 0), "stdin": subprocess.DEVNULL}


class Unreadable(Exception):
    """The file holds no table; `mistake` and `cure` are for the person who sent it."""

    def __init__(self, mistake: str, cure: str, row: int | None = None):
        self.mistake, self.cure, self.row = mistake, cure, row
        super().__init__(mistake)


class TooLarge(Unreadable):
    """The file holds more than a return may."""

    def __init__(self, cure: str = "send one table of figures"):
        super().__init__("is too large to be a return", cure)


@dataclass(frozen=True)
class Table:
    """The header's cells, and each later row that holds anything with its number as a spreadsheet
    counts it; of a workbook the name of the `sheet`, and those of the filled ones `beside` it.
    """

    header: list
    rows: list[tuple[int, list]]
    sheet: str = ""
    beside: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> list[str]:
        """The header's names in small letters."""
        return columns(self.header)


def read_table(path: Path, is_header: Callable[[list], object] = bool) -> Table:
    """The table in a file; of a workbook with several filled sheets, the one whose first row
    `is_header`.

    Raises `Unreadable` where there is none, or where it is not plain which is meant.
    """
    kind = path.suffix.lower()
    if kind not in (".csv", ".xlsx", ".ods") or not path.is_file():
        raise Unreadable("is in no known format", "send CSV, XLSX or ODS")
    if path.stat().st_size > (LARGEST_FILE if kind == ".csv" else LARGEST_WORKBOOK):
        raise TooLarge
    sheet, beside, rows = (
        ("", (), _csv(path)) if kind == ".csv" else _chosen(_sheets(path), is_header)
    )
    filled = []
    for number, cells in rows:
        if any(written(cell) for cell in cells):
            filled.append((number, cells))
        if len(filled) > MOST_ROWS:
            raise TooLarge
    if not filled:
        raise Unreadable("is empty", "send the figures, or leave the file out when there are none")
    if len(filled) == 1:
        raise Unreadable(
            "has a header and no figures", "send the figures, or leave the file out", row=1
        )
    if filled[0][0] != 1:
        raise Unreadable("does not start with its header", "put the header in the first row", row=1)
    return Table(filled[0][1], filled[1:], sheet, beside)


def columns(header: list) -> list[str]:
    """The names in a header, in small letters, without what is empty at its end."""
    names = [written(cell).lower() for cell in header]
    while names and not names[-1]:
        names.pop()
    return names


def written(cell: object) -> str:
    """A cell as it was written, on one line: the number that a spreadsheet holds as 2016.0 is
    2016.
    """
    whole = isinstance(cell, float) and cell.is_integer()
    return "" if cell is None else " ".join(str(int(cell) if whole else cell).split())


def figure(cell: object, sign: str = "") -> float | int | None:
    """The number in a cell, None where it holds none: of a text such as 1,805 or 1 805, and with
    its `sign`, £ or %.

    A comma anywhere else than between thousands may be a decimal point, so that it is no number.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return cell if math.isfinite(cell) else None
    text = written(cell)
    text = (text.removeprefix("£") if sign == "£" else text.removesuffix(sign)).strip()
    if not NUMBER.fullmatch(text):
        return None
    digits = re.sub("[, ]", "", text)
    return float(digits) if "." in digits else int(digits)


def spreadsheet_error(cell: object) -> tuple[str, str] | None:
    """What is wrong with a cell that holds an error of a spreadsheet, such as #REF!, and the cure;
    None otherwise.
    """
    found = isinstance(cell, str) and workbook.ERROR.fullmatch(cell.strip())
    return (
        ("is an error of a spreadsheet", "correct its formula, or write what should stand there")
        if found
        else None
    )


class Line:
    """One row of a table, checked cell by cell; every mistake is told at once, and makes it no
    `good`.

    `cells` are by column, and "" where the row is short. A cell with an error of the spreadsheet,
    such as #REF!, is told of here, and of nothing else.
    """

    def __init__(
        self,
        source: str,
        table: Table,
        row: tuple[int, list],
        problems: list[Problem],
        last: str = "",
    ):
        self.source, self.sheet, self.problems, self.good = source, table.sheet, problems, True
        self.number, cells = row
        self.cells = dict(zip(table.columns, [*cells, *[""] * len(table.columns)], strict=False))
        self._told: set[str] = set()
        for place, (column, cell) in enumerate(self.cells.items(), start=1):
            if wrong := spreadsheet_error(cell):
                self.problem(
                    column,
                    f"{_letters(place)}{self.number} holds the error {written(cell)}",
                    wrong[1],
                )
                self._told.add(column)
        if any(written(cell) for cell in cells[len(self.cells) :]):
            mistake, cure = (
                "the row has more cells than the header",
                "quote text that holds a comma",
            )
            self.problem(last or table.columns[-1], mistake, cure)

    def problem(self, column: str, mistake: str, cure: str) -> None:
        self.good = False
        if column not in self._told:
            self.problems.append(
                Problem(self.source, mistake, cure, self.number, column, self.sheet)
            )


def _letters(column: int) -> str:
    """C for 3, as a spreadsheet names its columns."""
    before, letter = divmod(column - 1, 26)
    return (_letters(before) if before else "") + chr(65 + letter)


def _csv(path: Path) -> Iterable[tuple[int, list]]:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            "holds bytes that are not UTF-8", "save it as CSV UTF-8", row=row
        ) from None
    if "\0" in text:
        raise Unreadable("is not text", "save it as CSV UTF-8")
    number = 0
    try:
        for number, cells in enumerate(
            csv.reader(io.StringIO(text, newline=""), strict=True), start=1
        ):
            yield number, cells
    except csv.Error:
        cure = "look for a quotation mark that is never closed"
        raise Unreadable("stops making sense as CSV", cure, row=number + 1) from None


def _sheets(path: Path) -> list[workbook.Sheet]:
    """Every sheet of a workbook that holds anything, read by a process of its own."""
    calamine = Path(importlib.util.find_spec("python_calamine").origin).parents[1]
    command = [sys.executable, "-I", "-S", "-B", workbook.__file__, str(path), str(calamine)]
    too_much = TooLarge("copy the table into a new workbook and send that, or send it as CSV")
    try:
        read = subprocess.run(command, capture_output=True, timeout=3 * workbook.SECONDS, **CALM)
    except subprocess.TimeoutExpired:
        raise too_much from None
    if read.returncode == workbook.NO_WORKBOOK:
        raise Unreadable(*BROKEN)
    if read.returncode:
        raise too_much
    return [sheet for sheet in marshal.loads(read.stdout) if sheet[3]]


def _chosen(
    sheets: list[workbook.Sheet], is_header: Callable[[list], object]
) -> tuple[str, tuple[str, ...], list]:
    """The name of the sheet that holds the table, the names of the others, and its rows."""
    if not sheets:
        return "", (), []
    headed = [sheet for sheet in sheets if is_header(sheet[3][0][1])] or sheets[: len(sheets) == 1]
    visible = [sheet for sheet in headed if sheet[1]]
    if len(visible) > 1:
        raise Unreadable(
            f"holds the table on more than one sheet: {_names(visible)}", "keep one of them"
        )
    if headed and not visible:
        raise Unreadable(
            f"holds its table on a hidden sheet: {_names(headed)}",
            "unhide the sheet, or send it as CSV",
        )
    if not headed:
        cure = "put the table on one sheet, with its header in the first row"
        raise Unreadable(f"holds no sheet that starts with the header, of {_names(sheets)}", cure)
    ((name, _, whole, rows),) = visible
    if not whole:
        raise TooLarge
    return name, tuple(sheet[0] for sheet in sheets if sheet[0] != name), rows


def _names(sheets: list[workbook.Sheet]) -> str:
    return ", ".join(shown(name) for name, *_ in sheets[:9])
