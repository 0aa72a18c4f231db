"""Asks partners for missing data, with a return to fill in."""

import csv
import io

import pandas as pd

from saferplymouth import periods
from saferplymouth.framework import COUNT, PERCENT, POUNDS, SCORE, Framework, Indicator
from saferplymouth.indicators.words import inner, length, listed, per, subject

FORMATS = "CSV (UTF-8), XLSX or ODS"
HOW = {
    COUNT: "whole numbers, with 0 where there were none",
    POUNDS: "whole pounds, with 0 where there were none",
    PERCENT: "the numerator and the denominator",
    SCORE: "numbers, with their decimals",
}
FIGURE = {PERCENT: ("numerator", "denominator")}


def sentence(indicator: Indicator, framework: Framework, month: pd.Period) -> str:
    """Who should send what, how often, from when, by which groups and in which format."""
    due = indicator.due(framework.calendar, month)
    if indicator.worked_out:
        file = f"{due}-{framework.street.force}-street.csv"
        source = "This is worked out from the street files of data.police.uk"
        return f"{source}. Put {file} and earlier files in their drops."
    what = inner(subject(indicator))
    by = [inner(breakdown.name) for breakdown in indicator.breakdowns.values()]
    divided = f", in total and by {listed(by)}" if by else ""
    agency, first = framework.source(indicator, due), periods.words(due)
    return (
        f"{agency}: please send the {what}, {often(indicator)}. Start with "
        f"{first}{divided}. Use {FORMATS} with the columns below. Give {how(indicator)}."
    )


def often(indicator: Indicator) -> str:
    """How often its figures are wanted: `every month`."""
    if indicator.overlaps:
        return f"every {indicator.every} for the {length(indicator)} that end with it"
    return f"every {indicator.frequency}"


def how(indicator: Indicator) -> str:
    """What to give for its figures: `whole numbers, with 0 where there were none`."""
    return HOW.get(indicator.unit, f"rates {per(indicator.scale)}")


def template(indicator: Indicator, framework: Framework, month: pd.Period) -> str:
    """A return as CSV with a row for each figure due by `month` and no figures yet."""
    figure = FIGURE.get(indicator.unit, ("value",))
    divided = ("breakdown", "group") if indicator.breakdowns else ()
    period = framework.calendar.label(indicator.due(framework.calendar, month))
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["indicator", "period", *divided, *figure, "note"])
    for part in parts(indicator):
        writer.writerow([indicator.key, period, *part[: len(divided)], *[""] * len(figure), ""])
    return written.getvalue()


def parts(indicator: Indicator) -> list[tuple[str, str]]:
    """The figures of a period that are wanted, by breakdown and group: the whole, both empty, where
    groups do not stand alone, and each group.
    """
    breakdowns = indicator.breakdowns.values()
    alone = breakdowns and not any(b.adds_up for b in breakdowns)
    groups = [(b.key, group) for b in breakdowns for group in b.groups]
    return groups if alone else [("", ""), *groups]
