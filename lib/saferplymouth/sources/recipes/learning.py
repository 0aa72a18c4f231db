"""Drafts a recipe for a file that none fits: what is found is written down, what is not sure is
said in a comment beside it.

Alternatives are tried out: of the sources that a period, an indicator or a place could have, those
are kept with which most figures are read.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from saferplymouth.framework import COUNT, PERCENT, POUNDS, RATE, Framework
from saferplymouth.sources.cells import reading, written
from saferplymouth.sources.recipes.amounts import SHARE
from saferplymouth.sources.recipes.blocks import HEADING
from saferplymouth.sources.recipes.drafting import DraftTable, listed, text_of
from saferplymouth.sources.recipes.figures import Taken
from saferplymouth.sources.recipes.guesses import (
    TOTALS,
    Names,
    Place,
    groups,
    indicators,
    number_columns,
    periods,
    places,
)
from saferplymouth.sources.recipes.labels import plain
from saferplymouth.sources.recipes.nearest import SURE, nearest, score
from saferplymouth.sources.recipes.outlines import Outline, cases, outlines
from saferplymouth.sources.recipes.recipe import ROWS, Recipe, as_texts, table_of
from saferplymouth.sources.recipes.table_texts import TableTexts, sampled
from saferplymouth.sources.recipes.taking import FIXED, PER, take
from saferplymouth.sources.recipes.when import When
from saferplymouth.sources.sheets import Sheet

PART_TOTAL = re.compile(r".*sub-?total.*|.*to date.*")
FROM_AGE = re.compile(r"\b([0-9]{1,2})(?:\+| and over| or over| plus)")
LETTERS = {"c": "hidden", "x": "missing", "z": "missing", "k": "hidden"}  # of official statistics
NOTED = re.compile(r"[0-9.,]+ ?\(?([a-z])\)?")
HIDDEN = re.compile(r"(?i)suppress|disclos|confidential|small number")
ACTUAL = "actual"  # beside a target
THOUSANDS = re.compile(r"000|thousand|£ ?k\b")
ADDS = (COUNT, POUNDS)


@dataclass
class Draft(DraftTable):
    """A drafted table and what is read with it; `own` says that it is of the partnership's area."""

    outline: Outline | None = None
    sheets: list[Sheet] = field(default_factory=list)
    own: bool = False
    taken: Taken = field(default_factory=Taken)

    @property
    def worth(self) -> tuple[int, int]:
        """How much is read, less what goes wrong: more is better. A figure that only waits for an
        answer is as good as read.
        """
        figures = [figure for figure in self.taken.figures if figure.value is not None]
        asked = [p for p in self.taken.problems if SHARE in p.mistake]
        return len(figures) + 2 * len(asked) - len(self.taken.problems), -len(self.entry)

    @property
    def rank(self) -> tuple[bool, bool, tuple[int, int]]:
        """Of several tables with the same figures, one of months comes before one of weeks, and one
        of the partnership's area before others.
        """
        named = self.own or "place" in self.entry
        stated = "weeks" not in self.entry.get("periods", {})
        return bool(self.taken.figures) and stated, named, self.worth


def learn(sheets: list[Sheet], file: str, framework: Framework) -> str:
    """A recipe's text for a file with these sheets."""
    visible = [sampled(sheet, framework) for sheet in sheets if sheet.visible]
    drafts = [d for sheet in visible if (d := _cases(sheet, file, framework))]
    drafts = drafts or [_best(tables, file, framework) for tables in _tables(visible, framework)]
    kept: list[Draft] = []
    had: set[tuple] = set()
    for draft in sorted(filter(None, drafts), key=lambda d: d.rank, reverse=True):
        own = {(f.indicator, f.period, f.breakdown, f.group) for f in draft.taken.figures}
        if (own and not own & had) or not kept:
            kept.append(draft)
            had |= own
    for draft in kept:
        if len(visible) > 1 and len(draft.sheets) < 2:
            draft.entry = {"sheet": draft.outline.sheet.name} | draft.entry
    tables = [draft for draft in drafts if draft in kept] or _bare(visible, file, framework)
    return text_of(file, tables, _signs(kept))


