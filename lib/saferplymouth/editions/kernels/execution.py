"""Runs one notebook in a kernel of its own, and tells the truth about how it ended.

papermill reports a killed kernel's notebook as completed and `sys.exit(0)` as success, so nothing
is taken on trust: see `incomplete`.
"""

import ast
import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import nbformat
import papermill
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError

from saferplymouth.editions.failures import opening, plain
from saferplymouth.editions.kernels import fork_server
from saferplymouth.editions.tasks import environment
from saferplymouth.store import temporary

ALWAYS = {"kernel_name": "python3", "language": "python", "progress_bar": False}
ALWAYS |= {"start_timeout": 60, "shutdown_kernel": "immediate"}
LONGEST_SOCKET = 100
MISSING = "its notebook is missing or empty; `saferplymouth new-area` writes that of an area"
# Reads the kernel's process group; if this process ends before it says so, ends that group and
# removes the folder, and again for as long as a kernel that was not yet told of may write to it.
GUARD = """read group; read over || {
    kill -s KILL -- "-$group"
    for again in 1 2 3 4 5 6 7 8; do rm -rf -- "$0"; sleep 0.25; done
}"""


@dataclass(frozen=True)
class Executed:
    """A notebook as it was run, and in one line why it cannot be used; empty when it can."""

    notebook: nbformat.NotebookNode
    failure: str


@dataclass(frozen=True)
class Room:
    """A folder of its own for one run; `watch` is told a process that must not outlive it."""

    folder: Path
    watch: Callable[[int], None]


@contextmanager
def room() -> Iterator[Room]:
    """A folder for one run, and an environment without the settings of the user who runs it.

    The folder goes with the block, or with this process if that is killed, and so does the kernel
    in it.
    """
    with (
        temporary.folder(temporary.ROOM) as folder,
        _guarded(folder) as watch,
        _settled(folder / ".settings"),
    ):
        yield Room(folder, watch)


