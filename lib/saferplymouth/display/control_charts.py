"""Draws the control chart of an indicator: limits, average, and signals told apart by shape."""

from functools import partial

import pandas as pd

from saferplymouth import periods
from saferplymouth.display import charts
from saferplymouth.display.drawing import (
    ACCENT,
    GOOD,
    GREY,
    INK,
    PAPER,
    TARGET,
    Chart,
    breadth,
    furnish,
    label,
    month_ticks,
)
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.words import (
    bare,
    capital,
    listed,
    quantity,
    stretches,
    subject,
)
from saferplymouth.statistics import control_charts

LOOKS = {
    True: ("D", GOOD, "diamonds mark favourable months"),
    False: ("s", TARGET, "squares mark unfavourable months"),
    None: ("^", ACCENT, "triangles mark unusual months that are not judged"),
}
LIMIT = {"color": INK, "linewidth": 1, "linestyle": (0, (5, 3))}
LABELS = {"lower_drawn": "Limit", "mean": "Average", "upper_drawn": "Limit", "target": "Target"}
CHANGE = "New baseline"
HOLLOW = {"color": GREY, "markerfacecolor": PAPER, "markersize": 5, "zorder": 4}


def control_chart(
    e: Evidence, headline: str, sentences: list[str], since: pd.Period | None = None
) -> Chart:
    """The last three years, or the periods from `since` on, with the limits of usual variation.

    `headline` and `sentences` say what it shows.
    """
    drawn, unit, every = shown(e, since), e.indicator.scale, e.indicator.frequency
    lowest = charts.near(drawn[["value", "lower_drawn", "upper_drawn"]])
    title = f"{e.indicator.name} each {every}{charts.scale_from(lowest, unit)}"
    subtitle = f"{subject(e.indicator)}, {periods.words(drawn.index[0], drawn.index[-1])}"
    subtitle += f". {_baseline(e)}. "
    used = [meaning for way, (_, _, meaning) in LOOKS.items() if _signals(drawn, way).any()]
    subtitle += f"{capital(' and '.join(used))}. " if used else ""
    out = left_out(drawn)
    subtitle += f"{capital(every)}s left out: {out}." if out else ""
    (mean, name), *limits = _latest(e.control, _labels(e), ["mean", "lower_drawn", "upper_drawn"])
    low, high = (quantity(value, unit) for value, _ in limits)
    alt = f"{headline}. Control chart. {' '.join(sentences)}"
    alt += f" {name} {quantity(mean, unit)}, limits {low} to {high}."
    draw = partial(_draw, unit=unit, labels=_labels(e), lowest=lowest)
    alt += f" {capital(every)}s left out of the limits: {out}." if out else ""
    reasons = excluded(drawn).map(lambda why: f" (left out: {why})" if why else "")
    points = map("".join, zip(charts.points(drawn["value"], unit), reasons, strict=True))
    same = {"kind": "control", "unit": unit}
    return Chart(drawn, title, subtitle.strip(), alt, draw, points=tuple(points), **same)


def shown(e: Evidence, since: pd.Period | None = None) -> pd.DataFrame:
    """The rows of an indicator's control chart from `since` on, or of the last three years."""
    if since is not None:
        return e.control.loc[since:]
    return control_charts.last_years(e.control)


def excluded(frame: pd.DataFrame) -> pd.Series:
    """Why each period is left out of the limits; empty for those that are not."""
    return frame.get("excluded", pd.Series("", frame.index))


def left_out(frame: pd.DataFrame) -> str:
    """Which periods are left out of the limits, and why: `April to June 2020 (lockdown)`."""
    reasons = excluded(frame)
    spans = reasons[reasons != ""].groupby(reasons, sort=False)
    return "; ".join(f"{listed(stretches(part.index))} ({reason})" for reason, part in spans)


def changes(frame: pd.DataFrame) -> pd.PeriodIndex:
    """The periods in which new baselines start."""
    return frame.index[frame["phase"].diff() > 0]


