"""Says which figures are wanted of an agency, and writes the workbook that asks for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from saferplymouth import disclosure, periods, sources
from saferplymouth.errors import Mistake, known_keys
from saferplymouth.framework import Framework, Indicator, load
from saferplymouth.indicators.words import listed
from saferplymouth.pages.data_requests import parts
from saferplymouth.scaffold.workbook import Figure, Return
from saferplymouth.sources.statuses import ABSENT, HIDDEN
from saferplymouth.store import observations

NOT_AVAILABLE = "[x]"


@dataclass(frozen=True)
class Held:
    """The figures received, as they stood in a month, by indicator, period, breakdown and group:
    a number, `[c]` if it is hidden, or `[x]` if it is not available.
    """

    month: pd.Period
    figures: Mapping[tuple[str, str, str, str], float | str]


def write(root: Path, name: str, month: pd.Period, folder: Path) -> list[Path]:
    """Write the workbooks of an agency or an area (`workbooks`) into `folder`; returns their paths.

    Raises `Mistake`; then nothing was written.
    """
    framework = load(root / "framework.toml")
    agencies, areas = framework.agencies, framework.areas
    if name not in agencies and name not in areas:
        cure = known_keys(name, [*agencies, *areas])
        raise Mistake(f"'{name}' is not an agency or an area; {cure}")
    files = workbooks(name, framework, month, held(root, framework, month))
    there = [file for file in files if (folder / file).exists()]
    if there:
        raise Mistake(f"{listed(there)} would be overwritten; choose another folder with --to")
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        (folder / file).write_bytes(content)
    return [folder / file for file in files]


def workbooks(name: str, framework: Framework, month: pd.Period, held: Held) -> dict[str, bytes]:
    """The workbook of the agency `name`, or of each agency that reports on the area `name`, by file
    name.

    Each asks for the figures due by `month` and shows those `held`. Raises `Mistake` if none are
    due.
    """
    agencies, areas = framework.agencies, framework.areas
    wanted: dict[str, list[Indicator]] = {}
    for indicator in framework.indicators.values():
        due = indicator.due(framework.calendar, month)
        agency = indicator.agency_of(due)
        asked = agency == name if name in agencies else indicator.area == name
        if asked and not indicator.worked_out:
            wanted.setdefault(agency, []).append(indicator)
    if not wanted:
        whole = agencies[name] if name in agencies else areas[name].title
        raise Mistake(f"{whole}: nothing to ask for; any figures are worked out from files")
    files = {}
    for agency, indicators in wanted.items():
        whose = agency if agency == name else f"{name}-{agency}"
        file = f"{whose}-{month}.xlsx".replace("_", "-")
        files[file] = _return(agency, indicators, framework, month, held).workbook()
    return files


def held(root: Path, framework: Framework, month: pd.Period) -> Held:
    """Every figure received by `month`, or before the first drop with problems, if one has any.

    A small count of a sensitive indicator is hidden unless its agency sent it.
    """
    try:
        observations.refresh(root, framework, month)
    except sources.Refused as error:
        wrong = min(problem.file.partition("/")[0] for problem in error.problems)
        earlier = [
            drop for drop in sources.drops(root / "data/raw") if drop < month and str(drop) < wrong
        ]
        return held(root, framework, earlier[-1]) if earlier else Held(month, {})
    received = observations.received(root, month)
    small = disclosure.are_hidden(received, framework.indicators) & (received["taken_from"] != "")
    received["status"] = received["status"].mask(small, HIDDEN)
    stood = observations.as_it_stood(received)
    marks = stood["status"].map({HIDDEN: disclosure.MARK, ABSENT: NOT_AVAILABLE})
    shown = marks.where(marks.notna(), stood["value"])
    keys = stood[observations.FIGURE].itertuples(index=False, name=None)
    figures = {key: value for key, value in zip(keys, shown, strict=True) if not pd.isna(value)}
    return Held(month, figures)


def _return(
    agency: str, indicators: list[Indicator], framework: Framework, month: pd.Period, held: Held
) -> Return:
    calendar, wanted, recent = framework.calendar, [], []
    for indicator in indicators:
        year = dict.fromkeys(indicator.due(calendar, month - ago) for ago in reversed(range(12)))
        year = [*year][-periods.FREQUENCIES[indicator.every or indicator.frequency] :]
        own = [period for period in year if indicator.agency_of(period) == agency]
        figures = [
            Figure(indicator, period, calendar.label(period), *part)
            for period in own
            for part in parts(indicator)
        ]
        recent += [(figure, held.figures.get(figure.key)) for figure in figures]
        sent = [figure.period for figure in figures if figure.key in held.figures]
        late = {p for p in own if sent and p > sent[0] and p not in sent}
        wanted += [figure for figure in figures if figure.period in {*late, year[-1]}]
    return Return(framework.agencies[agency], framework, month, wanted, recent, held.month)
