"""Reads the board's papers: tables kept by people, one file each in `papers/` of a drop, with every
cell checked.

`commissioning` is the ledger of needs and funding, `strategic_assessment` the scores of issues, and
`duties` the duties of the terms of reference: each has a page. `actions` says what is being done,
and `decisions` what meetings decided. Each stays in use until a later drop replaces it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from saferplymouth.sources.lines import Line
from saferplymouth.sources.problems import SourceFile
from saferplymouth.sources.tables import open_table

COMMISSIONING, ASSESSMENT, DUTIES = PAPERS = ("commissioning", "strategic_assessment", "duties")
ACTIONS, DECISIONS = RECORDS = ("actions", "decisions")  # without a page of their own


@dataclass(frozen=True)
class Paper:
    """One paper as read: its `rows` (whose type depends on the paper), the `drop` it came in, and
    its `source` there.
    """

    rows: tuple
    drop: str
    source: str


def lines(file: SourceFile, wanted: Collection[str]) -> Iterator[Line]:
    """The rows of a table whose header must have the `wanted` columns in any order."""
    cure = f"write the columns {', '.join(wanted)}"
    table = open_table(file, lambda columns: sorted(columns) == sorted(wanted), cure)
    for row in table.rows if table else ():
        yield Line(file, table, row)
