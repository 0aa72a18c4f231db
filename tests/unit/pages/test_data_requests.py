"""A request on a page for what is missing."""

import pytest
from returned import FRAMEWORK, MONTH

from saferplymouth import Board
from saferplymouth.pages import data_requests


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
