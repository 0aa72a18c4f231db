"""Small numbers: what is hidden, and attacks on what is left, which must find nothing with the rule
and all without.

Series here are dicts from a period's label to its count, as it stood for an edition.
"""

import hashlib
import itertools
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace

import attack
import numpy as np
import pandas as pd
import pytest
import tiny
from attack import Fact, Reader, Reading, Revealed, crack, knowing_the_rule, solve, twins
from hypothesis import given, settings
from hypothesis import strategies as st
from projects import share

from saferplymouth import Board, Commissioning, Quarter, Report, StrategicAssessment, disclosure
from saferplymouth.disclosure import distance_between, hides_total, suppress, total_between
from saferplymouth.display import charts
from saferplymouth.editions import foi
from saferplymouth.framework import Breakdown, Indicator, SmallCounts, load
from saferplymouth.periods import Calendar
from saferplymouth.statistics.measures import Year, financial_year

CALENDAR = Calendar(4)
KEY = "referrals"
MONTHS = [str(m) for m in pd.period_range("2015-04", "2017-03", freq="M")]
QUARTERS = [f"{year} Q{q}" for year in ("2014/15", "2015/16", "2016/17") for q in (1, 2, 3, 4)]
SMALL = (1, 2, 3, 4)
MEASURES = {
    "change": "Change",
    "percent": "Change, %",
    "distance": "Distance to target",
    "target": "Cumulative target",
}


RULE = SmallCounts()
ZEROS = SmallCounts(4, hide_zeros=True)
RULES = st.sampled_from([RULE, SmallCounts(9), ZEROS])


def indicator(
    frequency="month", sensitive=True, unit="count", target=None, small=RULE
) -> Indicator:
    words = {
        "name": "Referrals",
        "area": "area",
        "aim": "increase",
        "counted": "referrals",
        "agency": "agency",
    }
    rest = {"monitoring_only": False, "definition": "Referrals.", "why": "Because."}
    shape = {"frequency": frequency, "unit": unit, "sensitive": sensitive, "target": target or {}}
    shape |= {"small": small}
    return Indicator(KEY, **words, **rest, **shape)


def series(counts: dict[str, float], restated=(), frequency="month") -> pd.DataFrame:
    """Observations as `observations.of_indicator` gives them; `restated` are the labels marked
    so.
    """
    index = pd.PeriodIndex([CALENDAR.parse(label, frequency) for label in counts])
    frame = pd.DataFrame({"value": pd.Series(counts.values(), index, dtype=float)}, index)
    frame["numerator"] = frame["denominator"] = pd.array([None] * len(frame), dtype="Int64")
    frame["status"] = ["r" if label in restated else "" for label in counts]
    return frame.assign(
        received="2016-11", source="f.csv", note=[f"count is {v:g}" for v in counts.values()]
    )


def edition(
    counts: dict, month: str, restated=(), of: Indicator | None = None
) -> tuple[Year, pd.DataFrame]:
    """The year and the series of an edition before anything is protected."""
    of = of or indicator()
    observed = series(counts, restated, of.frequency)
    nothing = pd.DataFrame({"value": []}, index=pd.PeriodIndex([], freq="M"))
    return financial_year(of, observed, nothing, pd.Period(month, "M"), CALENDAR, 50), observed


def safe(
    counts: dict, month: str, restated=(), of: Indicator | None = None
) -> tuple[Year, pd.DataFrame]:
    return suppress(*edition(counts, month, restated, of))


def until(counts: dict, month: str) -> dict:
    """What had been received by a month: nothing later."""
    freq = "month" if "Q" not in next(iter(counts)) else "quarter"
    ends = pd.Period(month, "M")
    return {
        label: n
        for label, n in counts.items()
        if CALENDAR.parse(label, freq).asfreq("M", "end") <= ends
    }


def published(year: Year, observed: pd.DataFrame, month: str) -> Reading:
    """Every figure of an edition as its tables, board, small lines and control chart would show
    it.
    """
    reader = Reader(Reading(month), CALENDAR)
    reader.rows(KEY, list(_table(year)), "table")
    reader.rows(
        KEY,
        [_cell(_label(p), p, v, False) for p, v in observed["value"].items() if v == v],
        "small line",
    )
    reader.rows(KEY, list(_to_date(year)), "to date")
    if target := year.target:
        left = target.periods_left
        if target.pace is not None and target.pace == target.pace:
            so_far = year.frame.loc[: target.period].index
            reader.total(
                KEY, so_far, round(target.year_end - target.pace * left), "pace", 0.05 * left
            )
    baseline = observed.iloc[:12]
    if "hidden" not in observed or not baseline["hidden"].any():
        reader.total(KEY, baseline.index, baseline["value"].sum(), "mean of the control chart")
    return reader.reading


def _label(period: pd.Period) -> str:
    return CALENDAR.label(CALENDAR.year(period))


def _cell(measure: str, period, value: float, hidden: bool) -> dict:
    label = period if isinstance(period, str) else CALENDAR.label(period)
    shown = None if value is None or value != value else int(np.floor(value + 0.5))
    return {
        "measure": measure,
        "period": label,
        "value": shown,
        "shorthand": "[c]" if hidden else "",
    }


def _table(year: Year):
    frame, back = year.frame, 12 if year.indicator.frequency == "month" else 4
    names = MEASURES | {"this": year.label, "last": year.last_label}
    names |= {
        "cumulative": f"Cumulative {year.label}",
        "cumulative_last": f"Cumulative {year.last_label}",
    }
    for column, measure in names.items():
        own = frame.index - back if column in ("last", "cumulative_last") else frame.index
        hidden = frame.get(f"{column}_hidden", [False] * len(frame))
        for cell in zip(own, frame[column], hidden, strict=True):
            yield _cell(measure, *cell)


def _to_date(year: Year):
    covered = [
        p.asfreq("M", end)
        for p, end in zip(year.to_date.periods[[0, -1]], ("start", "end"), strict=True)
    ]
    span = f"{covered[0]}..{covered[1]}"
    yield _cell("Year to date", span, year.to_date.this, False)
    yield _cell("Same months last year", span, year.to_date.last, False)
    yield _cell("Change", span, year.to_date.change, False)
    yield _cell("Change, %", span, year.to_date.percent, False)


