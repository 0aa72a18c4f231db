"""The cells of a file, whatever program saved it."""

import datetime
import io

import openpyxl
import pytest
from returned import inside, ods_of, xlsx_of

from saferplymouth.sources import sheets as module
from saferplymouth.sources.sheets import Sheet, TooLarge, Unreadable, cell_name, sheets

TEXT = 'Name,Number\r\nOverall crime,"1,335"\r\n\r\n“Ist” – £5,88\r\n'
READ = [
    (1, ["Name", "Number"]),
    (2, ["Overall crime", "1,335"]),
    (4, ["“Ist” – £5", "88"]),
]


@pytest.fixture
def of(tmp_path):
    """The sheets of a file with this content."""

    def read(name: str, content: bytes, **limits) -> list[Sheet]:
        path = tmp_path / name
        path.write_bytes(content)
        return sheets(path, **limits)

    return read


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_text_is_read_in_each_encoding_with_each_separator_and_line_end(
    encoding, ends, separator, of
):
    text = TEXT.replace("\r\n", ends).replace('"1,335"', "\0").replace(",", separator)
    content = text.replace("\0", '"1,335"').encode(encoding)
    assert of("p.TXT", content) == [Sheet("", True, READ)]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            "Crime; disorder\na,b,c\n1,2,3\n",
            [["Crime; disorder"], ["a", "b", "c"], ["1", "2", "3"]],
        ),
        ("a;b;c\nx;1,5;2\ny;2,5;3\n", [["a", "b", "c"], ["x", "1,5", "2"], ["y", "2,5", "3"]]),
        ("a,b\n1,up; down\n2,up; down\n", [["a", "b"], ["1", "up; down"], ["2", "up; down"]]),
        ("sep=;\na,b;c\n", [["a,b", "c"]]),
        ("one\ntwo\n", [["one"], ["two"]]),
    ],
)
def test_the_separator_is_the_one_that_makes_a_table(text, rows, of):
    assert [cells for _, cells in of("p.csv", text.encode())[0].rows] == rows


@pytest.mark.parametrize(
    "content", [b"a,b\n1\0,2\n", "a,b\n".encode("utf-16-le"), b"caf\xc3\xa9,\xe9"]
)
def test_a_text_that_is_damaged_is_refused(content, of):
    with pytest.raises(Unreadable):
        of("p.csv", content)


def formatted(*cells) -> bytes:
    """A workbook with these values and number formats, from B3 down."""
    workbook, written = openpyxl.Workbook(), io.BytesIO()
    for row, (value, form) in enumerate(cells, start=3):
        workbook.active.cell(row, 2, value).number_format = form
    workbook.save(written)
    return written.getvalue()


def test_what_a_workbook_shows_as_a_percentage_or_date_is_read_as_shown(of):
    content = formatted(
        (0.875, "0%"),
        (0.07, "0.00%"),
        (0.29, "0.0%;[Red]-0.0%"),
        (1 / 3, "0%"),
        (1.1, "0%"),
        (0.875, "0.000"),
        (0.5, '0.0" % of all"'),
        (0.5, r"0.0\%"),
        ("88", "0%"),
        ("=1/0", "0%"),
        (datetime.date(2016, 11, 1), "mmm-yy"),
        (datetime.datetime(2016, 11, 30, 14, 5), "dd/mm/yyyy"),
    )
    ((_, _, rows),) = ((sheet.name, sheet.visible, sheet.rows) for sheet in of("p.xlsm", content))
    assert rows == [
        (3, ["", "87.5%"]),
        (4, ["", "7%"]),
        (5, ["", "29%"]),
        (6, ["", "33.3333333333333%"]),
        (7, ["", "110%"]),
        (8, ["", 0.875]),
        (9, ["", 0.5]),
        (10, ["", 0.5]),
        (11, ["", "88"]),
        (13, ["", "2016-11-01"]),
        (14, ["", "2016-11-30 14:05:00"]),
    ]


def test_percentages_and_errors_that_an_ods_repeats_are_in_each_of_their_cells(of):
    old = b'office:value-type="float" office:value="7"><text:p>7</text:p>'
    for new, text in {
        b'office:value-type="percentage" office:value="0.07"><text:p>7%</text:p>': "7%",
        b'office:value-type="float" office:value="0"><text:p>#DIV/0!</text:p>': "#DIV/0!",
    }.items():
        content = inside(
            ods_of([["a", 7]]), "content.xml", old, b'table:number-columns-repeated="3" ' + new
        )
        assert of("p.ods", content)[0].rows == [(1, ["a", text, text, text])]


def test_what_a_file_is_shows_in_its_content_where_its_name_is_another_s(of):
    assert of("p.csv", xlsx_of([["a"]])) == [Sheet("Sheet", True, [(1, ["a"])])]
    assert of("p.xls", xlsx_of([["a"]])) == [Sheet("Sheet", True, [(1, ["a"])])]
    assert of("p.xls", b"a\tb\n1\t2\n") == [Sheet("", True, [(1, ["a", "b"]), (2, ["1", "2"])])]
    with pytest.raises(Unreadable, match="cannot be opened as a workbook"):
        of("p.xls", b"<table><tr><td>a</td></tr></table>")


def test_every_sheet_is_read_with_its_name(of):
    read = of("p.xlsx", xlsx_of([], [["a"]]))
    assert read == [Sheet("Sheet", True, []), Sheet("Sheet1", True, [(1, ["a"])])]


def test_more_rows_or_cells_than_allowed_are_refused(of, monkeypatch):
    for name, content in {"p.csv": b"1\n2\n3\n", "p.xlsx": xlsx_of([[1], [2], [3]])}.items():
        assert len(of(name, content, most_rows=3)[0].rows) == 3
        with pytest.raises(TooLarge):
            of(name, content, most_rows=2)
    monkeypatch.setattr(module, "MOST_CELLS", 2)
    with pytest.raises(TooLarge):
        of("p.csv", b"1,2,3\n")


def test_a_cell_is_named_as_in_a_spreadsheet():
    named = [cell_name(7, 2), cell_name(1, 26), cell_name(1, 27), cell_name(1048576, 16384)]
    assert named == ["B7", "Z1", "AA1", "XFD1048576"]
