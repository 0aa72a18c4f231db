"""Numbers to sentences, ranked: what there is to say of an indicator, an area and the board.

Three strengths and no others: a change that is more than chance explains (a signal), one consistent
with chance, and one it is too early to tell about. Counts come first, percentages after, and every
figure names its period. A finding reads the same wherever it stands.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from saferplymouth import disclosure, periods
from saferplymouth.indicators import evidence
from saferplymouth.indicators.absences import missing, unjudged, unworked
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.words import (
    capital,
    difference,
    goal,
    inner,
    listed,
    moved,
    number,
    quantity,
    share,
    span,
    stretches,
)
from saferplymouth.statistics import trends
from saferplymouth.statistics.measures import Year

ON, OFF, UNCLEAR, EARLY, WATCHED, HIDDEN, NO_DATA = STATES = (
    "On course",
    "Off course",
    "No clear change",
    "Too early to tell",
    "Monitoring only",
    "Too small to publish",
    "No data",
)
JUDGED = (ON, OFF, UNCLEAR)
SIGNAL, CHANCE, CANNOT_TELL = "more than chance", "consistent with chance", "too early to tell"
UNHEARD = "no data received yet"
BY_TARGET, BY_YEAR = "by its target", "by the year to date"
AGAINST, TARGET, TOWARDS, QUESTION, QUIET = range(5)  # what matters most comes first
FEWEST_MONTHS = 4  # in both years, below which their own variation is not known well enough
THREE_SIGMA = 3.0  # asked of a stretch of months that is looked at beside the year to date
MOST = 6


@dataclass(frozen=True)
class Finding:
    """One sentence about `indicator` (a key): `order` says how much it matters, `weight` decides
    among equals.
    """

    indicator: str
    text: str
    order: int
    weight: float = 0.0
    strength: str = ""


def importance(finding: Finding) -> tuple[int, float]:
    """The key to sort findings by: what matters most first, among equals the weightiest."""
    return finding.order, -finding.weight


def ranked(findings: Iterable[Finding], most: int = MOST) -> list[Finding]:
    """The most important first, at most `most`; what is consistent with chance shares the last
    sentence if it must.

    Indicators of which nothing was ever received share one sentence.
    """
    ordered = sorted(findings, key=importance)
    unheard = [f for f in ordered if f.strength == UNHEARD]
    if len(unheard) > 1:
        names = listed([inner(f.text.removesuffix(f": {UNHEARD}")) for f in unheard])
        together = Finding(unheard[0].indicator, f"{capital(UNHEARD)}: {names}", QUIET, -1.0)
        ordered = [*(f for f in ordered if f not in unheard), together]
    if len(ordered) <= most:
        return ordered
    loud = [f for f in ordered if f.order != QUIET][: most - 1]
    quiet = [f for f in ordered if f.order == QUIET and f.strength == CHANCE]
    if not quiet:
        return ordered[:most]
    moves = [inner(f.text.split(" in ")[0]) for f in quiet]
    together = capital(f"{CHANCE}, year to date: {listed(moves)}")
    return [*loud, Finding("", together, QUIET, 0.0, CHANCE)]


def strength(year: Year) -> str:
    """Whether the change on last year to date is more than chance explains; see
    `intervals.compare`.
    """
    to_date = year.to_date
    if to_date is None or to_date.comparison is None:
        return CANNOT_TELL
    months = len(to_date.periods) * 12 // periods.FREQUENCIES[year.indicator.frequency]
    if months < FEWEST_MONTHS:
        return CANNOT_TELL
    pairs, phi = len(to_date.periods), to_date.comparison.phi
    if pairs == 1 or (pairs == 2 and (phi or 0) > 1):
        # one pair shows no variation, and two that differ leave any change possible
        return CANNOT_TELL
    beyond = to_date.comparison.beyond_chance
    return CANNOT_TELL if beyond is None else SIGNAL if beyond else CHANCE


def state(e: Evidence) -> str:
    """One of `STATES`: the target decides where there is one, else a signal in the year to date or
    in what it hides.

    The control chart alone does not: a run on one side of its average may be the season.
    """
    return _judged(e)[0]


def standing(states: list[str]) -> str:
    """How many indicators are off course, of those that are judged, and how many lack data: never
    of all of them.
    """
    off, without = states.count(OFF), states.count(NO_DATA)
    judged = sum(states.count(state) for state in JUDGED)
    are = "is" if off == 1 else "are"
    of_judged = (
        f"{off} of {judged} judged {are} off course" if judged else "No indicator is judged yet"
    )
    lack = "lacks" if without == 1 else "lack"
    return f"{of_judged}; {without} {lack} data" if without else of_judged


def why(e: Evidence) -> str:
    """What an indicator's state rests on, in a few words; empty where it is neither on course nor
    off it.
    """
    judged, basis = _judged(e)
    return basis if judged in (ON, OFF) else ""


def _judged(e: Evidence) -> tuple[str, str]:
    """An indicator's state, and what it would rest on if that is on course or off it."""
    year, target, good = e.year, e.year.target, e.indicator.good
    if year.to_date is None or (e.indicator.frequency in periods.YEARLY and e.awaited is not None):
        grouped = len(e.groups) > 0
        watched = grouped and e.indicator.monitoring_only
        return WATCHED if watched else EARLY if grouped and not e.awaited else NO_DATA, ""
    if e.indicator.monitoring_only:
        return WATCHED, ""
    if disclosure.hides_total(year):
        return _certain(year), BY_TARGET
    if target is not None and target.distance == target.distance:
        return _reached(e), BY_TARGET
    if disclosure.hides_change(year):
        return HIDDEN, ""
    if target is not None and target.pace is not None and target.pace < 0:
        return ON if good > 0 else OFF, BY_TARGET
    if strength(year) == SIGNAL:
        return ON if year.to_date.change * good > 0 else OFF, BY_YEAR
    if masked(e):
        basis = f"by {periods.words(e.lately.first, e.lately.last)}"
        return ON if e.lately.comparison.change * good > 0 else OFF, basis
    return UNCLEAR if strength(year) == CHANCE else EARLY, ""


