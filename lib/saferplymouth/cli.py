"""The commands: arguments, progress and exit status.

Exit 0: good. 1: some pages failed; the rest is built and the last good edition stays. 2: bad input or usage, and
nothing was built.
"""

import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path

import click
import pandas as pd
from filelock import FileLock, Timeout
from tqdm import tqdm

from saferplymouth import checked, edition, framework, intake, plan, project, shelf, work
from saferplymouth.plan import NotPlanned, Wish

REFUSED = (framework.FrameworkError, intake.Refused, NotPlanned)


class Refusal(click.ClickException):
    exit_code = 2

    def show(self, file=None) -> None:
        click.echo(self.message, err=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="saferplymouth")
def cli() -> None:
    """Builds a Community Safety Partnership's monthly reports from its partners' returns."""


@cli.command()
@click.argument("months", required=False, metavar="[MONTH | FROM..TO]")
@click.option("--area", metavar="KEY", help="Build this area's page only.")
@click.option("--jobs", type=click.IntRange(min=1), default=os.cpu_count(), help="Notebooks run at once.")
@click.option("--force", is_flag=True, help="Build also what has not changed.")
@click.option("--seconds", type=click.FloatRange(min=1), default=300, show_default=True, help="Limit for a notebook.")
@click.option("--final", is_flag=True, help="Freeze the edition: from then on it changes only with --correct.")
@click.option("--correct", metavar="REASON", default="", help="Publish a correction of a final edition, and say why.")
def run(
    months: str | None, area: str | None, jobs: int, force: bool, seconds: float, final: bool, correct: str
) -> None:
    """Build editions: the newest drop's by default, or 2016-11, or 2016-04..2016-11."""
    root = _root()
    outputs = root / "outputs"
    try:
        wish = Wish(area, force, seconds, edition.moment().date().isoformat(), final, " ".join(correct.split()))
        wanted = plan.months(root, months)
        _all_in_order(root, wanted, wish)
        outputs.mkdir(exist_ok=True)
        with _alone(outputs):
            shelf.tidy(outputs)
            shelf.tidy(outputs / "partial")
            plans = [plan.plan(root, month, wish) for month in wanted]
            _refuse_frozen(plans)
            outcomes = _build(root, plans, jobs)
            edition.write_index(root)
    except REFUSED as error:
        raise Refusal(f"{error}\nNothing was built.") from None
    whole = [outcome.place / "index.html" for outcome in outcomes if outcome.whole]
    click.echo(f"Open {whole[-1] if whole else outcomes[-1].place}")
    if any(outcome.failures for outcome in outcomes):
        sys.exit(1)


@cli.command()
@click.argument("month", required=False)
def check(month: str | None) -> None:
    """List every problem of a drop and of its comments, with its place and cure. Writes nothing."""
    root = _root()
    try:
        frame = framework.load(root / "framework.toml")
        wanted = plan.months(root, month)
    except REFUSED as error:
        raise Refusal(str(error)) from None
    raw = root / "data/raw"
    problems = intake.stray(raw)
    for one in wanted:
        drop = intake.read(raw, one, frame)
        problems += drop.problems
        click.echo(f"{one}: {len(drop.rows)} figures and {len(drop.comments)} comments can be used")
        if drop.comments and not problems:
            problems += _wrong_comments(root, one)
    if problems:
        raise Refusal("\n".join(str(p) for p in problems) + f"\n{_counted(len(problems), 'problem')}")
    click.echo("No problems")


def _wrong_comments(root: Path, month: pd.Period) -> list[intake.Problem]:
    """What the figures show to be wrong in a drop's comments, worked out on a copy, so that nothing here is written."""
    with tempfile.TemporaryDirectory() as name:
        copy, street = Path(name), shutil.ignore_patterns("*-street.*")
        shutil.copytree(root / "data/raw", copy / "data/raw", ignore=street)
        shutil.copy(root / "framework.toml", copy)
        try:
            return checked.unsigned(project.Project(month, copy))
        except intake.Refused as error:
            return error.problems


