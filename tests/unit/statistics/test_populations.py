"""The population of the year is always late: the latest estimate at or before it is used, and its
year is said.
"""

import csv
import io

import pytest
import tiny
from anytown import ELSEWHERE, FRAME, POPULATION, USUAL, anytown, look_up
from bs4 import BeautifulSoup

from saferplymouth import DataQuality, Districts, Neighbourhoods, Report

RATED = FRAME.replace(
    'held_against = "all crime"', 'held_against = "all crime"\nper_1000 = "residents"'
)
TO_2023 = RATED.replace("2015 = 10000\n2016 = 10000", "2011 = 5000\n2022 = 8000\n2023 = 10000")
BY_DISTRICT = (
    "Name,Mid-2023,Mid-2022\nAnytown,10000,8000\nOthertown,8000,8000\nThirdtown,6000,6000\n"
)
PLACES = {"lookup.csv": look_up(), "population.csv": BY_DISTRICT}
LATE = ("2025-04", "2025-05")


def text(shown: str) -> str:
    soup = BeautifulSoup(shown, "html.parser")
    said = [*(image["aria-label"] for image in soup.find_all(role="img")), soup.get_text(" ")]
    return " ".join(" ".join(said).split())


def late(root, months=LATE, places=PLACES, frame=TO_2023):
    tiny.put(
        root / "notebooks/overall_crime.ipynb",
        tiny.notebook(tiny.PARAMETERS, tiny.area("overall_crime")),
    )
    return anytown(root, dict.fromkeys(months, USUAL), places, frame)


def asked(root, month: str) -> str:
    return text(DataQuality(month, root).questions().html)


@pytest.fixture(scope="module")
def of_2025(tmp_path_factory):
    return late(tmp_path_factory.mktemp("late"))


def test_a_rate_of_2025_is_on_the_estimate_of_2023_and_its_table_and_download_say_so(of_2025):
    section = Report("overall_crime", "2025-05", of_2025)["overall_crime"]
    assert "That is 12.2 per 1,000 residents (10,000 residents, mid-2023;" in section.control().html
    assert "Per 1,000 residents, mid-2023" in section.table().html
    assert '"Per 1,000 residents, mid-2023",2025-04..2025-05,,,12.2,rate' in section.table().csv


def test_a_rate_on_the_estimate_of_its_own_year_says_so_on_the_page_and_its_download_is_as_before(
    tmp_path,
):
    table = Report("overall_crime", "2016-04", anytown(tmp_path, {"2016-04": USUAL}, frame=RATED))[
        "overall_crime"
    ].table()
    assert "Per 1,000 residents, mid-2016" in table.html
    assert '"Per 1,000 residents",2016-04..2016-04,,,6.1,rate' in table.csv


def test_the_gap_of_2025_is_on_the_estimate_of_2023_wherever_it_stands(of_2025):
    page = text(Neighbourhoods("2025-05", of_2025).gap().html)
    for words in (
        "gap per 1,000 residents at mid-2023.",
        "Gap in recorded crime each month Per 1,000 residents at mid-2023",
    ):
        assert words in page
    section = Report("overall_crime", "2025-05", of_2025)["crime_gap"]
    assert "Population: residents at mid-2023" in text(section.table().html)
    rows = [row for row in csv.DictReader(io.StringIO(section.table().csv)) if row["value"]]
    assert {row["source"].rpartition(", ")[2] for row in rows} == {"on residents at mid-2023"}
    assert "Line chart. Population: residents at mid-2023." in text(section.chart().html)
    assert "Residents at mid-2023; Office for National Statistics" in text(section.source().html)
    assert "[x] not available" not in text(section.control().html)


def test_the_districts_of_2025_are_compared_on_the_estimate_of_2023_and_every_part_says_so(of_2025):
    page = Districts("2025-05", of_2025)
    for part in (page.crime, page.incidents, page.types, page.by_month, page.source):
        assert "mid-2023" in text(part().html)
    head, first, *_ = page.source().csv.splitlines()
    assert head.endswith(",population_year")
    assert first.endswith(",2023")
    assert (
        "districts"
        in tiny.plan(
            of_2025, tiny.EditionName(tiny.periods.month("2025-05")), tiny.RunOptions()
        ).expected
    )


def test_a_check_of_2025_asks_nothing_about_an_estimate_two_years_old(of_2025):
    done = tiny.told(of_2025, "check", "2025-05")
    assert (done.returncode, done.stdout.splitlines()[1:]) == (0, ["No problems"])


