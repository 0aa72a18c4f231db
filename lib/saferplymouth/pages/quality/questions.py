"""Lists the open questions about the data: what is odd, missing or not understood."""

from collections.abc import Iterator, Mapping

import pandas as pd

from saferplymouth import periods
from saferplymouth.framework import PERCENT, RESIDENTS, Framework
from saferplymouth.indicators import absences, findings
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import listed, stretches
from saferplymouth.pages.places.district_rates import beside, estimate, similar
from saferplymouth.pages.quality import crosscheck
from saferplymouth.pages.quality.crosscheck import Check
from saferplymouth.sources import Question
from saferplymouth.statistics import populations
from saferplymouth.store import gap
from saferplymouth.store.local_crime import LocalCrime

FRAMEWORK, ESTIMATES, PLACES = "framework.toml", "places/population.csv", "places"
CURE = (  # for a file or a figure that is in doubt
    "No figure is based on it yet. Send a complete {} in a later drop, or accept it with a line "
    "in sign-offs.csv in a drop: {},name,reason. Is it complete?"
)


def every(project: Project) -> list[Question]:
    """Every open question, what the figures disagree on first."""
    asks = (of_doubts, disagreements, of_returns, of_names, of_population, of_street)
    return [question for ask in asks for question in ask(project)]


def checks(project: Project) -> list[Check]:
    """Each indicator that the street files count too, compared with them month by month."""
    if not project.local_crime:
        return []
    indicators = [i for i in project.framework.indicators.values() if i.held_against]
    made = [
        crosscheck.check(i, project.figures[i.key].observed["value"], project.local_crime)
        for i in indicators
    ]
    return [check for check in made if len(check.frame)]


def disagreements(project: Project) -> list[Question]:
    """Where a partner's figures and the street files lately differ more than before."""
    return [question for check in checks(project) for question in check.questions]


def uses_street(framework: Framework) -> bool:
    """Whether anything in the framework uses street files."""
    street, indicators = framework.street, framework.indicators.values()
    resting = any(i.held_against or i.worked_out for i in indicators)
    return resting or bool(street.priority_neighbourhoods or street.sensitive_types)


def of_doubts(project: Project) -> Iterator[Question]:
    """Data that may be incomplete, and gives no figure until someone accepts it."""
    local_crime = project.local_crime
    incomplete = list(local_crime.incomplete.items()) if local_crime else []
    if local_crime and local_crime.misses_districts:
        incomplete = incomplete[-1:]
    for month, doubt in incomplete:
        file = local_crime.own_files.set_index("month").loc[str(month)]
        name = file["source"].rpartition("/")[2]
        cure = CURE.format("file", f"{name},")
        place = f"{file['received']}/{file['source']}"
        yield Question(place, f"{place} {doubt.reason}. {cure}")
    for e in _returned(project):
        for period, doubt in e.doubts.items():
            key, label = e.indicator.key, project.framework.calendar.label(period)
            cure = CURE.format("figure", f"{key},{label}")
            text = f"{e.indicator.name}, {periods.words(period)}: {doubt}. {cure}"
            yield Question(f"{key} {label}", text)


def let_stand(project: Project) -> list[str]:
    """What seemed incomplete and was accepted: why, by whom, and for what reason."""
    doubts = project.local_crime.doubts.items() if project.local_crime else ()
    files = [
        f"The street file for {periods.words(month)} {doubt.reason}; {doubt.signed.words}."
        for month, doubt in doubts
        if doubt.signed
    ]
    return files + [
        f"{e.indicator.name}, {text}"
        for e in _returned(project)
        for text in absences.let_stand(e, e.confirmed)
    ]


def _returned(project: Project) -> list[Evidence]:
    """The evidence on what someone sends."""
    return [e for e in project.figures.values() if not e.indicator.worked_out]


def of_names(project: Project) -> Iterator[Question]:
    """Names in the framework that no street file or look-up has."""
    local_crime, street = project.local_crime, project.framework.street
    if local_crime is None:
        if uses_street(project.framework):
            yield Question(
                FRAMEWORK,
                f"No street file for the force has been received. Is "
                f"YYYY-MM-{street.force}-street.csv missing from a drop, or do the files use a "
                f"different name for the force from [street] in framework.toml?",
            )
        return
    if local_crime.misses_districts:
        names = listed(street.districts)
        text = f"No row of the street files is in {names}. Is the name spelt as it is there?"
        yield Question(FRAMEWORK, text)
    if local_crime.unseen_types:
        names = listed(local_crime.unseen_types)
        text = (
            f"No street file has the new types of crime {names}. Are they spelt as they are there?"
        )
        yield Question(FRAMEWORK, text)
    if absent := gap.unknown(local_crime):
        places = f"the priority neighbourhoods {listed(absent)}"
        text = f"No small area is in {places}. Are they spelt as in the look-up?"
        yield Question(FRAMEWORK, text)


