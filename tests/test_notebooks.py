"""A notebook opened by hand gives what a run gives: no output but its parts, and each of them the same."""

import nbformat
import pytest
from nbclient import NotebookClient

from saferplymouth import Board, Report


@pytest.mark.parametrize("key", ["hate_crime", "board_summary"])
def test_by_hand_each_notebook_shows_the_parts_of_its_page_and_nothing_else(untouched, key):
    notebook = nbformat.read(untouched / f"notebooks/{key}.ipynb", as_version=4)
    NotebookClient(notebook, resources={"metadata": {"path": untouched / "notebooks"}}, timeout=120).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert {output.output_type for output in outputs} == {"execute_result"}
    shown = [output.data["text/html"] for output in outputs]
    page = Board("2016-11", untouched) if key == "board_summary" else Report(key, "2016-11", untouched)
    parts = ("headline", "chart", "control", "table", "comment", "source")
    sections = [] if key == "board_summary" else page.sections.values()
    wanted = [getattr(section, part)().html for section in sections for part in parts]
    assert shown == [page.summary().html, *([page.table().html] if key == "board_summary" else wanted)]
