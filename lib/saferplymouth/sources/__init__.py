"""Reads and checks a drop (the data received for a month), and lists every problem with its file,
row, column and cure.

A drop is the folder `data/raw/YYYY-MM`: `returns/` from partners, `received/` files as their
senders made them, `comments/` from analysts, `papers/` of the board, `places/` of the geography,
the street-level crime files of the police, and `sign-offs.csv`, what analysts accepted. Nothing in
it is ever edited, and nothing is corrected silently: a drop with one problem is refused.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pandas as pd

from saferplymouth import periods
from saferplymouth.errors import Mistake, known_keys
from saferplymouth.framework import Framework
from saferplymouth.sources import received
from saferplymouth.sources.actions import read_actions, read_decisions
from saferplymouth.sources.archives import ENDING, FOLDERS, is_zip, street_files, unzipped
from saferplymouth.sources.comments import LINE_END, Comment, read_comment, read_comments
from saferplymouth.sources.commissioning import read_ledger
from saferplymouth.sources.duties import read_duties
from saferplymouth.sources.geography import Geography, SmallArea, joined, read_places
from saferplymouth.sources.papers import (
    ACTIONS,
    ASSESSMENT,
    COMMISSIONING,
    DECISIONS,
    DUTIES,
    PAPERS,
    Paper,
)
from saferplymouth.sources.problems import Problem, Question, SourceFile, shown
from saferplymouth.sources.received import Origin, origin
from saferplymouth.sources.recipes import Recipe, RecipeError
from saferplymouth.sources.returns import Row, read_returns
from saferplymouth.sources.scores import read_scores
from saferplymouth.sources.sign_offs import NAME as SIGN_OFFS
from saferplymouth.sources.sign_offs import SignOff, read_sign_offs

__all__ = [
    "LINE_END",
    "Comment",
    "Drop",
    "Geography",
    "Origin",
    "Paper",
    "Problem",
    "Question",
    "RecipeError",
    "Refused",
    "Row",
    "SignOff",
    "SmallArea",
    "comments",
    "digest",
    "drops",
    "geography",
    "inputs",
    "latest_papers",
    "latest_places",
    "origin",
    "papers",
    "read",
    "read_comment",
    "sign_offs",
    "stray",
    "to_read",
]

READERS = {COMMISSIONING: read_ledger, ASSESSMENT: read_scores, DUTIES: read_duties}
READERS |= {ACTIONS: read_actions, DECISIONS: read_decisions}
ABOUT = "README.md"
CLUTTER = (".", "~$", "Thumbs.db", "desktop.ini")


class Refused(Mistake):
    """One or more drops have problems; `problems` has all of them."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = list(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Drop:
    """One month's returns, comments, papers and sign-offs, read completely, with every problem
    found. `unread` lists contents that are no problem but are not read.
    """

    month: pd.Period
    rows: tuple[Row, ...]
    comments: dict[str, Comment]
    papers: dict[str, Paper]
    sign_offs: tuple[SignOff, ...]
    problems: tuple[Problem, ...]
    unread: tuple[Problem, ...] = ()


def drops(raw: Path, upto: pd.Period | None = None) -> list[pd.Period]:
    """The months with a drop in `data/raw`, all or those up to a month, oldest first."""
    names = sorted(path.name for path in raw.iterdir()) if raw.is_dir() else []
    wanted = [name for name in names if upto is None or name <= str(upto)]
    return [
        periods.month(name)
        for name in wanted
        if periods.MONTH.fullmatch(name) and (raw / name).is_dir()
    ]


def stray(raw: Path) -> list[Problem]:
    """A problem for each thing in `data/raw` that no run would ever read."""
    cure = "put it in a folder named after its month, such as 2016-11, or move it out of data/raw"
    return [
        Problem(path.name, "is not a drop", cure)
        for path in _files(raw)
        if path.name != ABOUT and not (path.is_dir() and periods.MONTH.fullmatch(path.name))
    ]


