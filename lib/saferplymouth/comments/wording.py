"""What a number claims to be: a count, a change with its direction, a figure of the target; and how
nearly.
"""

import re
from dataclasses import dataclass

from saferplymouth.comments import lexicon
from saferplymouth.comments.context import Reading
from saferplymouth.comments.reading import Clause, Number
from saferplymouth.statistics.intervals import round_half_away

DURATION = re.compile(
    r"\s*-?(?:of\s+(?:the|those|these)\s+(?:\w+\s+)?)?(?:calendar\s+|consecutive\s+|full\s+|successive\s+)?"
    r"(?:months?|quarters?|years?|weeks?|days?|hours?|minutes?|times|o'clock)\b",
    re.I,
)
RATE = re.compile(
    r"^\s*(?:\w+\s+){0,3}?(?:a|per|each|every)\s+(?:month|quarter|week|day|10{0,2},000|thousand|head)\b|\bper\s+10{0,2},000",
    re.I,
)
AVERAGE = re.compile(
    r"\b(?:average[ds]?|mean|median|typical\w*|forecast|projected|predicted|estimated?|rate\s+per)\b",
    re.I,
)
PEOPLE = re.compile(
    r"\s*(?:(?!(?:in|on|of|to|by|for|from|at|with|and|than|were|was|is|are)\b)[\w-]+\s+){0,2}?"
    r"(victims?|people|persons?|residents?|officers?|offenders?|members?|children|adults?|women|men|staff|areas?)\b",
    re.I,
)
AROUND, NEAR, COARSE = (
    0.10,
    0.12,
    0.025,
)  # how far "about", "nearly" and a round hundred may stand from the figure


@dataclass(frozen=True)
class Claim:
    """A number as a claim: `kind` is level, base, change, target, distance or pace; `sign` of a
    change, 0 if unsaid.
    """

    number: Number
    kind: str
    sign: int
    written: str
    word: str  # how near it says it is: about, under, over, below, just_over or nothing


def claims_in(read: Reading, clause: Clause) -> list[Claim]:
    return [
        c for n in read.inside(clause, read.numbers) if (c := _claim(read, clause, n)) is not None
    ]


def _claim(read: Reading, clause: Clause, n: Number) -> Claim | None:
    """What a number claims to be; None for a length of time, which is no claim."""
    before, after = read.text[clause.start : n.start], read.text[n.end : clause.end]
    if n.unit == "count" and DURATION.match(after):
        return None
    near = lexicon.APPROXIMATE.search(before)
    word = near.lastgroup if near else ""
    lead = before[: near.start()] if near else before
    kind = _target_kind(read, clause, n, lead, after)
    sign, written = (0, n.written) if kind else _direction(lead, after, n)
    if not kind and (RATE.search(after) or AVERAGE.search(clause.text)):
        kind = "unknown"
    if (
        not kind
        and not sign
        and (
            re.search(r"\b(?:further|another)\s+$", lead)
            or (n.unit == "count" and _people(read, after))
        )
    ):
        kind = "unknown"
    if not kind and not sign and n.base and not (near and "than" in near[0].lower()):
        kind = "base"
    if (
        not kind
        and not sign
        and n.unit == "percent"
        and re.match(r"\s+of\b", after)
        and not read.facts.percent
    ):
        kind = "unknown"
    if not kind:
        relative = n.unit != "count" and not read.facts.percent
        kind = "change" if sign or n.sign or relative or _unsigned(lead) else "level"
    return Claim(n, kind, n.sign or sign, written, word)


def _people(read: Reading, after: str) -> bool:
    """Whether a number counts people, who are not what the indicator counts."""
    m = PEOPLE.match(after)
    return m is not None and not any(
        m[1].lower().rstrip("s") in name for name in read.facts.names()
    )


def _unsigned(lead: str) -> bool:
    return bool(
        re.search(r"\b(?:change|difference|variation|movement|gap)\s+(?:of|is|was)\s*$", lead, re.I)
    )


def _direction(lead: str, after: str, n: Number) -> tuple[int, str]:
    """The sign of the direction word that a number belongs to, 0 for none, and the words of
    both.
    """
    said = [
        m for m in lexicon.DIRECTION.finditer(lead) if lexicon.LEADS.match(lead[m.end() :] or " ")
    ]
    if said:
        return (1 if said[-1]["up"] else -1), f"{lead[said[-1].start() :]}{n.written}"
    m = lexicon.FOLLOWS.match(after)
    if m is None:
        return 0, n.written
    word = m["word"].strip("(").lower()
    down = word == "below" or bool(
        lexicon.DIRECTION.fullmatch(word) and lexicon.DIRECTION.fullmatch(word)["down"]
    )
    return (-1 if down else 1), f"{n.written}{after[: m.end()]}"


def _target_kind(read: Reading, clause: Clause, n: Number, lead: str, after: str) -> str:
    text = clause.text.lower()
    if RATE.search(after) and re.search(
        r"\b(?:need|needs|needed|requir\w+|pace)\b", read.text, re.I
    ):
        return "pace"
    if "target" not in text:
        return ""
    if re.match(
        r"\s*(?:(?!of\b)[a-z]+\s+){0,3}?(?:below|short|behind|under|above|over|ahead|off|away|adrift)\b",
        after,
        re.I,
    ):
        return "distance"
    if re.search(
        r"\b(?:below|short|behind|under|above|over|ahead|missed|exceeded)\b.{0,30}\btarget\s+by\s+$",
        lead,
        re.I,
    ):
        return "distance"
    if re.match(r"\s*(?:\w+\s+){0,2}?target\b", after, re.I) or re.search(
        r"\btarget\b(?:\s+[\w'¤]+){0,7}\s*$", lead, re.I
    ):
        return "target"
    return ""


def matches(n: float, places: int, word: str, value: float, share: bool) -> bool:
    """Whether a number as written may stand for `value`: rounded half away at its own precision, or
    as near as the word before it says; a count in round hundreds may stand for what is within 2.5
    %.
    """
    if value == n or (word in ("", "about") and round_half_away(value, places) == n):
        return True
    slack = max(AROUND * value, 1.0 if share else 2.0)
    return {
        "about": abs(n - value) <= slack,
        "under": 0 <= n - value <= max(NEAR * n, 1.0),
        "just_over": 0 <= value - n <= max(0.05 * n, 1.0),
        "over": value >= n,
        "below": value <= n,
        "": not share
        and places == 0
        and n >= 100
        and n % 100 == 0
        and abs(n - value) <= COARSE * value,
    }[word]


def fits(claim: Claim, value: float) -> bool:
    n = claim.number
    return matches(n.value, n.places, claim.word, value, share=n.unit != "count")
