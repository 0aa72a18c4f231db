"""The pages on neighbourhoods and districts: golden counts of the real months, positions by hand,
nothing hidden.
"""

import csv
import functools
import io
import json
import math
import re
from collections import Counter, defaultdict

import numpy as np
import pandas as pd
import pytest
import tiny
from anytown import (
    AREAS,
    ASB,
    DRUGS,
    ELSEWHERE,
    EVERY,
    FRAME,
    NOWHERE,
    OLD_QUAY,
    PARTS,
    POPULATION,
    USUAL,
    VIOLENCE,
    anytown,
    built_anytown,
    code,
    look_up,
    notebooks,
    page,
    real_page,
    real_project,
    real_room,
    real_rows,
    street,
    text,
)
from bs4 import BeautifulSoup
from projects import ROOT
from scipy.stats import poisson
from statsmodels.stats.rates import confint_poisson

from saferplymouth import Districts, Neighbourhoods, framework, periods
from saferplymouth.editions import plan
from saferplymouth.editions.page_check import LARGEST
from saferplymouth.editions.plan import RunOptions
from saferplymouth.indicators.words import nth
from saferplymouth.pages.places.change_tables import section
from saferplymouth.statistics.funnels import funnel
from saferplymouth.store.edition_names import EditionName

pytestmark = pytest.mark.xdist_group("places")

ROBBERY = "Robbery"
YEAR = [str(month) for month in pd.period_range("2016-04", "2016-11", freq="M")]
PLYMOUTH_ASB = [846, 951, 956, 939, 893, 881, 891, 743]
PLYMOUTH_CRIME = [1244, 1441, 1481, 1568, 1500, 1483, 1466, 1454]
CRIME = "All recorded crime"
USUAL_CHANGE = "Within usual variation"

PER = "per 1,000 residents at mid-2016"
OWN_BY_TYPE = f"Plymouth compared with 11 other districts by type, April to November 2016, {PER}"
EVERY_BY_TYPE = f"Rate {PER} of every district by type of crime, April to November 2016"


def tables(shown: str) -> dict[str, list[list[str]]]:
    """The rows of each table on a page, by its caption; the heads first."""
    found = {}
    for table in BeautifulSoup(shown, "html.parser").find_all("table"):
        rows = [
            [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])]
            for row in table.find_all("tr")
        ]
        found[table.caption.get_text(" ", strip=True)] = rows
    return found


def download(room: type, root, month: str = "2016-11") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(room(month, root).source().csv)))


@functools.cache
def this_year() -> list[dict[str, str]]:
    return [row for row in real_rows() if row["Month"] in YEAR]


@functools.cache
def of_districts() -> dict[tuple[str, str], int]:
    """The counts of every district and type, April to November 2016, all recorded crime among the
    types.
    """
    counts = Counter()
    for row in this_year():
        counts[row["district"], row["Crime type"]] += 1
        counts[row["district"], CRIME] += row["Crime type"] != ASB
    return counts


@functools.cache
def residents() -> dict[str, int]:
    rows = csv.DictReader(
        (ROOT / "data/raw/2016-01/places/population.csv").read_text(encoding="utf-8").splitlines()
    )
    return {row["Name"]: int(row["Mid-2016"]) for row in rows}


def positions(counts: dict, size: dict, unsure: dict | float = 0.0, tables: int = 1) -> dict:
    """The funnel's position of each place, whose limits the tests of `funnels` hold to references,
    from counts and sizes by hand.
    """
    places = list(size)
    found = pd.Series([counts[name] for name in places], places)
    unsure = pd.Series(unsure, places) if isinstance(unsure, dict) else unsure
    frame = funnel(found, pd.Series(size, dtype=float), unsure, len(places) * tables)
    return dict(frame["position"])


# --- Golden counts of the real months


@functools.cache
def real_download(room: type, base) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(real_room(room, base).source().csv)))


def test_the_city_s_totals_by_month_are_those_the_issue_gives(base):
    rows = real_download(Districts, base)
    mine = {
        (row["type"], row["period"]): int(row["count"])
        for row in rows
        if row["district"] == "Plymouth" and row["count"]
    }
    assert [mine[ASB, month] for month in YEAR] == PLYMOUTH_ASB
    assert [mine[CRIME, month] for month in YEAR] == PLYMOUTH_CRIME
    assert mine[ASB, "2016-04..2016-11"] == sum(PLYMOUTH_ASB) == 7100
    assert mine[CRIME, "2016-04..2016-11"] == sum(PLYMOUTH_CRIME) == 11_637


def test_the_city_s_counts_of_every_type_and_month_are_those_the_standard_library_gives(base):
    by_hand = Counter(
        (row["Crime type"], row["Month"]) for row in this_year() if row["district"] == "Plymouth"
    )
    rows = [
        r
        for r in real_download(Districts, base)
        if r["district"] == "Plymouth" and ".." not in r["period"]
    ]
    mine = {(row["type"], row["period"]): int(row["count"]) for row in rows if row["type"] != CRIME}
    assert {key: count for key, count in mine.items() if count} == by_hand
    shown = text(real_page(Neighbourhoods, base))
    for kind in {kind for kind, _ in by_hand}:
        assert f"{kind} {sum(count for (k, _), count in by_hand.items() if k == kind):,} " in shown


def test_the_small_areas_have_the_counts_the_standard_library_gives_and_add_up_to_the_city(base):
    local = [row for row in this_year() if row["district"] == "Plymouth"]
    crime = Counter(row["LSOA code"] for row in local if row["Crime type"] != ASB)
    asb = Counter(row["LSOA code"] for row in local if row["Crime type"] == ASB)
    rows = [row for row in real_download(Neighbourhoods, base) if row["of"] == "small area"]
    for measure, by_hand, total in (("Recorded crime", crime, 11_637), (ASB, asb, 7100)):
        mine = {row["code"]: int(row["value"]) for row in rows if row["measure"] == measure}
        assert mine == {code: by_hand[code] for code in mine}
        assert (len(mine), sum(mine.values())) == (161, total)


