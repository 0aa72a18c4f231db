"""`read`, and `erase`: an original goes, and what was taken from it stays."""

import csv
import datetime
import hashlib
import json
import shutil
from pathlib import Path

import pytest
import tiny
from projects import ROOT, git
from returned import xlsx_of

from saferplymouth.editions import answers
from saferplymouth.editions.basis import WITHHELD
from saferplymouth.editions.plan import RunOptions, plan
from saferplymouth.indicators.project import Project
from saferplymouth.pages.section import Section
from saferplymouth.periods import month
from saferplymouth.sources import Row
from saferplymouth.sources.received import ReadFile
from saferplymouth.store.edition_names import EditionName

RECIPE = """name = "Pack"
[[table]]
header = "Measure"
indicator = "Measure"
period = "heading"
[table.indicators]
beta = "Things"
"""
ROWS = [["Measure", "Mar-16", "Apr-16"], ["Things", 90, "1,234 (p)"], ["Others", 1, 2]]
MONTH = month("2016-04")
THIS = ("2016/17", "2016-04")
PACK = "data/raw/2016-04/received/beta pack.xlsx"


@pytest.fixture
def project(tmp_path) -> Path:
    root = tiny.project(tmp_path, "alpha", "beta")
    tiny.put(
        root / "data/raw/2016-04/returns/police.csv", "indicator,period,value\nalpha,2016-04,100\n"
    )
    tiny.put(root / "recipes/pack.toml", RECIPE)
    tiny.put(root / PACK, xlsx_of(ROWS))
    return root


def erase(root: Path, file: str = PACK, because: str = "It names people"):
    return tiny.told(root, "erase", file, "--because", because)


def test_read_shows_each_figure_with_its_cell_and_what_is_passed_over(project):
    done = tiny.told(project, "read", PACK, "--json")
    answer = json.loads(done.stdout)
    figure = {"indicator": "beta", "period": "2016-04", "breakdown": "", "group": ""}
    figure |= {"value": 1234, "numerator": None, "denominator": None, "status": "p"}
    figure |= {"sheet": "Sheet", "cell": "C2"}
    assert (done.returncode, answer["figures"][1]) == (0, figure)
    why = "'Others' is no indicator of the recipe"
    assert answer["passed_over"] == [{"sheet": "Sheet", "cells": "A3:C3", "why": why}]
    assert (answer["places"], answer["problems"]) == ([], [])
    told = tiny.told(project, "read", PACK)
    assert told.stdout.splitlines() == [
        "beta pack.xlsx: 2 figures, read as the recipe pack",
        "  beta  2016-03  90        Sheet B2",
        "  beta  2016-04  1,234[p]  Sheet C2",
        "Passed over:",
        f"  sheet 'Sheet', A3:C3: {why}",
    ]


def test_read_says_what_is_wrong_and_exits_with_2(project):
    tiny.put(project / "list.csv", "Ward,Things\nA,1\n")
    done = tiny.told(project, "read", "list.csv", "--json")
    problem = {"file": "list.csv", "sheet": None, "cell": None, "mistake": "no recipe fits"}
    problem |= {"cure": 'saferplymouth learn "list.csv"'}
    assert (done.returncode, json.loads(done.stdout)["problems"]) == (2, [problem])
    done = tiny.told(project, "read", PACK, "--recipe", "pakc")
    assert (done.returncode, done.stderr) == (2, "'pakc' is not a recipe; did you mean pack?\n")


def test_a_page_names_the_file_sheet_and_cell_of_a_received_figure(project):
    section = Section(Project("2016-04", project), "beta")
    rows = csv.DictReader(section.table().csv.splitlines())
    told = {row["source"] for row in rows if (row["measure"], row["period"]) == THIS}
    assert told == {"Police, in beta pack.xlsx, sheet 'Sheet', cell C2"}
    assert "with the files for April 2016, in beta pack.xlsx, sheet" in section.source().html


def test_an_edition_is_the_same_once_the_originals_are_erased(project):
    def planned() -> tuple:
        shutil.rmtree(project / "data/processed", ignore_errors=True)
        made = plan(project, EditionName(MONTH), RunOptions())
        return made.expected, made.inputs

    before, digest = planned(), hashlib.sha256((project / PACK).read_bytes()).hexdigest()
    assert before[1]["2016-04/received/beta pack.xlsx"] == digest
    done = erase(project)
    assert (done.returncode, done.stderr) == (0, "")
    there = sorted(path.name for path in (project / PACK).parent.iterdir())
    assert there == ["beta pack.xlsx.figures.csv", "erased.csv"]
    with (project / PACK).with_name("erased.csv").open(encoding="utf-8") as ledger:
        (line,) = csv.DictReader(ledger)
    assert line.pop("erased") == datetime.datetime.now(datetime.UTC).date().isoformat()
    kept = {"name": "beta pack.xlsx", "sha256": digest, "figures": "2"}
    assert line == kept | {"reason": "It names people"}
    assert planned() == before


def test_the_digest_of_a_file_with_a_small_count_is_withheld_before_and_after(project):
    framework = project / "framework.toml"
    text = framework.read_text(encoding="utf-8").replace("sensitive = false", "sensitive = true")
    framework.write_text(text, encoding="utf-8")
    tiny.put(project / PACK, xlsx_of([ROWS[0], ["Things", 3, 90]]))
    for act in (lambda: None, lambda: erase(project)):
        act()
        inputs = plan(project, EditionName(MONTH), RunOptions()).inputs
        assert inputs["2016-04/received/beta pack.xlsx"] == WITHHELD


