"""The notebooks in a real JupyterLab: every one runs to its end, and the workbench is used with the
keyboard alone.
"""

import io
import re
import shutil
from pathlib import Path

import lab
import nbformat
import openpyxl
import pytest
import tiny
from axe_playwright_python.sync_playwright import Axe
from paper import PAPER
from playwright.sync_api import expect
from projects import ROOT, git

pytestmark = pytest.mark.xdist_group("lab")
PICTURE = ".saferplymouth .vega-embed [aria-roledescription=visualization]"
DRAWN = f"{PICTURE} svg.marks"
NOTEBOOKS = sorted({path.stem for path in (ROOT / "notebooks").glob("*.ipynb")} - {"explore"})


@pytest.fixture(scope="session")
def root(edition, tmp_path_factory) -> Path:
    """The copy of the project that JupyterLab is opened on, with its edition."""
    return shutil.copytree(
        edition.parent, tmp_path_factory.mktemp("lab") / "project", symlinks=True
    )


@pytest.fixture(scope="session")
def jupyterlab(root, browser, tmp_path_factory):
    """JupyterLab in a browser tab, for one test after another."""
    with lab.server(root, tmp_path_factory.mktemp("settings")) as address:
        yield lab.opened(browser, address)


@pytest.fixture(scope="module")
def explore(jupyterlab):
    """The notebook `explore`, open and run; a test chooses what it looks at."""
    jupyterlab.set_viewport_size({"width": 1400, "height": 900})
    unharmed(lab.run_all(jupyterlab, "notebooks/explore.ipynb"), jupyterlab)
    jupyterlab.locator(DRAWN).wait_for()
    return jupyterlab


def chosen(page, view: str, indicator: str, alert: str) -> None:
    """A view in the workbench, once its finding and its chart are there."""
    page.get_by_label("View", exact=True).select_option(label=view)
    page.get_by_label("Indicator", exact=True).select_option(label=indicator)
    expect(page.locator(".saferplymouth").get_by_role("alert").first).to_contain_text(alert)
    expect(page.locator(f"{PICTURE}[aria-label*='{alert}']")).to_be_visible()


def unharmed(outputs: list[dict], page) -> None:
    """Something was shown, and neither the notebook nor the browser told of an error or a
    warning.
    """
    assert outputs
    assert [output for output in outputs if output["output_type"] in ("error", "stream")] == []
    assert page.said == []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_notebook_runs_to_its_end_without_a_warning_and_gives_by_hand_what_it_gave_in_the_run(
    jupyterlab, edition, name
):
    shown = lab.run_all(jupyterlab, f"notebooks/{name}.ipynb", shared=True)
    unharmed(shown, jupyterlab)
    for executed in edition.glob(f"executed/2016-*/{name}.ipynb"):
        cells = nbformat.read(executed, as_version=4).cells
        in_the_run = [
            output for cell in cells if cell.cell_type == "code" for output in cell.outputs
        ]
        assert [held(output) for output in shown] == [held(output) for output in in_the_run]


def held(output: dict) -> list[str]:
    """What an output shows and what it gives for the download, in whichever way a notebook keeps
    its lines.
    """
    return ["".join(output["data"].get(kind, "")) for kind in ("text/html", "text/csv")]


def test_every_notebook_but_those_to_work_in_was_in_the_run(edition):
    assert {path.stem for path in edition.glob("executed/2016-*/*.ipynb")} == set(NOTEBOOKS) - {
        "tour"
    }


def test_jupyterlab_asks_nobody_whether_they_want_its_news(jupyterlab):
    """The settings of the suite's environment say so; without them it asks as soon as it opens."""
    plugin = "@jupyterlab/apputils-extension:notification"
    setting = f"jupyterapp.serviceManager.settings.fetch('{plugin}')"
    said = jupyterlab.evaluate(f"{setting}.then(plugin => plugin.schema.properties.fetchNews)")
    assert said["default"] == "false", "install the suite again: make report"
    expect(jupyterlab.get_by_text("official Jupyter news")).to_have_count(0)


def test_a_copy_in_a_folder_of_its_own_runs_and_exports_with_area_and_month_in_its_title(
    jupyterlab, root
):
    copy = root / "notebooks/mine/copy.ipynb"
    copy.parent.mkdir()
    shutil.copy(root / "notebooks/hate_crime.ipynb", copy)
    unharmed(lab.run_all(jupyterlab, "notebooks/mine/copy.ipynb", shared=True), jupyterlab)
    jupyterlab.evaluate("jupyterapp.commands.execute('docmanager:save').then(() => null)")
    export = "fetch('/nbconvert/html/notebooks/mine/copy.ipynb').then(answer => answer.text())"
    exported = jupyterlab.evaluate(export)
    shutil.rmtree(copy.parent)
    assert "<title>Hate crime – November 2016</title>" in exported
    assert re.search("<h1 [^>]*>Hate crime – November 2016<", exported)


