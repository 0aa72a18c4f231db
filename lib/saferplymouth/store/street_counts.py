"""Counts street-level crime from data.police.uk for an edition, reading each file once.

The cells of a file are in `data/processed/street`, named by the file's digest;
`2016-11.index.parquet` beside them lists the files of the drops up to 2016-11.
"""

import os
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from saferplymouth import sources
from saferplymouth.sources import Problem
from saferplymouth.sources.police_uk import (
    SCHEMA,
    StreetFile,
    digested,
    read_street,
    repeats,
    street_files,
)
from saferplymouth.store import digests
from saferplymouth.store.atomic import remove
from saferplymouth.store.digests import Digests
from saferplymouth.store.parquet import load, save

FOLDER = "data/processed/street"
KEPT = re.compile("[0-9a-f]{64}")
LISTED = ["drop", "source", "month", "force", "digest"]
INDEX = pa.schema([(name, pa.string()) for name in LISTED])
WORDS = ["lsoa", "name", "type"]


@dataclass(frozen=True)
class StreetCounts:
    """Street-level crime as it stood for one edition.

    `cells` has `month` ("2016-11"), `force`, `lsoa`, `name`, `district` (the name without its last
    word; these three are "" without a location), `type` (all categorical) and `count`; there are no
    rows with count 0. `files` has a row for each file used: `month`, `force`, `source`, `received`
    (the drop), and rows `read`, `counted`, `repeated` (a Crime ID earlier in the file) and `again`
    (one in an earlier file, by month and then force).
    """

    cells: pd.DataFrame
    files: pd.DataFrame


def refresh(root: Path, upto: pd.Period) -> None:
    """Read every street file of the drops up to `upto` that is not yet in `data/processed/street`.

    Raises `sources.Refused` with the problems of all of them; then nothing has been written.
    """
    folder, raw = root / FOLDER, root / "data/raw"
    known = digests.of_project(root)
    files, problems = _found(raw, upto, known)
    wanted = {digest: (drop, file) for drop, file, digest in files}
    jobs = [(drop, file, folder / f"{digest}.parquet") for digest, (drop, file) in wanted.items()]
    read = together(_read, [job for job in jobs if not known.of(job[2], _whole)])
    problems += [problem for _, some in read for problem in some]
    if problems:
        for path, _ in read:
            path.unlink(missing_ok=True)
        raise sources.Refused(problems)
    rows = [(drop, file.source, file.month, file.force, digest) for drop, file, digest in files]
    index = pa.Table.from_pylist([dict(zip(LISTED, row, strict=True)) for row in rows], INDEX)
    path = _index(root, upto)
    before = load(path, INDEX)
    if (rows or path.exists()) and not (before and before.equals(index)):
        save(index, path)
    if upto >= max(sources.drops(raw), default=upto):
        for path in folder.glob("*.parquet"):  # of files that are no longer in any drop
            if KEPT.fullmatch(path.stem) and path.stem not in wanted:
                remove(path)


def as_it_stood(root: Path, upto: pd.Period) -> StreetCounts:
    """The counts for the edition of `upto`: for each month and force, the file of its latest drop.

    It is what the last `refresh` found; raises `OSError` if one of those files is now missing.
    """
    index, keys = _index(root, upto), ["month", "force"]
    table = pq.read_table(index) if index.is_file() else INDEX.empty_table()
    listed = table.to_pandas().sort_values("drop").drop_duplicates(keys, keep="last")
    listed = listed.sort_values(keys, ignore_index=True)
    paths = [(root / FOLDER / f"{digest}.parquet",) for digest in listed["digest"]]
    tables = together(pq.read_table, paths)
    return combine(tables, listed.rename(columns={"drop": "received"}).drop(columns="digest"))


def combine(tables: list[pa.Table], files: pd.DataFrame) -> StreetCounts:
    """The cells of several files together, counting each Crime ID in the first file that has it.

    `tables` come from `read_street`. `files` has their `month`, `force`, `source` and `received`,
    in the same order, by month and then force.
    """
    counts = _joined([table["rows"].to_numpy() for table in tables], np.int64)
    file = np.repeat(np.arange(len(tables), dtype=np.int32), [len(table) for table in tables])
    met = _met_before(tables)
    np.subtract.at(counts, met, 1)
    metadata = [table.schema.metadata for table in tables]
    rows = {
        "read": [int(each[b"read"]) for each in metadata],
        "counted": np.bincount(file, counts, len(tables)).astype(np.int64),
        "repeated": [int(each[b"repeated"]) for each in metadata],
        "again": np.bincount(file[met], minlength=len(tables)),
    }
    tally = pd.DataFrame(rows, dtype=np.int64)
    accounted = tally["counted"] + tally["repeated"] + tally["again"]
    assert (tally["read"] == accounted).all(), "a row is not accounted for"
    frame = {name: pd.Categorical(files[name]).take(file) for name in ("month", "force")}
    cells = pd.DataFrame(frame | _words(tables) | {"count": counts}, copy=False)
    if len(met):
        cells = cells[counts > 0].reset_index(drop=True)
    return StreetCounts(cells, files[["month", "force", "source", "received"]].join(tally))


