"""Writes the sheets of a workbook as Excel and OpenDocument files, the same bytes each time.

Each table is marked as one, its heads and first column stay in sight, and it prints across a page.
"""

import datetime
import io
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import xlsxwriter
from jinja2 import Environment, FileSystemLoader

from saferplymouth.editions.workbook import BACK, CONTENTS, Cell, Sheet, places
from saferplymouth.framework.looks import GENERIC
from saferplymouth.store.manifest import ODS, XLSX

TEMPLATES = Path(__file__).parent / "templates/workbook"
PARTS = ("content.xml", "styles.xml", "meta.xml", "settings.xml", "META-INF/manifest.xml")
TYPE = "application/vnd.oasis.opendocument.spreadsheet"
STAMP = (1980, 1, 1, 0, 0, 0)
LANGUAGE = b"<dc:language>en-GB</dc:language><dcterms:created "
SIZE, LINE = 12, 16  # points: of the font, and of a line


def written(sheets: Sequence[Sheet], top: Mapping, day: datetime.date) -> dict[str, bytes]:
    """Both files by name. `top` has the partnership's name and looks; `day` is when they are
    published.
    """
    font = top["font"].partition(",")[0]
    look = {"font": "Arial" if font in ("", *GENERIC) else font, "colour": top["colour"]}
    about = {"title": sheets[0].lines[0], "author": top["partnership"]}
    return {XLSX: _xlsx(sheets, about, look, day), ODS: _ods(sheets, about | look, day)}


def _xlsx(sheets: Sequence[Sheet], about: Mapping, look: Mapping, day: datetime.date) -> bytes:
    content = io.BytesIO()
    usual = {"font_name": look["font"], "font_size": SIZE, "valign": "top"}
    book = xlsxwriter.Workbook(content, {"in_memory": True, "default_format_properties": usual})
    book.set_properties(about | {"created": datetime.datetime.combine(day, datetime.time())})

    @cache
    def style(**its: object) -> xlsxwriter.format.Format:
        return book.add_format(its)

    def write(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, cell: Cell, leads: str):
        aligned = {"text_wrap": True, "align": "left", "indent": int(column > 0)}
        aligned = {"align": "right"} if column in each.figures else aligned
        if not isinstance(cell, str):
            n = places(cell)
            form = style(num_format=f"#,##0.{'0' * n}" if n else "#,##0")
            sheet.write_number(row, column, cell, form)
        elif leads:
            form = style(underline=True, font_color=look["colour"])
            sheet.write_url(row, column, f"internal:'{leads}'!A1", form, cell)
        else:
            sheet.write_string(row, column, cell, style(**aligned))

    for each in sheets:
        sheet, start = book.add_worksheet(each.name), len(each.lines)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        for n, width in enumerate(each.widths):
            sheet.set_column(n, n, width)
        title, *lines = each.lines
        sheet.set_row(0, 2 * SIZE)
        sheet.write_string(0, 0, title, style(bold=True, font_size=16, font_color=look["colour"]))
        for n, line in enumerate(lines, 1):
            if each.heads and line != BACK:
                sheet.write_string(n, 0, line)
            else:
                sheet.set_row(n, LINE * each.tall([line]))
                write(sheet, n, 0, line, CONTENTS if line == BACK else "")
        if not each.rows:
            continue
        for n, row in enumerate((each.heads, *each.rows), start):
            if (lines := each.tall(row)) > 1:
                sheet.set_row(n, LINE * lines)
            for m, cell in enumerate(row):
                write(sheet, n, m, cell, cell if each.linked and m == 0 and n > start else "")
        under = {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 2}
        heads = [
            under
            | ({"align": "right"} if n in each.figures else {"align": "left", "indent": int(n > 0)})
            for n in range(len(each.heads))
        ]
        columns = [
            {"header": head, "header_format": style(**its, bottom_color=look["colour"])}
            for head, its in zip(each.heads, heads, strict=True)
        ]
        table = {"columns": columns, "autofilter": False, "first_column": True, "style": None}
        sheet.add_table(each.span, table | {"name": f"table_{book.worksheets().index(sheet)}"})
        sheet.freeze_panes(start + 1, int(len(each.heads) > 2))
        sheet.ignore_errors({"number_stored_as_text": each.span})
        sheet.repeat_rows(start)
    book.close()
    return _with_language(content)


def _with_language(content: io.BytesIO) -> bytes:
    """An Excel file that says which language it is in, as XlsxWriter cannot."""
    with zipfile.ZipFile(content) as made:
        files = {name: made.read(name) for name in made.namelist()}
    core = "docProps/core.xml"
    files[core] = files[core].replace(b"<dcterms:created ", LANGUAGE)
    return _packed(files)


def _ods(sheets: Sequence[Sheet], about: Mapping, day: datetime.date) -> bytes:
    widths = sorted({width for each in sheets for width in each.widths})
    shown = {"sheets": sheets, "widths": widths, "day": day.isoformat(), "back": BACK}
    shown |= {"contents": CONTENTS, "places": places, "dict": dict, "type": TYPE, **about}
    filled = {name: _environment().get_template(f"{Path(name).name}.j2") for name in PARTS}
    parts = {name: part.render(shown).encode() for name, part in filled.items()}
    return _packed({"mimetype": TYPE.encode()} | parts)


@cache
def _environment() -> Environment:
    options = {"trim_blocks": True, "lstrip_blocks": True, "autoescape": True}
    return Environment(loader=FileSystemLoader(TEMPLATES), **options)


def _packed(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, content in files.items():
            way = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            whole.writestr(zipfile.ZipInfo(name, STAMP), content, way)
    return packed.getvalue()
