"""A run that would find nothing changed says so at once, from the files alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import tiny

from saferplymouth.editions import unchanged

RUN = """import sys
sys.argv[1:] = ["run"]
from saferplymouth.__main__ import main
if __name__ == "__main__":
    main()
    print([name for name in {looked_for!r} if name in sys.modules])
"""
pytestmark = pytest.mark.xdist_group("idle")
SAYS = [
    "2016-04: skipped 2 pages: nothing they depend on has changed",
    "2016-04: edition unchanged",
]


def run(root: Path, *looked_for: str) -> list[str]:
    """What a run says, and at the end which of these modules it has loaded."""
    call = [sys.executable, "-c", RUN.format(looked_for=looked_for)]
    done = subprocess.run(call, cwd=root, capture_output=True, text=True, timeout=tiny.PATIENCE)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[Path, list[str]]:
    """A project whose edition is in place, and what the run said that built it."""
    root = tiny.project(tmp_path_factory.mktemp("idle"), "alpha")
    return root, run(root, "pandas", "nbformat", "papermill", "nbconvert", "matplotlib", "IPython")


def test_the_process_that_plans_a_run_loads_nothing_that_runs_notebooks_or_draws(built):
    _, said = built
    assert "2016-04: edition complete" in said
    assert said[-1] == "['pandas']"


def test_a_second_run_says_that_nothing_has_changed_before_anything_is_loaded(built):
    root, said = built
    assert run(root, "pandas", "pyarrow", "click", "filelock") == [*SAYS, said[-2], "[]"]


@pytest.mark.parametrize(
    "name",
    [
        "framework.toml",
        "notebooks/alpha.ipynb",
        "data/raw/2016-04/returns/police.csv",
        "data/raw/2016-04/comments/alpha.md",
        "outputs/2016-04/alpha.html",
        "outputs/index.html",
    ],
)
def test_a_run_looks_again_where_anything_has_been_changed_added_or_damaged(built, name):
    root, _ = built
    assert unchanged.unchanged(root / "notebooks", ["run"])
    before = (root / name).read_bytes() if (root / name).exists() else None
    tiny.put(root / name, (before or b"") + b"\n")
    assert unchanged.unchanged(root, ["run"]) == []
    (root / name).write_bytes(before) if before is not None else (root / name).unlink()
    assert unchanged.unchanged(root, ["run"])


@pytest.mark.parametrize(
    "name",
    [
        "returns/gone.csv",
        "comments/gone.md",
        "papers/duties.csv",
        "places/ward.geojson",
        "2016-04-x-street.csv",
    ],
)
@pytest.mark.parametrize(
    "put", [lambda path: path.symlink_to("nowhere"), os.mkfifo], ids=["broken link", "pipe"]
)
def test_a_broken_link_or_a_pipe_in_a_drop_is_told_with_its_place_and_a_cure(tmp_path, name, put):
    root = tiny.project(tmp_path, "alpha")
    path = root / "data/raw/2016-04" / name
    path.parent.mkdir(exist_ok=True)
    put(path)
    ran = tiny.told(root, "run")
    assert (ran.returncode, f"2016-04/{name}" in ran.stderr, "Cure: " in ran.stderr) == (
        2,
        True,
        True,
    ), ran.stderr


def test_a_notebook_that_is_a_broken_link_is_told_with_its_page(tmp_path):
    root = tiny.project(tmp_path, "alpha", alpha=None)
    (root / "notebooks/alpha.ipynb").symlink_to("nowhere")
    ran = tiny.told(root, "run")
    assert (ran.returncode, "2016-04 alpha: " in ran.stderr) == (1, True), ran.stderr


def test_a_run_looks_again_where_it_is_asked_for_something_else_or_the_suite_is_another(
    built, monkeypatch
):
    root, _ = built
    assert unchanged.unchanged(root, ["run", "2016-04"]) == []
    monkeypatch.setattr(unchanged.tasks, "code", lambda: {"a newer suite": b""})
    assert unchanged.unchanged(root, ["run"]) == []


def test_what_was_built_by_force_is_built_by_force_again(tmp_path):
    root = tiny.project(tmp_path, "alpha")
    tiny.pretend(root)
    assert tiny.told(root, "run").returncode == 0
    assert unchanged.unchanged(root, ["run"])
    assert tiny.told(root, "run", "--force").returncode == 0
    assert unchanged.unchanged(root, ["run", "--force"]) == []
