"""The commands as a person or a scheduler meets them: what they say, what they write and how they
end.
"""

import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import termios
from pathlib import Path

import pytest
import tiny

from saferplymouth import cli, periods
from saferplymouth.editions import runner
from saferplymouth.editions.plan import RunOptions
from saferplymouth.store.edition_names import EditionName

MONTHS = ("2016-04", "2016-05", "2016-06")
GOOD = "indicator,period,value\nalpha,2016-04,100\n"

pytestmark = pytest.mark.xdist_group("cli")


@pytest.fixture
def say(monkeypatch, capfd):
    """Gives the command in a project: its exit status, and what it says."""

    def said(root: Path, *words: str) -> tuple[int, str]:
        monkeypatch.chdir(root)
        monkeypatch.setattr(sys, "argv", ["saferplymouth", *words])
        before = signal.getsignal(signal.SIGTERM)
        try:
            cli.main()
            status = 0
        except SystemExit as leaving:
            status = leaving.code or 0
        finally:
            signal.signal(signal.SIGTERM, before)
        told = capfd.readouterr()
        return status, told.out + told.err

    return said


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[Path, subprocess.CompletedProcess]:
    """A project of three months whose editions were built by one command, and how that went."""
    root = tiny.project(tmp_path_factory.mktemp("built"), "alpha", months=MONTHS)
    return root, tiny.command(root, "run", "2016-04..2016-06", "--jobs", "1")


@pytest.fixture
def root(built, tmp_path) -> Path:
    """A copy of the three editions that a test may change."""
    return shutil.copytree(built[0], tmp_path / "copy", symlinks=True)


def test_what_fails_in_every_month_for_one_reason_is_told_once(tmp_path):
    root = tiny.project(
        tmp_path,
        "alpha",
        months=("2016-04", "2016-05"),
        alpha=tiny.notebook(tiny.PARAMETERS, "1 / 0"),
    )
    done = tiny.told(root, "run", "2016-04..2016-05")
    assert done.returncode == 1
    assert done.stderr.startswith("Failed: 2016-04 and 2016-05 alpha: ZeroDivisionError")
    assert done.stderr.count("ZeroDivisionError") == 1


def test_a_range_of_months_is_built_by_one_command_and_told_in_plain_lines(built):
    root, done = built

    assert (done.returncode, done.stderr) == (0, "")
    assert [tiny.whole(root / "outputs" / month)["edition"] for month in MONTHS] == list(MONTHS)
    lines = done.stdout.splitlines()
    assert len([line for line in lines if ": built, " in line]) == 6
    assert [line for line in lines if "edition complete" in line] == [
        f"{m}: edition complete" for m in MONTHS
    ]
    assert lines[-1] == f"Open {root}/outputs/2016-06/index.html"
    assert "\r" not in done.stdout


def test_the_list_of_editions_leads_to_each_newest_first(built):
    page = (built[0] / "outputs/index.html").read_text(encoding="utf-8")
    places = [page.index(f'"{month}/index.html"') for month in reversed(MONTHS)]

    assert places == sorted(places)


def test_nothing_but_editions_and_their_notebooks_is_left_in_outputs(built):
    outputs = built[0] / "outputs"

    assert {p.name for p in outputs.iterdir()} == {
        *MONTHS,
        "index.html",
        "accessibility.html",
        "previous",
        "next",
        "executed",
        ".editions",
        ".lock",
    }
    assert len(list((outputs / ".editions").iterdir())) == 3
    assert list((built[0] / "data/processed").glob(".*")) == []


def test_what_has_not_changed_is_skipped_and_said_so(root, say):
    before = tiny.snapshot(root / "outputs/.editions")
    status, told = say(root, "run", "2016-04..2016-06")

    assert status == 0
    assert (
        "2016-05: skipped 2 pages: nothing they depend on has changed\n2016-05: edition "
        "unchanged" in told
    )
    assert ": built, " not in told
    assert tiny.snapshot(root / "outputs/.editions") == before


def test_a_new_comment_builds_its_page_again_and_no_other(root, say):
    tiny.put(root / "data/raw/2016-06/comments/alpha.md", "Up, and **known**.")
    status, told = say(root, "run")

    assert status == 0
    assert [line.split(": built")[0] for line in told.splitlines() if ": built, " in line] == [
        "2016-06 alpha"
    ]
    made = tiny.whole(root / "outputs/2016-06")
    assert list(made["build"]["skipped"]) == ["board_summary"]
    assert "<strong>known</strong>" in (root / "outputs/2016-06/alpha.html").read_text(
        encoding="utf-8"
    )


