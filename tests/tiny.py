"""A very small project, an indicator and a notebook for each area, and what its tests need to wait
and to look.
"""

import contextlib
import hashlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from pathlib import Path
from unittest import mock

import nbformat
import psutil

from saferplymouth import cli, periods
from saferplymouth.display.parts import PARTS
from saferplymouth.editions import build, tasks
from saferplymouth.editions.plan import RunOptions, plan
from saferplymouth.editions.timings import Timings
from saferplymouth.store.edition_names import EditionName

PATIENCE = 400
PARTNERSHIP = """[partnership]
name = "Tiny"
area = "Tiny"
force = "Police"
financial_year_starts = "April"
contact = "Tiny"
licence = "None"
small_base = 50
population_source = "None"
[partnership.population]
2016 = 1000
[agencies]
police = "Police"
"""
AREA = """[areas.{key}]
title = "{title}"
priority = "Because."
[indicators.{key}]
name = "{title}"
area = "{key}"
aim = "reduce"
monitoring_only = false
frequency = "month"
unit = "count"
counted = "things"
agency = "police"
sensitive = false
definition = "Things."
why = "Because."
"""
PARAMETERS = 'month: str = "2016-04"'
BOARD = (
    "from saferplymouth import Board\nboard = Board(month)\ndisplay(board.summary(), board.table())"
)


def notebook(*sources: str, tag: str = "parameters") -> bytes:
    """A notebook of these code cells, the first tagged."""
    cells = [nbformat.v4.new_code_cell(source, id=f"c{n}") for n, source in enumerate(sources)]
    cells[0].metadata["tags"] = [tag]
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells)).encode()


def area(key: str, month: str = "month", parts: Iterable[str] = PARTS) -> str:
    """A cell that shows the whole page of an area."""
    shown = "".join(f", section.{part}()" for part in parts)
    opening = (
        f"from saferplymouth import Report\nreport = Report('{key}', {month})\nsection = "
        f"report['{key}']\n"
    )
    return f"{opening}display(report.summary(){shown})"


def project(
    root: Path, *keys: str, months: Iterable[str] = ("2016-04",), **notebooks: bytes | None
) -> Path:
    """A project with these areas, whose notebooks are good unless others are given; `None` is a
    missing one.
    """
    areas = [AREA.format(key=key, title=key.replace("_", " ").capitalize()) for key in keys]
    put(root / "framework.toml", PARTNERSHIP + "".join(areas))
    for month in months:
        rows = [f"{key},{month},{100 + n}" for n, key in enumerate(keys)]
        put(
            root / f"data/raw/{month}/returns/police.csv",
            "\n".join(["indicator,period,value", *rows]) + "\n",
        )
    good = {key: notebook(PARAMETERS, area(key)) for key in keys} | {
        "board_summary": notebook(PARAMETERS, BOARD)
    }
    for key, content in (good | notebooks).items():
        if content is not None:
            put(root / f"notebooks/{key}.ipynb", content)
    return root


class Here(Executor):
    """Runs what it is given at once, and pages are made up; `fails` are the areas that fail."""

    def __init__(self, *fails: str):
        self.fails = fails

    def submit(self, _, given: tasks.PageTask) -> Future:
        done: Future = Future()
        failure = "it would not" if given.area in self.fails else ""
        files = (
            {}
            if failure
            else {given.page: given.notebook, f"data/{given.area}.csv": given.month.encode()}
        )
        done.set_result(tasks.PageResult(given.area, failure, files, {}, b"{}", Timings(start=0.1)))
        return done


def pretend(root: Path, *fails: str, month: str = "2016-04", **wish) -> build.Outcome:
    """Put an edition in place as a run does, without running a notebook."""
    todo = plan(root, EditionName(periods.month(month)), RunOptions(**wish))
    built = {one.area: one for _, one in build.pages([todo], lambda: Here(*fails))}
    return build.finish(root, todo, built)


