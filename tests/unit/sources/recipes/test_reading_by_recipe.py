"""What a recipe takes from a sheet: each layout that senders use, and nothing that could mean two
things.
"""

import pytest
from recipe_lab import figures, of_anytown, recipe, said, sheet, taken

from saferplymouth.sources import recipes

ACROSS = """
[[table]]
header = "Measure"
indicator = "Measure"
period = "heading"
"""
TWO = """
[table.indicators]
burglary = "Burglary"
satisfaction = "Satisfied"
"""
SEX = """
[table.groups.sex]
female = ["Women", "F"]
male = ["Men", "M"]
"""
AGE = """
[table.groups.age]
young = "0-17"
old = "18+"
"""


def test_each_table_of_a_sheet_is_read_and_every_cell_passed_over_says_why():
    found = taken(
        ACROSS + TWO,
        """
        Police figures
        Measure | Apr 2016 | May 2016 | Year to date
        Burglary | 1,234 | 17 (p) | 1,251
        Robbery | 5 | 6 | 11
        Measure | Jun 2016 | Jul 2016 | Year to date
        Burglary | [c] | .. | 1,251
        """,
    )
    assert said(found) == ""
    assert {(f.period, f.value, f.status, f.cell) for f in found.figures} == {
        ("2016-04", 1234, "", "B3"),
        ("2016-05", 17, "p", "C3"),
        ("2016-06", None, "c", "B6"),
        ("2016-07", None, "x", "C6"),
    }
    passed = {(p.cells, p.why) for p in found.passed_over}
    assert ("A4:D4", "'Robbery' is no indicator of the recipe") in passed
    assert ("D3:D4, D6", "'Year to date' is no period wanted") in passed


def test_an_empty_cell_is_no_figure_and_never_nought():
    found = taken(ACROSS + TWO, "Measure | Apr 2016 | May 2016\nBurglary | | 0")
    assert figures(found) == {("burglary", "2016-05"): 0}


MERGED = 'header = "Measure"\nabove = 1\nindicator = "Measure"\nperiod = "heading"\n'


def test_a_heading_over_several_columns_counts_for_each():
    found = taken(
        "[[table]]\n" + MERGED + TWO,
        "| 2015 | | 2016 | |\nMeasure | Nov | Dec | Jan | Feb\nBurglary | 1 | 2 | 3 | 4",
    )
    assert said(found) == ""
    assert figures(found) == {
        ("burglary", "2015-11"): 1,
        ("burglary", "2015-12"): 2,
        ("burglary", "2016-01"): 3,
        ("burglary", "2016-02"): 4,
    }


@pytest.mark.parametrize(
    ("headings", "mistake"),
    [
        ("| | 2015 | | 2016 \nMeasure | Nov | Dec | Nov | Dec", "nothing stands over B2"),
        ("| 2015 | | | 2016 \nMeasure | Nov | Dec | Jan | Feb", "2015-12 is followed by 2015-01"),
        ("| 2015 | 2016 | | \nMeasure | Nov | Dec | Jan | Feb", "2016-12 is followed by 2016-01"),
    ],
)
def test_a_year_that_stands_over_the_wrong_months_is_asked_about(headings, mistake):
    found = taken("[[table]]\n" + MERGED + TWO, f"{headings}\nBurglary | 1 | 2 | 3 | 4")
    assert mistake in said(found)


def test_a_year_written_once_for_the_rows_under_it_must_not_stand_too_low():
    recipe = '[[table]]\nheader = "Year"\nfill = "Year"\nperiod = ["Month", "Year"]\n'
    recipe += 'value = "n"\n[table.indicators.burglary]\n'
    good = "Year | Month | n\n2015 | Nov | 1\n | Dec | 2\n2016 | Jan | 3"
    assert figures(taken(recipe, good))["burglary", "2015-12"] == 2
    low = "Year | Month | n\n2015 | Nov | 1\n | Dec | 2\n | Jan | 3\n2016 | Feb | 4"
    assert "2015-12 is followed by 2015-01" in said(taken(recipe, low))