def test_one_page_is_built_whatever_has_changed_when_it_is_asked_for_by_force(root, say):
    status, told = say(root, "run", "2016-04", "--area", "alpha", "--force", "--jobs", "1")

    assert status == 0
    assert [line.split(": built")[0] for line in told.splitlines() if ": built, " in line] == [
        "2016-04 alpha"
    ]
    tiny.whole(root / "outputs/2016-04")


def test_a_page_built_alone_says_where_it_is_what_stands_and_how_to_build_the_rest(root, say):
    before = tiny.snapshot(root / "outputs/.editions")
    framework = root / "framework.toml"
    tiny.put(framework, framework.read_text().replace("Because.", "Why not."))
    status, told = say(root, "run", "2016-05", "--area", "alpha", "--jobs", "1")
    partial = root / "outputs/partial/2016-05"
    assert (status, told.splitlines()[1:]) == (
        0,
        [
            "2016-05: the edition in place has not been changed. To build board_summary too: "
            "saferplymouth run 2016-05",
            f"2016-05: the pages built are in {partial}",
            f"Open {partial}/alpha.html",
        ],
    )
    assert "Why not." in (partial / "alpha.html").read_text(encoding="utf-8")
    assert tiny.snapshot(root / "outputs/.editions") == before


def test_a_page_that_is_up_to_date_in_an_edition_that_is_not_has_nothing_built(root, say):
    tiny.put(root / "notebooks/board_summary.ipynb", "changed")
    status, told = say(root, "run", "2016-05", "--area", "alpha")
    assert (status, told.splitlines()[1:]) == (
        0,
        [
            "2016-05: the edition in place has not been changed. To build board_summary too: "
            "saferplymouth run 2016-05",
            "2016-05: nothing was built",
            f"Open {root}/outputs/2016-05/index.html",
        ],
    )
    assert not (root / "outputs/partial").exists()


def test_a_first_page_built_alone_says_that_there_is_no_edition_yet(tmp_path, capfd):
    root = tiny.project(tmp_path, "alpha")
    (outcome,) = runner.run(
        root, [EditionName(periods.month("2016-04"))], RunOptions("alpha"), tiny.Here
    )
    assert (
        "2016-04: there is no edition yet. To build board_summary too: " in capfd.readouterr().out
    )
    assert outcome.opens == root / "outputs/partial/2016-04/alpha.html"


def test_a_check_tells_of_a_page_without_a_notebook_and_a_notebook_without_a_page(tmp_path, say):
    root = tiny.project(tmp_path, "alpha", "beta", beta=None)
    for name, content in {
        "former": tiny.notebook(tiny.PARAMETERS),
        "scratch": b"{}",
        "explore": b"x",
    }.items():
        tiny.put(root / f"notebooks/{name}.ipynb", content)
    tiny.put(root / "notebooks/board_summary.ipynb", "")
    status, told = say(root, "check", "2016-Q1")
    lines = told.splitlines()
    assert status == 2
    assert [line for line in lines if line.startswith("Question: ")] == [
        "Question: notebooks/former.ipynb belongs to no area in framework.toml, so no page is made "
        "from it: "
        "was the area's key changed?"
    ]
    beta = next(line for line in lines if line.startswith("notebooks/beta.ipynb: is missing"))
    assert "saferplymouth new-area beta" in beta
    assert beta.endswith("; if its key was former, put that back and use rename-area.")
    assert [line.split(",")[0] for line in lines[:-1] if "quarter_summary" in line] == [
        "notebooks/quarter_summary.ipynb: is missing"
    ]
    assert "notebooks/board_summary.ipynb: is empty or cannot be read" in say(root, "check")[1]


def test_progress_is_a_bar_on_a_terminal(root):
    near, far = pty.openpty()
    termios.tcsetwinsize(far, (24, 80))
    running = tiny.start(
        root, "run", "2016-04", "--area", "alpha", "--force", stdout=far, stderr=far, text=False
    )
    os.close(far)
    told = b""
    while chunk := read(near):
        told += chunk
    os.close(near)

    assert running.wait(tiny.PATIENCE) == 0
    assert b"0/1 [" in told
    assert b"\r" in told.replace(b"\r\n", b"\n")


