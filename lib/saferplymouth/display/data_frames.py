"""Builds the data frames that notebooks show, with [x] and [c] where there is no figure."""

from functools import partial

import pandas as pd
from markupsafe import Markup

from saferplymouth import periods
from saferplymouth.display.tables import WORDS, Table, explain
from saferplymouth.framework import COUNT, RATE
from saferplymouth.indicators.words import level

MARKS, UNITS = "marks", "units"


class Figures(pd.DataFrame):
    """A data frame of numbers, to be worked with as any other; NaN stands where there is no figure
    to show.

    Shown, a gap is the shorthand of the table it comes from: `[c]` where a small count is hidden,
    `[x]` where nothing has been received, and `[x]` in whatever is worked out from either. A column
    with fractions has one decimal, or what its unit has on a page. Add up with `sum(min_count=1)`,
    because no data is never zero.
    """

    @property
    def _constructor(self) -> type["Figures"]:
        return Figures

    def __repr__(self) -> str:
        lines = self.written().to_string(max_rows=pd.options.display.max_rows).splitlines()
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self) -> str:
        written = self.written()
        table = written.to_html(max_rows=pd.options.display.max_rows)
        return explain(written.to_numpy().ravel()) + Markup(table)

    def written(self) -> pd.DataFrame:
        """The same as text."""
        marks, units = self.attrs.get(MARKS, {}), self.attrs.get(UNITS, {})
        columns = [
            _column(self.iloc[:, n], marks.get(str(name), {}), units.get(str(name), ""))
            for n, name in enumerate(self.columns)
        ]
        rows = pd.Index([_words(at) for at in self.index], name=self.index.name)
        written = pd.DataFrame(dict(enumerate(columns)), index=rows)
        return written.set_axis([_words(name) for name in self.columns], axis=1)


def of_table(table: Table, index: pd.Index) -> Figures:
    """The figures of a table whose first rows are those of `index`: a column for each measure."""
    measures, labels = list(table.tidy["measure"].unique()), list(table.rows)[: len(index)]
    cells = table.tidy.set_index(["measure", "row"])
    frame, marks = Figures(index=index), {}
    for measure in measures:
        mine = cells.loc[measure].loc[labels]
        worded = (mine["unit"] == WORDS).all()
        values = mine["shorthand"] if worded else mine["value"].astype(float)
        frame[measure] = values.to_numpy()
        marks[measure] = dict(zip(map(str, index), mine["shorthand"], strict=True))
    units = dict(zip(table.tidy["measure"], table.tidy["unit"], strict=True))
    frame.attrs |= {MARKS: marks, UNITS: units}
    return frame


def _column(values: pd.Series, marks: dict[str, str], unit: str) -> list[str]:
    numbers = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    # of counts too: a frame that is worked with may hold their average
    if numbers and unit in ("", COUNT):
        unit = RATE if (values.dropna() % 1 != 0).any() else COUNT
    write = partial(level, unit=unit) if numbers else str
    return [
        (marks.get(str(at)) or "[x]") if pd.isna(value) else write(value)
        for at, value in values.items()
    ]


def _words(label: object) -> str:
    return periods.words(label) if isinstance(label, pd.Period) else str(label)
