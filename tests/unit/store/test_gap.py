"""The gap between neighbourhoods: real months counted by hand, and as it reaches pages, the board
and the manifest.
"""

import csv
import json
import math
import re
from collections import Counter
from itertools import accumulate

import numpy as np
import pandas as pd
import pytest
import tiny
from anytown import (
    AREAS,
    ASB,
    DRUGS,
    FRAME,
    KEYS,
    OLD_QUAY,
    POPULATION,
    USUAL,
    anytown,
    asked,
    built_anytown,
    code,
    gather,
    look_up,
    real_project,
    real_room,
    real_rows,
    street,
    text,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from projects import ROOT
from scipy.stats import chi2

from saferplymouth import Board, DataQuality, Explorer, Neighbourhoods, Report, Workbench, framework
from saferplymouth.framework import RESIDENTS
from saferplymouth.indicators.project import Project
from saferplymouth.pages.places import priority_gap
from saferplymouth.statistics.intervals import difference_interval
from saferplymouth.store import gap

pytestmark = pytest.mark.xdist_group("places")

PRIORITY = {
    "City Centre, Barbican & Sutton Harbour",
    "Millbay & Stonehouse",
    "Cattedown & Prince Rock",
    "Devonport, Mount Wise & Morice Town",
}
INSIDE = [
    473,
    605,
    597,
    639,
    636,
    598,
    602,
    576,
]  # crimes there and elsewhere in the city, April to November 2016
OUTSIDE = [771, 836, 884, 929, 864, 885, 864, 878]
CITY = 264.44  # thousands of residents at mid-2016
PART = CITY * 22 / 161  # of 161 small areas 22 lie in the four neighbourhoods
YEAR = [str(month) for month in pd.period_range("2016-04", "2016-11", freq="M")]


def expected(inside: int, part: float, outside: int, city: float) -> tuple[float, float, float]:
    """The gap and its 95 % interval, written out: two exact Poisson intervals joined as Zou and
    Donner (2008) do.
    """

    def garwood(count: int) -> tuple[float, float]:
        return chi2.ppf(0.025, 2 * count) / 2 if count else 0.0, chi2.ppf(0.975, 2 * count + 2) / 2

    value = inside / part - (inside + outside) / city
    (l1, u1), (l2, u2) = garwood(inside), garwood(outside)
    w1, w2 = 1 / part - 1 / city, 1 / city
    low = value - math.sqrt((w1 * (inside - l1)) ** 2 + (w2 * (u2 - outside)) ** 2)
    high = value + math.sqrt((w1 * (u1 - inside)) ** 2 + (w2 * (outside - l2)) ** 2)
    return value, low, high


def gaps(root, month: str = "2016-11") -> pd.DataFrame:
    frame = framework.load(root / "framework.toml")
    return gap.by_month(gather(root, month), frame.populations[RESIDENTS].people, frame.calendar)


def shown(root, month: str) -> str:
    """The part of the page on neighbourhoods that the gap has."""
    return text(Neighbourhoods(month, root).gap().html)


def revised_there(root, month: str) -> str:
    return text(DataQuality(month, root).revisions().html)


def months(count: int, rows=USUAL) -> dict:
    return dict.fromkeys(YEAR[:count], rows)


# --- The real months


def test_the_crimes_inside_and_outside_are_those_the_standard_library_counts():
    rows = csv.DictReader(
        (ROOT / "data/raw/2016-01/places/lookup.csv").read_text(encoding="utf-8").splitlines()
    )
    inside = {row["LSOA11CD"] for row in rows if row["MSOA_name_HoC"] in PRIORITY}
    crimes = [
        r
        for r in real_rows()
        if r["district"] == "Plymouth" and r["Crime type"] != ASB and r["Month"] in YEAR
    ]
    counts = Counter((row["Month"], row["LSOA code"] in inside) for row in crimes)
    assert len(inside) == 22
    assert [counts[month, True] for month in YEAR] == INSIDE
    assert [counts[month, False] for month in YEAR] == OUTSIDE


def test_the_gap_of_each_real_month_and_to_date_is_what_arithmetic_gives(real):
    frame = framework.load(ROOT / "framework.toml")
    found = gap.by_month(real, frame.populations[RESIDENTS].people, frame.calendar)
    mine = found.loc[pd.PeriodIndex(YEAR, freq="M")].to_numpy()
    to_date = zip(accumulate(INSIDE), accumulate(OUTSIDE), strict=True)
    pairs = zip(zip(INSIDE, OUTSIDE, strict=True), to_date, strict=True)
    by_hand = [
        (*expected(i, PART, o, CITY), *expected(ia, PART, oa, CITY)) for (i, o), (ia, oa) in pairs
    ]
    np.testing.assert_allclose(mine, by_hand, rtol=1e-9)
    assert [round(value, 1) for value in mine[:, 0]] == [
        8.4,
        11.3,
        10.9,
        11.8,
        11.9,
        10.9,
        11.1,
        10.4,
    ]
    assert round(mine[-1, 3], 1) == 86.8


def test_months_before_april_are_of_the_year_before_and_have_no_year_to_date(real):
    """January to March 2016 are on the population of 2015, 263,088, and April to December 2015 have
    no file.
    """
    frame = framework.load(ROOT / "framework.toml")
    found = gap.by_month(real, frame.populations[RESIDENTS].people, frame.calendar).iloc[:3]
    assert [str(month) for month in found.index] == ["2016-01", "2016-02", "2016-03"]
    assert [round(value, 1) for value in found["value"]] == [10.3, 10.1, 10.2]
    part = 263.088 * 22 / 161
    assert found["value"].iloc[0] == pytest.approx(540 / part - 1243 / 263.088)
    assert found.filter(like="to_date").isna().all(axis=None)


def test_the_interval_holds_the_truth_as_often_as_it_says():
    """Of 4,000 years made by chance about the rates of November 2016, 95 % have the true gap in
    their interval.
    """
    random = np.random.default_rng(20161124)
    truth = 576 / PART - (576 + 878) / CITY
    draws = zip(random.poisson(576, 4000), random.poisson(878, 4000), strict=True)
    held = [
        low <= truth <= high
        for _, low, high in (difference_interval(i, PART, o, CITY) for i, o in draws)
    ]
    assert np.mean(held) == pytest.approx(0.95, abs=0.011)


def test_the_interval_of_few_crimes_holds_the_truth_at_least_as_often_as_it_says():
    random = np.random.default_rng(20161124)
    truth = 3 / 2 - (3 + 8) / 10
    draws = zip(random.poisson(3, 3000), random.poisson(8, 3000), strict=True)
    held = [
        low <= truth <= high
        for _, low, high in (difference_interval(i, 2, o, 10) for i, o in draws)
    ]
    assert np.mean(held) > 0.94


def test_the_interval_is_that_of_simulated_bounds():
    random = np.random.default_rng(7)
    inside, outside = random.poisson(576, 200_000), random.poisson(878, 200_000)
    drawn = inside / PART - (inside + outside) / CITY
    _, low, high = difference_interval(576, PART, 878, CITY)
    assert (low, high) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])), abs=0.06)


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 500),
    st.integers(0, 2000),
    st.floats(0.01, 0.99),
    st.floats(0.1, 1000),
)
def test_the_interval_is_that_of_the_formula_written_out(inside, outside, share, city):
    found = difference_interval(inside, share * city, outside, city)
    assert found == pytest.approx(expected(inside, share * city, outside, city), rel=1e-7, abs=1e-9)
    assert found[1] <= found[0] <= found[2]


