"""What arrives: every mistake is told with its file, row, column and cure, and nothing is put right
silently.
"""

import dataclasses
import datetime
import io
import os
import zipfile
from itertools import islice
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from returned import (
    FORMATS,
    FRAMEWORK,
    GOOD,
    HEAD,
    MONTH,
    ROOT,
    SHARES,
    csv_of,
    good_workbook,
    inside,
    ods_of,
    xlsx_of,
)

from saferplymouth import framework, sources
from saferplymouth.sources import workbook
from saferplymouth.sources.commissioning import COLUMNS
from saferplymouth.sources.tables import LARGEST_FILE, MOST_ROWS
from saferplymouth.store import digests

shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


# --- Every refusal the house rules name, in every format it can come in

CELLS = {
    "an unknown indicator": (
        HEAD,
        ["overal_crime", "2016-11", 5],
        "indicator",
        "is not an indicator",
        "overall_crime",
    ),
    "no indicator": (
        HEAD,
        ["", "2016-11", 5],
        "indicator",
        "indicator is missing",
        "merged cells are empty",
    ),
    "a period after the drop": (
        HEAD,
        ["overall_crime", "2016-12", 5],
        "period",
        "December 2016 is after",
        "later drop",
    ),
    "a quarter that ends later": (
        HEAD,
        ["domestic_abuse_referrals", "2016/17 Q3", 5],
        "period",
        "is after",
        "later",
    ),
    "a month for a quarter": (
        HEAD,
        ["domestic_abuse_referrals", "2016-09", 5],
        "period",
        "quarter",
        "2016/17 Q2",
    ),
    "a quarter for a month": (
        HEAD,
        ["overall_crime", "2016/17 Q2", 5],
        "period",
        "is not a month",
        "2016-11",
    ),
    "a period long ago": (
        HEAD,
        ["overall_crime", "1916-11", 5],
        "period",
        "over 20 years ago",
        "correct the period",
    ),
    "a period in words": (
        HEAD,
        ["overall_crime", "last month", 5],
        "period",
        "is not a month",
        "such as 2016-11",
    ),
    "no period": (
        HEAD,
        ["overall_crime", "", 5],
        "period",
        "the empty cell is not a month",
        "such as 2016-11",
    ),
    "a year to date of a count": (
        HEAD,
        ["overall_crime", "2016-04..2016-11", 5],
        "period",
        "is not a month",
        "2016-11",
    ),
    "a year to date from May": (
        HEAD,
        ["ist_satisfaction", "2016-05..2016-09", 88],
        "period",
        "year to date",
        "2016-04",
    ),
    "text for a number": (
        HEAD,
        ["overall_crime", "2016-11", "about 5"],
        "value",
        "is not a number",
        "whole number",
    ),
    "a negative count": (
        HEAD,
        ["overall_crime", "2016-11", -5],
        "value",
        "is negative",
        "correct the count",
    ),
    "a fractional count": (
        HEAD,
        ["overall_crime", "2016-11", 5.5],
        "value",
        "is not a whole number",
        "correct",
    ),
    "a count beyond counting": (
        HEAD,
        ["overall_crime", "2016-11", 10**9],
        "value",
        "is too large",
        "correct the count",
    ),
    "no figure": (
        HEAD,
        ["overall_crime", "2016-11", ""],
        "value",
        "the figure is missing",
        "leave the row out",
    ),
    "a dash": (
        HEAD,
        ["overall_crime", "2016-11", "-"],
        "value",
        "'-' may mean none or not known",
        "write 0 for none, or [x]",
    ),
    "exponents": (
        HEAD,
        ["overall_crime", "2016-11", "1E5"],
        "value",
        "is not a number",
        "whole number",
    ),
    "full-width digits": (
        HEAD,
        ["overall_crime", "2016-11", "１２３"],
        "value",
        "is not a number",
        "whole number",
    ),
    "Arabic digits": (
        HEAD,
        ["overall_crime", "2016-11", "١٢"],
        "value",
        "is not a number",
        "whole number",
    ),
    "NaN": (HEAD, ["overall_crime", "2016-11", "NaN"], "value", "is not a number", "whole number"),
    "infinity": (
        HEAD,
        ["overall_crime", "2016-11", "inf"],
        "value",
        "is not a number",
        "whole number",
    ),
    "an underscore": (
        HEAD,
        ["overall_crime", "2016-11", "1_335"],
        "value",
        "is not a number",
        "whole number",
    ),
    "a percentage over 100": (
        HEAD,
        ["ist_satisfaction", "2016-11", 101],
        "value",
        "is not between 0 and 100",
        "correct",
    ),
    "a negative percentage": (
        HEAD,
        ["ist_satisfaction", "2016-11", -1],
        "value",
        "is not between",
        "correct",
    ),
    "a percent sign": (
        HEAD,
        ["overall_crime", "2016-11", "89%"],
        "value",
        "is not a number",
        "whole number",
    ),
    "a share": (
        HEAD,
        ["ist_satisfaction", "2016-11", 0.89],
        "value",
        "looks like a share",
        "write 89",
    ),
    "too many satisfied": (
        SHARES,
        ["ist_satisfaction", "2016-11", 9, 8],
        "numerator",
        "9 is more than the",
        "correct",
    ),
    "no one replied": (
        SHARES,
        ["ist_satisfaction", "2016-11", 0, 0],
        "denominator",
        "it is 0, so there is no",
        "leave the row",
    ),
    "half a reply": (
        SHARES,
        ["ist_satisfaction", "2016-11", 1, 2.5],
        "denominator",
        "not a whole number",
        "correct",
    ),
    "a count by shares": (
        SHARES,
        ["overall_crime", "2016-11", 1, 2],
        "numerator",
        "is a count",
        "value column",
    ),
    "an unseen sign": (
        [*HEAD, "note"],
        [*GOOD, "\u202e12"],
        "note",
        "contains an invisible character (U+202E)",
        "as plain text",
    ),
    "a formula that it was taken from": (
        [*HEAD, "taken_from"],
        [*GOOD, "@cmd"],
        "taken_from",
        "starts with @, like a formula",
        "start it with a word",
    ),
    "too long a note": (
        [*HEAD, "note"],
        [*GOOD, "x" * 501],
        "note",
        "has 501 characters",
        "keep it to 500",
    ),
}


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(("header", "row", "column", "mistake", "cure"), CELLS.values(), ids=CELLS)
def test_a_wrong_cell_is_told_with_its_row_and_column(
    kind, header, row, column, mistake, cure, returned
):
    right = (
        ["ist_satisfaction", "2016-10", 8, 9]
        if header == SHARES
        else ["overall_crime", "2016-10", 1570]
    )
    ((found_row, found_column, said, remedy),) = returned(
        FORMATS[kind]([header, right, row]), f"police.{kind}"
    )
    assert (found_row, found_column) == (3, column)
    assert mistake in said
    assert cure in remedy


