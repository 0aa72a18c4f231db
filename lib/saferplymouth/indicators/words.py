"""Formats numbers and periods in words, for every sentence, table and chart."""

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby

import pandas as pd

from saferplymouth import periods
from saferplymouth.framework import COUNT, PERCENT, POUNDS, RATE, SCORE, Indicator
from saferplymouth.statistics.intervals import round_half_away, to_15_digits

ALL, POINTS = 100.0, "points"  # per cent, and the unit of a difference of two
MOST_DECIMALS = 4  # of a score as it is sent
SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
KINDS = {PERCENT: "Percentage of", POUNDS: "Value in pounds of"}


def figures(
    values: Iterable[float], places: int = 0, whole: float = 0.0, least: int = 1
) -> list[str]:
    """Figures that stand together, such as an interval's ends, each to as many decimals as the one
    that needs most.

    The one rule by which every page rounds: to `places`, halves away from zero; but where that
    would leave a figure fewer significant digits than `least`, it has two, so that what is not 0
    never reads 0. Of a `whole`, 100 for a share, what is not all of it never reads as all: 99.95,
    not 100.
    """
    read = [to_15_digits(value) for value in values]
    needed = max(_places(value, places, whole, least) for value in read)
    rounded = [round_half_away(value, needed) for value in read]
    return [f"{'−' if value < 0 else ''}{abs(value):,.{needed}f}" for value in rounded]


def _places(value: float, places: int, whole: float, least: int) -> int:
    """The decimals that a figure needs to be told from nothing and from the whole."""
    rounded = abs(round_half_away(value, places))
    part, digits = (value, 2) if rounded < 10 ** (least - 1 - places) else (0.0, 0)
    if whole and rounded == whole:
        part, digits = whole - abs(value), 1
    if not part:
        return places
    kept = round_half_away(part, digits - 1 - math.floor(math.log10(abs(part))))
    return max(places, -Decimal(str(kept)).normalize().as_tuple().exponent)


def number(value: float) -> str:
    """A count with its thousands separated; a part of one by the rule of `figures`."""
    return figures([value])[0]


def rate(value: float, places: int = 1) -> str:
    """A rate, or a difference of two, to so many decimals, and two significant digits at least."""
    return figures([value], places, least=2)[0]


def between(low: float, high: float, places: int = 1) -> str:
    """An interval of rates, both ends to the same decimals: `0.003 to 0.120`."""
    return " to ".join(figures((low, high), places, least=2))


def bounds(low: float, high: float, unit: str = COUNT) -> str:
    """What is certain of a sum: `between 5 and 9`, `at least £58` where there is no highest."""
    if high == math.inf:
        return f"at least {quantity(low, unit)}"
    return f"between {quantity(low, unit)} and {quantity(high, unit)}"


def exactly(value: float) -> str:
    """A figure as it was set, such as a step of a scale: `0.005`, `1,250`."""
    return f"{Decimal(f'{value:.10g}'):,f}".replace("-", "−")


def score(value: float) -> str:
    """A score as it was sent; one that was worked out, such as an average, to four figures."""
    sent = exactly(value)
    digits = sum(map(str.isdigit, sent.partition(".")[2]))
    return sent if digits <= MOST_DECIMALS else exactly(float(f"{value:.4g}"))


def ends(low: float, high: float, indicator: Indicator) -> str:
    """An interval in the unit of an indicator: `85.6% to 89.6%`, `3.1 to 3.9 per 1,000`."""
    if is_rate(indicator.unit):
        return f"{between(low, high)} {per(indicator.scale)}"
    if indicator.unit == PERCENT:
        return " to ".join(f"{end}%" for end in figures((low, high), 1, ALL))
    return " to ".join(quantity(end, indicator.unit) for end in (low, high))


def percent(change: float) -> str:
    """A change in per cent without sign: `5%`, `less than 1%`; only a fall to nothing is 100%."""
    rounded = abs(round_half_away(change))
    if rounded == 0 and change != 0:
        return "less than 1%"
    return "more than 99%" if rounded == ALL and -ALL < change < 0 else f"{rounded:,}%"


def is_rate(unit: str) -> bool:
    """Whether a unit is that of a rate: `rate` (per 1,000), `rate per 100,000`."""
    return unit.startswith(RATE)


def per(unit: str) -> str:
    """The base of a rate's unit: `per 1,000`, where it names no other."""
    return named_base(unit) or "per 1,000"


def named_base(unit: str) -> str:
    """The base that a rate's unit names; empty where that is the usual one, or it is no rate."""
    return unit.removeprefix(RATE).strip() if is_rate(unit) else ""


def subject(indicator: Indicator) -> str:
    """What a chart or a table of an indicator shows: `Rate per 1,000 children in care`."""
    if indicator.unit == SCORE:
        return capital(indicator.counted)
    rated = f"Rate {per(indicator.scale)}" if is_rate(indicator.unit) else "Number of"
    return f"{KINDS.get(indicator.unit, rated)} {indicator.counted}"


