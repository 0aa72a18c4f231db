"""Reads the sheets of a workbook (XLSX, XLSM, XLSB, XLS, ODS) and writes their cells to standard
output.

It runs as a separate process with limits, because the time and memory a workbook takes is known
only while it is read, and no workbook may crash the program. It imports little, to start fast.

    python workbook.py WORKBOOK FOLDER_OF_CALAMINE MOST_ROWS
"""

import io
import marshal
import re
import signal
import sys
from contextlib import suppress

MEMORY = 1_000_000_000  # bytes
SECONDS = 30
LARGEST_UNPACKED = 200_000_000  # as the zip declares: a million formatted empty rows
MOST_CELLS = 3_000_000  # of all sheets, from the first column to each row's last with content
NO_WORKBOOK, TOO_MUCH = 40, 41  # exit status
ERROR = re.compile(r"#(N/A|NV|[A-Z0-9/_]+[!?]|GETTING_DATA|#+)|Err:[0-9]{3}")

WITHOUT = re.compile(r'"[^"]*"|\\.|_.')  # what a format only shows or leaves room for

Cells = list[str | float | int]  # a date is a text
Texts = dict[int, dict[int, str]]  # by row and column
Sheet = tuple[str, bool, list[tuple[int, Cells]]]  # name, whether visible, and rows by number


def main(path: str, most_rows: int) -> None:
    """Write every sheet of the workbook to standard output, or leave with a status of why not."""
    _limit()
    try:
        with open(path, "rb") as workbook:  # noqa: PTH123, pathlib takes long to load
            content = workbook.read()
        answer = marshal.dumps(_sheets(content, most_rows))
    except MemoryError:
        sys.exit(TOO_MUCH)
    except BaseException:  # calamine's own panics derive from it, not from Exception
        sys.exit(NO_WORKBOOK)
    _end_with_reader(False)
    sys.stdout.buffer.write(answer)


def _limit() -> None:
    """Bound memory and time where the system can; elsewhere the waiting process does."""
    with suppress(ImportError):
        import resource

        limits = {resource.RLIMIT_AS: MEMORY, resource.RLIMIT_CPU: SECONDS, resource.RLIMIT_CORE: 0}
        for kind, most in limits.items():
            with suppress(ValueError, OSError):
                hard = resource.getrlimit(kind)[1]
                resource.setrlimit(kind, (most if hard < 0 else min(most, hard), hard))
        signal.alarm(3 * SECONDS)
        _end_with_reader(True)


