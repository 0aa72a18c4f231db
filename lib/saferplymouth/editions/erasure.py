"""`saferplymouth erase`: removes an original from a drop, and keeps the figures taken from it.

The figures are kept before the original is removed, so if the process is killed at any point, they
are in one or the other.
"""

import csv
from dataclasses import astuple
from pathlib import Path

from saferplymouth import periods, sources
from saferplymouth.errors import Mistake
from saferplymouth.framework import load
from saferplymouth.indicators.words import counted
from saferplymouth.sources import received, recipes
from saferplymouth.sources.received import ERASED, FOLDER, KEPT, Erased
from saferplymouth.store.atomic import atomic_write
from saferplymouth.store.published import sha256

NOTHING = "Nothing was erased."


def erase(root: Path, path: Path, because: str, day: str) -> str:
    """Erase the original at `path`, and say what was kept of it; `day` is today (ISO).

    Raises `Mistake` if it is not in a drop's `received/`, or has figures that cannot be kept.
    """
    folder = path.parent.resolve()
    original, raw = folder / path.name, (root / "data/raw").resolve()
    month = folder.parent.name
    if folder != raw / month / FOLDER or not periods.MONTH.fullmatch(month):
        raise Mistake(f"{path} is not in a drop's {FOLDER}/, such as data/raw/2016-11/{FOLDER}")
    if not original.is_file():
        raise Mistake(f"there is no file {path}")
    problems: list[sources.Problem] = []
    erased = received.read_ledger([*folder.iterdir()], problems)
    if path.name == ERASED or path.name.removesuffix(KEPT) in erased.keys() - {path.name}:
        raise Mistake(f"{path} has no original's content: it is kept in place of one")
    if problems:
        raise Mistake("\n".join([*map(str, problems), NOTHING]))
    digest, known = sha256(original.read_bytes()), erased.get(path.name)
    if known and known.sha256 == digest:  # the process was killed before it was removed
        original.unlink()
        return _kept(known)
    if known:
        raise Mistake(f"another file with the name {path.name} was erased already; rename this one")
    framework, source = load(root / "framework.toml"), f"{FOLDER}/{path.name}"
    readable = recipes.load_all(root, framework)
    found = received.read_file(original, source, periods.month(month), framework, readable)
    if found.problems and found.rows:
        lines = [*map(str, found.problems), f"{NOTHING} Correct this first, to keep its figures."]
        raise Mistake("\n".join(lines))
    new = Erased(path.name, digest, day, len(found.rows), because)
    if found.rows:
        _write(folder / f"{path.name}{KEPT}", received.figures_table(found.rows))
    listed = [[*map(str, astuple(each))] for each in (*erased.values(), new)]
    _write(folder / ERASED, [received.LEDGER, *listed])
    original.unlink()
    return _kept(new)


def _kept(erased: Erased) -> str:
    gone = f"{erased.name}: erased, with its digest and the reason in {ERASED}"
    if not erased.figures:
        return f"{gone}. No figures were taken from it, so none are kept"
    return f"{gone}. {counted(erased.figures, 'figure')} kept in {erased.name}{KEPT}"


def _write(path: Path, lines: list[list[str]]) -> None:
    with atomic_write(path) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)
