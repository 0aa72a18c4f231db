"""Reads the commissioning ledger: what each need gets from the grant, and checks that it adds
up.
"""

import datetime
from dataclasses import dataclass

from saferplymouth.sources.lines import Line
from saferplymouth.sources.papers import lines
from saferplymouth.sources.problems import SourceFile, shown

GRANT, NEED, TOTAL, REST = KINDS = ("grant", "need", "confirmed total", "not allocated")
CONFIRMED = "confirmed"
STATUSES = (CONFIRMED, "awaiting confirmation", "to be confirmed")
COLUMNS = (
    *("kind", "year", "need", "recommendation", "areas", "indicators"),
    *("contribution", "total_budget", "status", "owner", "decide_by", "note"),
)


@dataclass(frozen=True)
class Need:
    """One line of the ledger.

    `contribution` is pounds from the grant, None until it is confirmed. `total_budget` is pounds
    from all sources, None if not stated. `areas` and `indicators` are keys of the framework.
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


def read_ledger(file: SourceFile) -> tuple[Need, ...]:
    """Every line of the ledger, including grant and totals; mistakes are added to the file's
    problems.
    """
    read = [(_need(line), line) for line in lines(file, COLUMNS)]
    if read and all(line.good for _, line in read):
        complete = _check_kinds(file, read)
        if complete and all(line.good for _, line in read):
            _check_sums(read)
    return tuple(row for row, _ in read)


def _need(line: Line) -> Need:
    kind, areas = line.choice("kind", KINDS), line.framework.area_keys
    is_need = kind == NEED
    need = Need(
        line.financial_year("year"),
        line.text("need", is_need),
        line.text("recommendation", is_need),
        tuple(dict.fromkeys(areas.get(key, key) for key in line.keys("areas", areas))),
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
        state = "confirmed but has no" if need.confirmed else "not confirmed but has an"
        cure = "give the amount only once it is confirmed"
        line.problem("contribution", f"the need is {state} amount", cure)
    if is_need and not need.areas and line.good:
        line.problem("areas", "the need has no priority area", "name at least one, separated by ;")
    if None not in (need.contribution, need.total_budget) and need.contribution > need.total_budget:
        line.problem("total_budget", "it is less than the contribution", "correct one of them")
    return need


def _check_kinds(file: SourceFile, read: list[tuple[Need, Line]]) -> bool:
    """Checks that every row is for one year, that no need appears twice, and that there is one row
    of each other kind. Returns whether there is one of each.
    """
    year, names = read[0][0].year, set()
    for row, line in read:
        name = (row.kind, row.need.casefold() if row.kind == NEED else "")
        if name in names and row.kind == NEED:
            line.problem("need", f"{shown(row.need)} appears twice", "keep one of the rows")
        elif name in names:
            mistake = f"there is another row with the kind '{row.kind}'"
            line.problem("kind", mistake, "keep one of them")
        names.add(name)
        if row.year != year:
            mistake = f"{row.year} differs from the year of the first row, {year}"
            line.problem("year", mistake, "use one year throughout")
    absent = [kind for kind in KINDS if kind not in (row.kind for row, _ in read)]
    for kind in absent:
        cure = "add one" if kind == NEED else "add one with its amount in contribution"
        file.problem(f"there is no row with the kind '{kind}'", cure, column="kind")
    return not absent


def _check_sums(read: list[tuple[Need, Line]]) -> None:
    """Checks that confirmed contributions sum to their total, and with the rest to the grant."""
    rows = {row.kind: (row, line) for row, line in read}
    (grant, at_grant), (total, at_total), (rest, at_rest) = map(rows.get, (GRANT, TOTAL, REST))
    confirmed = sum(row.contribution for row, _ in read if row.kind == NEED and row.confirmed)
    allocated = total.contribution + rest.contribution
    if not grant.contribution:
        at_grant.problem("contribution", "the grant is £0", "write the amount awarded")
    elif confirmed != total.contribution:
        mistake = f"the confirmed lines add up to £{confirmed:,}"
        mistake += f", but the total is £{total.contribution:,}"
        at_total.problem("contribution", mistake, "correct a line or the total")
    elif allocated != grant.contribution:
        mistake = f"confirmed and not allocated add up to £{allocated:,}"
        mistake += f", but the grant is £{grant.contribution:,}"
        at_rest.problem("contribution", mistake, "correct the amount not allocated, or the grant")
