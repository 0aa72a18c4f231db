"""Shows what is being done: the responses to an indicator, and actions since the last meeting."""

import datetime
from collections.abc import Iterable

import pandas as pd
from markupsafe import Markup

from saferplymouth import periods
from saferplymouth.display import layout
from saferplymouth.display.layout import DATE, LONG, TEXT, Cell
from saferplymouth.display.templates import fill
from saferplymouth.framework import Indicator
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import capital
from saferplymouth.sources.actions import DECIDED, DECISIONS, DONE, Action

MOST, MOST_OF_ONE = 20, 5  # actions shown on a front page, and of one indicator


def is_late(action: Action, month: pd.Period) -> bool:
    """Whether an action was due by the end of the edition's month, or before the day of its latest
    progress, and is still open.
    """
    if action.due is None or not action.is_open:
        return False
    return periods.passed(action.due, month) or action.due < (action.date or action.due)


def about(project: Project, key: str) -> list[Action]:
    """The actions about an indicator or a decision: the late ones, the other open ones, the rest,
    each by the day they are due.
    """
    return _in_order((a for a in project.actions if a.about == key), project.month)


def _in_order(actions: Iterable[Action], month: pd.Period) -> list[Action]:
    def place(action: Action) -> tuple:
        due = action.due or datetime.date.max
        return not is_late(action, month), not action.is_open, due, action.response

    return sorted(actions, key=place)


def unanswered(project: Project, key: str, began: datetime.date = datetime.date.min) -> str | None:
    """Whether a decision is still wanted: None if not, "" if nothing about it is recorded, and
    else why it has to be reviewed: an action is late, is over or has no date.

    What a meeting decided before the day the situation `began` is about an earlier one.
    """
    mine = [a for a in about(project, key) if a.status != DECIDED or a.date >= began]
    still = [action for action in mine if action.is_open]
    if not mine:
        return ""
    if not still:
        return "what was agreed is done or stopped"
    if is_late(still[0], project.month):
        return f"an action was due by {periods.day(still[0].due)}"
    settled = any(action.due or action.status == DECIDED for action in still)
    return None if settled else "no date is set"


def response(project: Project, indicator: Indicator, off: bool) -> Markup:
    """What is being done about an indicator: all there is where it is `off` course, and elsewhere
    what is open.
    """
    mine = about(project, indicator.key)
    mine = mine if off else [action for action in mine if _is_followed(action)]
    shown = [_words(action, project.month) for action in mine[:MOST_OF_ONE]]
    more = len(mine) - len(shown)
    return fill("actions/response", off=off, actions=shown, more=more) if off or mine else Markup()


def since_last_meeting(project: Project, off: Iterable[Indicator]) -> Markup:
    """What was done since the last meeting, what is late and what is new, with a table, and which
    indicators `off` course have no response; nothing if no paper on actions has come.
    """
    if not project.actions:
        return Markup()
    last, month = project.framework.last_meeting(project.month), project.month
    recent = [a for a in project.actions if a.status != a.was or _is_followed(a)]
    counts = {
        "open": sum(action.is_open for action in recent),
        "done": sum(action.status == DONE for action in recent),
        "late": sum(is_late(action, month) for action in recent),
        "new": sum(not action.was for action in recent) if last else 0,
    }
    ordered = _in_order(recent, month)
    table = layout.table(
        "Each action, the late ones first" if counts["late"] else "Each action",
        [_row(action, project) for action in ordered[:MOST]],
        TEXT,
        {"Action": LONG, "Due": DATE, "Progress": LONG},
    )
    drops = sorted({action.drop for action in project.actions})
    return fill(
        "actions/since",
        last=last,
        counts=[f"{count:,} {word}" for word, count in counts.items() if count],
        table=table,
        more=max(len(ordered) - MOST, 0),
        bare=[(i.name, project.framework.address(i)) for i in off if not about(project, i.key)],
        drops=[layout.drop(drop) for drop in drops],
    )


def _is_followed(action: Action) -> bool:
    """Whether something is still to be done: a decision without a day leaves nothing."""
    return action.is_open and (action.status != DECIDED or action.due is not None)


def _row(action: Action, project: Project) -> dict:
    words, framework = _words(action, project.month), project.framework
    topic, link = DECISIONS.get(action.about, ""), ""
    if indicator := framework.indicators.get(action.about):
        topic, link = indicator.name, framework.address(indicator)
    return {
        "Action": Cell(words["response"], topic, link=link),
        "Owner": capital(words["owner"]),
        "Due": Cell(capital(words["due"]), words["late"], strong=bool(words["late"])),
        "Status": words["status"],
        "Progress": Cell(action.progress or "None recorded", words["date"] * bool(action.progress)),
    }


def _words(action: Action, month: pd.Period) -> dict[str, str]:
    """An action as pages say it."""
    status, date = capital(action.status), periods.day(action.date) if action.date else ""
    return {
        "response": action.response.rstrip("."),
        "owner": action.owner or "not named",
        "due": periods.day(action.due) if action.due else "no date set",
        "late": "late" if is_late(action, month) else "",
        "status": f"{status} on {date}" if action.status == DECIDED else status,
        "progress": action.progress.rstrip("."),
        "date": date,
    }
