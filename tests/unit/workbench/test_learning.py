"""What an analyst is told while working: help, completion, examples that run, and frames that read
well.
"""

import contextlib
import doctest
import importlib
import inspect
import json
import pydoc
import sys

import pytest
from anytown import real_project
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

import saferplymouth
from saferplymouth import Report
from saferplymouth.display.data_frames import Figures
from saferplymouth.display.parts import PARTS
from saferplymouth.pages.section import Section

PUBLIC = {name: getattr(saferplymouth, name) for name in saferplymouth.__all__}
ROOMS = ["saferplymouth", *sorted({kind.__module__ for kind in (*PUBLIC.values(), Section)})]

pytestmark = pytest.mark.xdist_group("places")


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """The real project's copy, as the folder that a notebook is opened in."""
    with contextlib.chdir(real_project(tmp_path_factory.getbasetemp())) as _:
        yield


@pytest.fixture
def report(untouched):
    return Report("hate_crime", "2016-11", untouched)


@pytest.mark.parametrize("room", ROOMS)
def test_every_example_runs_and_gives_what_it_says(room, here, monkeypatch):
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)  # an example is typed at a prompt
    found = doctest.DocTestFinder(exclude_empty=True).find(
        importlib.import_module(room), extraglobs=PUBLIC
    )
    examples = [test for test in found if test.examples]
    told = []
    for test in examples:
        doctest.DocTestRunner().run(test, out=told.append)
    assert (told, examples != []) == ([], True)


@pytest.mark.parametrize("kind", [*PUBLIC.values(), Section], ids=lambda kind: kind.__name__)
def test_each_name_and_each_of_its_methods_says_what_it_gives_and_the_name_shows_how(kind):
    assert ">>> " in inspect.getdoc(kind)
    methods = [
        m for name, m in vars(kind).items() if not name.startswith("_") and inspect.isfunction(m)
    ]
    assert [method.__name__ for method in methods if not inspect.getdoc(method)] == []


def test_help_begins_with_the_names_and_an_example():
    told = pydoc.plain(pydoc.render_doc(saferplymouth))
    opening = told[: told.index("PACKAGE CONTENTS")]
    assert [name for name in PUBLIC if name not in opening] == []
    assert 'report = Report("anti_social_behaviour", "2016-11")' in opening
    assert [name for name in PUBLIC if f"class {name}(" not in told] == []


def test_tab_offers_the_names_the_indicators_and_the_parts(report):
    shell = InteractiveShell.instance()
    shell.user_ns |= {
        "saferplymouth": saferplymouth,
        "report": report,
        "hate": report["ist_incidents"],
    }

    def offered(typed: str) -> set[str]:
        with provisionalcompleter():
            return {
                found.text.strip("\"'.") for found in shell.Completer.completions(typed, len(typed))
            }

    assert set(PUBLIC) <= offered("saferplymouth.")
    assert set(report) <= offered('report["')
    assert {*PARTS, "figures", "check", "show"} <= offered("hate.")
    InteractiveShell.clear_instance()


def test_a_frame_reads_as_people_write_and_is_numbers_all_the_same(untouched):
    crime = Report("overall_crime", "2016-11", untouched)["overall_crime"].figures()
    read = repr(crime)
    assert "November 2016    1,575" in read
    assert "12,586" in read
    assert "−317" in read
    assert "NaN" not in read
    assert crime["2016/17"].sum() == 12_586
    assert crime.loc["2016-11", "Change"] == 189
    assert "<th>November 2016</th>\n      <td>1,575</td>" in crime.tail(5)._repr_html_()
    assert "not available: no data received" in crime._repr_html_()
    assert isinstance(crime[["2016/17"]] * 2, Figures)
    assert json.dumps(crime.attrs)
