"""What is being done: the papers on actions and decisions, as it stood, and what pages say of it."""

import datetime
import re
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import tiny
from returned import FRAMEWORK, MONTH

from saferplymouth import sources
from saferplymouth.editions.drop_check import check
from saferplymouth.editions.plan import RunOptions, plan
from saferplymouth.framework import load
from saferplymouth.pages import actions
from saferplymouth.sources.actions import COLUMNS, DECISION_COLUMNS, Action
from saferplymouth.store import actions as recorded
from saferplymouth.store.edition_names import EditionName

GOOD = "overall_crime,Patrol on Fridays,Police,2017-03-31,under way,Began.,2017-01-10\n"
OTHER = GOOD.replace("Patrol on Fridays", "Visit")
MEETINGS = '[meetings]\n"2016-06-14" = "Board"\n"2016-09-13" = "Board"\n'
DAY = datetime.date(2016, 10, 25)


def paper(root: Path, drop: str, *rows: str, name: str = "actions") -> None:
    columns = COLUMNS if name == "actions" else DECISION_COLUMNS
    text = "\n".join([",".join(columns), *rows, ""])
    tiny.put(root / f"data/raw/{drop}/papers/{name}.csv", text)


def told(root: Path, name: str, *rows: str) -> list[tuple]:
    """(row, column, message) of each problem with a paper of these rows."""
    paper(root, "2016-11", *rows, name=name)
    found = sources.read(root / "data/raw", MONTH, FRAMEWORK).problems
    return [(p.row, p.column, str(p)) for p in found]


def action(about: str = "overall_crime", **more) -> Action:
    given = {"response": "Patrol", "owner": "Police", "due": None, "status": "planned"}
    return Action(about, **given | {"progress": "", "date": None, "drop": "2016-11"} | more)


def project(*mine: Action) -> SimpleNamespace:
    """All that pages ask of a project."""
    return SimpleNamespace(month=MONTH, framework=FRAMEWORK, actions=mine)


def text(html: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", html).split())


# --- The papers


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        (OTHER.replace("Visit", "=HYPERLINK"), "response", "like a formula. Cure: start it with"),
        (OTHER.replace("Began.", "+44"), "progress", "like a formula"),
        (OTHER.replace("Police", "@police"), "owner", "like a formula"),
        (OTHER.replace("2017-03-31", "next spring"), "due", "write the date as 2017-01-24"),
        (OTHER.replace("2017-01-10", "9999-12-31"), "date", "is not a date"),
        (
            OTHER.replace("under way", "on going"),
            "status",
            "is not known. Cure: use one of planned",
        ),
        (OTHER.replace("Visit", ""), "response", "the cell is empty"),
        (OTHER.replace("overall_crime", ""), "about", "the cell is empty"),
        (OTHER.replace("Began.", "x" * 501), "progress", "it has 501 characters"),
        (OTHER.replace("Began.", "Be\u202egan"), "progress", "invisible"),
        (GOOD.replace("Patrol", "PATROL"), "response", "appears twice. Cure: keep one"),
    ],
)
def test_a_mistake_in_an_action_is_told_with_its_row_column_and_cure(
    tmp_path, row, column, message
):
    ((at, where, said),) = told(tmp_path, "actions", GOOD.rstrip(), row.rstrip())
    assert (at, where) == (3, column)
    assert message in said


def test_every_mistake_of_a_paper_is_told_at_once_and_what_may_be_missing_is_not_one(tmp_path):
    assert told(tmp_path, "actions", "no_such_key,Ask,,,planned,,", "returns,Chase,,,done,,") == []
    wrong = told(tmp_path, "actions", ",,,soon,ready,,later", "overall_crime,-,,,planned,,")
    assert [(row, column) for row, column, _ in wrong] == [
        *((2, name) for name in ("about", "response", "due", "status", "date")),
        (3, "response"),
    ]
    wrong = told(
        tmp_path / "other", "decisions", "2017-01-24,returns,Ask,,", "January,,Ask,Clerk,soon"
    )
    assert [(row, column) for row, column, _ in wrong] == [
        (3, "meeting"),
        (3, "about"),
        (3, "due"),
    ]


# --- As it stood


