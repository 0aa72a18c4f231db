"""Compares the latest three months of the street files with a year or a quarter before."""

from dataclasses import dataclass

import pandas as pd

from saferplymouth import periods
from saferplymouth.statistics.measures import percent_change
from saferplymouth.statistics.span_changes import reach, standardised
from saferplymouth.store.local_crime import LocalCrime

MONTHS = 3
CHANCE, BEYOND, FEW = "within usual variation", "more than usual variation", "cannot tell yet"
LEAST = 10  # in both spans together: fewer cannot show a change of any size


@dataclass(frozen=True)
class Spans:
    """The months `now` and those `before` to compare with; `seasonal` where they are the
    same months of another year, which allows for the season. `earlier` are such pairs of spans
    from before, the latest first; none of their later spans overlap.
    """

    now: pd.PeriodIndex
    before: pd.PeriodIndex
    seasonal: bool
    earlier: tuple[tuple[pd.PeriodIndex, pd.PeriodIndex], ...] = ()

    @property
    def words(self) -> str:
        now, before = (periods.words(span[0], span[-1]) for span in (self.now, self.before))
        return f"{now} compared with {before}"


def spans(local_crime: LocalCrime) -> Spans | None:
    """The latest three months, and those of a year before or the three before; None without."""
    months = local_crime.months
    if not len(months):
        return None
    now = pd.period_range(end=months[-1], periods=MONTHS, freq="M")
    for back, seasonal in ((12, True), (MONTHS, False)):
        starts = range(0, (months[-1] - months[0]).n, MONTHS)
        pairs = [(now - start, now - start - back) for start in starts]
        there = [pair for pair in pairs if all(span.isin(months).all() for span in pair)]
        if there and there[0][0][-1] == months[-1]:
            return Spans(*there[0], seasonal, tuple(there[1:]))
    return None


def changes(cells: pd.DataFrame, by: str, spans: Spans, small_base: float) -> pd.DataFrame:
    """Each place or type of `cells` in a row: `now`, `before`, `change`, `percent` (NaN on a small
    base), and `verdict`.

    A change is more than usual variation where it is far from what such changes were before (see
    `span_changes.standardised`). With usual variation alone, about one table in 100 has such a row.
    """
    counts = cells.groupby([by, "month"])["count"].sum().unstack(fill_value=0)
    now, before = pair = _summed(counts, (spans.now, spans.before))
    size = standardised(*pair, [_summed(counts, earlier) for earlier in spans.earlier])
    frame = pd.DataFrame({"now": now, "before": before, "change": now - before})
    frame["percent"] = [
        percent_change(float(row.change), float(row.before), small_base)
        for row in frame.itertuples()
    ]
    frame["verdict"] = CHANCE
    frame.loc[size.abs() > reach(max(len(frame), 1)), "verdict"] = BEYOND
    frame.loc[now + before < LEAST, "verdict"] = FEW
    return frame.sort_values("change", key=lambda change: -change.abs(), kind="stable")


def _summed(counts: pd.DataFrame, spans: tuple[pd.PeriodIndex, pd.PeriodIndex]) -> tuple:
    """The count of each row in each of the spans."""
    return tuple(
        counts.reindex(columns=span.astype(str), fill_value=0).sum(axis="columns").astype(int)
        for span in spans
    )


def beyond(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that changed by more than usual variation, the largest change first."""
    return frame[frame["verdict"] == BEYOND]
