"""Builds an indicator's tables: one tidy frame, and from it the page's table and the download.

A tidy frame has one row for each measure and period: `row` of the page, `measure`, `period`,
`value` (None where a shorthand stands for it), `unit` (an indicator's, or `points` of a
percentage), `signed`, `shorthand`, the periods it is `made_from`, whether it is `ours` (the
partnership's target, not a sender's figure), and whether it is one figure `as_received`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd
from markupsafe import Markup

from saferplymouth import disclosure, periods
from saferplymouth.display.templates import fill
from saferplymouth.framework import PERCENT, POUNDS, SCORE, Indicator
from saferplymouth.indicators.evidence import DOUBTFUL
from saferplymouth.indicators.words import (
    POINTS,
    capital,
    is_rate,
    level,
    listed,
    per,
    signed,
    span,
    subject,
)
from saferplymouth.periods import Calendar
from saferplymouth.sources import statuses
from saferplymouth.sources.statuses import ABSENT
from saferplymouth.statistics import populations
from saferplymouth.statistics.intervals import to_15_digits
from saferplymouth.statistics.measures import Year

DOUBT, UNSURE = f"[{DOUBTFUL}]", f"[{statuses.UNRELIABLE}]"
UNRELIABLE = "unreliable beside a figure, as its sender says"
NO_MEANINGS: Mapping[str, str] = MappingProxyType({})
COMPARED = ("change", "percent")  # columns that rest on both years
LIMITS = ". The limits are those of the intervals that the sender gives"
WORDS = "words"  # the unit of a column that holds none
LOWER, UPPER = "Lower limit", "Upper limit"  # of the interval that a sender gives
TO_DATE = "to date"  # the row that comes after those of a year's periods
TARGET_SOURCE = "Target set by the partnership"
SHORTHAND = {
    disclosure.MARK: "hidden because it would reveal a small count, or its sender hides it",
    "[x]": "not available: no data received",
    "[z]": "not applicable",
    UNSURE: "too small a base for a percentage",
    "[r]": "revised since it was first received",
    "[p]": "provisional, as its sender says",
    DOUBT: "not judged: the data received may be incomplete",
}


@dataclass(frozen=True)
class Table:
    """A tidy frame with the words around it; `rows` labels the page's rows, the last being the
    total where there is one, `stub` heads those labels, `heads` words measures where the download's
    name for one is no word, and `meanings` says what marks stand for, where that is more than the
    usual. `of` names the indicator, because several on a page may have the same caption.
    """

    tidy: pd.DataFrame
    caption: str
    rows: dict[str, str]
    stub: str = "Period"
    total: bool = True
    heads: Mapping[str, str] = field(default_factory=dict)
    meanings: Mapping[str, str] = field(default_factory=dict)
    of: str = ""

    @property
    def html(self) -> Markup:
        units = dict(zip(self.tidy["measure"], self.tidy["unit"], strict=True))
        heads = [(self.heads.get(m, m), unit == WORDS) for m, unit in units.items()]
        cells: dict[str, list] = {}
        for each in self.tidy.to_dict("records"):
            cells.setdefault(each["row"], []).append((text(each), each["unit"] == WORDS))
        body = [(words, cells[row]) for row, words in self.rows.items()]
        return fill(
            "table",
            shorthand=explain(self.tidy["shorthand"], unsure(self.tidy) | self.meanings),
            caption=self.caption,
            region=f"{self.of}: {self.caption}" if self.of else self.caption,
            stub=self.stub,
            heads=heads,
            foot=body.pop() if self.total else None,
            body=body,
        )


def text(cell: Mapping) -> str:
    """What a reader sees in one cell: the figure with its sign, unit and shorthand."""
    if cell["value"] is None:
        return cell["shorthand"]
    value, unit = cell["value"], cell["unit"]
    shown = signed(value, unit) if cell["signed"] else level(value, unit)
    sign, digits = (shown[0], shown[1:]) if shown[0] in "+−" else ("", shown)
    digits = {POUNDS: f"£{digits}", PERCENT: f"{digits}%"}.get(unit, digits)
    return f"{sign}{digits} {cell['shorthand']}".strip()


def explain(used: Iterable[str], meanings: Mapping[str, str] = NO_MEANINGS) -> Markup:
    """The shorthand that a table uses, explained above it; `meanings` as in `Table`."""
    known, used = SHORTHAND | meanings, set(used)
    return fill("shorthand", meanings={mark: known[mark] for mark in known if mark in used})


def unsure(cells: pd.DataFrame) -> dict[str, str]:
    """What `[u]` stands for in these cells: beside a figure it is another than in place of one."""
    beside = cells.loc[cells["shorthand"] == UNSURE, "value"].notna()
    senses = [SHORTHAND[UNSURE]] * bool((~beside).any()) + [UNRELIABLE] * bool(beside.any())
    return {UNSURE: "; ".join(senses)}


def meanings(hidden: Collection[str], because: str = "") -> dict[str, str]:
    """What `[c]` and `[x]` stand for: why figures are hidden (`disclosure.reasons`), and why they
    are not available, where the reason is not missing data.
    """
    why = sorted(hidden, key=lambda reason: (reason == disclosure.WITHHELD, reason))
    known = {disclosure.MARK: f"hidden because {', or '.join(why)}"} if why else {}
    return known | ({"[x]": f"not available: {because}"} if because else {})


def difference_unit(unit: str) -> str:
    """The unit of a difference of two figures."""
    return POINTS if unit == PERCENT else unit


def year_table(year: Year, calendar: Calendar) -> Table:
    """The table of one indicator: periods down, both years and what follows from them across."""
    columns = [_column(year, calendar, m) for m in _measures(year)]
    tidy = pd.DataFrame([cell for column in columns for cell in column], dtype=object)
    indicator, rows = year.indicator, _rows(year, calendar)
    whole = len(year.frame) == 1
    if whole:  # a year is its own year to date
        rows.pop(TO_DATE)
        tidy = tidy[tidy["row"] != TO_DATE]
    against = f" and {year.last_label}" if year.frame["last"].notna().any() else ""
    on = f". Population: {year.basis}" if year.basis else ""
    caption = f"{subject(indicator)}, by {indicator.frequency}, {year.label}{against}{on}"
    caption += LIMITS if _limits(year) else ""
    heads = {_rate(year): f"{_per(year)}, mid-{year.estimate}"} if year.estimate else {}
    words = meanings(disclosure.of_year(year), _because(year, tidy))
    of = indicator.name
    return Table(tidy, caption, rows, total=not whole, heads=heads, meanings=words, of=of)


def _per(year: Year) -> str:
    return f"{capital(per(year.indicator.rate_unit))} {year.indicator.population.replace('_', ' ')}"


def _rate(year: Year) -> str:
    """The download's name of the rates, with the population's year where it is not their own."""
    opens = populations.opening(year.frame.index[0])
    return _per(year) + (populations.note(year.estimate, opens) if year.estimate else "")


def _because(year: Year, tidy: pd.DataFrame) -> str:
    """Why figures are not available, where missing data is not the only reason."""
    absent, indicator = set(tidy.loc[tidy["shorthand"] == "[x]", "measure"]), year.indicator
    own = absent - set(indicator.awaited) if indicator.worked_out else absent & {_rate(year)}
    if not year.lacking or not own:
        said = year.frame[["this_status", "last_status"]] == ABSENT
        return "no data received, or none that its sender has" if said.any(axis=None) else ""
    other = "no data received; " if absent - own else ""
    return f"{other}for {listed(sorted(own))}, {year.lacking}"


def _rows(year: Year, calendar: Calendar) -> dict[str, str]:
    rows = {calendar.label(p): heading(p, calendar) for p in year.frame.index}
    if year.to_date is None:
        return rows | {TO_DATE: "Year to date"}
    head = "Year to date" if year.begun else "Latest"
    return rows | {TO_DATE: f"{head} ({span(year.to_date.periods)})"}


def heading(period: pd.Period, calendar: Calendar) -> str:
    """A row's period without its year, which the column heads carry."""
    if period.freqstr == "M":
        return period.strftime("%B")
    if period.freqstr in periods.SPANS:
        return capital(periods.words(period).removeprefix("the "))
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
    frame, unit = year.frame, year.indicator.scale
    points, running = difference_unit(unit), "Year to date" if level else "Cumulative"
    aim = "Target" if level else "Cumulative target"
    every = [
        Measure(year.label, "this", unit, t and t.this),
        Measure(year.last_label, "last", unit, t and t.last, back=1),
        *_limits(year),
        Measure("Change", "change", points, t and t.change, signed=True),
        Measure("Change, %", "percent", PERCENT, t and t.percent, signed=True),
        Measure(f"{running} {year.label}", "cumulative", unit, "[z]"),
        Measure(f"{running} {year.last_label}", "cumulative_last", unit, "[z]", back=1),
        Measure(_rate(year), "rate", year.indicator.rate_unit, _rate_to_date(year)),
        Measure(aim, "target", unit, target and target.level),
        Measure("Distance to target", "distance", points, target and target.distance, signed=True),
        *(Measure(name, None, "count", None) for name in year.indicator.awaited),
    ]
    known = {column: frame[column].notna().any() for column in ("last", "target")}
    known["last"] |= "last_hidden" in frame and frame["last_hidden"].any()
    absent = set() if known["last"] else {"last", "change", "percent", "cumulative_last"}
    absent |= set() if known["target"] else {"target", "distance"}
    absent |= {"percent"} if level else set()
    alone = len(frame) == 1 or unit == SCORE
    absent |= {"cumulative", "cumulative_last"} if alone else set()
    absent |= set() if "rate" in frame else {"rate"}
    return [measure for measure in every if measure.column not in absent]


