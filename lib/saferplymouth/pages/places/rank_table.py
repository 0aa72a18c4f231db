"""The table and the chart of areas ranked by their rate, with intervals and usual ranges."""

import pandas as pd
from markupsafe import Markup

from saferplymouth.display import layout
from saferplymouth.display.drawing import Chart
from saferplymouth.display.layout import TEXT
from saferplymouth.display.place_charts import spread_chart
from saferplymouth.indicators.words import between, capital, rate
from saferplymouth.pages.places.district_rates import rank_range
from saferplymouth.statistics.funnels import UNCALLED


def rank_table(caption: str, area: str, frame: pd.DataFrame) -> Markup:
    """A row for each area of a frame of `district_rates.standings`; `area` heads their names."""
    rows = [
        {
            area: name,
            "Rank": rank_range(row),
            "Per 1,000": rate(row["rate"]),
            "95% confidence interval": between(row["low"], row["high"]),
            **of_group(row),
        }
        for name, row in frame.iterrows()
    ]
    return layout.table(caption, rows, kinds={"Position": TEXT})


def rank_chart(
    frame: pd.DataFrame, title: str, subtitle: str, alt: str, every: str = "All of them", **own
) -> Chart:
    """The same frame as a chart; `every` names the areas together, `own` is as `spread_chart` has
    it.
    """
    columns = {"rate": "value", "floor": "low", "ceiling": "high", "position": "position"}
    drawn, level = frame[[*columns]].rename(columns=columns), float(frame["group"].iloc[0])
    words = {"level_name": every, "limits": "Usual range"}
    return spread_chart(drawn, title, subtitle, alt, level=level, **words, **own)


def of_group(row: pd.Series, decimals: int = 1) -> dict[str, str]:
    """The cells of a row on the usual range; none where there is no such range."""
    if row["position"] == UNCALLED:
        return {}
    ends = between(row["floor"], row["ceiling"], decimals)
    return {"Usual range": ends, "Position": capital(row["position"])}
