"""Makes one page: its notebook executed, rendered and checked. Loaded by workers only: the planner
runs no notebook.
"""

from saferplymouth.editions.kernels import fast_import  # noqa: F401, I001 (first, before whatever loads nbformat)
import datetime
import os
import sys
import time
from pathlib import Path

import nbformat

from saferplymouth.editions.kernels import execution
from saferplymouth.editions import page_check, render
from saferplymouth.periods import day
from saferplymouth.editions.failures import plain
from saferplymouth.editions.timings import spent
from saferplymouth.editions.tasks import PageResult, PageTask
from saferplymouth.store.manifest import FACTS, MANIFEST, fits


def build(work: PageTask) -> PageResult:
    """Execute, render and check one page. Never raises for what a notebook does."""
    started, files, facts = time.monotonic(), {}, {}
    secrets = [str(Path.cwd()), os.environ.get("HOME", ""), sys.prefix]
    with execution.room() as room:
        for path, content in work.files.items():
            (room.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (room.folder / path).write_bytes(content)
        run = execution.execute(work.notebook, work.parameters, room, work.seconds)
        failure, running = run.failure, time.monotonic() - started
        try:
            if not failure:
                hidden = [s for s in (*secrets, str(room.folder)) if len(s) > 1]
                files, facts = page_of(work, run.notebook, hidden)
        except Refused as error:
            failure = f"the page was refused: {error}"
        except Exception as error:  # what a notebook shows can lead a renderer to anything
            failure = f"the page could not be made ({type(error).__name__}: {plain(error)})"
    executed = nbformat.writes(run.notebook).encode(errors="replace")
    took = spent(run.notebook, running, time.monotonic() - started - running)
    return PageResult(work.area, failure, files, facts, executed, took)


class Refused(Exception):
    """The page was made and must not be published; the message says why."""


def page_of(
    work: PageTask, notebook: nbformat.NotebookNode, secrets: list[str]
) -> tuple[dict[str, bytes], dict]:
    """The files of a page (page and tables) from its notebook as run, and its facts by indicator.

    Raises `Refused` where it must not be published, such as for one of the `secrets` in it.
    """
    shown = render.marks(notebook)
    summary = next((m["facts"] for m in shown if m["kind"] == "summary"), {})
    facts = {m["indicator"]: dict(m["facts"]) for m in shown if m["kind"] == "headline"}
    bears = {
        "published": work.published,
        "published_words": day(datetime.date.fromisoformat(work.published)),
    }
    runs_to = dict(sorted(summary.get("runs_to", {}).items()))
    body = render.render(notebook, work.top | bears | {"runs_to": runs_to})
    tables = render.downloads(notebook)
    faults = page_check.faults(body, shown, work.must, work.month, secrets)
    tops = [of["href"] for of in work.top["pages"]]
    own = [MANIFEST, *tops, *(f"data/{key}.csv" for key in tables)]
    faults += page_check.markup_faults(notebook, body, work.page, own)
    if not fits(facts, {str: FACTS}):
        faults.append("what a headline keeps for the edition is not as the suite writes it")
    strange = sorted(set(tables) - {key for _, key in work.must})
    faults += [f"it shows {key}, which is not its own" for key in strange]
    faults += ["a table names a folder of this machine"] * any(
        s in t for t in tables.values() for s in secrets
    )
    faults += [
        f"the table {key}: {fault}"
        for key, table in tables.items()
        for fault in page_check.unfit(table)[:3]
    ]
    if faults:
        raise Refused("; ".join(faults))
    texts = {work.page: body} | {f"data/{key}.csv": table for key, table in tables.items()}
    return {path: text.encode() for path, text in texts.items()}, facts
