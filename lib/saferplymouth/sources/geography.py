"""Reads the geography of a partnership: the neighbourhood and ward of each small area, boundaries
and residents.

Files are in `places/` of a drop, as the Office for National Statistics and others publish them;
each stays in use until a later drop replaces it. A small area is an LSOA (lower layer
super output area), a neighbourhood an MSOA.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from saferplymouth.errors import Fault, cell_fault, known_keys
from saferplymouth.sources.boundaries import LSOA, WARD, Boundaries, boundaries
from saferplymouth.sources.cells import figure, written
from saferplymouth.sources.lines import EMPTY
from saferplymouth.sources.problems import Problem, SourceFile, shown
from saferplymouth.sources.sheets import Unreadable
from saferplymouth.sources.tables import open_table, spreadsheet_error

SMALL_AREAS, WARDS, LOOKUP, POPULATION = PLACES = (
    *("lsoa.geojson", "ward.geojson"),
    *("lookup.csv", "population.csv"),
)
CODE = re.compile(r"[EWSN9][0-9A-Z]{7,8}")
COLUMNS = {  # of a look-up, as the publishers name them in different years
    "lsoa": r"LSOA\d\dCD",
    "name": r"LSOA\d\dNM",
    "msoa": r"MSOA\d\dNM",
    "neighbourhood": r"MSOA_name_HoC|MSOA\d\dHCLNM",
    "ward": r"WD(\d\d)?NM",
    "people": r"people|population",
}
REQUIRED = ("lsoa", "name", "ward")
WANTED = "LSOA21CD, LSOA21NM, MSOA21NM, MSOA21HCLNM and WD25NM, of any year"
MID_YEAR = re.compile(r"Mid-(\d{4})")
LARGEST = 500_000_000
TOO_LARGE = (
    "is too large for one partnership",
    "keep only the rows of its own small areas, or of its force's districts",
)


@dataclass(frozen=True)
class SmallArea:
    """One small area: its `name` ("Anytown 003A"), its `msoa` ("Anytown 003"), the `neighbourhood`
    as people call it, its `ward`, and its residents if the look-up counts them.
    """

    name: str
    msoa: str
    neighbourhood: str
    ward: str
    people: int | None


@dataclass(frozen=True)
class Geography:
    """Small areas by code, residents by district and calendar year, boundaries by file and code,
    names of the wards, and the drop each file came in.
    """

    areas: dict[str, SmallArea] = field(default_factory=dict)
    residents: dict[str, dict[str, int]] = field(default_factory=dict)
    boundaries: dict[str, Boundaries] = field(default_factory=dict)
    wards: dict[str, str] = field(default_factory=dict)
    received: dict[str, str] = field(default_factory=dict)


def read_places(files: dict[str, Path], drop: str, problems: list[Problem]) -> Geography:
    """The geography in `files` of one drop, by name; mistakes are added to `problems`."""
    whole = Geography(received=dict.fromkeys(files, drop))
    for name, path in files.items():
        file = SourceFile(path, f"places/{name}", problems)
        if name not in PLACES:
            file.problem(f"{shown(name)} is not a file of places", known_keys(name, PLACES))
        elif name in (SMALL_AREAS, WARDS):
            whole.boundaries[name], named = _boundaries(file, WARD if name == WARDS else LSOA)
            whole.wards.update(named if name == WARDS else {})
        elif table := open_table(file, too_large=TOO_LARGE):
            header = [written(cell) for cell in table.header]
            if name == LOOKUP:
                whole.areas.update(_lookup(file, header, table.rows))
            else:
                whole.residents.update(_population(file, header, table.rows))
    return whole


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


def _lookup(file: SourceFile, header: list[str], rows: list) -> dict[str, SmallArea]:
    places = {}
    for column, pattern in COLUMNS.items():
        for place, name in reversed(list(enumerate(header))):
            if re.fullmatch(pattern, name, re.IGNORECASE):
                places[column] = place
    absent = [column for column in REQUIRED if column not in places]
    if absent:
        cure = f"send a look-up with the columns {WANTED}"
        file.problem(f"has no column for {' or '.join(absent)}", cure, row=1)
        return {}
    areas: dict[str, SmallArea] = {}
    for number, cells in rows:
        row = dict.fromkeys(COLUMNS, "") | {c: _cell(cells, place) for c, place in places.items()}
        mistakes = _mistakes(row, areas)
        for column, mistake, cure in mistakes:
            file.problem(mistake, cure, number, header[places[column]])
        if not mistakes:
            msoa = row["msoa"] or row["name"][:-1]
            people = _residents(row["people"], 10**6)
            areas[row["lsoa"]] = SmallArea(
                row["name"], msoa, row["neighbourhood"] or msoa, row["ward"], people
            )
    partly = [area.name for area in areas.values() if area.people is None]
    if partly and len(partly) < len(areas):
        mistake = f"has no number of residents for {len(partly)} of {len(areas)} small areas"
        mistake += f", the first {shown(partly[0])}"
        file.problem(mistake, "give the residents of every area, or of none")
    return areas


def _mistakes(row: dict[str, str], areas: dict) -> list[tuple[str, str, str]]:
    """The mistakes in a row of a look-up: column, mistake and cure of each."""
    code, people, mistakes = row["lsoa"], row["people"], []
    if not CODE.fullmatch(code):
        mistake = f"{shown(code)} is not the code of a small area"
        mistakes.append(("lsoa", mistake, "write it as E01015023"))
    elif code in areas:
        mistakes.append(("lsoa", f"{code} appears twice", "keep one of the rows"))
    mistakes += [(column, *EMPTY) for column in ("name", "ward") if not row[column]]
    for column in ("name", "msoa", "neighbourhood", "ward"):
        if wrong := _wrong_name(row[column]):
            mistakes.append((column, *wrong))
    if people and not _residents(people, 10**6):
        mistake = f"{shown(people)} is not a number of residents"
        mistakes.append(("people", mistake, "write digits only, such as 1642"))
    return mistakes


def _population(file: SourceFile, header: list[str], rows: list) -> dict[str, dict[str, int]]:
    years = {n: m[1] for n, name in enumerate(header) if (m := MID_YEAR.fullmatch(name))}
    if "Name" not in header or not years:
        cure = "send the estimates with the columns Name and Mid-2016, Mid-2017 and so on"
        file.problem("has no column Name, or no column such as Mid-2016", cure, row=1)
        return {}
    residents: dict[str, dict[str, int]] = {}
    for number, cells in rows:
        # "Bristol, City of": its small areas are named Bristol
        name = _cell(cells, header.index("Name")).partition(",")[0]
        if finding := _wrong_name(name):
            file.problem(*finding, number, "Name")
        if not name or name in residents:
            mistake = f"{shown(name)} appears twice" if name else "the name is missing"
            file.problem(mistake, "name each district once", number, "Name")
        for place, year in years.items():
            text = _cell(cells, place)
            if people := _residents(text, 10**9):
                residents.setdefault(name, {})[year] = people
            else:
                mistake = f"{shown(text)} is not a number of residents"
                file.problem(mistake, "write digits only, such as 264440", number, header[place])
    return residents


def _wrong_name(name: str) -> Fault | None:
    wrong = cell_fault(name) or spreadsheet_error(name)
    return (f"{shown(name)} {wrong[0]}", wrong[1]) if wrong else None


def _residents(text: str, less_than: int) -> int | None:
    people = figure(text)
    return people if isinstance(people, int) and 0 < people < less_than else None


def _cell(cells: list, place: int) -> str:
    return written(cells[place]) if place < len(cells) else ""


def _boundaries(file: SourceFile, code: str) -> tuple[Boundaries, dict[str, str]]:
    """The boundaries in a file, and the name of each of its areas."""
    try:
        if not file.path.is_file():
            raise Unreadable("is not a file", "send the boundaries as GeoJSON")
        if file.path.stat().st_size > LARGEST:
            cure = "send boundaries generalised to 20 metres or more"
            raise Unreadable(f"is over {LARGEST // 1_000_000} MB", cure)
        outlines, named = boundaries(file.path, code)
    except Unreadable as error:
        file.problem(error.mistake, error.cure, error.row)
        return {}, {}
    except OSError:
        file.problem("cannot be read", "send the boundaries again as GeoJSON")
        return {}, {}
    for area, name in named.items():
        if finding := cell_fault(name) or spreadsheet_error(name):
            file.problem(f"the name of {area}, {shown(name)}, {finding[0]}", finding[1])
    return outlines, named
