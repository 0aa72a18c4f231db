"""Periods named in a text: months, quarters, stretches and the year before."""

import calendar
import re
from dataclasses import dataclass, replace

import pandas as pd

from saferplymouth.comments.figures import Facts, Span, shifted

SPAN, LAST, PREVIOUS = "span", "last year", "the period before"
COUNTS = dict(
    zip(
        "one two three four five six seven eight nine ten eleven twelve".split(),
        range(1, 13),
        strict=True,
    )
)
ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "final": 4,
    "opening": 1,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
}
MONTH_NUMBERS = {
    name[:n].lower(): k for k, name in enumerate(calendar.month_name) if k for n in (3, len(name))
} | {"sept": 9}
MONTH = (
    r"((?:Jan|Febr?)(?:uary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|(?:Nov|Dec)(?:ember)?)\b\.?(?!\s+(?i:be|well|have|reflect|owe)\b)"
)
YEAR = (
    r"(?:(?:,?\s+(?:of\s+)?(20\d\d)|[-'’](\d\d)|\s(1[4-9]|2\d)(?=\s*[):;,.]|$))"
    r"(?![/\d%]|,\d|-\d\d\b|\.\d|\s*(?i:per|%)))?"
)
N = rf"({'|'.join(COUNTS)}|\d{{1,2}})"
BOTH_YEARS = r"(20\d\d)\s?[/-]\s?(?:20)?(\d\d)\b"
OF_YEAR = rf"(?:,?\s+(?:of\s+|in\s+|FY\s?)?{BOTH_YEARS})?"
IN_YEAR = r"(?:\s+of\s+the\s+(?:financial\s+)?year)?"
YEAR_AGO = (
    r"(?:last|(?:the\s+)?(?:previous|prior|preceding))(?:\s+financial)?\s+year(?:['’]s)?"
    r"|(?:(?:a|one|the|twelve|12)\s+)?(?:year|months)\s+(?:ago|earlier|before|previously)"
    r"|year[- ]on[- ]year|y-?o-?y\b|LY\b|(?<=\bas\s)last\b(?=\s*[(,.;]|$)|(?<=\bthan\s)last\b(?=\s*[(,.;]|$)"
)
PERIODS = {  # the first that matches at a place wins
    "months_to": rf"(?i:{N}[\s-]months\s+(?:up\s+)?(?:to|ending))\s+(?i:the\s+end\s+of\s+)?{MONTH}{YEAR}",
    "between": rf"(?i:between\s+(?:\d+\s)?){MONTH}{YEAR}(?i:\s+and\s+(?:\d+\s)?(?:the\s+end\s+of\s+)?){MONTH}{YEAR}",
    "range": rf"(?i:from\s+)?{MONTH}{YEAR}\s*(?i:(?:up\s+)?to|until|through(?:\s+to)?|–|-|—|/)\s*"
    rf"(?i:(?:the\s+)?end\s+(?:of\s+)?)?{MONTH}{YEAR}",
    "since": rf"(?i:(?:since|after)\s+(?:at\s+least\s+)?(?:(?:the\s+|its\s+)?(\w+)\s+(?:of|in)\s+|the\s+)?){MONTH}{YEAR}"
    rf"|(?i:from\s+){MONTH}{YEAR}(?i:\s+on(?:wards?)?\b)",
    "since_then": r"(?i:\b(?:since(?:\s+then)?|thereafter)\b(?=\s*(?:[.,;:]|$|ha[sd]\b|have\b|we\b)))",
    "until": rf"(?i:(?:up\s+to|to|by|until|through\s+to)\s+(?:\d+\s)?(?:the\s+)?(?:end\s+(?:of\s+)?)?){MONTH}{YEAR}(?!['’]s)",
    "month": rf"(?i:(this|last|the\s+previous)\s+)?{MONTH}{YEAR}(?:['’]s\b)?",
    "half": r"(?i:(?:the\s+)?(?:first|1st)\s+(?:two|2)\s+quarters|quarters?\s+(?:1|one)\s+and\s+(?:2|two)"
    r"|(?<!between\s)Q1\s*(?:and|&|to|\+|-|–)\s*Q?2|(?:the\s+)?(?:first\s+)?half[\s-]year|H1\b|(?:the\s+)?first\s+half"
    rf"|(?:the\s+)?mid[\s-]?(?:point|year)){IN_YEAR}{OF_YEAR}",
    "quarter": r"(?i:\bQ([1-4])\b|\b(first|second|third|fourth|final|opening|1st|2nd|3rd|4th)[\s-]quarter\b"
    rf"|\bquarter\s+([1-4]\b|one|two|three|four)\b){IN_YEAR}{OF_YEAR}",
    "this_quarter": r"(?i:\b(the|this|latest|last|previous)\s+quarter\b(?!\s+of\b|\s+to\b))",
    "first_months": rf"(?i:\bfirst\s+{N}\s+months){IN_YEAR}{OF_YEAR}",
    "last_months": rf"(?i:\b(?:last|latest|past|most\s+recent)\s+{N}\s+months)",
    "last": r"(?i:(?:the\s+|this\s+|that\s+|its\s+)?(?:same|corresponding|equivalent|comparable)\s+(?:\w+\s+)?"
    r"(?:periods?|months?|quarters?|point|time|stage)(?:\s+(?:in|of|during|a|for))?"
    rf"(?:\s+(?:{YEAR_AGO}|20\d\d[/-]\d\d(?:\d\d)?|20\d\d))?|\b(?:{YEAR_AGO}))",
    "year": BOTH_YEARS,
    "to_date": r"(?i:\b(?:(?:financial\s+)?year[\s-]to[\s-]date|f?ytd|to[\s-]date|cumulative(?:ly)?|so\s+far"
    r"(?:\s+this\s+year)?|(?:this|current)\s+(?:financial\s+)?(?:year|FY)|since\s+the\s+start\s+of\s+the\s+year"
    rf"|(?:the|these|those)\s+{N}\s+months)\b)",
    "previous": r"(?i:\b(?:(?:the\s+)?(?:previous|preceding|prior)\s+(?:month|quarter)|last\s+month"
    r"|the\s+(?:month|quarter|one)\s+before|month[- ]on[- ]month))",
    "latest": r"(?i:\b(?:this|the(?:\s+latest|\s+most\s+recent)?)\s+month\b(?!\s+of\b|['’]s))",
    "calendar": r"\b(20\d\d)\b(?!,\d)",
}
PERIOD = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in PERIODS.items()))
BASE = re.compile(  # what, before a period, makes it what another is compared with
    r"(?i:\b(?:compare[sd]?\s+(?:to|with|against)|than|against|versus|vs?\.?|relative\s+to|(?:(?<=[%\d]\s)|(?:up|down|rise|fall|increase|decrease|reduction|drop|change|points?)\s+)on|(?<!apart\s)from|above|below|under|(?:same|many|much|few|high|low)\s+as|as\s+(?:in|at|against)"
    r"|behind|ahead\s+of|short\s+of|shy\s+of|(?:level|in\s+line)\s+with)\s+)"
    r"(?:(?:the|a|an|both|that|those|same|in|for|of|at|it|was|were|is|figures?|total|numbers?|level|recorded"
    r"|reported|received|during|what|we|saw|seen|average|just|only|peak|high|low|[\d,.%]+)\s+){0,6}$"
)
JOINED = re.compile(r"(?i)\s*(?:,|&|/|,?\s*(?:and|or|nor))\s*(?:in\s+|both\s+)?")


