"""A request for what is missing, and the return that comes back."""

import csv
import io

import pytest
import tiny

from saferplymouth import Board, sources
from saferplymouth.framework import PERCENT, load
from saferplymouth.pages import data_requests
from saferplymouth.periods import month

NOVEMBER = month("2016-11")


@pytest.fixture(scope="module")
def framework(untouched):
    return load(untouched / "framework.toml")


def filled(text: str) -> str:
    """The return with a figure in every row: 6 for a group of five, and totals to match."""
    header, *rows = csv.reader(io.StringIO(text))
    lines = [dict(zip(header, row, strict=True)) for row in rows]
    for line in lines:
        parts = [r for r in lines if r["indicator"] == line["indicator"] and r.get("breakdown")]
        ways = {r["breakdown"] for r in parts} or {""}
        fits = 60 // max(1, sum(r["breakdown"] == line.get("breakdown") for r in parts))
        figure = 60 if not line.get("breakdown") else fits
        line.update(
            {"value": figure} if "value" in line else {"numerator": figure, "denominator": 60}
        )
        assert ways
    written = io.StringIO()
    writer = csv.DictWriter(written, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return written.getvalue()


def test_every_return_that_is_handed_out_is_taken_when_it_is_filled_in(project, framework):
    """Hand out the returns of every area, fill them in, and read them as a drop."""
    (project / "data/raw/2016-11/returns/police.csv").unlink()
    (project / "data/raw/2016-11/returns/board-paper.csv").unlink()
    handed = {}
    for area in framework.areas:
        handed |= data_requests.templates(area, framework, NOVEMBER)
    for name, text in handed.items():
        tiny.put(project / "data/raw/2016-11/returns" / name, filled(text))
    drop = sources.read(project / "data/raw", NOVEMBER, framework)
    assert drop.problems == ()
    sent = {key for key, indicator in framework.indicators.items() if not indicator.worked_out}
    assert {row.indicator for row in drop.rows} == sent
    sections = Board("2016-11", project).sections
    assert {key for key, section in sections.items() if not section.evidence.unheard} == sent
    for key in sections.keys() - sent:
        request = sections[key].table().html
        assert "2016-11-devon-and-cornwall-street.csv" in request
        assert "<pre" not in request


def test_a_return_asks_for_the_last_period_that_has_ended(framework):
    wanted = [framework.indicators[key] for key in ("overall_crime", "recorded_rape")]
    wanted += [framework.indicators[key] for key in ("pupils_reached", "people_with_complex_needs")]
    rows = list(csv.DictReader(io.StringIO(data_requests.template(wanted, framework, NOVEMBER))))
    assert [row["period"] for row in rows] == ["2016-11", "2016/17 Q2", "2016/17 H1", "2015/16"]
    assert {row["value"] for row in rows} == {""}


def test_percentages_have_a_return_of_their_own(framework):
    names = data_requests.templates("sexual_violence", framework, NOVEMBER)
    assert list(names) == [
        "sexual-violence-police.csv",
        "sexual-violence-police-percentages.csv",
        "sexual-violence-council.csv",
        "sexual-violence-counselling.csv",
    ]
    for name, text in names.items():
        assert ("numerator,denominator" in text) == name.endswith("percentages.csv")
    assert all(framework.indicators[key].unit == PERCENT for key in ("young_victims_by_age",))


def test_a_page_asks_by_name_for_what_it_lacks(untouched):
    said = Board("2016-11", untouched).sections["referral_mechanism"].table().html
    assert (
        "National Crime Agency: please send the number of people referred to the National "
        "Referral Mechanism" in said
    )
    assert (
        "every quarter. Start with July to September 2016, in total and by kind of exploitation."
        in said
    )
    assert "referral_mechanism,2016/17 Q2,exploitation,labour,," in said


def test_the_command_writes_the_returns_once_and_overwrites_nothing(project, tmp_path):
    ran = tiny.told(project, "template", "modern_slavery", "--to", str(tmp_path / "out"))
    assert ran.returncode == 0, ran.stderr
    there = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert there == [
        "modern-slavery-home-office.csv",
        "modern-slavery-national-crime-agency.csv",
        "modern-slavery-police.csv",
    ]
    (tmp_path / "out" / there[0]).write_text("filled in")
    again = tiny.told(project, "template", "modern_slavery", "--to", str(tmp_path / "out"))
    assert (again.returncode, "would be overwritten" in again.stderr) == (2, True)
    assert (tmp_path / "out" / there[0]).read_text() == "filled in"
    wrong = tiny.told(project, "template", "modern_slavry")
    assert (wrong.returncode, "did you mean modern_slavery?" in wrong.stderr) == (2, True)
