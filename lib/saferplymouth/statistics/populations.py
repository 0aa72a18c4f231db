"""Chooses the population estimate for a year: the latest available, since mid-year estimates come a
year or two late.
"""

from collections.abc import Mapping

import pandas as pd

OLD = 5  # years after which an estimate is queried


def opening(year: pd.Period) -> str:
    """The calendar year in which a financial year, or a period, begins: "2016"."""
    return str(year.asfreq("M", "start").year)


def latest(people: Mapping[str, object], year: str) -> str | None:
    """The latest calendar year with an estimate at or before `year`; None if there is none.

    A later estimate is never used, so a rate does not change when the next estimate arrives.
    """
    return max((at for at in people if at <= year), default=None)


def nearest(people: Mapping[str, object], year: str) -> str | None:
    """The latest calendar year with an estimate at or before `year`, or else the first after it."""
    return latest(people, year) or min(people, default=None)


def why_none(people: Mapping[str, int], year: str, whose: str = "") -> str:
    """Why `latest` finds nothing, as part of a sentence; `whose` names the place."""
    first = f"; the first is for mid-{min(people)}" if people else ""
    place = f" for {whose}" if whose else ""
    return f"no population figures for mid-{year} or before have been received{place}{first}"


def is_old(at: str, year: str) -> bool:
    """Whether the estimate of mid-`at` is over five years from `year`."""
    return abs(int(year) - int(at)) > OLD


def note(at: str, year: str) -> str:
    """A column's suffix with the year of its estimate, if that is not `year`."""
    return "" if at == year else f", mid-{at}"
