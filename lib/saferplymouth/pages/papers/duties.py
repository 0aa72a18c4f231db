"""The duties' page: what the terms of reference ask for, which output meets it, and when it was
last met.
"""

import datetime
import html
from pathlib import Path

import pandas as pd

from saferplymouth import periods
from saferplymouth.display import layout
from saferplymouth.display.layout import DATE, TEXT, small
from saferplymouth.display.parts import Part
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import inner
from saferplymouth.sources.duties import FRONT, MONTHS_BETWEEN, Duty, as_it_stood
from saferplymouth.sources.papers import DUTIES

TITLE = "Duties"
OFTEN = {
    "month": "every month",
    "quarter": "every quarter",
    "year": "every year",
    "always": "at all times",
}
HEAD = {
    "Duty": TEXT,
    "Met by": TEXT,
    "Last met": DATE,
    "Next due by": DATE,
    "Set by": TEXT,
    "Owner": TEXT,
}
MARKS = {
    "[x]": "no date recorded, so none can be worked out",
    "[z]": "not applicable: no interval is set",
}
MOST = 4  # dates due among the key findings


class Duties:
    """The duties of the terms of reference as they stood in one month, "2016-11": `summary()`, then
    `table()`.

    Raises `NotReceived` where no drop up to the month has the paper.

    >>> Duties("2016-11").table()
    <table of duties, November 2016>
    """

    def __init__(self, month: str | pd.Period, root: Path | None = None):
        self.project = Project(month, root)
        self.paper = layout.paper(self.project, DUTIES)
        drop = periods.month(self.paper.drop)
        self.duties = tuple(as_it_stood(duty, drop) for duty in self.paper.rows)

    def summary(self) -> Part:
        """How many duties have a date and a page, and which are due next."""
        lead = (
            "What the terms of reference ask of the partnership, what meets each duty, and when "
            "it was last met."
        )
        content = layout.opening(
            lead, [(text, "duties") for text in [*self._counts(), *self._dates()]]
        )
        return Part("summary", self.project.month, content, facts={"title": TITLE, "runs_to": {}})

    def _counts(self) -> list[str]:
        every = len(self.duties)
        dated = sum(duty.last_met is not None for duty in self.duties)
        shown = sum(self._address(duty) != "" for duty in self.duties)
        return [
            f"{dated} of {every} duties have a recorded date when they were last met",
            f"{shown} of {every} duties have a page in this edition",
        ]

    def _dates(self) -> list[str]:
        """The duties due next, the earliest first; one that fell due by the edition's month says
        so.
        """
        due = sorted(
            ((next_due(d), d.duty) for d in self.duties if next_due(d)), key=lambda pair: pair[0]
        )
        return [
            f"{_due(self.project.month, day)} {periods.day(day)}: {inner(duty)}"
            for day, duty in due[:MOST]
        ]

    def table(self) -> Part:
        """Every duty: what meets it, its dates and how often, who set it and who answers for it;
        all of it as CSV.
        """
        caption = "Each duty, what meets it and when it was last met"
        shown = layout.table(caption, HEAD, [self._row(duty) for duty in self.duties], marks=MARKS)
        told = (
            "“Next due by” is a planned date, or follows from the last date and how often a duty "
            "is to be met."
        )
        content = f'<h2 id="duties">{self._counts()[0]}</h2><p>{told}</p>{shown}'
        content += layout.source(self.paper, DUTIES, "The duties on this page", {})
        return Part("table", self.project.month, content, DUTIES, self._download())

    def _row(self, d: Duty) -> list[str]:
        met = html.escape(d.met_by)
        at = self._address(d)
        linked = f'<a href="{at}">{met}</a>' if at else met
        last = periods.day(d.last_met) if d.last_met else "No date recorded"
        due = self._next(d) + small(OFTEN.get(d.every, d.every))
        return [
            html.escape(d.duty) + small(d.note),
            linked,
            last,
            due,
            html.escape(d.set_by),
            html.escape(d.owner),
        ]

    def _address(self, d: Duty) -> str:
        """Where the page that serves a duty stands in its edition; empty where there is none."""
        there = {FRONT: "index.html"} | {
            key: area.page for key, area in self.project.framework.areas.items()
        }
        there |= {name: f"{name.replace('_', '-')}.html" for name in self.project.papers}
        return there.get(d.page, "")

    def _next(self, d: Duty) -> str:
        due = next_due(d)
        if due is None:
            return _none(d)
        planned = small("planned" if d.planned else "")
        passed = small(
            "no later date is recorded" if periods.passed(due, self.project.month) else ""
        )
        return periods.day(due) + planned + passed

    def _download(self) -> str:
        """The duties as CSV, one row each, in the columns of the page."""
        rows = [
            {
                "duty": d.duty,
                "set_by": d.set_by,
                "owner": d.owner,
                "every": d.every,
                "met_by": d.met_by,
            }
            | {
                "page": self._address(d),
                "last_met": d.last_met or "[x]",
                "next_due_by": next_due(d) or _none(d),
            }
            | {"note": d.note}
            for d in self.duties
        ]
        return pd.DataFrame(rows).to_csv(index=False, lineterminator="\n")


def next_due(duty: Duty) -> datetime.date | None:
    """The day a duty is next due by: the planned one, or as many calendar months after it was last
    met as lie between (31 January and one month is 28 February); None where no day is recorded or
    no interval is set.
    """
    if duty.planned:
        return duty.planned
    months = MONTHS_BETWEEN[duty.every]
    if duty.last_met is None or months is None:
        return None
    return (pd.Timestamp(duty.last_met) + pd.DateOffset(months=months)).date()


def _none(duty: Duty) -> str:
    """Why there is no day by which a duty is next due."""
    return "[z]" if MONTHS_BETWEEN[duty.every] is None else "[x]"


def _due(month: pd.Period, day: datetime.date) -> str:
    return "Was due by" if periods.passed(day, month) else "Next due by"