def of_street(project: Project) -> Iterator[Question]:
    """What the street files and the look-up leave open."""
    local_crime = project.local_crime
    if local_crime is None:
        return
    first, last = local_crime.come[0], local_crime.come[-1]
    name = f"{local_crime.street.force}-street.csv"
    if last < project.month:
        month, latest = periods.words(project.month), periods.words(last)
        text = f"No street file for {month} has been received; the latest is for {latest}."
        yield Question(f"{project.month}-{name}", text)
    between = pd.period_range(first, last, freq="M").difference(local_crime.come)
    if len(between):
        files, have = ("file", "has") if len(between) == 1 else ("files", "have")
        months = listed(stretches(between))
        text = f"The street {files} for {months} {have} not been received, but later ones have."
        yield Question(f"*-{name}", text)
    if local_crime.strange_types:
        names = listed(local_crime.strange_types)
        text = f"The street files have new types of crime: {names}. They are counted."
        yield Question(f"*-{name}", text)
    if local_crime.areas_without_neighbourhood:
        names = listed(local_crime.areas_without_neighbourhood)
        text = f"The look-up has no neighbourhood for {names}. Is there a later look-up?"
        yield Question(PLACES, text)
    yield from _of_small_areas(project, local_crime)


def _of_small_areas(project: Project, local_crime: LocalCrime) -> Iterator[Question]:
    """What is not known of the residents of small areas."""
    opens = populations.opening(project.framework.calendar.year(project.month))
    at, people = local_crime.people(opens)
    unknown = [*local_crime.areas["name"][people.isna()]]
    if people.isna().all():
        text = "How many residents has each small area? The look-up does not say, so all are taken "
        yield Question(PLACES, f"{text}to be alike.")
    elif unknown:
        first = listed([*unknown[:3], *([f"{len(unknown) - 3} more"] if unknown[3:] else [])])
        text = f"How many residents have {first}? The estimates do not have their codes, so all "
        text += "small areas are taken to be alike. Is there a look-up of codes?"
        yield Question(PLACES, text)
    if at and populations.is_old(at, opens):
        text = f"The estimate of residents by small area nearest to {opens} is from mid-{at}, over "
        yield Question(PLACES, f"{text}five years away. Is there a nearer one?")


def of_population(project: Project) -> Iterator[Question]:
    """Population estimates that are over five years old or have not been received."""
    framework, local_crime = project.framework, project.local_crime
    year = framework.calendar.year(project.month)
    opens = populations.opening(year)
    used = {i.population for i in framework.indicators.values() if i.population}
    used |= {RESIDENTS} if local_crime and framework.street.priority_neighbourhoods else set()
    for population in (framework.populations[key] for key in sorted(used)):
        at = populations.latest(population.people, opens)
        whose = f"{population.name} in {FRAMEWORK}"
        for text in _of_estimate(whose, at, opens, population.people):
            yield Question(FRAMEWORK, text)
    if local_crime and local_crime.geography.residents:
        at = estimate(local_crime, opens)
        for text in _of_estimate("the districts in population.csv", at, opens, {}):
            yield Question(ESTIMATES, text)
        districts = beside(
            local_crime, local_crime.year_to(project.month, framework.calendar), year
        )
        _, lacking = similar(
            local_crime, local_crime.year_to(project.month, framework.calendar), year
        )
        for name, why in lacking.items():
            text = f"{name} is named as a similar area, but there is {why}. Can it be added?"
            yield Question(PLACES, text)
        if districts and districts.unknown:
            yield Question(
                ESTIMATES,
                f"No population figures have been received for {listed(districts.unknown)}, "
                f"so the comparison leaves them out. Can they be added to population.csv?",
            )


def _of_estimate(whose: str, at: str | None, year: str, people: Mapping[str, int]) -> Iterator[str]:
    if at is None:
        why = populations.why_none(people, year)
        yield f"No rate for {whose} can be worked out: {why}. Is there an earlier one?"
    elif populations.is_old(at, year):
        latest = f"The latest population estimate of {whose} for {year} is from mid-{at}"
        yield f"{latest}, over five years earlier. Is there a later one?"


def of_returns(project: Project) -> Iterator[Question]:
    """What partners have not sent, and months that are unusual in many series at once."""
    evidence = list(project.evidence.values())
    for finding in findings.suspect_months(evidence):
        yield Question("returns", finding.text)
    for e in _returned(project):
        late = not e.unheard and absences.missing(e)
        if late and e.awaited not in e.doubts:
            label = project.framework.calendar.label(e.awaited)
            yield Question(f"{e.indicator.key} {label}", f"{e.indicator.name}: {late}")
    for e in evidence:
        known = e.observed[e.observed["value"].notna()]
        without = _without_base(known) if e.indicator.unit == PERCENT else ""
        if without:
            number = f"the number of {e.indicator.base} behind {without}"
            text = f"{e.indicator.name}: {number} was not supplied."
            yield Question(e.indicator.key, text)


def _without_base(observed: pd.DataFrame) -> str:
    """The percentages that came without what they are a share of."""
    without = observed.index[observed["denominator"].isna()]
    if not len(without):
        return ""
    if len(without) == len(observed):
        return "each percentage"
    which = "percentage" if len(without) == 1 else "percentages"
    return f"the {which} of {listed(stretches(without))}"
