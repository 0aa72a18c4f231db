"""What a run keeps for the next one, in every wrong shape: it counts as not there and is written
anew.
"""

import copy
import itertools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tiny

from saferplymouth.editions import listing, publish, render, runner
from saferplymouth.store import published
from saferplymouth.store.manifest import manifest

WRONG = (None, 5, "x", [], {}, True, float("inf"), "x" * 100_000, "\ud800", -1, [[]], {"x": 5})
KEPT = [
    "outputs/2016-04",
    "outputs/index.html",
    "outputs/executed",
    "outputs/partial",
    "outputs/.lock",
]
KEPT += [
    "data/processed/2016-04.parquet",
    "data/processed/2016-03.parquet",
    "data/processed/last-run.json",
]
KEPT += ["outputs/2016-04/edition.json", "outputs/2016-04/alpha.html"]


@pytest.fixture
def root(tmp_path) -> Path:
    root = tiny.project(tmp_path / "project", "alpha")
    tiny.pretend(root)
    return root


def nodes(value: object, path: tuple = ()):
    """The path of every value within a value, its own first."""
    yield path
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, one in inner:
        yield from nodes(one, (*path, key))


def changed(made: dict, path: tuple, wrong: object) -> object:
    """The manifest with something else at `path`."""
    if not path:
        return wrong
    made, within = copy.deepcopy(made), None
    within = made
    for key in path[:-1]:
        within = within[key]
    within[path[-1]] = wrong
    return made


def test_a_manifest_with_anything_wrong_in_it_is_there_as_it_should_be_or_not_at_all(root):
    place = root / "outputs/2016-04"
    made, refused = json.loads((place / "edition.json").read_bytes()), 0
    for turn, (path, wrong) in enumerate(itertools.product(nodes(made), WRONG)):
        tiny.put(place / "edition.json", json.dumps(changed(made, path, wrong)))
        refused += manifest(place) == {}
        if (
            turn % 113 == 0
        ):  # a number that the wrong values do not divide: each of them comes by, and each depth
            for words in (["status"], ["status", "2016-04"], ["foi", "2016-04"], ["check"]):
                assert "The suite failed" not in tiny.told(root, *words).stderr, (path, wrong)
            listing.write_index(root)
            tiny.pretend(root)
            listing.write_index(root)  # which pages now lead to
            tiny.whole(place)
    assert refused > turn / 2


@pytest.mark.parametrize(
    "content",
    [b"", b"[" * 100_000, b'{"edition": ' + b"9" * 5000 + b"}"],
    ids=["empty", "deep", "huge"],
)
@pytest.mark.parametrize("name", ["outputs/2016-04/edition.json", "data/processed/last-run.json"])
def test_a_file_of_state_that_says_nothing_is_written_anew(root, name, content):
    assert tiny.told(root, "run").returncode == 0
    tiny.put(root / name, content)
    ran = tiny.told(root, "run")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads((root / name).read_bytes()).keys() >= {"said"} or tiny.whole(
        root / "outputs/2016-04"
    )


def test_whatever_stands_in_the_place_of_what_a_run_keeps_makes_way_for_it(root):
    for name, put in itertools.product(KEPT, (folder, link, file)):
        publish.tidy(root / "outputs")
        if (name, put) != ("outputs/2016-04/edition.json", link):
            put(root / name)
        tiny.pretend(root, "alpha" if "partial" in name else "", force=True)
        tiny.pretend(root, force=True)
        listing.write_index(root)
        tiny.whole(root / "outputs/2016-04")


def clear(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)


def folder(path: Path) -> None:
    clear(path)
    tiny.put(path / "junk/file", "x")


def link(path: Path) -> None:
    clear(path)
    path.parent.mkdir(exist_ok=True)
    path.symlink_to("nowhere")


def file(path: Path) -> None:
    clear(path)
    tiny.put(path, "x")


def test_a_run_whose_memory_cannot_be_written_ends_well_for_the_edition_is_in_place(root):
    folder(root / "data/processed/last-run.json")
    ran = tiny.told(root, "run")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert (root / "data/processed/last-run.json").is_file()


def test_what_ends_a_run_after_an_edition_is_in_place_is_told_with_that_edition(root, monkeypatch):
    def refuse(_):
        raise OSError(28, "No space left on device", "index.html")

    monkeypatch.setattr(listing, "write_index", refuse)
    ran = tiny.told(root, "run", "--force")
    assert ran.returncode == 1
    expected = (
        "index.html: No space left on device. Already in place: 2016-04; everything else stays as it "
        "was.\n"
    )
    assert ran.stderr == expected


