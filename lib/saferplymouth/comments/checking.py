"""The check of a drop's comments: their claims, and what is in the way of publishing them."""

import re
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
from saferplymouth.comments.live import BRACES, NOT_THERE, Live, NotLive
from saferplymouth.comments.reading import sentences
from saferplymouth.indicators.project import Project
from saferplymouth.sources import Comment, Problem

MARKS = "\ue000", "\ue001"  # around what was filled in; no reader types them
OPEN = (UNKNOWN, STATEMENT)
SIGN = "correct the sentence, or accept it with a line 'Signed off: name, reason' at the top"
TICK = (
    "write it as a live figure, or confirm it with a line 'Confirmed: the words | name | what they "
    "rest on'"
)


def of(project: Project, key: str, comment: Comment) -> list[Claim]:
    """Every number and statement of a comment on the indicator `key`, what is confirmed as such;
    nothing of a sentence that states a hidden figure. A live figure that is not there is unknown.
    Raises `NotLive`.
    """
    facts = facts_in(project, key)
    text, values = Live(facts).render(comment.text)
    withheld, live = hidden.stated(project, key, text), _live(comment.text, values)
    found = []
    for claim in [*claims(text, facts), *_missing(live)]:
        if claim.sentence in withheld:
            continue
        if claim.outcome in (IS, UNKNOWN) and _is_filled(claim, live):
            claim = replace(claim, outcome=LIVE)
        elif claim.outcome in OPEN and any(
            _covers(words, claim) for words, *_ in comment.confirmed
        ):
            claim = replace(claim, outcome=CONFIRMED)
        found.append(claim)
    return found


def _live(text: str, values: list[str]) -> dict[str, set[tuple[int, int]]]:
    """Where in each sentence of a comment something was filled in."""
    left = iter(values)
    marked = BRACES.sub(lambda _: f"{MARKS[0]}{next(left)}{MARKS[1]}", text)
    found: dict[str, set[tuple[int, int]]] = {}
    for sentence in sentences(marked):
        places, plain = [], ""
        for part in re.split(f"([{''.join(MARKS)}])", sentence):
            places += [len(plain)] if part in MARKS else []
            plain += part if part not in MARKS else ""
        here = set(zip(places[::2], places[1::2], strict=False))
        found[plain] = found.get(plain, here) & here
    return found


def _missing(live: dict[str, set[tuple[int, int]]]) -> list[Claim]:
    """A claim for each sentence in which a live figure is not available."""
    return [
        Claim(sentence, NOT_THERE, UNKNOWN)
        for sentence, places in live.items()
        if any(sentence[a:b] == NOT_THERE for a, b in places)
    ]


def _is_filled(claim: Claim, live: dict[str, set[tuple[int, int]]]) -> bool:
    """Whether it was filled in, wherever it stands in its sentence."""
    at = [m.span() for m in _whole(claim.text).finditer(claim.sentence)]
    filled = live.get(claim.sentence, ())
    there = bool(at) and claim.text != NOT_THERE
    return there and all(any(a <= x and y <= b for a, b in filled) for x, y in at)


def _covers(words: str, claim: Claim) -> bool:
    """Whether the words that somebody confirmed are of this claim, and of all that reads like it in
    its sentence; of a sentence too long to be read, whether they are the whole of it.
    """
    words = re.sub(r"[*`\\“”\"]", "", words).replace("’", "'")
    confirmed, text, sentence = (
        " ".join(one.lower().split()) for one in (words, claim.text, claim.sentence)
    )
    confirmed = confirmed.strip(" .")
    if text.endswith("…"):
        return confirmed == sentence.strip(" .")
    said = _whole(confirmed).search(sentence) if confirmed else None
    rest = sentence[: said.start()] + " · " + sentence[said.end() :] if said else text
    return bool(_whole(text).search(confirmed)) and not _whole(text).search(rest)


def _whole(text: str) -> re.Pattern:
    """These words, no part of a longer word or number."""
    return re.compile(rf"(?<![\w£])(?<!\d[.,]){re.escape(text)}(?![\w%]|[.,]\d)")


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
        for sentence in hidden.stated(project, key, _filled(project, key, comment))
    ]


def _filled(project: Project, key: str, comment: Comment) -> str:
    """A comment's text with its live figures; as it is written where one of them is none."""
    try:
        return Live(facts_in(project, key)).render(comment.text)[0]
    except NotLive:
        return comment.text


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
