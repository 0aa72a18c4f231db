"""Watches the series of a whole board together, month by month: what has changed, and since when.

Each new period is compared with what the model of the periods before it leads one to expect
(`expectations`): its distance is the normal quantile of its mid-P value (`predictive`). For each
stretch of up to a year that ends with the period, the distances are combined into the generalised
least squares estimate of a lasting change, over its standard error, and held against Student's t
with the degrees of freedom of the dispersion. The clearest stretch is the evidence: a
window-limited generalised likelihood ratio (Lai, Journal of the Royal Statistical Society B 57
(1995), 613–658).

A change is told by the step-up rule of Benjamini and Hochberg (JRSS B 57 (1995), 289–300) over all
the series of the board, with the changes that are still going on among the rejections. A change
goes on while its evidence does and its last three periods lie on its side; not where those after
its clearest period are nearer to what was expected by more than chance. When it has lasted a
year, its level is what is expected from then on: a new phase. Periods of a change that has passed
are left out of later models.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import scipy  # loads its parts when first used

from saferplymouth.statistics import expectations, predictive
from saferplymouth.statistics.expectations import History, Model
from saferplymouth.statistics.predictive import LEVELS, SHARES

FALSE = 1 / 12  # new false statements a month of a board without change: one a year
LOOKS = 3.0  # stretches that share periods are as good as so many separate ones (docs/signals.md)
GOING_ON = 3.0  # standard errors
STILL = 2.0  # the same, of the last three periods
RECENT = 3
SETTLED = 0.5  # years since a change was told, before it can be the new normal
FIRST = {12: 36, 4: 12}  # periods known before any is judged
REFITS = (0.25, 0.5)  # years into a phase; and each whole year
LONGEST = 10  # years of history looked at
SETTLED_CAUSE = "the level {} and stayed there for a year"


@dataclass(frozen=True)
class Watched:
    """A series to watch: its history, `excluded` periods and new baselines (`changes`), each with
    its reason, and the lowest and highest possible value, if there is one.
    """

    history: History
    excluded: Mapping[pd.Period, str] = field(default_factory=dict)
    changes: Mapping[pd.Period, str] = field(default_factory=dict)
    floor: float | None = 0.0
    ceiling: float | None = None


def watch(board: Mapping[str, Watched], size: int) -> dict[str, pd.DataFrame]:
    """What was expected of each series in each period, and what has changed, as frames by period.

    `size` is how many series the board has in all; those not given are taken as unchanged. A series
    with too short a history (36 months or 12 quarters, before the first that is judged) is not in
    the result, and nothing from before the last ten calendar years and this one is. The columns are
    those of `control_charts.xmr` (`mean` is what was expected, `lower` and `upper` are the limits
    of a single period), with

    - `low95` and `high95`: the 95% prediction interval of the period;
    - `excluded`: the reason why it is left out, or empty;
    - `new`: a change is first told in this period; `since` and `told`: where the change that the
      period belongs to begins and was first told (as text), else empty; `false_a_year`: how many
      statements at least as clear a board of this size without change would have in a year;
    - `settled`: of a phase that began as a change, the period in which it became the new normal;
    - `dispersion` and `df`: the variance of the months to come over that of chance, neighbours that
      are alike included, and its degrees of freedom.

    `signal` marks the periods of a change that has not become the new normal: `outside` where one
    is beyond a limit, `shift` otherwise. A change that has is a new `phase`.
    """
    board = {key: replace(one, history=_shortened(one.history)) for key, one in board.items()}
    watched = {key: _Series(one, size) for key, one in board.items() if _long_enough(one)}
    moments = sorted({month for one in watched.values() for month in one.months})
    for month in moments:
        here = [(one, one.months[month]) for one in watched.values() if month in one.months]
        for one, place in here:
            one.refit(place)
        pooled = expectations.pooled_correlation([one.own for one in watched.values() if one.own])
        for one, place in here:
            one.assess(place, pooled)
            one.goes_on(place)
        known = sum(one.is_told(month) for one in watched.values())
        _tell(here, known, size)
        for one, place in here:
            one.settle(place)
    return {key: one.frame() for key, one in watched.items()}


def _long_enough(one: Watched) -> bool:
    """Whether a series has enough periods with data, and anything counted in them."""
    values = one.history.values
    sound = values.notna() & ~values.index.isin(one.excluded)
    enough = sound.sum() > FIRST[one.history.season]
    return bool(enough and (one.history.kind == LEVELS or (values[sound] > 0).any()))


@dataclass
class _Change:
    """A change as it goes on: its `side`, the places where it begins and where it was told."""

    side: int
    since: int
    told: int
    last: int


class _Series:
    """One series while it is watched, with an entry in every array for each of its periods."""

    def __init__(self, watched: Watched, size: int):
        self.watched, self.history, self.size = watched, watched.history, size
        index, n = self.history.values.index, len(self.history.values)
        self.ends = index.asfreq("M", "end")
        self.months = {month: place for place, month in enumerate(self.ends)}
        self.values = self.history.values.to_numpy(dtype=float)
        self.numbers = self.history.numbers
        self.season = self.history.season
        self.excluded = np.array([watched.excluded.get(period, "") for period in index], object)
        self.sound = ~np.isnan(self.values) & (self.excluded == "")
        self.used, self.phase = self.sound.copy(), np.zeros(n, dtype=int)
        self.starts, self.causes, self.settled = [0], [""], [""]
        self.own: Model | None = None
        self.model: Model | None = None
        self.judged_from = 0
        self.expected, self.variance, self.own_variance = (np.full(n, np.nan) for _ in range(3))
        self.slope, self.distance, self.df, self.p = (np.full(n, np.nan) for _ in range(4))
        self.statistics = np.empty(0)
        self.change: _Change | None = None
        self.changes: list[_Change] = []
        self.new = np.zeros(n, dtype=bool)

    def refit(self, place: int) -> None:
        """Begin a new phase where one is due, and make a new model where that is."""
        cause = self.watched.changes.get(self.history.values.index[place])
        if place:
            self.phase[place] = self.phase[place - 1]
        if cause and place:
            self._end_change(place)
            self._begin_phase(place, cause, "")
        length = (place - self.starts[-1]) / self.season
        known = self.sound[:place].sum(), self.sound[self.starts[-1] : place].sum()
        if known[0] < FIRST[self.season] or known[1] < REFITS[0] * self.season:
            return
        if self.own is None or length in REFITS or length % 1 == 0:
            first = self.own is None
            self._fit(place)
            if first:
                self._look_back(self.starts[-1], place)

    def _fit(self, ends: int) -> None:
        used = self.used.copy()
        if self.change:
            used[self.change.since : ends] = False
        self.own = expectations.fit(self.history, used, self.phase, ends)
        self.model = None

    def _look_back(self, start: int, ends: int) -> None:
        """What the first model of a phase makes of the periods that it was made from."""
        self.model = self.own
        for place in range(start, ends):
            self._expect(place)
        self.judged_from, self.model = ends, None

    def _begin_phase(self, place: int, cause: str, settled: str) -> None:
        self.starts.append(place)
        self.causes.append(cause)
        self.settled.append(settled)
        self.phase[place:] = len(self.starts) - 1
        self.own = self.model = None

    def assess(self, place: int, pooled: float) -> None:
        """The evidence of a change that goes on in this period."""
        self.statistics = np.empty(0)
        if self.own is None:
            return
        if self.model is None:
            self.model = expectations.drawn_towards(self.own, pooled)
        self._expect(place)
        if np.isnan(self.distance[place]) or not self.sound[place]:
            return
        back = np.arange(place, max(self.judged_from, place - self.season + 1) - 1, -1)
        back = back[self.sound[back]]
        self.statistics = self._stretches(back)
        self.stretch = back
        best = np.abs(self.statistics).argmax()
        self.side, self.begins = int(np.sign(self.statistics[best])), int(back[best])
        self.p[place] = self._probability(abs(self.statistics[best])) * LOOKS

    def _probability(self, statistic: float) -> float:
        return float(2 * scipy.special.stdtr(self.model.df, -statistic))

    def _expect(self, place: int) -> None:
        """What is expected of a period, its limits and its distance from what came."""
        model, at = self.model, np.array([place])
        design = model.design(at, self.phase[place])
        expected = model.expected(design)
        own, slope = model.own_variance(expected, self.numbers[at]), model.slope(expected)
        variance = own + slope**2 * ((design @ model.covariance) * design).sum(axis=1)
        self.expected[place], self.own_variance[place] = expected[0], own[0]
        self.slope[place], self.variance[place] = slope[0], variance[0]
        self.df[place] = model.df
        about = expected[0], variance[0], self.history.kind, self.numbers[place]
        self.distance[place] = predictive.distance(self.values[place], *about)

    def _stretches(self, back: np.ndarray) -> np.ndarray:
        """The standardised change over each stretch from the latest period (`back[0]`) backwards.

        With L the Cholesky factor of the distances' correlation, the leading parts of L⁻¹ are those
        of every shorter stretch, so that one factor does for all of them.
        """
        model = self.model
        design = model.design(back, self.phase[back[0]])
        lag = np.abs(back[:, None] - back[None, :])
        alike = np.where(lag, model.alike * model.correlation**lag, 1.0)
        own, slope = np.sqrt(self.own_variance[back]), self.slope[back]
        covariance = np.outer(own, own) * alike
        covariance += np.outer(slope, slope) * (design @ model.covariance @ design.T)
        deviation = np.sqrt(np.maximum(covariance.diagonal(), 1e-300))
        correlation = covariance / np.outer(deviation, deviation)
        factor = np.linalg.cholesky(correlation + 1e-12 * np.eye(len(back)))
        both = np.column_stack([self.distance[back], slope / deviation])
        distance, effect = np.linalg.solve(factor, both).T
        return np.cumsum(distance * effect) / np.sqrt(np.cumsum(effect**2))

    def goes_on(self, place: int) -> None:
        """Whether the change told before still goes on; it ends, or turns round, otherwise."""
        change = self.change
        if change is None or not len(self.statistics):
            return
        mine = change.side * self.statistics
        clearest = int(mine.argmax())
        evident = self._probability(mine[clearest]) < 2 * scipy.special.ndtr(-GOING_ON)
        if mine[clearest] > 0 and evident and self._lasts(change.side, clearest):
            change.since, change.last = int(self.stretch[clearest]), place
        else:
            self._end_change(place)

    def _lasts(self, side: int, longest: int) -> bool:
        """Whether the last three periods are on this side, and those after the clearest of them
        are as well.
        """
        if side * self.statistics[:RECENT][-1] < STILL:
            return False
        far = side * self.distance[self.stretch[longest::-1]]
        after = far[far.argmax() + 1 :]
        if not len(after):
            return True
        gap = (far.max() - after.mean()) / np.sqrt(1 + 1 / len(after))
        return bool(gap < GOING_ON or after.sum() / np.sqrt(len(after)) >= STILL)

    def has_passed(self) -> bool:
        """Whether the clearest stretch is a change that was told before and no longer goes on."""
        before = self.changes[-1] if self.changes else None
        if before is None or before.side != self.side or self.begins > before.last:
            return False
        return not self._lasts(self.side, int(np.flatnonzero(self.stretch == self.begins)[0]))

    def is_told(self, month: pd.Period) -> bool:
        """Whether a change is told that went on in the year to this month."""
        return self.change is not None and (month - self.ends[self.change.last]).n < 12

    def _end_change(self, place: int) -> None:
        if self.change:
            self.used[self.change.since : self.change.last + 1] = False
            self.changes.append(self.change)
        self.change = None

    def tell(self, place: int) -> None:
        """A change is told: as new, unless it takes up again one that seemed to have ended."""
        before = self.changes[-1] if self.changes else None
        if before and before.side == self.side and self.begins <= before.last + 1:
            self.changes.pop()
            self.used[before.since : place] = self.sound[before.since : place]
            self.change = _Change(self.side, min(before.since, self.begins), before.told, place)
            return
        self.change = _Change(self.side, self.begins, place, place)
        self.new[place] = True

    def settle(self, place: int) -> None:
        """A change that has lasted a year is the new normal from where it began."""
        change = self.change
        if change is None or change.last - change.since + 1 < self.season:
            return
        if change.last - change.told < SETTLED * self.season:
            return
        self.change = None
        way = "rose" if change.side > 0 else "fell"
        settled = str(self.history.values.index[place])
        self._begin_phase(change.since, SETTLED_CAUSE.format(way), settled)
        self._fit(place + 1)
        self._look_back(change.since, place + 1)

    def _interval(self, outside: float) -> tuple[np.ndarray, np.ndarray]:
        """The interval of each single period that this share of periods is outside of."""
        tail = scipy.special.ndtr(scipy.special.stdtrit(self.df, outside / 2))
        about = self.expected, self.variance, self.history.kind, self.numbers
        return predictive.quantile(tail, *about), predictive.quantile(1 - tail, *about)

    def frame(self) -> pd.DataFrame:
        """The frame that `watch` describes."""
        frame = self._expectations()
        frame["phase"] = self.phase
        frame["cause"] = [self.causes[phase] for phase in self.phase]
        frame["settled"] = [self.settled[phase] for phase in self.phase]
        frame["trial"] = False
        frame["excluded"], frame["new"] = self.excluded, self.new
        frame["false_a_year"] = self.p * self.size * 12
        last = self.own
        frame["dispersion"] = np.nan if last is None else last.dispersion * last.inflation
        frame["df"] = np.nan if last is None else last.df
        frame["trend"] = frame["two_of_three"] = False
        return frame.join(self._changes(frame.pop("outside")))

    def _expectations(self) -> pd.DataFrame:
        """What came, what was expected, and both intervals; `outside` says what is beyond."""
        lower, upper = self._interval(FALSE / self.size / LOOKS)
        low95, high95 = self._interval(0.05)
        of = {"value": self.values, "mean": self.expected, "lower": lower, "upper": upper}
        of |= {"low95": low95, "high95": high95}
        scale = 100 if self.history.kind == SHARES else 1
        frame = (pd.DataFrame(of, self.history.values.index) * scale).round(9)
        floor, ceiling = self.watched.floor, self.watched.ceiling
        for name in ("low95", "high95"):
            frame[name] = frame[name].clip(floor, ceiling)
        frame["lower_drawn"] = frame["lower"].clip(lower=floor)
        frame["upper_drawn"] = frame["upper"].clip(upper=ceiling)
        if floor is not None:
            frame["lower"] = frame["lower"].mask(frame["lower"] <= floor)
        if ceiling is not None:
            frame["upper"] = frame["upper"].mask(frame["upper"] >= ceiling)
        frame["outside"] = (frame["value"] < frame["lower"]) | (frame["value"] > frame["upper"])
        return frame

    def _changes(self, beyond: pd.Series) -> pd.DataFrame:
        """The periods of each change, and those of them that are beyond a limit."""
        labels = self.history.values.index.astype(str)
        frame = pd.DataFrame({"since": "", "told": "", "side": 0}, beyond.index)
        for change in [*self.changes, *([self.change] if self.change else [])]:
            stretch = frame.index[change.since : change.last + 1]
            frame.loc[stretch] = labels[change.since], labels[change.told], change.side
        frame.loc[~self.sound, "side"] = 0
        frame["signal"] = frame["side"] != 0
        frame["outside"], frame["shift"] = frame["signal"] & beyond, frame["signal"] & ~beyond
        return frame


def _tell(here: list[tuple[_Series, int]], known: int, size: int) -> None:
    """Which changes are told anew in a month, by the step-up rule; `known` ones go on."""
    idle = [(one, place) for one, place in here if one.change is None and len(one.statistics)]
    open_ = [(one, place) for one, place in idle if not one.has_passed()]
    open_.sort(key=lambda pair: pair[0].p[pair[1]])
    new = 0
    for rank, (one, place) in enumerate(open_, start=1):
        if one.p[place] <= (known + rank) * FALSE / size:
            new = rank
    for one, place in open_[:new]:
        one.tell(place)


def _shortened(history: History) -> History:
    """The last ten calendar years and what is known of this one, so that its cost has an end."""
    season, index = history.season, history.values.index
    start = max(0, len(index) - LONGEST * season)
    start = max(0, start - index[start].ordinal % season) if start else 0
    of = None if history.of is None else history.of.iloc[start:]
    return History(history.values.iloc[start:], history.kind, of)
