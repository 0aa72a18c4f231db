"""What changed, numbers to numbers: the latest three months of the street files against a year or a
quarter before.
"""

from dataclasses import dataclass

import pandas as pd

from saferplymouth import periods
from saferplymouth.statistics.funnels import REACH
from saferplymouth.statistics.intervals import compare
from saferplymouth.statistics.measures import percent_change
from saferplymouth.store.local_crime import LocalCrime

MONTHS = 3
CHANCE, BEYOND, FEW = "consistent with chance", "more than chance", "cannot tell yet"
LEAST = 10  # in both spans together: fewer cannot show a change of any size


@dataclass(frozen=True)
class Spans:
    """The months `now` and those `before` that they are held against; `seasonal` where they are the
    same of another year, so that the season is allowed for.
    """

    now: pd.PeriodIndex
    before: pd.PeriodIndex
    seasonal: bool

    @property
    def words(self) -> str:
        return (
            f"{periods.words(self.now[0], self.now[-1])} against "
            f"{periods.words(self.before[0], self.before[-1])}"
        )


def spans(ground: LocalCrime) -> Spans | None:
    """The latest three months with files, and those of a year before; failing these the three
    before. None without.
    """
    if not len(ground.months):
        return None
    last = ground.months[-1]
    now = pd.period_range(end=last, periods=MONTHS, freq="M")
    for back, seasonal in ((12, True), (MONTHS, False)):
        before = now - back
        if now.isin(ground.months).all() and before.isin(ground.months).all():
            return Spans(now, before, seasonal)
    return None


def changes(cells: pd.DataFrame, by: str, both: Spans, small_base: float) -> pd.DataFrame:
    """Each place or type of `cells` in a row: `now`, `before`, `change`, `percent` (NaN on a small
    base), and `told`.

    A change is beyond chance where its standardised size, the dispersion of the months allowed for,
    is over 3.09: of as many rows as a page has, one in 500 would pass that where nothing but chance
    is at work.
    """
    counts = cells.groupby([by, "month"])["count"].sum().unstack(fill_value=0)
    now, before = (
        counts.reindex(columns=span.astype(str), fill_value=0) for span in (both.now, both.before)
    )
    rows = {
        key: _row(now.loc[key].tolist(), before.loc[key].tolist(), small_base)
        for key in counts.index
    }
    frame = pd.DataFrame.from_dict(
        rows, orient="index", columns=["now", "before", "change", "percent", "told"]
    )
    return frame.sort_values("change", key=lambda change: -change.abs(), kind="stable")


def _row(now: list[int], before: list[int], small_base: float) -> tuple:
    found = compare(now, before)
    percent = percent_change(float(found.change), float(found.b), small_base)
    if found.a + found.b < LEAST or found.z_adjusted is None:
        told = FEW
    else:
        told = BEYOND if abs(found.z_adjusted) > REACH else CHANCE
    return found.a, found.b, found.change, percent, told


def beyond(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that changed by more than chance, the largest change first."""
    return frame[frame["told"] == BEYOND]
