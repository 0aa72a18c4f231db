"""Calculates each district's rate per 1,000 residents, with its interval, rank and position."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from saferplymouth.framework import ASB
from saferplymouth.indicators.words import listed, nth, stretches
from saferplymouth.statistics import populations
from saferplymouth.statistics.funnels import funnel
from saferplymouth.statistics.intervals import poisson_interval
from saferplymouth.store.local_crime import NOWHERE, LocalCrime, is_crime

CRIME = "All recorded crime"
# incidents per 1,000 residents: where a force records fewer, the district is another force's
FEWEST = 1.0
# of a force's incidents: a district without residents that has fewer is taken to be another force's
STRAY = 1 / 2000


@dataclass(frozen=True)
class DistrictRates:
    """The districts of the force: `residents` of each at mid-`year`, and the counts of its street
    files by `month`, `district` and `type`, with all recorded crime as a type of its own. `own` is
    the partnership's; `small` are those where a sensitive type has a small count in a month.
    `unknown` are districts of the force without an estimate, which are left out.
    """

    year: str
    residents: pd.Series
    counts: pd.DataFrame
    own: str
    small: frozenset[tuple[str, str]]
    unknown: tuple[str, ...] = ()

    @cached_property
    def each(self) -> pd.DataFrame:
        """The counts with a row for each district, and a column for each type and month."""
        wide = self.counts.pivot(index="district", columns=["type", "month"], values="count")
        return wide.reindex(self.residents.index).fillna(0).astype(int)

    def hides(self, kind: str, district: str) -> bool:
        """Whether a type is hidden for a district: all its types of crime are where one is, because
        that one could be worked out from all crime and the others.
        """
        return kind != CRIME and (district, _part_of(kind)) in self.small

    def alone(self, kind: str) -> bool:
        """Whether a type is shown for one district at most, so that it has no rank."""
        return sum(not self.hides(kind, name) for name in self.residents.index) < 2

    @property
    def types_of_crime(self) -> list[str]:
        return sorted(set(self.counts["type"]) - {CRIME, ASB})

    @property
    def types(self) -> list[str]:
        """All recorded crime, anti-social behaviour, then each type of crime."""
        asb = [ASB] if (self.counts["type"] == ASB).any() else []
        return [CRIME, *asb, *self.types_of_crime]


def beside(
    local_crime: LocalCrime, months: pd.PeriodIndex, year: pd.Period
) -> DistrictRates | None:
    """The districts that the force's files and the population estimates both know; None where they
    are not two.

    The estimates are the latest that the partnership's own district has, up to the calendar year in
    which the financial year `year` begins. Several districts of the partnership's own
    count as one, with all their names.
    """
    at = estimate(local_crime, populations.opening(year))
    if at is None:
        return None
    own = listed(local_crime.street.districts)
    together = dict.fromkeys(local_crime.street.districts, own)
    cells = local_crime.cells[local_crime.cells["month"].isin(months.astype(str))]
    known = _known(local_crime, at)
    unknown = _without(cells, known.index)
    cells = cells.assign(district=cells["district"].replace(together))
    known = known.groupby(known.rename(together).index).sum()
    incidents = cells.groupby("district")["count"].sum().reindex(known.index, fill_value=0)
    residents = known[incidents >= FEWEST * known / 1000]
    if own not in residents.index or len(residents) < 2:
        return None
    return _compared(local_crime, cells, residents, at, unknown)


def _compared(
    local_crime: LocalCrime,
    cells: pd.DataFrame,
    residents: pd.Series,
    at: str,
    unknown: tuple[str, ...] = (),
) -> DistrictRates:
    """Districts with these residents at mid-`at`, by their cells."""
    own = listed(local_crime.street.districts)
    cells = cells[cells["district"].isin(residents.index)]
    every = pd.concat([cells, cells[is_crime(cells)].assign(type=CRIME)])
    counts = every.groupby(["month", "district", "type"], as_index=False)["count"].sum()
    small = local_crime.street.small.hides(counts["count"])
    small = counts[small & counts["type"].isin(local_crime.street.sensitive_types)]
    parts = frozenset(zip(small["district"], small["type"].map(_part_of), strict=True))
    return DistrictRates(at, residents, counts, own, parts, unknown)


def similar(
    local_crime: LocalCrime, months: pd.PeriodIndex, year: pd.Period
) -> tuple[DistrictRates | None, dict[str, str]]:
    """The partnership's own district and the similar areas with a file for each of `months` and
    residents of the same year; and why each of the others is not among them.

    A district's files are those of the force that has most of its records.
    """
    at, street = estimate(local_crime, populations.opening(year)), local_crime.street
    own = listed(street.districts)
    missing, cells, people = {}, [], {}
    known = _known(local_crime, at) if at else pd.Series(dtype=float)
    for name in street.similar:
        counts = local_crime.similar[local_crime.similar["district"] == name]
        lacks = months.difference(_months_with_file(local_crime, counts))
        if len(lacks):
            missing[name] = f"no street file with it for {listed(stretches(lacks))}"
        elif name not in known.index:
            missing[name] = f"no population figure for mid-{at}" if at else "no population figure"
        else:
            people[name] = known[name]
            cells.append(counts[counts["month"].isin(months.astype(str))])
    if at is None or not people:
        return None, missing
    people[own] = known[list(street.districts)].sum()
    mine = local_crime.cells[local_crime.cells["month"].isin(months.astype(str))]
    mine = mine[mine["district"].isin(street.districts)].assign(district=own)
    columns = ["month", "district", "type", "count"]
    together = pd.concat([each[columns] for each in (mine, *cells)])
    return _compared(local_crime, together, pd.Series(people), at), missing


def _months_with_file(local_crime: LocalCrime, counts: pd.DataFrame) -> pd.PeriodIndex:
    """The months with a file of the force that has most of a district's records."""
    by_force = counts.groupby("force")["count"].sum()
    files, force = local_crime.files, by_force.idxmax() if len(by_force) else ""
    months = files.loc[files["force"] == force, "month"]
    return pd.PeriodIndex(sorted(set(months)), freq="M")


