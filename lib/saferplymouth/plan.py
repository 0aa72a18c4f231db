"""What an edition needs: each page as a `Work`, and which pages of the edition in place nothing has changed."""

import io
import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from saferplymouth import framework, intake, observations, periods, shelf
from saferplymouth import work as works
from saferplymouth.framework import Framework
from saferplymouth.work import Work

BOARD = "board_summary"
MANIFEST = "edition.json"
STATUS = "Draft"
PARTS = {"edition", "status", "areas", "inputs", "packages", "build"}


class NotPlanned(Exception):
    """Nothing could be planned; the message is for the person who asked."""


@dataclass(frozen=True)
class Plan:
    """An edition's `expected` pages: those `todo`, with why, and those `kept` from the edition in place (`before`).

    `standing` are the files of that edition; `inputs` is the SHA-256 of every file of the drops it may read.
    """

    month: pd.Period
    expected: dict[str, Work]
    todo: dict[str, str]
    kept: dict[str, dict]
    before: dict
    standing: dict[str, bytes]
    inputs: dict[str, str]


@dataclass(frozen=True)
class Wish:
    """What is asked of a run: `only` one area, `force` what has not changed, `seconds` for each notebook."""

    only: str | None = None
    force: bool = False
    seconds: float = 300
    published: str = "1970-01-01"


def months(root: Path, text: str | None) -> list[pd.Period]:
    """The months asked for, the newest drop by default. Raises `NotPlanned` where one has no drop."""
    there = intake.drops(root / "data/raw")
    if not there:
        raise NotPlanned("data/raw holds no drop; put the month's returns in a folder such as data/raw/2016-11/returns")
    try:
        wanted = periods.months(text) if text else there[-1:]
    except ValueError as error:
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
    everything = observations.received(root, month)
    expected = {key: _work(root, frame, month, everything, key, wish) for key in (BOARD, *frame.areas)}
    before, standing = manifest(root / "outputs" / str(month)), shelf.files(root / "outputs" / str(month))
    reasons = {key: _changed(before, key, work, standing) for key, work in expected.items()}
    todo, kept, inputs = {}, {}, {}
    for key, reason in reasons.items():
        if wish.only in (None, key) and (wish.force or reason):
            todo[key] = reason or "asked for"
        elif not reason:
            kept[key] = before["areas"][key]
    for drop in intake.drops(root / "data/raw"):
        inputs |= intake.digest(root / "data/raw", drop) if drop <= month else {}
    return Plan(month, expected, todo, kept, before, standing, inputs)


def manifest(place: Path) -> dict:
    """The `edition.json` of an edition; empty when there is none that can be used."""
    try:
        made = json.loads((place / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    return made if isinstance(made, dict) and made.keys() >= PARTS else {}


def _work(root: Path, frame: Framework, month: pd.Period, everything: pd.DataFrame, key: str, wish: Wish) -> Work:
    board = key == BOARD
    indicators = tuple(frame.indicators) if board else tuple(i.key for i in frame.of_area(key))
    path = root / "notebooks" / f"{key}.ipynb"
    notebook = path.read_bytes() if path.is_file() else b""
    files = {"framework.toml": (root / "framework.toml").read_bytes()}
    files[f"data/processed/{month}.parquet"] = _parquet(everything[everything["indicator"].isin(indicators)])
    for indicator in () if board else indicators:
        comment = Path("data/raw", str(month), "comments", f"{indicator}.md")
        if (root / comment).is_file():
            files[comment.as_posix()] = (root / comment).read_bytes()
    title, href = ("Board summary", "index.html") if board else (frame.areas[key].title, frame.areas[key].page)
    shown = () if board else indicators
    top = _top(frame, month, title)
    work = Work(str(month), key, title, href, shown, notebook, files, top, wish.seconds, wish.published)
    return replace(work, depends=_depends(work))


def _parquet(frame: pd.DataFrame) -> bytes:
    written = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(frame, observations.SCHEMA, preserve_index=False), written)
    return written.getvalue()


def _top(frame: Framework, month: pd.Period, title: str) -> dict:
    pages = [{"title": "Board summary", "href": "index.html"}]
    pages += [{"title": area.title, "href": area.page} for area in frame.areas.values()]
    p = frame.partnership
    top = {"partnership": p.name, "title": title, "month": periods.words(month), "contact": p.contact}
    return top | {"licence": p.licence, "pages": pages, "status": STATUS, "manifest": MANIFEST}


@cache
def _toolchain() -> str:
    code = {name: shelf.sha256(content) for name, content in works.code().items()}
    return shelf.sha256(works.canonical([code, works.versions()]))


def _depends(work: Work) -> dict[str, str]:
    """A digest of each thing the page depends on, named as `status` tells it."""
    comments = [name for name in work.files if name.endswith(".md")]
    data = next(name for name in work.files if name.endswith(".parquet"))
    return {
        "the suite or its libraries": _toolchain(),
        "its notebook": shelf.sha256(work.notebook),
        "the framework": shelf.sha256(work.files["framework.toml"]),
        "its figures": shelf.sha256(work.files[data]),
        "its comments": shelf.sha256(works.canonical({n: shelf.sha256(work.files[n]) for n in comments})),
    }


def _changed(before: dict, key: str, work: Work, standing: dict[str, bytes]) -> str:
    """Why the page in place cannot be kept; empty when it can."""
    entry = before.get("areas", {}).get(key, {})
    if not entry.get("files"):
        return "not built yet"
    changed = [name for name, digest in work.depends.items() if entry["depends"].get(name) != digest]
    if changed:
        return f"{' and '.join(changed)} changed"
    damaged = any(shelf.sha256(standing.get(name, b"")) != digest for name, digest in entry["files"].items())
    return "its files are missing or damaged" if damaged else ""
