"""The strategic assessment's tables: every issue ranked, what moved, the matrix, and the data."""

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
from saferplymouth.pages.papers.scoring import HIDDEN, Ranking, YearlyRate
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
        row, (low, high) = ranking.rows[issue], (f"{place[end]:.0f}" for end in ("low", "high"))
        shared = "=" if (ranked["rank"] == place["rank"]).sum() > 1 else ""
        within = low if low == high else f"{low} to {high}"
        scored_on = f"{row.scored_on.day} {row.scored_on:%b %Y}"
        cells = {
            "Issue": Cell(issue, link=framework.areas[row.area].page if row.area else ""),
            "Rank": _cell(f"{place['rank']:.0f}{shared}", within),
            "Score": number(place["score"]),
        }
        for key, dimension in ranking.matrix.dimensions.items():
            cells[dimension.name] = _score(ranking, issue, key)
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
        for issue, key in _left(ranking):
            indicator = framework.indicators[ranking.rows[issue].indicator]
            rate = ranking.rates[indicator.key]
            page = f"{framework.areas[indicator.area].page}#{indicator.anchor}"
            row = {"Indicator": Cell(indicator.name, link=page), "Year": ranking.year}
            row |= _figures(rate, ranking.matrix)
            rows.append(row | {"Score": _missing(rate) or _worded(ranking, issue, key)})
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
        for key, d in ranking.matrix.dimensions.items():
            left, score = ranking.measured.at[issue, key], ranking.scores.at[issue, key]
            rate = ranking.rates[row.indicator] if left else YearlyRate()
            source = {"source": row.indicator if left else "scored by people"}
            scored = layout.figure(d.name, score, f"1 to {len(d.scale)}", _missing(rate))
            yield about | source | {"word": _word(ranking, issue, key)} | scored
            if left:
                note = "" if rate.why else populations.note(rate.year, rate.wanted or rate.year)
                unit, measure = f"per 1,000 residents{note}", f"{d.name}: yearly rate"
                yield about | source | layout.figure(measure, rate.per_1000, unit, _missing(rate))
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


def _left(ranking: Ranking) -> Iterable[tuple[str, str]]:
    """The issues and dimensions left to an indicator."""
    for issue, row in ranking.rows.items():
        yield from ((issue, key) for key, score in row.scores.items() if score is None)


def not_ranked(ranking: Ranking, framework: Framework) -> list[str]:
    """Why each issue that is not ranked is not."""
    reasons = []
    for issue, key in _left(ranking):
        indicator = framework.indicators[ranking.rows[issue].indicator]
        rate, dimension = ranking.rates[indicator.key], ranking.matrix.dimensions[key].name
        if rate.why:
            why = f"was left to “{indicator.name}”, and {ranking_words.why_unscored(rate)}"
            reasons.append(f"{issue}: its score for {dimension} {why}.")
    return reasons


def _missing(rate: YearlyRate) -> str:
    return {"": "", HIDDEN: disclosure.MARK}.get(rate.why, "[x]")


def _score(ranking: Ranking, issue: str, key: str) -> Cell:
    if not ranking.measured.at[issue, key]:
        return _worded(ranking, issue, key)
    rate = ranking.rates[ranking.rows[issue].indicator]
    return _worded(ranking, issue, key, f"from {_per_1000(rate, ranking.matrix)} per 1,000")


def _worded(ranking: Ranking, issue: str, key: str, *lines: str) -> Cell:
    return _cell(f"{ranking.scores.at[issue, key]:.0f}", _word(ranking, issue, key), *lines)


def _word(ranking: Ranking, issue: str, key: str) -> str:
    score = ranking.scores.at[issue, key]
    return ranking.matrix.dimensions[key].scale[int(score) - 1] if pd.notna(score) else ""


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
    """A figure with lines under it, of which a short one is kept whole."""
    kept = [
        line.replace(" ", "\N{NO-BREAK SPACE}") if len(line) <= SHORT else line for line in lines
    ]
    return Cell(text, *kept)
