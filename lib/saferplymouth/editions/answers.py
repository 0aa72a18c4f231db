"""The JSON answers of `check`, `status` and `run`; docs/commands.md describes their keys."""

import json
from dataclasses import asdict

from saferplymouth.comments.claims import Claim
from saferplymouth.editions.build import Outcome
from saferplymouth.editions.drop_check import Check, CheckedComment
from saferplymouth.editions.status_report import EditionStatus
from saferplymouth.errors import Mistake, printable
from saferplymouth.framework import FrameworkError
from saferplymouth.sources import Problem, RecipeError, Refused, Row, origin
from saferplymouth.sources.received import ReadFile

FIGURE = ("indicator", "period", "breakdown", "group", "value", "numerator", "denominator")
FIGURE += ("status",)
PLACE = ("kind", "code", "name", "period", "value")


def text(answer: dict) -> str:
    """One JSON document, in ASCII, so that it is UTF-8 whatever a stream's encoding is."""
    return json.dumps(answer, indent=1, allow_nan=False)


def of_check(found: Check) -> dict:
    return {
        "problems": list(map(_problem, found.problems)),
        "questions": list(map(asdict, found.questions)),
        "comments": list(map(_comment, found.comments)),
    }


def of_mistake(error: Mistake) -> dict:
    """What `check` answers when it could not look: each obstacle as a problem."""
    problems = [Problem("", str(error), "")]
    if isinstance(error, Refused | RecipeError):
        problems = error.problems
    elif isinstance(error, FrameworkError) and error.mistakes:
        problems = [Problem(error.file, what, "", column=key) for key, what in error.mistakes]
    return of_check(Check(problems))


def of_read(found: ReadFile) -> dict:
    keys = ("file", "sheet", "cell", "mistake", "cure")
    problems = list(map(_problem, found.problems))
    return {
        "figures": list(map(_received, found.rows)),
        "places": [{key: getattr(p, key) for key in PLACE} for p in found.places],
        "passed_over": list(map(asdict, found.passed_over)),
        "problems": [{key: problem[key] for key in keys} for problem in problems],
    }


def _received(row: Row) -> dict:
    at = origin(row.source)
    whole = row.value is not None and float(row.value).is_integer()
    value = int(row.value) if whole else row.value
    figure = {key: getattr(row, key) for key in FIGURE} | {"value": value}
    return figure | {"sheet": at.sheet, "cell": at.cell}


def _problem(problem: Problem) -> dict:
    keys = ("file", "row", "column", "mistake", "cure", "sheet", "cell")
    values = {key: getattr(problem, key) or None for key in keys}
    texts = {key: printable(value) for key, value in values.items() if isinstance(value, str)}
    return values | texts


def _comment(comment: CheckedComment) -> dict:
    claims = list(map(_claim, comment.claims))
    return {"file": comment.file, "indicator": comment.indicator, "claims": claims}


def _claim(claim: Claim) -> dict:
    figure = None if claim.figure is None else round(float(claim.figure.value), 2)
    return {
        "text": claim.text,
        "outcome": claim.outcome,
        "figure": int(figure) if figure is not None and figure.is_integer() else figure,
        "period": claim.figure.period if claim.figure else None,
    }


def of_status(status: EditionStatus) -> dict:
    return {
        "edition": status.name,
        "status": status.state or None,
        "pages": list(status.manifest.get("areas", ())),
        "would_build": status.plan.todo if status.plan else {},
        "last_attempt": status.manifest.get("last_attempt"),
    }


def of_run(outcomes: list[Outcome], again: bool = False) -> dict:
    """What was built; or, with `again`, the answer of the next run if nothing changes until
    then.
    """
    editions = [
        {
            "edition": outcome.plan.name,
            "place": str(outcome.place),
            "whole": outcome.whole,
            "built": [] if again else outcome.built,
            "kept": [*(outcome.plan.expected if again else outcome.plan.kept)],
            "failed": outcome.failures,
        }
        for outcome in outcomes
    ]
    return {"editions": editions}
