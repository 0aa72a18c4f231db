"""The gap: recorded crime for so many residents in the priority neighbourhoods, less that of the
whole area.

The board's paper names a gap and a target gap and publishes neither formula nor figure; this is the
difference of the two rates. Anti-social behaviour is not crime and is left out, as are crimes
without a place.
"""

import math
from collections.abc import Iterator, Mapping

import pandas as pd

from saferplymouth.framework import BASES, GAP, RESIDENTS, Framework, Indicator
from saferplymouth.periods import Calendar
from saferplymouth.sources import Row
from saferplymouth.statistics import populations
from saferplymouth.statistics.intervals import difference_interval
from saferplymouth.store.local_crime import LocalCrime, is_crime

COLUMNS = ["value", "low", "high"]


def unknown(local: LocalCrime) -> list[str]:
    """The priority neighbourhoods of the framework that no small area lies in."""
    areas = local.areas
    known = {*areas.index, *areas["neighbourhood"], *areas["ward"]}
    return [name for name in local.street.priority_neighbourhoods if name not in known]


def by_month(
    local: LocalCrime, people: Mapping[str, int], calendar: Calendar, base: int = BASES[0]
) -> pd.DataFrame:
    """The gap for `base` residents by month with a file: value, low and high (95 %), and the same
    with `to_date_` before for the financial year to date, NaN from a month without a file onwards.

    `people` are the area's residents by calendar year, of which the latest up to that in which the
    financial year begins is taken; where there is none, or no priority neighbourhood is named, the
    frame is empty. Where the look-up does not count residents, each small area is taken to hold the
    same number.
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
    """The gap of the months of the financial year that opens with `opens`, and to date."""
    at, inside = populations.latest(people, str(opens.year)), priority(local.areas, local)
    if not at or not inside.any() or inside.all():
        return pd.DataFrame()
    whole = people[at] / base
    weight = local.areas["people"] if local.people_counted else pd.Series(1.0, local.areas.index)
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
    """Why no gap can be worked out in a financial year even where its street files have come.

    Empty where it can. Without the `local` only what the framework lacks is known.
    """
    people, opens = framework.populations[RESIDENTS].people, populations.opening(year)
    if not framework.street.priority_neighbourhoods:
        return "no priority neighbourhood is named in the framework"
    if not populations.latest(people, opens):
        return populations.why_none(people, opens)
    if local and (absent := unknown(local)):
        return f"no small area lies in the priority neighbourhoods {'; '.join(absent)}"
    if local and priority(local.areas, local).all():
        return "every small area lies in a priority neighbourhood, so there is no rest to compare"
    return ""


def basis(framework: Framework, year: pd.Period) -> str:
    """The population that the gaps of a financial year and of the one before are on: "residents at
    mid-2016, of 2015/16 at mid-2015"; empty where there is none.
    """
    people, label = framework.populations[RESIDENTS].people, framework.calendar.label
    at, before = (populations.latest(people, populations.opening(of)) for of in (year, year - 1))
    earlier = f", of {label(year - 1)} at mid-{before}" if before not in (None, at) else ""
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
    """Which of some places, by the code of a small area, lie in the priority neighbourhoods."""
    wanted = list(local.street.priority_neighbourhoods)
    within = places["neighbourhood"].isin(wanted) | places["ward"].isin(wanted)
    return within | places.index.isin(wanted)


def rows(local: LocalCrime, framework: Framework) -> list[Row]:
    """The gap as figures received: of each month with a street file, and of the year to date there.

    A month whose file is incomplete has none, and a note that says why; one that was let stand says
    so.
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
    """What was in doubt about the file of a month, and who let it stand; empty if nothing was."""
    doubt = local.doubts.get(month)
    if not doubt:
        return ""
    reason = f"the street file {doubt.reason}"
    return f"{reason}; {doubt.signed.words}" if doubt.signed else reason
