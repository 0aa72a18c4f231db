"""An analyst's comment as the check reads it: sentences, clauses and numbers.

Nothing here knows a figure. Every pattern is of bounded length, so that no text is slow to read;
what is not understood is left alone, and a clause with a word that is not known (`lexicon.strange`)
is never called wrong.
"""

import re
from dataclasses import dataclass

from saferplymouth.comments.dates import MONTH, WORDS, Mention, count

OF_PERIOD = re.compile(r"\s+(?:\w+\s+){0,2}(?:of|in|for|during)\s+")
BASE_NUMBER = re.compile(
    r"(?i:\b(?:compare[sd]?\s+(?:to|with|against)|than|against|versus|vs?\.?|from|on)\s+)"
    r"(?:(?:the|a|an|total|figure|peak|high|low|of|just|about|around|only)\s+){0,4}$"
)
NUMBER = re.compile(
    rf"(?<![\w£$€/.:,–-])(?P<sign>[+−-]?)(?P<digits>\d{{1,3}}(?:,\d{{3}}){{1,3}}(?![\d,]\d)"
    rf"|\d{{1,9}})(?P<decimals>\.\d{{1,4}})?(?![\d/:]|,\d|\.\d)"
    rf"(?:\s?(?P<percent>%|per\s?cent\b|pct\b)(?P<of_points>\s+points?\b)?|\s?(?P<points>percentage\s+points?\b"
    rf"|points?\b|pp\b))?"
    rf"(?![A-Za-z-])|(?<![\w-])(?P<word>{'|'.join(WORDS)})(?![\w-])(?:\s?(?P<wpercent>per\s?cent\b|%)"
    rf"|\s(?P<wpoints>(?:percentage\s+)?points?\b))?",
    re.I,
)
COUNTED = re.compile(  # what follows a number in words for it to be a count
    r"\s+(?:(?:hate|reported|recorded|further|additional)\s+)?(?:crimes?|incidents?|reports?|offences?"
    r"|referrals?|cases?|more|fewer|less|"
    r"higher|lower|additional|extra|below|above|short|behind|ahead)\b",
    re.I,
)
# dates, sums of money, ages, times, names with a number: about something else
SKIPPED = re.compile(
    rf"(?:\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH}(?:,?\s+\d{{4}}\b)?|\b{MONTH}\s+\d{{1,2}}(?:st|nd|rd"
    rf"|th)?(?:,?\s+\d{{4}}|\b(?!\s?%|,\d|\s+[a-z]))"
    r"|[£$€]\s?[\d.,]+\s?(?:k|m|bn|million|thousand)?\b|\b(?:Operation|Section|Level|Phase|Item|Page|Ward|Grade"
    r"|PC|Tier|Table|"
    r"Figure|Act|Priority|No\.?|Chapter|Appendix)\s+\d+\b|\b\d{1,2}[:.]\d\d\s?(?:am|pm|hrs)?\b(?!\s?%|\s?per)"
    r"|\b\d{1,2}\s?(?:am|pm)\b|\b\d+/\d+\b(?<!\d{4}/\d\d)"
    rf"|(?<!,)\b(?:\d+|{'|'.join(WORDS)})\s+(?:in|out\s+of)\s+(?:every\s+)?(?!(?:19|20)\d\d\b)(?:\d+"
    rf"|{'|'.join(WORDS)})\b|\bper\s+[\d,]+"
    r"|\baged?\s+\d+(?:\s?(?:to|-|–|and)\s?\d+)?|\b\d+(?:\s?(?:to|-|–)\s?\d+)?[- ]year[- "
    r"]olds?|\b\d+(?:st|nd"
    r"|rd|th)\b)",
)
NOT_SENTENCE_END = re.compile(
    r"\b(?:approx|no|vs|e\.g|i\.e|etc|st|mr|mrs|ms|dr|inc|fig|p|pp|c|ca|jan|feb|mar|apr|jun|jul|aug|sept?|oct"
    r"|nov|dec)\.$",
    re.I,
)
_BREAK = re.compile(
    r"[,;:()–—]|\s-\s|\b(?:and|but|while|whilst|whereas|although|though|however|when|then|which|yet)\b",
    re.I,
)


@dataclass(frozen=True)
class Number:
    """A number as written: `unit` is count, percent or points; `base` where it is what another is
    compared with.
    """

    start: int
    end: int
    written: str
    value: float
    places: int
    sign: int
    unit: str
    base: bool


