"""Reads the strategic assessment's scores: one row for each issue and year, with who scored it and
when.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from saferplymouth.sources.lines import Line
from saferplymouth.sources.papers import lines
from saferplymouth.sources.problems import SourceFile, shown

FIRST = ("year", "issue", "area", "indicator")
LAST = ("confidence", "scored_by", "scored_on", "illustrative")


@dataclass(frozen=True)
class Score:
    """One issue as scored for a financial year.

    `scores` maps each dimension of the matrix to its score from 1 up, or None if the `indicator` (a
    key, or empty) provides it. `illustrative` scores are an example, not a finding.
    """

    year: str
    issue: str
    area: str
    indicator: str
    scores: Mapping[str, int | None]
    confidence: str
    scored_by: str
    scored_on: datetime.date
    illustrative: bool


def read_scores(file: SourceFile) -> tuple[Score, ...]:
    """Every row of the assessment; mistakes are added to the file's problems."""
    matrix = file.framework.matrix
    if matrix is None:
        cure = "describe the dimensions, scales, weights and confidence there, or remove the file"
        file.problem("framework.toml has no [matrix] to score with", cure)
        return ()
    rows, seen = [], {}
    for line in lines(file, (*FIRST, *matrix.dimensions, *LAST)):
        row = _score(line)
        line.check_once(
            "issue", (row.year, row.issue.casefold()), seen, f"{shown(row.issue)} for {row.year}"
        )
        rows.append(row)
    return tuple(rows)


def _score(line: Line) -> Score:
    matrix, areas = line.framework.matrix, line.framework.area_keys
    indicator = line.choice("indicator", line.framework.indicators, required=False)
    scores = {key: _value(line, key, bool(indicator)) for key in matrix.dimensions}
    return Score(
        line.financial_year("year"),
        line.text("issue"),
        areas.get(line.choice("area", areas, required=False), ""),
        indicator,
        scores,
        line.choice("confidence", matrix.confidence),
        line.statement("scored_by"),
        line.date("scored_on"),
        line.choice("illustrative", ("yes", "no")) == "yes",
    )


def _value(line: Line, key: str, measured: bool) -> int | None:
    dimension = line.framework.matrix.dimensions[key]
    scale = ", ".join(f"{n} {word}" for n, word in enumerate(dimension.scale, start=1))
    cure = f"write one of: {scale}"
    score = line.whole(key, not (measured and dimension.bands), cure)
    if score is not None and not 1 <= score <= len(dimension.scale):
        line.problem(key, f"{score} is outside the scale", cure)
    return score
