"""The workbooks of an edition: what stands in their sheets, and when they are made."""

import datetime
import io
import re

import pytest
import tiny
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from saferplymouth.editions import spreadsheets, withdrawal, workbook
from saferplymouth.editions.tasks import PageResult
from saferplymouth.store.manifest import ODS, WORKBOOKS, XLSX, manifest

TOP = {"partnership": "Safer Exeter", "month": "April 2016", "status": "Draft", "corrections": []}
TOP |= {"contact": "Us", "licence": "Open", "font": "", "colour": "#12436d"}
KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,59}", fullmatch=True)
TEXTS = st.text("=+-@'\"<&;ab1[]:*?/\\ ", min_size=1, max_size=40).map(str.strip).filter(bool)


def made(tables: dict[str, str], terms: dict | None = None) -> dict[str, workbook.Sheet]:
    content = {f"data/{key}.csv": text.encode() for key, text in tables.items()}
    every = workbook.sheets(content, TOP, {}, terms or {}, "1 May 2016")
    return {sheet.name: sheet for sheet in every}


def read(content: bytes) -> dict[str, list[list]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def rows_of(text: str) -> tuple[list[str], list[tuple]]:
    (sheet,) = [*made({"alpha": text}).values()][3:]
    return list(sheet.heads), list(sheet.rows)


def test_measures_stand_side_by_side_and_a_mark_where_there_is_no_figure():
    heads, rows = rows_of(
        "indicator,measure,period,breakdown,group,value,unit,shorthand,source,received\n"
        "alpha,2016/17,2016-04,,,1234,count,,A,2016-04\n"
        "alpha,2016/17,2016-05,,,,count,[c],A,\n"
        "alpha,2015/16,2015-04,,,5,count,[p],A,2016-04\n"
        "alpha,2015/16,2015-05,,,-6.25,count,,A,2016-04\n"
        'alpha,"Change, %",2016-04,,,1.5,percent,,A,2016-04\n'
        'alpha,"Change, %",2016-05,,,,percent,[u],A,\n'
    )
    assert heads == [
        *("Period", "2016/17 (number)", "2015/16 (number)", "Mark of 2015/16", "Change, %"),
        "Period of 2015/16",
    ]
    assert rows == [
        ("April 2016", 1234, 5, "[p]", 1.5, "April 2015"),
        ("May 2016", "[c]", -6.25, "", "[u]", "May 2015"),
    ]


def test_groups_go_to_a_sheet_of_their_own_in_the_words_of_the_framework():
    head = "indicator,measure,period,breakdown,group,value,unit,shorthand\n"
    text = f"{head}alpha,2016,2016,,,9,rate,\nalpha,2016,2016,age,a_1,4,rate,\n"
    terms = {
        "alpha": [["name", "Alpha"], ["definition", "One. Two."], ["age: a_1", "Age band: 0 to 1"]]
    }
    *_, whole, groups = made({"alpha": text}, terms).values()
    assert whole.lines[:3] == ["Alpha, Safer Exeter, April 2016 (draft)", "One.", "Two."]
    assert (whole.heads, whole.rows) == (["Period", "2016 (per 1,000)"], [("2016", 9)])
    assert (groups.name, groups.lines[0].partition(",")[0]) == ("alpha_age", "Alpha by age band")
    assert (groups.heads, groups.rows) == (["Age band", "2016 (per 1,000)"], [("0 to 1", 4)])


def test_a_table_without_measures_keeps_its_columns_and_has_marks_for_figures():
    heads, rows = rows_of(
        "district,count,rank,year,due,page,shorthand\n"
        "Here,9,1,2016,2017-01-24,a.html,\nThere,,,2016,,,[c]\nAway,7,,2016,,,\n"
    )
    assert heads == ["District", "Count", "Rank", "Year", "Due", "Page"]
    assert rows == [
        ("Here", 9, 1, "2016", "24 January 2017", "a.html"),
        ("There", "[c]", "[c]", "2016", "[c]", "[c]"),
        ("Away", 7, "[z]", "2016", "", ""),
    ]


def test_a_table_without_rows_says_so():
    for text in ("issue,measure,value\n", ""):
        (sheet,) = [*made({"alpha": text}).values()][3:]
        assert workbook.NO_ROWS in sheet.lines
        assert not sheet.rows


@settings(max_examples=25)
@given(st.lists(st.tuples(KEYS, st.lists(TEXTS, min_size=1, max_size=3)), max_size=6))
def test_any_text_stays_text_and_any_names_make_sheets(tables):
    quoted = {key: ['"' + text.replace('"', '""') + '"' for text in texts] for key, texts in tables}
    texts = {
        key: "of,place\n" + "".join(f"{cell},{cell}\n" for cell in cells)
        for key, cells in quoted.items()
    }
    sheets = made(texts)
    names = [name.lower() for name in sheets]
    assert len({*names}) == len(names)
    assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in names)
    books = spreadsheets.written([*sheets.values()], TOP, datetime.date(2016, 5, 1))
    for content in books.values():
        shown = read(content)
        assert list(shown) == list(sheets)
        for name, sheet in sheets.items():
            body = shown[name][len(sheet.lines) + 1 :] if sheet.rows else []
            assert body == [[*row] for row in sheet.rows]


