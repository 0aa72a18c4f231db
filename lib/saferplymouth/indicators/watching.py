"""Watches every indicator of a board together for changes: see `statistics.surveillance`."""

import hashlib
import io
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from saferplymouth.framework import COUNT, PERCENT, Framework, Indicator
from saferplymouth.sources.statuses import ABSENT, HIDDEN, UNRELIABLE
from saferplymouth.statistics import control_charts, expectations, predictive, surveillance
from saferplymouth.statistics.expectations import History
from saferplymouth.statistics.predictive import COUNTS, LEVELS, SHARES
from saferplymouth.statistics.surveillance import Watched
from saferplymouth.store.parquet import load, save

CEILING = 100  # of a percentage
FREQUENCIES = ("month", "quarter")
MARK = b"from"


def file(month: pd.Period) -> str:
    """Where what was found for an edition is kept, and comes with a page's task."""
    return f"data/processed/{month}.watched.parquet"


def size(framework: Framework) -> int:
    """How many indicators share the board's budget of false statements."""
    return max(1, sum(i.frequency in FREQUENCIES for i in framework.indicators.values()))


def of_board(
    series: Iterable[tuple[Indicator, pd.DataFrame]], framework: Framework, path: Path | None = None
) -> dict[str, pd.DataFrame]:
    """What `surveillance.watch` finds in each indicator's observations, by key; without those that
    have too short a history, or hidden counts. It is kept at `path` for the next time.
    """
    every = {i.key: watched(i, observed) for i, observed in series}
    board = {key: one for key, one in every.items() if one is not None}
    digest = _digest(board, size(framework))
    found = _kept(path, digest) if path else None
    if found is None:
        found = surveillance.watch(board, size(framework))
        if path:
            save(_table(found).replace_schema_metadata({MARK: digest}), path)
    return found


def of_one(
    indicator: Indicator, observed: pd.DataFrame, framework: Framework
) -> pd.DataFrame | None:
    """The same of one series, as if nothing else on the board had changed."""
    one = watched(indicator, observed)
    return None if one is None else surveillance.watch({"": one}, size(framework)).get("")


def watched(indicator: Indicator, observed: pd.DataFrame) -> Watched | None:
    """An indicator's figures as a series to watch; None where there is none to judge."""
    sound = observed[reliable(observed)]
    if indicator.frequency not in FREQUENCIES or not len(sound) or sound["hidden"].any():
        return None
    every = pd.period_range(sound.index[0], sound.index[-1], freq=sound.index.freq)
    rows = sound.reindex(every)
    values, of, kind = rows["value"].astype(float), None, LEVELS
    if indicator.unit == COUNT:
        kind = COUNTS
    elif indicator.unit == PERCENT and (sound["denominator"].fillna(0) > 0).all():
        kind, of = SHARES, rows["denominator"].astype(float)
        values = rows["numerator"].astype(float) / of
    return Watched(
        History(values, kind, of),
        excluded(indicator, every),
        new_baselines(indicator, every),
        None if indicator.can_be_negative else 0,
        CEILING if indicator.unit == PERCENT else None,
    )


def reliable(observed: pd.DataFrame) -> pd.Series:
    """Which periods have a figure that its sender gives and does not call unreliable."""
    return ~observed["status"].isin([HIDDEN, ABSENT, UNRELIABLE])


def excluded(indicator: Indicator, index: pd.PeriodIndex) -> dict[pd.Period, str]:
    """The periods that are left out of what is expected, with their reasons."""
    reasons = {period: indicator.excluded(period) for period in index}
    return {period: reason for period, reason in reasons.items() if reason}


def new_baselines(indicator: Indicator, index: pd.PeriodIndex) -> dict[pd.Period, str]:
    """The periods after the first with which a new baseline starts, with their reasons."""
    starts = {
        pd.Period(month, "M").asfreq(index.freq): cause
        for month, cause in indicator.new_baseline.items()
    }
    return {start: cause for start, cause in starts.items() if index[0] < start <= index[-1]}


def write(found: Mapping[str, pd.DataFrame], about: Collection[str]) -> bytes:
    """What was found of these indicators, as the file of a page's task."""
    written = io.BytesIO()
    pq.write_table(_table({key: frame for key, frame in found.items() if key in about}), written)
    return written.getvalue()


def read(written: bytes) -> dict[str, pd.DataFrame]:
    """The frames that `write` wrote."""
    return _frames(pq.read_table(io.BytesIO(written)))


def _frames(table: pa.Table) -> dict[str, pd.DataFrame]:
    frame, frames = table.to_pandas(ignore_metadata=True), {}
    for (key, freq), rows in frame.groupby(["indicator", "freq"], sort=False):
        index = pd.PeriodIndex.from_ordinals(rows.pop("period"), freq=freq)
        frames[key] = rows.drop(columns=["indicator", "freq"]).set_axis(index)
    return frames


def _table(found: Mapping[str, pd.DataFrame]) -> pa.Table:
    frames = [
        frame.assign(
            indicator=key, freq=frame.index.freqstr, period=[p.ordinal for p in frame.index]
        )
        for key, frame in found.items()
    ]
    columns = {"indicator": [], "freq": [], "period": []}
    every = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns)
    return pa.Table.from_pandas(every, preserve_index=False).replace_schema_metadata()


def within(found: Iterable[pd.DataFrame]) -> tuple[int, int]:
    """How many periods of the last three years were judged by what came before them, and how many
    of those were within their 95% prediction interval: a check of the model's fit.
    """
    recent = [control_charts.last_years(frame).query("false_a_year.notna()") for frame in found]
    inside = [(f["value"] >= f["low95"]) & (f["value"] <= f["high95"]) for f in recent]
    return sum(map(len, inside)), int(sum(each.sum() for each in inside))


def _kept(path: Path, digest: bytes) -> dict[str, pd.DataFrame] | None:
    """What was found before, if it was found in the same series."""
    table = load(path)
    marked = table is not None and (table.schema.metadata or {}).get(MARK) == digest
    return _frames(table) if marked else None


def _digest(board: Mapping[str, Watched], size: int) -> bytes:
    """The SHA-256 of all that watching a board rests on: the code as well."""
    digest = hashlib.sha256(str(size).encode())
    for code in (expectations, predictive, surveillance):
        digest.update(Path(code.__file__).read_bytes())
    for key, one in board.items():
        values, numbers = one.history.values, one.history.numbers
        said = (key, values.index.freqstr, str(values.index[0]), one.history.kind)
        said += (one.excluded, one.changes, one.floor, one.ceiling)
        digest.update(repr(said).encode() + values.to_numpy().tobytes() + numbers.tobytes())
    return digest.hexdigest().encode()
