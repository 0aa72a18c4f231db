"""A partnership's own colour, fonts and logo: what is refused, what is offered, where they go."""

import colorsys
import re

import pytest
import tiny
from hypothesis import given
from hypothesis import strategies as st

from saferplymouth.display import drawing
from saferplymouth.editions import listing, render
from saferplymouth.framework import FrameworkError, load, looks

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink">{}</svg>'
GOOD = SVG.format('<g id="a"/><use x:href="#a"/><path fill="url(#a)" style="fill:url( #a)"/>')
USUAL = {c[1:] for c in (looks.COLOUR, looks.COLOUR_DARK, looks.LINK_DARK, *looks.SHADES)}
COLOURS = st.binary(min_size=3, max_size=3).map(lambda content: "#" + content.hex())
UNSAFE = {
    "a script": SVG.format("<script>alert(1)</script>"),
    "an event": SVG.format('<path onload="alert(1)"/>'),
    "a page within": SVG.format("<foreignObject/>"),
    "a link that is set later": SVG.format('<set attributeName="href" to="https://a.org"/>'),
    "a picture elsewhere": SVG.format('<image x:href="https://a.org/a.png"/>'),
    "an SVG within": SVG.format('<image href="data:image/svg+xml,a"/>'),
    "a link": SVG.format('<a href="https://a.org"/>'),
    "a fill elsewhere": SVG.format('<path fill="url(https://a.org/#a)"/>'),
    "a style elsewhere": SVG.format("<style>@import 'https://a.org/a.css'</style>"),
    "a disguised address": SVG.format(r'<path style="fill:\75rl(https://a.org)"/>'),
    "an outside type": '<!DOCTYPE svg SYSTEM "https://a.org/a.dtd">' + GOOD,
    "entities": f'<!DOCTYPE a [<!ENTITY b "{"c" * 99}">]>' + GOOD,
    "a style sheet": '<?xml-stylesheet href="https://a.org/a.css"?>' + GOOD,
    "no end": GOOD[:-6],
    "HTML": "<html><svg/></html>",
    "too much": SVG.format(" " * looks.LARGEST_LOGO),
}


def framed(root, *lines: str, **files: str | bytes):
    """The framework of a small project with these lines in `[partnership]` and files beside it."""
    tiny.project(root, "alpha")
    path = root / "framework.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[partnership]", "\n".join(["[partnership]", *lines]), 1), "utf-8")
    for name, content in files.items():
        tiny.put(root / name.replace("_", "."), content)
    return load(path)


def test_the_contrast_is_that_of_the_guidelines():
    assert looks.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert looks.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert looks.contrast("#ff0000", "#ffffff") == pytest.approx(3.998, abs=0.001)


@given(COLOURS)
def test_the_colour_offered_passes_keeps_the_hue_and_is_the_nearest_that_does(colour):
    near = looks.readable(colour, looks.WASH, looks.LEAST)
    assert looks.contrast(near, looks.WASH) >= looks.LEAST
    assert not looks.colour_fault(near)
    assert looks.contrast(near, "#ffffff") > looks.LEAST
    dark = looks.on_dark(colour)
    assert all(looks.contrast(dark, paper) >= 7 for paper in (looks.DARK_WASH, "#14181b"))
    fault = looks.colour_fault(colour)
    assert bool(fault) == (looks.contrast(colour, looks.WASH) < looks.LEAST)
    if not fault:
        assert near == colour
        return
    assert fault.endswith(near)
    pairs = zip(bytes.fromhex(near[1:]), bytes.fromhex(colour[1:]), strict=True)
    assert all(new <= old for new, old in pairs)
    assert looks.contrast(near, looks.WASH) < 4.65  # the rounding of one step
    (hue, _, saturation), (new, _, _) = (
        colorsys.rgb_to_hls(*(n / 255 for n in bytes.fromhex(shade[1:])))
        for shade in (colour, near)
    )
    assert saturation < 0.2 or min(abs(hue - new), 1 - abs(hue - new)) < 0.01


