"""How long street files take to read and count, and how much memory: this package against plain
pandas.

Run as `python tests/bench/street.py` (or `make evidence`): it generates national months from the real
ones in `data/raw`, measures each reader in a fresh process, checks that both count the same, and
writes the table in docs/street-files.md.
"""

import argparse
import json
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import told

ROOT = Path(__file__).parents[2]
FIRST, LAST, UPTO = "2014-01", "2016-12", "2016-12"
ROWS = 500_000  # a month, of all forces
AGAIN = 0.001  # of a file's crimes, published in the month before already


def generate(raw: Path, months: int, forces: int) -> None:
    """National months in `raw`, one drop each: real rows drawn for each force, with its own LSOAs
    and fresh IDs.
    """
    import numpy as np
    import pandas as pd

    real = _real()
    rng = np.random.default_rng(20161130)
    share = rng.lognormal(0, 1, forces)
    sizes = np.maximum(ROWS * forces / 44 * share / share.sum(), 100).astype(int)
    before: dict[int, bytes] = {}
    for month in pd.period_range(end=LAST, periods=months, freq="M").astype(str):
        (raw / month).mkdir(parents=True)
        for force, size in enumerate(sizes):
            before[force] = _write(
                raw / month, month, force, size, real, rng, before.get(force, b"")
            )


def _real():
    import pyarrow as pa
    from pyarrow import csv

    options = csv.ConvertOptions(
        column_types=dict.fromkeys(["Longitude", "Latitude", "Context"], pa.string())
    )
    files = sorted((ROOT / "data/raw").glob("*/*-street.csv"))
    return pa.concat_tables(
        [csv.read_csv(file, convert_options=options) for file in files]
    ).combine_chunks()