def _end_with_reader(wanted: bool) -> None:
    """Whether this process ends once no one reads its output; it may not write while it does."""
    with suppress(ImportError, OSError):
        import fcntl
        import os
        import select

        flags = fcntl.fcntl(1, fcntl.F_GETFL)
        fcntl.fcntl(1, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(1, fcntl.F_SETFL, flags | os.O_ASYNC if wanted else flags & ~os.O_ASYNC)
        left = select.poll()
        left.register(1, 0)
        if left.poll(0):  # the reader has gone
            sys.exit(TOO_MUCH)


def _sheets(content: bytes, most_rows: int) -> list[Sheet]:
    """Every worksheet; raises MemoryError if one has more than `most_rows` rows with content, or
    all have more than `MOST_CELLS` cells.
    """
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    texts, sheets, left = _texts(content), [], MOST_CELLS
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for about in workbook.sheets_metadata:
        if about.typ == SheetTypeEnum.WorkSheet:
            rows = []
            sheet = workbook.get_sheet_by_name(about.name)
            for number, cells in _rows(sheet, texts.get(about.name, {})):
                rows.append((number, cells))
                left -= len(cells)
                if left < 0 or len(rows) > most_rows:
                    raise MemoryError
            sheets.append((about.name, about.visible == SheetVisibleEnum.Visible, rows))
    return sheets


def _rows(sheet, texts: Texts):
    """The non-empty rows, by number, with `texts` in place of what calamine returns."""
    indent = [""] * (sheet.start or (0, 0))[1]
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number not in texts and all(cell == "" for cell in row):
            continue
        cells = indent + [_plain(cell) for cell in row]
        for column, text in texts.get(number, {}).items():
            cells += [""] * (column - len(cells))
            cells[column - 1] = text
        while cells and cells[-1] == "":
            cells.pop()
        yield number, cells


def _plain(cell) -> str | float | int:
    """A cell as a text or number: a date as 2016-11-30, also one at midnight."""
    if isinstance(cell, str | float | int) and not isinstance(cell, bool):
        return cell
    return str(cell).removesuffix(" 00:00:00")


def _texts(content: bytes) -> dict[str, Texts]:
    """What calamine does not return of cells, by sheet: errors, which it returns as empty or 0, and
    that a number is shown as a percentage: 88% for 0.88. The older XLS and XLSB do not tell.
    """
    import zipfile

    if not zipfile.is_zipfile(io.BytesIO(content)):
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
            raise MemoryError
        names = set(packed.namelist())
        if "content.xml" in names:
            return dict(
                _texts_in(packed.read("content.xml"), rb">\s*(#|Err:)|[\"']percentage[\"']")
            )
        sheets = {}
        for book in names:
            if book.endswith("workbook.xml"):
                sheets |= _of_book(packed, names, book)
        return sheets


def _of_book(packed, names: set[str], book: str) -> dict[str, Texts]:
    """The texts on each sheet of an XLSX workbook."""
    from xml.etree import ElementTree

    folder, _, name = book.rpartition("/")
    targets, styles = {}, []
    for link in ElementTree.fromstring(packed.read(f"{folder}/_rels/{name}.rels")):
        target = link.get("Target", "")
        targets[link.get("Id")] = target[1:] if target[:1] == "/" else f"{folder}/{target}"
        if link.get("Type", "").endswith("/styles"):
            styles.append(targets[link.get("Id")])
    percents = {n for part in styles if part in names for n in _percents(packed.read(part))}
    sign = "|".join(["e", *(rf"\s*{n}\s*" for n in percents)]).encode()
    sign = b"<" if "0" in percents else rb"[\"'](%b)[\"']" % sign  # 0 need not be written
    found = {}
    for sheet in ElementTree.fromstring(packed.read(book)).findall(".//{*}sheet"):
        part = targets.get(_attributes(sheet).get("id"))
        if part in names:
            for _, texts in _texts_in(packed.read(part), sign, percents):
                found[sheet.get("name")] = texts
    return found


def _percents(styles: bytes) -> list[str]:
    """The numbers of the cell formats that show a number as a percentage."""
    from xml.etree import ElementTree

    root = ElementTree.fromstring(styles)
    codes = {"9": "0%", "10": "0.00%"}
    for code in root.findall("{*}numFmts/{*}numFmt"):
        codes[code.get("numFmtId")] = WITHOUT.sub("", code.get("formatCode", ""))
    formats = root.findall("{*}cellXfs/{*}xf")
    return [str(n) for n, xf in enumerate(formats) if "%" in codes.get(xf.get("numFmtId"), "")]


def _texts_in(xml: bytes, sign: bytes, percents=frozenset()):
    """The texts on each sheet of a part, with its name if it has one; skipped without a `sign` of
    any.
    """
    from xml.etree import ElementTree

    if not re.search(sign, xml):
        return
    texts, row, last, left = {}, 0, 0, MOST_CELLS
    for _, element in ElementTree.iterparse(io.BytesIO(xml)):
        tag = element.tag.rpartition("}")[2]
        if tag in ("row", "table-row"):
            attributes = _attributes(element)
            row = int(attributes.get("r", last + 1))
            last = row + int(attributes.get("number-rows-repeated", 1)) - 1
            found = _of_xlsx(element, percents) if tag == "row" else _of_ods(element)
            if found:
                left -= len(found) * (last - row + 1)
                if left < 0:
                    raise MemoryError
                texts |= dict.fromkeys(range(row, last + 1), found)
            element.clear()
        elif tag in ("table", "worksheet"):
            yield _attributes(element).get("name"), texts
            texts, row, last = {}, 0, 0


def _of_xlsx(row, percents) -> dict[int, str]:
    found, reference, beyond = {}, "", 0
    for cell in row:
        if "r" in cell.attrib:
            reference, beyond = cell.attrib["r"], 0
        else:
            beyond += 1
        kind = cell.get("t", "n")
        is_percentage = kind == "n" and cell.get("s", "0") in percents
        if len(cell) and (kind == "e" or is_percentage):
            text = "".join(cell[-1].itertext())
            if text := _percentage(text) if is_percentage else text:
                found[column_number(reference) + beyond] = text
    return found


def _of_ods(row) -> dict[int, str]:
    found, last = {}, 0
    for cell in row:
        attributes, text = _attributes(cell), ""
        repeated = int(attributes.get("number-columns-repeated", 1))
        if attributes.get("value-type") == "percentage":
            text = _percentage(attributes.get("value", ""))
        elif len(cell):
            shown = "".join(cell[-1].itertext())
            text = shown if ERROR.fullmatch(shown) else ""
        if text:
            if repeated > MOST_CELLS:
                raise MemoryError
            found |= dict.fromkeys(range(last + 1, last + repeated + 1), text)
        last += repeated
    return found


def _percentage(number: str) -> str:
    """0.875 as 87.5%, with the 15 digits that spreadsheets calculate with; "" for no number."""
    from decimal import Decimal

    try:
        return f"{(Decimal(f'{float(number):.15g}') * 100).normalize():f}%"
    except ValueError:
        return ""


def _attributes(element) -> dict[str, str]:
    return {name.rpartition("}")[2]: value for name, value in element.items()}


def column_number(reference: str) -> int:
    """The number of a column, or of a cell's, which is 3 for C4."""
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = 26 * number + ord(letter) - 64
    return number


if __name__ == "__main__":
    sys.path.append(sys.argv[2])
    main(sys.argv[1], int(sys.argv[3]))