def _limits(year: Year) -> list[Measure]:
    """The ends of the intervals that the sender gives, of each year that has one."""
    t, frame, unit = year.to_date, year.frame, year.indicator.scale
    low, high = t.interval if t and t.theirs else ("[z]", "[z]")
    every = [
        (f"{LOWER} {year.label}", "low", low, 0),
        (f"{UPPER} {year.label}", "high", high, 0),
        (f"{LOWER} {year.last_label}", "last_low", "[z]", 1),
        (f"{UPPER} {year.last_label}", "last_high", "[z]", 1),
    ]
    known = (m for m in every if frame[m[1]].notna().any())
    return [Measure(name, column, unit, at, back=back) for name, column, at, back in known]


def _rate_to_date(year: Year) -> float | None:
    frame, to_date = year.frame, year.to_date
    if "rate" not in frame or to_date is None:
        return None
    known = frame["rate"].notna().any() or frame["rate_hidden"].any()
    return frame.loc[to_date.periods, "rate"].sum(skipna=False) if known else None


def _column(year: Year, calendar: Calendar, m: Measure) -> list[dict]:
    """The cells of a measure, one for each period and that of the year to date."""
    shift, cells = m.back * periods.FREQUENCIES[year.indicator.frequency], []
    ours = m.column in ("target", "distance")
    same = {"measure": m.name, "unit": m.unit, "signed": m.signed, "ours": ours}
    same |= {"breakdown": "", "group": "", "as_received": m.column in ("this", "last")}
    for period, row in year.frame.iterrows():
        missing = _why_missing(row, year, m.column)
        mark = _mark(row, m.column)
        figure = value_or_mark(row.get(m.column), m.unit, missing, mark)
        own = calendar.label(period - shift)
        at = {"row": calendar.label(period), "period": own, "made_from": (own,)}
        cells.append(at | figure | same)
    own = year.to_date.periods - shift if year.to_date is not None else []
    if isinstance(m.to_date, str):
        figure = {"value": None, "shorthand": m.to_date}
    else:
        mark = UNSURE if m.column in COMPARED and len(year.unreliable) else ""
        figure = value_or_mark(m.to_date, m.unit, _why_no_total(year, m), mark)
    at = {"row": TO_DATE, "period": covered(own) if len(own) else ""}
    at["made_from"] = tuple(calendar.label(p) for p in own)
    return [*cells, at | figure | same]


