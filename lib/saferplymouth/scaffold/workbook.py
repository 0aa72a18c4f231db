"""Lays out the workbook in which an agency sends its figures: the return to fill in, notes, and the
figures of the last twelve months.
"""

import io
from dataclasses import dataclass

import pandas as pd

from saferplymouth.disclosure import is_small
from saferplymouth.framework import COUNT, PERCENT, POUNDS, RATE, Framework, Indicator
from saferplymouth.indicators.words import capital, inner, listed, per, subject
from saferplymouth.pages.data_requests import how, often
from saferplymouth.periods import words
from saferplymouth.sources.returns import NAME, NOTES, RECENT

SPARE = 20  # empty rows, for corrections and late figures
LONGEST_MESSAGE = 255  # beside a cell
WIDTHS = {"indicator": 27, "name": 64, "note": 40}
NUMBERS = {COUNT: "#,##0", PERCENT: '#,##0.0"%"', POUNDS: "£#,##0"}
LINE = {"border": 1, "border_color": "#B0B0B0", "valign": "top"}
STYLES = {
    "title": {"bold": True, "font_size": 16},
    "heading": LINE
    | {"bold": True, "text_wrap": True, "font_color": "white", "bg_color": "#1F3A5F"},
    "subheading": {"bold": True, "font_size": 12},
    "text": {"text_wrap": True, "valign": "top"},
    "cell": LINE | {"text_wrap": True},
    "key": LINE | {"font_color": "#5A5A5A"},
    "closed": LINE | {"bg_color": "#D9D9D9"},
    "open": LINE | {"locked": False, "bg_color": "#FFF8D6"},
    "open text": LINE | {"locked": False, "bg_color": "#FFF8D6", "num_format": "@"},
    "none": LINE | {"italic": True, "font_color": "#5A5A5A", "align": "right"},
    "mark": LINE | {"align": "right"},
}
AS_WRITTEN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
HELD = "held already"
FILLING = (
    "Fill in the yellow cells of the sheet Return, save the workbook and send it.",
    "Write 0 only if you counted and there were none.",
    "Leave a row empty if you have nothing to send for it. It then counts as not sent, never as 0.",
    f"Where a row says “{HELD}”, fill it in only if the figure has changed.",
    "Write [x] in the column value if a figure is not available.",
    "Write [c] in the column value if you hide a figure so that nobody can be recognised.",
    "Send small counts as they are. Those that could identify a person are hidden before anything "
    "is published.",
    "To correct an earlier figure, use an empty row at the end of the sheet Return. Choose the "
    "indicator there, and write the period as the other rows do.",
)
SHARES = (
    "For a percentage or a rate, give the numerator and the denominator. Only if you do not know "
    "them, write the percentage or rate in the column value: 89 for 89%."
)
GROUPS = "Where rows ask for groups as well as a total, send all of them, with 0 for none."
SMALL = "Some of these counts are under 5: do not pass this sheet on."


@dataclass(frozen=True)
class Figure:
    """A figure of an indicator for a period, with its `label`: of a group, or of the whole, where
    `breakdown` and `group` are empty.
    """

    indicator: Indicator
    period: pd.Period
    label: str
    breakdown: str
    group: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.indicator.key, self.label, self.breakdown, self.group

    @property
    def name(self) -> str:
        """What it is of, without its period: `Fraud reports, kind: cyber crime`."""
        if not self.group:
            return self.indicator.name
        breakdown = self.indicator.breakdowns[self.breakdown]
        group = inner(breakdown.groups[self.group])
        return f"{self.indicator.name}, {inner(breakdown.name)}: {group}"


