"""Works out the decisions the board needs to take, each with its owner: few enough to read at once,
and none of them left out. What is being done already, or was decided at a meeting, is not asked for
again.
"""

import datetime
from dataclasses import dataclass

from saferplymouth import periods
from saferplymouth.framework import POUNDS
from saferplymouth.indicators import findings
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import counted, inner, listed, quantity, spelt
from saferplymouth.pages import actions, data_requests
from saferplymouth.pages.papers import allocation
from saferplymouth.pages.section import Section
from saferplymouth.sources.actions import ALLOCATE, RESULTS, RETURNS
from saferplymouth.sources.commissioning import Need
from saferplymouth.sources.papers import COMMISSIONING

MOST = 3  # decisions of their own; what else is off course shares one
TABLE = "#every-indicator"  # where something about several indicators leads
MOST_NAMED = 2  # agencies or indicators named in one


@dataclass(frozen=True)
class Decision:
    """A decision with its `owner` and its date (`by`) where one is set; `page` has the evidence."""

    text: str
    owner: str
    page: str
    by: datetime.date | None = None


def wanted(project: Project, sections: dict[str, Section]) -> list[Decision]:
    """The first of each kind, then the rest: off course, not allocated, not measured; and last the
    returns to chase. Indicators off course for which no room is left share a decision.
    """
    courses, money = _off_course(project, sections), _money(project)
    room = MOST - len(money)
    own = len(courses) if len(courses) <= room + 1 else room
    first, *others = list(courses.values())[:own] or [None]
    shared = _shared(project, list(courses)[own:])
    return [*filter(None, [first]), *money, *others, *shared, *_returns(project)]


def _shared(project: Project, rest: list[Section]) -> list[Decision]:
    """One decision on what else is off course."""
    if not rest:
        return []
    names = [inner(section.indicator.name) for section in rest]
    if len(names) > MOST_NAMED + 1:
        names[MOST_NAMED:] = [f"{len(names) - MOST_NAMED} others"]
    text = f"Decide on the response to {len(rest)} more off course: {listed(names)}"
    owners = dict.fromkeys(project.framework.lead(s.indicator.area) for s in rest)
    return [Decision(text, listed(list(owners)), TABLE)]


def _off_course(project: Project, sections: dict[str, Section]) -> dict[Section, Decision]:
    """What to do about each indicator off course, the strongest finding first."""
    off = [s for s in sections.values() if s.state == findings.OFF]
    decisions = {}
    for s in sorted(off, key=lambda s: findings.importance(s.leading[0])):
        why = actions.unanswered(project, s.indicator.key, _began(s))
        if why is not None:
            finding = s.leading[0]
            text = f"Decide how to respond to {_topic(finding, finding.text)}"
            if why:
                text = f"Review the response to {_topic(finding, finding.title)}: {why}"
            decisions[s] = Decision(text, project.framework.lead(s.indicator.area), s.address)
    return decisions


def _began(section: Section) -> datetime.date:
    """The first day of the change that is going on, or of the year that is off its target."""
    signal = section.evidence.signal
    first = signal.first if signal else section.year.frame.index[0]
    return first.start_time.date()


def _topic(finding: findings.Finding, words: str) -> str:
    """What a decision is about: the finding's topic, or the words for it."""
    name, _, rest = inner(words).partition(": ")
    return finding.topic or (f"{name} ({rest})" if rest else name)


def _returns(project: Project) -> list[Decision]:
    """To chase the returns that indicators without data are waiting for."""
    owed = data_requests.lacking(project)
    why = actions.unanswered(project, RETURNS)
    if not owed or why is None:
        return []
    named = [f"{count} from {agency}" for agency, count in owed.items()]
    if len(named) > MOST_NAMED + 1:
        others = list(owed.values())[MOST_NAMED:]
        named[MOST_NAMED:] = [f"{sum(others)} from others"]
    text = f"Chase {counted(sum(owed.values()), 'return')}: {listed(named)}"
    text = f"{text}; {why}" if why else text
    page = f"#{data_requests.AT}"
    return [Decision(text, project.framework.partnership.name, page)]


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
        decisions += _about(text, ALLOCATE, ledger.waiting, project)
    if blind:
        confirmed = quantity(allocation.total(blind), POUNDS)
        text = f"Ask for results from the {confirmed} already confirmed: none have been received"
        decisions += _about(text, RESULTS, blind, project)
    return decisions


def _about(text: str, key: str, needs: tuple[Need, ...], project: Project) -> list[Decision]:
    """A decision about needs, unless it is taken: its owners and the first date set for it."""
    received = periods.month(project.papers[COMMISSIONING].drop).end_time.date()
    why = actions.unanswered(project, key, received)
    if why is None:
        return []
    text = f"{text}; {why}" if why else text
    owners = dict.fromkeys(need.owner for need in needs) or [project.framework.partnership.name]
    days = [need.decide_by for need in needs if need.decide_by]
    page = f"{COMMISSIONING}.html"
    return [Decision(text, listed(list(owners)), page, min(days, default=None))]
