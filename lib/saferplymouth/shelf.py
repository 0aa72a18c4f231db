"""Where finished editions stand: each is put in place whole, and a kill at any instant leaves the old or the new one.

`outputs/2016-11` is a link to a folder of its own under `outputs/.editions`; putting an edition in place is one
rename of that link. Where the system has no links the folders themselves are renamed.
"""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

STORE = ".editions"


def put(outputs: Path, name: str, files: dict[str, bytes]) -> Path:
    """Put the edition `name` in place with these files, relative path to content; returns where it stands."""
    store = outputs / STORE
    store.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=store))
    try:
        aside.chmod(0o755)
        write(aside, files)
        place = outputs / name
        _switch(aside, place)
    except BaseException:
        if not _is_current(outputs / name, aside):
            shutil.rmtree(aside, ignore_errors=True)
        raise
    tidy(outputs)
    return place


def write(folder: Path, files: dict[str, bytes]) -> None:
    """Write files, relative path to content, and have them on the disk before returning."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())


def replace(path: Path, content: bytes) -> None:
    """Write one file so that a reader meets the old content or the new."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        write(path.parent, {aside.name: content})
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def files(place: Path) -> dict[str, bytes]:
    """Every file of an edition, relative path to content; none when there is no edition."""
    found = sorted(p for p in place.rglob("*") if p.is_file()) if place.is_dir() else []
    return {p.relative_to(place).as_posix(): p.read_bytes() for p in found}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def remove(outputs: Path, name: str) -> None:
    """Take the edition `name` away, where there is one."""
    place = outputs / name
    if place.is_symlink():
        place.unlink()
    elif place.is_dir():
        shutil.rmtree(place)
    if outputs.is_dir():
        tidy(outputs)


def tidy(outputs: Path) -> None:
    """Remove what earlier runs, finished or killed, left behind. Call it only while no other run is writing."""
    store = outputs / STORE
    current = {p.resolve() for p in outputs.iterdir() if p.is_symlink() and not p.name.startswith(".")}
    for folder in store.iterdir() if store.is_dir() else ():
        if folder.resolve() not in current:
            shutil.rmtree(folder, ignore_errors=True)


def _switch(aside: Path, place: Path) -> None:
    link = place.with_name(f".{place.name}.link")
    link.unlink(missing_ok=True)
    try:
        link.symlink_to(Path(STORE) / aside.name, target_is_directory=True)
    except (OSError, NotImplementedError):
        _switch_folders(aside, place)
        return
    if place.is_dir() and not place.is_symlink():
        place.rename(place.parent / STORE / f"{place.name}-before")
    link.replace(place)


def _switch_folders(aside: Path, place: Path) -> None:
    before = place.with_name(f".{place.name}.before")
    shutil.rmtree(before, ignore_errors=True)
    if place.exists():
        place.rename(before)
    aside.rename(place)
    shutil.rmtree(before, ignore_errors=True)


def _is_current(place: Path, folder: Path) -> bool:
    return place.exists() and place.resolve() == folder.resolve()