def test_38_per_cent_of_crime_is_in_the_busiest_16_of_161_small_areas_where_chance_would_put_12(
    base,
):
    crimes = Counter(
        row["LSOA code"]
        for row in this_year()
        if row["district"] == "Plymouth" and row["Crime type"] != ASB
    )
    share = 100 * sum(count for _, count in crimes.most_common(16)) / 11_637
    mean, tail = 11_637 / 161, 16 / 161
    wanted, held = tail, 0.0
    for count in range(200, -1, -1):
        taken = min(wanted, poisson.pmf(count, mean))
        wanted, held = wanted - taken, held + taken * count
    assert (round(share), round(100 * held / mean)) == (38, 12)
    shown = text(real_page(Neighbourhoods, base))
    assert "16 of 161 small areas had 38% of recorded crime, April to November 2016" in shown
    assert "; 12% would be expected by chance" in shown


def test_a_neighbourhood_stands_where_its_limits_say_and_the_table_says_so(base):
    """Its size is the number of its small areas, each unsure by a fifth."""
    rows = csv.DictReader(
        (ROOT / "data/raw/2016-01/places/lookup.csv").read_text(encoding="utf-8").splitlines()
    )
    where = {row["LSOA11CD"]: row["MSOA_name_HoC"] for row in rows}
    sizes = Counter(where.values())
    crimes = Counter(
        where[row["LSOA code"]]
        for row in this_year()
        if row["district"] == "Plymouth" and row["Crime type"] != ASB
    )
    unsure = {name: 0.2 / math.sqrt(size) for name, size in sizes.items()}
    by_hand = positions(crimes, sizes, unsure)
    told = {
        r["neighbourhood"]: r["value"]
        for r in real_download(Neighbourhoods, base)
        if r["measure"] == "position"
    }
    assert told == dict.fromkeys(by_hand, "[z]")
    assert Counter(by_hand.values()) == {"": 32}
    page_text = text(real_page(Neighbourhoods, base))
    wide = (
        "Recorded crime differs widely between neighbourhoods, April to November 2016: the most was"
    )
    assert f"{wide} 1,899, in City Centre" in page_text
    assert "by far more than chance (by about 54%), so none is called above or below" in page_text
    low, high = np.quantile([crimes[name] / size for name, size in sizes.items()], [0.25, 0.75])
    assert f"The middle half have {low:.1f} to {high:.1f} per small area." in page_text
    shown = tables(real_page(Neighbourhoods, base))[
        "Recorded crime by neighbourhood, April to November 2016"
    ]
    assert "Position" not in shown[0]
    said = {row[0].split(" (")[0]: row[1] for row in shown[1:]}
    assert said == {name: f"{crimes[name]:,}" for name in by_hand}


def test_every_district_has_the_rate_rank_interval_and_position_worked_out_elsewhere(base):
    """Intervals by statsmodels, limits by hand, of all recorded crime and of anti-social
    behaviour.
    """
    people, counts = residents(), of_districts()
    for kind in (CRIME, ASB):
        rates = {name: 1000 * counts[name, kind] / people[name] for name in people}
        place = positions({name: counts[name, kind] for name in people}, people)
        rows = [
            r for r in real_download(Districts, base) if r["type"] == kind and ".." in r["period"]
        ]
        assert {row["district"] for row in rows} == set(people)
        for row in rows:
            name, count = row["district"], counts[row["district"], kind]
            low, high = (
                1000 * end for end in confint_poisson(count, people[name], method="exact-c")
            )
            assert int(row["count"]) == count
            found = [float(row[column]) for column in ("rate", "low", "high")]
            assert found == pytest.approx([rates[name], low, high], abs=0.00501)
            assert int(row["rank"]) == 1 + sum(rate > rates[name] for rate in rates.values())
            assert row["position"] == place[name] == row["floor"] == row["ceiling"] == ""
            assert row["shorthand"] == "[z]"


def test_plymouth_s_district_stands_as_the_page_says(base):
    """11,637 of 264,440: 44.0 per 1,000, the third of twelve; 7,100 incidents are 26.8, and their
    interval overlaps that of Torbay.
    """
    shown = text(real_page(Districts, base))
    assert (
        "Plymouth had 44.0 recorded crimes per 1,000 residents, April to November 2016: 3rd "
        "highest of 12 dis" in shown
    )
    assert "November 2016: 3rd highest of 12 districts Plymouth" in shown
    assert "Plymouth had 26.8 incidents of anti-social behaviour per 1,000 residents" in shown
    assert "2nd to 3rd highest of 12 districts" in shown
    assert "by far more than chance (by about 44%), so none is called above or below" in shown
    assert "Plymouth 3 44.0 43.2 to 44.8 " in shown
    low, high = (1000 * end for end in confint_poisson(11_637, 264_440, method="exact-c"))
    assert (round(low, 1), round(high, 1)) == (43.2, 44.8)


def test_plymouth_s_rank_for_each_type_is_worked_by_hand_and_no_type_has_a_position(base):
    people, counts = residents(), of_districts()
    rows = tables(real_page(Districts, base))[OWN_BY_TYPE]
    said = {row[0]: (row[1], row[5]) for row in rows[1:]}
    kinds = {kind for _, kind in counts}
    assert said.keys() == kinds
    everyone, small = (
        people,
        {"Isles of Scilly"},
    )  # where violence has 1 to 4 in a month, so no type of crime is shown
    for kind in kinds:
        people = {n: p for n, p in everyone.items() if kind in (CRIME, ASB) or n not in small}
        ends = {n: confint_poisson(counts[n, kind], p, method="exact-c") for n, p in people.items()}
        low, high = ends["Plymouth"]
        best = 1 + sum(other > high for other, _ in ends.values())
        worst = sum(other >= low for _, other in ends.values())
        rank = str(best) if best == worst else f"{best} to {worst}"
        types = len(kinds) - 2 if kind not in (CRIME, ASB) else 1
        found = {name: counts[name, kind] for name in people}
        place = positions(found, people, tables=types)["Plymouth"]
        assert said[kind] == (f"{counts['Plymouth', kind]:,}", f"{rank} of {len(people)}")
        assert place == ""
    wide = "No usual range for any type of crime: districts differ too widely; Plymouth was highest"
    assert f"{wide} for drug offences" in text(real_page(Districts, base))


def test_every_district_has_its_rate_for_each_type_on_the_page(base):
    people, counts = residents(), of_districts()
    shown = tables(real_page(Districts, base))
    [heads, *rows] = shown[EVERY_BY_TYPE]
    group = people.keys() - {"Isles of Scilly"}
    assert set(heads[1:]) == group
    assert {row[0] for row in rows} == {kind for _, kind in counts} - {CRIME, ASB}
    for kind, *cells in rows:
        for name, cell in zip(heads[1:], cells, strict=True):
            by_hand = 1000 * counts[name, kind] / people[name]
            assert float(cell) == pytest.approx(by_hand, abs=0.00501), (kind, name)
    assert "a sensitive type had 1 to 4 in a month: Isles of Scilly." in text(
        real_page(Districts, base)
    )


