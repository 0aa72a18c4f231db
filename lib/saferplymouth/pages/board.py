"""The board summary: every indicator at a glance, each from the same figures as its own page."""

import html
import re
from itertools import groupby
from pathlib import Path

import pandas as pd

from saferplymouth import disclosure, periods
from saferplymouth.display import charts, tables
from saferplymouth.display.layout import small
from saferplymouth.display.parts import Part
from saferplymouth.framework import PERCENT, Framework
from saferplymouth.indicators import absences, findings
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import capital, named_base, span
from saferplymouth.pages import decisions, overview
from saferplymouth.pages.section import Section, state_mark

SPARK = 24


class Board:
    """The board summary for one month, "2016-11": `summary()`, then `table()`.

    `sections` holds every indicator by its key. A month without a drop raises a `Mistake` that says
    which have one.

    >>> board = Board("2016-11")
    >>> board.summary()
    <summary, November 2016>
    >>> [key for key, section in board.sections.items() if section.state == "Off course"]
    ['overall_crime', 'domestic_abuse', 'ist_incidents', 'ist_satisfaction']
    """

    def __init__(self, month: str | pd.Period, root: Path | None = None):
        self.project = Project(month, root)
        self.sections = {
            key: Section(self.project, key) for key in self.project.framework.indicators
        }

    def summary(self) -> Part:
        """How many indicators are in each state, the decisions wanted, and the findings that matter
        most.
        """
        wanted = decisions.wanted(self.project, self.sections)
        found = overview.every_finding(self.sections)
        content = overview.opening(self.sections, wanted, found, self.project.month)
        return Part(
            "summary", self.project.month, content, facts={"title": "Board summary", "runs_to": {}}
        )

    def table(self) -> Part:
        """Every indicator by area, with its aim, latest figure, year to date against last year,
        target and state.
        """
        calendar = self.project.framework.calendar
        year = calendar.label(calendar.year(self.project.month))
        caption = f"Every indicator: its latest figure, and financial year {year} to date"
        cells = {key: _cells(section) for key, section in self.sections.items()}
        rows = {key: _row(section, cells[key]) for key, section in self.sections.items()}
        head = "".join(f'<th scope="col">{name}</th>' for name in HEADS)
        used = pd.Series([cell["shorthand"] for row in cells.values() for cell in row.values()])
        region = (
            f'<div id="every-indicator" class="wide board" role="region" tabindex="0" '
            f'aria-label="{caption}">'
        )
        opening = overview.sources(self.sections) + tables.explain(used, _because(self.sections))
        body = _by_area(self.project.framework, self.sections, rows)
        content = (
            f"{opening}{region}<table><caption><span>{caption}</span></caption>"
            f"<thead><tr>{head}</tr></thead>{body}</table></div>"
        )
        return Part(
            "table", self.project.month, content, "board_summary", _download(self.sections, cells)
        )


def _because(sections: dict[str, Section]) -> str:
    """Why figures are not there, where it is not only that no data came."""
    unworked = any(s.year.lacking and s.indicator.worked_out for s in sections.values())
    return (
        "no data received, or not worked out for the reason beside the indicator"
        if unworked
        else ""
    )


HEADS = (
    "Indicator",
    "State",
    "Aim",
    "Latest",
    "Year to date",
    "Change on last year",
    "Target to date",
    "Last 24 months",
)


def _by_area(framework: Framework, sections: dict[str, Section], rows: dict[str, str]) -> str:
    """The rows under a heading for each area, in the order of the framework."""
    order = list(framework.areas)
    keys = sorted(sections, key=lambda key: order.index(sections[key].indicator.area))
    bodies = []
    for area, mine in groupby(keys, key=lambda key: sections[key].indicator.area):
        link = (
            f'<a href="{framework.areas[area].page}">{html.escape(framework.areas[area].title)}</a>'
        )
        heading = f'<tr class="area"><th scope="rowgroup" colspan="{len(HEADS)}">{link}</th></tr>'
        bodies.append(f"<tbody>{heading}{''.join(rows[key] for key in mine)}</tbody>")
    return "".join(bodies)


