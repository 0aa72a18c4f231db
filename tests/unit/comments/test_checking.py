"""A wrong sentence is found, keeps an edition from being final, and stands only with a name and a
reason.
"""

import shutil
from pathlib import Path

import pytest
import tiny

from saferplymouth import Board
from saferplymouth.comments import checking
from saferplymouth.indicators.project import Project
from saferplymouth.sources import Comment

WRONG = "Anti-social behaviour is up by 367 incidents on the same period last year, a 5% reduction."
RIGHT = "Anti-social behaviour is up by 367 incidents on the same period last year, a rise of 5%."


@pytest.fixture
def commented(project):
    """Gives the project with this text as the comment on anti-social behaviour in November 2016."""

    def written(text: str):
        tiny.put(project / "data/raw/2016-11/comments/anti_social_behaviour.md", text)
        return project

    return written


def shown(root) -> str:
    return Board("2016-11", root).sections["anti_social_behaviour"].comment().html


def test_check_needs_no_symbolic_links(commented, monkeypatch):
    root = commented(WRONG)

    def refused(*_, **__):
        raise OSError("A required privilege is not held by the client")

    monkeypatch.setattr(Path, "symlink_to", refused)
    done = tiny.told(root, "check", "2016-11")
    assert (done.returncode, "is not what the figures say" in done.stderr) == (2, True)


def test_check_tells_the_sentence_the_reason_and_the_right_figure_and_writes_nothing(commented):
    root = commented(WRONG)
    shutil.rmtree(root / "data/processed")
    done = tiny.told(root, "check", "2016-11")
    assert done.returncode == 2
    for part in (
        "comments/anti_social_behaviour.md",
        "“5%” is not what the figures say",
        "April to November 2016: 5.4% more than in April to November 2015",
    ):
        assert part in done.stderr
    assert not (root / "data/processed").exists()
    assert not (root / "outputs").exists()


def test_a_right_comment_passes_untouched(commented):
    root = commented(RIGHT)
    done = tiny.told(root, "check", "2016-11")
    assert (done.returncode, done.stderr) == (0, "")
    assert "missing" not in shown(root)


def test_a_draft_shows_what_is_wrong_and_a_final_edition_is_refused(commented):
    root = commented(WRONG)
    assert "“5%” is not what the figures say" in shown(root)
    done = tiny.told(root, "run", "2016-11", "--final")
    assert done.returncode == 2
    assert "“5%”" in done.stderr
    assert not (root / "outputs").exists()


def test_a_wrong_sentence_stands_when_someone_signs_it_off_with_a_reason_and_the_page_says_so(
    commented,
):
    root = commented(f"Signed off: B. Chair, the board has seen the slip\n\n{WRONG}")
    assert tiny.told(root, "check", "2016-11").returncode == 0
    assert "“5%” is not what the figures say" in shown(root)
    assert "Accepted by B. Chair, the board has seen the slip." in shown(root)


def test_a_signature_needs_a_reason(commented):
    done = tiny.told(commented(f"Signed off: B. Chair\n\n{WRONG}"), "check", "2016-11")
    assert done.returncode == 2
    assert "is signed off without a reason" in done.stderr


def test_what_is_open_lets_check_pass_and_keeps_an_edition_from_being_final(commented):
    text = "About 30 families were helped in November 2016."
    root = commented(text)
    done = tiny.told(root, "check", "2016-11")
    assert (done.returncode, done.stderr) == (0, "")
    assert "“30”" in done.stdout
    assert "“30” matches no figure" in shown(root)
    final = tiny.told(root, "run", "2016-11", "--final")
    assert final.returncode == 2
    assert "confirm it with a line 'Confirmed:" in final.stderr
    confirmed = "Confirmed: About 30 families | A. Analyst | the team's own note\n\n"
    commented(confirmed + text)
    assert "30” matches no figure" not in shown(root)
    done = tiny.told(root, "check", "2016-11")
    assert "“30”" not in done.stdout


