"""Kernels forked from a process that has loaded all they need, so that a notebook costs its own work and no start-up.

Each is a process of its own, with its own session, folder and environment, as if it had been started afresh: the
server it is forked from never runs a notebook, and is itself forked from a worker before that has done anything.
"""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from jupyter_client.provisioning import LocalProvisioner

from saferplymouth.press.work import STEADY

LARGEST_DESCRIPTOR = 4096
OWN = Path(__file__).parents[2]
_server: socket.socket | None = None


def begin() -> None:
    """Fork the server of this process, with all that this has loaded; call it before any thread is started.

    Nothing where the system has no fork.
    """
    global _server
    if not hasattr(os, "fork") or _server is not None:
        return
    ours, theirs = socket.socketpair()
    if os.fork() == 0:
        try:
            serve(theirs.detach())
        finally:
            os._exit(0)
    theirs.close()
    _server = ours


def begin_apart(loaded: str) -> None:
    """Start the server as a process of its own that runs the module `loaded`, for a process that has threads already;
    once is enough."""
    global _server
    if not hasattr(os, "fork") or _server is not None:
        return
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", loaded, str(theirs.fileno())]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.Popen(command, pass_fds=[theirs.fileno()], start_new_session=True, env=os.environ | STEADY, **quiet)
    theirs.close()
    _server = ours


def ready() -> bool:
    """Whether kernels can be forked here."""
    return _server is not None


def serve(descriptor: int) -> None:
    """Fork a kernel for each request until the worker has gone."""
    os.closerange(3, descriptor)
    os.closerange(descriptor + 1, LARGEST_DESCRIPTOR)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, _gone)
    sys.path[:] = [path for path in sys.path if Path(path).is_relative_to(sys.base_prefix) or _installed(path)]
    own = os.getpid()
    with socket.socket(fileno=descriptor) as worker:
        for line in worker.makefile():
            kernel = os.fork()
            if kernel == 0:
                try:
                    worker.close()
                    _become_kernel(own, **json.loads(line))
                finally:
                    os._exit(1)
            worker.sendall(f"{kernel}\n".encode())


def _gone(*_) -> None:
    """Let go of every kernel that has ended, at once."""
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
    os.chdir(folder)
    random.seed()
    sys.modules["numpy"].random.seed()

    from ipykernel.kernelapp import IPKernelApp

    ends_with = f"--IPKernelApp.parent_handle={server}"  # and so with the worker, however early that is killed
    IPKernelApp.launch_instance(argv=["-f", connection, "--HistoryManager.enabled=False", ends_with])
    os._exit(0)


class ForkedProvisioner(LocalProvisioner):
    """Starts and ends a kernel of this process's server."""

    async def launch_kernel(self, cmd: list[str], **given) -> dict:
        global _server
        folder = given.get("cwd") or Path.cwd()
        request = {"connection": self.parent.connection_file, "environment": given["env"], "folder": str(folder)}
        try:
            _server.sendall(json.dumps(request).encode() + b"\n")
            with _server.makefile() as answers:
                self.pid = self.pgid = int(answers.readline())
        except (OSError, ValueError):  # a notebook has killed the server: the others start as they would without it
            _server = None
            return await super().launch_kernel(cmd, **given)
        self.process = _Kernel(self.pid)
        return self.connection_info


class _Kernel:
    """A process that is another's child, with what a provisioner asks of its own."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int):
        self.pid = pid

    def poll(self) -> int | None:
        """None while it lives."""
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
