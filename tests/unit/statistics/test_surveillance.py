"""The watch against generalised least squares and the step-up rule done directly, its intervals
against what comes, and what it tells of planted changes and of none.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from saferplymouth.statistics import control_charts, expectations
from saferplymouth.statistics.expectations import History
from saferplymouth.statistics.predictive import COUNTS, LEVELS, SHARES, distance
from saferplymouth.statistics.surveillance import FALSE, LOOKS, Watched, watch

SIZE = 30


def series(values, kind=COUNTS, of=None, freq="M", **about) -> Watched:
    index = pd.period_range("2010-01", periods=len(values), freq=freq)
    made = pd.Series(np.asarray(values, dtype=float), index)
    numbers = None if of is None else pd.Series(np.asarray(of, dtype=float), index)
    return Watched(History(made, kind, numbers), **about)


def alone(one: Watched, size: int = SIZE) -> pd.DataFrame | None:
    return watch({"one": one}, size).get("one")


def told(frame: pd.DataFrame) -> list[str]:
    return [str(period) for period in frame.index[frame["new"]]]


def shape(n: int, size: float = 0.2) -> np.ndarray:
    return 1 + size * np.sin(2 * np.pi * np.arange(n) / 12)


def ar(random, n: int, correlation: float) -> np.ndarray:
    """Standard normal figures with this correlation of neighbours."""
    own = random.normal(size=n) * np.sqrt(1 - correlation**2)
    figures = [random.normal()]
    for k in range(1, n):
        figures.append(correlation * figures[-1] + own[k])
    return np.array(figures)


MADE = {
    "poisson": lambda random, n: random.poisson(60 * shape(n)),
    "spread": lambda random, n: random.poisson(400 * shape(n) * np.exp(random.normal(0, 0.08, n))),
    "alike": lambda random, n: random.poisson(400 * shape(n) * np.exp(0.08 * ar(random, n, 0.6))),
}


# The evidence of a month ---------------------------------------------------------------------


def directly(one: Watched, place: int, start: int, model: expectations.Model) -> float:
    """The P value of the clearest of the stretches that end with `place`, each by generalised
    least squares with its whole covariance matrix, as the module's docstring has it.
    """
    at = np.arange(max(start, place - 11), place + 1)
    design = model.design(at, 0)
    mean = model.expected(design)
    values, numbers = one.history.values.to_numpy()[at], one.history.numbers[at]
    chance = {COUNTS: mean, SHARES: mean * (1 - mean) / numbers, LEVELS: np.ones(len(at))}
    by_link = {COUNTS: mean, SHARES: mean * (1 - mean), LEVELS: np.ones(len(at))}
    own, slope = np.sqrt(model.dispersion * chance[one.history.kind]), by_link[one.history.kind]
    alike = model.alike * model.correlation ** np.abs(np.subtract.outer(at, at))
    np.fill_diagonal(alike, 1)
    cov = np.diag(own) @ alike @ np.diag(own)
    cov += np.diag(slope) @ design @ model.covariance @ design.T @ np.diag(slope)
    deviation = np.sqrt(np.diag(cov))
    far = np.array(
        [
            distance(v, m, d**2, one.history.kind, n)
            for v, m, d, n in zip(values, mean, deviation, numbers, strict=True)
        ]
    )
    best = 0.0
    for first in range(len(at)):
        x, y = (slope / deviation)[first:], far[first:]
        weight = np.linalg.inv((cov / np.outer(deviation, deviation))[first:, first:])
        best = max(best, abs(x @ weight @ y) / np.sqrt(x @ weight @ x))
    return 2 * stats.t.sf(best, model.df)


@pytest.mark.parametrize("kind", [COUNTS, SHARES, LEVELS])
@pytest.mark.parametrize("correlation", [0, 0.6])
def test_the_evidence_is_that_of_generalised_least_squares_over_every_stretch(kind, correlation):
    random = np.random.default_rng(11)
    level = np.exp(0.05 * ar(random, 60, correlation)) * shape(60)
    of = random.integers(200, 900, 60)
    one = {
        COUNTS: lambda: series(random.poisson(300 * level)),
        SHARES: lambda: series(random.binomial(of, 0.3 * level) / of, SHARES, of),
        LEVELS: lambda: series(50 * level, LEVELS),
    }[kind]()
    frame = alone(one)
    assert not frame["signal"].any()
    assert frame["false_a_year"].notna().tolist() == [False] * 36 + [True] * 24
    for place in range(36, 60):
        ends = 36 if place < 48 else 48  # a model is made anew each year
        model = expectations.fit(one.history, np.ones(60, bool), np.zeros(60, int), ends)
        model = expectations.drawn_towards(model, expectations.pooled_correlation([model]))
        if ends == 36:
            mine = directly(one, place, 36, model) * LOOKS * SIZE * 12
            assert frame["false_a_year"].iloc[place] == pytest.approx(mine, rel=1e-4)
        design = model.design(np.array([place]), 0)
        scale = 100 if kind == SHARES else 1
        expected = model.expected(design)[0] * scale
        assert frame["mean"].iloc[place] == pytest.approx(expected, rel=1e-6)


def test_what_is_new_is_what_the_step_up_rule_rejects():
    """On a board on which nothing was going on; the series that were not given do not stand out."""
    sizes, seen = [0, 1.6, 1.75, 1.8, 1.85, 1.9, 2.2, 3], set()
    for seed in range(3):
        random = np.random.default_rng(seed)
        board = {}
        for k, size in enumerate(sizes):
            counts = random.poisson(60, 40)
            counts[-1] = 60 * size or counts[-1]
            board[str(k)] = series(counts)
        frames = watch(board, SIZE)
        if any(frame["signal"].iloc[:-1].any() for frame in frames.values()):
            continue
        p = [frame["false_a_year"].iloc[-1] / SIZE / 12 for frame in frames.values()]
        padded = np.minimum([*p, *[1.0] * (SIZE - len(p))], 1)
        rejected = multipletests(padded, FALSE, "fdr_bh")[0][: len(p)]
        assert [frame["new"].iloc[-1] for frame in frames.values()] == rejected.tolist()
        seen |= {int(rejected.sum())}
    assert seen
    assert max(seen) > 2


# Intervals and silence -----------------------------------------------------------------------


@pytest.mark.parametrize("made", MADE)
def test_of_a_hundred_months_ninety_five_are_within_their_interval(made):
    random = np.random.default_rng(102)  # over many boards: 96, 95 and 94%
    board = {str(k): series(MADE[made](random, 84)) for k in range(10)}
    judged = [frame.iloc[36:] for frame in watch(board, SIZE).values()]
    every = pd.concat(judged)
    within = every["value"].between(every["low95"], every["high95"])
    assert 0.93 <= within.mean() <= 0.98


@pytest.mark.parametrize("made", MADE)
def test_of_a_board_without_change_almost_nothing_is_told(made):
    """About one statement in two years is allowed for; over ten boards there are 0.4, 1.3 and 2.2."""
    random = np.random.default_rng(2)
    frames = watch({str(k): series(MADE[made](random, 60)) for k in range(10)}, 10)
    assert sum(len(told(frame)) for frame in frames.values()) <= 3  # in two years


def test_rare_counts_and_shares_near_all_are_not_news():
    random = np.random.default_rng(4)
    of = random.integers(20, 60, 84)
    board = {f"few {k}": series(random.poisson(0.1 * k, 84)) for k in range(1, 8)}
    shares = (random.binomial(of, share) / of for share in (0.995, 0.98, 0.95, 0.02))
    board |= {f"share {k}": series(share, SHARES, of) for k, share in enumerate(shares)}
    board["once"] = series([*[0] * 60, 1, *[0] * 12])
    board["not all"] = series([*[1] * 60, 0.98, *[1] * 12], SHARES, [50] * 73)
    board["winter"] = series(random.poisson([0, *[30] * 11], (7, 12)).ravel())
    board["winter at last"] = series(
        [*random.poisson([0, 9, 9, 9], (8, 4)).ravel(), 1], freq="Q-MAR"
    )
    frames = watch(board, SIZE)
    assert sum(len(told(frame)) for frame in frames.values()) <= 1
    assert len(frames) == len(board)


# Changes -------------------------------------------------------------------------------------


def steady(n: int, mean: float = 150, seed: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).poisson(mean * shape(n))


@pytest.mark.parametrize("factor", [1.4, 0.6])
def test_a_step_is_new_once_then_goes_on_then_is_the_new_normal(factor):
    counts = np.random.default_rng(6).poisson(
        150 * shape(84) * np.where(np.arange(84) < 54, 1, factor)
    )
    frame = alone(series(counts))
    begins, side = pd.Period("2014-07", "M"), 1 if factor > 1 else -1
    [first] = told(frame)
    assert begins <= pd.Period(first, "M") <= begins + 2
    assert frame["phase"].iloc[-1] == 1
    assert ("rose" if side > 0 else "fell") in frame["cause"].iloc[-1]
    opens = frame.index[frame["phase"] == 1][0]
    assert abs((opens - begins).n) <= 1
    assert not frame["signal"].loc[opens + 12 :].any()
    after = frame.iloc[-12:]
    assert (after["mean"] / (150 * factor * shape(84)[-12:])).mean() == pytest.approx(1, abs=0.1)
    halfway = alone(series(counts[:60]))
    assert halfway["side"].iloc[-1] == side
    assert halfway["told"].iloc[-1] == first
    assert abs((pd.Period(halfway["since"].iloc[-1], "M") - begins).n) <= 1
    assert halfway["phase"].eq(0).all()


def test_a_spike_is_told_and_is_over():
    counts = steady(72)
    counts[50] *= 2
    frame = alone(series(counts))
    assert told(frame) == ["2014-03"]
    assert frame["outside"].iloc[50]
    assert frame.index[frame["signal"]][-1] <= pd.Period("2014-05", "M")
    assert frame["phase"].eq(0).all()
    over = np.isin(np.arange(72), np.flatnonzero(frame["signal"]))
    plain = alone(series(np.where(over, np.nan, counts)))
    later = slice("2015-01", None)  # it is left out of later models
    assert frame["mean"].loc[later].tolist() == plain["mean"].loc[later].tolist()


def test_a_change_of_which_nothing_is_heard_is_not_the_new_normal():
    counts = np.array([*steady(48), 300, 320, *[np.nan] * 14, *steady(10, seed=5)])
    frame = alone(series(counts))
    assert told(frame)[0] == "2014-01"
    assert frame["phase"].eq(0).all()
    assert frame["side"].iloc[-1] == 0


def test_up_and_down_are_alike():
    random = np.random.default_rng(8)
    of = random.integers(100, 300, 72)
    counted = random.binomial(of, np.where(np.arange(72) < 50, 0.3, 0.45))
    levels = random.normal(20, 2, 72) + np.where(np.arange(72) < 50, 0, 6)
    pairs = [
        (series(counted / of, SHARES, of), series((of - counted) / of, SHARES, of)),
        (series(levels, LEVELS, floor=None), series(-levels, LEVELS, floor=None)),
    ]
    for here, there in (map(alone, pair) for pair in pairs):
        assert told(here)
        assert told(here) == told(there)
        assert here["side"].tolist() == (-there["side"]).tolist()
        assert here["phase"].tolist() == there["phase"].tolist()


# Excluded periods, new baselines and what is not there ------------------------------------------


def test_an_excluded_month_tells_nothing_and_enters_nothing():
    counts, odd = steady(84), steady(84)
    months = pd.period_range("2013-06", "2013-08", freq="M")
    odd[41:44] = [0, 900, 5000]
    why = dict.fromkeys(months, "lockdown")
    here, there = alone(series(counts, excluded=why)), alone(series(odd, excluded=why))
    assert here.drop(columns="value").equals(there.drop(columns="value"))
    assert there["excluded"].loc[months].eq("lockdown").all()
    assert there["excluded"].ne("").sum() == 3
    assert not there["signal"].any()
    assert alone(series(odd))["signal"].any()


def test_a_new_baseline_is_a_phase_with_its_level_and_no_news():
    counts = np.array([*steady(48), *steady(36, 450)])
    month = pd.Period("2014-01", "M")
    frame = alone(series(counts, changes={month: "recording"}))
    assert told(frame) == []
    assert frame["phase"].tolist() == [0] * 48 + [1] * 36
    assert frame["cause"].loc[month:].eq("recording").all()
    assert frame["mean"].iloc[-12:].mean() == pytest.approx(450, rel=0.1)


def test_a_new_baseline_makes_no_judge_of_a_series_too_short_for_its_season():
    counts = np.random.default_rng(1).poisson(150 * shape(60, 0.5))
    frame = alone(series(counts, changes={pd.Period("2010-07", "M"): "recording"}))
    assert frame["false_a_year"].iloc[:36].isna().all()
    assert told(frame) == []


@pytest.mark.parametrize(("freq", "least"), [("M", 36), ("Q-MAR", 12)])
def test_a_series_is_judged_from_the_first_period_after_three_years(freq, least):
    assert alone(series(steady(least), freq=freq)) is None
    frame = alone(series(steady(least + 1), freq=freq))
    assert frame["false_a_year"].notna().tolist() == [False] * least + [True]
    assert alone(series([0] * 60)) is None
    assert watch({}, SIZE) == {}


def test_after_years_of_silence_it_is_judged_by_what_was_before():
    counts = np.array([*steady(48), *[np.nan] * 62, *steady(12, seed=2), 900])
    assert told(alone(series(counts))) == ["2020-03"]


def test_figures_that_never_varied_are_judged():
    frame = alone(series([*[5.5] * 60, 5.6, 5.5, 7, 7], LEVELS))
    assert told(frame) == ["2015-03"]
    assert told(alone(series([*[0] * 60, 0.1], LEVELS))) == []


def test_figures_below_zero_have_limits_below_zero():
    levels = np.random.default_rng(1).normal(-5, 2, 60)
    frame = alone(series(levels, LEVELS, floor=None))
    assert (frame["lower"] < frame["low95"]).iloc[36:].all()
    assert (frame["lower"] < -9).iloc[36:].all()
    assert told(alone(series([*levels, -30], LEVELS, floor=None))) == ["2015-01"]
    floored = alone(series(np.abs(levels), LEVELS))
    assert floored["lower_drawn"].min() == 0
    assert floored["lower"].isna().any()


def test_what_it_costs_does_not_grow_with_the_years(monkeypatch):
    made, fit = [], expectations.fit
    monkeypatch.setattr(
        expectations, "fit", lambda *given: made.append(len(given[1])) or fit(*given)
    )
    cost = {}
    for years in (11, 20, 30):
        made.clear()
        frame = alone(series(steady(12 * years)))
        cost[years] = len(made), sum(made)
        assert len(frame) <= 132
    assert cost[20] == cost[30]
    assert cost[20][1] <= 1.3 * cost[11][1]


# Whatever comes --------------------------------------------------------------------------------

FIGURES = {
    COUNTS: st.one_of(st.integers(0, 3), st.integers(0, 200), st.just(0), st.integers(0, 10**7)),
    SHARES: st.sampled_from([0, 0.05, 0.5, 0.95, 1]),
    LEVELS: st.one_of(st.sampled_from([0, 5.5, 100]), st.floats(-1e6, 1e6)),
}


@st.composite
def histories(draw) -> Watched:
    kind = draw(st.sampled_from([COUNTS, SHARES, LEVELS]))
    freq = draw(st.sampled_from(["M", "Q-MAR"]))
    figure = draw(st.sampled_from([FIGURES[kind], st.just(draw(FIGURES[kind]))]))
    gaps = draw(st.sampled_from([figure, st.one_of(figure, st.just(np.nan))]))
    head = draw(st.integers(0, 42 if freq == "M" else 14))
    values = np.array(
        [*draw(st.lists(figure, min_size=head, max_size=head)), *draw(st.lists(gaps, max_size=22))],
        float,
    )
    of = np.resize([20, 40, 200, 60, 20], len(values)) if kind == SHARES else None
    one = series(values, kind, of, freq, floor=None if kind == LEVELS else 0)
    index = one.history.values.index
    at = st.sampled_from(list(index)) if len(index) else st.nothing()
    why = st.dictionaries(at, st.just("because"), max_size=3) if len(index) else st.just({})
    return Watched(one.history, draw(why), draw(why), one.floor)


@settings(max_examples=30)
@given(histories())
def test_whatever_comes_there_is_a_frame_that_makes_sense(one):
    frame = alone(one)
    if frame is None:
        return
    chart = control_charts.xmr(
        pd.Series([1.0, 2.0, 3.0], pd.period_range("2010-01", periods=3, freq="M"))
    )
    assert set(chart) <= set(frame)
    assert frame.index.equals(one.history.values.index)
    judged = frame[frame["false_a_year"].notna()]
    assert judged["mean"].notna().all()
    assert (judged["low95"] <= judged["high95"]).all()
    assert (judged["lower_drawn"] <= judged["low95"]).all()
    assert (judged["high95"] <= judged["upper_drawn"]).all()
    assert (frame["signal"] == (frame["outside"] ^ frame["shift"])).all()
    assert (frame["signal"] == frame["side"].ne(0)).all()
    excluded = frame["excluded"].ne("")
    assert not frame.loc[excluded | frame["value"].isna(), ["signal", "new"]].any(axis=None)
    assert (frame["told"].ne("") == frame["since"].ne("")).all()
    assert frame["phase"].diff().dropna().isin([0, 1]).all()


@settings(max_examples=15)
@given(histories(), st.integers(1, 12))
def test_what_was_new_stays_so_when_months_are_added(one, more):
    earlier = History(
        one.history.values.iloc[:-more],
        one.history.kind,
        None if one.history.of is None else one.history.of.iloc[:-more],
    )
    before = alone(Watched(earlier, one.excluded, one.changes, one.floor))
    if before is not None:
        after = alone(one).iloc[: len(before)]
        assert told(after) == told(before)
        assert after["false_a_year"].equals(before["false_a_year"])
