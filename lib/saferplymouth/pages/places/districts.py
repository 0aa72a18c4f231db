"""The districts page: the partnership's district compared with others in its force, by type."""

import pandas as pd
from markupsafe import Markup

from saferplymouth import disclosure
from saferplymouth.display import layout
from saferplymouth.display.drawing import Chart
from saferplymouth.display.layout import TEXT, Cell, Page
from saferplymouth.display.parts import Part
from saferplymouth.errors import NotReceived
from saferplymouth.framework import ALL_CRIME, ASB, RESIDENTS
from saferplymouth.indicators.words import between, capital, counted, inner, listed, rate, span
from saferplymouth.pages.places import district_rates, provenance, similar_areas
from saferplymouth.pages.places.district_rates import CRIME, rank_range, ranked, standings
from saferplymouth.pages.places.place_counts import local, uncalled, usual_range
from saferplymouth.pages.places.rank_table import of_group, rank_chart, rank_table
from saferplymouth.statistics import populations
from saferplymouth.statistics.funnels import ABOVE, BELOW, IN_LINE, UNCALLED
from saferplymouth.statistics.intervals import to_15_digits

USUAL = "the usual range"
WORDS = {ABOVE: f"above {USUAL}", IN_LINE: f"within {USUAL}", BELOW: f"below {USUAL}"}
WORDS[UNCALLED] = ""
NO_GROUP = (
    "not applicable, because the type is shown for no other district or because districts differ "
    "too widely for a usual range"
)
OF_GROUP = ["floor", "ceiling", "rank", "position"]  # the first two are the ends of the usual range
RATES = ["rate", "low", "high", "floor", "ceiling"]


