"""Months, quarters and financial years, against dates worked out by hand."""

import contextlib
import datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saferplymouth.periods import Calendar, NotAPeriod, a_year, day, month, months, words

APRIL, JANUARY = Calendar(4), Calendar(1)
STARTS = st.integers(1, 12)
MONTHS = st.builds("{:04d}-{:02d}".format, st.integers(1900, 2199), st.integers(1, 12))


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "2016",
        "2016-13",
        "2016-00",
        "2016-1",
        "Nov-16",
        "201611",
        " 2016-11",
        "2016-11\n",
        "２０１６-11",
        "0000-01",
    ],
)
def test_what_is_no_month_is_refused_with_an_example(wrong):
    with pytest.raises(NotAPeriod, match="such as 2016-11"):
        month(wrong)


@given(st.text(max_size=12))
def test_no_text_at_all_does_worse_than_be_refused(text):
    for attempt in (month, months, APRIL.parse_to_date, lambda t: APRIL.parse(t, "quarter")):
        with contextlib.suppress(NotAPeriod):
            attempt(text)


@given(MONTHS)
def test_a_month_is_written_as_it_was_read(text):
    assert APRIL.label(month(text)) == text
    assert month(month(text)) == month(text)


def test_a_range_of_months_holds_both_its_ends():
    assert [str(m) for m in months("2016-11..2017-02")] == [
        "2016-11",
        "2016-12",
        "2017-01",
        "2017-02",
    ]
    assert [str(m) for m in months("2016-11")] == ["2016-11"]


@pytest.mark.parametrize(
    "wrong", ["2016-11..", "..2016-11", "2016-04..2016-05..2016-06", "2016-04...2016-05", ".."]
)
def test_half_a_range_of_months_is_refused(wrong):
    with pytest.raises(NotAPeriod):
        months(wrong)


def test_a_range_that_runs_backwards_is_refused():
    with pytest.raises(NotAPeriod, match="runs backwards"):
        months("2016-11..2016-10")


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2016-11", None, "November 2016"),
        ("2016-04", "2016-11", "April to November 2016"),
        ("2016-12", "2017-01", "December 2016 to January 2017"),
        ("2016-04", "2016-04", "April 2016"),
    ],
)
def test_periods_are_said_as_people_say_them(first, last, said):
    assert words(month(first), last and month(last)) == said


def test_a_quarter_is_said_by_its_months():
    assert words(APRIL.parse("2016/17 Q2", "quarter")) == "July to September 2016"
    assert words(APRIL.parse("2016/17 Q4", "quarter")) == "January to March 2017"


def test_a_day_has_no_leading_nought():
    assert day(datetime.date(2017, 1, 9)) == "9 January 2017"


@pytest.mark.parametrize(
    ("start", "text", "year", "quarter"),
    [
        (4, "2016-03", "2015/16", "2015/16 Q4"),
        (4, "2016-04", "2016/17", "2016/17 Q1"),
        (4, "2016-09", "2016/17", "2016/17 Q2"),
        (4, "2016-12", "2016/17", "2016/17 Q3"),
        (4, "2017-03", "2016/17", "2016/17 Q4"),
        (4, "2000-02", "1999/00", "1999/00 Q4"),
        (1, "2016-12", "2016", "2016 Q4"),
        (1, "2017-01", "2017", "2017 Q1"),
        (10, "2016-09", "2015/16", "2015/16 Q4"),
        (10, "2016-10", "2016/17", "2016/17 Q1"),
    ],
)
def test_a_month_falls_in_the_right_financial_year_and_quarter(start, text, year, quarter):
    calendar = Calendar(start)
    assert calendar.label(calendar.year(month(text))) == year
    assert calendar.label(calendar.of(month(text), "quarter")) == quarter


@given(STARTS, MONTHS)
def test_a_financial_year_is_twelve_months_that_open_in_its_first(start, text):
    calendar, given_month = Calendar(start), month(text)
    twelve = calendar.periods(calendar.year(given_month), "month")
    assert len(twelve) == 12
    assert twelve[0].month == start
    assert given_month in twelve
    assert (twelve[-1] - twelve[0]).n == 11


@given(STARTS, MONTHS)
def test_the_four_quarters_of_a_year_are_its_months_by_threes(start, text):
    calendar = Calendar(start)
    year = calendar.year(month(text))
    quarters = calendar.periods(year, "quarter")
    spelled = [
        m
        for q in quarters
        for m in pd.period_range(q.asfreq("M", "start"), q.asfreq("M", "end"), freq="M")
    ]
    assert len(quarters) == 4
    assert spelled == list(calendar.periods(year, "month"))
    assert [calendar.label(q)[-2:] for q in quarters] == ["Q1", "Q2", "Q3", "Q4"]


@given(STARTS, MONTHS)
def test_a_quarter_is_read_as_it_is_written(start, text):
    calendar = Calendar(start)
    quarter = calendar.of(month(text), "quarter")
    if 1900 < quarter.qyear < 2199:
        assert calendar.parse(calendar.label(quarter), "quarter") == quarter


@pytest.mark.parametrize(
    "wrong",
    ["2016/18 Q1", "2016/17 Q5", "2016 Q1", "2016/17 q1", "2016-11", "Q1", "２０１６/17 Q2"],
)
def test_what_is_no_quarter_is_refused_with_an_example(wrong):
    with pytest.raises(NotAPeriod, match="write it as 2016/17 Q2"):
        APRIL.parse(wrong, "quarter")


@given(st.integers(1, 12), st.integers(1990, 2090))
def test_a_calendar_year_is_its_own_year_wherever_the_financial_year_starts(start, year):
    calendar, name = Calendar(start), "calendar year"
    read = calendar.parse(str(year), name)
    assert (calendar.label(read), words(read)) == (str(year), str(year))
    assert str(read.asfreq("M", "start")) == f"{year}-01"
    assert calendar.label(calendar.ended(month(f"{year}-11"), name)) == str(year - 1)
    assert calendar.label(calendar.ended(month(f"{year}-12"), name)) == str(year)


@pytest.mark.parametrize("wrong", ["2013/14", "2013 Q1", "13", "2013-01", ""])
def test_what_is_no_calendar_year_is_refused_with_an_example(wrong):
    with pytest.raises(NotAPeriod, match="is not a calendar year; write it as 2016"):
        APRIL.parse(wrong, "calendar year")


def test_a_calendar_year_partnership_writes_quarters_without_a_second_year():
    assert JANUARY.label(JANUARY.parse("2016 Q2", "quarter")) == "2016 Q2"
    with pytest.raises(NotAPeriod, match="write it as 2016 Q2"):
        JANUARY.parse("2016/17 Q2", "quarter")


def test_a_supplied_year_to_date_must_open_its_financial_year():
    assert str(APRIL.parse_to_date("2016-04..2016-09")) == "2016-09"
    for wrong in ("2016-05..2016-09", "2015-04..2016-09", "2016-01..2016-09"):
        with pytest.raises(NotAPeriod, match="start it with 2016-04"):
            APRIL.parse_to_date(wrong)


@pytest.mark.parametrize(("freq", "many"), [("M", 12), ("Q-MAR", 4), ("Y-MAR", 1), ("Y-DEC", 1)])
def test_how_many_make_a_year_is_known_without_any(freq, many):
    assert a_year(pd.PeriodIndex([], freq=freq)) == many
