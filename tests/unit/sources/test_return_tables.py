"""Returns as ordinary people write them: what is meant is read, and what is open is asked about."""

import pytest
from returned import FRAMEWORK, MONTH, xlsx_of

from saferplymouth.sources import Problem
from saferplymouth.sources.returns import Row, read_returns

CRIME = [("overall_crime", "2016-10", 1402), ("overall_crime", "2016-11", 1335)]
HEAD = "indicator,period,value\n"
ROWS = "overall_crime,2016-10,1402\noverall_crime,2016-11,1335\n"
LINES = [
    ["indicator", "period", "value"],
    ["overall_crime", "2016-10", 1402],
    ["overall_crime", "2016-11", 1335],
]


@pytest.fixture
def of(tmp_path):
    """The figures of a return with this content, and its problems."""

    def read(content: str | bytes, name: str = "p.csv") -> tuple[list[Row], list[Problem]]:
        path, problems = tmp_path / name, []
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_returns([path], MONTH, FRAMEWORK, problems), problems

    return read


def figures(rows: list[Row]) -> list[tuple]:
    return [(row.indicator, row.period, row.value) for row in rows]


# --- Periods: what a return hands on to the calendar

PERIODS = {
    "overall_crime 2016-11": "Nov-16;November 2016;01/11/2016;2016/11;201611;30/11/2016;Nov 16;"
    "NOV-2016;30 November 2016;2016-11-01;Nov. 2016",
    "recorded_rape 2016/17 Q2": "Q2 2016/17;2016-17 Q2;Jul–Sep 2016;Q2 16/17;Jul to Sep 2016;"
    "2016/17 Quarter 2;July - September 2016",
    "residents_feeling_safe 2015/16": "2015-16;FY2015/16;2015/2016;April 2015 to March 2016",
    "children_at_risk_of_exploitation 2016/17 H1": "H1 2016/17;Apr-Sep 2016",
}


@pytest.mark.parametrize("figure", PERIODS)
def test_a_period_is_read_as_people_write_it(figure, of):
    key, _, period = figure.partition(" ")
    for written in PERIODS[figure].split(";"):
        rows, problems = of(f"{HEAD}{key},{written},38\n")
        assert (figures(rows), problems) == ([(key, period, 38)], []), written


# --- Names

NAMES = {
    "overall_crime": "Overall crime;OVERALL CRIME;overall crime ;Overall\u00a0crime;overall-crime",
    "anti_social_behaviour": "Anti-social behaviour;Anti social  Behaviour;anti‑social behaviour",
    "ist_satisfaction": "“Ist” incident satisfaction;'Ist' incident satisfaction;ist satisfaction",
    "domestic_abuse": "Domestic abuse reports;domestic abuse",
    "police_recorded_hate_crime": "Recorded hate crime",
}


@pytest.mark.parametrize("key", NAMES)
def test_an_indicator_is_known_by_its_name_as_people_write_it(key, of):
    for name in NAMES[key].split(";"):
        rows, problems = of(f"{HEAD}{name},2016-11,38\n")
        assert (figures(rows), problems) == ([(key, "2016-11", 38)], []), name


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("Domestic abuse report", "did you mean 'Domestic abuse reports' or domestic_abuse"),
        ("crime", "overall_crime"),
        ("Recorded hate crimes", "did you mean 'Recorded hate crime'"),
    ],
)
def test_a_near_miss_of_a_name_is_asked_about_with_the_nearest(name, cure, of):
    rows, (problem,) = of(f"{HEAD}{name},2016-11,38\n")
    assert (rows, problem.cell, problem.mistake) == ([], "A2", f"'{name}' is not an indicator")
    assert cure in problem.cure


def test_groups_are_known_by_their_names(of):
    header = "indicator,period,value,breakdown,group\n"
    way = FRAMEWORK.indicators["fraud_reports"].breakdowns["kind"]
    lines = [f"Reports of fraud and cyber crime,Q2 2016/17,{len(way.groups)},,\n"]
    lines += [
        f"fraud reports,Q2 2016/17,1,{way.name.upper()},{name.upper()}\n"
        for name in way.groups.values()
    ]
    rows, problems = of(header + "".join(lines))
    assert problems == []
    assert [(row.breakdown, row.group) for row in rows[1:]] == [("kind", key) for key in way.groups]


# --- Headings

HEADINGS = [
    "INDICATOR,Period,VALUE",
    "Indicator name,Month,Count",
    "Indicator,Month ,Number",
    "Indicator Name,Time period,Figure",
    "Measure,Reporting month,Value (number)",
    "Performance indicator:,Date,Total",
]


