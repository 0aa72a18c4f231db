"""What a page may be written in: markup that is closed, text that everyone sees, and links that
lead somewhere.

One list says which tags a cell may show, and one which styles; all else is refused, for there are
too many ways to hide a text to name them.
"""

import re
from collections.abc import Container, Iterable, Mapping
from html.parser import HTMLParser
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit


def _names(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[\w-]+", text))


RUNNING = _names("script iframe object embed form link base")  # told of as such
EMPTY = _names("br col hr img source wbr meta link base embed")
MAY = RUNNING | _names(
    """a abbr address article aside b bdi bdo blockquote br caption cite code col colgroup dd del
details dfn div dl dt     em figcaption figure footer h2 h3 h4 h5 h6 header hr i img ins
kbd li mark ol p picture pre q s samp section small     source span strong style sub
summary sup table tbody td tfoot th thead time tr u ul var wbr"""
)
FRAME = _names("html head meta title style body header nav main h1 footer")  # the page's own
ONCE = _names("html head title body main h1")
HIDING = _names("hidden inert popover bgcolor color")
STYLES = _names(  # of which no value can hide a text
    "text-align vertical-align font-style font-weight font-variant-numeric text-decoration "
    "border-collapse"
)
WEB = frozenset({"http", "https", "mailto", "tel"})
LIST = "../index.html"
OF_A_TABLE = re.compile(r"data/\w+\.csv")


class Markup(HTMLParser):
    """Reads a page, or what one cell shows: its `faults`, `ids` and `links`."""

    def __init__(self, text: str, cell: bool = False):
        super().__init__()
        self.cell, self.open, self.style = cell, [], ""
        self.faults: list[str] = []
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.met: set[str] = set()
        self.feed(text)
        if "<" in self.rawdata:
            self.faults.append(
                f"it leaves “{self.rawdata[self.rawdata.find('<') :][:20].strip()}” open"
            )
        self.faults += [f"it leaves <{tag}> open" for tag, _ in self.open]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {
            name: value or "" for name, value in reversed(attributes)
        }  # of one given twice the first counts
        framing = not self.cell and tag in FRAME
        if tag not in MAY and not framing:
            self.faults.append(f"it holds <{tag}>, which a page may not")
        elif tag in ONCE and tag in self.met:
            self.faults.append(f"it holds <{tag}> twice")
        self.met.add(tag)
        hiding = [name for name in given if name in HIDING] + ["the class skip"] * (
            "skip" in given.get("class", "").split() and (self.cell or "main" in self.met)
        )
        self.faults += [f"its text may be hidden by {name}, on <{tag}>" for name in hiding]
        self._judge(given.get("style", ""), whole=False)
        if "id" in given:
            if given["id"] in self.ids:
                self.faults.append(f"two of its parts have the id {given['id']}")
            self.ids.add(given["id"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"].strip())
        if tag not in EMPTY:
            self.open.append((tag, given.get("aria-hidden", "false").strip().lower() != "false"))

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(
            tag, attributes
        )  # a browser does not close a tag for the stroke at its end

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            self.faults.append(f"it closes <{tag}>, which is not what is open")
            return
        self.open.pop()
        if tag == "style":
            self._judge(self.style, whole=True)
            self.style = ""

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] == "style":
            self.style += "" if any(tag == "head" for tag, _ in self.open) else data
        elif any(unsaid for _, unsaid in self.open) and any(c.isalnum() for c in data):
            self.faults.append("a text is hidden from those who listen, by aria-hidden")

    def handle_comment(self, data: str) -> None:
        if "<" in data or ">" in data:
            self.faults.append("a comment hides a part of it")

    def handle_decl(self, decl: str) -> None:
        if self.cell or decl != "DOCTYPE html":
            self.faults.append(f"it holds <!{decl[:20]}>, which a page may not")

    def unknown_decl(self, data: str) -> None:
        self.handle_decl(data)

    def handle_pi(self, data: str) -> None:
        self.handle_decl(data)

    def _judge(self, style: str, whole: bool) -> None:
        """Find what in a style (a `whole` sheet, or of one tag) might hide a text."""
        if not style.strip():
            return
        import tinycss2

        rules = (
            tinycss2.parse_stylesheet(style, skip_comments=True, skip_whitespace=True)
            if whole
            else []
        )
        strange = [rule for rule in rules if rule.type != "qualified-rule"]
        given = (
            [rule.content for rule in rules if rule.type == "qualified-rule"] if whole else [style]
        )
        found = [
            one for content in given for one in tinycss2.parse_blocks_contents(content, True, True)
        ]
        strange += [one for one in found if one.type != "declaration" or not _plain(one)]
        names = dict.fromkeys(getattr(one, "name", None) or one.type for one in strange)
        self.faults += [f"its text may be hidden by the style “{name}”" for name in names]


def _plain(declaration) -> bool:
    """Whether a declaration of a style can only set a text off, whatever it says."""
    kinds = {token.type for token in declaration.value}
    return declaration.lower_name in STYLES and kinds <= {
        "ident",
        "number",
        "whitespace",
        "comment",
    }


def dead(page: str, read: Markup, ids: Mapping[str, Container[str] | None]) -> list[str]:
    """The links of a page that lead nowhere; `ids` has each file that there is, with those of its
    parts where known.
    """
    found = []
    for link in dict.fromkeys(read.links):
        try:
            parts = urlsplit(link)
        except ValueError:
            found.append(link)
            continue
        if parts.scheme in WEB or parts.netloc or link == LIST:
            continue
        path, part = unquote(parts.path) or page, unquote(parts.fragment)
        there = ids.get(path, ()) if path in ids else None
        if parts.scheme or path not in ids or (part and there is not None and part not in there):
            found.append(link)
    return [f"its link {link[:80]} leads nowhere" for link in found]


def dead_links(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """What is wrong with the links of each page of an edition, held against all of its `files`."""
    pages = {
        path: Markup(content.decode())
        for path, content in files.items()
        if PurePosixPath(path).suffix == ".html"
    }
    ids = {path: pages[path].ids if path in pages else None for path in files}
    told = {path: dead(path, read, ids) for path, read in pages.items()}
    return {path: found for path, found in told.items() if found}


def unsound(shown: Iterable[tuple[str, str]]) -> list[str]:
    """What is wrong with what cells show, of each how it opens and its HTML."""
    faults = [
        (fault, opening) for opening, text in shown for fault in Markup(text, cell=True).faults
    ]
    return [
        f"{fault}, in the cell that starts '{opening}'" for fault, opening in dict.fromkeys(faults)
    ]
