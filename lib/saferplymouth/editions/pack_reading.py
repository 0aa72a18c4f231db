"""Reads the pages of an edition into what its pack says: a tree of nodes as JSON has them.

A node is a text, or has a tag, classes, kids and whatever else the tag needs: a picture its SVG and
`alt`, a cell its `cols`, a heading its `id` and a link where it leads (`to` within the pack).
"""

import base64
import re
from collections.abc import Iterator
from html import escape
from urllib.parse import unquote

from lxml import html

from saferplymouth import periods
from saferplymouth.framework import Framework, looks
from saferplymouth.pages import pack as said
from saferplymouth.store.manifest import FRONT_PAGE, GLOSSARY

FONT = "Source Sans Pro"
SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
FAMILY = re.compile(r"font-family=(['\"]).*?\1")
ATTRIBUTE = re.compile(r' ([\w-]+)="([^"]*)"')
THROUGH = {"section", "div", "details", "picture", "time", "article", "aside"}
INLINE = {"a", "b", "br", "code", "em", "i", "img", "mark", "small", "span", "strong", "sub", "sup"}


def data(files: dict[str, bytes], made: dict, framework: Framework) -> dict:
    """What the pack of an edition says, from its files and its manifest."""
    return _Edition(files, made, framework).data()


class _Edition:
    """An edition being read: the `ids` that the pack has, as links on the pages give them."""

    def __init__(self, files: dict[str, bytes], made: dict, framework: Framework):
        self.files, self.made, self.framework = files, made, framework
        self.ids: set[str] = set()

    def data(self) -> dict:
        """What the template sets."""
        partnership, made, front = self.framework.partnership, self.made, self._page(FRONT_PAGE)
        parts = [*map(self._part, said.parts(self._titles()))]
        about = _part(said.ABOUT, "about", [[*self._about(front)]], opens=True)
        parts.append(about)
        used = {node["href"] for node in _nodes_of(parts) if "href" in node}
        if terms := [*self._glossary(used)]:
            title = {"tag": "h1", "class": [], "id": GLOSSARY, "kids": [said.GLOSSARY]}
            glossary = {"tag": "dl", "class": ["glossary"], "kids": terms}
            about["sections"][0] += [title, glossary]
        self.ids = {part["id"] for part in parts if part["sections"]}
        self.ids |= {node["id"] for node in _nodes_of(parts) if "id" in node}
        for node in _nodes_of(parts):
            self._aim(node)
        published = front.find(".//time").text_content()
        facts = {"Edition": made["status"], "Published": published}
        if meeting := self.framework.next_meeting(periods.month(made["data_to"])):
            facts = {"For": f"{meeting.name}, {periods.day(meeting.date)}"} | facts
        return {
            "title": f"{partnership.name}: {said.KIND.lower()}, {made['words']}",
            "kind": said.KIND,
            "partnership": partnership.name,
            "edition": made["words"],
            "status": made["status"],
            "published": published,
            "facts": [*facts.items()],
            "imprint": said.IMPRINT,
            "contents": said.CONTENTS,
            "accent": partnership.colour,
            "fonts": looks.named_fonts(partnership.font),
            "logo": _logo(partnership.image),
            "parts": [part for part in parts if part["sections"]],
        }

    def _titles(self) -> dict[str, str]:
        """The title of each page by key, in the order of the pages' navigation."""
        nav = self.files[FRONT_PAGE].decode().partition("<main")[0]
        areas = self.made["areas"]
        order = sorted(areas, key=lambda key: nav.find(f'href="{areas[key]["page"]}"'))
        return {key: areas[key]["title"] for key in order}

    def _page(self, path: str) -> html.HtmlElement:
        """A page, with each inline SVG as an image: HTML would lose the capitals of its names."""
        text = SVG.sub(_as_image, self.files[path].decode())
        return html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))

    def _part(self, part: said.Part) -> dict:
        path = self.made["areas"][part.key]["page"]
        nodes = [*self._nodes(self._page(path).find(".//main"), path)]
        sections = [one for one in _sections(_trimmed(nodes)) if [*map(_tag, one)] != ["h2"]]
        if part.brief:
            sections = [said.brief([n for n in one if _tag(n)]) for one in sections]
        if part.joined:
            opening = [one for one in sections[0] if _tag(one) and "missing" not in one["class"]]
            sections = [opening + sections[1], *sections[2:]] if sections[1:] else [opening]
        return _part(part.title, path, sections, part.opens)

    def _about(self, front: html.HtmlElement) -> Iterator[dict]:
        for paragraph in front.find("body/footer").iter("p"):
            if not any(link.get("class") != "term" for link in paragraph.iter("a")):
                yield self._node(paragraph, "about")

    def _glossary(self, used: set[str]) -> Iterator[dict]:
        """The terms of the glossary that links lead to."""
        terms = self._page(GLOSSARY).iterfind(".//dt[@id]") if GLOSSARY in self.files else ()
        for term in terms:
            if f"{GLOSSARY}#{term.get('id')}" in used:
                meaning = self._node(term.getnext(), GLOSSARY)
                kids = [kid for kid in meaning["kids"] if _tag(kid) != "small"]
                yield from (self._node(term, GLOSSARY), meaning | {"kids": _trimmed(kids)})

    def _nodes(self, element: html.HtmlElement, path: str) -> Iterator[dict | str]:
        """What an element contains; containers are seen through."""
        yield from _text(element.text)
        for child in element:
            if isinstance(child.tag, str) and not _left_out(child):
                seen_through = child.tag in THROUGH and not said.BOXES & {*child.classes}
                yield from self._nodes(child, path) if seen_through else [self._node(child, path)]
            yield from _text(child.tail)

    def _node(self, element: html.HtmlElement, path: str) -> dict:
        href = element.get("href", "")
        node = {"tag": element.tag, "class": [*element.classes]}
        if element.tag in THROUGH:
            node["tag"] = "section"
        if element.tag == "table":
            node["class"] += element.getparent().classes
        if element.tag == "span" and element.get("aria-hidden"):
            node["tag"] = "mark"
        if element.get("id"):
            node["id"] = f"{path}#{element.get('id')}"
        if href:
            node["href"] = f"{path}{href}" if href.startswith("#") else href
        if element.tag in ("td", "th"):
            node["cols"] = int(element.get("colspan", 1))
        if element.tag == "img":
            alt = element.get("alt") or element.getparent().get("aria-label", "")
            node |= {"svg": self._svg(element.get("src")), "alt": alt}
        kids = _trimmed([*self._nodes(element, path)])
        return node | {"kids": [*_facts(kids)] if "source" in element.classes else kids}

    def _svg(self, source: str) -> str:
        """A picture in the pack's font."""
        text = source
        if source.startswith("data:"):
            kind, _, body = source.partition(",")
            text = base64.b64decode(body).decode() if kind.endswith("base64") else unquote(body)
        text = FAMILY.sub("", text)
        return text.replace("<svg", f"<svg font-family='{FONT}'", 1)

    def _aim(self, node: dict) -> None:
        """Point a link at its place in the pack, or let it go if that is not there."""
        href = node.pop("href", "")
        page = href.partition("#")[0]
        if there := [one for one in (href, page) if one in self.ids]:
            node["to"] = there[0]
        elif href.startswith(("http:", "https:", "mailto:")):
            node["href"] = href


