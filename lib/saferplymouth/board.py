"""The board summary: every indicator at a glance, each from the same figures as its own page."""

import html
import re
from pathlib import Path

import pandas as pd

from saferplymouth import charts, findings, periods, suppression, tables
from saferplymouth.intervals import round_half_away
from saferplymouth.project import Project
from saferplymouth.report import key_findings, runs_to
from saferplymouth.section import Part, Section, aim_words, state_mark
from saferplymouth.words import span

SPARK = 24


class Board:
    """The board summary for one month, "2016-11": `summary()`, then `table()`."""

    def __init__(self, month: str | pd.Period, root: Path | None = None):
        self.project = Project(month, root)
        self.sections = {key: Section(self.project, key) for key in self.project.framework.indicators}

    def summary(self) -> Part:
        """How many indicators are in each state, and the findings that matter most."""
        states = [s.state for s in self.sections.values()]
        shown = [s for s in findings.STATES if s in states or s in (findings.ON, findings.OFF)]
        tiles = "".join(f"<li><strong>{states.count(s)}</strong> {state_mark(s)}</li>" for s in shown)
        content = f'<ul class="states">{tiles}</ul>{key_findings(self._findings(), self._address)}'
        facts = {"title": "Board summary", "runs_to": runs_to(self.sections.values())}
        return Part("summary", self.project.month, content, facts=facts)

    def _findings(self) -> list[findings.Finding]:
        each = [finding for section in self.sections.values() for finding in section.findings]
        return each + findings.odd_months(section.evidence for section in self.sections.values())

    def _address(self, key: str) -> str:
        return address(self.sections[key]) if key else "#every-indicator"

    def table(self) -> Part:
        """Every indicator with its aim, latest figure, year to date against last year, target and state."""
        year = next(iter(self.sections.values())).year.label
        caption = f"Every indicator, financial year {year} to date"
        cells = {key: _cells(section) for key, section in self.sections.items()}
        rows = {key: _columns(section, cells[key]) for key, section in self.sections.items()}
        head = "".join(f'<th scope="col">{name}</th>' for name in ("Indicator", *next(iter(rows.values()))))
        body = "".join(_row(section, rows[key]) for key, section in self.sections.items())
        used = pd.Series([cell["shorthand"] for row in cells.values() for cell in row.values()])
        region = f'<div id="every-indicator" class="wide board" role="region" tabindex="0" aria-label="{caption}">'
        content = (
            f"{tables.explain(used)}{region}<table>"
            f"<caption><span>{caption}</span></caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )
        return Part("table", self.project.month, content, "board_summary", _download(self.sections, cells))


def _cells(section: Section) -> dict[str, dict]:
    """The figures of one row, each with its period, unit and shorthand."""
    year, calendar = section.year, section.project.framework.calendar
    to_date, target = year.to_date, year.target
    unit, points = ("percent", "points") if year.indicator.unit == "percent" else ("count", "count")
    latest = year.frame["this"].get(year.latest) if year.latest is not None else None
    covered = tables.covered(to_date.periods) if to_date else ""
    small = "[u]" if to_date and to_date.last is not None and unit == "count" else "[x]"
    no_target = "[z]" if target is None or target.level != target.level else "[x]"
    at = calendar.label(target.period) if target else ""
    return {
        "Latest": _cell(latest, unit, calendar.label(year.latest) if latest is not None else ""),
        "Year to date": _cell(to_date and to_date.this, unit, covered),
        "Same months last year": _cell(to_date and to_date.last, unit, covered),
        "Change": _cell(to_date and to_date.change, points, covered, signed=True),
        "Change, %": _cell(to_date and to_date.percent, "percent", covered, small, signed=True),
        "Target to date": _cell(target and target.level, unit, at, no_target),
        "Distance to target": _cell(target and target.distance, points, at, no_target, signed=True),
    }


def _cell(value: float | None, unit: str, period: str, missing: str = "[x]", signed: bool = False) -> dict:
    known = value is not None and value == value
    mark = "" if known else suppression.MARK if value is not None and missing != "[z]" else missing
    rounded = round_half_away(value) if known else None
    return {"value": rounded, "unit": unit, "period": period, "signed": signed, "shorthand": mark}


def _row(section: Section, columns: dict[str, str]) -> str:
    name = f'<a href="{address(section)}">{html.escape(section.indicator.name)}</a>'
    return f'<tr><th scope="row">{name}</th>{"".join(f"<td>{c}</td>" for c in columns.values())}</tr>'


def _columns(section: Section, cells: dict[str, dict]) -> dict[str, str]:
    """The columns after the indicator's name, as HTML by heading."""
    i, year, missing = section.indicator, section.year, findings.missing(section.evidence)
    shown = {name: tables.text(cell) for name, cell in cells.items()}
    known = {name: cell["value"] is not None for name, cell in cells.items()}
    share = f" ({shown['Change, %']})" if known["Change"] and i.unit == "count" else ""
    change = shown["Change"] + share + _small("percentage points" if known["Change"] and i.unit == "percent" else "")
    distance = _small(f"distance {shown['Distance to target']}" if known["Target to date"] else "")
    return {
        "State": state_mark(section.state) + _small(findings.why(section.evidence)) + _small(missing),
        "Aim": aim_words(i).capitalize() + _small("monitoring only" if i.monitoring_only else ""),
        "Latest": shown["Latest"] + _small(_short(periods.words(year.latest)) if year.latest is not None else ""),
        "Year to date": shown["Year to date"] + _small(_short(span(year.to_date.periods)) if year.to_date else ""),
        "Change on last year": change,
        "Target to date": shown["Target to date"] + distance,
        "Last 24 months": charts.sparkline(_history(section)),
    }


def address(section: Section) -> str:
    """Where an indicator stands in its edition."""
    return f"{section.project.framework.areas[section.indicator.area].page}#{section.indicator.anchor}"


def _small(text: str) -> str:
    return f"<small>{html.escape(text)}</small>" if text else ""


def _short(words: str) -> str:
    """A period in words with its months cut to three letters, for a narrow column."""
    return re.sub(r"([A-Z][a-z]{2})[a-z]+", r"\1", words)


def _history(section: Section) -> pd.Series:
    """The last 24 months, or eight quarters, to the end of the edition's month, with gaps where nothing came."""
    values, frequency = section.observed["value"], section.indicator.frequency
    ends = section.project.month.asfreq(values.index.freq)
    back = SPARK * periods.FREQUENCIES[frequency] // periods.FREQUENCIES["month"]
    return values.reindex(pd.period_range(end=ends, periods=back, freq=values.index.freq))


def _download(sections: dict[str, Section], cells: dict[str, dict[str, dict]]) -> str:
    columns = ["indicator", "measure", "period", "value", "unit", "shorthand", "state"]
    rows = [
        {"indicator": key, "measure": measure, "state": sections[key].state} | cell
        for key, row in cells.items()
        for measure, cell in row.items()
    ]
    return pd.DataFrame(rows)[columns].astype({"value": "Int64"}).to_csv(index=False, lineterminator="\n")
