"""The JSON schema of `framework.toml`: what it takes, what it refuses, and that it says why."""

import json
import re
import tomllib
from collections.abc import Iterator

import jsonschema
import pytest
import tiny
from projects import ROOT
from test_framework import ACCESSIBLE, EXETER

from saferplymouth.framework import schema

SCHEMA = schema.json_schema()
MATRIX = """
[matrix]
weights_vary = 0.25
[matrix.confidence]
high = 0.25
[matrix.dimensions.harm]
name = "Harm"
weight = 0.4
scale = ["slight", "severe"]
bands = [1]
"""
LOCKDOWN = EXETER.replace(
    "why =", 'exclude = { "2020-01" = "flood", "2020-04..2020-06" = "x" }\nwhy ='
)
WRONG = {
    "no section": (r"\[agencies\]\n.*\n", "", "", "agencies"),
    "an unknown section": (r"\[agencies\]", "[places]\n[agencies]", "", "places"),
    "a missing key": ("force = .*", "", "partnership", "force"),
    "an unknown key": ("licence = .*", r'\g<0>\nlicense = "x"', "partnership", "license"),
    "an empty text": ('licence = "Open"', 'licence = " "', "partnership.licence", "' '"),
    "a formula": ('licence = "Open"', 'licence = "=A1"', "partnership.licence", "=A1"),
    "a month that is none": ('"April"', '"april"', "partnership.financial_year_starts", "april"),
    "text for a number": ("small_base = 50", 'small_base = "50"', "partnership.small_base", "50"),
    "too small a number": ("small_base = 50", "small_base = -1", "partnership.small_base", "-1"),
    "a year that is none": ("2016 = 127300", "16 = 127300", "partnership.population", "16"),
    "nobody": ("2016 = 127300", "2016 = 0", "partnership.population.2016", "0"),
    "a key with a capital": (r"\[areas.burglary\]", "[areas.Burglary]", "areas", "Burglary"),
    "a key that is taken": (r"\[areas.burglary\]", "[areas.duties]", "areas", "duties"),
    "an aim": ('aim = "reduce"', 'aim = "less"', "indicators.dwelling_burglary.aim", "less"),
    "a unit": ('unit = "count"', 'unit = "number"', "indicators.dwelling_burglary.unit", "number"),
    "a frequency": ('"month"', '"week"', "indicators.dwelling_burglary.frequency", "week"),
    "a base": ('aim = "', r'per = 100\n\g<0>', "indicators.dwelling_burglary.per", "100"),
    "a word for yes": ("sensitive = false", 'sensitive = "no"', "indicators.dwelling_burglary.sensitive", "no"),
    "a spring left out": ("why =", 'exclude = { "spring" = "lockdown" }\n\\g<0>', "indicators.dwelling_burglary.exclude", "spring"),
    "a weight of nothing": ("weight = 0.4", "weight = 0", "matrix.dimensions.harm.weight", "0"),
    "a scale of one word": (', "severe"', "", "matrix.dimensions.harm.scale", "slight"),
    "a status": ('"partially"', '"partly"', "accessibility.status", "partly"),
    "a day that is none": ('prepared = "2026-11-30"', 'prepared = "November"', "accessibility.prepared", "November"),
    "a form that is no page": ('tested_how = ', r'form = "http:x"\n\g<0>', "accessibility.form", "http:x"),
    "a kind of gap": ('"out of scope"', '"dear"', "accessibility.gaps.maps.kind", "dear"),
    "a rule that hides one count": (r"\[agencies\]", "[disclosure]\nmost = 1\n[agencies]", "disclosure.most", "1"),
    "a meeting on no day": (r"\[agencies\]", '[meetings]\n"January" = "x"\n[agencies]', "meetings", "January"),
    "a dimension named as a column": ("dimensions.harm", "dimensions.year", "matrix.dimensions", "year"),
}  # fmt: skip


def faults(text: str) -> list[tuple[str, str]]:
    """Where the schema refuses a framework, and its message."""
    found = jsonschema.Draft202012Validator(SCHEMA).iter_errors(tomllib.loads(text))
    return [(".".join(map(str, fault.absolute_path)), fault.message) for fault in found]


def properties(part: dict, place: str = "") -> Iterator[tuple[str, dict]]:
    """Every key of the schema with its place."""
    for name, value in part.get("properties", {}).items():
        yield f"{place}{name}", value
        yield from properties(value, f"{place}{name}.")
    for value in part.get("patternProperties", {}).values():
        yield from properties(value, f"{place}KEY.")


def test_the_command_prints_it_and_nothing_else_anywhere(tmp_path):
    done = tiny.told(tmp_path, "schema")
    assert (done.returncode, done.stderr, json.loads(done.stdout)) == (0, "", SCHEMA)


def test_it_is_a_schema_of_2020_12():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "text",
    [
        (ROOT / "framework.toml").read_text(encoding="utf-8"),
        EXETER,
        EXETER + MATRIX + ACCESSIBLE,
        LOCKDOWN,
    ],
)
def test_it_takes_what_the_reader_takes(text, tmp_path):
    assert faults(text) == []


@pytest.mark.parametrize(("old", "new", "place", "word"), WRONG.values(), ids=WRONG)
def test_it_refuses_each_mistake_at_its_key(old, new, place, word):
    text, count = re.subn(old, new, EXETER + MATRIX + ACCESSIBLE, count=1)
    [(at, message)] = faults(text)
    assert (count, at) == (1, place)
    assert word in message


def test_every_key_says_what_it_is_for():
    keys = dict(properties(SCHEMA))
    assert [key for key, value in keys.items() if not value.get("description")] == []
    assert keys["indicators.KEY.aim"]["description"].startswith("the direction wanted: `reduce`, ")
    assert keys["street"]["description"] == "how street-level crime files are read"


def test_without_the_document_it_is_the_same_but_for_what_keys_are_for(monkeypatch, tmp_path):
    monkeypatch.setattr(schema, "DOCUMENT", tmp_path / "framework.md")
    bare = schema.json_schema()
    assert [key for key, value in properties(bare) if "description" in value] == []
    assert dict(properties(bare)).keys() == dict(properties(SCHEMA)).keys()
