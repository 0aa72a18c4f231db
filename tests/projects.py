"""Copies of this project for tests, whole or with some of its areas, and an edition built of one."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import tiny

from saferplymouth.indicators.project import Project

ROOT = Path(__file__).parents[1]
HOSTILE = """Author: A. N. Analyst <script>alert(1)</script>
Date: 2017-01-10

Reports rose by **68**. See [the action plan](https://example.org/plan).

<script>alert("run")</script><img src="https://example.org/pixel.png" onerror="alert(2)">
<iframe src="//example.org"></iframe>
[press](javascript:alert(3))
"""


def copy_project(folder: Path, street: bool = False) -> Path:
    """This project's framework, glossary, drops and notebooks in `folder`, with nothing built yet.

    The street files, which are large, and the geography come along only where they are wanted.
    """
    left = shutil.ignore_patterns() if street else shutil.ignore_patterns("*-street.csv", "places")
    shutil.copytree(ROOT / "data/raw", folder / "data/raw", ignore=left)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    for name in ("framework.toml", "GLOSSARY.md"):
        shutil.copy(ROOT / name, folder)
    return folder


def share(root: Path) -> Path:
    """A copy that tests only read: what a month's `Project` works out of it is worked out once, for
    as long as no file of the copy changes.
    """
    shared.add(root)
    return root


shared: set[Path] = set()
worked_out: dict[tuple, dict] = {}
load = Project.__init__


def load_once(project: Project, month, root: Path | None = None) -> None:
    place = root or Path.cwd()
    if place not in shared:
        return load(project, month, root)
    root = place
    files = [*(root / "data/raw").rglob("*"), root / "framework.toml"]
    stamps = [(path, path.stat().st_mtime_ns, path.stat().st_size) for path in files]
    key = root, str(month), tuple(stamps)
    if key not in worked_out:
        load(project, month, root)
        worked_out[key] = project.__dict__
    project.__dict__ = worked_out[key]
    return None


Project.__init__ = load_once


def keep_areas(root: Path, *areas: str) -> Path:
    """Take every other area, its figures and the board's papers out of a copy, so that its edition
    is soon built.
    """
    path = root / "framework.toml"
    indicators = tomllib.loads(path.read_text(encoding="utf-8"))["indicators"]
    kept = {key for key, indicator in indicators.items() if indicator["area"] in areas}
    sections = re.split(r"(?m)^(?=\[)", path.read_text(encoding="utf-8"))
    named = [re.match(r"\[(areas|indicators)\.(\w+)", section) for section in sections]
    wanted = [not name or name[2] in (areas if name[1] == "areas" else kept) for name in named]
    path.write_text(
        "".join(s for s, keep in zip(sections, wanted, strict=True) if keep), encoding="utf-8"
    )
    for table in root.glob("data/raw/*/returns/*.csv"):
        header, *rows = table.read_text(encoding="utf-8").splitlines(keepends=True)
        rows = [row for row in rows if row.partition(",")[0] in kept]
        table.write_text("".join([header, *rows]), encoding="utf-8") if rows else table.unlink()
    for papers in root.glob("data/raw/*/papers"):
        shutil.rmtree(papers)
    return root


def build_edition(root: Path) -> None:
    copy_project(root, street=True)
    comments = root / "data/raw/2016-11/comments"
    comments.mkdir(exist_ok=True)
    (comments / "police_recorded_hate_crime.md").write_text(HOSTILE, encoding="utf-8")
    for words in (["2016-11"], ["2016-Q3", "--area", "quarter_summary"]):
        done = tiny.told(root, "run", *words)
        assert done.returncode == 0, done.stdout + done.stderr


def git(folder: Path, *words: str) -> str:
    """What git says, with the programs of this Python at hand, as where `make lab` was used."""
    named = ["-c", "user.name=A. Analyst", "-c", "user.email=analyst@example.org"]
    here = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    call = ["git", *named, *words]
    return subprocess.run(
        call, cwd=folder, check=True, capture_output=True, text=True, env=here
    ).stdout
