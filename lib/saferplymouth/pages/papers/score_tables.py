"""The strategic assessment's tables: every issue ranked, what moved, the matrix, and all of it as
data.
"""

import html
from collections.abc import Iterable

import pandas as pd

from saferplymouth import disclosure
from saferplymouth.display import layout, tables
from saferplymouth.framework import PERCENT, Framework, Matrix
from saferplymouth.indicators.words import capital, exactly, listed, nth, number, quantity
from saferplymouth.indicators.words import rate as with_decimals
from saferplymouth.pages.papers import ranking_words
from saferplymouth.pages.papers.scoring import HIDDEN, Ranking, YearlyRate
from saferplymouth.sources.scores import Score
from saferplymouth.statistics import populations
from saferplymouth.statistics.intervals import exact, round_half_away

SHORT = 24  # letters
BY_PEOPLE, WORKED_OUT = "scored by people", "worked out from the scores"


def ranking_table(
    ranking: Ranking, last: Ranking | None, moves: pd.DataFrame, framework: Framework, example: str
) -> str:
    """Every ranked issue: rank, score, the score in each dimension, confidence, what moved since
    `last`, firmness.
    """
    dimensions = ranking.matrix.dimensions
    head = ["Issue", "Rank", "Score", *(d.name for d in dimensions.values()), "Confidence"]
    since = [f"Since {last.year}"] if last else []
    head += [*since, "In the top five"]
    body = []
    for issue, place in ranking.places.loc[ranking.ranked].iterrows():
        row = ranking.rows[issue]
        cells = [_place(ranking, issue) + _small(_range(place)), number(place["score"])]
        cells += [_score(ranking, issue, key) for key in dimensions]
        scored_on = f"{row.scored_on.day} {row.scored_on:%b %Y}"
        cells += [html.escape(row.confidence) + _small(row.scored_by) + _small(scored_on)]
        cells += [
            *([_since(issue, last, moves)] if last else []),
            ranking_words.percent(place["share"]),
        ]
        body.append([_linked(row, framework), *cells])
    issues = capital(ranking_words.issues(len(body)))
    words = ["Confidence", *since]
    return table(
        f"{issues} ranked for {ranking.year}, score out of 100{example}", head, body, words
    )


def moves_table(moves: pd.DataFrame, this: Ranking, last: Ranking, example: str) -> str:
    """Every issue ranked in both years: its score and place in each, and how firm its move is."""
    head = [
        "Issue",
        f"Score {last.year}",
        f"Score {this.year}",
        f"Rank {last.year}",
        f"Rank {this.year}",
        "Moved",
    ]
    body = []
    for issue, row in moves.iterrows():
        scores = [number(ranking.places.at[issue, "score"]) for ranking in (last, this)]
        firm = ranking_words.percent(row["share"]) if row["moved"] else "[z]"
        cells = [*scores, f"{row['last']:.0f}", f"{row['this']:.0f}", _way(row["moved"]), firm]
        body.append([html.escape(issue), *cells])
    caption = (
        f"Places among the {ranking_words.issues(len(moves))} ranked in both years, and the share "
        f"of draws with each move"
    )
    return table(caption + example, [*head, "Share of draws"], body, ["Moved"])


def matrix_table(matrix: Matrix) -> str:
    """The words of each scale, its weight and its bands."""
    body, dimensions = [], matrix.dimensions.values()
    whole, most = sum(d.weight for d in dimensions), max(len(d.scale) for d in dimensions)
    for d in dimensions:
        bands = (
            ["", *(f"from {exactly(band)} per 1,000" for band in d.bands)]
            if d.bands
            else [""] * len(d.scale)
        )
        words = [
            html.escape(word) + _small(band) for word, band in zip(d.scale, bands, strict=True)
        ]
        share = quantity(100 * d.weight / whole, PERCENT)
        body.append([html.escape(d.name), share, *words, *["[z]"] * (most - len(words))])
    steps = [str(n) for n in range(1, most + 1)]
    return table("The matrix: what each score means", ["Dimension", "Weight", *steps], body, steps)