def test_a_row_has_a_value_or_a_share_even_where_the_table_has_both(returned):
    both = [*HEAD, "numerator", "denominator"]
    good = [["ist_satisfaction", "2016-10", "", 8, 9], ["ist_satisfaction", "2016-09", 89]]
    assert returned([both, *good, [*GOOD, "", ""]]) == []
    wrong = [["ist_satisfaction", "2016-10", 89, 8, 9], ["overall_crime", "2016-11", "", 8, 9]]
    assert [(row, column, mistake) for row, column, mistake, _ in returned([both, *wrong])] == [
        (2, "value", "the figure is given in two ways"),
        (3, "numerator", "overall_crime is a count"),
    ]


def test_a_mark_says_why_there_is_no_figure_or_what_is_to_know_of_it(drop):
    rows = [
        ["overall_crime", "2016-11", "[x]"],
        ["recorded_rape", "2016/17 Q2", "[c]"],
        ["domestic_abuse", "2016-11", "358 [p]"],
    ]
    read = drop({"returns/police.csv": csv_of([HEAD, *rows])})
    assert read.problems == ()
    assert [(row.value, row.status) for row in read.rows] == [(None, "x"), (None, "c"), (358, "p")]


def test_groups_with_a_hidden_one_are_not_more_than_their_total(returned):
    def told(total, *groups):
        key = ["ist_incidents", "2016-10"]
        parts = zip(("police", "council", "third_party"), groups, strict=True)
        rows = [[*key, "route", group, figure] for group, figure in parts]
        head = ["indicator", "period", "breakdown", "group", "value"]
        return [mistake for *_, mistake, _ in returned([head, [*key, "", "", total], *rows])]

    assert told(20, 9, "[c]", 11) == told("[c]", 9, 1, 11) == []
    (mistake,) = told(20, 9, "[c]", 12)
    assert mistake.endswith("by route adds up to 21, but the total is 20")


