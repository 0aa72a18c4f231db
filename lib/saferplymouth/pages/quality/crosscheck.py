"""Compares a partner's figures with the street files where both count the same thing.

The two are never the same series: a crime without a place is in no district of the street files,
and they were counted on different days. What matters is that the difference stays the same.
"""

import math
from dataclasses import dataclass

import pandas as pd
import scipy

from saferplymouth import periods
from saferplymouth.framework import ALL_CRIME, ASB, Indicator
from saferplymouth.indicators.words import figures, number
from saferplymouth.sources import Question
from saferplymouth.statistics.intervals import round_half_away
from saferplymouth.store.local_crime import NOWHERE, LocalCrime, is_crime

FEWEST = 4  # earlier months needed to check one
TAIL = 0.005  # a month where nothing has changed lies outside its band one time in a hundred
LATELY = 3  # months that are asked about: an older question has been asked before
LEAST = 0.1  # percentage points: months that happen to agree exactly leave room for a rounding
NO_DIFFERENT = "no different"


@dataclass(frozen=True)
class Check:
    """One indicator against the street files: `frame` has for each month with both figures `sent`
    (the partner's), `counted`, `off` (counted less sent, in percent of sent), `low` and `high` (the
    band for `off` from the months before it; NaN where those are too few), and `strange`, whether
    it lies outside.
    """

    indicator: Indicator
    frame: pd.DataFrame

    @property
    def questions(self) -> list[Question]:
        """What to ask the sender, month by month."""
        i, lately = self.indicator, self.frame.iloc[-LATELY:]
        return [
            Question(f"{i.key} {month}", _question(f"{i.name}, {periods.words(month)}", row))
            for month, row in lately[lately["strange"]].iterrows()
        ]


def check(indicator: Indicator, sent: pd.Series, local_crime: LocalCrime) -> Check:
    """An indicator's months compared with the street files' count of the same thing."""
    local, against = local_crime.local, indicator.held_against
    same = is_crime(local) if against == ALL_CRIME else local["type"] == against
    counted = local[same].groupby("month")["count"].sum()
    counted.index = pd.PeriodIndex(counted.index, freq="M")
    months = local_crime.months[local_crime.months.isin(sent.dropna().index)]
    frame = pd.DataFrame(
        {"sent": sent.reindex(months), "counted": counted.reindex(months, fill_value=0)}
    )
    frame = frame[(frame["sent"] > 0) | (frame["counted"] > 0)]
    off = 100 * (frame["counted"] / frame["sent"].where(frame["sent"] > 0) - 1)
    bands = [_band(off.iloc[:n].dropna()) for n in range(len(frame))]
    band = pd.DataFrame(bands, frame.index, ["low", "high"], dtype=float)
    strange = (off < band["low"]) | (off > band["high"]) | off.isna()
    return Check(indicator, frame.assign(off=off, **band, strange=strange))


def _band(before: pd.Series) -> tuple[float, float]:
    """The expected range of the next difference: mean ± t·s·√(1 + 1/n), a prediction interval for
    normal differences.
    """
    n = len(before)
    if n < FEWEST:
        return math.nan, math.nan
    half = scipy.special.stdtrit(n - 1, 1 - TAIL) * max(before.std(), LEAST) * math.sqrt(1 + 1 / n)
    return before.mean() - half, before.mean() + half


def difference_in_words(low: float, high: float | None = None) -> str:
    """A difference, or a range of them, in words: `6.6% to 8.6% below`."""
    ends = sorted({low, low if high is None else high}, key=abs)
    if not any(round_half_away(end, 1) for end in ends):
        return NO_DIFFERENT
    if len(ends) == 2 and ends[0] * ends[1] < 0:
        return f"between {_share(min(ends))} below and {_share(max(ends))} above"
    side = "below" if ends[-1] < 0 else "above"
    return f"{_shares(ends)} {side}"


def _share(value: float) -> str:
    return f"{figures([abs(value)], 1)[0].removesuffix('.0')}%"


def _shares(ends: list[float]) -> str:
    """`6.6% to 8.6%`, or one where they read the same."""
    return " to ".join(dict.fromkeys(map(_share, ends)))


def _question(which: str, row: pd.Series) -> str:
    counted = f"the street files count {number(row['counted'])}"
    if row["sent"] == 0:
        why = "Were there none, or is the figure missing?"
        return f"{which}: 0 from the partner, and {counted}. {why}"
    off, expected = difference_in_words(row["off"]), difference_in_words(row["low"], row["high"])
    return (
        f"{which}: {number(row['sent'])} from the partner, and {counted}, {off}. Earlier months "
        f"suggest {expected}. Is the figure complete, and counted as before?"
    )


def reason(local_crime: LocalCrime, months: pd.PeriodIndex) -> str:
    """Why the street files count fewer: the force's crimes without a place."""
    cells = local_crime.cells[local_crime.cells["month"].isin(months.astype(str))]
    crimes = cells[is_crime(cells)]
    asb = _asb(cells[cells["type"] == ASB])
    if crimes.empty:
        return f"{asb}The files do not explain the difference."
    placeless = crimes["count"].where(crimes["district"] == NOWHERE, 0)
    by_month = placeless.groupby(crimes["month"]).sum()
    share = 100 * by_month / crimes.groupby("month")["count"].sum()
    when = "in each month" if len(share) > 1 else "in the month"
    return (
        f"A crime without a place is in no district of the street files: "
        f"{_shares([share.min(), share.max()])} of the force’s recorded crime {when}. {asb}The "
        f"files do not explain the rest. The two may have been counted on different days."
    )


def _asb(incidents: pd.DataFrame) -> str:
    if incidents.empty:
        return ""
    without = int(incidents.loc[incidents["district"] == NOWHERE, "count"].sum())
    lacks = f"has no place in {number(without)} of its incidents"
    return f"Anti-social behaviour {lacks if without else 'always has a place'}. "
