"""Whether each page has its notebook, and each notebook its page."""

from collections.abc import Iterable
from pathlib import Path

from saferplymouth.editions import page_list
from saferplymouth.framework import Framework
from saferplymouth.sources.problems import Problem
from saferplymouth.store.manifest import manifest

OTHERS = {"explore", "tour"}  # which make no page
OF_A_PAGE = b'"parameters"'  # the tag of the cell that a run fills in


def missing(root: Path, keys: Iterable[str], frame: Framework) -> list[Problem]:
    """A problem for each page of these keys whose notebook is not there, or empty."""
    paths = {key: root / "notebooks" / f"{key}.ipynb" for key in keys}
    absent = {
        key: path for key, path in paths.items() if not path.is_file() or not path.stat().st_size
    }
    return [_problem(key, path, frame, unused(root, frame)) for key, path in absent.items()]


def _was_built(root: Path, key: str) -> bool:
    return any(
        key in manifest(path)["areas"]
        for path in (root / "outputs").glob("[0-9]*")
        if manifest(path)
    )


def _problem(key: str, path: Path, frame: Framework, spare: list[str]) -> Problem:
    there = path.exists() or path.is_symlink()
    mistake = "is empty or cannot be read" if there else "is missing"
    cure = f"put it back, for instance with: git checkout -- notebooks/{path.name}"
    if key in frame.areas:
        cure = f"{'remove it and ' * there}write it with: saferplymouth new-area {key}"
        if spare:
            cure += (
                f", or give it that of the area's former key ({', '.join(spare)}), with the key "
                f"in it changed"
            )
    return Problem(f"notebooks/{path.name}", f"{mistake}, so the page {key} cannot be built", cure)


def unused(root: Path, frame: Framework) -> list[str]:
    """The files of notebooks that are written to make a page, and that no page is made from."""
    known = {
        *frame.areas,
        *page_list.FRONT,
        *page_list.PAPERS,
        *page_list.PLACES,
        *page_list.ABOUT,
        *OTHERS,
    }
    others = [
        path for path in sorted((root / "notebooks").glob("*.ipynb")) if path.stem not in known
    ]
    return [path.name for path in others if path.is_file() and OF_A_PAGE in path.read_bytes()]


def asked(root: Path, frame: Framework) -> list[str]:
    """The questions that notebooks without a page raise."""
    dropped = [
        key for key in page_list.ABOUT if missing(root, [key], frame) and _was_built(root, key)
    ]
    return [
        f"notebooks/{key}.ipynb is gone, so the page {key} is left out: is it to be put back?"
        for key in dropped
    ] + [
        f"notebooks/{name} is of no area in framework.toml, so no page is made from it: was the "
        f"area's key changed?"
        for name in unused(root, frame)
    ]
