"""A count that is hidden in the tables stays hidden in words, whether what is said of it is right
or wrong.
"""

import time

import pytest
import tiny

from saferplymouth import Report
from saferplymouth.comments import checking, hidden
from saferplymouth.errors import Mistake
from saferplymouth.indicators.project import Project
from saferplymouth.sources import Comment

FRAMEWORK = """
[areas.safety]
title = "Safety"
priority = "A priority."

[indicators.hate_crime]
name = "Hate crime"
area = "safety"
aim = "increase reporting"
monitoring_only = false
frequency = "month"
unit = "count"
counted = "hate crimes"
agency = "police"
sensitive = true
definition = "Hate crimes."
why = "Because."
target = { "2016/17" = 150 }

[indicators.hate_crime.breakdowns.strand]
name = "Strand"
adds_up = true
groups = { race = "Race", faith = "Faith", disability = "Disability" }

[indicators.theft]
name = "Bicycle theft"
area = "safety"
aim = "reduce"
monitoring_only = false
frequency = "month"
unit = "count"
counted = "bicycle thefts"
agency = "police"
sensitive = false
definition = "Thefts."
why = "Because."
"""
LAST = {
    "04": 10,
    "05": 11,
    "06": 7,
    "07": 8,
    "08": 14,
    "09": 12,
    "10": 9,
    "11": 20,
    "12": 11,
    "01": 2,
    "02": 9,
    "03": 8,
}
THIS = {"04": 9, "05": 12, "06": 0, "07": 8, "08": 15, "09": 9, "10": 3, "11": 28}
GROUPS = {"2016-11": (20, 5, 3), "2016-09": (9, 0, 0)}

