"""Makes the chart and table of the gap between the priority neighbourhoods and the whole area."""

from collections.abc import Mapping

import pandas as pd
from markupsafe import Markup

from saferplymouth import periods
from saferplymouth.display import layout
from saferplymouth.display.drawing import Chart
from saferplymouth.display.place_charts import interval_chart
from saferplymouth.display.templates import fill
from saferplymouth.errors import known_keys
from saferplymouth.framework import BASES, GAP, RESIDENTS, Framework, Indicator
from saferplymouth.indicators.findings import in_question
from saferplymouth.indicators.words import between, capital, rate, span
from saferplymouth.pages.places.place_counts import PlaceCounts, named
from saferplymouth.pages.places.provenance import PUBLISHER
from saferplymouth.statistics import populations
from saferplymouth.store import gap


def gaps(local: PlaceCounts, framework: Framework) -> pd.DataFrame:
    """The gap in each month of the financial year with a file: see `gap.by_month`."""
    people, base = framework.populations[RESIDENTS].people, _base(framework)
    by_month = gap.by_month(local.local_crime, people, framework.calendar, base)
    return by_month.loc[by_month.index.isin(local.months)]


def finding(local: PlaceCounts, framework: Framework) -> str:
    """The gap to date, or of the latest month where one is missing; empty without any."""
    by_month = gaps(local, framework)
    if by_month.empty:
        return ""
    when, columns = span(by_month.index), ["to_date_value", "to_date_low", "to_date_high"]
    if pd.isna(by_month["to_date_value"].iloc[-1]):
        when, columns = periods.words(by_month.index[-1]), ["value", "low", "high"]
    value, low, high = by_month.iloc[-1][columns]
    per = f"per {_base(framework):,} residents"
    interval = "95% confidence interval: from"
    if low < 0 < high:
        gap = f"There was no clear gap in recorded crime, {when}: {rate(value)} {per}"
        return f"{gap} ({interval} {between(low, high)})"
    more, ends = "more" if value > 0 else "fewer", between(*sorted((abs(low), abs(high))))
    crimes = f"Priority neighbourhoods: {rate(abs(value))} {more} crimes {per} than {local.area}"
    return f"{crimes}, {when} ({interval} {ends})"


def section(
    local: PlaceCounts, framework: Framework, odd: Mapping[pd.Period, int], verdict: str = ""
) -> Markup:
    """The finding, what the gap is, its `verdict` on the board, its chart, and its table with the
    target.
    """
    by_month, indicator = gaps(local, framework), of_board(framework)
    if by_month.empty:
        return fill("neighbourhoods/gap", chart=None, why=_why(local, framework))
    lowest = by_month["value"].idxmin()
    unread = in_question([lowest], -1) if odd.get(lowest) == -1 else ""
    year, people = _year(local, framework), framework.populations[RESIDENTS].people
    estimate = populations.latest(people, populations.opening(year))
    per = f"per {_base(framework):,} residents at mid-{estimate}"
    return fill(
        "neighbourhoods/gap",
        finding=finding(local, framework),
        per=per,
        places=named(framework.street.priority_neighbourhoods),
        area=local.area,
        people_counted=local.people_counted,
        people_year=local.people_year,
        unread=unread,
        verdict=verdict,
        chart=_chart(by_month, per, finding(local, framework), unread),
        table=_table(by_month, per, _levels(indicator, year, framework)),
        target=indicator and indicator.target,
    )


def _chart(by_month: pd.DataFrame, per: str, headline: str, unread: str) -> Chart:
    months = (by_month["value"].idxmin(), by_month["value"].idxmax())
    lowest, highest = (f"{rate(by_month['value'][m])} in {periods.words(m)}" for m in months)
    alt = [f"{headline}. Line chart of the gap {per}. Lowest {lowest}, highest {highest}."]
    alt += [unread, "The figures are in the table."]
    subtitle = capital(f"{per}, {span(by_month.index)}, with 95% confidence interval")
    frame, alt = by_month[["value", "low", "high"]], " ".join(filter(None, alt))
    chart = interval_chart(frame, "Gap in recorded crime each month", subtitle, alt)
    return chart.named("neighbourhoods-gap", PUBLISHER)


def _year(local: PlaceCounts, framework: Framework) -> pd.Period:
    return framework.calendar.year(local.months[-1])


def _why(local: PlaceCounts, framework: Framework) -> str:
    local_crime = local.local_crime
    absent = gap.unknown(local_crime)
    if not absent:
        lacking = gap.lacking(framework, _year(local, framework), local_crime)
        return f"There is no gap to show: {lacking}."
    known = sorted({*local_crime.areas["neighbourhood"], *local_crime.areas["ward"]} - {""})
    cures = "; ".join(f"{name}: {known_keys(name, known)}" for name in absent)
    return f"The look-up has no neighbourhood, ward or small area of these names. {cures}."


def of_board(framework: Framework) -> Indicator | None:
    """The indicator that is the gap, if the framework has one."""
    return next((i for i in framework.indicators.values() if i.worked_out == GAP), None)


def _base(framework: Framework) -> int:
    indicator = of_board(framework)
    return indicator.rate_base if indicator else BASES[0]


def _table(by_month: pd.DataFrame, per: str, levels: pd.Series) -> Markup:
    rows = []
    for month, row in by_month.iterrows():
        to_date, level = pd.notna(row["to_date_value"]), levels[month]
        ends = between(row["to_date_low"], row["to_date_high"]) if to_date else "[x]"
        rows.append(
            {
                "Month": periods.words(month),
                "Gap": rate(row["value"]),
                "95% confidence interval": between(row["low"], row["high"]),
                "Year to date": rate(row["to_date_value"]) if to_date else "[x]",
                "Year to date, 95% confidence interval": ends,
                "Target gap": rate(level) if pd.notna(level) else "[x]",
            }
        )
    lacks = {
        "a month of the year has no street file": by_month["to_date_value"].isna().any(),
        "no target gap has been set": levels[by_month.index].isna().any(),
    }
    why = "; ".join(reason for reason, is_so in lacks.items() if is_so)
    caption = f"Gap in recorded crime {per}, {span(by_month.index)}"
    return layout.table(caption, rows, marks={"[x]": f"not available: {why}"})


def _levels(indicator: Indicator | None, year: pd.Period, framework: Framework) -> pd.Series:
    """The target gap to the end of each month of a year."""
    label, months = framework.calendar.label(year), framework.calendar.periods(year, "month")
    target = indicator.target.get(label) if indicator else None
    return pd.Series(target, months, dtype=float)
