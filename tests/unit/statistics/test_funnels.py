"""Which places stand out by more than chance, and how much lies in the busiest tenth, against
direct sums, simulated groups and statsmodels.
"""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson
from statsmodels.stats.meta_analysis import combine_effects

from saferplymouth.statistics.funnels import (
    ABOVE,
    BELOW,
    IN_LINE,
    UNCALLED,
    between_places,
    busiest,
    funnel,
    middle_half,
)

quick = settings(deadline=None, max_examples=40)


def alike(count: float, places: int = 2) -> tuple[pd.Series, pd.Series]:
    """The counts and exposures of places that are all as expected."""
    return pd.Series([count] * places), pd.Series([1.0] * places)


def limits(expected: float, unsure: float = 0.0, places: int = 2) -> tuple[float, float]:
    """The control limits of a place of which `expected` is expected, in a group of such places."""
    row = funnel(*alike(expected, places), unsure).iloc[0]
    assert row["expected"] == pytest.approx(expected)
    return row["low"], row["high"]


def drawn(random, places: int, mean: float, differ: float = 0.0, factor: float = 1.0):
    """Random counts of places of unlike sizes that differ by a log-normal factor with the standard
    deviation `differ`; the first one's mean is `factor` times what its size leads to expect.
    """
    size = np.exp(random.normal(0, 0.4, places))
    own = np.exp(random.normal(-(differ**2) / 2, differ, places))
    own[0] = factor if factor != 1 else own[0]
    return pd.Series(random.poisson(mean * size / size.mean() * own)), pd.Series(size)


def false_positions(groups) -> float:
    """The places outside their limits in a group, on average."""
    return float(np.mean([outside(funnel(*group)).sum() for group in groups]))


def outside(frame: pd.DataFrame) -> pd.Series:
    return frame["position"].isin([ABOVE, BELOW])


# --- Control limits


@pytest.mark.parametrize("expected", [0.2, 3, 11.5, 100, 8116])
@pytest.mark.parametrize("places", [2, 12, 32])
def test_the_limits_of_a_known_exposure_are_the_exact_poisson_ones(expected, places):
    """No more than the share of 1/200 that is a place's on each side lies beyond; with one incident
    nearer it would be more.
    """
    low, high = limits(expected, places=places)
    tail = 1 / 200 / 2 / places
    assert poisson.cdf(low - 1, expected) <= tail < poisson.cdf(low, expected)
    assert poisson.sf(high, expected) <= tail < poisson.sf(high - 1, expected)


def test_three_of_eleven_and_a_half_expected_are_not_low():
    """P(X ≤ 3) is 0.4%: limits by the square root, (√11.5 ± 1.545)², would call it low."""
    counts = pd.Series([3, *[12] * 19])
    frame = funnel(counts, pd.Series([1.0] * 20))
    assert frame["expected"][0] == pytest.approx(11.55)
    assert counts[0] < (math.sqrt(11.5) - 1.545) ** 2
    assert set(frame["position"]) == {IN_LINE}


def test_more_statements_told_together_have_wider_limits():
    counts, exposure = alike(100, 12)
    one, more = (funnel(counts, exposure, statements=n) for n in (12, 12 * 14))
    assert (more["low"] < one["low"]).all()
    assert (more["high"] > one["high"]).all()


@pytest.mark.parametrize(("places", "mean"), [(12, 3), (12, 400), (32, 12)])
def test_of_two_hundred_tables_of_places_that_do_not_differ_one_has_a_place_outside(places, mean):
    random = np.random.default_rng(1185)
    assert false_positions(drawn(random, places, mean) for _ in range(400)) <= 0.01


@pytest.mark.parametrize(("places", "differ"), [(5, 0.3), (12, 0.1), (12, 0.4), (32, 0.3)])
def test_places_that_all_differ_by_more_than_chance_have_none_outside_either(places, differ):
    random = np.random.default_rng(2005)
    assert false_positions(drawn(random, places, 800, differ) for _ in range(300)) <= 0.02


@pytest.mark.parametrize(
    ("places", "mean", "differ", "factor", "seen"),
    [(32, 12, 0, 3, 0.5), (32, 400, 0, 1.5, 0.9), (32, 400, 0.1, 2, 0.9), (12, 400, 0, 0.4, 0.9)],
)
def test_one_place_that_is_unlike_the_others_is_seen(places, mean, differ, factor, seen):
    random = np.random.default_rng(1202)
    groups = [drawn(random, places, mean, differ, factor) for _ in range(200)]
    side = ABOVE if factor > 1 else BELOW
    assert np.mean([funnel(*group)["position"][0] == side for group in groups]) > seen


def test_where_sizes_are_unsure_and_only_chance_is_at_work_no_more_lie_outside():
    """Each of 200,000 areas has a number of residents that differs from the average by a fifth, as
    a gamma variable does.
    """
    random = np.random.default_rng(1202)
    mean = 80 * random.gamma(25, 1 / 25, 200_000)
    counts, exposure = pd.Series(random.poisson(mean)), pd.Series(np.ones(200_000))
    outside = (funnel(counts, exposure, 0.2, statements=100)["position"] != IN_LINE).mean()
    assert outside == pytest.approx(0.005 / 100, abs=0.00005)