def test_the_workbench_is_used_with_the_keyboard_alone(explore):
    page, keys = explore, explore.keyboard
    controls = page.locator(".saferplymouth")
    cells = page.locator(".jp-Cell").count()
    page.get_by_label("Indicator", exact=True).focus()
    keys.type("Anti")
    expect(controls.get_by_role("alert").first).to_have_text(
        re.compile(r"^Anti-social behaviour up 5% \(367 more\)")
    )
    keys.press("Shift+Tab")
    for _ in range(3):
        keys.press("ArrowDown")
    result = controls.get_by_role("region", name="Rolling year: Anti-social behaviour", exact=True)
    paper = [*PAPER["anti_social_behaviour"]["last"], *PAPER["anti_social_behaviour"]["this"][:8]]
    totals = [f"{sum(paper[at - 11 : at + 1]):,}" for at in range(11, 20)]
    expect(result).to_contain_text(f"Anti-social behaviour: {totals[-1]} in the")
    expect(controls.locator("tbody td:nth-child(2)")).to_have_text(totals)
    told = page.locator(f"{PICTURE}[aria-label^='Anti-social behaviour: {totals[-1]} in the']")
    expect(told).to_be_visible()
    assert page.locator(DRAWN).bounding_box()["width"] > 600
    expect(page.get_by_label("Line of code")).to_have_value(
        'Workbench(month).rolling_year("anti_social_behaviour")'
    )
    keys.press("Tab")
    keys.press("Tab")
    keys.type("2016")
    expect(controls.locator("tbody td:nth-child(2)")).to_have_text(totals[1:])
    assert page.locator(".jp-Cell").count() == cells, "a key went to the notebook"


def test_axe_finds_nothing_in_the_workbench(explore):
    """But for its headings, which begin below those of the notebook that it stands in."""
    options = {"rules": {"heading-order": {"enabled": False}}}
    assert (
        Axe().run(explore, context=".saferplymouth", options=options).response["violations"] == []
    )


def test_the_first_chart_is_on_the_first_screen_below_its_controls_and_needs_no_network(explore):
    explore.set_viewport_size({"width": 1400, "height": 900})
    lab.run_all(explore, "notebooks/explore.ipynb")
    explore.locator(DRAWN).wait_for()
    chart, view = (
        explore.locator(DRAWN).bounding_box(),
        explore.get_by_label("View", exact=True).bounding_box(),
    )
    assert 0 < view["y"] < chart["y"]
    assert chart["y"] + chart["height"] < 900
    assert explore.asked == []


def test_pointing_at_the_chart_tells_the_period_its_figure_and_that_of_last_year(explore):
    chosen(explore, "This year and last", "Anti-social behaviour", "Anti-social behaviour up 5%")
    explore.locator(f"{DRAWN} .mark-symbol.role-mark path").nth(1).hover(force=True)
    paper = [PAPER["anti_social_behaviour"][year][1] for year in ("this", "last")]
    expect(explore.locator("#vg-tooltip-element")).to_have_text(
        re.compile(f"Period: *May *2016/17: *{paper[0]} *2015/16: *{paper[1]}")
    )


def test_dragging_across_the_strip_chooses_the_dates_of_the_chart(explore):
    chosen(explore, "Control chart", "Domestic abuse reports", "Domestic abuse reports: the latest")
    months = explore.locator(f"{DRAWN} .concat_0_group .role-axis-label text")
    expect(months.filter(has_text="Apr 2015")).to_have_count(1)
    whole = explore.locator(f"{DRAWN} g[class*=' view_'] > g > path.background")
    whole.scroll_into_view_if_needed()
    strip = whole.bounding_box()
    middle = strip["y"] + strip["height"] / 2
    explore.mouse.move(strip["x"] + strip["width"] * 0.6, middle)
    explore.mouse.down()
    explore.mouse.move(strip["x"] + strip["width"] * 0.95, middle, steps=4)
    explore.mouse.up()
    expect(months.filter(has_text="2015")).to_have_count(0)
    expect(months.filter(has_text="Aug 2016")).to_have_count(1)


@pytest.mark.parametrize(("kind", "begins"), [("SVG", b"<svg"), ("PNG", b"\x89PNG")])
def test_the_menu_of_a_chart_saves_it(explore, kind, begins):
    controls = explore.locator(".saferplymouth")
    chosen(explore, "Control chart", "Overall crime", "Overall crime: the latest")
    controls.get_by_label("Save this chart").click()
    with explore.expect_download() as saved:
        controls.get_by_text(f"Save as {kind}").click()
    controls.get_by_label("Save this chart").click()
    assert saved.value.suggested_filename.startswith("overall-crime-each-month")
    assert saved.value.path().read_bytes().startswith(begins)