@pytest.mark.parametrize("header", HEADINGS)
def test_headings_are_known_as_people_word_them(header, of):
    rows, problems = of(f"{header}\n{ROWS}")
    assert (figures(rows), problems) == (CRIME, [])


@pytest.mark.parametrize(
    ("header", "mistake"),
    [
        ("Indicator,Month,Number,Count", "'number' and 'count' may each be the value"),
        ("Indicator,Year,Month,Number", "'year' and 'month' may each be the period"),
        ("indicator,period,value,value", "'value' and 'value' may each be the value"),
        ("indicator,period,value,group", "has a column group but no column breakdown"),
        ("indicator,period,rate per 1000,per", "'per' and 'rate per 1000' may each be the per"),
    ],
)
def test_headings_that_may_be_either_are_asked_about(header, mistake, of):
    rows, (problem,) = of(f"Return\n{header}\novera,2016,1,2\n")
    assert (rows, problem.row) == ([], 2)
    assert mistake in problem.mistake


def test_an_exact_heading_is_meant_before_another_wording(of):
    rows, (told,) = of("Month,period,indicator,value,Total\n,2016-11,overall_crime,1335,9\n")
    assert figures(rows) == CRIME[1:]
    assert (told.cell, told.mistake) == ("A1", "the columns are not read: 'Month', 'Total'")


# --- What stands around the table


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"Plymouth CSP\nReturn for 2016\n\n{HEAD}{ROWS}", "A1 'Plymouth CSP', 'Return for 2016'"),
        (f"{HEAD}\n,,\n{ROWS}\nNotes: as at 2 December\nSource: police, Nov 2016\n", "A7 'Notes"),
        (f"{HEAD}{ROWS}Prepared by,J Smith\n", "A4 'Prepared by J Smith'"),
        (f"{HEAD}Police\n{ROWS}", "A2 'Police'"),
        (f"{HEAD}{ROWS}Total,,2737\n", "C4 the total 2,737 is left out"),
        (f'{HEAD}{ROWS}Grand total,,"2,737"\n', "C4 the total 2,737 is left out"),
        (f"{HEAD}{ROWS}overall_crime,2016-09,*\nTotal,,2740\n", "C5 not checked"),
        (f"{HEAD}{ROWS}{HEAD}", ""),
        (f"indicator,period,value,,\n{ROWS}", ""),
        (
            f",indicator,,period,value\n,{ROWS.replace(',2', ',,2').replace(chr(10), chr(10) + ',')}",
            "",
        ),
        (
            "value,note,period,indicator\n1402,,2016-10,overall_crime\n1335,,2016-11,Overall crime\n",
            "",
        ),
        (
            '"indicator";"period";"value"\r"overall_crime";"Oct-16";"1,402"\roverall_crime;Nov-16;1335',
            "",
        ),
    ],
)
def test_what_stands_around_the_table_is_named_and_not_read(text, told, of):
    rows, problems = of(text)
    assert figures([row for row in rows if not row.status]) == CRIME
    assert [problem.stops for problem in problems] == [False] * bool(told)
    cell, _, words = told.partition(" ")
    assert all(problem.cell == cell and words in problem.mistake for problem in problems)


def test_a_workbook_s_table_is_read_wherever_it_is(of):
    placed = [
        ["Crime return"],
        [],
        *[["", "", *line] for line in LINES],
        ["", "", "Source: police"],
    ]
    rows, problems = of(xlsx_of([["Contact"]], placed, []), "p.xlsx")
    assert figures(rows) == CRIME
    assert [(told.sheet, told.cell, told.stops) for told in problems] == [
        ("Sheet", "", False),
        ("Sheet1", "A1", False),
    ]
    placed[3][4] = "about 40"
    rows, problems = of(xlsx_of(placed), "p.xlsx")
    assert "p.xlsx, sheet 'Sheet', cell E4, column value: 'about 40' is not" in str(problems[-1])


# --- Figures and marks


@pytest.mark.parametrize(
    ("written", "value", "status"),
    [
        ('"1,335"', 1335, ""),
        ("1 335", 1335, ""),
        ("1335.0", 1335, ""),
        ("[c]", None, "c"),
        ("*", None, "c"),
        ("<5", None, "c"),
        ("..", None, "x"),
        ("n/a", None, "x"),
        ("1335p", 1335, "p"),
        ('"1,335 (r)"', 1335, "r"),
    ],
)
def test_a_figure_keeps_what_its_sender_says_of_it(written, value, status, of):
    ((row,), problems) = of(f"{HEAD}overall_crime,2016-11,{written}\n")
    assert (row.value, row.status, problems) == (value, status, [])


