"""Charts of places beside each other against what is expected of them, and of a difference with its
interval.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from saferplymouth.display.drawing import (
    ACCENT,
    BAND,
    FAINT,
    GOOD,
    GREY,
    INK,
    NARROW,
    PAPER,
    TARGET,
    WIDE,
    Chart,
    breadth,
    furnish,
    label,
    shortened,
)
from saferplymouth.indicators.words import capital, exactly, rate

LOOKS = {"above": ("^", TARGET), "in line": ("o", INK), "below": ("v", GOOD)}
ROW, LINE, FOOT = 17.5, 15.0, 19.0  # points: a place, a line of the key, the scale below
MARK, SHAPE, BAR = (
    14.0,
    9.5,
    7.3,
)  # points: the room for a shape in the key, a shape, the height of a bar


def spread_chart(
    frame: pd.DataFrame,
    subtitle: str,
    alt: str,
    *,
    level: float,
    level_name: str,
    own: str | None = None,
    digits: int = 1,
    limits: str = "Expected range",
) -> Chart:
    """A row for each place: the limits it is expected within as a bar, its value as a shape that
    says where it lies.

    `frame` has the places' names as its index and the columns `value`, `low`, `high` and `position`
    ("above", "in line" or "below"; nothing where there is no value). The highest comes first.
    `level` is the group's, named `level_name`; the place `own` is in bold; values are written with
    `digits` decimals. Raises `ValueError` for a position of another name.
    """
    known = frame["position"].dropna()
    if not known.isin(list(LOOKS)).all():
        raise ValueError(f"a position is one of {', '.join(LOOKS)}")
    data = frame.rename_axis("place").reset_index().assign(own=frame.index == own)
    data = data.sort_values(["value", "place"], ascending=[False, True], ignore_index=True)

    marks = [
        (capital(position), look) for position, look in LOOKS.items() if position in set(known)
    ]
    keys = {width: _key(marks, limits, width * 72) for width in (WIDE[0], NARROW[0])}

    def draw(axes: Axes, data: pd.DataFrame, narrow: bool) -> None:
        key = keys[NARROW[0] if narrow else WIDE[0]]
        _draw_key(axes, key)
        _draw_spread(
            axes, data, narrow, (level, f"{level_name} {rate(level, digits)}"), digits, _head(key)
        )

    sizes = [
        (width, round((_head(key) + len(data) * ROW + FOOT) / 72, 2)) for width, key in keys.items()
    ]
    return Chart(data, subtitle, alt, draw, *sizes)


def _key(marks: list[tuple], limits: str, width: float) -> list[tuple]:
    """Where each shape, the bar and their words stand, in points from the top left: a line more
    where there is no room.

    Each is x, y, how far the words are to the right of x, the words and the look of the shape.
    """
    placed, x, y = [], 0.0, LINE / 2
    for words, look in [*marks, (limits, None)]:
        before = MARK if look else 2 * MARK
        wide = before + breadth(words)
        x, y = (x, y) if x + wide <= width else (0.0, y + LINE)
        placed.append((x, y, before, words, look))
        x += wide + MARK
    return placed


def _head(key: list[tuple]) -> float:
    """How high the key and the level's name are above the rows, in points."""
    return key[-1][1] + 2 * LINE


def _draw_spread(
    axes: Axes, data: pd.DataFrame, narrow: bool, level: tuple[float, str], digits: int, head: float
) -> None:
    width, height = axes.figure.get_size_inches() * 72
    weights, room = (
        ["bold" if own else "normal" for own in data["own"]],
        width * (0.5 if narrow else 0.45),
    )
    names = [
        shortened(name, room, weight=weight)
        for name, weight in zip(data["place"], weights, strict=True)
    ]
    values = ["–" if v != v else rate(v, digits) for v in data["value"]]
    left = max(breadth(n, weight=w) for n, w in zip(names, weights, strict=True)) + 10
    right = max(breadth(v, weight="bold") for v in values) + 10
    across = width - left - right
    axes.set_position(
        [left / width, FOOT / height, across / width, (height - head - FOOT) / height]
    )
    axes.set_xlim(*_scale(data, level[0]))
    axes.set_ylim(len(data) - 0.5, -0.5)
    _rows(axes, data)
    at = axes.get_yaxis_transform()
    for place, (name, value, weight) in enumerate(zip(names, values, weights, strict=True)):
        axes.text(-left / across, place, name, transform=at, va="center", color=INK, weight=weight)
        axes.text(
            1 + right / across,
            place,
            value,
            transform=at,
            va="center",
            ha="right",
            color=INK,
            weight=weight,
        )
    _level(axes, level, across)


def _scale(data: pd.DataFrame, level: float) -> tuple[float, float]:
    """From nought, unless every figure is far from it."""
    figures = data[["value", "low", "high"]].stack()
    low, high = min(figures.min(), level), max(figures.max(), level)
    low = 0 if 0 <= low < 0.5 * high else low - (high - low) * 0.05
    return low, high + (high - low) * 0.05


