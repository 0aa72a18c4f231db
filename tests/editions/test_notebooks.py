"""What a notebook shows: its parts and nothing else. tests/browser/test_jupyterlab.py holds every one, by hand,
against its run.
"""

from pathlib import Path

import nbformat
import tiny
from nbclient import NotebookClient

from saferplymouth import Report
from saferplymouth.display.parts import PARTS


def by_hand(path: Path) -> list[str]:
    """The HTML of each output of a notebook, run in a kernel; it must show its parts and print
    nothing.
    """
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, resources={"metadata": {"path": path.parent}}, timeout=120).execute()
    outputs = [
        output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs
    ]
    assert {output.output_type for output in outputs} <= {"execute_result", "display_data"}
    return [output.data.get("text/html", "") for output in outputs]  # a chart has none


def test_an_areas_notebook_shows_the_parts_of_its_page_and_nothing_else(untouched):
    report = Report("hate_crime", "2016-11", untouched)
    parts = [
        report.summary(),
        *(getattr(s, part)() for s in report.sections.values() for part in PARTS),
    ]
    assert by_hand(untouched / "notebooks/hate_crime.ipynb") == [part.html for part in parts]


def test_the_tour_shows_live_figures_and_a_wrong_comment_and_saves_neither(project):
    before = tiny.snapshot(project / "data/raw")
    *_, live, wrong = by_hand(project / "notebooks/tour.ipynb")
    assert live.count("is live") == 3
    assert "not what the figures say" not in live
    assert "“5%” is not what the figures say" in wrong
    assert "5.4% more than in April to November 2015" in wrong
    assert tiny.snapshot(project / "data/raw") == before
    assert not (project / "outputs").exists()