def read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other end is closed
        return b""


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["run", "2017-01"], "there is no drop for 2017-01; the drops run from 2016-04 to 2016-06"),
        (["run", "2016-04..2016-12"], "there is no drop for 2016-07, 2016-08, 2016-09 and others"),
        (
            ["run", "last month"],
            "'last month' is not a month; write a year and month such as 2016-11",
        ),
        (["run", "0000-01"], "'0000-01' is not a month"),
        (
            ["run", "2016-06..2016-04"],
            "'2016-06..2016-04' runs backwards; write the earlier month first",
        ),
        (
            ["run", "--area", "hate_crime"],
            "'hate_crime' is not a page; use one of board_summary, alpha",
        ),
        (["run", "--jobs", "0"], "Invalid value for '--jobs'"),
        (["run", "--seconds", "many"], "Invalid value for '--seconds'"),
        (["run", "--fast"], "No such option"),
        (["check", "2017-01"], "there is no drop for 2017-01"),
        (["check", "last month"], "'last month' is not a month"),
        (["build"], "No such command 'build'"),
    ],
)
def test_what_cannot_be_asked_is_answered_in_words_with_nothing_written(built, say, words, reason):
    before = tiny.snapshot(built[0])
    status, told = say(built[0], *words)

    assert status == 2
    assert reason in told
    assert "Traceback" not in told
    assert tiny.snapshot(built[0]) == before


def test_a_folder_without_a_project_is_answered_in_words(tmp_path, say):
    for command in ("run", "check", "status"):
        status, told = say(tmp_path, command)
        assert (status, told.startswith("no framework.toml here or above")) == (2, True)


@pytest.mark.parametrize("command", ["run", "check", "status"])
def test_a_project_without_drops_is_answered_in_words(tmp_path, say, command):
    shutil.rmtree(tiny.project(tmp_path, "alpha") / "data")
    status, told = say(tmp_path, command)

    assert (status, told.startswith("data/raw has no drop")) == (2, True)
    assert not (tmp_path / "outputs").exists()


def test_a_mistake_in_the_framework_is_answered_in_words(tmp_path, say):
    root = tiny.project(tmp_path, "alpha")
    tiny.put(
        root / "framework.toml",
        (root / "framework.toml").read_text().replace('"reduce"', '"shrink"'),
    )
    for command in ("run", "check", "status"):
        status, told = say(root, command)
        assert (status, "'shrink' is not known" in told) == (2, True)


