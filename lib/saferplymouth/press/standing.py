"""What stands in `outputs`, and what a run would make of it, line by line."""

from collections.abc import Iterator
from pathlib import Path

from saferplymouth import framework, intake, periods, which
from saferplymouth.press import listing, plan, spent
from saferplymouth.sentences.words import counted
from saferplymouth.store import shelf
from saferplymouth.store.manifest import manifest
from saferplymouth.which import NotPlanned, Which

INDENT = " " * 9


def told(root: Path, asked: str | None) -> Iterator[str]:
    """The state of each edition asked for, all by default: where its time went, and what a run would build and why.

    Of those asked for by name also the time of each page. Raises `Mistake`.
    """
    calendar, there = framework.load(root / "framework.toml").calendar, intake.drops(root / "data/raw")
    stand = listing.standing(root / "outputs")
    if asked in stand:
        names = [asked]
    elif asked or not (there or stand):
        names = [one.name for one in which.asked(root, asked, calendar)]
    else:
        names = sorted({*map(str, there), *stand}, key=lambda name: (which.QUARTER.fullmatch(name) is not None, name))
    for name in names:
        made = manifest(root / "outputs" / name)
        gone = listing.gone(name, made, there)
        try:
            one = None if shelf.withdrawn(made) else which.named(name, there, calendar)
        except NotPlanned:
            one = None  # a quarter without a drop
        if one is None or one.month not in there:
            yield f"{name}  {shelf.withdrawn(made) or made['status']}"
        else:
            yield from _planned(plan.plan(root, one, plan.Wish()), each=bool(asked))
            yield from _beside(root, one, there)
        if gone and not shelf.withdrawn(made):
            yield f'{INDENT}{gone}: put it back, or use saferplymouth withdraw {name} --because "the reason"'


def _planned(p: plan.Plan, each: bool) -> Iterator[str]:
    """The edition in place, what a run would build, and where its time went, of `each` of its pages too."""
    state = p.before.get("status") or (p.status if p.frozen else "no edition")
    yield f"{p.name}  {state}, {counted(len(p.kept), 'page')} up to date"
    times = spent.read(p.before.get("build", {}).get("time", {}))
    if times:
        yield f"{INDENT}built in {spent.told(spent.total(times.values()))}"
    for area, took in times.items() if each else ():
        yield f"{INDENT}{area}: {spent.told(took)}"
    for area, reason in p.todo.items():
        yield f"{INDENT}would build {area}: {reason}"
    for area, reason in p.frozen.items():
        yield f"{INDENT}needs --correct for {area}: {reason}"
    for area, reason in p.before.get("last_attempt", {}).get("failed", {}).items():
        yield f"{INDENT}last attempt failed on {area}: {reason}"


def _beside(root: Path, one: Which, there: list) -> Iterator[str]:
    """The months of a quarter whose own edition was withdrawn."""
    for month in one.drops(there) if one.quarter is not None else ():
        if taken := shelf.withdrawn(manifest(root / "outputs" / str(month))):
            yield f"{INDENT}covers {periods.words(month)}, whose edition was {taken}"
