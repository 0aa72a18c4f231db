"""Finds the tables on a sheet nobody has described yet: headings, labels and figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from saferplymouth.periods import Calendar
from saferplymouth.sources.cells import cell_at, reading, text_at, written
from saferplymouth.sources.recipes.when import month_of_day
from saferplymouth.sources.sheets import Sheet, column_name

MOST_HEADINGS = 3  # rows
FIRST_ROWS = 10  # in which a table of cases has its headings
MOSTLY = 0.5  # of a column's cells
TEXT, PERIOD, FIGURE = "text", "period", "figure"


@dataclass(frozen=True)
class Outline:
    """A table: the row that names its columns (`names`), the rows of headings `above` and `below`
    it, and the columns (from 0) of labels by name and of figures. Where each row is a case, `days`
    is the label of its day.
    """

    sheet: Sheet
    names: int
    above: int
    below: int
    labels: dict[str, int]
    figures: tuple[int, ...]
    rows: tuple[tuple[int, list], ...]
    days: str = ""

    @cached_property
    def header(self) -> list:
        """The cells of the row that names the columns."""
        return next(cells for number, cells in self.sheet.rows if number == self.names)

    def name(self, column: int) -> str:
        """What a column is named there."""
        return text_at(self.header, column)


@lru_cache(maxsize=50_000)
def kind(cell: object, calendar: Calendar) -> str:
    """What a cell holds: a figure (or a mark in its place), a period, another text, or nothing."""
    text = written(cell)
    if not text:
        return ""
    if calendar.kinds(text):
        return PERIOD
    read = reading(cell)
    return TEXT if read is None or (read.number is None and not read.status) else FIGURE


def outlines(sheet: Sheet, calendar: Calendar) -> Iterator[Outline]:
    """Every table of a sheet."""
    kinds = [[kind(cell, calendar) for cell in cells] for _, cells in sheet.rows]
    starts: list[int] = []
    for at in range(1, len(kinds)):
        if _opens(kinds, at) and (not starts or _apart(sheet, starts[-1], at)):
            starts.append(at)
    for at, end in pairwise([*starts, len(kinds)]):
        first = at - 1
        opens = kinds[at].index(FIGURE)
        while at - first < MOST_HEADINGS and first and _is_heading(sheet, kinds, first - 1, opens):
            first -= 1
        for columns in _side_by_side(kinds, first, at, end):
            if outline := _outline(sheet, kinds, (first, at, end), columns):
                yield outline


def _apart(sheet: Sheet, before: int, at: int) -> bool:
    """Whether an empty row parts a table from the one before: a row without figures does not."""
    numbers = [number for number, _ in sheet.rows[max(before, at - MOST_HEADINGS - 1) : at + 1]]
    return any(after - number > 1 for number, after in pairwise(numbers))


def cases(sheet: Sheet) -> Outline | None:
    """A table in which each row is a case with its day; None if the sheet is none."""
    for at, (number, cells) in enumerate(sheet.rows[:FIRST_ROWS]):
        names = {written(cell): n for n, cell in enumerate(cells) if written(cell)}
        rows = sheet.rows[at + 1 :]
        for name, n in names.items() if len(names) > 1 else ():
            days = [text for _, c in rows if (text := text_at(c, n))]
            dated = len(days) > MOSTLY * len(rows) and all(map(month_of_day, days))
            width = max((len(cells) for _, cells in rows), default=0)
            if dated and not any(_counts(rows, column) for column in range(width)):
                return Outline(sheet, number, 0, 0, names, (), tuple(rows), name)
    return None


def _counts(rows: list[tuple[int, list]], column: int) -> bool:
    """Whether a column is of whole numbers."""
    read = [reading(cell_at(cells, column)) for _, cells in rows]
    whole = [r for r in read if r and r.number is not None and r.number == int(r.number)]
    return len(whole) > MOSTLY * len(rows)


def _opens(kinds: list[list[str]], at: int) -> bool:
    """Whether the first row of figures stands here, under a row of headings."""
    if FIGURE in kinds[at - 1]:
        return False
    above: set[int] = set()
    for row in reversed(kinds[max(at - MOST_HEADINGS, 0) : at]):
        if FIGURE in row:
            break
        above |= {n for n, found in enumerate(row) if found}
    figures = {n for n, found in enumerate(kinds[at]) if found == FIGURE}
    return len(above) > 1 and bool(above & figures)


def _is_heading(sheet: Sheet, kinds: list[list[str]], at: int, opens: int) -> bool:
    """Whether a row stands right over the next one, with headings from the first figure on."""
    adjacent = sheet.rows[at][0] + 1 == sheet.rows[at + 1][0]
    filled = [column for column, found in enumerate(kinds[at]) if found and column]
    headed = len(filled) > 1 or filled[:1] <= [opens]
    return adjacent and FIGURE not in kinds[at] and bool(filled) and headed


def _side_by_side(kinds: list[list[str]], first: int, at: int, end: int) -> list[list[int]]:
    """The columns of each table of those that stand beside each other, parted by empty columns; one
    if a part has no labels or no figures of its own.
    """
    width = max(map(len, kinds[first:end]))
    filled = [any(n < len(row) and row[n] for row in kinds[first:end]) for n in range(width)]
    runs: list[list[int]] = [[]]
    for n in range(width):
        if filled[n]:
            runs[-1].append(n)
        elif runs[-1]:
            runs.append([])
    runs = [run for run in runs if run]
    for run in runs:
        found = {row[n] for row in kinds[at:end] for n in run if n < len(row)}
        opening = [row[run[0]] for row in kinds[at:end] if run[0] < len(row) and row[run[0]]]
        labelled = opening.count(FIGURE) <= MOSTLY * len(opening)
        if FIGURE not in found or not found & {TEXT, PERIOD} or not labelled:
            return [[*range(width)]]
    return runs


def _outline(
    sheet: Sheet, kinds: list[list[str]], rows: tuple[int, int, int], among: list[int]
) -> Outline | None:
    first, at, end = rows
    columns = {n: [row[n] for row in kinds[at:end] if n < len(row) and row[n]] for n in among}
    figures = [n for n, found in columns.items() if found.count(FIGURE) > MOSTLY * len(found)]
    texts = [n for n, found in columns.items() if found and n not in figures]
    texts = [n for n in texts if any(map(str.isalnum, "".join(_texts(sheet, n, at, end))))]
    if not figures:
        return None
    figures = [n for n in figures if not _is_part_of_year(sheet, n, (first, at, end))] or figures
    texts = [n for n in columns if columns[n] and n not in figures]
    texts = [n for n in texts if n < figures[0] or len(columns[n]) >= MOSTLY * (end - at)]
    heads = range(first, at)
    labelled = [h for h in heads if any(_text(sheet, h, n) for n in texts[:1])]
    names = labelled[-1] if labelled else at - 1
    labels = {}
    for n in texts:
        name = _text(sheet, names, n)
        labels.setdefault(name or f"column {column_name(n + 1)}", n)
    above, below = names - first, at - 1 - names
    body = tuple(sheet.rows[at:end])
    return Outline(sheet, sheet.rows[names][0], above, below, labels, tuple(figures), body)


def _is_part_of_year(sheet: Sheet, column: int, rows: tuple[int, int, int]) -> bool:
    """Whether a column's numbers are those of quarters."""
    first, at, end = rows
    named = " ".join(_text(sheet, row, column) for row in range(first, at)).casefold()
    given = {*_texts(sheet, column, at, end)} - {""}
    return "quarter" in named and given <= {"1", "2", "3", "4"}


def _texts(sheet: Sheet, column: int, at: int, end: int) -> list[str]:
    return [_text(sheet, row, column) for row in range(at, end)]


def _text(sheet: Sheet, at: int, column: int) -> str:
    return text_at(sheet.rows[at][1], column)
