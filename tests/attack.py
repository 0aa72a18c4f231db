"""An attacker who reads published editions and solves for the counts they hide.

`attack(editions)` reads the files of one or more editions and nothing else: downloads, tables on
pages, the board, sentences and alternative text, lines and points of charts, the manifest's
findings. Every figure becomes a `Fact`: a sum of counts, each times something, that lies between
two numbers. `solve` then looks for counts that only one value fits: by elimination with exact
fractions, by narrowing bounds, and by search; a hidden count is whole and from 1 to 4.

Two attacks need more than files. `knowing_the_rule` tries every other set of small counts in the
hidden places and keeps those that would have been published alike. `twins` compares two editions of
the same project whose hidden counts differ: what differs in any byte gives something away, through
whichever channel, named here or not.
"""

import csv
import itertools
import json
import re
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from math import ceil, floor
from pathlib import Path

import pandas as pd
from bs4 import BeautifulSoup, Tag

from saferplymouth.periods import MONTH, Calendar

Cell = tuple[str, str]
BOARD = "board_summary"
SMALL = range(1, 5)
LARGEST = 10**7
PATIENCE = 20_000
STAMPED = "edition.json"
GRID, INK = "#d8dadb", "#0b0c0c"
IN_FULL, WHOLE = (
    Fraction(1, 10**9),
    Fraction(1, 2),
)  # how far a figure may be from what is written, in full or rounded
BLUR = 0.25  # points: what rounding and simplifying may have moved a mark by
MONTHS = list(pd.date_range("2000-01-01", periods=12, freq="MS").month_name())
ABBREVIATED = [month[:3] for month in MONTHS]
FY = r"\d{4}(?:/\d\d)?"
NAMES = "|".join(MONTHS)
SPAN = (
    rf"(?P<first>{NAMES})(?: (?P<opens>\d{{4}}))?(?: to (?P<last>{NAMES}))?(?: (?P<closes>\d{{4}}))"
)
NUMBER = r"(?P<n>\d[\d,]*)(?![\d.%])"
SAID = re.compile(
    rf"(?P<how>rose |fell |(?:rise|fall) of )?(?<![\d,.])(?<!\band ){NUMBER}(?: \([^)]*\))?"
    rf"(?P<than> more| fewer)?[^\d.;]*?\b(?:in|from|than in) {SPAN}"
)
THERE_WERE = re.compile(
    rf"\bIn {SPAN} (?:there were|it was) {NUMBER}(?:, (?P<by>\d[\d,]*) (?P<than>more|fewer))?"
)
AGAINST = re.compile(
    rf"\b(?:in|from) {SPAN}(?:\. The total [^.;]*? from|, compared with|, unchanged from) {NUMBER} "
    "in the same"
)
MOVED = re.compile(rf"\b(?:in|from) {SPAN}\. The total (?P<how>rose|fell) by {NUMBER}")
CHANGED = re.compile(
    rf"(?:\b(?P<way>up|down) |\(){NUMBER}(?: (?P<how>more|fewer)[^)]*\))?[^.;:]*?, {SPAN}"
)
BESIDE = re.compile(rf": {NUMBER}(?:, [^.;:]*? target)?, {SPAN}")
POINT = re.compile(rf"{SPAN}: {NUMBER}")
EXTREME = re.compile(
    rf"(?P<fy>{FY}): (?:lowest )?(?P<a>[\d,]+) in (?P<pa>{NAMES}|quarter \d)"
    rf"(?:, highest (?P<b>[\d,]+) in (?P<pb>{NAMES}|quarter \d))?"
)
PACE = re.compile(
    r"to the end of (?P<at>\w+ \d{4}) was .*? it is (?P<goal>[\d,]+)\. .*?bout (?P<pace>\d[\d,]*) a "
    r"(month|quarter)"
)


class Contradiction(Exception):
    """No counts fit the facts: one of them was misread, or two editions show different counts as
    one.
    """


@dataclass(frozen=True)
class Fact:
    """The sum of `terms` (cell and factor) lies from `low` to `high`; `soft` if read from prose or
    a picture.
    """

    terms: tuple[tuple[Cell, Fraction], ...]
    low: Fraction
    high: Fraction
    where: str
    soft: bool = False


@dataclass(frozen=True)
class Revealed:
    """A count of 1 to 4 that the editions give away, and where they say something of it."""

    indicator: str
    period: str
    value: int
    where: str


@dataclass
class Reading:
    """What one edition says: each cell's `shown` (a count, `[c]` or `[x]`), and the facts."""

    edition: str
    shown: dict[Cell, int | str] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)

    def add(self, terms: Mapping[Cell, float], low, high, where: str, soft: bool = False) -> None:
        """A fact, unless it is about nothing."""
        if terms:
            exact = tuple((cell, Fraction(factor)) for cell, factor in terms.items())
            self.facts.append(
                Fact(exact, Fraction(low), Fraction(high), f"{self.edition} {where}", soft)
            )


