"""The neighbourhoods page: the map of crime, unusually high areas, what changed, and the gap."""

import pandas as pd

from saferplymouth.display import layout
from saferplymouth.display.layout import Page
from saferplymouth.display.parts import Part
from saferplymouth.framework import ASB
from saferplymouth.indicators.findings import state
from saferplymouth.indicators.words import capital
from saferplymouth.pages.places import (
    above_expected,
    change_tables,
    crime_map,
    deprivation,
    priority_gap,
    provenance,
    recent_changes,
)
from saferplymouth.pages.places.place_counts import CRIME, HIGH, LOW, RATE, local
from saferplymouth.statistics.intervals import to_15_digits

MEASURES = {"people": "residents", RATE: "rate", LOW: "rate_low", HIGH: "rate_high"}


class Neighbourhoods(Page):
    """The neighbourhoods of the partnership in the financial year to one month, "2016-11"; each
    method is a part.

    Counts are of crimes placed in them, and a gap is on its indicator's base. Raises `NotReceived`
    where no street file of the force has come for that year.

    >>> Neighbourhoods("2016-11").gap()
    <gap of neighbourhoods, November 2016>
    """

    key, title = "neighbourhoods", "Neighbourhoods"

    def prepare(self) -> None:
        self.local = local(self.project)
        self.gradient = deprivation.slope(self.local)
        self.changes = recent_changes.found(self.local, self.framework)

    def summary(self) -> Part:
        """A summary of the page, with its findings as links."""
        findings = [
            (crime_map.finding(self.local), "where"),
            (above_expected.finding(self.local), "beyond"),
            (priority_gap.finding(self.local, self.framework), "gap"),
            (deprivation.finding(self.local, self.gradient), "deprivation"),
            *((text, "changed") for text in change_tables.findings(self.changes)),
        ]
        return self.opening(
            [(capital(text), at) for text, at in findings if text],
            {"runs_to": provenance.runs_to(self.local.local_crime)},
            doubts=provenance.doubtful(self.local.local_crime, self.project.month),
        )

    def map(self) -> Part:
        """The map of small areas, the share in the busiest tenth, and the figures for each."""
        return self.shown("map", crime_map.section(self.local))

    def standing(self) -> Part:
        """Each neighbourhood compared with the figure expected for its size; each type of crime."""
        return self.shown("standing", above_expected.section(self.local, self.framework.street))

    def gap(self) -> Part:
        """The priority neighbourhoods less the whole area, by month and to date."""
        indicator, project = priority_gap.of_board(self.framework), self.project
        verdict = state(project.evidence[indicator.key]) if indicator else ""
        content = priority_gap.section(self.local, self.framework, project.odd, verdict)
        return self.shown("gap", content)

    def deprivation(self) -> Part:
        """Recorded crime by tenth of the index of deprivation, and how it rises with it."""
        return self.shown("deprivation", deprivation.section(self.local, self.gradient))

    def changed(self) -> Part:
        """What changed in the latest three months, by type and by neighbourhood."""
        return self.shown("changed", change_tables.section(self.changes, self.project.odd))

    def source(self) -> Part:
        """The sources, what was counted and what was not, and the download."""
        title = "Counts and position of each small area and neighbourhood"
        origin = provenance.origin(self.local)
        return self.part("table", self._download(), file=self.key, title=title, **origin)

    def _download(self) -> str:
        """Counts of small areas and wards, and counts and limits of neighbourhoods, as tidy CSV;
        `[z]` where neighbourhoods differ too widely for limits.
        """
        about = ["code", "name", "neighbourhood", "ward"]
        areas = self.local.small_areas.reset_index(names="code")
        wards = self.local.wards.reset_index().assign(of="ward", **dict.fromkeys(about[:3], ""))
        measures = [CRIME, ASB, *(MEASURES if self.local.rated else [])]
        counts = pd.concat([areas.assign(of="small area"), wards])
        counts = counts.melt(["of", *about], measures, "measure").dropna(subset="value")
        counts = counts.sort_values("of", kind="stable").astype(object)
        counts = counts.replace({"measure": MEASURES})
        whole = counts["measure"].isin([CRIME, ASB, "residents"])
        counts["value"] = counts["value"].mask(whole, counts["value"].astype(int))
        spread = self.local.spread(self.local.crimes).reset_index(names="neighbourhood")
        measures = ["count", "expected", "low", "high", "position"]
        expected = spread.melt("neighbourhood", measures, "measure").astype(object)
        expected = expected.fillna("[z]").replace({"value": {"": "[z]"}})
        rows = [counts, expected.assign(of="neighbourhood")]
        rows = pd.concat([*rows, deprivation.figures(self.local, self.gradient)])
        in_full = [to_15_digits(v) if isinstance(v, float) else v for v in rows["value"]]
        rows = rows.assign(value=in_full, period=provenance.covered(self.local.months))
        return layout.download(rows[["of", *about, "measure", "period", "value"]].fillna(""))
