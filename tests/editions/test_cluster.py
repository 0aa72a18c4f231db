"""The same plan on a real scheduler and two real workers that share no folder with it, one of which
is killed.
"""

import re
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import psutil
import pytest
import tiny

from saferplymouth.editions import cluster as cluster_room

Named = namedtuple("Named", "area")
pytestmark = pytest.mark.xdist_group("cluster")

FIRST_TIME = """
import os, pathlib, sys, time
assert not sys.flags.hash_randomization, "it could make another page each time"
met = pathlib.Path({met!r})
if not met.exists():
    met.write_text(str(os.getpid()))
    time.sleep(1000)
"""


def started(words: list[str], folder: Path, said: str) -> tuple[subprocess.Popen, str]:
    """A process in a folder of its own, once it has said a line that matches, and what that line
    held.
    """
    folder.mkdir()
    command = [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]]
    process = subprocess.Popen(
        command, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    for line in process.stderr:
        if found := re.search(said, line):
            return process, found[1]
    raise AssertionError(f"{words[0]} ended without saying {said}")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """The address of a scheduler with two workers, each a process with a folder of its own."""
    folder = tmp_path_factory.mktemp("cluster")
    scheduler, address = started(
        ["dask_scheduler", "--port", "0", "--no-dashboard", "--host", "127.0.0.1"],
        folder / "scheduler",
        r"Scheduler at:\s+(tcp://\S+)",
    )
    alone = ["--nthreads", "1", "--no-nanny", "--no-dashboard"]
    both = [
        started(["dask_worker", address, *alone], folder / name, r"Registered to:\s+(\S+)")[0]
        for name in ("one", "two")
    ]
    yield address
    for process in (*both, scheduler):
        process.kill()
        process.wait()


def test_a_cluster_builds_the_very_edition_and_a_worker_killed_in_mid_run_costs_nothing(
    cluster, tmp_path
):
    met = tmp_path / "met"
    slow = tiny.notebook('month = "2016-04"', FIRST_TIME.format(met=str(met)), tiny.area("alpha"))
    here, there = (
        tiny.project(tmp_path / name, "alpha", "beta", alpha=slow) for name in ("here", "there")
    )

    run = tiny.start(there, "run", "2016-04", "--dask", cluster)
    tiny.until(lambda: met.exists() and met.read_text(), "the notebook to be run")
    kernel = int(met.read_text())
    worker = next(
        p for p in psutil.Process(kernel).parents() if "distributed.cli.dask_worker" in p.cmdline()
    )
    worker.kill()
    said, _ = run.communicate(timeout=tiny.PATIENCE)

    assert run.returncode == 0, said
    assert sorted(re.findall(r"2016-04 (\w+): built", said)) == ["alpha", "beta", "board_summary"]
    assert tiny.command(here, "run", "2016-04", "--jobs", "1").returncode == 0
    pages = [
        {n: c for n, c in tiny.files(at / "outputs/2016-04").items() if n != "edition.json"}
        for at in (here, there)
    ]
    assert pages[0] == pages[1]
    tiny.until(lambda: not psutil.pid_exists(kernel), "the lost worker's kernel to end")


def test_a_scheduler_that_does_not_answer_is_told_in_words_and_nothing_is_built(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(cluster_room, "SECONDS", 1)
    root = tiny.project(tmp_path, "alpha")
    done = tiny.told(root, "run", "2016-04", "--dask", "tcp://127.0.0.1:9")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no scheduler answers at tcp://127.0.0.1:9" in done.stderr
    assert "Nothing was built" in done.stderr
    assert not (root / "outputs/2016-04").exists()


def test_a_worker_with_another_version_of_the_suite_is_told_and_builds_nothing():
    built = cluster_room._on_worker(
        lambda work: pytest.fail("it was built"), Named("alpha"), "another digest"
    )
    assert (built.area, built.failure) == ("alpha", cluster_room.OTHER)
