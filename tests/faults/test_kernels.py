import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import nbformat
import psutil
import pytest
import tiny

from saferplymouth.editions.kernels import execution, fork_server

DEAD = "its kernel died before the end (was it killed, out of memory, or ended by its own code?)"
pytestmark = pytest.mark.xdist_group("kernels")
LIMIT = "it was still running after {} seconds, the limit for a notebook"


@pytest.fixture(scope="module")
def server():
    """What kernels are forked from, as in a worker of a run."""
    fork_server.begin_apart("saferplymouth.editions.kernels.preloaded")
    yield fork_server._server
    if fork_server._server:
        fork_server._server.close()
    fork_server._server = None


@pytest.fixture(autouse=True)
def _forked(server, monkeypatch):
    monkeypatch.setattr(fork_server, "_server", server)


@pytest.fixture
def unforked(monkeypatch):
    """Kernels are started in the ordinary way, as where the system has no fork."""
    monkeypatch.setattr(fork_server, "_server", None)


def run(*cells: str, seconds: float = tiny.PATIENCE) -> execution.Executed:
    return execute(tiny.notebook(tiny.PARAMETERS, *cells), seconds)


def execute(source: bytes, seconds: float = tiny.PATIENCE) -> execution.Executed:
    with execution.sandbox() as room:
        executed = execution.execute(source, {"month": "2016-11"}, room, seconds)
        assert [
            line for line in tiny.processes(str(room.folder)) if execution.GUARD not in line
        ] == []
    assert not room.folder.exists()
    return executed


def printed(executed: execution.Executed) -> str:
    assert executed.failure == ""
    streams = [
        o.text
        for c in executed.notebook.cells
        if c.cell_type == "code"
        for o in c.outputs
        if "text" in o
    ]
    return "".join(streams)


def test_a_notebook_is_run_with_its_parameters_and_told_to_be_good():
    assert printed(run("print(month)", "print('end')")) == "2016-11\nend\n"


@pytest.mark.parametrize(
    ("cell", "reason"),
    {
        "raises": ("1 / 0", "ZeroDivisionError: division by zero, in the cell that starts '1 / 0'"),
        "exits well": (
            "import sys\nsys.exit(0)",
            "SystemExit: 0, in the cell that starts 'import sys'",
        ),
        "exits ill": (
            "import sys\nsys.exit(3)",
            "SystemExit: 3, in the cell that starts 'import sys'",
        ),
        "exits without a word": (
            "raise SystemExit",
            "SystemExit: , in the cell that starts 'raise SystemExit'",
        ),
        "ends its process": ("import os\nos._exit(0)", DEAD),
        "kills its kernel": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", DEAD),
        "crashes in C": ("import ctypes\nctypes.string_at(0)", DEAD),
    }.values(),
)
def test_a_notebook_that_does_not_reach_its_end_is_no_success_wherever_it_stops(cell, reason):
    last = run("print('all shown')", cell)

    assert last.failure == reason
    assert "all shown" in nbformat.writes(last.notebook)


def test_a_cell_that_was_passed_over_is_no_success():
    source = nbformat.reads(tiny.notebook(tiny.PARAMETERS, "a = 1", "b = 2").decode(), as_version=4)
    source.cells[1].metadata["tags"] = ["skip-execution"]
    passed = execute(nbformat.writes(source).encode())

    assert passed.failure == "it ended early: nothing was run in the cell that starts 'a = 1'"


def test_an_error_that_a_notebook_says_to_expect_is_no_success():
    source = nbformat.reads(tiny.notebook(tiny.PARAMETERS, "1 / 0", "b = 2").decode(), as_version=4)
    source.cells[1].metadata["tags"] = ["raises-exception"]
    expected = execute(nbformat.writes(source).encode())

    assert (
        expected.failure == "ZeroDivisionError: division by zero, in the cell that starts '1 / 0'"
    )


@pytest.fixture
def hanging(tmp_path, monkeypatch) -> Path:
    """A file with which a notebook says that it hangs: the limit is then up, on a slow machine as
    on a fast one.
    """
    said = tmp_path / "hangs"

    class Limit(threading.Timer):
        def run(self):
            while not said.exists():
                if self.finished.wait(0.01):
                    return
            self.function()

    monkeypatch.setattr(execution.threading, "Timer", Limit)
    return said


