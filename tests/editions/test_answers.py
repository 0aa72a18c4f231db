"""What `check`, `status` and `run` answer other programs with --json: one document, and the exit
status that they have without.
"""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import tiny

pytestmark = pytest.mark.xdist_group("answers")
BAD = "indicator,period,value\nalpha,2016-04,many\n"
COMMENT = "There were 100 things in April 2016. There were 120 things in April 2016."
SIGNED = "Signed off: B. Chair, the count is the force's own\n"
NOTHING = {"problems": [], "questions": [], "comments": []}
CLAIMS = [
    {"text": "100", "outcome": "is", "figure": 100, "period": "2016-04"},
    {"text": "120", "outcome": "contradicts", "figure": 100, "period": "2016-04"},
]


def answer(done: subprocess.CompletedProcess) -> dict:
    """The one document on stdout."""
    return json.loads(done.stdout)


def asked(root: Path, *words: str) -> tuple[int, dict]:
    """What a command answers with --json, once it has the status and the errors that it has
    without.
    """
    plain, done = tiny.told(root, *words), tiny.told(root, *words, "--json")
    assert done.returncode == plain.returncode
    assert done.stderr.endswith(plain.stderr)
    return done.returncode, answer(done)


@pytest.fixture
def root(tmp_path) -> Path:
    return tiny.project(tmp_path, "alpha")


# --- check


def test_a_drop_without_a_fault_has_empty_lists(root):
    assert asked(root, "check") == (0, NOTHING)


def test_each_problem_has_its_place_and_cure(root):
    tiny.put(root / "data/raw/2016-04/returns/police.csv", BAD)
    status, found = asked(root, "check")
    [problem] = found["problems"]
    assert status == 2
    assert list(problem) == ["file", "row", "column", "mistake", "cure", "sheet", "cell"]
    assert problem["file"] == "2016-04/returns/police.csv"
    assert (problem["row"], problem["column"], problem["cell"]) == (2, "value", "C2")
    assert "'many'" in problem["mistake"]
    assert problem["cure"]


def test_every_claim_of_a_comment_has_its_outcome_and_the_right_figure(root):
    tiny.put(root / "data/raw/2016-04/comments/alpha.md", SIGNED + COMMENT)
    status, found = asked(root, "check")
    comment = {"file": "2016-04/comments/alpha.md", "indicator": "alpha", "claims": CLAIMS}
    assert (status, found) == (0, NOTHING | {"comments": [comment]})


def test_each_kind_of_number_and_statement_has_its_outcome(root):
    lines = (
        "Confirmed: 30 families | A. Analyst | a note",
        "",
        "There were {figure of April 2016} things in April 2016. In April 2016 we counted 100 things.",
        "",
        "30 families were helped, and 40 parcels sent. Things continued as before.",
    )
    tiny.put(root / "data/raw/2016-04/comments/alpha.md", "\n".join(lines))
    status, found = asked(root, "check")
    claims = found["comments"][0]["claims"]
    assert status == 0
    assert [(claim["text"], claim["outcome"]) for claim in claims] == [
        ("100", "live"),
        ("100", "is"),
        ("30", "confirmed"),
        ("40", "unknown"),
        ("Things continued as before.", "statement"),
    ]
    assert [claim["figure"] for claim in claims] == [100, 100, None, None, None]


def test_a_wrong_claim_that_no_one_let_stand_is_a_problem_too(root):
    tiny.put(root / "data/raw/2016-04/comments/alpha.md", COMMENT)
    status, found = asked(root, "check")
    assert status == 2
    assert found["comments"][0]["claims"] == CLAIMS
    assert [problem["file"] for problem in found["problems"]] == ["2016-04/comments/alpha.md"]


def test_a_question_is_about_a_file_or_an_indicator_and_its_period(root):
    tiny.put(root / "notebooks/former.ipynb", tiny.notebook(tiny.PARAMETERS))
    months = [f"2015-{n:02d}" for n in range(4, 13)] + [f"2016-{n:02d}" for n in range(1, 4)]
    rows = [f"alpha,{month},{500 + 7 * n}\n" for n, month in enumerate(months)]
    content = "indicator,period,value\n" + "".join(rows) + "alpha,2016-04,0\n"
    tiny.put(root / "data/raw/2016-04/returns/police.csv", content)
    status, found = asked(root, "check")
    assert status == 0
    assert [one["about"] for one in found["questions"]] == [
        "notebooks/former.ipynb",
        "alpha 2016-04",
    ]
    said = tiny.told(root, "check").stdout
    assert all(f"Question: {one['question']}\n" in said for one in found["questions"])