def attack(
    editions: Sequence[Path],
    sensitive: Collection[str] | None = None,
    linked: Mapping[str, str] | None = None,
) -> list[Revealed]:
    """Every small count that these edition folders (`outputs/2016-11`) give away together.

    `sensitive` are the indicators to look at, by default those with a hidden figure. `linked`
    names, for a quarterly indicator, the monthly one that counts the same: an attacker would know.
    """
    return crack([read(place) for place in editions], sensitive, linked)


def crack(
    readings: Sequence[Reading],
    sensitive: Collection[str] | None = None,
    linked: Mapping[str, str] | None = None,
    small: range = SMALL,
) -> list[Revealed]:
    """As `attack`, for editions already read, in which the counts of `small` are hidden."""
    hidden = {cell for r in readings for cell, mark in r.shown.items() if mark == "[c]"}
    wanted = {key for key, _ in hidden} if sensitive is None else set(sensitive)
    links = {
        quarterly: monthly
        for quarterly, monthly in (linked or {}).items()
        if wanted & {quarterly, monthly}
    }
    facts, known = _together(readings, links, wanted | links.keys() | set(links.values()))
    found = solve(facts, known, small)
    reasons = defaultdict(list)
    for fact in facts:
        for cell, _ in fact.terms:
            reasons[cell].append(fact.where)
    return [
        Revealed(cell[0], cell[1], value, "; ".join(dict.fromkeys(reasons[cell])))
        for cell, value in sorted(found.items())
        if cell[0] in wanted and value in small
    ]


def _together(
    readings: Sequence[Reading], linked: Mapping[str, str], keys: Collection[str]
) -> tuple[list[Fact], dict[Cell, int | str]]:
    """The facts of all editions about some indicators, and what is known of each count.

    A count that is shown differently in two editions was restated: it is then another count in each
    of them.
    """
    seen: dict[Cell, set] = defaultdict(set)
    for reading in readings:
        for cell, mark in reading.shown.items():
            seen[cell] |= {mark} - {"[x]"}
    facts, known = [], {}
    for reading in readings:

        def own(cell: Cell, edition: str = reading.edition) -> Cell:
            return (cell[0], f"{cell[1]} in {edition}") if len(seen[cell]) > 1 else cell

        for fact in (
            f for f in [*reading.facts, *_links(reading, linked)] if f.terms[0][0][0] in keys
        ):
            terms = tuple((own(cell), factor) for cell, factor in fact.terms)
            facts.append(Fact(terms, fact.low, fact.high, fact.where, fact.soft))
        known |= {
            own(cell): mark
            for cell, mark in reading.shown.items()
            if mark != "[x]" and cell[0] in keys
        }
    return facts, known


def _links(reading: Reading, linked: Mapping[str, str]) -> Iterator[Fact]:
    """Quarters as the sums of their months: `2016/17 Q1` is April to June where the year starts in
    April.
    """
    for quarterly, monthly in linked.items():
        for key, label in [cell for cell in reading.shown if cell[0] == quarterly]:
            year, quarter = int(label[:4]), int(label[-1])
            numbers = [year * 12 + 3 + 3 * (quarter - 1) + n for n in range(3)]
            months = [(monthly, f"{n // 12}-{n % 12 + 1:02d}") for n in numbers]
            terms = (((key, label), Fraction(1)), *((month, Fraction(-1)) for month in months))
            yield Fact(terms, Fraction(0), Fraction(0), f"{label} is three months")


