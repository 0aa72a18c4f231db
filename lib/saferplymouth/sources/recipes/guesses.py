"""Guesses which sources of a table say when, what and where, from what stands there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise, product

from saferplymouth.framework.values import file_name
from saferplymouth.periods import FREQUENCIES, Calendar
from saferplymouth.sources.cells import written
from saferplymouth.sources.recipes.drafting import listed
from saferplymouth.sources.recipes.labels import plain
from saferplymouth.sources.recipes.nearest import LIKELY, PARTLY, pairs, score
from saferplymouth.sources.recipes.table_texts import TableTexts
from saferplymouth.sources.recipes.taking import FIXED
from saferplymouth.sources.recipes.when import YEAR, YEAR_FIRST, When, month_of_day

TOTALS = re.compile(
    r"(?:all|total|overall|both|everyone|persons|whole|any|grand total)\b.*|.*\btotal"
)
MONTH_NAME = re.compile(r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*")
QUARTER_NAME = re.compile(r"(?:q|qtr|quarter) ?[1-4](?: \(.*\))?")
COLUMNS = {  # how publishers name the columns of numbers
    "value": r"(?:this|current) (?:period|month|quarter|year)|actual|value|number|count|figures?"
    r"|rate|percentage|observation|obs_value|total",
    "numerator": r"numerator|count",
    "denominator": r"denominator|base|unweighted base|population",
    "low": r"(?:lower|low)\b.*(?:95.*)?|lci|.*lower.*95.*",
    "high": r"(?:upper|high)\b.*(?:95.*)?|uci|.*upper.*95.*",
    "status": r"value note|status|obs_status|flag|note",
}
ENOUGH = 6  # months, to be a row of them
MOST_LABELS = 300  # of one source


def periods(texts: TableTexts) -> list[tuple[list[str], set[str], dict]]:
    """Sources that may say the period, finest first: with the frequencies they may be of."""
    calendar, found = texts.framework.calendar, []
    for source in texts.by_source:
        given = texts.distinct(source)
        kinds = [k for text in given for k in _kinds(calendar, text)]
        fixed = source.startswith(FIXED)
        if fixed:
            when = When({"inside": "yes"}, calendar)
            every = [*FREQUENCIES]
            kinds = [k for text in given for k in every if when.read(text, k)]
        if kinds and (fixed or sum(bool(_kinds(calendar, t)) for t in given) >= 0.3 * len(given)):
            found.append(([source], set(kinds), {}))
        elif given and all(MONTH_NAME.fullmatch(plain(t)) for t in given[:ENOUGH]):
            found += [([source], {"month"}, {"year": at}) for at in _years(texts)[:1]]
    above = [s for s in texts.by_source if s.startswith(("heading ", "title"))]
    among = [*texts.outline.labels, *above]
    yearly = [s for s in among if _mostly(texts, s, ("calendar year", "year"))]
    for year, part in product(yearly, texts.outline.labels):
        given = [plain(text) for text in texts.distinct(part)]
        numbered = "quarter" in plain(part) and {*given} <= {"1", "2", "3", "4"}
        named = [t for t in given if QUARTER_NAME.fullmatch(t) or MONTH_NAME.fullmatch(t)]
        if given and (len(named) > len(given) / 2 or numbered):
            financial = _mostly(texts, year, ("year",))
            quarter = "quarter" if financial else "calendar quarter"
            frequency = "month" if MONTH_NAME.fullmatch((named or given)[0]) else quarter
            found.insert(0, ([part, year], {frequency}, {}))
    for one, other in pairwise(texts.levels) if len(texts.levels) > 2 else ():
        joined = {f"{a} {b}" for a, b in texts.over(one, other)}
        kinds = {k for text in joined for k in calendar.kinds(text)}
        if kinds:
            found.insert(0, ([one, other], kinds, {}))
    found += [([s], {"month"}, {"weeks": day}) for s in among if (day := _weekly(texts, s))]
    return [(source, kinds, settings | _quarters(kinds)) for source, kinds, settings in found]


def _weekly(texts: TableTexts, source: str) -> str:
    """Which day of the week the dates at a source are, `first day` or `last day`; empty if they are
    no weeks.
    """
    read = [month_of_day(text) for text in texts.distinct(source)]
    days = sorted(r.day for r in read if r and r.day)
    if len(days) < ENOUGH or any((b - a).days != 7 for a, b in pairwise(days)):
        return ""
    return "last day" if re.search(r"end|w/?e\b", plain(f"{source} {texts.about}")) else "first day"


def _years(texts: TableTexts) -> list[str]:
    """The sources in which a year stands, those with a financial year first."""
    said = {s: " ".join(texts.distinct(s)) for s in texts.by_source if s.startswith(FIXED)}
    found = {source: YEAR.search(text) for source, text in said.items()}
    return sorted(filter(found.get, found), key=lambda source: found[source][2] is None)


def _quarters(kinds: set[str]) -> dict:
    """Quarters of years that are not written as financial ones."""
    return {"quarters": "calendar"} if "calendar quarter" in kinds else {}


def _mostly(texts: TableTexts, source: str, kinds: tuple[str, ...]) -> bool:
    given, calendar = texts.distinct(source), texts.framework.calendar
    return bool(given) and all(set(calendar.kinds(text)) & set(kinds) for text in given)


def _kinds(calendar: Calendar, text: str) -> tuple[str, ...]:
    """The kinds of period that a text could be, also if its year comes first."""
    text = _bare(text)
    return calendar.kinds(text) or calendar.kinds(YEAR_FIRST.sub(r"\2 \1", text))


def _bare(text: str) -> str:
    return re.sub(r"\s*[\[(][a-z]{1,2}[\])]\s*$", "", text, flags=re.IGNORECASE)


@dataclass(frozen=True)
class Names:
    """Indicators found at a source, each with its label and how sure that is; and the groups found
    elsewhere, by source.
    """

    source: str
    labels: Mapping[str, tuple[float, str]]
    others: Mapping[str, list[str]]
    groups: Mapping[str, dict] = field(default_factory=dict)


def indicators(texts: TableTexts, frequencies: set[str], used: set[str]) -> list[Names]:
    """The sources that may name the indicators, best first."""
    wanted = frequencies | ({"quarter"} if "calendar quarter" in frequencies else set())
    wanted |= {"month"} if "week" in frequencies or "day" in frequencies else set()
    of = {k: i for k, i in texts.framework.indicators.items() if i.frequency in wanted}
    names = {key: i.name for key, i in of.items() if not i.worked_out}
    divided = groups(texts, of, used)
    found = []
    for source in texts.by_source:
        if source in used:
            continue
        parts = {
            t for by in divided.get(source, {}).values() for b in by.values() for t in b.values()
        }
        given = [t for t in texts.distinct(source)[:MOST_LABELS] if not _of_numbers(t)]
        given = [t for t in given if t not in parts]
        best, others = pairs(given, names, texts.about)
        if best:
            found.append(Names(source, best, others, divided))
    owners = {
        key
        for each in divided.values()
        for key, by in each.items()
        if score(texts.about, names.get(key, "")) >= PARTLY or any(len(b) >= 3 for b in by.values())
    }
    if owners and not any(owners & set(n.labels) for n in found):
        best = dict.fromkeys([*owners][:1], (LIKELY, ""))
        found.append(Names("", best, {}, divided))
    found.sort(key=lambda n: -sum(s for s, _ in n.labels.values()))
    return found[:4]


def _of_numbers(text: str) -> bool:
    """Whether a heading names a kind of number, such as a limit, and no indicator."""
    return any(re.fullmatch(p, plain(text)) for p in (*COLUMNS.values(), r".*\blimit"))


def groups(texts: TableTexts, indicators: Mapping, used: set[str]) -> dict[str, dict]:
    """By source, the groups that stand there: indicator, breakdown, group and label."""
    found: dict[str, dict] = {}
    for source in texts.by_source:
        given = texts.distinct(source)[:100]
        if _taken(source, used) or len(given) < 2 or source == "file":
            continue
        for key, indicator in indicators.items():
            for breakdown in indicator.breakdowns.values():
                best, _ = pairs(given, breakdown.groups)
                if (
                    len(best) >= min(2, len(breakdown.groups))
                    and len(best) > len(breakdown.groups) / 2
                ):
                    if source == "heading" and any(key in found.get(s, {}) for s in texts.levels):
                        continue
                    labels = {group: label for group, (_, label) in best.items()}
                    found.setdefault(source, {}).setdefault(key, {})[breakdown.key] = labels
    return found


def _taken(source: str, used: set[str]) -> bool:
    """Whether a source says something else already."""
    return source in used or ("heading" in used and source.startswith("heading"))


@dataclass(frozen=True)
class Place:
    """Where the partnership's area stands, with its labels if they are not its name."""

    source: str = ""
    labels: list[str] = field(default_factory=list)
    remark: str = ""


