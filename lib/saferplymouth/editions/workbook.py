"""Turns an edition's CSVs into the sheets of a workbook, with every figure and every mark.

They follow the Government Analysis Function's guidance on statistics in spreadsheets: a cover,
contents and notes, then one table a sheet, from column A, without merged cells or empty rows. A
figure is a number, and where there is none stands its mark.
"""

import calendar
import csv
import io
import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path

from xlsxwriter.utility import xl_range

from saferplymouth.editions.foi import MARKS
from saferplymouth.indicators.words import capital, inner, listed, rate
from saferplymouth.pages import columns

CONTENTS, NOTES, BACK = "Contents", "Notes", "Back to Contents"
LONGEST_NAME, LONGEST_HEAD, WIDEST = 31, 200, 48  # characters
SPLIT = ("part", "of", "breakdown")  # a table has a sheet for each of these
UNITS = {"count": "number", "percent": "%", "points": "percentage points", "pounds": "£"}
UNITS |= {"rate": "per 1,000", "words": ""}
ABOVE = {"source": "; ", "received": " to "}  # said above a table, all of them or both ends
PLAIN = ("of", "part", "item", "areas", "indicators")  # columns that need no note
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.ASCII)
DAY = r"(\d{4})-(0[1-9]|1[0-2])(?:-(\d\d))?"
DATES = re.compile(rf"{DAY}(\.\.{DAY})?( less {DAY})*", re.ASCII)
NO_ROWS = "This table has no rows in this edition."
SENTENCE = re.compile(r"(?<=\.) (?=[A-Z])")

Cell = str | int | float
Row = dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """A sheet: its lines, the first of which is its title, and the heads and rows of its table, if
    it has one. In a `linked` one the first column names sheets.
    """

    name: str
    lines: Sequence[str]
    heads: Sequence[str] = ()
    rows: Sequence[tuple[Cell, ...]] = ()
    linked: bool = False

    @cached_property
    def widths(self) -> list[int]:
        """How many characters wide each column is."""
        texts = [[v if isinstance(v, str) else f"{v:,.0f}.00" for v in row] for row in self.rows]
        cells = [max(map(len, column)) for column in zip(*texts, strict=True)]
        words = [max(map(len, head.split())) for head in self.heads]
        wide = [max(8, word, min(n, WIDEST)) + 2 for n, word in zip(cells, words, strict=True)]
        return wide or [2 * WIDEST]

    @cached_property
    def figures(self) -> set[int]:
        """The columns of figures, and of marks in place of them, which stand to the right."""
        every = [*enumerate(zip(*self.rows, strict=True))][1:]
        texts = {n: {cell for cell in column if isinstance(cell, str)} for n, column in every}
        return {n for n, found in texts.items() if found <= MARKS.keys()}

    @property
    def span(self) -> str:
        """The cells of its table: `A5:C20`."""
        top = len(self.lines)
        return xl_range(top, 0, top + len(self.rows), len(self.heads) - 1)

    @property
    def laid_out(self) -> Iterator[list[tuple[Cell, str, str]]]:
        """The cells of each row: what stands there, its style, and the sheet it leads to."""
        title, *lines = self.lines
        yield [(title, "title", "")]
        for line in lines:
            style = "line" if self.heads else "words"
            yield [(line, "link", CONTENTS) if line == BACK else (line, style, "")]
        sides = ["mark" if n in self.figures else "after" for n in range(len(self.heads))]
        sides[:1] = ["words"]
        if self.rows:
            pairs = zip(self.heads, sides, strict=True)
            yield [(head, f"{side}-head", "") for head, side in pairs]
        for row in self.rows:
            yield [self._laid_out(cell, side) for cell, side in zip(row, sides, strict=True)]

    def _laid_out(self, cell: Cell, side: str) -> tuple[Cell, str, str]:
        if not isinstance(cell, str):
            return cell, f"n{places(cell)}", ""
        linked = self.linked and side == "words"
        return (cell, "link", cell) if linked else (cell, side, "")

    def tall(self, texts: Sequence[Cell]) -> int:
        """How many lines tall a row is."""
        pairs = zip(texts, self.widths, strict=False)
        return max(len(textwrap.wrap(t, n)) if isinstance(t, str) else 1 for t, n in pairs)