def rates_table(rankings: Iterable[Ranking], framework: Framework) -> str:
    """The scores worked out from an indicator, with the figures they come from; empty where there
    are none.
    """
    body = []
    for ranking in rankings:
        for issue, key in _left(ranking):
            row, score = ranking.rows[issue], ranking.scores.at[issue, key]
            indicator, rate = framework.indicators[row.indicator], ranking.rates[row.indicator]
            page = f"{framework.areas[indicator.area].page}#{indicator.anchor}"
            scored = _missing(rate) or f"{score:.0f}" + _small(_word(ranking, key, score))
            shown = [*_figures(rate, ranking.matrix), scored]
            body.append(
                [f'<a href="{page}">{html.escape(indicator.name)}</a>', ranking.year, *shown]
            )
    if not body:
        return ""
    named = listed([d.name for d in framework.matrix.dimensions.values() if d.bands])
    head = ["Indicator", "Year", "Twelve months", "Residents", "Per 1,000", "Score"]
    return table(f"Scores for {named}, from the figures of twelve months", head, body, ["Year"])


def _figures(rate: YearlyRate, matrix: Matrix) -> list[str]:
    """A rate's count, residents and figure per 1,000, or why there is none."""
    if rate.why:
        return [
            _missing(rate) + _small(ranking_words.why_unscored(rate)),
            _missing(rate),
            _missing(rate),
        ]
    covered = f"{rate.first.strftime('%b %Y')} to {rate.last.strftime('%b %Y')}"
    return [
        number(rate.count) + _small(covered),
        number(rate.people) + _small(f"mid-{rate.year}"),
        _per_1000(rate, matrix),
    ]


def table(caption: str, head: list[str], body: list[list[str]], words: Iterable[str]) -> str:
    """A table of figures with the shorthand it uses: `body` has the HTML of each row's cells, the
    heading first.

    The columns named in `words` hold words, as the first does.
    """
    used = {cell[:3] for row in body for cell in row}
    meanings = tables.SHORTHAND | {"[x]": "not available: the reason is stated"}
    marks = {mark: meaning for mark, meaning in meanings.items() if mark in used}
    kinds = {name: layout.TEXT if name in (head[0], *words) else layout.FIGURE for name in head}
    return layout.table(caption, kinds, body, marks=marks)


def download(rankings: list[Ranking], moves: pd.DataFrame) -> str:
    """Every figure of the assessment as tidy CSV, one row for each issue, measure and year."""
    records = [record for ranking in rankings for record in _records(ranking)]
    for issue, row in moves.iterrows():
        base = _base(rankings[0], issue)
        records.append(
            base | _value(f"Places up since {rankings[-1].year}", row["moved"], "places")
        )
        records.append(base | _value("Draws with this move", 100 * row["share"], "percent", "[z]"))
    columns = ["issue", "measure", "period", "value", "unit", "shorthand", "word", "source"]
    columns += ["confidence", "scored_by", "scored_on", "illustrative"]
    return pd.DataFrame(records, columns=columns).to_csv(index=False, lineterminator="\n")


def _records(ranking: Ranking) -> Iterable[dict]:
    for issue, place in ranking.places.iterrows():
        row, base = ranking.rows[issue], _base(ranking, issue)
        for key, d in ranking.matrix.dimensions.items():
            left, score = ranking.measured.at[issue, key], ranking.scores.at[issue, key]
            source = row.indicator if left else BY_PEOPLE
            rate = ranking.rates[row.indicator] if left else YearlyRate()
            told = {"word": _word(ranking, key, score), "source": source}
            yield base | told | _value(d.name, score, f"1 to {len(d.scale)}", _missing(rate))
            if left:
                measure = f"{d.name}: yearly rate"
                note = populations.note(rate.year, rate.wanted or rate.year)
                unit = "per 1,000 residents" + ("" if rate.why else note)
                yield (
                    base | {"source": source} | _value(measure, rate.per_1000, unit, _missing(rate))
                )
        measures = {
            "Score": ("score", "0 to 100"),
            "Rank": ("rank", "place"),
            "Rank, low end": ("low", "place"),
        }
        for name, (column, unit) in (measures | {"Rank, high end": ("high", "place")}).items():
            yield base | _value(name, place[column], unit)
        yield base | _value("Draws in the top five", 100 * place["share"], "percent")


