"""Reads the cells of a file as people and spreadsheets save it: CSV and text, or a workbook."""

import csv
import importlib.util
import io
import marshal
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path

from saferplymouth.sources import workbook

TEXTS = (".csv", ".tsv", ".txt")
WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
FORMATS = "CSV, XLSX or ODS"
LARGEST = {**dict.fromkeys(TEXTS, 50_000_000), **dict.fromkeys(WORKBOOKS, 20_000_000)}  # bytes
MOST_ROWS = 200_000
MOST_CELLS = workbook.MOST_CELLS
BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
SEPARATORS = ",;\t"  # the first is taken where they fit equally well
LOOKED_AT = 500, 100_000  # rows and characters, to find the separator
STARTS = (b"PK\3\4", b"\xd0\xcf\x11\xe0", b"\x09\x08")  # of a workbook, whatever its name
NO_WORKBOOK = "cannot be opened as a workbook"
SAVE_AGAIN = "open it in a spreadsheet and save it again without a password"
SAVE_AS_CSV = "save it as CSV UTF-8"
UNCLOSED = "look for a quotation mark that is never closed"
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
class Sheet:
    """A sheet's non-blank rows, each with its number from 1 and its cells from column A: texts and
    numbers. A date is a text such as 2016-11-30, and a number shown as a percentage 88%.

    A text file is one sheet without a `name`.
    """

    name: str
    visible: bool
    rows: list[tuple[int, list]]


def sheets(
    path: Path, most_rows: int = MOST_ROWS, keep: Callable[[list], bool] | None = None
) -> list[Sheet]:
    """Every sheet of a file, with no more than `most_rows` rows with content each.

    Of a text file, only the rows that `keep` wants are kept: it is asked of each in order.
    Raises `Unreadable`, with mistake and cure, for a file that cannot be read or is too large.
    """
    kind = path.suffix.lower()
    if kind not in LARGEST or not path.is_file():
        raise Unreadable("is not in a known format", f"send {FORMATS}")
    if path.stat().st_size > LARGEST[kind]:
        raise TooLarge
    if _is_workbook(path, kind):
        return [Sheet(*sheet) for sheet in _workbook(path, most_rows)]
    rows, left = [], MOST_CELLS
    known: dict[str, str] = {}  # so that each text is kept once
    for number, cells in _records(_decoded(path.read_bytes())):
        if any(map(str.strip, cells)) and (keep is None or keep(cells)):
            rows.append((number, [known.setdefault(cell, cell) for cell in cells]))
            left -= len(cells)
        if len(rows) > most_rows or left < 0:
            raise TooLarge
    return [Sheet("", True, rows)]


def _is_workbook(path: Path, kind: str) -> bool:
    """Whether a file is a workbook. Some programs name a text .xls, and some people a workbook
    .csv.
    """
    with path.open("rb") as content:
        start = content.read(512).lstrip()
    is_named_so = kind in WORKBOOKS and (kind != ".xls" or start.startswith(b"<") or not start)
    return is_named_so or start.startswith(STARTS)


def cell_name(row: int, column: int) -> str:
    """A cell's name as a spreadsheet shows it: B7 for row 7 and column 2."""
    return f"{column_name(column)}{row}"


def column_name(column: int) -> str:
    """A column's letters as a spreadsheet shows them: B for 2."""
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


def _decoded(content: bytes) -> str:
    """The text in UTF-8, UTF-16 with its mark, or Windows-1252, in which digits are as in ASCII.

    A text that is UTF-8 but for a few bytes is damaged, so it is not taken for Windows-1252.
    """
    bom = next((bom for bom in BOMS if content.startswith(bom)), b"")
    try:
        text = content.decode(BOMS.get(bom, "utf-8"))
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        wrong = Unreadable("contains bytes that are not UTF-8", SAVE_AS_CSV, row=row)
        if bom or not content.decode(errors="ignore").isascii():
            raise wrong from None
        try:
            text = content.decode("windows-1252")
        except UnicodeDecodeError:
            raise wrong from None
    if "\0" in text:
        raise Unreadable("is not text", SAVE_AS_CSV)
    return text


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a text with separators, by number; raises `Unreadable` where it is not valid."""
    named = re.match(r"sep=([,;\t])\r?\n?", text)  # how Excel is told, and no row to it
    separator = named[1] if named else _separator(text)
    content = io.StringIO(text[named.end() :] if named else text, newline="")
    number = 0
    try:
        for cells in csv.reader(content, delimiter=separator, strict=True):
            number += 1
            yield number, cells
    except csv.Error:
        raise Unreadable("stops being valid CSV", UNCLOSED, row=number + 1) from None


def _separator(text: str) -> str:
    """The separator with the longest run of rows of equal width; of those, the widest."""
    return max(SEPARATORS, key=lambda separator: _fit(text, separator))


def _fit(text: str, separator: str) -> tuple[int, int]:
    """The longest run of non-blank rows with the same number of cells, over 1, and that number."""
    widths, (rows, characters) = [], LOOKED_AT
    start = io.StringIO(text[:characters], newline="")
    try:
        for cells in islice(csv.reader(start, delimiter=separator), rows):
            if any(map(str.strip, cells)):
                widths.append(len(cells))
    except csv.Error:
        pass
    runs = [(len(list(run)), width) for width, run in groupby(widths) if width > 1]
    return max(runs, default=(0, 0))


def _workbook(path: Path, most_rows: int) -> list[workbook.Sheet]:
    """Every sheet of a workbook, read by a separate process."""
    calamine = Path(importlib.util.find_spec("python_calamine").origin).parents[1]
    options = [workbook.__file__, str(path), str(calamine), str(most_rows)]
    command = [sys.executable, "-I", "-S", "-B", *options]
    too_much = TooLarge("copy the table into a new workbook and send that, or send it as CSV")
    try:
        read = subprocess.run(command, capture_output=True, timeout=3 * workbook.SECONDS, **CALM)
    except subprocess.TimeoutExpired:
        raise too_much from None
    if read.returncode == workbook.NO_WORKBOOK:
        raise Unreadable(NO_WORKBOOK, SAVE_AGAIN)
    if read.returncode:
        raise too_much
    return marshal.loads(read.stdout)