def test_months_in_any_order_are_read_where_each_has_its_own_year():
    recipe = "[[table]]\n" + MERGED.replace('"heading"', '"heading 2"') + TWO
    text = "| Counts | |\nMeasure | Nov 2016 | Oct 2016 | Nov 2015\nBurglary | 1 | 2 | 3"
    found = taken(recipe, text)
    assert said(found) == ""
    assert figures(found)["burglary", "2015-11"] == 3


def test_columns_without_an_upper_heading_are_read_where_the_recipe_says_so():
    recipe = "[[table]]\n" + MERGED.replace('"heading"', '"title"')
    recipe += 'without."heading 1" = "?*"\nfilters."heading 2" = "Number"\n' + TWO
    found = taken(
        recipe,
        """
        November 2016
        | | | Year to date |
        Measure | Number | % | Number | %
        Burglary | 3 | 1 | 40 | 2
        """,
    )
    assert said(found) == ""
    assert [(f.value, f.cell) for f in found.figures] == [(3, "B4")]


@pytest.mark.parametrize("value", ["Number", "Num*"])
def test_two_columns_of_one_name_are_asked_about(value):
    recipe = TITLED.replace('"n"', f'"{value}"')
    found = taken(recipe, "November 2016\nMeasure | Number | Number\nBurglary | 3 | 4")
    assert not found.figures
    assert f"several columns are named '{value}'. Cure: name the one that is meant by its" in said(
        found
    )
    found = taken(
        TITLED.replace('"n"', '"column C"'), "Nov 2016\nMeasure | n | n\nBurglary | 3 | 4"
    )
    assert figures(found) == {("burglary", "2016-11"): 4}


def test_groups_stand_in_two_dimensions_with_their_totals():
    found = taken(
        '[[table]]\nheader = "Age"\nperiod = "title"\ngroup = ["Age", "heading"]\n'
        'whole = ["All ages", "All"]\n[table.indicators.hate_crime]\n' + SEX + AGE,
        """
        Hate crime, November 2016
        Age | Women | Men | All
        0-17 | 1 | 2 | 3
        18+ | 10 | 20 | 30
        All ages | 11 | 22 | 33
        """,
    )
    assert said(found) == ""
    assert figures(found) == {
        ("hate_crime", "2016-11", "young"): 3,
        ("hate_crime", "2016-11", "old"): 30,
        ("hate_crime", "2016-11", "female"): 11,
        ("hate_crime", "2016-11", "male"): 22,
        ("hate_crime", "2016-11"): 33,
    }
    assert "C3" not in {f.cell for f in found.figures}


def test_a_label_of_two_breakdowns_is_of_the_one_whose_labels_stand_around_it():
    recipe = (
        '[[table]]\nheader = "Sex"\nperiod = "Month"\nvalue = "n"\ngroup = ["Sex", "Age"]\n'
        'whole = "All"\n[table.indicators.hate_crime]\n'
        '[table.groups.sex]\nfemale = "F"\nmale = "Unknown"\n'
        '[table.groups.age]\nyoung = "0-17"\nold = "Unknown"\n'
    )
    rows = "F | All | 3\nUnknown | All | 4\nAll | 0-17 | 2\nAll | Unknown | 5\nAll | All | 7"
    months = "\n".join(f"Nov 2016 | {row}" for row in rows.splitlines())
    found = taken(recipe, f"Month | Sex | Age | n\n{months}")
    assert said(found) == ""
    assert figures(found)["hate_crime", "2016-11", "male"] == 4
    assert figures(found)["hate_crime", "2016-11", "old"] == 5


def test_groups_that_do_not_add_up_to_their_total_are_asked_about():
    recipe = '[[table]]\nheader = "Month"\nperiod = "Month"\ngroup = "heading"\nwhole = "All"\n'
    recipe += "[table.indicators.hate_crime]\n" + SEX
    found = taken(recipe, "Month | Women | Men | All\nNov 2016 | 3 | 4 | 8")
    assert "adds up to 7, but the total is 8. Cure: ask the sender which is right" in said(found)


