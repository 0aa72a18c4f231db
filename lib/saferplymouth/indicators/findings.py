"""Turns figures into ranked sentences, the findings: of an indicator, an area and the board.

A change has one of three strengths: more than usual variation (a signal), within usual variation,
or too early to tell. Of a signal, a finding says whether it is what the partnership wants. Every
figure names its period. A finding reads the same wherever it is shown.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd
import scipy

from saferplymouth import disclosure, periods
from saferplymouth.indicators import evidence
from saferplymouth.indicators.absences import missing, not_given, unjudged, unworked
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.words import (
    bounds,
    capital,
    counted,
    difference,
    during,
    goal,
    inner,
    kind,
    listed,
    more_or_fewer,
    percent,
    quantity,
    span,
    stretches,
)
from saferplymouth.statistics import trends
from saferplymouth.statistics.measures import Year

ON, OFF, UNCLEAR = JUDGED = ("On course", "Off course", "No clear change")
EARLY, WATCHED = "Too early to tell", "Monitoring only"
HIDDEN, WITHHELD, NO_DATA = "Too small to publish", "Hidden by its sender", "No data"
BY_CONCERN = (OFF, UNCLEAR, ON, EARLY, WATCHED, HIDDEN, WITHHELD, NO_DATA)  # as the board has them
SIGNAL, CHANCE = "more than usual variation", "within usual variation"
NORMAL, EXPECTED = "the new normal", "expected"
NEW, UNSEEN = ", new this {}", ", but not clear in the year to date"
CANNOT_TELL = "too early to tell"
UNHEARD, NO_FIGURE = "no data received yet", "not available"
BY_TARGET, BY_YEAR = "based on its target", "based on the year to date"
AGAINST, TARGET, TOWARDS, QUESTION, QUIET = range(5)  # what matters most comes first
WANTED, UNWANTED = "as the partnership wants", "not what the partnership wants"
MOST, MOST_NAMED, LONGEST = 6, 3, 25  # findings of a page, changes in one, words of one
NEWS = 1000.0  # the weight of what is new, beside what has been told before


@dataclass(frozen=True)
class Finding:
    """One sentence about `indicator` (a key); `order`, then `weight`, say how much it matters.

    `title` is what heads a section and `rest` how the sentence goes on, with its punctuation;
    `topic` is a change as a noun.
    """

    indicator: str
    title: str
    rest: str
    order: int
    weight: float = 0.0
    strength: str = ""
    topic: str = ""

    @property
    def text(self) -> str:
        """The whole sentence, without a full stop."""
        return self.title + self.rest

    @property
    def subtitle(self) -> str:
        """What stands under the title: the period and how strong the change is."""
        return capital(self.rest.lstrip(",;: "))


def importance(finding: Finding) -> tuple[int, float]:
    """The key to sort findings by: what matters most first, among equals the weightiest."""
    return finding.order, -finding.weight


def ranked(findings: Iterable[Finding], most: int = MOST) -> list[Finding]:
    """The `most` important; changes within usual variation share the last place if they must, and
    signals for which there is no room the one before.

    Indicators without any data share one sentence.
    """
    ordered = sorted(findings, key=importance)
    unheard = [f for f in ordered if f.strength == UNHEARD]
    if len(unheard) > 1:
        names = listed([inner(f.title.removesuffix(f": {UNHEARD}")) for f in unheard])
        together = Finding(unheard[0].indicator, capital(UNHEARD), f": {names}", QUIET, -1.0)
        ordered = [*(f for f in ordered if f not in unheard), together]
    if len(ordered) <= most:
        return ordered
    quiet = [f for f in ordered if f.order == QUIET and f.strength == CHANCE]
    if not quiet:
        return _first(ordered, most)
    return [*_first([f for f in ordered if f.order != QUIET], most - 1), _together(quiet)]


def _first(ordered: list[Finding], most: int) -> list[Finding]:
    """The first of them; the last says how many other signals there are, if several."""
    others = [f for f in ordered[most - 1 :] if f.strength == SIGNAL]
    if len(others) < 2:
        return ordered[:most]
    title, rest = f"Also {SIGNAL}: {counted(len(others), 'change')}", inner(others[0].title)
    also = Finding("", title, f", including {rest}", others[0].order, 0.0, SIGNAL)
    return [*ordered[: most - 1], also]


def _together(quiet: list[Finding]) -> Finding:
    """Changes within usual variation as one finding."""
    title, changes = f"{capital(CHANCE)} in the year to date", counted(len(quiet), "change")
    rest = f" ({changes}): {'. '.join(f.title for f in quiet)}"
    if len(quiet) > MOST_NAMED:
        rest = f": {changes}, of which the clearest is {inner(quiet[0].title)}"
    return Finding("", title, rest, QUIET, 0.0, CHANCE)


def strength(e: Evidence) -> str:
    """Whether the change in the year to date is more than usual variation."""
    if e.year_changed is None:
        return CANNOT_TELL
    return SIGNAL if e.year_changed else CHANCE


def state(e: Evidence) -> str:
    """One of `BY_CONCERN`: by the target, else by a change that stands out on the whole board."""
    return _judged(e)[0]


def standing(states: list[str]) -> str:
    """How many indicators are off course, of those that are judged, and how many lack data."""
    return "; ".join(filter(None, (of_judged(states), lack(states))))


def of_judged(states: list[str]) -> str:
    """How many indicators are off course, of those that are judged."""
    off, judged = states.count(OFF), sum(states.count(state) for state in JUDGED)
    if not judged:
        return "No indicator is judged yet"
    return (
        f"{off} of {counted(judged, 'indicator')} judged {'is' if off == 1 else 'are'} off course"
    )


def lack(states: list[str]) -> str:
    """How many indicators lack data; empty where none does."""
    without = states.count(NO_DATA)
    return f"{without} {'lacks' if without == 1 else 'lack'} data" if without else ""


def why(e: Evidence) -> str:
    """What an indicator's state is based on; empty where it is neither on course nor off it."""
    judged, basis = _judged(e)
    return basis if judged in (ON, OFF) else ""


