"""What a killed run left in the folder for temporary files goes with the next, and nothing else
does.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import tiny

from saferplymouth.store import temporary

HOLD = """from saferplymouth.store import temporary
with temporary.folder({prefix!r}) as place:
    (place / "file").write_text("x")
    print(place, flush=True)
    input()
"""


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """The folder for temporary files, empty."""
    (tmp_path / "here").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "here"))
    monkeypatch.setattr(temporary, "SHORT", tmp_path / "here")
    return tmp_path / "here"


def holder(here: Path, prefix: str) -> subprocess.Popen:
    call = [sys.executable, "-c", HOLD.format(prefix=prefix)]
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    return subprocess.Popen(call, env=os.environ | {"TMPDIR": str(here)}, **streams)


@pytest.mark.parametrize("prefix", [temporary.ROOM, temporary.OWN])
def test_a_folder_in_use_is_left_one_whose_process_was_killed_goes_with_what_runs_in_it(
    here, prefix
):
    with holder(here, prefix) as living, holder(here, prefix) as killed:
        in_use, left = (Path(one.stdout.readline().strip()) for one in (living, killed))
        killed.kill()
        killed.wait()
        with subprocess.Popen(
            ["sleep", "100000"], env=os.environ | {"TMPDIR": str(left)}
        ) as straggler:
            temporary.sweep()
            assert straggler.wait(tiny.PATIENCE) == -signal.SIGKILL
        assert (list(here.iterdir()), (in_use / "file").read_text()) == ([in_use], "x")
        living.communicate("\n")
    assert list(here.iterdir()) == []


def test_only_what_the_suite_made_is_swept_away(here, tmp_path):
    tiny.put(tmp_path / "precious/.lock", "")
    (here / "edition-link").symlink_to(tmp_path / "precious")
    tiny.put(here / "edition-notes/chapter.txt", "mine")
    tiny.put(here / "csp-run-file", "mine")
    tiny.put(here / "pymp-other/file", "another program's")
    (here / "edition-aimed").mkdir()
    (here / "edition-aimed/.lock").symlink_to(tmp_path / "precious/.lock")
    (here / "edition-empty").mkdir()
    before = tiny.snapshot(here, tmp_path / "precious")
    temporary.sweep()
    assert tiny.snapshot(here, tmp_path / "precious") == before
    assert not (here / "edition-empty").exists()


@pytest.fixture
def brief():
    """A folder for temporary files with a name that leaves room for a socket's."""
    with tempfile.TemporaryDirectory(prefix="s") as name:
        yield Path(name)


def test_a_run_leaves_nothing_behind_and_clears_what_one_before_it_left(tmp_path, brief):
    hang = tiny.notebook(
        tiny.PARAMETERS, "import tempfile, time\ntempfile.mkdtemp()\ntime.sleep(100000)"
    )
    root, env = tiny.project(tmp_path, "alpha", alpha=hang), os.environ | {"TMPDIR": str(brief)}
    running = tiny.start(root, "run", "--jobs", "1", env=env)
    tiny.until(
        lambda: running.poll() or list(brief.glob("edition-*/.settings/tmp*")),
        "the notebook to begin",
    )
    for process in tiny.processes(str(brief)):
        with contextlib.suppress(ProcessLookupError):  # one ends with another
            os.kill(int(process.split()[0]), signal.SIGKILL)
    running.communicate()
    assert list(brief.glob("csp-run-*"))
    tiny.put(root / "notebooks/alpha.ipynb", tiny.notebook(tiny.PARAMETERS, tiny.area("alpha")))
    done = tiny.command(root, "run", "--jobs", "1", env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(brief.iterdir()) == []


def test_a_folder_for_temporary_files_with_a_long_name_is_no_hindrance(tmp_path):
    root = tiny.project(tmp_path, "alpha")
    (tmp_path / ("long" * 20)).mkdir()
    done = tiny.command(
        root, "run", "--jobs", "1", env=os.environ | {"TMPDIR": str(tmp_path / ("long" * 20))}
    )
    assert done.returncode == 0, done.stdout + done.stderr
