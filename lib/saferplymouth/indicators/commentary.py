"""Writes the sentences under an indicator's headline: change, certainty, target, projection."""

import pandas as pd

from saferplymouth import disclosure, periods
from saferplymouth.errors import Unknown
from saferplymouth.framework import COUNT, PERCENT, POUNDS, SCORE, Population
from saferplymouth.indicators import findings, words
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.words import (
    capital,
    difference,
    during,
    inner,
    kind,
    length,
    listed,
    moved,
    number,
    percent,
    quantity,
    share,
    span,
    spelt,
)
from saferplymouth.periods import Calendar
from saferplymouth.sources.statuses import UNRELIABLE
from saferplymouth.statistics import control_charts
from saferplymouth.statistics.measures import ToDate, Year, intervals_meet

HIDDEN = "Counts of {}, and any figure that would reveal one, are hidden so that nobody can be "
HIDDEN += "identified."
ROUNDED = (
    " Counts are rounded to the nearest {}, and all figures are calculated from rounded counts."
)
OTHER_RATES = "Rates for districts and neighbourhoods are not comparable with it. They come from "
OTHER_RATES += "the street files, which leave out records without a location."
INTERVAL = "95% confidence interval: from {low} to {high}."
FEWEST_KNOWN = 4  # periods of this year, below which a projection is too wide to act on
ONE_PAIR = "Two figures cannot show whether a change is more than usual variation."
ALONE = "About one {} in twenty lies outside that interval, so by itself this is not a signal."
LATEST = "The latest month is"
OFTEN = {0.1: "less than once in ten years", 1: "less than once a year"}
SOMETIMES = "once or twice a year, and here others change too"
SEASON_UNKNOWN = "Without three years of data, a season cannot be told from a change."
VARIATION = {  # of a single month, and of one in a run
    "improving": ("favourable", "part of a favourable run"),
    "worsening": ("unfavourable", "part of an unfavourable run"),
    "special": ("unusual but not judged", "part of an unusual run, which is not judged"),
    "neither": ("within usual variation", ""),
}
ASSURANCE = {
    "met": "the target will be met every month.",
    "missed": "the target will be missed every month.",
    "hit and miss": "the target will be met in some months and missed in others.",
}
# a year's target of counts: each month is compared with an even share of it
SHARED = {
    "met": "every month will meet an even share of the year’s target.",
    "missed": "every month will miss an even share of the year’s target.",
    "hit and miss": "some months will meet an even share of the year’s target and others will not.",
}


def of_year(e: Evidence) -> list[str]:
    """Sentences on the year to date, how strong the change is, and the latest figure."""
    if e.year.to_date is None:
        return []
    rule = e.indicator.small
    hidden = HIDDEN.format(rule.words) if disclosure.hides_small(e.year) else ""
    hidden += ROUNDED.format(rule.round_to) if e.indicator.rounds else ""
    sure = _apart(e.year) if e.indicator.overlaps else _strength(e)
    return [s for s in (_to_date(e.year), sure, _latest(e.year), hidden.strip()) if s]


def _apart(year: Year) -> str:
    """What a change in figures that overlap is a change from."""
    change = year.to_date.change
    if not change or change != change or len(year.unreliable):
        return ""
    before = f"the {length(year.indicator)} before"
    apart = f"Neighbouring figures share months, so the comparison is with {before}."
    return apart if year.to_date.meets is not None else f"{apart} {ONE_PAIR}"


def of_interval(e: Evidence, agency: str) -> str:
    """The interval that the `agency` gives of the latest figure, and what it leaves open."""
    to_date = e.year.to_date
    if to_date is None or not to_date.theirs:
        return ""
    sentence = (
        f"The interval that {agency} gives is from {words.ends(*to_date.interval, e.indicator)}."
    )
    if to_date.meets is None:
        return sentence
    says = "leaves open whether there was a change" if to_date.meets else "shows a change"
    return f"{sentence} Beside the figure before, it {says}."


