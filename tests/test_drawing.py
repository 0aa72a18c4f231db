"""Drawings: what a name holds is drawn as it is written."""

from urllib.parse import unquote

import pandas as pd

from saferplymouth.exhibits.drawing import WIDE, image, label


def test_a_name_with_dollar_signs_is_text_and_no_formula():
    def draw(axes, data, narrow):
        label(axes, r"Loss over $5 and under $10, $\foo$", 0, 0, "#12436d")

    assert r"Loss over $5 and under $10, $\foo$" in unquote(image(draw, pd.DataFrame(), WIDE))
