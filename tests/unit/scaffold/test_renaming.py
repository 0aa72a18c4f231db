"""An area gets another key: what changes, what stays as it was received, and what is refused."""

import difflib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import tiny
from projects import ROOT
from returned import FRAMEWORK

from saferplymouth import sources
from saferplymouth.editions.plan import RunOptions, plan
from saferplymouth.framework import FrameworkError, load
from saferplymouth.periods import month
from saferplymouth.store.edition_names import EditionName

APRIL = EditionName(month("2016-04"))
DUTIES = "duty,set_by,owner,every,met_by,page,last_met,note\nMeet,Law,Board,year,A page,alpha,,\n"


@pytest.fixture
def project(tmp_path):
    """A project whose framework has comments and another spelling, and whose paper has the area's
    key.
    """
    root = tiny.project(tmp_path, "alpha", "beta", beta=tiny.notebook(tiny.PARAMETERS, "1"))
    path = root / "framework.toml"
    text = path.read_text().replace("[areas.alpha]", '# first\n[ areas."alpha" ]  # of two')
    tiny.put(path, text.replace("\n", "\r\n"))
    tiny.put(root / "data/raw/2016-04/papers/duties.csv", DUTIES)
    tiny.put(root / "notebooks/duties.ipynb", tiny.notebook(tiny.PARAMETERS, "2"))
    return root


def test_only_the_lines_with_the_key_change_and_what_was_received_and_published_stays(project):
    tiny.pretend(project)
    text = (project / "framework.toml").read_bytes().decode()
    kept = tiny.snapshot(project / "data/raw", project / "outputs")
    done = tiny.told(project, "rename-area", "alpha", "noise")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[:2] == ["framework.toml", "notebooks/noise.ipynb"]
    after = (project / "framework.toml").read_bytes().decode()
    changed = difflib.ndiff(text.splitlines(keepends=True), after.splitlines(keepends=True))
    assert [line for line in changed if line[0] in "-+"] == [
        '- [ areas."alpha" ]  # of two\r\n',
        "+ [ areas.noise ]  # of two\r\n",
        '+ formerly = ["alpha"]\r\n',
        '- area = "alpha"\r\n',
        '+ area = "noise"\r\n',
    ]
    assert tiny.snapshot(project / "data/raw", project / "outputs") == kept
    assert not (project / "notebooks/alpha.ipynb").exists()
    cell = (project / "notebooks/noise.ipynb").read_text()
    assert "Report('noise', month)" in cell
    assert "report['alpha']" in cell  # the indicator's key


def test_the_edition_as_it_stood_reads_the_old_key_in_its_papers_and_misses_no_page(project):
    tiny.pretend(project)
    tiny.told(project, "rename-area", "alpha", "noise")
    planned = plan(project, APRIL, RunOptions())
    assert planned.gone == {}
    assert {"noise", "beta"} < planned.expected.keys()
    frame = load(project / "framework.toml")
    (duty,) = sources.papers(project / "data/raw", APRIL.month, frame)["duties"].rows
    assert duty.page == "noise"
    assert tiny.told(project, "check").returncode == 0


def test_a_final_edition_tells_what_changed_of_the_renamed_page_and_is_not_touched(project):
    tiny.pretend(project, final=True)
    tiny.told(project, "rename-area", "alpha", "noise")
    assert plan(project, APRIL, RunOptions()).frozen["noise"] == (
        "its notebook and the framework changed"
    )


def test_a_rename_that_was_cut_short_is_finished_by_the_same_words(project):
    before = tiny.snapshot(project)
    tiny.told(project, "rename-area", "alpha", "noise")
    after = tiny.snapshot(project)
    for name, content in before.items():  # only the new notebook was in place
        tiny.put(Path(name), content)
    assert tiny.told(project, "rename-area", "alpha", "noise").returncode == 0
    assert tiny.snapshot(project) == after


def test_renamed_back_it_is_as_before_and_knows_the_key_it_had_in_between(project):
    before = tiny.snapshot(project / "notebooks")
    for words in (["alpha", "noise"], ["noise", "calm"], ["calm", "alpha"]):
        assert tiny.told(project, "rename-area", *words).returncode == 0
    assert tiny.snapshot(project / "notebooks") == before
    assert load(project / "framework.toml").areas["alpha"].formerly == ("noise", "calm")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["alfa", "noise"], "'alfa' is not an area; did you mean alpha?"),
        (["alpha", "beta"], "'beta' is already an area; choose another key"),
        (["alpha", "alpha"], "'alpha' is already an area; choose another key"),
        (["alpha", "Noise at night"], "cannot be an area's key; did you mean noise_at_night?"),
        (["alpha", "duties"], "'duties' is the key of another page; choose another key"),
        (["alpha", "spare"], "notebooks/spare.ipynb already exists with other content"),
        (["alpha", "old"], "areas.beta.formerly: 'old' is areas.old too"),
        (["beta", "noise"], "framework.toml has 'beta' in a form that this cannot rename"),
    ],
)
def test_what_cannot_be_renamed_is_refused_in_words_and_nothing_changes(project, words, message):
    tiny.put(project / "notebooks/spare.ipynb", "{}")
    path = project / "framework.toml"
    text = path.read_bytes().decode().replace('area = "beta"', 'area = """beta"""')
    tiny.put(path, text.replace("[areas.beta]\r\n", '[areas.beta]\r\nformerly = ["old"]\r\n'))
    before = tiny.snapshot(project)
    done = tiny.told(project, "rename-area", *words)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.endswith("\nNothing was renamed.\n")
    assert tiny.snapshot(project) == before


def test_every_paper_with_an_area_is_read_by_the_key_it_had_and_by_no_other(tmp_path):
    papers = tmp_path / "2016-11/papers"
    shutil.copytree(ROOT / "data/raw/2016-11/papers", papers)
    example = ROOT / "docs/strategic-assessment-example.csv"
    shutil.copy(example, papers / "strategic_assessment.csv")
    areas = {
        f"{key}_now": replace(area, key=f"{key}_now", formerly=(key,))
        for key, area in FRAMEWORK.areas.items()
    }
    kept = sources.papers(tmp_path, month("2016-11"), replace(FRAMEWORK, areas=areas))
    needs, scores, duties = (
        kept[name].rows for name in ("commissioning", "strategic_assessment", "duties")
    )
    named = {*(key for need in needs for key in need.areas), *(score.area for score in scores)}
    assert {"domestic_abuse_now", "hate_crime_now"} < named
    assert named - {""} <= areas.keys()
    assert {duty.page for duty in duties} - areas.keys() == {
        *("", "board_summary", "commissioning", "strategic_assessment", "duties")
    } & {duty.page for duty in duties}


def test_a_former_key_that_is_in_use_is_refused(project):
    path = project / "framework.toml"
    text = path.read_bytes().decode()
    content = text.replace("[areas.beta]\r\n", '[areas.beta]\r\nformerly = ["alpha"]\r\n').encode()
    with pytest.raises(FrameworkError, match=r"areas.beta.formerly: 'alpha' is areas.alpha too"):
        load(path, content)
