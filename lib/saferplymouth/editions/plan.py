"""What an edition needs: each page as a `PageTask`, and which pages of the edition in place nothing
has changed.
"""

import datetime
import io
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from saferplymouth import disclosure, framework, periods, scaffold, sources
from saferplymouth.display.parts import PARTS
from saferplymouth.editions import definitions, page_list, tasks
from saferplymouth.editions.page_list import ABOUT, FRONT, PLACES, QUALITY, QUARTER, SHOWN
from saferplymouth.editions.tasks import PageTask
from saferplymouth.errors import known_keys
from saferplymouth.framework import Framework
from saferplymouth.indicators.evidence import odd_ways
from saferplymouth.sources import SignOff
from saferplymouth.store import completeness, local_crime, observations, published, sign_offs
from saferplymouth.store.edition_names import EditionName, NotPlanned
from saferplymouth.store.local_crime import LocalCrime
from saferplymouth.store.manifest import CLOSED, CORRECTED, DRAFT, FINAL, MANIFEST, manifest

WORKBENCH = b"Workbench("  # what a notebook calls to look at more than its area
WITHHELD = "withheld: from its digest a hidden count could be found by trying"
TOOLCHAIN = "the suite or its libraries"
THE_FRAMEWORK = "the framework"
LOST = f"its {MANIFEST} is missing or damaged"


@dataclass(frozen=True)
class Plan:
    """An edition's `expected` pages: those `todo`, with why, and those `kept` from the edition in
    place (`before`).

    `standing` are the files of that edition; `inputs` is the SHA-256 of every file of the drops it
    may read. `status` is what the edition is to be, with every correction made to it; `frozen`
    says, for a final edition, which pages would no longer be the same and why; `defined` is what it
    keeps of the framework. `gone` are the titles of pages of the edition before that this one has
    not, by key, each with the edition that had it and why.
    """

    which: EditionName
    expected: dict[str, PageTask]
    todo: dict[str, str]
    kept: dict[str, dict]
    before: dict
    standing: dict[str, bytes]
    inputs: dict[str, str]
    status: str = DRAFT
    corrections: tuple[dict, ...] = ()
    frozen: dict[str, str] = field(default_factory=dict)
    defined: dict = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.which.name

    def stands(self, root: Path) -> bool:
        """Whether the edition in place is still the one that this was planned from."""
        return published.files(root / "outputs" / self.name) == self.standing


@dataclass(frozen=True)
class RunOptions:
    """What is asked of a run: `only` one area, `force` what has not changed, `seconds` for each
    notebook.

    `final` freezes it; `correct` is why a final or withdrawn one may change. A withdrawn one not
    `named` is left out.
    """

    only: str | None = None
    force: bool = False
    seconds: float = 300
    published: str = "1970-01-01"
    final: bool = False
    correct: str = ""
    named: bool = False


def plan(root: Path, which: EditionName, wish: RunOptions) -> Plan:
    """What an edition needs, from the drops of its months as they stood. Writes only
    `data/processed`.

    Raises `framework.FrameworkError`, `sources.Refused` or `NotPlanned`.
    """
    frame, month = framework.load(root / "framework.toml"), which.month
    place, taken = published.published(root / "outputs" / which.name)
    if taken and not wish.correct:
        raise NotPlanned(
            f"{which.name} was {taken}\nTo publish it again: {published.again(which.name)}"
        )
    if wish.final or wish.correct:
        _refuse_unwritten(frame)
    observations.refresh(root, frame, month)
    let_stand = sign_offs.gather(root, month, frame)
    local = local_crime.gather(root, month, frame.street, let_stand)
    before, standing = manifest(place), published.files(place)
    lost = published.lost(before, standing)
    before = {} if lost else before
    closed = (lost or before.get("status") in CLOSED) and not wish.correct
    titles = page_list.pages(root, frame, which, local)
    missing = page_list.gone(root, frame, which, local, titles)
    gone = before.get("gone", {}) if closed else missing
    if (
        closed and not lost
    ):  # pages that the suite did not know when the edition was closed are not added to it
        titles = {
            key: of
            for key, of in titles.items()
            if key in before["areas"] or key not in {**PLACES, **ABOUT}
        }
    if wish.only not in (None, *titles):
        raise NotPlanned(f"'{wish.only}' is not an area; {known_keys(wish.only, titles)}")
    if wish.final and not which.whole:
        raise NotPlanned(f"{which.name} cannot be final before the drop of its last month has come")
    received = observations.received(root, month)
    shown = disclosure.masked(received, frame.indicators)
    status, corrections = _status({"status": FINAL} if lost else before, which.name, wish, taken)
    top = _top(frame, which, titles) | {
        "status": status,
        "corrections": corrections,
        "gone": [*gone.values()],
    }
    odd = odd_ways(
        completeness.judged(observations.as_it_stood(shown), frame, let_stand), frame, month
    )
    odd = {str(at): way for at, way in odd.items()}
    making = _Making(root, frame, which, shown, local, let_stand, wish, top, odd)
    expected = {key: making.work(key, title) for key, title in titles.items()}
    reasons = {
        key: LOST if lost else _changed(before, key, work, standing, closed)
        for key, work in expected.items()
    }
    frozen = {key: reason for key, reason in reasons.items() if closed and reason}
    frozen |= {
        key: line for key, line in missing.items() if closed and key in before.get("areas", {})
    }
    todo, kept, inputs = {}, {}, {}
    for key, reason in reasons.items():
        if key in frozen:
            continue
        if wish.only in (None, key) and (wish.force or reason):
            todo[key] = reason or "asked for"
        elif not reason:
            kept[key] = before["areas"][key]
    for drop in sources.drops(root / "data/raw"):
        inputs |= sources.digest(root / "data/raw", drop) if drop <= month else {}
    inputs |= dict.fromkeys(disclosure.sources(received, frame.indicators), WITHHELD)
    defined = definitions.kept(frame)
    return Plan(
        which,
        expected,
        todo,
        kept,
        before,
        standing,
        inputs,
        status,
        corrections,
        frozen,
        defined,
        gone,
    )


