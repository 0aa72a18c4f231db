"""A workbook is handed out to an agency, filled in, and read as it comes back."""

import io
from dataclasses import replace

import openpyxl
import tiny
from returned import FRAMEWORK, ods_of

from saferplymouth import sources
from saferplymouth.framework import load
from saferplymouth.periods import month
from saferplymouth.scaffold import returns

NOVEMBER, DECEMBER = month("2016-11"), month("2016-12")
FIGURES = {
    ("ist_incidents", "2016-08", "", ""): 21.0,
    ("ist_incidents", "2016-10", "", ""): 30.0,
    ("recorded_rape", "2016/17 Q1", "", ""): 3.0,
    ("recorded_rape", "2016/17 Q2", "", ""): "[c]",
    ("young_people_reporting", "2015/16", "", ""): 3.2,
}
HELD = returns.Held(NOVEMBER, FIGURES)


def handed(name: str, held=HELD) -> dict[str, openpyxl.Workbook]:
    files = returns.workbooks(name, FRAMEWORK, NOVEMBER, held)
    return {file: openpyxl.load_workbook(io.BytesIO(content)) for file, content in files.items()}


def table(sheet) -> list[dict]:
    """The cells of each row of a sheet by the name in its header."""
    header, *rows = sheet.iter_rows()
    return [dict(zip([cell.value for cell in header], row, strict=True)) for row in rows]


def wanted(book: openpyxl.Workbook) -> list[dict]:
    return [row for row in table(book["Return"]) if row["indicator"].value]


def fill(book: openpyxl.Workbook) -> None:
    """60 for each total, an even part of it for each group, and 30 of 60 for a share."""
    rows = wanted(book)
    divided = [[text(row, of) for of in ("indicator", "period", "breakdown")] for row in rows]
    for row, same in zip(rows, divided, strict=True):
        if "numerator" in row and not row["numerator"].protection.locked:
            row["numerator"].value, row["denominator"].value = 30, 60
        else:
            row["value"].value = 60 // divided.count(same) if same[-1] else 60


def text(row: dict, column: str) -> str:
    return row[column].value or "" if column in row else ""


def read(folder, files: dict[str, openpyxl.Workbook | bytes]) -> sources.Drop:
    """The drop of December with these workbooks as returns."""
    for name, book in files.items():
        written = io.BytesIO()
        content = book if isinstance(book, bytes) else book.save(written) or written.getvalue()
        tiny.put(folder / "2016-12/returns" / name, content)
    return sources.read(folder, DECEMBER, FRAMEWORK)


def test_every_workbook_that_is_handed_out_is_read_without_a_word_when_it_is_filled_in(tmp_path):
    books = {}
    for agency in FRAMEWORK.agencies.keys() - {"open_data"}:
        books |= handed(agency)
    for book in books.values():
        fill(book)
    drop = read(tmp_path, books)
    assert (drop.problems, drop.unread) == ((), ())
    sent = {key for key, indicator in FRAMEWORK.indicators.items() if not indicator.worked_out}
    assert {row.indicator for row in drop.rows} == sent
    shares = [(row.value, row.numerator, row.denominator) for row in drop.rows if row.numerator]
    assert set(shares) == {(50, 30, 60), (500, 30, 60)}


def test_one_sent_back_as_ods_partly_filled_in_has_what_was_filled_in_and_no_more(tmp_path):
    (book,) = handed("police").values()
    rows = {(text(row, "indicator"), text(row, "group")): row for row in wanted(book)}
    rows["overall_crime", ""]["value"].value = 0
    rows["violence_with_injury", ""]["value"].value = "[x]"
    rows["recorded_rape", ""]["value"].value = "[c]"
    rows["young_victims_by_age", "6_to_12"]["value"].value = 33
    spare = next(row for row in table(book["Return"]) if not row["indicator"].value)
    for column, cell in {"indicator": "domestic_abuse", "period": "Oct 2016", "value": 353}.items():
        spare[column].value = cell
    sheets = [[["" if v is None else v for v in row] for row in sheet.values] for sheet in book]
    drop = read(tmp_path, {"police.ods": ods_of(*sheets)})
    assert drop.problems == ()
    assert [(row.indicator, row.period, row.value, row.status) for row in drop.rows] == [
        ("overall_crime", "2016-11", 0, ""),
        ("violence_with_injury", "2016-11", None, "x"),
        ("recorded_rape", "2016/17 Q2", None, "c"),
        ("young_victims_by_age", "2015/16", 33, ""),
        ("domestic_abuse", "2016-10", 353, ""),
    ]


def test_one_sent_back_with_nothing_filled_in_is_asked_about(tmp_path):
    (problem,) = read(tmp_path, handed("pdas")).problems
    assert str(problem) == (
        "2016-12/returns/pdas-2016-11.xlsx: has no figures. Cure: fill it in, or leave the file "
        "out."
    )


