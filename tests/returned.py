"""Returns as partners send them, in each format, and a drop to put them in."""

import io
import zipfile
from functools import cache

import openpyxl
import pandas as pd
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from projects import ROOT

from saferplymouth import framework

FRAMEWORK = framework.load(ROOT / "framework.toml")
MONTH = pd.Period("2016-11", "M")
HEAD = ["indicator", "period", "value"]
SHARES = ["indicator", "period", "numerator", "denominator"]
GOOD = ["overall_crime", "2016-11", 1575]


def csv_of(rows) -> bytes:
    return "".join(",".join(map(str, row)) + "\n" for row in rows).encode()


def xlsx_of(*sheets) -> bytes:
    workbook, written = openpyxl.Workbook(), io.BytesIO()
    workbook.remove(workbook.active)
    for rows in sheets:
        sheet = workbook.create_sheet()
        for row in rows:
            sheet.append(list(row))
    workbook.save(written)
    return written.getvalue()


def ods_of(*sheets) -> bytes:
    document, written = OpenDocumentSpreadsheet(), io.BytesIO()
    for n, rows in enumerate(sheets):
        table = Table(name=f"Sheet{n}")
        for row in rows:
            line = TableRow()
            for value in row:
                numeric = isinstance(value, int | float) and not isinstance(value, bool)
                cell = (
                    TableCell(valuetype="float", value=value)
                    if numeric
                    else TableCell(valuetype="string")
                )
                cell.addElement(P(text=str(value)))
                line.addElement(cell)
            table.addElement(line)
        document.spreadsheet.addElement(table)
    document.write(written)
    return written.getvalue()


FORMATS = {"csv": csv_of, "xlsx": xlsx_of, "ods": ods_of}


def inside(workbook: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """A workbook with something changed in one of its parts."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as before,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            content = before.read(name)
            if name == part:
                assert old in content
                content = content.replace(old, new)
            after.writestr(name, content)
    return written.getvalue()


@cache
def good_workbook(kind: str) -> bytes:
    """The same bytes for every example: a workbook holds the moment it was made."""
    return FORMATS[kind]([HEAD, GOOD])
