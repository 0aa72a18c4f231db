"""Projects the tests share: copies of this one, never the real one."""

import os
import re
import shutil
import tomllib
from pathlib import Path

import pytest
import tiny
from filelock import FileLock
from hypothesis import settings
from playwright.sync_api import sync_playwright

# The same commit gives the same answer; `pytest --hypothesis-profile=search` looks for new
# examples.
settings.register_profile("search", max_examples=1000)
settings.register_profile("suite", derandomize=True, deadline=None)
settings.load_profile("suite")

ROOT = Path(__file__).parents[1]
HOSTILE = """Author: A. N. Analyst <script>alert(1)</script>
Date: 2017-01-10

Reports rose by **68**. See [the action plan](https://example.org/plan).

<script>alert("run")</script><img src="https://example.org/pixel.png" onerror="alert(2)">
<iframe src="//example.org"></iframe>
[press](javascript:alert(3))
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Groups of tests that share a built edition go first, so that no worker is left with one at
    the end.
    """
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


def copy_project(folder: Path, street: bool = False) -> Path:
    """This project's framework, drops and notebooks in `folder`, with nothing built yet.

    The street files, which are large, and the geography come along only where they are wanted.
    """
    left = shutil.ignore_patterns() if street else shutil.ignore_patterns("*-street.csv", "places")
    shutil.copytree(ROOT / "data/raw", folder / "data/raw", ignore=left)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    shutil.copy(ROOT / "framework.toml", folder)
    return folder


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


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy that a test may change as it likes."""
    return copy_project(tmp_path / "project")


@pytest.fixture(scope="session")
def untouched(tmp_path_factory) -> Path:
    """A copy for tests that only read it."""
    return copy_project(tmp_path_factory.mktemp("shared") / "project")


@pytest.fixture(scope="session")
def edition(tmp_path_factory) -> Path:
    """November 2016, built by the command in a copy of the project whose drop has a hostile
    comment; once for all workers, which only read it.
    """
    own = tmp_path_factory.getbasetemp()
    root = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "edition"
    with FileLock(root.with_suffix(".lock")):
        if not root.exists():
            build_edition(root)
    return root / "outputs"


def build_edition(root: Path) -> None:
    copy_project(root, street=True)
    comments = root / "data/raw/2016-11/comments"
    comments.mkdir(exist_ok=True)
    (comments / "police_recorded_hate_crime.md").write_text(HOSTILE, encoding="utf-8")
    for words in (["2016-11"], ["2016-Q3", "--area", "quarter_summary"]):
        done = tiny.told(root, "run", *words)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def browser():
    found = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    assert found, "no Chromium: `make browser` installs one"
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if not hasattr(os, "getuid") or os.getuid() == 0 else []
        yield playwright.chromium.launch(executable_path=found, args=[*sandbox, "--disable-gpu"])