def test_an_original_with_problems_and_figures_is_not_erased(project):
    tiny.put(project / PACK, xlsx_of([*ROWS[:1], ["Things", 90, "about 40"]]))
    done = erase(project)
    assert done.returncode == 2
    assert "'about 40' is not a number" in done.stderr
    assert done.stderr.endswith("Nothing was erased. Correct this first, to keep its figures.\n")
    assert (project / PACK).is_file()


def test_an_original_without_figures_is_erased_and_none_are_kept(project):
    other = "data/raw/2016-04/received/people.csv"
    tiny.put(project / other, "Name,Born\nSarah Jones,1999-01-02\n")
    assert erase(project, other).stdout.endswith(
        "No figures were taken from it, so none are kept\n"
    )
    assert not (project / other).exists()
    assert "No problems" in tiny.told(project, "check").stdout


@pytest.mark.parametrize(
    ("file", "mistake"),
    [
        ("data/raw/2016-04/returns/police.csv", "is not in a drop's received/"),
        ("data/raw/2016-04/received/none.xlsx", "there is no file"),
        ("framework.toml", "is not in a drop's received/"),
    ],
)
def test_nothing_else_is_erased(file, mistake, project):
    before = tiny.snapshot(project / "data/raw")
    done = erase(project, file)
    assert (done.returncode, mistake in done.stderr) == (2, True)
    assert tiny.snapshot(project / "data/raw") == before


def test_an_erase_that_was_killed_is_finished_by_another(project):
    original = (project / PACK).read_bytes()
    erase(project)
    tiny.put(project / PACK, original)
    done = tiny.told(project, "check")
    assert "was erased on" in done.stderr
    assert erase(project).returncode == 0
    assert not (project / PACK).exists()


def test_what_is_kept_is_checked_when_it_is_read(project):
    erase(project)
    kept = (project / PACK).with_name("beta pack.xlsx.figures.csv")
    kept.write_text(kept.read_text().replace("1234.0", "12-34"))
    done = tiny.told(project, "check")
    assert "beta pack.xlsx.figures.csv, row 3: is not a figure kept" in done.stderr
    kept.unlink()
    assert "restore the 2 figures kept" in tiny.told(project, "check").stderr


def test_check_asks_about_personal_data_and_never_shows_it(project):
    rows = [*ROWS, ["", ""], ["Surname", "NHS No"], ["Nwosu", 9434765919]]
    tiny.put(project / PACK, xlsx_of(rows))
    done = tiny.told(project, "check", "--json")
    asked = [q["question"] for q in json.loads(done.stdout)["questions"]]
    about = "2016-04/received/beta pack.xlsx, sheet 'Sheet', column"
    ends = "Is that needed? If not, ask for the file without them, and erase this one."
    assert f"{about} A: 1 cell may hold names. {ends}" in asked
    assert f"{about} B: 1 cell may hold NHS numbers. {ends}" in asked
    assert "Nwosu" not in done.stdout + done.stderr
    assert "9434765919" not in done.stdout + done.stderr


def test_git_ignores_originals_and_keeps_what_erase_writes(tmp_path):
    git(tmp_path, "init", "-q")
    shutil.copy(ROOT / ".gitignore", tmp_path)
    names = ("police.xlsx", "erased.csv", "police.xlsx.figures.csv")
    for name in names:
        tiny.put(tmp_path / f"data/raw/2016-04/received/{name}", "a")
    git(tmp_path, "add", "-A")
    there = git(tmp_path, "ls-files", "data").split()
    assert [path.rpartition("/")[2] for path in there] == ["erased.csv", "police.xlsx.figures.csv"]


def test_a_draft_says_what_it_reads_and_one_that_reads_nothing_stops_no_run(project):
    drafted = tiny.told(project, "learn", PACK, "--recipe", "drafted")
    assert drafted.returncode == 0, drafted.stderr
    assert "2 figures, read as the recipe drafted" in drafted.stdout
    tiny.put(project / "strange.csv", "Ward,Apr-16,May-16\nHam,1,2\nStoke,3,4\n")
    strange = tiny.told(project, "learn", "strange.csv")
    assert strange.returncode == 2
    assert "The draft reads nothing yet. Complete it, and name it strange.toml." in strange.stderr
    assert (project / "recipes/strange.toml.draft").is_file()
    assert tiny.told(project, "check", "2016-04").returncode == 0


def test_a_broken_recipe_stops_a_run_but_not_the_reading_of_another_file(project):
    tiny.put(project / "recipes/broken.toml", 'name = "Broken"\n')
    assert tiny.told(project, "read", PACK).returncode == 0
    done = tiny.told(project, "read", PACK, "--recipe", "broken")
    assert done.returncode == 2
    assert "recipes/broken.toml: the recipe: table is missing" in done.stderr.replace("'", "")
    assert tiny.told(project, "check", "2016-04").returncode == 2


def test_a_sheet_that_a_recipe_does_not_read_is_in_the_answer(project):
    tiny.put(project / "two.xlsx", xlsx_of(ROWS, [["Anything"], ["else"]]))
    done = json.loads(tiny.told(project, "read", "two.xlsx", "--recipe", "pack", "--json").stdout)
    why = "no table of the recipe is on this sheet"
    assert {"sheet": "Sheet1", "cells": "A1:A2", "why": why} in done["passed_over"]


@pytest.mark.parametrize(("value", "answered"), [(88, 88), (87.0, 87), (87.5, 87.5), (None, None)])
def test_the_answer_has_a_whole_figure_without_decimals(value, answered):
    row = Row("beta", "2016-04", value, None, None, "beta.csv, B2", "")
    assert answers.of_read(ReadFile(rows=[row]))["figures"][0]["value"] == answered
