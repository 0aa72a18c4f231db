"""Maps: boundaries of any vintage, shades that say what the figures say, no gaps, and names that
touch no other.
"""

import json
import re
from collections import Counter
from functools import cache
from itertools import chain, combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib import path as shapes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from projects import ROOT

from saferplymouth.display import drawing, maps
from saferplymouth.sources.boundaries import boundaries
from saferplymouth.sources.sheets import Unreadable

PLACES = ROOT / "data/raw/2016-01/places"
_, AREAS, _ = boundaries(PLACES / "lsoa.geojson")
_, WARDS, NAMES = boundaries(PLACES / "ward.geojson")
VALUES = pd.Series([(n * n) % 37 + 0.5 for n in range(len(AREAS))], sorted(AREAS))
COUNTS = pd.Series([(n * n) % 37 * 12 for n in range(len(AREAS))], sorted(AREAS))
PRIORITY = {"Old Quay & the Harbour": sorted(AREAS)[:6], "Mill End": sorted(AREAS)[90:94]}
WORDS = {"title": "Crimes & more", "alt": "A map", "unit": "Crimes in November 2016"}
PLACED = {"outlined": PRIORITY, "outlines": "Priority neighbourhoods"}
RATES = maps.area_map(VALUES, AREAS, WARDS, NAMES, counts=False, **WORDS, **PLACED)
CIRCLES = maps.area_map(COUNTS, AREAS, WARDS, NAMES, counts=True, **WORDS, **PLACED)
PICTURES = pytest.mark.parametrize("narrow", [False, True], ids=["wide", "phone"])
MAPS = pytest.mark.parametrize("chart", [RATES, CIRCLES], ids=["rates", "circles"])


PAGES = {id(chart): chart.html for chart in (RATES, CIRCLES)}


def page(chart) -> str:
    return PAGES.get(id(chart)) or chart.html


def picture(chart, narrow: bool) -> ElementTree.Element:
    return ElementTree.fromstring(re.findall("<svg.*?</svg>", page(chart), re.DOTALL)[narrow])


def found(chart, narrow: bool, tag: str) -> list[tuple[dict, str]]:
    """The attributes of each part of a kind, with those it inherits, and its title."""
    kept = []

    def look(element: ElementTree.Element, above: dict) -> None:
        own = above | element.attrib
        if element.tag.endswith(f"}}{tag}"):
            kept.append((own, "".join(element.itertext())))
        for child in element:
            look(child, own)

    look(picture(chart, narrow), {})
    return kept


def outline(d: str) -> shapes.Path:
    """A path of lines and moves, as SVG has it, as one of matplotlib's."""
    rings = []
    for start, moves in re.findall(r"M([-\d.]+[ ,][-\d.]+)l([^zM]*)", d):
        steps = np.array(re.findall(r"-?(?:\d+\.?\d*|\.\d+)", moves), dtype=float).reshape(-1, 2)
        ring = np.array(re.split("[ ,]", start), dtype=float) + np.vstack(
            [[0, 0], np.cumsum(steps, axis=0)]
        )
        rings.append(shapes.Path(np.vstack([ring, ring[:1]]), closed=True))
    return shapes.Path.make_compound_path(*rings)


def shaded(narrow: bool) -> list[tuple[str, shapes.Path, str]]:
    """The shade, the outline and the title of each small area."""
    return [
        (its["fill"], outline(its["d"]), title)
        for its, title in found(RATES, narrow, "path")
        if its.get("stroke") == drawing.PAPER and its["fill"] in drawing.SHADES
    ]


@cache
def middles() -> dict[str, np.ndarray]:
    return {code: middle(rings) for code, rings in AREAS.items()}


def middle(rings: list[np.ndarray]) -> np.ndarray:
    """A point well inside the largest ring."""
    ring = max(rings, key=lambda r: np.ptp(r, axis=0).prod())
    (x, y), (right, top) = ring.min(axis=0), ring.max(axis=0)
    grid = np.stack(
        np.meshgrid(np.linspace(x, right, 16), np.linspace(y, top, 16)), axis=-1
    ).reshape(-1, 2)
    inside = grid[shapes.Path(ring).contains_points(grid)]
    scale = [np.cos(np.radians(y)), 1]
    edge = np.concatenate([ring[:-1] + np.diff(ring, axis=0) * t for t in (0, 0.25, 0.5, 0.75)])
    return inside[np.argmax(np.hypot(*((edge - inside[:, None]) * scale).T).min(axis=0))]