def test_a_total_that_is_not_stated_is_the_sum_of_all_groups_or_none():
    recipe = '[[table]]\nheader = "Month"\nperiod = "Month"\ngroup = "heading"\n'
    recipe += 'whole_is_sum_of = "sex"\n[table.indicators.hate_crime]\n' + SEX
    found = taken(recipe, "Month | Women | Men\nNov 2016 | 3 | 4\nDec 2016 | 5 | ")
    assert figures(found) == {
        ("hate_crime", "2016-11", "female"): 3,
        ("hate_crime", "2016-11", "male"): 4,
        ("hate_crime", "2016-11"): 7,
    }
    assert "2016-12 by sex lacks male" in {p.why for p in found.passed_over}


SUM = ACROSS + '[table.indicators]\nburglary = {sum = ["Homes", "Shops"]}\n'


def test_a_sum_names_every_cell_it_is_made_of():
    (figure,) = taken(SUM, "Measure | Nov 2016\nHomes | 30\nOther | 1\nShops | 12").figures
    assert (figure.value, figure.cell) == (42, "B2, B4")


@pytest.mark.parametrize(("shops", "status"), [("[c]", "c"), ("..", "x")])
def test_a_sum_with_a_part_that_is_hidden_or_absent_is_so_too(shops, status):
    found = taken(SUM, f"Measure | Nov 2016\nHomes | 30\nShops | {shops}")
    assert figures(found) == {("burglary", "2016-11"): status}


def test_a_sum_that_lacks_a_part_is_not_made():
    found = taken(SUM, "Measure | Nov 2016\nHomes | 30")
    assert not found.figures
    assert "lacks 'Shops', which is part of the sum" in said(found)


def test_percentages_that_add_up_to_more_than_all_are_asked_about():
    recipe = ACROSS + '[table.indicators]\nsatisfaction = {sum = ["Very", "Fairly"]}\n'
    sheet = "Measure | Nov 2016\nVery | 60%\nFairly | {}%"
    assert figures(taken(recipe, sheet.format(30))) == {("satisfaction", "2016-11"): 90}
    found = taken(recipe, sheet.format(50))
    assert not found.figures
    assert "the parts of satisfaction for 2016-11 add up to 110%" in said(found)


def test_parts_that_do_not_add_up_to_the_figure_beside_them_are_asked_about():
    recipe = ACROSS + '[table.indicators]\nburglary = {label = "All", agrees_with = ["A", "B"]}\n'
    sheet = "Measure | Nov 2016\nA | 1\nB | 2\nAll | {}"
    assert said(taken(recipe, sheet.format(3))) == ""
    assert "is 4, but its parts add up to 3" in said(taken(recipe, sheet.format(4)))


WEEKS = '[[table]]\nheader = "Week"\nperiod = "Week"\nvalue = "n"\nperiods.weeks = "first day"\n'
WEEKS += "[table.indicators.burglary]\n"


def test_weeks_are_added_up_to_months_that_have_them_all():
    days = ["31/10/2016", "07/11/2016", "14/11/2016", "21/11/2016", "28/11/2016", "05/12/2016"]
    rows = "\n".join(f"{day} | {n}" for n, day in enumerate(days, start=1))
    found = taken(WEEKS, f"Week | n\n{rows}")
    assert figures(found) == {("burglary", "2016-11"): 2 + 3 + 4 + 5}
    assert [p.cells for p in found.passed_over if "lacks one of its weeks" in p.why] == ["B2", "B7"]


def test_days_are_no_months():
    recipe = '[[table]]\nheader = "Month"\nperiod = "Month"\nvalue = "n"\n'
    recipe += "[table.indicators.burglary]\n"
    found = taken(recipe, "Month | n\n01/01/2016 | 1\n02/01/2016 | 2\n03/01/2016 | 3")
    assert "its periods are days, such as '02/01/2016', and no months" in said(found)


