"""What spreadsheets send: no workbook ends the program, and what only looks different is read as it
is meant.
"""

import datetime
import io
import os
import subprocess
import sys
import zipfile

import openpyxl
import pytest
import tiny
from returned import GOOD, HEAD, SHARES, inside, ods_of, xlsx_of

from saferplymouth.sources import workbook
from saferplymouth.sources.tables import MOST_ROWS

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def by_hand(rows: str, part: str = "xl/worksheets/sheet1.xml", prefix: str = "") -> bytes:
    """A workbook whose only sheet is written by hand, as XML after a header and a good row."""
    opens, named = (f"{prefix}:", f"xmlns:{prefix}") if prefix else ("", "xmlns")
    cells = [
        [f'<c r="{c}{n}" t="inlineStr"><is><t>{v}</t></is></c>' for c, v in named]
        for n, named in enumerate(
            (zip("ABC", HEAD, strict=True), zip("ABC", GOOD, strict=True)), start=1
        )
    ]
    table = "".join(f'<row r="{n}">{"".join(row)}</row>' for n, row in enumerate(cells, start=1))
    xml = f"<worksheet><sheetData>{table}{rows}</sheetData></worksheet>"
    if prefix:
        xml = xml.replace("</", "\0").replace("<", f"<{opens}").replace("\0", f"</{opens}")
    xml = xml.replace("worksheet>", f'worksheet {named}="{MAIN}">', 1)
    target = part.removeprefix("xl/")
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
            f'<Override PartName="/{part}" ContentType="{TYPE}.worksheet+xml"/></Types>',
        )
        packed.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
            f'Type="{LINKS}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        packed.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets><sheet name="S" sheetId="1" '
            f'r:id="rId1"/></sheets>'
            "</workbook>",
        )
        packed.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{LINKS}/worksheet" '
            f'Target="{target}"/>'
            "</Relationships>",
        )
        packed.writestr(part, xml)
    return written.getvalue()


FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


# --- No workbook ends the program


@pytest.mark.parametrize(
    "content",
    [
        by_hand(FAR),
        by_hand(FAR, prefix="x"),
        by_hand(FAR, "xl/other/sheet1.xml"),
        by_hand(FAR, "xl/Worksheets/sheet1.xml"),
        by_hand(FAR.replace("r=", "r  =\n ")),
        by_hand(FAR.replace('r="1048576"', "")),
    ],
    ids=["plain", "prefixed", "another folder", "capitals", "spaces", "row unsaid"],
)
def test_a_cell_far_away_in_xml_of_any_shape_is_refused_with_every_other_problem(content, drop):
    read = drop(
        {
            "returns/a.xlsx": content,
            "returns/b.csv": "indicator,period,value\noverall_crime,2016-11,x\n",
        }
    )
    assert [(p.file, p.mistake) for p in read.problems] == [
        ("2016-11/returns/a.xlsx", "is too large to be a return"),
        ("2016-11/returns/b.csv", "'x' is not a number"),
    ]
    assert "new workbook" in read.problems[0].cure


def test_the_command_outlives_such_a_workbook(tmp_path):
    root = tiny.project(tmp_path, "alpha")
    tiny.put(root / "data/raw/2016-04/returns/far.xlsx", by_hand(FAR, prefix="x"))
    for command in ("check", "run"):
        said = tiny.told(root, command, "2016-04")
        assert said.returncode == 2
        assert "2016-04/returns/far.xlsx: is too large to be a return. Cure: " in said.stderr