@cli.command()
def status() -> None:
    """Show each month's edition and what a run would build, and why."""
    root = _root()
    wish = Wish()
    try:
        for month in plan.months(root, None) and intake.drops(root / "data/raw"):
            p = plan.plan(root, month, wish)
            state = p.before.get("status", "no edition")
            click.echo(f"{month}  {state}, {_counted(len(p.kept), 'page')} up to date")
            for area, reason in p.todo.items():
                click.echo(f"         would build {area}: {reason}")
            for area, reason in p.frozen.items():
                click.echo(f"         needs --correct for {area}: {reason}")
            for area, reason in p.before.get("last_attempt", {}).get("failed", {}).items():
                click.echo(f"         last attempt failed on {area}: {reason}")
    except REFUSED as error:
        raise Refusal(str(error)) from None


def _root() -> Path:
    try:
        return project.find_root()
    except FileNotFoundError as error:
        raise Refusal(str(error)) from None


def _alone(outputs: Path) -> AbstractContextManager:
    """Holds the outputs for one run; another waits its turn."""
    lock = FileLock(outputs / ".lock")
    try:
        return lock.acquire(timeout=0)
    except Timeout:
        click.echo("Another run is at work here; waiting for it to end")
        return lock.acquire()


def _all_in_order(root: Path, wanted: list[pd.Period], wish: Wish) -> None:
    """Tell every problem of every drop at once, before anything is built or waited for."""
    if astray := intake.stray(root / "data/raw"):
        raise intake.Refused(astray)
    plan.plan(root, wanted[-1], wish)
    if wish.final or wish.correct:
        wrong = [problem for month in wanted for problem in checked.unsigned(project.Project(month, root))]
        if wrong:
            raise intake.Refused(wrong)


def _refuse_frozen(plans: list[plan.Plan]) -> None:
    """A final edition is not changed by the way."""
    lines = [f"{p.month} {area}: {reason}" for p in plans for area, reason in p.frozen.items()]
    if lines:
        cure = 'publish a correction with --correct "the reason", or put back what it was made from'
        raise NotPlanned("\n".join(lines) + f"\nThe edition is final and was left as it is; {cure}.")


def _build(root: Path, plans: list[plan.Plan], jobs: int) -> list[edition.Outcome]:
    bar = tqdm(total=sum(len(p.todo) for p in plans), unit="page", disable=not sys.stderr.isatty(), leave=False)

    def say(line: str) -> None:
        bar.write(line) if not bar.disable else click.echo(line)

    def told(p: plan.Plan, built: work.Built) -> None:
        say(
            f"{p.month} {built.area}: " + (f"FAILED, {built.failure}" if built.failure else f"built, {built.seconds} s")
        )
        bar.update()

    outcomes = []
    with bar, closing(edition.build(plans, partial(_pool, jobs), told)) as finished:
        for p, built in finished:
            outcome = edition.finish(root, p, built)
            outcomes.append(outcome)
            if p.kept:
                say(f"{p.month}: skipped {_counted(len(p.kept), 'page')}, for nothing they depend on has changed")
            for line in _ending(outcome):
                say(line)
    return sorted(outcomes, key=lambda outcome: outcome.plan.month)


@contextmanager
def _pool(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Worker processes, which are not waited for where the run is given up."""
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=spawn, initializer=work.quiet_worker)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in multiprocessing.active_children():
            worker.kill()
        raise
    finally:
        pool.shutdown()


def _ending(outcome: edition.Outcome) -> list[str]:
    month = outcome.plan.month
    if outcome.whole:
        return [f"{month}: edition {'put in place' if outcome.plan.todo else 'unchanged'}"]
    why = f"{month}: the edition is not whole, so the one in place was left as it is"
    return [why, f"{month}: what was built is in {outcome.place}"]


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _stop(*_) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """The `saferplymouth` command."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        cli(prog_name="saferplymouth", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. The last good edition stays.", err=True)
        sys.exit(1)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        click.echo(f"{place}{error.strerror or error}. The last good edition stays.", err=True)
        sys.exit(1)
