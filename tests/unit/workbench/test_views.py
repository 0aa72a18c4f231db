"""Every view of the workbench: its figures against the paper's, what it says it cannot show, and
what it must hide.
"""

import functools
import json
import re
import tomllib
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
import tiny
from anytown import real_project, real_rows, text
from paper import PAPER
from projects import ROOT
from scipy.stats import friedmanchisquare

from saferplymouth import Explorer, Report, Workbench, periods
from saferplymouth.editions.plan import RunOptions, plan
from saferplymouth.errors import NotReceived
from saferplymouth.statistics import trends
from saferplymouth.store.edition_names import EditionName
from saferplymouth.workbench.interactive import MIME

VIEWS = (
    "this_year",
    "control_chart",
    "seasonal_shape",
    "rolling_year",
    "by_place",
    "since_last_edition",
    "largest_rise",
    "needed",
)
KEYS = tomllib.loads((ROOT / "framework.toml").read_text(encoding="utf-8"))["indicators"]
SERIES = {
    key: [*rows["last"], *(n for n in rows["this"] if n is not None)]
    for key, rows in PAPER.items()
    if "last" in rows
}


@pytest.fixture(scope="module")
def bench(untouched) -> Workbench:
    return Workbench("2016-11", untouched)


def whole(view) -> str:
    picture = view.chart.figure(phone=False) if view.chart else ""
    plotted = json.dumps(view.drawn[MIME]["datasets"]) if view.chart else ""
    table = view.table.html if view.table else ""
    return "".join([view.heading, view.others, picture, plotted, table])


def made(
    root: Path,
    months: dict[str, list[float]],
    start: str = "2014-04",
    more: str = "",
    rows: str = "",
) -> Workbench:
    """A tiny project with these monthly series, all received in the drop of the last month."""
    tiny.project(root, *months, months=())
    tiny.put(root / "framework.toml", (root / "framework.toml").read_text() + more)
    last = ""
    for key, values in months.items():
        every = pd.period_range(start, periods=len(values), freq="M")
        rows += "".join(
            f"{key},{month},{value}\n" for month, value in zip(every, values, strict=True)
        )
        last = max(last, str(every[-1]))
    tiny.put(root / f"data/raw/{last}/returns/police.csv", f"indicator,period,value\n{rows}")
    return Workbench(last, root)


# --- This year and last


def test_a_year_stands_against_the_one_before_as_in_the_paper(bench):
    view = bench.this_year("anti_social_behaviour")
    assert (
        view.findings[0]
        == "Anti-social behaviour up 5% (367 more), April to November 2016: within usual variation"
    )
    assert view.figures.loc["November"].iloc[:3].tolist() == [748, 717, 31]
    assert "2015/16" in view.chart.title
    assert "2016/17" in view.chart.alt


def test_an_earlier_year_stands_alone_where_none_came_before_it(bench):
    view = bench.this_year("overall_crime", year="2015/16")
    assert (
        view.findings[0]
        == "Overall crime: 17,607 from April 2015 to March 2016; there is no earlier year to compare with"
    )
    assert view.figures["2015/16"].iloc[:12].tolist() == list(PAPER["overall_crime"]["last"])


# --- Control chart


@pytest.mark.parametrize(
    ("key", "limits", "signals"),
    [
        ("overall_crime", (1467.3, 1197.9, 1736.6), range(13, 20)),
        ("serious_acquisitive_crime", (148.3, 86.3, 210.2), ()),
        ("violence_with_injury", (153.8, 91.7, 216.0), ()),
        ("domestic_abuse", (528.6, 353.7, 703.4), range(10, 20)),
        ("anti_social_behaviour", (816.0, 624.7, 1007.3), (*range(7, 14), *range(14, 19))),
        ("police_recorded_hate_crime", (28.8, 0.0, 61.6), ()),
    ],
)
def test_the_control_chart_has_the_papers_figures_and_their_known_signals(
    bench, key, limits, signals
):
    figures = bench.control_chart(key).figures
    assert figures["Figure"].tolist() == SERIES[key]
    assert figures[["Average", "Lower limit", "Upper limit"]].iloc[-1].tolist() == pytest.approx(
        limits, abs=0.06
    )
    assert [n for n, signal in enumerate(figures["Signal"]) if signal != "None"] == list(signals)


