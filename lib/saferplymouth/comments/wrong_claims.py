"""Analysts' comments held against the figures: what is wrong in them, and who let it stand."""

from saferplymouth import comments
from saferplymouth.comments import CANNOT, RIGHT, WRONG, Verdict, hidden
from saferplymouth.framework import COUNT, PERCENT
from saferplymouth.indicators.project import Project
from saferplymouth.sources import Comment, Problem

SAID = {WRONG: "is wrong", RIGHT: "is right", CANNOT: CANNOT}


def wrong(project: Project, key: str) -> list[Verdict]:
    """The claims of this month's comment on the indicator `key` that its figures show to be
    wrong.
    """
    comment: Comment | None = project.comments.get(key)
    return wrong_in(project, key, comment.text) if comment else []


def wrong_in(project: Project, key: str, text: str) -> list[Verdict]:
    """The claims of a text about the indicator `key` that its figures show to be wrong."""
    return [verdict for verdict in verdicts(project, key, text) if verdict.verdict == WRONG]


def verdicts(project: Project, key: str, text: str) -> list[Verdict]:
    """Every claim of a text about the indicator `key`, held against its figures; none where it is
    not `checkable`.

    Of a sentence that states a hidden figure nothing is said here: see `hidden.stated`."""
    if not checkable(project, key):
        return []
    withheld = hidden.stated(project, key, text)
    return [
        v
        for v in comments.check(text, comments.facts_in(project, key))
        if v.sentence not in withheld
    ]


def every(project: Project) -> dict[str, list[Verdict]]:
    """Every claim of this month's comments, by indicator."""
    return {key: verdicts(project, key, one.text) for key, one in project.comments.items()}


def checkable(project: Project, key: str) -> bool:
    """Whether comments on the indicator `key` are checked: on counts and percentages, not on rates
    and pounds.
    """
    return project.framework.indicators[key].unit in (COUNT, PERCENT)


def said(verdict: Verdict) -> str:
    """A claim in a sentence: what it says, what is found of it and why, and the right figure."""
    found = f"“{verdict.claim}” {SAID[verdict.verdict]}."
    return " ".join(part for part in (found, verdict.reason, verdict.correct) if part)


def withheld(project: Project) -> list[Problem]:
    """A problem for each sentence of this month's comments that states a hidden figure, signed off
    or not.
    """
    return [
        Problem(f"{project.month}/comments/{key}.md", f"“{sentence}” {hidden.MISTAKE}", hidden.CURE)
        for key, comment in project.comments.items()
        for sentence in hidden.stated(project, key, comment.text)
    ]


def unsigned(project: Project) -> list[Problem]:
    """A problem for each hidden figure stated, and for each wrong claim that no one has signed
    off.
    """
    cure = "correct the sentence, or let it stand with a line 'Signed off: name, reason' at the top"
    return withheld(project) + [
        Problem(
            f"{project.month}/comments/{key}.md",
            f"in “{verdict.sentence}”, {said(verdict)}".rstrip("."),
            cure,
        )
        for key, comment in project.comments.items()
        if not comment.signed_off
        for verdict in wrong(project, key)
    ]
