"""Projects the tests share: copies of this one, never the real one."""

from saferplymouth.editions.kernels import fast_import  # noqa: F401, I001 (before nbformat is loaded)
import os
import shutil
from pathlib import Path

import pytest
from anytown import real_project
from filelock import FileLock
from hypothesis import settings
from playwright.sync_api import sync_playwright
from projects import build_edition, copy_project, share
from returned import FRAMEWORK, MONTH, csv_of

from saferplymouth import sources
from saferplymouth.indicators.project import Project
from saferplymouth.store.local_crime import LocalCrime

# The same commit gives the same answer; `pytest --hypothesis-profile=search` looks for new
# examples.
settings.register_profile("search", max_examples=1000)
settings.register_profile("suite", derandomize=True, deadline=None)
settings.load_profile("suite")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share what a fixture of their file made run in one worker, so that it is made
    once. Groups go first, so that no worker is left with one at the end.
    """
    for item in items:
        if not item.get_closest_marker("xdist_group") and _shares(item):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


def _shares(item: pytest.Item) -> bool:
    made = item._fixtureinfo.name2fixturedefs.values()
    return any(fixture.scope == "module" for several in made for fixture in several)


@pytest.fixture
def project(tmp_path: Path, untouched: Path) -> Path:
    """A copy that a test may change as it likes, its drops read as they are where it does not."""
    shutil.copytree(untouched / "data/processed", tmp_path / "project/data/processed")
    return copy_project(tmp_path / "project")


@pytest.fixture(scope="session")
def untouched(tmp_path_factory) -> Path:
    """A copy for tests that only read it, its drops read once."""
    root = share(copy_project(tmp_path_factory.mktemp("shared") / "project"))
    Project("2016-11", root)
    return root


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


@pytest.fixture(scope="session")
def browser():
    found = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    assert found, "no Chromium: `make chromium` installs one"
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if not hasattr(os, "getuid") or os.getuid() == 0 else []
        yield playwright.chromium.launch(executable_path=found, args=[*sandbox, "--disable-gpu"])


@pytest.fixture(scope="session")
def base(tmp_path_factory) -> Path:
    return tmp_path_factory.getbasetemp()


@pytest.fixture(scope="session")
def real(base) -> LocalCrime:
    return Project("2016-11", real_project(base)).local_crime


@pytest.fixture
def drop(tmp_path):
    """Puts files, path in the drop to content, in the drop of November 2016 and reads it."""

    def arrive(files: dict[str, bytes | str]) -> sources.Drop:
        folder = tmp_path / "raw/2016-11"
        for old in sorted(folder.rglob("*"), reverse=True):
            old.unlink() if old.is_file() else old.rmdir()
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return sources.read(tmp_path / "raw", MONTH, FRAMEWORK)

    return arrive


@pytest.fixture
def returned(drop):
    """Reads one return and gives what it is told: (row, column, mistake, cure) of each problem."""

    def read(content, name: str = "police.csv"):
        read = drop({f"returns/{name}": csv_of(content) if isinstance(content, list) else content})
        assert {p.file for p in read.problems} <= {f"2016-11/returns/{name}"}
        return [(p.row, p.column, p.mistake, p.cure) for p in read.problems]

    return read