HEADERS = {
    "a column missing": ["indicator", "period"],
    "half a share": ["indicator", "period", "numerator"],
    "figures": GOOD,
}


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_a_wrong_header_is_told_with_what_it_reads(kind, header, returned):
    ((row, column, mistake, cure),) = returned(
        FORMATS[kind]([header, [*GOOD, "x", "y"][: len(header)]]), f"p.{kind}"
    )
    assert (row, column) == (1, None)
    assert mistake.startswith("the header is '")
    assert (
        cure == "write indicator, period, value (or numerator, denominator) and, if needed, "
        "breakdown, group, note and taken_from; in a CSV file, put commas between them"
    )


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_key_twice_is_told_with_where_the_other_stands(kind, drop):
    rows = [HEAD, GOOD, ["overall_crime", "2016-10", 1], GOOD]
    (problem,) = drop({f"returns/police.{kind}": FORMATS[kind](rows)}).problems
    assert (problem.row, problem.column) == (4, "period")
    assert problem.mistake == "overall_crime for 2016-11 appears twice"
    assert problem.cure == "keep one; the other is in row 2"


def test_the_same_key_in_two_files_of_a_drop_is_told(drop):
    rows = csv_of([HEAD, GOOD])
    (problem,) = drop({"returns/a.csv": rows, "returns/b.xlsx": xlsx_of([HEAD, GOOD])}).problems
    assert problem.file == "2016-11/returns/b.xlsx"
    assert problem.cure == "keep one; the other is in returns/a.csv, row 2"


def test_the_same_key_twice_is_told_although_its_figure_is_wrong_too(returned):
    told = returned([HEAD, ["overall_crime", "2016-11", "x"], ["overall_crime", "2016-11", "y"]])
    assert [(row, column) for row, column, *_ in told] == [
        (2, "value"),
        (3, "period"),
        (3, "value"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "mistake"),
    [
        ("p.csv", b"", "is empty"),
        ("p.csv", b"\xef\xbb\xbf", "is empty"),
        ("p.csv", b"\n\r\n , ,\n", "is empty"),
        ("p.xlsx", xlsx_of([]), "is empty"),
        ("p.ods", ods_of([]), "is empty"),
        ("p.csv", csv_of([HEAD]), "has a header and no rows"),
        ("p.xlsx", xlsx_of([HEAD]), "has a header and no rows"),
        ("p.ods", ods_of([HEAD]), "has a header and no rows"),
        ("p.csv", csv_of([["Crime"], HEAD]), "has a header and no rows"),
        ("p.pdf", csv_of([HEAD, GOOD]), "is not in a known format"),
        ("p.xls", b"<table>", "cannot be opened as a workbook"),
        ("p.csv.gz", csv_of([HEAD, GOOD]), "is not in a known format"),
        ("p", csv_of([HEAD, GOOD]), "is not in a known format"),
        ("p.csv", b"\xff\xfe" + bytes(3), "contains bytes that are not UTF-8"),
        ("p.csv", csv_of([HEAD, GOOD]).decode().encode("utf-16-le"), "is not text"),
        ("p.csv", csv_of([HEAD, GOOD]) + b"\0", "is not text"),
        ("p.xlsx", csv_of([HEAD, GOOD]), "cannot be opened as a workbook"),
        (
            "p.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            "cannot be opened as a workbook",
        ),  # a password
        ("p.xlsx", xlsx_of([HEAD, GOOD])[:-900], "cannot be opened as a workbook"),
        ("p.ods", xlsx_of([HEAD, GOOD])[:1000], "cannot be opened as a workbook"),
        (
            "p.xlsx",
            xlsx_of([HEAD, GOOD], [HEAD, GOOD]),
            "has the table on more than one sheet: 'Sheet', 'Sheet1'",
        ),
        (
            "p.ods",
            ods_of([HEAD, GOOD], [HEAD]),
            "has the table on more than one sheet: 'Sheet0', 'Sheet1'",
        ),
        (
            "p.ods",
            ods_of([["x"]], [["a note"]]),
            "has no sheet with the header, only 'Sheet0', 'Sheet1'",
        ),
        (
            "p.csv",
            b"indicator,period,value\n" + b",,1\n" * MOST_ROWS,
            "is too large to be a return",
        ),
        ("p.csv", b"x" * (LARGEST_FILE + 1), "is too large to be a return"),
    ],
    ids=lambda value: (
        "content" if isinstance(value, bytes) else None
    ),  # a workbook's bytes hold the moment it was made
)
def test_a_file_without_a_table_is_told(name, content, mistake, returned):
    ((_, column, said, cure),) = returned(content, name)
    assert said.startswith(mistake)
    assert column is None
    assert cure


