"""Whether what came is all of it: which street files, and which figures of returns, are too little
to count yet.

A doubt is a question to whoever sent the data. Until an analyst lets it stand by name and reason,
nothing is worked out from what is in doubt, and it is not among what later months are held against.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy

from saferplymouth.framework import COUNT, PERCENT, POUNDS, RATE, Framework, Indicator
from saferplymouth.sources import SignOff
from saferplymouth.statistics import unusually_low
from saferplymouth.statistics.intervals import round_half_away

WINDOW = 12  # periods before that one is held against, as many of them as came and are not in doubt
LEAST_ROWS = 0.6  # of the median of the months before
MOST_UNPLACED, MOST_TIMES = 0.1, 2  # of its rows, and times the median share of the months before
MOST_AT_FIRST = 0.3  # where there are none
MASKED = 5  # under it a count of a sensitive indicator is masked (see `disclosure`)
TOTAL, UNPLACED, DISTRICT, TYPE, NEIGHBOURHOOD = (
    "total",
    "unplaced",
    "district",
    "type",
    "neighbourhood",
)


@dataclass(frozen=True)
class Doubt:
    """Why what came may not be all of it, as a sentence goes on about it (`reason`: "has no row in
    Anytown"), and who let it stand; None while nobody has.
    """

    reason: str
    signed: SignOff | None = None


def of_files(
    cells: pd.DataFrame, files: pd.DataFrame, districts: Collection[str], signed: Iterable[SignOff]
) -> dict[pd.Period, Doubt]:
    """The doubts about a force's street files, by month: of a file without the partnership's own
    districts, with few rows, with many of them without a place, or without a part that it should
    have.

    `cells` and `files` as `local_crime.LocalCrime` has them, for the one force.
    """
    tallies = _tallies(cells, districts)
    found: dict[pd.Period, Doubt] = {}
    for file in files.sort_values("month").itertuples():
        month = pd.Period(file.month, "M")
        sound = [str(m) for m in pd.period_range(end=month - 1, periods=WINDOW, freq="M")]
        unsound = {str(m) for m, doubt in found.items() if not doubt.signed}
        before = [m for m in sound if m in tallies[TOTAL].index and m not in unsound]
        if told := _reasons(tallies, file.month, before, districts):
            found[month] = Doubt(
                f"has {' and '.join(told)}",
                _who(signed, file.source.rpartition("/")[2], "", file.received),
            )
    return found


def judged(stood: pd.DataFrame, framework: Framework, signed: Iterable[SignOff]) -> pd.DataFrame:
    """Observations as they stood for an edition (`observations.as_it_stood`) with what is in doubt:
    in `doubt` why a figure may not be all of the data, in `confirmed` who let it stand. Both are
    empty for all others.

    Take them from observations in which small counts are masked: then neither tells more than those
    do.
    """
    worked_out = stood["indicator"].isin(
        [i.key for i in framework.indicators.values() if i.worked_out]
    )
    doubts = {
        "doubt": stood["note"].where(worked_out & stood["value"].isna(), ""),
        "confirmed": stood["note"].where(worked_out & stood["value"].notna(), ""),
    }
    for row, doubt in _of_returns(stood[~worked_out], framework, signed).items():
        doubts["confirmed" if doubt.signed else "doubt"][row] = _told(
            doubt, stood.loc[row], framework
        )
    told = stood.assign(**doubts)
    return told[told["value"].notna() | (told["doubt"] != "")].reset_index(drop=True)


def _of_returns(
    stood: pd.DataFrame, framework: Framework, signed: Iterable[SignOff]
) -> dict[int, Doubt]:
    """The doubts about the figures that partners sent, by the row each stands in: not about groups,
    which stand beside their total, nor years to date.
    """
    spans = stood["period"].str.contains("..", regex=False)
    whole, read, found = stood[(stood["breakdown"] == "") & ~spans], framework.calendar.parse, {}
    figures = whole[["value", "numerator", "denominator"]].astype(float).to_numpy()
    for key, rows in whole.groupby("indicator", sort=False).indices.items():
        indicator = framework.indicators[key]
        periods = [read(text, indicator.frequency) for text in whole["period"].iloc[rows]]
        at = np.array([period.ordinal // period.freq.n for period in periods])
        rows, at, sound = rows[np.argsort(at)], np.sort(at), np.ones(len(at), dtype=bool)
        for n, row in enumerate(rows):
            usual = _usual(
                figures[row], figures[rows[:n][sound[:n] & (at[:n] >= at[n] - WINDOW)]], indicator
            )
            if usual is not None:
                sent = whole.iloc[row]
                who = _who(signed, key, sent["period"], sent["received"])
                told = [_figure(value, indicator) for value in (sent["value"], usual)]
                found[whole.index[row]] = Doubt(
                    f"{told[0]} received, against about {told[1]} usually", who
                )
                sound[n] = who is not None
    return found


def _usual(figure: np.ndarray, before: np.ndarray, indicator: Indicator) -> float | None:
    """What is usual, where a figure has fallen from there by more than chance explains.

    A figure is its value, numerator and denominator (NaN where unknown); `before` has a row for
    each.
    """
    (value, numerator, denominator), values = figure, before[:, 0]
    if not unusually_low.fallen(value, values):
        return None
    if indicator.unit == COUNT:
        chance = unusually_low.chance_of_count(value, values)
    elif indicator.unit == PERCENT and not (np.isnan(denominator) or np.isnan(before).any()):
        chance = unusually_low.chance_of_share(numerator, denominator, before[:, 1], before[:, 2])
    else:
        chance = unusually_low.chance_of_level(value, values)
    return float(np.median(values)) if chance < unusually_low.RARE else None


def _figure(value: float, indicator: Indicator) -> str:
    """A figure in its unit; a count that is hidden, which is masked, in words."""
    if indicator.sensitive and 0 < value < MASKED:
        return "a hidden count"
    whole, level = f"{round_half_away(value):,}", f"{value:.3g}"
    written = {
        PERCENT: f"{level}%",
        POUNDS: f"£{whole}",
        RATE: f"{level} per {indicator.rate_base:,}",
    }
    return written.get(indicator.unit, whole)


def _told(doubt: Doubt, figure: pd.Series, framework: Framework) -> str:
    """A doubt, and who let it stand; the reason might tell of a count that is hidden, and is left
    out there.
    """
    hidden = framework.indicators[figure["indicator"]].sensitive and 0 < figure["value"] < MASKED
    if doubt.signed is None:
        return doubt.reason
    return (
        f"{doubt.reason}; {f'confirmed by {doubt.signed.name}' if hidden else doubt.signed.words}"
    )


def _who(signed: Iterable[SignOff], about: str, period: str, received: str) -> SignOff | None:
    """Who let stand what was received in a drop: the latest to do so, in that drop or a later
    one.
    """
    mine = [s for s in signed if (s.about, s.period) == (about, period) and s.drop >= received]
    return max(mine, key=lambda s: s.drop, default=None)


def _tallies(cells: pd.DataFrame, districts: Collection[str]) -> dict[str, pd.DataFrame]:
    """The rows of each month, with a column for each part: of the whole, the districts, and what
    lies in them.
    """
    own = cells[cells["district"].isin(districts)]
    own = own.assign(neighbourhood=own["name"].str[:-1])
    months = sorted(set(cells["month"]))

    def tally(rows: pd.DataFrame, by: str) -> pd.DataFrame:
        return (
            rows.groupby(["month", by])["count"]
            .sum()
            .unstack(fill_value=0)
            .reindex(months, fill_value=0)
        )

    whole = cells.assign(total=TOTAL, unplaced=UNPLACED)
    return {
        TOTAL: tally(whole, TOTAL),
        UNPLACED: tally(whole[whole["district"] == ""], UNPLACED),
        **{kind: tally(own, kind) for kind in (DISTRICT, TYPE, NEIGHBOURHOOD)},
    }


def _reasons(
    tallies: dict[str, pd.DataFrame], month: str, before: list[str], districts: Collection[str]
) -> list[str]:
    """What is wrong with the file of a month, held against those before."""
    total, unplaced = (tallies[kind].sum(axis="columns") for kind in (TOTAL, UNPLACED))
    usual, usually = total[before].median(), (unplaced / total)[before].median()
    told, share = [], unplaced[month] / total[month]
    if total[month] < LEAST_ROWS * usual:
        told.append(f"{_rows(total[month])} against about {_whole(usual)} usually")
    if share > (max(MOST_UNPLACED, MOST_TIMES * usually) if before else MOST_AT_FIRST):
        against = f" against about {_percent(usually)} usually" if before else ""
        told.append(f"no place for {_percent(share)} of its rows{against}")
    present, earlier = tallies[DISTRICT].loc[month], tallies[DISTRICT].loc[before].median()
    if not present.sum():
        return [f"no row in {' or '.join(districts)}", *told]
    told += [
        f"{_rows(now)} in {name} against about {_whole(earlier[name])} usually"
        for name, now in present.items()
        if now < LEAST_ROWS * earlier[name]
        and scipy.special.pdtr(now, earlier[name]) < unusually_low.RARE
    ]
    return told or _parts(tallies, month, before)


def _parts(tallies: dict[str, pd.DataFrame], month: str, before: list[str]) -> list[str]:
    """The types of crime and the neighbourhoods that the file of a month has no row of."""
    told = []
    for word, kind in (("of the type", TYPE), ("in", NEIGHBOURHOOD)):
        absent = _absent(tallies[kind].loc[month], tallies[kind].loc[before])
        first = max(absent, key=absent.get, default="")
        more = f" nor {word} {len(absent) - 1} more" if len(absent) > 1 else ""
        told += (
            [f"no row {word} {first} against about {_whole(absent[first])} usually{more}"]
            if absent
            else []
        )
    return told


def _absent(now: pd.Series, before: pd.DataFrame) -> dict[str, float]:
    """The parts that are not there at all, where chance does not explain it, with what was usual.

    None where as much has come of parts that were not there before: then they have been named anew.
    """
    rare = unusually_low.RARE / max(len(now), 1)  # there are many, any of which may be absent
    earlier = {name: before[name].to_numpy(float) for name in now.index[now == 0]}
    absent = {
        name: float(np.median(counts))
        for name, counts in earlier.items()
        if unusually_low.fallen(0, counts) and unusually_low.chance_of_count(0, counts) < rare
    }
    new = now[~before.any()].sum()
    return absent if new < LEAST_ROWS * sum(absent.values()) else {}


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}" if count else "no row"


def _whole(value: float) -> str:
    return f"{round_half_away(value):,}"


def _percent(share: float) -> str:
    return f"{round_half_away(100 * share) or f'{100 * share:.1g}'}%"
