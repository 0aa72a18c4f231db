"""The model against generalised linear models that statsmodels fits to the same figures from a
formula, and against what the figures were simulated with.
"""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import stats

from saferplymouth.statistics.expectations import (
    EACH,
    HARMONICS,
    NONE,
    History,
    Model,
    drawn_towards,
    fit,
    pooled_correlation,
)
from saferplymouth.statistics.predictive import COUNTS, LEVELS, SHARES

FAMILIES = {
    COUNTS: sm.families.Poisson(),
    SHARES: sm.families.Binomial(),
    LEVELS: sm.families.Gaussian(),
}
WAVES = " + ".join(
    f"np.{wave}(2 * np.pi * {k} * month / 12)" for k in (1, 2) for wave in ("sin", "cos")
)
TERMS = {NONE: "C(level)", HARMONICS: f"C(level) + {WAVES}", EACH: "C(level) + C(month)"}
YEARS = np.repeat(["3", "2", "1", "0", "0"], 12)  # of history: the last two are the level


def history(values, kind=COUNTS, of=None, freq="M") -> History:
    index = pd.period_range("2011-01", periods=len(values), freq=freq)
    made = pd.Series(np.asarray(values, dtype=float), index)
    return History(made, kind, None if of is None else pd.Series(np.asarray(of, float), index))


def fitted(one: History, used=None, phases=None, ends=None) -> Model:
    n = len(one.values)
    used = one.values.notna().to_numpy() if used is None else used
    return fit(one, used, np.zeros(n, int) if phases is None else phases, ends or n)


def next_year(model: Model, phase: int = 0) -> np.ndarray:
    places = model.ends + np.arange(model.season)
    return model.expected(model.design(places, phase))


def season(size: float, n: int = 60) -> np.ndarray:
    return 1 + size * np.sin(2 * np.pi * np.arange(n) / 12)


def simulated(kind: str, size: float, seed: int) -> History:
    random, shape = np.random.default_rng(seed), season(size)
    if kind == COUNTS:
        return history(random.poisson(random.gamma(20, 6 * shape)), kind)
    if kind == LEVELS:
        return history(random.normal(50 * shape, 4), kind)
    of = random.integers(60, 400, 60)
    return history(random.binomial(of, 0.3 * shape) / of, kind, of)


def by_formula(one: History, terms: str, **columns):
    data = pd.DataFrame({"y": one.values.to_numpy(), "month": np.arange(60) % 12} | columns)
    return smf.glm(f"y ~ {terms}", data, family=FAMILIES[one.kind], var_weights=one.numbers).fit()


def to_come(**columns) -> pd.DataFrame:
    return pd.DataFrame({"month": np.arange(12)} | columns)


@pytest.mark.parametrize("kind", [COUNTS, SHARES, LEVELS])
@pytest.mark.parametrize("size", [0, 0.2, 0.5])
def test_it_is_the_generalised_linear_model_of_statsmodels(kind, size):
    one = simulated(kind, size, seed=5)
    model = fitted(one)
    assert not model.trend
    other = by_formula(one, TERMS[model.columns], level=YEARS)
    coming = to_come(level="0")
    assert next_year(model) == pytest.approx(other.predict(coming).to_numpy(), rel=1e-6)
    mean = other.fittedvalues.to_numpy()
    varies = {COUNTS: mean, SHARES: mean * (1 - mean) / one.numbers, LEVELS: np.ones(60)}[kind]
    squares = ((one.values.to_numpy() - mean) ** 2 / varies).sum()
    fewest = 0 if kind == LEVELS else 1
    assert model.dispersion == pytest.approx(
        max(squares / (60 - len(other.params)), fewest), rel=1e-6
    )
    errors = other.get_prediction(coming).linpred.se / np.sqrt(other.scale)
    design = model.design(model.ends + np.arange(12), 0)
    assert np.sqrt(((design @ model.unscaled) * design).sum(1)) == pytest.approx(errors, rel=1e-5)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("kind", [COUNTS, LEVELS])
