"""The duties: every one the terms of reference set has its output, and a date only where one is
recorded.
"""

import csv
import datetime
import html
import io
import re
from pathlib import Path

import pandas as pd
import pytest
from projects import ROOT

from saferplymouth import Duties, framework, sources
from saferplymouth.pages.papers.duties import next_due
from saferplymouth.sources.duties import COLUMNS, Duty

FILE = ROOT / "data/raw/2016-11/papers/duties.csv"
FRAMEWORK = framework.load(ROOT / "framework.toml")
MONTH = pd.Period("2016-11", "M")
DUTIES = list(csv.DictReader(FILE.read_text(encoding="utf-8").splitlines()))
ASKED = {  # what the terms of reference name, and a word of the row that has it
    "the outcome framework": "outcome framework",
    "the yearly assessment": "every year",
    "the partnership plan": "partnership plan",
    "commissioning": "commissioning",
    "consultation": "Consult",
    "the Police and Crime Commissioner": "Police and Crime Commissioner",
    "scrutiny": "scrutiny",
    "the Health and Wellbeing Board": "Health and Wellbeing Board",
    "quarterly meetings": "Meet every quarter",
    "the chair": "chair",
    "freedom of information": "requests for information",
    "the yearly review": "Review the terms",
}


@pytest.fixture(scope="module")
def page(untouched) -> Duties:
    return Duties("2016-11", untouched)


def text(shown: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", shown)).split())


@pytest.mark.parametrize("word", ASKED.values(), ids=ASKED.keys())
def test_each_duty_of_the_terms_of_reference_is_on_the_page(page, word):
    assert [row for row in DUTIES if word in row["duty"]]
    assert word in text(page.table().html)


def test_a_day_after_the_drop_of_the_paper_is_planned_and_nothing_was_met_on_it(page):
    dated = {row["duty"]: row["last_met"] for row in DUTIES if row["last_met"]}
    assert set(dated.values()) == {"2017-01-24"}
    assert len(dated) == 4
    shown = text(page.table().html)
    assert shown.count("No date recorded") == len(DUTIES)
    assert shown.count("24 January 2017 planned") == 4
    assert "0 of 14 duties have a date when last met" in text(page.summary().html)


@pytest.mark.parametrize(
    ("day", "met", "due"),
    [
        ("2016-11-30", "30 November 2016", "28 February 2017 every quarter"),
        ("2016-12-01", "No date recorded", "1 December 2016 planned every quarter"),
    ],
)
def test_the_last_day_of_the_month_can_be_known_and_the_next_one_cannot(project, day, met, due):
    path = project / "data/raw/2016-11/papers/duties.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("2017-01-24,\n", f"{day},\n"), "utf-8")
    assert f"{met} {due}" in text(Duties("2016-11", project).table().html)


def test_a_plan_stays_a_plan_in_a_later_edition_until_a_later_drop_says_that_it_was_met(project):
    put = project / "data/raw/2017-02/returns/police.csv"
    put.parent.mkdir(parents=True)
    put.write_text("indicator,period,value\noverall_crime,2017-02,1500\n", encoding="utf-8")
    assert (
        "Was due by 24 January 2017: meet every quarter"
        in Duties("2017-02", project).summary().html
    )
    later = project / "data/raw/2017-02/papers/duties.csv"
    later.parent.mkdir()
    later.write_bytes((project / "data/raw/2016-11/papers/duties.csv").read_bytes())
    assert "4 of 14 duties have a date when last met" in Duties("2017-02", project).summary().html


def test_what_is_due_next_comes_first_and_follows_from_the_last_time(page):
    said = re.findall(r"Next due by [^<]+", page.summary().html)
    assert said[2:] == [
        "Next due by 24 January 2017: meet every quarter",
        "Next due by 24 January 2017: review the terms of reference every year",
    ]


def test_what_fell_due_by_the_month_shown_says_so(project):
    path = project / "data/raw/2016-11/papers/duties.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("2017-01-24,\n", "2016-08-30,\n"), "utf-8"
    )
    late = Duties("2016-11", project)
    assert "Was due by 30 November 2016: meet every quarter" in late.summary().html
    assert "30 November 2016 no later date is recorded every quarter" in text(late.table().html)


@pytest.mark.parametrize(
    ("last", "every", "due"),
    [
        ("2017-01-24", "quarter", "2017-04-24"),
        ("2017-01-31", "month", "2017-02-28"),
        ("2016-02-29", "year", "2017-02-28"),
        ("2017-01-24", "always", None),
        ("2017-01-24", "on request", None),
        (None, "year", None),
    ],
)
def test_the_next_date_is_so_many_calendar_months_later(last, every, due):
    day = datetime.date.fromisoformat(last) if last else None
    wanted = datetime.date.fromisoformat(due) if due else None
    assert next_due(Duty("D", "S", "O", every, "M", "", day, "")) == wanted


