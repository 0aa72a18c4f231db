"""The board's pack: what is in it, that everyone can read it, and that an edition never has one of
other pages.
"""

import itertools
import re
import shutil

import pdfua
import pikepdf
import pypdf
import pytest
import tiny
import typst
from lxml import html
from projects import ROOT

from saferplymouth.editions import build, pack, publish, withdrawal
from saferplymouth.editions.plan import RunOptions, plan
from saferplymouth.store.edition_names import EditionName
from saferplymouth.store.manifest import manifest

pytestmark = pytest.mark.xdist_group("edition")
PLACE = "outputs/2016-11"


@pytest.fixture(scope="module")
def packed(edition, tmp_path_factory):
    """November 2016 with its pack, put there by the command."""
    root = tmp_path_factory.mktemp("packed")
    shutil.copytree(edition / "2016-11", root / PLACE)
    for name in ("framework.toml", "GLOSSARY.md"):
        shutil.copy(ROOT / name, root)
    done = tiny.told(root, "pack", "2016-11")
    assert (done.returncode, done.stdout) == (0, f"{root / PLACE / 'pack.pdf'}\n"), done.stderr
    return root


@pytest.fixture(scope="module")
def text(packed):
    """The text of each page, words parted by single spaces."""
    pages = pypdf.PdfReader(packed / PLACE / "pack.pdf").pages
    return [" ".join(page.extract_text().split()) for page in pages]


def structure(element, roles):
    """Every element of a PDF's structure with its role, those within it included."""
    for kid in element.K if isinstance(element.get("/K"), pikepdf.Array) else [element.get("/K")]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield str(roles.get(kid.S, kid.S)), kid
            yield from structure(kid, roles)


def test_a_validator_finds_no_fault_and_a_screen_reader_all_it_needs(packed):
    path = packed / PLACE / "pack.pdf"
    assert pdfua.validate(path).findings == ()
    with pikepdf.open(path) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata["dc:title"] == "Safer Plymouth: board pack, November 2016"
        assert (str(pdf.Root.Lang), bool(pdf.Root.MarkInfo.Marked)) == ("en-GB", True)
        assert 15 <= len(pdf.pages) <= 40
        tree = pdf.Root.StructTreeRoot
        parts = list(structure(tree, tree.get("/RoleMap", {})))
        figures = [part for role, part in parts if role == "/Figure"]
        tables = [part for role, part in parts if role == "/Table"]
        levels = [int(role[2:]) for role, _ in parts if re.fullmatch(r"/H\d", role)]
        steps = [below - above for above, below in itertools.pairwise(levels)]
        assert (levels[0], max(steps)) == (1, 1)  # no level of heading is passed over
        assert len(figures) > 10
        assert all(str(part.get("/Alt", "")).strip() for part in figures)
        assert len(tables) > 10
        assert all("/TH" in dict(structure(table, {})) for table in tables)


def test_its_bookmarks_are_its_contents_with_the_pages_they_are_on(packed, text):
    reader = pypdf.PdfReader(packed / PLACE / "pack.pdf")
    marks = [one for part in reader.outline for one in (part if isinstance(part, list) else [part])]
    found = [(mark.title, reader.get_destination_page_number(mark) + 1) for mark in marks]
    entries = re.sub(r"(?: \.)+ (\d+)", r"|\1|", text[1].partition("Contents ")[2])
    listed = [" ".join(one.split()) for one in entries.split("|")]
    pairs = [*zip(listed[0::2], map(int, filter(None, listed[1::2])), strict=False)]
    assert pairs == found
    for title, page in found:
        assert title in text[page - 1]


def test_it_says_every_figure_of_the_board_and_who_it_is_for(packed, text):
    page = html.fromstring((packed / PLACE / "index.html").read_bytes())
    (table,) = page.xpath("//*[contains(@class, 'board')]//table")
    figures = {
        word for cell in table.iter("td") for part in cell.itertext() for word in part.split()
    }
    said = " ".join(text)
    assert {word for word in figures if word not in said} == set()
    assert "For: Safer Plymouth board, 24 January 2017 Edition: Draft" in text[0]
    assert all(f"Page {n} of {len(text)}" in page for n, page in enumerate(text[1:], 2))
    assert "“2” matches no figure" in said  # beside a draft's comment that is not confirmed
    assert said.count("About this") == 2  # in the contents, and where it is
    assert [word for word in ("Back to top", "Download", "edition.json") if word in said] == []


def test_the_edition_has_it_and_a_pack_made_again_has_the_same_bytes(packed):
    before = tiny.files(packed / PLACE)
    assert "pack.pdf" in before
    tiny.whole(packed / PLACE)
    assert b'<a href="pack.pdf">' in before["index.html"]
    assert 'href="2016-11/pack.pdf"' in (packed / "outputs/index.html").read_text("utf-8")
    assert tiny.told(packed, "pack", "2016-11").returncode == 0
    assert tiny.files(packed / PLACE) == before


def test_a_pack_that_cannot_be_set_or_put_in_place_leaves_the_edition_as_it_was(
    packed, monkeypatch
):
    before = tiny.files(packed / PLACE)
    refused = typst.TypstError("image is missing alternative text", "")
    monkeypatch.setattr(typst, "compile", lambda *_, **__: (_ for _ in ()).throw(refused))
    done = tiny.told(packed, "pack", "2016-11")
    assert (done.returncode, done.stdout) == (1, "")
    assert "image is missing alternative text" in done.stderr
    monkeypatch.setattr(pack, "make", lambda *_: b"%PDF")
    monkeypatch.setattr(publish, "_switch", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    assert tiny.told(packed, "pack", "2016-11").returncode == 1
    assert tiny.files(packed / PLACE) == before


def test_an_edition_that_is_not_there_or_was_withdrawn_is_refused_in_words(tmp_path):
    root = tiny.project(tmp_path, "alpha")
    tiny.pretend(root)
    done = tiny.told(root, "pack", "2016-05")
    assert (done.returncode, "The editions in place: 2016-04" in done.stderr) == (2, True)
    withdrawal.withdraw(root, "2016-04", "Half of it was sent.", build.moment())
    done = tiny.told(root, "pack", "2016-04")
    assert (done.returncode, "2016-04 was withdrawn on" in done.stderr) == (2, True)


def test_no_edition_has_a_pack_of_other_pages(tmp_path, monkeypatch):
    root, place = tiny.project(tmp_path, "alpha"), tmp_path / "outputs/2016-04"
    monkeypatch.setattr(pack, "make", lambda *_: b"%PDF")
    tiny.pretend(root)
    pack.put(root, "2016-04")
    assert (place / "pack.pdf").read_bytes() == b"%PDF"
    tiny.pretend(root)
    assert (place / "pack.pdf").is_file()  # nothing has changed
    tiny.pretend(root, only="alpha", force=True)
    assert not (place / "pack.pdf").exists()
    tiny.whole(place)

    def refuses(*_):
        raise pack.NotMade("no")

    todo = plan(root, EditionName(tiny.periods.month("2016-04")), RunOptions(final=True))
    built = {one.area: one for _, one in build.pages([todo], tiny.Here)}
    outcome = build.finish(root, todo, built, refuses)
    assert (outcome.whole, outcome.failures) == (False, {"pack": "no"})
    assert manifest(place)["status"] == "Draft"
    build.finish(root, todo, built, lambda files, made: ({**files, "pack.pdf": b"new"}, made))
    assert (place / "pack.pdf").read_bytes() == b"new"
    assert manifest(place)["status"] == "Final"
