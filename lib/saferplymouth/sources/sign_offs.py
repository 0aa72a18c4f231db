"""Reads sign-offs: data that look incomplete but that a person accepts, one row each in
`sign-offs.csv` of a drop.

`about` is the name of a street file, with no `period`, or the key of an indicator, with a period as
in a return.
"""

from collections.abc import Collection
from dataclasses import dataclass

from saferplymouth.errors import known_keys, reason_fault
from saferplymouth.sources.lines import Line
from saferplymouth.sources.papers import lines
from saferplymouth.sources.problems import SourceFile, shown

NAME = "sign-offs.csv"
COLUMNS = ("about", "period", "name", "reason")


@dataclass(frozen=True)
class SignOff:
    """An analyst's acceptance: the `name` and `reason` for accepting the data on a street file, or
    an indicator and period, received up to a `drop`.
    """

    about: str
    period: str
    name: str
    reason: str
    drop: str

    @property
    def words(self) -> str:
        return f"confirmed by {self.name}: {self.reason.rstrip('.')}"


def read_sign_offs(file: SourceFile, drop: str, names: Collection[str]) -> tuple[SignOff, ...]:
    """The sign-offs of a drop; `names` are the street files received up to then."""
    indicators = file.framework.indicators
    sign_offs: list[SignOff] = []
    for line in lines(file, COLUMNS):
        about, period = line.written("about"), line.written("period", required=False)
        if about in indicators:
            period = _period(line, about, period, drop)
        elif about and about not in names:
            cure = known_keys(about, [*indicators, *names])
            line.problem("about", f"{shown(about)} is neither a street file nor an indicator", cure)
        elif period:
            mistake = "a street file already has its period in its name"
            line.problem("period", mistake, "leave the period empty")
        if (about, period) in ((earlier.about, earlier.period) for earlier in sign_offs):
            mistake = f"{shown(f'{about} {period}')} appears twice"
            line.problem("about", mistake, "keep one of the rows")
        who, why = line.statement("name"), line.statement("reason", reason_fault)
        sign_offs.append(SignOff(about, period, who, why, drop))
    return tuple(sign_offs)


def _period(line: Line, about: str, text: str, drop: str) -> str:
    """The period of an indicator as `Calendar.label` writes it."""
    indicator, calendar = line.framework.indicators[about], line.framework.calendar
    if indicator.worked_out:
        cure = "name the street file, and leave the period empty"
        line.problem("about", f"{about} is worked out from the street files", cure)
        return text
    period = line.period("period", lambda: calendar.parse(text, indicator.frequency))
    if period is None:
        return text
    if str(period.asfreq("M", "end")) > drop:
        mistake = f"{text} is after {drop}, the month of this drop"
        line.problem("period", mistake, "sign it off in a later drop")
    return calendar.label(period)
