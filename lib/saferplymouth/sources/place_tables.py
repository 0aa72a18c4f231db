"""Finds the tables of places in a file as its publisher made it, and the rows of own districts.

The header says what a table is, wherever it stands among the first rows. Tables of the whole
country are filtered while they are read.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from saferplymouth.sources.cells import text_at, written
from saferplymouth.sources.sheets import TEXTS, Unreadable, sheets

LOOKUP, CODES, PEOPLE, DEPRIVATION, POPULATION = (
    "look-up of wards",
    "look-up of codes",
    "residents of small areas",
    "index of deprivation",
    "residents of districts",
)
SMALL_AREA = r"LSOA(?P<a>\d\d)CD|LSOA (20(?P<b>\d\d) )?code( \(20(?P<c>\d\d)\))?|LSOACD"
COLUMNS = {  # as publishers name them in different years
    "lsoa": SMALL_AREA,
    "name": r"LSOA\d\dNM|LSOA (\d{4} )?name( \(\d{4}\))?|LSOA",
    "district": r"LAD\d*NM|(LAD|local authority district)\b.*\bname\b.*|LA name( \(.*\))?",
    "msoa": r"MSOA\d\dNM",
    "neighbourhood": r"MSOA_name_HoC|MSOA\d\dHCLNM",
    "ward": r"WD(\d\d)?NM",
    "people": r"people|population|total|all ages",
    "rank": r"(index of multiple deprivation|IMD)\b.*\brank\b.*",
    "decile": r"(index of multiple deprivation|IMD)\b.*\bdecile\b.*",
    "score": r"(index of multiple deprivation|IMD)\b.*\bscore\b.*",
}
NAME = re.compile(r"(.+) [0-9]{3}[A-Z]+")  # of a small area: Anytown 003A
MID_YEAR = re.compile(r"Mid-(\d{4})")
DEEPEST = 30  # rows above a header: titles and notes


@dataclass(frozen=True)
class PlaceTable:
    """A table of places: its `kind` and `header`, the place of each column in `at` (see `COLUMNS`),
    the places of the codes of small areas by census ("11"), and the texts above it and the sheet's
    name as `about`.

    `rows` are those of own districts, or all where the table does not say the district.
    """

    kind: str
    header: list[str]
    at: dict[str, int]
    codes: dict[str, int]
    row: int
    sheet: str
    about: str
    rows: list[tuple[int, list]]

    @property
    def years(self) -> dict[int, str]:
        """The place of each mid-year estimate, and its year."""
        mid = {at: MID_YEAR.fullmatch(name) for at, name in enumerate(self.header)}
        return {at: match[1] for at, match in mid.items() if match}


def place_tables(path: Path, districts: Sequence[str] = ()) -> list[PlaceTable]:
    """The tables of places on the visible sheets of a file, and with `districts` only their rows;
    none if no header is of one. Raises `Unreadable`.
    """
    keep = _wanted(districts) if path.suffix.lower() in TEXTS else None
    found, content = [], sheets(path, keep=keep)
    if not any(sheet.rows for sheet in content):
        raise Unreadable("is empty", "fill it in, or leave the file out")
    for sheet in content:
        wanted = _wanted(districts)
        rows = sheet.rows if keep else [row for row in sheet.rows if wanted(row[1])]
        table = _table(sheet.name, rows)
        found += [table] if table and sheet.visible else []
    return found


def _table(sheet: str, rows: list[tuple[int, list]]) -> PlaceTable | None:
    headers = (place for place, (_, cells) in enumerate(rows[:DEEPEST]) if kind_of(cells))
    place = next(headers, None)
    if place is None:
        return None
    above = [written(cell) for _, cells in rows[:place] for cell in cells]
    number, cells = rows[place]
    header = [written(cell) for cell in cells]
    about = " ".join([sheet, *filter(None, above)])
    codes = {_census(match): at for at, match in _matches(header, SMALL_AREA)}
    body = rows[place + 1 :]
    return PlaceTable(kind_of(header), header, columns(header), codes, number, sheet, about, body)


def kind_of(header: Iterable[object]) -> str:
    """What a table with this header is; empty if it is none of places."""
    names = [written(cell) for cell in header]
    at, codes = columns(names), _matches(names, SMALL_AREA)
    if "lsoa" in at and at.keys() & {"rank", "decile", "score"}:
        return DEPRIVATION
    if len({_census(match) for _, match in codes}) > 1 and "ward" not in at:
        return CODES
    if {"lsoa", "name", "ward"} <= at.keys():
        return LOOKUP
    years = any(map(MID_YEAR.fullmatch, names))
    if "lsoa" in at and ("people" in at or years):
        return PEOPLE
    return POPULATION if "Name" in names and years else ""


def columns(header: Sequence[str]) -> dict[str, int]:
    """The place of each of `COLUMNS` that a header has, the first of each."""
    found = {}
    for column, pattern in COLUMNS.items():
        places = [at for at, _ in _matches(header, pattern)]
        found |= {column: places[0]} if places else {}
    return found


def _matches(header: Sequence[str], pattern: str) -> list[tuple[int, re.Match]]:
    tried = ((at, re.fullmatch(pattern, name, re.IGNORECASE)) for at, name in enumerate(header))
    return [(at, match) for at, match in tried if match]


def _census(match: re.Match) -> str:
    return next(filter(None, match.groupdict().values()), "")


def _wanted(districts: Sequence[str]) -> Callable[[list], bool]:
    """Which rows of a sheet are kept, asked of each in order: everything down to the header, and
    below it the rows of own districts.
    """
    asked, within = 0, None

    def wanted(cells: list) -> bool:
        nonlocal asked, within
        if within:
            return within(cells)
        asked += 1
        if kind := kind_of(cells) if asked <= DEEPEST and districts else "":
            names = [written(cell) for cell in cells]
            at = {} if kind == POPULATION else columns(names)
            within = _of_districts(at.get("name"), at.get("district"), set(districts))
        return True

    return wanted


def _of_districts(
    name: int | None, district: int | None, districts: set[str]
) -> Callable[[list], bool]:
    """Whether a row is of some districts, by the name of its small area or of its district; a row
    with no such name is kept, to be reported.
    """

    def within(cells: list) -> bool:
        named = NAME.fullmatch(text_at(cells, name))
        if named:
            return named[1] in districts
        inside = text_at(cells, district).partition(",")[0]
        return not inside or inside in districts

    return within
