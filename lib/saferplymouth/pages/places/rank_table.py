"""The table of areas ranked by their rate, with intervals and usual ranges."""

import pandas as pd
from markupsafe import Markup

from saferplymouth.display import layout
from saferplymouth.display.layout import TEXT
from saferplymouth.indicators.words import between, capital, rate
from saferplymouth.pages.places.district_rates import rank_range


def rank_table(caption: str, area: str, frame: pd.DataFrame) -> Markup:
    """A row for each area of a frame of `district_rates.standings`; `area` heads their names."""
    rows = [
        {
            area: name,
            "Rank": rank_range(row),
            "Per 1,000": rate(row["rate"]),
            "95% confidence interval": between(row["low"], row["high"]),
            "Usual range": between(row["floor"], row["ceiling"]),
            "Position": capital(row["position"]),
        }
        for name, row in frame.iterrows()
    ]
    return layout.table(caption, rows, kinds={"Position": TEXT})
