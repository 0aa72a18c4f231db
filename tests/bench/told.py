"""Where benchmarks write what they found: between marks in a document, with the conditions it was
found under.
"""

import datetime
import importlib.metadata
import os
import platform
from collections.abc import Iterable
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def write(name: str, part: str, text: str) -> None:
    """Put the text between the marks of `part` in the document `name`; at its end where it has none
    yet.
    """
    place, marks = DOCS / name, (f"<!-- {part} -->", f"<!-- /{part} -->")
    whole = place.read_text(encoding="utf-8")
    if not all(mark in whole for mark in marks):
        whole += "\n{}\n\n{}\n".format(*marks)
    before, after = whole.partition(marks[0])[0], whole.partition(marks[1])[2]
    place.write_text(f"{before}{marks[0]}\n{text}\n{marks[1]}{after}", encoding="utf-8")


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    """Markdown with the first column set left and the others right."""
    rule = "|---|" + "---:|" * (len(head) - 1)
    return "\n".join([f"| {' | '.join(head)} |", rule, *(f"| {' | '.join(row)} |" for row in rows)])


def conditions(packages: Iterable[str]) -> str:
    """Where, when and with what the results were had."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"Measured on {datetime.date.today():%d %B %Y} on {os.cpu_count()} cores and {memory:.0f} "
        f"GB "
        f"({platform.system()}, {platform.machine()}), Python {platform.python_version()}, "
        f"{versions}"
    )
