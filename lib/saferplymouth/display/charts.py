"""Draws line charts by period and sparklines, with their captions and alternative texts."""

import math
from collections.abc import Callable
from functools import partial

import pandas as pd
from markupsafe import Markup

from saferplymouth import disclosure, periods
from saferplymouth.display.drawing import (
    ACCENT,
    BAND,
    GREY,
    SHADES,
    SPARK,
    TARGET,
    Chart,
    furnish,
    label,
    picture,
    written,
)
from saferplymouth.framework import PERCENT, Indicator
from saferplymouth.indicators.words import (
    bare,
    capital,
    counted,
    inner,
    length,
    listed,
    quantity,
    subject,
)
from saferplymouth.statistics.measures import Year

DOTS = {"marker": "o", "markersize": 4.5}
DOTTED, DASHED = (0, (1, 1.5)), (0, (4, 3))
LINES = [(GREY, 1.8, DOTTED), (GREY, 1.8, DASHED), (GREY, 1.8, "-"), (ACCENT, 2.8, "-")]
MOST_LINES = len(LINES)  # what matters most comes last
WHISKERS = ". Upright lines show the interval that the sender gives of a figure"
FOLLOWS = "The figures are in the table that follows."
FEWEST_YEARS, MOST_YEARS = 3, 5  # of a band


def year_chart(year: Year, headline: str, observed: pd.DataFrame | None = None) -> Chart:
    """This year against last by period, with the target where there is one.

    Where `observed` (as `Evidence` has it, small counts hidden) has at least three whole years of
    the five before, a band shows the lowest and the highest figure of each period in those years.
    """
    frame, indicator, data = year.frame, year.indicator, _lines(year)
    before = _years_before(year, observed)
    whiskers = _whiskers(frame, data.index)
    every = pd.concat([data, whiskers, before], axis="columns")
    lowest = scale_starts(every) if indicator.unit == PERCENT else 0
    band = f"The band is the range of {_named(before)}" if len(before.columns) else ""
    title, subtitle = _year_words(year, data, lowest)
    subtitle += f". {band}" if band else ""
    subtitle += f". Population: {year.basis}" if year.basis else ""
    subtitle += WHISKERS if whiskers is not None else ""
    some = " shown" if _hides(year) else ""
    drawn = [column for column in data if column != "Target"]
    described = [_described(data[c], c, indicator.scale, some) for c in drawn]
    described += [f"{band}, {_ends_of_band(before, indicator)}."] if band else []
    on = f" Population: {year.basis}." if year.basis else ""
    alt = f"{headline}. Line chart.{on} {' '.join(described)} {FOLLOWS}"
    draw = partial(_draw_year, whiskers=whiskers, before=before)
    told = _points_of_year(year, data)
    return Chart(data, title, subtitle, alt, draw, points=told, unit=indicator.scale)


def _points_of_year(year: Year, data: pd.DataFrame) -> tuple[str, ...]:
    """What stands at each period: `May 2016: 967; May 2015: 894; target: 850`."""
    back = periods.FREQUENCIES[year.indicator.frequency]
    names = {year.label: lambda at: at, year.last_label: lambda at: at - back}
    words = []
    for at, row in data.iloc[:, ::-1].iterrows():
        said = {
            periods.words(names[column](at)) if column in names else inner(column): value
            for column, value in row.dropna().items()
        }
        each = (f"{of}: {quantity(value, year.indicator.scale)}" for of, value in said.items())
        words.append("; ".join(each))
    return tuple(words)


def _lines(year: Year) -> pd.DataFrame:
    """The lines of a chart of a year: last year's, this year's, a level's to date, the target."""
    frame, indicator = year.frame, year.indicator
    data = pd.DataFrame({year.last_label: frame["last"], year.label: frame["this"]})
    if indicator.is_level:
        # a rate to date grows with the months, and stands on another scale
        if indicator.unit == PERCENT:
            data[f"{year.label} to date"] = frame["cumulative"]
        data["Target"] = frame["target"]
    elif frame["target"].iloc[:-1].notna().any():
        data["Target"] = frame["target"].diff().fillna(frame["target"])
    return data.dropna(axis="columns", how="all")


def _year_words(year: Year, data: pd.DataFrame, lowest: int) -> tuple[str, str]:
    """The title of a chart of a year, and what it counts."""
    every = year.indicator.frequency
    lines = [c for c in reversed(data.columns) if c != "Target" and not c.endswith(" to date")]
    title = f"{year.indicator.name} each {every}, {' and '.join(lines)}"
    subtitle = subject(year.indicator)
    subtitle += f", with the target for each {every}" if "Target" in data else ""
    subtitle += f" ({_not_shown(year)} are not shown)" if _hides(year) else ""
    return title, subtitle + (f". The scale starts at {lowest}%" if lowest else "")


