"""Remembers what was worked out of each file of a project, such as its SHA-256, for as long as the
file is the same.

As with git's index, a file is the same while its size, inode and times are: of its content and of
its entry, which no program can set. What changed less than two seconds before it was read is not
remembered, since it could change again without another time.
"""

import hashlib
import json
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from saferplymouth.store.atomic import atomic_write

FILE = "data/processed/digests.json"
RACY = 2_000_000_000  # nanoseconds: the coarsest times of any file system
NOTHING = hashlib.sha256().hexdigest()


def sha256(path: Path) -> str:
    """The SHA-256 of a file; of anything else that of nothing."""
    if not path.is_file():
        return NOTHING
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


class Digests:
    """What is known of the files below `root`; `save` keeps it for the next process."""

    def __init__(self, root: Path):
        self.root, self._asked, self._changed = root, set(), False
        self._within = len(str(root)) + 1
        self._known: dict[str, list] = {}
        with suppress(OSError, ValueError, RecursionError):
            known = json.loads((root / FILE).read_bytes())
            self._known = known if isinstance(known, dict) else {}

    def of(self, path: Path, work: Callable[[Path], str] = sha256) -> str:
        """What `work` makes of the file at `path`; the same file must give the same."""
        name = f"{work.__name__}:{str(path)[self._within :]}"
        self._asked.add(name)
        at, began = _at(path), time.time_ns()
        match self._known.get(name):
            case [*when, str(value)] if at and when == at:
                return value
        value = work(path)
        if at and at == _at(path) and max(at[:2]) < began - RACY:
            self._known[name], self._changed = [*at, value], True
        return value

    def save(self) -> None:
        """Keep what is known for the next process, where that can be written."""
        if not self._changed:
            return
        known = {
            name: value
            for name, value in self._known.copy().items()
            if name in self._asked or (self.root / name.partition(":")[2]).exists()
        }
        with suppress(OSError), atomic_write(self.root / FILE) as path:
            path.write_text(json.dumps(known), encoding="utf-8")
            self._changed = False


def _at(path: Path) -> list[int]:
    """The times, size and inode of a file; nothing of what is not there."""
    try:
        at = path.stat()
    except (OSError, ValueError):
        return []
    return [at.st_mtime_ns, at.st_ctime_ns, at.st_size, at.st_ino]


@cache
def of_project(root: Path) -> Digests:
    """The one of this process for a project."""
    return Digests(root)
