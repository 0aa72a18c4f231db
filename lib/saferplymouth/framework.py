"""The outcome framework: `framework.toml` as frozen values, checked whole when it is loaded.

Nothing about a partnership stands in code: its name, area, force, agencies, priority areas, indicators and
targets are all here. A mistake is refused with its key and the cure, every mistake at once.
"""

import calendar
import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from types import MappingProxyType

from saferplymouth.periods import FREQUENCIES, MONTH, Calendar

MONTHS = list(calendar.month_name)[1:]
AIMS = {"reduce": -1, "increase": 1, "increase reporting": 1, "at least": 1}
UNITS = ("count", "percent")
LARGEST = 10**12
TAKEN = ("board_summary", "index")  # names of files that every edition has


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
        return Calendar(MONTHS.index(self.financial_year_starts) + 1)


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
    cumulative target by period, or to one level that each period should reach. `awaited` names rows of the table
    that no data has come for, `compare_with` the indicator that should move with this one, and `new_baseline` maps
    a month to the cause for which its control chart starts afresh there.
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
    compare_with: str = ""
    new_baseline: Mapping[str, str] = field(default_factory=dict)

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
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
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
        self.agencies(agencies)
        self.partnership(_section(raw, "partnership"))
        self.indicators(_section(raw, "indicators"), raw)
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
            usable = re.fullmatch("[a-z][a-z0-9_]*", name) is not None and name not in TAKEN
            taken = " and ".join(TAKEN)
            self.check(usable, place, f"is no key; use lower-case letters, digits and _ ({taken} are taken)")
            if not isinstance(entry, dict):
                self.mistakes.append(f"{place}: must be a section [{place}]")
            elif item := self.build(kind, place, entry, key=name):
                built[name] = item
        return MappingProxyType(built)

    def build(self, kind: type, place: str, entry: dict, **given):
        wanted = {f.name: f for f in fields(kind) if f.name not in given}
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
        return kind(**given, **{name: _frozen(entry[name]) for name in wanted if name in entry})

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

    def agencies(self, agencies: dict) -> None:
        for key, agency in agencies.items():
            named = isinstance(agency, str) and agency.strip() != ""
            self.check(named, f"agencies.{key}", "must be the agency's name in quotes")

    def partnership(self, p: dict) -> None:
        self.choice("partnership.financial_year_starts", p.get("financial_year_starts"), MONTHS)
        small_base = p.get("small_base")
        self.check(not _whole(small_base) or small_base >= 0, "partnership.small_base", "must not be negative")
        for year, residents in _section(p, "population").items():
            good = re.fullmatch("[0-9]{4}", year) and _whole(residents) and residents > 0
            self.check(bool(good), f"partnership.population.{year}", "must be a year = a whole number of residents")

    def indicators(self, indicators: dict, raw: dict) -> None:
        """What one entry must be for another's sake; read from the file itself, so that no mistake hides another."""
        agencies, areas = _section(raw, "agencies"), _section(raw, "areas")
        starts = _section(raw, "partnership").get("financial_year_starts")
        choices = {"area": areas, "aim": AIMS, "frequency": FREQUENCIES, "unit": UNITS, "agency": agencies}
        for key in indicators:
            place, entry = f"indicators.{key}", _section(indicators, key)
            for name, allowed in choices.items():
                self.choice(f"{place}.{name}", entry.get(name), allowed)
            targets = _section(entry, "target")
            wanted = entry.get("aim") == "at least" and not entry.get("target")
            self.check(not wanted, f"{place}.target", "is missing; 'at least' needs one")
            for year, target in targets.items():
                self.financial_year(f'{place}.target."{year}"', year, starts)
                self.target(f'{place}.target."{year}"', target, entry)
            shielded = not (entry.get("sensitive") is True and entry.get("unit") == "percent")
            self.check(shielded, f"{place}.sensitive", "cannot be true of a percentage; send the counts it is made of")
            self.choice(f"{place}.compare_with", entry.get("compare_with"), [i for i in indicators if i != key])
            for start, cause in _section(entry, "new_baseline").items():
                good = bool(MONTH.fullmatch(start)) and isinstance(cause, str) and bool(cause.strip())
                self.check(good, f'{place}.new_baseline."{start}"', 'must be a month and its cause, "2016-11" = "…"')
        for key in areas:
            used = any(_section(indicators, i).get("area") == key for i in indicators)
            self.check(used, f"areas.{key}", "has no indicator; give it one, or remove the area")

    def financial_year(self, place: str, year: str, starts: object) -> None:
        if starts in MONTHS:
            labels = [str(n) if starts == MONTHS[0] else f"{n}/{(n + 1) % 100:02d}" for n in range(1990, 2100)]
            self.check(year in labels, place, f'is no financial year; write it as "{labels[26]}"')

    def target(self, place: str, target: object, entry: dict) -> None:
        percent, frequency = entry.get("unit") == "percent", entry.get("frequency")
        levels = target if isinstance(target, list) else [target]
        numbers = all(_number(t) and t >= 0 for t in levels)
        if isinstance(target, list):
            count = FREQUENCIES.get(str(frequency), len(target))
            kind = "" if percent else "cumulative "
            good = numbers and len(target) == count
            self.check(good, place, f"needs {count} {kind}targets, one for each {frequency}")
            self.check(percent or not numbers or target == sorted(target), place, "must not fall: it is cumulative")
        else:
            self.check(numbers, place, "must be a number of 0 or more, or a list of them")
        self.check(not percent or not numbers or max(levels, default=0) <= 100, place, "is over 100; write 0 to 100")

    def choice(self, place: str, value: object, allowed) -> None:
        """Checks a text; what is no text, or empty, has been told already."""
        good = not isinstance(value, str) or not value.strip() or value in allowed
        self.check(good, place, f"'{value}' is not known; use one of: {', '.join(allowed)}")

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
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < LARGEST


def _section(raw: Mapping, key: str) -> dict:
    found = raw.get(key)
    return found if isinstance(found, dict) else {}


def _frozen(value: object) -> object:
    if isinstance(value, dict):
        return MappingProxyType({k: _frozen(v) for k, v in value.items()})
    return tuple(_frozen(v) for v in value) if isinstance(value, list) else value
