"""What surrounds the code: the conda environment, what git keeps, and the notebooks' own rules."""

import ast
import json
import os
import re
import subprocess
import tomllib

import nbformat
import pytest
import tiny
import yaml
from nbclient import NotebookClient
from packaging.requirements import Requirement
from projects import ROOT, git

from saferplymouth import framework

WHOLE = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PYPROJECT = WHOLE["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
NOTEBOOKS = [
    *sorted((ROOT / "notebooks").glob("*.ipynb")),
    ROOT / "lib/saferplymouth/scaffold/notebook.ipynb",
]
MOST_LINES, FEWEST_WORDS = 6, 6
FORBIDDEN = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.Lambda,
    ast.ClassDef,
    ast.Try,
    ast.BinOp,
    ast.AugAssign,
)


def parts(requirement: str) -> tuple[str, frozenset[str]]:
    """A requirement's name and its bounds, in any order."""
    name, bounds = re.fullmatch(r"([A-Za-z0-9._-]+)\s*(.*)", requirement).groups()
    return name.lower().replace("_", "-"), frozenset(
        b.strip() for b in bounds.split(",") if b.strip()
    )


# --- The conda environment


def conda() -> dict[str, frozenset[str]]:
    plain = [entry for entry in CONDA["dependencies"] if isinstance(entry, str)]
    by_pip = [
        line for entry in CONDA["dependencies"] if isinstance(entry, dict) for line in entry["pip"]
    ]
    return dict(
        parts(entry) for entry in plain + [line for line in by_pip if not line.startswith("-")]
    )


def test_the_conda_environment_asks_for_the_same_packages_and_bounds():
    asked = conda()
    wanted = dict(
        parts(line) for line in PYPROJECT["dependencies"] + WHOLE["dependency-groups"]["lab"]
    )
    assert asked.pop("python") == frozenset([PYPROJECT["requires-python"]])
    assert asked.pop("pip", frozenset()) == frozenset()
    assert asked == wanted


def test_the_conda_environment_installs_the_package_itself():
    (by_pip,) = [entry["pip"] for entry in CONDA["dependencies"] if isinstance(entry, dict)]
    assert [line for line in by_pip if line.startswith("-")] == ["-e ."]
    assert "pip" in CONDA["dependencies"]
    assert CONDA["name"] == PYPROJECT["name"]
    assert CONDA["channels"] == ["conda-forge"]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_every_dependency_is_locked_with_hashes_within_its_bounds(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", text, re.MULTILINE))
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) >= len(locked) > 50
    for line in PYPROJECT["dependencies"]:
        requirement = Requirement(line)
        assert requirement.specifier.contains(locked[requirement.name.lower()]), line


def test_the_bill_of_materials_has_every_locked_package_and_version():
    listed = json.loads((ROOT / "docs/sbom.json").read_text(encoding="utf-8"))["components"]
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", text, re.MULTILINE)
    assert sorted((part["name"], part["version"]) for part in listed) == sorted(locked)


# --- What git keeps


def ignored(path: str) -> bool:
    return (
        subprocess.run(["git", "check-ignore", "-q", "--no-index", path], cwd=ROOT).returncode == 0
    )


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
def test_git_keeps_the_code_and_not_what_is_rebuilt():
    kept = [
        p.relative_to(ROOT).as_posix()
        for p in (ROOT / "lib/saferplymouth").rglob("*")
        if p.is_file()
    ]
    kept = [name for name in kept if "__pycache__" not in name]
    kept += [
        "lib",
        "lib/saferplymouth/new.py",
        "data/raw/2016-12/returns/police.csv",
        "notebooks/new.ipynb",
    ]
    kept += [
        ".gitattributes",
        ".gitconfig",
        "data/processed/.gitkeep",
        "outputs/.gitkeep",
        "framework.toml",
        "environment.yml",
        "requirements.lock",
    ]
    assert [name for name in kept if ignored(name)] == []
    rebuilt = [
        "data/processed/2016-11.parquet",
        "outputs/2099-01/index.html",
        "outputs/executed/2099-01/a.ipynb",
    ]
    rebuilt += [
        ".venv/bin/python",
        "lib/saferplymouth/__pycache__/a.pyc",
        "notebooks/.ipynb_checkpoints/a.ipynb",
    ]
    assert [name for name in rebuilt if not ignored(name)] == []


# --- What a notebook leaves in git


KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
PLAIN = {"kernelspec": KERNEL, "language_info": {"name": "python"}}


def code_of(notebook) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a checkout")
def test_what_running_leaves_in_a_notebook_is_not_committed():
    for name in git(ROOT, "ls-files", "*.ipynb").split():
        kept = nbformat.reads(git(ROOT, "show", f":{name}"), as_version=4)
        nbformat.validate(kept)
        assert kept.metadata == PLAIN, name
        assert [
            (c.outputs, c.execution_count) for c in code_of(kept) if c.outputs or c.execution_count
        ] == [], name
        assert {key for cell in kept.cells for key in cell.metadata} <= {"tags"}, name
        assert len({cell.id for cell in kept.cells}) == len(kept.cells), name


