"""Reads street-level crime CSV from data.police.uk into counts by place and type.

A file is read in blocks. Each block is reduced at once to codes and 64-bit keys, so memory does not
grow with the file's text. At the first sign of a mistake the file is read again row by row, to
report every kind of mistake.
"""

import csv
import hashlib
import re
from binascii import unhexlify
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from saferplymouth.errors import cell_fault
from saferplymouth.sources.archives import FETCH, UNREADABLE, StreetFile, digested, street_files
from saferplymouth.sources.problems import Problem, shown
from saferplymouth.sources.sheets import SAVE_AS_CSV, UNCLOSED

__all__ = ["StreetFile", "digested", "read_street", "repeats", "street_files"]

NEEDED = ("Crime ID", "Month", "LSOA code", "LSOA name", "Crime type")
ID, MONTH, LSOA, PLACE, TYPE = NEEDED
FORMS = {  # regular expressions that mean the same in Arrow and Python
    LSOA: r"|[EWS]01[0-9]{6}|N[0-9]{8}|95[0-9A-Z]{6}",
    PLACE: r"|[^\s]|[^\s].*[^\s]",
    TYPE: r"[^\s]|[^\s].*[^\s]",
}
USUAL = r"[0-9A-Za-z][ -~]*"  # matches almost every text, and only texts that can be published
LONGEST_TEXT = 100
BOM = b"\xef\xbb\xbf"
BLOCK = 1_000_000  # bytes; also the longest line
WORDS = pa.dictionary(pa.int32(), pa.string())
CELL = [("lsoa", WORDS), ("name", WORDS), ("type", WORDS)]
SCHEMA = pa.schema([*CELL, ("rows", pa.int64()), ("ids", pa.list_(pa.uint64()))])
PART = 1_000_000  # rows to search at a time, to save memory


class _Invalid(Exception):
    """The file contains a mistake somewhere."""


def read_street(file: StreetFile, problems: list[Problem]) -> pa.Table | None:
    """The cells of one street file, or None with every kind of mistake added to `problems`.

    There is one row for each combination of `lsoa` (code), `name` and `type` ("" without a
    location). `rows` is the count, and `ids` has the first 64 bits of the Crime IDs, if any. A
    Crime ID that appeared earlier in the file is set aside. The table's metadata has `read` and
    `repeated`, where read = sum(rows) + repeated.
    """
    try:
        with file.open() as content:
            return _table(*_columns(content, file.month))
    except (_Invalid, pa.ArrowException, *UNREADABLE):
        problems += _mistakes(file)
        return None


def repeats(keys: np.ndarray) -> np.ndarray:
    """The positions in `keys` whose value also appears at an earlier position."""
    ranked = np.sort(keys)
    twice = np.unique(ranked[1:][ranked[1:] == ranked[:-1]])
    if not len(twice):
        return np.empty(0, np.intp)
    starts = range(0, len(keys), PART)
    met = np.concatenate([start + _among(keys[start : start + PART], twice) for start in starts])
    first = np.unique(keys[met], return_index=True)[1]
    return np.delete(met, first)


def _among(keys: np.ndarray, few: np.ndarray) -> np.ndarray:
    """The positions in `keys` of the sorted `few`, sought only where the lowest bits are alike."""
    ends = np.zeros(1 << 20, bool)
    ends[few & np.uint64(len(ends) - 1)] = True
    like = np.flatnonzero(ends[keys & np.uint64(len(ends) - 1)])
    return like[few[np.searchsorted(few[:-1], keys[like])] == keys[like]]


def _columns(content: BinaryIO, month: str) -> tuple[list[pa.Array], np.ndarray, np.ndarray]:
    """Every row's code, name and type as dictionaries, its Crime ID's key, and whether it has
    one.
    """
    header = _header(content.readline(BLOCK))
    words, keys = [], []
    for block in _blocks(content, header):
        if not re.search(rb"\S", block):
            continue
        columns = _parsed(block, header)
        if columns[1].dictionary.to_pylist() != [month]:
            raise _Invalid
        keys.append(_keys(columns[0]))
        words.append(columns[2:])
    if not words:
        raise _Invalid
    whole = [
        pa.chunked_array(parts).unify_dictionaries().combine_chunks()
        for parts in zip(*words, strict=True)
    ]
    return whole, *(np.concatenate(parts) for parts in zip(*keys, strict=True))


def _header(line: bytes) -> list[str]:
    try:
        header = next(csv.reader([line.removeprefix(BOM).decode()], strict=True), [])
    except csv.Error:
        raise _Invalid from None
    if any(header.count(name) != 1 for name in NEEDED):
        raise _Invalid
    return header


