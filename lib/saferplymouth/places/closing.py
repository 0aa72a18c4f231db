"""The gap between the priority neighbourhoods and the whole area: chart, table, and which neighbourhoods it is of."""

import html

import pandas as pd

from saferplymouth import periods, sheets
from saferplymouth.exhibits.spreads import interval_chart
from saferplymouth.framework import BASES, GAP, RESIDENTS, Framework, Indicator
from saferplymouth.mistakes import known_keys
from saferplymouth.places.local import Local, named
from saferplymouth.sentences.words import between, rate, span
from saferplymouth.sheets import FIGURE
from saferplymouth.store import gap
from saferplymouth.store.ground import Ground

NONE = "No priority neighbourhood is named in the framework, so there is no gap to show."
NO_PEOPLE = "The population for the year is not in the framework, so no rate can be worked out."
EVERYWHERE = "Every small area lies in a priority neighbourhood, so there is no rest to hold them against."
SAME = "each small area is taken to hold the same number of residents, for they have not been received"
INTERVAL = "The interval allows for chance in the counts: 19 in 20 such intervals hold the gap that lies behind them."


def gaps(local: Local, framework: Framework) -> pd.DataFrame:
    """The gap of each month of the financial year with a file: see `gap.by_month`."""
    people, base = framework.populations[RESIDENTS].people, _base(framework)
    found = gap.by_month(local.ground, people, framework.calendar, base)
    return found.loc[found.index.isin(local.months)]


def finding(local: Local, framework: Framework) -> str:
    """The gap of the year to date, or of the latest month where a month is missing; empty where there is none."""
    found = gaps(local, framework)
    if found.empty:
        return ""
    latest, own, area = found.iloc[-1], found["to_date_value"].isna().iloc[-1], local.area
    per = f"per {_base(framework):,} residents"
    when = periods.words(found.index[-1]) if own else span(found.index)
    value, low, high = latest[["value", "low", "high"] if own else ["to_date_value", "to_date_low", "to_date_high"]]
    if low < 0 < high:
        there = f"Recorded crime in the priority neighbourhoods was no different from {area}’s by more than chance"
        return f"{there}, {when} (a gap of {rate(value)} {per}; {between(low, high)})"
    side, ends = "above" if value > 0 else "below", between(*sorted((abs(low), abs(high))))
    there = f"Recorded crime in the priority neighbourhoods was {rate(abs(value))} {per} {side} {area}’s"
    return f"{there}, {when} ({ends})"


def section(local: Local, framework: Framework) -> str:
    """The finding as a heading, what the gap is of, the chart, and the table with the target gap."""
    found = gaps(local, framework)
    if found.empty:
        return (
            f'<h2 id="gap">The gap between neighbourhoods</h2><p class="missing">{html.escape(_why(local.ground))}</p>'
        )
    said, indicator = finding(local, framework), _indicator(framework)
    per, places = f"per {_base(framework):,} residents", list(framework.street.priority_neighbourhoods)
    people = "" if local.ground.people_counted else f"; {SAME}"
    what = (
        f"The gap is recorded crime {per} in {named(places)}, "
        f"less that of the whole of {local.area}{people}. {INTERVAL}"
    )
    subtitle = f"Gap in recorded crime {per} each month, {span(found.index)}, with its 95% interval"
    low, high = found["value"].idxmin(), found["value"].idxmax()
    ends = f"Lowest {rate(found['value'][low])} in {periods.words(low)}, highest {rate(found['value'][high])} in "
    alt = f"{said}. Line chart. {ends}{periods.words(high)}. The figures are in the table."
    chart = interval_chart(found[["value", "low", "high"]], subtitle, alt)
    heading = f'<h2 id="gap">{html.escape(said)}</h2><p class="counted">{html.escape(what)}</p>'
    return heading + chart.html + _table(found, indicator, framework)


def _why(ground: Ground) -> str:
    absent = gap.unknown(ground)
    if absent:
        known = sorted({*ground.areas["neighbourhood"], *ground.areas["ward"]} - {""})
        cures = [f"{name}: {known_keys(name, known)}" for name in absent]
        return f"The look-up has no neighbourhood, ward or small area of these names. {'; '.join(cures)}."
    if not ground.street.priority_neighbourhoods:
        return NONE
    return EVERYWHERE if gap.priority(ground.areas, ground).all() else NO_PEOPLE


def _indicator(framework: Framework) -> Indicator | None:
    return next((i for i in framework.indicators.values() if i.worked_out == GAP), None)


def _base(framework: Framework) -> int:
    """For how many residents the gap is stated."""
    indicator = _indicator(framework)
    return indicator.rate_base if indicator else BASES[0]


def _table(found: pd.DataFrame, indicator: Indicator | None, framework: Framework) -> str:
    head = {"Month": "", "Gap": FIGURE, "95% interval": FIGURE, "Year to date": FIGURE, "Its 95% interval": FIGURE}
    head |= {"Target gap": FIGURE}
    body = []
    for month, row in found.iterrows():
        level = _level(indicator, month, framework)
        body.append([periods.words(month), rate(row["value"]), between(row["low"], row["high"])])
        if row["to_date_value"] == row["to_date_value"]:
            body[-1] += [rate(row["to_date_value"]), between(row["to_date_low"], row["to_date_high"])]
        else:
            body[-1] += ["[x]", "[x]"]
        body[-1] += ["[x]" if level is None else rate(level)]
    marks = {"[x]": "not available"} if any("[x]" in row for row in body) else {}
    note = "" if indicator and indicator.target else '<p class="basis">No target gap has been set in the framework.</p>'
    caption = f"Gap in recorded crime per {_base(framework):,} residents, {span(found.index)}"
    return sheets.table(caption, head, body, marks=marks) + note


def _level(indicator: Indicator | None, month: pd.Period, framework: Framework) -> float | None:
    """The target gap to the end of a month: the year's level, or its own where the year has one for each month."""
    year = framework.calendar.year(month)
    target = indicator.target.get(framework.calendar.label(year)) if indicator else None
    if isinstance(target, tuple):
        return target[framework.calendar.periods(year, "month").get_loc(month)]
    return target
