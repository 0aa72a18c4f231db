"""Street-level crime for a partnership: its small areas, and the districts of its force."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from saferplymouth.framework import ASB, TYPES, Street
from saferplymouth.periods import Calendar
from saferplymouth.sources import Geography, SignOff, SmallArea
from saferplymouth.sources.boundaries import Boundaries
from saferplymouth.statistics import populations
from saferplymouth.store import completeness, places, street_counts
from saferplymouth.store.completeness import Doubt
from saferplymouth.store.street_counts import StreetCounts, district

NOWHERE = ""  # the district of a crime without a location
CELLS, FILES, SIMILAR = "cells", "files", "similar"
SIMILAR_COLUMNS = ["month", "force", "district", "type", "count"]


@dataclass(frozen=True)
class LocalCrime:
    """The counts of the partnership's force as they stood for an edition.

    `counted` has columns month, lsoa, name, district, type and count, with small areas in the
    partnership's districts only. `files` has a row for each file used, of any force (see
    `street_counts.StreetCounts`). Both are as `street_counts.stood` counted them. `signed` is what
    analysts accepted. Figures use only `cells`, the counts of `months`. `similar` counts the
    framework's similar areas by month, force, district and type, of any force.
    """

    counted: pd.DataFrame
    files: pd.DataFrame
    geography: Geography
    street: Street
    signed: tuple[SignOff, ...] = ()
    similar: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=SIMILAR_COLUMNS))

    @cached_property
    def come(self) -> pd.PeriodIndex:
        """The months with a file of the force."""
        return pd.PeriodIndex(sorted(set(self.own_files["month"])), freq="M")

    @cached_property
    def months(self) -> pd.PeriodIndex:
        """The months whose file is complete, or was accepted."""
        return self.come[[month not in self.incomplete for month in self.come]]

    @cached_property
    def doubts(self) -> dict[pd.Period, Doubt]:
        """The months whose file may be incomplete, accepted or not."""
        return completeness.street_file_doubts(
            self.counted, self.own_files, self.street.districts, self.signed
        )

    @property
    def incomplete(self) -> dict[pd.Period, Doubt]:
        """The months whose file may be incomplete and was not accepted: no figure uses them."""
        return {month: doubt for month, doubt in self.doubts.items() if doubt.signed is None}

    @cached_property
    def cells(self) -> pd.DataFrame:
        """The counts of `months`."""
        if not self.incomplete:
            return self.counted
        return self.counted[self.counted["month"].isin(self.months.astype(str))]

    @property
    def misses_districts(self) -> bool:
        """Whether no file has a row in the partnership's districts."""
        return not self.counted["district"].isin(self.street.districts).any()

    @property
    def own_files(self) -> pd.DataFrame:
        """The files of the partnership's force."""
        return self.files[self.files["force"] == self.street.force]

    def year_to(self, month: pd.Period, calendar: Calendar) -> pd.PeriodIndex:
        """The months with a file, from the start of the financial year to `month`."""
        opens = calendar.year(month).asfreq("M", "start")
        return self.months[(self.months >= opens) & (self.months <= month)]

    @cached_property
    def areas(self) -> pd.DataFrame:
        """The partnership's small areas by code: name, neighbourhood, ward and residents (NaN if
        not counted). Without a look-up they are the ones the files name.
        """
        columns = ["name", "neighbourhood", "ward", "people"]
        rows = {
            code: [area.name, self._neighbourhood(area), area.ward, area.people]
            for code, area in self._lookup.items()
        }
        if not rows:
            named = self._placed.drop_duplicates("lsoa")[["lsoa", "name"]]
            rows = {code: (name, name[:-1], "", None) for code, name in named.to_numpy()}
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
        return frame.astype({"people": float}).sort_index()

    @cached_property
    def _placed(self) -> pd.DataFrame:
        """The cells of the partnership's districts, as their files have them."""
        return self.cells[self.cells["district"].isin(self.street.districts)]

    @cached_property
    def _lookup(self) -> dict[str, SmallArea]:
        """The partnership's small areas of the census that most of its crime is placed by: of the
        latest look-up where several have as much.
        """
        counts = self._placed.groupby("lsoa", observed=True)["count"].sum()
        own = [
            {c: a for c, a in areas.items() if district(a.name) in self.street.districts}
            for areas in reversed(self.geography.lookups.values())
        ]
        return max(own, key=lambda areas: counts.reindex(areas).sum(), default={})

    def _neighbourhood(self, area: SmallArea) -> str:
        """The neighbourhood of a small area as people call it, from any look-up that names it."""
        named = area.neighbourhood != area.msoa
        return area.neighbourhood if named else self._names_by_msoa.get(area.msoa, area.msoa)

    @cached_property
    def _names_by_msoa(self) -> dict[str, str]:
        lookups = self.geography.lookups.values()
        every = [area for areas in lookups for area in areas.values()]
        return {area.msoa: area.neighbourhood for area in every if area.neighbourhood != area.msoa}

    @cached_property
    def _shares(self) -> dict[str, set[str]]:
        """The small areas of the look-up that share land with each code of another census."""
        shares: dict[str, set[str]] = {}
        for pair in self.geography.changes:
            for code, other in (pair, pair[::-1]):
                if other in self._lookup and code not in self._lookup:
                    shares.setdefault(code, set()).add(other)
        return shares

    @cached_property
    def _parts(self) -> dict[str, set[str]]:
        """The codes of another census that share land with each small area of the look-up."""
        parts: dict[str, set[str]] = {}
        for code, others in self._shares.items():
            for other in others:
                parts.setdefault(other, set()).add(code)
        return parts

    @cached_property
    def _local(self) -> pd.DataFrame:
        """The same, with each code of another census that lies in one small area as that one."""
        within = {code: next(iter(some)) for code, some in self._shares.items() if len(some) == 1}
        return self._placed.assign(lsoa=self._placed["lsoa"].replace(within))

    @cached_property
    def local(self) -> pd.DataFrame:
        """The cells of the partnership's districts, each with its neighbourhood and ward.

        A small area that is not in the look-up, such as one from another census, gets the
        neighbourhood its name says, and the ward of most of that neighbourhood's areas; both are
        empty if there is none.
        """
        places = self._local[["lsoa", "name"]].drop_duplicates("lsoa").set_index("lsoa")
        by_name = [self._by_name.get(name[:-1], ("", "")) for name in places["name"]]
        columns = ["neighbourhood", "ward"]
        where = pd.DataFrame(by_name, places.index, columns, dtype=object)
        where.update(self.areas[columns])
        return self._local.join(where, on="lsoa")

    @cached_property
    def _by_name(self) -> dict[str, tuple[str, str]]:
        """The neighbourhood and commonest ward by MSOA name (Anytown 003)."""
        pairs: dict[str, list[tuple[str, str]]] = {}
        for area in self._lookup.values():
            pairs.setdefault(area.msoa, []).append((self._neighbourhood(area), area.ward))
        return {msoa: Counter(sorted(some)).most_common(1)[0][0] for msoa, some in pairs.items()}

    @cached_property
    def areas_without_neighbourhood(self) -> list[str]:
        """The names of small areas with incidents that are in no neighbourhood."""
        local = self.local
        return sorted(local.loc[local["neighbourhood"] == "", "name"].unique())

    def people(self, year: str) -> tuple[str, pd.Series]:
        """The residents of each small area (NaN where not known), and the year of the estimates:
        the latest up to mid-`year`, or else the first after it; "" for those of the look-up, which
        says no year.

        An area that was split counts its parts; of areas that became one, none is known.
        """
        at = populations.nearest(self.geography.people, year)
        if at is None:
            return "", self.areas["people"]
        people, whole = self.geography.people[at], {}
        for code in self.areas.index:
            parts = self._parts.get(code, set())
            if code in people:
                whole[code] = people[code]
            elif parts and all(p in people and self._shares[p] == {code} for p in parts):
                whole[code] = sum(people[part] for part in parts)
        return at, pd.Series(whole, dtype=float).reindex(self.areas.index)

    @cached_property
    def deprivation(self) -> pd.DataFrame:
        """How deprived each small area is, where that is known: its `rank`, `decile` and `score`
        (see `sources.Deprived`). Of an area with parts in several deciles nothing is known.
        """
        known, each = self.geography.deprivation, {}
        for code in self.areas.index:
            parts = [known[part] for part in self._parts.get(code, ()) if part in known]
            parts = [known[code]] if code in known else parts
            if parts and len({part.decile for part in parts}) == 1:
                each[code] = pd.DataFrame(map(vars, parts), dtype=float).mean()
        columns = ["rank", "decile", "score"]
        return pd.DataFrame.from_dict(each, orient="index", columns=columns, dtype=float)

    @cached_property
    def outlines(self) -> Boundaries:
        """The boundaries of small areas, of the census that has most of them."""
        known = self.areas.index
        every = reversed(self.geography.small.values())
        return max(every, key=lambda shapes: known.isin(list(shapes)).sum(), default={})

    @cached_property
    def neighbourhood_names(self) -> dict[str, str]:
        """Each neighbourhood with its wards, as people name them: `Mutley (Compton; Drake)`."""
        wards = self.areas[self.areas["ward"] != ""].groupby("neighbourhood")["ward"].unique()
        return {
            n: f"{n} ({'; '.join(sorted(wards[n]))})" if n in wards else n
            for n in self.areas["neighbourhood"]
        }

    @cached_property
    def types(self) -> list[str]:
        """The types of crime in the files, in order of the alphabet."""
        return sorted(set(self.cells["type"]))

    @property
    def strange_types(self) -> list[str]:
        """Types of crime in the files that are not known types of data.police.uk."""
        return sorted({*self.types} - {*TYPES, *self.street.new_types})

    @property
    def unseen_types(self) -> list[str]:
        """The types of crime listed as new that no file has."""
        return sorted(set(self.street.new_types) - {*TYPES, *self.types})