def sheets(
    tables: Mapping[str, bytes], top: Mapping, titles: Mapping, terms: Mapping, day: str
) -> list[Sheet]:
    """The sheets of an edition, from its CSVs by path.

    `top` is what its pages are made with, `titles` are those of its pages and `terms` what is said
    of its indicators (`foi.definitions`), by key; `day` is when it was published, in words.
    """
    indicators = {key: dict(pairs) for key, pairs in terms.items()}
    names = {**titles, **{key: its["name"] for key, its in indicators.items()}, "total": "Total"}
    taken, made, notes = {"cover", CONTENTS.lower(), NOTES.lower(), "history"}, [], {**MARKS}
    edition = f"{top['partnership']}, {top['month']} ({top['status'].lower()})"
    for path, content in tables.items():
        key = Path(path).stem
        title, its = names.get(key, _head(key)), indicators.get(key, {})
        header, *cells = [*csv.reader(io.StringIO(content.decode()))] or [[]]
        rows = [dict.fromkeys(header, "") | dict(zip(header, row, strict=False)) for row in cells]
        for column, meaning in columns.meanings(key, header).items():
            if column not in PLAIN and f"{column}: {meaning}" not in columns.EVERY:
                notes[f"{_head(column)} ({title})"] = capital(meaning)
        parts: dict[str, list[Row]] = {} if rows else {"": []}
        column = next((name for name in SPLIT if name in header), "")
        for row in rows:
            parts.setdefault(row.pop(column, ""), []).append(row)
        for part, some in parts.items():
            groups = {at: words for at, words in its.items() if at.startswith(f"{part}: ")}
            by = next(iter(groups.values()), part).partition(": ")[0]
            about = f"{title} by {inner(by)}" if part else title
            own = {at.partition(": ")[2]: words.partition(": ")[2] for at, words in groups.items()}
            known = {"areas": titles, "unit": UNITS, "group": names | own, "": names}
            said, table = _columns(some, known, by) if some else ([NO_ROWS], {})
            told = [its[name] for name in ("definition", "caveat") if its.get(name)]
            sentences = [sentence for text in told for sentence in SENTENCE.split(text)]
            name = _unique(re.sub(r"\W+", "_", f"{key} {part}".strip()), taken, LONGEST_NAME)
            made.append((about, _sheet(name, [f"{about}, {edition}", *sentences, *said], table)))
    return [*_front(made, top, notes, day), *(each for _, each in made)]


def _front(made: Sequence[tuple[str, Sheet]], top: Mapping, notes: Mapping, day: str):
    """The cover, the contents and the notes."""
    corrections = [f"Corrected on {c['date']}: {c['reason']}" for c in top["corrections"]]
    lines = [
        f"{top['partnership']}: tables of the edition for {top['month']}",
        f"Published by {top['partnership']} on {day}. Status: {top['status'].lower()}.",
        *corrections,
        f"The {len(made)} tables have the figures of the edition’s pages. The sheet {CONTENTS} "
        f"lists them, and the sheet {NOTES} says what marks such as [x] mean.",
        "Figures are in full; their cells show them rounded. A column of words may have empty "
        "cells, where there is nothing to say.",
        f"Contact: {top['contact']}.",
        f"Sources and licence: {top['licence']}",
    ]
    listing = [(NOTES, "What the marks and columns mean")]
    listing += [(each.name, about) for about, each in made]
    meanings = [(name, capital(meaning)) for name, meaning in notes.items()]
    return [
        Sheet("Cover", lines),
        Sheet(CONTENTS, [CONTENTS], ("Sheet", "Table"), listing, linked=True),
        Sheet(NOTES, [NOTES, BACK], ("Mark or column", "Meaning"), meanings),
    ]


def _sheet(name: str, lines: list[str], table: Mapping[str, list[Cell]]) -> Sheet:
    rows, taken = [*zip(*table.values(), strict=True)], set()
    used = {cell for row in rows for cell in row if isinstance(cell, str)}
    if marks := ", ".join(mark for mark in MARKS if mark in used):
        lines.append(f"Marks in this table: {marks}. The sheet {NOTES} explains them.")
    return Sheet(name, [*lines, BACK], [_unique(h, taken, LONGEST_HEAD) for h in table], rows)


def _columns(rows: list[Row], names: Mapping, by: str) -> tuple[list[str], dict[str, list[Cell]]]:
    """What a table's constant columns say, and the others: its measures side by side, in as many
    rows as each has of the same keys.
    """
    every = list(rows[0])
    if "measure" not in every:
        return [], _as_they_are(rows, names)
    keys = [*every[: every.index("measure")], *(name for name in ("group",) if name in every)]
    met, placed = Counter(), {}
    for row in rows:
        own = (*(row[key] for key in keys), row["measure"])
        met[own] += 1
        placed.setdefault((*own[:-1], met[own]), {})[row["measure"]] = row
    measures = dict.fromkeys(row["measure"] for row in rows if row["measure"])
    cells = {each: [found.get(each, {}) for found in placed.values()] for each in measures}
    said, table, after, units = [], {}, {}, dict.fromkeys(measures, "")
    for name, column in zip(keys, zip(*placed, strict=True), strict=False):
        if any(column) and not (name == "indicator" and len(set(column)) == 1):
            head = by if name == "group" else _head(name)
            table[head] = [_words(text, names, name) for text in column]
    for name in [name for name in every if name not in (*keys, "measure", "value", "shorthand")]:
        if name in ABOVE:
            said += _above(name, rows, names)
            continue
        for n, (of, column) in enumerate(_alike(cells, name)):
            values = {*column} - {""}
            head = f"{_head(name)} of {listed(of)}" if n else _head(name)
            if name == "unit" and len(values) < 2:
                units |= dict.fromkeys(of, "".join(values))
            elif len({*column}) > 1 or (values and not (table or n)):
                blank = "[x]" if name == "period" else ""
                words = [_words(text or blank, names, name) for text in column]
                (after if n else table)[head] = words
            elif values and not all(column[0] in measure for measure in of):
                said.append(f"{head}: {_words(column[0], names, name)}")
    for measure, found in cells.items():
        table[_with_unit(measure, units[measure])] = [_figure(row, names) for row in found]
        marks = [row.get("shorthand", "") if row.get("value") else "" for row in found]
        table |= {f"Mark of {measure}": marks} if any(marks) else {}
    return said, table | after


