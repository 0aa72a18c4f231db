"""The strategic assessment's page: every issue scored and ranked, what moved, and how firm the
order is.
"""

import html
from collections import Counter
from functools import cached_property
from pathlib import Path

import pandas as pd

from saferplymouth import periods
from saferplymouth.display import layout
from saferplymouth.display.parts import Part
from saferplymouth.framework import PERCENT
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import capital, listed, quantity
from saferplymouth.pages.papers import ranking_words, score_tables, scoring
from saferplymouth.pages.papers.scoring import DRAWS, TOP, Ranking
from saferplymouth.sources.papers import ASSESSMENT
from saferplymouth.sources.scores import FIRST, LAST

TITLE, EXAMPLE = "Strategic assessment", "Illustrative example"
NONE = "No scores received yet"
HANDBOOK = (
    "OECD and Joint Research Centre, Handbook on Constructing Composite Indicators (2008), steps "
    "5 to 7"
)


class StrategicAssessment:
    """The yearly strategic assessment as it stood in one month, "2016-11"; each method is a part of
    its page.

    `this` is the ranking of the latest year in the paper and `last` that of the year before it
    there, None where there is none. Where no drop up to the month has the paper, the page says so
    and asks for it.

    >>> StrategicAssessment("2016-11").ranking()
    <table of strategic_assessment, November 2016>
    """

    def __init__(self, month: str | pd.Period, root: Path | None = None):
        self.project = Project(month, root)
        self.framework, self.paper = self.project.framework, self.project.papers.get(ASSESSMENT)
        years = sorted({row.year for row in self.paper.rows}) if self.paper else []
        self.this = self._ranking(years[-1]) if years else None
        self.last = self._ranking(years[-2]) if len(years) > 1 else None

    def _ranking(self, year: str) -> Ranking:
        """A year's ranking; what it leaves to an indicator is worked out on figures up to the end
        of that year.
        """
        calendar, people = self.framework.calendar, self.framework.partnership.population
        upto = min(self.project.month, calendar.parse(year, "year").asfreq("M", "end"))
        rows = [row for row in self.paper.rows if row.year == year]
        evidence = {
            row.indicator: self.project.evidence[row.indicator] for row in rows if row.indicator
        }
        rates = {
            k: scoring.yearly_rate(e.indicator, e.observed, people, upto)
            for k, e in evidence.items()
        }
        return scoring.rank(self.framework.matrix, rows, rates)

    @property
    def years(self) -> list[Ranking]:
        return [ranking for ranking in (self.this, self.last) if ranking]

    @cached_property
    def moves(self) -> pd.DataFrame:
        """What moved since the year before, as `assessment.movement` gives it; empty without such a
        year.
        """
        moves = scoring.movement(self.this, self.years[-1])
        return moves if self.last else moves.iloc[:0]

    @property
    def _made_up(self) -> list[bool]:
        """Which of the rows shown are only an example."""
        return [row.illustrative for ranking in self.years for row in ranking.rows.values()]

    @property
    def example(self) -> str:
        """What is added to captions where any score is only an example."""
        return f" ({EXAMPLE.lower()})" if any(self._made_up) else ""

    def _request(self) -> str:
        """What is asked for where no scores have come."""
        dimensions = self.framework.matrix.dimensions if self.framework.matrix else ()
        columns = ",".join((*FIRST, *dimensions, *LAST))
        return (
            f'<div class="request"><h2 id="table">{NONE}</h2><p>The partnership is asked for its '
            f"scores: a row for "
            f"each issue and year, in papers/{ASSESSMENT}.csv, with these columns.</p>"
            f'<pre role="region" tabindex="0" aria-label="The scores to fill '
            f'in">{html.escape(columns)}</pre></div>'
        )

    def _part(self, kind: str, heading: str, content: str, key: str = "", csv: str = "") -> Part:
        """A part under its heading, marked where it is only an example."""
        mark = f'<p class="missing"><strong>{EXAMPLE}</strong></p>' if self.example else ""
        headed = f'<h2 id="{kind}">{html.escape(heading)}</h2>{mark}{content}'
        return Part(kind, self.project.month, headed, key, csv)

    def summary(self) -> Part:
        """The warning where scores are an example, which issues rank highest, and the key findings
        as links.
        """
        facts = {"title": TITLE, "runs_to": {}}
        if self.this is None:
            lead = "Every issue is scored for threat, risk and harm once a year, and ranked."
            return Part(
                "summary", self.project.month, layout.opening(lead, [(NONE, "table")]), facts=facts
            )
        places, count = self.this.places, ranking_words.issues(len(self.this.ranked))
        first = [*places.index[places["rank"] <= TOP]]
        some = len(first) < len(self.this.ranked)
        lead = (
            f"{listed(first)} rank highest of the {count} ranked for {self.this.year}. "
            if some
            else ""
        )
        lead += (
            f"To see how firm an order is, it is drawn {DRAWS:,} times with weights and scores "
            f"varied."
        )
        content = self._warning() + layout.opening(lead, self.findings)
        return Part("summary", self.project.month, content, facts=facts)

    def _warning(self) -> str:
        if not self.example:
            return ""
        area, scores = (
            html.escape(self.framework.partnership.area),
            "Scores" if all(self._made_up) else "Some scores",
        )
        return (
            f'<p class="missing"><strong>{EXAMPLE}.</strong> {scores} on this page were made up '
            f"to show how the "
            "assessment works. No one in the partnership gave them, and nothing that follows from "
            "them is a finding "
            f"about {area}. Only the figures behind scores worked out from an indicator are "
            f"real.</p>"
        )

    @property
    def findings(self) -> list[tuple[str, str]]:
        """The page's findings, at most six and first things first, each with the part it leads
        to.
        """
        found = [(ranking_words.top(self.this), "chart")]
        found += [(text, "table") for text in ranking_words.firmness(self.this)]
        if self.last:
            told = [ranking_words.moved(self.moves, self.last.year)[0], *self._only_in_one()]
            found += [(text, "movement") for text in told]
        if len(self.this.unranked):
            found.append(
                (f"Not ranked, for want of a figure: {listed([*self.this.unranked])}", "table")
            )
        return found

    def _only_in_one(self) -> list[str]:
        """The issues that only one of the two years has, as one sentence."""
        if not self.last:
            return []
        new, gone = (
            [i for i in a.rows if i not in b.rows] for a, b in (self.years, self.years[::-1])
        )
        said = [f"new in {self.this.year}: {listed(new)}"] if new else []
        said += [f"scored in {self.last.year} and not since: {listed(gone)}"] if gone else []
        return [capital("; ".join(said))] if said else []

    def chart(self) -> Part:
        """The highest scores as bars, and how often each issue is in the top five."""
        if self.this is None:
            return Part("chart", self.project.month, "")
        drawn = (
            ranking_words.order_chart(self.this, self.example).html if len(self.this.ranked) else ""
        )
        return self._part("chart", ranking_words.top(self.this), drawn, ASSESSMENT)

    def ranking(self) -> Part:
        """Every issue with its rank, its scores and how firm they are; those not ranked, and why;
        all of it as CSV.
        """
        if self.this is None:
            return Part(
                "table",
                self.project.month,
                self._request(),
                ASSESSMENT,
                score_tables.download([], pd.DataFrame()),
            )
        told = (
            "<p>Under each rank is the range it kept to in nine of ten draws; “=” marks a rank "
            "that issues share. A "
            "score with a rate under it was worked out from an indicator. Confidence is that of "
            "the people named "
            f"under it. Moves are among the issues ranked in both years. The last column is the "
            f"share of the {DRAWS:,} "
            "draws in which the issue is among the first five.</p>"
        )
        shown = score_tables.ranking_table(
            self.this, self.last, self.moves, self.framework, self.example
        )
        out = "".join(
            f"<li>{html.escape(why)}</li>"
            for why in score_tables.not_ranked(self.this, self.framework)
        )
        out = f"<h3>Not ranked</h3><ul>{out}</ul>" if out else ""
        csv = score_tables.download(self.years, self.moves)
        heading = "Every issue, its scores and how firm its rank is"
        return self._part("table", heading, told + shown + out, ASSESSMENT, csv)

    def movement(self) -> Part:
        """What moved since the year before, and how firmly; which issues came and went."""
        if self.this is None:
            return Part("movement", self.project.month, "")
        if not self.last:
            none = f"There is no year before {self.this.year} in the assessment to compare with"
            return self._part("movement", none, "")
        heading, *others = ranking_words.moved(self.moves, self.last.year)
        unranked = [i for i in self.this.rows if i in self.last.rows and i not in self.moves.index]
        others += self._only_in_one()
        others += (
            [f"Scored in both years, and not ranked in both: {listed(unranked)}"]
            if unranked
            else []
        )
        others += [
            "Each draw has the same weights in both years, and lets the scores of each year err "
            "by themselves. A score "
            "left to an indicator is worked out on the figures of its own year, as they stand now"
        ]
        shown = (
            score_tables.moves_table(self.moves, self.this, self.last, self.example)
            if len(self.moves)
            else ""
        )
        return self._part(
            "movement", heading, "".join(f"<p>{html.escape(text)}.</p>" for text in others) + shown
        )

    def method(self) -> Part:
        """How the scores become a ranking, the matrix, the figures of the indicators, and who
        scored and when.
        """
        if self.this is None:
            return Part("method", self.project.month, "")
        matrix = self.framework.matrix
        steps = [f"{word} {spread:g}" for word, spread in matrix.confidence.items()]
        text = (
            "<p>Each score is put on a scale from 0, the lowest of its dimension, to 100, the "
            "highest. An issue’s "
            "score is the mean of these by weight, and equal scores share a rank. An issue with a "
            "score missing is "
            "not ranked: a gap is not a low score.</p>"
            f"<p>No weight or score is exact, so the ranking is drawn {DRAWS:,} times. In each "
            f"draw every weight is "
            f"varied by about {quantity(100 * matrix.weights_vary, PERCENT)} of itself, and every "
            f"score by about as "
            f"many steps as its confidence says: {html.escape(listed(steps))}. A place or a move "
            f"is called firm when "
            f"it holds in at least {ranking_words.percent(ranking_words.FIRM)} of draws. The "
            f"draws are the same ones each time, and "
            "another set would give shares within two percentage points of these.</p>"
        )
        rates = score_tables.rates_table(self.years, self.framework)
        rates = f"<h3>Scores worked out from an indicator</h3>{rates}" if rates else ""
        noted = {f"Scored for {r.year}": listed(self._scorers(r)) for r in self.years} | {
            "Method": HANDBOOK
        }
        source = layout.source(self.paper, ASSESSMENT, f"{TITLE}: every figure on this page", noted)
        content = text + score_tables.matrix_table(matrix) + rates + source
        return self._part("method", "How the issues are scored", content)

    def _scorers(self, ranking: Ranking) -> list[str]:
        each = Counter((row.scored_by, row.scored_on) for row in ranking.rows.values())
        return [
            f"{who}, {periods.day(on)} ({ranking_words.issues(count)})"
            for (who, on), count in sorted(each.items())
        ]