def read(
    raw: Path, month: pd.Period, framework: Framework, recipes: Mapping[str, Recipe] | None = None
) -> Drop:
    """The drop of `month`, fully checked, with its `problems`."""
    folder = raw / str(month)
    problems = _layout(folder)
    returned = read_returns(_files(folder / "returns"), month, framework, problems)
    sent = _files(folder / received.FOLDER)
    sent = received.read_received(sent, month, framework, recipes or {}, problems)
    rows = received.combined(returned, sent, problems)
    notes = read_comments(_files(folder / "comments"), framework, problems)
    kept = _papers(raw, month, framework, problems)
    read_places(_places(raw, month), str(month), problems, framework.street.districts)
    signed = _sign_offs(raw, month, framework, problems)
    placed = [problem.inside(str(month)) for problem in problems]
    stopping, unread = (tuple(p for p in placed if p.stops is stops) for stops in (True, False))
    return Drop(month, tuple(rows), notes, kept, signed, stopping, unread)


def comments(raw: Path, month: pd.Period, framework: Framework) -> dict[str, Comment]:
    """The comments of a drop by indicator; `Refused` if one cannot be read."""
    files = _files(raw / str(month) / "comments")
    (found,) = _of_each([month], lambda _, problems: read_comments(files, framework, problems))
    return found


def papers(
    raw: Path, upto: pd.Period, framework: Framework, wanted: Collection[str] = PAPERS
) -> dict[str, Paper]:
    """The `wanted` papers by name as of the drop of `upto`; `Refused` if one is unreadable."""
    latest, kept = latest_papers(raw, upto, wanted), {}

    def read_drop(month: pd.Period, problems: list[Problem]) -> dict[str, Paper]:
        return _papers(raw, month, framework, problems, wanted)

    for names, come in zip(latest.values(), _of_each(latest, read_drop), strict=True):
        kept |= {name: paper for name, paper in come.items() if name in names}
    return kept


def latest_papers(
    raw: Path, upto: pd.Period, wanted: Collection[str] = PAPERS
) -> dict[pd.Period, dict[str, Path]]:
    """The latest version of each of the `wanted` papers up to `upto`: its file by name, for each
    drop.
    """

    def files(month: pd.Period) -> dict[str, Path]:
        return {path.stem: path for path in _paper_files(raw, month) if path.stem in wanted}

    return _latest(raw, upto, files)


def sign_offs(raw: Path, upto: pd.Period, framework: Framework) -> tuple[SignOff, ...]:
    """What analysts accepted in the drops up to `upto`; `Refused` if a file is unreadable."""
    months = drops(raw, upto)
    by_drop = _of_each(months, lambda month, found: _sign_offs(raw, month, framework, found))
    return tuple(chain.from_iterable(by_drop))


def geography(raw: Path, upto: pd.Period, districts: Sequence[str] = ()) -> Geography:
    """The geography of `districts`, by default of all that is there, as of the drop of `upto`;
    `Refused` if one of its files cannot be read.
    """
    latest = dict(sorted(latest_places(raw, upto).items()))

    def read_drop(month: pd.Period, problems: list[Problem]) -> Geography:
        return read_places(latest[month], str(month), problems, districts)

    return joined(_of_each(latest, read_drop))


def latest_places(raw: Path, upto: pd.Period) -> dict[pd.Period, dict[str, Path]]:
    """The latest version of each geography file up to `upto`: its path by name, for each drop."""
    return _latest(raw, upto, lambda month: _places(raw, month))


def _of_each(months: Iterable[pd.Period], read: Callable[[pd.Period, list], object]) -> list:
    """What `read` returns for each drop; `Refused` with the problems of all of them."""
    values, problems = [], []
    for month in months:
        found: list[Problem] = []
        values.append(read(month, found))
        problems += [problem.inside(str(month)) for problem in found if problem.stops]
    if problems:
        raise Refused(problems)
    return values


def _latest(
    raw: Path, upto: pd.Period, files: Callable[[pd.Period], dict[str, Path]]
) -> dict[pd.Period, dict[str, Path]]:
    """The last file of each name in the drops up to `upto`, by the drop it came in."""
    latest = {name: (m, path) for m in drops(raw, upto) for name, path in files(m).items()}
    by_drop: dict[pd.Period, dict[str, Path]] = {}
    for name, (month, path) in latest.items():
        by_drop.setdefault(month, {})[name] = path
    return by_drop


