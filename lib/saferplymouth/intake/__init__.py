"""What arrived: reads a drop, checks it whole, and lists every problem with its file, row, column and cure.

A drop is the folder `data/raw/YYYY-MM`: `returns/` from partners and `comments/` from analysts. Nothing in it is
ever edited, and nothing is put right silently: a drop with one problem is refused whole.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from saferplymouth import periods
from saferplymouth.framework import Framework
from saferplymouth.intake.comments import Comment, read_comments
from saferplymouth.intake.problems import Problem
from saferplymouth.intake.returns import Row, read_returns

__all__ = ["Comment", "Drop", "Problem", "Refused", "Row", "comments", "digest", "drops", "read", "stray", "to_read"]

ABOUT = "README.md"
CLUTTER = (".", "~$", "Thumbs.db", "desktop.ini")


class Refused(Exception):
    """One or more drops have problems; `problems` holds every one."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = list(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


@dataclass(frozen=True)
class Drop:
    """One month's returns and comments, read whole, with every problem found on the way."""

    month: pd.Period
    rows: tuple[Row, ...]
    comments: dict[str, Comment]
    problems: tuple[Problem, ...]


def drops(raw: Path) -> list[pd.Period]:
    """The months with a drop in `data/raw`, oldest first."""
    folders = [path.name for path in raw.iterdir() if path.is_dir()] if raw.is_dir() else []
    return sorted(periods.month(name) for name in folders if periods.MONTH.fullmatch(name))


def stray(raw: Path) -> list[Problem]:
    """A problem for each thing in `data/raw` that no run would ever read."""
    cure = "put it in a folder named for its month, such as 2016-11, or move it out of data/raw"
    return [
        Problem(path.name, "is not a drop", cure)
        for path in _files(raw)
        if path.name != ABOUT and not (path.is_dir() and periods.MONTH.fullmatch(path.name))
    ]


def read(raw: Path, month: pd.Period, framework: Framework) -> Drop:
    """The drop of `month`, checked whole. Never raises for what a file holds: see `Drop.problems`."""
    folder = raw / str(month)
    problems = _layout(folder)
    rows = read_returns(_files(folder / "returns"), month, framework, problems)
    notes = read_comments(_files(folder / "comments"), framework, problems)
    placed = [p.inside(str(month)) for p in problems]
    return Drop(month, tuple(rows), notes, tuple(placed))


def comments(raw: Path, month: pd.Period, framework: Framework) -> dict[str, Comment]:
    """The comments of a drop by indicator; `Refused` if one cannot be read."""
    problems: list[Problem] = []
    found = read_comments(_files(raw / str(month) / "comments"), framework, problems)
    if problems:
        raise Refused(p.inside(str(month)) for p in problems)
    return found


def to_read(raw: Path, upto: pd.Period) -> list[pd.Period]:
    """The drops up to `upto` that figures are read from: all but those that hold comments alone."""
    return [m for m in drops(raw) if m <= upto and [p.name for p in _files(raw / str(m))] != ["comments"]]


def digest(raw: Path, month: pd.Period) -> dict[str, str]:
    """SHA-256 of every file of a drop by its path within `data/raw`."""
    tops = [path for path in _files(raw / str(month)) if path.name != ABOUT]
    files = [path for top in tops for path in (_files(top) if top.is_dir() else [top])]
    contents = {p.relative_to(raw).as_posix(): p.read_bytes() if p.is_file() else b"" for p in files}
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


def _layout(folder: Path) -> list[Problem]:
    cure = "move it to returns/ or comments/, or out of the drop"
    content = [path for path in _files(folder) if path.name != ABOUT]
    problems = [Problem(path.name, "is not part of a drop", cure) for path in content if not _belongs(path)]
    if not any(_files(path) if path.is_dir() else [path] for path in content):
        problems.append(Problem("returns", "holds no return", "put this month's returns in, or remove the drop"))
    return problems


def _belongs(path: Path) -> bool:
    return path.name in ("returns", "comments") if path.is_dir() else path.name.endswith("-street.csv")


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if not _clutter(p)) if folder.is_dir() else []


def _clutter(path: Path) -> bool:
    return path.name.startswith(CLUTTER)
