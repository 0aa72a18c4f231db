"""Too little is never nothing: street files and returns that may not be all of the data give no
figure until a person lets them stand.
"""

import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tiny
from anytown import (
    ASB,
    DRUGS,
    ELSEWHERE,
    EVERY,
    NOWHERE,
    USUAL,
    anytown,
    asked,
    gather,
    page,
    real_project,
    text,
)
from anytown import street as street_file

from saferplymouth import Board, DataQuality, Districts, Neighbourhoods, Report, Workbench
from saferplymouth.statistics import unusually_low

pytestmark = pytest.mark.xdist_group("places")

FILE = "2016-07-anyshire-street.csv"
HEADER = "about,period,name,reason\n"
SIGNED = f"{HEADER}{FILE},,B. Analyst,the force had an outage\n"
LITTLE = {
    "without its district": [*ELSEWHERE, *ELSEWHERE, *NOWHERE],
    "cut short": [*EVERY[:4], ("Othertown 001A", DRUGS, 40)],
    "unplaced": [*USUAL, ("", DRUGS, 40)],
    "its own district cut": [*EVERY[:8], *ELSEWHERE, *ELSEWHERE, *NOWHERE],
    "without incidents": [row for row in USUAL if row[1] != ASB],
}


def july(root: Path, rows, **more: str) -> Path:
    """Anytown from April to July, the last of them with these rows, and other files by path."""
    root = anytown(
        root, {f"2016-{month:02}": many(USUAL) for month in (4, 5, 6)} | {"2016-07": many(rows)}
    )
    for path, content in more.items():
        tiny.put(root / "data/raw" / path, content)
    return root


def many(rows) -> list:
    """Ten times as many, so that chance explains no absence."""
    return [(name, kind, 10 * count) for name, kind, count in rows]


def seen(view) -> str:
    return text(view.heading + view.others)


# --- Street files


@pytest.mark.parametrize("rows", LITTLE.values(), ids=LITTLE)
def test_a_file_that_is_too_little_gives_no_figure_and_is_asked_about(tmp_path, rows):
    root = july(tmp_path, rows)
    there = gather(root, "2016-07")
    assert [str(month) for month in there.months] == ["2016-04", "2016-05", "2016-06"]
    assert set(there.cells["month"]) == {"2016-04", "2016-05", "2016-06"}
    assert f"2016-07/{FILE} has" in asked(root, "2016-07")


def test_every_page_that_rests_on_the_file_says_that_it_does_not_count_and_why(tmp_path):
    root = july(tmp_path, LITTLE["without its district"])
    why = "treet file has no row in Anytown"
    for room in (Neighbourhoods, Districts):
        said = text(room("2016-07", root).summary().html)
        assert f"No complete data for July 2016: its s{why}" in said
        assert "April to June 2016" in said
    gap = Report("overall_crime", "2016-07", root)["crime_gap"]
    assert f"No complete data for July 2016: the s{why}" in text(gap.control().html)
    assert "crime_gap,2016/17,2016-07,,,,rate,[q]" in gap.table().csv
    assert f"No complete data for July 2016: the s{why}" in text(
        Board("2016-07", root).table().html
    )
    by_place = seen(Workbench("2016-07", root).by_place("overall_crime"))
    assert f"No complete data for July 2016: its s{why}" in by_place
    assert "0 crimes" not in page(DataQuality, root, "2016-07")


def test_a_month_left_out_of_the_middle_is_named_where_months_are_added_up(tmp_path):
    later = {"2016-05": many(ELSEWHERE)} | {f"2016-{month:02}": many(USUAL) for month in (4, 6, 7)}
    root = anytown(tmp_path, later)
    assert "April to July 2016 without May 2016" in text(
        Neighbourhoods("2016-07", root).summary().html
    )
    gap = Report("overall_crime", "2016-07", root)["crime_gap"]
    assert "2016-04..2016-07" not in gap.table().csv
    assert "No complete data for May 2016" in text(gap.control().html)


@pytest.mark.parametrize("rows", LITTLE.values(), ids=LITTLE)
def test_what_a_person_let_stand_counts_and_is_said_with_name_and_reason(tmp_path, rows):
    root = july(tmp_path, rows, **{"2016-07/sign-offs.csv": SIGNED})
    said = "confirmed by B. Analyst: the force had an outage"
    assert "2016-07" in Report("overall_crime", "2016-07", root).project.local_crime.months
    assert said in text(Neighbourhoods("2016-07", root).summary().html)
    assert said in text(Report("overall_crime", "2016-07", root)["crime_gap"].control().html)
    assert said in asked(root, "2016-07")
    assert f"2016-07/{FILE} has" not in asked(root, "2016-07")


