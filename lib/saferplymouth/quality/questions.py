"""The questions that the data ask of whoever sent them: what is odd, missing or not understood, in words."""

import pandas as pd

from saferplymouth import periods
from saferplymouth.framework import PERCENT, Framework
from saferplymouth.project import Project
from saferplymouth.quality import crosscheck
from saferplymouth.quality.crosscheck import Check
from saferplymouth.sentences import findings
from saferplymouth.sentences.words import listed, span
from saferplymouth.store import gap


def checks(project: Project) -> list[Check]:
    """Each indicator that the street files speak of too, held against them month by month."""
    held = [i for i in project.framework.indicators.values() if i.held_against] if project.ground else []
    made = [crosscheck.check(i, project.evidence[i.key].observed["value"], project.ground) for i in held]
    return [check for check in made if len(check.frame)]


def disagreements(project: Project) -> list[str]:
    """Where a partner's figures and the street files are further apart than before, in the latest three months."""
    return [question for check in checks(project) for question in check.questions]


def uses_street(framework: Framework) -> bool:
    """Whether anything in the framework rests on street files; where nothing does, none is asked for."""
    resting = any(i.held_against or i.worked_out for i in framework.indicators.values())
    return resting or bool(framework.street.priority_neighbourhoods or framework.street.sensitive_types)


def of_names(project: Project) -> list[str]:
    """What the framework names and no street file or look-up has."""
    ground, street = project.ground, project.framework.street
    if ground is None:
        wanted = f"is one named YYYY-MM-{street.force}-street.csv to be put in a drop"
        named = "or do the files name the force otherwise, which [street] in framework.toml has to say"
        return uses_street(project.framework) * [f"No street file of the force has come: {wanted}, {named}?"]
    asked = []
    if not len(ground.local):
        asked.append(f"No row of the street files lies in {listed(list(street.districts))}: is it spelt as there?")
    if ground.unseen_types:
        named = listed(ground.unseen_types)
        asked.append(f"No street file names the new types of crime {named}: are they spelt as there?")
    if absent := gap.unknown(ground):
        asked.append(
            f"No small area lies in the priority neighbourhoods {listed(absent)}: are they spelt as in the look-up?"
        )
    return asked


def of_street(project: Project) -> list[str]:
    """What the street files and the look-up leave open."""
    ground, asked = project.ground, []
    if ground is None:
        return asked
    if ground.months[-1] < project.month:
        last = periods.words(ground.months[-1])
        asked.append(f"No street file for {periods.words(project.month)} has come; the latest is of {last}.")
    between = pd.period_range(ground.months[0], ground.months[-1], freq="M").difference(ground.months)
    asked += [f"The street file for {periods.words(month)} has not come, and later ones have." for month in between]
    if ground.strange_types:
        asked.append(
            f"The street files name types of crime not known before: {listed(ground.strange_types)}. They count."
        )
    if ground.unplaced:
        asked.append(f"In no neighbourhood of the look-up: {listed(ground.unplaced)}. Is there a later look-up?")
    if not ground.people_counted:
        asked.append("How many residents has each small area? The look-up does not say, so all are taken to be alike.")
    return asked


def of_returns(project: Project) -> list[str]:
    """What partners have not sent, and the months that are odd in many series at once."""
    evidence = [project.evidence[key] for key in project.framework.indicators]
    odd = [finding.text for finding in findings.odd_months(evidence)]
    late = [
        f"{e.indicator.name}: {findings.missing(e)}"
        for e in evidence
        if not e.unheard and findings.missing(e) and not e.indicator.worked_out
    ]
    bare = [
        f"{e.indicator.name}: the number of {e.indicator.base} behind {_bare(e.observed)} was not supplied."
        for e in evidence
        if e.indicator.unit == PERCENT and len(e.observed) and e.observed["denominator"].isna().any()
    ]
    return odd + late + bare


def _bare(observed: pd.DataFrame) -> str:
    """The percentages that came without what they are a share of."""
    without = observed.index[observed["denominator"].isna()]
    if len(without) == len(observed):
        return "each percentage"
    told = min(listed([periods.words(p) for p in without]), span(without), key=len)
    return f"the {'percentage' if len(without) == 1 else 'percentages'} of {told}"


def every(project: Project) -> list[str]:
    """Every open question, what the figures disagree on first."""
    return disagreements(project) + of_returns(project) + of_names(project) + of_street(project)
