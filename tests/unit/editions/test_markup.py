"""A page says all that is on it: what would hide a text, swallow what follows or lead nowhere is
refused.
"""

import nbformat
import pytest
import tiny

from saferplymouth.editions import markup, page_check, render
from saferplymouth.editions.tasks import PageResult

TOP = {
    "title": "Alpha",
    "runs_to": {},
    "pages": [{"title": "Alpha", "href": "alpha.html"}],
    "manifest": "edition.json",
}
DRAWN = "<svg role='img' aria-label='Crime fell'>{}</svg>"
GOOD = {
    "a drawing": DRAWN.format("<rect fill='#fff'><title>May 2016: 967</title></rect>"),
    "a data frame": (
        "<div><style scoped>.dataframe tbody tr th:only-of-type { vertical-align: middle; }\n"
        ".dataframe thead th { text-align: right; }</style><table border='1' "
        "class='dataframe'><thead>"
        "<tr style='text-align: "
        "right;'><th></th></tr></thead><tbody><tr><td>1</td></tr></tbody></table></div>"
    ),
    "words": "<p>Crime <em>fell</em> &lt; 5% &amp; more<br>a line<wbr/>.</p><!-- for later -->",
    "links": "<h2 id='part'>A</h2><a href='#part'>a</a><a href='#main'>b</a><a href='https://example.org/x'>c</a>"
    "<a href='alpha.html#part'>d</a><a href='edition.json'>e</a><a href='data/alpha.csv'>f</a>"
    "<a href='mailto:a@example.org'>g</a><a href='../index.html'>h</a>",
    "a note in small": "<small>0.5 m<sup>2</sup> of CO<sub>2</sub></small>",
    "a mark": "<p><span aria-hidden='true'>■</span> On course</p>",
    "more to open": "<details><summary>Figures</summary><p>5</p></details>",
}
BAD = {
    "a comment left open": "<!-- ",
    "a comment over a part": "<!-- <p>x</p> -->",
    "a comment that a browser ends sooner": "<!--><p>x</p>-->",
    "a sheet that hides": "<style>main{display:none}</style>",
    "a sheet that hides by an escape": "<style>main{d\\69splay:none}</style>",
    "a sheet under a condition": "<style>@media all{main{visibility:hidden}}</style>",
    "a sheet within a sheet": "<style>main{text-align:left;&{opacity:0}}</style>",
    "a sheet left open": "<style>p{text-align:left}",
    "a style": "<p style='display:none'>x</p>",
    "ever smaller": "<small>" * 40 + "x" + "</small>" * 40,
    "no size": "<p style='font-size:0'>x</p>",
    "one colour on itself": "<p style='color:#fff;background:#fff'>x</p>",
    "off the screen": "<p style='position:absolute;left:-9999px'>x</p>",
    "far below the line": "<span style='vertical-align:-9999px'>x</span>",
    "an attribute": "<p hidden>x</p>",
    "an attribute with a value": "<div hidden='until-found'>x</div>",
    "no colour": "<table bgcolor='black'><tr><td>x</td></tr></table>",
    "inert": "<div inert>x</div>",
    "turned round": "<bdo dir='rtl'>12%</bdo>",
    "from those who listen": "<p aria-hidden='true'>Crime fell</p>",
    "from those who listen, within": "<div aria-hidden=TRUE><p>Crime fell</p></div>",
    "the suite's own class": "<div class='x skip'>x</div>",
    "a template": "<template><p>x</p></template>",
    "no script": "<noscript>x</noscript>",
    "a title": "<title>x</title>",
    "a text area": "<textarea>",
    "a drawing": "<svg>",
    "a drawing without words": "<svg></svg>",
    "a drawing left open": DRAWN.format("<g>"),
    "a drawing that runs": DRAWN.format("<script>x</script>"),
    "a drawing that runs when it is pointed at": DRAWN.format("<rect onmouseover='x'/>"),
    "a drawing that leads away": DRAWN.format("<a href='https://example.org'>x</a>"),
    "a drawing of another's": DRAWN.format("<use href='https://example.org/x.svg#a'/>"),
    "a drawing painted by another's": DRAWN.format("<rect fill='url(https://example.org/x)'/>"),
    "a page in a drawing": DRAWN.format("<foreignObject><p>x</p></foreignObject>"),
    "a drawing with a style": DRAWN.format("<text style='x'>x</text>"),
    "a canvas": "<canvas>x</canvas>",
    "a list to choose from": "<datalist><option>x</option></datalist>",
    "a dialog": "<dialog>x</dialog>",
    "plain text to the end": "<plaintext>",
    "an old tag": "<xmp>",
    "a tag left open": "<div>",
    "a tag that seems closed": "<div/>",
    "a part of a tag": "<div class='x",
    "an attribute left open": "<a href='x>y</a>",
    "the end of the main part": "</main>",
    "the end of the page": "</body></html>",
    "a second main part": "<main>x</main>",
    "crossed tags": "<b><i>x</b></i>",
    "an instruction": "<?xml version='1.0'?>",
    "a section of text": "<![CDATA[x]]>",
    "a drawing with an id again": DRAWN.format('<g id="main"/>'),
    "an id again": "<p id='main'>x</p>",
    "a link to no part": "<a href='#nowhere'>x</a>",
    "a link to no page": "<a href='beta.html'>x</a>",
    "a link out of the edition": "<a href='../../secret.html'>x</a>",
    "a link from the root": "<a href='/alpha.html'>x</a>",
    "a link to this machine": "<a href='file:///etc/passwd'>x</a>",
    "a link of no shape": "<a href='http://[x'>x</a>",
}