@dataclass(frozen=True)
class Mention:
    """A period named: months `span`, or of `kind` LAST or PREVIOUS those that another goes by.

    It is a `base` where words say that another is compared with it, `listed` where it goes on a
    list; `since` is the month that a stretch goes on from.
    """

    start: int
    end: int
    kind: str
    span: Span | None = None
    base: bool = False
    listed: bool = False
    since: pd.Period | None = None


def mentions(text: str, facts: Facts) -> list[Mention]:
    """Every period named in a text, in order; a month without its year is the last there was."""
    found: list[Mention] = []
    for m in PERIOD.finditer(text):
        before = found[-1] if found else None
        gap = text[before.end : m.start()] if before else "-"
        kind, span, since = _read(m, facts, before)
        joins = before is not None and gap.strip(" ,(") in ("", "of", "in")
        if joins and before.span and _is_year(m, kind):
            back = -12 if kind == LAST and before.span[0] >= facts.opening else 0
            found[-1] = replace(before, end=m.end(), span=shifted(before.span, back))
        elif (
            joins
            and before.kind == LAST
            and not before.base
            and "(" not in gap
            and span
            and span[0] >= facts.opening
        ):
            found[-1] = replace(before, end=m.end(), kind=SPAN, span=shifted(span, -12))
        elif kind:
            cued = bool(BASE.search(text, max(0, m.start() - 80), m.start())) and not since
            listed = before is not None and JOINED.fullmatch(gap) is not None
            listed = listed and kind == before.kind
            if listed and text[: before.start].endswith("between "):
                found[-1], listed = replace(before, base=True), False
            cued = before.base if listed else cued
            found.append(Mention(m.start(), m.end(), kind, span, cued, listed, since))
    return found


