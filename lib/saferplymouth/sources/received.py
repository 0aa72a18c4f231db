"""Reads files as their senders made them: `received/` of a drop, or any file given to `read`.

Each is read by the recipe that fits it. An original that was erased is listed in `erased.csv`, and
the figures taken from it are in a table beside it.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from saferplymouth.errors import file_name_fault, known_keys
from saferplymouth.framework import Framework, Indicator
from saferplymouth.periods import NotAPeriod, words
from saferplymouth.sources import geography, recipes, returns
from saferplymouth.sources.problems import Problem, located
from saferplymouth.sources.recipes import Figure, PassedOver, Recipe, Taken
from saferplymouth.sources.return_tables import is_return
from saferplymouth.sources.returns import OLDEST, Row
from saferplymouth.sources.sheets import Sheet, Unreadable, sheets

FOLDER = "received"
ERASED = "erased.csv"
KEPT = ".figures.csv"  # after the name of an original
LEDGER = ["name", "sha256", "erased", "figures", "reason"]
FIGURES = ["indicator", "period", "breakdown", "group", "value", "numerator", "denominator"]
FIGURES += ["low", "high", "status", "source", "note", "taken_from"]
CELL = r"[A-Z]{1,3}[0-9]+"
SOURCE = re.compile(rf"(.+?)(?:, sheet '(.*)')?, ({CELL}(?:, {CELL})*)")
TIDY = "a return"
PLACES = "geography"
WHEN_ERASED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Origin:
    """Where a figure stands: its file (a path in the drop), its sheet and its cell, if known."""

    file: str
    sheet: str = ""
    cell: str = ""

    @property
    def name(self) -> str:
        """The file's name, with the sheet."""
        sheet = f", sheet '{self.sheet}'" if self.sheet else ""
        return f"{self.file.rpartition('/')[2]}{sheet}"

    @property
    def in_cell(self) -> str:
        """Where in the sheet, in words to add to its name; empty if it is not known."""
        return f", {'cells' if ',' in self.cell else 'cell'} {self.cell}" if self.cell else ""


@dataclass
class ReadFile:
    """What a file gave. `by` is the recipe's key, `TIDY`, `PLACES`, or empty if nothing fits it."""

    by: str = ""
    rows: list[Row] = field(default_factory=list)
    places: list = field(default_factory=list)
    passed_over: list[PassedOver] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)


@dataclass(frozen=True)
class Erased:
    """An original that was removed: its name, SHA-256, the day, and how many figures it gave."""

    name: str
    sha256: str
    day: str
    figures: int
    reason: str


def origin(source: str) -> Origin:
    """The parts of a `Row.source`."""
    found = SOURCE.fullmatch(source)
    return Origin(found[1], found[2] or "", found[3]) if found else Origin(source)


def read_file(
    path: Path,
    source: str,
    month: pd.Period,
    framework: Framework,
    known: Mapping[str, Recipe],
    wanted: Recipe | None = None,
    hint: str = "",
) -> ReadFile:
    """What the file at `path` gives, with its problems; nothing is written.

    `source` is its path in the drop of `month`, `wanted` the recipe to read it by if it is not to
    be chosen, and `hint` how the command line names the file.
    """
    found = ReadFile()
    name, learn = path.name, f'saferplymouth learn "{hint or path}"'

    def problem(mistake: str, cure: str, row: int | None = None) -> ReadFile:
        found.problems.append(Problem(source, mistake, cure, row))
        return found

    if fault := file_name_fault(name) or _ambiguous(name):
        return problem(*fault)
    if not path.exists():
        return problem("is not there", "correct the name")
    if path.is_dir():
        return problem("is a folder", "move its files out of it")
    if name.lower().endswith("-street.csv"):
        return problem("is a street file", "put it in the top folder of its drop")
    try:
        found.sheets = sheets(path)
    except Unreadable as error:
        if places := geography.listed(path, framework, found.problems):
            found.by, found.places = PLACES, places
            return found
        return problem(error.mistake, error.cure, error.row)
    fitting = _read_by(found.sheets, source, framework, known, wanted)
    if len(fitting) > 1:
        keys = " and ".join(recipe.key for recipe, _ in fitting)
        cure = "write in their files which names each is for, or choose one with --recipe"
        return problem(f"the recipes {keys} all fit", cure)
    if fitting:
        recipe, taken = fitting[0]
        found.by, found.passed_over = recipe.key, taken.passed_over
        found.problems += taken.problems
        found.rows = [_row(figure, source) for figure in _in_order(taken.figures, found.sheets)]
        found.problems += _out_of_time(found.rows, month, framework)
        if not found.rows and not found.problems:
            problem(f"gives no figures by the recipe {found.by}", "correct the recipe")
        return found
    if is_return(found.sheets):
        found.by = TIDY
        found.rows = returns.read_returns(
            [path], month, framework, found.problems, source.removesuffix(name)
        )
        if not found.rows:
            problem("no recipe fits", learn)
        return found
    if places := geography.listed(path, framework, found.problems):
        found.by, found.places = PLACES, places
        return found
    return problem("no recipe fits", learn)