def test_its_season_is_the_simplest_that_the_f_test_does_not_reject(kind, seed):
    one = simulated(kind, [0, 0.05, 0.1, 0.3][seed % 4], seed)
    tried = {name: by_formula(one, terms, level=YEARS) for name, terms in TERMS.items()}
    full = tried[EACH]
    scale = full.pearson_chi2 / full.df_resid
    scale = scale if kind == LEVELS else max(scale, 1)
    kept = EACH
    for name in (HARMONICS, NONE):
        fewer = tried[name].df_resid - full.df_resid
        ratio = (tried[name].deviance - full.deviance) / fewer / scale
        if stats.f.sf(ratio, fewer, full.df_resid) >= 0.01:
            kept = name
    model = fitted(one)
    if not model.trend:
        assert model.columns == kept


def test_a_clear_trend_is_followed_to_the_end_of_the_data_and_no_further():
    random = np.random.default_rng(2)
    one = history(random.poisson(80 * season(0.3) * np.exp(0.1 * np.arange(60) / 12)))
    model = fitted(one)
    assert model.trend
    assert model.columns == HARMONICS
    other = by_formula(one, f"t + {WAVES}", t=np.arange(60))
    assert next_year(model) == pytest.approx(other.predict(to_come(t=59)).to_numpy(), rel=1e-6)


def test_only_the_last_five_years_are_in_it_and_nothing_from_its_end_on():
    one, random = simulated(COUNTS, 0.3, 7), np.random.default_rng(1)
    longer = history([*random.poisson(900, 12), *one.values, *random.poisson(5, 8)])
    assert next_year(fitted(longer, ends=72)) == pytest.approx(next_year(fitted(one)))


def test_periods_not_used_are_not_in_it_whatever_they_are():
    one, used = simulated(COUNTS, 0.3, 8), np.ones(60, bool)
    used[[10, 11, 40]] = False
    odd = one.values.where(used, 1e6)
    gaps = one.values.where(used)
    assert next_year(fitted(history(odd), used)) == pytest.approx(next_year(fitted(history(gaps))))


def test_each_phase_has_its_own_level_and_they_share_the_season():
    random, phases = np.random.default_rng(3), np.repeat([0, 1], [54, 6])
    one = history(random.poisson(200 * season(0.4) * np.where(phases, 2, 1)))
    model = fitted(one, phases=phases)
    new, old = next_year(model, 1), next_year(model, 0)
    assert (new / old).mean() == pytest.approx(2, rel=0.1)
    assert np.ptp(new / old) < 1e-9
    assert new == pytest.approx(400 * season(0.4, 12), rel=0.15)


def test_after_a_long_gap_the_level_is_that_from_before_it():
    random = np.random.default_rng(4)
    for gap in (26, 62):
        one = history([*random.poisson(50, 48), *[np.nan] * gap])
        assert next_year(fitted(one)) == pytest.approx(np.full(12, 50), rel=0.1)


@pytest.mark.parametrize("years", [24, 48])
def test_where_nothing_was_counted_half_a_count_is_expected_in_all_of_it(years):
    """Jeffreys' prior for a Poisson rate, Gamma(½), has that mean."""
    before = np.random.default_rng(6).poisson(9, 60 - years)
    model = fitted(history([*before, *[0] * years]))
    assert model.columns != EACH
    if not model.trend:
        assert next_year(model).mean() == pytest.approx(0.5 / 24, rel=0.3)


def test_a_share_of_nothing_or_of_all_is_expected_to_be_near_it_but_not_sure():
    for share in (0, 1):
        expected = next_year(fitted(history([share] * 48, SHARES, [50] * 48)))
        assert np.abs(expected - share) == pytest.approx(np.full(12, 0.5 / 24 / 50), rel=0.01)


