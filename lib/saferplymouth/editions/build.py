"""Builds a month's edition with any executor, and publishes it whole or not at all.

An edition is good when every expected page was built and checked from the drops as they stood. If a
page is missing or failed, the edition in place stays as it is. The pages built are kept in
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
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from saferplymouth import periods
from saferplymouth.editions import markup, publish, tasks
from saferplymouth.editions.failures import plain
from saferplymouth.editions.pack import NotMade
from saferplymouth.editions.pack import without as without_pack
from saferplymouth.editions.plan import Plan, href
from saferplymouth.editions.tasks import PageResult, PageTask
from saferplymouth.store.atomic import make_way
from saferplymouth.store.edition_names import NotPlanned
from saferplymouth.store.manifest import CLOSED, DEFINITIONS, MANIFEST, WORKBOOKS, manifest
from saferplymouth.store.published import sha256

Pack = Callable[[dict[str, bytes], dict], tuple[dict[str, bytes], dict]]
Pool = Callable[[], AbstractContextManager[Executor]]
OF_A_FIGURE = ("indicator", "measure", "period", "breakdown", "group")
SAYS = ("value", "unit", "shorthand")

# a worker, or the process that forks workers, has ended
LOST = (BrokenExecutor, ConnectionError, EOFError)


@dataclass(frozen=True)
class Outcome:
    """The result of building an edition: `place` is where its pages are, `failures` the reasons by
    area.
    """

    plan: Plan
    place: Path
    whole: bool
    failures: dict[str, str] = field(default_factory=dict)

    @property
    def built(self) -> list[str]:
        """The pages built in this run."""
        return [area for area in self.plan.todo if area not in self.failures]

    @property
    def left(self) -> list[str]:
        """The pages that are not up to date and were not asked for."""
        known = self.plan.todo.keys() | self.plan.kept.keys()
        return [area for area in self.plan.expected if area not in known]

    @property
    def opens(self) -> Path:
        """The page to open: the first one built, or else the edition in place."""
        pages = [href(area) for area in self.built]
        page = self.place / (pages or ["index.html"])[0]
        return page if page.is_file() else self.place


def moment() -> datetime.datetime:
    """The time now, or `SOURCE_DATE_EPOCH` (seconds since 1970), which makes a build repeatable."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
    try:
        if epoch and not epoch.isdecimal():
            raise ValueError
        return datetime.datetime.fromtimestamp(int(epoch) if epoch else time.time(), datetime.UTC)
    except (ValueError, OverflowError, OSError):
        raise NotPlanned(
            f"SOURCE_DATE_EPOCH is '{epoch}', which is not a number of seconds since 1970"
        ) from None


def pages(plans: list[Plan], pool: Pool) -> Iterator[tuple[Plan, PageResult]]:
    """Build every page that the plans require; yields each result, with its plan, as it finishes.

    A task that crashes its worker is tried once more, alone.
    """
    # start with the pages that read most, so that none of them is left to the end
    todo = [
        (p, task)
        for p in plans
        for task in sorted((p.expected[area] for area in p.todo), key=_bytes_read, reverse=True)
    ]
    futures: dict[Future, tuple[Plan, PageTask]] = {}
    lost, ended = [], {}
    with pool() as workers:
        begun = time.monotonic()
        for p, task in todo:
            try:
                future = workers.submit(make, task)
            except LOST:
                lost.append((p, task))
                continue
            futures[future] = p, task
            future.add_done_callback(lambda future: ended.update({future: time.monotonic()}))
        for future in as_completed(futures):
            p, task = futures[future]
            try:
                result = future.result()
            except LOST:
                lost.append((p, task))
                continue
            except Exception as error:
                why = f"it could not be built ({type(error).__name__}: {plain(error)})"
                yield p, PageResult(task.area, why)
                continue
            took = result.timings
            waiting = max(0.0, ended.get(future, time.monotonic()) - begun - took.working)
            yield p, replace(result, timings=replace(took, waiting=round(waiting, 3)))
    for p, task in lost:
        with pool() as alone:
            try:
                yield p, alone.submit(make, task).result()
            except LOST:
                yield p, PageResult(task.area, "it crashed the process that ran it, twice")