def test_a_broken_framework_is_a_problem_for_each_mistake_by_its_key(root):
    framework = (root / "framework.toml").read_text(encoding="utf-8")
    tiny.put(root / "framework.toml", framework.replace('aim = "reduce"', 'aim = "hope"'))
    status, found = asked(root, "check")
    [problem] = found["problems"]
    assert (status, problem["file"]) == (2, "framework.toml")
    assert problem["column"] == "indicators.alpha.aim"
    assert problem["mistake"].startswith("'hope' is not known; ")


@pytest.mark.parametrize("words", [["check", "2016-05"], ["check", "never"]])
def test_a_month_without_a_drop_is_a_problem_of_no_file(root, words):
    status, found = asked(root, *words)
    assert (status, found["problems"][0]["file"]) == (2, None)


# --- status


def test_an_edition_that_is_not_there_has_no_status_and_says_what_would_be_built(root):
    edition = {
        "edition": "2016-04",
        "status": None,
        "pages": [],
        "would_build": {"board_summary": "not built yet", "alpha": "not built yet"},
        "last_attempt": None,
    }
    assert asked(root, "status") == (0, {"editions": [edition]})


def test_an_edition_in_place_says_its_pages_and_how_the_last_attempt_failed(root):
    tiny.pretend(root)
    tiny.pretend(root, "alpha", force=True)
    status, found = asked(root, "status", "2016-04")
    [edition] = found["editions"]
    assert (status, edition["status"]) == (0, "Draft")
    assert edition["pages"] == ["alpha", "board_summary"]
    assert edition["would_build"] == {}
    assert edition["last_attempt"]["failed"] == {"alpha": "it would not"}


def test_a_withdrawn_edition_says_so_and_has_no_page(root):
    tiny.pretend(root)
    tiny.told(root, "withdraw", "2016-04", "--because", "wrong figures")
    [edition] = asked(root, "status")[1]["editions"]
    assert (edition["status"], edition["pages"]) == ("Withdrawn", [])


# --- run


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[Path, subprocess.CompletedProcess]:
    root = tiny.project(tmp_path_factory.mktemp("answers"), "alpha")
    return root, tiny.command(root, "run", "--json", "--jobs", "1")


def edition(root: Path, **others) -> dict:
    place = str(root / "outputs/2016-04")
    usual = {"edition": "2016-04", "place": place, "whole": True, "built": [], "kept": []}
    return usual | {"failed": {}} | others


def test_another_program_reads_what_was_built_and_progress_goes_to_stderr(built):
    root, done = built
    assert done.returncode == 0
    pages = ["board_summary", "alpha"]
    assert answer(done) == {"editions": [edition(root, built=pages)]}
    assert "2016-04 alpha: built, " in done.stderr
    assert "index.html" in done.stderr


def test_the_quick_way_answers_as_a_run_that_looked(built):
    root, _ = built
    words = ("run", "--json", "--jobs", "1")
    quick = tiny.command(root, *words)
    assert (quick.returncode, quick.stderr) == (0, "")
    assert answer(quick) == {"editions": [edition(root, kept=["board_summary", "alpha"])]}
    (root / "data/processed/last-run.json").unlink()
    looked = tiny.told(root, *words)
    assert looked.stdout == quick.stdout
    assert "2016-04: edition unchanged" in looked.stderr
    assert "edition unchanged" in tiny.told(root, "run", "--jobs", "1").stdout


def test_a_page_that_fails_is_answered_with_its_reason_and_a_command_called_prints_elsewhere(
    built, tmp_path
):
    root = shutil.copytree(built[0], tmp_path / "copy", symlinks=True)
    tiny.put(root / "notebooks/alpha.ipynb", tiny.notebook(tiny.PARAMETERS, "1 / 0"))
    done = tiny.command(root, "run", "--json", "--jobs", "1", "--on-failure", "echo called")
    assert done.returncode == 1
    [failed] = answer(done)["editions"]
    assert failed["place"] == str(root / "outputs/partial/2016-04")
    assert (failed["whole"], failed["built"], failed["kept"]) == (False, [], ["board_summary"])
    assert failed["failed"]["alpha"].startswith("ZeroDivisionError")
    assert "called\n" in done.stderr
    assert "Failed: 2016-04 alpha: ZeroDivisionError" in done.stderr


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("framework.toml", ""),
        ("data/raw/2016-04/returns/police.csv", BAD),
    ],
)
@pytest.mark.parametrize("command", ["run", "status"])
def test_what_is_refused_leaves_no_edition_to_answer_for(root, command, file, content):
    tiny.put(root / file, content)
    assert asked(root, command) == (2, {"editions": []})


def test_a_run_without_an_edition_to_build_answers_none(root):
    tiny.pretend(root)
    tiny.told(root, "withdraw", "2016-04", "--because", "wrong figures")
    assert asked(root, "run", "2016-04..2016-04")[1] == {"editions": []}