def of_rate(e: Evidence, population: Population | None) -> str:
    """The rate of the year to date with its interval and population, or why there is none."""
    if population is None:
        return ""
    if e.year.lacking:
        rate = f"{words.per(e.indicator.rate_unit)} {population.name}"
        return f"The rate {rate} cannot be worked out: {e.year.lacking}."
    if e.rate is None:
        return ""
    value, low, high = words.figures((e.rate.value, e.rate.low, e.rate.high), 1, least=2)
    who = f"{number(e.rate.people)} {population.name}, mid-{e.rate.year}; {population.source}"
    sure = INTERVAL.format(low=low, high=high)
    other = f" {OTHER_RATES}" if e.indicator.held_against else ""
    return f"That is {value} per {e.rate.base:,} {population.name} ({who}). {sure}{other}"


def of_future(e: Evidence) -> list[str]:
    """The target with the pace it needs, and where the year is likely to end."""
    return [s for s in (_target(e.year), _projection(e)) if s]


def of_variation(e: Evidence) -> list[str]:
    """The interval of the change on last year, and what the control chart shows."""
    frame, sentences = e.control, [s for s in (_between(e), _beside_others(e)) if s]
    sentences += _of_lately(e)
    if frame is None:
        return sentences
    latest = frame.loc[frame["value"].last_valid_index()]
    in_run = not latest["outside"] and latest[["shift", "trend"]].any()
    lead = (
        f"{LATEST.replace('month', e.indicator.frequency)} {VARIATION[e.variation][bool(in_run)]}"
    )
    sentences += _watched(e, lead) if e.seasonal else _on_trial(e, lead)
    shown = control_charts.last_years(frame).index
    for _, phase in frame[frame["phase"] > 0].groupby("phase"):
        if phase.index[0] in shown:
            start, cause = periods.words(phase.index[0]), phase["cause"].iloc[0]
            sentences.append(f"A new baseline starts in {start}: {cause}.")
            if e.seasonal and phase["settled"].iloc[0]:
                sentences.append(f"This is {findings.NORMAL}.")
    assured = ASSURANCE if e.indicator.is_level else SHARED
    return sentences + ([f"If nothing changes, {assured[e.assurance]}"] if e.assurance else [])


def _watched(e: Evidence, lead: str) -> list[str]:
    """What a history that is long enough to know the season shows."""
    at = e.control["value"].last_valid_index()
    row, passed = e.control.loc[at], _passed(e)
    sentences = [f"{lead}.", of_period(e, at)]
    if e.signal is None:
        if not row["low95"] <= row["value"] <= row["high95"] and not row["excluded"]:
            sentences.append(ALONE.format(e.indicator.frequency))
        return [*sentences, "No change is going on that is more than usual variation.", *passed]
    told = "This is new in this edition."
    if not e.newly_changed:
        told = f"The figures first showed it in {periods.words(e.signal.told)}."
    going_on = f"{capital(span(e.signal.covered))}: {findings.than_expected(e)}."
    return [*sentences, going_on, told, _how_sure(e), *_agreeing(e), *passed]


def _passed(e: Evidence) -> list[str]:
    """Which changes that the chart marks no longer go on."""
    shown = control_charts.last_years(e.control)
    now = str(e.signal.first) if e.signal else ""
    marked = shown[(shown["side"] != 0) & (shown["since"] != now)]
    spans = [span(part.index) for _, part in marked.groupby("since")]
    if not spans:
        return []
    changes, have = ("change", "has") if len(spans) == 1 else ("changes", "have")
    return [f"The marked {changes} of {listed(spans)} {have} passed."]


def _agreeing(e: Evidence) -> list[str]:
    """How the year to date, and the target, agree with the change that is going on."""
    to_date, good = e.year.to_date, e.indicator.good
    sentences = []
    if to_date is not None and to_date.change and to_date.comparison is not None:
        way = "the same way" if to_date.change * e.signal.side > 0 else "the other way"
        clearly = ", but not clearly" if way == "the same way" and not e.year_changed else ""
        sentences.append(f"The year to date points {way}{clearly}.")
    state = findings.state(e)
    if findings.why(e) == findings.BY_TARGET and (state == findings.ON) != (e.signal.side == good):
        sentences.append(f"The indicator is {inner(state)} by its target all the same.")
    return sentences


