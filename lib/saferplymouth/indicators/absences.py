"""Writes the sentences about missing and incomplete data."""

from collections.abc import Collection, Iterable

import pandas as pd

from saferplymouth import periods
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.words import listed, stretches
from saferplymouth.sources.statuses import ABSENT, HIDDEN, UNRELIABLE

SAID = {
    HIDDEN: "Its sender hides the figure for {}.",
    ABSENT: "Its sender has no figure for {}: it is left out, not counted as 0.",
    UNRELIABLE: "Its sender calls the figure for {} unreliable: no change is claimed from it.",
}


def missing(e: Evidence) -> str:
    """The sentence about data that has not been received; empty when all of it has."""
    if e.awaited is None:
        return ""
    last = e.latest
    if last is not None and e.indicator.frequency not in periods.YEARLY:
        last = last.asfreq("M", "end")
    latest = f"; latest is {periods.words(last)}." if last is not None else "."
    if unworked(e):
        return f"Not available for {periods.words(e.awaited)}, because {e.year.lacking}{latest}"
    if e.awaited in e.doubts:
        return f"{_in_doubt(e, e.awaited)}{latest}"
    return f"No data received for {periods.words(e.awaited)}{latest}"


def not_given(e: Evidence, among: Collection[pd.Period]) -> list[str]:
    """What its sender says of the figures of some periods: hidden, not available or unreliable."""
    these = {status: e.with_status(status) for status in SAID}
    these = {status: every[every.isin(among)] for status, every in these.items()}
    return [
        SAID[status].format(listed(stretches(some))) for status, some in these.items() if len(some)
    ]


def unworked(e: Evidence) -> bool:
    """Whether a figure cannot be worked out for another reason than missing data."""
    return bool(e.indicator.worked_out and e.year.lacking)


def unjudged(e: Evidence, among: Iterable[pd.Period]) -> list[str]:
    """A sentence for each of some periods in doubt, except the one awaited."""
    doubtful = [period for period in sorted(e.doubts) if period in among and period != e.awaited]
    return [f"{_in_doubt(e, period)}." for period in doubtful]


def in_doubt(e: Evidence) -> list[str]:
    """A sentence for each period whose figure is, or was, in doubt."""
    return [f"{_in_doubt(e, period)}." for period in sorted(e.doubts)] + let_stand(e, e.confirmed)


def _in_doubt(e: Evidence, period: pd.Period) -> str:
    return f"No complete data for {periods.words(period)}: {e.doubts[period]}"


def let_stand(e: Evidence, among: Iterable[pd.Period]) -> list[str]:
    """A sentence for each of some periods whose doubtful figure was accepted: why, and by whom."""
    return [f"{periods.words(p)}: {e.confirmed[p]}." for p in sorted(e.confirmed) if p in among]
