"""Numbers and periods as people say them: the small words every sentence, table and chart shares."""

import pandas as pd

from saferplymouth import periods
from saferplymouth.framework import COUNT, PERCENT, POUNDS, RATE
from saferplymouth.numbers.intervals import round_half_away

KINDS = {COUNT: "Number of", PERCENT: "Percentage of", RATE: "Rate per 1,000 of", POUNDS: "Value in pounds of"}


def number(value: float) -> str:
    """A count with its thousands separated."""
    return f"{round_half_away(value):,}"


def percent(value: float) -> str:
    """A percentage without sign, rounded half away from zero; one that rounds to none is less than one."""
    rounded = abs(round_half_away(value))
    return "less than 1%" if rounded == 0 and value != 0 else f"{rounded:,}%"


def quantity(value: float, unit: str) -> str:
    """A figure in its unit: `1,335`, `89%`, `3.2 per 1,000`, `£12,500`. Only a rate may be below nought."""
    if unit == RATE:
        return f"{bare(value, unit)} per 1,000"
    written = number(abs(value))
    return {PERCENT: f"{written}%", POUNDS: f"£{written}"}.get(unit, written)


def bare(value: float, unit: str) -> str:
    """A figure beside a scale that names its unit: a rate has one decimal unless it is whole, for it may have been sent
    as about so much; anything else has none."""
    return rate(value).removesuffix(".0") if unit == RATE else number(value)


def rate(value: float, places: int = 1) -> str:
    """A rate, or a difference of two, to so many decimals."""
    rounded = round_half_away(value, places)
    return f"{'−' if rounded < 0 else ''}{abs(rounded):,.{places}f}"


def difference(value: float, unit: str) -> str:
    """A change without sign: as `quantity`, but percentages differ by percentage points."""
    if unit != PERCENT:
        return quantity(abs(value), unit)
    points = abs(round_half_away(value))
    return "less than 1 percentage point" if points == 0 and value != 0 else counted(points, "percentage point")


def pace(value: float, unit: str) -> str:
    """What each period must bring: pounds whole, counts with one decimal, for few a month are a fraction."""
    return quantity(value, unit) if unit == POUNDS else rate(value)


def goal(level: float, unit: str) -> str:
    """A target in its unit, as it was set: a percentage keeps its decimals."""
    return f"{level:g}%" if unit == PERCENT else quantity(level, unit)


def share(value: float | None) -> str:
    """A percentage change in brackets after its count; nothing where there is none."""
    return "" if value is None else f" ({percent(value)})"


def signed(value: float) -> str:
    """A change as a table writes it: `+61`, `−7`, `0`."""
    rounded = round_half_away(value)
    return f"{'+' if rounded > 0 else '−' if rounded < 0 else ''}{abs(rounded):,}"


def counted(count: int, noun: str) -> str:
    """So many of something: `1 page`, `5 pages`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def nth(rank: float) -> str:
    """A rank as people say it: 1st, 2nd, 3rd, 11th."""
    n = int(rank)
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def moved(change: float) -> str:
    return "rose" if change > 0 else "fell"


def kind(change: float) -> str:
    return "rise" if change > 0 else "fall"


def listed(items: list[str]) -> str:
    """Things as a sentence lists them: `a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def span(covered: pd.PeriodIndex) -> str:
    """The periods a year to date covers, naming any that is left out."""
    every = pd.period_range(covered[0], covered[-1], freq=covered.freq)
    missing = [periods.words(p) for p in every if p not in covered]
    return periods.words(covered[0], covered[-1]) + (f" without {listed(missing)}" if missing else "")


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def inner(sentence: str) -> str:
    """A sentence as part of another: its first letter small, unless it opens with a name or with capitals."""
    first, _, rest = sentence.partition(" ")
    named = rest[:1].isupper() or any(letter.isupper() for letter in first[1:])
    return sentence if named else sentence[:1].lower() + sentence[1:]