def _how_sure(e: Evidence) -> str:
    """How many statements as clear as this one a board without change would have."""
    limits = [often for most, often in OFTEN.items() if e.signal.false_a_year <= most]
    often = limits[0] if limits else SOMETIMES
    return f"On a board of {e.board} where nothing changes, a change this clear appears {often}."


def _on_trial(e: Evidence, lead: str) -> list[str]:
    """What the control chart of a history shows that is too short to know the season."""
    frame = e.control
    trial = frame["trial"].iloc[-1]
    known = frame.loc[frame["phase"] == frame["phase"].iloc[-1], "value"].count()
    sentences = [lead + (f", based on {known} months of data." if trial else ".")]
    sentences += _signals(frame)
    if trial:
        sentences.append("The limits are provisional until there are 13 months of data.")
    if frame["signal"].any() and not e.side:
        sentences.append(SEASON_UNKNOWN)
    return sentences


def of_named_period(e: Evidence, label: str, calendar: Calendar) -> str:
    """`of_period` for a period as it is written."""
    return of_period(e, period_named(e, label, calendar))


def period_named(e: Evidence, label: str, calendar: Calendar) -> pd.Period:
    """A period that limits are known for, as it is written; `Unknown` says which there are."""
    if e.control is None:
        raise Unknown(f"{e.indicator.name} has no figures that one can be compared with")
    known = {calendar.label(period): period for period in e.control.index}
    named = known | {periods.words(period): period for period in known.values()}
    if label not in named:
        spanned = f"{next(iter(known))} to {next(reversed(known))}"
        raise Unknown(f"'{label}' is not among its periods, {spanned}")
    return named[label]


def of_period(e: Evidence, period: pd.Period, supposed: bool = False) -> str:
    """One period beside what was to be expected of it, with its 95% prediction interval; or, in a
    short history, beside the limits of its control chart. Its figure can be only `supposed`.
    """
    row, unit, when = e.control.loc[period], e.indicator.scale, periods.words(period)
    if row["value"] != row["value"]:
        return f"There is no figure for {when}."
    figure = quantity(row["value"], unit)
    verb = "would be" if supposed else "was"
    opening = f"In {when} it {verb} {figure}"
    if e.indicator.unit == COUNT:
        verb = "were" if verb == "was" and row["value"] != 1 else verb
        opening = f"In {when} there {verb} {figure}"
    if row["excluded"]:
        return f"{opening}, but that {e.indicator.frequency} is left out ({row['excluded']})."
    low, high = row[["low95", "high95"] if e.seasonal else ["lower_drawn", "upper_drawn"]]
    if low != low:
        return f"{opening}; too little came before to say what was to be expected."
    between = f"{quantity(low, unit)} to {quantity(high, unit)}"
    basis = "the 95% prediction interval" if e.seasonal else "the limits of its control chart"
    where = "within"
    if not low <= row["value"] <= high:
        where = "below" if row["value"] < low else "above"
    return f"{opening}, {where} {basis} of {between}."


def _beside_others(e: Evidence) -> str:
    """Why a change that stands out by itself is not called one."""
    to_date = e.year.to_date
    if to_date is None or to_date.comparison is None or e.year_changed is not False:
        return ""
    if not to_date.comparison.beyond_chance or e.side:
        return ""
    if findings.rebased(e):
        changed = periods.words(e.new_normal[0])
        return f"Last year’s months include some before the level changed in {changed}."
    if e.seasonal:
        return "Beside last year alone this would stand out, but not beside all earlier years."
    return f"By itself this would stand out, but not on a board of {e.board} indicators."


