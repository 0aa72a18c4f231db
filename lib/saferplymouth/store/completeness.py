"""Judges whether received data are complete: which street files and which figures in returns are
too low to use yet.

Each doubt becomes a question to the sender. Until an analyst accepts the data, with a name and
reason, nothing is worked out from them and later months are not compared with them.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy

from saferplymouth.framework import COUNT, PERCENT, POUNDS, RATE, SCORE, Framework, Indicator
from saferplymouth.sources import SignOff
from saferplymouth.sources.statuses import ABSENT, HIDDEN
from saferplymouth.statistics import unusually_low
from saferplymouth.statistics.intervals import round_half_away

WINDOW = 12  # earlier periods to compare with, without missing and doubtful ones
LEAST_ROWS = 0.6  # of the median of the months before
MOST_UNPLACED, MOST_TIMES = 0.1, 2  # share of its rows; times the median share of earlier months
MOST_AT_FIRST = 0.3  # share of its rows, if there are no earlier months
PARTS = ("district", "type", "neighbourhood")


@dataclass(frozen=True)
class Doubt:
    """Why received data may be incomplete, as a part of a sentence (`reason`: "has no row in
    Anytown"), and the sign-off that accepted it, or None.
    """

    reason: str
    signed: SignOff | None = None


# --- Street files


@dataclass(frozen=True)
class _Tallies:
    """The rows of each month (ascending): in total, their share without a location, and in the
    partnership's own districts, for each kind of `PARTS` the parts' names and a row of counts for
    each month.
    """

    at: dict[str, int]
    total: np.ndarray
    unplaced: np.ndarray
    parts: dict[str, tuple[list[str], np.ndarray]]


def street_file_doubts(
    cells: pd.DataFrame, files: pd.DataFrame, districts: Collection[str], signed: Iterable[SignOff]
) -> dict[pd.Period, Doubt]:
    """The doubts about a force's street files, by month: a file without the partnership's own
    districts, with few rows, with many rows without a location, or without an expected part.

    `cells` and `files` are as in `local_crime.LocalCrime`, for one force.
    """
    tallies = _tallies(cells, districts)
    doubts: dict[pd.Period, Doubt] = {}
    in_doubt: set[str] = set()
    for file in files.sort_values("month").itertuples():
        month = pd.Period(file.month, "M")
        # a month in doubt takes no place in the window: however many follow, all stay in doubt
        window = pd.period_range(end=month - 1, periods=WINDOW + len(in_doubt), freq="M")
        sound = [m for m in window.astype(str) if m in tallies.at and m not in in_doubt]
        before = [tallies.at[m] for m in sound[-WINDOW:]]
        if reasons := _reasons(tallies, tallies.at[file.month], before, districts):
            name = file.source.rpartition("/")[2]
            who = _who(signed, name, "", file.received)
            doubts[month] = Doubt(f"has {' and '.join(reasons)}", who)
            in_doubt |= set() if who else {file.month}
    return doubts


def _tallies(cells: pd.DataFrame, districts: Collection[str]) -> _Tallies:
    months = sorted(set(cells["month"]))
    own = cells[cells["district"].isin(districts)]
    own = own.assign(neighbourhood=own["name"].str[:-1])
    total, unplaced = (
        rows.groupby("month")["count"].sum().reindex(months, fill_value=0).to_numpy()
        for rows in (cells, cells[cells["district"] == ""])
    )
    parts = {}
    for kind in PARTS:
        counts = own.groupby(["month", kind])["count"].sum().unstack(fill_value=0)
        parts[kind] = (list(counts), counts.reindex(months, fill_value=0).to_numpy())
    return _Tallies({m: n for n, m in enumerate(months)}, total, unplaced / total, parts)


def _reasons(
    tallies: _Tallies, month: int, before: list[int], districts: Collection[str]
) -> list[str]:
    """What is wrong with a month's file, compared with the months `before`."""
    total, share, reasons = tallies.total[month], tallies.unplaced[month], []
    if before:
        usual, usual_share = (np.median(of[before]) for of in (tallies.total, tallies.unplaced))
        if total < LEAST_ROWS * usual:
            reasons.append(f"{_rows(total)} {_usually(usual)}")
    if share > (max(MOST_UNPLACED, MOST_TIMES * usual_share) if before else MOST_AT_FIRST):
        against = f" (usually about {_percent(usual_share)})" if before else ""
        reasons.append(f"no place for {_percent(share)} of its rows{against}")
    names, counts = tallies.parts["district"]
    if not counts[month].sum():
        return [f"no row in {' or '.join(districts)}", *reasons]
    if not before:
        return reasons
    for name, count, expected in zip(
        names, counts[month], np.median(counts[before], axis=0), strict=True
    ):
        rare = scipy.special.pdtr(count, expected) < unusually_low.RARE
        if count < LEAST_ROWS * expected and rare:
            reasons.append(f"{_rows(count)} in {name} {_usually(expected)}")
    return reasons or [
        *_absent("of the type", *tallies.parts["type"], month, before),
        *_absent("in", *tallies.parts["neighbourhood"], month, before),
    ]


def _absent(
    word: str, names: list[str], counts: np.ndarray, month: int, before: list[int]
) -> list[str]:
    """The parts of which a month has no row, where usual variation does not explain it.

    Empty if about as many rows have come for parts not seen before: they have been renamed.
    """
    now, earlier = counts[month], counts[before].astype(float)
    rare = unusually_low.RARE / max(len(now), 1)  # a correction for testing many parts
    absent = {}
    for part in np.flatnonzero(now == 0):
        usually = earlier[:, part]
        if (
            unusually_low.is_sharp_drop(0, usually)
            and unusually_low.chance_of_count(0, usually) < rare
        ):
            absent[names[part]] = float(np.median(usually))
    new = now[~earlier.any(axis=0)].sum()
    if not absent or new >= LEAST_ROWS * sum(absent.values()):
        return []
    first = max(absent, key=absent.get)
    more = f" nor {word.split()[0]} {len(absent) - 1} more" if len(absent) > 1 else ""
    return [f"no row {word} {first} {_usually(absent[first])}{more}"]


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}" if count else "no row"


