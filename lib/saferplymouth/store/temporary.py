"""Temporary folders, each with a lock that ends with its process, so that abandoned ones can be
removed.
"""

import atexit
import os
import shutil
import stat
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path

from filelock import FileLock, Timeout

ROOM, OWN = "edition-", "csp-run-"
LOCK = ".lock"
LONGEST = 60  # of a folder, so that the path of a socket in it is not too long
SHORT = Path("/tmp")


@contextmanager
def folder(prefix: str = OWN, within: Path | None = None) -> Iterator[Path]:
    """A temporary folder that only this user can read, removed at the end of the block. Raises
    `OSError`.
    """
    while True:
        place = (within or Path(tempfile.gettempdir())) / f"{prefix}{uuid.uuid4().hex[:8]}"
        place.mkdir(mode=0o700)
        with suppress(FileNotFoundError):
            lock = FileLock(place / LOCK).acquire().lock
            if (place / LOCK).exists():  # otherwise another run has just removed it
                break
    try:
        yield place
    finally:
        lock.release()
        shutil.rmtree(place, ignore_errors=True)


@cache
def own() -> Path:
    """This process's temporary folder, removed when it ends; its path is short enough for
    sockets.
    """
    until, usual = ExitStack(), Path(tempfile.gettempdir())
    atexit.register(until.close)
    return until.enter_context(
        folder(within=SHORT if len(str(usual)) > LONGEST and SHORT.is_dir() else usual)
    )


def sweep() -> None:
    """Remove the folders that this user's killed processes left, and end what still runs in
    them.
    """
    for within in {Path(tempfile.gettempdir()), SHORT}:
        for place in (*within.glob(f"{ROOM}*"), *within.glob(f"{OWN}*")):
            with suppress(OSError, Timeout):
                if _is_ours(place):
                    _remove(place)


def _is_ours(place: Path) -> bool:
    """Whether it is a folder, not a link, of the user who runs this."""
    found = place.lstat()
    return stat.S_ISDIR(found.st_mode) and (os.name != "posix" or found.st_uid == os.getuid())


def _remove(place: Path) -> None:
    """Remove a folder that no process holds; one without a lock, which could be anyone's, only if
    empty.
    """
    if (place / LOCK).is_symlink() or not (place / LOCK).is_file():
        place.rmdir()
        return
    with FileLock(place / LOCK).acquire(timeout=0):
        _end_what_runs_in(place)
        shutil.rmtree(place, ignore_errors=True)
    shutil.rmtree(place, ignore_errors=True)  # a system that cannot remove an open file


def _end_what_runs_in(place: Path) -> None:
    import psutil

    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if any(str(place) in value for value in process.environ().values()):
                process.kill()
