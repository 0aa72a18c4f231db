"""What a run that no one watches needs: to wait for returns that are missing, and to call for help
when it fails.
"""

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

FAILURE = (
    "SAFERPLYMOUTH_FAILURE"  # the variable that holds, for the command called, what failed and why
)


def complete(root: Path, framework: Framework) -> tuple[pd.Period | None, list[str]]:
    """The newest drop that waits for nothing, and what each newer one waits for.

    A drop waits for the agencies named in `partnership.waits_for`: for the month's figure of each
    of their monthly indicators that has ever been received. Raises `sources.Refused` where a drop
    cannot be read.
    """
    drops = sources.drops(root / "data/raw")
    if not drops or not framework.partnership.waits_for:
        return drops[-1] if drops else None, []
    observations.refresh(root, framework, drops[-1])
    told = []
    for month in reversed(drops):
        lacking = _lacking(observations.received(root, month), month, framework)
        if not lacking:
            return month, told
        told.append(
            f"{month} waits for {'; '.join(lacking)}. To build it as it is: saferplymouth run "
            f"{month}"
        )
    return None, told


def _lacking(received: pd.DataFrame, month: pd.Period, framework: Framework) -> list[str]:
    """What the agencies waited for have not sent for a month: each with the names of its
    indicators.
    """
    heard = set(received["indicator"])
    come = set(received.loc[received["period"] == str(month), "indicator"])
    found = []
    for agency in framework.partnership.waits_for:
        mine = [
            i
            for i in framework.indicators.values()
            if i.agency_of(month) == agency and i.frequency == "month"
        ]
        absent = [i.name for i in mine if i.key in heard - come and not i.worked_out]
        if absent:
            found.append(f"{framework.agencies[agency]} ({', '.join(absent)})")
    return found


@contextmanager
def calling(command: str) -> Iterator[None]:
    """Calls `command` when what is inside fails, with the reason in one line in
    `SAFERPLYMOUTH_FAILURE`.
    """
    try:
        yield
    except BaseException as error:
        if command:
            said = (
                error.message
                if isinstance(error, click.ClickException)
                else str(error) or type(error).__name__
            )
            called = subprocess.run(
                command, shell=True, env=os.environ | {FAILURE: "; ".join(said.split("\n"))}
            )
            if called.returncode:
                click.echo(
                    f"The command for failures ended with {called.returncode} itself.", err=True
                )
        raise
