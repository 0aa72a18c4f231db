"""Editions as values: what is put in place, what is kept, and that the same drops give the same
bytes.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tiny
from projects import copy_project, keep_areas
from tiny import pretend

from saferplymouth import periods
from saferplymouth.editions import build
from saferplymouth.editions.plan import RunOptions, plan
from saferplymouth.store.edition_names import EditionName

APRIL = periods.month("2016-04")
EPOCH = ("SOURCE_DATE_EPOCH", "1484042400")


@pytest.fixture
def root(tmp_path):
    return tiny.project(tmp_path, "alpha", "beta")


def test_a_whole_edition_is_put_in_place_and_its_manifest_proves_every_file(root):
    outcome = pretend(root)
    made = tiny.whole(outcome.place)

    assert (outcome.whole, outcome.place, outcome.failures) == (True, root / "outputs/2016-04", {})
    assert (made["edition"], made["status"]) == ("2016-04", "Draft")
    assert made["inputs"].keys() == {"2016-04/returns/police.csv"}
    assert made["packages"].keys() >= {"python", "pandas", "papermill"}


def test_what_has_not_changed_is_not_touched(root):
    pretend(root)
    before = tiny.snapshot(root / "outputs")
    outcome = pretend(root)

    assert outcome.plan.todo == {}
    assert tiny.snapshot(root / "outputs") == before


def test_an_edition_that_is_not_whole_leaves_the_one_in_place_but_for_its_last_attempt(root):
    good = tiny.files(pretend(root).place)
    tiny.put(root / "notebooks/alpha.ipynb", "changed")
    tiny.put(root / "notebooks/beta.ipynb", "changed")
    outcome = pretend(root, "beta")
    left = tiny.files(root / "outputs/2016-04")
    made, before = json.loads(left.pop("edition.json")), json.loads(good.pop("edition.json"))

    assert left == good
    assert made.pop("last_attempt")["failed"] == {"beta": "it would not"}
    assert made == before
    assert (outcome.whole, outcome.place) == (False, root / "outputs/partial/2016-04")
    areas = json.loads((outcome.place / "edition.json").read_text())["areas"]
    assert {key: area["state"] for key, area in areas.items()} == {
        "board_summary": "built",
        "alpha": "built",
        "beta": "failed",
    }
    assert areas["beta"]["reason"] == "it would not"
    assert (outcome.place / "alpha.html").read_text() == "changed"


def test_a_good_build_clears_the_last_attempt_and_what_was_built_of_it(root):
    pretend(root)
    tiny.put(root / "notebooks/beta.ipynb", "changed")
    pretend(root, "beta")
    pretend(root)

    assert "last_attempt" not in tiny.whole(root / "outputs/2016-04")
    assert not (root / "outputs/partial/2016-04").exists()


def test_taking_back_the_change_that_failed_clears_the_last_attempt_too(root):
    good = pretend(root)
    before = (root / "notebooks/beta.ipynb").read_bytes()
    tiny.put(root / "notebooks/beta.ipynb", "changed")
    pretend(root, "beta")
    tiny.put(root / "notebooks/beta.ipynb", before)
    outcome = pretend(root)

    assert outcome.plan.todo == {}
    assert "last_attempt" not in tiny.whole(good.place)


def test_the_first_edition_of_a_month_that_fails_puts_nothing_in_place(root):
    pretend(root, "alpha")

    assert not (root / "outputs/2016-04").exists()


def test_one_area_can_be_built_when_the_rest_is_up_to_date(root):
    pretend(root)
    outcome = pretend(root, only="beta", force=True)

    assert list(outcome.plan.todo) == ["beta"]
    assert tiny.whole(outcome.place)["build"]["skipped"].keys() == {"board_summary", "alpha"}


def test_one_area_alone_is_no_edition(root):
    outcome = pretend(root, only="beta")

    assert (outcome.whole, outcome.failures) == (False, {})
    assert not (root / "outputs/2016-04").exists()


@pytest.mark.parametrize(
    ("spoil", "todo"),
    {
        "notebook": (
            lambda root: tiny.put(root / "notebooks/alpha.ipynb", "x"),
            {"alpha": "its notebook changed"},
        ),
        "comment": (
            lambda root: tiny.put(root / "data/raw/2016-04/comments/alpha.md", "Up."),
            {"alpha": "its comments changed"},
        ),
        "figure": (
            lambda root: tiny.put(
                root / "data/raw/2016-04/returns/police.csv",
                "indicator,period,value\nalpha,2016-04,100\nbeta,2016-04,999\n",
            ),
            {"board_summary": "its figures changed", "beta": "its figures changed"},
        ),
        "framework": (
            lambda root: tiny.put(
                root / "framework.toml", (root / "framework.toml").read_bytes() + b"# more\n"
            ),
            dict.fromkeys(("board_summary", "alpha", "beta"), "the framework changed"),
        ),
        "damaged page": (
            lambda root: tiny.put(root / "outputs/2016-04/beta.html", "x"),
            {"beta": "its files are missing or damaged"},
        ),
        "lost table": (
            lambda root: (root / "outputs/2016-04/data/beta.csv").unlink(),
            {"beta": "its files are missing or damaged"},
        ),
        "damaged manifest": (
            lambda root: tiny.put(root / "outputs/2016-04/edition.json", "[]"),
            dict.fromkeys(("board_summary", "alpha", "beta"), "not built yet"),
        ),
        "later drop": (
            lambda root: tiny.put(
                root / "data/raw/2016-05/returns/police.csv",
                "indicator,period,value\nalpha,2016-04,999\n",
            ),
            {},
        ),
    }.values(),
)
def test_a_page_is_built_again_when_what_it_depends_on_changed_and_only_then(root, spoil, todo):
    pretend(root)
    spoil(root)

    assert plan(root, EditionName(APRIL), RunOptions()).todo == todo


def test_a_return_that_says_the_same_in_other_bytes_gives_the_same_pages_and_a_new_manifest(root):
    pretend(root)
    returned = root / "data/raw/2016-04/returns/police.csv"
    tiny.put(returned, returned.read_bytes().replace(b"\n", b"\r\n"))
    outcome = pretend(root)

    assert outcome.plan.todo == {}
    assert tiny.whole(outcome.place)["inputs"] == outcome.plan.inputs


def test_what_a_notebook_does_to_the_edition_in_place_does_not_reach_the_next_one(root):
    pretend(root)
    tiny.put(root / "notebooks/beta.ipynb", "changed")
    todo = plan(root, EditionName(APRIL), RunOptions())
    tiny.put(root / "outputs/2016-04/alpha.html", "vandalised")
    built = {one.area: one for _, one in build.pages([todo], tiny.Here)}

    tiny.whole(build.finish(root, todo, built).place)


def test_the_moment_of_a_build_can_be_set(monkeypatch):
    monkeypatch.setenv(*EPOCH)

    assert build.moment().isoformat() == "2017-01-10T10:00:00+00:00"


def test_an_edition_reads_its_drops_as_they_stood_and_none_that_came_later(tmp_path, monkeypatch):
    everything, then = copy_project(tmp_path / "all"), copy_project(tmp_path / "then")
    for drop in (then / "data/raw").iterdir():
        if drop.is_dir() and drop.name > str(APRIL):
            shutil.rmtree(drop)
    november = plan(
        everything, EditionName(periods.month("2016-11")), RunOptions()
    )  # so that later figures are there to be read
    now, once = (plan(root, EditionName(APRIL), RunOptions()) for root in (everything, then))

    assert (now.expected, now.inputs) == (once.expected, once.inputs)
    assert now.expected["hate_crime"].files != november.expected["hate_crime"].files
    monkeypatch.setenv(*EPOCH)
    for root in (everything, then):
        done = tiny.told(root, "run", "2016-04", "--area", "overall_crime")
        assert done.returncode == 0, done.stdout + done.stderr
    here, there = (without_build(root / "outputs/partial/2016-04") for root in (everything, then))
    assert here.keys() >= {"overall-crime.html", "data/overall_crime.csv", "edition.json"}
    assert here == there


@pytest.mark.xdist_group("edition")
def test_the_same_drops_give_the_same_bytes_twice_in_another_folder_and_for_another_user(
    tmp_path_factory, monkeypatch
):
    places = (
        tmp_path_factory.mktemp("here") / "project",
        tmp_path_factory.mktemp("there") / "quite/another/folder",
    )
    here, there = (
        keep_areas(copy_project(place), "overall_crime", "hate_crime") for place in places
    )
    home = hostile_home(tmp_path_factory.mktemp("home"))
    monkeypatch.setenv(*EPOCH)
    done = tiny.told(here, "run", "2016-11", "--jobs", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    once = without_build(here / "outputs/2016-11")

    for folder in (there, home):
        for path in (folder, *folder.parents[:2], *folder.rglob("*")):
            path.chmod(0o777)
    user = {
        "HOME": str(home),
        "USER": "mallory",
        "LOGNAME": "mallory",
        "TZ": "Asia/Tokyo",
        "LC_ALL": "tr_TR.UTF-8",
    }
    user |= {
        "TMPDIR": str(home),
        "JUPYTER_PATH": str(home / "share"),
        "PYTHONSTARTUP": str(home / "startup.py"),
    }
    done = tiny.command(
        there, "run", "2016-11", "--jobs", "1", env=os.environ | user, prefix=another_user(home)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    twice = without_build(there / "outputs/2016-11")

    assert {name: content == twice[name] for name, content in once.items()} == dict.fromkeys(
        once, True
    )
    assert once.keys() == twice.keys()
    assert (here / "outputs/index.html").read_bytes() == (there / "outputs/index.html").read_bytes()
    local = [*map(str, (here, there, home, sys.prefix)), "/edition-", "mallory", "nobody"]
    for root in (here, there):
        for name, content in tiny.files(root / "outputs/2016-11").items():
            assert [word for word in local if word.encode() in content] == [], name


def without_build(place: Path) -> dict[str, object]:
    found = tiny.files(place)
    made = json.loads(found["edition.json"])
    assert made.pop("build")
    return found | {"edition.json": made}


def hostile_home(home: Path) -> Path:
    """The home of a user whose settings would change every chart and page."""
    tiny.put(
        home / ".config/matplotlib/matplotlibrc",
        "lines.linewidth: 99\nfont.size: 30\nsvg.fonttype: path\n",
    )
    tiny.put(home / ".ipython/profile_default/startup/00.py", "raise SystemExit")
    tiny.put(home / "startup.py", "raise SystemExit")
    for share in (".local/share/jupyter", "share"):
        spec = '{"argv": ["false"], "display_name": "x", "language": "python"}'
        tiny.put(home / share / "kernels/python3/kernel.json", spec)
        tiny.put(home / share / "nbconvert/templates/base/display_priority.j2", "hijacked")
    return home


def another_user(home: Path) -> list[str]:
    """The command that makes a process nobody's, who may read what root may; none where we may
    not.
    """
    reading = ("--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search")
    nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", *reading]
    probe = [*nobody, sys.executable, "-c", "import saferplymouth"]
    if not shutil.which("setpriv") or os.geteuid() != 0:
        return []
    able = (
        subprocess.run(
            probe, env=os.environ | {"HOME": str(home)}, cwd=home, capture_output=True
        ).returncode
        == 0
    )
    return nobody if able else []
