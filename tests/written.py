"""Comments that others wrote, and how well the check reads them."""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from saferplymouth.comments.claims import CONTRADICTS, IS, claims
from saferplymouth.comments.figures import facts_in
from saferplymouth.indicators.project import Project


@dataclass(frozen=True)
class Measured:
    """Of wrong comments the share with nothing flagged (`silent`) and with a contradiction
    (`called`), of right ones that with a contradiction (`alarms`) and with nothing left to confirm
    (`clear`); `misses` counts what fell short by kind.
    """

    silent: float
    called: float
    alarms: float
    clear: float
    misses: dict[tuple[str, str], int]


def rows(path: Path) -> list[dict[str, str]]:
    """The comments of a file, as `tests/comments/README.md` describes it."""
    names = ("indicator", "verdict", "text", "edition", "kind", "wrong")
    lines = path.read_text(encoding="utf-8").splitlines()
    return [dict(zip(names, line.split("\t"), strict=False)) for line in lines]


def measured(comments: list[dict[str, str]], root: Path) -> Measured:
    """How well these comments are read with the figures of the project at `root`."""
    project, facts = cache(Project), {}
    shares, misses = Counter(), Counter()
    for row in comments:
        at = row["edition"], row["indicator"]
        facts[at] = facts.get(at) or facts_in(project(at[0], root), at[1])
        found = {claim.outcome for claim in claims(row["text"].replace("\\n", "\n"), facts[at])}
        marks = {"contradicted"} if CONTRADICTS in found else set()
        marks |= {"clear"} if found == {IS} else set() if found - {IS} else {"silent"}
        shares.update((row["verdict"], mark) for mark in (*marks, "all"))
        if row["verdict"] == "wrong" and not found - {IS}:
            misses["wrong, nothing flagged", row["kind"]] += 1
        if row["verdict"] == "right" and marks != {"clear"}:
            misses[
                "right, " + ("contradicted" if "contradicted" in marks else "something to confirm"),
                row["kind"],
            ] += 1
    wrong, right = shares["wrong", "all"], shares["right", "all"]
    return Measured(
        (shares["wrong", "silent"] + shares["wrong", "clear"]) / wrong,
        shares["wrong", "contradicted"] / wrong,
        shares["right", "contradicted"] / right,
        shares["right", "clear"] / right,
        dict(misses),
    )
