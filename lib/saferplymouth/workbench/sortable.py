"""Shows a view's figures as a table that sorts, finds rows and goes to a spreadsheet, by DataTables
(itables), which comes with the package and loads nothing from a network.
"""

import pandas as pd

from saferplymouth.display.data_frames import Figures
from saferplymouth.workbench.interactive import file_stem

# a figure sorts and is saved as a number; in place of none stands its shorthand, and sorts first
NUMBER = r"""function (data, type) {
    if (type === "display" || type === "filter") return data;
    const number = parseFloat(data.replace(/[^0-9.\u2212]/g, "").replace("\u2212", "-"));
    return isNaN(number) ? (type === "export" ? data : -Infinity) : number;
}"""
SAVED = {"exportOptions": {"orthogonal": "export"}, "title": None}
SPREADSHEETS = {"csvHtml5": "Save as CSV", "excelHtml5": "Save for Excel"}


def widget(figures: Figures, caption: str):
    """The table as a widget that scrolls where it is long."""
    from itables.widget import ITable

    shown = ITable(**options(figures, caption))
    shown.layout.max_height, shown.layout.overflow = "34rem", "auto"
    return shown


def options(figures: Figures, caption: str) -> dict:
    """What `itables.widget.ITable` and its `update` are given to show `figures`."""
    from itables import JavascriptFunction

    words = figures.written()
    numbers = [
        place
        for place, kind in enumerate(figures.dtypes, start=1)
        if pd.api.types.is_numeric_dtype(kind)
    ]
    texts = [place for place in range(1, len(words.columns) + 1) if place not in numbers]
    saved = SAVED | {"filename": file_stem(caption)}
    columns = [{"targets": 0, "cellType": "th", "className": "dt-left"}]
    columns += [{"targets": numbers, "render": JavascriptFunction(NUMBER)}] if numbers else []
    columns += [{"targets": texts, "className": "dt-left"}] if texts else []
    return {
        "df": words.rename_axis(words.index.name or "Row").reset_index(),
        "caption": caption,
        "columnDefs": columns,
        "buttons": [saved | {"extend": of, "text": to} for of, to in SPREADSHEETS.items()],
        "layout": {"topStart": "buttons", "topEnd": "search", "bottomStart": None}
        | {"bottomEnd": None},
        "language": {"search": "Find a row:", "zeroRecords": "No row has this"},
        "showIndex": False,
        "paging": False,
        "autoWidth": False,
        "classes": "display compact",
        "order": [],
        "style": "width:auto;margin:0;caption-side:top",
    }
