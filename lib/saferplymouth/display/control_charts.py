"""Draws the control chart of an indicator: limits, average, and signals told apart by shape."""

from functools import partial

import pandas as pd

from saferplymouth import periods
from saferplymouth.display.drawing import (
    ACCENT,
    GOOD,
    GREY,
    INK,
    TARGET,
    Chart,
    furnish,
    label,
    month_ticks,
)
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.words import bare, capital, quantity, subject
from saferplymouth.statistics import control_charts

LOOKS = {
    True: ("D", GOOD, "diamonds mark favourable months"),
    False: ("s", TARGET, "squares mark unfavourable months"),
    None: ("^", ACCENT, "triangles mark unusual months that are not judged"),
}
LIMIT = {"color": INK, "linewidth": 1, "linestyle": (0, (5, 3))}
LABELS = {"lower_drawn": "Limit", "mean": "Average", "upper_drawn": "Limit", "target": "Target"}


def control_chart(
    e: Evidence, headline: str, sentences: list[str], since: pd.Period | None = None
) -> Chart:
    """Every month received, or those from `since` on, with the limits of usual variation.

    `headline` and `sentences` say what it shows.
    """
    drawn, latest, unit = e.control.loc[since:], e.control.iloc[-1], e.indicator.scale
    months = f"{periods.words(drawn.index[0])} to {periods.words(drawn.index[-1])}"
    subtitle = f"{subject(e.indicator)} each month, {months}"
    subtitle += f". The average and limits are based on {_baseline(e.control)}."
    used = [meaning for way, (_, _, meaning) in LOOKS.items() if _signals(drawn, way).any()]
    subtitle += f" {capital(' and '.join(used))}." if used else ""
    mean, low, high = (
        quantity(latest[name], unit) for name in ("mean", "lower_drawn", "upper_drawn")
    )
    alt = (
        f"{headline}. Control chart. {' '.join(sentences)} Average {mean}, limits {low} to {high}."
    )
    return Chart(drawn, subtitle, alt, partial(_draw, unit))


def _baseline(frame: pd.DataFrame) -> str:
    """The months that the latest limits are based on: the first twelve with a figure."""
    phase = frame[(frame["phase"] == frame["phase"].iloc[-1]) & frame["value"].notna()]
    return periods.words(phase.index[0], phase.index[: control_charts.BASELINE][-1])


def _signals(frame: pd.DataFrame, way: bool | None) -> pd.Series:
    judged = frame["improving"].isna() if way is None else frame["improving"].eq(way)
    return frame["signal"] & judged & frame["value"].notna()


def _draw(unit: str, axes, frame: pd.DataFrame, narrow: bool) -> None:
    places, values = pd.Series(range(len(frame)), frame.index), frame["value"]
    axes.plot(places, values, color=GREY, linewidth=1.4, zorder=2)
    plain = values.notna() & ~frame["signal"]
    axes.plot(places[plain], values[plain], "o", color=GREY, markersize=4, zorder=3)
    for way, (shape, colour, _) in LOOKS.items():
        chosen = _signals(frame, way)
        if chosen.any():
            look = {"color": colour, "markersize": 6.5, "zorder": 4}
            axes.plot(places[chosen], values[chosen], shape, **look)
    for phase, part in frame.groupby("phase"):
        start, ends = places[part.index[0]], part.iloc[[0, -1]]
        if phase:
            axes.axvline(start - 0.5, color=GREY, linewidth=1, linestyle=(0, (1, 2)))
            label(axes, "New baseline", start - 0.6, 0.98 * max(frame["upper_drawn"]), GREY)
        axes.plot(places[ends.index], ends["mean"], color=INK, linewidth=1)
        for limit in ("lower_drawn", "upper_drawn"):
            axes.plot(places[ends.index], ends[limit], **LIMIT)
    if frame["target"].notna().any():
        axes.plot(places, frame["target"], color=TARGET, linewidth=1.4, linestyle=(0, (1, 1.5)))
    _label_lines(axes, frame, unit)
    every = max(1, len(frame) // (3 if narrow else 6))
    furnish(axes, *month_ticks(frame.index, every), len(frame))


def _label_lines(axes, frame: pd.DataFrame, unit: str) -> None:
    latest, end = frame.iloc[-1], len(frame) - 1
    top = frame[["value", "upper_drawn"]].max(axis=None)
    lowest = frame[["value", "lower_drawn"]].min(axis=None)
    floor = max(0, lowest - top / 8) if lowest >= 0 else lowest - ((top - lowest) / 8 or 1)
    axes.set_ylim(floor, top + (top - floor) / 10)
    gap, taken = (top - floor) / 13, floor - (top - floor)
    known = [(latest[column], name) for column, name in LABELS.items() if pd.notna(latest[column])]
    for value, name in sorted(known):
        taken = max(value, taken + gap)
        label(axes, f"{name} {bare(value, unit)}", end, taken, TARGET if name == "Target" else INK)