def test_the_rates_by_month_are_the_counts_by_hand_on_the_city_s_residents(base):
    rows = tables(real_page(Districts, base))
    [table] = [
        rows[caption] for caption in rows if caption.startswith(f"Plymouth: rate {PER} by type")
    ]
    for kind, counts in ((CRIME, PLYMOUTH_CRIME), (ASB, PLYMOUTH_ASB)):
        [mine] = [row[1:] for row in table if row[0] == kind]
        assert [cell.split()[0] for cell in mine] == [
            f"{1000 * count / 264_440:.2f}" for count in counts
        ]


# --- What changed


def quarters(*months: str) -> dict:
    return dict.fromkeys(months, USUAL)


def watched(root, *more: tuple, months: int = 40) -> Neighbourhoods:
    """So many months alike, with more in the last two, whose files all came in the last drop."""
    every = pd.period_range(end="2016-11", periods=months, freq="M").astype(str)
    rows = quarters(*every) | {month: [*USUAL, *more] for month in every[-2:]}
    return Neighbourhoods("2016-11", anytown(root, rows, drops=dict.fromkeys(rows, "2016-11")))


def test_a_change_is_judged_against_what_the_months_before_lead_one_to_expect(tmp_path):
    """Drugs, 50 a month until then, have 90 more in each of the last two."""
    page = watched(tmp_path, ("Anytown 003A", DRUGS, 90))
    rise = "Drug offences up 120% (180 more) on what was expected, September to November 2016"
    assert f"{rise}: more than usual variation" in text(page.summary().html)
    shown = text(page.changed().html)
    assert "One type and one neighbourhood changed by more than usual variation" in shown
    assert "Drugs 330 150 +180 +120% More than usual variation, since October 2016" in shown
    assert "Crime in Mill End up 180 on what was expected" in shown
    assert shown.count("More than usual variation, since") == 2


def test_months_that_are_all_alike_have_no_change(tmp_path):
    page = watched(tmp_path)
    none = "No type of crime and no neighbourhood changed by more than usual variation, September"
    assert none in text(page.summary().html)
    shown = text(page.changed().html)
    assert shown.startswith(none)
    assert "since" not in shown


def test_the_months_of_a_change_that_are_in_question_are_named(tmp_path):
    changes = watched(tmp_path).changes
    odd = dict.fromkeys((pd.Period(month, "M") for month in ("2016-04", "2016-10")), 1)
    told = text(section(changes, odd))
    assert "October 2016 is in question: a fall or rise may be due to the data" in told
    assert "April 2016" not in told
    assert "in question" not in text(section(changes, {}))


def test_months_that_the_indicator_leaves_out_are_not_judged_here_either(tmp_path):
    page = watched(tmp_path, ("Anytown 003A", ASB, 90))
    assert "Anti-social behaviour up" in text(page.summary().html)
    framework = (tmp_path / "framework.toml").read_text()
    left_out = '\n[indicators.incidents.exclude]\n"2016-10..2016-11" = "a new system"\n'
    (tmp_path / "framework.toml").write_text(framework + left_out)
    page = Neighbourhoods("2016-11", tmp_path)
    assert "Anti-social behaviour up" not in text(page.summary().html)


@pytest.mark.parametrize("months", [6, 36])
def test_before_three_years_of_files_it_is_too_early_to_tell_of_a_change(tmp_path, months):
    page = watched(tmp_path, ("Anytown 003A", DRUGS, 90), months=months)
    assert page.changes is None
    shown = text(page.changed().html)
    assert shown.startswith("Recent changes: too early to tell")
    assert "from 37 months of street files on" in shown
    assert "usual variation" not in text(page.summary().html)


def test_the_rate_on_the_polices_own_count_stands_beside_that_of_the_street_files_with_the_reason(
    base,
):
    shown = text(real_page(Districts, base))
    assert "Plymouth had 44.0 recorded crimes per 1,000 residents" in shown
    own = (
        "Overall crime is 47.6 per 1,000 residents at mid-2016, April to November 2016, by Devon "
        "and Cornwall Police’s own count."
    )
    why = "The rates here are from the street files, which leave out records without a location."
    assert f"{own} {why}" in shown
    assert "Anti-social behaviour is" not in shown  # it has no rate on its own page


# --- Districts: who is among them


def test_a_district_of_another_force_is_not_among_them(tmp_path):
    """Of whose residents fewer than one in a thousand met a crime here."""
    population = POPULATION + "Fartown,9000,9000\n"
    places = {"lookup.csv": look_up(), "population.csv": population}
    root = anytown(tmp_path, {"2016-04": [*USUAL, ("Fartown 001A", DRUGS, 8)]}, places)
    assert {row["district"] for row in download(Districts, root, "2016-04")} == {
        "Anytown",
        "Othertown",
        "Thirdtown",
    }
    root = anytown(tmp_path / "own", {"2016-04": [*USUAL, ("Fartown 001A", DRUGS, 9)]}, places)
    assert "Fartown" in {row["district"] for row in download(Districts, root, "2016-04")}


def test_three_districts_worked_by_hand(tmp_path):
    """60, 30 and 25 crimes on 10,000, 8,000 and 6,000: 6.0, 3.75 and 4.17; the group has 115 on
    24,000, 4.79. The 95% intervals overlap: 4.6 to 7.7, 2.5 to 5.4 and 2.7 to 6.2.
    """
    anytown(tmp_path, {"2016-04": USUAL})
    rows = {
        r["district"]: r for r in download(Districts, tmp_path, "2016-04") if r["type"] == CRIME
    }
    rates = {name: float(row["rate"]) for name, row in rows.items()}
    assert rates == pytest.approx({"Anytown": 6, "Othertown": 3.75, "Thirdtown": 25 / 6})
    assert {name: row["rank"] for name, row in rows.items()} == {
        "Anytown": "1",
        "Thirdtown": "2",
        "Othertown": "3",
    }
    assert {row["position"] for row in rows.values()} == {"in line"}
    shown = text(Districts("2016-04", tmp_path).summary().html)
    assert (
        "Anytown had 6.0 recorded crimes per 1,000 residents, April 2016: no clear rank among 3 "
        "districts, within the usual range" in shown
    )


