"""Draws charts of places with their expected figures, and of a difference with its interval."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from saferplymouth import periods
from saferplymouth.display import drawing
from saferplymouth.display.drawing import (
    ACCENT,
    BAND,
    FAINT,
    GOOD,
    GREY,
    INK,
    PAPER,
    TARGET,
    Chart,
    breadth,
    folded,
    furnish,
    label,
    month_ticks,
)
from saferplymouth.indicators.words import between, capital, exactly, inner, rate
from saferplymouth.statistics.funnels import middle_half

DOT = ("o", INK)
LOOKS = {"above": ("^", TARGET), "in line": DOT, "below": ("v", GOOD), "": DOT}
ROW, LINE, FOOT = 17.5, 15.0, 19.0  # points: a place, a line of the key, the scale below
SMALL, SPACED = 9.5, 11.2  # points: the letters of a name in several lines, and one of its lines
MARK, SHAPE, BAR = (
    14.0,
    9.5,
    7.3,
)  # points: the room for a shape in the key, a shape, a bar's height
WEIGHTS = {True: "bold", False: "normal"}
DASHED = (0, (5, 3))
INTERVAL = "95% confidence interval"
FARTHEST = 2.0  # times the highest value: limits beyond are cut off


def spread_chart(
    frame: pd.DataFrame,
    title: str,
    subtitle: str,
    alt: str,
    *,
    level: float,
    level_name: str,
    own: str | None = None,
    limits: str = "Expected range",
    first: Sequence[str] = (),
    headings: tuple[str, str] = ("", ""),
) -> Chart:
    """A row for each place: the limits it is expected within as a bar, its value as a shape that
    says where it lies.

    `frame` has the places' names as its index and the columns `value`, `low`, `high` and `position`
    ("above", "in line" or "below"; nothing where there is no value). Where no place has limits, a
    band is the middle half of the values, if there are enough. The highest comes first; with places
    to come `first`, they and the others have `headings`. `level` is the group's, named
    `level_name`; the place `own` is in bold. Raises `ValueError` for a position of another name.
    """
    known = set(frame["position"].dropna())
    if not known <= LOOKS.keys():
        raise ValueError(f"a position is one of {', '.join(LOOKS)}")
    half = middle_half(frame["value"]) if frame["low"].isna().all() else None
    data = frame.rename_axis("place").reset_index().assign(own=frame.index == own, heading=False)
    data = data.sort_values(["value", "place"], ascending=[False, True], ignore_index=True)
    data = _grouped(data, first, headings) if first else data
    marks = [(capital(place), LOOKS[place]) for place in LOOKS if place and place in known]
    if half or frame["low"].notna().any():
        words = f"Middle half: {between(*half)}" if half else capital(limits)
        marks.append((words, FAINT if half else BAND))
    sizes, keys = [], {}
    for width, _ in (drawing.WIDE, drawing.NARROW):
        keys[width] = _key(marks, width * 72)
        height = _head(keys[width]) + len(data) * _names(data, width)[1] + FOOT
        sizes.append((width, round(height / 72, 2)))
    named_level = (level, f"{level_name} {rate(level)}")
    draw = partial(_draw_spread, level=named_level, keys=keys, half=half)
    said = data.drop(columns="place").rename(index=data["place"])
    told = tuple(_with_ends(said, inner(limits)))
    return Chart(data, title, subtitle, alt, draw, *sizes, points=told, rows=True, kind="spread")


def _grouped(data: pd.DataFrame, first: Sequence[str], headings: tuple[str, str]) -> pd.DataFrame:
    """The rows of the places that come first, then the others, each under a heading."""
    foremost, parts = data["place"].isin(first), []
    for heading, rows in zip(headings, (data[foremost], data[~foremost]), strict=True):
        head = pd.DataFrame({"place": [heading], "position": "", "own": True, "heading": True})
        parts += [head, rows] if len(rows) else []
    return pd.concat(parts, ignore_index=True)


def _names(data: pd.DataFrame, inches: float) -> tuple[list[str], float]:
    """The names of the rows, whole, in as many lines as they need; how high each row is."""
    room = inches * 72 * (0.5 if inches == drawing.NARROW[0] else 0.45)
    names = [
        row.place if row.heading else folded(row.place, room, weight=WEIGHTS[row.own])
        for row in data.itertuples()
    ]
    return names, max(ROW, SPACED * (1 + max(name.count("\n") for name in names)) + 3)


def _with_ends(frame: pd.DataFrame, name: str) -> Iterator[str]:
    """What stands at each place: `Exeter: 5.6 (usual range 4.4 to 6.6)`."""
    for row in frame.itertuples():
        ends = "" if pd.isna(row.low) else f" ({name} {between(row.low, row.high)})"
        yield "" if pd.isna(row.value) else f"{row.Index}: {rate(row.value)}{ends}"


class _Entry(NamedTuple):
    """An entry of the key, in points from the top left: a shape and its colour, or the colour of a
    bar. Its words are `indent` from it.
    """

    x: float
    y: float
    indent: float
    words: str
    look: tuple[str, str] | str


def _key(marks: list[tuple], width: float) -> list[_Entry]:
    """Where each shape and the bar stand: a line more where there is no room."""
    entries, x, y = [], 0.0, LINE / 2
    for words, look in marks:
        indent = 2 * MARK if isinstance(look, str) else MARK
        wide = indent + breadth(words)
        if x + wide > width:
            x, y = 0.0, y + LINE
        entries.append(_Entry(x, y, indent, words, look))
        x += wide + MARK
    return entries


def _head(key: list[_Entry]) -> float:
    """How high the key and the level's name are above the rows, in points."""
    return (key[-1].y if key else -LINE / 2) + 2 * LINE


