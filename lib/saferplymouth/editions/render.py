"""Renders an executed notebook as an HTML page with the project's template, and extracts its
tables.
"""

import re
from functools import cache
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter, TemplateExporter
from traitlets.config import Config

from saferplymouth.editions.frame import FILTERS
from saferplymouth.editions.glossary import linked
from saferplymouth.framework.looks import worn

FOLDER = Path(__file__).parent / "templates"
LEFT_OUT = {"workbench"}  # cells with this tag are only for people who open the notebook


class PageExporter(HTMLExporter):
    """nbconvert's exporter without its second reading of a page, which only adds tab stops and
    alternative texts that no one wrote, and spoils drawings: it writes `viewBox` in small letters.
    """

    def from_notebook_node(self, nb, resources=None, **kw) -> tuple[str, dict]:
        """The HTML of a notebook, and the resources used."""
        return TemplateExporter.from_notebook_node(self, nb, resources, **kw)


def render(notebook: nbformat.NotebookNode, top: dict) -> str:
    """The HTML page of an executed notebook: no code, no script, nothing loaded from elsewhere.

    `top`: partnership, title, month, status, published, contact, licence, accessibility, runs_to;
    glossary, where it is, and its terms, the first use of each of which becomes a link; and the
    partnership's `looks`.
    """
    body, _ = _exporter().from_notebook_node(notebook, resources={"top": top})
    body = linked(re.sub(r"\n\s*\n+", "\n", body).strip() + "\n", top.get("terms", []))
    return worn(body, top)


@cache
def _exporter() -> HTMLExporter:
    """One exporter for every page, so that templates are compiled once."""
    config = Config()
    config.NbConvertBase.display_data_priority = ["text/html"]
    config.HTMLExporter.filters = FILTERS
    config.HTMLExporter.optimistic_validation = True  # once, not after each step
    config.TagRemovePreprocessor.enabled = True
    config.TagRemovePreprocessor.remove_cell_tags = LEFT_OUT
    shown = {"exclude_input": True, "exclude_anchor_links": True}
    template = {"template_name": "edition", "extra_template_basedirs": [str(FOLDER)]}
    return PageExporter(config=config, **template, **shown)


def is_left_out(cell: nbformat.NotebookNode) -> bool:
    """Whether a cell is not shown on any page."""
    return bool(LEFT_OUT & {*cell.metadata.get("tags", ())})


def marks(notebook: nbformat.NotebookNode) -> list[dict]:
    """The parts that a notebook shows on its page, in order: kind, indicator, month and facts."""
    found = [o.get("metadata", {}).get("saferplymouth") for o in _outputs(notebook)]
    return [mark for mark in found if mark]


def downloads(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """The CSV of each table shown, by indicator."""
    return {
        output.metadata["saferplymouth"]["indicator"]: output.data["text/csv"]
        for output in _outputs(notebook)
        if "text/csv" in output.get("data", {}) and "saferplymouth" in output.metadata
    }


def _outputs(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    cells = [c for c in notebook.cells if c.cell_type == "code" and not is_left_out(c)]
    return [output for cell in cells for output in cell.outputs]
