"""A sender's figure in the framework's unit, or what is wrong with it."""

from decimal import Decimal

from saferplymouth.errors import Fault
from saferplymouth.framework import COUNT, PERCENT, POUNDS, RATE, Indicator
from saferplymouth.sources import bases
from saferplymouth.sources.cells import Reading
from saferplymouth.sources.problems import shown
from saferplymouth.sources.recipes.recipe import Part

LARGEST = 10**9
SHARE = "could be a share or a percentage"
ROUNDED = 1  # percentage points by which a value may differ from its parts
ASK = "ask the sender, or correct the recipe"


def converted(indicator: Indicator, part: Part, read: Reading) -> float | Fault:
    """A figure in the framework's unit, or what is wrong with it."""
    number = Decimal(str(read.number)) * Decimal(str(part.times or 1))
    if read.unit == "%" and indicator.unit != PERCENT:
        return f"{shown(read.number)}% is a percentage, which {indicator.key} is not", (
            "correct the recipe"
        )
    if indicator.unit == PERCENT:
        return _percentage(number, read, part)
    if read.unit == "£" and indicator.unit != POUNDS:
        return (
            f"£{read.number} is an amount, which {indicator.key} is not",
            "correct the recipe",
        )
    if indicator.unit == RATE and number < 0:
        return f"{shown(number)} is negative", ASK
    if indicator.unit == RATE:
        return bases.converted(float(number), part.per, indicator.rate_base)
    if indicator.unit in (COUNT, POUNDS):
        return _count(number, indicator)
    return float(number)


def of_parts(indicator: Indicator, part: int | None, whole: int | None) -> float | Fault:
    """A percentage or rate worked out from its numerator and denominator."""
    if part is None or not whole:
        return "has no numerator and denominator that are whole numbers above 0", ASK
    if indicator.unit == PERCENT and not 0 <= part <= whole:
        return f"the numerator {part} is not between 0 and the denominator {whole}", ASK
    return (100 if indicator.unit == PERCENT else indicator.rate_base) * part / whole


def agreed(value: float, part: int | None, whole: int | None) -> float | Fault:
    """A percentage, unless its numerator and denominator give another."""
    if part is None or not whole or abs(value - 100 * part / whole) <= ROUNDED:
        return value
    return f"{value:g}% is not {part} of {whole}", ASK


def _percentage(number: Decimal, read: Reading, part: Part) -> float | Fault:
    if part.share and read.unit != "%":
        number *= 100
    if not 0 <= number <= 100:
        return f"{shown(number)} is not between 0 and 100", "correct the cell, or the recipe"
    if read.unit != "%" and part.share is None and 0 < number <= 1:
        cure = "add share = true to the indicator in the recipe if 0.5 is half, else share = false"
        return f"{shown(number)} {SHARE}", cure
    return float(number)


def _count(number: Decimal, indicator: Indicator) -> float | Fault:
    if number < 0:
        return f"{shown(number)} is negative", ASK
    if number >= LARGEST:
        return f"{shown(number)} is too large", ASK
    if number != int(number):
        return f"{shown(number)} is not a whole number, but {indicator.key} is a count", ASK
    return float(number)