def hidden_by(rule: SmallCounts) -> range:
    return range(rule.fewest, rule.most + 1)


def attacked(
    *editions: tuple[tuple[Year, pd.DataFrame], str], rule: SmallCounts = RULE
) -> list[Revealed]:
    readings = [published(*one, month) for one, month in editions]
    return crack(readings, [KEY], small=hidden_by(rule))


def same(one: tuple[Year, pd.DataFrame], other: tuple[Year, pd.DataFrame]) -> bool:
    """Whether two protected editions are alike in everything that could be shown."""
    (a, x), (b, y) = one, other
    texts = [repr(replace(year, frame=None)) for year in (a, b)]
    return a.frame.equals(b.frame) and x.equals(y) and texts[0] == texts[1]


# What is hidden


def test_counts_of_1_to_4_are_hidden_and_none_and_5_are_not():
    year, observed = safe(dict(zip(MONTHS[12:19], [7, 0, 5, 3, 1, 4, 60], strict=True)), "2016-10")
    assert year.frame["this"].iloc[:7].isna().tolist() == [
        False,
        False,
        False,
        True,
        True,
        True,
        False,
    ]
    assert year.frame["this_hidden"].iloc[:8].tolist() == [
        False,
        False,
        False,
        True,
        True,
        True,
        False,
        False,
    ]
    assert observed["hidden"].tolist() == [False, False, False, True, True, True, False]
    assert observed["value"].isna().equals(observed["hidden"])


def test_a_running_total_is_hidden_from_the_first_small_count_to_the_end_of_the_year():
    counts = dict(zip(MONTHS, [8] * 12 + [9, 9, 2, 9, 9], strict=False))
    frame = safe(counts, "2016-08")[0].frame
    assert frame["cumulative"].dropna().tolist() == [9, 18]
    assert frame["cumulative_hidden"].tolist() == [False] * 2 + [True] * 3 + [False] * 7
    assert frame["cumulative_last"].notna().all()
    assert frame["change_hidden"].tolist() == [False] * 2 + [True] + [False] * 9


def test_a_hidden_year_to_date_is_told_from_one_without_data():
    counts = dict(zip(MONTHS, [8] * 12 + [9, 9, 2], strict=False))
    year = safe(counts, "2016-06")[0]
    assert hides_total(year)
    assert np.isnan([year.to_date.this, year.to_date.change, year.to_date.percent]).all()
    assert (year.to_date.last, year.to_date.comparison) == (24, None)
    alone = safe({"2016-04": 2.0}, "2016-04")[0].to_date
    assert (alone.last, alone.change, alone.percent) == (None, None, None)


def test_last_years_small_count_hides_what_is_worked_out_from_it_and_leaves_this_year():
    counts = dict(zip(MONTHS, [8, 3] + [8] * 10 + [9, 9, 20], strict=False))
    year = safe(counts, "2016-06")[0]
    assert not hides_total(year)
    assert (year.to_date.this, year.to_date.comparison) == (38, None)
    assert np.isnan([year.to_date.last, year.to_date.change]).all()
    assert year.frame["cumulative_last"].dropna().tolist() == [8]


def test_target_distance_and_pace_go_with_the_total_and_what_is_certain_stays():
    of = indicator(target={"2016/17": tuple(range(10, 130, 10))})
    year = safe(dict(zip(MONTHS[12:], [12, 3, 11, 2], strict=False)), "2016-07", of=of)[0]
    assert np.isnan([year.target.actual, year.target.distance, year.target.pace]).all()
    assert (year.target.level, year.target.year_end, year.target.periods_left) == (40, 120, 8)
    assert total_between(year) == (25, 31)
    assert distance_between(year) == (-15, -9)
    assert year.frame["distance"].dropna().tolist() == [2]


def test_a_hidden_figure_loses_its_status_and_its_senders_note():
    year, observed = safe(
        {"2016-04": 3.0, "2016-05": 9.0}, "2016-05", restated=("2016-04", "2016-05")
    )
    assert observed["status"].tolist() == ["", "r"]
    assert observed["note"].tolist() == ["", "count is 9"]
    assert year.frame["this_status"].iloc[:2].tolist() == ["", "r"]


def test_an_indicator_that_is_not_sensitive_is_left_as_it_is():
    of = indicator(sensitive=False)
    before, observed = edition({"2015-04": 2.0, "2016-04": 3.0, "2016-05": 0.0}, "2016-05", of=of)
    after, shown = suppress(before, observed)
    assert after.frame[before.frame.columns].equals(before.frame)
    assert not after.frame.filter(like="_hidden").any(axis=None)
    assert shown.drop(columns="hidden").equals(observed)
    assert (after.to_date, after.target) == (before.to_date, before.target)


def test_a_sensitive_percentage_is_refused():
    year, observed = edition({"2016-04": 50.0}, "2016-04")
    with pytest.raises(ValueError, match="publish the counts"):
        suppress(replace(year, indicator=indicator(unit="percent")), observed)


def test_the_digest_of_a_table_with_a_hidden_count_gives_it_away_and_that_of_the_masked_one_does_not():
    def received(count: int) -> pd.DataFrame:
        same = {"indicator": KEY, "received": "2016-04", "breakdown": "", "status": "", "note": ""}
        return pd.DataFrame({"period": ["2016-03", "2016-04"], "value": [9.0, count]}).assign(
            **same
        )

    def digest(frame: pd.DataFrame) -> str:
        return hashlib.sha256(frame.to_csv().encode()).hexdigest()

    def masked(count: int) -> pd.DataFrame:
        return disclosure.with_small_counts_replaced(received(count), {KEY: indicator()})

    assert [n for n in SMALL if digest(received(n)) == digest(received(3))] == [3]
    assert len({digest(masked(n)) for n in SMALL}) == 1
    assert masked(3)["value"].tolist() == [9, 1]
    assert digest(masked(7)) == digest(received(7))
    assert disclosure.with_small_counts_replaced(masked(3), {KEY: indicator()}).equals(masked(3))


# Attacks on the rule

