"""Lists the pages of an edition, and says why a page of the previous edition is missing."""

from collections.abc import Callable, Mapping
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
    root: Path, framework: Framework, edition: EditionName, local: LocalCrime | None
) -> dict[str, str]:
    """The pages of an edition, key to title: what the framework has and the drops have brought."""
    front = BOARD if edition.quarter is None else QUARTER
    areas = {key: area.title for key, area in framework.areas.items()}
    latest = sources.latest_papers(root / "data/raw", edition.month)
    brought = {name for names in latest.values() for name in names}
    if brought and framework.matrix:
        brought.add(ASSESSMENT)  # asked for until it comes
    papers = {key: title for key, title in PAPERS.items() if key in brought}
    # older projects have no notebook of data quality
    about = ABOUT if (root / f"notebooks/{QUALITY}.ipynb").is_file() else {}
    return {front: FRONT[front]} | areas | places(framework, edition, local) | papers | about


def places(framework: Framework, edition: EditionName, local: LocalCrime | None) -> dict[str, str]:
    """The pages on places that the street files of the year allow."""
    months = local.year_to(edition.month, framework.calendar) if local else []
    if not len(months) or not _placed(local, months):
        return {}
    compared = district_rates.beside(local, months, framework.calendar.year(edition.month))
    return PLACES if compared else {NEIGHBOURHOODS: PLACES[NEIGHBOURHOODS]}


def _placed(local: LocalCrime, months: pd.PeriodIndex) -> bool:
    return bool(local.local["month"].isin(months.astype(str)).any())


def pages_gone(
    root: Path,
    framework: Framework,
    edition: EditionName,
    local: Callable[[], LocalCrime | None],
    pages: Mapping[str, str],
) -> dict[str, str]:
    """A line on each page, by key, that the edition before or this one as last built had, and that
    is not in `pages` now: its title, that edition and the reason.
    """
    lines = {}
    for made in reversed(published.preceding(root / "outputs", edition.name)):
        had_it = f"The edition of {made.get('words')} has it"
        if made["edition"] == edition.name:
            had_it = "This edition had it when it was last built"
            lines = {key: line for key, line in made.get("gone", {}).items() if key not in pages}
        renamed = framework.area_keys.keys()
        for key in made["areas"].keys() - pages.keys() - FRONT.keys() - renamed:
            title = made["areas"][key].get("title", key)
            why = capital(_why_gone(key, framework, edition, local()))
            lines[key] = f"The page {title} is not in this edition. {had_it}. {why}."
    return dict(sorted(lines.items()))


def _why_gone(
    key: str, framework: Framework, edition: EditionName, local: LocalCrime | None
) -> str:
    upto, calendar = periods.words(edition.month), framework.calendar
    if key in PAPERS:
        return f"no paper {key}.csv has been received up to {upto}"
    if key in ABOUT:
        return f"there is no notebook {key}.ipynb"
    if key not in PLACES:
        return "the framework no longer has this area"
    if local is None:
        return f"no street file of {framework.street.force} has been received"
    year = calendar.year(edition.month)
    months, file = local.year_to(edition.month, calendar), f"street file of {calendar.label(year)}"
    if not len(months):
        come = any(calendar.year(month) == year for month in local.come)
        return f"no {'complete ' if come else ''}{file} has been received up to {upto}"
    if not _placed(local, months):
        return f"no {file} has a row in {listed(list(framework.street.districts))}"
    return district_rates.why_not(local, year)