def _judged(e: Evidence) -> tuple[str, str]:
    """An indicator's state, and what it would be based on if that is on course or off it."""
    year, target, good = e.year, e.year.target, e.indicator.good
    if year.to_date is None or (_only_when_due(e) and e.awaited is not None):
        if len(e.groups) and e.indicator.monitoring_only:
            return WATCHED, ""
        return EARLY if len(e.groups) and not e.awaited else NO_DATA, ""
    if e.indicator.monitoring_only:
        return WATCHED, ""
    if disclosure.hides_total(year):
        return _certain(year), BY_TARGET
    if len(year.unreliable):
        return EARLY, ""
    if target is not None and target.distance == target.distance:
        return _reached(e), BY_TARGET
    if disclosure.hides_change(year):
        return _why_hidden(year), ""
    if year.to_date.meets:
        return UNCLEAR, ""
    if target is not None and target.pace is not None and target.pace < 0:
        return ON if good > 0 else OFF, BY_TARGET
    if not e.side:
        return UNCLEAR if e.seasonal or strength(e) == CHANCE else EARLY, ""
    basis = BY_YEAR
    if e.lately_changed:
        basis = f"based on {periods.words(e.lately.first, e.lately.last)}"
    elif e.signal_leads:
        basis = f"based on {span(e.signal.covered)}"
    return ON if e.side * good > 0 else OFF, basis


def _only_when_due(e: Evidence) -> bool:
    """Whether an older figure is not judged while a newer one is awaited."""
    return e.indicator.frequency in periods.YEARLY and not e.indicator.overlaps


def _reached(e: Evidence) -> str:
    """On or off course by the target; unclear where the numbers of replies, or the sender's
    interval, leave it open.
    """
    target, interval = e.year.target, e.year.to_date.interval
    if interval is not None and interval[0] <= target.level <= interval[1]:
        return UNCLEAR
    return ON if target.distance * e.indicator.good >= 0 else OFF


def _certain(year: Year) -> str:
    """On or off course where that is certain whatever the hidden counts are."""
    reached = {end * year.indicator.good >= 0 for end in disclosure.distance_between(year) or ()}
    if len(reached) != 1:
        return _why_hidden(year)
    return ON if True in reached else OFF


def _why_hidden(year: Year) -> str:
    return HIDDEN if disclosure.hides_small(year) else WITHHELD


