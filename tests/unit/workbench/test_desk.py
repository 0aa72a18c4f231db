"""What an analyst meets at a desk of their own: any folder, no style sheet, an export by hand."""

import json
import re
from pathlib import Path

import nbformat
import pytest
from markupsafe import Markup
from nbconvert import HTMLExporter
from projects import ROOT
from traitlets.config import Config

from saferplymouth import Report, workbench
from saferplymouth.errors import NoProject
from saferplymouth.indicators import project
from saferplymouth.indicators.project import find_root


@pytest.fixture(scope="module")
def asb(untouched):
    return Report("anti_social_behaviour", "2016-11", untouched)["anti_social_behaviour"]


def test_a_notebook_finds_its_project_here_then_at_its_own_place_then_where_the_package_is(
    untouched, tmp_path, monkeypatch, capsys
):
    copy = untouched / "notebooks/mine/copy.ipynb"
    project._told.cache_clear()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert find_root(anywhere=True) == ROOT
    told = f"No framework.toml in {tmp_path} or above: this is {ROOT}\n"
    assert capsys.readouterr().err == told
    monkeypatch.setenv("JPY_SESSION_NAME", str(copy))
    assert find_root(anywhere=True) == untouched
    monkeypatch.chdir(ROOT / "notebooks")
    assert find_root(anywhere=True) == ROOT


def test_the_command_works_on_the_project_it_stands_in_or_on_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NoProject, match=f"here or above .{tmp_path}.: work inside the project"):
        find_root()


def test_a_state_stands_apart_from_what_is_counted_without_a_style_sheet(asb):
    said = Markup(asb.headline().html).striptags()
    assert "◆ No clear change. Incidents of anti-social behaviour recorded" in said


def test_a_notebook_exported_by_hand_has_area_and_month_in_title_and_heading(asb):
    data, metadata = asb.headline()._repr_mimebundle_()
    shown = nbformat.v4.new_output("display_data", data, metadata=metadata)
    notebook = nbformat.read(ROOT / "notebooks/anti_social_behaviour.ipynb", as_version=4)
    notebook.cells[4].outputs = [shown]
    for path in Path(workbench.__file__).parent.glob("jupyter/*.json"):
        config = json.loads(path.read_text())
        if "HTMLExporter" in config:
            page, _ = HTMLExporter(config=Config(config)).from_notebook_node(notebook)
    assert "<title>Anti-social behaviour – November 2016</title>" in page
    assert re.search("<h1 [^>]*>Anti-social behaviour – November 2016<", page)
