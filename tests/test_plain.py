"""Which texts may be published as they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saferplymouth.plain import printable, unfit, unseen


@pytest.mark.parametrize(
    "text",
    ["", "A sum of £5,000", "café", "5 + 5 = 10", "two\nlines", "a\N{NO-BREAK SPACE}space", "“ist” — 40 %"],
)
def test_what_people_write_may_be_published(text):
    assert unfit(text) is None


@pytest.mark.parametrize("text", ["=1+1", "+44 1752", "-5", "@sum", "  =1", "\n=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_refused_and_prose_is_not_held_to_that(text):
    mistake, cure = unfit(text)
    assert f"opens with {text.strip()[0]}" in mistake
    assert cure == "open it with a word"
    assert unseen(text) is None


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\u2066", "\ufeff", "\x07", "\x00", "\u2028", "\ud800"])
def test_what_cannot_be_seen_is_refused_by_its_number(hidden):
    for wrong in (unseen(f"fell {hidden}12"), unfit(f"fell {hidden}12")):
        assert wrong == (f"holds a character that cannot be seen (U+{ord(hidden):04X})", "type it again as plain text")


@given(st.text())
def test_a_message_is_one_line_that_can_be_shown(text):
    assert printable(text).isprintable()
    assert len(printable(text)) == len(text)
