"""Recipes: how a sender's own file is read, one TOML file each in `recipes/`, checked whole when
loaded.

`recipe.schema.json` says what a recipe may contain, with a description of each key.
"""

import fnmatch
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from saferplymouth.errors import Mistake, cell_fault, known_keys, printable
from saferplymouth.framework import COUNT, POUNDS, RATE, Framework
from saferplymouth.framework.raw import FrameworkError, parsed, texts
from saferplymouth.sources.cells import reading
from saferplymouth.sources.problems import Problem

if TYPE_CHECKING:
    from jsonschema import ValidationError

SCHEMA = Path(__file__).with_name("recipe.schema.json")
FOLDER = "recipes"
KEY = "[a-z0-9][a-z0-9_-]{0,59}"
KEYS = "use small letters, digits, - and _"
ROLES = ("period", "indicator", "place", "group")
NUMBERS = ("value", "numerator", "denominator", "low", "high", "status")
STATUSES = {
    **{"hidden": "c", "missing": "x", "provisional": "p"},
    **{"revised": "r", "unreliable": "u", "zero": "0", "footnote": ""},
}
ROWS = "rows"  # as a value: each row of the table is one case
WHERE_WRONG = {
    "additionalProperties": lambda e: _unknown(e),
    "required": lambda e: f"{e.message.split()[0]} is missing; add it",
    "enum": lambda e: f"'{e.instance}' is not known; use {_either(e.validator_value)}",
    "maxItems": lambda e: f"has more than {e.validator_value}; keep to those that files have",
    "minItems": lambda e: "is empty; write at least one",
    "minLength": lambda e: "is empty; write it",
    "minProperties": lambda e: "is empty; write at least one",
}


class RecipeError(Mistake, ValueError):
    """Everything wrong with recipes, one line each; `problems` has the same as problems."""

    def __init__(self, lines: str, problems: Iterable[Problem] = ()):
        super().__init__(lines)
        self.problems = [*problems] or [Problem("", lines, "")]


@dataclass(frozen=True, eq=False)
class Part:
    """How one indicator is found: `labels` by the part of a sum (one part if it is no sum), texts
    that must stand elsewhere in `where`, and the sender's unit.
    """

    key: str
    labels: tuple[tuple[str, ...], ...] = ()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    agrees_with: tuple[str, ...] = ()
    value: str = ""
    times: float = 0  # 0 where the recipe does not say
    per: int = 0
    share: bool | None = None


@dataclass(frozen=True)
class Table:
    """A table of a sender's file: where it stands, which texts say what its figures are, and what
    is taken from it. A source of text is the name of a column, or one that `blocks` knows.
    """

    header: tuple[str, ...]
    sheet: tuple[str, ...]
    above: int
    below: int
    fill: tuple[str, ...]
    ends: tuple[str, ...]
    roles: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, str]
    indicators: tuple[Part, ...]
    groups: Mapping[tuple[str, str], tuple[str, ...]]
    whole: tuple[str, ...]
    whole_is_sum_of: str
    add_up: tuple[str, ...]
    places: tuple[str, ...]
    filters: Mapping[str, tuple[str, ...]]
    without: Mapping[str, tuple[str, ...]]
    periods: Mapping[str, str]


@dataclass(frozen=True)
class Recipe:
    """How the files of one kind are read. `files` are patterns of their names; `marks` maps a
    sender's sign to a status, or to "0".
    """

    key: str
    name: str
    files: tuple[str, ...]
    tables: tuple[Table, ...]
    marks: Mapping[str, str]

    def is_for(self, name: str) -> bool:
        """Whether it says that it is for files with this name; capitals make no difference."""
        return any(fnmatch.fnmatchcase(name.casefold(), each.casefold()) for each in self.files)


def json_schema() -> dict:
    """The JSON Schema of a recipe."""
    return json.loads(SCHEMA.read_text(encoding="utf-8"))


