"""A run on a real scheduler with so many workers, each with one thread and in a folder of its own,
on this machine.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import measure
from distributed import Client


def took(root: Path, span: str, workers: int) -> dict[str, float]:
    """Seconds until the editions of `span` are in place, CPU seconds of scheduler, workers and
    planner, and `pages`.
    """
    found = measure.took([sys.executable, __file__, span, str(workers)], root)
    return found | json.loads((root / "took.json").read_bytes())


def main(span: str, workers: int) -> None:
    with tempfile.TemporaryDirectory(prefix="cluster-") as name:
        where = Path(name, "scheduler.json")
        told = ["--scheduler-file", where, "--no-dashboard"]
        started = [_dask("scheduler", Path(name), *told, "--port", "0", "--host", "127.0.0.1")]
        folders = [Path(name, str(number)) for number in range(workers)]
        started += [
            _dask("worker", folder, *told, "--nthreads", "1", "--no-nanny") for folder in folders
        ]
        with Client(scheduler_file=where) as client:
            client.wait_for_workers(workers)
            address = client.scheduler.address
        begun = time.perf_counter()
        call = [sys.executable, "-m", "saferplymouth", "run", "--force", span, "--dask", address]
        done = subprocess.run(call, capture_output=True, text=True)
        wall = time.perf_counter() - begun
        for process in reversed(started):
            process.terminate()
            process.wait()
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    Path("took.json").write_text(
        json.dumps({"wall": wall, "pages": done.stdout.count(": built, ")})
    )


def _dask(role: str, folder: Path, *words: object) -> subprocess.Popen:
    folder.mkdir(exist_ok=True)
    call = [sys.executable, "-m", f"distributed.cli.dask_{role}", *map(str, words)]
    return subprocess.Popen(call, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