def to_read(raw: Path, months: Iterable[pd.Period]) -> list[pd.Period]:
    """The drops of these months with more than comments, papers and places."""
    content = {month: {path.name for path in _files(raw / str(month))} for month in months}
    return [month for month, names in content.items() if not names or names - {*FOLDERS[2:]}]


def _places(raw: Path, month: pd.Period) -> dict[str, Path]:
    return {path.name: path for path in _files(raw / str(month) / "places") if path.name != ABOUT}


def _paper_files(raw: Path, month: pd.Period) -> list[Path]:
    return _files(raw / str(month) / "papers")


def _papers(
    raw: Path,
    month: pd.Period,
    framework: Framework,
    problems: list[Problem],
    wanted: Collection[str] = tuple(READERS),
) -> dict[str, Paper]:
    found: dict[str, Paper] = {}
    for path in _paper_files(raw, month):
        name, file = path.stem, SourceFile(path, f"papers/{path.name}", problems, framework)
        if name not in READERS:
            file.problem(f"{shown(name)} is not a paper", known_keys(name, READERS))
        elif name in found:
            file.problem("is here in two formats", "keep one of them")
        elif name in wanted:
            found[name] = Paper(READERS[name](file), str(month), file.source)
    return found


def _sign_offs(
    raw: Path, month: pd.Period, framework: Framework, problems: list[Problem]
) -> tuple[SignOff, ...]:
    path = raw / str(month) / SIGN_OFFS
    if not path.is_file():
        return ()
    come = [file for m in drops(raw, month) for file in street_files(raw / str(m), [])]
    names = sorted({file.source.rpartition("/")[2] for file in come})
    file = SourceFile(path, SIGN_OFFS, problems, framework)
    return read_sign_offs(file, str(month), names)


def digest(raw: Path, month: pd.Period, sha256: Callable[[Path], str]) -> dict[str, str]:
    """SHA-256 of every file of a drop by its path within `data/raw`; `sha256` gives that of one."""
    tops = [path for path in _files(raw / str(month)) if path.name != ABOUT]
    files = [
        path for top in tops for path in (unzipped(top) or _files(top) if top.is_dir() else [top])
    ]
    return {path.relative_to(raw).as_posix(): sha256(path) for path in files}


def inputs(raw: Path, month: pd.Period, files: dict[str, str]) -> dict[str, str]:
    """SHA-256 of every file that came in a drop by its path within `data/raw`, from its `digest`.
    Of an original that was erased, it is the one that was kept of it.
    """
    within = f"{month}/{received.FOLDER}"
    erased = received.read_ledger(_files(raw / within), [])
    if not erased:
        return files
    beside = {
        f"{within}/{name}" for name in (received.ERASED, *(n + received.KEPT for n in erased))
    }
    files = {name: sha256 for name, sha256 in files.items() if name not in beside}
    return files | {f"{within}/{name}": original.sha256 for name, original in erased.items()}


def _layout(folder: Path) -> list[Problem]:
    """A problem for each thing in a drop that does not belong there, and for an empty drop."""
    cure = "move it to returns/, received/, comments/, papers/ or places/, or out of the drop"
    content = [path for path in _files(folder) if path.name != ABOUT]
    problems = [
        Problem(path.name, "is not part of a drop", cure) for path in content if not _belongs(path)
    ]
    if not any(_files(path) if path.is_dir() else [path] for path in content):
        cure = "add this month's returns, or remove the drop"
        problems.append(Problem("returns", "contains no returns", cure))
    return problems


def _belongs(path: Path) -> bool:
    if path.is_dir():
        return path.name in FOLDERS or bool(unzipped(path))
    return path.name == SIGN_OFFS or path.name.endswith(ENDING) or is_zip(path)


def _files(folder: Path) -> list[Path]:
    paths = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in paths if not path.name.startswith(CLUTTER))