def _of_lately(e: Evidence) -> list[str]:
    """In a short history, the last six months where they stand out only by themselves."""
    if e.seasonal or e.side or e.lately is None or e.year_changed is None:
        return []
    comparison, when = e.lately.comparison, periods.words(e.lately.first, e.lately.last)
    if not comparison.beyond_chance or e.year.to_date.comparison.beyond_chance:
        return []
    change = findings.by(comparison.change, e.lately.percent, e.indicator.scale)
    return [
        f"{when} was {change} on a year earlier.",
        f"By itself that would stand out, but not on a board of {e.board} indicators.",
    ]


def of_restated(
    e: Evidence, restated: pd.DataFrame, before: pd.Period | None, calendar: Calendar
) -> str:
    """Which figures of the edition `before` this month's returns changed; empty for none."""
    rows = restated[restated["indicator"] == e.indicator.key].itertuples()
    figures = [(row.period, _figure(row.before, e), _figure(row.value, e)) for row in rows]
    changes = [f"{_period(at, e, calendar)} from {old} to {new}" for at, old, new in figures]
    if not changes:
        return ""
    return f"Changed since the edition for {periods.words(before)}: {listed(changes)}."


def _figure(value: float, e: Evidence) -> str:
    if disclosure.is_small(value, e.indicator):
        return "a hidden count"
    return quantity(value, e.indicator.scale)


def _period(label: str, e: Evidence, calendar: Calendar) -> str:
    if ".." in label and not e.indicator.overlaps:
        return f"year to date to {periods.words(calendar.parse_to_date(label))}"
    return periods.words(calendar.parse(label, e.indicator.frequency))


def of_stale(written_for: str, e: Evidence) -> str:
    """A warning where a comment was written for another year to date than the one shown."""
    now = written_for_now(e)
    same = written_for.replace(",", "") == now.replace(",", "")
    if not written_for or same or disclosure.hides_total(e.year):
        return ""
    return f"This comment was written when the year to date was {written_for}; it is now {now}."


def written_for_now(e: Evidence) -> str:
    """The year to date as a comment's `Written for` line has it: `12,586 to November 2016`."""
    if e.year.to_date is None or e.year.to_date.this != e.year.to_date.this:
        return "no count"
    ends = periods.words(e.year.to_date.periods[-1].asfreq("M", "end"))
    return f"{quantity(e.year.to_date.this, e.indicator.scale)} to {ends}"


def _signals(frame: pd.DataFrame) -> list[str]:
    value, sentences = frame["value"], []
    beyond = {"above the upper": value > frame["upper"], "below the lower": value < frame["lower"]}
    for limit, marked in beyond.items():
        if marked.any():
            sentences.append(f"{_months_were(frame.index[marked])} {limit} limit.")
    for run in _runs(frame["shift"], value > frame["mean"]):
        side = "above" if value[run[0]] > frame["mean"][run[0]] else "below"
        months = f"{capital(spelt(len(run)))} months in a row, {span(run)}"
        sentences.append(f"{months}, were {side} average.")
    steps, in_trend = value.diff(), frame["trend"].shift(-1, fill_value=False)
    for run in _runs(frame["trend"], steps.shift(-1).where(in_trend).fillna(steps) > 0):
        way = moved(value[run[-1]] - value[run[0]])
        months = f"{spelt(len(run))} months, {span(run)}"
        sentences.append(f"The figures {way} month by month over {months}.")
    alone = frame["two_of_three"] & ~frame[["outside", "shift", "trend"]].any(axis=1)
    for way, limit in ((1, "upper"), (-1, "lower")):
        near = frame.index[alone & (frame["side"] == way)]
        if len(near):
            were = f"{_months_were(near)} most of the way from the average to the {limit} limit"
            sentences.append(f"{were}, {_company(near)}.")
    return sentences or ["No month differs by more than usual variation."]


def _months_were(months: pd.PeriodIndex) -> str:
    were = "was" if len(months) == 1 else "were"
    return f"{listed([periods.words(month) for month in months])} {were}"


def _company(near: pd.PeriodIndex) -> str:
    """What makes months near to a limit a signal; another signal beside one was named before."""
    if all(any(0 < abs((a - b).n) < 3 for b in near) for a in near):
        return "close together"
    return f"{'' if len(near) == 1 else 'each '}close to another month at least as far out"


