"""Whether a run would find everything as the last one left it: told from the files alone, before
anything is loaded.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from saferplymouth.editions import tasks
from saferplymouth.store.atomic import atomic_write

LAST = "data/processed/last-run.json"
READ = ("framework.toml", "notebooks", "data/raw")
UNPUBLISHED = ("executed", "partial", "withdrawn")


def unchanged(folder: Path, words: list[str]) -> list[str]:
    """The lines that a run given these words would say, where the last one had the same and nothing
    has changed since.

    `folder` is within a project. Nothing where there is anything that a run should look at.
    """
    root = next(
        (place for place in (folder, *folder.parents) if (place / "framework.toml").is_file()),
        folder,
    )
    try:
        last = json.loads((root / LAST).read_bytes()) if (root / LAST).is_file() else {}
        same = (
            last["words"] == words and last["stands"] == stands(root) and last["read"] == read(root)
        )
        return (
            [str(line) for line in last["said"]] if same and isinstance(last["said"], list) else []
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []


def remember(root: Path, words: list[str], read: str, said: list[str]) -> None:
    """Keep what a run with these words had to say, which `read` this and left the editions as they
    are now.

    Raises `OSError`.
    """
    kept = {"words": words, "read": read, "stands": stands(root), "said": said}
    with atomic_write(root / LAST) as written:
        written.write_text(json.dumps(kept), encoding="utf-8")


def read(root: Path) -> str:
    """A digest of all that an edition is made from: the suite, its libraries, the framework,
    notebooks and drops.
    """
    code = [(name, hashlib.sha256(content).hexdigest()) for name, content in tasks.code().items()]
    return _digest([*code, *tasks.versions().items(), *_files(root, READ)])


def stands(root: Path) -> str:
    """A digest of every edition in place, and of the page that lists them."""
    outputs = root / "outputs"
    names = sorted(
        path.name
        for path in outputs.iterdir()
        if path.name[0] != "." and path.name not in UNPUBLISHED
    )
    return _digest(_files(outputs, names))


def _files(root: Path, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Every file at or below these names with the SHA-256 of what it holds; a broken link or a pipe
    by its name.
    """
    for name in names:
        below = (
            Path(at, file)
            for at, _, files in os.walk(root / name, followlinks=True)
            for file in files
        )
        for path in sorted([root / name] if (root / name).is_file() else below):
            yield str(path), _sha256(path) if path.is_file() else ""


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _digest(found: Iterable[tuple[str, str]]) -> str:
    return hashlib.sha256(json.dumps(list(found)).encode()).hexdigest()
