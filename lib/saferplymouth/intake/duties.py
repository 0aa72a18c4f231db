"""The duties of the terms of reference: what meets each, who answers for it, and when it was last met."""

import datetime
from dataclasses import dataclass
from pathlib import Path

from saferplymouth.framework import Framework
from saferplymouth.intake.papers import PAPERS, lines
from saferplymouth.intake.problems import Problem

COLUMNS = ("duty", "set_by", "owner", "every", "met_by", "page", "last_met", "note")
MONTHS_BETWEEN = {"month": 1, "quarter": 3, "year": 12, "on request": None, "always": None}
FRONT = "board_summary"


@dataclass(frozen=True)
class Duty:
    """One duty: `every` says how often, `met_by` names the output that meets it, `page` the page of an edition that
    shows it (a key, or empty), `last_met` the day it was last met, None where no day is recorded."""

    duty: str
    set_by: str
    owner: str
    every: str
    met_by: str
    page: str
    last_met: datetime.date | None
    note: str


def read_duties(path: Path, source: str, framework: Framework, problems: list[Problem]) -> tuple[Duty, ...]:
    """Every duty; what cannot be used is added to `problems`."""
    pages = (FRONT, *framework.areas, *PAPERS)
    return tuple(
        Duty(
            line.text("duty"),
            line.text("set_by"),
            line.text("owner"),
            line.choice("every", MONTHS_BETWEEN),
            line.text("met_by"),
            line.choice("page", pages, required=False),
            line.date("last_met", required=False),
            line.text("note", required=False),
        )
        for line in lines(path, source, COLUMNS, framework, problems)
    )
