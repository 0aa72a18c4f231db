"""Loads a partnership's framework and everything it has received up to one month."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path

import pandas as pd

from saferplymouth import disclosure, framework, periods, sources
from saferplymouth.errors import NoProject, NotReceived
from saferplymouth.framework import Framework
from saferplymouth.indicators import evidence, watching
from saferplymouth.indicators.evidence import Evidence, Figures
from saferplymouth.store import (
    actions,
    completeness,
    edition_names,
    local_crime,
    observations,
    sign_offs,
)
from saferplymouth.store.local_crime import LocalCrime


class Project:
    """A partnership's framework and everything received up to a month, which must have its drop."""

    def __init__(self, month: str | pd.Period, root: Path | None = None):
        self.root = root or find_root(anywhere=True)
        self.month = edition_names.month(month, drops(self.root))
        self.framework: Framework = framework.load(self.root / "framework.toml")
        observations.refresh(self.root, self.framework, self.month)
        received = observations.received(self.root, self.month)
        self.everything = disclosure.with_small_counts_replaced(received, self.framework.indicators)
        self.signed = sign_offs.gather(self.root, self.month, self.framework)
        self.stood = self._stood(self.month)
        self._earlier: dict[pd.Period, Mapping[str, Evidence]] = {}
        self.restated = observations.restated(self.everything, self.month)
        raw = self.root / "data/raw"
        self.comments = sources.comments(raw, self.month, self.framework)
        self.papers = sources.papers(raw, self.month, self.framework)
        self.actions = actions.gather(self.root, self.month, self.framework)
        if not any(drop <= self.month for drop in observations.months(self.root)):
            raise NotReceived(
                f"there is no data up to {periods.words(self.month)}; put returns in its drop first"
            )

    def now(self) -> "Project":
        """This project with what its drops hold at this moment: itself, unless a figure has
        changed.
        """
        anew = Project(self.month, self.root)
        if not anew.stood.equals(self.stood) or not anew.everything.equals(self.everything):
            return anew
        self.comments = anew.comments
        return self

    @cached_property
    def evidence(self) -> Mapping[str, Evidence]:
        """The numbers about every indicator, by key."""
        task = observations.came_with_task(self.root, self.month)
        known = () if task else self._figures
        return Gathered(self.stood, self, self.month, self.odd, self.watched, known)

    @property
    def figures(self) -> Mapping[str, Evidence]:
        """The same, for what rests on the figures alone: it does not wait for what is expected."""
        return vars(self).get("evidence", self._unwatched)

    @cached_property
    def _unwatched(self) -> Mapping[str, Evidence]:
        return Gathered(self.stood, self, self.month, {}, {}, ())

    @cached_property
    def watched(self) -> Mapping[str, pd.DataFrame]:
        """What was expected of each indicator and what has changed: `surveillance.watch`."""
        path = self.root / watching.file(self.month)
        if observations.came_with_task(self.root, self.month):
            return watching.read(path.read_bytes())
        return evidence.watched(self._figures, self.framework, path)

    @cached_property
    def _figures(self) -> list[Figures]:
        return evidence.of_all(self.stood, self.framework, self.month)

    @cached_property
    def odd(self) -> Mapping[pd.Period, int]:
        """The months in question, since many series are low (-1) or high (1) in them at once."""
        known = observations.suspect_months_of_task(self.root, self.month)
        return evidence.suspect_directions(self._figures) if known is None else known

    @cached_property
    def local_crime(self) -> LocalCrime | None:
        """What the street files say of the partnership's places; None where none has come."""
        return local_crime.gather(self.root, self.month, self.framework.street, self.signed)

    def before(self, month: pd.Period | None = None) -> pd.Period | None:
        """The month of the last edition before this one, or before `month`; None where there was
        none.
        """
        until = self.month if month is None else month
        earlier = [drop for drop in observations.drops(self.root, self.month) if drop < until]
        return max(earlier, default=None)

    def earlier(self, month: pd.Period) -> Mapping[str, Evidence]:
        """The numbers about every indicator as they stood for an earlier edition, by key."""
        if month not in self._earlier:
            stood = self._stood(month)
            every = evidence.of_all(stood, self.framework, month)
            board = evidence.watched(every, self.framework)
            self._earlier[month] = Gathered(stood, self, month, {}, board, every)
        return self._earlier[month]

    def _stood(self, month: pd.Period) -> pd.DataFrame:
        """The figures as they stood for the edition of a month, with what was in doubt then."""
        known = self.everything[self.everything["received"] <= str(month)]
        by_then = [s for s in self.signed if s.drop <= str(month)]
        return completeness.with_doubts(observations.as_it_stood(known), self.framework, by_then)


class Gathered(Mapping):
    """The evidence on each indicator, gathered when it is first asked for."""

    def __init__(
        self,
        stood: pd.DataFrame,
        project: Project,
        month: pd.Period,
        odd: Mapping[pd.Period, int],
        board: Mapping[str, pd.DataFrame],
        figures: Iterable[Figures] = (),
    ):
        self._project, self._month, self._odd, self._gathered = project, month, odd, {}
        self._board, self._known = board, {known.indicator.key: known for known in figures}
        self._stood, self._none = dict(iter(stood.groupby("indicator"))), stood.iloc[:0]

    def __getitem__(self, key: str) -> Evidence:
        if key not in self._gathered:
            framework, stood = self._project.framework, self._stood.get(key, self._none)
            i = framework.indicators[key]
            unworked = i.worked_out and str(self._month) not in set(stood["period"])
            local = self._project.local_crime if unworked else None
            gathered = evidence.gather(
                stood,
                i,
                framework,
                self._month,
                local,
                self._odd,
                self._board,
                self._known.get(key),
            )
            self._gathered[key] = gathered
        return self._gathered[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._project.framework.indicators)

    def __len__(self) -> int:
        return len(self._project.framework.indicators)


def drops(root: Path) -> list[pd.Period]:
    """The months with a drop, or with figures made from one, oldest first."""
    return sorted({*sources.drops(root / "data/raw"), *observations.months(root)})


def find_root(*, anywhere: bool = False) -> Path:
    """The project's folder: the nearest one upwards from here that holds `framework.toml`.

    A notebook runs `anywhere`: if none is here, from its own place, which JupyterLab tells it, or
    from where this package is installed to be worked on; then it says so.
    """
    here, own = Path.cwd(), os.environ.get("JPY_SESSION_NAME", "")
    places = [here, Path(own), Path(__file__)] if anywhere else [here]
    for place in places:
        for folder in (place, *place.parents):
            if (folder / "framework.toml").is_file():
                return _told(folder) if place == Path(__file__) else folder
    cure = "work inside the project’s folder"
    cure += ", or give it in each call: root=Path(…)" if anywhere else ""
    raise NoProject(f"no framework.toml here or above ({here}): {cure}")


@cache
def _told(folder: Path) -> Path:
    """The folder that is used because there is no project here, told once."""
    print(f"No framework.toml in {Path.cwd()} or above: this is {folder}", file=sys.stderr)
    return folder
