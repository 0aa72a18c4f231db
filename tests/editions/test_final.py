"""A final edition stays as it is until a correction says why it changes."""

import json

import nbformat
import pytest
import tiny

from saferplymouth import periods
from saferplymouth.editions import render
from saferplymouth.editions.plan import RunOptions, plan
from saferplymouth.store.edition_names import EditionName, NotPlanned
from saferplymouth.store.manifest import manifest

MONTH = periods.month("2016-04")
DAY = "2016-05-20"


@pytest.fixture
def final(tmp_path):
    """A project whose only edition is final."""
    root = tiny.project(tmp_path, "alpha", "beta")
    assert tiny.pretend(root, final=True, published=DAY).whole
    return root


def again(root, **wish):
    return plan(root, EditionName(MONTH), RunOptions(published="2016-06-01", **wish))


def made(root):
    return manifest(root / "outputs/2016-04")


def test_an_edition_is_a_draft_until_it_is_made_final(tmp_path):
    root = tiny.project(tmp_path, "alpha")
    tiny.pretend(root)
    assert made(root)["status"] == "Draft"
    assert set(again(root, final=True).todo.values()) == {"its status changed"}
    tiny.pretend(root, final=True)
    assert made(root)["status"] == "Final"


def test_a_final_edition_with_nothing_changed_is_left_alone_without_a_word(final):
    p = again(final)
    assert (p.todo, p.frozen, set(p.kept)) == ({}, {}, {"board_summary", "alpha", "beta"})


def test_a_change_to_what_a_final_edition_was_made_from_is_told_and_nothing_is_built(final):
    tiny.put(final / "data/raw/2016-04/comments/alpha.md", "Crime fell.")
    p = again(final)
    assert (p.todo, p.frozen) == ({}, {"alpha": "its comments changed"})


@pytest.mark.parametrize(
    "reason", ["", " ", "-", "7", "\u3164", "x", "a\u202ebc", "because " * 100]
)
def test_a_correction_has_a_reason_that_can_be_read(reason, final):
    before = tiny.files(final / "outputs/2016-04")
    done = tiny.told(final, "run", "2016-04", "--correct", reason)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("--correct: '")
    assert tiny.files(final / "outputs/2016-04") == before


def test_a_newer_suite_does_not_touch_a_final_edition(final, monkeypatch):
    monkeypatch.setattr("saferplymouth.editions.tasks.toolchain", lambda: "another")
    assert again(final).frozen == {}
    assert again(final, correct="A slip.").status == "Corrected"


def test_what_an_older_suite_did_not_ask_of_a_final_edition_does_not_change_it(final):
    older = made(final)
    for entry in older["areas"].values():
        entry["depends"].pop("the earlier editions")
    tiny.put(final / "outputs/2016-04/edition.json", json.dumps(older))
    assert again(final).frozen == {}


def test_the_command_refuses_to_change_a_final_edition_and_says_how(final):
    before = made(final)
    tiny.put(final / "data/raw/2016-04/comments/alpha.md", "Crime fell.")
    done = tiny.told(final, "run", "2016-04")
    assert done.returncode == 2
    assert "2016-04 alpha: its comments changed" in done.stderr
    assert "--correct" in done.stderr
    assert made(final) == before


def test_a_correction_says_when_and_why(final):
    tiny.put(
        final / "data/raw/2016-04/returns/police.csv",
        "indicator,period,value\nalpha,2016-04,90\nbeta,2016-04,101\n",
    )
    tiny.pretend(final, correct="The police withdrew ten.", published="2016-06-01")
    entry = made(final)
    assert entry["status"] == "Corrected"
    assert [(c["date"], c["reason"]) for c in entry["corrections"]] == [
        ("2016-06-01", "The police withdrew ten.")
    ]


def test_every_page_says_that_a_change_is_worked_out_before_rounding():
    shown = render.render(
        nbformat.v4.new_notebook(),
        {"corrections": [], "pages": [], "status": "Draft", "runs_to": {}},
    )
    assert "worked out before rounding, so it may be one more or less" in shown


def test_a_reason_ends_in_one_stop_on_the_page():
    for reason in ("Sent short by 7", "Sent short by 7."):
        top = {
            "corrections": [{"date_words": "1 June 2016", "reason": reason}],
            "pages": [],
            "status": "Corrected",
            "published": "2016-06-01",
            "runs_to": {},
        }
        assert "Sent short by 7. <a " in render.render(nbformat.v4.new_notebook(), top)


def test_a_correction_is_itself_final_and_keeps_the_ones_before_it(final):
    tiny.pretend(final, correct="First.", published="2016-06-01")
    assert again(final).frozen == {}
    assert again(final).todo == {}
    tiny.pretend(final, correct="Second.", published="2016-07-01")
    assert [c["reason"] for c in made(final)["corrections"]] == ["First.", "Second."]


def test_only_a_final_edition_is_corrected(tmp_path):
    root = tiny.project(tmp_path, "alpha")
    tiny.pretend(root)
    with pytest.raises(NotPlanned, match="not final, so there is nothing to correct"):
        again(root, correct="Why not.")


def test_a_final_edition_is_not_made_of_a_month_with_a_failed_page(tmp_path):
    root = tiny.project(tmp_path, "alpha", "beta")
    outcome = tiny.pretend(root, "beta", final=True)
    assert not outcome.whole
    assert not (root / "outputs/2016-04").exists()
    assert manifest(root / "outputs/partial/2016-04")["status"] == "incomplete"


def test_the_page_and_the_manifest_of_a_real_correction_name_the_figures(tmp_path):
    root = tiny.project(tmp_path, "alpha")
    assert tiny.told(root, "run", "--final", "--jobs", "1").returncode == 0
    tiny.put(
        root / "data/raw/2016-04/returns/police.csv", "indicator,period,value\nalpha,2016-04,90\n"
    )
    assert (
        tiny.told(root, "run", "--correct", "The police withdrew <ten>.", "--jobs", "1").returncode
        == 0
    )
    page = (root / "outputs/2016-04/alpha.html").read_text(encoding="utf-8")
    assert "The police withdrew &lt;ten&gt;." in page
    changed = made(root)["corrections"][0]["changes"]
    assert {
        "table": "data/alpha.csv",
        "figure": ["alpha", "2016/17", "2016-04", "", ""],
    }.items() <= changed[0].items()
    assert (changed[0]["before"][0], changed[0]["after"][0]) == ("100", "90")
