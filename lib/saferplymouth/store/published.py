"""The editions in place, from their files: which are final, and which were withdrawn."""

import hashlib
import re
from pathlib import Path

from saferplymouth.store.manifest import CLOSED, WITHDRAWN, manifest

TAKEN = "withdrawn"  # the folder of `outputs` that keeps withdrawn editions; never publish it
# on each of its pages
SAYS = rf"Edition(?:</a>)?</dt><dd>(?:{'|'.join(CLOSED)})</dd>|This edition was withdrawn on "
SAYS_CLOSED = re.compile(SAYS.encode())


def editions_in_place(outputs: Path) -> dict[str, int]:
    """The editions in place, each with a number that changes when it is replaced."""
    folders = [path for path in outputs.glob("[0-9]*") if path.is_dir()]
    return {path.name: path.stat().st_ino for path in folders}


def withdrawn(record: dict) -> str:
    """When and why an edition was withdrawn, from its manifest; empty if it was not."""
    details = record.get("withdrawn") if record.get("status") == WITHDRAWN else None
    return f"withdrawn on {details['date_words']}: {details['reason']}" if details else ""


def republish_command(name: str) -> str:
    """The command that publishes a withdrawn edition again."""
    return f'saferplymouth run {name} --correct "the reason"'


def published(place: Path) -> tuple[Path, str]:
    """The folder of the edition published at `place`, and when and why it was withdrawn."""
    record = manifest(place)
    if taken := withdrawn(record):
        return place.parent / TAKEN / withdrawn_folder(
            place.name, record["withdrawn"]["sha256"]
        ), taken
    return place, ""


def withdrawn_folder(name: str, digest: str) -> str:
    """The folder for a withdrawn edition; the name includes its manifest, since it can be withdrawn
    again.
    """
    return f"{name}-{digest[:8]}"


def preceding(outputs: Path, name: str) -> list[dict]:
    """The manifests of the edition before the named one, of the same kind, and of the one in
    place.
    """
    paths = [path for path in sorted(outputs.glob("[0-9]*")) if len(path.name) == len(name)]
    records = [manifest(path) for path in paths if path.name <= name]
    standing = [each for each in records if each and not withdrawn(each)]
    own = [each for each in standing if each["edition"] == name]
    return [*standing[: len(standing) - len(own)][-1:], *own]


def closed(outputs: Path, month: str) -> list[str]:
    """The final editions with data to `month`: its own, or that of a quarter ending with it."""
    records = {place: manifest(place) for place in sorted(outputs.glob("[0-9]*"))}
    return [
        place.name
        for place, each in records.items()
        if each.get("data_to", place.name) == month
        and (each.get("status") in CLOSED or has_lost_its_manifest(each, files(place)))
    ]


def has_lost_its_manifest(record: dict, standing: dict[str, bytes]) -> bool:
    """Whether pages say their edition is final or withdrawn, and its `record` does not."""
    pages = (content for name, content in standing.items() if name.endswith(".html"))
    return record.get("status") not in (*CLOSED, WITHDRAWN) and any(
        SAYS_CLOSED.search(page) for page in pages
    )


def files(place: Path) -> dict[str, bytes]:
    """Every file of an edition, relative path to content; empty if there is no edition."""
    paths = sorted(p for p in place.rglob("*") if p.is_file()) if place.is_dir() else []
    return {p.relative_to(place).as_posix(): p.read_bytes() for p in paths}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
