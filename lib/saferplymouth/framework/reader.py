"""Validates `framework.toml`, collecting every mistake with its key and cure before refusing it."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import get_args

from saferplymouth.errors import cell_fault, known_keys, printable
from saferplymouth.framework import looks
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
    COMPLIANCE,
    COUNT,
    DERIVED,
    EVERY,
    GAP,
    KEY,
    KEYS,
    KINDS_OF_GAP,
    MONTHS,
    PERCENT,
    POUNDS,
    RATE,
    RESIDENTS,
    SCORE,
    TAKEN,
    TYPES,
    UNITS,
    Accessibility,
    Area,
    Dimension,
    Disclosure,
    Framework,
    Indicator,
    Matrix,
    Partnership,
    Population,
    Street,
    counts_people,
    file_name,
    is_key,
    misspelt_type,
)
from saferplymouth.periods import (
    FREQUENCIES,
    MONTH,
    OVERLAPPING,
    POOL,
    ROLLING,
    NotAPeriod,
    months,
    written_day,
)

SECTIONS = ("partnership", "agencies", "populations", "areas", "indicators", "matrix", "street")
SECTIONS += ("accessibility", "disclosure", "meetings")
FILLED = ("partnership", "agencies", "populations", "areas", "indicators", "matrix.dimensions")
COLUMNS = (
    *("year", "issue", "area", "indicator"),
    *("confidence", "scored_by", "scored_on", "illustrative"),
)
ADDRESSES = {"email": r"[^\s@]+@[^\s@]+", "form": r"https://\S+"}
EXAMPLES = {"email": "name@example.org", "form": "https://example.org"}
RATES = [f"per_{base}" for base in BASES]
NO_KEY = f"is not a valid key; {KEYS}"
FEWEST, MOST = 2, 100  # a mark for one possible count would show it
TYPE_MISTAKES = {
    str: (lambda value: isinstance(value, str), "must be text in quotes"),
    bool: (lambda value: isinstance(value, bool), "must be true or false"),
    int: (whole, "must be a whole number"),
    float: (number, "must be a number"),
}
LIST_MISTAKES = {
    tuple[str, ...]: (filled, "must be a list of texts in quotes"),
    tuple[float, ...]: (number, "must be a list of numbers"),
}


def load(path: Path, content: bytes | None = None) -> Framework:
    """The framework in `path`, as it is or would be with this `content`; `FrameworkError` lists
    every mistake with its key and the cure.
    """
    try:
        return _Reader(path.name, path.parent).framework(parsed(path, content))
    except (MemoryError, RecursionError):
        cure = "use only the sections in docs/framework.md"
        raise FrameworkError(f"{path.name} is nested too deeply; {cure}") from None


class _Reader:
    def __init__(self, name: str, folder: Path = Path()):
        self.name, self.folder, self.image = name, folder, ""
        self.mistakes: list[tuple[str, str]] = []

    def framework(self, raw: dict) -> Framework:
        """The parsed file as dataclasses. Each entry is built from the types of its class. Rules
        between entries are then checked on the parsed file itself, so that no mistake hides
        another.
        """
        raw, assumed = _with_sensitive(raw)
        self.refuse_unknown("", raw, SECTIONS)
        for place, text in texts(raw):
            if mistake := cell_fault(text):
                self.refuse(place, f"'{text[:40]}' {'; '.join(mistake)}")
        partnership = self.build(Partnership, "partnership", raw.get("partnership", {}))
        populations = {}
        if "populations" in raw:
            populations = self.build_each(Population, "populations", raw["populations"])
        areas = self.build_each(Area, "areas", raw.get("areas", {}))
        indicators = self.build_each(Indicator, "indicators", raw.get("indicators", {}))
        matrix = self.build(Matrix, "matrix", raw["matrix"]) if "matrix" in raw else None
        accessibility = None
        if "accessibility" in raw:
            accessibility = self.build(Accessibility, "accessibility", raw["accessibility"])
        disclosure, street = self.disclosure(raw), self.street(raw)
        self.check_partnership(raw)
        self.check_looks(section(raw, "partnership"))
        self.check_matrix(section(raw, "matrix"))
        self.check_meetings(raw.get("meetings", {}))
        self.check_accessibility(section(raw, "accessibility"))
        entries = section(raw, "indicators")
        self.check_names("areas", section(raw, "areas"), "title")
        self.check_names("indicators", entries, "name")
        for key in entries:
            self.check_indicator(key, section(entries, key), raw)
        used = [section(entries, key).get("area") for key in entries]
        for key in section(raw, "areas"):
            mistake = "has no indicator; give it one, or remove the area"
            self.check(key in used, f"areas.{key}", mistake)
        self.check_former(areas)
        if not self.mistakes:
            self.check_rounding(indicators, disclosure)
        if self.mistakes:
            lines = [printable(f"{self.name}: {key}: {what}") for key, what in self.mistakes]
            raise FrameworkError("\n".join(lines), self.name, self.mistakes)
        indicators = {key: replace(i, small=disclosure.of(i)) for key, i in indicators.items()}
        residents = Population(RESIDENTS, partnership.population_source, partnership.population)
        return Framework(
            replace(partnership, image=self.image),
            frozen(raw["agencies"]),
            areas,
            MappingProxyType(indicators),
            replace(street, small=disclosure),
            MappingProxyType({RESIDENTS: residents, **populations}),
            matrix,
            accessibility,
            disclosure,
            frozen(raw.get("meetings", {})),
            tuple(assumed),
        )

    # --- Entries by the types of their classes

    def build(self, kind: type, place: str, entry: object, **known):
        """An entry as a `kind`, a frozen dataclass; None where it has a mistake."""
        if not self.is_section(place, entry):
            return None
        wanted = {f.name: f for f in fields(kind) if f.name not in (*known, *DERIVED)}
        self.refuse_unknown(place, entry, wanted)
        before, values = len(self.mistakes), {}
        for name, spec in wanted.items():
            optional = spec.default is not MISSING or spec.default_factory is not MISSING
            if name in entry:
                values[name] = self.value(spec.type, f"{place}.{name}", entry[name])
            elif not optional:
                self.refuse(f"{place}.{name}", "is missing; add it")
        return None if len(self.mistakes) > before else kind(**known, **values)

    def build_each(self, kind: type, place: str, entries: object) -> Mapping:
        """The entries of a section, each as a `kind`, by key."""
        built = {}
        for key, entry in entries.items() if self.is_section(place, entries) else ():
            at = f"{place}.{key}"
            self.check(is_key(key), at, f"{NO_KEY}, a letter first ({', '.join(TAKEN)} are taken)")
            named = {"key": key} if "key" in kind.__dataclass_fields__ else {}
            item = self.build(kind, at, entry, **named)
            if item:
                built[key] = item
            if isinstance(item, Dimension):
                self.check_dimension(at, item)
        return MappingProxyType(built)

    def is_section(self, place: str, value: object) -> bool:
        self.check(isinstance(value, dict), place, f"must be a section [{place}]")
        missing = value == {} and place in FILLED
        self.check(not missing, place, f"the section [{place}] is missing; add it")
        return isinstance(value, dict)

    def value(self, kind: object, place: str, value: object):
        """A frozen value of the type that its class declares."""
        *_, each = get_args(kind) or [None]
        if is_dataclass(each):
            return self.build_each(each, place, value)
        if kind in TYPE_MISTAKES:
            fits, mistake = TYPE_MISTAKES[kind]
            self.check(fits(value), place, mistake)
            empty = kind is str and fits(value) and not filled(value)
            self.check(not empty, place, "is empty; write it")
        elif kind in LIST_MISTAKES:
            fits, mistake = LIST_MISTAKES[kind]
            self.check(isinstance(value, list) and all(map(fits, value)), place, mistake)
        else:
            self.is_section(place, value)
        return frozen(value)

    def street(self, raw: dict) -> Street | None:
        """How street files are read, by default those of the partnership's force and area."""
        entry = raw.get("street", {})
        force, area = (section(raw, "partnership").get(key) for key in ("force", "area"))
        if not filled(force) or not filled(area) or not self.is_section("street", entry):
            return None
        for name in new_types(raw):
            if meant := misspelt_type(name):
                self.refuse("street.new_types", f"'{name}' is almost {meant}; write {meant}")
        types = [*TYPES, *new_types(raw)]
        self.check_choice("street.sensitive_types", entry.get("sensitive_types"), types)
        own = {"force": file_name(force), "districts": [area]}
        return self.build(Street, "street", own | entry)

    def disclosure(self, raw: dict) -> Disclosure | None:
        """Which counts are hidden; what an agency's entry does not say is as for the others."""
        entry = raw.get("disclosure", {})
        if not self.is_section("disclosure", entry):
            return None
        rest = {key: value for key, value in entry.items() if key != "agencies"}
        agencies = section(entry, "agencies")
        self.check_choice("disclosure.agencies", [*agencies], section(raw, "agencies"))
        for place, own in (("", entry), *((f".agencies.{key}", agencies[key]) for key in agencies)):
            most = own.get("most") if isinstance(own, dict) else None
            good = not whole(most) or FEWEST <= most <= MOST
            self.check(good, f"disclosure{place}.most", f"must be from {FEWEST} to {MOST}")
            nearest = own.get("round_to") if isinstance(own, dict) else None
            good = not whole(nearest) or 1 <= nearest <= MOST
            self.check(good, f"disclosure{place}.round_to", f"must be from 1 to {MOST}")
        own = {key: rest | own for key, own in agencies.items() if isinstance(own, dict)}
        merged = {"agencies": agencies | own} if agencies else {}
        return self.build(Disclosure, "disclosure", entry | merged)

    def check_rounding(self, indicators: Mapping[str, Indicator], disclosure: Disclosure) -> None:
        """Checks that no rule, nor the strictest of several, rounds a count to a hidden one."""
        own = {f"disclosure.agencies.{key}": rule for key, rule in disclosure.agencies.items()}
        own |= {"disclosure": disclosure}
        whole = {f"indicators.{key}": disclosure.of(i) for key, i in indicators.items()}
        known = [rule for rule in own.values() if not rule.sound]
        for place, rule in {**own, **({} if known else whole)}.items():
            if not rule.sound:
                above = rule.most + 1
                mistake = f"would round {above} to {rule.rounded(above):.0f}, which is hidden"
                self.refuse(f"{place}.round_to", f"{mistake}; change it or most")

    # --- What entries must be for each other's sake

    def check_partnership(self, raw: dict) -> None:
        partnership, agencies = section(raw, "partnership"), section(raw, "agencies")
        self.is_section("agencies", raw.get("agencies", {}))
        for key, name in agencies.items():
            self.check(filled(name), f"agencies.{key}", "must be the agency's name in quotes")
            self.check(re.fullmatch(KEY, key), f"agencies.{key}", NO_KEY)
        for key, allowed in (("waits_for", agencies), ("financial_year_starts", MONTHS)):
            self.check_choice(f"partnership.{key}", partnership.get(key), allowed)
        base = partnership.get("small_base")
        self.check(not whole(base) or base >= 0, "partnership.small_base", "must not be negative")
        self.check_people("partnership.population", partnership.get("population"))
        for key in section(raw, "populations"):
            place = f"populations.{key}"
            mistake = "is reserved for [partnership.population]; use another key"
            self.check(key != RESIDENTS, place, mistake)
            self.check_people(f"{place}.people", section(raw["populations"], key).get("people"))

    def check_looks(self, partnership: dict) -> None:
        for key, fault in (("colour", looks.colour_fault), ("font", looks.font_fault)):
            mistake = fault(partnership[key]) if filled(partnership.get(key)) else ""
            self.check(not mistake, f"partnership.{key}", mistake)
        if filled(partnership.get("logo")):
            self.image, mistake = looks.logo(self.folder, partnership["logo"])
            self.check(not mistake, "partnership.logo", mistake)

    def check_people(self, place: str, people: object) -> None:
        mistake = "a year and a number of people, such as 2016 = 264440"
        self.check(people != {}, place, f"is empty; write {mistake}")
        for year, count in people.items() if isinstance(people, dict) else ():
            good = re.fullmatch("[0-9]{4}", year) and whole(count) and count > 0
            self.check(good, f"{place}.{year}", f"must be {mistake}")

    def check_names(self, place: str, entries: dict, name: str) -> None:
        """Checks that no two entries have the same name, which readers of a page could not tell
        apart.
        """
        first: dict[str, str] = {}
        for key in entries:
            text = section(entries, key).get(name)
            other = first.setdefault(text.strip().casefold(), key) if filled(text) else key
            mistake = f"is also used by {place}.{other}; change one of them"
            self.check(other == key, f"{place}.{key}.{name}", mistake)

    def check_former(self, areas: Mapping[str, Area]) -> None:
        taken = {key: f"areas.{key}" for key in areas}
        for area in areas.values():
            for had in area.formerly:
                place = f"areas.{area.key}.formerly"
                other = taken.setdefault(had, place)
                self.check(other == place, place, f"'{had}' is {other} too; keep it in one place")

    def check_dimension(self, place: str, dimension: Dimension) -> None:
        scale, bands = dimension.scale, dimension.bands
        mistake = "is a standard column of every assessment; use another key"
        self.check(dimension.key not in COLUMNS, place, mistake)
        self.check(dimension.weight > 0, f"{place}.weight", "must be more than 0")
        mistake = "needs at least two words, all different"
        self.check(len(set(scale)) == len(scale) > 1, f"{place}.scale", mistake)
        rising = len(bands) == len(scale) - 1 and [0, *bands] == sorted({0, *bands})
        mistake = f"must be {len(scale) - 1} numbers above 0 in ascending order"
        self.check(not bands or rising, f"{place}.bands", mistake)

    def check_meetings(self, meetings: object) -> None:
        mistake = 'must be a day and its meeting, such as "2017-01-24" = "The board"'
        for day, name in meetings.items() if self.is_section("meetings", meetings) else ():
            self.check(_is_day(day) and filled(name), f'meetings."{day}"', mistake)

    def check_matrix(self, matrix: dict) -> None:
        self.check_names("matrix.dimensions", section(matrix, "dimensions"), "name")
        varied = matrix.get("weights_vary", 0)
        good = not number(varied) or 0 <= varied <= 1
        self.check(good, "matrix.weights_vary", "must be from 0 to 1")
        mistake = "needs a word and its margin of error, such as high = 0.25"
        self.check(matrix.get("confidence") != {}, "matrix.confidence", mistake)
        for word, steps in section(matrix, "confidence").items():
            good = number(steps) and steps >= 0
            self.check(good, f"matrix.confidence.{word}", "must be a number of 0 or more")

    def check_accessibility(self, entry: dict) -> None:
        status, gaps = entry.get("status"), section(entry, "gaps")
        self.check_choice("accessibility.status", status, COMPLIANCE)
        for key in gaps:
            kind = section(gaps, key).get("kind")
            self.check_choice(f"accessibility.gaps.{key}.kind", kind, KINDS_OF_GAP)
        fully = status == "fully"
        mistake = "allows no gaps; write partially, or remove them"
        self.check(not (fully and gaps), "accessibility.status", mistake)
        mistake = "is missing; write what is not accessible, and why"
        self.check(gaps or fully or not entry, "accessibility.gaps", mistake)
        untested = "tested" not in entry and (fully or {"tested_by", "tested_how"} & entry.keys())
        self.check(not untested, "accessibility.tested", "is missing; write the day of the test")
        for key in ("prepared", "reviewed", "tested"):
            good = not filled(entry.get(key)) or _is_day(entry[key])
            self.check(good, f"accessibility.{key}", "must be a day, such as 2026-11-30")
        for key, pattern in ADDRESSES.items():
            good = not filled(entry.get(key)) or re.fullmatch(pattern, entry[key])
            mistake = f"must be an address, such as {EXAMPLES[key]}"
            self.check(good, f"accessibility.{key}", mistake)

    def check_indicator(self, key: str, entry: dict, raw: dict) -> None:
        place, agencies = f"indicators.{key}", section(raw, "agencies")
        populations = [RESIDENTS, *section(raw, "populations")]
        allowed = {
            "area": section(raw, "areas"),
            "aim": AIMS,
            "frequency": FREQUENCIES,
            "unit": UNITS,
            "every": EVERY.get(str(entry.get("frequency")), EVERY[ROLLING]),
            "agency": agencies,
            **dict.fromkeys(RATES, populations),
            "worked_out": [GAP],
            "held_against": [ALL_CRIME, *TYPES, *new_types(raw)],
            "compare_with": [other for other in raw["indicators"] if other != key],
        }
        for name, choices in allowed.items():
            self.check_choice(f"{place}.{name}", entry.get(name), choices)
        for name, mistake in _contradictions(entry):
            self.refuse(f"{place}.{name}", mistake)
        for year, target in section(entry, "target").items():
            at = f'{place}.target."{year}"'
            self.check_year(at, year, section(raw, "partnership"))
            self.check_target(at, target, entry)
        for month, cause in section(entry, "new_baseline").items():
            mistake = 'must be a month and its reason, such as "2016-11" = "…"'
            good = MONTH.fullmatch(month) and filled(cause)
            self.check(good, f'{place}.new_baseline."{month}"', mistake)
        for written, reason in section(entry, "exclude").items():
            mistake = 'must be a month or months and their reason: "2020-04..2020-06" = "…"'
            good = _are_months(written) and filled(reason)
            self.check(good, f'{place}.exclude."{written}"', mistake)
        for month, earlier in section(entry, "agency_until").items():
            at = f'{place}.agency_until."{month}"'
            self.check(MONTH.fullmatch(month), at, "must be a month, such as 2016-11")
            self.check_choice(at, earlier, agencies)
        for name in section(entry, "breakdowns"):
            at = f"{place}.breakdowns.{name}"
            self.check_breakdown(at, section(entry["breakdowns"], name), entry)

    def check_breakdown(self, place: str, breakdown: dict, indicator: dict) -> None:
        adds_up, groups = breakdown.get("adds_up"), section(breakdown, "groups")
        level = indicator.get("unit") not in (COUNT, POUNDS)
        mistake = "must be false; percentages, rates and scores do not add up"
        self.check(not (adds_up and level), f"{place}.adds_up", mistake)
        mistake = "must be true; small counts can be hidden only in groups with a total"
        exposed = indicator.get("sensitive") is True and adds_up is False
        self.check(not exposed, f"{place}.adds_up", mistake)
        named = len(groups) > 1 and all(map(filled, groups.values()))
        at = f"{place}.groups"
        self.check(named, at, 'needs at least two groups, each written key = "name"')
        self.check("total" not in groups, at, "cannot have a group 'total'; use another key")
        for key in groups:
            self.check(re.fullmatch(KEY, key), f"{at}.{key}", NO_KEY)
        twice = named and len(set(groups.values())) < len(groups)
        self.check(not twice, at, "has the same name twice; change one of them")

    def check_year(self, place: str, year: str, partnership: dict) -> None:
        starts = partnership.get("financial_year_starts")
        if starts not in MONTHS:
            return
        years = [f"{n}/{(n + 1) % 100:02d}" for n in range(1990, 2100)]
        if starts == MONTHS[0]:
            years = [year[:4] for year in years]
        self.check(year in years, place, f'is not a financial year; write it as "{years[26]}"')

    def check_target(self, place: str, target: object, entry: dict) -> None:
        percent, frequency = entry.get("unit") == PERCENT, entry.get("frequency")
        level = entry.get("unit") in (PERCENT, RATE, SCORE)
        levels = target if isinstance(target, list) else [target]
        numbers = all(number(one) and one >= 0 for one in levels)
        if isinstance(target, list):
            count = FREQUENCIES.get(str(frequency), len(target))
            kind = "" if level else "cumulative "
            mistake = f"needs {count} {kind}targets, one for each {frequency}"
            self.check(numbers and len(target) == count, place, mistake)
            falls = numbers and not level and target != sorted(target)
            self.check(not falls, place, "must not fall, because it is cumulative")
        else:
            self.check(numbers, place, "must be a number of 0 or more, or a list of them")
        over = percent and numbers and max(levels, default=0) > 100
        self.check(not over, place, "is over 100; write 0 to 100")

    # --- Mistakes

    def check_choice(self, place: str, value: object, allowed: Collection[str]) -> None:
        """Checks a text, or each text of a list; other types have been refused already."""
        new = ", and is not listed in street.new_types" if ASB in allowed else ""
        for one in value if isinstance(value, list) else [value]:
            if filled(one) and one not in allowed:
                self.refuse(place, f"'{one}' is not known{new}; {known_keys(one, allowed)}")

    def refuse_unknown(self, place: str, entry: Mapping, wanted: Collection[str]) -> None:
        for name in entry:
            if name not in wanted:
                mistake = f"is not a key of the framework; {known_keys(name, wanted)}"
                self.refuse(f"{place}.{name}".lstrip("."), mistake)

    def check(self, good: object, place: str, mistake: str) -> None:
        if not good:
            self.refuse(place, mistake)

    def refuse(self, place: str, mistake: str) -> None:
        self.mistakes.append((place, mistake))


