"""A figure that is not 0 is never 0, on a page or in a download; a rate has the base that its
framework gives it.
"""

import csv
import io
import re

import pytest
import tiny

from saferplymouth import Board, Quarter, framework, periods, sources
from saferplymouth.indicators import words

UNITS = {
    "rate": 'unit = "rate"\nper = 100000',
    "thousand": 'unit = "rate"',
    "share": 'unit = "percent"',
    "count": 'unit = "count"',
    "counted": 'unit = "count"\nper_100000 = "residents"',
}
PEOPLE = "2015 = 1000\n2016 = 250000"


def project(root, returns: dict[str, str], frequency: str = "quarter"):
    """A project with an indicator of each unit, and these returns in its drop of June 2016."""
    areas = [
        tiny.AREA.format(key=key, title=key.capitalize())
        .replace('unit = "count"', unit)
        .replace('"month"', f'"{frequency}"')
        for key, unit in UNITS.items()
    ]
    tiny.put(
        root / "framework.toml", tiny.PARTNERSHIP.replace("2016 = 1000", PEOPLE) + "".join(areas)
    )
    for name, rows in returns.items():
        tiny.put(root / f"data/raw/2016-06/returns/{name}", rows)
    return root


def told(root) -> list[tuple[int, str, str, str]]:
    """What a check of the drop finds wrong: row, column, mistake and cure."""
    drop = sources.read(
        root / "data/raw", periods.month("2016-06"), framework.load(root / "framework.toml")
    )
    return [(p.row, p.column, p.mistake, p.cure) for p in drop.problems]


def value(root, key: str) -> float:
    drop = sources.read(
        root / "data/raw", periods.month("2016-06"), framework.load(root / "framework.toml")
    )
    [row] = [row for row in drop.rows if row.indicator == key and row.period == "2016/17 Q1"]
    assert drop.problems == ()
    return row.value


def page(section) -> str:
    parts = [getattr(section, part)().html for part in tiny.PARTS]
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", "".join(parts)))


def download(section) -> dict[tuple[str, str], tuple[str, str]]:
    rows = csv.DictReader(io.StringIO(section.table().csv))
    return {(row["measure"], row["period"]): (row["value"], row["unit"]) for row in rows}


@pytest.fixture(scope="module")
def board(tmp_path_factory) -> Board:
    """Rates of 0.03 and 0.0042 per 100,000, shares of 1 and 1,999 in 2,000, and 7 things among
    250,000 people.
    """
    root = tmp_path_factory.mktemp("small")
    values = (
        "indicator,period,value\nrate,2015/16 Q1,0.0042\nrate,2016/17 Q1,0.03\nthousand,2016/17 "
        "Q1,0.03\n"
    )
    shares = (
        "indicator,period,numerator,denominator\nshare,2015/16 Q1,1,2000\nshare,2016/17 "
        "Q1,1999,2000\n"
    )
    return Board(
        "2016-06", project(root, {"a.csv": values + "counted,2016/17 Q1,7\n", "b.csv": shares})
    )


def test_a_small_rate_keeps_its_digits_and_its_base_on_the_page_and_in_the_download(board):
    section = board.sections["rate"]
    said = page(section)
    assert section.leading[0].text == "Rate up 0.026 per 100,000, April to June 2016"
    assert "Rate per 100,000 things, by quarter, 2016/17 and 2015/16" in said
    assert "The rate was 0.03 per 100,000" in said
    assert "per 1,000" not in said
    assert download(section)["2016/17", "2016/17 Q1"] == ("0.03", "rate per 100,000")
    assert download(section)["2015/16", "2015/16 Q1"] == ("0.0042", "rate per 100,000")
    assert download(section)["Change", "2016/17 Q1"] == ("0.0258", "rate per 100,000")


def test_a_rate_without_a_base_of_its_own_is_per_1_000(board):
    assert (
        board.sections["thousand"]
        .leading[0]
        .text.startswith("Thousand: 0.03 per 1,000 from April to June 2016")
    )
    assert download(board.sections["thousand"])["2016/17", "2016/17 Q1"] == ("0.03", "rate")


def test_the_axis_of_a_small_rate_has_steps_that_can_be_told_apart(board):
    drawn = board.sections["rate"].chart().html
    assert {"0.01", "0.02"} <= set(
        re.findall(r"%3E(0\.\d+)%3C", drawn.replace("<", "%3C").replace(">", "%3E"))
    )