def test_an_unsure_exposure_widens_the_limits_to_those_of_a_negative_binomial_count():
    """With variance E + E²·r², where 1/r² is the size of the negative binomial."""
    low, high = limits(100, 0.2)
    mixed, tail = nbinom(25, 25 / 125), 1 / 200 / 4
    assert (mixed.mean(), mixed.var()) == (pytest.approx(100), pytest.approx(100 + 100**2 * 0.2**2))
    assert mixed.cdf(low - 1) <= tail < mixed.cdf(low)
    assert mixed.sf(high) <= tail < mixed.sf(high - 1)
    lows, highs = zip(*(limits(100, r) for r in (0, 0.05, 0.1, 0.2, 0.4)), strict=True)
    assert list(lows) == sorted(lows, reverse=True)
    assert list(highs) == sorted(highs)
    assert len(set(highs)) == 5


def test_each_place_may_be_unsure_to_its_own_degree():
    counts, exposure = pd.Series(100, list("abc")), pd.Series(1.0, list("abc"))
    frame = funnel(counts, exposure, pd.Series([0.0, 0.0, 0.3], list("abc")))
    assert frame["high"]["a"] == frame["high"]["b"] < frame["high"]["c"]


# --- Places that differ too widely for limits


def test_places_that_differ_widely_have_no_limits_because_these_would_tell_nothing():
    """Places that differ by 40% beyond chance: the limits of one would reach four times its
    expectation.
    """
    random = np.random.default_rng(12)
    for _ in range(20):
        frame = funnel(*drawn(random, 12, 800, 0.4))
        assert frame["position"].eq(UNCALLED).all()
        assert frame[["low", "high"]].isna().all(axis=None)
        assert frame[["expected", "between"]].notna().all(axis=None)


@pytest.mark.parametrize(("places", "mean"), [(12, 3), (12, 400), (32, 12)])
def test_places_that_differ_by_chance_alone_are_not_said_to_differ_by_far_more(places, mean):
    random = np.random.default_rng(8)
    for _ in range(300):
        assert UNCALLED not in set(funnel(*drawn(random, places, mean))["position"])


def test_a_place_outside_even_wide_limits_is_told():
    counts = pd.Series([300, 500, 400, 700, 550, 250, 350, 450, 600, 480, 9000])
    frame = funnel(pd.concat([counts, counts.iloc[:-1]], ignore_index=True), pd.Series([1.0] * 21))
    assert frame["position"][10] == ABOVE
    assert frame["high"].notna().all()


def test_the_middle_half_lies_between_the_quartiles_and_needs_eight_places():
    assert middle_half(pd.Series([9.0, 1, 5, 2, 8, 3, 7, 4, 6])) == (3, 7)
    assert middle_half(pd.Series([1.0] * 7)) is None


# --- How much places differ beyond chance


def test_the_variance_between_places_is_that_of_dersimonian_and_laird():
    """As statsmodels estimates it of the ratios, without drawing in the tails."""
    random = np.random.default_rng(1986)
    for places, mean, differ in ((6, 30, 0.5), (12, 400, 0.2), (32, 50, 0.3), (12, 50, 0)):
        counts, size = drawn(random, places, mean, differ)
        expected = size * counts.sum() / size.sum()
        ratios = (counts / expected).to_numpy(), (1 / expected).to_numpy()
        reference = max(combine_effects(*ratios, method_re="dl").tau2, 0)
        found = between_places(counts, expected, winsorised=0)
        assert found**2 == pytest.approx(reference, abs=1e-12)


@pytest.mark.parametrize("differ", [0.1, 0.3])
def test_the_estimate_is_right_on_average_and_one_outlier_moves_it_little(differ):
    random = np.random.default_rng(347)

    def typical(factor: float) -> float:
        drawings = [drawn(random, 32, 800, differ, factor) for _ in range(300)]
        return np.sqrt(np.mean([funnel(*group)["between"][0] ** 2 for group in drawings]))

    assert typical(1) == pytest.approx(differ, rel=0.1)
    assert typical(3) == pytest.approx(differ, rel=0.35)


@pytest.mark.parametrize(
    ("counts", "exposure"), [([1, -1], [1, 1]), ([1, 1], [1, 0]), ([1, 1], [1, math.nan])]
)
def test_what_is_no_count_or_no_exposure_is_refused(counts, exposure):
    with pytest.raises(ValueError, match="0 or more"):
        funnel(pd.Series(counts), pd.Series(exposure, dtype=float))


def test_a_group_without_any_incident_is_all_in_line():
    frame = funnel(pd.Series([0, 0]), pd.Series([1.0, 2.0]))
    assert frame["position"].tolist() == [IN_LINE, IN_LINE]
    assert frame[["expected", "low"]].eq(0).all(axis=None)


