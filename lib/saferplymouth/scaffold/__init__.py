"""Adds a priority area: its framework entry, notebook and returns, written together or not at
all.
"""

import json
import re
import shutil
from contextlib import ExitStack
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory

import pandas as pd

from saferplymouth.errors import Mistake
from saferplymouth.framework import KEYS, Framework, is_key, load
from saferplymouth.framework.values import TAKEN
from saferplymouth.indicators.words import inner
from saferplymouth.scaffold import returns
from saferplymouth.store.atomic import atomic_write

PATTERNS = Path(__file__).parent
UNWRITTEN = "To be written"  # the start of each text in entry.toml that has to be filled in


class NotNew(Mistake):
    """The area cannot be added; the message says why and what to do."""


def write(root: Path, key: str, newest: pd.Period, folder: Path) -> list[Path]:
    """Add the area `key`: its entry in `framework.toml`, its notebook, its returns in `folder`.

    If the area has an entry but no notebook, only the rest is written. Returns the files written.
    Raises `NotNew`, `framework.FrameworkError` or `OSError`; then nothing was written.
    """
    path, notebook = root / "framework.toml", root / f"notebooks/{key}.ipynb"
    framework, files = load(path), {}
    if key not in framework.areas or notebook.exists():
        _refuse(key, framework)
        files[path] = path.read_bytes().rstrip() + b"\n" + _entry(key, framework, newest)
        framework = _loaded(files[path], root, framework.partnership.logo)
    files[notebook] = _notebook(key, framework, newest)
    new = path in files
    held = returns.Held(newest, {}) if new else returns.held(root, framework, newest)
    workbooks = returns.workbooks(key, framework, newest, held)
    files |= {folder / name: content for name, content in workbooks.items()}
    others = [other for other in files if other != path and other.exists()]
    strange = [other.name for other in others if other.read_bytes() != files[other]]
    if strange:
        mistake = "already exists with other content"
        raise NotNew(f"{' and '.join(strange)} {mistake}; move it")
    # the framework is entered first, so it is put in place last
    with ExitStack() as together:
        for target, content in files.items():
            together.enter_context(atomic_write(target)).write_bytes(content)
    return list(files)


def unwritten(framework: Framework) -> list[str]:
    """The keys of `framework.toml` that still have the text of `new-area` to be filled in."""
    entries = {f"areas.{key}": area for key, area in framework.areas.items()}
    entries |= {f"indicators.{key}": indicator for key, indicator in framework.indicators.items()}
    texts = {f"{at}.{name}": text for at, of in entries.items() for name, text in vars(of).items()}
    return [at for at, text in texts.items() if str(text).startswith(UNWRITTEN)]


def _refuse(key: str, framework: Framework) -> None:
    if key in framework.areas or key in framework.indicators:
        kind = "area" if key in framework.areas else "indicator"
        anew = " For a new notebook, move the old one away." if kind == "area" else ""
        cure = f"choose another key, or change its entry in framework.toml.{anew}"
        raise NotNew(f"'{key}' is already an {kind}; {cure}")
    if key in TAKEN:
        raise NotNew(f"'{key}' is the key of another page; choose another key")
    if not is_key(key):
        near = re.sub("[^a-z0-9]+", "_", key.lower()).strip("_")
        hint = f"did you mean {near}?" if is_key(near) else f"start with a letter, and {KEYS}"
        raise NotNew(f"'{key}' cannot be an area's key; {hint}")


def _entry(key: str, framework: Framework, newest: pd.Period) -> bytes:
    title, agencies = key.replace("_", " ").capitalize(), ", ".join(framework.agencies)
    words = {"area": key, "title": title, "lower": title.lower()}
    words |= {"agency": next(iter(framework.agencies)), "agencies": agencies}
    words["year"] = framework.calendar.label(framework.calendar.year(newest))
    return _filled("entry.toml", words)


def _notebook(key: str, framework: Framework, newest: pd.Period) -> bytes:
    title, first = framework.areas[key].title, next(iter(framework.of_area(key)))
    words = {"area": key, "title": title, "lower": inner(title)}
    words |= {"indicator": first.key, "month": str(newest)}
    quoted = {name: json.dumps(text, ensure_ascii=False)[1:-1] for name, text in words.items()}
    return _filled("notebook.ipynb", quoted)


def _filled(pattern: str, words: dict[str, str]) -> bytes:
    return Template((PATTERNS / pattern).read_text(encoding="utf-8")).substitute(words).encode()


def _loaded(entry: bytes, root: Path, logo: str) -> Framework:
    """The framework as it would be; `FrameworkError` if the new entry is not valid."""
    with TemporaryDirectory() as beside:
        path = Path(beside, "framework.toml")
        path.write_bytes(entry)
        if logo:
            shutil.copy(root / logo, beside)
        return load(path)
