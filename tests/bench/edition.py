"""How long editions take, against the loop a user would write otherwise and against the floor; and
on a cluster.

Run as `python tests/bench/edition.py [PART ...]` (or `make evidence`): each part writes its own table
in docs/performance.md, and `edition` a chart. Linux only, for it has to count what orphans take.
"""

import argparse
import json
import math
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
import rivals
import told

from saferplymouth.editions.tasks import STEADY

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
DOC, CHART = "performance.md", "performance.svg"
MONTH = "2016-11"
PACKAGES = ("papermill", "nbconvert", "ipykernel", "matplotlib", "pandas")
RUNS = {"edition": 3, "year": 1, "again": 5, "memory": 1, "cluster": 1}
COMMENT = (
    "Author: A. Analyst\nDate: 2017-01-09\n\nOfficers are looking into the reports of this month, "
    "number {}.\n"
)
SUITE, FLOOR = "This suite", "The floor"
ALT = "Seconds for the edition of November 2016 by the suite, by its rivals and at the floor"


def suite(*words: str) -> list[str]:
    return [str(BIN / "saferplymouth"), "run", *words]


def areas(root: Path, month: str) -> dict[str, str]:
    """The notebooks of an edition in place, and the path of each one's page."""
    made = json.loads((root / f"outputs/{month}/edition.json").read_bytes())["areas"]
    return {area: f"outputs/{month}/{entry['page']}" for area, entry in made.items()}


def floor(root: Path, wanted: list[str]) -> dict[str, float]:
    given = os.environ | STEADY
    call = [sys.executable, HERE / "floor.py", *wanted]
    done = subprocess.run(call, cwd=root, env=given, capture_output=True, text=True)
    return json.loads(done.stdout) if not done.returncode else sys.exit(done.stderr)


def in_turn(
    root: Path, wanted: list[str], runs: int, by_hand: dict[str, list[str]]
) -> dict[str, list[dict]]:
    """The seconds of suite, floor and rivals for these months, by turns. A rival that fails once
    has no turn from then on, and its reason is all that is found.
    """
    found: dict[str, list[dict]] = {name: [] for name in (SUITE, FLOOR, *by_hand)}
    left = dict(by_hand)
    for turn in range(runs):
        found[SUITE].append(measure.took(suite(_span(wanted), "--force"), root))
        found[FLOOR].append(floor(root, wanted))
        for name, command in [*left.items()]:
            try:
                found[name].append(measure.took(command, root))
                rivals.check(root, areas(root, wanted[-1]))
            except (measure.Failed, rivals.Failed) as error:
                found[name] = [{"failed": str(error).strip().splitlines()[-1]}]
                del left[name]
        print(turn + 1, {name: some[-1] for name, some in found.items()}, flush=True)
    return found


def compared(found: dict[str, list[dict]]) -> str:
    """All of them as a table: medians, with the least and the most."""
    quick, least = _middle(found[SUITE], "wall"), _middle(found[FLOOR], "cpu")
    head = ["", "Seconds", "CPU seconds", "Times the suite's time", "CPU against the floor"]
    rows = []
    for name, some in found.items():
        if failed := some[0].get("failed"):
            rows.append([name, f"fails: {failed}", "", "", ""])
            continue
        against = _middle(some, "wall") / quick, _middle(some, "cpu") / least
        times = (f"{against[0]:.1f}", f"{against[1]:.2f}")
        rows.append([name, _spread(some, "wall"), _spread(some, "cpu"), *times])
    return told.table(head, rows)


def _middle(some: list[dict], of: str) -> float:
    return statistics.median(one.get(of, math.inf) for one in some)


def _span(wanted: list[str]) -> str:
    return wanted[0] if len(wanted) == 1 else f"{wanted[0]}..{wanted[-1]}"


def _spread(some: list[dict], of: str) -> str:
    values = sorted(one[of] for one in some)
    middle = f"{statistics.median(values):.1f}"
    return middle if len(values) == 1 else f"{middle} ({values[0]:.1f}–{values[-1]:.1f})"


def edition(folder: Path, runs: int) -> str:
    """The whole edition of November 2016, and the chart."""
    apart = rivals.installed(folder)
    months.project(folder)
    # what was received is tidy from now on, for all
    measure.took(suite(MONTH), folder)
    pages = areas(folder, MONTH)
    found = in_turn(folder, [MONTH], runs, rivals.commands(folder, pages, MONTH, apart))
    draw({name: _middle(some, "wall") for name, some in found.items() if "wall" in some[0]})
    return (
        f"The edition of November 2016, {len(pages)} pages, "
        f"{_runs(runs)}:\n\n{compared(found)}\n\n![{ALT}]({CHART})"
    )


def year(folder: Path, runs: int) -> str:
    """Twelve months."""
    wanted = months.project(folder)[-12:]
    measure.took(suite(_span(wanted)), folder)
    by_hand = {rivals.LOOP: rivals.loop({month: areas(folder, month) for month in wanted})}
    return (
        f"The editions of {wanted[0]} to {wanted[-1]}, "
        f"{_runs(runs)}:\n\n{compared(in_turn(folder, wanted, runs, by_hand))}"
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
    by_hand = rivals.loop({MONTH: areas(folder, MONTH)})
    for name, command in ((SUITE, suite(MONTH, "--force")), (rivals.LOOP, by_hand)):
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


def draw(seconds: dict[str, float]) -> None:
    """The chart of the edition's seconds."""
    import matplotlib.pyplot as plt

    plt.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "bench", "font.size": 11}
    figure, axes = plt.subplots(figsize=(7.6, 0.7 + 0.4 * len(seconds)), layout="constrained")
    names = [name.replace("`", "") for name in seconds]
    colours = ["#12436d" if name == SUITE else "#767676" for name in seconds]
    bars = axes.barh(names, list(seconds.values()), color=colours)
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
        conditions = told.conditions(PACKAGES)
        if part == "edition":
            conditions += f", {', '.join(rivals.INSTALLED).replace('==', ' ')}"
        told.write(DOC, part, f"{text}\n\n{conditions}.")
        print(text, flush=True)


if __name__ == "__main__":
    main()
