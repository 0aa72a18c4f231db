"""Intervals against the paper's own table, and against scipy and statsmodels, which work them out
another way.
"""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.signal import lfilter
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson

from saferplymouth.statistics import chain_ladder
from saferplymouth.statistics.intervals import (
    Comparison,
    Projection,
    beside_rest,
    compare,
    poisson_interval,
    project,
    ratio_interval,
    round_half_away,
    wilson_interval,
)

# The paper's series: 2016/17 to date, and the whole of 2015/16.
OVERALL = (
    [1335, 1576, 1611, 1692, 1637, 1590, 1570, 1575],
    [1652, 1684, 1407, 1469, 1386, 1467, 1565, 1386, 1427, 1332, 1334, 1498],
)
ACQUISITIVE = (
    [158, 180, 148, 136, 144, 146, 89, 148],
    [196, 192, 147, 119, 106, 169, 148, 146, 135, 119, 130, 172],
)
VIOLENCE = (
    [134, 173, 185, 208, 158, 177, 192, 148],
    [151, 166, 160, 177, 140, 163, 186, 137, 146, 119, 131, 170],
)
DOMESTIC_ABUSE = (
    [351, 412, 431, 475, 469, 382, 352, 358],
    [553, 569, 504, 603, 549, 503, 578, 470, 560, 533, 437, 484],
)
REFERRALS = ([518, 526], [542, 539, 555, 539])
ANTI_SOCIAL = (
    [853, 967, 965, 955, 899, 887, 896, 748],
    [864, 894, 769, 946, 912, 809, 892, 717, 733, 734, 741, 781],
)
HATE = ([17, 25, 32, 54, 37, 45, 42, 35], [30, 25, 26, 17, 36, 25, 22, 38, 21, 20, 53, 32])
MONTHLY = (OVERALL, ACQUISITIVE, VIOLENCE, DOMESTIC_ABUSE, ANTI_SOCIAL, HATE)

counts = st.integers(1, 3000)
pairs = st.lists(st.tuples(counts, counts), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("series", "row"),
    [
        (OVERALL, "+570 +4.74 3.63 13.06 1.01"),
        (ACQUISITIVE, "-74 -6.05 -1.52 3.64 -0.80"),
        (VIOLENCE, "+95 +7.42 1.84 0.61 1.84"),
        (DOMESTIC_ABUSE, "-1,099 -25.39 -12.64 3.54 -6.72"),
        (REFERRALS, "-37 -3.42 -0.80 0.06 -0.80"),
        (ANTI_SOCIAL, "+367 +5.39 3.10 2.84 1.84"),
        (HATE, "+68 +31.05 3.02 3.85 1.54"),
    ],
)
def test_each_comparison_of_the_paper_is_reproduced_to_the_printed_digit(series, row):
    this, last = series
    c = compare(this, last[: len(this)])
    percent = (c.ratio - 1) * 100
    assert f"{c.change:+,} {percent:+.2f} {c.z:.2f} {c.phi:.2f} {c.z_adjusted:.2f}" == row


def test_of_the_papers_changes_only_domestic_abuse_is_beyond_chance():
    beyond = [
        compare(this, last[: len(this)]).beyond_chance for this, last in (*MONTHLY, REFERRALS)
    ]
    assert beyond == [False, False, False, True, False, False, False]


def quasi_poisson(this, last):
    """The log-linear model of year and month, fitted to every cell that is known."""
    n, whole = len(this), len(last)
    months = np.vstack([np.eye(whole)[:n], np.eye(whole)])
    year = np.r_[np.ones(n), np.zeros(whole)]
    return GLM(np.r_[this, last], np.column_stack([year, months]), family=Poisson()).fit(
        scale="X2", tol=1e-12
    )


