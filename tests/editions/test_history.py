"""A month costs what has changed in it, however many months there are: counted in files read."""

import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest
import tiny

from saferplymouth.store import digests

SAID_EARLIER = digests.RACY * 2
MONTHS = [str(month) for month in pd.period_range("2015-05", "2016-04", freq="M")]
IN_PLACE = MONTHS[-3:]
_files: list[str] | None = None


def _note(event: str, given: tuple) -> None:
    if _files is not None and event == "open" and isinstance(given[0], str):
        _files.append(given[0])


sys.addaudithook(_note)


@pytest.fixture(scope="module")
def long(tmp_path_factory) -> Path:
    """A project of a year of drops, three with an edition in place, as it has been for some time."""
    root = tiny.project(tmp_path_factory.mktemp("long"), "alpha", "beta", months=MONTHS)
    for month in IN_PLACE:
        tiny.pretend(root, month=month)
    later(lambda: tiny.told(root, "status"))
    return root


def later(work):
    """What `work` gives, when every file has been as it is for some time."""
    now = digests.time.time_ns
    digests.time.time_ns = lambda: now() + SAID_EARLIER
    try:
        return work()
    finally:
        digests.time.time_ns = now


def opened(root: Path, *words: str, of: str) -> tuple[list[str], str]:
    """The files in the folder `of` that a command opens in a new process, and what it says."""
    global _files
    digests.of_project.cache_clear()
    _files = []
    said, files, _files = later(lambda: tiny.told(root, *words)).stdout, _files, None
    inside = [Path(path) for path in files if Path(path).is_relative_to(root / of)]
    return sorted({path.relative_to(root / of).as_posix() for path in inside}), said


def test_a_status_reads_no_file_of_a_drop_again(long):
    read, said = opened(long, "status", of="data/raw")
    assert (read, said.count("3 pages up to date")) == ([], len(IN_PLACE))


def test_the_status_of_a_month_reads_nothing_of_the_other_editions_but_the_one_before(long):
    read, _ = opened(long, "status", "2016-04", of="outputs")
    assert {name.partition("/")[0] for name in read} == {"2016-03", "2016-04"}
    assert {name.partition("/")[2] for name in read} == {"edition.json"}


def test_a_changed_return_is_all_that_is_read_of_the_drops(long, tmp_path):
    root = shutil.copytree(long, tmp_path / "changed", symlinks=True)
    later(lambda: tiny.told(root, "status"))
    returned = root / "data/raw/2016-04/returns/police.csv"
    tiny.put(returned, returned.read_text(encoding="utf-8").replace("2016-04,100", "2016-04,5"))
    read, said = opened(root, "status", "2016-04", of="data/raw")
    assert read == ["2016-04/returns/police.csv"]
    assert "would build board_summary and alpha: its figures changed" in said