def _draw_spread(
    axes: Axes,
    data: pd.DataFrame,
    narrow: bool,
    level: tuple[float, str],
    keys: dict,
    half: tuple[float, float] | None,
) -> None:
    key = keys[(drawing.NARROW if narrow else drawing.WIDE)[0]]
    _draw_key(axes, key)
    width, height = axes.figure.get_size_inches() * 72
    names, _ = _names(data, width / 72)
    values = ["–" if value != value else rate(value) for value in data["value"]]
    broad = [
        max(breadth(line, _size(name), WEIGHTS[row.own]) for line in name.split("\n"))
        for name, row in zip(names, data.itertuples(), strict=True)
        if not row.heading
    ]
    left, right = max(broad) + 10, max(breadth(value, weight="bold") for value in values) + 10
    across = width - left - right
    high = height - _head(key) - FOOT
    axes.set_position([left / width, FOOT / height, across / width, high / height])
    axes.set_xlim(*_ends(data, level[0]))
    axes.set_ylim(len(data) - 0.5, -0.5)
    if half:
        axes.axvspan(*half, color=FAINT, linewidth=0, zorder=0)
    _draw_rows(axes, data)
    look = {"transform": axes.get_yaxis_transform(), "va": "center", "color": INK}
    for row in data.itertuples():
        name, weight = names[row.Index], WEIGHTS[row.own]
        place = {"size": _size(name), "linespacing": 1.0, "weight": weight}
        axes.text(-left / across, row.Index, name, **place, **look)
        if not row.heading:
            words = values[row.Index]
            axes.text(1 + right / across, row.Index, words, ha="right", weight=weight, **look)
    _draw_level(axes, *level, across)


def _size(name: str) -> float:
    """The letters of a name: smaller in several lines."""
    return SMALL if "\n" in name else drawing.STYLE["font.size"]


def _ends(data: pd.DataFrame, level: float) -> tuple[float, float]:
    """From nought to the end of the limits, if that is not far beyond every value."""
    most = max(data["value"].max(), level)
    return 0, 1.05 * max(most, min(data["high"].max(), FARTHEST * most))


def _draw_rows(axes: Axes, data: pd.DataFrame) -> None:
    rows = data.index[~data["heading"]]
    axes.hlines(rows, *axes.get_xlim(), color=FAINT, linewidth=0.8, zorder=1)
    limits = data[data["low"].notna()]
    ends = limits["high"].clip(upper=axes.get_xlim()[1])
    if len(limits):
        axes.hlines(limits.index, limits["low"], ends, color=BAND, linewidth=BAR, zorder=2)
    look = {"markersize": SHAPE, "markeredgecolor": PAPER, "zorder": 4}
    for position, (shape, colour) in LOOKS.items():
        chosen = data[(data["position"] == position) & data["value"].notna()]
        if len(chosen):
            axes.plot(chosen["value"], chosen.index, shape, color=colour, **look)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(lambda value, _: exactly(value))
    axes.tick_params(length=0)
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(False)


def _draw_level(axes: Axes, level: float, name: str, across: float) -> None:
    """The group's level as a line with its name above, inside the plot's width where it fits."""
    axes.axvline(level, color=INK, linewidth=1, linestyle=DASHED, zorder=3)
    low, high = axes.get_xlim()
    at, half = (level - low) / (high - low) * across, breadth(name) / 2
    shift = min(max(at, half), across - half) - at
    look = {"ha": "center", "color": INK, "annotation_clip": False}
    place = {"xycoords": axes.get_xaxis_transform(), "textcoords": "offset points"}
    axes.annotate(name, (level, 1), (shift, 3), **place, **look)


