"""Numbers to charts: lines by period, and the small line of a series, with the words that say what
they show.
"""

import math
from functools import partial

import pandas as pd
from markupsafe import Markup

from saferplymouth import periods
from saferplymouth.display.drawing import ACCENT, GREY, SPARK, TARGET, Chart, furnish, image, label
from saferplymouth.display.templates import fill
from saferplymouth.framework import PERCENT, Indicator
from saferplymouth.indicators.words import kind_of, number, quantity
from saferplymouth.statistics.measures import Year

MOST_LINES = 4
LINES = [
    (GREY, (0, (1, 1.5))),
    (GREY, (0, (4, 3))),
    (GREY, "-"),
    (ACCENT, "-"),
]  # what matters most comes last


def year_chart(year: Year, headline: str) -> Chart:
    """This year against last by period, with the target where there is one."""
    frame, indicator = year.frame, year.indicator
    data = pd.DataFrame({year.last_label: frame["last"], year.label: frame["this"]})
    if indicator.is_level:
        if (
            indicator.unit == PERCENT
        ):  # a rate to date grows with the months, and stands on another scale
            data[f"{year.label} to date"] = frame["cumulative"]
        data["Target"] = frame["target"]
    elif frame["target"].iloc[:-1].notna().any():
        data["Target"] = frame["target"].diff().fillna(frame["target"])
    data = data.dropna(axis="columns", how="all")
    subtitle = (
        f"{kind_of(indicator)} {indicator.counted} each {indicator.frequency}, "
        f"{' and '.join(_years(data))}"
    )
    on = f", on {year.basis}" if year.basis else ""
    subtitle += on
    if "Target" in data:
        subtitle += f", with the target for each {indicator.frequency}"
    if frame.filter(like="_hidden").any(axis=None):
        subtitle += " (counts of 1 to 4 are not shown)"
    if indicator.unit == PERCENT and scale_starts(data):
        subtitle += f" (the scale starts at {scale_starts(data)}%)"
    drawn = [column for column in data if column != "Target"]
    some = " shown" if frame.filter(like="_hidden").any(axis=None) else ""
    described = [_described(data[column], column, indicator.scale, some) for column in drawn]
    alt = (
        f"{headline}. Line chart{on}. {' '.join(described)} The figures are in the table that "
        f"follows."
    )
    return Chart(data, subtitle, alt, _draw_year)


def history_chart(indicator: Indicator, series: pd.Series, headline: str) -> Chart:
    """Every year received of a yearly indicator."""
    first, last = periods.words(series.index[0]), periods.words(series.index[-1])
    name = f"Year to {series.index[-1].asfreq('M', 'end').strftime('%B')}"
    data = series.to_frame(name).reindex(
        pd.period_range(series.index[0], series.index[-1], freq=series.index.freq)
    )
    subtitle = f"{kind_of(indicator)} {indicator.counted} each year, {first} to {last}"
    alt = (
        f"{headline}. Line chart. {_described(series, name, indicator.scale, '')} The figures are "
        f"in the table."
    )
    return Chart(data, subtitle, alt, _draw_year)


def lines_chart(
    data: pd.DataFrame, headline: str, subtitle: str, unit: str, *, years: bool = False
) -> Chart:
    """Up to four series by period, the last of them foremost.

    Over several `years` each period is named with its own, and the scale starts near the lowest
    figure, which the subtitle says: totals of a year and indices lie far from nought.
    """
    lowest, name = _near(data) if years else 0, _dated if years else _short
    subtitle += f" (the scale starts at {number(lowest)})" if lowest else ""
    told = periods.words if years else part_of_year
    drawn = " ".join(_described(data[c], c.replace("\n", " "), unit, "", told) for c in data)
    alt = f"{headline}. Line chart. {drawn} The figures are in the table that follows."
    return Chart(data, subtitle, alt, partial(_draw_lines, lowest=lowest, name=name))


def _near(data: pd.DataFrame) -> float:
    """A round figure a little below the lowest; nought where the figures are not far from it."""
    low, high = data.min(axis=None), data.max(axis=None)
    if low == high:
        return 0
    step = 10 ** math.floor(math.log10(max(high - low, high / 20, 1)))
    start = math.floor((low - (high - low) / 4) / step) * step
    return start if start > high / 4 else 0


def _dated(period: pd.Period) -> str:
    return period.asfreq("M", "end").strftime("%b %y")


