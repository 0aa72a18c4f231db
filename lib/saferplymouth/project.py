"""A partnership's framework and everything it has received up to one month."""

from functools import cached_property
from pathlib import Path

import pandas as pd

from saferplymouth import evidence, framework, intake, observations, periods, suppression
from saferplymouth.evidence import Evidence
from saferplymouth.framework import Framework


class Project:
    """A partnership's framework and everything it has received up to one month."""

    def __init__(self, month: str | pd.Period, root: Path | None = None):
        self.root = root or find_root()
        self.month = periods.month(month)
        self.framework: Framework = framework.load(self.root / "framework.toml")
        observations.refresh(self.root, self.framework, self.month)
        received = observations.received(self.root, self.month)
        self.everything = suppression.masked(received, self.framework.indicators)
        self.stood = observations.as_it_stood(self.everything)
        self.restated = observations.restated(self.everything, self.month)
        raw = self.root / "data/raw"
        self.comments = intake.comments(raw, self.month, self.framework)
        self.papers = intake.papers(raw, self.month, self.framework)
        if not any(drop <= self.month for drop in observations.months(self.root)):
            raise LookupError(f"there is no data up to {periods.words(self.month)}; put a drop in data/raw first")

    @cached_property
    def evidence(self) -> dict[str, Evidence]:
        """The numbers about every indicator, by key."""
        return self._gathered(self.stood, self.month)

    def earlier(self, month: pd.Period) -> dict[str, Evidence]:
        """The numbers about every indicator as they stood for the edition of an earlier month, by key."""
        known = self.everything[self.everything["received"] <= str(month)]
        return self._gathered(observations.as_it_stood(known), month)

    def _gathered(self, stood: pd.DataFrame, month: pd.Period) -> dict[str, Evidence]:
        indicators = self.framework.indicators.items()
        return {key: evidence.gather(stood, i, self.framework, month) for key, i in indicators}


def find_root() -> Path:
    """The project's folder: the nearest one upwards from here that holds `framework.toml`."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "framework.toml").is_file():
            return folder
    raise FileNotFoundError("no framework.toml here or above: open the notebook inside the project")