def test_a_later_drop_never_changes_what_an_earlier_edition_says(tmp_path):
    root = tiny.project(tmp_path, "alpha", "beta")
    framework = root / "framework.toml"
    framework.write_text(framework.read_text() + MEETINGS)
    paper(root, "2016-05", "alpha,Patrol,Police,,planned,,", "beta,Ask,Police,,under way,,")
    months = pd.period_range("2016-05", "2016-09", freq="M")

    def stood() -> list[list[tuple]]:
        known = load(framework)
        every = [recorded.gather(root, month, known) for month in months]
        return [[(a.response, a.status, a.was) for a in some] for some in every]

    first = stood()
    assert first[0] == [("Patrol", "planned", ""), ("Ask", "under way", "")]
    paper(root, "2016-08", "alpha,patrol,Police,,done,,", "beta,Write,Police,,planned,,")
    later = stood()
    assert later[:3] == first[:3]
    assert first[1][0] == ("Patrol", "planned", "planned")  # June ends after the meeting of 14 June
    assert later[3] == [("patrol", "done", "planned"), ("Write", "planned", "")]
    assert later[4] == [("patrol", "done", "done"), ("Write", "planned", "planned")]


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ("overall_crime,Patrol,Police,,under way,,", ["Patrol"]),
        ("overall_crime,Patrol,Police,,done,Went well.,2016-10-25", ["Patrol"]),
        ("overall_crime,Patrol,Police,,done,Went well.,2016-10-24", ["Patrol", "Act"]),
        ("overall_crime,Patrol,Police,,stopped,,", ["Patrol", "Act"]),
        ("hate_crime,Patrol,Police,,planned,,", ["Patrol", "Act"]),
    ],
)
def test_a_decision_stands_until_an_action_carries_it_out(tmp_path, row, shown):
    paper(tmp_path, "2016-11", row)
    paper(tmp_path, "2016-11", "2016-10-25,overall_crime,Act,Board,", name="decisions")
    now = recorded.gather(tmp_path, MONTH, FRAMEWORK)
    assert [a.response for a in now] == shown


def test_an_action_reaches_a_workers_page_as_it_is_and_only_those_that_show_it(tmp_path):
    mine = (action(due=DAY, was="planned"), action("returns", date=DAY, status="decided"))
    for about, there in ([], mine), (["overall_crime"], mine[:1]):
        ((path, content),) = recorded.files_for_worker(mine, MONTH, about).items()
        tiny.put(tmp_path / path, content)
        assert recorded.gather(tmp_path, MONTH, FRAMEWORK) == there
    assert recorded.files_for_worker(mine, MONTH, ["hate_crime"]) == {}


# --- Decisions


@pytest.mark.parametrize(
    ("mine", "why"),
    [
        ([], ""),
        ([action("hate_crime", due=DAY)], ""),
        ([action(due=datetime.date(2016, 12, 1))], None),
        ([action(due=datetime.date(2016, 11, 30))], "an action was due by 30 November 2016"),
        ([action(due=DAY), action(due=datetime.date(2017, 1, 1))], "an action was due by 25 October 2016"),
        ([action(due=datetime.date(2016, 12, 31), date=datetime.date(2017, 1, 1))], "an action was due by 31 December 2016"),
        ([action(due=datetime.date(2016, 12, 31), date=datetime.date(2016, 12, 31))], None),
        ([action(due=DAY, status="done")], "what was agreed is done or stopped"),
        ([action(due=DAY, status="done"), action(due=datetime.date(2017, 1, 1))], None),
        ([action()], "no date is set"),
        ([action(status="decided", date=DAY)], None),
        ([action(status="decided", date=DAY, due=DAY)], "an action was due by 25 October 2016"),
        ([action(status="decided", date=datetime.date(2016, 3, 31))], ""),
    ],
)  # fmt: skip
def test_a_decision_leaves_the_list_once_it_is_answered_and_comes_back_if_that_fails(mine, why):
    began = datetime.date(2016, 4, 1)
    assert actions.unanswered(project(*mine), "overall_crime", began) == why


# --- Pages


def test_under_an_indicator_off_course_stands_what_is_being_done_or_that_nothing_is_recorded():
    indicator = FRAMEWORK.indicators["overall_crime"]
    assert "No response has been recorded." in actions.response(project(), indicator, off=True)
    assert actions.response(project(), indicator, off=False) == ""
    late = action(due=DAY, progress="Sanctuary agreed. Next: the rest", date=DAY, response="Ask.")
    mine = project(action(status="done", response="Over"), late)
    said = text(actions.response(mine, indicator, off=True))
    assert said == (
        "What is being done Ask. Owner: Police. Due: 25 October 2016 ( late ). Planned, "
        "25 October 2016: Sanctuary agreed. Next: the rest. Over. Owner: Police. Due: no date set. "
        "Done."
    )
    short = text(actions.response(mine, indicator, off=False))
    assert short.startswith("What is being done Ask. Owner: Police. Due: 25 October 2016")
    assert "Over" not in short
    noted = action(status="decided", date=DAY)
    assert actions.response(project(noted), indicator, off=False) == ""
    assert "Sanctuary" not in short


