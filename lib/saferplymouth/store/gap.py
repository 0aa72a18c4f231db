"""The gap: recorded crime per resident in the priority neighbourhoods, minus that of the whole
area.

The board's paper names a gap and a target gap but gives neither a formula nor a figure; this is the
difference of the two rates. Anti-social behaviour is not crime and is left out, and so are crimes
without a location.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from saferplymouth.framework import BASES, GAP, RESIDENTS, Framework, Indicator
from saferplymouth.periods import Calendar
from saferplymouth.sources import Row
from saferplymouth.statistics import populations
from saferplymouth.statistics.intervals import difference_interval
from saferplymouth.store.local_crime import LocalCrime, is_crime

COLUMNS = ["value", "low", "high"]


def unknown(local: LocalCrime) -> list[str]:
    """The priority neighbourhoods of the framework that have no small area."""
    areas = local.areas
    known = {*areas.index, *areas["neighbourhood"], *areas["ward"]}
    return [name for name in local.street.priority_neighbourhoods if name not in known]


def by_month(
    local: LocalCrime, people: Mapping[str, int], calendar: Calendar, base: int = BASES[0]
) -> pd.DataFrame:
    """The gap for `base` residents, for each month with a file: value, low and high (95%). Columns
    with the prefix `to_date_` are for the financial year to date; NaN from the first month without
    a file.

    `people` is the area's residents by calendar year; the latest estimate up to the start of the
    financial year is used. The frame is empty if there is none, or no priority neighbourhood is
    named. If the residents of a small area are not known, all are assumed to have the same number.
    """
    columns = [*COLUMNS, *(f"to_date_{name}" for name in COLUMNS)]
    years = [] if unknown(local) else sorted({calendar.year(month) for month in local.months})
    frames = [_year(local, year.asfreq("M", "start"), people, base) for year in years]
    frames = [frame.set_axis(columns, axis="columns") for frame in frames if len(frame)]
    nothing = pd.DataFrame(columns=columns, index=pd.PeriodIndex([], freq="M"), dtype=float)
    return pd.concat(frames) if frames else nothing


def _year(
    local: LocalCrime, opens: pd.Period, people: Mapping[str, int], base: int
) -> pd.DataFrame:
    """The gap for the months of the financial year that starts with `opens`, and to date."""
    at, inside = populations.latest(people, str(opens.year)), priority(local.areas, local)
    if not at or not inside.any() or inside.all():
        return pd.DataFrame()
    whole = people[at] / base
    _, weight = local.people(str(opens.year))
    weight = weight if weight.notna().all() else pd.Series(1.0, local.areas.index)
    part = float(weight[inside].sum() / weight.sum()) * whole
    year = pd.period_range(opens, periods=12, freq="M")
    months = local.months[local.months.isin(year)]
    counts = _counts(local).reindex(months, fill_value=0).reindex(year[year <= months[-1]])
    to_date = counts.cumsum(skipna=False)
    both = [_gaps(each, part, whole) for each in (counts, to_date)]
    return pd.concat(both, axis="columns").loc[months]


def _gaps(counts: pd.DataFrame, part: float, whole: float) -> pd.DataFrame:
    """The gap of each row of counts: value, low and high."""
    gaps = [
        difference_interval(int(inside), part, int(outside), whole)
        if pd.notna(inside) and pd.notna(outside)
        else (math.nan,) * 3
        for inside, outside in counts[["inside", "outside"]].to_numpy()
    ]
    return pd.DataFrame(gaps, counts.index)


def lacking(framework: Framework, year: pd.Period, local: LocalCrime | None = None) -> str:
    """Why no gap can be calculated in a financial year even if its street files are there.

    Empty if it can be. Without `local`, only the framework is checked.
    """
    people, opens = framework.populations[RESIDENTS].people, populations.opening(year)
    if not framework.street.priority_neighbourhoods:
        return "no priority neighbourhood is named in the framework"
    if not populations.latest(people, opens):
        return populations.why_none(people, opens)
    if local and (absent := unknown(local)):
        return f"no small area is in the priority neighbourhoods {'; '.join(absent)}"
    if local and priority(local.areas, local).all():
        return "every small area is in a priority neighbourhood: there is nothing to compare with"
    return ""


def basis(framework: Framework, year: pd.Period) -> str:
    """The populations that the gaps of a financial year and the year before are based on:
    "residents at mid-2016, of 2015/16 at mid-2015"; empty if there are none.
    """
    people, label = framework.populations[RESIDENTS].people, framework.calendar.label
    at, before = (populations.latest(people, populations.opening(of)) for of in (year, year - 1))
    earlier = f" ({label(year - 1)}: mid-{before})" if before not in (None, at) else ""
    return f"residents at mid-{at}{earlier}" if at else ""


def note(framework: Framework, month: pd.Period) -> str:
    """What the source of a month's gap adds where the population is not of its own year: ", on
    residents at mid-2023".
    """
    opens = populations.opening(framework.calendar.year(month))
    at = populations.latest(framework.populations[RESIDENTS].people, opens)
    return "" if at in (None, opens) else f", on residents at mid-{at}"


def _counts(local: LocalCrime) -> pd.DataFrame:
    """Recorded crimes by month, inside the priority neighbourhoods and outside them."""
    crimes = local.local[is_crime(local.local)]
    inside = priority(crimes.set_index("lsoa"), local)
    side = inside.map({True: "inside", False: "outside"}).to_numpy()
    counts = crimes.groupby(["month", side])["count"].sum().unstack(fill_value=0)
    counts.index = pd.PeriodIndex(counts.index, freq="M")
    return counts.reindex(columns=["inside", "outside"], fill_value=0)


def priority(places: pd.DataFrame, local: LocalCrime) -> pd.Series:
    """Which places, by the code of a small area, are in the priority neighbourhoods."""
    return within(places, local.street.priority_neighbourhoods)


def within(places: pd.DataFrame, wanted: Sequence[str]) -> pd.Series:
    """Which places, by the code of a small area, are in some neighbourhoods, wards or areas."""
    inside = places["neighbourhood"].isin(wanted) | places["ward"].isin(wanted)
    return inside | places.index.isin(wanted)


def rows(local: LocalCrime, framework: Framework) -> list[Row]:
    """The gap as received figures: for each month with a street file, and for the year to date.

    A month whose file is incomplete has no figure, with a note saying why; one that was accepted
    has a note too.
    """
    worked_out = [i for i in framework.indicators.values() if i.worked_out == GAP]
    return [row for indicator in worked_out for row in _rows(local, framework, indicator)]


def _rows(local: LocalCrime, framework: Framework, indicator: Indicator) -> Iterator[Row]:
    people, calendar = framework.populations[RESIDENTS].people, framework.calendar
    gaps = by_month(local, people, calendar, indicator.rate_base)
    sources = local.own_files.set_index("month")["source"]
    for month in sorted({*gaps.index, *local.incomplete}):
        opens = calendar.year(month).asfreq("M", "start")
        source, note = sources[str(month)], _note(local, month)
        if month in local.incomplete:
            yield Row(indicator.key, str(month), None, None, None, source, note)
            continue
        figures = {str(month): gaps.loc[month, "value"]}
        if month != opens:
            figures[f"{opens}..{month}"] = gaps.loc[month, "to_date_value"]
        for period, value in figures.items():
            if pd.notna(value):
                yield Row(indicator.key, period, float(value), None, None, source, note)


def _note(local: LocalCrime, month: pd.Period) -> str:
    """What was in doubt about a month's file, and who accepted it; empty if nothing was."""
    doubt = local.doubts.get(month)
    if not doubt:
        return ""
    reason = f"the street file {doubt.reason}"
    return f"{reason}; {doubt.signed.words}" if doubt.signed else reason
