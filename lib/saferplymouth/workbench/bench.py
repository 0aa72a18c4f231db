"""Every way to look at an indicator, each one call that works in any notebook."""

import json
from pathlib import Path

import pandas as pd

from saferplymouth.project import Project
from saferplymouth.workbench import overtime, pairs, places, since, whatif
from saferplymouth.workbench.series import Group
from saferplymouth.workbench.view import View


class Workbench:
    """What an analyst asks of an indicator, from everything received up to one month such as "2016-11".

    Each method takes the key of an indicator and gives a `View`: its findings, its chart, its table and the line of
    code that made it. Small counts are hidden as they are on the pages. `year` and `since` are financial years such
    as "2015/16", `group` the keys of a breakdown and of one of its groups, such as ("route", "police"). A wrong key,
    year or group is answered with what would work.

    >>> bench = Workbench("2016-11")
    >>> bench.this_year("anti_social_behaviour").figures.loc[["May", "June"], ["2016/17", "2015/16", "Change"]]
           2016/17 2015/16 Change
    Period
    May        967     894     73
    June       965     769    196
    >>> bench.what_if("ist_incidents", 60).code
    'Workbench(month).what_if("ist_incidents", 60)'
    """

    def __init__(self, month: str | pd.Period, root: Path | None = None):
        self.project = Project(month, root)

    def this_year(self, key: str, *, year: str | None = None, group: Group | None = None) -> View:
        """A financial year, the latest unless said, against the one before, with its target where it has one."""
        return self._made("this_year", overtime.this_year(self.project, key, year, group), year=year, group=group)

    def control_chart(self, key: str, *, since: str | None = None, group: Group | None = None) -> View:
        """Which months differ by more than they ordinarily vary. The limits are the same from whichever year on."""
        return self._made(
            "control_chart", overtime.control_chart(self.project, key, since, group), since=since, group=group
        )

    def seasonal_shape(self, key: str, *, since: str | None = None, group: Group | None = None) -> View:
        """The months of each financial year over one another, at most the latest four: are some high every year?"""
        return self._made(
            "seasonal_shape", overtime.seasonal_shape(self.project, key, since, group), since=since, group=group
        )

    def rolling_year(self, key: str, *, since: str | None = None, group: Group | None = None) -> View:
        """The total of twelve months, month after month, in which the season is always the same."""
        return self._made(
            "rolling_year", overtime.rolling_year(self.project, key, since, group), since=since, group=group
        )

    def by_place(self, key: str, *, place: str = places.NEIGHBOURHOOD, year: str | None = None) -> View:
        """Which neighbourhoods, wards or small areas have more than chance explains, where the street files tell."""
        given = {"place": place if place != places.NEIGHBOURHOOD else None, "year": year}
        return self._made("by_place", places.by_place(self.project, key, place, year), **given)

    def side_by_side(self, key: str, other: str, *, since: str | None = None) -> View:
        """Two indicators on one scale, each an index of its own average: have they moved together?"""
        return self._made("side_by_side", pairs.side_by_side(self.project, key, other, since), other, since=since)

    def since_last_edition(self, key: str) -> View:
        """What is new or different since the edition of the month before, number by number."""
        return self._made("since_last_edition", since.since_last_edition(self.project, key))

    def what_if(self, key: str, figure: float) -> View:
        """Which signals and targets the next period's figure would trip, were it this."""
        return self._made("what_if", whatif.what_if(self.project, key, figure), figure)

    def _made(self, name: str, view: View, *more: object, **given: object) -> View:
        """The view with the line that makes it."""
        said = [_written(value) for value in (view.indicator, *more)]
        said += [f"{word}={_written(value)}" for word, value in given.items() if value is not None]
        return view.made_by(f"Workbench(month).{name}({', '.join(said)})")


def _written(value: object) -> str:
    """A value as code writes it."""
    if isinstance(value, tuple):
        return f"({', '.join(map(_written, value))})"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else f"{value:g}"
