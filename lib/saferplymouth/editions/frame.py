"""Filters of the template that every page is framed by: its sections, and text in its style."""

import html
import re

from markupsafe import Markup

from saferplymouth.indicators.words import capital

HEADING = re.compile(r"<h2\b([^>]*)>(.*?)</h2>", re.DOTALL)
ID = re.compile(r"""\bid=["']?([^"'>]*)""")
SHORT = re.compile(r'\bdata-short="([^"]*)"')
SUBTITLE, TAG = re.compile(r"<small\b.*?</small>", re.DOTALL), re.compile(r"<[^>]+>")


def with_ids(body: str) -> str:
    """The body of a page; a heading of its second level without an id gets one from its words."""
    taken = {*ID.findall(body)}

    def named(heading: re.Match) -> str:
        attributes, content = heading.groups()
        if ID.search(attributes):
            return heading[0]
        slug = "-".join(re.findall(r"\w+", _words(content).lower()))
        while slug in taken:
            slug += "-section"
        taken.add(slug)
        return f'<h2 id="{slug}"{attributes}>{content}</h2>'

    return HEADING.sub(named, body)


def sections(body: str) -> dict[str, str]:
    """The headings of a page by their id: their short name, or else their title."""
    found = {}
    for attributes, content in HEADING.findall(body):
        short = SHORT.search(attributes)
        found[ID.search(attributes)[1]] = capital(
            html.unescape(short[1]) if short else _words(content)
        )
    return found


def css_string(text: str) -> Markup:
    """A text as a string of a style sheet."""
    special = re.sub(r'[\\"<\n]', lambda found: f"\\{ord(found[0]):x} ", text)
    return Markup(f'"{special}"')


def _words(content: str) -> str:
    return " ".join(html.unescape(TAG.sub("", SUBTITLE.sub("", content))).split())


FILTERS = {"with_ids": with_ids, "sections": sections, "css_string": css_string}
