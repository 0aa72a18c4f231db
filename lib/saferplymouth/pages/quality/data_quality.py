"""The data quality page: each source, when it came, what it covers, what was set aside, and what is
still asked.
"""

import html
from functools import cached_property
from pathlib import Path

import pandas as pd

from saferplymouth import disclosure, periods
from saferplymouth.display import layout
from saferplymouth.display.layout import FIGURE, TEXT, small
from saferplymouth.display.parts import Part
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import capital, counted, listed, number, quantity, signed, span
from saferplymouth.pages.places import provenance
from saferplymouth.pages.quality import crosscheck, questions
from saferplymouth.pages.quality.crosscheck import NO_DIFFERENT, Check, apart
from saferplymouth.pages.section import Section
from saferplymouth.store import observations

KEY, TITLE = "data_quality", "Data quality"
LEAD = (
    "What the figures of this edition rest on: whose they are and when they came, what was set "
    "aside and why, what has "
    "been revised, whether partners’ figures agree with the open data, and what is still asked."
)
REFUSED = (
    "A return with a mistake in it is refused whole, with the place and the cure, until it is "
    "sent again: no row of a "
    "return is ever set aside."
)
BAND = (
    "The band is where the difference should lie 99 times in 100, from the months before; it "
    "needs four of them."
)
TOTAL = (
    "A total here is an indicator’s own figure; those of its groups are not held against what "
    "they were before."
)
UNCOVERED = (
    "No street file covers a month that a partner sent the same figures for, so none could be "
    "checked."
)
UNUSED = (
    "Nothing in the framework rests on street files and none has come, so there is no open data "
    "to compare with."
)
UNHELD = (
    "The framework says of no indicator what it is held against (held_against), so none could be "
    "checked."
)


