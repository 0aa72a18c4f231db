"""What a front page opens with: how many indicators are in each state, the decisions wanted, the
key findings.
"""

import html
from collections.abc import Iterable, Mapping

import pandas as pd

from saferplymouth import periods
from saferplymouth.indicators import findings
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.findings import EARLY, HIDDEN, JUDGED, NO_DATA, WATCHED
from saferplymouth.indicators.words import inner, listed
from saferplymouth.pages.decisions import Decision
from saferplymouth.pages.report import key_findings, runs_to
from saferplymouth.pages.section import Section, state_mark

NOT_JUDGED = (WATCHED, NO_DATA, EARLY, HIDDEN)
NOT_JUDGED_MARK = '<span class="state no-data"><span aria-hidden="true">□</span> Not judged</span>'


def tiles(states: list[str]) -> str:
    """How many of the indicators judged are off course, and how many are in each state: those that
    are not judged are told together, each state with its number, so that all of them add up.
    """
    shown = [_tile(states.count(state), state_mark(state)) for state in JUDGED]
    apart = [f"{states.count(state)} {inner(state)}" for state in NOT_JUDGED if state in states]
    if apart:
        rest = sum(states.count(state) for state in NOT_JUDGED)
        shown.append(_tile(rest, f"{NOT_JUDGED_MARK}<small>{html.escape(listed(apart))}</small>"))
    said = f'<p class="basis">{findings.standing(states)}.</p>'
    return f'{said}<ul class="states">{"".join(shown)}</ul>'


def _tile(count: int, words: str) -> str:
    return f"<li><strong>{count}</strong> {words}</li>"


def decisions(wanted: list[Decision], month: pd.Period) -> str:
    """The decisions wanted of the board, each with who is to take it and by when, or that its day
    is past.
    """
    items = []
    for d in wanted:
        due = "was due by" if d.by and periods.passed(d.by, month) else "by"
        when = f", {due} {periods.day(d.by)}" if d.by else ""
        link = f'<a href="{html.escape(d.page)}">{html.escape(d.text)}</a>'
        items.append(f"<li>{link}<small>Owner: {html.escape(d.owner)}{when}</small></li>")
    listing = (
        f"<ol>{''.join(items)}</ol>"
        if items
        else "<p>The figures ask for no decision in this edition.</p>"
    )
    heading = '<h2 id="decisions">Decisions needed</h2>'
    return f'<section class="decisions" aria-labelledby="decisions">{heading}{listing}</section>'


def opening(
    sections: Mapping[str, Section],
    wanted: list[Decision],
    found: Iterable[findings.Finding],
    month: pd.Period,
) -> str:
    """Tiles, decisions and findings, in that order, of the edition of a month."""
    states = [section.state for section in sections.values()]
    heard = [f for f in found if f.strength != findings.UNHEARD]
    return (
        tiles(states)
        + decisions(wanted, month)
        + key_findings(heard, lambda key: address(sections, key))
    )


def sources(sections: Mapping[str, Section]) -> str:
    """How far each source's figures run."""
    ends = runs_to(sections.values()).items()
    each = "".join(
        f"<div><dt>{html.escape(who)}</dt><dd>to {html.escape(month)}</dd></div>"
        for who, month in ends
    )
    return f'<p class="basis">Figures run:</p><dl class="edition">{each}</dl>' if each else ""


def address(sections: Mapping[str, Section], key: str) -> str:
    """Where an indicator stands in its edition; the table of all of them where there is no key."""
    return sections[key].address if key else "#every-indicator"


def every_finding(sections: Mapping[str, Section]) -> list[findings.Finding]:
    """The findings of every indicator, and the months that are odd in many at once."""
    each = [finding for section in sections.values() for finding in section.findings]
    return each + findings.odd_months(section.evidence for section in sections.values())


def moved(before: Mapping[str, Evidence], now: Mapping[str, Section]) -> list[tuple[str, str, str]]:
    """The indicators whose state has changed: key, state before, state now."""
    was = {key: findings.state(e) for key, e in before.items()}
    return [(key, was[key], s.state) for key, s in now.items() if was[key] != s.state]
