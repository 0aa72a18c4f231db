"""The interval that a sender gives of a figure: shown as the sender's, and no change claimed in it."""

import csv
import io
import re

import pytest
import tiny

from saferplymouth import Report, sources

SURVEY = """
[indicators.{key}]
name = "{name}"
area = "alpha"
aim = "increase"
monitoring_only = false
frequency = "year"
unit = "{unit}"
counted = "residents who feel safe"
agency = "police"
sensitive = {sensitive}
definition = "As sent."
why = "It matters."
"""
KINDS = {
    "safe": ("percent", "false"),
    "safer": ("percent", "false"),
    "known": ("percent", "false"),
    "small": ("count", "true"),
}
SENT = {  # figure, and the interval that its sender gives
    ("safe", "2014/15"): (88.15, 86.2, 90.0),
    ("safe", "2015/16"): (86.75, 84.6, 88.6),  # a fall within the intervals
    ("safer", "2014/15"): (80.0, 78.0, 82.0),
    ("safer", "2015/16"): (86.0, 84.0, 88.0),  # a rise beyond them
    ("known", "2014/15"): (80.0, None, None),
    ("known", "2015/16"): (81.0, None, None),
    ("small", "2014/15"): (40, 35.0, 47.0),
    ("small", "2015/16"): (3, 1.0, 5.0),
}


GROUPS = """
[indicators.safe.breakdowns.sex]
name = "Sex"
adds_up = false
groups = { female = "Women", male = "Men" }
"""
OF_GROUPS = """safe,2015/16,sex,female,85.0,82.5,87.5
safe,2015/16,sex,male,90.0,,
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tiny.project(tmp_path_factory.mktemp("intervals"), "alpha", months=("2016-11",))
    with (root / "framework.toml").open("a", encoding="utf-8") as file:
        for key, (unit, sensitive) in KINDS.items():
            name = key.capitalize()
            file.write(SURVEY.format(key=key, name=name, unit=unit, sensitive=sensitive))
        file.write(GROUPS)
    rows = [
        ",".join("" if cell is None else str(cell) for cell in (key, period, "", "", *sent))
        for (key, period), sent in SENT.items()
    ]
    head = "indicator,period,breakdown,group,value,Lower CI,Upper CI"
    content = "\n".join([head, *rows, OF_GROUPS])
    tiny.put(root / "data/raw/2016-11/returns/survey.csv", content)
    return root


@pytest.fixture(scope="module")
def report(root):
    return Report("alpha", "2016-11", root)


def page(section) -> str:
    html = section.headline().html + section.control().html
    return " ".join(re.sub("<[^>]+>", " ", html).split())


def cells(section) -> dict[str, str]:
    rows = csv.DictReader(io.StringIO(section.table().csv))
    return {r["measure"]: r["value"] or r["shorthand"] for r in rows if not r["group"]}


def test_no_sentence_claims_a_change_within_the_intervals(report):
    shown = page(report["safe"])
    assert report["safe"].leading[0].text == (
        "Safe: 87% in 2015/16; no clear change since 2014/15, given its sender’s intervals"
    )
    assert "The interval that Police gives is from 84.6% to 88.6%." in shown
    assert "leaves open whether there was a change" in shown
    assert not re.search("fell|down|fall", shown)
    assert report["safe"].state == "No clear change"
    assert "{change in words}" not in " ".join(report["safe"].live.sentences())


def test_a_change_beyond_the_intervals_is_said(report):
    shown = page(report["safer"])
    assert report["safer"].leading[0].text == "Safer up 6 percentage points, 2015/16"
    assert "Beside the figure before, it shows a change." in shown


def test_the_table_the_download_and_the_chart_have_the_intervals(report):
    table = cells(report["safe"])
    assert (table["Lower limit 2015/16"], table["Upper limit 2015/16"]) == ("84.6", "88.6")
    assert (table["Lower limit 2014/15"], table["Upper limit 2014/15"]) == ("86.2", "90")
    assert "those of the intervals that the sender gives" in report["safe"].table().html
    assert "Upright lines show the interval that the sender gives" in report["safe"].chart().html


def test_without_an_interval_nothing_is_said_of_one(report):
    assert set(cells(report["known"])) == {"2015/16", "2014/15", "Change"}
    assert "Upright lines" not in report["known"].chart().html
    assert "interval" not in page(report["known"])


def test_the_interval_of_a_hidden_count_is_hidden_too(report):
    table = cells(report["small"])
    assert (table["2015/16"], table["Lower limit 2014/15"]) == ("[c]", "35")
    assert "Lower limit 2015/16" not in table
    assert "5.0" not in page(report["small"])


def test_the_intervals_of_groups_are_in_their_table(report):
    rows = csv.DictReader(io.StringIO(report["safe"].table().csv))
    of = {r["measure"]: r["value"] or r["shorthand"] for r in rows if r["group"] == "female"}
    assert of == {"2015/16": "85", "Lower limit 2015/16": "82.5", "Upper limit 2015/16": "87.5"}


@pytest.mark.parametrize(
    ("limits", "said"), [("90,92", "88 is not in it"), ("86,", "the figure is missing")]
)
def test_an_interval_that_is_not_of_its_figure_is_refused(root, limits, said):
    path = root / "data/raw/2016-11/returns/more.csv"
    tiny.put(path, f"indicator,period,value,low,high\nknown,2013/14,88,{limits}\n")
    try:
        with pytest.raises(sources.Refused, match=said):
            Report("alpha", "2016-11", root)
    finally:
        path.unlink()
