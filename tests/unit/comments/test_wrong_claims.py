"""A wrong sentence is found, keeps an edition from being final, and stands only with a name and a
reason.
"""

from pathlib import Path

import pytest
import tiny

from saferplymouth import Board

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
    assert (done.returncode, "It was a rise, not a fall" in done.stderr) == (2, True)


def test_check_tells_the_sentence_the_reason_and_the_right_figure_and_writes_nothing(commented):
    root = commented(WRONG)
    done = tiny.told(root, "check", "2016-11")
    assert done.returncode == 2
    for part in (
        "comments/anti_social_behaviour.md",
        "5% reduction",
        "It was a rise, not a fall",
        "a rise of 367 (5%)",
    ):
        assert part in done.stderr
    assert not list(root.glob("data/processed/*"))
    assert not (root / "outputs").exists()


def test_a_right_comment_passes_untouched(commented):
    root = commented(RIGHT)
    done = tiny.told(root, "check", "2016-11")
    assert (done.returncode, done.stderr) == (0, "")
    assert "wrong" not in shown(root)


def test_a_draft_shows_what_is_wrong_and_a_final_edition_is_refused(commented):
    root = commented(WRONG)
    assert "“5% reduction” is wrong. It was a rise, not a fall." in shown(root)
    done = tiny.told(root, "run", "2016-11", "--final")
    assert done.returncode == 2
    assert "5% reduction" in done.stderr
    assert not (root / "outputs").exists()


def test_a_wrong_sentence_stands_when_someone_signs_it_off_with_a_reason_and_the_page_says_so(
    commented,
):
    root = commented(f"Signed off: B. Chair, the board has seen the slip\n\n{WRONG}")
    assert tiny.told(root, "check", "2016-11").returncode == 0
    assert "5% reduction” is wrong" in shown(root)
    assert "Let stand by B. Chair, the board has seen the slip." in shown(root)


def test_a_signature_needs_a_reason(commented):
    done = tiny.told(commented(f"Signed off: B. Chair\n\n{WRONG}"), "check", "2016-11")
    assert done.returncode == 2
    assert "is signed off without a reason" in done.stderr
