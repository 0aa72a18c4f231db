"""Builds the board summary: every indicator at a glance, from the same figures as its own page."""

import re
from pathlib import Path

import pandas as pd

from saferplymouth import disclosure, periods
from saferplymouth.display import charts, tables
from saferplymouth.display.parts import Part
from saferplymouth.display.tables import cell
from saferplymouth.display.templates import fill
from saferplymouth.framework import PERCENT
from saferplymouth.indicators import absences, findings
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import capital, named_base, span
from saferplymouth.pages import data_requests, overview
from saferplymouth.pages.section import Section

SPARK = 36


class Board:
    """The board summary for one month, "2016-11": `summary()`, then `table()`.

    `sections` holds every indicator by its key. A month without a drop raises a `Mistake` that says
    which have one.

    >>> board = Board("2016-11")
    >>> board.summary()
    <summary, November 2016>
    >>> [key for key, section in board.sections.items() if section.state == "Off course"]
    ['domestic_abuse', 'ist_incidents', 'ist_satisfaction']
    """

    def __init__(self, month: str | pd.Period, root: Path | None = None):
        self.project = Project(month, root)
        indicators = self.project.framework.indicators
        self.sections = {key: Section(self.project, key) for key in indicators}

    def summary(self) -> Part:
        """How many indicators are in each state, the decisions needed, and key findings."""
        content = overview.opening(self.project, self.sections)
        facts = {"title": "Board summary", "runs_to": {}}
        return Part("summary", self.project.month, content, facts=facts)

    def table(self) -> Part:
        """Every indicator by its state: the change on last year, year to date, latest figure and
        target; and the data that are needed.
        """
        framework, month = self.project.framework, self.project.month
        year = framework.calendar.label(framework.calendar.year(month))
        cells = {key: _cells(section) for key, section in self.sections.items()}
        shown = pd.DataFrame([cell for row in cells.values() for cell in row.values()])
        marks = tables.unsure(shown) | _meanings(self.sections)
        rows: dict[str, list[dict]] = {state: [] for state in findings.BY_CONCERN}
        for key, section in self.sections.items():
            rows[section.state].append(_row(section, cells[key]))
        content = fill(
            "front/board",
            sources=overview.sources(self.sections),
            shorthand=tables.explain(shown["shorthand"], marks),
            caption=f"Every indicator: its latest figure, and financial year {year} to date",
            states={state: mine for state, mine in rows.items() if mine},
        )
        content += data_requests.table(self.project)
        return Part("table", month, content, "board_summary", _download(self.sections, cells))


def _meanings(sections: dict[str, Section]) -> dict[str, str]:
    """What marks stand for, where that is more than the usual."""
    hidden = set().union(*(disclosure.of_year(s.year) for s in sections.values()))
    unworked = any(s.year.lacking and s.indicator.worked_out for s in sections.values())
    reason = "no data received, or not worked out for the reason beside the indicator"
    return tables.meanings(hidden, reason if unworked else "")


def _cells(section: Section) -> dict[str, dict]:
    """The figures of one row; one of an earlier year, or of one period, is no year to date."""
    year, calendar = section.year, section.project.framework.calendar
    own = year.label == calendar.label(calendar.year(section.project.month))
    to_date, target = year.to_date if own and year.begun else None, year.target if own else None
    missing = "[x]" if own or not len(section.observed) else "[z]"
    unit, points = year.indicator.scale, tables.difference_unit(year.indicator.scale)
    latest = year.frame["this"].get(year.latest) if year.latest is not None else None
    said = year.frame["this_status"].get(year.latest) if year.latest is not None else ""
    unsure = tables.UNSURE if to_date and len(year.unreliable) else ""
    change = {"signed": True, "mark": unsure}
    period = calendar.label(year.latest) if latest is not None else ""
    covered = tables.covered(to_date.periods) if to_date else ""
    of_count = "[u]" if to_date and to_date.last is not None else missing
    too_few = "[z]" if year.indicator.is_level else of_count
    no_target = "[z]" if target is None or target.level != target.level else "[x]"
    at = calendar.label(target.period) if target else ""
    return {
        "Latest": cell(latest, unit, period, mark=f"[{said}]" if said else ""),
        "Year to date": cell(to_date and to_date.this, unit, covered, missing),
        "Same months last year": cell(to_date and to_date.last, unit, covered, missing),
        "Change": cell(to_date and to_date.change, points, covered, missing, **change),
        "Change, %": cell(to_date and to_date.percent, PERCENT, covered, too_few, **change),
        "Target to date": cell(target and target.level, unit, at, no_target),
        "Distance to target": cell(target and target.distance, points, at, no_target, signed=True),
    }


