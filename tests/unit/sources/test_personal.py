"""Personal data in a sender's file: found by sheet and column, counted, never shown."""

import pytest

from saferplymouth.sources import personal
from saferplymouth.sources.sheets import Sheet

LONG = "She rang at {} and said that he had come to the door again and would not leave her alone"


def of(*rows: list) -> list[tuple]:
    return [*personal.columns([Sheet("Cases", False, [*enumerate(rows, start=1)])])]


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        ("names", ["Surname", "Ó Briain", "Nwosu"]),
        ("names", ["Who", "Sarah Jones", "Mr David Smith-Hill", "Okafor, James"]),
        ("dates of birth", ["DOB", "2001-02-03"]),
        ("dates of birth", ["When", "1951-02-03", "04/04/1999", "2010-11-28"]),
        ("NHS numbers", ["No", "943 476 5919", 9434765919]),
        ("postcodes", ["Where", "PL1 2AB", "12 High Street, Plymouth PL4 8AA", "pl12ab"]),
        ("e-mail addresses", ["How", "a.person@example.org", "b@example.co.uk"]),
        ("phone numbers", ["How", "01752 668000", "+44 7700 900123", "(0117) 496 0123"]),
        ("free text", ["Note", *(LONG.format(hour) for hour in (7, 8, 9))]),
    ],
)
def test_each_kind_is_found_with_its_column_and_how_many_cells(kind, cells):
    rows = [["a", cell, "b", "c"] for cell in cells]
    assert of(*rows) == [("Cases", "B", kind, len(cells) - 1)]


@pytest.mark.parametrize(
    "cells",
    [
        ["Area name", "North Devon", "South Hams", "City of Plymouth"],
        ["Month", "2002-04-01", "2009-04-01", "2024-04-01"],  # a period, the same day each time
        ["Spent", 9434765918, 1234567890, 9876543211],  # ten digits without the check digit
        ["Code", "E06000026", "E01015012", "01/04/2016"],
        ["Half", "H1 2016", "Q2 2016/17"],
        ["Note", "provisional", "revised since last quarter"],
        ["Note", *[LONG] * 5],
    ],
)
def test_what_published_tables_hold_is_not(cells):
    assert of(*(["a", cell, "b", "c"] for cell in cells)) == []


def test_a_publishers_address_on_a_cover_and_its_notes_are_not():
    cover = [["Contact", "crime@example.gov.uk"], ["Telephone line", "01633 455000"]]
    assert of(*cover, *(["Note", LONG.format(n)] for n in range(5))) == []
