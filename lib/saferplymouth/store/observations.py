"""Observations: received figures in tidy form, one Parquet file for each drop, and the series as it
stood for an edition.

Columns: `indicator`, `period` (as `Calendar.label` writes it), `value` (count, or percent 0–100),
`numerator` and `denominator` (whole, or missing), `low` and `high` (the interval its sender gives,
or missing), `received` (the drop), `source` (file within the drop), `status` (what its sender says
of it, as in `sources.Row`; else `r` once a drop has restated it, or empty), `note` (the sender's
own),
`breakdown` and `group` (empty for the total), `taken_from` (what the figure was taken from if the
agency did not send it, else empty). A calculated figure that can no longer be calculated has no
value from then on; its note says why if its street file is incomplete.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from saferplymouth import sources
from saferplymouth.framework import Framework, Indicator
from saferplymouth.periods import MONTH, Calendar
from saferplymouth.sources import recipes
from saferplymouth.sources.received import FOLDER as RECEIVED
from saferplymouth.store import gap, local_crime, sign_offs, street_counts
from saferplymouth.store.atomic import remove
from saferplymouth.store.parquet import load, save

MARK = b"drop"
READER = b"3"  # change it with the reader, to change the drops' marks
DROPS = "data/processed/drops.txt"  # tells a running notebook which drops there are
FIGURE = ["indicator", "period", "breakdown", "group"]  # what a figure is of
WORDS = ("received", "source", "status", "note", "breakdown", "group", "taken_from")
SCHEMA = pa.schema(
    [
        *(("indicator", pa.string()), ("period", pa.string()), ("value", pa.float64())),
        *(("numerator", pa.int64()), ("denominator", pa.int64())),
        *(("low", pa.float64()), ("high", pa.float64())),
        *((name, pa.string()) for name in WORDS),
    ]
)


def refresh(root: Path, framework: Framework, upto: pd.Period) -> None:
    """Read every drop up to `upto` whose files have changed into `data/processed`.

    Raises `sources.Refused` with the problems of all of them; then nothing has been written.
    """
    raw, folder = root / "data/raw", root / "data/processed"
    wanted, street_problems = sources.to_read(raw, upto), None
    chain = hashlib.sha256(READER + repr(framework).encode())
    known = recipes.load_all(root, framework)
    problems, tables, earlier = [], {}, {}
    for month in wanted:
        files = sources.digest(raw, month)
        chain.update(repr(files).encode())
        if any(name.startswith(f"{month}/{RECEIVED}/") for name in files):
            chain.update(recipes.digest(root).encode())
        path, mark = folder / f"{month}.parquet", chain.hexdigest().encode()
        table = load(path, SCHEMA)
        if table is None or (table.schema.metadata or {}).get(MARK) != mark:
            drop = sources.read(raw, month, framework, known)
            problems += drop.problems
            if street_problems is None:
                street_problems = _street_problems(root, upto)
                problems += street_problems
            rows = [*drop.rows]
            if not problems:
                rows += _worked_out(root, month, framework, earlier)
            table = _table(rows, month, earlier).replace_schema_metadata({MARK: mark})
            tables[path] = table
        rows = table.select([*FIGURE, "value", "status"]).to_pylist()
        earlier |= {tuple(r[name] for name in FIGURE): (r["value"], r["status"]) for r in rows}
    if problems:
        raise sources.Refused(problems)
    for path, table in tables.items():
        save(table, path)
    for path in _files(folder, str(upto)):  # made from drops that no longer exist
        if pd.Period(path.stem, "M") not in wanted and _made_here(path):
            remove(path)


def _made_here(path: Path) -> bool:
    """Whether `refresh` wrote the file; one that cannot be read was not given to a notebook."""
    try:
        return not path.is_file() or MARK in (pq.read_schema(path).metadata or {})
    except (OSError, ValueError, pa.ArrowException):
        return True


def came_with_task(root: Path, month: pd.Period) -> bool:
    """Whether the figures of `month` came with a page's task instead of from a drop here."""
    path = root / "data/processed" / f"{month}.parquet"
    return path.is_file() and not _made_here(path)


def drops(root: Path, upto: pd.Period) -> list[pd.Period]:
    """The months up to `upto` with an edition, oldest first: drops from the first with figures."""
    if (root / DROPS).is_file():
        return [pd.Period(name, "M") for name in (root / DROPS).read_text().split()]
    raw = root / "data/raw"
    first = min(sources.to_read(raw, upto), default=upto)
    return [month for month in sources.drops(raw, upto) if month >= first]


def odd_file(month: pd.Period) -> str:
    """The file of the months in question, for a page that gets only some of the figures."""
    return f"data/processed/{month}.odd.json"


def suspect_months_of_task(root: Path, month: pd.Period) -> dict[pd.Period, int] | None:
    """The months in question that came with a page's task, if any."""
    path = root / odd_file(month)
    if not (came_with_task(root, month) and path.is_file()):
        return None
    return {pd.Period(at, "M"): way for at, way in json.loads(path.read_bytes()).items()}


