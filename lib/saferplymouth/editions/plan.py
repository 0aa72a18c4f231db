"""Plans an edition: each page as a `PageTask`, and which pages are unchanged and can be kept."""

import datetime
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from saferplymouth import disclosure, periods, scaffold, sources
from saferplymouth.display.parts import PARTS
from saferplymouth.editions import foi, glossary, listing, tasks
from saferplymouth.editions.tasks import PageTask
from saferplymouth.errors import known_keys
from saferplymouth.framework import Framework, load
from saferplymouth.indicators import evidence, watching
from saferplymouth.indicators.words import listed
from saferplymouth.pages import page_list
from saferplymouth.pages.page_list import ABOUT, FRONT, PLACES, QUALITY, QUARTER, SHOWN
from saferplymouth.sources import SignOff
from saferplymouth.sources.actions import Action
from saferplymouth.store import (
    actions,
    completeness,
    local_crime,
    observations,
    published,
    sign_offs,
)
from saferplymouth.store.edition_names import EditionName, NotPlanned
from saferplymouth.store.local_crime import LocalCrime
from saferplymouth.store.manifest import (
    CLOSED,
    CORRECTED,
    DRAFT,
    FINAL,
    FRONT_PAGE,
    MANIFEST,
    STATEMENT,
    manifest,
)
from saferplymouth.store.published import sha256

WORKBENCH = b"Workbench("  # what a notebook calls to see more than its area
WITHHELD = "withheld: its digest could be used to find a hidden count"
TOOLCHAIN = "the suite or its libraries"
WORDS = "the glossary"
LOST = f"its {MANIFEST} is missing or damaged"


@dataclass(frozen=True)
class Plan:
    """An edition's `expected` pages: those `todo`, with why, and those `kept` from the edition in
    place (`before`).

    `standing` are the files of that edition. `inputs` is the SHA-256 of every file of the drops it
    may read. `status` is the edition's new status, with every correction made to it. `frozen` says,
    for a final edition, which pages would change and why. `defined` is what it keeps of the
    framework. `gone` are the titles of pages that the edition before had and this one has not, by
    key, each with the edition that had it and why.
    """

    edition: EditionName
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
        return self.edition.name

    def is_current(self, root: Path) -> bool:
        """Whether the edition in place is still the one that this was planned from."""
        return published.files(root / "outputs" / self.name) == self.standing


@dataclass(frozen=True)
class RunOptions:
    """The options of a run: `only` one area, `force` unchanged pages, `seconds` for each notebook.

    `final` freezes the edition. `correct` is the reason to change a final or withdrawn one. A
    withdrawn edition that is not `named` is left out.
    """

    only: str | None = None
    force: bool = False
    seconds: float = 300
    published: str = "1970-01-01"
    final: bool = False
    correct: str = ""
    named: bool = False


def plan(root: Path, edition: EditionName, options: RunOptions) -> Plan:
    """What an edition needs, from the drops as they stood. Writes only `data/processed`.

    Raises `framework.FrameworkError`, `sources.Refused` or `Mistake`.
    """
    framework, month = load(root / "framework.toml"), edition.month
    place, withdrawn = published.published(root / "outputs" / edition.name)
    if withdrawn and not options.correct:
        again = published.republish_command(edition.name)
        raise NotPlanned(f"{edition.name} was {withdrawn}\nTo publish it again: {again}")
    if left := scaffold.unwritten(framework) if options.final or options.correct else ():
        raise NotPlanned("\n".join(f"{text}; write it, or remove the entry" for text in left))
    observations.refresh(root, framework, month)
    signed = sign_offs.gather(root, month, framework)
    local = local_crime.gather(root, month, framework.street, signed)
    before, standing = manifest(place), published.files(place)
    lost = published.has_lost_its_manifest(before, standing)
    before = {} if lost else before
    areas = before.get("areas", {})
    closed = (lost or before.get("status") in CLOSED) and not options.correct
    titles = page_list.pages(root, framework, edition, local)
    missing = page_list.pages_gone(root, framework, edition, local, titles)
    gone = before.get("gone", {}) if closed else missing
    if closed and not lost:  # pages newer than the closed edition are not added
        new = {*PLACES, *ABOUT} - areas.keys()
        titles = {key: title for key, title in titles.items() if key not in new}
    if options.only not in (None, *titles):
        raise NotPlanned(f"'{options.only}' is not a page; {known_keys(options.only, titles)}")
    if options.final and not edition.whole:
        raise NotPlanned(
            f"{edition.name} cannot be final until the drop for its last month has arrived"
        )
    was = {"status": FINAL} if lost else before
    status, corrections = _status(was, edition.name, options, withdrawn)
    received = observations.received(root, month)
    shown = disclosure.with_small_counts_replaced(received, framework.indicators)
    stood = completeness.with_doubts(observations.as_it_stood(shown), framework, signed)
    gathered = evidence.of_all(stood, framework, month)
    odd = {str(at): way for at, way in evidence.suspect_directions(gathered).items()}
    board = evidence.watched(gathered, framework, root / watching.file(month))
    top = _top(framework, edition, titles) | listing.top_of(glossary.read(root))
    top |= {"status": status, "corrections": corrections, "gone": [*gone.values()]}
    made_of = (shown, local, signed, actions.gather(root, month, framework))
    tasks_of = _Tasks(root, framework, edition, *made_of, options, top, odd, board)
    expected = {key: tasks_of.page(key, title) for key, title in titles.items()}
    today = framework.area_keys if closed else {}
    had = {today.get(key, key): entry for key, entry in areas.items()}
    reasons = {
        key: LOST if lost else _changed(had.get(key, {}), task, standing, closed)
        for key, task in expected.items()
    }
    frozen, todo, kept = {}, {}, {}
    for key, reason in reasons.items():
        if closed and reason:
            frozen[key] = reason
        elif options.only in (None, key) and (options.force or reason):
            todo[key] = reason or "requested"
        elif not reason:
            kept[key] = had[key]
    if closed:
        frozen |= {key: line for key, line in missing.items() if key in areas}
    inputs = {}
    for drop in sources.drops(root / "data/raw"):
        inputs |= sources.inputs(root / "data/raw", drop) if drop <= month else {}
    inputs |= dict.fromkeys(disclosure.sources(received, framework.indicators), WITHHELD)
    return Plan(
        edition,
        expected,
        todo,
        kept,
        before,
        standing,
        inputs,
        status,
        corrections,
        frozen,
        foi.definitions(framework),
        gone,
    )