def test_a_later_drop_lets_an_earlier_file_stand_and_the_earlier_edition_stays_as_it_stood(
    tmp_path,
):
    root = july(tmp_path, LITTLE["cut short"])
    tiny.put(root / "data/raw/2016-08/sign-offs.csv", SIGNED)
    assert tiny.told(root, "check", "2016-08").stdout.startswith(
        "2016-08: 0 figures, 0 comments, 0 papers and 1 sign"
    )
    gap = {
        month: Report("overall_crime", month, root)["crime_gap"].table().csv
        for month in ("2016-07", "2016-08")
    }
    assert "2016-07,,,,rate,[q]" in gap["2016-07"]
    assert "[q]" not in gap["2016-08"]
    assert "[r]" not in gap["2016-08"]


def test_a_file_that_comes_again_has_to_be_let_stand_again(tmp_path):
    root = july(tmp_path, LITTLE["cut short"], **{"2016-07/sign-offs.csv": SIGNED})
    content = (root / "data/raw/2016-07" / FILE).read_text().splitlines(keepends=True)
    tiny.put(root / "data/raw/2016-08" / FILE, "".join(content[:100]))
    assert f"2016-08/{FILE} has" in asked(root, "2016-08")
    assert (
        "2016-07,,,,rate,[q]" in Report("overall_crime", "2016-08", root)["crime_gap"].table().csv
    )


def test_a_whole_file_in_a_later_drop_takes_the_place_of_one_that_was_too_little(tmp_path):
    root = july(tmp_path, LITTLE["cut short"])
    tiny.put(root / "data/raw/2016-08" / FILE, street_file("2016-07", many(USUAL)))
    assert "[q]" not in Report("overall_crime", "2016-08", root)["crime_gap"].table().csv


def test_a_district_that_had_rows_before_is_missed_where_another_of_the_partnership_s_own_has_some(
    tmp_path,
):
    root = july(tmp_path, [row for row in USUAL if not row[0].startswith("Othertown")])
    tiny.put(
        root / "framework.toml",
        (root / "framework.toml")
        .read_text()
        .replace("[street]", '[street]\ndistricts = ["Anytown", "Othertown"]'),
    )
    assert "no row in Othertown" in asked(root, "2016-07")


def test_areas_and_types_named_anew_are_not_missed(tmp_path):
    renamed = [
        (name.replace("003", "103"), "Robbery" if kind == DRUGS else kind, n)
        for name, kind, n in USUAL
    ]
    assert len(gather(july(tmp_path, renamed), "2016-07").months) == 4


def test_a_neighbourhood_without_a_row_is_missed(tmp_path):
    without = [row for row in USUAL if row[0][:-1] != "Anytown 002"]
    assert "no row in Anytown 002" in asked(july(tmp_path, without), "2016-07")


def test_files_that_are_cut_short_stay_in_doubt_however_many_follow(tmp_path):
    months = [str(m) for m in pd.period_range("2016-04", "2017-06", freq="M")]
    rows = [many(USUAL)] * 2 + [[*EVERY, ("Othertown 001A", DRUGS, 40)]] * 13
    root = anytown(tmp_path, dict(zip(months, rows, strict=True)))
    assert [str(m) for m in gather(root, "2017-06").months] == months[:2]


def test_no_real_month_is_asked_about(base):
    root = real_project(base)
    there = gather(root)
    assert (len(there.months), there.doubts) == (11, {})


# --- Sign-offs


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2016-07-anyshire-stret.csv,,B. Analyst,it is right", f"did you mean {FILE} or"),
        ("incident,2016-07,B. Analyst,it is right", "did you mean incidents"),
        (
            f"{FILE},2016-07,B. Analyst,it is right",
            "cell B2, column period: a street file already has its period in its name",
        ),
        (
            "incidents,2016/17 Q1,B. Analyst,it is right",
            "cell B2, column period: '2016/17 Q1' is not a month",
        ),
        ("incidents,,B. Analyst,it is right", "cell B2, column period"),
        (
            "incidents,2016-08,B. Analyst,it is right",
            "cell B2, column period: 2016-08 is after 2016-07",
        ),
        (
            "crime_gap,2016-07,B. Analyst,it is right",
            "cell A2, column about: crime_gap is worked out",
        ),
        (f"{FILE},,,it is right", "cell C2, column name"),
        (f"{FILE},,-,it is right", "cell C2, column name"),
        (f"{FILE},,\u3164,it is right", "cell C2, column name"),
        (f"{FILE},,B. Analyst,.", "cell D2, column reason"),
        (f"{FILE},,B. Analyst,=HYPERLINK(A1)", "cell D2, column reason"),
        (f"{FILE},,B. Analyst,it is\n{FILE},,C. Other,it is right", "cell A3, column about"),
        (f"{FILE},,B. Analyst", "cell D2, column reason"),
    ],
)
def test_a_sign_off_that_is_not_a_person_s_about_something_there_is_refused(tmp_path, row, said):
    root = july(tmp_path, USUAL, **{"2016-07/sign-offs.csv": f"{HEADER}{row}\n"})
    done = tiny.told(root, "check", "2016-07")
    assert done.returncode == 2
    assert "2016-07/sign-offs.csv" in done.stderr
    assert said in done.stderr


