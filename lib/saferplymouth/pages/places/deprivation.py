"""Sets recorded crime against deprivation: its rate by tenth of the index, and how it rises."""

import pandas as pd
from markupsafe import Markup

from saferplymouth.display import layout
from saferplymouth.display.drawing import Chart
from saferplymouth.display.place_charts import tenths_chart
from saferplymouth.display.templates import fill
from saferplymouth.indicators.words import between, counted, number, rate
from saferplymouth.pages.places import provenance
from saferplymouth.pages.places.place_counts import CRIME, FEWEST_PEOPLE, PlaceCounts
from saferplymouth.sources.place_tables import DEPRIVATION
from saferplymouth.statistics.inequality import Gradient, by_level, gradient

MOST, LEAST = "1 (most deprived)", "10 (least deprived)"
PUBLISHER = (  # of England's index
    " by the Ministry of Housing, Communities and Local Government (Open Government Licence v3.0)"
)
ENOUGH = 0.9  # of the small areas: fewer may be like one another, and unlike the rest
NAMES = {1: MOST, 10: LEAST}


def areas(local: PlaceCounts) -> pd.DataFrame:
    """The small areas whose residents are known and enough, and whose deprivation is known."""
    frame = local.small_areas.join(local.local_crime.deprivation)
    known = frame[["rank", "decile", "score"]].notna().any(axis="columns")
    return frame[known & (frame["people"] >= FEWEST_PEOPLE)]


def slope(local: PlaceCounts) -> Gradient | None:
    """The gradient of recorded crime from the least to the most deprived end of the area; None
    where that of too few small areas is known.
    """
    frame = areas(local)
    if len(frame) < ENOUGH * len(local.local_crime.areas):
        return None
    known = (name for name in ("rank", "score") if frame[name].notna().all())
    measure = next(known, "decile")
    deprived = frame[measure] * (1 if measure == "score" else -1)
    if deprived.isna().any():
        return None
    return gradient(frame[CRIME], frame["people"], deprived)


def tenths(local: PlaceCounts) -> pd.DataFrame:
    """Recorded crime by tenth of the index, 1 the most deprived: areas, people, count, and per
    1,000 residents rate, low and high (see `inequality.by_level`); empty where none is known.
    """
    frame = areas(local).dropna(subset="decile")
    if frame.empty:
        return pd.DataFrame()
    levels = by_level(frame[CRIME], frame["people"] / 1000, frame["decile"].astype(int))
    return levels.assign(people=1000 * levels["people"])


def finding(local: PlaceCounts, found: Gradient | None) -> str:
    """What the gradient shows, no stronger than its evidence; empty without any."""
    if found is None:
        return ""
    times = f"{rate(found.ratio)} times"
    interval = f"95% confidence interval: {between(found.low, found.high)}"
    if not found.clear:
        unclear = f"Recorded crime had no clear link with deprivation, {local.when}"
        return f"{unclear}: {times} as high at the most deprived end ({interval})"
    if found.rests_on:
        name = local.small_areas.at[found.rests_on, "name"]
        return (
            f"Recorded crime’s link with deprivation rests on one small area, {name}, {local.when}"
        )
    higher = "most" if found.ratio > 1 else "least"
    if found.ratio < 1:
        times = f"{rate(1 / found.ratio)} times"
        interval = f"95% confidence interval: {between(1 / found.high, 1 / found.low)}"
    said = f"Recorded crime was {times} as high at the {higher} deprived end of {local.area}"
    return f"{said}, {local.when} ({interval})"


def section(local: PlaceCounts, found: Gradient | None) -> Markup:
    """The finding of a gradient, the chart and table of tenths, and what they rest on."""
    why = _why_not(local)
    if why:
        return fill("neighbourhoods/deprivation", why=why)
    frame, geography = tenths(local), local.local_crime.geography
    left_out = len(local.local_crime.areas) - len(areas(local))
    index = f"Index of Multiple Deprivation {geography.index}"
    received = geography.received[geography.files[DEPRIVATION]]
    return fill(
        "neighbourhoods/deprivation",
        why="",
        finding=finding(local, found)
        or f"Recorded crime and deprivation: too early to tell, {local.when}",
        when=local.when,
        residents=local.people_year,
        publisher=PUBLISHER if all(code[0] == "E" for code in areas(local).index) else "",
        few=found is None,
        known=number(len(areas(local))),
        every=number(len(local.local_crime.areas)),
        index=index,
        drop=layout.drop(received),
        per=local.per,
        area=local.area,
        ends=found and (rate(1000 * found.least), rate(1000 * found.most)),
        left_out=counted(left_out, "small area") if left_out else "",
        chart=_chart(local, found, frame, index) if len(frame) > 1 else "",
        table=_table(local, frame, index) if len(frame) else "",
    )


def _why_not(local: PlaceCounts) -> str:
    """Why crime cannot be set against deprivation; empty if it can."""
    if local.local_crime.deprivation.empty:
        return "no index of deprivation by small area has been received"
    if not local.rated:
        return "no residents by small area have been received"
    return "" if len(areas(local)) else "no small area has both residents and a rank in the index"


def _chart(local: PlaceCounts, found: Gradient | None, frame: pd.DataFrame, index: str) -> Chart:
    first, last = (f"{rate(frame['rate'].iloc[at])} in tenth {frame.index[at]}" for at in (0, -1))
    alt = [
        f"{finding(local, found) or 'Too early to tell'}. Recorded crime {local.per} in each tenth",
        f"of the {index}, with its 95% confidence interval: {first}, the most deprived here, to",
        f"{last}, the least. The figures are in the table.",
    ]
    subtitle = f"{CRIME} {local.per}, from the most to the least deprived tenth of the {index}, "
    subtitle += f"{local.when}, with 95% confidence interval"
    chart = tenths_chart(frame, f"{CRIME} by deprivation", subtitle, " ".join(alt))
    return chart.named("neighbourhoods-deprivation", provenance.PUBLISHER)


def _table(local: PlaceCounts, frame: pd.DataFrame, index: str) -> Markup:
    rows = [
        {
            "Tenth of the index": NAMES.get(tenth, str(tenth)),
            "Small areas": number(row["areas"]),
            "Residents": number(row["people"]),
            CRIME: number(row["count"]),
            "Per 1,000 residents": rate(row["rate"]),
            "95% confidence interval": between(row["low"], row["high"]),
        }
        for tenth, row in frame.iterrows()
    ]
    return layout.table(f"{CRIME} {local.per} by tenth of the {index}, {local.when}", rows)


def figures(local: PlaceCounts, found: Gradient | None) -> pd.DataFrame:
    """The tenths and the gradient as rows of the download: of, name, measure and value."""
    columns = {"people": "residents", "count": CRIME, "low": "rate_low", "high": "rate_high"}
    frame = tenths(local).rename(columns=columns)
    rows = frame.rename_axis("name").reset_index().melt("name", var_name="measure")
    rows["of"] = "tenth of deprivation"
    if found:
        ends = {"ratio": found.ratio, "ratio_low": found.low, "ratio_high": found.high}
        gradient = pd.DataFrame({"measure": ends.keys(), "value": ends.values()})
        rows = pd.concat([rows, gradient.assign(of="most against least deprived", name="")])
    return rows.astype(object)
