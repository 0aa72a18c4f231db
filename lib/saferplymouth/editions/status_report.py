"""`saferplymouth status`: the state of each edition, and what a run would build."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from saferplymouth import periods
from saferplymouth.editions import listing, plan, timings
from saferplymouth.framework import load
from saferplymouth.indicators.words import counted
from saferplymouth.store import edition_names, published
from saferplymouth.store.edition_names import NotPlanned
from saferplymouth.store.manifest import manifest
from saferplymouth.store.observations import Drops

INDENT = " " * 9


@dataclass(frozen=True)
class EditionStatus:
    """An edition's `manifest`, empty if none is in place, and the `plan` of a run, None if it was
    withdrawn or has no drop. `lost` says that its drop is gone; `months` are lines on the withdrawn
    editions of a quarter's months.
    """

    name: str
    manifest: dict
    plan: plan.Plan | None
    lost: str
    months: list[str]

    @property
    def state(self) -> str:
        """Such as `Draft`; empty where there is no edition."""
        if self.plan is None:
            return self.manifest["status"]
        return self.plan.before.get("status") or (self.plan.status if self.plan.frozen else "")


def statuses(root: Path, asked: str | None) -> Iterator[EditionStatus]:
    """The status of each edition asked for, by default all. Raises `Mistake`."""
    looked_at = Drops(root, load(root / "framework.toml"))
    calendar, drops, outputs = looked_at.framework.calendar, looked_at.months, root / "outputs"
    if asked and edition_names.is_edition(asked) and manifest(outputs / asked):
        names = [asked]
    elif asked or not (drops or listing.in_place(outputs)):
        names = [one.name for one in edition_names.asked(root, asked, calendar)]
    else:  # months first, then quarters
        names = {*map(str, drops), *listing.in_place(outputs)}
        names = sorted(names, key=lambda name: ("Q" in name, name))
    for name in names:
        made = manifest(root / "outputs" / name)
        withdrawn, lost = published.withdrawn(made), listing.lost_drop(name, made, drops)
        try:
            one = None if withdrawn else edition_names.named(name, drops, calendar)
        except NotPlanned:
            one = None  # a quarter without a drop
        if one is None or one.month not in drops:
            yield EditionStatus(name, made, None, lost, [])
            continue
        planned = plan.plan(root, one, plan.RunOptions(), looked_at)
        months = list(_withdrawn_months(root, one, drops))
        yield EditionStatus(name, made, planned, lost, months)
    looked_at.digests.save()


def lines(status: EditionStatus, each: bool) -> Iterator[str]:
    """An edition's status, and what a run would build and why; with the time of `each` page."""
    name, planned, withdrawn = status.name, status.plan, published.withdrawn(status.manifest)
    if planned is None:
        yield f"{name}  {withdrawn or status.state}"
    else:
        pages = counted(len(planned.kept), "page")
        yield f"{name}  {status.state or 'no edition'}, {pages} up to date"
        yield from (INDENT + line for line in [*_details(planned, each), *status.months])
    if status.lost and not withdrawn:
        cure = f'restore it, or use saferplymouth withdraw {name} --because "the reason"'
        yield f"{INDENT}{status.lost}: {cure}"


def _details(p: plan.Plan, each: bool) -> Iterator[str]:
    times = timings.read(p.before.get("build", {}).get("time", {}))
    if times:
        yield f"time of all pages: {timings.total(times.values())}"
    if each:
        yield from (f"{area}: {took}" for area, took in times.items())
    failed = p.before.get("last_attempt", {}).get("failed", {})
    for what, reasons in (
        ("would build", p.todo),
        ("needs --correct for", p.frozen),
        ("last attempt failed on", failed),
    ):
        yield from (f"{what} {line}" for line in plan.by_reason(reasons))


def _withdrawn_months(root: Path, one: edition_names.EditionName, drops: list) -> Iterator[str]:
    """The months of a quarter whose own edition was withdrawn."""
    for month in one.drops(drops) if one.quarter is not None else ():
        if why := published.withdrawn(manifest(root / "outputs" / str(month))):
            yield f"covers {periods.words(month)}, an edition that was {why}"