def _tables(sheets: list[Sheet], framework: Framework) -> list[list[Outline]]:
    """The tables of the sheets; those with the same headings are one, on one sheet or on sheets
    that are named after periods or places.
    """
    area, named = plain(framework.partnership.area), [plain(sheet.name) for sheet in sheets]
    dated = [bool(framework.calendar.kinds(name)) for name in named]
    alike = len(sheets) > 1 and (area in named or sum(dated) > len(sheets) / 2)
    found: dict[tuple, list[Outline]] = {}
    for sheet in sheets:
        for outline in outlines(sheet, framework.calendar):
            name = "" if alike else sheet.name
            found.setdefault((name, *outline.labels), []).append(outline)
    return [*found.values()]


def _best(tables: list[Outline], file: str, framework: Framework) -> Draft | None:
    """The draft of a table with which most is read."""
    texts = TableTexts(tables, file, framework)
    tried: list[Draft | None] = []
    for period, frequencies, settings in periods(texts) if texts.blocks else ():
        for names in indicators(texts, frequencies, {*period}):
            for place in places(texts, {*period, names.source}):
                tried.append(_draft(texts, file, (period, settings), names, place))
    return max(filter(None, tried), key=lambda d: d.worth, default=None)


def _bare(sheets: list[Sheet], file: str, framework: Framework) -> list[DraftTable]:
    """The largest table without a guess of what it says, for a person to fill in."""
    tables = _tables(sheets, framework)
    if not tables:
        return []
    largest = max(reversed(tables), key=lambda t: len(t[0].rows) * len(t[0].figures))
    texts = TableTexts(largest, file, framework)
    table = DraftTable({"sheet": texts.outline.sheet.name} if len(sheets) > 1 else {})
    found = periods(texts) if texts.blocks else []
    period = found[0][0] if found else ["heading"]
    table.entry |= texts.entry | {"period": period if len(period) > 1 else period[0]}
    _add_place(table, places(texts, {*period})[0])
    if not any(s.startswith("heading") for s in period):
        number_columns(texts, table.entry)
    table.entry |= {"indicator": "heading", "indicators": {}}
    for role in ("period", "indicator"):
        table.remark(role, f"where does it stand? {listed(texts.by_source)}")
    return [table]


def _cases(sheet: Sheet, file: str, framework: Framework) -> Draft | None:
    """The draft of a table in which each row is a case with its day."""
    outline = cases(sheet)
    monthly = {k: i for k, i in framework.indicators.items() if i.frequency == "month"}
    if outline is None:
        return None
    texts = TableTexts([outline], file, framework)
    near = nearest(texts.about, {k: i.name for k, i in monthly.items() if i.unit == COUNT})
    divided = groups(texts, monthly, {outline.days})
    keys = [*(key for _, key in near), *(key for by in divided.values() for key in by)]
    if not keys:
        return None
    key = keys[0]
    entry = texts.entry | {"period": outline.days, "value": ROWS, "indicators": {key: {}}}
    draft = Draft(entry, outline=outline)
    _add_place(draft, places(texts, {outline.days})[0])
    if found := groups(texts, {key: framework.indicators[key]}, {outline.days}):
        _add_groups(texts, entry, found, [key])
        entry.pop("whole", None)
        entry.pop("whole_is_sum_of", None)
    draft.remark("value", "each row is one case")
    draft.remark(f"indicators.{key}", "not sure")
    _try(draft, texts, file)
    return draft


def _draft(
    texts: TableTexts, file: str, when: tuple[list[str], dict], names: Names, place: Place
) -> Draft | None:
    """A draft with these sources, and filters where it would read a figure twice."""
    period, settings = when
    draft = Draft(dict(texts.entry), outline=texts.outline, own=texts.own)
    entry, source = draft.entry, names.source
    entry["period"] = period if len(period) > 1 else period[0]
    if settings:
        entry["periods"] = settings
    if "quarters" in settings:
        draft.remark("periods.quarters", "is Q1 January to March? Else write financial")
    alone = not source or (
        source.startswith(FIXED) and (source != "title" or len(texts.distinct(source)) == 1)
    )
    if not alone:
        entry["indicator"] = source
    _add_place(draft, place)
    divided = {s: each for s, each in names.groups.items() if {*each} & {*names.labels}}
    if not any(s.startswith("heading") for s in (*period, source, place.source, *divided)):
        number_columns(texts, entry)
        if not entry.get("value"):
            return None
    entry["indicators"] = {}
    _name_indicators(draft, texts, names, alone)
    if divided:
        _add_groups(texts, entry, divided, [*entry["indicators"]])
    _try(draft, texts, file)
    if any(" times: " in p.mistake for p in draft.taken.problems):
        _filter(draft, texts, file)
    _end_with_last(draft, texts, file)
    return draft


