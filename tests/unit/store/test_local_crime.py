"""Street files as the pages need them: each small area in its neighbourhood, for any force and any
framework.

Here too is Anytown, a made-up city with street files of its own, and this project with its eleven
real months; tests of the gap, the pages on places and data quality share both.
"""

import csv
import json
import shutil
from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest
import tiny
from anytown import (
    AREAS,
    ASB,
    DRUGS,
    ELSEWHERE,
    FRAME,
    NOVEMBER,
    NOWHERE,
    PARTS,
    USUAL,
    anytown,
    asked,
    built_anytown,
    code,
    gather,
    look_up,
    page,
    real_project,
    real_rows,
    street,
    text,
)
from projects import ROOT

from saferplymouth import DataQuality, Districts, Neighbourhoods, framework, sources
from saferplymouth.store import local_crime, places

pytestmark = pytest.mark.xdist_group("places")


# --- Where a small area lies


def test_the_eleven_months_lie_in_the_neighbourhoods_and_wards_that_the_look_up_gives(real):
    rows = csv.DictReader(
        (ROOT / "data/raw/2016-01/places/lookup.csv").read_text(encoding="utf-8").splitlines()
    )
    where = {row["LSOA11CD"]: (row["MSOA_name_HoC"], row["WDNM"]) for row in rows}
    by_hand = Counter(
        (row["Month"], *where[row["LSOA code"]], row["Crime type"])
        for row in real_rows()
        if row["district"] == "Plymouth"
    )
    counts = real.local.groupby(["month", "neighbourhood", "ward", "type"])["count"].sum()
    assert {key: count for key, count in counts.items() if count} == by_hand
    assert sum(by_hand.values()) == 24_831
    assert len(real.areas) == 161
    assert (
        real.areas_without_neighbourhood,
        real.strange_types,
        real.people("2016")[1].notna().all(),
    ) == (
        [],
        [],
        False,
    )
    assert [str(month) for month in real.months] == [f"2016-{n:02d}" for n in range(1, 12)]


def test_a_small_area_of_another_census_lies_where_its_name_says(tmp_path):
    """ "Anytown 002D" is new: two of three areas of its neighbourhood are in Hill."""
    root = anytown(
        tmp_path, {"2016-11": [*USUAL, ("Anytown 002D", DRUGS, 7), ("Anytown 003F", ASB, 1)]}
    )
    local = gather(root).local.set_index("name")
    assert tuple(local.loc["Anytown 002D", ["neighbourhood", "ward", "count"]]) == (
        "New Town",
        "Hill",
        7,
    )
    assert tuple(local.loc["Anytown 003F", ["neighbourhood", "ward", "count"]]) == (
        "Mill End",
        "Meadow",
        1,
    )
    assert gather(root).areas_without_neighbourhood == []
    assert code("Anytown 002D") not in gather(root).areas.index


def test_a_small_area_whose_name_is_in_no_neighbourhood_counts_in_the_city_and_is_told(tmp_path):
    root = anytown(tmp_path, {"2016-04": [*USUAL, ("Anytown 009A", DRUGS, 7)]})
    found = gather(root)
    assert found.areas_without_neighbourhood == ["Anytown 009A"]
    assert found.local["count"].sum() == 60 + 20 + 7
    shown = text(Neighbourhoods("2016-04", root).map().html)
    assert (
        "The look-up has no neighbourhood for Anytown 009A. Their incidents count only in the "
        "total." in shown
    )
    assert "The look-up has no neighbourhood for Anytown 009A. Is there a later look-up?" in asked(
        root, "2016-04"
    )


def test_a_code_that_keeps_its_place_and_changes_its_name_lies_where_the_look_up_has_it(tmp_path):
    root = anytown(tmp_path, {"2016-11": USUAL})
    path = root / "data/raw/2016-11/2016-11-anyshire-street.csv"
    tiny.put(path, path.read_text().replace("Anytown 002A", "Anytown 009A"))
    local = gather(root).local
    assert set(local.loc[local["name"] == "Anytown 009A", "neighbourhood"]) == {"New Town"}