@pytest.mark.parametrize("people", [(0, 10), (10, 10), (11, 10), (-1, 10)])
def test_what_is_no_part_of_the_city_has_no_gap(people):
    part, city = people
    with pytest.raises(ValueError, match="no part of a whole"):
        difference_interval(5, part, 5, city)


# --- Anytown: 36 crimes on 2,000 residents of Old Quay, 60 on the 10,000 of the city


def test_a_small_gap_worked_by_hand(tmp_path):
    """36 / 2 − 60 / 10 = 12 in a month; of two months 72 / 2 − 120 / 10 = 24."""
    found = gaps(anytown(tmp_path, months(2)))
    assert found["value"].tolist() == [pytest.approx(12), pytest.approx(12)]
    assert found["to_date_value"].tolist() == [pytest.approx(12), pytest.approx(24)]
    assert found.iloc[1].tolist()[:3] == pytest.approx(expected(36, 2, 24, 10))
    assert found.iloc[1].tolist()[3:] == pytest.approx(expected(72, 2, 48, 10))


def test_anti_social_behaviour_and_crimes_without_a_place_or_elsewhere_are_in_no_gap(tmp_path):
    more = [("Anytown 001A", ASB, 50), ("", DRUGS, 50), ("Othertown 001A", DRUGS, 50)]
    assert gaps(anytown(tmp_path, months(1, [*USUAL, *more])))["value"].tolist() == [
        pytest.approx(12)
    ]


