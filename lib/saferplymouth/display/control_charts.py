"""The control chart of an indicator, drawn from its frame: limits, average, and signals told apart
by shape.
"""

from functools import partial

import pandas as pd

from saferplymouth import periods
from saferplymouth.display.drawing import ACCENT, GOOD, GREY, INK, TARGET, Chart, furnish, label
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.words import bare, capital, kind_of, quantity
from saferplymouth.statistics import control_charts

LOOKS = {
    True: ("D", GOOD, "diamonds are signals towards the aim"),
    False: ("s", TARGET, "squares are signals against the aim"),
    None: ("^", ACCENT, "triangles are signals, not judged"),
}


def control_chart(
    e: Evidence, headline: str, sentences: list[str], since: pd.Period | None = None
) -> Chart:
    """Every month received, or those from `since` on, against the limits of ordinary variation.

    `headline` and `sentences` say what it shows.
    """
    frame, unit = e.control, e.indicator.scale
    drawn = frame.loc[since:]
    first, last = periods.words(drawn.index[0]), periods.words(drawn.index[-1])
    subtitle = f"{kind_of(e.indicator)} {e.indicator.counted} each month, {first} to {last}"
    subtitle += f", with the average and the limits set by {_baseline(frame)}"
    latest = frame.iloc[-1]
    limits = (
        f"Average {quantity(latest['mean'], unit)}, limits {quantity(latest['lower_drawn'], unit)} "
        f"to {quantity(latest['upper_drawn'], unit)}."
    )
    key = _key(drawn)
    subtitle += f". {key}" if key else ""
    return Chart(
        drawn,
        subtitle,
        f"{headline}. Control chart. {' '.join(sentences)} {limits}",
        partial(_draw, unit),
    )


def _baseline(frame: pd.DataFrame) -> str:
    """The months that the latest limits come from: the first twelve with a figure since they were
    last set.
    """
    phase = frame[(frame["phase"] == frame["phase"].iloc[-1]) & frame["value"].notna()]
    return periods.words(phase.index[0], phase.index[: control_charts.BASELINE][-1])


def _key(frame: pd.DataFrame) -> str:
    used = [meaning for way, (_, _, meaning) in LOOKS.items() if _signals(frame, way).any()]
    return capital("; ".join(used)) + "." if used else ""


def _signals(frame: pd.DataFrame, way: bool | None) -> pd.Series:
    judged = frame["improving"].isna() if way is None else frame["improving"].eq(way)
    return frame["signal"] & judged & frame["value"].notna()


def _draw(unit: str, axes, frame: pd.DataFrame, narrow: bool) -> None:
    places = pd.Series(range(len(frame)), frame.index)
    axes.plot(places, frame["value"], color=GREY, linewidth=1.4, zorder=2)
    plain = frame["value"].notna() & ~frame["signal"]
    axes.plot(places[plain], frame["value"][plain], "o", color=GREY, markersize=4, zorder=3)
    for way, (shape, colour, _) in LOOKS.items():
        chosen = _signals(frame, way)
        if chosen.any():
            axes.plot(
                places[chosen],
                frame["value"][chosen],
                shape,
                color=colour,
                markersize=6.5,
                zorder=4,
            )
    for phase, part in frame.groupby("phase"):
        ends = part.iloc[[0, -1]]
        if phase:
            axes.axvline(
                places[part.index[0]] - 0.5, color=GREY, linewidth=1, linestyle=(0, (1, 2))
            )
            label(
                axes,
                "New baseline",
                places[part.index[0]] - 0.6,
                0.98 * max(frame["upper_drawn"]),
                GREY,
            )
        axes.plot(places[ends.index], ends["mean"], color=INK, linewidth=1)
        for limit in ("lower_drawn", "upper_drawn"):
            axes.plot(
                places[ends.index], ends[limit], color=INK, linewidth=1, linestyle=(0, (5, 3))
            )
    if frame["target"].notna().any():
        axes.plot(places, frame["target"], color=TARGET, linewidth=1.4, linestyle=(0, (1, 1.5)))
    _labels(axes, frame, unit)
    every = max(1, len(frame) // (3 if narrow else 6))
    ticks = list(range(0, len(frame), every))
    furnish(axes, ticks, [frame.index[t].strftime("%b %y") for t in ticks], len(frame))


def _labels(axes, frame: pd.DataFrame, unit: str) -> None:
    latest, end = frame.iloc[-1], len(frame) - 1
    top, lowest = (
        frame[["value", "upper_drawn"]].max(axis=None),
        frame[["value", "lower_drawn"]].min(axis=None),
    )
    floor = max(0, lowest - top / 8) if lowest >= 0 else lowest - ((top - lowest) / 8 or 1)
    axes.set_ylim(floor, top + (top - floor) / 10)
    gap, taken = (top - floor) / 13, floor - (top - floor)
    words = {"lower_drawn": "Limit", "mean": "Average", "upper_drawn": "Limit", "target": "Target"}
    known = sorted(
        (latest[column], name) for column, name in words.items() if latest[column] == latest[column]
    )
    for value, name in known:
        taken = max(value, taken + gap)
        label(axes, f"{name} {bare(value, unit)}", end, taken, TARGET if name == "Target" else INK)