def read_received(
    files: list[Path],
    month: pd.Period,
    framework: Framework,
    known: Mapping[str, Recipe],
    problems: list[Problem],
) -> list[Row]:
    """The rows of all files in `received/` of the drop of `month`, and of the originals that were
    erased; mistakes are added to `problems`.
    """
    erased = read_ledger(files, problems)
    rows: list[Row] = []
    for path in originals(files, erased):
        source = f"{FOLDER}/{path.name}"
        if path.name in erased:
            rows += _kept(path, erased[path.name], month, framework, problems)
            continue
        hint = f"data/raw/{month}/{source}"
        found = read_file(path, source, month, framework, known, hint=hint)
        problems += found.problems
        rows += found.rows
        if found.places:
            cure = "move it to places/ of this drop"
            problems.append(Problem(source, "is geography, which is not read here", cure))
    return rows


def originals(files: list[Path], erased: Mapping[str, Erased]) -> list[Path]:
    """The paths of the originals in `received/` by name, also of those that were erased."""
    beside = {ERASED, "README.md", *(name + KEPT for name in erased)}
    there = {path.name: path for path in files if path.name not in beside}
    gone = {name: files[0].with_name(name) for name in erased}
    return [path for _, path in sorted((there | gone).items())]


def read_ledger(files: list[Path], problems: list[Problem]) -> dict[str, Erased]:
    """What `erased.csv` lists, by the name of each original."""
    ledger = next((path for path in files if path.name == ERASED), None)
    erased: dict[str, Erased] = {}
    for number, cells in _table(ledger, LEDGER, problems) if ledger else ():
        whole = cells["figures"].isdecimal() and WHEN_ERASED.fullmatch(cells["erased"])
        if not whole or not re.fullmatch("[0-9a-f]{64}", cells["sha256"]):
            cure = "restore the line as saferplymouth erase wrote it"
            problems.append(Problem(f"{FOLDER}/{ERASED}", "is not a line of it", cure, number))
            continue
        day, figures = cells["erased"], int(cells["figures"])
        erased[cells["name"]] = Erased(
            cells["name"], cells["sha256"], day, figures, cells["reason"]
        )
    return erased


def combined(returned: list[Row], received: list[Row], problems: list[Problem]) -> list[Row]:
    """The rows of a drop. Of a figure that came twice with the same value, the one received as its
    sender made it counts; with different values, it is a problem.
    """
    first: dict[tuple, Row] = {}
    for row in (*received, *returned):
        of = (row.indicator, row.period, row.breakdown, row.group)
        other = first.setdefault(of, row)
        if other.value == row.value:
            continue
        what = f"{' '.join(filter(None, (of[0], *of[2:])))} for {of[1]}"
        here = origin(row.source)
        mistake = f"{what} is {_number(row)} here, but {_number(other)} in {other.source}"
        cure = "ask which is right, and leave the other out of its recipe or return"
        at = {"sheet": here.sheet, "cell": here.cell}
        problems.append(Problem(here.file, mistake, cure, **at))
    kept = {id(row) for row in first.values()}
    return [row for row in (*returned, *received) if id(row) in kept]


def figures_table(rows: list[Row]) -> list[list[str]]:
    """The lines of the table that keeps the figures of an original, header first."""
    lines = [[getattr(row, name) for name in FIGURES] for row in rows]
    return [FIGURES, *([_cell(value) for value in line] for line in lines)]


def _cell(value: object) -> str:
    if value is None:
        return ""
    return repr(value) if isinstance(value, float) else str(value)


def _ambiguous(name: str) -> tuple[str, str] | None:
    """The mistake and cure for a name that would be taken for a sheet's or for kept figures."""
    cure = "rename it using plain letters"
    if name.endswith(KEPT):
        return "has the name of figures kept from an erased file", cure
    return ("has a name that is written like a sheet's", cure) if ", sheet '" in name else None


def _named(name: str, known: Mapping[str, Recipe]) -> list[Recipe]:
    """The recipes for files with this name."""
    return [recipe for recipe in known.values() if recipe.is_for(name)]


def _read_by(
    read: list[Sheet],
    source: str,
    framework: Framework,
    known: Mapping[str, Recipe],
    wanted: Recipe | None,
) -> list[tuple[Recipe, Taken]]:
    """What a file gives by the recipe wanted, the one for its name, or all whose tables it has."""
    named = [wanted] if wanted else _named(source.rpartition("/")[2], known)
    if len(named) == 1:
        return [(named[0], recipes.take(read, source, named[0], framework))]
    return [*_fitting(read, source, named or known.values(), framework)]


def _fitting(
    read: list[Sheet], source: str, candidates: Iterable[Recipe], framework: Framework
) -> Iterator[tuple[Recipe, Taken]]:
    """The recipes whose tables are all in a file and give figures, with what they give."""
    for recipe in candidates:
        if recipes.fits(read, source, recipe, framework):
            taken = recipes.take(read, source, recipe, framework)
            if taken.figures:
                yield recipe, taken