def _add_place(draft: DraftTable, place: Place) -> None:
    if place.source:
        draft.entry["place"] = place.source
    if place.labels:
        draft.entry["places"] = place.labels
        draft.remark("places", place.remark)


def _name_indicators(draft: Draft, texts: TableTexts, names: Names, alone: bool) -> None:
    """The label of each indicator; none, where a table is all of one and so `alone`."""
    for key, (sure, label) in [*names.labels.items()][: 1 if alone else None]:
        settings, place = {} if alone else {"label": label}, f"indicators.{key}"
        others = names.others.get(key)
        draft.remark(
            place, "not sure" if sure < SURE else "", f"or {listed(others)}" if others else ""
        )
        _settle_unit(draft, texts, key, settings)
        draft.entry["indicators"][key] = label if [*settings] == ["label"] else settings


def _settle_unit(draft: Draft, texts: TableTexts, key: str, settings: dict) -> None:
    """What has to be said of the sender's unit: a rate's base, and whether 0.5 is half."""
    indicator, place = texts.framework.indicators[key], f"indicators.{key}"
    if indicator.unit == RATE:
        base = PER.search(texts.everything)
        settings["per"] = int(base[1].replace(",", "")) if base else indicator.rate_base
        if not base:
            draft.remark(place, "is the rate per 1000, 10000 or 100000 people?")
    if indicator.unit == POUNDS and THOUSANDS.search(str(settings.get("label", "")).casefold()):
        settings["times"] = 1000
        draft.remark(place, "in thousands")
    if indicator.unit == PERCENT:
        cells = [c[n] for _, c in texts.outline.rows for n in texts.outline.figures if n < len(c)]
        read = [r for cell in cells if (r := reading(cell)) and r.number is not None]
        if any(0 < r.number <= 1 and r.unit != "%" for r in read):
            draft.remark(place, "add share = true if 0.88 means 88 %, else share = false")


def _add_groups(texts: TableTexts, entry: dict, groups: Mapping, keys: list[str]) -> None:
    entry["group"] = [*groups] if len(groups) > 1 else next(iter(groups))
    whole, merged = [], {}
    for source, by_key in groups.items():
        own = {label for key in keys for b in by_key.get(key, {}).values() for label in b.values()}
        rest = [t for t in texts.distinct(source) if t not in own]
        names = [texts.framework.indicators[key].name for key in keys]
        totals = [
            t for t in rest if TOTALS.fullmatch(plain(t)) and not PART_TOTAL.fullmatch(plain(t))
        ]
        totals += [t for t in rest if t not in totals and any(score(t, n) >= SURE for n in names)]
        totals += [t for t in rest if t not in totals and _every_age(t, own)]
        whole += totals
        for key in keys:
            for breakdown, labels in by_key.get(key, {}).items():
                merged.setdefault(breakdown, {}).update(labels)
    if whole:
        entry["whole"] = whole
    elif len(keys) == 1 and len(merged) == 1:
        breakdown = texts.framework.indicators[keys[0]].breakdowns[next(iter(merged))]
        if breakdown.adds_up and len(merged[breakdown.key]) == len(breakdown.groups):
            entry["whole_is_sum_of"] = breakdown.key
    entry["groups"] = merged


def _every_age(text: str, groups: Iterable[str]) -> bool:
    """Whether a label such as `18+ yrs` holds all these groups of ages."""
    from_age = FROM_AGE.search(plain(text))
    lowest = [int(age[0]) for group in groups if (age := re.search("[0-9]+", group))]
    return bool(from_age and lowest) and int(from_age[1]) <= min(lowest)


def _try(draft: Draft, texts: TableTexts, file: str) -> None:
    table = table_of(draft.entry, {}, texts.framework)
    draft.sheets = texts.sheets
    draft.taken = take(texts.sheets, file, Recipe("", "", (), (table,), {}), texts.framework)