def test_bytes_that_are_not_utf8_are_told_with_their_row(returned):
    rows = [[*HEAD, "note"], [*GOOD, "à la carte"]]
    content = csv_of(rows) + "domestic_abuse,2016-11,5,café\n".encode("latin-1")
    assert returned(content) == [
        (3, None, "contains bytes that are not UTF-8", "save it as CSV UTF-8")
    ]


def test_a_quotation_mark_never_closed_is_told_with_its_row(returned):
    ((row, _, mistake, cure),) = returned(
        csv_of([HEAD, GOOD]) + b'domestic_abuse,2016-11,"5\nviolence'
    )
    assert (row, mistake) == (3, "stops being valid CSV")
    assert "quotation mark" in cure


def test_a_comma_that_is_not_quoted_is_told(drop):
    content = b"indicator,period,value\noverall_crime,2016-11,1,335\n"
    (problem,) = drop({"returns/police.csv": content}).problems
    assert str(problem) == (
        "2016-11/returns/police.csv, cell D2: '335' has no heading above it. Cure: add a heading or "
        "clear it; in CSV, put text with a comma in quotation marks."
    )


def test_a_row_that_stops_early_lacks_the_column_the_header_names(returned):
    ((row, column, mistake, _),) = returned(
        b"indicator,period,numerator,denominator\nist_satisfaction,2016-11,1\n"
    )
    assert (row, column, mistake) == (2, "denominator", "the figure is missing")
    told = returned(b"indicator,period,numerator,denominator\nist_satisfaction,2016-11\n")
    assert [column for _, column, *_ in told] == ["numerator", "denominator"]


def test_many_problems_are_told_at_once_and_each_in_its_place(drop):
    read = drop(
        {
            "returns/a.csv": csv_of(
                [HEAD, ["nonsense", "2016-11", "x"], ["overall_crime", "2017-01", -1], GOOD]
            ),
            "returns/b.xlsx": b"no workbook",
            "returns/c.pdf": b"?",
            "returns/d.csv": csv_of([["a", "b"], [1, 2]]),
            "comments/nonsense.md": b"Words.",
            "comments/overall_crime.md": b"caf\xe9",
            "police.csv": b"astray",
        }
    )
    assert [(p.file.removeprefix("2016-11/"), p.row, p.column) for p in read.problems] == [
        ("police.csv", None, None),
        ("returns/a.csv", 2, "indicator"),
        ("returns/a.csv", 2, "value"),
        ("returns/a.csv", 3, "period"),
        ("returns/a.csv", 3, "value"),
        ("returns/b.xlsx", None, None),
        ("returns/c.pdf", None, None),
        ("returns/d.csv", 1, None),
        ("comments/nonsense.md", None, None),
        ("comments/overall_crime.md", None, None),
    ]
    assert all(p.cure for p in read.problems)