def test_a_group_or_a_note_on_its_own_is_not_passed_over(tmp_path):
    (book,) = handed("police_and_council").values()
    rows = {(text(row, "period"), text(row, "group")): row for row in wanted(book)}
    rows["2016-09", ""]["note"].value = "The system was down"
    rows["2016-11", "police"]["value"].value = 12
    problems = read(tmp_path, {"a.xlsx": book}).problems
    assert [(problem.row, problem.column, problem.mistake) for problem in problems] == [
        (2, "value", "the figure is missing"),
        (7, "group", "ist_incidents for 2016-11 by route is missing council, third_party"),
    ]


def test_what_is_due_is_asked_for_and_what_was_left_out_since_the_first_figure_of_the_year():
    (book,) = handed("police_and_council").values()
    asked = [tuple(text(row, of) for of in ("name", "period", "group")) for row in wanted(book)]
    centre = "Reported “ist” incidents, route of report: third-party reporting centre"
    assert asked[0] == ("Reported “ist” incidents, September 2016", "2016-09", "")
    assert asked[3] == (f"{centre}, September 2016", "2016-09", "third_party")
    assert [period for _, period, _ in asked] == ["2016-09"] * 4 + ["2016-11"] * 5
    (book,) = handed("police").values()
    held = [text(row, "name") for row in wanted(book) if "held already" in text(row, "name")]
    assert held == [
        "Recorded rape, July to September 2016 (held already)",
        "Young people reporting an offence, 2015/16 (held already)",
    ]


def test_only_figures_and_notes_can_be_changed_and_each_figure_is_checked_as_it_is_typed():
    (book,) = handed("police").values()
    assert all(sheet.protection.sheet and not sheet.protection.password for sheet in book)
    checks = {str(check.sqref): check for check in book["Return"].data_validations.dataValidation}
    for row in wanted(book):
        is_level = FRAMEWORK.indicators[text(row, "indicator")].is_level
        figures = ["value", "numerator", "denominator"] if is_level else ["value"]
        assert [of for of, cell in row.items() if not cell.protection.locked] == [*figures, "note"]
        assert {row[of].coordinate for of in figures} <= checks.keys()
    assert checks["F2"].formula1 == ('IF(ISNUMBER(F2),AND(F2>=0,F2=INT(F2)),OR(F2="[x]",F2="[c]"))')
    assert checks["F2"].prompt == (
        "Number of recorded crimes, November 2016. A whole number, 0 if there were none."
    )
    assert "AND(F21>1,F21<=100)" in checks["F21"].formula1  # a percentage


def test_figures_held_are_shown_by_frequency_and_a_mark_or_no_data_is_never_a_number():
    (book,) = handed("police").values()
    rows = [[v for v in row if v is not None] for row in book["Last 12 months"].values]
    assert rows[:2] == [
        ["Figures held, as they stood in November 2016"],
        ["Some of these counts are under 5: do not pass this sheet on."],
    ]
    assert ["Recorded rape", "no data", "no data", 3, "[c]"] in rows
    assert ["Young people reporting an offence, per 1,000", 3.2] in rows
    assert rows[2][:2] + rows[2][-1:] == ["By month", "December 2015", "November 2016"]


def test_a_small_count_is_shown_to_who_sent_it_and_hidden_where_another_did(tmp_path):
    root = tiny.project(tmp_path, "alpha", "beta")
    path = root / "framework.toml"
    path.write_text(path.read_text().replace("sensitive = false", "sensitive = true"))
    rows = ["alpha,2016-04,3,", "beta,2016-04,3,the board paper", "beta,2016-03,7,the board paper"]
    tiny.put(
        root / "data/raw/2016-04/returns/police.csv",
        "\n".join(["indicator,period,value,taken_from", *rows]) + "\n",
    )
    held = returns.held(root, load(path), month("2016-04"))
    assert held.figures == {
        ("alpha", "2016-04", "", ""): 3,
        ("beta", "2016-04", "", ""): "[c]",
        ("beta", "2016-03", "", ""): 7,
    }
    (root / "data/raw/2016-05").mkdir()  # empty, and so refused
    assert returns.held(root, load(path), month("2016-06")) == held


def test_an_area_has_a_workbook_for_each_of_its_agencies_and_the_same_bytes_each_time():
    files = returns.workbooks("sexual_violence", FRAMEWORK, NOVEMBER, HELD)
    assert list(files) == [
        "sexual-violence-police-2016-11.xlsx",
        "sexual-violence-council-2016-11.xlsx",
        "sexual-violence-counselling-2016-11.xlsx",
    ]
    assert returns.workbooks("sexual_violence", FRAMEWORK, NOVEMBER, HELD) == files
    for name, book in handed("sexual_violence").items():
        areas = {FRAMEWORK.indicators[text(row, "indicator")].area for row in wanted(book)}
        assert areas == {"sexual_violence"}, name