def test_a_workbook_that_takes_too_long_is_refused(returned, monkeypatch):
    monkeypatch.setattr(workbook, "SECONDS", 0)
    ((_, _, mistake, _),) = returned(xlsx_of([HEAD, GOOD]), "p.xlsx")
    assert mistake == "is too large to be a return"


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), bytes(range(256))]
)
def test_what_is_no_workbook_is_refused(content, returned):
    for name in ("p.xlsx", "p.ods"):
        ((_, _, mistake, cure),) = returned(content, name)
        assert mistake == "cannot be opened as a workbook"
        assert "save it again" in cure


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_a_process_that_reads_a_workbook_ends_with_the_one_that_waits_for_it(tmp_path):
    os.mkfifo(tmp_path / "p.xlsx")  # which is read for ever
    reads = [sys.executable, workbook.__file__, "p.xlsx", "."]
    waits = f"import subprocess; subprocess.run({reads}, capture_output=True)"
    with subprocess.Popen([sys.executable, "-c", waits], cwd=tmp_path) as waiting:
        tiny.until(
            lambda: any(workbook.__file__ in told for told in tiny.processes(str(tmp_path))),
            "the reading",
        )
        waiting.kill()
    tiny.until(lambda: tiny.processes(str(tmp_path)) == [], "its end")


def test_settings_of_python_and_a_folder_that_may_not_be_written_to_do_no_harm(
    drop, monkeypatch, tmp_path
):
    for name, value in {
        "PYTHONHOME": "/nowhere",
        "PYTHONPATH": "/nowhere",
        "MPLBACKEND": "nonsense",
    }.items():
        monkeypatch.setenv(name, value)
    nowhere = tmp_path / "closed"
    nowhere.mkdir(mode=0o500)
    monkeypatch.chdir(nowhere)
    assert len(drop({"returns/p.xlsx": xlsx_of([HEAD, GOOD])}).rows) == 1


# --- Formatting without content costs nothing


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1048576" s="1" customFormat="1"><c r="D1048576" s="1"/></row>',
        '<row r="1048576"><c r="XFD1048576" s="1" t="n"></c></row>',
        "".join(
            f'<row r="{n}" s="1"><c r="A{n}" s="1"/><c r="C{n}" s="1"/></row>'
            for n in range(3, 200_000)
        ),
    ],
    ids=["last row", "last cell", "every row"],
)
def test_cells_with_a_format_and_nothing_in_them_do_not_count(rows, drop):
    read = drop({"returns/p.xlsx": by_hand(rows)})
    assert read.problems == ()
    assert [row.value for row in read.rows] == [1575.0]


# --- Which sheet is the table


def of_sheets(**sheets) -> bytes:
    """A workbook of these sheets by name; a name that opens with `hidden` is of one that is not
    seen.
    """
    made, written = openpyxl.Workbook(), io.BytesIO()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        sheet.sheet_state = "hidden" if name.startswith("hidden") else "visible"
        for row in rows:
            sheet.append(row)
    made.save(written)
    return written.getvalue()


NOTES = [["Source: NICHE, extracted 5 January 2017"]]


@pytest.mark.parametrize(
    "content",
    [
        of_sheets(Notes=NOTES, Figures=[HEAD, GOOD]),
        of_sheets(Figures=[HEAD, GOOD], hidden_list=[["Yes"], ["No"]]),
        of_sheets(hidden_old=[HEAD, ["overall_crime", "2016-11", 1]], Figures=[HEAD, GOOD]),
        of_sheets(List=[[n] for n in range(MOST_ROWS + 2)], Figures=[HEAD, GOOD]),
    ],
    ids=["notes", "hidden list", "hidden table", "long list"],
)
def test_the_sheet_with_the_header_is_taken_and_the_other_is_named(content, drop):
    read = drop({"returns/p.xlsx": content})
    assert (read.problems, [row.value for row in read.rows]) == ((), [1575.0])
    (told,) = read.unread
    assert str(told) == f"2016-11/returns/p.xlsx, sheet '{told.sheet}': the sheet is not read."
    assert told.sheet in ("Notes", "hidden_list", "hidden_old", "List")


def test_check_tells_of_sheets_that_are_not_read_and_finds_no_problem(tmp_path):
    root = tiny.project(tmp_path, "alpha")
    rows = [HEAD, ["alpha", "2016-04", 100]]
    (root / "data/raw/2016-04/returns/police.csv").unlink()
    tiny.put(root / "data/raw/2016-04/returns/p.xlsx", of_sheets(Notes=NOTES, Figures=rows))
    said = tiny.told(root, "check", "2016-04")
    assert (said.returncode, said.stderr) == (0, "")
    assert "2016-04/returns/p.xlsx, sheet 'Notes': the sheet is not read.\n" in said.stdout
    assert said.stdout.endswith("No problems\n")


