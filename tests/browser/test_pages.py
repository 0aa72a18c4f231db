"""The pages of a whole edition in a real browser: what a reader, a phone, a printer and a screen
reader meet.
"""

import csv
import datetime
import io
import itertools
import os
import re
import zipfile
from pathlib import Path

import pytest
import tiny
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup

from saferplymouth.editions import foi, withdrawal
from saferplymouth.store.manifest import manifest

PAGES = [
    "index",
    "overall-crime",
    "serious-acquisitive-crime",
    "violence-with-injury",
    "domestic-abuse",
    "anti-social-behaviour",
    "hate-crime",
    "sexual-violence",
    "modern-slavery",
    "fraud-and-cyber-crime",
    "prevent-duty",
    "complex-needs",
    "commissioning",
    "strategic-assessment",
    "duties",
    "neighbourhoods",
    "districts",
    "data-quality",
    "accessibility",
    "glossary",
]
WAYS = {
    "screen": {},
    "phone": {"viewport": {"width": 320, "height": 640}},
    "dark": {"color_scheme": "dark"},
    "without scripts": {"java_script_enabled": False},
    "on paper": {},
    "in use": {},
}
ELSEWHERE = (
    "https://example.org/",  # of a comment
    "https://www.legislation.gov.uk/uksi/2018/952",  # these three of the accessibility statement
    "https://www.w3.org/TR/WCAG22/",
    "https://www.equalityadvisoryservice.com/",
)
QUARTER = "partial/2016-Q3/index.html"
NUMBER = r"[+−£]?\d[\d,.]*%?( below| above)?"
YEAR = re.compile(r"20\d\d")
FIGURE = re.compile(rf"(between )?{NUMBER}( (to|of|and) {NUMBER})?( \([+−]?\d+%\))?( \[[pr]\])?")
CELLS = """[...document.querySelectorAll("table")].flatMap((table, n) =>
  [...table.querySelectorAll("td, th")].filter(cell => cell.colSpan == 1).map(cell =>
    [n, cell.cellIndex, cell.tagName == "TH", cell.firstChild?.textContent.trim() ?? "",
     getComputedStyle(cell).textAlign]))"""
pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(autouse=True)
def _contexts_closed(browser):
    kept = browser.contexts
    yield
    for context in browser.contexts:
        if context not in kept:
            context.close()


@pytest.fixture(scope="module", params=[*(f"2016-11/{name}.html" for name in PAGES), QUARTER])
def address(request, edition) -> str:
    return (edition / request.param).as_uri()


@pytest.fixture(scope="module")
def tabs(browser):
    """A tab for each of the `WAYS`, in which one page after another is opened."""
    return {way: tab(browser, **settings) for way, settings in WAYS.items()}


@pytest.fixture(scope="module")
def shown(tabs, address):
    """The page in each tab, opened once for all the tests that only look at it."""
    tabs["on paper"].emulate_media(media="print")
    return {way: visited(page, address) for way, page in tabs.items() if way != "in use"}


@pytest.fixture
def used(tabs, address):
    """The page, opened anew for a test that does something to it."""
    visited(tabs["in use"], "about:blank")
    return visited(tabs["in use"], address)


@pytest.mark.parametrize("way", ["screen", "phone", "dark"])
def test_a_withdrawal_and_the_list_that_says_so_can_be_read_by_anyone(browser, tmp_path, way):
    root = tiny.project(tmp_path, "alpha")
    tiny.pretend(root)
    reason = (
        "The police file held half of the month, so that every figure on violence and theft was "
        "too low"
    )
    withdrawal.withdraw(root, "2016-04", reason, datetime.datetime(2016, 5, 5, tzinfo=datetime.UTC))
    for name in ("2016-04/alpha.html", "index.html", "accessibility.html"):
        page = opened(browser, (root / "outputs" / name).as_uri(), **WAYS[way])
        assert violations(page) == []
        if name != "accessibility.html":
            told = page.get_by_text(reason).bounding_box()
            assert told["x"] + told["width"] <= page.viewport_size["width"]
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
        if name == "2016-04/alpha.html":
            page.get_by_role("link", name="list of editions").click()
            assert page.url.endswith("outputs/index.html")


def test_every_page_of_the_edition_is_looked_at(edition):
    assert {path.stem for path in (edition / "2016-11").glob("*.html")} == set(PAGES)


def opened(browser, address: str, **settings):
    """The page in a tab of its own."""
    return visited(tab(browser, **settings), address)


def tab(browser, **settings):
    """A tab, with every request that its page made and every word the console said."""
    page = browser.new_context(**settings).new_page()
    page.requested, page.said = [], []
    page.on("request", lambda r: page.requested.append(r.url))
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    return page


def visited(page, address: str):
    """The tab, gone to a page."""
    page.requested.clear()
    page.said.clear()
    page.goto(address)
    return page


def violations(page, options: dict | None = None) -> list[str]:
    asked = {"resultTypes": ["violations"], **(options or {})}
    found = Axe().run(page, options=asked).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found]