def test_the_city_s_own_districts_stand_together_as_one(tmp_path):
    """As `beside.beside` says: 60 and 30 crimes on 18,000 residents are 5.0, beside Thirdtown's
    4.17.
    """
    frame = FRAME.replace("[street]", '[street]\ndistricts = ["Anytown", "Othertown"]')
    root = anytown(tmp_path, {"2016-04": USUAL}, frame=frame)
    rates = [
        float(row["rate"])
        for row in download(Districts, root, "2016-04")
        if row["type"] == CRIME and ".." in row["period"]
    ]
    assert sorted(rates) == pytest.approx([25 / 6, 5])
    shown = Districts("2016-04", root)
    assert "How Anytown and Othertown compare with the other districts" in text(
        shown.summary().html
    )
    assert "Anytown and Othertown were within the usual range for each of 2 types" in text(
        shown.types().html
    )
    assert "Anytown and Othertown compared with 1 other district by type" in text(
        shown.types().html
    )


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (112, "112th"),
    ],
)
def test_a_rank_is_said_as_people_say_it(n, said):
    assert nth(n) == said


# --- Small counts of a sensitive type

SENSITIVE = FRAME.replace("[street]", f'[street]\nsensitive_types = ["{VIOLENCE}", "{ROBBERY}"]')


def bytes_of(room: type, root) -> bytes:
    """Everything a page publishes: HTML, alternative text, pictures and its download."""
    return page(room, root, "2016-04").encode()


def twins(tmp_path, room: type, *variants: list) -> list[bytes]:
    return [
        bytes_of(room, anytown(tmp_path / str(n), {"2016-04": [*USUAL, *rows]}, frame=SENSITIVE))
        for n, rows in enumerate(variants)
    ]


def test_a_small_count_of_a_sensitive_type_in_a_neighbourhood_leaves_no_trace_on_its_page(tmp_path):
    """Mill End has 2 or 3 of violence. The city, its busiest area and every small area have the
    same totals.
    """
    two = [
        ("Anytown 003A", VIOLENCE, 2),
        ("Anytown 003A", DRUGS, 3),
        ("Anytown 002A", VIOLENCE, 7),
        ("Anytown 002A", DRUGS, 7),
    ]
    three = [
        ("Anytown 003A", VIOLENCE, 3),
        ("Anytown 003A", DRUGS, 2),
        ("Anytown 002A", VIOLENCE, 6),
        ("Anytown 002A", DRUGS, 8),
    ]
    one, other = twins(tmp_path, Neighbourhoods, two, three)
    assert one == other


def test_a_neighbourhood_is_not_named_for_a_sensitive_type_of_which_a_month_has_one_to_four(
    tmp_path,
):
    """New Town has far more robberies than 29 other neighbourhoods, but 2 in one month: nothing is
    said of it, though it is above its band.
    """
    names = [f"Anytown {n:03d}A" for n in range(30)]
    areas = {name: (f"Street {name[8:11]}", "Hill") for name in names[1:]}
    look = {"lookup.csv": look_up({names[0]: ("New Town", "Hill")} | areas)}
    more = [*ELSEWHERE, *((name, ROBBERY, 7) for name in names[1:])]
    months = {
        "2016-04": [*more, (names[0], ROBBERY, 60)],
        "2016-05": [*more, (names[0], ROBBERY, 2)],
    }
    open_, closed = FRAME, SENSITIVE
    shown = [
        tables(
            Neighbourhoods("2016-05", anytown(tmp_path / str(n), months, look, frame))
            .standing()
            .html
        )
        for n, frame in enumerate((open_, closed))
    ]
    caption = "Types of crime and anti-social behaviour, April to May 2016"
    [named], [hidden] = ([row[4] for row in each[caption] if row[0] == ROBBERY] for each in shown)
    assert (named, hidden) == ("New Town", "None")


def test_a_small_count_of_a_sensitive_type_in_the_city_leaves_no_trace_on_the_page_of_neighbourhoods(
    tmp_path,
):
    """The page on districts shows [c] for the same figure. All recorded crime is the same in
    both.
    """
    rows = [row for row in USUAL if row[1] != VIOLENCE]
    two = [("Anytown 001B", VIOLENCE, 2), ("Anytown 001B", ROBBERY, 3)]
    three = [("Anytown 001B", VIOLENCE, 3), ("Anytown 001B", ROBBERY, 2)]
    roots = [
        anytown(tmp_path / str(n), {"2016-04": [*rows, *more]}, frame=SENSITIVE)
        for n, more in enumerate((two, three))
    ]
    assert "[c]" in Districts("2016-04", roots[0]).types().html
    assert bytes_of(Neighbourhoods, roots[0]) == bytes_of(Neighbourhoods, roots[1])


def test_a_small_count_of_a_sensitive_type_in_the_city_leaves_no_trace_on_the_page_of_districts(
    tmp_path,
):
    rows = [row for row in USUAL if row[1] != VIOLENCE]
    two = [("Anytown 001B", VIOLENCE, 2), ("Anytown 001B", ROBBERY, 3)]
    three = [("Anytown 001B", VIOLENCE, 3), ("Anytown 001B", ROBBERY, 2)]
    one, other = (
        bytes_of(
            Districts, anytown(tmp_path / str(n), {"2016-04": [*rows, *more]}, frame=SENSITIVE)
        )
        for n, more in enumerate((two, three))
    )
    assert one == other


def test_a_small_count_of_a_sensitive_type_in_another_district_leaves_no_trace(tmp_path):
    """Not even in the rate and the limits of the group, which the city's own row shows."""
    more = [
        ("Othertown 001A", VIOLENCE, 9),
        ("Othertown 001A", ROBBERY, 9),
        ("Anytown 001A", ROBBERY, 9),
    ]
    two = [("Thirdtown 001A", VIOLENCE, 2), ("Thirdtown 001A", ROBBERY, 3), *more]
    three = [("Thirdtown 001A", VIOLENCE, 3), ("Thirdtown 001A", ROBBERY, 2), *more]
    one, other = twins(tmp_path, Districts, two, three)
    assert one == other


