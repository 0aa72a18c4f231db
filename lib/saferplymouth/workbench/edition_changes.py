"""Compares an indicator with the last edition, number by number."""

import pandas as pd

from saferplymouth import periods
from saferplymouth.display import charts, tables
from saferplymouth.display.tables import TO_DATE, Table
from saferplymouth.indicators import commentary, findings
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import counted
from saferplymouth.statistics.intervals import difference
from saferplymouth.workbench import series
from saferplymouth.workbench.over_time import cannot, nothing
from saferplymouth.workbench.view import View, phrase

NOTHING = {"value": None, "shorthand": "[x]"}


def since_last_edition(project: Project, key: str) -> View:
    """Every figure in the indicator's table that is new or has changed."""
    e, month = series.chosen(project, key), project.month
    if e.observed.empty:
        return nothing(project, e)
    last = project.before()
    if last is None:
        return cannot(project, e, f"there was no edition before {periods.words(month)}")
    before = project.earlier(last)[key]
    calendar = project.framework.calendar
    both = [tables.year_table(each.year, calendar) for each in (before, e)]
    names = [f"Edition of {periods.words(m)}" for m in (last, month)]
    changed = _changed(*both, names)
    edition = f"the edition for {periods.words(last)}"
    if not changed.rows:
        why = f"no figure has changed since {edition}"
        return cannot(project, e, why, findings.headline(e).text)
    restated = commentary.of_restated(e, project.restated, last, calendar)
    reads, read = (findings.headline(each).text for each in (e, before))
    was = f"In {edition} it read: {read}" if read != reads else ""
    count = counted(len(changed.rows), "figure")
    lead = f"{e.indicator.name}: {count} new or different since {edition}"
    known = commentary.of_variation(before)
    signals = [text for text in commentary.of_variation(e) if text not in known]
    lines = phrase(lead, [reads, was, _state(before, e)], restated, signals)
    return View(key, month, lines, _then_and_now(before, e, names, lead), changed)


def _changed(then: Table, now: Table, names: list[str]) -> Table:
    """The cells that differ between two tables: before, now and the change."""
    (before, cells), rows, made = map(_cells, (then, now)), {}, []
    for at, cell in cells.items():
        old, row = before.get(at, NOTHING), " ".join(at)
        if all(cell[of] == old[of] for of in NOTHING):
            continue
        rows[row] = cell["words"]
        same = cell | {"row": row}
        figures = (old["value"], cell["value"])
        moved = {"value": None, "shorthand": "[z]"}
        if None not in figures:
            moved = {"value": difference(*reversed(figures)), "shorthand": ""}
        moved |= {"signed": True, "unit": tables.difference_unit(cell["unit"])}
        made.append(same | {of: old[of] for of in NOTHING} | {"measure": names[0]})
        made.append(same | {"measure": names[1]})
        made.append(same | moved | {"measure": "Change"})
    caption = f"What is new or different since the e{names[0][1:]}"
    return Table(pd.DataFrame(made, dtype=object), caption, rows, "Figure", total=False)


def _cells(table: Table) -> dict[tuple[str, str], dict]:
    """Each cell of a year's table by its measure and its own period, with its name."""
    cells = {}
    for cell in table.tidy.to_dict("records"):
        period = TO_DATE if cell["row"] == TO_DATE else cell["period"]
        words = f"{cell['measure']}: {table.rows[cell['row']].partition(' (')[0]}"
        cells[cell["measure"], period] = cell | {"words": words}
    return cells


def _state(before: Evidence, now: Evidence) -> str:
    was, state = findings.state(before), findings.state(now)
    changed = f"Its state was “{was}” and is now “{state}”"
    return changed if was != state else f"Its state is still “{state}”"


def _then_and_now(
    before: Evidence, now: Evidence, names: list[str], headline: str
) -> charts.Chart | None:
    """The year to date in each edition."""
    then = before.year.frame["this"].reindex(now.year.frame.index)
    data = pd.DataFrame({names[0]: then, names[1]: now.year.frame["this"]})
    data = data.dropna(axis="columns", how="all")
    if data.empty:
        return None
    i = now.indicator
    title = f"{i.name} each {i.frequency} of {now.year.label}, in the two editions"
    return charts.lines_chart(data, headline, title, i.scale)
