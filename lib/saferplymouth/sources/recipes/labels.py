"""Compares what a sender writes with what a recipe says: spaces, capitals, kinds of quotation marks
and dashes, and footnote signs make no difference.
"""

import fnmatch
import glob
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

SIGNS = str.maketrans("‘’‚“”„–—‑−", "'''\"\"\"----")
FOOTNOTE = re.compile(r"\s*\[(?:note )?[0-9, ]+\]|[¹²³⁰⁴-⁹†‡]")
LONGEST = 2_000  # characters of a text that may be a label
SOME = "?*"  # as a label: any text, but not none
NUMBERED = re.compile(r"(?<=[a-z)])[0-9]{1,2}$")  # a footnote's number that has lost its height


@lru_cache(maxsize=50_000)
def plain(text: str) -> str:
    """A label as it is compared; of a longer text than a label can be, its beginning."""
    if len(text) > LONGEST:
        return f"{plain(text[:LONGEST])}…"
    text = FOOTNOTE.sub("", text).translate(SIGNS)
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip(" :")


class Labels:
    """Which of the wanted things a text names. `wanted` maps each to its labels, in which `*` is
    any text; `?*` alone is any but an empty one. A thing with the very text as its label comes
    before those with a `*`, which are then not named.

    A footnote's number at a label's end is overlooked if the label is not known with it.
    """

    def __init__(self, wanted: Mapping[object, Iterable[str]]):
        self.exact: dict[str, list] = {}
        self.patterns: list[tuple[re.Pattern, object]] = []
        for thing, labels in wanted.items():
            for label in map(plain, labels):
                if "*" in label:
                    self.patterns.append((_pattern(label), thing))
                else:
                    self.exact.setdefault(label, []).append(thing)

    def of(self, text: str) -> list:
        """The things that a text names; empty if it names none."""
        label = plain(text)
        found = self.exact.get(label) or self.exact.get(NUMBERED.sub("", label)) or []
        return [*found] or [thing for pattern, thing in self.patterns if pattern.match(label)]


def _pattern(label: str) -> re.Pattern:
    """A label in which only `*` has a meaning of its own."""
    parts = label if label == SOME else "*".join(map(glob.escape, label.split("*")))
    return re.compile(fnmatch.translate(parts))