def test_each_row_is_a_case_of_its_month_by_the_clock_here():
    recipe = '[[table]]\nheader = "When"\nperiod = "When"\nvalue = "rows"\ngroup = "Sex"\n'
    recipe += "[table.indicators.hate_crime]\n" + SEX
    found = taken(
        recipe,
        """
        When | Sex
        30/06/2016 | F
        2016-06-30T23:30:00+00:00 | M
        2016-07-04 | F
        2016-08-01 | F
        2016-08-02 |
        total | 5
        """,
    )
    assert said(found) == ""
    assert figures(found) == {
        ("hate_crime", "2016-06"): 1,
        ("hate_crime", "2016-06", "female"): 1,
        ("hate_crime", "2016-06", "male"): 0,
        ("hate_crime", "2016-07"): 2,
        ("hate_crime", "2016-07", "female"): 1,
        ("hate_crime", "2016-07", "male"): 1,
        ("hate_crime", "2016-08"): 2,
    }
    assert "2016-08 has cases whose sex is not known" in {p.why for p in found.passed_over}


def test_a_sender_has_signs_of_its_own():
    recipe = 'marks.zero = ["-"]\nmarks.missing = ["N/K"]\nmarks.provisional = ["†"]\n'
    recipe += 'marks.footnote = ["(a)"]\n' + ACROSS + TWO
    found = taken(
        recipe,
        """
        Measure | Apr 2016 | May 2016 | Jun 2016 | Jul 2016 | Aug 2016
        Burglary | - | n/k | 12† | 13 (a) | 14
        """,
    )
    assert said(found) == ""
    read = [(f.value, f.status) for f in found.figures]
    assert read == [(0, ""), (None, "x"), (12, "p"), (13, ""), (14, "")]


def test_a_sign_that_nobody_explained_is_asked_about():
    found = taken(ACROSS + TWO, "Measure | Apr 2016\nBurglary | -")
    assert not found.figures
    assert str(found.problems[0]) == (
        "file.csv, cell B2: '-' is not a number. "
        "Cure: correct the cell, or name its sign in marks of the recipe."
    )


def test_of_two_tables_side_by_side_each_row_keeps_to_its_own():
    found = taken(
        '[[table]]\nheader = ["Month", "Burglary"]\nperiod = "Month"\nvalue = "Burglary"\n'
        "[table.indicators.burglary]\n"
        '[[table]]\nheader = ["Month", "Satisfied"]\nperiod = "Month"\nvalue = "Satisfied"\n'
        "[table.indicators.satisfaction]\n",
        """
        Month | Burglary | | Month | Satisfied
        Apr 2016 | 1 | | Jun 2016 | 80%
        May 2016 | 2 | | Jul 2016 | 90%
        """,
    )
    assert figures(found) == {
        ("burglary", "2016-04"): 1,
        ("burglary", "2016-05"): 2,
        ("satisfaction", "2016-06"): 80,
        ("satisfaction", "2016-07"): 90,
    }


def test_an_empty_column_inside_a_table_parts_nothing():
    found = taken(ACROSS + TWO, "Measure | Apr 2016 | | May 2016\nBurglary | 1 | | 2")
    assert figures(found) == {("burglary", "2016-04"): 1, ("burglary", "2016-05"): 2}


def test_figures_beside_labels_of_their_own_are_not_read_for_another_tables_rows():
    found = taken(
        ACROSS + TWO,
        "Measure | Apr 2016 | | Victims | May 2016\nBurglary | 1 | | Women | 2",
    )
    assert figures(found) == {("burglary", "2016-04"): 1}


def test_a_sheet_for_each_month_is_read_and_hidden_sheets_are_not():
    recipe = '[[table]]\nheader = "Measure"\nindicator = "Measure"\nperiod = "sheet"\n'
    recipe += 'value = "Number"\n' + TWO
    text = "Measure | Number\nBurglary | {}"
    sheets = [sheet(text.format(n), name) for n, name in enumerate(("April 2016", "May 2016"), 1)]
    hidden = sheet(text.format(99), "June 2016", visible=False)
    found = taken(recipe, *sheets, hidden)
    assert figures(found) == {("burglary", "2016-04"): 1, ("burglary", "2016-05"): 2}


