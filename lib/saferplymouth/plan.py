"""What an edition needs: each page as a `Work`, and which pages of the edition in place nothing has changed."""

import datetime
import io
import json
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from saferplymouth import framework, intake, observations, periods, shelf, suppression
from saferplymouth import work as works
from saferplymouth.framework import Framework
from saferplymouth.work import Work

BOARD = "board_summary"
MANIFEST = "edition.json"
WITHHELD = "withheld: from its digest a hidden count could be found by trying"
DRAFT, FINAL, CORRECTED = "Draft", "Final", "Corrected"
TOOLCHAIN = "the suite or its libraries"
PARTS = {"edition", "status", "areas", "inputs", "packages", "build"}


class NotPlanned(Exception):
    """Nothing could be planned; the message is for the person who asked."""


@dataclass(frozen=True)
class Plan:
    """An edition's `expected` pages: those `todo`, with why, and those `kept` from the edition in place (`before`).

    `standing` are the files of that edition; `inputs` is the SHA-256 of every file of the drops it may read. `status`
    is what the edition is to be, with every correction made to it; `frozen` says, for a final edition, which pages
    would no longer be the same and why.
    """

    month: pd.Period
    expected: dict[str, Work]
    todo: dict[str, str]
    kept: dict[str, dict]
    before: dict
    standing: dict[str, bytes]
    inputs: dict[str, str]
    status: str = DRAFT
    corrections: tuple[dict, ...] = ()
    frozen: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Wish:
    """What is asked of a run: `only` one area, `force` what has not changed, `seconds` for each notebook.

    `final` freezes the edition; `correct` is the reason for which a final one may change.
    """

    only: str | None = None
    force: bool = False
    seconds: float = 300
    published: str = "1970-01-01"
    final: bool = False
    correct: str = ""


def months(root: Path, text: str | None) -> list[pd.Period]:
    """The months asked for, the newest drop by default. Raises `NotPlanned` where one has no drop."""
    there = intake.drops(root / "data/raw")
    if not there:
        raise NotPlanned("data/raw holds no drop; put the month's returns in a folder such as data/raw/2016-11/returns")
    try:
        wanted = periods.months(text) if text else there[-1:]
    except periods.NotAPeriod as error:
        raise NotPlanned(str(error)) from None
    absent = [str(month) for month in wanted if month not in there]
    if absent:
        some = f"{', '.join(absent[:3])}{' and more' if len(absent) > 3 else ''}"
        raise NotPlanned(f"there is no drop for {some}; the drops run from {there[0]} to {there[-1]}")
    return wanted


def plan(root: Path, month: pd.Period, wish: Wish) -> Plan:
    """What the edition of `month` needs, from its drops as they stood. Writes only `data/processed`.

    Raises `framework.FrameworkError`, `intake.Refused` or `NotPlanned`.
    """
    frame = framework.load(root / "framework.toml")
    if wish.only not in (None, BOARD, *frame.areas):
        raise NotPlanned(f"'{wish.only}' is not an area; use one of {', '.join((BOARD, *frame.areas))}")
    observations.refresh(root, frame, month)
    received = observations.received(root, month)
    shown = suppression.masked(received, frame.indicators)
    before, standing = manifest(root / "outputs" / str(month)), shelf.files(root / "outputs" / str(month))
    status, corrections = _status(before, month, wish)
    top = {"status": status, "corrections": corrections}
    expected = {key: _work(root, frame, month, shown, key, wish, top) for key in (BOARD, *frame.areas)}
    closed = before.get("status") in (FINAL, CORRECTED) and not wish.correct
    reasons = {key: _changed(before, key, work, standing, closed) for key, work in expected.items()}
    frozen = {key: reason for key, reason in reasons.items() if closed and reason}
    todo, kept, inputs = {}, {}, {}
    for key, reason in reasons.items():
        if key in frozen:
            continue
        if wish.only in (None, key) and (wish.force or reason):
            todo[key] = reason or "asked for"
        elif not reason:
            kept[key] = before["areas"][key]
    for drop in intake.drops(root / "data/raw"):
        inputs |= intake.digest(root / "data/raw", drop) if drop <= month else {}
    inputs |= dict.fromkeys(suppression.sources(received, frame.indicators), WITHHELD)
    return Plan(month, expected, todo, kept, before, standing, inputs, status, corrections, frozen)


