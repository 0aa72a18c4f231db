"""An analyst adds an indicator, a breakdown and a whole area: `framework.toml`, a notebook, and nothing else."""

import nbformat
import tiny
from nbclient import NotebookClient

ADDED = """
[areas.knife_crime]
title = "Knife crime"
priority = "Few, and grave."

[indicators.knife_offences]
name = "Knife offences"
area = "knife_crime"
aim = "reduce"
monitoring_only = false
frequency = "month"
unit = "count"
counted = "offences with a knife"
agency = "police"
sensitive = false
definition = "Recorded offences in which a knife was used or shown."
why = "They maim and kill."

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
knife_offences,2016-11,,,31
police_recorded_hate_crime,2016-10,,,42
police_recorded_hate_crime,2016-10,strand,race,30
police_recorded_hate_crime,2016-10,strand,other,12
"""


def test_what_a_newcomer_adds_is_on_its_page(project):
    frame = (project / "framework.toml").read_text(encoding="utf-8")
    tiny.put(project / "framework.toml", frame + ADDED)
    tiny.put(project / "data/raw/2016-11/returns/newcomer.csv", RETURN)
    notebook = nbformat.read(project / "notebooks/prevent_duty.ipynb", as_version=4)
    kept = [cell for cell in notebook.cells if "show()" not in cell.source]
    for cell in kept:
        cell.source = cell.source.replace("prevent_duty", "knife_crime")
    notebook.cells = kept
    nbformat.write(notebook, project / "notebooks/knife_crime.ipynb")

    ran = tiny.told(project, "run", "--area", "knife_crime")
    assert "knife_crime: built" in ran.stdout, ran.stdout + ran.stderr
    page = (project / "outputs/partial/2016-11/knife-crime.html").read_text(encoding="utf-8")
    assert "Knife offences: 31 in November 2016, with no earlier year to compare" in page
    table = (project / "outputs/partial/2016-11/data/knife_offences.csv").read_text(encoding="utf-8")
    assert "knife_offences,2016/17,2016-11,,,31,count" in table

    client = NotebookClient(nbformat.read(project / "notebooks/hate_crime.ipynb", as_version=4), timeout=120)
    client.resources = {"metadata": {"path": project / "notebooks"}}
    client.execute()
    shown = [o.data["text/html"] for cell in client.nb.cells if cell.cell_type == "code" for o in cell.outputs]
    page = "".join(shown)
    assert "Third-party reporting centres: no data received yet" in page
    assert "third_party_centres,2016/17 H1,," in page
    assert '<th scope="row">Race</th><td>30</td>' in page