# Of the month of November 2016, whose October is hidden (3), and with it the year to date; January
# 2016 is hidden too.
PUBLISHED = """
There were 28 hate crimes in November 2016.
There were 9 hate crimes in September 2016, as in April 2016.
Hate crime rose to 28 in November 2016, against 20 in November 2015.
In November 2016 there were 8 more hate crimes (40%) than in November 2015.
September 2016 had 9 and August 2016 had 15.
There were none in June 2016.
No hate crimes were recorded in June 2016.
The 15 of August 2016 were the most of the summer.
From April to September 2016 there were 53 hate crimes.
In the first quarter of 2016/17 there were 21 hate crimes.
Hate crime rose by 7 from July 2016 to August 2016.
Between July 2016 and August 2016 hate crime rose from 8 to 15.
In November 2015 there were 20 hate crimes, and in October 2015 there were 9.
In December 2015 there were 11 hate crimes.
From April to September 2015 there were 62 hate crimes.
Hate crime fell by 9 (15%) from April to September 2016, against April to September 2015.
The target for the year is 150.
The count for October 2016 is hidden.
There were fewer than 5 hate crimes in October 2016.
Between 1 and 4 hate crimes were recorded in October 2016.
From April to November 2016 there were between 82 and 85 hate crimes.
Bicycle theft stood at 120 in October 2016.
Bicycle theft fell by 3 to 120 in October 2016.
November 2016 (28) was the highest month of the year.
The count doubled from 9 in September 2015 to 18 in November 2015, by our own reckoning.
In September 2016 all 9 hate crimes were about race.
Two officers joined the team in November 2016.
The campaign of 14 October 2016 reached schools.
Hate crime was lower in October 2016 than the partnership would wish.
The third-party reporting centres opened in October 2016 for two weeks.
Hate crime rose in November 2016 to 28, the highest figure this year.
Reports in November 2016 were up by 8 on November 2015.
Hate crime went up from 20 to 28 between November 2015 and November 2016.
Police recorded 28 hate crimes in November, compared with 20 in the same month last year.
In Q1 there were 21 hate crimes, down from 28 in the same quarter last year.
In Q2 there were 32.
August saw 15 reports and September 9.
The July to September quarter had 32 hate crimes.
Nothing was recorded in June 2016: the count was 0.
In November 2016 there were 28. That is 40% more than in November 2015.
The rise in November 2016 followed National Hate Crime Awareness Week, 8 to 15 October.
Figures for October are withheld because they are small.
We do not give the October 2016 figure, which is below 5.
In October 2016 fewer than five were recorded.
The team of 12 officers visited schools in November 2016.
Reports reached 28 in November. Hate crime in October is not shown.
From April to June 2016 there were 21 hate crimes, 7 fewer than in April to June 2015.
The highest month was November 2016 (28), then August 2016 (15) and May 2016 (12).
Please call 101 to report hate crime.
Hate crime awareness training reached 40 staff in September 2016.
Hate crime in November 2016 was 28, more than in any month since April 2015.
We expect the new reporting centre, which opened on 3 October 2016, to help.
28 hate crimes were recorded in November 2016, 19 more than in September 2016.
In May 2016 there were 12 hate crimes, 1 more than in May 2015.
The action plan has 3 parts.
There were 21 in 2016/17 Q1.
Three schools took part in October 2016, and two new awareness sessions were held.
Once the centre opened in October 2016, work began.
Only hate crimes that people report are counted in October 2016.
Both hate crime and bicycle theft are counted in October 2016.
In October 2016 the only centre of its kind opened.
From April to August 2016, hate crime was above the year before in two of the five months.
October 2016 and January 2016 are hidden; November was higher than September.
The steering group met once in October 2016.
A third centre opened in October 2016.
The single point of contact changed in October 2016.
A couple of changes to the form came in October 2016.
Nobody should suffer hate crime.
No change to the recording rules was made in October 2016.
""".strip().splitlines()
WITHHELD = """
There were 3 hate crimes in October 2016.
There were 4 hate crimes in October 2016.
There were 9 hate crimes in October 2016.
There were three hate crimes in October 2016.
There were no hate crimes in October 2016.
There were none in October 2016.
October 2016 had a single hate crime.
Only one hate crime was recorded in October 2016.
A handful of hate crimes, three, were recorded in October.
A couple of hate crimes were recorded in October.
In October there were **3**.
In October there were t*hre*e.
October 2016: 3.
| October 2016 | 3 |
Hate crime fell by 6 in October 2016.
Hate crime fell by 67% in October 2016.
Hate crime fell by two thirds in October 2016.
Hate crime fell from 9 in September 2016 to 3 in October 2016.
Hate crime rose by 25 to 28 in November 2016 from October 2016.
Hate crime rose by 25 in November 2016 on the month before.
There were 25 more in November 2016 than in October 2016.
Hate crime rose ninefold, from 3 to 28, between October and November 2016.
From April to November 2016 there were 84 hate crimes.
There have been 84 hate crimes this year to date.
There have been 84 hate crimes so far this year.
Hate crime is 7 lower than in the same period last year.
The year to date is 16 short of the target.
In October and November 2016 there were 31 hate crimes.
In the third quarter there were 31 hate crimes so far.
October was quiet. There were 3.
October 2016 had more than 2 hate crimes.
October 2016 had fewer than four hate crimes.
Twelve hate crimes were recorded in October 2016.
The number of hate crimes doubled in October 2016.
September 2016 had 9 and October 2016 had 3.
In January 2016 there were 2 hate crimes.
Hate crime halved from January 2016 to June 2016.
In 2015/16 there were 121 hate crimes.
In November 2016, 3 hate crimes were about disability.
Of the 28 in November 2016, 3 of them were not about race.
The third hate crime of October 2016 was a theft.
The number in October 2016 was the same as in September 2016.
Hate crime in October stood at 3, one fewer than expected.
Three hate crimes in October.
Oct: 3
October had 3.
Last month there were three hate crimes.
The previous month saw 3.
Hate crime in Oct 2016 (3) was low.
3 hate crimes were reported in Oct-16.
Between 2 and 4 hate crimes were recorded in October 2016.
Hate crimes in October 2016 were down to 3 from 9.
Hate crime fell by six in October.
October's three hate crimes were all about race.
October 2016 saw a threefold rise on the month after.
Of the 84 hate crimes this year, 81 were outside October.
All but 3 of this year's hate crimes were outside October 2016.
The total for the year stands at 84.
There have been 84 hate crimes.
Hate crime is down 7 on last year.
Hate crime is down 8% on last year.
Numbers are 8% lower than at the same point last year.
Cumulatively 84 hate crimes have been recorded.
April to October 2016: 56.
In the eight months to November 2016 there were 84.
In the last two months there were 31.
Since September 2016 there have been 31.
An average of 10.5 a month this year.
October 2016 had one third of September's number.
In October 2016 a third as many were recorded as in September 2016.
2016-10: 3
10/2016: 3
In October 2016 there was just one.
In October 2016 there was only 1 report.
Reports in October 2016 numbered III.
Reports: October 2016 - ３.
- October 2016: 3
- October: **three**
Nobody reported a hate crime in October 2016: none.
A dozen hate crimes took place in October 2016.
October 2016 had at most 3 hate crimes.
In October the number was 2 or 3.
In October 2016 there were th<b>re</b>e.
In October 2016 there were &#51;.
November's 28 was 25 up on October.
November 2016 was up 25 on the previous month.
It rose 833% in November 2016 on October.
November 2016 was nearly ten times October 2016.
January 2016 had two, and it is 26 more than that now.
In January to March 2016 there were 19.
Last year had 121 in total.
Last year there were 121 hate crimes.
Disability hate crime accounted for 3 in November 2016.
Faith-related reports rose to 5 in November 2016.
Race was 71% of the total in November 2016.
In 2015/16 the total was 121.
Hate crime was 16 below the target in November 2016.
Six fewer than in September: that was October 2016.
Half of the hate crimes in October 2016 were repeat.
There were 32 in 2016/17 Q3.
A trio of hate crimes was recorded in October 2016.
In October 2016, three separate reports were received.
In October 2016 three individuals came forward.
Three racist incidents happened in October 2016.
October 2016 saw three altogether.
Hate crime was reported three times in October 2016.
October 2016 had three in a row.
Hate crimes in October 2016: Total 3.
Reports in October 2016 (n3) were few.
In October 2016 there were < 3 >.
In October 2016 there were &lt;3&gt;.
In October 2016 there were th~~re~~e.
In October 2016 there were 三.
In October 2016 there were thrеe.
In October 2016 there were thrée.
In October 2016 there were t h r e e.
Both of October's reports were about race.
The only report in October 2016 was about race.
The lone hate crime of October 2016 was about race.
Hate crime was reported once in October 2016.
A quartet of hate crimes was recorded in October 2016.
The number doubled unexpectedly in October 2016.
Hate crime went from 1 to 4 between January and October 2016.
In November 2016 there were 31 counting October 2016.
November 2016 and the month before had 31.
The month before November 2016 had 3.
In September 2016 there were 9 and a month later 3.
Bicycle theft aside, there were 3 in October 2016.
October 2016: 1/3 of September.
October 2016: 3x.
October 2016 was higher than January 2016.
Hate crime in October 2016 equalled that of January 2016.
There were 20 about race in November 2016.
""".strip().splitlines()


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tiny.project(tmp_path_factory.mktemp("hidden"), "alpha")
    text = (root / "framework.toml").read_text(encoding="utf-8")
    tiny.put(root / "framework.toml", text + FRAMEWORK)
    months = [f"2015-{m}" if int(m) > 3 else f"2016-{m}" for m in LAST] + [
        f"2016-{m}" for m in THIS
    ]
    for month, count in zip(months, [*LAST.values(), *THIS.values()], strict=True):
        rows = [
            "indicator,period,value,breakdown,group",
            f"alpha,{month},100,,",
            f"hate_crime,{month},{count},,",
            f"theft,{month},120,,",
        ]
        named = ("race", "faith", "disability")
        rows += [
            f"hate_crime,{month},{n},strand,{g}"
            for g, n in zip(named, GROUPS.get(month, ()), strict=False)
        ]
        tiny.put(root / f"data/raw/{month}/returns/police.csv", "\n".join(rows) + "\n")
    return root


