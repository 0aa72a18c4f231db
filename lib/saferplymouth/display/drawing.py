"""Draws every chart as light SVG, wide and narrow, in colours that a page maps to its own."""

import io
import itertools
import math
import re
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, pairwise
from xml.etree import ElementTree
from zlib import crc32

import matplotlib.style
import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import MaxNLocator

from saferplymouth.display.templates import fill
from saferplymouth.framework.looks import SVG
from saferplymouth.indicators.words import exactly

# the style sheet of a page has each of these colours once more, for light, dark and forced ones
ACCENT, GREY, TARGET = "#12436d", "#767676", "#801650"
INK, FAINT, GOOD = "#0b0c0c", "#d8dadb", "#0f6b5f"
GROUND, PAPER, NAME, BAND = "#ffffff", "#fefefe", "#0b0c0e", "#949494"
SHADES = ["#e3edf6", "#b4cfe6", "#7aa6cf", "#3f74a8", ACCENT]
WIDE, NARROW, SPARK = (7.6, 3.5), (3.7, 3.5), (1.5, 0.4)

OFTEN = 2  # so many neighbours that look alike make a group
STRAIGHT, CURVED = re.compile(r"[MLz\d\s.-]+"), re.compile(r"\s*([MLCQz])\s*")
# where a part is drawn, not how it looks
PLACED = {"d", "x", "y", "cx", "cy", "r", "id", "transform", "viewBox", "width", "height"}
LINK = "{http://www.w3.org/1999/xlink}href"
NUMBER = re.compile(r"-?\d+\.?\d*")
STYLE = {"svg.fonttype": "none", "text.parse_math": False, "svg.hashsalt": "edition"}
STYLE |= {"font.size": 10.5, "axes.edgecolor": GREY}
STYLE |= dict.fromkeys(["axes.spines.top", "axes.spines.right", "axes.spines.left"], False)
STYLE |= dict.fromkeys(["xtick.color", "ytick.color", "text.color"], INK)
INHERITED = {"font-size": f"{STYLE['font.size']}px", "fill": INK}  # of the whole picture
ElementTree.register_namespace("", SVG[1:-1])


@dataclass(frozen=True)
class Chart:
    """A drawing of `data` and its words: `title` and `subtitle` say what is plotted, `alt` what it
    shows, `points` what a reader is told who points at each place on its scale (each row from
    above, if they stand in `rows`).

    `draw(axes, data, narrow)` draws it, `wide` and `narrow` are the sizes of its two pictures in
    hundreds of pixels; it is drawn so many `times` larger and shown at that size. `kind` says what
    `data` are, figures of a `unit`: `lines` by a part of a year or, over years, by `dates`,
    a `control` chart, or a `spread` of places.
    """

    data: pd.DataFrame
    title: str
    subtitle: str
    alt: str
    draw: Callable[[Axes, pd.DataFrame, bool], None]
    wide: tuple[float, float] = WIDE
    narrow: tuple[float, float] = NARROW
    times: int = 1
    points: tuple[str, ...] = ()
    rows: bool = False
    name: str = ""
    source: str = ""
    kind: str = "lines"
    unit: str = ""

    def named(self, name: str, source: str) -> "Chart":
        """The same with its `source` in words and a link to its file, `charts/<name>.svg`."""
        return replace(self, name=name, source=source)

    @property
    def html(self) -> Markup:
        """A figure whose picture is narrow on a phone."""
        return self.figure(phone=True)

    def figure(self, phone: bool) -> Markup:
        """A figure; without the narrow picture that a `phone` shows it takes half the time."""
        narrow = self._drawn("narrow") if phone else ""
        return fill("figure", chart=self, wide=self._drawn("wide"), narrow=narrow)

    def picture(self, size: tuple[float, float]) -> ElementTree.Element:
        """The drawing of one size as SVG."""
        return picture(self.draw, self.data, size, self.times, self.points, self.rows)

    def _drawn(self, kind: str) -> Markup:
        drawn = self.picture(getattr(self, kind))
        drawn.set("class", kind)
        drawn.insert(0, _ground(drawn))
        if kind == "narrow":  # until a style sheet shows it
            drawn.set("display", "none")
        return written(drawn)


def picture(
    draw: Callable,
    data: pd.DataFrame,
    size: tuple[float, float],
    times: int = 1,
    points: Iterable[str] = (),
    rows: bool = False,
) -> ElementTree.Element:
    """The drawing as SVG that loads nothing, the same each time; see `Chart`."""
    with matplotlib.style.context(["default", STYLE]):
        figure = Figure(figsize=(size[0] * times, size[1] * times))
        axes = figure.add_axes(_margins(size))
        draw(axes, data, size[0] == NARROW[0])
        drawn = io.StringIO()
        figure.savefig(
            drawn, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
        )
        root = light(drawn.getvalue())
        if points:
            root.append(_pointed(axes, points, rows))
    root.attrib |= {"width": f"{size[0] * 100:.0f}", "height": f"{size[1] * 100:.0f}"}
    return root


