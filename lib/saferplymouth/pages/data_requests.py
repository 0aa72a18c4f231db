"""Asks partners for missing data, with a return to fill in."""

import csv
import io
from collections.abc import Iterable

import pandas as pd

from saferplymouth import periods
from saferplymouth.framework import COUNT, PERCENT, POUNDS, Framework, Indicator
from saferplymouth.indicators.words import inner, listed, per, subject

FORMATS = "CSV (UTF-8), XLSX or ODS"
HOW = {
    COUNT: "whole numbers, with 0 where there were none",
    POUNDS: "whole pounds, with 0 where there were none",
    PERCENT: "the numerator and the denominator",
}
FIGURE = {PERCENT: ("numerator", "denominator")}


def sentence(indicator: Indicator, framework: Framework, month: pd.Period) -> str:
    """Who should send what, how often, from when, by which groups and in which format."""
    due = framework.calendar.ended(month, indicator.frequency)
    if indicator.worked_out:
        file = f"{due}-{framework.street.force}-street.csv"
        source = "This is worked out from the street files of data.police.uk"
        return f"{source}. Put {file} and earlier files in their drops."
    how = HOW.get(indicator.unit, f"rates {per(indicator.scale)}")
    what = inner(subject(indicator))
    by = [inner(breakdown.name) for breakdown in indicator.breakdowns.values()]
    divided = f", in total and by {listed(by)}" if by else ""
    agency, first = framework.source(indicator, due), periods.words(due)
    return (
        f"{agency}: please send the {what}, every {indicator.frequency}. Start with "
        f"{first}{divided}. Use {FORMATS} with the columns below. Give {how}."
    )


def template(indicators: Iterable[Indicator], framework: Framework, month: pd.Period) -> str:
    """A return as CSV with a row for each figure due by `month` and no figures yet.

    The indicators are all percentages or none of them is: the two have different columns.
    """
    indicators = list(indicators)
    figure = FIGURE.get(indicators[0].unit, ("value",))
    divided = ("breakdown", "group") if any(i.breakdowns for i in indicators) else ()
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["indicator", "period", *divided, *figure, "note"])
    for indicator in indicators:
        period = framework.calendar.label(framework.calendar.ended(month, indicator.frequency))
        for part in _parts(indicator):
            writer.writerow([indicator.key, period, *part[: len(divided)], *[""] * len(figure), ""])
    return written.getvalue()


def templates(area: str, framework: Framework, month: pd.Period) -> dict[str, str]:
    """Every return an area needs, by file name: one for each agency and one for percentages."""
    files: dict[str, list[Indicator]] = {}
    for indicator in (i for i in framework.of_area(area) if not i.worked_out):
        kind = "-percentages" if indicator.unit == PERCENT else ""
        agency = indicator.agency_of(framework.calendar.ended(month, indicator.frequency))
        files.setdefault(f"{area}-{agency}{kind}.csv".replace("_", "-"), []).append(indicator)
    return {name: template(indicators, framework, month) for name, indicators in files.items()}


def _parts(indicator: Indicator) -> list[tuple[str, str]]:
    """The whole, where groups do not stand alone, and each group of each breakdown."""
    breakdowns = indicator.breakdowns.values()
    alone = breakdowns and not any(b.adds_up for b in breakdowns)
    groups = [(b.key, group) for b in breakdowns for group in b.groups]
    return groups if alone else [("", ""), *groups]