def headline(e: Evidence) -> Finding:
    """The first thing to say of an indicator: its year to date, against the target or last year."""
    key, name, unit, year = e.indicator.key, e.indicator.name, e.indicator.scale, e.year
    to_date = year.to_date
    if to_date is None:
        return _of_nothing(e)
    if disclosure.hides_total(year):
        return _of_hidden(e)
    this, change = quantity(to_date.this, unit), to_date.change
    value, when = f"{name}: {this}", f" {during(to_date.periods)}"
    if len(year.unreliable):
        doubt = f"its sender calls {listed(stretches(year.unreliable))} unreliable"
        return Finding(key, value, f"{when}; not compared, because {doubt}", QUIET)
    if year.target is not None and year.target.actual == year.target.actual and why(e) != BY_YEAR:
        return _against_target(e)
    if disclosure.hides_change(year):
        small = _why_hidden(year) == HIDDEN
        reason = "it would reveal a small count" if small else "its sender hides it"
        hidden = f"{when}; last year’s figure is not shown because {reason}"
        return Finding(key, value, hidden, QUIET)
    if change is None:
        lacks = "there is no earlier year to compare with"
        if year.frame["last"].notna().any():
            lacks = "last year’s figure to date is not available"
        return Finding(key, value, f"{when}; {lacks}", QUIET)
    if change == 0:
        return Finding(key, f"{name} unchanged at {this}", when, QUIET)
    if to_date.meets:
        before = span(to_date.periods - periods.FREQUENCIES[e.indicator.frequency])
        unclear = f"{when}; no clear change since {before}, given its sender’s intervals"
        return Finding(key, value, unclear, QUIET)
    if to_date.comparison is None or e.indicator.overlaps:
        return _change(e, change, to_date.percent, to_date.periods)
    order, strong, also = QUIET, strength(e), ""
    ends = f": {strong}"
    if strong == SIGNAL:
        order, also = _order(e, change), _news(e) or _since(e)
        ends += _wanted(e, change, to_date.periods)
    elif strong == CHANCE and rebased(e):
        ends = f": {NORMAL} since {periods.words(e.new_normal[0])}"
    weight = _weight(e) if e.signal else abs(to_date.comparison.z_adjusted or 0.0)
    return _change(e, change, to_date.percent, to_date.periods, strong, order, weight, ends, also)


def _of_nothing(e: Evidence) -> Finding:
    """Of an indicator that has no figure of its own this year."""
    key, name, year = e.indicator.key, e.indicator.name, e.year
    if e.unheard and unworked(e):
        return Finding(key, f"{name}: not available", f", because {year.lacking}", QUIET, -1.0)
    if e.unheard and not e.doubts:
        return Finding(key, f"{name}: {UNHEARD}", "", QUIET, -1.0, UNHEARD)
    if e.awaited is None and (said := not_given(e, e.observed.index[-1:])):
        return Finding(key, name, f": {inner(said[0].rstrip('.'))}", QUIET)
    if len(e.groups) and (e.observed.empty or e.groups.index[-1] >= e.observed.index[-1]):
        groups = f": {_side_by_side(e)} {during(e.groups.index[-1:])}"
        return Finding(key, name, groups, QUIET)
    if e.awaited is None:
        latest = periods.words(e.latest.asfreq("M", "end"))
        rest = f" for {year.label}; latest data: {latest}"
        return Finding(key, f"{name}: no figure is due yet", rest, QUIET)
    return _question(e, missing(e))


def _question(e: Evidence, sentence: str) -> Finding:
    """A question about missing data; what heads it is the sentence up to its reason."""
    said = inner(sentence.rstrip("."))
    first = re.split(r"[,;:] ", said, maxsplit=1)[0]
    title = f"{e.indicator.name}: {first}"
    return Finding(e.indicator.key, title, said.removeprefix(first), QUESTION)


def _side_by_side(e: Evidence) -> str:
    """The latest figures of groups that have no total: `10,000 (lowest estimate) and …`."""
    names, unit = {key: b.groups for key, b in e.indicator.breakdowns.items()}, e.indicator.scale
    rows = e.groups.loc[[e.groups.index[-1]]].to_dict("records")
    groups = [inner(names[row["breakdown"]][row["group"]]) for row in rows]
    figures = [f"{_shown(row, unit)} ({of})" for row, of in zip(rows, groups, strict=True)]
    return listed(figures)


