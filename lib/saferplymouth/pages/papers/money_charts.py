"""Writes sums of money with their shares, and draws a grant as a bar chart."""

import textwrap

import pandas as pd
from matplotlib.axes import Axes

from saferplymouth.display.drawing import ACCENT, FAINT, GREY, INK, Chart
from saferplymouth.framework import POUNDS
from saferplymouth.indicators.words import counted, quantity
from saferplymouth.pages.papers.allocation import Ledger, percent, shares
from saferplymouth.statistics.intervals import round_half_away

CHARTED = 7  # confirmed needs that have room in the chart


def share(part: float | None) -> str:
    """A percentage with one decimal; 0 and 100 only where exact, `[x]` for none."""
    if pd.isna(part):
        return "[x]"
    rounded = round_half_away(part, 1)
    if rounded in (0, 100) and rounded != part:
        return "under 0.1%" if rounded == 0 else "over 99.9%"
    return f"{rounded:.1f}%".replace("100.0", "100")


def pounds(sum_: float | None) -> str:
    """A sum with its sign; `[x]` where there is none."""
    return "[x]" if pd.isna(sum_) else quantity(sum_, POUNDS)


def of(part: int, whole: int) -> str:
    """A sum and its share: `£233,500 (58.3%)`."""
    return f"{pounds(part)} ({share(percent(part, whole))})"


def money_chart(ledger: Ledger, headline: str) -> Chart:
    """The grant for each confirmed need, largest first, and what is not allocated."""
    grant, each = ledger.grant.contribution, shares(ledger)["contribution"].dropna()
    each = each.sort_values(ascending=False, kind="stable")
    if len(each) > CHARTED:
        others = each.iloc[CHARTED - 1 :]
        each = each.iloc[: CHARTED - 1]
        each[f"{len(others)} other confirmed projects"] = others.sum()
    each[f"Not allocated ({counted(len(ledger.waiting), 'project')})"] = ledger.rest.contribution
    data = each.to_frame("pounds").assign(grant=grant)
    title = f"The {pounds(grant)} grant for {ledger.year}"
    subtitle = "The amount for each confirmed project, and what is left"
    each_in_words = [f"{name} {of(sum_, grant)}" for name, sum_ in each.items()]
    sums = "; ".join(each_in_words)
    alt = (
        f"{headline}. Bar chart. Of the grant of {pounds(grant)}: {sums}. The figures are in the "
        f"table that follows."
    )
    return Chart(data, title, subtitle, alt, _draw, points=tuple(each_in_words), rows=True)


def _draw(axes: Axes, data: pd.DataFrame, narrow: bool) -> None:
    axes.set_position([0.01, 0.01, 0.52, 0.98] if narrow else [0.01, 0.01, 0.78, 0.98])
    rows, grant = len(data), data["grant"].iloc[0]
    for place, (name, sum_) in enumerate(data["pounds"].items()):
        colour = GREY if place == rows - 1 else ACCENT
        axes.barh(place, grant, height=0.36, color=FAINT)
        axes.barh(place, sum_, height=0.36, color=colour)
        shown = textwrap.shorten(name, 44 if narrow else 90, placeholder="…")
        look = {"va": "center", "color": INK, "parse_math": False}
        axes.text(0, place - 0.36, shown, **look)
        axes.text(grant * 1.025, place, of(sum_, grant), weight="bold", **look)
    axes.set_xlim(0, grant)
    axes.set_ylim(rows - 0.7, -0.7)
    axes.set_axis_off()