def _are_months(text: str) -> bool:
    try:
        return bool(months(text))
    except NotAPeriod:
        return False


def _is_day(text: str) -> bool:
    try:
        return bool(written_day(text))
    except ValueError:
        return False


def new_types(raw: Mapping) -> list[str]:
    """The types of crime that a parsed framework lists as new."""
    types = section(raw, "street").get("new_types")
    return [one for one in types if filled(one)] if isinstance(types, list) else []


def _with_sensitive(raw: dict) -> tuple[dict, list[str]]:
    """The parsed file with whether each indicator is sensitive where its entry does not say: a
    count of people is. Also the keys of those indicators.
    """
    entries, assumed = section(raw, "indicators"), []
    decided = dict(entries)
    for key, entry in entries.items():
        if isinstance(entry, dict) and "sensitive" not in entry:
            texts = [entry[name] for name in ("name", "counted") if filled(entry.get(name))]
            sensitive = entry.get("unit") == COUNT and counts_people(*texts)
            decided[key] = entry | {"sensitive": sensitive}
            assumed.append(key)
    return (raw | {"indicators": decided} if assumed else raw), assumed


def _contradictions(entry: dict) -> Iterator[tuple[str, str]]:
    """The keys of an indicator that its other keys rule out or require, each with its mistake."""
    unit, target, sensitive = entry.get("unit"), entry.get("target"), entry.get("sensitive")
    counts, monthly = unit == COUNT, FREQUENCIES.get(str(entry.get("frequency")), 12) == 12
    if entry.get("aim") == "at least" and not target:
        yield "target", "is missing; 'at least' needs one"
    if sensitive is True and unit in UNITS and not counts:
        yield "sensitive", f"cannot be true when the unit is {unit}; send the counts behind it"
    if unit == POUNDS and entry.get("monitoring_only") is False and not target:
        yield "monitoring_only", "must be true for an amount in pounds without a target"
    for names, right, units in (
        (RATES, counts, "counts"),
        (["base"], unit == PERCENT, "percentages"),
        (["per"], unit == RATE, "rates"),
    ):
        wrong = [name for name in names if entry.get(name) and not right]
        yield from ((name, f"is for {units} only; leave it out") for name in wrong)
    yield from _of_overlapping(entry)
    first, *others = [rate for rate in RATES if rate in entry] or [""]
    if others:
        yield first, f"is set as well as {', '.join(others)}; keep one of them"
    if entry.get("per", BASES[0]) not in BASES:
        yield "per", "must be 1000, 10000 or 100000"
    if entry.get("worked_out") and not (unit == RATE and monthly):
        yield "worked_out", "is for a monthly rate only; leave it out"
    if entry.get("held_against") and not (counts and monthly and sensitive is False):
        yield "held_against", "is for monthly counts that are not sensitive; leave it out"


def _of_overlapping(entry: dict) -> Iterator[tuple[str, str]]:
    """The mistakes of rolling years and pools, whose figures share months."""
    frequency = entry.get("frequency")
    if frequency not in OVERLAPPING:
        if "every" in entry:
            yield "every", f"is for a frequency of {' or '.join(OVERLAPPING)} only; leave it out"
        return
    if "every" not in entry:
        ways = ", ".join(EVERY[frequency])
        yield "every", f"is missing; write how often a {frequency} comes: {ways}"
    if entry.get("sensitive") is True:
        cure = "send the counts of each month or quarter"
        yield "sensitive", f"cannot be true, because figures that overlap reveal others; {cure}"
    if frequency == POOL and entry.get("unit") in (COUNT, POUNDS):
        for name in [*RATES, "target"]:
            if entry.get(name):
                yield name, "is for one year, and a figure here is for three; leave it out"
