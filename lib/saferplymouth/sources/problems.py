"""Problems with received data, each with its place and cure, and questions about it."""

from dataclasses import dataclass, replace
from pathlib import Path

from saferplymouth.errors import printable
from saferplymouth.framework import Framework


@dataclass(frozen=True)
class Problem:
    """What is wrong, where, and how to correct it. `row` counts from 1, as in a spreadsheet, and
    `cell` is its name there, such as C7.

    A problem with `stops` False is only reported: contents that are not read.
    """

    file: str
    mistake: str
    cure: str
    row: int | None = None
    column: str | None = None
    sheet: str = ""
    stops: bool = True
    cell: str = ""

    def inside(self, drop: str) -> "Problem":
        return replace(self, file=f"{drop}/{self.file}")

    def __str__(self) -> str:
        place = [self.file]
        place += [f"sheet {shown(self.sheet)}"] if self.sheet else []
        if self.cell:
            place.append(f"cell {self.cell}")
        elif self.row:
            place.append(f"row {self.row}")
        place += [f"column {self.column}"] if self.column else []
        cure = f" Cure: {self.cure}" if self.cure else ""
        end = "" if not cure or cure.endswith("?") else "."
        return printable(f"{', '.join(place)}: {self.mistake}.{cure}{end}")


@dataclass(frozen=True)
class Question:
    """A question that only a person can answer, and what it is `about`, for programs to look up.

    `about` is an indicator's key, with its period if any (`overall_crime 2016-11`); a file or
    folder, or several as a pattern; a page's key; or `framework.toml`.
    """

    about: str
    question: str

    def __str__(self) -> str:
        return self.question


@dataclass(frozen=True)
class SourceFile:
    """A file being read; `source` is its path in the drop. Its mistakes are added to `problems`."""

    path: Path
    source: str
    problems: list[Problem]
    framework: Framework | None = None

    def problem(
        self,
        mistake: str,
        cure: str,
        row: int | None = None,
        column: str | None = None,
        sheet: str = "",
        cell: str = "",
    ) -> None:
        found = Problem(self.source, mistake, cure, row, column, sheet, cell=cell)
        self.problems.append(found)

    def unread(self, what: str, row: int | None = None, sheet: str = "", cell: str = "") -> None:
        """Report contents that are not read, which is no mistake."""
        found = Problem(self.source, what, "", row, None, sheet, stops=False, cell=cell)
        self.problems.append(found)


def located(file: str, sheet: str, cell: str) -> str:
    """The source of a figure: its file, sheet and cell."""
    return f"{file}, sheet {shown(sheet)}, {cell}" if sheet else f"{file}, {cell}"


def shown(value: object) -> str:
    """A cell's content for a message: quoted, on one line, not too long."""
    text = printable(" ".join(str(value)[:500].split()))
    return f"'{text[:60]}…'" if len(text) > 60 else f"'{text}'"