def _in_order(figures: list[Figure], read: list[Sheet]) -> list[Figure]:
    """Figures in the order of their first cells."""
    order = {sheet.name: place for place, sheet in enumerate(read)}

    def place(figure: Figure) -> tuple[int, int, int, str]:
        letters, row = re.match("([A-Z]+)([0-9]+)", figure.cell).groups()
        return order.get(figure.sheet, 0), int(row), len(letters), letters

    return sorted(figures, key=place)


def _row(figure: Figure, source: str) -> Row:
    return Row(
        figure.indicator,
        figure.period,
        figure.value,
        figure.numerator,
        figure.denominator,
        located(source, figure.sheet, figure.cell),
        "",
        figure.breakdown,
        figure.group,
        status=figure.status,
        low=figure.low,
        high=figure.high,
    )


def _out_of_time(rows: list[Row], month: pd.Period, framework: Framework) -> Iterator[Problem]:
    """The first of the figures that are for after the drop's month, and of those far before it."""
    late, old = [], []
    for row in rows:
        ends = _ends(row.period, framework.indicators[row.indicator], framework)
        late += [(row, ends)] if ends > month else []
        old += [(row, ends)] if (month - ends).n > 12 * OLDEST else []
    for found, what in ((late, f"after {words(month)}, the month of this drop"), (old, "")):
        if not found:
            continue
        row, ends = found[0]
        more = f" (and {len(found) - 1:,} more)" if len(found) > 1 else ""
        cure = "put the file in a later drop" if what else "leave those rows out in the recipe"
        what = what or f"over {OLDEST} years ago"
        at = origin(row.source)
        mistake = f"{words(ends)} is {what}{more}"
        yield Problem(at.file, mistake, cure, sheet=at.sheet, cell=at.cell)


def _ends(period: str, indicator: Indicator, framework: Framework) -> pd.Period:
    try:
        return framework.calendar.parse(period, indicator.frequency).asfreq("M", "end")
    except NotAPeriod:
        return framework.calendar.parse_to_date(period)


def _kept(
    original: Path, erased: Erased, month: pd.Period, framework: Framework, problems: list[Problem]
) -> list[Row]:
    """The figures of an original that was erased."""
    file, kept = f"{FOLDER}/{erased.name}", original.with_name(erased.name + KEPT)
    if original.exists():
        mistake = f"was erased on {erased.day}, but is here"
        problems.append(Problem(file, mistake, "erase it again, or give it another name"))
        return []
    if not erased.figures:
        return []
    if not kept.is_file():
        cure = f"restore the {erased.figures:,} figures kept of {erased.name}"
        problems.append(Problem(f"{file}{KEPT}", "is not there", cure))
        return []
    rows, before = [], len(problems)
    for number, cells in _table(kept, FIGURES, problems):
        if row := _kept_row(cells, file, framework):
            rows.append(row)
        else:
            cure = "restore the line, or the framework that it was kept under"
            problems.append(Problem(f"{file}{KEPT}", "is not a figure kept", cure, number))
    if len(rows) != erased.figures and len(problems) == before:
        mistake = f"has {len(rows):,} figures, but {ERASED} says {erased.figures:,}"
        problems.append(Problem(f"{file}{KEPT}", mistake, "restore the file"))
    problems += _out_of_time(rows, month, framework)
    return rows


def _kept_row(cells: dict[str, str], file: str, framework: Framework) -> Row | None:
    indicator = framework.indicators.get(cells["indicator"])
    if not indicator or indicator.worked_out or origin(cells["source"]).file != file:
        return None
    way = indicator.breakdowns.get(cells["breakdown"])
    if cells["group"] not in (way.groups if way else ("",)):
        return None
    try:
        _ends(cells["period"], indicator, framework)
        numbers = {n: float(cells[n]) if cells[n] else None for n in ("value", "low", "high")}
        counts = {n: int(cells[n]) if cells[n] else None for n in ("numerator", "denominator")}
    except (ValueError, NotAPeriod):
        return None
    return Row(**cells | numbers | counts)


def _table(
    path: Path, columns: list[str], problems: list[Problem]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a table that `erase` wrote, by number."""
    source = f"{FOLDER}/{path.name}"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = list(csv.reader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error):
        lines = []
    if not lines or lines[0] != columns:
        cure = "restore it as saferplymouth erase wrote it"
        problems.append(Problem(source, "is not the table it was", cure))
        return
    for number, cells in enumerate(lines[1:], start=2):
        if len(cells) == len(columns):
            yield number, dict(zip(columns, cells, strict=True))
        else:
            problems.append(Problem(source, "is not a line of it", "restore the line", number))


def _number(row: Row) -> str:
    return "not given" if row.value is None else f"{row.value:,g}"


def recipe(name: str, known: Mapping[str, Recipe]) -> Recipe:
    """The recipe with this name; `recipes.NoRecipe` names the nearest."""
    if name not in known:
        raise recipes.RecipeError(f"'{name}' is not a recipe; {known_keys(name, known)}")
    return known[name]