class Districts(Page):
    """The districts of the force in the financial year to one month, "2016-11"; each method is a
    part of the page.

    Rates are per 1,000 residents. Raises `NotReceived` where no street file of the force, or no
    population of two districts, has come for that year.

    >>> Districts("2016-11").crime()
    <crime of districts, November 2016>
    """

    key, title = "districts", "Districts"

    def prepare(self) -> None:
        self.local = local(self.project)
        self.year = self.framework.calendar.year(self.project.month)
        local_crime, months = self.local.local_crime, self.local.months
        self.beside = district_rates.beside(local_crime, months, self.year)
        if self.beside is None:
            raise NotReceived(district_rates.why_not(local_crime, self.year))
        self.own, self.when = self.beside.own, self.local.when
        self.several = len(self.framework.street.districts) > 1
        self.per = f"per 1,000 residents at mid-{self.beside.year}"
        self.to_date = provenance.covered(months)
        spans = {self.to_date: months} | {str(m): pd.PeriodIndex([m]) for m in months}
        self.alike, self.lacking = district_rates.similar(local_crime, months, self.year)
        self.standings = {
            (period, kind): standings(self.beside, kind, these)
            for period, these in spans.items()
            for kind in self.beside.types
        }

    def _frame(self, kind: str) -> pd.DataFrame:
        return self.standings[self.to_date, kind]

    @property
    def first(self) -> list[str]:
        """The own district and those of the force that are similar areas; empty without any."""
        similar = [*self.beside.residents.index.intersection(self.framework.street.similar)]
        return [self.own, *similar] if similar else []

    @property
    def left_out(self) -> str:
        """Which districts have no figures here, as a sentence; nothing where all do."""
        unknown = [*self.beside.unknown]
        why = "Left out, because no population figures have been received"
        return f"{why}: {listed(unknown)}." if unknown else ""

    def summary(self) -> Part:
        """A summary of the page, with its findings as links."""
        anchors = {CRIME: "crime", ASB: "asb"}
        kinds = [kind for kind in anchors if kind in self.beside.types]
        links = [(self._finding(kind), anchors[kind]) for kind in kinds]
        return self.opening(
            [*self._similar_link(), *links, (self._types_finding, "types")],
            {"runs_to": provenance.runs_to(self.local.local_crime)},
            doubts=provenance.doubtful(self.local.local_crime, self.project.month),
        )

    @property
    def small(self) -> str:
        """The counts that are hidden, in words."""
        return self.local.local_crime.street.small.words

    @property
    def _marks(self) -> dict[str, str]:
        return {disclosure.MARK: f"hidden, because a month has {self.small}", "[z]": NO_GROUP}

    def _finding(self, kind: str) -> str:
        if self.beside.hides(kind, self.own):
            return f"The rate of {inner(kind)} in {self.own} is not shown: a month had {self.small}"
        frame = self._frame(kind)
        mine = frame.loc[self.own]
        rank, position = ranked(frame, self.own, "districts"), WORDS[mine["position"]]
        place = f"{rank}, {position}" if position else rank
        if self.beside.alone(kind):
            place = f"no rank, because every other district had {self.small} in a month"
        what = "recorded crimes" if kind == CRIME else "incidents of anti-social behaviour"
        had = f"{self.own} had {rate(mine['rate'])} {what} per 1,000 residents"
        return f"{had}, {self.when}: {place}"

    @property
    def _types_finding(self) -> str:
        own = {
            kind: self._frame(kind).loc[self.own]
            for kind in self.beside.types_of_crime
            if not self.beside.hides(kind, self.own)
        }
        hidden = f"a sensitive one had {self.small} in a month"
        if not own:
            return f"The types of crime in {self.own} are not shown: {hidden}"
        if all(map(self.beside.alone, own)):
            hidden = f"every other district had {self.small} of a sensitive type in a month"
            return f"No comparison by type of crime is possible for {self.own}: {hidden}"
        places = [row["position"] for row in own.values() if row["position"] != UNCALLED]
        above, in_line, below = map(places.count, (ABOVE, IN_LINE, BELOW))
        types = f"{counted(len(own), 'type')} of crime"
        if len(places) < len(own):
            types = f"{counted(len(places), 'type')} of crime that have one"
        counts = f"above {USUAL} for {above} of {types}"
        counts += f", within it for {in_line} and below for {below}"
        if in_line == len(places):
            counts = f"within {USUAL} for each of {types}"
        standing = f"{self._were} {counts}"
        if not places:
            standing = "No usual range for any type of crime: districts differ too widely"
        first = [inner(kind) for kind, row in own.items() if row["worst"] == 1]
        if not first:
            return standing
        highest = "highest" if places else f"{self._were} highest"
        return f"{standing}; {highest} for {listed(first).replace('drugs', 'drug offences')}"

    @property
    def _were(self) -> str:
        return f"{self.own} {'were' if self.several else 'was'}"

    def crime(self) -> Part:
        """Every district's rate of recorded crime, with the usual range."""
        return self.part("crime", **self._rates(CRIME))

    def incidents(self) -> Part:
        """The same for anti-social behaviour; nothing without any."""
        known = ASB in self.beside.types
        return self.part("incidents", **(self._rates(ASB) if known else {"finding": ""}))

    def _rates(self, kind: str) -> dict[str, object]:
        """The finding, and a chart and a table where the rates may be shown."""
        shown = not self.beside.hides(kind, self.own) and not self.beside.alone(kind)
        frame = self._frame(kind)
        name = f"districts-{'crime' if kind == CRIME else 'incidents'}"
        return {
            "finding": self._finding(kind),
            "called": not uncalled(frame),
            "own_counts": self._own_counts(kind),
            "usual_range": usual_range(frame, frame["rate"], "districts", "per 1,000"),
            "chart": self._chart(kind).named(name, provenance.PUBLISHER) if shown else None,
            "table": self._table(kind) if shown else "",
        }

    def _own_counts(self, kind: str) -> list[dict[str, str]]:
        """The rates from agencies' own counts of the same thing."""
        against, counts = ALL_CRIME if kind == CRIME else kind, []
        for i in self.framework.indicators.values():
            evidence = self.project.evidence[i.key]
            own = evidence.rate
            if i.held_against == against and i.population == RESIDENTS and own is not None:
                when = span(evidence.year.to_date.periods)
                per = f"per {own.base:,} residents at mid-{own.year}, {when}"
                count = {"name": i.name, "rate": f"{rate(own.value)} {per}"}
                count["page"] = f"{self.framework.areas[i.area].page}#{i.anchor}"
                counts.append(count | {"source": self.framework.source(i, evidence.latest)})
        return counts

    def _chart(self, kind: str) -> Chart:
        frame = self._frame(kind)
        what = "Recorded crime" if kind == CRIME else kind
        title, subtitle = f"{what} by district", f"{self.per}, {self.when}"
        subtitle += "" if uncalled(frame) else f", with {USUAL}"
        highest, lowest = (f"{rate(frame['rate'].iloc[n])} in {frame.index[n]}" for n in (0, -1))
        alt = (
            f"{self._finding(kind)}. {title}, {subtitle}. Highest "
            f"{highest}, lowest {lowest}. The figures are in the table."
        )
        return rank_chart(
            frame,
            title,
            capital(subtitle),
            alt,
            "All districts",
            own=self.own,
            first=[name for name in self.first if name in frame.index],
            headings=("Similar areas", "Other districts"),
        )

    def _table(self, kind: str) -> Markup:
        caption, frame = f"{kind} {self.per} by district, {self.when}", self._frame(kind)
        if self.first:
            caption += ", similar areas first"
        order = (~frame.index.isin(self.first)).argsort(kind="stable")
        return rank_table(caption, "District", frame.iloc[order])

    def types(self) -> Part:
        """The partnership's district for each type, then every district's rate of each."""
        others = counted(len(self.beside.residents) - 1, "other district")
        caption = f"{self.own} compared with {others} by type, {self.when}, {self.per}"
        rows, kinds = map(self._own_type, self.beside.types), {"Position": TEXT}
        own = layout.table(caption, rows, kinds=kinds, marks=self._marks)
        frames = {kind: self._frame(kind) for kind in self.beside.types_of_crime}
        names = self._frame(CRIME).index
        shown = [name for name in names if all(name in frame.index for frame in frames.values())]
        every = [
            {"Type": kind} | {name: _standing(frame, name) for name in shown}
            for kind, frame in frames.items()
        ]
        caption = f"Rate {self.per} of every district by type of crime, {self.when}"
        return self.part(
            "types",
            finding=self._types_finding,
            own=own,
            left_out=[name for name in names if name not in shown],
            small=self.small,
            every=layout.table(caption, every) if len(shown) > 1 else "",
        )

    @property
    def _called(self) -> bool:
        """Whether a district can be above or below the usual range of any type."""
        return not all(uncalled(self._frame(kind)) for kind in self.beside.types)

    def _own_type(self, kind: str) -> dict[str, str]:
        row = {"Type": kind}
        mine = ["Incidents", "Per 1,000", "95% confidence interval"]
        group = ["All districts", "Usual range", "Rank", "Position"]
        group = group if self._called else ["All districts", "Rank"]
        if self.beside.hides(kind, self.own):
            return row | dict.fromkeys(mine + group, disclosure.MARK)
        frame = self._frame(kind)
        own = frame.loc[self.own]
        cells = [f"{own['count']:,}", rate(own["rate"], 2), between(own["low"], own["high"], 2)]
        row |= dict(zip(mine, cells, strict=True))
        if self.beside.alone(kind):
            return row | dict.fromkeys(group, "[z]")
        row |= {
            "All districts": rate(own["group"], 2),
            "Rank": f"{rank_range(own)} of {len(frame)}",
        }
        return dict.fromkeys(["Type", *mine, *group], "[z]") | row | of_group(own, 2)

    def _similar_link(self) -> list[tuple[str, str]]:
        return [(similar_areas.finding(self.alike, self.local), "similar")] if self.alike else []

    def similar(self) -> Part:
        """The partnership's district beside similar areas of any force; nothing without any."""
        content = similar_areas.section(self.alike, self.lacking, self.local)
        return self.shown("similar", content)

    def by_month(self) -> Part:
        """The rate of each type in each month, and whether it is outside the usual range."""
        caption = f"{self.own}: rate {self.per} by type and month"
        rows = map(self._months_of, self.beside.types)
        return self.part("by_month", table=layout.table(caption, rows, marks=self._marks))

    def _months_of(self, kind: str) -> dict[str, str | Cell]:
        months = {month.strftime("%B %Y"): str(month) for month in self.local.months}
        if self.beside.hides(kind, self.own):
            return {"Type": kind} | dict.fromkeys(months, disclosure.MARK)
        frames = {name: self.standings[month, kind] for name, month in months.items()}
        return {"Type": kind} | {n: _standing(frame, self.own) for n, frame in frames.items()}

    def source(self) -> Part:
        """The sources, what was counted and what was not, and the download."""
        title = "Every district and type, the year to date"
        origin = provenance.origin(self.local)
        return self.part("table", self._download(), file=self.key, title=title, **origin)

    def _download(self) -> str:
        """Every district and type to date, and the own district by month, as tidy CSV."""
        every, frames = list(self.beside.residents.index), []
        for (period, kind), frame in self.standings.items():
            rows = _figures(frame, every if period == self.to_date else [self.own])
            rows[["type", "period"]] = kind, period
            frames.append(rows)
        columns = ["district", "type", "period", "count", *RATES, "rank", "position", "shorthand"]
        rows, at = pd.concat(frames)[columns], self.beside.year
        if self.alike:
            others = similar_areas.figures(self.alike, self.local.months, columns)
            rows = pd.concat([rows.assign(group="force"), others.assign(group="similar areas")])
        if at != populations.opening(self.year):
            rows["population_year"] = at
        return layout.download(rows)


def _standing(frame: pd.DataFrame, name: str) -> Cell:
    position = frame.at[name, "position"]
    outside = capital(WORDS[position]) if position in (ABOVE, BELOW) and len(frame) > 1 else ""
    return Cell(rate(frame.at[name, "rate"], 2), outside)


def _figures(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Rows of the download; a hidden district has a shorthand, and one alone nothing of a group."""
    rows = frame.astype(object)
    rows[RATES] = frame[RATES].map(to_15_digits).astype(object).where(frame[RATES].notna(), "")
    if len(frame) < 2:
        rows[OF_GROUP] = ""
    rows = rows.assign(shorthand="").reindex(names, fill_value="")
    rows.loc[rows.index.isin(frame.index), "shorthand"] = "[z]" if uncalled(frame) else ""
    rows.loc[~rows.index.isin(frame.index), "shorthand"] = disclosure.MARK
    return rows.rename_axis("district").reset_index()
