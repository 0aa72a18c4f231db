"""The words of a built edition: no sentence is long, and terms lead to their meanings."""

import re

import pytest
import textstat
from bs4 import BeautifulSoup

LONGEST = 25
BLOCKS = ["p", "li", "h1", "h2", "h3", "caption", "figcaption", "summary", "dt", "dd", "td", "th"]
BLOCKS += ["small", "span.state"]
END = re.compile(r"(?<=[.!?])(?<!\bNo\.)[”)]?\s+(?=[A-Z£“\[\d])")


@pytest.fixture(scope="module")
def pages(edition) -> dict[str, BeautifulSoup]:
    """Every page of the edition of the month, of that of the quarter, and beside their list."""
    paths = [*edition.glob("2016-*/*.html"), *edition.glob("partial/*/*.html")]
    paths += edition.glob("*.html")
    return {
        str(path.relative_to(edition)): BeautifulSoup(path.read_bytes(), "html.parser")
        for path in sorted(paths)
    }


def sentences(page: BeautifulSoup) -> list[str]:
    """Each sentence of a page's running text; quotations and code are not the suite's own."""
    page = BeautifulSoup(str(page.body), "html.parser")
    for quoted in page(["blockquote", "pre", "code", "style"]):
        quoted.decompose()
    found = []
    for block in reversed(page.select(", ".join(BLOCKS))):  # the innermost first
        found += END.split(" ".join(block.extract().get_text().split()))
    return found


def test_no_sentence_is_longer_than_25_words(pages, edition):
    """Those of a paper in a drop are quoted as they came."""
    papers = edition.parent.glob("data/raw/*/papers/*.csv")
    quoted = " ".join(path.read_text(encoding="utf-8") for path in papers)
    counted = [(name, each) for name, page in pages.items() for each in sentences(page)]
    assert len(pages) > 20
    assert len(counted) > 2000
    long = [pair for pair in counted if textstat.lexicon_count(pair[1]) > LONGEST]
    assert [pair for pair in long if pair[1] not in quoted] == []


@pytest.mark.parametrize(
    ("page", "term"),
    [
        ("index", "On course, off course"),
        ("domestic-abuse", "Control limits"),
        ("districts", "95% confidence interval"),
        ("neighbourhoods", "Small area"),
    ],
)
def test_a_term_on_a_page_leads_to_its_meaning(pages, page, term):
    meaning = pages["2016-11/glossary.html"].find("dt", string=term)
    (link,) = pages[f"2016-11/{page}.html"].select(f'main a.term[href$="#{meaning["id"]}"]')
    assert link["href"].startswith("glossary.html#")
    assert len(meaning.find_next_sibling("dd").get_text().split()) > 5


def test_no_link_to_a_term_is_in_a_heading_or_another_link_and_each_is_there_once(pages):
    for name, page in pages.items():
        links = [link["href"] for link in page.select("a.term")]
        assert len(links) == len(set(links)), name
        assert page.select(":is(h1, h2, h3, a, summary, blockquote, pre, nav) a.term") == []


def test_a_heading_has_at_most_ten_words_besides_its_subtitle(pages):
    for name, page in pages.items():
        for heading in BeautifulSoup(str(page.main), "html.parser").select("h2"):
            for subtitle in heading.select("small"):
                subtitle.extract()
            assert len(heading.get_text().split()) <= 10, (name, heading.get_text())
