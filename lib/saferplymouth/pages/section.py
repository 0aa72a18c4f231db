"""Builds the section of one indicator, part by part, as an edition shows it."""

import sys
from collections.abc import Mapping
from functools import cached_property

import pandas as pd
from IPython import get_ipython
from IPython.display import display
from markupsafe import Markup

from saferplymouth import disclosure, periods, sources
from saferplymouth.comments import completion, saving
from saferplymouth.comments.figures import facts_in
from saferplymouth.comments.live import Live
from saferplymouth.display import breakdown_tables, charts, control_charts, figure_tables, tables
from saferplymouth.display.data_frames import Figures
from saferplymouth.display.drawing import Chart
from saferplymouth.display.parts import PARTS, Part
from saferplymouth.display.rolling_years import FEWEST, rolling_chart
from saferplymouth.display.templates import fill
from saferplymouth.framework import RATE, SCORE
from saferplymouth.indicators import absences, commentary, findings
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.findings import Finding
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import capital, goal, inner, listed, span
from saferplymouth.pages import actions, data_requests
from saferplymouth.sources.statuses import UNRELIABLE
from saferplymouth.statistics import trends
from saferplymouth.statistics.measures import Year
from saferplymouth.store import gap

NO_CHART = "There is no chart, because every figure in it would be hidden."


