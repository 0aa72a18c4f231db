"""The bundle for a freedom of information request: every published table, and nothing that was not
published.
"""

import csv
import hashlib
import io
import json
import zipfile

import pytest
import tiny

from saferplymouth.editions import foi
from saferplymouth.pages import columns
from saferplymouth.store.manifest import manifest


@pytest.fixture
def root(tmp_path):
    root = tiny.project(tmp_path, "alpha", "beta")
    tiny.pretend(root)
    return root


def unpacked(path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_it_holds_every_table_as_published_with_checksums_that_hold(root):
    files = unpacked(foi.bundle(root, "2016-04"))
    place = root / "outputs/2016-04"
    tables = {
        path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*.csv")
    }
    assert {name: content for name, content in files.items() if name.startswith("data/")} == tables
    assert files.keys() == {*tables, "definitions.csv", "README.txt", "SHA256SUMS"}
    sums = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].decode().splitlines())
    assert sums.keys() == files.keys() - {"SHA256SUMS"}
    assert all(hashlib.sha256(files[name]).hexdigest() == digest for name, digest in sums.items())


def test_every_table_of_an_indicator_is_defined(root):
    rows = csv.DictReader(
        io.StringIO(unpacked(foi.bundle(root, "2016-04"))["definitions.csv"].decode())
    )
    said = {(row["table"], row["term"]): row["meaning"] for row in rows}
    assert said["data/alpha.csv", "definition"] == "Things."
    assert said["data/beta.csv", "agency"] == "Police"
    meant = "hidden because it would reveal a small count, or its sender hides it"
    assert said["every table", "[c]"] == meant


def test_the_words_beside_the_tables_say_no_more_than_is_true_of_them(root):
    assert (
        "Each indicator's table gives the period of every figure"
        in unpacked(foi.bundle(root, "2016-04"))["README.txt"].decode()
    )
    said = columns.meanings("districts", ["type", "period", "count", "rate"])
    assert "less 2016-06" in said["period"]
    assert "anti-social behaviour" in said["type"]
    assert "incidents" in said["count"]


def test_the_tables_of_places_say_what_they_were_counted_from_and_on_what_terms(root):
    made = manifest(root / "outputs/2016-04")
    said = foi._about(
        made, {"data/alpha.csv": b"", "data/districts.csv": b"", "data/neighbourhoods.csv": b""}
    ).decode()
    counted = (
        "data/districts.csv and data/neighbourhoods.csv: counted from the street-level crime "
        "files of data.police.uk"
    )
    assert counted in said
    assert "Open Government Licence" in said
    assert "street-level" not in foi._about(made, {"data/alpha.csv": b""}).decode()


def test_the_same_edition_gives_the_same_bytes(root):
    first = foi.bundle(root, "2016-04").read_bytes()
    assert foi.bundle(root, "2016-04").read_bytes() == first


def test_a_table_that_is_not_as_it_was_published_is_refused(root):
    (root / "outputs/2016-04/data/alpha.csv").write_text("another")
    with pytest.raises(
        foi.NotPublished, match=r"data/alpha.csv does not match edition.json; build it again"
    ):
        foi.bundle(root, "2016-04")
    assert not (root / "outputs/foi").exists()


def test_without_an_edition_there_is_nothing_to_bundle(root):
    other = "name a month or a quarter"
    for name, cure in (("2016-05", "build it first"), ("../2016-04", other), ("partial", other)):
        ran = tiny.told(root, "foi", name)
        assert (ran.returncode, f"there is no edition {name}; {cure}" in ran.stderr) == (2, True)


def test_a_final_edition_is_bundled_with_the_definitions_it_was_built_with(tmp_path):
    root = tiny.project(tmp_path, "alpha")
    tiny.pretend(root, final=True)
    before = foi.bundle(root, "2016-04").read_bytes()
    frame = (root / "framework.toml").read_text()
    (root / "framework.toml").write_text(
        frame.replace('definition = "Things."', 'definition = "Other things."')
    )
    assert foi.bundle(root, "2016-04").read_bytes() == before


def test_an_edition_of_an_earlier_suite_is_bundled_after_the_cure_that_it_tells(tmp_path):
    root = tiny.project(tmp_path, "alpha")
    tiny.pretend(root, final=True)
    before = foi.bundle(root, "2016-04").read_bytes()
    manifest = root / "outputs/2016-04/edition.json"
    made = json.loads(manifest.read_bytes())
    del made["definitions"]
    manifest.write_text(json.dumps(made))
    with pytest.raises(
        foi.NotPublished, match=r"kept no definitions; .* with: saferplymouth run 2016-04"
    ):
        foi.bundle(root, "2016-04")
    assert tiny.told(root, "run", "2016-04").returncode == 0
    assert foi.bundle(root, "2016-04").read_bytes() == before