def _hides(year: Year) -> bool:
    return bool(year.frame.filter(like="_hidden").any(axis=None))


def _years_before(year: Year, observed: pd.DataFrame | None) -> pd.DataFrame:
    """Those of the five years before that are known whole, a column for each, the oldest first; no
    column where they are fewer than three.

    A year with a hidden or missing figure is not whole, so that nothing rests on what is hidden.
    """
    own, whole = year.frame.index, {}
    calendar = periods.Calendar(own[0].asfreq("M", "start").month)
    for back in range(MOST_YEARS, 0, -1) if observed is not None else ():
        then = own - back * len(own)
        figures = observed["value"].reindex(then)
        if figures.notna().all():
            whole[calendar.label(calendar.year(then[0]))] = figures.to_numpy()
    return pd.DataFrame(whole if len(whole) >= FEWEST_YEARS else {}, index=own)


def _named(before: pd.DataFrame) -> str:
    """The years of a band: `2011/12 to 2015/16`, or each where one between them is left out."""
    first, *_, last = before
    years = int(last[:4]) - int(first[:4]) + 1
    return f"{first} to {last}" if years == len(before.columns) else listed(list(before))


def _ends_of_band(before: pd.DataFrame, indicator: Indicator) -> str:
    """The lowest and the highest figure of a band in words."""
    low, high = before.min(axis="columns"), before.max(axis="columns")
    ends = ((low.min(), low.idxmin()), (high.max(), high.idxmax()))
    words = [f"{quantity(value, indicator.scale)} in {part_of_year(at)}" for value, at in ends]
    return f"from {words[0]} to {words[1]}"


def _whiskers(frame: pd.DataFrame, index: pd.PeriodIndex) -> pd.DataFrame | None:
    """The intervals that the sender gives, by period; None where there is none."""
    ends = frame.reindex(columns=["low", "high"]).astype(float).reindex(index)
    return ends if ends.notna().any(axis=None) else None


def _not_shown(year: Year) -> str:
    if disclosure.hides_small(year):
        return f"counts of {year.indicator.small.words}"
    return "figures that their sender hides"


def history_chart(indicator: Indicator, observed: pd.DataFrame, headline: str) -> Chart:
    """Every year received of a yearly indicator, rolling year or pool of three years."""
    series = observed["value"]
    first, last = series.index[0], series.index[-1]
    name = f"Year to {last.asfreq('M', 'end').strftime('%B')}"
    every = pd.period_range(first, last, freq=series.index.freq)
    title, subtitle = f"{indicator.name} each year", subject(indicator)
    subtitle += f", {periods.words(first)} to {periods.words(last)}"
    if indicator.overlaps:
        name = capital(length(indicator))
        step = periods.LENGTHS[indicator.every]
        ordinals = range(first.ordinal, last.ordinal + 1, step)
        every = pd.PeriodIndex.from_ordinals(ordinals, freq=first.freq).union(series.index)
        title = f"{indicator.name} in {length(indicator)}, every {indicator.every}"
        subtitle += ". Neighbouring points share months"
    data = series.to_frame(name).reindex(every)
    described = _described(series, name, indicator.scale, name=periods.words)
    whiskers = _whiskers(observed, data.index)
    subtitle += WHISKERS if whiskers is not None else ""
    alt = f"{headline}. Line chart. {described} The figures are in the table."
    draw = partial(_draw_year, whiskers=whiskers)
    told = points(series, indicator.scale, every)
    same = {"kind": "dates", "unit": indicator.scale}
    return Chart(data, title, subtitle, alt, draw, points=told, **same)


def points(
    values: pd.Series, unit: str, every: pd.PeriodIndex | None = None, to: str = ""
) -> tuple[str, ...]:
    """What stands at each period: `May 2016: 967`; nothing where there is no figure."""
    shown = values if every is None else values.reindex(every)
    return tuple(
        "" if pd.isna(value) else f"{to}{periods.words(at)}: {quantity(value, unit)}"
        for at, value in shown.items()
    )


