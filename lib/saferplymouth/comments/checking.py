"""The check of a drop's comments: their claims, and what is in the way of publishing them."""

import re
from dataclasses import replace
from functools import cached_property

from saferplymouth.comments import hidden
from saferplymouth.comments import vocabulary as v
from saferplymouth.comments.claims import (
    CONFIRMED,
    CONTRADICTS,
    IS,
    LIVE,
    STATEMENT,
    UNKNOWN,
    Checked,
    Claim,
    claims,
)
from saferplymouth.comments.figures import Facts, facts_in
from saferplymouth.comments.live import BRACES, NOT_THERE, ON_ANOTHER, Filled, Live, NotLive
from saferplymouth.comments.reading import sentences
from saferplymouth.indicators.project import Project
from saferplymouth.sources import Comment, Problem

MARKS = "\ue000", "\ue001"  # around what was filled in; no reader types them
OPEN = (UNKNOWN, STATEMENT)
STATED = (v.DIRECTION, v.EXTREME, v.EVERY, v.NONE, v.RUN, v.ONLY, v.BOTH, v.EXCEPT, v.LOOSE)
Places = dict[tuple[int, int], Filled]  # from where to where in a sentence
SIGN = "correct the sentence, or accept it with a line 'Signed off: name, reason' at the top"
TICK = (
    "write it as a live figure, or confirm it with a line 'Confirmed: the words | name | what they "
    "rest on'"
)


class Review:
    """What is found of a comment on the indicator `key`: its `text` with its live figures filled
    in, the sentences `withheld` since they state a hidden figure, and its `claims`. Raises
    `NotLive`.
    """

    def __init__(self, project: Project, key: str, comment: Comment):
        self._project, self._key, self._comment = project, key, comment
        self._facts = facts_in(project, key)
        self.text, self._filled = Live(self._facts).render(comment.text)

    @cached_property
    def withheld(self) -> list[str]:
        return hidden.stated(self._project, self._key, self.text)

    @cached_property
    def claims(self) -> list[Claim]:
        """Every number and statement, what is confirmed as such; nothing of a sentence that is
        withheld. A live figure that is not there is unknown.
        """
        places = _places(self._comment.text, self._filled)
        found = []
        for claim in [*claims(self.text, self._facts), *_missing(places)]:
            if claim.sentence in self.withheld:
                continue
            claim = _as_filled(claim, places.get(claim.sentence, {}), self._facts)
            confirmed = (_covers(words, claim) for words, *_ in self._comment.confirmed)
            if claim.outcome in OPEN and any(confirmed):
                claim = replace(claim, outcome=CONFIRMED)
            found.append(claim)
        return found


def _places(text: str, filled: list[Filled]) -> dict[str, Places]:
    """Where in each sentence of a comment which live figure was filled in."""
    left = iter(filled)
    marked = BRACES.sub(lambda _: f"{MARKS[0]}{next(left).text}{MARKS[1]}", text)
    found: dict[str, Places] = {}
    each = iter(filled)
    for sentence in sentences(marked):
        plain, opened = "", 0
        places: Places = {}
        for part in re.split(f"([{''.join(MARKS)}])", sentence):
            if part == MARKS[1]:
                places[opened, len(plain)] = next(each)
            opened = len(plain) if part == MARKS[0] else opened
            plain += part if part not in MARKS else ""
        same = found.get(plain, places)
        found[plain] = {at: figure for at, figure in places.items() if at in same}
    return found


def _missing(places: dict[str, Places]) -> list[Claim]:
    """A claim for each sentence in which a live figure is not available."""
    return [
        Claim(sentence, NOT_THERE, UNKNOWN)
        for sentence, figures in places.items()
        if any(figure.text.lower() == NOT_THERE for figure in figures.values())
    ]


def _as_filled(claim: Claim, places: Places, facts: Facts) -> Claim:
    """A claim that was filled in as live, where what is typed around it does not gainsay it."""
    at = [m.span() for m in _whole(claim.text).finditer(claim.sentence)]
    own = [f for a, b in at for (x, y), f in places.items() if x <= a and b <= y]
    if own and len(own) == len(at) and claim.text != NOT_THERE:
        outcome = _beside_typed(claim.sentence, places, own[0], facts)
        return replace(claim, outcome=outcome, figure=own[0].figure or claim.figure)
    if claim.outcome in (IS, STATEMENT) and at and not claim.text.endswith("…"):
        typed = list(claim.sentence[: at[0][1]])
        for x, y in places:
            typed[x:y] = "·" * len(typed[x:y])
        rest = "".join(typed[at[0][0] :])
        if places and rest != claim.text and not any(word.search(rest) for word in STATED):
            return replace(claim, outcome=LIVE)
    return claim


