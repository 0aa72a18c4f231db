"""Atomic file writes: no reader, and no killed run, ever leaves or sees a half-written file."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """A temporary file to write to; it replaces `path` only when the block ends without an
    error.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield beside
        make_way(path, path.parent)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def make_way(path: Path, within: Path) -> None:
    """Remove whatever blocks a file at `path`: a folder in its place and, below `within`, a file or
    dead link where a folder is needed. Everything there can be rebuilt.
    """
    for folder in reversed(path.parents):
        if folder.is_relative_to(within) and not folder.is_dir():
            if folder != within:
                remove(folder)
            folder.mkdir(parents=True)
    if path.is_dir():
        remove(path)


def remove(path: Path) -> None:
    """Remove whatever is at `path`: a file, a link, a folder and its contents, or nothing."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
