"""The glossary: what is read of GLOSSARY.md, its page, and which words on a page lead to it."""

import datetime
import re

import pytest
import tiny
from projects import ROOT

from saferplymouth.editions import glossary, listing, withdrawal
from saferplymouth.editions.markup import MarkupReader
from saferplymouth.errors import Mistake

HEAD = "# Glossary\n\n| Term | Meaning | Where |\n|---|---|---|\n"
ROWS = """| **Usual variation** | How much *months* differ | headlines |
| **Signal** (**signals**) | A run | charts |
| Rate (**crime rate**, **rates of the group**) | Per resident: `[u]` | tables |
| **Crime rate gap** | The difference | places |
| Hidden `[c]` (**`[c]`**) | Not shown | tables |
"""


@pytest.fixture
def terms(tmp_path):
    tiny.put(tmp_path / "GLOSSARY.md", HEAD + ROWS)
    return glossary.read(tmp_path)


@pytest.fixture
def root(tmp_path):
    root = tiny.project(tmp_path, "alpha")
    tiny.put(root / "GLOSSARY.md", HEAD + ROWS)
    return root


def test_a_row_is_a_term_and_only_its_wordings_in_bold_become_links(terms):
    assert [(term.id, term.name, term.wordings) for term in terms] == [
        ("usual-variation", "Usual variation", ("Usual variation",)),
        ("signal", "Signal", ("Signal", "signals")),
        ("rate", "Rate", ("crime rate", "rates of the group")),
        ("crime-rate-gap", "Crime rate gap", ("Crime rate gap",)),
        ("hidden-c", "Hidden [c]", ("[c]",)),
    ]
    assert (terms[0].meaning, terms[2].meaning) == ("How much months differ", "Per resident: [u]")


@pytest.mark.parametrize(
    "row", ["| A | B |", "| A | B | C | D |", "| A |  | C |", "| signal | B | C |"]
)
def test_a_row_that_is_no_term_is_refused_with_its_line(tmp_path, row):
    tiny.put(tmp_path / "GLOSSARY.md", f"{HEAD}{ROWS}{row}\n")
    with pytest.raises(Mistake, match=r"^GLOSSARY\.md, line 10: .*write"):
        glossary.read(tmp_path)


def link(words: str, term: str) -> str:
    return f'<a class="term" href="glossary.html#{term}">{words}</a>'


@pytest.mark.parametrize(
    ("page", "term"),
    [
        ("<p>Within {} and usual variation.</p>", ("Usual variation", "usual-variation")),
        ("<p>Two {}: a signal.</p>", ("signals", "signal")),
        ("<p>The {} is not a crime rate-gap.</p>", ("crime rate gap", "crime-rate-gap")),
        ("<p>A rate, the {}.</p>", ("crime rate", "rate")),
        ("<dl><dt>{}</dt><dd>hidden</dd></dl>", ("[c]", "hidden-c")),
        ("<h2>Signal</h2><p>{} <b>signal</b></p>", ("signal", "signal")),
        ('<a href="#s"><b>A signal</b></a> {}', ("signal", "signal")),
        ("<blockquote><p>A signal.</p></blockquote><p>{}</p>", ("signal", "signal")),
        ("<header><p>{}</p></header>", ("signal", "signal")),
        ('<img alt="A signal > 1"><p title=\'"signal"\'>{}</p>', ("signal", "signal")),
        ("<!-- a signal --><details><summary>Signal</summary>{}</details>", ("signal", "signal")),
        (
            "<head><title>A signal</title></head><nav>signal</nav><code>signal</code>{}",
            ("signal", "signal"),
        ),
    ],
)
def test_the_first_use_in_running_text_is_a_link_and_nothing_else_changes(terms, page, term):
    assert glossary.linked(page.format(term[0]), terms) == page.format(link(*term))


@pytest.mark.parametrize(
    "page", ["<p>Signalling, unsignal, a signal-box.</p>", "<p>The rate.</p>", ""]
)
def test_other_words_and_everyday_ones_are_left_alone(terms, page):
    assert glossary.linked(page, terms) == page


def test_every_edition_and_the_list_of_them_have_the_page(root):
    place = tiny.pretend(root).place
    tiny.whole(place)
    for page in (place / "glossary.html", listing.write_index(root).with_name("glossary.html")):
        text = page.read_text(encoding="utf-8")
        assert MarkupReader(text).faults == []
        assert re.findall('<dt id="(.*?)">', text) == [t.id for t in glossary.read(root)]
        assert (
            '<dt id="rate">Rate</dt><dd>Per resident: [u]. <small>Where: tables</small></dd>'
            in text
        )
        assert "glossary.html" not in text
        assert 'href="glossary.html"' in page.with_name("accessibility.html").read_text()
    assert '<a href="glossary.html">Glossary</a>' in (root / "outputs/index.html").read_text()


def test_a_project_without_a_glossary_has_no_page_and_no_link(root):
    (root / "GLOSSARY.md").unlink()
    place = tiny.pretend(root).place
    listing.write_index(root)
    pages = [*place.glob("*.html"), *place.parent.glob("*.html")]
    assert {page.name for page in pages} == {"index.html", "alpha.html", "accessibility.html"}
    assert [page for page in pages if "glossary.html" in page.read_text(encoding="utf-8")] == []


def test_a_changed_meaning_is_put_in_place_by_the_next_run_but_in_no_final_edition(root):
    tiny.pretend(root)
    tiny.put(root / "GLOSSARY.md", HEAD + ROWS.replace("A run", "A long run"))
    outcome = tiny.pretend(root)
    assert set(outcome.plan.todo.values()) == {"the glossary changed"}
    assert "A long run." in (outcome.place / "glossary.html").read_text(encoding="utf-8")

    before = tiny.files(tiny.pretend(root, final=True).place)
    tiny.put(root / "GLOSSARY.md", HEAD + ROWS)
    outcome = tiny.pretend(root)
    assert (outcome.plan.todo, outcome.plan.frozen) == ({}, {})
    assert tiny.files(outcome.place) == before


def test_a_withdrawn_edition_leads_to_the_glossary_beside_the_list(root):
    place = tiny.pretend(root).place
    now = datetime.datetime(2016, 5, 5, tzinfo=datetime.UTC)
    withdrawal.withdraw(root, "2016-04", "Half of it had come", now)
    for name in ("index.html", "alpha.html", "accessibility.html"):
        assert 'href="../glossary.html"' in (place / name).read_text(encoding="utf-8")
    assert (place.parent / "glossary.html").is_file()


def test_each_meaning_of_this_project_is_said_in_short_sentences_and_each_wording_once():
    terms = glossary.read(ROOT)
    wordings = [wording.lower() for term in terms for wording in term.wordings]
    assert sorted(wordings) == sorted(set(wordings))
    assert [t.name for t in terms] == sorted(
        (t.name for t in terms), key=lambda name: name.lower().strip("“")
    )
