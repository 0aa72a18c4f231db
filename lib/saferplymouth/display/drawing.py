"""Draws every chart as light SVG, wide and narrow, in colours that follow light and dark."""

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
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import MaxNLocator

from saferplymouth.display.templates import fill
from saferplymouth.indicators.words import exactly

ACCENT, GREY, TARGET = "#12436d", "#767676", "#801650"
INK, FAINT, GOOD = "#0b0c0c", "#d8dadb", "#0f6b5f"
PAPER, NAME, BAND = "#fefefe", "#0b0c0e", "#949494"
SHADES = ["#e3edf6", "#b4cfe6", "#7aa6cf", "#3f74a8", "#12436e"]
DARK = {ACCENT: "#86b6e8", GREY: "#a3a7aa", TARGET: "#e394bd"}
DARK |= {INK: "#f1f1f1", FAINT: "#3d4144", GOOD: "#6fd3c3"}
DARK |= {PAPER: "#14181b", NAME: "#f1f1f1", BAND: "#70767b"}
DARK |= dict(zip(SHADES, ["#22323f", "#34546f", "#4d7ea6", "#79aedd", "#c2e0fb"], strict=True))
WIDE, NARROW, SPARK = (7.6, 3.5), (3.7, 3.5), (1.5, 0.4)

OFTEN = 2  # so many neighbours that look alike make a group
STRAIGHT, CURVED = re.compile(r"[MLz\d\s.-]+"), re.compile(r"\s*([MLCQz])\s*")
# where a part is drawn, not how it looks
PLACED = {"d", "x", "y", "href", "id", "transform", "viewBox", "width", "height", "version"}
SVG = "{http://www.w3.org/2000/svg}"
STYLE = {"svg.fonttype": "none", "text.parse_math": False, "svg.hashsalt": "edition"}
STYLE |= {"font.size": 10.5, "axes.edgecolor": GREY}
STYLE |= dict.fromkeys(["axes.spines.top", "axes.spines.right", "axes.spines.left"], False)
STYLE |= dict.fromkeys(["xtick.color", "ytick.color", "text.color"], INK)
FACE = {"font-family": "system-ui,Arial,sans-serif", "stroke-linejoin": "round"}
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
    def html(self) -> Markup:
        """A figure whose picture is narrow on a phone."""
        return self.figure(phone=True)

    def figure(self, phone: bool) -> Markup:
        """A figure; without the narrow picture that a `phone` shows it takes half the time."""
        narrow = self._picture(self.narrow) if phone else None
        wide = self._picture(self.wide)
        return fill("figure", subtitle=self.subtitle, alt=self.alt, wide=wide, narrow=narrow)

    def _picture(self, size: tuple[float, float]) -> dict:
        address = image(self.draw, self.data, size, self.times)
        return {"address": address, "width": round(size[0] * 100), "height": round(size[1] * 100)}


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
    """What a chart with axes has once its scale is set: `count` places, some named; faint lines."""
    axes.set_xticks(places, names)
    axes.set_xlim(-0.5, count - 0.5)
    low, high = axes.get_ylim()
    # a scale of small rates has fewer than two whole steps
    whole = math.floor(high) - math.ceil(low) >= 1
    axes.yaxis.set_major_locator(MaxNLocator("auto", integer=whole, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(lambda value, _: exactly(value))
    axes.grid(axis="y", color=FAINT, linewidth=0.8)
    axes.tick_params(length=0)
    axes.set_axisbelow(True)
    steps = [exactly(step) for step in axes.get_yticks() if low <= step <= high]
    longest = max(map(breadth, [*steps, f"{low:,.0f}", f"{high:,.0f}"]))
    box, points = axes.get_position(), axes.figure.get_figwidth() * 72
    left = max(box.x0, (longest + 5) / points)
    axes.set_position([left, box.y0, box.x1 - left, box.height])


def month_ticks(months: pd.PeriodIndex, every: int) -> tuple[list[int], list[str]]:
    """The places of every so many months or quarters on a scale of time, and their names."""
    places = list(range(0, len(months), every))
    return places, [months[place].asfreq("M", "end").strftime("%b %y") for place in places]


def label(
    axes: Axes, text: str, place: float, height: float, colour: str, weight: str = "normal"
) -> None:
    """Names a line beside its last point."""
    look = {"color": colour, "weight": weight, "va": "center", "annotation_clip": False}
    axes.annotate(text, (place, height), (7, 0), textcoords="offset points", **look)


@lru_cache(maxsize=4096)  # a map tries each ward's name in many folds, at two sizes
def breadth(text: str, size: float = STYLE["font.size"], weight: str = "normal") -> float:
    """How many points wide the text is in a font no narrower than a reader's."""
    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    return text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]


def shortened(text: str, room: float, weight: str = "normal") -> str:
    """The text, cut at its end with `…` where it is wider than `room` points."""
    cuts = [text, *(text[:n].rstrip() + "…" for n in range(len(text) - 1, 0, -1))]
    return next((cut for cut in cuts if breadth(cut, weight=weight) <= room), "…")


def folded(text: str, room: float, size: float = STYLE["font.size"], weight: str = "normal") -> str:
    """The text in lines of at most `room` points, unless a word is wider."""
    first, *words = text.split() or [""]
    lines = [first]
    for word in words:
        longer = f"{lines[-1]} {word}"
        if breadth(longer, size, weight) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
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
    root.attrib |= INHERITED | FACE
    ElementTree.register_namespace("", SVG[1:-1])
    written = ElementTree.tostring(root, encoding="unicode").replace(" />", "/>")
    # an apostrophe needs no escape in an address
    return re.sub("<[^>']+>", lambda tag: tag[0].replace('"', "'"), written)


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
        straight = STRAIGHT.fullmatch(kept["d"])
        kept["d"] = _moves(kept["d"]) if straight else CURVED.sub(r"\1", kept["d"])
    return kept


def _moves(path: str) -> str:
    """A path of straight lines, each point as the move from the one before: it is shorter."""
    written = []
    for line in path.split("M")[1:]:
        corners = [point.split() for point in line.rstrip(" z").split("L")]
        points = [[round(10 * float(n)) for n in corner] for corner in corners]
        steps = [n - before for a, b in pairwise(points) for before, n in zip(a, b, strict=True)]
        start, *moves = (",".join(map(_tenths, each)) for each in (points[0], steps) if each)
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
    """The names on a map, wider and in the paper's colour, to part them from what is under them."""
    edge = deepcopy(names)
    edge.attrib |= {"stroke": PAPER, "stroke-width": ".25em"}
    return edge


def _looks(part: ElementTree.Element) -> dict[str, str]:
    return {name: value for name, value in part.attrib.items() if name not in PLACED}


def _unwrapped(child: ElementTree.Element) -> list[ElementTree.Element]:
    """A bare group gives way to what it holds; metadata, styles and unpainted paths go."""
    name = child.tag.removeprefix(SVG)
    empty = name == "defs" and not len(child)
    if name in ("metadata", "style", "clipPath") or empty or _looks(child) == {"fill": "none"}:
        return []
    if name == "g" and not child.attrib:
        return list(child)
    return [child]