@dataclass(frozen=True)
class Return:
    """A return of an agency: the figures `wanted` by a month, and those of the last twelve months
    with what was held of each in the month `stood`: a number, a mark or None.
    """

    agency: str
    framework: Framework
    month: pd.Period
    wanted: list[Figure]
    recent: list[tuple[Figure, float | str | None]]
    stood: pd.Period

    def workbook(self) -> bytes:
        """The return as XLSX, the same bytes for the same content."""
        import xlsxwriter  # takes long to load

        content, partnership = io.BytesIO(), self.framework.partnership.name
        with xlsxwriter.Workbook(content, AS_WRITTEN) as book:
            title = f"Return from {self.agency} to {partnership}, {words(self.month)}"
            made = self.month.start_time.to_pydatetime()  # not now, for the same bytes
            book.set_properties({"title": title, "author": partnership, "created": made})
            styles = {name: book.add_format(style) for name, style in STYLES.items()}
            for unit, number in NUMBERS.items():
                styles[unit] = book.add_format(LINE | {"num_format": number})
            for name, write in (
                ("Return", self._write_return),
                (NOTES, self._write_notes),
                (RECENT, self._write_recent),
            ):
                sheet = book.add_worksheet(name)
                write(sheet, styles)
                sheet.protect("", {"format_columns": True, "format_rows": True})
                sheet.set_landscape()
                sheet.set_paper(9)  # A4
                sheet.fit_to_pages(1, 0)
        return content.getvalue()

    @property
    def _indicators(self) -> dict[str, Indicator]:
        return {figure.indicator.key: figure.indicator for figure in self.wanted}

    def _write_return(self, sheet, styles: dict) -> None:
        indicators = self._indicators.values()
        divided = ["breakdown", "group"] if any(f.group for f in self.wanted) else []
        shares = ["numerator", "denominator"] if any(i.is_share for i in indicators) else []
        columns = ["indicator", NAME, "period", *divided, "value", *shares, "note"]
        held = {figure.key for figure, value in self.recent if value is not None}
        sheet.write_row(0, 0, columns, styles["heading"])
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, WIDTHS.get(column, 15))
        for row, figure in enumerate(self.wanted, start=1):
            name = f"{figure.name}, {words(figure.period)}"
            if figure.key in held:
                name += f" ({HELD})"
            _write_row(sheet, row, columns, name, figure, styles)
        first, last = len(self.wanted) + 1, len(self.wanted) + SPARE
        for row in range(first, last + 1):
            for place, column in enumerate(columns):
                figure = column in ("value", *shares)
                sheet.write_blank(row, place, None, styles["open" if figure else "open text"])
        keys = f"={NOTES}!$A${self._first_key + 1}:$A${self._first_key + len(indicators)}"
        sheet.data_validation(first, 0, last, 0, {"validate": "list", "source": keys})

    @property
    def _lines(self) -> list[str]:
        """How to fill in the return."""
        lines = list(FILLING)
        if any(indicator.is_share for indicator in self._indicators.values()):
            lines.append(SHARES)
        if any(figure.group for figure in self.wanted):
            lines.append(GROUPS)
        return lines

    @property
    def _first_key(self) -> int:
        """The row of the sheet Notes, from 0, with the first indicator."""
        return len(self._lines) + 9

    def _write_notes(self, sheet, styles: dict) -> None:
        partnership = self.framework.partnership
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 34)
        sheet.set_column(2, 2, 64)
        sheet.set_column(3, 4, 26)
        sheet.write(0, 0, f"Return to {partnership.name}", styles["title"])
        sheet.write(1, 0, f"From {self.agency}: figures due by {words(self.month)}")
        sheet.write(3, 0, "How to fill it in", styles["subheading"])
        for row, line in enumerate(self._lines, start=4):
            sheet.merge_range(row, 0, row, 4, line, styles["text"])
        row = len(self._lines) + 5
        sheet.write(row, 0, "Where to send it", styles["subheading"])
        sheet.write(row + 1, 0, partnership.contact)
        columns = ["indicator", "Name", "What it counts", "Period wanted", "How to give it"]
        sheet.write_row(self._first_key - 1, 0, columns, styles["heading"])
        for row, indicator in enumerate(self._indicators.values(), start=self._first_key):
            mine = [figure.period for figure in self.wanted if figure.indicator is indicator]
            wanted = listed([words(period) for period in dict.fromkeys(mine)])
            given = f"{capital(often(indicator))}: {how(indicator)}"
            texts = [indicator.key, indicator.name, indicator.definition, wanted, given]
            sheet.write_row(row, 0, texts, styles["cell"])

    def _write_recent(self, sheet, styles: dict) -> None:
        sheet.set_column(0, 0, WIDTHS["name"])
        sheet.set_column(1, 12, 12)
        title = f"Figures held, as they stood in {words(self.stood)}"
        sheet.write(0, 0, title, styles["title"])
        row = 2
        counts = [(v, figure.indicator) for figure, v in self.recent if isinstance(v, float)]
        if any(is_small(*count) for count in counts):
            sheet.write(1, 0, SMALL)
        blocks: dict[str, dict[tuple[str, str], dict[pd.Period, tuple]]] = {}
        for figure, value in self.recent:
            indicator = figure.indicator
            name = figure.name + (f", {per(indicator.scale)}" if indicator.unit == RATE else "")
            lines = blocks.setdefault(indicator.frequency, {})
            lines.setdefault((indicator.key, name), {})[figure.period] = (indicator, value)
        for frequency, lines in blocks.items():
            covered = sorted({period for line in lines.values() for period in line})
            headings = [f"By {frequency}", *(capital(words(period)) for period in covered)]
            sheet.write_row(row, 0, headings, styles["heading"])
            for (_, name), line in lines.items():
                row += 1
                sheet.write(row, 0, name, styles["cell"])
                for period, (indicator, value) in line.items():
                    _write_figure(sheet, row, covered.index(period) + 1, indicator, value, styles)
            row += 2


