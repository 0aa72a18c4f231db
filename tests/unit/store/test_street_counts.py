"""Street files together: where they lie in a drop, each crime counted once, and the counts as they
stood.
"""

import csv
import io
import shutil
import zipfile
from collections import Counter
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from projects import ROOT
from returned import FRAMEWORK

from saferplymouth import sources
from saferplymouth.sources import archives
from saferplymouth.sources.police_uk import StreetFile, read_street, street_files
from saferplymouth.store import digests, street_counts

HEADER = "Crime ID,Month,LSOA code,LSOA name,Crime type\n"
HERE = "E01015001,Plymouth 001A"
AGAIN = "download it again from data.police.uk"
NOVEMBER = pd.Period("2016-11", "M")
ASB = "Anti-social behaviour"
PLYMOUTH_ASB = [846, 951, 956, 939, 893, 881, 891, 743]
PLYMOUTH_CRIME = [1244, 1441, 1481, 1568, 1500, 1483, 1466, 1454]


def key(number: int) -> str:
    return f"{number:016x}" + "0" * 48


def rows(month: str, *ids: int | None) -> bytes:
    """A file with one drugs offence for each Crime ID."""
    lines = (f"{'' if i is None else key(i)},{month},{HERE},Drugs\n" for i in ids)
    return (HEADER + "".join(lines)).encode()


def put(root: Path, drop: str, month: str, *ids: int | None, force: str = "here") -> Path:
    path = root / "data/raw" / drop / f"{month}-{force}-street.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(rows(month, *ids))
    return path


