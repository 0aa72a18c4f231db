"""A month's edition: its pages are built by any executor, and it is put in place whole or not at
all.

An edition is good when every expected page was built and checked from the drops as they stood.
Where a page is missing or failed, the edition in place stays as it is and what was built is kept in
`outputs/partial` for analysts.
"""

import csv
import datetime
import io
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

from saferplymouth.editions import markup, publish, tasks
from saferplymouth.editions.failures import plain
from saferplymouth.editions.plan import Plan
from saferplymouth.editions.tasks import PageResult, PageTask
from saferplymouth.editions.timings import kept
from saferplymouth.store import published
from saferplymouth.store.atomic import make_way
from saferplymouth.store.edition_names import NotPlanned
from saferplymouth.store.manifest import DEFINITIONS, MANIFEST, manifest

Told = Callable[[Plan, PageResult], None]
Pool = Callable[[], AbstractContextManager[Executor]]


@dataclass(frozen=True)
class Outcome:
    """How an edition came out: `place` where its pages stand, `failures` by area with the
    reason.
    """

    plan: Plan
    place: Path
    whole: bool
    failures: dict[str, str] = field(default_factory=dict)

    @property
    def built(self) -> list[str]:
        """The pages that were built now."""
        return [area for area in self.plan.todo if area not in self.failures]

    @property
    def left(self) -> list[str]:
        """The pages that are not as they should be, and that were not asked for."""
        return [
            area
            for area in self.plan.expected
            if area not in self.plan.todo.keys() | self.plan.kept.keys()
        ]

    @property
    def opens(self) -> Path:
        """What there is to look at: the first page that was built, or else what stands."""
        page = self.place / next(
            (self.plan.expected[area].page for area in self.built), "index.html"
        )
        return page if page.is_file() else self.place


