"""An analyst adds an indicator, a breakdown and a whole area, and reads nothing of the package."""

import nbformat
import openpyxl
import pytest
import tiny
from nbclient import NotebookClient

from saferplymouth import periods
from saferplymouth.editions.plan import RunOptions, plan
from saferplymouth.store.edition_names import EditionName

ADDED = """
[indicators.third_party_centres]
name = "Third-party reporting centres"
area = "hate_crime"
aim = "increase"
monitoring_only = false
frequency = "half-year"
unit = "count"
counted = "third-party reporting centres open"
agency = "council"
sensitive = false
definition = "Places other than the police where a hate incident can be reported."
why = "Some will never walk into a police station."

[indicators.police_recorded_hate_crime.breakdowns.strand]
name = "Strand"
adds_up = true
groups = { race = "Race", other = "Other" }
"""
RETURN = """indicator,period,breakdown,group,value
police_recorded_hate_crime,2016-10,,,42
police_recorded_hate_crime,2016-10,strand,race,30
police_recorded_hate_crime,2016-10,strand,other,12
"""


def page_of(root, area: str) -> str:
    """The page of an area, built by a run of its own."""
    ran = tiny.told(root, "run", "--area", area)
    assert f"{area}: built" in ran.stdout, ran.stdout + ran.stderr
    return (root / f"outputs/partial/2016-11/{area.replace('_', '-')}.html").read_text(
        encoding="utf-8"
    )


def test_a_new_area_is_a_request_at_once_and_a_page_once_its_return_is_filled_in(project):
    done = tiny.told(project, "new-area", "knife_crime")
    assert (done.returncode, done.stderr) == (0, "")
    assert tiny.told(project, "check").returncode == 0
    page = page_of(project, "knife_crime")
    assert "Knife crime: no data received yet" in page
    needed = "Needed from Devon and Cornwall Police: the number of incidents of knife crime"
    assert f"{needed}, every month" in page

    frame = (project / "framework.toml").read_text(encoding="utf-8")
    tiny.put(
        project / "framework.toml",
        frame.replace("incidents of knife crime", "offences with a knife"),
    )
    book = openpyxl.load_workbook(project / "knife-crime-police-2016-11.xlsx")
    asked = list(book["Return"].values)[:2]
    assert asked[1][:3] == ("knife_crime", "Knife crime, November 2016", "2016-11")
    book["Return"].cell(2, asked[0].index("value") + 1, 31)
    book.save(project / "data/raw/2016-11/returns/knives.xlsx")
    page = page_of(project, "knife_crime")
    assert "Knife crime: 31 in November 2016; there is no earlier year to compare with" in page
    assert "There were 31 offences with a knife" in page


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["hate_crime"],
            "'hate_crime' is already an area; choose another key, or change its entry in "
            "framework.toml. For a new notebook, move the old one away.",
        ),
        (["ist_incidents"], "'ist_incidents' is already an indicator"),
        (["Knife Crime"], "'Knife Crime' cannot be an area's key; did you mean knife_crime?"),
        (["tour"], "'tour' is the key of another page; choose another key"),
        (["knife_crime", "--to", "framework.toml/here"], "Not a directory"),
        (["noise"], "noise.ipynb already exists with other content; move it"),
    ],
)
def test_an_area_that_cannot_be_added_is_refused_in_words_and_nothing_is_written(
    words, message, project
):
    tiny.put(project / "notebooks/noise.ipynb", "{}")
    before = tiny.snapshot(project)
    done = tiny.told(project, "new-area", *words)
    assert done.returncode in (1, 2)
    assert message in done.stderr
    assert tiny.snapshot(project) == before


def test_an_area_of_the_framework_without_a_notebook_gets_one_that_shows_all_its_indicators(
    project,
):
    frame = (project / "framework.toml").read_bytes()
    (project / "notebooks/hate_crime.ipynb").unlink()
    done = tiny.told(project, "new-area", "hate_crime")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "To build its page: saferplymouth run --area hate_crime"
    assert (project / "framework.toml").read_bytes() == frame
    page = page_of(project, "hate_crime")
    for key in ("ist-incidents", "ist-satisfaction", "police-recorded-hate-crime"):
        assert page.count(f'<h2 id="{key}"') == 1, key


def test_a_final_edition_is_refused_while_a_text_of_a_new_area_is_to_be_written_and_told_all_of_them(
    tmp_path,
):
    root = tiny.project(tmp_path, "alpha")
    assert tiny.told(root, "new-area", "knife_crime").returncode == 0
    assert plan(root, EditionName(periods.month("2016-04")), RunOptions()).expected
    done = tiny.told(root, "run", "--final")
    wanted = (
        "areas.knife_crime.priority",
        "indicators.knife_crime.definition",
        "indicators.knife_crime.why",
    )
    told = [
        f"framework.toml: {key} still says “To be written”; write it, or remove the entry"
        for key in wanted
    ]
    assert (done.returncode, done.stderr.splitlines()) == (2, [*told, "Nothing was built."])


def test_a_new_area_that_was_cut_short_is_finished_by_the_same_words(project):
    before = (project / "framework.toml").read_bytes()
    tiny.told(project, "new-area", "knife_crime")
    after = tiny.snapshot(project)
    tiny.put(project / "framework.toml", before)
    assert tiny.told(project, "new-area", "knife_crime").returncode == 0
    assert tiny.snapshot(project) == after


def test_an_indicator_and_a_breakdown_that_are_added_are_on_the_page_of_their_area(project):
    frame = (project / "framework.toml").read_text(encoding="utf-8")
    tiny.put(project / "framework.toml", frame + ADDED)
    tiny.put(project / "data/raw/2016-11/returns/newcomer.csv", RETURN)
    client = NotebookClient(
        nbformat.read(project / "notebooks/hate_crime.ipynb", as_version=4), timeout=120
    )
    client.resources = {"metadata": {"path": project / "notebooks"}}
    client.execute()
    shown = [
        o.data["text/html"]
        for cell in client.nb.cells
        if cell.cell_type == "code"
        for o in cell.outputs
    ]
    page = "".join(shown)
    assert "Third-party reporting centres: no data received yet" in page
    assert "The first figure needed is for April to September 2016" in page
    assert '<th scope="row">Race</th><td>30</td>' in page
