"""The decisions that a front page asks for: what they are about, in which order, and whose they
are.
"""

import datetime

from saferplymouth import Board, Commissioning
from saferplymouth.pages import decisions

LEDGER = """kind,year,need,recommendation,areas,indicators,contribution,total_budget,status,owner,decide_by,note
grant,2017/18,,,,,1000,,,,,
need,2017/18,Refuge,Keep it,domestic_abuse,domestic_abuse,600,,confirmed,The board,2017-01-24,
need,2017/18,Counselling,Keep it,sexual_violence,people_in_counselling,150,,confirmed,The health board,2017-02-01,
need,2017/18,Youth work,Begin it,anti_social_behaviour,anti_social_behaviour,,,to be confirmed,The board,2017-03-01,
need,2017/18,Campaigns,Begin them,hate_crime,,,,awaiting confirmation,The council,2017-02-15,
confirmed total,2017/18,,,,,750,,,,,
not allocated,2017/18,,,,,250,,,,,
"""


def wanted(root, ledger: str = "") -> list[decisions.Decision]:
    paper = root / "data/raw/2016-11/papers/commissioning.csv"
    paper.with_name("actions.csv").unlink(missing_ok=True)
    paper.unlink(missing_ok=True)
    if ledger:
        paper.parent.mkdir(exist_ok=True)
        paper.write_text(ledger, encoding="utf-8")
    board = Board("2016-11", root)
    return decisions.wanted(board.project, board.sections)


def test_what_is_worst_and_the_money_come_first_each_with_its_owner(project):
    off, allocate, ask, rest, chase = wanted(project, LEDGER)
    assert (
        off.text
        == "Decide how to respond to the fall in domestic abuse reports (1,099 fewer, 25%), "
        "April to November 2016"
    )
    assert off.owner == "Plymouth Domestic Abuse and Sexual Violence Partnership"
    assert off.page == "domestic-abuse.html#domestic-abuse"
    assert allocate.text == "Allocate £250 of the 2017/18 grant: two projects are waiting"
    assert (allocate.owner, allocate.by) == (
        "The board and The council",
        datetime.date(2017, 2, 15),
    )
    assert ask.text == "Ask for results from the £150 already confirmed: none have been received"
    assert (ask.owner, ask.by, ask.page) == (
        "The health board",
        datetime.date(2017, 2, 1),
        "commissioning.html",
    )
    assert rest.text == (
        "Decide on the response to 2 more off course: reported “ist” incidents and “ist” incident "
        "satisfaction"
    )
    assert (rest.owner, rest.page) == ("Safer Plymouth", "#every-indicator")
    assert chase.text == (
        "Chase 15 returns: 6 from Plymouth City Council, 5 from Devon and Cornwall Police and "
        "4 from others"
    )
    assert (chase.owner, chase.page) == ("Safer Plymouth", "#data-needed")


def test_a_decision_whose_day_is_past_is_said_to_have_been_due(project):
    wanted(project, LEDGER.replace("2017-02-15", "2016-11-30").replace("2017-03-01", "2016-12-01"))
    front, money = (
        Board("2016-11", project).summary().html,
        Commissioning("2016-11", project).summary().html,
    )
    assert "Owner: The board and The council, was due by 30 November 2016" in front
    assert "Owner: The health board, by 1 February 2017" in front
    assert "The council was due to decide on 1 project by 30 November 2016" in money
    assert "The board is due to decide on 1 project by 1 December 2016" in money
    ledger = Commissioning("2016-11", project).ledger().html
    assert [
        ledger.count(f"<small>{by} 2016</small>")
        for by in ("was due by 30 November", "by 1 December")
    ] == [1, 1]


def test_without_a_ledger_the_three_worst_are_asked_about(project):
    off, target, level, _ = (decision.text for decision in wanted(project))
    assert off.startswith(
        "Decide how to respond to the fall in domestic abuse reports (1,099 fewer"
    )
    assert (
        target == "Decide how to respond to reported “ist” incidents (361, 14 short of target, "
        "April to October 2016)"
    )
    assert (
        level == "Decide how to respond to “ist” incident satisfaction (88%, short of target, "
        "April to September 2016: 2 percentage points below the 90% target)"
    )
    assert [d.owner for d in wanted(project)][1:] == ["Safer Plymouth"] * 3


def test_money_that_is_all_allocated_and_followed_asks_for_nothing(project):
    whole = LEDGER.replace("people_in_counselling", "domestic_abuse").replace("250,,,,,", "0,,,,,")
    whole = whole.replace("grant,2017/18,,,,,1000", "grant,2017/18,,,,,750")
    assert not [d for d in wanted(project, whole) if d.page == "commissioning.html"]
