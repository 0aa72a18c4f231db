"""An edition taken back: what its addresses, the list and every command then say, and how it is
published again.
"""

import contextlib
import datetime
import json
import os
import re

import pytest
import tiny

from saferplymouth.editions import foi, listing, publish, runner, unchanged, withdrawal
from saferplymouth.store import published
from saferplymouth.store.manifest import manifest

MONTHS = ("2016-04", "2016-05", "2016-06")
WHY = "The police sent <b>half</b> of it"
SAID = f"withdrawn on 5 January 2017: {WHY}"
AGAIN = "To publish it again: saferplymouth run 2016-05 --correct"
THEN = datetime.datetime(2017, 1, 5, tzinfo=datetime.UTC)


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Three editions in place, the middle one final and with a bundle."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(THEN.timestamp())))
    root = tiny.project(tmp_path, "alpha", months=MONTHS)
    for month in MONTHS:
        tiny.pretend(root, month=month, final=month == "2016-05")
    foi.bundle(root, "2016-05")
    listing.write_index(root)
    return root


@pytest.fixture
def taken(root):
    assert tiny.told(root, "withdraw", "2016-05", "--because", WHY).returncode == 0
    return root


def page(root, name: str) -> str:
    return (root / "outputs" / name).read_text(encoding="utf-8")


def test_every_address_says_that_it_was_withdrawn_when_and_why_and_where_the_list_is(root):
    before = tiny.files(root / "outputs/2016-05")
    done = tiny.told(root, "withdraw", "2016-05", "--because", f"  {WHY} \n")
    assert done.returncode == 0
    assert done.stdout.startswith("2016-05: withdrawn; its pages and the list of editions say so\n")
    after = tiny.files(root / "outputs/2016-05")
    assert after.keys() == {name for name in before if name.endswith(".html")} | {"edition.json"}
    for name in after.keys() - {"edition.json"}:
        assert "This edition was withdrawn on 5 January 2017." in page(root, f"2016-05/{name}")
        assert "The police sent &lt;b&gt;half&lt;/b&gt; of it" in page(root, f"2016-05/{name}")
        assert 'href="../index.html"' in page(root, f"2016-05/{name}")
    (kept,) = (root / "outputs/withdrawn").glob("2016-05-*")
    assert tiny.files(kept) == before
    assert str(kept) in done.stdout
    assert not (root / "outputs/foi/2016-05.zip").exists()


def test_the_list_says_so_where_it_stood_and_leads_to_the_others(taken):
    shown = page(taken, "index.html")
    assert re.findall(r'href="(2016-..)/', shown) == ["2016-06", "2016-04"]
    assert '<th scope="row">May 2016</th>' in shown
    assert "Withdrawn on 5 January 2017: The police sent &lt;b&gt;half&lt;/b&gt; of it" in shown
    assert shown.index("June 2016") < shown.index("May 2016") < shown.index("April 2016")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["2016-05", "--because", ""], "--because: '' is not a reason"),
        (["2016-05", "--because", "\u3164"], "--because: "),
        (["2016-05", "--because", "so " * 300], "--because: "),
        (["2016-05"], "Missing option '--because'"),
        (
            ["2016-07", "--because", WHY],
            "there is no edition 2016-07; did you mean 2016-06 or 2016-05?",
        ),
        (["2016-Q1", "--because", WHY], "there is no edition 2016-Q1"),
        (["withdrawn", "--because", WHY], "there is no edition withdrawn"),
        (["../outputs/2016-05", "--because", WHY], "there is no edition ../outputs/2016-05"),
        (["2016-04..2016-05", "--because", WHY], "there is no edition 2016-04..2016-05"),
    ],
)
def test_what_cannot_be_withdrawn_is_answered_in_words_with_nothing_changed(root, words, reason):
    before = tiny.snapshot(root / "outputs")
    done = tiny.told(root, "withdraw", *words)
    assert (done.returncode, reason in done.stderr) == (2, True), done.stderr
    assert {
        n: c for n, c in tiny.snapshot(root / "outputs").items() if not n.endswith(".lock")
    } == before


def test_where_nothing_was_ever_built_there_is_nothing_to_withdraw(tmp_path):
    root = tiny.project(tmp_path, "alpha")
    done = tiny.told(root, "withdraw", "2016-04", "--because", WHY)
    assert (done.returncode, done.stderr) == (2, "there is no edition 2016-04; none is in place\n")
    assert not (root / "outputs").exists()