def _write(folder: Path, month: str, force: int, size: int, real, rng, before: bytes) -> bytes:
    """One force's file; returns its Crime IDs, 32 bytes each."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv

    rows = real.take(pa.array(rng.integers(0, len(real), size)))
    fresh = rng.bytes(32 * (size - int(size * AGAIN)))
    digits = fresh + before[-32 * int(size * AGAIN) :] + rng.bytes(32 * int(size * AGAIN))
    text = pa.py_buffer(digits[: 32 * size].hex().encode())
    ids = (
        pa.FixedSizeBinaryArray.from_buffers(pa.binary(64), size, [None, text])
        .cast(pa.binary())
        .cast(pa.string())
    )
    codes = rows["LSOA code"].combine_chunks().dictionary_encode().indices.to_numpy()
    copies = (
        np.arange(size) * (size // 12_000 + 1) // size
    )  # a larger force has more LSOAs, not fuller ones
    number = (force * 20_000 + copies * 1_500 + codes).astype("U6")
    named = pc.replace_substring_regex(rows["LSOA name"], "^(.*) ", rf"\1 of {force} ")
    nowhere = pc.equal(rows["LSOA code"], "")
    new = {
        "Crime ID": pc.if_else(pc.equal(rows["Crime ID"], ""), "", ids),
        "Month": pa.array([month] * size),
        "LSOA code": pc.if_else(
            nowhere, "", pa.array(np.char.add("E01", np.char.zfill(number, 6)))
        ),
        "LSOA name": named,
    }
    table = pa.table({column: new.get(column, rows[column]) for column in rows.column_names})
    plain = csv.WriteOptions(quoting_style="none", quoting_header="none")
    csv.write_csv(table, folder / f"{month}-force-{force:02d}-street.csv", plain)
    return digits[: 32 * size]


def count_here(root: Path) -> object:
    """Read and count, keeping nothing: what `count_plainly` does."""
    import pandas as pd

    from saferplymouth.sources.police_uk import read_street, street_files
    from saferplymouth.store import street_counts

    drops = sorted((root / "data/raw").iterdir())
    problems: list = []
    found = [
        file
        for files in street_counts.together(street_files, [(d, problems) for d in drops])
        for file in files
    ]
    tables = street_counts.together(read_street, [(file, problems) for file in found])
    assert not problems
    files = [(file.month, file.force, file.source, file.month) for file in found]
    return street_counts.combine(
        tables, pd.DataFrame(files, columns=["month", "force", "source", "received"])
    ).cells


def count_kept(root: Path) -> object:
    """What an edition does: read what is new into `data/processed`, and count what is there."""
    import pandas as pd

    from saferplymouth.store import street_counts

    street_counts.refresh(root, pd.Period(UPTO, "M"))
    return street_counts.as_it_stood(root, pd.Period(UPTO, "M")).cells


def count_plainly(root: Path) -> object:
    """The same counting in plain pandas."""
    import pandas as pd

    frame = pd.concat(
        pd.read_csv(path) for path in sorted((root / "data/raw").glob("*/*-street.csv"))
    )
    repeated = frame["Crime ID"].notna() & frame["Crime ID"].duplicated()
    frame["district"] = frame["LSOA name"].str.rsplit(" ", n=1).str[0]
    keys = ["Month", "LSOA code", "LSOA name", "district", "Crime type"]
    counts = frame[~repeated].groupby(keys, dropna=False).size().rename("count").reset_index()
    return counts.set_axis(["month", "lsoa", "name", "district", "type", "count"], axis=1)


COUNTERS = {
    "kept, first time": count_kept,
    "kept, again": count_kept,
    "read": count_here,
    "pandas": count_plainly,
}


def measured(name: str, root: Path) -> dict[str, float]:
    """Seconds, CPU seconds and MB of one counter in this process, and a sum that any equal counts
    would give.
    """
    import pandas as pd
    from pyarrow import csv, parquet  # noqa: F401

    if name != "pandas":
        from saferplymouth.store import observations  # noqa: F401
    if name == "kept, first time":
        shutil.rmtree(root / "data/processed", ignore_errors=True)
    use, bare = resource.getrusage(resource.RUSAGE_SELF), _peak()
    started = time.perf_counter()
    cells = COUNTERS[name](root)
    wall, now, peak = (
        time.perf_counter() - started,
        resource.getrusage(resource.RUSAGE_SELF),
        _peak(),
    )
    cpu = now.ru_utime + now.ru_stime - use.ru_utime - use.ru_stime
    keys = cells[["month", "lsoa", "name", "district", "type"]].astype("str").fillna("")
    weight = pd.util.hash_pandas_object(keys, index=False).to_numpy() * cells[
        "count"
    ].to_numpy().astype("u8")
    return {
        "wall": wall,
        "cpu": cpu,
        "peak": peak,
        "bare": bare,
        "rows": int(cells["count"].sum()),
        "sum": int(weight.sum()),
    }


def _peak() -> float:
    """The most memory this process has had, in MB; not that of the process it came from, as
    getrusage may tell.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s+([0-9]+)", status.read_text())[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        2**20 if sys.platform == "darwin" else 2**10
    )


