"""Which texts may be published as they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saferplymouth.errors import cell_fault, invisible_fault, name_fault, printable, reason_fault


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A sum of £5,000",
        "café",
        "5 + 5 = 10",
        "two\nlines",
        "a\N{NO-BREAK SPACE}space",
        "“ist” — 40 %",
    ],
)
def test_what_people_write_may_be_published(text):
    assert cell_fault(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+44 1752",
        "-5",
        "@sum",
        "  =1",
        "\n=1",
        "\t=1",
        "＝1",
        "﹦1",
        "\u2003=1",
        "\u00a0=1",
        "\u3000-5",
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_is_refused_and_prose_is_not_held_to_that(text):
    mistake, cure = cell_fault(text)
    assert f"starts with {text.strip()[0]}" in mistake
    assert cure == "start it with a word"
    assert invisible_fault(text) is None


@pytest.mark.parametrize("text", ["'=1+1", '"=1+1"', " ‘-5’", "“ @sum”"])
def test_nor_does_a_quotation_mark_before_it_make_it_fit(text):
    assert "like a formula" in cell_fault(text)[0]


@pytest.mark.parametrize(
    "name",
    [
        "St. Peter & the Waterfront",
        "Efford – Lower",
        "Llanrhaeadr-ym-Mochnant",
        "’s Gravenhage",
        "Ynys Môn",
    ],
)
def test_a_place_is_called_as_it_is(name):
    assert cell_fault(name) is None


@pytest.mark.parametrize(
    "hidden", ["\u202e", "\u200b", "\u2066", "\ufeff", "\x07", "\x00", "\u2028", "\ud800"]
)
def test_what_cannot_be_seen_is_refused_by_its_number(hidden):
    for wrong in (invisible_fault(f"fell {hidden}12"), cell_fault(f"fell {hidden}12")):
        assert wrong == (
            f"contains an invisible character (U+{ord(hidden):04X})",
            "retype it as plain text",
        )


BLANK = [
    "\u3164",
    "\u2800",
    "\ufe0f",
    "\u115f",
    "\u1160",
    "\uffa0",
    "\u034f",
    "\u17b4",
    "\u180b",
    "\U000e0100",
    "\ufffc",
]


@pytest.mark.parametrize("blank", BLANK)
def test_a_letter_that_is_drawn_as_nothing_cannot_be_seen_either(blank):
    for wrong in (
        invisible_fault(f"a{blank}b"),
        name_fault(blank * 5),
        reason_fault(f"why {blank}"),
    ):
        assert f"(U+{ord(blank):04X})" in wrong[0]


@pytest.mark.parametrize(
    "name",
    [
        "Jo",
        "J. B.",
        "A. Analyst",
        "Siân O’Neill-Ffrangcon",
        "Zoe\u0308",
        "李明",
        "Дарья",
        "हिना",
        "עדי",
        "Chair of 3rd board",
    ],
)
def test_a_person_has_a_name_in_any_script(name):
    assert name_fault(name) is None


@pytest.mark.parametrize(
    "name", ["", " ", "-", "—", "...", "?!", "7", "12", "B", "\u0301\u0301", "\u3000", "_", "🙂🙂"]
)
def test_what_no_two_letters_are_in_is_no_name_and_no_reason(name):
    assert name_fault(name)[0] == "is not a name"
    assert reason_fault(name)[0] == "is not a reason"


def test_a_reason_is_a_word_and_neither_it_nor_a_name_is_long():
    assert (
        reason_fault("ok")
        is reason_fault("the force’s own estimate, 2016")
        is reason_fault("é" * 500)
        is None
    )
    assert reason_fault("a b 1")[0] == "is not a reason"
    assert name_fault("a" * 101) == ("has 101 characters", "keep it to 100")
    assert reason_fault("a" * 501) == ("has 501 characters", "keep it to 500")


@given(st.text())
def test_a_message_is_one_line_that_can_be_shown(text):
    assert printable(text).isprintable()
    assert len(printable(text)) == len(text)