def _refuse_unwritten(frame: Framework) -> None:
    """What is still to be written is kept out of what cannot be changed afterwards."""
    cure = "write it, or take the entry out"
    lines = [
        f"framework.toml: {key} still says “{scaffold.UNWRITTEN}”; {cure}"
        for key in scaffold.unwritten(frame)
    ]
    if lines:
        raise NotPlanned("\n".join(lines))


def _status(before: dict, name: str, wish: RunOptions, taken: str) -> tuple[str, tuple[dict, ...]]:
    """What it is to be, and its corrections, or `NotPlanned` where it was neither final nor `taken`
    back.
    """
    was, made = before.get("status", DRAFT), tuple(before.get("corrections", ()))
    anew = FINAL if wish.final else DRAFT
    if wish.correct and was not in CLOSED and not taken:
        raise NotPlanned(
            f"{name} is not final, so there is nothing to correct; run it without --correct"
        )
    if wish.correct:
        said = {
            "date": wish.published,
            "reason": wish.correct,
            **({"withdrawn": taken} if taken else {}),
        }
        return CORRECTED if was in CLOSED else anew, (
            *made,
            said | {"date_words": periods.day(datetime.date.fromisoformat(wish.published))},
        )
    return was if was in CLOSED else anew, made


@dataclass(frozen=True)
class _Making:
    """What every page of an edition is made with."""

    root: Path
    frame: Framework
    which: EditionName
    shown: pd.DataFrame
    local: LocalCrime | None
    signed: tuple[SignOff, ...]
    wish: RunOptions
    top: dict
    odd: dict[str, int]

    def work(self, key: str, title: str) -> PageTask:
        """The page of an area (its own figures, and those they are held against), or one that sees
        everything: one that is not of an area, or whose notebook calls the workbench.
        """
        indicators = tuple(i.key for i in self.frame.of_area(key))
        beside = {self.frame.indicators[i].compare_with for i in indicators}
        path = self.root / "notebooks" / f"{key}.ipynb"
        source = path.read_bytes() if path.is_file() else b""
        explores = WORKBENCH in source
        narrow = (
            self.shown["indicator"].isin({*indicators, *beside})
            if indicators and not explores
            else slice(None)
        )
        own = _parquet(self.shown[narrow])
        drops = " ".join(map(str, observations.drops(self.root, self.which.month)))
        files = {
            "framework.toml": (self.root / "framework.toml").read_bytes(),
            observations.DROPS: drops.encode(),
        }
        files |= self._comments(indicators) if indicators else self._papers()
        places = explores or key in (*PLACES, QUALITY)
        files |= self._street() if places or self._unworked(indicators) else {}
        held = (
            {*indicators, *beside}
            if indicators and not explores
            else {s.about for s in self.signed}
        )
        files |= sign_offs.handed(self.signed, self.which.month, held)
        odd = tasks.canonical(self.odd)
        files[observations.odd_file(self.which.month)] = odd
        commented = any(
            name.endswith(".md") for name in files
        )  # it may speak of any indicator, and is checked so
        files[f"data/processed/{self.which.month}.parquet"] = (
            _parquet(self.shown) if commented else own
        )
        work = PageTask(
            self.which.name,
            str(self.which.month),
            key,
            title,
            href(key),
            {"quarter": self.which.name} if key == QUARTER else {"month": str(self.which.month)},
            tuple((part, i) for i in indicators for part in PARTS)
            or tuple((part, key) for part in (*SHOWN.get(key, ()), "table")),
            source,
            files,
            self.top | {"title": title} | ({} if key in FRONT else {"gone": []}),
            self.wish.seconds,
            self.wish.published,
        )
        return replace(work, depends=_depends(work, own + odd, places))

    def _comments(self, indicators: tuple[str, ...]) -> dict[str, bytes]:
        folder = Path("data/raw", str(self.which.month), "comments")
        names = [(folder / f"{key}.md").as_posix() for key in indicators]
        return {
            name: (self.root / name).read_bytes() for name in names if (self.root / name).is_file()
        }

    def _unworked(self, indicators: tuple[str, ...]) -> bool:
        """Whether a page shows something that is to be worked out from the street files and is not,
        and says why.
        """
        there = set(self.shown.loc[self.shown["period"] == str(self.which.month), "indicator"])
        shown = indicators or self.frame.indicators
        return any(self.frame.indicators[i].worked_out and i not in there for i in shown)

    def _street(self) -> dict[str, bytes]:
        """The counts of the street files, and the geography they are shown on."""
        latest = sources.latest_places(self.root / "data/raw", self.which.month)
        paths = [path for names in latest.values() for path in names.values()]
        places = {path.relative_to(self.root).as_posix(): path.read_bytes() for path in paths}
        return (local_crime.handed(self.local, self.which.month) if self.local else {}) | places

    def _papers(self) -> dict[str, bytes]:
        latest = sources.latest_papers(self.root / "data/raw", self.which.month)
        paths = [path for names in latest.values() for path in names.values()]
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in paths}


