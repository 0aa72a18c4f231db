"""Turns a ranking into sentences and a chart: who ranks where, what moved, and how firmly."""

import textwrap

import pandas as pd
from matplotlib.axes import Axes

from saferplymouth import periods
from saferplymouth.display.drawing import ACCENT, GREY, INK, Chart
from saferplymouth.indicators.words import capital, listed, nth, number
from saferplymouth.pages.papers import scoring
from saferplymouth.pages.papers.scoring import TOP, Ranking, YearlyRate
from saferplymouth.statistics.intervals import round_half_away

FIRM = 0.95  # the share of draws from which a place or a move is called firm
CHARTED = 8
COUNTED = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
WHY = {
    scoring.NOT_A_COUNT: "it is not a count",
    scoring.NO_DATA: "no figure has been received",
    scoring.OLD: "its latest figure, for {last}, is more than a year old",
    scoring.GAP: "not all of the twelve months to {last} have been received",
    scoring.HIDDEN: "the twelve months to {last} include a figure that is hidden",
    scoring.NO_PEOPLE: "no population figures for mid-{wanted} or before have been received",
}


def top(ranking: Ranking) -> str:
    """Who ranks first; the finding that heads the page's chart."""
    places = ranking.places.loc[ranking.ranked]
    if places.empty:
        return "No issue could be ranked"
    first = [*places.index[places["rank"] == 1]]
    score = f"a score of {number(places['score'].iloc[0])} out of 100"
    if len(first) > 1:
        return f"{listed(first)} share first place, each with {score}"
    return f"{first[0]} ranks first of {issues(len(places))}, with {score}"


def firmness(ranking: Ranking) -> list[str]:
    """Which issues are in the top five firmly or only in some draws; nothing without others."""
    shares = ranking.places.loc[ranking.ranked, "share"]
    if len(shares) <= TOP:
        return []
    least = f"in at least {percent(FIRM)} of draws"
    sentences = [f"No issue is in the top five {least}"]
    if firm := [*shares.index[shares >= FIRM]]:
        sentences = [f"Firmly in the top five, {least}: {listed(firm)}"]
    unsure = shares[(shares < FIRM) & (shares > 1 - FIRM)]
    if len(unsure):
        (likeliest, most), *others = unsure.sort_values(ascending=False, kind="stable").items()
        each = [f"{likeliest} ({percent(most)} of draws)"]
        each += [f"{issue} ({percent(share)})" for issue, share in others]
        sentences.append(f"Possibly in the top five: {listed(each)}")
    return sentences


def moved(moves: pd.DataFrame, since: str) -> list[str]:
    """What moved since a year, by the frame of `scoring.movement`: firm moves, then others."""
    if moves.empty:
        return [f"No issue was ranked in both years, so moves since {since} are not known"]
    changed = moves[moves["moved"] != 0]
    if changed.empty:
        return [f"No issue changed place since {since}"]
    firm = changed[changed["share"] >= FIRM]
    firm = firm.sort_values("moved", key=abs, ascending=False, kind="stable")
    each = [_move(issue, row) for issue, row in firm.iterrows()]
    sentences = [
        f"{listed(pair)} since {since}: {'firm moves' if len(pair) > 1 else 'a firm move'}"
        for pair in (each[n : n + 2] for n in range(0, len(each), 2))
    ]
    if others := len(changed) - len(firm):
        who = capital(issues(others, "other " if sentences else ""))
        sentences.append(f"{who} changed place since {since}, within the uncertainty of the scores")
    return sentences


def _move(issue: str, row: pd.Series) -> str:
    went = "rose" if row["moved"] > 0 else "fell"
    return f"{issue} {went} from {nth(row['last'])} to {nth(row['this'])}"


def why_unscored(rate: YearlyRate) -> str:
    """Why an indicator gives no score."""
    last = periods.words(rate.last) if rate.last is not None else ""
    return WHY[rate.why].format(last=last, wanted=rate.wanted)


def percent(share: float) -> str:
    """A share of draws (0 to 1) as a percentage; 0% and 100% only where exact."""
    rounded = round_half_away(100 * share)
    if rounded == 100 and share < 1:
        return "over\N{NO-BREAK SPACE}99%"
    return "under\N{NO-BREAK SPACE}1%" if rounded == 0 and share > 0 else f"{rounded}%"


def issues(count: int, kind: str = "") -> str:
    """A number of issues, as a word up to ten."""
    many = COUNTED[count] if count < len(COUNTED) else count
    return f"{many} {kind}{'issue' if count == 1 else 'issues'}"


def order_chart(ranking: Ranking, example: str) -> Chart:
    """The highest scores, and each issue's share of draws in the top five."""
    data = ranking.places.loc[ranking.ranked[:CHARTED], ["score", "share"]]
    which = "every issue ranked"
    if len(ranking.ranked) > CHARTED:
        which = f"the {COUNTED[CHARTED]} highest-ranked issues"
    title = f"Score out of 100, {ranking.year}{example}"
    subtitle = (
        f"{capital(which)}. On the right: the share of draws in which each is in the top five. "
        f"Blue: in at least {percent(FIRM)} of draws."
    )
    each = [f"{issue} {number(s)}, {percent(share)}" for issue, s, share in data.itertuples()]
    alt = (
        f"{top(ranking)}{example}. Bar chart of scores, and shares of draws in the top five: "
        f"{'; '.join(each)}."
    )
    return Chart(data, title, subtitle, alt, _draw, points=tuple(each), rows=True)


def _draw(axes: Axes, data: pd.DataFrame, narrow: bool) -> None:
    axes.set_position([0.01, 0.01, 0.76, 0.91] if narrow else [0.34, 0.01, 0.48, 0.91])
    height, right = (0.34, 129) if narrow else (0.6, 135)
    for place, (issue, row) in enumerate(data.iterrows()):
        firm = row["share"] >= FIRM
        look = {"color": INK, "weight": "normal", "va": "center"}
        if firm:
            look |= {"color": ACCENT, "weight": "bold"}
        axes.barh(place, row["score"], height=height, color=ACCENT if firm else GREY)
        axes.text(row["score"] + 2, place, number(row["score"]), **look)
        axes.text(right, place, percent(row["share"]), ha="right", **look)
        if narrow:
            axes.text(0, place - 0.42, issue, **look)
            continue
        lines = textwrap.wrap(issue, 34)
        for n, line in enumerate(lines):
            axes.text(-2, place + 0.42 * (n - (len(lines) - 1) / 2), line, ha="right", **look)
    axes.text(right, -0.95, "In the top five", ha="right", va="center", color=INK)
    axes.set_xlim(0, 100)
    axes.set_ylim(max(len(data), CHARTED) - 0.4, -1.3)
    axes.set_axis_off()
