"""Monthly crime and safety reports for a Community Safety Partnership.

A notebook needs one name: `Report`, a priority area's page for a month; `Board` or `Quarter`, the front pages; or
`Commissioning`, `StrategicAssessment` or `Duties`, the board's papers.
"""

from saferplymouth.board import Board
from saferplymouth.papers.duties import Duties
from saferplymouth.papers.money import Commissioning
from saferplymouth.papers.priorities import StrategicAssessment
from saferplymouth.quarter import Quarter
from saferplymouth.report import Report

__all__ = ["Board", "Commissioning", "Duties", "Quarter", "Report", "StrategicAssessment"]
__version__ = "1.0.0"
