"""The strategic assessment page: every issue ranked, what moved, and how firm the order is."""

from collections import Counter
from functools import cached_property

import pandas as pd
from markupsafe import Markup

from saferplymouth import periods
from saferplymouth.display import layout
from saferplymouth.display.layout import Page
from saferplymouth.display.parts import Part
from saferplymouth.display.templates import fill
from saferplymouth.framework import PERCENT
from saferplymouth.indicators.words import capital, inner, listed, quantity
from saferplymouth.pages.papers import ranking_words, score_tables, scoring
from saferplymouth.pages.papers.scoring import TOP, Ranking
from saferplymouth.sources.papers import ASSESSMENT

HANDBOOK = (
    "OECD and Joint Research Centre, Handbook on Constructing Composite Indicators (2008), steps "
    "5 to 7"
)


class StrategicAssessment(Page):
    """The yearly strategic assessment as it stood in one month, "2016-11"; each method is a part of
    its page.

    `this` is the ranking of the latest year in the paper and `last` that of the year before it
    there, None where there is none. Where no drop up to the month has the paper, the page says so
    and asks for it.

    >>> StrategicAssessment("2016-11").ranking()
    <table of strategic_assessment, November 2016>
    """

    key, title = ASSESSMENT, "Strategic assessment"
    DRAWS = scoring.DRAWS

    def prepare(self) -> None:
        self.paper = self.project.papers.get(ASSESSMENT)
        years = sorted({row.year for row in self.paper.rows}) if self.paper else []
        self.years = [self._ranking(year) for year in reversed(years[-2:])]
        self.this = self.years[0] if self.years else None
        self.last = self.years[1] if len(self.years) > 1 else None

    def _ranking(self, year: str) -> Ranking:
        """A year's ranking, with rates of indicators as they were at the end of that year."""
        calendar, people = self.framework.calendar, self.framework.partnership.population
        upto = min(self.project.month, calendar.parse(year, "year").asfreq("M", "end"))
        rows = [row for row in self.paper.rows if row.year == year]
        known = [self.project.evidence[row.indicator] for row in rows if row.indicator]
        rates = {
            e.indicator.key: scoring.yearly_rate(e.indicator, e.observed, people, upto)
            for e in known
        }
        return scoring.rank(self.framework.matrix, rows, rates)

    @cached_property
    def moves(self) -> pd.DataFrame:
        """What moved since the year before (`scoring.movement`); empty without such a year."""
        return scoring.movement(self.this, self.last) if self.last else pd.DataFrame()

    @property
    def made_up(self) -> list[bool]:
        """Which of the rows shown are only an example."""
        return [row.illustrative for ranking in self.years for row in ranking.rows.values()]

    @property
    def example(self) -> str:
        """The words added to captions where any score is only an example."""
        return " (illustrative example)" if any(self.made_up) else ""

    def _headed(self, kind: str, heading: str, csv: str = "", /, **values: object) -> Part:
        return self.part(kind, csv, kind=kind, heading=heading, **values)

    def summary(self) -> Part:
        """A warning of examples, which issues rank highest, and the key findings as links."""
        if self.this is None:
            return self.opening([("No scores received yet", "table")])
        ranked = self.this.places.loc[self.this.ranked, "rank"]
        highest = [*ranked.index[ranked <= TOP]]
        return self.opening(
            self.findings,
            highest=highest if len(highest) < len(ranked) else [],
            issues=ranking_words.issues(len(ranked)),
        )

    @property
    def findings(self) -> list[tuple[str, str]]:
        """At most six findings, the most important first, each with the part it links to."""
        links = [(ranking_words.top(self.this), "chart")]
        links += [(text, "table") for text in ranking_words.firmness(self.this)]
        if self.last:
            moved = ranking_words.moved(self.moves, self.last.year)[0]
            links += [(text, "movement") for text in [moved, *self._only_in_one()]]
        if len(self.this.unranked):
            unranked = listed(self.this.unranked)
            links.append((f"Not ranked, because a figure is missing: {unranked}", "table"))
        return links

    def _only_in_one(self) -> list[str]:
        """The issues that only one of the two years has, as one sentence."""
        new = [issue for issue in self.this.rows if issue not in self.last.rows]
        gone = [issue for issue in self.last.rows if issue not in self.this.rows]
        parts = [f"new in {self.this.year}: {listed(new)}"] if new else []
        parts += [f"scored in {self.last.year} and not since: {listed(gone)}"] if gone else []
        return [capital("; ".join(parts))] if parts else []

    def chart(self) -> Part:
        """The highest scores as bars, and how often each issue is in the top five."""
        if self.this is None:
            return self.shown("chart", Markup())
        some = len(self.this.ranked)
        chart = ranking_words.order_chart(self.this, self.example) if some else None
        if chart:
            chart = chart.named("strategic-assessment-scores", self.framework.partnership.name)
        return self._headed("chart", ranking_words.top(self.this), chart=chart)

    def ranking(self) -> Part:
        """Every issue with its rank, its scores and how firm they are; all of it as CSV."""
        csv = score_tables.download(self.years, self.moves)
        if self.this is None:
            matrix = self.framework.matrix
            scored = [inner(each.name) for each in matrix.dimensions.values()] if matrix else []
            whose = self.framework.partnership.name
            asked = fill(f"{ASSESSMENT}/request", whose=whose, scored=scored)
            return self.shown("table", asked, csv)
        table = score_tables.ranking_table(
            self.this, self.last, self.moves, self.framework, self.example
        )
        not_ranked = score_tables.not_ranked(self.this, self.framework)
        heading = "Every issue, its scores and how firm its rank is"
        return self._headed("table", heading, csv, table=table, not_ranked=not_ranked)

    def movement(self) -> Part:
        """What moved since the year before, and how firmly; which issues came and went."""
        if self.this is None:
            return self.shown("movement", Markup())
        if not self.last:
            none = f"There is no year before {self.this.year} in the assessment to compare with"
            return self._headed("movement", none)
        heading, *sentences = ranking_words.moved(self.moves, self.last.year)
        sentences += self._only_in_one()
        both = [issue for issue in self.this.rows if issue in self.last.rows]
        if unranked := [issue for issue in both if issue not in self.moves.index]:
            sentences.append(f"Scored in both years, and not ranked in both: {listed(unranked)}")
        table = score_tables.moves_table(self.moves, self.this, self.last, self.example)
        return self._headed("movement", heading, sentences=sentences, table=table)

    def method(self) -> Part:
        """How scores become a ranking, the matrix, rates behind scores, and who scored when."""
        if self.this is None:
            return self.shown("method", Markup())
        matrix = self.framework.matrix
        scorers = {f"Scored for {r.year}": listed(_scorers(r)) for r in self.years}
        return self._headed(
            "method",
            "How the issues are scored",
            vary=quantity(100 * matrix.weights_vary, PERCENT),
            steps=[f"{word} {spread:g}" for word, spread in matrix.confidence.items()],
            firm=ranking_words.percent(ranking_words.FIRM),
            matrix=score_tables.matrix_table(matrix),
            rates=score_tables.rates_table(self.years, self.framework),
            rows=layout.origin(self.paper) | scorers | {"Method": HANDBOOK},
        )


def _scorers(ranking: Ranking) -> list[str]:
    each = Counter((row.scored_by, row.scored_on) for row in ranking.rows.values())
    return [
        f"{who}, {periods.day(on)} ({ranking_words.issues(count)})"
        for (who, on), count in sorted(each.items())
    ]