@pytest.mark.parametrize("content", UNSAFE.values(), ids=UNSAFE)
def test_a_logo_that_runs_or_loads_anything_is_refused_with_the_cure(tmp_path, content):
    with pytest.raises(FrameworkError, match=r"partnership\.logo: 'a\.svg' .*; (save|embed|draw)"):
        framed(tmp_path, 'logo = "a.svg"', a_svg=content)
    with pytest.raises(FrameworkError, match=r"'a\.svg'"):
        framed(tmp_path, 'logo = "a.svg"', a_svg=content.encode("utf-16"))


def test_a_logo_is_a_file_beside_the_framework(tmp_path):
    for name in ("../a.svg", "/a.svg", "a.gif", "a"):
        with pytest.raises(FrameworkError, match=r"must be the name of an \.svg or \.png file"):
            framed(tmp_path, f'logo = "{name}"')
    with pytest.raises(FrameworkError, match=r"'b\.png' is not there"):
        framed(tmp_path, 'logo = "b.png"')
    with pytest.raises(FrameworkError, match="not a whole PNG"):
        framed(tmp_path, 'logo = "b.png"', b_png=b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize(
    "line",
    ['colour = "blue"', 'colour = "#12436d;"', 'font = "a\'b, serif"', 'font = "Arial"'],
)
def test_no_colour_or_font_can_be_anything_else(tmp_path, line):
    with pytest.raises(FrameworkError, match=r"partnership\.(colour|font): must be"):
        framed(tmp_path, line)


def test_a_pale_colour_is_refused_with_one_to_copy(tmp_path):
    with pytest.raises(FrameworkError, match=r"too pale .*; write (#\w{6})$") as refused:
        framed(tmp_path, 'colour = "#e07020"')
    offered = str(refused.value)[-7:]
    assert framed(tmp_path, f'colour = "{offered}"').partnership.colour == offered


def test_pages_wear_a_partnerships_looks_and_without_any_are_as_ever(tmp_path):
    own = ('logo = "a.svg"', 'colour = "#7a1f5c"', 'font = "Gill Sans, sans-serif"')
    bare, dressed = framed(tmp_path), framed(tmp_path, *own, a_svg=GOOD)
    picture = "<img src=\"data:image/svg+xml,fill='%2312436d'\" alt='a'>"
    shown = render.nbformat.v4.new_output("display_data", {"text/html": picture})
    notebook = render.nbformat.v4.new_notebook(
        cells=[render.nbformat.v4.new_code_cell(outputs=[shown])]
    )
    for framework, own in ((bare, False), (dressed, True)):
        top = framework.partnership.looks
        pages = [listing.statement(framework).decode()]
        pages.append(render.render(notebook, top | {"title": "A", "partnership": "B"}))
        for page in pages:
            found = set(re.findall(r"(?:#|%23)(\w{6})\b", page))
            assert bool(found & USUAL) != own
            assert ("7a1f5c" in found) == ("Gill Sans, sans-serif" in page) == own
    assert dressed.partnership.image.startswith("data:image/svg+xml;base64,")


def test_another_logo_is_noticed_and_does_not_stand_in_the_way(tmp_path):
    framed(tmp_path, 'logo = "a.svg"', a_svg=GOOD)
    tiny.pretend(tmp_path)
    assert tiny.pretend(tmp_path).built == []
    tiny.put(tmp_path / "a.svg", SVG.format("<path/>"))
    assert tiny.pretend(tmp_path).built == ["board_summary", "alpha"]


def test_the_usual_shades_are_those_of_the_drawings_and_the_style_sheet():
    assert [looks.COLOUR, *looks.SHADES] == [*reversed(drawing.SHADES)]
    assert drawing.ACCENT == looks.COLOUR
    sheet = (render.FOLDER / "edition/page.css").read_text(encoding="utf-8")
    assert all(shade in sheet for shade in (looks.COLOUR_DARK, looks.LINK_DARK, looks.WASH))
    for shade, part in looks.SHADES.items():
        assert f'[fill="{shade}"] {{ fill: color-mix(in srgb, var(--accent) {part:.0%}' in sheet


def test_the_fonts_of_a_pack_are_those_with_a_name():
    assert looks.named_fonts("Gill Sans, Arial, sans-serif") == ["Gill Sans", "Arial"]
    assert looks.named_fonts("system-ui") == looks.named_fonts("") == []
