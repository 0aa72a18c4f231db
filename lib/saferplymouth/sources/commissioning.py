"""The commissioning ledger: what each need gets from the grant, and whether it all adds up."""

import datetime
from dataclasses import dataclass
from pathlib import Path

from saferplymouth.framework import Framework
from saferplymouth.sources.papers import PaperLine, lines
from saferplymouth.sources.problems import Problem, shown

GRANT, NEED, TOTAL, REST = KINDS = ("grant", "need", "confirmed total", "not allocated")
CONFIRMED, AWAITING, OPEN = STATUSES = ("confirmed", "awaiting confirmation", "to be confirmed")
COLUMNS = (
    "kind",
    "year",
    "need",
    "recommendation",
    "areas",
    "indicators",
    "contribution",
    "total_budget",
)
COLUMNS += ("status", "owner", "decide_by", "note")


@dataclass(frozen=True)
class Need:
    """One line of the ledger. `contribution` is pounds from the grant, None until it is confirmed;
    `total_budget` pounds from all sources, None where not stated; `areas` and `indicators` are keys
    of the framework.
    """

    year: str
    need: str
    recommendation: str
    areas: tuple[str, ...]
    indicators: tuple[str, ...]
    contribution: int | None
    total_budget: int | None
    status: str
    owner: str
    decide_by: datetime.date | None
    note: str
    kind: str = NEED

    @property
    def confirmed(self) -> bool:
        return self.status == CONFIRMED


def read_ledger(
    path: Path, source: str, framework: Framework, problems: list[Problem]
) -> tuple[Need, ...]:
    """Every line of the ledger, grant and totals among them; what cannot be used is added to
    `problems`.
    """
    before, rows = len(problems), []
    read = list(lines(path, source, COLUMNS, framework, problems))
    for line in read:
        rows.append(_need(line))
    if not any(problem.stops for problem in problems[before:]):
        _check_sums(rows, read, problems)
    return tuple(rows)


def _need(line: PaperLine) -> Need:
    kind = line.choice("kind", KINDS)
    is_need = kind == NEED
    need = Need(
        line.financial_year("year"),
        line.text("need", is_need),
        line.text("recommendation", is_need),
        line.keys("areas", line.framework.areas),
        line.keys("indicators", line.framework.indicators),
        line.pounds("contribution", not is_need),
        line.pounds("total_budget", required=False),
        line.choice("status", STATUSES, is_need),
        line.text("owner", is_need),
        line.date("decide_by", required=False),
        line.text("note", required=False),
        kind,
    )
    stated = bool(line.written("contribution", required=False))
    if is_need and need.status in STATUSES and need.confirmed != stated:
        told = "is confirmed without a sum" if need.confirmed else "has a sum and is not confirmed"
        line.problem(
            "contribution", f"the need {told}", "give the sum once it is confirmed, and not before"
        )
    if is_need and not need.areas and line.good:
        line.problem("areas", "the need names no priority area", "name one or more, separated by ;")
    if None not in (need.contribution, need.total_budget) and need.contribution > need.total_budget:
        line.problem("total_budget", "it is less than the contribution", "correct one of them")
    return need


def _check_sums(rows: list[Need], read: list[PaperLine], problems: list[Problem]) -> None:
    """Confirmed contributions sum to the total stated, and with what is not allocated to the
    grant.
    """
    stated: dict[str, list[tuple[Need, PaperLine]]] = {kind: [] for kind in KINDS}
    for row, line in zip(rows, read, strict=True):
        if row.kind == NEED and row.need.casefold() in (
            earlier.need.casefold() for earlier, _ in stated[NEED]
        ):
            line.problem("need", f"{shown(row.need)} is here twice", "keep one of the rows")
        if row.kind != NEED and stated[row.kind]:
            line.problem(
                "kind", f"there is another row of the kind '{row.kind}'", "keep one of them"
            )
        if row.year != rows[0].year:
            line.problem(
                "year",
                f"{row.year} is not the year of the first row, {rows[0].year}",
                "keep one year",
            )
        stated[row.kind].append((row, line))
    for kind in KINDS:
        if read and not stated[kind]:
            cure = "add one" if kind == NEED else "add one with its sum in contribution"
            problems.append(
                Problem(
                    read[0].source, f"there is no row of the kind '{kind}'", cure, column="kind"
                )
            )
    if not all(line.good for line in read) or not all(stated.values()):
        return
    (grant, at_grant), (total, at_total), (rest, at_rest) = (
        stated[kind][0] for kind in (GRANT, TOTAL, REST)
    )
    summed = sum(row.contribution for row, _ in stated[NEED] if row.confirmed)
    if not grant.contribution:
        at_grant.problem("contribution", "the grant is £0", "write what was awarded")
    elif summed != total.contribution:
        told = (
            f"the confirmed lines add up to £{summed:,}, and the total says £{total.contribution:,}"
        )
        at_total.problem("contribution", told, "correct a line or the total")
    elif total.contribution + rest.contribution != grant.contribution:
        both = total.contribution + rest.contribution
        told = (
            f"confirmed and not allocated come to £{both:,}, and the grant is "
            f"£{grant.contribution:,}"
        )
        at_rest.problem("contribution", told, "correct what is not allocated, or the grant")
