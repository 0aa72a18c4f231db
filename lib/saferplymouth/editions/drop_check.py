"""`saferplymouth check`: finds every problem and question in a drop before anything is built."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from saferplymouth import scaffold, sources
from saferplymouth.comments.checking import problems_and_claims, still_open
from saferplymouth.comments.claims import Claim
from saferplymouth.editions import file_reading, notebooks
from saferplymouth.errors import NotReceived
from saferplymouth.framework import Framework, load
from saferplymouth.indicators import project
from saferplymouth.indicators.words import counted, listed
from saferplymouth.pages import page_list
from saferplymouth.pages.quality import action_questions, questions
from saferplymouth.sources import recipes
from saferplymouth.sources.received import FOLDER as RECEIVED
from saferplymouth.sources.sheets import Unreadable, sheets
from saferplymouth.store import street_counts, temporary
from saferplymouth.store.edition_names import EditionName

ASK = (questions.of_doubts, questions.disagreements, questions.of_names, questions.of_population)
ASK += (action_questions.of_actions,)


@dataclass(frozen=True)
class CheckedComment:
    """A comment's file within `data/raw`, its indicator, and every claim in it; no claims if the
    drop has a problem, and none that states a hidden figure.
    """

    file: str
    indicator: str
    claims: list[Claim]


@dataclass(frozen=True)
class Check:
    """What was found in drops, with their comments; `lines` says what can be used in each drop."""

    problems: list[sources.Problem] = field(default_factory=list)
    questions: list[sources.Question] = field(default_factory=list)
    comments: list[CheckedComment] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def check(root: Path, editions: list[EditionName]) -> Check:
    """All the problems and questions of these editions' drops and notebooks.

    Raises `framework.FrameworkError` or `sources.RecipeError`.
    """
    raw, framework = root / "data/raw", load(root / "framework.toml")
    known = recipes.load_all(root, framework)
    problems, questions = sources.stray(raw), notebooks.questions(root, framework)
    for left in scaffold.unwritten(framework):
        questions.append(sources.Question("framework.toml", f"{left}: what should it say?"))
    comments: list[CheckedComment] = []
    lines = _assumed(framework)
    for month in [month for one in editions for month in one.drops(sources.drops(raw))]:
        drop = sources.read(raw, month, framework, known)
        problems += drop.problems
        questions += _personal(raw / str(month) / RECEIVED)
        lines += [_usable(drop), *map(str, drop.unread)]
        wrong, asked, claims = held_against_figures(root, month, sound=not problems)
        problems += wrong
        questions += asked
        lines += [
            _to_confirm(month, key, found) for key, found in claims.items() if still_open(found)
        ]
        comments += [
            CheckedComment(f"{month}/comments/{key}.md", key, claims.get(key, []))
            for key in drop.comments
        ]
    keys = dict.fromkeys(
        key for one in editions for key in page_list.pages(root, framework, one, None)
    )
    problems += notebooks.missing(root, keys, framework)
    once = (list(dict.fromkeys(found)) for found in (problems, questions))
    return Check(*once, comments, lines)


def _assumed(framework: Framework) -> list[str]:
    """Which indicators are taken to be sensitive or not, since their entries do not say."""
    lines = []
    for key in framework.assumed:
        sensitive = framework.indicators[key].sensitive
        because = "counts people" if sensitive else "is no count of people"
        taken, word = ("", "true") if sensitive else ("not ", "false")
        line = f"indicators.{key} {because}, so it is taken to be {taken}sensitive"
        lines.append(f"framework.toml: {line}; write sensitive = {word} if that is right")
    return lines


def _personal(folder: Path) -> Iterator[sources.Question]:
    """A question for each column of the files in `received/` that may hold personal data."""
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    for path in paths:
        with suppress(Unreadable):
            name = f"{folder.parent.name}/{RECEIVED}/{path.name}"
            yield from file_reading.questions(sheets(path), name)


def _usable(drop: sources.Drop) -> str:
    parts = {"figure": drop.rows, "comment": drop.comments, "paper": drop.papers}
    parts |= {"sign-off": drop.sign_offs} if drop.sign_offs else {}
    counts = listed([counted(len(some), what) for what, some in parts.items()])
    return f"{drop.month}: {counts} can be used"


def _to_confirm(month: pd.Period, key: str, claims: list[Claim]) -> str:
    words = listed([f"“{claim.text}”" for claim in still_open(claims)])
    return f"{month}/comments/{key}.md: to be confirmed before the edition is final: {words}"


def held_against_figures(
    root: Path, month: pd.Period, sound: bool
) -> tuple[list[sources.Problem], list[sources.Question], dict[str, list[Claim]]]:
    """The problems and questions that only appear when a drop's figures are compared, and the
    claims of each comment.

    In a drop that is otherwise `sound`: mistakes in its street files and comments, pages on places
    without a notebook, data that may be incomplete, figures that disagree, and names that no street
    file has. Works in a temporary folder, so that nothing here is written.
    """
    with temporary.folder() as beside:
        (beside / "data").mkdir()
        _lay(root / "data/raw", beside / "data/raw")
        if (root / "data/processed").is_dir():
            shutil.copytree(
                root / "data/processed",
                beside / "data/processed",
                ignore=_strange,
                copy_function=_lay,  # each file is replaced as a whole, never written to
            )
        framework_file = root / "framework.toml"
        for name in filter(None, (framework_file.name, load(framework_file).partnership.logo)):
            shutil.copy(root / name, beside)
        if (root / recipes.FOLDER).is_dir():
            _lay(root / recipes.FOLDER, beside / recipes.FOLDER)
        try:
            street_counts.refresh(beside, month)
            if not sound:
                return [], [], {}
            looked_at, edition = project.Project(month, beside), EditionName(month)
            framework, local = looked_at.framework, looked_at.local_crime
            places = page_list.places(framework, edition, local)
            problems, claims = problems_and_claims(looked_at)
            problems += notebooks.missing(root, places, framework)
            pages = page_list.pages(root, framework, edition, local)
            gone = page_list.pages_gone(root, framework, edition, lambda: local, pages)
            asked = [question for ask in ASK for question in ask(looked_at)]
            asked += [sources.Question(*pair) for pair in gone.items()]
            return problems, asked, claims
        except sources.Refused as error:
            return error.problems, [], {}
        except NotReceived:
            return [], [], {}  # a drop of comments or papers before any figure


def _lay(path: str | Path, there: str | Path) -> None:
    """Link a file or folder elsewhere, or copy it if links need a privilege, as on Windows."""
    path, there = Path(path).absolute(), Path(there)
    try:
        there.symlink_to(path, target_is_directory=path.is_dir())
    except (OSError, NotImplementedError):
        if path.is_dir():
            shutil.copytree(path, there, ignore_dangling_symlinks=True)
        else:
            shutil.copy2(path, there)


def _strange(folder: str, names: list[str]) -> list[str]:
    """What is not laid out for a check: plans, and what is neither a file nor a folder."""
    paths = [Path(folder, name) for name in names]
    return ["plans", *(path.name for path in paths if not (path.is_file() or path.is_dir()))]
