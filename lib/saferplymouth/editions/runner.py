"""Runs plans in worker processes, one run at a time, and reports each page."""

import logging
import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from pathlib import Path

import click
from filelock import FileLock, Timeout
from tqdm import tqdm

from saferplymouth import sources
from saferplymouth.comments import checking
from saferplymouth.editions import build, listing, pack, plan, publish, tasks
from saferplymouth.framework import load
from saferplymouth.indicators import project
from saferplymouth.indicators.words import counted, listed
from saferplymouth.store import atomic, published, temporary
from saferplymouth.store.edition_names import EditionName, NotPlanned
from saferplymouth.store.manifest import CLOSED, manifest
from saferplymouth.store.observations import Drops

FORKED = "forkserver"
FROZEN = "The edition is final and has not been changed; publish a correction with --correct "
FROZEN += '"the reason", or restore the files it was made from.'


def alone(outputs: Path) -> AbstractContextManager:
    """Locks the outputs for one run; another run waits."""
    path = outputs / ".lock"
    if path.is_symlink() or not path.is_file():
        atomic.remove(path)
    lock = FileLock(path)
    try:
        return lock.acquire(timeout=0)
    except Timeout:
        click.echo("Another run is in progress; waiting for it to finish")
        return lock.acquire()


def run(
    root: Path, wanted: list[EditionName], options: plan.RunOptions, pool: build.Pool
) -> list[build.Outcome]:
    """Build the wanted editions with the workers of `pool`, once no other run is in progress.

    Raises `framework.FrameworkError`, `sources.Refused` or `NotPlanned` before anything is built.
    """
    left_out = withdrawn(root, wanted, options)
    wanted_now = [one for one in wanted if one not in left_out]
    temporary.sweep()
    newest, outputs = _newest_plan(root, wanted_now, options), root / "outputs"
    outputs.mkdir(exist_ok=True)
    with alone(outputs):
        for folder in (outputs, outputs / "partial", outputs / published.TAKEN):
            publish.tidy(folder)
        left_out = withdrawn(root, wanted, options)
        for line in left_out.values():
            click.echo(line)
        drops = Drops(root, load(root / "framework.toml"))
        others = [one for one in wanted_now[:-1] if one not in left_out]
        plans = [plan.plan(root, one, options, drops) for one in others]
        if newest and newest.edition not in left_out:
            current = newest.is_current(root)
            plans.append(newest if current else plan.plan(root, newest.edition, options, drops))
        drops.digests.save()
        frozen = [f"{p.name} {line}" for p in plans for line in plan.by_reason(p.frozen)]
        if frozen:
            raise NotPlanned("\n".join([*frozen, FROZEN]))
        outcomes = _build(root, plans, pool) if plans else []
        listing.write_index(root)
    return outcomes


def withdrawn(
    root: Path, wanted: list[EditionName], options: plan.RunOptions
) -> dict[EditionName, str]:
    """The editions left out because they were withdrawn (unless `named`), each with a message."""
    lines = {}
    for one in wanted if not options.named else ():
        if why := published.withdrawn(manifest(root / "outputs" / one.name)):
            again = f"To publish it again: {published.republish_command(one.name)}"
            lines[one] = f"{one.name}: left out because it was {why}\n{again}"
    return lines


def _newest_plan(
    root: Path, wanted: list[EditionName], options: plan.RunOptions
) -> plan.Plan | None:
    """The plan of the newest edition, if no drop has a problem."""
    if stray := sources.stray(root / "data/raw"):
        raise sources.Refused(stray)
    newest = plan.plan(root, wanted[-1], options) if wanted else None
    closes = options.final or options.correct
    unfit = checking.unfinished if closes else checking.withheld
    months = {one.month for one in wanted if (root / f"data/raw/{one.month}/comments").is_dir()}
    wrong = [problem for month in sorted(months) for problem in unfit(project.Project(month, root))]
    if wrong:
        raise sources.Refused(wrong)
    return newest