counts = st.one_of(st.integers(0, 6), st.sampled_from([0, 3, 5, 9, 10, 60, 75]))
years = st.lists(counts, min_size=24, max_size=24).map(
    lambda values: dict(zip(MONTHS, values, strict=True))
)
several_quarters = st.lists(counts, min_size=12, max_size=12).map(
    lambda v: dict(zip(QUARTERS, v, strict=True))
)
TARGETS = {"2015/16": tuple(range(5, 65, 5)), "2016/17": tuple(range(6, 78, 6))}


@settings(max_examples=60, deadline=None)
@given(years, st.data(), RULES)
def test_other_small_counts_in_the_hidden_places_give_the_same_editions(true, data, rule):
    """The whole proof as a property: nothing published depends on a hidden count, so nothing
    reveals one.
    """
    small = hidden_by(rule)
    other = {
        label: data.draw(st.sampled_from(small)) if n in small else n for label, n in true.items()
    }
    restated = data.draw(st.lists(st.sampled_from(MONTHS), max_size=3))
    of = indicator(target=TARGETS, small=rule)
    for month in data.draw(st.lists(st.sampled_from(MONTHS[2:]), min_size=1, max_size=3)):
        twin = [safe(until(values, month), month, restated, of) for values in (true, other)]
        assert same(*twin)


@settings(max_examples=60, deadline=None)
@given(years, st.integers(1, 21), RULES)
def test_three_editions_in_a_row_reveal_nothing(true, first, rule):
    """Months, running totals, changes, targets and pace, across April where this year becomes last
    year.
    """
    of = indicator(target=TARGETS, small=rule)
    editions = (
        (safe(until(true, month), month, of=of), month) for month in MONTHS[first : first + 3]
    )
    assert attacked(*editions, rule=rule) == []


@settings(max_examples=40, deadline=None)
@given(several_quarters)
def test_quarterly_editions_of_three_years_reveal_nothing(true):
    of, months = indicator("quarter"), ["2015-09", "2016-03", "2016-06", "2017-03"]
    assert attacked(*((safe(until(true, month), month, of=of), month) for month in months)) == []


@settings(max_examples=40, deadline=None)
@given(years, st.sampled_from(MONTHS[12:18]), counts)
def test_a_restated_count_reveals_neither_itself_nor_its_neighbours(true, label, value):
    before, after = until(true, "2016-09"), until(true, "2016-10") | {label: value}
    restated = (label,) if value != true[label] else ()
    both = ((safe(before, "2016-09"), "2016-09"), (safe(after, "2016-10", restated), "2016-10"))
    assert attacked(*both) == []


@settings(max_examples=40, deadline=None)
@given(years, st.integers(3, 23))
def test_without_suppression_every_small_count_is_found(true, at):
    month = MONTHS[at]
    found = attacked((edition(until(true, month), month), month))
    assert {(r.period, r.value) for r in found} == {
        (label, n) for label, n in until(true, month).items() if n in SMALL
    }


PLANTED = dict(zip(MONTHS, [60] * 12 + [70, 6, 3, 80], strict=False))
WHOLE = edition(PLANTED, "2016-07", of=indicator(target=TARGETS))


def leaking(*columns: str, series: bool = False, **parts) -> tuple[Year, pd.DataFrame]:
    """A protected edition that has forgotten some of its columns, or other parts."""
    year, observed = suppress(*WHOLE)
    frame = year.frame.assign(**{c: WHOLE[0].frame[c] for c in columns})
    whole = {c: getattr(getattr(WHOLE[0], part), c) for part, c in parts.values()} if parts else {}
    to_date = replace(year.to_date, **{c: v for c, v in whole.items() if hasattr(year.to_date, c)})
    target = replace(year.target, **{c: v for c, v in whole.items() if hasattr(year.target, c)})
    return replace(year, frame=frame, to_date=to_date, target=target), WHOLE[
        1
    ] if series else observed


BROKEN = {
    "running total": leaking("cumulative"),
    "change": leaking("change"),
    "percentage of 60": leaking("percent"),
    "distance to target": leaking("distance"),
    "year to date": leaking(left=("to_date", "this")),
    "change to date": leaking(left=("to_date", "change")),
    "pace to target": leaking(left=("target", "pace")),
    "small line": leaking(series=True),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_a_rule_that_forgets_one_thing_is_found_out(broken):
    found = attacked((broken, "2016-07"))
    assert [(r.period, r.value) for r in found] == [("2016-06", 3)]


def test_a_mean_shown_over_a_hidden_month_is_found_out():
    counts = dict(zip(MONTHS, [60] * 11 + [3, 60], strict=False))
    year, observed = safe(counts, "2016-04")
    forgetful = observed.assign(hidden=False)
    reading = published(year, forgetful, "2016-04")
    reading.facts = [f for f in reading.facts if "mean" not in f.where]
    assert crack([reading], [KEY]) == []
    truth = Fact(tuple(((KEY, label), 1) for label in MONTHS[:12]), 663, 663, "mean")
    reading.facts.append(truth)
    assert [(r.period, r.value) for r in crack([reading], [KEY])] == [("2016-03", 3)]


def test_an_earlier_edition_that_shows_a_total_is_found_out_by_the_next_april():
    counts = dict(zip(MONTHS, [60] * 11 + [3, 70], strict=False))
    march, april = edition(until(counts, "2016-03"), "2016-03"), safe(counts, "2016-04")
    protected = safe(until(counts, "2016-03"), "2016-03")
    forgetful = replace(protected[0], to_date=march[0].to_date), protected[1]
    assert attacked((april, "2016-04")) == []
    found = attacked((forgetful, "2016-03"), (april, "2016-04"))
    assert [(r.period, r.value) for r in found] == [("2016-03", 3)]


def test_a_quarter_published_beside_its_months_is_found_out_by_whoever_knows_they_count_the_same():
    months = Reading("2016-06", {(KEY, "2016-04"): 9, (KEY, "2016-05"): "[c]", (KEY, "2016-06"): 7})
    quarter = Reading("2016-06", {("by_quarter", "2016/17 Q1"): 18})
    assert crack([months, quarter]) == []
    found = crack([months, quarter], linked={"by_quarter": KEY})
    assert [(r.period, r.value) for r in found] == [("2016-05", 2)]


# Why totals of several hidden counts are not shown


def grouped(values: tuple[int, ...]) -> tuple:
    """The milder rule: a running total is shown once two or more hidden counts since the last leave
    each open.
    """
    shown, group = [], []
    for count in values:
        group += [count] if count in SMALL else []
        ambiguous = len(group) >= 2 and len(group) < sum(group) < 4 * len(group)
        shown.append(sum(values[: len(shown) + 1]) if not group or ambiguous else "[c]")
        group = [] if not group or ambiguous else group
    return tuple("[c]" if n in SMALL else n for n in values), tuple(shown)


def test_showing_totals_of_several_hidden_counts_is_solved_by_whoever_knows_the_rule():
    assert knowing_the_rule(grouped, (4, 4, 1)) == {0: 4, 1: 4, 2: 1}
    assert knowing_the_rule(grouped, (9, 1, 1, 0, 2)) == {1: 1, 2: 1, 4: 2}


def test_showing_totals_of_several_hidden_counts_is_solved_when_one_is_restated():
    """April and May are 1 to 4 and add up to 4; April is restated to another of 1 to 4, and they
    add up to 7.
    """
    april, may, restated = ((KEY, name) for name in ("April", "May", "April restated"))
    facts = [
        Fact(((april, 1), (may, 1)), 4, 4, "first"),
        Fact(((restated, 1), (may, 1)), 7, 7, "next"),
    ]
    assert solve(facts, dict.fromkeys((april, may, restated), "[c]")) == {
        april: 1,
        may: 3,
        restated: 4,
    }


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=2, max_size=3), st.sampled_from([RULE, ZEROS]))
def test_whoever_knows_the_rule_in_use_solves_nothing(values, rule):
    def publish(values):
        counts, month = dict(zip(MONTHS[12:], values, strict=False)), MONTHS[11 + len(values)]
        year, observed = safe(counts, month, of=indicator(small=rule))
        return year.frame.to_csv(), observed.to_csv(), repr(year.to_date), repr(year.target)

    assert knowing_the_rule(publish, values, hidden_by(rule)) == {}


