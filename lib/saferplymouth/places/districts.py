"""The page on districts: the partnership's own beside the others of its force, for each type of crime."""

import html
from pathlib import Path

import pandas as pd

from saferplymouth import suppression
from saferplymouth.framework import ASB
from saferplymouth.funnel import ABOVE, BELOW, IN_LINE
from saferplymouth.papers import sheets
from saferplymouth.papers.sheets import FIGURE, TEXT, small
from saferplymouth.parts import Part
from saferplymouth.places import beside, provenance
from saferplymouth.places.beside import CRIME, standings
from saferplymouth.places.closing import rate
from saferplymouth.places.local import local
from saferplymouth.project import Project
from saferplymouth.spreads import spread_chart
from saferplymouth.words import capital, inner, listed

KEY, TITLE = "districts", "Districts"
WORDS = {ABOVE: "above the group", IN_LINE: "in line with the group", BELOW: "below the group"}
HOW = (
    "Rates are per 1,000 residents at mid-{year}. “Above” and “below” mean outside the control limits of the group: of "
    "districts where nothing but chance is at work, one in 500 would be on either side. Districts differ in more than "
    "chance: a city draws people who do not live there, so a rate above the group is a question, not a verdict."
)


class Districts:
    """The districts of the force in the financial year to one month, "2016-11"; each method is a part of the page.

    Raises LookupError where no street file of the force, or no population of two districts, has come for that year.
    """

    def __init__(self, month: str | pd.Period, root: Path | None = None):
        self.project = Project(month, root)
        self.local = local(self.project)
        self.months, self.when = self.local.months, self.local.when
        year = str(self.project.framework.calendar.year(self.project.month).asfreq("M", "start").year)
        found = beside.beside(self.local.ground, self.months, year)
        if found is None:
            raise LookupError(f"the populations of two districts for {year} are wanted; put population.csv in places/")
        self.beside, self.street = found, self.project.framework.street
        self.hidden = beside.hidden(found, self.street)
        self.own = next(name for name in self.street.districts if name in found.residents.index)

    def _part(self, kind: str, content: str, csv: str = "") -> Part:
        return Part(kind, self.project.month, content, KEY, csv)

    def _to_date(self, kind: str) -> pd.DataFrame:
        return standings(self.beside, kind, self.months)

    def summary(self) -> Part:
        """What the page is about, and its findings as links."""
        lead = f"How {self.own} compares with the other districts of the force, for each type of crime."
        found = [
            (self._finding(kind), at) for kind, at in ((CRIME, "crime"), (ASB, "asb")) if kind in self.beside.types
        ]
        opening = sheets.opening(lead, [*found, (self._types_finding, "types")])
        facts = {"title": TITLE, "runs_to": provenance.runs_to(self.local.ground)}
        return Part("summary", self.project.month, opening, facts=facts)

    def _finding(self, kind: str) -> str:
        frame = self._to_date(kind)
        mine, of = frame.loc[self.own], len(frame)
        what = "recorded crimes" if kind == CRIME else "incidents of anti-social behaviour"
        place = f"{_ordinal(mine['rank'])} of {of} districts" if mine["rank"] > 1 else f"the highest of {of} districts"
        there = f"{self.own} had {rate(mine['rate'])} {what} per 1,000 residents, {self.when}"
        return f"{there}: {place}, {WORDS[mine['position']]}"

    @property
    def _types_finding(self) -> str:
        kinds = [kind for kind in self.beside.types if kind not in (CRIME, ASB)]
        own = {kind: self._to_date(kind).loc[self.own] for kind in kinds if (kind, self.own) not in self.hidden}
        where = {at: sum(row["position"] == at for row in own.values()) for at in (ABOVE, IN_LINE, BELOW)}
        said = f"{self.own} was above the group in {where[ABOVE]} of {len(own)} types of crime"
        said += f", in line in {where[IN_LINE]} and below in {where[BELOW]}"
        first = [inner(kind) for kind, row in own.items() if row["rank"] == 1]
        return f"{said}; it had the highest rate of {listed(first)}" if first else said

    def crime(self) -> Part:
        """Every district's rate of recorded crime beside the limits of the group."""
        how = f'<p class="counted">{HOW.format(year=self.beside.year)}</p>'
        return self._part("crime", f'<h2 id="crime">{html.escape(self._finding(CRIME))}</h2>{how}{self._chart(CRIME)}')

    def incidents(self) -> Part:
        """Every district's rate of anti-social behaviour beside the group's limits; nothing where none is known."""
        if ASB not in self.beside.types:
            return self._part("incidents", "")
        return self._part("incidents", f'<h2 id="asb">{html.escape(self._finding(ASB))}</h2>{self._chart(ASB)}')

    def _chart(self, kind: str) -> str:
        frame = self._shown(kind)
        drawn = frame[["rate", "floor", "ceiling", "position"]]
        drawn = drawn.set_axis(["value", "low", "high", "position"], axis="columns")
        named = "Recorded crime" if kind == CRIME else kind
        subtitle = f"{named} per 1,000 residents by district, {self.when}, beside the limits of the group"
        top, last = frame.index[0], frame.index[-1]
        ends = f"Highest {rate(frame['rate'].iloc[0])} in {top}, lowest {rate(frame['rate'].iloc[-1])} in {last}"
        alt = f"{self._finding(kind)}. Each district beside the group’s limits. {ends}. The figures are in the table."
        level = {"level": float(frame["group"].iloc[0]), "level_name": "Group", "limits": "Limits of the group"}
        return spread_chart(drawn, subtitle, alt, own=self.own, **level).html + self._table(kind)

    def _shown(self, kind: str) -> pd.DataFrame:
        """The districts of which a type may be shown."""
        frame = self._to_date(kind)
        return frame[[(kind, name) not in self.hidden for name in frame.index]]

    def _table(self, kind: str) -> str:
        head = {"District": TEXT, "Rank": FIGURE, "Per 1,000": FIGURE, "95% interval": FIGURE, "Limits": FIGURE}
        head |= {"Position": TEXT}
        body = [
            [
                html.escape(name),
                str(row["rank"]),
                rate(row["rate"]),
                f"{rate(row['low'])} to {rate(row['high'])}",
                f"{rate(row['floor'])} to {rate(row['ceiling'])}",
                capital(row["position"]),
            ]
            for name, row in self._shown(kind).iterrows()
        ]
        caption = f"{kind} per 1,000 residents by district, {self.when}"
        return f"<details open><summary>The figures</summary>{sheets.table(caption, head, body)}</details>"

    def types(self) -> Part:
        """The partnership's district for each type: rate, interval, rank and position, the year to date."""
        head = {"Type": TEXT, "Incidents": FIGURE, "Per 1,000": FIGURE, "95% interval": FIGURE, "Group": FIGURE}
        head |= {"Rank": FIGURE, "Position": TEXT}
        body = [[html.escape(kind), *self._own_cells(kind)] for kind in self.beside.types]
        caption = f"{self.own} beside {len(self.beside.residents) - 1} other districts by type, {self.when}"
        marks = {suppression.MARK: "hidden, for a month has 1 to 4"} if self._own_hidden else {}
        table = sheets.table(caption, head, body, marks=marks)
        return self._part("types", f'<h2 id="types">{html.escape(self._types_finding)}</h2>{table}')

    @property
    def _own_hidden(self) -> bool:
        return any((kind, self.own) in self.hidden for kind in self.beside.types)

    def _own_cells(self, kind: str) -> list[str]:
        if (kind, self.own) in self.hidden:
            return [suppression.MARK] * 6
        frame = self._to_date(kind)
        row = frame.loc[self.own]
        interval = f"{rate(row['low'], 2)} to {rate(row['high'], 2)}"
        rank = f"{row['rank']} of {len(frame)}"
        return [
            f"{row['count']:,}",
            rate(row["rate"], 2),
            interval,
            rate(row["group"], 2),
            rank,
            capital(row["position"]),
        ]

    def by_month(self) -> Part:
        """The rate of each type in each month, with its position in words."""
        each = {month: pd.PeriodIndex([month]) for month in self.months}
        head = {"Type": TEXT} | {month.strftime("%B %Y"): FIGURE for month in self.months}
        body = []
        for kind in self.beside.types:
            if (kind, self.own) in self.hidden:
                body.append([html.escape(kind), *[suppression.MARK] * len(each)])
                continue
            rows = [standings(self.beside, kind, month).loc[self.own] for month in each.values()]
            body.append([html.escape(kind), *(f"{rate(r['rate'], 2)}{small(capital(r['position']))}" for r in rows)])
        caption = f"{self.own}: rate per 1,000 residents by type and month, and where it stood in the group"
        marks = {suppression.MARK: "hidden, for a month has 1 to 4"} if self._own_hidden else {}
        heading = '<h2 id="months">Month by month</h2>'
        return self._part("by_month", heading + sheets.table(caption, head, body, marks=marks))

    def source(self) -> Part:
        """Where the figures come from, what was counted and what not, and the download."""
        people = f"Population estimates for mid-{self.beside.year}: Office for National Statistics."
        told = provenance.section(self.local, KEY, "Every district and type, the year to date")
        return self._part("table", f'{told}<p class="basis">{people}</p>', self._download())

    def _download(self) -> str:
        """Every district and type of the year to date, and the months of the partnership's own, as tidy CSV."""
        spans = {provenance.covered(self.months): (self.months, None)}
        spans |= {str(month): (pd.PeriodIndex([month]), self.own) for month in self.months}
        rows = []
        for period, (months, only) in spans.items():
            for kind in self.beside.types:
                frame = standings(self.beside, kind, months)
                for name, row in frame.iterrows():
                    if only in (None, name):
                        rows.append(self._row(name, kind, period, row))
        return pd.DataFrame(rows).to_csv(index=False, lineterminator="\n")

    def _row(self, name: str, kind: str, period: str, row: pd.Series) -> dict:
        secret = (kind, name) in self.hidden
        figures = {"count": str(row["count"])} | {
            column: rate(row[of], 2).replace("−", "-").replace(",", "")
            for column, of in (("rate", "rate"), ("low", "low"), ("high", "high"))
        }
        said = {"rank": row["rank"], "position": row["position"]}
        given = figures | said if not secret else dict.fromkeys((*figures, *said), "")
        return {"district": name, "type": kind, "period": period} | given | {"shorthand": suppression.MARK * secret}


def _ordinal(n: int) -> str:
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"