def _joined(arrays: list[np.ndarray], kind: type) -> np.ndarray:
    return np.concatenate(arrays or [np.empty(0, kind)])


def district(name: str) -> str:
    """The district of an LSOA: its name without the last word ("Anytown 003A" is in Anytown)."""
    return name.rpartition(" ")[0]


def _met_before(tables: list[pa.Table]) -> np.ndarray:
    """The row, in all the tables together, of each Crime ID that is in an earlier file."""
    ids = [chunk for table in tables for chunk in table["ids"].chunks]
    met = repeats(_joined([chunk.flatten().to_numpy() for chunk in ids], np.uint64))
    lengths = _joined([chunk.value_lengths().to_numpy() for chunk in ids], np.int64)
    return np.searchsorted(np.cumsum(lengths), met, side="right")


def _words(tables: list[pa.Table]) -> dict[str, pd.Categorical]:
    """The codes, names, districts and types of all the tables together."""
    columns = {}
    for name in WORDS:
        chunks = [chunk for table in tables for chunk in table[name].chunks]
        whole = pa.chunked_array(chunks, SCHEMA.field(name).type).unify_dictionaries()
        texts = whole.chunk(0).dictionary.to_pylist() if chunks else []
        codes = _joined([chunk.indices.to_numpy() for chunk in whole.chunks], np.int32)
        columns[name] = _categorical(codes, texts)
        if name == "name":
            columns["district"] = _categorical(codes, [district(text) for text in texts])
    return columns


def _categorical(codes: np.ndarray, texts: list[str]) -> pd.Categorical:
    """`texts[code]` of every code, with the categories in order of the alphabet."""
    categories = sorted(set(texts))
    place = {text: number for number, text in enumerate(categories)}
    moved = np.array([place[text] for text in texts], np.int32)
    return pd.Categorical.from_codes(
        moved[codes] if len(codes) else codes, pd.Index(categories, dtype="str")
    )


def _found(
    raw: Path, upto: pd.Period, known: Digests
) -> tuple[list[tuple[str, StreetFile, str]], list[Problem]]:
    """Every street file of the drops up to `upto`, with its drop and digest, and the problems."""
    drops = [str(month) for month in sources.drops(raw, upto)]
    each = together(_of_drop, [(raw / drop, known) for drop in drops])
    files = [(drop, *file) for drop, (some, _) in zip(drops, each, strict=True) for file in some]
    return files, [problem for _, some in each for problem in some]


def _of_drop(folder: Path, known: Digests) -> tuple[list[tuple[StreetFile, str]], list[Problem]]:
    problems: list[Problem] = []
    files = [*digested(street_files(folder, problems), known.of, problems)]
    return files, [problem.inside(folder.name) for problem in problems]


def _whole(path: Path) -> str:
    """Whether the cells at `path` are there and complete: empty if not."""
    return "" if load(path, SCHEMA) is None else "whole"


def _read(drop: str, file: StreetFile, path: Path) -> tuple[Path, list[Problem]]:
    problems: list[Problem] = []
    table = read_street(file, problems)
    if table is not None:
        save(table, path)
    return path, [problem.inside(drop) for problem in problems]


def together(work: Callable, jobs: Iterable[tuple]) -> list:
    """The results of `work` for each of `jobs`, in order, on one thread more than there are cores:
    now and then one waits for Arrow, which fetches each block's text on its own thread.
    """
    usual = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())  # frees memory: half of it at the peak
    try:
        with ThreadPoolExecutor(os.cpu_count() + 1) as pool:
            return list(pool.map(lambda job: work(*job), jobs))
    finally:
        pa.set_memory_pool(usual)


def _index(root: Path, upto: pd.Period) -> Path:
    return root / FOLDER / f"{upto}.index.parquet"
