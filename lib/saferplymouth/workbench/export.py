"""Names the month in the title of a notebook that someone exports as HTML from its window, or with
`jupyter nbconvert`; pages of an edition have a title of their own.
"""

import nbformat
from nbconvert.preprocessors import Preprocessor

from saferplymouth import periods


class MonthInTitle(Preprocessor):
    """Adds the month of the parts that a notebook shows to its first heading, and to its title."""

    def preprocess(
        self, nb: nbformat.NotebookNode, resources: dict
    ) -> tuple[nbformat.NotebookNode, dict]:
        """The notebook with its title; as it was where it shows no part or has no heading."""
        outputs = [output for cell in nb.cells for output in cell.get("outputs", [])]
        marks = [output.get("metadata", {}).get("saferplymouth") for output in outputs]
        months = [periods.month(mark["month"]) for mark in marks if mark]
        headed = [cell for cell in nb.cells if cell.source.startswith("# ")]
        if months and headed:
            heading, *rest = headed[0].source.split("\n")
            headed[0].source = "\n".join([f"{heading} – {periods.words(months[0])}", *rest])
            nb.metadata["title"] = headed[0].source.split("\n")[0].removeprefix("# ")
        return nb, resources