def test_the_table_sorts_finds_a_row_and_goes_to_a_spreadsheet_as_numbers(explore):
    controls = explore.locator(".saferplymouth")
    chosen(explore, "Control chart", "Overall crime", "Overall crime: the latest")
    figures = controls.locator("tbody td:nth-child(2)")
    series = [*PAPER["overall_crime"]["last"], *PAPER["overall_crime"]["this"][:8]]
    controls.get_by_role("button", name="Figure: Activate to sort").press("Enter")
    expect(figures).to_have_text([f"{number:,}" for number in sorted(series)])
    with explore.expect_download() as saved:
        controls.get_by_role("button", name="Save for Excel").click()
    assert saved.value.suggested_filename == "number-of-recorded-crimes-with-control-limits.xlsx"
    sheet = openpyxl.load_workbook(io.BytesIO(saved.value.path().read_bytes())).active
    assert [row[1] for row in sheet.values][1:] == sorted(series)
    controls.get_by_label("Find a row").fill("May")
    expect(figures).to_have_text(
        [f"{series[n]:,}" for n in (13, 1)][:: 1 - 2 * (series[13] > series[1])]
    )
    controls.get_by_label("Find a row").fill("")


def test_what_if_is_asked_with_the_keyboard(explore):
    explore.get_by_label("Indicator", exact=True).focus()
    explore.keyboard.type("Reported")
    asked = explore.get_by_label("Reported “ist” incidents, next month")
    expect(asked).to_have_value("47")
    asked.focus()
    explore.keyboard.press("ControlOrMeta+A")
    explore.keyboard.type("67")
    explore.keyboard.press("Enter")
    answer = explore.get_by_role("region", name="What if: Reported “ist” incidents", exact=True)
    expect(answer).to_contain_text("428 and meet the target of 428 to the end of November 2016")


def test_the_line_of_code_runs_in_a_cell_of_its_own(explore):
    explore.get_by_label("Indicator", exact=True).focus()
    explore.keyboard.type("Domestic abuse reports")
    line = explore.get_by_label("Line of code")
    expect(line).to_have_value(re.compile('domestic_abuse"'))
    heading = explore.locator(".saferplymouth").get_by_role("heading").first
    expect(heading).to_have_text(re.compile("^Domestic abuse reports"))
    assert f"<h3>{heading.inner_text()}</h3>" in lab.run_cell(explore, line.input_value())


def test_a_wrong_comment_is_refused_with_the_right_figure_and_the_corrected_one_is_on_the_page(
    jupyterlab, root
):
    comment = 'asb.comment("Anti-social behaviour is up by 367 on last year, {}.", "A. Analyst")'
    lab.run_all(jupyterlab, "notebooks/anti_social_behaviour.ipynb")
    refused = lab.run_cell(jupyterlab, comment.format("a 5% reduction"))
    assert "“5%” is not what the figures say" in refused
    assert "5.4% more than in April to November 2015" in refused
    assert not (root / "data/raw/2016-11/comments/anti_social_behaviour.md").exists()
    assert "Saved as" in lab.run_cell(jupyterlab, comment.format("a rise of 5%"))
    assert tiny.told(root, "run", "2016-11").returncode == 0
    page = (root / "outputs/2016-11/anti-social-behaviour.html").read_text(encoding="utf-8")
    assert re.search(
        r"<p>Anti-social behaviour is up by 367 on last year, a rise of 5%\.</p>.*A\. Analyst",
        page,
        re.S,
    )


def test_a_notebook_that_was_opened_run_and_saved_is_no_change_to_git(jupyterlab, root):
    for name in (".gitattributes", ".gitconfig"):
        tiny.put(root / name, (ROOT / name).read_bytes())
    git(root, "init", "--quiet")
    git(root, "config", "include.path", "../.gitconfig")
    git(root, "add", "notebooks/duties.ipynb")
    git(root, "commit", "--quiet", "--message", "One notebook")
    lab.run_all(jupyterlab, "notebooks/duties.ipynb")
    jupyterlab.evaluate("jupyterapp.commands.execute('docmanager:save').then(() => null)")
    saved = nbformat.read(root / "notebooks/duties.ipynb", as_version=4)
    assert any(cell.get("outputs") for cell in saved.cells)
    git(root, "add", "notebooks/duties.ipynb")
    assert git(root, "status", "--porcelain", "notebooks/duties.ipynb") == ""
