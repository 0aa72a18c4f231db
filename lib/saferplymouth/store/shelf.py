"""Where finished editions stand: each is put in place whole, and a kill at any instant leaves the old or the new one.

`outputs/2016-11` is a link to a folder of its own under `outputs/.editions`; putting an edition in place is one
rename of that link. Where the system has no links the folders themselves are renamed. Everything unfinished is in
`.editions`, so what a killed run leaves behind is whatever there is not in use.
"""

import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path

from saferplymouth.store import aside
from saferplymouth.store.manifest import CLOSED, WITHDRAWN, manifest

STORE = ".editions"
TAKEN = "withdrawn"  # the folder of `outputs` where what was withdrawn is kept, and never published
SAYS = rf"<dt>Edition</dt><dd>(?:{'|'.join(CLOSED)})</dd>|This edition was withdrawn on "  # on each of its pages
SAYS_CLOSED = re.compile(SAYS.encode())


def put(outputs: Path, name: str, files: dict[str, bytes]) -> Path:
    """Put the edition `name` in place with these files, relative path to content; returns where it stands."""
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
    """Write one file so that a reader meets the old content or the new."""
    new = Path(tempfile.mkdtemp(dir=_store(outputs))) / "file"
    try:
        _write(new, content)
        aside.make_way(outputs / name, outputs)
        new.replace(outputs / name)
    finally:
        shutil.rmtree(new.parent, ignore_errors=True)


def places(outputs: Path) -> dict[str, int]:
    """The editions in place, each with a number that is another once another edition has taken its place."""
    there = [path for path in outputs.glob("[0-9]*") if path.is_dir()]
    return {path.name: path.stat().st_ino for path in there}


def withdrawn(made: dict) -> str:
    """When and why the edition of a manifest was withdrawn; empty where it was not."""
    said = made.get("withdrawn") if made.get("status") == WITHDRAWN else None
    return f"withdrawn on {said['date_words']}: {said['reason']}" if said else ""


def again(name: str) -> str:
    """The command that publishes an edition again that was withdrawn."""
    return f'saferplymouth run {name} --correct "the reason"'


def published(place: Path) -> tuple[Path, str]:
    """Where the edition that was published at `place` stands, and when and why it was withdrawn if it was."""
    made = manifest(place)
    if taken := withdrawn(made):
        return place.parent / TAKEN / kept_as(place.name, made["withdrawn"]["sha256"]), taken
    return place, ""


def kept_as(name: str, digest: str) -> str:
    """The folder for a withdrawn edition: named by its manifest too, for an edition may be withdrawn again."""
    return f"{name}-{digest[:8]}"


def preceding(outputs: Path, name: str) -> list[dict]:
    """The manifests of the edition before the one of a name, a month's or a quarter's as it is, and of the one in place
    under that name; those that are there, the one before first."""
    each = (path for path in sorted(outputs.glob("[0-9]*")) if len(path.name) == len(name))
    there = [made for place in each if place.name <= name and (made := manifest(place)) and not withdrawn(made)]
    own = [made for made in there if made["edition"] == name]
    return [*there[: len(there) - len(own)][-1:], *own]


def closed(outputs: Path, month: str) -> list[str]:
    """The editions in place with data to `month` (its own, or a quarter's that ends with it) that are final."""
    made = {place: manifest(place) for place in sorted(outputs.glob("[0-9]*"))}
    of_month = [place for place, m in made.items() if m.get("data_to", place.name) == month]
    return [place.name for place in of_month if made[place].get("status") in CLOSED or lost(made[place], files(place))]


def lost(made: dict, standing: dict[str, bytes]) -> bool:
    """Whether pages that `standing` say that their edition is final or withdrawn, and the manifest `made` does not."""
    pages = (content for name, content in standing.items() if name.endswith(".html"))
    return made.get("status") not in (*CLOSED, WITHDRAWN) and any(SAYS_CLOSED.search(page) for page in pages)


def files(place: Path) -> dict[str, bytes]:
    """Every file of an edition, relative path to content; none when there is no edition."""
    found = sorted(p for p in place.rglob("*") if p.is_file()) if place.is_dir() else []
    return {p.relative_to(place).as_posix(): p.read_bytes() for p in found}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def remove(outputs: Path, name: str) -> None:
    """Take the edition `name` away, where there is one."""
    aside.remove(outputs / name)
    tidy(outputs)


def tidy(outputs: Path) -> None:
    """Remove what earlier runs, finished or killed, left behind. Call it only while no other run is writing."""
    store = outputs / STORE
    for before in store.glob("*.before"):
        place = outputs / before.stem
        if not place.exists():
            place.unlink(missing_ok=True)
            before.replace(place)
    links = [path for path in outputs.iterdir() if path.is_symlink()] if store.is_dir() else []
    current = {os.path.realpath(link) for link in links}
    for left in store.iterdir() if store.is_dir() else ():
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
    with path.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


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
