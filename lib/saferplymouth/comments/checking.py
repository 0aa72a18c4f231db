"""The check of a drop's comments: their claims, and what is in the way of publishing them."""

import re
from dataclasses import replace
from functools import cached_property

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
SAID = {  # of each outcome what heads a list of such claims, and what is said of one
    CONTRADICTS: ("Not what the figures say", "is not what the figures say"),
    UNKNOWN: ("Numbers to be confirmed", "matches no figure"),
    STATEMENT: ("Statements to be confirmed", "is to be confirmed"),
    CONFIRMED: ("Confirmed", "has been confirmed"),
    IS: ("Right", "is right"),
    LIVE: ("Live", "is live"),
}
SIGN = "correct the sentence, or accept it with a line 'Signed off: name, reason' at the top"
TICK = "write it as a live figure, or confirm it with a line "
TICK += "'Confirmed: the words | name | what they rest on'"


class Review:
    """What is found of a comment on the indicator `key`: its `text` with its live figures filled
    in, `wrong` where a name in its braces is none (then it is as it was written), the sentences
    `withheld` since they state a hidden figure, and its `claims`.
    """

    def __init__(self, project: Project, key: str, comment: Comment):
        self._project, self.key, self.comment = project, key, comment
        self._facts, self.wrong = facts_in(project, key), None
        try:
            self.text, self._filled = Live(self._facts).render(comment.text)
        except NotLive as error:
            self.text, self.wrong = comment.text, error

    @cached_property
    def withheld(self) -> list[str]:
        return hidden.stated(self._project, self.key, self.text)

    @cached_property
    def claims(self) -> list[Claim]:
        """Every number and statement, what is confirmed as such; nothing of a sentence that is
        withheld, nor of a comment with a wrong name.
        """
        found = [] if self.wrong else claims(self.comment.text, self._facts, self._filled)
        confirmed = [words for words, *_ in self.comment.confirmed]
        return [
            replace(claim, outcome=CONFIRMED)
            if claim.outcome in OPEN and any(_covers(words, claim) for words in confirmed)
            else claim
            for claim in found
            if claim.sentence not in self.withheld
        ]

    def refused(self) -> list[Problem]:
        """A problem for each sentence that states a hidden figure, signed off or not."""
        mistakes = (f"“{sentence}” {hidden.MISTAKE}" for sentence in self.withheld)
        return [self._problem(mistake, hidden.CURE) for mistake in mistakes]

    def problems(self, *outcomes: str) -> list[Problem]:
        """Those, one for a wrong name, and one for each claim of these outcomes; a sign-off accepts
        what the figures contradict.
        """
        mistake, _, cure = str(self.wrong).rstrip("?").partition("; ")
        named = [self._problem(mistake, cure or "correct the name in braces")] if self.wrong else []
        found = [one for one in self.claims if one.outcome in outcomes]
        left = [one for one in found if one.outcome in OPEN or not self.comment.signed_off]
        return (
            self.refused()
            + named
            + [self._problem(_in_sentence(c), TICK if c.outcome in OPEN else SIGN) for c in left]
        )

    def _problem(self, mistake: str, cure: str) -> Problem:
        return Problem(f"{self._project.month}/comments/{self.key}.md", mistake, cure)


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
    rest = _whole(confirmed).sub(" · ", sentence, count=1) if confirmed else text
    return (
        bool(_whole(text).search(confirmed)) and rest != sentence and not _whole(text).search(rest)
    )


def _whole(text: str) -> re.Pattern:
    """These words, no part of a longer word or number."""
    return re.compile(rf"(?<![\w£])(?<!\d[.,]){re.escape(text)}(?![\w%]|[.,]\d)")


def reviews(project: Project) -> list[Review]:
    """What is found of each of this month's comments."""
    return [Review(project, key, comment) for key, comment in project.comments.items()]


def problems_and_claims(project: Project) -> tuple[list[Problem], dict[str, list[Claim]]]:
    """The claims of this month's comments, by indicator; and a problem for each hidden figure
    stated, each name in braces that is no live figure, and each contradiction that nobody has
    signed off.
    """
    found = reviews(project)
    problems = [problem for one in found for problem in one.problems(CONTRADICTS)]
    return problems, {one.key: one.claims for one in found}


def unfinished(project: Project) -> list[Problem]:
    """What keeps an edition from being final: those problems, and all that is to be confirmed."""
    return [problem for one in reviews(project) for problem in one.problems(CONTRADICTS, *OPEN)]


def withheld(project: Project) -> list[Problem]:
    """A problem for each sentence of this month's comments that states a hidden figure."""
    return [problem for one in reviews(project) for problem in one.refused()]


def still_open(found: list[Claim]) -> list[Claim]:
    """The claims that somebody has to confirm."""
    return [claim for claim in found if claim.outcome in OPEN]


def said(claim: Claim) -> str:
    """A claim in a sentence: what it says, what was found of it, and its figure."""
    shown = claim.figure and claim.outcome in (IS, CONTRADICTS, STATEMENT)
    return f"“{claim.text}” {SAID[claim.outcome][1]}{f' ({claim.figure.words})' if shown else ''}."


def _in_sentence(claim: Claim) -> str:
    """What was found of a claim, with its sentence where it is only a part of it."""
    whole = claim.text.strip(" .") == claim.sentence.strip(" .")
    return ("" if whole else f"in “{claim.sentence}”, ") + said(claim).rstrip(".")