def load_all(
    root: Path, framework: Framework, broken: list[Problem] | None = None
) -> dict[str, Recipe]:
    """Every recipe of a project by its file's name. `RecipeError` lists all mistakes in all, unless
    they are to be added to `broken`.
    """
    recipes, mistakes, problems = {}, [], []
    for path in sorted((root / FOLDER).glob("*.toml")):
        try:
            recipes[path.stem] = load(path, framework)
        except RecipeError as error:
            mistakes.append(str(error))
            problems += error.problems
    if mistakes and broken is None:
        raise RecipeError("\n".join(mistakes), problems)
    if broken is not None:
        broken += problems
    return recipes


def digest(root: Path) -> str:
    """SHA-256 of every recipe of a project."""
    every = [(path.name, path.read_bytes()) for path in sorted((root / FOLDER).glob("*.toml"))]
    return hashlib.sha256(repr(every).encode()).hexdigest()


def load(path: Path, framework: Framework) -> Recipe:
    """The recipe in `path`; `RecipeError` lists every mistake with its key and cure."""
    try:
        raw = parsed(path)
    except FrameworkError as error:
        mistake = str(error).replace("docs/framework.md", "docs/recipes.md")
        raise RecipeError(f"{FOLDER}/{mistake}") from None
    except RecursionError:
        raise RecipeError(f"{FOLDER}/{path.name}: is nested too deeply; write it flat") from None
    mistakes = [*_mistakes(raw, framework)]
    if mistakes:
        file = f"{FOLDER}/{path.name}"
        lines = [printable(f"{file}: {place}: {what}") for place, what in mistakes]
        problems = [Problem(file, what, "", column=place) for place, what in mistakes]
        raise RecipeError("\n".join(lines), problems)
    tables = tuple(table_of(entry, raw, framework) for entry in raw["table"])
    signs = raw.get("marks", {}).items()
    marks = {sign.lower(): STATUSES[kind] for kind, each in signs for sign in each}
    return Recipe(path.stem, raw["name"], as_texts(raw.get("files", ())), tables, marks)


def _mistakes(raw: dict, framework: Framework) -> Iterator[tuple[str, str]]:
    for place, text in texts(raw):
        if text.startswith(("=", "@")) and (fault := cell_fault(text)):
            yield place, f"'{text[:40]}' {'; '.join(fault)}"
    from jsonschema import Draft202012Validator  # takes a second to load

    found = [*Draft202012Validator(json_schema()).iter_errors(raw)]
    for error in found:
        by_use = sorted(
            error.context, key=lambda e: (e.validator in ("type", "anyOf"), -len(e.path))
        )
        inner = by_use[0] if by_use else error
        place = ".".join(str(p + 1 if isinstance(p, int) else p) for p in error.absolute_path)
        what = WHERE_WRONG[inner.validator](inner) if inner.validator in WHERE_WRONG else ""
        yield place or "the recipe", what or f"{_article(error)}; correct it"
    if not found:
        yield from _unclear_marks(raw.get("marks", {}))
        for number, table in enumerate(raw["table"], start=1):
            for place, what in _unfit(raw | table, framework):
                yield f"table {number}, {place}", what


def _unclear_marks(marks: dict) -> Iterator[tuple[str, str]]:
    """Signs that say two things, or that are numbers."""
    said: dict[str, str] = {}
    for kind, signs in marks.items():
        for sign in signs:
            if (other := said.setdefault(sign.lower(), kind)) != kind:
                yield f"marks.{kind}", f"'{sign}' is in {other} too; keep it in one"
            if (read := reading(sign, {})) and read.number is not None:
                yield f"marks.{kind}", f"'{sign}' is a number; leave its rows out with without"


