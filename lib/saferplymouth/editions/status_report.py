"""What stands in `outputs`, and what a run would make of it, line by line."""

from collections.abc import Iterator
from pathlib import Path

from saferplymouth import framework, periods, sources
from saferplymouth.editions import listing, plan, timings
from saferplymouth.indicators.words import counted
from saferplymouth.store import edition_names, published
from saferplymouth.store.edition_names import EditionName, NotPlanned
from saferplymouth.store.manifest import manifest

INDENT = " " * 9


def told(root: Path, asked: str | None) -> Iterator[str]:
    """The state of each edition asked for, all by default: where its time went, and what a run
    would build and why.

    Of those asked for by name also the time of each page. Raises `Mistake`.
    """
    calendar, there = (
        framework.load(root / "framework.toml").calendar,
        sources.drops(root / "data/raw"),
    )
    stand = listing.standing(root / "outputs")
    if asked in stand:
        names = [asked]
    elif asked or not (there or stand):
        names = [one.name for one in edition_names.asked(root, asked, calendar)]
    else:
        names = sorted(
            {*map(str, there), *stand},
            key=lambda name: (edition_names.QUARTER.fullmatch(name) is not None, name),
        )
    for name in names:
        made = manifest(root / "outputs" / name)
        gone = listing.gone(name, made, there)
        try:
            one = None if published.withdrawn(made) else edition_names.named(name, there, calendar)
        except NotPlanned:
            one = None  # a quarter without a drop
        if one is None or one.month not in there:
            yield f"{name}  {published.withdrawn(made) or made['status']}"
        else:
            yield from _planned(plan.plan(root, one, plan.RunOptions()), each=bool(asked))
            yield from _beside(root, one, there)
        if gone and not published.withdrawn(made):
            yield (
                f"{INDENT}{gone}: put it back, or use saferplymouth withdraw {name} --because "
                f'"the reason"'
            )


def _planned(p: plan.Plan, each: bool) -> Iterator[str]:
    """The edition in place, what a run would build, and where its time went, of `each` of its pages
    too.
    """
    state = p.before.get("status") or (p.status if p.frozen else "no edition")
    yield f"{p.name}  {state}, {counted(len(p.kept), 'page')} up to date"
    times = timings.read(p.before.get("build", {}).get("time", {}))
    if times:
        yield f"{INDENT}built in {timings.told(timings.total(times.values()))}"
    for area, took in times.items() if each else ():
        yield f"{INDENT}{area}: {timings.told(took)}"
    for area, reason in p.todo.items():
        yield f"{INDENT}would build {area}: {reason}"
    for area, reason in p.frozen.items():
        yield f"{INDENT}needs --correct for {area}: {reason}"
    for area, reason in p.before.get("last_attempt", {}).get("failed", {}).items():
        yield f"{INDENT}last attempt failed on {area}: {reason}"


def _beside(root: Path, one: EditionName, there: list) -> Iterator[str]:
    """The months of a quarter whose own edition was withdrawn."""
    for month in one.drops(there) if one.quarter is not None else ():
        if taken := published.withdrawn(manifest(root / "outputs" / str(month))):
            yield f"{INDENT}covers {periods.words(month)}, whose edition was {taken}"
