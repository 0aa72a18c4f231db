"""Numbers to tables: one tidy frame, and the page's table and the download made from it.

A tidy frame has one row for each measure and period: `row` of the page, `measure`, `period`,
`value` (None where a shorthand stands for it), `unit` (an indicator's, or `points` of a
percentage), `signed`, `shorthand`, the periods it is `made_from`, and whether it is `ours` (the
partnership's target, not a sender's figure).
"""

import html
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from saferplymouth import disclosure, periods
from saferplymouth.framework import PERCENT, POUNDS, Indicator
from saferplymouth.indicators.evidence import DOUBTFUL
from saferplymouth.indicators.words import (
    capital,
    is_rate,
    kind_of,
    level,
    listed,
    per,
    signed,
    span,
)
from saferplymouth.periods import Calendar
from saferplymouth.statistics import populations
from saferplymouth.statistics.intervals import exact
from saferplymouth.statistics.measures import Year

DOUBT = f"[{DOUBTFUL}]"
WORDS = "words"  # the unit of a column that holds none
TARGET_SOURCE = "Target set by the partnership"
SHORTHAND = {
    disclosure.MARK: "hidden, for it would show a count of 1 to 4",
    "[x]": "not available: no data received",
    "[z]": "not applicable",
    "[u]": "too small a base for a percentage",
    "[r]": "revised since it was first received",
    DOUBT: "not judged: what was received may not be all of it",
}


@dataclass(frozen=True)
class Table:
    """A tidy frame with the words around it; `rows` labels the page's rows, the last being the
    total where there is one, `stub` heads those labels, `heads` words measures where the download's
    name for one is no word, and `because` says why a figure is not available, where it is not that
    no data came.
    """

    tidy: pd.DataFrame
    caption: str
    rows: dict[str, str]
    stub: str = "Period"
    total: bool = True
    heads: Mapping[str, str] = field(default_factory=dict)
    because: str = ""

    @property
    def html(self) -> str:
        units = dict(zip(self.tidy["measure"], self.tidy["unit"], strict=True)).items()
        head = "".join(
            f'<th scope="col"{_look(unit)}>{html.escape(self.heads.get(m, m))}</th>'
            for m, unit in units
        )
        cells = {row: part.to_dict("records") for row, part in self.tidy.groupby("row", sort=False)}
        body = [_row(words, cells[row]) for row, words in self.rows.items()]
        foot = f"<tfoot>{body.pop()}</tfoot>" if self.total else ""
        return (
            f"{explain(self.tidy['shorthand'], self.because)}"
            f'<div class="wide" role="region" tabindex="0" '
            f'aria-label="{html.escape(self.caption)}">'
            f"<table><caption><span>{html.escape(self.caption)}</span></caption>"
            f'<thead><tr><th scope="col">{html.escape(self.stub)}</th>{head}</tr></thead>'
            f"<tbody>{''.join(body)}</tbody>{foot}</table></div>"
        )


def _row(words: str, cells: list[dict]) -> str:
    shown = "".join(f"<td{_look(cell['unit'])}>{text(cell)}</td>" for cell in cells)
    return f'<tr><th scope="row">{html.escape(words)}</th>{shown}</tr>'


def _look(unit: str) -> str:
    """Columns of words are set left, those of figures right."""
    return ' class="words"' if unit == WORDS else ""


def text(cell: dict) -> str:
    """What a reader sees in one cell: the figure with its sign, unit and shorthand."""
    if cell["value"] is None:
        return cell["shorthand"]
    value, unit = cell["value"], cell["unit"]
    shown = signed(value, unit) if cell["signed"] else level(value, unit)
    sign, digits = (shown[0], shown[1:]) if shown[0] in "+−" else ("", shown)
    digits = {POUNDS: f"£{digits}", PERCENT: f"{digits}%"}.get(unit, digits)
    return f"{sign}{digits} {cell['shorthand']}".strip()


def explain(used: pd.Series, because: str = "") -> str:
    """The shorthand that a table uses, explained above it; `because` is why there is no figure, if
    not for want of data.
    """
    known = SHORTHAND | ({"[x]": f"not available: {html.escape(because)}"} if because else {})
    meanings = [
        f"<div><dt>{mark}</dt><dd>{meaning}</dd></div>"
        for mark, meaning in known.items()
        if (used == mark).any()
    ]
    return f'<dl class="shorthand">{"".join(meanings)}</dl>' if meanings else ""