def _write_row(
    sheet, row: int, columns: list[str], name: str, figure: Figure, styles: dict
) -> None:
    given = dict(zip(("indicator", "period", "breakdown", "group"), figure.key, strict=True))
    given[NAME] = name
    for place, column in enumerate(columns):
        if column in given:
            sheet.write(row, place, given[column], styles["cell" if column == NAME else "key"])
        elif column == "note":
            sheet.write_blank(row, place, None, styles["open text"])
        elif column != "value" and not figure.indicator.is_share:
            sheet.write_blank(row, place, None, styles["closed"])
        else:
            sheet.write_blank(row, place, None, styles["open"])
            sheet.data_validation(row, place, row, place, _check(row, place, column, figure))


def _write_figure(
    sheet, row: int, place: int, indicator: Indicator, value: float | str | None, styles: dict
) -> None:
    if value is None:
        sheet.write(row, place, "no data", styles["none"])
    else:
        kind = "mark" if isinstance(value, str) else indicator.unit
        sheet.write(row, place, value, styles.get(kind, styles["mark"]))


def _check(row: int, place: int, column: str, figure: Figure) -> dict:
    """What a cell accepts, a number that fits its unit or a mark, and what is said beside it."""
    cell, indicator = f"{chr(ord('A') + place)}{row + 1}", figure.indicator
    whole = f"AND({cell}>=0,{cell}=INT({cell}))"
    fits = {
        COUNT: (whole, "A whole number, 0 if there were none"),
        POUNDS: (whole, "Whole pounds, 0 if there were none"),
        PERCENT: (
            f"OR({cell}=0,AND({cell}>1,{cell}<=100))",
            "Only if you do not know the numerator and denominator: a percentage, 89 for 89%",
        ),
        RATE: (
            f"AND({cell}>=0,{cell}<={indicator.rate_base})",
            "Only if you do not know the numerator and denominator: "
            f"the rate {per(indicator.scale)}",
        ),
    }
    if column == "value":
        number, advice = fits.get(indicator.unit, ("TRUE", "A number"))
        mark = f'OR({cell}="[x]",{cell}="[c]")'
    else:
        of = f"the number of {indicator.base}" if indicator.unit == PERCENT else "people"
        counted = {"numerator": "How many of them", "denominator": f"Out of how many: {of}"}
        number, mark, advice = whole, "FALSE", f"{counted[column]}, a whole number"
    about = f"{subject(indicator)}, {words(figure.period)}"
    return {
        "validate": "custom",
        "value": f"=IF(ISNUMBER({cell}),{number},{mark})",
        "input_title": column.capitalize(),
        "input_message": f"{about[: LONGEST_MESSAGE - len(advice) - 3]}. {advice}.",
        "error_title": "This figure does not fit",
        "error_message": f"{advice}.",
    }
