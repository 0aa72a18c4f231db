"""The base of a rate in a return (such as per 100,000), from its header or its column `per`."""

import re
from decimal import Decimal

from saferplymouth.framework import BASES
from saferplymouth.sources.cells import figure

PER = "per"
KNOWN = ", ".join(map(str, BASES))
HEADED = re.compile(r"(?:value|rate)\s*\(?\s*(?:per\b|/)\s*(.*)")
WRITTEN = re.compile(r"(?:per )?([0-9][0-9, ]*)[a-z -]*\)?")


def read_header(names: list[str]) -> tuple[list[str], str]:
    """The names of a return's columns, one of rates as `value`, and what that one is per."""
    rates = {name: headed[1] for name in names if (headed := HEADED.fullmatch(name))}
    return ["value" if name in rates else name for name in names], "".join(rates.values())


def base(text: str) -> int | None:
    """The base of `BASES` in a text such as `100,000` or `100000 people`, if any."""
    named = WRITTEN.fullmatch(text.lower())
    number = named and figure(named[1].strip())
    return number if number in BASES else None


def converted(rate: float, per: int, base: int) -> float:
    """A rate for `per` people as one for `base`, with the digits it was written with."""
    return float(Decimal(str(rate)) * base / per)
