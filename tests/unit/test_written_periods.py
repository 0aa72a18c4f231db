"""Periods as people write them, against what each says by the rules of British dates."""

import pytest

from saferplymouth import written_periods
from saferplymouth.periods import Calendar, NotAPeriod

APRIL, JANUARY = Calendar(4), Calendar(1)
WRITTEN = {
    ("month", "2016-11"): """
        Nov-16 | Nov 16 | NOV-2016 | November 2016 | Nov'16 | november, 2016 | 2016 Nov | 2016-11
        11/2016 | 2016/11 | 201611 | 01/11/2016 | 30/11/2016 | 1.11.2016 | 01/11/16 | 01-Nov-16
        30 November 2016 | 30th Nov 2016 | 2016-11-01 00:00:00 | 2016-11-30T00:00 | 2016/11/30
        Nov 2016/17 | 2016-17 November | month ending 30 November 2016 | Nov.\u00a02016 |  Nov-16
    """,
    ("month", "2016-09"): "Sept 2016 | Sep. 2016 | Sept-16 | M/E 30/09/2016",
    ("month", "2017-01"): "Jan 2016/17 | January 2016-17",
    ("month", "2011-12"): "2011-12 | 2011/12 | 201112",
    ("quarter", "2016/17 Q2"): """
        Q2 2016/17 | Q2 2016-17 | q2 16/17 | 2016-17 Q2 | 2016/17 Quarter 2 | 2016/17Q2 | Q2, 2016/17
        Qtr 2 2016/2017 | Q2 of FY2016/17 | Jul–Sep 2016 | July to September 2016 | Jul-Sep 16
        July - September 2016 | 1 July 2016 to 30 September 2016 | 01/07/2016 - 30/09/2016
        Q2 (Jul-Sep) 2016/17 | 2016/17 Q2 (Jul–Sep) | Q3 (Jul-Sep) 2016 | 2016-07..2016-09
        quarter to September 2016 | 3 months ending Sep-16 | Jul-Sep 2016/17
    """,
    ("quarter", "2015/16 Q4"): "Jan to Mar 2016 | Jan-Mar 2015/16 | Q4 15/16",
    ("half-year", "2016/17 H1"): """
        H1 2016/17 | 2016-17 H1 | Half 1 2016/17 | Apr-Sep 2016 | April to September 2016 | Q1-Q2 2016/17
    """,
    ("half-year", "2015/16 H2"): "Oct 2015-Mar 2016 | Oct-Mar 2015/16 | 6 months to March 2016",
    ("year", "2015/16"): """
        2015/16 | 2015-16 | 2015/2016 | 2015–2016 | 15/16 | FY2015/16 | FY 15/16 | 201516
        financial year 2015/16 | April 2015 to March 2016 | from Apr 2015 to Mar 2016
        1 April 2015 - 31 March 2016 | year ending 31 March 2016
    """,
    ("year", "2011/12"): "2011-12 | 2011/12",
    ("calendar year", "2016"): "2016 | CY2016 | calendar year 2016 | Jan-Dec 2016 | 2016.0",
    ("rolling year", "2015-07..2016-06"): """
        year ending June 2016 | YE Jun-16 | Y/E 30 June 2016 | 12 months to June 2016
        rolling 12 months to end of June 2016 | Jul 2015 to Jun 2016 | Jul '15 to\nJun '16
        Jul ’15–Jun ’16 | 2015-07..2016-06 | 1 July 2015 to 30 June 2016
    """,
    ("three years", "2013..2015"): "2013-15 | 2013 - 15 | 2013–2015 | 2013 to 2015 | 2013..2015",
    ("three years", "2013/14..2015/16"): "2013/14 - 2015/16 | 2013/14-15/16 | 2013/14..2015/16",
}
EVERY = [
    (frequency, label, text.strip(" "))
    for (frequency, label), texts in WRITTEN.items()
    for text in texts.strip().replace("\n   ", " | ").split(" | ")
    if text.strip()
]


@pytest.mark.parametrize(("frequency", "label", "text"), EVERY)
def test_a_period_is_read_in_every_ordinary_way_of_writing_it(frequency, label, text):
    assert APRIL.label(APRIL.received(text, frequency)) == label
    assert frequency in APRIL.kinds(text)


@pytest.mark.parametrize(
    ("frequency", "texts"),
    {
        "month": "2016-13 | 10/31/2016 | 31/11/2016 | 03/04/05 | 01/02/03 | 15/11/2016 | 16 | Nov |"
        " ٢٠١٦-11 | 16-Nov | Juno 2016 | 2016/17 Q2 | 2016 | November 30, 2016 |",
        "quarter": "Q2 2016 | Q2 16 | Q5 2016/17 | Q2 2016/18 | Q2 (Oct-Dec) 2016/17 | 2016/17 |"
        " Aug-Oct 2016 | 2 July 2016 to 30 September 2016",
        "half-year": "H3 2016/17 | Oct-Mar 2016 | H1 2016",
        "year": "2016 | 16 | FY16 | 2015/17 | 2015 to 2016 | Jul 2015 to Jun 2016 | 16-17 | 01/02",
        "calendar year": "16 | 1335 | 2500 | 2016/17 | 2016 to date | 2,016",
        "rolling year": "2016 | Jun-16 | June 2016 to July 2015 | 11 months to June 2016",
        "three years": "2013-16 | 2013 | 2013/14 | 2013/14 to 2015",
    }.items(),
)
def test_what_is_no_such_period_or_could_be_two_is_refused(frequency, texts):
    for text in texts.split(" |"):
        with pytest.raises(NotAPeriod):
            APRIL.received(text.strip(), frequency)


def test_a_quarter_of_a_calendar_year_is_read_only_where_quarters_are_said_to_be_such():
    read = [APRIL.received(text, "quarter", "calendar") for text in ("Q1 2016", "2016-Q3")]
    assert [APRIL.label(quarter) for quarter in read] == ["2015/16 Q4", "2016/17 Q2"]
    assert APRIL.label(APRIL.received("Q1 2016/17", "quarter", "calendar")) == "2016/17 Q1"
    assert JANUARY.label(JANUARY.received("Q1 2016", "quarter")) == "2016 Q1"
    with pytest.raises(NotAPeriod, match="of a financial or of a calendar year; write its months"):
        APRIL.received("Q1 2016", "quarter")


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Nov-16", ("month",)),
        ("01/08/2016", ("month", "day")),
        ("08/08/2016", ("day",)),
        ("w/c 07/11/2016", ("week",)),
        ("Week 45", ("week",)),
        ("2016", ("calendar year",)),
        ("201611", ("month",)),
        ("2011-12", ("month", "year", "rolling year")),
        ("2010-12", ("month", "three years")),
        ("Q1 2016", ("calendar quarter",)),
        ("Jan-Mar 2016", ("quarter",)),
        ("year ending June 2025", ("rolling year",)),
        *(
            (text, ())
            for text in ("1335", "2500", "16-17", "0-17", "5-10", "Total", "", "Apr", "Q1")
        ),
        *((text, ()) for text in ("9" * 5000, "2016-" * 12, "jan to " * 8)),
    ],
)
def test_what_a_text_could_be_is_every_frequency_it_has_a_meaning_in(text, kinds):
    assert APRIL.kinds(text) == kinds


def test_a_day_is_read_before_its_month():
    assert str(written_periods.day("3rd April 2016")) == "2016-04-03"
    assert written_periods.day("04/31/2016") is None
