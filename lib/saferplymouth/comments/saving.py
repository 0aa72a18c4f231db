"""An analyst's comment: shown on its page, checked and saved from its notebook."""

import datetime
from collections.abc import Mapping
from dataclasses import replace

from markupsafe import Markup

from saferplymouth import sources
from saferplymouth.comments import hidden
from saferplymouth.comments.checking import OPEN, SAID, Review, said
from saferplymouth.comments.claims import CONTRADICTS, Claim
from saferplymouth.display.templates import fill
from saferplymouth.errors import Mistake
from saferplymouth.indicators import commentary
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.project import Project
from saferplymouth.sources import Comment
from saferplymouth.store import observations, published
from saferplymouth.store.atomic import atomic_write

NOTHING = "It has no number and no statement about the figures."


class Withheld(Mistake):
    """The comment states a figure that is hidden, whoever signed it off."""


class NotSaved(Mistake):
    """The comment cannot be put into the drop; the message says why and what would do."""


def show(project: Project, evidence: Evidence) -> Markup | str:
    """The comment in the month's drop with name and date, its live figures filled in, and what in
    it is contradicted or open; empty where there is none.

    Raises `Withheld` where it states a figure that is hidden, and `NotLive`.
    """
    key = evidence.indicator.key
    comment = project.comments.get(key)
    if comment is None:
        return ""
    review = _reviewed(project, key, comment)
    box = _claims(review.claims, (CONTRADICTS, *OPEN), comment)
    stale = commentary.of_stale(comment.written_for, evidence)
    filled = replace(comment, text=review.text)
    return fill("indicator/comment", comment=filled, stale=stale, claims=box)


def judge(project: Project, key: str, text: str) -> Markup:
    """Every number and statement of `text` as the figures have it."""
    comment = Comment(text)
    found = _reviewed(project, key, comment).claims
    return _claims(found, tuple(SAID), comment) if found else fill("paragraph", text=NOTHING)


def compose(
    evidence: Evidence, text: str, author: str, signed_off: str, confirm: Mapping[str, str]
) -> Comment:
    """The comment as it is to be saved, with today's date and the year to date it is written for;
    `confirm` says what the words rest on that the author vouches for.

    Raises `NotSaved` for what is no text or no name, and `sources.Refused` for what could not be
    read back.
    """
    bases = dict(confirm or {})
    texts = {"text": text, "author": author, "signed_off": signed_off}
    texts |= {f"confirm[{words!r}]": basis for words, basis in bases.items()}
    wrong = [name for name, value in texts.items() if not isinstance(value, str)]
    if wrong:
        example = 'comment("Reports rose.", "A. Analyst")'
        raise NotSaved(f"{' and '.join(wrong)} must be text in quotes, such as {example}")
    if not author.strip() or sources.LINE_END.search(f"{author}{signed_off}"):
        raise NotSaved('a comment bears a name, on one line: comment("…", "A. Analyst")')
    author, today, now = author.strip(), datetime.date.today(), commentary.written_for_now(evidence)
    confirmed = tuple(
        (" ".join(words.split()), author, " ".join(basis.split())) for words, basis in bases.items()
    )
    text = "\n".join(sources.LINE_END.split(text.strip()))
    comment = Comment(text, author, today, now, signed_off.strip(), confirmed)
    problems: list[sources.Problem] = []
    sources.read_comment(comment.file, f"comments/{evidence.indicator.key}.md", problems)
    if problems:
        raise sources.Refused(problems)
    return comment


def put(project: Project, comment: Comment, key: str, replacing: str) -> tuple[bool, Markup | str]:
    """Whether a comment stands in the month's drop now, and what is shown of it: the saved one, or
    what is wrong in it.

    What is there already is left alone. Nothing is written while a claim is wrong that nobody has
    signed off, or over somebody else's comment unless `replacing` names them; nor, with `NotSaved`,
    by a run (which has only a copy of the drop) or into a final edition.
    """
    there, evidence = project.comments.get(key), project.evidence[key]
    handed = observations.came_with_task(project.root, project.month)
    if there and there.says_as(comment) and (handed or there.written_for == comment.written_for):
        return True, show(project, evidence)
    path = project.root / "data/raw" / str(project.month) / "comments" / f"{key}.md"
    where = path.relative_to(project.root).as_posix()
    if handed:
        state = "holds another" if there else "is not there"
        cure = "save this comment from JupyterLab, or empty the brackets of its cell"
        raise NotSaved(f"a run saves no comment, and {where} {state}; {cure}")
    found = _reviewed(project, key, comment).claims
    if not comment.signed_off and any(claim.outcome == CONTRADICTS for claim in found):
        return False, _claims(found, (CONTRADICTS,), comment, not_saved=True)
    _refuse_closed(project, where)
    if there and there.author != comment.author and there.who != replacing:
        cure = f'To put yours in its place, say replacing="{there.who}".'
        return False, fill("missing", text=f"Not saved: a comment by {there.who} is there. {cure}")
    with atomic_write(path) as file:
        file.write_bytes(comment.file)
    project.comments[key] = comment
    instead = f", in place of the one by {there.who}" if there else ""
    saved = f"Saved as {where}{instead}. Now empty the brackets: the cell shows the saved one. "
    saved += f"To put it on the page: save this notebook, then saferplymouth run {project.month}"
    return True, fill("paragraph", text=saved) + show(project, evidence)


def _reviewed(project: Project, key: str, comment: Comment) -> Review:
    """What is found of a comment, which is refused where it states a hidden figure."""
    review = Review(project, key, comment)
    if review.wrong:
        raise review.wrong
    if review.withheld:
        lines = (f"“{sentence}” {hidden.MISTAKE}; {hidden.CURE}" for sentence in review.withheld)
        raise Withheld("\n".join(lines))
    return review


def _refuse_closed(project: Project, where: str) -> None:
    closed = published.closed(project.root / "outputs", str(project.month))
    if closed:
        correct = f'saferplymouth run {closed[0]} --correct "the reason"'
        cure = f"write {where} by hand and publish a correction: {correct}"
        raise NotSaved(f"the edition {closed[0]} is final, and a comment would change it; {cure}")


def _claims(
    found: list[Claim], outcomes: tuple[str, ...], comment: Comment, not_saved: bool = False
) -> Markup:
    """What was found of a comment's claims, under the name of each outcome; nothing of others."""
    kinds = {
        SAID[kind][0]: [said(claim) for claim in found if claim.outcome == kind]
        for kind in outcomes
    }
    return fill("indicator/claims", kinds=kinds, signed_off=comment.signed_off, not_saved=not_saved)
