"""What a cell says: figures and marks as people write them, and nothing guessed."""

import pytest

from saferplymouth.sources.cells import Reading, reading


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        (1335, Reading(1335)),
        (87.5, Reading(87.5)),
        ("", Reading(None)),
        ("\u00a0", Reading(None)),
        ("1,335", Reading(1335)),
        ("1\u202f335", Reading(1335)),
        ("1.234", Reading(1.234)),
        ("\N{MINUS SIGN}3.5", Reading(-3.5)),
        ("£182,500", Reading(182500, unit="£")),
        ("87.5 %", Reading(87.5, unit="%")),
        ("1335p", Reading(1335, "p")),
        ("1,335 (P)", Reading(1335, "p")),
        ("1,335 [p]", Reading(1335, "p")),
        ("1335 r", Reading(1335, "r")),
        ("88% [u]", Reading(88, "u", "%")),
        ("[c]", Reading(None, "c")),
        ("*", Reading(None, "c")),
        ("<5", Reading(None, "c")),
        ("fewer than 10", Reading(None, "c")),
        ("..", Reading(None, "x")),
        (":", Reading(None, "x")),
        ("N/A", Reading(None, "x")),
        ("[z]", Reading(None, "x")),
    ],
)
def test_a_figure_or_mark_is_read_as_people_write_it(cell, read):
    assert reading(cell) == read


@pytest.mark.parametrize(
    "cell",
    [
        *("-", "nil", "about 40", "5-10", "12/15", ">100", "1e3", "١٢", "１２", "1,80", "1.805,5"),
        *("p", "(5)", "1,335*", "£5%", "12 [x]", "12 q", "=1+1", "1_335", True),
        *(float("nan"), float("inf")),
    ],
)
def test_what_may_be_another_figure_is_none(cell):
    assert reading(cell) is None


def test_a_recipe_may_have_marks_of_its_own():
    assert reading("k", {"k": "c"}) == Reading(None, "c")
    assert reading("*", {"k": "c"}) is None
