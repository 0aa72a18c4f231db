"""Reads `edition.json`, the manifest of an edition; an invalid one counts as missing."""

import datetime
import json
import re
from collections.abc import Callable
from pathlib import Path

from saferplymouth.periods import MONTH

MANIFEST = "edition.json"
STATEMENT = "accessibility.html"  # beside it in every edition, and beside the list of them
WORKBOOKS = ODS, XLSX = "tables.ods", "tables.xlsx"  # with all tables of an edition
GLOSSARY = "glossary.html"  # the same, where the project has a GLOSSARY.md
FRONT_PAGE = "index.html"
PACK = "pack.pdf"  # the edition as one document, where it has been made
DEFINITIONS = "definitions"  # the parts of the framework that an FOI bundle needs
DRAFT, FINAL, CORRECTED, WITHDRAWN = "Draft", "Final", "Corrected", "Withdrawn"
CLOSED = (FINAL, CORRECTED)


def manifest(place: Path) -> dict:
    """The `edition.json` of the edition in `place`; empty if there is no valid one."""
    path = place / MANIFEST
    try:
        made = json.loads(path.read_bytes()) if path.is_file() else None
        json.dumps(made, ensure_ascii=False, allow_nan=False).encode()
    except (OSError, ValueError, RecursionError):
        return {}
    named = fits(made, SHAPE) and (
        place.name == made["edition"] or place.name.startswith(f"{made['edition']}-")
    )
    return made if named and ("withdrawn" in made or made["status"] != WITHDRAWN) else {}


def fits(value: object, shape: object) -> bool:
    """Whether a value has a shape: a type, a test, alternatives in a tuple, `[each]`, `{str:
    each}`, or a record, in which a name ending in `?` can be missing.
    """
    match shape:
        case type():
            return isinstance(value, shape)
        case frozenset():
            return isinstance(value, str) and value in shape
        case Callable():
            return shape(value)
        case tuple():
            return any(fits(value, one) for one in shape)
        case [each]:
            return isinstance(value, list) and all(fits(one, each) for one in value)
    if not isinstance(value, dict):
        return False
    if str in shape:
        return all(fits(one, shape[str]) for one in value.values())
    return all(
        fits(value.get(name.removesuffix("?")), one)
        for name, one in shape.items()
        if not name.endswith("?") or name[:-1] in value
    )


def _is_day(value: object) -> bool:
    """An ISO date, with or without its time."""
    try:
        datetime.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


def _is_month(value: object) -> bool:
    return isinstance(value, str) and MONTH.fullmatch(value) is not None


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None


def _is_seconds(value: object) -> bool:
    return isinstance(value, int | float) and 0 <= value < 1e9


TEXTS = {str: str}
FIGURE = (type(None), [(str, type(None))])
CORRECTION = {"date": _is_day, "reason": str, "date_words?": str}
CORRECTION |= {"changes?": [{"table": str, "figure": [str], "before": FIGURE, "after": FIGURE}]}
FACTS = {"state": str, "finding?": str, "latest?": str, "missing?": str}
BUILT = {"state": frozenset({"built"}), "title": str, "page": str, "files": TEXTS, "depends": TEXTS}
BUILT |= {"indicators?": {str: FACTS}}
NOT_BUILT = {"state": frozenset({"failed", "not built"}), "title": str, "reason?": str}
SPENT = dict.fromkeys(("waiting", "start", "cells", "render", "slowest_seconds"), _is_seconds)
SPENT |= {"slowest": str}
NEEDED = {"partnership": str, "licence": str, "contact": str, "indicators": {str: [[(str, bool)]]}}
SHAPE = {
    "edition": str,
    "words": str,
    "data_to?": _is_month,
    "status": frozenset({"incomplete", DRAFT, *CLOSED, WITHDRAWN}),
    "corrections?": [CORRECTION],
    "areas": {str: (BUILT, NOT_BUILT)},
    "inputs": TEXTS,
    "packages": TEXTS,
    f"{DEFINITIONS}?": NEEDED,
    "build": {"finished": _is_day, "time?": {str: (_is_seconds, SPENT)}, "skipped?": TEXTS},
    "withdrawn?": {"date": _is_day, "date_words": str, "reason": str, "sha256": _is_digest},
    "gone?": TEXTS,
    "last_attempt?": {"finished": _is_day, "failed": TEXTS},
}