def whole(root, **tables: str):
    """An edition whose pages have these tables."""
    todo = tiny.plan(root, tiny.EditionName(tiny.periods.month("2016-04")), tiny.RunOptions())
    results = {
        key: PageResult(
            key, "", {task.page: b"", f"data/{key}.csv": tables.get(key, "a\n1\n").encode()}
        )
        for key, task in todo.expected.items()
        if key in todo.todo
    }
    return tiny.build.finish(root, todo, results).place


@pytest.fixture
def root(tmp_path):
    return tiny.project(tmp_path, "alpha", "beta")


def test_it_is_made_of_every_table_and_again_when_one_of_them_changes(root):
    place = whole(root, alpha="a\n1\n", beta="b\n2\n")
    first = {name: (place / name).read_bytes() for name in WORKBOOKS}
    made = tiny.whole(place)
    assert made["areas"]["board_summary"]["files"].keys() >= {*WORKBOOKS}
    assert all(read(content)["beta"][-1] == [2] for content in first.values())
    path = root / "notebooks/beta.ipynb"
    path.write_bytes(path.read_bytes().replace(b"2016-04", b"2016-05"))
    place = whole(root, beta="b\n3\n")
    tiny.whole(place)
    for name in WORKBOOKS:
        shown = read((place / name).read_bytes())
        assert (shown["alpha"][-1], shown["beta"][-1]) == ([1], [3])
    path.write_bytes(path.read_bytes().replace(b"2016-05", b"2016-04"))
    place = whole(root, beta="b\n2\n")
    assert {name: (place / name).read_bytes() for name in WORKBOOKS} == first


def test_a_lost_one_is_made_again(root):
    place = tiny.pretend(root).place
    (place / XLSX).write_bytes(b"")
    assert tiny.pretend(root).built == ["board_summary"]
    tiny.whole(root / "outputs/2016-04")


def test_an_incomplete_edition_has_none_and_neither_has_a_withdrawn_one(root):
    failed = tiny.pretend(root, "beta")
    assert not failed.whole
    assert not [name for name in WORKBOOKS if (failed.place / name).exists()]
    place = tiny.pretend(root).place
    assert (place / ODS).is_file()
    failed = tiny.finish(root, PageResult("beta", "It failed."))
    assert (failed.whole, (place / ODS).is_file()) == (False, True)
    assert not [name for name in WORKBOOKS if (failed.place / name).exists()]
    withdrawal.withdraw(root, "2016-04", "It was wrong.", tiny.build.moment())
    assert manifest(place)["status"] == "Withdrawn"
    assert not [name for name in WORKBOOKS if (place / name).exists()]
