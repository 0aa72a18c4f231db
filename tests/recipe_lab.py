"""Reads sheets written in tests by recipes written in tests, for a framework of Anytown."""

import csv
import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import anytown

from saferplymouth import framework
from saferplymouth.framework import Framework
from saferplymouth.sources import recipes
from saferplymouth.sources.recipes import Recipe, Taken
from saferplymouth.sources.sheets import Sheet

SEX = """[indicators.{key}.breakdowns.sex]
name = "Sex"
adds_up = true
groups = {{ female = "Female", male = "Male" }}
[indicators.{key}.breakdowns.age]
name = "Age"
adds_up = true
groups = {{ young = "Under 18", old = "18 or over" }}"""
ENTRIES = (  # key, name, frequency, unit, breakdowns
    ("burglary", "Burglary", "month", "count", ""),
    ("hate_crime", "Hate crime", "month", "count", SEX),
    ("referrals", "Referrals to the service", "quarter", "count", ""),
    ("satisfaction", "Victim satisfaction", "month", "percent", ""),
    ("losses", "Losses to fraud", "month", "pounds", ""),
    ("admissions", "Alcohol admissions", "year", "rate", ""),
)


@cache
def of_anytown() -> Framework:
    """The framework of Anytown with an indicator of each unit and a few of its frequencies."""
    text = anytown.FRAME
    for key, name, frequency, unit, breakdowns in ENTRIES:
        entry = anytown.INDICATOR.format(key=key, name=name, unit=unit, counted="things", more="")
        entry = entry.replace('"month"', f'"{frequency}"')
        entry = entry.replace("monitoring_only = false", "monitoring_only = true")
        text += entry + breakdowns.format(key=key) + "\n"
    return loaded(text)


def loaded(text: str) -> Framework:
    with TemporaryDirectory() as folder:
        path = Path(folder, "framework.toml")
        path.write_text(text, encoding="utf-8")
        return framework.load(path)


def recipe(text: str, own: Framework | None = None) -> Recipe:
    """A recipe; its name need not be written."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "own.toml")
        path.write_text('name = "Own"\n' + text, encoding="utf-8")
        return recipes.load(path, own or of_anytown())


def sheet(text: str | Iterable[list], name: str = "", visible: bool = True) -> Sheet:
    """A sheet from lines with `|` between cells, or from rows."""
    if isinstance(text, str):
        lines = csv.reader(io.StringIO(text.strip("\n")), delimiter="|")
        text = [[cell.strip() for cell in cells] for cells in lines]
    rows = [(number, cells) for number, cells in enumerate(text, start=1) if any(map(str, cells))]
    return Sheet(name, visible, rows)


def taken(text: str, *sheets: str | Sheet) -> Taken:
    """What a recipe takes from sheets, or texts of them."""
    read = [each if isinstance(each, Sheet) else sheet(each) for each in sheets]
    return recipes.take(read, "file.csv", recipe(text), of_anytown())


def figures(found: Taken) -> dict[tuple, float | str | None]:
    """The values, or statuses in their place, by indicator, period and group if any."""
    return {
        tuple(filter(None, (f.indicator, f.period, f.group))): f.status
        if f.value is None
        else f.value
        for f in found.figures
    }


def said(found: Taken) -> str:
    """All problems, a line each."""
    return "\n".join(map(str, found.problems))