def _mark(row: pd.Series, column: str | None) -> str:
    """The mark beside a period's figure: what its sender says of it, or of those it compares."""
    if column in COMPARED:
        return UNSURE if statuses.UNRELIABLE in (row["this_status"], row["last_status"]) else ""
    status = row.get(f"{column}_status")
    return f"[{status}]" if status else ""


def covered(these: pd.PeriodIndex) -> str:
    """The months of a year to date as data writes them: `2016-04..2016-11 less 2016-06`."""
    first, last = these[0].asfreq("M", "start"), these[-1].asfreq("M", "end")
    every = pd.period_range(these[0], these[-1], freq=these.freq)
    missing = (f" less {p.asfreq('M', 'start')}" for p in every if p not in these)
    return f"{first}..{last}{''.join(missing)}"


def value_or_mark(value: float | None, unit: str, missing: str, mark: str = "") -> dict:
    """The `value` and `shorthand` of a cell: the figure with its `mark`, or `missing` alone."""
    if value is None or value != value:
        return {"value": None, "shorthand": missing}
    return {"value": published(value, unit), "shorthand": mark}


def cell(
    value: float | None,
    unit: str,
    period: str,
    missing: str = "[x]",
    signed: bool = False,
    mark: str = "",
) -> dict:
    """A cell of `period` with its `mark`, or `missing` where there is no figure; NaN stands for a
    hidden one, but where a figure would not be applicable.
    """
    hidden = value is not None and missing != "[z]"
    figure = value_or_mark(value, unit, disclosure.MARK if hidden else missing, mark)
    return figure | {"unit": unit, "period": period, "signed": signed}


