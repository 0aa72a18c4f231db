"""The tables of papers, places and data quality: what is text stays text, and marks are explained."""

import pytest
from bs4 import BeautifulSoup

from saferplymouth.display import layout, templates
from saferplymouth.display.layout import TEXT, Cell

ROWS = [{"Issue": "<b>A & B</b>", "Score": "12", "Note": Cell("[x]", "", "late", link="a.html#b")}]
MARKS = {"[x]": "not available", "[z]": "not applicable"}


def shown(**more) -> BeautifulSoup:
    return BeautifulSoup(layout.table("C", ROWS, kinds={"Note": TEXT}, **more), "html.parser")


def test_a_row_is_headed_by_its_first_cell_and_columns_are_set_by_their_kind():
    heads = shown().thead.find_all("th")
    assert [(head.text, head.get("class")) for head in heads] == [
        ("Issue", None),
        ("Score", ["figure"]),
        ("Note", None),
    ]
    assert shown().tbody.th.text == "<b>A & B</b>"
    assert [cell.get("class") for cell in shown().tbody.find_all("td")] == [["figure"], None]


def test_a_cell_may_lead_to_a_page_and_has_the_lines_that_say_something_under_it():
    cell = shown().tbody.find_all("td")[1]
    assert (cell.a["href"], cell.a.text) == ("a.html#b", "[x]")
    assert [line.text for line in cell.find_all("small")] == ["late"]


def test_only_the_shorthand_that_a_cell_holds_is_explained_also_in_the_foot():
    assert [mark.text for mark in shown(marks=MARKS).find_all("dt")] == ["[x]"]
    foot = [{"Issue": "All", "Score": "[z]", "Note": ""}]
    assert [mark.text for mark in shown(marks=MARKS, foot=foot).find_all("dt")] == ["[x]", "[z]"]
    assert not shown().find("dl")


def test_without_rows_there_is_no_table():
    assert layout.table("C", []) == ""


def test_a_figure_of_a_download_is_in_full_and_a_missing_one_is_a_shorthand():
    assert layout.figure("M", 1 / 3, "percent")["value"] == "0.333333333333333"
    assert layout.figure("M", 110_000.0, "pounds")["value"] == "110000"
    missing = layout.figure("M", float("nan"), "place", "[c]")
    assert (missing["value"], missing["shorthand"]) == ("", "[c]")


@pytest.mark.parametrize(
    ("sentence", "title", "subtitle"),
    [
        ("Crime rose; theft, of cars, fell", "Crime rose; theft, of cars, fell", ""),
        (
            "£123,500 (53%) of the money has no figures yet: help after violence; treatment",
            "£123,500 (53%) of the money has no figures yet",
            "Help after violence; treatment",
        ),
        (f"{'word ' * 11}, end", f"{'word ' * 11}, end", ""),
    ],
)
def test_a_long_sentence_heads_a_section_as_a_title_of_at_most_ten_words_and_the_rest(
    sentence, title, subtitle
):
    assert templates.headed(sentence) == (title, subtitle)
