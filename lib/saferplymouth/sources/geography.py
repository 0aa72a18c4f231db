"""Reads the geography of a partnership: the neighbourhood and ward of each small area, boundaries,
residents and deprivation.

Files are in `places/` of a drop, as the Office for National Statistics and others publish them;
each stays in use until a later drop replaces it. A small area is an LSOA (lower layer
super output area), a neighbourhood an MSOA.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from saferplymouth.errors import Fault, cell_fault
from saferplymouth.framework import Framework
from saferplymouth.sources import boundaries as outlines
from saferplymouth.sources.boundaries import Boundaries
from saferplymouth.sources.cells import cell_at, figure, text_at
from saferplymouth.sources.lines import EMPTY
from saferplymouth.sources.place_tables import (
    CODES,
    DEPRIVATION,
    LOOKUP,
    PEOPLE,
    POPULATION,
    PlaceTable,
    place_tables,
)
from saferplymouth.sources.problems import Problem, SourceFile, shown
from saferplymouth.sources.sheets import LARGEST as TABLES
from saferplymouth.sources.sheets import TooLarge, Unreadable
from saferplymouth.sources.tables import spreadsheet_error

SMALL_AREAS, WARDS = "boundaries of small areas", "boundaries of wards"
CODE = re.compile(r"[EWSN9][0-9A-Z]{7,8}")
WANTED = "LSOA21CD, LSOA21NM, MSOA21NM, MSOA21HCLNM and WD25NM, of any year"
YEAR = r"\D{0,30}?((?:19|20)\d\d)(?!\d)"
MID, INDEX = (re.compile(word + YEAR, re.I) for word in ("mid", "(?:IMD|IoD|deprivation)"))
LARGEST = 500_000_000
TOO_LARGE = (
    "is too large for one partnership",
    "keep only the rows of its own small areas, or of its force's districts",
)
NO_PLACES = (
    "has no header of a table of places",
    f"send a look-up with the columns {WANTED}, or residents or deprivation as published",
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
class Deprived:
    """How deprived a small area is among all of its country: `rank` 1 and `decile` 1 are the most
    deprived, and a higher `score` is more so. What the index does not give is None.
    """

    rank: int | None
    decile: int | None
    score: float | None


@dataclass(frozen=True)
class Geography:
    """What is known of places.

    `lookups` has small areas by code for each census ("11"), the latest received last, and
    `changes` the pairs of codes, of an earlier and a later census, that share land. `residents` are
    by district and calendar year, `people` by calendar year and small area, and `deprivation` by
    small area, of the index of the year `index`. `small` has the boundaries of small areas by their
    column's name, `large` those of wards, and `wards` their names. `names` has those of small areas
    in any file. `files` names the file of each kind, and `received` the drop each came in.
    """

    lookups: dict[str, dict[str, SmallArea]] = field(default_factory=dict)
    changes: frozenset[tuple[str, str]] = frozenset()
    residents: dict[str, dict[str, int]] = field(default_factory=dict)
    people: dict[str, dict[str, int]] = field(default_factory=dict)
    index: str = ""
    deprivation: dict[str, Deprived] = field(default_factory=dict)
    small: dict[str, Boundaries] = field(default_factory=dict)
    large: Boundaries = field(default_factory=dict)
    wards: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    received: dict[str, str] = field(default_factory=dict)

    @property
    def areas(self) -> dict[str, SmallArea]:
        """The small areas of the latest look-up."""
        return next(reversed(self.lookups.values()), {})


@dataclass(frozen=True)
class Place:
    """One thing that a file says of a place: `kind` is population, lookup, boundaries or
    deprivation. `value` is the residents; the names of the places it is in, or its other code; its
    bounds in degrees (west, south, east, north); or its rank, decile and score.
    """

    kind: str
    code: str
    name: str
    period: str
    value: object


def read_places(
    files: dict[str, Path], drop: str, problems: list[Problem], districts: Sequence[str] = ()
) -> Geography:
    """The geography in `files` of one drop, by name; mistakes are added to `problems`.

    With `districts`, nothing is kept of other small areas. A file says itself what it is.
    """
    whole = Geography()
    for name, path in files.items():
        file = SourceFile(path, f"places/{name}", problems)
        part = _read(file, name, drop, districts)
        for kind in part.files.keys() & whole.files.keys():
            mistake = f"is a second file of the {kind}, beside {shown(whole.files[kind])}"
            file.problem(mistake, "keep one of them")
        whole = joined([whole, part])
    return whole


def joined(parts: Sequence[Geography]) -> Geography:
    """The geography of several drops, oldest first: the latest of each kind of file."""
    whole = Geography()
    for part in parts:
        files, received = whole.files | part.files, whole.received | part.received
        others = {c: areas for c, areas in whole.lookups.items() if c not in part.lookups}
        whole = Geography(
            others | part.lookups,
            part.changes or whole.changes,
            part.residents or whole.residents,
            whole.people | part.people,
            part.index or whole.index,
            part.deprivation or whole.deprivation,
            whole.small | part.small,
            part.large or whole.large,
            part.wards or whole.wards,
            whole.names | part.names,
            files,
            {name: drop for name, drop in received.items() if name in files.values()},
        )
    return whole


def listed(path: Path, framework: Framework, problems: list[Problem]) -> list[Place] | None:
    """What a file says of places in the partnership's districts; None if it is not one of places.

    Mistakes are added to `problems`.
    """
    file = SourceFile(path, path.name, problems)
    try:
        found = _file(file, path.name, "", framework.street.districts)
    except Unreadable:
        return None
    return None if found is None else list(_said(found))


def _said(found: Geography) -> Iterator[Place]:
    names = found.names | found.wards
    for district, years in found.residents.items():
        for year, people in years.items():
            yield Place("population", "", district, year, people)
    for year, people in found.people.items():
        for code, count in people.items():
            yield Place("population", code, names.get(code, ""), year, count)
    for areas in found.lookups.values():
        for code, area in areas.items():
            inside = {"neighbourhood": area.neighbourhood, "ward": area.ward}
            yield Place("lookup", code, area.name, "", inside)
            if area.people:
                yield Place("population", code, area.name, "", area.people)
    for old, new in sorted(found.changes):
        yield Place("lookup", old, names.get(old, ""), "", new)
    for code, area in found.deprivation.items():
        yield Place("deprivation", code, names.get(code, ""), found.index, vars(area))
    for shapes in (*found.small.values(), found.large):
        for code, rings in shapes.items():
            yield Place("boundaries", code, names.get(code, ""), "", outlines.bounds(rings))


def _read(file: SourceFile, name: str, drop: str, districts: Sequence[str]) -> Geography:
    try:
        found = _file(file, name, drop, districts)
        if found is None:
            raise Unreadable(*NO_PLACES)
        return found
    except Unreadable as error:
        file.problem(error.mistake, error.cure, error.row)
    return Geography()


def _file(file: SourceFile, name: str, drop: str, districts: Sequence[str]) -> Geography | None:
    """What a file says; None for a table of something else. Raises `Unreadable`."""
    suffix = file.path.suffix.lower()
    received = {name: drop}
    if suffix in outlines.FORMATS:
        return _boundaries(file, districts, name, received)
    if suffix not in TABLES:
        raise Unreadable(
            "is not a file of places", "send CSV, XLSX or ODS, or boundaries as GeoJSON"
        )
    try:
        tables = place_tables(file.path, districts)
    except TooLarge:
        raise Unreadable(*TOO_LARGE) from None
    if not tables:
        return None
    return joined([_table(file, name, table, districts, received) for table in tables])


def _table(
    file: SourceFile, name: str, table: PlaceTable, districts: Sequence[str], received: dict
) -> Geography:
    if not table.rows:
        where = f" in {' or '.join(districts)}" if districts and table.kind != POPULATION else ""
        cure = "add them, or leave the file out"
        file.problem(f"has a header and no rows{where}", cure, table.row)
        return Geography()
    kind, found = table.kind, {}
    if kind == LOOKUP:
        census = next(iter(table.codes))
        found, kind = {"lookups": {census: _lookup(file, table)}}, f"{LOOKUP} of census {census}"
    elif kind == POPULATION:
        found = {"residents": _population(file, table)}
    elif kind == CODES:
        found = {"changes": _changes(file, table)}
    elif kind == DEPRIVATION:
        if year := INDEX.search(f"{table.about} {name}"):
            found = {"index": year[1], "deprivation": _deprivation(file, table)}
        else:
            cure = "name the file for its index and year, such as imd-2015.xlsx"
            file.problem("does not say which year's index of deprivation it is", cure)
    elif years := table.years or _year(table, name):
        people = {year: _people(file, table, place) for place, year in years.items()}
        found, kind = {"people": people}, f"{PEOPLE} at mid-{' and '.join(sorted(people))}"
    else:
        cure = "name the file for their year, such as residents-mid-2022.csv"
        file.problem("does not say which year's residents it counts", cure)
    files, names = {kind: name} if found else {}, {}
    if {"lsoa", "name"} <= table.at.keys():
        code, called = table.at["lsoa"], table.at["name"]
        names = {text_at(cells, code): text_at(cells, called) for _, cells in table.rows}
    return Geography(**found, names=names, files=files, received=received)


def _year(table: PlaceTable, name: str) -> dict[int, str]:
    """The place of the residents in a table, with the year that its title or its file says."""
    year = MID.search(f"{table.about} {name}")
    return {table.at["people"]: year[1]} if year else {}


class _Rows:
    """The rows of a table by the code of their small area, each code once."""

    def __init__(self, file: SourceFile, table: PlaceTable):
        self.file, self.table = file, table

    def problem(self, mistake: str, cure: str, number: int, column: int) -> None:
        self.file.problem(mistake, cure, number, self.table.header[column], self.table.sheet)

    def __iter__(self) -> Iterator[tuple[str, int, list]]:
        at, met = self.table.at["lsoa"], set()
        for number, cells in self.table.rows:
            code = text_at(cells, at)
            if not CODE.fullmatch(code):
                mistake = f"{shown(code)} is not the code of a small area"
                self.problem(mistake, "write it as E01015023", number, at)
            elif code in met:
                self.problem(f"{code} appears twice", "keep one of the rows", number, at)
            else:
                met.add(code)
                yield code, number, cells

    def number(self, cells: list, number: int, column: int, what: str) -> int | float | None:
        """The number above 0 in a cell; None, with a problem, for anything else."""
        value = figure(cell_at(cells, column))
        if value is not None and value > 0:
            return int(value) if value % 1 == 0 else value
        mistake = f"{shown(text_at(cells, column))} is not {what}"
        self.problem(mistake, "write digits only, such as 1642", number, column)
        return None


def _people(file: SourceFile, table: PlaceTable, column: int) -> dict[str, int]:
    rows = _Rows(file, table)
    counts = {
        code: rows.number(cells, number, column, "a number of residents")
        for code, number, cells in rows
    }
    return {code: count for code, count in counts.items() if count}


def _deprivation(file: SourceFile, table: PlaceTable) -> dict[str, Deprived]:
    rows, at, areas = _Rows(file, table), table.at, {}
    for code, number, cells in rows:
        said = {
            name: rows.number(cells, number, at[name], f"a {name}") if name in at else None
            for name in ("rank", "decile", "score")
        }
        if said["decile"] is not None and said["decile"] not in range(1, 11):
            mistake = f"{shown(text_at(cells, at['decile']))} is not a decile"
            rows.problem(
                mistake, "send the deciles of the country, from 1 to 10", number, at["decile"]
            )
        areas[code] = Deprived(**said)
    return areas


def _changes(file: SourceFile, table: PlaceTable) -> frozenset[tuple[str, str]]:
    first, *_, last = (table.codes[census] for census in sorted(table.codes))
    pairs = set()
    for number, cells in table.rows:
        pair = text_at(cells, first), text_at(cells, last)
        for code, column in zip(pair, (first, last), strict=True):
            if not CODE.fullmatch(code):
                mistake = f"{shown(code)} is not the code of a small area"
                cure = "write it as E01015023"
                file.problem(mistake, cure, number, table.header[column], table.sheet)
        pairs.add(pair)
    return frozenset(pairs)


def _lookup(file: SourceFile, table: PlaceTable) -> dict[str, SmallArea]:
    areas: dict[str, SmallArea] = {}
    rows = _Rows(file, table)
    for code, number, cells in rows:
        row = {column: text_at(cells, place) for column, place in table.at.items()}
        mistakes = _mistakes(row)
        for column, mistake, cure in mistakes:
            rows.problem(mistake, cure, number, table.at[column])
        if not mistakes:
            msoa = row.get("msoa") or row["name"][:-1]
            people = _residents(row.get("people", ""), 10**6)
            neighbourhood = row.get("neighbourhood") or msoa
            areas[code] = SmallArea(row["name"], msoa, neighbourhood, row["ward"], people)
    partly = [area.name for area in areas.values() if area.people is None]
    if partly and len(partly) < len(areas):
        mistake = f"has no number of residents for {len(partly)} of {len(areas)} small areas"
        mistake += f", the first {shown(partly[0])}"
        file.problem(mistake, "give the residents of every area, or of none")
    return areas


def _mistakes(row: dict[str, str]) -> list[tuple[str, str, str]]:
    """The mistakes in a row of a look-up: column, mistake and cure of each."""
    people, mistakes = row.get("people", ""), []
    mistakes += [(column, *EMPTY) for column in ("name", "ward") if not row[column]]
    for column in row.keys() & {"name", "msoa", "neighbourhood", "ward"}:
        if wrong := _wrong_name(row[column]):
            mistakes.append((column, *wrong))
    if people and not _residents(people, 10**6):
        mistake = f"{shown(people)} is not a number of residents"
        mistakes.append(("people", mistake, "write digits only, such as 1642"))
    return mistakes


def _population(file: SourceFile, table: PlaceTable) -> dict[str, dict[str, int]]:
    residents: dict[str, dict[str, int]] = {}
    for number, cells in table.rows:
        # "Bristol, City of": its small areas are named Bristol
        name = text_at(cells, table.header.index("Name")).partition(",")[0]
        if finding := _wrong_name(name):
            file.problem(*finding, number, "Name")
        if not name or name in residents:
            mistake = f"{shown(name)} appears twice" if name else "the name is missing"
            file.problem(mistake, "name each district once", number, "Name")
        for place, year in table.years.items():
            text = text_at(cells, place)
            if people := _residents(text, 10**9):
                residents.setdefault(name, {})[year] = people
            else:
                mistake = f"{shown(text)} is not a number of residents"
                cure = "write digits only, such as 264440"
                file.problem(mistake, cure, number, table.header[place])
    return residents


def _wrong_name(name: str) -> Fault | None:
    wrong = cell_fault(name) or spreadsheet_error(name)
    return (f"{shown(name)} {wrong[0]}", wrong[1]) if wrong else None


def _residents(text: str, less_than: int) -> int | None:
    people = figure(text)
    return people if isinstance(people, int) and 0 < people < less_than else None


def _boundaries(file: SourceFile, districts: Sequence[str], name: str, received: dict) -> Geography:
    """The boundaries in a file, and the names of wards."""
    if not file.path.is_file():
        raise Unreadable("is not a file", "send the boundaries as GeoJSON")
    if file.path.stat().st_size > LARGEST:
        cure = "send boundaries generalised to 20 metres or more"
        raise Unreadable(f"is over {LARGEST // 1_000_000} MB", cure)
    try:
        column, shapes, named = outlines.boundaries(file.path, districts)
    except OSError:
        raise Unreadable("cannot be read", "send the boundaries again as GeoJSON") from None
    for area, text in named.items():
        if finding := cell_fault(text) or spreadsheet_error(text):
            file.problem(f"the name of {area}, {shown(text)}, {finding[0]}", finding[1])
    if re.fullmatch(outlines.WARD, next(iter(shapes))):
        return Geography(large=shapes, wards=named, files={WARDS: name}, received=received)
    files = {f"{SMALL_AREAS} by {column}": name}
    return Geography(small={column: shapes}, names=named, files=files, received=received)