def _reached(e: Evidence) -> str:
    """On or off course by the target; unclear where the numbers of replies leave it open."""
    target, interval = e.year.target, e.year.to_date.interval
    if interval is not None and interval[0] <= target.level <= interval[1]:
        return UNCLEAR
    return ON if target.distance * e.indicator.good >= 0 else OFF


def _certain(year: Year) -> str:
    """On or off course where that is certain whatever the hidden counts are."""
    reached = {end * year.indicator.good >= 0 for end in disclosure.distance_between(year) or ()}
    return HIDDEN if len(reached) != 1 else ON if True in reached else OFF


def headline(e: Evidence) -> Finding:
    """The first thing to say of an indicator: its year to date against the target, or against last
    year.
    """
    year, name = e.year, e.indicator.name
    if year.to_date is None:
        return _of_nothing(e)
    if disclosure.hides_total(year):
        return _of_hidden(e)
    if year.target is not None and year.target.actual == year.target.actual and why(e) != BY_YEAR:
        return _against_target(e)
    when, to_date, value = (
        span(year.to_date.periods),
        year.to_date,
        quantity(year.to_date.this, e.indicator.scale),
    )
    if disclosure.hides_change(year):
        text = f"{name}: {value} in {when}; last year’s figure would show too small a count"
        return Finding(e.indicator.key, text, QUIET)
    if to_date.change is None:
        known = year.frame["last"].notna().any()
        lacks = (
            "last year’s figure to date was not supplied"
            if known
            else "with no earlier year to compare"
        )
        return Finding(e.indicator.key, f"{name}: {value} in {when}, {lacks}", QUIET)
    if to_date.change == 0:
        return Finding(e.indicator.key, f"{name} was unchanged at {value} in {when}", QUIET)
    if to_date.comparison is None:
        by = difference(to_date.change, e.indicator.scale) + share(to_date.percent)
        return Finding(e.indicator.key, f"{name} {moved(to_date.change)} {by} in {when}", QUIET)
    strong = strength(year)
    order = _order(e, to_date.change) if strong == SIGNAL else QUIET
    doubt = (
        though(e, to_date.periods)
        if to_date.change * e.indicator.good > 0 and strong == SIGNAL
        else ""
    )
    text = f"{name} {_by(to_date.change, to_date.percent)} in {when}, {strong}{doubt}"
    return Finding(e.indicator.key, text, order, abs(to_date.comparison.z_adjusted or 0.0), strong)