@pytest.mark.parametrize("way", ["screen", "phone", "dark"])
def test_axe_finds_nothing_on_screen_phone_or_in_the_dark(shown, way):
    """In the dark it is the very same page but for its colours, so that only those are looked at."""
    colours = {"runOnly": {"type": "tag", "values": ["cat.color"]}}
    assert violations(shown[way], colours if way == "dark" else None) == []


def test_axe_finds_nothing_on_the_list_of_editions(browser, edition):
    page = opened(browser, (edition / "index.html").as_uri())
    assert violations(page) == []
    page.get_by_role("link", name="November 2016").click()
    assert page.get_by_role("heading", level=1).count() == 1


def test_nothing_leaves_the_page_and_the_console_is_silent(shown, address):
    page = shown["screen"]
    page.wait_for_load_state("networkidle")
    assert [url for url in page.requested if not url.startswith("file:")] == []
    assert [url for url in page.requested if url.startswith("file:")] == [address]
    assert page.said == []


def test_it_reads_the_same_with_scripts_switched_off(shown):
    assert shown["without scripts"].inner_text("body") == shown["screen"].inner_text("body")


def test_nothing_scrolls_sideways_at_320_pixels(shown):
    assert shown["phone"].evaluate("document.documentElement.scrollWidth") == 320


def test_every_chart_says_its_finding_and_is_drawn(shown):
    for page in (shown["screen"], shown["phone"]):
        headings = [h.split("\n")[0] for h in page.locator("main h2").all_inner_texts()]
        images = page.locator("figure [role=img]")
        for n in range(images.count()):
            alternative = images.nth(n).get_attribute("aria-label")
            assert any(alternative.startswith(heading) for heading in headings)
            assert len(alternative.split()) > 15
            assert images.nth(n).locator("svg:visible").count() == 1


def test_a_page_has_one_h1_a_language_landmarks_and_headings_in_order(shown):
    page = shown["screen"]
    assert page.locator("html").get_attribute("lang") == "en-GB"
    assert page.locator("h1").count() == 1
    heading = " ".join(page.locator("h1").text_content().split())
    assert re.fullmatch(r"Safer Plymouth: .+, .*\bNovember 2016", heading)
    for landmark in ("banner", "main", "contentinfo"):
        assert page.get_by_role(landmark).count() == 1, landmark
    for navigation in ("Pages of this edition", "Editions"):
        assert page.get_by_role("navigation", name=navigation).count() == 1
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_the_skip_link_comes_first_and_leads_to_the_content(used):
    used.keyboard.press("Tab")
    assert used.evaluate("document.activeElement.textContent") == "Skip to the main content"
    used.keyboard.press("Enter")
    assert used.evaluate("document.activeElement.id") == "main"


def test_tables_have_captions_and_scopes_and_no_empty_cell(shown):
    page = shown["screen"]
    assert page.locator("table, pre, dl.glossary, .request").count() >= 1
    assert page.locator("table:not(:has(caption))").count() == 0
    assert page.locator("th:not([scope])").count() == 0
    empty = page.evaluate(
        "[...document.querySelectorAll('td')].filter(c => !c.textContent.trim() && "
        "!c.querySelector('svg')).length"
    )
    assert empty == 0


def test_columns_of_figures_stand_right_and_columns_of_words_left(shown):
    columns: dict[tuple, list] = {}
    for table, column, heading, text, side in shown["screen"].evaluate(CELLS):
        columns.setdefault((table, column), []).append((heading, text, side))
    for cells in columns.values():
        held = [text for heading, text, _ in cells if not heading]
        figures = any(FIGURE.fullmatch(text) and not YEAR.fullmatch(text) for text in held)
        words = not held or any(re.search(r"[^\W\d_]{2}", text) for text in held)
        sides = {side for *_, side in cells}
        assert sides == {"right" if figures else "left"} if figures or words else len(sides) == 1, (
            cells
        )


def test_every_link_leads_somewhere_in_the_edition(shown, address, edition):
    links = shown["screen"].evaluate("[...document.links].map(a => a.getAttribute('href'))")
    for link in links:
        if link.startswith(ELSEWHERE):
            continue
        name, _, anchor = link.partition("#")
        if "partial" in address and name.startswith("../"):
            continue  # an incomplete edition has no neighbours
        target = Path(address.removeprefix("file://"))
        target = Path(os.path.normpath(edition / "2016-11" / name)) if name else target
        assert target.is_file(), link
        if anchor:
            assert f'id="{anchor}"' in target.read_text(encoding="utf-8"), link


def test_the_address_of_a_finding_brings_its_section_into_view(browser, edition):
    page = opened(
        browser, (edition / "2016-11/index.html").as_uri(), viewport={"width": 1280, "height": 800}
    )
    page.get_by_role("link", name=re.compile("^Domestic abuse reports")).first.click()
    assert page.url.endswith("domestic-abuse.html#domestic-abuse")
    assert 0 <= page.locator("h2#domestic-abuse").bounding_box()["y"] < 800


