"""The commissioning page: what the grant buys, whether it adds up, and the thread from need to
evidence to money.
"""

import datetime
import html
from pathlib import Path

import pandas as pd

from saferplymouth import periods
from saferplymouth.display import layout
from saferplymouth.display.layout import DATE, FIGURE, LONG, TEXT, small
from saferplymouth.display.parts import Part
from saferplymouth.display.tables import published
from saferplymouth.framework import PERCENT, POUNDS
from saferplymouth.indicators import findings
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import capital, counted, inner, quantity
from saferplymouth.pages.papers import allocation, money_charts
from saferplymouth.pages.papers.allocation import total
from saferplymouth.pages.papers.money_charts import of, pounds, share
from saferplymouth.pages.section import Section, state_mark
from saferplymouth.sources.commissioning import NEED, Need
from saferplymouth.sources.papers import COMMISSIONING

TITLE = "Commissioning"
MARKS = {"[x]": "not confirmed, or not stated", "[z]": "not applicable"}
HEAD = {"Need": TEXT, "Recommendation": LONG, "From the grant": FIGURE, "Total budget": FIGURE}
HEAD |= {"Status": TEXT, "Decision": DATE}
THREAD = {"Need": TEXT, "What measures it, and its latest finding": LONG, "From the grant": FIGURE}
BARE = {"Priority": TEXT, "What its figures say first": LONG, "Waits for": TEXT}
MEASURES = {
    "From the grant": ("contribution", POUNDS),
    "Share of the grant": ("share", PERCENT),
    "Total budget": ("budget", POUNDS),
    "Grant’s share of the total budget": ("part", PERCENT),
}
ABOUT = ["status", "recommendation", "owner", "decide_by", "areas", "indicators", "note"]