def test_what_the_suite_did_not_foresee_is_a_line_and_a_traceback_only_where_one_is_asked_for(
    root, monkeypatch
):
    def fail(_):
        raise ZeroDivisionError("by nothing\nat all")

    monkeypatch.setattr(listing, "write_index", fail)
    ran = tiny.told(root, "run", "--force")
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)
    assert ran.stderr.startswith(
        "The suite failed (ZeroDivisionError: by nothing at all). Already in place: 2016-04;"
    )
    monkeypatch.setenv("SAFERPLYMOUTH_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        tiny.told(root, "run", "--force")


@pytest.fixture
def final(tmp_path) -> Path:
    """A project whose edition is final, as its pages say."""
    root = tiny.project(tmp_path / "final", "alpha")
    tiny.pretend(root, final=True)
    top = {"title": "Alpha", "status": "Final", "runs_to": {}, "corrections": []}
    top |= {"published": "2017-01-10", "published_words": "10 January 2017"}
    body = render.render(render.nbformat.v4.new_notebook(), top).encode()
    made = json.loads((root / "outputs/2016-04/edition.json").read_bytes())
    made["areas"]["alpha"]["files"]["alpha.html"] = published.sha256(body)
    tiny.put(root / "outputs/2016-04/alpha.html", body)
    tiny.put(root / "outputs/2016-04/edition.json", json.dumps(made))
    return root


@pytest.mark.parametrize("wrong", ["gone", b"", "Draft"])
def test_a_final_edition_whose_manifest_no_longer_says_so_is_not_changed_but_by_a_correction(
    final, wrong
):
    path = final / "outputs/2016-04/edition.json"
    assert tiny.told(final, "run").returncode == 0
    if wrong == "gone":
        path.unlink()
    elif wrong == "Draft":
        tiny.put(path, path.read_bytes().replace(b'"status": "Final"', b'"status": "Draft"'))
    else:
        tiny.put(path, wrong)
    before = tiny.files(final / "outputs/2016-04")
    ran = tiny.told(final, "run")
    assert (ran.returncode, tiny.files(final / "outputs/2016-04")) == (2, before)
    assert "2016-04 board_summary and alpha: its edition.json is missing or damaged" in ran.stderr
    assert "--correct" in ran.stderr
    assert "its edition.json is missing or damaged" in tiny.told(final, "status").stdout
    assert published.closed(final / "outputs", "2016-04") == ["2016-04"]
    assert tiny.pretend(final, correct="The manifest was lost.").whole
    assert manifest(final / "outputs/2016-04")["status"] == "Corrected"


@pytest.mark.parametrize(
    ("setting", "status", "said"),
    [
        ("SOURCE_DATE_EPOCH=", 0, ""),
        ("MPLBACKEND=nonsense", 0, ""),
        ("SOURCE_DATE_EPOCH=abc", 2, "SOURCE_DATE_EPOCH is 'abc'"),
        ("SOURCE_DATE_EPOCH=-1", 2, "SOURCE_DATE_EPOCH is '-1'"),
        (f"SOURCE_DATE_EPOCH={'9' * 5000}", 2, "which is not a number of seconds since 1970"),
        ("SOURCE_DATE_EPOCH=1.5", 2, "SOURCE_DATE_EPOCH is '1.5'"),
    ],
)
def test_a_setting_that_means_nothing_ends_no_run_or_is_told_in_a_line(root, setting, status, said):
    name, value = setting.split("=")
    tiny.put(
        root / "data/raw/2016-04/comments/alpha.md", "Author: A. Nother\n\nNothing is claimed."
    )
    ran = tiny.command(root, "run", "--jobs", "1", env=os.environ | {name: value})
    assert ran.returncode == status, ran.stderr
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_folder_that_is_gone_and_streams_that_are_closed_end_nothing_in_a_traceback(root):
    call = f'{sys.executable} -m saferplymouth status >&- 2>&-; mkdir gone; cd gone; rmdir "$PWD"; '
    ran = subprocess.run(
        call + f"{sys.executable} -m saferplymouth status",
        shell=True,
        cwd=root,
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, ran.stderr.count("\n"), ran.stderr[:10]) == (2, 1, "The folder"), (
        ran.stderr
    )


@pytest.mark.parametrize("put", [os.mkdir, os.mkfifo, lambda path: path.symlink_to("nowhere")])
def test_a_lock_of_any_wrong_kind_makes_way(tmp_path, put):
    put(tmp_path / ".lock")
    with runner.alone(tmp_path):
        assert (tmp_path / ".lock").is_file()
