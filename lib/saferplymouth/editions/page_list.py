"""Which pages an edition has, and why one that the edition before has is not among them."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from saferplymouth import periods, sources
from saferplymouth.framework import Framework
from saferplymouth.indicators.words import capital, listed
from saferplymouth.pages.places import district_rates
from saferplymouth.store import published
from saferplymouth.store.edition_names import EditionName
from saferplymouth.store.local_crime import LocalCrime

BOARD, QUARTER = "board_summary", "quarter_summary"
FRONT = {BOARD: "Board summary", QUARTER: "Quarter at a glance"}
ASSESSMENT = "strategic_assessment"
PAPERS = {"commissioning": "Commissioning", ASSESSMENT: "Strategic assessment", "duties": "Duties"}
NEIGHBOURHOODS, DISTRICTS, QUALITY = "neighbourhoods", "districts", "data_quality"
PLACES = {NEIGHBOURHOODS: "Neighbourhoods", DISTRICTS: "Districts"}
ABOUT = {QUALITY: "Data quality"}
SHOWN = {  # what has to be on a page of these besides its table
    NEIGHBOURHOODS: ("map", "standing", "gap", "changed"),
    DISTRICTS: ("crime", "types", "by_month"),
    QUALITY: ("questions", "checks", "sources", "rows", "revisions"),
}


def pages(
    root: Path, frame: Framework, which: EditionName, local: LocalCrime | None
) -> dict[str, str]:
    """The pages of an edition, key to title: its front, each area, where it happens, each paper
    that a drop has brought, and what the figures rest on.
    """
    latest = sources.latest_papers(root / "data/raw", which.month)
    brought = {name for names in latest.values() for name in names}
    front = BOARD if which.quarter is None else QUARTER
    areas = {key: area.title for key, area in frame.areas.items()}
    scored = {ASSESSMENT} if brought and frame.matrix else set()  # asked for until it comes
    papers = {key: title for key, title in PAPERS.items() if key in brought | scored}
    about = (
        ABOUT if (root / "notebooks" / f"{QUALITY}.ipynb").is_file() else {}
    )  # older projects have none
    return {front: FRONT[front]} | areas | places(frame, which, local) | papers | about


def _placed(local: LocalCrime, months: pd.PeriodIndex) -> bool:
    """Whether the street files of some months have a row in the partnership's districts."""
    return bool(local.local["month"].isin(months.astype(str)).any())


def places(frame: Framework, which: EditionName, local: LocalCrime | None) -> dict[str, str]:
    """The pages on places that the street files of the year allow."""
    months = local.year_to(which.month, frame.calendar) if local else []
    if not len(months) or not _placed(local, months):
        return {}
    compared = district_rates.beside(local, months, frame.calendar.year(which.month))
    return PLACES if compared else {NEIGHBOURHOODS: PLACES[NEIGHBOURHOODS]}


def gone(
    root: Path,
    frame: Framework,
    which: EditionName,
    local: LocalCrime | None,
    there: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The pages that the edition before this one has, or this one had when last built, and that are
    not `there` now: by key a line with the title, the edition and the reason.
    """
    there, lines = there or pages(root, frame, which, local), {}
    for made in reversed(published.preceding(root / "outputs", which.name)):
        had = {key: entry.get("title", key) for key, entry in made["areas"].items()}
        for key in had.keys() - there.keys() - FRONT.keys():
            own = made["edition"] == which.name
            had_it = (
                "which this had when it was last built"
                if own
                else f"which the edition of {made.get('words')} has"
            )
            why = capital(_why_gone(key, frame, which, local))
            lines[key] = f"The page {had[key]}, {had_it}, is not in this edition. {why}."
        lines = {key: line for key, line in _said(made, which).items() if key not in there} | lines
    return dict(sorted(lines.items()))


def _said(made: dict, which: EditionName) -> dict[str, str]:
    """What this edition said of pages that had gone, if `made` is it."""
    return made.get("gone", {}) if made["edition"] == which.name else {}


def _why_gone(key: str, frame: Framework, which: EditionName, local: LocalCrime | None) -> str:
    """Why an edition has no longer a page."""
    if key in PAPERS:
        return f"no paper {key}.csv has been received up to {periods.words(which.month)}"
    if key in ABOUT:
        return f"there is no notebook {key}.ipynb"
    if key not in PLACES:
        return "the framework no longer has this area"
    if local is None:
        return f"no street file of {frame.street.force} has been received"
    calendar = frame.calendar
    year = calendar.year(which.month)
    months = local.year_to(which.month, calendar)
    if not len(months):
        come = any(calendar.year(month) == year for month in local.come)
        file = f"{'complete ' if come else ''}street file of {calendar.label(year)}"
        return f"no {file} has been received up to {periods.words(which.month)}"
    if not _placed(local, months):
        return (
            f"no street file of {calendar.label(year)} has a row in "
            f"{listed(list(frame.street.districts))}"
        )
    return district_rates.why_not(local, year)
