"""The page on districts: the partnership's own beside the others of its force, by type of crime."""

from functools import cache
from pathlib import Path

import pandas as pd

from saferplymouth import disclosure
from saferplymouth.display import layout
from saferplymouth.display.drawing import Chart
from saferplymouth.display.layout import TEXT, Cell, Page
from saferplymouth.display.parts import Part
from saferplymouth.display.place_charts import spread_chart
from saferplymouth.errors import NotReceived
from saferplymouth.framework import ALL_CRIME, ASB, RESIDENTS
from saferplymouth.indicators.words import between, capital, counted, inner, listed, nth, rate, span
from saferplymouth.pages.places import district_rates, provenance
from saferplymouth.pages.places.district_rates import CRIME
from saferplymouth.pages.places.place_counts import local
from saferplymouth.statistics import populations
from saferplymouth.statistics.funnels import ABOVE, BELOW, IN_LINE
from saferplymouth.statistics.intervals import exact

WORDS = {ABOVE: "above the group", IN_LINE: "in line with the group", BELOW: "below the group"}
HIDDEN = {disclosure.MARK: "hidden, for a month has 1 to 4"}
ALONE = {"[z]": "not applicable, for the type is shown of no other district"}
RATES = ["rate", "low", "high", "floor", "ceiling"]  # the last two are the limits of the group
OF_GROUP = ["floor", "ceiling", "rank", "position"]