def test_a_table_on_a_hidden_sheet_is_asked_about():
    found = taken(ACROSS + TWO, sheet("Measure | Apr 2016\nBurglary | 3", "Old", visible=False))
    assert not found.figures
    assert "that can be seen. Cure: ask the sender whether to use a hidden one" in said(found)


def test_formulas_and_signs_of_a_terminal_in_a_senders_texts_do_nothing():
    rows = [["=cmd()", "Apr 2016"], ["=1+1", 3], ["Burglary", "=3"], ["\x1b[31mHate crime", 4]]
    text = ACROSS.replace("Measure", "=cmd*").replace('"=', '"*') + TWO
    found = taken(text.replace("*cmd*", "*cmd()"), sheet(rows, "\x1b[31m=a"))
    assert not found.figures
    told = said(found) + "".join(p.sheet + p.why for p in found.passed_over)
    assert "'=3' is not a number" in told
    assert "\x1b" not in told


def test_a_rate_is_converted_to_the_frameworks_base_with_its_limits():
    recipe = '[[table]]\nheader = "Year"\nperiod = "Year"\nvalue = "Rate"\nlow = "Lower"\n'
    recipe += 'high = "Upper"\n[table.indicators.admissions]\nper = 100000\n'
    (figure,) = taken(recipe, "Year | Rate | Lower | Upper\n2015/16 | 690 | 650.5 | 730").figures
    assert (figure.value, figure.low, figure.high) == (6.9, 6.505, 7.3)


def test_a_rate_for_another_number_of_people_than_the_sheet_says_is_asked_about():
    recipe = '[[table]]\nheader = "Year"\nperiod = "Year"\nvalue = "Rate*"\n'
    recipe += "[table.indicators.admissions]\nper = 100000\n"
    assert figures(taken(recipe, "Year | Rate per 100,000\n2015/16 | 690")) == {
        ("admissions", "2015/16"): 6.9
    }
    found = taken(recipe, "Year | Rate per 1,000\n2015/16 | 6.9")
    assert not found.figures
    assert "the sheet says per 1,000, the recipe per 100,000" in said(found)


def test_a_total_is_not_added_to_its_parts():
    recipe = '[[table]]\nheader = "Month"\nperiod = "Month"\nvalue = "n"\nadd_up = "Rank"\n'
    recipe += "[table.indicators.burglary]\n"
    parts = "Month | Rank | n\nNov 2016 | A | 1\nNov 2016 | B | 2"
    assert figures(taken(recipe, parts)) == {("burglary", "2016-11"): 3}
    found = taken(recipe, f"{parts}\nNov 2016 | Total | 3")
    assert not found.figures
    assert "adds up C4, which is called a total, and its parts" in said(found)


PARTS = '[[table]]\nheader = "Month"\nperiod = "Month"\nnumerator = "yes"\ndenominator = "all"\n'
PARTS += "[table.indicators.satisfaction]\n"


def test_a_percentage_is_worked_out_from_its_parts():
    (figure,) = taken(PARTS, "Month | yes | all\nNov 2016 | 150 | 200").figures
    assert (figure.value, figure.numerator, figure.denominator) == (75, 150, 200)


@pytest.mark.parametrize("cells", ["15 | ", "15 | 0", "15 | [c]", "21 | 20", "1.5 | 20"])
def test_a_numerator_without_its_denominator_is_no_percentage(cells):
    found = taken(PARTS, f"Month | yes | all\nNov 2016 | {cells}")
    assert not found.figures
    assert "denominator" in said(found)


def test_a_percentage_that_its_parts_contradict_is_asked_about():
    recipe = PARTS.replace("numerator", 'value = "%"\nnumerator', 1)
    text = "Month | % | yes | all\nNov 2016 | {} | 15 | 20"
    assert figures(taken(recipe, text.format("75"))) == {("satisfaction", "2016-11"): 75}
    assert "88% is not 15 of 20" in said(taken(recipe, text.format("88")))


