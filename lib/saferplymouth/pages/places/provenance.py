"""Where the figures of places come from: the street files, what of them was counted and what was
set aside.
"""

import html

import pandas as pd

from saferplymouth import periods
from saferplymouth.display import layout
from saferplymouth.display.layout import FIGURE, TEXT
from saferplymouth.display.tables import covered
from saferplymouth.indicators.words import listed, number
from saferplymouth.pages.places.place_counts import PlaceCounts
from saferplymouth.store.local_crime import NOWHERE, LocalCrime

__all__ = ["accounts", "covered", "runs_to", "section"]

PUBLISHER = "data.police.uk"
YEARS = 24  # months: the page holds no others against each other
LICENCE = (
    "Street-level crime, boundaries and population estimates contain public sector information "
    "licensed under the Open "
    "Government Licence v3.0: data.police.uk; Office for National Statistics; Ordnance Survey "
    "data © Crown copyright "
    "and database right. Names of neighbourhoods by the House of Commons Library contain "
    "Parliamentary information "
    "licensed under the Open Parliament Licence v3.0."
)


def runs_to(ground: LocalCrime) -> dict[str, str]:
    """The last month of the street files, for the line at the top of a page."""
    return {PUBLISHER: periods.words(ground.months[-1])} if len(ground.months) else {}


def doubts(ground: LocalCrime, month: pd.Period) -> str:
    """The sentences of `doubtful`, as a page has them."""
    return "".join(
        f'<p class="missing">{html.escape(sentence)}</p>' for sentence in doubtful(ground, month)
    )


def doubtful(ground: LocalCrime, month: pd.Period) -> list[str]:
    """Of the two years to a month, those whose street file seems incomplete and gives no figure,
    and those that someone let stand.
    """
    said = []
    for of, doubt in ground.doubts.items():
        what, when = f"street file {doubt.reason}", periods.words(of)
        if month - YEARS < of <= month and doubt.signed:
            said.append(f"{when}: the {what}; {doubt.signed.words}.")
        elif month - YEARS < of <= month:
            said.append(f"No complete data for {when}: its {what}. No figure here rests on it.")
    return said


def section(local: PlaceCounts, key: str, title: str) -> str:
    """The source of a page, the account of its files, and the download."""
    own = local.ground.files
    own = own[
        (own["force"] == local.ground.street.force) & own["month"].isin(local.months.astype(str))
    ]
    drops = listed([periods.words(periods.month(drop)) for drop in sorted(set(own["received"]))])
    rows = {
        "Source": f"Street-level crime files of {PUBLISHER}",
        "Covers": local.when,
        "Received": f"in the drop{'s' * (own['received'].nunique() > 1)} of {drops}",
        "Read with care": (
            "Crimes are counted where and when they were recorded, at the nearest of a set of map "
            "points; some are "
            "published again with another outcome or type. Counts by neighbourhood and type are "
            "not published here."
        ),
        "Licence": LICENCE,
    }
    told = "".join(f"<dt>{html.escape(k)}</dt><dd>{html.escape(v)}</dd>" for k, v in rows.items())
    link = f'<a href="data/{key}.csv">{html.escape(title)} (CSV)</a>'
    heading = '<h2 id="source">Where these figures come from</h2>'
    return (
        f"{heading}<dl "
        f'class="source">{told}<dt>Download</dt><dd>{link}</dd></dl>{accounts(local.ground, own)}'
    )


def accounts(ground: LocalCrime, files: pd.DataFrame) -> str:
    """Each file of the force: the rows read, where those counted lie, and those set aside, with the
    reason.
    """
    head = {"Month": TEXT, "In the drop of": TEXT, "Rows read": FIGURE, "Counted": FIGURE}
    head |= {f"of these in {listed(list(ground.street.districts))}": FIGURE}
    head |= {"elsewhere": FIGURE, "without a place": FIGURE, "Set aside: ID repeated": FIGURE}
    head |= {"Set aside: counted in an earlier file": FIGURE}
    body, total = [], None
    for file in files.sort_values("month").itertuples():
        row = pd.Series([file.read, file.counted, *_lie(ground, file), file.repeated, file.again])
        total = row if total is None else total + row
        month, drop = (
            periods.words(periods.month(written)) for written in (file.month, file.received)
        )
        body.append([month, drop, *map(number, row)])
    foot = [["All", "[z]", *map(number, total)]] if len(body) > 1 else []
    marks = {"[z]": "not applicable"} if foot else {}
    return layout.table(
        "What was read from the street files, and what became of it", head, body, foot, marks
    )


def _lie(ground: LocalCrime, file) -> tuple[int, int, int]:
    """How many of a file's counted rows lie in the partnership's districts, in others, and in
    none.
    """
    mine = ground.counted[ground.counted["month"] == file.month]
    inside = int(mine.loc[mine["district"].isin(ground.street.districts), "count"].sum())
    nowhere = int(mine.loc[mine["district"] == NOWHERE, "count"].sum())
    elsewhere = int(mine["count"].sum()) - inside - nowhere
    assert inside + elsewhere + nowhere == file.counted, (
        "a row of the street files is not accounted for"
    )
    return inside, elsewhere, nowhere
