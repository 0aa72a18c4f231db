"""A month's edition: its pages are built by any executor, and it is put in place whole or not at all.

An edition is good when every expected page was built and checked from the drops as they stood. Where a page is
missing or failed, the edition in place stays as it is and what was built is kept in `outputs/partial` for analysts.
"""

import datetime
import os
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from saferplymouth import findings, framework, page, periods, shelf
from saferplymouth import work as works
from saferplymouth.plan import MANIFEST, STATUS, Plan, manifest
from saferplymouth.work import Built, Work

Told = Callable[[Plan, Built], None]


@dataclass(frozen=True)
class Outcome:
    """How an edition came out: `place` where its pages stand, `failures` by area with the reason."""

    plan: Plan
    place: Path
    whole: bool
    failures: dict[str, str] = field(default_factory=dict)


def moment() -> datetime.datetime:
    """Now, or `SOURCE_DATE_EPOCH` (seconds since 1970) where it is set, so that a build can be repeated exactly."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC) if epoch else datetime.datetime.now(datetime.UTC)


def build(plans: list[Plan], executor: Callable[[], Executor], told: Told) -> Iterator[tuple[Plan, dict[str, Built]]]:
    """Build the pages of every plan; gives each plan with its `Built` by area as soon as its last page is done."""
    built: dict[pd.Period, dict[str, Built]] = {p.month: {} for p in plans}
    for p in plans:
        if not p.todo:
            yield p, {}
    for p, one in _each(plans, executor):
        built[p.month][one.area] = one
        told(p, one)
        if len(built[p.month]) == len(p.todo):
            yield p, built[p.month]


def _each(plans: list[Plan], executor: Callable[[], Executor]) -> Iterator[tuple[Plan, Built]]:
    """Every work's result; a work that takes its worker down is tried once more alone, then counts as failed."""
    lost: list[tuple[Plan, Work]] = []
    with executor() as pool:
        waiting: dict[Future, tuple[Plan, Work]] = {}
        for p in plans:
            for work in (p.expected[area] for area in p.todo):
                try:
                    waiting[pool.submit(works.build, work)] = (p, work)
                except BrokenExecutor:
                    lost.append((p, work))
        for future in as_completed(waiting):
            p, work = waiting[future]
            try:
                yield p, future.result()
            except BrokenExecutor:
                lost.append((p, work))
            except Exception as error:
                yield p, Built(work.area, f"it could not be built: {error}")
    for p, work in lost:
        with executor() as alone:
            try:
                yield p, alone.submit(works.build, work).result()
            except Exception as error:
                yield p, Built(work.area, f"it took down the process that ran it ({type(error).__name__})")


def finish(root: Path, p: Plan, built: dict[str, Built]) -> Outcome:
    """Put the edition in place if it is whole and something changed; keep the rest for analysts. Raises `OSError`."""
    outputs, place = root / "outputs", root / "outputs" / str(p.month)
    executed = {f"{area}.ipynb": one.executed.encode() for area, one in built.items() if one.executed}
    shelf.write(outputs / "executed" / str(p.month), executed)
    good = {area: one for area, one in built.items() if not one.failure}
    failures = {area: one.failure for area, one in built.items() if one.failure}
    whole = set(good) | set(p.kept) == set(p.expected)
    if whole and not built and set(p.before["areas"]) == set(p.expected) and "last_attempt" not in p.before:
        return Outcome(p, place, whole)
    files = _files(shelf.files(place), p, good)
    files[MANIFEST] = works.canonical(_manifest(p, built, whole))
    if whole:
        shelf.put(outputs, str(p.month), files)
        shelf.remove(outputs / "partial", str(p.month))
        return Outcome(p, place, whole)
    if failures and p.before:
        attempt = {"finished": moment().isoformat(timespec="seconds"), "failed": failures}
        shelf.replace(place / MANIFEST, works.canonical(p.before | {"last_attempt": attempt}))
    return Outcome(p, shelf.put(outputs / "partial", str(p.month), files), whole, failures)


def _files(standing: dict[str, bytes], p: Plan, good: dict[str, Built]) -> dict[str, bytes]:
    files = {name: standing[name] for entry in p.kept.values() for name in entry["files"]}
    for area, one in good.items():
        files[p.expected[area].page] = one.page.encode()
        files |= {f"data/{key}.csv": table.encode() for key, table in one.tables.items()}
    return files


def _manifest(p: Plan, built: dict[str, Built], whole: bool) -> dict:
    areas = {}
    for area, work in p.expected.items():
        one = built.get(area)
        if one is None and area in p.kept:
            areas[area] = p.kept[area]
        elif one is None:
            areas[area] = {"state": "not built", "title": work.title}
        elif one.failure:
            areas[area] = {"state": "failed", "title": work.title, "reason": one.failure}
        else:
            contents = {work.page: one.page} | {f"data/{k}.csv": t for k, t in one.tables.items()}
            digests = {name: shelf.sha256(content.encode()) for name, content in contents.items()}
            areas[area] = {"state": "built", "title": work.title, "page": work.page, "files": digests}
            areas[area] |= {"depends": work.depends, "indicators": one.facts}
    build = {
        "finished": moment().isoformat(timespec="seconds"),
        "seconds": {area: one.seconds for area, one in built.items()},
        "skipped": dict.fromkeys(p.kept, "nothing it depends on has changed"),
    }
    return {
        "edition": str(p.month),
        "status": STATUS if whole else "incomplete",
        "areas": areas,
        "inputs": p.inputs,
        "packages": works.versions(),
        "build": build,
    }


def write_index(root: Path) -> Path:
    """The page that lists every edition in place, newest first. Raises `OSError`."""
    frame, outputs = framework.load(root / "framework.toml"), root / "outputs"
    names = sorted((p.name for p in outputs.iterdir() if periods.MONTH.fullmatch(p.name)), reverse=True)
    editions = [_listed(name, manifest(outputs / name)) for name in names if manifest(outputs / name)]
    p = frame.partnership
    top = {"partnership": p.name, "title": "Editions", "area": p.area, "contact": p.contact, "licence": p.licence}
    shelf.replace(outputs / "index.html", page.index(editions, top).encode())
    return outputs / "index.html"


def _listed(month: str, made: dict) -> dict:
    states = [i["state"] for area in made["areas"].values() for i in area.get("indicators", {}).values()]
    finished = datetime.datetime.fromisoformat(made["build"]["finished"]).date()
    return {
        "month": month,
        "words": periods.words(periods.month(month)),
        "status": made["status"],
        "published": periods.day(finished),
        "off_course": states.count(findings.OFF),
        "indicators": len(states),
    }