@pytest.mark.parametrize(
    "cell",
    {
        "ignores interrupts": (
            "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nsay()\nwhile "
            "True: time.sleep(1000)"
        ),
        "spins in C": "say()\nsum(iter(int, 1))",
        "waits for a program": "import subprocess\nsubprocess.run(f'> {said}; exec sleep 100000', "
        "shell=True)",
        "stops its process": "import os, signal\nsay()\nos.kill(os.getpid(), signal.SIGSTOP)",
        "hangs after its last cell": (
            "import asyncio, time\nhang = lambda: (say(), "
            "time.sleep(100000))\nasyncio.get_event_loop().call_soon(hang)"
        ),
    }.values(),
)
def test_a_notebook_that_hangs_is_ended_at_the_limit_with_all_it_started(hanging, cell, unforked):
    ready = f"said = {str(hanging)!r}\ndef say(): open(said, 'w').close()"

    assert run(f"{ready}\n{cell}").failure == LIMIT.format(tiny.PATIENCE)
    assert hanging.exists()


def test_the_limit_is_in_seconds_for_the_whole_notebook_and_not_for_a_cell():
    wait = "import time\ntime.sleep(1)"

    assert run(*[wait] * 5, seconds=3).failure == LIMIT.format(3)


def test_what_a_notebook_leaves_running_ends_with_it():
    left = "import subprocess\nprint(subprocess.Popen(['sleep', '100000']).pid)"

    assert int(printed(run(left)))


@pytest.mark.parametrize("busy", ["import time\ntime.sleep(100000)", "sum(iter(int, 1))"])
def test_a_kernel_ends_and_its_folder_goes_when_its_worker_is_killed(tmp_path, busy):
    begun = f"open({str(tmp_path / 'begun')!r}, 'w')"
    tiny.put(tmp_path / "notebook.ipynb", tiny.notebook(tiny.PARAMETERS, begun, busy))
    program = (
        "import sys; from pathlib import Path; from saferplymouth.editions.kernels import execution\n"
        "with execution.sandbox() as room:\n"
        "    print(room.folder, flush=True)\n"
        "    execution.execute(Path(sys.argv[1]).read_bytes(), {}, room, 1000)"
    )
    command = [sys.executable, "-c", program, tmp_path / "notebook.ipynb"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        folder = Path(worker.stdout.readline().strip())
        tiny.until(
            lambda: (tmp_path / "begun").exists() or worker.poll() is not None,
            "the notebook to begin",
        )
        worker.kill()

    tiny.until(lambda: not tiny.processes(str(folder)), "the kernel to end")
    tiny.until(lambda: not folder.exists(), "its folder to go")


def test_a_forked_kernel_ends_when_its_worker_is_killed_before_anyone_watches_it(tmp_path):
    program = (
        "import os, signal, sys; from pathlib import Path; from jupyter_client import "
        "BlockingKernelClient\n"
        "from saferplymouth.editions.kernels import execution, fork_server, preloaded\n"
        "fork_server.begin()\n"
        "with execution.sandbox() as room:\n"
        "    def watch(kernel):\n"
        "        print(kernel, flush=True)\n"
        "        client = BlockingKernelClient(connection_file=str(room.folder / "
        "'.settings/k.json'))\n"
        "        client.load_connection_file(), client.start_channels(), client.wait_for_ready()\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    execution.execute(Path(sys.argv[1]).read_bytes(), {}, execution.Sandbox(room.folder, "
        "watch), 1000)"
    )
    tiny.put(tmp_path / "notebook.ipynb", tiny.notebook(tiny.PARAMETERS, "1"))
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "notebook.ipynb"],
        stdout=subprocess.PIPE,
        text=True,
    )
    kernel = int(done.stdout)

    assert done.returncode == -signal.SIGKILL
    tiny.until(lambda: not psutil.pid_exists(kernel), "the kernel to end")


@pytest.mark.parametrize(
    ("source", "reason"),
    {
        "text": (b"# Hate crime", "Notebook does not appear to be JSON"),
        "cut off": (tiny.notebook("a = 1")[:-20], "Notebook does not appear to be JSON"),
        "a list": (b"[]", "'list' object has no attribute"),
        "empty": (b"{}", "it's missing a key: cells"),
        "no cells": (
            b'{"nbformat": 4, "nbformat_minor": 5, "cells": 3}',
            "'int' object is not iterable",
        ),
        "not UTF-8": (
            tiny.notebook("a = 'é'").replace("é".encode(), b"\xe9"),
            "'utf-8' codec can't decode byte",
        ),
        "far too deep": (b'{"cells": ' + b"[" * 100_000, "maximum recursion depth"),
    }.values(),
)
def test_a_file_that_is_no_notebook_is_refused_in_a_line(source, reason):
    failure = execute(source).failure

    assert failure.startswith("the file is not a notebook (")
    assert reason in failure
    assert "\n" not in failure


def test_a_notebook_that_is_missing_is_told():
    assert (
        execute(b"").failure
        == "its notebook is missing or empty; `saferplymouth new-area` writes one for an area"
    )


