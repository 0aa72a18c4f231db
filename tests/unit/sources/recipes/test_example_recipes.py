"""The recipes of docs/recipes on files as their publishers made them: every figure that is taken is
compared with one worked out here without a recipe, or typed from the sheet.
"""

import csv
import shutil
from pathlib import Path

import pandas as pd
import pytest
from projects import ROOT
from recipe_lab import loaded

from saferplymouth.framework import Framework
from saferplymouth.sources import recipes
from saferplymouth.sources.sheets import sheets
from saferplymouth.store import observations

FOLDER, PUBLISHED = ROOT / "docs/recipes", Path(__file__).with_name("published")
NEEDS = "in framework.toml:\n#\n"
BARKING = "Barking and Dagenham"
TOTAL = ""


def entries(key: str) -> str:
    """The framework's entries that a recipe's opening comment gives."""
    comment = (FOLDER / f"{key}.toml").read_text(encoding="utf-8").partition(NEEDS)[2]
    lines = comment[: comment.index('#\nname = "')].splitlines()
    return "\n".join(line[2:] for line in lines)


def framework_for(key: str, area: str = "Plymouth") -> Framework:
    """The project's framework for another area, with the entries that a recipe needs."""
    own = (ROOT / "framework.toml").read_text(encoding="utf-8")
    return loaded(own.replace('area = "Plymouth"', f'area = "{area}"') + "\n" + entries(key))


def taken(key: str, file: str, area: str = "Plymouth") -> recipes.Taken:
    framework = framework_for(key, area)
    recipe = recipes.load(FOLDER / f"{key}.toml", framework)
    return recipes.take(sheets(PUBLISHED / file), file, recipe, framework)


def figures(found: recipes.Taken) -> dict[tuple[str, str, str], float | str]:
    assert not found.problems
    return {
        (f.indicator, f.period, f.group): f.status if f.value is None else f.value
        for f in found.figures
    }


def test_every_recipe_is_tried_here():
    tried = Path(__file__).read_text(encoding="utf-8")
    keys = [path.stem for path in FOLDER.glob("*.toml")]
    assert len(keys) == 8
    assert [key for key in keys if f'"{key}"' not in tried] == []


def offences(file: str) -> pd.DataFrame:
    table = pd.read_csv(PUBLISHED / file).set_index("MinorText").drop(columns="MajorText")
    table = table.drop(columns="LookUp_BoroughName")
    return table.set_axis([f"{m[:4]}-{m[4:]}" for m in table.columns], axis=1)


def test_months_across_the_top_are_read_and_parts_of_burglary_added_up():
    table = offences("mps-borough-level-crime-wide.csv")
    burglary = table.loc[["Burglary Business and Community", "Domestic Burglary"]].sum()
    expected = {
        ("criminal_damage", m, TOTAL): n for m, n in table.loc["Criminal Damage"].items()
    } | {("burglary", m, TOTAL): n for m, n in burglary.items()}
    found = taken("force_months_across", "mps-borough-level-crime-wide.csv", BARKING)
    assert figures(found) == expected
    assert len(expected) == 48
    assert expected["burglary", "2015-04", TOTAL] == 42 + 65
    first = next(f for f in found.figures if f.period == "2015-04" and f.indicator == "burglary")
    assert first.cell == "D4, D5"


def test_the_next_issue_goes_in_untouched_with_four_months_revised():
    early, late = (f"mps-24-months-to-2023-{m}.csv" for m in ("03", "07"))
    before, after = (figures(taken("force_months_across", f, BARKING)) for f in (early, late))
    for file, found in ((early, before), (late, after)):
        row = offences(file).loc["Criminal Damage"]
        assert found == {("criminal_damage", m, TOTAL): n for m, n in row.items()}
    revised = {of[1]: (before[of], after[of]) for of in before.keys() & after.keys()}
    revised = {month: pair for month, pair in revised.items() if pair[0] != pair[1]}
    assert revised == {
        "2022-07": (114, 113),
        "2022-11": (102, 101),
        "2023-01": (98, 96),
        "2023-03": (119, 118),
    }
    assert {of[1] for of in after.keys() - before.keys()} == {
        "2023-04",
        "2023-05",
        "2023-06",
        "2023-07",
    }


def test_what_the_next_issue_changes_becomes_a_revision_and_the_rest_stays(tmp_path):
    own = framework_for("force_months_across", BARKING)
    (tmp_path / "recipes").mkdir()
    shutil.copy(FOLDER / "force_months_across.toml", tmp_path / "recipes")
    for drop in ("2023-03", "2023-07"):
        folder = tmp_path / "data/raw" / drop / "received"
        folder.mkdir(parents=True)
        shutil.copy(PUBLISHED / f"mps-24-months-to-{drop}.csv", folder)
    last = pd.Period("2023-07", "M")
    observations.refresh(tmp_path, own, last)
    everything = observations.received(tmp_path, last)
    changed = observations.restated(everything, last)
    assert {(r.period, r.before, r.value) for r in changed.itertuples()} == {
        ("2022-07", 114, 113),
        ("2022-11", 102, 101),
        ("2023-01", 98, 96),
        ("2023-03", 119, 118),
    }
    stands = observations.as_it_stood(everything).set_index("period")
    assert len(stands) == 28  # April 2021 to July 2023
    assert {*stands.index[stands["status"] == "r"]} == {*changed["period"]}
    assert stands.loc["2021-04", "value"] == 99
    assert stands.loc["2022-07", "source"] == "received/mps-24-months-to-2023-07.csv, O2"


