"""What a series leads one to expect of its next periods: level and season, with their uncertainty.

The model is a generalised linear model with a log link for counts (quasi-Poisson), a logit link for
percentages of a known number (quasi-binomial) and none for other figures (normal). A count is
expected to be exp(level + season). The level is that of the last two years, or since the last new
baseline; each year before has its own, so that a level that moves is not taken for a season. Where
the levels are on a clear trend (three standard errors, neighbours allowed for), it is the trend's
at the end of the data; a trend is not taken further. The season is the simplest of none, two
harmonics and an effect for each period of the year that the data do not reject (F tests of the
deviance, 1%).

The dispersion φ is Pearson's χ² over its degrees of freedom, at least 1 for counts and percentages.
The part of it beyond 1 is taken to be alike in neighbouring periods, with correlation ρ: a
first-order autoregression. Sources: McCullagh and Nelder, Generalized Linear Models (1989),
chapters 6 and 9; Noufaily and others, Statistics in Medicine 32 (2013), 1206–1222.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import scipy  # loads its parts when first used

from saferplymouth.periods import a_year
from saferplymouth.statistics.predictive import COUNTS, LEVELS, SHARES

FAMILIES = {COUNTS: "Poisson", SHARES: "Binomial", LEVELS: "Gaussian"}
NONE, HARMONICS, EACH = "none", "harmonics", "each"  # the seasons of a model
YEARS = 5  # of history in a model: no season stays the same for ever
BASELINE = 2  # years that the level is that of; each earlier year has its own
EARLIER = 1000  # more than the years of a phase, so that each level has a number
TREND_YEARS = 4  # of history, for a trend
CLEAR_TREND = 3.0  # standard errors
CLEAR = 0.01  # the probability below which a season is kept
FEWEST_EACH = 8  # counted in a period of the year on average, to give each its own effect
FEWEST_YEARS = 3  # of history, for the same
HALF = 0.5  # a count, where none is: the logarithm of none is not finite (Haldane 1956)
LEAST_SPREAD = 0.01  # of a level: a figure that has hardly varied is not judged more finely
MOST_ALIKE = 0.85  # the correlation that a short series may be found to have
SIMILAR = 25.0  # the weight of a board's correlation beside that of one series, in periods
FEWEST_DF = 3.0
TINY = 1e-300  # instead of 0, to divide by


@dataclass(frozen=True)
class History:
    """A series: `values` by period, none left out, NaN for no data; its `kind`; and for `SHARES`
    (0 to 1), `of`, the number that each is a share of.
    """

    values: pd.Series
    kind: str
    of: pd.Series | None = None

    @property
    def season(self) -> int:
        """How many periods make a year."""
        return a_year(self.values.index)

    @property
    def numbers(self) -> np.ndarray:
        """How many each value stands for, as a weight: 1 unless it is a share."""
        return np.ones(len(self.values)) if self.of is None else self.of.to_numpy(dtype=float)


@dataclass(frozen=True)
class Model:
    """A fitted model. `coefficients` have the covariance `unscaled`·φ·`inflation`; `columns` is its
    season, `levels` those it has, `ends` the place after its data.

    `alike` is the share of the variance that neighbours can have in common, `correlation` how much
    of it they do (ρ), and `weight` how well ρ is known, in periods.
    """

    kind: str
    season: int
    ends: int
    columns: str = NONE
    levels: tuple[int, ...] = ()
    trend: bool = False
    coefficients: np.ndarray | None = None
    unscaled: np.ndarray | None = None
    dispersion: float = 1.0
    alike: float = 0.0
    correlation: float = 0.0
    weight: float = 0.0
    residual_df: float = 0.0

    @property
    def inflation(self) -> float:
        """How much more a mean of many periods varies than if neighbours were not alike."""
        return 1 + 2 * self.alike * self.correlation / (1 - self.correlation)

    @property
    def covariance(self) -> np.ndarray:
        return self.unscaled * self.dispersion * self.inflation

    @property
    def df(self) -> float:
        """The degrees of freedom of φ: fewer where neighbours are alike (Bartlett 1946)."""
        squared = (self.alike * self.correlation) ** 2
        return max(self.residual_df * (1 - squared) / (1 + squared), FEWEST_DF)

    def design(self, places: np.ndarray, phase: int) -> np.ndarray:
        """Rows of the design matrix for periods of one phase, given as places in the series."""
        return _design(places, np.repeat(phase * EARLIER, len(places)), self)

    def expected(self, design: np.ndarray) -> np.ndarray:
        """What is expected in each period, in the unit of the series."""
        linear = design @ self.coefficients
        if self.kind == LEVELS:
            return linear
        return np.exp(linear) if self.kind == COUNTS else scipy.special.expit(linear)

    def own_variance(self, expected: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        """The variance of a period about what is expected of it."""
        if self.kind == COUNTS:
            return self.dispersion * expected
        if self.kind == SHARES:
            return self.dispersion * expected * (1 - expected) / numbers
        return np.repeat(self.dispersion, len(expected))

    def slope(self, expected: np.ndarray) -> np.ndarray:
        """How fast what is expected changes with the linear predictor."""
        if self.kind == COUNTS:
            return expected
        return expected * (1 - expected) if self.kind == SHARES else np.ones(len(expected))


def fit(history: History, used: np.ndarray, phases: np.ndarray, ends: int) -> Model:
    """The model of the last five years of periods before the place `ends` where `used`.

    `used` (bool) and `phases` (int) have an entry for each period of the series; at least three
    years are used. Years are counted back from the last period used. The season is the simplest
    that a fuller one does not better by more than chance would.
    """
    places = np.flatnonzero(used[:ends])[-YEARS * history.season :]
    ends = int(places[-1]) + 1
    back = (ends - 1 - places) // history.season + 1 - BASELINE
    levels = phases[places] * EARLIER + np.maximum(back, 0)
    blank = Model(history.kind, history.season, ends)
    if len(places) >= TREND_YEARS * history.season:
        trended = _simplest(history, places, phases[places] * EARLIER, replace(blank, trend=True))
        error = np.sqrt(trended.covariance[-1, -1])
        if abs(trended.coefficients[-1]) > CLEAR_TREND * error:
            return trended
    return _simplest(history, places, levels, blank)


def _simplest(history: History, places: np.ndarray, levels: np.ndarray, blank: Model) -> Model:
    """The model with the simplest season that a fuller one does not better by more than chance."""
    seasons = _seasons(history, places)
    groups = [places[levels == level] for level in set(levels.tolist())]
    if EACH in seasons:
        groups += [places[places % history.season == k] for k in range(history.season)]
    history = _with_halves(history, groups)
    fits = [_fit(history, places, levels, replace(blank, columns=columns)) for columns in seasons]
    full, least = fits[-1][1], 0.0 if history.kind == LEVELS else 1.0
    scale = max(full.pearson_chi2 / max(full.df_resid, 1), least)
    for model, result in fits[:-1]:
        more = result.df_resid - full.df_resid
        ratio = max(result.deviance - full.deviance, 0) / more
        if not scale or scipy.special.fdtrc(more, full.df_resid, ratio / scale) >= CLEAR:
            return model
    return fits[-1][0]


def pooled_correlation(models: Sequence[Model]) -> float:
    """The correlation of neighbours over a board: the mean of its series', by their weight."""
    weights = [model.weight for model in models]
    if not sum(weights) > 0:
        return 0.0
    return float(np.average([model.correlation for model in models], weights=weights))


