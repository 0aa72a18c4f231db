"""A problem with what arrived, told to the person who can cure it."""

from dataclasses import dataclass, replace

from saferplymouth.errors import printable


@dataclass(frozen=True)
class Problem:
    """What is wrong, where, and what to do: `row` counts from 1 at the header, as a spreadsheet
    does.

    One that `stops` nothing is only to be told: what a file holds besides what is read.
    """

    file: str
    mistake: str
    cure: str
    row: int | None = None
    column: str | None = None
    sheet: str = ""
    stops: bool = True

    def inside(self, drop: str) -> "Problem":
        return replace(self, file=f"{drop}/{self.file}")

    def __str__(self) -> str:
        place = [self.file]
        place += [f"sheet {shown(self.sheet)}"] if self.sheet else []
        place += [f"row {self.row}"] if self.row else []
        place += [f"column {self.column}"] if self.column else []
        cure = f" Cure: {self.cure}" if self.cure else ""
        end = "" if not cure or cure.endswith("?") else "."
        return printable(f"{', '.join(place)}: {self.mistake}.{cure}{end}")


def shown(value: object) -> str:
    """A cell's content as it can stand in a message: quoted, on one line, not too long."""
    text = printable(" ".join(str(value).split()))
    return f"'{text[:60]}…'" if len(text) > 60 else f"'{text}'"
