"""The frame of every page: its contents, and the way on to other editions."""

import datetime
import re

import pytest
import tiny

from saferplymouth.editions import listing, withdrawal
from saferplymouth.editions.frame import css_string, sections, with_ids

NOW = datetime.datetime(2016, 7, 5, tzinfo=datetime.UTC)


def test_a_heading_without_an_id_gets_one_that_is_not_taken():
    body = with_ids('<p id="every-indicator">x</p><h2>Every <b>indicator</b></h2><h2 id=a>A</h2>')
    assert '<h2 id="every-indicator-section">Every <b>indicator</b></h2><h2 id=a>A</h2>' in body


def test_contents_are_the_short_names_of_headings_or_else_their_titles():
    body = '<h2 id="a" data-short="“ist” &amp; more">Up 5% <small>to June</small></h2>'
    body += '<h2 id="b">gap &lt;5 <small class="x">to June</small></h2>'
    assert sections(body) == {"a": "“ist” & more", "b": "Gap <5"}


def test_no_title_ends_the_style_of_a_page():
    assert css_string('A "b" \\ </style>') == '"A \\22 b\\22  \\5c  \\3c /style>"'


@pytest.fixture
def outputs(tmp_path):
    months = ["2016-04", "2016-05", "2016-06"]
    root = tiny.project(tmp_path, "alpha", months=months)
    for month in months:
        tiny.pretend(root, month=month)
    listing.write_index(root)
    return root / "outputs"


def leads(outputs, way: str, name: str) -> list[str]:
    page = (outputs / way / f"{name}.html").read_text(encoding="utf-8")
    return re.findall(r'content="0; url=../(.*?)/index.html"', page)


def test_each_edition_leads_to_its_neighbours_and_one_withdrawn_is_passed_over(outputs):
    page = (outputs / "2016-05/accessibility.html").read_text(encoding="utf-8")
    links = re.findall(r'href="(\.\./.*?)"', page)
    assert links == [
        "../previous/2016-05.html",
        "../next/2016-05.html",
        "../index.html",
    ]
    assert leads(outputs, "previous", "2016-05") == ["2016-04"]
    assert leads(outputs, "next", "2016-05") == ["2016-06"]
    assert leads(outputs, "next", "2016-06") == []
    assert "There is no next month yet" in (outputs / "next/2016-06.html").read_text("utf-8")
    withdrawal.withdraw(outputs.parent, "2016-05", "Half of it had come", NOW)
    assert leads(outputs, "previous", "2016-06") == ["2016-04"]