def places(texts: TableTexts, used: set[str]) -> list[Place]:
    """The source of the place, if the partnership's area stands anywhere."""
    area = texts.framework.partnership.area
    for source in texts.by_source:
        given = texts.distinct(source)
        alone = len(given) < 2 and source not in texts.outline.labels
        if _taken(source, used) or alone:
            continue
        if any(plain(text) == plain(area) for text in given):
            return [Place(source)]
    for source in texts.outline.labels:
        given = [t for t in texts.distinct(source) if plain(area) in plain(t) and len(t) < 60]
        if source not in used and given and len(given) < len(texts.distinct(source)):
            whole = [t for t in given if TOTALS.fullmatch(plain(t))] or given[:1]
            return [Place(source, whole, f"of {listed(given)}"), Place()]
    force = texts.framework.street.force
    for source in texts.by_source:
        given = [t for t in texts.distinct(source) if file_name(t) == force]
        if source not in used and given and source != "sheet":
            return [Place(source, given, f"the force, for {area} is not there")]
    return [Place()]


def number_columns(texts: TableTexts, entry: dict) -> None:
    names = {texts.outline.name(n): n for n in texts.outline.figures}
    others = [
        name for cell in texts.outline.header if (name := written(cell)) and name not in names
    ]
    for role, pattern in COLUMNS.items():
        among = others if role == "status" else names
        if own := [name for name in among if re.fullmatch(pattern, plain(name))]:
            entry[role] = own[0]
    if "value" not in entry and names:
        rest = [name for name in names if name not in entry.values()] or [*names]
        entry["value"] = max(
            rest,
            key=lambda n: max(
                (score(n, i.name) for i in texts.framework.indicators.values()), default=0
            ),
        )
    shared = {"numerator", "denominator"} <= entry.keys()
    if not shared or entry["numerator"] == entry.get("value"):
        entry.pop("numerator", None)
        entry.pop("denominator", None)