def months(root: Path) -> list[pd.Period]:
    """The drops with figures here, oldest first."""
    return [pd.Period(path.stem, "M") for path in _files(root / "data/processed")]


def _files(folder: Path, upto: str = "9999") -> list[Path]:
    paths = [path for path in sorted(folder.glob("*.parquet")) if MONTH.fullmatch(path.stem)]
    return [path for path in paths if path.stem <= upto]


def _street_problems(root: Path, upto: pd.Period) -> list[sources.Problem]:
    try:
        street_counts.refresh(root, upto)
    except sources.Refused as error:
        return error.problems
    return []


def _worked_out(
    root: Path, month: pd.Period, framework: Framework, earlier: dict
) -> list[sources.Row]:
    """The figures calculated from the street files as of the drop of `month`: those that are new,
    or have changed since the drop before.
    """
    keys = {i.key for i in framework.indicators.values() if i.worked_out}
    if not keys:
        return []
    signed = sign_offs.gather(root, month, framework)
    local = local_crime.gather(root, month, framework.street, signed)
    rows = gap.rows(local, framework) if local else []
    known = {of for of, (value, _) in earlier.items() if of[0] in keys and value is not None}
    for key, period, *part in sorted(known - set(map(_figure, rows))):
        rows.append(sources.Row(key, period, None, None, None, "", "", *part))
    return [row for row in rows if row.value != earlier.get(_figure(row), ("", ""))[0]]


def _figure(row: sources.Row) -> tuple[str, ...]:
    return tuple(getattr(row, name) for name in FIGURE)


def _table(received: Iterable[sources.Row], month: pd.Period, earlier: dict) -> pa.Table:
    rows = []
    for row in received:
        value, status = earlier.get(_figure(row), (row.value, ""))
        revised = value is not None and value != row.value
        own = row.status or ("r" if revised or status == "r" else "")
        rows.append(asdict(row) | {"received": str(month), "status": own})
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def received(root: Path, month: pd.Period) -> pd.DataFrame:
    """Everything received up to `month`, with restated figures beside the ones they replace."""
    files = _files(root / "data/processed", str(month))
    tables = [pq.read_table(path).replace_schema_metadata() for path in files]
    frame = pa.concat_tables(tables or [SCHEMA.empty_table()]).to_pandas()
    return frame.astype({"numerator": "Int64", "denominator": "Int64"})


def as_it_stood(everything: pd.DataFrame) -> pd.DataFrame:
    """The latest received figure for each indicator, period and group.

    If a later drop restated only a total, its groups are left out.
    """
    ordered = everything.sort_values("received", kind="stable")
    latest = ordered.drop_duplicates(FIGURE, keep="last")
    whole, keys = latest["breakdown"] == "", ["indicator", "period"]
    totals = latest[whole].set_index(keys)["received"]
    own = totals.reindex(pd.MultiIndex.from_frame(latest[keys])).set_axis(latest.index)
    return latest[whole | own.isna() | (own <= latest["received"])].reset_index(drop=True)


def restated(everything: pd.DataFrame, month: pd.Period) -> pd.DataFrame:
    """The totals that the drop of `month` changed: `indicator`, `period`, `before`, `value`."""
    whole, keys = everything[everything["breakdown"] == ""], ["indicator", "period"]
    new = whole[whole["received"] == str(month)]
    known = as_it_stood(whole[whole["received"] < str(month)])
    known = known[[*keys, "value"]].rename(columns={"value": "before"})
    both = new.merge(known, on=keys).dropna(subset=["before", "value"])
    return both.loc[both["before"] != both["value"], [*keys, "before", "value"]]


def of_indicator(
    frame: pd.DataFrame, indicator: Indicator, framework: Framework
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The observations of one indicator by period, and its supplied years to date by last month."""
    mine = frame[(frame["indicator"] == indicator.key) & (frame["breakdown"] == "")]
    spans, calendar = mine["period"].str.contains("..", regex=False), framework.calendar
    spans &= not indicator.overlaps
    single, to_date = mine[~spans], mine[spans]
    periods = _periods(single, indicator, calendar)
    months = pd.PeriodIndex(map(calendar.parse_to_date, to_date["period"]), freq="M")
    return single.set_index(periods).sort_index(), to_date.set_index(months).sort_index()


def _periods(frame: pd.DataFrame, indicator: Indicator, calendar: Calendar) -> pd.PeriodIndex:
    frequency = indicator.frequency
    parsed = [calendar.parse(text, frequency) for text in frame["period"]]
    return pd.PeriodIndex(parsed, freq=calendar.freq(frequency))


def by_group(frame: pd.DataFrame, indicator: Indicator, calendar: Calendar) -> pd.DataFrame:
    """An indicator's groups by period: `breakdown`, `group`, `value`, and what is known of each."""
    mine = frame[(frame["indicator"] == indicator.key) & (frame["breakdown"] != "")]
    framed = mine.set_index(_periods(mine, indicator, calendar))
    columns = ["breakdown", "group", "value", "received", "source", "status", "note"]
    columns += ["taken_from", "low", "high"]
    return framed.reindex(columns=columns).sort_index(kind="stable")