# The attacker's own tools


def test_elimination_bounds_and_search_each_find_what_the_others_cannot():
    a, b, c, d = ((KEY, name) for name in "abcd")
    sums = [Fact(((a, 1), (b, 1)), 100, 100, ""), Fact(((a, 1), (b, -1)), 40, 40, "")]
    assert solve(sums, {}) == {a: 70, b: 30}
    assert solve([Fact(((a, 1), (b, 1)), 8, 8, "")], {a: "[c]", b: "[c]"}) == {a: 4, b: 4}
    assert solve([Fact(((c, 2), (d, 3)), 10, 10, "")], {c: "[c]", d: "[c]"}) == {c: 2, d: 2}
    assert solve([Fact(((a, 1), (b, 1)), 5, 5, "")], {a: "[c]", b: "[c]"}) == {}
    assert set(
        solve([Fact(((a, 3), (b, 3), (c, 2)), 13, 13, "")], dict.fromkeys((a, b, c), "[c]"))
    ) == {c}


def test_prose_that_contradicts_a_table_is_left_out():
    cell = (KEY, "2016-04")
    soft = Fact(((cell, 1),), 9, 9, "misread", soft=True)
    assert solve([soft], {cell: "[c]"}) == {}
    with pytest.raises(attack.Contradiction):
        solve([replace(soft, soft=False)], {cell: "[c]"})


# Breakdowns: the groups of a total


def shown_groups(*divided: tuple[int, ...], rule: SmallCounts = RULE) -> list[tuple]:
    """What is published of the total of each period and of the groups it is divided in, None where
    it is hidden; each period's answer is the same whichever others there are.
    """
    of, months = indicator(small=rule), pd.period_range("2016-04", periods=len(divided), freq="M")
    rows = [
        (at, str(n), count) for at, groups in enumerate(divided) for n, count in enumerate(groups)
    ]
    at, group, value = zip(*rows, strict=True)
    frame = pd.DataFrame(
        {"breakdown": "kind", "group": group, "value": np.array(value, float), "status": ""},
        months[list(at)],
    )
    totals = pd.Series([sum(groups) for groups in divided], months)
    whole = pd.DataFrame({"hidden": disclosure.is_small(totals, of)})
    safe_ = disclosure.suppress_groups(frame, of, whole)
    shown = [
        [None if hidden else total] for total, hidden in zip(totals, whole["hidden"], strict=True)
    ]
    for period, hidden, value in zip(at, safe_["hidden"], safe_["value"], strict=True):
        shown[period].append(None if hidden else int(value))
    return [tuple(one) for one in shown]


@pytest.mark.parametrize(
    ("count", "largest", "rule"),
    [
        (2, 12, RULE),
        (3, 8, RULE),
        (4, 4, RULE),
        (2, 9, SmallCounts(2)),
        (2, 20, SmallCounts(9)),
        (3, 7, ZEROS),
    ],
)
def test_no_hidden_group_can_be_told_by_whoever_knows_the_rule_and_the_total(count, largest, rule):
    alike: dict[tuple, list[tuple[int, ...]]] = {}
    every = list(itertools.product(range(largest + 1), repeat=count))
    for view, groups in zip(shown_groups(*every, rule=rule), every, strict=True):
        alike.setdefault(view, []).append(groups)
    solved = [
        (view, n)
        for view, candidates in alike.items()
        for n in range(count)
        if view[n + 1] is None and len({c[n] for c in candidates if sum(c) <= largest}) == 1
    ]
    assert solved == []
    assert sum(None in view for view in alike) > largest


def test_one_small_group_hides_its_breakdown_and_leaves_the_total_and_other_periods():
    assert shown_groups((3, 40, 7)) == [(50, None, None, None)]
    assert shown_groups((3, 40, 7), (0, 40, 10), (1, 3), (0, 0)) == [
        (50, None, None, None),
        (50, 0, 40, 10),
        (None, None, None),
        (0, 0, 0),
    ]


FIVES = SmallCounts(4, round_to=5)


