"""The questions that the data ask of whoever sent them: what is odd, missing or not understood, in
words.
"""

from collections.abc import Mapping

import pandas as pd

from saferplymouth import periods
from saferplymouth.framework import PERCENT, RESIDENTS, Framework
from saferplymouth.indicators import absences, findings
from saferplymouth.indicators.evidence import Evidence
from saferplymouth.indicators.project import Project
from saferplymouth.indicators.words import listed, stretches
from saferplymouth.pages.places.district_rates import beside, estimate
from saferplymouth.pages.quality import crosscheck
from saferplymouth.pages.quality.crosscheck import Check
from saferplymouth.statistics import populations
from saferplymouth.store import gap

CURE = (  # for a file or a figure that is in doubt
    "No figure rests on it until a whole {} comes in a later drop, or a line of sign-offs.csv in "
    "a drop lets it stand: "
    "{},name,reason. Is it complete?"
)


def checks(project: Project) -> list[Check]:
    """Each indicator that the street files speak of too, held against them month by month."""
    held = (
        [i for i in project.framework.indicators.values() if i.held_against]
        if project.ground
        else []
    )
    made = [
        crosscheck.check(i, project.evidence[i.key].observed["value"], project.ground) for i in held
    ]
    return [check for check in made if len(check.frame)]


def disagreements(project: Project) -> list[str]:
    """Where a partner's figures and the street files are further apart than before, in the latest
    three months.
    """
    return [question for check in checks(project) for question in check.questions]


def uses_street(framework: Framework) -> bool:
    """Whether anything in the framework rests on street files; where nothing does, none is asked
    for.
    """
    resting = any(i.held_against or i.worked_out for i in framework.indicators.values())
    return resting or bool(
        framework.street.priority_neighbourhoods or framework.street.sensitive_types
    )


def of_doubts(project: Project) -> list[str]:
    """What may not be all of the data, and gives no figure until someone lets it stand."""
    ground, asked = project.ground, []
    incomplete = list(ground.incomplete.items()) if ground else []
    for month, doubt in incomplete[-1:] if ground and ground.misses_districts else incomplete:
        file = ground.own_files.set_index("month").loc[str(month)]
        name = file["source"].rpartition("/")[2]
        asked.append(
            f"{file['received']}/{file['source']} {doubt.reason}. {CURE.format('file', f'{name},')}"
        )
    for e in _returned(project):
        for period, doubt in e.doubts.items():
            line = f"{e.indicator.key},{project.framework.calendar.label(period)}"
            asked.append(
                f"{e.indicator.name}, {periods.words(period)}: {doubt}. "
                f"{CURE.format('figure', line)}"
            )
    return asked


def let_stand(project: Project) -> list[str]:
    """What seemed not to be all of the data and was let stand: why, by whom, and for what
    reason.
    """
    doubts = project.ground.doubts if project.ground else {}
    signed = {month: doubt for month, doubt in doubts.items() if doubt.signed}
    told = [
        f"The street file of {periods.words(m)} {d.reason}; {d.signed.words}."
        for m, d in signed.items()
    ]
    each = _returned(project)
    return told + [
        f"{e.indicator.name}, {text}" for e in each for text in absences.let_stand(e, e.confirmed)
    ]


def _returned(project: Project) -> list[Evidence]:
    """The evidence on each indicator that someone sends."""
    return [e for e in project.evidence.values() if not e.indicator.worked_out]


def of_names(project: Project) -> list[str]:
    """What the framework names and no street file or look-up has."""
    ground, street = project.ground, project.framework.street
    if ground is None:
        wanted = f"is one named YYYY-MM-{street.force}-street.csv to be put in a drop"
        named = (
            "or do the files name the force otherwise, which [street] in framework.toml has to say"
        )
        return uses_street(project.framework) * [
            f"No street file of the force has come: {wanted}, {named}?"
        ]
    asked = []
    if ground.misses_districts:
        asked.append(
            f"No row of the street files lies in {listed(list(street.districts))}: is it spelt as "
            f"there?"
        )
    if ground.unseen_types:
        named = listed(ground.unseen_types)
        asked.append(
            f"No street file names the new types of crime {named}: are they spelt as there?"
        )
    if absent := gap.unknown(ground):
        asked.append(
            f"No small area lies in the priority neighbourhoods {listed(absent)}: are they spelt "
            f"as in the look-up?"
        )
    return asked


