"""The geography of a partnership: which neighbourhood and ward a small area lies in, boundaries,
and residents.

Files in `places/` of a drop, as the Office for National Statistics and others publish them; each
stands until a later drop brings another of the same name. A small area is an LSOA (lower layer
super output area), a neighbourhood an MSOA.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from saferplymouth.errors import known_keys, unfit
from saferplymouth.sources.boundaries import LSOA, WARD, Boundaries, boundaries, names
from saferplymouth.sources.problems import Problem, shown
from saferplymouth.sources.tables import (
    TooLarge,
    Unreadable,
    figure,
    read_table,
    spreadsheet_error,
    written,
)

SMALL_AREAS, WARDS, LOOKUP, POPULATION = PLACES = (
    "lsoa.geojson",
    "ward.geojson",
    "lookup.csv",
    "population.csv",
)
CODE = re.compile(r"[EWSN9][0-9A-Z]{7,8}")
COLUMNS = {  # of a look-up, by how the publishers name them in one vintage or another
    "lsoa": r"LSOA\d\dCD",
    "name": r"LSOA\d\dNM",
    "msoa": r"MSOA\d\dNM",
    "neighbourhood": r"MSOA_name_HoC|MSOA\d\dHCLNM",
    "ward": r"WD(\d\d)?NM",
    "people": r"people|population",
}
REQUIRED = ("lsoa", "name", "ward")
MID_YEAR = re.compile(r"Mid-(\d{4})")
LARGEST = 20_000_000
OWN = "keep the rows of its own small areas, or of its force's districts, and no others"


@dataclass(frozen=True)
class SmallArea:
    """One small area: its `name` ("Anytown 003A"), that of its `msoa` ("Anytown 003"), the
    `neighbourhood` as people name it, its `ward`, and its residents where the look-up counts
    them.
    """

    name: str
    msoa: str
    neighbourhood: str
    ward: str
    people: int | None


@dataclass(frozen=True)
class Geography:
    """The small areas by code, residents by district and calendar year, the boundaries of each file
    of them by code, the names of the wards drawn, and for each file the drop it came in.
    """

    areas: dict[str, SmallArea] = field(default_factory=dict)
    residents: dict[str, dict[str, int]] = field(default_factory=dict)
    boundaries: dict[str, Boundaries] = field(default_factory=dict)
    wards: dict[str, str] = field(default_factory=dict)
    received: dict[str, str] = field(default_factory=dict)


def read_places(files: dict[str, Path], drop: str, problems: list[Problem]) -> Geography:
    """The geography that `files` of one drop hold, by name; what cannot be used is added to
    `problems`.
    """
    areas, residents, drawn, wards = {}, {}, {}, {}
    for name, path in files.items():
        source = f"places/{name}"
        if name not in PLACES:
            problems.append(
                Problem(source, f"{shown(name)} is no file of places", known_keys(name, PLACES))
            )
        elif name in (SMALL_AREAS, WARDS):
            drawn[name], named = _boundaries(
                path, source, WARD if name == WARDS else LSOA, problems
            )
            wards = named if name == WARDS else wards
        else:
            header, body = _table(path, source, problems)
            if body and name == LOOKUP:
                areas = _lookup(header, body, source, problems)
            elif body:
                residents = _population(header, body, source, problems)
    return Geography(areas, residents, drawn, wards, dict.fromkeys(files, drop))


def joined(parts: list[Geography]) -> Geography:
    """The geography of several drops, oldest first: the latest of each file."""
    whole = Geography()
    for part in parts:
        whole = Geography(
            part.areas or whole.areas,
            part.residents or whole.residents,
            whole.boundaries | part.boundaries,
            part.wards or whole.wards,
            whole.received | part.received,
        )
    return whole


def _table(path: Path, source: str, problems: list[Problem]) -> tuple[list[str], list]:
    try:
        table = read_table(path)
    except TooLarge:
        problems.append(Problem(source, "is too large to be of one partnership", OWN))
        return [], []
    except Unreadable as error:
        problems.append(Problem(source, error.mistake, error.cure, row=error.row))
        return [], []
    return [written(cell) for cell in table.header], table.rows


def _lookup(
    header: list[str], body: list, source: str, problems: list[Problem]
) -> dict[str, SmallArea]:
    at = {}
    for column, pattern in COLUMNS.items():
        found = [n for n, name in enumerate(header) if re.fullmatch(pattern, name, re.IGNORECASE)]
        if found:
            at[column] = found[0]
    absent = [name for name in REQUIRED if name not in at]
    if absent:
        cure = (
            "send a look-up with the columns LSOA21CD, LSOA21NM, MSOA21NM, MSOA21HCLNM and "
            "WD25NM, of any year"
        )
        problems.append(Problem(source, f"has no column for {' or '.join(absent)}", cure, row=1))
        return {}
    areas: dict[str, SmallArea] = {}
    for number, cells in body:
        given = {name: _cell(cells, place) for name, place in at.items()}
        code, people = given["lsoa"], given.get("people", "")
        mistakes = _mistakes(given, people, areas)
        problems += [
            Problem(source, mistake, cure, number, header[at[column]])
            for column, mistake, cure in mistakes
        ]
        if not mistakes:
            msoa = given.get("msoa") or given["name"][:-1]
            known = given.get("neighbourhood") or msoa
            areas[code] = SmallArea(
                given["name"], msoa, known, given["ward"], _residents(people, 10**6)
            )
    partly = [area.name for area in areas.values() if area.people is None]
    if partly and len(partly) < len(areas):
        mistake = (
            f"{len(partly)} small areas have no number of residents, {shown(partly[0])} the first"
        )
        problems.append(Problem(source, mistake, "give every area's residents, or none"))
    return areas


def _mistakes(given: dict[str, str], people: str, areas: dict) -> list[tuple[str, str, str]]:
    code, found = given["lsoa"], []
    if not CODE.fullmatch(code):
        found.append(("lsoa", f"{shown(code)} is no code of a small area", "write it as E01015023"))
    elif code in areas:
        found.append(("lsoa", f"{code} is here twice", "keep one of the rows"))
    for column in ("name", "ward"):
        if not given[column]:
            found.append((column, "there is nothing here", "write it, or take the row out"))
    for column in ("name", "msoa", "neighbourhood", "ward"):
        text = given.get(column, "")
        if wrong := unfit(text) or spreadsheet_error(text):
            found.append((column, f"{shown(text)} {wrong[0]}", wrong[1]))
    if people and not _residents(people, 10**6):
        found.append(
            (
                "people",
                f"{shown(people)} is no number of residents",
                "write digits only, such as 1642",
            )
        )
    return found


def _population(
    header: list[str], body: list, source: str, problems: list[Problem]
) -> dict[str, dict[str, int]]:
    years = {n: m[1] for n, name in enumerate(header) if (m := MID_YEAR.fullmatch(name))}
    if "Name" not in header or not years:
        cure = "send the estimates with the columns Name and Mid-2016, Mid-2017 and so on"
        problems.append(
            Problem(source, "has no column Name, or none such as Mid-2016", cure, row=1)
        )
        return {}
    residents: dict[str, dict[str, int]] = {}
    for number, cells in body:
        name = _cell(cells, header.index("Name")).partition(",")[
            0
        ]  # "Bristol, City of": its small areas say Bristol
        if not name or name in residents:
            told = f"{shown(name)} is here twice" if name else "there is no name here"
            problems.append(Problem(source, told, "name each district once", number, "Name"))
        if wrong := unfit(name) or spreadsheet_error(name):
            problems.append(Problem(source, f"{shown(name)} {wrong[0]}", wrong[1], number, "Name"))
        for n, year in years.items():
            people = _cell(cells, n)
            if number_of := _residents(people, 10**9):
                residents.setdefault(name, {})[year] = number_of
            else:
                mistake = f"{shown(people)} is no number of residents"
                problems.append(
                    Problem(source, mistake, "write digits only, such as 264440", number, header[n])
                )
    return residents


def _residents(text: str, less_than: int) -> int | None:
    people = figure(text)
    return people if isinstance(people, int) and 0 < people < less_than else None


def _cell(cells: list, place: int) -> str:
    return written(cells[place]) if place < len(cells) else ""


def _boundaries(
    path: Path, source: str, code: str, problems: list[Problem]
) -> tuple[Boundaries, dict[str, str]]:
    try:
        if not path.is_file():
            raise Unreadable("is no file", "send the boundaries as GeoJSON")
        if path.stat().st_size > LARGEST:
            raise Unreadable(
                f"is over {LARGEST // 1_000_000} MB",
                "send boundaries generalised to 20 metres or more",
            )
        content = path.read_bytes()
        found = boundaries(content, code)
        named = names(content, found)
        for area, name in named.items():
            if wrong := unfit(name) or spreadsheet_error(name):
                problems.append(
                    Problem(source, f"the name of {area}, {shown(name)}, {wrong[0]}", wrong[1])
                )
        return found, named
    except Unreadable as error:
        problems.append(Problem(source, error.mistake, error.cure, row=error.row))
    except (OSError, RecursionError):
        problems.append(Problem(source, "cannot be read", "send the boundaries again as GeoJSON"))
    return {}, {}
