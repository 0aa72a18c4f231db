"""The data quality page: each source, its dates, what was set aside, and the open questions."""

from functools import cached_property

import pandas as pd
from markupsafe import Markup

from saferplymouth import disclosure, periods, sources
from saferplymouth.display import layout
from saferplymouth.display.layout import TEXT, Cell, Page
from saferplymouth.display.parts import Part
from saferplymouth.display.templates import fill
from saferplymouth.framework import Indicator
from saferplymouth.indicators import watching
from saferplymouth.indicators.words import capital, counted, listed, number, quantity, signed, span
from saferplymouth.pages.places import provenance
from saferplymouth.pages.quality import crosscheck, questions
from saferplymouth.pages.quality.crosscheck import NO_DIFFERENT, Check, difference_in_words
from saferplymouth.pages.section import Section
from saferplymouth.store import observations

COLUMNS = ["part", "item", "period", "measure", "value"]  # of the download


class DataQuality(Page):
    """What the figures to one month, "2016-11", are based on; each method is a part of the page.

    A month without a drop raises a `Mistake` that says which have one.

    >>> DataQuality("2016-11").questions()
    <questions of data_quality, November 2016>
    """

    key, title = "data_quality", "Data quality"

    def prepare(self) -> None:
        self.local_crime = self.project.local_crime
        self.sections = {key: Section(self.project, key) for key in self.framework.indicators}
        self.checked = questions.checks(self.project)
        self.asked = list(map(str, questions.every(self.project)))

    def summary(self) -> Part:
        """A summary of the page, with its findings as links."""
        heard = [s for s in self.sections.values() if not s.evidence.unheard]
        late = sum(s.evidence.awaited is not None for s in heard)
        lacks = "lacks its" if late == 1 else "lack their"
        late_words = (
            f"{late} of {counted(len(heard), 'indicator')} with figures {lacks} latest period"
        )
        links = [
            (counted(len(self.asked), "open question"), "questions"),
            *((_agreement(check), "checks") for check in self.checked),
            (late_words, "sources"),
            (self._revised, "revisions"),
        ]
        return self.opening(links, {"questions": self.asked})

    def questions(self) -> Part:
        """The open questions to those who sent the figures, and what was accepted."""
        return self.part("questions", let_stand=questions.let_stand(self.project))

    def checks(self) -> Part:
        """Partners' figures compared with the street files by month, and why they differ."""
        tables = [(_agreement(check), _table(check)) for check in self.checked]
        months = self.checked[0].frame.index if self.checked else None
        reason = crosscheck.reason(self.local_crime, months) if self.checked else ""
        unused = self.local_crime is None and not questions.uses_street(self.framework)
        judged, within = watching.within(self.project.watched.values())
        share = number(100 * within / judged) if judged else ""
        fit = {"judged": number(judged), "within": number(within), "share": share}
        return self.part("checks", tables=tables, reason=reason, unused=unused, fit=fit)

    def sources(self) -> Part:
        """Each indicator's source, periods, latest drop and file; and the other files in use."""
        indicators = layout.table(
            "Sources of each indicator’s figures",
            map(self._source, self.sections.values()),
            TEXT,
            marks={"[x]": "not available: nothing has been received"},
        )
        return self.part("sources", indicators=indicators, files=self._files())

    def _source(self, section: Section) -> dict[str, str | Cell]:
        e, i = section.evidence, section.indicator
        agency = self.framework.source(i, self.project.month if e.latest is None else e.latest)
        row = {"Indicator": i.name, "Source": agency}
        if e.unheard:
            lacking = i.worked_out and e.year.lacking
            return row | {
                "Covers": "Not worked out" if lacking else "No data",
                "In the drop for": "[x]",
                "Still to come": capital(lacking or "all of it"),
            }
        frame = section.observed if len(section.observed) else e.groups
        latest = frame.iloc[-1]
        taken = f", taken from {latest['taken_from']}" if latest["taken_from"] else ""
        file = sources.origin(latest["source"]).name
        awaited = periods.words(e.awaited) if e.awaited is not None else "Nothing"
        return row | {
            "Covers": _as_words(span(frame.index.unique())),
            "In the drop for": Cell(layout.drop(latest["received"]), file + taken),
            "Still to come": _as_words(awaited),
        }

    def _files(self) -> Markup:
        drops = {paper.source: paper.drop for paper in self.project.papers.values()}
        if self.local_crime:
            received = self.local_crime.geography.received.items()
            drops |= {f"places/{name}": drop for name, drop in received}
        rows = [
            {"File": fill("data_quality/path", path=name), "In the drop for": layout.drop(drop)}
            for name, drop in sorted(drops.items())
        ]
        return layout.table("Other files in use", rows, TEXT)

    def rows(self) -> Part:
        """How every row received was used, in returns and in the street files."""
        local_crime = self.local_crime
        if local_crime is None:
            return self.part("rows", accounts="")
        accounts = provenance.accounts(local_crime, local_crime.own_files)
        others = local_crime.files[local_crime.files["force"] != local_crime.street.force]
        return self.part("rows", accounts=accounts, others=_others(others))

    @cached_property
    def _revisions(self) -> pd.DataFrame:
        """Every total that a drop of the last twelve months restated."""
        everything, frames = self.project.everything, []
        for drop in pd.period_range(end=self.project.month, periods=12, freq="M"):
            known = everything[everything["received"] <= str(drop)]
            frames.append(observations.restated(known, drop).assign(received=str(drop)))
        return pd.concat(frames, ignore_index=True)

    @property
    def _revised(self) -> str:
        count = len(self._revisions)
        if count < 2:
            return f"{'1' if count else 'No'} total was revised"
        return f"{counted(count, 'total')} were revised"

    def revisions(self) -> Part:
        """Each total revised in the last twelve months."""
        rows = []
        for row in self._revisions.itertuples():
            indicator = self.framework.indicators[row.indicator]
            rows.append(
                {
                    "Indicator": indicator.name,
                    "Period": _when(row.period, indicator.frequency, self.framework.calendar),
                    "Before": _figure(row.before, indicator),
                    "Now": _figure(row.value, indicator),
                    "In the drop for": layout.drop(row.received),
                }
            )
        kinds = {"Period": TEXT, "In the drop for": TEXT}
        table = layout.table("Revised totals", rows, kinds=kinds)
        return self.part("revisions", finding=self._revised, table=table)

    def source(self) -> Part:
        """The download: the cross-checks, the account of the street files and the questions."""
        rows = []
        for check in self.checked:
            measures = {"received": "sent", "street files": "counted"}
            for month, row in check.frame.iterrows():
                about = ("cross-check", check.indicator.key, str(month))
                rows += [(*about, name, f"{row[of]:.0f}") for name, of in measures.items()]
        for file in self.local_crime.files.to_dict("records") if self.local_crime else ():
            about = ("street file", file["source"], file["month"])
            rows += [(*about, n, file[n]) for n in ("read", "counted", "repeated", "again")]
        rows += [("question", question, "", "", "") for question in self.asked]
        return self.part("table", layout.download(pd.DataFrame(rows, columns=COLUMNS)))