def _rows(axes: Axes, data: pd.DataFrame) -> None:
    axes.hlines(range(len(data)), *axes.get_xlim(), color=FAINT, linewidth=0.8, zorder=1)
    axes.hlines(data.index, data["low"], data["high"], color=BAND, linewidth=BAR, zorder=2)
    for position, (shape, colour) in LOOKS.items():
        chosen = data[(data["position"] == position) & data["value"].notna()]
        axes.plot(
            chosen["value"],
            chosen.index,
            shape,
            color=colour,
            markersize=SHAPE,
            markeredgecolor=PAPER,
            zorder=4,
        )
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(lambda value, _: exactly(value))
    axes.tick_params(length=0)
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(False)


def _level(axes: Axes, level: tuple[float, str], across: float) -> None:
    """The group's level as a line with its name above, inside the plot's width where it fits."""
    axes.axvline(level[0], color=INK, linewidth=1, linestyle=(0, (5, 3)), zorder=3)
    low, high = axes.get_xlim()
    at, half = (level[0] - low) / (high - low) * across, breadth(level[1]) / 2
    shift = min(max(at, half), across - half) - at
    axes.annotate(
        level[1],
        (level[0], 1),
        xycoords=axes.get_xaxis_transform(),
        xytext=(shift, 3),
        textcoords="offset points",
        ha="center",
        color=INK,
        annotation_clip=False,
    )


def _draw_key(axes: Axes, key: list[tuple]) -> None:
    figure = axes.figure
    height, on_page = (
        figure.get_figheight() * 72,
        {"transform": figure.dpi_scale_trans, "clip_on": False},
    )
    for x, down, before, words, look in key:
        y = height - down
        if look:
            axes.plot(
                [(x + 5) / 72], [y / 72], look[0], color=look[1], markersize=SHAPE - 1, **on_page
            )
        else:
            corner, size = (x / 72, (y - BAR / 2) / 72), (1.6 * MARK / 72, BAR / 72)
            axes.add_artist(Rectangle(corner, *size, color=BAND, linewidth=0, **on_page))
        axes.text(
            (x + before) / 72,
            y / 72,
            words,
            transform=figure.dpi_scale_trans,
            va="center",
            color=INK,
        )


def interval_chart(
    frame: pd.DataFrame,
    subtitle: str,
    alt: str,
    *,
    name: str = "Gap",
    zero: str = "No gap",
    digits: int = 1,
) -> Chart:
    """A monthly series with its 95% interval as a band, and a line at nought called `zero`.

    `frame` has months as its index and the columns `value`, `low` and `high`, and at least one
    month with figures; a month without is a break. The last value is written with `digits` decimals
    beside its `name`.
    """
    data = frame.reindex(pd.period_range(frame.index.min(), frame.index.max(), freq="M"))

    def draw(axes: Axes, data: pd.DataFrame, narrow: bool) -> None:
        _draw_interval(axes, data, narrow, name, zero, digits)

    return Chart(data, subtitle, alt, draw)


def _draw_interval(
    axes: Axes, data: pd.DataFrame, narrow: bool, name: str, zero: str, digits: int
) -> None:
    count = len(data)
    places = pd.Series(range(count), data.index)
    axes.fill_between(places, data["low"], data["high"], color=FAINT, linewidth=0, zorder=1)
    for limit in ("low", "high"):
        axes.plot(places, data[limit], color=GREY, linewidth=0.8, zorder=2)
    axes.plot(
        places, data["value"], color=ACCENT, linewidth=2.8, marker="o", markersize=4.5, zorder=4
    )
    alone = data["value"].notna() & data["value"].shift().isna() & data["value"].shift(-1).isna()
    axes.vlines(
        places[alone], data["low"][alone], data["high"][alone], color=GREY, linewidth=1.4, zorder=2
    )
    axes.plot([-0.5, count - 1], [0, 0], color=INK, linewidth=1, zorder=3)
    every = max(1, -(-count // (3 if narrow else 6)))
    ticks = list(range(0, count, every))
    low, high = min(data["low"].min(), 0), max(data["high"].max(), 0)
    axes.set_ylim(low - (high - low) * 0.08, high + (high - low) * 0.08)
    furnish(axes, ticks, [data.index[t].strftime("%b %y") for t in ticks], count)
    axes.tick_params(axis="x", pad=7)
    _interval_labels(axes, data, name, zero, digits)


def _interval_labels(axes: Axes, data: pd.DataFrame, name: str, zero: str, digits: int) -> None:
    """Names the series, its band and nought at the right, pushed apart where they would touch."""
    low, high = axes.get_ylim()
    known = data[["value", "low", "high"]].dropna()
    last, end = known.iloc[-1], data.index.get_loc(known.index[-1])
    words = [
        (0.0, len(data) - 1, zero, INK, "normal"),
        (last["value"], end, f"{name} {rate(last['value'], digits)}", ACCENT, "bold"),
        (last["high"], end, "95% interval", INK, "normal"),
    ]
    gap, taken = (high - low) / 14, low
    for height, place, text, colour, weight in sorted(words):
        taken = max(height, taken + gap)
        label(axes, text, place, taken, colour, weight)