def year_table(year: Year, calendar: Calendar) -> Table:
    """The paper's table of one indicator: periods down, both years and what follows from them
    across.
    """
    columns = [_column(year, calendar, m) for m in _measures(year)]
    tidy, indicator = pd.concat(columns, ignore_index=True), year.indicator
    rows, whole = _rows(year, calendar), len(year.frame) == 1
    if whole:  # a year is its own year to date
        rows.pop("to date")
        tidy = tidy[tidy["row"] != "to date"]
    against = f" and {year.last_label}" if year.frame["last"].notna().any() else ""
    caption = (
        f"{kind_of(indicator)} {indicator.counted}, by {indicator.frequency}, {year.label}{against}"
    )
    caption += f", on {year.basis}" if year.basis else ""
    heads = {_rate(year): f"{_per(year)}, mid-{year.estimate}"} if year.estimate else {}
    tidy = tidy.assign(breakdown="", group="")
    return Table(tidy, caption, rows, total=not whole, heads=heads, because=_because(year, tidy))


def _per(year: Year) -> str:
    return f"{capital(per(year.indicator.rate_unit))} {year.indicator.population.replace('_', ' ')}"


def _rate(year: Year) -> str:
    """The download's name of the rates, which says of which year the population is where it is not
    of their own.
    """
    return _per(year) + (
        populations.note(year.estimate, populations.opening(year.frame.index[0]))
        if year.estimate
        else ""
    )


def _because(year: Year, tidy: pd.DataFrame) -> str:
    """Why figures are not available, where it is not only that no data came."""
    absent = set(tidy.loc[tidy["shorthand"] == "[x]", "measure"])
    own = (
        absent - set(year.indicator.awaited)
        if year.indicator.worked_out
        else absent & {_rate(year)}
    )
    if not year.lacking or not own:
        return ""
    told = ["no data received"] if absent - own else []
    return "; ".join([*told, f"for {listed(sorted(own))}, {year.lacking}"])


def _rows(year: Year, calendar: Calendar) -> dict[str, str]:
    rows = {calendar.label(p): heading(p, calendar) for p in year.frame.index}
    if year.to_date is None:
        return rows | {"to date": "Year to date"}
    head = "Year to date" if year.begun else "Latest"
    return rows | {"to date": f"{head} ({span(year.to_date.periods)})"}


def heading(period: pd.Period, calendar: Calendar) -> str:
    """A row's period without its year, which the column heads carry."""
    if period.freqstr == "M":
        return period.strftime("%B")
    opens, ends = (period.asfreq("M", side).strftime("%B") for side in ("start", "end"))
    return f"{calendar.label(period).split()[-1]} ({opens} to {ends})"


@dataclass(frozen=True)
class Measure:
    """A column of the page's table: its `name`, the `column` of `Year.frame` it shows (None:
    awaited), its figure for the year to date (a shorthand where that is one), and how many years
    `back` its periods lie.
    """

    name: str
    column: str | None
    unit: str
    to_date: float | str | None
    signed: bool = False
    back: int = 0


def _measures(year: Year) -> list[Measure]:
    t, target, level = year.to_date, year.target, year.indicator.is_level
    unit, whole = year.indicator.scale, len(year.frame) == 1
    points = "points" if unit == PERCENT else unit
    running = "Year to date" if level else "Cumulative"
    last = year.frame["last"].notna().any() or year.frame.get("last_hidden", pd.Series(False)).any()
    measures = [
        Measure(year.label, "this", unit, t and t.this),
        Measure(year.last_label, "last", unit, t and t.last, back=1) if last else None,
        Measure("Change", "change", points, t and t.change, signed=True) if last else None,
        Measure("Change, %", "percent", "percent", t and t.percent, signed=True)
        if last and not level
        else None,
        None if whole else Measure(f"{running} {year.label}", "cumulative", unit, "[z]"),
        Measure(f"{running} {year.last_label}", "cumulative_last", unit, "[z]", back=1)
        if last and not whole
        else None,
    ]
    if "rate" in year.frame:
        rated = year.indicator.rate_unit
        known = t is not None and (
            year.frame["rate"].notna().any() or year.frame["rate_hidden"].any()
        )
        measures.append(
            Measure(
                _rate(year),
                "rate",
                rated,
                year.frame.loc[t.periods, "rate"].sum(skipna=False) if known else None,
            )
        )
    if year.frame["target"].notna().any():
        name = "Target" if level else "Cumulative target"
        measures.append(Measure(name, "target", unit, target and target.level))
        measures.append(
            Measure(
                "Distance to target", "distance", points, target and target.distance, signed=True
            )
        )
    measures += [Measure(name, None, "count", None) for name in year.indicator.awaited]
    return [m for m in measures if m]


