"""Where things stand on the pages of an edition: on a wide screen, a phone and paper."""

import io
import re

import pypdf
import pytest
from test_pages import PAGES, tab, visited

SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important;
  word-spacing: .16em !important; } p { margin-bottom: 2em !important; }"""  # of WCAG 1.4.12
# the top and height of the first chart, if it is of the first indicator
FIRST = """() => {
  const [first, second] = document.querySelectorAll("main > h2[data-short]");
  const chart = document.querySelector("main > h2[data-short] ~ figure");
  const after = second && chart && second.compareDocumentPosition(chart) & 4;
  const box = first && !after ? chart?.getBoundingClientRect() : null;
  return [box?.top ?? null, box?.height ?? null];
}"""
ACROSS = "[document.documentElement.scrollWidth, innerWidth]"
# whole, and without their second part
HEADINGS = "[...document.querySelectorAll('h2, h3')].flatMap(h => [h, h.firstChild])"
HEADINGS += ".map(part => part.textContent)"
pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def tabs(browser):
    sizes = {"wide": (1280, 720), "phone": (390, 844), "narrow": (320, 640)}
    made = {
        name: tab(browser, viewport={"width": w, "height": h}) for name, (w, h) in sizes.items()
    }
    yield made
    for page in made.values():
        page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_leads_with_its_chart_and_fits_screen_phone_and_paper(tabs, edition, name):
    wide, phone, narrow = (
        visited(page, (edition / f"2016-11/{name}.html").as_uri()) for page in tabs.values()
    )
    top, height = wide.evaluate(FIRST)
    if top is not None:
        assert top <= 420
        assert top + height / 2 < 720
        assert phone.evaluate(FIRST)[0] < 2 * 844 - 200
    narrow.add_style_tag(content=SPACED)
    across, width = narrow.evaluate(ACROSS)
    assert across == width == 320
    sheets = [
        " ".join(sheet.extract_text().split())
        for sheet in pypdf.PdfReader(io.BytesIO(wide.pdf(prefer_css_page_size=True))).pages
    ]
    headings = [" ".join(heading.split()) for heading in wide.evaluate(HEADINGS)]
    for number, sheet in enumerate(sheets, 1):
        assert "November 2016 – Draft" in sheet
        assert f"Page {number} of {len(sheets)}" in sheet
        ends = re.sub(r"Safer Plymouth: .{0,40} November 2016 – Draft|Page \d+ of \d+", "", sheet)
        assert not any(ends.rstrip().endswith(heading) for heading in headings), ends[-200:]
    assert len(sheets[-1]) > 350  # the last sheet is not nearly empty


def test_the_number_of_a_decision_is_on_the_sheet(tabs, edition):
    page = visited(tabs["wide"], (edition / "2016-11/index.html").as_uri())
    sheet = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages[0]
    left = []
    sheet.extract_text(
        visitor_text=lambda text, cm, tm, *_: (
            text.strip() == "1." and left.append(cm[0] * tm[4] + cm[4])
        )
    )
    assert left
    assert min(left) >= 14 / 25.4 * 72
