"""Control charts against the paper's table, and each rule against a plain reading of it, point by
point.
"""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saferplymouth.statistics.control_charts import assurance, variation, xmr

RULES = ["outside", "shift", "trend", "two_of_three"]

# The paper's series: 2015/16, the baseline, and April to November 2016.
OVERALL = [1652, 1684, 1407, 1469, 1386, 1467, 1565, 1386, 1427, 1332, 1334, 1498]
OVERALL += [1335, 1576, 1611, 1692, 1637, 1590, 1570, 1575]
ACQUISITIVE = [196, 192, 147, 119, 106, 169, 148, 146, 135, 119, 130, 172]
ACQUISITIVE += [158, 180, 148, 136, 144, 146, 89, 148]
VIOLENCE = [151, 166, 160, 177, 140, 163, 186, 137, 146, 119, 131, 170]
VIOLENCE += [134, 173, 185, 208, 158, 177, 192, 148]
DOMESTIC_ABUSE = [553, 569, 504, 603, 549, 503, 578, 470, 560, 533, 437, 484]
DOMESTIC_ABUSE += [351, 412, 431, 475, 469, 382, 352, 358]
ANTI_SOCIAL = [864, 894, 769, 946, 912, 809, 892, 717, 733, 734, 741, 781]
ANTI_SOCIAL += [853, 967, 965, 955, 899, 887, 896, 748]
HATE = [30, 25, 26, 17, 36, 25, 22, 38, 21, 20, 53, 32, 17, 25, 32, 54, 37, 45, 42, 35]


def monthly(values, start="2015-04"):
    index = pd.period_range(start, periods=len(values), freq="M")
    return pd.Series([np.nan if v is None else v for v in values], index, dtype=float)


def judged(values, aim):
    """A chart whose signals are good on the side of the aim, as the evidence judges them."""
    frame = xmr(monthly(values))
    good = [bool(side == aim) if side and aim else None for side in frame["side"]]
    return frame.assign(improving=pd.Series(good, frame.index, dtype=object))


def flagged(frame, rule):
    return [str(month) for month in frame.index[frame[rule]]]


def span(first, last):
    return [str(month) for month in pd.period_range(first, last, freq="M")]


@pytest.mark.parametrize(
    ("values", "mean", "lower", "upper", "signals"),
    [
        (OVERALL, "1467.2", "1197.9", "1736.6", {"shift": span("2016-05", "2016-11")}),
        (ACQUISITIVE, "148.2", "86.3", "210.2", {}),
        (VIOLENCE, "153.8", "91.7", "216.0", {}),
        (
            DOMESTIC_ABUSE,
            "528.6",
            "353.7",
            "703.4",
            {"outside": ["2016-04", "2016-10"], "shift": span("2016-02", "2016-11")},
        ),
        (
            ANTI_SOCIAL,
            "816.0",
            "624.7",
            "1007.3",
            {"trend": span("2015-11", "2016-05"), "shift": span("2016-04", "2016-10")},
        ),
        (HATE, "28.8", "0.0", "61.6", {}),
    ],
)
def test_each_chart_of_the_paper_is_reproduced_to_the_printed_digit(
    values, mean, lower, upper, signals
):
    frame = xmr(monthly(values))
    printed = frame[["mean", "lower_drawn", "upper_drawn"]].drop_duplicates().map("{:.1f}".format)
    assert printed.to_numpy().tolist() == [[mean, lower, upper]]
    for rule in ("outside", "shift", "trend"):
        assert flagged(frame, rule) == signals.get(rule, [])
    months = sorted({month for rule in signals.values() for month in rule})
    assert flagged(frame, "signal") == months
    assert not frame["trial"].any()


@pytest.mark.parametrize(
    ("values", "aim", "state"),
    [
        (OVERALL, -1, "worsening"),
        (ACQUISITIVE, -1, "neither"),
        (VIOLENCE, -1, "neither"),
        (DOMESTIC_ABUSE, 1, "worsening"),
        (ANTI_SOCIAL, -1, "neither"),
        (HATE, 1, "neither"),
        (OVERALL, None, "special"),
        (DOMESTIC_ABUSE, -1, "improving"),
        ([], 1, None),
        ([None, None], 1, None),
    ],
)
def test_the_latest_point_says_which_kind_of_variation_there_is(values, aim, state):
    assert variation(judged(values, aim)) == state