def texts(chart, narrow: bool) -> tuple[Figure, list]:
    size = chart.narrow if narrow else chart.wide
    figure = Figure(figsize=(size[0] * chart.times, size[1] * chart.times), dpi=720)
    with drawing.matplotlib.style.context(["default", drawing.STYLE]):
        axes = figure.add_axes((0, 0, 1, 1))
        chart.draw(axes, chart.data, narrow)
        renderer = FigureCanvasAgg(figure).get_renderer()
        return figure, [(text.get_text(), text.get_window_extent(renderer)) for text in axes.texts]


def said(values: list[float], narrow: bool = False, counts: bool = False, **options) -> set[str]:
    """The words on a map of squares with these values, one each."""
    codes = [f"E0100{n:04d}" for n, _ in enumerate(values)]
    areas, placed = read(squares(*codes)), pd.Series(values, codes, dtype=float)
    chart = maps.area_map(placed, areas, {}, {}, counts=counts, **WORDS, **options)
    return {text.replace("\n", " ") for text, _ in texts(chart, narrow)[1]} - {WORDS["unit"], ""}


def read(content: bytes) -> dict:
    """The boundaries in a file with this content."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "areas.geojson"
        path.write_bytes(content)
        return boundaries(path)[1]


def geojson(**properties_of) -> bytes:
    """Squares side by side, one for each code: its properties are what `properties_of` makes of
    it.
    """
    features = []
    for place, (code, properties) in enumerate(properties_of.items()):
        x = -4 + place / 100
        ring = [[x, 50], [x + 0.01, 50], [x + 0.01, 50.01], [x, 50.01], [x, 50]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": properties(code), "geometry": geometry})
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def squares(*codes: str) -> bytes:
    return geojson(**dict.fromkeys(codes, lambda code: {"LAD31CD": "E06000026", "LSOA31CD": code}))


class TestBoundaries:
    def test_every_area_of_the_files_shipped(self):
        assert len(AREAS) == 161
        assert len(WARDS) == 20
        assert all(
            np.array_equal(ring[0], ring[-1]) for ring in chain.from_iterable(AREAS.values())
        )

    def test_any_vintage_and_a_byte_order_mark(self):
        assert set(read(b"\xef\xbb\xbf" + squares("E01000001", "W01000002"))) == {
            "E01000001",
            "W01000002",
        }

    def test_parts_of_an_area_stay_together(self):
        assert len(AREAS["E01015137"]) == 3

    def test_a_hole_runs_the_other_way_whichever_way_it_came(self):
        one = json.loads(squares("E01000001"))
        outer = one["features"][0]["geometry"]["coordinates"][0]
        hole = [[-3.998, 50.002], [-3.992, 50.002], [-3.992, 50.008], [-3.998, 50.002]]
        for way in (1, -1):
            one["features"][0]["geometry"]["coordinates"] = [outer[::-way], hole[::way]]
            rings = read(json.dumps(one).encode())["E01000001"]
            turns = [
                np.sign(r[:-1, 0] @ r[1:, 1] - r[1:, 0] @ r[:-1, 1])
                for r in (ring - ring[0] for ring in rings)
            ]
            assert turns == [1, -1]

    def test_an_area_without_a_shape_has_no_rings(self):
        two = json.loads(squares("E01000001", "E01000002"))
        two["features"][0]["geometry"] = None
        found = read(json.dumps(two).encode())
        assert (found["E01000001"], len(found["E01000002"])) == ([], 1)

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"PK\x03\x04\xff",
            b"[]",
            b'{"features": []}',
            b'{"features": [{"properties": null, "geometry": null}]}',
            squares("E01000001", "E01000002").replace(b"E01000002", b"Plympton"),
            squares("E01000001").replace(b"-4.0", b"247552"),
            squares("E01000001").replace(b"Polygon", b"Point"),
        ],
    )
    def test_anything_else_is_refused(self, content):
        with pytest.raises(Unreadable):
            read(content)


class TestClasses:
    def test_breaks_are_round_and_leave_no_class_empty(self):
        values = pd.Series([0, 3, 5, 6, 9, 9, 11, 14, 16, 17, 28, 99])
        edges = maps.breaks(values)
        assert edges == [5, 10, 15, 25]
        assert pd.cut(values, [-1, *(e - 0.5 for e in edges), 100]).value_counts().min() > 0

    @pytest.mark.parametrize("values", [[], [float("nan")], [4, 4, 4], [0, 0, 0]])
    def test_figures_that_do_not_differ_are_one_class(self, values):
        assert maps.breaks(pd.Series(values, dtype=float)) == []

    @PICTURES
    def test_every_area_is_drawn_in_the_shade_of_its_figure_and_says_it(self, narrow):
        drawn, edges = shaded(narrow), maps.breaks(VALUES)
        ends = np.vstack([shape.get_extents().get_points() for _, shape, _ in drawn])
        (left, top), (right, bottom) = ends.min(axis=0), ends.max(axis=0)
        mainland = {
            code: max(AREAS[code], key=lambda r: np.ptp(r, axis=0).prod()) for code in AREAS
        }
        points = np.vstack(list(mainland.values()))
        low, high = points.min(axis=0), points.max(axis=0)
        assert len(drawn) == len(AREAS)
        for code, value in VALUES.items():
            across, up = (middles()[code] - low) / (high - low)
            spot = [left + across * (right - left), bottom - up * (bottom - top)]
            shade = drawing.SHADES[sum(value >= edge for edge in edges)]
            here = [(fill, title) for fill, shape, title in drawn if shape.contains_point(spot)]
            assert here == [(shade, f"{code}: {value:.1f}")], code

    def test_the_key_says_where_classes_start(self):
        classes = {"Under 5", "5 to 9", "10 to 14", "15 to 24", "25 or more"}
        assert said([0, 3, 5, 6, 9, 9, 11, 14, 16, 17, 28, 99]) == classes
        assert said([0, 0, 0, 1, 2, 2, 3, 4], narrow=True) == {"Under 2", "2", "3 or more"}

    def test_rates_have_no_space_between_classes(self):
        words = said([0.5, 1.25, 2.5, 3.25, 9, 9.5])
        starts = {float(n) for text in words for n in re.findall(r"^([\d.]+) to under", text)}
        ends = {float(n) for text in words for n in re.findall(r"(?:under|Under) ([\d.]+)$", text)}
        last = {float(n) for text in words for n in re.findall(r"^([\d.]+) or more", text)}
        assert starts | last == ends

    def test_one_class_or_none(self):
        assert said([4, 4]) == {"4"}
        assert said([float("nan")]) == {"No figure"}

    @pytest.mark.parametrize("counts", [False, True])
    def test_nought_is_a_figure_and_none_is_hatched(self, counts):
        values = pd.Series(
            {"E01000001": 0.0, "E01000002": float("nan"), "E01000003": 7.0, "E01999999": 4.0}
        )
        areas = read(squares("E01000001", "E01000002", "E01000003", "E01000004"))
        chart = maps.area_map(values, areas, {}, {}, counts=counts, absent="Not shown", **WORDS)
        assert chart.data["class"].sort_index().to_list() == [0, -1, 0 if counts else 1, -1]
        assert "Not shown" in {text for text, _ in texts(chart, False)[1]}
        assert "pattern" in page(chart)
        assert chart.missing == ("E01999999",)

    def test_every_area_has_a_figure_so_nothing_is_hatched(self):
        assert RATES.missing == ()
        assert "pattern" not in page(RATES)


class TestCircles:
    @PICTURES
    def test_the_area_of_a_circle_is_in_proportion_to_the_count(self, narrow):
        """Of those in the key too, which are round figures."""
        drawn = [(float(its["r"]) ** 2, title) for its, title in found(CIRCLES, narrow, "circle")]
        on_map = {title.partition(": ")[0]: area for area, title in drawn if title}
        assert on_map.keys() == set(COUNTS.index[COUNTS > 0])
        per = on_map[COUNTS.idxmax()] / COUNTS.max()
        for code, area in on_map.items():
            assert area == pytest.approx(per * COUNTS[code], rel=0.05), code
            assert f"{code}: {COUNTS[code]}" in {title for _, title in drawn}
        in_key = [area for area, title in drawn if not title]
        written = {text for text, _ in texts(CIRCLES, narrow)[1]}
        assert {"200", "100", "20"} <= written
        assert in_key == pytest.approx([per * n for n in (200, 100, 20)], rel=0.05)

    @PICTURES
    def test_no_area_is_shaded_by_its_count(self, narrow):
        fills = {its["fill"] for its, _ in found(CIRCLES, narrow, "path") if its.get("d")}
        assert fills & set(drawing.SHADES) == {drawing.SHADES[0]}

    def test_a_count_that_is_hidden_has_no_circle_and_moves_no_other(self):
        """The sizes are those of the known counts alone, whatever the hidden one is."""
        hidden = COUNTS.astype(float)
        hidden[COUNTS.idxmax()] = float("nan")
        chart = maps.area_map(hidden, AREAS, WARDS, NAMES, counts=True, **WORDS)
        titles = [title for _, title in found(chart, False, "circle") if title]
        assert len(titles) == (hidden > 0).sum()
        assert not any(title.startswith(COUNTS.idxmax()) for title in titles)


class TestShape:
    def test_neighbours_keep_the_border_between_them(self):
        """What all of them cover together has no gap inside, and is what each covers alone."""
        ends = shapely.total_bounds(maps._polygons(AREAS, sorted(AREAS)).to_numpy())
        _, fit = maps._fitted(560, ends.reshape(2, 2))
        before = fit(maps._polygons(AREAS, sorted(AREAS)))
        after = maps._simplified(before)
        whole = shapely.union_all(after.to_numpy())
        assert shapely.area(after.to_numpy()).sum() == pytest.approx(whole.area, rel=0.002)
        holes = shapely.get_num_interior_rings(shapely.get_parts(whole)).sum()
        assert (
            holes
            == shapely.get_num_interior_rings(
                shapely.get_parts(shapely.union_all(shapely.set_precision(before.to_numpy(), 0.5)))
            ).sum()
        )
        points = [shapely.get_num_coordinates(each.to_numpy()).sum() for each in (after, before)]
        assert points[0] < 0.7 * points[1]
        assert shapely.area(after.to_numpy()).min() > 0

    def test_an_islet_too_narrow_to_see_is_left_out_and_no_area_is_lost(self):
        """Such as Plymouth's breakwater, which would be a line without a name."""
        before = maps._polygons(AREAS, sorted(AREAS))
        after = maps._without_slivers(before)
        assert len(shapely.get_parts(before["E01015158"])) == 3
        assert len(shapely.get_parts(after["E01015158"])) == 1
        assert not shapely.is_empty(after.to_numpy()).any()
        assert shapely.area(after.to_numpy()).sum() > 0.995 * shapely.area(before.to_numpy()).sum()

    def test_the_map_is_as_wide_for_its_height_as_the_place_on_the_ground(self):
        low, bottom, high, top = shapely.total_bounds(
            maps._without_slivers(maps._polygons(AREAS, sorted(AREAS))).to_numpy()
        )
        corners = np.vstack([shape.get_extents().get_points() for _, shape, _ in shaded(False)])
        wide, tall = np.ptp(corners, axis=0)
        assert wide / tall == pytest.approx((high - low) / (top - bottom), rel=0.01)