def test_a_moment_that_is_none_is_answered_in_words(tmp_path, say, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    status, told = say(tiny.project(tmp_path, "alpha"), "run")

    assert status == 2
    assert told.startswith("SOURCE_DATE_EPOCH is 'yesterday'")


@pytest.fixture
def malformed(root) -> tuple[Path, list[str]]:
    """A project whose last drop has a mistake in each file, and a word of each problem."""
    returns = root / "data/raw/2016-06/returns"
    mistakes = {
        "unknown.csv": (
            b"indicator,period,value\nalfa,2016-06,1\n",
            "unknown.csv, cell A2, column indicator: ",
        ),
        "late.csv": (
            b"indicator,period,value\nalpha,2016-07,1\n",
            "late.csv, cell B2, column period: ",
        ),
        "words.csv": (
            b"indicator,period,value\nalpha,2016-05,many\n",
            "words.csv, cell C2, column value: ",
        ),
        "header.csv": (b"name,month\nalpha,1\n", "header.csv"),
        "empty.csv": (b"", "empty.csv"),
        "latin.csv": (b"indicator,period,value,note\ncaf\xc3\xa9,2015-05,1,caf\xe9\n", "latin.csv"),
        "letter.docx": (b"PK", "letter.docx"),
    }
    for name, (content, _) in mistakes.items():
        tiny.put(returns / name, content)
    tiny.put(root / "data/raw/2016-05/comments/alfa.md", "Up.")
    return root, [word for _, word in mistakes.values()]


@pytest.mark.parametrize(
    "words", [["run"], ["run", "2016-04..2016-06"], ["run", "--force", "--area", "alpha"]]
)
def test_a_drop_with_mistakes_is_refused_with_every_one_of_them_and_nothing_is_written(
    malformed, say, words
):
    root, mistakes = malformed
    before = tiny.snapshot(root)
    status, told = say(root, *words)

    assert status == 2
    assert [
        word
        for word in [*mistakes, "2016-05/comments/alfa.md", "Nothing was built."]
        if word not in told
    ] == []
    assert tiny.snapshot(root) == before


def test_a_drop_with_mistakes_does_not_make_the_folders_of_a_first_run(tmp_path, say):
    root = tiny.project(tmp_path, "alpha")
    tiny.put(root / "data/raw/2016-04/returns/more.csv", "")
    before = {str(path) for path in root.rglob("*")}

    assert say(root, "run")[0] == 2
    assert {str(path) for path in root.rglob("*")} == before


def test_check_lists_every_mistake_of_the_drop_and_writes_nothing(malformed, say):
    root, mistakes = malformed
    before = tiny.snapshot(root)
    status, told = say(root, "check")

    assert status == 2
    assert [word for word in mistakes if word not in told] == []
    assert told.splitlines()[-1].endswith(" problems")
    assert tiny.snapshot(root) == before


def test_check_says_that_a_good_drop_is_good_and_writes_nothing(tmp_path, say):
    root = tiny.project(tmp_path, "alpha")
    before = {str(path) for path in root.rglob("*")}

    assert say(root, "check") == (
        0,
        "2016-04: 1 figure, 0 comments and 0 papers can be used\nNo problems\n",
    )
    assert {str(path) for path in root.rglob("*")} == before


def test_a_check_of_a_quarter_looks_at_each_of_its_months(tmp_path, say):
    root = tiny.project(tmp_path, "alpha")
    for month in ("2016-05", "2016-07"):
        tiny.put(
            root / f"data/raw/{month}/returns/police.csv",
            f"indicator,period,value\nalpha,{month},7\n",
        )
    tiny.put(
        root / "data/raw/2016-04/returns/more.csv", "indicator,period,value\nalpha,2016-04,many\n"
    )
    status, told = say(root, "check", "2016-Q1")
    assert status == 2
    assert [line[:8] for line in told.splitlines() if "can be used" in line] == [
        "2016-04:",
        "2016-05:",
    ]
    assert "2016-04/returns/more.csv" in told


def test_a_folder_that_no_run_would_read_is_refused(tmp_path, say):
    root = tiny.project(tmp_path, "alpha")
    tiny.put(root / "data/raw/2016-4/returns/police.csv", GOOD)
    for command in ("run", "check"):
        status, told = say(root, command)
        assert (status, "\n2016-4: " in f"\n{told}") == (2, True)


def test_status_tells_what_stands_what_would_run_and_why_and_what_failed(root, say):
    tiny.put(root / "notebooks/alpha.ipynb", "changed")
    tiny.pretend(root, "alpha", month="2016-05")
    status, told = say(root, "status")

    assert status == 0
    lines = told.splitlines()[-7:]
    times = [line for line in lines if line.startswith("         time of all pages: ")]
    assert [line for line in lines if line not in times] == [
        "2016-05  Draft, 1 page up to date",
        "         would build alpha: its notebook changed",
        "         last attempt failed on alpha: it would not",
        "2016-06  Draft, 1 page up to date",
        "         would build alpha: its notebook changed",
    ]
    stages = r" +time of all pages: waiting \d+\.\d s, start \d+\.\d s, cells \d+\.\d s, .*"
    assert [bool(re.fullmatch(stages, line)) for line in times] == [True, True]


def test_status_of_a_month_tells_where_the_time_of_each_page_went(root, say):
    status, told = say(root, "status", "2016-06")
    named = [line.split(":")[0].strip() for line in told.splitlines() if ": waiting " in line]
    assert (status, named) == (0, ["time of all pages", "alpha", "board_summary"])


@pytest.mark.parametrize("words", [["--help"], ["run", "-h"], ["--version"]])
def test_help_is_given(tmp_path, say, words):
    assert say(tmp_path, *words)[0] == 0


def test_a_mistake_of_ours_is_no_success(root):
    broken = "from saferplymouth import cli; from saferplymouth.editions import listing\n"
    broken += "listing.write_index = lambda root: {}['bug']; cli.main()"
    done = subprocess.run(
        [sys.executable, "-c", broken, "run"], cwd=root, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert "KeyError: 'bug'" in done.stderr