def _row(section: Section, cells: dict[str, dict]) -> dict:
    """What the template shows of one indicator: `instead` in place of figures, where it has none of
    its own; else each of the `figures` with what is said below it.
    """
    i, e, year = section.indicator, section.evidence, section.year
    area = section.project.framework.areas[i.area].title
    row = {"section": section, "base": named_base(i.scale), "notes": [], "instead": ""}
    row |= {"area": "" if area == i.name else area, "aim": ""}
    if not len(section.observed):
        return row | {"instead": _without_figures(section)}
    doubts = absences.unjudged(e, year.frame.index) + absences.let_stand(e, year.frame.index)
    doubts += absences.not_given(e, year.frame.index)
    row["notes"] = [findings.why(e), absences.missing(e), *doubts]
    row["aim"] = f"Aim: {section.aim}{', monitoring only' if i.monitoring_only else ''}"
    shown = {name: tables.text(cell) for name, cell in cells.items()}
    known = {name: cell["value"] is not None for name, cell in cells.items()}
    latest = _short(periods.words(year.latest)) if year.latest is not None else ""
    months = _short(span(year.to_date.periods)) if year.to_date else ""
    share = f" ({shown['Change, %']})" if known["Change"] and not i.is_level else ""
    points = "percentage points" if known["Change"] and i.unit == PERCENT else ""
    at = f", {months}" if months and not year.begun else ""
    distance = f"distance {shown['Distance to target']}{at}" if known["Target to date"] else ""
    row["figures"] = {
        "Change on last year": (shown["Change"] + share, points),
        "Year to date": (
            shown["Year to date"],
            months if cells["Year to date"]["period"] else "",
        ),
        "Latest": (shown["Latest"], latest),
        "Target to date": (shown["Target to date"], distance),
    }
    history = _history(section)
    return row | {
        "spark": charts.sparkline(history),
        "scale": charts.scale_in_words(history, i),
    }


def _without_figures(section: Section) -> str:
    """What is shown in place of an indicator's own figures: who should send them, or its groups."""
    if section.evidence.unheard and not section.evidence.doubts:
        agency = section.project.framework.source(section.indicator, section.project.month)
        every = section.indicator.every or section.indicator.frequency
        return f"Needed from {agency}, {periods.ADVERBS[every]}"
    return capital(section.leading[0].text.removeprefix(f"{section.indicator.name}: "))


def _short(words: str) -> str:
    """A period in words with its months cut to three letters, for a narrow column."""
    return re.sub(r"([A-Z][a-z]{2})[a-z]+", r"\1", words.removeprefix("the "))


def _history(section: Section) -> pd.Series:
    """The last 36 months, or twelve quarters, with gaps where there is no data; the last twelve
    figures where they overlap.
    """
    values, frequency = section.observed["value"], section.indicator.frequency
    if section.indicator.overlaps:
        return values.iloc[-SPARK // 3 :]
    ends = section.project.framework.calendar.of(section.project.month, frequency)
    back = SPARK * periods.FREQUENCIES[frequency] // periods.FREQUENCIES["month"]
    return values.reindex(pd.period_range(end=ends, periods=back, freq=values.index.freq))


def _download(sections: dict[str, Section], cells: dict[str, dict[str, dict]]) -> str:
    columns = ["indicator", "measure", "period", "value", "unit", "shorthand", "state"]
    rows = [
        {"indicator": key, "measure": measure, "state": sections[key].state} | cell
        for key, row in cells.items()
        for measure, cell in row.items()
    ]
    return pd.DataFrame(rows, dtype=object)[columns].to_csv(index=False, lineterminator="\n")
