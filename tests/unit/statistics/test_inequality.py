"""The gradient of a rate by deprivation is that of statsmodels, and claims no more than it can."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import t

from saferplymouth.statistics.inequality import by_level, gradient, position


def areas(seed: int, slope: float, spread: float, number: int = 60) -> pd.DataFrame:
    """Small areas whose rates rise with deprivation and vary by a gamma of so much spread."""
    made = np.random.default_rng(seed)
    people = made.integers(1000, 3000, number)
    deprived = made.permutation(number)
    mean = people / 50 * np.exp(slope * deprived / number)
    rate = mean * made.gamma(1 / spread, spread, number)
    names = [f"area {place}" for place in range(number)]
    return pd.DataFrame(
        {"count": made.poisson(rate), "people": people, "deprived": deprived}, names
    )


@pytest.mark.parametrize("slope", [0.0, 1.2])
def test_the_gradient_is_that_of_a_quasi_poisson_regression(slope):
    frame = areas(3, slope, 0.3)
    found = gradient(*frame.to_dict("series").values())
    x = position(frame["people"], frame["deprived"])
    fitted = sm.GLM(
        frame["count"], sm.add_constant(x), sm.families.Poisson(), offset=np.log(frame["people"])
    ).fit(scale="X2")
    half = t.ppf(0.975, len(frame) - 2) * fitted.bse.iloc[1]
    expected = np.exp([fitted.params.iloc[1] + way * half for way in (0, -1, 1)])
    assert (found.ratio, found.low, found.high) == pytest.approx(tuple(expected))
    assert found.phi == pytest.approx(fitted.scale)
    assert found.least == pytest.approx(np.exp(fitted.params.iloc[0]))
    assert found.most / found.least == pytest.approx(found.ratio)


def test_a_position_is_the_share_of_people_below_and_half_of_those_alike():
    people = pd.Series([100, 300, 200, 400])
    assert position(people, pd.Series([5, 1, 5, 9])).tolist() == pytest.approx(
        [0.45, 0.15, 0.45, 0.8]
    )


def test_the_interval_of_no_gradient_holds_one_as_often_as_it_says():
    held = [
        not gradient(*areas(seed, 0, 0.3, 30).to_dict("series").values()).clear
        for seed in range(150)
    ]
    assert 0.9 < np.mean(held) < 0.99


def test_a_gradient_that_rests_on_one_area_says_which():
    counts = pd.Series([20] * 19 + [400], [f"area {n}" for n in range(20)])
    people = pd.Series(1500, counts.index)
    deprived = pd.Series(range(20), counts.index)
    assert gradient(counts, people, deprived).rests_on == "area 19"
    steady = pd.Series(range(10, 30), counts.index)
    assert gradient(steady, people, deprived).rests_on == ""


def test_too_few_areas_areas_alike_and_no_crime_have_no_gradient():
    few = areas(1, 1, 0.1, 9)
    assert gradient(*few.to_dict("series").values()) is None
    frame = areas(1, 1, 0.1)
    assert gradient(frame["count"], frame["people"], pd.Series(3, frame.index)) is None
    alone = pd.Series([0] * 59 + [9], frame.index)
    assert gradient(alone, frame["people"], pd.Series(range(60), frame.index)) is None
    assert gradient(frame["count"] * 0, frame["people"], frame["deprived"]) is None


def test_the_rate_of_a_level_and_its_interval_are_those_worked_by_hand():
    counts = pd.Series([10, 30, 40, 40, 0])
    people = pd.Series([1000, 1000, 2000, 2000, 1500])
    found = by_level(counts, people, pd.Series([1, 1, 2, 2, 3]))
    assert found["rate"].tolist() == [0.02, 0.02, 0]
    # only level 1 varies: (10 - 20)²/20 twice is 10, over 5 areas less 3 levels: φ = 5
    half = 4.302653 * (5 / 40) ** 0.5
    assert found.loc[1, ["low", "high"]].tolist() == pytest.approx(
        [0.02 * np.exp(-half), 0.02 * np.exp(half)], rel=1e-6
    )
    assert found.loc[3, ["low", "high"]].tolist() == pytest.approx([0, 3.688879 / 1500], rel=1e-6)
