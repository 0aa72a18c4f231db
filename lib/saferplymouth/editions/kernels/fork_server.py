"""Forks kernels from a preloaded process, so that notebooks have no start-up cost.

Each kernel is a separate process with its own session, folder and environment, as if started
afresh. The server it is forked from never runs a notebook, and is itself forked from a worker
before that has done anything.
"""

import ctypes
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

import psutil
from jupyter_client.provisioning import LocalProvisioner

from saferplymouth.editions.tasks import STEADY

LARGEST_DESCRIPTOR = 4096
PR_SET_CHILD_SUBREAPER = 36  # of Linux
PASSES = 100  # over the descendants, because one of them may start another meanwhile
OWN = Path(__file__).parents[3]
_server: socket.socket | None = None


def begin() -> None:
    """Fork the server from this process, with everything it has loaded, before any thread is
    started.
    """

    def fork(theirs: socket.socket) -> None:
        if os.fork() == 0:
            try:
                # what ends the worker and all its group does not end this, which has to end the
                # kernels
                os.setsid()
                serve(theirs.detach())
            finally:
                os._exit(0)

    _begin(fork)


def begin_apart(module: str) -> None:
    """Start the server as a separate process, for a process that already has threads."""

    def start(theirs: socket.socket) -> None:
        command = [sys.executable, "-m", module, str(theirs.fileno())]
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        own = {"start_new_session": True, "env": os.environ | STEADY}
        subprocess.Popen(command, pass_fds=[theirs.fileno()], **own, **streams)

    _begin(start)


def _begin(start: Callable[[socket.socket], None]) -> None:
    global _server
    if hasattr(os, "fork") and _server is None:
        ours, theirs = socket.socketpair()
        start(theirs)
        theirs.close()
        _server = ours


def ready() -> bool:
    """Whether kernels can be forked here."""
    return _server is not None


def become_subreaper(orphans: bool) -> None:
    """Whether processes started from here that outlive their parent become this process's
    children.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, int(orphans), 0, 0, 0)


def descendants() -> set[psutil.Process]:
    """The living descendants of this process."""
    return set(psutil.Process().children(recursive=True))


def end_all(but: Collection[psutil.Process] = ()) -> None:
    """End the descendants of this process, except for `but`, even detached ones.

    A process whose parent ends while the processes are listed can be missing from the list, so it
    is over only when two lists in a row are empty.
    """
    empty = 0
    for _ in range(PASSES):
        left = [one for one in descendants() if one not in but]
        empty = 0 if any(map(_lives, left)) else empty + 1
        if empty == 2:
            return
        for one in left:
            with suppress(psutil.Error):
                one.kill()
        psutil.wait_procs(left, timeout=1)


def _lives(process: psutil.Process) -> bool:
    """Whether a process is running; an ended one that this process adopted is reaped."""
    with suppress(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)
    with suppress(psutil.Error):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


def serve(descriptor: int) -> None:
    """Fork a kernel for each request until the worker has gone; then end all descendants."""
    os.closerange(3, descriptor)
    os.closerange(descriptor + 1, LARGEST_DESCRIPTOR)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, _gone)
    sys.path[:] = [
        path for path in sys.path if Path(path).is_relative_to(sys.base_prefix) or _installed(path)
    ]
    become_subreaper(orphans=True)
    own = os.getpid()
    with suppress(OSError), socket.socket(fileno=descriptor) as worker:
        for line in worker.makefile():
            kernel = os.fork()
            if kernel == 0:
                try:
                    worker.close()
                    _become_kernel(own, **json.loads(line))
                finally:
                    os._exit(1)
            worker.sendall(f"{kernel}\n".encode())
    end_all()


def _gone(*_) -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _installed(path: str) -> bool:
    return Path(path).is_relative_to(sys.prefix) or Path(path) == OWN


def _become_kernel(server: int, connection: str, environment: dict[str, str], folder: str) -> None:
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    tempfile.tempdir = None  # it is looked up again
    os.chdir(folder)
    random.seed()
    sys.modules["numpy"].random.seed()

    from ipykernel.kernelapp import IPKernelApp

    # and so with the worker, even if that is killed early
    ends_with = f"--IPKernelApp.parent_handle={server}"
    IPKernelApp.launch_instance(
        argv=["-f", connection, "--HistoryManager.enabled=False", ends_with]
    )
    os._exit(0)


class ForkedProvisioner(LocalProvisioner):
    """Starts and ends a kernel of this process's server."""

    async def launch_kernel(self, cmd: list[str], **given) -> dict:
        global _server
        folder = given.get("cwd") or Path.cwd()
        request = {"connection": self.parent.connection_file, "folder": str(folder)}
        request["environment"] = given["env"]
        try:
            _server.sendall(json.dumps(request).encode() + b"\n")
            with _server.makefile() as answers:
                self.pid = self.pgid = int(answers.readline())
        except (OSError, ValueError):
            # a notebook has killed the server: the others start without it
            _server = None
            return await super().launch_kernel(cmd, **given)
        self.process = _Kernel(self.pid)
        return self.connection_info


class _Kernel:
    """Another process's child, with what a provisioner needs from its own."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int):
        self.pid = pid

    def poll(self) -> int | None:
        """None while it is running."""
        # it is this process's own once the server has been killed
        with suppress(ChildProcessError):
            os.waitpid(self.pid, os.WNOHANG)
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 1
        return None

    def wait(self) -> int:
        return 1

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)
