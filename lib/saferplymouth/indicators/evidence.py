"""Gathers all the figures about one indicator for one month, for its sentences and charts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd

from saferplymouth import disclosure, periods
from saferplymouth.framework import COUNT, PERCENT, Framework, Indicator
from saferplymouth.indicators import watching
from saferplymouth.periods import Calendar
from saferplymouth.sources.statuses import ABSENT
from saferplymouth.statistics import control_charts, intervals, measures, surveillance, trends
from saferplymouth.statistics.intervals import Projection
from saferplymouth.statistics.measures import Rate, Year
from saferplymouth.statistics.trends import PeriodComparison
from saferplymouth.store import gap, observations
from saferplymouth.store.local_crime import LocalCrime

YEARS_OF_SEASON = 5
DOUBTFUL = "q"
FEWEST_MONTHS = 4  # in both years, below which their own variation is not known well enough
FEWEST_PAIRS = 3
COMPARISONS = 2  # of a short history: the year to date, and the last six months


@dataclass(frozen=True)
class Signal:
    """A change that is going on: in the periods from `first` to `last` there were `observed`, and
    `expected` was to be expected (means, if the figures do not add up).

    `side` is 1 for more, −1 for less. It was first told in `told`. A board without change would
    have `false_a_year` statements at least as clear in a year.
    """

    side: int
    first: pd.Period
    last: pd.Period
    told: pd.Period
    observed: float
    expected: float
    false_a_year: float

    @property
    def covered(self) -> pd.PeriodIndex:
        return pd.period_range(self.first, self.last)

    @property
    def change(self) -> float:
        """Observed less expected."""
        return self.observed - self.expected

    @property
    def percent(self) -> float | None:
        """The change in per cent of what was expected."""
        return 100 * self.change / self.expected if self.expected else None


@dataclass(frozen=True)
class Evidence:
    """`year` is the financial year, `observed` every figure by period as received, both with small
    counts hidden. `observed` also has the periods whose figure its sender hides or does not have.

    `board` is how many indicators share the budget of false statements. `control` is the control
    chart's frame: that of `surveillance.watch` if the history is long enough to know the season
    (`seasonal`), else that of `control_charts.xmr`. `signal` is the change that it shows to be
    going on. `lately` is the last six months against a year before. `variation` and `assurance`
    are as `control_charts` names them (no assurance while the latest month
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
    board: int = 1
    seasonal: bool = False
    signal: Signal | None = None

    @property
    def year_changed(self) -> bool | None:
        """Whether the change in the year to date is more than usual variation; None if it is too
        early to tell.

        It is where a change is going on in the same direction and the comparison with last year is
        clear. In a short history, that comparison has to be clear enough for the whole board.
        """
        to_date = self.year.to_date
        if to_date is None or to_date.comparison is None:
            return None
        if self.seasonal:
            return self._agrees and bool(to_date.comparison.beyond_chance)
        pairs = len(to_date.periods)
        months = pairs * 12 // periods.FREQUENCIES[self.indicator.frequency]
        if pairs < FEWEST_PAIRS or months < FEWEST_MONTHS or to_date.comparison.p is None:
            return None
        return self._clear(to_date.comparison)

    @property
    def lately_changed(self) -> bool:
        """Whether, in a short history, the last six months changed by more than usual variation and
        the year to date did not, or the other way.
        """
        if self.seasonal or self.lately is None or self.year_changed is None:
            return False
        here = self.lately.comparison
        opposite = self.year.to_date.change * here.change < 0
        return self._clear(here) and (opposite or not self.year_changed)

    @property
    def side(self) -> int:
        """Which way it has changed by more than usual variation: 1 up, −1 down, 0 not."""
        if self.seasonal:
            return self.signal.side if self.signal else 0
        changed = self.year.to_date.change if self.year_changed else 0
        if self.lately_changed:
            changed = self.lately.comparison.change
        return int(np.sign(changed))

    @property
    def signal_leads(self) -> bool:
        """Whether the change that is going on says more than the year to date: that does not show
        it, or the change is in less than half of its periods.
        """
        if self.signal is None or self.year.to_date is None:
            return False
        covered = self.year.to_date.periods
        few = 2 * covered.isin(self.signal.covered).sum() < len(covered)
        return few or not self.year_changed

    @property
    def _agrees(self) -> bool:
        to_date = self.year.to_date
        if self.signal is None or to_date is None or to_date.change is None:
            return False
        return to_date.change * self.signal.side > 0

    @property
    def new_normal(self) -> pd.PeriodIndex | None:
        """The periods of the level that was once a change and is what is expected now."""
        if not self.seasonal or not self.control["settled"].iloc[-1]:
            return None
        return self.control.index[self.control["phase"] == self.control["phase"].iloc[-1]]

    @property
    def newly_normal(self) -> bool:
        """Whether it is the latest period that made it so."""
        if self.new_normal is None:
            return False
        settled = pd.Period(self.control["settled"].iloc[-1], self.control.index.freq)
        return settled == self.control["value"].last_valid_index() and self._just_came(settled)

    @property
    def newly_changed(self) -> bool:
        """Whether the change that is going on is told for the first time in this edition."""
        return (
            self.signal is not None
            and self.signal.told == self.signal.last
            and self._just_came(self.signal.last)
        )

    def _just_came(self, period: pd.Period) -> bool:
        return self.observed["received"].get(period) == str(self.month)

    def _clear(self, comparison: intervals.Comparison) -> bool:
        """Whether a comparison stands out on a board of so many."""
        by_chance = 1.0 if comparison.p is None else comparison.p
        return by_chance * self.board * COMPARISONS <= surveillance.FALSE

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
    board: Mapping[str, pd.DataFrame] | None = None,
    known: Figures | None = None,
) -> Evidence:
    """The evidence on `indicator` from the observations as they stood for the edition of `month`;
    `local` tells why a figure worked out from the street files is not there. `board` is what
    `watch` finds; without it the indicator is watched by itself. `known` are its figures, if they
    have been worked out.
    """
    calendar = framework.calendar
    known = known or figures(stood, indicator, framework, month)
    _, year, observed, doubts, confirmed = known
    groups = observations.by_group(stood, indicator, calendar)
    groups = disclosure.suppress_groups(groups, indicator, observed)
    groups = groups[~groups.index.isin(doubts)]
    year, rate = _rated(_marked(year, doubts), framework, local)
    found = board.get(indicator.key) if board is not None else None
    if board is None:
        found = watching.of_one(indicator, observed, framework)
    control = _of_short_history(indicator, observed) if found is None else found
    reliable = observed["value"].mask(~watching.reliable(observed))
    year = year if found is None else _with_history(year, found)
    e = Evidence(
        indicator,
        month,
        observed,
        year,
        trends.recent(year, reliable),
        control,
        None,
        None,
        _projection(year, reliable),
        _awaited(indicator, indicator.due(calendar, month), observed, groups),
        rate,
        groups,
        doubts,
        confirmed,
        odd,
        watching.size(framework),
        found is not None,
        None if found is None else _signal(indicator, found),
    )
    return e if control is None else _judged(e)