def test_a_sign_offs_file_with_another_header_is_refused(tmp_path):
    root = july(
        tmp_path,
        USUAL,
        **{"2016-07/sign-offs.csv": "about,name,reason\nincidents,B. Analyst,it is\n"},
    )
    assert "sign-offs.csv, row 1: the header is" in tiny.told(root, "check", "2016-07").stderr


# --- Returns


def test_the_chance_of_a_fall_is_that_of_the_counts_before():
    three, sixty = np.full(12, 3.0), np.array([55, 60, 71, 48, 66, 59, 62, 70, 51, 64, 58, 61.0])
    assert unusually_low.chance_of_count(0, three) > 0.05
    assert unusually_low.chance_of_count(0, sixty) < 1e-6
    assert (
        unusually_low.chance_of_count(0, sixty[:1])
        > unusually_low.chance_of_count(0, sixty[:2])
        > unusually_low.chance_of_count(0, sixty)
    )
    assert unusually_low.chance_of_share(0, 40, np.full(8, 2.0), np.full(8, 40.0)) > 0.05
    assert unusually_low.chance_of_share(0, 40, np.full(8, 34.0), np.full(8, 40.0)) < 1e-6
    assert unusually_low.chance_of_level(0, np.full(7, 3.0)) == 1
    assert (
        unusually_low.chance_of_level(0.1, np.array([3, 3.2, 2.9, 3.1, 2.8, 3, 3.3, 3.1])) < 0.001
    )


def returned(root: Path, counts: list, begins: str = "2015-04", **wider: str) -> tuple[Path, str]:
    """A project whose indicator had these counts month by month, each in its drop; and the last
    month.
    """
    months = [str(month) for month in pd.period_range(begins, periods=len(counts), freq="M")]
    tiny.project(root, "thefts", months=months[-1:])
    for month, count in zip(months, counts, strict=True):
        columns = "numerator,denominator" if "," in str(count) else "value"
        rows = f"indicator,period,{columns}\nthefts,{month},{count}\n"
        tiny.put(root / f"data/raw/{month}/returns/police.csv", rows)
    for find, put in wider.items():
        framed = (root / "framework.toml").read_text()
        tiny.put(root / "framework.toml", framed.replace(f"{find} = ", f"{find} = {put}\n# "))
    return root, months[-1]


USUALLY = [60, 55, 71, 64, 58, 62, 49, 66, 57, 61, 70, 63]


def test_a_count_that_falls_to_nought_is_a_question_and_no_finding(tmp_path):
    root, month = returned(tmp_path, [*USUALLY, *USUALLY[:3], 0])
    said = (
        "Thefts, July 2016: 0 received, usually about 62. No figure is based on it yet. "
        "Send a complete figure"
    )
    assert f"Question: {said}" in tiny.told(root, "check", month).stdout
    section = Report("thefts", month, root)["thefts"]
    shown = text(section.control().html)
    assert "No complete data for July 2016: 0 received, usually about 62" in shown
    assert section.year.to_date.this == section.year.to_date.last == sum(USUALLY[:3])
    assert section.evidence.control.index[-1] == pd.Period("2016-06", "M")
    assert "thefts,2016/17,2016-07,,,,count,[q]" in section.table().csv
    assert section.state != "On course"
    assert "No complete data for July 2016" in text(Board(month, root).table().html)
    assert "usually about 62" in seen(Workbench(month, root).control_chart("thefts"))
    assert "61" in seen(Workbench(month, root).what_if("thefts", 61))
    assert "usually about 62" in seen(Workbench(month, root).this_year("thefts"))


def test_a_count_that_was_let_stand_is_judged_and_says_so(tmp_path):
    root, month = returned(tmp_path, [*USUALLY, *USUALLY[:3], 0])
    tiny.put(
        root / "data/raw/2016-08/sign-offs.csv",
        f"{HEADER}thefts,2016-07,B. Analyst,the shops were shut\n",
    )
    assert "Question" not in tiny.told(root, "check", "2016-08").stdout
    section = Report("thefts", "2016-08", root)["thefts"]
    assert "confirmed by B. Analyst: the shops were shut" in text(section.control().html)
    assert section.year.to_date.this == sum(USUALLY[:3])
    assert section.year.to_date.last == sum(USUALLY[:4])
    assert "No complete data" in text(Report("thefts", month, root)["thefts"].control().html)


