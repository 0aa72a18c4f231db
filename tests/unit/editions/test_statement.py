"""The accessibility statement: what it says of a partnership, and that it says nothing untrue."""

import datetime
import os
import re
from pathlib import Path

import pytest
import tiny

from saferplymouth.editions import listing, tasks, withdrawal
from saferplymouth.editions.markup import MarkupReader
from saferplymouth.framework import load

FULL = """[accessibility]
status = "partially"
prepared = "2026-11-30"
reviewed = "2027-05-04"
tested = "2026-11-29"
tested_by = "an <b>auditor</b>"
tested_how = "With two screen readers"
contact = "The web team"
email = "web@example.org"
phone = "01752 000000"
form = "https://example.org/tell-us"
reply_within = "5 working days"
[accessibility.gaps.maps]
what = "Maps"
why = "Their words are drawn"
alternative = "The table has the same"
fixed_by = "March 2027"
[accessibility.gaps.archive]
what = "Papers before 2018"
why = "They are not needed any more"
kind = "out of scope"
"""
MUST = ["Compliance status", "Non-accessible content", "How the pages were tested"]
MUST += ["Feedback and contact", "Enforcement procedure", "Preparation of this statement"]


@pytest.fixture
def root(tmp_path):
    return tiny.project(tmp_path, "alpha")


def shown(root, own: str = "", **top) -> str:
    path = root / "framework.toml"
    path.write_text(own + path.read_text(encoding="utf-8"), encoding="utf-8")
    page = listing.statement(load(path), **top).decode()
    assert MarkupReader(page).faults == []
    assert re.findall("<h2.*?>(.*?)</h2>", page) == [*MUST, "About this page"]
    assert "https://www.equalityadvisoryservice.com/" in page
    return page


def test_all_that_a_partnership_says_is_on_it(root):
    page = shown(root, FULL)
    for words in (
        "They comply in part with that standard, for the reasons below.",
        "on 29 November 2026, by an &lt;b&gt;auditor&lt;/b&gt;. With two screen readers.",
        "Write to The web team.",
        'href="mailto:web@example.org"',
        "Call 01752 000000.",
        'href="https://example.org/tell-us"',
        "We aim to reply within 5 working days.",
        '>Their words are drawn. The table has the same.</td><td data-label="To be fixed by">'
        "March 2027</td>",
        "prepared on 30 November 2026 and last reviewed on 4 May 2027.",
    ):
        assert words in page
    kinds = re.findall("<h3>(.*?)</h3>", page)
    assert kinds == [
        "Non-compliance with the regulations",
        "Not within the scope of the regulations",
    ]


def test_one_that_has_written_nothing_claims_no_test_and_no_compliance(root):
    page = shown(root)
    for words in (
        "It is not known whether they meet it, because they have not been tested yet.",
        "Nothing has been recorded yet.",
        "Write to Tiny.",
        "No reply time has been set yet.",
        "Tiny has not prepared its own statement yet.",
    ):
        assert words in page
    assert not re.search(r"<table|comply|last tested|[0-9] \w+ 20[0-9]{2}\.", page)


def test_pages_that_comply_fully_have_no_gap(root):
    own = '[accessibility]\nstatus = "fully"\nprepared = "2026-11-30"\ntested = "2026-11-30"\n'
    page = shown(root, own)
    assert "They comply fully with that standard.</p>" in page
    assert "<p>None is known.</p>" in page


def test_a_statement_that_has_changed_is_put_in_place_by_the_next_run(root):
    place = tiny.pretend(root).place
    shown(root, FULL)
    place = tiny.pretend(root).place
    made = tiny.whole(place)
    files = {name for area in made["areas"].values() for name in area["files"]}
    assert files >= {"accessibility.html", "index.html"}
    assert "We aim to reply within 5 working days." in (place / "accessibility.html").read_text()


def test_a_final_edition_from_before_there_was_one_is_left_as_it_is(root):
    place = tiny.pretend(root, final=True).place
    made = tiny.whole(place)
    del made["areas"]["board_summary"]["files"]["accessibility.html"]
    (place / "edition.json").write_bytes(tasks.canonical(made))
    (place / "accessibility.html").unlink()
    before = tiny.files(place)
    outcome = tiny.pretend(root)
    assert (outcome.whole, tiny.files(place)) == (True, before)


def test_the_list_of_editions_has_one_beside_it_that_it_links_to(root):
    tiny.pretend(root)
    index = listing.write_index(root)
    assert 'href="accessibility.html"' in index.read_text(encoding="utf-8")
    there = index.with_name("accessibility.html").read_text(encoding="utf-8")
    assert "the list of editions, and every edition on it" in there


@pytest.mark.parametrize("has_one", [True, False])
def test_a_withdrawn_edition_keeps_it_and_one_from_before_leads_to_that_of_the_list(root, has_one):
    place = tiny.pretend(root).place
    made = tiny.whole(place)
    if not has_one:
        (place / "accessibility.html").unlink()
    now = datetime.datetime(2016, 5, 5, tzinfo=datetime.UTC)
    withdrawal.withdraw(root, made["edition"], "Half of it had come", now)
    for name in ("index.html", "alpha.html"):
        (href,) = re.findall('href="([^"]*accessibility.html)"', (place / name).read_text())
        page = Path(os.path.normpath(place / href)).read_text()
        assert ">Compliance status</h2>" in page
        assert ("the edition for April 2016" in page) == has_one
