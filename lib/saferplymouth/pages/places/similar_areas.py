"""Compares the partnership's district with similar areas of any force, such as the most similar
group.
"""

from collections.abc import Mapping

import pandas as pd
from markupsafe import Markup

from saferplymouth.display.drawing import Chart
from saferplymouth.display.templates import fill
from saferplymouth.framework import ASB
from saferplymouth.indicators.words import rate
from saferplymouth.pages.places.district_rates import CRIME, DistrictRates, ranked, standings
from saferplymouth.pages.places.place_counts import PlaceCounts, uncalled, usual_range
from saferplymouth.pages.places.provenance import PUBLISHER, covered
from saferplymouth.pages.places.rank_table import rank_chart, rank_table
from saferplymouth.statistics.intervals import to_15_digits

FIGURES = ["rate", "low", "high", "floor", "ceiling"]


def finding(alike: DistrictRates, local: PlaceCounts) -> str:
    """The rate of recorded crime of the own district, and its rank among the similar areas."""
    frame = standings(alike, CRIME, local.months)
    mine = frame.loc[alike.own]
    had = f"{alike.own} had {rate(mine['rate'])} recorded crimes per 1,000 residents, {local.when}"
    return f"{had}: {ranked(frame, alike.own, 'similar areas')}"


def section(alike: DistrictRates | None, missing: Mapping[str, str], local: PlaceCounts) -> Markup:
    """The finding, chart and tables, and which similar areas are not there; nothing if the
    framework names none.
    """
    if alike is None:
        return fill("districts/similar", finding="", missing=missing)
    frame = standings(alike, CRIME, local.months)
    return fill(
        "districts/similar",
        finding=finding(alike, local),
        usual_range=usual_range(frame, frame["rate"], "areas", "per 1,000"),
        missing=missing,
        year=alike.year,
        chart=_chart(alike, local).named("districts-similar", PUBLISHER),
        tables={kind: _table(alike, kind, local) for kind in _shown(alike)},
    )


def _shown(alike: DistrictRates) -> list[str]:
    """Recorded crime, and incidents where they may be shown."""
    shown = ASB in alike.types and not alike.hides(ASB, alike.own)
    return [CRIME, *([ASB] if shown else [])]


def _chart(alike: DistrictRates, local: PlaceCounts) -> Chart:
    frame = standings(alike, CRIME, local.months)
    return rank_chart(
        frame,
        "Recorded crime in similar areas",
        f"Per 1,000 residents at mid-{alike.year}, {local.when}",
        f"{finding(alike, local)}. Each area’s rate. The figures are in the table.",
        own=alike.own,
    )


def _table(alike: DistrictRates, kind: str, local: PlaceCounts) -> Markup:
    """The areas of which a type may be shown."""
    caption = f"{kind} per 1,000 residents at mid-{alike.year} in similar areas, {local.when}"
    return rank_table(caption, "Area", standings(alike, kind, local.months))


def figures(alike: DistrictRates, months: pd.PeriodIndex, columns: list[str]) -> pd.DataFrame:
    """Recorded crime and incidents of each area as rows of the download, with these columns."""
    frames = []
    for kind in _shown(alike):
        frame = standings(alike, kind, months)
        frame[FIGURES] = frame[FIGURES].map(to_15_digits)
        frame["shorthand"] = "[z]" if uncalled(frame) else ""
        rows = (
            frame[["count", *FIGURES, "rank", "position", "shorthand"]]
            .rename_axis("district")
            .reset_index()
        )
        frames.append(rows.assign(type=kind, period=covered(months)))
    return pd.concat(frames).reindex(columns=columns).astype(object).fillna("")