def test_a_year_that_stands_in_the_title_is_read_from_there():
    found = taken("recorded_crime_by_partnership", "ons-csp-table-c2-ye-june-2025.csv")
    year = "2024-07..2025-06"
    assert figures(found) == {
        ("recorded_crime_year", year, TOTAL): 25767,
        ("violence_with_injury_year", year, TOTAL): 3305,
    }
    assert [f.cell for f in found.figures] == ["G16", "K16"]


def test_a_rate_per_100000_comes_with_its_interval_and_deciles_are_left_out():
    found = taken("health_indicators", "fingertips-county-ua.csv", "England")
    table = pd.read_csv(PUBLISHED / "fingertips-county-ua.csv")
    row = table[table["Category Type"].isna()].iloc[0]
    assert figures(found) == {("campylobacter", "2015", TOTAL): row["Value"]}
    (figure,) = found.figures
    assert (figure.low, figure.high) == (row["Lower CI 95.0 limit"], row["Upper CI 95.0 limit"])
    assert (figure.low, figure.high) == (93.9129396546008, 95.5447303303505)


def test_calendar_quarters_become_financial_ones_and_an_incomplete_one_is_not_added_up():
    found = taken("national_referral_mechanism", "nrm-referrals-longitudinal.csv")
    table = pd.read_csv(PUBLISHED / "nrm-referrals-longitudinal.csv")
    parts = table[table["Location of exploitation"] != "Total"]
    summed = parts.groupby(["Year", "Quarter", "Age at exploitation"])["NRM referrals"].sum()
    groups = {"Adult (18 or over)": "adult", "Child (17 or under)": "child"}
    quarters = {"Q1": "2015/16 Q4", "Q2": "2016/17 Q1", "Q3": "2016/17 Q2", "Q4": "2016/17 Q3"}
    expected: dict[tuple, int] = {}
    for (year, quarter, age), people in summed.items():
        if year == 2016:
            period = quarters[quarter]
            expected["referrals_uk", period, groups.get(age, "not_known")] = people
            total = ("referrals_uk", period, TOTAL)
            expected[total] = expected.get(total, 0) + people
    assert figures(found) == expected
    assert expected["referrals_uk", "2015/16 Q4", TOTAL] == 894
    assert "2016/17 Q4 by age lacks not_known" in [p.why for p in found.passed_over]


def test_searches_are_counted_by_the_clock_of_the_united_kingdom():
    found = taken("stop_and_search", "2019-06-greater-manchester-stop-and-search.csv")
    table = pd.read_csv(PUBLISHED / "2019-06-greater-manchester-stop-and-search.csv")
    months = pd.to_datetime(table["Date"]).dt.tz_convert("Europe/London").dt.strftime("%Y-%m")
    outcomes = table["Outcome"].value_counts()
    assert set(months) == {"2019-06"}  # two are of 31 May by the file's clock
    assert figures(found) == {
        ("searches", "2019-06", TOTAL): len(table),
        ("searches", "2019-06", "nothing"): outcomes["A no further action disposal"],
        ("searches", "2019-06", "arrest"): outcomes["Arrest"],
    }
    assert (len(table), outcomes["Arrest"]) == (15, 3)


def test_outcomes_are_counted_for_the_district_alone():
    found = taken("crime_outcomes", "outcomes-2016-11.csv")
    with (PUBLISHED / "outcomes-2016-11.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["LSOA name"].startswith("Plymouth ")]
    outcomes = pd.Series([row["Last outcome category"] for row in rows]).value_counts()
    assert figures(found) == {
        ("crimes_without_suspect", "2016-11", TOTAL): 11,
        ("suspect_not_prosecuted", "2016-11", TOTAL): 7,
    }
    assert outcomes["Investigation complete; no suspect identified"] == 11
    assert outcomes["Unable to prosecute suspect"] == 7


def test_two_sheets_of_a_workbook_are_read_and_a_colon_is_no_nought():
    found = taken("fly_tipping", "defra-flytipping-by-la.xlsx")
    years = [f"{year}/{year - 1999}" for year in range(2012, 2018)]
    incidents = [10970, 13004, 13503, 6316, 718, 13953]
    penalties = ["x", "x", "x", "x", "x", 96]
    assert figures(found) == {
        **{("fly_tipping", y, TOTAL): n for y, n in zip(years, incidents, strict=True)},
        **{("fixed_penalties", y, TOTAL): n for y, n in zip(years, penalties, strict=True)},
    }


def test_every_rank_of_police_officers_is_added_up_and_no_other_worker():
    women = [9, 1, 1, 780, 29, 108, 5]  # chief inspectors, chief officers, and so on down the sheet
    men = [25, 4, 8, 1516]
    found = taken("police_workforce", "home-office-police-workforce.ods")
    assert figures(found) == {("police_officers", "2016", TOTAL): sum(women) + sum(men)}


@pytest.mark.parametrize("key", [path.stem for path in FOLDER.glob("*.toml")])
def test_a_recipe_is_refused_by_a_framework_without_its_indicators(key):
    with pytest.raises(recipes.RecipeError, match="is not an indicator"):
        recipes.load(FOLDER / f"{key}.toml", SHIPPED)


SHIPPED = loaded((ROOT / "framework.toml").read_text(encoding="utf-8"))