def test_the_board_sees_how_many_of_each_and_every_decision_on_the_first_screen(browser, edition):
    for width, height in ((1280, 720), (360, 740)):
        page = opened(
            browser,
            (edition / "2016-11/index.html").as_uri(),
            viewport={"width": width, "height": height},
        )
        assert page.locator(".decisions li small").count() == 5
        decisions = page.locator(".decisions li")
        last = decisions.last if width > 400 else decisions.nth(2)  # a phone has room for three
        for part in (page.locator("ul.states"), last):
            box = part.bounding_box()
            assert box["y"] + box["height"] <= height
    assert re.sub(r"\s+", " ", page.locator("ul.states").inner_text()).startswith(
        "0 ● On course 3 ▲ Off course"
    )


def test_the_bundle_says_what_every_column_means_and_on_whom_a_rate_is_worked_out(edition):
    with zipfile.ZipFile(foi.bundle(edition.parent, "2016-11")) as packed:
        files = {
            name: list(csv.reader(io.StringIO(packed.read(name).decode())))
            for name in packed.namelist()
        }
    said = {(table, term): meaning for table, term, meaning in files["definitions.csv"]}
    tables = {name: rows[0] for name, rows in files.items() if name.startswith("data/")}
    assert {"data/districts.csv", "data/duties.csv", "data/overall_crime.csv"} < tables.keys()
    assert [
        (name, c) for name, header in tables.items() for c in header if not said.get((name, c))
    ] == []
    assert re.search(
        r"; 2016: 264,440; .*Office for", said["data/overall_crime.csv", "residents, at mid-year"]
    )


def test_a_hostile_comment_is_shown_as_words_only(browser, edition):
    page = opened(browser, (edition / "2016-11/hate-crime.html").as_uri())
    comment = page.locator("blockquote.comment")
    assert comment.locator("strong").inner_text() == "68"
    assert "10 January 2017" in comment.inner_text()
    assert comment.locator("script, img, iframe, [onerror], a[href^=javascript]").count() == 0
    assert page.said == []


def test_printing_keeps_every_table_and_repeats_its_head(shown):
    used = shown["on paper"]
    heads = used.evaluate(
        "[...document.querySelectorAll('thead')].map(h => getComputedStyle(h).display)"
    )
    assert set(heads) <= {"table-header-group"}
    clipped = used.evaluate(
        "[...document.querySelectorAll('div.wide')].filter(w => getComputedStyle(w).overflowX != "
        "'visible').length"
    )
    assert clipped == 0


def test_nothing_is_wider_than_a_printed_page(shown):
    used = shown["on paper"]
    used.set_viewport_size({"width": 688, "height": 1000})  # A4 less its margins
    width = used.evaluate(
        "document.querySelectorAll('details').forEach(d => d.open = true) ?? "
        "document.documentElement.scrollWidth"
    )
    used.set_viewport_size({"width": 1280, "height": 720})
    assert width <= 688


def test_a_chart_of_many_places_is_shrunk_to_a_printed_page(shown):
    heights = shown["on paper"].evaluate(
        "[...document.querySelectorAll('figure svg.wide')].map(i => getComputedStyle(i).maxHeight)"
    )
    assert all(
        float(height.removesuffix("px")) < 267 / 25.4 * 96 for height in heights
    )  # A4 less its margins


def test_every_page_is_light(edition):
    for path in (edition / "2016-11").glob("*.html"):
        most = 250_000 if path.stem == "neighbourhoods" else 150_000  # that one has a map
        assert path.stat().st_size < most, path.name


def test_every_picture_is_light(edition):
    """A map is heavier than any chart."""
    pages = {path.name: path.read_text("utf-8") for path in (edition / "2016-11").glob("*.html")}
    sizes = {name: [*map(len, re.findall(r"<svg.*?</svg>", page))] for name, page in pages.items()}
    assert sum(map(len, sizes.values())) > 50
    heaviest = {name: max(each) for name, each in sizes.items() if each}
    assert heaviest.pop("neighbourhoods.html") < 50_000
    assert max(heaviest.values()) < 15_000


def test_every_chart_has_a_short_title_and_a_picture_to_take_away(edition):
    place = edition / "2016-11"
    listed = [area["files"] for area in manifest(place)["areas"].values()]
    pictures = {path for files in listed for path in files if path.startswith("charts/")}
    linked = set()
    for path in place.glob("*.html"):
        for figure in BeautifulSoup(path.read_bytes(), "html.parser").select("figure.chart"):
            title = figure.figcaption.get_text().removesuffix(_subtitle(figure)).strip()
            assert len(title.split()) <= 10, title
            linked.add(figure.select_one(".take a")["href"])
            assert figure.select("svg.wide .points title") or " by small area" in title
    assert len(linked) > 20
    assert linked == pictures


def _subtitle(figure) -> str:
    return figure.figcaption.small.get_text() if figure.figcaption.small else ""
