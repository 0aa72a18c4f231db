"""Where the time of a page went, in seconds: waiting for a worker, start of its kernel, its cells,
and rendering.

To the start is counted what the kernel takes to end, and all else that is not in a cell: together
half a second or so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

STAGES = ("waiting", "start", "cells", "render")
SLOW = 5.0  # seconds from which a cell is named wherever the times are shown


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
        """All but the waiting."""
        return self.start + self.cells + self.render


def spent(executed: "NotebookNode", running: float, render: float) -> Timings:
    """What papermill noted of each cell, within the seconds that the whole run took."""
    took = [
        (cell.metadata.get("papermill", {}).get("duration") or 0.0, cell.source)
        for cell in executed.cells
    ]
    cells = sum(seconds for seconds, _ in took)
    seconds, source = max(took, default=(0.0, ""))
    opening = (source.strip().splitlines() or [""])[-1][:60]
    stages = (0.0, max(0.0, running - cells), cells, render)
    return Timings(*(round(x, 3) for x in stages), opening, round(seconds, 3))


def kept(of: Timings) -> dict:
    """As the manifest keeps it."""
    return asdict(of)


def read(found: Mapping[str, Mapping]) -> dict[str, Timings]:
    """The times of a manifest by page; those of an older suite, which kept none, are left out."""
    return {area: Timings(**times) for area, times in found.items() if isinstance(times, dict)}


def total(each: Iterable[Timings]) -> Timings:
    """The times of several pages together, and the slowest cell of all."""
    each = list(each)
    slowest = max(each, key=lambda one: one.slowest_seconds, default=Timings())
    stages = (sum(getattr(one, stage) for one in each) for stage in STAGES)
    return Timings(*stages, slowest.slowest, slowest.slowest_seconds)


def told(of: Timings) -> str:
    """The times as a line tells them: `waiting 1.2 s, start 0.3 s, cells 2.0 s, render 0.1 s`."""
    line = ", ".join(f"{stage} {getattr(of, stage):.1f} s" for stage in STAGES)
    slow = of.slowest_seconds >= SLOW or of.slowest_seconds > of.working / 2
    return line + (
        f"; slowest cell {of.slowest_seconds:.1f} s: {of.slowest}" if slow and of.slowest else ""
    )