def drawn_towards(model: Model, pooled: float) -> Model:
    """The model with its correlation drawn towards that of its board, because one series tells
    little of it (empirical Bayes); and with φ for that: a level takes up more of the variation the
    more neighbours are alike.
    """
    own = model.weight * model.correlation + SIMILAR * pooled
    drawn = replace(model, correlation=own / (model.weight + SIMILAR))
    taken_up = len(model.levels) * (drawn.inflation - 1)
    df = max(model.residual_df - taken_up, model.residual_df / 2)
    dispersion = model.dispersion * model.residual_df / df
    alike = 1.0 if model.kind == LEVELS else 1 - 1 / dispersion
    return replace(drawn, dispersion=dispersion, alike=alike)


def _seasons(history: History, places: np.ndarray) -> list[str]:
    """The seasons to try, simplest first, that the data can tell."""
    values, numbers = history.values.to_numpy()[places], history.numbers[places]
    fewest = np.inf if history.kind == LEVELS else (values * numbers).sum()
    if history.kind == SHARES:
        fewest = min(fewest, ((1 - values) * numbers).sum())
    twice = np.bincount(places % history.season, minlength=history.season).min() >= 2
    long = len(places) >= FEWEST_YEARS * history.season
    each = [EACH] if long and twice and fewest >= FEWEST_EACH * history.season else []
    return [NONE, *([HARMONICS] if history.season > 4 else []), *each]


