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
from saferplymouth.store import digests, gap, local_crime, sign_offs, street_counts
from saferplymouth.store.atomic import remove
from saferplymouth.store.parquet import load, save

MARK = b"drop"
READER = b"4"  # change it with the reader, to change the drops' marks
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
    drops = Drops(root, framework)
    drops.read(upto)
    drops.digests.save()


class Drops:
    """The drops of a project as they are now, each looked at once, however many months are asked
    for in turn.
    """

    def __init__(self, root: Path, framework: Framework):
        self.root, self.framework, self.raw = root, framework, root / "data/raw"
        self.months, self.digests = sources.drops(self.raw), digests.of_project(root)
        self.files: dict[pd.Period, dict[str, str]] = {}  # SHA-256 by path within `data/raw`
        self._figures = hashlib.sha256(READER + repr(framework).encode())
        self._everything, self._upto = hashlib.sha256(), {}
        self._marks: dict[pd.Period, str] = {}
        self._wanted = sources.to_read(self.raw, self.months)
        self._sound: set[pd.Period] = set()
        self._tables: dict[pd.Period, pa.Table] = {}
        self._values, self._valued = {}, 0
        paths, wanted = _files(root / "data/processed"), set(map(str, self._wanted))
        self._left = [path for path in paths if path.stem not in wanted]

    def digest(self, upto: pd.Period) -> str:
        """A digest of every file of the drops up to a month."""
        self._look(upto)
        return max(((m, d) for m, d in self._upto.items() if m <= upto), default=("", ""))[1]

    def read(self, upto: pd.Period) -> None:
        """The same as `refresh` of the drops up to `upto`."""
        self._look(upto)
        wanted = [month for month in self._wanted if month <= upto]
        stale = {month for month in wanted if month not in self._sound and not self._is_read(month)}
        if stale:
            self._read_anew(wanted, stale)
        self._sound.update(wanted)
        for path in self._left:  # made from drops that no longer exist
            if path.stem <= str(upto) and _made_here(path):
                remove(path)

    def received(self, upto: pd.Period) -> pd.DataFrame:
        """The same as `received` of what was read."""
        return _frame([self._table(month) for month in self._wanted if month <= upto])

    def _look(self, upto: pd.Period) -> None:
        """Work out the digests of the drops up to a month, and the mark of the figures of each: a
        digest of all that they rest on, and of the drop's other files.
        """
        for month in self.months[len(self.files) :]:
            if month > upto:
                break
            files = self.files[month] = sources.digest(self.raw, month, self.digests.of)
            words = tuple(f"{month}/{name}/" for name in ("comments", "papers"))
            rest = {name: sha256 for name, sha256 in files.items() if not name.startswith(words)}
            self._figures.update(repr(rest).encode())
            if any(name.startswith(f"{month}/{RECEIVED}/") for name in files):
                self._figures.update(recipes.digest(self.root).encode())
            self._everything.update(repr(files).encode())
            self._upto[month] = self._everything.hexdigest()
            own = self._figures.copy()
            own.update(repr(files).encode())
            self._marks[month] = own.hexdigest()

    def _path(self, month: pd.Period) -> Path:
        return self.root / f"data/processed/{month}.parquet"

    def _is_read(self, month: pd.Period) -> bool:
        """Whether the figures of a drop are there, complete and those of its files."""
        return self.digests.of(self._path(month), _mark) == self._marks[month]

    def _table(self, month: pd.Period) -> pa.Table:
        if month not in self._tables:
            self._tables[month] = load(self._path(month), SCHEMA)
        return self._tables[month]

    def _read_anew(self, wanted: list[pd.Period], stale: set[pd.Period]) -> None:
        """Read the `stale` ones of the drops `wanted`, oldest first, and keep what they say."""
        known = recipes.load_all(self.root, self.framework)
        problems, new, street_problems = [], {}, None
        for month in wanted[self._valued :]:
            if month in stale:
                drop = sources.read(self.raw, month, self.framework, known)
                problems += drop.problems
                if street_problems is None:
                    street_problems = _street_problems(self.root, wanted[-1])
                    problems += street_problems
                rows = [*drop.rows]
                if not problems:
                    rows += _worked_out(self.root, month, self.framework, self._values)
                table = _table(rows, month, self._values)
                new[month] = table.replace_schema_metadata({MARK: self._marks[month]})
            table = new[month] if month in new else self._table(month)
            rows = table.select([*FIGURE, "value", "status"])
            for *of, value, status in zip(*rows.to_pydict().values(), strict=True):
                self._values[tuple(of)] = value, status
            self._valued += 1
        if problems:
            self._values, self._valued = {}, 0
            raise sources.Refused(problems)
        for month, table in new.items():
            save(table, self._path(month))
        self._tables |= new


def _mark(path: Path) -> str:
    """The mark of the figures at `path`; empty if they are not there or not complete."""
    table = load(path, SCHEMA)
    return (table.schema.metadata or {}).get(MARK, b"").decode() if table is not None else ""


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
    months = sources.drops(raw, upto)
    first = next(iter(sources.to_read(raw, months)), upto)
    return [month for month in months if month >= first]


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
    return _frame(map(pq.read_table, _files(root / "data/processed", str(month))))


def _frame(tables: Iterable[pa.Table]) -> pd.DataFrame:
    bare = [table.replace_schema_metadata() for table in tables]
    frame = pa.concat_tables(bare or [SCHEMA.empty_table()]).to_pandas()
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
