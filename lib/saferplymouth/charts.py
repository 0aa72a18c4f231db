"""Numbers to charts: this year against last, and the small line of a series, with the words that say what they show."""

import pandas as pd

from saferplymouth import periods
from saferplymouth.drawing import ACCENT, GREY, SPARK, TARGET, Chart, furnish, image, label
from saferplymouth.framework import PERCENT, Indicator
from saferplymouth.measures import Year
from saferplymouth.words import KINDS, quantity


def year_chart(year: Year, headline: str) -> Chart:
    """This year against last by period, with the target where there is one."""
    frame, indicator = year.frame, year.indicator
    data = pd.DataFrame({year.last_label: frame["last"], year.label: frame["this"]})
    if indicator.is_level:
        if indicator.unit == PERCENT:  # a rate to date grows with the months, and stands on another scale
            data[f"{year.label} to date"] = frame["cumulative"]
        data["Target"] = frame["target"]
    elif frame["target"].iloc[:-1].notna().any():
        data["Target"] = frame["target"].diff().fillna(frame["target"])
    data = data.dropna(axis="columns", how="all")
    subtitle = f"{KINDS[indicator.unit]} {indicator.counted} each {indicator.frequency}, {' and '.join(_years(data))}"
    if "Target" in data:
        subtitle += f", with the target for each {indicator.frequency}"
    if frame.filter(like="_hidden").any(axis=None):
        subtitle += " (counts of 1 to 4 are not shown)"
    if indicator.unit == PERCENT and scale_starts(data):
        subtitle += f" (the scale starts at {scale_starts(data)}%)"
    drawn = [column for column in data if column != "Target"]
    some = " shown" if frame.filter(like="_hidden").any(axis=None) else ""
    described = [_described(data[column], column, indicator.unit, some) for column in drawn]
    alt = f"{headline}. Line chart. {' '.join(described)} The figures are in the table that follows."
    return Chart(data, subtitle, alt, _draw_year)


def history_chart(indicator: Indicator, series: pd.Series, headline: str) -> Chart:
    """Every year received of a yearly indicator."""
    first, last = periods.words(series.index[0]), periods.words(series.index[-1])
    name = f"Year to {series.index[-1].asfreq('M', 'end').strftime('%B')}"
    data = series.to_frame(name).reindex(pd.period_range(series.index[0], series.index[-1], freq=series.index.freq))
    subtitle = f"{KINDS[indicator.unit]} {indicator.counted} each year, {first} to {last}"
    alt = f"{headline}. Line chart. {_described(series, name, indicator.unit, '')} The figures are in the table."
    return Chart(data, subtitle, alt, _draw_year)


def _years(data: pd.DataFrame) -> list[str]:
    return [c for c in reversed(data.columns) if c != "Target" and not c.endswith(" to date")]


def _described(series: pd.Series, label: str, unit: str, shown: str) -> str:
    known = series.dropna()
    low, high = known.idxmin(), known.idxmax()
    if len(known) == 1 or known[low] == known[high]:
        return f"{label}: {quantity(known.iloc[-1], unit)} in {_name(known.index[-1])}."
    extremes = [f"{quantity(known[at], unit)} in {_name(at)}" for at in (low, high)]
    return f"{label}: lowest{shown} {extremes[0]}, highest{shown} {extremes[1]}."


def _name(period: pd.Period) -> str:
    part = _short(period)
    if period.freqstr == "M":
        return period.strftime("%B")
    return f"{'quarter' if part[0] == 'Q' else 'half'} {part[1:]}" if part[0] in "QH" else periods.words(period)


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
        axes.plot(places, data[column], color=colour, linewidth=width, linestyle=dashes, zorder=3, **marker)
    axes.set_ylim(*_limits(data))
    _label_ends(axes, data, {column: look[0] for column, look in looks.items()}, main)
    step = 2 if narrow and len(data) > 6 else 1
    furnish(axes, list(places)[::step], [_short(p) for p in data.index[::step]], len(data))


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
    """Names each line beside its last point, above what it would touch: another name, or a line that goes on."""
    low, high = axes.get_ylim()
    gap, taken = (high - low) / 14, {}
    for value, period, column in sorted((data[c].dropna().iloc[-1], data[c].last_valid_index(), c) for c in data):
        place = data.index.get_loc(period)
        beside = data.drop(columns=column).iloc[place + 1 : place + 3].stack()
        touched = beside[(beside - value).abs() < gap]
        height = taken[place] = max(
            value, taken.get(place, low) + gap, touched.max() + 0.8 * gap if len(touched) else low
        )
        label(axes, column, place, height, colours[column], "bold" if column == main else "normal")


def sparkline(series: pd.Series) -> str:
    """A small line of a series as an image without words: the table beside it has them."""
    drawn = image(_draw_spark, series.to_frame(), SPARK)
    return f'<img class="spark" src="{drawn}" width="150" height="40" alt="">'


def _draw_spark(axes, data: pd.DataFrame, narrow: bool) -> None:
    series = data.iloc[:, 0]
    axes.plot(range(len(series)), series, color=GREY, linewidth=1.4)
    if series.notna().any():
        last = series.index.get_loc(series.last_valid_index())
        axes.plot([last], [series.iloc[last]], "o", color=ACCENT, markersize=4.5)
    axes.set_axis_off()
    axes.set_xlim(-1, len(series))
