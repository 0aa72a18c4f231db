"""An answer to a freedom of information request: every table of a published edition, as it was
published.

The tables are the edition's own files, byte for byte, so small counts are hidden in them as they
are on its pages. The definitions are those it was built with, which its manifest keeps:
framework.toml may have changed since.
"""

import csv
import io
import zipfile
from pathlib import Path

from saferplymouth.display.tables import SHORTHAND
from saferplymouth.editions import columns, publish
from saferplymouth.editions.page_list import PLACES
from saferplymouth.errors import Mistake
from saferplymouth.indicators.words import listed
from saferplymouth.pages.places.provenance import LICENCE, PUBLISHER
from saferplymouth.store import published
from saferplymouth.store.edition_names import is_edition
from saferplymouth.store.manifest import DEFINITIONS, MANIFEST, manifest

FOLDER = "foi"
STAMP = (1980, 1, 1, 0, 0, 0)  # the same bytes each time


class NotPublished(Mistake):
    """There is no edition to bundle, or its files are not as it says; the message has the cure."""


def bundle(root: Path, name: str) -> Path:
    """Write `outputs/foi/<name>.zip` and give its path. Raises `NotPublished` or `OSError`."""
    place = root / "outputs" / name
    made = manifest(place) if is_edition(name) else {}
    if taken := published.withdrawn(made):
        raise NotPublished(f"{name} was {taken}\nTo publish it again: {published.again(name)}")
    if not made:
        damaged = is_edition(name) and place.is_dir()
        what = (
            f"the {MANIFEST} of {name} is missing or damaged"
            if damaged
            else f"there is no edition {name}"
        )
        raise NotPublished(f"{what}; build it first with: saferplymouth run {name}")
    tables = _tables(place, made)
    if DEFINITIONS not in made:
        cure = (
            f"put back the framework.toml that it was made from, then add them with: "
            f"saferplymouth run {name}"
        )
        raise NotPublished(
            f"{name} was built by an earlier suite, which kept no definitions with it; {cure}"
        )
    files = tables | {
        "definitions.csv": _definitions(made[DEFINITIONS], tables),
        "README.txt": _about(made, tables),
    }
    sums = "".join(
        f"{published.sha256(content)}  {path}\n" for path, content in sorted(files.items())
    )
    publish.replace(
        root / "outputs", f"{FOLDER}/{name}.zip", _packed(files | {"SHA256SUMS": sums.encode()})
    )
    return root / "outputs" / FOLDER / f"{name}.zip"


def _tables(place: Path, made: dict) -> dict[str, bytes]:
    """Every table of the edition, each proved to be the one that was published."""
    there = published.files(place)
    digests = {
        path: digest
        for area in made["areas"].values()
        for path, digest in area.get("files", {}).items()
    }
    wanted = {path: digest for path, digest in digests.items() if path.endswith(".csv")}
    wrong = [
        path for path, digest in wanted.items() if published.sha256(there.get(path, b"")) != digest
    ]
    if wrong:
        cure = f"build it again with: saferplymouth run {made['edition']}"
        raise NotPublished(f"{', '.join(wrong)} is not as {MANIFEST} says; {cure}")
    return {path: there[path] for path in sorted(wanted)}


def _definitions(defined: dict, tables: dict[str, bytes]) -> bytes:
    """What each table's columns mean, what each indicator counts, by whom and for whom, and the
    shorthand.
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["table", "term", "meaning"])
    for path, content in tables.items():
        header = next(csv.reader(io.StringIO(content.decode())))
        writer.writerows((path, *row) for row in columns.meanings(Path(path).stem, header).items())
        writer.writerows((path, *row) for row in defined["indicators"].get(Path(path).stem, ()))
    meanings = SHORTHAND | {
        "[x]": "not available: no data received, or too little to work the figure out from"
    }
    writer.writerows(("every table", mark, meaning) for mark, meaning in meanings.items())
    return written.getvalue().encode()


def _about(made: dict, tables: dict[str, bytes]) -> bytes:
    said, words = made[DEFINITIONS], made.get("words", made["edition"])
    places = [path for path in tables if Path(path).stem in PLACES]
    counted = (
        f"{listed(places)}: counted from the street-level crime files of {PUBLISHER}. {LICENCE}\n"
        if places
        else ""
    )
    about = (
        f"{said['partnership']}: every table published in the edition of {words} "
        f"({made['status'].lower()}).\n\n"
        "data/            the tables as published, one row for each figure (UTF-8, comma "
        "separated)\n"
        "definitions.csv  what each figure counts, and what the shorthand means\n"
        "SHA256SUMS       a checksum of each file: sha256sum --check SHA256SUMS\n\n"
        "The table of each indicator says of every figure which period it is of and who sent or "
        "set it. "
        f"{said['licence']}\n{counted}Contact: {said['contact']}.\n"
    )
    return about.encode()


def _packed(files: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, content in sorted(files.items()):
            packed.writestr(zipfile.ZipInfo(path, STAMP), content, zipfile.ZIP_DEFLATED)
    return written.getvalue()
