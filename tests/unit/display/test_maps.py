"""Maps: boundaries of any vintage, shades that say what the figures say, no gaps, and names that
touch no other.
"""

import json
import re
from collections import Counter
from functools import cache
from itertools import chain, combinations, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
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
VALUES = pd.Series([(n * n) % 37 for n in range(len(AREAS))], sorted(AREAS))
WORDS = {"title": "Crimes & more", "alt": "A map", "unit": "Crimes in November 2016"}
MAP = maps.area_map(VALUES, AREAS, WARDS, NAMES, edges=[5, 10, 20, 30], **WORDS)
PICTURES = pytest.mark.parametrize("narrow", [False, True], ids=["wide", "phone"])


@cache
def page() -> str:
    return MAP.html


def pictures() -> tuple[str, str]:
    """The wide and the narrow picture."""
    wide, narrow = re.findall("<svg.*?</svg>", page())
    return wide, narrow


def drawn(narrow: bool) -> ElementTree.Element:
    return ElementTree.fromstring(pictures()[narrow])


def outline(d: str) -> shapes.Path:
    """A path of lines and moves, as SVG has it, as one of matplotlib's."""
    rings = []
    for start, moves in re.findall(r"M([-\d.]+[ ,][-\d.]+)l([^z]*)z", d):
        steps = np.array(re.findall(r"-?(?:\d+\.?\d*|\.\d+)", moves), dtype=float).reshape(-1, 2)
        ring = np.array(re.split("[ ,]", start), dtype=float) + np.vstack(
            [[0, 0], np.cumsum(steps, axis=0)]
        )
        rings.append(shapes.Path(np.vstack([ring, ring[:1]]), closed=True))
    return shapes.Path.make_compound_path(*rings)


def by_shade(narrow: bool) -> list[shapes.Path]:
    """The outline of each class that is drawn, the lowest first."""
    areas = [e for e in drawn(narrow).iter() if e.get("stroke") == drawing.PAPER and e.get("d")]
    assert [area.get("fill") for area in areas] == drawing.SHADES
    return [outline(area.attrib["d"]) for area in areas]


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


@cache
def of_the_city(narrow: bool) -> tuple[Figure, list]:
    return texts(MAP, narrow)


