"""Checks that each page has its notebook and each notebook its page."""

from collections.abc import Iterable
from pathlib import Path

from saferplymouth.framework import Framework
from saferplymouth.pages import page_list
from saferplymouth.sources.problems import Problem, Question
from saferplymouth.store.manifest import manifest

OTHERS = {"explore", "tour"}  # which make no page
OF_A_PAGE = b'"parameters"'  # the tag of the cell that a run fills in


def missing(root: Path, keys: Iterable[str], framework: Framework) -> list[Problem]:
    """A problem for each page of these keys whose notebook is missing or empty."""
    paths = {key: root / f"notebooks/{key}.ipynb" for key in keys}
    return [
        _problem(key, path, framework, unused(root, framework))
        for key, path in paths.items()
        if not path.is_file() or not path.stat().st_size
    ]


def _problem(key: str, path: Path, framework: Framework, spare: list[str]) -> Problem:
    there = path.exists() or path.is_symlink()
    mistake = "is empty or cannot be read" if there else "is missing"
    cure = f"restore it, for example with: git checkout -- notebooks/{path.name}"
    if key in framework.areas:
        cure = f"{'remove it and ' * there}write it with: saferplymouth new-area {key}"
        former = f"; if its key was {' or '.join(spare)}, put that back and use rename-area"
        cure += former if spare else ""
    return Problem(f"notebooks/{path.name}", f"{mistake}, so the page {key} cannot be built", cure)


def unused(root: Path, framework: Framework) -> list[str]:
    """The keys of the notebooks written to make a page from which no page is made."""
    fixed = page_list.FRONT | page_list.PAPERS | page_list.PLACES | page_list.ABOUT
    known = {*framework.areas, *fixed, *OTHERS}
    paths = {path.stem: path for path in sorted((root / "notebooks").glob("*.ipynb"))}
    others = [path for key, path in paths.items() if key not in known and path.is_file()]
    return [path.stem for path in others if OF_A_PAGE in path.read_bytes()]


def questions(root: Path, framework: Framework) -> list[Question]:
    """Questions about pages without a notebook, and about notebooks without a page."""
    made = [manifest(path) for path in (root / "outputs").glob("[0-9]*")]
    built = {key for one in made for key in one.get("areas", ())}
    dropped = [key for key in page_list.ABOUT if key in built and missing(root, [key], framework)]
    gone = {f"notebooks/{key}.ipynb": key for key in dropped}
    strays = [f"notebooks/{key}.ipynb" for key in unused(root, framework)]
    no_page = "belongs to no area in framework.toml, so no page is made from it: was the area's key"
    return [
        Question(file, f"{file} is gone, so the page {key} is left out: should it be restored?")
        for file, key in gone.items()
    ] + [Question(file, f"{file} {no_page} changed?") for file in strays]