def lines_chart(
    data: pd.DataFrame,
    headline: str,
    title: str,
    unit: str,
    *,
    subtitle: str = "",
    years: bool = False,
) -> Chart:
    """Some series by period, the last of them foremost; the first of more than four look alike.

    Over several `years` each period is named with its own, and the scale starts near the lowest
    figure, which the title says: totals of a year and indices are far from zero.
    """
    lowest = near(data) if years else 0
    title += scale_from(lowest, unit)
    name = periods.words if years else part_of_year
    each = (_described(data[c], c.replace("\n", " "), unit, name=name) for c in data)
    alt = f"{headline}. Line chart. {' '.join(each)} {FOLLOWS}"
    draw = partial(_draw_lines, lowest=lowest, years=years)
    rows = ((name(at), row.iloc[::-1].dropna().items()) for at, row in data.iterrows())
    said = ((at, [f"{quantity(n, unit)} ({c})" for c, n in row]) for at, row in rows)
    told = tuple(f"{capital(at)}: {', '.join(each)}" if each else "" for at, each in said)
    same = {"kind": "dates" if years else "lines", "unit": unit}
    return Chart(data, title, subtitle, alt, draw, points=told, **same)


def near(data: pd.DataFrame) -> float:
    """A round figure a little below the lowest; zero where the figures are close to it."""
    low, high = data.min(axis=None), data.max(axis=None)
    if low == high:
        return 0
    step = 10 ** math.floor(math.log10(max(high - low, high / 20, 1)))
    start = math.floor((low - (high - low) / 4) / step) * step
    return start if start > high / 4 else 0


def _described(
    series: pd.Series,
    label: str,
    unit: str,
    some: str = "",
    name: Callable[[pd.Period], str] | None = None,
) -> str:
    """A line in words, for alternative text: its lowest and its highest figure."""
    known, name = series.dropna(), name or part_of_year
    low, high = known.idxmin(), known.idxmax()
    if len(known) == 1 or known[low] == known[high]:
        return f"{label}: {quantity(known.iloc[-1], unit)} in {name(known.index[-1])}."
    lowest, highest = (f"{quantity(known[at], unit)} in {name(at)}" for at in (low, high))
    return f"{label}: lowest{some} {lowest}, highest{some} {highest}."


def part_of_year(period: pd.Period) -> str:
    """A period without its year, as a sentence says it: `April`, `quarter 2`."""
    if period.freqstr == "M":
        return period.strftime("%B")
    part = _short(period)
    kind = {"Q": "quarter", "H": "half"}.get(part[0])
    return f"{kind} {part[1:]}" if kind else periods.words(period)


def _short(period: pd.Period) -> str:
    if period.freqstr == "M":
        return period.strftime("%b")
    if period.freqstr in periods.SPANS:
        return _dated(period)
    if period.freqstr[0] == "Y":
        return str(period.asfreq("M", "start").year)
    return f"Q{period.quarter}" if period.freqstr[0] == "Q" else f"H{(period.quarter + 1) // 2}"


def _dated(period: pd.Period) -> str:
    return period.asfreq("M", "end").strftime("%b %y")


