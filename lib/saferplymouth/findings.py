"""Numbers to sentences: what an indicator's year says, in plain English, as strong as the test supports.

Three strengths and no others: a change that is more than chance explains, one consistent with chance, and one it is
too early to tell about. Counts come first, percentages after, and every figure names its period.
"""

from dataclasses import dataclass

import pandas as pd

from saferplymouth import periods
from saferplymouth.framework import Indicator
from saferplymouth.intervals import round_half_away
from saferplymouth.measures import Target, Year

ON, OFF, UNCLEAR, WATCHED, NO_DATA = STATES = (
    "On course",
    "Off course",
    "No clear change",
    "Monitoring only",
    "No data",
)
SIGNAL, CHANCE, CANNOT_TELL = "more than chance", "consistent with chance", "too early to tell"
FEWEST_PAIRS = 2  # periods in both years, below which their own variation is unknown


@dataclass(frozen=True)
class Finding:
    """What one indicator's year says: a `headline` of one sentence, its `state`, and the sentences under it.

    `missing` is the sentence about data that has not come, or empty.
    """

    indicator: Indicator
    state: str
    headline: str
    commentary: tuple[str, ...]
    missing: str
    weight: float

    @property
    def rank(self) -> tuple[int, float]:
        """Sorts the most important first: off course, on course, unclear, monitored only, without data."""
        order = (OFF, ON, UNCLEAR, WATCHED, NO_DATA)
        return order.index(self.state), -self.weight


def number(value: float) -> str:
    """A count with its thousands separated."""
    return f"{round_half_away(value):,}"


def percent(value: float) -> str:
    """A percentage without sign, rounded half away from zero; a change that rounds to none is under one."""
    rounded = abs(round_half_away(value))
    return "under 1%" if rounded == 0 and value != 0 else f"{rounded}%"


def find(year: Year, month: pd.Period, latest_ever: pd.Period | None) -> Finding:
    """The finding of `year` for the edition of `month`; `latest_ever` is the last period with any figure."""
    indicator, missing = year.indicator, _missing(year, month, latest_ever)
    if year.latest is None or year.to_date is None:
        headline = f"{indicator.name}: {missing[0].lower()}{missing[1:-1]}"
        return Finding(indicator, NO_DATA, headline, (), missing, 0.0)
    if year.target is not None:
        headline, weight = _against_target(indicator, year.target, year)
    else:
        headline, weight = _against_last_year(year)
    sentences = [_to_date(year), _strength(year), _latest(year), _pace(year)]
    return Finding(indicator, state(year), headline, tuple(s for s in sentences if s), missing, weight)


def state(year: Year) -> str:
    """One of `STATES`: a target decides where there is one, else a change more than chance explains."""
    indicator, target = year.indicator, year.target
    if year.to_date is None:
        return NO_DATA
    if indicator.monitoring_only:
        return WATCHED
    if target is not None and target.distance == target.distance:
        return ON if target.distance * indicator.good >= 0 else OFF
    if strength(year) != SIGNAL:
        return UNCLEAR
    return ON if year.to_date.change * indicator.good > 0 else OFF


def strength(year: Year) -> str:
    """Whether the change on last year to date is more than chance explains (DOMAIN: quasi-Poisson ratio)."""
    to_date = year.to_date
    if to_date is None or to_date.comparison is None or len(to_date.periods) < FEWEST_PAIRS:
        return CANNOT_TELL
    beyond = to_date.comparison.beyond_chance
    return CANNOT_TELL if beyond is None else SIGNAL if beyond else CHANCE


def _missing(year: Year, month: pd.Period, latest_ever: pd.Period | None) -> str:
    ended = year.frame.index[year.frame.index.asfreq("M", "end") <= month]
    if len(ended) == 0 or year.latest == ended[-1]:
        expected = None if year.latest is not None or latest_ever is not None else month
    else:
        expected = ended[-1]
    if expected is None:
        return "" if year.latest is not None else f"No data received for {year.label} yet{_latest_is(latest_ever)}."
    return f"No data received for {periods.words(expected)}{_latest_is(year.latest or latest_ever)}."


def _latest_is(latest: pd.Period | None) -> str:
    return f"; latest is {periods.words(latest)}" if latest is not None else ""


def span(covered: pd.PeriodIndex) -> str:
    """The periods a year to date covers, in words, naming any month left out."""
    missing = [p for p in pd.period_range(covered[0], covered[-1], freq=covered.freq) if p not in covered]
    without = f" without {' and '.join(periods.words(p) for p in missing)}" if missing else ""
    return periods.words(covered[0], covered[-1]) + without


def _against_last_year(year: Year) -> tuple[str, float]:
    name, to_date = year.indicator.name, year.to_date
    when = span(to_date.periods)
    if to_date.change is None:
        value = percent(to_date.this) if year.indicator.unit == "percent" else number(to_date.this)
        return f"{name}: {value} in {when}, with no earlier year to compare", 0.0
    if year.indicator.unit == "percent":
        points = number(abs(to_date.change))
        return f"{name} {_moved(to_date.change)} {points} percentage points in {when}", 0.0
    if to_date.change == 0:
        return f"{name} was unchanged at {number(to_date.this)} in {when}", 0.0
    share = f" ({percent(to_date.percent)})" if to_date.percent is not None else ""
    weight = abs(to_date.comparison.z_adjusted or 0.0)
    moved = f"{_moved(to_date.change)} {number(abs(to_date.change))}{share}"
    return f"{name} {moved} in {when}, {strength(year)}", weight