def _blocks(content: BinaryIO, header: list[str]) -> Iterator[memoryview]:
    """The rest of the file in blocks of whole lines, each read into the same memory.

    Raises `_Invalid` for bytes that are no text, a line longer than a block, and a cut end.
    """
    space = bytearray(BLOCK)
    view, size = memoryview(space), 0
    while got := content.readinto(view[size:]):
        size += got
        whole = space.rfind(b"\n", 0, size) + 1
        if (size == BLOCK and not whole) or space.find(b"\0", 0, size) >= 0:
            raise _Invalid
        if whole:
            yield view[:whole]
            view[: size - whole] = view[whole:size]
            size -= whole
    if size and header[-1] in NEEDED:
        raise _Invalid  # the last cell may be cut
    yield view[:size]


def _parsed(block: memoryview, header: list[str]) -> list[pa.Array]:
    """The needed columns of a block, in the order of `NEEDED`."""
    if not block.obj.isascii():
        str(block, "utf-8")
    names = [name if name in NEEDED else f"{number}" for number, name in enumerate(header)]
    table = arrow_csv.read_csv(
        pa.BufferReader(block),
        arrow_csv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=names),
        convert_options=arrow_csv.ConvertOptions(
            check_utf8=False,
            include_columns=NEEDED,
            column_types={ID: pa.binary()} | dict.fromkeys(NEEDED[1:], WORDS),
        ),
    )
    quoted = block.obj.find(b'"', 0, len(block)) >= 0
    if quoted and table.num_rows != sum(map(bool, bytes(block).splitlines())):
        raise _Invalid  # a quotation mark is closed on a later line, or never
    return [column.combine_chunks() for column in table.columns]


def _keys(ids: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """The first 64 bits of each Crime ID (0 if there is none), and whether there is one."""
    _, offsets, text = ids.buffers()
    ends = np.frombuffer(offsets, np.int32, len(ids) + 1, 4 * ids.offset)
    lengths = np.diff(ends)
    keys, present = np.zeros(len(ids), np.uint64), lengths > 0
    with suppress(ValueError):  # a Crime ID that is not all hexadecimal digits
        if np.array_equal(lengths, 64 * present):
            written = np.frombuffer(text or b"", np.uint8)[ends[0] : ends[-1]].reshape(-1, 64)
            keys[present] = np.frombuffer(unhexlify(written[:, :16].tobytes()), ">u8")
            return keys, present
    cells = [cell.strip() for cell in ids.to_pylist()]
    return np.array([_key(cell) if cell else 0 for cell in cells], np.uint64), np.array(cells, bool)


def _key(written: bytes) -> int:
    """The first 64 bits of a Crime ID of 64 hexadecimal digits; for other text, of its hash."""
    if re.fullmatch(rb"[0-9a-fA-F]{16}.{48}", written, re.DOTALL):
        return int(written[:16], 16)
    return int.from_bytes(hashlib.blake2b(written, digest_size=8).digest())


def _table(words: list[pa.Array], keys: np.ndarray, present: np.ndarray) -> pa.Table:
    """One row for each place and crime type, counting each Crime ID only once."""
    _check(*words)
    counted = np.ones(len(keys), bool)
    with_id = np.flatnonzero(present)
    counted[with_id[repeats(keys[with_id])]] = False
    sizes = [len(column.dictionary) for column in words]
    cell = np.ravel_multi_index([column.indices.to_numpy() for column in words], sizes)[counted]
    order = np.argsort(cell)
    ranked = cell[order]
    starts = np.flatnonzero(np.diff(ranked, prepend=-1))
    ends = np.append(starts, len(ranked))
    with_id = present[counted][order]
    offsets = np.append(0, np.cumsum(with_id))[ends].astype(np.int32)
    columns = [
        pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), column.dictionary)
        for codes, column in zip(np.unravel_index(ranked[starts], sizes), words, strict=True)
    ]
    ids = pa.ListArray.from_arrays(offsets, keys[counted][order][with_id])
    metadata = {"read": str(len(keys)), "repeated": str(len(keys) - len(order))}
    return pa.table([*columns, np.diff(ends), ids], schema=SCHEMA.with_metadata(metadata))


def _check(codes: pa.Array, names: pa.Array, types: pa.Array) -> None:
    """Raise `_Invalid` unless every text has its form and each place has both code and name."""
    for column, words in ((LSOA, codes), (PLACE, names), (TYPE, types)):
        texts = words.dictionary
        fits = pc.match_substring_regex(texts, f"^(?:{FORMS[column]})$")
        if fits.true_count < len(fits) or pc.max(pc.utf8_length(texts)).as_py() > LONGEST_TEXT:
            raise _Invalid
        usual = pc.match_substring_regex(texts, f"^(?:{USUAL})?$")
        if any(map(cell_fault, texts.filter(pc.invert(usual)).to_pylist())):
            raise _Invalid
    unplaced = [
        words.indices.to_numpy() == words.dictionary.index("").as_py() for words in (codes, names)
    ]
    if not np.array_equal(*unplaced):
        raise _Invalid