def _with_history(year: Year, found: pd.DataFrame) -> Year:
    """The year, its comparison as wide as the whole history of the series makes it."""
    to_date = year.to_date
    if to_date is None or to_date.comparison is None or not found["df"].iloc[-1] > 0:
        return year
    rows = year.frame.loc[to_date.periods, ["this", "last"]].astype(int)
    known = found[["dispersion", "df"]].iloc[-1]
    comparison = intervals.compare(rows["this"].tolist(), rows["last"].tolist(), tuple(known))
    return replace(year, to_date=replace(to_date, comparison=comparison))


def _judged(e: Evidence) -> Evidence:
    """The evidence with its control chart judged: a signal is good or bad only where the verdict
    is, and no odd month is an improvement.
    """
    aim, target = None if e.indicator.monitoring_only else e.indicator.good, _monthly_target(e.year)
    frame = e.control.assign(target=np.nan if target is None else float(target))
    agrees = (frame["side"] == e.side) | (e.seasonal & (frame["side"] != 0))
    good = [
        None if not told or not aim or (side == aim == e.odd.get(at)) else bool(side == aim)
        for at, side, told in zip(
            frame.index, frame["side"], agrees & (frame["side"] != 0), strict=True
        )
    ]
    frame["improving"] = pd.Series(good, frame.index, dtype=object)
    variation, assurance = control_charts.variation(frame), None
    if variation == "neither":
        assurance = control_charts.assurance(frame, target, aim)
    return replace(e, control=frame, variation=variation, assurance=assurance)


