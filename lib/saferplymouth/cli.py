"""The commands: arguments, progress and exit status.

Exit 0: good. 1: some pages failed; the rest is built and the last good edition stays. 2: bad input
or usage, and nothing was built.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from saferplymouth import framework, scaffold, sources
from saferplymouth.editions import (
    build,
    cluster,
    drop_check,
    failures,
    foi,
    notebooks,
    page_list,
    runner,
    schedule,
    status_report,
    unchanged,
    withdrawal,
)
from saferplymouth.editions.plan import RunOptions
from saferplymouth.errors import Mistake, NoProject, known_keys, unreasoned
from saferplymouth.indicators import project
from saferplymouth.indicators.words import counted, listed
from saferplymouth.pages import data_requests
from saferplymouth.sources.problems import shown
from saferplymouth.store import edition_names, published
from saferplymouth.store.edition_names import EditionName

# the variable with which what the suite did not foresee shows where it happened
DEBUG = "SAFERPLYMOUTH_DEBUG"
JOBS = 1 + (os.cpu_count() or 1)  # a kernel that starts or ends leaves its core idle for a while


class Refusal(click.ClickException):
    exit_code = 2

    def show(self, file=None) -> None:
        click.echo(self.message, err=True)


class Failure(click.ClickException):
    """Some pages failed; the message says which and why."""

    def show(self, file=None) -> None:
        click.echo(f"Failed: {self.message}", err=True)


def reasoned(context: click.Context, option: click.Option, given: str | None) -> str:
    """The reason that an option gives, on one line, empty where it is left out; `Refusal` for what
    says nothing.
    """
    reason = " ".join((given or "").split())
    if given is not None and (wrong := unreasoned(reason)):
        raise Refusal(
            f"{option.opts[0]}: {shown(reason)} {wrong[0]}; {wrong[1]}.\nNothing was done."
        )
    return reason


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="saferplymouth")
def cli() -> None:
    """Builds a Community Safety Partnership's monthly reports from its partners' returns."""


@cli.command()
@click.argument("months", required=False, metavar="[MONTH | FROM..TO | QUARTER]")
@click.option("--area", metavar="KEY", help="Build this area's page only.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=JOBS,
    show_default=True,
    help="Notebooks run at once.",
)
@click.option("--force", is_flag=True, help="Build also what has not changed.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=1),
    default=300,
    show_default=True,
    help="Limit for a notebook.",
)
@click.option(
    "--dask", metavar="ADDRESS", help="Build on the workers of this dask.distributed scheduler."
)
@click.option(
    "--final", is_flag=True, help="Freeze the edition: from then on it changes only with --correct."
)
@click.option(
    "--correct",
    metavar="REASON",
    callback=reasoned,
    help="Publish a correction of a final edition, and say why.",
)
@click.option(
    "--on-failure",
    metavar="COMMAND",
    default="",
    help="Call this where the run fails; see docs/scheduling.md.",
)
def run(
    months: str | None,
    area: str | None,
    jobs: int,
    force: bool,
    seconds: float,
    dask: str | None,
    final: bool,
    correct: str,
    on_failure: str,
) -> None:
    """Build editions: the newest complete drop's by default, or 2016-11, 2016-04..2016-11, or the
    quarter 2016-Q3.
    """
    wish = RunOptions(area, force, seconds, final=final, correct=correct)
    root = _root()
    with schedule.calling(on_failure):
        try:
            with _noting_what_stands(root / "outputs"):
                wish = replace(wish, published=build.moment().date().isoformat())
                _run(
                    root,
                    months,
                    wish,
                    lambda: partial(cluster.workers, dask) if dask else runner.here(jobs),
                )
        except Mistake as error:
            raise Refusal(f"{error}\n{_what_stands(error, 'Nothing was built.')}") from None


@contextmanager
def _noting_what_stands(outputs: Path) -> Iterator[None]:
    """Has whatever ends a run bear a note of the editions that it had put in place."""
    before = published.places(outputs)
    try:
        yield
    except BaseException as error:
        if new := [
            name for name, place in published.places(outputs).items() if before.get(name) != place
        ]:
            error.add_note(f"In place already: {listed(sorted(new))}; all else stays as it was.")
        raise


def _what_stands(
    error: BaseException | None, otherwise: str = "The last good edition stays."
) -> str:
    return " ".join(getattr(error, "__notes__", [otherwise]))


def _run(
    root: Path, months: str | None, wish: RunOptions, workers: Callable[[], build.Pool]
) -> None:
    read = unchanged.read(root)
    wanted, waiting = (_asked(root, months), []) if months else _newest(root)
    if not wanted:
        return
    wish = replace(wish, named=bool(months) and len(wanted) == 1)
    outcomes = runner.run(root, wanted, wish, workers())
    if not outcomes:
        click.echo("Nothing was built")
        return
    whole = [outcome.place / "index.html" for outcome in outcomes if outcome.whole]
    opened = f"Open {whole[-1] if whole else outcomes[-1].opens}"
    click.echo(opened)
    if len(whole) == len(outcomes) and not (wish.force or wish.final or wish.correct):
        left_out = runner.withdrawn(root, wanted, wish).values()
        said = [*waiting, *left_out, *runner.nothing_to_do(outcomes), opened]
        with suppress(OSError):  # then the next run looks for itself
            unchanged.remember(root, sys.argv[1:], read, said)
    failed: dict[tuple[str, str], list[str]] = {}
    for o in outcomes:
        for failure in o.failures.items():
            failed.setdefault(failure, []).append(o.plan.name)
    if failed:
        raise Failure(
            "; ".join(
                f"{listed(names)} {area}: {reason}" for (area, reason), names in failed.items()
            )
        )


def _newest(root: Path) -> tuple[list[EditionName], list[str]]:
    """The newest drop that waits for no agency's figures, and in lines, which are told, what a
    newer one waits for.
    """
    asked = _asked(root, None)
    month, waiting = schedule.complete(root, framework.load(root / "framework.toml"))
    for line in waiting:
        click.echo(line)
    if month is None:
        click.echo("Nothing was built")
    return [] if month is None else [EditionName(month)] if waiting else asked, waiting


@cli.command()
@click.argument("months", required=False, metavar="[MONTH | FROM..TO | QUARTER]")
def check(months: str | None) -> None:
    """List every problem of a drop, its comments and its pages' notebooks, with its place and cure.
    Writes nothing.

    Of a QUARTER, those of each of its months that has a drop.
    """
    root = _root()
    raw = root / "data/raw"
    try:
        frame = framework.load(root / "framework.toml")
        editions = _asked(root, months)
        wanted = [month for one in editions for month in one.drops(sources.drops(raw))]
    except Mistake as error:
        raise Refusal(str(error)) from None
    problems, questions = sources.stray(raw), dict.fromkeys(notebooks.asked(root, frame))
    for one in wanted:
        drop = sources.read(raw, one, frame)
        problems += drop.problems
        held = {"figure": drop.rows, "comment": drop.comments, "paper": drop.papers}
        held |= {"sign-off": drop.sign_offs} if drop.sign_offs else {}
        click.echo(
            f"{one}: {listed([counted(len(some), what) for what, some in held.items()])} can be "
            f"used"
        )
        for line in drop.unread:
            click.echo(line)
        wrong, asked = drop_check.held_against_figures(root, one, sound=not problems)
        problems += wrong
        questions |= dict.fromkeys(asked)
    for question in questions:
        click.echo(f"Question: {question}")
    keys = dict.fromkeys(key for one in editions for key in page_list.pages(root, frame, one, None))
    problems = list(dict.fromkeys([*problems, *notebooks.missing(root, keys, frame)]))
    if problems:
        raise Refusal(
            "\n".join(str(p) for p in problems) + f"\n{counted(len(problems), 'problem')}"
        )
    asked = f", {counted(len(questions), 'question')} to answer" if questions else ""
    click.echo(f"No problems{asked}")


@cli.command()
@click.argument("months", required=False, metavar="[MONTH | FROM..TO | QUARTER]")
def status(months: str | None) -> None:
    """Show each month's edition, where its time went, and what a run would build, and why.

    With MONTH only that, with the time of each of its pages.
    """
    try:
        for line in status_report.told(_root(), months):
            click.echo(line)
    except Mistake as error:
        raise Refusal(str(error)) from None


@cli.command()
@click.argument("name", metavar="MONTH | QUARTER")
@click.option(
    "--because",
    metavar="REASON",
    required=True,
    callback=reasoned,
    help="Why, for whoever looks for it.",
)
def withdraw(name: str, because: str) -> None:
    """Take an edition back, a final one too: its addresses and the list of editions then say when
    and why.

    What was published is kept in outputs/withdrawn.
    """
    root = _root()
    outputs = root / "outputs"
    try:
        with runner.alone(outputs) if outputs.is_dir() else nullcontext():
            kept = withdrawal.withdraw(root, name, because, build.moment())
    except Mistake as error:
        raise Refusal(str(error)) from None
    click.echo(
        f"{name}: withdrawn; its pages and the list of editions say so\nWhat was published is "
        f"kept in {kept}"
    )
    for other in withdrawal.also_in(outputs, name):
        click.echo(f"{other} has the same figures and stays; withdraw it too if they are wrong")
    click.echo(f"To publish it again: {published.again(name)}")


@cli.command()
@click.argument("area")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Where to write; here by default.",
)
def template(area: str, folder: Path) -> None:
    """Write the returns that AREA's figures should come in, one for each agency, ready to be filled
    in.
    """
    root = _root()
    try:
        frame, newest = framework.load(root / "framework.toml"), _asked(root, None)[-1].month
    except Mistake as error:
        raise Refusal(str(error)) from None
    if area not in frame.areas:
        raise Refusal(f"'{area}' is not an area; {known_keys(area, frame.areas)}")
    returns = data_requests.templates(area, frame, newest)
    there = [name for name in returns if (folder / name).exists()]
    if there:
        raise Refusal(
            f"{', '.join(there)} is here already; move it, or write elsewhere with --to FOLDER"
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in returns.items():
        (folder / name).write_text(content, encoding="utf-8")
        click.echo(folder / name)


@cli.command("new-area")
@click.argument("key")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Where to write the returns; here by default.",
)
def new_area(key: str, folder: Path) -> None:
    """Begin a priority area: its entry in framework.toml, to be filled in, its notebook and its
    returns.

    An area that has its entry and no notebook gets the rest.
    """
    root = _root()
    try:
        written = scaffold.write(root, key, _asked(root, None)[-1].month, folder)
    except Mistake as error:
        raise Refusal(str(error)) from None
    for path in written:
        click.echo(path)
    new = root / "framework.toml" in written
    told = f"Fill in what framework.toml says of {key}; its page meanwhile" if new else "Its page"
    click.echo(f"{told}: saferplymouth run --area {key}")


@cli.command("foi")
@click.argument("name", metavar="MONTH | QUARTER")
def bundle(name: str) -> None:
    """Bundle every table of a published edition, with definitions and checksums, to answer a
    request with.
    """
    try:
        click.echo(foi.bundle(_root(), name))
    except Mistake as error:
        raise Refusal(str(error)) from None


def _asked(root: Path, text: str | None) -> list[EditionName]:
    return edition_names.asked(root, text, framework.load(root / "framework.toml").calendar)


def _root() -> Path:
    try:
        return project.find_root()
    except NoProject as error:
        raise Refusal(str(error)) from None


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
    except (click.Abort, KeyboardInterrupt) as error:
        click.echo(f"Stopped. {_what_stands(error.__cause__)}", err=True)
        sys.exit(1)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        click.echo(f"{place}{error.strerror or error}. {_what_stands(error)}", err=True)
        sys.exit(1)
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        why = f"{type(error).__name__}: {failures.plain(error)}"
        cure = (
            f"To see where, run it with {DEBUG}=1, and report that to whoever maintains the suite."
        )
        click.echo(f"The suite failed ({why}). {_what_stands(error)} {cure}", err=True)
        sys.exit(1)
    finally:
        _let_go_of_closed_streams()


def _let_go_of_closed_streams() -> None:
    """What a stream has refused is dropped, for the interpreter would try again at its end and
    complain.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
