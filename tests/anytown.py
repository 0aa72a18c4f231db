"""Anytown: a made-up city whose street files, look-up and framework tests of places share."""

import csv
import functools
import re
import zlib
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import tiny
from projects import ROOT, copy_project, share

from saferplymouth import DataQuality, Districts, Neighbourhoods, framework
from saferplymouth.store import local_crime
from saferplymouth.store.local_crime import LocalCrime

ASB, DRUGS, VIOLENCE = "Anti-social behaviour", "Drugs", "Violence and sexual offences"
NOVEMBER = pd.Period("2016-11", "M")
AREAS = {  # of Anytown: neighbourhood and ward
    "Anytown 001A": ("Old Quay", "Harbour"),
    "Anytown 001B": ("Old Quay", "Harbour"),
    "Anytown 002A": ("New Town", "Hill"),
    "Anytown 002B": ("New Town", "Hill"),
    "Anytown 002C": ("New Town", "Meadow"),
    "Anytown 003A": ("Mill End", "Meadow"),
    "Anytown 003B": ("Mill End", "Meadow"),
    "Anytown 003C": ("Mill End", "Meadow"),
    "Anytown 003D": ("Mill End", "Meadow"),
    "Anytown 003E": ("Mill End", "Meadow"),
}
FRAME = """[partnership]
name = "Safer Anytown"
area = "Anytown"
force = "Anyshire Constabulary"
financial_year_starts = "April"
contact = "Safer Anytown, Town Hall"
licence = "Open Government Licence v3.0."
small_base = 50
population_source = "Office for National Statistics"
[partnership.population]
2015 = 10000
2016 = 10000
[street]
priority_neighbourhoods = ["Old Quay"]
[agencies]
police = "Anyshire Constabulary"
[areas.overall_crime]
title = "Overall crime"
priority = "The broadest view."
"""
INDICATOR = """[indicators.{key}]
name = "{name}"
area = "overall_crime"
aim = "reduce"
monitoring_only = false
frequency = "month"
unit = "{unit}"
counted = "{counted}"
agency = "police"
sensitive = false
definition = "As it says."
why = "It matters."
{more}
"""
FRAME += INDICATOR.format(
    key="overall_crime",
    name="All crime",
    unit="count",
    counted="crimes",
    more='held_against = "all crime"',
)
FRAME += INDICATOR.format(
    key="incidents",
    name="Incidents",
    unit="count",
    counted="incidents",
    more='held_against = "Anti-social behaviour"',
)
FRAME += INDICATOR.format(
    key="crime_gap",
    name="Gap in crime",
    unit="rate",
    counted="residents by the gap",
    more='worked_out = "gap"',
)
HEADER = "Crime ID,Month,LSOA code,LSOA name,Crime type\n"
Rows = Iterable[
    tuple[str, str, int]
]  # name of the small area ("" without place), type and how many


def code(name: str) -> str:
    return f"E01{zlib.crc32(name.encode()) % 10**6:06d}" if name else ""


def street(month: str, rows: Rows, first: int = 0) -> str:
    """A street file in which every crime has an ID that no other month has; ids start at
    `first`.
    """
    lines, number = [HEADER], first
    for name, kind, count in rows:
        for _ in range(count):
            number += 1
            ident = (
                ""
                if kind == ASB
                else f"{zlib.crc32(month.encode()):08x}{number:08x}".ljust(64, "0")
            )
            lines.append(f"{ident},{month},{code(name)},{name},{kind}\n")
    return "".join(lines)


def look_up(areas: dict[str, tuple[str, str]] = AREAS, people: dict[str, int] | None = None) -> str:
    head = "LSOA21CD,LSOA21NM,MSOA21NM,MSOA21HCLNM,WD25NM" + (",people" if people else "")
    rows = [
        [code(name), name, name[:-1], *where, *([people[name]] if people else [])]
        for name, where in areas.items()
    ]
    return "\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n"


POPULATION = (
    "Name,Mid-2016,Mid-2015\nAnytown,10000,10000\nOthertown,8000,8000\nThirdtown,6000,6000\n"
)
EVERY = [(name, DRUGS, 3) for name in AREAS] + [(name, ASB, 2) for name in AREAS]
OLD_QUAY = [("Anytown 001A", DRUGS, 20), ("Anytown 001B", VIOLENCE, 10)]
ELSEWHERE = [
    ("Othertown 001A", DRUGS, 30),
    ("Thirdtown 001A", DRUGS, 25),
    ("Othertown 001A", ASB, 12),
]
NOWHERE = [("", DRUGS, 4)]
USUAL = [*EVERY, *OLD_QUAY, *ELSEWHERE, *NOWHERE]  # 60 crimes and 20 incidents in Anytown


