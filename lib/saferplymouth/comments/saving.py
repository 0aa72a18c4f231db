"""An analyst's comment: shown on its page, checked and saved from its notebook."""

import datetime
from collections.abc import Iterable

from markupsafe import Markup

from saferplymouth import sources
from saferplymouth.comments import CANNOT, RIGHT, WRONG, Verdict, hidden, wrong_claims
from saferplymouth.display.templates import fill
from saferplymouth.errors import Mistake
from saferplymouth.indicators import commentary
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.project import Project
from saferplymouth.sources import Comment
from saferplymouth.store import observations, published
from saferplymouth.store.atomic import atomic_write

NOT_READ = (
    "The text is kept as it is: comments on rates and on sums of money are not held against the "
    "figures."
)
NOTHING = "It makes no claim that could be held against the figures."
ORDER = {WRONG: "Wrong", CANNOT: "Cannot be checked", RIGHT: "Right"}


class Withheld(Mistake):
    """The comment states a figure that is hidden, whoever signed it off."""


class NotSaved(Mistake):
    """The comment cannot be put into the drop; the message says why and what would do."""


def show(project: Project, evidence: Evidence) -> Markup | str:
    """The comment in the month's drop with name and date, and what is wrong in it; empty where
    there is none.

    Raises `Withheld` where it states a figure that is hidden.
    """
    comment = project.comments.get(evidence.indicator.key)
    if comment is None:
        return ""
    _refuse_hidden(project, evidence.indicator.key, comment.text)
    wrong = wrong_claims.wrong(project, evidence.indicator.key)
    box = _claims({"Checked against the figures": wrong}, signed_off=comment.signed_off)
    stale = commentary.of_stale(comment.written_for, evidence)
    return fill("indicator/comment", comment=comment, stale=stale, wrong=box)


def judge(project: Project, key: str, text: str) -> Markup:
    """Every claim of `text` as the figures have it: wrong, not to be checked, or right."""
    _refuse_hidden(project, key, text)
    if not wrong_claims.checkable(project, key):
        return fill("paragraph", text=NOT_READ)
    verdicts = wrong_claims.verdicts(project, key, text)
    if not verdicts:
        return fill("paragraph", text=NOTHING)
    return _claims({ORDER[kind]: [v for v in verdicts if v.verdict == kind] for kind in ORDER})


def compose(evidence: Evidence, text: str, author: str, signed_off: str) -> Comment:
    """The comment as it is to be saved, with today's date and the year to date it is written for.

    Raises `NotSaved` for what is no text or no name, and `sources.Refused` for what could not be
    read back.
    """
    texts = {"text": text, "author": author, "signed_off": signed_off}
    wrong = [name for name, value in texts.items() if not isinstance(value, str)]
    if wrong:
        example = 'comment("Reports rose.", "A. Analyst")'
        raise NotSaved(f"{' and '.join(wrong)} must be text in quotes, such as {example}")
    if not author.strip() or sources.LINE_END.search(f"{author}{signed_off}"):
        raise NotSaved('a comment bears a name, on one line: comment("…", "A. Analyst")')
    text = "\n".join(sources.LINE_END.split(text.strip()))
    names, now = (author.strip(), datetime.date.today()), commentary.written_for_now(evidence)
    comment = Comment(text, *names, now, signed_off.strip())
    problems: list[sources.Problem] = []
    sources.read_comment(comment.file, f"comments/{evidence.indicator.key}.md", problems)
    if problems:
        raise sources.Refused(problems)
    return comment


def put(project: Project, comment: Comment, key: str, replacing: str) -> tuple[bool, Markup | str]:
    """Whether a comment stands in the month's drop now, and what is shown of it: the saved one, or
    what is wrong in it.

    What is there already is left alone. Nothing is written while a claim is wrong that nobody has
    signed off, nor, with `NotSaved`, by a run (which has only a copy of the drop), into a final
    edition, or over somebody else's comment unless `replacing` names them.
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
    _refuse_hidden(project, key, comment.text)
    wrong = [] if comment.signed_off else wrong_claims.wrong_in(project, key, comment.text)
    if wrong:
        lead = "Not saved, for it is not what the figures say"
        return False, _claims({lead: wrong}, not_saved=True)
    _refuse_closed(project, where)
    if there and there.author != comment.author and there.who != replacing:
        cure = f'to put yours in its place, say replacing="{there.who}"'
        raise NotSaved(f"a comment by {there.who} is there; {cure}")
    with atomic_write(path) as file:
        file.write_bytes(comment.file)
    project.comments[key] = comment
    instead = f", in place of the one by {there.who}" if there else ""
    saved = f"Saved as {where}{instead}. Now empty the brackets: the cell shows the saved one. "
    saved += f"To put it on the page: save this notebook, then saferplymouth run {project.month}"
    return True, fill("paragraph", text=saved) + show(project, evidence)


def _refuse_hidden(project: Project, key: str, text: str) -> None:
    stated = hidden.stated(project, key, text)
    if stated:
        lines = (f"“{sentence}” {hidden.MISTAKE}; {hidden.CURE}" for sentence in stated)
        raise Withheld("\n".join(lines))


def _refuse_closed(project: Project, where: str) -> None:
    closed = published.closed(project.root / "outputs", str(project.month))
    if closed:
        correct = f'saferplymouth run {closed[0]} --correct "the reason"'
        cure = f"write {where} by hand and publish a correction: {correct}"
        raise NotSaved(f"the edition {closed[0]} is final, and a comment would change it; {cure}")


def _claims(
    kinds: dict[str, Iterable[Verdict]], signed_off: str = "", not_saved: bool = False
) -> Markup:
    """What is said of the claims of each kind, under its name; nothing of a kind without any."""
    claims = {lead: list(map(wrong_claims.said, verdicts)) for lead, verdicts in kinds.items()}
    return fill("indicator/claims", kinds=claims, signed_off=signed_off, not_saved=not_saved)
