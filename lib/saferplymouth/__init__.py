"""Monthly crime and safety reports for a Community Safety Partnership.

A notebook needs one name: `Report`, a priority area's page for a month; `Board` or `Quarter`, the front pages;
`Commissioning`, `StrategicAssessment` or `Duties`, the board's papers; `Neighbourhoods` or `Districts`, where it
happens; or `DataQuality`, what the figures rest on. To look further there is `Workbench`, every view of an indicator
as one call, and `Explorer`, the same with controls.
"""

import importlib

ROOMS = {
    "Board": "board",
    "Commissioning": "papers.money",
    "DataQuality": "quality",
    "Districts": "places.districts",
    "Duties": "papers.duties",
    "Explorer": "workbench.explorer",
    "Neighbourhoods": "places.neighbourhoods",
    "Quarter": "quarter",
    "Report": "report",
    "StrategicAssessment": "papers.priorities",
    "Workbench": "workbench.bench",
}
__all__ = list(ROOMS)
__version__ = "1.0.0"


def __getattr__(name: str) -> type:
    """Each name is loaded when it is first asked for: the command and its workers draw no charts."""
    if name not in ROOMS:
        raise AttributeError(f"saferplymouth has no {name}; it has {', '.join(ROOMS)}")
    return getattr(importlib.import_module(f"saferplymouth.{ROOMS[name]}"), name)


def __dir__() -> list[str]:
    return __all__
