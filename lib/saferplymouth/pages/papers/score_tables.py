"""Makes the strategic assessment's tables: issues ranked, moves, the matrix, and the CSV."""

from collections.abc import Iterable
from itertools import zip_longest

import pandas as pd
from markupsafe import Markup

from saferplymouth import disclosure
from saferplymouth.display import layout, tables
from saferplymouth.display.layout import TEXT, Cell
from saferplymouth.framework import PERCENT, Framework, Matrix
from saferplymouth.indicators.words import capital, exactly, listed, nth, number, quantity
from saferplymouth.indicators.words import rate as with_decimals
from saferplymouth.pages.papers import ranking_words
from saferplymouth.pages.papers.scoring import HIDDEN, Mark, Ranking, YearlyRate
from saferplymouth.sources.scores import Score
from saferplymouth.statistics import populations
from saferplymouth.statistics.intervals import round_half_away

SHORT = 24  # letters
MARKS = tables.SHORTHAND | {"[x]": "not available: the reason is stated"}
COLUMNS = ["issue", "measure", "period", "value", "unit", "shorthand", "word", "source"]
COLUMNS += ["confidence", "scored_by", "scored_on", "illustrative"]


def ranking_table(
    ranking: Ranking, last: Ranking | None, moves: pd.DataFrame, framework: Framework, example: str
) -> Markup:
    """Every ranked issue: rank, scores, confidence, what moved since `last`, firmness."""
    rows, since = [], {f"Since {last.year}": TEXT} if last else {}
    ranked = ranking.places.loc[ranking.ranked]
    for issue, place in ranked.iterrows():
        row = ranking.rows[issue]
        low, high = f"{place['low']:.0f}", f"{place['high']:.0f}"
        shared = "=" if (ranked["rank"] == place["rank"]).sum() > 1 else ""
        within = low if low == high else f"{low} to {high}"
        scored_on = f"{row.scored_on.day} {row.scored_on:%b %Y}"
        cells = {
            "Issue": Cell(issue, link=framework.areas[row.area].page if row.area else ""),
            "Rank": _cell(f"{place['rank']:.0f}{shared}", within),
            "Score": number(place["score"]),
        }
        for mark in ranking.marks(issue):
            cells[mark.dimension.name] = _score(mark, ranking.matrix)
        cells["Confidence"] = _cell(row.confidence, row.scored_by, scored_on)
        cells |= {name: _since(issue, last, moves) for name in since}
        rows.append(cells | {"In the top five": ranking_words.percent(place["share"])})
    issues = capital(ranking_words.issues(len(rows)))
    caption = f"{issues} ranked for {ranking.year}, score out of 100{example}"
    return layout.table(caption, rows, kinds={"Confidence": TEXT} | since, marks=MARKS)


def moves_table(moves: pd.DataFrame, this: Ranking, last: Ranking, example: str) -> Markup:
    """Every issue ranked in both years: its score and place in each, and how firm its move is."""
    rows = [
        {
            "Issue": issue,
            f"Score {last.year}": number(last.places.at[issue, "score"]),
            f"Score {this.year}": number(this.places.at[issue, "score"]),
            f"Rank {last.year}": f"{move['last']:.0f}",
            f"Rank {this.year}": f"{move['this']:.0f}",
            "Moved": _way(move["moved"]),
            "Share of draws": ranking_words.percent(move["share"]) if move["moved"] else "[z]",
        }
        for issue, move in moves.iterrows()
    ]
    issues = f"the {ranking_words.issues(len(moves))} ranked in both years"
    caption = f"Places among {issues}, and the share of draws with each move{example}"
    return layout.table(caption, rows, kinds={"Moved": TEXT}, marks=MARKS)


def matrix_table(matrix: Matrix) -> Markup:
    """The words of each scale, its weight and its bands."""
    rows, dimensions = [], matrix.dimensions.values()
    whole, most = sum(d.weight for d in dimensions), max(len(d.scale) for d in dimensions)
    steps = [str(step) for step in range(1, most + 1)]
    for d in dimensions:
        row = {"Dimension": d.name, "Weight": quantity(100 * d.weight / whole, PERCENT)}
        row |= dict.fromkeys(steps, "[z]")
        bands = [f"from {exactly(band)} per 1,000" for band in d.bands or ()]
        for step, word, band in zip_longest(steps[: len(d.scale)], d.scale, ["", *bands]):
            row[step] = _cell(word, band or "")
        rows.append(row)
    kinds = dict.fromkeys(steps, TEXT)
    return layout.table("The matrix: what each score means", rows, kinds=kinds, marks=MARKS)


def rates_table(rankings: Iterable[Ranking], framework: Framework) -> Markup:
    """The scores worked out from an indicator, with their figures; empty without any."""
    rows = []
    for ranking in rankings:
        for row, mark in _left(ranking):
            indicator = framework.indicators[row.indicator]
            page = f"{framework.areas[indicator.area].page}#{indicator.anchor}"
            cells = {"Indicator": Cell(indicator.name, link=page), "Year": ranking.year}
            cells |= _figures(mark.rate, ranking.matrix)
            scored = _missing(mark.rate) or _cell(f"{mark.score:.0f}", mark.word)
            rows.append(cells | {"Score": scored})
    if not rows:
        return Markup()
    dimensions = [d.name for d in framework.matrix.dimensions.values() if d.bands]
    caption = f"Scores for {listed(dimensions)}, from the figures of twelve months"
    return layout.table(caption, rows, kinds={"Year": TEXT}, marks=MARKS)


