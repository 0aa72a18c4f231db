"""Reads GeoJSON boundaries: the rings of each area by its code, and its name."""

import json
import re
from collections import defaultdict

import numpy as np

from saferplymouth.sources.cells import written
from saferplymouth.sources.sheets import Unreadable

LSOA, WARD = r"[A-Z]01\d{6}", r"[A-Z]05\d{6}"
Boundaries = dict[str, list[np.ndarray]]
NOWHERE = {"type": "MultiPolygon", "coordinates": []}


def boundaries(content: bytes, code: str = LSOA) -> Boundaries:
    """The rings of each area in a GeoJSON file, by its code: arrays of longitude and latitude, with
    the first point repeated at the end.

    The code is the property with a name ending in CD whose values all match the pattern `code`,
    whatever the census. Raises `Unreadable` for anything other than areas in longitude and
    latitude.
    """
    try:
        features = json.loads(content.decode("utf-8-sig"))["features"]
        name = _code_property([feature["properties"] for feature in features], code)
        areas: Boundaries = defaultdict(list)
        for feature in features:
            areas[feature["properties"][name]] += _outlines(feature["geometry"] or NOWHERE)
        if not any(areas.values()):
            raise ValueError
    except (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError):
        cure = "send boundaries as GeoJSON in longitude and latitude"
        raise Unreadable("is not GeoJSON with areas", cure) from None
    return dict(areas)


def _code_property(properties: list[dict], code: str) -> str:
    names = [name for name in properties[0] if name.upper().endswith("CD")] if properties else []
    for name in names:
        if all(re.fullmatch(code, str(each.get(name))) for each in properties):
            return name
    raise Unreadable("has areas without a code", "send the boundaries as the ONS publishes them")


def _outlines(geometry: dict) -> list[np.ndarray]:
    """The rings of a geometry: holes run the other way, so that they stay empty when filled."""
    coordinates = geometry["coordinates"]
    polygons = {"Polygon": [coordinates], "MultiPolygon": coordinates}[geometry["type"]]
    rings = []
    for polygon in polygons:
        for place, ring in enumerate(polygon):
            points = np.array([point[:2] for point in ring], dtype=float)
            if not (np.abs(points) <= (180, 90)).all():
                raise ValueError
            rings.append(points if (_turn(points) > 0) == (place == 0) else points[::-1])
    return rings


def _turn(ring: np.ndarray) -> float:
    """Twice the area of a closed ring; negative if it runs clockwise."""
    x, y = (ring - ring[0]).T
    return float(x[:-1] @ y[1:] - x[1:] @ y[:-1])


def names(content: bytes, codes: Boundaries) -> dict[str, str]:
    """The name of each area by its code, from the property with NM in place of the code's CD."""
    named = {}
    for feature in json.loads(content.decode("utf-8-sig"))["features"]:
        properties = feature["properties"]
        for key, code in properties.items():
            if isinstance(code, str) and code in codes and key.upper().endswith("CD"):
                name = properties.get(f"{key[:-2]}NM") or properties.get(f"{key[:-2]}nm")
                named[code] = written(name or code)
    return named
