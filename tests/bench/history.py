"""What a long history costs: the same commands in projects of 20, 60 and 240 monthly drops.

Run as `python tests/bench/history.py` (or `make evidence`). Each project has this one's framework and
notebooks, and in each drop a figure of every indicator with a period that ends then, a restated
figure and a comment. The newest three editions are in place, their pages made up so that none has to
be built. It writes the table in docs/performance.md. Linux only, as `measure` is.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import measure
import numpy as np
import pandas as pd
import told

from saferplymouth.editions import build
from saferplymouth.editions.plan import RunOptions, plan
from saferplymouth.framework import COUNT, PERCENT, Framework, Indicator, load
from saferplymouth.store.edition_names import EditionName
from saferplymouth.store.observations import Drops

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import tiny

ROOT = Path(__file__).parents[2]
SIZES, IN_PLACE, NEWEST = (20, 60, 240), 3, "2016-11"
AREA, NOTED = "hate_crime", "police_recorded_hate_crime"
PACKAGES = ("pandas", "pyarrow")
MEASURED = {  # at most so many times what 20 drops cost
    "status, of a fresh clone": (["status"], 14),
    "status, of every edition": (["status"], 14),
    f"status {NEWEST}": (["status", NEWEST], 1.5),
    f"check {NEWEST}": (["check", NEWEST], 1.5),
    f"run {NEWEST} --area {AREA} --force": (["run", NEWEST, "--area", AREA, "--force"], 1.5),
}
FRESH = next(iter(MEASURED))


def project(root: Path, drops: int) -> None:
    """A project in `root` with so many monthly drops, the last of them that of `NEWEST`."""
    for name in ("framework.toml", "GLOSSARY.md", "notebooks"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, root / name)
    framework, rng = load(root / "framework.toml"), np.random.default_rng(20161130)
    months = pd.period_range(end=NEWEST, periods=drops, freq="M")
    sent: dict[tuple[str, str], int] = {}
    for month in months:
        drop = root / f"data/raw/{month}"
        rows = [*_figures(framework, month, rng)]
        back = ("overall_crime", str(month - 1), "", "")
        rows += [(*back, sent[back] + 1)] if back in sent else []  # restated
        sent = {row[:4]: row[4] for row in rows}
        lines = "".join(",".join(map(str, row)) + "\n" for row in rows)
        tiny.put(drop / "returns/agencies.csv", f"indicator,period,breakdown,group,value\n{lines}")
        note = f"Author: A. Analyst\nDate: {month}-20\n\nReports were discussed in {month:%B}.\n"
        tiny.put(drop / f"comments/{NOTED}.md", note)
    for part in ("papers", "places"):
        for path in (ROOT / "data/raw").glob(f"*/{part}"):
            shutil.copytree(path, root / f"data/raw/{months[0]}/{part}", dirs_exist_ok=True)


def _figures(
    framework: Framework, month: pd.Period, rng: np.random.Generator
) -> Iterator[tuple[str, str, str, str, int]]:
    """A figure of each indicator with a period that ends with the month, and of its groups."""
    for n, indicator in enumerate(framework.indicators.values()):
        period = framework.calendar.of(month, indicator.frequency)
        if indicator.worked_out or indicator.overlaps or period.asfreq("M", "end") != month:
            continue
        label = framework.calendar.label(period)
        yield indicator.key, label, "", "", _value(indicator, month, 40 * (1 + n), rng)
        for breakdown in () if indicator.unit != COUNT else indicator.breakdowns.values():
            if not breakdown.adds_up:
                for group in breakdown.groups:
                    yield (
                        indicator.key,
                        label,
                        breakdown.key,
                        group,
                        _value(indicator, month, 40, rng),
                    )


def _value(indicator: Indicator, month: pd.Period, mean: int, rng: np.random.Generator) -> int:
    season = 1 + 0.1 * np.cos(2 * np.pi * month.month / 12)
    return int(rng.binomial(100, 0.8) if indicator.unit == PERCENT else rng.poisson(mean * season))


def editions(root: Path) -> None:
    """Put the newest editions in place, as a run does, without running a notebook."""
    drops = Drops(root, load(root / "framework.toml"))
    for month in drops.months[-IN_PLACE:]:
        todo = plan(root, EditionName(month), RunOptions(), drops)
        built = {one.area: one for _, one in build.pages([todo], tiny.Here)}
        assert build.finish(root, todo, built).whole


def took(root: Path, drops: int, runs: int) -> dict[str, float]:
    """The CPU seconds of each command, and of all processes that it starts: the median."""
    found = {}
    for name, (words, _) in MEASURED.items():
        some = []
        for _ in range(1 if name == FRESH else runs):
            if name == FRESH:
                shutil.rmtree(root / "data/processed")
            call = [sys.executable, "-m", "saferplymouth", *words]
            some.append(measure.took(call, root)["cpu"])
        found[name] = statistics.median(some)
        print(drops, name, f"{found[name]:.2f}", flush=True)
    return found


def table(found: dict[int, dict[str, float]]) -> str:
    least, *_, most = found
    rows = []
    for name, (_, at_most) in MEASURED.items():
        times = found[most][name] / found[least][name]
        cpu = [f"{found[drops][name]:.2f}" for drops in found]
        rows.append([f"`{name}`", *cpu, f"{times:.2f}", f"{at_most}"])
    head = ["CPU seconds", *(f"{drops} drops" for drops in found)]
    return told.table([*head, f"{most} against {least}", "At most"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="of each command")
    given = parser.parse_args()
    found = {}
    for drops in SIZES:
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            project(Path(name), drops)
            editions(Path(name))
            found[drops] = took(Path(name), drops, given.runs)
    runs = f"Medians of {given.runs} runs, but one of a fresh clone."
    text = f"{table(found)}\n\n{runs} {told.conditions(PACKAGES)}."
    told.write("performance.md", "history", text)


if __name__ == "__main__":
    main()
