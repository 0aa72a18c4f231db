"""A view: what one look at an indicator finds, its chart and its table, and the line of code that
makes it again.
"""

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from saferplymouth import disclosure
from saferplymouth.display import data_frames
from saferplymouth.display.data_frames import Figures
from saferplymouth.display.drawing import Chart
from saferplymouth.display.parts import Part
from saferplymouth.display.tables import WORDS, Table, shown


@dataclass(frozen=True)
class View:
    """One look at `indicator` (a key) for the edition of `month`.

    `findings` are its heading and the paragraphs under it; where there is nothing to draw they say
    so, and `chart` and `table` are None. `code` is the line that makes the view again in a notebook
    that has imported `Workbench`.
    """

    indicator: str
    month: pd.Period
    findings: tuple[str, ...]
    chart: Chart | None = None
    table: Table | None = None
    code: str = ""

    @property
    def figures(self) -> Figures:
        """The table's figures as a frame, its rows and columns as a reader sees them; NaN where
        none is shown.
        """
        if self.table is None:
            return Figures()
        return data_frames.of_table(
            self.table, pd.Index(self.table.rows.values(), name=self.table.stub)
        )

    @property
    def heading(self) -> str:
        """The first finding as HTML."""
        return f"<h3>{html.escape(self.findings[0])}</h3>"

    @property
    def others(self) -> str:
        """The other findings as HTML; empty where there are none."""
        return "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in self.findings[1:])

    def shown(self, phone: bool = True) -> str:
        """The chart and the table as HTML, as far as there are any; see `Chart.figure`."""
        held = (
            f"<details open><summary>The figures</summary>{self.table.html}</details>"
            if self.table
            else ""
        )
        return (self.chart.figure(phone) if self.chart else "") + held

    def _repr_mimebundle_(self, **_) -> tuple[dict, dict]:
        return Part(
            "view", self.month, self.heading + self.others + self.shown(), self.indicator
        )._repr_mimebundle_()


@dataclass(frozen=True)
class Column:
    """A column of a table by period or place: `values` in their `unit`, or words where that is
    `WORDS`.

    `[x]` stands for no figure (NaN), and `[c]` where `hidden` is true.
    """

    values: pd.Series
    unit: str
    signed: bool = False
    hidden: pd.Series | None = None


def table(
    columns: Mapping[str, Column], rows: Mapping[object, str], caption: str, stub: str
) -> Table:
    """A table of `columns` by name; `rows` gives the words of each row, by what the columns are
    indexed by.
    """
    made = [_cell(name, column, at) for name, column in columns.items() for at in rows]
    tidy = pd.DataFrame(made, dtype=object)
    return Table(tidy, caption, {str(at): said for at, said in rows.items()}, stub, total=False)


def _cell(name: str, column: Column, at: object) -> dict:
    covered = column.hidden is not None and column.hidden.get(at, False)
    if column.unit == WORDS:
        value, mark = None, column.values[at]
    else:
        value, mark = shown(
            column.values.get(at), column.unit, "", disclosure.MARK if covered else "[x]"
        )
    same = {
        "row": str(at),
        "measure": name,
        "period": str(at),
        "unit": column.unit,
        "signed": column.signed,
    }
    return same | {"value": value, "shorthand": mark}


def told(heading: str, *paragraphs: str | Iterable[str]) -> tuple[str, ...]:
    """The findings of a view: a heading, which has no full stop, and paragraphs of sentences, empty
    ones left out.
    """
    parts = [[part] if isinstance(part, str) else list(part) for part in paragraphs]
    joined = [
        " ".join(text if text.endswith(".") else f"{text}." for text in part if text)
        for part in parts
    ]
    return heading.rstrip("."), *(paragraph for paragraph in joined if paragraph)