@dataclass(frozen=True)
class Clause:
    start: int
    end: int
    text: str

    @property
    def aside(self) -> bool:
        return self.text.startswith("(")


def sentences(text: str) -> list[str]:
    """The sentences of a Markdown text, as plain words; abbreviations and decimals end none."""
    plain = re.sub(r"!?\[([^\]\n]{0,300})\]\([^)\n]{0,300}\)", r"\1", text)
    plain = re.sub(
        r"https?://\S+|[\w.+-]{1,64}@[\w.-]{1,99}|(?m:^\s{0,9}(?:[#>]{1,6}|[-*+]|\d{1,2}[.)])\s)",
        "\n",
        plain,
    )
    plain = re.sub(r"[*`\\]|(?<!\w)_|_(?!\w)", "", plain)
    found: list[str] = []
    for block in re.split(r"\n\s*\n|\n(?=\n)|(?<=[.!?])\n", plain):
        start = 0
        line = re.sub(r"\s+", " ", block).strip()
        for stop in re.finditer(r"[.!?]['\"”’)]{0,3}(?=\s+[^a-z\s]|$)", line):
            if not NOT_SENTENCE_END.search(line[max(0, stop.start() - 8) : stop.start() + 1]):
                found.append(line[start : stop.end()].strip())
                start = stop.end()
        found.append(line[start:].strip())
    return [sentence for sentence in found if re.search(r"[A-Za-z]", sentence)]


def masked(sentence: str) -> str:
    """The sentence with dates, money, ages and the like blanked out, letter for letter."""
    return SKIPPED.sub(
        lambda found: "¤" * len(found[0]), re.sub('[“”"]', "", sentence).replace("’", "'")
    )


def numbers(sentence: str, taken: list[Mention]) -> list[Number]:
    """Every number that is not part of a period; `one` to `twelve` are numbers too."""
    found = []
    for m in NUMBER.finditer(sentence):
        if any(t.start < m.end() and m.start() < t.end for t in taken):
            continue
        if m["word"] and not (m["wpercent"] or m["wpoints"] or COUNTED.match(sentence, m.end())):
            continue
        decimals = m["decimals"] or ""
        value = (
            float(count(m["word"])) if m["word"] else float(m["digits"].replace(",", "") + decimals)
        )
        points = m["points"] or m["of_points"] or m["wpoints"]
        unit = "points" if points else "percent" if m["percent"] or m["wpercent"] else "count"
        owner = next(
            (
                t
                for t in taken
                if t.base and sentence[t.end : m.start()] in (" ", "'s ", "'s total of ")
            ),
            None,
        )
        owned = owner is not None and "'s " in sentence[owner.start : m.start()]
        base = owned or bool(BASE_NUMBER.search(sentence[max(0, m.start() - 60) : m.start()]))
        dated = next((t for t in taken if t.start >= m.end()), None)
        if (
            dated is not None
            and dated.base
            and OF_PERIOD.fullmatch(sentence[m.end() : dated.start])
        ):
            base = True
        base = base or bool(re.match(r"\s*(?:to|→|->)\s*\d", sentence[m.end() :]))
        sign = {"+": 1, "-": -1, "−": -1}.get(m["sign"] or "", 0)
        found.append(
            Number(m.start(), m.end(), m[0], value, max(0, len(decimals) - 1), sign, unit, base)
        )
    return found


def clauses(sentence: str, taken: list[Mention]) -> list[Clause]:
    """The sentence cut at punctuation, joining words and where a part is named, but never in a
    period or a number.
    """
    cuts = [0]
    for m in _BREAK.finditer(sentence):
        in_number = m[0] == "," and sentence[m.end() : m.end() + 1].isdigit()
        labelled = m[0] == ":" and any(t.end == m.start() for t in taken)
        if (
            not in_number
            and not labelled
            and not any(t.start < m.end() and m.start() < t.end for t in taken)
        ):
            cuts.append(m.start())
    for part in dict.fromkeys(t.part for t in taken if t.part):
        before = max(cut for cut in cuts if cut <= part)
        if re.search(r"\w", sentence[before:part]):
            cuts = sorted({*cuts, part})
    ends = [*cuts[1:], len(sentence)]
    return [
        Clause(a, b, sentence[a:b])
        for a, b in zip(cuts, ends, strict=True)
        if sentence[a:b].strip()
    ]
