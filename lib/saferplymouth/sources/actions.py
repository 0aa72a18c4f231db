"""Reads what is being done: the responses to what pages show, and what meetings decided."""

import datetime
from dataclasses import dataclass

from saferplymouth.sources.lines import Line
from saferplymouth.sources.papers import lines
from saferplymouth.sources.problems import SourceFile, shown

PLANNED, UNDER_WAY, DONE, STOPPED = STATUSES = ("planned", "under way", "done", "stopped")
DECIDED = "decided"  # at a meeting
OPEN = (PLANNED, UNDER_WAY, DECIDED)
COLUMNS = ("about", "response", "owner", "due", "status", "progress", "date")
DECISION_COLUMNS = ("meeting", "about", "decided", "owner", "due")
# what a decision is about, beside the keys of indicators that are off course
ALLOCATE, RESULTS, RETURNS = "commissioning:allocate", "commissioning:results", "returns"
DECISIONS = {
    ALLOCATE: "Allocating the grant",
    RESULTS: "Results from the confirmed grant",
    RETURNS: "Data needed from partners",
}


@dataclass(frozen=True)
class Action:
    """One response in the paper of a `drop`, or a decision of the board (its `status` is
    `decided`).

    `about` is the key of an indicator or one of `DECISIONS`; another is of nothing known today.
    `owner`, `progress`, `due` and `date`, the day of the progress or of the meeting, may be
    missing. `was` is its status at the last meeting, empty if it is new since then.
    """

    about: str
    response: str
    owner: str
    due: datetime.date | None
    status: str
    progress: str
    date: datetime.date | None
    drop: str = ""
    was: str = ""

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def key(self) -> tuple:
        """What tells it from others, in each paper that has it."""
        meeting = self.date if self.status == DECIDED else None
        return self.about, self.response.casefold(), meeting


def read_actions(file: SourceFile) -> tuple[Action, ...]:
    """Every response; mistakes are added to the file's problems."""
    return _read(file, COLUMNS, "response", _action)


def read_decisions(file: SourceFile) -> tuple[Action, ...]:
    """Every decision of a meeting; mistakes are added to the file's problems."""
    return _read(file, DECISION_COLUMNS, "decided", _decision)


def _read(file: SourceFile, columns: tuple[str, ...], named: str, read) -> tuple[Action, ...]:
    actions, seen = [], {}
    for line in lines(file, columns):
        action = read(line)
        if action.response:
            line.check_once(named, action.key, seen, shown(action.response))
        actions.append(action)
    return tuple(actions)


def _action(line: Line) -> Action:
    return Action(
        line.text("about"),
        line.text("response"),
        line.text("owner", required=False),
        line.date("due", required=False),
        line.choice("status", STATUSES),
        line.text("progress", required=False),
        line.date("date", required=False),
    )


def _decision(line: Line) -> Action:
    meeting, about = line.date("meeting"), line.text("about")
    decided, owner = line.text("decided"), line.text("owner", required=False)
    due = line.date("due", required=False)
    return Action(about, decided, owner, due, DECIDED, "", meeting)
