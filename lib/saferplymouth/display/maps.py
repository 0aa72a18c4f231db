"""Draws maps of small areas in at most five shades, with the outlines and names of their wards."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from itertools import chain, pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from saferplymouth.display.drawing import (
    GREY,
    INK,
    NAME,
    NARROW,
    PAPER,
    SHADES,
    WIDE,
    Chart,
    breadth,
    folded,
)
from saferplymouth.indicators.words import exactly
from saferplymouth.sources.boundaries import Boundaries

Line = list[tuple[int, int]]
TIMES = 2  # drawn at twice its size, where points are whole numbers and take less room
SLACK = 2.5  # how far a simplified line may stray, in points of the drawing
# points: text, a line of it, a shade in the key
FONT, LINE, SWATCH = 10.5 * TIMES, 13.5 * TIMES, 20 * TIMES
MAP = 0.74  # the map's share of a wide picture, beside its key
HATCHED = {"facecolor": "none", "hatch": "///", "hatchcolor": GREY}


@dataclass(frozen=True)
class AreaMap(Chart):
    """A map; `missing` are the codes with a value that it has no boundary for."""

    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Key:
    """A map's key: heading, the look of each class by its words, the name of no value."""

    unit: str
    looks: dict[str, dict]
    absent: str

    @property
    def height(self) -> int:
        """In points, below a narrow map: the heading and two columns."""
        heading = folded(self.unit, NARROW[0] * 72 * TIMES, FONT, "bold").count("\n") + 1
        return int(LINE) * ((len(self.looks) + bool(self.absent) + 1) // 2 + heading + 1)


def breaks(values: pd.Series) -> list[float]:
    """Where the second to fifth class start: round figures near the quarters and top tenth."""
    known = values.dropna()
    if known.empty:
        return []
    marks = known.quantile([0.25, 0.5, 0.75, 0.9])
    rough = (marks.iloc[-1] - marks.iloc[0]) / 4 or 1.0
    power = 10 ** math.floor(math.log10(rough))
    step = max(n * power for n in (1, 2, 5) if n == 1 or n * power <= rough)
    step = max(1.0, step) if (known % 1 == 0).all() else step
    edges: list[float] = []
    for edge in sorted({round(round(mark / step) * step, 10) for mark in marks}):
        below = edges[-1] if edges else -math.inf
        if ((known >= below) & (known < edge)).any() and (known >= edge).any():
            edges.append(edge)
    return edges


def area_map(
    values: pd.Series,
    small: Boundaries,
    large: Boundaries,
    names: dict[str, str],
    *,
    title: str,
    alt: str,
    unit: str,
    subtitle: str = "",
    edges: list[float] | None = None,
    absent: str = "No figure",
) -> AreaMap:
    """The small areas of a place shaded by `values`, with the outlines of the large ones and their
    `names` by code.

    `unit` heads the key. A class starts at each of `edges` (at most four; by default `breaks` of
    the values) and the first below them. An area without a value is hatched and called `absent` in
    the key; nought is a value.
    """
    edges = breaks(values) if edges is None else edges
    placed = values.reindex(sorted(small))
    classes = pd.Series(np.searchsorted(edges, placed, side="right"), placed.index)
    classes = classes.where(placed.notna(), -1)
    data = pd.DataFrame({"value": placed, "class": classes})
    ranges = _ranges(values.dropna(), edges)
    steps = max(1, len(ranges) - 1)
    shades = (SHADES[round(4 * at / steps)] for at in range(len(ranges)))
    looks = {words: {"facecolor": shade} for words, shade in zip(ranges, shades, strict=True)}
    key = _Key(unit, looks, absent if (classes < 0).any() else "")
    wide = WIDE[0], _height(small, WIDE[0] * MAP)
    narrow = NARROW[0], _height(small, NARROW[0]) + key.height / 72 / TIMES
    missing = tuple(sorted(values.dropna().index.difference(list(small))))
    draw = partial(_draw, shapes=(small, large), names=names, key=key)
    return AreaMap(data, title, subtitle, alt, draw, wide, narrow, TIMES, missing=missing)


def _ranges(values: pd.Series, edges: list[float]) -> list[str]:
    """Each class in words: `Under 5`, `5 to 9`, `10 or more`."""
    if not edges:
        ends = dict.fromkeys([values.min(), values.max()])
        return [" to ".join(map(exactly, ends))] if len(values) else []
    whole = bool((pd.concat([values, pd.Series(edges)]) % 1 == 0).all())
    ranges = ["0" if whole and edges[0] == 1 else f"Under {exactly(edges[0])}"]
    for low, high in pairwise(edges):
        if whole and high - low == 1:
            ranges.append(exactly(low))
        else:
            last = exactly(high - 1) if whole else f"under {exactly(high)}"
            ranges.append(f"{exactly(low)} to {last}")
    return [*ranges, f"{exactly(edges[-1])} or more"]


def _extent(areas: Boundaries) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The south-west and north-east corners, and how much a degree of each counts on the ground."""
    points = np.concatenate(list(chain.from_iterable(areas.values())))
    low, high = points.min(axis=0), points.max(axis=0)
    return low, high, np.array([math.cos(math.radians((low[1] + high[1]) / 2)), 1.0])


def _height(areas: Boundaries, width: float) -> float:
    """How high a map of this width is, within what suits a page."""
    low, high, ground = _extent(areas)
    across, up = (high - low) * ground
    return round(72 * width * min(1.0, max(0.5, up / across))) / 72


def _on_grid(
    areas: Boundaries, extent: tuple, box: tuple[float, float, float, float]
) -> dict[str, list[Line]]:
    """The rings in whole points, so that borders stay shared; no point twice running."""
    low, high, ground = extent
    left, bottom, width, height = box
    scale = min(np.array([width, height]) / ((high - low) * ground))
    corner = np.array([left, bottom + height]) - [0, scale * (high[1] - low[1])]
    placed: dict[str, list[Line]] = {}
    for code, rings in areas.items():
        points = (np.rint((ring - low) * ground * scale + corner).astype(int) for ring in rings)
        lines = (list(map(tuple, ring.tolist())) for ring in points)
        kept = ([b for a, b in pairwise(line) if a != b] for line in lines)
        placed[code] = [line for line in kept if len(line) > 2]
    return placed


def simplified(areas: dict[str, list[Line]]) -> tuple[dict[str, list[Line]], list[Line]]:
    """The rings with fewer points, and every border once: neighbours keep the same one."""
    beside: dict[tuple, set] = defaultdict(set)
    for ring in chain.from_iterable(areas.values()):
        for a, b in pairwise([*ring, ring[0]]):
            beside[a].add(b)
            beside[b].add(a)
    nodes = {point for point, others in beside.items() if len(others) != 2}
    for ring in chain.from_iterable(areas.values()):
        nodes.update(_corners(ring, nodes))
    borders: dict[tuple, Line] = {}

    def simpler(ring: Line) -> Line:
        points = []
        for part in _parts(ring, nodes):
            way = 1 if part <= part[::-1] else -1
            border = borders.setdefault(tuple(part[::way]), _straightened(part[::way]))
            points += border[::way][:-1]
        return points

    simpler_areas = {code: list(map(simpler, rings)) for code, rings in areas.items()}
    return simpler_areas, list(borders.values())


def _corners(ring: Line, nodes: set[tuple]) -> Line:
    """The points that keep a ring some room: where three areas meet, or far apart."""
    kept = [point for point in ring if point in nodes] or [min(ring)]
    if len(kept) == 1:
        kept.append(max(ring, key=lambda point: (math.dist(point, kept[0]), point)))
    if len(kept) == 2:
        kept.append(max(ring, key=lambda point: (_away(point, *kept), point)))
    return kept


def _parts(ring: Line, nodes: set[tuple]) -> list[Line]:
    """A ring cut at its nodes."""
    cuts = [place for place, point in enumerate(ring) if point in nodes]
    twice = ring + ring
    return [twice[a : b + 1] for a, b in pairwise([*cuts, cuts[0] + len(ring)])]


def _away(point: tuple[int, int], a: tuple[int, int], b: tuple[int, int]) -> float:
    """How far a point is from the straight line through two others."""
    (x, y), (dx, dy) = a, (b[0] - a[0], b[1] - a[1])
    if a == b:
        return math.dist(point, a)
    return abs(dx * (point[1] - y) - dy * (point[0] - x)) / math.hypot(dx, dy)


def _straightened(line: Line) -> Line:
    """The line without points within `SLACK` of what is left (Douglas and Peucker)."""
    if len(line) < 3:
        return line
    away = [_away(point, line[0], line[-1]) for point in line[1:-1]]
    far = max(range(len(away)), key=away.__getitem__)
    if away[far] <= SLACK:
        return [line[0], line[-1]]
    return _straightened(line[: far + 2])[:-1] + _straightened(line[far + 1 :])


def _path(lines: Iterable[Line], closed: bool) -> Path:
    """Lines as one path."""
    rings = ([*line, line[0]] if closed else line for line in lines)
    path = Path.make_compound_path(*(Path(ring, closed=closed) for ring in rings))
    path.should_simplify = False
    return path


def _draw(
    axes: Axes, data: pd.DataFrame, narrow: bool, *, shapes: tuple, names: dict[str, str], key: _Key
) -> None:
    width, height = axes.figure.get_size_inches() * 72
    axes.set(position=[0, 0, 1, 1], xlim=(0, width), ylim=(0, height))
    axes.set_axis_off()
    below = key.height if narrow else 0
    box = (1, below + 1, width * (1 if narrow else MAP) - 2, height - below - 2)
    (areas, _), (wards, outlines) = (
        simplified(_on_grid(each, _extent(shapes[0]), box)) for each in shapes
    )
    looks = [*key.looks.values(), HATCHED]
    for class_, codes in data.groupby("class").groups.items():
        path = _path(chain.from_iterable(areas[code] for code in codes), closed=True)
        axes.add_patch(PathPatch(path, linewidth=0.7 * TIMES, edgecolor=PAPER, **looks[class_]))
    outline = {"fill": False, "edgecolor": INK, "linewidth": 0.9 * TIMES}
    axes.add_patch(PathPatch(_path(outlines, closed=False), **outline))
    busiest = data.index[data["class"] == data["class"].max()]
    top = [areas[code][0] for code in busiest if areas[code]]
    named = {names[code]: rings for code, rings in wards.items() if rings and names.get(code)}
    _name_wards(axes, named, top, np.reshape(box, (2, 2)), narrow)
    if narrow:
        _draw_key(axes, key, (2, below - LINE), columns=2)
    else:
        _draw_key(axes, key, (width * (MAP + 0.02), height - LINE), columns=1)


def _draw_key(axes: Axes, key: _Key, at: tuple[float, float], columns: int) -> None:
    """The classes in words beside their shades, the highest first."""
    width, (left, top) = axes.get_xlim()[1], at
    heading = folded(key.unit, width - left, FONT, "bold")
    look = {"size": FONT, "color": INK}
    bold = {"weight": "bold", "va": "top", "linespacing": 1.1}
    axes.text(left, top + LINE / 2, heading, **look, **bold)
    top -= heading.count("\n") * LINE
    entries = [*reversed(key.looks.items()), *([(key.absent, HATCHED)] if key.absent else [])]
    rows = -(-len(entries) // columns)
    for place, (words, shade) in enumerate(entries):
        x, y = left + place // rows * width / 2, top - (place % rows + 1.2) * LINE
        corner = (x, y - SWATCH / 4)
        axes.add_patch(Rectangle(corner, SWATCH, SWATCH / 2, ec=GREY, lw=0.5 * TIMES, **shade))
        axes.text(x + 1.25 * SWATCH, y, words, va="center", **look)


def _name_wards(
    axes: Axes, wards: dict[str, list[Line]], top: list[Line], box: np.ndarray, narrow: bool
) -> None:
    """Names each ward that has room, the busiest and then the largest first."""
    size, order, taken, room = FONT if narrow else 0.9 * FONT, [], [], box[1] / 2
    for name, rings in wards.items():
        path = _path(rings, closed=True)
        busy = sum(path.contains_point(np.mean(line, axis=0)) for line in top)
        order.append((-busy, -path.get_extents().size.prod(), name, path))
    for busy, _, name, path in sorted(order, key=lambda each: each[:3]):
        folds = [folded(name, across * size, size).split("\n") for across in (3, 4, 5, 6, 7, 8)]
        lines = next(fold for fold in folds if len(fold) == len(folds[-1]))
        wide = max(breadth(line, size) for line in lines) + size / 4
        half = np.array([wide, 1.25 * size * len(lines)]) / 2
        enough = 0.35 if busy else 0.9 if narrow else 0.8
        for spot, within in _spots(path, half):
            inside = within >= enough and (abs(spot - box[0] - room) + half <= room).all()
            if inside and all((abs(spot - t) >= half + other).any() for t, other in taken):
                centred = {"ha": "center", "va": "center", "linespacing": 1.0}
                axes.text(*spot, "\n".join(lines), size=size, color=NAME, **centred)
                taken.append((spot, half))
                break


def _spots(path: Path, half: np.ndarray) -> list[tuple[np.ndarray, float]]:
    """Places for a name's middle, the roomiest first, with the share of it that is inside."""
    (x, y), (right, top) = path.get_extents().get_points()
    spots = _grid(np.arange(x, right, 6.0), np.arange(y, top, 6.0))
    spots = spots[path.contains_points(spots)]
    around = _grid(np.linspace(-1, 1, 7), np.linspace(-1, 1, 5)) * half
    shares = [
        path.contains_points((spots[:, None] + around * n).reshape(-1, 2)) for n in (1.0, 1.5, 2.0)
    ]
    within = [share.reshape(len(spots), len(around)).mean(axis=1) for share in shares]
    best = np.lexsort((spots[:, 0], -sum(within), -within[0].round(1)))
    return list(zip(spots[best], within[0][best], strict=True))


def _grid(across: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Every point of a grid."""
    return np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
