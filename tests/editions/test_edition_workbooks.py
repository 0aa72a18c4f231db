"""The workbooks of the real edition, as their readers open them: every figure and mark of its CSVs,
and what the guidance on statistics in spreadsheets asks for.
"""

import csv
import json
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from saferplymouth.editions.workbook import MARKS, NUMBER, SPLIT
from saferplymouth.store.manifest import ODS, WORKBOOKS, XLSX

OPEN = "urn:oasis:names:tc:opendocument:xmlns"
TABLE, TEXT = f"{{{OPEN}:table:1.0}}", f"{{{OPEN}:text:1.0}}"
pytestmark = pytest.mark.xdist_group("edition")


@pytest.fixture(scope="module")
def place(edition) -> Path:
    return edition / "2016-11"


@pytest.fixture(scope="module")
def grids(place) -> dict[str, dict[str, list[list]]]:
    """The cells of both files by sheet, as a third library reads them."""
    books = {name: CalamineWorkbook.from_path(place / name) for name in WORKBOOKS}
    return {
        name: {sheet: book.get_sheet_by_name(sheet).to_python() for sheet in book.sheet_names}
        for name, book in books.items()
    }


@pytest.fixture(scope="module")
def book(place) -> openpyxl.Workbook:
    return openpyxl.load_workbook(place / XLSX)


def read(text: str) -> float | str:
    return float(text) if NUMBER.fullmatch(text) else text


def table(grid: list[list]) -> dict[str, list]:
    """The columns of a sheet's table by head."""
    start = next(n for n, row in enumerate(grid) if row[0] == "Back to Contents") + 1
    return {head: list(cells) for head, *cells in zip(*grid[start:], strict=True)}


def of_measure(columns: dict[str, list], measure: str) -> list:
    head = re.compile(re.escape(measure[:1].upper() + measure[1:]) + r"( \([^)]*\))?")
    (found,) = [cells for name, cells in columns.items() if head.fullmatch(name)]
    return found


def test_both_have_the_same_cells(grids):
    assert grids[ODS] == grids[XLSX]


def test_every_figure_and_every_mark_of_every_csv_is_there_in_its_order(place, grids):
    sheets = iter([*grids[ODS].items()][3:])
    count, files = 0, [cells[0] for cells in grids[ODS]["Contents"][2:]]
    stems = {path.stem: path for path in (place / "data").glob("*.csv")}
    of = {name: max((s for s in stems if name.startswith(s[:25])), key=len) for name in files[1:]}
    assert {*of.values()} == stems.keys()
    for name, stem in of.items():
        rows = list(csv.DictReader(stems[stem].read_text(encoding="utf-8").splitlines()))
        column = next((c for c in SPLIT if rows and c in rows[0]), "")
        parts = dict.fromkeys(row.get(column, "") for row in rows)
        part = [*parts][[n for n, s in of.items() if s == stem].index(name)] if rows else ""
        sheet, grid = next(sheets)
        assert sheet == name
        if not rows:
            assert [line for (line,) in grid][-2:] == [
                "This table has no rows in this edition.",
                "Back to Contents",
            ]
            continue
        mine, columns = [row for row in rows if row.get(column, "") == part], table(grid)
        if "measure" not in mine[0]:
            shown = list(columns.values())
            figures = [c for cells in shown for c in cells if not isinstance(c, str)]
            texts = [text for row in mine for key, text in row.items() if not key.endswith("year")]
            assert sorted(figures) == sorted(float(t) for t in texts if NUMBER.fullmatch(t))
            for row, *cells in zip(mine, *shown, strict=True):
                assert row.get("shorthand", "") in ("", *cells)
            count += len(figures)
            continue
        for measure in dict.fromkeys(row["measure"] for row in mine if row["measure"]):
            sent = [row for row in mine if row["measure"] == measure]
            wanted = [read(row["value"] or row.get("shorthand", "")) for row in sent]
            shown, left = of_measure(columns, measure), len(wanted)
            extra = len(shown) - left
            assert [c for c in shown if c != "[z]"] == [c for c in wanted if c != "[z]"], measure
            assert shown.count("[z]") - wanted.count("[z]") == extra
            beside = [row["shorthand"] for row in sent if row["value"] and row.get("shorthand")]
            noted = columns.get(f"Mark of {measure}", [])
            assert [mark for mark in noted if mark] == beside
            count += left
    assert count > 3000