def _shown(row: Mapping[str, object], unit: str) -> str:
    """A group's figure, or why there is none."""
    if row["hidden"]:
        return "hidden"
    return NO_FIGURE if pd.isna(row["value"]) else quantity(row["value"], unit)


def _of_hidden(e: Evidence) -> Finding:
    """A year to date that is hidden: its bounds, and its side of the target if that is certain."""
    low, high = disclosure.total_between(e.year)
    below, above = disclosure.distance_between(e.year) or (0, 0)
    side = ", above target" if below > 0 else ""
    if above < 0:
        side = ", short of target" if e.indicator.good > 0 else ", below target"
    title = f"{e.indicator.name}: {bounds(low, high, e.indicator.scale)}{side}"
    if not low and _why_hidden(e.year) == WITHHELD:
        title = f"{e.indicator.name}: hidden by its sender"
    order = {ON: TOWARDS, OFF: TARGET}.get(_certain(e.year), QUIET)
    return Finding(e.indicator.key, title, f" {during(e.year.to_date.periods)}", order)


def _change(
    e: Evidence,
    change: float,
    percentage: float | None,
    covered: pd.PeriodIndex,
    strong: str = "",
    order: int = QUIET,
    weight: float = 0.0,
    ends: str = "",
    also: str = "",
) -> Finding:
    """Of a change on last year: `Reports down 25% (1,099 fewer), April to November 2016: …`."""
    unit, name = e.indicator.scale, e.indicator.name
    title, when = f"{name} {by(change, percentage, unit)}", span(covered)
    if e.indicator.overlaps:
        when += f" compared with {span(covered - 1)}"
    size = more_or_fewer(change, unit) + ("" if percentage is None else f", {percent(percentage)}")
    topic = f"the {kind(change)} in {inner(name)} ({size}), {when}"
    rest = _with(title, f", {when}{ends}", also)
    return Finding(e.indicator.key, title, rest, order, weight, strong, topic)


def _with(title: str, rest: str, also: str) -> str:
    """How a sentence goes on, with what else there is to say if it has room: the commentary says it
    too.
    """
    return rest + also * (len(f"{title}{rest}{also}".split()) <= LONGEST)


def by(change: float, percentage: float | None, unit: str) -> str:
    """A change in a headline: `down 25% (1,099 fewer)`, or `down 11` without a percentage."""
    way = "up" if change > 0 else "down"
    if percentage is None:
        return f"{way} {difference(change, unit)}"
    return f"{way} {percent(percentage)} ({more_or_fewer(change, unit)})"


def _order(e: Evidence, change: float) -> int:
    if e.indicator.monitoring_only:
        return QUESTION
    return TOWARDS if change * e.indicator.good > 0 else AGAINST


def _against_target(e: Evidence) -> Finding:
    target, good, unit = e.year.target, e.indicator.good, e.indicator.scale
    level = e.indicator.is_level
    first = e.year.to_date.periods[0] if level else e.year.frame.index[0]
    when = span(pd.period_range(first, target.period))
    if not level and target.level != target.level:  # there is one for the whole year alone
        past = target.actual - target.year_end
        gap = f"{quantity(past, unit)} above the year’s target" if past > 0 else ""
        order = TARGET if past > 0 and good < 0 else QUIET
        of = "target" if gap else "year’s target"
        ends = f"; the {of} is {quantity(target.year_end, unit)}"
        return _beside_target(e, gap, when, ends, order)
    apart = difference(target.distance, unit)
    side = "above" if target.distance > 0 else "below"
    short = "short of" if good > 0 and target.distance < 0 else side
    gap, said = f"{apart} {short} target", []
    if level:
        gap, said = f"{short} target", [f"{apart} {side} the {goal(target.level, unit)} target"]
    if not target.distance:
        gap, said = "on target", []
    order = TARGET if target.distance * good < 0 else TOWARDS
    if short == side and target.distance and state(e) in (ON, OFF):
        said.append(WANTED if order == TOWARDS else UNWANTED)
    ends = f": {', '.join(said)}" if said else ""
    ends += suspect_months_caveat(e, e.year.to_date.periods) if order == TOWARDS else ""
    return _beside_target(e, gap, when, ends, order, abs(target.distance) / max(target.level, 1))