def anytown(
    root: Path,
    months: dict[str, Rows],
    places: dict[str, str] | None = None,
    frame: str = FRAME,
    drops: dict[str, str] | None = None,
    force: str = "anyshire",
) -> Path:
    """A project of Anytown with a street file for each month, in its own drop or in that of
    `drops`, and a return that has one crime and one incident more.
    """
    notebooks(root, frame)
    for month, rows in months.items():
        rows, drop = list(rows), (drops or {}).get(month, month)
        tiny.put(root / f"data/raw/{drop}/{month}-{force}-street.csv", street(month, rows))
        mine = [(kind == ASB, count) for name, kind, count in rows if name.startswith("Anytown")]
        sent = {key: sum(n for asb, n in mine if asb == (key == "incidents")) + 1 for key in KEYS}
        figures = "".join(f"{key},{month},{count}\n" for key, count in sent.items())
        tiny.put(
            root / f"data/raw/{month}/returns/police.csv", f"indicator,period,value\n{figures}"
        )
    for name, content in (
        {"lookup.csv": look_up(), "population.csv": POPULATION} if places is None else places
    ).items():
        tiny.put(root / f"data/raw/{min(months)}/places/{name}", content)
    return root


KEYS = ("overall_crime", "incidents")


def notebooks(root: Path, frame: str = FRAME) -> Path:
    """A project with this framework, the notebooks of this one for all but its area, and nothing
    received.
    """
    tiny.put(root / "framework.toml", frame)
    for name in ("board_summary", "neighbourhoods", "districts", "data_quality"):
        tiny.put(root / f"notebooks/{name}.ipynb", (ROOT / f"notebooks/{name}.ipynb").read_bytes())
    return root


def gather(root: Path, month: str = "2016-11") -> LocalCrime:
    frame = framework.load(root / "framework.toml")
    return local_crime.gather(root, pd.Period(month, "M"), frame.street)


def text(shown: str) -> str:
    """What a reader sees: no tags, single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", shown).split())


PARTS = {
    Neighbourhoods: ("summary", "map", "standing", "gap", "deprivation", "changed", "source"),
    Districts: ("summary", "crime", "incidents", "types", "similar", "by_month", "source"),
    DataQuality: ("summary", "questions", "checks", "sources", "rows", "revisions", "source"),
}


def page(room: type, root: Path, month: str = "2016-11") -> str:
    """Every part of a page one after the other, as HTML, with its download at the end."""
    return whole(room(month, root))


def whole(shown: Neighbourhoods | Districts | DataQuality) -> str:
    parts = [getattr(shown, part)() for part in PARTS[type(shown)]]
    return "".join(part.html for part in parts) + "".join(part.csv for part in parts)


def asked(root: Path, month: str) -> str:
    return text(DataQuality(month, root).questions().html)


@functools.cache
def real_project(base: Path) -> Path:
    """This project with its eleven months of street files; tests that share it only read it."""
    return share(copy_project(base / "eleven months", street=True))


@functools.cache
def real_room(room: type, base: Path):
    """A page of the eleven months, its parts still to be asked for."""
    return room("2016-11", real_project(base))


@functools.cache
def real_page(room: type, base: Path) -> str:
    return whole(real_room(room, base))


@functools.cache
def real_rows() -> list[dict[str, str]]:
    """Every row of the eleven months that counts, as the standard library reads it: each Crime ID
    once.
    """
    met, rows = set(), []
    for path in sorted((ROOT / "data/raw").glob("*/*-street.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                if not row["Crime ID"] or row["Crime ID"] not in met:
                    met.add(row["Crime ID"])
                    row["district"] = row["LSOA name"].rpartition(" ")[0]
                    rows.append(
                        {
                            k: row[k]
                            for k in ("Month", "LSOA code", "LSOA name", "district", "Crime type")
                        }
                    )
    return rows


@functools.cache
def built_anytown(base: Path) -> Path:
    """The edition of November 2016 of Anytown, built by the command from the notebooks of this
    project.
    """
    months = {str(month): USUAL for month in pd.period_range("2016-04", "2016-11", freq="M")}
    root = anytown(base / "anytown", months)
    opening = (
        "from saferplymouth import Report\nreport = Report('overall_crime', "
        "month)\nreport.summary()"
    )
    shown = [f"report['{key}'].show()" for key in (*KEYS, "crime_gap")]
    tiny.put(
        root / "notebooks/overall_crime.ipynb", tiny.notebook(tiny.PARAMETERS, opening, *shown)
    )
    done = tiny.told(root, "run", "2016-11")
    assert done.returncode == 0, done.stdout + done.stderr
    return root / "outputs/2016-11"
