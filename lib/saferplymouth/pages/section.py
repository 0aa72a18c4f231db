"""One indicator as an edition shows it, part by part."""

import html

import pandas as pd
from IPython.display import display

from saferplymouth import periods
from saferplymouth.comments import saving
from saferplymouth.display import breakdown_tables, charts, control_charts, data_frames, tables
from saferplymouth.display.data_frames import Figures
from saferplymouth.display.parts import PARTS, Part
from saferplymouth.framework import Indicator
from saferplymouth.indicators import absences, commentary, findings
from saferplymouth.indicators.findings import Finding
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import capital, goal, inner, listed, span
from saferplymouth.pages import data_requests

CONTROL = "Is it more than ordinary variation?"
NO_CHART = "No chart is drawn, for every count in it would be hidden."
SHAPES = dict(zip(findings.STATES, "●▲◆◔○◇□", strict=True))


class Section:
    """One indicator as an edition shows it: call its methods in a notebook, each in a cell of its
    own.

    `headline`, `chart`, `control`, `table`, `comment` and `source` are the parts of its page,
    `show()` all of them; `figures()` is the table as a data frame, `check(text)` what the figures
    say of a text. `state` is the word that the board sees, and `findings` are sentences, the
    heading first.

    >>> hate = Report("hate_crime", "2016-11")["police_recorded_hate_crime"]
    >>> hate.findings[0].text
    'Recorded hate crime rose 68 (31%) in April to November 2016, consistent with chance'
    >>> hate.chart()
    <chart of police_recorded_hate_crime, November 2016>
    """

    def __init__(self, project: Project, key: str):
        self.project, self.indicator, self.evidence = (
            project,
            project.framework.indicators[key],
            project.evidence[key],
        )
        self.year, self.observed = self.evidence.year, self.evidence.observed
        self.state, self.leading = findings.state(self.evidence), findings.leading(self.evidence)

    def _part(self, kind: str, content: str, csv: str = "", facts: dict | None = None) -> Part:
        return Part(kind, self.project.month, content, self.indicator.key, csv, facts or {})

    def show(self) -> None:
        """Everything about the indicator, part by part, as a page shows it."""
        for part in PARTS:
            display(getattr(self, part)())

    @property
    def address(self) -> str:
        """Where the indicator stands in its edition."""
        return f"{self.project.framework.areas[self.indicator.area].page}#{self.indicator.anchor}"

    @property
    def aim(self) -> str:
        """Its aim in words, with the target of the edition's financial year."""
        calendar = self.project.framework.calendar
        return aim_words(self.indicator, calendar.label(calendar.year(self.project.month)))

    @property
    def findings(self) -> list[Finding]:
        """Everything there is to say of this indicator, its heading first."""
        found = [*self.leading, *findings.awaited(self.evidence)]
        if self.indicator.compare_with:
            found += findings.moved_apart(
                self.evidence, self.project.evidence[self.indicator.compare_with]
            )
        return found

    @property
    def _shown(self) -> pd.PeriodIndex:
        """The periods of the year shown and of the one before it."""
        own = self.year.frame.index
        return own.append(own - periods.FREQUENCIES[self.indicator.frequency])

    def headline(self) -> Part:
        """The finding as a heading, what is counted and which way is good, and a few sentences on
        it.
        """
        i, e, missing = self.indicator, self.evidence, absences.missing(self.evidence)
        latest = self.project.framework.calendar.label(e.latest) if e.latest is not None else ""
        facts = {
            "state": self.state,
            "finding": self.leading[0].text,
            "latest": latest,
            "missing": missing,
        }
        aim = f"Aim: {self.aim}" + (", for monitoring only." if i.monitoring_only else ".")
        counted = f"{state_mark(self.state)} <span>{html.escape(f'{i.definition} {aim}')}</span>"
        lines = [
            f'<h2 id="{i.anchor}">{html.escape(self.leading[0].text)}</h2><p '
            f'class="counted">{counted}</p>'
        ]
        unheard = e.unheard and not e.doubts
        said = unheard or missing.rstrip(".") in self.leading[0].text
        open_ = [missing] if missing and not said else []
        open_ += (
            absences.unjudged(e, self._shown)
            + absences.let_stand(e, self._shown)
            + findings.unread(e)
        )
        lines += [f'<p class="missing">{html.escape(sentence)}</p>' for sentence in open_]
        apart = [f"{f.text}." for f in self.findings if f not in self.leading and "apart" in f.text]
        population = self.project.framework.populations.get(i.population)
        rate = [sentence for sentence in (commentary.of_rate(e, population),) if sentence]
        paragraphs = [commentary.of_year(e), rate, commentary.of_future(e), apart]
        lines += [
            f"<p>{html.escape(' '.join(sentences))}</p>" for sentences in paragraphs if sentences
        ]
        return self._part("headline", "".join(lines), facts=facts)

    def chart(self) -> Part:
        """This year against last, with the target where there is one; of a yearly indicator, every
        year.
        """
        by_year = self.indicator.frequency in ("half-year", *periods.YEARLY)
        if self.evidence.unheard or (by_year and len(self.observed) < 2):
            return self._part("chart", "")
        if self.indicator.frequency in periods.YEARLY:
            return self._part(
                "chart",
                charts.history_chart(
                    self.indicator, self.observed["value"], self.leading[0].text
                ).html,
            )
        if self.year.frame[["this", "last"]].isna().all(axis=None):
            why = absences.missing(self.evidence) or NO_CHART
            return self._part("chart", f'<p class="missing">{html.escape(why)}</p>')
        return self._part("chart", charts.year_chart(self.year, self._drawn).html)

    @property
    def _drawn(self) -> str:
        """What a chart shows, for whoever does not see it: the finding, and the months that nothing
        is read from.
        """
        return ". ".join(
            [self.leading[0].text, *(s.rstrip(".") for s in findings.unread(self.evidence))]
        )

    def control(self) -> Part:
        """How sure the change is, and the control chart: whether the months differ by more than
        they vary.
        """
        sentences = commentary.of_variation(self.evidence)
        if not sentences:
            return self._part("control", "")
        drawn = ""
        if self.evidence.control is not None:
            drawn = control_charts.control_chart(self.evidence, self._drawn, sentences).html
        return self._part(
            "control", f"<h3>{CONTROL}</h3><p>{html.escape(' '.join(sentences))}</p>{drawn}"
        )

    def table(self) -> Part:
        """Every figure behind the chart and of each group, and the same as CSV; a request where
        there is none.
        """
        calendar, e = self.project.framework.calendar, self.evidence
        shown = (
            [tables.year_table(self.year, calendar)]
            if len(self.observed) or e.unheard or not len(e.groups)
            else []
        )
        divided = self._groups()
        shown += [table for table in divided.values() if table]
        received = [frame["received"] for frame in (self.observed, e.groups) if len(frame)]
        drops = {
            calendar.label(period): drop for series in received for period, drop in series.items()
        }
        csv = tables.download(
            pd.concat([t.tidy for t in shown]), self.indicator, self._whose(), drops
        )
        return self._part(
            "table", self._request() if e.unheard else self._figures(shown, divided), csv
        )

    def _whose(self) -> dict[str, str]:
        """The source of each period by its label, and under an empty one that of the edition's
        month: whose figure it is, and what it was taken from where they did not send it.
        """
        framework, e = self.project.framework, self.evidence
        frame = self.year.frame.index
        spans = [
            frame,
            frame - periods.FREQUENCIES[self.indicator.frequency],
            self.observed.index,
            e.groups.index,
        ]
        every = {period for span_ in spans for period in span_}
        said = {framework.calendar.label(p): framework.source(self.indicator, p) for p in every}
        for part in (self.observed, e.groups):
            taken = part.loc[part["taken_from"].fillna("") != "", "taken_from"] if len(part) else {}
            for period, text in dict(taken).items():
                label = framework.calendar.label(period)
                said[label] = f"{framework.source(self.indicator, period)}, taken from {text}"
        return said | {"": framework.source(self.indicator, self.project.month)}

    def figures(self) -> Figures:
        """The table as a data frame, to work with: a row for each period of the year, a column for
        each measure.

        Counts and sums are whole, percentages go from 0 to 100, rates are for as many people as the
        framework says; `Change` is this year less last. A figure that has not come, or is hidden,
        is NaN.

        >>> asb = Report("anti_social_behaviour", "2016-11")["anti_social_behaviour"]
        >>> asb.figures().loc["2016-05":"2016-06", ["2016/17", "2015/16", "Change"]]
                  2016/17 2015/16 Change
        May 2016      967     894     73
        June 2016     965     769    196
        """
        return data_frames.of_table(
            tables.year_table(self.year, self.project.framework.calendar), self.year.frame.index
        )

    def _groups(self) -> dict[str, tables.Table | None]:
        """The table of each breakdown by its name; None where nothing has come for it."""
        framework = self.project.framework
        with_base = (framework.calendar, framework.partnership.small_base)
        divided = self.indicator.breakdowns.values()
        return {b.name: breakdown_tables.group_table(self.evidence, b, *with_base) for b in divided}

    def _figures(self, shown: list[tables.Table], divided: dict[str, tables.Table | None]) -> str:
        inside = "".join(table.html for table in shown)
        content = f"<details open><summary>The figures</summary>{inside}</details>"
        silent = [inner(name) for name, table in divided.items() if table is None]
        if silent:
            content += (
                f'<p class="basis">No figures by {html.escape(listed(silent))} have been received '
                f"yet.</p>"
            )
        project = self.project
        changed = commentary.of_restated(
            self.evidence, project.restated, project.before(), project.framework.calendar
        )
        return content + (f'<p class="missing">{html.escape(changed)}</p>' if changed else "")

    def _request(self) -> str:
        """Who should send what, and the return to fill in."""
        asked = (self.indicator, self.project.framework, self.project.month)
        wanted = f"<h3>What is wanted</h3><p>{html.escape(data_requests.sentence(*asked))}</p>"
        if self.indicator.worked_out:
            return f'<div class="request">{wanted}</div>'
        ready = html.escape(data_requests.template([self.indicator], *asked[1:]))
        label = f"A return to fill in: {html.escape(self.indicator.name)}"
        return (
            f'<div class="request">{wanted}<pre role="region" tabindex="0" '
            f'aria-label="{label}">{ready}</pre></div>'
        )

    def comment(
        self, text: str | None = None, author: str = "", signed_off: str = "", replacing: str = ""
    ) -> Part:
        """The analyst's comment from this month's drop, with name and date; nothing where there is
        none.

        Given a `text` (Markdown) and its `author`, holds it against the figures as they are now and
        saves it as `comments/<indicator>.md` in the month's drop, unless something in it is wrong:
        then nothing is written, and the right figures are shown. `signed_off="name, reason"` lets a
        wrong claim stand; `replacing` names the author of another's comment that it is to take the
        place of. Raises `NotSaved` in words.

        >>> asb = Report("anti_social_behaviour", "2016-11")["anti_social_behaviour"]
        >>> asb.comment("Reports are down by 367 on last year.", "A. Analyst")
        <refusal of anti_social_behaviour, November 2016>
        """
        if text is None and not (author or signed_off or replacing):
            return self._part("comment", saving.shown(self.project, self.evidence))
        now = self.project.now()
        comment = saving.written(now.evidence[self.indicator.key], text, author, signed_off)
        stands, content = saving.put(now, comment, self.indicator.key, replacing)
        return self._part("comment" if stands else "refusal", content)

    def check(self, text: str) -> Part:
        """What the figures say of each claim of a text: wrong, with the right figure, right, or not
        to be checked.

        Nothing is saved; how a text is read is told in `docs/comments-checked.md`.

        >>> asb = Report("anti_social_behaviour", "2016-11")["anti_social_behaviour"]
        >>> asb.check("Reports fell by 5% on last year.")
        <check of anti_social_behaviour, November 2016>
        """
        return self._part("check", saving.judged(self.project, self.indicator.key, text))

    def source(self) -> Part:
        """Whose the figures are, where they come from, the month they run to, and the download."""
        i, framework = self.indicator, self.project.framework
        received = [frame for frame in (self.observed, self.evidence.groups) if len(frame)]
        of = pd.concat(received).index if received else [self.project.month]
        agencies = dict.fromkeys(framework.source(i, period) for period in of)
        rows = {"Why it matters": i.why, "Source": listed(list(agencies))}
        if received:
            latest, every = (
                max(received, key=lambda frame: frame.index[-1]).iloc[-1],
                pd.concat(received),
            )
            rows["Runs to"] = periods.words(self.evidence.latest.asfreq("M", "end"))
            file, drop = (
                latest["source"].rpartition("/")[2],
                periods.words(periods.month(latest["received"])),
            )
            most = 2 * periods.FREQUENCIES[i.frequency]
            if not latest["taken_from"]:
                rows["Received"] = f"with the returns for {drop}, in {file}"
            rows |= _told(every, "taken_from", "Taken from", most)
            if latest["taken_from"]:
                rows["File"] = f"{file}, in the drop of {drop}"
            rows |= _told(every, "note", "Note", most)
        of = framework.partnership.population_source
        rows |= {"Population": f"{capital(self.year.basis)}; {of}"} if self.year.basis else {}
        rows |= {"Read with care": i.caveat} if i.caveat else {}
        told = "".join(f"<dt>{k}</dt><dd>{html.escape(v)}</dd>" for k, v in rows.items())
        link = f'<a href="data/{i.key}.csv">{html.escape(i.name)}: its table (CSV)</a>'
        return self._part(
            "source", f'<dl class="source">{told}<dt>Download</dt><dd>{link}</dd></dl>'
        )


def _told(received: pd.DataFrame, column: str, name: str, most: int) -> dict[str, str]:
    """What a column of texts says of the `most` latest periods, under a name: each text with the
    periods it is of.
    """
    lately = received[received.index > received.index.max() - most]
    noted = lately[lately[column] != ""]
    told = [
        f"{text} ({span(rows.index.unique().sort_values())})"
        for text, rows in noted.groupby(column, sort=False)
    ]
    return {name: "; ".join(told)} if told else {}


def aim_words(indicator: Indicator, year: str) -> str:
    """An aim as a reader says it in a financial year: "reduce", "increase reporting", "at least
    90%".
    """
    if indicator.aim != "at least":
        return indicator.aim
    level = indicator.target.get(year)
    one = level is not None and not isinstance(level, tuple)
    return f"at least {goal(level, indicator.scale)}" if one else "at least the target"


def state_mark(state: str) -> str:
    """A state as a word with a shape, so that colour is never alone."""
    key = state.lower().replace(" ", "-")
    return (
        f'<span class="state {key}"><span aria-hidden="true">{SHAPES[state]}</span> {state}</span>'
    )
