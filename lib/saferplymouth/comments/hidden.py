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
from functools import cache

from saferplymouth import disclosure
from saferplymouth.comments import vocabulary as v
from saferplymouth.comments.claims import IS, Checked
from saferplymouth.comments.figures import MONTHS, RATIO, Facts, Span, facts_in, months, shifted
from saferplymouth.comments.mentions import LAST, SPAN
from saferplymouth.comments.quantities import NOT_COUNTED, Number
from saferplymouth.comments.reading import sentences
from saferplymouth.framework import COUNT, SmallCounts
from saferplymouth.indicators import words as words_of
from saferplymouth.indicators.project import Project
from saferplymouth.sources import Comment
from saferplymouth.sources.statuses import HIDDEN

MISTAKE = "states a figure for a period whose count is hidden"
CURE = (
    "leave the figure out: it is hidden, here or by its sender, to protect people, and no sign-off "
    "lets one stand"
)
LONGEST = 500  # characters read at once; of a longer sentence one piece after another
DATED = re.compile(r"\b(20\d\d)-(0[1-9]|1[0-2])\b|\b(0?[1-9]|1[0-2])/(20\d\d)\b")
COUNTED = (  # what an indicator may count, besides the words of its own name
    r"(?:crimes?|incidents?|reports?|offences?|referrals?|cases?|victims?|people|persons?|children|individuals?"
    r"|occurrences?|complaints?|records?|counts?|instances?|episodes?|matters?|attacks?|assaults?|allegations?"
    r"|disclosures?|survivors?|adults?|men|women|girls?|boys?|clients?|rapes?|detentions?|teenagers?|logs?|ones?)"
)
IN_OTHER_WORDS = re.compile(  # what is as good as a number
    r"(?i)\b(?:none|nil|nought|nobody(?!\s+(?:should|must|needs|deserves))|twosome|threesome|foursome"
    rf"|(?:single|sole|lone|solitary)(?!\s+(?!(?:\w+\s+){{0,2}}{COUNTED})\w)"
    rf"|(?:pair|couple|duo|trio|quartet|hat-trick|handful)(?!\s+of\s+(?!(?:\w+\s+){{0,2}}{COUNTED})\w)"
    r"|II|III|IIII|IV|\w+fold|unchanged|quadrupl\w+|[a-z]?\d{1,2}x|n\d{1,3}"
    rf"|as\s+many|same\s+(?:number|figure|total|count|level|as)|one(?!\s+(?:of|another|area|reason|way)\b)|one\s+third"
    rf"|no\s+(?:\w+\s+){{0,3}}(?:{COUNTED}|change(?!\s+(?:to|of)\b)|more|fewer)|(?:first|second|third|fourth|\d+(?:st|nd|rd|th))\s+(?:\w+\s+){{0,2}}{COUNTED}"
    rf"|both\s+(?:\S+\s+){{0,3}}{COUNTED}(?!\s+and)"
    r"|only\s+(?!(?:in|of|by|when)\b)(?:\w+\s+){0,2}(?:crime|incident|report|offence|referral|case|victim|person|child)"
    r"|(?:report|record|happen|occur|log|seen|suffer)\w*\s+(?:just\s+|only\s+)?(?:once|twice|thrice))\b"
)
TOTAL = re.compile(  # numbers that else are taken for a name's or a date's
    rf"\b(?:(?i:totals?|counts?|numbers?|sum|tally|n|{COUNTED})\s*\d{{1,3}}(?![/,.:]?\d)|(?<!/)\d{{1,2}}/\d{{1,2}}(?!/))\b"
)
OF_THEM = re.compile(
    r"(?i)\bof\s+(?:them|these|those|which|whom)\b|\b(?:motivated|grounds|targeted)\b"
)
FOLLOWING = re.compile(r"\s+([\w'-]+)")
GOES_ON = re.compile(  # a word after a count; a plural that comes before one is of something else
    r"in|on|of|for|from|to|at|by|and|or|but|than|more|fewer|less|higher|lower|up|down|above|below|short|per|was|were"
    r"|when|which|with|is|are|ha[sd]|have|compared|against|an?|the|times|this|last|since|so|as|its|across|always|plus"
    r"|perhaps|thus|versus|these|those|out|that|then|it|also|before|after|under|about"
)
OTHERS = re.compile(
    r"(?:staff|personnel|police|weeks?|days?|hours?|months?|quarters?|years?|minutes?|parts?|miles?|million"
    r"|(?!afterwards|towards|besides|less)[\w'-]{2,}[^s'\W]s)"
)
OF_MONTHS = re.compile(
    r"(?i)\s*(?:(?:of|the|those|last|past|further|more|odd|consecutive|successive|straight|two|three|four|five|six|seven"
    r"|eight|nine|ten|eleven|twelve|\d+)\s+)*(?:months?|quarters?)\b"
)
MONTH_BESIDE = re.compile(
    r"(?i)\bmonth\s+(?:later|after|before|earlier|on\b)|\b(?:next|following|previous|preceding|prior|last)\s+month\b"
)
LIKE = re.compile(
    r"(?i)\b(?:match\w*|equal\w*|identical|level\s+with|same|as\s+\w+\s+as|unchanged)\b"
)
COMMON = re.compile(  # no name of one indicator, though no other has the word
    rf"{COUNTED}|recorded|other|after|against|began|risk|involved|identified|referred|young|national|health|section|under"
    r"|victim|counted|violence|mental|mechanism"
)
LOOK_ALIKE = str.maketrans(  # letters of other scripts that look like Latin ones
    "аеорсухіјѕԁһкмтнвАЕОРСУХІЈЅКМТНВοαενικΟΑΕΝΙΚ⁄",
    "aeopcyxijsdhkmthbAEOPCYXIJSKMTHBoaevikOAENIK/",
)


