"""Adds a priority area: its framework entry, notebook and returns, written together or not at
all.
"""

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from string import Template

import pandas as pd

from saferplymouth.errors import Mistake
from saferplymouth.framework import KEYS, Framework, is_key, load
from saferplymouth.framework.values import TAKEN
from saferplymouth.indicators.words import inner
from saferplymouth.scaffold import returns
from saferplymouth.store.atomic import atomic_write

PATTERNS = Path(__file__).parent


def write(root: Path, key: str, newest: pd.Period, folder: Path) -> list[Path]:
    """Add the area `key`: its entry in `framework.toml`, its notebook, its returns in `folder`.

    If the area has an entry but no notebook, only the rest is written. Returns the files written.
    Raises `Mistake` or `OSError`; then nothing was written.
    """
    path, page = root / "framework.toml", root / f"notebooks/{key}.ipynb"
    framework, files = load(path), {}
    if key not in framework.areas or page.exists():
        _refuse(key, framework)
        year = framework.calendar.label(framework.calendar.year(newest))
        files[path] = path.read_bytes().rstrip() + b"\n" + entry(key, framework.agencies, year)
        framework = load(path, files[path])
    title, first = framework.areas[key].title, framework.of_area(key)[0].key
    files[page] = notebook(key, title, first, newest)
    new = path in files
    held = returns.Held(newest, {}) if new else returns.held(root, framework, newest)
    workbooks = returns.workbooks(key, framework, newest, held)
    files |= {folder / name: content for name, content in workbooks.items()}
    others = [other for other in files if other != path and other.exists()]
    strange = [other.name for other in others if other.read_bytes() != files[other]]
    if strange:
        mistake = "already exists with other content"
        raise Mistake(f"{' and '.join(strange)} {mistake}; move it")
    # the framework is entered first, so it is put in place last
    with ExitStack() as together:
        for target, content in files.items():
            together.enter_context(atomic_write(target)).write_bytes(content)
    return list(files)


def _refuse(key: str, framework: Framework) -> None:
    if key in framework.areas or key in framework.indicators:
        kind = "area" if key in framework.areas else "indicator"
        anew = " For a new notebook, move the old one away." if kind == "area" else ""
        cure = f"choose another key, or change its entry in framework.toml.{anew}"
        raise Mistake(f"'{key}' is already an {kind}; {cure}")
    if key in TAKEN:
        raise Mistake(f"'{key}' is the key of another page; choose another key")
    if not is_key(key):
        near = re.sub("[^a-z0-9]+", "_", key.lower()).strip("_")
        hint = f"did you mean {near}?" if is_key(near) else f"start with a letter, and {KEYS}"
        raise Mistake(f"'{key}' cannot be an area's key; {hint}")


def entry(key: str, agencies: Iterable[str], year: str) -> bytes:
    """The entry of a new area, with an indicator of the same key, sent by the first agency."""
    title, agencies = key.replace("_", " ").capitalize(), [*agencies]
    words = {"area": key, "title": title, "lower": title.lower(), "year": year}
    return filled("entry.toml", words | {"agency": agencies[0], "agencies": ", ".join(agencies)})


def notebook(key: str, title: str, indicator: str, month: pd.Period) -> bytes:
    """The notebook of a new area that shows an indicator."""
    words = {"area": key, "title": title, "lower": inner(title)}
    words |= {"indicator": indicator, "month": str(month)}
    quoted = {name: json.dumps(text, ensure_ascii=False)[1:-1] for name, text in words.items()}
    return filled("notebook.ipynb", quoted)


def filled(pattern: str, words: Mapping[str, str]) -> bytes:
    """A file of this folder with `words` filled in."""
    return Template((PATTERNS / pattern).read_text(encoding="utf-8")).substitute(words).encode()
