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
    "year_ending": r"(the )?year end(ing|ed) <month>",
    "between": r"between (\d+\s)?<month> and (\d+\s)?(the end of )?<month>",
    "range": r"(from )?<month>\s*((up )?to|until|through( to)?|[–—/-])\s*"
    r"((the )?end (of )?)?<month>",
    "since": r"(since|after) (at least )?(((the |its )?)(?P<edge>\w+) (of|in) |the )?<month>"
    r"|from <month> on(wards?)?\b",
    "since_then": r"\b(since( then)?|thereafter)\b(?=\s*([.,;:]|$|(ha[sd]|have|we)\b))",
    "until": r"(up to|to|by|until|through to) (\d+\s)?(the )?(end (of )?)?<month>(?!['’]s)",
    "month": r"((?P<which>this|last|the previous) )?<month>(['’]s\b)?",
    "half": r"((the )?(first|1st) (two|2) quarters|quarters? (1|one) and (2|two)"
    r"|(?<!between\s)Q1\s*(and|&|to|\+|-|–)\s*Q?2|(the )?(first )?half[- ]year|H1\b"
    rf"|(the )?first half|(the )?mid[- ]?(point|year)){OF_YEAR}",
    "quarter": r"(\bQ(?P<q>[1-4])\b|\b(?P<nth>first|second|third|fourth|final|opening|1st|2nd|3rd"
    rf"|4th)[- ]quarter\b|\bquarter (?P<qth>[1-4]\b|one|two|three|four)\b){OF_YEAR}",
    "this_quarter": r"\b(?P<whose>the|this|latest|last|previous) quarter\b(?! (of|to)\b)",
    "first_months": rf"\bfirst <n> months{OF_YEAR}",
    "last_months": r"\b(last|latest|past|most recent) <n> months",
    "last": r"(the |this |that |its )?(same|corresponding|equivalent|comparable) (\w+ )?"
    r"(periods?|months?|quarters?|point|time|stage)( (in|of|during|a|for))?"
    r"( (<year ago>|20\d\d[/-]\d\d(\d\d)?|20\d\d))?|\b(<year ago>)",
    "year": "<years>",
    "to_date": r"\b((financial )?year[- ]to[- ]date|f?ytd|to[- ]date|cumulative(ly)?"
    r"|so far( this year)?|(this|current) (financial )?(year|FY)|since the start of the year"
    r"|(the|these|those) <n> months)\b",
    "previous": r"\b((the )?(previous|preceding|prior) (month|quarter)|last month"
    "|the (month|quarter|one) before|month[- ]on[- ]month)",
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
        r"(?i)\b(compare[sd]? (to|with|against)|than|against|versus|vs?\.?|relative to|above|below"
        r"|under|(?<!apart\s)from|behind|ahead of|short of|shy of|(same|many|much|few|high|low) as"
        r"|((?<=[%\d]\s)|(up|down|rise|fall|increase|decrease|reduction|drop|change|points?) )on"
        "|as (in|at|against)|(level|in line) with) "
        "((the|a|an|both|that|those|same|in|for|of|at|it|was|were|is|figures?|total|numbers?|level"
        "|recorded|reported|received|during|what|we|saw|seen|average|just|only|peak|high|low"
        r"|[\d,.%]+) ){0,6}$"
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
    named: list[Mention] = []
    for m in PERIOD.finditer(text):
        before = named[-1] if named else None
        gap = text[before.end : m.start()] if before else "-"
        kind, span, since = _read(m, facts, before)
        joins = before is not None and gap.strip(" ,(") in ("", "of", "in")
        this_year = span is not None and span[0] >= facts.opening
        if joins and before.span and (kind == LAST or m.lastgroup in ("year", "calendar")):
            back = -12 if kind == LAST and before.span[0] >= facts.opening else 0
            named[-1] = replace(before, end=m.end(), span=shifted(before.span, back))
        elif joins and before.kind == LAST and not before.base and "(" not in gap and this_year:
            named[-1] = replace(before, end=m.end(), kind=SPAN, span=shifted(span, -12))
        elif kind:
            base = bool(BASE.search(text, max(0, m.start() - 80), m.start())) and not since
            listed = bool(before and JOINED.fullmatch(gap) and kind == before.kind)
            if listed and text[: before.start].endswith("between "):
                named[-1], listed = replace(before, base=True), False
            base = before.base if listed else base
            named.append(Mention(m.start(), m.end(), kind, span, base, listed, since))
    return named


