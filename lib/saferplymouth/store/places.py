"""Keeps what was read of places in `data/processed`, so that each file is read once."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from saferplymouth import sources
from saferplymouth.sources import Geography, SmallArea
from saferplymouth.sources.boundaries import Boundaries
from saferplymouth.sources.geography import Deprived
from saferplymouth.store import digests
from saferplymouth.store.atomic import atomic_write

FORM = 1  # of what is kept; another number has all of it read again


def path(month: pd.Period) -> str:
    """Where the geography of an edition is kept, within the project."""
    return f"data/processed/street/{month}.places.json"


def gather(root: Path, month: pd.Period, districts: Sequence[str]) -> Geography:
    """The geography of `districts` for the edition of `month`: as kept, if its files are the same.

    Raises `Refused` if one of its files cannot be read.
    """
    kept, raw = root / path(month), root / "data/raw"
    named = sources.latest_places(raw, month)
    if not named:
        return Geography()
    files = [
        (str(drop), name, digests.of_project(root).of(file))
        for drop, some in named.items()
        for name, file in sorted(some.items())
    ]
    key = _key(files, districts)
    try:
        content = kept.read_bytes()
        if json.loads(content)["key"] == key:
            return unpacked(content)
    except (OSError, ValueError, KeyError, TypeError):
        pass  # it is read again
    found = sources.geography(raw, month, districts)
    with atomic_write(kept) as file:
        file.write_bytes(packed(found, key))
    return found


def packed(geography: Geography, key: str = "") -> bytes:
    """A geography as JSON."""
    whole = vars(geography) | {"key": key, "changes": sorted(geography.changes)}
    whole["small"] = {name: _listed(shapes) for name, shapes in geography.small.items()}
    whole["large"] = _listed(geography.large)
    return json.dumps(whole, default=lambda area: [*vars(area).values()]).encode()


def unpacked(content: bytes) -> Geography:
    """The geography in JSON that `packed` wrote."""
    whole = json.loads(content)
    whole.pop("key")
    whole["changes"] = frozenset(map(tuple, whole["changes"]))
    whole["lookups"] = {
        census: {code: SmallArea(*area) for code, area in areas.items()}
        for census, areas in whole["lookups"].items()
    }
    whole["deprivation"] = {code: Deprived(*area) for code, area in whole["deprivation"].items()}
    whole["small"] = {name: _arrays(shapes) for name, shapes in whole["small"].items()}
    whole["large"] = _arrays(whole["large"])
    return Geography(**whole)


def _listed(shapes: Boundaries) -> dict[str, list]:
    return {code: [ring.tolist() for ring in rings] for code, rings in shapes.items()}


def _arrays(shapes: dict[str, list]) -> Boundaries:
    return {code: [np.array(ring) for ring in rings] for code, rings in shapes.items()}


def _key(files: list[tuple[str, str, str]], districts: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps([FORM, files, [*districts]]).encode()).hexdigest()