def _with_halves(history: History, groups: Sequence[np.ndarray]) -> History:
    """The history with half a count in all where a group of places has none; or, of a share, where
    it has nothing else.
    """
    values = history.values.to_numpy(dtype=float, copy=True)
    for at in groups if history.kind != LEVELS else ():
        half = HALF / history.numbers[at].sum()
        if not values[at].any():
            values[at] += half
        elif history.kind == SHARES and (values[at] == 1).all():
            values[at] -= half
    return replace(history, values=pd.Series(values, history.values.index))


def _fit(
    history: History, places: np.ndarray, levels: np.ndarray, form: Model
) -> tuple[Model, object]:
    """The model of this form, and statsmodels' own result."""
    form = replace(form, levels=tuple(sorted(set(levels.tolist()))))
    values = history.values.to_numpy(dtype=float)[places]
    result = glm(values, _design(places, levels, form), history.kind, history.numbers[places])
    df = max(result.df_resid, 1)
    least = (LEAST_SPREAD * values.mean()) ** 2 if history.kind == LEVELS else 1.0
    dispersion = max(result.pearson_chi2 / df, least)
    alike = 1.0 if history.kind == LEVELS else 1 - 1 / dispersion
    residuals = result.resid_pearson / np.sqrt(max(dispersion * df / len(places), TINY))
    correlation = _correlation(residuals, places, alike, len(form.levels))
    model = replace(
        form,
        coefficients=result.params,
        unscaled=result.normalized_cov_params,
        dispersion=dispersion,
        alike=alike,
        correlation=correlation,
        weight=len(places) * alike**2,
        residual_df=df,
    )
    return model, result


def glm(values: np.ndarray, design: np.ndarray, kind: str, numbers: np.ndarray) -> object:
    """statsmodels' result; its covariance is without φ."""
    # not every command makes a model, and this takes a second
    from statsmodels.genmod import families
    from statsmodels.genmod.generalized_linear_model import GLM

    family = getattr(families, FAMILIES[kind])()
    with warnings.catch_warnings(action="ignore"):  # of a perfect fit, which is a finding too
        return GLM(values, design, family=family, var_weights=numbers).fit(scale=1.0)


def _correlation(residuals: np.ndarray, places: np.ndarray, alike: float, levels: int) -> float:
    """ρ from neighbouring residuals of variance 1, less the bias that each estimated level gives it
    (Kendall, Biometrika 41, 1954, 403–404).
    """
    neighbours = np.diff(places) == 1
    if not alike or not neighbours.any():
        return 0.0
    first = (residuals[1:] * residuals[:-1])[neighbours].mean()
    first += (1 + 4 * max(first, 0)) * levels / len(places)
    return float(np.clip(first / alike, 0, MOST_ALIKE))


def _design(places: np.ndarray, levels: np.ndarray, form: Model) -> np.ndarray:
    of_year = places % form.season
    columns = [levels == level for level in form.levels]
    if form.columns == EACH:
        last = of_year == form.season - 1
        columns += [(of_year == k) * 1.0 - last for k in range(form.season - 1)]
    if form.columns == HARMONICS:
        for k in (1, 2):
            angle = 2 * np.pi * k * of_year / form.season
            columns += [np.cos(angle), np.sin(angle)]
    if form.trend:
        columns.append(np.minimum(places - form.ends, -1) / form.season)
    return np.column_stack(columns).astype(float)
