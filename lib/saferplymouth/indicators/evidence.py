"""Gathers all the figures about one indicator for one month, for its sentences and charts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd

from saferplymouth import disclosure, periods
from saferplymouth.framework import COUNT, PERCENT, Framework, Indicator
from saferplymouth.periods import Calendar
from saferplymouth.sources.statuses import ABSENT, HIDDEN, UNRELIABLE
from saferplymouth.statistics import control_charts, intervals, measures, trends
from saferplymouth.statistics.intervals import Projection
from saferplymouth.statistics.measures import Rate, Year
from saferplymouth.statistics.trends import PeriodComparison
from saferplymouth.store import gap, observations
from saferplymouth.store.local_crime import LocalCrime

PERCENT_CEILING = 100
YEARS_OF_SEASON = 5
DOUBTFUL = "q"


@dataclass(frozen=True)
class Evidence:
    """`year` is the financial year, `observed` every figure by period as received, both with small
    counts hidden. `observed` also has the periods whose figure its sender hides or does not have.

    `lately` is the last six months against a year before; `control` the control chart's frame, with
    `variation` and `assurance` as `control_charts` names them (no assurance while the latest month
    is part of a signal); `projection` the year's end; `awaited` the period that should have come
    and has not; `rate` the year to date for so many people. Each is None where it cannot be worked
    out. `groups` are the figures of the indicator's breakdowns by period. `doubts` says of each
    period whose figure may not be all of the data why: it is in nothing else. `confirmed` says of
    each that was let stand why it was in doubt, and by whom. `odd` says of months that are low (-1)
    or high (1) in many series at once which they are: they are in question, and nothing that they
    make look good is called so.
    """

    indicator: Indicator
    month: pd.Period
    observed: pd.DataFrame
    year: Year
    lately: PeriodComparison | None
    control: pd.DataFrame | None
    variation: str | None
    assurance: str | None
    projection: Projection | None
    awaited: pd.Period | None
    rate: Rate | None
    groups: pd.DataFrame
    doubts: Mapping[pd.Period, str] = field(default_factory=dict)
    confirmed: Mapping[pd.Period, str] = field(default_factory=dict)
    odd: Mapping[pd.Period, int] = field(default_factory=dict)

    @property
    def latest(self) -> pd.Period | None:
        """The last period with any figure, this year's or not, of the whole or of a group; it may
        be hidden.
        """
        given = [frame[frame["status"] != ABSENT] for frame in (self.observed, self.groups)]
        return max((frame.index[-1] for frame in given if len(frame)), default=None)

    @property
    def unheard(self) -> bool:
        """Whether nothing has ever been received."""
        return self.observed.empty and self.groups.empty

    def with_status(self, status: str) -> pd.PeriodIndex:
        """The periods of whose figure its sender says this: see `sources.statuses`."""
        return self.observed.index[self.observed["status"] == status]


class Figures(NamedTuple):
    """What an indicator's evidence is worked out from: its year, its series, and for the periods
    that are in doubt, or were, why.
    """

    indicator: Indicator
    year: Year
    observed: pd.DataFrame
    doubts: dict[pd.Period, str]
    confirmed: dict[pd.Period, str]


def gather(
    stood: pd.DataFrame,
    indicator: Indicator,
    framework: Framework,
    month: pd.Period,
    local: LocalCrime | None = None,
    odd: Mapping[pd.Period, int] = MappingProxyType({}),
) -> Evidence:
    """The evidence on `indicator` from the observations as they stood for the edition of `month`;
    `local` tells why a figure worked out from the street files is not there.
    """
    calendar = framework.calendar
    _, year, observed, doubts, confirmed = figures(stood, indicator, framework, month)
    groups = observations.by_group(stood, indicator, calendar)
    groups = disclosure.suppress_groups(groups, indicator, observed)
    groups = groups[~groups.index.isin(doubts)]
    year, rate = _rated(_marked(year, doubts), framework, local)
    aim = None if indicator.monitoring_only else indicator.good
    target, variation, assurance = _monthly_target(year), None, None
    reliable = observed["value"].mask(observed["status"] == UNRELIABLE)
    control = _control(indicator, observed, aim, target, odd)
    if control is not None:
        variation = control_charts.variation(control)
    if variation == "neither":
        assurance = control_charts.assurance(control, target, aim)
    return Evidence(
        indicator,
        month,
        observed,
        year,
        trends.recent(year, reliable),
        control,
        variation,
        assurance,
        _projection(year, reliable),
        _awaited(indicator, indicator.due(calendar, month), observed, groups),
        rate,
        groups,
        doubts,
        confirmed,
        odd,
    )


def figures(
    stood: pd.DataFrame, indicator: Indicator, framework: Framework, month: pd.Period
) -> Figures:
    """The figures of `indicator` as they stood, less those in doubt, with small counts hidden."""
    calendar, small_base = framework.calendar, framework.partnership.small_base
    observed, supplied = observations.of_indicator(stood, indicator, framework)
    doubts, confirmed = (_texts(observed, column) for column in ("doubt", "confirmed"))
    observed, supplied = _without(observed, supplied, doubts, calendar)
    observed = disclosure.with_stand_ins(observed, indicator)
    whole = measures.financial_year(indicator, observed, supplied, month, calendar, small_base)
    return Figures(indicator, *disclosure.suppress(whole, observed), doubts, confirmed)


def _texts(observed: pd.DataFrame, column: str) -> dict[pd.Period, str]:
    texts = observed.get(column, pd.Series(dtype=object)).dropna()
    return dict(texts[texts != ""])


def _without(
    observed: pd.DataFrame,
    supplied: pd.DataFrame,
    doubts: Mapping[pd.Period, str],
    calendar: Calendar,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The figures that are not in doubt, and the supplied years to date that hold none of those."""
    ends = [period.asfreq("M", "end") for period in doubts]
    sound = [
        not any(end <= month and calendar.year(end) == calendar.year(month) for end in ends)
        for month in supplied.index
    ]
    return observed[~observed.index.isin(doubts)], supplied[np.array(sound, dtype=bool)]


