import itertools
import multiprocessing
import os
import random
import signal

import pytest
import tiny

from saferplymouth.editions import publish
from saferplymouth.store import published

FILES = {"index.html": b"<h1>", "data/a.csv": b"a"}
fork = multiprocessing.get_context("fork")


@pytest.fixture
def outputs(tmp_path):
    return tmp_path / "outputs"


def put_for_ever(outputs) -> None:
    for n in itertools.count():
        publish.put(
            outputs, "2016-11", dict.fromkeys([f"page-{m}.html" for m in range(20)], b"%d" % n)
        )


def test_an_edition_is_put_in_place_with_all_its_files(outputs):
    place = publish.put(outputs, "2016-11", FILES)

    assert place == outputs / "2016-11"
    assert published.files(place) == FILES


def test_a_new_edition_takes_the_place_of_the_old_one_and_nothing_of_the_old_one_stays(outputs):
    publish.put(outputs, "2016-11", FILES)
    publish.put(outputs, "2016-11", {"other.html": b"new"})

    assert published.files(outputs / "2016-11") == {"other.html": b"new"}
    assert len(list((outputs / ".editions").iterdir())) == 1


def test_an_edition_that_cannot_be_written_leaves_the_old_one_and_no_litter(outputs):
    publish.put(outputs, "2016-11", FILES)
    before = tiny.snapshot(outputs)
    with pytest.raises(OSError, match="name too long"):
        publish.put(outputs, "2016-11", {"index.html": b"new", "x" * 300: b""})

    assert tiny.snapshot(outputs) == before


def test_a_killed_writer_leaves_one_whole_edition_and_the_next_clears_what_it_left(outputs):
    dice = random.Random(2016)
    for _ in range(8):
        writer = fork.Process(target=put_for_ever, args=(outputs,))
        writer.start()
        seen, wanted = set(), dice.randrange(1, 12)
        tiny.until(
            lambda seen=seen, wanted=wanted: (
                seen.update(
                    os.listdir(outputs / ".editions") if (outputs / ".editions").exists() else ()
                )
                or len(seen) > wanted
            ),
            "the writer to write",
        )
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
        found = published.files(outputs / "2016-11")
        assert not found or (len(found) == 20 and len(set(found.values())) == 1)

    publish.put(outputs, "2016-11", FILES)
    assert published.files(outputs / "2016-11") == FILES
    assert len(list((outputs / ".editions").iterdir())) == 1


def test_a_file_is_replaced_whole_and_its_folder_made(outputs):
    publish.replace(outputs, "executed/2016-11/a.ipynb", b"old")
    publish.replace(outputs, "executed/2016-11/a.ipynb", b"new")

    assert (outputs / "executed/2016-11/a.ipynb").read_bytes() == b"new"
    assert list((outputs / ".editions").iterdir()) == []


def test_one_file_of_an_edition_can_be_replaced_where_it_stands(outputs):
    publish.put(outputs, "2016-11", FILES)
    publish.replace(outputs, "2016-11/index.html", b"new")

    assert published.files(outputs / "2016-11") == FILES | {"index.html": b"new"}


def test_removing_an_edition_takes_its_files_and_leaves_the_others(outputs):
    publish.put(outputs, "2016-10", FILES)
    publish.put(outputs, "2016-11", FILES)
    publish.remove(outputs, "2016-11")
    publish.remove(outputs, "2016-09")

    assert not (outputs / "2016-11").exists()
    assert published.files(outputs / "2016-10") == FILES
    assert len(list((outputs / ".editions").iterdir())) == 1


@pytest.mark.parametrize("links", [True, False])
def test_an_edition_that_was_copied_as_a_folder_can_be_replaced(outputs, links, monkeypatch):
    tiny.put(outputs / "2016-11/index.html", "copied")
    if not links:
        monkeypatch.setattr("pathlib.Path.symlink_to", refuse)
    for content in (FILES, FILES | {"index.html": b"new"}):
        publish.put(outputs, "2016-11", content)
        assert published.files(outputs / "2016-11") == content

    assert len(list((outputs / ".editions").iterdir())) == links


def test_a_folder_moved_aside_by_a_killed_run_is_brought_back(outputs):
    tiny.put(outputs / ".editions/2016-11.before/index.html", "good")
    tiny.put(outputs / ".editions/2016-11-abc/index.html", "unfinished")
    publish.tidy(outputs)

    assert published.files(outputs / "2016-11") == {"index.html": b"good"}
    assert list((outputs / ".editions").iterdir()) == []


def test_tidying_where_there_is_nothing_does_nothing(outputs):
    publish.tidy(outputs)

    assert not outputs.exists()


def refuse(*_, **__) -> None:
    raise OSError("no links here")
