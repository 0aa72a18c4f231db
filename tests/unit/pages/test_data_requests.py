"""A request on a page for what is missing."""

import pytest
import tiny
from returned import FRAMEWORK, MONTH

from saferplymouth import Board, Report
from saferplymouth.pages import data_requests
from saferplymouth.pages.quality.data_quality import DataQuality


@pytest.mark.parametrize(
    ("key", "lines"),
    [
        ("overall_crime", ["indicator,period,value,note", "overall_crime,2016-11,,"]),
        ("recorded_rape", ["indicator,period,value,note", "recorded_rape,2016/17 Q2,,"]),
        ("pupils_reached", ["indicator,period,value,note", "pupils_reached,2016/17 H1,,"]),
        (
            "treatment_completed",
            ["indicator,period,numerator,denominator,note", "treatment_completed,2016/17 Q2,,,"],
        ),
        (
            "residents_feeling_safe",
            [
                "indicator,period,breakdown,group,numerator,denominator,note",
                "residents_feeling_safe,2015/16,time,day,,,",
                "residents_feeling_safe,2015/16,time,night,,,",
            ],
        ),
    ],
)
def test_a_return_asks_for_the_last_period_that_has_ended(key, lines):
    asked = data_requests.template(FRAMEWORK.indicators[key], FRAMEWORK, MONTH)
    assert asked.splitlines() == lines


def test_a_page_asks_by_name_for_what_it_lacks(untouched):
    sections = Board("2016-11", untouched).sections
    said = sections["referral_mechanism"].table().html
    assert (
        "National Crime Agency: please send the number of people referred to the National "
        "Referral Mechanism" in said
    )
    assert (
        "every quarter. Start with July to September 2016, in total and by kind of exploitation."
        in said
    )
    assert "referral_mechanism,2016/17 Q2,exploitation,labour,," in said
    request = sections["crime_gap"].table().html
    assert "2016-11-devon-and-cornwall-street.csv" in request
    assert "<pre" not in request


def test_an_indicator_whose_only_answer_is_that_there_is_no_figure_has_a_page(tmp_path):
    root = tiny.project(tmp_path, "alpha", "beta")
    text = "indicator,period,value\nalpha,2016-04,[x]\nbeta,2016-04,5\n"
    tiny.put(root / "data/raw/2016-04/returns/police.csv", text)
    report = Report("alpha", "2016-04", root)
    assert "no data received yet" not in report.summary().html
    assert "Latest data" not in report["alpha"].source().html
    assert "Alpha" in Board("2016-04", root).table().html
    assert "April 2016" in DataQuality("2016-04", root).sources().html