def rounded(*values: float, groups: tuple[int, ...] = ()) -> pd.DataFrame:
    """What an edition is made of, of an April sent again and again, and its groups."""
    rows = [(f"2016-{4 + n:02}", "", "", value) for n, value in enumerate(values)]
    rows += [("2016-04", "kind", str(n), value) for n, value in enumerate(groups)]
    frame = pd.DataFrame(rows, columns=["received", "breakdown", "group", "value"])
    revised = ["r" if n and value != values[n - 1] else "" for n, value in enumerate(values)]
    frame["status"] = [*revised, *[""] * len(groups)]
    frame = frame.astype({"value": float}).assign(indicator=KEY, period="2016-04", note="")
    frame = frame.assign(low=frame["value"] - 1, high=frame["value"] + 1)
    by = {"kind": Breakdown("kind", "Kind", True, {})}
    of = {KEY: replace(indicator(small=FIVES), breakdowns=by)}
    return disclosure.with_small_counts_replaced(frame, of)


def test_an_edition_is_made_of_rounded_counts_alone():
    assert rounded(0, 1, 5, 7, 8, 12, 52, 53)["value"].tolist() == [0, 1, 5, 5, 10, 10, 50, 55]
    assert rounded(48, 4, 58).equals(rounded(52, 1, 62))


def test_what_is_certain_of_a_sum_allows_for_rounding():
    year = safe({"2016-04": 10, "2016-05": 3, "2016-06": 0}, "2016-06", of=indicator(small=FIVES))[
        0
    ]
    assert total_between(year) == (9, 16)  # 8 to 12, 1 to 4 and none


def test_a_count_is_revised_only_where_that_is_seen_of_the_rounded_one():
    assert rounded(48, 52, 53, 54)["status"].tolist() == ["", "", "r", "r"]


def test_what_is_rounded_once_stays_as_it_is_in_a_page_of_its_own():
    once = rounded(48, 3, 53, groups=(40, 8))
    of = {KEY: indicator(small=FIVES)}
    assert disclosure.with_small_counts_replaced(once, of).equals(once)


@pytest.mark.parametrize(("count", "largest"), [(2, 32), (3, 17), (4, 8)])
def test_no_rounded_group_can_be_told_by_whoever_knows_the_rule_and_the_total(count, largest):
    alike: dict[tuple, list[tuple[int, ...]]] = {}
    every = np.array(list(itertools.product(range(largest + 1), repeat=count)), dtype=float)
    at = pd.PeriodIndex([pd.Period(ordinal=n, freq="M") for n in range(len(every))])
    shown = np.where(FIVES.hides(every), every, FIVES.rounded(every))
    groups = pd.DataFrame({"value": shown.ravel()}, at.repeat(count))
    groups = groups.assign(breakdown="kind", group=list(range(count)) * len(every), status="")
    sums = every.sum(axis=1)
    small = FIVES.hides(sums)
    whole = pd.DataFrame(
        {"value": np.where(small, np.nan, FIVES.rounded(sums)), "hidden": small}, at
    )
    safe_ = disclosure.suppress_groups(groups, indicator(small=FIVES), whole)
    views = safe_["value"].to_numpy().reshape(-1, count)
    for true, view, total in zip(every, views, whole["value"], strict=True):
        alike.setdefault((str(total), *map(str, view)), []).append(tuple(true))

    def tried(view: tuple, candidate: tuple) -> bool:
        """Whether everything that would look the same has been tried."""
        if "nan" in view[1:]:
            return sum(candidate) <= largest - 4
        return all(float(part) <= largest - 2 for part in view[1:])

    solved = [
        (view, n)
        for view, candidates in alike.items()
        for n in range(count)
        if view[n + 1] != "0.0" and len({c[n] for c in candidates}) == 1
        if tried(view, candidates[0])
    ]
    assert solved == []
    assert sum("5.0" in view[1:] for view in alike) > count


def test_groups_that_their_rounded_total_would_tell_are_hidden():
    """Four of 7 are 28, which rounds to 30: no four others of 5 to 7 are as many."""
    at = pd.PeriodIndex(["2016-04"] * 4, freq="M")
    groups = pd.DataFrame(
        {"value": 5.0, "breakdown": "kind", "group": list("abcd"), "status": ""}, at
    )
    whole = pd.DataFrame({"value": [30.0], "hidden": False}, at[:1])
    of = indicator(small=FIVES)
    assert disclosure.suppress_groups(groups, of, whole)["hidden"].all()
    whole["value"] = 25.0
    assert not disclosure.suppress_groups(groups, of, whole)["hidden"].any()


def test_a_rule_that_hides_one_possible_count_alone_would_tell_it():
    """So the framework refuses it; two groups of 1 would also be told by their total of 2."""
    assert knowing_the_rule(
        lambda groups: shown_groups(groups, rule=SmallCounts(1)), (1, 9), [1]
    ) == {0: 1}


def test_a_figure_that_its_sender_hides_cannot_be_worked_out_from_its_groups_or_its_total():
    """Whether the indicator is sensitive or not: a group by its sender's total, or the other way
    round.
    """
    rows = {"total": ("", "", 50), "a": ("kind", "a", None), "b": ("kind", "b", 47)}
    rows |= {"level": ("side", "a", None), "other": ("side", "b", 8)}
    columns = ["breakdown", "group", "value"]
    frame = pd.DataFrame(rows.values(), rows, columns).astype({"value": float})
    frame = frame.assign(indicator=KEY, period="2016-04", received="2016-04", note="")
    by = {"kind": Breakdown("kind", "Kind", True, {}), "side": Breakdown("side", "Side", False, {})}
    of = {KEY: replace(indicator(sensitive=False), breakdowns=by)}
    hides = disclosure.are_hidden(frame.assign(status=["", "c", "", "c", ""]), of)
    assert hides[hides].index.tolist() == ["a", "b", "level"]
    hides = disclosure.are_hidden(frame.assign(status=["c", "", "", "", ""]), of)
    assert hides[hides].index.tolist() == ["total", "a", "b"]


def test_a_sum_with_a_figure_hidden_by_its_sender_is_bounded_by_the_rest_alone():
    of = indicator(target={"2016/17": tuple(range(10, 130, 10))})
    observed = series({"2016-04": 12, "2016-05": 3, "2016-06": 20})
    observed.loc["2016-06", ["value", "status"]] = [np.nan, "c"]
    seen = disclosure.with_stand_ins(observed, of)
    nothing = pd.DataFrame({"value": []}, index=pd.PeriodIndex([], freq="M"))
    year = financial_year(of, seen, nothing, pd.Period("2016-06", "M"), CALENDAR, 50)
    year, shown = suppress(year, seen)
    assert shown["value"].isna().tolist() == [False, True, True]
    assert shown["status"].tolist() == ["", "", "c"]
    assert total_between(year) == (13, np.inf)
    assert distance_between(year) == (-17, np.inf)
    assert disclosure.of_year(year) == {
        "it would reveal a count of 1 to 4",
        "its sender hides it, or a figure that it depends on",
    }


