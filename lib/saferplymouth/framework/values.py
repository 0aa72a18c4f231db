"""The outcome framework as dataclasses: partnership, areas, indicators, breakdowns and matrix."""

import calendar
import datetime
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from types import MappingProxyType

import pandas as pd

from saferplymouth.framework import looks
from saferplymouth.periods import CALENDAR_YEAR, OVERLAPPING, POOL, ROLLING, Calendar, months

MONTHS = list(calendar.month_name)[1:]
AIMS = {"reduce": -1, "increase": 1, "increase reporting": 1, "at least": 1}
ALL_CRIME, GAP = "all crime", "gap"
ASB = "Anti-social behaviour"  # as the street files write it
# of crime, as data.police.uk has named them since May 2013; the last two until April 2013
TYPES = (
    *(ASB, "Bicycle theft", "Burglary", "Criminal damage and arson", "Drugs", "Other crime"),
    *("Other theft", "Possession of weapons", "Public order", "Robbery", "Shoplifting"),
    *("Theft from the person", "Vehicle crime", "Violence and sexual offences"),
    *("Violent crime", "Public disorder and weapons"),
)
COUNT, PERCENT, RATE, POUNDS, SCORE = UNITS = ("count", "percent", "rate", "pounds", "score")
EVERY = {  # what a figure that overlaps the one before it can end with
    ROLLING: ("month", "quarter", "half-year", "year", CALENDAR_YEAR),
    POOL: ("year", CALENDAR_YEAR),
}
BASES = (1_000, 10_000, 100_000)  # the number of people a rate can be for
ABOUT_A_FORCE = {"police", "constabulary", "service", "of", "and", "the"}
RESIDENTS = "residents"
DERIVED = ("key", "small", "assumed", "image")  # fields that are not written in the entry itself
PEOPLE = re.compile(  # what an indicator of people, or of harm to them, counts
    r"(?i)\b(?:victim|survivor|people|persons?\b|child|young|youth|pupil|student|adult|girl|boy"
    r"|wom[ae]n|m[ae]n\b|famil|parent|carer|residents?\b|patient|client|referral|offender"
    r"|suspects?\b|detain|arrest|casualt|death|suicid|homicid|murder|hate crime|abuse|exploit"
    r"|slaver|traffick|rape|sexual|stalk)"
)
KEY = "[a-z0-9][a-z0-9_]{0,59}"  # used in names of files and columns
KEYS = "use up to 60 lower-case letters, digits and _"
TAKEN = (
    *("accessibility", "glossary", "board_summary", "quarter_summary", "index", "commissioning"),
    *("strategic_assessment", "duties", "neighbourhoods", "districts", "data_quality"),
    *("explore", "tour"),
)
COMPLIANCE = {  # with the guidelines, in the words of the statement
    "fully": "comply fully with",
    "partially": "comply in part with",
    "not": "do not comply with",
}
NON_COMPLIANCE = "non-compliance"
KINDS_OF_GAP = {  # the grounds in the accessibility regulations, each with its heading
    NON_COMPLIANCE: "Non-compliance with the regulations",
    "disproportionate burden": "Disproportionate burden",
    "out of scope": "Not within the scope of the regulations",
}


@dataclass(frozen=True)
class Partnership:
    """The partnership that publishes.

    `population` is residents by calendar year, `small_base` the smallest count for which a
    percentage change is calculated, `financial_year_starts` a month's name, and `waits_for` the
    agencies whose monthly figures a run without a month waits for. `colour` (hexadecimal) is that
    of its pages, `font` its list of fonts as CSS, empty for the usual, and `logo` the name of a
    file beside `framework.toml`, whose content `image` has as an address.
    """

    name: str
    area: str
    force: str
    financial_year_starts: str
    contact: str
    licence: str
    small_base: int
    population_source: str
    population: Mapping[str, int]
    waits_for: tuple[str, ...] = ()
    logo: str = ""
    colour: str = looks.COLOUR
    font: str = ""
    image: str = ""

    @property
    def looks(self) -> dict[str, str]:
        """What templates are given of them: `colour`, `colour_dark`, `font` and `logo`."""
        both = {"colour": self.colour, "colour_dark": looks.on_dark(self.colour)}
        return both | {"font": self.font, "logo": self.image}

    @property
    def calendar(self) -> Calendar:
        return Calendar(MONTHS.index(self.financial_year_starts) + 1)


@dataclass(frozen=True)
class Population:
    """The people a rate is based on: `people` by calendar year, at mid-year, and their source."""

    name: str
    source: str
    people: Mapping[str, int]


