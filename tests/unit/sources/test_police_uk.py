"""Street files as data.police.uk publishes them, against counts made by hand with the standard
library's csv.
"""

import csv
import io
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from projects import ROOT

from saferplymouth.sources import police_uk
from saferplymouth.sources.police_uk import StreetFile, read_street

REAL = ROOT / "data/raw/2016-11/2016-11-devon-and-cornwall-street.csv"
NAME = REAL.name
HEADER, *ROWS = csv.reader(REAL.read_text(encoding="utf-8").splitlines()[::97])
ID, MONTH, CODE, PLACE, TYPE = (HEADER.index(name) for name in police_uk.NEEDED)
AGAIN = "download it again from data.police.uk"


class Held:
    """One file's content as a `StreetFile` opens it."""

    def __init__(self, content: bytes):
        self.content = content

    def open(self, name: str) -> io.BytesIO:
        return io.BytesIO(self.content)


def written(
    rows: list, header: list = HEADER, newline: str = "\n", quoting: int = csv.QUOTE_MINIMAL
) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=newline, quoting=quoting).writerows([header, *rows])
    return text.getvalue().encode()


def read(content: bytes):
    """The table of a file of November 2016, and what is wrong with it as it is told."""
    problems = []
    table = read_street(
        StreetFile(f"a.zip/{NAME}", "2016-11", "x", Path(), Held(content)), problems
    )
    assert (table is None) == bool(problems)
    return table, [
        str(problem).removeprefix(f"a.zip/{NAME}, ").removeprefix(f"a.zip/{NAME}: ")
        for problem in problems
    ]


def counted(table) -> Counter:
    """The rows of each cell with the start of their Crime IDs, after a check that every row is
    accounted for.
    """
    told = {name.decode(): int(value) for name, value in table.schema.metadata.items()}
    cells = table.to_pylist()
    assert told["read"] == sum(cell["rows"] for cell in cells) + told["repeated"]
    assert len({(cell["lsoa"], cell["name"], cell["type"]) for cell in cells}) == len(cells)
    return Counter(
        {(c["lsoa"], c["name"], c["type"], c["rows"], tuple(sorted(c["ids"]))): 1 for c in cells}
    )


def by_hand(rows: list) -> Counter:
    met, cells = set(), {}
    for row in rows:
        if row[ID] not in met:
            cell = cells.setdefault((row[CODE], row[PLACE], row[TYPE]), [])
            cell.append(int(row[ID][:16], 16) if row[ID] else None)
            met |= {row[ID]} - {""}
    return Counter(
        {
            (*key, len(ids), tuple(sorted(i for i in ids if i is not None))): 1
            for key, ids in cells.items()
        }
    )


def changed(row: int, column: int, value: str) -> bytes:
    """The file with one cell changed, of the row with this number in a spreadsheet."""
    rows = [list(cells) for cells in ROWS]
    rows[row - 2][column] = value
    return written(rows)


def test_the_slice_of_real_rows_has_what_the_files_are_known_for():
    kinds = [(bool(row[ID]), bool(row[CODE])) for row in ROWS]
    assert len(ROWS) > 90
    assert {(True, True), (False, True), (True, False)} == set(kinds)


def test_a_real_file_is_counted_as_by_hand():
    with REAL.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))[1:]
    table, told = read(REAL.read_bytes())
    assert told == []
    assert counted(table) == by_hand(rows)
    assert table.schema.metadata[b"read"] == str(len(rows)).encode()


@settings(deadline=None)
@given(
    st.randoms(use_true_random=False),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.booleans(),
    st.sampled_from([b"", b"\n", b"\r\n\r\n"]),
    st.integers(600, 40_000),
)
def test_rows_columns_and_encoding_may_come_in_any_order_and_manner(
    order, newline, quoting, marked, end, block
):
    rows, columns = [list(row) for row in ROWS], list(range(len(HEADER)))
    order.shuffle(rows)
    order.shuffle(columns)
    kept = [c for c in columns if c in (ID, MONTH, CODE, PLACE, TYPE) or order.random() < 0.5]
    content = written(
        [[row[c] for c in kept] for row in rows], [HEADER[c] for c in kept], newline, quoting
    )
    usual, police_uk.BLOCK = police_uk.BLOCK, block
    try:
        table, told = read(b"\xef\xbb\xbf" * marked + content + end)
    finally:
        police_uk.BLOCK = usual
    assert told == []
    assert counted(table) == by_hand(rows)


@settings(deadline=None)
@given(st.lists(st.sampled_from(ROWS), min_size=1, max_size=60))
def test_rows_without_an_id_are_each_an_incident_and_an_id_counts_once(rows):
    table, told = read(written(rows))
    ids = [row[ID] for row in rows if row[ID]]
    assert told == []
    assert counted(table) == by_hand(rows)
    assert int(table.schema.metadata[b"repeated"]) == len(ids) - len(set(ids))


