"""Periods named in a text: months, quarters, stretches and the year before."""

import calendar
import re
from dataclasses import dataclass, replace

import pandas as pd

from saferplymouth.comments.figures import Facts, Span, shifted
from saferplymouth.comments.vocabulary import COUNT_WORDS, plain

SPAN, LAST, PREVIOUS = "span", "last year", "the period before"
COUNTS = dict(zip(COUNT_WORDS, range(1, 13), strict=True))
ORDINALS = {"first": 1, "opening": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3}
ORDINALS |= {"fourth": 4, "4th": 4, "final": 4}
MONTH_NUMBERS = {
    name[:n].lower(): k for k, name in enumerate(calendar.month_name) if k for n in (3, len(name))
} | {"sept": 9}
MONTH = (
    r"(?-i:((?:Jan|Febr?)(?:uary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|(?:Nov|Dec)(?:ember)?)\b)\.?(?!\s+(?:be|well|have|reflect|owe)\b)"
)
PARTS = {  # what stands for what in a pattern of a period
    "<month>": MONTH + r"(?:(?:,?\s+(?:of\s+)?(20\d\d)|[-'’](\d\d)|\s(1[4-9]|2\d)(?=\s*[):;,.]|$))"
    r"(?![/\d%]|,\d|-\d\d\b|\.\d|\s*(?:per|%)))?",
    "<n>": rf"({'|'.join(COUNTS)}|\d{{1,2}})",
    "<years>": r"(20\d\d)\s?[/-]\s?(?:20)?(\d\d)\b",
    "<year ago>": plain(
        "(last|(the )?(previous|prior|preceding))( financial)? year(['’]s)?"
        "|((a|one|the|twelve|12) )?(year|months) (ago|earlier|before|previously)"
        r"|year[- ]on[- ]year|y-?o-?y\b|LY\b|((?<=\bas\s)|(?<=\bthan\s))last\b(?=\s*[(,.;]|$)"
    ),
}
OF_YEAR = r"( of the (financial )?year)?(,? (of |in |FY\s?)?<years>)?"
PERIODS = {  # the first that matches at a place wins
    "months_to": "<n>[ -]months (up )?(to|ending) (the end of )?<month>",
    "between": r"between (\d+\s)?<month> and (\d+\s)?(the end of )?<month>",
    "range": r"(from )?<month>\s*((up )?to|until|through( to)?|–|-|—"
    r"|/)\s*((the )?end (of )?)?<month>",
    "since": r"(since|after) (at least )?(((the |its )?)(?P<edge>\w+) (of|in) |the )?<month>"
    r"|from <month> on(wards?)?\b",
    "since_then": r"\b(since( then)?|thereafter)\b(?=\s*([.,;:]|$|(ha[sd]|have|we)\b))",
    "until": r"(up to|to|by|until|through to) (\d+\s)?(the )?(end (of )?)?<month>(?!['’]s)",
    "month": r"((?P<which>this|last|the previous) )?<month>(['’]s\b)?",
    "half": r"((the )?(first|1st) (two|2) quarters|quarters? (1|one) and (2|two)"
    r"|(?<!between\s)Q1\s*(and|&|to|\+|-|–)\s*Q?2|(the )?(first )?half[- ]year|H1\b"
    r"|(the )?first half"
    rf"|(the )?mid[- ]?(point|year)){OF_YEAR}",
    "quarter": r"(\bQ(?P<q>[1-4])\b|\b(?P<nth>first|second|third|fourth|final|opening|1st|2nd"
    r"|3rd|4th)[- ]quarter\b"
    rf"|\bquarter (?P<qth>[1-4]\b|one|two|three|four)\b){OF_YEAR}",
    "this_quarter": r"\b(?P<whose>the|this|latest|last|previous) quarter\b(?! (of|to)\b)",
    "first_months": rf"\bfirst <n> months{OF_YEAR}",
    "last_months": r"\b(last|latest|past|most recent) <n> months",
    "last": r"(the |this |that |its )?(same|corresponding|equivalent"
    r"|comparable) (\w+ )?(periods?|months?|quarters?"
    r"|point|time|stage)( (in|of|during|a|for))?( (<year ago>|20\d\d[/-]\d\d(\d\d)?|20\d\d))?"
    r"|\b(<year ago>)",
    "year": "<years>",
    "to_date": r"\b((financial )?year[- ]to[- ]date|f?ytd|to[- ]date|cumulative(ly)?"
    r"|so far( this year)?"
    r"|(this|current) (financial )?(year|FY)|since the start of the year|(the|these"
    r"|those) <n> months)\b",
    "previous": r"\b((the )?(previous|preceding|prior) (month|quarter)|last month|the (month"
    r"|quarter|one) before"
    "|month[- ]on[- ]month)",
    "latest": r"\b(this|the( latest| most recent)?) month\b(?! of\b|['’]s)",
    "calendar": r"\b(?P<only>20\d\d)\b(?!,\d)",
}


def _pattern(text: str) -> str:
    """A pattern of a period with its parts filled in."""
    text = plain(text)
    for name, part in PARTS.items():
        text = text.replace(name.replace(" ", r"\s+"), part)
    return text


PERIOD = re.compile(
    "|".join(f"(?P<{name}>{_pattern(text)})" for name, text in PERIODS.items()), re.I
)
BASE = re.compile(  # what, before a period, makes it what another is compared with
    plain(
        r"(?i)\b(compare[sd]? (to|with|against)|than|against|versus|vs?\.?|relative to"
        r"|(?<!apart\s)from|above|below|under"
        r"|((?<=[%\d]\s)|(up|down|rise|fall|increase|decrease|reduction|drop|change"
        r"|points?) )on|behind|ahead of"
        "|short of|shy of|(same|many|much|few|high|low) as|as (in|at|against)|(level"
        "|in line) with) "
        "((the|a|an|both|that|those|same|in|for|of|at|it|was|were|is|figures?|total|numbers?|level|recorded|reported"
        r"|received|during|what|we|saw|seen|average|just|only|peak|high|low|[\d,.%]+) ){0,6}$"
    )
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
    again = re.search(PARTS["<years>"], m[0]) if name == "last" else None
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
