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
        everything = suppression.masked(received, self.framework.indicators)
        self.stood = observations.as_it_stood(everything)
        self.restated = observations.restated(everything, self.month)
        raw = self.root / "data/raw"
        self.comments = intake.comments(raw, self.month, self.framework)
        self.papers = intake.papers(raw, self.month, self.framework)
        if self.stood.empty:
            raise LookupError(f"there is no data up to {periods.words(self.month)}; put a drop in data/raw first")

    @cached_property
    def evidence(self) -> dict[str, Evidence]:
        """The numbers about every indicator, by key."""
        indicators = self.framework.indicators.items()
        return {key: evidence.gather(self.stood, i, self.framework, self.month) for key, i in indicators}


def find_root() -> Path:
    """The project's folder: the nearest one upwards from here that holds `framework.toml`."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "framework.toml").is_file():
            return folder
    raise FileNotFoundError("no framework.toml here or above: open the notebook inside the project")
