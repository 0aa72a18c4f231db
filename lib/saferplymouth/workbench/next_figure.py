"""What if the next figure comes in at N? What the page would then say that it does not say now."""

import pandas as pd

from saferplymouth import periods
from saferplymouth.framework import COUNT, PERCENT, POUNDS, RATE
from saferplymouth.indicators import commentary, evidence, findings, words
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import difference, goal, listed, quantity
from saferplymouth.workbench import series
from saferplymouth.workbench.over_time import RULES, nothing
from saferplymouth.workbench.view import View, told

SIGNALS = {
    "improving": "a signal towards the aim",
    "worsening": "a signal against the aim",
    "special": "a signal",
}


def what_if(project: Project, key: str, figure: float) -> View:
    """Which signals and targets the next period's `figure` would trip.

    It is added to what was received, and the page's own numbers and sentences are made again.
    """
    now = series.chosen(project, key)
    _check(figure, now)
    if now.observed.empty:
        return nothing(project, now)
    period = now.observed.index[-1] + 1
    then = _with(project, now, period, figure)
    when, at = periods.words(period), quantity(figure, now.indicator.scale)
    heading = f"{now.indicator.name} at {at} in {when} would be {_signal(then)}"
    known = _said(now)
    new = [text for text in _said(then) if text not in known]
    page = f"The page would then say: {' '.join(new)}" if new else ""
    said = told(heading, [_limits(then), *_target(now, then, figure), _state(now, then)], page)
    return View(key, project.month, said)


def _check(figure: float, e: Evidence) -> None:
    """Raises ValueError for what could not be received."""
    unit, whole = e.indicator.unit, float(figure).is_integer()
    below = figure < 0 and not e.indicator.is_difference
    if (
        figure != figure
        or below
        or (unit in (COUNT, POUNDS) and not whole)
        or (unit == PERCENT and figure > 100)
    ):
        wanted = {
            COUNT: "a whole number, 0 or more",
            POUNDS: "whole pounds",
            PERCENT: "a percentage from 0 to 100",
        }
        raise ValueError(
            f"{figure:g} cannot come in for {e.indicator.name}; try "
            f"{wanted.get(unit, 'a rate, 0 or more')}"
        )


def _with(project: Project, e: Evidence, period: pd.Period, figure: float) -> Evidence:
    """The evidence as it would stand with one figure more."""
    framework, stood = project.framework, project.stood
    label = framework.calendar.label(period)
    row = dict.fromkeys(stood.columns, "") | {
        "indicator": e.indicator.key,
        "period": label,
        "value": float(figure),
    }
    row |= {"numerator": pd.NA, "denominator": pd.NA, "received": str(project.month)}
    stood = stood[
        (stood[["indicator", "period", "breakdown"]] != [e.indicator.key, label, ""]).any(
            axis="columns"
        )
    ]
    added = pd.DataFrame([row]).astype(stood.dtypes.to_dict())
    month = max(project.month, period.asfreq("M", "end"))
    both = pd.concat([stood, added], ignore_index=True)
    return evidence.gather(both, e.indicator, framework, month, odd=project.odd)


def _signal(then: Evidence) -> str:
    """Whether the latest point would be part of a signal, and by which rules."""
    if then.control is None:
        return "beyond what a control chart can tell, for none can be drawn"
    point, firm = then.control.iloc[-1], not then.control["trial"].iloc[-1]
    unsure = (
        "" if firm else f", as far as {int(then.control['value'].notna().sum())} months can tell"
    )
    if not point["signal"]:
        return f"no signal, within ordinary variation{unsure}"
    rules = [words for rule, words in RULES.items() if point[rule]]
    return f"{SIGNALS[then.variation]}{unsure}: {listed(rules)}"


def _limits(then: Evidence) -> str:
    """Between which figures a month is within the limits; those on trial move with the figure
    itself.
    """
    if then.control is None:
        return ""
    unit = then.indicator.scale if then.indicator.unit == RATE else COUNT
    low, high = (then.control[name].iloc[-1] for name in ("lower_drawn", "upper_drawn"))
    return (
        f"The limits of its control chart would be {quantity(low, unit)} and {quantity(high, unit)}"
    )


def _target(now: Evidence, then: Evidence, figure: float) -> list[str]:
    """Whether the year to date would meet its target, and the figure the pace that the target
    needs.
    """
    indicator, target, unit = now.indicator, then.year.target, now.indicator.scale
    if target is None:
        return [f"There is no target for {then.year.label}"]
    if indicator.is_level:
        verb = "meet" if (figure - target.level) * indicator.good >= 0 else "miss"
        return [f"By itself it would {verb} the target of {goal(target.level, unit)}"]
    return [text for text in (_so_far(then), _kept(now, then, figure)) if text]


def _so_far(then: Evidence) -> str:
    """The year to date against the target for the period reached."""
    target, indicator = then.year.target, then.indicator
    if target.distance != target.distance:
        return ""
    verb = "meet" if target.distance * indicator.good >= 0 else "miss"
    side = "above" if target.distance > 0 else "below"
    by = f", {difference(target.distance, indicator.unit)} {side} it" if target.distance else ""
    level, when = quantity(target.level, indicator.unit), periods.words(target.period)
    so_far = quantity(target.actual, indicator.unit)
    return (
        f"The year to date would be {so_far} and {verb} the target of {level} to the end of "
        f"{when}{by}"
    )


def _kept(now: Evidence, then: Evidence, figure: float) -> str:
    """The figure against the pace that the year's target needs from now on."""
    pace, indicator = _pace(now, then), now.indicator
    if pace is None or not pace > 0:
        return ""
    ends = periods.words(then.year.frame.index[-1].asfreq("M", "end"))
    needs = "needs" if indicator.good > 0 else "allows"
    lacking = "fall short of" if indicator.good > 0 else "go over"
    kept = "keep to" if (figure - pace) * indicator.good >= 0 else lacking
    year_end = quantity(then.year.target.year_end, indicator.unit)
    needed = f"{words.pace(pace, indicator.unit)} a {indicator.frequency}"
    return f"Ending the year to {ends} on {year_end} {needs} {needed}: this would {kept} that"


def _pace(now: Evidence, then: Evidence) -> float | None:
    """The pace before the figure: what is needed of each period from now on."""
    return (
        now.year.target.pace
        if now.year.target is not None and now.year.label == then.year.label
        else None
    )


def _state(now: Evidence, then: Evidence) -> str:
    was, would = findings.state(now), findings.state(then)
    return (
        f"Its state would stay “{was}”"
        if was == would
        else f"Its state would go from “{was}” to “{would}”"
    )


def _said(e: Evidence) -> list[str]:
    return [
        f"{findings.headline(e).text}.",
        *commentary.of_year(e),
        *commentary.of_variation(e),
        *commentary.of_future(e),
    ]