def _status(
    before: dict, name: str, options: RunOptions, withdrawn: str
) -> tuple[str, tuple[dict, ...]]:
    """The edition's new status, and its corrections; `NotPlanned` if there is nothing to
    correct.
    """
    was, made = before.get("status", DRAFT), tuple(before.get("corrections", ()))
    status = FINAL if options.final else DRAFT
    if not options.correct:
        return was if was in CLOSED else status, made
    if was not in CLOSED and not withdrawn:
        raise NotPlanned(
            f"{name} is not final, so there is nothing to correct; run it without --correct"
        )
    day = datetime.date.fromisoformat(options.published)
    correction = {"date": options.published, "reason": options.correct}
    correction |= {"withdrawn": withdrawn} if withdrawn else {}
    correction |= {"date_words": periods.day(day)}
    return CORRECTED if was in CLOSED else status, (*made, correction)


@dataclass(frozen=True)
class _Tasks:
    """What all pages of an edition are made from."""

    root: Path
    framework: Framework
    edition: EditionName
    shown: pd.DataFrame
    local: LocalCrime | None
    signed: tuple[SignOff, ...]
    actions: tuple[Action, ...]
    options: RunOptions
    top: dict
    odd: dict[str, int]
    watched: dict[str, pd.DataFrame]

    def page(self, key: str, title: str) -> PageTask:
        """The task of an area's page, with its own figures and those they are compared with. A page
        without an area, or one that uses the workbench, gets all of them.
        """
        month = self.edition.month
        path = self.root / "notebooks" / f"{key}.ipynb"
        source = path.read_bytes() if path.is_file() else b""
        indicators = tuple(i.key for i in self.framework.of_area(key))
        explores = WORKBENCH in source
        own, about = self._every, {sign_off.about for sign_off in self.signed}
        watched = self._watched
        if indicators and not explores:
            about = {*indicators, *(self.framework.indicators[i].compare_with for i in indicators)}
            own = _parquet(self.shown[self.shown["indicator"].isin(about)])
            watched = watching.write(self.watched, about)
        looks = ["framework.toml", self.framework.partnership.logo]
        defined = {name: (self.root / name).read_bytes() for name in filter(None, looks)}
        drops = " ".join(map(str, observations.drops(self.root, month))).encode()
        comments = self._comments(indicators)
        papers = {} if indicators else self._files(sources.latest_papers)
        if indicators or key in FRONT:
            papers |= actions.files_for_worker(self.actions, month, indicators)
        places = explores or key in (*PLACES, QUALITY)
        street = self._street() if places or self._lacks_worked_out(indicators) else {}
        signed = sign_offs.files_for_worker(self.signed, month, about)
        odd = tasks.canonical(self.odd)
        # a comment can mention any indicator, so it is checked against all figures
        figures = self._every if comments else own
        files = defined | {observations.DROPS: drops} | comments | papers | street | signed
        files |= {observations.odd_file(month): odd, f"data/processed/{month}.parquet": figures}
        files[watching.file(month)] = self._watched if comments else watched
        top = self.top | {"title": title} | ({} if key in FRONT else {"gone": []})
        beside = self._beside() if key in FRONT else {}
        checked = _digests(comments)
        if comments:
            checked["checked against"] = sha256(figures)
        corrections = [(c["date"], c["reason"]) for c in top["corrections"]]
        parts = [(part, i) for i in indicators for part in PARTS]
        depends = {
            TOOLCHAIN: toolchain(),
            "its notebook": sha256(source),
            "the framework": sha256(b"".join(defined.values())),
            WORDS: _digest([vars(term) for term in self.top["terms"]]),
            "its figures": sha256(own + odd + watched + b"".join(signed.values())),
            "its comments": _digest(checked),
            "the board's papers": _digest(_digests(papers)),
            "the street files": _digest([*_digests(street).items()] if places else []),
            "the earlier editions": sha256(drops),
            "its status": _digest([top["status"], corrections, *top["gone"]]),
        }
        return PageTask(
            name=self.edition.name,
            month=str(month),
            area=key,
            title=title,
            page=href(key),
            parameters={"quarter": self.edition.name} if key == QUARTER else {"month": str(month)},
            must=tuple(parts or [(part, key) for part in (*SHOWN.get(key, ()), "table")]),
            notebook=source,
            files=files,
            top=top,
            seconds=self.options.seconds,
            published=self.options.published,
            depends=depends,
            beside=beside,
        )

    @cached_property
    def _every(self) -> bytes:
        return _parquet(self.shown)

    @cached_property
    def _watched(self) -> bytes:
        return watching.write(self.watched, self.watched)

    def _beside(self) -> dict[str, bytes]:
        """The statement and the glossary."""
        shown = ("month", "status", "pages", "turns", "glossary", "terms")
        top = {name: self.top[name] for name in shown}
        statement = listing.statement(self.framework, **top)
        return {STATEMENT: statement} | listing.glossary_page(self.framework, **top)

    def _comments(self, indicators: tuple[str, ...]) -> dict[str, bytes]:
        folder = f"data/raw/{self.edition.month}/comments"
        paths = {f"{folder}/{i}.md": self.root / folder / f"{i}.md" for i in indicators}
        return {name: path.read_bytes() for name, path in paths.items() if path.is_file()}

    def _lacks_worked_out(self, indicators: tuple[str, ...]) -> bool:
        """Whether a page has to say why an indicator is not calculated from the street files."""
        there = set(self.shown.loc[self.shown["period"] == str(self.edition.month), "indicator"])
        shown = indicators or self.framework.indicators
        return any(self.framework.indicators[i].worked_out and i not in there for i in shown)

    def _street(self) -> dict[str, bytes]:
        return local_crime.files_for_worker(self.local, self.edition.month) if self.local else {}

    def _files(self, latest: Callable) -> dict[str, bytes]:
        drops = latest(self.root / "data/raw", self.edition.month)
        paths = [path for names in drops.values() for path in names.values()]
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in paths}