def _base(ranking: Ranking, issue: str) -> dict:
    """What every record of an issue and year says."""
    row = ranking.rows[issue]
    given = {
        "confidence": row.confidence,
        "scored_by": row.scored_by,
        "scored_on": str(row.scored_on),
    }
    given |= {"illustrative": "yes" if row.illustrative else "no"}
    return {"issue": issue, "period": ranking.year, "word": "", "source": WORKED_OUT} | given


def _value(measure: str, value: float | None, unit: str, missing: str = "[x]") -> dict:
    known = value is not None and value == value
    shown = f"{exact(value):.15g}" if known else ""
    return {"measure": measure, "value": shown, "unit": unit, "shorthand": "" if known else missing}


def _left(ranking: Ranking) -> Iterable[tuple[str, str]]:
    """The issues and dimensions whose score was left to an indicator."""
    return (
        (issue, key)
        for issue, row in ranking.rows.items()
        for key, given in row.scores.items()
        if given is None
    )


def not_ranked(ranking: Ranking, framework: Framework) -> list[str]:
    """Why each issue that is not ranked is not."""
    told = []
    for issue, key in _left(ranking):
        indicator = framework.indicators[ranking.rows[issue].indicator]
        rate, dimension = ranking.rates[indicator.key], ranking.matrix.dimensions[key].name
        if rate.why:
            why = f"was left to “{indicator.name}”, and {ranking_words.why_unscored(rate)}"
            told.append(f"{issue}: its score for {dimension} {why}.")
    return told


def _missing(rate: YearlyRate) -> str:
    """The shorthand for a rate, or its score, that is not there."""
    return {"": "", HIDDEN: disclosure.MARK}.get(rate.why, "[x]")


def _score(ranking: Ranking, issue: str, key: str) -> str:
    score = ranking.scores.at[issue, key]
    shown = f"{score:.0f}" + _small(_word(ranking, key, score))
    if not ranking.measured.at[issue, key]:
        return shown
    rate = ranking.rates[ranking.rows[issue].indicator]
    return shown + _small(f"from {_per_1000(rate, ranking.matrix)} per 1,000")


def _word(ranking: Ranking, key: str, score: float) -> str:
    return ranking.matrix.dimensions[key].scale[int(score) - 1] if score == score else ""


def _per_1000(rate: YearlyRate, matrix: Matrix) -> str:
    """A rate with as many decimals, one at least, as show which bands it reaches: 24.99 is not yet
    25.
    """
    reached, bands = (
        rate.per_1000,
        [band for d in matrix.dimensions.values() for band in d.bands or ()],
    )
    rounded = {places: round_half_away(reached, places) for places in range(1, 7)}
    alike = (
        p
        for p, value in rounded.items()
        if all((value >= band) == (reached >= band) for band in bands)
    )
    return with_decimals(reached, next(alike, 1))


def _place(ranking: Ranking, issue: str) -> str:
    ranks = ranking.places["rank"]
    return f"{ranks[issue]:.0f}{'=' if (ranks == ranks[issue]).sum() > 1 else ''}"


def _range(place: pd.Series) -> str:
    low, high = int(place["low"]), int(place["high"])
    return f"{low} to {high}" if low < high else f"{low}"


def _since(issue: str, last: Ranking, moves: pd.DataFrame) -> str:
    if issue not in moves.index:
        return "not ranked then" if issue in last.rows else "new"
    row = moves.loc[issue]
    places = f"{nth(row['last'])} to {nth(row['this'])}" if row["moved"] else ""
    return _way(row["moved"]) + _small(places)


def _way(moved: float) -> str:
    return "same" if moved == 0 else f"{'up' if moved > 0 else 'down'} {abs(moved):.0f}"


def _linked(row: Score, framework: Framework) -> str:
    name = html.escape(row.issue)
    return f'<a href="{framework.areas[row.area].page}">{name}</a>' if row.area else name


def _small(text: str) -> str:
    """A line under a figure; a short one is kept whole."""
    return layout.small(text.replace(" ", "\N{NO-BREAK SPACE}") if len(text) <= SHORT else text)