def _of_nothing(e: Evidence) -> Finding:
    """What to say of an indicator that has no figure of its own this year."""
    key, name, year = e.indicator.key, e.indicator.name, e.year
    if e.unheard and unworked(e):
        return Finding(key, f"{name}: not worked out, because {year.lacking}", QUIET, -1.0)
    if e.unheard and not e.doubts:
        return Finding(key, f"{name}: {UNHEARD}", QUIET, -1.0, UNHEARD)
    if len(e.groups) and e.latest == e.groups.index[-1]:
        return Finding(key, f"{name}: {_side_by_side(e)} in {span(e.groups.index[-1:])}", QUIET)
    if e.awaited is None:
        latest = periods.words(e.latest.asfreq("M", "end"))
        return Finding(
            key, f"{name}: nothing is due for {year.label} yet; latest is {latest}", QUIET
        )
    return Finding(key, f"{name}: {inner(missing(e).rstrip('.'))}", QUESTION)


def _side_by_side(e: Evidence) -> str:
    """The latest figures of the groups of an indicator that has no total: `10,000 (lowest estimate)
    and …`.
    """
    latest = e.groups.loc[[e.groups.index[-1]]]
    names = {b.key: b.groups for b in e.indicator.breakdowns.values()}
    rows = zip(latest["breakdown"], latest["group"], latest["value"], strict=True)
    return listed(
        [f"{quantity(value, e.indicator.scale)} ({inner(names[b][g])})" for b, g, value in rows]
    )


def _of_hidden(e: Evidence) -> Finding:
    """A year to date that is hidden: its bounds, and the side of the target it is on where that is
    certain.
    """
    low, high = disclosure.total_between(e.year)
    below, above = disclosure.distance_between(e.year) or (0, 0)
    short = ", short of target" if e.indicator.good > 0 else ", below target"
    side = short if above < 0 else ", above target" if below > 0 else ""
    order = {ON: TOWARDS, OFF: TARGET}.get(_certain(e.year), QUIET)
    text = (
        f"{e.indicator.name}: between {number(low)} and {number(high)} in "
        f"{span(e.year.to_date.periods)}{side}"
    )
    return Finding(e.indicator.key, text, order)


def _by(change: float, percentage: float | None) -> str:
    return f"{moved(change)} {number(abs(change))}{share(percentage)}"


def _order(e: Evidence, change: float) -> int:
    if e.indicator.monitoring_only:
        return QUESTION
    return TOWARDS if change * e.indicator.good > 0 else AGAINST


def _against_target(e: Evidence) -> Finding:
    target, name, good, unit = e.year.target, e.indicator.name, e.indicator.good, e.indicator.scale
    first = e.year.to_date.periods[0] if e.indicator.is_level else e.year.frame.index[0]
    when, actual = periods.words(first, target.period), quantity(target.actual, unit)
    if e.indicator.is_level:
        side = "below" if target.distance < 0 else "above" if target.distance > 0 else "at"
        gap = f" by {difference(target.distance, unit)}" if target.distance else ""
        said = f"{actual} in {when}, {side} the {goal(target.level, unit)} target{gap}"
    elif target.level == target.level:
        side = "above" if target.distance > 0 else "short of" if good > 0 else "below"
        gap = f"{quantity(target.distance, unit)} {side} target" if target.distance else "on target"
        said = f"{actual} in {when}, {gap}"
    else:
        past, end = target.actual - target.year_end, quantity(target.year_end, unit)
        gap = f"{quantity(past, unit)} above the {end}" if past > 0 else f"of {end}"
        said = f"{actual} in {when}, {gap} for the year"
        return Finding(
            e.indicator.key, f"{name}: {said}", TARGET if past > 0 and good < 0 else QUIET
        )
    order = TARGET if target.distance * good < 0 else TOWARDS
    said += though(e, e.year.to_date.periods) if order == TOWARDS else ""
    return Finding(
        e.indicator.key, f"{name}: {said}", order, abs(target.distance) / max(target.level, 1)
    )


def leading(e: Evidence) -> list[Finding]:
    """What to say of an indicator, what matters most first: its year to date, and any signal that
    hides in it.
    """
    return sorted([headline(e), *_hidden(e)], key=importance)


