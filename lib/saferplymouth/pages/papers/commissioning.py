"""The commissioning page: how the grant is spent, and which figures exist for each need."""

from collections.abc import Iterable
from itertools import groupby

import pandas as pd

from saferplymouth import periods
from saferplymouth.display import layout
from saferplymouth.display.layout import DATE, LONG, TEXT, Cell, Page
from saferplymouth.display.parts import Part
from saferplymouth.display.templates import fill
from saferplymouth.framework import PERCENT, POUNDS
from saferplymouth.indicators import findings
from saferplymouth.indicators.words import capital, counted, inner, quantity
from saferplymouth.pages.papers import allocation
from saferplymouth.pages.papers.allocation import total
from saferplymouth.pages.papers.money_charts import money_chart, of, pounds, share
from saferplymouth.pages.section import Section
from saferplymouth.sources.commissioning import NEED, Need
from saferplymouth.sources.papers import COMMISSIONING

SUM, SHARE = "From the grant", "Share of the grant"
MEASURES = {  # of the download, by the column of `allocation.shares`
    "contribution": (SUM, POUNDS),
    "share": (SHARE, PERCENT),
    "budget": ("Total budget", POUNDS),
    "part": ("Grant’s share of the total budget", PERCENT),
}
ABOUT = ["status", "recommendation", "owner", "decide_by", "areas", "indicators", "note"]
COLUMNS = ["year", "line", "measure", "value", "unit", "shorthand", *ABOUT]


