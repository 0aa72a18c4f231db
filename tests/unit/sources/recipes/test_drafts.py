"""Drafts of recipes: what `learn` finds in a sheet nobody described, and what it does not claim."""

import pytest
from recipe_lab import figures, of_anytown, recipe, sheet

from saferplymouth.sources import recipes
from saferplymouth.sources.recipes.learning import learn


def drafted(*texts, file: str = "Police figures November 2016.xlsx") -> tuple[str, recipes.Taken]:
    """The draft for sheets, or texts of them, and what it reads."""
    sheets = [sheet(text) if isinstance(text, str) else text for text in texts]
    text = learn(sheets, file, of_anytown())
    own = recipe(text.replace("name = ", "# ", 1))
    return text, recipes.take(sheets, file, own, of_anytown())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param(
            """
            Anytown performance
            Measure | Sep-16 | Oct-16 | Nov-16 | YTD
            All crime | 1,808 | 1,863 | 1,575 | 5,246
            Burglary | 40 | 41 | 42 | 123
            Hate crimes | 9 | * | 11 | 20
            """,
            {
                **{("overall_crime", f"2016-{m}"): n for m, n in (("09", 1808), ("10", 1863))},
                ("overall_crime", "2016-11"): 1575,
                **{("burglary", f"2016-{m}"): n for m, n in (("09", 40), ("10", 41), ("11", 42))},
                ("hate_crime", "2016-09"): 9,
                ("hate_crime", "2016-10"): "c",
                ("hate_crime", "2016-11"): 11,
            },
            id="months across the top",
        ),
        pytest.param(
            """
            Area | Month | Offence | Recorded
            Anytown | Oct 2016 | Burglary | 40
            Othertown | Oct 2016 | Burglary | 90
            Anytown | Nov 2016 | Burglary | 42
            Othertown | Nov 2016 | Burglary | 91
            """,
            {("burglary", "2016-10"): 40, ("burglary", "2016-11"): 42},
            id="a long table with other places",
        ),
        pytest.param(
            """
            | 2015/16 | | 2016/17 |
            Quarter | Referrals | Target | Referrals | Target
            Q1 | 60 | 55 | 70 | 65
            Q2 | 61 | 55 | 71 | 65
            """,
            {
                ("referrals", "2015/16 Q1"): 60,
                ("referrals", "2015/16 Q2"): 61,
                ("referrals", "2016/17 Q1"): 70,
                ("referrals", "2016/17 Q2"): 71,
            },
            id="years over quarters, beside targets",
        ),
        pytest.param(
            """
            Hate crime in Anytown
            Month | Female | Male | Total
            October 2016 | 4 | 5 | 9
            November 2016 | 6 | 5 | 11
            """,
            {
                ("hate_crime", "2016-10"): 9,
                ("hate_crime", "2016-10", "female"): 4,
                ("hate_crime", "2016-10", "male"): 5,
                ("hate_crime", "2016-11"): 11,
                ("hate_crime", "2016-11", "female"): 6,
                ("hate_crime", "2016-11", "male"): 5,
            },
            id="groups across the top",
        ),
        pytest.param(
            """
            Period | Burglary | Victim satisfaction
            01/10/2016 | 40 | 88%
            01/11/2016 | 42 | 91%
            """,
            {
                ("burglary", "2016-10"): 40,
                ("burglary", "2016-11"): 42,
                ("satisfaction", "2016-10"): 88,
                ("satisfaction", "2016-11"): 91,
            },
            id="months down the side",
        ),
    ],
)
def test_a_draft_reads_every_figure_of_a_sheet(text, wanted):
    _, found = drafted(text)
    assert found.problems == []
    assert figures(found) == wanted


def test_a_draft_reads_a_sheet_for_each_month():
    months = ("September 2016", "October 2016", "November 2016")
    text = "Measure | Number\nBurglary | {}\nHate crime | {}"
    sheets = [sheet(text.format(n, n + 10), name) for n, name in enumerate(months, start=1)]
    _, found = drafted(*sheets)
    assert figures(found) == {
        **{("burglary", f"2016-{m}"): n for n, m in enumerate(("09", "10", "11"), start=1)},
        **{("hate_crime", f"2016-{m}"): n for n, m in enumerate(("09", "10", "11"), start=11)},
    }


@pytest.mark.parametrize(
    "names", [("Sickness days", "Overtime"), ("Calls answered", "Vehicles"), ("A", "B")]
)
def test_a_draft_claims_no_indicator_by_a_name_that_is_not_its_own(names):
    rows = "\n".join(f"{name} | 1 | 2" for name in names)
    with pytest.raises(recipes.RecipeError, match="indicators: is empty; write at least one"):
        drafted(f"Measure | Oct 2016 | Nov 2016\n{rows}", file="returns.xlsx")


def test_a_name_that_is_not_an_indicators_is_not_claimed_beside_those_that_are():
    text, found = drafted(
        "Measure | Oct 2016 | Nov 2016\nBurglary | 1 | 2\nSickness days | 3 | 4\nCrime solved | 5 | 6"
    )
    assert figures(found) == {("burglary", "2016-10"): 1, ("burglary", "2016-11"): 2}
    assert "Sickness" not in text


def test_what_is_not_sure_has_a_remark_and_is_not_read():
    text, found = drafted(
        "Measure | Oct 2016 | Nov 2016 | Dec 2016\n"
        "Victim satisfaction | 0.88 | 0.9 | 0.91\nBurglary | 3 | - | 4",
        file="returns.xlsx",
    )
    assert "add share = true if 0.88 means 88 %" in text
    assert figures(found) == {("burglary", "2016-10"): 3, ("burglary", "2016-12"): 4}
    assert "'-' is not a number" in [p.mistake for p in found.problems]
