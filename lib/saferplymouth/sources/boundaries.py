"""Reads boundaries (GeoJSON, GeoPackage, zipped shapefile): the rings of each area by its code, and
its name.

GDAL reads a file, and passes on only the areas that are wanted: a file of the whole country takes
no more memory than what is kept of it.
"""

import logging
import re
import warnings
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np
import shapely
from shapely.errors import ShapelyError

from saferplymouth.sources.cells import written
from saferplymouth.sources.sheets import Unreadable

LSOA, WARD = r"[A-Z]01\d{6}", r"[A-Z]05\d{6}"
Boundaries = dict[str, list[np.ndarray]]
FORMATS = ".geojson", ".gpkg", ".zip"
NO_AREAS = (
    "is no file of boundaries",
    "send areas as GeoJSON, GeoPackage or a zipped shapefile, as the ONS publishes them",
)
NO_CODE = "has areas without a code", "send the boundaries as the ONS publishes them"
DEGREES, GRID = "EPSG:4326", "EPSG:27700"  # WGS 84, and British National Grid
OF_GRID = (0, 0, 700_000, 1_300_000)  # metres: what British National Grid covers
OF_EARTH = (-180, -90, 180, 90)
SYSTEM = "send them in longitude and latitude (WGS 84) or in British National Grid (EPSG:27700)"


def boundaries(path: Path, districts: Sequence[str] = ()) -> tuple[str, Boundaries, dict[str, str]]:
    """The property with the codes, the rings of each area in a file, and its name, by its code.

    A ring is an array of longitude and latitude, with the first point repeated at the end; holes
    run the other way, so that they stay empty when filled. The code is the property with a name
    ending in CD whose values are all codes of small areas, or of wards, whatever the census. With
    `districts`, only their areas are read, where the file says which they are. Other coordinate
    systems than WGS 84 are converted. Raises `Unreadable` for anything other than areas with codes.
    """
    from pyogrio.errors import DataSourceError

    logging.getLogger("pyogrio").setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(action="ignore"):
            return _read(_layer(path), districts)
    except (DataSourceError, ShapelyError, ValueError, RuntimeError, zipfile.BadZipFile):
        raise Unreadable(*NO_AREAS) from None


def _layer(path: Path) -> str:
    """How GDAL is to open a file, by what it contains: it guesses no format, some of which can
    refer to other files.
    """
    with path.open("rb") as content:
        start = content.read(1000).removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"{"):
        return f"GeoJSON:{path}"
    if start.startswith(b"SQLite format 3\0"):
        return f"GPKG:{path}"
    shapes = [name for name in zipfile.ZipFile(path).namelist() if name.lower().endswith(".shp")]
    if len(shapes) != 1:
        raise Unreadable("has no one shapefile in it", "zip one shapefile with all its parts")
    return f"/vsizip/{{{path}}}/{shapes[0]}"


def _read(layer: str, districts: Sequence[str]) -> tuple[str, Boundaries, dict[str, str]]:
    import pyogrio  # here and below, for no edition loads them once the places are known

    first, properties = pyogrio.read_arrow(layer, max_features=1, read_geometry=False)
    fields = list(first["fields"])
    column, code = _code_column(properties.to_pylist())
    named = next((f for f in fields if f.upper() == f"{column[:-2]}NM".upper()), None)
    columns = [column, *([named] if named else [])]
    where = _within(fields, named if code == LSOA else None, districts)
    meta, table = pyogrio.read_arrow(layer, columns=columns, where=where)
    if not len(table):
        raise Unreadable(
            f"has no area in {' or '.join(districts)}", "send those of the partnership"
        )
    codes = table[column].to_pylist()
    if not codes or not all(re.fullmatch(code, str(each)) for each in codes):
        raise Unreadable(*NO_CODE)
    shapes = shapely.from_wkb(table[table.column_names[-1]].to_numpy(zero_copy_only=False))
    areas: Boundaries = defaultdict(list)
    for each, shape in zip(codes, _in_degrees(shapes, meta["crs"]), strict=True):
        areas[each] += _rings(shape)
    if not any(areas.values()):
        raise ValueError
    names = table[named].to_pylist() if named else codes
    called = zip(codes, names, strict=True)
    return column.upper(), dict(areas), {each: written(name or each) for each, name in called}


def _code_column(features: list[dict]) -> tuple[str, str]:
    """The property with the codes of small areas, or else of wards, and the pattern of them."""
    for code, feature in product((LSOA, WARD), features):
        for name, value in feature.items():
            if name.upper().endswith("CD") and re.fullmatch(code, str(value)):
                return name, code
    raise Unreadable(*NO_CODE)


def _within(fields: list[str], small: str | None, districts: Sequence[str]) -> str | None:
    """The condition for an area of some districts: the name of a small area is its district's with
    four characters more, and another area says its district.
    """
    district = next((f for f in fields if re.fullmatch(r"LAD\d\dNM", f, re.IGNORECASE)), None)
    likes = []
    for name in (re.sub(r"([%_~])", r"~\1", name).replace("'", "''") for name in districts):
        if small:
            likes.append(f"\"{small}\" LIKE '{name} ____' ESCAPE '~'")
        elif district:  # "Bristol, City of": its small areas are named Bristol
            likes += [f"\"{district}\" LIKE '{name}{end}' ESCAPE '~'" for end in ("", ",%")]
    return " OR ".join(likes) or None


def _in_degrees(shapes: np.ndarray, system: str | None) -> np.ndarray:
    """Shapes in longitude and latitude."""
    drawn = shapes[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)]
    if not set(shapely.get_type_id(drawn)) <= {3, 6}:  # polygons, of one part or several
        raise ValueError
    if not np.isfinite(shapely.get_coordinates(drawn)).all():
        raise ValueError
    ends = shapely.total_bounds(drawn)
    if system in (None, DEGREES):  # GeoJSON is in degrees unless it says otherwise
        fitting = {DEGREES: OF_EARTH, GRID: OF_GRID}.items()
        system = next((name for name, extent in fitting if _inside(ends, extent)), None)
    if system is None:
        raise Unreadable("does not say which coordinate system it is in", SYSTEM)
    if system != DEGREES:
        import pyproj

        try:
            to = pyproj.Transformer.from_crs(system, DEGREES, always_xy=True)
        except pyproj.exceptions.CRSError:
            raise Unreadable("is in an unknown coordinate system", SYSTEM) from None
        shapes = shapely.transform(shapes, to.transform, interleaved=False)
        if not _inside(shapely.total_bounds(shapes), OF_EARTH):
            raise Unreadable("has coordinates outside its coordinate system", SYSTEM)
    return shapes


def _inside(bounds: np.ndarray, limits: Sequence[float]) -> bool:
    (left, bottom, right, top), (west, south, east, north) = bounds, limits
    return bool(west <= left <= right <= east and south <= bottom <= top <= north)


def bounds(rings: list[np.ndarray]) -> list[float]:
    """The west, south, east and north end of an area in degrees; empty for one without a shape."""
    points = np.concatenate([np.empty((0, 2)), *rings])
    return [*points.min(axis=0).tolist(), *points.max(axis=0).tolist()] if len(points) else []


def _rings(shape: shapely.Geometry | None) -> list[np.ndarray]:
    polygons = shapely.get_parts(shapely.orient_polygons(shape)) if shape else []
    return [
        shapely.get_coordinates(ring)
        for polygon in polygons
        for ring in (polygon.exterior, *polygon.interiors)
        if not ring.is_empty
    ]