def test_the_latest_point_is_the_latest_with_data():
    assert variation(judged([*OVERALL, None], -1)) == "worsening"


def test_the_limits_of_what_has_no_floor_stay_where_they_fall_and_are_tested():
    low = [-v for v in OVERALL]
    mirrored, frame = xmr(monthly(OVERALL)), xmr(monthly(low), floor=None)
    assert frame["lower_drawn"].tolist() == pytest.approx((-mirrored["upper_drawn"]).tolist())
    assert frame["upper_drawn"].tolist() == pytest.approx((-mirrored["lower_drawn"]).tolist())
    assert frame["signal"].tolist() == mirrored["signal"].tolist()
    assert frame["side"].tolist() == (-mirrored["side"]).tolist()


# A plain reading of the rules


def runs(length, size):
    return [range(first, first + size) for first in range(length - size + 1)]


def by_the_book(values, size=12):
    """The points of each rule in one phase of whole numbers and gaps, in exact arithmetic."""
    points = [v for v in values if v is not None]
    places = [i for i, v in enumerate(values) if v is not None][:size]
    found = {rule: set() for rule in RULES}
    if not points:
        return found
    mean = Fraction(sum(points[:size]), len(points[:size]))
    for run in runs(len(values), 7):
        v = [values[i] for i in run]
        if None in v:
            continue
        if all(x > mean for x in v) or all(x < mean for x in v):
            found["shift"] |= set(run)
        steps = [after - before for before, after in pairwise(v)]
        if all(s > 0 for s in steps) or all(s < 0 for s in steps):
            found["trend"] |= set(run)
    ranges = [abs(values[i] - values[i - 1]) for i in places if i and values[i - 1] is not None]
    if not ranges:
        return found
    reach = Fraction(266, 100) * Fraction(sum(ranges), len(ranges))
    for i, x in enumerate(values):
        if x is not None and (x > mean + reach or (mean >= reach and x < mean - reach)):
            found["outside"].add(i)
    for run in runs(len(values), 3):
        v = {i: values[i] - mean for i in run if values[i] is not None}
        above = {i for i, x in v.items() if x > reach * 2 / 3}
        below = {i for i, x in v.items() if -x > reach * 2 / 3}
        if len(v) == 3 and all(x > 0 for x in v.values()) and len(above) > 1:
            found["two_of_three"] |= above
        if len(v) == 3 and all(x < 0 for x in v.values()) and len(below) > 1 and mean >= reach:
            found["two_of_three"] |= below
    return found


stretch = st.one_of(
    st.builds(
        lambda first, n: list(range(first, first + n)), st.integers(0, 12), st.integers(1, 9)
    ),
    st.builds(
        lambda first, n: list(range(first + n, first, -1)), st.integers(0, 12), st.integers(1, 9)
    ),
    st.builds(lambda level, n: [level] * n, st.integers(0, 24), st.integers(1, 8)),
    st.lists(st.integers(0, 24), max_size=14),
    st.lists(st.integers(9, 12), max_size=14),
    st.just([None]),
)
stretches = st.lists(stretch, max_size=6).map(lambda parts: [v for part in parts for v in part])


@settings(max_examples=100, deadline=None)
@given(stretches, st.sampled_from([12, 15, 20]))
def test_every_rule_flags_what_a_plain_reading_of_it_flags(values, baseline):
    frame, book = xmr(monthly(values), baseline=baseline), by_the_book(values, baseline)
    for rule in RULES:
        assert set(np.flatnonzero(frame[rule])) == book[rule], rule
    assert (frame["signal"] == (frame["side"] != 0)).all()


@settings(max_examples=25, deadline=None)
@given(stretches.filter(len), stretches.filter(len))
def test_a_new_phase_is_judged_as_if_the_series_began_there(before, after):
    series = monthly(before + after)
    frame = xmr(series, changes={series.index[len(before)]: "recording changed"})
    alone = [xmr(series[: len(before)]), xmr(series[len(before) :])]
    columns = frame.columns.drop(["phase", "cause"])
    pd.testing.assert_frame_equal(frame[columns], pd.concat(alone)[columns])
    assert frame["phase"].tolist() == [0] * len(before) + [1] * len(after)
    assert frame["cause"].tolist() == [""] * len(before) + ["recording changed"] * len(after)