def moment() -> datetime.datetime:
    """Now, or `SOURCE_DATE_EPOCH` (seconds since 1970) where it is set, so that a build can be
    repeated exactly.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
    try:
        if epoch and not epoch.isdecimal():
            raise ValueError
        return datetime.datetime.fromtimestamp(int(epoch) if epoch else time.time(), datetime.UTC)
    except (ValueError, OverflowError, OSError):
        raise NotPlanned(
            f"SOURCE_DATE_EPOCH is '{epoch}', which is not a number of seconds since 1970"
        ) from None


def build(
    plans: list[Plan], executor: Pool, told: Told
) -> Iterator[tuple[Plan, dict[str, PageResult]]]:
    """Build the pages of every plan; gives each plan with its `PageResult` by area as soon as its
    last page is done.
    """
    built: dict[str, dict[str, PageResult]] = {p.name: {} for p in plans}
    for p in plans:
        if not p.todo:
            yield p, {}
    for p, one in _each(plans, executor):
        built[p.name][one.area] = one
        told(p, one)
        if len(built[p.name]) == len(p.todo):
            yield p, built[p.name]


def _each(plans: list[Plan], executor: Pool) -> Iterator[tuple[Plan, PageResult]]:
    """Every work's result; a work that takes its worker down is tried once more alone, then counts
    as failed.
    """
    lost: list[tuple[Plan, PageTask]] = []
    with executor() as pool:
        waiting: dict[Future, tuple[Plan, PageTask]] = {}
        asked, done = {}, {}
        for p in plans:
            for work in sorted((p.expected[area] for area in p.todo), key=_length, reverse=True):
                try:
                    future = pool.submit(_made, work)
                    waiting[future], asked[future] = (p, work), time.monotonic()
                    future.add_done_callback(
                        lambda future: done.__setitem__(future, time.monotonic())
                    )
                except BrokenExecutor:
                    lost.append((p, work))
        for future in as_completed(waiting):
            p, work = waiting[future]
            try:
                one = future.result()
                waited = done.get(future, time.monotonic()) - asked[future] - one.spent.working
                yield p, replace(one, spent=replace(one.spent, waiting=round(max(0.0, waited), 3)))
            except BrokenExecutor:
                lost.append((p, work))
            except Exception as error:
                yield (
                    p,
                    PageResult(
                        work.area, f"it could not be built ({type(error).__name__}: {plain(error)})"
                    ),
                )
    for p, work in lost:
        with executor() as alone:
            try:
                yield p, alone.submit(_made, work).result()
            except BrokenExecutor:
                yield p, PageResult(work.area, "it ended the process that ran it, twice")


def _length(work: PageTask) -> int:
    """How long a page may take, by how much it has to read: the longest begin first, and none is
    left to the end.
    """
    return sum(len(content) for content in work.files.values())


def _made(work: PageTask) -> PageResult:
    """On a worker, where alone it is loaded what runs notebooks."""
    from saferplymouth.editions import make_page

    return make_page.build(work)


def finish(root: Path, p: Plan, built: dict[str, PageResult]) -> Outcome:
    """Put the edition in place if it is whole and something changed; keep the rest for analysts.
    Raises `OSError`.
    """
    outputs = root / "outputs"
    for area, one in built.items():
        publish.replace(outputs, f"executed/{p.name}/{area}.ipynb", one.executed)
    p, built = _with_links_followed(p, built)
    good = {area: one for area, one in built.items() if not one.failure}
    failures = {area: one.failure for area, one in built.items() if one.failure}
    whole = good.keys() | p.kept.keys() == p.expected.keys()
    made = _manifest(p, built, whole)
    unchanged = whole and p.before | {"build": None} == made | {"build": None}
    if not built and (unchanged or not whole):
        return Outcome(p, outputs / p.name, whole)
    files = _files(p, built) | {MANIFEST: tasks.canonical(made)}
    if whole:
        place = publish.put(outputs, p.name, files)
        publish.remove(outputs / "partial", p.name)
        return Outcome(p, place, whole)
    stands = manifest(outputs / p.name)
    if failures and stands:
        attempt = {"finished": _now(), "failed": failures}
        publish.replace(
            outputs, f"{p.name}/{MANIFEST}", tasks.canonical(stands | {"last_attempt": attempt})
        )
    make_way(outputs / "partial" / p.name, outputs)
    return Outcome(p, publish.put(outputs / "partial", p.name, files), whole, failures)


def _files(p: Plan, built: dict[str, PageResult]) -> dict[str, bytes]:
    """Pages and tables: those kept of the edition in place, and those built."""
    files = {name: p.standing[name] for entry in p.kept.values() for name in entry["files"]}
    for one in built.values():
        files |= one.files
    return files


def _with_links_followed(
    p: Plan, built: dict[str, PageResult]
) -> tuple[Plan, dict[str, PageResult]]:
    """The same, where a page with a link that leads nowhere in the edition, now that it is all
    there, has failed.
    """
    if (
        not built
        or any(one.failure for one in built.values())
        or built.keys() | p.kept.keys() != p.expected.keys()
    ):
        return p, built
    dead = markup.dead_links(_files(p, built) | {MANIFEST: b""})
    pages = {area: work.page for area, work in p.expected.items() if work.page in dead}
    failed = {
        area: PageResult(area, f"the page was refused: {'; '.join(dead[page])}")
        for area, page in pages.items()
    }
    return replace(
        p, kept={area: entry for area, entry in p.kept.items() if area not in failed}
    ), built | failed


def _manifest(p: Plan, built: dict[str, PageResult], whole: bool) -> dict:
    before = p.before.get("build", {})
    build = {
        "finished": _now(),
        "time": before.get("time", {}) | {area: kept(one.spent) for area, one in built.items()},
        "skipped": dict.fromkeys(p.kept, "nothing it depends on has changed"),
    }
    return {
        "edition": p.name,
        "words": p.which.words,
        "data_to": str(p.which.month),
        "status": p.status if whole else "incomplete",
        "corrections": _corrections(p, built),
        "areas": {
            area: p.kept.get(area) or _entry(work, built.get(area))
            for area, work in p.expected.items()
        },
        "inputs": p.inputs,
        "packages": tasks.versions(),
        DEFINITIONS: p.defined,
        "build": build,
    } | ({"gone": p.gone} if p.gone else {})


def _corrections(p: Plan, built: dict[str, PageResult]) -> list[dict]:
    """Every correction made; the one being made says, number by number, what it changed in the
    tables.
    """
    new = {
        name: content
        for one in built.values()
        for name, content in one.files.items()
        if name.endswith(".csv")
    }
    changes = [
        change
        for name in sorted(new)
        for change in _changes(name, p.standing.get(name, b""), new[name])
    ]
    *earlier, latest = p.corrections or ({},)
    return (
        [*earlier, latest if "changes" in latest else latest | {"changes": changes}]
        if p.corrections
        else []
    )


def _changes(name: str, before: bytes, after: bytes) -> list[dict]:
    """Where two versions of a table differ: the figures that stand for the same thing, before and
    after.
    """
    was, now = (_figures(table.decode()) for table in (before, after))
    keys = [key for key in now | was if was.get(key) != now.get(key)]
    return [
        {"table": name, "figure": list(key), "before": was.get(key), "after": now.get(key)}
        for key in keys
    ]


def _figures(table: str) -> dict[tuple[str, ...], list[str]]:
    """The rows of a table by what they are of: of an indicator's by measure, period and group, else
    by themselves.
    """
    rows = csv.DictReader(io.StringIO(table))
    of = [
        c
        for c in ("indicator", "measure", "period", "breakdown", "group")
        if c in (rows.fieldnames or ())
    ]
    said = [c for c in ("value", "unit", "shorthand") if c in (rows.fieldnames or ())]
    return {tuple(row[c] for c in of or row): [row[c] for c in said] for row in rows}


def _entry(work: PageTask, one: PageResult | None) -> dict:
    if one is None:
        return {"state": "not built", "title": work.title}
    if one.failure:
        return {"state": "failed", "title": work.title, "reason": one.failure}
    digests = {name: published.sha256(content) for name, content in one.files.items()}
    entry = {"state": "built", "title": work.title, "page": work.page, "files": digests}
    return entry | {"depends": work.depends, "indicators": one.facts}


def _now() -> str:
    return moment().isoformat(timespec="seconds")
