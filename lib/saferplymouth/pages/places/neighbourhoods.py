"""The page on neighbourhoods: where crime happens, where there is more than chance explains, what
changed, the gap.
"""

from pathlib import Path

import pandas as pd

from saferplymouth.display import layout
from saferplymouth.display.parts import Part
from saferplymouth.framework import ASB
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import capital
from saferplymouth.pages.places import (
    above_expected,
    change_tables,
    crime_map,
    priority_gap,
    provenance,
)
from saferplymouth.pages.places.place_counts import CRIME, local
from saferplymouth.statistics.intervals import exact

KEY, TITLE = "neighbourhoods", "Neighbourhoods"


class Neighbourhoods:
    """The neighbourhoods of the partnership in the financial year to one month, "2016-11"; each
    method is a part.

    Counts are of crimes placed in them, and a gap is on its indicator's base. Raises `NotReceived`
    where no street file of the force has come for that year.

    >>> Neighbourhoods("2016-11").gap()
    <gap of neighbourhoods, November 2016>
    """

    def __init__(self, month: str | pd.Period, root: Path | None = None):
        self.project = Project(month, root)
        self.framework = self.project.framework
        self.local = local(self.project)

    def _part(self, kind: str, content: str, csv: str = "") -> Part:
        return Part(kind, self.project.month, content, KEY, csv)

    def summary(self) -> Part:
        """What the page is about, and its findings as links."""
        area = self.local.area
        told = [
            f"where recorded crime in {area} happens",
            "which neighbourhoods have more of it than chance explains",
        ]
        if self.framework.street.priority_neighbourhoods:
            told.append(f"how far the priority neighbourhoods are from {area} as a whole")
        lead = f"{capital(', '.join(told[:-1]))}, and {told[-1]}."
        found = [
            (crime_map.finding(self.local), "where"),
            (above_expected.finding(self.local), "beyond"),
        ]
        found += [(priority_gap.finding(self.local, self.framework), "gap")]
        found += [(change_tables.finding(self.local, self.framework), "changed")]
        opening = layout.opening(lead, [(capital(text), at) for text, at in found if text])
        doubts = provenance.doubts(self.local.ground, self.project.month)
        facts = {"title": TITLE, "runs_to": provenance.runs_to(self.local.ground)}
        return Part("summary", self.project.month, opening + doubts, facts=facts)

    def map(self) -> Part:
        """The map of small areas, how much lies in the busiest tenth, and the figures of each."""
        return self._part("map", crime_map.section(self.local))

    def standing(self) -> Part:
        """Each neighbourhood beside what it would have by its size, and each type of crime."""
        return self._part("standing", above_expected.section(self.local, self.framework.street))

    def gap(self) -> Part:
        """The priority neighbourhoods less the whole area, by month and to date, with its interval
        and its target.
        """
        return self._part("gap", priority_gap.section(self.local, self.framework, self.project.odd))

    def changed(self) -> Part:
        """What changed in the latest three months, by type and by neighbourhood."""
        return self._part(
            "changed", change_tables.section(self.local, self.framework, self.project.odd)
        )

    def source(self) -> Part:
        """Where the figures come from, what was counted and what not, and the download."""
        told = provenance.section(
            self.local, KEY, "Counts and position of each small area and neighbourhood"
        )
        return self._part("table", told, self._download())

    def _download(self) -> str:
        """The counts of small areas, and of neighbourhoods with what is expected of them, as tidy
        CSV.
        """
        areas = self.local.small_areas.reset_index(names="code")
        counts = areas.melt(
            ["code", "name", "neighbourhood", "ward"], [CRIME, ASB], "measure", "value"
        )
        spread = self.local.spread(self.local.crimes).reset_index(names="neighbourhood")
        expected = spread.melt(
            "neighbourhood", ["count", "expected", "low", "high", "position"], "measure", "value"
        )
        rows = pd.concat(
            [counts.assign(of="small area"), expected.assign(of="neighbourhood")], ignore_index=True
        )
        full = [exact(v) if isinstance(v, float) else v for v in rows["value"]]
        rows = rows.assign(value=full, period=provenance.covered(self.local.months))
        columns = ["of", "code", "name", "neighbourhood", "ward", "measure", "period", "value"]
        return rows[columns].fillna("").to_csv(index=False, lineterminator="\n")