def _usually(usual: float) -> str:
    return f"(usually about {round_half_away(usual):,})"


def _percent(share: float) -> str:
    return f"{round_half_away(100 * share) or f'{100 * share:.1g}'}%"


# --- Returns


def with_doubts(
    observations: pd.DataFrame, framework: Framework, signed: Iterable[SignOff]
) -> pd.DataFrame:
    """Observations as they stood for an edition (`observations.as_it_stood`) with two more columns:
    `doubt` says why a figure may be incomplete, `confirmed` who accepted it. Both are empty
    otherwise.

    Call it with observations in which small counts are masked, so that neither column reveals more.
    """
    keys = [i.key for i in framework.indicators.values() if i.worked_out]
    worked_out, missing = observations["indicator"].isin(keys), observations["value"].isna()
    doubts = {
        "doubt": observations["note"].where(worked_out & missing, ""),
        "confirmed": observations["note"].where(worked_out & ~missing, ""),
    }
    sent = observations[~worked_out & ~missing]
    for row, doubt in _return_doubts(sent, framework, signed).items():
        figure, reason = observations.loc[row], doubt.reason
        if doubt.signed:
            # the sign-off's reason could reveal a hidden count
            hidden = _is_hidden(figure["value"], framework.indicators[figure["indicator"]])
            words = f"confirmed by {doubt.signed.name}" if hidden else doubt.signed.words
            reason = f"{reason}; {words}"
        doubts["confirmed" if doubt.signed else "doubt"][row] = reason
    frame = observations.assign(**doubts)
    come = ~missing | frame["status"].isin([HIDDEN, ABSENT])
    return frame[come | (frame["doubt"] != "")].reset_index(drop=True)


def _return_doubts(
    observations: pd.DataFrame, framework: Framework, signed: Iterable[SignOff]
) -> dict[int, Doubt]:
    """The doubts about partners' figures, by row; groups and years to date are not checked."""
    overlapping = [i.key for i in framework.indicators.values() if i.overlaps]
    spans = observations["period"].str.contains("..", regex=False)
    spans &= ~observations["indicator"].isin(overlapping)
    whole, doubts = observations[(observations["breakdown"] == "") & ~spans], {}
    figures = whole[["value", "numerator", "denominator"]].astype(float).to_numpy()
    for key, rows in whole.groupby("indicator", sort=False).indices.items():
        indicator = framework.indicators[key]
        parsed = [
            framework.calendar.parse(text, indicator.frequency)
            for text in whole["period"].iloc[rows]
        ]
        at = np.array([period.ordinal // period.freq.n for period in parsed])
        rows, at, sound = rows[np.argsort(at)], np.sort(at), np.ones(len(at), dtype=bool)
        for n, row in enumerate(rows):
            before = rows[:n][sound[:n] & (at[:n] >= at[n] - WINDOW)]
            usual = _usual(figures[row], figures[before], indicator)
            if usual is not None:
                sent = whole.iloc[row]
                who = _who(signed, key, sent["period"], sent["received"])
                value, expected = (_figure(v, indicator) for v in (sent["value"], usual))
                reason = f"{value} received, usually about {expected}"
                doubts[whole.index[row]] = Doubt(reason, who)
                sound[n] = who is not None
    return doubts


def _usual(figure: np.ndarray, before: np.ndarray, indicator: Indicator) -> float | None:
    """The usual level, if a figure has fallen from it by more than usual variation; otherwise None.

    A figure is its value, numerator and denominator (NaN if unknown); `before` has one row for
    each.
    """
    (value, numerator, denominator), values = figure, before[:, 0]
    if indicator.unit == SCORE or not unusually_low.is_sharp_drop(value, values):
        return None
    if indicator.unit == COUNT:
        chance = unusually_low.chance_of_count(value, values)
    elif indicator.unit == PERCENT and not (np.isnan(denominator) or np.isnan(before).any()):
        chance = unusually_low.chance_of_share(numerator, denominator, before[:, 1], before[:, 2])
    else:
        chance = unusually_low.chance_of_level(value, values)
    return float(np.median(values)) if chance < unusually_low.RARE else None


def _is_hidden(value: float, indicator: Indicator) -> bool:
    """Whether a count is masked, or is a median between counts that would reveal one."""
    small = indicator.small
    return indicator.sensitive and (value > 0 or small.hide_zeros) and value < small.most + 1


def _figure(value: float, indicator: Indicator) -> str:
    """A figure in its unit, or "a hidden count" if it is masked."""
    if _is_hidden(value, indicator):
        return "a hidden count"
    whole, level = f"{round_half_away(value):,}", f"{value:.3g}"
    written = {
        PERCENT: f"{level}%",
        POUNDS: f"£{whole}",
        RATE: f"{level} per {indicator.rate_base:,}",
    }
    return written.get(indicator.unit, whole)


def _who(signed: Iterable[SignOff], about: str, period: str, received: str) -> SignOff | None:
    """The latest sign-off, in the drop of the data or a later one, that accepts them."""
    own = [s for s in signed if (s.about, s.period) == (about, period) and s.drop >= received]
    return max(own, key=lambda s: s.drop, default=None)
