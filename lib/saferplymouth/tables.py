"""Numbers to tables: one tidy frame, and the page's table and the download made from it.

A tidy frame has one row for each measure and period: `measure`, `period`, `value` (None where a shorthand stands
for it), `unit` (`count`, `percent` or `points`), `signed` and `shorthand`.
"""

import html
from dataclasses import dataclass

import pandas as pd

from saferplymouth import periods
from saferplymouth.intervals import round_half_away
from saferplymouth.measures import Year
from saferplymouth.periods import Calendar
from saferplymouth.words import number, span

TARGET_SOURCE = "Target set by the partnership"
SHORTHAND = {
    "[x]": "not available: no data received",
    "[z]": "not applicable",
    "[u]": "too small a base for a percentage",
    "[r]": "revised since it was first received",
}


@dataclass(frozen=True)
class Table:
    """A tidy frame with the words around it; `rows` labels the page's rows, the last being the year to date."""

    tidy: pd.DataFrame
    caption: str
    rows: dict[str, str]

    @property
    def html(self) -> str:
        measures = self.tidy["measure"].unique()
        head = "".join(f'<th scope="col">{html.escape(m)}</th>' for m in measures)
        *body, foot = [self._row(row, words) for row, words in self.rows.items()]
        return (
            f"{explain(self.tidy['shorthand'])}"
            f'<div class="wide" role="region" tabindex="0" aria-label="{html.escape(self.caption)}">'
            f"<table><caption><span>{html.escape(self.caption)}</span></caption>"
            f'<thead><tr><th scope="col">Period</th>{head}</tr></thead>'
            f"<tbody>{''.join(body)}</tbody><tfoot>{foot}</tfoot></table></div>"
        )

    def _row(self, row: str, words: str) -> str:
        cells = self.tidy[self.tidy["row"] == row]
        shown = "".join(f"<td>{text(c)}</td>" for c in cells.to_dict("records"))
        return f'<tr><th scope="row">{html.escape(words)}</th>{shown}</tr>'


def text(cell: dict) -> str:
    """What a reader sees in one cell: the figure with its sign, unit and shorthand."""
    if cell["value"] is None:
        return cell["shorthand"]
    value = cell["value"]
    shown = number(abs(value)) + ("%" if cell["unit"] == "percent" else "")
    sign = "−" if value < 0 else "+" if cell["signed"] and value > 0 else ""
    return f"{sign}{shown} {cell['shorthand']}".strip()


def explain(used: pd.Series) -> str:
    """The shorthand that a table uses, explained above it."""
    meanings = [
        f"<div><dt>{mark}</dt><dd>{meaning}</dd></div>" for mark, meaning in SHORTHAND.items() if (used == mark).any()
    ]
    return f'<dl class="shorthand">{"".join(meanings)}</dl>' if meanings else ""


def year_table(year: Year, calendar: Calendar) -> Table:
    """The paper's table of one indicator: periods down, both years and what follows from them across."""
    columns = [_column(year, calendar, *spec) for spec in _measures(year)]
    tidy = pd.concat(columns, ignore_index=True)
    indicator = year.indicator
    kind = "Percentage" if indicator.unit == "percent" else "Number"
    against = f" and {year.last_label}" if year.frame["last"].notna().any() else ""
    caption = f"{kind} of {indicator.counted}, by {indicator.frequency}, {year.label}{against}"
    return Table(tidy, caption, _rows(year, calendar))


def _rows(year: Year, calendar: Calendar) -> dict[str, str]:
    rows = {calendar.label(p): _heading(p, calendar) for p in year.frame.index}
    covered = f" ({span(year.to_date.periods)})" if year.to_date is not None else ""
    return rows | {"to date": f"Year to date{covered}"}


def _heading(period: pd.Period, calendar: Calendar) -> str:
    """A row's period without its year, which the column heads carry."""
    if period.freqstr == "M":
        return period.strftime("%B")
    ends = period.asfreq("M", "end")
    return (
        f"{calendar.label(period).split()[-1]} ({period.asfreq('M', 'start').strftime('%B')} to {ends.strftime('%B')})"
    )