def _status(before: dict, month: pd.Period, wish: Wish) -> tuple[str, tuple[dict, ...]]:
    """What the edition is to be, and its corrections. Raises `NotPlanned` for a correction of what is not final."""
    was, made = before.get("status", DRAFT), tuple(before.get("corrections", ()))
    if wish.correct and was not in (FINAL, CORRECTED):
        raise NotPlanned(f"{month} is not final, so there is nothing to correct; run it without --correct")
    if wish.correct:
        said = {"date": wish.published, "reason": wish.correct}
        return CORRECTED, (*made, said | {"date_words": periods.day(datetime.date.fromisoformat(wish.published))})
    return (was, made) if was in (FINAL, CORRECTED) else (FINAL if wish.final else DRAFT, ())


def manifest(place: Path) -> dict:
    """The `edition.json` of an edition; empty when there is none that can be used."""
    try:
        made = json.loads((place / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    return made if isinstance(made, dict) and made.keys() >= PARTS else {}


def _work(root: Path, frame: Framework, month: pd.Period, shown: pd.DataFrame, key: str, wish: Wish, top: dict) -> Work:
    board = key == BOARD
    indicators = tuple(frame.indicators) if board else tuple(i.key for i in frame.of_area(key))
    beside = [frame.indicators[i].compare_with for i in indicators]
    path = root / "notebooks" / f"{key}.ipynb"
    notebook = path.read_bytes() if path.is_file() else b""
    files = {"framework.toml": (root / "framework.toml").read_bytes()}
    for indicator in () if board else indicators:
        comment = Path("data/raw", str(month), "comments", f"{indicator}.md")
        if (root / comment).is_file():
            files[comment.as_posix()] = (root / comment).read_bytes()
    own = _parquet(shown[shown["indicator"].isin({*indicators, *beside})])
    commented = len(files) > 1  # a comment may speak of any indicator, and is checked against it
    files[f"data/processed/{month}.parquet"] = _parquet(shown) if commented else own
    title, href = ("Board summary", "index.html") if board else (frame.areas[key].title, frame.areas[key].page)
    must = () if board else indicators
    top = _top(frame, month, title) | top
    work = Work(str(month), key, title, href, must, notebook, files, top, wish.seconds, wish.published)
    return replace(work, depends=_depends(work, own))


def _parquet(frame: pd.DataFrame) -> bytes:
    written = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(frame, observations.SCHEMA, preserve_index=False), written)
    return written.getvalue()


def _top(frame: Framework, month: pd.Period, title: str) -> dict:
    pages = [{"title": "Board summary", "href": "index.html"}]
    pages += [{"title": area.title, "href": area.page} for area in frame.areas.values()]
    p = frame.partnership
    top = {"partnership": p.name, "title": title, "month": periods.words(month), "contact": p.contact}
    return top | {"licence": p.licence, "pages": pages, "manifest": MANIFEST}


@cache
def _toolchain() -> str:
    code = {name: shelf.sha256(content) for name, content in works.code().items()}
    return shelf.sha256(works.canonical([code, works.versions()]))


def _depends(work: Work, own: bytes) -> dict[str, str]:
    """A digest of each thing the page depends on, named as `status` tells it; `own` are the figures it is about."""
    comments = {name: shelf.sha256(content) for name, content in work.files.items() if name.endswith(".md")}
    if comments:
        comments["checked against"] = shelf.sha256(work.files[f"data/processed/{work.month}.parquet"])
    said = [(c["date"], c["reason"]) for c in work.top["corrections"]]
    return {
        TOOLCHAIN: _toolchain(),
        "its notebook": shelf.sha256(work.notebook),
        "the framework": shelf.sha256(work.files["framework.toml"]),
        "its figures": shelf.sha256(own),
        "its comments": shelf.sha256(works.canonical(comments)),
        "its status": shelf.sha256(works.canonical([work.top["status"], said])),
    }


def _changed(before: dict, key: str, work: Work, standing: dict[str, bytes], closed: bool) -> str:
    """Why the page in place cannot be kept; empty when it can. A closed edition is not touched by a newer suite."""
    entry = before.get("areas", {}).get(key, {})
    if not entry.get("files"):
        return "not built yet"
    changed = [name for name, digest in work.depends.items() if entry["depends"].get(name) != digest]
    changed = [name for name in changed if name != TOOLCHAIN or not closed]
    if changed:
        return f"{' and '.join(changed)} changed"
    damaged = any(shelf.sha256(standing.get(name, b"")) != digest for name, digest in entry["files"].items())
    return "its files are missing or damaged" if damaged else ""