class Districts(Page):
    """The districts of the force in the financial year to one month, "2016-11"; each method is a
    part of the page.

    Rates are per 1,000 residents. Raises `NotReceived` where no street file of the force, or no
    population of two districts, has come for that year.

    >>> Districts("2016-11").crime()
    <crime of districts, November 2016>
    """

    key, title = "districts", "Districts"

    def __init__(self, month: str | pd.Period, root: Path | None = None):
        super().__init__(month, root)
        self.local = local(self.project)
        self.months, self.when = self.local.months, self.local.when
        year = self.project.framework.calendar.year(self.project.month)
        beside = district_rates.beside(self.local.ground, self.months, year)
        if beside is None:
            raise NotReceived(district_rates.why_not(self.local.ground, year))
        self.beside, self.own, self.opens = beside, beside.own, populations.opening(year)
        self.several = len(self.project.framework.street.districts) > 1
        self.per = f"per 1,000 residents at mid-{beside.year}"
        # worked out once: most are asked for in several parts of the page
        self._standings = cache(self._work_out)

    def _work_out(self, kind: str, month: pd.Period | None = None) -> pd.DataFrame:
        """The districts for one type, in a month or, without one, in the year to date."""
        months = self.months if month is None else pd.PeriodIndex([month])
        return district_rates.standings(self.beside, kind, months)

    @property
    def _left_out(self) -> str:
        unknown = [*self.beside.unknown]
        why = "Left out, because no population figures have been received"
        return f"{why}: {listed(unknown)}." if unknown else ""

    def summary(self) -> Part:
        """What the page is about, and its findings as links."""
        found = [(self._finding(CRIME), "crime")]
        found += [(self._finding(ASB), "asb")] if ASB in self.beside.types else []
        return self.opening(
            [*found, (self._types_finding, "types")],
            {"runs_to": provenance.runs_to(self.local.ground)},
            own=self.own,
            compare="compare" if self.several else "compares",
            doubts=provenance.doubtful(self.local.ground, self.project.month),
        )

    def _finding(self, kind: str) -> str:
        if self.beside.hides(kind, self.own):
            return f"How much {inner(kind)} {self.own} had is not shown: a month had 1 to 4"
        frame = self._standings(kind)
        mine = frame.loc[self.own]
        first = nth(mine["rank"]) if mine["rank"] > 1 else "the highest"
        place = f"{first} of {len(frame)} districts, {WORDS[mine['position']]}"
        if self.beside.alone(kind):
            place = "no rank, for every other district had 1 to 4 in a month"
        what = "recorded crimes" if kind == CRIME else "incidents of anti-social behaviour"
        rated = f"{rate(mine['rate'])} {what} per 1,000 residents"
        return f"{self.own} had {rated}, {self.when}: {place}"

    @property
    def _types_of_crime(self) -> list[str]:
        return [kind for kind in self.beside.types if kind not in (CRIME, ASB)]

    @property
    def _types_finding(self) -> str:
        shown = [kind for kind in self._types_of_crime if not self.beside.hides(kind, self.own)]
        own = {kind: self._standings(kind).loc[self.own] for kind in shown}
        if not own:
            why = "a sensitive one had 1 to 4 in a month"
            return f"What types of crime {self.own} had is not shown: {why}"
        if all(map(self.beside.alone, own)):
            how = f"How {self.own} compare{'' if self.several else 's'} by type of crime"
            why = "every other district had 1 to 4 of a sensitive one in a month"
            return f"{how} cannot be said: {why}"
        places = [row["position"] for row in own.values()]
        above, in_line, below = map(places.count, (ABOVE, IN_LINE, BELOW))
        were, they = ("were", "they") if self.several else ("was", "it")
        said = (
            f"{self.own} {were} above the group in {above} of {len(own)} types of crime, in line "
            f"in {in_line} and below in {below}"
        )
        first = [inner(kind) for kind, row in own.items() if row["rank"] == 1]
        return f"{said}; {they} had the highest rate of {listed(first)}" if first else said

    def crime(self) -> Part:
        """Every district's rate of recorded crime beside the limits of the group."""
        return self.part(
            "crime", year=self.beside.year, left_out=self._left_out, **self._rates(CRIME)
        )

    def incidents(self) -> Part:
        """Every district's rate of anti-social behaviour beside the group's limits; nothing where
        none is known.
        """
        if ASB not in self.beside.types:
            return self.part("incidents", finding="")
        return self.part("incidents", **self._rates(ASB))

    def _rates(self, kind: str) -> dict[str, object]:
        """The finding, and the districts' rates as a chart and a table where they may be shown."""
        shown = not self.beside.hides(kind, self.own) and not self.beside.alone(kind)
        return {
            "finding": self._finding(kind),
            "own_counts": self._own_counts(kind),
            "chart": self._chart(kind) if shown else None,
            "table": self._table(kind) if shown else "",
        }

    def _own_counts(self, kind: str) -> list[dict[str, str]]:
        """The rates of the indicators of the same thing, which their agencies counted."""
        framework, against = self.project.framework, ALL_CRIME if kind == CRIME else kind
        counts = []
        for i in framework.indicators.values():
            evidence = self.project.evidence[i.key]
            own = evidence.rate
            if i.held_against != against or i.population != RESIDENTS or own is None:
                continue
            when = span(evidence.year.to_date.periods)
            count = {
                "page": f"{framework.areas[i.area].page}#{i.anchor}",
                "name": i.name,
                "rate": f"{rate(own.value)} per {own.base:,} residents at mid-{own.year}, {when}",
                "source": framework.source(i, evidence.latest),
            }
            counts.append(count)
        return counts

    def _chart(self, kind: str) -> Chart:
        frame = self._standings(kind)
        columns = {"rate": "value", "floor": "low", "ceiling": "high", "position": "position"}
        drawn = frame[[*columns]].rename(columns=columns)
        what = "Recorded crime" if kind == CRIME else kind
        subtitle = f"{what} {self.per} by district, {self.when}, beside the limits of the group"
        rates, top, last = frame["rate"], frame.index[0], frame.index[-1]
        alt = (
            f"{self._finding(kind)}. Each district {self.per} beside the group’s limits. Highest "
            f"{rate(rates.iloc[0])} in {top}, lowest {rate(rates.iloc[-1])} in {last}. The figures "
            f"are in the table."
        )
        return spread_chart(
            drawn,
            subtitle,
            alt,
            own=self.own,
            level=float(frame["group"].iloc[0]),
            level_name="Group",
            limits="Limits of the group",
        )

    def _table(self, kind: str) -> str:
        rows = [
            {
                "District": name,
                "Rank": str(row["rank"]),
                "Per 1,000": rate(row["rate"]),
                "95% interval": between(row["low"], row["high"]),
                "Limits": between(row["floor"], row["ceiling"]),
                "Position": capital(row["position"]),
            }
            for name, row in self._standings(kind).iterrows()
        ]
        caption = f"{kind} {self.per} by district, {self.when}"
        return layout.table(caption, rows, kinds={"Position": TEXT})

    def types(self) -> Part:
        """The partnership's district for each type: rate, interval, rank and position, the year to
        date; and every district's rate of each type of crime with its position.
        """
        others = counted(len(self.beside.residents) - 1, "other district")
        caption = f"{self.own} beside {others} by type, {self.when}, {self.per}"
        rows, kinds = map(self._own_type, self.beside.types), {"Position": TEXT}
        own = layout.table(caption, rows, kinds=kinds, marks=HIDDEN | ALONE)
        frames = {kind: self._standings(kind) for kind in self._types_of_crime}
        names = self._standings(CRIME).index
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
            every=layout.table(caption, every) if len(shown) > 1 else "",
        )

    def _own_type(self, kind: str) -> dict[str, str]:
        """A row of the table of types; what is hidden, or has no other beside it, says so."""
        mine = ["Incidents", "Per 1,000", "95% interval"]
        of_group = ["Group", "Limits", "Rank", "Position"]
        if self.beside.hides(kind, self.own):
            return {"Type": kind} | dict.fromkeys([*mine, *of_group], disclosure.MARK)
        frame = self._standings(kind)
        row = frame.loc[self.own]
        cells = [f"{row['count']:,}", rate(row["rate"], 2), between(row["low"], row["high"], 2)]
        own = {"Type": kind} | dict(zip(mine, cells, strict=True))
        if self.beside.alone(kind):
            return own | dict.fromkeys(of_group, "[z]")
        return own | {
            "Group": rate(row["group"], 2),
            "Limits": between(row["floor"], row["ceiling"], 2),
            "Rank": f"{row['rank']} of {len(frame)}",
            "Position": capital(row["position"]),
        }

    def by_month(self) -> Part:
        """The rate of each type in each month, with its position in words."""
        caption = f"{self.own}: rate {self.per} by type and month, and where it stood in the group"
        rows = map(self._months_of, self.beside.types)
        return self.part("by_month", table=layout.table(caption, rows, marks=HIDDEN))

    def _months_of(self, kind: str) -> dict[str, str | Cell]:
        row, hidden = {"Type": kind}, self.beside.hides(kind, self.own)
        for month in self.months:
            standing = "" if hidden else _standing(self._standings(kind, month), self.own)
            row[month.strftime("%B %Y")] = standing or disclosure.MARK
        return row

    def source(self) -> Part:
        """Where the figures come from, what was counted and what not, and the download."""
        return self.part(
            "table",
            self._download(),
            file=self.key,
            title="Every district and type, the year to date",
            year=self.beside.year,
            left_out=self._left_out,
            **provenance.origin(self.local),
        )

    def _download(self) -> str:
        """Every district and type of the year to date, and the months of the partnership's own, as
        tidy CSV.
        """
        every, frames = list(self.beside.residents.index), []
        for month in (None, *self.months):
            period = provenance.covered(self.months) if month is None else str(month)
            for kind in self.beside.types:
                names = every if month is None else [self.own]
                rows = _figures(self._standings(kind, month), names)
                rows.insert(1, "type", kind)
                rows.insert(2, "period", period)
                frames.append(rows)
        at = self.beside.year
        estimate = {} if at == self.opens else {"population_year": at}
        return layout.download(pd.concat(frames).assign(**estimate))


def _standing(frame: pd.DataFrame, name: str) -> Cell:
    """A district's rate of a type and, where others stand beside it, its position."""
    position = capital(frame.at[name, "position"]) if len(frame) > 1 else ""
    return Cell(rate(frame.at[name, "rate"], 2), position)


def _figures(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """The figures of some districts as the download has them; a shorthand where one is not in the
    frame, and nothing of a group where there is no other.
    """
    rows = frame[["count", *RATES, "rank", "position"]].astype(object)
    rows[RATES] = frame[RATES].map(exact).astype(object)
    if len(frame) < 2:
        rows[OF_GROUP] = ""
    rows = rows.reindex(names, fill_value="")
    rows["shorthand"] = ["" if name in frame.index else disclosure.MARK for name in names]
    return rows.rename_axis("district").reset_index()
