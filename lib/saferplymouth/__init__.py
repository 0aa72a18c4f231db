"""Monthly crime and safety reports for a Community Safety Partnership.

A notebook needs one of these names:

    Report("hate_crime", "2016-11")    a priority area; report["..."] is one of its indicators
    Board("2016-11")                   the board summary; Quarter("2016-Q3") that of a quarter
    Commissioning("2016-11")           the board's papers, and so StrategicAssessment and Duties
    Neighbourhoods("2016-11")          where it happens; Districts beside the others of the force
    DataQuality("2016-11")             what the figures rest on
    Workbench("2016-11")               every view of an indicator as one call; Explorer has controls

Each reads what had come in the drops up to that month, and nothing later. Its methods give the
parts of a page, which a notebook shows: counts are whole, percentages go from 0 to 100, rates are
for as many people as the framework says and money is in pounds. A change is this year less last. No
data is `[x]`, never zero, and `[c]` is a small count that is hidden.

>>> from saferplymouth import Report
>>> report = Report("anti_social_behaviour", "2016-11")
>>> asb = report["anti_social_behaviour"]
>>> asb.headline().facts["finding"]
'Anti-social behaviour up 5% (367 more), April to November 2016: within usual variation'
>>> asb.figures().loc["2016-05":"2016-06", ["2016/17", "2015/16", "Change"]]
          2016/17 2015/16 Change
May 2016      967     894     73
June 2016     965     769    196
>>> asb.chart()
<chart of anti_social_behaviour, November 2016>

In a notebook, `report[` and Tab lists the indicators, `asb.` and Tab what there is of one, and
`asb.figures?` tells what it gives. `asb.comment("Reports rose by 367 (5%).", "A. Analyst")` is
checked and goes into the report. A mistake is answered with what would work. The notebook
`tour.ipynb` goes through all of it once.
"""

import importlib

ROOMS = {
    "Board": "pages.board",
    "Commissioning": "pages.papers.commissioning",
    "DataQuality": "pages.quality.data_quality",
    "Districts": "pages.places.districts",
    "Duties": "pages.papers.duties",
    "Explorer": "workbench.explorer",
    "Neighbourhoods": "pages.places.neighbourhoods",
    "Quarter": "pages.quarter",
    "Report": "pages.report",
    "StrategicAssessment": "pages.papers.priorities",
    "Workbench": "workbench.bench",
}
__all__ = list(ROOMS)
__version__ = "1.0.0"


def __getattr__(name: str) -> type:
    """Each name is loaded when it is first asked for: the command and its workers draw no
    charts.
    """
    if name not in ROOMS:
        raise AttributeError(f"saferplymouth has no {name}; it has {', '.join(ROOMS)}")
    return getattr(importlib.import_module(f"saferplymouth.{ROOMS[name]}"), name)


def __dir__() -> list[str]:
    return __all__
