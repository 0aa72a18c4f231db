"""Builds the opening of a front page: states, the decisions needed, the key findings."""

from collections import Counter
from collections.abc import Mapping

from markupsafe import Markup

from saferplymouth.display.templates import fill
from saferplymouth.indicators import findings
from saferplymouth.indicators.findings import EARLY, HIDDEN, JUDGED, NO_DATA, WATCHED, WITHHELD
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import inner
from saferplymouth.pages import actions, data_requests, decisions
from saferplymouth.pages.report import key_findings, runs_to
from saferplymouth.pages.section import Section


def opening(project: Project, sections: Mapping[str, Section]) -> Markup:
    """How many indicators are in each state, the decisions needed, and the key findings."""
    states = Counter(section.state for section in sections.values())
    others = (WATCHED, NO_DATA, EARLY, HIDDEN, WITHHELD)
    others = {state: states[state] for state in others if states[state]}
    heard = [f for f in every_finding(sections) if f.strength != findings.UNHEARD]
    off = [section.indicator for section in sections.values() if section.state == findings.OFF]
    return fill(
        "front/opening",
        of_judged=findings.of_judged(list(states.elements())),
        lack=findings.lack(list(states.elements())),
        needed=f"#{data_requests.AT}" if any(e.awaited for e in project.evidence.values()) else "",
        judged={state: states[state] for state in JUDGED},
        not_judged=sum(others.values()),
        others=[f"{count} {inner(state)}" for state, count in others.items()],
        decisions=decisions.wanted(project, sections),
        month=project.month,
        meeting=project.framework.next_meeting(project.month),
        actions=actions.since_last_meeting(project, off),
        findings=key_findings(heard, lambda key: sections[key].address if key else decisions.TABLE),
    )


def sources(sections: Mapping[str, Section]) -> Markup:
    """The latest data of each source."""
    return fill("sources", ends=runs_to(sections.values()))


def every_finding(sections: Mapping[str, Section]) -> list[findings.Finding]:
    """The findings of every indicator, and the months that are odd in many at once."""
    each = [finding for section in sections.values() for finding in section.findings]
    return each + findings.suspect_months(section.evidence for section in sections.values())
