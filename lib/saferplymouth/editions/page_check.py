"""The check of a page before it is published: all its parts are there, nothing runs or loads, a
reader sees all of it.
"""

import csv
import html
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

import nbformat
from nbconvert.filters import markdown2html_mistune

from saferplymouth import errors
from saferplymouth.editions import failures, markup
from saferplymouth.editions.render import LEFT_OUT

LARGEST = 1_000_000  # a guard against accidents: a page is meant to be far lighter
LOADING = ("src", "srcset", "poster", "action", "background")
CSS_LOADS = re.compile(r"@import|url\((?!['\"]?(?:data:|#))", re.IGNORECASE)
ONCE = ("headline", "comment")
FILLER = "No description has been provided for this image"


def faults(
    body: str, shown: list[dict], must: Iterable[tuple[str, str]], month: str, secrets: list[str]
) -> list[str]:
    """Everything that keeps a page from being published; empty when it is good.

    `must` are the parts that have to be on it besides its summary, each a kind and a key, and
    `secrets` texts that must not be, such as the folders of this machine.
    """
    there = Counter((mark["kind"], mark["indicator"]) for mark in shown)
    wanted = {*must, ("summary", "")}
    found = [
        f"the {kind} of {key or 'the page'} is missing"
        for kind, key in sorted(wanted - there.keys())
    ]
    again = sorted(part for part, times in there.items() if times > 1 and part[0] in ONCE)
    found += [f"the {kind} of {key} is shown by two cells" for kind, key in again]
    found += [f"a part shows {m['month']}, not {month}" for m in shown if m["month"] != month][:1]
    seen = _Seen()
    seen.feed(body)
    checks = {
        "it has not exactly one h1": seen.headings != 1,
        "an image has no alternative text": seen.unspoken or FILLER in body,
        "it would load something from elsewhere": seen.loads or bool(CSS_LOADS.search(seen.style)),
        "it holds something that runs": seen.runs,
        "it names a folder of this machine": any(
            s in body or html.escape(s) in body for s in secrets
        ),
        f"it is over {LARGEST // 1000} kB": len(body.encode()) > LARGEST,
    }
    return found + [fault for fault, is_so in checks.items() if is_so]


class _Seen(HTMLParser):
    """What the tags of a page would load and run; its text may say what it likes."""

    def __init__(self):
        super().__init__()
        self.headings, self.unspoken, self.loads, self.runs = 0, False, False, False
        self.style, self.in_style = "", False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: (value or "").strip() for name, value in attributes}
        self.headings += tag == "h1"
        self.in_style = tag == "style"
        self.unspoken |= tag == "img" and not given.get("alt") and given.get("class") != "spark"
        self.loads |= any(
            not given[name].startswith("data:image/") for name in LOADING if name in given
        )
        self.loads |= bool(CSS_LOADS.search(given.get("style", "")))
        scripted = given.get("href", "").lower().startswith(("javascript:", "data:", "vbscript:"))
        self.runs |= (
            tag in markup.RUNNING or scripted or any(name.startswith("on") for name in given)
        )

    def handle_data(self, data: str) -> None:
        self.style += data if self.in_style else ""

    def handle_endtag(self, tag: str) -> None:
        self.in_style = False


def markup_faults(
    notebook: nbformat.NotebookNode, body: str, href: str, files: Iterable[str]
) -> list[str]:
    """What keeps a reader from what the page `body` says: markup left open, text that is hidden,
    links that lead nowhere, told with the cell where that is known.

    `href` is the page's own file and `files` are those of its edition that it may lead to.
    """
    read = markup.Markup(body)
    known = dict.fromkeys(
        [*files, *(link for link in read.links if markup.OF_A_TABLE.fullmatch(link))]
    )
    found = markup.unsound(_written(notebook)) or list(dict.fromkeys(read.faults))
    return found + markup.dead(href, read, known | {href: read.ids})


def _written(notebook: nbformat.NotebookNode) -> Iterator[tuple[str, str]]:
    """What each cell puts on the page as HTML, with how the cell opens."""
    for cell in notebook.cells:
        opening = failures.opening(cell.source)
        if LEFT_OUT & {*cell.metadata.get("tags", ())}:
            continue
        if cell.cell_type == "markdown":
            yield opening, markdown2html_mistune(cell.source)
        for output in cell.get("outputs", ()):
            yield opening, output.get("data", {}).get("text/html", "")


def unfit(table: str) -> list[str]:
    """What is wrong with the cells of a download as CSV: no spreadsheet runs one of them, and a
    reader sees all.
    """
    return errors.unfit_cells(cell for row in csv.reader(io.StringIO(table)) for cell in row)