def test_one_of_2_000_is_not_0_per_cent_and_1_999_are_not_100(board):
    section = board.sections["share"]
    said = page(section)
    assert "The share of things was 99.95%" in said
    assert "95% confidence interval: from 99.717% to 99.991%." in said
    assert "Share up 99.9 percentage points" in said
    assert "99.95% 0.05% +99.9 " in said
    assert download(section)["2015/16", "2015/16 Q1"] == ("0.05", "percent")
    assert download(section)["2016/17", "2016/17 Q1"] == ("99.95", "percent")


def test_a_count_has_its_rate_on_the_base_of_the_framework(board):
    """7 among 250,000 are 2.8 per 100,000, and by Poisson's interval between 1.1 and 5.8."""
    said = page(board.sections["counted"])
    assert "That is 2.8 per 100,000 residents (250,000 residents, mid-2016; None)." in said
    assert "from 1.1 to 5.8" in said
    assert download(board.sections["counted"])["Per 100,000 residents", "2016/17 Q1"] == (
        "2.8",
        "rate per 100,000",
    )


def test_the_boards_summary_and_its_download_have_the_base_and_the_digits(board):
    summary = board.table()
    assert '0.0258,"rate per 100,000"' in summary.csv
    assert "+0.026" in summary.html
    assert "Rate</a><small>per 100,000</small>" in summary.html


def test_the_quarters_table_names_a_base_that_is_not_the_usual_one(board):
    table = Quarter("2016-Q1", board.project.root).table().html
    assert "Rate, per 100,000 (April to June 2016)" in table
    assert "Thousand (April to June 2016)" in table


SENT = {
    "on the framework's own base": ("indicator,period,value", "0.03", 0.03),
    "per 1,000 in a column": ("indicator,period,value,per", '0.0003,"1,000"', 0.03),
    "per 10,000 in a column": ("indicator,period,value,per", "3.3,10000", 33.0),
    "per 100 000 with a space": ("indicator,period,value,per", "3.3,per 100 000", 3.3),
    "in the header": ("indicator,period,value per 1000", "3.3", 330.0),
    "in a header with commas and words": (
        'indicator,period,"Rate (per 10,000 people)"',
        "3.3",
        33.0,
    ),
    "as numerator and denominator": ("indicator,period,numerator,denominator", "3,200000", 1.5),
    "as these with a base that changes nothing": (
        "indicator,period,numerator,denominator,per",
        "3,200000,1000",
        1.5,
    ),
    "with an empty base": ("indicator,period,value,per", "3.3,", 3.3),
}


@pytest.mark.parametrize(("header", "figure", "meant"), SENT.values(), ids=SENT)
def test_a_rate_sent_on_another_base_is_converted(tmp_path, header, figure, meant):
    assert (
        value(project(tmp_path, {"a.csv": f"{header}\nrate,2016/17 Q1,{figure}\n"}), "rate")
        == meant
    )


def test_the_numbers_that_a_rate_was_sent_as_are_kept(tmp_path):
    root = project(
        tmp_path, {"a.csv": "indicator,period,numerator,denominator\nrate,2016/17 Q1,3,200000\n"}
    )
    [row] = sources.read(
        root / "data/raw", periods.month("2016-06"), framework.load(root / "framework.toml")
    ).rows
    assert (row.numerator, row.denominator) == (3, 200000)


WRONG = {
    "an unknown base": (
        "indicator,period,value,per",
        "rate,2016/17 Q1,3,500",
        "per",
        "'500' is not a number of people",
    ),
    "a base that is a word": (
        "indicator,period,value,per",
        "rate,2016/17 Q1,3,head",
        "per",
        "'head' is not a number",
    ),
    "a million": (
        "indicator,period,value,per",
        'rate,2016/17 Q1,3,"1,000,000"',
        "per",
        "is not a number of people",
    ),
    "commas astray": (
        "indicator,period,value,per",
        'rate,2016/17 Q1,3,"10,00,00"',
        "per",
        "is not a number of people",
    ),
    "an unknown base in the header": (
        "indicator,period,value per head",
        "rate,2016/17 Q1,3",
        "per",
        "'head' is no",
    ),
    "a count": ("indicator,period,value,per", "count,2016/17 Q1,3,1000", "per", "count is a count"),
    "a count under a header": (
        "indicator,period,value per 1000",
        "count,2016/17 Q1,3",
        "per",
        "count is a count",
    ),
    "a percentage": (
        "indicator,period,value,per",
        "share,2016/17 Q1,3,1000",
        "per",
        "share is a percentage",
    ),
    "more than all": (
        "indicator,period,value,per",
        "rate,2016/17 Q1,1001,1000",
        "value",
        "not between 0 and 1,000",
    ),
    "more of all": (
        "indicator,period,value",
        "rate,2016/17 Q1,100001",
        "value",
        "not between 0 and 100,000",
    ),
}