@pytest.fixture(scope="module")
def project(root):
    return Project("2016-11", root)


@pytest.mark.parametrize("text", PUBLISHED)
def test_what_is_published_may_be_said(text, project):
    assert hidden.stated(project, "hate_crime", text) == []


@pytest.mark.parametrize("text", WITHHELD)
def test_what_is_hidden_may_not(text, project):
    assert hidden.stated(project, "hate_crime", text) != []


SAID = "There were {} hate crimes in October 2016."


def test_right_or_wrong_or_out_of_bounds_it_is_refused_in_the_same_words(root, project):
    path = root / "data/raw/2016-11/comments/hate_crime.md"
    answers = set()
    for count in ("1", "2", "3", "4", "9", "200"):
        tiny.put(path, f"Author: A. Analyst\nSigned off: B. Chair, seen\n\n{SAID.format(count)}")
        checks = [
            tiny.told(root, *words)
            for words in (["check", "2016-11"], ["run", "2016-11"], ["run", "2016-11", "--final"])
        ]
        assert [done.returncode for done in checks] == [2, 2, 2]
        with pytest.raises(Mistake) as notebook:
            Report("safety", "2016-11", root)["hate_crime"].comment()
        said = [done.stdout + done.stderr for done in checks] + [str(notebook.value)]
        assert all("states a figure for a period whose count is hidden" in text for text in said)
        answers.add("".join(said).replace(SAID.format(count), SAID))
    path.unlink()
    assert len(answers) == 1
    assert not (root / "outputs/2016-11").exists()


