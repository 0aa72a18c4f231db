"""Ranks the strategic assessment's issues from their scores, and tests how firm the order is.

A score is a composite indicator: a weighted mean of scores on one scale. Weights and scores are
drawn at random within their uncertainty, and each draw is ranked, to test the order. Source: OECD
and JRC, Handbook on Constructing Composite Indicators (2008): normalisation by least and most (step
5), linear aggregation (step 6) and uncertainty analysis by Monte Carlo (step 7).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from saferplymouth.framework import COUNT, Dimension, Indicator, Matrix
from saferplymouth.periods import FREQUENCIES, POOL
from saferplymouth.sources.scores import Score
from saferplymouth.statistics import populations

TOP = 5
DRAWS, SEED = 5000, 2008  # always the same draws, so that the same scores give the same page
WITHIN = 0.90  # the share of draws between the ends of a rank's range
MONTHS = 12
NOT_A_COUNT, NO_DATA, OLD, GAP = "not a count", "no data", "old", "gap"
HIDDEN, NO_PEOPLE = "hidden", "no population"


@dataclass(frozen=True)
class YearlyRate:
    """An indicator's `count` in the twelve months from `first` to `last`, and the residents
    (`people`) at the middle of the calendar year `year`, or the year `wanted` where there is no
    estimate up to it. Where there is no rate, `why` is one of the reasons above, and `last` the
    last month of the indicator, if any.
    """

    why: str = ""
    count: float | None = None
    first: pd.Period | None = None
    last: pd.Period | None = None
    year: str = ""
    people: int | None = None
    wanted: str = ""

    @property
    def per_1000(self) -> float | None:
        return None if self.why else 1000 * self.count / self.people


@dataclass(frozen=True)
class Mark:
    """An issue's `score` in a `dimension` (NaN where nothing gives it), the step's `word`, and the
    `rate` of its indicator where it was left to one.
    """

    dimension: Dimension
    score: float
    rate: YearlyRate | None

    @property
    def word(self) -> str:
        return "" if np.isnan(self.score) else self.dimension.scale[int(self.score) - 1]


@dataclass(frozen=True)
class Ranking:
    """One year's issues, in the order of their ranks and then of their names.

    `rows` are the scores as given, by issue, and `rates` those of the indicators they name.
    `scores` has a column for each dimension (1 up to the steps of its scale; NaN where nothing
    gives it), and `measured` the same with whether it was left to an indicator. `places` has
    `score` (0 to 100), `rank` (1 is the highest; equal scores share the better one), `share` (0 to
    1: of the draws in which the issue is among the first `TOP`) and `low` to `high`, the range of
    its rank in `WITHIN` of the draws. All of them are NaN for an issue with a score missing: it is
    not ranked.
    """

    matrix: Matrix
    rows: Mapping[str, Score]
    rates: Mapping[str, YearlyRate]
    scores: pd.DataFrame
    measured: pd.DataFrame
    places: pd.DataFrame

    @property
    def year(self) -> str:
        return next(iter(self.rows.values())).year

    def marks(self, issue: str) -> list[Mark]:
        """The scores of an issue, one for each dimension."""
        row, measured = self.rows[issue], self.measured.loc[issue]
        return [
            Mark(
                d, self.scores.at[issue, key], self.rates[row.indicator] if measured[key] else None
            )
            for key, d in self.matrix.dimensions.items()
        ]

    @property
    def ranked(self) -> pd.Index:
        return self.places.index[self.places["rank"].notna()]

    @property
    def unranked(self) -> pd.Index:
        return self.places.index[self.places["rank"].isna()]


def yearly_rate(
    indicator: Indicator, observed: pd.DataFrame, population: Mapping[str, int], upto: pd.Period
) -> YearlyRate:
    """The latest twelve months of a count known by the month `upto`, and the residents they are to
    be divided by.

    `observed` is the indicator's protected series (`Evidence.observed`), `population` the mid-year
    residents by calendar year. The twelve months end with the latest figure. All of them must have
    come, none hidden, and the latest no more than eleven months before `upto`. The residents are
    those of the mid-year nearest to the middle of the twelve months, which is that of the calendar
    year the middle lies in, or the latest estimate before it.
    """
    if indicator.unit != COUNT or indicator.frequency == POOL:
        return YearlyRate(NOT_A_COUNT)
    given = observed["value"].notna() | observed["hidden"]
    known = observed[given & (observed.index.asfreq("M", "end") <= upto)]
    if known.empty:
        return YearlyRate(NO_DATA)
    latest = known.index[-1]
    wanted = pd.period_range(end=latest, periods=FREQUENCIES[indicator.frequency], freq=latest.freq)
    first, last = wanted[0].asfreq("M", "start"), latest.asfreq("M", "end")
    middle, covered = str((first + MONTHS // 2).year), known.reindex(wanted)
    year = populations.latest(population, middle)
    reasons = {
        OLD: last <= upto - MONTHS,
        GAP: not wanted.isin(known.index).all(),
        HIDDEN: covered["hidden"].eq(True).any(),
        NO_PEOPLE: year is None,
    }
    if why := next((reason for reason, is_so in reasons.items() if is_so), ""):
        return YearlyRate(why, first=first, last=last, year=year or "", wanted=middle)
    return YearlyRate("", covered["value"].sum(), first, last, year, population[year], middle)


def banded(dimension: Dimension, rate: YearlyRate) -> float:
    """The score of a rate: 1 more for each band it reaches, from 1; NaN without a rate."""
    return np.nan if rate.why else 1 + sum(rate.per_1000 >= band for band in dimension.bands)


def rank(matrix: Matrix, rows: Iterable[Score], rates: Mapping[str, YearlyRate]) -> Ranking:
    """The ranking of one year's `rows`; `rates` by indicator gives the scores that people left to
    one.

    An issue's score is Σ w·100·(s − 1)/(n − 1) / Σ w over the dimensions, where w is a dimension's
    weight, n the steps of its scale and s the score. Raises KeyError for a confidence or an
    indicator that is not there.
    """
    # the draws follow the names, not the file
    rows = {row.issue: row for row in sorted(rows, key=lambda row: row.issue)}
    issues = pd.Index(rows, name="issue")
    scores = pd.DataFrame([row.scores for row in rows.values()], issues, [*matrix.dimensions])
    scores, measured = scores.astype(float), scores.isna()
    for issue, key in measured.stack().loc[lambda left: left].index:
        scores.at[issue, key] = banded(matrix.dimensions[key], rates[rows[issue].indicator])
    known, rng = scores.dropna(), np.random.default_rng(SEED)
    totals = _totals(matrix, known.to_numpy(), _weights(matrix))
    places = pd.DataFrame({"score": totals, "rank": _ranks(totals)}, known.index)
    drawn = _draw(matrix, rows, known, _varied_weights(matrix, rng), rng)
    places["share"] = (drawn <= TOP).mean(axis=0)
    for end, point in (("low", (1 - WITHIN) / 2), ("high", (1 + WITHIN) / 2)):
        places[end] = np.quantile(drawn, point, axis=0, method="inverted_cdf")
    places = places.reindex(issues).sort_values("rank", kind="stable")
    order = places.index
    return Ranking(matrix, rows, rates, scores.loc[order], measured.loc[order], places)


def movement(this: Ranking, last: Ranking) -> pd.DataFrame:
    """What moved: the issues ranked in both years, with their ranks among these alone, in the order
    of this year's.

    Columns: `last` and `this` (ranks), `moved` (places up; below zero is down) and `share` (0 to 1:
    of the draws in which the issue moved the way it did; NaN where it kept its place). A draw has
    the same weights in both years, because they are one opinion. Its scores vary independently,
    because they were given separately.
    """
    matrix, rng = this.matrix, np.random.default_rng(SEED)
    both = this.ranked.intersection(last.ranked).sort_values()
    weights = _varied_weights(matrix, rng)
    moves, drawn = pd.DataFrame(index=both), {}
    for name, year in (("last", last), ("this", this)):
        scores = year.scores.loc[both]
        moves[name] = _ranks(_totals(matrix, scores.to_numpy(), _weights(matrix)))
        drawn[name] = _draw(matrix, year.rows, scores, weights, rng)
    moves["moved"] = moves["last"] - moves["this"]
    same_way = np.sign(drawn["last"] - drawn["this"]) == np.sign(moves["moved"].to_numpy())
    moves["share"] = pd.Series(same_way.mean(axis=0), both).where(moves["moved"] != 0)
    return moves.sort_values("this", kind="stable")


def _weights(matrix: Matrix) -> np.ndarray:
    return np.array([dimension.weight for dimension in matrix.dimensions.values()])


def _varied_weights(matrix: Matrix, rng: np.random.Generator) -> np.ndarray:
    """A row of weights for each draw: each weight times a lognormal factor whose standard deviation
    is `weights_vary` of its mean, so that none falls to zero or below.
    """
    sigma, weights = np.sqrt(np.log1p(matrix.weights_vary**2)), _weights(matrix)
    return weights * np.exp(sigma * rng.standard_normal((DRAWS, len(weights))))


def _draw(
    matrix: Matrix,
    rows: Mapping[str, Score],
    scores: pd.DataFrame,
    weights: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """The rank of each issue (columns) in each draw (rows); a score is off by a normal error, whose
    standard deviation its confidence gives in steps, and kept on its scale.
    """
    spread = np.array([[matrix.confidence[rows[issue].confidence]] for issue in scores.index])
    off = rng.standard_normal((DRAWS, *scores.shape)) * spread.reshape(-1, 1)
    kept = np.clip(scores.to_numpy() + off, 1, _steps(matrix))
    return _ranks(_totals(matrix, kept, weights[:, None, :]))


def _totals(matrix: Matrix, scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Scores from 0 to 100, rounded so that equal ones are equal however they were added up."""
    scaled = 100 * (scores - 1) / (_steps(matrix) - 1)
    return np.round((scaled * weights).sum(axis=-1) / weights.sum(axis=-1), 9)


def _steps(matrix: Matrix) -> np.ndarray:
    return np.array([len(dimension.scale) for dimension in matrix.dimensions.values()])


def _ranks(totals: np.ndarray) -> np.ndarray:
    """One more than how many are ahead, so that equals share a rank."""
    return 1 + (totals[..., None, :] > totals[..., :, None]).sum(axis=-1)
