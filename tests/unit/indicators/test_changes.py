"""Six years of a board read edition by edition: a lasting change is told once as new, then as going
on, then as the new normal; a month that stood out alone is told once.
"""

import datetime
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import tiny

from saferplymouth import Board
from saferplymouth.indicators import commentary, findings
from saferplymouth.pages import decisions, overview
from saferplymouth.sources.actions import Action

MONTHS = pd.period_range("2011-04", "2017-09", freq="M")
MEANS = {"alpha": 200, "beta": 300, "gamma": 80, "delta": 150}
STEP, FALL, ALONE = "2016-06", "2016-08", "2016-11"
NEW = "new this month"


def counts() -> pd.DataFrame:
    """A rise of 40% in alpha, a fall of 40% in beta, one month of gamma up by 80%."""
    rng = np.random.default_rng(42)
    season = 1 + 0.15 * np.cos(2 * np.pi * np.arange(len(MONTHS)) / 12)
    expected = pd.DataFrame({key: mean * season for key, mean in MEANS.items()}, MONTHS)
    expected.loc[STEP:, "alpha"] *= 1.4
    expected.loc[FALL:, "beta"] *= 0.6
    expected.loc[ALONE, "gamma"] *= 1.8
    return pd.DataFrame(rng.poisson(expected), MONTHS, list(MEANS))


@pytest.fixture(scope="module")
def boards(tmp_path_factory) -> dict[str, Board]:
    root = tmp_path_factory.mktemp("six-years")
    tiny.project(root, *MEANS, months=())
    drops = MONTHS[MONTHS >= "2016-03"]
    every = counts()
    for drop in drops:
        new = every.loc[:drop] if drop == drops[0] else every.loc[[drop]]
        rows = [f"{key},{at},{n}" for key in MEANS for at, n in new[key].items()]
        returned = "\n".join(["indicator,period,value", *rows, ""])
        tiny.put(root / f"data/raw/{drop}/returns/police.csv", returned)
    return {str(drop): Board(str(drop), root) for drop in drops}


def told(board: Board) -> list[str]:
    return [f.text for f in findings.ranked(overview.every_finding(board.sections))]


def variation(board: Board, key: str) -> str:
    return " ".join(commentary.of_variation(board.sections[key].evidence))


def test_what_is_told_as_new_is_the_three_changes_and_at_most_one_other(boards):
    new = [text.split()[0] for board in boards.values() for text in told(board) if NEW in text]
    assert {"Alpha", "Beta", "Gamma"} <= set(new)
    assert len(new) <= 4


@pytest.mark.parametrize("name", ["Alpha", "Beta", "Gamma"])
def test_a_change_is_new_in_one_edition(boards, name):
    new = [month for month, board in boards.items() if NEW in _line(board, name)]
    assert len(new) == 1
    section = boards[new[0]].sections[name.lower()]
    assert "This is new in this edition." in commentary.of_variation(section.evidence)


def _line(board: Board, name: str) -> str:
    return next((text for text in told(board) if text.startswith(name)), "")


def test_a_change_that_goes_on_says_since_when(boards):
    line = _line(boards["2016-12"], "Alpha")
    assert line.startswith("Alpha up ")
    assert line.endswith(
        "more than usual variation and not what the partnership wants, since June 2016"
    )
    assert "This is new" not in variation(boards["2016-12"], "alpha")


def test_after_a_year_a_change_is_told_once_as_the_new_normal_and_is_no_change(boards):
    text = "Alpha at a new normal level, June 2016 onwards: no longer counted as a change"
    editions = [month for month, board in boards.items() if text in told(board)]
    assert len(editions) == 1
    after = boards["2017-09"].sections["alpha"]
    assert after.state == "No clear change"
    said = variation(boards["2017-09"], "alpha")
    assert "A new baseline starts in June 2016: the level rose and stayed there" in said
    assert "This is the new normal." in said


def test_a_change_on_a_year_before_the_new_normal_is_no_news(boards):
    section = boards["2017-08"].sections["beta"]
    assert section.leading[0].text.endswith(": the new normal since August 2016")
    assert "Last year’s months include some before the level changed in August 2016." in variation(
        boards["2017-08"], "beta"
    )


def test_a_month_that_stood_out_alone_is_told_once_and_then_has_passed(boards):
    assert _line(boards["2016-11"], "Gamma").endswith(
        "more than usual variation and not what the partnership wants, new this month"
    )
    for month in ("2016-12", "2017-01", "2017-03"):
        section = boards[month].sections["gamma"]
        assert section.state == "No clear change"
        assert "The marked change of November 2016 has passed." in variation(boards[month], "gamma")


def test_the_year_to_date_and_its_interval_never_contradict_the_verdict(boards):
    for board in boards.values():
        for section in board.sections.values():
            e = section.evidence
            clear, strong = e.year.to_date.comparison.beyond_chance, findings.strength(e)
            if strong == findings.SIGNAL:
                assert clear
            elif clear and not e.side:
                said = " ".join(commentary.of_variation(e))
                assert "but not beside" in said or "before the level changed" in said


def test_every_mark_of_a_chart_that_is_not_a_change_going_on_has_its_sentence(boards):
    for board in boards.values():
        for key, section in board.sections.items():
            shown = section.evidence.control.iloc[-36:]
            marked = shown["signal"].any() and section.state == "No clear change"
            assert not marked or "passed" in variation(board, key)


def test_a_change_with_a_response_is_reviewed_once_that_is_late_and_others_are_decided_on(
    boards, monkeypatch
):
    board = boards["2016-11"]

    def asked(*actions: Action) -> list[str]:
        monkeypatch.setattr(board.project, "actions", actions)
        return [d.text for d in decisions.wanted(board.project, board.sections)]

    assert asked()[0].startswith("Decide how to respond to gamma, ")
    assert asked()[1].startswith("Decide how to respond to the rise in alpha (")
    day = datetime.date(2016, 11, 30)
    late = Action("alpha", "Patrols", "Police", day, "under way", "", None)
    assert asked(late)[1].startswith("Review the response to the rise in alpha (")
    assert asked(late)[1].endswith(": an action was due by 30 November 2016")
    later = replace(late, due=datetime.date(2016, 12, 1))
    assert not any("alpha" in text for text in asked(later))


def test_a_month_outside_its_interval_without_a_change_is_said_to_be_no_signal(boards):
    every = [s.evidence for board in boards.values() for s in board.sections.values()]
    outside = 0
    for e in every:
        row, said = e.control.iloc[-1], " ".join(commentary.of_variation(e))
        alone = not row["low95"] <= row["value"] <= row["high95"] and e.signal is None
        outside += alone
        assert alone == ("by itself this is not a signal" in said)
    assert outside


def test_no_sentence_has_more_than_twenty_five_words(boards):
    for board in boards.values():
        for section in board.sections.values():
            e = section.evidence
            for sentence in [*commentary.of_variation(e), *told(board)]:
                for one in sentence.split(". "):
                    assert len(one.split()) <= 25, one
