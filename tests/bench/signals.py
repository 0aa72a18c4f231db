"""What whole boards say that never changed, how soon a change is seen, and how often intervals hold.

Run as `python tests/bench/signals.py` (or `make evidence`): simulated boards of thirty indicators,
twelve editions each, built by the command and read from their pages. `--years PATH` adds real
series: a CSV of `month,district,type,count`. The tables go to docs/signals.md.
"""

import argparse
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

import boards
import numpy as np
import pandas as pd
import told

from saferplymouth.indicators.findings import SIGNAL

DOC, PACKAGES = "signals.md", ("numpy", "pandas", "scipy", "statsmodels")
CHANGING = ("poisson", "season 25 %", "alike 0.6")
BOARD = ["kind", "board"]
WITHIN = (3, 6, 12)
FEW = 20  # a mean a month below which counts are small
COVERED_FROM = 4  # months of the year
REAL = pd.period_range("2019-01", "2020-12", freq="M")
PLYMOUTH, SHOCK = "Plymouth", "2020-06"
ARROWS = {1: "↑", -1: "↓", 0: ""}


def simulated(given: argparse.Namespace) -> pd.DataFrame:
    """The rows of every board, without and with changes (`changed`)."""
    wanted = [(kind, changed) for kind in given.kinds for changed in (False, True)]
    wanted = [(kind, changed) for kind, changed in wanted if not changed or kind in CHANGING]

    def one(of: tuple[int, tuple[str, bool]]) -> pd.DataFrame:
        number, (kind, changed) = of
        name = f"{kind} {'changed' if changed else 'steady'} {given.seed} {number}"
        board = boards.simulate(kind, changed, [given.seed, number])
        return kept(name, board, given.into).assign(kind=kind, board=number, changed=changed)

    with ThreadPoolExecutor(given.at_once) as pool:
        return pd.concat(pool.map(one, product(range(given.boards), wanted)), ignore_index=True)


def kept(name: str, board: boards.Board, folder: Path | None) -> pd.DataFrame:
    """A board's rows: those in the folder if it has them, else those of the board, built now."""
    path = folder and folder / f"{name}.csv"
    if path and path.exists():
        return pd.read_csv(path, keep_default_na=False, na_values=dict.fromkeys(NUMBERS, ""))
    rows = boards.build(board)
    print(f"{name}: {rows['wall'][0]:.1f} s and {rows['cpu'][0]:.1f} CPU s an edition", flush=True)
    if path:
        folder.mkdir(parents=True, exist_ok=True)
        rows.to_csv(path, index=False)
    return rows


NUMBERS = ("low", "high", "change_low", "change_high")


def first_said(rows: pd.DataFrame, column: str) -> pd.Series:
    """Whether an edition says what the one before did not say of the same indicator."""
    before = rows.groupby([*BOARD, "key"])[column].shift(fill_value=0)
    return (rows[column] != 0) & (rows[column] != before)


def flagged(rows: pd.DataFrame) -> pd.Series:
    """Whether the page says of the latest month that it is not within usual variation."""
    return ~rows["variation"].isin(["neither", "none", "unread"])


def mean(of_boards: pd.Series, percent: bool = False) -> str:
    """The mean of boards with its standard error."""
    values, sign = of_boards.to_numpy(float) * (100 if percent else 1), " %" if percent else ""
    error = f" ± {values.std(ddof=1) / np.sqrt(len(values)):.1f}" if len(values) > 1 else ""
    return f"{values.mean():.1f}{error}{sign}"


def steady(rows: pd.DataFrame) -> str:
    """What is said in a year of boards in which nothing changes."""
    marks = {
        "Readings": rows["said"] != 0,
        "New readings": first_said(rows, "said"),
        "Months flagged": flagged(rows),
        "New flags": flagged(rows) & ~rows["continuing"],
        "Headings": rows["heading"].str.contains(SIGNAL, regex=False),
        "XmR": rows["xmr"] != 0,
        "Farrington": rows["farrington"] != 0,
    }
    head = ["Kind", "Boards", *marks, "Findings", "Editions with a reading"]
    lines = []
    for kind, mine in rows.groupby("kind", sort=False):
        by_board = [marks[name][mine.index].groupby(mine["board"]).sum() for name in marks]
        told_of = mine.groupby(["board", "n"])["findings"].first().groupby("board").sum()
        any_said = (mine["said"] != 0).groupby([mine["board"], mine["n"]]).any()
        share = mean(any_said.groupby("board").mean(), percent=True)
        each = [mean(one) for one in [*by_board, told_of]]
        lines.append([kind, str(mine["board"].nunique()), *each, share])
    trend = rows[(rows["kind"] == "trend") & (rows["said"] != 0)]
    against = (trend["said"] * trend["size"] < 0).sum()
    which = f"{against} of the {len(trend)} readings of trends were against the trend."
    return "\n\n".join([told.table(head, lines), *([which] if len(trend) else [])])


