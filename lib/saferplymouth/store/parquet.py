"""Tables on disk that a reader, or a kill, never meets half written."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from saferplymouth.store.aside import aside


def save(table: pa.Table, path: Path) -> None:
    """Write `table` so that a reader, or a kill, meets the old file or the new one and nothing between."""
    with aside(path) as written:
        pq.write_table(table, written, write_page_checksum=True)
