"""Atomic writes of Parquet tables."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from saferplymouth.store.atomic import atomic_write


def load(path: Path, schema: pa.Schema | None = None) -> pa.Table | None:
    """The table at `path`, if it is there, complete and of this schema, where one is given."""
    try:
        table = pq.read_table(path, page_checksum_verification=True) if path.is_file() else None
    except (OSError, ValueError, pa.ArrowException):
        return None
    if table is None or (schema is not None and not table.schema.equals(schema)):
        return None
    return table


def save(table: pa.Table, path: Path) -> None:
    """Write `table` in one step: readers see the old file or the new one, even if the process is
    killed.
    """
    with atomic_write(path) as written:
        pq.write_table(table, written, write_page_checksum=True)
