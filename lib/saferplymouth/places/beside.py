"""Districts beside each other, numbers to numbers: rates per 1,000 residents with intervals, ranks and positions."""

from dataclasses import dataclass

import pandas as pd

from saferplymouth.framework import ASB, Street
from saferplymouth.funnel import funnel
from saferplymouth.ground import Ground, is_crime
from saferplymouth.intervals import poisson_interval
from saferplymouth.places.local import SMALL

CRIME = "All recorded crime"
FEWEST = 1.0  # incidents per 1,000 residents: where a force records fewer, the district is another force's


@dataclass(frozen=True)
class Beside:
    """The districts of the force: `residents` of each at mid-`year`, and the counts of its street files by `month`,
    `district` and `type`, with all recorded crime as a type of its own."""

    year: str
    residents: pd.Series
    counts: pd.DataFrame

    @property
    def types(self) -> list[str]:
        """All recorded crime, anti-social behaviour, then each type of crime."""
        every = sorted(set(self.counts["type"]) - {CRIME, ASB})
        return [CRIME, *([ASB] if (self.counts["type"] == ASB).any() else []), *every]


def beside(ground: Ground, months: pd.PeriodIndex, year: str) -> Beside | None:
    """The districts that the force's files and the population estimates both know; None where they are not two.

    `year` is the calendar year of the estimates. The partnership's own districts stand together as one, by name.
    """
    cells = ground.cells[ground.cells["month"].isin(months.astype(str))]
    known = pd.Series({name: people[year] for name, people in ground.geography.residents.items() if year in people})
    found = cells.groupby("district")["count"].sum().reindex(known.index, fill_value=0)
    residents = known[found >= FEWEST * known / 1000].astype(float)
    own = [name for name in ground.street.districts if name in residents.index]
    if not own or len(residents) < 2:
        return None
    cells = cells[cells["district"].isin(residents.index)]
    every = pd.concat([cells, cells[is_crime(cells)].assign(type=CRIME)])
    counts = every.groupby(["month", "district", "type"], as_index=False)["count"].sum()
    return Beside(year, residents, counts)


def standings(b: Beside, kind: str, months: pd.PeriodIndex) -> pd.DataFrame:
    """Each district for one type over some months, the highest rate first: count, rate, low and high (its exact Poisson
    95 % interval), rank (1 the highest), and of the group floor, ceiling (control limits), group (rate), position.

    Rates are per 1,000 residents over the months together.
    """
    mine = b.counts[(b.counts["type"] == kind) & b.counts["month"].isin(months.astype(str))]
    counts = mine.groupby("district")["count"].sum().reindex(b.residents.index, fill_value=0)
    thousands = b.residents / 1000
    limits = funnel(counts, thousands)
    frame = pd.DataFrame({"count": counts, "rate": counts / thousands})
    ends = [poisson_interval(int(n), t) for n, t in zip(counts, thousands, strict=True)]
    frame[["low", "high"]] = pd.DataFrame(ends, index=frame.index)
    frame["rank"] = frame["rate"].rank(ascending=False, method="min").astype(int)
    frame["floor"], frame["ceiling"] = limits["low"] / thousands, limits["high"] / thousands
    frame["group"], frame["position"] = counts.sum() / thousands.sum(), limits["position"]
    return frame.sort_values("rate", ascending=False, kind="stable")


def hidden(b: Beside, street: Street) -> set[tuple[str, str]]:
    """The types and districts of which nothing is shown: a sensitive type of which a month has 1 to 4 there."""
    kinds = b.counts[b.counts["type"].isin(street.sensitive_types)]
    small = kinds[kinds["count"].between(*SMALL)]
    return set(zip(small["type"], small["district"], strict=True))
