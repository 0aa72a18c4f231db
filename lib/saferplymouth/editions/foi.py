"""Bundles every table of a published edition for a freedom of information request.

The tables are the edition's own files, byte for byte, so small counts are hidden as on its pages.
The definitions come from the edition's manifest, because framework.toml may have changed since.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from saferplymouth.display.tables import SHORTHAND, UNRELIABLE, UNSURE
from saferplymouth.editions import listing, publish
from saferplymouth.editions.listing import NotPublished
from saferplymouth.framework import Framework, Indicator
from saferplymouth.indicators.words import listed
from saferplymouth.pages import columns
from saferplymouth.pages.page_list import PLACES
from saferplymouth.pages.places.provenance import LICENCE, PUBLISHER
from saferplymouth.store import published
from saferplymouth.store.manifest import DEFINITIONS

FOLDER = "foi"
STAMP = (1980, 1, 1, 0, 0, 0)  # so that the bytes are the same each time
NOT_AVAILABLE = "not available: no data received, or too little to work the figure out from"
MARKS = SHORTHAND | {"[x]": NOT_AVAILABLE, UNSURE: f"{SHORTHAND[UNSURE]}; {UNRELIABLE}"}
FIELDS = ("name", "area", "definition", "counted", "unit", "frequency", "aim")
FIELDS += ("monitoring_only", "sensitive", "caveat")
README = """\
{partnership}: every table published in the edition of {words} ({status}).

data/            the tables as published, one row for each figure (UTF-8, comma separated)
definitions.csv  what each figure counts, and what the shorthand means
SHA256SUMS       a checksum of each file: sha256sum --check SHA256SUMS

Each indicator's table gives the period of every figure and who supplied or set it. \
{licence}
{places}Contact: {contact}.
"""


def bundle(root: Path, name: str) -> Path:
    """Write `outputs/foi/<name>.zip` and give its path. Raises `NotPublished` or `OSError`."""
    outputs, build = root / "outputs", f"with: saferplymouth run {name}"
    tables, made = listing.standing(outputs, name, ".csv")
    if DEFINITIONS not in made:
        cure = f"restore the framework.toml that it was made from, then add them {build}"
        what = f"{name} was built by an earlier suite, which kept no definitions"
        raise NotPublished(f"{what}; {cure}")
    files = tables | {"definitions.csv": _definitions(made[DEFINITIONS], tables)}
    files["README.txt"] = _about(made, tables)
    sums = [f"{published.sha256(content)}  {path}\n" for path, content in sorted(files.items())]
    files["SHA256SUMS"] = "".join(sums).encode()
    publish.replace(outputs, f"{FOLDER}/{name}.zip", packed(dict(sorted(files.items()))))
    return outputs / FOLDER / f"{name}.zip"


def definitions(framework: Framework) -> dict:
    """What an edition keeps of its framework: the partnership, and each indicator's terms."""
    p = framework.partnership
    kept = {"partnership": p.name, "licence": p.licence, "contact": p.contact}
    indicators = framework.indicators.items()
    return kept | {"indicators": {key: [*_terms(i, framework)] for key, i in indicators}}


def _terms(indicator: Indicator, framework: Framework) -> Iterator[list]:
    for name in FIELDS:
        yield [name, indicator.scale if name == "unit" else getattr(indicator, name)]
    yield ["agency", framework.agencies[indicator.agency]]
    for end, agency in sorted(indicator.agency_until.items()):
        yield [f"agency until {end}", framework.agencies[agency]]
    if indicator.population:
        people = framework.populations[indicator.population]
        each = "; ".join(f"{year}: {count:,}" for year, count in people.people.items())
        yield [f"{people.name}, at mid-year", f"{each} ({people.source})"]
    for b in indicator.breakdowns.values():
        for group, words in b.groups.items():
            yield [f"{b.key}: {group}", f"{b.name}: {words}"]


def _definitions(kept: dict, tables: dict[str, bytes]) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["table", "term", "meaning"])
    for path, content in tables.items():
        name = Path(path).stem
        header = next(csv.reader(io.StringIO(content.decode())))
        rows = [*columns.meanings(name, header).items(), *kept["indicators"].get(name, ())]
        writer.writerows((path, *row) for row in rows)
    writer.writerows(("every table", mark, meaning) for mark, meaning in MARKS.items())
    return written.getvalue().encode()


def _about(made: dict, tables: dict[str, bytes]) -> bytes:
    places = [path for path in tables if Path(path).stem in PLACES]
    counted = ""
    if places:
        counted = "counted from the street-level crime files of"
        counted = f"{listed(places)}: {counted} {PUBLISHER}. {LICENCE}\n"
    edition = {"words": made.get("words", made["edition"]), "status": made["status"].lower()}
    return README.format(**made[DEFINITIONS], **edition, places=counted).encode()


def packed(files: Mapping[str, bytes], stored: str = "") -> bytes:
    """The files by path as a zip, in their order and with the same bytes each time; the one called
    `stored` is not compressed.
    """
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as whole:
        for path, content in files.items():
            way = zipfile.ZIP_STORED if path == stored else zipfile.ZIP_DEFLATED
            whole.writestr(zipfile.ZipInfo(path, STAMP), content, way)
    return written.getvalue()