def test_a_group_left_out_of_the_rule_is_found_by_subtraction():
    facts = [attack.Fact((((KEY, "a"), 1), ((KEY, "b"), 1), ((KEY, "whole"), -1)), 0, 0, "adds up")]
    assert attack.solve(facts, {(KEY, "a"): 47, (KEY, "whole"): 50})[KEY, "b"] == 3


# Files of an edition: one channel leaks at a time, and the attacker finds the count through it

TABLE = """<table><caption>Number</caption><thead><tr><th>Period</th><th>2015/16</th><th>2016/17</th><th>Change</th>
<th>Cumulative 2016/17</th></tr></thead><tbody>
<tr><th>April</th><td>11</td><td>12</td><td>+1</td><td>12</td></tr>
<tr><th>May</th><td>12</td><td>[c]</td><td>{change}</td><td>{cumulative}</td></tr>
<tr><th>June</th><td>13</td><td>1,020 [r]</td><td>+1,007</td><td>[c]</td></tr></tbody>
<tfoot><tr><th>Year to date (April to June 2016)</th><td>36</td><td>{to_date}</td><td>[c]</td><td>[z]</td></tr></tfoot>
</table>"""
CSV = """indicator,measure,period,value,unit,shorthand,source,received
referrals,2016/17,2016-04,12,count,,,
referrals,2016/17,2016-05,,count,[c],,
referrals,2016/17,2016-06,1020,count,[r],,
referrals,2016/17,2016-04..2016-06,{to_date},count,,,
referrals,2015/16,2015-04,11,count,,,
referrals,2015/16,2015-05,12,count,,,
referrals,2015/16,2015-06,13,count,,,
referrals,Cumulative 2016/17,2016-05,{cumulative},count,,,
"""
BOARD = """indicator,measure,period,value,unit,shorthand,state
referrals,Latest,2016-06,1020,count,,
referrals,Year to date,2016-04..2016-06,{to_date},count,,
"""
COUNTS = {"2015-04": 11, "2015-05": 12, "2015-06": 13, "2016-04": 12, "2016-05": 3, "2016-06": 40}


def page(content: str) -> str:
    return (
        f"<html><body><main><h1>x</h1><h2 "
        f'id="referrals">Referrals</h2>{content}</main></body></html>'
    )


def put(place, pages=(), csv="", board="", manifest="") -> None:
    """An edition folder of these files; what is not given leaks nothing."""
    (place / "data").mkdir(parents=True)
    (place / "data/referrals.csv").write_text(
        csv or CSV.format(to_date="", cumulative=""), encoding="utf-8"
    )
    (place / "data/board_summary.csv").write_text(
        board or BOARD.format(to_date=""), encoding="utf-8"
    )
    for name, content in {**table()["pages"], **dict(pages)}.items():
        (place / name).write_text(content, encoding="utf-8")
    (place / "edition.json").write_text(manifest or "{}", encoding="utf-8")


def drawn(values: pd.Series) -> str:
    year, _ = edition({label: v for label, v in COUNTS.items() if v == v}, "2016-06")
    return charts.year_chart(
        replace(year, frame=year.frame.assign(this=values.to_numpy())), "x"
    ).html


def sparks(gap: bool) -> str:
    values = pd.Series({pd.Period(k, "M"): float(v) for k, v in COUNTS.items()})
    values = values.reindex(pd.period_range(end="2016-06", periods=36, freq="M"))
    values["2016-05":"2016-05"] = np.nan if gap else 3.0
    values["2016-06":"2016-06"] = 1020.0 if gap else 20.0
    return charts.sparkline(values)


def board(spark: str) -> str:
    row = (
        f'<tr><th scope="row"><a '
        f'href="area.html#referrals">R</a></th><td>x</td><td>{spark}</td></tr>'
    )
    return (
        f'<html><main><div class="wide '
        f'board"><table><tbody>{row}</tbody></table></div></main></html>'
    )


YEAR = pd.Series([12, 3, 1020] + [np.nan] * 9, dtype=float)
BLANK = "<svg viewBox='0 0 1 1'>{}</svg>"
ALT = f'<div aria-label="2016/17: lowest 3 in May, highest 1,020 in June.">{BLANK}</div>'
POINTED = f"<figcaption>x</figcaption>{BLANK.format('<title>May 2016: 3</title>')}"
BULLET = (
    '<main><ul><li><a href="area.html#referrals">Referrals: 1,035 in April to June '
    "2016</a></li></ul></main>"
)
FOUND = '{"areas": {"a": {"indicators": {"referrals": {"finding": "Referrals: 3 in May 2016"}}}}}'


def table(change="[c]", cumulative="[c]", to_date="[c]") -> dict:
    return {
        "pages": {
            "area.html": page(TABLE.format(change=change, cumulative=cumulative, to_date=to_date))
        }
    }


def words(text: str) -> dict:
    return {"pages": {"b.html": page(f"<p>{text}</p>")}}


LEAKS = {
    "download": {"csv": CSV.format(to_date="", cumulative=15)},
    "download to date": {"csv": CSV.format(to_date=1035, cumulative="")},
    "board's download": {"board": BOARD.format(to_date=1035)},
    "table": table(cumulative="15"),
    "table's change": table(change="−9"),
    "table to date": table(to_date="1,035"),
    "heading": words("Referrals: 1,035, 5 short of target, April to June 2016"),
    "sentence": words(
        "There were 1,035 referrals from April to June 2016. The total rose by 999 (9%) from 36 in"
    ),
    "change": words("Referrals up 9% (999 more), April to June 2016: more than usual variation"),
    "latest month": words("In May 2016 there were 3, 9 fewer than in May 2015."),
    "text of a chart": {"pages": {"b.html": page(ALT)}},
    "point of a chart": {"pages": {"b.html": page(POINTED)}},
    "finding on the board": {"pages": {"index.html": BULLET}},
    "manifest": {"manifest": FOUND},
}