def test_an_estimate_that_comes_later_leaves_the_rate_of_an_earlier_year_as_it_was(tmp_path):
    root = late(tmp_path, ("2022-04", "2025-04"))
    before = (
        Report("overall_crime", "2022-04", root)["overall_crime"].table().csv,
        Districts("2022-04", root).source().csv,
    )
    tiny.put(root / "framework.toml", TO_2023.replace("2023 = 10000", "2023 = 1\n2024 = 2"))
    tiny.put(root / "data/raw/2025-04/places/population.csv", POPULATION.replace("2016", "2024"))
    assert (
        Report("overall_crime", "2022-04", root)["overall_crime"].table().csv,
        Districts("2022-04", root).source().csv,
    ) == before


@pytest.mark.parametrize(("latest", "old"), [("2020", False), ("2019", True)])
def test_an_estimate_over_five_years_old_is_asked_about_by_check_and_on_the_page(
    tmp_path, latest, old
):
    frame = TO_2023.replace("2022 = 8000\n2023 = 10000", f"{latest} = 10000")
    places = PLACES | {
        "population.csv": BY_DISTRICT.replace("2023", latest).replace("2022", "2018")
    }
    root = late(tmp_path, ("2025-04",), places, frame)
    done = tiny.told(root, "check", "2025-04")
    for whose in ("residents in framework.toml", "the districts in population.csv"):
        question = (
            f"The latest population estimate of {whose} for 2025 is from mid-{latest}, over five "
            f"years earlier."
        )
        assert (f"Question: {question}" in done.stdout) == old
        assert (question in asked(root, "2025-04")) == old
    assert f"mid-{latest}" in text(Districts("2025-04", root).crime().html)


def test_an_estimate_is_never_taken_for_a_year_before_it_and_the_reason_stands_by_the_figure(
    tmp_path,
):
    root = late(
        tmp_path, ("2025-04",), frame=TO_2023.replace("2011 = 5000\n2022 = 8000\n2023", "2026")
    )
    why = (
        "no population figures for mid-2025 or before have been received; the first is for mid-2026"
    )
    report = Report("overall_crime", "2025-04", root)
    rated, worked_out = report["overall_crime"], report["crime_gap"]
    assert f"The rate per 1,000 residents cannot be worked out: {why}." in text(
        rated.control().html
    )
    assert f"[x] not available: no data received; for Per 1,000 residents, {why}" in text(
        rated.table().html
    )
    assert worked_out.leading[0].text.endswith(f"not available, because {why}")
    assert "no data received" not in text(worked_out.control().html).lower()
    assert f"There is no gap to show: {why}." in text(Neighbourhoods("2025-04", root).gap().html)
    assert (
        f"No rate for residents in framework.toml can be worked out: {why}."
        in tiny.told(root, "check", "2025-04").stdout
    )


def test_a_district_without_an_estimate_is_left_out_by_name_and_asked_about(tmp_path):
    rows = [
        *USUAL,
        *(("Fartown 001A", kind, count) for _, kind, count in ELSEWHERE),
        ("Strayton 001A", "Drugs", 1),
    ]
    root = anytown(tmp_path, {"2025-04": rows * 12}, PLACES, TO_2023)
    said = text(Districts("2025-04", root).crime().html)
    assert (
        "Left out, because no population figures have been received: Fartown." in said
        or "Strayton" in said
    )
    question = "No population figures have been received for Fartown"
    assert question in tiny.told(root, "check", "2025-04").stdout
    assert question in asked(root, "2025-04")


# --- A page that the edition before has


def notes(root, month: str) -> tuple[dict, str, str]:
    """What is said to have gone: in the manifest's words, by `check`, and around the front page."""
    outcome = tiny.pretend(root, month=month)
    front = outcome.plan.expected["board_summary"].top["gone"]
    assert all(
        not work.top["gone"]
        for key, work in outcome.plan.expected.items()
        if key != "board_summary"
    )
    return outcome.plan.gone, tiny.told(root, "check", month).stdout, " ".join(front)