@pytest.mark.parametrize("series", MONTHLY)
def test_the_comparison_is_that_of_a_quasi_poisson_model_of_year_and_month(series):
    this, last = series[0], series[1][: len(series[0])]
    model, c = quasi_poisson(this, last), compare(this, last)
    assert math.log(c.ratio) == pytest.approx(model.params[0])
    assert c.phi == pytest.approx(model.scale)
    error = model.bse[0] * math.sqrt(max(1, 1 / c.phi))
    point = stats.t.ppf(0.975, len(this) - 1) if c.phi > 1 else stats.norm.ppf(0.975)
    assert math.log(c.high / c.ratio) == pytest.approx(point * error)
    assert math.log(c.ratio / c.low) == pytest.approx(point * error)


@pytest.mark.parametrize("series", MONTHLY)
def test_a_projection_is_what_the_quasi_poisson_model_leads_to_expect(series):
    this, last = series
    model, p = quasi_poisson(this, last), project(this, last)
    to_come = np.column_stack([np.ones(4), np.eye(12)[8:]])
    expected = np.exp(to_come @ model.params)
    assert (p.outturn, p.months_left) == (pytest.approx(sum(this) + expected.sum()), 4)
    gradient = expected @ to_come
    certain = gradient @ model.cov_params() @ gradient / model.scale + expected.sum()
    fitted = chain_ladder.fit(np.array(this), np.atleast_2d(last))
    weights = np.repeat([[expected.sum() / sum(last[:8]), -expected.sum() / sum(last[8:])]], 2, 0)
    weights[1] = -expected.sum() / sum(this), 1
    variance, _ = fitted.variance(np.repeat(weights, [8, 4], axis=1))
    assert variance == pytest.approx(certain)


@pytest.mark.parametrize("known", [1, 5, 11])
def test_several_years_are_fitted_as_statsmodels_fits_them(known):
    rng = np.random.default_rng(known)
    table = rng.poisson(rng.gamma(40, 1, (4, 12)))
    given = np.arange(48).reshape(4, 12) < 36 + known
    years, months = np.nonzero(given)
    design = np.hstack([np.eye(4)[years], np.eye(12)[months][:, 1:]])
    model = GLM(table[given], design, family=Poisson()).fit(scale="X2", tol=1e-12)
    fitted = chain_ladder.fit(table[3, :known], table[:3])
    assert fitted.means[given] == pytest.approx(model.fittedvalues)
    left = chain_ladder._residual_maker(given, fitted.means[given])
    pearson = (table[given] - fitted.means[given]) / np.sqrt(fitted.means[given])
    assert np.trace(left) == pytest.approx(model.df_resid)
    assert pearson @ left @ pearson == pytest.approx(model.scale * model.df_resid)


def test_a_correlation_between_neighbouring_months_is_found_and_none_is_not_made_up():
    """Five years with a spread of 10% at a mean of 1,000, neighbours alike by 0.7 or not at all."""

    def found(alike: float, seed: int) -> float:
        rng = np.random.default_rng(seed)
        noise = lfilter([np.sqrt(1 - alike**2)], [1, -alike], rng.normal(0, 0.1, 160))[100:]
        counts = rng.poisson(1000 * np.exp(noise)).reshape(5, 12)
        return chain_ladder.fit(counts[4, :6], counts[:4]).rho

    correlations = [np.mean([found(alike, seed) for seed in range(40)]) for alike in (0.7, 0)]
    assert correlations[0] > 0.5
    assert correlations[1] < 0.25


@given(pairs)
def test_the_change_between_two_years_does_not_depend_on_which_is_called_this(pairs):
    this, last = zip(*pairs, strict=True)
    there, back = compare(this, last), compare(last, this)
    assert there.change == -back.change
    assert there.ratio == pytest.approx(1 / back.ratio)
    assert there.low == pytest.approx(1 / back.high)
    assert there.phi == pytest.approx(back.phi, abs=1e-9)


@given(pairs)
def test_dispersion_agrees_with_scipys_test_of_the_table(pairs):
    this, last = zip(*pairs, strict=True)
    n = len(pairs)
    expected = (
        stats.chi2_contingency([this, last], correction=False).statistic / (n - 1) if n > 1 else 1
    )
    assert compare(this, last).phi == pytest.approx(expected, abs=1e-9)


