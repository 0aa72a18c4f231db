"""Running plans in worker processes: one run at a time, told page by page."""

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
from multiprocessing.context import BaseContext
from pathlib import Path

import click
from filelock import FileLock, Timeout
from tqdm import tqdm

from saferplymouth import sources
from saferplymouth.comments import wrong_claims
from saferplymouth.editions import build, listing, plan, publish, tasks
from saferplymouth.indicators import project
from saferplymouth.indicators.words import counted, listed
from saferplymouth.store import atomic, published, temporary
from saferplymouth.store.edition_names import EditionName, NotPlanned
from saferplymouth.store.manifest import manifest

FORKED = "forkserver"


def alone(outputs: Path) -> AbstractContextManager:
    """Holds the outputs for one run; another waits its turn. What is no file makes way for the
    lock.
    """
    path = outputs / ".lock"
    if path.is_symlink() or not path.is_file():
        atomic.remove(path)
    lock = FileLock(path)
    try:
        return lock.acquire(timeout=0)
    except Timeout:
        click.echo("Another run is at work here; waiting for it to end")
        return lock.acquire()


def run(
    root: Path, wanted: list[EditionName], wish: plan.RunOptions, pool: build.Pool
) -> list[build.Outcome]:
    """Build what is wanted, by the workers of `pool`, when no other run is at work here.

    Raises `framework.FrameworkError`, `sources.Refused` or `NotPlanned` before anything is built or
    waited for.
    """
    sought = [one for one in wanted if one not in withdrawn(root, wanted, wish)]
    temporary.sweep()
    newest, outputs = _in_order(root, sought, wish), root / "outputs"
    outputs.mkdir(exist_ok=True)
    with alone(outputs):
        publish.tidy(outputs)
        publish.tidy(outputs / "partial")
        publish.tidy(outputs / published.TAKEN)
        out = withdrawn(root, wanted, wish)
        for line in out.values():
            click.echo(line)
        plans = [plan.plan(root, one, wish) for one in sought[:-1] if one not in out]
        if newest and newest.which not in out:
            plans.append(newest if newest.stands(root) else plan.plan(root, sought[-1], wish))
        _refuse_frozen(plans)
        outcomes = build_all(root, plans, pool) if plans else []
        listing.write_index(root)
    return outcomes


def withdrawn(
    root: Path, wanted: list[EditionName], wish: plan.RunOptions
) -> dict[EditionName, str]:
    """Those of the editions that were withdrawn and are left out, with what is said of each: one
    `named` is not.
    """
    made = {one: manifest(root / "outputs" / one.name) for one in wanted if not wish.named}
    taken = {one: said for one, m in made.items() if (said := published.withdrawn(m))}
    return {
        one: f"{one.name}: left out, having been {said}\nTo publish it again: "
        f"{published.again(one.name)}"
        for one, said in taken.items()
    }


def _in_order(root: Path, wanted: list[EditionName], wish: plan.RunOptions) -> plan.Plan | None:
    """The plan of the newest edition, having told every problem of every drop at once."""
    if astray := sources.stray(root / "data/raw"):
        raise sources.Refused(astray)
    newest = plan.plan(root, wanted[-1], wish) if wanted else None
    unfit = wrong_claims.unsigned if wish.final or wish.correct else wrong_claims.withheld
    said = {one.month for one in wanted if (root / f"data/raw/{one.month}/comments").is_dir()}
    wrong = [problem for month in sorted(said) for problem in unfit(project.Project(month, root))]
    if wrong:
        raise sources.Refused(wrong)
    return newest


def _refuse_frozen(plans: list[plan.Plan]) -> None:
    """A final edition is not changed by the way."""
    lines = [f"{p.name} {area}: {reason}" for p in plans for area, reason in p.frozen.items()]
    if lines:
        cure = 'publish a correction with --correct "the reason", or put back what it was made from'
        raise NotPlanned(
            "\n".join(lines) + f"\nThe edition is final and was left as it is; {cure}."
        )


def build_all(root: Path, plans: list[plan.Plan], pool: build.Pool) -> list[build.Outcome]:
    """Build the plans with the workers of `pool`, told page by page."""
    bar = tqdm(
        total=sum(len(p.todo) for p in plans),
        unit="page",
        disable=not sys.stderr.isatty(),
        leave=False,
    )

    def say(line: str) -> None:
        bar.write(line) if not bar.disable else click.echo(line)

    def told(p: plan.Plan, built: tasks.PageResult) -> None:
        came = (
            f"FAILED, {built.failure}" if built.failure else f"built, {built.spent.working:.1f} s"
        )
        say(f"{p.name} {built.area}: {came}")
        bar.update()

    outcomes = []
    with bar, closing(build.build(plans, pool, told)) as finished:
        for p, built in finished:
            outcome = build.finish(root, p, built)
            outcomes.append(outcome)
            for line in p.gone.values():
                say(f"{p.name}: {line}")
            if p.kept:
                say(_skipped(p.name, len(p.kept)))
            for line in _ending(outcome):
                say(line)
    return sorted(outcomes, key=lambda outcome: outcome.plan.name)


def nothing_to_do(outcomes: list[build.Outcome]) -> list[str]:
    """What is told of these editions where nothing that they depend on has changed."""
    plans = [outcome.plan for outcome in outcomes]
    return [
        line
        for p in plans
        for line in (_skipped(p.name, len(p.expected)), f"{p.name}: edition unchanged")
    ]


def _skipped(name: str, pages: int) -> str:
    return f"{name}: skipped {counted(pages, 'page')}, for nothing they depend on has changed"


def here(jobs: int) -> build.Pool:
    """So many worker processes on this machine; what they need begins to be loaded now, while this
    process plans.
    """
    context = _context()
    if context.get_start_method() == FORKED:
        multiprocessing.current_process()._config["tempdir"] = str(
            temporary.own()
        )  # nothing else can say where
        forkserver.ensure_running()
    return partial(_pool, jobs, context)


@contextmanager
def _pool(jobs: int, context: BaseContext) -> Iterator[ProcessPoolExecutor]:
    """Worker processes, which are not waited for where the run is given up."""
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_quiet_worker)
    try:
        yield pool
    except BaseException:
        for worker in multiprocessing.active_children():
            worker.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _context() -> BaseContext:
    """How workers are started: forked from a process that has loaded all they need, where the
    system can fork.
    """
    os.environ.update(tasks.STEADY)
    if FORKED not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context(FORKED)
    context.set_forkserver_preload(["saferplymouth.editions.kernels.preloaded"])
    return context


def _quiet_worker() -> None:
    """Set up a worker process: it ends when the run that started it ends, however that ends, and
    only by that.
    """
    from saferplymouth.editions.kernels import fork_server, preloaded  # noqa: F401 (it is loaded already where workers are forked)

    def follow() -> None:
        multiprocessing.parent_process().join()
        os._exit(1)

    fork_server.begin()
    threading.Thread(target=follow, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable()
    warnings.simplefilter("ignore")


def _ending(outcome: build.Outcome) -> list[str]:
    name = outcome.plan.name
    if outcome.whole:
        return [f"{name}: edition {'put in place' if outcome.plan.todo else 'unchanged'}"]
    stands = (
        "the edition in place was left as it is"
        if outcome.plan.before
        else "there is no edition in place yet"
    )
    why = f"{name}: the edition is not whole, so {stands}"
    if not outcome.failures:
        why = f"{name}: {stands}. To build {listed(outcome.left)} too: saferplymouth run {name}"
    done = f"what was built is in {outcome.place}" if outcome.built else "nothing was built"
    return [why, f"{name}: {done}"]
