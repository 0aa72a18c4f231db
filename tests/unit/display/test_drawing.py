"""Drawings: what a name holds is drawn as it is written."""

import re
from urllib.parse import unquote
from xml.etree import ElementTree

import pandas as pd

from saferplymouth.display.drawing import ACCENT, FAINT, GREY, WIDE, image, label


def test_a_name_with_dollar_signs_is_text_and_no_formula():
    def draw(axes, data, narrow):
        label(axes, r"Loss over $5 and under $10, $\foo$", 0, 0, "#12436d")

    assert r"Loss over $5 and under $10, $\foo$" in unquote(image(draw, pd.DataFrame(), WIDE))


def test_a_picture_taken_out_of_its_page_keeps_its_colours():
    def draw(axes, data, narrow):
        axes.plot([0, 1], [0, 1], color=ACCENT)
        axes.fill_between([0, 1], [1, 1], color=FAINT)
        label(axes, "Here", 1, 1, GREY)

    picture = ElementTree.fromstring(unquote(image(draw, pd.DataFrame(), WIDE).partition(",")[2]))
    painted = {
        value
        for element in picture.iter()
        for name in ("fill", "stroke")
        if (value := element.get(name))
    }
    assert {ACCENT, FAINT, GREY} <= painted
    assert all(colour == "none" or re.fullmatch("#[0-9a-f]{6}", colour) for colour in painted)
    sheets = [element.text for element in picture.iter() if element.tag.endswith("style")]
    assert all(sheet.startswith("@media(prefers-color-scheme:dark)") for sheet in sheets)