def test_a_page_on_districts_that_all_hide_a_type_stands_and_says_so(tmp_path):
    frame = FRAME.replace("[street]", f'[street]\nsensitive_types = ["{ROBBERY}", "{ASB}"]')
    rare = [(f"{name} 001A", ROBBERY, 1) for name in ("Anytown", "Othertown", "Thirdtown")]
    few = [(f"{name} 001A", ASB, 2) for name in ("Anytown", "Thirdtown")]
    rows = [row for row in USUAL if row[1] != ASB] + rare
    for n, more in enumerate((few, [*few, ("Othertown 001A", ASB, 3)])):  # some hide it, then all
        root = anytown(tmp_path / str(n), {"2016-04": [*rows, *more]}, frame=frame)
        shown = text(page(Districts, root, "2016-04"))
        none = "The rate of anti-social behaviour in Anytown is not shown"
        assert shown.count(f"{none}: a month had 1 to 4") == 1  # among the findings
        assert f"{none} , A month had 1 to 4" in shown  # as a heading with its subtitle
        assert "The types of crime in Anytown are not shown" in shown
        assert "Left out of the comparison by type" in shown
        assert "Every district, type by type" not in shown
        of = {
            row["type"]
            for row in download(Districts, root, "2016-04")
            if row["count"] and row["district"] == "Anytown"
        }
        assert of == {CRIME}


def test_a_type_that_every_other_district_hides_has_no_rank_and_no_position(tmp_path):
    frame = FRAME.replace("[street]", f'[street]\nsensitive_types = ["{ROBBERY}", "{ASB}"]')
    few = [
        (f"{name} 001A", kind, 2) for name in ("Othertown", "Thirdtown") for kind in (ROBBERY, ASB)
    ]
    rows = [row for row in USUAL if row[1] != ASB or "Anytown" in row[0]] + few
    root = anytown(tmp_path, {"2016-04": rows}, frame=frame)
    shown = text(page(Districts, root, "2016-04"))
    assert (
        "2.0 incidents of anti-social behaviour per 1,000 residents, April 2016: no rank, "
        "because every other" in shown
    )
    assert (
        "No comparison by type of crime is possible for Anytown: every other district had 1 to 4"
        in shown
    )
    assert "of 1 " not in shown
    cells = {
        row[0]: row[1:]
        for row in next(iter(tables(Districts("2016-04", root).types().html).values()))
    }
    assert cells[DRUGS][3:] == cells[ASB][3:] == ["[z]"] * 4
    assert cells[CRIME][5] == "1 to 3 of 3"
    mine = {
        r["type"]: r for r in download(Districts, root, "2016-04") if r["district"] == "Anytown"
    }
    assert [mine[DRUGS][name] for name in ("floor", "ceiling", "rank", "position")] == [""] * 4
    assert (mine[DRUGS]["count"], mine[CRIME]["rank"]) == ("50", "1")


def test_no_hidden_count_of_a_district_is_what_all_recorded_crime_leaves_when_the_shown_types_are_taken_off(
    base,
):
    """The real download: where one type alone of a district is hidden, its count is the difference,
    whoever looks.
    """
    shown, hidden = defaultdict(dict), defaultdict(list)
    for row in real_download(Districts, base):
        if row["type"] != ASB:
            place = row["district"], row["period"]
            if row["shorthand"] == "[c]":
                hidden[place].append(row["type"])
            else:
                shown[place][row["type"]] = int(row["count"])
    solved = {
        place: shown[place][CRIME]
        - sum(count for kind, count in shown[place].items() if kind != CRIME)
        for place, kinds in hidden.items()
        if len(kinds) == 1 and CRIME in shown[place]
    }
    assert hidden
    assert solved == {}


def test_a_hidden_type_says_so_and_gives_no_figure_in_any_column(base):
    rows = [r for r in real_download(Districts, base) if r["shorthand"] == "[c]"]
    types = {kind for _, kind in of_districts()} - {CRIME, ASB}
    assert {(row["district"], row["type"]) for row in rows} == {
        ("Isles of Scilly", kind) for kind in types
    }
    assert {
        tuple(row[c] for c in ("count", "rate", "low", "high", "rank", "position")) for row in rows
    } == {("",) * 6}
    months = Counter(
        r["Month"]
        for r in this_year()
        if (r["district"], r["Crime type"]) == ("Isles of Scilly", VIOLENCE)
    )
    assert any(0 < count < 5 for count in months.values())


# --- Which pages an edition has


def expected(root, month: str) -> set[str]:
    return set(plan.plan(root, EditionName(periods.month(month)), RunOptions()).expected)


def test_an_edition_of_a_year_without_street_files_has_no_page_on_places(base):
    assert expected(real_project(base), "2016-11") >= {
        "neighbourhoods",
        "districts",
        "data_quality",
    }
    assert expected(real_project(base), "2016-01") >= {
        "neighbourhoods",
        "districts",
        "data_quality",
    }
    before = expected(real_project(base), "2015-12")
    assert "data_quality" in before
    assert not before & {"neighbourhoods", "districts"}


@pytest.mark.parametrize("room", [Neighbourhoods, Districts])
def test_a_page_on_places_asked_for_without_street_files_says_which_to_put_where(base, room):
    with pytest.raises(LookupError) as missing:
        room("2015-12", real_project(base))
    assert str(missing.value) == (
        "no complete street file for 2015/16 has been received by December 2015; "
        "put 2015-12-devon-and-cornwall-street.csv in a drop"
    )


def test_without_populations_there_is_no_page_on_districts(tmp_path):
    root = anytown(tmp_path, {"2016-04": USUAL}, {"lookup.csv": look_up()})
    assert expected(root, "2016-04") >= {"neighbourhoods", "data_quality"}
    assert "districts" not in expected(root, "2016-04")
    wanted = (
        r"no population figures for mid-2016 or before have been received for Anytown; put "
        r"population\.csv in"
    )
    with pytest.raises(LookupError, match=wanted):
        Districts("2016-04", root)


def test_a_partnership_of_every_district_of_its_force_is_asked_for_no_population(tmp_path):
    frame = FRAME.replace("[street]", '[street]\ndistricts = ["Anytown", "Othertown", "Thirdtown"]')
    for n, places in enumerate(({"lookup.csv": look_up()}, None)):
        root = anytown(tmp_path / str(n), {"2016-04": USUAL}, places, frame)
        with pytest.raises(
            LookupError,
            match="no district except Anytown, Othertown and Thirdtown has an incident",
        ):
            Districts("2016-04", root)


def test_populations_of_districts_of_which_the_files_hold_one_alone_make_no_page_and_no_failure(
    tmp_path,
):
    """The files name the city's own district only; what is planned has to be what can be made."""
    root = anytown(tmp_path, {"2016-04": [*EVERY, *OLD_QUAY]})
    if "districts" in expected(root, "2016-04"):
        assert Districts("2016-04", root).summary()