def test_an_edition_that_leaks_nothing_gives_nothing_away(tmp_path):
    put(
        tmp_path / "2016-06",
        {"index.html": board(sparks(gap=True)), "c.html": page(drawn(YEAR.replace(3, np.nan)))},
    )
    assert attack.attack([tmp_path / "2016-06"]) == []


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS.keys())
def test_a_leak_through_one_file_is_found(tmp_path, leak):
    put(tmp_path / "2016-06", **leak)
    found = attack.attack([tmp_path / "2016-06"])
    assert [(r.indicator, r.period, r.value) for r in found] == [("referrals", "2016-05", 3)]


def test_a_mark_left_on_a_chart_is_found(tmp_path):
    csv = CSV.format(to_date="", cumulative="").replace("1020", "20")
    pages = {"area.html": page(""), "c.html": page(drawn(YEAR.replace(1020, 20)))}
    put(tmp_path / "2016-06", pages, csv, BOARD.format(to_date="").replace("1020", "20"))
    assert [r.value for r in attack.attack([tmp_path / "2016-06"])] == [3]


def test_a_mark_left_on_a_small_line_without_a_scale_is_found(tmp_path):
    csv = CSV.format(to_date="", cumulative="").replace("1020", "20")
    pages = {"area.html": page(""), "index.html": board(sparks(gap=False))}
    put(tmp_path / "2016-06", pages, csv, BOARD.format(to_date="").replace("1020", "20"))
    assert [r.value for r in attack.attack([tmp_path / "2016-06"])] == [3]


def test_the_next_edition_gives_away_what_the_first_hid(tmp_path):
    put(tmp_path / "2016-06")
    later = CSV.format(to_date="", cumulative="").replace("[c]", "") + (
        "referrals,2016/17,2016-07,50,count,,,\nreferrals,Cumulative "
        "2016/17,2016-07,1085,count,,,\n"
    )
    put(tmp_path / "2016-07", {"area.html": page("")}, later)
    found = attack.attack([tmp_path / "2016-06", tmp_path / "2016-07"])
    assert [(r.period, r.value) for r in found] == [("2016-05", 3)]


def test_twins_that_differ_in_any_file_are_told(tmp_path):
    put(tmp_path / "one", manifest='{"build": 1, "inputs": "a"}')
    put(tmp_path / "two", manifest='{"build": 2, "inputs": "a"}')
    assert twins(tmp_path / "one", tmp_path / "two") == []
    (tmp_path / "two/area.html").write_text("other")
    (tmp_path / "two/edition.json").write_text('{"build": 2, "inputs": "b"}')
    assert twins(tmp_path / "one", tmp_path / "two") == ["area.html", "edition.json"]


# Whole editions as the suite makes them, without the notebooks around their parts

PARTS = ("headline", "chart", "control", "table", "comment", "source")
TARGET = 'sensitive = true\ntarget = {"2016/17" = [6, 12, 18, 24, 30, 36, 42, 48, 54, 60, 66, 72]}'
MONTHLY = [8, 2, 0, 7, 12, 3, 5, 5, 1, 9, 4, 6, 7, 8, 6, 2, 9, 5, 5, 8, 3, 9, 6, 7, 6, 9, 3, 11]
QUARTERLY = [60, 3, 20, 7, 61, 66, 2, 70, 75]


GROUPS = (
    '\n[indicators.{key}.breakdowns.kind]\nname = "Kind"\nadds_up = true\ngroups = {{ a = "A", b '
    '= "B" }}\n'
)


def project(
    root, small: Iterator[int], sensitive: bool = True, again: dict | None = None, split: int = 1
):
    """Two sensitive indicators from April 2014 to July 2016, their counts of 1 to 4 replaced by
    those of `small`.

    `again` restates counts: the drop's month to the month restated and its new count. Each count is
    divided in two groups, of which the first is `split`, or 30 where that leaves more than 4.
    """
    tiny.project(root, "monthly", "quarterly")
    shutil.rmtree(root / "data/raw")
    monthly, quarterly = (root / "framework.toml").read_text().rsplit("[areas.", 1)
    quarterly = quarterly.replace('frequency = "month"', 'frequency = "quarter"').replace(
        "= false\nd", "= true\nd"
    )
    monthly = monthly.replace("sensitive = false", TARGET)
    framework = f"{monthly}[areas.{quarterly}".replace("= true", f"= {str(sensitive).lower()}")
    framework += GROUPS.format(key="monthly") + GROUPS.format(key="quarterly")
    (root / "framework.toml").write_text(framework)
    quarters = iter(QUARTERLY)
    for month, count in zip(pd.period_range("2014-04", "2016-07", freq="M"), MONTHLY, strict=True):
        rows = [("monthly", month, count)]
        ends = month.month % 3 == 0
        rows += (
            [("quarterly", CALENDAR.label(CALENDAR.of(month, "quarter")), next(quarters))]
            if ends
            else []
        )
        rows += [("monthly", *again[str(month)])] if str(month) in (again or {}) else []
        lines = []
        for key, period, n in rows:
            count = next(small) if n in SMALL else n
            first = 30 if count > 34 else min(split, count)
            parts = (("", "", count), ("kind", "a", first), ("kind", "b", count - first))
            lines += [
                f"{key},{period},{breakdown},{group},{value}" for breakdown, group, value in parts
            ]
        header = "indicator,period,breakdown,group,value"
        tiny.put(root / f"data/raw/{month}/returns/police.csv", "\n".join([header, *lines, ""]))
    return root


LEDGER = """kind,year,need,recommendation,areas,indicators,contribution,total_budget,status,owner,decide_by,note
grant,2016/17,,,,,10,,,,,
need,2016/17,Need,Keep it,monthly,monthly;quarterly,10,,confirmed,Board,,
confirmed total,2016/17,,,,,10,,,,,
not allocated,2016/17,,,,,0,,,,,
"""
SCORES = """year,issue,area,indicator,likelihood,confidence,scored_by,scored_on,illustrative
2016/17,One,monthly,monthly,,high,Ann,2016-07-01,no
2016/17,Two,quarterly,quarterly,,high,Ann,2016-07-01,no
2016/17,Three,,,1,high,Ann,2016-07-01,no
"""
MATRIX = """
[matrix]
weights_vary = 0.2
confidence = { high = 0.5 }
dimensions.likelihood = { name = "Likelihood", weight = 1, scale = ["low", "mid", "high"], bands = [1, 90] }
"""