def test_since_the_last_meeting_are_counts_and_the_late_first_and_nothing_without_a_paper():
    assert actions.since_last_meeting(project(), []) == ""
    known = SimpleNamespace(
        last_meeting=lambda month: SimpleNamespace(date=DAY),
        indicators=FRAMEWORK.indicators,
        address=FRAMEWORK.address,
    )
    mine = project(
        action(response="Old and over", status="done", was="done"),
        action(response="Noted", status="decided", was="decided", date=DAY),
        action("gone", response="<b>Fresh</b>", due=datetime.date(2017, 1, 1)),
        action("returns", response="Finished", status="done", was="planned"),
        action(response="Slow", due=DAY, was="planned"),
    )
    mine.framework = known
    off = [FRAMEWORK.indicators[key] for key in ("overall_crime", "ist_incidents")]
    html = actions.since_last_meeting(mine, off)
    heads = re.findall('<th scope="row">(.*?)</th>', html)
    assert [text(head) for head in heads] == [
        "Slow Overall crime",
        "&lt;b&gt;Fresh&lt;/b&gt;",
        "Finished Data needed from partners",
    ]
    assert "Actions since the last meeting, 25 October 2016" in html
    bare = "Off course, with no response recorded: Reported “ist” incidents ."
    assert bare in text(html)
    assert "2 open, 1 done, 1 late and 1 new." in html
    assert all(text(cell) for cell in re.findall("<td[^>]*>(.*?)</td>", html))


def test_ten_thousand_actions_are_read_and_take_no_more_room_than_twenty(tmp_path):
    rows = [f"overall_crime,Step {n},Police,2017-03-31,planned,," for n in range(10_000)]
    assert told(tmp_path, "actions", *rows) == []
    mine = project(*recorded.gather(tmp_path, MONTH, FRAMEWORK))
    html = actions.since_last_meeting(mine, [])
    assert (html.count("<tr>"), "9,980 more are not shown here." in html) == (21, True)
    assert len(html) < 10_000
    shown = actions.response(mine, FRAMEWORK.indicators["overall_crime"], off=True)
    assert "9,995 more are not shown here." in shown


# --- Editions and `check`


def test_only_the_pages_that_show_an_action_are_built_again(tmp_path):
    root = tiny.project(tmp_path, "alpha", "beta")
    tiny.pretend(root)

    def todo() -> dict[str, str]:
        return plan(root, EditionName(pd.Period("2016-04", "M")), RunOptions()).todo

    assert todo() == {}
    paper(root, "2016-04", "alpha,Patrol,Police,,planned,,")
    changed = "the board's papers changed"
    assert todo() == {"board_summary": changed, "alpha": changed}
    tiny.pretend(root)
    paper(root, "2016-04", "alpha,Patrol,Police,,planned,,", "returns,Chase,Police,,planned,,")
    assert todo() == {"board_summary": changed}


def test_check_asks_about_what_is_missing_or_odd_in_the_papers_of_a_drop(tmp_path):
    root = tiny.project(tmp_path, "alpha", months=("2016-04", "2016-05"))
    framework = root / "framework.toml"
    framework.write_text(framework.read_text() + MEETINGS)
    paper(root, "2016-04", "alpha,Old,Police,2016-04-30,planned,,", "alpha,Lost,Police,,planned,,")
    paper(
        root,
        "2016-05",
        "alhpa,Typo,,2016-07-01,planned,,",
        "alpha,Old,Police,2016-04-30,planned,,",
        "alpha,Backwards,Police,2016-05-31,planned,,",
        "alpha,Call,ann@example.org,2016-07-01,planned,,",
        "alpha,Finished,Police,2016-05-31,done,,",
        "alpha,Ahead,Police,2016-07-01,under way,Met.,2016-06-15",
        *[f"alpha,Open {n},Police,,planned,," for n in range(5)],
    )
    paper(root, "2016-05", "2016-06-15,returns,Ask,Clerk,", name="decisions")
    found = check(root, [EditionName(pd.Period("2016-05", "M"))])
    assert found.problems == []
    at = "2016-05/papers/actions.*: "
    assert [q.question for q in found.questions if "/papers/" in q.about] == [
        f"{at}'alhpa' is no key of an indicator or a decision; did you mean alpha?",
        f"{at}No owner is given for “Typo”. Who answers for it?",
        f"{at}No date is set for “Open 0”, “Open 1”, “Open 2” and 2 more. When is it due?",
        f"{at}“Backwards” was due before it was first recorded. Is the date right?",
        f"{at}“Finished” is done, and no progress is given. What came of it?",
        f"{at}The progress of “Ahead” is dated after the next meeting. Is the date right?",
        f"{at}“Lost” was open in an earlier drop and is left out now. Is it done or stopped?",
        f"{at}“Call” names an e-mail address, a phone number or a postcode. Is that for "
        "publication?",
        "2016-05/papers/decisions.*: “Ask” was decided on a day without a meeting in "
        "framework.toml. Is the day right?",
    ]
