"""Which sentences of a comment state a figure that the tables hide; of the hidden counts nothing is
known here.

A number, in digits or words, is held against the months it is said of: those its clause names, else
the nearest named before it, else the year to date and the latest month. Where one of them is hidden
the sentence may not be published, whatever the number: what is answered is the same for every
count, so that no answer tells which is right.
"""

import calendar
import html
import re
import unicodedata
from dataclasses import dataclass

from saferplymouth import disclosure
from saferplymouth.comments import dates, lexicon, reading
from saferplymouth.comments.context import Reading
from saferplymouth.comments.dates import MONTH, WORDS, Mention
from saferplymouth.comments.figures import Facts, Span, facts_in
from saferplymouth.comments.reading import Clause
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.project import Project
from saferplymouth.statistics.intervals import round_half_away

MISTAKE = "states a figure for a period whose count is hidden"
CURE = (
    "leave the figure out: small counts are hidden to protect people, and no sign-off lets one "
    "stand"
)
LONGEST = 500  # characters read at once; of a longer sentence one piece after another
COUNTED = (
    r"(?:crimes?|incidents?|reports?|offences?|referrals?|cases?|victims?|people|persons?|children"
    r"|detentions?|rapes?)"
)
TENS = "(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty"
CHANGE = r"doubl\w+|twice|thrice|trebl\w+|tripl\w+|quadrupl\w+|halv\w+|\w+fold|unchanged|as\s+many"
CHANGE += (
    r"|(?:two|a|one)[\s-](?:third|quarter|half)s?|same\s+(?:number|figure|total|count|level|as)"
)
ORDINAL = r"(?:first|second|third|fourth|fifth|sixth|\d+(?:st|nd|rd|th))"
FIGURE = re.compile(
    rf"(?P<change>\b(?:{CHANGE})\b)|(?P<digits>\d+(?:,\d{{3}})*(?:\.\d+)?)"
    rf"|\b(?:{'|'.join(WORDS[1:])}|{TENS}|hundred|dozen|zero|nil|nought|none|single|sole|pair|couple|handful|II|III|IV"
    r"|not\s+(?:one|a\s+single)|half\s+of\s+(?:all|the(?!\s+year)|th[eo]se|them))\b"
    rf"|\bno\s+(?:\w+\s+){{0,3}}(?:{COUNTED}|change|more|fewer)\b|\b{ORDINAL}\s+(?:\w+\s+){{0,2}}{COUNTED}\b"
    r"|(?<!no )(?<!any )(?<!this )(?<!that )\bone\b(?!\s+(?:of|another|area|reason|way)\b)",
    re.I,
)
# numbers of something else, and what says no more of a hidden count than the tables do
BESIDE = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s?(?:to|-|–|and)\s?)?\d{{1,2}}(?:(?:st|nd|rd|th)(?:\s+of)?)?\s+(?={MONTH})|[£$€]\s?[\d.,]+|\b\d{{1,2}}[:.]\d\d\b|\b\d{{1,2}}\s?[ap]m\b"
    r"|\b(?:Operation|Section|Page|Ward|Chapter|Appendix|Table)\s+\d+\b|\b(?:per|call|ring|dial)\s+[\d,]+"
    r"|\b\d+[- ]year[- ]olds?|\baged?\s+\d+(?:\s?(?:to|-|–|and)\s?\d+)?"
    rf"|\b(?:\d+|{'|'.join(WORDS)})\s+(?:months?|quarters?|years?|weeks?|days?|hours?|minutes?)\b"
    r"|(?<!from )\b(?:1|one)(?:\s+(?:to|and)\s+|\s?[-–]\s?)(?:4|four)\b"
    r"|\b(?:(?:fewer|less)\s+than|under|below)\s+(?:5|five)\b",
    re.I,
)
SIZE = re.compile(
    r"\s*(?:%|per\s?cent|pct|percentage|points?)|\s+(?:\w+\s+){0,3}(?:more|fewer|less|higher|lower)\b",
    re.I,
)
NUMERIC = re.compile(r"\b(20\d\d)-(0[1-9]|1[0-2])\b|\b(0?[1-9]|1[0-2])/(20\d\d)\b")
JOINED = re.compile(r"[\s,]*(?:and|&|plus|or|,)\s*(?:in\s+)?", re.I)
IN_YEAR = {"of", "of the", "in", "in the"}
OF_THEM = re.compile(r"\bof\s+(?:them|these|those|which|whom)\b", re.I)
NAMES = list(calendar.month_name)


@dataclass(frozen=True)
class _Hidden:
    """The months of an indicator's hidden counts, and for each name of a group those in which it is
    hidden.
    """

    facts: Facts
    own: list[Span]
    groups: dict[str, list[Span]]
    bounds: str


