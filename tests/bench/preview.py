"""How long after a save a preview shows it: `python tests/bench/preview.py` (or `make evidence`).

It writes its table in docs/performance.md. Linux only, for it has to count what orphans take.
"""

import argparse
import ctypes
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import measure
import nbformat
import psutil
import tiny
import told
from playwright.sync_api import Page, expect, sync_playwright
from projects import copy_project

AREA, INDICATOR, PAGE = "hate_crime", "police_recorded_hate_crime", "hate-crime.html"
BUILT = re.compile(r"not published\. Built ")
PATIENCE = 600_000
PACKAGES = ("papermill", "nbconvert", "ipykernel", "tornado", "watchfiles", "pandas")
# what is saved: the file, the pattern of what is replaced, by what, and what the page then says
SAVED = {
    "A comment": (
        f"data/raw/2016-11/comments/{INDICATOR}.md",
        r"begun by \d+",
        "begun by {}",
        "begun by {}",
    ),
    "A notebook": (
        f"notebooks/{AREA}.ipynb",
        r"paragraph \d+",
        "paragraph {}",
        "paragraph {}",
    ),
    "A return": (
        "data/raw/2016-11/returns/police.csv",
        rf"{INDICATOR},2016-11,\d+",
        INDICATOR + ",2016-11,{}",
        "{:,}",
    ),
    "`framework.toml`": ("framework.toml", r'\ncontact = ".*"', '\ncontact = "Desk {}"', "Desk {}"),
}


def save(root: Path, what: str, n: int) -> str:
    """Save what is named with another number; returns what the page says once it shows it."""
    name, pattern, text, shown = SAVED[what]
    content = (root / name).read_text(encoding="utf-8")
    changed = re.sub(pattern, text.format(n).replace("\\", r"\\"), content, count=1)
    assert changed != content, name
    (root / name).write_text(changed, encoding="utf-8")
    return shown.format(n)


def used(but: Collection[psutil.Process]) -> float:
    """CPU seconds so far of all that was started here, wherever that ended; `but` for these."""
    apart = {one.pid for one in but}
    for one in psutil.Process().children():
        if one.pid not in apart and one.status() == psutil.STATUS_ZOMBIE:  # an orphan
            with suppress(ChildProcessError):
                os.waitpid(one.pid, os.WNOHANG)
    seconds = os.times().children_user + os.times().children_system
    for one in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            seconds += sum(one.cpu_times()[:4]) if one.pid not in apart else 0
    return seconds


def measured(page: Page, root: Path, rests: Callable, used: Callable, what: str, n: int) -> list:
    """Seconds from a save until the page shows it, and until all is built; CPU seconds until
    then, and until the preview rests.
    """
    before, began = used(), time.perf_counter()
    text = save(root, what, n)
    page.wait_for_function("text => document.body.innerText.includes(text)", arg=text)
    shown, cpu = time.perf_counter() - began, used() - before
    expect(page.get_by_role("status")).to_have_text(BUILT, timeout=PATIENCE)
    done = time.perf_counter() - began
    tiny.until(rests, "the preview to rest")
    return [shown, cpu, done, used() - before]


def main(runs: int, many: int) -> None:
    ctypes.CDLL(None).prctl(measure.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    own = Path(tempfile.mkdtemp(prefix="preview-"))
    root = copy_project(own / "project", street=True)
    comment = root / SAVED["A comment"][0]
    tiny.put(comment, "Author: A. Analyst\n\nThe council looks into it, begun by 0.\n")
    notebook = nbformat.read(root / SAVED["A notebook"][0], as_version=4)
    notebook.cells.append(nbformat.v4.new_markdown_cell("This is paragraph 0.", id="more"))
    nbformat.write(notebook, root / SAVED["A notebook"][0])
    rows = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        cpu = partial(used, psutil.Process().children(recursive=True))
        started = tiny.start(root, "preview", "2016-11", "--no-browser")
        preview = psutil.Process(started.pid)
        page.set_default_timeout(PATIENCE)
        page.goto(re.search(r"http://\S+", started.stdout.readline())[0])
        page.wait_for_url("**/index.html")
        page.goto(page.url.replace("index.html", PAGE))
        expect(page.get_by_role("status")).to_have_text(BUILT, timeout=PATIENCE)
        for what in SAVED:
            found = [
                measured(page, root, lambda: preview.cpu_percent(0.3) < 5, cpu, what, 1001 + n)
                for n in range(runs)
            ]
            rows.append([what, *(spread(values) for values in zip(*found, strict=True))])
            print(*rows[-1], sep=" | ", flush=True)
        for n in range(many):
            last = save(root, "A comment", 3000 + n)
        page.wait_for_function("text => document.body.innerText.includes(text)", arg=last)
        expect(page.get_by_role("status")).to_have_text(BUILT, timeout=PATIENCE)
        assert last in page.inner_text("body"), "an older page was shown over the last one"
        assert not (root / "outputs").exists(), "something was published"
        browser.close()
    started.terminate()
    assert started.wait() == 0
    shutil.rmtree(own)
    head = ["Saved", "Seconds until shown", "CPU seconds until then"]
    head += ["Seconds until all is built", "CPU seconds of all"]
    saves = f"Medians of {runs} saves, least and most in brackets. After {many} saves in a row the page "
    saves += "showed the last."
    told.write(
        "performance.md",
        "preview",
        f"{told.table(head, rows)}\n\n{saves} {told.conditions(PACKAGES)}.",
    )


def spread(values: tuple[float, ...]) -> str:
    return f"{statistics.median(values):.1f} ({min(values):.1f}–{max(values):.1f})"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--many", type=int, default=50)
    main(**vars(parser.parse_args()))