def faults(html: str, cell=nbformat.v4.new_code_cell) -> list[str]:
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("Before."), cell("show()"), cell("last()")]
    )
    for shown, text in zip(notebook.cells[1:], (html, "<p>What follows.</p>"), strict=True):
        shown.outputs = [nbformat.v4.new_output("display_data", {"text/html": text})]
    return page_check.markup_faults(
        notebook,
        render.render(notebook, TOP),
        "alpha.html",
        ["alpha.html", "index.html", "edition.json", "tables.ods", "tables.xlsx"],
    )


@pytest.mark.parametrize("html", GOOD.values(), ids=GOOD)
def test_what_everyone_sees_is_good(html):
    assert faults(html) == []


@pytest.mark.parametrize("html", BAD.values(), ids=BAD)
def test_what_hides_swallows_or_leads_nowhere_is_refused(html):
    assert faults(html)


@pytest.mark.parametrize("html", [*BAD.values()][:47])
def test_the_cell_is_named_that_shows_what_is_refused(html):
    found = faults(html)
    assert [
        fault for fault in found if not fault.endswith("in the cell that starts 'show()'")
    ] == []


@pytest.mark.parametrize(
    ("html", "loads"),
    {
        "another picture for another screen": (
            "<img alt='x' srcset='data:image/png;base64,AA 1x, https://example.org/x 2x'>",
            True,
        ),
        "an address to tell": (
            "<a href='https://example.org' ping='https://example.com'>x</a>",
            True,
        ),
        "a picture of its own": ("<img alt='x' srcset='data:image/png;base64,AA'>", False),
    }.values(),
)
def test_a_page_loads_nothing_from_elsewhere(html, loads):
    found = page_check.faults(html, [], [], "2016-04", [])
    assert ("it loads something from another address" in found) is loads


def test_markup_in_the_text_of_a_notebook_is_held_to_the_same():
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("Some words\n\n<div hidden>x</div>")]
    )
    found = page_check.markup_faults(notebook, render.render(notebook, TOP), "alpha.html", [])
    assert (
        found[0]
        == "its text may be hidden by hidden, on <div>, in the cell that starts 'Some words'"
    )


def test_a_page_with_such_a_cell_fails_with_the_reason_and_the_cell(tmp_path):
    hides = "display({'text/html': '<style>main{display:none}</style>'}, raw=True)"
    root = tiny.project(
        tmp_path, "alpha", alpha=tiny.notebook(tiny.PARAMETERS, tiny.area("alpha"), hides)
    )
    done = tiny.told(root, "run", "--jobs", "1")
    assert done.returncode == 1
    assert (
        "the page was refused: its text may be hidden by the style “display”, in the cell that "
        "starts" in done.stderr
    )


def test_links_between_pages_are_followed_when_the_edition_is_whole(tmp_path):
    root = tiny.project(tmp_path, "alpha", "beta")
    pages = {"alpha.html": b"<a href='beta.html#part'>b</a>", "beta.html": b"<p id='part'>x</p>"}
    assert markup.dead_links(pages) == {}
    gone = {"alpha.html": ["its link beta.html#part leads nowhere"]}
    assert markup.dead_links(pages | {"beta.html": b"<p>x</p>"}) == gone
    assert tiny.pretend(root).whole
    shown = PageResult(
        "alpha",
        "",
        {"alpha.html": b"<a href='data/gone.csv'>x</a>", "data/alpha.csv": b""},
        {},
        b"{}",
    )
    before = tiny.files(root / "outputs/2016-04")
    ended = tiny.finish(root, shown)
    assert (ended.whole, ended.failures) == (
        False,
        {"alpha": "the page was refused: its link data/gone.csv leads nowhere"},
    )
    left = tiny.files(root / "outputs/2016-04")
    assert {name: left[name] for name in left if name != "edition.json"} == {
        name: before[name] for name in before if name != "edition.json"
    }