def test_a_repeated_id_is_counted_where_it_stands_first():
    one, other = [row for row in ROWS if row[ID]][:2]
    twice = [*other[:ID], one[ID].upper(), *other[ID + 1 :]]
    assert counted(read(written([one, twice]))[0]) == by_hand([one])
    assert counted(read(written([twice, one]))[0]) == by_hand([twice])


@settings(deadline=None)
@given(st.integers(0, len(written(ROWS))))
def test_a_file_cut_anywhere_is_refused_or_counted_as_far_as_its_last_whole_row(length):
    content = written(ROWS)[:length]
    whole = [row for row in csv.reader(content.decode().splitlines()) if len(row) == len(HEADER)][
        1:
    ]
    table, told = read(content)
    if table is None:
        assert told
    else:
        assert len(whole) == content.rstrip(b"\n").count(b"\n")
        assert counted(table) == by_hand(whole)


def test_a_last_row_that_may_be_cut_is_refused_where_its_end_would_be_counted():
    needed = (ID, MONTH, CODE, PLACE, TYPE)
    content = written([[row[c] for c in needed] for row in ROWS], [HEADER[c] for c in needed])
    assert read(content)[1] == []
    assert read(content[:-4])[1] == [
        f"row {len(ROWS) + 1}: ends without a line break, so the last cell may be cut. Cure: "
        f"{AGAIN}."
    ]


@settings(deadline=None)
@given(st.data())
def test_no_bytes_at_all_make_it_fail_or_lose_a_row(data):
    content = bytearray(written(ROWS[:8]))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(
            st.binary(max_size=3) | st.sampled_from(ODD)
        )
    table, _ = read(bytes(content))
    if table is not None:
        counted(table)
        lines = [line for line in bytes(content).splitlines() if line]
        assert int(table.schema.metadata[b"read"]) == len(lines) - 1


ODD = [b'"', b'""', b"\n", b"\r", b",", b"\0", b"\xff", b'"\n"', b",,", b"\r\n\r\n", b'\n"']


def test_where_the_look_row_by_row_finds_a_mistake_the_file_is_refused():
    dice = random.Random(2016)
    for _ in range(300):
        content = bytearray(written(ROWS[:5]))
        content[dice.randrange(len(content))] = dice.randrange(256)
        problems = police_uk._mistakes(
            StreetFile(f"a.zip/{NAME}", "2016-11", "x", Path(), Held(bytes(content)))
        )
        table, _ = read(bytes(content))
        assert table is None or [p.mistake for p in problems] == ["stops being valid CSV"]


def test_other_forces_older_types_and_other_nations_are_counted_as_published():
    row = ["", "2016-11", *[""] * 10]
    rows = [list(row) for _ in range(6)]
    codes = ["E01000001", "W01000001", "S01000001", "N20000001", "95AA01S1", ""]
    for cells, code in zip(rows, codes, strict=True):
        cells[CODE], cells[PLACE], cells[TYPE] = (
            code,
            "Somewhere 001A" if code else "",
            "Violent crime",
        )
    content = written(rows)
    assert counted(read(content)[0]) == by_hand(rows)
    assert read(content)[0]["ids"].to_pylist() == [[]] * 6


def test_a_crime_id_of_another_kind_counts_once_too():
    base = list(ROWS[0])
    odd = ["NOT-HEXADECIMAL", "g" * 64, "0" * 63, " ", "", "é", "NOT-HEXADECIMAL", "g" * 64]
    rows = [[*base[:ID], value, *base[ID + 1 :]] for value in odd]
    table, told = read(written(rows))
    assert told == []
    assert (table["rows"].to_pylist(), len(table["ids"][0])) == ([6], 4)
    assert table.schema.metadata[b"repeated"] == b"2"


def test_crime_ids_of_uneven_length_are_told_apart_and_spaces_around_one_mean_nothing():
    base, odd = list(ROWS[0]), ["a" * 32, "a" * 96, "b" * 64, f" {'b' * 64} "]
    table, _ = read(written([[*base[:ID], value, *base[ID + 1 :]] for value in odd]))
    assert (table["rows"].to_pylist(), len(set(table["ids"][0].as_py()))) == ([3], 3)
    assert 0xBBBBBBBBBBBBBBBB in table["ids"][0].as_py()


