"""Analysts' comments held against the figures: what is wrong in them, and who let it stand."""

from saferplymouth import claims
from saferplymouth.claims import WRONG, Verdict
from saferplymouth.framework import COUNT, PERCENT
from saferplymouth.intake import Comment, Problem
from saferplymouth.project import Project


def wrong(project: Project, key: str) -> list[Verdict]:
    """The claims of this month's comment on the indicator `key` that its figures show to be wrong.

    Comments on counts and percentages are checked; those on rates and sums of money are not.
    """
    checkable = project.framework.indicators[key].unit in (COUNT, PERCENT)
    comment: Comment | None = project.comments.get(key) if checkable else None
    verdicts = claims.check(comment.text, claims.facts_in(project, key)) if comment else []
    return [verdict for verdict in verdicts if verdict.verdict == WRONG]


def said(verdict: Verdict) -> str:
    """A wrong claim in a sentence: what it says, why that is wrong, and the right figure."""
    return " ".join(part for part in (f"“{verdict.claim}” is wrong.", verdict.reason, verdict.correct) if part)


def unsigned(project: Project) -> list[Problem]:
    """A problem for each wrong claim that no one has signed off."""
    cure = "correct the sentence, or let it stand with a line 'Signed off: name, reason' at the top"
    return [
        Problem(f"{project.month}/comments/{key}.md", f"in “{verdict.sentence}”, {said(verdict)}".rstrip("."), cure)
        for key, comment in project.comments.items()
        if not comment.signed_off
        for verdict in wrong(project, key)
    ]