def test_each_sheet_has_one_table_from_its_first_column_without_gaps(book):
    assert book.sheetnames[:3] == ["Cover", "Contents", "Notes"]
    assert len({name.lower() for name in book.sheetnames}) == len(book.sheetnames)
    for sheet in book:
        assert len(sheet.title) <= 31
        assert not sheet.merged_cells.ranges
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
        titles = [row[0] for row in sheet.iter_rows(values_only=True)]
        assert all(titles), sheet.title  # of every line, and of every row of the table
        assert len(sheet.tables) == (sheet.max_column > 1 or sheet.title == "data_quality_question")
        for spot in sheet.tables.values():
            heads = [column.name for column in spot.tableColumns]
            assert len({*heads}) == len(heads) == sheet.max_column
            ends = f"{sheet.cell(sheet.max_row, sheet.max_column).coordinate}"
            assert spot.ref.partition(":")[2] == ends
            assert int(sheet.freeze_panes.strip("AB")) == int(re.findall(r"\d+", spot.ref)[0]) + 1
            assert spot.headerRowCount == 1


def test_every_mark_is_explained_and_contents_lead_to_every_sheet(book, grids):
    notes = {row[0]: row[1] for row in grids[XLSX]["Notes"]}
    for sheet, grid in grids[XLSX].items():
        used = {cell for row in grid[1:] for cell in row if cell in MARKS}
        assert used <= notes.keys(), sheet
    links = [row[0] for row in book["Contents"].iter_rows(min_row=3)]
    assert [cell.value for cell in links] == ["Notes", *book.sheetnames[3:]]
    assert [cell.hyperlink.location for cell in links] == [f"'{cell.value}'!A1" for cell in links]


def test_the_open_document_is_marked_up_likewise(place, book):
    sheets = [sheet for sheet in book if sheet.tables]
    with zipfile.ZipFile(place / ODS) as parts:
        made = ElementTree.fromstring(parts.read("content.xml"))
        assert b"<dc:language>en-GB</dc:language>" in parts.read("meta.xml")
        assert parts.namelist()[0] == "mimetype"
    assert not [*made.iter(f"{TABLE}covered-table-cell")]
    assert len([*made.iter(f"{TABLE}table-header-rows")]) == len(sheets)
    spans = {r.get(f"{TABLE}target-range-address") for r in made.iter(f"{TABLE}database-range")}
    assert spans == {f"'{s.title}'.{t.ref}" for s in sheets for t in s.tables.values()}
    led = {link.get("{http://www.w3.org/1999/xlink}href") for link in made.iter(f"{TEXT}a")}
    assert led == {f"#'{name}'.A1" for name in ("Contents", "Notes", *book.sheetnames[3:])}


def test_the_cover_says_what_it_is_whose_and_when(place, book):
    lines = "\n".join(cell.value for (cell,) in book["Cover"].iter_rows())
    made = json.loads((place / "edition.json").read_bytes())
    kept = made["definitions"]
    assert all(text in lines for text in (kept["partnership"], kept["contact"], kept["licence"]))
    assert "Status: draft" in lines
    assert re.search(r"Published by .* on \d+ \w+ \d{4}\.", lines)
    assert (book.properties.title, book.properties.language) == (book["Cover"]["A1"].value, "en-GB")


def test_every_page_links_them_and_beside_its_csv(place):
    pages = {path.name: path.read_text(encoding="utf-8") for path in place.glob("*.html")}
    for name in pages.keys() - {"accessibility.html", "glossary.html"}:
        text = pages[name]
        lists = text.count("<dt>Download</dt>")
        assert [text.count(f'href="{book}"') for book in WORKBOOKS] == [lists + 1] * 2, name
