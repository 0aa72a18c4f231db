"""Which places stand out by more than chance, and how much lies in the busiest tenth, against
direct Poisson sums.
"""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, poisson

from saferplymouth.statistics.funnels import ABOVE, BELOW, IN_LINE, REACH, busiest, funnel

quick = settings(deadline=None, max_examples=40)


def limits(expected: float, unsure: float = 0.0) -> tuple[float, float]:
    """The control limits of a place of which `expected` is expected, in a group of two such
    places.
    """
    counts, exposure = pd.Series([expected, expected]), pd.Series([1.0, 1.0])
    row = funnel(counts, exposure, unsure).iloc[0]
    assert row["expected"] == pytest.approx(expected)
    return row["low"], row["high"]


# --- Control limits


def test_the_reach_is_that_of_one_place_in_five_hundred_on_one_side_or_the_other():
    assert 2 * norm.sf(REACH) == pytest.approx(1 / 500, rel=0.001)


@pytest.mark.parametrize("expected", [10, 25, 50, 100, 361, 434, 1000, 8116, 100_000])
def test_the_limits_are_near_the_quantiles_of_a_poisson_count(expected):
    """Within two incidents of the count that one in a thousand lies beyond: the square root's own
    error and half a step of a whole number. 2.39 is ¼·3.09², what the transformation adds at any
    size.
    """
    low, high = limits(expected)
    tail = norm.sf(3.09)
    assert low == pytest.approx(poisson.ppf(tail, expected), abs=2)
    assert high == pytest.approx(poisson.isf(tail, expected), abs=2 + 3.09**2 / 6)


def test_the_limits_of_a_hundred_worked_by_hand():
    """(10 ± 1.545)²: 71.49 and 133.29."""
    assert limits(100) == (pytest.approx(71.487025), pytest.approx(133.287025))


def test_a_lower_limit_that_would_be_under_nought_is_nought_and_nothing_is_below_it():
    """√E < 1.545 where E < 2.39."""
    frame = funnel(pd.Series([0, 4]), pd.Series([1.0, 1.0]))
    assert frame["low"].tolist() == [0, 0]
    assert frame["position"].tolist() == [IN_LINE, IN_LINE]
    assert limits(2.38)[0] == 0 < limits(2.4)[0]


def test_three_places_worked_by_hand():
    """300 incidents on 3, 1 and 2 of exposure: 150, 50 and 100 are expected; 50 has limits 30.5 and
    74.2.
    """
    frame = funnel(pd.Series([200, 30, 70], list("abc")), pd.Series([3.0, 1.0, 2.0], list("abc")))
    assert frame["expected"].tolist() == [150, 50, 100]
    assert frame.loc["b", ["low", "high"]].tolist() == pytest.approx(
        [(math.sqrt(50) - 1.545) ** 2, (math.sqrt(50) + 1.545) ** 2]
    )
    assert frame["position"].to_dict() == {"a": ABOVE, "b": BELOW, "c": BELOW}


def test_where_only_chance_is_at_work_one_place_in_five_hundred_lies_outside():
    """About one in a thousand above and one below: of 400,000 counts, in a group so large that its
    mean is known.

    Of few incidents more lie above than below, for a Poisson count is skewed; of many the sides are
    alike.
    """
    random = np.random.default_rng(1185)
    for mean, each in ((60, 0.0008), (400, 0.0004), (5000, 0.0002)):
        frame = funnel(pd.Series(random.poisson(mean, 400_000)), pd.Series(np.ones(400_000)))
        outside = frame["position"].value_counts(normalize=True)
        assert outside[ABOVE] == pytest.approx(0.001, abs=each)
        assert outside[BELOW] == pytest.approx(0.001, abs=each)
        assert outside[ABOVE] + outside[BELOW] == pytest.approx(1 / 500, abs=0.0004)


