"""Draws maps of small areas: rates as shades, counts as circles, with wards and outlined places."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import NamedTuple
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from saferplymouth.display.drawing import (
    ACCENT,
    GREY,
    INK,
    NAME,
    NARROW,
    PAPER,
    SHADES,
    SVG,
    WIDE,
    Chart,
    breadth,
    folded,
)
from saferplymouth.indicators.words import exactly, rate
from saferplymouth.sources.boundaries import Boundaries

TIMES = 2  # drawn at twice its size, where points are whole numbers and take less room
SLACK = 4  # how much a border is simplified, in points of the drawing
SLIVER = 0.01  # of the map's breadth: an islet that is narrower is not drawn
# points: text, a line of it, a shade in the key
FONT, LINE, SWATCH = 10.5 * TIMES, 13.5 * TIMES, 20 * TIMES
MAP = 0.74  # the map's share of a wide picture, beside its key
SPOTS, INSIDE = 200, 0.8  # for a label: places tried in a ward, and the share of a name inside
FILLED, LARGEST = 0.15, 0.045  # circles: their share of the ground; a radius, of the map's breadth
OUTLINE, WARD = 1.9 * TIMES, 0.6 * TIMES
HATCHED = {"facecolor": "none", "hatch": "///", "hatchcolor": GREY}


@dataclass(frozen=True)
class AreaMap(Chart):
    """A map; `missing` are the codes with a value that it has no boundary for, and `titles` what a
    reader is told who points at each circle or shade, in the order in which they are drawn.
    """

    missing: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    counts: bool = False

    def picture(self, size: tuple[float, float]) -> ElementTree.Element:
        """The map of one size as SVG, with a title in each circle or shade."""
        drawn = super().picture(size)
        marks = drawn.iter(f"{SVG}circle") if self.counts else drawn.iter(f"{SVG}path")
        for mark, words in zip(marks, self.titles, strict=False):  # those of the key have none
            ElementTree.SubElement(mark, f"{SVG}title").text = words
        return drawn


class _Label(NamedTuple):
    """Words on the map, about their middle."""

    spot: np.ndarray
    half: np.ndarray
    words: str
    weight: str = "normal"


class _Entry(NamedTuple):
    """An entry of the key: its `sign` is the look of a shade or a line, the radius of a circle, or
    a letter or number on the map; `at` is its left end and middle, down from the key's top.
    """

    words: str
    sign: dict | float | str = ""
    indent: float = 0.0
    weight: str = "normal"
    at: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class _Sheet:
    """One picture, in points: the shapes where they are drawn, the radii and middles of circles,
    the labels, and the key with its corner.
    """

    high: float
    looks: list[dict]
    areas: pd.Series
    wards: pd.Series
    places: list[shapely.Geometry]
    radii: pd.Series
    middles: np.ndarray
    labels: list[_Label]
    key: list[_Entry]
    corner: tuple[float, float]
    top: float


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
    names: Mapping[str, str],
    *,
    title: str,
    alt: str,
    unit: str,
    counts: bool,
    called: Mapping[str, str] | None = None,
    subtitle: str = "",
    outlined: Mapping[str, Sequence[str]] | None = None,
    outlines: str = "",
    absent: str = "No figure",
) -> AreaMap:
    """The small areas of a place by code with their `values`, and the wards by code with their
    `names`.

    Rates are shades, in classes that start at `breaks`; `counts` are circles, whose area is in
    proportion. An area without a value is hatched and called `absent` in the key, which `unit`
    heads; nought is a value. The places `outlined`, as the codes of their small areas, have a bold
    line and a letter; `outlines` says what they are. A ward that has no room for its name has a
    number, and its name in the key. A small area is `called` what one who points at it is told.
    """
    codes = sorted(code for code, rings in small.items() if rings)
    placed = values.reindex(codes)
    areas = _without_slivers(_polygons(small, codes))
    classes = pd.Series(0 if counts else _classes(placed), placed.index).where(placed.notna(), -1)
    data = pd.DataFrame({"value": placed, "class": classes})
    data = data.sort_values("value", ascending=False, kind="stable")
    missing = tuple(sorted(values.dropna().index.difference(codes)))
    named = [code for code in sorted(large) if large[code] and names.get(code)]
    wards = pd.Series(dtype=object)
    if named:
        wards = _without_slivers(_polygons(large, named)).rename(dict(names))
    lay = partial(_sheet, data, (areas, wards), outlined or {}, (unit, outlines, absent), counts)
    wide, narrow = lay(WIDE[0]), lay(NARROW[0])
    draw = partial(_draw, sheets=(wide, narrow))
    sizes = ((full[0], sheet.high / 72 / TIMES) for full, sheet in ((WIDE, wide), (NARROW, narrow)))
    known = data["value"][data["value"] > 0] if counts else data["value"].dropna()
    told, written = called or {}, exactly if counts else rate
    titles = tuple(f"{told.get(code, code)}: {written(value)}" for code, value in known.items())
    about = {"missing": missing, "titles": titles, "counts": counts}
    return AreaMap(data, title, subtitle, alt, draw, *sizes, TIMES, **about)


def _classes(values: pd.Series) -> np.ndarray:
    """The class of each value, from 0, the lowest."""
    return np.searchsorted(breaks(values), values, side="right")


def _ranges(values: pd.Series) -> list[str]:
    """Each class in words: `Under 5`, `5 to 9`, `10 or more`."""
    edges = breaks(values)
    if not edges:
        ends = dict.fromkeys([values.min(), values.max()])
        return [" to ".join(map(exactly, ends))] if values.notna().any() else []
    whole = bool((pd.concat([values.dropna(), pd.Series(edges)]) % 1 == 0).all())
    ranges = ["0" if whole and edges[0] == 1 else f"Under {exactly(edges[0])}"]
    for low, high in pairwise(edges):
        if whole and high - low == 1:
            ranges.append(exactly(low))
        else:
            last = exactly(high - 1) if whole else f"under {exactly(high)}"
            ranges.append(f"{exactly(low)} to {last}")
    return [*ranges, f"{exactly(edges[-1])} or more"]


# --- Shapes


def _polygons(areas: Boundaries, codes: Sequence[str]) -> pd.Series:
    """Areas by code, with the width of the ground in proportion to its height."""
    lines = [shapely.multilinestrings([*map(shapely.linestrings, areas[code])]) for code in codes]
    shapes = pd.Series(shapely.build_area(np.array(lines, dtype=object)), codes, dtype=object)
    middle = shapely.total_bounds(shapes.to_numpy())[[1, 3]].mean()
    across = np.array([math.cos(math.radians(middle)), 1])
    return shapes.map(lambda shape: shapely.transform(shape, lambda points: points * across))


def _without_slivers(areas: pd.Series) -> pd.Series:
    """Areas without islets that would be too narrow to see; each keeps its largest part."""
    low, _, high, _ = shapely.total_bounds(areas.to_numpy())
    edge = (high - low) * SLIVER / 2

    def kept(shape: shapely.Geometry) -> shapely.Geometry:
        parts = sorted(shapely.get_parts(shape), key=shapely.area)
        wide = [part for part in parts[:-1] if not part.buffer(-edge).is_empty]
        return shapely.union_all([*wide, parts[-1]]) if len(parts) > 1 else shape

    return areas.map(kept)


def _simplified(areas: pd.Series) -> pd.Series:
    """The shapes with fewer points, all whole numbers: neighbours keep the same border."""
    if areas.empty:
        return areas
    shapes = shapely.set_precision(areas.to_numpy(), 0.5)
    shapes = shapely.transform(shapely.coverage_simplify(shapes, SLACK), np.rint)
    return pd.Series(shapes, areas.index)


# --- One picture


def _sheet(
    data: pd.DataFrame,
    shapes: tuple[pd.Series, pd.Series],
    outlined: Mapping[str, Sequence[str]],
    words: tuple[str, str, str],
    counts: bool,
    inches: float,
) -> _Sheet:
    """What a picture of this width shows, and where."""
    width, narrow = inches * 72 * TIMES, inches == NARROW[0]
    across = width if narrow else width * MAP
    height, fit = _fitted(across, shapely.total_bounds(shapes[0].to_numpy()).reshape(2, 2))
    areas, wards = (_simplified(fit(each)) for each in shapes)
    radii = _radii(data["value"], areas, across) if counts else pd.Series(dtype=float)
    inside = [areas.reindex(codes).dropna().to_numpy() for codes in outlined.values()]
    places = [*map(shapely.union_all, inside)]
    spots = [shapely.get_coordinates(_middle(areas[code]))[0] for code in radii.index]
    middles = np.reshape(spots, (-1, 2))
    circles = middles, radii.to_numpy()
    box = np.array([[0, 0], [across, height]])
    labels, numbered = _labels(wards, places, circles, box)
    sections = [
        *_values(data, radii, *words[::2]),
        *_places(words[1], dict(zip(map(_letter, range(len(outlined))), outlined, strict=True))),
        *_places("Wards, by number", numbered, thin=True),
    ]
    room = width if narrow else width - across - LINE / 2
    key, deep = _laid(sections, room, narrow)
    high = height + deep if narrow else max(height, deep)
    corner = (0.0, 0.0) if narrow else (width - room, height)
    looks = _shades(1 if counts else len(_ranges(data["value"])))
    return _Sheet(high, looks, areas, wards, places, radii, middles, labels, key, corner, height)


def _fitted(width: float, ends: np.ndarray) -> tuple[float, Callable[[pd.Series], pd.Series]]:
    """How high a map of this width is, within what suits a page, and what puts shapes on it."""
    across, up = ends[1] - ends[0]
    height = round(width * min(1.0, max(0.5, up / across)))
    scale = min((width - 2) / across, (height - 2) / up)

    def fit(shapes: pd.Series) -> pd.Series:
        placed = shapely.transform(shapes.to_numpy(), lambda at: (at - ends[0]) * scale + 1)
        return pd.Series(placed, shapes.index)

    return height, fit


def _middle(area: shapely.Geometry) -> shapely.Point:
    """The middle of the largest part, or else a point inside it."""
    largest = max(shapely.get_parts(area), key=shapely.area)
    return largest.centroid if largest.contains(largest.centroid) else largest.point_on_surface()


def _radii(values: pd.Series, areas: pd.Series, across: float) -> pd.Series:
    """The radius of each count above nought: its square is in proportion."""
    some = values[values > 0]
    if some.empty:
        return some
    ground = FILLED * shapely.area(areas.to_numpy()).sum() / some.sum() / math.pi
    return some**0.5 * min(ground**0.5, LARGEST * across / some.max() ** 0.5)


# --- The key


def _values(
    data: pd.DataFrame, radii: pd.Series, unit: str, absent: str
) -> list[tuple[int, list[_Entry]]]:
    """What shades or circles stand for, as sections of the key: see `_laid`."""
    classes, values, indent = _ranges(data["value"]), data["value"], 1.25 * SWATCH
    shades = zip(classes, _shades(len(classes)), strict=True)
    entries = [_Entry(words, look, indent) for words, look in shades][::-1]
    if len(radii):
        indent = max(indent, 2 * radii.iloc[0] + SWATCH / 4)
        sizes = {n: float(radii.iloc[0] * (n / values.max()) ** 0.5) for n in _round(values.max())}
        entries = [_Entry(exactly(n), radius, indent) for n, radius in sizes.items()]
    if values.isna().any():
        entries.append(_Entry(absent, HATCHED, indent))
    return [(1, [_Entry(unit, weight="bold")]), (3 if len(radii) else 2, entries)]


def _shades(classes: int) -> list[dict]:
    """The looks of so many classes, the lightest first."""
    steps = max(1, classes - 1)
    return [{"facecolor": SHADES[round(4 * at / steps)]} for at in range(classes)]


def _round(most: float) -> list[float]:
    """Round counts: the largest up to `most`, and about a quarter and a twentieth of it."""
    every = [n * 10.0**power for power in range(7) for n in (1, 2, 5)]
    chosen = (max((n for n in every if n <= most / part), default=1.0) for part in (1, 4, 20))
    return list(dict.fromkeys(chosen))


def _places(
    heading: str, names: Mapping[str, str], thin: bool = False
) -> list[tuple[int, list[_Entry]]]:
    """The places with a letter or number on the map, under what they are."""
    line = {"facecolor": "none", "edgecolor": INK, "linewidth": WARD if thin else OUTLINE}
    indent = max((breadth(sign, FONT, "bold") for sign in names), default=0) + FONT / 2
    named = [_Entry(name, sign, indent) for sign, name in names.items()]
    head = _Entry(heading, line, 1.25 * SWATCH, "bold")
    return [(1, [head]), (2 if thin else 1, named)] if named else []


def _laid(
    sections: Sequence[tuple[int, list[_Entry]]], width: float, narrow: bool
) -> tuple[list[_Entry], float]:
    """The entries of sections one below the other, where a narrow map has room for so many columns
    of each; and how deep they are.
    """
    laid, top = [], LINE / 4
    for columns, entries in sections:
        columns = columns if narrow else 1
        rows, ends = -(-len(entries) // columns), [top]
        for place, entry in enumerate(entries):
            column, row = divmod(place, rows)
            down = ends[-1] if row else top
            words = folded(entry.words, width / columns - entry.indent, FONT, entry.weight)
            high = LINE * (1 + words.count("\n"))
            high = max(high, 2 * entry.sign + 4) if isinstance(entry.sign, float) else high
            at = column * width / columns, down + high / 2
            laid.append(entry._replace(words=words, at=at))
            ends.append(down + high)
        top = max(ends) + LINE / 4
    return laid, top


def _letter(n: int) -> str:
    return f"{chr(64 + n // 26) if n > 25 else ''}{chr(65 + n % 26)}"


# --- The names


def _labels(
    wards: pd.Series, places: list[shapely.Geometry], circles: tuple, box: np.ndarray
) -> tuple[list[_Label], dict[str, str]]:
    """The letters of places and the names of wards; a ward without room for its name has a number,
    which the second value names.
    """
    labels: list[_Label] = []

    def placed(shape: shapely.Geometry, words: str, bold: bool = False, must: bool = True) -> bool:
        lines, weight = words.split("\n"), "bold" if bold else "normal"
        wide = max(breadth(line, FONT, weight) for line in lines) + FONT / 2
        half = np.array([wide, 1.2 * FONT * len(lines)]) / 2
        spots = _spots(shape, half, box, circles, 0 if must else INSIDE)
        clear = np.ones(len(spots), dtype=bool)
        for other in labels:
            clear &= (abs(spots - other.spot) >= half + other.half).any(axis=1)
        if clear.any() or must:
            middle = shapely.get_coordinates(_middle(shape))
            spot = (spots if len(spots) else middle)[clear.argmax() if len(spots) else 0]
            labels.append(_Label(spot, half, words, weight))
        return bool(clear.any())

    for n, shape in enumerate(places):
        placed(shape, _letter(n), bold=True)
    by_size = wards.sort_values(key=lambda shapes: -shapely.area(shapes.to_numpy()), kind="stable")
    unnamed = [
        name for name, shape in by_size.items() if not placed(shape, _folded(name), must=False)
    ]
    numbered = {str(n): name for n, name in enumerate(sorted(unnamed), 1)}
    for number, name in numbered.items():
        placed(wards[name], number)
    return labels, numbered


def _folded(name: str) -> str:
    """A name in as few lines as are no broader than need be."""
    folds = [folded(name, across * FONT, FONT) for across in (3, 4, 5, 6, 7, 8)]
    return next(fold for fold in folds if fold.count("\n") == folds[-1].count("\n"))


def _spots(
    shape: shapely.Geometry,
    half: np.ndarray,
    box: np.ndarray,
    circles: tuple[np.ndarray, np.ndarray],
    enough: float,
) -> np.ndarray:
    """Places in a `box` for a label's middle, if `enough` of it is inside `shape`: those with most
    of it inside and fewest `circles` under it come first, and then those farthest from the edge.
    """
    left, bottom, right, top = shape.bounds
    step = (shape.area / SPOTS) ** 0.5
    spots = _grid(np.arange(left, right, step), np.arange(bottom, top, step))
    spots = np.vstack([shapely.get_coordinates(_middle(shape)), spots])
    spots = spots[((spots - half >= box[0]) & (spots + half <= box[1])).all(axis=1)]
    around = _grid(np.linspace(-1, 1, 7), np.linspace(-1, 1, 5)) * half

    points = (spots[:, None] + around).reshape(-1, 2)
    within = shapely.contains_xy(shape, points).reshape(len(spots), -1).mean(axis=1)
    chosen = shapely.contains_xy(shape, spots) & (within >= enough)
    spots, within = spots[chosen], within[chosen]
    room = shapely.distance(shape.boundary, shapely.points(spots))
    middles, radii = circles
    on = (abs(spots[:, None] - middles) < half + radii[:, None] / 2).all(axis=2)
    cost = (on * radii).sum(axis=1) / FONT - within * (2 if enough else 12)
    return spots[np.lexsort((-room, cost.round(1)))]


def _grid(across: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Every point of a grid."""
    return np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)