def _ground(drawn: ElementTree.Element) -> ElementTree.Element:
    """The paper under a picture, for where no style sheet gives it another."""
    *_, width, height = drawn.get("viewBox").split()
    look = {"width": width, "height": height, "fill": GROUND}
    return ElementTree.Element(f"{SVG}rect", look)


def written(drawn: ElementTree.Element) -> Markup:
    """An SVG as text to put into HTML."""
    return Markup(ElementTree.tostring(drawn, encoding="unicode").replace(" />", "/>"))


def _pointed(axes: Axes, points: Iterable[str], rows: bool) -> ElementTree.Element:
    """An unseen strip over each place on the scale of an axis, which says what stands there."""
    group = ElementTree.Element(f"{SVG}g", {"class": "points", "fill": "none"})
    group.set("pointer-events", "all")
    width, height = axes.figure.get_size_inches() * 72
    box, ends = axes.get_position(), axes.get_ylim() if rows else axes.get_xlim()
    whole = [box.x0 * width, (1 - box.y1) * height, box.width * width, box.height * height]
    if rows:
        ends, whole[0], whole[2] = ends[::-1], 0, width
    step = whole[2 + rows] / (ends[1] - ends[0])
    for place, words in enumerate(points):
        if not words:
            continue
        strip = list(whole)
        strip[rows], strip[2 + rows] = whole[rows] + (place - 0.5 - ends[0]) * step, step
        at = zip(("x", "y", "width", "height"), (f"{n:.0f}" for n in strip), strict=True)
        part = ElementTree.SubElement(group, f"{SVG}rect", dict(at))
        ElementTree.SubElement(part, f"{SVG}title").text = words
    return group


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


def light(drawn: str) -> ElementTree.Element:
    """matplotlib's SVG without what no reader needs: colours stand in attributes, so that a picture
    taken out of its page keeps them, and the style sheet of a page can map them to its own.
    """
    root = ElementTree.fromstring(drawn)
    shapes = {part.get("id"): part for part in root.iter(f"{SVG}path") if part.get("id")}
    unlike = f"{crc32(drawn.encode()):x}"
    for use in list(root.iter(f"{SVG}use")):
        _place(use, shapes[use.get(LINK)[1:]])
    for element in root.iter():
        element.text, element.tail = (element.text or "").strip(), None
        element.attrib = _attributes(element.attrib, unlike)
    for element in reversed(list(root.iter())):
        element[:] = _grouped(part for child in element for part in _unwrapped(child))
    root.attrib |= INHERITED | {"stroke-linejoin": "round"}
    return root


def _place(use: ElementTree.Element, shape: ElementTree.Element) -> None:
    """Turns the use of a shape into the shape itself, so that no picture needs another's ids."""
    at = [float(use.attrib.pop(name)) for name in ("x", "y")]
    del use.attrib[LINK]
    if "C" in shape.get("d"):
        radius = shape.get("d").split()[2]
        use.tag, use.attrib = f"{SVG}circle", use.attrib | {"r": radius}
        use.attrib |= {"cx": str(at[0]), "cy": str(at[1])}
        return
    numbers = itertools.cycle(at)
    moved = NUMBER.sub(lambda n: f"{float(n[0]) + next(numbers):.2f}", shape.get("d"))
    use.tag, use.attrib = f"{SVG}path", use.attrib | {"d": moved}


def _attributes(attributes: dict[str, str], unlike: str) -> dict[str, str]:
    """Each style as an attribute of its own; numbers to one decimal, paths without idle spaces.

    `unlike` makes an id that of no other picture.
    """
    kept = {name.rpartition("}")[2]: value for name, value in attributes.items()}
    styles = [pair.partition(":") for pair in kept.pop("style", "").split(";")]
    kept |= {name.strip(): value.strip() for name, _, value in styles if name.strip()}
    level = kept.get("transform", "").startswith("rotate(-0")
    idle = not kept.get("id", "").startswith("h")  # of a hatching
    dropped = {"clip-path", "font-family", "version", "id" * idle, "transform" * level}
    kept = {name: _rounded(value) for name, value in kept.items() if name not in dropped}
    kept |= {"id": f"h{unlike}"} if "id" in kept else {}
    if kept.get("fill", "").startswith("url"):
        kept["fill"] = f"url(#h{unlike})"
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
    """Neighbours that look alike in a group that says once how they look, texts after shapes."""
    kept: list[ElementTree.Element] = []
    parts = sorted(parts, key=lambda part: part.tag == f"{SVG}text")
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
    empty = name == "defs" and not child.findall(f"{SVG}pattern")
    if name in ("metadata", "style", "clipPath") or empty or _looks(child) == {"fill": "none"}:
        return []
    if name == "g" and not child.attrib:
        return list(child)
    return [child]
