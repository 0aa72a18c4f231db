"""Defines `Part`, what a notebook shows: HTML, a table's CSV and proof that it is there."""

from dataclasses import dataclass, field

import pandas as pd

from saferplymouth import periods

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

    def __repr__(self) -> str:
        of = f" of {self.indicator}" if self.indicator else ""
        return f"<{self.kind}{of}, {periods.words(self.month)}>"

    def _repr_mimebundle_(self, **_) -> tuple[dict, dict]:
        mark = {
            "kind": self.kind,
            "indicator": self.indicator,
            "month": str(self.month),
            "facts": self.facts,
        }
        table = {"text/csv": self.csv} if self.csv else {}
        return {"text/html": self.html, "text/plain": repr(self)} | table, {"saferplymouth": mark}