@contextmanager
def _settled(settings: Path) -> Iterator[None]:
    """This process as a kernel is to find it: what it keeps, and what it writes for a while, is in
    `settings`.
    """
    before = dict(os.environ)
    places = (
        "TMPDIR",
        "TEMP",
        "TMP",
        "IPYTHONDIR",
        *(f"JUPYTER_{name}_DIR" for name in ("CONFIG", "DATA", "RUNTIME")),
    )
    own = environment() | dict.fromkeys(places, str(settings))
    own |= {"MATPLOTLIBRC": str(Path(mpl.get_data_path(), "matplotlibrc")), "TZ": "UTC"}
    own |= {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    try:
        settings.mkdir()
        os.environ.clear()
        os.environ.update(own)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _guarded(folder: Path) -> Iterator[Callable[[int], None]]:
    if os.name != "posix":  # there a kernel ends by itself when this process has gone
        yield lambda _: None
        return
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    guard = subprocess.Popen(["/bin/sh", "-c", GUARD, str(folder)], stdin=subprocess.PIPE, **quiet)

    def watch(kernel: int) -> None:
        guard.stdin.write(f"{kernel}\n".encode())
        guard.stdin.flush()

    try:
        yield watch
    finally:
        guard.communicate(b"\n\n")


def execute(source: bytes, parameters: dict[str, str], room: Room, seconds: float) -> Executed:
    """Run the notebook `source` (JSON) in a room within `seconds` for the whole of it, and end all
    that it started.

    Never raises for what the notebook does.
    """
    if not source:
        return Executed(nbformat.v4.new_notebook(), MISSING)
    try:
        notebook = nbformat.reads(source.decode("utf-8-sig"), as_version=4)
        nbformat.validate(notebook)
    except Exception as error:  # nbformat raises whatever a strange file leads it to
        return Executed(nbformat.v4.new_notebook(), f"the file is not a notebook ({plain(error)})")
    unset = [name for name in parameters if name not in declared(notebook)]
    if unset:
        return Executed(notebook, f"its cell tagged 'parameters' does not set {', '.join(unset)}")
    run, failure, late = [notebook], "", threading.Event()
    try:
        with _limited(seconds, late) as begin:
            manager = _manager(
                room.folder / ".settings", lambda kernel: (room.watch(kernel), begin(kernel))
            )
            given = {"cwd": room.folder, "iopub_timeout": seconds, "kernel_manager_class": manager}
            given["on_notebook_start"] = lambda notebook: run.append(
                notebook
            )  # saved nowhere while it is run
            papermill.execute_notebook(notebook, None, parameters, **given, **ALWAYS)
    except PapermillExecutionError as error:
        failure = (
            f"{plain(error.ename)}: {plain(error.evalue)}, in the cell that starts "
            f"'{opening(error.source)}'"
        )
    except DeadKernelError:
        failure = (
            "its kernel died before the end (was it killed, out of memory, or ended by its own "
            "code?)"
        )
    except Exception as error:
        failure = f"it could not be run ({type(error).__name__}: {plain(error)})"
    if late.is_set():
        failure = f"it was still running after {seconds:g} seconds, the limit for a notebook"
    return Executed(run[-1], failure or incomplete(notebook, run[-1]))


def _manager(settings: Path, started: Callable[[int], None]) -> type[AsyncKernelManager]:
    """Starts this Python's own kernel, reached through sockets in its run's folder where the system
    allows it.
    """
    ipc = sys.platform != "win32" and len(str(settings / "k-ipc-5")) <= LONGEST_SOCKET

    class PrivateKernelManager(AsyncKernelManager):
        def __init__(self, **given):
            own = {
                "transport": "ipc" if ipc else "tcp",
                "connection_file": str(settings / "k.json"),
            }
            super().__init__(**own, kernel_spec_manager=KernelSpecManager(kernel_dirs=[]), **given)

        async def start_kernel(self, **given):
            if fork_server.ready():
                own = {
                    "kernel_id": uuid.uuid4().hex,
                    "kernel_spec": self.kernel_spec,
                    "parent": self,
                }
                self.provisioner = fork_server.ForkedProvisioner(**own)
            await super().start_kernel(
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **given
            )
            started(self.provisioner.pid)

    return PrivateKernelManager


@contextmanager
def _limited(seconds: float, late: threading.Event) -> Iterator[Callable[[int], None]]:
    """Gives what to call with the kernel's process; it and all it started end with the block, or
    `seconds` later.
    """
    kernels: list[int] = []

    def kill() -> None:
        for kernel in kernels:
            with suppress(OSError):
                os.killpg(kernel, signal.SIGKILL) if os.name == "posix" else os.kill(
                    kernel, signal.SIGTERM
                )

    def time_is_up() -> None:
        late.set()
        kill()

    def begin(kernel: int) -> None:
        kernels.append(kernel)
        timer.start()

    fork_server.adopt(orphans=True)
    timer, others = threading.Timer(seconds, time_is_up), fork_server.descendants()
    try:
        yield begin
    finally:
        timer.cancel()
        kill()
        fork_server.end_all(others)
        fork_server.adopt(orphans=False)


def incomplete(source: nbformat.NotebookNode, executed: nbformat.NotebookNode) -> str:
    """Why an executed notebook is not what its source would give when run to the end; empty when it
    is.
    """
    injected = [c for c in executed.cells if "injected-parameters" in c.metadata.get("tags", [])]
    if len(executed.cells) != len(source.cells) + len(injected):
        return "cells are missing from the notebook as run"
    for cell in executed.cells:
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        at = f"in the cell that starts '{opening(cell.source)}'"
        if errors := [o for o in cell.outputs if o.output_type == "error"]:
            return f"{plain(errors[0].ename)}: {plain(errors[0].evalue)}, {at}"
        if cell.execution_count is None:
            return f"it ended early: nothing was run {at}"
    return ""


def declared(notebook: nbformat.NotebookNode) -> set[str]:
    """The names that the notebook's cell tagged `parameters` sets."""
    tagged = [c.source for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    try:
        statements = ast.parse("\n".join(tagged)).body
    except (SyntaxError, ValueError):
        return set()
    targets = [
        t for s in statements for t in (getattr(s, "targets", None) or [getattr(s, "target", None)])
    ]
    return {t.id for t in targets if isinstance(t, ast.Name)}