def _measures(year: Year) -> list[tuple]:
    """The columns: name, column of the frame, unit, signed, figure of the year-to-date row, years back."""
    to_date, target, percent = year.to_date, year.target, year.indicator.unit == "percent"
    unit, points = ("percent", "points") if percent else ("count", "count")
    has_last = year.frame["last"].notna().any()
    to_date_name = "Year to date" if percent else "Cumulative"
    measures = [(year.label, "this", unit, False, to_date and to_date.this, 0)]
    if has_last:
        measures.append((year.last_label, "last", unit, False, to_date and to_date.last, 1))
        measures.append(("Change", "change", points, True, to_date and to_date.change, 0))
        if not percent:
            measures.append(("Change, %", "percent", "percent", True, to_date and to_date.percent, 0))
    measures.append((f"{to_date_name} {year.label}", "cumulative", unit, False, "[z]", 0))
    if has_last:
        measures.append((f"{to_date_name} {year.last_label}", "cumulative_last", unit, False, "[z]", 1))
    if year.frame["target"].notna().any():
        name = "Target" if percent else "Cumulative target"
        measures.append((name, "target", unit, False, target and target.level, 0))
        measures.append(("Distance to target", "distance", points, True, target and target.distance, 0))
    return measures + [(name, None, "count", False, None, 0) for name in year.indicator.awaited]


def _column(year: Year, calendar: Calendar, name, column, unit, signed, to_date, back) -> pd.DataFrame:
    frame, size = year.frame, len(year.frame)
    values = frame[column].tolist() if column else [None] * size
    statuses = frame[f"{column}_status"].tolist() if column in ("this", "last") else [""] * size
    rows = []
    for period, value, status in zip(frame.index, values, statuses, strict=True):
        shorthand = f"[{status}]" if status else ""
        if value is None or value != value:
            value, shorthand = None, _why_missing(frame.loc[period], column)
        own = calendar.label(period - back * periods.FREQUENCIES[year.indicator.frequency])
        rows.append((calendar.label(period), own, value, shorthand))
    covered = _covered(year, back)
    if isinstance(to_date, str):
        rows.append(("to date", covered, None, to_date))
    else:
        missing = to_date is None or to_date != to_date
        small = column == "percent" and year.to_date is not None and year.to_date.last is not None
        rows.append(
            ("to date", covered, None if missing else to_date, "" if not missing else "[u]" if small else "[x]")
        )
    rounded = [(row, own, None if v is None else round_half_away(v), mark) for row, own, v, mark in rows]
    made = pd.DataFrame(rounded, columns=["row", "period", "value", "shorthand"], dtype=object)
    return made.assign(measure=name, unit=unit, signed=signed)


def _why_missing(row: pd.Series, column: str | None) -> str:
    small_base = column == "percent" and row["change"] == row["change"]
    return "[u]" if small_base else "[x]"


def _covered(year: Year, back: int) -> str:
    if year.to_date is None:
        return ""
    shift = back * periods.FREQUENCIES[year.indicator.frequency]
    first, last = year.to_date.periods[0] - shift, year.to_date.periods[-1] - shift
    return f"{first.asfreq('M', 'start')}..{last.asfreq('M', 'end')}"


def download(table: Table, year: Year, agency: str, received: pd.Series) -> str:
    """The page's table as tidy CSV, one row for each measure and period, with the source of each figure.

    `received` gives the drop that each period came in.
    """
    tidy, known = table.tidy, table.tidy["value"].notna()
    latest = received.max() if len(received) else ""
    arrived = pd.Series([received.get(period, latest) for period in tidy["period"]])
    ours = tidy["measure"].str.contains("arget")
    frame = pd.DataFrame(
        {
            "indicator": year.indicator.key,
            "measure": tidy["measure"],
            "period": tidy["period"],
            "value": tidy["value"].astype("Int64"),
            "unit": tidy["unit"],
            "shorthand": tidy["shorthand"],
            "source": [TARGET_SOURCE if own else agency for own in ours],
            "received": arrived.where(known & ~ours, ""),
        }
    )
    return frame.to_csv(index=False, lineterminator="\n")