def test_an_edition_withdrawn_twice_keeps_its_first_reason(taken):
    before = tiny.files(taken / "outputs/2016-05")
    done = tiny.told(taken, "withdraw", "2016-05", "--because", "Another reason")
    assert (done.returncode, done.stderr) == (2, f"2016-05 was already {SAID}\n")
    assert tiny.files(taken / "outputs/2016-05") == before


def test_every_command_knows_it_for_withdrawn(taken):
    assert f"2016-05  {SAID}\n2016-06  Draft" in tiny.told(taken, "status").stdout
    assert tiny.told(taken, "status", "2016-05").stdout == f"2016-05  {SAID}\n"
    for words in (
        ["foi", "2016-05"],
        ["run", "2016-05"],
        ["run", "2016-05", "--final"],
        ["run", "2016-05", "--force"],
    ):
        done = tiny.told(taken, *words)
        assert (done.returncode, f"2016-05 was {SAID}\n{AGAIN}" in done.stderr) == (2, True), words
    assert not (taken / "outputs/foi/2016-05.zip").exists()


def test_a_run_of_several_months_leaves_it_out_with_a_line_also_when_nothing_has_changed(taken):
    before = tiny.files(taken / "outputs/2016-05")
    for _ in range(2):
        done = tiny.told(taken, "run", "2016-04..2016-06")
        assert done.returncode == 0
        assert done.stdout.startswith(f"2016-05: left out because it was {SAID}\n{AGAIN}")
    last = unchanged.unchanged(taken, ["run", "2016-04..2016-06"])
    assert f"2016-05: left out because it was {SAID}" in "\n".join(last)
    assert tiny.files(taken / "outputs/2016-05") == before


def test_a_correction_of_several_months_does_not_publish_it_again_by_the_way(taken):
    tiny.told(taken, "withdraw", "2016-04", "--because", WHY)
    done = tiny.told(taken, "run", "2016-04..2016-05", "--correct", "All are sent again")
    assert (done.returncode, done.stdout.count("left out"), done.stdout.splitlines()[-1]) == (
        0,
        2,
        "Nothing was built",
    )


def test_a_run_by_the_clock_leaves_the_newest_month_withdrawn_and_is_no_failure(root):
    tiny.told(root, "withdraw", "2016-06", "--because", WHY)
    before = tiny.files(root / "outputs/2016-06")
    done = tiny.told(root, "run")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "Nothing was built"
    assert tiny.files(root / "outputs/2016-06") == before


def test_it_is_published_again_for_a_reason_and_says_what_changed_since_it_stood(taken):
    tiny.put(
        taken / "data/raw/2016-05/returns/police.csv", "indicator,period,value\nalpha,2016-05,90\n"
    )
    tiny.pretend(taken, month="2016-05", correct="The rest has come", published="2017-01-09")
    made = tiny.whole(taken / "outputs/2016-05")
    (correction,) = made["corrections"]
    assert made["status"] == "Corrected"
    assert (correction["withdrawn"], correction["reason"]) == (SAID, "The rest has come")
    assert {change["before"] is None for change in correction["changes"]} <= {False}
    listing.write_index(taken)
    assert re.findall(r'href="(2016-..)/', page(taken, "index.html")) == [
        "2016-06",
        "2016-05",
        "2016-04",
    ]
    assert tiny.told(taken, "withdraw", "2016-05", "--because", "Wrong again").returncode == 0
    assert len(list((taken / "outputs/withdrawn").glob("2016-05-*"))) == 2