def _logo(address: str) -> dict:
    """A logo's bytes and format, from its address; empty if there is none."""
    if not address:
        return {}
    kind, _, body = address.partition(";base64,")
    return {"data": [*base64.b64decode(body)], "format": "png" if kind.endswith("png") else "svg"}


def _part(title: str, path: str, sections: list[list], opens: bool = False) -> dict:
    kept = [section for section in sections if section]
    return {"title": title, "id": path, "opens": opens, "sections": kept}


def _sections(nodes: list) -> list[list]:
    """The nodes up to each heading, each section from one heading to the next."""
    sections: list[list] = [[]]
    for node in nodes:
        sections += [[]] if _tag(node) == "h2" else []
        sections[-1].append(node)
    return sections


def _within(nodes: list) -> Iterator[dict]:
    """Every node that is no text."""
    for node in nodes:
        if not isinstance(node, str):
            yield node
            yield from _within(node["kids"])


def _nodes_of(parts: list[dict]) -> Iterator[dict]:
    return _within([node for part in parts for section in part["sections"] for node in section])


def _tag(node: dict | str) -> str:
    return "" if isinstance(node, str) else node["tag"]


def _text(text: str | None) -> Iterator[str]:
    if text:
        yield re.sub(r"[\t\r\n]", " ", text)


def _trimmed(nodes: list) -> list:
    """The nodes without the spaces that HTML does not show, at either end and beside blocks."""
    joined: list = []
    for node in nodes:
        if joined and isinstance(node, str) and isinstance(joined[-1], str):
            node = joined.pop() + node
        joined.append(re.sub(" +", " ", node) if isinstance(node, str) else node)
    around = ["p", *map(_tag, joined), "p"]
    blocks = [bool(tag) and tag not in INLINE for tag in around]
    for n, node in enumerate(joined):
        if isinstance(node, str):
            node = node.lstrip(" ") if blocks[n] else node
            joined[n] = node.rstrip(" ") if blocks[n + 2] else node
    return [node for node in joined if node]


def _facts(kids: list) -> Iterator[dict]:
    """The facts of a source, without where a figure was taken from and where it can be had."""
    names, texts = ([kid for kid in kids if _tag(kid) == tag] for tag in ("dt", "dd"))
    for name, text in zip(names, texts, strict=True):
        if "".join(_words(name)) not in said.FACTS_LEFT_OUT:
            yield from (name, text)


def _words(node: dict | str) -> Iterator[str]:
    yield from [node] if isinstance(node, str) else [w for kid in node["kids"] for w in _words(kid)]


def _left_out(element: html.HtmlElement) -> bool:
    named = said.LEFT_OUT & {element.tag, *element.classes}
    path = [one.tag for one in element.iterancestors()][:2]
    if element.tag == "span" and path in (["small", "h2"], ["small", "h3"]):
        return True  # what parts a title from its subtitle where they are on one line
    return bool(named) or ("edition" in element.classes and element.find(".//time") is not None)


def _as_image(svg: re.Match) -> str:
    its = dict(ATTRIBUTE.findall(svg[0].partition(">")[0]))
    named = f'class="{its.get("class", "")}" alt="{its.get("aria-label", "")}"'
    return f'<img src="{escape(svg[0])}" {named}/>'
