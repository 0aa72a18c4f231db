"""Makes a chart of a page a picture of its own for a slide, with its title, source and date."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from saferplymouth.errors import Mistake
from saferplymouth.framework.looks import SVG

FIGURE = re.compile(r'<figure class="chart">.*?</figure>', re.DOTALL)
DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
CAPTION = re.compile(r"<figcaption>(.*?)(?:<small>(.*?)</small>)?</figcaption>", re.DOTALL)
ALT = re.compile(r'<div role="img" aria-label="(.*?)">', re.DOTALL)
TAKE = re.compile(r'<p class="take">(.*?)<a href="charts/([\w-]+)\.svg"', re.DOTALL)
FONTS = "Arial, Helvetica, 'DejaVu Sans', sans-serif"
MARGIN, PIXEL, WIDTH = 14, 0.72, 2000  # points; points in a pixel of a page; pixels of a PNG
ENDINGS = (".svg", ".png")
PAGE = """#set page(width: auto, height: auto, margin: 0pt)
#for svg in json(bytes(sys.inputs.charts)) { page(image(bytes(svg), width: 500pt)) }
"""


class NotSaved(Mistake):
    """A chart could not be saved; the message says why."""


class Words(NamedTuple):
    """How the lines of a text are set: size and height of a line in points, letters in a line."""

    size: float
    height: float
    most: int
    look: Mapping[str, str]


# in the widest of the fonts, DejaVu Sans, a line has room for so many letters
TITLE = Words(13, 17, 58, {"font-weight": "700"})
SUBTITLE = Words(10.5, 14, 80, {})
CREDIT = Words(9, 12, 94, {"fill": "#505a5f"})


def charts(page: str, credit: str) -> dict[str, str]:
    """The charts of a page that can be taken away, each as SVG by its path in the edition.

    `credit` says whose page it is, and of when.
    """
    figures = (figure[0] for figure in FIGURE.finditer(page))
    found = ((TAKE.search(figure), figure) for figure in figures)
    return {f"charts/{take[2]}.svg": chart(figure, credit) for take, figure in found if take}


def chart(figure: str, credit: str) -> str:
    """A figure as SVG: its wide drawing on white, under its title and subtitle, above its source
    and `credit`.
    """
    title, subtitle = (_plain(words or "") for words in CAPTION.search(figure).groups())
    take = TAKE.search(figure)
    drawn = ElementTree.fromstring(DRAWING.search(figure)[0])
    across, down = (float(n) for n in drawn.get("viewBox").split()[2:])
    times = PIXEL * float(drawn.get("width")) / across
    root = ElementTree.Element(
        f"{SVG}svg", {"role": "img", "aria-label": _plain(ALT.search(figure)[1])}
    )
    ElementTree.SubElement(root, f"{SVG}title").text = title
    ground = ElementTree.SubElement(root, f"{SVG}rect", {"fill": "#ffffff"})
    foot = _write(root, TITLE, title, _write(root, SUBTITLE, "", MARGIN))
    foot = _write(root, SUBTITLE, subtitle, foot) + 8
    moved = f"translate({MARGIN} {foot:g}) scale({times:g})"
    inherited = {name: drawn.get(name) for name in ("font-size", "fill", "stroke-linejoin")}
    group = ElementTree.SubElement(root, f"{SVG}g", {"transform": moved} | inherited)
    group.extend(part for part in list(drawn)[1:] if part.get("class") != "points")
    foot += down * times + 6
    foot = _write(root, CREDIT, f"{_plain(take[1]) if take else ''} {credit}".strip(), foot)
    size = {"width": f"{across * times + 2 * MARGIN:g}", "height": f"{foot + MARGIN:g}"}
    ground.attrib |= size
    root.attrib |= {"viewBox": f"0 0 {size['width']} {size['height']}", "font-family": FONTS}
    root.attrib |= {name: f"{float(n) / PIXEL:.0f}" for name, n in size.items()}
    root.set("fill", "#0b0c0c")
    ElementTree.register_namespace("", SVG[1:-1])
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _plain(words: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", "", words)).split())


def _write(root: ElementTree.Element, how: Words, text: str, top: float) -> float:
    """Writes a text in lines below `top`; returns where the last one ends."""
    for line in textwrap.wrap(text, how.most):
        at = {"x": f"{MARGIN}", "y": f"{top + how.size:g}", "font-size": f"{how.size}px"}
        ElementTree.SubElement(root, f"{SVG}text", at | dict(how.look)).text = line
        top += how.height
    return top


def pngs(drawn: Iterable[str]) -> Iterator[bytes]:
    """Pictures as PNG, 2,000 pixels wide: the same bytes on every machine, for Typst draws them in
    the fonts that matplotlib brings.
    """
    import json

    import typst

    fonts = Path(find_spec("matplotlib").origin).parent / "mpl-data/fonts/ttf"
    look = {"font_paths": [fonts], "ignore_system_fonts": True, "ppi": 72 * WIDTH / 500}
    inputs = {"charts": json.dumps(list(drawn))}
    made = typst.compile(PAGE.encode(), format="png", sys_inputs=inputs, **look)
    yield from made if isinstance(made, list) else [made]


def save(figure: str, path: str | Path, credit: str) -> Path:
    """Writes a figure as a picture whose kind is the ending of `path`, `.svg` or `.png`; returns
    the path. Raises `NotSaved`.
    """
    path = Path(path).expanduser()
    if path.suffix.lower() not in ENDINGS:
        raise NotSaved(f"{path} is not saved: end its name in {' or '.join(ENDINGS)}")
    content = chart(figure, credit)
    try:
        if path.suffix.lower() == ".png":
            path.write_bytes(next(pngs([content])))
        else:
            path.write_text(content, encoding="utf-8")
    except OSError as error:
        why = error.strerror or "the system does not allow it"
        raise NotSaved(f"{path} is not saved: {why[0].lower()}{why[1:]}") from None
    return path
