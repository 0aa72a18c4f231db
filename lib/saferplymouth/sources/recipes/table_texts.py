"""What stands at each source of a table nobody has described yet."""

import re
from collections.abc import Iterable
from dataclasses import replace

from saferplymouth.framework import Framework
from saferplymouth.sources.cells import text_at, written
from saferplymouth.sources.recipes.blocks import FEWEST, PERIODS, Block, blocks, place
from saferplymouth.sources.recipes.labels import plain
from saferplymouth.sources.recipes.outlines import Outline
from saferplymouth.sources.recipes.recipe import table_of
from saferplymouth.sources.sheets import Sheet

TOP = 8  # rows whose cells may say what or when a whole sheet is about
SAMPLE = 1_500  # rows of a long table that are tried
TITLED = re.compile("cell [A-Z][1-3]")
MOST_READ = 50  # texts of a source, to find what is said of the table


def sampled(sheet: Sheet, framework: Framework) -> Sheet:
    """A sheet's rows; if it has many, the first and those of the partnership's area."""
    if len(sheet.rows) <= SAMPLE:
        return sheet
    area = framework.partnership.area
    own = [row for row in sheet.rows[SAMPLE:] if any(written(cell) == area for cell in row[1])]
    return replace(sheet, rows=[*sheet.rows[:SAMPLE], *own[:SAMPLE]])


class TableTexts:
    """What stands at each source of a table."""

    def __init__(self, tables: list[Outline], file: str, framework: Framework):
        self.outline = tables[0]
        self.framework = framework
        header = [name for name in self.outline.labels if not name.startswith("column ")][:2]
        self.header = header or self._headings()
        entry = {"header": self.header, "above": self.outline.above, "below": self.outline.below}
        if header and (len(tables) == 1 or len(self.sheets_of(tables)) == len(tables)):
            entry["header"] = header[:1] if self._alone(header[0]) else header
        self.entry = {key: value for key, value in entry.items() if value}
        table = table_of(self.entry | {"indicators": {}}, {}, framework)
        self.sheets = [*{outline.sheet.name: outline.sheet for outline in tables}.values()]
        self.blocks = [*blocks(self.sheets, table, file, framework.calendar)]
        self.by_source: dict[str, list[str]] = {}
        for block in self.blocks:
            self._read(block, file)

    @staticmethod
    def sheets_of(tables: list[Outline]) -> set[str]:
        return {outline.sheet.name for outline in tables}

    def _alone(self, name: str) -> bool:
        """Whether only one row of the sheet has this text."""
        rows = [{plain(written(c)) for c in cells} for _, cells in self.outline.sheet.rows]
        return sum(plain(name) in row for row in rows) == 1

    def _read(self, block: Block, file: str) -> None:
        labels = {*self.outline.labels.values()}
        over = block.headings(labels)
        over = {n: texts for n, texts in over.items() if n in self.outline.figures}
        levels = 1 + self.outline.above + self.outline.below
        for level in range(levels) if levels > 1 else ():
            self._add(f"heading {level + 1}", [texts[level] for texts in over.values()])
        self._add("heading", [" ".join(filter(None, texts)) for texts in over.values()])
        for name, column in self.outline.labels.items():
            texts = [text_at(c, column) for _, c in block.rows]
            self._add(name, texts)
        fixed = {"title": block.title, "sheet": block.sheet.name, "file": in_words(file)}
        for number, cells in block.sheet.rows[:TOP]:
            if number < block.top:
                own = {place(number, n): written(cell) for n, cell in enumerate(cells)}
                fixed |= {f"cell {name}": text for name, text in own.items() if text}
        for source, text in fixed.items():
            self._add(source, [text])

    def _add(self, source: str, texts: Iterable[str]) -> None:
        self.by_source.setdefault(source, []).extend(text for text in texts if text)

    def distinct(self, source: str) -> list[str]:
        return [*dict.fromkeys(self.by_source.get(source, ()))]

    @property
    def levels(self) -> list[str]:
        """The sources of several rows of headings."""
        return [source for source in self.by_source if source.startswith("heading ")]

    def _headings(self) -> list[str]:
        """What to know a table by whose labels have no heading."""
        names = [*dict.fromkeys(filter(None, map(self.outline.name, self.outline.figures)))]
        dated = [name for name in names if self.framework.calendar.kinds(name)]
        return [PERIODS] if len(dated) >= FEWEST or not names else names[:2]

    def over(self, one: str, other: str) -> list[tuple[str, str]]:
        """The texts at two levels of headings, column by column."""
        return [*zip(self.by_source[one], self.by_source[other], strict=False)]

    @property
    def about(self) -> str:
        """What is said of the table as a whole."""
        said = [s for s in self.by_source if s in ("title", "sheet", "file") or TITLED.fullmatch(s)]
        return " ".join(text for source in said for text in self.distinct(source)[:MOST_READ])

    @property
    def own(self) -> bool:
        """Whether the table is said to be about the partnership's area."""
        named = " ".join([*self.header, *self.distinct("title")])
        return plain(self.framework.partnership.area) in plain(named)

    @property
    def everything(self) -> str:
        return " ".join(t for s in self.by_source for t in self.distinct(s)[:MOST_READ])


def in_words(file: str) -> str:
    stem = file.rpartition(".")[0] or file
    return " ".join(re.sub(r"[-_.]+", " ", stem).split())
