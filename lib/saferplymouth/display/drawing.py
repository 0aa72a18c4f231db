"""How every chart is drawn: light SVG with text as text, wide and narrow, in colours that follow
light and dark.
"""

import html
import io
import math
import re
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from urllib.parse import quote
from xml.etree import ElementTree

import matplotlib.style
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import MaxNLocator

from saferplymouth.indicators.words import exactly

ACCENT, GREY, TARGET, INK, FAINT, GOOD = (
    "#12436d",
    "#767676",
    "#801650",
    "#0b0c0c",
    "#d8dadb",
    "#0f6b5f",
)
PAPER, NAME, BAND = "#fefefe", "#0b0c0e", "#949494"
SHADES = ["#e3edf6", "#b4cfe6", "#7aa6cf", "#3f74a8", "#12436e"]
DARK = {
    ACCENT: "#86b6e8",
    GREY: "#a3a7aa",
    TARGET: "#e394bd",
    INK: "#f1f1f1",
    FAINT: "#3d4144",
    GOOD: "#6fd3c3",
}
DARK |= {PAPER: "#14181b", NAME: "#f1f1f1", BAND: "#70767b"}
DARK |= dict(zip(SHADES, ["#22323f", "#34546f", "#4d7ea6", "#79aedd", "#c2e0fb"], strict=True))
WIDE, NARROW, SPARK = (7.6, 3.5), (3.7, 3.5), (1.5, 0.4)

OFTEN = 2  # so many neighbours that look alike make a group
STRAIGHT, CURVED = re.compile(r"[MLz\d\s.-]+"), re.compile(r"\s*([MLCQz])\s*")
PLACED = (
    "d",
    "x",
    "y",
    "href",
    "id",
    "transform",
    "viewBox",
    "width",
    "height",
    "version",
)  # where, not how it looks
SVG = "{http://www.w3.org/2000/svg}"
STYLE = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "svg.hashsalt": "edition",
    "font.size": 10.5,
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.color": INK,
}
INHERITED = {"font-size": f"{STYLE['font.size']}px", "fill": INK}  # of the whole picture


@dataclass(frozen=True)
class Chart:
    """A drawing of `data` and its words: `subtitle` says what is plotted, `alt` what it shows.

    `draw(axes, data, narrow)` draws it, `wide` and `narrow` are the sizes of its two pictures in
    hundreds of pixels; it is drawn so many `times` larger and shown at that size.
    """

    data: pd.DataFrame
    subtitle: str
    alt: str
    draw: Callable[[Axes, pd.DataFrame, bool], None]
    wide: tuple[float, float] = WIDE
    narrow: tuple[float, float] = NARROW
    times: int = 1

    @property
    def html(self) -> str:
        """A figure whose picture is narrow on a phone."""
        return self.figure(phone=True)

    def figure(self, phone: bool) -> str:
        """A figure; without the narrow picture that a `phone` shows it takes half the time."""
        drawn = {
            size: image(self.draw, self.data, size, self.times)
            for size in (self.wide, *[self.narrow] * phone)
        }
        room = {(w, h): f'width="{w * 100:.0f}" height="{h * 100:.0f}"' for w, h in drawn}
        source = '<source media="(max-width: 40em)" srcset="{}" {}>'
        narrow = source.format(drawn[self.narrow], room[self.narrow]) if phone else ""
        return (
            f"<figure><figcaption>{html.escape(self.subtitle)}</figcaption><picture>{narrow}"
            f'<img src="{drawn[self.wide]}" {room[self.wide]} '
            f'alt="{html.escape(self.alt)}"></picture></figure>'
        )


def image(draw: Callable, data: pd.DataFrame, size: tuple[float, float], times: int = 1) -> str:
    """The drawing as the address of an image that loads nothing: the same bytes each time."""
    with matplotlib.style.context(["default", STYLE]):
        figure = Figure(figsize=(size[0] * times, size[1] * times))
        draw(figure.add_axes(_margins(size)), data, size[0] == NARROW[0])
        written = io.StringIO()
        figure.savefig(
            written, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
        )
    return "data:image/svg+xml," + quote(light(written.getvalue()), safe="='()/:;,.-+!*@[]{}|~?$")


