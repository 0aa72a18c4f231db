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
WATCHED = (boards.STEADY, boards.CHANGED)
PLANTED_AMONG = "season 15 %"
BOARD = ["kind", "board"]
WITHIN = (3, 6, 12)
FEW = 20  # a mean a month below which counts are small
COVERED_FROM = 4  # months of the year
REAL = pd.period_range("2019-01", "2020-12", freq="M")
PLYMOUTH, SHOCK = "Plymouth", "2020-06"
ARROWS = {1: "↑", -1: "↓", 0: ""}


def simulated(given: argparse.Namespace) -> pd.DataFrame:
    """The rows of every board: steady, with changes, and with three of them planted."""
    wanted = [(kind, what) for kind in given.kinds for what in WATCHED]
    wanted = [(kind, what) for kind, what in wanted if what == boards.STEADY or kind in CHANGING]
    wanted += [(PLANTED_AMONG, boards.PLANTED)] * (not given.no_planted)

    def one(of: tuple[int, tuple[str, str]]) -> pd.DataFrame:
        number, (kind, what) = of
        name = f"{kind} {what} {given.seed} {number}"
        board = boards.simulate(kind, what, [given.seed, number])
        pages = number < given.pages and what != boards.PLANTED
        rows = kept(name, board, given.into, pages)
        return rows.assign(kind=kind, board=number, what=what)

    with ThreadPoolExecutor(given.at_once) as pool:
        return pd.concat(
            pool.map(one, product(reversed(range(given.boards)), wanted)), ignore_index=True
        )


def by_itself(given: argparse.Namespace, built: pd.DataFrame) -> str:
    """What the watch says of many more boards by itself, and whether the built boards say the same."""
    found = []
    for number, kind, what in product(range(given.watched), CHANGING, WATCHED):
        rows = boards.watched(boards.simulate(kind, what, [given.seed, number]))
        found.append(rows.assign(kind=kind, board=number, what=what))
    rows, same = pd.concat(found, ignore_index=True), ["kind", "what", *BOARD[1:], "key", "n"]
    both = built.merge(rows, on=same, suffixes=("", "_watched"))
    differ = (both["said"] != both["said_watched"]).sum()
    of = both.groupby(same[:3]).ngroups
    lines = []
    for kind, mine in rows.groupby("kind", sort=False):
        still, changed = (mine[mine["what"] == what] for what in WATCHED)
        any_said = (still["said"] != 0).groupby([still["board"], still["n"]]).any()
        lasting = changed[changed["change"].isin(["step", "drift"])]
        large = lasting[(lasting["mean"] >= boards.LARGE) & (lasting["change"] == "step")]
        steps = [large[abs(large["size"]) == size] for size in (0.1, 0.2, 0.4)]
        row = [kind, str(still["board"].nunique())]
        row += [mean(any_said.groupby("board").mean(), percent=True)]
        row += _a_year({"": still["said"] != 0}, still)
        lines.append([*row, *(seen(one, "said", range(1, 7)) for one in steps)])
        lines[-1].append(f"{_wrong(lasting)} of {lasting.groupby(_series(lasting)).ngroups}")
    head = ["Kind", "Boards", "Editions with a reading", "Readings"]
    head += [f"Step of {size} % within 6" for size in (10, 20, 40)]
    return (
        f"{told.table([*head, 'Wrong direction'], lines)}\n\nOn the {of} of these boards that the "
        f"command built, {differ} of {len(both):,} states differ from the watch by itself."
    )


def kept(name: str, board: boards.Board, folder: Path | None, pages: bool) -> pd.DataFrame:
    """A board's rows: those in the folder if it has them, else those of the board, built now."""
    path = folder and folder / f"{name}{'' if pages else ' front'}.csv"
    if path and path.exists():
        return pd.read_csv(path, keep_default_na=False, na_values=dict.fromkeys(NUMBERS, ""))
    rows = boards.build(board, pages)
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
    return ~rows["variation"].isin(["neither", "none", "unread", ""])


