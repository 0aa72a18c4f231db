"""Runs one notebook with papermill in its own kernel, and reports truthfully how it ended.

papermill reports a killed kernel's notebook as completed and `sys.exit(0)` as success, so
`incomplete` checks the result.
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
SILENT = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
LONGEST_SOCKET = 100
OWN_FOLDERS = ("TMPDIR", "TEMP", "TMP", "IPYTHONDIR")
OWN_FOLDERS += ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
MISSING = "its notebook is missing or empty; `saferplymouth new-area` writes one for an area"
DIED = "its kernel died before the end (was it killed, out of memory, or ended by its own code?)"
# Reads the kernel's process group. If this process ends without a word, it kills that group and
# removes the folder, repeatedly, in case a kernel not yet reported still writes to it.
GUARD = """read group; read over || {
    kill -s KILL -- "-$group"
    for again in 1 2 3 4 5 6 7 8; do rm -rf -- "$0"; sleep 0.25; done
}"""


@dataclass(frozen=True)
class Executed:
    """A notebook as executed, and in one line why it cannot be used; empty if it can."""

    notebook: nbformat.NotebookNode
    failure: str


@dataclass(frozen=True)
class Sandbox:
    """A folder for one run; `watch` registers a process that must not outlive it."""

    folder: Path
    watch: Callable[[int], None]


@contextmanager
def sandbox() -> Iterator[Sandbox]:
    """A folder for one run, and an environment without the user's own settings.

    The folder and the kernel in it end with the block, or with this process if it is killed.
    """
    with (
        temporary.folder(temporary.ROOM) as folder,
        _guarded(folder) as watch,
        _environment(folder / ".settings"),
    ):
        yield Sandbox(folder, watch)


@contextmanager
def _environment(settings: Path) -> Iterator[None]:
    """The environment for a kernel, with its own files in `settings`."""
    before = dict(os.environ)
    own = environment() | dict.fromkeys(OWN_FOLDERS, str(settings))
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
    if os.name != "posix":  # there a kernel ends by itself once this process has gone
        yield lambda _: None
        return
    shell = ["/bin/sh", "-c", GUARD, str(folder)]
    guard = subprocess.Popen(shell, stdin=subprocess.PIPE, start_new_session=True, **SILENT)

    def watch(kernel: int) -> None:
        guard.stdin.write(f"{kernel}\n".encode())
        guard.stdin.flush()

    try:
        yield watch
    finally:
        guard.communicate(b"\n\n")


def execute(source: bytes, parameters: dict[str, str], room: Sandbox, seconds: float) -> Executed:
    """Run the notebook `source` (JSON) within `seconds`, and end everything it started.

    Never raises, whatever the notebook does.
    """
    if not source:
        return Executed(nbformat.v4.new_notebook(), MISSING)
    try:
        notebook = nbformat.reads(source.decode("utf-8-sig"), as_version=4)
        nbformat.validate(notebook)
    except Exception as error:  # nbformat can raise anything for a malformed file
        return Executed(nbformat.v4.new_notebook(), f"the file is not a notebook ({plain(error)})")
    unset = [name for name in parameters if name not in declared(notebook)]
    if unset:
        return Executed(notebook, f"its cell tagged 'parameters' does not set {', '.join(unset)}")
    run, failure, late = [notebook], "", threading.Event()
    # not saved while it runs
    own = {"cwd": room.folder, "on_notebook_start": lambda notebook: run.append(notebook)}
    try:
        with _limited(seconds, late) as begin:
            manager = _manager(room, begin)
            own |= {"kernel_manager_class": manager, "iopub_timeout": seconds}
            papermill.execute_notebook(notebook, None, parameters, **own, **ALWAYS)
    except PapermillExecutionError as error:
        failure = f"{_in_words(error)}, in the cell that starts '{opening(error.source)}'"
    except DeadKernelError:
        failure = DIED
    except Exception as error:
        failure = f"it could not be run ({type(error).__name__}: {plain(error)})"
    if late.is_set():
        failure = f"it was still running after {seconds:g} seconds, the limit for a notebook"
    return Executed(run[-1], failure or incomplete(notebook, run[-1]))


def _in_words(error) -> str:
    return f"{plain(error.ename)}: {plain(error.evalue)}"


def _manager(room: Sandbox, begin: Callable[[int], None]) -> type[AsyncKernelManager]:
    """Starts this Python's kernel, using sockets in the room's folder if possible."""
    settings = room.folder / ".settings"
    ipc = sys.platform != "win32" and len(str(settings / "k-ipc-5")) <= LONGEST_SOCKET
    reached = {"transport": "ipc" if ipc else "tcp", "connection_file": str(settings / "k.json")}

    class PrivateKernelManager(AsyncKernelManager):
        def __init__(self, **given):
            specs = KernelSpecManager(kernel_dirs=[])
            super().__init__(**reached, kernel_spec_manager=specs, **given)

        async def start_kernel(self, **given):
            if fork_server.ready():
                own = {"kernel_id": uuid.uuid4().hex, "kernel_spec": self.kernel_spec}
                self.provisioner = fork_server.ForkedProvisioner(**own, parent=self)
            await super().start_kernel(**SILENT, **given)
            room.watch(self.provisioner.pid)
            begin(self.provisioner.pid)

    return PrivateKernelManager


@contextmanager
def _limited(seconds: float, late: threading.Event) -> Iterator[Callable[[int], None]]:
    """Yields a function to call with the kernel, which ends with the block, or after `seconds`."""
    kernels: list[int] = []

    def kill() -> None:
        for kernel in kernels:
            with suppress(OSError):
                if os.name == "posix":
                    os.killpg(kernel, signal.SIGKILL)
                else:
                    os.kill(kernel, signal.SIGTERM)

    def time_is_up() -> None:
        late.set()
        kill()

    def begin(kernel: int) -> None:
        kernels.append(kernel)
        timer.start()

    fork_server.become_subreaper(orphans=True)
    timer, others = threading.Timer(seconds, time_is_up), fork_server.descendants()
    try:
        yield begin
    finally:
        timer.cancel()
        kill()
        fork_server.end_all(others)
        fork_server.become_subreaper(orphans=False)


def incomplete(source: nbformat.NotebookNode, executed: nbformat.NotebookNode) -> str:
    """Why an executed notebook was not completely run; empty if it was."""
    injected = [c for c in executed.cells if "injected-parameters" in c.metadata.get("tags", [])]
    if len(executed.cells) != len(source.cells) + len(injected):
        return "cells are missing from the executed notebook"
    for cell in executed.cells:
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        at = f"in the cell that starts '{opening(cell.source)}'"
        if errors := [o for o in cell.outputs if o.output_type == "error"]:
            return f"{_in_words(errors[0])}, {at}"
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
    assigned = [s.targets for s in statements if isinstance(s, ast.Assign)]
    assigned += [[s.target] for s in statements if hasattr(s, "target")]
    return {t.id for targets in assigned for t in targets if isinstance(t, ast.Name)}