class DataQuality:
    """What the figures to one month, "2016-11", rest on; each method is a part of the page.

    A month without a drop raises a `Mistake` that says which have one.

    >>> DataQuality("2016-11").questions()
    <questions of data_quality, November 2016>
    """

    def __init__(self, month: str | pd.Period, root: Path | None = None):
        self.project = Project(month, root)
        self.sections = {
            key: Section(self.project, key) for key in self.project.framework.indicators
        }
        self.checked, self.asked = questions.checks(self.project), questions.every(self.project)

    def _part(self, kind: str, content: str, csv: str = "") -> Part:
        return Part(kind, self.project.month, content, KEY, csv)

    def summary(self) -> Part:
        """What the page is about, and its findings as links."""
        heard = [s for s in self.sections.values() if not s.evidence.unheard]
        late = sum(s.evidence.awaited is not None for s in heard)
        found = [(counted(len(self.asked), "open question"), "questions")]
        found += [(_agreement(check), "checks") for check in self.checked]
        lacks = "lacks its" if late == 1 else "lack their"
        found += [
            (
                f"{late} of {counted(len(heard), 'indicator')} with figures {lacks} latest period",
                "sources",
            )
        ]
        found += [(self._revised, "revisions")]
        facts = {"title": TITLE, "runs_to": {}, "questions": self.asked}
        return Part("summary", self.project.month, layout.opening(LEAD, found), facts=facts)

    def questions(self) -> Part:
        """What is still asked of those who sent the figures."""
        items = "".join(f"<li>{html.escape(question)}</li>" for question in self.asked)
        told = f"<ol>{items}</ol>" if items else "<p>Nothing is open.</p>"
        return self._part(
            "questions", f'<h2 id="questions">Open questions</h2>{told}{self._let_stand}'
        )

    @property
    def _let_stand(self) -> str:
        """What was in doubt and who let it stand; nothing where no one did."""
        items = "".join(
            f"<li>{html.escape(text)}</li>" for text in questions.let_stand(self.project)
        )
        return (
            f"<h3>Confirmed by an analyst though it seems incomplete</h3><ul>{items}</ul>"
            if items
            else ""
        )

    def checks(self) -> Part:
        """Partners' figures held against the street files, month by month, and why the two
        differ.
        """
        heading = '<h2 id="checks">Do partners’ figures agree with the open data?</h2>'
        if self.project.ground is None and not questions.uses_street(self.project.framework):
            return self._part("checks", f"{heading}<p>{UNUSED}</p>")
        if not self.checked:
            held = any(i.held_against for i in self.project.framework.indicators.values())
            return self._part(
                "checks", f'{heading}<p class="missing">{UNCOVERED if held else UNHELD}</p>'
            )
        months = self.checked[0].frame.index
        why = crosscheck.reason(self.project.ground, months)
        tables = "".join(
            f"<h3>{html.escape(_agreement(check))}</h3>{_table(check)}" for check in self.checked
        )
        return self._part(
            "checks", f'{heading}<p>{html.escape(why)}</p><p class="counted">{BAND}</p>{tables}'
        )

    def sources(self) -> Part:
        """Each indicator: whose it is, the periods covered, the drop and file of the latest, what
        it was taken from.
        """
        head = {
            "Indicator": TEXT,
            "Source": TEXT,
            "Covers": TEXT,
            "In the drop of": TEXT,
            "Still to come": TEXT,
        }
        body = [self._source(section) for section in self.sections.values()]
        marks = (
            {"[x]": "not available: nothing has been received"}
            if any("[x]" in row for row in body)
            else {}
        )
        table = layout.table(
            "Where the figures of each indicator come from", head, body, marks=marks
        )
        return self._part(
            "sources", f'<h2 id="sources">Where the figures come from</h2>{table}{self._files()}'
        )

    def _source(self, section: Section) -> list[str]:
        e, i = section.evidence, section.indicator
        agency = self.project.framework.source(i, self.project.month if e.unheard else e.latest)
        name = [html.escape(i.name), html.escape(agency)]
        if e.unheard:
            lacking = i.worked_out and e.year.lacking
            return [
                *name,
                "Not worked out" if lacking else "No data",
                "[x]",
                capital(lacking or "all of it"),
            ]
        periods_ = section.observed.index if len(section.observed) else e.groups.index.unique()
        frame = section.observed if len(section.observed) else e.groups
        latest = frame.iloc[-1]
        taken = f", taken from {latest['taken_from']}" if latest["taken_from"] else ""
        drop, file = (
            periods.words(periods.month(latest["received"])),
            latest["source"].rpartition("/")[2],
        )
        came = html.escape(drop) + small(file + taken)
        awaited = periods.words(e.awaited) if e.awaited is not None else "Nothing"
        return [*name, _as_words(span(periods_)), came, _as_words(awaited)]

    def _files(self) -> str:
        """The board's papers and the files of the geography, with the drop each came in."""
        came = {paper.source: paper.drop for paper in self.project.papers.values()}
        ground = self.project.ground
        came |= (
            {f"places/{name}": drop for name, drop in ground.geography.received.items()}
            if ground
            else {}
        )
        if not came:
            return ""
        body = [
            [
                html.escape(name).replace("_", "_<wbr>").replace("/", "/<wbr>"),
                periods.words(periods.month(drop)),
            ]
            for name, drop in sorted(came.items())
        ]
        return layout.table("Other files in use", {"File": TEXT, "In the drop of": TEXT}, body)

    def rows(self) -> Part:
        """What became of every row received: of returns, and of the street files."""
        heading = f'<h2 id="rows">Rows set aside, and why</h2><p>{REFUSED}</p>'
        ground = self.project.ground
        if ground is None:
            return self._part("rows", f"{heading}<p>No street file of the force has come.</p>")
        own = ground.files[ground.files["force"] == ground.street.force]
        why = (
            "In the street files a Crime ID that comes again is set aside, whether in the same "
            "file or a later one; "
            "rows without an ID, as all anti-social behaviour is, are incidents of their own, "
            "alike or not."
        )
        others = _others(ground.files, ground.street.force)
        told = f"<p>{why}</p>{provenance.accounts(ground, own)}{others}"
        return self._part("rows", heading + told)

    @cached_property
    def _revisions(self) -> pd.DataFrame:
        """Every total that a drop of the last twelve months restated: received, indicator, period,
        before, value.
        """
        month, everything = self.project.month, self.project.everything
        frames = []
        for drop in pd.period_range(end=month, periods=12, freq="M"):
            known = everything[everything["received"] <= str(drop)]
            frames.append(observations.restated(known, drop).assign(received=str(drop)))
        return pd.concat(frames, ignore_index=True)

    @property
    def _revised(self) -> str:
        revised = counted(len(self._revisions), "total") if len(self._revisions) else "No total"
        return f"{revised} was revised" if len(self._revisions) < 2 else f"{revised} were revised"

    def revisions(self) -> Part:
        """Each total that was sent again as another in the last twelve months."""
        heading = f'<h2 id="revisions">{self._revised}</h2><p class="counted">{TOTAL}</p>'
        if self._revisions.empty:
            none = "<p>No drop of the last twelve months sent a total again as another.</p>"
            return self._part("revisions", heading + none)
        head = {
            "Indicator": TEXT,
            "Period": TEXT,
            "Before": FIGURE,
            "Now": FIGURE,
            "In the drop of": TEXT,
        }
        body = []
        for row in self._revisions.itertuples():
            indicator = self.project.framework.indicators[row.indicator]
            told = [_figure(value, indicator) for value in (row.before, row.value)]
            when = _when(row.period, indicator.frequency, self.project.framework.calendar)
            body.append(
                [
                    html.escape(indicator.name),
                    when,
                    *told,
                    periods.words(periods.month(row.received)),
                ]
            )
        return self._part(
            "revisions", heading + layout.table("Totals sent again as others", head, body)
        )

    def source(self) -> Part:
        """The download: the cross-checks and the account of the street files."""
        rows = [
            {
                "part": "cross-check",
                "item": c.indicator.key,
                "period": str(month),
                "measure": name,
                "value": value,
            }
            for c in self.checked
            for month, row in c.frame.iterrows()
            for name, value in (
                ("received", f"{row['sent']:.0f}"),
                ("street files", f"{row['counted']:.0f}"),
            )
        ]
        files = self.project.ground.files if self.project.ground else pd.DataFrame()
        rows += [
            {
                "part": "street file",
                "item": file.source,
                "period": file.month,
                "measure": name,
                "value": getattr(file, name),
            }
            for file in files.itertuples()
            for name in ("read", "counted", "repeated", "again")
        ]
        rows += [
            {"part": "question", "item": question, "period": "", "measure": "", "value": ""}
            for question in self.asked
        ]
        columns = ["part", "item", "period", "measure", "value"]
        csv = pd.DataFrame(rows, columns=columns).to_csv(index=False, lineterminator="\n")
        link = f'<a href="data/{KEY}.csv">Cross-checks, street files and questions (CSV)</a>'
        return self._part("table", f'<dl class="source"><dt>Download</dt><dd>{link}</dd></dl>', csv)


