"""Adds and renames priority areas: entry, notebook and returns, all written or none."""

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from string import Template

import pandas as pd

from saferplymouth.errors import Mistake, known_keys
from saferplymouth.framework import KEYS, Framework, is_key, load
from saferplymouth.framework.raw import parsed
from saferplymouth.framework.values import TAKEN
from saferplymouth.indicators.words import inner
from saferplymouth.scaffold import returns
from saferplymouth.store.atomic import atomic_write

PATTERNS = Path(__file__).parent
KEEP = "surrogateescape"  # bytes that are not UTF-8
# what is before the key of an area in a notebook as a file
CALLED = r"(Report\(\\?[\"']|saferplymouth (?:template|new-area) |--area |notebook `)"


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
    _write(files)
    return list(files)


def rename(root: Path, old: str, new: str) -> list[Path]:
    """Rename an area's key in `framework.toml` and the notebooks; returns the files changed.

    Drops and editions stay as they are: where they have the old key, `formerly` says whose it was.
    Raises `Mistake` or `OSError`; then nothing was changed.
    """
    path = root / "framework.toml"
    page, taken = (root / f"notebooks/{key}.ipynb" for key in (old, new))
    framework, content = load(path), path.read_bytes()
    if old not in framework.areas:
        raise Mistake(f"'{old}' is not an area; {known_keys(old, framework.areas)}")
    if new in framework.areas:
        raise Mistake(f"'{new}' is already an area; choose another key")
    _refuse_as_key(new)
    former = [key for key in framework.areas[old].formerly if key != new]
    if any(root.glob("data/raw/*/papers/*")) or any(root.glob("outputs/[0-9]*")):
        former.append(old)
    files = {path: _renamed(content.decode(), old, new, former).encode()}
    if parsed(path, files[path]) != _expected(parsed(path), old, new, former):
        cure = f'write [areas.{old}] and area = "{old}" each on one line'
        raise Mistake(f"framework.toml has '{old}' in a form that this cannot rename; {cure}")
    load(path, files[path])
    for notebook in sorted((root / "notebooks").glob("*.ipynb")):
        before = notebook.read_bytes()
        after = _in_notebook(before, old, new)
        if notebook == page or after != before:
            files[taken if notebook == page else notebook] = after
    if page.exists() and taken.exists() and taken.read_bytes() != files[taken]:
        raise Mistake(f"notebooks/{taken.name} already exists with other content; move it")
    _write(files)
    page.unlink(missing_ok=True)
    return list(files)


def _renamed(text: str, old: str, new: str, former: list[str]) -> str:
    """The framework, line by line, with the area's header, its `formerly` and its indicators'
    `area`.
    """
    header = re.compile(rf"(\s*\[\s*areas\s*\.\s*)(['\"]?){old}\2(\s*\][^\r\n]*)(\s*)")
    formerly = f"formerly = {json.dumps(former)}" if former else ""
    lines, own = [], None
    for line in text.splitlines(keepends=True):
        if line.lstrip().startswith("["):
            own = header.fullmatch(line)
            line = header.sub(rf"\1{new}\3\4{formerly}" + r"\4" * bool(former), line)
        elif own and re.match(r"\s*formerly\s*=", line):
            continue
        lines.append(re.sub(rf"^(\s*area\s*=\s*)(['\"]){old}\2", rf"\1\2{new}\2", line))
    return "".join(lines)


def _expected(raw: dict, old: str, new: str, former: list[str]) -> dict:
    """The framework as parsed, once the area is renamed."""
    area = raw["areas"].pop(old) | {"formerly": former}
    raw["areas"][new] = {key: value for key, value in area.items() if value != []}
    for indicator in raw["indicators"].values():
        indicator["area"] = new if indicator["area"] == old else indicator["area"]
    return raw


def _in_notebook(content: bytes, old: str, new: str) -> bytes:
    """A notebook with the area's key, and its page's address, where they are meant."""
    text = re.sub(rf"{CALLED}{old}(?![\w-])", rf"\g<1>{new}", content.decode("utf-8", KEEP))
    text = re.sub(rf"(?<![\w-]){old}(?=\.ipynb)", new, text)
    return re.sub(rf"(?<![\w-]){_hyphens(old)}(?=\.html)", _hyphens(new), text).encode(
        "utf-8", KEEP
    )


def _hyphens(key: str) -> str:
    return key.replace("_", "-")


def _write(files: Mapping[Path, bytes]) -> None:
    """Write all files or none; the first, the framework, is put in place last."""
    with ExitStack() as together:
        for target, content in files.items():
            together.enter_context(atomic_write(target)).write_bytes(content)


def _refuse(key: str, framework: Framework) -> None:
    if key in framework.areas or key in framework.indicators:
        kind = "area" if key in framework.areas else "indicator"
        anew = " For a new notebook, move the old one away." if kind == "area" else ""
        cure = f"choose another key, or change its entry in framework.toml.{anew}"
        raise Mistake(f"'{key}' is already an {kind}; {cure}")
    _refuse_as_key(key)


def _refuse_as_key(key: str) -> None:
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
