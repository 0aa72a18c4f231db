"""The cells of a table in a file: CSV, XLSX or ODS, header first, blank rows left out."""

import csv
import io
import re
import zipfile
from pathlib import Path

from python_calamine import CalamineWorkbook

LARGEST_FILE = 5_000_000
LARGEST_UNPACKED = 50_000_000
MOST_ROWS = 20_000
MOST_CELLS = 1_000_000
CELL = re.compile(rb"""<c\s[^>]*?\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")


class Unreadable(Exception):
    """The file holds no table; `mistake` and `cure` are for the person who sent it."""

    def __init__(self, mistake: str, cure: str, row: int | None = None):
        self.mistake, self.cure, self.row = mistake, cure, row
        super().__init__(mistake)


class TooLarge(Unreadable):
    """The file holds more than a return may."""

    def __init__(self):
        super().__init__("is too large to be a return", "send one table of figures")


def read_table(path: Path) -> tuple[list, list[tuple[int, list]]]:
    """The header's cells, and each later row that holds anything with its number as a spreadsheet counts it."""
    readers = {".csv": _csv, ".xlsx": _workbook, ".ods": _workbook}
    if path.suffix.lower() not in readers or not path.is_file():
        raise Unreadable("is in no known format", "send CSV, XLSX or ODS")
    if path.stat().st_size > LARGEST_FILE:
        raise TooLarge
    rows = readers[path.suffix.lower()](path)
    filled = [(number, cells) for number, cells in rows if any(_text(c) for c in cells)]
    if not filled:
        raise Unreadable("is empty", "send the figures, or leave the file out when there are none")
    if len(filled) == 1:
        raise Unreadable("has a header and no figures", "send the figures, or leave the file out", row=1)
    if len(filled) > MOST_ROWS:
        raise TooLarge
    if filled[0][0] != 1:
        raise Unreadable("does not start with its header", "put the header in the first row", row=1)
    return filled[0][1], filled[1:]


def written(cell: object) -> str:
    """A cell as it was written, on one line: the number that a spreadsheet holds as 2016.0 is 2016."""
    whole = isinstance(cell, float) and cell.is_integer()
    return "" if cell is None else " ".join(str(int(cell) if whole else cell).split())


def _csv(path: Path) -> list[tuple[int, list]]:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise Unreadable("holds bytes that are not UTF-8", "save it as CSV UTF-8", row=row) from None
    if "\0" in text:
        raise Unreadable("is not text", "save it as CSV UTF-8")
    reader, rows = csv.reader(io.StringIO(text, newline=""), strict=True), []
    try:
        rows += enumerate(reader, start=1)
    except csv.Error:
        cure = "look for a quotation mark that is never closed"
        raise Unreadable("stops making sense as CSV", cure, row=len(rows) + 1) from None
    return rows


def _workbook(path: Path) -> list[tuple[int, list]]:
    broken = Unreadable(
        "cannot be opened as a workbook", "open it in a spreadsheet and save it again without a password"
    )
    try:
        if _too_large(path):
            raise TooLarge
        workbook = CalamineWorkbook.from_path(str(path))
        sheets = [workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in workbook.sheet_names]
    except (Unreadable, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # calamine's own panics derive from it, not from Exception
        raise broken from None
    filled = [rows for rows in sheets if any(_text(cell) for cells in rows for cell in cells)]
    if len(filled) > 1:
        raise Unreadable("holds more than one filled sheet", "send one table on one sheet")
    return list(enumerate(filled[0], start=1)) if filled else []


def _too_large(path: Path) -> bool:
    """Whether a workbook would fill the memory: for its size unpacked, or for one cell far from the others."""
    with zipfile.ZipFile(path) as packed:
        if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
            return True
        for name in packed.namelist():
            cells = CELL.findall(packed.read(name)) if name.startswith("xl/worksheets/") else []
            columns, rows = {column for column, _ in cells}, {int(row) for _, row in cells}
            widest = max((len(c), c) for c in columns)[1] if columns else b""
            width = sum((letter - 64) * 26**power for power, letter in enumerate(reversed(widest)))
            if width * max(rows, default=0) > MOST_CELLS:
                return True
    return False


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()