@dataclass(frozen=True)
class Area:
    """A priority area: one notebook and one page. `lead` is who answers to the board for it, if
    anyone. `formerly` are the keys it had before, which papers and editions of then have.
    """

    key: str
    title: str
    priority: str
    lead: str = ""
    formerly: tuple[str, ...] = ()

    @property
    def page(self) -> str:
        return self.key.replace("_", "-") + ".html"


@dataclass(frozen=True)
class SmallCounts:
    """Which counts of a sensitive indicator are hidden: those from 1 to `most`, and 0 as well if
    `hide_zeros`. The others are shown to the nearest multiple of `round_to`.
    """

    most: int = 4
    hide_zeros: bool = False
    round_to: int = 1

    @property
    def fewest(self) -> int:
        return 0 if self.hide_zeros else 1

    @property
    def words(self) -> str:
        """`1 to 4`"""
        return f"{self.fewest} to {self.most}"

    def hides(self, values: pd.Series | float) -> pd.Series | bool:
        """Whether a count, or which of some counts, are among them."""
        return (values >= self.fewest) & (values <= self.most)

    @property
    def sound(self) -> bool:
        """Whether no count that is shown is rounded to one that is hidden."""
        return self.rounded(self.most + 1) > self.most

    def rounded(self, values: pd.Series | float) -> pd.Series | float:
        """Counts as they are shown; halves are rounded up."""
        return (values / self.round_to + 0.5) // 1 * self.round_to

    def before_rounding(self, shown: pd.Series) -> tuple[pd.Series, pd.Series]:
        """The lowest and highest count that each of these rounded ones can be of."""
        low, half = self.most + 1, self.round_to // 2
        high = shown + (self.round_to - 1) // 2
        return (shown - half).clip(lower=low).where(shown > 0, shown), high.where(shown > 0, shown)


@dataclass(frozen=True)
class Disclosure(SmallCounts):
    """The partnership's own rule on small counts, and those that single `agencies` have agreed."""

    agencies: Mapping[str, SmallCounts] = field(default_factory=dict)

    def of(self, indicator: "Indicator") -> SmallCounts:
        """The strictest rule of those who supply an indicator, or did."""
        senders = {indicator.agency, *indicator.agency_until.values()}
        rules = [self.agencies.get(agency, self) for agency in senders]
        zeros = any(rule.hide_zeros for rule in rules)
        most, nearest = (max(getattr(r, of) for r in rules) for of in ("most", "round_to"))
        return SmallCounts(most, zeros, nearest)


@dataclass(frozen=True)
class Breakdown:
    """A way to divide an indicator: `groups` maps the key a return uses to the group's name.

    Where it `adds_up` the groups are the parts of a total, and must come together and sum to it;
    elsewhere they are figures side by side, such as percentages of different bases.
    """

    key: str
    name: str
    adds_up: bool
    groups: Mapping[str, str]