def _signal(indicator: Indicator, found: pd.DataFrame) -> Signal | None:
    """The change that is going on in the latest period with a figure, if one is."""
    known = found[found["value"].notna() & (found["excluded"] == "")]
    if known.empty or not known["signal"].iloc[-1]:
        return None
    latest = known.iloc[-1]
    first, told = (pd.Period(latest[name], found.index.freq) for name in ("since", "told"))
    rows = known.loc[first:]
    sums = rows[["value", "mean"]].mean() if indicator.is_level else rows[["value", "mean"]].sum()
    side, last = int(latest["side"]), known.index[-1]
    return Signal(side, first, last, told, *sums, float(rows["false_a_year"].min()))


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


def of_all(stood: pd.DataFrame, framework: Framework, month: pd.Period) -> list[Figures]:
    """The figures of every indicator as they stood."""
    rows, none = dict(iter(stood.groupby("indicator"))), stood.iloc[:0]
    every = framework.indicators.values()
    return [figures(rows.get(i.key, none), i, framework, month) for i in every]


def watched(
    gathered: Iterable[Figures], framework: Framework, path: Path | None = None
) -> dict[str, pd.DataFrame]:
    """What watching the board of these figures finds: see `watching.of_board`."""
    return watching.of_board(((f.indicator, f.observed) for f in gathered), framework, path)


def suspect_months(gathered: Iterable[Evidence | Figures]) -> dict[pd.Period, dict[str, float]]:
    """The months of this year that are odd in many monthly counts: see `trends.suspect_months`.
    Excluded ones are explained.
    """
    counts = [e for e in gathered if _is_monthly_count(e.indicator)]
    series = {
        e.indicator.key: _without_excluded(e.observed["value"], e.indicator)
        for e in counts
        if len(e.observed)
    }
    return trends.suspect_months(series, counts[0].year.frame.index) if counts else {}


def suspect_directions(gathered: Iterable[Figures]) -> dict[pd.Period, int]:
    """Which way each odd month stands out: -1 low, 1 high."""
    lowest = {at: min(scores.values()) for at, scores in suspect_months(gathered).items()}
    return {at: -1 if score < 0 else 1 for at, score in lowest.items()}


def _without_excluded(values: pd.Series, indicator: Indicator) -> pd.Series:
    return values[~values.index.isin(watching.excluded(indicator, values.index))]


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


def _of_short_history(indicator: Indicator, observed: pd.DataFrame) -> pd.DataFrame | None:
    """The XmR chart of a series whose season is not known; none where a hidden count would be in
    it, or could be worked out of it.
    """
    sound = observed[watching.reliable(observed)]
    values = sound["value"]
    if indicator.frequency != "month" or len(values) < 2 or sound["hidden"].any():
        return None
    excluded = watching.excluded(indicator, values.index)
    ceiling = watching.CEILING if indicator.unit == PERCENT else None
    floor = None if indicator.can_be_negative else 0
    changes = watching.new_baselines(indicator, values.index)
    kept = values.mask(values.index.isin(excluded))
    frame = control_charts.xmr(kept, changes, floor=floor, ceiling=ceiling)
    if np.isnan(frame["upper_drawn"].iloc[-1]):  # no two months in a row have figures
        return None
    reasons = [excluded.get(month, "") for month in frame.index]
    return frame.assign(value=values.reindex(frame.index), excluded=reasons, new=False)


def _projection(year: Year, reliable: pd.Series) -> Projection | None:
    """The year's end, where every period so far and the whole of an earlier year are known, none of
    them excluded: up to `YEARS_OF_SEASON` years say what share of a year is still to come.
    """
    if year.indicator.unit != COUNT or year.latest is None:
        return None
    known = _without_excluded(reliable, year.indicator)
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