def _column(year: Year, calendar: Calendar, m: Measure) -> pd.DataFrame:
    shift = m.back * periods.FREQUENCIES[year.indicator.frequency]
    rows = []
    for period, row in year.frame.iterrows():
        value = row[m.column] if m.column else None
        mark = row.get(f"{m.column}_status", "")
        figure = shown(
            value, m.unit, f"[{mark}]" if mark else "", _why_missing(row, year, m.column)
        )
        mine = calendar.label(period - shift)
        rows.append((calendar.label(period), mine, *figure, (mine,)))
    own = year.to_date.periods - shift if year.to_date is not None else []
    months = covered(own) if len(own) else ""
    to_date = (
        (None, m.to_date)
        if isinstance(m.to_date, str)
        else shown(m.to_date, m.unit, "", _why_no_total(year, m))
    )
    rows.append(("to date", months, *to_date, tuple(calendar.label(p) for p in own)))
    made = pd.DataFrame(
        rows, columns=["row", "period", "value", "shorthand", "made_from"], dtype=object
    )
    return made.assign(
        measure=m.name, unit=m.unit, signed=m.signed, ours=m.column in ("target", "distance")
    )


def covered(these: pd.PeriodIndex) -> str:
    """The months of a year to date as data writes them: `2016-04..2016-11`, naming any that is left
    out.
    """
    every = pd.period_range(these[0], these[-1], freq=these.freq)
    missing = [str(month) for p in every if p not in these for month in (p.asfreq("M", "start"),)]
    return f"{these[0].asfreq('M', 'start')}..{these[-1].asfreq('M', 'end')}" + "".join(
        f" less {m}" for m in missing
    )


def shown(value: float | None, unit: str, mark: str, missing: str) -> tuple[float | None, str]:
    known = value is not None and value == value
    return (published(value, unit), mark) if known else (None, missing)


def published(value: float, unit: str) -> float | int:
    """A figure as data holds it, in full: what is counted, and what is whole of it, as a whole
    number.
    """
    figure = exact(value)
    return figure if is_rate(unit) or not figure.is_integer() else int(figure)


def _why_missing(row: pd.Series, year: Year, column: str | None) -> str:
    if row.get(f"{column}_hidden", False):
        return disclosure.MARK
    if row.get(f"{column}_status", "") == DOUBTFUL:
        return DOUBT
    if column == "percent" and row["change"] == row["change"]:
        return "[u]"
    only_year_end = column in ("target", "distance") and row["target"] != row["target"]
    return "[z]" if only_year_end and year.frame["target"].notna().any() else "[x]"


def _why_no_total(year: Year, m: Measure) -> str:
    if m.to_date is not None:  # NaN: hidden, not unknown
        no_level = m.column in ("target", "distance") and year.target.level != year.target.level
        return "[z]" if no_level else disclosure.MARK
    small = m.column == "percent" and year.to_date is not None and year.to_date.change is not None
    return (
        "[u]"
        if small and year.to_date.change == year.to_date.change
        else disclosure.MARK
        if small
        else "[x]"
    )


def download(
    tidy: pd.DataFrame, indicator: Indicator, whose: Mapping[str, str], received: Mapping[str, str]
) -> str:
    """What the page's tables show as tidy CSV, one row for each measure, period and group, with its
    source.

    `whose` gives the source of each period, and of the empty period where there is none; `received`
    the drop that it came in.
    """
    arrived = [
        max((received.get(p, "") for p in made_from), default="") for made_from in tidy["made_from"]
    ]
    theirs = tidy["value"].notna() & ~tidy["ours"]
    made_from = tidy["made_from"]
    columns = ["measure", "period", "breakdown", "group", "value", "unit", "shorthand"]
    frame = tidy[columns].assign(
        source=[
            TARGET_SOURCE if own else _source(whose, p)
            for own, p in zip(tidy["ours"], made_from, strict=True)
        ],
        received=pd.Series(arrived, tidy.index, dtype=object).where(theirs, ""),
    )
    frame.insert(0, "indicator", indicator.key)
    return frame.to_csv(index=False, lineterminator="\n")


def _source(whose: Mapping[str, str], made_from: tuple[str, ...]) -> str:
    """Whose the figures of some periods are, each source once."""
    return "; ".join(dict.fromkeys(whose[p] for p in made_from if p in whose)) or whose[""]
