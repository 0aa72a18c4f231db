"""The outcome framework: `framework.toml` as frozen values, checked whole when it is loaded.

Nothing about a partnership stands in code: its name, area, force, agencies, priority areas,
indicators, targets and scoring matrix are all here. A mistake is refused with its key and the cure,
every mistake at once.
"""

from saferplymouth.framework.raw import FrameworkError
from saferplymouth.framework.reader import load
from saferplymouth.framework.values import (
    AIMS,
    ALL_CRIME,
    ASB,
    BASES,
    COUNT,
    GAP,
    KEYS,
    PERCENT,
    POUNDS,
    RATE,
    RESIDENTS,
    TYPES,
    Area,
    Breakdown,
    Dimension,
    Framework,
    Indicator,
    Matrix,
    Partnership,
    Population,
    Street,
    is_key,
)

__all__ = [
    "AIMS",
    "ALL_CRIME",
    "ASB",
    "BASES",
    "COUNT",
    "GAP",
    "KEYS",
    "PERCENT",
    "POUNDS",
    "RATE",
    "RESIDENTS",
    "TYPES",
    "Area",
    "Breakdown",
    "Dimension",
    "Framework",
    "FrameworkError",
    "Indicator",
    "Matrix",
    "Partnership",
    "Population",
    "Street",
    "is_key",
    "load",
]
