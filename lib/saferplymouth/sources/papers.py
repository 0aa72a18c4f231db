"""The board's papers: tables that people keep, one file each in `papers/` of a drop, every cell
checked.

`commissioning` is the ledger of needs and money, `strategic_assessment` the scores of issues,
`duties` what the terms of reference ask for. Each stands until a later drop brings another of the
same name.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from saferplymouth.framework import Framework
from saferplymouth.sources.lines import Line
from saferplymouth.sources.problems import Problem
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


def lines(
    path: Path, source: str, wanted: Collection[str], framework: Framework, problems: list[Problem]
) -> Iterator[Line]:
    """The rows of a table whose header must name the `wanted` columns in any order."""
    cure = f"write the columns {', '.join(wanted)}"
    table = open_table(
        path, source, problems, lambda columns: sorted(columns) == sorted(wanted), cure
    )
    for row in table.rows if table else ():
        yield Line(framework, table, row, problems)