def is_crime(cells: pd.DataFrame) -> pd.Series:
    """Which cells are recorded crime: all except anti-social behaviour, which is incidents."""
    return cells["type"] != ASB


def gather(
    root: Path, month: pd.Period, settings: Street, signed: tuple[SignOff, ...] = ()
) -> LocalCrime | None:
    """The local crime for the edition of `month`; None if no file of the force has arrived.

    A page's worker is given the counts; elsewhere they are read, which can raise `Refused`.
    """
    handed = [root / _path(month, kind) for kind in (CELLS, FILES, SIMILAR)]
    if all(path.is_file() for path in handed):
        cells, files, similar = map(pd.read_parquet, handed)
        geography = places.unpacked((root / places.path(month)).read_bytes())
    else:
        street_counts.refresh(root, month)
        counts = street_counts.as_it_stood(root, month)
        (cells, files), similar = _own(counts, settings), _similar(counts, settings)
        geography = places.gather(root, month, settings.districts)
    if not (files["force"] == settings.force).any():
        return None
    return LocalCrime(cells, files, geography, settings, signed, similar)


def _similar(counts: StreetCounts, settings: Street) -> pd.DataFrame:
    """The counts of the similar areas, of any force."""
    *keys, count = SIMILAR_COLUMNS
    cells = counts.cells[counts.cells["district"].isin(settings.similar)]
    cells = cells.astype(dict.fromkeys(keys, object))
    return cells.groupby(keys, as_index=False, sort=True)[count].sum()


def _own(counts: StreetCounts, settings: Street) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The force's counts: by small area in the partnership's districts, by district elsewhere."""
    keys = ["month", "lsoa", "name", "district", "type"]
    own = counts.cells[counts.cells["force"] == settings.force].drop(columns="force")
    own = own.astype(dict.fromkeys(keys, object))
    away = ~own["district"].isin(settings.districts)
    own = own.assign(lsoa=own["lsoa"].mask(away, ""), name=own["name"].mask(away, ""))
    return own.groupby(keys, as_index=False, sort=True)["count"].sum(), counts.files


def files_for_worker(local: LocalCrime, month: pd.Period) -> dict[str, bytes]:
    """The counts and the geography as files for a page's worker, by path within the project."""
    frames = {CELLS: local.counted, FILES: local.files, SIMILAR: local.similar}
    files = {_path(month, kind): frame.to_parquet(index=False) for kind, frame in frames.items()}
    return files | {places.path(month): places.packed(local.geography)}


def _path(month: pd.Period, kind: str) -> str:
    return f"data/processed/street/{month}.{kind}.parquet"
