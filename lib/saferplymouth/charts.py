"""Numbers to charts: light SVG with text as text, drawn wide and narrow, with the words that say what it shows."""

import html
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import matplotlib as mpl
import matplotlib.style
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from saferplymouth.findings import number
from saferplymouth.measures import Year

mpl.use("svg")

ACCENT, GREY, TARGET, INK, FAINT = "#12436d", "#767676", "#801650", "#0b0c0c", "#d8dadb"
DARK = {ACCENT: "#86b6e8", GREY: "#a3a7aa", TARGET: "#e394bd", INK: "#f1f1f1", FAINT: "#3d4144"}
WIDE, NARROW = (7.6, 3.5), (3.7, 3.5)
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "edition",
    "font.size": 10.5,
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.color": INK,
    "path.simplify": True,
}


@dataclass(frozen=True)
class Chart:
    """A drawing of `data` and its words: `subtitle` says what is plotted, `alt` what it shows."""

    data: pd.DataFrame
    subtitle: str
    alt: str
    draw: Callable

    @property
    def html(self) -> str:
        wide, narrow = (_image(svg(self.draw, self.data, size)) for size in (WIDE, NARROW))
        return (
            f"<figure><figcaption>{html.escape(self.subtitle)}</figcaption>"
            f'<picture><source media="(max-width: 40em)" srcset="{narrow}" width="370" height="350">'
            f'<img src="{wide}" width="760" height="350" alt="{html.escape(self.alt)}"></picture></figure>'
        )


def year_chart(year: Year, headline: str) -> Chart:
    """This year against last by period, with the target where there is one."""
    frame, indicator = year.frame, year.indicator
    data = pd.DataFrame({year.last_label: frame["last"], year.label: frame["this"]})
    if indicator.unit == "percent":
        data[f"{year.label} to date"] = frame["cumulative"]
        data["Target"] = frame["target"]
    elif frame["target"].iloc[:-1].notna().any():
        data["Target"] = frame["target"].diff().fillna(frame["target"])
    data = data.dropna(axis="columns", how="all")
    kind = "Percentage" if indicator.unit == "percent" else "Number"
    subtitle = f"{kind} of {indicator.counted} each {indicator.frequency}, {' and '.join(_years(data))}"
    if "Target" in data:
        subtitle += f", with the target for each {indicator.frequency}"
    if _is_share(data) and scale_starts(data):
        subtitle += f" (the scale starts at {scale_starts(data)}%)"
    drawn = [column for column in data if column != "Target"]
    described = [_described(data[column], column, indicator.unit) for column in drawn]
    alt = f"{headline}. Line chart. {' '.join(described)} The figures are in the table that follows."
    return Chart(data, subtitle, alt, _draw_year)


def _years(data: pd.DataFrame) -> list[str]:
    return [c for c in reversed(data.columns) if c != "Target" and not c.endswith(" to date")]


def _described(series: pd.Series, label: str, unit: str) -> str:
    known, sign = series.dropna(), "%" if unit == "percent" else ""
    low, high = known.idxmin(), known.idxmax()
    if len(known) == 1 or known[low] == known[high]:
        return f"{label}: {number(known.iloc[-1])}{sign} in {_name(known.index[-1])}."
    extremes = [f"{number(known[at])}{sign} in {_name(at)}" for at in (low, high)]
    return f"{label}: lowest {extremes[0]}, highest {extremes[1]}."


def _name(period: pd.Period) -> str:
    return period.strftime("%B") if period.freqstr == "M" else f"quarter {period.quarter}"


def _short(period: pd.Period) -> str:
    return period.strftime("%b") if period.freqstr == "M" else f"Q{period.quarter}"


def _draw_year(axes, data: pd.DataFrame, narrow: bool) -> None:
    looks = {"Target": (TARGET, 1.6, (0, (4, 3))), data.columns[0]: (GREY, 1.8, "-")}
    main = next(c for c in reversed(data.columns) if c != "Target" and not c.endswith(" to date"))
    looks |= {f"{main} to date": (GREY, 1.8, (0, (1, 1.5))), main: (ACCENT, 2.8, "-")}
    places = range(len(data))
    for column in data:
        colour, width, dashes = looks[column]
        marker = {"marker": "o", "markersize": 4.5} if column == main else {}
        axes.plot(places, data[column], color=colour, linewidth=width, linestyle=dashes, zorder=3, **marker)
    axes.set_ylim(*_limits(data))
    _label_ends(axes, data, {column: look[0] for column, look in looks.items()}, main)
    step = 2 if narrow and len(data) > 6 else 1
    axes.set_xticks(list(places)[::step], [_short(p) for p in data.index[::step]])
    axes.set_xlim(-0.3, len(data) - 0.5)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.grid(axis="y", color=FAINT, linewidth=0.8)
    axes.tick_params(length=0)
    axes.set_axisbelow(True)