class Commissioning(Page):
    """A year's commissioning intentions as they stood in one month, "2016-11"; each method is a
    part of the page.

    Sums are in whole pounds. Raises `NotReceived` where no drop up to the month has the paper.

    >>> money = Commissioning("2016-11")
    >>> money.allocated
    '£233,500 (58.3%) of the grant is confirmed; £167,068 (41.7%) for 5 projects is not allocated'
    >>> money.ledger()
    <table of commissioning, November 2016>
    """

    key, title = COMMISSIONING, "Commissioning"

    def prepare(self) -> None:
        framework, evidence = self.framework, self.project.evidence
        self.paper = layout.paper(self.project, COMMISSIONING)
        self.money = allocation.ledger(self.paper.rows)
        self.sections = {key: Section(self.project, key) for key in framework.indicators}
        self.unmeasured = allocation.unmeasured(self.money.confirmed, evidence)
        self.priorities = allocation.priorities(self.money, evidence, framework)

    def summary(self) -> Part:
        """A summary of the page, with its key findings as links."""
        links = [(self.allocated, "allocated"), (self.blind, "thread"), (self.unfunded, "unfunded")]
        links += [(text, "ledger") for text in self._decisions()]
        return self.opening(links)

    @property
    def allocated(self) -> str:
        """How much of the grant is confirmed and how much is not: the heading of the chart."""
        grant, waiting = self.money.grant.contribution, len(self.money.waiting)
        confirmed = of(total(self.money.confirmed), grant)
        rest = of(self.money.rest.contribution, grant)
        projects = f" for {counted(waiting, 'project')}" if waiting else ""
        return f"{confirmed} of the grant is confirmed; {rest}{projects} is not allocated"

    @property
    def blind(self) -> str:
        """How much of the confirmed money is for needs without any figure."""
        confirmed, unseen = total(self.money.confirmed), total(self.unmeasured)
        if not confirmed:
            return "No money is confirmed yet"
        if not self.unmeasured:
            return f"Every project with confirmed money ({pounds(confirmed)} in all) has figures"
        names = "; ".join(inner(need.need) for need in self.unmeasured)
        return f"{of(unseen, confirmed)} of the confirmed money has no figures yet: {names}"

    @property
    def unfunded(self) -> str:
        """How many priorities have figures but no confirmed money, and how many await a project."""
        bare = self._bare()
        if bare.empty:
            return "Every priority that has figures has confirmed money"
        waiting = int(bare["waiting"].map(bool).sum())
        have = "priority has" if len(bare) == 1 else "priorities have"
        wait = f"{waiting or 'none'} of them {'are' if waiting > 1 else 'is'} waiting for a project"
        return f"{len(bare)} {have} figures but no confirmed money; {wait} that is not confirmed"

    def _bare(self) -> pd.DataFrame:
        return self.priorities[self.priorities["figures"] & ~self.priorities["confirmed"]]

    def _decisions(self) -> list[str]:
        """Who decides on how many unconfirmed projects, and by when: the three earliest dates."""

        def when(need: Need) -> tuple:
            return need.decide_by is None, str(need.decide_by), need.owner

        groups = [list(needs) for _, needs in groupby(sorted(self.money.waiting, key=when), when)]
        return [self._decision(needs[0], len(needs)) for needs in groups[:3]]

    def _decision(self, need: Need, count: int) -> str:
        day = need.decide_by
        to = "was due to" if day and periods.passed(day, self.project.month) else "is due to"
        by = f" by {periods.day(day)}" if day else ": no date given"
        return f"{need.owner} {to} decide on {counted(count, 'project')}{by}"

    def chart(self) -> Part:
        """Each confirmed need, and what is not allocated, as a bar chart."""
        chart = money_chart(self.money, self.allocated)
        name = self.framework.partnership.name
        return self.part("chart", chart=chart.named("commissioning-grant", name))

    def ledger(self) -> Part:
        """Every need with its sums, decision and total; the same as CSV."""
        parts, lines = allocation.reconciliation(self.money), self._lines()
        shown = layout.table(
            f"Projects for {self.money.year}, and the grant for each",
            [self._row(need, sums) for need, sums in lines],
            kinds={"Recommendation": LONG, "Status": TEXT, "Decision": DATE},
            foot=[_foot(name, row) for name, row in parts.iterrows()],
            marks={"[x]": "not confirmed, or not stated", "[z]": "not applicable"},
        )
        sums = dict(zip(("confirmed", "rest", "grant"), map(pounds, parts["pounds"]), strict=True))
        return self.part("table", _download(self.money.year, lines, parts), table=shown, **sums)

    def _lines(self) -> list[tuple[Need, pd.Series]]:
        sums = (row for _, row in allocation.shares(self.money).iterrows())
        return list(zip(self.money.needs, sums, strict=True))

    def _row(self, need: Need, sums: pd.Series) -> dict[str, str | Cell]:
        day, by = need.decide_by, "no date given"
        if day:
            late = periods.passed(day, self.project.month)
            by = f"{'was due by' if late else 'by'} {periods.day(day)}"
        stated = pd.notna(sums["part"])
        part = f"{quantity(sums['part'], PERCENT)} from the grant" if stated else ""
        return {
            "Project": need.need,
            "Recommendation": Cell(need.recommendation, need.note),
            SUM: _sum(sums["contribution"], sums["share"]),
            "Total budget": Cell(pounds(sums["budget"]), part),
            "Status": capital(need.status),
            "Decision": Cell(need.owner, by),
        }

    def thread(self) -> Part:
        """Each need with its indicators' findings and its money; priorities without any money."""
        needs = layout.table(
            "Each project, its indicators and its grant",
            map(self._followed, self.money.needs),
            kinds={"Indicators and their latest findings": LONG},
            marks={"[x]": "no amount yet"},
        )
        priorities = layout.table(
            "Priorities with figures but no confirmed money",
            [self._priority(key, waiting) for key, waiting in self._bare()["waiting"].items()],
            TEXT,
            {"Main finding": LONG},
        )
        silent = self.priorities.index[~self.priorities["figures"] & ~self.priorities["confirmed"]]
        neither = self._titles(silent)
        return self.part("thread", needs=needs, priorities=priorities, neither=neither)

    def _followed(self, need: Need) -> dict[str, str | Cell]:
        sections = [self.sections[key] for key in need.indicators]
        sum_ = Cell("[x]", need.status)
        if need.confirmed:
            blind = "no figures yet" if need in self.unmeasured else ""
            sum_ = Cell(pounds(need.contribution), blind)
        evidence = fill("commissioning/evidence", sections=sections)
        return {
            "Project": Cell(need.need, self._titles(need.areas)),
            "Indicators and their latest findings": evidence,
            SUM: sum_,
        }

    def _titles(self, areas: Iterable[str]) -> str:
        return "; ".join(self.framework.areas[key].title for key in areas)

    def _priority(self, key: str, waiting: tuple[str, ...]) -> dict[str, str | Cell]:
        """A priority, its most important finding, and the needs it is waiting for."""
        area = self.framework.areas[key]
        own = [s for s in self.sections.values() if s.indicator.area == key]
        leading = [section.leading[0] for section in own if not section.evidence.unheard]
        return {
            "Priority": Cell(area.title, link=area.page),
            "Main finding": min(leading, key=findings.importance).text,
            "Waiting for": "; ".join(waiting) or "No funding proposed",
        }

    def source(self) -> Part:
        """The ledger's file and drop, notes on its sums, and the download."""
        sums = [row for row in self.paper.rows if row.kind != NEED and row.note]
        notes = {row.need or capital(row.kind): row.note for row in sums}
        return self.part("source", rows=layout.origin(self.paper) | notes)


def _sum(sum_: float, part: float) -> Cell:
    return Cell(pounds(sum_), f"{share(part)} of it" if pd.notna(part) else "")


def _foot(name: str, row: pd.Series) -> dict[str, str | Cell]:
    known = {
        "Project": capital(name),
        "Recommendation": counted(int(row["lines"]), "project"),
        SUM: _sum(row["pounds"], row["share"]),
    }
    return known | dict.fromkeys(("Total budget", "Status", "Decision"), "[z]")


def _download(year: str, lines: list[tuple[Need, pd.Series]], parts: pd.DataFrame) -> str:
    """The ledger as tidy CSV, with a row for each line and measure."""
    records = []
    for need, sums in lines:
        about = {"line": need.need} | {name: getattr(need, name) for name in ABOUT}
        about |= {name: ";".join(about[name]) for name in ("areas", "indicators")}
        for column, (measure, unit) in MEASURES.items():
            records.append(about | layout.figure(measure, sums[column], unit))
    for name, row in parts.iterrows():
        records.append({"line": capital(name)} | layout.figure(SUM, row["pounds"], POUNDS))
        records.append({"line": capital(name)} | layout.figure(SHARE, row["share"], PERCENT))
    return layout.download(pd.DataFrame(records).assign(year=year)[COLUMNS])
