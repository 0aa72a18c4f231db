"""The page on districts: the partnership's own beside the others of its force, for each type of
crime.
"""

import html
from pathlib import Path

import pandas as pd

from saferplymouth import disclosure
from saferplymouth.display import layout
from saferplymouth.display.layout import FIGURE, TEXT, small
from saferplymouth.display.parts import Part
from saferplymouth.display.place_charts import spread_chart
from saferplymouth.errors import NotReceived
from saferplymouth.framework import ALL_CRIME, ASB, RESIDENTS
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import between, capital, counted, inner, listed, nth, rate, span
from saferplymouth.pages.places import district_rates, provenance
from saferplymouth.pages.places.district_rates import CRIME, standings
from saferplymouth.pages.places.place_counts import local
from saferplymouth.statistics import populations
from saferplymouth.statistics.funnels import ABOVE, BELOW, IN_LINE
from saferplymouth.statistics.intervals import exact

KEY, TITLE = "districts", "Districts"
WORDS = {ABOVE: "above the group", IN_LINE: "in line with the group", BELOW: "below the group"}
HIDDEN = "hidden, for a month has 1 to 4"
ALONE = "not applicable, for the type is shown of no other district"
LEFT_OUT = "the street files, which the rates here are worked out from, leave out what has no place"
RATES = ("rate", "low", "high", "floor", "ceiling")  # the last two are the limits of the group
HOW = (
    "Rates are per 1,000 residents at mid-{year}. “Above” and “below” mean outside the control "
    "limits of the group: of "
    "districts where nothing but chance is at work, one in 500 would be outside them. Districts "
    "differ in more than "
    "chance: where many people come who do not live there, a rate above the group is a question, "
    "not a verdict."
)


