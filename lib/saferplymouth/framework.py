"""The outcome framework: `framework.toml` as frozen values, checked whole when it is loaded.

Nothing about a partnership stands in code: its name, area, force, agencies, priority areas, indicators and
targets are all here. A mistake is refused with its key and the cure, every mistake at once.
"""

import calendar
import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from types import MappingProxyType

from saferplymouth.periods import FREQUENCIES, Calendar

AIMS = {"reduce": -1, "increase": 1, "increase reporting": 1, "at least": 1}
UNITS = ("count", "percent")


class FrameworkError(ValueError):
    """Everything wrong with `framework.toml`, one line each."""


@dataclass(frozen=True)
class Partnership:
    """Who publishes: `population` is residents by calendar year, `small_base` the smallest count that a
    percentage change is worked out on, and `financial_year_starts` a month's name."""

    name: str
    area: str
    force: str
    financial_year_starts: str
    contact: str
    licence: str
    small_base: int
    population_source: str
    population: Mapping[str, int]

    @property
    def calendar(self) -> Calendar:
        return Calendar(list(calendar.month_name).index(self.financial_year_starts))


@dataclass(frozen=True)
class Area:
    """A priority area: one notebook, one page."""

    key: str
    title: str
    priority: str

    @property
    def page(self) -> str:
        return self.key.replace("_", "-") + ".html"


@dataclass(frozen=True)
class Indicator:
    """What is counted, by whom, and which way is good.

    `counted` is the plural noun a sentence counts ("crimes"); `target` maps a financial year ("2016/17") to the
    cumulative target by period, or to one level that each period should reach.
    """

    key: str
    name: str
    area: str
    aim: str
    monitoring_only: bool
    frequency: str
    unit: str
    counted: str
    agency: str
    sensitive: bool
    definition: str
    why: str
    target: Mapping[str, tuple[float, ...] | float] = field(default_factory=dict)
    caveat: str = ""
    awaited: tuple[str, ...] = ()

    @property
    def good(self) -> int:
        """+1 where higher is better, −1 where lower is."""
        return AIMS[self.aim]

    @property
    def anchor(self) -> str:
        return self.key.replace("_", "-")


@dataclass(frozen=True)
class Framework:
    partnership: Partnership
    agencies: Mapping[str, str]
    areas: Mapping[str, Area]
    indicators: Mapping[str, Indicator]

    @property
    def calendar(self) -> Calendar:
        return self.partnership.calendar

    def of_area(self, key: str) -> tuple[Indicator, ...]:
        return tuple(i for i in self.indicators.values() if i.area == key)