def test_an_edition_without_street_files_is_whole_and_has_the_other_pages(tmp_path):
    notebooks(tmp_path)
    tiny.put(
        tmp_path / "data/raw/2016-04/returns/police.csv",
        "indicator,period,value\noverall_crime,2016-04,61\n",
    )
    outcome = tiny.pretend(tmp_path)
    assert (outcome.whole, outcome.failures) == (True, {})
    assert set(outcome.plan.expected) == {"board_summary", "overall_crime", "data_quality"}


def test_a_first_street_file_brings_the_pages_and_its_going_takes_them_away(tmp_path):
    root = anytown(tmp_path, {"2016-04": USUAL})
    outcome = tiny.pretend(root)
    assert outcome.whole
    assert {"neighbourhoods.html", "districts.html"} <= tiny.files(outcome.place).keys()
    (root / "data/raw/2016-04/2016-04-anyshire-street.csv").unlink()
    outcome = tiny.pretend(root)
    assert outcome.whole
    assert not {"neighbourhoods.html", "districts.html"} & tiny.files(outcome.place).keys()


def test_a_page_on_places_is_made_again_when_a_street_file_changes_and_not_otherwise(tmp_path):
    root = anytown(tmp_path, {"2016-04": USUAL})
    tiny.pretend(root)
    assert tiny.pretend(root).plan.todo == {}
    tiny.put(
        root / "data/raw/2016-04/2016-04-anyshire-street.csv",
        street("2016-04", [*USUAL, ("Anytown 003A", ASB, 1)]),
    )
    todo = plan.plan(root, EditionName(periods.month("2016-04")), RunOptions()).todo
    assert todo["neighbourhoods"] == "the street files changed"
    assert "districts" in todo


# --- As a reader meets them


def pages(base) -> dict[str, str]:
    edition = built_anytown(base)
    built = {path.name: path.read_text(encoding="utf-8") for path in edition.glob("*.html")}
    return built | {room.__name__: real_page(room, base) for room in PARTS}


def test_every_picture_has_words_and_every_table_a_caption_and_heads(base):
    for name, shown in pages(base).items():
        soup = BeautifulSoup(shown, "html.parser")
        for image in soup.find_all("svg"):
            if image.get("class") == ["spark"]:  # which the figures in its own row say
                assert "aria-label" in image.attrs or "aria-hidden" in image.attrs, name
                continue
            said = image.parent["aria-label"]
            assert len(said) > 40, name
            assert said.endswith("."), name
        for table in soup.find_all("table"):
            assert table.caption, name
            assert table.caption.get_text(strip=True), name
            assert all(head.get("scope") for head in table.find_all("th")), name
    for room, many in ((Neighbourhoods, 3), (Districts, 2)):
        soup = BeautifulSoup(real_page(room, base), "html.parser")
        assert len(soup.select("figure [role=img][aria-label]")) == many


def test_the_map_s_figures_are_in_a_table_and_its_words_name_the_neighbourhoods_with_most(base):
    shown = real_room(Neighbourhoods, base).map().html
    [image] = BeautifulSoup(shown, "html.parser").select("[role=img]")
    assert "Map of Plymouth" in image["aria-label"]
    assert "City Centre, Barbican & Sutton Harbour; Millbay & Stonehouse" in image["aria-label"]
    _, rows = tables(shown).values()
    assert len(rows) == 1 + 161
    assert rows[1][:4] == [
        "Plymouth\N{NO-BREAK SPACE}027E",
        "City Centre, Barbican & Sutton Harbour",
        "St Peter and the Waterfront",
        "565",
    ]
    assert [int(row[3].replace(",", "")) for row in rows[1:]] == sorted(
        (int(r[3]) for r in rows[1:]), reverse=True
    )


def test_the_totals_of_wards_are_the_sums_of_their_small_areas_and_told_from_neighbourhoods(base):
    """By the standard library: a small area counts in one ward, and all of them in one."""
    places = ROOT / "data/raw/2016-01/places/lookup.csv"
    ward = {r["LSOA11CD"]: r["WDNM"] for r in csv.DictReader(places.open(encoding="utf-8"))}
    by_hand = Counter()
    for row in this_year():
        if row["district"] == "Plymouth":
            by_hand[ward[row["LSOA code"]], row["Crime type"] == ASB] += 1
    rows = [row for row in real_download(Neighbourhoods, base) if row["of"] == "ward"]
    told = {(row["ward"], row["measure"] == ASB): int(row["value"]) for row in rows}
    assert told == by_hand
    shown = real_room(Neighbourhoods, base).map().html
    [_, *rows] = tables(shown)[
        "Recorded crime and anti-social behaviour by ward, April to November 2016"
    ]
    assert {row[0]: row[1] for row in rows} == {
        w: str(n) for w, n in Counter(ward.values()).items()
    }
    assert sum(int(row[2].replace(",", "")) for row in rows) == 11_637
    assert "32 neighbourhoods of 4 to 7 whole small areas (MSOAs)" in text(shown)
    assert "20 wards are another division, for elections" in text(shown)
    both = "names are those of both a neighbourhood and a ward, which differ: Peverell, Plympton"
    assert both in text(shown)


def test_of_very_many_small_areas_the_page_has_those_with_most_crime_and_the_download_has_all(
    tmp_path,
):
    """A partnership of 600, as a large city or a county is; its page must be light enough to be
    published.
    """
    names = [f"Anytown {n // 5:03d}{'ABCDE'[n % 5]}" for n in range(600)]
    areas = {name: (f"Old Quay and Harbour {name[8:11]}", "Harbour and Meadow") for name in names}
    rows = [*ELSEWHERE, *((name, DRUGS, 1 + n % 7) for n, name in enumerate(names))]
    shown = Neighbourhoods(
        "2016-04", anytown(tmp_path, {"2016-04": rows}, {"lookup.csv": look_up(areas)})
    )
    there = shown.map().html
    _, listed = tables(there).values()
    assert (len(listed), {row[3] for row in listed[1:]}) == (201, {"7", "6", "5"})
    assert "The figures for the 200 small areas with the most recorded crime" in text(there)
    assert "400 more are in the download." in text(there)
    assert (
        sum(row["of"] == "small area" for row in csv.DictReader(io.StringIO(shown.source().csv)))
        == 1200
    )
    assert (
        sum(len(getattr(shown, part)().html.encode()) for part in PARTS[Neighbourhoods])
        < LARGEST / 2
    )