@dataclass(frozen=True)
class Indicator:
    """An indicator: what is counted, who sends it, and which direction is good.

    `unit` is `count`, `percent` (0–100), `rate` (for `per` people), `pounds` or `score` (a level
    without a base, of any size). `counted` is the
    plural noun a sentence counts ("crimes"). `target` maps a financial year ("2016/17") to the
    cumulative target by period, or to one level that each period should reach. `awaited` names rows
    of the table without data yet. `compare_with` is the indicator that should move with this one.
    `new_baseline` maps a month to the reason why its control chart starts again there; `exclude`
    a month, or months such as "2020-04..2020-06", to the reason why no expectation rests on them.
    `agency_until` maps an earlier agency's last month to its key. `per_1000`, `per_10000` or
    `per_100000` names the population for a count's rate. `every` is the frequency that
    rolling years, or pools of three years, end with. `base` is what a percentage is a share of.
    `held_against` is the same count in the street files (`all crime`, or one of their types).
    `worked_out` is `gap` for an indicator that no one sends, because it is calculated from those
    files. `small` says which counts are hidden if it is `sensitive`, by `[disclosure]`.
    """

    key: str
    name: str
    area: str
    aim: str
    monitoring_only: bool
    frequency: str
    unit: str
    counted: str
    agency: str
    definition: str
    why: str
    sensitive: bool = False  # `reader` decides where the entry does not say
    target: Mapping[str, tuple[float, ...] | float] = field(default_factory=dict)
    caveat: str = ""
    awaited: tuple[str, ...] = ()
    compare_with: str = ""
    new_baseline: Mapping[str, str] = field(default_factory=dict)
    exclude: Mapping[str, str] = field(default_factory=dict)
    agency_until: Mapping[str, str] = field(default_factory=dict)
    per: int = BASES[0]
    per_1000: str = ""
    per_10000: str = ""
    per_100000: str = ""
    every: str = ""
    base: str = "replies"
    held_against: str = ""
    worked_out: str = ""
    breakdowns: Mapping[str, Breakdown] = field(default_factory=dict)
    small: SmallCounts = SmallCounts()

    @property
    def good(self) -> int:
        """+1 where higher is better, −1 where lower is."""
        return AIMS[self.aim]

    @property
    def is_level(self) -> bool:
        """Whether its figures are levels, which cannot be added up: shares, and scores."""
        return self.is_share or self.unit == SCORE

    @property
    def is_share(self) -> bool:
        """Whether its figures are percentages or rates, which have a numerator and denominator."""
        return self.unit in (PERCENT, RATE)

    @property
    def overlaps(self) -> bool:
        """Whether neighbouring figures share months: rolling years, and pools of three years."""
        return self.frequency in OVERLAPPING

    def due(self, calendar: Calendar, month: pd.Period) -> pd.Period:
        """Its last period that has ended by the end of `month`."""
        return calendar.ended(month, self.frequency, self.every)

    @property
    def population(self) -> str:
        """The key of the population for a count's rate; empty without one."""
        return self.per_1000 or self.per_10000 or self.per_100000

    @property
    def rate_base(self) -> int:
        """The number of people its rate is for: its own figures', or that of a count."""
        return next((base for base in BASES if getattr(self, f"per_{base}")), self.per)

    @property
    def rate_unit(self) -> str:
        """The unit of its rate as tables write it: `rate` is per 1,000, another base is named."""
        return RATE if self.rate_base == BASES[0] else f"{RATE} per {self.rate_base:,}"

    @property
    def scale(self) -> str:
        """The unit of its figures, with the base of a rate."""
        return self.rate_unit if self.unit == RATE else self.unit

    @property
    def can_be_negative(self) -> bool:
        """Whether its figures can be below 0: scores, and differences calculated here."""
        return self.worked_out == GAP or self.unit == SCORE

    @property
    def rounds(self) -> bool:
        """Whether its counts are shown rounded."""
        return self.sensitive and self.small.round_to > 1

    def agency_of(self, period: pd.Period) -> str:
        """The key of the agency that supplies its figure for a period."""
        month = str(period.asfreq("M", "end"))
        earlier = [self.agency_until[end] for end in sorted(self.agency_until) if month <= end]
        return earlier[0] if earlier else self.agency

    def excluded(self, period: pd.Period) -> str:
        """Why a period is left out of what is expected, if one of its months is; else empty."""
        opens, ends = (period.asfreq("M", end) for end in ("start", "end"))
        for written, reason in self.exclude.items():
            if any(opens <= month <= ends for month in months(written)):
                return reason
        return ""

    @property
    def anchor(self) -> str:
        return self.key.replace("_", "-")


@dataclass(frozen=True)
class Dimension:
    """A dimension of the strategic assessment's matrix: `scale` names its scores from 1 up.

    `weight` is its share. `bands`, one fewer than the scale, are the yearly counts per 1,000
    residents at which an indicator scores 2, 3 and so on; without them only people score it.
    """

    key: str
    name: str
    weight: float
    scale: tuple[str, ...]
    bands: tuple[float, ...] = ()


@dataclass(frozen=True)
class Matrix:
    """How issues are scored: `confidence` maps a word to the margin of error of such a score, in
    steps of the scale (a standard deviation); `weights_vary` is the margin of a weight, as a share
    of itself.
    """

    dimensions: Mapping[str, Dimension]
    confidence: Mapping[str, float]
    weights_vary: float


@dataclass(frozen=True)
class Street:
    """How street-level files are read.

    `force` is as in their names, and `districts` as in the names of small areas.
    `priority_neighbourhoods` (neighbourhoods, wards or codes of small areas) are those whose gap to
    the whole area is monitored. Crimes of `sensitive_types` are not mentioned for a place with a
    `small` count of them in a month. `new_types` are types of data.police.uk that this package does
    not know yet. `similar` are districts of any force to compare the partnership's own with.
    """

    force: str
    districts: tuple[str, ...]
    priority_neighbourhoods: tuple[str, ...] = ()
    sensitive_types: tuple[str, ...] = ()
    new_types: tuple[str, ...] = ()
    similar: tuple[str, ...] = ()
    small: SmallCounts = SmallCounts()