def test_without_a_look_up_a_neighbourhood_is_what_the_names_of_its_areas_begin_with(tmp_path):
    found = gather(anytown(tmp_path, {"2016-11": USUAL}, places={}))
    assert set(found.areas["name"]) == set(AREAS)
    assert set(found.areas["neighbourhood"]) == {"Anytown 001", "Anytown 002", "Anytown 003"}
    assert set(found.areas["ward"]) == {""}
    assert found.local.groupby("neighbourhood")["count"].sum().to_dict() == {
        "Anytown 001": 2 * 5 + 30,
        "Anytown 002": 3 * 5,
        "Anytown 003": 5 * 5,
    }
    assert found.neighbourhood_names["Anytown 001"] == "Anytown 001"
    assert (found.areas_without_neighbourhood, found.people("2016")[1].notna().all()) == ([], False)


def test_a_neighbourhood_is_named_with_its_wards(tmp_path):
    found = gather(anytown(tmp_path, {"2016-11": USUAL}))
    assert found.neighbourhood_names == {
        "Old Quay": "Old Quay (Harbour)",
        "New Town": "New Town (Hill; Meadow)",
        "Mill End": "Mill End (Meadow)",
    }


def test_a_look_up_of_a_whole_county_gives_the_city_its_own_areas_only(tmp_path):
    wide = AREAS | {"Othertown 001A": ("Far Side", "Moor")}
    found = gather(anytown(tmp_path, {"2016-11": USUAL}, places={"lookup.csv": look_up(wide)}))
    assert set(found.areas["name"]) == set(AREAS)


# --- Rows that are in no district, or in another's


def test_a_row_without_a_place_is_in_no_district_and_counts_for_the_force(tmp_path):
    found = gather(anytown(tmp_path, {"2016-11": USUAL}))
    nowhere = found.cells[found.cells["district"] == ""]
    assert (nowhere["count"].sum(), set(nowhere["lsoa"]), set(nowhere["name"])) == (4, {""}, {""})
    assert found.cells["count"].sum() == 60 + 20 + 67 + 4
    assert found.local["count"].sum() == 60 + 20


def test_a_foreign_small_area_is_in_its_own_district_and_in_none_of_the_city_s(tmp_path):
    root = anytown(tmp_path, {"2016-11": [*USUAL, ("Wandsworth 002B", DRUGS, 2)]})
    found = gather(root)
    foreign = found.cells[found.cells["district"] == "Wandsworth"]
    assert foreign[["lsoa", "name", "count"]].values.tolist() == [["", "", 2]]
    assert "Wandsworth" not in set(found.areas["name"]) | set(found.local["district"])
    assert "Wandsworth" not in Districts("2016-11", root).source().csv
    assert found.files["counted"].sum() == 60 + 20 + 67 + 4 + 2


def test_elsewhere_in_the_force_only_districts_are_kept(real):
    away = real.cells[real.cells["district"] != "Plymouth"]
    assert set(away["lsoa"]) == set(away["name"]) == {""}
    by_hand = Counter(
        (r["Month"], r["district"], r["Crime type"])
        for r in real_rows()
        if r["district"] != "Plymouth"
    )
    assert away.groupby(["month", "district", "type"])["count"].sum().to_dict() == by_hand


def test_types_of_crime_not_known_before_count_and_are_told(tmp_path):
    rows = [*USUAL, ("Anytown 001A", "Piracy", 2), ("Anytown 001A", "Violent crime", 3)]
    root = anytown(tmp_path, {"2016-11": rows})
    assert gather(root).strange_types == ["Piracy"]
    assert gather(root).local["count"].sum() == 85
    assert "The street files have new types of crime: Piracy. They are counted." in asked(
        root, "2016-11"
    )


@pytest.mark.parametrize(
    ("said", "strange", "unseen"), [("Piracy", [], []), ("Piracies", ["Piracy"], ["Piracies"])]
)
def test_a_type_said_to_be_new_is_known_and_asked_about_where_no_file_has_it(
    tmp_path, said, strange, unseen
):
    frame = FRAME.replace(
        "[street]", f'[street]\nnew_types = ["{said}"]\nsensitive_types = ["{said}"]'
    )
    root = anytown(tmp_path, {"2016-11": [*USUAL, ("Anytown 001A", "Piracy", 2)]}, frame=frame)
    assert (gather(root).strange_types, gather(root).unseen_types) == (strange, unseen)
    assert ("has the new types of crime Piracies." in asked(root, "2016-11")) == bool(unseen)


# --- Which files


def test_no_file_of_the_force_gives_no_ground(tmp_path):
    assert gather(anytown(tmp_path / "other", {"2016-11": USUAL}, force="othershire")) is None
    tiny.put(tmp_path / "none/framework.toml", FRAME)
    tiny.put(
        tmp_path / "none/data/raw/2016-11/returns/police.csv",
        "indicator,period,value\noverall_crime,2016-11,5\n",
    )
    assert gather(tmp_path / "none") is None


