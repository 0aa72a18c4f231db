"""The commissioning ledger: what each need gets from the grant, and whether it all adds up."""

import datetime
from dataclasses import dataclass
from pathlib import Path

from saferplymouth.framework import Framework
from saferplymouth.intake.papers import Line, lines
from saferplymouth.intake.problems import Problem

GRANT, NEED, TOTAL, REST = KINDS = ("grant", "need", "confirmed total", "not allocated")
CONFIRMED, AWAITING, OPEN = STATUSES = ("confirmed", "awaiting confirmation", "to be confirmed")
COLUMNS = ("kind", "year", "need", "recommendation", "areas", "indicators", "contribution", "total_budget")
COLUMNS += ("status", "owner", "decide_by", "note")


@dataclass(frozen=True)
class Need:
    """One line of the ledger. `contribution` is pounds from the grant, None until it is confirmed; `total_budget`
    pounds from all sources, None where not stated; `areas` and `indicators` are keys of the framework."""

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


def read_ledger(path: Path, source: str, framework: Framework, problems: list[Problem]) -> tuple[Need, ...]:
    """Every line of the ledger, grant and totals among them; what cannot be used is added to `problems`."""
    before, rows = len(problems), []
    read = list(lines(path, source, COLUMNS, framework, problems))
    for line in read:
        rows.append(_need(line))
    if len(problems) == before:
        _check_sums(rows, read, problems)
    return tuple(rows)


def _need(line: Line) -> Need:
    kind = line.choice("kind", KINDS)
    is_need = kind == NEED
    need = Need(
        line.financial_year("year"),
        line.text("need", is_need),
        line.text("recommendation", is_need),
        line.keys("areas", line.framework.areas),
        line.keys("indicators", line.framework.indicators),
        line.whole("contribution", not is_need),
        line.whole("total_budget", required=False),
        line.choice("status", STATUSES, is_need),
        line.text("owner", is_need),
        line.date("decide_by", required=False),
        line.text("note", required=False),
        kind,
    )
    if is_need and need.status in STATUSES and need.confirmed == (need.contribution is None):
        told = "is confirmed without a sum" if need.confirmed else "has a sum and is not confirmed"
        line.problem("contribution", f"the need {told}", "give the sum once it is confirmed, and not before")
    if is_need and not need.areas and line.good:
        line.problem("areas", "the need names no priority area", "name one or more, separated by ;")
    if None not in (need.contribution, need.total_budget) and need.contribution > need.total_budget:
        line.problem("total_budget", "it is less than the contribution", "correct one of them")
    return need


def _check_sums(rows: list[Need], read: list[Line], problems: list[Problem]) -> None:
    """Confirmed contributions sum to the total stated, and with what is not allocated to the grant."""
    source = read[0].source if read else ""
    stated: dict[str, list[tuple[Need, Line]]] = {kind: [] for kind in KINDS}
    for row, line in zip(rows, read, strict=True):
        stated[row.kind].append((row, line))
    for kind in (GRANT, TOTAL, REST):
        if len(stated[kind]) != 1:
            mistake = f"there are {len(stated[kind])} rows of the kind '{kind}'"
            problems.append(Problem(source, mistake, "give one row with its sum in contribution"))
    if len({row.year for row in rows}) > 1:
        problems.append(Problem(source, "it speaks of more than one financial year", "keep one year in a ledger"))
    if any(len(stated[kind]) != 1 for kind in (GRANT, TOTAL, REST)):
        return
    (grant, _), (total, at_total), (rest, at_rest) = (stated[kind][0] for kind in (GRANT, TOTAL, REST))
    summed = sum(row.contribution for row, _ in stated[NEED] if row.confirmed)
    if summed != total.contribution:
        told = f"the confirmed lines add up to £{summed:,}, and the total says £{total.contribution:,}"
        at_total.problem("contribution", told, "correct a line or the total")
    elif total.contribution + rest.contribution != grant.contribution:
        both = total.contribution + rest.contribution
        told = f"confirmed and not allocated come to £{both:,}, and the grant is £{grant.contribution:,}"
        at_rest.problem("contribution", told, "correct what is not allocated, or the grant")