def _against_target(indicator: Indicator, target: Target, year: Year) -> tuple[str, float]:
    when = span(year.to_date.periods)
    weight = abs(target.distance) / max(target.level, 1)
    if indicator.unit == "percent":
        side = "below" if target.distance < 0 else "above" if target.distance > 0 else "at"
        return (
            f"{indicator.name}: {percent(target.actual)} in {when}, {side} the {_plain(target.level)}% target",
            weight,
        )
    if target.level != target.level:
        return (
            f"{indicator.name}: {number(target.actual)} in {when}, of {number(target.year_end)} for the year",
            0.0,
        )
    gap = number(abs(target.distance))
    side = (
        f"{gap} short of target" if target.distance < 0 else f"{gap} above target" if target.distance else "on target"
    )
    return f"{indicator.name}: {number(target.actual)} in {when}, {side}", weight


def _plain(level: float) -> str:
    return f"{level:g}"


def _moved(change: float) -> str:
    return "rose" if change > 0 else "fell"


def _to_date(year: Year) -> str:
    """First sentence: the year to date, count first, against the same months of last year."""
    indicator, to_date = year.indicator, year.to_date
    when = span(to_date.periods)
    if indicator.unit == "percent":
        replies = year.frame["replies"].sum(min_count=1)
        known = f"{number(replies)} replies" if replies == replies else "number of replies not supplied"
        return f"The share of {indicator.counted} was {percent(to_date.this)} from {when} ({known})."
    sentence = f"There were {number(to_date.this)} {indicator.counted} from {when}"
    if to_date.change is None:
        return f"{sentence}; there is no figure for the same months of {year.last_label}."
    before = f"{sentence}, against {number(to_date.last)} in the same months of {year.last_label}"
    if to_date.change == 0:
        return f"{before}: no change."
    share = f" ({percent(to_date.percent)})" if to_date.percent is not None else ""
    kind = "rise" if to_date.change > 0 else "fall"
    return f"{before}: a {kind} of {number(abs(to_date.change))}{share}."


def _strength(year: Year) -> str:
    to_date, indicator = year.to_date, year.indicator
    if to_date.change is None or to_date.comparison is None or to_date.change == 0:
        return ""
    kind = "rise" if to_date.change > 0 else "fall"
    strong = strength(year)
    if strong == CANNOT_TELL:
        return f"It is too early to tell whether this {kind} is more than chance."
    varies = f"from {indicator.frequency} to {indicator.frequency}"
    if strong == CHANCE:
        return f"Counts vary {varies}, and a {kind} of this size is consistent with chance."
    judged = "" if indicator.monitoring_only else _aim_clause(to_date.change * indicator.good > 0)
    return f"The {kind} is more than variation {varies} explains{judged}."


def _aim_clause(towards: bool) -> str:
    return ", and it is in line with the aim" if towards else ", and it is against the aim"


def _latest(year: Year) -> str:
    indicator, row = year.indicator, year.frame.loc[year.latest]
    when = periods.words(year.latest)
    if indicator.unit == "percent":
        return f"In {when} it was {percent(row['this'])}."
    sentence = f"In {when} there were {number(row['this'])}"
    if row["change"] != row["change"]:
        return f"{sentence}."
    if row["change"] == 0:
        return f"{sentence}, as many as in {periods.words(year.latest - _a_year(indicator))}."
    side = "more" if row["change"] > 0 else "fewer"
    before = periods.words(year.latest - _a_year(indicator))
    return f"{sentence}, {number(abs(row['change']))} {side} than in {before}."


def _a_year(indicator: Indicator) -> int:
    return periods.FREQUENCIES[indicator.frequency]


def _pace(year: Year) -> str:
    """Last sentence: the distance to the target, and what the rest of the year must bring."""
    target, indicator = year.target, year.indicator
    if target is None:
        return ""
    if indicator.unit == "percent":
        points = number(abs(target.distance))
        side = "below" if target.distance < 0 else "above"
        standing = f"{points} percentage points {side} it" if target.distance else "exactly on it"
        return f"The target is {_plain(target.level)}%, and the year to date is {standing}."
    ends = periods.words(year.frame.index[-1].asfreq("M", "end"))
    goal = f"The target for the year to {ends} is {number(target.year_end)}"
    if target.level == target.level:
        goal = f"The target to the end of {periods.words(target.period.asfreq('M', 'end'))} was {number(target.level)}"
        goal += f", and for the year to {ends} it is {number(target.year_end)}"
    if target.pace is None:
        return f"{goal}."
    if target.pace <= 0:
        return f"{goal}, which has been {'reached' if indicator.good > 0 else 'passed'}."
    pace = f"{round_half_away(target.pace, 1):.1f} a {indicator.frequency}"
    need = f"reaching it needs {pace}" if indicator.good > 0 else f"staying within it allows {pace}"
    return f"{goal}; {need} from now on."
