"""A notebook opened by hand gives what a run gives: no output but its parts, and each of them the same."""

import contextlib
import io

import nbformat
import pytest
import tiny
from conftest import ROOT
from IPython.core.displayhook import CapturingDisplayHook
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient
from traitlets.config import Config

from saferplymouth import Report
from saferplymouth.parts import PARTS

WORKBENCH = {"explore", "tour"}  # they make no page
PAGES = sorted({path.stem for path in (ROOT / "notebooks").glob("*.ipynb")} - WORKBENCH)

pytestmark = pytest.mark.xdist_group("browser")


def code_of(path) -> list:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def by_hand(path) -> list[dict]:
    """What each output of a notebook holds, run cell after cell in a session here; it has to end well and silently."""
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    shown, printed = CapturingDisplayPublisher(), io.StringIO()
    shell.display_pub, shell.display_trap.hook = shown, CapturingDisplayHook(shell, shown.outputs)
    try:
        with contextlib.chdir(path.parent), contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            for cell in code_of(path):
                shell.run_cell(cell.source).raise_error()
    finally:
        InteractiveShell.clear_instance()
    assert printed.getvalue() == ""
    return [output["data"] for output in shown.outputs]


@pytest.mark.parametrize("name", PAGES)
def test_by_hand_a_notebook_gives_what_it_gives_in_a_run(name, edition):
    (executed,) = (edition / "executed").glob(f"2016-*/{name}.ipynb")
    in_a_run = [output.data for cell in code_of(executed) for output in cell.outputs]
    shown = by_hand(edition.parent / f"notebooks/{name}.ipynb")
    assert [data["text/html"] for data in shown] == [data["text/html"] for data in in_a_run]
    assert [data.get("text/csv") for data in shown] == [data.get("text/csv") for data in in_a_run]
    assert len(shown) > 1


def test_in_a_kernel_an_areas_notebook_shows_the_parts_of_its_page_and_nothing_else(untouched):
    notebook = nbformat.read(untouched / "notebooks/hate_crime.ipynb", as_version=4)
    NotebookClient(notebook, resources={"metadata": {"path": untouched / "notebooks"}}, timeout=120).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    report = Report("hate_crime", "2016-11", untouched)
    parts = [report.summary(), *(getattr(s, part)() for s in report.sections.values() for part in PARTS)]
    assert {output.output_type for output in outputs} <= {"execute_result", "display_data"}
    assert [output.data["text/html"] for output in outputs] == [part.html for part in parts]


def test_the_tour_shows_a_wrong_comment_and_a_right_one_and_saves_neither(project):
    before = tiny.snapshot(project / "data/raw")
    *_, wrong, right = (data["text/html"] for data in by_hand(project / "notebooks/tour.ipynb"))
    assert "“5% reduction” is wrong. It was a rise, not a fall. April to November 2016: 7,170" in wrong
    assert "Wrong" not in right
    assert right.count("is right") == 3
    assert tiny.snapshot(project / "data/raw") == before
    assert not (project / "outputs").exists()