def href(key: str) -> str:
    """The file of a page within its edition; the front page is its index."""
    return "index.html" if key in FRONT else f"{key.replace('_', '-')}.html"


def _parquet(frame: pd.DataFrame) -> bytes:
    written = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(frame, observations.SCHEMA, preserve_index=False), written)
    return written.getvalue()


def _top(frame: Framework, which: EditionName, pages: dict[str, str]) -> dict:
    p = frame.partnership
    top = {"partnership": p.name, "month": which.words, "contact": p.contact, "licence": p.licence}
    listed = [{"title": title, "href": href(key)} for key, title in pages.items()]
    return top | {"pages": listed, "manifest": MANIFEST}


@cache
def toolchain() -> str:
    """A digest of the suite's code and of the libraries that a page depends on."""
    code = {name: published.sha256(content) for name, content in tasks.code().items()}
    return published.sha256(tasks.canonical([code, tasks.versions()]))


def _depends(work: PageTask, own: bytes, places: bool) -> dict[str, str]:
    """A digest of each thing the page depends on, named as `status` tells it; `own` are the figures
    it is about, and `places` whether it shows what the street files say.
    """
    comments = {
        name: published.sha256(content)
        for name, content in work.files.items()
        if name.endswith(".md")
    }
    if comments:
        comments["checked against"] = published.sha256(
            work.files[f"data/processed/{work.month}.parquet"]
        )
    papers = {
        name: published.sha256(content)
        for name, content in work.files.items()
        if "/papers/" in name
    }
    street = [
        (n, published.sha256(c))
        for n, c in work.files.items()
        if places and ("/places/" in n or "/street/" in n)
    ]
    let_stand = b"".join(
        content for name, content in work.files.items() if name.endswith(".sign-offs.json")
    )
    said = [(c["date"], c["reason"]) for c in work.top["corrections"]]
    return {
        TOOLCHAIN: toolchain(),
        "its notebook": published.sha256(work.notebook),
        THE_FRAMEWORK: published.sha256(work.files["framework.toml"]),
        "its figures": published.sha256(own + let_stand),
        "its comments": published.sha256(tasks.canonical(comments)),
        "the board's papers": published.sha256(tasks.canonical(papers)),
        "the street files": published.sha256(tasks.canonical(street)),
        "which editions came before it": published.sha256(work.files[observations.DROPS]),
        "its status": published.sha256(
            tasks.canonical([work.top["status"], said, *work.top["gone"]])
        ),
    }


def _changed(
    before: dict, key: str, work: PageTask, standing: dict[str, bytes], closed: bool
) -> str:
    """Why the page in place cannot be kept; empty when it can. A closed edition is not touched by a
    newer suite.
    """
    entry = before.get("areas", {}).get(key, {})
    if not entry.get("files"):
        return "not built yet"
    known = (work.depends if closed else {}) | entry["depends"]
    changed = [name for name, digest in work.depends.items() if known.get(name) != digest]
    changed = [name for name in changed if name != TOOLCHAIN or not closed]
    if changed:
        return f"{' and '.join(changed)} changed"
    damaged = any(
        published.sha256(standing.get(name, b"")) != digest
        for name, digest in entry["files"].items()
    )
    return "its files are missing or damaged" if damaged else ""
