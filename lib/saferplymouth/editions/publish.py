"""Puts a finished edition in place in one step: if the run is killed, the old or the new one stays.

`outputs/2016-11` is a link to a folder of its own under `outputs/.editions`; putting an edition in
place is one rename of that link. If the system has no links, the folders themselves are renamed.
Everything unfinished is in `.editions`, so anything there that is not in use was left by a killed
run.
"""

import os
import shutil
import tempfile
from pathlib import Path

from saferplymouth.store import atomic

STORE = ".editions"


def put(outputs: Path, name: str, files: dict[str, bytes]) -> Path:
    """Put the edition `name` in place with these files, by relative path; returns the place."""
    try:
        new = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=_store(outputs)))
        new.chmod(0o755)
        for path, content in files.items():
            _write(new / path, content)
        _switch(new, outputs / name)
    finally:
        tidy(outputs)
    return outputs / name


def replace(outputs: Path, name: str, content: bytes) -> None:
    """Write one file so that readers see either the old content or the new."""
    new = Path(tempfile.mkdtemp(dir=_store(outputs))) / "file"
    try:
        _write(new, content)
        atomic.make_way(outputs / name, outputs)
        new.replace(outputs / name)
    finally:
        shutil.rmtree(new.parent, ignore_errors=True)


def remove(outputs: Path, name: str) -> None:
    """Remove the edition `name`, if there is one."""
    atomic.remove(outputs / name)
    tidy(outputs)


def tidy(outputs: Path) -> None:
    """Remove what earlier runs left behind. Call it only while no other run is writing."""
    store = outputs / STORE
    if not store.is_dir():
        return
    for before in store.glob("*.before"):
        place = outputs / before.stem
        if not place.exists():
            place.unlink(missing_ok=True)
            before.replace(place)
    current = {os.path.realpath(path) for path in outputs.iterdir() if path.is_symlink()}
    for left in store.iterdir():
        if left.is_symlink() or not left.is_dir():
            left.unlink()
        elif os.path.realpath(left) not in current:
            shutil.rmtree(left, ignore_errors=True)


def _store(outputs: Path) -> Path:
    store = outputs / STORE
    store.mkdir(parents=True, exist_ok=True)
    return store


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _switch(new: Path, place: Path) -> None:
    link = new.with_name(f"{new.name}.link")
    try:
        link.symlink_to(Path(STORE) / new.name, target_is_directory=True)
    except (OSError, NotImplementedError):
        if place.is_symlink():
            raise
        link = new
    if place.is_dir() and not place.is_symlink():
        place.replace(new.with_name(f"{place.name}.before"))
    link.replace(place)
