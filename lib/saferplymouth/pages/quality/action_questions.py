"""Lists the questions about the papers on actions and decisions that came in a month's drop."""

from collections.abc import Iterable, Iterator

from saferplymouth import periods
from saferplymouth.errors import known_keys
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import listed
from saferplymouth.sources import Question
from saferplymouth.sources.actions import DECIDED, DECISIONS, DONE, Action
from saferplymouth.sources.papers import ACTIONS
from saferplymouth.sources.papers import DECISIONS as DECISIONS_PAPER
from saferplymouth.sources.personal import EMAIL, PHONE, POSTCODE
from saferplymouth.sources.problems import shown
from saferplymouth.store import actions

MOST = 3  # actions, or keys, that a question names


def of_actions(project: Project) -> Iterator[Question]:
    """What is missing or odd in the drop's own papers on actions and decisions."""
    month, framework = project.month, project.framework
    mine = [action for action in project.actions if action.drop == str(month)]
    before = actions.recorded(project.root, month - 1, framework)
    was, now = {action.key for action in before}, {action.key for action in mine}
    known, meetings = [*DECISIONS, *framework.indicators], framework.meetings
    meeting = framework.next_meeting(month)
    latest = meeting.date if meeting else None
    decided = [action for action in mine if action.status == DECIDED]
    done = [action for action in mine if action.status == DONE]
    due = [a for a in mine if a.is_open and a.due and a.key not in was]
    undated = [a for a in mine if a.is_open and not a.due and a.status != DECIDED]
    gone = [a for a in before if mine and a.is_open and a.key not in now and a.status != DECIDED]
    asked = {
        "No owner is given for {}. Who answers for it?": [a for a in mine if not a.owner],
        "No date is set for {}. When is it due?": undated,
        "{} was due before it was first recorded. Is the date right?": [
            a for a in due if periods.passed(a.due, month)
        ],
        "{} is done, and no progress is given. What came of it?": [
            a for a in done if not (a.progress and a.date)
        ],
        "The progress of {} is dated after the next meeting. Is the date right?": [
            a for a in mine if a.status != DECIDED and a.date and latest and a.date > latest
        ],
        "{} was open in an earlier drop and is left out now. Is it done or stopped?": gone,
        "{} names an e-mail address, a phone number or a postcode. Is that for publication?": [
            a for a in mine if _tells_where(a)
        ],
        "{} was decided on a day without a meeting in framework.toml. Is the day right?": [
            a for a in decided if str(a.date) not in meetings
        ],
    }
    for key in [*dict.fromkeys(a.about for a in mine if a.about not in known)][:MOST]:
        strange = next(a for a in mine if a.about == key)
        text = f"{shown(key)} is no key of an indicator or a decision; {known_keys(key, known)}"
        yield _question(project, strange, text)
    for text, about in asked.items():
        if about:
            yield _question(project, about[0], text.format(_named(about)))


def _question(project: Project, action: Action, text: str) -> Question:
    paper = DECISIONS_PAPER if action.status == DECIDED else ACTIONS
    file = f"{project.month}/papers/{paper}.*"
    return Question(file, f"{file}: {text}")


def _tells_where(action: Action) -> bool:
    """Whether a text has a way to reach somebody."""
    text = " ".join((action.response, action.owner, action.progress))
    return any(pattern.search(text) for pattern in (EMAIL, PHONE, POSTCODE))


def _named(about: Iterable[Action]) -> str:
    names = [f"“{action.response}”" for action in about]
    more = [f"{len(names) - MOST:,} more"] if len(names) > MOST else []
    return listed([*names[:MOST], *more])