def test_where_sizes_are_unsure_and_only_chance_is_at_work_no_more_lie_outside():
    """Each of 200,000 areas has a number of residents that differs from the average by a fifth."""
    random = np.random.default_rng(1202)
    mean = 80 * random.normal(1, 0.2, 200_000).clip(0)
    counts, exposure = pd.Series(random.poisson(mean)), pd.Series(np.ones(200_000))
    outside = (funnel(counts, exposure, 0.2)["position"] != IN_LINE).mean()
    assert outside < 0.006
    assert (funnel(counts, exposure)["position"] != IN_LINE).mean() > 0.05


def test_an_unsure_exposure_widens_the_limits_as_its_variance_says():
    """√E has variance ¼ by chance and ¼·E·r² for the exposure: of 100 and 0.2, ¼·(1 + 4)."""
    half = 3.09 * math.sqrt(0.25 * (1 + 100 * 0.2**2))
    assert limits(100, 0.2) == (pytest.approx((10 - half) ** 2), pytest.approx((10 + half) ** 2))
    lows, highs = zip(*(limits(100, r) for r in (0, 0.05, 0.1, 0.2, 0.4)), strict=True)
    assert list(lows) == sorted(lows, reverse=True)
    assert list(highs) == sorted(highs)
    assert len(set(highs)) == 5


def test_each_place_may_be_unsure_to_its_own_degree():
    counts, exposure = pd.Series([130, 100, 70], list("abc")), pd.Series(1.0, list("abc"))
    frame = funnel(counts, exposure, pd.Series([0.0, 0.0, 0.3], list("abc")))
    assert frame["high"]["a"] == frame["high"]["b"] < frame["high"]["c"]
    assert frame["position"].tolist() == [IN_LINE, IN_LINE, IN_LINE]
    assert funnel(counts, exposure)["position"].tolist() == [IN_LINE, IN_LINE, BELOW]


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
        side = ABOVE if row.count_ > row.high else BELOW if row.count_ < row.low else IN_LINE
        assert row.position == side
        assert (
            0 <= row.low <= row.expected * (1 + 1e-9) <= row.high * (1 + 2e-9) or not counts.sum()
        )
    assert frame["expected"].sum() == pytest.approx(counts.sum())
    assert set(frame["position"]) != {ABOVE}
    assert set(frame["position"]) != {BELOW}


@quick
@given(GROUPS, st.floats(0.001, 1000))
def test_the_unit_of_exposure_makes_no_difference(group, scale):
    counts, exposure, unsure = (pd.Series(column) for column in zip(*group, strict=True))
    one, other = funnel(counts, exposure, unsure), funnel(counts, exposure * scale, unsure)
    np.testing.assert_allclose(
        one[["expected", "low", "high"]], other[["expected", "low", "high"]], rtol=1e-6, atol=1e-6
    )
    near = (one["count"] - one["low"]).abs().lt(1e-3) | (one["count"] - one["high"]).abs().lt(1e-3)
    assert ((one["position"] == other["position"]) | near).all()


@quick
@given(GROUPS, st.randoms(use_true_random=False))
def test_the_order_of_the_places_makes_no_difference(group, random):
    places = [str(n) for n in range(len(group))]
    counts, exposure, unsure = (pd.Series(column, places) for column in zip(*group, strict=True))
    mixed = random.sample(places, len(places))
    one, other = (
        funnel(counts, exposure, unsure),
        funnel(counts[mixed], exposure[mixed], unsure[mixed]),
    )
    other = other.loc[places]
    np.testing.assert_allclose(
        one.iloc[:, :5].astype(float), other.iloc[:, :5].astype(float), rtol=1e-9
    )


@quick
@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 9)), min_size=2, max_size=9), st.data()
)
def test_a_place_stays_where_it_is_when_others_are_taken_together(group, data):
    """The group's rate is that of all together, however the rest is divided."""
    counts, exposure = (pd.Series(column, dtype=float) for column in zip(*group, strict=True))
    together = (
        pd.Series([counts[0], counts[1:].sum()]),
        pd.Series([exposure[0], exposure[1:].sum()]),
    )
    assert funnel(counts, exposure)["position"][0] == funnel(*together)["position"][0]


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