def test_files_of_other_forces_are_accounted_for_and_on_no_page(tmp_path):
    root = anytown(tmp_path, {"2016-11": USUAL})
    other = street(
        "2016-11", [("Fartown 001A", DRUGS, 9), ("Anytown 001A", DRUGS, 5)], first=10_000
    )
    tiny.put(root / "data/raw/2016-11/2016-11-othershire-street.csv", other)
    found = gather(root)
    assert list(zip(found.files["force"], found.files["read"], strict=True)) == [
        ("anyshire", 151),
        ("othershire", 14),
    ]
    assert found.local["count"].sum() == 80
    assert "Fartown" not in set(found.cells["district"])


def test_a_month_published_late_is_there_from_the_drop_it_came_in(tmp_path):
    months = dict.fromkeys(["2016-08", "2016-09", "2016-10", "2016-11"], USUAL)
    root = anytown(tmp_path, months, drops={"2016-09": "2016-11"})
    assert [str(m) for m in gather(root, "2016-10").months] == ["2016-08", "2016-10"]
    assert [str(m) for m in gather(root, "2016-11").months] == list(months)
    assert gather(root, "2016-09").months.astype(str).tolist() == ["2016-08"]
    files = gather(root).files.set_index("month")
    assert files["received"].to_dict() == {m: "2016-11" if m == "2016-09" else m for m in months}


def test_a_month_sent_again_is_another_from_that_drop_on(tmp_path):
    root = anytown(tmp_path, {"2016-10": USUAL, "2016-11": USUAL})
    again = root / "data/raw/2016-11/2016-10-anyshire-street.csv"
    tiny.put(again, street("2016-10", [*USUAL, ("Anytown 003A", DRUGS, 5)]))
    october = {
        m: gather(root, m).local.query("month == '2016-10'")["count"].sum()
        for m in ("2016-10", "2016-11")
    }
    assert october == {"2016-10": 80, "2016-11": 85}


def test_the_year_to_a_month_holds_the_months_with_a_file_from_its_opening(real):
    calendar = framework.load(ROOT / "framework.toml").calendar
    assert [str(m) for m in real.year_to(NOVEMBER, calendar)] == [
        f"2016-{n:02d}" for n in range(4, 12)
    ]
    assert [str(m) for m in real.year_to(pd.Period("2016-03", "M"), calendar)] == [
        "2016-01",
        "2016-02",
        "2016-03",
    ]
    assert len(real.year_to(pd.Period("2015-12", "M"), calendar)) == 0


def test_what_a_worker_is_handed_gives_the_same_ground_as_the_drops(real, base, tmp_path):
    root = real_project(base)
    for path, content in local_crime.files_for_worker(real, NOVEMBER).items():
        tiny.put(tmp_path / path, content)
    shutil.copytree(root / "data/raw/2016-01/places", tmp_path / "data/raw/2016-01/places")
    found = local_crime.gather(tmp_path, NOVEMBER, real.street)
    pd.testing.assert_frame_equal(found.cells, real.cells)
    pd.testing.assert_frame_equal(found.files, real.files)
    pd.testing.assert_frame_equal(found.local, real.local)
    assert (found.geography.areas, found.geography.received) == (
        real.geography.areas,
        real.geography.received,
    )
    assert not list(tmp_path.rglob("*-street.csv"))


def test_a_mistake_in_a_street_file_is_refused_before_anything_is_counted(tmp_path):
    root = anytown(tmp_path, {"2016-11": USUAL})
    tiny.put(root / "data/raw/2016-11/2016-11-anyshire-street.csv", "no table")
    with pytest.raises(sources.Refused, match=r"2016-11/2016-11-anyshire-street\.csv"):
        gather(root)


# --- Another force, another framework


def test_another_force_and_city_come_out_of_the_framework_alone(tmp_path):
    """The name, the area and the force of this very framework are changed, and no word of code."""
    frame = (ROOT / "framework.toml").read_text(encoding="utf-8")
    for was, now in (
        ("Safer Plymouth", "Safer Anytown"),
        ("Plymouth", "Anytown"),
        ("Devon and Cornwall", "Anyshire"),
    ):
        frame = frame.replace(was, now)
    root = anytown(tmp_path, {"2016-04": USUAL}, frame=frame)
    (root / "data/raw/2016-04/returns/police.csv").unlink()
    shown = {room: page(room, root, "2016-04") for room in PARTS}
    for content in shown.values():
        assert "Plymouth" not in content
        assert "Devon and" not in content
    assert "Where recorded crime in Anytown happens" in shown[Neighbourhoods]
    assert "How Anytown compares with the other districts in the force" in shown[Districts]


