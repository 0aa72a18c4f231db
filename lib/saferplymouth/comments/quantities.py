"""Numbers written in a text, in digits and in words; dates, names and ages are none of them."""

import re
from contextlib import suppress
from dataclasses import dataclass

from text_to_num import text2num

from saferplymouth.comments.figures import MONTHS, POINTS, RATIO
from saferplymouth.comments.mentions import MONTH, Mention
from saferplymouth.comments.vocabulary import COUNT_WORDS, plain
from saferplymouth.framework import COUNT, PERCENT, RATE
from saferplymouth.statistics.intervals import round_half_away

WORD = (
    f"({'|'.join(COUNT_WORDS)}|zero|(thir|four|fif|six|seven|eigh|nine)teen"
    r"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)\b"
)
IN_WORDS = (
    rf"((a |{WORD}[ -])?(hundred|thousand|dozen)\b(( and | |-)({WORD}|hundred\b))*"
    rf"|{WORD}([ -]({WORD}|(hundred|thousand)\b( and)?))*)( and a half\b)?"
)
PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "tenth": 10}
TIMES = {"doubl": 2, "twice": 2, "trebl": 3, "tripl": 3, "thrice": 3, "halv": 0.5}
UNIT = (
    r"(\s?(?P<{0}points>percentage points?\b|%\s?points?\b|per\s?cent(age)? points?\b"
    r"|points?\b|ppt?s?\b)"
    r"|\s?(?P<{0}percent>%|per\s?cent\b|pc\b|pct\b))?"
)
NUMBER = re.compile(
    plain(
        r"(?i)(?<![\w.,/£$€])(?P<sign>[+−–-](?=\d))?"
        r"(?P<digits>\d{1,3}(,\d{3})+|\d+)(?P<decimals>\.\d+)?(?![\d/]|,\d)"
        + UNIT.format("d")
        + rf"|(?P<out>\b(\d+|{WORD}) (in|out of) (every )?(\d+|{WORD})\b)"
        rf"|\b((an?|one|{WORD})[ -](?=third|quarter|fifth|sixth|tenth|half)"
        rf"|(?=half))(?P<part>{'|'.join(PARTS)})s?\b"
        r"(?!-| (consecutive|successive|year|term|quarter|month|time|day"
        r"|of the (financial )?year|point))"
        r"|\b(?P<times>(doubl|trebl|tripl|halv)(e[ds]?|ing)|twice|thrice)\b"
        rf"|(?P<many>\b{WORD}(?= times\b(?! (in|this|since|so|out|during)\b)))"
        rf"|\b(?P<word>{IN_WORDS})" + UNIT.format("w")
    )
)
NOT_COUNTED = re.compile(  # dates, times, ages, references and names with a number
    plain(
        r"\b(\d{1,2}(st|nd|rd|th)?\s?(to|-|–|and)\s?)?\d{1,2}(st|nd|rd|th)? (of )?"
        rf"{MONTH}(,? \d{{4}}\b)?|\b\d+(st|nd|rd|th)\b|\b24/7\b|\b(over|under)[- ]\d\ds\b"
        r"|\b\d{1,2}(:\d\d(\s?(am|pm|hrs))?|\.\d\d\s?(am|pm|hrs))\b(?!\s?%|\s?per)|\b\d{1,2}\s?(am|pm)\b"
        r"|\b\d{1,2}/\d{1,2}/\d{2,4}\b|\b[A-Z]{1,2}\d+\b|(?<![\d,.])(19|20)\d\d\b(?!,\d)"
        r"|\b(call|dial|ring|to) (101|111|999)\b|\baged? (between )?\d+(\s?(to|-|–|and)\s?\d+)?"
        r"|\b\d+(\s?(to|-|–)\s?\d+)?[- ]years?[- ]olds?\b"
        r"|\b(per|for every) ([\d,]+|(a |ten |one |a hundred )?thousand)"
        r"|\b(Operation|Op|Section|s\.|Level|Phase|Item|Page|Ward|Grade|Tier|Table|Figure|Act"
        r"|Priority|No\.?|Chapter|Appendix|Sector|Beat|Zone|Article|Block|Room|Unit|Strand|Step"
        r"|Note|Project|Route) ([A-Z]\w+ )?\d+\w?\b"
        rf"|\b(?!{MONTH})[A-Z][a-z]+ \d{{1,3}}\b(?!\s?%|,\d|\.\d| [a-z])|\bone-off\b"
    )
)
ONE = re.compile(  # what, after "one", makes it a number
    plain(
        r"(?i)\s*(%|per\s?cent|pp\b|percentage|(_ )?(more|fewer|less|higher|lower|above|below|short"
        r"|ahead|behind|offence|crime|incident|report|referral|case|month|quarter)\b)"
    )
)
ABOUT = re.compile(
    plain(
        r"(?i)\b((?P<about>about|around|roughly|approximately|some|circa|ca?\.?|approx\.?|close to)"
        "|(?P<over>((just|slightly|well|a little) )?(over|more than|above|upwards of|at least))"
        r"|(?P<under>nearly|almost|approaching|not quite|at most"
        r"|((just|slightly|a little) )?(under|less than|below|short of|fewer than)))\s*$"
    )
)
PER_PEOPLE = re.compile(
    plain(
        r"(?i)[^.;\d]{0,40}\b(per|for every|in every) "
        r"(?P<people>(100?|1),?000\b|((ten|hundred) )?thousand\b)"
    )
)
PEOPLE = {"ten thousand": 10_000, "hundred thousand": 100_000, "thousand": 1000}
OF_MONTHS = re.compile(
    plain(
        r"(?i) (of (the |those )?(last |past )?(_ )?(months|quarters|of them)|in a row"
        r"|times (in|this|since|so|out|during)\b|(consecutive|successive|straight) "
        r"|(further|more|odd)?\s*(months?|quarters?)\b)"
    )
)