class TestPicture:
    @MAPS
    def test_both_are_small_and_the_same_each_time_whatever_the_order_of_the_figures(self, chart):
        counts = chart is CIRCLES
        values = COUNTS if counts else VALUES
        assert len(page(chart)) < 100_000
        again = maps.area_map(values[::-1], AREAS, WARDS, NAMES, counts=counts, **WORDS, **PLACED)
        assert again.html == page(chart)

    def test_it_has_its_words(self):
        assert 'aria-label="A map"' in page(RATES)
        assert "Crimes &amp; more" in page(RATES)

    @MAPS
    @PICTURES
    def test_words_touch_no_others_and_stay_on_the_picture(self, narrow, chart):
        figure, written = texts(chart, narrow)
        wide, high = figure.get_size_inches() * 720
        for text, box in written:
            assert min(box.x0, box.y0) >= 0, text
            assert box.x1 <= wide, text
            assert box.y1 <= high, text
        assert [(a[0], b[0]) for a, b in combinations(written, 2) if a[1].overlaps(b[1])] == []

    @MAPS
    @PICTURES
    def test_every_ward_is_named_on_the_map_or_by_a_number_in_the_key(self, narrow, chart):
        """Whole: a name may be in several lines, but is never cut."""
        written = [text.replace("\n", " ") for text, _ in texts(chart, narrow)[1]]
        assert set(NAMES.values()) <= set(written)
        numbers = Counter(text for text in written if text.isdigit() and int(text) < 20)
        in_key = written[written.index("Wards, by number") :]
        keyed = [text for text in in_key if text.isdigit()]
        assert keyed == [str(n) for n in range(1, len(keyed) + 1)]
        assert all(numbers[number] >= 2 for number in keyed)  # on the map, and in the key

    @MAPS
    @PICTURES
    def test_priority_places_are_outlined_lettered_and_named_whole(self, narrow, chart):
        bold = [
            its
            for its, _ in found(chart, narrow, "path")
            if its.get("stroke") == drawing.INK and its["stroke-width"] == f"{maps.OUTLINE:g}"
        ]
        around = outline(next(its["d"] for its in bold if its["fill"] == "none"))
        assert len(around.vertices) > 20
        written = [text.replace("\n", " ") for text, _ in texts(chart, narrow)[1]]
        assert {"Priority neighbourhoods", *PRIORITY} <= set(written)
        assert Counter(written)["A"] == Counter(written)["B"] == 2

    def test_wards_are_not_needed(self):
        areas = read(squares("E01000001", "E01000002"))
        values = pd.Series({"E01000001": 3})
        assert "<svg" in maps.area_map(values, areas, {}, {}, counts=True, **WORDS).html