def finish(root: Path, *built: tasks.PageResult) -> build.Outcome:
    """End a run that has built these pages of the edition in place again."""
    todo = plan(root, EditionName(periods.month("2016-04")), RunOptions())
    return build.finish(root, todo, {one.area: one for one in built})


def put(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def command(
    root: Path, *words: str, prefix: Iterable[str] = (), **settings
) -> subprocess.CompletedProcess:
    """Run `saferplymouth` in a project, through the command `prefix` if there is one, and wait for
    it.
    """
    call = [*prefix, sys.executable, "-m", "saferplymouth", *words]
    return subprocess.run(
        call, cwd=root, capture_output=True, text=True, timeout=PATIENCE, **settings
    )


def told(root: Path, *words: str) -> subprocess.CompletedProcess:
    """The same within this process, which spares the start of another; what a run builds is built
    in its workers.
    """
    out, err, stops, status = io.StringIO(), io.StringIO(), signal.getsignal(signal.SIGTERM), 0
    with contextlib.ExitStack() as meanwhile:
        meanwhile.enter_context(contextlib.chdir(root))
        meanwhile.enter_context(mock.patch.dict(os.environ))
        meanwhile.enter_context(mock.patch.object(sys, "argv", ["saferplymouth", *words]))
        meanwhile.enter_context(contextlib.redirect_stdout(out))
        meanwhile.enter_context(contextlib.redirect_stderr(err))
        try:
            cli.main()
        except SystemExit as leaving:
            status = leaving.code or 0
        finally:
            signal.signal(signal.SIGTERM, stops)
    return subprocess.CompletedProcess(words, status, out.getvalue(), err.getvalue())


def start(root: Path, *words: str, **settings) -> subprocess.Popen:
    """Start `saferplymouth` in a project, in a process group of its own."""
    call = [sys.executable, "-u", "-m", "saferplymouth", *words]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True} | settings
    return subprocess.Popen(call, cwd=root, start_new_session=True, **streams)


def until(condition: Callable[[], object], what: str) -> None:
    """Poll until the condition holds; fail when patience runs out."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited {PATIENCE} s for {what}"
        time.sleep(0.01)


def processes(marker: str) -> list[str]:
    """The living processes (but this one) that have `marker` in their command, environment or
    folder.
    """
    found = []
    for process in psutil.process_iter():
        try:
            told = [*process.cmdline(), process.cwd(), *process.environ().values()]
        except psutil.Error:
            continue
        if process.pid != os.getpid() and any(marker in text for text in told):
            found.append(f"{process.pid} {' '.join(told[:4])}")
    return found


def snapshot(*folders: Path) -> dict[str, bytes | str]:
    """Everything below the folders: a file's content, or where a link leads."""
    found = {}
    for path in (p for folder in folders for p in folder.rglob("*")):
        if path.is_symlink():
            found[str(path)] = str(path.readlink())
        elif path.is_file():
            found[str(path)] = path.read_bytes()
    return found


def files(place: Path) -> dict[str, bytes]:
    """The files of an edition by path within it."""
    return {
        p.relative_to(place).as_posix(): p.read_bytes()
        for p in sorted(place.rglob("*"))
        if p.is_file()
    }


def whole(place: Path) -> dict:
    """The manifest of an edition, having checked that every file is as it says and every link
    between pages leads.
    """
    there = files(place)
    made = json.loads(there["edition.json"])
    digests = {
        name: digest for area in made["areas"].values() for name, digest in area["files"].items()
    }
    assert {area["state"] for area in made["areas"].values()} == {"built"}
    assert there.keys() == digests.keys() | {"edition.json"}
    for name, digest in digests.items():
        assert hashlib.sha256(there[name]).hexdigest() == digest, name
        if name.endswith(".html"):
            links = re.findall(r'href="([^"#:]+)(?:#[^"]*)?"', there[name].decode())
            if not (place.parent / "index.html").exists():  # what is beside it comes with the list
                links = [link for link in links if not link.startswith("../")]
            targets = [Path(os.path.normpath(place / link)) for link in links]  # as browsers do
            assert [target for target in targets if not target.exists()] == []
    return made