def published(value: float, unit: str) -> float | int:
    """A figure as data holds it, in full: a count, and what is whole of it, whole."""
    figure = to_15_digits(value)
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
    if m.column != "percent" or year.to_date is None or year.to_date.change is None:
        return "[x]"
    return "[u]" if year.to_date.change == year.to_date.change else disclosure.MARK


def download(
    tidy: pd.DataFrame,
    indicator: Indicator,
    whose: Mapping[str, str],
    cells: Mapping[tuple[str, str, str], str],
    received: Mapping[str, str],
) -> str:
    """What the page's tables show as tidy CSV, one row for each measure, period and group, with its
    source.

    `whose` gives the source of each period, and of the empty period where there is none; `cells`
    adds where in its sheet a figure stands, by period, breakdown and group; `received` gives the
    drop that it came in.
    """
    sources, drops = [], []
    for cell in tidy.to_dict("records"):
        of = cell["made_from"]
        theirs = "; ".join(dict.fromkeys(whose[p] for p in of if p in whose)) or whose[""]
        if cell["as_received"] and len(of) == 1:
            theirs += cells.get((*of, cell["breakdown"], cell["group"]), "")
        sources.append(TARGET_SOURCE if cell["ours"] else theirs)
        came = cell["value"] is not None and not cell["ours"]
        drops.append(max((received.get(p, "") for p in of), default="") if came else "")
    columns = ["measure", "period", "breakdown", "group", "value", "unit", "shorthand"]
    frame = tidy[columns].assign(source=sources, received=drops)
    frame.insert(0, "indicator", indicator.key)
    return frame.to_csv(index=False, lineterminator="\n")
