"""Calculates the commissioning ledger: totals, shares of the grant, and which needs have figures.

Sums are whole pounds as the ledger gives them, and shares are percentages (0 to 100). A need is
*measured* when any of its indicators has a figure, for the whole or for a group. Hidden counts are
figures too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from saferplymouth.framework import Framework
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.sources.commissioning import GRANT, NEED, REST, Need


@dataclass(frozen=True)
class Ledger:
    """A year's `grant`, the `rest` of it that is not allocated, and the `needs` it may pay for."""

    grant: Need
    rest: Need
    needs: tuple[Need, ...]

    @property
    def year(self) -> str:
        return self.grant.year

    @property
    def confirmed(self) -> tuple[Need, ...]:
        return tuple(need for need in self.needs if need.confirmed)

    @property
    def waiting(self) -> tuple[Need, ...]:
        """The needs without a confirmed sum."""
        return tuple(need for need in self.needs if not need.confirmed)


def ledger(rows: tuple[Need, ...]) -> Ledger:
    """The ledger of a paper's rows."""
    grant, rest, needs = (
        tuple(row for row in rows if row.kind == kind) for kind in (GRANT, REST, NEED)
    )
    return Ledger(grant[0], rest[0], needs)


def total(needs: Iterable[Need]) -> int:
    """The pounds that needs get from the grant; those without a sum are left out."""
    return sum(need.contribution or 0 for need in needs)


def percent(part: int | None, whole: int | None) -> float | None:
    """`part` as a percentage of `whole`; None where either is missing or the whole is zero."""
    return 100 * part / whole if part is not None and whole else None


def reconciliation(of: Ledger) -> pd.DataFrame:
    """How the grant divides: `lines`, `pounds` and `share` of what is confirmed, not allocated, and
    of both.
    """
    parts = {
        "confirmed": (len(of.confirmed), total(of.confirmed)),
        "not allocated": (len(of.waiting), of.rest.contribution),
    }
    frame = pd.DataFrame.from_dict(parts, orient="index", columns=["lines", "pounds"])
    frame.loc["grant"] = frame.sum()
    return frame.assign(share=100 * frame["pounds"] / of.grant.contribution)


def shares(of: Ledger) -> pd.DataFrame:
    """What each need gets: `contribution` from the grant, its `share` of it, `budget` from all
    sources and `part`, what the grant is of that budget. NaN where the ledger states no sum.
    """
    rows = [(need.contribution, need.total_budget) for need in of.needs]
    names = [need.need for need in of.needs]
    frame = pd.DataFrame(rows, names, ["contribution", "budget"], dtype=float)
    sums = frame["contribution"]
    frame.insert(1, "share", 100 * sums / of.grant.contribution)
    return frame.assign(part=100 * sums / frame["budget"].where(frame["budget"] > 0))


def unmeasured(needs: Iterable[Need], evidence: Mapping[str, Evidence]) -> tuple[Need, ...]:
    """The needs without any figure."""
    return tuple(need for need in needs if all(evidence[key].unheard for key in need.indicators))


def priorities(of: Ledger, evidence: Mapping[str, Evidence], framework: Framework) -> pd.DataFrame:
    """Each priority area by key: `figures`, whether any of its indicators has a figure of the whole
    (groups that stand alone, such as two estimates for the country, are none); `confirmed`, whether
    a need with a confirmed sum names it; `waiting`, the needs without one that do.
    """
    rows = {
        area: (
            any(len(evidence[i.key].observed) > 0 for i in framework.of_area(area)),
            any(area in need.areas for need in of.confirmed),
            tuple(need.need for need in of.waiting if area in need.areas),
        )
        for area in framework.areas
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["figures", "confirmed", "waiting"])