@settings(max_examples=25, deadline=None)
@given(stretches)
def test_a_series_upside_down_gives_the_opposite_judgement(values):
    """On 1,000 less each value no limit is cut at 0, nor is it on 1,000 more: so the two mirror
    each other.
    """
    up = xmr(monthly([None if v is None else 1000 + v for v in values]))
    down = xmr(monthly([None if v is None else 1000 - v for v in values]))
    assert up[RULES].equals(down[RULES])
    assert (up["side"] == -down["side"]).all()


# Cases that other tools got wrong

QUIET = [48, 52] * 6  # mean 50, limits 50 ± 10.64, two thirds of the way 50 ± 7.09


def after_quiet(*values):
    return xmr(monthly([*QUIET, *values])).iloc[12:]


def test_two_of_three_on_opposite_sides_of_the_mean_are_no_signal():
    assert not after_quiet(58, 42, 51)["signal"].any()
    assert not after_quiet(58, 42, 58)["signal"].any()


def test_two_of_three_needs_the_third_on_the_same_side_and_flags_only_the_two():
    assert after_quiet(58, 51, 59)["two_of_three"].tolist() == [True, False, True]
    assert not after_quiet(58, 49, 59)["two_of_three"].any()
    assert not after_quiet(58, 50, 59)["two_of_three"].any()


def test_a_point_outside_the_limit_counts_towards_two_of_three():
    frame = after_quiet(61, 58, 51)
    assert frame["outside"].tolist() == [True, False, False]
    assert frame["two_of_three"].tolist() == [True, True, False]


def test_a_point_on_the_mean_ends_a_run():
    assert after_quiet(51, 52, 51, 53, 51, 52, 51)["shift"].all()
    assert not after_quiet(51, 52, 51, 50, 51, 52, 51, 52)["shift"].any()


def test_a_trend_across_the_mean_is_one_trend_and_its_direction_is_where_it_goes():
    frame = after_quiet(53, 52, 51, 50, 49, 48, 47)
    assert frame["trend"].all()
    assert frame["side"].tolist() == [-1] * 7


def test_a_falling_trend_above_the_mean_is_falling():
    assert after_quiet(57, 56, 55, 54, 53, 52, 51)["side"].tolist() == [-1] * 7


def test_six_points_up_are_no_trend_and_equal_neighbours_end_one():
    assert not after_quiet(50, 51, 52, 53, 54, 55)["trend"].any()
    assert not after_quiet(47, 48, 49, 50, 50, 51, 52, 53)["trend"].any()


def test_at_a_turn_the_later_trend_names_the_direction():
    frame = after_quiet(45, 46, 47, 49, 51, 53, 55, 53, 52, 51, 50, 49, 48)
    assert frame["side"].tolist() == [1] * 6 + [-1] * 7


def test_a_point_outside_is_judged_by_its_limit_whatever_the_trend():
    frame = after_quiet(20, 22, 24, 26, 28, 30, 32)
    assert frame["trend"].all()
    assert frame["side"].tolist() == [-1] * 7


def test_a_point_on_a_limit_is_not_outside():
    steps = monthly([0, 100] * 6)
    limit = xmr(steps)["upper"].iloc[0]
    assert limit == pytest.approx(316)
    assert not xmr(monthly([0, 100] * 6 + [316]))["outside"].any()
    assert xmr(monthly([0, 100] * 6 + [317]))["outside"].iloc[-1]


@pytest.mark.parametrize("value", [88.1, 0.1, 1 / 3, 0])
def test_a_level_series_of_any_number_has_no_signal(value):
    frame = xmr(monthly([value] * 30))
    assert not frame["signal"].any()


# Limits, gaps, phases


def test_a_lower_limit_under_nought_is_drawn_there_and_never_tested():
    frame = xmr(monthly([5, 20] * 6 + [0, 0, 0]))
    assert frame["lower"].isna().all()
    assert (frame["lower_drawn"] == 0).all()
    assert not frame["signal"].any()


