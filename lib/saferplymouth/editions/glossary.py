"""Reads the terms of a project's GLOSSARY.md, and links pages to their meanings."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from saferplymouth.errors import Mistake
from saferplymouth.store.manifest import GLOSSARY

SOURCE = "GLOSSARY.md"
QUOTED = r"\"[^\"]*\"|'[^']*'"
TAG = re.compile(rf"(<!--.*?-->|<(?:[^<>\"']|{QUOTED})++>)", re.DOTALL)
BOLD = re.compile(r"\*\*(.+?)\*\*")
UNLINKED = re.compile(r"<(/?)(?:a|blockquote|button|code|h[1-6]|head|nav|pre|style|summary|svg)\b")


@dataclass(frozen=True)
class Term:
    """A row of the glossary; only its `wordings`, in bold there, become links."""

    name: str
    meaning: str
    where: str
    wordings: tuple[str, ...]

    @property
    def id(self) -> str:
        return "-".join(re.findall(r"\w+", self.name.lower()))


def read(root: Path) -> list[Term]:
    """The terms of a project; none where it has no glossary. Raises `Mistake`."""
    path = root / SOURCE
    return list(
        _terms(path.read_text(encoding="utf-8", errors="replace") if path.is_file() else "")
    )


@lru_cache(1)
def _terms(text: str) -> tuple[Term, ...]:
    rows = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.startswith("|")]
    terms = {}
    for n, line in rows[2:]:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) != 3 or not all(cells):
            raise Mistake(f"{SOURCE}, line {n}: write | term | meaning | where |")
        plain = cells[0].replace("`", "")
        meaning, where = (re.sub("[*`]", "", cell) for cell in cells[1:])
        name = plain.replace("**", "").partition(" (")[0]
        term = Term(name, meaning, where, tuple(BOLD.findall(plain)))
        if term.id in terms:
            raise Mistake(f"{SOURCE}, line {n}: {term.name} is there already; write it once")
        terms[term.id] = term
    return tuple(terms.values())


def linked(page: str, terms: list[Term]) -> str:
    """A page on which the first use of each term, outside headings and links, is a link."""
    ids = {words.lower(): term.id for term in terms for words in term.wordings}
    if not ids:
        return page
    longest = map(re.escape, sorted(ids, key=len, reverse=True))
    wordings = re.compile(rf"(?<![\w-])(?:{'|'.join(longest)})(?![\w-])", re.IGNORECASE)
    left, depth, parts = set(ids.values()), 0, TAG.split(page)

    def link(found: re.Match) -> str:
        term = ids[found[0].lower()]
        if term not in left:
            return found[0]
        left.remove(term)
        return f'<a class="term" href="{GLOSSARY}#{term}">{found[0]}</a>'

    for n, part in enumerate(parts):
        if n % 2 == 0:
            parts[n] = part if depth else wordings.sub(link, part)
        elif tag := UNLINKED.match(part):
            depth += -1 if tag[1] else 1
    return "".join(parts)