@dataclass(frozen=True)
class _Hidden:
    """An indicator with hidden counts: their months, for each name of a group those in which it is
    hidden, and the bounds that are published of its year to date; the words of its name, and what
    calls it, be it by one word that is in no other's name.
    """

    facts: Facts
    own: list[Span]
    groups: dict[str, list[Span]]
    bounds: str
    words: set[str]
    called: re.Pattern


def stated(project: Project, key: str, text: str) -> list[str]:
    """The sentences of a comment (Markdown) on the indicator `key` that state a figure of a hidden
    period, of this indicator or of another that they name.
    """
    own = facts_in(project, key)
    stood = project.stood
    theirs = set(stood.loc[stood["status"] == HIDDEN, "indicator"])
    may = (f for f in own.others.values() if f.indicator.sensitive or f.indicator.key in theirs)
    guarded = [h for h in map(_hidden, may) if h.own or h.groups]
    if not guarded:
        return []
    written, on_page = (sentences(_plain(one)) for one in (_tagless(text), _on_page(text)))
    found: dict[str, str] = {}  # by their letters
    for told in (written, on_page) if on_page != written else (written,):
        for sentence in _stated(told, own, guarded):
            found.setdefault(re.sub(r"[\W_]+", "", sentence), sentence)
    return list(found.values())


def _stated(told: list[str], own: Facts, guarded: list[_Hidden]) -> Iterator[str]:
    context: list[Span] = []
    named: list[Facts] = []
    for sentence in told:
        for start in range(0, len(sentence), LONGEST):
            read = Checked(sentence[start : start + LONGEST], own, context)
            named = [facts for _, facts in read.named] or named
            about = named if any(f is not own for f in named) else [own]
            about = [*about, *([own] if not read.named else [])]
            for h in guarded:
                other = h.facts not in about
                if other and h.facts is not own and not h.called.search(read.text):
                    continue
                if _states(read, h, other) or (not other and _ranks(read, h)):
                    yield sentence
                    break
            context = read.leaves


def _tagless(text: str) -> str:
    return re.sub(r"</?[a-zA-Z!][^>]*>", "", html.unescape(text))


def _on_page(text: str) -> str:
    """A Markdown text as a page shows it, a paragraph for each of its blocks."""
    blocks = re.sub(r"</?(?:p|li|ul|ol|blockquote|br)\b[^>]*>", "\n\n", Comment(text).html)
    return html.unescape(re.sub(r"<[^>]*>", "", blocks))


def _plain(text: str) -> str:
    """A text without emphasis and accents, its numerals and look-alike letters as what they stand
    for, its dates with the names of their months.
    """
    shown = unicodedata.normalize("NFKD", text)
    shown = "".join(_numeral(c) for c in shown if not unicodedata.combining(c))
    shown = shown.translate(LOOK_ALIKE)
    shown = re.sub(r"(?<=\w)[*_~]+(?=\w)|[|]", lambda m: " " if m[0] == "|" else "", shown)
    shown = re.sub(r"\b(?:[A-Za-z][ -]){2,9}[A-Za-z]\b", lambda m: re.sub("[ -]", "", m[0]), shown)
    return DATED.sub(lambda m: f"{calendar.month_name[int(m[2] or m[3])]} {m[1] or m[4]}", shown)


def _numeral(c: str) -> str:
    """A character, and for a numeral of any script its digits."""
    value = None if c.isascii() else unicodedata.numeric(c, None)
    return c if value is None else f"{value:g}"


def _hidden(facts: Facts) -> _Hidden:
    whole, parts = facts.evidence.observed, facts.evidence.groups
    groups: dict[str, list[Span]] = {}
    for period, row in parts[parts["hidden"]].iterrows() if len(parts) else ():
        breakdown = facts.indicator.breakdowns[row["breakdown"]]
        for name in (breakdown.groups[row["group"]].lower(), ""):
            groups.setdefault(name, []).append(months(period))
    doubts = facts.evidence.doubts if facts.indicator.sensitive else ()
    secret = whole["hidden"] | (facts.indicator.rounds & (whole["value"] > 0))
    own = [months(period) for period in (*whole.index[secret], *doubts)]
    between = disclosure.total_between(facts.year) if disclosure.hides_total(facts.year) else None
    bounds = words_of.bounds(*between).removeprefix("between ") if between else ""
    words = _words(facts)
    taken = {w for f in facts.others.values() if f is not facts for w in _words(f)}
    only = [re.escape(w.removesuffix("s")) for w in words - taken if len(w) > 3]
    only = [w for w in only if not COMMON.fullmatch(w)]
    called = re.compile(rf"(?i)\b(?:{'|'.join(only)})" if only else r"(?!)")
    return _Hidden(facts, own, groups, bounds, words, called)


