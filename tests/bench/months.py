"""More months than there are: the last twelve drops again, one and two years earlier, in a project
of its own.
"""

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
NEWEST = 12
YEAR = re.compile(r"\b20(\d\d)(?=[-/])(?:/(\d\d)\b)?")
CRIME = re.compile(r"^[0-9a-f](?=[0-9a-f]{63},)", re.MULTILINE)


def project(root: Path, years: int = 0) -> list[str]:
    """A copy of this project in `root` that has all its drops; or, of so many `years`, the last
    twelve and the same moved back by whole years, with geography and populations as they are.
    Returns the months of its drops.
    """
    for name in ("framework.toml", "GLOSSARY.md", "notebooks"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, root / name)
    drops = sorted(path for path in (ROOT / "data/raw").iterdir() if path.is_dir())
    for drop in drops[-NEWEST:] if years else drops:
        for back in range(max(years, 1)):
            _moved(drop, root / "data/raw" / _earlier(drop.name, back), back)
    return sorted(path.name for path in (root / "data/raw").iterdir())


def _moved(drop: Path, to: Path, back: int) -> None:
    for path in sorted(drop.rglob("*")):
        target = to / path.relative_to(drop).with_name(_earlier(path.name, back))
        if path.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            if back and "places" not in path.parts:
                content = path.read_text(encoding="utf-8")
                target.write_text(
                    CRIME.sub("fedc"[back], _earlier(content, back)), encoding="utf-8"
                )
            else:
                shutil.copy(path, target)


def _earlier(text: str, back: int) -> str:
    """The text with every year of a period moved back."""
    return (
        YEAR.sub(lambda m: f"20{int(m[1]) - back}" + (f"/{int(m[2]) - back}" if m[2] else ""), text)
        if back
        else text
    )