def read(place: Path, starts: int = 4) -> Reading:
    """Everything that the edition in this folder says, `2016-11` being its month; the year starts
    in month `starts`.
    """
    reader = Reader(Reading(place.name), Calendar(starts))
    for path in sorted((place / "data").glob("*.csv"), key=lambda path: path.stem == BOARD):
        with path.open(encoding="utf-8", newline="") as opened:
            rows = csv.DictReader(opened)
            if {"indicator", "measure", "period"} <= set(rows.fieldnames or ()):
                reader.download(path.stem, list(rows))
    for path in sorted(place.glob("*.html")):
        reader.page(path.name, BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser"))
    if (place / STAMPED).is_file():
        for area in (
            json.loads((place / STAMPED).read_text(encoding="utf-8")).get("areas", {}).values()
        ):
            for key, fact in area.get("indicators", {}).items():
                reader.prose(key, json.dumps(fact, ensure_ascii=False), STAMPED)
    return reader.reading


class Reader:
    """Turns what one edition shows into facts; downloads come first, for they say which figures
    there are.
    """

    def __init__(self, reading: Reading, calendar: Calendar):
        self.reading, self.calendar = reading, calendar
        self.targets: dict[Cell, int] = {}
        self.skipped: set[str] = set()

    def download(self, key: str, rows: list[dict]) -> None:
        """A table as CSV: one indicator's, or the board's with every indicator's."""
        for row in rows:
            row["value"], row["half"] = _number(row["value"]) if row["value"] else None, IN_FULL
        if any(row["unit"] == "percent" and re.fullmatch(FY, row["measure"]) for row in rows):
            self.skipped.add(key)
        for indicator, own in itertools.groupby(rows, key=lambda row: row["indicator"]):
            self.rows(indicator, list(own), f"{key}.csv")

    def rows(self, key: str, rows: list[dict], where: str) -> None:
        """Figures with `measure`, `period`, `value` and `shorthand` as downloads have them."""
        if key in self.skipped:
            return
        divided, rows = [r for r in rows if r.get("group")], [r for r in rows if not r.get("group")]
        for row in rows:
            if re.fullmatch(FY, row["measure"]) and row["period"] and ".." not in row["period"]:
                mark = (
                    row["value"]
                    if row["value"] is not None
                    else "[c]"
                    if row["shorthand"] == "[c]"
                    else "[x]"
                )
                self.reading.shown.setdefault((key, row["period"]), mark)
            if (
                row["measure"] in ("Cumulative target", "Target to date")
                and row["value"] is not None
                and row["period"]
            ):
                self.targets[key, row["period"].split("..")[-1]] = row["value"]
        for row in rows:
            if row["value"] is not None and row["period"]:
                self._figure(
                    key, row["measure"], row["period"], row["value"], where, row.get("half", WHOLE)
                )
        self._groups(key, divided, where)

    def _groups(self, key: str, rows: list[dict], where: str) -> None:
        """The groups of a breakdown: each a count of its own, together the count of their
        period.
        """
        whole: dict[tuple[str, str], dict[Cell, int]] = {}
        for row in (r for r in rows if r["group"] != "total"):
            cell = key, f"{row['period']} {row['breakdown']} {row['group']}"
            whole.setdefault((row["period"], row["breakdown"]), {})[cell] = 1
            if row["value"] is not None and row["unit"] == "count":
                self.reading.shown[cell] = row["value"]
            total = self.reading.shown.get((key, row["period"]))
            if row["value"] is not None and row["unit"] == "percent" and isinstance(total, int):
                half = row.get("half", WHOLE)
                ends = (Fraction(row["value"] + end, 100) * total for end in (-half, half))
                self.reading.add({cell: 1}, *ends, f"{where}: share of {cell[1]}")
        for (period, breakdown), cells in whole.items():
            self.reading.add(
                {**cells, (key, period): -1}, 0, 0, f"{where}: {period} by {breakdown}"
            )

    def _figure(
        self, key: str, measure: str, text: str, value: Fraction, where: str, half: Fraction
    ) -> None:
        """What one figure of a table says of the counts behind it; a level or a pace of a target
        says nothing.
        """
        where = f"{where}: {measure} {text}"
        covered = self._covered(key, text)
        so_far = _so_far(self.calendar, self._period(key, text.split("..")[-1]))
        if re.fullmatch(FY, measure) or measure in ("Latest", "Year to date", "This quarter"):
            self.total(key, covered, value, where)
        elif measure in ("Same months last year", "A year before"):
            self.total(key, [self._before(p) for p in covered], value, where)
        elif measure == "Change":
            self.change(key, covered, value, where)
        elif measure == "Change, %":
            self._percent(key, covered, value, where, half)
        elif measure.startswith("Cumulative ") and measure != "Cumulative target":
            self.total(key, so_far, value, where)
        elif measure == "Distance to target" and all(self._there(key, p) for p in so_far):
            level = self.targets.get((key, text.split("..")[-1]))
            if level is not None:
                self.total(key, so_far, level + value, where)

    def total(
        self,
        key: str,
        covered: Sequence[pd.Period],
        value: float,
        where: str,
        blur: float = 0,
        soft=False,
    ):
        """The counts of `covered` add up to `value`, give or take `blur`."""
        terms = {self._cell(key, p): 1 for p in covered}
        self.reading.add(
            terms, Fraction(value) - Fraction(blur), Fraction(value) + Fraction(blur), where, soft
        )

    def change(
        self, key: str, covered: Sequence[pd.Period], value: int, where: str, soft: bool = False
    ) -> None:
        """The counts of `covered` less those of a year before are `value`."""
        self.reading.add(self._against(key, covered, Fraction(1)), value, value, where, soft)

    def _percent(
        self, key: str, covered: Sequence[pd.Period], value: Fraction, where: str, half: Fraction
    ) -> None:
        """A percentage change, as near as `half`: this year lies between two multiples of last
        year.
        """
        least, most = (1 + (value + end) / 100 for end in (-half, half))
        self.reading.add(self._against(key, covered, least), 0, LARGEST**2, where)
        self.reading.add(self._against(key, covered, most), -(LARGEST**2), 0, where)

    def _against(
        self, key: str, covered: Sequence[pd.Period], times: Fraction
    ) -> dict[Cell, Fraction]:
        this = {self._cell(key, p): Fraction(1) for p in covered}
        return this | {self._cell(key, self._before(p)): -times for p in covered}

    def _cell(self, key: str, period: pd.Period) -> Cell:
        return key, _label(self.calendar, period)

    def _before(self, period: pd.Period) -> pd.Period:
        return period - (12 if period.freqstr == "M" else 4)

    def _after(self, period: pd.Period) -> pd.Period:
        return period + (12 if period.freqstr == "M" else 4)

    def _period(self, key: str, text: str) -> pd.Period:
        """A period as labels write it, or the quarter that ends with a month where the indicator
        has quarters.
        """
        return _period(self.calendar, text, self._quarterly(key))

    def _quarterly(self, key: str) -> bool:
        return any(cell[0] == key and " Q" in cell[1] for cell in self.reading.shown)

    def _covered(self, key: str, text: str) -> list[pd.Period]:
        """The period, or those of a year to date with a figure in both years, shown or hidden (else
        in its own).
        """
        first, last = (
            self._period(key, end) for end in (text.split("..")[0], text.split("..")[-1])
        )
        if first == last and ".." not in text:
            return [first]
        every = list(pd.period_range(first, last, freq=first.freq))
        month = pd.Period(self.reading.edition, "M")
        other = (
            self._before if self.calendar.year(first) == self.calendar.year(month) else self._after
        )
        there = [p for p in every if self._there(key, p)]
        return [p for p in there if self._there(key, other(p))] or there

    def _there(self, key: str, period: pd.Period) -> bool:
        return self.reading.shown.get(self._cell(key, period), "[x]") != "[x]"

    def page(self, name: str, soup: BeautifulSoup) -> None:
        """Everything on a page, each thing under the heading of its indicator."""
        keys = {key.replace("_", "-"): key for key, _ in self.reading.shown}
        current = ""
        for tag in (soup.find("main") or soup).find_all(
            ["h2", "p", "li", "blockquote", "table", "svg"]
        ):
            if tag.name == "h2":
                current = keys.get(tag.get("id"), "")
            link = tag.find("a", href=True) if tag.name == "li" else None
            key = keys.get(link["href"].split("#")[-1], "") if link else current
            if tag.name == "table" and (
                tag.find(class_="spark") or tag.find_parent(class_="board")
            ):
                for row in tag.select("tbody tr:has(a)"):
                    self._board_row(keys.get(row.find("a")["href"].split("#")[-1], ""), row, name)
            elif key and tag.name == "table":
                self.rows(key, list(self._table(tag)), name)
            elif key and tag.name == "svg":
                rolling = "twelve months to" in str(tag.find_previous("figcaption"))
                self.points(key, tag, name, rolling)
                self.chart(key, str(tag), name, rolling)
                self.prose(key, tag.parent.get("aria-label", ""), name)
            elif key:
                words = tag.get_text(" ", strip=True)
                self.prose(key, re.sub(" , (From|In) ", lambda m: m[0][2:].lower(), words), name)

    def _table(self, table: Tag) -> Iterator[dict]:
        """A page's table as the rows of its download."""
        heads = [th.get_text(" ", strip=True) for th in table.select("thead th")][1:]
        main = max((h for h in heads if re.fullmatch(FY, h)), default="")
        for row in table.select("tbody tr, tfoot tr") if main else ():
            heading = row.find("th").get_text(" ", strip=True)
            for measure, cell in zip(heads, row.find_all("td"), strict=True):
                year = re.search(FY, measure)
                whole = re.search(SPAN, heading) if heading.startswith("Year to date") else None
                years = int(year[0][:4]) - int(main[:4]) if year else 0
                period = (
                    self._span(whole, years)
                    if whole
                    else self._label(heading, year[0] if year else main)
                )
                yield {
                    "measure": measure,
                    "period": period,
                    **_shown(cell.get_text(" ", strip=True)),
                }

    def _label(self, words: str, year: str) -> str:
        """The label of `April`, `Apr`, `Q2 (July to September)` or `quarter 2` in a financial
        year.
        """
        if quarter := re.match(r"(?:Q|quarter )(\d)", words):
            return f"{year} Q{quarter[1]}"
        number = next((n for n, month in enumerate(MONTHS, 1) if month.startswith(words[:3])), 0)
        return f"{int(year[:4]) + (number < self.calendar.start)}-{number:02d}" if number else ""

    def _span(self, found: re.Match, years: int = 0) -> str:
        """The label of a period in words, `April to November 2016`, moved by whole years."""
        closes = int(found["closes"]) + years
        last, first = (
            MONTHS.index(found["last"] or found["first"]) + 1,
            MONTHS.index(found["first"]) + 1,
        )
        opens = int(found["opens"]) + years if found["opens"] else closes
        if not found["last"]:
            return f"{closes}-{last:02d}"
        return f"{opens}-{first:02d}..{closes}-{last:02d}"

    def _board_row(self, key: str, row: Tag, name: str) -> None:
        """One row of the board: its small line; its figures are those of the board's download, read
        already.
        """
        for image in row.select("svg.spark") if key and key not in self.skipped else ():
            self.sparkline(key, str(image), name)
            image.extract()
        for cell in row.find_all("td"):
            self.prose(key, cell.get_text(" ", strip=True), name)

    def prose(self, key: str, text: str, where: str) -> None:
        """Figures in sentences, as `findings` and `charts` write them; soft, for prose can be
        misread.
        """
        if not key or key in self.skipped:
            return
        for found in [p for r in (SAID, MOVED, CHANGED, BESIDE) for p in r.finditer(text)]:
            covered, value = self._covered(key, self._span(found)), _whole(found["n"])
            groups = found.groupdict()
            how = groups.get("way") or (groups.get("how") or "").strip()
            if groups.get("than"):
                continue
            if how:
                down = how.startswith(("f", "d"))
                self.change(
                    key, covered, -value if down else value, f"{where}: “{found[0]}”", soft=True
                )
            else:
                self.total(key, covered, value, f"{where}: “{found[0]}”", soft=True)
        for found in THERE_WERE.finditer(text):
            covered = self._covered(key, self._span(found))
            self.total(key, covered, _whole(found["n"]), f"{where}: “{found[0]}”", soft=True)
            if found["by"]:
                value = _whole(found["by"]) * (1 if found["than"] == "more" else -1)
                self.change(key, covered, value, f"{where}: “{found[0]}”", soft=True)
        for found in AGAINST.finditer(text):
            before = [self._before(p) for p in self._covered(key, self._span(found))]
            self.total(key, before, _whole(found["n"]), f"{where}: “{found[0]}”", soft=True)
        self._described(key, text, where)

    def _described(self, key: str, text: str, where: str) -> None:
        """What alternative text says of a line's extremes, and a sentence of the pace that is
        needed.
        """
        for found in EXTREME.finditer(text):
            for value, words in (("a", "pa"), ("b", "pb")):
                if found[value]:
                    at = self._period(key, self._label(found[words], found["fy"]))
                    self.total(key, [at], _whole(found[value]), f"{where}: “{found[0]}”", soft=True)
        for found in PACE.finditer(text):
            month, year = found["at"].split()
            ends = self._period(key, f"{year}-{MONTHS.index(month) + 1:02d}")
            left = (4 if self._quarterly(key) else 12) - len(_so_far(self.calendar, ends))
            actual = _whole(found["goal"]) - left * _whole(found["pace"])
            self.total(
                key,
                _so_far(self.calendar, ends),
                actual,
                f"{where}: “{found[0]}”",
                left * WHOLE,
                soft=True,
            )

    def points(self, key: str, drawn: Tag, where: str, rolling: bool) -> None:
        """What those read who point at a place on the scale of a chart."""
        said = " ".join(title.get_text() for title in drawn.find_all("title"))
        for found in POINT.finditer(said) if key not in self.skipped else ():
            [period] = self._covered(key, self._span(found))
            covered = [period - back for back in range(12 if rolling else 1)]
            self.total(key, covered, _whole(found["n"]), f"{where}: “{found[0]}”", soft=True)

    def chart(self, key: str, drawn: str, where: str, rolling: bool = False) -> None:
        """The lines and points of a chart of years, of all months against limits, or of the months
        of a `rolling` year together, measured against its scales.
        """
        if not drawn or key in self.skipped:
            return
        picture = Picture(drawn)
        scale, foot = picture.scale(), picture.foot()
        if scale is None or foot is None:
            return
        blur, opening = abs(scale[1]) * BLUR, re.fullmatch(r"(\w{3}) (\d\d)", foot[0])
        for year, colour in ({"": None} if opening else picture.series()).items():
            for place, y in picture.marks(colour, *foot[1:]):
                if opening:
                    period = (
                        pd.Period(f"20{opening[2]}-{ABBREVIATED.index(opening[1]) + 1:02d}", "M")
                        + place
                    )
                else:
                    period = self._period(key, self._label(*self._nth(key, place, year)))
                kind = "rolling chart" if rolling else "chart"
                self.total(
                    key,
                    [period - back for back in range(12 if rolling else 1)],
                    scale[0] + scale[1] * y,
                    f"{where}: {kind}, {period}",
                    blur,
                    soft=True,
                )

    def _nth(self, key: str, place: int, year: str) -> tuple[str, str]:
        quarterly = self._quarterly(key)
        return (
            f"Q{place + 1}" if quarterly else MONTHS[(self.calendar.start - 1 + place) % 12]
        ), year

    def sparkline(self, key: str, drawn: str, where: str) -> None:
        """A line without a scale: two months shown elsewhere give the scale, and the scale the
        other months.
        """
        picture, size = Picture(drawn), 12 if self._quarterly(key) else 36
        ends, step = self._period(key, self.reading.edition), 0.96 * picture.width / (size + 1)
        marks = {
            ends - (size - 1 - n): y
            for n, y in picture.marks(None, 0.02 * picture.width + step, step)
        }
        known = {p: self.reading.shown.get(self._cell(key, p)) for p in marks}
        known = {p: value for p, value in known.items() if isinstance(value, int)}
        if len(set(known.values())) < 2:
            return
        low, high = min(known, key=known.get), max(known, key=known.get)
        slope = (known[high] - known[low]) / (marks[high] - marks[low])
        for period, y in marks.items():
            value, far = (
                known[low] + slope * (y - marks[low]),
                abs((y - marks[low]) / (marks[high] - marks[low])),
            )
            self.total(
                key,
                [period],
                value,
                f"{where}: sparkline, {period}",
                abs(slope) * BLUR * (1 + far),
                soft=True,
            )


@cache
def _label(calendar: Calendar, period: pd.Period) -> str:
    return calendar.label(period)


@cache
def _period(calendar: Calendar, text: str, quarterly: bool) -> pd.Period:
    period = calendar.parse(text, "month" if MONTH.fullmatch(text) else "quarter")
    return calendar.of(period, "quarter") if quarterly and period.freqstr == "M" else period


@cache
def _so_far(calendar: Calendar, ends: pd.Period) -> list[pd.Period]:
    """The periods of a financial year up to this one."""
    frequency = "month" if ends.freqstr == "M" else "quarter"
    return [p for p in calendar.periods(calendar.year(ends), frequency) if p <= ends]


class Picture:
    """A chart that matplotlib drew as SVG: its texts, its scales, and where things stand in each
    colour.
    """

    def __init__(self, drawn: str):
        self.root = ET.fromstring(drawn)
        self.width = float(self.root.get("viewbox").split()[2])
        self.parents = {child: parent for parent in self.root.iter() for child in parent}
        self.lines = [
            (_corners(part), self.style(path))
            for path in self.root.iter()
            if path.tag.endswith("path")
            for part in path.get("d", "").split("M")[1:]
        ]
        self.grid = [line[0] for line, style in self.lines if style.get("stroke") == GRID]

    def style(self, element: ET.Element) -> dict[str, str]:
        """The looks of an element, its own and those of the groups it is in."""
        above = self.parents.get(element)
        return ({} if above is None else self.style(above)) | element.attrib

    def texts(self, anchor: str) -> list[tuple[str, float, float, str]]:
        """Words, x, y and colour of the texts that are anchored so."""
        found = [(t, self.style(t)) for t in self.root.iter() if t.tag.endswith("text")]
        return [
            (t.text or "", float(t.get("x", 0)), float(t.get("y", 0)), style.get("fill", ""))
            for t, style in found
            if style.get("text-anchor", "start") == anchor
        ]

    def scale(self) -> tuple[float, float] | None:
        """`a` and `b` of value = a + b·y, from the numbers at the left and the lines of the grid:
        the two that suit the others best, for some may have been rounded.
        """
        ticks = [
            (_whole(words), y)
            for words, _, y, _ in self.texts("end")
            if re.fullmatch(r"[\d,]+", words)
        ]
        if len(ticks) < 2 or not self.grid:
            return None
        known = [
            (value, min((line for _, line in self.grid), key=lambda line: abs(line - y)))
            for value, y in ticks
        ]
        slopes = (
            ((b - a) / (y - x), a, x)
            for (a, x), (b, y) in itertools.combinations(known, 2)
            if x != y
        )
        lines = [(a - slope * x, slope) for slope, a, x in slopes]
        return min(
            lines,
            key=lambda line: sum(abs(line[0] + line[1] * y - value) for value, y in known),
            default=None,
        )

    def foot(self) -> tuple[str, float, float] | None:
        """The first period named at the foot, where it stands, and the step from one period to the
        next.
        """
        pattern = r"Q\d|(?:[A-Z][a-z]{2})(?: \d\d)?"
        found = [
            (words, x) for words, x, _, _ in self.texts("middle") if re.fullmatch(pattern, words)
        ]
        if len(found) < 2:
            return None
        order, size = (
            (["Q1", "Q2", "Q3", "Q4"], 2) if found[0][0].startswith("Q") else (ABBREVIATED, 3)
        )
        apart = (order.index(found[1][0][:size]) - order.index(found[0][0][:size])) % len(
            order
        ) or len(order)
        if " " in found[0][0]:  # whole years, too, may lie between two names
            years = int(found[1][0][-2:]) - int(found[0][0][-2:])
            apart = (
                12 * years + ABBREVIATED.index(found[1][0][:3]) - ABBREVIATED.index(found[0][0][:3])
            )
        return found[0][0], found[0][1], (found[1][1] - found[0][1]) / apart

    def series(self) -> dict[str, str]:
        """The colour of each financial year's line, from the label at its end."""
        return {
            words: colour for words, _, _, colour in self.texts("start") if re.fullmatch(FY, words)
        }

    def marks(self, colour: str | None, first: float, step: float) -> Iterator[tuple[int, float]]:
        """The place (0 at `first`) and height of points and lines of a colour, and of what lines
        lead straight through.

        Without a colour, the lines are those that rise or fall, but for averages and limits that
        follow the season: a level one is an average, a limit or an axis.
        """
        edge = min((x for x, _ in self.grid), default=None)
        for e in self.root.iter():
            if e.tag.endswith("circle") and colour in (None, self.style(e).get("fill")):
                yield round((float(e.get("cx")) - first) / step), float(e.get("cy"))
        for line, style in self.lines:
            level = len({y for _, y in line}) == 1
            wanted = (
                style.get("stroke") == colour
                if colour
                else not level and style.get("stroke") not in (GRID, INK)
            )
            if wanted and line[0][0] != edge:
                yield from _through([((x - first) / step, y) for x, y in line])


def _through(corners: list[tuple[float, float]]) -> Iterator[tuple[int, float]]:
    """A line's corners, and the places between two of them, which drawing left out as they lie
    straight between.
    """
    for (here, y), (there, z) in itertools.pairwise([*corners, corners[-1]]):
        yield round(here), y
        for place in range(round(here) + 1, round(there)):
            yield place, y + (z - y) * (place - here) / (there - here)


def _corners(path: str) -> list[tuple[float, float]]:
    """The points of a line, each written as the move from the one before where the letter is a
    small one.
    """
    numbers = [float(n) for n in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", path)]
    both = numbers[::2], numbers[1::2]
    across, down = map(itertools.accumulate, both) if "l" in path else both
    return [(round(x, 1), round(y, 1)) for x, y in zip(across, down, strict=False)]


def _whole(text: str) -> int:
    return int(text.replace(",", ""))


def _number(text: str) -> int | Fraction:
    number = Fraction(text.replace(",", ""))
    return int(number) if number.denominator == 1 else number


def _shown(text: str) -> dict:
    """A cell of a page as its download has it, but rounded."""
    figure = re.match(r"([+−-]?)([\d,]+(?:\.(\d+))?)(%?)", text)
    shorthand = re.search(r"\[\w\]", text)
    value = (
        None
        if not figure
        else _number(figure[2]) * (-1 if figure[1] in ("−", "-") and figure[1] else 1)
    )
    half = WHOLE / 10 ** len(figure[3] or "") if figure else WHOLE
    return {"value": value, "half": half, "shorthand": shorthand[0] if shorthand else ""}


def solve(
    facts: Iterable[Fact], known: Mapping[Cell, int | str], small: range = SMALL
) -> dict[Cell, int]:
    """The cells that only one value fits, where `known` has each cell's count or `[c]`.

    A soft fact that contradicts the rest is left out as misread; raises `Contradiction` for any
    other.
    """
    facts = list(dict.fromkeys(facts))
    bounds = {cell: (0, LARGEST) for fact in facts for cell, _ in fact.terms}
    bounds |= {
        cell: (small[0], small[-1]) if mark == "[c]" else (mark, mark)
        for cell, mark in known.items()
    }
    firm: list[Fact] = []
    for fact in sorted((_reduced(f, bounds) for f in facts), key=lambda f: f.soft):
        try:
            bounds = narrow([*firm, fact], bounds, [fact])
            firm += [fact] if fact.terms else []
        except Contradiction:
            if not fact.soft:
                raise
    reduced = [r for r in (_reduced(fact, bounds) for fact in firm) if r.terms]
    bounds = narrow([*reduced, *eliminated(reduced)], bounds)
    pinned = {cell: low for cell, (low, high) in bounds.items() if low == high}
    return pinned | searched(reduced, bounds, small)


def _reduced(fact: Fact, bounds: Mapping[Cell, tuple[int, int]]) -> Fact:
    """The fact with what is known put in."""
    known = sum(
        factor * bounds[cell][0]
        for cell, factor in fact.terms
        if bounds[cell][0] == bounds[cell][1]
    )
    left = tuple((cell, factor) for cell, factor in fact.terms if bounds[cell][0] < bounds[cell][1])
    return Fact(left, fact.low - known, fact.high - known, fact.where, fact.soft)


def eliminated(facts: Iterable[Fact]) -> list[Fact]:
    """What the equations among `facts` say when solved for one cell after another (Gauss–Jordan,
    exact fractions).
    """
    rows = [(dict(f.terms), f.low) for f in facts if f.low == f.high]
    done: list[tuple[dict, Fraction]] = []
    while rows:
        terms, value = rows.pop()
        terms = {cell: factor for cell, factor in terms.items() if factor}
        if not terms:
            if value:
                raise Contradiction("two figures disagree")
            continue
        pivot = min(terms)
        factor = terms[pivot]
        row = ({cell: f / factor for cell, f in terms.items()}, value / factor)
        rows = [_less(other, row, pivot) for other in rows]
        done = [_less(other, row, pivot) for other in done] + [row]
    return [Fact(tuple(terms.items()), value, value, "elimination") for terms, value in done]


def _less(
    one: tuple[dict, Fraction], row: tuple[dict, Fraction], pivot: Cell
) -> tuple[dict, Fraction]:
    times = one[0].get(pivot)
    if not times:
        return one
    cells = one[0].keys() | row[0].keys()
    terms = {cell: one[0].get(cell, 0) - times * row[0].get(cell, 0) for cell in cells}
    return {cell: factor for cell, factor in terms.items() if factor}, one[1] - times * row[1]


def narrow(
    facts: Iterable[Fact],
    bounds: Mapping[Cell, tuple[int, int]],
    news: Iterable[Fact] | None = None,
) -> dict[Cell, tuple[int, int]]:
    """The bounds that follow from `facts`, whole numbers only, until nothing more does; raises
    `Contradiction`.

    Where only `news` among the facts are new, it starts from these.
    """
    bounds, facts = dict(bounds), list(facts)
    waiting = facts if news is None else list(news)
    by_cell = defaultdict(list)
    for fact in facts:
        for cell, _ in fact.terms:
            by_cell[cell].append(fact)
    queue = dict.fromkeys(waiting)
    for _ in range(PATIENCE):
        if not queue:
            break
        fact = queue.popitem()[0]
        for cell, now in _implied(fact, bounds):
            if now[0] > now[1]:
                raise Contradiction(f"nothing fits {cell}: {fact.where}")
            if now != bounds[cell]:
                bounds[cell] = now
                queue |= dict.fromkeys(by_cell[cell])
    return bounds


def _implied(
    fact: Fact, bounds: Mapping[Cell, tuple[int, int]]
) -> Iterator[tuple[Cell, tuple[int, int]]]:
    spans = [
        sorted((factor * bounds[cell][0], factor * bounds[cell][1])) for cell, factor in fact.terms
    ]
    least, most = sum(s[0] for s in spans), sum(s[1] for s in spans)
    if least > fact.high or most < fact.low:
        raise Contradiction(f"nothing fits {fact.where}")
    for (cell, factor), (low, high) in zip(fact.terms, spans, strict=True):
        ends = sorted(((fact.low - (most - high)) / factor, (fact.high - (least - low)) / factor))
        yield cell, (max(bounds[cell][0], ceil(ends[0])), min(bounds[cell][1], floor(ends[1])))


def searched(
    facts: list[Fact], bounds: Mapping[Cell, tuple[int, int]], small: range = SMALL
) -> dict[Cell, int]:
    """The cells with few values left for which a search finds only one that fits all of `facts`."""
    found = {}
    for cell in sorted({cell for fact in facts for cell, _ in fact.terms}):
        low, high = bounds[cell]
        if low < high <= small[-1]:
            fits = [
                v
                for v in range(low, high + 1)
                if _fits(facts, {**bounds, cell: (v, v)}, [PATIENCE // 100])
            ]
            found |= {cell: fits[0]} if len(fits) == 1 else {}
    return found


def _fits(facts: list[Fact], bounds: Mapping[Cell, tuple[int, int]], patience: list[int]) -> bool:
    """Whether some whole numbers within `bounds` fit; when patience ends it says so, and nothing is
    claimed.
    """
    patience[0] -= 1
    try:
        bounds = narrow(facts, bounds)
    except Contradiction:
        return False
    undecided = [c for fact in facts for c, _ in fact.terms if bounds[c][0] < bounds[c][1]]
    if not undecided or patience[0] < 0:
        return True
    cell = min(undecided, key=lambda c: bounds[c][1] - bounds[c][0])
    low, high = bounds[cell]
    half = (low + high) // 2
    return _fits(facts, {**bounds, cell: (low, half)}, patience) or _fits(
        facts, {**bounds, cell: (half + 1, high)}, patience
    )


def knowing_the_rule(
    publish: Callable[[tuple[int, ...]], object],
    counts: Sequence[int],
    small: Sequence[int] = SMALL,
) -> dict[int, int]:
    """Places of hidden counts that an attacker solves who knows how suppression decides.

    `publish` gives everything that is published for these counts, comparable with `==`. Every other
    set of small counts in the hidden places is tried; a place is solved when all that look the same
    have one value there.
    """
    seen, places = publish(tuple(counts)), [n for n, count in enumerate(counts) if count in small]
    alike = []
    for values in itertools.product(small, repeat=len(places)):
        tried = list(counts)
        for place, value in zip(places, values, strict=True):
            tried[place] = value
        if publish(tuple(tried)) == seen:
            alike.append(values)
    return {
        place: alike[0][n]
        for n, place in enumerate(places)
        if len({values[n] for values in alike}) == 1
    }


def twins(one: Path, other: Path) -> list[str]:
    """The files in which two editions differ, the manifest's build stamp apart: those that hold
    what only differs.

    Build the same project twice with other counts of 1 to 4 in the hidden places; whatever differs
    gives them away.
    """
    import json

    def content(path: Path) -> object:
        if path.name != STAMPED:
            return path.read_bytes() if path.is_file() else None
        made = json.loads(path.read_text(encoding="utf-8"))
        return {key: value for key, value in made.items() if key != "build"}

    names = {
        p.relative_to(place).as_posix()
        for place in (one, other)
        for p in place.rglob("*")
        if p.is_file()
    }
    return sorted(name for name in names if content(one / name) != content(other / name))
