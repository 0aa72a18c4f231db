"""Reads `framework.toml`, collecting every mistake with its key and cure before it refuses."""

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields, replace
from pathlib import Path
from types import MappingProxyType

from saferplymouth.errors import known_keys, printable, unfit
from saferplymouth.framework.raw import (
    FrameworkError,
    filled,
    frozen,
    number,
    parsed,
    section,
    texts,
    whole,
)
from saferplymouth.framework.values import (
    AIMS,
    ALL_CRIME,
    ASB,
    BASES,
    COUNT,
    GAP,
    KEY,
    KEYS,
    MONTHS,
    PERCENT,
    POUNDS,
    RATE,
    RESIDENTS,
    TAKEN,
    TYPES,
    UNITS,
    Area,
    Breakdown,
    Dimension,
    Framework,
    Indicator,
    Matrix,
    Partnership,
    Population,
    Street,
    file_name,
    is_key,
    new_types,
    slip,
)
from saferplymouth.periods import FREQUENCIES, MONTH

COLUMNS = (
    "year",
    "issue",
    "area",
    "indicator",
    "confidence",
    "scored_by",
    "scored_on",
    "illustrative",
)
SECTIONS = ("partnership", "agencies", "populations", "areas", "indicators", "matrix", "street")


def load(path: Path) -> Framework:
    """The framework in `path`; `FrameworkError` lists every mistake with its key and the cure."""
    try:
        return _Reader(path.name).framework(parsed(path))
    except (MemoryError, RecursionError):
        raise FrameworkError(
            f"{path.name} is nested too deeply; keep to the sections of docs/framework.md"
        ) from None