@given(pairs, st.integers(0, 12))
def test_a_month_without_a_count_in_either_year_changes_nothing(pairs, place):
    with_empty = [*pairs[:place], (0, 0), *pairs[place:]]
    assert compare(*zip(*with_empty, strict=True)) == compare(*zip(*pairs, strict=True))


def test_a_single_period_is_judged_as_poisson():
    c = compare([144], [100])
    assert (c.phi, c.z) == (1, pytest.approx(44 / math.sqrt(244)))
    assert c.high == pytest.approx(
        1.44 * math.exp(stats.norm.ppf(0.975) * math.sqrt(1 / 144 + 1 / 100))
    )


def test_two_quarters_that_disagree_tell_almost_nothing():
    c = compare([900, 300], [400, 500])
    assert c.z > 6
    assert c.beyond_chance is False


@pytest.mark.parametrize(("this", "last"), [([0, 0], [3, 5]), ([4, 1], [0, 0]), ([0], [0])])
def test_without_a_count_in_one_of_the_years_it_cannot_be_told(this, last):
    c = compare(this, last)
    assert c == Comparison(sum(this), sum(last), sum(this) - sum(last))
    assert c.ratio is c.low is c.high is c.phi is c.z is c.z_adjusted is c.p is None
    assert c.beyond_chance is None


def test_a_zero_in_one_month_of_one_year_is_an_ordinary_count():
    assert compare([0, 12, 9], [5, 10, 11]).phi == pytest.approx(2.4527, abs=1e-4)


@pytest.mark.parametrize("function", [compare, project])
@pytest.mark.parametrize("values", [[1.5, 2], [-1, 2], [math.nan, 2], [math.inf, 2]])
def test_what_is_not_a_count_is_refused(function, values):
    with pytest.raises(ValueError, match="whole numbers"):
        function(values, [1, 2])
    with pytest.raises(ValueError, match="whole numbers"):
        function([1, 2], values)


@pytest.mark.parametrize(
    ("function", "this", "last"),
    [(compare, [], []), (compare, [1, 2], [1]), (project, [], [1, 2]), (project, [1, 2], [1])],
)
def test_years_that_cannot_be_paired_are_refused(function, this, last):
    with pytest.raises(ValueError, match="pair them"):
        function(this, last)


def test_counts_may_come_as_a_series_with_any_index():
    index = pd.period_range("2016-04", periods=8, freq="M")
    assert project(pd.Series(HATE[0], index), pd.Series(HATE[1])) == project(*HATE)


def test_a_finished_year_is_its_own_projection():
    assert project([3, 0, 5], [1, 2, 3]) == Projection(8, 8, 8, 0)


def test_one_month_gives_a_projection_without_an_interval():
    assert project([120], [100] * 12) == Projection(1440, None, None, 11)


@pytest.mark.parametrize(
    ("this", "last", "outturn"),
    [([4, 1], [0, 0, 7], None), ([0, 0], [4, 6, 7], 0)],
)
def test_nothing_to_divide_by_or_to_vary_gives_no_interval(this, last, outturn):
    assert project(this, last) == Projection(outturn, None, None, 1)


@given(pairs.filter(lambda p: len(p) > 1), st.lists(counts, min_size=1, max_size=10))
def test_a_projection_lies_in_its_interval_and_above_what_is_already_counted(pairs, rest):
    this, last = zip(*pairs, strict=True)
    p = project(this, [*last, *rest])
    assert sum(this) <= p.low <= p.outturn <= p.high


def test_months_without_a_count_last_year_may_have_some_this_year():
    p = project([4, 1, 3, 5], [3, 2, 4, 3, 0])
    assert (p.outturn, p.low) == (13, 13)
    assert 14 <= p.high <= 18


def test_two_years_that_disagree_in_every_month_tell_nothing():
    c = compare([1, 3000], [3000, 1])
    assert c.beyond_chance is False
    assert c.p > 0.9


