"""Checks the HTML of a page: closed markup, no hidden text, no broken links.

One list gives the tags that a cell may show, and one the styles. Everything else is refused,
because there are too many ways of hiding text to list them.
"""

import re
from collections.abc import Container, Iterable, Mapping
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from saferplymouth.framework.looks import SVG


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


RUNNING = _names("script iframe object embed form link base")  # reported as such
EMPTY = _names("br col hr img source wbr meta link base embed")
MAY = RUNNING | _names(
    """a abbr address article aside b bdi blockquote br caption cite code col colgroup dd del
    details dfn div dl dt em figcaption figure footer h2 h3 h4 h5 h6 header hr i img ins kbd li
    mark ol p picture pre q s samp section small source span strong style sub summary sup svg table
    tbody td tfoot th thead time tr u ul var wbr"""
)
# of a drawing: what paints, but nothing that runs, loads or leads away
DRAWING = _names("svg g defs pattern rect circle path text title")
DRAWN = _names(
    """class role aria-label aria-hidden id viewBox width height x y cx cy r d transform display
    fill stroke stroke-width stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray
    stroke-dashoffset stroke-opacity fill-opacity opacity fill-rule font-size font-weight
    font-family text-anchor pointer-events patternUnits"""
)
OWN_PAINT = re.compile(r"(?!.*url\()|url\(#\w+\)", re.IGNORECASE)
FRAME = _names("html head meta title style body header nav main h1 footer")  # the page's own
ONCE = _names("html head title body main h1")
SHRINKING = _names("small sub sup")
HIDING = _names("hidden inert popover bgcolor color")
STYLES = _names(  # none of whose values can hide text
    "text-align vertical-align font-style font-weight font-variant-numeric text-decoration "
    "border-collapse"
)
PLAIN_TOKENS = _names("ident number whitespace comment")
WEB = _names("http https mailto tel")
BESIDE = re.compile(r"\.\./(?:index|(?:previous|next)/[\w-]+)\.html")  # the list, the next edition
OF_A_TABLE = re.compile(r"data/\w+\.csv")


def drawing_faults(drawn: str) -> list[str]:
    """What is wrong with a drawing: it may only paint shapes and words, and load nothing."""
    try:
        if "<!" in drawn or "<?" in drawn:
            raise ElementTree.ParseError("a declaration")
        parts = list(ElementTree.fromstring(drawn).iter())
    except ElementTree.ParseError:
        return ["a drawing is not well-formed"]
    tags = {part.tag.removeprefix(SVG) for part in parts} - DRAWING
    names = {name for part in parts for name in part.attrib} - DRAWN
    faults = [f"a drawing contains <{tag}>, which is not allowed" for tag in sorted(tags)]
    faults += [f"a drawing has {name}, which is not allowed" for name in sorted(names)]
    values = (value for part in parts for value in part.attrib.values())
    if not all(map(OWN_PAINT.match, values)):
        faults.append("a drawing loads something from another address")
    return faults