class _Reader:
    """Reads the parsed file, collecting every mistake before it refuses."""

    def __init__(self, name: str):
        self.name = name
        self.mistakes: list[str] = []

    def framework(self, raw: dict) -> Framework:
        self.unknown("", raw, SECTIONS)
        self.mistakes += [
            f"{place}: '{t[:40]}' {'; '.join(wrong)}"
            for place, t in texts(raw)
            if (wrong := unfit(t))
        ]
        partnership = self.build(Partnership, "partnership", self.table(raw, "partnership"))
        agencies = self.table(raw, "agencies")
        populations = self.tables(Population, raw, "populations") if "populations" in raw else {}
        areas = self.tables(Area, raw, "areas")
        indicators = self.tables(Indicator, raw, "indicators")
        matrix = self.matrix(section(raw, "matrix")) if "matrix" in raw else None
        street = self.street(raw)
        self.agencies(agencies)
        self.partnership(section(raw, "partnership"), agencies)
        for key, entry in section(raw, "populations").items():
            self.check(
                key != RESIDENTS,
                f"populations.{key}",
                "is [partnership.population]; use another key",
            )
            self.people(
                f"populations.{key}.people",
                entry.get("people") if isinstance(entry, dict) else None,
            )
        self.told_apart("areas", section(raw, "areas"), "title")
        self.told_apart("indicators", section(raw, "indicators"), "name")
        self.indicators(section(raw, "indicators"), raw)
        self.refuse_mistakes()
        residents = Population(RESIDENTS, partnership.population_source, partnership.population)
        populations = MappingProxyType({RESIDENTS: residents} | dict(populations))
        return Framework(
            partnership, MappingProxyType(agencies), areas, indicators, street, populations, matrix
        )

    def told_apart(self, place: str, entries: dict, name: str) -> None:
        """No two entries have one name: on a page no one could tell which is meant."""
        first: dict[str, str] = {}
        for key in entries:
            said = section(entries, key).get(name)
            other = first.setdefault(said.strip().casefold(), key) if isinstance(said, str) else key
            self.check(
                other == key,
                f"{place}.{key}.{name}",
                f"is that of {place}.{other} as well; change one of them",
            )

    def street(self, raw: dict) -> Street | None:
        """How street files are read; force and district are the partnership's own where nothing
        else is said.
        """
        p, given = section(raw, "partnership"), raw.get("street", {})
        self.check(isinstance(given, dict), "street", "must be a section [street]")
        force, area = (
            p.get(name) if isinstance(p.get(name), str) else "" for name in ("force", "area")
        )
        if not isinstance(given, dict) or not force.strip() or not area.strip():
            return None
        for one in new_types(raw):
            self.check(
                not (near := slip(one)), "street.new_types", f"'{one}' is nearly {near}; write that"
            )
        self.choice(
            "street.sensitive_types", given.get("sensitive_types"), [*TYPES, *new_types(raw)]
        )
        return self.build(
            Street, "street", {"force": file_name(force), "districts": [area]} | given
        )

    def table(self, raw: Mapping, key: str, within: str = "") -> dict:
        found = section(raw, key)
        self.check(bool(found), f"{within}{key}", f"the section [{within}{key}] is missing; add it")
        return found

    def tables(self, kind: type, raw: dict, key: str, within: str = "") -> Mapping:
        built = {}
        for name, entry in self.table(raw, key, within).items():
            place = f"{within}{key}.{name}"
            self.check(is_key(name), place, f"is no key; {KEYS} ({', '.join(TAKEN)} are taken)")
            if not isinstance(entry, dict):
                self.mistakes.append(f"{place}: must be a section [{place}]")
            elif item := self.item(kind, place, entry, name):
                built[name] = item
        return MappingProxyType(built)

    def item(self, kind: type, place: str, entry: dict, name: str):
        named = {"key": name} if "key" in kind.__dataclass_fields__ else {}
        item = self.build(kind, place, entry, **named)
        divided = isinstance(item, Indicator) and item.breakdowns
        return replace(item, breakdowns=self.breakdowns(place, entry)) if divided else item

    def breakdowns(self, place: str, entry: dict) -> Mapping[str, Breakdown]:
        built = self.tables(Breakdown, entry, "breakdowns", f"{place}.")
        for key in section(entry, "breakdowns"):
            at, sums = f"{place}.breakdowns.{key}", section(entry["breakdowns"], key).get("adds_up")
            level = entry.get("unit") not in (COUNT, POUNDS)
            self.check(
                not (sums and level),
                f"{at}.adds_up",
                "must be false; percentages and rates do not add up",
            )
            hidden = entry.get("sensitive") is True and sums is False
            self.check(
                not hidden,
                f"{at}.adds_up",
                "must be true; small counts are protected against their total only",
            )
            groups = section(entry["breakdowns"], key).get("groups", {})
            named = isinstance(groups, dict) and all(map(filled, groups.values()))
            self.check(
                named and len(groups) > 1,
                f"{at}.groups",
                'must be two groups or more, each key = "name"',
            )
            names = [*groups.values()] if named else []
            for group in groups if named else ():
                self.check(
                    bool(re.fullmatch(KEY, group)), f"{at}.groups.{group}", f"is no key; {KEYS}"
                )
            self.check(
                "total" not in groups, f"{at}.groups", "may have no group 'total'; use another key"
            )
            self.check(len(set(names)) == len(names), f"{at}.groups", "has one name twice")
        return built

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
        return kind(**given, **{name: frozen(entry[name]) for name in wanted if name in entry})

    def type(self, place: str, value: object, kind: object) -> None:
        if kind is str:
            self.check(isinstance(value, str), place, "must be text in quotes")
            self.check(not isinstance(value, str) or filled(value), place, "is empty; write it")
        elif kind is bool:
            self.check(isinstance(value, bool), place, "must be true or false")
        elif kind is int:
            self.check(whole(value), place, "must be a whole number")
        elif kind is float:
            self.check(number(value), place, "must be a number")
        elif kind in (tuple[str, ...], tuple[float, ...]):
            text = kind == tuple[str, ...]
            good = isinstance(value, list) and all(filled(v) if text else number(v) for v in value)
            self.check(good, place, f"must be a list of {'texts in quotes' if text else 'numbers'}")
        else:
            self.check(isinstance(value, dict), place, f"must be a section [{place}]")

    def agencies(self, agencies: dict) -> None:
        for key, agency in agencies.items():
            self.check(filled(agency), f"agencies.{key}", "must be the agency's name in quotes")
            self.check(bool(re.fullmatch(KEY, key)), f"agencies.{key}", f"is no key; {KEYS}")

    def partnership(self, p: dict, agencies: dict) -> None:
        self.choice("partnership.waits_for", p.get("waits_for"), agencies)
        self.choice("partnership.financial_year_starts", p.get("financial_year_starts"), MONTHS)
        self.people("partnership.population", p.get("population"))
        small_base = p.get("small_base")
        self.check(
            not whole(small_base) or small_base >= 0,
            "partnership.small_base",
            "must not be negative",
        )

    def people(self, place: str, people: object) -> None:
        self.check(people != {}, place, "is empty; write a year = a whole number of people")
        for year, count in people.items() if isinstance(people, dict) else ():
            good = re.fullmatch("[0-9]{4}", year) and whole(count) and count > 0
            self.check(bool(good), f"{place}.{year}", "must be a year = a whole number of people")

    def matrix(self, entry: dict) -> Matrix | None:
        dimensions = self.tables(Dimension, entry, "dimensions", "matrix.")
        matrix = self.build(Matrix, "matrix", entry)
        self.told_apart("matrix.dimensions", section(entry, "dimensions"), "name")
        for key, d in dimensions.items():
            place = f"matrix.dimensions.{key}"
            self.check(
                key not in COLUMNS, place, "is a column that every assessment has; use another key"
            )
            self.check(d.weight > 0, f"{place}.weight", "must be more than 0")
            self.check(
                len(set(d.scale)) == len(d.scale) > 1,
                f"{place}.scale",
                "needs two words or more, no two alike",
            )
            rising = len(d.bands) == len(d.scale) - 1 and [0, *d.bands] == sorted({0, *d.bands})
            self.check(
                not d.bands or rising,
                f"{place}.bands",
                f"must be {len(d.scale) - 1} numbers above 0 that rise",
            )
        varied = entry.get("weights_vary", 0)
        self.check(
            not number(varied) or 0 <= varied <= 1, "matrix.weights_vary", "must be from 0 to 1"
        )
        words = section(entry, "confidence")
        self.check(
            bool(words),
            "matrix.confidence",
            "needs a word and how far a score may be off, high = 0.25",
        )
        for word, steps in words.items():
            self.check(
                number(steps) and steps >= 0,
                f"matrix.confidence.{word}",
                "must be a number of 0 or more",
            )
        return replace(matrix, dimensions=dimensions) if matrix else None

    def indicators(self, indicators: dict, raw: dict) -> None:
        """What one entry must be for another's sake; read from the file itself, so that no mistake
        hides another.
        """
        agencies, areas = section(raw, "agencies"), section(raw, "areas")
        starts = section(raw, "partnership").get("financial_year_starts")
        choices = {
            "area": areas,
            "aim": AIMS,
            "frequency": FREQUENCIES,
            "unit": UNITS,
            "agency": agencies,
        }
        rates = [f"per_{base}" for base in BASES]
        choices |= {rate: [RESIDENTS, *section(raw, "populations")] for rate in rates} | {
            "worked_out": [GAP]
        }
        choices["held_against"] = [ALL_CRIME, *TYPES, *new_types(raw)]
        for key in indicators:
            place, entry = f"indicators.{key}", section(indicators, key)
            for name, allowed in choices.items():
                self.choice(f"{place}.{name}", entry.get(name), allowed)
            targets = section(entry, "target")
            wanted = entry.get("aim") == "at least" and not entry.get("target")
            self.check(not wanted, f"{place}.target", "is missing; 'at least' needs one")
            for year, target in targets.items():
                self.financial_year(f'{place}.target."{year}"', year, starts)
                self.target(f'{place}.target."{year}"', target, entry)
            unit, counts = entry.get("unit"), entry.get("unit") == COUNT
            guarded = entry.get("sensitive") is True and unit in UNITS and not counts
            self.check(
                not guarded,
                f"{place}.sensitive",
                f"cannot be true of a {unit}; send the counts it is made of",
            )
            only = dict.fromkeys(rates, (counts, "counts")) | {
                "base": (unit == PERCENT, "percentages")
            }
            only["per"] = unit == RATE, "rates"
            for name, (right, what) in only.items():
                self.check(
                    not entry.get(name) or right,
                    f"{place}.{name}",
                    f"is for {what} only; leave it out",
                )
            first, *others = [rate for rate in rates if rate in entry] or [""]
            self.check(
                not others,
                f"{place}.{first}",
                f"stands beside {', '.join(others)}; keep one of them",
            )
            self.check(
                entry.get("per", BASES[0]) in BASES, f"{place}.per", "must be 1000, 10000 or 100000"
            )
            judged = (
                unit == POUNDS and entry.get("monitoring_only") is False and not entry.get("target")
            )
            self.check(
                not judged, f"{place}.monitoring_only", "must be true of pounds that have no target"
            )
            worked_out = entry.get("worked_out")
            monthly_rate = unit == RATE and entry.get("frequency") == "month"
            self.check(
                not worked_out or monthly_rate,
                f"{place}.worked_out",
                "is for a monthly rate; leave it out",
            )
            open_ = counts and entry.get("frequency") == "month" and entry.get("sensitive") is False
            self.check(
                not entry.get("held_against") or open_,
                f"{place}.held_against",
                "is for open monthly counts",
            )
            self.choice(
                f"{place}.compare_with",
                entry.get("compare_with"),
                [i for i in indicators if i != key],
            )
            for start, cause in section(entry, "new_baseline").items():
                good = bool(MONTH.fullmatch(start)) and filled(cause)
                self.check(
                    good,
                    f'{place}.new_baseline."{start}"',
                    'must be a month and its cause, "2016-11" = "…"',
                )
            for end, agency in section(entry, "agency_until").items():
                at = f'{place}.agency_until."{end}"'
                self.check(bool(MONTH.fullmatch(end)), at, "must be a month, such as 2016-11")
                self.choice(at, agency, agencies)
        for key in areas:
            used = any(section(indicators, i).get("area") == key for i in indicators)
            self.check(used, f"areas.{key}", "has no indicator; give it one, or remove the area")

    def financial_year(self, place: str, year: str, starts: object) -> None:
        if starts in MONTHS:
            labels = [
                str(n) if starts == MONTHS[0] else f"{n}/{(n + 1) % 100:02d}"
                for n in range(1990, 2100)
            ]
            self.check(year in labels, place, f'is no financial year; write it as "{labels[26]}"')

    def target(self, place: str, target: object, entry: dict) -> None:
        percent, frequency = entry.get("unit") == PERCENT, entry.get("frequency")
        level = percent or entry.get("unit") == "rate"
        levels = target if isinstance(target, list) else [target]
        numbers = all(number(t) and t >= 0 for t in levels)
        if isinstance(target, list):
            count = FREQUENCIES.get(str(frequency), len(target))
            kind = "" if level else "cumulative "
            good = numbers and len(target) == count
            self.check(good, place, f"needs {count} {kind}targets, one for each {frequency}")
            self.check(
                level or not numbers or target == sorted(target),
                place,
                "must not fall: it is cumulative",
            )
        else:
            self.check(numbers, place, "must be a number of 0 or more, or a list of them")
        self.check(
            not percent or not numbers or max(levels, default=0) <= 100,
            place,
            "is over 100; write 0 to 100",
        )

    def choice(self, place: str, value: object, allowed) -> None:
        """Checks a text, or each of a list; what is no text, or empty, has been told already."""
        new = (
            ", nor listed in street.new_types as one that data.police.uk has brought since"
            if ASB in allowed
            else ""
        )
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str) and one.strip() and one not in allowed:
                self.mistakes.append(
                    f"{place}: '{one}' is not known{new}; {known_keys(one, allowed)}"
                )

    def unknown(self, place: str, entry: Mapping, wanted) -> None:
        for name in entry:
            if name not in wanted:
                cure = known_keys(name, wanted)
                self.mistakes.append(
                    f"{place}.{name}".lstrip(".") + f": is not a key of the framework; {cure}"
                )

    def check(self, good: bool, place: str, mistake: str) -> None:
        if not good:
            self.mistakes.append(f"{place}: {mistake}")

    def refuse_mistakes(self) -> None:
        if self.mistakes:
            raise FrameworkError("\n".join(printable(f"{self.name}: {m}") for m in self.mistakes))
