"""The outcome framework: loads and validates `framework.toml` into frozen dataclasses.

No code names a partnership: its name, area, force, agencies, priority areas, indicators, targets
and scoring matrix are all in that file. Every mistake is reported at once, with its key and cure.
"""

from saferplymouth.framework.raw import FrameworkError
from saferplymouth.framework.reader import load
from saferplymouth.framework.values import (
    AIMS,
    ALL_CRIME,
    ASB,
    BASES,
    COMPLIANCE,
    COUNT,
    GAP,
    KEYS,
    KINDS_OF_GAP,
    PERCENT,
    POUNDS,
    RATE,
    RESIDENTS,
    TYPES,
    Accessibility,
    AccessibilityGap,
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
    "COMPLIANCE",
    "COUNT",
    "GAP",
    "KEYS",
    "KINDS_OF_GAP",
    "PERCENT",
    "POUNDS",
    "RATE",
    "RESIDENTS",
    "TYPES",
    "Accessibility",
    "AccessibilityGap",
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
