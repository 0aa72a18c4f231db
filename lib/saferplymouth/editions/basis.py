"""What the pages of an edition rest on, worked out when it is first needed. Its digests are kept
for as long as the drops up to the edition, the framework, the notebooks and the suite are the same.
"""

import io
import json
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from saferplymouth import disclosure, sources
from saferplymouth.editions import tasks
from saferplymouth.editions.tasks import digest, digests
from saferplymouth.indicators import evidence, watching
from saferplymouth.pages import page_list
from saferplymouth.pages.page_list import FRONT, PLACES, QUALITY
from saferplymouth.sources import SignOff, recipes
from saferplymouth.sources.actions import Action
from saferplymouth.store import actions, completeness, local_crime, observations, sign_offs
from saferplymouth.store.atomic import atomic_write
from saferplymouth.store.edition_names import EditionName
from saferplymouth.store.local_crime import LocalCrime
from saferplymouth.store.observations import Drops
from saferplymouth.store.published import sha256

FOLDER = "data/processed/plans"
WORKBENCH = b"Workbench("  # what a notebook calls to see more than its area
WITHHELD = "withheld: its digest could be used to find a hidden count"


class Basis:
    """What the pages of an `edition` rest on, from the drops as they stood.

    Raises `sources.Refused` if a drop cannot be read.
    """

    def __init__(self, drops: Drops, edition: EditionName):
        self.drops, self.edition, self.month = drops, edition, edition.month
        self.root, self.framework = drops.root, drops.framework
        looks = ["framework.toml", self.framework.partnership.logo]
        self.defined = {name: (self.root / name).read_bytes() for name in filter(None, looks)}
        drops.read(self.month)
        self._path, key = self.root / FOLDER / f"{edition.name}.json", self._key()
        self._kept = _kept(self._path, key)
        self._changed, self._pages = not self._kept, {}
        if self._changed:
            self.signed, self.actions  # noqa: B018 (they can be refused, as can the street files)
            titles = page_list.pages(self.root, self.framework, edition, self.local)
            self._kept = {"of": key, "titles": titles, "pages": {}}

    def _key(self) -> str:
        notebooks = sorted((self.root / "notebooks").glob("*.ipynb"))
        rules = [recipes.digest(self.root), digests(self.defined), tasks.toolchain()]
        rules += [[path.name, self.drops.digests.of(path)] for path in notebooks]
        return digest([self.edition.name, self.drops.digest(self.month), rules])

    def save(self) -> None:
        """Keep the digests for the next process, where they can be written."""
        if self._changed:
            with suppress(OSError), atomic_write(self._path) as path:
                path.write_text(json.dumps(self._kept), encoding="utf-8")
            self._changed = False

    @property
    def titles(self) -> dict[str, str]:
        """The title of each page that the edition has."""
        return self._kept["titles"]

    def digests(self, key: str) -> dict[str, str]:
        """A digest of each kind of thing from the drops that a page rests on."""
        return self._once(self._kept["pages"], key, lambda: self.of_page(key)[1])

    @property
    def inputs(self) -> dict[str, str]:
        """SHA-256 of every file of the drops up to the edition, or why it is withheld."""
        found, files = {}, self.drops.files
        for month in files:
            if month <= self.month:
                found |= sources.inputs(self.drops.raw, month, files[month])
        rules = self.framework.indicators
        withheld = self._once(
            self._kept, "withheld", lambda: disclosure.sources(self._received, rules)
        )
        return found | dict.fromkeys(withheld, WITHHELD)

    def _once(self, known: dict, key: str, work: Callable) -> object:
        if key not in known:
            known[key], self._changed = work(), True
        return known[key]

    @cached_property
    def signed(self) -> tuple[SignOff, ...]:
        return sign_offs.gather(self.root, self.month, self.framework)

    @cached_property
    def local(self) -> LocalCrime | None:
        return local_crime.gather(self.root, self.month, self.framework.street, self.signed)

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        return actions.gather(self.root, self.month, self.framework)

    @cached_property
    def _received(self) -> pd.DataFrame:
        return self.drops.received(self.month)

    @cached_property
    def _shown(self) -> pd.DataFrame:
        return disclosure.with_small_counts_replaced(self._received, self.framework.indicators)

    @cached_property
    def _figures(self) -> list[evidence.Figures]:
        stood = observations.as_it_stood(self._shown)
        stood = completeness.with_doubts(stood, self.framework, self.signed)
        return evidence.of_all(stood, self.framework, self.month)

    @cached_property
    def _odd(self) -> bytes:
        odd = evidence.suspect_directions(self._figures)
        return tasks.canonical({str(at): way for at, way in odd.items()})

    @cached_property
    def _watched(self) -> dict[str, pd.DataFrame]:
        path = self.root / watching.file(self.month)
        return evidence.watched(self._figures, self.framework, path)

    @cached_property
    def _all_figures(self) -> bytes:
        return _parquet(self._shown)

    @cached_property
    def _all_watched(self) -> bytes:
        return watching.write(self._watched, self._watched)

    def of_page(self, key: str) -> tuple[dict[str, bytes], dict[str, str]]:
        """The files that a page's worker gets, by path within the project, and their `digests`. An
        area's page gets its own figures and those they are compared with. A page without an area,
        or one that uses the workbench, gets all of them.
        """
        if key not in self._pages:
            self._pages[key] = self._of_page(key)
        return self._pages[key]

    def _of_page(self, key: str) -> tuple[dict[str, bytes], dict[str, str]]:
        month, framework = self.month, self.framework
        indicators = tuple(i.key for i in framework.of_area(key))
        explores = WORKBENCH in self.notebook(key)
        own, watched = self._all_figures, self._all_watched
        about = {sign_off.about for sign_off in self.signed}
        if indicators and not explores:
            about = {*indicators, *(framework.indicators[i].compare_with for i in indicators)}
            own = _parquet(self._shown[self._shown["indicator"].isin(about)])
            watched = watching.write(self._watched, about)
        drops = " ".join(map(str, observations.drops(self.root, month))).encode()
        comments = self._comments(indicators)
        papers = {} if indicators else self._latest_papers()
        if indicators or key in FRONT:
            papers |= actions.files_for_worker(self.actions, month, indicators)
        places = explores or key in (*PLACES, QUALITY)
        street = self._street() if places or self._lacks_worked_out(indicators) else {}
        signed = sign_offs.files_for_worker(self.signed, month, about)
        # a comment can mention any indicator, so it is checked against all figures
        figures = self._all_figures if comments else own
        files = self.defined | {observations.DROPS: drops} | comments | papers | street | signed
        files |= {observations.odd_file(month): self._odd}
        files |= {f"data/processed/{month}.parquet": figures}
        files[watching.file(month)] = self._all_watched if comments else watched
        checked = digests(comments)
        if comments:
            checked["checked against"] = sha256(figures)
        return files, {
            "its figures": sha256(own + self._odd + watched + b"".join(signed.values())),
            "its comments": digest(checked),
            "the board's papers": digest(digests(papers)),
            "the street files": digest([*digests(street).items()] if places else []),
            "the earlier editions": sha256(drops),
        }

    def notebook(self, key: str) -> bytes:
        """A page's notebook; empty if there is none."""
        path = self.root / "notebooks" / f"{key}.ipynb"
        return path.read_bytes() if path.is_file() else b""

    def _comments(self, indicators: tuple[str, ...]) -> dict[str, bytes]:
        folder = f"data/raw/{self.month}/comments"
        paths = {f"{folder}/{i}.md": self.root / folder / f"{i}.md" for i in indicators}
        return {name: path.read_bytes() for name, path in paths.items() if path.is_file()}

    def _latest_papers(self) -> dict[str, bytes]:
        drops = sources.latest_papers(self.root / "data/raw", self.month)
        paths = [path for names in drops.values() for path in names.values()]
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in paths}

    def _lacks_worked_out(self, indicators: tuple[str, ...]) -> bool:
        """Whether a page has to say why an indicator is not calculated from the street files."""
        there = set(self._shown.loc[self._shown["period"] == str(self.month), "indicator"])
        shown = indicators or self.framework.indicators
        return any(self.framework.indicators[i].worked_out and i not in there for i in shown)

    def _street(self) -> dict[str, bytes]:
        return local_crime.files_for_worker(self.local, self.month) if self.local else {}


def _kept(path: Path, key: str) -> dict:
    """What was kept of the same things; empty if nothing was."""
    with suppress(OSError, ValueError, RecursionError):
        kept = json.loads(path.read_bytes())
        if isinstance(kept, dict) and kept.get("of") == key:
            return kept
    return {}


def _parquet(frame: pd.DataFrame) -> bytes:
    written = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(frame, observations.SCHEMA, preserve_index=False), written)
    return written.getvalue()