def _figures(rate: YearlyRate, matrix: Matrix) -> dict[str, str | Cell]:
    if rate.why:
        missing = _missing(rate)
        why = _cell(missing, ranking_words.why_unscored(rate))
        return {"Twelve months": why, "Residents": missing, "Per 1,000": missing}
    covered = f"{rate.first:%b %Y} to {rate.last:%b %Y}"
    return {
        "Twelve months": _cell(number(rate.count), covered),
        "Residents": _cell(number(rate.people), f"mid-{rate.year}"),
        "Per 1,000": _per_1000(rate, matrix),
    }


def download(rankings: list[Ranking], moves: pd.DataFrame) -> str:
    """Every figure of the assessment as tidy CSV, one row for each issue, measure and year."""
    records = [record for ranking in rankings for record in _records(ranking)]
    for issue, move in moves.iterrows():
        about, up = _about(rankings[0], issue), f"Places up since {rankings[-1].year}"
        share = layout.figure("Draws with this move", 100 * move["share"], "percent", "[z]")
        records += [about | layout.figure(up, move["moved"], "places"), about | share]
    return layout.download(pd.DataFrame(records, columns=COLUMNS))


def _records(ranking: Ranking) -> Iterable[dict]:
    for issue, place in ranking.places.iterrows():
        row, about = ranking.rows[issue], _about(ranking, issue)
        for mark in ranking.marks(issue):
            name, rate = mark.dimension.name, mark.rate or YearlyRate()
            source = about | {"source": row.indicator if mark.rate else "scored by people"}
            scale, missing = f"1 to {len(mark.dimension.scale)}", _missing(rate)
            scored = layout.figure(name, mark.score, scale, missing)
            yield source | {"word": mark.word} | scored
            if mark.rate:
                note = "" if rate.why else populations.note(rate.year, rate.wanted or rate.year)
                unit = f"per 1,000 residents{note}"
                yield source | layout.figure(f"{name}: yearly rate", rate.per_1000, unit, missing)
        yield about | layout.figure("Score", place["score"], "0 to 100")
        for measure, column in (("", "rank"), (", low end", "low"), (", high end", "high")):
            yield about | layout.figure(f"Rank{measure}", place[column], "place")
        yield about | layout.figure("Draws in the top five", 100 * place["share"], "percent")


def _about(ranking: Ranking, issue: str) -> dict:
    row = ranking.rows[issue]
    return {
        "issue": issue,
        "period": ranking.year,
        "word": "",
        "source": "worked out from the scores",
        "confidence": row.confidence,
        "scored_by": row.scored_by,
        "scored_on": str(row.scored_on),
        "illustrative": "yes" if row.illustrative else "no",
    }


def _left(ranking: Ranking) -> list[tuple[Score, Mark]]:
    """The rows and scores that were left to an indicator."""
    marks = [(row, mark) for issue, row in ranking.rows.items() for mark in ranking.marks(issue)]
    return [(row, mark) for row, mark in marks if mark.rate]


def not_ranked(ranking: Ranking, framework: Framework) -> list[str]:
    """Why each unranked issue is not ranked."""
    reasons = []
    for row, mark in _left(ranking):
        if mark.rate.why:
            left = f"comes from “{framework.indicators[row.indicator].name}”"
            why = ranking_words.why_unscored(mark.rate)
            reasons.append(f"{row.issue}: its score for {mark.dimension.name} {left}, but {why}.")
    return reasons


def _missing(rate: YearlyRate) -> str:
    return {"": "", HIDDEN: disclosure.MARK}.get(rate.why, "[x]")


def _score(mark: Mark, matrix: Matrix) -> Cell:
    per = [f"from {_per_1000(mark.rate, matrix)} per 1,000"] if mark.rate else []
    return _cell(f"{mark.score:.0f}", mark.word, *per)


def _per_1000(rate: YearlyRate, matrix: Matrix) -> str:
    """A rate with as many decimals as show which bands it reaches: 24.99 is not yet 25."""
    bands = [band for d in matrix.dimensions.values() for band in d.bands or ()]

    def reached(value: float) -> list[bool]:
        return [value >= band for band in bands]

    rates = {places: round_half_away(rate.per_1000, places) for places in range(1, 7)}
    alike = (p for p, value in rates.items() if reached(value) == reached(rate.per_1000))
    return with_decimals(rate.per_1000, next(alike, 1))


def _since(issue: str, last: Ranking, moves: pd.DataFrame) -> str | Cell:
    if issue not in moves.index:
        return "not ranked then" if issue in last.rows else "new"
    move = moves.loc[issue]
    places = f"{nth(move['last'])} to {nth(move['this'])}" if move["moved"] else ""
    return _cell(_way(move["moved"]), places)


def _way(moved: float) -> str:
    return "same" if moved == 0 else f"{'up' if moved > 0 else 'down'} {abs(moved):.0f}"


def _cell(text: str, *lines: str) -> Cell:
    """A figure with lines under it; a short line is never broken."""
    kept = [
        line.replace(" ", "\N{NO-BREAK SPACE}") if len(line) <= SHORT else line for line in lines
    ]
    return Cell(text, *kept)
