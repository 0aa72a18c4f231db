"""The editions in place, from their files: which are final, and which were withdrawn."""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from saferplymouth.store import digests
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
    names = sorted(path.name for path in outputs.glob("[0-9]*") if len(path.name) == len(name))
    records = (manifest(outputs / one) for one in reversed(names) if one < name)
    before = next((each for each in records if each and not withdrawn(each)), None)
    own = manifest(outputs / name)
    return [each for each in (before, own) if each and not withdrawn(each)]


def closed(outputs: Path, month: str) -> list[str]:
    """The final editions with data to `month`: its own, or that of a quarter ending with it."""
    records = {place: manifest(place) for place in sorted(outputs.glob("[0-9]*"))}
    return [
        place.name
        for place, each in records.items()
        if each.get("data_to", place.name) == month
        and (
            each.get("status") in CLOSED
            or has_lost_its_manifest(each, Standing(outputs.parent, place))
        )
    ]


def has_lost_its_manifest(record: dict, standing: "Standing") -> bool:
    """Whether pages say their edition is final or withdrawn, and its `record` does not."""
    return record.get("status") not in (*CLOSED, WITHDRAWN) and standing.says_closed


class Standing(Mapping[str, bytes]):
    """Every file of the edition in `place`, relative path to content, and its SHA-256 in `digests`;
    empty if there is no edition. A file is read when it is first asked for.
    """

    def __init__(self, root: Path, place: Path):
        self._place, self._known, self._held = place, digests.of_project(root), {}
        self.digests = {name: self._known.of(place / name) for name in _names(place)}

    def __iter__(self) -> Iterator[str]:
        return iter(self.digests)

    def __len__(self) -> int:
        return len(self.digests)

    def __getitem__(self, name: str) -> bytes:
        if name not in self._held:
            if name not in self.digests:
                raise KeyError(name)
            self._held[name] = (self._place / name).read_bytes()
        return self._held[name]

    def hold(self) -> None:
        """Read every file now, whatever happens to it later."""
        self._held = dict(self)

    @property
    def says_closed(self) -> bool:
        """Whether one of its pages says that the edition is final or withdrawn."""
        pages = (self._place / name for name in self if name.endswith(".html"))
        return any(self._known.of(path, _says_closed) for path in pages)


def _says_closed(page: Path) -> str:
    return "closed" if SAYS_CLOSED.search(page.read_bytes()) else ""


def files(place: Path) -> dict[str, bytes]:
    """Every file of an edition, relative path to content; empty if there is no edition."""
    return {name: (place / name).read_bytes() for name in _names(place)}


def _names(place: Path) -> list[str]:
    paths = [Path(folder, name) for folder, _, names in os.walk(place) for name in names]
    return sorted(path.relative_to(place).as_posix() for path in paths if path.is_file())


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
