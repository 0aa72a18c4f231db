"""The decisions that the figures ask of the board: at most three, each with who is to take it."""

import datetime
from dataclasses import dataclass

from saferplymouth.framework import POUNDS
from saferplymouth.indicators import findings
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import inner, listed, quantity
from saferplymouth.pages.papers import allocation
from saferplymouth.pages.section import Section
from saferplymouth.sources.commissioning import Need
from saferplymouth.sources.papers import COMMISSIONING

MOST = 3


@dataclass(frozen=True)
class Decision:
    """What is to be decided, by whom (`owner`) and `by` when, where a day is set; `page` shows what
    it rests on.
    """

    text: str
    owner: str
    page: str
    by: datetime.date | None = None


def wanted(project: Project, sections: dict[str, Section]) -> list[Decision]:
    """The first of each kind, then the next: off course, not allocated, not measured."""
    courses, money = _off_course(project, sections), _money(project)
    return [*courses[:1], *money, *courses[1:]][:MOST]


def _off_course(project: Project, sections: dict[str, Section]) -> list[Decision]:
    """What to do about each indicator off course, the strongest finding first."""
    off = [s for s in sections.values() if s.state == findings.OFF]
    first = sorted(off, key=lambda s: findings.importance(s.leading[0]))
    lead = project.framework.lead
    return [
        Decision(f"Agree what to do: {inner(s.leading[0].text)}", lead(s.indicator.area), s.address)
        for s in first
    ]


def _money(project: Project) -> list[Decision]:
    """What to do with money that is not allocated, or that no figure follows."""
    if COMMISSIONING not in project.papers:
        return []
    ledger = allocation.ledger(project.papers[COMMISSIONING].rows)
    blind = allocation.unmeasured(ledger.confirmed, project.evidence)
    rest = ledger.rest.contribution
    decisions = []
    if rest:
        needs = f", which {len(ledger.waiting)} needs wait for" if len(ledger.waiting) > 1 else ""
        text = f"Allocate {quantity(rest, POUNDS)} of the {ledger.year} grant{needs}"
        decisions.append(_about(text, ledger.waiting, project))
    if blind:
        bought = f"what {quantity(allocation.total(blind), POUNDS)} of confirmed money buys"
        text = f"Ask for figures on {bought}: none has been received"
        decisions.append(_about(text, blind, project))
    return decisions


def _about(text: str, needs: tuple[Need, ...], project: Project) -> Decision:
    """A decision about needs: who decides on them, and the first day set for it."""
    owners = dict.fromkeys(need.owner for need in needs) or [project.framework.partnership.name]
    days = [need.decide_by for need in needs if need.decide_by]
    return Decision(text, listed(list(owners)), f"{COMMISSIONING}.html", min(days, default=None))
