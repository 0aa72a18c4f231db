"""The board's papers: tables that people keep, one file each in `papers/` of a drop, every cell
checked.

`commissioning` is the ledger of needs and money, `strategic_assessment` the scores of issues,
`duties` what the terms of reference ask for. Each stands until a later drop brings another of the
same name.
"""

import datetime
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from saferplymouth import periods
from saferplymouth.errors import known_keys, unfit, unnamed
from saferplymouth.framework import Framework
from saferplymouth.sources.problems import Problem, shown, unread
from saferplymouth.sources.tables import Line, Unreadable, columns, figure, read_table, written

COMMISSIONING, ASSESSMENT, DUTIES = PAPERS = ("commissioning", "strategic_assessment", "duties")
LONGEST = 500
LARGEST = 10**11


@dataclass(frozen=True)
class Paper:
    """One paper as read: its `rows` (what each is depends on the paper), the `drop` it came in, its
    `source` there.
    """

    rows: tuple
    drop: str
    source: str


class PaperLine(Line):
    """One row of a paper, held against the framework."""

    def __init__(self, framework: Framework, *read):
        super().__init__(*read)
        self.framework = framework

    def text(self, column: str, required: bool = True) -> str:
        """A cell as one line of text that may be published."""
        text = self.written(column, required)
        if len(text) > LONGEST:
            self.problem(column, f"it holds {len(text):,} characters", f"keep it to {LONGEST}")
        if wrong := unfit(text):
            self.problem(column, f"{shown(text)} {wrong[0]}", wrong[1])
        elif required and text and not any(map(str.isalnum, text)):
            self.problem(column, f"{shown(text)} says nothing", "write it, or take the row out")
        return text

    def name(self, column: str) -> str:
        """The name of the person who stands for the row."""
        name = self.written(column)
        if name and (wrong := unnamed(name) or unfit(name)):
            self.problem(column, f"{shown(name)} {wrong[0]}", wrong[1])
        return name

    def written(self, column: str, required: bool = True) -> str:
        """A cell as it is written, on one line."""
        text = written(self.cells.get(column))
        if required and not text:
            self.problem(column, "there is nothing here", "write it, or take the row out")
        return text

    def choice(self, column: str, allowed: Collection[str], required: bool = True) -> str:
        """A text that must be one of a few."""
        text = self.written(column, required)
        if text and text not in allowed:
            self.problem(column, f"{shown(text)} is not known", known_keys(text, allowed))
        return text

    def keys(self, column: str, known: Collection[str]) -> tuple[str, ...]:
        """Keys of the framework, separated by semicolons; none where the cell is empty."""
        named = [
            key.strip() for key in self.written(column, required=False).split(";") if key.strip()
        ]
        for key in dict.fromkeys(named):
            if key not in known:
                self.problem(
                    column, f"{shown(key)} is not in the framework", known_keys(key, known)
                )
            elif named.count(key) > 1:
                self.problem(column, f"{key} is here {named.count(key)} times", "name it once")
        return tuple(named)

    def pounds(self, column: str, required: bool = True) -> int | None:
        """A whole number of pounds; None where the cell is empty."""
        return self.whole(column, required, "write digits only, such as 110000", "£")

    def whole(self, column: str, required: bool, cure: str, sign: str = "") -> int | None:
        """A whole number of 0 or more, with its `sign` or without; None where the cell is empty."""
        text = self.written(column, required)
        if not text:
            return None
        number = figure(text, sign)
        if number is None or number != int(number) or not 0 <= number <= LARGEST:
            self.problem(column, f"{shown(text)} is not a whole number", cure)
            return None
        return int(number)

    def date(self, column: str, required: bool = True) -> datetime.date | None:
        """A day, None where the cell is empty."""
        text = self.written(column, required)
        try:
            return periods.received_day(text) if text else None
        except ValueError:
            self.problem(
                column,
                f"{shown(text)} is not a date",
                "write the date as 2017-01-24, from 1900 to 2199",
            )
            return None

    def financial_year(self, column: str) -> str:
        """A financial year as data writes it, such as 2017/18."""
        text = self.written(column)
        try:
            return (
                self.framework.calendar.label(self.framework.calendar.received(text, "year"))
                if text
                else ""
            )
        except ValueError as error:
            mistake, _, cure = str(error).partition("; ")
            self.problem(column, mistake, cure)
            return ""


def lines(
    path: Path, source: str, wanted: Collection[str], framework: Framework, problems: list[Problem]
) -> Iterator[PaperLine]:
    """The rows of a paper, whose header must name the `wanted` columns in any order."""
    try:
        table = read_table(path, lambda header: sorted(columns(header)) == sorted(wanted))
    except Unreadable as error:
        problems.append(Problem(source, error.mistake, error.cure, row=error.row))
        return
    problems += unread(source, table.beside)
    if sorted(table.columns) != sorted(wanted):
        mistake = f"the header reads {shown(', '.join(table.columns))}"
        problems.append(
            Problem(source, mistake, f"write the columns {', '.join(wanted)}", 1, sheet=table.sheet)
        )
        return
    for row in table.rows:
        yield PaperLine(framework, source, table, row, problems)
