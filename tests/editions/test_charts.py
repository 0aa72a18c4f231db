"""The charts of an edition as files: pictures for slides by `charts`, and beside a final one's."""

from dataclasses import replace

import nbformat
import pandas as pd
import tiny

from saferplymouth.display.drawing import ACCENT, Chart
from saferplymouth.editions import build, make_page, withdrawal
from saferplymouth.editions.plan import RunOptions, plan
from saferplymouth.store.edition_names import EditionName
from saferplymouth.store.manifest import manifest


def draw(axes, data, narrow):
    axes.plot([0, 1, 2], [5, 7, 9], "o-", color=ACCENT)


FIGURE = Chart(pd.DataFrame(), "Crime each month", "", "It rose.", draw).named("crime", "Police")


def task(root, **options):
    todo = plan(root, EditionName(tiny.periods.month("2016-04")), RunOptions(**options))
    return todo.expected["alpha"]


def made(one) -> dict[str, bytes]:
    """The files of a page that shows a chart."""
    cell = nbformat.v4.new_code_cell("show()")
    for kind, key in (("summary", ""), *one.must):
        facts = {"state": "Good"} if kind == "headline" else {}
        mark = {"kind": kind, "indicator": key, "month": one.month, "facts": facts}
        shown = {"text/html": FIGURE.html if kind == "chart" else ""}
        shown |= {"text/csv": "period\n"} if kind == "table" else {}
        output = nbformat.v4.new_output("display_data", shown, metadata={"saferplymouth": mark})
        cell.outputs.append(output)
    return make_page.page_of(one, nbformat.v4.new_notebook(cells=[cell]), [])[0]


def test_a_final_edition_has_each_chart_as_png_too_and_a_draft_has_not(tmp_path):
    root = tiny.project(tmp_path, "alpha")
    draft, final = made(task(root)), made(task(root, final=True))
    assert {path for path in draft if path.startswith("charts/")} == {"charts/crime.svg"}
    assert final.keys() - draft.keys() == {"charts/crime.png"}
    assert b"Draft, published" in draft["charts/crime.svg"]
    assert b"Final, published" in final["charts/crime.svg"]


def test_the_command_makes_a_png_of_each_chart_until_the_edition_is_withdrawn(tmp_path):
    root = tiny.project(tmp_path, "alpha")
    tiny.pretend(root)
    ran = tiny.told(root, "charts", "2016-04")
    assert (ran.returncode, "2016-04 has no charts as files" in ran.stderr) == (2, True)
    todo = plan(root, EditionName(tiny.periods.month("2016-04")), RunOptions(force=True))
    built = {one.area: one for _, one in build.pages([todo], tiny.Here)}
    chart = {"charts/crime.svg": made(task(root))["charts/crime.svg"]}
    built["alpha"] = replace(built["alpha"], files=built["alpha"].files | chart)
    build.finish(root, todo, built)
    tiny.whole(root / "outputs/2016-04")
    assert "charts/crime.svg" in manifest(root / "outputs/2016-04")["areas"]["alpha"]["files"]
    for words, place in (
        ((), root / "outputs/charts/2016-04"),
        (("--to", "slides"), root / "slides"),
    ):
        ran = tiny.told(root, "charts", "2016-04", *words)
        assert (ran.returncode, ran.stdout.startswith("1 chart in ")) == (0, True), ran.stderr
        assert [path.name for path in place.iterdir()] == ["crime.png"]
    withdrawal.withdraw(root, "2016-04", "Half of it was sent.", build.moment())
    assert not (root / "outputs/charts/2016-04").exists()
    assert tiny.told(root, "charts", "2016-04").returncode == 2