def written(text: str, facts: Facts) -> Mention | None:
    """The one period that a whole text names; None where it names none, or more."""
    named = mentions(text, facts)
    whole = [(m.start, m.end) for m in named] == [(0, len(text))]
    return named[0] if whole else None


def _read(
    m: re.Match, facts: Facts, before: Mention | None
) -> tuple[str, Span | None, pd.Period | None]:
    """The kind, the months and the month gone on from of one match of `PERIOD`."""
    name, opening, latest = m.lastgroup, facts.opening, facts.to_date[1]
    earlier = before.span if before else None
    groups = [g.lower().rstrip(".") for g in m.groups()[m.re.groupindex[name] :] if g]
    lead = groups[0] if groups else ""
    count = COUNTS.get(lead) or ORDINALS.get(lead) or int(lead if lead.isdigit() else 0)
    year = next((int(g) for g in groups if g.isdigit() and len(g) == 4), opening.year)
    years_on = 12 * (year - opening.year)
    again = re.search(PARTS["<years>"], m[0]) if name == "last" else None
    if again and int(again[1]) == opening.year:  # `the same months of 2016/17`
        last_year = earlier and earlier[0] < opening
        return SPAN, shifted(earlier, 12) if last_year else earlier or facts.to_date, None
    if name == "last" or (name in ("year", "calendar") and years_on == -12):
        return LAST, None, None
    if name == "previous" or (name == "this_quarter" and lead in ("last", "previous")):
        return PREVIOUS, None, None
    span, since = facts.to_date, None
    if name == "since_then":
        since = (earlier or facts.to_date)[1]
        return (SPAN if since < latest else ""), (since + 1, latest), since
    if name in ("months_to", "year_ending", "between", "range", "since", "until", "month"):
        first, last = _ends(groups, facts, dated=name != "months_to")
        span = first, last
    if name == "months_to":
        span = last - (count - 1), last
    elif name == "year_ending":
        span = last - 11, last
    elif name == "since":
        since = last + int(lead == "end")
        span = since, latest
    elif name == "until":
        span = facts.calendar.year(last).asfreq("M", "start"), last
    elif name == "month" and lead in ("last", "the previous") and last >= opening:
        span = shifted(span, -12)
    elif name == "half":
        span = shifted((opening, opening + 5), years_on)
    elif name == "quarter":
        first = opening + 3 * (count - 1)
        back = -12 if first > facts.month and len(groups) == 1 else 0
        span = shifted((first, first + 2), years_on + back)
    elif name == "this_quarter":
        first = opening + 3 * ((latest - opening).n // 3)
        span = first, first + 2
    elif name == "last_months":
        span = latest - (count - 1), latest
    elif name == "first_months" or (name == "to_date" and groups):
        span = shifted((opening, opening + (count - 1)), years_on)
    elif name in ("year", "calendar") and years_on:
        span = shifted((opening, opening + 11), years_on)
    elif name == "latest":
        span = facts.latest
    return SPAN, span, since


def _ends(names: list[str], facts: Facts, dated: bool) -> Span:
    """The first and last of the months named; one without its year goes by the one after it."""
    ends = [_month(name, facts) for name in names if name in MONTH_NUMBERS]
    years = [2000 + int(n[-2:]) for n in names if dated and n.isdigit() and len(n) in (2, 4)]
    for at, year in enumerate(reversed(years), 1):
        ends[-at] = pd.Period(year=year, month=ends[-at].month, freq="M")
    if len(years) < 2:
        ends[0] = ends[-1] - (ends[-1].month - ends[0].month) % 12
    return ends[0], ends[-1]


def _month(name: str, facts: Facts) -> pd.Period:
    """The month of a name: this financial year's, or last year's where that is still to come."""
    month = facts.opening + (MONTH_NUMBERS[name] - facts.opening.month) % 12
    return month if month <= facts.month else month - 12
