"""Sets an edition as one PDF for the board's meeting (PDF/UA-1), from the edition's own pages.

`pages/pack.py` says what it takes from them and in which order; `templates/pack/pack.typ` says how
it is set. Typst gets the words as JSON, so that no text is ever markup.
"""

import datetime
import json
import re
import shutil
from collections.abc import Iterator
from importlib.resources import files as files_of
from pathlib import Path

from saferplymouth.editions import listing, publish, tasks
from saferplymouth.editions.failures import plain
from saferplymouth.framework import Framework, load
from saferplymouth.store import temporary
from saferplymouth.store.manifest import FRONT_PAGE, MANIFEST, PACK
from saferplymouth.store.published import sha256

TEMPLATE = Path(__file__).parent / "templates/pack/pack.typ"
STYLES = ("Regular", "It", "Semibold", "Bold")
LINK = re.compile(rb'\n<p class="pack">.*?</p>')


class NotMade(Exception):
    """Typst could not set the pack; the message says why."""


def put(root: Path, name: str) -> Path:
    """Put the edition `name` in place again with its pack; returns the pack's path.

    Call it only while no run is in progress. Raises `listing.NotPublished`, `NotMade` or `OSError`.
    """
    outputs, framework = root / "outputs", load(root / "framework.toml")
    files, made = listing.standing(outputs, name)
    files, made = added(files, made, framework)
    place = publish.put(outputs, name, files | {MANIFEST: tasks.canonical(made)})
    listing.write_index(root)
    return place / PACK


def added(files: dict[str, bytes], made: dict, framework: Framework) -> tuple[dict, dict]:
    """The files and the manifest of an edition with its pack, to which its front page links.

    Raises `NotMade`.
    """
    files, made = without(files, made)
    pack = make(files, made, framework)
    link = listing.page("pack.html.j2", framework, path=PACK, size=f"{len(pack) / 1e6:.1f} MB")
    front = files[FRONT_PAGE].replace(b"</h1>", b"</h1>\n" + link.strip(), 1)
    new = {PACK: pack, FRONT_PAGE: front}
    return files | new, _with_digests(made, new)


def without(files: dict[str, bytes], made: dict) -> tuple[dict, dict]:
    """The files and the manifest of an edition before it had a pack."""
    if not listing.has_pack(made):
        return files, made
    front = LINK.sub(b"", files[FRONT_PAGE])
    left = {path: content for path, content in files.items() if path != PACK} | {FRONT_PAGE: front}
    return left, _with_digests(made, {FRONT_PAGE: front})


def _with_digests(made: dict, new: dict[str, bytes]) -> dict:
    """The manifest with these files of its front page."""
    digests = {path: sha256(content) for path, content in new.items()}
    areas = dict(made["areas"])
    for key, area in areas.items():
        if area["page"] == FRONT_PAGE:
            kept = {path: digest for path, digest in area["files"].items() if path != PACK}
            areas[key] = area | {"files": kept | digests}
    return made | {"areas": areas}


def make(files: dict[str, bytes], made: dict, framework: Framework) -> bytes:
    """The pack of an edition, from its files and its manifest. Raises `NotMade`."""
    import typst

    from saferplymouth.editions import pack_reading

    data = pack_reading.data(files, made, framework)
    finished = datetime.datetime.fromisoformat(made["build"]["finished"])
    with temporary.folder() as fonts:
        for font in _fonts():
            shutil.copy(font, fonts)
        try:
            return typst.compile(
                TEMPLATE,
                root=TEMPLATE.parent,
                format="pdf",
                pdf_standards="ua-1",
                font_paths=[fonts],
                ignore_system_fonts=not data["fonts"],
                sys_inputs={"pack": json.dumps(data)},
                timestamp=int(finished.timestamp()),
            )
        except typst.TypstError as error:
            raise NotMade(f"Typst refused it ({plain(error)})") from error


def _fonts() -> Iterator[Path]:
    """The same fonts everywhere: one for words, and one that has the marks of the states."""
    from matplotlib import get_data_path

    for style in STYLES:
        yield Path(str(files_of("font_source_sans_pro") / f"files/SourceSansPro-{style}.ttf"))
    yield Path(get_data_path()) / "fonts/ttf/DejaVuSans.ttf"