def test_nor_may_a_live_figure_lend_it_its_digits(root, project):
    path = root / "data/raw/2016-11/comments/hate_crime.md"
    tiny.put(path, "In October 2016 there were {figure of September 2016}.")
    checks = [
        tiny.told(root, *words)
        for words in (["check", "2016-11"], ["run", "2016-11"], ["run", "2016-11", "--final"])
    ]
    path.unlink()
    assert [done.returncode for done in checks] == [2, 2, 2]
    assert all("In October 2016 there were 9." in done.stderr for done in checks)


def test_a_notebook_neither_checks_nor_saves_it(root):
    section = Report("safety", "2016-11", root)["hate_crime"]
    for tried in (
        section.check,
        lambda text: section.comment(text, "A. Analyst", signed_off="B. Chair, seen"),
    ):
        with pytest.raises(Mistake, match="states a figure for a period whose count is hidden"):
            tried(SAID.format(3))
    assert not (root / "data/raw/2016-11/comments/hate_crime.md").exists()


@pytest.mark.parametrize("text", WITHHELD[:12] + WITHHELD[14:19] + WITHHELD[36:38])
def test_nor_may_a_comment_on_another_indicator_say_it(text, project):
    said = text if "ate crime" in text else f"Of hate crime: {text}"
    assert (
        hidden.stated(project, "theft", f"Bicycle theft was level. {said}") == [said]
        or "**" in said
        or "*h" in said
    )


@pytest.mark.parametrize(
    "text",
    [
        "Three hate incidents in October 2016.",
        "Hate-crime: 3 in October 2016.",
        "Hatecrime in October 2016: 3.",
    ],
)
def test_nor_under_a_name_like_its_own(text, project):
    assert hidden.stated(project, "theft", text) == [text]


@pytest.mark.parametrize("text", PUBLISHED)
def test_and_of_what_is_published_it_may(text, project):
    assert hidden.stated(project, "theft", text) == []


@pytest.mark.parametrize(
    "text",
    ["There were 3 in October 2016.", "Bicycle theft fell by 3 in October 2016. Hate crime rose."],
)
def test_a_comment_on_what_is_not_sensitive_is_let_be(text, project):
    assert hidden.stated(project, "theft", text) == []
    assert checking.Review(project, "theft", Comment(text)).claims != []


def test_a_small_count_that_is_in_doubt_may_not_be_stated_either(tmp_path):
    root = tiny.project(tmp_path, "alpha")
    text = (root / "framework.toml").read_text(encoding="utf-8")
    tiny.put(root / "framework.toml", text.replace("sensitive = false", "sensitive = true"))
    months = [*(f"2015-{n:02d}" for n in range(4, 13)), *(f"2016-{n:02d}" for n in range(1, 11))]
    rows = [f"alpha,{month},{3 if month == '2016-10' else 60}" for month in months]
    returned = root / "data/raw/2016-10/returns/police.csv"
    tiny.put(returned, "\n".join(["indicator,period,value", *rows]) + "\n")
    project = Project("2016-10", root)
    assert project.evidence["alpha"].doubts
    assert hidden.stated(project, "alpha", "There were 3 things in October 2016.") != []


@pytest.mark.parametrize("text", ["x" * 20_000, "é" * 20_000, "_" * 20_000, "<a " * 6_000])
def test_a_long_word_takes_no_longer_to_read_than_words(text, project):
    started = time.monotonic()
    assert hidden.stated(project, "hate_crime", text) == []
    assert time.monotonic() - started < 5
