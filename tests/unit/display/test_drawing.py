"""Drawings: what a name holds is drawn as it is written."""

import re

import pandas as pd
from projects import ROOT

from saferplymouth.display import drawing
from saferplymouth.display.drawing import ACCENT, FAINT, GREY, WIDE, label, picture, written


def test_a_name_with_dollar_signs_is_text_and_no_formula():
    def draw(axes, data, narrow):
        label(axes, r"Loss over $5 and under $10, $\foo$", 0, 0, "#12436d")

    assert r"Loss over $5 and under $10, $\foo$" in written(picture(draw, pd.DataFrame(), WIDE))


def test_a_picture_taken_out_of_its_page_keeps_its_colours():
    def draw(axes, data, narrow):
        axes.plot([0, 1], [0, 1], color=ACCENT)
        axes.fill_between([0, 1], [1, 1], color=FAINT)
        label(axes, "Here", 1, 1, GREY)

    root = picture(draw, pd.DataFrame(), WIDE)
    painted = {
        value
        for element in root.iter()
        for name in ("fill", "stroke")
        if (value := element.get(name))
    }
    assert {ACCENT, FAINT, GREY} <= painted
    assert all(colour == "none" or re.fullmatch("#[0-9a-f]{6}", colour) for colour in painted)


def test_a_page_has_its_own_colour_for_each_of_a_drawing_in_the_light_and_in_the_dark():
    sheet = (ROOT / "lib/saferplymouth/editions/templates/edition/page.css").read_text("utf-8")
    mapped = set(re.findall(r'\[fill="(#\w+)"\]', sheet))
    names = ("GROUND", "ACCENT", "GREY", "TARGET", "INK", "FAINT", "GOOD", "PAPER", "NAME", "BAND")
    assert {*(getattr(drawing, name) for name in names), *drawing.SHADES} == mapped


def test_who_points_at_a_place_on_the_scale_reads_what_stands_there():
    def draw(axes, data, narrow):
        axes.plot([0, 1, 2], [5, 7, 9], "o", color=ACCENT)
        axes.set_xlim(-0.5, 2.5)

    root = picture(draw, pd.DataFrame(), WIDE, points=("May: 5", "", "July: 9"))
    marks = [float(mark.get("cx")) for mark in root.iter(f"{drawing.SVG}circle")]
    strips = {part.find(f"{drawing.SVG}title").text: part for part in root[-1]}
    assert list(strips) == ["May: 5", "July: 9"]
    for mark, strip in zip(marks[::2], strips.values(), strict=True):
        left, width = (float(strip.get(name)) for name in ("x", "width"))
        assert left < mark < left + width
        assert width > 100