def _beside_target(
    e: Evidence, gap: str, when: str, ends: str, order: int, weight: float = 0.0
) -> Finding:
    """Of a year to date beside its target: `Reports: 361, 14 short of target, April to …`."""
    value = quantity(e.year.target.actual, e.indicator.scale)
    title = f"{e.indicator.name}: {value}{gap and f', {gap}'}"
    return Finding(e.indicator.key, title, f", {when}{ends}", order, weight)


def leading(e: Evidence) -> list[Finding]:
    """What to say of an indicator, what matters most first."""
    if disclosure.hides_total(e.year) or disclosure.hides_change(e.year):
        return [headline(e)]
    first, more = headline(e), []
    if e.lately_changed:
        more = [_of_lately(e)]
    if e.signal_leads:
        more = [_of_signal(e)]
    if e.newly_normal:
        more = [_of_new_normal(e)]
    kept = [] if more and first.strength else [first]  # one finding of one change
    return sorted([*kept, *more], key=importance)


def _of_lately(e: Evidence) -> Finding:
    """A signal of the last six months that the year to date does not show."""
    first, last, comparison = e.lately.first, e.lately.last, e.lately.comparison
    covered, change = pd.period_range(first, last, freq="M"), comparison.change
    ends = f": {SIGNAL}{_wanted(e, change, covered)}"
    order, weight = _order(e, change), abs(comparison.z_adjusted)
    return _change(e, change, e.lately.percent, covered, SIGNAL, order, weight, ends, UNSEEN)


def _of_signal(e: Evidence) -> Finding:
    """A change that is going on and is not that of the year to date."""
    change, covered, name = e.signal.change, e.signal.covered, e.indicator.name
    title, when = f"{name} {than_expected(e)}", span(covered)
    topic = f"{inner(name)}, {than_expected(e)}, {when}"
    ends = f", {when}: {SIGNAL}{_wanted(e, change, covered)}"
    rest = _with(title, ends, _news(e) or _beside(e))
    return Finding(e.indicator.key, title, rest, _order(e, change), _weight(e), SIGNAL, topic)


def _since(e: Evidence) -> str:
    """Since when a change that the year to date shows has gone on; nothing of a new one."""
    if e.signal is None or e.newly_changed:
        return ""
    return f", since {periods.words(e.signal.first)}"


def _news(e: Evidence) -> str:
    return NEW.format(e.indicator.frequency) if e.newly_changed else ""


def _of_new_normal(e: Evidence) -> Finding:
    """A level that was a change until now."""
    rest = f", {periods.words(e.new_normal[0])} onwards: no longer counted as a change"
    return Finding(e.indicator.key, f"{e.indicator.name} at a new normal level", rest, QUESTION)


def rebased(e: Evidence) -> bool:
    """Whether last year's periods to date are from before the level that is now the new normal."""
    if e.new_normal is None or e.year.to_date is None:
        return False
    last = e.year.to_date.periods - periods.FREQUENCIES[e.indicator.frequency]
    return bool(last[0] < e.new_normal[0] <= e.year.to_date.periods[-1])


def than_expected(e: Evidence) -> str:
    """The change that is going on: `12% above expected (45 more)`."""
    change, unit = e.signal.change, e.indicator.scale
    side = "above" if change > 0 else "below"
    if e.indicator.is_level or e.signal.percent is None:
        return f"{difference(change, unit)} {side} {EXPECTED}"
    return f"{percent(e.signal.percent)} {side} {EXPECTED} ({more_or_fewer(change, unit)})"


def _beside(e: Evidence) -> str:
    """How the year to date agrees with the change that is going on."""
    to_date = e.year.to_date
    if to_date.change is None:
        return ""
    if to_date.change * e.signal.side > 0:
        return ", as in the year to date" if e.year_changed else UNSEEN
    if not to_date.change:
        return ", though the year to date is the same as last year’s"
    return f", though the year to date is {by(to_date.change, to_date.percent, e.indicator.scale)}"


