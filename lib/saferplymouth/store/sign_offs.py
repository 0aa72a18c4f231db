"""The sign-offs that apply to an edition, read from drops or sent to a page's worker."""

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from saferplymouth import sources
from saferplymouth.framework import Framework
from saferplymouth.sources import SignOff


def gather(root: Path, month: pd.Period, framework: Framework) -> tuple[SignOff, ...]:
    """What analysts accepted in the drops up to `month`. Raises `sources.Refused`."""
    handed = root / _path(month)
    if handed.is_file():
        return tuple(SignOff(**given) for given in json.loads(handed.read_bytes()))
    return sources.sign_offs(root / "data/raw", month, framework)


def files_for_worker(
    signed: Iterable[SignOff], month: pd.Period, about: Collection[str]
) -> dict[str, bytes]:
    """Sign-offs about some indicators and street files, as files for a page's worker, by path."""
    mine = [asdict(s) for s in signed if s.about in about]
    return {_path(month): json.dumps(mine).encode()} if mine else {}


def _path(month: pd.Period) -> str:
    return f"data/processed/{month}.sign-offs.json"
