"""What the pages on papers, places and data quality share: an opening, a table, and where a paper
came from.
"""

import html
from collections.abc import Iterable, Mapping

from saferplymouth import periods
from saferplymouth.errors import NotReceived
from saferplymouth.indicators.project import Project
from saferplymouth.sources import Paper

TEXT, LONG, FIGURE, DATE = "", "long", "figure", "date"  # how a column is set


def paper(project: Project, name: str) -> Paper:
    """A paper as it stood, or `NotReceived`, which says which file to put where."""
    if name not in project.papers:
        cure = f"put {name}.csv in data/raw/{project.month}/papers"
        raise NotReceived(
            f"no paper '{name}' has come up to {periods.words(project.month)}; {cure}"
        )
    return project.papers[name]


def opening(lead: str, found: Iterable[tuple[str, str]]) -> str:
    """What the page is about, and its key findings, each with the heading it leads to."""
    items = "".join(f'<li><a href="#{at}">{html.escape(text)}</a></li>' for text, at in found)
    return (
        f'<p class="lead">{html.escape(lead)}</p><section class="findings" '
        f'aria-labelledby="key-findings">'
        f'<h2 id="key-findings">Key findings</h2><ul>{items}</ul></section>'
    )


def table(
    caption: str,
    head: Mapping[str, str],
    body: Iterable[list[str]],
    foot: Iterable[list[str]] = (),
    marks: Mapping[str, str] | None = None,
) -> str:
    """A table that scrolls by itself. `head` gives each column's name and how it is set.

    A row is the HTML of its cells, the heading first; `marks` are the shorthand it uses, explained
    above it.
    """
    said, kinds = html.escape(caption), list(head.values())
    names = "".join(
        f'<th scope="col"{_class(kind)}>{html.escape(name)}</th>' for name, kind in head.items()
    )
    body, foot = ("".join(_row(row, kinds) for row in rows) for rows in (body, foot))
    meanings = "".join(
        f"<div><dt>{mark}</dt><dd>{meaning}</dd></div>" for mark, meaning in (marks or {}).items()
    )
    return (
        (f'<dl class="shorthand">{meanings}</dl>' if meanings else "")
        + f'<div class="wide paper" role="region" tabindex="0" aria-label="{said}">'
        + f"<table><caption><span>{said}</span></caption><thead><tr>{names}</tr></thead>"
        + f"<tbody>{body}</tbody>{f'<tfoot>{foot}</tfoot>' if foot else ''}</table></div>"
    )


def _row(cells: list[str], kinds: list[str]) -> str:
    columns = list(zip(cells, kinds, strict=True))[1:]
    shown = "".join(f"<td{_class(kind)}>{cell}</td>" for cell, kind in columns)
    return f'<tr><th scope="row">{cells[0]}</th>{shown}</tr>'


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""


def small(text: str) -> str:
    """A quiet line under a cell's text; nothing where there is none."""
    return f"<small>{html.escape(text)}</small>" if text else ""


def source(from_paper: Paper, name: str, title: str, more: Mapping[str, str]) -> str:
    """The file, the drop it came in, what else is to be said of it, and the download."""
    drop = periods.words(periods.month(from_paper.drop))
    rows = {"File": from_paper.source, "In the drop of": drop} | more
    told = "".join(f"<dt>{html.escape(k)}</dt><dd>{html.escape(v)}</dd>" for k, v in rows.items())
    link = f'<a href="data/{name}.csv">{html.escape(title)} (CSV)</a>'
    return f'<dl class="source">{told}<dt>Download</dt><dd>{link}</dd></dl>'
