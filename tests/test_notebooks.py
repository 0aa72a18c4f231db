"""A notebook opened by hand gives what a run gives: no output but its parts, and each of them the same."""

import nbformat
import pytest
from nbclient import NotebookClient

from saferplymouth import Board, Commissioning, Report, StrategicAssessment
from saferplymouth.parts import PARTS


def of_area(key, root):
    report = Report(key, "2016-11", root)
    return [report.summary(), *(getattr(section, part)() for section in report.sections.values() for part in PARTS)]


def of_board(root):
    board = Board("2016-11", root)
    return [board.summary(), board.table()]


def of_assessment(root):
    page = StrategicAssessment("2016-11", root)
    return [page.summary(), page.chart(), page.ranking(), page.movement(), page.method()]


def of_money(root):
    page = Commissioning("2016-11", root)
    return [page.summary(), page.chart(), page.ledger(), page.thread(), page.source()]


PAGES = {
    "board_summary": of_board,
    "hate_crime": lambda root: of_area("hate_crime", root),
    "modern_slavery": lambda root: of_area("modern_slavery", root),
    "strategic_assessment": of_assessment,
    "commissioning": of_money,
}


@pytest.mark.parametrize("key", PAGES)
def test_by_hand_each_notebook_shows_the_parts_of_its_page_and_nothing_else(untouched, key):
    notebook = nbformat.read(untouched / f"notebooks/{key}.ipynb", as_version=4)
    NotebookClient(notebook, resources={"metadata": {"path": untouched / "notebooks"}}, timeout=120).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert {output.output_type for output in outputs} <= {"execute_result", "display_data"}
    assert [output.data["text/html"] for output in outputs] == [part.html for part in PAGES[key](untouched)]