class Commissioning:
    """A year's commissioning intentions as they stood in one month, "2016-11"; each method is a
    part of the page.

    Sums are in whole pounds. Raises `NotReceived` where no drop up to the month has the paper.

    >>> money = Commissioning("2016-11")
    >>> money.allocated
    '£233,500 (58.3%) of the grant is confirmed; £167,068 (41.7%), for 5 lines, is not allocated'
    >>> money.ledger()
    <table of commissioning, November 2016>
    """

    def __init__(self, month: str | pd.Period, root: Path | None = None):
        self.project = Project(month, root)
        self.paper = layout.paper(self.project, COMMISSIONING)
        self.money = allocation.ledger(self.paper.rows)
        self.sections = {
            key: Section(self.project, key) for key in self.project.framework.indicators
        }
        evidence = self.project.evidence
        self.unmeasured = allocation.unmeasured(self.money.confirmed, evidence)
        self.priorities = allocation.priorities(self.money, evidence, self.project.framework)

    def summary(self) -> Part:
        """What the page is about, and its key findings as links."""
        lead = (
            f"What the partnership means to buy with its grant for {self.money.year}, whether the "
            f"sums add up, and "
            "what the figures say about each need that the money is for."
        )
        found = [(self.allocated, "allocated"), (self.blind, "thread"), (self.unfunded, "unfunded")]
        found += [(text, "ledger") for text in self._decisions()]
        facts = {"title": TITLE, "runs_to": {}}
        return Part("summary", self.project.month, layout.opening(lead, found), facts=facts)

    @property
    def allocated(self) -> str:
        """What of the grant is confirmed and what is not: the finding that heads the chart."""
        grant, waiting = self.money.grant.contribution, len(self.money.waiting)
        open_lines = f", for {counted(waiting, 'line')}," if waiting else ""
        confirmed, rest = (
            of(total(self.money.confirmed), grant),
            of(self.money.rest.contribution, grant),
        )
        return f"{confirmed} of the grant is confirmed; {rest}{open_lines} is not allocated"

    @property
    def blind(self) -> str:
        """How much of the confirmed money buys needs that no figure follows."""
        confirmed, unseen = total(self.money.confirmed), total(self.unmeasured)
        if not confirmed:
            return "No sum is confirmed yet"
        if not self.unmeasured:
            return (
                f"Every need with confirmed money has a figure that follows it, "
                f"{pounds(confirmed)} in all"
            )
        names = "; ".join(inner(need.need) for need in self.unmeasured)
        return (
            f"{of(unseen, confirmed)} of what is confirmed buys needs that no figure measures "
            f"yet: {names}"
        )

    @property
    def unfunded(self) -> str:
        """How many priorities have figures and no confirmed money, and how many of them a line
        without a sum names.
        """
        bare = self._bare()
        if bare.empty:
            return "Every priority that has figures has confirmed money"
        waiting = int(bare["waiting"].map(bool).sum())
        have = "priority has" if len(bare) == 1 else "priorities have"
        wait = f"{waiting or 'none'} of them {'wait' if waiting > 1 else 'waits'}"
        return (
            f"{len(bare)} {have} figures and no confirmed money; {wait} for a line that is not "
            f"confirmed"
        )

    def _bare(self) -> pd.DataFrame:
        """The priorities with figures and without confirmed money."""
        return self.priorities[self.priorities["figures"] & ~self.priorities["confirmed"]]

    def _decisions(self) -> list[str]:
        """Who is to decide on how many of the lines that wait, and by when; the earliest first, at
        most three.

        Of a day that is past by the edition's month it says who was to.
        """
        asked: dict[tuple[str, datetime.date | None], list[Need]] = {}
        for need in sorted(
            self.money.waiting, key=lambda n: (n.decide_by is None, str(n.decide_by), n.owner)
        ):
            asked.setdefault((need.owner, need.decide_by), []).append(need)
        return [self._decision(owner, day, len(needs)) for (owner, day), needs in asked.items()][:3]

    def _decision(self, owner: str, day: datetime.date | None, count: int) -> str:
        to = "was to" if day and periods.passed(day, self.project.month) else "is to"
        by = f"by {periods.day(day)}" if day else "with no date given"
        return f"{owner} {to} decide on {counted(count, 'line')} {by}"

    def chart(self) -> Part:
        """Each confirmed need and what is not allocated, as bars of the grant."""
        drawn = str(money_charts.money_chart(self.money, self.allocated).html)
        heading = f'<h2 id="allocated">{html.escape(self.allocated)}</h2>'
        return Part("chart", self.project.month, heading + drawn, COMMISSIONING)

    def ledger(self) -> Part:
        """Every need with its sums, shares, status and decision; the reconciliation at its foot;
        all of it as CSV.
        """
        summed, each = allocation.reconciliation(self.money), allocation.shares(self.money)
        confirmed, rest, grant = (pounds(sum_) for sum_ in summed["pounds"])
        heading = f"{confirmed} confirmed and {rest} not allocated add up to the grant of {grant}"
        caption = f"The needs of {self.money.year} and what each gets from the grant"
        rows = zip(self.money.needs, each.to_dict("records"), strict=True)
        body = [_row(need, row, self.project.month) for need, row in rows]
        foot = [
            [
                capital(name),
                counted(row["lines"], "line"),
                pounds(row["pounds"]) + small(f"{share(row['share'])} of it"),
                *["[z]"] * 3,
            ]
            for name, row in summed.to_dict("index").items()
        ]
        shown = layout.table(caption, HEAD, body, foot, MARKS)
        content = f'<h2 id="ledger">{html.escape(heading)}</h2>{shown}'
        return Part(
            "table", self.project.month, content, COMMISSIONING, self._download(each, summed)
        )

    def _download(self, each: pd.DataFrame, summed: pd.DataFrame) -> str:
        """The ledger as tidy CSV: a row for each line and measure."""
        records = []
        for need, row in zip(self.money.needs, each.to_dict("records"), strict=True):
            about = {name: getattr(need, name) for name in ABOUT}
            about |= {
                "line": need.need,
                "areas": ";".join(need.areas),
                "indicators": ";".join(need.indicators),
            }
            records += [
                about | _figure(measure, row[of_it[0]]) for measure, of_it in MEASURES.items()
            ]
        for name, row in summed.to_dict("index").items():
            for measure, column in (("From the grant", "pounds"), ("Share of the grant", "share")):
                records.append({"line": capital(name)} | _figure(measure, row[column]))
        columns = ["year", "line", "measure", "value", "unit", "shorthand", *ABOUT]
        frame = pd.DataFrame(records, dtype=object).assign(year=self.money.year)
        return frame[columns].to_csv(index=False, lineterminator="\n")

    def thread(self) -> Part:
        """From each need to what measures it, the latest finding of each measure, and the money;
        then the priorities that have figures and no confirmed money.
        """
        body = [
            [self._need(need), self._evidence(need), self._paid(need)] for need in self.money.needs
        ]
        shown = layout.table(
            "From need to evidence to money", THREAD, body, marks={"[x]": "no sum yet"}
        )
        content = f'<h2 id="thread">{html.escape(self.blind)}</h2>{shown}'
        content += f'<h2 id="unfunded">{html.escape(self.unfunded)}</h2>{self._priorities()}'
        return Part("thread", self.project.month, content)

    def _need(self, need: Need) -> str:
        return html.escape(need.need) + small(self._titles(need.areas))

    def _titles(self, areas: tuple[str, ...] | pd.Index) -> str:
        return "; ".join(self.project.framework.areas[key].title for key in areas)

    def _evidence(self, need: Need) -> str:
        """Each indicator of a need: its state, and as a link its latest finding, or that no data
        has come.
        """
        sections = [self.sections[key] for key in need.indicators]
        items = "".join(
            f"<li>{state_mark(s.state)} <a "
            f'href="{s.address}">{html.escape(s.leading[0].text)}</a></li>'
            for s in sections
        )
        return f"<ul>{items}</ul>" if items else "No indicator"

    def _paid(self, need: Need) -> str:
        """A need's money: its sum, or why it has none; and whether any figure follows a confirmed
        sum.
        """
        if not need.confirmed:
            return "[x]" + small(need.status)
        return pounds(need.contribution) + small(
            "no figure measures it yet" if need in self.unmeasured else ""
        )

    def _priorities(self) -> str:
        """Each priority with figures and no confirmed money: what they say first, and the need it
        waits for.
        """
        bare, areas, body = self._bare(), self.project.framework.areas, []
        for key, waiting in bare["waiting"].items():
            link = f'<a href="{areas[key].page}">{html.escape(areas[key].title)}</a>'
            waits = html.escape("; ".join(waiting)) or "No line names it"
            body.append([link, html.escape(self._first(key)), waits])
        table = (
            layout.table("Priorities with figures and no confirmed money", BARE, body)
            if body
            else ""
        )
        silent = self.priorities.index[~self.priorities["figures"] & ~self.priorities["confirmed"]]
        neither = (
            f"<p>Neither figures of their own nor confirmed money: "
            f"{html.escape(self._titles(silent))}.</p>"
        )
        return table + (neither if len(silent) else "")

    def _first(self, area: str) -> str:
        """The finding that matters most among those of an area's indicators that have figures."""
        heard = (
            s for s in self.sections.values() if s.indicator.area == area and not s.evidence.unheard
        )
        return min((s.leading[0] for s in heard), key=findings.importance).text

    def source(self) -> Part:
        """The ledger's file, the drop it came in, what was noted of its sums, and the download."""
        noted = {
            row.need or capital(row.kind): row.note
            for row in self.paper.rows
            if row.kind != NEED and row.note
        }
        content = layout.source(self.paper, COMMISSIONING, "The ledger on this page", noted)
        return Part("source", self.project.month, content)


def _row(need: Need, row: dict[str, float], month: pd.Period) -> list[str]:
    """One need as the ledger's table of a month's edition shows it."""
    due = "was due by" if need.decide_by and periods.passed(need.decide_by, month) else "by"
    by = f"{due} {periods.day(need.decide_by)}" if need.decide_by else "no date given"
    return [
        html.escape(need.need),
        html.escape(need.recommendation) + small(need.note),
        _sum(row["contribution"], row["share"]),
        pounds(row["budget"])
        + small(
            f"{quantity(row['part'], PERCENT)} from the grant" if row["part"] == row["part"] else ""
        ),
        capital(need.status),
        html.escape(need.owner) + small(by),
    ]


def _sum(sum_: float, part: float) -> str:
    """Pounds of the grant with their share of it."""
    return pounds(sum_) + small(f"{share(part)} of it" if part == part else "")


def _figure(measure: str, value: float) -> dict:
    """A figure as data writes it: whole pounds, or a percentage in full; `[x]` where there is
    none.
    """
    _, unit = MEASURES[measure]
    known = value is not None and value == value
    shown = published(value, unit) if known else None
    return {"measure": measure, "value": shown, "unit": unit, "shorthand": "" if known else "[x]"}