class _Mistakes:
    """The mistakes of one file by kind: the first row of each, and how many rows have it."""

    def __init__(self, source: str):
        self.source = source
        self.first: dict[tuple, Problem] = {}
        self.rows: Counter[tuple] = Counter()
        self.ended = True  # with a line break

    def add(
        self,
        mistake: str,
        cure: str,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        kind = (mistake, column)
        self.rows[kind] += 1
        text = f"{shown(value)} {mistake}" if value is not None else mistake
        self.first.setdefault(kind, Problem(self.source, text, cure, row, column))

    def problems(self) -> list[Problem]:
        for kind, rows in self.rows.items():
            if rows > 1:
                first = self.first[kind]
                self.first[kind] = replace(first, mistake=f"{first.mistake}, in {rows:,} rows")
        return [*self.first.values()]


def _mistakes(file: StreetFile) -> list[Problem]:
    mistakes = _Mistakes(file.source)
    try:
        with suppress(_Invalid), file.open() as content:
            _go_through(content, file.month, mistakes)
    except UNREADABLE:
        mistakes.add("cannot be read to the end", FETCH)
    if not mistakes.first:
        mistakes.add("stops being valid CSV", FETCH)
    return mistakes.problems()


def _go_through(content: BinaryIO, month: str, mistakes: _Mistakes) -> None:
    rows = _rows(content, mistakes)
    number, header = next(rows, (0, []))
    if not number:
        mistakes.add("is empty", FETCH)
    elif not header:
        mistakes.add("does not start with its header", "put the header in the first row", 1)
    for name in NEEDED if header else ():
        if header.count(name) != 1:
            mistake = "appears twice in the header" if name in header else "is not in the header"
            mistakes.add(mistake, FETCH, 1, name)
    if mistakes.first:
        return
    for number, cells in rows:
        _check_row(number, cells, header, month, mistakes)
    if number == 1 and not mistakes.first:
        mistakes.add("has a header and no rows", FETCH)
    elif not mistakes.ended and header[-1] in NEEDED:
        mistakes.add("ends without a line break, so the last cell may be cut", FETCH, number)


def _check_row(
    number: int, cells: list[str], header: list[str], month: str, mistakes: _Mistakes
) -> None:
    if any("\n" in cell or "\r" in cell for cell in cells):
        mistakes.add("contains a line break", UNCLOSED, number)
        return
    if len(cells) != len(header):
        mistake = f"has {'fewer' if len(cells) < len(header) else 'more'} cells than the header"
        mistakes.add(mistake, f"{FETCH}: it was cut short or changed", number)
        return
    row = dict(zip(header, cells, strict=True))
    if row[MONTH] != month:
        mistake, cure = "is not the month in the file's name", f"{FETCH}, and do not rename it"
        mistakes.add(mistake, cure, number, MONTH, row[MONTH])
    for column, form in FORMS.items():
        text = row[column]
        if not re.fullmatch(form, text, re.ASCII) or len(text) > LONGEST_TEXT:
            mistakes.add(f"is not a valid {column}", FETCH, number, column, text)
        elif finding := cell_fault(text):
            mistakes.add(finding[0], FETCH, number, column, text)
    if bool(row[LSOA]) != bool(row[PLACE]):
        absent = PLACE if row[LSOA] else LSOA
        mistakes.add("has a code or a name for its LSOA, but not both", FETCH, number, absent)


def _rows(content: BinaryIO, mistakes: _Mistakes) -> Iterator[tuple[int, list[str]]]:
    """The header and each row that is not blank, with its number as a spreadsheet counts it."""
    number = 0
    try:
        for number, cells in enumerate(csv.reader(_lines(content, mistakes), strict=True), start=1):
            if cells or number == 1:
                yield number, cells
    except csv.Error:
        mistakes.add("stops being valid CSV", UNCLOSED, number + 1)


def _lines(content: BinaryIO, mistakes: _Mistakes) -> Iterator[str]:
    for number, line in enumerate(iter(lambda: content.readline(BLOCK), b""), start=1):
        if len(line) == BLOCK:
            mistakes.add("is a line of more than a million characters", FETCH, number)
            raise _Invalid
        if b"\0" in line:
            mistakes.add("is not text in UTF-8", SAVE_AS_CSV, number)
            raise _Invalid
        try:
            text = line.removeprefix(BOM if number == 1 else b"").decode()
        except UnicodeDecodeError:
            mistakes.add("contains bytes that are not UTF-8", SAVE_AS_CSV, number)
            text = line.decode(errors="replace")
        mistakes.ended = line.endswith(b"\n")
        yield text
