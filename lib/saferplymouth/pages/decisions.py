"""Works out the decisions the board needs to take: at most three, each with its owner."""

import datetime
from dataclasses import dataclass

from saferplymouth.framework import POUNDS
from saferplymouth.indicators import findings
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import inner, listed, quantity, spelt
from saferplymouth.pages.papers import allocation
from saferplymouth.pages.section import Section
from saferplymouth.sources.commissioning import Need
from saferplymouth.sources.papers import COMMISSIONING

MOST = 3


@dataclass(frozen=True)
class Decision:
    """A decision with its `owner` and its date (`by`) where one is set; `page` has the evidence."""

    text: str
    owner: str
    page: str
    by: datetime.date | None = None


def wanted(project: Project, sections: dict[str, Section]) -> list[Decision]:
    """The first of each kind, then the rest: off course, not allocated, not measured."""
    courses, money = _off_course(project, sections), _money(project)
    return [*courses[:1], *money, *courses[1:]][:MOST]


def _off_course(project: Project, sections: dict[str, Section]) -> list[Decision]:
    """What to do about each indicator off course, the strongest finding first."""
    off = [s for s in sections.values() if s.state == findings.OFF]
    first = sorted(off, key=lambda s: findings.importance(s.leading[0]))
    lead = project.framework.lead
    return [
        Decision(f"{_response(s)} to {_topic(s)}", lead(s.indicator.area), s.address) for s in first
    ]


def _response(section: Section) -> str:
    """What the board does about a change: another thing if it was told in an earlier edition."""
    e = section.evidence
    known = e.signal is not None and not e.newly_changed and section.leading[0].topic
    return "Review the response" if known else "Decide how to respond"


def _topic(section: Section) -> str:
    finding = section.leading[0]
    return finding.topic or f"{inner(finding.text).replace(': ', ' (', 1)})"


def _money(project: Project) -> list[Decision]:
    """Money that is not allocated, and confirmed money without results."""
    if COMMISSIONING not in project.papers:
        return []
    ledger = allocation.ledger(project.papers[COMMISSIONING].rows)
    blind = allocation.unmeasured(ledger.confirmed, project.evidence)
    rest = ledger.rest.contribution
    decisions = []
    if rest:
        waiting = len(ledger.waiting)
        needs = f": {spelt(waiting)} projects are waiting" if waiting > 1 else ""
        text = f"Allocate {quantity(rest, POUNDS)} of the {ledger.year} grant{needs}"
        decisions.append(_about(text, ledger.waiting, project))
    if blind:
        confirmed = quantity(allocation.total(blind), POUNDS)
        text = f"Ask for results from the {confirmed} already confirmed: none have been received"
        decisions.append(_about(text, blind, project))
    return decisions


def _about(text: str, needs: tuple[Need, ...], project: Project) -> Decision:
    """A decision about needs: its owners and the first date set for it."""
    owners = dict.fromkeys(need.owner for need in needs) or [project.framework.partnership.name]
    days = [need.decide_by for need in needs if need.decide_by]
    return Decision(text, listed(list(owners)), f"{COMMISSIONING}.html", min(days, default=None))
