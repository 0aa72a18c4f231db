"""What a command takes, with all that it starts, wherever those processes end up: seconds, CPU
seconds, memory.

`took` and `held` run the command under this file, as a process to which every orphan of it falls
(Linux only).
"""

import ctypes
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import psutil

PR_SET_CHILD_SUBREAPER = 36
EVERY = 0.05  # seconds between two looks at memory


class Failed(Exception):
    """A command that did not end well; the message is what it said."""


def took(command: list[str], folder: Path) -> dict[str, float]:
    """Seconds (`wall`) until the command ended, and CPU seconds (`cpu`) of it and all that it
    started.
    """
    return _under("time", command, folder)


def held(command: list[str], folder: Path) -> dict[str, float]:
    """The most memory at any moment, in MB: all processes together (`together`, each shared page
    once: the sum of their PSS), and of one kernel with (`kernel_rss`) and without (`kernel_pss`)
    what it shares.
    """
    return _under("memory", command, folder)


def _under(what: str, command: list[str], folder: Path) -> dict[str, float]:
    call = [sys.executable, __file__, what, *map(str, command)]
    done = subprocess.run(call, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"{' '.join(map(str, command))}\n{done.stderr}")
    return json.loads(done.stdout)


def _main(what: str, command: list[str]) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        sys.exit("this system has no way to count what a process's orphans take")
    started = time.perf_counter()
    running = subprocess.Popen(command, stdout=sys.stderr)
    found = _watched(running) if what == "memory" else {}
    status, wall = running.wait(), time.perf_counter() - started
    while _a_child_ended():
        pass
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    times = {"wall": wall, "cpu": used.ru_utime + used.ru_stime}
    print(json.dumps(found or times))
    sys.exit(status)


def _a_child_ended() -> bool:
    """Waits for another child to end; whether there was one."""
    try:
        return bool(os.wait())
    except ChildProcessError:
        return False


def _watched(running: subprocess.Popen) -> dict[str, float]:
    most, before = dict.fromkeys(("together", "kernel_pss", "kernel_rss"), 0.0), set()
    while running.poll() is None:
        sizes = {p.pid: _size(p.pid) for p in psutil.Process().children(recursive=True)}
        now = {pid for pid, size in sizes.items() if _is_kernel(pid, size)}
        kernels, before = (
            [sizes[pid] for pid in now & before],
            now,
        )  # one that is new may be about to be something else
        seen = {"together": sum(pss for pss, _ in sizes.values())}
        seen |= {
            f"kernel_{kind}": max((k[at] for k in kernels), default=0.0)
            for at, kind in enumerate(("pss", "rss"))
        }
        most = {name: max(largest, seen[name]) for name, largest in most.items()}
        time.sleep(EVERY)
    return most


def _size(pid: int) -> tuple[float, float]:
    """PSS and RSS in MB; nothing of a process that has just gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return 0.0, 0.0
    told = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines}
    return told.get("Pss", 0.0), told.get("Rss", 0.0)


def _is_kernel(pid: int, size: tuple[float, float]) -> bool:
    """Every kernel has a session of its own, as has the small shell that guards it."""
    try:
        return os.getsid(pid) == pid and size[1] > 20
    except ProcessLookupError:
        return False


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2:])
