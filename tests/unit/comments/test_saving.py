"""A comment is checked where it is written, and saved in the drop only when nothing in it is
wrong.
"""

import datetime
import sys

import pytest
import tiny

from saferplymouth import Report
from saferplymouth.errors import Mistake

ASB = "anti_social_behaviour"
WRONG = "Anti-social behaviour is up by 367 incidents on the same period last year, a 5% reduction."
RIGHT = "Anti-social behaviour is up by 367 incidents on the same period last year, a rise of 5%."
HUNDRED, SINCE, LESS = (
    "There were 100 things in April 2016.",
    "There were many.",
    "There were 90 things in April 2016.",
)
FILE = "data/raw/2016-04/comments/alpha.md"


@pytest.fixture
def asb(project):
    """The indicator as a notebook has it, of the whole project."""
    return Report(ASB, "2016-11", project)[ASB]


@pytest.fixture
def root(tmp_path):
    """A very small project of two months."""
    return tiny.project(tmp_path / "tiny", "alpha", months=("2016-04", "2016-05"))


@pytest.fixture
def alpha(root):
    """Gives the indicator of the small project as a notebook has it."""
    return lambda month="2016-04": Report("alpha", month, root)["alpha"]


def test_a_wrong_comment_is_refused_with_the_right_figure_and_the_corrected_one_is_saved(
    asb, project
):
    before = tiny.snapshot(project / "data/raw")
    part = asb.comment(WRONG, "A. Analyst")
    assert "Not saved" in part.html
    assert "“5%” is not what the figures say" in part.html
    assert (
        "Anti-social behaviour, April to November 2016: 5.4% more than in April to November 2015"
        in part.html
    )
    assert tiny.snapshot(project / "data/raw") == before
    assert f"Saved as data/raw/2016-11/comments/{ASB}.md" in asb.comment(RIGHT, "A. Analyst").html
    saved = (project / f"data/raw/2016-11/comments/{ASB}.md").read_text(encoding="utf-8")
    header = (
        f"Author: A. Analyst\nDate: {datetime.date.today()}\nWritten for: 7,170 to November 2016\n"
    )
    assert saved == f"{header}\n{RIGHT}\n"
    assert tiny.told(project, "check", "2016-11").returncode == 0


def test_each_claim_of_a_text_can_be_looked_at_without_saving(asb, project):
    part = asb.check(
        f"{RIGHT} Shed break-ins rose by 9%. There were 784 incidents in November 2016."
    )
    leads = ("Not what the figures say", "Numbers to be confirmed", "Right")
    at = [part.html.index(f"<strong>{lead}:") for lead in leads]
    assert at == sorted(at)
    assert not (project / "data/raw/2016-11/comments").exists()


def test_a_saved_comment_is_on_the_page_of_whoever_opens_it(alpha):
    section = alpha()
    section.comment(HUNDRED, "A. Analyst")
    page = alpha().comment().html
    assert HUNDRED in page
    assert "A. Analyst" in page
    assert section.comment().html == page


def test_words_on_two_lines_stay_two_words(alpha):
    section = alpha()
    section.comment("There were *many*\n*more*.", "A. Analyst")
    assert "<em>many</em>\n<em>more</em>" in section.comment().html


def test_a_comment_that_is_there_already_is_left_alone_and_shown_as_on_the_page(alpha, root):
    alpha().comment(HUNDRED, "A. Analyst")
    before = (root / FILE).stat().st_mtime_ns
    assert alpha().comment(f" {HUNDRED}\n", "A. Analyst").html == alpha().comment().html
    assert (root / FILE).stat().st_mtime_ns == before


def test_a_comment_is_checked_against_the_figures_as_they_are_when_it_is_saved(alpha, root):
    section = alpha()
    tiny.put(
        root / "data/raw/2016-04/returns/police.csv", "indicator,period,value\nalpha,2016-04,90\n"
    )
    assert "Not saved" in section.comment(HUNDRED, "A. Analyst").html
    assert "Saved as" in section.comment(LESS, "A. Analyst").html
    assert "Written for: 90 to April 2016" in (root / FILE).read_text(encoding="utf-8")


