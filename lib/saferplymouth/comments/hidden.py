"""Sentences of a comment that state a figure which the tables hide.

A number, in digits or words, is refused where the months it is said of meet a hidden one, unless it
is a figure that is published. So the answer is the same for every count that may be hidden there.
"""

import calendar
import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from saferplymouth import disclosure
from saferplymouth.comments import vocabulary as v
from saferplymouth.comments.claims import IS, Checked
from saferplymouth.comments.figures import MONTHS, RATIO, Facts, Span, facts_in, months, shifted
from saferplymouth.comments.mentions import SPAN
from saferplymouth.comments.quantities import NOT_COUNTED, Number
from saferplymouth.comments.reading import sentences
from saferplymouth.indicators.project import Project

MISTAKE = "states a figure for a period whose count is hidden"
CURE = (
    "leave the figure out: small counts are hidden to protect people, and no sign-off lets one "
    "stand"
)
LONGEST = 500  # characters read at once; of a longer sentence one piece after another
DATED = re.compile(r"\b(20\d\d)-(0[1-9]|1[0-2])\b|\b(0?[1-9]|1[0-2])/(20\d\d)\b")
COUNTED = r"(?:crimes?|incidents?|reports?|offences?|referrals?|cases?|victims?|people|children)"
IN_OTHER_WORDS = re.compile(  # what is as good as a number
    r"(?i)\b(?:none|nil|nought|nobody|single|sole|pair|couple|trio|hat-trick|handful|II|III|IV|\w+fold|unchanged|quadrupl\w+"
    rf"|as\s+many|same\s+(?:number|figure|total|count|level|as)|one(?!\s+(?:of|another|area|reason|way)\b)|one\s+third"
    rf"|no\s+(?:\w+\s+){{0,3}}(?:{COUNTED}|change|more|fewer)|(?:first|second|third|fourth|\d+(?:st|nd|rd|th))\s+(?:\w+\s+){{0,2}}{COUNTED})\b"
)
OF_THEM = re.compile(r"(?i)\bof\s+(?:them|these|those|which|whom)\b")
BELOW = re.compile(
    r"(?i)\b(?:(?:fewer|less)\s+than|below|under)\s+(?:5|five)\b|\b(?:between\s+)?1\s*(?:and|to|-|–)\s*4\b"
)
OF_THE_COUNT = re.compile(  # what goes on after a count; another word names what else is counted
    r"(?i)\s*(?:$|[^\sa-z]|(?:in|on|of|for|from|to|at|by|and|or|but|than|more|fewer|less|higher|lower|up|down|above|below|short"
    rf"|months?|per|was|were|when|which|with|is|are|ha\w+|compared|against|an?|the|out\w*|times|th\w+|last|this|since|so|recorded|reported|hate|{COUNTED})\b)"
)


@dataclass(frozen=True)
class _Hidden:
    """An indicator with hidden counts: their months, for each name of a group those in which it is
    hidden, and the bounds that are published of its year to date.
    """

    facts: Facts
    own: list[Span]
    groups: dict[str, list[Span]]
    bounds: str


def stated(project: Project, key: str, text: str) -> list[str]:
    """The sentences of a comment (Markdown) on the indicator `key` that state a figure of a hidden
    period, of this indicator or of another that they name.
    """
    own = facts_in(project, key)
    sensitive = (facts for facts in own.others.values() if facts.indicator.sensitive)
    guarded = [h for h in map(_hidden, sensitive) if h.own or h.groups]
    found: list[str] = []
    context: list[Span] = []
    named: list[Facts] = []
    for sentence in sentences(_plain(text)) if guarded else ():
        for start in range(0, len(sentence), LONGEST):
            read = Checked(sentence[start : start + LONGEST], own, context)
            named = [facts for _, facts in read.named] or named
            about = named if any(f is not own for f in named) else [own]
            if sentence not in found and any(
                _states(read, h)
                for h in guarded
                if h.facts in (*about, *([own] if not read.named else []))
            ):
                found.append(sentence)
            context = read.leaves
    return found


def _plain(text: str) -> str:
    """A text as a reader sees it: without tags and emphasis, its entities and wide digits as what
    they stand for, its dates with the names of their months.
    """
    shown = unicodedata.normalize("NFKC", re.sub("<[^>]*>", "", html.unescape(text)))
    shown = re.sub(r"(?<=\w)[*_]+(?=\w)|[|]", lambda mark: " " if mark[0] == "|" else "", shown)
    return DATED.sub(lambda m: f"{calendar.month_name[int(m[2] or m[3])]} {m[1] or m[4]}", shown)


def _hidden(facts: Facts) -> _Hidden:
    whole, parts = facts.evidence.observed, facts.evidence.groups
    groups: dict[str, list[Span]] = {}
    for period, row in parts[parts["hidden"]].iterrows() if len(parts) else ():
        breakdown = facts.indicator.breakdowns[row["breakdown"]]
        for name in (breakdown.groups[row["group"]].lower(), ""):
            groups.setdefault(name, []).append(months(period))
    own = [months(period) for period in (*whole.index[whole["hidden"]], *facts.evidence.doubts)]
    between = disclosure.total_between(facts.year) if disclosure.hides_total(facts.year) else None
    bounds = "{:,.0f} and {:,.0f}".format(*between) if between else ""
    return _Hidden(facts, own, groups, bounds)


def _states(read: Checked, hidden: _Hidden) -> bool:
    """Whether a number of a sentence is said of a hidden period of this indicator."""
    lower = read.text.lower()
    parts = [spans for name, spans in hidden.groups.items() if name and name in lower]
    parts += [hidden.groups.get("", [])] if OF_THEM.search(lower) else []
    secret = [*hidden.own, *(span for spans in parts for span in spans)]
    beside = [m.span() for m in BELOW.finditer(read.text)]
    at = lower.find(hidden.bounds) if hidden.bounds else -1
    beside += [(at, at + len(hidden.bounds))] if at >= 0 else []
    for n in _numbers(read):
        if any(a <= n.start < b for a, b in beside) or n.unit == MONTHS:
            continue
        whose = n.value < 0 or OF_THE_COUNT.match(read.text, n.end)
        published = not parts and read.judged(n)[0] == IS
        if (
            whose
            and not published
            and any(_meet(span, one) for span in _spans(read, n) for one in secret)
        ):
            return True
    return False


def _numbers(read: Checked) -> Iterator[Number]:
    yield from read.numbers
    masked = NOT_COUNTED.sub(lambda m: "·" * len(m[0]), read.text)
    for m in IN_OTHER_WORDS.finditer(masked):
        taken = [*read.mentions, *read.numbers]
        if not any(x.start < m.end() and m.start() < x.end for x in taken):
            yield Number(m.start(), m.end(), m[0], -1, "count")


def _spans(read: Checked, n: Number) -> list[Span]:
    """The months that a number may be of or from."""
    facts, tied = read.facts, read.tied(n)
    loose = n.value < 0 or n.unit == RATIO or read.changes(n)
    if tied and tied.kind == SPAN and not tied.listed and not loose:
        return [tied.span]
    own = [m.span for m in read.mentions if m.span] or read.context
    own = own or [facts.to_date, facts.latest]
    back = [12] if any(m.kind != SPAN for m in read.mentions) else []
    back += [12, 1] if read.changes(n) or v.DIRECTION.search(read.text) else []
    return own + [shifted(span, -by) for span in own for by in back]


def _meet(one: Span, other: Span) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]