def _beside_typed(sentence: str, places: Places, figure: Filled, facts: Facts) -> str:
    """Whether the direction, period and "just over" typed beside a live number are its own."""
    read = Checked(sentence, facts, [])
    value = figure.figure.value if figure.figure else None
    numbers = [
        n
        for n in read.numbers
        if any(x <= n.start < y and f is figure for (x, y), f in places.items())
    ]
    if not numbers or value is None:
        return LIVE
    clause = next(clause for clause in read.clauses if numbers[0] in clause)
    changed = figure.what in (*ON_ANOTHER, "distance")
    goes = read.direction(numbers[0], clause) if changed and read.changes(numbers[0]) else 0
    if goes * value < 0:
        return CONTRADICTS
    periods = [m.span for m in read.mentions if m in clause and m.span and not m.base]
    elsewhere = periods and not any(map(figure.is_of, periods))
    rounded = numbers[0].about in ("over", "under") and not numbers[0].fits(value)
    stated = changed or figure.what in ("figure", "last year")
    return UNKNOWN if rounded or (stated and elsewhere) else LIVE


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


def problems_and_claims(project: Project) -> tuple[list[Problem], dict[str, list[Claim]]]:
    """The claims of this month's comments, by indicator; and a problem for each hidden figure
    stated, each name in braces that is no live figure, and each contradiction that nobody has
    signed off.
    """
    stated, others, claims_of = [], [], {}
    for key, comment in project.comments.items():
        review, wrong_names = _review(project, key, comment)
        stated += _withheld(project, key, review)
        claims_of[key] = review.claims if review else []
        others += wrong_names
        others += [
            Problem(_file(project, key), _in_sentence(claim), SIGN)
            for claim in claims_of[key]
            if claim.outcome == CONTRADICTS and not comment.signed_off
        ]
    return stated + others, claims_of


def unfinished(project: Project) -> list[Problem]:
    """What keeps an edition from being final: those problems, and all that is to be confirmed."""
    problems, claims_of = problems_and_claims(project)
    return problems + [
        Problem(_file(project, key), _in_sentence(claim), TICK)
        for key, found in claims_of.items()
        for claim in still_open(found)
    ]


def still_open(found: list[Claim]) -> list[Claim]:
    """Those of a comment's claims that nobody has confirmed."""
    return [claim for claim in found if claim.outcome in OPEN]


def withheld(project: Project) -> list[Problem]:
    """A problem for each sentence of this month's comments that states a hidden figure, signed off
    or not.
    """
    return [
        problem
        for key, comment in project.comments.items()
        for problem in _withheld(project, key, _review(project, key, comment)[0])
    ]


def _withheld(project: Project, key: str, review: Review | None) -> list[Problem]:
    """Those of one comment; as it is written where a name in its braces is no live figure."""
    text = project.comments[key].text
    stated = review.withheld if review else hidden.stated(project, key, text)
    mistakes = (f"“{sentence}” {hidden.MISTAKE}" for sentence in stated)
    return [Problem(_file(project, key), mistake, hidden.CURE) for mistake in mistakes]


def _in_sentence(claim: Claim) -> str:
    """What was found of a claim, with its sentence where it is only a part of it."""
    whole = claim.text.strip(" .") == claim.sentence.strip(" .")
    return ("" if whole else f"in “{claim.sentence}”, ") + said(claim).rstrip(".")


def said(claim: Claim) -> str:
    """A claim in a sentence: what it says, what was found of it, and its figure."""
    figure = f" ({claim.figure.words})" if claim.figure else ""
    return {
        LIVE: f"“{claim.text}” is live.",
        IS: f"“{claim.text}” is right{figure}.",
        CONFIRMED: f"“{claim.text}” has been confirmed.",
        CONTRADICTS: f"“{claim.text}” is not what the figures say{figure}.",
        UNKNOWN: f"“{claim.text}” matches no figure.",
        STATEMENT: f"“{claim.text}” is to be confirmed{figure}.",
    }[claim.outcome]


def _file(project: Project, key: str) -> str:
    return f"{project.month}/comments/{key}.md"


def _review(project: Project, key: str, comment: Comment) -> tuple[Review | None, list[Problem]]:
    try:
        return Review(project, key, comment), []
    except NotLive as error:
        mistake, _, cure = str(error).rstrip("?").partition("; ")
        cure = cure or "correct the name in braces"
        return None, [Problem(_file(project, key), mistake, cure)]