def _as_words(period: str) -> str:
    """A calendar year alone would read as a count."""
    return f"The year {period}" if period.isdigit() else period


def _figure(value: float, indicator: Indicator) -> str:
    hidden = disclosure.is_small(value, indicator)
    return disclosure.MARK if hidden else quantity(value, indicator.scale)


def _when(period: str, frequency: str, calendar: periods.Calendar) -> str:
    if ".." in period and frequency not in periods.OVERLAPPING:
        months = periods.months(period)
        return periods.words(months[0], months[-1])
    return periods.words(calendar.parse(period, frequency))


def _agreement(check: Check) -> str:
    """How far the two differ, and which months differ from earlier ones."""
    frame, name = check.frame, check.indicator.name
    when = span(frame.index)
    if frame["off"].isna().all():
        count = number(frame["counted"].sum())
        return f"{name}: 0 from the partner where the street files count {count}, {when}"
    ever = difference_in_words(frame["off"].min(), frame["off"].max())
    ever = f"{ever} from" if ever == NO_DIFFERENT else ever
    odd = [periods.words(month) for month in frame.index[frame["strange"]]]
    like = f"out of range in {listed(odd)}" if odd else "every month checked is within range"
    return f"{name}: the street files are {ever} the partner’s figures, {when}; {like}"


def _table(check: Check) -> Markup:
    rows = []
    for month, row in check.frame.iterrows():
        known = pd.notna(row["low"])
        within = "Yes" if known else "Too few earlier months"
        rows.append(
            {
                "Month": periods.words(month),
                "Partner": number(row["sent"]),
                "Street files": number(row["counted"]),
                "Difference": signed(row["counted"] - row["sent"]),
                "%": difference_in_words(row["off"]) if row["sent"] else "[z]",
                "Expected range": difference_in_words(row["low"], row["high"]) if known else "[x]",
                "Within range?": "No: see questions" if row["strange"] else within,
            }
        )
    caption = f"{check.indicator.name}: the partner’s figures and the street files"
    marks = {"[x]": "not available: too few earlier months", "[z]": "not applicable"}
    return layout.table(caption, rows, kinds={"Within range?": TEXT}, marks=marks)


def _others(files: pd.DataFrame) -> Markup:
    heads = {"read": "Rows read", "counted": "Counted"}
    heads |= {"repeated": provenance.REPEATED, "again": provenance.AGAIN}
    by_force = files.groupby("force")
    counts = by_force[[*heads]].sum().rename(columns=heads).map(number)
    counts.insert(0, "Files", by_force.size().map(number))
    rows = counts.rename_axis("Force").reset_index().to_dict("records")
    return layout.table("Files of other forces: read but not shown on any page", rows)