def mean(of_boards: pd.Series, percent: bool = False) -> str:
    """The mean of boards with its standard error."""
    values, sign = of_boards.to_numpy(float) * (100 if percent else 1), " %" if percent else ""
    if not len(values):
        return "–"
    error = f" ± {values.std(ddof=1) / np.sqrt(len(values)):.1f}" if len(values) > 1 else ""
    return f"{values.mean():.1f}{error}{sign}"


def steady(rows: pd.DataFrame) -> str:
    """What is said in a year of boards in which nothing changes."""
    fronts = {
        "Readings": rows["said"] != 0,
        "of them new": first_said(rows, "said"),
        "XmR": rows["xmr"] != 0,
        "Farrington": rows["farrington"] != 0,
    }
    sections = {
        "Months flagged": flagged(rows),
        "of those new": flagged(rows) & rows["new"],
        "Headings": rows["heading"].str.contains(SIGNAL, regex=False),
    }
    head = ["Kind", "Boards", "Editions with a reading", *fronts, "Findings"]
    lines = []
    for kind, mine in rows.groupby("kind", sort=False):
        any_said = (mine["said"] != 0).groupby([mine["board"], mine["n"]]).any()
        share = mean(any_said.groupby("board").mean(), percent=True)
        found = mine.groupby(["board", "n"])["findings"].first().groupby("board").sum()
        built = mine[mine["pages"]]
        row = [kind, str(mine["board"].nunique()), share, *_a_year(fronts, mine), mean(found)]
        lines.append([*row, str(built["board"].nunique()), *_a_year(sections, built)])
    trend = rows[(rows["kind"] == "trend") & (rows["said"] != 0)]
    against = (trend["said"] * trend["size"] < 0).sum()
    which = f"{against} of the {len(trend)} readings of trends were against the trend."
    shown = told.table([*head, "Boards with pages", *sections], lines)
    return "\n\n".join([shown, *([which] if len(trend) else [])])


def _a_year(marks: dict[str, pd.Series], mine: pd.DataFrame) -> list[str]:
    """How many of a board's rows have each mark, as means of boards."""
    return [mean(mark[mine.index].groupby(mine["board"]).sum()) for mark in marks.values()]


def seen(rows: pd.DataFrame, column: str, editions: range) -> str:
    """The share of series whose change is seen, in its direction, in any of these editions."""
    right = (rows[column] * np.sign(rows["size"]) > 0) & rows["n"].isin(editions)
    return f"{right.groupby(_series(rows)).any().mean():.0%}" if len(rows) else "–"


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
        beside = [seen(mine[mine["pages"]], "way", range(1, 7))]
        beside += [seen(mine, name, range(1, 7)) for name in ("xmr", "farrington")]
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
        shares = [seen(mine, name, own) for name in ("said", "xmr", "farrington")]
        shares.append(seen(mine[mine["pages"]], "way", own))
        lines.append([kind, means, str(mine.groupby(_series(mine)).ngroups), *shares])
    head = ["Kind", "Mean a month", "Series", "State", "XmR", "Farrington", "Page"]
    return told.table(head, lines)


def others(rows: pd.DataFrame) -> str:
    """What is said on these boards of indicators that do not change."""
    same, lines = rows[rows["change"] == ""], []
    for kind, mine in same.groupby("kind", sort=False):
        marks = mine["said"] != 0, first_said(mine, "said"), flagged(mine)[mine["pages"]]
        each = [mean(one.groupby(mine["board"]).sum()) for one in marks]
        lines.append([kind, str(mine["key"].nunique()), *each])
    head = ["Kind", "Indicators a board", "Readings a year", "of them new", "Months flagged"]
    return told.table(head, lines)