def bench(folder: Path, months: int, forces: int, runs: int | None) -> list[dict]:
    """One result for each set of files: the real months, and a third, two thirds and all of the
    generated ones.
    """
    real, whole = folder / "real", folder / "whole"
    for path in sorted((ROOT / "data/raw").glob("*/*-street.csv")):
        target = real / "data/raw" / path.parent.name / path.name
        target.parent.mkdir(parents=True)
        shutil.copy(path, target)
    room = shutil.disk_usage(folder).free
    need = 110e6 * 1.3 * months * forces / 44
    if room < need:
        sys.exit(
            f"needs {need / 1e9:.1f} GB in {folder} and there are {room / 1e9:.1f} GB: give fewer "
            f"--months"
        )
    _child("generate", str(whole), str(months), str(forces))
    results = [compare("the real months", real, runs or 5)]
    for some in sorted({months // 3, months * 2 // 3, months} - {0}):
        root = folder / f"of-{some}"
        (root / "data/raw").mkdir(parents=True)
        for drop in sorted((whole / "data/raw").iterdir())[:some]:
            (root / "data/raw" / drop.name).symlink_to(drop)
        results.append(compare(f"{some} national months", root, runs or 3))
    return results


def compare(title: str, root: Path, runs: int) -> dict:
    """The medians of every counter, run by turns, each in a fresh process; stops where two count
    differently.
    """
    had: dict[str, list[dict]] = {name: [] for name in COUNTERS}
    for _ in range(runs):
        for name in COUNTERS:
            if (found := _child("measure", name, str(root))) is not None:
                had[name].append(found)
    answers = {(found["rows"], found["sum"]) for some in had.values() for found in some}
    if len(answers) != 1:
        sys.exit(f"{title}: the counts differ: {answers}")
    size = sum(path.stat().st_size for path in (root / "data/raw").glob("*/*-street.csv"))
    middle = {
        name: {key: statistics.median(found[key] for found in some) for key in some[0]}
        if some
        else None
        for name, some in had.items()
    }
    files = len(list((root / "data/raw").glob("*/*-street.csv")))
    print(title, json.dumps(middle), flush=True)
    return {
        "title": title,
        "files": files,
        "MB": size / 1e6,
        "runs": runs,
        "rows": answers.pop()[0],
        "medians": middle,
    }


def _child(*arguments: str) -> dict | None:
    """What this file prints when run again with `arguments`; None where it ran out of memory."""
    done = subprocess.run(
        [sys.executable, __file__, "--child", *arguments], capture_output=True, text=True
    )
    if done.returncode in (-9, 137) or "MemoryError" in done.stderr:
        return None
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout or "null")


HEADINGS = {
    "read": "read and count",
    "pandas": "plain pandas",
    "kept, first time": "read, keep on disk and count",
    "kept, again": "the same once more: nothing has changed",
}


def table(results: list[dict]) -> str:
    """The results as Markdown."""
    lines = [
        "| Files | Rows counted | What is done | Seconds | CPU seconds | Cores kept busy | Peak "
        "memory, MB | "
        "of that, above the interpreter and its libraries | Times as fast as pandas | Share of "
        "its memory |",
        "|---|---:|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for result in results:
        plain = result["medians"]["pandas"]
        for name, heading in HEADINGS.items():
            found = result["medians"][name]
            size = f"{result['files']:,} files, {result['MB']:,.0f} MB | {result['rows']:,}"
            figures = _figures(found, plain) if found else "does not fit in memory | | | | | |"
            lines.append(f"| {result['title']}: {size} | {heading} | {figures} |")
    return "\n".join(lines)


def _figures(found: dict, plain: dict | None) -> str:
    above = found["peak"] - found["bare"]
    figures = [f"{found['wall']:.3g}", f"{found['cpu']:.3g}", f"{found['cpu'] / found['wall']:.1f}"]
    figures += [f"{found['peak']:,.0f}", f"{above:,.0f}"]
    if plain and plain is not found:
        share = found["peak"] / plain["peak"], above / (plain["peak"] - plain["bare"])
        figures += [
            f"{plain['wall'] / found['wall']:.1f}",
            f"{share[0]:.0%} ({share[1]:.0%} above)",
        ]
    return " | ".join([*figures, *[""] * (7 - len(figures))])


def write(results: list[dict]) -> None:
    """Put the results into the document."""
    runs = sorted({result["runs"] for result in results}, reverse=True)
    how = (
        f"medians of {' and '.join(map(str, runs))} runs, each in a fresh process, by turns, "
        f"after its imports."
    )
    measured_with = (
        f"{told.conditions(('pandas', 'pyarrow', 'numpy'))}: {how} Again: `make evidence`."
    )
    told.write("street-files.md", "bench", f"{table(results)}\n\n{measured_with}")


def child(name: str, *arguments: str) -> None:
    if name == "generate":
        generate(Path(arguments[0]) / "data/raw", int(arguments[1]), int(arguments[2]))
    else:
        print(json.dumps(measured(arguments[0], Path(arguments[1]))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, default=36)
    parser.add_argument("--forces", type=int, default=44)
    parser.add_argument(
        "--runs", type=int, help="of each; else 5 of the real months and 3 of the generated"
    )
    parser.add_argument("--dry", action="store_true", help="leave the document as it is")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(*given.child)
        return
    with tempfile.TemporaryDirectory(prefix="street-") as folder:
        results = bench(Path(folder), given.months, given.forces, given.runs)
    print(table(results))
    if not given.dry:
        write(results)


if __name__ == "__main__":
    main()