def _runs(marked: pd.Series, side: pd.Series) -> list[pd.PeriodIndex]:
    """The stretches of neighbours that are marked and on one side."""
    groups = (marked.ne(marked.shift()) | side.ne(side.shift())).cumsum()
    return [part.index for _, part in marked.groupby(groups) if part.iloc[0]]


def _to_date(year: Year) -> str:
    indicator, to_date = year.indicator, year.to_date
    one, when = len(to_date.periods) == 1, during(to_date.periods)
    if indicator.is_level:
        return _level(year, when)
    total, counted = _total(year), indicator.counted
    sentence = f"There were {total} {counted} {when}"
    if indicator.unit == POUNDS:
        sentence = f"{capital(counted)} came to {total} {when}"
    elif total == "1":
        sentence = f"The number of {counted} was 1 {when}"
    months = "month" if indicator.frequency == "month" and one else "months"
    same = year.last_label if len(year.frame) == 1 else f"the same {months} of {year.last_label}"
    if indicator.overlaps:
        same = periods.words(year.latest - 1)
    if to_date.last is None:
        return f"{sentence}. There is no figure for {same}."
    if to_date.last != to_date.last:
        return f"{sentence}. The figure for {same} is hidden."
    before = f"{quantity(to_date.last, indicator.unit)} in {same}"
    if disclosure.hides_change(year) or len(year.unreliable) or to_date.meets:
        return f"{sentence}, compared with {before}."
    if to_date.change == 0:
        return f"{sentence}, unchanged from {before}."
    change = f"{quantity(to_date.change, indicator.unit)}{share(to_date.percent)}"
    return f"{sentence}. The total {moved(to_date.change)} by {change} from {before}."


def _level(year: Year, when: str) -> str:
    indicator, to_date = year.indicator, year.to_date
    level = quantity(to_date.this, indicator.scale)
    if indicator.unit != PERCENT:
        what = indicator.counted if indicator.unit == SCORE else indicator.worked_out or "rate"
        return f"The {what} was {level} {when}."
    replies = year.frame.loc[to_date.periods, "replies"].sum(skipna=False)
    known = f"number of {indicator.base} not supplied"
    if replies == replies:
        known = f"{number(replies)} {indicator.base}"
    return f"The share of {indicator.counted} was {level} {when} ({known}).{_sure(to_date)}"


def _sure(to_date: ToDate) -> str:
    if to_date.interval is None or to_date.theirs:
        return ""
    low, high = (f"{end}%" for end in words.figures(to_date.interval, whole=words.ALL))
    return f" {INTERVAL.format(low=low, high=high)}"


def _total(year: Year) -> str:
    if not disclosure.hides_total(year):
        return quantity(year.to_date.this, year.indicator.scale)
    return words.bounds(*disclosure.total_between(year), year.indicator.scale)


def _strength(e: Evidence) -> str:
    to_date, indicator = e.year.to_date, e.indicator
    if to_date.comparison is None or to_date.change == 0 or to_date.meets:
        return ""
    move, strong = kind(to_date.change), findings.strength(e)
    varies = f"from {indicator.frequency} to {indicator.frequency}"
    if strong == findings.CANNOT_TELL:
        return f"It is too early to tell whether this {move} is {findings.SIGNAL}."
    if strong == findings.CHANCE and findings.rebased(e):
        changed = periods.words(e.new_normal[0])
        return f"Since the level changed in {changed}, the figures are {strong}."
    if strong == findings.CHANCE:
        return f"A {move} of this size is {strong} {varies}."
    return f"The {move} is {strong} {varies}."


def _between(e: Evidence) -> str:
    """The interval of the change on last year in percent, once it is not too early to tell."""
    year = e.year
    if findings.strength(e) == findings.CANNOT_TELL or year.to_date.percent is None:
        return ""
    c, varies = year.to_date.comparison, f"{year.indicator.frequency}s"
    low, high = (_change_in_words(100 * (ratio - 1)) for ratio in (c.low, c.high))
    interval = f"Change on last year, {INTERVAL.format(low=low, high=high)}"
    return f"{interval} This allows for how much the {varies} vary."