def furnish(axes: Axes, places: list[int], names: list[str], count: int) -> None:
    """What every chart with axes has, once its scale is set: named places along `count` periods,
    faint lines across, thousands separated.
    """
    axes.set_xticks(places, names)
    axes.set_xlim(-0.5, count - 0.5)
    low, high = axes.get_ylim()
    whole = (
        math.floor(high) - math.ceil(low) >= 1
    )  # a scale of small rates has fewer than two whole steps
    axes.yaxis.set_major_locator(MaxNLocator("auto", integer=whole, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(lambda value, _: exactly(value))
    axes.grid(axis="y", color=FAINT, linewidth=0.8)
    axes.tick_params(length=0)
    axes.set_axisbelow(True)
    _clear_left(axes)


def _clear_left(axes: Axes) -> None:
    """Room for the longest figure of the scale."""
    box, points = axes.get_position(), axes.figure.get_figwidth() * 72
    low, high = axes.get_ylim()
    steps = [exactly(step) for step in axes.get_yticks() if low <= step <= high]
    left = max(box.x0, (max(map(breadth, [*steps, f"{low:,.0f}", f"{high:,.0f}"])) + 5) / points)
    axes.set_position([left, box.y0, box.x1 - left, box.height])


def label(
    axes: Axes, text: str, place: float, height: float, colour: str, weight: str = "normal"
) -> None:
    """Names a line beside its last point."""
    axes.annotate(
        text,
        (place, height),
        xytext=(7, 0),
        textcoords="offset points",
        va="center",
        color=colour,
        weight=weight,
        annotation_clip=False,
    )


@lru_cache(maxsize=4096)  # a map tries each ward's name in many folds, at two sizes
def breadth(text: str, size: float = STYLE["font.size"], weight: str = "normal") -> float:
    """How many points wide the text is in a font no narrower than a reader's."""
    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    return text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]


def shortened(
    text: str, room: float, size: float = STYLE["font.size"], weight: str = "normal"
) -> str:
    """The text, cut at its end with `…` where it is wider than `room` points."""
    if breadth(text, size, weight) <= room:
        return text
    cuts = (text[:n].rstrip() + "…" for n in range(len(text) - 1, 0, -1))
    return next((cut for cut in cuts if breadth(cut, size, weight) <= room), "…")


def folded(text: str, room: float, size: float = STYLE["font.size"], weight: str = "normal") -> str:
    """The text in lines of at most `room` points, unless a word is wider."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        lines[-1:] = (
            [longer]
            if breadth(longer, size, weight) <= room or not lines[-1]
            else [lines[-1], word]
        )
    return "\n".join(lines)


def _margins(size: tuple[float, float]) -> tuple[float, float, float, float]:
    if size == SPARK:
        return 0.02, 0.1, 0.96, 0.8
    left, right = 0.5 / size[0], 1.15 / size[0]
    return left, 0.1, 1 - left - right, 0.87


def light(drawn: str) -> str:
    """matplotlib's SVG without what no reader needs: colours stand in attributes, so that a picture
    taken out of its page keeps them, and a style sheet overrides them where the reader's screen is
    dark.
    """
    root = ElementTree.fromstring(drawn)
    values = " ".join(value for element in root.iter() for value in element.attrib.values())
    used = set(re.findall(r"#([\w-]+)", values))
    for element in root.iter():
        element.text, element.tail = (element.text or "").strip(), None
        element.attrib = _attributes(element.attrib, used)
    for element in reversed(list(root.iter())):
        element[:] = _grouped(part for child in element for part in _unwrapped(child))
    style = ElementTree.Element(f"{SVG}style")
    style.text = f"@media(prefers-color-scheme:dark){{{_dark(drawn)}}}"
    root.insert(0, style)
    root.attrib |= INHERITED | {
        "font-family": "system-ui,Arial,sans-serif",
        "stroke-linejoin": "round",
    }
    ElementTree.register_namespace("", SVG[1:-1])
    written = ElementTree.tostring(root, encoding="unicode").replace(" />", "/>")
    return re.sub(
        "<[^>']+>", lambda tag: tag[0].replace('"', "'"), written
    )  # needs no escape in an address


def _dark(drawn: str) -> str:
    """The rules that replace each colour of a drawing on a dark screen."""
    return "".join(
        f"[{name}='{colour}']{{{name}:{shade}}}"
        for colour, shade in DARK.items()
        for name in ("fill", "stroke")
        if f"{name}: {colour}" in drawn or (colour == PAPER and NAME in drawn)
    )


def _attributes(attributes: dict[str, str], used: set[str]) -> dict[str, str]:
    """Each style as an attribute of its own; numbers to one decimal, paths without idle spaces."""
    kept = {name.rpartition("}")[2]: value for name, value in attributes.items()}
    styles = [pair.partition(":") for pair in kept.pop("style", "").split(";")]
    kept |= {name.strip(): value.strip() for name, _, value in styles if name.strip()}
    level = kept.get("transform", "").startswith("rotate(-0")
    idle = kept.get("id") not in used
    dropped = {"clip-path", "font-family", "version", "id" * idle, "transform" * level}
    kept = {name: _rounded(value) for name, value in kept.items() if name not in dropped}
    usual = {**INHERITED, "text-anchor": "start"}
    kept = {n: v for n, v in kept.items() if usual.get(n) != v and n != "stroke-linejoin"}
    if "d" in kept:
        kept["d"] = (
            _moves(kept["d"]) if STRAIGHT.fullmatch(kept["d"]) else CURVED.sub(r"\1", kept["d"])
        )
    return kept


def _moves(path: str) -> str:
    """A path of straight lines with each point as the move from the one before, which is
    shorter.
    """
    written = []
    for line in path.split("M")[1:]:
        points = [
            [round(10 * float(n)) for n in point.split()] for point in line.rstrip(" z").split("L")
        ]
        steps = [n - before for a, b in pairwise(points) for before, n in zip(a, b, strict=True)]
        start, *moves = (
            ",".join(map(_tenths, numbers)) for numbers in (points[0], steps) if numbers
        )
        closed = "z" if "z" in line else ""
        written.append("l".join([f"M{start}", *moves]).replace(",-", "-") + closed)
    return "".join(written)


def _tenths(number: int) -> str:
    return f"{number / 10:g}".replace("0.", ".", abs(number) < 10)


def _rounded(value: str) -> str:
    return re.sub(r"-?\d+\.\d{2,}", lambda m: f"{float(m[0]):.1f}".removesuffix(".0"), value)


def _grouped(parts: Iterable[ElementTree.Element]) -> list[ElementTree.Element]:
    """Neighbours that look alike in a group that says once how they look."""
    kept: list[ElementTree.Element] = []
    for (tag, *looks), alike in groupby(parts, key=lambda part: (part.tag, *_looks(part).items())):
        alike = list(alike)
        name = tag == f"{SVG}text" and ("fill", NAME) in looks
        if (len(alike) >= OFTEN or name) and looks and tag != f"{SVG}g":
            group = ElementTree.Element(f"{SVG}g", dict(looks))
            for part in alike:
                part.attrib = {n: value for n, value in part.attrib.items() if n in PLACED}
            if ("fill", "none") in looks and tag == f"{SVG}path":
                alike[0].attrib["d"] = "".join(part.attrib["d"] for part in alike)
                del alike[1:]
            group[:] = alike
            alike = [_edge(group), group] if name else [group]
        kept += alike
    return kept


def _edge(names: ElementTree.Element) -> ElementTree.Element:
    """What sets the names on a map apart from what is under them: the same, wider, in the paper's
    colour.
    """
    edge = deepcopy(names)
    edge.attrib |= {"stroke": PAPER, "stroke-width": ".25em"}
    return edge


def _looks(part: ElementTree.Element) -> dict[str, str]:
    return {name: value for name, value in part.attrib.items() if name not in PLACED}


def _unwrapped(child: ElementTree.Element) -> list[ElementTree.Element]:
    """A group that only groups gives way to what it holds; metadata, styles, clips and unpainted
    paths go.
    """
    name = child.tag.removeprefix(SVG)
    empty = name == "defs" and not len(child)
    if name in ("metadata", "style", "clipPath") or empty or _looks(child) == {"fill": "none"}:
        return []
    if name == "g" and not child.attrib:
        return list(child)
    return [child]