def written(text: str, facts: Facts) -> Mention | None:
    """The one period that a whole text names; None where it names none, or more."""
    found = mentions(text, facts)
    return (
        found[0] if len(found) == 1 and (found[0].start, found[0].end) == (0, len(text)) else None
    )


def _is_year(m: re.Match, kind: str) -> bool:
    return kind == LAST or m.lastgroup in ("year", "calendar")


def _read(
    m: re.Match, facts: Facts, before: Mention | None
) -> tuple[str, Span | None, pd.Period | None]:
    """The kind, the months and the month gone on from of one match of `PERIOD`."""
    name = m.lastgroup
    again = re.search(BOTH_YEARS, m[0]) if name == "last" else None
    if again and int(again[1]) == facts.opening.year:  # `the same months of 2016/17`
        earlier = before.span if before and before.span else None
        moved = shifted(earlier, 12) if earlier and earlier[0] < facts.opening else earlier
        return SPAN, moved or facts.to_date, None
    if name in ("last", "previous"):
        return (LAST if name == "last" else PREVIOUS), None, None
    if name == "since_then":
        anchor = before.span[1] if before and before.span else facts.to_date[1]
        return (SPAN if anchor < facts.to_date[1] else ""), (anchor + 1, facts.to_date[1]), anchor
    groups = [g.lower().rstrip(".") for g in m.groups()[m.re.groupindex[name] :] if g]
    named = [_month(g, facts) for g in groups if g in MONTH_NUMBERS]
    years = [2000 + int(g[-2:]) for g in groups if g.isdigit() and len(g) in (2, 4) and named]
    numbers = [COUNTS.get(g, int(g) if g.isdigit() else 0) for g in groups]
    if years and name != "months_to":
        named[-1] = pd.Period(year=years[-1], month=named[-1].month, freq="M")
    opening, latest = facts.opening, facts.to_date[1]
    if name in ("between", "range") and len(years) > 1:
        first = pd.Period(year=years[0], month=named[0].month, freq="M")
        return SPAN, (first, named[1]), None
    if name in ("between", "range"):
        first = named[1] - (named[1].month - named[0].month) % 12
        return SPAN, (first, named[1]), None
    if name == "months_to":
        return SPAN, (named[0] - (numbers[0] - 1), named[0]), None
    if name == "since":
        first = named[0] + int(groups[0] == "end")
        return SPAN, (first, latest), first
    if name == "until":
        return SPAN, (facts.calendar.year(named[0]).asfreq("M", "start"), named[0]), None
    if name == "month":
        past = groups[0] in ("last", "the previous") and named[0] >= opening
        return SPAN, shifted((named[0], named[0]), -12 if past else 0), None
    if name in ("half", "quarter"):
        years = [int(g) for g in groups if len(g) == 4 and g.isdigit()]
        quarter = (ORDINALS.get(groups[0]) or numbers[0]) if name == "quarter" else 1
        span = shifted((opening, opening + (2 if name == "quarter" else 5)), 3 * (quarter - 1))
        back = 12 * (years[0] - opening.year) if years else -12 * (span[0] > facts.month)
        return SPAN, shifted(span, back), None
    if name == "this_quarter":
        if groups[0] in ("last", "previous"):
            return PREVIOUS, None, None
        first = opening + 3 * ((latest - opening).n // 3)
        return SPAN, (first, first + 2), None
    if name == "last_months":
        return SPAN, (latest - (numbers[0] - 1), latest), None
    if name == "first_months" or (name == "to_date" and groups):
        back = 12 * (int(groups[1]) - opening.year) if len(groups) > 1 else 0
        return SPAN, shifted((opening, opening + (numbers[0] - 1)), back), None
    if name in ("year", "calendar"):
        years_on = int(groups[0]) - opening.year
        if years_on == -1:
            return LAST, None, None
        return (
            SPAN,
            facts.to_date if not years_on else shifted((opening, opening + 11), 12 * years_on),
            None,
        )
    return SPAN, facts.latest if name == "latest" else facts.to_date, None


def _month(name: str, facts: Facts) -> pd.Period:
    """The month of a name: this financial year's, or last year's where that is still to come."""
    found = facts.opening + (MONTH_NUMBERS[name] - facts.opening.month) % 12
    return found if found <= facts.month else found - 12
