"""The quarter at a glance, for the board's meeting: it beside last year's, and what has moved since
the last one.
"""

import html
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from saferplymouth import disclosure, periods
from saferplymouth.display import tables
from saferplymouth.display.parts import Part
from saferplymouth.display.tables import Table
from saferplymouth.framework import PERCENT, Indicator, load
from saferplymouth.indicators.project import Project, drops, find_root
from saferplymouth.indicators.words import inner, named_base, span
from saferplymouth.pages import decisions, overview
from saferplymouth.pages.section import Section, state_mark
from saferplymouth.statistics.intervals import less
from saferplymouth.statistics.measures import percent_change
from saferplymouth.store import edition_names

SHORT = (
    "A quarter alone is too short to tell a change from chance, so each state rests on the year "
    "to date."
)


@dataclass(frozen=True)
class Figures:
    """An indicator’s quarter: `periods` with a figure, their sum this year and last; NaN is hidden,
    None no data.
    """

    periods: pd.PeriodIndex
    this: float
    last: float | None


class Quarter:
    """A financial quarter, "2016-Q3", with data up to its latest drop: `summary()`, then `table()`.

    The year in its name is the one in which the financial year begins. What is no quarter, or has
    no drop, raises a `Mistake` that says what would do.

    >>> Quarter("2016-Q3").which.words
    'Quarter 3, October to December 2016, figures to November 2016'
    >>> Quarter("2016-Q3").table()
    <table of quarter_summary, November 2016>
    """

    def __init__(self, quarter: str, root: Path | None = None):
        root = root or find_root()
        self.which = edition_names.quarter(
            quarter, drops(root), load(root / "framework.toml").calendar
        )
        self.project = Project(self.which.month, root)
        self.sections = {
            key: Section(self.project, key) for key in self.project.framework.indicators
        }

    def summary(self) -> Part:
        """How many indicators are in each state, the decisions wanted, what moved, and the key
        findings.
        """
        wanted = decisions.wanted(self.project, self.sections)
        found = overview.every_finding(self.sections)
        content = overview.opening(self.sections, wanted, found, self.project.month) + self._moved()
        return Part(
            "summary",
            self.project.month,
            content,
            facts={"title": "Quarter at a glance", "runs_to": {}},
        )

    def _moved(self) -> str:
        """The indicators whose state is another than at the end of the quarter before."""
        opening = self.which.quarter.asfreq("M", "start")
        before = self.project.before(opening)
        if before is None:
            return "<h2>Since the last quarter</h2><p>There was no edition before this quarter.</p>"
        changed = overview.moved(self.project.earlier(before), self.sections)
        items = "".join(
            f'<li><a href="{self.sections[key].address}">'
            f"{html.escape(self.sections[key].indicator.name)}</a>: "
            f"{state_mark(was)}, now {state_mark(now)}</li>"
            for key, was, now in changed
        )
        told = f"<ul>{items}</ul>" if items else "<p>No indicator has changed its state.</p>"
        last = self.project.framework.calendar.of(before, "quarter") == self.which.quarter - 1
        since = "the last quarter, to" if last else "the edition of"
        return f"<h2>Since {since} {periods.words(before)}</h2>{told}"

    def table(self) -> Part:
        """The quarter's figures of every indicator that has some, beside the same months of last
        year.
        """
        figures = {key: of_quarter(s, self.which.quarter) for key, s in self.sections.items()}
        known = {key: f for key, f in figures.items() if f is not None}
        left = len(figures) - len(known)
        if not known:
            none = (
                f'<p id="every-indicator">No figures for {html.escape(inner(self.which.words))} '
                f"have been received.</p>"
            )
            return Part(
                "table",
                self.project.month,
                none,
                "quarter_summary",
                "indicator,measure,period,value\n",
            )
        small_base = self.project.framework.partnership.small_base
        rows = [row for key, f in known.items() for row in _rows(self.sections[key], f, small_base)]
        tidy = pd.DataFrame(rows, dtype=object)
        quarter = self.which.quarter
        names = {key: _name(self.sections[key].indicator, f) for key, f in known.items()}
        caption = (
            f"Quarter {quarter.quarter}, {periods.words(quarter)}, beside the same months a year "
            f"before"
        )
        shown = Table(tidy, caption, names, "Indicator and months", total=False)
        why = "no figure for this quarter has come, or theirs cannot be added up"
        absent = f" {left} of {len(figures)} indicators are not in it: {why}." if left else ""
        note = f'<p class="basis">{html.escape(SHORT + absent)}</p>'
        content = (
            f'<div id="every-indicator">{overview.sources(self.sections)}{note}{shown.html}</div>'
        )
        return Part("table", self.project.month, content, "quarter_summary", _download(tidy))


def of_quarter(section: Section, quarter: pd.Period) -> Figures | None:
    """The sums of an indicator's months of a quarter, or its quarter's own figure; None where there
    is none.

    Where both years have figures only the months they share count, on both sides. A quarter's
    percentage or rate cannot be worked out from its months'.
    """
    indicator, frame = section.indicator, section.year.frame
    additive = indicator.frequency == "month" and not indicator.is_level
    if not additive and indicator.frequency != "quarter":
        return None
    first, last = (quarter.asfreq("M", side) for side in ("start", "end"))
    months = frame.index.asfreq("M", "end")
    rows = frame[(months >= first) & (months <= last)]
    rows = rows[rows["this"].notna() | rows["this_hidden"]]
    both = rows[rows["last"].notna() | rows["last_hidden"]]
    if rows.empty:
        return None
    if both.empty:
        return Figures(rows.index, rows["this"].sum(skipna=False), None)
    return Figures(both.index, both["this"].sum(skipna=False), both["last"].sum(skipna=False))


def _name(indicator: Indicator, f: Figures) -> str:
    """The indicator, the base of its rate where that is not the usual one, and the months of its
    row.
    """
    base = named_base(indicator.scale)
    return f"{indicator.name}{f', {base}' if base else ''} ({span(f.periods)})"


def _rows(section: Section, f: Figures, small_base: float) -> list[dict]:
    """The tidy rows of one indicator: this quarter, last year's, and the change."""
    unit, change = section.indicator.scale, None if f.last is None else less(f.this, f.last)
    percentage = None if section.indicator.is_level else percent_change(change, f.last, small_base)
    hidden = change is not None and change != change
    of_level = "[z]" if section.indicator.is_level else "[u]"
    why = "[x]" if change is None else disclosure.MARK if hidden else of_level
    figures = (("This quarter", f.this, unit, False), ("A year before", f.last, unit, False))
    figures += (("Change", change, "points" if unit == PERCENT else unit, True),)
    rows = []
    for measure, value, its_unit, signed in figures:
        mark = disclosure.MARK if value is not None and value != value else "[x]"
        rows.append((measure, *tables.shown(value, its_unit, "", mark), its_unit, signed))
    rows.append(("Change, %", *tables.shown(percentage, PERCENT, "", why), PERCENT, True))
    columns = ("measure", "value", "shorthand", "unit", "signed")
    same = {"row": section.indicator.key, "period": tables.covered(f.periods)}
    return [same | dict(zip(columns, row, strict=True)) for row in rows]


def _download(tidy: pd.DataFrame) -> str:
    columns = ["indicator", "measure", "period", "value", "unit", "shorthand"]
    return tidy.rename(columns={"row": "indicator"})[columns].to_csv(
        index=False, lineterminator="\n"
    )