def test_a_problem_reads_as_a_line_for_the_person_who_can_cure_it(drop):
    (problem,) = drop(
        {"returns/police.csv": csv_of([HEAD, ["overall_crime", "2016-11", -5]])}
    ).problems
    assert (
        str(problem)
        == "2016-11/returns/police.csv, cell C2, column value: '-5' is negative. Cure: correct the "
        "count."
    )


def test_a_message_never_carries_what_a_terminal_would_obey(drop):
    row = ["\x1b[2Jcrime\u202e", "2016-11", 5]
    (problem,) = drop(
        {"returns/\x1b[2Jp.csv": b"x", "returns/p.csv": csv_of([HEAD, row])}
    ).problems[1:]
    assert str(problem).isprintable()


# --- What is read without a word


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfindicator,period,value\noverall_crime,2016-11,1575\n",
        b"indicator,period,value\r\noverall_crime,2016-11,1575\r\n",
        b"indicator,period,value\roverall_crime,2016-11,1575",
        b"indicator,period,value,,\n\noverall_crime,2016-11,1575,,\n\n,,\n",
        b" Indicator , PERIOD,Value\n overall_crime , 2016-11 , 1575 \n",
        b'"indicator","period","value"\n"overall_crime","2016-11","1575"\n',
        b"value,period,indicator\n1575,2016-11,overall_crime\n",
        b"indicator,period,value\noverall_crime,2016-11,1575.0\n",
        b"indicator,period,value,note\noverall_crime,2016-11,1575\n",
    ],
)
def test_what_only_looks_different_is_read(content, drop):
    read = drop({"returns/police.csv": content})
    assert read.problems == ()
    assert read.rows == (
        sources.Row("overall_crime", "2016-11", 1575.0, None, None, "returns/police.csv", ""),
    )


def test_a_row_is_counted_as_a_spreadsheet_counts_it(returned):
    content = b'indicator,period,value,note\noverall_crime,2016-11,5,"two\nlines"\n\ndomestic_abuse,2016-11,x,\n'
    assert [row for row, *_ in returned(content)] == [4]


def test_a_note_is_kept_on_one_line(drop):
    (row,) = drop(
        {
            "returns/p.csv": b'indicator,period,value,note\noverall_crime,2016-11,5,"<b>two</b>\n '
            b'lines"\n'
        }
    ).rows
    assert row.note == "<b>two</b> lines"


def test_shares_are_read_with_their_numbers_of_replies(drop):
    read = drop({"returns/p.csv": csv_of([SHARES, ["ist_satisfaction", "2016-11", 2, 3]])})
    (row,) = read.rows
    assert (row.value, row.numerator, row.denominator) == (pytest.approx(200 / 3), 2, 3)


@pytest.mark.parametrize("date", [datetime.date(2016, 11, 1), datetime.datetime(2016, 11, 1)])
def test_a_month_that_a_spreadsheet_took_for_a_date_is_read(date, drop):
    (row,) = drop({"returns/p.xlsx": xlsx_of([HEAD, ["overall_crime", date, 5]])}).rows
    assert (row.period, row.value) == ("2016-11", 5.0)