def test_another_months_comment_keeps_what_it_was_written_for(alpha, root):
    alpha().comment(SINCE, "A. Analyst")
    alpha("2016-05").comment(SINCE, "A. Analyst")
    assert "Written for: 100 to April 2016" in (root / FILE).read_text(encoding="utf-8")
    assert "Written for: 200 to May 2016" in (root / FILE.replace("-04", "-05")).read_text(
        encoding="utf-8"
    )


def test_somebody_elses_comment_is_replaced_only_by_naming_them(alpha, root, capsys, monkeypatch):
    monkeypatch.delattr(sys, "ps1", raising=False)  # as in a script
    alpha().comment(SINCE, "B. Other")
    section = alpha()
    section.comment(HUNDRED, "A. Analyst")
    saved, refused = capsys.readouterr().out.splitlines()
    assert f"> Saved as {FILE}." in saved
    assert "Not saved: a comment by B. Other is there." in refused
    assert refused.endswith('say replacing="B. Other".')
    assert SINCE in (root / FILE).read_text(encoding="utf-8")
    assert (
        "in place of the one by B. Other"
        in section.comment(HUNDRED, "A. Analyst", replacing="B. Other").html
    )
    assert HUNDRED in (root / FILE).read_text(encoding="utf-8")
    section.comment(SINCE, "A. Analyst")
    assert HUNDRED not in (root / FILE).read_text(encoding="utf-8")


def test_one_that_came_meanwhile_or_bears_no_name_is_somebody_elses(alpha, root):
    section = alpha()
    tiny.put(root / FILE, SINCE)
    assert 'replacing="name not given"' in repr(section.comment(HUNDRED, "A. Analyst"))


def test_a_wrong_comment_stands_when_it_is_signed_off_with_a_reason(alpha):
    with pytest.raises(Mistake, match="is signed off without a reason"):
        alpha().comment(LESS, "A. Analyst", signed_off="B. Chair")
    page = (
        alpha().comment(LESS, "A. Analyst", signed_off="B. Chair, the board has seen the slip").html
    )
    assert "“90” is not what the figures say" in page
    assert "Accepted by B. Chair, the board has seen the slip." in page


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"text": HUNDRED}, "a comment bears a name, on one line"),
        ({"text": HUNDRED, "author": " "}, "a comment bears a name, on one line"),
        ({"text": HUNDRED, "author": "A\nSigned off: B, c"}, "a comment bears a name, on one line"),
        (
            {"text": HUNDRED, "author": "A", "signed_off": "B\nc, d"},
            "a comment bears a name, on one line",
        ),
        ({"text": 5, "author": None}, "text and author must be text in quotes"),
        ({"author": "A. Analyst"}, "text must be text in quotes"),
        ({"text": " ", "author": "A. Analyst"}, "contains no text"),
        ({"text": HUNDRED, "author": "A"}, "'A' is not a name"),
        ({"text": HUNDRED, "author": "\u3164\u3164"}, r"U\+3164"),
        ({"text": HUNDRED, "author": "A. Analyst\u2028Signed off: B. Chair, c"}, r"U\+2028"),
        ({"text": LESS, "author": "A. Analyst", "signed_off": "-, -"}, "'-' is not a name"),
        (
            {"text": f"Signed off: B. Chair, seen\n{LESS}", "author": "A. Analyst"},
            "looks like a line 'Signed off: '",
        ),
        ({"text": "x" * 20_001, "author": "A. Analyst"}, "has 20,001 characters"),
    ],
)
def test_what_is_no_comment_is_answered_in_words(given, message, alpha, root):
    before = tiny.snapshot(root / "data/raw")
    with pytest.raises(Mistake, match=message):
        alpha().comment(**given)
    assert tiny.snapshot(root / "data/raw") == before