def test_a_page_that_goes_is_named_with_its_reason_by_the_edition_and_by_check(tmp_path):
    root = late(tmp_path)
    assert notes(root, "2025-04")[0] == {}
    (root / "data/raw/2025-05/2025-05-anyshire-street.csv").unlink()
    assert (
        notes(root, "2025-05")[0] == {}
    )  # the street files of the year are there, if not of the month
    (root / "data/raw/2025-04/places/population.csv").unlink()
    why = (
        "No population figures for mid-2025 or before have been received for Anytown; put "
        "population.csv in places/"
    )
    line = f"The page Districts is not in this edition. The edition of April 2025 has it. {why}."
    gone, check, front = notes(root, "2025-05")
    assert set(gone) == {"districts"}
    assert line in front
    assert f"Question: {line}" in check
    assert notes(root, "2025-05")[0] == gone  # and is still said when the edition is made again


def test_every_kind_of_page_that_goes_has_its_reason(tmp_path):
    root = late(tmp_path, ("2025-03", "2025-04"), frame=TO_2023 + AREA)
    duties = "duty,set_by,owner,every,met_by,page,last_met,note\nMeet,Terms,Chair,year,Minutes,,2025-01-10,\n"
    tiny.put(root / "data/raw/2025-03/papers/duties.csv", duties)
    tiny.put(root / "notebooks/duties.ipynb", tiny.notebook(tiny.PARAMETERS, "1"))
    assert tiny.pretend(root, month="2025-03").whole
    (root / "data/raw/2025-03/papers/duties.csv").unlink()
    (root / "data/raw/2025-04/2025-04-anyshire-street.csv").unlink()
    (root / "notebooks/data_quality.ipynb").unlink()
    tiny.put(root / "framework.toml", TO_2023)
    gone, check, front = notes(root, "2025-04")
    reasons = {
        "duties": "No paper duties.csv has been received up to April 2025",
        "neighbourhoods": "No street file of 2025/26 has been received up to April 2025",
        "districts": "No street file of 2025/26 has been received up to April 2025",
        "data_quality": "There is no notebook data_quality.ipynb",
        "knives": "The framework no longer has this area",
    }
    assert gone.keys() == reasons.keys()
    for key, why in reasons.items():
        assert "is not in this edition. " in gone[key]
        assert gone[key].endswith(f" has it. {why}.")
        assert gone[key] in check
        assert gone[key] in front


AREA = tiny.AREA.format(key="knives", title="Knives")


def test_an_edition_after_a_gap_or_the_first_says_nothing_of_pages_that_went(tmp_path):
    root = late(tmp_path, ("2025-03", "2025-05"))
    assert notes(root, "2025-03")[0] == notes(root, "2025-05")[0] == {}


def test_a_final_edition_does_not_lose_a_page_without_a_correction(tmp_path):
    root = late(tmp_path, ("2025-04",))
    tiny.pretend(root, month="2025-04", final=True)
    (root / "data/raw/2025-04/places/population.csv").unlink()
    todo = tiny.plan(root, tiny.EditionName(tiny.periods.month("2025-04")), tiny.RunOptions())
    assert "No population figures for mid-2025 or before" in todo.frozen["districts"]
    done = tiny.told(root, "run", "2025-04")
    assert done.returncode == 2
    assert "The edition is final and has not been changed" in done.stderr


# --- What is asked of each of many months is one question


def test_months_without_a_street_file_are_asked_for_in_stretches(tmp_path):
    root = late(tmp_path, ("2016-11", "2025-01", "2025-02", "2025-04"), frame=TO_2023)
    said = asked(root, "2025-04")
    files = "December 2016 to December 2024 and March 2025"
    assert f"The street files for {files} have not been received, but later ones have." in said
    assert said.count("not been received, but") == 1
    assert (
        "November 2016 to April 2025 without December 2016 to December 2024 and March 2025"
        in text(DataQuality("2025-04", root).sources().html)
    )


def test_a_single_month_without_a_street_file_is_one(tmp_path):
    root = late(tmp_path, ("2025-04", "2025-06"))
    assert "The street file for May 2025 has not been received, but later ones have." in asked(
        root, "2025-06"
    )


def test_street_files_that_begin_late_leave_nothing_to_ask_of_the_months_before(tmp_path):
    root = late(tmp_path, ("2025-05",))
    figures = "indicator,period,value\n" + "".join(
        f"overall_crime,2025-0{month},60\n" for month in (1, 2, 3, 4)
    )
    tiny.put(root / "data/raw/2025-04/returns/police.csv", figures)
    assert "not been received, but" not in asked(root, "2025-05")
    done = tiny.told(root, "check", "2025-05")
    assert (done.returncode, done.stdout.splitlines()[1:]) == (0, ["No problems"])
