"""Provides what the pages on papers, places and data quality share: parts, tables, downloads."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from saferplymouth import periods
from saferplymouth.display.parts import Part
from saferplymouth.display.templates import fill
from saferplymouth.errors import NotReceived
from saferplymouth.indicators.project import Project
from saferplymouth.sources import Paper

TEXT, LONG, FIGURE, DATE = "", "long", "figure", "date"  # how a column is set


class Page:
    """A page of an edition: its other methods give its parts, each from the template of its kind in
    the folder of the page's `key`, which knows the `page`.
    """

    key = title = ""

    def __init__(self, month: str | pd.Period, root: Path | None = None):
        self.project = Project(month, root)
        self.framework = self.project.framework
        self.prepare()

    def prepare(self) -> None:
        """Gather what the parts of the page share."""

    def part(self, kind: str, csv: str = "", /, **values: object) -> Part:
        """The part of a kind, from its template with these values."""
        return self.shown(kind, fill(f"{self.key}/{kind}", page=self, **values), csv)

    def shown(self, kind: str, content: Markup, csv: str = "") -> Part:
        """The part of a kind with this content."""
        return Part(kind, self.project.month, content, self.key, csv)

    def opening(
        self, findings: Iterable[tuple[str, str]], facts: Mapping = {}, **values: object
    ) -> Part:
        """What the page is about, and its key findings, each with the heading it leads to."""
        links = [(text, f"#{at}") for text, at in findings]
        content = fill(f"{self.key}/summary", page=self, findings=links, **values)
        facts = {"title": self.title, "runs_to": {}, **facts}
        return Part("summary", self.project.month, content, facts=facts)


class Cell:
    """What stands in a table at one place: its text, which may be strong or lead to a page, and
    quiet lines under it, of which empty ones are left out.
    """

    def __init__(self, text: str, *lines: str, link: str = "", strong: bool = False):
        self.text, self.link, self.strong = text, link, strong
        self.lines = [line for line in lines if line]


def table(
    caption: str,
    rows: Iterable[Mapping[str, str | Cell]],
    kind: str = FIGURE,
    kinds: Mapping[str, str] = {},
    foot: Iterable[Mapping[str, str | Cell]] = (),
    marks: Mapping[str, str] = {},
) -> Markup:
    """A table that scrolls by itself; nothing without rows.

    A row has its cells by column, the first of which heads it. The other columns are set as `kind`,
    or as `kinds` says of them. Of the `marks`, those that a cell holds are explained above.
    """
    body, total = ([_cells(row) for row in some] for some in (rows, foot))
    if not body:
        return Markup()
    used = {cell.text for row in (*body, *total) for cell in row.values()}
    heads = {name: kinds.get(name, kind) for name in body[0]}
    heads[next(iter(heads))] = TEXT
    meanings = {mark: meaning for mark, meaning in marks.items() if mark in used}
    return fill(
        "layout/table", caption=caption, heads=heads, body=body, foot=total, meanings=meanings
    )


def _cells(row: Mapping[str, str | Cell]) -> dict[str, Cell]:
    return {name: cell if isinstance(cell, Cell) else Cell(cell) for name, cell in row.items()}


def paper(project: Project, name: str) -> Paper:
    """A paper as it stood, or `NotReceived`, which says which file to put where."""
    if name not in project.papers:
        upto, cure = periods.words(project.month), f"data/raw/{project.month}/papers"
        raise NotReceived(f"no paper '{name}' has come up to {upto}; put {name}.csv in {cure}")
    return project.papers[name]


def origin(of: Paper) -> dict[str, str]:
    """The file of a paper and the drop it came in, as a page's source says them."""
    return {"File": of.source, "In the drop for": drop(of.drop)}


def drop(month: str) -> str:
    """The month of a drop in words."""
    return periods.words(periods.month(month))


def figure(measure: str, value: float | None, unit: str, missing: str = "[x]") -> dict[str, str]:
    """One figure as a download has it, in full, or the shorthand for one that is missing."""
    known = pd.notna(value)
    shown = f"{value:.15g}" if known else ""
    return {"measure": measure, "value": shown, "unit": unit, "shorthand": "" if known else missing}


def download(rows: pd.DataFrame) -> str:
    """A table as the CSV of a download."""
    return rows.to_csv(index=False, lineterminator="\n")