def why_not(local_crime: LocalCrime, year: pd.Period) -> str:
    """Why `beside` finds no two districts."""
    own, opens = list(local_crime.street.districts), populations.opening(year)
    others, at = set(local_crime.cells["district"]) - {NOWHERE, *own}, estimate(local_crime, opens)
    if others and at is None:
        lacking = populations.why_none(_shared(local_crime), opens, listed(own))
        return f"{lacking}; put population.csv in places/"
    if others and not others & set(_known(local_crime, at).index):
        none = f"no population figures for mid-{at} have been received"
        return f"{none} for any other district of the force"
    own = listed(own)
    return f"no district except {own} has an incident per 1,000 residents in the force’s files"


def estimate(local_crime: LocalCrime, year: str) -> str | None:
    """The latest year up to `year` whose estimates all own districts have."""
    return populations.latest(_shared(local_crime), year)


def _shared(local_crime: LocalCrime) -> dict[str, int]:
    """The residents of all own districts, by the years that each has estimates of."""
    each = [local_crime.geography.residents.get(name, {}) for name in local_crime.street.districts]
    years = set.intersection(*map(set, each))
    return {at: sum(people[at] for people in each) for at in years}


def _known(local_crime: LocalCrime, at: str) -> pd.Series:
    residents = local_crime.geography.residents.items()
    return pd.Series({name: each[at] for name, each in residents if at in each}, dtype=float)


def _without(cells: pd.DataFrame, known: pd.Index) -> tuple[str, ...]:
    each = cells[cells["district"] != NOWHERE].groupby("district")["count"].sum()
    return tuple(each.index[each >= STRAY * each.sum()].difference(known))


def _part_of(kind: str) -> str:
    """All recorded crime, or anti-social behaviour, which is no part of it."""
    return ASB if kind == ASB else CRIME


def standings(b: DistrictRates, kind: str, months: pd.PeriodIndex) -> pd.DataFrame:
    """Each district for one type over some months, the highest rate first: count, rate, low and
    high (its exact Poisson 95 % interval), rank (1 the highest), best and worst (the ranks that the
    intervals leave possible), and of the group floor, ceiling (control limits), group (rate),
    between (see `funnels.funnel`), position.

    Rates are per 1,000 residents over the months together. A district of which a type may not be
    shown is not in it, nor in the group. Types of crime share one table, and its false statements.
    """
    shown = [name for name in b.residents.index if not b.hides(kind, name)]
    wide = b.each.loc[shown, kind].reindex(columns=months.astype(str), fill_value=0)
    counts, thousands = wide.sum(axis="columns"), b.residents[shown] / 1000
    tables = len(b.types_of_crime) if kind in b.types_of_crime else 1
    limits = funnel(counts, thousands, statements=len(shown) * tables)
    frame = pd.DataFrame({"count": counts, "rate": counts / thousands})
    ends = [poisson_interval(int(n), t) for n, t in zip(counts, thousands, strict=True)]
    frame[["low", "high"]] = pd.DataFrame(ends, frame.index, ["low", "high"], float)
    frame["rank"] = frame["rate"].rank(ascending=False, method="min").astype(int)
    frame["best"] = [1 + int((frame["low"] > high).sum()) for high in frame["high"]]
    frame["worst"] = [int((frame["high"] >= low).sum()) for low in frame["low"]]
    of_group = limits[["low", "high", "expected"]].div(thousands, axis="index")
    frame[["floor", "ceiling", "group"]] = of_group
    frame[["between", "position"]] = limits[["between", "position"]]
    return frame.sort_values("rate", ascending=False, kind="stable")


def ranked(frame: pd.DataFrame, name: str, places: str) -> str:
    """A place's rank among `places` in words, with its doubt: `3rd highest of 12 districts`, `2nd
    to 4th highest of 12 districts` or `no clear rank among 12 districts`.
    """
    best, worst = frame.loc[name, ["best", "worst"]]
    if best < worst and worst - best == len(frame) - 1:
        return f"no clear rank among {len(frame)} {places}"
    rank = f"{nth(best)} highest" if best > 1 else "the highest"
    if best < worst:
        rank = f"{nth(best)} to {nth(worst)} highest"
    return f"{rank} of {len(frame)} {places}"


def rank_range(row: pd.Series) -> str:
    """The ranks that a place may have, as a cell: `3` or `2 to 4`."""
    best, worst = row["best"], row["worst"]
    return str(best) if best == worst else f"{best} to {worst}"
