"""A score or index on an area's page: its decimals as sent, its sign, and never a sum."""

import csv
import io
import re

import pytest
import tiny

from saferplymouth import Report, Workbench

SCORES = """
[indicators.wellbeing]
name = "Wellbeing"
area = "alpha"
aim = "increase"
monitoring_only = false
frequency = "month"
unit = "score"
counted = "wellbeing score"
agency = "police"
sensitive = false
definition = "As sent."
why = "It matters."
target = { "2016/17" = 7.5 }
"""
SENT = {"2015-09": "7.25", "2015-10": "7.1", "2016-09": "-0.125", "2016-10": "7.35"}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tiny.project(tmp_path_factory.mktemp("scores"), "alpha", months=("2016-10",))
    with (root / "framework.toml").open("a", encoding="utf-8") as file:
        file.write(SCORES)
    rows = [f"wellbeing,{month},{value}" for month, value in SENT.items()]
    tiny.put(
        root / "data/raw/2016-10/returns/scores.csv", "\n".join(["indicator,period,value", *rows])
    )
    return root


@pytest.fixture(scope="module")
def wellbeing(root):
    return Report("alpha", "2016-10", root)["wellbeing"]


def test_a_score_is_shown_with_its_own_decimals_and_sign(wellbeing):
    shown = re.sub("<[^>]+>", " ", wellbeing.table().html)
    assert "−0.125" in shown
    assert "7.35" in shown
    page = re.sub("<[^>]+>", " ", wellbeing.headline().html + wellbeing.control().html)
    assert "The wellbeing score was 7.35 in October 2016." in page
    assert "0.15 below the 7.5 target" in page


def test_scores_are_never_added_up_or_given_a_percentage(root, wellbeing):
    rows = list(csv.DictReader(io.StringIO(wellbeing.table().csv)))
    assert {row["unit"] for row in rows} == {"score"}
    measures = {row["measure"] for row in rows}
    assert measures == {"2016/17", "2015/16", "Change", "Target", "Distance to target"}
    of_month = {row["period"]: row["value"] for row in rows if row["measure"] == "Change"}
    assert float(of_month["2016-10"]) == 0.25
    told = Workbench("2016-10", root).rolling_year("wellbeing").findings[0]
    assert "scores of single months cannot be added up" in told


def test_a_comment_on_a_score_is_checked_to_its_decimals(wellbeing):
    right = wellbeing.check("Wellbeing rose by 0.25 to 7.35 in October 2016.").html
    assert "“7.35” is right" in right
    assert "“0.25” is right" in right
    assert "matches no figure" in wellbeing.check("Wellbeing was 6.35 in October 2016.").html
    assert wellbeing.live["change"] == "0.25"
