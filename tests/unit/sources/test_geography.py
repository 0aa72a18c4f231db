"""The geography of a partnership: look-ups of any census, boundaries and populations, and every
refusal of them.
"""

import csv
import json
import math
import sys
import tracemalloc
from pathlib import Path

import openpyxl
import pandas as pd
import pyogrio
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from projects import ROOT

from saferplymouth import framework, sources
from saferplymouth.sources import SmallArea
from saferplymouth.sources.boundaries import boundaries
from saferplymouth.sources.geography import Deprived, Place, listed, read_places
from saferplymouth.sources.tables import Unreadable

REAL = ROOT / "data/raw/2016-01/places"
PLACES = ("lsoa.geojson", "ward.geojson", "lookup.csv", "population.csv")
SQUARE = [[[-4.1, 50.4], [-4.0, 50.4], [-4.0, 50.5], [-4.1, 50.5], [-4.1, 50.4]]]
HEAD = "LSOA21CD,LSOA21NM,MSOA21CD,MSOA21NM,MSOA21HCLNM,WD25CD,WD25NM"
ROW = "E01015023,Anytown 003A,E02003124,Anytown 003,Old Quay,E05002078,Harbour"
PEOPLE = "Code,Name,Geography,Mid-2016,Mid-2015"
AREAS = "send areas as GeoJSON, GeoPackage or a zipped shapefile, as the ONS publishes them"
COLUMNS = (
    "send a look-up with the columns LSOA21CD, LSOA21NM, MSOA21NM, MSOA21HCLNM and WD25NM, of any "
    "year, or residents or deprivation as published"
)
shared = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)


def lines(*rows: str) -> bytes:
    return "".join(f"{row}\n" for row in rows).encode()


