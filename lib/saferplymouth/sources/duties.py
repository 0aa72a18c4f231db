"""Reads the duties of the terms of reference: owner, what meets each duty, when it was last met."""

import datetime
from dataclasses import dataclass, replace

import pandas as pd

from saferplymouth import periods
from saferplymouth.sources.papers import PAPERS, lines
from saferplymouth.sources.problems import SourceFile, shown

COLUMNS = ("duty", "set_by", "owner", "every", "met_by", "page", "last_met", "note")
MONTHS_BETWEEN = {"month": 1, "quarter": 3, "year": 12, "on request": None, "always": None}
FRONT = "board_summary"


@dataclass(frozen=True)
class Duty:
    """One duty.

    `every` says how often, `met_by` names the output that meets it, and `page` is the key of the
    page that shows it (or empty). `last_met` is the day it was last met, or None. `planned` is a
    day after the month of its drop, when no one could yet know that it would be met.
    """

    duty: str
    set_by: str
    owner: str
    every: str
    met_by: str
    page: str
    last_met: datetime.date | None
    note: str
    planned: datetime.date | None = None


def as_it_stood(duty: Duty, drop: pd.Period) -> Duty:
    """A duty as known in the drop of a month: a day after the month is planned."""
    if duty.last_met is None or periods.passed(duty.last_met, drop):
        return duty
    return replace(duty, last_met=None, planned=duty.last_met)


def read_duties(file: SourceFile) -> tuple[Duty, ...]:
    """Every duty; mistakes are added to the file's problems."""
    pages = file.framework.area_keys | {page: page for page in (FRONT, *PAPERS)}
    duties, names = [], set()
    for line in lines(file, COLUMNS):
        duty = Duty(
            line.text("duty"),
            line.text("set_by"),
            line.text("owner"),
            line.choice("every", MONTHS_BETWEEN),
            line.text("met_by"),
            pages.get(line.choice("page", pages, required=False), ""),
            line.date("last_met", required=False),
            line.text("note", required=False),
        )
        if duty.duty.casefold() in names:
            line.problem("duty", f"{shown(duty.duty)} appears twice", "keep one of the rows")
        names.add(duty.duty.casefold())
        duties.append(duty)
    return tuple(duties)