ENDS = re.compile(r"\s*(?:[.,;)]|$)")


@dataclass(frozen=True)
class Number:
    """A number as written: its `unit`, the decimal `places` it is given to, its `sign` if it has
    one, whether it is said to be `about` right, or the figure to be `over` or `under` it, and of a
    rate `per` how many people.
    """

    start: int
    end: int
    text: str
    value: float
    unit: str
    places: int = 0
    sign: int = 0
    about: str = ""
    per: int = 0

    def fits(self, figure: float) -> bool:
        """Whether it is this figure, rounded half away from zero to its places."""
        size = abs(figure)
        over, off = size - self.value, abs(size - self.value)
        if self.about in ("over", "under"):
            return off <= 0.1 * size and (over >= 0 if self.about == "over" else over <= 0)
        if (self.about or self.unit == RATIO) and off <= 0.05 * max(size, self.value):
            return True
        return self.unit != RATIO and abs(round_half_away(size, self.places) - self.value) < 1e-9

    def is_near(self, figure: float) -> bool:
        """Whether it may be meant for this figure: within a quarter of it."""
        return abs(self.value - abs(figure)) <= 0.25 * max(abs(figure), 1)


def numbers(text: str, periods: list[Mention]) -> list[Number]:
    """Every number of a text that is not part of one of its `periods`."""
    written = []
    plain = NOT_COUNTED.sub(lambda m: "·" * len(m[0]), text)
    for p in periods:
        plain = plain[: p.start] + "·" * (p.end - p.start) + plain[p.end :]
    for m in NUMBER.finditer(plain):
        if (m["word"] or "").lower() == "one" and not ONE.match(plain, m.end()):
            continue
        if m["part"] == "quarter" and "verag" in text:  # `522 a quarter on average`
            continue
        value, unit, places = _read(m)
        people = PER_PEOPLE.match(text, m.end()) if unit == COUNT else None
        of_the = "month" in text and text[: m.start()].endswith("of the ")
        ends = of_the and ENDS.match(text, m.end())  # `six of the eight.`
        if people:
            unit = RATE
        elif unit == COUNT and (OF_MONTHS.match(text, m.end()) or ends):
            unit = MONTHS
        per = people["people"].lower().replace(",", "") if people else "0"
        lead = ABOUT.search(plain, max(0, m.start() - 24), m.start())
        sign = {"+": 1, "": 0}.get(m["sign"] or "", -1)
        rest = (places, sign, lead.lastgroup if lead else "", PEOPLE.get(per) or int(per))
        written.append(Number(*m.span(), text[m.start() : m.end()], value, unit, *rest))
    return written


def _read(m: re.Match) -> tuple[float, str, int]:
    """The value, unit and places of a match of `NUMBER`."""
    points, percent = (m[f"d{unit}"] or m[f"w{unit}"] for unit in ("points", "percent"))
    unit = POINTS if points else PERCENT if percent else COUNT
    if m["digits"]:
        decimals = m["decimals"] or ""
        return float(m["digits"].replace(",", "") + decimals), unit, max(0, len(decimals) - 1)
    if m["times"]:
        return next(n for stem, n in TIMES.items() if m["times"].lower().startswith(stem)), RATIO, 1
    if m["many"]:
        return _count(m["many"]), RATIO, 1
    if m["out"]:
        part, whole = re.split(r"\s+(?:in|out\s+of)\s+(?:every\s+)?", m["out"], flags=re.I)
        return _count(part) / _count(whole), RATIO, 2
    if m["part"]:
        lead = re.match(plain(WORD), m[0], re.I)
        return (_count(lead[0]) if lead else 1) / PARTS[m["part"].lower()], RATIO, 2
    return _count(m["word"]), unit, 0


def _count(text: str) -> float:
    """The value of a count in digits or words: `two hundred and six`, `ten and a half`."""
    if text.isdigit():
        return float(text)
    words = text.lower().replace("-", " ").split()
    if words[-3:] == ["and", "a", "half"]:
        return _count(" ".join(words[:-3])) + 0.5
    if words[-1] == "dozen":
        return 12 * (_count(words[0]) if words[0] not in ("a", "dozen") else 1)
    with suppress(ValueError):  # `three three` is no number
        return float(text2num(" ".join(["one", *words[1:]] if words[0] == "a" else words), "en"))
    return float("nan")
