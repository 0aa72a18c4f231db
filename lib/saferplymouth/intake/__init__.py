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

__all__ = ["Comment", "Drop", "Problem", "Refused", "Row", "comments", "digest", "drops", "read", "stray"]

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
    """A problem for each folder of `data/raw` that no run would ever read, for its name is no month."""
    folders = (path for path in sorted(raw.iterdir()) if path.is_dir() and not _clutter(path))
    cure = "name the folder for its month, such as 2016-11, or move it out of data/raw"
    return [
        Problem(path.name, "is not the name of a drop", cure)
        for path in folders
        if not periods.MONTH.fullmatch(path.name)
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


def digest(raw: Path, month: pd.Period) -> dict[str, str]:
    """SHA-256 of every file of a drop by its path within `data/raw`."""
    files = _files(raw / str(month) / "returns") + _files(raw / str(month) / "comments")
    return {p.relative_to(raw).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files if p.is_file()}


def _layout(folder: Path) -> list[Problem]:
    cure = "move it to returns/ or comments/, or out of the drop"
    problems = [
        Problem(path.name, "is not part of a drop", cure)
        for path in _files(folder)
        if path.name not in ("returns", "comments", "README.md") and "-street." not in path.name
    ]
    if not _files(folder / "returns"):
        problems.append(Problem("returns", "holds no return", "put this month's returns in, or remove the drop"))
    return problems


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if not _clutter(p)) if folder.is_dir() else []


def _clutter(path: Path) -> bool:
    return path.name.startswith(CLUTTER)
