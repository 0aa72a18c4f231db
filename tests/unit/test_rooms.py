"""The package as the README maps it: every room is there, and knows only those above it."""

import ast
import re
from pathlib import Path

import pytest
from projects import ROOT

PACKAGE = ROOT / "lib/saferplymouth"
MAP = (
    (ROOT / "README.md")
    .read_text(encoding="utf-8")
    .partition("each knowing only those above it:")[2]
)
ROOMS = [
    name
    for row in re.findall(r"^\| (`[^|]+`) \|", MAP.partition("\n## ")[0], re.MULTILINE)
    for name in row.split(", ")
]
ORDER = [name.strip("`").removesuffix(".py").removesuffix("/") for name in ROOMS]


def imported(path: Path) -> set[str]:
    """The rooms that a file imports from, anywhere in it."""
    froms = [
        n
        for n in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(n, ast.ImportFrom)
    ]
    whole = [
        f"{n.module}.{name.name}"
        for n in froms
        for name in n.names
        if n.module.split(".")[0] == PACKAGE.name
    ]
    return {name.split(".")[1] for name in whole}


def test_the_map_has_every_room_once():
    there = {p.stem for p in PACKAGE.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}
    assert sorted(ORDER) == sorted(there - {"__init__", "__main__"})


@pytest.mark.parametrize("room", ORDER)
def test_a_room_knows_only_those_above_it(room):
    files = (
        [PACKAGE / f"{room}.py"]
        if (PACKAGE / f"{room}.py").exists()
        else sorted((PACKAGE / room).rglob("*.py"))
    )
    allowed = set(ORDER[: ORDER.index(room) + 1])
    assert {path.name: imported(path) - allowed for path in files if imported(path) - allowed} == {}