def planted(rows: pd.DataFrame) -> str:
    """Of each board with three steps: when each was told, and what else was."""
    told_of = rows["said"].where(rows["said"] != 0, rows["found"])
    rows = rows.assign(told=told_of, fresh=first_said(rows.assign(told=told_of), "told"))
    head = [
        "Board",
        *(f"Change {n + 1}" for n in range(boards.PLANTED_OF)),
        "Else",
        "Wrong direction",
    ]
    lines, waits = [], []
    for board, mine in rows.groupby("board"):
        row = [str(board + 1)]
        for _, one in mine[mine["change"] != ""].groupby("key"):
            size, starts = one["size"].iloc[0], one["starts"].iloc[0]
            right = one[(one["told"] * size > 0) & (one["n"] >= starts)]
            waits.append(right["n"].iloc[0] - starts if len(right) else np.nan)
            when = f"told in {right['n'].iloc[0]}" if len(right) else "not told"
            row.append(f"{size:+.0%} from {starts}, {when}".replace("-", "−"))
        real_one = (mine["told"] * mine["size"] > 0) & (mine["n"] >= mine["starts"])
        wrong = (mine["told"] * mine["size"] < 0) & (mine["n"] >= mine["starts"])
        lines.append([*row, str((mine["fresh"] & ~real_one).sum()), str(wrong.sum())])
    every, seen_at = len(waits), pd.Series(waits).dropna()
    soon = f"{(seen_at < 6).sum()} of {every} changes were told within six editions"
    return f"{told.table(head, lines)}\n\n{soon}, after {seen_at.mean():.1f} months on average."


def covered(rows: pd.DataFrame) -> str:
    """How often projections hold the year's total, intervals the change without chance, and
    prediction intervals the latest month.
    """
    rows = rows[rows["pages"]]
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
                row.append(_share(values[shown]))
        lines.append([*row, _share(mine["expected"][mine["expected"] != "none"] == "within")])
    head = ["Kind", "Mean a month", *(f"Year’s end, {age}" for age in ages)]
    return told.table([*head, *(f"Change, {age}" for age in ages), "Latest month"], lines)


def _share(values: pd.Series) -> str:
    return f"{values.mean():.1%} ({len(values)})" if len(values) else "–"


def real(given: argparse.Namespace) -> str:
    """What was said of real series, and when: Plymouth's in full, other districts' counts."""
    if given.years is None or not given.years.exists():
        return "Left out: no file of real series was given (`--years PATH`)."
    every, found = pd.read_csv(given.years), {}
    for district in given.districts or [PLYMOUTH]:
        board = _of_district(every, district)
        rows = kept(f"real {district}", board, given.into, pages=district == PLYMOUTH)
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
            row = [district, year, *(str(mark[mine.index].sum()) for mark in marks)]
            row[4] = row[4] if mine["pages"].all() else "–"
            lines.append(row)
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
    parser.add_argument("--pages", type=int, default=3, help="boards of a kind with every page")
    parser.add_argument("--watched", type=int, default=50, help="boards without editions")
    parser.add_argument("--no-planted", action="store_true", help="no board with planted changes")
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
        still, changing, three = (rows[rows["what"] == what] for what in boards.WHAT)
        told.write(given.doc, "steady", f"{steady(still)}\n\n{_conditions(rows, given.seed)}")
        told.write(given.doc, "covered", covered(still))
        if len(changing):
            parts = [one(changing) for one in (detected, spikes, others)]
            told.write(given.doc, "changed", "\n\n".join(parts))
        if given.watched:
            told.write(given.doc, "watched", by_itself(given, rows))
        if len(three):
            told.write(given.doc, "planted", planted(three))
    if given.years:
        told.write(given.doc, "real", real(given))


def _conditions(rows: pd.DataFrame, seed: int) -> str:
    built, fronts = rows[rows["pages"]], rows[~rows["pages"]]
    unread = built["variation"].isin(["none", "unread"]).sum()
    took = [
        f"{mine['cpu'].mean():.1f} CPU s {which}"
        for which, mine in (("with every page", built), ("with the board summary alone", fronts))
        if len(mine)
    ]
    return (
        f"{told.conditions(PACKAGES)}. An edition took {' and '.join(took)}; the seed was {seed}. "
        f"{unread:,} of {len(built):,} sections had no sentence on the latest month that could be "
        f"read."
    )


if __name__ == "__main__":
    main()