def stated(project: Project, key: str, text: str) -> list[str]:
    """The sentences of a comment (Markdown) on the indicator `key` that state a figure of a hidden
    period, of this indicator or of another that they name; the same for every count that may be
    hidden there.
    """
    own = facts_in(project, key)
    kept = [
        _hidden(facts, project.evidence[facts.indicator.key])
        for facts in (own, *own.sisters.values())
    ]
    guarded = [h for h in kept if h.own or h.groups]
    found: list[str] = []
    named: list[Facts] = []
    before: list[Span] = []
    for sentence in reading.sentences(_plain(text)) if guarded else ():
        for start in range(0, len(sentence), LONGEST):
            read = _Read(sentence[start : start + LONGEST], own, before, named)
            if sentence not in found and any(read.states(h) for h in guarded):
                found.append(sentence)
            before, named = read.spans or before, read.named_facts or named
    return found


def _plain(text: str) -> str:
    """A text as a reader sees it: without tags and emphasis, its entities and wide digits as what
    they stand for.
    """
    shown = unicodedata.normalize("NFKC", re.sub("<[^>]*>", "", html.unescape(text)))
    shown = re.sub(r"(?<=\w)[*_]+(?=\w)|[|]", lambda mark: " " if mark[0] == "|" else "", shown)
    return NUMERIC.sub(lambda m: f"{NAMES[int(m[2] or m[3])]} {m[1] or m[4]}", shown)


def _hidden(facts: Facts, evidence: Evidence) -> _Hidden:
    whole, parts = evidence.observed, evidence.groups
    groups: dict[str, list[Span]] = {}
    for period, row in parts[parts["hidden"]].iterrows() if len(parts) else ():
        breakdown = facts.indicator.breakdowns[row["breakdown"]]
        for name in (breakdown.groups[row["group"]], ""):
            groups.setdefault(name.lower(), []).append(_months(period))
    between = disclosure.total_between(facts.year) if disclosure.hides_total(facts.year) else None
    bounds = "{:,.0f} and {:,.0f}".format(*between) if between else "-"
    return _Hidden(
        facts, [_months(period) for period in whole.index[whole["hidden"]]], groups, bounds
    )


def _months(period) -> Span:
    return period.asfreq("M", "start"), period.asfreq("M", "end")


