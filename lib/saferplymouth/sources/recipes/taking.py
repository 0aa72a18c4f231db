"""Takes the figures of a file that a recipe describes, each with the cell it came from, and says of
everything else why it was passed over.
"""

import datetime
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise, product

from saferplymouth.errors import Fault, printable
from saferplymouth.framework import COUNT, PERCENT, POUNDS, RATE, Framework, Indicator
from saferplymouth.sources.cells import MARKS, Reading, cell_at, reading, text_at, written
from saferplymouth.sources.problems import shown
from saferplymouth.sources.recipes.amounts import ASK, agreed, converted, of_parts
from saferplymouth.sources.recipes.blocks import (
    Block,
    NoColumn,
    SeveralColumns,
    blocks,
    place,
)
from saferplymouth.sources.recipes.figures import (
    MOST_SHOWN,
    TOTAL,
    Found,
    Gathered,
    PassedOver,
    Taken,
)
from saferplymouth.sources.recipes.labels import Labels
from saferplymouth.sources.recipes.recipe import ROWS, Part, Recipe, Table
from saferplymouth.sources.recipes.when import When
from saferplymouth.sources.sheets import Sheet
from saferplymouth.sources.statuses import WITH_FIGURE, WITHOUT_FIGURE

PER = re.compile(r"(?i)(?:\bper|/) ?(1,?000|10,?000|100,?000)(?![,0-9])")
THOUSANDS = re.compile(r"(?i)£ ?(?:000|k|m)\b|\(0?00s?\)|\b000s\b|thousands?\b|millions?\b")
NONE = "0"  # the status of a sign that means none
FIXED = ("title", "sheet", "file", "cell")  # sources with one text for a whole table


def take(sheets: list[Sheet], file: str, recipe: Recipe, framework: Framework) -> Taken:
    """The figures of a file's sheets; `file` is its name for messages."""
    reader = Gathered(file, recipe, framework)
    seen: set[str] = set()
    for number, table in enumerate(recipe.tables, start=1):
        own = [*blocks(sheets, table, file, framework.calendar)]
        if not own:
            names = ", ".join(map(shown, table.header))
            on = f" on sheet {', '.join(map(shown, table.sheet))}" if table.sheet else ""
            what = f"table {number} of the recipe {recipe.key} is not there: no row has {names}{on}"
            cure = "correct the header or the sheet in the recipe"
            hidden = [replace(sheet, visible=True) for sheet in sheets if not sheet.visible]
            if any(blocks(hidden, table, file, framework.calendar)):
                what, cure = (
                    f"{what} that can be seen",
                    "ask the sender whether to use a hidden one",
                )
            reader.problem("", "", what, cure)
        for block in own:
            try:
                _TableReader(reader, table, block).read()
            except NoColumn as error:
                what = f"no column is named {shown(error)}"
                cure = f"the columns are {', '.join(map(shown, [*block.columns][:MOST_SHOWN]))}"
                if isinstance(error, SeveralColumns):
                    what = f"several columns are named {shown(error)}"
                    cure = "name the one that is meant by its letter, such as column B"
                reader.problem(block.sheet.name, place(block.names, block.first), what, cure)
        seen |= {block.sheet.name for block in own}
    taken = reader.taken()
    taken.passed_over += [
        _unread(sheet) for sheet in sheets if sheet.name not in seen and sheet.rows
    ]
    return taken


def _unread(sheet: Sheet) -> PassedOver:
    """A sheet on which the recipe has no table."""
    first, last = sheet.rows[0][0], sheet.rows[-1][0]
    width = max(len(cells) for _, cells in sheet.rows)
    why = "no table of the recipe is on this sheet" if sheet.visible else "the sheet is hidden"
    return PassedOver(printable(sheet.name), f"A{first}:{place(last, max(width, 1) - 1)}", why)


def fits(sheets: list[Sheet], file: str, recipe: Recipe, framework: Framework) -> bool:
    """Whether every table of a recipe is there."""
    found = (blocks(sheets, table, file, framework.calendar) for table in recipe.tables)
    return all(next(each, None) for each in found)