def test_a_control_chart_from_a_later_year_on_keeps_its_limits(bench):
    every, later = (bench.control_chart("overall_crime", since=year) for year in (None, "2016/17"))
    assert later.figures.equals(every.figures.iloc[12:])
    assert "based on April 2015 to March 2016" in later.chart.subtitle
    assert later.findings == every.findings


def test_jupyterlabs_chart_marks_new_baselines_and_the_months_left_out_and_tells_them(tmp_path):
    steady = [100, 104, 97, 101, 99, 103, 98, 102, 100, 97, 103, 99]
    more = 'new_baseline = {"2015-10" = "new system"}\nexclude = {"2015-06" = "strike"}\n'
    bench = made(tmp_path, {"alpha": steady * 3}, more=more)
    for view in (bench.control_chart("alpha"), bench.rolling_year("alpha")):
        tables = [*view.drawn[MIME]["datasets"].values()]
        assert [{"at": "2015-10-01"}] in tables
        assert ["2015-06-01"] in [[row["at"] for row in rows] for rows in tables]
    told = next(row for rows in tables for row in rows if row.get("when") == "March 2016")
    assert (told["t0"], told["t1"]) == ("1,203", "1,203")
    titles = re.findall('"title": "([^"]+)"', json.dumps(view.drawn))
    assert titles[:3] == ["Period", "Twelve months to then", "A year before"]


# --- Seasonal shape


def test_the_seasonal_shape_lays_the_years_over_one_another_and_claims_nothing_from_one(bench):
    view = bench.seasonal_shape("police_recorded_hate_crime")
    for label, row in (("2015/16", "last"), ("2016/17", "this")):
        paper = PAPER["police_recorded_hate_crime"][row]
        assert [None if pd.isna(n) else n for n in view.figures[label]] == list(paper)
    assert view.findings[0].endswith(
        "too early to tell whether it has a seasonal shape, from 1 of the 3 whole years needed"
    )
    assert (
        "2016/17 was highest at 54 in July and lowest at 17 in April (figures are shown for 8 of 12"
        in view.findings[1]
    )


def test_years_that_agree_on_their_months_have_a_season_and_years_that_do_not_have_none(tmp_path):
    waves = [100, 110, 120, 130, 140, 150, 160, 150, 140, 130, 120, 105]
    alike = [n + year for year in (0, 7, 3) for n in waves]
    mixed = [
        waves[(n * step + year) % 12] for year, step in enumerate((1, 5, 7)) for n in range(12)
    ]
    bench = made(tmp_path, {"alike": alike, "mixed": mixed})
    season = bench.seasonal_shape("alike").findings[0]
    assert (
        season
        == "Alike: the months differ in the same way in 3 years, by more than usual variation; "
        "October is highest and April lowest"
    )
    assert (
        "is within usual variation over 3 whole years" in bench.seasonal_shape("mixed").findings[0]
    )
    for key in ("alike", "mixed"):
        years = bench.seasonal_shape(key).figures
        assert trends.seasonal(years) == pytest.approx(friedmanchisquare(*years.to_numpy()).pvalue)