def test_a_draft_published_again_stays_a_draft_and_its_pages_say_so(root):
    tiny.told(root, "withdraw", "2016-06", "--because", "Half was missing.")
    done = tiny.told(root, "run", "2016-06", "--correct", "The rest has come", "--jobs", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert tiny.whole(root / "outputs/2016-06")["status"] == "Draft"
    was = "having been withdrawn on 5 January 2017: Half was missing.</strong> The rest has come."
    assert f"Published again on 5 January 2017, {was}" in page(root, "2016-06/alpha.html")
    assert "2016-06: edition unchanged" in tiny.told(root, "run", "2016-06").stdout
    assert len(json.loads(page(root, "2016-06/edition.json"))["corrections"]) == 1


def test_a_failure_to_publish_it_again_leaves_it_withdrawn(taken):
    assert not tiny.pretend(taken, "alpha", month="2016-05", correct="The rest has come").whole
    assert published.withdrawn(manifest(taken / "outputs/2016-05")) == SAID
    assert "This edition was withdrawn" in page(taken, "2016-05/alpha.html")


class Killed(BaseException):
    """Stands for a kill at a step that writes."""


@pytest.mark.parametrize("step", range(26))
def test_a_kill_at_any_step_leaves_the_edition_or_its_withdrawal_and_a_way_on(
    root, monkeypatch, step
):
    before, steps = tiny.files(root / "outputs/2016-05"), iter(range(1000))

    def struck(act):
        def acts(*given, **named):
            if next(steps) == step:
                raise Killed
            return act(*given, **named)

        return acts

    with monkeypatch.context() as patched:
        for name in ("fsync", "rename", "replace", "symlink", "unlink"):
            patched.setattr(os, name, struck(getattr(os, name)))
        patched.setattr(publish, "tidy", struck(publish.tidy))
        with contextlib.suppress(Killed):
            withdrawal.withdraw(root, "2016-05", WHY, THEN)
    after = tiny.files(root / "outputs/2016-05")
    assert after == before or "This edition was withdrawn" in page(root, "2016-05/index.html")
    assert after == before or not {name for name in after if name.endswith(".csv")}
    done = tiny.told(root, "withdraw", "2016-05", "--because", WHY)
    assert done.returncode == (0 if after == before else 2)
    assert re.findall(r'href="(2016-..)/', page(root, "index.html")) == ["2016-06", "2016-04"]
    assert [tiny.files(kept) for kept in (root / "outputs/withdrawn").glob("2016-05-*")] == [before]
    assert not (root / "outputs/foi/2016-05.zip").exists()


def test_a_withdrawal_waits_for_the_run_that_is_at_work(root):
    with runner.alone(root / "outputs"):
        waiting = tiny.start(root, "withdraw", "2016-05", "--because", WHY)
        assert "waiting for it to finish" in waiting.stdout.readline()
        assert "withdrawn" not in page(root, "2016-05/edition.json")
    assert waiting.wait(tiny.PATIENCE) == 0
    waiting.stdout.close()
    assert "withdrawn" in page(root, "2016-05/edition.json")


def test_an_edition_whose_drop_has_gone_stands_and_is_said_to_lack_it(root):
    before = tiny.files(root / "outputs/2016-06")
    for path in (root / "data/raw/2016-06/returns/police.csv", root / "data/raw/2016-06/returns"):
        path.unlink() if path.is_file() else path.rmdir()
    (root / "data/raw/2016-06").rmdir()
    done = tiny.told(root, "run")
    assert (done.returncode, "2016-05: edition unchanged" in done.stdout) == (0, True), done.stderr
    assert tiny.files(root / "outputs/2016-06") == before
    assert "<small>Its drop is no longer in data/raw</small>" in page(root, "index.html")
    for words in ([], ["2016-06"]):
        told = tiny.told(root, "status", *words)
        assert (
            told.returncode,
            "2016-06  Draft\n         its drop is no longer in data/raw: " in told.stdout,
        ) == (
            0,
            True,
        )
    assert tiny.told(root, "withdraw", "2016-06", "--because", WHY).returncode == 0
    assert "no longer in data/raw" not in page(root, "index.html")


def test_a_quarter_whose_drop_has_gone_or_whose_month_was_withdrawn_is_said_so(root):
    publish.put(root / "outputs", "2016-Q1", tiny.files(root / "outputs/2016-06"))
    made = json.loads(page(root, "2016-Q1/edition.json")) | {
        "edition": "2016-Q1",
        "words": "Quarter 1",
    }
    publish.replace(
        root / "outputs", "2016-Q1/edition.json", json.dumps(made | {"data_to": "2016-06"}).encode()
    )
    done = tiny.told(root, "withdraw", "2016-06", "--because", WHY)
    assert "2016-Q1 has the same figures; withdraw it too if they are wrong" in done.stdout
    assert (
        f"covers June 2016, an edition that was {SAID}"
        in tiny.told(root, "status", "2016-Q1").stdout
    )
    for month in MONTHS:
        (root / f"data/raw/{month}").rename(root / f"{month}-gone")
    told = tiny.told(root, "status")
    assert told.returncode == 0
    assert (
        "2016-Q1  Draft\n         its drop of June 2016 is no longer in data/raw: " in told.stdout
    )
    assert tiny.told(root, "withdraw", "2016-Q1", "--because", WHY).returncode == 0
