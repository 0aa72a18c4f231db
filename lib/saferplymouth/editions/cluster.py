"""Builds pages on the workers of a dask.distributed cluster, with no shared folder.

A page is a value, so the plan is the same as on one machine. The task carries what a worker needs,
and the result carries what it makes. If a worker is lost, the scheduler gives its pages to another.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager

from saferplymouth.editions import tasks
from saferplymouth.editions.tasks import PageResult, PageTask
from saferplymouth.store.edition_names import NotPlanned

INSTALL = "install it with: pip install 'distributed>=2025.1'"
OTHER = "the worker has another version of the suite or its libraries than the planner; install "
OTHER += "the same in both places"
SECONDS = 10
_one_at_a_time = threading.Lock()  # a run sets its process's environment


@contextmanager
def workers(address: str) -> Iterator[Executor]:
    """The workers of the scheduler at `address`, such as "tcp://10.0.0.5:8786".

    Raises `NotPlanned` if dask.distributed is not installed, or no scheduler with a worker answers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise NotPlanned(f"--dask needs dask.distributed; {INSTALL}") from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # the run reports page by page
    try:
        client = Client(address, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError):
        cure = "start it, or correct the address"
        raise NotPlanned(f"no scheduler answers at {address}; {cure}") from None
    with client:
        if not client.scheduler_info(n_workers=-1)["workers"]:
            raise NotPlanned(f"the scheduler at {address} has no worker; start some, and run again")
        yield _Cluster(client.get_executor(pure=False))


class _Cluster(Executor):
    """Sends each task to a worker, with the version of the planner's suite."""

    def __init__(self, inner: Executor):
        self._inner = inner

    def submit(self, build: Callable[[PageTask], PageResult], task: PageTask) -> Future:
        return self._inner.submit(_on_worker, build, task, tasks.toolchain())


def _on_worker(
    build: Callable[[PageTask], PageResult], task: PageTask, toolchain: str
) -> PageResult:
    """The page, if the worker has the same version of the suite as the planner."""
    if tasks.toolchain() != toolchain:
        return PageResult(task.area, OTHER)
    from saferplymouth.editions.kernels import fork_server

    with _one_at_a_time:
        fork_server.begin_apart("saferplymouth.editions.kernels.preloaded")
        return build(task)
