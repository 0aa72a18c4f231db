"""The drops in data/raw and the second transcription of the paper say the same, cell for cell.

Reads the drops with the standard library alone, so that nothing of the suite stands between the
two.
"""

import csv
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate

import pytest
from paper import PAPER, PRINTED, PRINTED_WRONG, YEAR_TO_DATE
from projects import ROOT

RAW = ROOT / "data" / "raw"
FIRST_DROP, LAST_DROP = "2015-04", "2016-11"
THIS = (*(f"2016-{m:02}" for m in range(4, 13)), "2017-01", "2017-02", "2017-03")
LAST = (*(f"2015-{m:02}" for m in range(4, 13)), "2016-01", "2016-02", "2016-03")
BOTH_AGENCIES = "police and council cases; number of replies not supplied"
POLICE_ONLY = "police cases only from June 2016; number of replies not supplied"

COUNTS = [key for key in PAPER if key != "ist_satisfaction"]
COMPARED = [key for key in PAPER if "last" in PAPER[key]]


def given(row):
    return [value for value in row if value is not None]


FACTS = "board-paper.csv"  # what the pack says of priorities that have no indicator in the paper


def files():
    """Every CSV return of the performance report in the drops the paper covers."""
    found = (path for path in RAW.glob("*/returns/*.csv") if path.name != FACTS)
    return sorted(path for path in found if FIRST_DROP <= path.parts[-3] <= LAST_DROP)


def in_drops():
    """(drop, file, indicator, period, value, note) for every row of every return, duplicates
    kept.
    """
    rows = []
    for path in files():
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                cells = (row["indicator"], row["period"], int(row["value"]), row.get("note", ""))
                rows.append((path.parts[-3], path.name, *cells))
    return rows


def in_paper():
    """The same rows as the paper gives them, each in the drop of its last month and its agency's
    file.
    """
    rows = []
    for key, table in PAPER.items():
        for months, year, values in (
            (LAST, "2015/16", table.get("last", ())),
            (THIS, "2016/17", table["this"]),
        ):
            for n, value in enumerate(values):
                if value is None:
                    continue
                if key == "domestic_abuse_referrals":
                    rows.append((months[3 * n + 2], "pdas.csv", key, f"{year} Q{n + 1}", value, ""))
                elif key == "ist_incidents":
                    rows.append((months[n], "police-and-council.csv", key, months[n], value, ""))
                elif key == "ist_satisfaction":
                    rows += satisfaction(n, value, table["cumulative"][n])
                else:
                    rows.append((months[n], "police.csv", key, months[n], value, ""))
    return rows


def satisfaction(n, month_value, to_date):
    """A month's satisfaction, with its year to date from the second month on."""
    drop = THIS[n]
    name, note = ("police-and-council.csv", BOTH_AGENCIES) if n < 2 else ("police.csv", POLICE_ONLY)
    month = (drop, name, "ist_satisfaction", drop, month_value, note)
    span = (drop, name, "ist_satisfaction", f"2016-04..{drop}", to_date, note)
    return [month] if n == 0 else [month, span]


def test_every_value_in_the_paper_is_in_the_drop_it_would_have_arrived_in():
    assert sorted(set(in_paper()) - set(in_drops())) == []


def test_every_value_in_a_drop_is_in_the_paper():
    assert sorted(set(in_drops()) - set(in_paper())) == []


def test_no_value_is_entered_twice():
    rows = in_drops()
    assert len({row[2:4] for row in rows}) == len(rows) == len(in_paper()) == 144


def test_there_is_a_drop_for_every_month_the_paper_covers():
    assert sorted({path.parts[-3] for path in files()}) == [*LAST, *THIS[:8]]