def test_the_whole_edition_of_another_city_names_it_and_never_plymouth(base):
    edition = built_anytown(base)
    made = tiny.whole(edition)
    assert set(made["areas"]) == {
        "board_summary",
        "overall_crime",
        "neighbourhoods",
        "districts",
        "data_quality",
    }
    for name, content in tiny.files(edition).items():
        if name.endswith((".html", ".csv")):
            assert b"Plymouth" not in content, name
            assert b"Devon" not in content, name
        if name.endswith(".html"):
            assert b"Safer Anytown" in content, name
    assert (
        b"Where recorded crime in Anytown happens" in (edition / "neighbourhoods.html").read_bytes()
    )


@pytest.mark.parametrize(
    ("force", "name"),
    [
        ("Devon and Cornwall Police", "devon-and-cornwall"),
        ("Devon & Cornwall Constabulary", "devon-and-cornwall"),
        ("Avon and Somerset Constabulary", "avon-and-somerset"),
        ("Metropolitan Police Service", "metropolitan"),
        ("West Midlands Police", "west-midlands"),
        ("Heddlu Dyfed-Powys Police", "heddlu-dyfed-powys"),
        ("Police Service of Northern Ireland", "northern-ireland"),
        ("City of London Police", "city-of-london"),
    ],
)
def test_a_force_s_files_are_looked_for_by_the_name_they_are_published_under(force, name):
    assert framework.values.file_name(force) == name


def test_a_city_in_two_districts_has_the_small_areas_of_both(tmp_path):
    frame = FRAME.replace("[street]", '[street]\ndistricts = ["Anytown", "Othertown"]')
    found = gather(anytown(tmp_path, {"2016-11": USUAL}, places={}, frame=frame))
    assert found.local["count"].sum() == 60 + 20 + 42
    assert "Othertown 001A" in set(found.areas["name"])
    shown = text(Neighbourhoods("2016-11", tmp_path).summary().html)
    assert "Where recorded crime in Anytown and Othertown happens" in shown


def test_a_district_that_no_file_names_has_no_page_and_is_asked_about(tmp_path):
    root = anytown(tmp_path, {"2016-04": [*ELSEWHERE, *NOWHERE]})
    assert gather(root, "2016-04").local.empty
    with pytest.raises(LookupError, match="no complete street file for 2016/17"):
        Neighbourhoods("2016-04", root)
    assert "2016-04/2016-04-anyshire-street.csv has no row in Anytown" in text(
        page(DataQuality, root, "2016-04")
    )


def test_a_district_that_neither_file_nor_look_up_names_is_asked_about(tmp_path):
    root = anytown(tmp_path, {"2016-04": [*ELSEWHERE, *NOWHERE]}, places={})
    with pytest.raises(LookupError, match="no row of the street files or a look-up is in Anytown"):
        Neighbourhoods("2016-04", root)
    assert "No row of the street files is in Anytown" in text(page(DataQuality, root, "2016-04"))


# --- Small areas of two censuses

OLDER = look_up().replace("LSOA21", "LSOA11").replace("MSOA21", "MSOA11")
SPLIT, ONE, TWO = "Anytown 001A", "Anytown 001F", "Anytown 001G"  # 001A became 001F and 001G
MERGED, BOTH = ("Anytown 002A", "Anytown 002B"), "Anytown 002F"
NOW = [*(name for name in AREAS if name not in (SPLIT, *MERGED)), ONE, TWO, BOTH]


def changes() -> str:
    pairs = [(name, name) for name in AREAS if name in NOW]
    pairs += [(SPLIT, ONE), (SPLIT, TWO), *((name, BOTH) for name in MERGED)]
    rows = [f"{code(old)},{old},{code(new)},{new}" for old, new in pairs]
    return "\n".join(["LSOA11CD,LSOA11NM,LSOA21CD,LSOA21NM", *rows]) + "\n"