@pytest.mark.parametrize(
    ("label", "cell", "mistake"),
    [
        ("Satisfied", "0.88", "could be a share or a percentage"),
        ("Satisfied", "101", "is not between 0 and 100"),
        ("Burglary", "12%", "is a percentage, which burglary is not"),
        ("Burglary", "£12", "is an amount, which burglary is not"),
        ("Burglary", "-3", "is negative"),
        ("Burglary", "1.5", "is not a whole number"),
        ("Burglary", "about 40", "is not a number"),
        ("Burglary", "1.234.567", "is not a number"),
        ("Burglary", "10000000000", "is too large"),
    ],
)
def test_a_cell_that_cannot_be_the_figure_is_asked_about(label, cell, mistake):
    found = taken(ACROSS + TWO, f"Measure | Apr 2016\n{label} | {cell}")
    assert not found.figures
    assert mistake in said(found)


def test_two_rows_with_the_same_label_are_asked_about_and_neither_is_taken():
    found = taken(
        ACROSS + '[table.indicators]\nburglary = "*burglary*"\n',
        "Measure | Apr 2016\nBurglary of homes | 7\nAll burglary | 9",
    )
    assert not found.figures
    assert "burglary for 2016-04 is there 2 times: B2, B3. Cure: say with filters" in said(found)


def test_a_row_named_by_one_indicator_is_not_anothers_pattern():
    found = taken(
        ACROSS + '[table.indicators]\noverall_crime = "*crime*"\nhate_crime = "Hate crime"\n',
        "Measure | Apr 2016\nHate crime | 3",
    )
    assert figures(found) == {("hate_crime", "2016-04"): 3}


@pytest.mark.parametrize("label", ["Attacks [a-z]?", "Attacks (all).", "^Attacks$", "Attacks|x"])
def test_nothing_but_a_star_has_a_meaning_of_its_own_in_a_label(label):
    recipe = ACROSS + f"[table.indicators]\nburglary = {{label = '{label}'}}\n"
    rows = [["Measure", "Apr 2016"], ["Attacks b1", 1], ["Attacks", 2], [label, 3]]
    assert figures(taken(recipe, sheet(rows))) == {("burglary", "2016-04"): 3}
    starred = recipe.replace(label, f"{label} *")
    assert figures(taken(starred, sheet([rows[0], ["Attacks b1 x", 1], [f"{label} x", 3]]))) == {
        ("burglary", "2016-04"): 3
    }


TITLED = ACROSS.replace("heading", "title") + 'value = "n"\n' + TWO


@pytest.mark.parametrize(
    ("title", "period"),
    [
        ("Figures for November 2016", "2016-11"),
        ("November 2016 (produced 5 December 2016)", "2016-11"),
        ("Printed December 2016: November 2016", None),
        ("November", None),
    ],
)
def test_a_title_says_one_period_or_is_asked_about(title, period):
    found = taken(TITLED, f"{title}\nMeasure | n\nBurglary | 3")
    assert [f.period for f in found.figures] == [period] * bool(period)
    assert ("several periods" in said(found)) == title.startswith("Printed")


def test_the_period_may_stand_in_the_files_name():
    loaded = recipe(TITLED.replace('"title"', '"file"'))
    for name in ("police_2016-11.xlsx", "police-nov-2016.xlsx", "Police November 2016 v2.csv"):
        read = [sheet("Measure | n\nBurglary | 3")]
        found = recipes.take(read, f"2017-01/received/{name}", loaded, of_anytown())
        assert figures(found) == {("burglary", "2016-11"): 3}


def test_a_column_headed_by_one_month_is_not_read_for_the_month_of_the_title():
    recipe = TITLED.replace('"n"', '"Oct 2016"')
    found = taken(recipe, "November 2016\nMeasure | Oct 2016\nBurglary | 3")
    assert not found.figures
    assert "'Oct 2016' heads the figures, but the recipe takes their period elsewhere" in said(
        found
    )