@pytest.mark.parametrize(
    ("named", "value"),
    [
        (["Harbour"], 36 / 2 - 6),  # a ward
        ([code("Anytown 001A"), code("Anytown 001B")], 36 / 2 - 6),  # small areas
        ([code("Anytown 001A")], 23 / 1 - 6),
        (["Old Quay", "Harbour", "Hill"], 42 / 4 - 6),  # nothing counts twice
        (["Mill End"], 15 / 5 - 6),
    ],
)
def test_priority_neighbourhoods_are_named_as_neighbourhoods_wards_or_codes(tmp_path, named, value):
    frame = FRAME.replace('["Old Quay"]', json.dumps(named))
    assert gaps(anytown(tmp_path, months(1), frame=frame))["value"].tolist() == [
        pytest.approx(value)
    ]


def test_residents_that_the_look_up_counts_are_the_exposure(tmp_path):
    """Old Quay has 3,000 of 12,000 residents there: 2,500 of the 10,000 of mid-2016. 36 / 2.5 − 6 =
    8.4.
    """
    people = {name: 1500 if name.startswith("Anytown 001") else 1125 for name in AREAS}
    root = anytown(
        tmp_path, months(1), {"lookup.csv": look_up(people=people), "population.csv": POPULATION}
    )
    assert gaps(root)["value"].tolist() == [pytest.approx(8.4)]
    assert "assumed to have the same number" not in shown(root, "2016-04")
    assert "How many residents has each small area?" not in asked(root, "2016-04")


def test_a_look_up_without_residents_makes_every_area_alike_and_the_page_says_so(base):
    assert (
        "Every small area is assumed to have the same number of residents"
        in real_room(Neighbourhoods, base).gap().html
    )


@pytest.mark.parametrize("empty", ["the neighbourhood", "every area"])
def test_areas_without_any_resident_are_refused_or_have_no_gap_and_nothing_fails(tmp_path, empty):
    people = {
        name: 0 if empty == "every area" or name.startswith("Anytown 001") else 1000
        for name in AREAS
    }
    root = anytown(
        tmp_path, months(1), {"lookup.csv": look_up(people=people), "population.csv": POPULATION}
    )
    done = tiny.told(root, "check", "2016-04")
    assert done.returncode == 2 or shown(root, "2016-04")


def test_the_year_to_date_stops_where_a_month_has_no_file(tmp_path):
    root = anytown(tmp_path, {month: USUAL for month in YEAR if month != "2016-06"})
    found = gaps(root)
    known = found["to_date_value"].notna()
    assert [str(month) for month in found.index[known]] == ["2016-04", "2016-05"]
    assert [str(month) for month in found.index] == [month for month in YEAR if month != "2016-06"]
    assert found["value"].notna().all()


def test_a_page_with_a_month_missing_shows_the_latest_month_and_no_year_to_date(tmp_path):
    said = shown(anytown(tmp_path, {m: USUAL for m in YEAR if m != "2016-06"}), "2016-11")
    assert "12.0 more crimes per 1,000 residents than Anytown , November 2016 (" in said
    assert re.search(r"July 2016 12\.0 \S+ to \S+ \[x\] \[x\]", said)


@pytest.mark.parametrize("month", ["2016-01", "2016-03"])
def test_the_pages_of_the_first_real_months_have_a_gap_and_no_year_to_date(base, month):
    assert "January 2016 10.3 " in shown(real_project(base), month)


def test_the_gap_is_there_from_the_month_the_population_of_its_year_is_known(tmp_path):
    root = anytown(
        tmp_path, {"2016-03": USUAL, "2016-04": USUAL}, frame=FRAME.replace("2015 = 10000\n", "")
    )
    assert [str(month) for month in gaps(root).index] == ["2016-04"]
    why = "no population figures for mid-2015 or before have been received; the first is for mid-2016."
    assert why in shown(root, "2016-03")


# --- No gap, and why


def test_a_misspelt_neighbourhood_gives_no_gap_and_the_page_says_which_and_what_is_near(tmp_path):
    root = anytown(
        tmp_path, months(1), frame=FRAME.replace('["Old Quay"]', '["Old Key", "Hil", "Mill End"]')
    )
    assert gaps(root).empty
    assert gap.unknown(gather(root)) == ["Old Key", "Hil"]
    said = shown(root, "2016-04")
    assert "Old Key: did you mean Old Quay?" in said
    assert "Hil: did you mean Hill" in said
    assert "Mill End: " not in said
    question = (
        "No small area is in the priority neighbourhoods Old Key and Hil. Are they spelt as in "
        "the look-up?"
    )
    assert question in asked(root, "2016-04")
    assert f"Question: {question}" in tiny.told(root, "check").stdout
    report = Report("overall_crime", "2016-04", root)["crime_gap"]
    assert (
        "not available, because no small area is in the priority neighbourhoods Old Key; Hil"
        in report.leading[0].text
    )