def test_earlier_years_narrow_a_projection():
    last = np.array(HATE[1])
    one, four = project(HATE[0], last), project(HATE[0], np.array([last, last, last + 1, last]))
    assert four.outturn == pytest.approx(one.outturn, abs=2)
    assert four.high - four.low < 0.8 * (one.high - one.low)


def held(this: list[int], last_year: list[int]) -> list[bool]:
    """From each month so far to each later one now known, whether the projected year to date's
    interval held it.
    """
    pairs = [
        (origin, end) for origin in range(1, len(this)) for end in range(origin + 1, len(this) + 1)
    ]
    made = [(project(this[:origin], last_year[:end]), sum(this[:end])) for origin, end in pairs]
    return [p.low <= actual <= p.high for p, actual in made if p.low is not None]


def test_on_the_papers_series_all_projections_but_one_held():
    inside = [known for series in MONTHLY for known in held(*series)]
    assert (sum(inside), len(inside)) == (125, 126)


@pytest.mark.parametrize("years", [1, 4])
@pytest.mark.parametrize("phi", [1, 3])
@pytest.mark.parametrize("mean", [3, 800])
def test_intervals_of_projections_hold_as_often_as_they_say(mean, phi, years):
    """Seasonal years, the last a tenth higher, counts with variance φ × mean, 4 to 11 months known.

    At least 93% do, less two standard errors of 120 years.
    """
    rng = np.random.default_rng([mean, phi, years])
    means = np.tile(mean * (1 + 0.25 * np.sin(np.arange(12) / 6 * np.pi)), (years + 1, 1))
    means[-1] *= 1.1

    def inside(known: int) -> bool:
        table = rng.poisson(means if phi == 1 else rng.gamma(means / (phi - 1), phi - 1))
        p = project(table[-1, :known], table[:-1])
        return p.low is None or p.low <= table[-1].sum() <= p.high

    held = np.mean([inside(known) for known in [4, 6, 8, 11] * 30])
    assert held >= 0.93 - 0.047


@given(pairs.filter(lambda p: len(p) > 1))
def test_p_is_students_or_above_and_never_under_the_normals(pairs):
    c = compare(*zip(*pairs, strict=True))
    z = abs(math.log(c.ratio)) / math.sqrt(1 / c.a + 1 / c.b)
    student = 2 * stats.t.sf(z / math.sqrt(max(c.phi, 1e-9)), len(pairs) - 1)
    assert 1 + 1e-9 >= c.p >= max(student, 2 * stats.norm.sf(z)) - 1e-9


@pytest.mark.parametrize("phi", [1, 3, 10])
@pytest.mark.parametrize("months", [3, 6])
def test_p_is_small_no_oftener_than_it_says(phi, months):
    rng = np.random.default_rng([phi, months])
    means = np.full((1500, 2, months), 300.0)
    table = rng.poisson(means if phi == 1 else rng.gamma(means / (phi - 1), phi - 1))
    p = np.array([compare(*years).p for years in table])
    assert np.mean(p < 0.05) < 0.05 + 0.012
    assert np.mean(p < 0.0027) < 0.0027 + 0.003


def test_with_one_period_p_says_nothing():
    assert compare([144], [100]).p == 1


def test_an_interval_without_the_dispersion_would_not_hold():
    rng = np.random.default_rng(8)
    beyond = poisson = 0
    for _ in range(400):
        this, last = rng.poisson(rng.gamma(150 / 7, 7, (2, 8)))
        c = compare(this, last)
        beyond += c.beyond_chance
        poisson += abs(c.z) > 1.96
    assert beyond / 400 < 0.08
    assert poisson / 400 > 0.35


@given(st.integers(0, 5000), st.floats(0.1, 1000), st.sampled_from([0.8, 0.95, 0.998]))
def test_the_poisson_interval_is_the_exact_one(count, exposure, level):
    expected = confint_poisson(count, exposure, "exact-c", alpha=1 - level)
    assert poisson_interval(count, exposure, level) == pytest.approx(np.nan_to_num(expected))


