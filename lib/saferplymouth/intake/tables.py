"""The cells of a table in a file: CSV, XLSX or ODS, header first, blank rows left out."""

import csv
import io
import zipfile
from pathlib import Path

from python_calamine import CalamineWorkbook

LARGEST_FILE = 5_000_000
LARGEST_UNPACKED = 100_000_000


class Unreadable(Exception):
    """The file holds no table; `mistake` and `cure` are for the person who sent it."""

    def __init__(self, mistake: str, cure: str, row: int | None = None):
        self.mistake, self.cure, self.row = mistake, cure, row
        super().__init__(mistake)


def read_table(path: Path) -> tuple[list, list[tuple[int, list]]]:
    """The header's cells, and each later row that holds anything with its number as a spreadsheet counts it."""
    readers = {".csv": _csv, ".xlsx": _workbook, ".ods": _workbook}
    if path.suffix.lower() not in readers or not path.is_file():
        raise Unreadable("is in no known format", "send CSV, XLSX or ODS")
    if path.stat().st_size > LARGEST_FILE:
        raise Unreadable("is too large to be a return", "send one table of figures")
    rows = readers[path.suffix.lower()](path)
    filled = [(number, cells) for number, cells in rows if any(_text(c) for c in cells)]
    if not filled:
        raise Unreadable("is empty", "send the figures, or leave the file out when there are none")
    if len(filled) == 1:
        raise Unreadable("has a header and no figures", "send the figures, or leave the file out", row=1)
    if filled[0][0] != 1:
        raise Unreadable("does not start with its header", "put the header in the first row", row=1)
    return filled[0][1], filled[1:]


def _csv(path: Path) -> list[tuple[int, list]]:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise Unreadable("holds bytes that are not UTF-8", "save it as CSV UTF-8", row=row) from None
    if "\0" in text:
        raise Unreadable("is not text", "save it as CSV UTF-8")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows = []
    try:
        rows = [(reader.line_num, cells) for cells in reader]
    except csv.Error:
        cure = "look for a quotation mark that is never closed"
        raise Unreadable("stops making sense as CSV", cure, row=max(reader.line_num, 1)) from None
    return rows


def _workbook(path: Path) -> list[tuple[int, list]]:
    broken = Unreadable(
        "cannot be opened as a workbook", "open it in a spreadsheet and save it again without a password"
    )
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
    except (zipfile.BadZipFile, OSError, ValueError):
        raise broken from None
    if unpacked > LARGEST_UNPACKED:
        raise Unreadable("is too large to be a return", "send one table of figures")
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        sheets = [workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in workbook.sheet_names]
    except BaseException as error:  # calamine's own panics derive from BaseException
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise broken from None
    filled = [rows for rows in sheets if any(_text(cell) for cells in rows for cell in cells)]
    if len(filled) > 1:
        raise Unreadable("holds more than one filled sheet", "send one table on one sheet")
    return list(enumerate(filled[0], start=1)) if filled else []


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()
