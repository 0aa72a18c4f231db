"""Rules for the target: its figures, the distance to it, the pace to reach it, and whether it is
met.
"""

import re
from collections.abc import Iterator

import pandas as pd

from saferplymouth.comments import lexicon
from saferplymouth.comments.context import CANNOT, NO_FIGURE, RIGHT, UNSURE, WRONG, Reading, Verdict
from saferplymouth.comments.reading import Clause
from saferplymouth.comments.wording import Claim, fits
from saferplymouth.statistics.intervals import poisson_interval

MONTHS_OWN = re.compile(r"\bmonth's\b|\bmonthly\s+target\b", re.I)
AIMED = (
    "missed",
    "missing",
    "miss",
    "off",
    "behind",
    "ahead",
    "failed",
    "exceeded",
    "exceeding",
    "exceeds",
)
AFTER = (
    "missed",
    "met",
    "exceeded",
    "achieved",
    "hit",
    "reached",
    "passed",
)  # said after the target: "has been met"


def target(read: Reading, clause: Clause) -> Iterator[Verdict]:
    """Above, below or on target, at the month it says or the latest; "slightly" only while a gap is
    not growing.
    """
    at, facts = re.search(r"\btargets?\b", clause.text, re.I), read.facts
    m = next((m for m in lexicon.TARGET.finditer(clause.text) if at and _of_target(m, at)), None)
    if m is None:
        return
    claim = clause.text[min(m.start(), at.start()) : max(at.end(), m.end())]
    stated = read.claimed(clause, clause.start + m.start()) and not re.search(
        r"\btrack\b", clause.text
    )
    if facts.year.target is None or not stated:
        yield read.verdict(claim, CANNOT, "There is no target, or it is a forecast or an aim.")
        return
    rows = target_rows(read, clause)
    gaps = [d for p in rows.index for d in distances(read, clause, rows.loc[p])]
    side = {"below": -1, "above": 1}.get(m.lastgroup, 0)
    way = facts.indicator.good if m[0].lower().split()[0] in AIMED else 1
    good = [d for d in gaps if (d * side * way > 0 if side else d * facts.indicator.good >= 0)]
    if not gaps or not read.known(clause):
        yield read.verdict(claim, CANNOT, UNSURE if gaps else NO_FIGURE)
    elif not good:
        yield read.verdict(
            claim, WRONG, "It does not agree with the target.", facts.told_target(rows.index[0])
        )
    else:
        yield _degree(read, clause, m) or read.verdict(claim, RIGHT, "It agrees with the target.")


def _of_target(m: re.Match, at: re.Match) -> bool:
    near = at.start() - m.end() < 40 if m.end() <= at.start() else m.start() - at.end() < 30
    return near and (m.end() <= at.start() or m[0].lower() in AFTER)


def _degree(read: Reading, clause: Clause, m: re.Match) -> Verdict | None:
    """Words for the size of a gap: a slight one has not grown twice running, a large one is beyond
    chance (Poisson).
    """
    word = lexicon.STRENGTH.search(clause.text[max(0, m.start() - 25) : m.start()])
    if word is None:
        return None
    facts, done, claim = read.facts, read.facts.year.target, f"{word[0]} {m[0]}"
    past, correct = (
        facts.year.frame.loc[: done.period, "distance"].abs().tail(3).tolist(),
        facts.told_target(done.period),
    )
    if word["weak"] and len(past) == 3 and past[0] < past[1] < past[2]:
        return read.verdict(
            claim, WRONG, "The gap has grown in each of the last two periods.", correct
        )
    if word["strong"] and not facts.percent:
        low, high = poisson_interval(int(done.actual))
        if low <= done.level <= high:
            return read.verdict(claim, WRONG, "The gap is no more than chance.", correct)
    return read.verdict(claim, CANNOT, "No test tells how large the gap is.", correct)


def judge_target(read: Reading, clause: Clause, claim: Claim) -> Verdict:
    facts, target, n = read.facts, read.facts.year.target, claim.number
    if target is None:
        return read.verdict(
            claim.written, CANNOT, "The framework holds no target for this indicator."
        )
    rows = target_rows(read, clause)
    if claim.kind == "pace":
        options = [] if target.pace is None else [target.pace]
    elif claim.kind == "target":
        options = [*rows["target"].dropna(), target.year_end]
    else:
        options = [abs(d) for p in rows.index for d in distances(read, clause, rows.loc[p])]
        options = [] if n.unit == "percent" and not facts.percent else options
    if not options:
        return read.verdict(claim.written, CANNOT, NO_FIGURE)
    if any(fits(claim, value) for value in options):
        return read.verdict(claim.written, RIGHT, "It agrees with the target.")
    other = claim.kind == "target" and n.value in set(facts.year.frame["target"])
    if other or not read.known(clause) or MONTHS_OWN.search(clause.text):
        return read.verdict(claim.written, CANNOT, UNSURE)
    return read.verdict(
        claim.written, WRONG, "It does not agree with the target.", facts.told_target(rows.index[0])
    )


def target_rows(read: Reading, clause: Clause) -> pd.DataFrame:
    """The rows of the year that a clause on the target is about: where its months end, else the
    latest.
    """
    frame = read.facts.year.frame
    ends = (
        {span[1].asfreq(frame.index.freq) for span in read.spans(clause)}
        if read.stated(clause)
        else set()
    )
    return frame.loc[sorted(ends & set(frame.index)) or [read.facts.year.target.period]]


def distances(read: Reading, clause: Clause, row: pd.Series) -> list[float]:
    """How far from target: to date, and for a percentage the month's own too, unless the sentence
    says to date.
    """
    months = [m for m in read.mentions if m.kind == "months" and m.first == m.last]
    own = read.facts.percent and months and not re.search(r"cumulative|to date", read.text, re.I)
    found = [row["distance"], *([row["this"] - row["target"]] if own else [])]
    return [d for d in found if d == d]