def said(values: list[float], edges: list[float], narrow: bool = False) -> set[str]:
    """The words on a map of squares with these values, one each."""
    codes = [f"E0100000{n}" for n, _ in enumerate(values)]
    areas = read(squares(*codes))
    chart = maps.area_map(
        pd.Series(values, codes, dtype=float), areas, {}, {}, edges=edges, **WORDS
    )
    return {text.replace("\n", " ") for text, _ in texts(chart, narrow)[1]} - {WORDS["unit"]}


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
    def test_every_area_is_drawn_in_the_shade_of_its_figure(self, narrow):
        classes = by_shade(narrow)
        points = np.vstack(list(chain.from_iterable(AREAS.values())))
        low, high = points.min(axis=0), points.max(axis=0)
        corners = np.vstack([shape.get_extents().get_points() for shape in classes])
        (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        for code, value in VALUES.items():
            across, up = (middles()[code] - low) / (high - low)
            spot = [left + across * (right - left), bottom - up * (bottom - top)]
            expected = sum(value >= edge for edge in (5, 10, 20, 30))
            assert [n for n, shape in enumerate(classes) if shape.contains_point(spot)] == [
                expected
            ], code

    def test_the_key_says_where_classes_start(self):
        assert said([0, 7, 40], [5, 10, 20]) == {"Under 5", "5 to 9", "10 to 19", "20 or more"}
        assert said([0, 1, 9, 12], [1, 2, 10], narrow=True) == {"0", "1", "2 to 9", "10 or more"}

    def test_rates_have_no_space_between_classes(self):
        assert said([0.5, 3.25, 9], [2.5, 5]) == {"Under 2.5", "2.5 to under 5", "5 or more"}

    def test_a_class_that_no_area_is_in_stays_in_the_key(self):
        assert said([0, 1200], [5, 10, 2000]) == {
            "Under 5",
            "5 to 9",
            "10 to 1,999",
            "2,000 or more",
        }

    def test_one_class_or_none(self):
        assert said([4, 4], []) == {"4"}
        assert said([4, 7], []) == {"4 to 7"}
        assert said([float("nan")], []) == {"No figure"}

    def test_nought_is_a_figure_and_none_is_hatched(self):
        values = pd.Series(
            {"E01000001": 0.0, "E01000002": float("nan"), "E01000003": 7.0, "E01999999": 4.0}
        )
        areas = read(squares("E01000001", "E01000002", "E01000003", "E01000004"))
        chart = maps.area_map(values, areas, {}, {}, edges=[5], absent="Not shown", **WORDS)
        assert chart.data["class"].to_list() == [0, -1, 1, -1]
        assert "Not shown" in {text for text, _ in texts(chart, False)[1]}
        assert "pattern" in chart.html
        assert chart.missing == ("E01999999",)

    def test_every_area_has_a_figure_so_nothing_is_hatched(self):
        assert MAP.missing == ()
        assert "pattern" not in page()


class TestShape:
    @pytest.mark.parametrize("width", [260, 530, 1080])
    def test_neighbours_keep_the_border_between_them(self, width):
        """A line between two areas is in both, and what is in one alone was on the coast before."""
        before = maps._on_grid(AREAS, maps._extent(AREAS), (0, 0, width, width))
        after, _ = maps.simplified(before)
        coast = {end for edge in _once(before) for end in edge}
        assert {end for edge in _once(after) for end in edge} <= coast
        assert sum(map(len, chain.from_iterable(after.values()))) < sum(
            map(len, chain.from_iterable(before.values()))
        )
        assert all(len(ring) > 2 for ring in chain.from_iterable(after.values()))
        assert all(sum(map(_room, rings)) > 0 for rings in after.values() if width > 500)

    def test_the_map_is_as_wide_for_its_height_as_the_place_on_the_ground(self):
        points = np.vstack(list(chain.from_iterable(AREAS.values())))
        across, up = np.ptp(points, axis=0) * [np.cos(np.radians(50.388)), 1]
        corners = np.vstack([shape.get_extents().get_points() for shape in by_shade(False)])
        wide, high = np.ptp(corners, axis=0)
        assert wide / high == pytest.approx(across / up, rel=0.01)


def _room(ring: list[tuple]) -> float:
    """What a ring holds, in twice its points squared: the shoelace formula."""
    return abs(sum(x * v - u * y for (x, y), (u, v) in pairwise([*ring, ring[0]])))


def _once(areas: dict) -> list[tuple]:
    """The edges that only one ring has."""
    edges = [
        e
        for ring in chain.from_iterable(areas.values())
        for e in pairwise([*ring, ring[0]])
        if e[0] != e[1]
    ]
    counted = Counter(frozenset(edge) for edge in edges)
    return [edge for edge in edges if counted[frozenset(edge)] == 1]


class TestPicture:
    def test_both_are_small_and_the_same_each_time_whatever_the_order_of_the_figures(self):
        assert all(len(picture) < 40_000 for picture in pictures())
        again = maps.area_map(VALUES[::-1], AREAS, WARDS, NAMES, edges=[5, 10, 20, 30], **WORDS)
        assert again.html == page()

    def test_it_has_its_words(self):
        assert 'aria-label="A map"' in page()
        assert "<figcaption>Crimes &amp; more</figcaption>" in page()

    @PICTURES
    def test_words_touch_no_others_and_stay_on_the_picture(self, narrow):
        figure, written = of_the_city(narrow)
        wide, high = figure.get_size_inches() * 720
        for text, box in written:
            assert min(box.x0, box.y0) >= 0, text
            assert box.x1 <= wide, text
            assert box.y1 <= high, text
        assert [(a[0], b[0]) for a, b in combinations(written, 2) if a[1].overlaps(b[1])] == []

    def test_wide_names_nearly_every_ward_and_a_phone_some(self):
        named = [
            {text.replace("\n", " ") for text, _ in of_the_city(n)[1]} & set(NAMES.values())
            for n in (False, True)
        ]
        assert len(named[0]) >= 15
        assert 5 <= len(named[1]) < len(named[0])

    def test_a_long_heading_of_the_key_is_folded(self):
        areas = read(squares("E01000001", "E01000002"))
        words = WORDS | {"unit": "Incidents per 1,000 residents a year"}
        _, written = texts(
            maps.area_map(pd.Series({"E01000001": 3}), areas, {}, {}, **words), False
        )
        assert "\n" in next(text for text, _ in written if text.startswith("Incidents"))
        assert [(a[0], b[0]) for a, b in combinations(written, 2) if a[1].overlaps(b[1])] == []

    def test_wards_are_not_needed(self):
        areas = read(squares("E01000001", "E01000002"))
        assert "<svg" in maps.area_map(pd.Series({"E01000001": 3}), areas, {}, {}, **WORDS).html
