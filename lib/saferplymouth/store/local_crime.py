"""Street-level crime for a partnership: its small areas, and the districts of its force."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from saferplymouth import sources
from saferplymouth.framework import ASB, TYPES, Street
from saferplymouth.periods import Calendar
from saferplymouth.sources import Geography, SignOff
from saferplymouth.store import completeness, street_counts
from saferplymouth.store.completeness import Doubt
from saferplymouth.store.street_counts import StreetCounts

NOWHERE = ""  # the district of a crime without a location
CELLS, FILES = "cells", "files"


@dataclass(frozen=True)
class LocalCrime:
    """The counts of the partnership's force as they stood for an edition.

    `counted` has columns month, lsoa, name, district, type and count, with small areas in the
    partnership's districts only. `files` has a row for each file used, of any force (see
    `street_counts.StreetCounts`). Both are as `street_counts.stood` counted them. `signed` is what
    analysts accepted. Figures use only `cells`, the counts of `months`.
    """

    counted: pd.DataFrame
    files: pd.DataFrame
    geography: Geography
    street: Street
    signed: tuple[SignOff, ...] = ()

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
            code: [getattr(area, column) for column in columns]
            for code, area in self.geography.areas.items()
            if street_counts.district(area.name) in self.street.districts
        }
        if not rows:
            named = self._local.drop_duplicates("lsoa")[["lsoa", "name"]]
            rows = {code: (name, name[:-1], "", None) for code, name in named.to_numpy()}
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
        return frame.astype({"people": float}).sort_index()

    @cached_property
    def _local(self) -> pd.DataFrame:
        return self.cells[self.cells["district"].isin(self.street.districts)]

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
        for area in self.geography.areas.values():
            pairs.setdefault(area.msoa, []).append((area.neighbourhood, area.ward))
        return {msoa: Counter(sorted(some)).most_common(1)[0][0] for msoa, some in pairs.items()}

    @cached_property
    def areas_without_neighbourhood(self) -> list[str]:
        """The names of small areas with incidents that are in no neighbourhood."""
        local = self.local
        return sorted(local.loc[local["neighbourhood"] == "", "name"].unique())

    @property
    def people_counted(self) -> bool:
        """Whether the look-up gives the residents of each small area."""
        return bool(self.areas["people"].notna().all())

    @cached_property
    def neighbourhood_names(self) -> dict[str, str]:
        """Each neighbourhood with its wards, as people name them: `Mutley (Compton; Drake)`."""
        wards = self.areas[self.areas["ward"] != ""].groupby("neighbourhood")["ward"].unique()
        return {
            n: f"{n} ({'; '.join(sorted(wards[n]))})" if n in wards else n
            for n in self.areas["neighbourhood"]
        }

    @cached_property
    def strange_types(self) -> list[str]:
        """Types of crime in the files that are not known types of data.police.uk."""
        return sorted(set(self.cells["type"]) - {*TYPES, *self.street.new_types})

    @cached_property
    def unseen_types(self) -> list[str]:
        """The types of crime listed as new that no file has."""
        return sorted(set(self.street.new_types) - {*TYPES, *self.cells["type"]})


def is_crime(cells: pd.DataFrame) -> pd.Series:
    """Which cells are recorded crime: all except anti-social behaviour, which is incidents."""
    return cells["type"] != ASB


def gather(
    root: Path, month: pd.Period, settings: Street, signed: tuple[SignOff, ...] = ()
) -> LocalCrime | None:
    """The local crime for the edition of `month`; None if no file of the force has arrived.

    A page's worker is given the counts; elsewhere they are read, which can raise `Refused`.
    """
    handed = {kind: root / _path(month, kind) for kind in (CELLS, FILES)}
    if all(path.is_file() for path in handed.values()):
        cells, files = (pd.read_parquet(handed[kind]) for kind in (CELLS, FILES))
    else:
        street_counts.refresh(root, month)
        cells, files = _own(street_counts.as_it_stood(root, month), settings)
    if not (files["force"] == settings.force).any():
        return None
    return LocalCrime(cells, files, sources.geography(root / "data/raw", month), settings, signed)


def _own(counts: StreetCounts, settings: Street) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The force's counts: by small area in the partnership's districts, by district elsewhere."""
    keys = ["month", "lsoa", "name", "district", "type"]
    own = counts.cells[counts.cells["force"] == settings.force].drop(columns="force")
    own = own.astype(dict.fromkeys(keys, object))
    away = ~own["district"].isin(settings.districts)
    own = own.assign(lsoa=own["lsoa"].mask(away, ""), name=own["name"].mask(away, ""))
    return own.groupby(keys, as_index=False, sort=True)["count"].sum(), counts.files


def files_for_worker(local: LocalCrime, month: pd.Period) -> dict[str, bytes]:
    """The counts as files for a page's worker, by path within the project."""
    frames = {CELLS: local.counted, FILES: local.files}
    return {_path(month, kind): frame.to_parquet(index=False) for kind, frame in frames.items()}


def _path(month: pd.Period, kind: str) -> str:
    return f"data/processed/street/{month}.{kind}.parquet"
