"""Says which data are needed of whom: on an indicator's page, and in the front page's table."""

from collections.abc import Iterable

import pandas as pd
from markupsafe import Markup

from saferplymouth import periods
from saferplymouth.display import layout
from saferplymouth.display.layout import LONG, TEXT, Cell
from saferplymouth.display.templates import fill
from saferplymouth.framework import COUNT, PERCENT, POUNDS, SCORE, Framework, Indicator
from saferplymouth.indicators import findings
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import capital, inner, length, listed, per, subject

AT = "data-needed"  # where the table stands on a front page
FORMATS = "CSV (UTF-8), XLSX or ODS"
HOW = {
    COUNT: "whole numbers, with 0 where there were none",
    POUNDS: "whole pounds, with 0 where there were none",
    PERCENT: "the numerator and the denominator",
    SCORE: "numbers, with their decimals",
}


def sentence(indicator: Indicator, framework: Framework, month: pd.Period) -> str:
    """What is needed from whom, how often, from when and by which groups."""
    due = indicator.due(framework.calendar, month)
    if indicator.worked_out:
        file = _street_file(framework, due)
        return f"This is worked out from the street files of data.police.uk. {file} is needed."
    agency, first = framework.source(indicator, due), periods.words(due)
    return (
        f"Needed from {agency}: the {inner(subject(indicator))}, {often(indicator)}. "
        f"The first figure needed is for {first}{_divided(indicator)}."
    )


def _street_file(framework: Framework, due: pd.Period) -> str:
    return f"{due}-{framework.street.force}-street.csv"


def _divided(indicator: Indicator) -> str:
    by = [inner(breakdown.name) for breakdown in indicator.breakdowns.values()]
    total = " in total and" if ("", "") in parts(indicator) else ""
    return f",{total} by {listed(by)}" if by else ""


def often(indicator: Indicator) -> str:
    """How often its figures are wanted: `every month`."""
    if indicator.overlaps:
        return f"every {indicator.every} for the {length(indicator)} that end with it"
    return f"every {indicator.frequency}"


def how(indicator: Indicator) -> str:
    """What to give for its figures: `whole numbers, with 0 where there were none`."""
    return HOW.get(indicator.unit, f"rates {per(indicator.scale)}")


def lacking(project: Project) -> dict[str, int]:
    """How many returns each agency owes for indicators without data, the most first."""
    without = [
        e
        for e in project.evidence.values()
        if findings.state(e) == findings.NO_DATA and e.awaited and not e.indicator.worked_out
    ]
    return _owed(project, without)


def _owed(project: Project, due: Iterable[Evidence]) -> dict[str, int]:
    agencies = pd.Series([_agency(project, e) for e in due], dtype=object)
    return agencies.value_counts().to_dict()


def _agency(project: Project, e: Evidence) -> str:
    return project.framework.source(e.indicator, e.awaited)


def table(project: Project) -> Markup:
    """The data that are due, by who owes the most: since when, how often and in which form they are
    needed; nothing where none are due.
    """
    due = [e for e in project.evidence.values() if e.awaited]
    owed = _owed(project, due)
    due.sort(key=lambda e: list(owed).index(_agency(project, e)))
    rows = layout.table(
        "Data that are due, by who supplies them",
        [_row(project, e) for e in due],
        TEXT,
        {"What is needed": LONG},
    )
    return fill("front/needed", table=rows, at=AT, formats=FORMATS) if due else Markup()


def _row(project: Project, e: Evidence) -> dict[str, str | Cell]:
    indicator, framework = e.indicator, project.framework
    form = how(indicator)
    if indicator.worked_out:
        form = e.year.lacking or f"the file {_street_file(framework, e.awaited)}"
    latest = "Nothing yet" if e.latest is None else periods.words(e.latest)
    return {
        "Indicator": Cell(indicator.name, link=framework.address(indicator)),
        "From": _agency(project, e),
        "What is needed": Cell(f"{subject(indicator)}{_divided(indicator)}", capital(form)),
        "How often": capital(often(indicator)),
        "Now due": capital(periods.words(e.awaited)),
        "Latest received": capital(latest),
    }


def parts(indicator: Indicator) -> list[tuple[str, str]]:
    """The figures of a period that are wanted, by breakdown and group: the whole, both empty, where
    groups do not stand alone, and each group.
    """
    breakdowns = indicator.breakdowns.values()
    alone = breakdowns and not any(b.adds_up for b in breakdowns)
    groups = [(b.key, group) for b in breakdowns for group in b.groups]
    return groups if alone else [("", ""), *groups]
