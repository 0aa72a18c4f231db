"""What is being done as it stood for an edition, read from drops or sent to a page's worker."""

import datetime
import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, replace
from pathlib import Path

import pandas as pd

from saferplymouth import sources
from saferplymouth.framework import Framework
from saferplymouth.sources.actions import DECIDED, Action
from saferplymouth.sources.papers import RECORDS

DAYS = ("due", "date")
NEVER = datetime.date.min


def gather(root: Path, month: pd.Period, framework: Framework) -> tuple[Action, ...]:
    """The responses in the latest papers up to `month`, and the decisions that none of them carries
    out, each with its status at the last meeting. Raises `sources.Refused`.
    """
    handed = root / _path(month)
    if handed.is_file():
        return tuple(map(_from_json, json.loads(handed.read_bytes())))
    now, last = recorded(root, month, framework), framework.last_meeting(month)
    if last is None:
        return now
    ended = pd.Period(last.date + datetime.timedelta(days=1), "M") - 1
    were = {action.key: action.status for action in recorded(root, ended, framework)}
    return tuple(replace(action, was=were.get(action.key, "")) for action in now)


def recorded(root: Path, month: pd.Period, framework: Framework) -> tuple[Action, ...]:
    """The same, without what was at the last meeting."""
    papers = sources.papers(root / "data/raw", month, framework, RECORDS)
    every = [replace(row, drop=of.drop) for of in papers.values() for row in of.rows]
    carried = _carried_out(every)
    return tuple(a for a in every if a.status != DECIDED or a.date > carried.get(a.about, NEVER))


def _carried_out(actions: Iterable[Action]) -> dict[str, datetime.date]:
    """The day up to which decisions about each thing are carried out: that of its last progress,
    or no end while a response is open.
    """
    days: dict[str, datetime.date] = {}
    for action in (a for a in actions if a.status != DECIDED):
        until = datetime.date.max if action.is_open else action.date or NEVER
        days[action.about] = max(until, days.get(action.about, NEVER))
    return days


def files_for_worker(
    actions: Iterable[Action], month: pd.Period, about: Collection[str] = ()
) -> dict[str, bytes]:
    """The actions about some indicators, by default all, as a file for a page's worker, by path."""
    mine = [asdict(a) for a in actions if not about or a.about in about]
    return {_path(month): json.dumps(mine, default=str).encode()} if mine else {}


def _from_json(given: dict) -> Action:
    days = {name: datetime.date.fromisoformat(given[name]) for name in DAYS if given[name]}
    return Action(**given | days)


def _path(month: pd.Period) -> str:
    return f"data/processed/{month}.actions.json"
