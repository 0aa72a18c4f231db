"""Scheduled runs: waits for missing returns, and runs a command when a run fails."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pandas as pd

from saferplymouth import sources
from saferplymouth.framework import Framework
from saferplymouth.store import observations

FAILURE = "SAFERPLYMOUTH_FAILURE"  # tells the command what failed and why


def complete(root: Path, framework: Framework) -> tuple[pd.Period | None, list[str]]:
    """The newest complete drop, and a line on what each newer one is waiting for.

    A drop waits for the agencies in `partnership.waits_for`: for the month's figure of each of
    their monthly indicators that was ever received. Raises `sources.Refused`.
    """
    drops = sources.drops(root / "data/raw")
    if not drops or not framework.partnership.waits_for:
        return drops[-1] if drops else None, []
    observations.refresh(root, framework, drops[-1])
    lines = []
    for month in reversed(drops):
        missing = _missing(observations.received(root, month), month, framework)
        if not missing:
            return month, lines
        build = f"To build it anyway: saferplymouth run {month}"
        lines.append(f"{month} is waiting for {'; '.join(missing)}. {build}")
    return None, lines


def _missing(received: pd.DataFrame, month: pd.Period, framework: Framework) -> list[str]:
    of_month = set(received.loc[received["period"] == str(month), "indicator"])
    due = set(received["indicator"]) - of_month
    names: dict[str, list[str]] = {}
    for i in framework.indicators.values():
        if i.key in due and i.frequency == "month" and not i.worked_out:
            names.setdefault(i.agency_of(month), []).append(i.name)
    waited_for = [agency for agency in framework.partnership.waits_for if agency in names]
    return [f"{framework.agencies[agency]} ({', '.join(names[agency])})" for agency in waited_for]


@contextmanager
def calling(command: str | None, output: int | None = None) -> Iterator[None]:
    """Runs `command` if the block fails, with the reason in `SAFERPLYMOUTH_FAILURE`.

    What it prints goes to the descriptor `output`, by default where this process prints.
    """
    try:
        yield
    except BaseException as error:
        if command:
            reason = str(error) or type(error).__name__
            environment = os.environ | {FAILURE: "; ".join(reason.split("\n"))}
            status = subprocess.run(command, shell=True, env=environment, stdout=output).returncode
            if status:
                click.echo(f"The --on-failure command failed, with status {status}.", err=True)
        raise
