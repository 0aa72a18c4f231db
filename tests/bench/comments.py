"""How well comments are read that others wrote: `python tests/bench/comments.py`."""

import sys
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from written import measured, rows  # noqa: E402

print(
    f"{'file':10}{'wrong, silent':>15}{'contradicted':>14}{'right, contradicted':>21}{'clear':>8}"
)
every = {path.stem: rows(path) for path in sorted((ROOT / "tests/comments").glob("*.tsv"))}
for name, comments in (every | {"all": [*chain(*every.values())]}).items():
    found = measured(comments, ROOT)
    print(
        f"{name:10}{found.silent:15.1%}{found.called:14.1%}{found.alarms:21.1%}{found.clear:8.1%}"
    )
for (what, kind), count in sorted(found.misses.items(), key=lambda miss: -miss[1]):
    print(f"{count:4} {what}: {kind}")
