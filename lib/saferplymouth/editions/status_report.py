"""What is in `outputs`, and what a run would make of it, line by line."""

from collections.abc import Iterator
from pathlib import Path

from saferplymouth import periods, sources
from saferplymouth.editions import listing, plan, timings
from saferplymouth.framework import load
from saferplymouth.indicators.words import counted
from saferplymouth.store import edition_names, published
from saferplymouth.store.edition_names import NotPlanned
from saferplymouth.store.manifest import manifest

INDENT = " " * 9


def lines(root: Path, asked: str | None) -> Iterator[str]:
    """The state of each edition asked for, all by default, and what a run would build and why.

    Of those asked for by name also the time of each page. Raises `Mistake`.
    """
    calendar = load(root / "framework.toml").calendar
    drops, in_place = sources.drops(root / "data/raw"), listing.in_place(root / "outputs")
    if asked in in_place:
        names = [asked]
    elif asked or not (drops or in_place):
        names = [one.name for one in edition_names.asked(root, asked, calendar)]
    else:  # the quarters after the months
        names = sorted({*map(str, drops), *in_place}, key=lambda name: ("Q" in name, name))
    for name in names:
        made = manifest(root / "outputs" / name)
        withdrawn, lost = published.withdrawn(made), listing.lost_drop(name, made, drops)
        try:
            one = None if withdrawn else edition_names.named(name, drops, calendar)
        except NotPlanned:
            one = None  # a quarter without a drop
        if one is None or one.month not in drops:
            yield f"{name}  {withdrawn or made['status']}"
        else:
            planned = plan.plan(root, one, plan.RunOptions())
            yield planned.name + "  " + _state(planned)
            details = [*_details(planned, each=bool(asked)), *_withdrawn_months(root, one, drops)]
            yield from (INDENT + line for line in details)
        if lost and not withdrawn:
            cure = f'put it back, or use saferplymouth withdraw {name} --because "the reason"'
            yield f"{INDENT}{lost}: {cure}"


def _state(p: plan.Plan) -> str:
    state = p.before.get("status") or (p.status if p.frozen else "no edition")
    return f"{state}, {counted(len(p.kept), 'page')} up to date"


def _details(p: plan.Plan, each: bool) -> Iterator[str]:
    times = timings.read(p.before.get("build", {}).get("time", {}))
    if times:
        yield f"built in {timings.total(times.values())}"
    if each:
        yield from (f"{area}: {took}" for area, took in times.items())
    failed = p.before.get("last_attempt", {}).get("failed", {})
    for what, reasons in (
        ("would build", p.todo),
        ("needs --correct for", p.frozen),
        ("last attempt failed on", failed),
    ):
        yield from (f"{what} {area}: {reason}" for area, reason in reasons.items())


def _withdrawn_months(root: Path, one: edition_names.EditionName, drops: list) -> Iterator[str]:
    """The months of a quarter whose own edition was withdrawn."""
    for month in one.drops(drops) if one.quarter is not None else ():
        if why := published.withdrawn(manifest(root / "outputs" / str(month))):
            yield f"covers {periods.words(month)}, whose edition was {why}"