@pytest.mark.parametrize(
    "line", ["Confirmed: 30", "Confirmed: 30 | A. Analyst", "Confirmed: | A. Analyst | note"]
)
def test_a_confirmation_says_what_who_and_why(commented, line):
    done = tiny.told(commented(f"{line}\n\nAbout 30 families were helped."), "check", "2016-11")
    assert done.returncode == 2
    assert "write: Confirmed: the words | name | what they rest on" in done.stderr


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    root = tiny.project(tmp_path_factory.mktemp("small"), "alpha", months=("2016-04", "2016-05"))
    return Project("2016-05", root)


def outcomes(small, text: str, *confirmed: str) -> list[tuple[str, str]]:
    ticks = tuple((words, "A. Analyst", "a note") for words in confirmed)
    found = checking.Review(small, "alpha", Comment(text, confirmed=ticks)).claims
    return [(claim.text, claim.outcome) for claim in found]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("About 3 families were helped.", "About 30 families"),
        ("About 30 families were helped.", "130 families"),
        ("About 30 families and 30 schools were helped.", "30 families"),
        ("About 30 families and 30 schools were helped.", "30"),
        ("About 30 families were helped.", "."),
        ("About 30 families were helped.", "30 families were hindered"),
    ],
)
def test_a_confirmation_covers_no_more_than_its_words(text, words, small):
    assert {outcome for _, outcome in outcomes(small, text, words)} == {"unknown"}


def test_words_are_confirmed_as_they_are_copied_from_the_text(small):
    text = "The **team\N{RIGHT SINGLE QUOTATION MARK}s** own 30 families were helped."
    words = "The **team\N{RIGHT SINGLE QUOTATION MARK}s** own 30 families"
    assert outcomes(small, text, words) == [("30", "confirmed")]


def test_a_sentence_with_too_many_numbers_is_confirmed_as_a_whole(small):
    text = "We saw " + ", ".join(f"{n} of one kind" for n in range(31, 60)) + "."
    assert [outcome for _, outcome in outcomes(small, text, text[:40])] == ["statement"]
    assert [outcome for _, outcome in outcomes(small, text, text)] == ["confirmed"]


def test_a_typed_number_is_not_live_because_a_live_one_has_the_same_value(small):
    text = "In April 2016 we helped 200 families. There were {figure} things in the year to date."
    assert [outcome == "live" for _, outcome in outcomes(small, text)] == [False, True]
    text = "In April 2016 we helped 200 families, and {figure} things in the year to date."
    assert "live" not in {outcome for _, outcome in outcomes(small, text)}


def test_a_live_figure_that_is_not_there_keeps_an_edition_from_being_final(small):
    assert outcomes(small, "Reports rose by {change of April 2016}.")[-1] == (
        "not available",
        "unknown",
    )


@pytest.mark.parametrize(
    ("text", "outcomes"),
    [
        ("Reports {rose or fell} by {change}.", {"live"}),
        ("Reports fell by {change}.", {"contradicts"}),
        ("Reports fell by {change of May}.", {"contradicts"}),
        ("In November there were {figure of October 2016}.", {"unknown"}),
        ("An increase of {change of November 2016} in October.", {"unknown"}),
        ("In June 2016 reports were {up or down} {change of June 2016}.", {"live"}),
        ("Up just under {percent} on last year.", {"unknown"}),
        ("Reports {change in words}.", {"live"}),
        ("{Up or down} {percent}, after {last year} in April to November 2015.", {"live"}),
        ("Numbers {rose or fell of October 2016 on the period before} in October.", {"live"}),
        ("{rate} for each resident.", {"unknown"}),
    ],
)
def test_what_is_typed_beside_a_live_figure_has_to_be_its_own(untouched, text, outcomes):
    drop = Project("2016-11", untouched)
    found = checking.Review(drop, "anti_social_behaviour", Comment(text)).claims
    assert {claim.outcome for claim in found} == outcomes