class Section:
    """One indicator as an edition shows it: call its methods in a notebook, each in a cell of its
    own.

    `headline`, `chart`, `control`, `table`, `comment` and `source` are the parts of its page,
    `show()` all of them; `figures()` is the table as a data frame, `check(text)` compares a text
    with the figures. `state` is the word that the board sees, and `findings` are sentences, the
    heading first.

    >>> hate = Report("hate_crime", "2016-11")["police_recorded_hate_crime"]
    >>> hate.findings[0].text
    'Recorded hate crime up 31% (68 more), April to November 2016: within usual variation'
    >>> hate.chart()
    <chart of police_recorded_hate_crime, November 2016>
    """

    def __init__(self, project: Project, key: str):
        self.project, self.indicator = project, project.framework.indicators[key]

    @cached_property
    def evidence(self) -> Evidence:
        """The numbers about the indicator, gathered when they are first asked for."""
        return self.project.evidence[self.indicator.key]

    @property
    def year(self) -> Year:
        """Its financial year."""
        return self.evidence.year

    @property
    def observed(self) -> pd.DataFrame:
        """Its whole series by period."""
        return self.evidence.observed

    @cached_property
    def state(self) -> str:
        """Its state in a word: "On course", "Off course"."""
        return findings.state(self.evidence)

    @cached_property
    def leading(self) -> list[Finding]:
        """The findings that lead its section."""
        return findings.leading(self.evidence)

    def _figure(self, chart: Chart, kind: str) -> Markup:
        return chart.named(f"{self.indicator.key}-{kind}", self._latest_agency).html

    def _part(self, kind: str, content: str, csv: str = "", facts: dict | None = None) -> Part:
        return Part(kind, self.project.month, content, self.indicator.key, csv, facts or {})

    def show(self) -> None:
        """Everything about the indicator, part by part, as a page shows it."""
        for part in PARTS:
            display(getattr(self, part)())

    @property
    def address(self) -> str:
        """Where the indicator stands in its edition."""
        return self.project.framework.address(self.indicator)

    @property
    def aim(self) -> str:
        """Its aim as a reader says it: "reduce", "increase reporting", "at least 90%"."""
        i, calendar = self.indicator, self.project.framework.calendar
        if i.aim != "at least":
            return i.aim
        target = i.target.get(calendar.label(calendar.year(self.project.month)))
        one = target is not None and not isinstance(target, tuple)
        return f"at least {goal(target, i.scale) if one else 'the target'}"

    @property
    def findings(self) -> list[Finding]:
        """Every finding on this indicator, its heading first."""
        return [*self.leading, *findings.awaited(self.evidence), *self._apart]

    @property
    def _apart(self) -> list[Finding]:
        other = self.indicator.compare_with
        return findings.moved_apart(self.evidence, self.project.evidence[other]) if other else []

    @property
    def _shown(self) -> pd.PeriodIndex:
        """The periods of the year shown and of the one before it."""
        own = self.year.frame.index
        return own.append(own - periods.FREQUENCIES[self.indicator.frequency])

    @property
    def _latest_agency(self) -> str:
        latest = self.year.latest
        return self.project.framework.source(
            self.indicator, self.project.month if latest is None else latest
        )

    def headline(self) -> Part:
        """The finding as a heading, its state, what is counted and the aim."""
        e, finding = self.evidence, self.leading[0].text
        latest = self.project.framework.calendar.label(e.latest) if e.latest is not None else ""
        facts = {"state": self.state, "finding": finding, "latest": latest}
        facts["missing"] = absences.missing(e)
        return self._part("headline", fill("indicator/headline", section=self), facts=facts)

    def chart(self) -> Part:
        """This year against last, with the target; of a yearly indicator, every year."""
        frequency, known = self.indicator.frequency, self.observed["value"].count()
        yearly = frequency in periods.YEARLY
        if self.evidence.unheard or ((yearly or frequency == "half-year") and known < 2):
            content = ""
        elif yearly:
            chart = charts.history_chart(self.indicator, self.observed, self.leading[0].text)
            content = self._figure(chart, "years")
        elif self.year.frame[["this", "last"]].isna().all(axis=None):
            content = fill("missing", text=absences.missing(self.evidence) or self._no_chart)
        else:
            chart = charts.year_chart(self.year, self._drawn, self._reliable)
            content = self._figure(chart, "year")
        return self._part("chart", content)

    @property
    def _reliable(self) -> pd.DataFrame:
        """Every figure but those that their sender calls unreliable."""
        return self.observed[self.observed["status"] != UNRELIABLE]

    @property
    def _no_chart(self) -> str:
        said = absences.not_given(self.evidence, self._shown)
        return NO_CHART if disclosure.of_year(self.year) or not said else " ".join(said)

    @property
    def _drawn(self) -> str:
        """What a chart shows: the finding, and the months that are in question."""
        unread = (sentence.rstrip(".") for sentence in findings.suspect_improvements(self.evidence))
        return ". ".join([self.leading[0].text, *unread])

    def month(self, period: str) -> str:
        """Whether one month (or quarter) is unusual: a sentence with what was to be expected of it.

        Raises `Unknown` for a period without a figure, and one that cannot be judged.

        >>> asb = Report("anti_social_behaviour", "2016-11")["anti_social_behaviour"]
        >>> asb.month("2016-06")
        'In June 2016 there were 965, within the limits of its control chart of 625 to 1,007.'
        """
        return commentary.of_named_period(self.evidence, period, self.project.framework.calendar)

    def control(self) -> Part:
        """What is being done; what the figures say in a few sentences, and what they lack; whether
        the months differ by more than usual variation, with the control chart; where three years or
        more are known, the rolling year.
        """
        e, chart = self.evidence, ""
        sentences = commentary.of_variation(e)
        if sentences and e.control is not None:
            drawn = control_charts.control_chart(e, self._drawn, sentences)
            chart = self._figure(drawn, "control")
        population = self.project.framework.populations.get(self.indicator.population)
        content = fill(
            "indicator/control",
            response=actions.response(self.project, self.indicator, self.state == findings.OFF),
            missing=self._missing,
            paragraphs=[
                commentary.of_year(e),
                [text for text in [commentary.of_interval(e, self._latest_agency)] if text],
                [text for text in [commentary.of_rate(e, population)] if text],
                commentary.of_future(e),
                [f"{finding.text}." for finding in self._apart],
            ],
            sentences=sentences,
            chart=chart,
            trend=self._trend(),
        )
        return self._part("control", content)

    @property
    def _missing(self) -> list[str]:
        """What has not come or is in doubt, unless the heading says so."""
        e, finding, missing = self.evidence, self.leading[0].text, absences.missing(self.evidence)
        in_heading = (e.unheard and not e.doubts) or missing.rstrip(".") in finding
        doubts = absences.unjudged(e, self._shown) + absences.let_stand(e, self._shown)
        said = absences.not_given(e, self._shown)
        doubts += [text for text in said if inner(text.rstrip(".")) not in finding]
        own = [] if in_heading else [missing]
        return [*own, *doubts, *findings.suspect_improvements(e)]

    def _trend(self) -> str:
        """The rolling year, if its twelve months have figures that can be put together."""
        i, most = self.indicator, periods.FREQUENCIES[self.indicator.frequency]
        reliable = self._reliable
        if most == 1 or i.unit in (RATE, SCORE) or reliable.empty:
            return ""
        totals = trends.twelve_months(i, reliable)
        if totals["value"].count() <= (FEWEST - 1) * most:
            return ""
        chart = rolling_chart(i, totals, self._drawn, self.evidence.control)
        return self._figure(chart, "rolling")

    def table(self) -> Part:
        """Every figure of the chart and of each group, also as CSV; or a request for them."""
        framework, e = self.project.framework, self.evidence
        calendar, small_base = framework.calendar, framework.partnership.small_base
        groups = {
            breakdown.name: breakdown_tables.group_table(e, breakdown, calendar, small_base)
            for breakdown in self.indicator.breakdowns.values()
        }
        shown = [table for table in groups.values() if table]
        if len(self.observed) or e.unheard or not len(e.groups):
            shown.insert(0, figure_tables.figure_table(e, calendar, small_base))
        drops = {
            calendar.label(period): drop
            for frame in (self.observed, e.groups)
            if len(frame)
            for period, drop in frame["received"].items()
        }
        tidy = pd.concat([table.tidy for table in shown])
        csv = tables.download(tidy, self.indicator, self._whose(), self._cells(), drops)
        if e.unheard:
            return self._part("table", self._request(), csv)
        silent = [inner(name) for name, table in groups.items() if table is None]
        restated = commentary.of_restated(e, self.project.restated, self.project.before(), calendar)
        content = fill("indicator/figures", tables=shown, silent=silent, restated=restated)
        return self._part("table", content, csv)

    def _whose(self) -> dict[str, str]:
        """The source of each period by its label, and under an empty one that of the edition's
        month: whose figure it is, what it was taken from where they did not send it, and which
        population it is on where that is not of its year.
        """
        framework, e = self.project.framework, self.evidence
        label = framework.calendar.label
        every = {*self._shown, *self.observed.index, *e.groups.index}
        whose = {label(p): framework.source(self.indicator, p) for p in every}
        if self.indicator.worked_out:
            whose = {label(p): whose[label(p)] + gap.note(framework, p) for p in every}
        for part in (self.observed, e.groups):
            for row in part.itertuples():
                agency, at = framework.source(self.indicator, row.Index), sources.origin(row.source)
                if row.taken_from:
                    whose[label(row.Index)] = f"{agency}, taken from {row.taken_from}"
                elif at.cell:
                    whose[label(row.Index)] = f"{agency}, in {at.name}"
        return whose | {"": framework.source(self.indicator, self.project.month)}

    def _cells(self) -> dict[tuple[str, str, str], str]:
        """Where in its sheet each received figure stands, by period, breakdown and group."""
        label = self.project.framework.calendar.label
        rows = [row for part in (self.observed, self.evidence.groups) for row in part.itertuples()]
        at = {
            (label(r.Index), r.breakdown, r.group): sources.origin(r.source).in_cell for r in rows
        }
        return {of: cell for of, cell in at.items() if cell}

    def figures(self) -> Figures:
        """The table as a data frame, to work with: a row for each period of the year (for each
        figure received, if they overlap), a column for each measure.

        Counts and sums are whole, percentages go from 0 to 100, rates are for as many people as the
        framework says; `Change` is this year less last. A missing or hidden figure is NaN.

        >>> asb = Report("anti_social_behaviour", "2016-11")["anti_social_behaviour"]
        >>> asb.figures().loc["2016-05":"2016-06", ["2016/17", "2015/16", "Change"]]
                  2016/17 2015/16 Change
        May 2016      967     894     73
        June 2016     965     769    196
        """
        framework = self.project.framework
        small_base = framework.partnership.small_base
        return figure_tables.figures(self.evidence, framework.calendar, small_base)

    def _request(self) -> Markup:
        """Who should send what, and where all the data needed are listed."""
        framework, month = self.project.framework, self.project.month
        wanted = data_requests.sentence(self.indicator, framework, month)
        return fill("indicator/request", wanted=wanted, at=data_requests.AT)

    def comment(
        self,
        text: str | None = None,
        author: str = "",
        signed_off: str = "",
        replacing: str = "",
        confirm: Mapping[str, str] | None = None,
    ) -> Part:
        """The analyst's comment from this month's drop, with name and date; nothing where there is
        none.

        Given a `text` (Markdown, with live figures such as `{change}`) and its `author`, compares
        it with the figures as they are now and saves it as `comments/<indicator>.md` in the month's
        drop, unless they contradict it: then nothing is written, and the right figures are shown.
        `signed_off="name, reason"` accepts what is contradicted, and `confirm={"the words": "what
        they rest on"}` says where a number or statement comes from that the figures do not show;
        `replacing` names the author of another's comment that it is to take the place of. Raises
        `NotSaved` and `NotLive` in words.

        >>> asb = Report("anti_social_behaviour", "2016-11")["anti_social_behaviour"]
        >>> asb.comment("Reports are down by 367 on last year.", "A. Analyst").kind
        'refusal'
        """
        if text is None and not (author or signed_off or replacing or confirm):
            return self._part("comment", saving.show(self.project, self.evidence))
        now = self.project.now()
        about = now.evidence[self.indicator.key]
        comment = saving.compose(about, text, author, signed_off, confirm or {})
        stands, content = saving.put(now, comment, self.indicator.key, replacing)
        part = self._part("comment" if stands else "refusal", content)
        if get_ipython() is None and not hasattr(sys, "ps1"):
            print(part)  # a script shows no value
        return part

    @cached_property
    def live(self) -> Live:
        """The live figures of the indicator: `live()` lists them, `live["change of June 2016"]` is
        one, `live.sentences()` are sentences to take over into a comment. Names complete after `{`.
        """
        completion.offer()
        return Live(facts_in(self.project, self.indicator.key))

    def check(self, text: str) -> Part:
        """What the figures say of each number and statement of a text.

        Nothing is saved; how a text is read is told in `docs/comments.md`.

        >>> asb = Report("anti_social_behaviour", "2016-11")["anti_social_behaviour"]
        >>> asb.check("Reports are up by 367 on last year.").kind
        'check'
        """
        return self._part("check", saving.judge(self.project, self.indicator.key, text))

    def source(self) -> Part:
        """The source of the figures, their latest month, and the download."""
        i, framework = self.indicator, self.project.framework
        frames = [frame for frame in (self.observed, self.evidence.groups) if len(frame)]
        received = pd.concat(frames) if frames else None
        of = received.index if frames else [self.project.month]
        agencies = dict.fromkeys(framework.source(i, period) for period in of)
        rows = {"Why it matters": i.why, "Source": listed(list(agencies))}
        if frames:
            if (last := self.evidence.latest) is not None:
                rows["Latest data"] = periods.words(last.asfreq("M", "end"))
            latest = max(frames, key=lambda frame: frame.index[-1]).iloc[-1]
            at = sources.origin(latest["source"])
            file = at.name + (at.in_cell if len(received) == 1 else "")
            drop = periods.words(periods.month(latest["received"]))
            if not latest["taken_from"]:
                whose = "files" if at.cell else "returns"
                rows["Received"] = f"with the {whose} for {drop}, in {file}"
            lately = received.index.max() - 2 * periods.FREQUENCIES[i.frequency]
            received = received[received.index > lately]
            rows["Taken from"] = _noted(received, "taken_from")
            if latest["taken_from"]:
                rows["File"] = f"{file}, in the drop for {drop}"
            rows["Note"] = _noted(received, "note")
        if self.year.basis:
            source = framework.partnership.population_source
            rows["Population"] = f"{capital(self.year.basis)}; {source}"
        rows["Read with care"] = i.caveat
        rows = {name: text for name, text in rows.items() if text}
        content = fill("source", rows=rows, file=i.key, title=f"{i.name}: table")
        return self._part("source", content)


def _noted(received: pd.DataFrame, column: str) -> str:
    """What a column of texts says: each text with the periods it is of."""
    noted = received[received[column] != ""]
    return ". ".join(
        f"{capital(text)} ({span(rows.index.unique().sort_values())})"
        for text, rows in noted.groupby(column, sort=False)
    )