def _bytes_read(task: PageTask) -> int:
    return sum(map(len, task.files.values()))


def make(task: PageTask) -> PageResult:
    """Build one page, in a process that need not have loaded what makes it before."""
    from saferplymouth.editions import make_page

    return make_page.build(task)


def finish(
    root: Path, p: Plan, results: dict[str, PageResult], pack: Pack | None = None
) -> Outcome:
    """Put the edition in place if it is complete and changed, otherwise keep it apart.

    A closed edition gets its pack from `pack`; an open one loses the pack that its changed pages
    had. Raises `OSError`.
    """
    outputs = root / "outputs"
    for area, result in results.items():
        publish.replace(outputs, f"executed/{p.name}/{area}.ipynb", result.executed)
    results = {area: _with_beside(p.expected[area], result) for area, result in results.items()}
    p, results = _with_links_followed(p, results)
    failures = {area: result.failure for area, result in results.items() if result.failure}
    whole = (results.keys() | p.kept.keys()) - failures.keys() == p.expected.keys()
    booked = _with_workbooks(p, results, whole) if results else (p, results)
    made = _manifest(*booked, whole)
    unchanged = p.before | {"build": None} == made | {"build": None}
    if not results and (unchanged or not whole):
        return Outcome(p, outputs / p.name, whole)
    files = _files(*booked)
    if results:
        files, made = without_pack(files, made)
    if results and whole and pack and p.status in CLOSED:
        try:
            files, made = pack(files, made)
        except NotMade as error:
            whole, failures = False, {"pack": str(error)}
            bare = _with_workbooks(p, results, whole)
            files, made = without_pack(_files(*bare), _manifest(*bare, whole))
    files |= {MANIFEST: tasks.canonical(made)}
    if whole:
        place = publish.put(outputs, p.name, files)
        publish.remove(outputs / "partial", p.name)
        return Outcome(p, place, whole)
    in_place = manifest(outputs / p.name)
    if failures and in_place:
        in_place["last_attempt"] = {"finished": _now(), "failed": failures}
        publish.replace(outputs, f"{p.name}/{MANIFEST}", tasks.canonical(in_place))
    make_way(outputs / "partial" / p.name, outputs)
    return Outcome(p, publish.put(outputs / "partial", p.name, files), whole, failures)


def files(p: Plan, results: dict[str, PageResult]) -> dict[str, bytes]:
    """Every file of a whole edition made of these results, including its workbooks and manifest."""
    results = {area: _with_beside(p.expected[area], result) for area, result in results.items()}
    p, results = _with_workbooks(replace(p, kept={}), results, True)
    return _files(p, results) | {MANIFEST: tasks.canonical(_manifest(p, results, True))}


def _with_beside(task: PageTask, result: PageResult) -> PageResult:
    return result if result.failure else replace(result, files=result.files | task.beside)


def _files(p: Plan, results: dict[str, PageResult]) -> dict[str, bytes]:
    files = {name: p.standing[name] for entry in p.kept.values() for name in entry["files"]}
    for result in results.values():
        files |= result.files
    return files


def _with_links_followed(
    p: Plan, results: dict[str, PageResult]
) -> tuple[Plan, dict[str, PageResult]]:
    """The same, with pages failed if a link on them is broken in the complete edition."""
    failed = any(result.failure for result in results.values())
    if not results or failed or results.keys() | p.kept.keys() != p.expected.keys():
        return p, results
    others = dict.fromkeys((MANIFEST, *WORKBOOKS), b"")
    dead = markup.dead_links(_files(p, results) | others)
    refused = {
        area: PageResult(area, f"the page was refused: {'; '.join(dead[href(area)])}")
        for area in p.expected
        if href(area) in dead
    }
    kept = {area: entry for area, entry in p.kept.items() if area not in refused}
    return replace(p, kept=kept), results | refused


