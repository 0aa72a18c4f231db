"""Makes one page: runs its notebook, renders it and checks it. Only workers load this."""

from saferplymouth.editions.kernels import fast_import  # noqa: F401, I001 (first, before whatever loads nbformat)
import datetime
import os
import sys
import time
from pathlib import Path

import nbformat

from saferplymouth.display import takeaway
from saferplymouth.editions.kernels import execution
from saferplymouth.editions import page_check, render, timings
from saferplymouth.periods import day
from saferplymouth.editions.failures import plain
from saferplymouth.editions.tasks import PageResult, PageTask
from saferplymouth.store.manifest import (
    CLOSED,
    FACTS,
    GLOSSARY,
    MANIFEST,
    STATEMENT,
    WORKBOOKS,
    fits,
)


class Refused(Exception):
    """The page was made but must not be published; the message says why."""


def build(task: PageTask) -> PageResult:
    """Execute, render and check one page. Never raises, whatever the notebook does."""
    started, files, facts = time.monotonic(), {}, {}
    secrets = [str(Path.cwd()), os.environ.get("HOME", ""), sys.prefix]
    with execution.sandbox() as room:
        for path, content in task.files.items():
            (room.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (room.folder / path).write_bytes(content)
        run = execution.execute(task.notebook, task.parameters, room, task.seconds)
        failure, running = run.failure, time.monotonic() - started
        try:
            if not failure:
                hidden = [text for text in (*secrets, str(room.folder)) if len(text) > 1]
                files, facts = page_of(task, run.notebook, hidden)
        except Refused as error:
            failure = f"the page was refused: {error}"
        except Exception as error:  # a notebook's output can make a renderer raise anything
            failure = f"the page could not be made ({type(error).__name__}: {plain(error)})"
    executed = nbformat.writes(run.notebook).encode(errors="replace")
    took = timings.of_run(run.notebook, running, time.monotonic() - started - running)
    return PageResult(task.area, failure, files, facts, executed, took)


def page_of(
    task: PageTask, notebook: nbformat.NotebookNode, secrets: list[str]
) -> tuple[dict[str, bytes], dict]:
    """The files of a page (page, tables, charts) from its executed notebook, and its facts by
    indicator.

    Raises `Refused` if it must not be published, for example because it contains one of the
    `secrets`.
    """
    marks = render.marks(notebook)
    summary = next((m["facts"] for m in marks if m["kind"] == "summary"), {})
    facts = {m["indicator"]: dict(m["facts"]) for m in marks if m["kind"] == "headline"}
    published_words = day(datetime.date.fromisoformat(task.published))
    top = task.top | {"published": task.published, "published_words": published_words}
    top["runs_to"] = dict(sorted(summary.get("runs_to", {}).items()))
    body = render.render(notebook, top)
    downloads = render.downloads(notebook)
    tables = {f"data/{key}.csv": table for key, table in downloads.items()}
    credit = f"{top['partnership']}, {top['month']}. {top['status']}, published {published_words}."
    charts = takeaway.charts(body, credit)
    faults = page_check.faults(body, marks, task.must, task.month, secrets)
    pages = [page["href"] for page in task.top["pages"]]
    there = [MANIFEST, STATEMENT, GLOSSARY, *WORKBOOKS, *pages, *tables, *charts]
    faults += page_check.markup_faults(notebook, body, task.page, there)
    if not fits(facts, {str: FACTS}):
        faults.append("the data kept with a headline is not in the suite's format")
    faults += page_check.table_faults(downloads, task.must, secrets)
    faults += page_check.chart_faults(charts, secrets)
    if faults:
        raise Refused("; ".join(faults))
    texts = {task.page: body} | tables | charts
    files = {path: text.encode() for path, text in texts.items()}
    if charts and top["status"] in CLOSED:  # a draft is made again too often
        paths = (path.replace(".svg", ".png") for path in charts)
        files |= dict(zip(paths, takeaway.pngs(charts.values()), strict=True))
    return files, facts
