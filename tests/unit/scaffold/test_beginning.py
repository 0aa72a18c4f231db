"""Another partnership begins: what it is given, what it has to fill in, and its first edition."""

import re
import subprocess
import tomllib
from pathlib import Path

import nbformat
import openpyxl
import pytest
import tiny
from projects import ROOT, git

from saferplymouth import framework
from saferplymouth.framework.schema import json_schema
from saferplymouth.periods import month
from saferplymouth.scaffold import beginning

NOVEMBER = month("2016-11")
EMPTY = ("partnership.name", "partnership.area", "partnership.force", "partnership.contact")
EMPTY += ("agencies.police", "partnership.population.2015")


@pytest.fixture
def begun(tmp_path) -> Path:
    return beginning.begin(tmp_path / "anytown", NOVEMBER)


def filled_in(text: str) -> str:
    """A framework with something in all that was to be filled in."""
    return text.replace('""', '"Anytown"').replace(" = 0 ", " = 90000 ")


def test_nothing_of_this_partnership_is_in_what_another_begins_with(begun):
    own = framework.load(ROOT / "framework.toml")
    names = {"Plymouth", "Devon", "Cornwall", "peninsula", *own.agencies.values()}
    names -= {"Home Office", "National Crime Agency", "Action Fraud"}
    names |= {*own.street.priority_neighbourhoods, *own.meetings, *own.indicators, *own.areas}
    assert {"hate_crime", "Plymouth City Council", "Millbay & Stonehouse"} < names
    for path in filter(Path.is_file, begun.rglob("*")):
        text = path.read_text(encoding="utf-8").replace(str(ROOT), "")
        text = text.replace("saferplymouth", "").replace("Prevent", "")
        assert [name for name in names if re.search(rf"\b{re.escape(name)}\b", text)] == [], path


def test_the_month_of_its_first_drop_is_that_of_its_notebooks(begun):
    cells = {path.stem: path.read_text(encoding="utf-8") for path in begun.glob("notebooks/*")}
    months = {key for key, text in cells.items() if r"month: str = \"2016-11\"" in text}
    assert cells.keys() - months == {"quarter_summary"}
    later = beginning.begin(begun.with_name("later"), month("2024-05"))
    text = (later / "notebooks/quarter_summary.ipynb").read_text(encoding="utf-8")
    assert r"quarter: str = \"2024-Q1\"" in text
    assert r"month: str = \"2024-05\"" in (later / "notebooks/explore.ipynb").read_text("utf-8")


def test_what_is_to_be_filled_in_is_said_at_once_by_its_key(begun):
    for command in ("check", "template", "run"):
        told = tiny.told(begun, command)
        assert told.returncode == 2
        lines = [line for line in told.stderr.splitlines() if line.startswith("framework.toml: ")]
        assert [line.split(": ")[1] for line in lines] == [*EMPTY]


def test_every_example_in_the_framework_is_valid_and_every_section_has_one(begun):
    path = begun / "framework.toml"
    text = filled_in(path.read_text(encoding="utf-8"))
    assert framework.load(path, text.encode()).of_area("burglary")
    used = re.sub(r'(?m)^# (?=\[|"?[\w-]+"? = )', "", text)
    loaded = framework.load(path, used.encode())
    assert loaded.meetings == {"2017-01-15": "Safer Anytown board"}
    assert loaded.matrix.dimensions.keys() == {"likelihood", "harm"}
    assert json_schema()["properties"].keys() - tomllib.loads(used) == {"populations"}


def test_once_filled_in_a_workbook_that_comes_back_makes_the_first_edition(begun):
    path = begun / "framework.toml"
    tiny.put(path, filled_in(path.read_text(encoding="utf-8")))
    empty = tiny.told(begun, "run")
    assert (empty.returncode, empty.stderr.splitlines()[0]) == (
        2,
        "2016-11/returns: contains no returns. Cure: add this month's returns, or remove the drop.",
    )
    sent = begun / "data/raw/2016-11/returns/police.xlsx"
    assert tiny.told(begun, "template", "police", "--to", str(sent)).returncode == 0
    book = openpyxl.load_workbook(sent)
    assert book["Return"]["A2"].value == "burglary"
    book["Return"]["D2"] = 31
    book.save(sent)
    checked = tiny.told(begun, "check")
    asked = [line for line in checked.stdout.splitlines() if line.startswith("Question: ")]
    assert [line.split(" still says")[0].split(".")[-1] for line in asked] == [
        *("priority", "definition", "why")
    ]
    ran = tiny.told(begun, "run", "--area", "burglary")
    assert (ran.returncode, ran.stderr) == (0, "")
    page = (begun / "outputs/partial/2016-11/burglary.html").read_text(encoding="utf-8")
    assert "There were 31 incidents of burglary in November 2016" in page

    assert tiny.told(begun, "rename-area", "burglary", "break_ins").returncode == 0
    assert tiny.told(begun, "run", "--area", "break_ins").returncode == 0
    renamed = (begun / "outputs/partial/2016-11/break-ins.html").read_text(encoding="utf-8")
    assert renamed == page.replace("burglary.html", "break-ins.html")


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        ("full", "full is not empty; name a new folder"),
        ("full/file", "full/file is a file; name a new folder"),
        ("no/such", "/no is not a folder; make it first"),
        ("full/file/below", "/full/file is not a folder; make it first"),
        (".", ". is not empty; name a new folder"),
        ("full/" + "x" * 300, "File name too long"),
    ],
)
def test_where_it_cannot_begin_it_says_why_and_writes_nothing(tmp_path, folder, message):
    tiny.put(tmp_path / "full/file", "kept")
    done = tiny.told(tmp_path, "init", folder)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.endswith("\nNothing was written.\n")
    assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")] == [
        *("full", "full/file")
    ]


def test_an_empty_folder_is_begun_in_and_a_disk_that_fills_up_leaves_nothing(tmp_path, monkeypatch):
    (tmp_path / "new").mkdir()
    done = tiny.told(tmp_path, "init", "new", "--month", "2016-11")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "new/data/raw/2016-11/returns").is_dir()

    def full(path, content):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", full)
    done = tiny.told(tmp_path, "init", "other")
    assert done.stderr == "other: No space left on device\nNothing was written.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_its_makefile_has_the_suite_do_the_work_and_git_leaves_outputs_out(begun):
    def call(*words: str) -> str:
        return subprocess.run(words, cwd=begun, check=True, capture_output=True, text=True).stdout

    assert f'cd "{begun}" && "{ROOT}/.venv/bin"/saferplymouth check\n' in call(
        "make", "-n", "check"
    )
    call("git", "init", "--quiet")
    call("make", "-C", str(ROOT), "filters", f"PROJECT={begun}")
    book = nbformat.read(begun / "notebooks/burglary.ipynb", as_version=4)
    before = nbformat.writes(book) + "\n"
    book.cells[1].outputs = [nbformat.v4.new_output("stream", text="seen")]
    nbformat.write(book, begun / "notebooks/burglary.ipynb")
    git(begun, "add", "notebooks/burglary.ipynb")
    assert git(begun, "show", ":notebooks/burglary.ipynb") == before


def test_without_the_folder_of_the_suite_the_cure_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(beginning, "SUITE", tmp_path)
    done = tiny.told(tmp_path, "init", "new")
    assert done.returncode == 2
    assert "install the suite from its folder: pip install --editable FOLDER" in done.stderr
    assert list(tmp_path.iterdir()) == []
