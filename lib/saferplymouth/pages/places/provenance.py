"""Describes the source of the place figures: the street files, and how their rows were used."""

import pandas as pd

from saferplymouth import periods
from saferplymouth.display import layout
from saferplymouth.display.layout import TEXT
from saferplymouth.display.tables import covered
from saferplymouth.indicators.words import listed, number, stretches
from saferplymouth.pages.places.place_counts import PlaceCounts
from saferplymouth.store.local_crime import NOWHERE, LocalCrime

__all__ = ["accounts", "covered", "origin", "runs_to"]

PUBLISHER = "data.police.uk"
YEARS = 24  # months: the page compares no others
READ_WITH_CARE = (
    "Crimes are counted where and when they were recorded, at the nearest of a set of map points. "
    "Some are published again with another outcome or type. Counts by neighbourhood and type are "
    "not published here."
)
LICENCE = (
    "Street-level crime, boundaries and population estimates contain public sector information "
    "licensed under the Open Government Licence v3.0. Sources: data.police.uk; Office for National "
    "Statistics; Ordnance Survey data © Crown copyright and database right. Names of "
    "neighbourhoods by the House of Commons Library contain Parliamentary information licensed "
    "under the Open Parliament Licence v3.0."
)
REPEATED, AGAIN = "Set aside: ID repeated", "Set aside: counted in an earlier file"


def runs_to(local_crime: LocalCrime) -> dict[str, str]:
    """The last month of the street files, for the line at the top of a page."""
    return {PUBLISHER: periods.words(local_crime.months[-1])} if len(local_crime.months) else {}


def doubtful(local_crime: LocalCrime, month: pd.Period) -> list[str]:
    """Sentences on the files of two years to a month that seem incomplete, accepted or not."""
    sentences = []
    for of, doubt in local_crime.doubts.items():
        what, when = f"street file {doubt.reason}", periods.words(of)
        if month - YEARS < of <= month:
            none = f"No complete data for {when}: its {what}. No figure here is based on it."
            stands = doubt.signed and f"{when}: the {what}; {doubt.signed.words}."
            sentences.append(stands or none)
    return sentences


def origin(local: PlaceCounts) -> dict[str, object]:
    """The source of a page: its `rows`, and the `accounts` of its files."""
    own = local.local_crime.own_files
    own = own[own["month"].isin(local.months.astype(str))]
    drops = pd.PeriodIndex(sorted(set(own["received"])), freq="M")
    rows = {
        "Source": f"Street-level crime files of {PUBLISHER}",
        "Covers": local.when,
        "Received": f"in the drop{'s' * (len(drops) > 1)} for {listed(stretches(drops))}",
        "Read with care": READ_WITH_CARE,
        "Licence": LICENCE,
    }
    return {"rows": rows, "accounts": accounts(local.local_crime, own)}


def accounts(local_crime: LocalCrime, files: pd.DataFrame) -> str:
    """Each file of the force: rows read, where those counted lie, and those set aside."""
    files = files.sort_values("month")
    counts = {"Rows read": files["read"], "Counted": files["counted"], **_where(local_crime, files)}
    counts = pd.DataFrame(counts | {REPEATED: files["repeated"], AGAIN: files["again"]})
    rows = counts.map(number)
    rows.insert(0, "Month", files["month"].map(layout.drop))
    rows.insert(1, "In the drop for", files["received"].map(layout.drop))
    total = {"Month": "All", "In the drop for": "[z]"} | counts.sum().map(number).to_dict()
    foot = [total] if len(rows) > 1 else []
    caption = "Rows read from the street files, and how they were used"
    kinds, marks = {"In the drop for": TEXT}, {"[z]": "not applicable"}
    return layout.table(caption, rows.to_dict("records"), kinds=kinds, foot=foot, marks=marks)


def _where(local_crime: LocalCrime, files: pd.DataFrame) -> dict[str, pd.Series]:
    """How many of each file's counted rows lie in own districts, in others, in none."""
    inside = local_crime.counted["district"].isin(local_crime.street.districts)
    nowhere = local_crime.counted["district"] == NOWHERE
    sides = {f"of these in {listed(local_crime.street.districts)}": inside}
    sides |= {"elsewhere": ~inside & ~nowhere, "without a place": nowhere}
    counts = {}
    for side, rows in sides.items():
        by_month = local_crime.counted[rows].groupby("month")["count"].sum()
        counts[side] = files["month"].map(by_month).fillna(0).astype(int)
    unaccounted = "a row of the street files is not accounted for"
    assert sum(counts.values()).equals(files["counted"].astype(int)), unaccounted
    return counts
