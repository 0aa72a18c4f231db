"""How long editions take, against the loop a user would write otherwise and against the floor; and
on a cluster.

Run as `python tests/bench/edition.py [PART ...]` (or `make evidence`): each part writes its own table
in docs/performance.md, and `edition` a chart. Linux only, for it has to count what orphans take.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import cluster
import measure
import months
import told

from saferplymouth.editions.tasks import STEADY

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
DOC, CHART = "performance.md", "performance.svg"
MONTH = "2016-11"
PACKAGES = ("papermill", "nbconvert", "ipykernel", "matplotlib", "pandas")
RUNS = {"edition": 5, "year": 1, "again": 5, "memory": 1, "cluster": 1}
COMMENT = (
    "Author: A. Analyst\nDate: 2017-01-09\n\nOfficers are looking into the reports of this month, "
    "number {}.\n"
)
SUITE, LOOP, FLOOR = "This suite", "A loop of papermill and nbconvert", "The floor"


def suite(*words: str) -> list[str]:
    return [str(BIN / "saferplymouth"), "run", *words]


def loop(root: Path, wanted: list[str]) -> list[str]:
    """The notebooks of these months' editions, one after the other, as a user would run them
    without this suite.
    """
    lines = [f"export PATH={BIN}:$PATH", "mkdir -p by-hand"]
    for month in wanted:
        made = json.loads((root / f"outputs/{month}/edition.json").read_bytes())
        for area in made["areas"]:
            lines += [f"papermill -p month {month} notebooks/{area}.ipynb by-hand/{area}.ipynb"]
            lines += [f"jupyter nbconvert --to html --no-input by-hand/{area}.ipynb"]
    return ["sh", "-ec", "\n".join(lines)]


def floor(root: Path, wanted: list[str]) -> dict[str, float]:
    given = os.environ | STEADY
    call = [sys.executable, HERE / "floor.py", *wanted]
    done = subprocess.run(call, cwd=root, env=given, capture_output=True, text=True)
    return json.loads(done.stdout) if not done.returncode else sys.exit(done.stderr)


def editions(root: Path, wanted: list[str], runs: int) -> dict[str, list[dict]]:
    """The seconds of suite, loop and floor for these months, by turns."""
    span = wanted[0] if len(wanted) == 1 else f"{wanted[0]}..{wanted[-1]}"
    measure.took(suite(span), root)  # what was received is tidy from now on, for all three
    found: dict[str, list[dict]] = {SUITE: [], LOOP: [], FLOOR: []}
    for turn in range(runs):
        found[SUITE].append(measure.took(suite(span, "--force"), root))
        found[FLOOR].append(floor(root, wanted))
        found[LOOP].append(measure.took(loop(root, wanted), root))
        print(span, turn + 1, {name: some[-1] for name, some in found.items()}, flush=True)
    return found


def compared(found: dict[str, list[dict]]) -> str:
    """Suite, loop and floor as a table: medians, with the least and the most."""
    middle = {
        name: {k: statistics.median(one[k] for one in some) for k in some[0]}
        for name, some in found.items()
    }
    slow, least = middle[LOOP]["wall"], middle[FLOOR]["cpu"]
    head = ["", "Seconds", "CPU seconds", "Times as fast as the loop", "CPU against the floor"]
    rows = []
    for name, some in found.items():
        against = f"{slow / middle[name]['wall']:.1f}", f"{middle[name]['cpu'] / least:.2f}"
        rows.append([name, _spread(some, "wall"), _spread(some, "cpu"), *against])
    return told.table(head, rows)


def _spread(some: list[dict], of: str) -> str:
    values = sorted(one[of] for one in some)
    middle = f"{statistics.median(values):.1f}"
    return middle if len(values) == 1 else f"{middle} ({values[0]:.1f}–{values[-1]:.1f})"


def edition(folder: Path, runs: int) -> str:
    """The whole edition of November 2016, and the chart."""
    months.project(folder)
    found = editions(folder, [MONTH], runs)
    draw({name: statistics.median(one["wall"] for one in some) for name, some in found.items()})
    pages = len(json.loads((folder / f"outputs/{MONTH}/edition.json").read_bytes())["areas"])
    return (
        f"The edition of November 2016, {pages} pages, "
        f"{_runs(runs)}:\n\n{compared(found)}\n\n![{ALT}]({CHART})"
    )


def year(folder: Path, runs: int) -> str:
    """Twelve months."""
    wanted = months.project(folder)[-12:]
    return (
        f"The editions of {wanted[0]} to {wanted[-1]}, "
        f"{_runs(runs)}:\n\n{compared(editions(folder, wanted, runs))}"
    )


def again(folder: Path, runs: int) -> str:
    """The first run of all, the same again, and once more when one comment has changed."""
    months.project(folder)
    note = folder / f"data/raw/{MONTH}/comments/anti_social_behaviour.md"
    note.parent.mkdir(parents=True, exist_ok=True)
    names = ["The first, with every drop to be read", "The same again", "With one comment changed"]
    found: dict[str, list[dict]] = {name: [] for name in names}
    for turn in range(runs):
        for made in ("outputs", "data/processed"):
            shutil.rmtree(folder / made, ignore_errors=True)
        note.write_text(COMMENT.format(2 * turn))
        for name in names:
            note.write_text(COMMENT.format(2 * turn + (name == names[2])))
            found[name].append(measure.took(suite(), folder))
        print("again", turn + 1, {name: some[-1] for name, some in found.items()}, flush=True)
    built = json.loads((folder / f"outputs/{MONTH}/edition.json").read_bytes())
    fresh = ", ".join(sorted(built["areas"].keys() - built["build"]["skipped"].keys()))
    first = statistics.median(one["wall"] for one in found[names[0]])
    rows = [
        [
            name,
            _spread(some, "wall"),
            _spread(some, "cpu"),
            f"{statistics.median(o['wall'] for o in some) / first:.3f}",
        ]
        for name, some in found.items()
    ]
    head = ["Run", "Seconds", "CPU seconds", "Of the first"]
    return (
        f"{told.table(head, rows)}\n\nWith the comment changed, these pages were built: {fresh} "
        f"({_runs(runs)})."
    )


def memory(folder: Path, runs: int) -> str:
    """The most memory that suite and loop take."""
    months.project(folder)
    measure.took(suite(MONTH), folder)
    rows = []
    for name, command in ((SUITE, suite(MONTH, "--force")), (LOOP, loop(folder, [MONTH]))):
        some = [measure.held(command, folder) for _ in range(runs)]
        print(name, some, flush=True)
        rows.append(
            [
                name,
                *(
                    f"{max(one[of] for one in some):.0f}"
                    for of in ("together", "kernel_pss", "kernel_rss")
                ),
            ]
        )
    head = [
        "MB at most",
        "All processes together",
        "One kernel (PSS)",
        "One kernel (RSS)",
    ]
    shares = (
        "PSS counts its part of what a process shares with those it was forked with, RSS all of it."
    )
    return f"{told.table(head, rows)}\n\n{shares}"


def on_cluster(folder: Path, runs: int) -> str:
    """36 months of every area on 1, 2 and 4 workers."""
    wanted = months.project(folder, years=3)
    rows = []
    for workers in (1, 2, 4):
        some = [cluster.took(folder, f"{wanted[0]}..{wanted[-1]}", workers) for _ in range(runs)]
        print(workers, some, flush=True)
        pages = some[0]["pages"]
        rows.append([str(workers), _spread(some, "wall"), _spread(some, "cpu")])
        rows[-1] += [f"{pages / statistics.median(one['wall'] for one in some):.2f}"]
    head = ["Workers", "Seconds", "CPU seconds", "Pages a second"]
    return f"{pages:,} pages of {len(wanted)} months, {_runs(runs)}:\n\n{told.table(head, rows)}"


def _runs(runs: int) -> str:
    return f"medians of {runs} runs, least and most in brackets" if runs > 1 else "one run"


ALT = "Seconds for the edition of November 2016 by the suite, by the loop and at the floor"


def draw(seconds: dict[str, float]) -> None:
    """The chart of the edition's seconds."""
    import matplotlib.pyplot as plt

    plt.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "bench", "font.size": 11}
    figure, axes = plt.subplots(figsize=(7.6, 1.9), layout="constrained")
    bars = axes.barh(list(seconds), list(seconds.values()), color=["#12436d", "#767676", "#767676"])
    axes.bar_label(bars, [f"{value:.1f} s" for value in seconds.values()], padding=4)
    axes.invert_yaxis()
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelbottom=False)
    axes.margins(x=0.1)
    figure.savefig(told.DOCS / CHART, metadata={"Date": None, "Creator": None})


PARTS = {"edition": edition, "year": year, "again": again, "memory": memory, "cluster": on_cluster}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "parts", nargs="*", choices=[*PARTS, []], help="what to measure; everything unless said"
    )
    parser.add_argument("--runs", type=int, help=f"of each; unless said, {RUNS}")
    given = parser.parse_args()
    os.environ.pop(
        "PYTHONDONTWRITEBYTECODE", None
    )  # else every process would compile its code first
    for part in given.parts or PARTS:
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            text = PARTS[part](Path(name), given.runs or RUNS[part])
        told.write(DOC, part, f"{text}\n\n{told.conditions(PACKAGES)}.")


if __name__ == "__main__":
    main()
