"""The check of an analyst's comment against the figures: each claim right, wrong, or one that cannot be checked.

"Wrong" is said only when sure: the claim is of a kind that is understood, every word of its clause is known, the
figure it is about exists, and no reading of its period makes it true. Docs: `docs/comments-checked.md`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from saferplymouth import claimtext, claimwords, periods, words
from saferplymouth.claimfacts import Facts, Move, Span, facts_of
from saferplymouth.claimtext import Clause, Mention, Number
from saferplymouth.intervals import round_half_away

__all__ = ["CANNOT", "RIGHT", "WRONG", "Facts", "Verdict", "check", "facts_of"]

RIGHT, WRONG, CANNOT = "right", "wrong", "cannot be checked"
AWAY = 3  # of the periods of the year to date, one in so many may go the other way while a move "continues"


@dataclass(frozen=True)
class Verdict:
    """One claim of a `sentence`: `claim` is the words judged, `correct` the right figure with its period, if any."""

    sentence: str
    claim: str
    verdict: str
    reason: str
    correct: str = ""


def check(text: str, facts: Facts) -> list[Verdict]:
    """Every claim found in the comment, sentence by sentence; each sentence is judged on its own."""
    from saferplymouth import claimrules

    found: dict[Verdict, None] = {}
    for sentence in claimtext.sentences(text):
        read = Reading(sentence, facts)
        for rule in claimrules.RULES:
            for clause in read.clauses:
                found.update(dict.fromkeys(rule(read, clause)))
    return list(found)
