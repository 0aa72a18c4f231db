"""How every chart is drawn: light SVG with text as text, wide and narrow, in colours that follow light and dark."""

import html
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote
from xml.etree import ElementTree

import matplotlib.style
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

ACCENT, GREY, TARGET, INK, FAINT, GOOD = "#12436d", "#767676", "#801650", "#0b0c0c", "#d8dadb", "#0f6b5f"
DARK = {ACCENT: "#86b6e8", GREY: "#a3a7aa", TARGET: "#e394bd", INK: "#f1f1f1", FAINT: "#3d4144", GOOD: "#6fd3c3"}
WIDE, NARROW, SPARK = (7.6, 3.5), (3.7, 3.5), (1.5, 0.4)
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

    `draw(axes, data, narrow)` draws it.
    """

    data: pd.DataFrame
    subtitle: str
    alt: str
    draw: Callable[[Axes, pd.DataFrame, bool], None]

    @property
    def html(self) -> str:
        """A figure whose picture is narrow on a phone."""
        wide, narrow = (image(self.draw, self.data, size) for size in (WIDE, NARROW))
        return (
            f"<figure><figcaption>{html.escape(self.subtitle)}</figcaption>"
            f'<picture><source media="(max-width: 40em)" srcset="{narrow}" width="370" height="350">'
            f'<img src="{wide}" width="760" height="350" alt="{html.escape(self.alt)}"></picture></figure>'
        )


def image(draw: Callable, data: pd.DataFrame, size: tuple[float, float]) -> str:
    """The drawing as the address of an image that loads nothing: the same bytes each time."""
    with matplotlib.style.context(["default", STYLE]):
        figure = Figure(figsize=size)
        draw(figure.add_axes(_margins(size)), data, size == NARROW)
        written = io.StringIO()
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return "data:image/svg+xml," + quote(light(written.getvalue()), safe="='()/:;,.-+!*@[]{}|~?&$")


def furnish(axes: Axes, places: list[int], names: list[str], count: int) -> None:
    """What every chart with axes has: named places along `count` periods, faint lines across, thousands separated."""
    axes.set_xticks(places, names)
    axes.set_xlim(-0.5, count - 0.5)
    axes.yaxis.set_major_locator(MaxNLocator("auto", integer=True, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.grid(axis="y", color=FAINT, linewidth=0.8)
    axes.tick_params(length=0)
    axes.set_axisbelow(True)


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
        element[:] = [part for child in element for part in _unwrapped(child)]
    plain, dark = (";".join(f"--c{n}:{colour}" for n, colour in enumerate(set_)) for set_ in (DARK, DARK.values()))
    style = ElementTree.Element(f"{SVG}style")
    style.text = (
        f":root{{{plain}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"
        "*{stroke-linejoin:round}text{font-family:system-ui,Arial,sans-serif}"
    )
    root.insert(0, style)
    ElementTree.register_namespace("", SVG[1:-1])
    return ElementTree.tostring(root, encoding="unicode").replace(" />", "/>")


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
    for n, colour in enumerate(DARK):
        value = value.replace(colour, f"var(--c{n})")
    return value.replace("; ", ";").replace(": ", ":").strip()


def _unwrapped(child: ElementTree.Element) -> list[ElementTree.Element]:
    """A group that only groups gives way to what it holds; metadata, styles, clips and unpainted paths go."""
    name = child.tag.removeprefix(SVG)
    empty = name == "defs" and not len(child)
    if name in ("metadata", "style", "clipPath") or empty or child.attrib.get("style") == "fill:none":
        return []
    if name == "g" and not child.attrib:
        return [part for inner in child for part in _unwrapped(inner)]
    return [child]