GROUPS = st.lists(
    st.tuples(st.integers(0, 3000), st.floats(0.1, 500), st.floats(0, 0.5)), min_size=1, max_size=12
)


@quick
@given(GROUPS)
def test_a_position_is_the_side_of_the_limits_a_count_lies_on(group):
    counts, exposure, unsure = (pd.Series(column) for column in zip(*group, strict=True))
    frame = funnel(counts, exposure, unsure)
    for row in frame.rename(columns={"count": "count_"}).itertuples():
        if math.isnan(row.high):
            assert row.position == UNCALLED
            continue
        side = ABOVE if row.count_ > row.high else BELOW if row.count_ < row.low else IN_LINE
        assert row.position == side
        assert 0 <= row.low <= row.expected + 1 <= row.high + 2
    assert frame["expected"].sum() == pytest.approx(counts.sum())
    assert set(frame["position"]) != {ABOVE}
    assert set(frame["position"]) != {BELOW}


@quick
@given(GROUPS, st.integers(-9, 9))
def test_the_unit_of_exposure_makes_no_difference(group, power):
    counts, exposure, unsure = (pd.Series(column) for column in zip(*group, strict=True))
    one, other = funnel(counts, exposure, unsure), funnel(counts, exposure * 2.0**power, unsure)
    pd.testing.assert_frame_equal(one.drop(columns="exposure"), other.drop(columns="exposure"))


@quick
@given(GROUPS, st.randoms(use_true_random=False))
def test_the_order_of_the_places_makes_no_difference(group, random):
    places = [str(n) for n in range(len(group))]
    counts, exposure, unsure = (pd.Series(column, places) for column in zip(*group, strict=True))
    mixed = random.sample(places, len(places))
    one = funnel(counts, exposure, unsure)
    other = funnel(counts[mixed], exposure[mixed], unsure[mixed]).loc[places]
    near = {"rtol": 1e-6, "atol": 1}  # rounding may move a limit to the next whole number
    np.testing.assert_allclose(one[["low", "high"]], other[["low", "high"]], **near)
    np.testing.assert_allclose(one["between"], other["between"], atol=1e-6)


# --- The busiest tenth


def upper_share(mean: float, tail: float) -> float:
    """The share of a Poisson total in the upper tail of its distribution, count by count from the
    top.
    """
    wanted, share = tail, 0.0
    for count in range(int(mean + 40 * math.sqrt(mean) + 60), -1, -1):
        taken = min(wanted, poisson.pmf(count, mean))
        share, wanted = share + taken * count, wanted - taken
    return 100 * share / mean


@pytest.mark.parametrize(
    ("total", "of"), [(5, 10), (161, 161), (72, 161), (11_637, 161), (3, 40), (1000, 20), (1, 10)]
)
def test_the_share_by_chance_is_the_direct_sum_of_the_poisson_tail(total, of):
    counts = pd.Series([total, *[0] * (of - 1)])
    found = busiest(counts)
    assert found.areas == max(1, round(of / 10))
    assert found.by_chance == pytest.approx(upper_share(total / of, found.areas / of), rel=1e-6)


def test_the_share_by_chance_is_what_many_random_cities_have():
    random = np.random.default_rng(16)
    for mean in (0.5, 3, 72.3):
        shares = [busiest(pd.Series(random.poisson(mean, 160))).share for _ in range(300)]
        assert busiest(pd.Series([mean] * 160)).by_chance == pytest.approx(
            np.mean(shares), rel=0.03
        )


def test_the_share_of_the_busiest_tenth_worked_by_hand():
    """20 areas: the two busiest have 30 and 20 of 86."""
    found = busiest(pd.Series([30, 20, *[2] * 18]))
    assert (found.areas, found.of) == (2, 20)
    assert found.share == pytest.approx(100 * 50 / 86)
    assert found.share > found.by_chance


@pytest.mark.parametrize(
    ("of", "areas"), [(1, 1), (4, 1), (10, 1), (14, 1), (15, 2), (25, 3), (161, 16), (165, 17)]
)
def test_the_busiest_tenth_is_the_nearest_whole_number_of_areas_and_at_least_one(of, areas):
    assert busiest(pd.Series([1] * of)).areas == areas


def test_nothing_at_all_has_no_busiest_tenth():
    assert busiest(pd.Series([0, 0, 0])) is None
    assert busiest(pd.Series([], dtype=int)) is None


@quick
@given(
    st.lists(st.integers(0, 500), min_size=1, max_size=60).filter(any),
    st.randoms(use_true_random=False),
)
def test_the_busiest_tenth_depends_on_the_counts_alone(counts, random):
    found = busiest(pd.Series(counts))
    assert found == busiest(pd.Series(random.sample(counts, len(counts))))
    top = sorted(counts, reverse=True)[: found.areas]
    assert found.share == pytest.approx(100 * sum(top) / sum(counts))
    assert 100 * found.areas / found.of <= found.share + 1e-9 <= 100 + 1e-6
    assert 100 * found.areas / found.of <= found.by_chance + 1e-6
    assert found.by_chance <= 100 + 1e-6
