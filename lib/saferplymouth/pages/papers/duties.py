"""The duties page: each duty in the terms of reference, how it is met, and when it was last met."""

import datetime

import pandas as pd

from saferplymouth import periods
from saferplymouth.display import layout
from saferplymouth.display.layout import DATE, TEXT, Cell, Page
from saferplymouth.display.parts import Part
from saferplymouth.indicators.words import inner
from saferplymouth.sources.duties import COLUMNS, FRONT, MONTHS_BETWEEN, Duty, as_it_stood
from saferplymouth.sources.papers import DUTIES

OFTEN = {name: f"every {name}" for name in ("month", "quarter", "year")}
OFTEN |= {"always": "at all times"}
MARKS = {
    "[x]": "no date recorded, so no due date can be worked out",
    "[z]": "not applicable: no interval is set",
}
MOST = 4  # dates due among the key findings


class Duties(Page):
    """The duties of the terms of reference as they stood in one month, "2016-11": `summary()`, then
    `table()`.

    Raises `NotReceived` where no drop up to the month has the paper.

    >>> Duties("2016-11").table()
    <table of duties, November 2016>
    """

    key, title = DUTIES, "Duties"

    def prepare(self) -> None:
        self.paper = layout.paper(self.project, DUTIES)
        drop = periods.month(self.paper.drop)
        self.duties = tuple(as_it_stood(duty, drop) for duty in self.paper.rows)

    def summary(self) -> Part:
        """How many duties have a date and a page, and which are due next."""
        return self.opening([(text, "duties") for text in [*self._counts(), *self._dates()]])

    def _counts(self) -> list[str]:
        every = len(self.duties)
        dated = sum(duty.last_met is not None for duty in self.duties)
        with_page = sum(self._address(duty) != "" for duty in self.duties)
        return [
            f"{dated} of {every} duties have a date when last met",
            f"{with_page} of {every} duties have a page in this edition",
        ]

    def _dates(self) -> list[str]:
        """The duties due next, the earliest first."""
        due = [(next_due(duty), duty.duty) for duty in self.duties if next_due(duty)]
        due.sort(key=lambda pair: pair[0])
        return [f"{self._due(day)} {periods.day(day)}: {inner(name)}" for day, name in due[:MOST]]

    def _due(self, day: datetime.date) -> str:
        return "Was due by" if periods.passed(day, self.project.month) else "Next due by"

    def table(self) -> Part:
        """Every duty: how it is met, when, who set it and who owns it; the same as CSV."""
        caption = "Each duty, how it is met and when it was last met"
        rows, dates = map(self._row, self.duties), {"Last met": DATE, "Next due by": DATE}
        table = layout.table(caption, rows, TEXT, dates, marks=MARKS)
        origin, finding = layout.origin(self.paper), self._counts()[0]
        return self.part("table", self._download(), finding=finding, table=table, rows=origin)

    def _row(self, duty: Duty) -> dict[str, str | Cell]:
        return {
            "Duty": Cell(duty.duty, duty.note),
            "Met by": Cell(duty.met_by, link=self._address(duty)),
            "Last met": periods.day(duty.last_met) if duty.last_met else "No date recorded",
            "Next due by": self._next(duty),
            "Set by": duty.set_by,
            "Owner": duty.owner,
        }

    def _download(self) -> str:
        duties = pd.DataFrame(self.duties)[[*COLUMNS]]
        duties["page"] = list(map(self._address, self.duties))
        duties["last_met"] = [duty.last_met or "[x]" for duty in self.duties]
        due = [next_due(duty) or _no_day(duty) for duty in self.duties]
        duties.insert(COLUMNS.index("note"), "next_due_by", due)
        return layout.download(duties)

    def _address(self, duty: Duty) -> str:
        """The page that serves a duty in its edition; empty where there is none."""
        pages = {key: area.page for key, area in self.framework.areas.items()}
        pages |= {name: f"{name.replace('_', '-')}.html" for name in self.project.papers}
        return (pages | {FRONT: "index.html"}).get(duty.page, "")

    def _next(self, duty: Duty) -> Cell:
        due, often = next_due(duty), OFTEN.get(duty.every, duty.every)
        if due is None:
            return Cell(_no_day(duty), often)
        late = periods.passed(due, self.project.month)
        return Cell(
            periods.day(due),
            "planned" if duty.planned else "",
            "no later date is recorded" if late else "",
            often,
        )


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


def _no_day(duty: Duty) -> str:
    """The shorthand for why no day is known."""
    return "[z]" if MONTHS_BETWEEN[duty.every] is None else "[x]"