@pytest.mark.parametrize(("kind", "of"), [("xlsx", xlsx_of), ("ods", ods_of)])
def test_a_year_that_a_spreadsheet_holds_as_a_number_is_read_in_returns_and_papers(
    kind, of, tmp_path
):
    partnership = dataclasses.replace(FRAMEWORK.partnership, financial_year_starts="January")
    yearly = dataclasses.replace(FRAMEWORK.indicators["overall_crime"], frequency="year", target={})
    frame = dataclasses.replace(
        FRAMEWORK, partnership=partnership, indicators={"overall_crime": yearly}
    )
    ledger = [COLUMNS, ["grant", 2017, *["£"] * 10]]
    for name, rows in (
        ("returns/p", [HEAD, ["overall_crime", 2015, 5]]),
        ("papers/commissioning", ledger),
    ):
        path = tmp_path / f"raw/2016-11/{name}.{kind}"
        path.parent.mkdir(parents=True)
        path.write_bytes(of(rows))
    read = sources.read(tmp_path / "raw", MONTH, frame)
    assert [row.period for row in read.rows] == ["2015"]
    assert not [problem for problem in read.problems if problem.column in ("period", "year")]
    assert not any("2017.0" in str(problem) for problem in read.problems)


def test_a_quarterly_year_to_date_must_end_with_a_quarter(tmp_path):
    text = (ROOT / "framework.toml").read_text(encoding="utf-8")
    before, key, after = text.partition("[indicators.ist_satisfaction]")
    (tmp_path / "framework.toml").write_text(
        before + key + after.replace('"month"', '"quarter"', 1), encoding="utf-8"
    )
    folder = tmp_path / "raw/2016-11/returns"
    folder.mkdir(parents=True)
    rows = [
        HEAD,
        ["ist_satisfaction", "2016-04..2016-09", 88],
        ["ist_satisfaction", "2016-04..2016-08", 88],
    ]
    (folder / "p.csv").write_bytes(csv_of(rows))
    (problem,) = sources.read(
        tmp_path / "raw", MONTH, framework.load(tmp_path / "framework.toml")
    ).problems
    assert (problem.row, problem.column, problem.mistake) == (
        3,
        "period",
        "2016-04..2016-08 ends part-way through a quarter",
    )


def test_a_day_of_a_month_is_not_taken_for_the_month(returned):
    told = returned(xlsx_of([HEAD, ["overall_crime", datetime.date(2016, 11, 15), 5]]), "p.xlsx")
    assert [(row, column) for row, column, *_ in told] == [(2, "period")]


@pytest.mark.parametrize(
    "cell", [True, datetime.date(2016, 11, 1), datetime.time(1, 2), "=1+1", "", None]
)
def test_a_cell_that_holds_no_number_is_told(cell, returned):
    ((row, column, *_),) = returned(xlsx_of([HEAD, ["overall_crime", "2016-11", cell]]), "p.xlsx")
    assert (row, column) == (2, "value")


@pytest.mark.parametrize("written", [b"NaN", b"inf", b"-inf", b"1e400"])
def test_a_workbook_with_no_real_number_is_told(written, returned):
    workbook = xlsx_of([HEAD, ["overall_crime", "2016-11", 5], ["ist_satisfaction", "2016-11", 5]])
    told = returned(
        inside(workbook, "xl/worksheets/sheet1.xml", b"<v>5</v>", b"<v>" + written + b"</v>"),
        "p.xlsx",
    )
    assert [(row, column) for row, column, *_ in told] == [(2, "value"), (3, "value")]


