"""Projects the tests share: copies of this one, never the real one."""

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def copy_project(folder: Path) -> Path:
    """This project's framework, drops and notebooks in `folder`, with nothing built yet."""
    shutil.copytree(ROOT / "data/raw", folder / "data/raw")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".*"))
    shutil.copy(ROOT / "framework.toml", folder)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy that a test may change as it likes."""
    return copy_project(tmp_path / "project")


@pytest.fixture(scope="session")
def untouched(tmp_path_factory) -> Path:
    """A copy for tests that only read it."""
    return copy_project(tmp_path_factory.mktemp("shared") / "project")
