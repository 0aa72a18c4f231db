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

from saferplymouth.editions.foi import packed
from saferplymouth.editions.workbook import Sheet
from saferplymouth.framework import looks
from saferplymouth.store.manifest import ODS, XLSX

TEMPLATES = Path(__file__).parent / "templates/workbook"
PARTS = ("content.xml", "styles.xml", "meta.xml", "settings.xml", "META-INF/manifest.xml")
TYPE = "application/vnd.oasis.opendocument.spreadsheet"
LANGUAGE = b"<dc:language>en-GB</dc:language><dcterms:created "
SIZE, LINE = 12, 16  # points: of the font, and of a line
DECIMALS = 16


def written(sheets: Sequence[Sheet], top: Mapping, day: datetime.date) -> dict[str, bytes]:
    """Both files by name. `top` has the partnership's name and looks; `day` is when they are
    published.
    """
    font = next(iter(looks.named_fonts(top["font"])), "Arial")
    look = {"font": font, "colour": top["colour"]}
    about = {"title": sheets[0].lines[0], "author": top["partnership"]}
    return {XLSX: _xlsx(sheets, about, look, day), ODS: _ods(sheets, about | look, day)}


def _xlsx(sheets: Sequence[Sheet], about: Mapping, look: Mapping, day: datetime.date) -> bytes:
    content = io.BytesIO()
    usual = {"font_name": look["font"], "font_size": SIZE, "valign": "top"}
    book = xlsxwriter.Workbook(content, {"in_memory": True, "default_format_properties": usual})
    book.set_properties(about | {"created": datetime.datetime.combine(day, datetime.time())})

    styles = {name: book.add_format(its) for name, its in _styles(look["colour"]).items()}
    for number, each in enumerate(sheets):
        sheet, start, table = book.add_worksheet(each.name), len(each.lines), {}
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        for n, width in enumerate(each.widths):
            sheet.set_column(n, n, width)
        if each.rows:
            table = {"name": f"table_{number}", "columns": [{"header": h} for h in each.heads]}
            table |= {"autofilter": False, "first_column": True, "style": None}
            sheet.add_table(each.span, table)
            sheet.freeze_panes(start + 1, int(len(each.heads) > 2))
            sheet.ignore_errors({"number_stored_as_text": each.span})
            sheet.repeat_rows(start)
        for n, row in enumerate(each.laid_out):
            texts = [cell for cell, style, _ in row if style not in ("title", "line")]
            sheet.set_row(n, LINE * each.tall(texts) if texts else None)
            for m, (cell, style, leads) in enumerate(row):
                if leads:
                    sheet.write_url(n, m, f"internal:'{leads}'!A1", styles[style], cell)
                elif isinstance(cell, str):
                    sheet.write_string(n, m, cell, styles[style])
                else:
                    sheet.write_number(n, m, cell, styles[style])
        sheet.set_row(0, 2 * SIZE)
    book.close()
    return _with_language(content)


def _styles(colour: str) -> dict[str, dict]:
    """How the cells of a sheet look, by the name of the style."""
    words = {"text_wrap": True, "valign": "top"}
    sides = {"words": words, "after": words | {"align": "left", "indent": 1}}
    sides["mark"] = words | {"align": "right"}
    head = {"bold": True, "valign": "bottom", "bottom": 2, "bottom_color": colour}
    styles = sides | {f"{name}-head": its | head for name, its in sides.items()}
    styles["title"] = {"bold": True, "font_size": 16, "font_color": colour}
    styles |= {"line": {}, "link": {"underline": True, "font_color": colour, "valign": "top"}}
    shown = {f"n{n}": f"#,##0.{'0' * n}".rstrip(".") for n in range(DECIMALS)}
    return styles | {name: {"num_format": form, "valign": "top"} for name, form in shown.items()}


def _with_language(content: io.BytesIO) -> bytes:
    """An Excel file that says which language it is in, as XlsxWriter cannot."""
    with zipfile.ZipFile(content) as made:
        files = {name: made.read(name) for name in made.namelist()}
    core = "docProps/core.xml"
    files[core] = files[core].replace(b"<dcterms:created ", LANGUAGE)
    return packed(files)


def _ods(sheets: Sequence[Sheet], about: Mapping, day: datetime.date) -> bytes:
    widths = sorted({width for each in sheets for width in each.widths})
    shown = {"sheets": sheets, "widths": widths, "day": day.isoformat(), "type": TYPE, **about}
    shown["decimals"] = DECIMALS
    filled = {name: _environment().get_template(f"{Path(name).name}.j2") for name in PARTS}
    parts = {name: part.render(shown).encode() for name, part in filled.items()}
    return packed({"mimetype": TYPE.encode()} | parts, stored="mimetype")


@cache
def _environment() -> Environment:
    options = {"trim_blocks": True, "lstrip_blocks": True, "autoescape": True}
    return Environment(loader=FileSystemLoader(TEMPLATES), **options)
