"""A mistake in what a notebook is given is answered in words with what would work, by hand and in a
run, and fails.
"""

import datetime

import nbformat
import pytest
import tiny
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from projects import ROOT

import saferplymouth
from saferplymouth import Report
from saferplymouth.editions.kernels import execution
from saferplymouth.errors import Mistake

OF_A_MONTH = sorted(set(saferplymouth.__all__) - {"Report", "Quarter"})
MONTHS = {
    "2016-13": "'2016-13' is not a month; write a year and month such as 2016-11",
    "November": "'November' is not a month; write a year and month such as 2016-11",
    "2016-Q3": "'2016-Q3' is not a month",
    "": "'' is not a month",
    None: "'None' is not a month",
    2016: "'2016' is not a month",
    datetime.date(2016, 11, 1): "'2016-11-01' is not a month",
    "2016-12": "there is no drop for December 2016",
    "2014-01": "there is no drop for January 2014",
}
QUARTERS = {
    "2016-Q5": "'2016-Q5' is not a financial quarter; write it as 2016-Q3",
    "2016-11": "'2016-11' is not a financial quarter; write it as 2016-Q3",
    2016: "'2016' is not a financial quarter",
    "2017-Q1": "there is no drop for 2017-Q1, April to June 2017",
}
THERE = "the drops run from 2015-04 to 2016-11"


@pytest.mark.parametrize("name", OF_A_MONTH)
@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_a_month_that_would_not_do_is_answered_with_those_that_would(name, month, untouched):
    with pytest.raises(Mistake) as told:
        getattr(saferplymouth, name)(month, untouched)
    assert str(told.value).startswith(MONTHS[month])
    assert str(told.value).endswith(THERE)


@pytest.mark.parametrize("quarter", QUARTERS, ids=str)
def test_a_quarter_that_would_not_do_is_answered_with_one_that_would(quarter, untouched):
    with pytest.raises(Mistake) as told:
        saferplymouth.Quarter(quarter, untouched)
    assert str(told.value).startswith(QUARTERS[quarter])
    assert str(told.value).endswith(THERE)


@pytest.mark.parametrize(
    ("area", "month", "message"),
    [
        (
            "hate_crime",
            "2016-13",
            f"'2016-13' is not a month; write a year and month such as 2016-11; {THERE}",
        ),
        ("hate_crime", "2016-12", f"there is no drop for December 2016; {THERE}"),
        ("hate_crimes", "2016-11", "'hate_crimes' is not an area here; did you mean hate_crime?"),
        ("Hate Crime", "2016-11", "'Hate Crime' is not an area here; did you mean hate_crime?"),
        ("noise", "2016-11", "'noise' is not an area here; use one of overall_crime, "),
        (None, "2016-11", "'None' is not an area here; use one of "),
        (
            ["hate_crime"],
            "2016-11",
            "'['hate_crime']' is not an area here; did you mean hate_crime?",
        ),
    ],
)
def test_a_wrong_area_says_the_nearest_right_ones(area, month, message, untouched):
    with pytest.raises(Mistake) as told:
        Report(area, month, untouched)
    assert str(told.value).startswith(message)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("ist_incident", "'ist_incident' is not an indicator here; did you mean ist_incidents?"),
        ("burglary", "'burglary' is not an indicator here; use one of ist_incidents, "),
        (
            "overall_crime",
            '\'overall_crime\' is on another page: Report("overall_crime", month)["overall_crime"]',
        ),
        (0, "'0' is not an indicator here; use one of "),
    ],
)
def test_a_wrong_indicator_says_where_it_is_or_the_nearest_right_ones(key, message, untouched):
    with pytest.raises(Mistake) as told:
        Report("hate_crime", "2016-11", untouched)[key]
    assert str(told.value).startswith(message)


def test_a_command_given_a_wrong_key_says_the_nearest_right_ones(untouched):
    for words, what in (
        (["run", "2016-11", "--area", "hate-crimes"], "a page"),
        (["template", "hate-crimes"], "an agency or an area"),
    ):
        done = tiny.told(untouched, *words)
        assert done.returncode == 2
        assert f"'hate-crimes' is not {what}; did you mean hate_crime?" in done.stderr


def test_by_hand_a_mistake_is_the_message_and_no_traceback(untouched):
    notebook = nbformat.read(untouched / "notebooks/hate_crime.ipynb", as_version=4)
    notebook.cells[1].source = 'month: str = "November"'
    client = NotebookClient(
        notebook, resources={"metadata": {"path": untouched / "notebooks"}}, timeout=120
    )
    with pytest.raises(CellExecutionError):
        client.execute()
    (error,) = [
        output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
    ]
    assert error.traceback == [f"{MONTHS['November']}; {THERE}"]


def test_a_run_fails_with_the_same_words(untouched):
    with execution.sandbox() as room:
        tiny.put(room.folder / "framework.toml", (ROOT / "framework.toml").read_bytes())
        for name in ("2016-10", "2016-11"):
            tiny.put(room.folder / f"data/raw/{name}/returns/a.csv", "indicator,period,value\n")
        source = (untouched / "notebooks/hate_crime.ipynb").read_bytes()
        ran = execution.execute(source, {"month": "2016-13"}, room, 120)
    assert ran.failure.startswith(
        "NotAPeriod: '2016-13' is not a month; write a year and month such as 2016-11; the"
    )
