"""Finds a recipe's tables on the sheets of a file: each block of rows under its headings.

A source of text is the name of a column; `heading` (the headings over a figure, joined) or
`heading 1` (the first of several); `title` (the line above the headings); `sheet` or `file` (their
names); `cell A1`; or `column B`.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from operator import itemgetter

from saferplymouth.periods import Calendar
from saferplymouth.sources.cells import cell_at, reading, text_at, written
from saferplymouth.sources.recipes.labels import Labels, plain
from saferplymouth.sources.recipes.recipe import Table
from saferplymouth.sources.recipes.when import YEAR
from saferplymouth.sources.sheets import Sheet, cell_name
from saferplymouth.sources.workbook import column_number

PERIODS = "periods"  # as a header: the row with at least so many periods
FEWEST = 3
SAMPLE = 200  # rows looked at for columns that are empty
MOST_LOOKED_AT = 2_000  # rows in which a heading is known by its periods alone
ABOVE_A_TABLE = 4  # rows in which its title is looked for
HEADING = re.compile(r"heading(?: ([1-9]))?")
CELL = re.compile(r"cell ([A-Z]{1,3})([0-9]+)")
BETWEEN_WORDS = re.compile(r"(?<![0-9])[-.]+|[-.]+(?![0-9])")  # of a file's name
COLUMN = re.compile(r"column ([A-Z]{1,3})")
Text = Callable[[list, int], str]


class NoColumn(ValueError):
    """A source that a block does not have."""


class SeveralColumns(NoColumn):
    """A source that more than one column is."""


@dataclass(frozen=True)
class Block:
    """One table: its rows by number, and the columns (from 0) from `first` to `last`.

    `top` and `bottom` are the first and last row of its headings, `names` the row that names its
    columns.
    """

    sheet: Sheet
    file: str
    top: int
    names: int
    bottom: int
    first: int
    last: int
    rows: list[tuple[int, list]]

    def row(self, number: int) -> list:
        """The cells of a row of the sheet; none if it is blank."""
        at = bisect_left(self.sheet.rows, number, key=itemgetter(0))
        found = at < len(self.sheet.rows) and self.sheet.rows[at][0] == number
        return self.sheet.rows[at][1] if found else []

    @cached_property
    def columns(self) -> dict[str, int]:
        """The columns by their plain names; of two alike, the first."""
        cells = self.row(self.names)
        columns = range(self.first, min(self.last + 1, len(cells)))
        return {plain(written(cells[c])): c for c in reversed(columns) if written(cells[c])}

    def headings(self, labels: set[int]) -> dict[int, list[str]]:
        """The headings over each column but those of labels, from the top; a heading over several
        columns counts for each, and so does a year over labels.
        """
        over: dict[int, list[str]] = {}
        for number in range(self.top, self.bottom + 1):
            cells, before = self.row(number), ""
            for column in range(self.first, self.last + 1):
                own = text_at(cells, column)
                if column in labels:
                    before = own if YEAR.fullmatch(own) and number != self.bottom else before
                    continue
                before = own or ("" if number == self.bottom else before)
                over.setdefault(column, []).append(before)
        return over

    def without_heading(self, over: dict[int, list[str]]) -> tuple[int, int] | None:
        """A column with nothing above its heading, and one where a text stands above the same: what
        is above may have to start further left.
        """
        for level in range(len(next(iter(over.values()), [])) - 1):
            bare = {texts[-1]: c for c, texts in over.items() if texts[-1] and not texts[level]}
            for column, texts in over.items():
                if texts[level] and texts[-1] in bare:
                    return bare[texts[-1]], column
        return None

    @cached_property
    def title(self) -> str:
        """The nearest line of text above the headings."""
        end = bisect_left(self.sheet.rows, self.top, key=itemgetter(0))
        for _, cells in self.sheet.rows[max(end - ABOVE_A_TABLE, 0) : end][::-1]:
            filled = [text for cell in cells[self.first : self.last + 1] if (text := written(cell))]
            if len(filled) in (1, 2) and (reading(filled[0]) is None or YEAR.fullmatch(filled[0])):
                return filled[0]
        return ""

    def column(self, source: str) -> int | None:
        """The column that a source is the name of; None if it stands elsewhere."""
        if HEADING.fullmatch(source) or CELL.fullmatch(source):
            return None
        if letters := COLUMN.fullmatch(source):
            return column_number(letters[1]) - 1
        cells, known = self.row(self.names), Labels({0: [source]})
        columns = range(self.first, min(self.last + 1, len(cells)))
        found = [c for c in columns if plain(written(cells[c])) == plain(source)]
        if not found and source in ("title", "sheet", "file"):
            return None
        found = found or [c for c in columns if written(cells[c]) and known.of(written(cells[c]))]
        if len(found) != 1:
            raise SeveralColumns(source) if found else NoColumn(source)
        return found[0]

    def text(self, source: str, over: dict[int, list[str]]) -> Text:
        """What reads a source for a row's cells and the column of a figure; `NoColumn` if the block
        has no such column.
        """
        if heading := HEADING.fullmatch(source):
            if at := heading[1]:
                return lambda _, column: (over[column] + [""] * 9)[int(at) - 1]
            joined = {column: " ".join(filter(None, texts)) for column, texts in over.items()}
            return lambda _, column: joined[column]
        if cell := CELL.fullmatch(source):
            fixed = text_at(self.row(int(cell[2])), column_number(cell[1]) - 1)
            return lambda *_: fixed
        at = self.column(source)
        if at is not None:
            return lambda cells, _: text_at(cells, at)
        stem = self.file.rpartition("/")[2].rpartition(".")[0].replace("_", "-")
        file = " ".join(BETWEEN_WORDS.sub(" ", stem).split())
        fixed = {"title": self.title, "sheet": self.sheet.name, "file": file}[source]
        return lambda *_: fixed


def blocks(sheets: list[Sheet], table: Table, file: str, calendar: Calendar) -> Iterator[Block]:
    """Every block of a table in a file's visible sheets."""
    wanted = Labels({0: table.sheet}) if table.sheet else None
    for sheet in sheets:
        if sheet.visible and (wanted is None or wanted.of(sheet.name)):
            yield from _of_sheet(sheet, table, file, calendar)


