"""What is remembered of a file is believed while the file is certainly the same, and never else."""

import hashlib
import json
import os
import time

import pytest

from saferplymouth.store import digests
from saferplymouth.store.digests import Digests

LONG_AGO = 10**18


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "data/raw/2016-04/returns/police.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"one")
    return path


def of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def later(monkeypatch, seconds: int = 60):
    now = time.time_ns
    monkeypatch.setattr(digests.time, "time_ns", lambda: now() + seconds * 10**9)


def test_a_file_that_stays_the_same_is_read_once_also_by_the_next_process(
    path, tmp_path, monkeypatch
):
    later(monkeypatch)
    first = Digests(tmp_path)
    assert first.of(path) == of(b"one")
    first.save()
    monkeypatch.setattr(digests.hashlib, "file_digest", lambda *_: pytest.fail("read again"))
    assert Digests(tmp_path).of(path) == of(b"one")


def test_a_change_that_leaves_size_and_date_as_they_were_is_noticed(path, tmp_path, monkeypatch):
    later(monkeypatch)
    known, at = Digests(tmp_path), path.stat()
    known.of(path)
    path.write_bytes(b"two")
    os.utime(path, ns=(at.st_atime_ns, at.st_mtime_ns))
    assert known.of(path) == of(b"two")


@pytest.mark.parametrize(("when", "second"), [("now", b"two"), ("long ago", b"one")])
def test_what_changed_a_moment_ago_may_change_again_within_the_clocks_tick(
    path, tmp_path, monkeypatch, when, second
):
    at = time.time_ns() if when == "now" else LONG_AGO
    monkeypatch.setattr(digests, "_at", lambda _: [at, at, 3, 1])
    known = Digests(tmp_path)
    known.of(path)
    path.write_bytes(b"two")
    assert known.of(path) == of(second)


@pytest.mark.parametrize("kept", ["", "[]", "[" * 100_000, '{"sha256:x": 5}', '{"sha256:x": [1]}'])
def test_an_index_in_any_wrong_shape_says_nothing(path, tmp_path, kept):
    (tmp_path / digests.FILE).parent.mkdir(parents=True)
    (tmp_path / digests.FILE).write_text(kept.replace("x", str(path.relative_to(tmp_path))))
    assert Digests(tmp_path).of(path) == of(b"one")


def test_what_is_no_file_any_more_is_forgotten(path, tmp_path, monkeypatch):
    later(monkeypatch)
    known = Digests(tmp_path)
    known.of(path)
    known.save()
    path.unlink()
    other = path.with_name("council.csv")
    other.write_bytes(b"three")
    again = Digests(tmp_path)
    again.of(other)
    again.save()
    assert list(json.loads((tmp_path / digests.FILE).read_bytes())) == [
        f"sha256:{other.relative_to(tmp_path)}"
    ]