def test_a_small_area_without_a_boundary_is_counted_beside_the_map(tmp_path):
    square = [[[-4, 50], [-4, 50.1], [-3.9, 50.1], [-4, 50]]]
    drawn = [
        {
            "type": "Feature",
            "properties": {"LSOA21CD": code(name)},
            "geometry": {"type": "Polygon", "coordinates": square},
        }
        for name in list(AREAS)[1:]
    ]
    lsoa = json.dumps({"type": "FeatureCollection", "features": drawn})
    root = anytown(tmp_path, {"2016-11": USUAL}, {"lookup.csv": look_up(), "lsoa.geojson": lsoa})
    shown = text(Neighbourhoods("2016-11", root).map().html)
    assert "Not on the map, because no boundary has been received: 1 small area." in shown


def test_without_boundaries_the_page_has_no_map_and_says_so(tmp_path):
    shown = Neighbourhoods("2016-04", anytown(tmp_path, {"2016-04": USUAL})).map().html
    assert "No boundaries have been received, so there is no map." in text(shown)
    assert "<svg" not in shown
    assert "Anytown 001A" in text(shown)


def test_the_pages_carry_the_licence_the_files_are_under(base):
    for room in (Neighbourhoods, Districts):
        assert "Open Government Licence v3.0" in text(real_page(room, base))
        assert "data.police.uk" in text(real_page(room, base))


def test_hostile_names_are_shown_as_text(tmp_path):
    areas = AREAS | {"Anytown 001A": ('<b>Old & "Quay"</b>', "<i>Harbour</i>")}
    quoted = look_up(areas).replace('<b>Old & "Quay"</b>', '"<b>Old & ""Quay""</b>"')
    rows = [*USUAL, ("Anytown 001A", "<script>alert(1)</script>", 6)]
    root = anytown(
        tmp_path, {"2016-04": rows}, {"lookup.csv": quoted, "population.csv": POPULATION}
    )
    for room in PARTS:
        shown = page(room, root, "2016-04").partition("district,type")[0].partition("of,code")[0]
        assert not re.search(r"<script|<b>|<i>", shown.partition("part,item")[0])


def test_a_download_holds_what_the_page_s_tables_show(base):
    rows = real_download(Neighbourhoods, base)
    assert {row["period"] for row in rows} == {"2016-04..2016-11"}
    assert Counter(row["of"] for row in rows) == {
        "small area": 322,
        "ward": 40,
        "neighbourhood": 160,
    }
    assert sum(n for *_, n in [*ELSEWHERE, *NOWHERE]) == 71
    frame = framework.load(ROOT / "framework.toml")
    assert frame.street.sensitive_types == (VIOLENCE,)


# --- Rates by small area


def rated(tmp_path, small: str = "Anytown 003E", people: int = 999):
    """The map and the download of a month with 3 crimes in each small area, 23 and 13 in two."""
    counted = {name: 1500 if name != small else people for name in AREAS}
    places = {"lookup.csv": look_up(people=counted)}
    shown = Neighbourhoods("2016-11", anytown(tmp_path, {"2016-11": USUAL}, places))
    rows = csv.DictReader(io.StringIO(shown.source().csv))
    figures = {(row["name"], row["measure"]): row["value"] for row in rows if row["name"]}
    return shown.map().html, figures


def test_a_small_area_has_its_rate_per_1000_residents_with_its_exact_interval(tmp_path):
    html, figures = rated(tmp_path)
    low, high = confint_poisson(23, 1.5, method="exact-c")
    assert float(figures["Anytown 001A", "rate"]) == pytest.approx(23 / 1.5)
    assert float(figures["Anytown 001A", "rate_low"]) == pytest.approx(low)
    assert float(figures["Anytown 001A", "rate_high"]) == pytest.approx(high)
    assert f"15.3 {low:.1f} to {high:.1f}" in text(html)
    assert "Per 1,000 residents" in text(html)
    assert "not the risk to a resident" in text(html)
    low, high = confint_poisson(33, 3.0, method="exact-c")
    harbour = "Harbour 2 36 4 3,000 12.0"  # 23 + 13 crimes among 3,000
    assert harbour in text(html)


def test_an_area_of_under_1000_residents_has_no_rate_and_the_page_says_so(tmp_path):
    html, figures = rated(tmp_path)
    assert ("Anytown 003E", "rate") not in figures
    assert figures["Anytown 003E", "residents"] == "999"
    assert "No rate, because the residents are under 1,000 or not known: 1 small area." in text(
        html
    )
    assert ("Anytown 003E", "rate") in rated(tmp_path / "more", people=1000)[1]


def test_without_residents_the_map_shows_counts_and_says_so(tmp_path):
    html = Neighbourhoods("2016-11", anytown(tmp_path, {"2016-11": USUAL})).map().html
    assert (
        "Counts are shown and no rates, because no residents by small area have been received."
        in text(html)
    )
    assert "confidence interval" not in html