class Districts:
    """The districts of the force in the financial year to one month, "2016-11"; each method is a
    part of the page.

    Rates are per 1,000 residents. Raises `NotReceived` where no street file of the force, or no
    population of two districts, has come for that year.

    >>> Districts("2016-11").crime()
    <crime of districts, November 2016>
    """

    def __init__(self, month: str | pd.Period, root: Path | None = None):
        self.project = Project(month, root)
        self.local = local(self.project)
        self.months, self.when = self.local.months, self.local.when
        year = self.project.framework.calendar.year(self.project.month)
        found = district_rates.beside(self.local.ground, self.months, year)
        if found is None:
            raise NotReceived(district_rates.why_not(self.local.ground, year))
        self.beside, self.own = found, found.own
        self.several = len(self.project.framework.street.districts) > 1
        self._known: dict[tuple[str, str], pd.DataFrame] = {}

    @property
    def per(self) -> str:
        return f"per 1,000 residents at mid-{self.beside.year}"

    @property
    def _left_out(self) -> str:
        if not self.beside.unknown:
            return ""
        return (
            f" Left out, because no population figures have been received: "
            f"{listed([*self.beside.unknown])}."
        )

    def _part(self, kind: str, content: str, csv: str = "") -> Part:
        return Part(kind, self.project.month, content, KEY, csv)

    def _to_date(self, kind: str) -> pd.DataFrame:
        return self._standings(kind, self.months)

    def _standings(self, kind: str, months: pd.PeriodIndex) -> pd.DataFrame:
        """Worked out once: most are asked for in several parts of the page."""
        of = kind, provenance.covered(months)
        if of not in self._known:
            self._known[of] = standings(self.beside, kind, months)
        return self._known[of]

    def summary(self) -> Part:
        """What the page is about, and its findings as links."""
        they = f"{self.own} {'compare' if self.several else 'compares'}"
        lead = f"How {they} with the other districts of the force, for each type of crime."
        found = [
            (self._finding(kind), at)
            for kind, at in ((CRIME, "crime"), (ASB, "asb"))
            if kind in self.beside.types
        ]
        opening = layout.opening(lead, [*found, (self._types_finding, "types")])
        doubts = provenance.doubts(self.local.ground, self.project.month)
        facts = {"title": TITLE, "runs_to": provenance.runs_to(self.local.ground)}
        return Part("summary", self.project.month, opening + doubts, facts=facts)

    def _finding(self, kind: str) -> str:
        if self.beside.hides(kind, self.own):
            return f"How much {inner(kind)} {self.own} had is not shown: a month had 1 to 4"
        frame = self._to_date(kind)
        mine, of = frame.loc[self.own], len(frame)
        if self.beside.alone(kind):
            place = "no rank, for every other district had 1 to 4 in a month"
        elif mine["rank"] > 1:
            place = f"{nth(mine['rank'])} of {of} districts, {WORDS[mine['position']]}"
        else:
            place = f"the highest of {of} districts, {WORDS[mine['position']]}"
        what = "recorded crimes" if kind == CRIME else "incidents of anti-social behaviour"
        there = f"{self.own} had {rate(mine['rate'])} {what} per 1,000 residents, {self.when}"
        return f"{there}: {place}"

    @property
    def _types_finding(self) -> str:
        kinds = [kind for kind in self.beside.types if kind not in (CRIME, ASB)]
        own = {
            kind: self._to_date(kind).loc[self.own]
            for kind in kinds
            if not self.beside.hides(kind, self.own)
        }
        if not own:
            return (
                f"What types of crime {self.own} had is not shown: a sensitive one had 1 to 4 in "
                f"a month"
            )
        if all(map(self.beside.alone, own)):
            rest = "every other district had 1 to 4 of a sensitive one in a month"
            return (
                f"How {self.own} compare{'' if self.several else 's'} by type of crime cannot be "
                f"said: {rest}"
            )
        where = {
            at: sum(row["position"] == at for row in own.values()) for at in (ABOVE, IN_LINE, BELOW)
        }
        were, they = ("were", "they") if self.several else ("was", "it")
        said = f"{self.own} {were} above the group in {where[ABOVE]} of {len(own)} types of crime"
        said += f", in line in {where[IN_LINE]} and below in {where[BELOW]}"
        first = [inner(kind) for kind, row in own.items() if row["rank"] == 1]
        return f"{said}; {they} had the highest rate of {listed(first)}" if first else said

    def crime(self) -> Part:
        """Every district's rate of recorded crime beside the limits of the group."""
        told = html.escape(HOW.format(year=self.beside.year) + self._left_out)
        how = f'<p class="counted">{told}</p>'
        content = f"{how}{self._own_count(CRIME)}{self._chart(CRIME)}"
        return self._part(
            "crime", f'<h2 id="crime">{html.escape(self._finding(CRIME))}</h2>{content}'
        )

    def _own_count(self, kind: str) -> str:
        """Why the rate of an indicator of the same thing is another: its page counts what its
        agency counted.
        """
        framework, held = self.project.framework, ALL_CRIME if kind == CRIME else kind
        told = []
        for i in framework.indicators.values():
            evidence = self.project.evidence[i.key]
            if i.held_against != held or i.population != RESIDENTS or evidence.rate is None:
                continue
            link = f'<a href="{framework.areas[i.area].page}#{i.anchor}">{html.escape(i.name)}</a>'
            own, when = evidence.rate, span(evidence.year.to_date.periods)
            figure = f"{rate(own.value)} per {own.base:,} residents at mid-{own.year}, {when}"
            whose = html.escape(framework.source(i, evidence.latest))
            told.append(f"{link} has {figure}. That is on {whose}’s own count; {LEFT_OUT}.")
        return "".join(f'<p class="counted">{sentence}</p>' for sentence in told)

    def incidents(self) -> Part:
        """Every district's rate of anti-social behaviour beside the group's limits; nothing where
        none is known.
        """
        if ASB not in self.beside.types:
            return self._part("incidents", "")
        chart = (
            "" if self.beside.hides(ASB, self.own) or self.beside.alone(ASB) else self._chart(ASB)
        )
        return self._part(
            "incidents",
            f'<h2 id="asb">{html.escape(self._finding(ASB))}</h2>{self._own_count(ASB)}{chart}',
        )

    def _chart(self, kind: str) -> str:
        frame = self._to_date(kind)
        drawn = frame[["rate", "floor", "ceiling", "position"]]
        drawn = drawn.set_axis(["value", "low", "high", "position"], axis="columns")
        named = "Recorded crime" if kind == CRIME else kind
        subtitle = f"{named} {self.per} by district, {self.when}, beside the limits of the group"
        top, last = frame.index[0], frame.index[-1]
        ends = (
            f"Highest {rate(frame['rate'].iloc[0])} in {top}, lowest "
            f"{rate(frame['rate'].iloc[-1])} in {last}"
        )
        each = f"Each district {self.per} beside the group’s limits"
        alt = f"{self._finding(kind)}. {each}. {ends}. The figures are in the table."
        level = {
            "level": float(frame["group"].iloc[0]),
            "level_name": "Group",
            "limits": "Limits of the group",
        }
        return str(spread_chart(drawn, subtitle, alt, own=self.own, **level).html) + self._table(
            kind
        )

    def _table(self, kind: str) -> str:
        head = {
            "District": TEXT,
            "Rank": FIGURE,
            "Per 1,000": FIGURE,
            "95% interval": FIGURE,
            "Limits": FIGURE,
        }
        head |= {"Position": TEXT}
        body = [
            [
                html.escape(name),
                str(row["rank"]),
                rate(row["rate"]),
                between(row["low"], row["high"]),
                between(row["floor"], row["ceiling"]),
                capital(row["position"]),
            ]
            for name, row in self._to_date(kind).iterrows()
        ]
        caption = f"{kind} {self.per} by district, {self.when}"
        return (
            f"<details open><summary>The "
            f"figures</summary>{layout.table(caption, head, body)}</details>"
        )

    def types(self) -> Part:
        """The partnership's district for each type: rate, interval, rank and position, the year to
        date.
        """
        head = {
            "Type": TEXT,
            "Incidents": FIGURE,
            "Per 1,000": FIGURE,
            "95% interval": FIGURE,
            "Group": FIGURE,
        }
        head |= {"Limits": FIGURE, "Rank": FIGURE, "Position": TEXT}
        body = [[html.escape(kind), *self._own_cells(kind)] for kind in self.beside.types]
        others = counted(len(self.beside.residents) - 1, "other district")
        caption = f"{self.own} beside {others} by type, {self.when}, {self.per}"
        marks = {disclosure.MARK: HIDDEN} if self._own_hidden else {}
        marks |= {"[z]": ALONE} if any("[z]" in row for row in body) else {}
        table = layout.table(caption, head, body, marks=marks)
        return self._part(
            "types", f'<h2 id="types">{html.escape(self._types_finding)}</h2>{table}{self._every()}'
        )

    def _every(self) -> str:
        """Every district's rate of each type of crime and its position, and which districts are
        left out.
        """
        frames = {
            kind: self._to_date(kind) for kind in self.beside.types if kind not in (CRIME, ASB)
        }
        names = list(self._to_date(CRIME).index)
        out = [name for name in names if any(name not in frame.index for frame in frames.values())]
        shown = [name for name in names if name not in out]
        body = [
            [html.escape(kind), *(_standing(frame, name) for name in shown)]
            for kind, frame in frames.items()
        ]
        caption = f"Rate {self.per} of every district by type of crime, {self.when}"
        table = layout.table(caption, {"Type": TEXT} | dict.fromkeys(shown, FIGURE), body)
        told = (
            "Left out of the ranks and the group by type, for a sensitive type had 1 to 4 in a "
            "month: "
        )
        left_out = f'<p class="basis">{html.escape(told + listed(out))}.</p>' if out else ""
        each = (
            f"<details><summary>Every district, type by type</summary>{table}</details>"
            if len(shown) > 1
            else ""
        )
        return left_out + each

    @property
    def _own_hidden(self) -> bool:
        return any(self.beside.hides(kind, self.own) for kind in self.beside.types)

    def _own_cells(self, kind: str) -> list[str]:
        if self.beside.hides(kind, self.own):
            return [disclosure.MARK] * 7
        frame = self._to_date(kind)
        row = frame.loc[self.own]
        interval = between(row["low"], row["high"], 2)
        mine = [f"{row['count']:,}", rate(row["rate"], 2), interval]
        if self.beside.alone(kind):
            return [*mine, *["[z]"] * 4]
        limits = between(row["floor"], row["ceiling"], 2)
        return [
            *mine,
            rate(row["group"], 2),
            limits,
            f"{row['rank']} of {len(frame)}",
            capital(row["position"]),
        ]

    def by_month(self) -> Part:
        """The rate of each type in each month, with its position in words."""
        each = {month: pd.PeriodIndex([month]) for month in self.months}
        head = {"Type": TEXT} | {month.strftime("%B %Y"): FIGURE for month in self.months}
        body = []
        for kind in self.beside.types:
            if self.beside.hides(kind, self.own):
                body.append([html.escape(kind), *[disclosure.MARK] * len(each)])
                continue
            frames = [self._standings(kind, month) for month in each.values()]
            body.append([html.escape(kind), *(_standing(frame, self.own) for frame in frames)])
        caption = f"{self.own}: rate {self.per} by type and month, and where it stood in the group"
        marks = {disclosure.MARK: HIDDEN} if self._own_hidden else {}
        heading = '<h2 id="months">Month by month</h2>'
        return self._part("by_month", heading + layout.table(caption, head, body, marks=marks))

    def source(self) -> Part:
        """Where the figures come from, what was counted and what not, and the download."""
        people = (
            f"Population estimates for mid-{self.beside.year}: Office for National "
            f"Statistics.{self._left_out}"
        )
        told = provenance.section(self.local, KEY, "Every district and type, the year to date")
        return self._part(
            "table", f'{told}<p class="basis">{html.escape(people)}</p>', self._download()
        )

    def _download(self) -> str:
        """Every district and type of the year to date, and the months of the partnership's own, as
        tidy CSV.
        """
        spans = {provenance.covered(self.months): (self.months, list(self.beside.residents.index))}
        spans |= {str(month): (pd.PeriodIndex([month]), [self.own]) for month in self.months}
        rows = []
        for period, (months, names) in spans.items():
            for kind in self.beside.types:
                frame = self._standings(kind, months)
                rows += [
                    {"district": n, "type": kind, "period": period} | _figures(frame, n)
                    for n in names
                ]
        at, opens = (
            self.beside.year,
            populations.opening(self.project.framework.calendar.year(self.project.month)),
        )
        own = {} if at == opens else {"population_year": at}
        return pd.DataFrame(rows).assign(**own).to_csv(index=False, lineterminator="\n")


def _standing(frame: pd.DataFrame, name: str) -> str:
    """A district's rate of a type and, where others stand beside it, its position, as a cell."""
    return rate(frame.at[name, "rate"], 2) + (
        small(capital(frame.at[name, "position"])) if len(frame) > 1 else ""
    )


def _figures(frame: pd.DataFrame, name: str) -> dict:
    """The figures of a district as the download has them; a shorthand where it is not in the frame,
    and nothing of a group where there is no other.
    """
    if name not in frame.index:
        return dict.fromkeys(("count", *RATES, "rank", "position"), "") | {
            "shorthand": disclosure.MARK
        }
    row = frame.loc[name]
    rates = {of: exact(row[of]) for of in RATES}
    told = (
        {"count": row["count"]}
        | rates
        | {"rank": row["rank"], "position": row["position"], "shorthand": ""}
    )
    return (
        told
        if len(frame) > 1
        else told | dict.fromkeys(("floor", "ceiling", "rank", "position"), "")
    )