# --- Drawing


def _draw(axes: Axes, data: pd.DataFrame, narrow: bool, *, sheets: tuple[_Sheet, _Sheet]) -> None:
    sheet, width = sheets[narrow], axes.figure.get_figwidth() * 72
    axes.set(position=[0, 0, 1, 1], xlim=(0, width), ylim=(sheet.top - sheet.high, sheet.top))
    axes.set_axis_off()
    known = data[data["class"] >= 0]
    parts = [([code], sheet.looks[class_]) for code, class_ in known["class"].items()]
    if len(sheet.radii):
        parts = [(known.index, sheet.looks[0])]
    for codes, look in [*parts, (data.index[data["class"] < 0], HATCHED)]:
        _add(axes, sheet.areas[codes], edgecolor=PAPER, linewidth=0.7 * TIMES, **look)
    borders = shapely.line_merge(shapely.union_all(shapely.boundary(sheet.wards.to_numpy())))
    line = {"facecolor": "none", "edgecolor": INK}
    _add(axes, [borders], **line, linewidth=WARD)
    for (x, y), radius in zip(sheet.middles, sheet.radii, strict=True):
        _add_circle(axes, ([x], [y]), radius)
    _add(axes, sheet.places, **line | {"edgecolor": PAPER}, linewidth=2 * OUTLINE)
    _add(axes, sheet.places, **line, linewidth=OUTLINE)
    for label in sheet.labels:
        centred = {"ha": "center", "va": "center", "linespacing": 1.0, "weight": label.weight}
        axes.text(*label.spot, label.words, size=FONT, color=NAME, **centred)
    for entry in sheet.key:
        _draw_entry(axes, entry, sheet.corner)