def _with_workbooks(
    p: Plan, results: dict[str, PageResult], whole: bool
) -> tuple[Plan, dict[str, PageResult]]:
    """The same, with the workbooks of a whole edition among the files of its front page; one that
    is not whole has none.
    """
    books, front = _workbooks(p, results) if whole else {}, next(iter(p.expected))
    if front in results:
        made = replace(results[front], files=results[front].files | books)
        return p, results | {front: made}
    if front not in p.kept:
        return p, results
    kept = {n: digest for n, digest in p.kept[front]["files"].items() if n not in WORKBOOKS}
    kept |= {name: sha256(content) for name, content in books.items()}
    entry = p.kept[front] | {"files": kept}
    return replace(p, kept=p.kept | {front: entry}, standing={**p.standing, **books}), results


def _workbooks(p: Plan, results: dict[str, PageResult]) -> dict[str, bytes]:
    """Every table of an edition as workbooks: page by page, and as the framework has indicators."""
    from saferplymouth.editions import spreadsheets, workbook

    terms = p.defined["indicators"]
    rank = {f"data/{key}.csv": n for n, key in enumerate(terms)}
    of = {area: entry["files"] for area, entry in p.kept.items()}
    of |= {area: result.files for area, result in results.items()}
    names = [n for area in p.expected for n in sorted(of[area], key=lambda n: (rank.get(n, -1), n))]
    files, top = _files(p, results), p.expected.top
    tables = {name: files[name] for name in names if name.endswith(".csv")}
    day = datetime.date.fromisoformat(p.expected.options.published)
    sheets = workbook.sheets(tables, top, p.expected.titles, terms, periods.day(day))
    return spreadsheets.written(sheets, top, day)


def _manifest(p: Plan, results: dict[str, PageResult], whole: bool) -> dict:
    times = {area: asdict(result.timings) for area, result in results.items()}
    made = {
        "edition": p.name,
        "words": p.edition.words,
        "data_to": str(p.edition.month),
        "status": p.status if whole else "incomplete",
        "corrections": _corrections(p, results),
        "areas": {
            area: p.kept.get(area) or _entry(p, area, results.get(area)) for area in p.expected
        },
        "inputs": p.inputs,
        "packages": tasks.versions(),
        DEFINITIONS: p.defined,
        "build": {
            "finished": _now(),
            "time": p.before.get("build", {}).get("time", {}) | times,
            "skipped": dict.fromkeys(p.kept, "nothing it depends on has changed"),
        },
    }
    return made | ({"gone": p.gone} if p.gone else {})


def _corrections(p: Plan, results: dict[str, PageResult]) -> list[dict]:
    """Every correction made; the newest with the figures it changes in the tables."""
    if not p.corrections:
        return []
    *earlier, latest = p.corrections
    files = sorted(pair for result in results.values() for pair in result.files.items())
    changes = [
        change
        for name, content in files
        if name.endswith(".csv")
        for change in _changes(name, p.standing.get(name, b""), content)
    ]
    return [*earlier, {"changes": changes} | latest]


def _changes(name: str, before: bytes, after: bytes) -> list[dict]:
    """The figures that differ between two versions of a table, before and after."""
    was, now = _figures(before.decode()), _figures(after.decode())
    return [
        {"table": name, "figure": list(key), "before": was.get(key), "after": now.get(key)}
        for key in now | was
        if was.get(key) != now.get(key)
    ]


def _figures(table: str) -> dict[tuple[str, ...], list[str]]:
    """The rows of a table by what they are about, or by the whole row if they do not say."""
    rows = csv.DictReader(io.StringIO(table))
    columns = rows.fieldnames or ()
    of, says = ([name for name in names if name in columns] for names in (OF_A_FIGURE, SAYS))
    return {tuple(row[name] for name in of or row): [row[name] for name in says] for row in rows}


def _entry(p: Plan, area: str, result: PageResult | None) -> dict:
    title = p.expected.titles[area]
    if result is None:
        return {"state": "not built", "title": title}
    if result.failure:
        return {"state": "failed", "title": title, "reason": result.failure}
    files = {name: sha256(content) for name, content in result.files.items()}
    entry = {"state": "built", "title": title, "page": href(area), "files": files}
    return entry | {"depends": p.expected.depends(area), "indicators": result.facts}


def _now() -> str:
    return moment().isoformat(timespec="seconds")
