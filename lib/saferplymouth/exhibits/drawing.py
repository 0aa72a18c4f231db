"""How every chart is drawn: light SVG with text as text, wide and narrow, in colours that follow light and dark."""

import html
import io
import re
from collections import Counter
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from urllib.parse import quote
from xml.etree import ElementTree

import matplotlib.style
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import MaxNLocator

ACCENT, GREY, TARGET, INK, FAINT, GOOD = "#12436d", "#767676", "#801650", "#0b0c0c", "#d8dadb", "#0f6b5f"
PAPER, NAME, BAND = "#fefefe", "#0b0c0e", "#949494"
SHADES = ["#e3edf6", "#b4cfe6", "#7aa6cf", "#3f74a8", "#12436e"]
DARK = {ACCENT: "#86b6e8", GREY: "#a3a7aa", TARGET: "#e394bd", INK: "#f1f1f1", FAINT: "#3d4144", GOOD: "#6fd3c3"}
DARK |= {PAPER: "#14181b", NAME: "#f1f1f1", BAND: "#70767b"}
DARK |= dict(zip(SHADES, ["#22323f", "#34546f", "#4d7ea6", "#79aedd", "#c2e0fb"], strict=True))
VARIABLES = {colour: f"--c{number}" for number, colour in enumerate(DARK)}
WIDE, NARROW, SPARK = (7.6, 3.5), (3.7, 3.5), (1.5, 0.4)
OFTEN = 3  # a style that more elements have is written once
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


@dataclass(frozen=True)
class Chart:
    """A drawing of `data` and its words: `subtitle` says what is plotted, `alt` what it shows.

    `draw(axes, data, narrow)` draws it, `wide` and `narrow` are the sizes of its two pictures in hundreds of pixels;
    it is drawn so many `times` larger and shown at that size.
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
        drawn = {size: image(self.draw, self.data, size, self.times) for size in (self.wide, *[self.narrow] * phone)}
        room = {(w, h): f'width="{w * 100:.0f}" height="{h * 100:.0f}"' for w, h in drawn}
        source = '<source media="(max-width: 40em)" srcset="{}" {}>'
        narrow = source.format(drawn[self.narrow], room[self.narrow]) if phone else ""
        return (
            f"<figure><figcaption>{html.escape(self.subtitle)}</figcaption><picture>{narrow}"
            f'<img src="{drawn[self.wide]}" {room[self.wide]} alt="{html.escape(self.alt)}"></picture></figure>'
        )


def image(draw: Callable, data: pd.DataFrame, size: tuple[float, float], times: int = 1) -> str:
    """The drawing as the address of an image that loads nothing: the same bytes each time."""
    with matplotlib.style.context(["default", STYLE]):
        figure = Figure(figsize=(size[0] * times, size[1] * times))
        draw(figure.add_axes(_margins(size)), data, size[0] == NARROW[0])
        written = io.StringIO()
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return "data:image/svg+xml," + quote(light(written.getvalue()), safe="='()/:;,.-+!*@[]{}|~?$")


def furnish(axes: Axes, places: list[int], names: list[str], count: int) -> None:
    """What every chart with axes has: named places along `count` periods, faint lines across, thousands separated."""
    axes.set_xticks(places, names)
    axes.set_xlim(-0.5, count - 0.5)
    axes.yaxis.set_major_locator(MaxNLocator("auto", integer=True, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}".replace("-", "−"))
    axes.grid(axis="y", color=FAINT, linewidth=0.8)
    axes.tick_params(length=0)
    axes.set_axisbelow(True)
    _clear_left(axes)


def _clear_left(axes: Axes) -> None:
    """Room for the longest figure of the scale."""
    box, points = axes.get_position(), axes.figure.get_figwidth() * 72
    left = max(box.x0, (max(breadth(f"{end:,.0f}") for end in axes.get_ylim()) + 5) / points)
    axes.set_position([left, box.y0, box.x1 - left, box.height])


def label(axes: Axes, text: str, place: float, height: float, colour: str, weight: str = "normal") -> None:
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


def shortened(text: str, room: float, size: float = STYLE["font.size"], weight: str = "normal") -> str:
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
        lines[-1:] = [longer] if breadth(longer, size, weight) <= room or not lines[-1] else [lines[-1], word]
    return "\n".join(lines)


def _margins(size: tuple[float, float]) -> tuple[float, float, float, float]:
    if size == SPARK:
        return 0.02, 0.1, 0.96, 0.8
    left, right = 0.5 / size[0], 1.15 / size[0]
    return left, 0.1, 1 - left - right, 0.87


def light(drawn: str) -> str:
    """matplotlib's SVG without what a browser does not need, and with colours as variables."""
    root = ElementTree.fromstring(drawn)
    used = set(re.findall(r"#([\w-]+)", " ".join(v for e in root.iter() for v in e.attrib.values())))
    for element in root.iter():
        element.text, element.tail = (element.text or "").strip(), None
        element.attrib = _attributes(element.attrib, used)
    for element in reversed(list(root.iter())):
        element[:] = _joined(part for child in element for part in _unwrapped(child))
    held = {colour: dark for colour, dark in DARK.items() if colour in drawn}
    plain = ";".join(f"{VARIABLES[colour]}:{colour}" for colour in held)
    dark = ";".join(f"{VARIABLES[colour]}:{shade}" for colour, shade in held.items())
    style = ElementTree.Element(f"{SVG}style")
    style.text = (
        f":root{{{plain}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"
        "*{stroke-linejoin:round}text{font-family:system-ui,Arial,sans-serif}"
    )
    style.text += _edged(held) + _classes(root)
    root.insert(0, style)
    ElementTree.register_namespace("", SVG[1:-1])
    written = ElementTree.tostring(root, encoding="unicode").replace(" />", "/>")
    return re.sub("<[^>']+>", lambda tag: tag[0].replace('"', "'"), written)  # which need no escape in an address