@pytest.mark.parametrize(
    ("sheets", "mistake"),
    [
        (
            {"A": [HEAD, GOOD], "B": [HEAD, GOOD]},
            "has the table on more than one sheet: 'A', 'B'",
        ),
        (
            {"A": NOTES, "B": [["a"], ["b"]]},
            "has no sheet with the header, only 'A', 'B'",
        ),
        ({"A": NOTES, "hidden": [HEAD, GOOD]}, "has its table on a hidden sheet: 'hidden'"),
    ],
)
def test_a_workbook_that_leaves_it_open_which_sheet_is_meant_is_refused_by_name(
    sheets, mistake, returned
):
    ((_, _, said, cure),) = returned(of_sheets(**sheets), "p.xlsx")
    assert said == mistake
    assert cure


def test_a_problem_of_a_workbook_names_its_sheet(drop):
    read = drop(
        {"returns/p.xlsx": of_sheets(Notes=NOTES, Figures=[HEAD, ["overall_crime", "2016-11", -5]])}
    )
    (problem,) = read.problems
    assert str(problem).startswith(
        "2016-11/returns/p.xlsx, sheet 'Figures', cell C2, column value: '-5' is negative"
    )


# --- Errors in cells

ERRORS = ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!"]


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_in_a_cell_is_told_by_the_cell_s_name_whatever_the_format(error, drop):
    workbook, written = openpyxl.Workbook(), io.BytesIO()
    for row in ([*HEAD, "note"], [*GOOD, ""], ["overall_crime", "2016-10", error, error]):
        workbook.active.append(row)
    workbook.save(written)
    by_comma = (
        f"{','.join(HEAD)},note\noverall_crime,2016-11,1,\noverall_crime,2016-10,{error},{error}\n"
    )
    for name, content in {"p.xlsx": written.getvalue(), "p.csv": by_comma}.items():
        told = [(p.cell, p.column, p.mistake) for p in drop({f"returns/{name}": content}).problems]
        assert told == [
            ("C3", "value", f"contains the error {error}"),
            ("D3", "note", f"contains the error {error}"),
        ]


@pytest.mark.parametrize(
    "cell",
    [
        'office:value-type="float" office:value="0"><text:p>#DIV/0!</text:p>',
        'office:value-type="string" office:string-value=""><text:p>#DIV/0!</text:p>',
    ],
    ids=["as nought", "as nothing"],
)
def test_an_error_that_an_ods_holds_as_nought_is_no_figure(cell, returned):
    old = b'office:value-type="float" office:value="7"><text:p>7</text:p>'
    content = inside(
        ods_of([HEAD, GOOD, ["overall_crime", "2016-10", 7]]), "content.xml", old, cell.encode()
    )
    ((row, column, mistake, _),) = returned(content, "p.ods")
    assert (row, column, mistake) == (3, "value", "contains the error #DIV/0!")


# --- Months, days and numbers as people and their spreadsheets write them

MONTHS = [
    "2016-11",
    "Nov-16",
    "Nov 2016",
    "NOV-2016",
    "November-16",
    "november 2016",
    "Nov '16",
    "11/2016",
]
DAYS = [
    "2016-11-30",
    "2016-11-30 00:00:00",
    "2016-11-01",
    "30/11/2016",
    "1/11/2016",
    "01/11/16",
    "30-Nov-16",
]
DAYS += ["30 November 2016", "30.11.2016"]


@pytest.mark.parametrize("written", [*MONTHS, *DAYS])
def test_a_month_is_read_as_people_and_spreadsheets_write_it(written, drop):
    read = drop({"returns/p.csv": f"indicator,period,value\noverall_crime,{written},5\n"})
    assert (read.problems, [row.period for row in read.rows]) == ((), ["2016-11"])


