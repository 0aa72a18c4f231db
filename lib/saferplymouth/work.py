"""One page as a value: everything it takes goes in, everything it makes comes out, and no folder is shared.

`build(work)` may run in this process, another, or another machine.
"""

import datetime
import importlib.metadata
import json
import logging
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from saferplymouth import kernels, page
from saferplymouth.periods import day

DIGESTED = ("*.py", "*.j2", "*.css", "*.json")
PACKAGES = ("jupyterlab", "pandas", "matplotlib", "papermill", "nbconvert", "numpy", "scipy", "pyarrow", "ipykernel")


@dataclass(frozen=True)
class Work:
    """One notebook to be run for one month: `area` is its key, `indicators` those whose parts must be shown.

    `files` are the framework, observations and comments it may see, by path within the project; `top` what the
    page says around it (see `page.render`); `seconds` the limit for the whole notebook, `published` the day (ISO)
    the page bears, and `depends` a digest of each thing that would change the page.
    """

    month: str
    area: str
    title: str
    page: str
    indicators: tuple[str, ...]
    notebook: bytes
    files: dict[str, bytes]
    top: dict
    seconds: float
    published: str
    depends: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Built:
    """What came of a work: its page and tables, or in one line why there is none."""

    area: str
    failure: str
    page: str = ""
    tables: dict[str, str] = field(default_factory=dict)
    executed: str = ""
    facts: dict = field(default_factory=dict)
    seconds: float = 0.0


def build(work: Work) -> Built:
    """Execute, render and check one page. Never raises for what a notebook does."""
    started, home = time.monotonic(), os.environ.get("HOME", "")
    with tempfile.TemporaryDirectory(prefix="edition-", ignore_cleanup_errors=True) as name:
        folder, secrets = Path(name), [name, str(Path.cwd()), home, sys.prefix]
        for path, content in work.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        with kernels.private(folder):
            run = kernels.execute(work.notebook, {"month": work.month}, folder, work.seconds)
            built = _page(work, run, [secret for secret in secrets if len(secret) > 1])
    return Built(**built, executed=nbformat.writes(run.notebook), seconds=round(time.monotonic() - started, 2))


def _page(work: Work, run: kernels.Executed, secrets: list[str]) -> dict:
    if run.failure:
        return {"area": work.area, "failure": run.failure}
    shown = page.marks(run.notebook)
    summary = next((m["facts"] for m in shown if m["kind"] == "summary"), {})
    facts = {m["indicator"]: m["facts"] for m in shown if m["kind"] == "headline"}
    bears = {"published": work.published, "published_words": day(datetime.date.fromisoformat(work.published))}
    body = page.render(run.notebook, work.top | bears | {"runs_to": summary.get("runs_to", {})})
    tables = page.downloads(run.notebook)
    faults = page.faults(body, shown, list(work.indicators), work.month, secrets)
    faults += ["a table names a folder of this machine"] * any(s in t for t in tables.values() for s in secrets)
    if faults:
        return {"area": work.area, "failure": f"the page was refused: {'; '.join(faults)}"}
    return {"area": work.area, "failure": "", "page": body, "tables": tables, "facts": facts}


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

    threading.Thread(target=follow, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable()


def canonical(value: object) -> bytes:
    """A value as bytes that are the same wherever it is written."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
