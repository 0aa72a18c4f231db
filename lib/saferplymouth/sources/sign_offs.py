"""What analysts let stand though it seems too little: `sign-offs.csv` at the top of a drop, each
row a person's.

`about` is the name of a street file, with no `period`, or the key of an indicator, with a period as
in a return.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from saferplymouth.errors import known_keys, unnamed, unreasoned
from saferplymouth.framework import Framework
from saferplymouth.sources.papers import Line, lines
from saferplymouth.sources.problems import Problem, shown

NAME = "sign-offs.csv"
COLUMNS = ("about", "period", "name", "reason")


@dataclass(frozen=True)
class SignOff:
    """Who (`name`) let stand what had come by a `drop` about a street file or an indicator and
    period, and why.
    """

    about: str
    period: str
    name: str
    reason: str
    drop: str

    @property
    def words(self) -> str:
        return f"confirmed by {self.name}: {self.reason.rstrip('.')}"


def read_sign_offs(
    path: Path, drop: str, framework: Framework, files: Collection[str], problems: list[Problem]
) -> tuple[SignOff, ...]:
    """The sign-offs of a drop; `files` are the names of the street files that had come by then."""
    found: list[SignOff] = []
    for line in lines(path, NAME, COLUMNS, framework, problems):
        about, period = line.written("about"), line.written("period", required=False)
        if about and about not in files and about not in framework.indicators:
            near = known_keys(about, [*framework.indicators, *files])
            line.problem("about", f"{shown(about)} is no street file and no indicator", near)
        elif about in framework.indicators:
            period = _period(line, about, period, drop)
        elif period:
            line.problem(
                "period", "a street file has its period in its name", "leave the period empty"
            )
        if (about, period) in ((s.about, s.period) for s in found):
            line.problem(
                "about", f"{shown(f'{about} {period}')} is here twice", "keep one of the rows"
            )
        said = (
            _said(line, column, wrong)
            for column, wrong in (("name", unnamed), ("reason", unreasoned))
        )
        found.append(SignOff(about, period, *said, drop))
    return tuple(found)


def _said(line: Line, column: str, wrong: Callable[[str], tuple[str, str] | None]) -> str:
    """What a person says of themselves or why; `wrong` tells what it lacks."""
    text = line.written(column)
    if text and (mistake := wrong(text)):
        line.problem(column, f"{shown(text)} {mistake[0]}", mistake[1])
    return text


def _period(line: Line, about: str, period: str, drop: str) -> str:
    """The period of an indicator as `Calendar.label` writes it."""
    indicator, calendar = line.framework.indicators[about], line.framework.calendar
    if indicator.worked_out:
        cure = "name the street file, and leave the period empty"
        line.problem("about", f"{about} is worked out from the street files", cure)
        return period
    try:
        read = calendar.parse(period, indicator.frequency)
    except ValueError as error:
        mistake, _, cure = str(error).partition("; ")
        line.problem("period", mistake, cure)
        return period
    if str(read.asfreq("M", "end")) > drop:
        line.problem(
            "period",
            f"{period} is after {drop}, the month of this drop",
            "sign it off in a later drop",
        )
    return calendar.label(read)
