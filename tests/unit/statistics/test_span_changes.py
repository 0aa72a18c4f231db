"""Changes between spans of months, against simulated series whose ratios vary by a known amount."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from saferplymouth.statistics.span_changes import reach, standardised

ROWS = 14


def series(random, spread: float, earlier: int, mean: float, factor: float = 1.0):
    """Spans of `ROWS` rows: the counts now and before, and `earlier` such pairs. The logarithm of
    the ratio within a pair varies by `spread`; that of the first row now is `factor` more.
    """

    def pair(times: float = 1.0):
        part = 1 / (1 + np.exp(-random.normal(0, spread, ROWS)))
        both = 2 * mean * np.array([part, 1 - part])
        both[0, 0] *= times
        return tuple(pd.Series(random.poisson(row)) for row in both)

    return *pair(factor), [pair() for _ in range(earlier)]


def test_a_table_has_a_twohundredth_false_change_on_average():
    assert 2 * ROWS * norm.sf(reach(ROWS)) == pytest.approx(1 / 200)
    assert reach(32) > reach(ROWS)


def test_without_history_the_size_of_a_change_is_worked_by_hand():
    """90 after 30: 60 over the root of 120·(1 + 119·0.3²/4)."""
    size = standardised(pd.Series([90, 5, 0]), pd.Series([30, 5, 0]), [])
    assert size.tolist() == [pytest.approx(60 / (120 * (1 + 119 * 0.09 / 4)) ** 0.5), 0, 0]


def test_a_long_history_takes_the_place_of_the_assumption():
    """Of 400 earlier comparisons with a spread of 0.1, and of one that is as assumed."""
    random = np.random.default_rng(2004)
    *_, earlier = series(random, 0.1, 400, 300)
    now, before = pd.Series([400] * ROWS), pd.Series([300] * ROWS)
    known = (100 / (700 * (1 + 699 * 0.1**2 / 4)) ** 0.5,) * ROWS
    assert standardised(now, before, earlier).tolist() == pytest.approx(known, rel=0.15)
    assert (standardised(now, before, []) < standardised(now, before, earlier)).all()


@pytest.mark.parametrize(
    ("spread", "earlier", "mean"), [(0, 0, 20), (0.15, 0, 400), (0.15, 4, 400), (0.25, 12, 400)]
)
def test_series_without_a_change_beyond_their_usual_ones_have_few_false_changes(
    spread, earlier, mean
):
    random = np.random.default_rng(2020)
    found = [standardised(*series(random, spread, earlier, mean)) for _ in range(300)]
    assert np.mean([(size.abs() > reach(ROWS)).sum() for size in found]) <= 0.02


def test_what_falls_by_55_per_cent_is_seen_where_the_history_is_quiet():
    random = np.random.default_rng(49)
    found = [standardised(*series(random, 0.05, 12, 300, 0.45)) for _ in range(100)]
    assert np.mean([size[0] < -reach(ROWS) for size in found]) > 0.9
