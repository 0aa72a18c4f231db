"""From an executed notebook to a page, rendered through the project's own template, and the tables
it shows.
"""

import re
from functools import cache
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from traitlets.config import Config

FOLDER = Path(__file__).parent / "templates"
LEFT_OUT = {"workbench"}  # cells so tagged are for whoever has the notebook open


def render(notebook: nbformat.NotebookNode, top: dict) -> str:
    """The page of an executed notebook: no code, no script, nothing loaded from anywhere.

    `top` holds what stands around it: partnership, title, month, status, published, contact,
    licence, runs_to.
    """
    body, _ = _exporter().from_notebook_node(notebook, resources={"top": top})
    return re.sub(r"\n\s*\n+", "\n", body).strip() + "\n"


@cache
def _exporter() -> HTMLExporter:
    """One for every page: its templates are compiled once."""
    config = Config()
    config.NbConvertBase.display_data_priority = ["text/html"]
    config.TagRemovePreprocessor.enabled = True
    config.TagRemovePreprocessor.remove_cell_tags = LEFT_OUT
    return HTMLExporter(
        config=config,
        template_name="edition",
        extra_template_basedirs=[str(FOLDER)],
        exclude_input=True,
        exclude_anchor_links=True,
    )


def marks(notebook: nbformat.NotebookNode) -> list[dict]:
    """The parts that a notebook shows on its page, in order: kind, indicator, month and facts of
    each.
    """
    return [
        mark
        for output in shown_outputs(notebook)
        if (mark := output.get("metadata", {}).get("saferplymouth"))
    ]


def downloads(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """The CSV of each table shown, by indicator."""
    tables = [
        o
        for o in shown_outputs(notebook)
        if "text/csv" in o.get("data", {}) and "saferplymouth" in o.metadata
    ]
    return {o.metadata["saferplymouth"]["indicator"]: o.data["text/csv"] for o in tables}


def shown_outputs(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """The outputs that stand on the page of a notebook."""
    cells = [
        c
        for c in notebook.cells
        if c.cell_type == "code" and not LEFT_OUT & {*c.metadata.get("tags", ())}
    ]
    return [output for cell in cells for output in cell.outputs]
