"""Checks a page before publication: all parts present, nothing runs or loads, readers see all of
it.
"""

import csv
import html
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import nbformat
from nbconvert.filters import markdown2html_mistune

from saferplymouth import errors
from saferplymouth.editions import failures, markup
from saferplymouth.editions.render import is_left_out

LARGEST = 1_000_000  # a guard against accidents: pages should be far smaller
LOADING = ("src", "srcset", "poster", "action", "background", "ping")
CSS_LOADS = re.compile(r"@import|url\((?!['\"]?(?:data:|#))", re.IGNORECASE)
SCRIPTS = ("javascript:", "data:", "vbscript:")
ONCE = ("headline", "comment")
Parts = Iterable[tuple[str, str]]


def faults(body: str, marks: list[dict], must: Parts, month: str, secrets: list[str]) -> list[str]:
    """Everything that prevents a page from being published; empty if it is good.

    `must` are the parts it needs besides its summary, each a kind and a key; `secrets` are texts
    that must not be on it, such as the folders of this machine.
    """
    parts = Counter((mark["kind"], mark["indicator"]) for mark in marks)
    missing = sorted({*must, ("summary", "")} - parts.keys())
    lines = [f"the {kind} of {key or 'the page'} is missing" for kind, key in missing]
    again = sorted(part for part, times in parts.items() if times > 1 and part[0] in ONCE)
    lines += [f"the {kind} of {key} is shown by two cells" for kind, key in again]
    months = [mark["month"] for mark in marks if mark["month"] != month]
    lines += [f"a part shows {other}, not {month}" for other in months[:1]]
    page = markup.MarkupReader(body)
    loads = CSS_LOADS.search("".join(page.sheets)) or any(_loads(its) for _, its in page.tags)
    checks = {
        "it does not have exactly one h1": sum(tag == "h1" for tag, _ in page.tags) != 1,
        "an image has no alternative text": any(map(_is_unspoken, page.tags)),
        "it loads something from another address": loads,
        "it contains something that runs": any(_runs(tag, its) for tag, its in page.tags),
        "it contains the path of a folder on this machine": any(
            secret in body or html.escape(secret) in body for secret in secrets
        ),
        f"it is over {LARGEST // 1000} kB": len(body.encode()) > LARGEST,
    }
    return lines + [fault for fault, is_so in checks.items() if is_so]


def _is_unspoken(tag: tuple[str, dict[str, str]]) -> bool:
    name, its = tag
    return name == "img" and not its.get("alt", "").strip()


def _loads(its: dict[str, str]) -> bool:
    named = [its[name].strip() for name in LOADING if name in its]
    elsewhere = any(not address.startswith("data:image/") for address in named)
    elsewhere = elsewhere or len(its.get("srcset", "").split()) > 1  # the first of several
    return elsewhere or bool(CSS_LOADS.search(its.get("style", "")))


def _runs(tag: str, its: dict[str, str]) -> bool:
    scripted = its.get("href", "").strip().lower().startswith(SCRIPTS)
    return tag in markup.RUNNING or scripted or any(name.startswith("on") for name in its)


def markup_faults(
    notebook: nbformat.NotebookNode, body: str, href: str, files: Iterable[str]
) -> list[str]:
    """Unclosed markup, hidden text and broken links, each with its cell if known.

    `href` is the page's own file and `files` are those of its edition that it can link to.
    """
    page = markup.MarkupReader(body)
    tables = [link for link in page.links if markup.OF_A_TABLE.fullmatch(link)]
    ids = dict.fromkeys([*files, *tables]) | {href: page.ids}
    lines = markup.unsound(_cells(notebook)) or list(dict.fromkeys(page.faults))
    return lines + markup.dead(href, page.links, ids)


def _cells(notebook: nbformat.NotebookNode) -> Iterator[tuple[str, str]]:
    """The HTML that each cell puts on the page, with the start of the cell's code."""
    for cell in notebook.cells:
        if is_left_out(cell):
            continue
        opening = failures.opening(cell.source)
        if cell.cell_type == "markdown":
            yield opening, markdown2html_mistune(cell.source)
        for output in cell.get("outputs", ()):
            yield opening, output.get("data", {}).get("text/html", "")


def table_faults(tables: Mapping[str, str], must: Parts, secrets: list[str]) -> list[str]:
    """The faults of a page's tables as CSV, by key."""
    strange = sorted(tables.keys() - {key for _, key in must})
    lines = [f"it shows {key}, which belongs to another page" for key in strange]
    if any(secret in table for table in tables.values() for secret in secrets):
        lines.append("a table contains the path of a folder on this machine")
    for key, table in tables.items():
        lines += [f"the table {key}: {fault}" for fault in csv_faults(table)[:3]]
    return lines


def chart_faults(charts: Mapping[str, str], secrets: list[str]) -> list[str]:
    """What is wrong with the pictures of a page's charts, by path."""
    lines = []
    for path, drawn in charts.items():
        faults = markup.drawing_faults(drawn)
        if any(secret in drawn or html.escape(secret) in drawn for secret in secrets):
            faults.append("it contains the path of a folder on this machine")
        lines += [f"{path}: {fault}" for fault in faults]
    return lines


def csv_faults(table: str) -> list[str]:
    """What is wrong with the cells of a CSV: one would be run, or has hidden characters."""
    return errors.cell_faults(cell for row in csv.reader(io.StringIO(table)) for cell in row)