def length(indicator: Indicator) -> str:
    """How long a figure that overlaps its neighbours is: `twelve months` or `three years`."""
    return "twelve months" if indicator.frequency == periods.ROLLING else "three years"


def quantity(value: float, unit: str) -> str:
    """A figure in its unit: `1,335`, `89%`, `3.2 per 1,000`, `£12,500`."""
    if unit == SCORE:
        return score(value)
    if is_rate(unit):
        return f"{bare(value, unit)} {per(unit)}"
    written = bare(abs(value), unit)
    return {PERCENT: f"{written}%", POUNDS: f"£{written}"}.get(unit, written)


def bare(value: float, unit: str) -> str:
    """A figure beside its unit: as `level`, but a rate that is whole has no decimal."""
    written = level(value, unit)
    return written.removesuffix(".0") if is_rate(unit) else written


def level(value: float, unit: str) -> str:
    """A figure without its unit: a rate has one decimal, a score its own, anything else none."""
    if unit == SCORE:
        return score(value)
    whole = ALL if unit in (PERCENT, POINTS) else 0.0
    return rate(value) if is_rate(unit) else figures([value], whole=whole)[0]


def difference(value: float, unit: str) -> str:
    """A change without sign: as `quantity`, but percentages differ by percentage points."""
    if unit != PERCENT:
        return quantity(abs(value), unit)
    if value and round_half_away(value) == 0:
        return "less than 1 percentage point"
    points = level(abs(value), POINTS)
    return f"{points} percentage point{'' if points == '1' else 's'}"


def pace(value: float, unit: str) -> str:
    """What each period must bring: pounds whole, counts with one decimal."""
    return quantity(value, unit) if unit == POUNDS else rate(value)


def goal(level: float, unit: str) -> str:
    """A target in its unit, as it was set: a percentage keeps its decimals."""
    return f"{exactly(level)}%" if unit == PERCENT else quantity(level, unit)


def more_or_fewer(change: float, unit: str = COUNT) -> str:
    """A change as a comparison: `1,099 fewer`, `£850,000 more`."""
    more = "more" if change > 0 else "fewer" if unit == COUNT else "less"
    return f"{difference(change, unit)} {more}"


def share(value: float | None) -> str:
    """A percentage change in brackets after its count; nothing where there is none."""
    return "" if value is None else f" ({percent(value)})"


def signed(change: float, unit: str = COUNT) -> str:
    """A change as a table writes it: `+61`, `−7`, `0`; a rate with a decimal."""
    written = level(abs(change), COUNT if unit == PERCENT and change > 0 else unit)
    return f"{'+' if change > 0 else '−' if change < 0 else ''}{written}"


def counted(count: int, noun: str) -> str:
    """So many of something: `1 page`, `5 pages`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def spelt(count: int) -> str:
    """A small number as a word, as at the start of a sentence: `seven`, but `13`."""
    return SMALL[count] if count < len(SMALL) else number(count)


def nth(rank: float) -> str:
    """A rank as people say it: 1st, 2nd, 3rd, 11th."""
    n = int(rank)
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def moved(change: float) -> str:
    return "rose" if change > 0 else "fell"


def kind(change: float) -> str:
    return "rise" if change > 0 else "fall"


def listed(items: Sequence[str]) -> str:
    """Things as a sentence lists them: `a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def span(covered: pd.PeriodIndex) -> str:
    """The periods a year to date covers, naming any that is left out."""
    first, last = covered[0], covered[-1]
    if periods.overlap(covered):
        return listed([periods.words(each) for each in covered])
    missing = stretches(pd.period_range(first, last, freq=covered.freq).difference(covered))
    return periods.words(first, last) + (f" without {listed(missing)}" if missing else "")


def during(covered: pd.PeriodIndex) -> str:
    """Some periods in a sentence: `in April 2016`, `from April to November 2016`."""
    when = span(covered)
    return f"{'from' if ' to ' in when else 'in'} {when}"


def stretches(these: pd.PeriodIndex) -> list[str]:
    """Runs of neighbours in words: `June 2016`, `December 2016 to December 2024`."""
    if these.empty:
        return []
    every = pd.period_range(these[0], these[-1], freq=these.freq)
    runs = [list(run) for there, run in groupby(every, key=these.__contains__) if there]
    return [periods.words(run[0], run[-1]) for run in runs]


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def inner(sentence: str) -> str:
    """A sentence as part of another, its first letter small unless it opens with a name."""
    first, _, rest = sentence.partition(" ")
    at = 1 if first.startswith("“") else 0
    named = rest[:1].isupper() or any(letter.isupper() for letter in first[at + 1 :])
    return sentence if named else sentence[: at + 1].lower() + sentence[at + 1 :]
