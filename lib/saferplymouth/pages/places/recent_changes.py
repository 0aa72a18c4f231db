"""Compares the latest three months of the street files with a year or a quarter before."""

from dataclasses import dataclass

import pandas as pd

from saferplymouth import periods
from saferplymouth.statistics.funnels import REACH
from saferplymouth.statistics.intervals import Comparison, compare
from saferplymouth.statistics.measures import percent_change
from saferplymouth.store.local_crime import LocalCrime

MONTHS = 3
CHANCE, BEYOND, FEW = "within usual variation", "more than usual variation", "cannot tell yet"
LEAST = 10  # in both spans together: fewer cannot show a change of any size


@dataclass(frozen=True)
class Spans:
    """The months `now` and those `before` to compare with; `seasonal` where they are the
    same months of another year, which allows for the season.
    """

    now: pd.PeriodIndex
    before: pd.PeriodIndex
    seasonal: bool

    @property
    def words(self) -> str:
        now, before = (periods.words(span[0], span[-1]) for span in (self.now, self.before))
        return f"{now} compared with {before}"


def spans(local_crime: LocalCrime) -> Spans | None:
    """The latest three months, and those of a year before or the three before; None without."""
    if not len(local_crime.months):
        return None
    last = local_crime.months[-1]
    now = pd.period_range(end=last, periods=MONTHS, freq="M")
    for back, seasonal in ((12, True), (MONTHS, False)):
        before = now - back
        if now.isin(local_crime.months).all() and before.isin(local_crime.months).all():
            return Spans(now, before, seasonal)
    return None


def changes(cells: pd.DataFrame, by: str, spans: Spans, small_base: float) -> pd.DataFrame:
    """Each place or type of `cells` in a row: `now`, `before`, `change`, `percent` (NaN on a small
    base), and `verdict`.

    A change is more than usual variation where its standardised size, allowing for the dispersion
    of the months, is over 3.09. With usual variation alone, one row in 500 would pass that.
    """
    counts = cells.groupby([by, "month"])["count"].sum().unstack(fill_value=0)
    now, before = (
        counts.reindex(columns=span.astype(str), fill_value=0) for span in (spans.now, spans.before)
    )
    pairs = zip(now.to_numpy().tolist(), before.to_numpy().tolist(), strict=True)
    each = [compare(*pair) for pair in pairs]
    rows = [
        (c.a, c.b, c.change, percent_change(float(c.change), float(c.b), small_base), _verdict(c))
        for c in each
    ]
    frame = pd.DataFrame(rows, counts.index, ["now", "before", "change", "percent", "verdict"])
    return frame.sort_values("change", key=lambda change: -change.abs(), kind="stable")


def _verdict(change: Comparison) -> str:
    if change.a + change.b < LEAST or change.z_adjusted is None:
        return FEW
    return BEYOND if abs(change.z_adjusted) > REACH else CHANCE


def beyond(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that changed by more than usual variation, the largest change first."""
    return frame[frame["verdict"] == BEYOND]