def squares(names) -> str:
    """The boundaries of small areas as squares side by side."""
    features = []
    for n, name in enumerate(names):
        west, east = -4 + n / 100, -3.99 + n / 100
        ring = [[west, 50], [east, 50], [east, 50.02], [west, 50.02], [west, 50]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append(
            {"type": "Feature", "properties": {"LSOA21CD": code(name)}, "geometry": geometry}
        )
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.mark.parametrize("known", [True, False])
def test_the_map_has_rates_where_residents_are_known_and_circles_where_not(tmp_path, known):
    """23 crimes among 2,000 are 11.5; without residents no area is shaded by its count."""
    people = dict.fromkeys(AREAS, 2000) if known else None
    places = {"lookup.csv": look_up(people=people), "lsoa.geojson": squares(AREAS)}
    shown = Neighbourhoods("2016-11", anytown(tmp_path, {"2016-11": USUAL}, places))
    soup = BeautifulSoup(shown.map().html, "html.parser")
    wide = soup.select_one("svg.wide")
    titles = {
        mark.title.get_text(): mark.name for mark in wide.find_all(["path", "circle"]) if mark.title
    }
    assert len(titles) == 10
    mark, value = ("path", "11.5") if known else ("circle", "23")
    assert titles[f"Anytown 001A, Old Quay: {value}"] == mark
    words = [part.get_text() for part in wide.find_all("text")]
    assert {"Old Quay", "A"} <= set(words)  # outlined, and told which
    assert "Priority neighbourhoods" in " ".join(words)
    assert ("Crimes per 1,000 residents" in " ".join(words)) == known


# --- Recorded crime and deprivation


def deprived(tmp_path, crimes: list[int], deciles: list[int], people: list[int] | None = None):
    """The page of ten small areas with so many crimes, in these tenths of the index."""
    counts = dict(zip(AREAS, people or [2000] * 10, strict=True))
    head = "LSOA code (2011),LSOA name (2011),IMD Rank,IMD Decile"
    index = [
        f"{code(n)},{n},{100 * d + k},{d}"
        for k, (n, d) in enumerate(zip(AREAS, deciles, strict=True))
    ]
    places = {"lookup.csv": look_up(people=counts), "imd2015.csv": "\n".join([head, *index, ""])}
    rows = [(name, DRUGS, count) for name, count in zip(AREAS, crimes, strict=True)]
    return Neighbourhoods("2016-11", anytown(tmp_path, {"2016-11": rows}, places))


STEEP = [90, 84, 70, 66, 52, 47, 36, 28, 22, 14]


def test_crime_that_rises_with_deprivation_is_said_to_with_its_interval_and_the_rate_of_each_tenth(
    tmp_path,
):
    shown = deprived(tmp_path, STEEP, [1, 1, 2, 3, 4, 5, 6, 8, 9, 10])
    said = text(shown.deprivation().html)
    assert re.search(
        r"Recorded crime was [5-8]\.\d times as high at the most deprived end of Anytown", said
    )
    assert "1 (most deprived) 2 4,000 174 43.5" in said  # 90 + 84 among 4,000
    assert "Index of Multiple Deprivation 2015" in said
    assert "#deprivation" in shown.summary().html
    rows = {
        row["measure"]: row
        for row in csv.DictReader(io.StringIO(shown.source().csv))
        if "deprived" in row["of"]
    }
    assert float(rows["ratio_low"]["value"]) > 1


def test_no_link_and_a_link_that_one_area_makes_are_not_called_a_link(tmp_path):
    level = deprived(tmp_path / "level", [50, 48, 52, 49, 51, 50, 47, 53, 50, 50], [*range(1, 11)])
    assert "Recorded crime had no clear link with deprivation" in text(level.deprivation().html)
    one = deprived(tmp_path / "one", [70, 50, 48, 44, 45, 46, 44, 45, 42, 44], [*range(1, 11)])
    said = "link with deprivation rests on one small area, Anytown 001A"
    assert said in text(one.summary().html)
    assert said.replace(",", " ,") in text(one.deprivation().html)  # a heading with its subtitle


def test_without_an_index_or_residents_there_is_no_comparison_and_the_page_says_why(tmp_path):
    shown = Neighbourhoods("2016-11", anytown(tmp_path, {"2016-11": USUAL}))
    why = "There is no comparison with deprivation: no index of deprivation by small area has been received."
    assert why in text(shown.deprivation().html)
    assert "#deprivation" not in shown.summary().html


def test_an_area_of_unknown_rank_is_left_out_and_counted(tmp_path):
    shown = deprived(tmp_path, STEEP, [1, 1, 2, 3, 4, 5, 6, 8, 9, 10], [2000] * 9 + [900])
    said = text(shown.deprivation().html)
    assert "too few live there: 1 small area." in said
    assert "known for 9 of 10 small areas" in said
    assert "Recorded crime and deprivation: too early to tell" in said  # nine are left


# --- Similar areas of other forces

ALIKE = FRAME.replace("[street]", '[street]\nsimilar = ["Fartown", "Hightown", "Lowtown"]')
EVERYONE = POPULATION + "Fartown,5000,5000\nLowtown,4000,4000\n"


def alike(tmp_path, frame: str = ALIKE, months: tuple[str, ...] = ("2016-10", "2016-11")):
    """Anytown, and for some months the file of another force with Fartown and Hightown."""
    places = {"lookup.csv": look_up(), "population.csv": EVERYONE}
    root = anytown(tmp_path, {"2016-10": USUAL, "2016-11": USUAL}, places, frame)
    for month in months:
        rows = [
            ("Fartown 001A", DRUGS, 100),
            ("Fartown 001A", ASB, 40),
            ("Hightown 001A", DRUGS, 9),
        ]
        tiny.put(root / f"data/raw/{month}/{month}-farshire-street.csv", street(month, rows, 5000))
    return Districts("2016-11", root)


def test_similar_areas_of_another_force_stand_beside_the_own_district(tmp_path):
    shown = alike(tmp_path)
    said = text(shown.similar().html)
    # 120 crimes among 10,000 and 200 among 5,000
    assert "Anytown had 12.0 recorded crimes per 1,000 residents" in said
    assert "2nd highest of 2 similar areas" in said
    low, high = confint_poisson(200, 5, method="exact-c")
    assert f"Fartown 1 40.0 {low:.1f} to {high:.1f}" in said
    assert "#similar" in shown.summary().html
    rows = csv.DictReader(io.StringIO(shown.source().csv))
    assert {row["district"] for row in rows if row["group"] == "similar areas"} == {
        "Anytown",
        "Fartown",
    }


def test_a_similar_area_without_files_or_residents_is_said_to_lack_them_and_is_not_none(tmp_path):
    said = text(alike(tmp_path).similar().html)
    assert "Hightown (no population figure for mid-2016)" in said
    assert "Lowtown (no street file with it for October to November 2016)" in said
    said = text(alike(tmp_path / "less", months=("2016-11",)).similar().html)
    assert "Similar areas: no data" in said
    assert "Fartown (no street file with it for October 2016)" in said


def test_without_similar_areas_in_the_framework_the_page_and_its_download_have_none(tmp_path):
    shown = alike(tmp_path, FRAME)
    assert shown.similar().html == ""
    assert "group" not in shown.source().csv.splitlines()[0].split(",")


def test_an_index_of_a_few_of_the_small_areas_tells_nothing_of_the_whole(tmp_path):
    more = {f"Anytown 004{letter}": ("Mill End", "Meadow") for letter in "ABCDE"}
    shown = deprived(tmp_path, STEEP, [1, 1, 2, 3, 4, 5, 6, 8, 9, 10])
    assert shown.gradient.clear
    everyone = dict.fromkeys([*AREAS, *more], 2000)
    (tmp_path / "data/raw/2016-11/places/lookup.csv").write_text(look_up(AREAS | more, everyone))
    shown = Neighbourhoods("2016-11", tmp_path)
    assert shown.gradient is None
    assert "known for 10 of 15 small areas" in text(shown.deprivation().html)
