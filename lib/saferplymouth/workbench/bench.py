"""The `Workbench` class: one method for each view of an indicator, for use in any notebook."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from saferplymouth.indicators import absences
from saferplymouth.indicators.project import Project
from saferplymouth.store import observations
from saferplymouth.workbench import (
    edition_changes,
    next_figure,
    over_time,
    pairs,
    place_questions,
    places,
    questions,
    street,
)
from saferplymouth.workbench.series import Group
from saferplymouth.workbench.view import View


class Workbench:
    """Views of an indicator, from everything received up to one month such as "2016-11".

    Each method takes the key of an indicator and gives a `View`: its findings, its chart, its table
    and the line of code that made it. Small counts are hidden as they are on the pages. `year` and
    `since` are financial years such as "2015/16", `group` the keys of a breakdown and of one of its
    groups, such as ("route", "police"). A wrong key, year or group raises an error that lists the
    right ones.

    >>> bench = Workbench("2016-11")
    >>> view = bench.this_year("anti_social_behaviour")
    >>> view.figures.loc[["May", "June"], ["2016/17", "2015/16", "Change"]]
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
        """A financial year (by default the latest) compared with the one before and its target."""
        return self._view(over_time.this_year, key, year=year, group=group)

    def control_chart(
        self, key: str, *, since: str | None = None, group: Group | None = None
    ) -> View:
        """Which months are outside usual variation, in the last three years or `since` an earlier
        one, which does not move the limits.
        """
        return self._view(over_time.control_chart, key, since=since, group=group)

    def month(self, key: str, period: str, *, group: Group | None = None) -> View:
        """Whether one month, such as "2016-06", is unusual beside what was to be expected."""
        return self._view(over_time.month, key, period, group=group)

    def seasonal_shape(
        self, key: str, *, years: Sequence[str] | None = None, group: Group | None = None
    ) -> View:
        """The months of the latest four years, or any `years` such as ("2012/13", "2015/16"), over
        one another: are some high every year?
        """
        years = tuple(years) if years and not isinstance(years, str) else years
        return self._view(over_time.seasonal_shape, key, years=years, group=group)

    def rolling_year(
        self, key: str, *, since: str | None = None, group: Group | None = None
    ) -> View:
        """The rolling year: the total of twelve months, ending with each month in turn."""
        return self._view(over_time.rolling_year, key, since=since, group=group)

    def by_place(
        self, key: str, *, place: str = places.NEIGHBOURHOOD, year: str | None = None
    ) -> View:
        """Which places have unusually high counts, where the street files have them."""
        # the usual kind of place is not written into the line of code
        kind = None if place == places.NEIGHBOURHOOD else place
        return self._view(places.by_place, key, place=kind, year=year)

    def street(
        self,
        crime: str,
        *,
        place: str | None = None,
        kind: str | None = None,
        by: str | None = None,
    ) -> View:
        """A type of crime in a place, from the street files, by "month", "quarter" or "year":
        `bench.street("Vehicle crime", place="Devonport", by="quarter")`.

        `place` is a neighbourhood, ward, district or small area; without one it is the
        partnership's area, or with a `kind` each place of it: `bench.street("Burglary",
        kind="ward").figures`. With both, `kind` says which is meant where several have the name.
        Small counts are shown, so this is for analysts' own use: a page with it is not made.
        """
        return self._view(street.street, crime, place=place, kind=kind, by=by)

    def side_by_side(self, key: str, other: str, *, since: str | None = None) -> View:
        """Two indicators, each an index of its average: have they moved together?"""
        return self._view(pairs.side_by_side, key, other, since=since)

    def since_last_edition(self, key: str) -> View:
        """What is new or different since the edition before, number by number."""
        return self._view(edition_changes.since_last_edition, key)

    def what_if(self, key: str, figure: float) -> View:
        """Which signals and targets the next period's figure would trigger if it were this."""
        return self._view(next_figure.what_if, key, figure)

    def needed(self, key: str) -> View:
        """What the next figure would have to be: to be on target, no worse than last year, or
        unusual; and which of these cannot be reached.
        """
        return self._view(questions.needed, key)

    def largest_rise(
        self, key: str, *, year: str | None = None, group: Group | None = None
    ) -> View:
        """Which month (or quarter) of a year rose most on the year before; is it unusual?"""
        return self._view(questions.largest_rise, key, year=year, group=group)

    def change_at_place(self, crime: str, place: str = "", *, kind: str | None = None) -> View:
        """Whether a type of crime of the street files rose or fell in a place, such as
        ("Vehicle crime", "Devonport"); in the partnership's area where none is named. It shows
        small counts, so no page may have it. Raises `Unknown` with the nearest names.
        """
        places_asked = [place] if place else []
        return self._view(place_questions.change_at_place, crime, *places_asked, kind=kind)

    def similar_districts(self, crime: str = "") -> View:
        """Which districts are like ours, and is ours higher: rates of all crime, or of a type of
        the street files, with their intervals and usual ranges.
        """
        return self._view(place_questions.similar_districts, *([crime] if crime else []))

    def _view(self, look: Callable[..., View], *asked: object, **chosen: object) -> View:
        """A view with its line of code; the function has the name of its method here."""
        chosen = {word: value for word, value in chosen.items() if value is not None}
        keywords = [f"{word}={_written(value)}" for word, value in chosen.items()]
        arguments = ", ".join([*map(_written, asked), *keywords])
        view = look(self.project, *asked, **chosen)
        code = f"Workbench(month).{look.__name__}({arguments})"
        on_page = observations.came_with_task(self.project.root, self.project.month)
        findings = (*view.findings, *self._in_doubt(view, asked))
        return replace(view, code=code, findings=findings, on_page=on_page)

    def _in_doubt(self, view: View, asked: Iterable[object]) -> list[str]:
        """Doubts about the figures of the indicators shown that the view does not mention yet."""
        evidence, already = self.project.evidence, " ".join(view.findings).casefold()
        doubts = [t for key in asked if key in evidence for t in absences.in_doubt(evidence[key])]
        return [text for text in doubts if text.rstrip(".").casefold() not in already]


def _written(value: object) -> str:
    """A value as code writes it."""
    if isinstance(value, tuple):
        return f"({', '.join(map(_written, value))})"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else f"{value:g}"