def test_each_duty_leads_to_a_page_of_its_edition_or_to_none(page, project):
    pages = {"index.html", *(area.page for area in FRAMEWORK.areas.values())}
    papers = {f"{name.replace('_', '-')}.html" for name in page.project.papers}
    links = set(re.findall(r'href="([^"#]+\.html)"', page.table().html))
    assert {"index.html", "commissioning.html", "duties.html"} <= links <= pages | papers
    (project / "data/raw/2016-11/papers/commissioning.csv").unlink()
    without = Duties("2016-11", project).table().html
    assert "commissioning.html" not in without
    assert "The commissioning page" in without


def test_the_table_has_no_empty_cell_and_its_download_every_duty(page):
    part = page.table()
    cells = re.findall(r"<(?:td|th)[^>]*>(.*?)</(?:td|th)>", part.html)
    assert all(text(cell) not in ("", "-", "–", "—") for cell in cells)
    assert (part.kind, part.indicator) == ("table", "duties")
    tidy = pd.read_csv(io.StringIO(part.csv), keep_default_na=False)
    assert tidy["duty"].tolist() == [row["duty"] for row in DUTIES]
    assert set(tidy["last_met"]) == {"[x]"}
    assert set(tidy["next_due_by"]) == {"2017-01-24", "[x]", "[z]"}


def test_without_the_paper_the_page_says_which_file_to_put_where(untouched):
    with pytest.raises(LookupError, match=r"put duties\.csv in data/raw/2016-10/papers"):
        Duties("2016-10", untouched)


def test_what_a_duty_says_is_shown_as_text_and_never_runs(project):
    path = project / "data/raw/2016-11/papers/duties.csv"
    hostile = "<script>alert(1)</script> & <b>"
    given = (
        path.read_text(encoding="utf-8")
        .replace("Meet every quarter", hostile)
        .replace("This page", hostile)
    )
    path.write_text(given.replace("Terms of reference: meetings", hostile), "utf-8")
    duties = Duties("2016-11", project)
    shown = duties.summary().html + duties.table().html
    assert "<script" not in shown
    assert shown.count(html.escape(hostile)) == 5


# --- Refusals

MEETING = 9
REFUSED = {
    "no duty": ({"duty": ""}, "duty", "the cell is empty. Cure: fill it in"),
    "no owner": ({"owner": ""}, "owner", "the cell is empty. Cure: fill it in"),
    "nothing that meets it": ({"met_by": ""}, "met_by", "the cell is empty. Cure: fill it in"),
    "an unknown interval": (
        {"every": "quarterly"},
        "every",
        "'quarterly' is not known. Cure: did you mean quarter",
    ),
    "an unknown page": (
        {"page": "comissioning"},
        "page",
        "'comissioning' is not known. Cure: did you mean commis",
    ),
    "a date in words": (
        {"last_met": "last month"},
        "last_met",
        "is not a date. Cure: write the date as 2017-01-24",
    ),
    "a date far off": (
        {"last_met": "9999-12-31"},
        "last_met",
        "is not a date. Cure: write the date as 2017-01-24, from 1900",
    ),
    "one duty twice": (
        {"duty": DUTIES[0]["duty"]},
        "duty",
        "appears twice. Cure: keep one of the rows",
    ),
}


@pytest.mark.parametrize(("cells", "column", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_a_mistake_in_the_duties_is_told_with_its_row_column_and_cure(
    tmp_path, cells, column, message
):
    rows = [row | cells if n == MEETING else row for n, row in enumerate(DUTIES)]
    ((row, where, told),) = read(tmp_path, rows)
    assert (row, where) == (MEETING + 2, column)
    assert message in told


def test_a_wrong_header_names_the_columns_wanted(tmp_path):
    ((row, column, told),) = read(tmp_path, DUTIES, [c for c in COLUMNS if c != "page"])
    assert (row, column) == (1, None)
    assert f"write the columns {', '.join(COLUMNS)}" in told


def read(folder: Path, rows: list[dict], columns=COLUMNS) -> list[tuple]:
    """What a file of these duties is told: (row, column, the whole message) of each problem."""
    (folder / "2016-11/papers").mkdir(parents=True)
    with (folder / "2016-11/papers/duties.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return [(p.row, p.column, str(p)) for p in sources.read(folder, MONTH, FRAMEWORK).problems]
