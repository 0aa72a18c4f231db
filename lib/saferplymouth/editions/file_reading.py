"""`saferplymouth read` shows what would be taken from a file; `learn` drafts a recipe for it."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from saferplymouth import periods, sources
from saferplymouth.editions import build
from saferplymouth.errors import Mistake
from saferplymouth.framework import load
from saferplymouth.indicators.words import counted
from saferplymouth.sources import personal, received, recipes
from saferplymouth.sources.problems import shown
from saferplymouth.sources.received import PLACES, TIDY, ReadFile
from saferplymouth.sources.recipes import PassedOver
from saferplymouth.sources.sheets import Unreadable, sheets
from saferplymouth.store.observations import FIGURE

STATUSES = {"c": "[c]", "x": "[x]", "p": "[p]", "r": "[r]", "u": "[u]"}
NARROWEST = 60


def read(root: Path, path: Path, recipe: str | None) -> ReadFile:
    """What the file at `path` gives. Raises `framework.FrameworkError` or `sources.RecipeError`."""
    framework = load(root / "framework.toml")
    broken: list[sources.Problem] = []
    known = recipes.load_all(root, framework, broken)
    own = root / recipes.FOLDER / f"{recipe}.toml"
    if recipe and recipe not in known and own.is_file():
        recipes.load(own, framework)  # which says what is wrong with it
    wanted = received.recipe(recipe, known) if recipe else None
    month = _month(root, path)
    found = received.read_file(path, path.name, month, framework, known, wanted, str(path))
    found.problems += broken if not found.by else []
    unread = [p for p in found.problems if not p.stops]
    found.passed_over += [PassedOver(p.sheet, p.cell, p.mistake) for p in unread]
    found.problems = [p for p in found.problems if p.stops]
    return found


def learn(root: Path, path: Path, name: str | None) -> Path:
    """Draft a recipe for the file at `path`, and where it was written: a new file in `recipes/`.
    One that cannot be used before it is completed ends in `.draft`, so that it stops no run.

    Raises `Mistake` if the file cannot be read, a recipe fits it already, or there is one of this
    name.
    """
    if not path.exists():
        raise Mistake(f"{path} is not there; correct the name")
    framework = load(root / "framework.toml")
    known = recipes.load_all(root, framework, [])
    draft = root / recipes.FOLDER / f"{name or recipes.key_for(path.name)}.toml"
    if not re.fullmatch(recipes.KEY, draft.stem):
        raise Mistake(f"--recipe: {shown(draft.stem)} is not a name; {recipes.KEYS}")
    if draft.exists():
        raise Mistake(f"{draft} is there already; choose another name with --recipe")
    if not name and (fit := [key for key, of in known.items() if of.is_for(path.name)]):
        cure = "correct it, or name the new one with --recipe"
        raise Mistake(f"{path.name} is read by the recipe {fit[0]} already; {cure}")
    try:
        text = recipes.learn(sheets(path), path.name, framework)
    except Unreadable as error:
        raise Mistake(f"{path.name} {error.mistake}; {error.cure}") from None
    draft.parent.mkdir(exist_ok=True)
    with draft.open("x", encoding="utf-8") as written:
        written.write(text)
    try:
        recipes.load(draft, framework)
    except recipes.RecipeError:
        return draft.replace(draft.with_name(f"{draft.name}.draft"))
    return draft


def lines(found: ReadFile, name: str) -> Iterator[str]:
    """What people see: the figures in the order of the sheet, then what was passed over."""
    by = found.by if found.by in (TIDY, PLACES, "") else f"the recipe {found.by}"
    if found.rows:
        yield f"{name}: {counted(len(found.rows), 'figure')}, read as {by}"
        yield from _laid_out([_figure(row) for row in found.rows])
    if found.places:
        yield f"{name}: {counted(len(found.places), 'figure')} of places, read as {by}"
        places = [[p.kind, p.code, p.name, p.period, p.value] for p in found.places]
        yield from _laid_out([[*map(_words, line)] for line in places])
    if found.passed_over:
        yield "Passed over:"
        for each in found.passed_over:
            sheet = f"sheet {shown(each.sheet)}" if each.sheet else ""
            yield f"  {', '.join(filter(None, (sheet, each.cells)))}: {each.why}"
    yield from (f"Question: {each.question}" for each in questions(found.sheets, name))


def questions(sheets: list, file: str) -> Iterator[sources.Question]:
    """A question for each column of a file that seems to hold personal data."""
    for sheet, column, kind, count in personal.columns(sheets):
        on = f", sheet {shown(sheet)}" if sheet else ""
        cells = counted(count, "cell")
        looks = f"{file}{on}, column {column}: {cells} may hold {kind}."
        cure = "Is that needed? If not, ask for the file without them, and erase this one."
        yield sources.Question(file, f"{looks} {cure}")


def _month(root: Path, path: Path) -> pd.Period:
    """The month of the drop that a file lies in; elsewhere this month, or the newest drop's."""
    raw, whole = (root / "data/raw").resolve(), path.resolve()
    if whole.is_relative_to(raw) and periods.MONTH.fullmatch(whole.relative_to(raw).parts[0]):
        return periods.month(whole.relative_to(raw).parts[0])
    this = pd.Period(build.moment().date(), "M")
    return max([this, *sources.drops(root / "data/raw")])


def _figure(row: sources.Row) -> list[str]:
    value = "" if row.value is None else f"{row.value:,.10g}"
    at = sources.origin(row.source)
    where = " ".join(filter(None, (at.sheet, at.cell)))
    of = [getattr(row, name) for name in FIGURE]
    return [of[0], of[1], of[3], f"{value}{STATUSES.get(row.status, '')}", where]


def _words(value: object) -> str:
    given = value.values() if isinstance(value, dict) else [value]
    return ", ".join(str(each) for each in given if each not in (None, ""))


def _laid_out(rows: list[list[str]]) -> Iterator[str]:
    """A table that fits the terminal: the last column gives way, then the first."""
    texts = [*zip(*filter(any, zip(*rows, strict=True)), strict=True)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    room = max(NARROWEST, shutil.get_terminal_size().columns) - 2 * len(widths)
    for column in (-1, 0):
        most = max(8, room - sum(widths) + widths[column])
        widths[column] = min(widths[column], most)
    for row in texts:
        cells = [_cut(text, width) for text, width in zip(row, widths, strict=True)]
        yield f"  {'  '.join(cells)}".rstrip()


def _cut(text: str, width: int) -> str:
    return text.ljust(width) if len(text) <= width else f"{text[: width - 1]}…"