def by_reason(reasons: dict[str, str]) -> list[str]:
    """A line for each reason, with its pages: `alpha and beta: not built yet`."""
    pages = {why: [key for key in reasons if reasons[key] == why] for why in reasons.values()}
    return [f"{listed(keys)}: {why}" for why, keys in pages.items()]


def href(key: str) -> str:
    """The file of a page within its edition; the front page is its index."""
    return FRONT_PAGE if key in FRONT else f"{key.replace('_', '-')}.html"


def _parquet(frame: pd.DataFrame) -> bytes:
    written = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(frame, observations.SCHEMA, preserve_index=False), written)
    return written.getvalue()


def _top(framework: Framework, edition: EditionName, titles: dict[str, str]) -> dict:
    p = framework.partnership
    top = {
        "partnership": p.name,
        "month": edition.words,
        "contact": p.contact,
        "licence": p.licence,
        "accessibility": STATEMENT,
    }
    pages = [{"title": title, "href": href(key)} for key, title in titles.items()]
    turns = listing.turns(edition.name)
    return top | p.looks | {"pages": pages, "turns": turns, "manifest": MANIFEST}


@cache
def toolchain() -> str:
    """A digest of the suite's code and of the libraries that a page depends on."""
    return _digest([_digests(tasks.code()), tasks.versions()])


def _digests(files: dict[str, bytes]) -> dict[str, str]:
    return {name: sha256(content) for name, content in files.items()}


def _digest(value: object) -> str:
    return sha256(tasks.canonical(value))


def _changed(entry: dict, task: PageTask, standing: dict[str, bytes], closed: bool) -> str:
    """Why the page in place cannot be kept. A newer suite does not change a closed edition."""
    if not entry.get("files"):
        return "not built yet"
    known = (task.depends if closed else {}) | entry["depends"]
    changed = [name for name, digest in task.depends.items() if known.get(name) != digest]
    changed = [name for name in changed if name not in (TOOLCHAIN, WORDS) or not closed]
    if changed:
        return f"{' and '.join(changed)} changed"
    whole = all(
        sha256(standing.get(name, b"")) == digest for name, digest in entry["files"].items()
    )
    return "" if whole else "its files are missing or damaged"
