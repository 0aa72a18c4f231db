"""Any table of figures, laid out in any of the ways senders do, is read back as it was, and each
figure's cell holds it.
"""

import re
from collections.abc import Iterator

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from recipe_lab import of_anytown, recipe

from saferplymouth.sources import recipes
from saferplymouth.sources.sheets import Sheet, cell_name

MEASURES = {"burglary": "Burglary (all)", "hate_crime": "Hate crime – total"}
PLACES = ("Anytown", "Othertown")
LISTED = "[table.indicators]\n" + "".join(f'{k} = "{v}"\n' for k, v in MEASURES.items())
LONG = '[[table]]\nheader = ["Month", "Value"]\nperiod = "Month"\nindicator = "Measure"\n'
LONG += 'place = "Area"\nvalue = "Value"\n' + LISTED
ACROSS = '[[table]]\nheader = ["Measure", "Area"]\nperiod = "heading"\nindicator = "Measure"\n'
ACROSS += 'place = "Area"\n' + LISTED
DOWN = '[[table]]\nheader = "Month"\nabove = 1\nperiod = "Month"\nindicator = "heading 1"\n'
DOWN += 'place = "heading 2"\n' + LISTED
BLOCKS = '[[table]]\nheader = ["Area", "Month"]\nperiod = "Month"\nplace = "Area"\nfill = "Area"\n'
BLOCKS += 'indicator = "title"\nvalue = "Value"\n' + LISTED
WRITTEN = ("%b-%y", "%B %Y", "%Y-%m", "%Y%m", "%b %Y")
Frame = dict[tuple[str, str, pd.Period], int | None]  # by indicator, place and month


@st.composite
def frames(draw) -> Frame:
    first = pd.Period("2015-01", "M") + draw(st.integers(0, 20))
    months = [first + n for n in range(draw(st.integers(1, 15)))]
    of = [(key, place, month) for key in MEASURES for place in PLACES for month in months]
    value = st.none() | st.integers(0, 10**6)
    values = draw(st.lists(value, min_size=len(of), max_size=len(of)))
    return dict(zip(of, values, strict=True))


def shown(value: int | None, way: int) -> object:
    return "" if value is None else (value, f"{value:,}", float(value))[way]


def long(frame: Frame, write, way: int) -> Iterator[list]:
    yield ["Area", "Month", "Measure", "Value"]
    for (key, place, month), value in frame.items():
        yield [place, write(month), MEASURES[key], shown(value, way)]


def across(frame: Frame, write, way: int) -> Iterator[list]:
    months = sorted({month for _, _, month in frame}, reverse=way == 1)
    yield ["Measure", "Area", *map(write, months)]
    for key, name in MEASURES.items():
        for place in PLACES:
            yield [name, place, *(shown(frame[key, place, m], way) for m in months)]


def down(frame: Frame, write, way: int) -> Iterator[list]:
    pairs = [(key, place) for key in MEASURES for place in PLACES]
    yield ["", *(MEASURES[k] if p == PLACES[0] else "" for k, p in pairs)]
    yield ["Month", *(place for _, place in pairs)]
    for month in sorted({month for _, _, month in frame}):
        yield [write(month), *(shown(frame[k, p, month], way) for k, p in pairs)]


def blocks(frame: Frame, write, way: int) -> Iterator[list]:
    months = sorted({month for _, _, month in frame})
    for key, name in MEASURES.items():
        yield [name]
        yield ["Area", "Month", "Value"]
        for place in PLACES:
            for n, month in enumerate(months):
                value = shown(frame[key, place, month], way)
                yield ["" if n else place, write(month), value]
        yield []


LAYOUTS = {long: LONG, across: ACROSS, down: DOWN, blocks: BLOCKS}
READ = {layout: recipe(text) for layout, text in LAYOUTS.items()}


@settings(max_examples=60, deadline=None)
@given(
    frame=frames(),
    layout=st.sampled_from([*LAYOUTS]),
    form=st.sampled_from(WRITTEN),
    way=st.integers(0, 2),
    above=st.integers(0, 3),
    left=st.integers(0, 2),
)
def test_a_table_in_any_layout_is_read_back_with_the_cells_that_hold_its_figures(
    frame, layout, form, way, above, left
):
    title = [["Monthly figures"], ["Produced by the police", "12"], []][:above]
    body = [[""] * left + row for row in layout(frame, lambda month: month.strftime(form), way)]
    rows = [(n, row) for n, row in enumerate([*title, *body], start=1) if any(map(str, row))]
    found = recipes.take([Sheet("", True, rows)], "a.csv", READ[layout], of_anytown())
    wanted = {
        (key, str(month)): value
        for (key, place, month), value in frame.items()
        if place == PLACES[0] and value is not None
    }
    assert found.problems == []
    assert {(f.indicator, f.period): f.value for f in found.figures} == wanted
    assert len(found.figures) == len(wanted)
    cells = {cell_name(n, c): cell for n, row in rows for c, cell in enumerate(row, start=1)}
    for figure in found.figures:
        assert float(re.sub(",", "", str(cells[figure.cell]))) == figure.value