@pytest.mark.parametrize(
    "source",
    {
        "no tag": tiny.notebook(tiny.PARAMETERS, tag="other"),
        "another name": tiny.notebook("period = '2016-11'"),
        "a mistake": tiny.notebook("month = = 3"),
        "a null": tiny.notebook("month = '\0'"),
        "no cells": nbformat.writes(nbformat.v4.new_notebook()).encode(),
    }.values(),
)
def test_a_notebook_whose_parameters_are_not_set_is_not_run(source):
    failure = execute(source).failure

    assert failure == "its cell tagged 'parameters' does not set month"


def test_a_notebook_that_does_not_say_its_language_is_run_as_python():
    source = nbformat.reads(tiny.notebook(tiny.PARAMETERS, "print(month)").decode(), as_version=4)
    source.metadata.clear()
    assert printed(execute(nbformat.writes(source).encode()))


def test_a_folder_with_a_long_name_is_no_hindrance(tmp_path, monkeypatch):
    deep = tmp_path / ("long" * 30)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))

    assert printed(run("print('end')")) == "end\n"


def test_nothing_of_the_user_reaches_a_notebook(tmp_path, monkeypatch):
    tiny.put(tmp_path / ".ipython/profile_default/startup/00.py", "print('startup')")
    tiny.put(tmp_path / "startup.py", "print('startup')")
    tiny.put(tmp_path / ".config/matplotlib/matplotlibrc", "lines.linewidth: 99\n")
    spec = '{"argv": ["false"], "display_name": "x", "language": "python"}'
    for share in (".local/share/jupyter", "share"):
        tiny.put(tmp_path / share / "kernels/python3/kernel.json", spec)
    user = {
        "HOME": tmp_path,
        "JUPYTER_PATH": tmp_path / "share",
        "PYTHONSTARTUP": tmp_path / "startup.py",
    }
    for name, value in (user | {"SECRET": "token", "TZ": "Asia/Tokyo", "LC_ALL": "de_DE"}).items():
        monkeypatch.setenv(name, str(value))
    look = (
        "import os, matplotlib as m\nprint(os.getenv('SECRET'), os.getenv('TZ'), "
        "m.rcParams['lines.linewidth'])"
    )

    assert printed(run(look)) == "None UTC 1.5\n"


def test_the_settings_of_this_process_are_as_they_were_afterwards(monkeypatch):
    monkeypatch.setenv("SECRET", "token")
    before = dict(os.environ)
    with execution.sandbox():
        assert "SECRET" not in os.environ

    assert dict(os.environ) == before