def test_no_neighbourhood_named_or_all_of_them_is_no_gap(tmp_path):
    root = anytown(tmp_path / "none", months(1), frame=FRAME.replace('["Old Quay"]', "[]"))
    assert gaps(root).empty
    assert "no priority neighbourhood is named in the framework" in shown(root, "2016-04")
    lead = (
        "Where recorded crime in Anytown happens, and which neighbourhoods have unusually high "
        "levels. Key findings"
    )
    assert text(Neighbourhoods("2016-04", root).summary().html).startswith(lead)
    root = anytown(
        tmp_path / "all",
        months(1),
        frame=FRAME.replace('"Old Quay"', '"Old Quay", "New Town", "Mill End"'),
    )
    assert gaps(root).empty
    assert "every small area is in a priority neighbourhood" in shown(root, "2016-04")


# --- A gap below nought

MILL_END = FRAME.replace(
    '["Old Quay"]', '["Mill End"]'
)  # 15 crimes on 5,000 residents: 3.0 less 6.0 is −3.0


@pytest.fixture(scope="module")
def below(tmp_path_factory):
    return anytown(tmp_path_factory.mktemp("below"), months(3), frame=MILL_END)


def test_a_gap_below_nought_has_its_sign_in_the_figures(below):
    assert gaps(below)["value"].tolist() == [pytest.approx(-3)] * 3
    assert gaps(below)["to_date_value"].tolist() == [
        pytest.approx(-3),
        pytest.approx(-6),
        pytest.approx(-9),
    ]


def test_a_gap_below_nought_is_below_the_city_s_on_the_page_and_has_its_sign_in_the_table(below):
    said = shown(below, "2016-06")
    assert "9.0 fewer crimes per 1,000 residents than Anytown , April to June 2016" in said
    assert re.search(r"April 2016 −3\.0 −\S+ to −\S+ −3\.0 ", said)


