"""Draws the rolling year of an indicator over all the years received."""

from functools import partial

import pandas as pd

from saferplymouth import periods
from saferplymouth.display import charts
from saferplymouth.display.control_charts import changes, excluded, furnish_years, left_out
from saferplymouth.display.drawing import ACCENT, Chart, label
from saferplymouth.framework import Indicator
from saferplymouth.indicators.words import bare, listed, quantity, subject

FEWEST = 3  # years of figures, below which there is no trend of years
GAP = ". There is a gap where one of the twelve months is hidden or has no figure"


def rolling_chart(
    indicator: Indicator, totals: pd.DataFrame, headline: str, control: pd.DataFrame | None = None
) -> Chart:
    """Twelve months ending with each period in turn, with the new baselines of a `control` chart.

    `totals` is that of `trends.twelve_months`, with at least one `value`.
    """
    known = totals["value"].dropna()
    drawn = totals.loc[known.index[0] : known.index[-1]]
    lowest = charts.near(drawn[["value"]])
    title = f"{indicator.name}: rolling year{charts.scale_from(lowest, indicator.scale)}"
    subtitle = f"{subject(indicator)} in the twelve months to each {indicator.frequency}, "
    subtitle += f"{_ends(known.index[0])} to {_ends(known.index[-1])}"
    subtitle += GAP if len(known) < len(drawn) else ""
    drawn = drawn.assign(phase=0, excluded="")
    if control is not None:
        drawn["phase"] = control["phase"].reindex(drawn.index).ffill()
        drawn["excluded"] = excluded(control).reindex(drawn.index, fill_value="")
    out = left_out(drawn)
    subtitle += f". Hollow points mark {out}, which the totals include" if out else ""
    starts = [_ends(start) for start in changes(drawn)]
    alt = f"{headline}. Line chart. {_described(known, indicator.scale)}"
    alt += f" New baselines: {listed(starts)}." if starts else ""
    alt += f" Totals include {out}, which the limits leave out." if out else ""
    draw = partial(_draw, unit=indicator.scale, lowest=lowest)
    ends = drawn["value"].set_axis(drawn.index.asfreq("M", "end"))
    points = charts.points(ends, indicator.scale, to="Twelve months to ")
    same = {"points": points, "kind": "dates", "unit": indicator.scale}
    return Chart(drawn, title, subtitle, f"{alt} {charts.FOLLOWS}", draw, **same)


def _ends(period: pd.Period) -> str:
    return periods.words(period.asfreq("M", "end"))


def _described(known: pd.Series, unit: str) -> str:
    """A rolling year in words: its lowest, its highest and its latest figure."""
    at = {"lowest": known.idxmin(), "highest": known.idxmax(), "latest": known.index[-1]}
    named = [f"{name} {quantity(known[end], unit)} (to {_ends(end)})" for name, end in at.items()]
    return f"Twelve months: {', '.join(named)}."


def _draw(axes, data: pd.DataFrame, narrow: bool, *, unit: str, lowest: float) -> None:
    values, end = data["value"], len(data) - 1
    axes.plot(range(len(data)), values, color=ACCENT, linewidth=2.2, zorder=3)
    axes.plot([end], values.iloc[-1:], "o", color=ACCENT, markersize=5, zorder=4)
    axes.set_ylim(lowest, values.max() + (values.max() - lowest) * 0.15 or 1)
    label(axes, bare(values.iloc[-1], unit), end, values.iloc[-1], ACCENT, "bold")
    furnish_years(axes, data, narrow)