def _unfit(table: dict, framework: Framework) -> Iterator[tuple[str, str]]:
    """What in a table the framework does not have, and what has to come together."""
    wanted = table.get("indicators", {})
    if not wanted:
        yield "indicators", "is missing; name at least one indicator of the framework"
    for key in wanted:
        indicator = framework.indicators.get(key)
        if indicator is None:
            yield (
                f"indicators.{key}",
                f"is not an indicator; {known_keys(key, framework.indicators)}",
            )
        elif indicator.worked_out:
            yield f"indicators.{key}", "is worked out from the street files; remove the line"
        elif indicator.unit not in (COUNT, POUNDS) and {"add_up", "whole_is_sum_of"} & {*table}:
            yield f"indicators.{key}", "is no count, so rows of it cannot be added up; use sum"
        elif indicator.unit == RATE and not _settings(wanted[key]).get("per"):
            yield f"indicators.{key}", "is a rate; add per, such as per = 100000"
    known = {
        b.key: b
        for key in wanted
        if key in framework.indicators
        for b in framework.indicators[key].breakdowns.values()
    }
    for name, groups in table.get("groups", {}).items():
        if name not in known:
            yield f"groups.{name}", f"is not a breakdown of these; {known_keys(name, known)}"
            continue
        for group in groups:
            if group not in known[name].groups:
                cure = known_keys(group, known[name].groups)
                yield f"groups.{name}.{group}", f"is not a group of {name}; {cure}"
    if table.get("groups") and "group" not in table:
        yield "group", 'is missing; say where the groups stand, such as group = "Sex"'
    if len(wanted) > 1 and "indicator" not in table:
        bare = [key for key, entry in wanted.items() if not _settings(entry).get("where")]
        bare = [key for key in bare if not _settings(wanted[key]).get("value")]
        if bare:
            yield "indicator", f"is missing; say where the name of {bare[0]} stands"
    sources = [source for role in ROLES for source in as_texts(table.get(role))]
    sources += [*table.get("filters", ()), *table.get("without", ())]
    headed = any(source.startswith("heading") for source in sources)
    valued = "value" in table or all(_settings(e).get("value") for e in wanted.values())
    shared = "numerator" in table and "denominator" in table
    if not headed and not valued and not shared:
        yield "value", "is missing; name the column of the figures"


def table_of(entry: dict, raw: dict, framework: Framework) -> Table:
    both = raw | entry
    groups = both.get("groups", {})
    return Table(
        as_texts(entry["header"]),
        as_texts(both.get("sheet")),
        entry.get("above", 0),
        entry.get("below", 0),
        as_texts(entry.get("fill")),
        as_texts(both.get("ends")),
        {role: as_texts(both[role]) for role in ROLES if role in both},
        {name: both[name] for name in NUMBERS if name in both},
        tuple(_part(key, _settings(entry)) for key, entry in both["indicators"].items()),
        {(name, g): as_texts(label) for name, each in groups.items() for g, label in each.items()},
        as_texts(both.get("whole")),
        both.get("whole_is_sum_of", ""),
        as_texts(both.get("add_up")),
        as_texts(both.get("places", framework.partnership.area)),
        {source: as_texts(labels) for source, labels in both.get("filters", {}).items()},
        {source: as_texts(labels) for source, labels in both.get("without", {}).items()},
        both.get("periods", {}),
    )


def _part(key: str, settings: dict) -> Part:
    labels = [as_texts(part) for part in settings.get("sum", ())] or [
        as_texts(settings.get("label"))
    ]
    where = {source: as_texts(label) for source, label in settings.get("where", {}).items()}
    own = {name: settings[name] for name in ("value", "times", "per", "share") if name in settings}
    agrees = as_texts(settings.get("agrees_with"))
    return Part(key, tuple(filter(None, labels)), where, agrees, **own)


def _settings(entry: object) -> dict:
    return entry if isinstance(entry, dict) else {"label": entry}


def as_texts(value: object) -> tuple[str, ...]:
    """A text, several or none, as a recipe may write them, as several."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _unknown(error: "ValidationError") -> str:
    known = error.schema.get("properties", {})
    wrong = [key for key in error.instance if key not in known]
    return "; ".join(f"{key} is not known, {known_keys(key, known)}" for key in wrong)


def _article(error: "ValidationError") -> str:
    kinds = {"string": "a text in quotes", "object": "a section", "array": "a list of texts"}
    kinds |= {"integer": "a whole number", "number": "a number", "boolean": "true or false"}
    schemas = error.schema.get("anyOf", [error.schema])
    wanted = [kinds[each["type"]] for each in schemas if each.get("type") in kinds]
    return f"must be {_either(wanted)}" if wanted else error.message


def _either(options: list) -> str:
    return " or ".join(map(str, options))
