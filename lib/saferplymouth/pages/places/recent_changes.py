"""Compares the latest three months of the street files with what the months before lead us to
expect.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from saferplymouth import periods
from saferplymouth.framework import ALL_CRIME, Framework
from saferplymouth.indicators import watching
from saferplymouth.pages.places.place_counts import PlaceCounts
from saferplymouth.statistics import surveillance
from saferplymouth.statistics.expectations import COUNTS, History
from saferplymouth.statistics.measures import percent_change
from saferplymouth.statistics.surveillance import Watched
from saferplymouth.store.local_crime import is_crime

MONTHS = 3
LEAST = surveillance.FIRST[12] + 1  # months with a file, before any change is judged
CHANCE, BEYOND, FEW = "within usual variation", "more than usual variation", "too early to tell"


@dataclass(frozen=True)
class Changes:
    """What changed in the latest `months`, by type, where types may be shown, and by neighbourhood:
    see `_changes`.
    """

    months: pd.PeriodIndex
    types: pd.DataFrame
    places: pd.DataFrame

    @property
    def when(self) -> str:
        return periods.words(self.months[0], self.months[-1])


def found(local: PlaceCounts, framework: Framework) -> Changes | None:
    """What watching the street files finds; None with too few months, or without a file for each
    of the latest three.

    Types and neighbourhoods are watched together (see `surveillance.watch`), as if they were on the
    board with its indicators.
    """
    every, months = local.local_crime.local, local.local_crime.months
    latest = pd.period_range(end=months[-1], periods=MONTHS, freq="M")
    if len(months) < LEAST or not latest.isin(months).all():
        return None
    typed = every.iloc[:0] if local.hides_types(framework.street) else every
    by_type = _by_month(typed, "type", months)
    by_place = _by_month(every[is_crime(every)], "neighbourhood", months)
    series = {("type", name): _watched(row, framework, name) for name, row in by_type.iterrows()}
    series |= {("", name): _watched(row, framework, ALL_CRIME) for name, row in by_place.iterrows()}
    seen = surveillance.watch(series, watching.size(framework) + len(series))
    base = framework.partnership.small_base
    return Changes(
        latest,
        _changes(by_type, {name: seen.get(("type", name)) for name in by_type.index}, latest, base),
        _changes(by_place, {name: seen.get(("", name)) for name in by_place.index}, latest, base),
    )


def _by_month(cells: pd.DataFrame, by: str, months: pd.PeriodIndex) -> pd.DataFrame:
    """The count of each type or place as a row, by month; NaN in a month without a file."""
    counts = cells.groupby([by, "month"])["count"].sum().unstack(fill_value=0)
    counts = counts.reindex(columns=months.astype(str), fill_value=0).set_axis(months, axis=1)
    return counts.reindex(columns=pd.period_range(months[0], months[-1], freq="M"))


def _watched(row: pd.Series, framework: Framework, of: str) -> Watched:
    """A row from its first incident on; the months that the indicator of the same thing leaves out,
    and its new baselines, are those of the row.
    """
    values = row.astype(float).loc[row.gt(0).idxmax() :]
    indicator = next((i for i in framework.indicators.values() if i.held_against == of), None)
    if indicator is None:
        return Watched(History(values, COUNTS))
    about = indicator, values.index
    excluded, changes = watching.excluded(*about), watching.new_baselines(*about)
    return Watched(History(values, COUNTS), excluded, changes)


def _changes(
    counts: pd.DataFrame,
    seen: dict[str, pd.DataFrame | None],
    latest: pd.PeriodIndex,
    small_base: float,
) -> pd.DataFrame:
    """Each row of `counts` in the latest months, those with the largest change first: `now`,
    `expected`, `change`, `percent` (NaN on a small base), `verdict`, and `since`, the month in
    which a change that is more than usual variation began.
    """
    rows = {name: _row(counts.loc[name, latest].sum(), seen[name], latest) for name in counts.index}
    columns = ["now", "expected", "verdict", "since"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    frame["change"] = frame["now"] - frame["expected"]
    frame["percent"] = [
        percent_change(row.change, row.expected, small_base) for row in frame.itertuples()
    ]
    return frame.sort_values("change", key=lambda change: -change.abs(), kind="stable")


def _row(now: float, seen: pd.DataFrame | None, latest: pd.PeriodIndex) -> tuple:
    """The count, what was expected, the verdict, and since when. A change of which the latest
    months together show nothing is not one yet.
    """
    expected = np.nan if seen is None else seen.loc[latest, "mean"].sum(skipna=False).round()
    if np.isnan(expected) or seen["excluded"].iloc[-1]:
        return now, expected, FEW, ""
    last = seen.iloc[-1]
    if last["signal"] and last["side"] * (now - expected) > 0:
        return now, expected, BEYOND, last["since"]
    return now, expected, CHANCE, ""


def beyond(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that changed by more than usual variation, those whose change began last first."""
    rows = frame[frame["verdict"] == BEYOND]
    return rows.sort_values("since", ascending=False, kind="stable")
