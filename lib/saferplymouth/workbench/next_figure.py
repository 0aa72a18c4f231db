"""Answers "what if the next figure is N?": what the page would then say that it does not now."""

import numpy as np
import pandas as pd

from saferplymouth import periods
from saferplymouth.framework import COUNT, PERCENT, POUNDS, SCORE
from saferplymouth.indicators import commentary, evidence, findings, words
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import difference, goal, listed, quantity
from saferplymouth.workbench import series
from saferplymouth.workbench.over_time import RULES, nothing
from saferplymouth.workbench.view import View, phrase

WANTED = {
    COUNT: "a whole number, 0 or more",
    POUNDS: "whole pounds",
    PERCENT: "a percentage from 0 to 100",
    SCORE: "a number",
}
SIGNALS = {
    "improving": "a favourable signal",
    "worsening": "an unfavourable signal",
    "special": "unusual but not judged",
}


def what_if(project: Project, key: str, figure: float) -> View:
    """Which signals and targets the next period's `figure` would trigger.

    It is added to what was received, and the page's own numbers and sentences are made again.
    """
    now = series.chosen(project, key)
    _check(figure, now)
    if now.observed.empty:
        return nothing(project, now)
    then = with_next(project, now, figure)
    period = then.observed.index[-1]
    when, at = periods.words(period), quantity(figure, now.indicator.scale)
    heading = f"{now.indicator.name} at {at} in {when} would be {_signal(then)}"
    known = _sentences(now)
    new = [text for text in _sentences(then) if text not in known]
    page = f"The page would then say: {' '.join(new)}" if new else ""
    expected = ""
    if then.control is not None:
        expected = commentary.of_period(then, period, supposed=True)
    lines = phrase(heading, [expected, *_target(now, then, figure), _state(now, then)], page)
    return View(key, project.month, lines)


def _check(figure: float, e: Evidence) -> None:
    """Raises ValueError for a figure that cannot occur."""
    unit, whole = e.indicator.unit, float(figure).is_integer()
    below = figure < 0 and not e.indicator.can_be_negative
    split = unit in (COUNT, POUNDS) and not whole
    if figure != figure or below or split or (unit == PERCENT and figure > 100):
        wanted = WANTED.get(unit, "a rate, 0 or more")
        raise ValueError(f"{figure:g} is not possible for {e.indicator.name}; try {wanted}")


def with_next(project: Project, e: Evidence, figure: float) -> Evidence:
    """The evidence with a figure for the next period."""
    period, calendar = e.observed.index[-1] + 1, project.framework.calendar
    if e.indicator.overlaps:
        following = calendar.of(e.observed.index[-1], e.indicator.every) + 1
        period = calendar.of(following, e.indicator.frequency)
    rows, label = project.stood, calendar.label(period)
    of = {"indicator": e.indicator.key, "period": label, "breakdown": ""}
    row = dict.fromkeys(rows.columns, "") | of | {"value": float(figure)}
    row |= {"numerator": pd.NA, "denominator": pd.NA, "low": np.nan, "high": np.nan}
    row |= {"received": str(project.month)}
    rows = rows[(rows[list(of)] != list(of.values())).any(axis="columns")]
    added = pd.DataFrame([row]).astype(rows.dtypes.to_dict())
    month = max(project.month, period.asfreq("M", "end"))
    both = pd.concat([rows, added], ignore_index=True)
    return evidence.gather(both, e.indicator, project.framework, month, odd=project.odd)


def _signal(then: Evidence) -> str:
    """Whether the latest point would be part of a signal, and by which rules."""
    if then.control is None:
        return "untested, because no control chart can be drawn"
    point, firm = then.control.iloc[-1], not then.control["trial"].iloc[-1]
    months = int(then.control["value"].notna().sum())
    unsure = "" if firm else f" (provisional, from {months} months)"
    if not point["signal"]:
        return f"within usual variation{unsure}"
    rules = [words for rule, words in RULES.items() if point[rule]]
    return f"{SIGNALS[then.variation]}{unsure}: {listed(rules)}"


def _target(now: Evidence, then: Evidence, figure: float) -> list[str]:
    """Whether the year to date would meet its target, and the figure the pace needed."""
    indicator, target, unit = now.indicator, then.year.target, now.indicator.scale
    if target is None:
        return [f"There is no target for {then.year.label}"]
    if indicator.is_level:
        verb = "meet" if (figure - target.level) * indicator.good >= 0 else "miss"
        return [f"By itself it would {verb} the target of {goal(target.level, unit)}"]
    return [text for text in (_so_far(then), _kept(now, then, figure)) if text]


def _so_far(then: Evidence) -> str:
    """The year to date compared with the target for the period reached."""
    target, indicator = then.year.target, then.indicator
    if target.distance != target.distance:
        return ""
    verb = "meet" if target.distance * indicator.good >= 0 else "miss"
    side = "above" if target.distance > 0 else "below"
    by = f", {difference(target.distance, indicator.unit)} {side} it" if target.distance else ""
    level, when = quantity(target.level, indicator.unit), periods.words(target.period)
    so_far = quantity(target.actual, indicator.unit)
    reached = f"The year to date would be {so_far} and {verb} the target of {level}"
    return f"{reached} to the end of {when}{by}"


def _kept(now: Evidence, then: Evidence, figure: float) -> str:
    """The figure compared with the pace that the year's target needs from now on."""
    indicator, target = now.indicator, now.year.target
    pace = target.pace if target is not None and now.year.label == then.year.label else None
    if pace is None or not pace > 0:
        return ""
    needs, lacks = ("needs", "fall short of") if indicator.good > 0 else ("allows", "go over")
    would = "keep to" if (figure - pace) * indicator.good >= 0 else lacks
    ends = periods.words(then.year.frame.index[-1].asfreq("M", "end"))
    year_end = quantity(then.year.target.year_end, indicator.unit)
    needed = f"{words.pace(pace, indicator.unit)} a {indicator.frequency}"
    return f"A total of {year_end} for the year to {ends} {needs} {needed}: this would {would} that"


def _state(now: Evidence, then: Evidence) -> str:
    was, would = findings.state(now), findings.state(then)
    changed = f"Its state would go from “{was}” to “{would}”"
    return changed if was != would else f"Its state would stay “{was}”"


def _sentences(e: Evidence) -> list[str]:
    """What the page says about an indicator."""
    of = commentary
    return [f"{findings.headline(e).text}.", *of.of_year(e), *of.of_variation(e), *of.of_future(e)]
