"""Numbers written in a text, in digits and in words; dates, names and ages are none of them."""

import re
from dataclasses import dataclass

from saferplymouth.comments.figures import MONTHS, POINTS, RATIO
from saferplymouth.comments.mentions import MONTH, Mention
from saferplymouth.comments.vocabulary import COUNTS, plain
from saferplymouth.framework import COUNT, PERCENT, RATE
from saferplymouth.statistics.intervals import round_half_away

WORD = (
    f"({'|'.join(COUNTS)}|zero|(thir|four|fif|six|seven|eigh|nine)teen"
    r"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)\b"
)
PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "tenth": 10}
TIMES = {"doubl": 2, "twice": 2, "trebl": 3, "tripl": 3, "thrice": 3, "halv": 0.5}
NUMBER = re.compile(
    plain(
        r"(?i)(?<![\w.,/£$€])("
        r"(?P<some>\b(\d+|{word})) (in|out of) (every )?(?P<whole>\d+|{word})\b"
        r"|(?P<sign>[+−–-](?=\d))?(?P<digits>\d{1,3}(,\d{3})+|\d+)(?P<places>\.\d+)?(?![\d/]|,\d)"
        r"|\b((?!two quarters)(?P<parts>an?|{word})[ -](?={parts})|(?=half))"
        r"(?P<part>{parts})s?\b(?!-| (consecutive|successive|year|term|quarter|month|time|day"
        r"|of the (financial )?year|point))"
        r"|\b(?P<times>(doubl|trebl|tripl|halv)(e[ds]?|ing)|twice|thrice)\b"
        r"|\b(?P<many>{word}(?= times\b(?! (in|this|since|so|out|during)\b)))"
        r"|\b(?P<word>((a |{word}[ -])?(hundred|thousand|dozen)\b(( and | |-)({word}|hundred\b))*"
        r"|{word}([ -]({word}|(hundred|thousand)\b( and)?))*)( and a half\b)?))"
        r"(\s?((?P<points>(percentage |%\s?|per\s?cent(age)? )?points?\b|ppt?s?\b)"
        r"|(?P<percent>%|per\s?cent\b|pc\b|pct\b)))?"
    )
    .replace("{word}", plain(WORD))
    .replace("{parts}", "|".join(PARTS))
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
OF_MONTHS = re.compile(
    plain(
        r"(?i) (of (the |those )?(last |past )?(_ )?(months|quarters|of them)|in a row"
        r"|times (in|this|since|so|out|during)\b|(consecutive|successive|straight) "
        r"|(further|more|odd)?\s*(months?|quarters?)\b)"
    )
)
PEOPLE = {"ten thousand": 10_000, "hundred thousand": 100_000, "thousand": 1000}


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
    left = NOT_COUNTED.sub(lambda m: "·" * len(m[0]), text)
    for p in periods:
        left = left[: p.start] + "·" * (p.end - p.start) + left[p.end :]
    for m in NUMBER.finditer(left):
        one = (m["word"] or "").lower() == "one" and not m["percent"] and not m["points"]
        if one and not ONE.match(left, m.end()):
            continue
        if m["part"] == "quarter" and "verag" in text:  # `522 a quarter on average`
            continue
        of_the = "month" in text and text[: m.start()].endswith("of the ")  # `six of the eight.`
        ends = of_the and re.match(r"\s*(?:[.,;)]|$)", text[m.end() :])
        people = PER_PEOPLE.match(text, m.end())
        value, unit, places = _value(m)
        per = 0
        if unit == COUNT and people:
            many = people["people"].lower().replace(",", "")
            unit, per = RATE, PEOPLE.get(many) or int(many)
        elif unit == COUNT and (OF_MONTHS.match(text, m.end()) or ends):
            unit = MONTHS
        lead = ABOUT.search(left, max(0, m.start() - 24), m.start())
        sign = {"+": 1, "": 0}.get(m["sign"] or "", -1)
        about = lead.lastgroup if lead else ""
        written.append(Number(*m.span(), m[0], value, unit, places, sign, about, per))
    return written


def _value(m: re.Match) -> tuple[float, str, int]:
    """The value, unit and places of a match of `NUMBER`."""
    if m["some"]:
        return _count(m["some"]) / _count(m["whole"]), RATIO, 2
    if m["times"]:
        return next(n for stem, n in TIMES.items() if m["times"].lower().startswith(stem)), RATIO, 1
    if m["many"]:
        return _count(m["many"]), RATIO, 1
    if m["part"]:
        parts = m["parts"] or "a"
        return (
            (1 if parts.lower() in ("a", "an") else _count(parts)) / PARTS[m["part"].lower()],
            RATIO,
            2,
        )
    unit = POINTS if m["points"] else PERCENT if m["percent"] else COUNT
    if m["word"]:
        return _count(m["word"]), unit, 0
    places = m["places"] or ""
    return float(m["digits"].replace(",", "") + places), unit, max(0, len(places) - 1)


def _count(text: str) -> float:
    """The value of a count in digits or words: `two hundred and six`, `ten and a half`."""
    from text_to_num import text2num

    if text.isdigit():
        return float(text)
    words = text.lower().replace("-", " ").removesuffix(" and a half")
    half = 0.5 if text.lower().endswith(" and a half") else 0
    if words.endswith("dozen"):
        return 12 * (_count(words[:-6]) if words[:-6] not in ("", "a") else 1)
    try:
        return text2num(re.sub("^a ", "one ", words), "en") + half
    except ValueError:  # `three three` is no number
        return float("nan")