def furnish_years(axes, frame: pd.DataFrame, narrow: bool) -> None:
    """What a chart of several years has once its scale is set: named months, a dotted line where
    each new baseline starts, a hollow point for each month that is left out.
    """
    every, year = -(-len(frame) // (3 if narrow else 6)), periods.a_year(frame.index)
    every = -(-every // year) * year if every > year / 2 else every
    furnish(axes, *month_ticks(frame.index, every), len(frame))
    axes.tick_params(axis="x", pad=8)  # clear of the lowest number
    places = pd.Series(range(len(frame)), frame.index)
    _mark_changes(axes, places[changes(frame)], len(frame))
    out = frame["value"].notna() & (excluded(frame) != "")
    if out.any():
        axes.plot(places[out], frame["value"][out], "o", **HOLLOW)


def _mark_changes(axes, starts: pd.Series, count: int) -> None:
    """A dotted line before each start with its name, on a line of its own where two would touch."""
    low, high = axes.get_ylim()
    place = axes.get_position().width * axes.figure.get_figwidth() * 72 / count
    row, before = 0, -count
    for start in starts:
        row = row + 1 if (start - before) * place < breadth(CHANGE) else 0
        axes.axvline(start - 0.5, color=GREY, linewidth=1, linestyle=(0, (1, 2)))
        label(axes, CHANGE, start - 0.6, high - row * (high - low) / 14, GREY)
        before = start


def _labels(e: Evidence) -> dict[str, str]:
    return LABELS | ({"mean": "Expected"} if e.seasonal else {})


def _latest(frame: pd.DataFrame, labels: dict, columns: list) -> list[tuple[float, str]]:
    """The last figure of each column that has one, with its name."""
    known = {column: frame[column].dropna() for column in columns}
    return [(values.iloc[-1], labels[name]) for name, values in known.items() if len(values)]


def _baseline(e: Evidence) -> str:
    """What the latest limits are based on: the season and the level before, or the first twelve
    months with a figure.
    """
    if e.seasonal:
        return "What is expected, and its limits, follow the season and the two years before"
    frame = e.control
    used = (frame["phase"] == frame["phase"].iloc[-1]) & frame["value"].notna()
    kept = used & (excluded(frame) == "")
    based = frame.index[kept if kept.any() else used]
    last = based[: control_charts.BASELINE][-1]
    return f"The average and limits are based on {periods.words(based[0], last)}"


def _signals(frame: pd.DataFrame, way: bool | None) -> pd.Series:
    judged = frame["improving"].isna() if way is None else frame["improving"].eq(way)
    return frame["signal"] & judged & frame["value"].notna()


def _draw(
    axes, frame: pd.DataFrame, narrow: bool, *, unit: str, labels: dict, lowest: float
) -> None:
    places, values = pd.Series(range(len(frame)), frame.index), frame["value"]
    axes.plot(places, values, color=GREY, linewidth=1.4, zorder=2)
    plain = values.notna() & ~frame["signal"]
    axes.plot(places[plain], values[plain], "o", color=GREY, markersize=4, zorder=3)
    for way, (shape, colour, _) in LOOKS.items():
        chosen = _signals(frame, way)
        if chosen.any():
            look = {"color": colour, "markersize": 6.5, "zorder": 4}
            axes.plot(places[chosen], values[chosen], shape, **look)
    for _, part in frame.groupby("phase"):
        axes.plot(places[part.index], part["mean"], color=INK, linewidth=1)
        for limit in ("lower_drawn", "upper_drawn"):
            axes.plot(places[part.index], part[limit], **LIMIT)
    if frame["target"].notna().any():
        axes.plot(places, frame["target"], color=TARGET, linewidth=1.4, linestyle=(0, (1, 1.5)))
    _label_lines(axes, frame, unit, labels, lowest)
    furnish_years(axes, frame, narrow)


def _label_lines(axes, frame: pd.DataFrame, unit: str, labels: dict, lowest: float) -> None:
    end, top = len(frame) - 1, frame[["value", "upper_drawn"]].max(axis=None)
    least = frame[["value", "lower_drawn"]].min(axis=None)
    floor = lowest if least >= 0 else least - ((top - least) / 8 or 1)
    axes.set_ylim(floor, top + (top - floor) / 10)
    gap, taken = (top - floor) / 13, floor - (top - floor)
    for value, name in sorted(_latest(frame, labels, list(labels))):
        taken = max(value, taken + gap)
        label(axes, f"{name} {bare(value, unit)}", end, taken, TARGET if name == "Target" else INK)