def _joined(parts: Iterable[ElementTree.Element]) -> list[ElementTree.Element]:
    """Lines that follow each other and look alike as one."""
    kept: list[ElementTree.Element] = []
    for part in parts:
        look = {name: value for name, value in part.attrib.items() if name != "d"}
        before = {name: value for name, value in kept[-1].attrib.items() if name != "d"} if kept else {}
        if part.tag == f"{SVG}path" and look == before and look.get("style", "").startswith("fill:none"):
            kept[-1].attrib["d"] += part.attrib["d"]
        else:
            kept.append(part)
    return kept


def _classes(root: ElementTree.Element) -> str:
    """Styles that many elements have, as rules of a sheet, to which the elements then refer."""
    styles = Counter(element.attrib.get("style", "") for element in root.iter())
    many = [style for style, times in styles.items() if style and times > OFTEN]
    names = {style: f"s{number}" for number, style in enumerate(many)}
    for element in root.iter():
        if name := names.get(element.attrib.get("style", "")):
            del element.attrib["style"]
            element.attrib["class"] = name
    return "".join(f".{name}{{{style}}}" for style, name in names.items())


def _edged(colours: Container[str]) -> str:
    """The rule that sets the words of a map apart from what is under them, by an edge in the paper's colour."""
    if NAME not in colours or PAPER not in colours:
        return ""
    return f"text{{paint-order:stroke;stroke:var({VARIABLES[PAPER]});stroke-width:.25em}}"


def _attributes(attributes: dict[str, str], used: set[str]) -> dict[str, str]:
    kept = {name.rpartition("}")[2]: _value(value) for name, value in attributes.items()}
    idle = kept.get("id") not in used
    level = kept.get("transform", "").startswith("rotate(-0")
    dropped = {"clip-path", "id" if idle else "", "transform" if level else ""}
    return {name: value for name, value in kept.items() if name not in dropped}


def _value(value: str) -> str:
    """Numbers to one decimal, no list of fonts, colours as variables, no idle spaces."""
    value = re.sub(r"font-family: [^;]*;? ?", "", value)
    value = re.sub(r"-?\d+\.\d{2,}", lambda m: f"{float(m[0]):.1f}".removesuffix(".0"), value)
    value = re.sub(r"\s*([MLCQzZ])\s*", r"\1", value) if value.startswith("M ") else value
    value = _moves(value) if value.startswith("M") and re.fullmatch(r"[MLz\d .-]+", value) else value
    for colour, variable in VARIABLES.items():
        value = value.replace(colour, f"var({variable})")
    return value.replace("; ", ";").replace(": ", ":").strip()


def _moves(path: str) -> str:
    """A path of straight lines with each point as the move from the one before, which is shorter."""
    written = []
    for line in path.split("M")[1:]:
        points = [[round(10 * float(n)) for n in point.split()] for point in line.rstrip("z").split("L")]
        steps = [n - before for a, b in pairwise(points) for before, n in zip(a, b, strict=True)]
        numbers = [f"{n / 10:g}".replace("0.", ".", abs(n) < 10) for n in steps]
        moves = "".join(n if n[0] == "-" or not at else f",{n}" for at, n in enumerate(numbers))
        start = line.rstrip("z").partition("L")[0].replace(" ", ",")
        written.append(f"M{start}{'l' * bool(moves)}{moves}{'z' * line.endswith('z')}")
    return "".join(written)


def _unwrapped(child: ElementTree.Element) -> list[ElementTree.Element]:
    """A group that only groups gives way to what it holds; metadata, styles, clips and unpainted paths go."""
    name = child.tag.removeprefix(SVG)
    empty = name == "defs" and not len(child)
    if name in ("metadata", "style", "clipPath") or empty or child.attrib.get("style") == "fill:none":
        return []
    if name == "g" and not child.attrib:
        return [part for inner in child for part in _unwrapped(inner)]
    return [child]