def _build(root: Path, plans: list[plan.Plan], pool: build.Pool) -> list[build.Outcome]:
    on_screen, todo = sys.stderr.isatty(), sum(len(p.todo) for p in plans)
    bar = tqdm(total=todo, unit="page", disable=not on_screen, leave=False)
    echo = bar.write if on_screen else click.echo
    outcomes: dict[str, build.Outcome] = {}
    results: dict[str, dict[str, tasks.PageResult]] = {p.name: {} for p in plans}

    def with_pack(files: dict[str, bytes], made: dict) -> tuple[dict[str, bytes], dict]:
        return pack.added(files, made, load(root / "framework.toml"))

    def finish(p: plan.Plan) -> None:
        outcomes[p.name] = build.finish(root, p, results[p.name], with_pack)
        for line in _lines(outcomes[p.name]):
            echo(line)

    for p in plans:
        if not p.todo:
            finish(p)
    with bar, closing(build.pages(plans, pool)) as pages:
        for p, result in pages:
            results[p.name][result.area] = result
            built = f"built, {result.timings.working:.1f} s"
            line = f"FAILED, {result.failure}" if result.failure else built
            echo(f"{p.name} {result.area}: {line}")
            bar.update()
            if len(results[p.name]) == len(p.todo):
                finish(p)
    return [outcome for _, outcome in sorted(outcomes.items())]


def nothing_to_do(outcomes: list[build.Outcome]) -> list[str]:
    """The messages for editions in which nothing has changed."""
    counts = {outcome.plan.name: len(outcome.plan.expected) for outcome in outcomes}
    pairs = [(_skipped(name, n), f"{name}: edition unchanged") for name, n in counts.items()]
    return [line for pair in pairs for line in pair]


def _skipped(name: str, pages: int) -> str:
    return f"{name}: skipped {counted(pages, 'page')}: nothing they depend on has changed"


def _lines(outcome: build.Outcome) -> Iterator[str]:
    p, name = outcome.plan, outcome.plan.name
    yield from (f"{name}: {line}" for line in p.gone.values())
    if p.kept:
        yield _skipped(name, len(p.kept))
    if outcome.whole:
        yield f"{name}: edition {'complete' if p.todo else 'unchanged'}"
        if p.todo and p.status not in CLOSED and listing.has_pack(p.before):
            yield f"{name}: its pack was removed because pages changed"
            yield f"To make it again: saferplymouth pack {name}"
        return
    left = "there is no edition yet"
    if p.before:
        left = "the edition in place has not been changed"
    if outcome.failures:
        yield f"{name}: some pages failed, so {left}"
    else:
        yield f"{name}: {left}. To build {listed(outcome.left)} too: saferplymouth run {name}"
    done = f"the pages built are in {outcome.place}" if outcome.built else "nothing was built"
    yield f"{name}: {done}"


def here(jobs: int) -> build.Pool:
    """A pool of worker processes, which start loading while this process plans."""
    return partial(_pool, jobs, context())


@contextmanager
def _pool(jobs: int, context: BaseContext) -> Iterator[ProcessPoolExecutor]:
    """Worker processes, which are killed if the run is abandoned."""
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin_worker)
    try:
        yield pool
    except BaseException:
        for worker in multiprocessing.active_children():
            worker.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def context() -> BaseContext:
    """Workers are forked, if possible, from a process that starts loading all they need now."""
    os.environ.update(tasks.STEADY)
    if FORKED not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    forked = multiprocessing.get_context(FORKED)
    forked.set_forkserver_preload(["saferplymouth.editions.kernels.preloaded"])
    # the only way to set the folder
    multiprocessing.current_process()._config["tempdir"] = str(temporary.own())
    forkserver.ensure_running()
    return forked


def build_one(connection: Connection) -> None:
    """Build the page whose task comes over a connection, and send its result back."""
    _begin_worker()
    connection.send(build.make(connection.recv()))


def _begin_worker() -> None:
    """Make a worker end when the run that started it ends, for whatever reason, and only then."""
    # forked workers have `preloaded` already
    from saferplymouth.editions.kernels import fork_server, preloaded  # noqa: F401

    def follow() -> None:
        multiprocessing.parent_process().join()
        os._exit(1)

    fork_server.begin()
    threading.Thread(target=follow, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable()
    warnings.simplefilter("ignore")