class _TableReader:
    """Reads one block."""

    def __init__(self, reader: Gathered, table: Table, block: Block):
        self.reader, self.table, self.block, self.sheet = (
            reader,
            table,
            block,
            printable(block.sheet.name),
        )
        self.framework, self.marks = reader.framework, MARKS | reader.recipe.marks
        settings = dict(table.periods)
        if any(s.startswith(FIXED) for s in table.roles.get("period", ())):
            settings["inside"] = "yes"
        if table.numbers.get("value") == ROWS or "weeks" in settings:
            settings["days"] = "yes"
        self.when = When(settings, self.framework.calendar)
        sources = [s for role in table.roles.values() for s in role]
        sources += [*table.filters, *table.without, *table.fill, *table.add_up]
        sources += [s for part in table.indicators for s in part.where]
        numbers = [n for n in table.numbers.values() if n != ROWS]
        numbers += [part.value for part in table.indicators if part.value]
        named = {source: block.column(source) for source in sources}
        self.named = {source for source, column in named.items() if column is not None}
        self.labels = {c for c in named.values() if c is not None}
        self.numbers = {n: block.column(n) for n in numbers}
        self.over = block.headings(self.labels | set(self.numbers.values()))
        self.texts = {source: block.text(source, self.over) for source in sources}
        self.headed = any(s.startswith("heading") for s in sources)
        values = [part.value for part in table.indicators if part.value]
        self.is_of_parts = not (self.headed or values or "value" in table.numbers)
        wanted = {p: labels for p in table.indicators for labels in [sum(p.labels, ())] if labels}
        self.indicators = Labels(wanted)
        parts = {(p, n): labels for p in table.indicators for n, labels in enumerate(p.labels)}
        self.parts = Labels(parts)
        self.agreeing = Labels({p: p.agrees_with for p in table.indicators if p.agrees_with})
        self.shared = {*table.roles.get("indicator", ())} & {*table.roles.get("group", ())}
        self.divided: dict[str, set[str]] = {}
        self.groups = Labels(dict(table.groups) | {TOTAL: table.whole})
        self.places = Labels({True: table.places})
        signs: dict[str, list[str]] = defaultdict(list)
        for sign, status in self.marks.items():
            if sign != "*":
                signs[status].append(sign)
        self.signs = Labels(signs)
        self.filled: dict[int, object] = {}
        self.units: dict[int, str] = {}
        self.above: list[Part] | None = None  # the label under which groups stand; None: none yet
        self.order: dict[tuple, list[tuple[str, str]]] = defaultdict(list)
        when = table.roles.get("period", ())
        self.is_filled = "fill" if {*when} & {*table.fill} else ""
        if table.above + table.below and any(s.startswith("heading") for s in when):
            self.is_filled = "heading"

    def read(self) -> None:
        block = self.block
        chosen = any(s.startswith("heading") for s in (*self.table.filters, *self.table.without))
        if shifted := self.headed and not chosen and block.without_heading(self.over):
            bare, other = (place(block.bottom, column) for column in shifted)
            mistake = f"nothing stands over {bare}, but over {other}, which has the same heading"
            self._problem(mistake, "put each upper heading over the first of its columns", bare)
            return
        for source in self.table.periods.values():
            if source.startswith(FIXED):
                self.when.settle(source, block.text(source, self.over)([], 0))
        if unsettled := self.when.unsettled():
            what, text = unsettled
            cure = f"correct periods.{what.split()[0]} in the recipe, or the text"
            self._problem(f"{shown(text)} does not say one {what}", cure)
            return
        columns = self._columns()
        for number, cells in block.rows:
            cells = self._filled(cells)
            self._follow(cells)
            last = min(len(cells), block.last + 1) - 1
            if why := self._passed(False, cells, 0):
                self.reader.pass_over(self.sheet, why, number, block.first, last)
            elif self.table.numbers.get("value") == ROWS:
                self._take(number, cells, block.first)
            else:
                for column in columns:
                    filled = column <= last and (written(cells[column]) or self._sign(cells))
                    if filled and not self._beside(cells, column):
                        self._take(number, cells, column)

        if len(self.when.days) > 1 or (self.when.months and self.when.days):
            mistake = f"its periods are days, such as {shown(self.when.days[0])}, and no months"
            cure = "add periods.weeks if they are weeks, periods.dates if the month comes first, "
            cure += 'or value = "rows" if each row is a case'
            self._problem(mistake, cure)
        for text in self.when.several:
            cure = "name another source of the period in the recipe"
            self._problem(f"{shown(text)} has several periods", cure)
        self._check_order()

    def _problem(self, mistake: str, cure: str, cell: str = "") -> None:
        """Report a mistake in a cell, or in the table as a whole."""
        cell = cell or place(self.block.names, self.block.first)
        self.reader.problem(self.sheet, cell, mistake, cure)

    def _follow(self, cells: list) -> None:
        """Notes the label under which groups may stand: an indicator's, or another."""
        for source in self.shared & self.named:
            name = self._text([source], cells, 0)
            if name and not self._is_group(name):
                self.above = [*self.indicators.of(name)]

    def _beside(self, cells: list, column: int) -> str:
        """The status that a cell gives the figure to its left, in a column without a heading."""
        names = (self.block.row(number) for number in (self.block.names, self.block.bottom))
        headed = any(text_at(row, column) for row in names)
        if headed or not 0 < column < len(cells) or not written(cells[column - 1]):
            return ""
        return next((s for s in self.signs.of(written(cells[column])) if s in WITH_FIGURE), "")

    def _check_order(self) -> None:
        """Whether periods whose year is written once for several come one after the other: if not,
        the year may stand over the wrong ones.
        """
        for periods in self.order.values():
            steps = [(a < b) for (a, _), (b, _) in pairwise(periods) if a != b]
            turn = next((n for n, step in enumerate(steps) if step != steps[0]), None)
            if turn is not None:
                first, then = (periods[turn + n] for n in (0, 1))
                mistake = f"{first[0]} is followed by {then[0]}, though their year is written once"
                self._problem(mistake, "put each year beside the first of its periods", then[1])
                return

    def _filled(self, cells: list) -> list:
        """The row with the labels that are written only once, above it."""
        if not self.table.fill:
            return cells
        cells = [*cells]
        for source in self.table.fill:
            at = self.block.column(source)
            cells += [""] * (at + 1 - len(cells))
            self.filled[at] = cells[at] if written(cells[at]) else self.filled.get(at, "")
            cells[at] = self.filled[at]
        return cells

    def _columns(self) -> list[int]:
        """The columns that may hold figures; the others are passed over."""
        if not self.headed:
            own = [self.numbers.get(p.value) for p in self.table.indicators if p.value]
            own += [self.numbers.get(self.table.numbers.get("value", ""))]
            if own == [None]:
                own = [self.numbers.get(self.table.numbers.get("numerator", ""))]
            return [c for c in dict.fromkeys(own) if c is not None and not self._is_of_period(c)]
        kept = []
        rows = [number for number, _ in self.block.rows]
        for column in self.over:
            why = self._passed(True, [], column)
            if not why:
                kept.append(column)
            elif rows and any(self.over[column]):
                for row in (rows[0], rows[-1]) if len(rows) > 1 else rows:
                    self.reader.pass_over(self.sheet, why, row, column, column)
        return kept

    def _is_of_period(self, column: int) -> bool:
        """Whether a column of figures is headed by a period, though the recipe has another."""
        cells = self.block.row(self.block.names)
        name = text_at(cells, column)
        if not self.framework.calendar.kinds(name):
            return False
        mistake = f"{shown(name)} heads the figures, but the recipe takes their period elsewhere"
        cure = 'write period = "heading" in the recipe, and leave value out'
        self._problem(mistake, cure, place(self.block.names, column))
        return True

    def _passed(self, headed: bool, cells: list, column: int) -> str:
        """Why a row, or a column of figures (`headed`), is passed over; empty if it is not."""

        def mine(sources) -> bool:
            over = [s.startswith("heading") for s in sources if not s.startswith(FIXED)]
            return bool(sources) and (headed and all(over) if any(over) else not headed)

        table = self.table
        for source, wanted in table.filters.items():
            if mine([source]) and not _is(wanted, text := self._text([source], cells, column)):
                return f"{source} is {shown(text)}"
        for source, unwanted in table.without.items():
            if mine([source]) and _is(unwanted, text := self._text([source], cells, column)):
                return f"{source} is {shown(text)}"
        if mine(sources := table.roles.get("place", ())):
            text = [self._text([source], cells, column) for source in sources]
            if not any(map(self.places.of, text)):
                return f"{shown(text[0])} is another place"
        if mine(sources := table.roles.get("indicator", ())):
            text = self._text(sources, cells, column)
            known = self.indicators.of(text) or self.agreeing.of(text)
            if not known and not (self.shared and self.groups.of(text)):
                return f"{shown(text)} is no indicator of the recipe"
        if mine(sources := table.roles.get("period", ())):
            text = self._text(sources, cells, column)
            if not any(self.when.read(text, i.frequency) for i in self._wanted()):
                return f"{shown(text)} is no period wanted"
        return ""

    def _wanted(self) -> Iterator[Indicator]:
        for part in self.table.indicators:
            yield self.framework.indicators[part.key]

    def _text(self, sources, cells: list, column: int) -> str:
        return " ".join(filter(None, (self.texts[source](cells, column) for source in sources)))

    def _take(self, number: int, cells: list, column: int) -> None:
        """What a cell says of each indicator that it is of."""
        roles = self.table.roles
        name = self._text(roles.get("indicator", ()), cells, column)
        groups = self._groups(roles.get("group", ()), number, cells, column)
        if isinstance(groups, str):
            self.reader.pass_over(self.sheet, groups, number, column, column)
            return
        period_text = self._text(roles.get("period", ()), cells, column)
        parts = self._parts(name, cells, column)
        agreeing = [(part, None) for part in self.agreeing.of(name)]
        if not parts and not agreeing:
            why = f"{shown(name)} is no indicator of the recipe" if name else "no indicator's where"
            self.reader.pass_over(self.sheet, why, number, column, column)
        for (part, which), group in product([*parts, *agreeing], groups):
            indicator = self.framework.indicators[part.key]
            if group[0] and not _has(indicator, group):
                continue
            period = self.when.read(period_text, indicator.frequency)
            if period is None:
                why = f"{shown(period_text)} is no {indicator.frequency} wanted"
                self.reader.pass_over(self.sheet, why, number, column, column)
                continue
            of = (part.key, period.label, *group)
            if self.is_filled and not self._is_written_whole(cells, column, indicator):
                along = number if self.is_filled == "heading" else column
                self.order[part.key, which, group, along].append(
                    (period.label, place(number, column))
                )
            marks = (period.status, period.day)
            found = self._found(indicator, part, which or 0, number, cells, column, *marks)
            if found:
                into = self.reader.checks if which is None else self.reader.found
                self.reader.parts.setdefault(of, (self.table, part))
                into[of].append(found)

    def _is_written_whole(self, cells: list, column: int, indicator: Indicator) -> bool:
        """Whether a period stands in one place, and not partly where it is written for several."""
        sources = {*self.table.roles["period"]} - {*self.table.fill}
        texts = [self._text([s], cells, column) for s in sources if not s.startswith("heading")]
        texts += self.over.get(column, []) if self.is_filled == "heading" else []
        return any(self.when.read(text, indicator.frequency) for text in texts)

    def _parts(self, name: str, cells: list, column: int) -> list[tuple[Part, int]]:
        """The indicators, and the part of its sum, that a cell is of."""
        roles, found = self.table.roles, []
        for part in self.table.indicators:
            of_name = [n for p, n in self.parts.of(name) if p is part] if part.labels else [0]
            if part.labels and "indicator" not in roles:
                of_name = [0]
            elif self._is_group(name):
                of_name = [0] if self.above is None or part in self.above else []
            if part.value and self.numbers[part.value] != column and not self.headed:
                continue
            where = part.where.items()
            if all(_is(labels, self._text([s], cells, column)) for s, labels in where):
                found += [(part, n) for n in of_name]
        return found

    def _is_group(self, name: str) -> bool:
        """Whether a label among those of indicators names a group of one."""
        return bool(self.shared and self.groups.of(name) and not self.indicators.of(name))

    def _known(self, source: str, text: str) -> list[tuple[str, str]]:
        """The groups that a text names; of several breakdowns, those of the one that all the other
        texts at its source are of.
        """
        known = [*dict.fromkeys(self.groups.of(text))]
        if len(known) < 2:
            return known
        if source not in self.divided:
            named = source in self.named
            at = [(c, 0) for _, c in self.block.rows] if named else [([], n) for n in self.over]
            texts = {self._text([source], cells, column) for cells, column in at}
            sure = [found for each in texts if len(found := {*self.groups.of(each)}) == 1]
            self.divided[source] = {group[0] for found in sure for group in found} - {""}
        own = [group for group in known if {group[0]} == self.divided[source]]
        return own or known

    def _groups(
        self, sources, number: int, cells: list, column: int
    ) -> list[tuple[str, str]] | str:
        """The breakdown and group of a cell, or those of a case and the total; a text says why it
        is passed over.
        """
        groups, is_case = [], self.table.numbers.get("value") == ROWS
        for source in sources:
            text = self._text([source], cells, column)
            known = self._known(source, text)
            if source in self.shared and self.indicators.of(text):
                known = [TOTAL]
            if len(known) > 1:
                names = " and ".join(" ".join(group) or "the whole" for group in known)
                cure = "give each group a label of its own in the recipe"
                self._problem(f"{shown(text)} is {names}", cure, place(number, column))
            if len(known) != 1 and not is_case:
                return f"{shown(text)} is no group of the recipe"
            groups += [g for g in known if g != TOTAL and len(known) == 1]
        if is_case:
            return [TOTAL, *groups]
        if len(groups) > 1:
            return f"it is of two groups, {' and '.join(g for _, g in groups)}"
        return groups or [TOTAL]

    def _found(
        self,
        indicator: Indicator,
        part: Part,
        which: int,
        number: int,
        cells: list,
        column: int,
        status: str,
        day: datetime.date | None,
    ) -> Found | None:
        at = place(number, column)
        labels = tuple(self._text([source], cells, column) for source in self.table.add_up)
        where = (self.sheet, number, column, labels, day)
        if self.table.numbers.get("value") == ROWS:
            return Found(which, 1, status, *where)
        read = self._reading(cells, column)
        if read is None:
            cure = "correct the cell, or name its sign in marks of the recipe"
            mistake = f"{shown(written(cells[column]))} is not a number"
            self._problem(mistake, cure, at)
            return None
        status = read.status or status
        if read.number is None:
            return Found(which, None, status, *where) if status in WITHOUT_FIGURE else None
        numerator, denominator = (self._whole(name, cells) for name in ("numerator", "denominator"))
        if indicator.unit not in (PERCENT, RATE):
            numerator = denominator = None
        if self.is_of_parts and indicator.unit in (PERCENT, RATE):
            value = of_parts(indicator, numerator, denominator)
        else:
            value = self._other_base(indicator, part, cells, column) or converted(
                indicator, part, read
            )
            if not isinstance(value, tuple) and indicator.unit == PERCENT:
                value = agreed(value, numerator, denominator)
        if isinstance(value, tuple):
            self._problem(*value, at)
            return None
        limits = [self._limit(name, indicator, part, cells) for name in ("low", "high")]
        if None not in limits and not limits[0] <= value <= limits[1]:
            mistake = f"the interval beside it, {limits[0]:.10g} to {limits[1]:.10g}, is not of it"
            self._problem(mistake, "correct low and high in the recipe, or leave them out", at)
        return Found(which, value, status, *where, numerator, denominator, *limits)

    def _other_base(
        self, indicator: Indicator, part: Part, cells: list, column: int
    ) -> Fault | None:
        """What is wrong with a rate beside which another number of people stands."""
        names = self.block.row(self.block.names)
        texts = [text_at(names, column), *self.over.get(column, [])]
        texts.append(self._text(self.table.roles.get("indicator", ()), cells, column))
        said = {int(m.replace(",", "")) for text in texts for m in PER.findall(text[:1000])}
        if indicator.unit in (COUNT, POUNDS) and not part.times and (unit := self._unit(column)):
            return (
                f"the sheet has {shown(unit)} over the figures",
                "add times = 1000, or times = 1 if they are whole",
            )
        if indicator.unit != RATE or not said or part.per in said:
            return None
        return f"the sheet says per {min(said):,}, the recipe per {part.per:,}", ASK

    def _unit(self, column: int) -> str:
        """A unit that stands over a column, in its headings or in a row under them."""
        if column in self.units:
            return self.units[column]
        under = [cell_at(cells, column) for _, cells in self.block.rows[:2]]
        texts = [*self.over.get(column, []), *filter(lambda c: isinstance(c, str), under)]
        names = self.block.row(self.block.names)
        texts.append(text_at(names, column))
        self.units[column] = next((text for text in texts if THOUSANDS.search(text[:200])), "")
        return self.units[column]

    def _reading(self, cells: list, column: int) -> Reading | None:
        read = self._marked(cell_at(cells, column))
        status = self._sign(cells)
        status = status or self._beside(cells, column + 1)
        if read is None or not status or status == NONE:
            return read
        return Reading(None if status in WITHOUT_FIGURE else read.number, status, read.unit)

    def _marked(self, cell: object) -> Reading | None:
        """A cell with or without a sign, of which the recipe may have others than the usual."""
        text = written(cell).lower()
        if self.marks.get(text) == NONE:
            return Reading(0)
        if isinstance(cell, str) and (read := reading(cell, self.marks)) is None:
            for sign, status in self.reader.recipe.marks.items():
                bare = reading(text.removesuffix(sign).rstrip())
                if text.endswith(sign) and status not in (*WITHOUT_FIGURE, NONE) and bare:
                    return replace(bare, status=status or bare.status)
            return read
        return reading(cell, self.marks)

    def _sign(self, cells: list) -> str:
        """The status that a row's column of marks gives its figure."""
        sign = written(self._cell("status", cells))
        return next(iter(self.signs.of(sign)), "") if sign else ""

    def _cell(self, name: str, cells: list) -> object:
        """A row's cell in one of the columns that `NUMBERS` names."""
        return cell_at(cells, self.numbers.get(self.table.numbers.get(name, "")))

    def _limit(self, name: str, indicator: Indicator, part: Part, cells: list) -> float | None:
        read = reading(self._cell(name, cells), self.marks)
        if read is None or read.number is None:
            return None
        value = converted(indicator, part, read)
        return None if isinstance(value, tuple) else value

    def _whole(self, name: str, cells: list) -> int | None:
        read = reading(self._cell(name, cells), self.marks)
        whole = read is not None and read.number is not None and read.number == int(read.number)
        return int(read.number) if whole else None


def _has(indicator: Indicator, group: tuple[str, str]) -> bool:
    """Whether a group is one of an indicator's."""
    breakdown = indicator.breakdowns.get(group[0])
    return breakdown is not None and group[1] in breakdown.groups


@lru_cache(1000)
def _any_of(labels: tuple[str, ...]) -> Labels:
    return Labels({True: labels})


def _is(labels: tuple[str, ...], text: str) -> bool:
    return bool(_any_of(labels).of(text))