def zipped(path: Path, members: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", packing, compresslevel=1) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return path


def stood(root: Path, upto: str = "2016-11") -> street_counts.StreetCounts:
    street_counts.refresh(root, pd.Period(upto, "M"))
    return street_counts.as_it_stood(root, pd.Period(upto, "M"))


def monthly(found: street_counts.StreetCounts) -> dict[tuple[str, str], int]:
    counts = found.cells.groupby(["month", "force"], observed=True)["count"].sum()
    return {pair: int(count) for pair, count in counts.items()}


def refusal(root: Path) -> list[str]:
    with pytest.raises(sources.Refused) as refused:
        street_counts.refresh(root, NOVEMBER)
    return [str(problem) for problem in refused.value.problems]


@pytest.fixture(scope="module")
def real(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("real")
    for path in (ROOT / "data/raw").glob("*/*-street.csv"):
        (root / "data/raw" / path.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, root / "data/raw" / path.parent.name)
    return root


def test_the_eleven_months_are_counted_as_the_standard_library_counts_them(real):
    by_hand, met, read = Counter(), set(), Counter()
    for path in sorted(real.glob("data/raw/*/*-street.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                read[row["Month"]] += 1
                if not row["Crime ID"] or row["Crime ID"] not in met:
                    met.add(row["Crime ID"])
                    by_hand[
                        row["Month"], row["LSOA name"].rpartition(" ")[0], row["Crime type"]
                    ] += 1
    found = stood(real)
    counts = found.cells.groupby(["month", "district", "type"], observed=True)["count"].sum()
    assert {names: count for names, count in counts.items() if count} == by_hand
    assert dict(zip(found.files["month"], found.files["read"], strict=True)) == read
    assert list(found.files["received"]) == list(found.files["month"])


def test_plymouth_has_the_totals_known_for_april_to_november_2016(real):
    cells = stood(real).cells
    months = pd.period_range("2016-04", "2016-11", freq="M").astype(str)
    local = cells[(cells["district"] == "Plymouth") & cells["month"].isin(months)].astype(
        {"month": str}
    )
    asb = local["type"] == ASB
    assert list(local[asb].groupby("month")["count"].sum()) == PLYMOUTH_ASB
    assert list(local[~asb].groupby("month")["count"].sum()) == PLYMOUTH_CRIME


def test_a_crime_without_a_place_counts_for_the_force_and_for_no_district(real):
    found = stood(real)
    nowhere = found.cells[found.cells["district"] == ""]
    assert nowhere["count"].sum() == 4995
    assert set(nowhere["lsoa"]) == set(nowhere["name"]) == {""}
    assert ASB not in set(nowhere["type"])
    assert found.cells["count"].sum() == 117_137
    assert (
        found.files["read"].sum(),
        found.files["repeated"].sum(),
        found.files["again"].sum(),
    ) == (117_138, 1, 0)


def test_a_crime_published_again_in_a_later_month_or_by_another_force_counts_once(tmp_path):
    put(tmp_path, "2016-09", "2016-09", 1, 2, None, force="there")
    put(tmp_path, "2016-10", "2016-10", 2, 3, 3, None, force="there")
    put(tmp_path, "2016-10", "2016-10", 1, 3, 4, force="here")
    found = stood(tmp_path)
    assert monthly(found) == {
        ("2016-09", "there"): 3,
        ("2016-10", "here"): 2,
        ("2016-10", "there"): 1,
    }
    assert found.files.drop(columns="source").values.tolist() == [
        ["2016-09", "there", "2016-09", 3, 3, 0, 0],
        ["2016-10", "here", "2016-10", 3, 2, 0, 1],
        ["2016-10", "there", "2016-10", 4, 1, 1, 2],
    ]


def test_a_cell_whose_every_crime_counts_elsewhere_is_not_there(tmp_path):
    put(tmp_path, "2016-10", "2016-10", 1)
    put(tmp_path, "2016-11", "2016-11", 1)
    assert list(stood(tmp_path).cells["month"]) == ["2016-10"]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.lists(st.none() | st.integers(0, 12), min_size=1, max_size=8), min_size=1, max_size=6
    )
)
def test_any_files_together_count_each_id_once_and_each_row_without(contents):
    class Held:
        def __init__(self, content: bytes):
            self.open = lambda name: io.BytesIO(content)

    names = [(f"2016-{number // 2 + 1:02d}", "ab"[number % 2]) for number in range(len(contents))]
    tables, told = [], []
    for (month, force), ids in zip(names, contents, strict=True):
        file = StreetFile("", month, force, Path(), Held(rows(month, *ids)))
        tables.append(read_street(file, told))
    files = pd.DataFrame(
        [(*name, "", "") for name in names], columns=["month", "force", "source", "received"]
    )
    found = street_counts.combine(tables, files)
    met, expected = set(), {}
    for name, ids in zip(names, contents, strict=True):
        expected[name] = sum(i is None for i in ids) + len(set(ids) - met - {None})
        met |= set(ids)
    assert told == []
    assert list(found.files["counted"]) == list(expected.values())
    assert monthly(found) == {name: count for name, count in expected.items() if count}


def test_a_month_downloaded_again_replaces_the_earlier_file_in_later_editions_only(tmp_path):
    put(tmp_path, "2016-10", "2016-10", 1, 2)
    put(tmp_path, "2016-11", "2016-10", 2, 3, 4)
    assert monthly(stood(tmp_path)) == {("2016-10", "here"): 3}
    assert list(stood(tmp_path).files["received"]) == ["2016-11"]
    assert monthly(stood(tmp_path, "2016-10")) == {("2016-10", "here"): 2}
    assert monthly(street_counts.as_it_stood(tmp_path, NOVEMBER)) == {("2016-10", "here"): 3}


def test_only_files_that_changed_are_read_again(tmp_path, monkeypatch):
    put(tmp_path, "2016-10", "2016-10", 1)
    put(tmp_path, "2016-11", "2016-11", 2)
    zipped(
        tmp_path / "data/raw/2016-11/a.zip", {"2016-09/2016-09-here-street.csv": rows("2016-09", 3)}
    )
    looked = []
    monkeypatch.setattr(
        street_counts, "read_street", lambda f, p: looked.append(f.source) or read_street(f, p)
    )
    stood(tmp_path)
    assert sorted(looked) == [
        "2016-10-here-street.csv",
        "2016-11-here-street.csv",
        "a.zip/2016-09/2016-09-here-street.csv",
    ]
    looked.clear()
    put(tmp_path, "2016-10", "2016-10", 1, 5)
    assert monthly(stood(tmp_path)) == {
        ("2016-09", "here"): 1,
        ("2016-10", "here"): 2,
        ("2016-11", "here"): 1,
    }
    assert looked == ["2016-10-here-street.csv"]


def test_what_no_drop_holds_any_more_is_forgotten_and_other_files_are_left(tmp_path):
    gone = put(tmp_path, "2016-10", "2016-10", 1)
    put(tmp_path, "2016-11", "2016-11", 2)
    stood(tmp_path)
    other = tmp_path / street_counts.FOLDER / "2016-11.cells.parquet"
    other.write_bytes(b"another's")
    gone.unlink()
    stood(tmp_path, "2016-10")
    assert len(list(other.parent.glob("*.parquet"))) == 4
    assert monthly(stood(tmp_path)) == {("2016-11", "here"): 1}
    assert (
        len([path for path in other.parent.iterdir() if street_counts.KEPT.fullmatch(path.stem)])
        == 1
    )
    assert other.exists()


def test_what_was_kept_and_is_damaged_is_read_again(tmp_path):
    put(tmp_path, "2016-11", "2016-11", 1, 2)
    whole = monthly(stood(tmp_path))
    for path in (tmp_path / street_counts.FOLDER).iterdir():
        path.write_bytes(path.read_bytes()[:-9])
        assert monthly(stood(tmp_path)) == whole
    assert all(pq.read_metadata(path) for path in (tmp_path / street_counts.FOLDER).iterdir())


def test_with_a_problem_in_any_file_nothing_is_written_and_all_are_told(tmp_path):
    put(tmp_path, "2016-09", "2016-09", 1)
    put(tmp_path, "2016-10", "2016-10").write_bytes(b"")
    put(tmp_path, "2016-11", "2016-11", None).write_bytes(rows("2016-10", 1))
    zipped(tmp_path / "data/raw/2016-11/a.zip", {})
    assert refusal(tmp_path) == [
        "2016-11/a.zip: contains no street files. Cure: download it with crime data included, or move "
        "it out of the drop.",
        f"2016-10/2016-10-here-street.csv: is empty. Cure: {AGAIN}.",
        "2016-11/2016-11-here-street.csv, row 2, column Month: '2016-10' is not the month in the "
        "file's name. "
        f"Cure: {AGAIN}, and do not rename it.",
    ]
    assert not list((tmp_path / "data/processed").rglob("*.parquet"))


def test_files_as_unzipped_into_folders_and_a_zip_in_capitals_are_read_as_they_are(tmp_path):
    drop = tmp_path / "data/raw/2016-11"
    for month, number in (("2016-10", 1), ("2016-11", 2)):
        put(tmp_path, f"2016-11/0123abc/{month}", month, number)
    (drop / "0123abc/2016-11/2016-11-here-outcomes.csv").write_bytes(b"not read")
    (drop / "0123abc/2016-11/._2016-11-here-street.csv").write_bytes(b"clutter")
    zipped(drop / "A.ZIP", {"2016-09/2016-09-here-street.csv": rows("2016-09", 3)})
    found = stood(tmp_path)
    assert monthly(found) == dict.fromkeys([(f"2016-{m:02d}", "here") for m in (9, 10, 11)], 1)
    assert list(found.files["source"]) == [
        "A.ZIP/2016-09/2016-09-here-street.csv",
        "0123abc/2016-10/2016-10-here-street.csv",
        "0123abc/2016-11/2016-11-here-street.csv",
    ]
    raw = tmp_path / "data/raw"
    assert sources.read(raw, NOVEMBER, FRAMEWORK).problems == ()
    assert "2016-11/0123abc/2016-10/2016-10-here-street.csv" in sources.digest(
        raw, NOVEMBER, digests.sha256
    )


def test_a_project_without_street_files_has_none_and_writes_nothing(tmp_path):
    (tmp_path / "data/raw/2016-11/returns").mkdir(parents=True)
    found = stood(tmp_path)
    assert (len(found.cells), len(found.files)) == (0, 0)
    assert list(found.cells) == ["month", "force", "lsoa", "name", "district", "type", "count"]
    assert not (tmp_path / "data/processed").exists()


def test_a_zip_as_downloaded_gives_what_its_files_give(real, tmp_path):
    members = {
        f"{p.name[:7]}/{p.name}": p.read_bytes()
        for p in sorted(real.glob("data/raw/*/*-street.csv"))
    }
    others = {
        name.replace("-street", kind): b"x"
        for name in members
        for kind in ("-outcomes", "-stop-and-search")
    }
    zipped(
        tmp_path / "data/raw/2016-11/0123abc.zip",
        members | others | {"__MACOSX/._2016-11-x-street.csv": b"x"},
    )
    found, plain = stood(tmp_path), stood(real)
    pd.testing.assert_frame_equal(found.cells, plain.cells)
    columns = ["month", "force", "read", "counted", "repeated", "again"]
    pd.testing.assert_frame_equal(found.files[columns], plain.files[columns])
    assert found.files["source"][0] == "0123abc.zip/2016-01/2016-01-devon-and-cornwall-street.csv"
    assert set(found.files["received"]) == {"2016-11"}


MEMBER = "2016-11/2016-11-here-street.csv"
SPOILT = {
    "is no zip": (lambda whole: b"no zip", "cannot be opened as a zip", AGAIN),
    "is cut": (lambda whole: whole[:-30], "cannot be opened as a zip", AGAIN),
    "has a password": (
        lambda whole: locked(whole),
        "is protected by a password",
        "use the zip as downloaded, without a password",
    ),
}


def locked(whole: bytes) -> bytes:
    """The zip with its members marked as encrypted."""
    at = whole.index(b"PK\x01\x02")
    return whole[:6] + b"\x01" + whole[7 : at + 8] + b"\x01" + whole[at + 9 :]


@pytest.mark.parametrize("name", SPOILT)
def test_a_zip_that_cannot_be_read_is_refused(tmp_path, name):
    spoil, mistake, cure = SPOILT[name]
    path = zipped(tmp_path / "data/raw/2016-11/a.zip", {MEMBER: rows("2016-11", 1)})
    path.write_bytes(spoil(path.read_bytes()))
    assert refusal(tmp_path) == [f"2016-11/a.zip: {mistake}. Cure: {cure}."]


WRONG = {
    "no street file": ({"2016-11/2016-11-here-outcomes.csv": b"x"}, "contains no street files"),
    "a bomb": ({MEMBER: bytes(5_000_000)}, "would unpack to 5 MB"),
    "a way out": (
        {"../2016-11-here-street.csv": b"x"},
        "contains a file with a path outside the zip",
    ),
    "from the root": (
        {"/etc/2016-11-here-street.csv": b"x"},
        "contains a file with a path outside the zip",
    ),
    "another name": (
        {"2016-11/here-street.csv": b"x"},
        "'here-street.csv' does not name a month and a force",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_zip_that_is_not_what_is_downloaded_is_refused_and_never_unpacked(tmp_path, name):
    members, mistake = WRONG[name]
    zipped(tmp_path / "data/raw/2016-11/a.zip", members)
    before = sorted(tmp_path.rglob("*"))
    [told] = refusal(tmp_path)
    assert mistake in told
    assert sorted(tmp_path.rglob("*")) == before


def test_a_zip_is_refused_that_is_too_large_or_packed_otherwise_or_changed_inside(
    tmp_path, monkeypatch
):
    drop = tmp_path / "data/raw/2016-11"
    zipped(drop / "a.zip", {MEMBER: rows("2016-11", 1)}, zipfile.ZIP_LZMA)
    assert "is compressed in an unusual way" in refusal(tmp_path)[0]
    path = zipped(drop / "a.zip", {MEMBER: rows("2016-11", 1, 2)}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(key(2).encode(), key(3).encode()))
    assert refusal(tmp_path) == [
        f"2016-11/a.zip/{MEMBER}: cannot be read to the end. Cure: {AGAIN}."
    ]
    monkeypatch.setattr(archives, "LARGEST_UNPACKED", 100)
    assert "would unpack to 0 MB" in refusal(tmp_path)[0]


def test_limits_let_three_years_of_every_force_pass():
    assert archives.LARGEST_UNPACKED > 5e9


def test_one_month_and_force_twice_or_still_to_come_or_misnamed_is_refused(tmp_path):
    put(tmp_path, "2016-10", "2016-11", 1)
    put(tmp_path, "2016-11", "2016-11", 1)
    zipped(tmp_path / "data/raw/2016-11/a.zip", {MEMBER: rows("2016-11", 1)})
    (tmp_path / "data/raw/2016-11/x-street.csv").mkdir()
    (tmp_path / "data/raw/2016-11/2016-13-here-street.csv").write_bytes(b"")
    (tmp_path / "data/raw/2016-11/2016-10-loop-street.csv").symlink_to("2016-10-loop-street.csv")
    name = "name it as downloaded, such as 2016-11-west-midlands-street.csv"
    assert refusal(tmp_path) == [
        "2016-10/2016-11-here-street.csv: is for 2016-11, which is later than its drop. "
        "Cure: move it to the drop of 2016-11 or a later one.",
        f"2016-11/2016-10-loop-street.csv: cannot be read. Cure: {AGAIN}, or check its permissions.",
        f"2016-11/2016-13-here-street.csv: '2016-13-here-street.csv' does not name a month and a force. "
        f"Cure: {name}.",
        "2016-11/x-street.csv: is not a file. Cure: put the file itself here.",
        f"2016-11/a.zip/{MEMBER}: is for the same month and force as 2016-11-here-street.csv. "
        f"Cure: keep one of them.",
    ]


@settings(deadline=None)
@given(st.data())
def test_no_bytes_of_a_zip_make_it_fail(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("zip") / "2016-11"
    path = zipped(folder / "a.zip", {MEMBER: rows("2016-11", *range(9))})
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    problems = []
    tables = [read_street(file, problems) for file in street_files(folder, problems)]
    assert problems or [sum(table["rows"].to_pylist()) for table in tables] == [9]