def drawn(geometry: object, code: object = "E01015023") -> bytes:
    """GeoJSON of one small area."""
    properties = {"LSOA11CD": code, "LSOA11NM": "Anytown 003A"}
    feature = {"type": "Feature", "properties": properties, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


@pytest.fixture
def arrive(tmp_path):
    """Puts files by name in a folder of places and reads it: the geography, and what is told of
    it.
    """

    def read(files: dict[str, bytes], drop: str = "2016-11"):
        paths, problems = {}, []
        for name, content in files.items():
            paths[name] = tmp_path / name
            paths[name].write_bytes(content)
        found = read_places(paths, drop, problems)
        assert all(str(problem).isprintable() for problem in problems)
        return found, [str(problem) for problem in problems]

    return read


# --- Every refusal, with its place and cure

REFUSED = {
    "a file of no name known": (
        {"x": b""},
        "places/x: is not a file of places. Cure: send CSV, XLSX or ODS, or boundaries as GeoJSON.",
    ),
    "a look-up without wards": (
        {"lookup.csv": lines("LSOA21CD,LSOA21NM", "E01015023,Anytown 003A")},
        f"places/lookup.csv: has no header of a table of places. Cure: {COLUMNS}.",
    ),
    "a code that is none": (
        {"lookup.csv": lines(HEAD, ROW.replace("E01015023", "Anytown"))},
        "places/lookup.csv, row 2, column LSOA21CD: 'Anytown' is not the code of a small area. Cure: "
        "write it as E01015023.",
    ),
    "a code twice": (
        {"lookup.csv": lines(HEAD, ROW, "", ROW)},
        "places/lookup.csv, row 4, column LSOA21CD: E01015023 appears twice. Cure: keep one of "
        "the rows.",
    ),
    "no name": (
        {"lookup.csv": lines(HEAD, ROW.replace("Anytown 003A", " "))},
        "places/lookup.csv, row 2, column LSOA21NM: the cell is empty. Cure: fill it in, or "
        "remove the row.",
    ),
    "no ward": (
        {"lookup.csv": lines(HEAD, ROW.replace(",Harbour", ""))},
        "places/lookup.csv, row 2, column WD25NM: the cell is empty. Cure: fill it in, or remove "
        "the row.",
    ),
    "residents in words": (
        {"lookup.csv": lines(f"{HEAD},people", f"{ROW},1.5k")},
        "places/lookup.csv, row 2, column people: '1.5k' is not a number of residents. "
        "Cure: write digits only, such as 1642.",
    ),
    "residents with a comma in a wrong place": (
        {"lookup.csv": lines(f"{HEAD},people", f'{ROW},"1,64"')},
        "places/lookup.csv, row 2, column people: '1,64' is not a number of residents. "
        "Cure: write digits only, such as 1642.",
    ),
    "an error of a spreadsheet": (
        {"lookup.csv": lines(HEAD, ROW.replace("Harbour", "#REF!"))},
        "places/lookup.csv, row 2, column WD25NM: '#REF!' is a spreadsheet error. "
        "Cure: correct its formula, or type the right value.",
    ),
    "residents of some areas only": (
        {
            "lookup.csv": lines(
                f"{HEAD},Population",
                f"{ROW},1642",
                f"{ROW},".replace("23,", "24,").replace("3A", "3B"),
            )
        },
        "places/lookup.csv: has no number of residents for 1 of 2 small areas, the first 'Anytown 003B'. "
        "Cure: give the residents of every area, or of none.",
    ),
    "a population without names": (
        {"population.csv": lines("District,Mid-2016", "Anytown,5")},
        f"places/population.csv: has no header of a table of places. Cure: {COLUMNS}.",
    ),
    "a district twice": (
        {"population.csv": lines("Name,Mid-2016", "Anytown,5", "Anytown,5")},
        "places/population.csv, row 3, column Name: 'Anytown' appears twice. Cure: name each "
        "district once.",
    ),
    "a district without a name": (
        {"population.csv": lines("Name,Mid-2016", " ,5")},
        "places/population.csv, row 2, column Name: the name is missing. Cure: name each "
        "district once.",
    ),
    "no residents": (
        {"population.csv": lines(PEOPLE, "E06000026,Anytown,Unitary,0,263088")},
        "places/population.csv, row 2, column Mid-2016: '0' is not a number of residents. "
        "Cure: write digits only, such as 264440.",
    ),
    "a row cut short": (
        {"population.csv": lines(PEOPLE, "E06000026,Anytown,Unitary,264440")},
        "places/population.csv, row 2, column Mid-2015: '' is not a number of residents. "
        "Cure: write digits only, such as 264440.",
    ),
    "an empty file": (
        {"population.csv": b""},
        "places/population.csv: is empty. Cure: fill it in, or leave the file out.",
    ),
    "a header alone": (
        {"lookup.csv": lines(HEAD)},
        "places/lookup.csv, row 1: has a header and no rows. Cure: add them, or leave the "
        "file out.",
    ),
    "a quotation mark never closed": (
        {"lookup.csv": lines(HEAD, ROW, '"Anytown')},
        "places/lookup.csv, row 3: stops being valid CSV. Cure: look for a quotation mark "
        "that is never closed.",
    ),
    "no JSON": (
        {"lsoa.geojson": b"{"},
        f"places/lsoa.geojson: is no file of boundaries. Cure: {AREAS}.",
    ),
    "JSON of something else": (
        {"lsoa.geojson": b"[1]"},
        f"places/lsoa.geojson: is no file of boundaries. Cure: {AREAS}.",
    ),
    "points in place of areas": (
        {"lsoa.geojson": drawn({"type": "Point", "coordinates": [-4.1, 50.4]})},
        f"places/lsoa.geojson: is no file of boundaries. Cure: {AREAS}.",
    ),
    "metres in place of degrees": (
        {
            "lsoa.geojson": drawn(
                {
                    "type": "Polygon",
                    "coordinates": [[[247552, 60231], [247553, 60231], [247553, 6]]],
                }
            )
        },
        f"places/lsoa.geojson: is no file of boundaries. Cure: {AREAS}.",
    ),
    "boundaries without areas": (
        {"ward.geojson": b'{"type": "FeatureCollection", "features": []}'},
        "places/ward.geojson: has areas without a code. Cure: send the boundaries as the ONS "
        "publishes them.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_of_places_that_cannot_be_used_is_refused_with_its_place_and_cure(arrive, name):
    files, told = REFUSED[name]
    assert arrive(files)[1] == [told]


def test_a_folder_and_a_loop_are_refused(tmp_path):
    paths = {name: tmp_path / name for name in PLACES}
    for name in ("lsoa.geojson", "lookup.csv"):
        paths[name].mkdir()
    for name in ("ward.geojson", "population.csv"):
        paths[name].symlink_to(name)
    problems = []
    found = read_places(paths, "2016-11", problems)
    assert [str(problem) for problem in problems] == [
        "places/lsoa.geojson: is not a file. Cure: send the boundaries as GeoJSON.",
        "places/ward.geojson: is not a file. Cure: send the boundaries as GeoJSON.",
        "places/lookup.csv: is not in a known format. Cure: send CSV, XLSX or ODS.",
        "places/population.csv: is not in a known format. Cure: send CSV, XLSX or ODS.",
    ]
    assert not found.small


def test_boundaries_too_large_to_draw_are_refused_unread(arrive, monkeypatch):
    monkeypatch.setattr(sys.modules[read_places.__module__], "LARGEST", 100)
    content = drawn({"type": "Polygon", "coordinates": SQUARE}, "E05002078")
    told = (
        "places/ward.geojson: is over 0 MB. Cure: send boundaries generalised to 20 metres or more."
    )
    assert arrive({"ward.geojson": content})[1] == [told]


def test_every_mistake_of_a_look_up_is_told_at_once(arrive):
    wrong = [
        ROW.replace("E01015023", "E1"),
        ROW,
        ROW,
        ROW.replace("23,", "24,").replace("Anytown 003A", "").replace(",Harbour", ","),
    ]
    found, told = arrive({"lookup.csv": lines(HEAD, *wrong)})
    assert [line.partition(":")[0] for line in told] == [
        "places/lookup.csv, row 2, column LSOA21CD",
        "places/lookup.csv, row 4, column LSOA21CD",
        "places/lookup.csv, row 5, column LSOA21NM",
        "places/lookup.csv, row 5, column WD25NM",
    ]
    assert list(found.areas) == ["E01015023"]


def test_a_drop_with_a_mistake_in_its_places_is_refused_whole(project):
    path = project / "data/raw/2016-11/places/lookup.csv"
    path.parent.mkdir()
    path.write_bytes(lines(HEAD))
    drop = sources.read(
        project / "data/raw", pd.Period("2016-11", "M"), framework.load(project / "framework.toml")
    )
    [problem] = drop.problems
    assert str(problem).startswith(
        "2016-11/places/lookup.csv, row 1: has a header and no rows in Plymouth. Cure: "
    )
    with pytest.raises(sources.Refused) as refused:
        sources.geography(project / "data/raw", pd.Period("2016-11", "M"), ["Plymouth"])
    assert refused.value.problems == [problem]


NULL = {"lsoa.geojson": drawn(None)}
NOTHING = {"lsoa.geojson": drawn({"type": "MultiPolygon", "coordinates": []})}


@pytest.mark.parametrize("files", [NULL, NOTHING], ids=["null", "no polygon"])
def test_boundaries_of_which_none_can_be_drawn_are_refused(arrive, files):
    """A map of them cannot be made, and the page would fail where the drop was let in."""
    assert len(arrive(files)[1]) == 1


# --- Look-ups as they are published


def test_the_look_up_shipped_is_read_as_the_standard_library_reads_it(arrive):
    found, told = arrive({"lookup.csv": (REAL / "lookup.csv").read_bytes()})
    rows = list(csv.DictReader((REAL / "lookup.csv").read_text(encoding="utf-8").splitlines()))
    assert told == []
    assert len(rows) == 161
    assert found.areas == {
        row["LSOA11CD"]: SmallArea(
            row["LSOA11NM"], row["MSOA11NM"], row["MSOA_name_HoC"], row["WDNM"], None
        )
        for row in rows
    }
    assert len({area.neighbourhood for area in found.areas.values()}) == 32
    assert len({area.ward for area in found.areas.values()}) == 20


OLD_QUAY = SmallArea("Anytown 003A", "Anytown 003", "Old Quay", "Harbour", None)
NAMINGS = {
    "2011": ("LSOA11CD,LSOA11NM,MSOA11NM,MSOA_name_HoC,WDNM", OLD_QUAY),
    "2021": ("LSOA21CD,LSOA21NM,MSOA21NM,MSOA21HCLNM,WD25NM", OLD_QUAY),
    "mixed": ("LSOA21CD,LSOA21NM,MSOA11NM,MSOA11HCLNM,WD17NM", OLD_QUAY),
    "small letters": ("lsoa21cd,lsoa21nm,msoa21nm,msoa21hclnm,wd25nm", OLD_QUAY),
}


@pytest.mark.parametrize("name", NAMINGS)
def test_a_look_up_of_any_census_and_year_of_wards_is_read(arrive, name):
    head, area = NAMINGS[name]
    found, told = arrive(
        {"lookup.csv": lines(head, "E01015023,Anytown 003A,Anytown 003,Old Quay,Harbour")}
    )
    assert (told, found.areas) == ([], {"E01015023": area})


def test_without_a_neighbourhood_s_name_its_number_stands_for_it(arrive):
    found, told = arrive(
        {"lookup.csv": lines("LSOA21CD,LSOA21NM,WD25NM", "E01015023,Anytown 003A,Harbour")}
    )
    assert told == []
    assert found.areas["E01015023"] == SmallArea(
        "Anytown 003A", "Anytown 003", "Anytown 003", "Harbour", None
    )
    found, told = arrive({"lookup.csv": lines(HEAD, ROW.replace("Old Quay", ""))})
    assert (told, found.areas["E01015023"].neighbourhood) == ([], "Anytown 003")


@pytest.mark.parametrize("column", ["people", "population", "Population"])
def test_residents_are_counted_where_the_look_up_counts_them(arrive, column):
    found, told = arrive({"lookup.csv": lines(f"{HEAD},{column}", f"{ROW},1642")})
    assert (told, found.areas["E01015023"].people) == ([], 1642)


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("way", ["BOM", "CRLF", "both"])
def test_a_byte_order_mark_and_line_ends_of_windows_change_nothing(arrive, name, way):
    plain = (REAL / name).read_bytes().replace(b"\r\n", b"\n")
    if name.endswith(".geojson"):
        features = json.loads(plain)["features"][:2]
        plain = json.dumps({"type": "FeatureCollection", "features": features}, indent=1).encode()
    changed = plain if way == "BOM" else plain.replace(b"\n", b"\r\n")
    changed = changed if way == "CRLF" else b"\xef\xbb\xbf" + changed
    (before, told), (after, also) = arrive({name: plain}), arrive({name: changed})
    assert told == also == []
    assert (before.areas, before.residents, before.wards) == (
        after.areas,
        after.residents,
        after.wards,
    )
    assert before.small.keys() == after.small.keys()
    assert before.large.keys() == after.large.keys()


def test_residents_of_a_look_up_may_have_commas(arrive):
    found, told = arrive(
        {"lookup.csv": b"\xef\xbb\xbf" + lines(f"{HEAD},people", f'{ROW},"1,805"')}
    )
    assert (told, [area.people for area in found.areas.values()]) == ([], [1805])


def test_spaces_around_cells_and_commas_in_numbers_change_nothing(arrive):
    written = lines("Code,Name,Mid-2016", 'E1, Any  town ,"264,440"')
    assert arrive({"population.csv": written})[0].residents == {"Any town": {"2016": 264440}}
    spaced = HEAD.replace(",", " , "), ROW.replace(",", " , ")
    assert arrive({"lookup.csv": lines(*spaced)})[0].areas == {"E01015023": OLD_QUAY}


def test_a_district_is_named_as_its_small_areas_are(arrive):
    written = lines(
        "Name,Mid-2016",
        '"Bristol, City of",454200',
        "King's Lynn and West Norfolk,151800",
        "St. Helens,179000",
    )
    assert list(arrive({"population.csv": written})[0].residents) == [
        "Bristol",
        "King's Lynn and West Norfolk",
        "St. Helens",
    ]


def test_the_population_of_plymouth_in_2016_is_the_one_the_framework_has(arrive):
    found, told = arrive({"population.csv": (REAL / "population.csv").read_bytes()})
    assert told == []
    assert len(found.residents) == 12
    assert found.residents["Plymouth"]["2016"] == 264_440
    mine = framework.load(ROOT / "framework.toml").partnership.population
    assert found.residents["Plymouth"] == dict(mine)


def test_the_boundaries_shipped_are_of_the_areas_and_wards_of_the_look_up(arrive):
    found, told = arrive({name: (REAL / name).read_bytes() for name in PLACES})
    assert told == []
    assert found.small["LSOA11CD"].keys() == found.areas.keys()
    assert set(found.wards.values()) == {area.ward for area in found.areas.values()}
    assert len(found.large) == 20
    assert found.received == dict.fromkeys(PLACES, "2016-11")


# --- Drops


@pytest.fixture
def raw(tmp_path) -> Path:
    def put(drop: str, name: str, content: bytes) -> None:
        path = tmp_path / "raw" / drop / "places" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    put("2016-01", "lookup.csv", lines(HEAD, ROW))
    put("2016-01", "population.csv", lines("Name,Mid-2016", "Anytown,5"))
    put("2016-01", "README.md", b"Where these files come from.")
    put("2016-01", ".DS_Store", b"")
    put("2016-05", "wards.csv", lines(HEAD, ROW.replace("Old Quay", "New Quay")))
    return tmp_path / "raw"


def stood(raw: Path, month: str) -> sources.Geography:
    return sources.geography(raw, pd.Period(month, "M"))


def test_a_later_drop_s_file_replaces_an_earlier_one_of_its_kind_and_no_other(raw):
    found = stood(raw, "2016-11")
    assert found.areas["E01015023"].neighbourhood == "New Quay"
    assert found.residents == {"Anytown": {"2016": 5}}
    assert found.received == {"wards.csv": "2016-05", "population.csv": "2016-01"}


def test_drops_later_than_the_edition_are_not_used(raw):
    assert stood(raw, "2016-04").areas["E01015023"].neighbourhood == "Old Quay"
    assert stood(raw, "2016-04").received == {"lookup.csv": "2016-01", "population.csv": "2016-01"}
    assert stood(raw, "2016-05").areas["E01015023"].neighbourhood == "New Quay"
    assert stood(raw, "2015-12") == sources.Geography()


def test_a_mistake_in_a_later_drop_does_not_stop_an_earlier_edition(raw):
    (raw / "2016-05/places/wards.csv").write_bytes(b"")
    assert stood(raw, "2016-04").areas
    with pytest.raises(sources.Refused, match=r"2016-05/places/wards\.csv: is empty"):
        stood(raw, "2016-05")


def test_a_drop_of_places_alone_is_a_drop(raw):
    path = raw / "2016-01/places/lookup.csv"
    path.write_bytes(path.read_bytes().replace(b"Anytown", b"Plymouth"))
    drop = sources.read(raw, pd.Period("2016-01", "M"), framework.load(ROOT / "framework.toml"))
    assert (drop.rows, drop.problems) == ((), ())


# --- Whatever is in them

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["E01015023", "Polygon", ""]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["features", "properties", "geometry", "type", "coordinates", "LSOA11CD"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@shared
@given(JSON)
@example({"features": [{"properties": {"LSOA11CD": "E01015023"}, "geometry": {"type": []}}]})
@example({"features": [{"properties": {"LSOA11CD": ["E01015023"]}, "geometry": None}]})
@example({"features": [{"properties": None, "geometry": None}]})
@example({"features": [{"properties": {"LSOA11CD": "E01015023"}, "geometry": "Polygon"}]})
@example({"features": {"properties": {"LSOA11CD": "E01015023"}}})
@example({"features": "abc"})
def test_no_json_makes_the_boundaries_fail(tmp_path, content):
    path, problems = tmp_path / "lsoa.geojson", []
    path.write_text(json.dumps(content), encoding="utf-8")
    read_places({path.name: path, "ward.geojson": path}, "2016-11", problems)
    assert problems


RINGS = {
    "infinite": "[[[1e999, 50], [1, 50], [1, 51]]]",
    "not a number": "[[[NaN, 50], [1, 50], [1, 51]]]",
    "a whole number beyond any float": f"[[[1{'0' * 400}, 50], [1, 50], [1, 51]]]",
    "empty": "[[]]",
    "of one coordinate": "[[[1], [2], [3]]]",
    "of words": '[[["a", "b"]]]',
    "nested": "[" * 100_000,
}


@pytest.mark.parametrize("name", RINGS)
def test_no_coordinates_make_the_boundaries_fail(arrive, name):
    whole = (
        drawn({"type": "Polygon", "coordinates": "HERE"}).decode().replace('"HERE"', RINGS[name])
    )
    assert len(arrive({"lsoa.geojson": whole.encode()})[1]) == 1


@shared
@given(st.data())
def test_no_bytes_make_a_file_of_places_fail(tmp_path, data):
    name = data.draw(st.sampled_from(PLACES))
    good = {
        "lookup.csv": lines(HEAD, ROW, ROW),
        "population.csv": lines(PEOPLE, "E1,Anytown,x,5,6"),
    }
    content = bytearray(good.get(name, drawn({"type": "Polygon", "coordinates": SQUARE})))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path, problems = tmp_path / name, []
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    found = read_places({name: path}, "2016-11", problems)
    used = any([found.areas, found.residents, found.small, found.large])
    assert problems or used
    assert all(str(problem).isprintable() and "\n" not in str(problem) for problem in problems)


# --- Boundaries in other systems and formats

# the first small area of the file shipped, as the ONS places it in both systems
GRID, DEGREES = (247552, 60231), (-4.14743, 50.42208)
BNG, MERCATOR = "urn:ogc:def:crs:EPSG::27700", "urn:ogc:def:crs:EPSG::3857"


def square(x: float, y: float, half: float, system: str = "", name: str = "Anytown 003A") -> bytes:
    """GeoJSON of one small area, a square around a point."""
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    ring = [[x + half * across, y + half * up] for across, up in corners]
    whole = json.loads(drawn({"type": "Polygon", "coordinates": [ring]}))
    whole["features"][0]["properties"]["LSOA11NM"] = name
    whole |= {"crs": {"type": "name", "properties": {"name": system}}} if system else {}
    return json.dumps(whole).encode()


def middle(found) -> list[float]:
    [ring] = found.small["LSOA11CD"]["E01015023"]
    return pytest.approx(ring[:-1].mean(axis=0), abs=1e-4)  # ten metres


@pytest.mark.parametrize("system", [BNG, ""], ids=["said", "not said"])
def test_boundaries_in_british_national_grid_are_in_degrees(arrive, system):
    found, told = arrive({"lsoa.geojson": square(*GRID, 50, system)})
    assert (told, DEGREES) == ([], middle(found))


def test_boundaries_in_web_mercator_are_converted_where_the_file_says_so(arrive):
    x, y = (math.radians(degrees) for degrees in DEGREES)
    x, y = 6_378_137 * x, 6_378_137 * math.log(math.tan(math.pi / 4 + y / 2))
    found, told = arrive({"lsoa.geojson": square(x, y, 50, MERCATOR)})
    assert (told, DEGREES) == ([], middle(found))


SYSTEMS = {
    "not said": ("", "does not say which coordinate system it is in"),
    "unknown": ("urn:ogc:def:crs:EPSG::99999", "does not say which coordinate system it is in"),
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_boundaries_in_a_coordinate_system_not_known_are_refused_with_the_cure(arrive, name):
    system, mistake = SYSTEMS[name]
    assert arrive({"lsoa.geojson": square(-461689.8, 6522867.2, 50, system)})[1] == [
        f"places/lsoa.geojson: {mistake}. Cure: send them in longitude and latitude (WGS 84) or in "
        "British National Grid (EPSG:27700)."
    ]


def test_no_other_format_is_read_that_could_refer_to_other_files(tmp_path):
    path = tmp_path / "lsoa.geojson"
    path.write_text(
        f'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{REAL}/lsoa.geojson'
        "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )
    with pytest.raises(Unreadable):
        boundaries(path)


@pytest.mark.parametrize("ending", [".gpkg", ".shp.zip"])
def test_a_geopackage_and_a_zipped_shapefile_have_the_areas_of_the_geojson(tmp_path, ending):
    meta, table = pyogrio.read_arrow(f"GeoJSON:{REAL}/lsoa.geojson")
    kind = {"crs": meta["crs"], "geometry_type": "Unknown" if ending == ".gpkg" else "Polygon"}
    shapes = tmp_path / f"areas{ending}"
    pyogrio.write_arrow(table, shapes, geometry_name=table.column_names[-1], **kind)
    _, found, names = boundaries(shapes.rename(tmp_path / f"sent{shapes.suffix}"))
    _, expected, named = boundaries(REAL / "lsoa.geojson")
    assert names == named
    assert all(sorted(map(len, found[code])) == sorted(map(len, expected[code])) for code in named)


def test_only_the_areas_of_own_districts_are_kept(tmp_path):
    path = tmp_path / "areas.geojson"
    features = [
        json.loads(square(*DEGREES, 0.01, "", f"{name} 003A"))["features"][0]
        for name in ("Anytown", "Anytown Magna", "King's Lynn")
    ]
    for number, feature in enumerate(features):
        feature["properties"]["LSOA11CD"] = f"E0101502{number}"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    assert list(boundaries(path, districts=["Anytown"])[2]) == ["E01015020"]
    assert list(boundaries(path, districts=["King's Lynn"])[2]) == ["E01015022"]
    with pytest.raises(Unreadable, match="has no area in Elsewhere"):
        boundaries(path, districts=["Elsewhere"])


# --- Residents, deprivation and codes of two censuses, as they are published

RESIDENTS = lines(
    "LAD 2021 Code,LAD 2021 Name,LSOA 2021 Code,LSOA 2021 Name,Total",
    'E06000026,Anytown,E01015023,Anytown 003A,"1,805"',
    "E06000026,Anytown,E01015024,Anytown 003B,998",
    "E07000040,Othertown,E01019000,Othertown 001A,1500",
)
CODES_OF_TWO = lines(
    "LSOA11CD,LSOA11NM,LSOA21CD,LSOA21NM,LSOA21NMW,LAD22CD,LAD22NM,LAD22NMW,ObjectId",
    "E01015023,Anytown 003A,E01015023,Anytown 003A,,E06000026,Anytown,,1",
    "E01015025,Anytown 003C,E01033001,Anytown 003F,,E06000026,Anytown,,2",
    "E01015025,Anytown 003C,E01033002,Anytown 003G,,E06000026,Anytown,,3",
)
INDEX = [
    ["LSOA code (2011)", "LSOA name (2011)", "Local Authority District code (2013)",
     "Local Authority District name (2013)",
     "Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)",
     "Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOAs)"],
    ["E01015023", "Anytown 003A", "E06000026", "Anytown", 26928, 9],
    ["E01019000", "Othertown 001A", "E07000040", "Othertown", 5, 1],
]  # fmt: skip


def workbook(path: Path, **sheets: list[list]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.replace("_", " "))
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path.read_bytes()


def test_residents_by_small_area_are_of_the_year_that_the_file_is_named_for(arrive):
    found, told = arrive({"lsoa21-population-mid2022.csv": RESIDENTS})
    assert told == []
    assert found.people == {"2022": {"E01015023": 1805, "E01015024": 998, "E01019000": 1500}}


def test_residents_of_no_year_are_asked_about(arrive):
    assert arrive({"residents.csv": RESIDENTS})[1] == [
        "places/residents.csv: does not say which year's residents it counts. Cure: name the file "
        "for their year, such as residents-mid-2022.csv."
    ]


def test_residents_of_several_years_are_on_sheets_named_for_them_below_their_titles(
    arrive, tmp_path
):
    years = {
        f"Mid-{year}_LSOA_2021": [
            [f"Population estimates by small area, mid-{year}"],
            ["Source: Office for National Statistics"],
            ["LSOA 2021 Code", "LSOA 2021 Name", "Total"],
            ["E01015023", "Anytown 003A", people],
        ]
        for year, people in ((2021, 1790), (2022, 1805))
    }
    notes = {"Notes": [["These tables are revised."]]}
    found, told = arrive({"sape.xlsx": workbook(tmp_path / "x.xlsx", **notes, **years)})
    assert (told, found.people) == ([], {"2021": {"E01015023": 1790}, "2022": {"E01015023": 1805}})


def test_the_index_of_deprivation_is_read_from_its_workbook(arrive, tmp_path):
    content = workbook(tmp_path / "x.xlsx", Notes=[["See the report."]], IMD_2015=INDEX)
    found, told = arrive({"file-1.xlsx": content})
    assert (told, found.index) == ([], "2015")
    assert found.deprivation["E01015023"] == Deprived(rank=26928, decile=9, score=None)


def test_an_index_of_no_year_and_a_decile_above_ten_are_refused(arrive, tmp_path):
    assert (
        "which year's index"
        in arrive({"x.xlsx": workbook(tmp_path / "y.xlsx", Sheet1=INDEX)})[1][0]
    )
    wrong = [INDEX[0], [*INDEX[1][:5], 11]]
    [told] = arrive({"imd2015.xlsx": workbook(tmp_path / "y.xlsx", Sheet1=wrong)})[1]
    assert told.startswith("places/imd2015.xlsx, sheet 'Sheet1', row 2, column Index of Multiple ")
    assert "'11' is not a decile" in told


def test_codes_of_two_censuses_are_a_look_up_of_what_became_of_them(arrive):
    found, told = arrive({"codes.csv": CODES_OF_TWO})
    assert (told, len(found.changes)) == ([], 3)
    assert ("E01015025", "E01033002") in found.changes


def test_look_ups_of_two_censuses_stand_beside_each_other_and_two_of_one_do_not(arrive):
    files = {
        "lookup.csv": lines(HEAD, ROW),
        "old.csv": lines(HEAD.replace("LSOA21", "LSOA11"), ROW),
    }
    found, told = arrive(files)
    assert (told, [*found.lookups]) == ([], ["21", "11"])
    [told] = arrive(files | {"new.csv": lines(HEAD, ROW)})[1]
    assert told == (
        "places/new.csv: is a second file of the look-up of wards of census 21, beside "
        "'lookup.csv'. Cure: keep one of them."
    )


def test_of_a_file_of_the_whole_country_only_own_rows_take_memory(tmp_path):
    path = tmp_path / "residents-mid-2022.csv"
    head, own, *_ = RESIDENTS.decode().splitlines()
    others = [
        f'E07{n:06},Othertown,E02{n:06},Othertown {n % 1000:03}A,"1,{n % 900 + 100}"'
        for n in range(35_000)
    ]
    path.write_text("\n".join([head, own, *others]))
    problems = []
    tracemalloc.start()
    found = read_places({path.name: path}, "2016-11", problems, ["Anytown"])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (problems, found.people) == ([], {"2022": {"E01015023": 1805}})
    assert most < 6 * path.stat().st_size  # its text, and no row of another district


def test_a_row_whose_name_says_no_district_is_reported_and_not_left_out(tmp_path):
    path, problems = tmp_path / "lookup.csv", []
    path.write_bytes(lines(HEAD, ROW, ROW.replace("23,", "24,").replace("Anytown 003A", "#REF!")))
    assert list(read_places({path.name: path}, "2016-11", problems, ["Anytown"]).areas) == [
        "E01015023"
    ]
    assert ["'#REF!' is a spreadsheet error" in str(problem) for problem in problems] == [True]


def test_what_a_file_says_of_places_is_listed_in_rows(tmp_path):
    frame, problems = framework.load(ROOT / "framework.toml"), []

    def said(name: str, content: bytes) -> list[Place] | None:
        (tmp_path / name).write_bytes(content.replace(b"Anytown", b"Plymouth"))
        return listed(tmp_path / name, frame, problems)

    assert said("mid-2022.csv", RESIDENTS)[0] == Place(
        "population", "E01015023", "Plymouth 003A", "2022", 1805
    )
    assert said("codes.csv", CODES_OF_TWO)[1] == Place(
        "lookup", "E01015025", "Plymouth 003C", "", "E01033001"
    )
    rows = [[str(cell).replace("Anytown", "Plymouth") for cell in row] for row in INDEX]
    assert said("imd2015.xlsx", workbook(tmp_path / "x.xlsx", Sheet1=rows)) == [
        Place(
            "deprivation",
            "E01015023",
            "Plymouth 003A",
            "2015",
            {"rank": 26928, "decile": 9, "score": None},
        )
    ]
    [outline] = said("areas.geojson", square(*GRID, 50))
    assert (outline.kind, outline.name) == ("boundaries", "Plymouth 003A")
    assert outline.value[:2] == pytest.approx(DEGREES, abs=0.002)
    assert said("crimes.csv", b"Month,Count\n2016-11,5\n") is None
    assert said("x.geojson", b"[]") is None
    assert problems == []