def of_street(project: Project) -> list[str]:
    """What the street files and the look-up leave open."""
    ground, asked = project.ground, []
    if ground is None:
        return asked
    if ground.come[-1] < project.month:
        last = periods.words(ground.come[-1])
        asked.append(
            f"No street file for {periods.words(project.month)} has come; the latest is of {last}."
        )
    between = pd.period_range(ground.come[0], ground.come[-1], freq="M").difference(ground.come)
    if len(between):
        files, have = ("file", "has") if len(between) == 1 else ("files", "have")
        asked.append(
            f"The street {files} for {listed(stretches(between))} {have} not come, and later ones "
            f"have."
        )
    if ground.strange_types:
        asked.append(
            f"The street files name types of crime not known before: "
            f"{listed(ground.strange_types)}. They count."
        )
    if ground.unplaced:
        asked.append(
            f"In no neighbourhood of the look-up: {listed(ground.unplaced)}. Is there a later "
            f"look-up?"
        )
    if not ground.people_counted:
        asked.append(
            "How many residents has each small area? The look-up does not say, so all are taken "
            "to be alike."
        )
    return asked


def of_population(project: Project) -> list[str]:
    """Which population estimates are over five years old, or have not come."""
    framework, ground, asked = project.framework, project.ground, []
    year = framework.calendar.year(project.month)
    opens = populations.opening(year)
    used = {i.population for i in framework.indicators.values() if i.population}
    used |= {RESIDENTS} if ground and framework.street.priority_neighbourhoods else set()
    for population in (framework.populations[key] for key in sorted(used)):
        whose = f"{population.name} in framework.toml"
        asked += _of_estimate(
            whose, populations.latest(population.people, opens), opens, population.people
        )
    if ground and ground.geography.residents:
        asked += _of_estimate("the districts in population.csv", estimate(ground, opens), opens, {})
        found = beside(ground, ground.year_to(project.month, framework.calendar), year)
        if found and found.unknown:
            left_out = f"{listed([*found.unknown])}, left out of the comparison of districts"
            asked.append(
                f"No population figures have been received for {left_out}. Can population.csv "
                f"have them?"
            )
    return asked


def _of_estimate(whose: str, at: str | None, year: str, people: Mapping[str, int]) -> list[str]:
    """What to ask where the latest estimate up to a year is old, or is not there."""
    if at is None:
        return [
            f"No rate on {whose} can be worked out: {populations.why_none(people, year)}. Is "
            f"there an earlier one?"
        ]
    old = (
        f"The latest population estimate of {whose} for {year} is of mid-{at}, over five years "
        f"before"
    )
    return [f"{old}. Is there a later one?"] if populations.is_old(at, year) else []


def of_returns(project: Project) -> list[str]:
    """What partners have not sent, and the months that are odd in many series at once."""
    evidence = [project.evidence[key] for key in project.framework.indicators]
    odd = [finding.text for finding in findings.odd_months(evidence)]
    late = [
        f"{e.indicator.name}: {absences.missing(e)}"
        for e in evidence
        if not e.unheard
        and absences.missing(e)
        and e.awaited not in e.doubts
        and not e.indicator.worked_out
    ]
    bare = [
        f"{e.indicator.name}: the number of {e.indicator.base} behind {_bare(e.observed)} was not "
        f"supplied."
        for e in evidence
        if e.indicator.unit == PERCENT
        and len(e.observed)
        and e.observed["denominator"].isna().any()
    ]
    return odd + late + bare


def _bare(observed: pd.DataFrame) -> str:
    """The percentages that came without what they are a share of."""
    without = observed.index[observed["denominator"].isna()]
    if len(without) == len(observed):
        return "each percentage"
    return (
        f"the {'percentage' if len(without) == 1 else 'percentages'} of "
        f"{listed(stretches(without))}"
    )


def every(project: Project) -> list[str]:
    """Every open question, what the figures disagree on first."""
    asked = of_doubts(project) + disagreements(project) + of_returns(project)
    return asked + of_names(project) + of_population(project) + of_street(project)
