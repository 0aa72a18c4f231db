"""What a cell says as people write it: a text, a number, or a mark in place of one."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from saferplymouth.sources.statuses import ABSENT, HIDDEN, PROVISIONAL, REVISED, UNRELIABLE

WHOLE = r"[0-9]{1,15}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4}|[1-9][0-9]{0,2}(?: [0-9]{3}){1,4}"
NUMBER = re.compile(rf"(£?) ?(-?(?:{WHOLE})(?:\.[0-9]{{1,17}})?) ?(%?)")
MARKED = re.compile(r"(.*[0-9%]) ?(\[[a-z]+\]|\([a-z]+\)|[a-z]+)")
BELOW = re.compile(r"(?:<|less than|fewer than|under) ?[0-9]{1,3}")
MARKS = {
    **dict.fromkeys(("[c]", "(c)", "*", "suppressed", "[suppressed]", "confidential"), HIDDEN),
    **dict.fromkeys(("[x]", "(x)", "..", "…", ":", "n/a", "na", "n.a.", "[n/a]", "[z]"), ABSENT),
    **dict.fromkeys(("not available", "not yet available", "not applicable"), ABSENT),
    **dict.fromkeys(("p", "(p)", "[p]", "provisional", "(provisional)"), PROVISIONAL),
    **dict.fromkeys(("r", "(r)", "[r]", "revised", "(revised)"), REVISED),
    **dict.fromkeys(("u", "(u)", "[u]"), UNRELIABLE),
}


@dataclass(frozen=True)
class Reading:
    """What a cell says: a `number`, with what its sender says of it as `status` (see
    `returns.Row`), and its `unit` where it is written ("", "%" or "£"). An empty cell has none of
    them; a number hidden behind a bound such as `<5` has only its status.
    """

    number: float | int | None
    status: str = ""
    unit: str = ""


def reading(cell: object, marks: Mapping[str, str] = MARKS) -> Reading | None:
    """What a cell says as a figure; None for anything else, and for what may be more than one
    number.

    A comma anywhere but between thousands could be a decimal point, so it is not accepted. Nor is
    `-`, which may mean none or not known.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return Reading(cell) if math.isfinite(cell) else None
    text = written(cell)
    lower = text.lower()
    if not text or marks.get(lower) in (HIDDEN, ABSENT):
        return Reading(None, marks.get(lower, ""))
    if BELOW.fullmatch(lower):
        return Reading(None, HIDDEN)
    status = ""
    if (marked := MARKED.fullmatch(lower)) and marked[2] in marks:
        text, status = marked[1].rstrip(), marks[marked[2]]
    number = NUMBER.fullmatch(text.replace("\N{MINUS SIGN}", "-", 1))
    if not number or status in (HIDDEN, ABSENT) or (number[1] and number[3]):
        return None
    digits = re.sub("[, ]", "", number[2])
    value = float(digits) if "." in digits else int(digits)
    return Reading(value, status, number[1] + number[3])


def figure(cell: object, sign: str = "") -> float | int | None:
    """The number in a cell without a mark, if any, also with its `sign`, £ or %."""
    read = reading(cell, {})
    return read.number if read and read.unit in ("", sign) else None


def cell_at(cells: list, column: int | None) -> object:
    """One of a row's cells, by its place from 0; "" past the row's end, and for no place."""
    return cells[column] if column is not None and column < len(cells) else ""


def text_at(cells: list, column: int | None) -> str:
    """The text of one of a row's cells."""
    return written(cell_at(cells, column))


def written(cell: object) -> str:
    """A cell's text on one line; a spreadsheet's 2016.0 becomes 2016."""
    whole = isinstance(cell, float) and cell.is_integer()
    return "" if cell is None else " ".join(str(int(cell) if whole else cell).split())