def _of_sheet(sheet: Sheet, table: Table, file: str, calendar: Calendar) -> Iterator[Block]:
    header = _Header(table, calendar)
    looked_at = sheet.rows[:MOST_LOOKED_AT] if header.periods else sheet.rows
    starts = [place for place, (_, cells) in enumerate(looked_at) if header.is_in(cells)]
    ends = Labels({0: table.ends})
    for place, following in pairwise([*starts, len(sheet.rows)]):
        names = sheet.rows[place][0]
        top, bottom = names - table.above, names + table.below
        near = sheet.rows[max(place - table.above, 0) : place + 1 + table.below]
        heads = [cells for number, cells in near if top <= number]
        rows = [row for row in sheet.rows[place + 1 : following] if row[0] > bottom]
        for at, (_, cells) in enumerate(rows):
            ended = table.ends and ends.of(next(filter(None, map(written, cells)), ""))
            if ended or _alike(cells, heads[0]):
                rows = rows[:at]
                break
        body = [cells for _, cells in rows[:SAMPLE]]
        for first, last in _extents(sheet.rows[place][1], heads, body, table):
            yield Block(sheet, file, top, names, bottom, first, last, rows)


class _Header:
    """The texts by which a table's row of headings is known."""

    def __init__(self, table: Table, calendar: Calendar):
        self.texts = [Labels({0: [text]}) for text in table.header]
        self.periods, self.calendar = table.header == (PERIODS,), calendar
        self.known: dict[object, frozenset[int]] = {}

    def is_in(self, cells: list) -> bool:
        """Whether a row has them all, or enough periods."""
        if self.periods:
            return sum(1 for cell in cells if cell != "" and self._of(cell)) >= FEWEST
        found: set[int] = set()
        for cell in cells:
            if cell != "":
                found |= self._of(cell)
        return len(found) == len(self.texts)

    def _of(self, cell: object) -> frozenset[int]:
        """Which of the texts a cell has; of periods, whether it is one."""
        if cell not in self.known:
            text = written(cell)
            if self.periods:
                own = [0] if text and self.calendar.kinds(text) else []
            else:
                own = [n for n, labels in enumerate(self.texts) if text and labels.of(text)]
            self.known[cell] = frozenset(own)
        return self.known[cell]


def _alike(cells: list, headings: list) -> bool:
    """Whether a row has the same headings over its figures: it opens another table."""
    if len(cells) < FEWEST or written(cells[-1]) != written(headings[-1]):
        return False
    own, known = ([written(cell) for cell in row[1:]] for row in (cells, headings))
    return own == known and len([text for text in own if text]) >= FEWEST - 1


def _extents(
    names: list, heads: list[list], body: list[list], table: Table
) -> list[tuple[int, int]]:
    """The first and last column of each table with the header's texts; those beside each other are
    parted by an empty column, after which comes a label and not a figure.
    """
    rows = heads + body
    last = max(map(len, rows)) - 1
    filled = {column for cells in rows for column, cell in enumerate(cells) if written(cell)}
    wanted = set(map(plain, table.header))
    runs: list[list[int]] = [[]]
    for column in range(last + 1):
        if column in filled:
            runs[-1].append(column)
        elif runs[-1] and not _goes_on(body, column + 1):
            runs.append([])
    texts = [{plain(text_at(names, c)) for c in run} for run in runs]
    found = [
        (run[0], run[-1]) for run, own in zip(runs, texts, strict=True) if run and wanted <= own
    ]
    return found or [(0, last)]


def _goes_on(rows: list[list], column: int) -> bool:
    """Whether figures stand in a column, or in none: it is no label that opens another table."""
    cells = [cell for cells in rows if written(cell := cell_at(cells, column))]
    read = [reading(cell) for cell in cells]
    return 2 * len([r for r in read if r and r.number is not None]) >= len(cells)


def place(row: int, column: int) -> str:
    """A cell's name from its row and its column counted from 0."""
    return cell_name(row, column + 1)
