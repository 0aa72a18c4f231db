"""What changed since the last edition: an indicator as it stood then and as it stands now, number
by number.
"""

import pandas as pd

from saferplymouth import periods
from saferplymouth.display import charts, tables
from saferplymouth.display.tables import Table
from saferplymouth.framework import PERCENT
from saferplymouth.indicators import commentary, findings
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import counted, kind_of
from saferplymouth.statistics.intervals import less
from saferplymouth.workbench import series
from saferplymouth.workbench.over_time import cannot, nothing
from saferplymouth.workbench.view import View, told

NOTHING = {"value": None, "shorthand": "[x]"}


def since_last_edition(project: Project, key: str) -> View:
    """Every figure of the indicator's table that is new or not what it was in the edition
    before.
    """
    e, month = series.chosen(project, key), project.month
    if e.observed.empty:
        return nothing(project, e)
    last = project.before()
    if last is None:
        return cannot(project, e, f"there was no edition before that of {periods.words(month)}")
    before = project.earlier(last)[key]
    calendar = project.framework.calendar
    both = [tables.year_table(each.year, calendar) for each in (before, e)]
    names = [f"Edition of {periods.words(m)}" for m in (last, month)]
    changed = _changed(*both, names)
    edition = f"the edition of {periods.words(last)}"
    if not changed.rows:
        return cannot(
            project, e, f"no figure has changed since {edition}", findings.headline(e).text
        )
    restated = commentary.of_restated(e, project.restated, last, calendar)
    reads, read = (findings.headline(each).text for each in (e, before))
    was = f"In {edition} it read: {read}" if read != reads else ""
    lead = (
        f"{e.indicator.name}: {counted(len(changed.rows), 'figure')} new or different since "
        f"{edition}"
    )
    said = told(lead, [reads, was, _state(before, e)], restated, _signals(before, e))
    return View(key, month, said, _then_and_now(before, e, names, lead), changed)


def _changed(then: Table, now: Table, names: list[str]) -> Table:
    """The cells of two tables that differ, one row each: what it was, what it is, and by how much
    it moved.
    """
    (held, cells), rows, made = map(_cells, (then, now)), {}, []
    for at, cell in cells.items():
        old = held.get(at, NOTHING)
        if all(cell[of] == old[of] for of in NOTHING):
            continue
        known = cell["value"] is not None and old["value"] is not None
        moved = {
            "value": less(cell["value"], old["value"]) if known else None,
            "shorthand": "" if known else "[z]",
        }
        each = zip((*names, "Moved by"), (old, cell, moved), strict=True)
        rows[" ".join(at)] = cell["words"]
        made += [
            cell | {of: given[of] for of in NOTHING} | {"row": " ".join(at), "measure": name}
            for name, given in each
        ]
        made[-1] |= {"signed": True, "unit": "points" if cell["unit"] == PERCENT else cell["unit"]}
    caption = f"What is new or different since the e{names[0][1:]}"
    return Table(pd.DataFrame(made, dtype=object), caption, rows, "Figure", total=False)


def _cells(table: Table) -> dict[tuple[str, str], dict]:
    """Each cell of a year's table by its measure and its own period, with the words that name
    it.
    """
    cells = table.tidy.to_dict("records")
    at = [(c["measure"], c["row"] if c["row"] == "to date" else c["period"]) for c in cells]
    words = [f"{c['measure']}: {table.rows[c['row']].partition(' (')[0]}" for c in cells]
    return {
        where: cell | {"words": said} for where, cell, said in zip(at, cells, words, strict=True)
    }


def _state(before: Evidence, now: Evidence) -> str:
    was, is_ = findings.state(before), findings.state(now)
    return (
        f"Its state was “{was}” and is “{is_}”"
        if was != is_
        else f"Its state is “{is_}”, as it was"
    )


def _signals(before: Evidence, now: Evidence) -> list[str]:
    """What the control chart says now and did not say then."""
    known = commentary.of_variation(before)
    return [text for text in commentary.of_variation(now) if text not in known]


def _then_and_now(
    before: Evidence, now: Evidence, names: list[str], headline: str
) -> charts.Chart | None:
    """The year so far as each edition has it."""
    then = before.year.frame["this"].reindex(now.year.frame.index)
    data = pd.DataFrame({names[0]: then, names[1]: now.year.frame["this"]}).dropna(
        axis="columns", how="all"
    )
    if data.empty or not data.notna().any(axis=None):
        return None
    i = now.indicator
    subtitle = (
        f"{kind_of(i)} {i.counted} each {i.frequency} of {now.year.label}, as the two editions "
        f"have them"
    )
    return charts.lines_chart(data, headline, subtitle, i.scale)
