"""A partner's figures held against the street files where both speak of the same thing: agreement,
or a question.

The two are never the same series: a crime without a place is in no district of the street files,
and each was counted on another day. What matters is that the difference stays what it has been.
"""

import math
from dataclasses import dataclass

import pandas as pd
import scipy

from saferplymouth import periods
from saferplymouth.framework import ALL_CRIME, ASB, Indicator
from saferplymouth.indicators.words import figures, number
from saferplymouth.statistics.intervals import round_half_away
from saferplymouth.store.local_crime import NOWHERE, LocalCrime, is_crime

FEWEST = 4  # months before one can be held against them
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
    def questions(self) -> list[str]:
        """What to ask the sender, month by month."""
        odd = self.frame.iloc[-LATELY:]
        odd = odd[odd["strange"]]
        return [_question(self.indicator, month, row) for month, row in odd.iterrows()]


def check(indicator: Indicator, sent: pd.Series, ground: LocalCrime) -> Check:
    """An indicator's monthly figures against what the street files count of the same thing in its
    districts.
    """
    local = ground.local
    mine = (
        is_crime(local)
        if indicator.held_against == ALL_CRIME
        else local["type"] == indicator.held_against
    )
    counted = local[mine].groupby("month")["count"].sum()
    counted.index = pd.PeriodIndex(counted.index, freq="M")
    months = ground.months[ground.months.isin(sent.dropna().index)]
    frame = pd.DataFrame(
        {"sent": sent.reindex(months), "counted": counted.reindex(months, fill_value=0)}
    )
    frame = frame[(frame["sent"] > 0) | (frame["counted"] > 0)]
    frame["off"] = 100 * (frame["counted"] / frame["sent"].where(frame["sent"] > 0) - 1)
    bands = [_band(frame["off"].iloc[:n].dropna()) for n in range(len(frame))]
    frame[["low", "high"]] = pd.DataFrame(
        bands, index=frame.index, columns=["low", "high"], dtype=float
    )
    frame["strange"] = (
        (frame["off"] < frame["low"]) | (frame["off"] > frame["high"]) | frame["off"].isna()
    )
    return Check(indicator, frame)


def _band(before: pd.Series) -> tuple[float, float]:
    """Where the next difference should fall: mean ± t·s·√(1 + 1/n), a prediction interval of normal
    differences.
    """
    n = len(before)
    if n < FEWEST:
        return math.nan, math.nan
    half = scipy.special.stdtrit(n - 1, 1 - TAIL) * max(before.std(), LEAST) * math.sqrt(1 + 1 / n)
    return before.mean() - half, before.mean() + half


def apart(low: float, high: float | None = None) -> str:
    """A difference, or a range of them, in words: `6.6% to 8.6% under`."""
    ends = sorted({low, low if high is None else high}, key=abs)
    if not any(round_half_away(end, 1) for end in ends):
        return NO_DIFFERENT
    if len(ends) == 2 and ends[0] * ends[1] < 0:
        return f"between {_signed(min(ends))} and {_signed(max(ends))}"
    side = "under" if ends[-1] < 0 else "over"
    said = " to ".join(dict.fromkeys(_share(end) for end in ends))
    return f"{said} {side}"


def _signed(value: float) -> str:
    return f"{_share(value)} {'under' if value < 0 else 'over'}"


def _share(value: float) -> str:
    return f"{figures([abs(value)], 1)[0].removesuffix('.0')}%"


def _question(indicator: Indicator, month: pd.Period, row: pd.Series) -> str:
    if row["sent"] == 0:
        told = f"0 from the partner, and the street files count {number(row['counted'])}"
        return (
            f"{indicator.name}, {periods.words(month)}: {told}. Was there none, or has the figure "
            f"not come?"
        )
    return (
        f"{indicator.name}, {periods.words(month)}: {number(row['sent'])} from the partner, and "
        f"the street files count "
        f"{number(row['counted'])}, {apart(row['off'])}, where the months before lead to expect "
        f"{apart(row['low'], row['high'])}. Is the figure complete, and counted as before?"
    )


def reason(ground: LocalCrime, months: pd.PeriodIndex) -> str:
    """Why the street files count fewer: the crimes of the force that have no place."""
    cells = ground.cells[ground.cells["month"].isin(months.astype(str)) & is_crime(ground.cells)]
    every = cells.groupby("month")["count"].sum()
    without = (
        cells[cells["district"] == NOWHERE]
        .groupby("month")["count"]
        .sum()
        .reindex(every.index, fill_value=0)
    )
    share = 100 * without / every
    if every.empty:
        return f"{_asb(ground, months)}What differs is not explained by the files."
    ends = list(dict.fromkeys(_share(x) for x in (share.min(), share.max())))
    return (
        f"A crime without a place is in no district of the street files: {' to '.join(ends)} of "
        f"the force’s recorded "
        f"crime {'in each month' if len(share) > 1 else 'in the month'}. {_asb(ground, months)}"
        "The files do not explain what remains; that the two were counted on different days may."
    )


def _asb(ground: LocalCrime, months: pd.PeriodIndex) -> str:
    cells = ground.cells[
        ground.cells["month"].isin(months.astype(str)) & (ground.cells["type"] == ASB)
    ]
    without = int(cells.loc[cells["district"] == NOWHERE, "count"].sum())
    if not len(cells):
        return ""
    told = (
        "always has a place"
        if not without
        else f"lacks a place in {number(without)} of its incidents"
    )
    return f"Anti-social behaviour {told}. "