def test_a_share_is_hidden_where_one_of_its_numbers_is(of):
    header = "indicator,period,numerator,denominator\n"
    ((row,), problems) = of(f"{header}ist_satisfaction,2016-11,[c],25\n")
    assert (row.value, row.numerator, row.denominator, row.status) == (None, None, None, "c")
    assert problems == []


def test_half_a_percent_is_taken_only_with_its_sign(of):
    ((row,), _) = of(f"{HEAD}ist_satisfaction,2016-11,0.5%\n")
    assert row.value == 0.5
    rows, (problem,) = of(f"{HEAD}ist_satisfaction,2016-11,0.5\n")
    assert (rows, problem.cell) == ([], "C2")
    assert "looks like a share" in problem.mistake


@pytest.mark.parametrize(
    ("heading", "key", "written"),
    [
        ("Number", "ist_satisfaction", "88"),
        ("Rate", "overall_crime", "12"),
        ("%", "overall_crime", "12"),
        ("Value (number)", "fraud_losses", "182"),
    ],
)
def test_a_heading_that_names_another_unit_is_asked_about(heading, key, written, of):
    period = "2016-11" if key != "fraud_losses" else "2016/17 Q2"
    rows, (problem,) = of(f"Indicator,Period,{heading}\n{key},{period},{written}\n")
    assert (rows, problem.cell) == ([], "C2")
    assert problem.mistake.endswith("and the heading says otherwise")


def test_a_sign_beside_a_figure_says_more_than_its_heading(of):
    rows, problems = of("Indicator,Month,Number\nist_satisfaction,2016-11,88%\n")
    assert (figures(rows), problems) == ([("ist_satisfaction", "2016-11", 88)], [])


def test_thousands_of_pounds_are_not_read_as_pounds(of):
    rows, (problem,) = of("Indicator,Quarter,Value (£000)\nfraud_losses,Q2 2016/17,182\n")
    assert (rows, problem.row) == ([], 1)
    assert problem.mistake == "the header is 'indicator, quarter, value (£000)'"


ASKED = {
    "overall_crime,11/01/2016,1335": "B2 is a day within a month",
    "overall_crime,10/31/2016,1402": "B2 is not a month",
    "overall_crime,03/04/05,1335": "B2 '03/04/05'",
    "overall_crime,31/11/2016,1335": "B2 is not a month",
    "overall_crime,2016-13,1335": "B2 is not a month",
    "overall_crime,Q2 2016/17,4310": "B2 is not a month",
    "residents_feeling_safe,16,83.2": "B2 is not a financial year",
    "overall_crime,2016-12,1290": "B2 is after November 2016",
    "overall_crime,2016-11,1.234": "C2 is not a whole number",
    "overall_crime,2016-11,-1335": "C2 is negative",
    "overall_crime,2016-11,-": "C2 may mean none or not known",
    "overall_crime,2016-11,12/15": "C2 is not a number",
    "overall_crime,2016-11,5-10": "C2 is not a number",
    "overall_crime,2016-11,>100": "C2 is not a number",
    "overall_crime,2016-11,=1+1": "C2 is not a number",
    "overall_crime,2016-11,1335\ufeff": "C2 contains an invisible character",
    "overall_crime,2016-11,": "C2 the figure is missing",
    "ist_satisfaction,2016-11,188": "C2 is not between 0 and 100",
    f"{ROWS},2016-09,1388": "A4 the indicator is missing",
    f"{ROWS}Overall crime,Nov-16,1338": "B4 appears twice",
    f"{ROWS}Total,,2738": "C4 the total is 2,738, but the rows above add up to 2,737",
    f"{ROWS}Note,2016-11,0": "A4 'Note' is not an indicator",
    f"{ROWS},,#REF!": "C4 contains the error #REF!",
    f"{ROWS}Indicator,Month,Count\nrecorded_rape,Q2 2016/17,3": " a second table starts here",
}


@pytest.mark.parametrize("row", ASKED)
def test_what_is_open_is_asked_about_at_its_cell(row, of):
    _, problems = of(f"{HEAD}{row}\n")
    cell, _, words = ASKED[row].partition(" ")
    assert any(p.stops and p.cell == cell and words in p.mistake for p in problems), problems
