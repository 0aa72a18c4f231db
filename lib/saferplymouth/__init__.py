"""Monthly crime and safety reports for a Community Safety Partnership.

A notebook needs two names: `Report`, a priority area's page for one month, and `Board`, the summary of them all.
"""

from saferplymouth.board import Board
from saferplymouth.report import Report

__all__ = ["Board", "Report"]
__version__ = "1.0.0"