def counted(people: dict[str, int]) -> str:
    rows = [f"{code(name)},{name},{count}" for name, count in people.items()]
    return "\n".join(["LSOA 2021 Code,LSOA 2021 Name,Total", *rows]) + "\n"


PEOPLE = {name: 1000 + 10 * number for number, name in enumerate(NOW)}
DECILES = {name: 1 + number % 10 for number, name in enumerate(AREAS)}
TWO_CENSUSES = {
    "lookup.csv": OLDER,
    "codes.csv": changes(),
    "mid-2022.csv": counted(PEOPLE),
    "imd2015.csv": "LSOA code (2011),LSOA name (2011),IMD Decile\n"
    + "".join(f"{code(name)},{name},{decile}\n" for name, decile in DECILES.items()),
}


def test_residents_of_a_later_census_are_those_of_its_parts_and_unknown_where_areas_became_one(
    tmp_path,
):
    at, people = gather(anytown(tmp_path, {"2016-11": USUAL}, TWO_CENSUSES)).people("2016")
    assert at == "2022"
    assert people[code(SPLIT)] == PEOPLE[ONE] + PEOPLE[TWO]
    assert people[[code(name) for name in MERGED]].isna().all()
    assert people[code("Anytown 003E")] == PEOPLE["Anytown 003E"]
    assert "How many residents have Anytown 002A and Anytown 002B?" in asked(tmp_path, "2016-11")


def test_crimes_of_a_later_census_are_in_the_area_they_were_part_of(tmp_path):
    rows = [(name, DRUGS, 3) for name in NOW]
    found = gather(anytown(tmp_path, {"2016-11": rows}, TWO_CENSUSES))
    counts = found.local.groupby("lsoa")["count"].sum()
    assert counts[code(SPLIT)] == 6
    assert set(found.local["neighbourhood"]) == {"Old Quay", "New Town", "Mill End"}
    assert code(BOTH) in counts.index  # which of two it was in is not known: its neighbourhood is
    assert found.deprivation["decile"].to_dict() == {code(n): d for n, d in DECILES.items()}


def test_the_census_of_the_street_files_is_used_and_neighbourhoods_keep_their_names(tmp_path):
    later = "LSOA21CD,LSOA21NM,WD22NM\n" + "".join(f"{code(name)},{name},Harbour\n" for name in NOW)
    both = TWO_CENSUSES | {"wards.csv": later}
    found = gather(anytown(tmp_path / "then", {"2016-11": USUAL}, both))
    assert set(found.areas.index) == {code(name) for name in AREAS}
    found = gather(anytown(tmp_path / "now", {"2016-11": [(n, DRUGS, 3) for n in NOW]}, both))
    assert set(found.areas.index) == {code(name) for name in NOW}
    assert found.areas.loc[code(ONE), "neighbourhood"] == "Old Quay"
    assert found.people("2016")[1].sum() == sum(PEOPLE.values())
    assert found.deprivation.loc[code(ONE), "decile"] == DECILES[SPLIT]
    assert code(BOTH) not in found.deprivation.index  # 002A and 002B are in different tenths


def test_what_is_kept_of_places_is_what_was_read_and_is_read_again_after_a_change(
    tmp_path, monkeypatch
):
    root, month = anytown(tmp_path, {"2016-11": USUAL}, TWO_CENSUSES), pd.Period("2016-11", "M")
    shape = {"type": "Polygon", "coordinates": [[[-4, 50], [-3.9, 50], [-3.9, 50.1], [-4, 50]]]}
    about = {"LSOA11CD": code("Anytown 001A"), "LSOA11NM": "Anytown 001A"}
    feature = {"type": "Feature", "properties": about, "geometry": shape}
    content = json.dumps({"type": "FeatureCollection", "features": [feature]})
    tiny.put(root / "data/raw/2016-11/places/areas.geojson", content)
    read = places.gather(root, month, ["Anytown"])
    with monkeypatch.context() as patched:
        patched.setattr(sources, "geography", None)
        kept = places.gather(root, month, ["Anytown"])
    shapes = [found.small["LSOA11CD"][code("Anytown 001A")][0].tolist() for found in (read, kept)]
    assert shapes[0] == shapes[1]
    others = [replace(found, small={}) for found in (read, kept)]
    assert others[0] == others[1]
    tiny.put(root / "data/raw/2016-11/places/mid-2022.csv", counted(PEOPLE | {"Anytown 003E": 7}))
    assert places.gather(root, month, ["Anytown"]).people["2022"][code("Anytown 003E")] == 7