def test_a_gap_below_nought_has_its_sign_in_table_and_download_of_its_indicator(below):
    table = Report("overall_crime", "2016-06", below)["crime_gap"].table()
    rows = [
        [text(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
        for row in table.html.split("<tr>")
    ]
    assert [row[:2] for row in rows if row and row[0] in ("April", "May")] == [
        ["April", "−3.0"],
        ["May", "−3.0"],
    ]
    figures = {
        (r["measure"], r["period"]): r["value"] for r in csv.DictReader(table.csv.splitlines())
    }
    assert figures["2016/17", "2016-06"] == "-3.0"
    assert figures["Year to date 2016/17", "2016-06"] == "-9.0"


def test_a_gap_below_nought_has_its_sign_in_every_sentence(below):
    section = Report("overall_crime", "2016-06", below)["crime_gap"]
    said = text(section.control().html)
    assert "−9 per 1,000 from April to June 2016" in said
    assert "In June 2016 it was −3 per 1,000." in said
    assert not re.search(r"(?<![−\d.])[39](\.0)? per 1,000", said)


def test_a_gap_below_nought_has_its_sign_on_the_board(below):
    board = Board("2016-06", below)
    assert "−9" in text(board.table().html)
    assert "crime_gap,Year to date,2016-04..2016-06,-9.0," in board.table().csv
    assert "−9 per 1,000" in text(board.summary().html)


@pytest.mark.parametrize(
    "view", ["this_year", "control_chart", "seasonal_shape", "since_last_edition"]
)
def test_a_gap_below_nought_is_within_every_picture_of_it(below, view):
    chart = getattr(Workbench("2016-06", below), view)("crime_gap").chart
    axes = Figure().add_subplot()
    chart.draw(axes, chart.data, False)
    low, high = axes.get_ylim()
    drawn = [y for line in axes.get_lines() for y in line.get_ydata() if y == y]
    assert min(drawn) == pytest.approx(-3)
    assert low < min(drawn) <= max(drawn) < high
    assert "−" in axes.yaxis.get_major_formatter()(low)


def test_the_lower_limit_of_a_gap_may_be_below_nought(below):
    assert Project("2016-06", below).evidence["crime_gap"].control["lower_drawn"].iloc[
        -1
    ] == pytest.approx(-3)


def test_a_gap_below_nought_has_no_index_to_be_held_against_another_by(below):
    assert (
        "some of its figures are below zero"
        in Workbench("2016-06", below).side_by_side("crime_gap", "incidents").findings[0]
    )


def test_the_next_gap_may_be_asked_of_below_nought(below):
    explorer = Explorer("2016-06", below)
    explorer.indicator.value = "crime_gap"
    assert explorer.figure.value == pytest.approx(-3)
    assert "Gap in crime at −4" in explorer.bench.what_if("crime_gap", -4).findings[0]
    explorer.indicator.value = "incidents"
    assert explorer.figure.min == 0


def test_a_gap_below_nought_that_is_revised_has_its_sign_on_the_data_quality_page(tmp_path):
    root = anytown(tmp_path, months(2), frame=MILL_END)
    again = street("2016-04", [*USUAL, ("Anytown 001A", DRUGS, 10)])  # 15 / 5 − 70 / 10 = −4
    tiny.put(root / "data/raw/2016-05/2016-04-anyshire-street.csv", again)
    assert "Gap in crime April 2016 −3 per 1,000 −4 per 1,000 May 2016" in revised_there(
        root, "2016-05"
    )


def test_no_gap_at_all_is_neither_above_nor_below(tmp_path):
    """In each small area three crimes."""
    root = anytown(tmp_path, months(1, [(name, DRUGS, 3) for name in AREAS]))
    assert "0.0 fewer crimes" not in shown(root, "2016-04")
    assert "0.0 more crimes" not in shown(root, "2016-04")


# --- Where it is shown


def test_the_gap_is_on_the_page_of_overall_crime_and_on_the_board_and_in_both_downloads(base):
    edition = built_anytown(base)
    crime, board = (
        (edition / name).read_text(encoding="utf-8")
        for name in ("overall-crime.html", "index.html")
    )
    assert "Gap in crime: 96 per 1,000 from April to November 2016" in text(crime)
    assert 'id="crime-gap"' in crime
    assert 'href="overall-crime.html#crime-gap"' in board
    assert "96.0" in text(board)
    rows = csv.DictReader((edition / "data/crime_gap.csv").read_text(encoding="utf-8").splitlines())
    figures = {(r["measure"], r["period"]): (r["value"], r["unit"], r["received"]) for r in rows}
    for n, month in enumerate(YEAR, 1):
        assert figures["2016/17", month] == ("12.0", "rate", month)
        assert figures["Year to date 2016/17", month] == (f"{12 * n:.1f}", "rate", month)
    rows = csv.DictReader(
        (edition / "data/board_summary.csv").read_text(encoding="utf-8").splitlines()
    )
    mine = {r["measure"]: (r["period"], r["value"]) for r in rows if r["indicator"] == "crime_gap"}
    assert mine["Latest"] == ("2016-11", "12.0")
    assert mine["Year to date"] == ("2016-04..2016-11", "96.0")


def test_the_gap_is_in_the_manifest_with_its_source_files_and_its_period(base):
    made = tiny.whole(built_anytown(base))
    said = made["areas"]["overall_crime"]["indicators"]["crime_gap"]
    assert said["latest"] == "2016-11"
    assert said["finding"].startswith("Gap in crime: 96 per 1,000 from April to November 2016")
    assert {f"{month}/{month}-anyshire-street.csv" for month in YEAR} <= made["inputs"].keys()


def test_the_gap_of_the_real_months_is_on_the_page_of_overall_crime_as_on_that_of_neighbourhoods(
    base,
):
    section = Report("overall_crime", "2016-11", real_project(base))["crime_gap"]
    assert section.leading[0].text.startswith(
        "Gap in crime between neighbourhoods: 86.8 per 1,000 from April to "
    )
    frame = section.year.frame
    assert [round(v, 1) for v in frame["this"].dropna()] == [
        8.4,
        11.3,
        10.9,
        11.8,
        11.9,
        10.9,
        11.1,
        10.4,
    ]
    assert [round(v, 1) for v in frame["last"].dropna()] == [10.3, 10.1, 10.2]
    assert round(frame["cumulative"].dropna().iloc[-1], 1) == 86.8
    assert set(section.observed["source"]) == {
        f"2016-{n:02d}-devon-and-cornwall-street.csv" for n in range(1, 12)
    }
    said = text(real_room(Neighbourhoods, base).gap().html)
    assert (
        "Priority neighbourhoods: 86.8 more crimes per 1,000 residents than Plymouth , April to "
        "November 2016 (95% confidence interval: from 83.5 to 90.1)" in said
    )


# --- Sent again


@pytest.fixture(scope="module")
def revised(tmp_path_factory):
    """April's file is sent again with the drop of June, with ten more crimes in Old Quay: 46 / 2 −
    70 / 10 = 16.
    """
    root = anytown(tmp_path_factory.mktemp("revised"), months(3))
    again = [*USUAL, ("Anytown 001A", DRUGS, 10)]
    tiny.put(root / "data/raw/2016-06/2016-04-anyshire-street.csv", street("2016-04", again))
    return root


def test_a_file_sent_again_revises_the_gap_and_marks_it(revised):
    table = Report("overall_crime", "2016-06", revised)["crime_gap"].table()
    assert "April 16.0 [r] " in text(table.html)
    assert "crime_gap,2016/17,2016-04,,,16.0,rate,[r]," in table.csv
    restated = Project("2016-06", revised).restated.query(
        "indicator == 'crime_gap' and period == '2016-04'"
    )
    assert restated[["before", "value"]].values.tolist() == [[pytest.approx(12), pytest.approx(16)]]
    assert "Gap in crime April 2016 12 per 1,000 16 per 1,000 June 2016" in revised_there(
        revised, "2016-06"
    )


def test_an_earlier_edition_keeps_the_gap_as_it_stood(revised):
    table = Report("overall_crime", "2016-05", revised)["crime_gap"].table()
    assert "April 12.0 " in text(table.html)
    assert "[r]" not in table.html


def test_every_year_to_date_since_a_revised_month_is_revised_with_it(revised):
    """16, 28 and 40, on the page of overall crime as on that of neighbourhoods."""
    assert gaps(revised, "2016-06")["to_date_value"].tolist() == pytest.approx([16, 28, 40])
    frame = Report("overall_crime", "2016-06", revised)["crime_gap"].year.frame
    assert frame["cumulative"].dropna().tolist() == pytest.approx([16, 28, 40])


def test_a_crime_that_an_earlier_month_is_sent_again_with_leaves_the_later_one(tmp_path):
    """It counts in the first file that has it; May's gap falls with it, wherever the gap is
    shown.
    """
    root = anytown(tmp_path, months(2))
    content = street("2016-05", [("Anytown 001A", DRUGS, 4)], first=50).splitlines()[
        1:
    ]  # IDs of May, in Old Quay
    moved = "".join(line.replace(",2016-05,", ",2016-04,") + "\n" for line in content)
    tiny.put(
        root / "data/raw/2016-06/2016-04-anyshire-street.csv", street("2016-04", USUAL) + moved
    )
    tiny.put(
        root / "data/raw/2016-06/returns/police.csv",
        "indicator,period,value\noverall_crime,2016-06,61\n",
    )
    assert gaps(root, "2016-06")["value"].tolist() == pytest.approx(
        [40 / 2 - 64 / 10, 32 / 2 - 56 / 10]
    )
    frame = Report("overall_crime", "2016-06", root)["crime_gap"].year.frame
    assert frame["this"].dropna().tolist() == pytest.approx([40 / 2 - 64 / 10, 32 / 2 - 56 / 10])


def test_the_months_are_a_year_of_old_quay():
    """What the tests above work on."""
    assert sum(n for _, kind, n in USUAL if kind != ASB and _.startswith("Anytown")) == 60
    assert sum(n for name, kind, n in USUAL if kind != ASB and name.startswith("Anytown 001")) == 36
    assert sum(n for _, _, n in OLD_QUAY) == 30
    assert KEYS == ("overall_crime", "incidents")


def test_the_lowest_gap_of_a_month_in_question_is_read_as_no_improvement(tmp_path):
    page = Neighbourhoods(
        "2016-05", anytown(tmp_path, {"2016-04": USUAL, "2016-05": [*USUAL, *USUAL]})
    )
    april = pd.Period("2016-04", "M")
    low, high = (
        priority_gap.section(page.local, page.framework, odd) for odd in ({april: -1}, {april: 1})
    )
    said = (
        "April 2016 is low in several series at once and is in question: its figure is not "
        "treated as an improvement."
    )
    assert text(low).count(said) == 1
    assert (
        f"in May 2016. {said} The figures are in the table."
        in re.search('aria-label="([^"]*)"', low)[1]
    )
    assert "in question" not in high