LINES = written(ROWS).splitlines(keepends=True)
CUT = "download it again from data.police.uk: it was cut short or changed"
QUOTE = "look for a quotation mark that is never closed"
REFUSED = {
    "empty": (b"", [f"is empty. Cure: {AGAIN}."]),
    "header only": (LINES[0], [f"has a header and no rows. Cure: {AGAIN}."]),
    "blank first": (
        b"\n" + written(ROWS),
        ["row 1: does not start with its header. Cure: put the header in the first row."],
    ),
    "no columns": (
        b"Crime ID,Month,LSOA code,Kind\n1,2,3,4\n",
        [
            f"row 1, column {c}: is not in the header. Cure: {AGAIN}."
            for c in ("LSOA name", "Crime type")
        ],
    ),
    "column twice": (
        written(ROWS).replace(b"Context", b"Month"),
        [f"row 1, column Month: appears twice in the header. Cure: {AGAIN}."],
    ),
    "UTF-16": (
        written(ROWS).decode().encode("utf-16"),
        ["row 1: is not text in UTF-8. Cure: save it as CSV UTF-8."],
    ),
    "Latin-1": (
        changed(4, 6, "On or near Café").decode().encode("latin-1"),
        ["row 4: contains bytes that are not UTF-8. Cure: save it as CSV UTF-8."],
    ),
    "NUL": (changed(5, 6, "\0"), ["row 5: is not text in UTF-8. Cure: save it as CSV UTF-8."]),
    "few cells": (
        b"".join(LINES[:3]) + b"a,b\n" + LINES[3],
        [f"row 4: has fewer cells than the header. Cure: {CUT}."],
    ),
    "many cells": (
        b"".join([*LINES[:3], b",," + LINES[3], *LINES[4:7], b"," + LINES[8]]),
        [f"row 4: has more cells than the header, in 2 rows. Cure: {CUT}."],
    ),
    "cut": (
        written(ROWS)[:-30],
        [f"row {len(ROWS) + 1}: has fewer cells than the header. Cure: {CUT}."],
    ),
    "month": (
        changed(9, MONTH, "2016-10"),
        [
            f"row 9, column Month: '2016-10' is not the month in the file's name. Cure: {AGAIN}, "
            f"and do not rename it."
        ],
    ),
    "type": (
        changed(3, TYPE, ""),
        [f"row 3, column Crime type: '' is not a valid Crime type. Cure: {AGAIN}."],
    ),
    "long type": (
        changed(3, TYPE, "x" * 101),
        [f"row 3, column Crime type: '{'x' * 60}…' is not a valid Crime type. Cure: {AGAIN}."],
    ),
    "spaced name": (
        changed(2, PLACE, "Plymouth 003A "),
        [f"row 2, column LSOA name: 'Plymouth 003A' is not a valid LSOA name. Cure: {AGAIN}."],
    ),
    "code": (
        changed(2, CODE, "E02000001"),
        [f"row 2, column LSOA code: 'E02000001' is not a valid LSOA code. Cure: {AGAIN}."],
    ),
    "no name": (
        changed(2, PLACE, ""),
        [
            f"row 2, column LSOA name: has a code or a name for its LSOA, but not both. Cure: {AGAIN}."
        ],
    ),
    "no code": (
        changed(2, CODE, ""),
        [
            f"row 2, column LSOA code: has a code or a name for its LSOA, but not both. Cure: {AGAIN}."
        ],
    ),
    "open quote": (
        changed(2, 6, "@").replace(b"@", b'"'),
        [f"row 2: stops being valid CSV. Cure: {QUOTE}."],
    ),
    "line break": (changed(6, 6, "On or\nnear"), [f"row 6: contains a line break. Cure: {QUOTE}."]),
    "a long line": (
        changed(7, 6, "x" * 2_500_000),
        [f"row 7: is a line of more than a million characters. Cure: {AGAIN}."],
    ),
    "all at once": (
        changed(3, MONTH, "2016-10").replace(b"Anti-social behaviour", b"") + b"\xff\n\n",
        [
            f"row 3, column Month: '2016-10' is not the month in the file's name. Cure: {AGAIN}, "
            f"and do not rename it.",
            "row {asb}, column Crime type: '' is not a valid Crime type, in {many} rows. Cure: "
            + AGAIN
            + ".",
            f"row {len(ROWS) + 2}: contains bytes that are not UTF-8. Cure: save it as CSV UTF-8.",
            f"row {len(ROWS) + 2}: has fewer cells than the header. Cure: {CUT}.",
        ],
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_mistake_is_told_with_its_row_and_its_cure(name):
    content, messages = REFUSED[name]
    asb = [
        number for number, row in enumerate(ROWS, start=2) if row[TYPE] == "Anti-social behaviour"
    ]
    expected = [
        message.replace("{asb}", str(asb[0])).replace("{many}", str(len(asb)))
        for message in messages
    ]
    table, told = read(content)
    assert table is None
    assert sorted(told) == sorted(expected)