def _draw_key(axes: Axes, key: list[_Entry]) -> None:
    height, points = axes.figure.get_figheight() * 72, axes.figure.dpi_scale_trans
    for x, down, indent, words, look in key:
        y = height - down
        if isinstance(look, str):
            corner, size = (x / 72, (y - BAR / 2) / 72), (1.6 * MARK / 72, BAR / 72)
            bar = {"color": look, "linewidth": 0, "clip_on": False}
            axes.add_artist(Rectangle(corner, *size, transform=points, **bar))
        else:
            shape = {"color": look[1], "markersize": SHAPE - 1, "clip_on": False}
            axes.plot([(x + 5) / 72], [y / 72], look[0], transform=points, **shape)
        at = ((x + indent) / 72, y / 72)
        axes.text(*at, words, transform=points, va="center", color=INK)


def interval_chart(frame: pd.DataFrame, title: str, subtitle: str, alt: str) -> Chart:
    """The gap, month by month, with its 95% confidence interval as a band and a line where none.

    `frame` has months as its index and the columns `value`, `low` and `high`, and at least one
    month with figures; a month without is a break.
    """
    months = pd.period_range(frame.index.min(), frame.index.max(), freq="M")
    shown = frame.reindex(months)
    told = tuple(_with_ends(shown.set_axis(map(periods.words, months)), INTERVAL))
    return Chart(shown, title, subtitle, alt, _draw_interval, points=told)


def _draw_interval(axes: Axes, data: pd.DataFrame, narrow: bool) -> None:
    count, value = len(data), data["value"]
    places = pd.Series(range(count), data.index)
    axes.fill_between(places, data["low"], data["high"], color=FAINT, linewidth=0, zorder=1)
    for limit in ("low", "high"):
        axes.plot(places, data[limit], color=GREY, linewidth=0.8, zorder=2)
    axes.plot(places, value, color=ACCENT, linewidth=2.8, marker="o", markersize=4.5, zorder=4)
    alone = value.notna() & value.shift().isna() & value.shift(-1).isna()
    ends = (data[limit][alone] for limit in ("low", "high"))
    axes.vlines(places[alone], *ends, color=GREY, linewidth=1.4, zorder=2)
    axes.plot([-0.5, count - 1], [0, 0], color=INK, linewidth=1, zorder=3)
    low, high = min(data["low"].min(), 0), max(data["high"].max(), 0)
    axes.set_ylim(low - (high - low) * 0.08, high + (high - low) * 0.08)
    every = max(1, -(-count // (3 if narrow else 6)))
    furnish(axes, *month_ticks(data.index, every), count)
    axes.tick_params(axis="x", pad=7)
    _label_interval(axes, data)


def _label_interval(axes: Axes, data: pd.DataFrame) -> None:
    """Names the gap, its band and nought at the right, pushed apart where they would touch."""
    low, high = axes.get_ylim()
    known = data[["value", "low", "high"]].dropna()
    last, end = known.iloc[-1], data.index.get_loc(known.index[-1])
    words = [
        (0.0, len(data) - 1, "No gap", INK, "normal"),
        (last["value"], end, f"Gap {rate(last['value'])}", ACCENT, "bold"),
        (last["high"], end, "Interval", INK, "normal"),
    ]
    gap, taken = (high - low) / 14, low
    for height, place, text, colour, weight in sorted(words):
        taken = max(height, taken + gap)
        label(axes, text, place, taken, colour, weight)


def tenths_chart(frame: pd.DataFrame, title: str, subtitle: str, alt: str) -> Chart:
    """The rate in each tenth of an index, from the most to the least deprived, with its interval.

    `frame` has tenths (1 to 10) as its index and the columns `rate`, `low` and `high`.
    """
    data = frame[["rate", "low", "high"]]
    said = data.rename(columns={"rate": "value"}, index="Tenth {}".format)
    told = dict(zip(data.index, _with_ends(said, INTERVAL), strict=True))
    points = tuple(told.get(tenth, "") for tenth in range(1, 11))
    return Chart(data, title, subtitle, alt, _draw_tenths, points=points)


def _draw_tenths(axes: Axes, data: pd.DataFrame, narrow: bool) -> None:
    places = data.index - 1
    axes.vlines(places, data["low"], data["high"], color=BAND, linewidth=BAR, zorder=2)
    axes.plot(places, data["rate"], "o", color=ACCENT, markersize=SHAPE, markeredgecolor=PAPER)
    axes.set_ylim(0, data["high"].max() * 1.08)
    furnish(axes, [*range(10)], ["1\nMost", *map(str, range(2, 10)), "10\nLeast"], 10)