def _change_in_words(change: float) -> str:
    return f"a {kind(change)} of {percent(change)}" if change else "no change"


def _latest(year: Year) -> str:
    row, when = year.frame.loc[year.latest], periods.words(year.latest)
    if row["this"] != row["this"] or len(year.to_date.periods) == 1:
        return ""
    if year.indicator.unit != COUNT:
        return f"In {when} it was {quantity(row['this'], year.indicator.scale)}."
    sentence = f"In {when} there {'was' if row['this'] == 1 else 'were'} {number(row['this'])}"
    unsure = UNRELIABLE in (row["this_status"], row["last_status"])
    if row["change"] != row["change"] or unsure or intervals_meet(row):
        return f"{sentence}."
    before = periods.words(year.latest - periods.FREQUENCIES[year.indicator.frequency])
    if row["change"] == 0:
        return f"{sentence}, the same as in {before}."
    more = "more" if row["change"] > 0 else "fewer"
    return f"{sentence}, {number(abs(row['change']))} {more} than in {before}."


def _target(year: Year) -> str:
    target, indicator = year.target, year.indicator
    if target is None or target.actual != target.actual or len(year.unreliable):
        return ""
    unit = indicator.scale
    if indicator.is_level:
        side = f"{'below' if target.distance < 0 else 'above'} it"
        gap = f"{difference(target.distance, unit)} {side}" if target.distance else "exactly on it"
        so_far = year.begun and len(year.frame) > 1
        when = "the year to date" if so_far else span(year.to_date.periods)
        return f"The target is {words.goal(target.level, unit)}, and {when} is {gap}."
    ends = _ends(year)
    goal = f"The target for the year to {ends} is {quantity(target.year_end, unit)}"
    if target.level == target.level and len(year.frame) > 1:
        reached = periods.words(target.period.asfreq("M", "end"))
        goal = f"The target to the end of {reached} was {quantity(target.level, unit)}"
        goal += f", and for the year to {ends} it is {quantity(target.year_end, unit)}"
    return f"{goal}.{_pace(year)}{_low_target(year)}"


def _pace(year: Year) -> str:
    target, indicator = year.target, year.indicator
    if target.pace is None:
        return ""
    if target.pace <= 0:
        return f" It has been {'reached' if indicator.good > 0 else 'passed'}."
    each = quantity(target.pace, indicator.unit)
    pace = f"bout {each} a {indicator.frequency}"
    if indicator.good < 0:
        return f" It allows a{pace} from now on."
    are = "is" if each == "1" or indicator.unit == POUNDS else "are"
    return f" A{pace} {are} needed from now on."


def _low_target(year: Year) -> str:
    """That a target to increase is below last year's total."""
    outturn = year.frame["cumulative_last"].iloc[-1]
    if year.indicator.good < 0 or not outturn > year.target.year_end:
        return ""
    last = f"{quantity(outturn, year.indicator.unit)} in {year.last_label}"
    return f" The target is below the {last}, so it would allow a fall."


def _projection(e: Evidence) -> str:
    p = e.projection
    if p is None or len(e.year.frame) - p.months_left < FEWEST_KNOWN:
        return ""
    between = f"between {number(p.low)} and {number(p.high)}, most likely near {number(p.outturn)}"
    ends = f"the year to {_ends(e.year)} would probably end {between}"
    return f"If the current rate holds, {ends}.{_beside_target(e)}"


def _beside_target(e: Evidence) -> str:
    """On which side of the projection the year's target is."""
    target, p = e.year.target, e.projection
    if target is None or target.year_end != target.year_end:
        return ""
    where = "within"
    if not p.low <= target.year_end <= p.high:
        where = "below" if target.year_end < p.low else "above"
    return f" The year’s target is {where} that range."


def _ends(year: Year) -> str:
    return periods.words(year.frame.index[-1].asfreq("M", "end"))
