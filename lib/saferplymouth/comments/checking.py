"""The check of a drop's comments: their claims, and what is in the way of publishing them."""

from collections import Counter
from dataclasses import replace

from saferplymouth.comments import hidden
from saferplymouth.comments.claims import (
    CONFIRMED,
    CONTRADICTS,
    IS,
    LIVE,
    STATEMENT,
    UNKNOWN,
    Claim,
    claims,
)
from saferplymouth.comments.figures import facts_in
from saferplymouth.comments.live import Live, NotLive
from saferplymouth.indicators.project import Project
from saferplymouth.sources import Comment, Problem

OPEN = (UNKNOWN, STATEMENT)
SIGN = "correct the sentence, or accept it with a line 'Signed off: name, reason' at the top"
TICK = (
    "write it as a live figure, or confirm it with a line 'Confirmed: the words | name | what they "
    "rest on'"
)


def of(project: Project, key: str, comment: Comment) -> list[Claim]:
    """Every number and statement of a comment on the indicator `key`, what is confirmed as such;
    nothing of a sentence that states a hidden figure. Raises `NotLive`.
    """
    facts = facts_in(project, key)
    text, values = Live(facts).render(comment.text)
    withheld, filled = hidden.stated(project, key, text), Counter(values)
    found = []
    for claim in claims(text, facts):
        if claim.sentence in withheld:
            continue
        if filled[claim.text] and claim.outcome in (IS, UNKNOWN):
            filled[claim.text] -= 1
            claim = replace(claim, outcome=LIVE)
        elif claim.outcome in OPEN and any(
            _covers(words, claim) for words, *_ in comment.confirmed
        ):
            claim = replace(claim, outcome=CONFIRMED)
        found.append(claim)
    return found


def _covers(words: str, claim: Claim) -> bool:
    """Whether the words that somebody confirmed are of this claim."""
    confirmed, text, sentence = (
        " ".join(one.lower().split()) for one in (words, claim.text, claim.sentence)
    )
    return text in confirmed and confirmed.strip(" .") in sentence


def every(project: Project) -> dict[str, list[Claim]]:
    """The claims of this month's comments, by indicator."""
    return {key: _safely(project, key, comment)[0] for key, comment in project.comments.items()}


def problems(project: Project) -> list[Problem]:
    """A problem for each hidden figure stated, each name in braces that is no live figure, and each
    contradiction that nobody has signed off.
    """
    found = withheld(project)
    for key, comment in project.comments.items():
        told, mistakes = _safely(project, key, comment)
        found += mistakes
        found += [
            Problem(_file(project, key), f"in “{claim.sentence}”, {said(claim)}".rstrip("."), SIGN)
            for claim in told
            if claim.outcome == CONTRADICTS and not comment.signed_off
        ]
    return found


def unfinished(project: Project) -> list[Problem]:
    """What keeps an edition from being final: those problems, and all that is to be confirmed."""
    still_open = [
        Problem(_file(project, key), f"in “{claim.sentence}”, {said(claim)}".rstrip("."), TICK)
        for key, told in every(project).items()
        for claim in told
        if claim.outcome in OPEN
    ]
    return problems(project) + still_open


def withheld(project: Project) -> list[Problem]:
    """A problem for each sentence of this month's comments that states a hidden figure, signed off
    or not.
    """
    return [
        Problem(_file(project, key), f"“{sentence}” {hidden.MISTAKE}", hidden.CURE)
        for key, comment in project.comments.items()
        for sentence in hidden.stated(project, key, comment.text)
    ]


def said(claim: Claim) -> str:
    """A claim in a sentence: what it says, what was found of it, and its figure."""
    figure = f" ({claim.figure.words})" if claim.figure else ""
    return {
        LIVE: f"“{claim.text}” is live.",
        IS: f"“{claim.text}” is right{figure}.",
        CONFIRMED: f"“{claim.text}” has been confirmed.",
        CONTRADICTS: f"“{claim.text}” is not what the figures say{figure}.",
        UNKNOWN: f"“{claim.text}” is no figure that is known.",
        STATEMENT: f"“{claim.text}” is to be confirmed{figure}.",
    }[claim.outcome]


def _file(project: Project, key: str) -> str:
    return f"{project.month}/comments/{key}.md"


def _safely(project: Project, key: str, comment: Comment) -> tuple[list[Claim], list[Problem]]:
    try:
        return of(project, key, comment), []
    except NotLive as error:
        return [], [Problem(_file(project, key), str(error), "correct the name in braces")]