@pytest.mark.parametrize(
    "counts",
    [
        [3, 2, 4, 3, 5, 2, 3, 4, 3, 2, 3, 4, 0],
        [0, 90, 0, 0, 70, 0, 0, 0, 110, 0, 60, 0, 0],
        [*USUALLY, 12],
        [60, 0],
        [*[60, 55, 71, 64, 0, 62, 49, 66, 57, 61, 70, 63], *[60, 55, 71, 64, 0]],
    ],
    ids=["few", "uneven", "over a tenth", "no history", "as low in the same month last year"],
)
def test_what_chance_or_the_season_explains_is_not_asked_about(tmp_path, counts):
    root, month = returned(tmp_path, counts)
    if counts[:5] == [60, 55, 71, 64, 0]:
        tiny.put(
            root / "data/raw/2015-08/sign-offs.csv",
            f"{HEADER}thefts,2015-08,B. Analyst,schools are shut\n",
        )
    assert "Question: Thefts" not in tiny.told(root, "check", month).stdout


SHARES = [f"{satisfied},{of}" for satisfied, of in zip(range(30, 39), range(40, 49), strict=True)]


@pytest.mark.parametrize(
    ("unit", "usual", "last", "asked_about"),
    [
        ("percent", SHARES, "0,41", "0% received, usually about 77.3%"),
        ("percent", SHARES, "0,2", ""),
        ("percent", ["2,40"] * 9, "0,40", ""),
        (
            "percent",
            [89, 87, 90, 88, 86, 91, 89, 88],
            0,
            "0% received, usually about 88.5%",
        ),
        ("rate", [3.2, 3.1, 2.9, 3, 3.3, 3.2, 2.8, 3], 0.03, "0.03 per 1,000 received"),
        ("rate", [3.2, 3.1, 2.9, 3, 3.3, 3.2, 2.8], 0, ""),
        ("rate", [3.2, 0.2, 9, 0.4, 3.3, 30, 2.8, 3], 0.2, ""),
        (
            "pounds",
            [12000, 12500, 11800, 12100, 12900, 12400, 11900, 12000],
            0,
            "£0 received, usually about £12,050",
        ),
    ],
)
def test_a_share_a_rate_or_a_sum_is_held_against_those_before_in_its_own_way(
    tmp_path, unit, usual, last, asked_about
):
    more = {"frequency": '"month"\nbase = "replies"'} if unit == "percent" else {}
    more |= {"monitoring_only": "true"} if unit == "pounds" else {}
    root, month = returned(tmp_path, [*usual, last], unit=f'"{unit}"', **more)
    said = tiny.told(root, "check", month)
    assert ("Question: Thefts" in said.stdout) is bool(asked_about), said.stdout + said.stderr
    assert asked_about in said.stdout


def test_a_series_that_has_stopped_is_not_asked_about_for_ever(tmp_path):
    root, month = returned(tmp_path, [*USUALLY, *[0] * 14])
    doubts = Report("thefts", month, root)["thefts"].evidence.doubts
    assert [str(month) for month in doubts] == [
        str(m) for m in pd.period_range("2016-04", periods=12, freq="M")
    ]


def test_a_fall_to_a_hidden_count_tells_nothing_of_it(tmp_path):
    counts = [[*USUALLY, hidden] for hidden in (1, 4)]
    said = []
    for number, each in enumerate(counts):
        root, month = returned(tmp_path / str(number), each, sensitive="true")
        report = Report("thefts", month, root)
        said.append(
            [
                text(part().html)
                for part in (report.summary, report["thefts"].headline, report["thefts"].table)
            ]
        )
    assert said[0] == said[1]
    assert "A hidden count received" in said[0][1]


def test_a_changed_sign_off_is_noticed_by_status(tmp_path):
    root, month = returned(tmp_path, [*USUALLY, *USUALLY[:3], 0])
    tiny.pretend(root, month=month)
    assert "would build" not in tiny.told(root, "status", month).stdout
    tiny.put(
        root / f"data/raw/{month}/sign-offs.csv",
        f"{HEADER}thefts,2016-07,B. Analyst,the shops were shut\n",
    )
    assert (
        "would build board_summary and thefts: its figures changed"
        in tiny.told(root, "status", month).stdout
    )


def test_a_street_file_in_a_zip_is_let_stand_by_its_own_name(tmp_path):
    root = july(tmp_path, LITTLE["cut short"], **{"2016-07/sign-offs.csv": SIGNED})
    plain = root / "data/raw/2016-07" / FILE
    with zipfile.ZipFile(plain.with_name("download.zip"), "w") as packed:
        packed.write(plain, f"2016-07/{FILE}")
    plain.unlink()
    assert "confirmed by B. Analyst" in asked(root, "2016-07")