def built(root, place, *months: str) -> list:
    """Editions of these months: each page the parts that a notebook shows, the front pages and the
    board's papers, downloads, the manifest, and the bundle of all tables.
    """
    tiny.put(root / "framework.toml", (root / "framework.toml").read_text() + MATRIX)
    tiny.put(root / "data/raw/2014-04/papers/commissioning.csv", LEDGER)
    tiny.put(root / "data/raw/2014-04/papers/strategic_assessment.csv", SCORES)
    share(root)
    for month in months:
        summary, quarter = Board(month, root), Quarter(quarter_of(month), root)
        money, scores = Commissioning(month, root), StrategicAssessment(month, root)
        pages = {"index.html": [summary.summary(), summary.table()]}
        pages["commissioning.html"] = [
            money.summary(),
            money.chart(),
            money.ledger(),
            money.thread(),
            money.source(),
        ]
        pages["assessment.html"] = [
            scores.summary(),
            scores.chart(),
            scores.ranking(),
            scores.movement(),
            scores.method(),
        ]
        if quarter.which.month == pd.Period(month, "M"):
            pages["quarter.html"] = [quarter.summary(), quarter.table()]
        for key in ("monthly", "quarterly"):
            report = Report(key, month, root)
            pages[f"{key}.html"] = [
                report.summary(),
                *(getattr(report[key], part)() for part in PARTS),
            ]
        put_together(root, place / month, pages)
    return [place / month for month in months]


def quarter_of(month: str) -> str:
    quarter = CALENDAR.of(pd.Period(month, "M"), "quarter")
    return f"{quarter.qyear - 1}-Q{quarter.quarter}"


def put_together(root, place, pages: dict) -> None:
    """An edition's files, and its bundle as it would be handed out."""
    parts = [part for shown in pages.values() for part in shown]
    files = {
        name: f"<main>{''.join(p.html for p in shown)}</main>" for name, shown in pages.items()
    }
    files |= {f"data/{p.indicator}.csv": p.csv for p in parts if p.csv}
    facts = {p.indicator: p.facts for p in parts if p.kind == "headline"}
    digests = {
        name: hashlib.sha256(content.encode()).hexdigest() for name, content in files.items()
    }
    made = {
        "edition": place.name,
        "words": place.name,
        "status": "Draft",
        "inputs": {},
        "packages": {},
    }
    made["build"] = {"finished": "2016-12-01"}
    made["definitions"] = foi.definitions(load(root / "framework.toml"))
    everything = {"state": "built", "title": "All", "page": "index.html", "depends": {}}
    everything |= {"indicators": facts, "files": digests}
    files["edition.json"] = json.dumps(made | {"areas": {"all": everything}})
    for name, content in files.items():
        tiny.put(place / name, content)
        tiny.put(root / "outputs" / place.name / name, content)
    (place / "bundle.zip").write_bytes(foi.bundle(root, place.name).read_bytes())


def ones_and(other: int) -> Iterator[int]:
    return itertools.cycle([1, other, 4, 2])


def test_the_files_of_four_editions_reveal_nothing_and_do_not_differ_where_hidden_counts_do(
    tmp_path,
):
    months = ("2016-03", "2016-04", "2016-06", "2016-07")
    one = built(project(tmp_path / "a", ones_and(1)), tmp_path / "one", *months)
    two = built(project(tmp_path / "b", ones_and(4), split=4), tmp_path / "two", *months)
    assert attack.attack(one, ["monthly", "quarterly"]) == []
    assert [twins(*pair) for pair in zip(one, two, strict=True)] == [[]] * 4
    assert {path.name for path in one[0].iterdir()} > {
        "quarter.html",
        "commissioning.html",
        "assessment.html",
        "bundle.zip",
    }
    assert sum(mark == "[c]" for mark in attack.read(one[-1]).shown.values()) >= 4
    assert "by kind" in (one[2] / "quarterly.html").read_text()
    assert (
        'quarterly,"Share, 2016/17 Q1",2016/17 Q1,kind,a'
        in (one[2] / "data/quarterly.csv").read_text()
    )


@pytest.fixture(scope="module")
def unprotected(tmp_path_factory):
    """An edition with suppression off, for tests that only read it."""
    folder = tmp_path_factory.mktemp("unprotected")
    (place,) = built(project(folder / "a", ones_and(3), sensitive=False), folder / "one", "2016-07")
    return place


@pytest.mark.xdist_group("unprotected")
def test_what_is_read_from_the_files_of_an_edition_is_true_of_its_table(unprotected):
    """Else an attack that finds nothing would say nothing: every figure, sentence and mark is
    understood.
    """
    reading = attack.read(unprotected)
    told = [f for f in reading.facts if all(cell in reading.shown for cell, _ in f.terms)]
    wrong = [
        f
        for f in told
        if not f.low <= sum(reading.shown[c] * factor for c, factor in f.terms) <= f.high
    ]
    assert wrong == []
    kinds = (
        ".csv",
        ".html: 2016/17",
        "Change",
        "Cumulative",
        "Distance",
        "chart",
        "sparkline",
        "“",
        "edition.json",
    )
    assert [kind for kind in kinds if not any(kind in f.where for f in told)] == []


@pytest.mark.xdist_group("unprotected")
def test_with_suppression_off_the_files_reveal_every_small_count(unprotected):
    found = attack.attack([unprotected], ["monthly"])
    small = [n for n in MONTHLY[12:] if n in SMALL]
    assert len([r for r in found if r.period >= "2015-04" and "kind" not in r.period]) == len(small)
    assert ("2016-07 kind a", 1) in [(r.period, r.value) for r in found]


def test_a_hidden_count_restated_as_another_is_not_told_from_one_that_was_not(tmp_path):
    again = {"2016-07": ("2016-06", 3)}
    one = built(
        project(tmp_path / "a", itertools.repeat(2), again=again), tmp_path / "one", "2016-07"
    )
    two = built(
        project(tmp_path / "b", itertools.cycle([2, 3, 1]), again=again),
        tmp_path / "two",
        "2016-07",
    )
    assert twins(one[0], two[0]) == []