class MarkupReader(HTMLParser):
    """Reads HTML: its `tags` with their attributes, `faults`, `ids` and style `sheets`."""

    def __init__(self, text: str, cell: bool = False):
        super().__init__()
        self.cell, self.open = cell, []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.faults: list[str] = []
        self.ids: set[str] = set()
        self.sheets: list[str] = []
        self.feed(text)
        _, bracket, rest = self.rawdata.partition("<")
        if bracket:
            self.faults.append(f"it leaves “{(bracket + rest)[:20].strip()}” open")
        self.faults += [f"it leaves <{tag}> open" for tag, *_ in self.open]

    @property
    def links(self) -> list[str]:
        return [attrs["href"].strip() for tag, attrs in self.tags if tag == "a" and "href" in attrs]

    def parse_starttag(self, i: int) -> int:
        """A drawing is judged whole, by rules of its own."""
        end = super().parse_starttag(i)
        if end < 0 or not self.open or self.open[-1][0] != "svg":
            return end
        close = self.rawdata.find("</svg>", end)
        drawn = self.rawdata[i : close + len("</svg>")]
        self.faults += drawing_faults(drawn)
        if not self._is_described():
            self.faults.append("a drawing has no alternative text")
        for name in re.findall(r'\bid="([^"]*)"', drawn):
            self._meet(name)
        return end if close < 0 else close

    def _is_described(self) -> bool:
        """Whether the drawing is unspoken, or it or what holds it is an image with words."""
        return any(
            unspoken or (its.get("role") == "img" and its.get("aria-label", "").strip())
            for _, unspoken, its in self.open
        )

    def _meet(self, name: str) -> None:
        if name in self.ids:
            self.faults.append(f"two of its elements have the id {name}")
        self.ids.add(name)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        # the first of a repeated attribute counts
        attrs = {name: value or "" for name, value in reversed(attributes)}
        if tag not in MAY and (self.cell or tag not in FRAME):
            self.faults.append(f"it contains <{tag}>, which is not allowed")
        elif tag in ONCE and self._has(tag):
            self.faults.append(f"it contains <{tag}> twice")
        elif tag in SHRINKING and any(outer == tag for outer, *_ in self.open):
            self.faults.append(f"its text may be hidden by <{tag}> within <{tag}>")
        self.tags.append((tag, attrs))
        hiding = [name for name in attrs if name in HIDING]
        if "skip" in attrs.get("class", "").split() and (self.cell or self._has("main")):
            hiding.append("the class skip")
        self.faults += [f"its text may be hidden by {name}, on <{tag}>" for name in hiding]
        if attrs.get("style", "").strip():
            self._judge([attrs["style"]], [])
        if "id" in attrs:
            self._meet(attrs["id"])
        if tag == "style":
            self.sheets.append("")
        if tag not in EMPTY:
            unspoken = attrs.get("aria-hidden", "false").strip().lower() != "false"
            self.open.append((tag, unspoken, attrs))

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        # a browser ignores the slash at the end of a tag
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            self.faults.append(f"it closes <{tag}>, which is not the open element")
            return
        self.open.pop()
        if tag == "style" and not any(outer == "head" for outer, *_ in self.open):
            self._judge_sheet(self.sheets[-1])

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] == "style":
            self.sheets[-1] += data
        elif any(unspoken for _, unspoken, _ in self.open) and any(c.isalnum() for c in data):
            self.faults.append("a text is hidden from screen readers by aria-hidden")

    def handle_comment(self, data: str) -> None:
        if "<" in data or ">" in data:
            self.faults.append("part of it is hidden in an HTML comment")

    def handle_decl(self, decl: str) -> None:
        if self.cell or decl != "DOCTYPE html":
            self.faults.append(f"it contains <!{decl[:20]}>, which is not allowed")

    unknown_decl = handle_pi = handle_decl

    def _has(self, wanted: str) -> bool:
        return any(tag == wanted for tag, _ in self.tags)

    def _judge_sheet(self, sheet: str) -> None:
        import tinycss2

        rules = tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)
        good = [rule for rule in rules if rule.type == "qualified-rule"]
        self._judge([rule.content for rule in good], [rule for rule in rules if rule not in good])

    def _judge(self, blocks: list, strange: list) -> None:
        """Find style declarations that might hide text, in addition to the `strange` rules."""
        import tinycss2

        found = [
            one for block in blocks for one in tinycss2.parse_blocks_contents(block, True, True)
        ]
        strange += [one for one in found if one.type != "declaration" or not _is_plain(one)]
        names = dict.fromkeys(getattr(one, "name", None) or one.type for one in strange)
        self.faults += [f"its text may be hidden by the style “{name}”" for name in names]


def _is_plain(declaration) -> bool:
    kinds = {token.type for token in declaration.value}
    return declaration.lower_name in STYLES and kinds <= PLAIN_TOKENS


def dead(page: str, links: Iterable[str], ids: Mapping[str, Container[str] | None]) -> list[str]:
    """The broken links of a page; `ids` has each file, with its element ids if known."""
    return [
        f"its link {link[:80]} leads nowhere"
        for link in dict.fromkeys(links)
        if _is_dead(page, link, ids)
    ]


def _is_dead(page: str, link: str, ids: Mapping[str, Container[str] | None]) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return True
    if parts.scheme in WEB or parts.netloc or BESIDE.fullmatch(link):
        return False
    path, part = unquote(parts.path) or page, unquote(parts.fragment)
    if parts.scheme or path not in ids:
        return True
    return bool(part) and ids[path] is not None and part not in ids[path]


def dead_links(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """The broken links of each page of an edition, checked against all of its `files`."""
    texts = {path: content.decode() for path, content in files.items() if path.endswith(".html")}
    pages = {path: MarkupReader(text) for path, text in texts.items()}
    ids = dict.fromkeys(files) | {path: page.ids for path, page in pages.items()}
    faults = {path: dead(path, page.links, ids) for path, page in pages.items()}
    return {path: lines for path, lines in faults.items() if lines}


def unsound(cells: Iterable[tuple[str, str]]) -> list[str]:
    """What is wrong with the HTML of cells, each with the start of its code."""
    faults = [
        (fault, opening) for opening, html in cells for fault in MarkupReader(html, True).faults
    ]
    return [f"{fault}, in the cell that starts '{opens}'" for fault, opens in dict.fromkeys(faults)]
