"""Builds a priority area's page for a month: what its notebook imports and shows."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from saferplymouth import periods
from saferplymouth.display.parts import Part
from saferplymouth.display.templates import fill
from saferplymouth.errors import Unknown, known_keys
from saferplymouth.indicators import findings
from saferplymouth.indicators.findings import Finding
from saferplymouth.indicators.project import Project
from saferplymouth.pages.section import Section


class Report:
    """A priority area's page for one month. `report[key]` is the section of one of its indicators.

    `area` is a key of `[areas]` in `framework.toml`, `month` text such as "2016-11" that has its
    drop. A wrong area, month or key raises a `Mistake` that says what would work.

    >>> report = Report("hate_crime", "2016-11")
    >>> list(report)
    ['ist_incidents', 'ist_satisfaction', 'police_recorded_hate_crime']
    >>> report.summary()
    <summary, November 2016>
    >>> report["police_recorded_hate_crime"].state
    'No clear change'
    """

    def __init__(self, area: str, month: str | pd.Period, root: Path | None = None):
        self.project = Project(month, root)
        self.area = known(area, self.project.framework.areas, "area")
        indicators = self.project.framework.of_area(self.area.key)
        self.sections = {i.key: Section(self.project, i.key) for i in indicators}
        self.opened: set[str] = set()

    def __getitem__(self, key: str) -> Section:
        elsewhere = self.project.framework.indicators.get(key) if isinstance(key, str) else None
        if elsewhere and key not in self.sections:
            cure = f'Report("{elsewhere.area}", month)["{key}"]'
            raise Unknown(f"'{key}' is on another page: {cure}")
        section = known(key, self.sections, "indicator")
        self.opened.add(key)
        return section

    def __iter__(self) -> Iterator[str]:
        """The keys of its indicators, in the order of the framework."""
        return iter(self.sections)

    def _ipython_key_completions_(self) -> list[str]:
        """What Tab offers after `report[`."""
        return list(self.sections)

    def rest(self) -> None:
        """Every indicator of the area that the notebook has not opened by its key, in the order of
        the framework.

        So an indicator added to the framework is on the page before anyone has written about it.
        """
        for key, section in self.sections.items():
            if key not in self.opened:
                section.show()

    def summary(self) -> Part:
        """Why the area is a priority, its key findings as links, and its latest data."""
        sections = self.sections.values()
        every = [finding for section in sections for finding in section.findings]
        anchors = {key: section.indicator.anchor for key, section in self.sections.items()}
        first = key_findings(every, lambda key: f"#{anchors.get(key, 'main')}")
        content = fill("summary", lead=self.area.priority, findings=first)
        facts = {"title": self.area.title, "runs_to": runs_to(sections)}
        return Part("summary", self.project.month, content, facts=facts)


def known(key: str, among, kind: str):
    """`among[key]`, or `Unknown`, which says which keys would work."""
    if isinstance(key, str) and key in among:
        return among[key]
    raise Unknown(f"'{key}' is not an {kind} here; {known_keys(key, among)}")


def key_findings(every: Iterable[Finding], page: Callable[[str], str]) -> Markup:
    """At most six findings, most important first, each a link; `page` gives its address."""
    first = findings.ranked(every)
    changes = [f for f in first if f.topic or f.strength in (findings.SIGNAL, findings.CHANCE)]
    compared = [findings.EXPECTED in f.text for f in changes]
    basis = "the same months of the year before" if compared else ""
    if any(compared):
        basis += ", or with what was expected"
    return fill("findings", basis=basis, findings=[(f.text, page(f.indicator)) for f in first])


def runs_to(sections: Iterable[Section]) -> dict[str, str]:
    """The last month of each source's figures, for the line at the top of a page."""
    last: dict[str, set[pd.Period]] = {}
    for section in sections:
        if (latest := section.evidence.latest) is not None:
            agency = section.project.framework.source(section.indicator, latest)
            last.setdefault(agency, set()).add(latest.asfreq("M", "end"))
    return {agency: _reach(sorted(months)) for agency, months in last.items()}


def _reach(ends: list[pd.Period]) -> str:
    """The last month of a source's figures, and of the oldest of them where they end apart."""
    newest, oldest = (periods.words(month) for month in (ends[-1], ends[0]))
    return newest if newest == oldest else f"{newest}, some only to {oldest}"