def _hidden(e: Evidence) -> list[Finding]:
    """A signal that the year to date does not show: that of the last six months."""
    key, name = e.indicator.key, e.indicator.name
    if masked(e):
        change = e.lately.comparison.change
        when = periods.words(e.lately.first, e.lately.last)
        recent = pd.period_range(e.lately.first, e.lately.last, freq="M")
        doubt = though(e, recent) if change * e.indicator.good > 0 else ""
        text = (
            f"{name} {_by(change, e.lately.percent)} in {when}, {SIGNAL}, which the year to date "
            f"hides{doubt}"
        )
        return [Finding(key, text, _order(e, change), abs(e.lately.comparison.z_adjusted), SIGNAL)]
    return []


def awaited(e: Evidence) -> list[Finding]:
    """A finding for a series that has stopped arriving, and for each period of the year that is not
    judged; one without a year to date says so in its headline.
    """
    if e.year.to_date is None:
        return []
    said = [*([missing(e)] if e.awaited is not None else []), *unjudged(e, e.year.frame.index)]
    return [
        Finding(e.indicator.key, f"{e.indicator.name}: {inner(text.rstrip('.'))}", QUESTION)
        for text in said
    ]


def masked(e: Evidence) -> bool:
    """Whether the last six months say what the year to date does not, at three sigma: they are a
    second look.
    """
    return trends.masked(e.year, e.lately) and abs(e.lately.comparison.z_adjusted) >= THREE_SIGMA


def flattering(e: Evidence, covered: pd.PeriodIndex) -> list[pd.Period]:
    """The months in question among some periods that stand out towards the aim."""
    return [m for m in covered if e.odd.get(m) == e.indicator.good]


def though(e: Evidence, covered: pd.PeriodIndex) -> str:
    """What a finding that looks good says of months in question that it rests on; nothing where
    there are none.
    """
    months = flattering(e, covered)
    are = "is" if len(months) == 1 else "are"
    return f", though {_months(months)} {are} in question" if months else ""


def unread(e: Evidence) -> list[str]:
    """A sentence on the months in question that are the best of the year so far, or part of a
    signal; or none.
    """
    this, best = e.year.frame["this"], []
    for month in flattering(e, this.index[this.notna()]):
        first = this[month] == (this.max() if e.indicator.good > 0 else this.min())
        known = e.control is not None and month in e.control.index
        signal = known and e.control.at[month, "side"] == e.indicator.good
        best += [month] if this.count() > 1 and (first or signal) else []
    return [in_question(best, e.indicator.good)] if best else []


def in_question(months: list[pd.Period], way: int) -> str:
    """That months are low (-1) or high (1) in many series at once, and what is not made of it."""
    side = "low" if way < 0 else "high"
    are, unread_ = ("is", "its figure is") if len(months) == 1 else ("are", "their figures are")
    said = f"{_months(months)} {are} {side} in many series at once and {are} in question"
    return f"{said}: {unread_} not read as an improvement."


def _months(months: list[pd.Period]) -> str:
    return listed(stretches(pd.PeriodIndex(months, freq="M")))


def moved_apart(one: Evidence, other: Evidence) -> list[Finding]:
    """A finding where two indicators that belong together have changed differently, by more than
    chance.
    """
    stretches = trends.apart(one.year, other.year)
    if stretches is None:
        return []
    a, b = (
        f"{e.indicator.name} {_by(s.comparison.change, s.percent)}"
        for e, s in zip((one, other), stretches, strict=True)
    )
    when = periods.words(stretches[0].first, stretches[0].last)
    text = f"{a} in {when} while {inner(b)}: the two have moved apart by {SIGNAL}"
    first, second = (s.percent or 0.0 for s in stretches)
    return [Finding(one.indicator.key, text, QUESTION, abs(first - second) / 10, SIGNAL)]


def odd_months(gathered: Iterable[Evidence]) -> list[Finding]:
    """Months of this year that are low or high in many series at once: a question about the
    data.
    """
    every = list(gathered)
    names, found = {e.indicator.key: e.indicator.name for e in every}, []
    for month, scores in evidence.odd_months(every).items():
        side = "low" if min(scores.values()) < 0 else "high"
        which = listed([inner(names[key]) for key in scores])
        text = (
            f"{periods.words(month)} is {side} in {len(scores)} series at once ({which}): is the "
            f"data complete?"
        )
        found.append(
            Finding(
                next(iter(scores)), text, QUESTION, sum(map(abs, scores.values())) / len(scores)
            )
        )
    return found
