"""The gap between the priority neighbourhoods and the whole area: chart, table, and which
neighbourhoods it is of.
"""

import html
from collections.abc import Mapping

import pandas as pd

from saferplymouth import periods
from saferplymouth.display import layout
from saferplymouth.display.layout import FIGURE
from saferplymouth.display.place_charts import interval_chart
from saferplymouth.errors import known_keys
from saferplymouth.framework import BASES, GAP, RESIDENTS, Framework, Indicator
from saferplymouth.indicators.findings import in_question
from saferplymouth.indicators.words import between, rate, span
from saferplymouth.pages.places.place_counts import PlaceCounts, named
from saferplymouth.statistics import populations
from saferplymouth.store import gap

SAME = (
    "each small area is taken to hold the same number of residents, because they have not been "
    "received"
)
NOT_WHOLE = "a month of the year has no street file"
NO_TARGET = "no target gap has been set"
INTERVAL = (
    "The interval allows for chance in the counts: 19 in 20 such intervals hold the gap that lies "
    "behind them."
)


def gaps(local: PlaceCounts, framework: Framework) -> pd.DataFrame:
    """The gap of each month of the financial year with a file: see `gap.by_month`."""
    people, base = framework.populations[RESIDENTS].people, _base(framework)
    found = gap.by_month(local.ground, people, framework.calendar, base)
    return found.loc[found.index.isin(local.months)]


def finding(local: PlaceCounts, framework: Framework) -> str:
    """The gap of the year to date, or of the latest month where a month is missing; empty where
    there is none.
    """
    found = gaps(local, framework)
    if found.empty:
        return ""
    latest, own, area = found.iloc[-1], found["to_date_value"].isna().iloc[-1], local.area
    per = f"per {_base(framework):,} residents"
    when = periods.words(found.index[-1]) if own else span(found.index)
    value, low, high = latest[
        ["value", "low", "high"] if own else ["to_date_value", "to_date_low", "to_date_high"]
    ]
    if low < 0 < high:
        there = (
            f"Recorded crime in the priority neighbourhoods was no different from {area}’s by "
            f"more than chance"
        )
        return f"{there}, {when} (a gap of {rate(value)} {per}; {between(low, high)})"
    side, ends = "above" if value > 0 else "below", between(*sorted((abs(low), abs(high))))
    there = (
        f"Recorded crime in the priority neighbourhoods was {rate(abs(value))} {per} {side} "
        f"{area}’s"
    )
    return f"{there}, {when} ({ends})"


def section(local: PlaceCounts, framework: Framework, odd: Mapping[pd.Period, int]) -> str:
    """The finding as a heading, what the gap is of, the chart, and the table with the target
    gap.
    """
    found = gaps(local, framework)
    if found.empty:
        return (
            '<h2 id="gap">The gap between neighbourhoods</h2>'
            f'<p class="missing">{html.escape(_why(local, framework))}</p>'
        )
    said, indicator = finding(local, framework), _indicator(framework)
    per = f"per {_base(framework):,} residents at mid-{_estimate(local, framework)}"
    low, high = found["value"].idxmin(), found["value"].idxmax()
    unread = f" {in_question([low], -1)}" if odd.get(low) == -1 else ""
    places = list(framework.street.priority_neighbourhoods)
    people = "" if local.ground.people_counted else f"; {SAME}"
    what = (
        f"The gap is recorded crime {per} in {named(places)}, "
        f"less that of the whole of {local.area}{people}. {INTERVAL}{unread}"
    )
    subtitle = f"Gap in recorded crime {per} each month, {span(found.index)}, with its 95% interval"
    ends = (
        f"Lowest {rate(found['value'][low])} in {periods.words(low)}, highest "
        f"{rate(found['value'][high])} in "
    )
    alt = (
        f"{said}. Line chart of the gap {per}. {ends}{periods.words(high)}.{unread} The figures "
        f"are in the table."
    )
    chart = interval_chart(found[["value", "low", "high"]], subtitle, alt)
    heading = f'<h2 id="gap">{html.escape(said)}</h2><p class="counted">{html.escape(what)}</p>'
    return heading + str(chart.html) + _table(found, per, indicator, framework)


def _year(local: PlaceCounts, framework: Framework) -> pd.Period:
    return framework.calendar.year(local.months[-1])


def _estimate(local: PlaceCounts, framework: Framework) -> str:
    """The calendar year of the population that the gap is worked out on."""
    return populations.latest(
        framework.populations[RESIDENTS].people, populations.opening(_year(local, framework))
    )


def _why(local: PlaceCounts, framework: Framework) -> str:
    ground = local.ground
    absent = gap.unknown(ground)
    if absent:
        known = sorted({*ground.areas["neighbourhood"], *ground.areas["ward"]} - {""})
        cures = [f"{name}: {known_keys(name, known)}" for name in absent]
        return (
            f"The look-up has no neighbourhood, ward or small area of these names. "
            f"{'; '.join(cures)}."
        )
    return f"There is no gap to show: {gap.lacking(framework, _year(local, framework), ground)}."


def _indicator(framework: Framework) -> Indicator | None:
    return next((i for i in framework.indicators.values() if i.worked_out == GAP), None)


def _base(framework: Framework) -> int:
    """For how many residents the gap is stated."""
    indicator = _indicator(framework)
    return indicator.rate_base if indicator else BASES[0]


def _table(found: pd.DataFrame, per: str, indicator: Indicator | None, framework: Framework) -> str:
    head = {
        "Month": "",
        "Gap": FIGURE,
        "95% interval": FIGURE,
        "Year to date": FIGURE,
        "Its 95% interval": FIGURE,
    }
    head |= {"Target gap": FIGURE}
    body = []
    for month, row in found.iterrows():
        level = _level(indicator, month, framework)
        body.append([periods.words(month), rate(row["value"]), between(row["low"], row["high"])])
        if row["to_date_value"] == row["to_date_value"]:
            body[-1] += [
                rate(row["to_date_value"]),
                between(row["to_date_low"], row["to_date_high"]),
            ]
        else:
            body[-1] += ["[x]", "[x]"]
        body[-1] += ["[x]" if level is None else rate(level)]
    why = [NOT_WHOLE] * bool(found["to_date_value"].isna().any()) + [NO_TARGET] * any(
        row[-1] == "[x]" for row in body
    )
    marks = {"[x]": f"not available: {'; '.join(why)}"} if why else {}
    note = (
        ""
        if indicator and indicator.target
        else '<p class="basis">No target gap has been set in the framework.</p>'
    )
    caption = f"Gap in recorded crime {per}, {span(found.index)}"
    return layout.table(caption, head, body, marks=marks) + note


def _level(indicator: Indicator | None, month: pd.Period, framework: Framework) -> float | None:
    """The target gap to the end of a month: the year's level, or its own where the year has one for
    each month.
    """
    year = framework.calendar.year(month)
    target = indicator.target.get(framework.calendar.label(year)) if indicator else None
    if isinstance(target, tuple):
        return target[framework.calendar.periods(year, "month").get_loc(month)]
    return target