@dataclass(frozen=True)
class AccessibilityGap:
    """Something that some people cannot use, or that has not been tested: `kind` is the ground in
    the regulations, `alternative` what people can use instead.
    """

    what: str
    why: str
    kind: str = NON_COMPLIANCE
    alternative: str = ""
    fixed_by: str = ""


@dataclass(frozen=True)
class Accessibility:
    """What a partnership says about its pages in its accessibility statement, with ISO dates.

    `contact` and the keys after it say whom to tell about a barrier; by default, the partnership's
    own contact.
    """

    status: str
    prepared: str
    reviewed: str = ""
    tested: str = ""
    tested_by: str = ""
    tested_how: str = ""
    contact: str = ""
    email: str = ""
    phone: str = ""
    form: str = ""
    reply_within: str = ""
    gaps: Mapping[str, AccessibilityGap] = field(default_factory=dict)


@dataclass(frozen=True)
class Meeting:
    """A meeting of the board: its `name` and day."""

    name: str
    date: datetime.date


def counts_people(*texts: str) -> bool:
    """Whether the name of an indicator, or what it counts, is about people."""
    return any(map(PEOPLE.search, texts))


def misspelt_type(new: str) -> str:
    """The known type of crime that a new one seems to misspell; empty if there is none."""
    known = {kind.casefold(): kind for kind in TYPES}
    near = difflib.get_close_matches(new.casefold(), known, n=1, cutoff=0.9)
    return known[near[0]] if near and new not in TYPES else ""


def file_name(force: str) -> str:
    """A force as street files name it: Avon & Somerset Constabulary is `avon-and-somerset`."""
    words = re.findall(r"[\w']+", force.casefold().replace("&", " and "))
    own = [number for number, word in enumerate(words) if word not in ABOUT_A_FORCE]
    return "-".join(words[own[0] : own[-1] + 1] if own else words)


@dataclass(frozen=True)
class Framework:
    partnership: Partnership
    agencies: Mapping[str, str]
    areas: Mapping[str, Area]
    indicators: Mapping[str, Indicator]
    street: Street
    populations: Mapping[str, Population] = field(default_factory=lambda: MappingProxyType({}))
    matrix: Matrix | None = None
    accessibility: Accessibility | None = None
    disclosure: Disclosure = Disclosure()
    meetings: Mapping[str, str] = field(default_factory=dict)  # the name of each, by its day
    assumed: tuple[str, ...] = ()  # indicators whose entry does not say whether they are sensitive

    @property
    def calendar(self) -> Calendar:
        return self.partnership.calendar

    @property
    def area_keys(self) -> dict[str, str]:
        """The key of each area by the keys it has had, the present one included."""
        return {had: key for key, area in self.areas.items() for had in (*area.formerly, key)}

    def of_area(self, key: str) -> tuple[Indicator, ...]:
        return tuple(i for i in self.indicators.values() if i.area == key)

    def source(self, indicator: Indicator, period: pd.Period) -> str:
        """The name of the agency that supplies an indicator's figure for a period."""
        return self.agencies[indicator.agency_of(period)]

    def next_meeting(self, month: pd.Period) -> Meeting | None:
        """The first meeting on or after the day that `month` ends, if one is listed: the one that
        an edition of the month is for.
        """
        ends = month.end_time.date()
        return min(
            (m for m in self._meetings if m.date >= ends), key=attrgetter("date"), default=None
        )

    def last_meeting(self, month: pd.Period) -> Meeting | None:
        """The meeting before the next one, if it is listed."""
        ends = month.end_time.date()
        return max(
            (m for m in self._meetings if m.date < ends), key=attrgetter("date"), default=None
        )

    @property
    def _meetings(self) -> list[Meeting]:
        days = ((datetime.date.fromisoformat(day), name) for day, name in self.meetings.items())
        return [Meeting(name, date) for date, name in days]

    def address(self, indicator: Indicator) -> str:
        """Where an indicator stands in an edition."""
        return f"{self.areas[indicator.area].page}#{indicator.anchor}"

    def lead(self, area: str) -> str:
        """Who answers to the board for an area: its lead, or the partnership itself."""
        return self.areas[area].lead or self.partnership.name


def is_key(text: str) -> bool:
    """Whether `text` can be the key of an area, an indicator or a population."""
    return re.fullmatch(KEY, text) is not None and text[0].isalpha() and text not in TAKEN