@pytest.mark.parametrize(("header", "row", "column", "mistake"), WRONG.values(), ids=WRONG)
def test_a_base_that_cannot_be_is_a_problem_with_its_row_and_cure(
    tmp_path, header, row, column, mistake
):
    [(at, where, what, cure)] = told(project(tmp_path, {"a.csv": f"{header}\n{row}\n"}))
    assert (at, where) == (2, column)
    assert mistake in what
    assert cure


def test_a_header_that_says_the_base_twice_is_refused(tmp_path):
    [(row, *_)] = told(
        project(
            tmp_path, {"a.csv": "indicator,period,value per 1000,per\nrate,2016/17 Q1,3,1000\n"}
        )
    )
    assert row == 1


def test_a_rate_of_months_is_not_pooled_to_a_year_to_date(tmp_path):
    """Each month's rate is of all the people: 2 in 1,000 and 4 in 1,000 are not 3 in 1,000."""
    rows = "rate,2016-04,2,1000\nrate,2016-05,4,1000\n"
    root = project(tmp_path, {"a.csv": f"indicator,period,numerator,denominator\n{rows}"}, "month")
    said = Board("2016-06", root).sections["rate"].leading[0].text
    assert "400 per 100,000 in May 2016" in said


def test_equal_rates_are_unchanged_and_what_differs_by_a_floats_noise_is_not_a_change(tmp_path):
    rows = (
        "rate,2015/16 Q1,0.3\nrate,2016/17 Q1,0.1\nthousand,2015/16 Q1,0.3\nthousand,2016/17 "
        "Q1,0.3\n"
    )
    board = Board("2016-06", project(tmp_path, {"a.csv": f"indicator,period,value\n{rows}"}))
    assert download(board.sections["rate"])["Change", "2016/17 Q1"] == ("-0.2", "rate per 100,000")
    assert "unchanged at 0.3 per 1,000" in board.sections["thousand"].leading[0].text


def test_a_hidden_count_has_no_rate_at_any_precision(tmp_path):
    root = project(tmp_path, {"a.csv": "indicator,period,value\ncounted,2016/17 Q1,3\n"})
    path = root / "framework.toml"
    head, entry = path.read_text().split("[indicators.counted]")
    path.write_text(
        f"{head}[indicators.counted]{entry.replace('sensitive = false', 'sensitive = true')}"
    )
    section = Board("2016-06", root).sections["counted"]
    assert download(section)["Per 100,000 residents", "2016/17 Q1"] == ("", "rate per 100,000")
    assert "1.2" not in page(section)


@pytest.mark.parametrize(
    ("figures", "places", "whole", "said"),
    [
        ((0.4,), 0, 0, ["0.4"]),
        ((0.04,), 1, 0, ["0.04"]),
        ((-0.04,), 1, 0, ["−0.04"]),
        ((0.003, 0.12), 1, 0, ["0.003", "0.120"]),
        ((0.0, 0.12), 1, 0, ["0.0", "0.1"]),
        ((12.34, 1234.5), 1, 0, ["12.3", "1,234.5"]),
        ((99.95,), 0, 100, ["99.95"]),
        ((99.5, 2.0), 0, 100, ["99.5", "2.0"]),
        ((100.0, 0.0), 0, 100, ["100", "0"]),
        ((0.5, 99.4), 0, 100, ["1", "99"]),
    ],
)
def test_figures_keep_what_tells_them_from_nothing_and_from_all(figures, places, whole, said):
    assert words.figures(figures, places, whole) == said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (0.4, "less than 1%"),
        (-99.7, "more than 99%"),
        (99.7, "100%"),
        (-100, "100%"),
        (250.5, "251%"),
    ],
)
def test_a_change_in_per_cent_is_none_or_of_all_only_where_it_is_so(change, said):
    assert words.percent(change) == said


def test_a_step_of_a_scale_is_written_as_it_is():
    assert [words.exactly(step) for step in (0.005, 0.30000000000000004, 1234567.0, -2.5)] == [
        "0.005",
        "0.3",
        "1,234,567",
        "−2.5",
    ]