def test_no_event_still_has_an_upper_limit():
    assert poisson_interval(0) == (0, pytest.approx(3.689, abs=5e-4))


@pytest.mark.parametrize(("count", "exposure"), [(-1, 1), (3, 0), (3, -2), (3, math.nan)])
def test_a_negative_count_or_nobody_exposed_is_refused(count, exposure):
    with pytest.raises(ValueError, match="must be"):
        poisson_interval(count, exposure)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_wilson_interval_is_the_score_interval(of):
    assert wilson_interval(*of) == pytest.approx(
        proportion_confint(*of, method="wilson"), abs=1e-12
    )


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (3, 2), (-1, 2)])
def test_a_proportion_of_nothing_or_over_one_is_refused(successes, n):
    with pytest.raises(ValueError, match=r".+"):
        wilson_interval(successes, n)


@pytest.mark.parametrize(
    ("x", "places", "rounded"),
    [
        (2.5, 0, 3),
        (-0.5, 0, -1),
        (0.5, 0, 1),
        (-0.4, 0, 0),
        (0.285 * 100, 0, 29),
        (1.005 * 100, 1, 100.5),
        (2.675, 2, 2.68),
        (-2.675, 2, -2.68),
        (1467.25, 1, 1467.3),
        (400568, 0, 400568),
        (np.float64(58.5), 0, 59),
    ],
)
def test_halves_round_away_from_zero(x, places, rounded):
    result = round_half_away(x, places)
    assert result == rounded
    assert type(result) is (float if places else int)


def test_nothing_rounds_to_minus_nought():
    assert str(round_half_away(-0.04, 1)) == "0.0"


@given(st.integers(-(10**6), 10**6), st.integers(1, 10**6))
def test_a_percentage_rounds_as_its_exact_fraction_would(part, whole):
    exact = Fraction(100 * part, whole)
    rounded = math.floor(abs(exact) + Fraction(1, 2)) * (1 if part >= 0 else -1)
    assert round_half_away(part / whole * 100) == rounded


@pytest.mark.parametrize("x", [math.nan, math.inf])
def test_what_is_no_number_is_not_rounded(x):
    with pytest.raises(ValueError, match="not a finite number"):
        round_half_away(x)


def test_a_part_beside_the_rest_is_the_odds_ratio_with_woolfs_interval_where_periods_agree():
    """Woolf, Annals of Human Genetics 19 (1955): exp(ln OR ± 1.96·√(Σ 1/count))."""
    inside, outside, later = [20, 20, 10, 10], [100, 100, 110, 110], [False, False, True, True]
    ratio, low, high = beside_rest(inside, outside, later)
    odds = (20 / 220) / (40 / 200)
    half = 1.959964 * math.sqrt(1 / 20 + 1 / 220 + 1 / 40 + 1 / 200)
    assert ratio == pytest.approx(odds)
    assert (low, high) == pytest.approx((odds * math.exp(-half), odds * math.exp(half)), rel=1e-5)
    assert beside_rest([20, 0], [100, 110], [False, True]) is None


def test_a_part_whose_periods_disagree_beside_the_rest_has_a_wider_interval():
    steady = beside_rest([20, 20, 20, 10, 10, 10], [99] * 6, [False] * 3 + [True] * 3)
    uneven = beside_rest([2, 20, 38, 19, 1, 10], [99] * 6, [False] * 3 + [True] * 3)
    assert uneven[0] == pytest.approx(steady[0], rel=0.05)
    assert uneven[2] / uneven[1] > 2 * steady[2] / steady[1]


def test_the_ratio_to_none_has_the_exact_interval():
    """Of nine, none in the second: the share is at least 0.025^(1/9) (Clopper and Pearson 1934)."""
    share = 0.025 ** (1 / 9)
    assert ratio_interval(9, 0) == pytest.approx((share / (1 - share), math.inf))
    assert ratio_interval(0, 9) == pytest.approx((0, (1 - share) / share))
