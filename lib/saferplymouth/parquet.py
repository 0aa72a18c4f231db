"""Tables on disk that a reader, or a kill, never meets half written."""

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def save(table: pa.Table, path: Path) -> None:
    """Write `table` so that a reader, or a kill, meets the old file or the new one and nothing between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        pq.write_table(table, aside, write_page_checksum=True)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