def _words(facts: Facts) -> set[str]:
    named = f"{facts.indicator.name} {facts.indicator.counted}".lower()
    return {word for word in re.findall(r"[a-z]+", named) if not GOES_ON.fullmatch(word)}


def _states(read: Checked, hidden: _Hidden, other: bool) -> bool:
    """Whether a number of a sentence is said of a hidden period of this indicator; of a sentence on
    `other` indicators, a number whose clause does not name one of them.
    """
    lower = read.text.lower()
    parts = [spans for name, spans in hidden.groups.items() if name and name in lower]
    parts += [hidden.groups.get("", [])] if OF_THEM.search(lower) else []
    secret = [*hidden.own, *(span for spans in parts for span in spans)]
    i, beside = hidden.facts.indicator, []
    if i.sensitive:
        beside = [m.span() for m in _below(i.small).finditer(read.text)]
    at = lower.find(hidden.bounds) if hidden.bounds else -1
    beside += [(at, at + len(hidden.bounds))] if at >= 0 else []
    for n in _numbers(read):
        if any(a <= n.start < b for a, b in beside):
            continue
        if n.unit == MONTHS and OF_MONTHS.match(read.text, n.end):
            continue
        clause = next((c for c in read.clauses if n in c), None)
        if other and clause and any(clause.start <= at < clause.end for at, _ in read.named):
            continue
        whose = n.value < 0 or not _counts_others(read.text, n, hidden.words)
        published = n.value >= 0 and not parts and read.judged(n)[0] == IS
        if (
            whose
            and not published
            and any(_meet(span, one) for span in _spans(read, n) for one in secret)
        ):
            return True
    return False


@cache
def _below(small: SmallCounts) -> re.Pattern:
    """What anyone knows of a hidden count: `fewer than 5`, `between 1 and 4`."""
    low, high, above = small.fewest, small.most, small.most + 1
    return re.compile(
        rf"(?i)\b(?:(?:fewer|less)\s+than|below|under)\s+(?:{above}|{words_of.spelt(above)})\b"
        rf"|(?<!from\s)(?:\bbetween\s+{low}\s+and\s+{high}\b|\b{low}\s*(?:to|-|–)\s*{high}\b)"
    )


def _counts_others(text: str, n: Number, own: set[str]) -> bool:
    """Whether what follows a number says that it counts something else: `12 new officers`, or none
    at all: `a third centre`.
    """
    at = n.end
    for _ in range(4):
        m = FOLLOWING.match(text, at)
        word = m[1].lower() if m else ""
        if not m or GOES_ON.fullmatch(word) or word in own or re.fullmatch(COUNTED, word):
            return False
        if OTHERS.fullmatch(word) or (n.unit == RATIO and n.text.lower().startswith("a")):
            return True
        at = m.end()
    return False


def _ranks(read: Checked, hidden: _Hidden) -> bool:
    """Whether a clause says how two hidden months compare."""
    for clause in read.clauses:
        if v.DIRECTION.search(clause.text) or LIKE.search(clause.text):
            inside = [m for m in read.mentions if m in clause]
            spans = [m.span for m in inside if m.span and m.span[0] == m.span[1]]
            back = [12 if m.kind == LAST else 1 for m in inside if m.kind != SPAN]
            spans += [shifted(span, -by) for span in spans for by in back]
            if len({span for span in spans if span in hidden.own}) > 1:
                return True
    return False


def _numbers(read: Checked) -> Iterator[Number]:
    yield from read.numbers
    masked = NOT_COUNTED.sub(lambda m: "·" * len(m[0]), read.text)
    taken = [*read.mentions, *read.numbers]
    for text, pattern in ((masked, IN_OTHER_WORDS), (read.text, TOTAL)):
        for m in pattern.finditer(text):
            if not any(x.start <= m.start() < x.end for x in taken):
                yield Number(m.start(), m.end(), m[0], -1, COUNT)


def _spans(read: Checked, n: Number) -> list[Span]:
    """The months that a number may be of or from."""
    facts, tied = read.facts, read.tied(n)
    loose = n.value < 0 or n.unit == RATIO or read.changes(n)
    months_beside = [1, -1] if MONTH_BESIDE.search(read.text) else []
    if tied and tied.kind == SPAN and not tied.listed and not loose:
        told = [m.span for m in read.mentions if m.span]  # `31 in November, counting October`
        return [*told, *(shifted(span, by) for span in told for by in months_beside)]
    own = [m.span for m in read.mentions if m.span] or read.context
    own = own or [facts.to_date, facts.latest]
    back = [12] if any(m.kind != SPAN for m in read.mentions) else []
    back += [12, 1] if read.changes(n) or v.DIRECTION.search(read.text) else []
    back += months_beside
    return own + [shifted(span, -by) for span in own for by in back]


def _meet(one: Span, other: Span) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]
