"""What the board's pack says, and in which order: parts of the edition's own pages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from saferplymouth.pages.page_list import FRONT, PAPERS, PLACES, QUALITY

KIND, CONTENTS, ABOUT, GLOSSARY = "Board pack", "Contents", "About this pack", "Glossary"
IMPRINT = "The pages of this edition have more: every table, every chart, and the data to download."

# left out of every part, by tag or class: what leads elsewhere, and what is for analysts
LEFT_OUT = {"h1", "summary", "request", "take", "narrow", "pack", "back", "wbr"}
BOXES = {"findings", "decisions", "actions", "response", "missing"}
STAYS = {"comment", "response", "missing", "source"}  # of a section, after its first table
# of an indicator's source: where a figure was taken from is on its page
FACTS_LEFT_OUT = {"Why it matters", "Received", "Taken from", "File", "In the drop for", "Note"}
FACTS_LEFT_OUT |= {"Download"}


@dataclass(frozen=True)
class Part:
    """A part of the pack, from the page of the area `key`. A `brief` part has the first chart and
    the first table of each of its sections. The opening of one that is `joined` is kept with its
    first section, without the edition's corrections, which the front page has. One that `opens`
    begins on a page of its own.
    """

    key: str
    title: str
    brief: bool = False
    joined: bool = True
    opens: bool = False


def parts(titles: Mapping[str, str]) -> Iterator[Part]:
    """The parts of the pack of an edition with these pages (key to title), in order."""
    areas = [key for key in titles if key not in {*FRONT, *PAPERS, *PLACES, QUALITY}]
    yield from (Part(key, titles[key], joined=False) for key in FRONT if key in titles)
    for n, key in enumerate(areas):
        yield Part(key, titles[key], brief=True, opens=n == 0)
    for key in PAPERS:
        if key in titles:
            yield Part(key, titles[key])


def brief(nodes: list[dict]) -> list[dict]:
    """Of a section that begins with its heading, the words, the first chart and the first table;
    headings within it go. A section with neither chart nor table has a minor heading.
    """
    seen, kept = set(), []
    for node in nodes:
        tag, classes = node["tag"], {*node["class"]}
        passed = "table" in seen and not classes & STAYS
        if passed or tag in {"h3", *seen} or "findings" in classes:
            continue
        seen |= {tag} & {"figure", "table"}
        kept.append(node)
    if not seen:
        for node in kept[:1]:
            node["class"].append("minor")
    return kept
