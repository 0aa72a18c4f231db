"""Where finished editions stand: each is put in place whole, and a kill at any instant leaves the old or the new one.

`outputs/2016-11` is a link to a folder of its own under `outputs/.editions`; putting an edition in place is one
rename of that link. Where the system has no links the folders themselves are renamed. Everything unfinished is in
`.editions`, so what a killed run leaves behind is whatever there is not in use.
"""

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path

STORE, MANIFEST = ".editions", "edition.json"
DEFINITIONS = "definitions"  # of a manifest: what a bundle of the edition needs of its framework
DRAFT, FINAL, CORRECTED, WITHDRAWN = "Draft", "Final", "Corrected", "Withdrawn"
TAKEN = "withdrawn"  # the folder of `outputs` where what was withdrawn is kept, and never published
CLOSED = (FINAL, CORRECTED)
OF_A_MANIFEST = {"edition", "status", "areas", "inputs", "packages", "build"}


def put(outputs: Path, name: str, files: dict[str, bytes]) -> Path:
    """Put the edition `name` in place with these files, relative path to content; returns where it stands."""
    try:
        aside = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=_store(outputs)))
        aside.chmod(0o755)
        for path, content in files.items():
            _write(aside / path, content)
        _switch(aside, outputs / name)
    finally:
        tidy(outputs)
    return outputs / name


def replace(outputs: Path, name: str, content: bytes) -> None:
    """Write one file so that a reader meets the old content or the new."""
    aside = Path(tempfile.mkdtemp(dir=_store(outputs))) / "file"
    try:
        _write(aside, content)
        (outputs / name).parent.mkdir(parents=True, exist_ok=True)
        aside.replace(outputs / name)
    finally:
        shutil.rmtree(aside.parent, ignore_errors=True)


def manifest(place: Path) -> dict:
    """The `edition.json` of an edition; empty when there is none that can be used."""
    try:
        made = json.loads((place / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    return made if isinstance(made, dict) and made.keys() >= OF_A_MANIFEST else {}


def withdrawn(made: dict) -> str:
    """When and why the edition of a manifest was withdrawn; empty where it was not."""
    said = made["withdrawn"] if made.get("status") == WITHDRAWN else None
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
    made = {place.name: manifest(place) for place in sorted(outputs.glob("[0-9]*"))}
    return [name for name, m in made.items() if m.get("status") in CLOSED and m.get("data_to", name) == month]


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
    tidy(outputs)


def tidy(outputs: Path) -> None:
    """Remove what earlier runs, finished or killed, left behind. Call it only while no other run is writing."""
    store = outputs / STORE
    for before in store.glob("*.before"):
        if not (outputs / before.stem).exists():
            before.replace(outputs / before.stem)
    current = {p.resolve() for p in outputs.iterdir() if p.is_symlink()} if store.is_dir() else set()
    for left in store.iterdir() if store.is_dir() else ():
        if left.is_symlink():
            left.unlink()
        elif left.resolve() not in current:
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


def _switch(aside: Path, place: Path) -> None:
    link = aside.with_name(f"{aside.name}.link")
    try:
        link.symlink_to(Path(STORE) / aside.name, target_is_directory=True)
    except (OSError, NotImplementedError):
        if place.is_symlink():
            raise
        link = aside
    if place.is_dir() and not place.is_symlink():
        place.replace(aside.with_name(f"{place.name}.before"))
    link.replace(place)
