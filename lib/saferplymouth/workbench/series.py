"""Selects the data for a view: an indicator or one of its groups, and its years."""

from dataclasses import replace

import pandas as pd

from saferplymouth.disclosure import STAND_IN
from saferplymouth.errors import NotReceived
from saferplymouth.framework import BASES, Indicator
from saferplymouth.indicators import evidence
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import inner, listed
from saferplymouth.pages.report import known
from saferplymouth.periods import FREQUENCIES, YEARLY, Calendar
from saferplymouth.sources.statuses import HIDDEN

Group = tuple[str, str]  # the keys of a breakdown and of one of its groups


def chosen(
    project: Project, key: str, group: Group | None = None, until: pd.Period | None = None
) -> Evidence:
    """The evidence on an indicator or, as an indicator of its own, on one of its groups; up to the
    month `until`.

    Raises `Unknown` for a key that is not in the framework, with those that are near it.
    """
    indicator = known(key, project.framework.indicators, "indicator")
    until = project.month if until is None else min(until, project.month)
    if group is None and until == project.month:
        return project.evidence[key]
    rows = project.stood if group is None else _of_group(project, indicator, group)
    if indicator.frequency in YEARLY:  # its latest year is shown, whenever that was
        calendar = project.framework.calendar
        rows = rows[rows["period"] <= calendar.label(calendar.of(until, indicator.frequency))]
    asked = indicator if group is None else _named(indicator, group)
    return evidence.gather(rows, asked, project.framework, until, odd=project.odd)


def groups(project: Project, key: str) -> dict[Group, str]:
    """The groups of an indicator that figures have come for, by breakdown and group, in words."""
    pairs = project.evidence[key].groups[["breakdown", "group"]]
    received = set(pairs.itertuples(index=False, name=None))
    every = {
        (breakdown.key, group): f"{breakdown.name}: {name}"
        for breakdown in project.framework.indicators[key].breakdowns.values()
        for group, name in breakdown.groups.items()
    }
    return {group: words for group, words in every.items() if group in received}


def _named(indicator: Indicator, group: Group) -> Indicator:
    """The indicator of one group, without what applies only to the whole."""
    breakdown = known(group[0], indicator.breakdowns, "breakdown")
    words = inner(known(group[1], breakdown.groups, "group"))
    whole = dict.fromkeys([f"per_{base}" for base in BASES], "")
    whole |= {"target": {}, "awaited": (), "breakdowns": {}}
    whole |= {"compare_with": "", "held_against": ""}
    name, counted = (f"{text} ({words})" for text in (indicator.name, indicator.counted))
    return replace(indicator, name=name, counted=counted, **whole)


def _of_group(project: Project, indicator: Indicator, group: Group) -> pd.DataFrame:
    """A group's observations; those hidden by its neighbours are hidden too."""
    groups, rows = project.evidence[indicator.key].groups, project.stood
    mine = (groups[["breakdown", "group"]] == [*group]).all(axis="columns") & groups["hidden"]
    hidden = {project.framework.calendar.label(period) for period in groups.index[mine]}
    of = ["indicator", "breakdown", "group"]
    rows = rows[(rows[of] == [indicator.key, *group]).all(axis="columns")]
    rows = rows.assign(breakdown="", group="")
    also = rows["period"].isin(hidden)
    if indicator.sensitive:
        return rows.assign(value=rows["value"].mask(also, STAND_IN))
    blank = {"value": rows["value"].mask(also), "status": rows["status"].mask(also, HIDDEN)}
    return rows.assign(**blank)


def years(e: Evidence, calendar: Calendar) -> dict[str, pd.Period]:
    """The financial years that there are figures for, oldest first, by their label."""
    every = sorted({calendar.year(period) for period in e.observed.index})
    return {calendar.label(year): year for year in every}


def year(label: str, e: Evidence, calendar: Calendar) -> pd.Period:
    """The financial year with this label; `NotReceived` lists the years with figures."""
    there = years(e, calendar)
    if label not in there:
        have = "nothing has been received yet"
        have = f"there are some for {listed(list(there))}" if there else have
        raise NotReceived(f"{e.indicator.name} has no figures for '{label}'; {have}")
    return there[label]


def begins(since: str | None, e: Evidence, calendar: Calendar) -> pd.Period | None:
    """The first period of the financial year labelled `since`; None for every year."""
    if since is None:
        return None
    first = year(since, e, calendar).asfreq("M", "start")
    return first.asfreq(calendar.freq(e.indicator.frequency))


def by_year(e: Evidence, calendar: Calendar) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The figures with a row for each period and a column for each year; which are hidden."""
    every = years(e, calendar)
    rows = calendar.periods(list(every.values())[-1], e.indicator.frequency)
    frames = []
    for name, empty in (("value", float("nan")), ("hidden", False)):
        columns = {}
        for label, of in every.items():
            own = e.observed[name].reindex(calendar.periods(of, e.indicator.frequency))
            columns[label] = [empty if pd.isna(v) else v for v in own]
        frames.append(pd.DataFrame(columns, index=rows))
    return frames[0], frames[1].astype(bool)


def length(e: Evidence) -> int:
    """How many of the indicator's periods make a year."""
    return FREQUENCIES[e.indicator.frequency]
