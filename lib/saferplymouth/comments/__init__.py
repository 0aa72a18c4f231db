"""The check of an analyst's comment against the figures: each claim right, wrong, or one that
cannot be checked.

"Wrong" is said only when sure: the claim is of a kind that is understood, every word of its clause
is known, the figure it is about exists, and no reading of its period makes it true. Rules:
`docs/comments-checked.md`.

`checked` does it for a drop, and `commenting` for a notebook; they know a project, and the rules
beside them do not.
"""

from saferplymouth.comments.context import CANNOT, RIGHT, WRONG, Reading, Verdict
from saferplymouth.comments.figures import Facts, facts_in
from saferplymouth.comments.moves import continuing, directions, every, multiples, stable, strengths
from saferplymouth.comments.numbers import check_numbers
from saferplymouth.comments.reading import sentences
from saferplymouth.comments.standing import causes, in_line, superlatives
from saferplymouth.comments.targets import target

RULES = (
    check_numbers,
    in_line,
    continuing,
    directions,
    every,
    strengths,
    stable,
    target,
    superlatives,
    multiples,
    causes,
)
LONGEST, MOST_NUMBERS = (
    600,
    24,
)  # characters and numbers of a sentence; one with more is not read, so that none is slow

__all__ = ["CANNOT", "RIGHT", "WRONG", "Facts", "Verdict", "check", "facts_in"]


def check(text: str, facts: Facts) -> list[Verdict]:
    """Every claim found in a comment (Markdown), in order; each sentence is judged on its own.

    A claim that nothing in the figures can confirm or deny is given as "cannot be checked". A
    sentence without a claim gives nothing, and so does a comment that is silent: what it leaves out
    is for `findings`.
    """
    found: dict[Verdict, None] = {}
    for sentence in dict.fromkeys(sentences(text)):
        read = Reading(sentence[:LONGEST], facts)
        if len(sentence) > LONGEST or len(read.numbers) > MOST_NUMBERS:
            reason = (
                "It is too long, or holds too many numbers, to be read: write shorter sentences."
            )
            found[Verdict(sentence, f"{sentence[:40]}…", CANNOT, reason)] = None
            continue
        for clause in read.clauses:
            for rule in RULES:
                found.update(dict.fromkeys(rule(read, clause)))
    return list(found)
