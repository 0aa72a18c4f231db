"""Begins another partnership: a folder with its framework to fill in, notebooks and first drop."""

import os
import re
import sys
from contextlib import suppress
from pathlib import Path

import pandas as pd

from saferplymouth.errors import Mistake
from saferplymouth.framework.values import TAKEN
from saferplymouth.periods import Calendar
from saferplymouth.scaffold.areas import entry, filled, notebook
from saferplymouth.sources.archives import FOLDERS
from saferplymouth.store.atomic import remove
from saferplymouth.store.edition_names import EditionName

SUITE = Path(__file__).parents[3]  # where the package is installed from
COPIED = ("GLOSSARY.md", ".gitignore", ".gitattributes")
MONTH = re.compile(rb'((?:month|(quarter)): str = \\")[^"\\]+')  # of a notebook as a file
FIRST = "burglary"  # the area to begin with


def begin(folder: Path, month: pd.Period) -> Path:
    """Begin a partnership in a new or empty `folder`, with `month` as its first drop; returns the
    folder.

    The notebooks are those of the suite's own folder that serve anyone, and one of an area. Raises
    `Mistake`; then nothing was written.
    """
    if not (SUITE / "notebooks/board_summary.ipynb").is_file():
        cure = "install the suite from its folder: pip install --editable FOLDER"
        raise Mistake(f"the notebooks to begin with are not installed; {cure}")
    place = folder.resolve()
    aside = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        _refuse(folder, place)
        for name, content in _files(month).items():
            (aside / name).parent.mkdir(parents=True, exist_ok=True)
            (aside / name).write_bytes(content)
        if place.is_dir():
            place.rmdir()  # Windows moves nothing over a folder
        aside.replace(place)
    except OSError as error:
        raise Mistake(f"{folder}: {error.strerror}") from None
    finally:
        with suppress(OSError):  # there may be none
            remove(aside)
    return place


def _refuse(folder: Path, place: Path) -> None:
    if not place.parent.is_dir():
        raise Mistake(f"{folder}: {place.parent} is not a folder; make it first")
    if place.exists() and not place.is_dir():
        raise Mistake(f"{folder} is a file; name a new folder")
    if place.is_dir() and any(place.iterdir()):
        raise Mistake(f"{folder} is not empty; name a new folder")
    if Path.cwd().is_relative_to(place):
        raise Mistake(f"{folder} is the folder you are in; name a new one")


def _files(month: pd.Period) -> dict[str, bytes]:
    """What the new folder has, by path within it."""
    calendar, drop = Calendar(4), f"data/raw/{month}"
    year = calendar.year(month)
    words = {"suite": str(SUITE), "bin": str(Path(sys.executable).parent), "month": str(month)}
    words |= {"population": str(year.start_time.year - 1), "meeting": f"{month + 2}-15"}
    files = {name: filled(f"project/{name}", words) for name in ("README.md", "Makefile")}
    files[f"{drop}/README.md"] = filled("project/drop.md", words)
    files |= {name: (SUITE / name).read_bytes() for name in COPIED}
    quarter = EditionName(month, calendar.of(month, "quarter")).name
    for key in TAKEN:
        path = SUITE / f"notebooks/{key}.ipynb"
        if path.is_file() and key != "tour":  # whose words are about one partnership's figures

            def given(found: re.Match) -> bytes:
                return found[1] + (quarter if found[2] else str(month)).encode()

            files[f"notebooks/{path.name}"] = MONTH.sub(given, path.read_bytes())
    files[f"notebooks/{FIRST}.ipynb"] = notebook(FIRST, FIRST.capitalize(), FIRST, month)
    empty = ["recipes", "outputs", "data/processed", *(f"{drop}/{name}" for name in FOLDERS)]
    files |= {f"{name}/.gitkeep": b"" for name in empty}
    files["framework.toml"] = filled("project/framework.toml", words)
    files["framework.toml"] += entry(FIRST, ["police"], calendar.label(year))
    return files