def _weight(e: Evidence) -> float:
    """How clear the change that is going on is, in standard errors; new ones come first."""
    a_look = e.signal.false_a_year / e.board / 12
    return NEWS * e.newly_changed + float(-scipy.special.ndtri(max(a_look, 1e-300) / 2))


def awaited(e: Evidence) -> list[Finding]:
    """A finding for a series that has stopped, and for each period of the year that is not judged.

    One without a year to date says so in its headline.
    """
    if e.year.to_date is None:
        return []
    stopped = [missing(e)] if e.awaited is not None else []
    return [_question(e, sentence) for sentence in stopped + unjudged(e, e.year.frame.index)]


def suspect_in_our_favour(e: Evidence, covered: pd.PeriodIndex) -> list[pd.Period]:
    """The months in question among some periods whose figures look favourable."""
    return [m for m in covered if e.odd.get(m) == e.indicator.good]


def suspect_months_caveat(e: Evidence, covered: pd.PeriodIndex) -> str:
    """What a favourable finding says about months in question that it is based on."""
    months = suspect_in_our_favour(e, covered)
    are = "is" if len(months) == 1 else "are"
    return f", though {_months(months)} {are} in question" if months else ""


def _wanted(e: Evidence, change: float, covered: pd.PeriodIndex) -> str:
    """Whether a signal is what the partnership wants, and what is in question where it is; nothing
    of what it only monitors.
    """
    favourable = change * e.indicator.good > 0
    wanted = f", {WANTED}" if favourable else f" and {UNWANTED}"
    caveat = suspect_months_caveat(e, covered) if favourable else ""
    return caveat if e.indicator.monitoring_only else wanted + caveat


def suspect_improvements(e: Evidence) -> list[str]:
    """A sentence on months in question that are the year's best or part of a signal; or none."""
    this, good = e.year.frame["this"].dropna(), e.indicator.good
    if len(this) < 2:
        return []
    best = this.index[this == (this.max() if good > 0 else this.min())]
    signals = best[:0] if e.control is None else e.control.index[e.control["side"] == good]
    months = [
        month for month in suspect_in_our_favour(e, this.index) if month in best or month in signals
    ]
    return [in_question(months, good)] if months else []


def in_question(months: list[pd.Period], way: int) -> str:
    """That months are low (-1) or high (1) in many series, so no improvement is claimed."""
    side = "low" if way < 0 else "high"
    are, theirs = ("is", "its figure is") if len(months) == 1 else ("are", "their figures are")
    words = f"{_months(months)} {are} {side} in several series at once and {are} in question"
    return f"{words}: {theirs} not treated as an improvement."


def _months(months: list[pd.Period]) -> str:
    return listed(stretches(pd.PeriodIndex(months, freq="M")))


def moved_apart(one: Evidence, other: Evidence) -> list[Finding]:
    """A finding where the changes of two indicators differ by more than usual variation."""
    early = CANNOT_TELL in (strength(one), strength(other))
    pair = None if early else trends.diverging(one.year, other.year)
    if pair is None:
        return []
    moves = [
        by(stretch.comparison.change, stretch.percent, e.indicator.scale)
        for e, stretch in zip((one, other), pair, strict=True)
    ]
    when = periods.words(pair[0].first, pair[0].last)
    title = f"{one.indicator.name} and {inner(other.indicator.name)} have moved apart"
    rest = f", {when}: {moves[0]}, {moves[1]}; {SIGNAL}"
    weight = abs((pair[0].percent or 0.0) - (pair[1].percent or 0.0)) / 10
    return [Finding(one.indicator.key, title, rest, QUESTION, weight, SIGNAL)]


def suspect_months(gathered: Iterable[Evidence]) -> list[Finding]:
    """A question for each month of this year that is low or high in many series at once."""
    every, findings = list(gathered), []
    names = {e.indicator.key: inner(e.indicator.name) for e in every}
    for month, scores in evidence.suspect_months(every).items():
        side = "low" if min(scores.values()) < 0 else "high"
        which = listed([names[key] for key in scores])
        title = f"{periods.words(month)} is {side} in {len(scores)} series at once"
        rest = f" ({which}): is the data complete?"
        weight = sum(map(abs, scores.values())) / len(scores)
        findings.append(Finding(next(iter(scores)), title, rest, QUESTION, weight))
    return findings