def _as_words(period: str) -> str:
    """A period in words as a cell says it: a calendar year alone would read as a count."""
    return f"The year {period}" if period.isdigit() else period


def _figure(value: float, indicator) -> str:
    return (
        disclosure.MARK
        if disclosure.is_small(value, indicator)
        else quantity(value, indicator.scale)
    )


def _when(period: str, frequency: str, calendar: periods.Calendar) -> str:
    """In words, a period as `Calendar.label` writes it, or a year to date."""
    if ".." in period:
        covered = periods.months(period)
        return periods.words(covered[0], covered[-1])
    return periods.words(calendar.parse(period, frequency))


def _agreement(check: Check) -> str:
    """How far the street files have been from an indicator, and whether a month is unlike those
    before it.
    """
    frame = check.frame
    if frame["off"].isna().all():
        told = (
            f"0 from the partner where the street files count {number(frame['counted'].sum())}, "
            f"{span(frame.index)}"
        )
        return f"{check.indicator.name}: {told}"
    ever = apart(frame["off"].min(), frame["off"].max())
    ever = f"{ever} from" if ever == NO_DIFFERENT else ever
    odd = [periods.words(month) for month in frame.index[frame["strange"]]]
    held = (
        f"unlike the months before in {listed(odd)}" if odd else "each month much like those before"
    )
    return (
        f"{check.indicator.name}: the street files are {ever} the partner’s figures, "
        f"{span(frame.index)}; {held}"
    )


def _table(check: Check) -> str:
    head = {
        "Month": TEXT,
        "Partner": FIGURE,
        "Street files": FIGURE,
        "Difference": FIGURE,
        "%": FIGURE,
    }
    head |= {"Band": FIGURE, "Within it?": TEXT}
    body = []
    for month, row in check.frame.iterrows():
        known = row["low"] == row["low"]
        body.append([periods.words(month), number(row["sent"]), number(row["counted"])])
        body[-1] += [
            signed(row["counted"] - row["sent"]),
            apart(row["off"]) if row["sent"] else "[z]",
        ]
        body[-1] += [apart(row["low"], row["high"]) if known else "[x]"]
        body[-1] += [
            "No: a question" if row["strange"] else "Yes" if known else "Too few months before"
        ]
    caption = f"{check.indicator.name}: the partner’s figures, and those of the street files"
    marks = (
        {"[x]": "not available: too few months before"} if check.frame["low"].isna().any() else {}
    )
    marks |= {"[z]": "not applicable"} if (check.frame["sent"] == 0).any() else {}
    return layout.table(caption, head, body, marks=marks)


def _others(files: pd.DataFrame, force: str) -> str:
    """The files of other forces, which were read and are on no page."""
    other = files[files["force"] != force]
    if other.empty:
        return ""
    by = other.groupby("force")[["read", "counted", "repeated", "again"]].sum()
    head = {"Force": TEXT, "Files": FIGURE, "Rows read": FIGURE, "Counted": FIGURE}
    head |= {"Set aside: ID repeated": FIGURE, "Set aside: counted in an earlier file": FIGURE}
    sizes = other.groupby("force").size()
    body = [
        [html.escape(name), number(sizes[name]), *map(number, row)] for name, row in by.iterrows()
    ]
    return layout.table("Files of other forces: read, and on no page", head, body)