def test_an_upper_limit_over_the_ceiling_is_drawn_there_and_never_tested():
    satisfaction = [100, 89, 89, 86, 75, 90]
    assert xmr(monthly(satisfaction))["upper"].iloc[0] > 100
    frame = xmr(monthly(satisfaction), ceiling=100)
    assert frame["upper"].isna().all()
    assert (frame["upper_drawn"] == 100).all()
    assert frame["lower"].notna().all()


@pytest.mark.parametrize(("points", "trial"), [(1, True), (12, True), (13, False)])
def test_limits_are_on_trial_under_13_points(points, trial):
    assert xmr(monthly([*QUIET, 50][:points]))["trial"].eq(trial).all()


def test_limits_stay_once_the_baseline_is_full():
    limits = ["mean", "lower", "upper"]
    early, late = xmr(monthly(OVERALL[:13])), xmr(monthly(OVERALL))
    pd.testing.assert_frame_equal(early[limits], late[limits].iloc[:13])
    longer = xmr(monthly(OVERALL), baseline=20)
    assert longer["mean"].iloc[0] == pytest.approx(np.mean(OVERALL))


def test_a_gap_ends_a_run_and_its_moving_range_is_not_used():
    gap = xmr(monthly([*QUIET[:6], None, *QUIET[7:], 48, *[51] * 3, None, *[51] * 4]))
    assert gap["upper"].iloc[0] - gap["mean"].iloc[0] == pytest.approx(2.66 * 4)
    assert not gap["shift"].any()
    assert not gap["signal"][gap["value"].isna()].any()


def test_a_missing_latest_month_changes_nothing_before_it():
    frame = xmr(monthly([*ACQUISITIVE, None]))
    assert frame.iloc[:-1].equals(xmr(monthly(ACQUISITIVE)))


def test_a_month_that_is_absent_is_a_gap_like_one_without_a_value():
    series = monthly([*QUIET, 51, None, 53])
    pd.testing.assert_frame_equal(xmr(series), xmr(series.dropna().sample(frac=1, random_state=1)))


def test_quarters_are_charted_as_months_are():
    quarters = pd.Series(QUIET, pd.period_range("2013Q1", periods=12, freq="Q-MAR"))
    assert xmr(quarters)["mean"].iloc[0] == 50


def test_no_data_and_too_little_are_frames_with_the_same_columns():
    full = xmr(monthly(OVERALL))
    for values in ([], [None], [7]):
        frame = xmr(monthly(values))
        assert frame.dtypes.equals(full.dtypes)
        assert len(frame) == len(values)
        assert frame["upper"].isna().all()
        assert not frame["signal"].any()


def test_each_new_baseline_carries_its_cause():
    may, october = pd.Period("2015-05", "M"), pd.Period("2015-10", "M")
    frame = xmr(monthly(QUIET), changes={october: "police only", may: "new form"})
    assert frame["phase"].tolist() == [0] + [1] * 5 + [2] * 6
    assert frame["cause"].unique().tolist() == ["", "new form", "police only"]
    assert frame["trial"].all()


def test_a_chart_leaves_its_series_as_it_was():
    series = monthly(OVERALL)
    xmr(series)
    pd.testing.assert_series_equal(series, monthly(OVERALL))


@pytest.mark.parametrize(
    ("aim", "target", "expected"),
    [
        (-1, 61, "met"),
        (-1, 50, "hit and miss"),
        (-1, 39, "missed"),
        (1, 61, "missed"),
        (1, 50, "hit and miss"),
        (1, 39, "met"),
        (None, 50, None),
        (1, None, None),
        (1, np.nan, None),
    ],
)
def test_a_target_outside_the_limits_is_met_or_missed_every_time(aim, target, expected):
    assert assurance(xmr(monthly([*QUIET, 50])), target, aim) == expected


def test_a_lower_limit_under_nought_still_misses_a_target_above():
    assert assurance(xmr(monthly(HATE)), 30, 1) == "hit and miss"
    assert assurance(xmr(monthly(HATE)), 70, 1) == "missed"


def test_a_level_series_that_reaches_its_target_meets_it():
    assert assurance(xmr(monthly([90] * 13)), 90, 1) == "met"


@pytest.mark.parametrize("values", [[], [None] * 14, QUIET])
def test_there_is_no_assurance_without_firm_limits(values):
    assert assurance(xmr(monthly(values)), 50, 1) is None
