"""Many years in charts: the band of the years before, the rolling year, the last three years of a
control chart, and what is left out of them.
"""

from types import SimpleNamespace

import attack
import numpy as np
import pandas as pd
import pytest
import tiny
from bs4 import BeautifulSoup
from matplotlib.figure import Figure

from saferplymouth import Board, Report
from saferplymouth.display import charts, control_charts, drawing
from saferplymouth.display.rolling_years import rolling_chart
from saferplymouth.statistics import trends
from saferplymouth.statistics.control_charts import xmr

RISING = [100 + 10 * (n // 12) + n % 12 for n in range(68)]  # April 2011 to November 2016
STEADY = [100 + 7 * n % 5 for n in range(68)]  # varies by less than chance: no change to find
FEW = [5 + 3 * n % 7 for n in range(68)]
WAVE = 90 * np.sin(np.arange(68) * np.pi / 6)


def section(root, values, more: str = "", start: str = "2011-04", sensitive: bool = False):
    """The section of a tiny project's one indicator with these months, None for one not received."""
    tiny.project(root, "alpha", months=())
    framework = (root / "framework.toml").read_text()
    told = framework.replace("sensitive = false", f"sensitive = {str(sensitive).lower()}")
    tiny.put(root / "framework.toml", told + more)
    every = pd.period_range(start, periods=len(values), freq="M")
    rows = [f"alpha,{at},{n}" for at, n in zip(every, values, strict=True) if n is not None]
    content = "\n".join(["indicator,period,value", *rows, ""])
    tiny.put(root / f"data/raw/{every[-1]}/returns/police.csv", content)
    return Report("alpha", str(every[-1]), root)["alpha"]


def axes_of(chart, narrow: bool = False):
    with drawing.matplotlib.style.context(["default", drawing.STYLE]):
        size = chart.narrow if narrow else chart.wide
        axes = Figure(figsize=size).add_axes(drawing._margins(size))
        chart.draw(axes, chart.data, narrow)
    return axes


def year_chart(of):
    return charts.year_chart(of.year, "Up", of.observed)


def with_month(at: str, value, of=RISING) -> list:
    n = (pd.Period(at, "M") - pd.Period("2011-04", "M")).n
    return [*of[:n], value, *of[n + 1 :]]


# --- The band


def test_the_band_is_the_lowest_and_highest_of_the_five_years_before_in_each_month(tmp_path):
    values = (np.array(RISING) + np.round(WAVE)).astype(int)
    chart = year_chart(section(tmp_path, values))
    before = values[:60].reshape(5, 12)
    corners = axes_of(chart).patches[0].get_xy()
    assert corners[:12, 1].tolist() == before.min(axis=0).tolist()
    assert corners[12:24, 1].tolist() == before.max(axis=0)[::-1].tolist()
    assert "5-year range" in [text.get_text() for text in axes_of(chart).texts]
    assert chart.subtitle.endswith("The band is the range of 2011/12 to 2015/16")
    low, high = before.min(), before.max()
    assert f"range of 2011/12 to 2015/16, from {low} in " in chart.alt
    assert f" to {high} in " in chart.alt


@pytest.mark.parametrize(
    ("at", "value", "named"),
    [
        ("2013-06", None, "2011/12, 2012/13, 2014/15 and 2015/16"),
        ("2013-06", 3, "2011/12, 2012/13, 2014/15 and 2015/16"),
        ("2011-04", 3, "2012/13 to 2015/16"),
        ("2016-05", 3, "2011/12 to 2015/16"),
    ],
    ids=["not received", "hidden", "hidden in the first", "hidden in the year shown"],
)
def test_a_year_with_a_month_hidden_or_missing_is_not_in_the_band(tmp_path, at, value, named):
    chart = year_chart(section(tmp_path, with_month(at, value), sensitive=True))
    assert chart.subtitle.endswith(f"The band is the range of {named}")


def test_without_three_whole_years_before_the_chart_is_what_it_was(tmp_path):
    of = section(tmp_path, RISING[:32])
    assert year_chart(of).html == charts.year_chart(of.year, "Up").html
    assert not axes_of(year_chart(of)).patches
    of = section(tmp_path / "hidden", with_month("2014-06", 3)[24:], sensitive=True)
    assert "band" not in year_chart(of).subtitle


def test_years_are_named_as_a_calendar_that_starts_in_january_names_them():
    months = pd.period_range("2016-01", periods=12, freq="M")
    observed = pd.DataFrame({"value": 5.0}, pd.period_range("2012-01", "2016-12", freq="M"))
    year = SimpleNamespace(frame=pd.DataFrame(index=months))
    assert list(charts._years_before(year, observed)) == ["2012", "2013", "2014", "2015"]


# --- The rolling year


def test_the_rolling_year_is_the_sum_of_each_twelve_months(tmp_path):
    of = section(tmp_path, RISING)
    totals = trends.twelve_months(of.indicator, of.observed)["value"]
    assert totals.tolist() == np.convolve(RISING, np.ones(12), "valid").tolist()
    chart = rolling_chart(of.indicator, totals.to_frame().assign(hidden=False), "Up")
    first, last = f"{totals.iloc[0]:,.0f}", f"{totals.iloc[-1]:,.0f}"
    said = f"lowest {first} (to March 2012), highest {last} (to November 2016), latest {last} (to "
    assert said in chart.alt
    assert "in the twelve months to each month, March 2012 to November 2016" in chart.subtitle
    assert axes_of(chart).lines[0].get_ydata().tolist() == totals.tolist()


def test_a_percentage_is_pooled_from_its_replies():
    index = pd.period_range("2013Q1", periods=6, freq="Q-MAR")
    observed = pd.DataFrame(
        {"value": 50.0, "numerator": [9, 1, 5, 5, 1, 8], "denominator": [10, 10, 10, 50, 2, 10]},
        index,
    ).assign(hidden=False)
    of = SimpleNamespace(frequency="quarter", unit="percent")
    rolled = trends.twelve_months(of, observed)["value"]
    assert rolled.tolist() == pytest.approx([100 * 20 / 80, 100 * 12 / 72, 100 * 19 / 72])


def test_months_left_out_are_hollow_on_the_rolling_year_too(seasonal):
    totals = trends.twelve_months(
        seasonal.indicator, seasonal.control[["value"]].assign(hidden=False)
    )
    chart = rolling_chart(seasonal.indicator, totals, "Up", seasonal.control)
    hollow = axes_of(chart).lines[-1]
    assert hollow.get_markerfacecolor() == drawing.PAPER
    assert hollow.get_ydata().tolist() == totals["value"].loc["2015-04":"2015-06"].tolist()
    assert chart.subtitle.endswith(
        "Hollow points mark April to June 2015 (lockdown), which the totals include"
    )


def test_there_is_a_trend_from_three_years_on_and_none_of_fewer(tmp_path):
    assert "rolling year" in section(tmp_path / "a", RISING[:36]).control().html
    assert "rolling year" not in section(tmp_path / "b", RISING[:35]).control().html
    gap = [*RISING[:20], None, *RISING[21:47]]
    assert "rolling year" not in section(tmp_path / "c", gap).control().html


def test_new_baselines_are_marked_on_both_charts(tmp_path):
    more = '[indicators.alpha.new_baseline]\n"2012-10" = "new form"\n"2016-06" = "new system"\n'
    of = section(tmp_path, STEADY, more)
    control = axes_of(control_charts.control_chart(of.evidence, "Up", ["Said."]))
    totals = trends.twelve_months(of.indicator, of.observed)
    years = axes_of(rolling_chart(of.indicator, totals, "Up", of.evidence.control))
    marked = [
        [
            line.get_xdata()[0]
            for line in axes.lines
            if len(line.get_xdata()) == 2 and len({*line.get_xdata()}) == 1
        ]
        for axes in (control, years)
    ]
    assert marked[0] == [30 - 0.5]  # of the 36 months to November 2016
    assert marked[1] == [7 - 0.5, 51 - 0.5]  # from March 2012 on
    for axes, count in ((control, 1), (years, 2)):
        assert [text.get_text() for text in axes.texts].count("New baseline") == count


def test_what_is_drawn_of_hidden_months_does_not_depend_on_their_counts(tmp_path):
    """Two projects that differ in hidden counts alone: every chart of their pages is the same."""
    drawn = []
    for hidden in (1, 4):
        values = with_month("2013-06", hidden, FEW)
        values[60] = 5 - hidden
        of = section(tmp_path / str(hidden), values, sensitive=True)
        assert of.observed["hidden"].sum() == 2
        drawn.append((of.chart().html, of.control().html))
    assert drawn[0] == drawn[1]
    assert "The band is the range" in drawn[0][0]
    assert "one of the twelve months is hidden" in drawn[0][1]


@pytest.mark.parametrize("leaks", [False, True])
def test_a_rolling_year_over_a_hidden_month_would_give_it_away(tmp_path, leaks):
    """So the attacker of the editions would find one."""
    counts = with_month("2015-08", 3, FEW)
    of = section(tmp_path / "project", counts, sensitive=True)
    observed = of.observed
    if leaks:
        observed = observed.assign(value=[float(n) for n in counts])
    chart = rolling_chart(of.indicator, trends.twelve_months(of.indicator, observed), "Alpha")
    place = tmp_path / "2016-11"
    page = f'<main><h1>x</h1><h2 id="alpha">Alpha</h2>{chart.html}</main>'
    rows = [
        f"alpha,{at.year},{at},{'' if n == 3 else n},count,{'[c]' * (n == 3)},,"
        for at, n in zip(of.observed.index, counts, strict=True)
    ]
    header = "indicator,measure,period,value,unit,shorthand"
    tiny.put(place / "alpha.html", page)
    tiny.put(place / "data/alpha.csv", "\n".join([f"{header},source,received", *rows, ""]))
    tiny.put(place / "data/board_summary.csv", f"{header},state\n")
    tiny.put(place / "edition.json", "{}")
    found = [(r.period, r.value) for r in attack.attack([place])]
    assert found == ([("2015-08", 3)] if leaks else [])


# --- The control chart


def evidence(frame: pd.DataFrame, **more) -> SimpleNamespace:
    indicator = SimpleNamespace(
        frequency="month", unit="count", scale="count", counted="crimes", name="Crime"
    )
    return SimpleNamespace(indicator=indicator, control=frame, **{"seasonal": False} | more)


@pytest.fixture
def seasonal() -> SimpleNamespace:
    """Five years with expected figures and limits by month, three months of them left out."""
    values = pd.Series(WAVE[:60] + 700, pd.period_range("2011-12", periods=60, freq="M"))
    frame = xmr(values).assign(mean=values - 5, lower_drawn=values - 60, signal=False)
    frame = frame.assign(
        upper_drawn=values + 70, excluded="", new=False, improving=None, target=np.nan
    )
    frame.loc["2015-04":"2015-06", "excluded"] = "lockdown"
    return evidence(frame, seasonal=True)


def test_a_control_chart_shows_the_last_three_years(seasonal):
    chart = control_charts.control_chart(seasonal, "Up", ["Said."])
    assert chart.data.index.astype(str).tolist()[::35] == ["2013-12", "2016-11"]
    since = control_charts.control_chart(seasonal, "Up", [], pd.Period("2012-04", "M"))
    assert since.data.index[0] == pd.Period("2012-04", "M")


def test_expected_figures_and_limits_are_drawn_month_by_month(seasonal):
    chart = control_charts.control_chart(seasonal, "Up", ["Said."])
    lines = [line.get_ydata().tolist() for line in axes_of(chart).lines]
    for column in ("mean", "lower_drawn", "upper_drawn"):
        assert chart.data[column].tolist() in lines
    latest = chart.data.iloc[-1]
    named = [text.get_text() for text in axes_of(chart).texts]
    assert f"Expected {latest['mean']:.0f}" in named
    assert "its limits, follow the season and the two years before" in chart.subtitle
    assert (
        f"Expected {latest['mean']:.0f}, "
        f"limits {latest['lower_drawn']:.0f} to {latest['upper_drawn']:.0f}."
    ) in chart.alt


def test_months_left_out_are_hollow_and_named_with_their_reason(seasonal):
    chart = control_charts.control_chart(seasonal, "Up", ["Said."])
    assert "Months left out: April to June 2015 (lockdown)." in chart.subtitle
    assert "Months left out of the limits: April to June 2015 (lockdown)." in chart.alt
    assert chart.points[16].startswith("April 2015: ")
    assert chart.points[16].endswith(" (left out: lockdown)")
    hollow = [line for line in axes_of(chart).lines if line.get_markerfacecolor() == drawing.PAPER]
    assert [line.get_xdata().tolist() for line in hollow] == [[16, 17, 18]]
    assert {line.get_markeredgecolor() for line in hollow} == {drawing.GREY}


def test_months_left_out_for_two_reasons_are_named_apart(seasonal):
    seasonal.control.loc["2016-03", "excluded"] = "a strike"
    left_out = control_charts.left_out(seasonal.control)
    assert left_out == "April to June 2015 (lockdown); March 2016 (a strike)"


def test_a_scale_that_does_not_start_at_zero_says_where(seasonal):
    chart = control_charts.control_chart(seasonal, "Up", ["Said."])
    start = axes_of(chart).get_ylim()[0]
    assert 0 < start < chart.data["lower_drawn"].min()
    assert chart.title.endswith(f" (scale from {start:.0f})")
    near = xmr(pd.Series([3.0, 5, 4], pd.period_range("2016-01", periods=3, freq="M")))
    near = near.assign(improving=None, target=np.nan)
    chart = control_charts.control_chart(evidence(near), "Up", ["Said."])
    assert axes_of(chart).get_ylim()[0] == 0
    assert "scale" not in chart.title + chart.subtitle


# --- The small line


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([612.0, 1004, 743], "3 months from 612 to 1,004, now 743"),
        ([612.0, 1004, np.nan], "2 months from 612 to 1,004, latest 1,004"),
        ([np.nan, np.nan, 5], "1 month, 5"),
        ([np.nan] * 3, ""),
    ],
)
def test_the_scale_of_a_small_line_in_words(values, words):
    series = pd.Series(values, pd.period_range("2016-01", periods=3, freq="M"))
    of = SimpleNamespace(scale="count", frequency="month", overlaps=0)
    assert charts.scale_in_words(series, of) == words
    spark = BeautifulSoup(charts.sparkline(series), "html.parser").svg
    assert spark["aria-hidden"] == "true"


def test_the_board_has_the_last_36_months_of_each_indicator(tmp_path):
    of = section(tmp_path, RISING)
    table = BeautifulSoup(Board("2016-11", tmp_path).table().html, "html.parser")
    low, high = min(RISING[-36:]), max(RISING[-36:])
    assert table.select_one("svg.spark + small").text == (
        f"36 months from {low} to {high}, now {of.observed['value'].iloc[-1]:.0f}"
    )
    assert table.select("thead th")[-1].text == "Last 36 months"
