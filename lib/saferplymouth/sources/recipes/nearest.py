"""Finds the name that a sender's label most likely stands for, such as `Viol w inj` or `SAC`."""

import difflib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from saferplymouth.sources.recipes.labels import NUMBERED, plain

PARTLY, LIKELY, SURE = 35, 55, 90  # of 100
SAME_WORD = 0.85  # of difflib's ratio, so that a slip of the pen makes no other word
SHORTEST = 3  # letters of a word cut short
EMPTY = {"a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "per", "the"}
EMPTY |= {"to", "w", "with", "table", "figure"}
WEAK = {"all", "cases", "crime", "crimes", "incidents", "number", "offences", "people", "recorded"}
WEAK |= {"grand", "reported", "reports", "rate", "count", "percentage", "proportion", "persons"}
ALIKE = {"total": "all", "overall": "all", "women": "female", "men": "male"}
ALIKE |= {"females": "female", "males": "male", "girls": "female", "boys": "male"}
WEAKLY = 0.25  # the weight of a weak word; others have 1
BY_INITIALS = 85
INITIALS = re.compile(r"\b[A-Z]{2,}\b")
STEM = 6  # letters: completed and completion


@lru_cache(maxsize=50_000)
def score(label: str, name: str) -> float:
    """How well a label fits a name, from 0 to 100: the words they share, weighed, where a word may
    be cut short or misspelt and a name may be its initials.
    """
    one, other = _words(label), _words(name)
    if not one or not other:
        return 0
    if plain(label) == plain(name) or one == other:
        return 100
    if any(_initials(name).startswith(word.lower()) for word in INITIALS.findall(label)):
        return BY_INITIALS
    return 100 * (0.6 * _covered(other, one) + 0.4 * _covered(one, other))


def nearest(label: str, names: Mapping[str, str]) -> list[tuple[float, str]]:
    """The keys whose names a label may stand for, best first, with their scores."""
    scores = [(round(score(label, name), 1), key) for key, name in names.items()]
    return sorted((s for s in scores if s[0] >= LIKELY), key=lambda s: -s[0])


def pairs(
    labels: Iterable[str], names: Mapping[str, str], about: str = ""
) -> tuple[dict[str, tuple[float, str]], dict[str, list[str]]]:
    """The best label for each key with its score, each label used once; and the other labels that
    were near. What a table is `about` may say what its labels leave out.
    """
    labels = [*labels]
    found = [(s, key, label) for label in labels for s, key in nearest(label, names)]
    if about:
        known = {key for _, key, _ in found}
        rest = {key: name for key, name in names.items() if key not in known}
        for label in labels:
            weak = set(_words(label)) <= WEAK
            for _, key in nearest(f"{label} {about}", rest):
                own = score(label, rest[key])
                if weak or own >= PARTLY:
                    found.append((LIKELY + own / 100, key, label))
    best: dict[str, tuple[float, str]] = {}
    used: set[str] = set()
    for s, key, label in sorted(found, key=lambda f: -f[0]):
        if key not in best and label not in used:
            best[key] = (s, label)
            used.add(label)
    others: dict[str, list[str]] = {}
    for _, key, label in found:
        if key in best and label not in used:
            others.setdefault(key, []).append(label)
    return best, others


@lru_cache(maxsize=50_000)
def _words(text: str) -> list[str]:
    bare = _bare(re.sub(r"\(.*?\)", " ", text)) or _bare(text)
    words = re.findall(r"[a-z]+|[0-9]+", NUMBERED.sub("", bare))
    return [*dict.fromkeys(ALIKE.get(word, word) for word in words if word not in EMPTY)]


def _bare(text: str) -> str:
    """A title without its number, such as `Table 2.`"""
    return re.sub(r"^(?:table|figure|chart) [a-z]?[0-9]+[a-z]?[.:]? ", "", plain(text))


def _initials(name: str) -> str:
    return "".join(word[0] for word in re.findall(r"[a-z0-9]+", plain(name)) if word not in EMPTY)


def _covered(words: list[str], by: list[str]) -> float:
    """The share of some words that others have, by weight."""
    weights = [WEAKLY if word in WEAK else 1 for word in words]
    held = [w for w, word in zip(weights, words, strict=True) if any(_same(word, b) for b in by)]
    return sum(held) / sum(weights)


@lru_cache(maxsize=200_000)
def _same(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if short.isdigit() or long.isdigit() or short in WEAK:
        return short == long or short + "s" == long
    cut = len(short) >= SHORTEST and long.startswith(short)
    alike = short[:STEM] == long[:STEM] and len(short) >= STEM
    return cut or alike or (one[0] == other[0] and _misspelt(one, other))


def _misspelt(one: str, other: str) -> bool:
    return difflib.SequenceMatcher(None, one, other).ratio() >= SAME_WORD
