"""A month that is odd in many series at once is in question: nothing good is read from it
anywhere.
"""

import html
import re

import pandas as pd
import pytest
import tiny

from saferplymouth import Board, Report
from saferplymouth.editions.plan import RunOptions, plan
from saferplymouth.indicators import findings
from saferplymouth.indicators.project import Project
from saferplymouth.store.edition_names import EditionName

NOVEMBER, APRIL = (pd.Period(month, "M") for month in ("2016-11", "2016-04"))
SAID = (
    "April 2016 is low in several series at once and is in question: its figure is not treated as "
    "an improvement."
)
KEYS = ("alpha", "beta", "gamma", "delta")
MONTHS = [str(month) for month in pd.period_range("2015-04", "2016-11", freq="M")]


def text(part) -> str:
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", part.html)).split())


@pytest.fixture
def low(tmp_path):
    """Four counts that a partnership wants fewer of: about 100 a month in 2015/16, 40 in April
    2016, then 80.
    """
    root = tiny.project(tmp_path, *KEYS, months=["2016-11"])
    figures = [95 + 5 * (n % 3) for n in range(12)] + [40, 80, 81, 79, 80, 82, 78, 80]
    rows = [f"{key},{month},{n}" for key in KEYS for month, n in zip(MONTHS, figures, strict=True)]
    tiny.put(
        root / "data/raw/2016-11/returns/police.csv",
        "\n".join(["indicator,period,value", *rows]) + "\n",
    )
    return root


def test_a_chart_calls_no_month_in_question_a_signal_towards_the_aim(low):
    section = Report("alpha", "2016-11", low)["alpha"]
    control = section.evidence.control
    assert control.at[APRIL, "signal"]
    assert control.at[APRIL, "improving"] is None
    assert control.at[APRIL + 1, "improving"] is True
    assert SAID in text(section.control())
    drawings = re.findall(
        'role="img" aria-label="([^"]*)"', section.chart().html + section.control().html
    )
    assert all(SAID.rstrip(".") in html.unescape(alt) for alt in drawings)
    assert len(drawings) == 2


def test_a_good_finding_says_which_month_in_question_it_rests_on(low):
    [first, *_] = Report("alpha", "2016-11", low)["alpha"].findings
    assert first.text.endswith(
        "more than usual variation, as the partnership wants, though April 2016 is in question"
    )
    assert first.order == findings.TOWARDS


def test_where_more_is_wanted_a_low_month_flatters_nothing(low):
    frame = (low / "framework.toml").read_text(encoding="utf-8").replace('"reduce"', '"increase"')
    tiny.put(low / "framework.toml", frame)
    section = Report("alpha", "2016-11", low)["alpha"]
    assert "question" not in text(section.control())
    assert section.evidence.control.at[APRIL, "improving"] is False


def test_a_month_that_few_series_share_is_in_no_question(low):
    path = low / "data/raw/2016-11/returns/police.csv"
    given = path.read_text(encoding="utf-8")
    path.write_text(
        re.sub(r"((beta|gamma|delta),2016-[01][0-9]),(40|8[0-2]|7[89])\b", r"\1,100", given),
        encoding="utf-8",
    )
    section = Report("alpha", "2016-11", low)["alpha"]
    assert section.evidence.control.at[APRIL, "improving"] is True
    assert "question" not in text(section.control())


def test_the_page_of_an_area_that_is_handed_its_own_figures_alone_says_the_same(low, tmp_path):
    given = plan(low, EditionName(pd.Period("2016-11", "M")), RunOptions()).expected["alpha"]
    for name, content in given.files.items():
        tiny.put(tmp_path / "page" / name, content)
    alone = Project("2016-11", tmp_path / "page")
    assert set(alone.stood["indicator"]) == {"alpha"}
    assert SAID in text(Report("alpha", "2016-11", tmp_path / "page")["alpha"].control())


def test_months_in_question_share_a_sentence_each_stretch_of_them_told_as_one():
    months = [pd.Period(month, "M") for month in ("2016-04", "2016-05", "2016-06", "2016-09")]
    told = findings.in_question(months, 1)
    assert told.startswith(
        "April to June 2016 and September 2016 are high in several series at once and are in question"
    )
    assert told.endswith("their figures are not treated as an improvement.")


def test_a_page_is_built_again_when_a_month_comes_into_question(low):
    before = plan(low, EditionName(pd.Period("2016-11", "M")), RunOptions()).expected["alpha"]
    path = low / "data/raw/2016-11/returns/police.csv"
    given = path.read_text(encoding="utf-8")
    path.write_text(
        re.sub(r"((beta|gamma|delta),2016-[01][0-9]),(40|8[0-2]|7[89])\b", r"\1,100", given),
        encoding="utf-8",
    )
    after = plan(low, EditionName(pd.Period("2016-11", "M")), RunOptions()).expected["alpha"]
    assert [name for name, digest in after.depends.items() if before.depends[name] != digest] == [
        "its figures"
    ]


def test_april_2016_is_no_improvement_on_any_page_of_plymouth(untouched):
    sections = Board("2016-11", untouched).sections
    assert [key for key, s in sections.items() if SAID in text(s.control())] == [
        "overall_crime",
        "violence_with_injury",
    ]
    for key in ("police_recorded_hate_crime", "anti_social_behaviour"):
        assert "question" not in text(sections[key].control())