class _Read:
    """A sentence read for its numbers, with the months and indicators of the one before it."""

    def __init__(self, sentence: str, own: Facts, before: list[Span], named: list[Facts]):
        self.read = Reading(sentence, own)
        text = re.sub('[“”"]', "", sentence).replace("’", "'")
        self.read.text = self.text = BESIDE.sub(lambda m: " " * len(m[0]), text)
        self.read.mentions = _apart(
            self.text, dates.mentions(self.text, own.month, own.latest, own.calendar)
        )
        self.read.clauses = reading.clauses(self.text, self.read.mentions)
        self.own, self.before = own, before
        self.named_facts = self.read.named(self.text)[0]
        self.inherited = [] if self.named_facts else named
        self.latest = (own.latest, own.latest)
        self.spans = [span for m in self.read.mentions for span in self._spans(m)]

    def states(self, hidden: _Hidden) -> bool:
        """Whether a number of it is said of a month that is hidden."""
        text = self.text.replace(hidden.bounds, " " * len(hidden.bounds))
        for name in filter(None, hidden.groups):
            text = (
                re.sub(re.escape(name), lambda m: "¤" * len(m[0]), text, flags=re.I)
                if name[0].isdigit()
                else text
            )
        return any(
            self._said_of(hidden, clause, figure)
            for figure in FIGURE.finditer(text)
            if not any(
                m.start < figure.end() and figure.start() < m.end for m in self.read.mentions
            )
            for clause in self.read.clauses
            if clause.start <= figure.start() < clause.end
        )

    def _said_of(self, hidden: _Hidden, clause: Clause, figure: re.Match) -> bool:
        facts = hidden.facts
        about = self.read.about(clause)
        if facts not in about and not (facts in self.inherited and about == [self.own]):
            return False
        value = float(figure["digits"].replace(",", "")) if figure["digits"] else None
        lead, after = self.text[clause.start : figure.start()], self.text[figure.end() :]
        changed = bool(figure["change"] or SIZE.match(after) or _by(lead))
        nearest = self._nearest(clause, figure)
        spans = (
            [span for m in self._joined(nearest) for span in self._spans(m)]
            if nearest
            else self.before or self._usual(facts)
        )
        if "target" in clause.text.lower() and disclosure.hides_total(facts.year):
            return value not in {*_targets(facts), *map(facts.level, spans)}
        if changed:
            return self._change(hidden.own, facts, nearest, spans, value)
        groups = [
            months for name, months in hidden.groups.items() if name and name in clause.text.lower()
        ]
        if OF_THEM.search(self.text):
            groups.append(hidden.groups.get("", []))
        if any(_meet(span, months) for months in groups for span in spans):
            return True
        if (
            not (nearest or self.before)
            and not _meet(self.latest, hidden.own)
            and _of_others(after, facts)
        ):
            return False
        sure = nearest is not None and clause.start <= nearest.start < clause.end
        shown = {facts.level(span) for span in (*spans, *self._usual(facts))} if not sure else set()
        return any(_meet(span, hidden.own) for span in spans) and not (
            value is not None and value in shown
        )

    def _change(
        self, hidden: list[Span], facts: Facts, nearest: Mention | None, spans: list[Span], value
    ) -> bool:
        """Whether a change is on or from a hidden month; one that is published of the same months
        is not.
        """
        others = [m for m in self.read.mentions if m is not nearest]
        bases = [span for m in others for span in self._spans(m)]
        if any(_meet(span, hidden) for span in (*spans, *bases)):
            return True
        moves = [
            move
            for span in spans
            for move in (facts.move(span), facts.step(span))
            if move is not None
        ]
        sizes = {
            round_half_away(abs(s)) for m in moves for s in (m.change, m.percent) if s is not None
        }
        if bases or (value is not None and value in sizes):
            return False
        length = [(span[1] - span[0]).n + 1 for span in spans]
        implied = [(a - n, b - n) for (a, b), m in zip(spans, length, strict=True) for n in (m, 12)]
        return any(_meet(span, hidden) for span in implied)

    def _nearest(self, clause: Clause, figure: re.Match) -> Mention | None:
        """The period that a number is said of: the nearest of its clause, else the last before it,
        else the next.
        """
        mentions = self.read.mentions
        inside = self.read.inside(clause, mentions)
        if inside:
            return min(
                inside, key=lambda m: max(m.start - figure.end() - 1, figure.start() - m.end)
            )
        earlier = [m for m in mentions if m.end <= figure.start()]
        return (earlier[-1:] or mentions[:1] or [None])[0]

    def _joined(self, mention: Mention) -> list[Mention]:
        """The periods that a number of one of them may be of: those listed with it, `October and
        November`.
        """
        mentions, at = self.read.mentions, self.read.mentions.index(mention)
        first = last = at
        while first and JOINED.fullmatch(self.text, mentions[first - 1].end, mentions[first].start):
            first -= 1
        while last + 1 < len(mentions) and JOINED.fullmatch(
            self.text, mentions[last].end, mentions[last + 1].start
        ):
            last += 1
        return mentions[first : last + 1]

    def _spans(self, mention: Mention) -> list[Span]:
        """The months of a period named; one that is told by another, such as the year before, goes
        by the others.
        """
        if mention.kind == "to date":
            return [(self.own.opening, self.own.month)]
        if mention.kind == "unknown":
            return [(self.own.opening - 1200, self.own.opening - 13)]
        if mention.first is not None:
            return [mention.span]
        dated = [m.span for m in self.read.mentions if m.first is not None and m.kind != "to date"]
        told = dated or self.before or [(self.own.opening, self.own.latest)]
        if mention.kind == "other month":
            return [(a - 1, a - 1) for a, _ in dated or self.before or [self.latest]]
        whole = [] if dated else [(self.own.opening - 12, self.own.opening - 1)]
        return [(a - 12, b - 12) for a, b in told if a >= self.own.opening] + whole

    def _usual(self, facts: Facts) -> list[Span]:
        """What a number without a period is said of."""
        latest = facts.values.index[-1:]
        return [*([facts.to_date] if facts.to_date else []), *map(_months, latest)]


def _apart(text: str, mentions: list[Mention]) -> list[Mention]:
    """The periods without the year that another is of: `the first quarter of 2016/17`, `2016/17
    Q1`.
    """
    ends = [m.end for m in mentions[:-1]]
    after = [
        True,
        *(
            text[end : m.start].strip() not in IN_YEAR
            for end, m in zip(ends, mentions[1:], strict=True)
        ),
    ]
    before = [
        *(text[end : m.start].strip() for end, m in zip(ends, mentions[1:], strict=True)),
        "-",
    ]
    return [
        m
        for m, a, b in zip(mentions, after, before, strict=False)
        if m.kind != "to date" or (a and b)
    ]


def _targets(facts: Facts) -> set[float]:
    target = facts.year.target
    return set() if target is None else {*facts.year.frame["target"].dropna(), target.year_end}


def _by(lead: str) -> bool:
    """Whether what stands before a number makes it the size of a change: `rose by`, `a fall of`,
    `up`.
    """
    said = list(lexicon.DIRECTION.finditer(lead))
    joined = lead[said[-1].end() :].strip().lower() if said else "-"
    return joined in (
        "",
        "by",
        "of",
        "by about",
        "by only",
        "by just",
        "of only",
    ) or lead.rstrip().lower().endswith(("change of", "difference of", "gap of"))


def _of_others(after: str, facts: Facts) -> bool:
    """Whether a number counts what the indicator does not: `3 parts`."""
    following = re.findall(r"[\w-]+", after)[:3]
    known = " ".join(facts.names())
    counted = any(
        re.fullmatch(COUNTED, word, re.I) or word.lower().rstrip("s") in known for word in following
    )
    return bool(following) and following[0].lower() not in lexicon.KNOWN and not counted


def _meet(span: Span, months: list[Span]) -> bool:
    return any(first <= span[1] and span[0] <= last for first, last in months)
