"""An analyst's comment: as the page shows it, and checked and saved from the notebook where it was
written.
"""

import datetime
import html

from saferplymouth import periods, sources
from saferplymouth.comments import CANNOT, RIGHT, WRONG, Verdict, hidden, wrong_claims
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
SIGNED = 'comment("…", "A. Analyst", signed_off="name, reason")'
CURE = f"<p>Correct the text, or let it stand with <code>{SIGNED}</code>.</p>"
NOTHING = "It makes no claim that could be held against the figures."
ORDER = {WRONG: "Wrong", CANNOT: "Cannot be checked", RIGHT: "Right"}


class Withheld(Mistake):
    """The comment states a figure that is hidden, whoever signed it off."""


class NotSaved(Mistake):
    """The comment cannot be put into the drop; the message says why and what would do."""


def shown(project: Project, evidence: Evidence) -> str:
    """The comment in the month's drop with name and date, and what is wrong in it; empty where
    there is none.

    Raises `Withheld` where it states a figure that is hidden.
    """
    comment = project.comments.get(evidence.indicator.key)
    if comment is None:
        return ""
    _refuse_hidden(project, evidence.indicator.key, comment.text)
    when = f", {periods.day(comment.date)}" if comment.date else ""
    stale = commentary.of_stale(comment.written_for, evidence)
    warning = f'<p class="missing">{html.escape(stale)}</p>' if stale else ""
    byline = f"<footer>Analyst’s comment: {html.escape(comment.who)}{when}</footer>"
    found = wrong_claims.wrong(project, evidence.indicator.key)
    signed = f"<p>Let stand by {html.escape(comment.signed_off)}.</p>" if comment.signed_off else ""
    wrong = _box("Checked against the figures:", found, signed) if found else ""
    return f'{warning}<blockquote class="comment">{comment.html}{byline}</blockquote>{wrong}'


def judged(project: Project, key: str, text: str) -> str:
    """Every claim of `text` as the figures have it: what is wrong, what cannot be checked, what is
    right.
    """
    _refuse_hidden(project, key, text)
    if not wrong_claims.checkable(project, key):
        return f"<p>{NOT_READ}</p>"
    found = wrong_claims.verdicts(project, key, text)
    kinds = {words: [v for v in found if v.verdict == kind] for kind, words in ORDER.items()}
    return (
        "".join(_box(f"{words}:", mine) for words, mine in kinds.items() if mine)
        or f"<p>{NOTHING}</p>"
    )


def written(evidence: Evidence, text: str, author: str, signed_off: str) -> Comment:
    """The comment as it is to be saved, with today's date and the year to date it is written for.

    Raises `NotSaved` for what is no text or no name, and `sources.Refused` for what could not be
    read back.
    """
    texts = {"text": text, "author": author, "signed_off": signed_off}
    wrong = [name for name, given in texts.items() if not isinstance(given, str)]
    if wrong:
        raise NotSaved(
            f'{" and ".join(wrong)} must be text in quotes, such as comment("Reports rose.", "A. '
            f'Analyst")'
        )
    if not author.strip() or sources.LINE_END.search(f"{author}{signed_off}"):
        raise NotSaved('a comment bears a name, on one line: comment("…", "A. Analyst")')
    lines, now = sources.LINE_END.split(text.strip()), commentary.written_for_now(evidence)
    comment = Comment(
        "\n".join(lines), author.strip(), datetime.date.today(), now, signed_off.strip()
    )
    problems: list[sources.Problem] = []
    sources.read_comment(comment.file, f"comments/{evidence.indicator.key}.md", problems)
    if problems:
        raise sources.Refused(problems)
    return comment


def put(project: Project, comment: Comment, key: str, replacing: str) -> tuple[bool, str]:
    """Whether a comment stands in the month's drop now, and what is shown of it: the saved one, or
    what is wrong in it.

    What is there already is left alone. Nothing is written while a claim is wrong that nobody has
    signed off, nor, with `NotSaved`, by a run (which has only a copy of the drop), into a final
    edition, or over somebody else's comment unless `replacing` names them.
    """
    there, evidence = project.comments.get(key), project.evidence[key]
    handed = observations.handed(project.root, project.month)
    if there and there.says_as(comment) and (handed or there.written_for == comment.written_for):
        return True, shown(project, evidence)
    path = project.root / "data/raw" / str(project.month) / "comments" / f"{key}.md"
    where = path.relative_to(project.root).as_posix()
    if handed:
        found = "holds another" if there else "is not there"
        cure = "save this comment from JupyterLab, or empty the brackets of its cell"
        raise NotSaved(f"a run saves no comment, and {where} {found}; {cure}")
    _refuse_hidden(project, key, comment.text)
    wrong = [] if comment.signed_off else wrong_claims.wrong_in(project, key, comment.text)
    if wrong:
        return False, _box("Not saved, for it is not what the figures say:", wrong, CURE)
    _refuse_closed(project, where)
    if there and there.author != comment.author and there.who != replacing:
        raise NotSaved(
            f"a comment by {there.who} is there; to put yours in its place, say "
            f'replacing="{there.who}"'
        )
    with atomic_write(path) as file:
        file.write_bytes(comment.file)
    project.comments[key] = comment
    instead = f", in place of the one by {there.who}" if there else ""
    told = f"Saved as {where}{instead}. Now empty the brackets: the cell shows the saved one. "
    told += f"To put it on the page: save this notebook, then saferplymouth run {project.month}"
    return True, f"<p>{html.escape(told)}</p>{shown(project, evidence)}"


def _refuse_hidden(project: Project, key: str, text: str) -> None:
    told = [
        f"“{sentence}” {hidden.MISTAKE}; {hidden.CURE}"
        for sentence in hidden.stated(project, key, text)
    ]
    if told:
        raise Withheld("\n".join(told))


def _refuse_closed(project: Project, where: str) -> None:
    closed = published.closed(project.root / "outputs", str(project.month))
    if closed:
        cure = (
            f"write {where} by hand and publish a correction: saferplymouth run {closed[0]} "
            f'--correct "the reason"'
        )
        raise NotSaved(f"the edition {closed[0]} is final, and a comment would change it; {cure}")


def _box(lead: str, verdicts: list[Verdict], after: str = "") -> str:
    items = "".join(f"<li>{html.escape(wrong_claims.said(verdict))}</li>" for verdict in verdicts)
    return f'<div class="missing"><p><strong>{lead}</strong></p><ul>{items}</ul>{after}</div>'
