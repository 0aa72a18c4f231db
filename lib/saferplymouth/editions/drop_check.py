"""A drop looked at whole, before anything is made from it."""

import shutil
from pathlib import Path

import pandas as pd

from saferplymouth import sources
from saferplymouth.comments import wrong_claims
from saferplymouth.editions import notebooks
from saferplymouth.errors import NotReceived
from saferplymouth.indicators import project
from saferplymouth.pages import page_list
from saferplymouth.pages.quality import questions
from saferplymouth.store import street_counts, temporary
from saferplymouth.store.edition_names import EditionName

ASK = (questions.of_doubts, questions.disagreements, questions.of_names, questions.of_population)


def held_against_figures(
    root: Path, month: pd.Period, sound: bool
) -> tuple[list[sources.Problem], list[sources.Question]]:
    """The problems and the questions that only the figures of a drop show.

    In a drop that is `sound` otherwise: what is wrong in its street files and comments, pages on
    places without a notebook, what may not be complete, where figures disagree, and names that no
    street file has. Worked out beside the project, so that nothing here is written.
    """
    with temporary.folder() as beside:
        (beside / "data").mkdir()
        _lay(root / "data/raw", beside / "data/raw")
        if (root / "data/processed").is_dir():
            shutil.copytree(root / "data/processed", beside / "data/processed", ignore=_strange)
        shutil.copy(root / "framework.toml", beside)
        try:
            street_counts.refresh(beside, month)
            if not sound:
                return [], []
            looked_at, edition = project.Project(month, beside), EditionName(month)
            framework, local = looked_at.framework, looked_at.local_crime
            places = page_list.places(framework, edition, local)
            problems = wrong_claims.unsigned(looked_at) + notebooks.missing(root, places, framework)
            pages = page_list.pages(root, framework, edition, local)
            gone = page_list.pages_gone(root, framework, edition, local, pages)
            asked = [question for ask in ASK for question in ask(looked_at)]
            return problems, asked + [sources.Question(*pair) for pair in gone.items()]
        except sources.Refused as error:
            return error.problems, []
        except NotReceived:
            return [], []  # a drop of comments or papers before any figure


def _lay(folder: Path, there: Path) -> None:
    """Link a folder at another place, or copy it where links need a privilege, as on Windows."""
    try:
        there.symlink_to(folder.resolve(), target_is_directory=True)
    except (OSError, NotImplementedError):
        shutil.copytree(folder, there, ignore_dangling_symlinks=True)


def _strange(folder: str, names: list[str]) -> list[str]:
    paths = [Path(folder, name) for name in names]
    return [path.name for path in paths if not (path.is_file() or path.is_dir())]