def test_a_workbook_that_unpacks_to_far_more_is_refused_unopened(returned):
    written = io.BytesIO(xlsx_of([HEAD, GOOD]))
    with (
        zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as packed,
        packed.open("xl/bomb.xml", "w") as part,
    ):
        for _ in range(workbook.LARGEST_UNPACKED // 10**6 + 1):
            part.write(bytes(10**6))
    ((_, _, mistake, _),) = returned(written.getvalue(), "p.xlsx")
    assert mistake == "is too large to be a return"


def test_one_cell_far_from_the_table_does_not_fill_the_memory(returned):
    workbook, written = openpyxl.load_workbook(io.BytesIO(xlsx_of([HEAD, GOOD]))), io.BytesIO()
    workbook.active["XFD1048576"] = " "
    workbook.save(written)
    ((_, _, mistake, _),) = returned(written.getvalue(), "p.xlsx")
    assert mistake == "is too large to be a return"


def test_the_empty_rows_that_libreoffice_writes_to_the_bottom_do_no_harm(drop):
    empty = b'<table:table-row table:number-rows-repeated="1048574"><table:table-cell '
    empty += b'table:number-columns-repeated="16384"/></table:table-row></table:table>'
    workbook = inside(ods_of([HEAD, GOOD]), "content.xml", b"</table:table>", empty)
    assert len(drop({"returns/p.ods": workbook}).rows) == 1


def test_an_empty_second_sheet_does_no_harm(drop):
    assert drop({"returns/p.xlsx": xlsx_of([HEAD, GOOD], [], [["", " "]])}).problems == ()


def test_a_file_ending_may_be_in_capitals(drop):
    assert len(drop({"returns/POLICE.CSV": csv_of([HEAD, GOOD])}).rows) == 1


# --- The folders themselves


def test_what_a_computer_leaves_lying_about_is_passed_over(drop):
    clutter = [".DS_Store", "Thumbs.db", "desktop.ini", "~$police.xlsx", ".~lock.police.ods#"]
    files = {
        f"{folder}{name}": b"\0" for name in clutter for folder in ("", "returns/", "comments/")
    }
    assert (
        drop(files | {"returns/police.csv": csv_of([HEAD, GOOD]), "README.md": b"?"}).problems == ()
    )


def test_a_folder_or_link_among_the_returns_is_told(drop, tmp_path):
    drop({"returns/police.csv": csv_of([HEAD, GOOD]), "returns/old.csv/x": b""})
    folder = tmp_path / "raw/2016-11/returns"
    (folder / "gone.csv").symlink_to(tmp_path / "nowhere.csv")
    os.mkfifo(folder / "pipe.csv")
    told = sources.read(tmp_path / "raw", MONTH, FRAMEWORK).problems
    assert [(p.file, p.mistake) for p in told] == [
        (f"2016-11/returns/{name}.csv", "is not in a known format")
        for name in ("gone", "old", "pipe")
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_file_name_that_is_not_utf8_is_told(drop, tmp_path):
    drop({"returns/police.csv": csv_of([HEAD, GOOD])})
    Path(os.fsdecode(os.fsencode(tmp_path / "raw/2016-11/returns/caf") + b"\xe9.csv")).write_bytes(
        b"x"
    )
    (problem,) = sources.read(tmp_path / "raw", MONTH, FRAMEWORK).problems
    assert (
        str(problem)
        .encode()
        .startswith(b"2016-11/returns/caf?.csv: has a name that cannot be displayed")
    )


def test_what_is_not_in_its_folder_is_told(drop):
    read = drop(
        {
            "returns/p.csv": csv_of([HEAD, GOOD]),
            "police.csv": b"x",
            "Returns2/a.csv": b"x",
            "note.txt": b"x",
        }
    )
    assert [(p.file, p.mistake) for p in read.problems] == [
        (f"2016-11/{name}", "is not part of a drop")
        for name in ("Returns2", "note.txt", "police.csv")
    ]


def test_a_drop_may_hold_comments_or_street_counts_alone(drop):
    assert drop({"comments/overall_crime.md": b"Words."}).problems == ()
    assert drop({"2016-11-police-street.csv": b"x"}).problems == ()


def test_a_drop_with_nothing_in_it_is_told(drop):
    for files in ({}, {"returns/.DS_Store": b""}, {"README.md": b"x"}):
        (problem,) = drop(files).problems
        assert (problem.file, problem.mistake) == ("2016-11/returns", "contains no returns")


def test_drops_are_the_folders_named_for_a_month(tmp_path):
    for name in ("2016-11", "2015-04", "2016-13", "november", ".git", "2016-1"):
        (tmp_path / name).mkdir()
    for name in ("2016-12", "README.md", ".DS_Store", "loose.csv"):
        (tmp_path / name).write_text("")
    assert [str(m) for m in sources.drops(tmp_path)] == ["2015-04", "2016-11"]
    told = sources.stray(tmp_path)
    assert [p.file for p in told] == ["2016-1", "2016-12", "2016-13", "loose.csv", "november"]
    assert all("such as 2016-11" in p.cure for p in told)


def test_no_raw_folder_is_no_drops(tmp_path):
    assert sources.drops(tmp_path / "none") == sources.stray(tmp_path / "none") == []


def test_a_digest_changes_with_any_file_of_the_drop(drop, tmp_path):
    files = {"returns/p.csv": b"1", "comments/overall_crime.md": b"1", "x-street.csv": b"1"}
    drop(files)
    before = sources.digest(tmp_path / "raw", MONTH, digests.sha256)
    assert sorted(before) == [f"2016-11/{name}" for name in sorted(files)]
    for name in files:
        drop(files | {name: b"2"})
        after = sources.digest(tmp_path / "raw", MONTH, digests.sha256)
        assert {k for k, v in after.items() if before[k] != v} == {f"2016-11/{name}"}


def test_the_drops_of_the_project_hold_no_problem():
    raw = ROOT / "data/raw"
    assert sources.stray(raw) == []
    assert [
        p
        for month in islice(sources.drops(raw), 20)
        for p in sources.read(raw, month, FRAMEWORK).problems
    ] == []


# --- Any content at all


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
@example(b'"')
@example(b"indicator,period,value\n,,,")
@example(b"indicator,period,value\n\xff")
@shared
def test_any_bytes_as_a_csv_give_rows_or_problems(drop, content):
    read = drop({"returns/p.csv": content})
    assert read.rows or read.problems


LINES = [
    "indicator,period,value\n",
    "indicator,period,numerator,denominator,note\n",
    "\n",
    "\r",
    "\0",
    "\ufeff",
]
CELLS_OF_A_RETURN = [
    "2016-11",
    "2016/17 Q2",
    "2016-04..2016-09",
    "5",
    "0.5",
    "-1",
    "1e3",
    '"',
    ",",
    " ",
    "é",
    "２",
    "NaN",
]
PIECES = st.sampled_from([*FRAMEWORK.indicators, *LINES, *CELLS_OF_A_RETURN])


@given(st.lists(PIECES, max_size=30).map("".join))
@example("overall_crime,\ufeff")
@shared
def test_a_csv_of_likely_pieces_gives_rows_or_problems(drop, text):
    read = drop({"returns/p.csv": "indicator,period,value\n" + text})
    assert read.problems or read.rows
    assert all(p.cure and str(p).isprintable() for p in read.problems)


@pytest.mark.parametrize("name", ["p.xlsx", "p.ods"])
@given(st.data())
@settings(parent=shared, max_examples=40)
def test_a_damaged_workbook_gives_rows_or_problems(name, drop, data):
    content = bytearray(good_workbook(name.removeprefix("p.")))
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=8)):
        content[at] = data.draw(st.integers(0, 255))
    read = drop({f"returns/{name}": bytes(content[: data.draw(st.integers(1, len(content)))])})
    assert read.problems or read.rows


MONTHS = st.dates(datetime.date(1996, 11, 1), datetime.date(2016, 11, 30)).map("{:%Y-%m}".format)
COUNTS = st.tuples(
    st.sampled_from(["overall_crime", "domestic_abuse"]), MONTHS, st.integers(0, 10**9 - 1)
)
LEVELS = st.one_of(st.integers(2, 100), st.floats(1.001, 100).map(lambda x: round(x, 12)))
PERCENTS = st.tuples(st.just("ist_satisfaction"), MONTHS, LEVELS)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@given(rows=st.lists(COUNTS | PERCENTS, min_size=1, max_size=8, unique_by=lambda row: row[:2]))
@settings(parent=shared, max_examples=40)
def test_a_good_return_is_read_exactly_as_it_was_sent(kind, drop, rows):
    read = drop({f"returns/p.{kind}": FORMATS[kind]([HEAD, *rows])})
    assert read.problems == ()
    assert [(r.indicator, r.period, r.value) for r in read.rows] == [
        (i, p, float(v)) for i, p, v in rows
    ]