def test_any_years_stand_on_one_chart_by_call_and_by_control(tmp_path):
    bench = made(tmp_path, {"alpha": [n + 10 * (n // 12) for n in range(100, 172)]}, "2011-04")
    assert "May 2012" not in bench.month("alpha", "May 2016").figures.index
    assert bench.month("alpha", "May 2012").figures.index[0] == "May 2012"
    view = bench.seasonal_shape("alpha", years=["2016/17", "2011/12", "2012/13"])
    assert list(view.figures) == list(view.chart.data) == ["2011/12", "2012/13", "2016/17"]
    line = 'Workbench(month).seasonal_shape("alpha", years=("2016/17", "2011/12", "2012/13"))'
    assert view.code == line
    assert (
        len(
            bench.seasonal_shape(
                "alpha", years=list(bench.seasonal_shape("alpha").figures)
            ).chart.data.columns
        )
        == 6
    )
    with pytest.raises(NotReceived, match=r"no figures for '2010/11'; there are some for 2011/12"):
        bench.seasonal_shape("alpha", years=("2010/11",))
    explorer = Explorer("2017-03", tmp_path)
    explorer.view.value = "seasonal_shape"
    assert explorer.years.value == ("2016/17", "2015/16", "2014/15", "2013/14")
    assert explorer.code.value == 'Workbench(month).seasonal_shape("alpha")'
    explorer.years.value = ("2016/17", "2011/12")
    assert explorer.code.value.endswith('years=("2011/12", "2016/17"))')
    assert "alpha each month, 2011/12 and 2016/17" in json.dumps(explorer.picture.outputs).lower()


# --- Rolling year


@pytest.mark.parametrize("key", sorted(SERIES.keys() - {"domestic_abuse_referrals"}))
def test_rolling_twelve_months_are_the_papers_figures_added_up(bench, key):
    series = SERIES[key]
    totals = [sum(series[at - 11 : at + 1]) for at in range(11, len(series))]
    view = bench.rolling_year(key)
    assert view.figures["Twelve months"].tolist() == totals
    assert view.figures.index[0] == "March 2016"
    assert "too early to tell" in view.findings[0]


def test_four_quarters_roll_like_twelve_months(bench):
    view = bench.rolling_year("domestic_abuse_referrals")
    assert view.figures["Twelve months"].to_dict() == {
        "March 2016": 2175,
        "June 2016": 2151,
        "September 2016": 2138,
    }


def test_twelve_months_are_tested_against_the_twelve_before_only_where_all_of_them_are_known(
    tmp_path,
):
    steady = [100, 104, 97, 101, 99, 103, 98, 102, 100, 97, 103, 99]
    bench = made(tmp_path, {"up": steady + [n + 30 for n in steady], "flat": steady + steady[::-1]})
    rose = "Up up 30% (360 more) in the twelve months to March 2016: more than usual variation"
    assert bench.rolling_year("up").findings[0] == rose
    assert bench.rolling_year("up").figures.loc["March 2016"].tolist() == [1563, 1203, 360]
    assert (
        bench.rolling_year("flat").findings[0]
        == "Flat was unchanged at 1,203 in the twelve months to March 2016"
    )


# --- Two side by side


def test_two_indicators_of_different_frequency_stand_by_the_quarter(bench):
    view, months = (
        bench.side_by_side("domestic_abuse", "domestic_abuse_referrals"),
        SERIES["domestic_abuse"],
    )
    quarters = [sum(months[n : n + 3]) for n in range(0, 18, 3)]
    assert view.figures["Domestic abuse reports"].tolist() == quarters
    assert view.figures["Domestic abuse referrals"].tolist() == SERIES["domestic_abuse_referrals"]
    index = [100 * n / (sum(quarters) / 6) for n in quarters]
    assert view.figures["Domestic abuse reports, index"].tolist() == pytest.approx(index, abs=0.05)
    assert view.findings[0].endswith("too early to tell whether they have moved apart")


def test_two_indicators_that_have_moved_apart_say_so(bench):
    told = bench.side_by_side("domestic_abuse", "overall_crime").findings[0]
    assert "down 25% (1,099 fewer)" in told
    assert "up 5% (570 more)" in told
    assert told.endswith("; more than usual variation")


def test_what_cannot_be_told_of_two_indicators_is_said(bench):
    told = bench.side_by_side("police_recorded_hate_crime", "ist_incidents").findings[0]
    assert told.endswith("too early to tell whether they have moved apart")
    assert bench.side_by_side("ist_satisfaction", "domestic_abuse_referrals").chart is None
    assert bench.side_by_side("overall_crime", "overall_crime").chart is None


# --- What changed since the last edition


def test_what_is_new_and_what_was_restated_stands_number_by_number(tmp_path):
    root = tiny.project(tmp_path, "alpha", months=("2016-04", "2016-05"))
    tiny.put(
        root / "data/raw/2016-05/returns/police.csv",
        "indicator,period,value\nalpha,2016-04,90\nalpha,2016-05,130\n",
    )
    view = Workbench("2016-05", root).since_last_edition("alpha")
    moved = view.figures.astype(float).fillna(-1)
    assert moved.loc["2016/17: April"].tolist() == [100, 90, -10]
    assert moved.loc["2016/17: May"].tolist() == [-1, 130, -1]
    assert moved.loc["2016/17: Year to date"].tolist() == [100, 220, 120]
    assert "Changed since the edition for April 2016: April 2016 from 100 to 90." in view.findings
    assert list(view.chart.data.iloc[0]) == [100, 90]
    assert (
        "there was no edition before"
        in Workbench("2016-04", root).since_last_edition("alpha").findings[0]
    )


def test_the_edition_before_is_that_of_the_last_drop_however_long_ago(tmp_path):
    root = tiny.project(tmp_path, "alpha", "beta", months=("2016-04", "2016-07", "2016-11"))
    rows = "alpha,2016-04,90\nalpha,2016-11,130\n"
    tiny.put(root / "data/raw/2016-11/returns/police.csv", f"indicator,period,value\n{rows}")
    view = Workbench("2016-11", root).since_last_edition("alpha")
    assert "Changed since the edition for July 2016: April 2016 from 100 to 90." in view.findings
    assert "In the edition for July 2016 it read: " in " ".join(view.findings)
    page = Report("alpha", "2016-11", root)["alpha"].table().html
    assert "Changed since the edition for July 2016: April 2016 from 100 to 90." in page


def test_a_page_knows_of_a_drop_that_holds_nothing_for_it(tmp_path):
    root = tiny.project(tmp_path, "alpha", "beta", months=("2016-04", "2016-05", "2016-07"))
    tiny.put(
        root / "data/raw/2016-05/returns/police.csv", "indicator,period,value\nbeta,2016-05,1\n"
    )
    tiny.put(
        root / "data/raw/2016-07/returns/police.csv", "indicator,period,value\nalpha,2016-04,90\n"
    )
    for path, content in (
        plan(root, EditionName(periods.month("2016-07")), RunOptions())
        .expected["alpha"]
        .files.items()
    ):
        tiny.put(tmp_path / "room" / path, content)
    assert not (tmp_path / "room/data/raw").exists()
    table = Report("alpha", "2016-07", tmp_path / "room")["alpha"].table().html
    assert "Changed since the edition for May 2016: April 2016 from 100 to 90." in table


def test_the_papers_last_edition_lacks_november_and_nothing_else(bench):
    figures = bench.since_last_edition("overall_crime").figures
    assert figures.loc["2016/17: Year to date"].tolist() == [11011, 12586, 1575]
    assert {name.partition(": ")[2] for name in figures.index} == {"November", "Year to date"}
    assert "no figure has changed" in bench.since_last_edition("ist_incidents").findings[0]


# --- By place


@pytest.mark.xdist_group("places")
def test_by_place_are_the_street_files_own_rows(base):
    bench, rows = Workbench("2016-11", real_project(base)), real_rows()
    asb = Counter(r["LSOA name"] for r in rows if _is_asb(r) and r["Month"] >= "2016-04")
    shown = bench.by_place("anti_social_behaviour", place="small area").figures["Count"]
    assert {name: n for name, n in shown.items() if n} == asb
    assert bench.by_place("anti_social_behaviour").figures["Count"].sum() == 7100
    wards = bench.by_place("overall_crime", place="ward", year="2015/16")
    early = [
        r for r in rows if r["district"] == "Plymouth" and not _is_asb(r) and r["Month"] < "2016-04"
    ]
    assert wards.figures["Count"].sum() == len(early)
    assert (
        "Anti-social behaviour differs widely between wards, April to November 2016"
        in bench.by_place("anti_social_behaviour", place="ward").findings[0]
    )
    assert "Overall crime and Anti-social behaviour" in bench.by_place("domestic_abuse").findings[1]


def _is_asb(row: dict) -> bool:
    return row["Crime type"] == "Anti-social behaviour" and row["district"] == "Plymouth"


# --- What if


@pytest.mark.parametrize(
    ("key", "figure", "said"),
    [
        (
            "overall_crime",
            1737,
            "in December 2016 would be unusual but not judged: outside the limits and",
        ),
        ("overall_crime", 1736, "would be unusual but not judged: run on one side"),
        ("overall_crime", 1467, "would be within usual variation"),
        ("violence_with_injury", 217, "would be unusual but not judged: outside the limits"),
        ("violence_with_injury", 215, "would be within usual variation"),
        (
            "domestic_abuse",
            353,
            "would be an unfavourable signal: outside the limits, run on one side and close",
        ),
        ("anti_social_behaviour", 748, "would be within usual variation"),
        (
            "ist_incidents",
            67,
            "would be 428 and meet the target of 428 to the end of November 2016.",
        ),
        (
            "ist_incidents",
            66,
            "would be 427 and miss the target of 428 to the end of November 2016, 1 below it.",
        ),
        (
            "ist_incidents",
            56,
            "A total of 640 for the year to March 2017 needs 55.8 a month: this would keep to that.",
        ),
        (
            "ist_incidents",
            55,
            "A total of 640 for the year to March 2017 needs 55.8 a month: this would fall short of that.",
        ),
        ("ist_incidents", 67, "go from “Off course” to “On course”"),
        ("ist_satisfaction", 90, "By itself it would meet the target of 90%."),
        ("ist_satisfaction", 89, "By itself it would miss the target of 90%."),
        ("domestic_abuse_referrals", 700, "because no control chart can be drawn"),
        ("recorded_rape", 5, "no data received yet"),
    ],
)
def test_what_if_names_the_signals_and_targets_that_a_figure_would_trip(bench, key, figure, said):
    assert said in " ".join(bench.what_if(key, figure).findings)


def test_what_if_says_what_the_page_says_once_the_figure_has_come(tmp_path):
    bench = made(
        tmp_path,
        {"alpha": [100, 104, 97, 101, 99, 103, 98, 102, 100, 97, 103, 99] * 2},
        start="2014-04",
    )
    asked = " ".join(bench.what_if("alpha", 160).findings)
    tiny.put(
        tmp_path / "data/raw/2016-04/returns/police.csv",
        "indicator,period,value\nalpha,2016-04,160\n",
    )
    came = Workbench("2016-04", tmp_path)
    assert came.this_year("alpha").findings[0] in asked
    assert "April 2016 was above the upper limit." in " ".join(came.control_chart("alpha").findings)
    assert "April 2016 was above the upper limit." in asked


@pytest.mark.parametrize(
    ("key", "figure", "cure"),
    [
        ("overall_crime", -1, "a whole number"),
        ("overall_crime", 1.5, "a whole number"),
        ("ist_satisfaction", 101, "0 to 100"),
    ],
)
def test_what_could_not_come_in_is_refused_in_words(bench, key, figure, cure):
    with pytest.raises(ValueError, match=cure):
        bench.what_if(key, figure)


# --- All of them


@pytest.mark.parametrize("key", KEYS)
def test_no_view_of_any_indicator_is_blank(bench, key):
    views = [getattr(bench, name)(key) for name in VIEWS]
    views += [bench.side_by_side(key, "overall_crime"), bench.what_if(key, 5)]
    for view in views:
        assert len(view.findings[0].split()) > 3, view.code
        assert view.chart is None or view.table is not None
        assert re.search(r"(?i)\bna[nt]\b", whole(view)) is None, view.code
        assert view.chart is None or view.chart.alt.startswith(view.findings[0])


CALLS = [
    functools.partial(Workbench.this_year, key="overall_crime", year="2015/16"),
    functools.partial(
        Workbench.this_year, key="sexual_offences_under_18", group=("offence", "rape")
    ),
    functools.partial(Workbench.control_chart, key="domestic_abuse", since="2016/17"),
    functools.partial(Workbench.seasonal_shape, key="anti_social_behaviour"),
    functools.partial(Workbench.rolling_year, key="overall_crime"),
    functools.partial(Workbench.by_place, key="overall_crime", place="ward"),
    functools.partial(
        Workbench.side_by_side, key="domestic_abuse", other="domestic_abuse_referrals"
    ),
    functools.partial(Workbench.since_last_edition, key="overall_crime"),
    functools.partial(Workbench.what_if, key="ist_incidents", figure=60),
]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.func.__name__)
def test_the_line_of_code_of_a_view_makes_the_same_view(bench, untouched, monkeypatch, call):
    view = call(bench)
    monkeypatch.chdir(untouched / "notebooks")
    assert view.code.isprintable()
    again = eval(view.code, {"Workbench": Workbench, "month": "2016-11"})
    assert (whole(again), again.code) == (whole(view), view.code)


@pytest.mark.parametrize(
    ("call", "cure"),
    [
        (lambda bench: bench.this_year("overal_crime"), "overall_crime"),
        (lambda bench: bench.this_year("overall_crime", year="2014/15"), "2015/16 and 2016/17"),
        (lambda bench: bench.rolling_year("overall_crime", since="2016"), "2015/16 and 2016/17"),
        (lambda bench: bench.this_year("ist_incidents", group=("route", "polis")), "police"),
        (
            lambda bench: bench.by_place("overall_crime", place="street"),
            "neighbourhood, ward, small area",
        ),
    ],
)
def test_a_mistake_is_answered_with_what_would_work(bench, call, cure):
    with pytest.raises(LookupError, match=cure):
        call(bench)


# --- Small numbers


def test_no_view_depends_on_what_a_hidden_count_is(tmp_path):
    """Other counts of 1 to 4 in the hidden places leave every view the same, to the letter."""
    shown = [
        _views_of_small_counts(tmp_path / str(n), small)
        for n, small in enumerate(((1, 4, 2), (3, 1, 4)))
    ]
    assert "[c]" in shown[0]
    assert shown[0] == shown[1]


def _views_of_small_counts(root: Path, small: tuple[int, ...]) -> str:
    values = [12, 9, small[0], 15, 0, 11, small[1], 8, 7, 13, 10, 6, 9, 12, small[2], 14]
    parts = "".join(
        f"alpha,{m},kind,one,{n}\nalpha,{m},kind,two,{v - n}\n"
        for m, v, n in (("2016-04", 9, 6), ("2016-05", 12, small[0]))
    )
    more = (
        '[indicators.alpha.breakdowns.kind]\nname = "Kind"\nadds_up = true\ngroups = { one = '
        '"One", two = "Two" }\n'
    )
    tiny.project(root, "alpha", "beta", months=())
    frame = (
        (root / "framework.toml").read_text().replace("sensitive = false", "sensitive = true", 1)
    )
    tiny.put(root / "framework.toml", frame + more)
    months = [str(month) for month in pd.period_range("2015-04", periods=len(values), freq="M")]
    rows = "".join(
        f"alpha,{m},,,{v}\nbeta,{m},,,{v + 100}\n" for m, v in zip(months, values, strict=True)
    )
    tiny.put(
        root / "data/raw/2016-07/returns/police.csv",
        f"indicator,period,breakdown,group,value\n{rows}{parts}",
    )
    bench = Workbench("2016-07", root)
    views = [getattr(bench, name)("alpha") for name in VIEWS]
    views += [bench.this_year("alpha", group=("kind", "one")), bench.what_if("alpha", 9)]
    return "".join(whole(view) for view in views)


# --- On a page, and never one


def test_explore_is_a_notebook_and_never_a_page(tmp_path):
    root = tiny.project(tmp_path, "alpha", explore=tiny.notebook(tiny.PARAMETERS))
    assert set(plan(root, EditionName(periods.month("2016-04")), RunOptions()).expected) == {
        "board_summary",
        "alpha",
    }


def test_explore_names_no_indicator_so_that_it_runs_for_every_partnership():
    cells = json.loads((ROOT / "notebooks/explore.ipynb").read_text(encoding="utf-8"))["cells"]
    code = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    assert "Explorer(month)" in code
    assert [key for key in KEYS if key in code] == []


def test_a_line_pasted_into_an_areas_notebook_shows_the_same_on_its_page(tmp_path):
    line = 'Workbench(month).side_by_side("alpha", "beta")'
    pasted = tiny.notebook(
        tiny.PARAMETERS, tiny.area("alpha"), f"from saferplymouth import Workbench\n{line}"
    )
    root = tiny.project(tmp_path, "alpha", "beta", months=("2016-04", "2016-05"), alpha=pasted)
    done = tiny.told(root, "run", "--area", "alpha")
    page = (root / "outputs/partial/2016-05/alpha.html").read_text(encoding="utf-8")
    assert "alpha: built" in done.stdout, done.stdout + done.stderr
    view = Workbench("2016-05", root).side_by_side("alpha", "beta")
    assert [part for part in (view.heading, view.others, view.chart.alt) if part not in page] == []
    assert text(view.table.html) in text(page)
    assert not re.search("vega|<script", page)