def test_a_share_and_what_is_left_have_the_same_model():
    random = np.random.default_rng(9)
    of = random.integers(5, 30, 60)
    counted = random.binomial(of, 0.97)
    counted[3::12] = of[3::12]
    here, there = (fitted(history(k / of, SHARES, of)) for k in (counted, of - counted))
    assert here.columns == there.columns
    assert next_year(here) == pytest.approx(1 - next_year(there), rel=1e-6)
    assert here.dispersion == pytest.approx(there.dispersion, rel=1e-6)


def test_a_month_of_the_year_in_which_nothing_is_counted_has_its_own_effect():
    counts = np.random.default_rng(1).poisson([0, *[30] * 11], (5, 12)).ravel()
    model = fitted(history(counts))
    assert model.columns == EACH
    expected = next_year(model)
    assert 0 < expected[0] < 0.2
    assert expected[1:] == pytest.approx(np.full(11, 30), rel=0.25)
    assert model.dispersion < 1.5


def test_quarters_have_each_their_effect_or_none():
    counts = np.random.default_rng(1).poisson([40, 80, 40, 20], (5, 4)).ravel()
    model = fitted(history(counts, freq="Q-MAR"))
    assert model.columns == EACH
    assert next_year(model) == pytest.approx([40, 80, 40, 20], rel=0.2)
    rare = np.random.default_rng(1).poisson([0, 1, 1, 1], (5, 4)).ravel()
    assert fitted(history(rare, freq="Q-MAR")).columns == NONE


def test_a_month_without_figures_in_any_year_is_expected_to_be_as_its_neighbours():
    """An effect of its own could not be known."""
    levels = np.random.default_rng(2).normal(50, 2, 60) + 20 * (np.arange(60) % 12 == 8)
    levels[3::12] = np.nan
    model = fitted(history(levels, LEVELS))
    assert model.columns != EACH
    assert 40 < next_year(model)[3] < 60


def test_figures_that_never_vary_may_still_vary_by_a_hundredth():
    for level in (-7.3, 5.5, 100):
        model = fitted(history([level] * 60, LEVELS))
        assert next_year(model) == pytest.approx(np.full(12, level))
        assert np.sqrt(model.dispersion) == pytest.approx(abs(level) / 100)
        assert model.correlation < 0.1


def alike(correlation: float, seed: int, n: int = 60) -> np.ndarray:
    """Standard normal figures, neighbours with this correlation: a first-order autoregression."""
    random, figures = np.random.default_rng(seed), np.zeros(n)
    figures[0] = random.normal()
    for k in range(1, n):
        own = random.normal(scale=np.sqrt(1 - correlation**2))
        figures[k] = correlation * figures[k - 1] + own
    return figures


@pytest.mark.parametrize("correlation", [0, 0.3, 0.6])
def test_the_correlation_of_a_board_is_what_its_series_were_made_with(correlation):
    """Of one series it is known badly: the mean of a board's comes near."""
    models = [fitted(history(50 + 5 * alike(correlation, s), LEVELS)) for s in range(60)]
    models = [model for model in models if not model.trend]
    assert len(models) > 30
    assert pooled_correlation(models) == pytest.approx(correlation, abs=0.12)


def test_the_mean_of_a_year_varies_as_the_inflation_says():
    made = [alike(0.6, seed, 240).mean() for seed in range(600)]
    model = Model(LEVELS, 12, 0, alike=1.0, correlation=0.6)
    assert np.var(made) * 240 == pytest.approx(model.inflation, rel=0.15)


def test_a_series_is_drawn_towards_its_board_and_less_so_the_more_it_tells():
    model = fitted(simulated(COUNTS, 0.2, 5))
    assert model.weight > 0
    for pooled in (0.0, 0.8):
        drawn = drawn_towards(model, pooled)
        ends = sorted((model.correlation, pooled))
        assert ends[0] <= drawn.correlation <= ends[1]
        assert model.dispersion <= drawn.dispersion <= 2 * model.dispersion
    assert drawn_towards(model, 0.8).df <= drawn_towards(model, 0.0).df
    assert pooled_correlation([]) == 0