def _add(axes: Axes, shapes: Iterable[shapely.Geometry], **look: object) -> None:
    """Shapes, or lines, as one path."""
    parts = shapely.get_parts([*shapes])
    rings = shapely.get_rings(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])
    lines = rings if len(rings) else parts
    if not len(lines):
        return
    closed = len(rings) > 0
    paths = (Path(shapely.get_coordinates(line), closed=closed) for line in lines)
    path = Path.make_compound_path(*paths)
    path.should_simplify = False
    axes.add_artist(PathPatch(path, **look))


def _add_circle(axes: Axes, middle: tuple, radius: float) -> None:
    look = {"marker": "o", "color": ACCENT, "alpha": 0.7, "markeredgewidth": 0, "ls": "none"}
    axes.add_artist(Line2D(*middle, markersize=2 * radius, **look))


def _draw_entry(axes: Axes, entry: _Entry, corner: tuple[float, float]) -> None:
    """An entry of the key, with its sign before its words."""
    x, y = corner[0] + entry.at[0], corner[1] - entry.at[1]
    look = {"size": FONT, "color": INK, "va": "center", "linespacing": 1.1}
    if isinstance(entry.sign, float):
        _add_circle(axes, ([x + (entry.indent - SWATCH / 4) / 2], [y]), entry.sign)
    elif isinstance(entry.sign, dict):
        shade = {"edgecolor": GREY, "linewidth": 0.5 * TIMES} | entry.sign
        axes.add_artist(Rectangle((x + 1, y - SWATCH / 4), SWATCH, SWATCH / 2, **shade))
    elif entry.sign:
        first = y + entry.words.count("\n") * LINE / 2
        axes.text(x, first, entry.sign, weight="bold", **look)
    axes.text(x + entry.indent, y, entry.words, weight=entry.weight, **look)
