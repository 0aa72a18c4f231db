"""Defines `Part`, what a notebook shows: HTML, a table's CSV and proof that it is there."""

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from saferplymouth import periods
from saferplymouth.display import takeaway

SAID = ("check", "comment", "refusal")  # read as words where there is no page to show them
PARTS = ("headline", "chart", "control", "table", "comment", "source")  # of every indicator


@dataclass(frozen=True, repr=False)
class Part:
    """One thing on a page: `kind` and `indicator` say which, `facts` what the edition's manifest
    keeps of it.
    """

    kind: str
    month: pd.Period
    html: str
    indicator: str = ""
    csv: str = ""
    facts: dict = field(default_factory=dict)

    def save(self, path: str | Path) -> Path:
        """Saves the first chart shown as a picture to take into a slide, with its title, source and
        month: `chart.save("asb.png")`, or `.svg`. Returns its path; raises `NotSaved`.
        """
        figure = takeaway.FIGURE.search(self.html)
        if not figure:
            raise takeaway.NotSaved(f"{path} is not saved: {self!r} has no chart")
        return takeaway.save(figure[0], path, f"{periods.words(self.month)}.")

    def __repr__(self) -> str:
        of = f" of {self.indicator}" if self.indicator else ""
        name = f"<{self.kind}{of}, {periods.words(self.month)}>"
        if self.kind not in SAID:
            return name
        return f"{name} {Markup(str(self.html).replace('><', '> <')).striptags()}".rstrip()

    def _repr_mimebundle_(self, **_) -> tuple[dict, dict]:
        mark = {
            "kind": self.kind,
            "indicator": self.indicator,
            "month": str(self.month),
            "facts": self.facts,
        }
        table = {"text/csv": self.csv} if self.csv else {}
        return {"text/html": str(self.html), "text/plain": repr(self)} | table, {
            "saferplymouth": mark
        }
