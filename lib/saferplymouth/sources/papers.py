"""The board's papers: tables that people keep, one file each in `papers/` of a drop, every cell
checked.

`commissioning` is the ledger of needs and money, `strategic_assessment` the scores of issues,
`duties` what the terms of reference ask for. Each stands until a later drop brings another of the
same name.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from saferplymouth.sources.lines import Line
from saferplymouth.sources.problems import SourceFile
from saferplymouth.sources.tables import open_table

COMMISSIONING, ASSESSMENT, DUTIES = PAPERS = ("commissioning", "strategic_assessment", "duties")


@dataclass(frozen=True)
class Paper:
    """One paper as read: its `rows` (what each is depends on the paper), the `drop` it came in, its
    `source` there.
    """

    rows: tuple
    drop: str
    source: str


def lines(file: SourceFile, wanted: Collection[str]) -> Iterator[Line]:
    """The rows of a table whose header must name the `wanted` columns in any order."""
    cure = f"write the columns {', '.join(wanted)}"
    table = open_table(file, lambda columns: sorted(columns) == sorted(wanted), cure)
    for row in table.rows if table else ():
        yield Line(file, table, row)