def _limits(data: pd.DataFrame) -> tuple[float, float]:
    """Counts stand on nought; percentages on the multiple of ten below the lowest but one."""
    if _is_share(data):
        return scale_starts(data), 103
    return 0, data.max().max() * 1.2 or 1


def _is_share(data: pd.DataFrame) -> bool:
    return bool(data.columns.str.endswith(" to date").any())


def scale_starts(data: pd.DataFrame) -> int:
    """Where the scale of a chart of percentages starts."""
    return max(0, int(data.min().min() // 10 - 1) * 10)


def _label_ends(axes, data: pd.DataFrame, colours: dict[str, str], main: str) -> None:
    """Names each line beside its last point, pushed apart where they would touch."""
    low, high = axes.get_ylim()
    gap, taken = (high - low) / 14, {}
    for value, period, column in sorted((data[c].dropna().iloc[-1], data[c].last_valid_index(), c) for c in data):
        place = data.index.get_loc(period)
        height = taken[place] = max(value, taken.get(place, low) + gap)
        weight = "bold" if column == main else "normal"
        axes.annotate(
            column,
            (place, height),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            color=colours[column],
            weight=weight,
            annotation_clip=False,
        )


def sparkline(series: pd.Series) -> str:
    """A small line of a series as an image without words: the table beside it has them."""
    image = _image(svg(_draw_spark, series.to_frame(), (1.5, 0.4)))
    return f'<img class="spark" src="{image}" width="150" height="40" alt="">'


def _draw_spark(axes, data: pd.DataFrame, narrow: bool) -> None:
    series = data.iloc[:, 0]
    axes.plot(range(len(series)), series, color=GREY, linewidth=1.4)
    if series.notna().any():
        last = series.index.get_loc(series.last_valid_index())
        axes.plot([last], [series.iloc[last]], "o", color=ACCENT, markersize=4.5)
    axes.set_axis_off()
    axes.set_xlim(-1, len(series))


def svg(draw: Callable, data: pd.DataFrame, size: tuple[float, float]) -> str:
    """`draw(axes, data, narrow)` as light SVG: the same bytes each time, and colours that follow light and dark."""
    with mpl.style.context(["default", STYLE]):
        figure = Figure(figsize=size)
        draw(figure.add_axes(_margins(size)), data, size == NARROW)
        written = io.StringIO()
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return _light(written.getvalue())


def _margins(size: tuple[float, float]) -> tuple[float, float, float, float]:
    if size[1] < 1:
        return 0.02, 0.1, 0.96, 0.8
    left, right = 0.5 / size[0], 0.95 / size[0]
    return left, 0.1, 1 - left - right, 0.87


def _light(drawn: str) -> str:
    """matplotlib's SVG without what a browser does not need, and with colours as variables."""
    drawn = drawn[drawn.index("<svg") :]
    for pattern in (r"<metadata>.*?</metadata>", r"<!--.*?-->", r"<style.*?</style>", r' id="(?!p|m)[^"]*"', r"\n\s*"):
        drawn = re.sub(pattern, " " if pattern == r"\n\s*" else "", drawn, flags=re.DOTALL)
    drawn = re.sub(r"(font: (?:bold |700 )?[\d.]+px) [^;\"]*", r"\1 system-ui,Arial,sans-serif", drawn)
    drawn = re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), drawn)
    for n, colour in enumerate(DARK):
        drawn = drawn.replace(colour, f"var(--c{n})")
    light = "".join(f"--c{n}:{colour};" for n, colour in enumerate(DARK))
    dark = "".join(f"--c{n}:{colour};" for n, colour in enumerate(DARK.values()))
    rules = f":root{{{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}*{{stroke-linejoin:round}}"
    return re.sub(r"(<svg[^>]*>)", rf"\1<style>{rules}</style>", drawn, count=1)


def _image(drawn: str) -> str:
    return "data:image/svg+xml," + quote(drawn, safe="='()/:;,.-+!*@[]{}|~?&$")
