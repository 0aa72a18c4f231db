"""Says which figures are wanted of an agency, and writes the workbook that asks for them."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from saferplymouth import disclosure, periods, sources
from saferplymouth.errors import Mistake
from saferplymouth.framework import Framework, Indicator, load
from saferplymouth.indicators.words import counted, listed
from saferplymouth.pages.data_requests import parts
from saferplymouth.scaffold.workbook import Figure, Return
from saferplymouth.sources.names import Names
from saferplymouth.sources.statuses import ABSENT, HIDDEN
from saferplymouth.store import observations
from saferplymouth.store.atomic import atomic_write

NOT_AVAILABLE = "[x]"


@dataclass(frozen=True)
class Held:
    """The figures received, as they stood in a month, by indicator, period, breakdown and group:
    a number, `[c]` if it is hidden, or `[x]` if it is not available.
    """

    month: pd.Period
    figures: Mapping[tuple[str, str, str, str], float | str]


def write(root: Path, name: str, month: pd.Period, to: Path) -> list[Path]:
    """Write the workbooks of an agency, an area or, if `name` is empty, of every agency
    (`workbooks`) into the folder `to`, or the only one as the file `to.xlsx`; returns their paths.

    An agency or an area is named by its key or its name. Raises `Mistake`; then nothing was
    written.
    """
    framework = load(root / "framework.toml")
    key = _key(name, framework) if name else ""
    files = workbooks(key, framework, month, held(root, framework, month))
    if to.suffix.lower() != ".xlsx":
        files = {to / file: content for file, content in files.items()}
    elif len(files) == 1:
        files = dict(zip([to], files.values(), strict=True))
    else:
        raise Mistake(f"--to: {listed([*files])} do not go into one file; name a folder")
    there = [str(path) for path in files if path.exists()]
    if there:
        raise Mistake(f"{listed(there)} would be overwritten; write elsewhere with --to")
    with ExitStack() as together:
        for path, content in files.items():
            together.enter_context(atomic_write(path)).write_bytes(content)
    return list(files)


def owed(root: Path, month: pd.Period) -> list[str]:
    """A line for each agency on what it owes by `month`."""
    framework, lines = load(root / "framework.toml"), []
    for key, asked in _asked("", framework, month, held(root, framework, month)).items():
        figures = {figure.key for figure in asked.wanted}
        come = figures & {figure.key for figure, value in asked.recent if value is not None}
        indicators = counted(len({figure.indicator.key for figure in asked.wanted}), "indicator")
        due = f"{counted(len(figures), 'figure')} on {indicators}, {len(come)} held already"
        lines.append(f"{key} ({asked.agency}): {due}")
    return lines


def workbooks(key: str, framework: Framework, month: pd.Period, held: Held) -> dict[str, bytes]:
    """The workbook of an agency, or of each agency that reports on an area or, without a `key`, at
    all, by file name.

    Each asks for the figures due by `month` and shows those `held`. Raises `Mistake` if none are
    due.
    """
    area = f"{key}-" if key in framework.areas and key not in framework.agencies else ""
    asked = _asked(key, framework, month, held)
    files = {f"{area}{agency}-{month}.xlsx": each for agency, each in asked.items()}
    return {file.replace("_", "-"): each.workbook() for file, each in files.items()}


def _key(name: str, framework: Framework) -> str:
    titles = {key: area.title for key, area in framework.areas.items()}
    names = Names(titles | dict(framework.agencies))
    if key := names.key(name):
        return key
    raise Mistake(f"'{name}' is not an agency or an area; {names.cure(name)}")


def _asked(key: str, framework: Framework, month: pd.Period, held: Held) -> dict[str, Return]:
    """What is asked of an agency, of each for an area, or of each, by the agency's key."""
    agencies, wanted = framework.agencies, {}
    for indicator in framework.indicators.values():
        agency = indicator.agency_of(indicator.due(framework.calendar, month))
        if not indicator.worked_out and key in ("", agency if key in agencies else indicator.area):
            wanted.setdefault(agency, []).append(indicator)
    if not wanted:
        whole = agencies.get(key) or (framework.areas[key].title if key else "All agencies")
        raise Mistake(f"{whole}: nothing to ask for; any figures are worked out from files")
    return {
        agency: _return(agency, indicators, framework, month, held)
        for agency, indicators in wanted.items()
    }


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