def _draw_lines(axes, data: pd.DataFrame, narrow: bool, lowest: float, name) -> None:
    looks = dict(zip(data, LINES[-len(data.columns) :], strict=True))
    places, main = list(range(len(data))), data.columns[-1]
    for column, (colour, dashes) in looks.items():
        first = (
            {"linewidth": 2.8, "marker": "o", "markersize": 4.5}
            if column == main
            else {"linewidth": 1.8}
        )
        axes.plot(places, data[column], color=colour, linestyle=dashes, zorder=3, **first)
    axes.set_ylim(*_ends(data, 0.15, lowest))
    _label_ends(axes, data, {column: colour for column, (colour, _) in looks.items()}, main)
    most = (6 if narrow else 12) if name is _short else (3 if narrow else 6)
    every = max(1, -(-len(data) // most))
    furnish(axes, places[::every], [name(p) for p in data.index[::every]], len(data))


def _years(data: pd.DataFrame) -> list[str]:
    return [c for c in reversed(data.columns) if c != "Target" and not c.endswith(" to date")]


def _described(series: pd.Series, label: str, unit: str, shown: str, name=None) -> str:
    known, name = series.dropna(), name or part_of_year
    low, high = known.idxmin(), known.idxmax()
    if len(known) == 1 or known[low] == known[high]:
        return f"{label}: {quantity(known.iloc[-1], unit)} in {name(known.index[-1])}."
    extremes = [f"{quantity(known[at], unit)} in {name(at)}" for at in (low, high)]
    return f"{label}: lowest{shown} {extremes[0]}, highest{shown} {extremes[1]}."


def part_of_year(period: pd.Period) -> str:
    """A period without its year, as a sentence says it: `April`, `quarter 2`."""
    part = _short(period)
    if period.freqstr == "M":
        return period.strftime("%B")
    return (
        f"{'quarter' if part[0] == 'Q' else 'half'} {part[1:]}"
        if part[0] in "QH"
        else periods.words(period)
    )


def _short(period: pd.Period) -> str:
    if period.freqstr == "M":
        return period.strftime("%b")
    if period.freqstr[0] == "Y":
        return str(period.asfreq("M", "start").year)
    return f"Q{period.quarter}" if period.freqstr[0] == "Q" else f"H{(period.quarter + 1) // 2}"


def _draw_year(axes, data: pd.DataFrame, narrow: bool) -> None:
    looks = {"Target": (TARGET, 1.6, (0, (4, 3))), data.columns[0]: (GREY, 1.8, "-")}
    main = next(c for c in reversed(data.columns) if c != "Target" and not c.endswith(" to date"))
    looks |= {f"{main} to date": (GREY, 1.8, (0, (1, 1.5))), main: (ACCENT, 2.8, "-")}
    places = range(len(data))
    for column in data:
        colour, width, dashes = looks[column]
        marker = {"marker": "o", "markersize": 4.5} if column == main else {}
        axes.plot(
            places,
            data[column],
            color=colour,
            linewidth=width,
            linestyle=dashes,
            zorder=3,
            **marker,
        )
    axes.set_ylim(*_limits(data))
    _label_ends(axes, data, {column: look[0] for column, look in looks.items()}, main)
    step = 2 if narrow and len(data) > 6 else 1
    furnish(axes, list(places)[::step], [_short(p) for p in data.index[::step]], len(data))


def _limits(data: pd.DataFrame) -> tuple[float, float]:
    """Percentages stand on the multiple of ten below the lowest but one, all else on nought."""
    if _is_share(data):
        return scale_starts(data), 103
    return _ends(data, 0.2)


def _ends(data: pd.DataFrame, room: float, lowest: float = 0) -> tuple[float, float]:
    """A scale that stands on `lowest`, or goes below where the figures do, with `room` beyond them
    as a share of it.
    """
    low, high = min(data.min(axis=None), lowest), max(data.max(axis=None), lowest)
    left = (high - low) * room
    return low - left if low < lowest else lowest, high + left or 1


def _is_share(data: pd.DataFrame) -> bool:
    return bool(data.columns.str.endswith(" to date").any())


def scale_starts(data: pd.DataFrame) -> int:
    """Where the scale of a chart of percentages starts."""
    return max(0, int(data.min().min() // 10 - 1) * 10)


def _label_ends(axes, data: pd.DataFrame, colours: dict[str, str], main: str) -> None:
    """Names each line beside its last point, above what it would touch: another name, or a line
    that goes on.
    """
    low, high = axes.get_ylim()
    gap, taken = (high - low) / 14, {}
    for value, period, column in sorted(
        (data[c].dropna().iloc[-1], data[c].last_valid_index(), c) for c in data
    ):
        place = data.index.get_loc(period)
        beside = data.drop(columns=column).iloc[place + 1 : place + 3].stack()
        touched = beside[(beside - value).abs() < gap]
        height = max(
            value, taken.get(place, low) + gap, touched.max() + 0.8 * gap if len(touched) else low
        )
        taken[place] = height + gap * column.count("\n")
        label(axes, column, place, height, colours[column], "bold" if column == main else "normal")


def sparkline(series: pd.Series) -> Markup:
    """A small line of a series as an image without words: the table beside it has them."""
    return fill("spark", address=image(_draw_spark, series.to_frame(), SPARK))


def _draw_spark(axes, data: pd.DataFrame, narrow: bool) -> None:
    series = data.iloc[:, 0]
    axes.plot(range(len(series)), series, color=GREY, linewidth=1.4)
    if series.notna().any():
        last = series.index.get_loc(series.last_valid_index())
        axes.plot([last], [series.iloc[last]], "o", color=ACCENT, markersize=4.5)
    axes.set_axis_off()
    axes.set_xlim(-1, len(series))
