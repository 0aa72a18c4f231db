"""One page as a value: everything it takes goes in, everything it makes comes out, and no folder is shared.

`build(work)` may run in this process, another, or another machine.
"""

from saferplymouth import quick  # noqa: F401, I001 (first, before whatever loads nbformat)
import datetime
import importlib.metadata
import json
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from saferplymouth import kernels, page, warm
from saferplymouth.periods import day
from saferplymouth.spent import Spent, spent

STEADY = {"PYTHONHASHSEED": "0", "PYTHONNOUSERSITE": "1", "PYTHONUTF8": "1"}  # for workers, whose kernels inherit them
DIGESTED = ("*.py", "*.j2", "*.css", "*.json")
PACKAGES = ("jupyterlab", "pandas", "matplotlib", "papermill", "nbconvert", "numpy", "scipy", "pyarrow", "ipykernel")


@dataclass(frozen=True)
class Work:
    """One notebook to be run for the edition `name`, with data to `month`: `area` is its key, `parameters` what it is
    given, and `must` the parts it has to show, each a kind and a key.

    `files` are the framework, observations and comments it may see, by path within the project; `top` what the
    page says around it (see `page.render`); `seconds` the limit for the whole notebook, `published` the day (ISO)
    the page bears, and `depends` a digest of each thing that would change the page.
    """

    name: str
    month: str
    area: str
    title: str
    page: str
    parameters: dict[str, str]
    must: tuple[tuple[str, str], ...]
    notebook: bytes
    files: dict[str, bytes]
    top: dict
    seconds: float
    published: str
    depends: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Built:
    """What came of a work: its `files` (page and tables) by path within the edition, or in one line why none.

    `facts` are the manifest's, by indicator; `executed` is the notebook as run, for analysts; `spent` tells where the
    time went.
    """

    area: str
    failure: str
    files: dict[str, bytes] = field(default_factory=dict)
    facts: dict = field(default_factory=dict)
    executed: bytes = b""
    spent: Spent = field(default_factory=Spent)


def build(work: Work) -> Built:
    """Execute, render and check one page. Never raises for what a notebook does."""
    started, files, facts = time.monotonic(), {}, {}
    secrets = [str(Path.cwd()), os.environ.get("HOME", ""), sys.prefix]
    with kernels.room() as room:
        for path, content in work.files.items():
            (room.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (room.folder / path).write_bytes(content)
        run = kernels.execute(work.notebook, work.parameters, room, work.seconds)
        failure, running = run.failure, time.monotonic() - started
        try:
            if not failure:
                hidden = [s for s in (*secrets, str(room.folder)) if len(s) > 1]
                files, facts = _page(work, run.notebook, hidden)
        except Refused as error:
            failure = f"the page was refused: {error}"
        except Exception as error:  # what a notebook shows can lead a renderer to anything
            failure = f"the page could not be made ({type(error).__name__}: {kernels.plain(error)})"
    executed = nbformat.writes(run.notebook).encode(errors="replace")
    took = spent(run.notebook, running, time.monotonic() - started - running)
    return Built(work.area, failure, files, facts, executed, took)


class Refused(Exception):
    """The page was made and must not be published; the message says why."""


def _page(work: Work, notebook: nbformat.NotebookNode, secrets: list[str]) -> tuple[dict[str, bytes], dict]:
    shown = page.marks(notebook)
    summary = next((m["facts"] for m in shown if m["kind"] == "summary"), {})
    facts = {m["indicator"]: m["facts"] for m in shown if m["kind"] == "headline"}
    bears = {"published": work.published, "published_words": day(datetime.date.fromisoformat(work.published))}
    body = page.render(notebook, work.top | bears | {"runs_to": summary.get("runs_to", {})})
    tables = page.downloads(notebook)
    faults = page.faults(body, shown, work.must, work.month, secrets)
    strange = sorted(set(tables) - {key for _, key in work.must})
    faults += [f"it shows {key}, which is not its own" for key in strange]
    faults += ["a table names a folder of this machine"] * any(s in t for t in tables.values() for s in secrets)
    if faults:
        raise Refused("; ".join(faults))
    texts = {work.page: body} | {f"data/{key}.csv": table for key, table in tables.items()}
    return {path: text.encode() for path, text in texts.items()}, facts


def versions() -> dict[str, str]:
    """The versions a page depends on."""
    found = {name: importlib.metadata.version(name) for name in PACKAGES}
    return {"python": ".".join(map(str, sys.version_info[:3]))} | found


def code() -> dict[str, bytes]:
    """The package's own files, which a page depends on as well."""
    folder = Path(__file__).parent
    found = sorted(p for pattern in DIGESTED for p in folder.rglob(pattern))
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


def quiet_worker() -> None:
    """Set up a worker process: it ends when the run that started it ends, however that ends, and only by that."""

    def follow() -> None:
        multiprocessing.parent_process().join()
        os._exit(1)

    warm.begin()
    threading.Thread(target=follow, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable()
    warnings.simplefilter("ignore")


def canonical(value: object) -> bytes:
    """A value as bytes that are the same wherever it is written."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
