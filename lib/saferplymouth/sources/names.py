"""What indicators, breakdowns and groups are called, however a name is written."""

import difflib
import re
import unicodedata
from collections.abc import Mapping

from saferplymouth.sources.problems import shown

QUOTES = re.compile("[\"'`´‘’‚‛“”„]")
JOINTS = re.compile(r"[-_\u2010-\u2015\N{MINUS SIGN}]")


def plain(text: str) -> str:
    """A name to compare: without capitals, quotation marks and hyphens, and `and` for &."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("&", " and ")
    return " ".join(JOINTS.sub(" ", QUOTES.sub("", text)).split()).strip(" .:")


class Names:
    """The keys of things by what they are called: each has a key and a name."""

    def __init__(self, names: Mapping[str, str]):
        self.names = names
        self._keys: dict[str, dict[str, str]] = {}  # how to write each, by key, by plain name
        for key, name in [*zip(names, names, strict=True), *names.items()]:
            self._keys.setdefault(plain(name), {}).setdefault(key, name)

    def key(self, text: str) -> str:
        """The key of the one thing that a text names; "" if it names none, or more than one."""
        found = [text] if text in self.names else [*self._keys.get(plain(text), ())]
        return found[0] if len(found) == 1 else ""

    def cure(self, text: str) -> str:
        """What to write instead of a text that names none: the nearest, or all of them."""
        sought = plain(text)
        found = [sought] if sought in self._keys else difflib.get_close_matches(sought, self._keys)
        found += [name for name in self._keys if sought and sought in name]
        near: dict[str, str] = {}
        for name in found:
            near |= {key: how for key, how in self._keys[name].items() if key not in near}
        if len(self._keys.get(sought, ())) > 1:
            return f"write {' or '.join(near)}"
        if near:
            ways = [how if how == key else shown(how) for key, how in near.items()]
            return f"did you mean {' or '.join(ways[:3])}?"
        return f"use one of {', '.join(self.names)}" if self.names else "none is defined yet"