def test_a_final_edition_is_not_changed_by_a_comment(tmp_path):
    root = tiny.project(tmp_path, "alpha")
    tiny.pretend(root, final=True)
    with pytest.raises(
        Mistake,
        match=r'the edition 2016-04 is final.* saferplymouth run 2016-04 --correct "the reason"',
    ):
        Report("alpha", "2016-04", root)["alpha"].comment("Things rose.", "A. Analyst")
    assert not (root / "data/raw/2016-04/comments").exists()


def test_a_run_saves_nothing_and_builds_only_where_the_drop_has_the_same_comment(tmp_path):
    shown = tiny.area("{key}", parts=("headline", "chart", "control", "table", "source"))
    said = "section.comment('Things rose in {key}.', 'A. Analyst')"
    cells = {
        key: tiny.notebook(tiny.PARAMETERS, shown.format(key=key), said.format(key=key))
        for key in ("alpha", "beta")
    }
    root = tiny.project(tmp_path, "alpha", "beta", **cells)
    Report("alpha", "2016-04", root)["alpha"].comment("Things rose in alpha.", "A. Analyst")
    before = tiny.snapshot(root / "data/raw")
    done = tiny.told(root, "run", "--jobs", "1")
    assert done.returncode == 1
    assert "alpha: built" in done.stdout
    assert "beta: FAILED, NotSaved: a run saves no comment, and" in done.stdout
    page = (root / "outputs/partial/2016-04/alpha.html").read_text(encoding="utf-8")
    assert "Things rose in alpha." in page
    assert "Saved as" not in page
    assert tiny.snapshot(root / "data/raw") == before


def test_a_live_figure_is_saved_as_it_is_written_and_shown_as_the_edition_has_it(asb, project):
    text = "Reports are {up or down} by {change} ({percent}) on last year."
    shown = asb.comment(text, "A. Analyst").html
    assert "Reports are up by 367 (5%) on last year." in shown
    saved = (project / f"data/raw/2016-11/comments/{ASB}.md").read_text(encoding="utf-8")
    assert saved.endswith(f"\n{text}\n")
    assert tiny.told(project, "check", "2016-11").returncode == 0


def test_a_live_figure_follows_a_revision(alpha, root):
    alpha().comment("There were {figure of April 2016}.", "A. Analyst")
    returned = root / "data/raw/2016-04/returns/police.csv"
    tiny.put(returned, "indicator,period,value\nalpha,2016-04,90\n")
    assert "There were 90." in alpha().comment().html


def test_a_typed_direction_beside_a_live_figure_is_compared_with_it(asb):
    refused = asb.comment("Reports are down by {change} on last year.", "A. Analyst").html
    assert "“367” is not what the figures say" in refused


def test_a_name_that_is_no_live_figure_is_answered_with_the_nearest(asb, project):
    with pytest.raises(Mistake, match=r"\{chnge\} is not a live figure; did you mean 'change'\?"):
        asb.comment("Reports rose by {chnge}.", "A. Analyst")
    path = project / f"data/raw/2016-11/comments/{ASB}.md"
    tiny.put(path, "Reports rose by {chnge}.\n")
    done = tiny.told(project, "check", "2016-11")
    assert (done.returncode, "did you mean 'change'" in done.stderr) == (2, True)


def test_what_is_confirmed_by_name_is_no_longer_open(alpha, root):
    text = "About 30 families were helped."
    assert "“30” matches no figure" in alpha().comment(text, "A. Analyst").html
    confirm = {"About 30 families": "PDAS quarterly note"}
    page = alpha().comment(text, "A. Analyst", confirm=confirm).html
    assert "missing" not in page
    line = "Confirmed: About 30 families | A. Analyst | PDAS quarterly note"
    assert line in (root / FILE).read_text(encoding="utf-8").splitlines()
    with pytest.raises(Mistake, match="'-' is not a reason"):
        alpha().comment(text, "A. Analyst", confirm={"30": "-"})
