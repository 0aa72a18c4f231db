"""How long a page took, in seconds: waiting for a worker, starting the kernel, cells, and
rendering.

The start includes the end of the kernel and anything else outside a cell: about half a second.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

STAGES = ("waiting", "start", "cells", "render")
SLOW = 5.0  # a cell that takes this many seconds is named beside the times


@dataclass(frozen=True)
class Timings:
    """Seconds by stage, and the `slowest` cell by its last line, with how long it took."""

    waiting: float = 0.0
    start: float = 0.0
    cells: float = 0.0
    render: float = 0.0
    slowest: str = ""
    slowest_seconds: float = 0.0

    @property
    def working(self) -> float:
        """All except the waiting."""
        return self.start + self.cells + self.render

    def __str__(self) -> str:
        """As in a line: `waiting 1.2 s, start 0.3 s, cells 2.0 s, render 0.1 s`."""
        line = ", ".join(f"{stage} {getattr(self, stage):.1f} s" for stage in STAGES)
        slow = self.slowest_seconds >= SLOW or self.slowest_seconds > self.working / 2
        if not (slow and self.slowest):
            return line
        return f"{line}; slowest cell {self.slowest_seconds:.1f} s: {self.slowest}"


def of_run(executed: "NotebookNode", running: float, render: float) -> Timings:
    """What papermill recorded for each cell, within the seconds that the whole run took."""
    durations = [
        (cell.metadata.get("papermill", {}).get("duration") or 0.0, cell.source)
        for cell in executed.cells
    ]
    cells = sum(seconds for seconds, _ in durations)
    seconds, source = max(durations, default=(0.0, ""))
    line = (source.strip().splitlines() or [""])[-1][:60]
    stages = (0.0, max(0.0, running - cells), cells, render)
    return Timings(*(round(x, 3) for x in stages), line, round(seconds, 3))


def read(times: Mapping[str, Mapping]) -> dict[str, Timings]:
    """The times in a manifest by page; those of an older suite, which kept none, are left out."""
    return {area: Timings(**time) for area, time in times.items() if isinstance(time, dict)}


def total(pages: Iterable[Timings]) -> Timings:
    """The times of several pages together, and the slowest cell of all."""
    pages = list(pages)
    slowest = max(pages, key=lambda page: page.slowest_seconds, default=Timings())
    stages = (sum(getattr(page, stage) for page in pages) for stage in STAGES)
    return Timings(*stages, slowest.slowest, slowest.slowest_seconds)
