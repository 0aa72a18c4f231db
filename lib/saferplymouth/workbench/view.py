"""The `View` class: one view's findings, chart, table and line of code."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from IPython.display import display
from markupsafe import Markup

from saferplymouth import disclosure
from saferplymouth.display import data_frames
from saferplymouth.display.data_frames import Figures
from saferplymouth.display.drawing import Chart
from saferplymouth.display.parts import Part
from saferplymouth.display.tables import WORDS, Table, explain, value_or_mark
from saferplymouth.display.templates import fill
from saferplymouth.workbench import interactive, sortable


@dataclass(frozen=True)
class View:
    """One look at `indicator` (a key) for the edition of `month`.

    `findings` are its heading and the paragraphs under it; where there is nothing to draw they say
    so, and `chart` and `table` are None. `code` is the line that makes the view again in a notebook
    that has imported `Workbench`. JupyterLab shows the chart as Vega-Altair draws it and a table
    that sorts; a page (`on_page`) has a picture and a plain table.
    """

    indicator: str
    month: pd.Period
    findings: tuple[str, ...]
    chart: Chart | None = None
    table: Table | None = None
    code: str = ""
    on_page: bool = False

    @property
    def figures(self) -> Figures:
        """The table's figures as a reader sees them; NaN where none is shown."""
        if self.table is None:
            return Figures()
        rows = pd.Index(self.table.rows.values(), name=self.table.stub)
        return data_frames.of_table(self.table, rows)

    @property
    def altair(self):
        """The chart as a Vega-Altair chart, to change and show again; None where there is none."""
        return interactive.drawn(self.chart) if self.chart else None

    @property
    def drawn(self) -> dict:
        """The chart as a notebook keeps it, by kind; empty where there is none."""
        vega = self.altair
        return interactive.bundle(vega, self.chart.alt) if vega else {}

    @property
    def heading(self) -> Markup:
        """The first finding as HTML."""
        return Markup("<h3>{}</h3>").format(self.findings[0])

    @property
    def others(self) -> Markup:
        """The other findings as HTML; empty where there are none."""
        paragraph = Markup("<p>{}</p>")
        return Markup("").join(paragraph.format(text) for text in self.findings[1:])

    @property
    def about_table(self) -> Markup:
        """The caption and the shorthand of the table as HTML; empty where there is none."""
        if self.table is None:
            return Markup("")
        marks = explain(self.figures.written().to_numpy().ravel())
        return Markup("<h4>{}</h4>{}").format(self.table.caption, marks)

    def _ipython_display_(self) -> None:
        if self.on_page:
            raise NotImplementedError  # a page keeps one part, as below
        display({"text/html": self.heading + self.others}, raw=True)
        if drawn := self.drawn:
            display(drawn, raw=True)
        if self.table:
            display({"text/html": self.about_table}, raw=True)
            display(sortable.widget(self.figures, self.table.caption))

    def _repr_mimebundle_(self, **_) -> tuple[dict, dict]:
        return self._part()._repr_mimebundle_()

    def save(self, path: str | Path) -> Path:
        """Saves the chart as a picture, `.svg` or `.png`; see `Part.save`."""
        return self._part().save(path)

    def _part(self) -> Part:
        content = self.heading + self.others
        content += self.chart.html if self.chart else ""
        if self.table:
            content += fill("indicator/figures", tables=[self.table], silent=[], restated="")
        return Part("view", self.month, content, self.indicator)


@dataclass(frozen=True)
class Column:
    """A column of a table by period or place: `values` in their `unit`, or words where that is
    `WORDS`.

    `[x]` is no figure (NaN), and `[c]` is where `hidden` is true.
    """

    values: pd.Series
    unit: str
    signed: bool = False
    hidden: pd.Series | None = None


def tabulate(
    columns: Mapping[str, Column], rows: Mapping[object, str], caption: str, stub: str
) -> Table:
    """A table of `columns` by name; `rows` words each row, by the index of the columns."""
    cells = [_cell(name, column, at) for name, column in columns.items() for at in rows]
    labels = {str(at): words for at, words in rows.items()}
    return Table(pd.DataFrame(cells, dtype=object), caption, labels, stub, total=False)


def _cell(name: str, column: Column, at: object) -> dict:
    same = {"row": str(at), "measure": name, "period": str(at)}
    same |= {"unit": column.unit, "signed": column.signed}
    if column.unit == WORDS:
        return same | {"value": None, "shorthand": column.values[at]}
    hidden = column.hidden is not None and column.hidden.get(at, False)
    missing = disclosure.MARK if hidden else "[x]"
    return same | value_or_mark(column.values.get(at), column.unit, missing)


def phrase(heading: str, *paragraphs: str | Iterable[str]) -> tuple[str, ...]:
    """Findings: a heading without full stop, then paragraphs of sentences; none empty."""
    findings = [heading.rstrip(".")]
    for paragraph in paragraphs:
        sentences = [paragraph] if isinstance(paragraph, str) else paragraph
        findings.append(" ".join(f"{text.removesuffix('.')}." for text in sentences if text))
    return tuple(filter(None, findings))