def _marked(year: Year, doubts: Mapping[pd.Period, str]) -> Year:
    """The year with a status for what is in doubt."""
    back = periods.FREQUENCIES[year.indicator.frequency]
    frame = year.frame.copy()
    for column, shift in (("this_status", 0), ("last_status", back)):
        frame.loc[(frame.index - shift).isin(doubts), column] = DOUBTFUL
    return replace(year, frame=frame)


def suspect_months(gathered: Iterable[Evidence | Figures]) -> dict[pd.Period, dict[str, float]]:
    """The months of this year that are odd in many monthly counts: see `trends.suspect_months`.
    Excluded ones are explained.
    """
    counts = [e for e in gathered if _is_monthly_count(e.indicator)]
    series = {e.indicator.key: _kept(e) for e in counts if len(e.observed)}
    return trends.suspect_months(series, counts[0].year.frame.index) if counts else {}


def suspect_directions(
    stood: pd.DataFrame, framework: Framework, month: pd.Period
) -> dict[pd.Period, int]:
    """Which way each odd month stands out: -1 low, 1 high. `stood` has the figures of all
    indicators.
    """
    of = [i for i in framework.indicators.values() if _is_monthly_count(i)]
    gathered = [figures(stood[stood["indicator"] == i.key], i, framework, month) for i in of]
    lowest = {at: min(scores.values()) for at, scores in suspect_months(gathered).items()}
    return {at: -1 if score < 0 else 1 for at, score in lowest.items()}


def _kept(e: Evidence | Figures) -> pd.Series:
    """Its figures by period, without those of excluded periods."""
    values = e.observed["value"]
    return values[[not e.indicator.excluded(period) for period in values.index]]


def _is_monthly_count(indicator: Indicator) -> bool:
    return indicator.frequency == "month" and indicator.unit == COUNT


def _rated(year: Year, framework: Framework, local: LocalCrime | None) -> tuple[Year, Rate | None]:
    """The year with its rates, or with why they or what is worked out are lacking."""
    of = year.indicator.population
    if year.indicator.worked_out:
        opens = framework.calendar.year(year.frame.index[0])
        on = gap.basis(framework, opens)
        return replace(year, lacking=gap.lacking(framework, opens, local), basis=on), None
    return measures.rated(year, framework.populations[of].people) if of else (year, None)


def _monthly_target(year: Year) -> float | None:
    """The target of a single month: its level, or an even share of the year's."""
    if year.target is None:
        return None
    return year.target.level if year.indicator.is_level else year.target.year_end / len(year.frame)


def _control(
    indicator: Indicator,
    observed: pd.DataFrame,
    aim: int | None,
    target: float | None,
    odd: Mapping[pd.Period, int],
) -> pd.DataFrame | None:
    """The control chart's frame, in which an odd month is no improvement; none where a hidden count
    would be in it, or could be worked out of it. Months whose figure its sender hides, does not
    have or calls unreliable are left out.
    """
    left_out = observed["status"].isin([HIDDEN, ABSENT, UNRELIABLE])
    values, small = observed["value"][~left_out], observed["hidden"][~left_out]
    if indicator.frequency != "month" or len(values) < 2 or small.any():
        return None
    ceiling = PERCENT_CEILING if indicator.unit == PERCENT else None
    floor = None if indicator.can_be_negative else 0
    starts = {pd.Period(start, "M"): cause for start, cause in indicator.new_baseline.items()}
    first, last = values.index[0], values.index[-1]
    changes = {start: cause for start, cause in starts.items() if first < start <= last}
    frame = control_charts.xmr(values, aim, target, changes=changes, floor=floor, ceiling=ceiling)
    if np.isnan(frame["upper_drawn"].iloc[-1]):  # no two months in a row have figures
        return None
    unsure = [bool(better) and odd.get(at) == aim for at, better in frame["improving"].items()]
    frame.loc[unsure, "improving"] = None
    return frame


def _projection(year: Year, reliable: pd.Series) -> Projection | None:
    """The year's end, where every period so far and the whole of an earlier year are known, none of
    them excluded: up to `YEARS_OF_SEASON` years say what share of a year is still to come.
    """
    if year.indicator.unit != COUNT or year.latest is None:
        return None
    known = reliable[[not year.indicator.excluded(period) for period in reliable.index]]
    this = known.reindex(year.frame.loc[: year.latest].index)
    backs = [back * len(year.frame) for back in range(YEARS_OF_SEASON, 0, -1)]
    years = [known.reindex(year.frame.index - back).to_numpy() for back in backs]
    whole = [counts for counts in years if not np.isnan(counts).any()]
    if this.isna().any() or not whole:
        return None
    projection = intervals.project(this.tolist(), np.array(whole))
    return projection if projection.months_left and projection.low is not None else None


def _awaited(
    indicator: Indicator, due: pd.Period, observed: pd.DataFrame, groups: pd.DataFrame
) -> pd.Period | None:
    """The last period ended by the edition's month, if nothing has come for it."""
    breakdowns = indicator.breakdowns.values()
    groups_only = bool(breakdowns) and not any(b.adds_up for b in breakdowns)
    return None if due in observed.index or (groups_only and due in groups.index) else due