def _cells(section: Section) -> dict[str, dict]:
    """The figures of one row, each with its period, unit and shorthand. A figure of an earlier
    year, or a level of the latest period alone, is no year to date.
    """
    year, calendar = section.year, section.project.framework.calendar
    own = year.label == calendar.label(calendar.year(section.project.month))
    to_date, target = year.to_date if own and year.begun else None, year.target if own else None
    missing = "[x]" if own or not len(section.observed) else "[z]"
    unit = year.indicator.scale
    points = "points" if unit == PERCENT else unit
    latest = year.frame["this"].get(year.latest) if year.latest is not None else None
    covered = tables.covered(to_date.periods) if to_date else ""
    known = to_date and to_date.last is not None
    of_count = "[u]" if known else missing
    too_few = "[z]" if year.indicator.is_level else of_count
    no_target = "[z]" if target is None or target.level != target.level else "[x]"
    at = calendar.label(target.period) if target else ""
    return {
        "Latest": _cell(latest, unit, calendar.label(year.latest) if latest is not None else ""),
        "Year to date": _cell(to_date and to_date.this, unit, covered, missing),
        "Same months last year": _cell(to_date and to_date.last, unit, covered, missing),
        "Change": _cell(to_date and to_date.change, points, covered, missing, signed=True),
        "Change, %": _cell(to_date and to_date.percent, "percent", covered, too_few, signed=True),
        "Target to date": _cell(target and target.level, unit, at, no_target),
        "Distance to target": _cell(target and target.distance, points, at, no_target, signed=True),
    }


def _cell(
    value: float | None, unit: str, period: str, missing: str = "[x]", signed: bool = False
) -> dict:
    known = value is not None and value == value
    mark = "" if known else disclosure.MARK if value is not None and missing != "[z]" else missing
    figure = tables.published(value, unit) if known else None
    return {"value": figure, "unit": unit, "period": period, "signed": signed, "shorthand": mark}


def _row(section: Section, cells: dict[str, dict]) -> str:
    name = f'<a href="{section.address}">{html.escape(section.indicator.name)}</a>'
    name += small(named_base(section.indicator.scale))
    if not len(section.observed):
        known = f"<td>{state_mark(section.state)}</td><td>{_aim(section)}</td>"
        said = html.escape(_without_figures(section))
        return (
            f'<tr><th scope="row">{name}</th>{known}<td class="said" colspan="5">{said}</td></tr>'
        )
    columns = _columns(section, cells)
    return f'<tr><th scope="row">{name}</th>{"".join(f"<td>{c}</td>" for c in columns)}</tr>'


def _without_figures(section: Section) -> str:
    """What stands in place of the figures of an indicator that has none of its own: who is asked,
    or its groups.
    """
    if section.evidence.unheard and not section.evidence.doubts:
        agency = section.project.framework.source(section.indicator, section.project.month)
        return f"Wanted from {agency}, {periods.ADVERBS[section.indicator.frequency]}"
    return capital(section.leading[0].text.removeprefix(f"{section.indicator.name}: "))


def _aim(section: Section) -> str:
    monitored = "monitoring only" if section.indicator.monitoring_only else ""
    return section.aim.capitalize() + small(monitored)


def _columns(section: Section, cells: dict[str, dict]) -> list[str]:
    """The columns after the indicator's name, as HTML, in the order of `HEADS`."""
    i, year, missing = section.indicator, section.year, absences.missing(section.evidence)
    shown_year = (section.evidence, year.frame.index)
    doubts = absences.unjudged(*shown_year) + absences.let_stand(*shown_year)
    shown = {name: tables.text(cell) for name, cell in cells.items()}
    known = {name: cell["value"] is not None for name, cell in cells.items()}
    share = f" ({shown['Change, %']})" if known["Change"] and not i.is_level else ""
    change = (
        shown["Change"]
        + share
        + small("percentage points" if known["Change"] and i.unit == PERCENT else "")
    )
    at = "" if year.begun or not year.to_date else f", {_short(span(year.to_date.periods))}"
    distance = small(
        f"distance {shown['Distance to target']}{at}" if known["Target to date"] else ""
    )
    return [
        state_mark(section.state)
        + "".join(map(small, [findings.why(section.evidence), missing, *doubts])),
        _aim(section),
        shown["Latest"]
        + small(_short(periods.words(year.latest)) if year.latest is not None else ""),
        shown["Year to date"]
        + small(_short(span(year.to_date.periods)) if cells["Year to date"]["period"] else ""),
        change,
        shown["Target to date"] + distance,
        charts.sparkline(_history(section)),
    ]


def _short(words: str) -> str:
    """A period in words with its months cut to three letters, for a narrow column."""
    return re.sub(r"([A-Z][a-z]{2})[a-z]+", r"\1", words)


def _history(section: Section) -> pd.Series:
    """The last 24 months, or eight quarters, to the end of the edition's month, with gaps where
    nothing came.
    """
    values, frequency = section.observed["value"], section.indicator.frequency
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