@pytest.mark.parametrize("text", ["Produced 12/05/2017 for 2016", "This year"])
def test_the_year_of_months_without_one_is_said_once_or_asked_about(text):
    recipe = ACROSS + 'periods.year = "cell A1"\n' + TWO
    found = taken(recipe, f"{text}\nMeasure | Apr | Jan\nBurglary | 1 | 2")
    assert not found.figures
    assert "does not say one year" in said(found)
    good = taken(recipe, "Produced May 2017 for 2016/17\nMeasure | Apr | Jan\nBurglary | 1 | 2")
    assert figures(good) == {("burglary", "2016-04"): 1, ("burglary", "2017-01"): 2}


def test_noughts_after_the_last_month_are_not_read_nor_any_if_it_is_not_known():
    recipe = ACROSS + 'periods.last = "cell A1"\n' + TWO
    text = "{}\nMeasure | Apr 2016 | May 2016\nBurglary | 1 | 0"
    assert figures(taken(recipe, text.format("Figures to April 2016"))) == {
        ("burglary", "2016-04"): 1
    }
    found = taken(recipe, text.format("Figures to Avril"))
    assert not found.figures
    assert "does not say one last period" in said(found)


def test_a_column_or_table_that_is_not_there_is_named_with_those_that_are():
    recipe = '[[table]]\nheader = "Month"\nperiod = "Month"\nvalue = "Total"\n'
    recipe += "[table.indicators.burglary]\n"
    found = taken(recipe, "Month | Number\nNov 2016 | 3")
    assert "no column is named 'Total'. Cure: the columns are 'number', 'month'" in said(found)
    assert "no row has 'Month'" in said(taken(recipe, "When | Total\nNov 2016 | 3"))


def test_a_note_with_a_headers_text_gives_nothing_of_its_own():
    found = taken(
        ACROSS + TWO,
        """
        Measure
        Measure | Apr 2016
        Burglary | 3
        Measure | is explained below
        Burglary | 9
        """,
    )
    assert figures(found) == {("burglary", "2016-04"): 3}


def test_cells_of_a_million_characters_do_no_harm():
    words, letters = "2016 a " * 150_000, "1a" * 500_000
    rows = [[words], ["Measure", "n", letters], ["Burglary", 3, words], [words, letters]]
    found = taken(TITLED, sheet(rows))
    assert not found.figures
    assert len(said(found)) < 1000


def test_thousands_over_the_figures_are_asked_about_until_the_recipe_says_so():
    text = "Measure | Apr 2016 | May 2016\n | 000s | 000s\nBurglary | 12 | 13"
    asked = taken(ACROSS + '[table.indicators]\nburglary = "Burglary"', text)
    assert "the sheet has '000s' over the figures" in said(asked)
    assert asked.figures == []
    settled = '[table.indicators]\nburglary = {label = "Burglary", times = 1000}'
    assert figures(taken(ACROSS + settled, text))["burglary", "2016-04"] == 12_000


def test_a_mark_in_a_column_of_its_own_is_of_the_figure_to_its_left():
    found = taken(ACROSS + TWO, "Measure | Apr 2016 | | May 2016 |\nBurglary | 7 | (r) | 8 |")
    assert [(f.value, f.status, f.cell) for f in found.figures] == [(7, "r", "B2"), (8, "", "D2")]


def test_a_footnote_sign_on_a_period_makes_no_difference():
    found = taken(ACROSS + TWO, "Measure | Apr 2016² | May 2016\nBurglary | 7 | 8")
    assert figures(found) == {("burglary", "2016-04"): 7, ("burglary", "2016-05"): 8}


def test_groups_under_several_totals_are_each_of_the_one_above_them():
    found = taken(
        ACROSS + 'group = "Measure"\n' + '[table.indicators]\nhate_crime = "Hate crime"' + SEX,
        """
        Measure | Apr 2016
        Hate crime | 9
        Women | 4
        Men | 5
        Robbery | 7
        Women | 1
        Men | 6
        """,
    )
    assert said(found) == ""
    assert {(f.group, f.value, f.cell) for f in found.figures} == {
        ("", 9, "B2"),
        ("female", 4, "B3"),
        ("male", 5, "B4"),
    }
