"""Builds the quarter at a glance: its figures beside last year's, and what has changed since."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from saferplymouth import disclosure, periods
from saferplymouth.display import tables
from saferplymouth.display.parts import Part
from saferplymouth.display.tables import Table, cell
from saferplymouth.display.templates import fill
from saferplymouth.framework import PERCENT, Indicator, load
from saferplymouth.indicators import findings
from saferplymouth.indicators.project import Project, drops, find_root
from saferplymouth.indicators.words import named_base, span
from saferplymouth.pages import data_requests, overview
from saferplymouth.pages.section import Section
from saferplymouth.sources.statuses import UNRELIABLE
from saferplymouth.statistics.intervals import difference
from saferplymouth.statistics.measures import percent_change
from saferplymouth.store import edition_names


@dataclass(frozen=True)
class QuarterFigures:
    """A quarter's `periods` with a figure and their sums; NaN is hidden, None no data. `unsure`
    where a sender calls one of them unreliable.
    """

    periods: pd.PeriodIndex
    this: float
    last: float | None
    unsure: bool = False


class Quarter:
    """A financial quarter, "2016-Q3", with data up to its latest drop: `summary()`, then `table()`.

    The year in its name is the one in which the financial year begins. A name that is no quarter,
    or has no drop, raises a `Mistake` that says which would work.

    >>> Quarter("2016-Q3").which.words
    'Quarter 3, October to December 2016, figures to November 2016'
    >>> Quarter("2016-Q3").table()
    <table of quarter_summary, November 2016>
    """

    def __init__(self, quarter: str, root: Path | None = None):
        root = root or find_root(anywhere=True)
        calendar = load(root / "framework.toml").calendar
        self.which = edition_names.quarter(quarter, drops(root), calendar)
        self.project = Project(self.which.month, root)
        indicators = self.project.framework.indicators
        self.sections = {key: Section(self.project, key) for key in indicators}

    def summary(self) -> Part:
        """How many indicators are in each state, decisions, what moved, and key findings."""
        content = overview.opening(self.project, self.sections) + self._moved()
        facts = {"title": "Quarter at a glance", "runs_to": {}}
        return Part("summary", self.project.month, content, facts=facts)

    def _moved(self) -> Markup:
        """The indicators whose state is another than at the end of the quarter before."""
        before = self.project.before(self.which.quarter.asfreq("M", "start"))
        if before is None:
            return fill("front/moved", before=None)
        states = {key: findings.state(e) for key, e in self.project.earlier(before).items()}
        moved = [(s, states[key]) for key, s in self.sections.items() if s.state != states[key]]
        of = self.project.framework.calendar.of(before, "quarter")
        in_last = of == self.which.quarter - 1
        return fill("front/moved", before=before, in_last_quarter=in_last, moved=moved)

    def table(self) -> Part:
        """The quarter's figures of every indicator with some, beside last year's."""
        quarter, small_base = self.which.quarter, self.project.framework.partnership.small_base
        every = {key: of_quarter(section, quarter) for key, section in self.sections.items()}
        known = {key: figures for key, figures in every.items() if figures is not None}
        cells, names = [], {}
        for key, figures in known.items():
            indicator = self.sections[key].indicator
            cells += _cells(indicator, figures, small_base)
            names[key] = _name(indicator, figures)
        columns = ["indicator", "measure", "period", "value", "unit", "shorthand"]
        tidy = pd.DataFrame(cells, columns=["row", "signed", *columns], dtype=object)
        caption = f"Quarter {quarter.quarter}, {periods.words(quarter)}"
        caption += ", beside the same months a year before"
        hidden = set().union(*(disclosure.of_year(self.sections[key].year) for key in known))
        words = tables.meanings(hidden)
        stub = "Indicator and months"
        table = Table(tidy, caption, names, stub, total=False, meanings=words)
        content = fill(
            "front/quarter",
            table=table if known else None,
            quarter=self.which.words,
            sources=overview.sources(self.sections),
            left_out=len(every) - len(known),
            indicators=len(every),
        )
        content += data_requests.table(self.project)
        csv = tidy[columns].to_csv(index=False, lineterminator="\n")
        return Part("table", self.project.month, content, "quarter_summary", csv)


def of_quarter(section: Section, quarter: pd.Period) -> QuarterFigures | None:
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
        return QuarterFigures(rows.index, rows["this"].sum(skipna=False), None)
    unsure = (both[["this_status", "last_status"]] == UNRELIABLE).any(axis=None)
    sums = (both[of].sum(skipna=False) for of in ("this", "last"))
    return QuarterFigures(both.index, *sums, bool(unsure))


def _name(indicator: Indicator, figures: QuarterFigures) -> str:
    """The indicator, the base of its rate where that is not the usual one, and the months."""
    base = named_base(indicator.scale)
    return f"{indicator.name}{f', {base}' if base else ''} ({span(figures.periods)})"


def _cells(indicator: Indicator, figures: QuarterFigures, small_base: float) -> list[dict]:
    """The cells of one indicator: this quarter, last year's, and the change."""
    unit, this, last = indicator.scale, figures.this, figures.last
    change = None if last is None else difference(this, last)
    percentage = None if indicator.is_level else percent_change(change, last, small_base)
    if change is None:
        why = "[x]"
    elif change != change:
        why = disclosure.MARK
    else:
        why = "[z]" if indicator.is_level else "[u]"
    months, mark = tables.covered(figures.periods), tables.UNSURE if figures.unsure else ""
    cells = {
        "This quarter": cell(this, unit, months),
        "A year before": cell(last, unit, months),
        "Change": cell(change, tables.difference_unit(unit), months, signed=True, mark=mark),
        "Change, %": cell(percentage, PERCENT, months, why, signed=True, mark=mark),
    }
    of = {"row": indicator.key, "indicator": indicator.key}
    return [of | {"measure": measure} | each for measure, each in cells.items()]