def _draw_year(
    axes,
    data: pd.DataFrame,
    narrow: bool,
    whiskers: pd.DataFrame | None = None,
    before: pd.DataFrame | None = None,
) -> None:
    main = next(c for c in reversed(data.columns) if c != "Target" and not c.endswith(" to date"))
    looks = {"Target": (TARGET, 1.6, DASHED), data.columns[0]: (GREY, 1.8, "-")}
    looks |= {f"{main} to date": (GREY, 1.8, DOTTED), main: (ACCENT, 2.8, "-")}
    # percentages stand on the multiple of ten below the lowest but one, all else on zero
    share = data.columns.str.endswith(" to date").any()
    every = pd.concat([data, whiskers, before], axis="columns")
    scale = (scale_starts(every), 103) if share else _ends(every, 0.2)
    known = data.iloc[:0] if whiskers is None else whiskers.dropna()
    for period, ends in known.iterrows():
        place = data.index.get_loc(period)
        axes.plot([place, place], ends, "_-", color=ACCENT, linewidth=1.2, markersize=8, zorder=2)
    named = data
    if before is not None and len(before.columns):
        name = _draw_band(axes, before)
        looks[name] = (GREY, 0, "-")
        named = data.assign(**{name: before.iloc[-1:].mean(axis="columns")})
    _plot(axes, data, looks, main, scale, named)
    step = -(-len(data) // (6 if narrow else 12))
    _name_periods(axes, data, step, _short)


def _draw_band(axes, before: pd.DataFrame) -> str:
    """The range of the years before, and its name."""
    places = range(len(before))
    low, high = (list(ends) for ends in (before.min(axis="columns"), before.max(axis="columns")))
    look = {"facecolor": SHADES[0], "edgecolor": BAND, "linewidth": 0.8, "zorder": 1}
    axes.fill([*places, *reversed(places)], [*low, *reversed(high)], **look)
    return f"{len(before.columns)}-year range"


def _draw_lines(axes, data: pd.DataFrame, narrow: bool, lowest: float, years: bool) -> None:
    looks = [LINES[0]] * (len(data.columns) - MOST_LINES) + LINES[-len(data.columns) :]
    looks = dict(zip(data, looks, strict=True))
    _plot(axes, data, looks, data.columns[-1], _ends(data, 0.15, lowest))
    most = (6 if narrow else 12) // (2 if years else 1)
    _name_periods(axes, data, max(1, -(-len(data) // most)), _dated if years else _short)


def _plot(
    axes,
    data: pd.DataFrame,
    looks: dict,
    main: str,
    scale: tuple[float, float],
    named: pd.DataFrame | None = None,
) -> None:
    for column in data:
        colour, width, dashes = looks[column]
        line = {"color": colour, "linewidth": width, "linestyle": dashes, "zorder": 3}
        axes.plot(range(len(data)), data[column], **line, **(DOTS if column == main else {}))
    axes.set_ylim(*scale)
    _label_ends(axes, data if named is None else named, looks, main)


def _name_periods(axes, data: pd.DataFrame, step: int, name: Callable[[pd.Period], str]) -> None:
    places = list(range(0, len(data), step))
    furnish(axes, places, [name(data.index[place]) for place in places], len(data))


def _ends(data: pd.DataFrame, room: float, lowest: float = 0) -> tuple[float, float]:
    """A scale from `lowest`, or from below the figures, with `room` beyond them as a share."""
    low, high = min(data.min(axis=None), lowest), max(data.max(axis=None), lowest)
    left = (high - low) * room
    return low - left if low < lowest else lowest, high + left or 1


def scale_from(lowest: float, unit: str) -> str:
    """Where the scale of a chart starts, for the end of its title; empty if at nought."""
    return f" (scale from {bare(lowest, unit)})" if lowest else ""


def scale_starts(data: pd.DataFrame) -> int:
    """Where the scale of a chart of percentages starts."""
    return max(0, int(data.min().min() // 10 - 1) * 10)


def _label_ends(axes, data: pd.DataFrame, looks: dict, main: str) -> None:
    """Names each line beside its last point, above another name or line it would touch."""
    low, high = axes.get_ylim()
    gap, taken = (high - low) / 14, {}
    ends = [(data[c].dropna().iloc[-1], data[c].last_valid_index(), c) for c in data]
    for value, period, column in sorted(ends):
        place = data.index.get_loc(period)
        beside = data.drop(columns=column).iloc[place + 1 : place + 3].stack()
        touched = beside[(beside - value).abs() < gap]
        above = touched.max() + 0.8 * gap if len(touched) else low
        height = max(value, taken.get(place, low) + gap, above)
        taken[place] = height + gap * column.count("\n")
        weight = "bold" if column == main else "normal"
        label(axes, column, place, height, looks[column][0], weight)


def sparkline(series: pd.Series) -> Markup:
    """A small line of a series; its scale is for words beside it (`scale_in_words`)."""
    drawn = picture(_draw_spark, series.to_frame(), SPARK)
    drawn.attrib |= {"class": "spark", "aria-hidden": "true"}
    return written(drawn)


def scale_in_words(series: pd.Series, indicator: Indicator) -> str:
    """A small line in words: `36 months from 612 to 1,004, now 743`; empty without a point."""
    known, unit = series.dropna(), indicator.scale
    if known.empty:
        return ""
    many = counted(len(known), "figure" if indicator.overlaps else indicator.frequency)
    low, high, latest = (quantity(n, unit) for n in (known.min(), known.max(), known.iloc[-1]))
    if len(known) == 1:
        return f"{many}, {latest}"
    when = "now" if known.index[-1] == series.index[-1] else "latest"
    return f"{many} from {low} to {high}, {when} {latest}"


def _draw_spark(axes, data: pd.DataFrame, narrow: bool) -> None:
    series = data.iloc[:, 0]
    axes.plot(range(len(series)), series, color=GREY, linewidth=1.4)
    if series.notna().any():
        last = series.index.get_loc(series.last_valid_index())
        axes.plot([last], [series.iloc[last]], "o", color=ACCENT, markersize=4.5)
    axes.set_axis_off()
    axes.set_xlim(-1, len(series))
