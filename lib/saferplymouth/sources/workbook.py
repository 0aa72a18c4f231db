"""Reads the sheets of a workbook (XLSX, ODS) and writes their cells to standard output.

It runs as a separate process with limits, because the time and memory a workbook takes is known
only while it is read, and no workbook may crash the program. It imports little, to start fast.

    python workbook.py WORKBOOK FOLDER_OF_CALAMINE
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
MOST_ROWS = 20_000  # of one sheet, with content
MOST_CELLS = 1_000_000
NO_WORKBOOK, TOO_MUCH = 40, 41  # exit status
ERROR = re.compile(r"#(N/A|NV|[A-Z0-9/_]+[!?]|GETTING_DATA|#+)|Err:[0-9]{3}")

Cells = list[str | float]  # a date is a text
# name, whether visible, whether complete, and rows by number
Sheet = tuple[str, bool, bool, list[tuple[int, Cells]]]


def main(path: str) -> None:
    """Write every sheet of the workbook to standard output, or leave with a status of why not."""
    _limit()
    try:
        with open(path, "rb") as workbook:  # noqa: PTH123, pathlib takes long to load
            content = workbook.read()
        answer = marshal.dumps(_sheets(content))
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


def _sheets(content: bytes) -> list[Sheet]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    errors, sheets = _errors(content), []
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for about in workbook.sheets_metadata:
        if about.typ == SheetTypeEnum.WorkSheet:
            rows = _rows(workbook.get_sheet_by_name(about.name), errors.get(about.name, {}))
            whole = len(rows) <= MOST_ROWS and sum(len(cells) for _, cells in rows) <= MOST_CELLS
            shown = about.visible == SheetVisibleEnum.Visible
            sheets.append((about.name, shown, whole, rows if whole else rows[:1]))
    return sheets


def _rows(sheet, errors: dict[int, dict[int, str]]) -> list[tuple[int, Cells]]:
    """The non-empty rows, by number; stops when there are more than a table may have."""
    indent, rows = [""] * (sheet.start or (0, 0))[1], []
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number not in errors and all(cell == "" for cell in row):
            continue
        cells = indent + [cell if isinstance(cell, str | float) else str(cell) for cell in row]
        for column, error in errors.get(number, {}).items():
            cells += [""] * (column - len(cells))
            cells[column - 1] = error
        while cells and cells[-1] == "":
            cells.pop()
        rows.append((number, cells))
        if len(rows) > MOST_ROWS:
            break
    return rows


def _errors(content: bytes) -> dict[str, dict[int, dict[int, str]]]:
    """The errors in cells by sheet, row and column; calamine returns them as empty or 0."""
    import zipfile

    if not zipfile.is_zipfile(io.BytesIO(content)):
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
            raise MemoryError
        names = set(packed.namelist())
        if "content.xml" in names:
            return dict(_errors_in(packed.read("content.xml"), b">\\s*(#|Err:)"))
        sheets = {}
        for book in names:
            if book.endswith("workbook.xml"):
                sheets |= dict(_parts(packed, book))
        return {
            name: errors
            for name, part in sheets.items()
            if part in names
            for _, errors in _errors_in(packed.read(part))
        }


def _parts(packed, book: str):
    """The name of each sheet of an XLSX workbook, and the part of the zip that contains it."""
    from xml.etree import ElementTree

    folder, _, name = book.rpartition("/")
    links = ElementTree.fromstring(packed.read(f"{folder}/_rels/{name}.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for sheet in ElementTree.fromstring(packed.read(book)).findall(".//{*}sheet"):
        target = targets.get(_attributes(sheet).get("id"), "")
        yield sheet.get("name"), target[1:] if target.startswith("/") else f"{folder}/{target}"


def _errors_in(xml: bytes, sign: bytes = b"[\"']e[\"']"):
    """The errors on each sheet of a part, with its name if it has one; skipped without a `sign` of
    any.
    """
    from xml.etree import ElementTree

    if not re.search(sign, xml):
        return
    errors, row, last = {}, 0, 0
    for _, element in ElementTree.iterparse(io.BytesIO(xml)):
        tag, attributes = element.tag.rpartition("}")[2], _attributes(element)
        if tag in ("row", "table-row"):
            row = int(attributes.get("r", last + 1))
            last = row + int(attributes.get("number-rows-repeated", 1)) - 1
            if wrong := _errors_of_row(element):
                errors[row] = wrong
            element.clear()
        elif tag in ("table", "worksheet"):
            yield attributes.get("name"), errors
            errors, row, last = {}, 0, 0


def _errors_of_row(row) -> dict[int, str]:
    errors, last = {}, 0
    for cell in row:
        attributes, texts = _attributes(cell), ["".join(child.itertext()) for child in cell]
        column = _column(attributes["r"]) if "r" in attributes else last + 1
        last = column + int(attributes.get("number-columns-repeated", 1)) - 1
        if texts and (attributes.get("t") == "e" or ERROR.fullmatch(texts[-1])):
            errors[column] = texts[-1]
    return errors


def _attributes(element) -> dict[str, str]:
    return {name.rpartition("}")[2]: value for name, value in element.items()}


def _column(reference: str) -> int:
    """The number of a cell's column, which is 3 for C4."""
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = 26 * number + ord(letter) - 64
    return number


if __name__ == "__main__":
    sys.path.append(sys.argv[2])
    main(sys.argv[1])
