"""The JSON Schema (2020-12) of `framework.toml`, for editors and other programs.

It gives the allowed values of each key. It does not cover how keys depend on each other, such as an
indicator's area being one of the areas; `reader` checks that. Descriptions come from the tables of
docs/framework.md.
"""

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import get_args, get_origin

from saferplymouth.errors import FORMULA
from saferplymouth.framework import looks
from saferplymouth.framework.reader import ADDRESSES, COLUMNS, FEWEST, FILLED, MOST
from saferplymouth.framework.values import (
    AIMS,
    BASES,
    COMPLIANCE,
    DERIVED,
    EVERY,
    GAP,
    KEY,
    KINDS_OF_GAP,
    MONTHS,
    RESIDENTS,
    TAKEN,
    UNITS,
    Framework,
)
from saferplymouth.periods import FREQUENCIES, MONTH

DOCUMENT = Path(__file__).parents[3] / "docs/framework.md"
ROW = re.compile(r"\| `(?P<key>[^`]+)` \| (?P<purpose>.+?) \| (?P<allowed>.+?) \|")
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT = {"type": "string", "pattern": rf"^\s*[^\s{re.escape(''.join(FORMULA))}]"}
A_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
DAY = {"pattern": f"^{A_DAY}$"}
NUMBER, ABOVE_0 = {"type": "number"}, {"exclusiveMinimum": 0}
LEVEL = NUMBER | {"minimum": 0}
LEVELS = {"anyOf": [LEVEL, {"type": "array", "items": LEVEL}]}
BY_TYPE = {
    str: TEXT,
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: NUMBER,
    tuple[str, ...]: {"type": "array", "items": TEXT},
    tuple[float, ...]: {"type": "array", "items": NUMBER},
}
OPTIONAL = ("street", "street.force", "street.districts")  # the partnership's own by default
NO_KEYS = {
    "populations": (RESIDENTS,),
    "matrix.dimensions": COLUMNS,
}  # in addition to the keys taken


def _lines(key: str, value: dict, fewest: int = 0) -> dict:
    """A section of so many lines or more, each with a key of this pattern and such a value."""
    section = {"type": "object", "patternProperties": {f"^(?:{key})$": value}}
    return section | {"additionalProperties": False, "minProperties": fewest}


SIZE = {"minimum": FEWEST, "maximum": MOST}
PEOPLE = _lines("[0-9]{4}", {"type": "integer"} | ABOVE_0, 1)
RULES = {
    "partnership.financial_year_starts": {"enum": MONTHS},
    "partnership.small_base": {"minimum": 0},
    "partnership.population": PEOPLE,
    "partnership.logo": {"pattern": r"^[^/\\]+\.(?:svg|png)$"},
    "partnership.colour": {"pattern": f"^{looks.HEX}$"},
    "partnership.font": {"pattern": rf"^{looks.FONT}$"},
    "agencies": _lines(KEY, TEXT, 1),
    "populations.KEY.people": PEOPLE,
    "indicators.KEY.aim": {"enum": [*AIMS]},
    "indicators.KEY.frequency": {"enum": [*FREQUENCIES]},
    "indicators.KEY.every": {"enum": sorted({each for ways in EVERY.values() for each in ways})},
    "indicators.KEY.unit": {"enum": [*UNITS]},
    "indicators.KEY.per": {"enum": [*BASES]},
    "indicators.KEY.worked_out": {"enum": [GAP]},
    "indicators.KEY.target": _lines("(?:199|20[0-9])[0-9](?:/[0-9]{2})?", LEVELS),
    "indicators.KEY.new_baseline": _lines(MONTH.pattern, TEXT),
    "indicators.KEY.exclude": _lines(rf"{MONTH.pattern}(\.\.{MONTH.pattern})?", TEXT),
    "indicators.KEY.agency_until": _lines(MONTH.pattern, TEXT),
    "indicators.KEY.breakdowns.KEY.groups": _lines(f"(?!total$){KEY}", TEXT, 2),
    "disclosure.most": SIZE,
    "disclosure.agencies.KEY.most": SIZE,
    "disclosure.round_to": SIZE | {"minimum": 1},
    "disclosure.agencies.KEY.round_to": SIZE | {"minimum": 1},
    "meetings": _lines(A_DAY, TEXT),
    "matrix.confidence": _lines(".*", LEVEL, 1),
    "matrix.weights_vary": {"minimum": 0, "maximum": 1},
    "matrix.dimensions.KEY.weight": ABOVE_0,
    "matrix.dimensions.KEY.scale": {"minItems": 2, "uniqueItems": True},
    "matrix.dimensions.KEY.bands": {"items": NUMBER | ABOVE_0},
    "accessibility.status": {"enum": [*COMPLIANCE]},
    "accessibility.gaps.KEY.kind": {"enum": [*KINDS_OF_GAP]},
    **{f"accessibility.{key}": {"pattern": f"^{words}$"} for key, words in ADDRESSES.items()},
    **{f"accessibility.{key}": DAY for key in ("prepared", "reviewed", "tested")},
}


def json_schema() -> dict:
    """The JSON Schema; without descriptions if docs/framework.md is not available."""
    return {"$schema": DIALECT, "title": "framework.toml"} | _entry(Framework, "", _purposes())


def _entry(kind: type, place: str, purposes: Mapping[str, str]) -> dict:
    """The schema of a section, from the fields of its class, as `reader` builds it."""
    own = [f for f in fields(kind) if f.name not in DERIVED]
    keys = {f"{place}.{f.name}".lstrip("."): f for f in own}
    required = [
        f.name
        for at, f in keys.items()
        if f.default is MISSING and f.default_factory is MISSING and at not in OPTIONAL
    ]
    return {
        "type": "object",
        "properties": {f.name: _value(f.type, at, purposes) for at, f in keys.items()},
        "required": required,
        "additionalProperties": False,
    }


def _value(kind: object, place: str, purposes: Mapping[str, str]) -> dict:
    below = next(filter(is_dataclass, (kind, *get_args(kind))), None)
    if get_origin(kind) is Mapping and below:
        taken = "|".join((*TAKEN, *NO_KEYS.get(place, ())))
        entry = _value(below, f"{place}.KEY", purposes)
        value = _lines(f"(?=[a-z])(?!(?:{taken})$){KEY}", entry, int(place in FILLED))
    elif below:
        value = _entry(below, place, purposes)
    else:
        value = BY_TYPE.get(kind, {"type": "object"}) | RULES.get(place, {})
    purpose = purposes.get(place) or purposes.get(f"{place}.KEY")
    return {"description": purpose} | value if purpose else value


def _purposes() -> dict[str, str]:
    """The description of each section and key, with its allowed values: the rows of the document's
    tables.
    """
    purposes, heading = {}, ""
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines() if DOCUMENT.is_file() else ()
    for line in lines:
        if line.startswith("#"):
            heading = line.strip("#` []")
        elif row := ROW.match(line):
            section = row["key"].startswith("[")
            place = row["key"].strip("[]") if section else f"{heading}.{row['key']}"
            allowed = "" if section else f": {row['allowed']}"
            purposes[place] = row["purpose"] + allowed
    return purposes