def load(path: Path) -> Framework:
    """The framework in `path`; `FrameworkError` lists every mistake with its key and the cure."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FrameworkError(f"{path.name} is missing: every project has one at its top") from None
    except UnicodeDecodeError as error:
        raise FrameworkError(f"{path.name}: byte {error.start} is not UTF-8; save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise FrameworkError(f"{path.name}: {error}; correct the line, or remove what stands twice") from None
    return _Reader(path.name).framework(raw)


class _Reader:
    """Reads the parsed file, collecting every mistake before it refuses."""

    def __init__(self, name: str):
        self.name = name
        self.mistakes: list[str] = []

    def framework(self, raw: dict) -> Framework:
        self.unknown("", raw, ("partnership", "agencies", "areas", "indicators"))
        partnership = self.build(Partnership, "partnership", self.table(raw, "partnership"))
        agencies = self.table(raw, "agencies")
        areas = self.tables(Area, raw, "areas")
        indicators = self.tables(Indicator, raw, "indicators")
        for key, agency in agencies.items():
            self.check(isinstance(agency, str), f"agencies.{key}", "must be the agency's name in quotes")
        if partnership:
            self.partnership(partnership)
        for key, indicator in indicators.items():
            self.indicator(f"indicators.{key}", indicator, agencies, areas, partnership)
        for key in areas:
            wanted = any(i.area == key for i in indicators.values())
            self.check(wanted, f"areas.{key}", "has no indicator; give it one, or remove the area")
        self.refuse_mistakes()
        return Framework(partnership, MappingProxyType(agencies), areas, indicators)

    def table(self, raw: Mapping, key: str) -> dict:
        found = raw.get(key, {})
        if not isinstance(found, dict) or not found:
            self.mistakes.append(f"{key}: the section [{key}] is missing; add it")
            return {}
        return found

    def tables(self, kind: type, raw: dict, key: str) -> Mapping:
        built = {}
        for name, entry in self.table(raw, key).items():
            place = f"{key}.{name}"
            usable = name.isidentifier() and name == name.lower() and name != "board_summary"
            self.check(usable, place, "is no key; use lower-case letters, digits and _ (board_summary is taken)")
            if not isinstance(entry, dict):
                self.mistakes.append(f"{place}: must be a section [{place}]")
            elif item := self.build(kind, place, entry | {"key": name}):
                built[name] = item
        return MappingProxyType(built)

    def build(self, kind: type, place: str, entry: dict):
        wanted = {f.name: f for f in fields(kind)}
        self.unknown(place, entry, wanted)
        before = len(self.mistakes)
        for name, spec in wanted.items():
            required = spec.default is MISSING and spec.default_factory is MISSING
            if name not in entry:
                self.check(not required, f"{place}.{name}", "is missing; add it")
            else:
                self.type(f"{place}.{name}", entry[name], spec.type)
        if len(self.mistakes) > before:
            return None
        return kind(**{name: _frozen(entry[name]) for name in wanted if name in entry})

    def type(self, place: str, value: object, kind: object) -> None:
        if kind is str:
            self.check(isinstance(value, str), place, "must be text in quotes")
            self.check(not isinstance(value, str) or value.strip() != "", place, "is empty; write it")
        elif kind is bool:
            self.check(isinstance(value, bool), place, "must be true or false")
        elif kind is int:
            self.check(_whole(value), place, "must be a whole number")
        elif kind == tuple[str, ...]:
            good = isinstance(value, list) and all(isinstance(v, str) for v in value)
            self.check(good, place, "must be a list of texts in quotes")
        else:
            self.check(isinstance(value, dict), place, f"must be a section [{place}]")

    def partnership(self, p: Partnership) -> None:
        self.choice("partnership.financial_year_starts", p.financial_year_starts, list(calendar.month_name)[1:])
        for year, residents in p.population.items():
            good = len(year) == 4 and year.isdigit() and _whole(residents) and residents > 0
            self.check(good, f"partnership.population.{year}", "must be a year = a whole number of residents")

    def indicator(self, place: str, i: Indicator, agencies: dict, areas: Mapping, p: Partnership | None) -> None:
        self.choice(f"{place}.area", i.area, areas)
        self.choice(f"{place}.aim", i.aim, AIMS)
        self.choice(f"{place}.frequency", i.frequency, FREQUENCIES)
        self.choice(f"{place}.unit", i.unit, UNITS)
        self.choice(f"{place}.agency", i.agency, agencies)
        self.check(i.aim != "at least" or bool(i.target), f"{place}.target", "is missing; 'at least' needs one")
        for year, target in i.target.items():
            self.target(f'{place}.target."{year}"', year, target, i, p)

    def target(self, place: str, year: str, target: object, i: Indicator, p: Partnership | None) -> None:
        if p and p.financial_year_starts in calendar.month_name:
            labels = [str(n) if p.calendar.start == 1 else f"{n}/{(n + 1) % 100:02d}" for n in range(1990, 2100)]
            self.check(year in labels, place, f'is no financial year; write it as "{labels[26]}"')
        if isinstance(target, tuple):
            count = FREQUENCIES.get(i.frequency, len(target))
            good = len(target) == count and all(_number(t) and t >= 0 for t in target)
            self.check(good, place, f"needs {count} cumulative targets, one for each {i.frequency}")
            rising = all(_number(t) for t in target) and list(target) == sorted(target)
            self.check(i.unit == "percent" or rising, place, "must not fall: these are cumulative targets")
        else:
            self.check(_number(target) and target >= 0, place, "must be a number, or a list of them")
        levels = target if isinstance(target, tuple) else (target,)
        fits = i.unit == "count" or all(not _number(t) or t <= 100 for t in levels)
        self.check(fits, place, "is a percentage over 100; write 0 to 100")

    def choice(self, place: str, value: str, allowed) -> None:
        self.check(value in allowed, place, f"'{value}' is not known; use one of: {', '.join(allowed)}")

    def unknown(self, place: str, entry: Mapping, wanted) -> None:
        for name in entry:
            if name not in wanted:
                near = difflib.get_close_matches(name, wanted, n=1)
                cure = f"did you mean '{near[0]}'?" if near else f"use: {', '.join(wanted)}"
                self.mistakes.append(f"{place}.{name}".lstrip(".") + f": is not a key of the framework; {cure}")

    def check(self, good: bool, place: str, mistake: str) -> None:
        if not good:
            self.mistakes.append(f"{place}: {mistake}")

    def refuse_mistakes(self) -> None:
        if self.mistakes:
            raise FrameworkError("\n".join(f"{self.name}: {m}" for m in self.mistakes))


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def _frozen(value: object) -> object:
    if isinstance(value, dict):
        return MappingProxyType({k: _frozen(v) for k, v in value.items()})
    return tuple(_frozen(v) for v in value) if isinstance(value, list) else value