def _end_with_last(draft: Draft, texts: TableTexts, file: str) -> None:
    """Leave out the noughts after the last month that the file itself says it runs to."""
    when, figures = When({"inside": "yes"}, texts.framework.calendar), draft.taken.figures
    filled, last = (
        [f.period for f in figures if f.value],
        max((f.period for f in figures), default=""),
    )
    if not filled or last == max(filled):
        return
    for source in filter(lambda s: s.startswith(FIXED), texts.by_source):
        read = [when.read(text, "month") for text in texts.distinct(source)]
        if any(r and r.label == max(filled) for r in read):
            periods = draft.entry.get("periods", {}) | {"last": source}
            draft.entry = draft.entry | {"periods": periods}
            _try(draft, texts, file)
            return


def _filter(draft: Draft, texts: TableTexts, file: str) -> None:
    """Filters that leave one figure where several are of the same: totals first."""
    used = {
        s
        for role in ("period", "indicator", "place", "group", "value", "status")
        for s in as_texts(draft.entry.get(role))
    }
    parts: list[str] = []
    for source in filter(
        lambda s: s in texts.outline.labels or HEADING.fullmatch(s), texts.by_source
    ):
        own = _own_texts(draft, texts, source)
        if source in used or len(own) < 2 or source == "heading":
            continue
        whole = [t for t in own if TOTALS.fullmatch(plain(t))]
        before = draft.worth
        adds = all(texts.framework.indicators[k].unit in ADDS for k in draft.entry["indicators"])
        if "" in own and not whole:
            section, labels = "without", "?*"
        elif not whole and adds and source in texts.outline.labels:
            parts.append(source)
            continue
        else:
            section, labels = "filters", (whole or [*own])[0]
        entry = draft.entry | {section: draft.entry.get(section, {}) | {source: labels}}
        tried = replace(draft, entry=entry)
        _try(tried, texts, file)
        if tried.worth[0] > before[0]:
            draft.entry, draft.taken = tried.entry, tried.taken
            draft.remark(f"{section}.{source}", f"of {listed(own)}")
    if parts and any(" times: " in p.mistake for p in draft.taken.problems):
        tried = replace(draft, entry=draft.entry | {"add_up": parts})
        _try(tried, texts, file)
        if tried.worth[0] > draft.worth[0]:
            draft.entry, draft.taken = tried.entry, tried.taken
            draft.remark("add_up", "is each row a part of the whole, and none a total?")


def _own_texts(draft: Draft, texts: TableTexts, source: str) -> dict[str, None]:
    """What stands at a source in the rows that are read, or read twice."""
    rows = {
        int(re.sub("[A-Z]", "", cell))
        for p in draft.taken.problems
        for cell in re.findall(r"\b[A-Z]{1,3}[0-9]+\b", p.mistake)
    }
    column = texts.outline.labels.get(source)
    if column is None:
        return dict.fromkeys(sorted(texts.distinct(source), key=lambda t: plain(t) != ACTUAL))
    found = [
        written(c[column]) if column < len(c) else ""
        for n, c in texts.blocks[0].sheet.rows
        if n in rows
    ]
    return dict.fromkeys(text for text, _ in Counter(found).most_common())


def _signs(drafts: list[Draft]) -> dict[str, list[str]]:
    """Signs in place of figures, or beside them, by what they most likely mean; under an empty text
    those of which nothing is known.
    """
    signs: dict[str, list[str]] = {}
    for draft in drafts:
        for sign in _unread(draft):
            meaning = LETTERS.get(sign.casefold(), "")
            if beside := NOTED.fullmatch(sign):
                meaning, sign = "footnote", beside[1]
            if len(sign) < 3 and sign not in signs.setdefault(meaning, []):
                signs[meaning].append(sign)
        for text in _reasons(draft):
            signs.setdefault("hidden" if HIDDEN.search(text) else "missing", []).append(text)
    return {meaning: each for meaning, each in signs.items() if each}


def _unread(draft: Draft) -> Iterator[str]:
    for _, cells in draft.outline.rows:
        for cell in (cells[n] for n in draft.outline.figures if n < len(cells)):
            if reading(cell) is None:
                yield written(cell)


def _reasons(draft: Draft) -> list[str]:
    """What a column of marks says where there is no figure."""
    named = {plain(written(c)): n for n, c in enumerate(draft.outline.header)}
    value, status = (named.get(plain(draft.entry.get(key, ""))) for key in ("value", "status"))
    if value is None or status is None:
        return []
    rows = [cells for _, cells in draft.outline.rows if len(cells) > max(value, status)]
    return [*dict.fromkeys(t for c in rows if not written(c[value]) and (t := written(c[status])))]