@pytest.mark.parametrize(
    "day", [datetime.date(2016, 11, 30), datetime.datetime(2016, 11, 1), datetime.date(2016, 2, 29)]
)
def test_the_first_or_last_day_of_a_month_that_a_workbook_holds_is_the_month(day, drop):
    (row,) = drop({"returns/p.xlsx": xlsx_of([HEAD, ["overall_crime", day, 5]])}).rows
    assert row.period == f"{day:%Y-%m}"


@pytest.mark.parametrize(
    ("written", "mistake"),
    [
        ("15/11/2016", "'15/11/2016' is a day within a month, 15 November 2016"),
        ("11/01/2016", "'11/01/2016' is a day within a month, 11 January 2016"),
        ("11/30/2016", "'11/30/2016' is not a month"),
        ("11/16", "'11/16' is not a month"),
        ("30-Nov", "'30-Nov' is not a month"),
        ("42704", "'42704' is not a month"),
        ("29/02/2015", "'29/02/2015' is not a month"),
    ],
)
def test_what_may_be_another_month_is_not_guessed_at(written, mistake, returned):
    assert [said for *_, said, _ in returned([HEAD, ["overall_crime", written, 5]])] == [mistake]


@pytest.mark.parametrize(
    "written", ["2016/17 Q2", "Q2 2016/17", "Q2 2016-17", "2016-17 Q2", "2016/2017 Q2"]
)
def test_a_quarter_is_read_as_people_write_it(written, drop):
    (row,) = drop(
        {"returns/p.csv": f"indicator,period,value\ndomestic_abuse_referrals,{written},5\n"}
    ).rows
    assert row.period == "2016/17 Q2"


def test_a_csv_as_excel_saves_it_is_read(drop):
    saved = (
        b'\xef\xbb\xbfindicator,period,value,note,,\r\noverall_crime,Nov-16,"1,575",,,\r\n,,,,,\r\n'
    )
    read = drop({"returns/p.csv": saved})
    assert (read.problems, [(row.period, row.value) for row in read.rows]) == (
        (),
        [("2016-11", 1575.0)],
    )


@pytest.mark.parametrize(
    ("key", "written", "value"),
    [
        ("overall_crime", "1,805", 1805),
        ("overall_crime", "12,345,678", 12345678),
        ("overall_crime", "1\u00a0805", 1805),
        ("overall_crime", "1\u202f805", 1805),
        ("overall_crime", "\u00a01805 ", 1805),
        ("overall_crime", "1,805.0", 1805),
        ("ist_satisfaction", "89%", 89),
        ("ist_satisfaction", "89.5 %", 89.5),
    ],
)
def test_a_number_is_read_as_people_and_spreadsheets_write_it(key, written, value, drop):
    for name, content in {
        "p.csv": f'indicator,period,value\n{key},2016-11,"{written}"\n',
        "p.xlsx": xlsx_of([HEAD, [key, "2016-11", written]]),
    }.items():
        read = drop({f"returns/{name}": content})
        assert (read.problems, [row.value for row in read.rows]) == ((), [value])


@pytest.mark.parametrize(
    "written",
    [
        "1,80",
        "1,8050",
        "01,805",
        "1,805,",
        ",805",
        "1,805 123",
        "1.805,5",
        "1,,805",
        "£5",
        "5%",
        "1805-",
    ],
)
def test_what_may_be_another_number_is_not_guessed_at(written, returned):
    content = f'indicator,period,value\noverall_crime,2016-11,"{written}"\n'.encode()
    assert [said for *_, said, _ in returned(content)] == [f"'{written}' is not a number"]


def test_numbers_of_replies_may_have_commas(drop):
    shares = f'{",".join(SHARES)}\nist_satisfaction,2016-11,"1,000","2,000"\n'
    (row,) = drop({"returns/p.csv": shares}).rows
    assert (row.value, row.numerator, row.denominator) == (50, 1000, 2000)