def seen(rows: pd.DataFrame, column: str, editions: range) -> str:
    """The share of series whose change is seen, in its direction, in any of these editions."""
    right = (rows[column] * np.sign(rows["size"]) > 0) & rows["n"].isin(editions)
    return f"{right.groupby(_series(rows)).any().mean():.0%}"


def detected(rows: pd.DataFrame) -> str:
    """How many lasting steps and drifts are seen, and how soon, where the mean is large."""
    lasting = rows[rows["change"].isin(["step", "drift"])]
    large = lasting[lasting["mean"] >= boards.LARGE]
    head = ["Change", "Kind", "Series", *(f"Within {n}" for n in WITHIN), "Wrong direction"]
    head += ["Page within 6", "XmR within 6", "Farrington within 6"]
    lines = []
    for (change, size, kind), mine in large.groupby(["change", abs(large["size"]), "kind"]):
        series = mine.groupby(_series(mine)).ngroups
        shares = [seen(mine, "said", range(1, n + 1)) for n in WITHIN]
        beside = [seen(mine, name, range(1, 7)) for name in ("way", "xmr", "farrington")]
        what = f"{change} of {size:.0%}" + (" a month" if change == "drift" else "")
        lines.append([what, kind, str(series), *shares, str(_wrong(mine)), *beside])
    every = lasting.groupby(_series(lasting)).ngroups
    return (
        f"{told.table(head, lines)}\n\nOf {every} lasting changes of any mean, {_wrong(lasting)} were "
        f"ever read in the wrong direction."
    )


def _wrong(rows: pd.DataFrame) -> int:
    """How many series were ever read in the direction opposite to their change."""
    opposite = rows["said"] * np.sign(rows["size"]) < 0
    return int(opposite.groupby(_series(rows)).any().sum())


def _series(rows: pd.DataFrame) -> list[pd.Series]:
    return [rows[name] for name in (*BOARD, "key")]


def spikes(rows: pd.DataFrame) -> str:
    """How many months that stand out by 60 % are seen in their own edition."""
    some, lines = rows[rows["change"] == "spike"], []
    size = pd.Series(np.where(some["mean"] >= boards.LARGE, "150 and more", "under 150"))
    for (kind, means), mine in some.groupby(["kind", size.set_axis(some.index)]):
        own = range(boards.SPIKE, boards.SPIKE + 1)
        shares = [seen(mine, name, own) for name in ("way", "said", "xmr", "farrington")]
        lines.append([kind, means, str(mine.groupby(_series(mine)).ngroups), *shares])
    head = ["Kind", "Mean a month", "Series", "Page", "State", "XmR", "Farrington"]
    return told.table(head, lines)


def others(rows: pd.DataFrame) -> str:
    """What is said on these boards of indicators that do not change."""
    same, lines = rows[rows["change"] == ""], []
    for kind, mine in same.groupby("kind", sort=False):
        marks = mine["said"] != 0, first_said(mine, "said"), flagged(mine)
        each = [mean(one.groupby(mine["board"]).sum()) for one in marks]
        lines.append([kind, str(mine["key"].nunique()), *each])
    head = ["Kind", "Indicators a board", "Readings a year", "of them new", "Months flagged"]
    return told.table(head, lines)


def covered(rows: pd.DataFrame) -> str:
    """How often projections hold the year's total, and intervals the change without chance."""
    rows = rows[rows["n"] >= COVERED_FROM]
    projected = (rows["low"] <= rows["total"]) & (rows["total"] <= rows["high"])
    half = 0.5 + 1e-9  # per cent are shown whole
    held = (rows["change_low"] - half <= rows["truth"]) & (
        rows["truth"] <= rows["change_high"] + half
    )
    small = np.where(rows["mean"] < FEW, f"under {FEW}", f"{FEW} and more")
    ages = {"4 to 6": (4, 6), "7 to 9": (7, 9), "10 to 12": (10, 12)}
    lines = []
    for (kind, size), mine in rows.groupby(["kind", small], sort=False):
        row = [kind, size]
        for values, column in ((projected, "low"), (held, "change_low")):
            for low, high in ages.values():
                shown = mine.index[mine["n"].between(low, high) & mine[column].notna()]
                row.append(f"{values[shown].mean():.1%} ({len(shown)})" if len(shown) else "–")
        lines.append(row)
    head = ["Kind", "Mean a month", *(f"Year’s end, {age}" for age in ages)]
    return told.table([*head, *(f"Change, {age}" for age in ages)], lines)


