"""The pages of an edition as they would be published, built again whenever something is saved.

They are kept in memory: nothing is published, and the edition in place stays as it is.
"""

import asyncio
import datetime
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import watchfiles

from saferplymouth import sources
from saferplymouth.comments import checking
from saferplymouth.editions import build, failures, markup, runner, unchanged
from saferplymouth.editions.plan import Plan, RunOptions, href, plan
from saferplymouth.editions.tasks import PageResult, PageTask
from saferplymouth.errors import Mistake
from saferplymouth.framework import load
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import counted
from saferplymouth.store import edition_names
from saferplymouth.store.edition_names import EditionName
from saferplymouth.store.manifest import MANIFEST, WORKBOOKS
from saferplymouth.store.published import sha256

CORRECTION = "The reason given with --correct"
OF_ALL = (MANIFEST, *WORKBOOKS)  # made from all pages


@dataclass(frozen=True)
class Built:
    """A page as it was built from what it `depends` on; `must` as in its task."""

    depends: dict[str, str]
    result: PageResult
    must: tuple[tuple[str, str], ...] = ()


class Preview:
    """The pages of an edition as last built, and the problems in the way of newer ones.

    `told` is called whenever something has changed.
    """

    def __init__(self, root: Path, edition: EditionName, jobs: int, told: Callable[[], None]):
        self.root, self.edition, self._told = root, edition, told
        self.looked_at: set[str] = set()  # these pages are built first
        self.doing, self._at = "", ""
        self._plan: Plan | None = None
        self._good: dict[str, Built] = {}
        self._failed: dict[str, Built] = {}
        self._working: dict[str, tuple[dict[str, str], asyncio.Task]] = {}
        self._refused: list[str] = []
        self._found: list[str] = []
        self._slots, self._reading = asyncio.Semaphore(jobs), asyncio.Lock()
        self._saved = asyncio.Event()
        self._context = runner.context()

    @property
    def problems(self) -> list[str]:
        """A line for each; of a page whose comment has one, only that."""
        lines = [*self._refused, *self._found]
        for area, one in self._failed.items():
            comments = [f"/comments/{of}.md" for _, of in one.must]
            if not any(comment in line for comment in comments for line in lines):
                lines.append(f"notebooks/{area}.ipynb: {one.result.failure}.")
        return lines

    def title(self, file: str) -> str:
        """The title of a page, built or not; empty if the edition has no such page."""
        if not self._plan:
            return self.edition.words
        titles = self._plan.expected.titles.items()
        return next((title for area, title in titles if href(area) == file), "")

    async def file(self, name: str) -> bytes | None:
        """A file of the edition; those about all of its pages once every page has been built."""
        files = self._files()
        if name in OF_ALL and self._plan and self._good.keys() == self._plan.expected.keys():
            results = {area: built.result for area, built in self._good.items()}
            files = await self._read(partial(build.files, self._plan, results))
        return files.get(name)

    def digest(self, name: str) -> str:
        """Changes with a page of the edition; empty while there is none."""
        return sha256(content) if (content := self._files().get(name)) else ""

    def _files(self) -> dict[str, bytes]:
        files = {}
        for built in self._good.values():
            files |= built.result.files
        return files

    async def follow(self) -> None:
        """Build what differs from the edition in place, now and after every save."""
        watching = asyncio.create_task(self._watch())
        await asyncio.sleep(0)  # so that it watches before anything is read
        try:
            while True:
                self._saved.clear()
                await self._catch_up()
                waiting = asyncio.create_task(self._saved.wait())
                await asyncio.wait([watching, waiting], return_when=asyncio.FIRST_COMPLETED)
                if watching.done():  # the system cannot watch any more
                    watching.result()
        finally:
            for task in (watching, *(making for _, making in self._working.values())):
                task.cancel()

    async def _watch(self) -> None:
        """Notes every save; begins again when a folder of the project comes or goes."""
        while True:
            folders, other = self._folders(), asyncio.Event()

            async def note(*paths: Path, folders=folders, other=other) -> None:
                recursive = paths != (self.root,)
                async for _ in watchfiles.awatch(*paths, recursive=recursive, stop_event=other):
                    self._saved.set()
                    if self._folders() != folders:
                        other.set()

            await asyncio.gather(note(self.root), note(*folders))

    def _folders(self) -> list[Path]:
        return [path for name in unchanged.READ if (path := self.root / name).is_dir()]

    async def _catch_up(self) -> None:
        """Plan, and build each page that is not as planned; an older one being built is dropped."""
        self._tell("Reading what was saved …")
        try:
            p = await self._read(self._planned)
        except Exception as error:
            known = isinstance(error, Mistake)
            why = str(error) if known else f"{type(error).__name__}: {failures.plain(error)}"
            self._refused = why.splitlines()
            self._tell()
            return
        self._plan, self.edition = p, p.edition
        self._refused = [str(problem) for problem in sources.stray(self.root / "data/raw")]
        for known in (self._good, self._failed):
            for area in known.keys() - p.expected.keys():
                del known[area]
        for area, (depends, making) in [*self._working.items()]:
            if area not in p.expected or p.expected.depends(area) != depends:
                making.cancel()
                del self._working[area]
        for area in sorted(p.expected, key=lambda area: href(area) not in self.looked_at):
            self._see_to(area, p)
        self._at = self._at or _now()
        self._tell()
        await self._look_over()

    def _planned(self) -> Plan:
        calendar = load(self.root / "framework.toml").calendar
        (edition,) = edition_names.asked(self.root, self.edition.name, calendar)
        options = RunOptions(published=build.moment().date().isoformat())
        planned = plan(self.root, edition, options)
        if planned.frozen:
            planned = plan(self.root, edition, replace(options, correct=CORRECTION))
        return planned

    def _see_to(self, area: str, p: Plan) -> None:
        """Begin a page that is neither as planned, nor being built, nor known to fail."""
        depends, good, failed = (
            p.expected.depends(area),
            self._good.get(area),
            self._failed.get(area),
        )
        if good and good.depends == depends:
            self._failed.pop(area, None)
        elif area in p.kept:
            files = {name: p.standing[name] for name in p.kept[area]["files"]}
            result = PageResult(area, "", files, p.kept[area]["indicators"])
            self._good[area] = Built(depends, result)
            self._failed.pop(area, None)
        elif area not in self._working and not (failed and failed.depends == depends):
            self._working[area] = depends, asyncio.create_task(self._make(area, p))

    async def _make(self, area: str, p: Plan) -> None:
        depends, _ = self._working[area]
        async with self._slots:
            try:
                task = await self._read(partial(p.expected.__getitem__, area))
                result = await self._in_a_worker(task)
                result = replace(result, files=result.files | task.beside)
                built = Built(task.depends, result, task.must)
            except Exception as error:
                why = f"it could not be built ({type(error).__name__}: {failures.plain(error)})"
                built = Built(depends, PageResult(area, why))
        del self._working[area]
        self._failed.pop(area, None)
        made = self._failed if built.result.failure else self._good
        made[area], self._at = built, _now()
        self._tell()
        await self._look_over()

    async def _in_a_worker(self, task: PageTask) -> PageResult:
        """Build a page in a process of its own, which ends with this call."""
        ours, theirs = self._context.Pipe()
        worker = self._context.Process(target=runner.build_one, args=[theirs])
        worker.start()
        theirs.close()

        def ask() -> PageResult:
            with ours:
                ours.send(task)
                return ours.recv()

        try:
            return await _apart(ask)
        except (OSError, EOFError):
            return PageResult(task.area, "it crashed the process that ran it")
        finally:
            worker.kill()

    async def _look_over(self) -> None:
        """Once nothing is left to build, find the problems of comments and of links."""
        p = self._plan
        if not self._working:
            found = await self._read(partial(self._problems_of_all, p, self._files()))
            if p is self._plan and not self._working:
                self._found = found
                self._tell()

    def _problems_of_all(self, p: Plan, files: dict[str, bytes]) -> list[str]:
        month, lines = p.edition.month, []
        if (self.root / f"data/raw/{month}/comments").is_dir():
            with suppress(Mistake):  # of a drop that has just been saved again
                lines += map(str, checking.problems_and_claims(Project(month, self.root))[0])
        if set(map(href, p.expected)) <= files.keys():
            dead = markup.dead_links(files | dict.fromkeys(OF_ALL, b""))
            lines += [f"{page}: {fault}." for page, faults in dead.items() for fault in faults]
        return lines

    async def _read(self, work: Callable[[], object]) -> object:
        """What `work` makes of the project's files, one thing at a time."""
        async with self._reading:
            return await _apart(work)

    def _tell(self, doing: str = "") -> None:
        count = len(self._working)
        self.doing = doing or (f"Building {counted(count, 'page')} …" if count else self._at)
        self._told()


async def _apart(work: Callable[[], object]) -> object:
    """What `work` returns, from a thread that nothing waits for when the preview ends."""
    future = Future()
    future.set_running_or_notify_cancel()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return await asyncio.wrap_future(future)


def _now() -> str:
    return f"Built {datetime.datetime.now():%H:%M:%S}."