def test_the_command_writes_workbooks_once_and_overwrites_nothing(tmp_path):
    root, out = tiny.project(tmp_path / "project", "alpha"), tmp_path / "out"
    ran = tiny.told(root, "template", "police", "--to", str(out))
    assert (ran.stdout, ran.returncode) == (f"{out}/police-2016-04.xlsx\n", 0)
    ahead = tiny.told(root, "template", "--to", str(out), "--month", "2016-05")
    assert ahead.stdout == f"{out}/police-2016-05.xlsx\n"
    (out / "police-2016-04.xlsx").write_text("filled in")
    refused = {
        ("police",): f"{out}/police-2016-04.xlsx would be overwritten; write elsewhere with --to",
        ("polcie",): "'polcie' is not an agency or an area; did you mean police?",
        ("alfa",): "'alfa' is not an agency or an area; did you mean alpha?",
    }
    for words, cure in refused.items():
        told = tiny.told(root, "template", *words, "--to", str(out))
        assert (told.returncode, told.stderr) == (2, f"{cure}\nNothing was written.\n")
    assert (out / "police-2016-04.xlsx").read_text() == "filled in"


def test_an_agency_named_as_people_say_it_gets_one_file_for_all_areas_which_check_reads_whole(
    tmp_path,
):
    root = tiny.project(tmp_path, "alpha", "beta")
    path = root / "framework.toml"
    path.write_text(path.read_text().replace('police = "Police"', 'police = "Kent & Essex Police"'))
    (root / "data/raw/2016-05/returns").mkdir(parents=True)
    sent = "data/raw/2016-05/returns/sent.xlsx"
    ran = tiny.told(root, "template", "kent and essex police", "--month", "2016-05", "--to", sent)
    assert (ran.stdout, ran.stderr) == (f"{sent}\n", "")
    book = openpyxl.load_workbook(root / sent)
    fill(book)
    book.save(root / sent)
    checked = tiny.told(root, "check", "2016-05").stdout
    assert checked == "2016-05: 2 figures, 0 comments and 0 papers can be used\nNo problems\n"


def test_without_a_name_all_agencies_are_listed_and_with_a_folder_each_has_its_workbook(tmp_path):
    root, out = tiny.project(tmp_path / "project", "alpha"), tmp_path / "out"
    more = '[indicators.calls]\nname = "Calls"\narea = "alpha"\nagency = "council"\n'
    more += tiny.AREA.partition('area = "{key}"\n')[2].replace('agency = "police"\n', "")
    frame = (root / "framework.toml").read_text() + more
    frame = frame.replace("[agencies]\n", '[agencies]\ncouncil = "City Council"\n')
    (root / "framework.toml").write_text(frame)
    ran = tiny.told(root, "template")
    assert ran.stdout.splitlines()[:3] == [
        "Due by April 2016:",
        "  police (Police): 1 figure on 1 indicator, 1 held already",
        "  council (City Council): 1 figure on 1 indicator, 0 held already",
    ]
    into_one = tiny.told(root, "template", "Alpha", "--to", f"{out}/all.xlsx")
    assert "alpha-council-2016-04.xlsx do not go into one file" in into_one.stderr
    assert not out.exists()
    assert tiny.told(root, "template", "--to", str(out)).returncode == 0
    names = {"council-2016-04.xlsx", "police-2016-04.xlsx"}
    assert {path.name for path in out.iterdir()} == names


def test_an_agency_is_not_shown_what_another_sent_before_it():
    sent = {("referral_mechanism", f"2018/19 Q{q}", "", ""): 10.0 * q for q in (1, 2, 3, 4)}
    march = month("2019-03")
    files = returns.workbooks("home_office", FRAMEWORK, march, returns.Held(march, sent))
    (content,) = files.values()
    shown = openpyxl.load_workbook(io.BytesIO(content))["Last 12 months"].values
    numbers = [[v for v in row if isinstance(v, int)] for row in shown]
    assert list(filter(None, numbers)) == [[40]]


def test_rolling_years_are_asked_for_by_their_own_names():
    rolling = replace(
        FRAMEWORK.indicators["recorded_rape"], frequency="rolling year", every="quarter"
    )
    framework = replace(FRAMEWORK, indicators={rolling.key: rolling})
    sent = returns.Held(NOVEMBER, {("recorded_rape", "2015-07..2016-06", "", ""): 60.0})
    (content,) = returns.workbooks("police", framework, NOVEMBER, sent).values()
    book = openpyxl.load_workbook(io.BytesIO(content))
    asked = [(text(row, "name"), text(row, "period")) for row in wanted(book)]
    assert asked == [("Recorded rape, the year ending September 2016", "2015-10..2016-09")]
    *_, ends, held = book["Last 12 months"].values
    months = ("December 2015", "March 2016", "June 2016", "September 2016")
    assert ends[1:5] == tuple(f"The year ending {month}" for month in months)
    assert held[:5] == ("Recorded rape", "no data", "no data", 60, "no data")