def real(given: argparse.Namespace) -> str:
    """What was said of real series, and when: Plymouth's in full, other districts' counts."""
    if given.years is None or not given.years.exists():
        return "Left out: no file of real series was given (`--years PATH`)."
    every, found = pd.read_csv(given.years), {}
    for district in given.districts or [PLYMOUTH]:
        board = _of_district(every, district)
        rows = kept(f"real {district}", board, given.into)
        found[district] = rows.assign(key=rows["key"].map(board.names))
    parts = [_by_district(found)]
    if PLYMOUTH in found:
        parts += [_spells(found[PLYMOUTH]), _edition_of(found[PLYMOUTH], SHOCK)]
    return "\n\n".join(parts)


def _of_district(every: pd.DataFrame, district: str) -> boards.Board:
    """The types of crime of one district as a board; a month without any row of the file is a gap."""
    mine = every[every["district"] == district]
    table = mine.pivot_table(index="month", columns="type", values="count", fill_value=0)
    table = table.reindex(sorted(set(every["month"])), fill_value=0)
    names = {f"t{n:02}": name for n, name in enumerate(table)}
    table = table.set_axis(list(names), axis=1)
    table.index = pd.PeriodIndex(table.index, freq="M")
    counts = table.reindex(pd.period_range(table.index[0], REAL[-1]))
    return boards.Board(counts, dict.fromkeys(names, -1), len(REAL), names=names)


def _by_district(found: dict[str, pd.DataFrame]) -> str:
    head, lines = ["District", "Year", "Readings", "of them new", "Months flagged"], []
    for district, rows in found.items():
        rows = rows.assign(kind=district, board=0)
        marks = [rows["said"] != 0, first_said(rows, "said"), flagged(rows)]
        marks += [rows[name] != 0 for name in ("xmr", "farrington")]
        for year, mine in rows.groupby(rows["month"].str[:4]):
            lines.append([district, year, *(str(mark[mine.index].sum()) for mark in marks)])
    return told.table([*head, "XmR", "Farrington"], lines)


def _spells(rows: pd.DataFrame) -> str:
    """Of each series, when a state or a flag held without a break, and which way it pointed."""
    columns = {
        "State": "said",
        "Page’s latest month": "way",
        "XmR": "xmr",
        "Farrington": "farrington",
    }
    lines = [
        [key, *("; ".join(_stretches(mine, column)) or "–" for column in columns.values())]
        for key, mine in rows.groupby("key")
    ]
    return f"{PLYMOUTH}, {REAL[0]} to {REAL[-1]}:\n\n{told.table(['Series', *columns], lines)}"


def _stretches(rows: pd.DataFrame, column: str) -> Iterator[str]:
    for _, part in rows.groupby((rows[column] != rows[column].shift()).cumsum()):
        first, last, way = part["month"].iloc[0], part["month"].iloc[-1], part[column].iloc[0]
        if way:
            yield f"{ARROWS[way]} {first}" + (f" to {last}" if last != first else "")


def _edition_of(rows: pd.DataFrame, month: str) -> str:
    lines = [
        [one.heading, one.state, ARROWS[one.way], ARROWS[one.xmr], ARROWS[one.farrington]]
        for one in rows[rows["month"] == month].itertuples()
    ]
    head = ["Heading", "State", "Latest month", "XmR", "Farrington"]
    return f"The edition of {month}:\n\n{told.table(head, lines)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--boards", type=int, default=10, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="*", default=list(boards.KINDS), choices=boards.KINDS)
    parser.add_argument("--years", type=Path, help="a CSV of real series")
    parser.add_argument("--districts", nargs="*", help=f"of it; unless said, {PLYMOUTH}")
    parser.add_argument("--quick", action="store_true", help="one board of each of three kinds")
    parser.add_argument("--into", type=Path, help="a folder to keep rows in, and to go on from")
    parser.add_argument("--at-once", type=int, default=2, help="boards built at the same time")
    parser.add_argument("--doc", default=DOC, help="the document to write in")
    given = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if given.quick:
        given.boards, given.kinds = 1, list(CHANGING)
    write(given)


def write(given: argparse.Namespace) -> None:
    if given.kinds:
        rows = simulated(given)
        still, changing = rows[~rows["changed"]], rows[rows["changed"]]
        told.write(given.doc, "steady", f"{steady(still)}\n\n{_conditions(rows, given.seed)}")
        told.write(given.doc, "covered", covered(still))
        if len(changing):
            parts = [one(changing) for one in (detected, spikes, others)]
            told.write(given.doc, "changed", "\n\n".join(parts))
    told.write(given.doc, "real", real(given))


def _conditions(rows: pd.DataFrame, seed: int) -> str:
    unread = rows["variation"].isin(["none", "unread"]).sum()
    return (
        f"{told.conditions(PACKAGES)}. An edition took {rows['wall'].mean():.1f} s and "
        f"{rows['cpu'].mean():.1f} CPU s; the seed was {seed}. {unread:,} of {len(rows):,} sections "
        f"had no sentence on the latest month that could be read."
    )


if __name__ == "__main__":
    main()