def _above(name: str, rows: list[Row], names: Mapping) -> list[str]:
    """What a line above a table says of a column of its figures; none where it says nothing."""
    known = {row[name] for row in rows if row.get("value")} or {row[name] for row in rows}
    found, between = sorted(known - {""}), ABOVE[name]
    ends = found if between == "; " else dict.fromkeys((*found[:1], *found[-1:]))
    return [f"{_head(name)}: {between.join(_words(e, names) for e in ends)}"] if found else []


def _alike(cells: Mapping[str, list[Row]], name: str) -> list[tuple[list[str], list[str]]]:
    """The measures whose rows say the same of a column, or nothing, and what they say."""
    groups: list[tuple[list[str], list[str]]] = []
    for measure, rows in cells.items():
        column = [row.get(name, "") for row in rows]
        for of, other in groups:
            pairs = list(zip(column, other, strict=True))
            if all(a == b or not (a and b) for a, b in pairs):
                of.append(measure)
                other[:] = [a or b for a, b in pairs]
                break
        else:
            groups.append(([measure], column))
    return groups


def _as_they_are(rows: list[Row], names: Mapping) -> dict[str, list[Cell]]:
    """The columns of a table without measures; a row's mark stands where it has no figure."""
    every, table = list(rows[0]), {}
    before = every[: every.index("shorthand")] if "shorthand" in every else []
    for name in every:
        texts = [row[name] or row.get("shorthand", "") * (name in before) for row in rows]
        filled = {*texts} - {"", *MARKS}
        if filled and not name.endswith("year") and all(map(NUMBER.fullmatch, filled)):
            texts = [text or "[z]" for text in texts]
            table[_head(name)] = [_figure({"value": text}, names) for text in texts]
        elif name != "shorthand":
            table[_head(name)] = [_words(text, names, name) for text in texts]
    beside = [row["shorthand"] if all(row[n] for n in before) else "" for row in rows if before]
    return table | ({"Mark": beside} if any(beside) else {})


def _figure(row: Row, names: Mapping) -> Cell:
    """A number, the mark or words in its place, or `[z]` where a table has no such row."""
    text = (row.get("value") or row.get("shorthand", "")) if row else "[z]"
    if not NUMBER.fullmatch(text):
        return _words(text, names)
    return int(text) if text.lstrip("-").isdecimal() else float(text)


def _words(text: str, names: Mapping[str, Mapping], column: str = "") -> str:
    """A key as its name in that column, keys as names, and months or a day in words."""
    if DATES.fullmatch(text):
        return re.sub(DAY, _day, text).replace("..", " to ").replace(" less", ", less")
    keys, known = text.split(";"), names.get(column, names[""])
    return "; ".join(known[key] for key in keys) if all(key in known for key in keys) else text


def _day(found: re.Match) -> str:
    day = f"{int(found[3])} " if found[3] else ""
    return f"{day}{calendar.month_name[int(found[2])]} {found[1]}"


def _head(name: str) -> str:
    return capital(name.replace("_", " "))


def _with_unit(measure: str, unit: str) -> str:
    unit = UNITS.get(unit, unit.removeprefix("rate "))
    return capital(measure) if unit in measure.lower() else f"{capital(measure)} ({unit})"


def _unique(text: str, taken: set[str], longest: int) -> str:
    """The text, cut to so many characters, and numbered if another is the same."""
    ends = (f" {n}" if n > 1 else "" for n in count(1))
    name = next(
        name for end in ends if (name := text[: longest - len(end)] + end).lower() not in taken
    )
    taken.add(name.lower())
    return name


def places(value: int | float) -> int:
    """How many decimals a figure shows: a whole number none, another as many as on a page."""
    return 0 if value % 1 == 0 else len(rate(value).partition(".")[2])
