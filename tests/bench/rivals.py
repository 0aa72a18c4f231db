"""What else a user could run on the same notebooks, each as its own documentation says, and whether
it has made every page.

The tools that the suite does not need are installed in a folder of their own, beside the packages
of `requirements.lock`. What a user would write once, for every month, is written beforehand and not
counted.
"""

import html
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
INSTALLED = ("marimo==0.25.2", "ploomber-engine==0.0.33")
MADE = "by-hand"
LOOP, ONE = "A loop of papermill and nbconvert", "One `nbconvert --execute` of all notebooks"
EACH, MARIMO = "`nbconvert --execute`, notebook by notebook", "`marimo export html`"
PLOOMBER = "ploomber-engine and nbconvert"
NBCONVERT = "jupyter nbconvert --to html --no-input"
APP = "app = marimo.App()\n"
IMPORT = "\n\n@app.cell\ndef _():\n    import marimo as mo\n    return (mo,)\n"
SET = re.compile(r"def _\(\):(\n(?:    #.*\n)*)    month: str = .*")
FAILED = ("application/vnd.jupyter.error", "application/vnd.marimo+error")
SHOWN = ("<h2 ", '<figure class="chart"', "<table")


class Failed(Exception):
    """A rival that has not made every page; the message says why."""


def installed(folder: Path) -> Path:
    """The programs of an environment below `folder` with the suite and its rivals, all packages
    compiled.
    """
    place, uv = folder / "rivals", str(BIN / "uv")
    python = str(place / "bin/python")
    add = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python]
    for command in (
        [uv, "venv", "--quiet", "--python", sys.executable, str(place)],
        [*add, "-r", "requirements.lock", *INSTALLED],
        [*add, "--no-deps", "--no-build-isolation", "--editable", "."],
    ):
        subprocess.run(command, cwd=ROOT, check=True)
    return place / "bin"


def loop(months: dict[str, Iterable[str]]) -> list[str]:
    """The notebooks of each month's edition one after the other, as a user would run them without
    this suite.
    """
    lines = []
    for month, areas in months.items():
        for area in areas:
            lines += [f"papermill -p month {month} notebooks/{area}.ipynb {MADE}/{area}.ipynb"]
            lines += [f"{NBCONVERT} {MADE}/{area}.ipynb"]
    return script(lines)


def commands(root: Path, areas: Iterable[str], month: str, apart: Path) -> dict[str, list[str]]:
    """The rivals' commands by name; `apart` has the programs that are not the suite's own."""
    (root / "set").mkdir()
    for area in areas:
        _prepare(root, area, apart)
    # nbconvert and marimo's converted notebooks are told the month as each allows
    month_in = f"""sed -i -E 's/(month: str = .?")[0-9-]+/\\1{month}/' set/*.ipynb"""
    ready = [f"cp {' '.join(f'notebooks/{area}.ipynb' for area in areas)} set", month_in]
    execute = f"{NBCONVERT} --execute --output-dir {MADE}"
    by_ploomber, by_marimo = [], []
    for area in areas:
        own = f"notebooks/{area}.ipynb {MADE}/{area}.ipynb"
        by_ploomber += [f"ploomber-engine --no-progress-bar -p month {month} {own}"]
        by_ploomber += [f"{NBCONVERT} {MADE}/{area}.ipynb"]
        page = f"set/{area}.py -o {MADE}/{area}.html"
        by_marimo += [f"marimo export html --no-include-code -f {page} -- --month {month}"]
    notebooks = [f"set/{area}.ipynb" for area in areas]
    return {
        LOOP: loop({month: areas}),
        ONE: script([*ready, f"{execute} {' '.join(notebooks)}"]),
        EACH: script([*ready, *(f"{execute} {notebook}" for notebook in notebooks)]),
        MARIMO: script(by_marimo, apart),
        PLOOMBER: script(by_ploomber, apart),
    }


def script(lines: list[str], by: Path = BIN) -> list[str]:
    """A shell that runs these lines with the programs of `by`, and stops at the first that fails."""
    begun = [f"export PATH={by}:$PATH", f"rm -rf {MADE}", f"mkdir {MADE}"]
    return ["sh", "-ec", "\n".join([*begun, *lines])]


def _prepare(root: Path, area: str, apart: Path) -> None:
    """Converts a notebook for marimo, and makes it take its month from the command line."""
    path = root / f"set/{area}.py"
    call = [apart / "marimo", "convert", root / f"notebooks/{area}.ipynb", "-o", path]
    subprocess.run(call, check=True, capture_output=True)
    text = path.read_text(encoding="utf-8")
    text, told = SET.subn('def _(mo):\\1    month: str = mo.cli_args().get("month")', text)
    if not told:
        raise Failed(f"{area}: marimo's notebook sets no month")
    if "    import marimo as mo" not in text:  # the converter does not always add it
        text = text.replace(APP, APP + IMPORT)
    path.write_text(text, encoding="utf-8")


def check(root: Path, areas: dict[str, str]) -> None:
    """Refuse what a rival has made unless every area (with the suite's page of it) has a page with
    as many headings, charts and tables as the suite's, and without an error.
    """
    wrong = []
    for area, page in areas.items():
        path = root / MADE / f"{area}.html"
        text = _decoded(path.read_text(encoding="utf-8")) if path.is_file() else ""
        wanted = (root / page).read_text(encoding="utf-8")
        few = [mark for mark in SHOWN if text.count(mark) < wanted.count(mark)]
        wrong += [area] if not text or few or any(mark in text for mark in FAILED) else []
    if wrong:
        raise Failed(f"no good page of {', '.join(wrong)}")


def _decoded(page: str) -> str:
    """The page with the HTML that marimo keeps in it, as JSON within attributes within JSON."""
    for _ in range(3):
        page = re.sub(r"\\+u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), page)
        page = re.sub(r'\\+"', '"', html.unescape(page))
    return page