@pytest.fixture
def clone(tmp_path):
    """A fresh clone, set up as `make lab` does, of a repository with one notebook; that notebook
    and its content.
    """
    origin, made = (
        tmp_path / "origin",
        nbformat.reads(tiny.notebook(tiny.PARAMETERS, "month"), as_version=4),
    )
    made.metadata |= PLAIN
    made.cells.append(nbformat.v4.new_markdown_cell("Reports rose.", id="read"))
    for name in (".gitattributes", ".gitconfig", "Makefile"):
        tiny.put(origin / name, (ROOT / name).read_bytes())
    tiny.put(origin / "notebooks/one.ipynb", nbformat.writes(made) + "\n")
    git(tmp_path, "init", "--quiet", "origin")
    git(origin, "add", ".")
    git(origin, "commit", "--quiet", "--message", "One notebook")
    git(tmp_path, "clone", "--quiet", "origin", "clone")
    for _ in range(2):
        subprocess.run(["make", "filters"], cwd=tmp_path / "clone", check=True)
    return tmp_path / "clone", tmp_path / "clone/notebooks/one.ipynb", made


def test_in_a_fresh_clone_a_notebook_that_was_run_is_no_change_and_a_change_of_its_words_reads_as_one(
    clone,
):
    folder, path, made = clone
    NotebookClient(made, timeout=120).execute()
    nbformat.write(made, path)
    assert made.cells[1].outputs
    assert made.metadata.language_info.version
    git(folder, "add", ".")
    assert git(folder, "status", "--porcelain") == ""

    made.cells[2].source = "Reports fell."
    nbformat.write(made, path)
    changed = re.sub(r"\x1b\[[0-9;]*m", "", git(folder, "diff"))
    told = [line.strip() for line in changed.splitlines() if line.startswith(("##", "-  ", "+  "))]
    assert told == ["## modified /cells/2/source:", "-  Reports rose.", "+  Reports fell."]


@pytest.mark.parametrize(
    ("user", "arguments", "started"),
    [
        ("1000", "--no-browser --port 9999", True),
        ("0", "", False),
        ("0", "--no-browser", False),
        ("0", "--allow-root", True),
    ],
)
def test_make_lab_passes_on_arguments_and_refuses_root_with_the_cure(
    tmp_path, user, arguments, started
):
    tiny.put(tmp_path / "Makefile", (ROOT / "Makefile").read_bytes())
    for name, script in {"jupyter": 'echo "started $*"', "id": f"echo {user}"}.items():
        tiny.put(tmp_path / f".venv/bin/{name}", f"#!/bin/sh\n{script}\n")
        (tmp_path / f".venv/bin/{name}").chmod(0o755)
    path = f"{tmp_path}/.venv/bin:{os.environ['PATH']}"
    call = ["make", "-o", ".venv/installed", "lab", f"ARGS={arguments}"]
    done = subprocess.run(
        call, cwd=tmp_path, capture_output=True, text=True, env=os.environ | {"PATH": path}
    )
    assert (f"started lab notebooks {arguments}" in done.stdout) is started
    assert (done.returncode == 0) is started
    told = re.match(
        "JupyterLab does not start as root.+: make lab ARGS=--allow-root$", done.stderr, re.M
    )
    assert (told is None) is started


# --- Notebooks


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def test_every_area_and_the_board_have_a_notebook():
    areas = set(framework.load(ROOT / "framework.toml").areas)
    assert areas | {"board_summary"} <= {path.stem for path in NOTEBOOKS}


def test_the_first_code_cell_is_the_parameters_typed_and_with_a_default(notebook):
    first, *others = code_of(notebook)
    assert "parameters" in first.metadata.get("tags", [])
    assert not any("parameters" in cell.metadata.get("tags", []) for cell in others)
    given = ast.parse(first.source).body
    assert all(isinstance(line, ast.AnnAssign) and line.value is not None for line in given)
    assert [line.target.id for line in given] in (["month"], ["quarter"])


def test_a_code_cell_is_short_and_works_nothing_out(notebook):
    for cell in code_of(notebook):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        assert 1 <= len(lines) <= MOST_LINES
        assert [
            type(node).__name__
            for node in ast.walk(ast.parse(cell.source))
            if isinstance(node, FORBIDDEN)
        ] == []


def test_a_notebook_is_prose_with_code_in_it(notebook):
    prose = " ".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    lines = [
        line for cell in code_of(notebook) for line in cell.source.splitlines() if line.strip()
    ]
    assert len(re.findall(r"\w[\w’'-]*", prose)) >= FEWEST_WORDS * len(lines)


def test_each_code_cell_comes_after_a_paragraph_and_the_last_word_is_prose(notebook):
    """But in a workbench, whose controls come last: JupyterLab shows the last cell once all have
    run.
    """
    kinds = [cell.cell_type for cell in notebook.cells]
    assert kinds[0] == "markdown"
    assert kinds[-1] == "markdown" or notebook.cells[-1].source.endswith("Explorer(month)")
    assert ["code", "code"] not in [kinds[n : n + 2] for n in range(len(kinds))]


@pytest.mark.parametrize("area", framework.load(ROOT / "framework.toml").areas)
def test_an_areas_notebook_shows_every_indicator_of_its_area(area):
    code = code_of(nbformat.read(ROOT / f"notebooks/{area}.ipynb", as_version=4))
    nodes = [node for cell in code for node in ast.walk(ast.parse(cell.source))]
    texts = {node.value for node in nodes if isinstance(node, ast.Constant)}
    assert {area, *(i.key for i in framework.load(ROOT / "framework.toml").of_area(area))} <= texts
