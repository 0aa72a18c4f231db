"""What is said of data that are needed: on a page, and in the table of a front page."""

import pytest
import tiny
from bs4 import BeautifulSoup

from saferplymouth import Board, Quarter, Report
from saferplymouth.pages import data_requests
from saferplymouth.pages.quality.data_quality import DataQuality


@pytest.fixture(scope="module")
def board(untouched):
    return Board("2016-11", untouched)


@pytest.fixture(scope="module")
def rows(board) -> dict[str, list[str]]:
    """The cells after the indicator of each row of the table of data needed, by its key."""
    table = BeautifulSoup(data_requests.table(board.project), "html.parser").table
    anchors = {i.anchor: key for key, i in board.project.framework.indicators.items()}
    return {
        anchors[row.a["href"].partition("#")[2]]: [td.get_text(" ") for td in row.find_all("td")]
        for row in table.select("tbody tr")
    }


@pytest.mark.parametrize(
    ("key", "cells"),
    [
        ("recorded_rape", ["Every quarter", "July to September 2016", "Nothing yet"]),
        ("pupils_reached", ["Every half-year", "April to September 2016", "Nothing yet"]),
        ("residents_feeling_safe", ["Every year", "2015/16", "Nothing yet"]),
        ("ist_satisfaction", ["Every month", "November 2016", "September 2016"]),
    ],
)
def test_the_last_period_that_has_ended_is_due_beside_what_came_last(rows, key, cells):
    assert rows[key][2:] == cells


def test_every_indicator_that_waits_for_a_figure_is_in_the_table_with_its_form(board, rows):
    waiting = {key for key, e in board.project.evidence.items() if e.awaited is not None}
    assert rows.keys() == waiting
    safe, treated, gap = (
        rows[key][1] for key in ("residents_feeling_safe", "treatment_completed", "crime_gap")
    )
    assert "who feel safe in their neighbourhood, by time of day " in safe
    assert treated.endswith(" The numerator and the denominator")
    assert "2016-11-devon-and-cornwall-street.csv" in gap


def test_the_returns_to_chase_are_those_of_indicators_without_data_by_who_owes_most(board):
    owed = data_requests.lacking(board.project)
    states = [s.state for s in board.sections.values() if not s.indicator.worked_out]
    assert sum(owed.values()) == states.count("No data") == 15
    assert list(owed.items())[:2] == [
        ("Plymouth City Council", 6),
        ("Devon and Cornwall Police", 5),
    ]


def test_a_page_says_what_it_lacks_of_whom_and_where_all_of_it_is_listed(board):
    said = board.sections["referral_mechanism"].table().html
    assert (
        "Needed from National Crime Agency: the number of people referred to the National "
        "Referral Mechanism, every quarter. The first figure needed is for July to September 2016, "
        "in total and by kind of exploitation." in said
    )
    assert 'href="index.html#data-needed"' in said
    assert "2016-11-devon-and-cornwall-street.csv" in board.sections["crime_gap"].table().html
    for shown in (board, Quarter("2016-Q3", board.project.root)):
        assert 'id="data-needed"' in shown.table().html
        assert 'href="#data-needed">' in shown.summary().html


def test_an_indicator_whose_only_answer_is_that_there_is_no_figure_has_a_page(tmp_path):
    root = tiny.project(tmp_path, "alpha", "beta")
    text = "indicator,period,value\nalpha,2016-04,[x]\nbeta,2016-04,5\n"
    tiny.put(root / "data/raw/2016-04/returns/police.csv", text)
    report = Report("alpha", "2016-04", root)
    assert "no data received yet" not in report.summary().html
    assert "Latest data" not in report["alpha"].source().html
    assert "Alpha" in Board("2016-04", root).table().html
    assert "April 2016" in DataQuality("2016-04", root).sources().html