def test_reasons_are_one_line_without_folders_or_colours(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ann")
    told = {
        "\x1b[31mno\x1b[0m\n  file": "no file",
        "[Errno 2] No such file: '/tmp/edition-1/data/raw/x.csv'": "[Errno 2] No such file: "
        "'x.csv'",
        "cannot read /home/ann": "cannot read ~",
        r"cannot read C:\Users\ann\x.csv": "cannot read x.csv",
        "2016/17 and/or https://example.org/a/b": "2016/17 and/or https://example.org/a/b",
        "x" * 301: "x" * 300 + "…",
    }

    assert [execution.plain(text) for text in told] == list(told.values())


LOOK = """import builtins, matplotlib, os, random, sys, numpy, pandas, saferplymouth
assert not hasattr(builtins, "leak") and not hasattr(pandas, "leak") and "LEAK" not in os.environ
assert not os.path.exists("leak.txt") and "/leak" not in sys.path and "leaked" not in globals()
assert os.getsid(0) == os.getpid() and pandas.get_option("display.max_rows") != 7
assert matplotlib.rcParams["font.size"] == 10 and "leak" not in matplotlib.colormaps
assert not [p for p in sys.path if "project" in p], sys.path
print(os.getpid(), os.getppid(), random.random(), numpy.random.rand(), file=open({noted!r}, "a"))"""
LEAVE = """builtins.leak = pandas.leak = leaked = 1
os.environ["LEAK"] = "1"
sys.path.insert(0, "/leak")
pandas.set_option("display.max_rows", 7)
matplotlib.rcParams["font.size"] = 99
matplotlib.colormaps.register(matplotlib.colormaps["gray"], name="leak")
open("leak.txt", "w").write("1")"""


def test_a_notebook_sees_nothing_of_the_one_that_ran_before_it_in_the_same_worker(tmp_path):
    """With one worker the kernels of a run are forked from one server; each must be as good as
    new.
    """
    noted, keys = str(tmp_path / "noted.txt"), ("alpha", "beta", "gamma")
    root = tiny.project(tmp_path / "project", *keys)
    for key in keys:
        cells = (tiny.PARAMETERS, LOOK.format(noted=noted), LEAVE, tiny.area(key))
        tiny.put(root / f"notebooks/{key}.ipynb", tiny.notebook(*cells))
    done = tiny.command(root, "run", "--jobs", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line.split() for line in (tmp_path / "noted.txt").read_text().splitlines()]
    pids, servers, *randoms = (set(column) for column in zip(*lines, strict=True))
    assert len(pids) == 3
    assert [len(found) for found in randoms] == [3, 3]
    assert len(servers) == (1 if hasattr(os, "fork") else 3)
    tiny.until(lambda: tiny.processes(str(root)) == [], "the run's processes to end")


WITHOUT_FORK = """import multiprocessing.reduction, os
del os.fork
multiprocessing.reduction.HAVE_SEND_HANDLE = False"""


def test_where_the_system_cannot_fork_kernels_are_started_in_the_ordinary_way(tmp_path):
    noted, look = str(tmp_path / "noted.txt"), "import psutil\n"
    look += f"print(*psutil.Process().cmdline(), file=open({noted!r}, 'w'))"
    root = tiny.project(
        tmp_path / "project",
        "alpha",
        alpha=tiny.notebook(tiny.PARAMETERS, look, tiny.area("alpha")),
    )
    tiny.put(tmp_path / "site/sitecustomize.py", WITHOUT_FORK)
    done = tiny.command(
        root, "run", "--jobs", "1", env=os.environ | {"PYTHONPATH": str(tmp_path / "site")}
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "ipykernel_launcher" in (tmp_path / "noted.txt").read_text()


LOOSE = {
    "a session of its own": "subprocess.Popen(['sleep', '{n}'], start_new_session=True)",
    "a shell in the background": "subprocess.run('setsid nohup sleep {n} >/dev/null 2>&1 &', "
    "shell=True)",
    "nothing kept": "subprocess.Popen(['setsid', 'sleep', '{n}'], env={{'PATH': "
    "'/bin:/usr/bin'}}, cwd='/')",
    "a fork of a fork": (
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        os.chdir('/')\n"
        "        os.execvp('sleep', ['sleep', '{n}'])\n    os._exit(0)\nos.wait()"
    ),
    "no program of its own": "if os.fork() == 0:\n    os.setsid(), os.chdir('/')\n    "
    "time.sleep({n})\n    os._exit(0)",
}
linux = pytest.mark.skipif(
    sys.platform != "linux", reason="only there is what cut itself loose found"
)


def sleepers(seconds: int) -> list[psutil.Process]:
    """The processes that sleep so long, a number that no other test has."""
    return [
        one
        for one in psutil.process_iter(["cmdline"])
        if one.info["cmdline"] == ["sleep", str(seconds)]
    ]


@linux
@pytest.mark.parametrize("cell", LOOSE.values(), ids=LOOSE)
def test_a_process_that_cuts_itself_loose_ends_with_its_notebook(cell):
    before = set(psutil.pids())
    assert (
        printed(run("import os, subprocess, time", cell.format(n=918273), "print('end')"))
        == "end\n"
    )
    assert sleepers(918273) == []
    own = psutil.Process().children(recursive=True)
    assert [one for one in own if one.pid not in before and one.status() != "zombie"] == []


@linux
@pytest.mark.parametrize(
    ("first", "status"), [("", 0), ("os.kill(os.getppid(), signal.SIGKILL)", 1)]
)
def test_what_the_notebooks_of_a_run_detach_ends_with_them(tmp_path, first, status):
    loose = "import os, signal, subprocess, time\n" + LOOSE["nothing kept"].format(n=918274)
    cells = (tiny.PARAMETERS, loose, f"{first}\n1 / {1 - status}", tiny.area("alpha"))
    root = tiny.project(tmp_path, "alpha", alpha=tiny.notebook(*cells))
    done = tiny.command(root, "run", "--jobs", "1")
    assert done.returncode == status, done.stdout + done.stderr
    assert sleepers(918274) == []


@linux
def test_what_a_notebook_detached_ends_when_the_whole_group_of_its_run_is_killed(tmp_path):
    loose = (
        "import subprocess, time\n"
        + LOOSE["nothing kept"].format(n=918275)
        + "\ntime.sleep(100000)"
    )
    root = tiny.project(
        tmp_path, "alpha", alpha=tiny.notebook(tiny.PARAMETERS, loose, tiny.area("alpha"))
    )
    running = tiny.start(root, "run", "--jobs", "1")
    tiny.until(lambda: sleepers(918275), "the notebook to detach a process")
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate()
    tiny.until(lambda: not sleepers(918275), "what it detached to end")
