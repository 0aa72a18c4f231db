"""Plans an edition: each page as a `PageTask`, and which pages are unchanged and can be kept."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from saferplymouth import periods, scaffold
from saferplymouth.display.parts import PARTS
from saferplymouth.editions import foi, glossary, listing, tasks
from saferplymouth.editions.basis import Basis
from saferplymouth.editions.tasks import PageTask, digest
from saferplymouth.errors import known_keys
from saferplymouth.framework import Framework, load
from saferplymouth.indicators.words import listed
from saferplymouth.pages import page_list
from saferplymouth.pages.page_list import ABOUT, FRONT, PLACES, QUARTER, SHOWN
from saferplymouth.store import published
from saferplymouth.store.digests import NOTHING
from saferplymouth.store.edition_names import EditionName, NotPlanned
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
from saferplymouth.store.observations import Drops
from saferplymouth.store.published import Standing, sha256

TOOLCHAIN = "the suite or its libraries"
WORDS = "the glossary"
LOST = f"its {MANIFEST} is missing or damaged"


@dataclass(frozen=True)
class Plan:
    """An edition's `expected` pages: those `todo`, with why, and those `kept` from the edition in
    place (`before`, whose files are `standing`).

    `status` is the edition's new status, with every correction made to it. `frozen` says, for a
    final edition, which pages would change and why. `defined` is what it keeps of the framework.
    `gone` are the titles of pages that the edition before had and this one has not, by key, each
    with the edition that had it and why.
    """

    edition: EditionName
    basis: Basis
    expected: "Pages"
    todo: dict[str, str]
    kept: dict[str, dict]
    before: dict
    standing: Mapping[str, bytes]
    status: str = DRAFT
    corrections: tuple[dict, ...] = ()
    frozen: dict[str, str] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.edition.name

    @property
    def inputs(self) -> dict[str, str]:
        """The SHA-256 of every file of the drops it may read."""
        return self.basis.inputs

    @property
    def defined(self) -> dict:
        return foi.definitions(self.basis.framework)

    def is_current(self, root: Path) -> bool:
        """Whether the edition in place is still the one that this was planned from."""
        place = root / "outputs" / self.name
        return Standing(root, place).digests == self.standing.digests


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


def plan(root: Path, edition: EditionName, options: RunOptions, drops: Drops | None = None) -> Plan:
    """What an edition needs, from the drops as they stood. Writes only `data/processed`. To plan
    several editions, give the same `drops` for all of them.

    Raises `framework.FrameworkError`, `sources.Refused` or `Mistake`.
    """
    drops = drops or Drops(root, load(root / "framework.toml"))
    framework = drops.framework
    place, withdrawn = published.published(root / "outputs" / edition.name)
    if withdrawn and not options.correct:
        again = published.republish_command(edition.name)
        raise NotPlanned(f"{edition.name} was {withdrawn}\nTo publish it again: {again}")
    if left := scaffold.unwritten(framework) if options.final or options.correct else ():
        raise NotPlanned("\n".join(f"{text}; write it, or remove the entry" for text in left))
    basis = Basis(drops, edition)
    before, standing = manifest(place), Standing(root, place)
    lost = published.has_lost_its_manifest(before, standing)
    before = {} if lost else before
    areas = before.get("areas", {})
    closed = (lost or before.get("status") in CLOSED) and not options.correct
    titles = basis.titles
    missing = page_list.pages_gone(root, framework, edition, lambda: basis.local, titles)
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
    top = _top(framework, edition, titles) | listing.top_of(glossary.read(root))
    top |= {"status": status, "corrections": corrections, "gone": [*gone.values()]}
    expected = Pages(basis, titles, top, options)
    today = framework.area_keys if closed else {}
    had = {today.get(key, key): entry for key, entry in areas.items()}
    reasons = {
        key: LOST if lost else _changed(had.get(key, {}), key, expected, standing, closed)
        for key in titles
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
    if todo:  # whatever happens to them before these are built
        standing.hold()
    basis.save()
    made_of = (basis, expected, todo, kept, before, standing)
    return Plan(edition, *made_of, status, corrections, frozen, gone)


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


class Pages(Mapping[str, PageTask]):
    """The pages of an edition by key, each made into a task when it is first asked for."""

    def __init__(self, basis: Basis, titles: dict[str, str], top: dict, options: RunOptions):
        self.titles, self.top, self.options = titles, top, options
        self._basis, self._made = basis, {}
        corrections = [(c["date"], c["reason"]) for c in top["corrections"]]
        self._of_all = {
            "the framework": sha256(b"".join(basis.defined.values())),
            WORDS: digest([vars(term) for term in top["terms"]]),
        }
        self._status = [top["status"], corrections]

    def __iter__(self) -> Iterator[str]:
        return iter(self.titles)

    def __len__(self) -> int:
        return len(self.titles)

    def __getitem__(self, key: str) -> PageTask:
        if key not in self._made:
            self._made[key] = self._task(key, self.titles[key])
        return self._made[key]

    def depends(self, key: str) -> dict[str, str]:
        """A digest of each thing that would change a page."""
        return {
            TOOLCHAIN: tasks.toolchain(),
            "its notebook": sha256(self._basis.notebook(key)),
            **self._of_all,
            **self._basis.digests(key),
            "its status": digest([*self._status, *self._top_of(key)["gone"]]),
        }

    def _top_of(self, key: str) -> dict:
        return self.top | ({} if key in FRONT else {"gone": []})

    def _task(self, key: str, title: str) -> PageTask:
        """The task of a page, with what it rests on as files."""
        basis = self._basis
        edition, month = basis.edition, str(basis.month)
        indicators = [i.key for i in basis.framework.of_area(key)]
        parts = [(part, i) for i in indicators for part in PARTS]
        return PageTask(
            name=edition.name,
            month=month,
            area=key,
            title=title,
            page=href(key),
            parameters={"quarter": edition.name} if key == QUARTER else {"month": month},
            must=tuple(parts or [(part, key) for part in (*SHOWN.get(key, ()), "table")]),
            notebook=basis.notebook(key),
            files=basis.of_page(key)[0],
            top=self._top_of(key) | {"title": title},
            seconds=self.options.seconds,
            published=self.options.published,
            depends=self.depends(key),
            beside=self.beside(key),
        )

    def beside(self, key: str) -> dict[str, bytes]:
        """Beside a front page the statement and the glossary."""
        if key not in FRONT:
            return {}
        shown = ("month", "status", "pages", "turns", "glossary", "terms")
        top, framework = {name: self.top[name] for name in shown}, self._basis.framework
        statement = listing.statement(framework, **top)
        return {STATEMENT: statement} | listing.glossary_page(framework, **top)


def by_reason(reasons: dict[str, str]) -> list[str]:
    """A line for each reason, with its pages: `alpha and beta: not built yet`."""
    pages = {why: [key for key in reasons if reasons[key] == why] for why in reasons.values()}
    return [f"{listed(keys)}: {why}" for why, keys in pages.items()]


def href(key: str) -> str:
    """The file of a page within its edition; the front page is its index."""
    return FRONT_PAGE if key in FRONT else f"{key.replace('_', '-')}.html"


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


def _changed(
    entry: dict, key: str, pages: Pages, standing: Mapping[str, bytes], closed: bool
) -> str:
    """Why the page in place cannot be kept. A newer suite does not change a closed edition."""
    if not entry.get("files"):
        return "not built yet"
    depends = pages.depends(key)
    known = (depends if closed else {}) | entry["depends"]
    changed = [name for name, digest in depends.items() if known.get(name) != digest]
    changed = [name for name in changed if name not in (TOOLCHAIN, WORDS) or not closed]
    if changed:
        return f"{' and '.join(changed)} changed"
    found, files = standing.digests, entry["files"].items()
    whole = all(found.get(name, NOTHING) == digest for name, digest in files)
    return "" if whole else "its files are missing or damaged"