@pytest.mark.parametrize("path", files(), ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_a_return_is_plain_utf8_with_the_header_it_needs(path):
    raw = path.read_bytes()
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    header, *rows = list(csv.reader(raw.decode("utf-8").splitlines()))
    noted = any(row[3] for row in rows) and "note" in header
    assert header == ["indicator", "period", "value", *(["note"] if noted else []), "taken_from"]
    assert all(len(row) == len(header) for row in rows)
    assert {row[-1] for row in rows} == {
        "the board paper of 24 January 2017, pages 9 to 12, entered by hand"
    }


def test_the_facts_the_pack_gives_of_other_priorities_are_entered_with_their_periods():
    with (RAW / LAST_DROP / "returns" / FACTS).open(encoding="utf-8", newline="") as lines:
        rows = {
            (r["indicator"], r["period"], r["group"]): int(r["value"])
            for r in csv.DictReader(lines)
        }
    assert rows == {
        ("sexual_offences_under_18", "2014/15", "rape"): 42,
        ("sexual_offences_under_18", "2014/15", "other"): 142,
        ("sexual_offences_under_18", "2014/15", ""): 42 + 142,
        ("young_victims_by_age", "2014/15", "13_to_15"): 39,
        ("young_victims_by_age", "2014/15", "6_to_12"): 33,
        ("young_people_reporting", "2015/16", ""): 3,
        ("children_at_risk_of_exploitation", "2016/17 H1", ""): 40,
        ("modern_slavery_estimate", "2013", "lowest"): 10_000,
        ("modern_slavery_estimate", "2013", "highest"): 13_000,
        ("people_with_complex_needs", "2015/16", ""): 8_270,
    }


@pytest.mark.parametrize("key", COUNTS)
def test_a_cumulative_row_is_the_running_total_of_its_months(key):
    this = given(PAPER[key]["this"])
    assert given(PAPER[key]["cumulative"]) == list(accumulate(this))


@pytest.mark.parametrize("key", COMPARED)
def test_a_change_is_this_year_less_last_year_and_stops_where_this_year_does(key):
    pairs = zip(PAPER[key]["this"], PAPER[key]["last"], strict=True)
    assert PAPER[key]["change"] == tuple(None if a is None else a - b for a, b in pairs)


@pytest.mark.parametrize("key", COMPARED)
def test_year_to_date_compares_the_same_periods_of_both_years(key):
    fact, table = YEAR_TO_DATE[key], PAPER[key]
    months = len(given(table["this"]))
    assert fact["this"] == given(table["cumulative"])[-1]
    assert fact["last"] == sum(table["last"][:months])
    assert fact["change"] == fact["this"] - fact["last"]
    percent = Decimal(100 * fact["change"]) / fact["last"]
    assert fact["percent"] == int(percent.quantize(Decimal(1), ROUND_HALF_UP))
    assert fact["to"] == (
        f"2016/17 Q{months}" if key == "domestic_abuse_referrals" else THIS[months - 1]
    )


@pytest.mark.parametrize("key", ["ist_incidents", "ist_satisfaction"])
def test_year_to_date_against_a_target_is_the_last_month_with_a_figure(key):
    fact, table = YEAR_TO_DATE[key], PAPER[key]
    n = len(given(table["this"])) - 1
    assert (fact["to"], fact["this"], fact["target"]) == (
        THIS[n],
        table["cumulative"][n],
        table["target"][n],
    )


def test_every_indicator_has_rows_of_one_length():
    assert len(PAPER) == 9
    assert list(PAPER) == list(PRINTED) == list(YEAR_TO_DATE)
    for key, table in PAPER.items():
        assert set(table) <= {"this", "last", "cumulative", "change", "target"}
        length = 4 if key == "domestic_abuse_referrals" else 12
        assert {len(row) for row in table.values()} == {length}


def test_what_was_printed_wrongly_is_told_apart_from_what_is_right():
    assert sorted(PRINTED_WRONG) == [1, 2, 3, 4, 5, 6, 15]
    for fault in PRINTED_WRONG.values():
        assert fault["printed"] != fault["correct"]
        assert set(fault["indicators"]) <= set(PAPER)
    changed = {key for key in COMPARED if PRINTED[key]["change"] != PAPER[key]["change"]}
    assert changed == {"serious_acquisitive_crime", "violence_with_injury"}


@pytest.mark.parametrize("number", [3, 4])
def test_the_reversed_rows_are_the_right_ones_with_the_sign_changed(number):
    fault = PRINTED_WRONG[number]
    assert given(fault["printed"]) == [-value for value in given(fault["correct"])]


def test_april_to_august_2015_stands_as_restated():
    assert sum(PAPER["overall_crime"]["last"][:5]) == 7658 - 60
