"""What an indicator's figures are watched as, and what is kept of what was found."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from returned import FRAMEWORK

from saferplymouth.indicators import watching
from saferplymouth.statistics import surveillance
from saferplymouth.statistics.predictive import COUNTS, LEVELS, SHARES

CRIME = FRAMEWORK.indicators["overall_crime"]
SATISFACTION = FRAMEWORK.indicators["ist_satisfaction"]
REFERRALS = FRAMEWORK.indicators["domestic_abuse_referrals"]


def observed(values, of=None, freq="M", start="2012-01") -> pd.DataFrame:
    """Figures as `observations.series` gives them: counts, or percentages of numbers."""
    index = pd.period_range(start, periods=len(values), freq=freq)
    frame = pd.DataFrame({"value": np.asarray(values, float), "status": "", "hidden": False}, index)
    numbers = pd.Series(pd.NA if of is None else of, index, dtype="Int64")
    counted = (frame["value"] * numbers / 100).round().astype("Int64")
    return frame.assign(numerator=counted, denominator=numbers)


def board() -> list:
    random = np.random.default_rng(1)
    crime = observed(random.poisson(400, 42))
    crime.iloc[-3:, 0] *= 2
    return [
        (CRIME, crime),
        (SATISFACTION, observed(100 * random.binomial(50, 0.9, 38) / 50, [50] * 38)),
        (REFERRALS, observed(random.poisson(90, 14), freq="Q-MAR")),
    ]


def same(here, there) -> bool:
    assert list(here) == list(there)
    for key, frame in here.items():
        pd.testing.assert_frame_equal(frame, there[key], check_exact=True)
    return True


@pytest.fixture
def worked_out(monkeypatch) -> list:
    """Notes each board that is watched."""
    boards, watch = [], surveillance.watch

    def noted(board, size):
        boards.append(sorted(board))
        return watch(board, size)

    monkeypatch.setattr(surveillance, "watch", noted)
    return boards


def test_frames_are_read_as_they_were_written_and_written_alike_each_time():
    found = watching.of_board(board(), FRAMEWORK)
    assert list(found) == [CRIME.key, SATISFACTION.key, REFERRALS.key]
    written = watching.write(found, found)
    assert same(watching.read(written), found)
    assert watching.write(watching.of_board(board(), FRAMEWORK), list(found)) == written
    some = watching.read(watching.write(found, [REFERRALS.key, "unknown"]))
    assert same(some, {REFERRALS.key: found[REFERRALS.key]})
    assert watching.read(watching.write({}, [])) == {}


def test_what_was_found_is_used_again_while_the_figures_and_the_framework_stay(
    tmp_path, worked_out
):
    path = tmp_path / "kept.parquet"
    found = watching.of_board(board(), FRAMEWORK, path)
    stands = path.read_bytes()
    assert same(watching.of_board(board(), FRAMEWORK, path), found)
    assert len(worked_out) == 1
    assert path.read_bytes() == stands
    path.unlink()
    watching.of_board(board(), FRAMEWORK, path)
    assert path.read_bytes() == stands


def revised(n: int, **columns) -> list:
    every = board()
    for column, value in columns.items():
        every[n][1].iloc[30, every[n][1].columns.get_loc(column)] = value
    return every


def about(**values) -> list:
    return [(replace(CRIME, **values), board()[0][1]), *board()[1:]]


@pytest.mark.parametrize(
    "changed",
    [
        revised(0, value=401.0),
        revised(0, value=np.nan),
        revised(0, status=watching.UNRELIABLE),
        revised(1, denominator=51),
        board()[:2],
        [(CRIME, board()[0][1].iloc[:-1]), *board()[1:]],
        [(CRIME, board()[0][1].set_axis(board()[0][1].index + 1)), *board()[1:]],
        about(exclude={"2013-01": "strike"}),
        about(new_baseline={"2013-01": "recording"}),
        about(unit="score"),
    ],
    ids=lambda _: "",
)
def test_it_is_worked_out_anew_for_other_figures_or_rules(tmp_path, worked_out, changed):
    path = tmp_path / "kept.parquet"
    watching.of_board(board(), FRAMEWORK, path)
    first = path.read_bytes()
    found = watching.of_board(changed, FRAMEWORK, path)
    assert len(worked_out) == 2
    assert path.read_bytes() != first
    assert same(found, watching.of_board(changed, FRAMEWORK))


def test_it_is_worked_out_anew_for_another_size_of_board(tmp_path, worked_out):
    path = tmp_path / "kept.parquet"
    fewer = {i.key: i for i in (CRIME, SATISFACTION, REFERRALS)}
    watching.of_board(board(), FRAMEWORK, path)
    watching.of_board(board(), replace(FRAMEWORK, indicators=fewer), path)
    assert len(worked_out) == 2


@pytest.mark.parametrize("damage", ["nothing", "half", "another", "unmarked"])
def test_a_damaged_file_is_made_again(tmp_path, worked_out, damage):
    path = tmp_path / "kept.parquet"
    found = watching.of_board(board(), FRAMEWORK, path)
    stands = path.read_bytes()
    path.write_bytes(
        {
            "nothing": b"",
            "half": stands[: len(stands) // 2],
            "another": b"indicator,period\n" * 40,
            "unmarked": watching.write(found, found),
        }[damage]
    )
    assert same(watching.of_board(board(), FRAMEWORK, path), found)
    assert len(worked_out) == 2
    assert path.read_bytes() == stands


def test_counts_shares_and_levels_are_watched_as_such():
    counts = watching.watched(CRIME, observed([3.0, 5.0]))
    assert (counts.history.kind, counts.floor, counts.ceiling) == (COUNTS, 0, None)
    shares = watching.watched(SATISFACTION, observed([90, 80], [10, 20]))
    assert (shares.history.kind, shares.floor, shares.ceiling) == (SHARES, 0, 100)
    assert shares.history.values.tolist() == [0.9, 0.8]
    assert shares.history.numbers.tolist() == [10, 20]
    levels = watching.watched(SATISFACTION, observed([90, 80]))
    assert (levels.history.kind, levels.ceiling) == (LEVELS, 100)
    assert levels.history.values.tolist() == [90, 80]


def test_what_was_not_given_is_a_gap_and_what_is_hidden_is_not_watched():
    figures = observed([3.0, 5.0, 4.0, 6.0])
    figures.iloc[1, 1] = watching.UNRELIABLE
    values = watching.watched(CRIME, figures.drop(figures.index[2])).history.values
    assert values.index.equals(figures.index)
    assert values.isna().tolist() == [False, True, True, False]
    figures["hidden"] = figures.index == figures.index[0]
    assert watching.watched(CRIME, figures) is None
    assert watching.watched(CRIME, figures.iloc[:0]) is None
    assert watching.watched(replace(CRIME, frequency="year"), observed([3.0])) is None


def test_excluded_months_and_new_baselines_come_from_the_framework_with_their_reasons():
    told = replace(
        CRIME,
        exclude={"2012-02..2012-03": "lockdown", "2020-01": "later"},
        new_baseline={"2012-01": "its start", "2012-04": "recording", "2019-01": "later"},
    )
    one = watching.watched(told, observed([3.0] * 6))
    assert {str(k): v for k, v in one.excluded.items()} == dict.fromkeys(
        ["2012-02", "2012-03"], "lockdown"
    )
    assert {str(k): v for k, v in one.changes.items()} == {"2012-04": "recording"}
    quarters = replace(REFERRALS, exclude={"2012-05": "strike"})
    one = watching.watched(quarters, observed([3.0] * 6, freq="Q-MAR", start="2012Q4"))
    assert len(one.excluded) == 1
    [quarter] = one.excluded
    assert quarter.start_time <= pd.Timestamp("2012-05-15") <= quarter.end_time


def test_it_says_how_many_months_were_within_their_interval():
    found = watching.of_board(board()[:1], FRAMEWORK)
    judged, within = watching.within(found.values())
    assert judged == 42 - 36
    assert within <= judged - 3  # those that doubled
    assert watching.within([]) == (0, 0)


def test_one_series_alone_is_a_board_of_which_nothing_else_changed():
    indicator, figures = board()[0]
    alone = watching.of_one(indicator, figures, FRAMEWORK)
    assert same({"": alone}, {"": watching.of_board(board()[:1], FRAMEWORK)[CRIME.key]})
    assert watching.of_one(CRIME, figures.iloc[:20], FRAMEWORK) is None
