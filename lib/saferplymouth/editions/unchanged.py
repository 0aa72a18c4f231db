"""Finds out from file digests, before loading anything, whether a run would find everything
unchanged.
"""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from saferplymouth.editions import tasks
from saferplymouth.store.atomic import atomic_write
from saferplymouth.store.digests import Digests, of_project

LAST = "data/processed/last-run.json"
READ = ("framework.toml", "GLOSSARY.md", "recipes", "notebooks", "data/raw")
UNPUBLISHED = ("executed", "partial", "withdrawn")


def unchanged(folder: Path, words: list[str]) -> list[str]:
    """The lines that a run with these arguments would print, if nothing has changed since the last
    such run; empty if a run must look. `folder` is within a project.
    """
    here = (folder, *folder.parents)
    root = next((place for place in here if (place / "framework.toml").is_file()), folder)
    try:
        last = json.loads((root / LAST).read_bytes()) if (root / LAST).is_file() else {}
        same = last["words"] == words and last["outputs"] == of_outputs(root)
        same = same and last["inputs"] == of_inputs(root) and isinstance(last["lines"], list)
        of_project(root).save()
        return [str(line) for line in last["lines"]] if same else []
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []


def remember(root: Path, words: list[str], inputs: str, lines: list[str]) -> None:
    """Keep the lines of a run with these arguments and `inputs` (a digest). Raises `OSError`."""
    kept = {"words": words, "inputs": inputs, "outputs": of_outputs(root), "lines": lines}
    with atomic_write(root / LAST) as path:
        path.write_text(json.dumps(kept), encoding="utf-8")
    of_project(root).save()


def of_inputs(root: Path) -> str:
    """A digest of the suite, its libraries, the framework with any logo, the recipes, the
    notebooks and the drops."""
    logos = sorted(path.name for path in root.glob("*.[sp][vn]g"))
    made_by = [*tasks.digests(tasks.code()).items(), *tasks.versions().items()]
    return tasks.digest([*made_by, *_files(root, [*READ, *logos], of_project(root))])


def of_outputs(root: Path) -> str:
    """A digest of every edition in place, and of the list of editions."""
    outputs = root / "outputs"
    names = sorted(path.name for path in outputs.iterdir() if path.name not in UNPUBLISHED)
    wanted = [name for name in names if name[0] != "."]
    return tasks.digest([*_files(outputs, wanted, of_project(root))])


def _files(folder: Path, names: Iterable[str], known: Digests) -> Iterator[tuple[str, str]]:
    """Every file at or below these names with its SHA-256; a broken link or a pipe by its name."""
    for name in names:
        top = folder / name
        walked = os.walk(top, followlinks=True)
        below = [Path(here, file) for here, _, files in walked for file in files]
        for path in sorted([top] if top.is_file() else below):
            yield str(path), known.of(path) if path.is_file() else ""
