"""The outcome framework: every mistake told with its key and cure, and no partnership in the
code.
"""

import re
import tomllib
from dataclasses import MISSING, fields

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paper import PAPER
from projects import ROOT

from saferplymouth.framework import (
    AIMS,
    COMPLIANCE,
    KINDS_OF_GAP,
    Accessibility,
    AccessibilityGap,
    Area,
    Breakdown,
    Dimension,
    Disclosure,
    FrameworkError,
    Indicator,
    Matrix,
    Partnership,
    Population,
    SmallCounts,
    Street,
    load,
)
from saferplymouth.framework.reader import SECTIONS, _Reader
from saferplymouth.framework.values import DERIVED, UNITS
from saferplymouth.pages.report import Report
from saferplymouth.periods import FREQUENCIES

EXETER = """
[partnership]
name = "Safer Exeter"
area = "Exeter"
force = "Another Force"
financial_year_starts = "April"
contact = "Civic Centre"
licence = "Open"
small_base = 50
population_source = "A census"

[partnership.population]
2016 = 127300

[agencies]
police = "Another Force"

[areas.burglary]
title = "Burglary"
priority = "Homes."

[indicators.dwelling_burglary]
name = "Dwelling burglary"
area = "burglary"
aim = "reduce"
monitoring_only = false
frequency = "month"
unit = "count"
counted = "burglaries"
agency = "police"
sensitive = false
definition = "Burglaries of homes."
why = "They hurt."
"""


@pytest.fixture
def refused(tmp_path):
    """Loads a text and gives the lines it is refused with."""

    def attempt(text: str | bytes) -> list[str]:
        path = tmp_path / "framework.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(FrameworkError) as caught:
            load(path)
        return str(caught.value).splitlines()

    return attempt


@pytest.fixture
def loaded(tmp_path):
    def attempt(text: str | bytes):
        path = tmp_path / "framework.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load(path)

    return attempt


def changed(old: str, new: str) -> str:
    assert old in EXETER
    return EXETER.replace(old, new)


def with_target(target: str, unit: str = "count", frequency: str = "month") -> str:
    text = changed('unit = "count"', f'unit = "{unit}"').replace('"month"', f'"{frequency}"')
    return f"{text}\n[indicators.dwelling_burglary.target]\n{target}\n"


INDICATOR = "framework.toml: indicators.dwelling_burglary"
WRONG = {
    "an unknown area": (
        'area = "burglary"',
        'area = "burglry"',
        f"{INDICATOR}.area: 'burglry' is not known",
        "burglary",
    ),
    "an unknown aim": (
        '"reduce"',
        '"lower"',
        f"{INDICATOR}.aim: 'lower' is not known",
        "increase reporting",
    ),
    "an unknown frequency": (
        '"month"',
        '"weekly"',
        f"{INDICATOR}.frequency: 'weekly' is not known",
        "month, quarter",
    ),
    "an unknown unit": (
        '"count"',
        '"ratio"',
        f"{INDICATOR}.unit: 'ratio' is not known",
        "mean rate?",
    ),
    "an unknown agency": (
        'agency = "police"',
        'agency = "polce"',
        f"{INDICATOR}.agency: 'polce'",
        "police",
    ),
    "a missing key": ('why = "They hurt."', "", f"{INDICATOR}.why: is missing", "add it"),
    "a missing partnership key": (
        'contact = "Civic Centre"',
        "",
        "partnership.contact: is missing",
        "add it",
    ),
    "an unknown key": (
        "why =",
        'whi = "x"\nwhy =',
        f"{INDICATOR}.whi: is not a key",
        "did you mean why?",
    ),
    "an unknown section": (
        "[agencies]",
        "[agency]",
        "framework.toml: agency: is not a key",
        "mean agencies?",
    ),
    "text where true or false belongs": (
        "sensitive = false",
        'sensitive = "no"',
        f"{INDICATOR}.sensitive",
        "true or",
    ),
    "a number where text belongs": (
        '"They hurt."',
        "5",
        f"{INDICATOR}.why",
        "must be text in quotes",
    ),
    "an empty text": ('"They hurt."', '" "', f"{INDICATOR}.why", "is empty; write it"),
    "text where a number belongs": (
        "small_base = 50",
        'small_base = "50"',
        "small_base",
        "must be a whole number",
    ),
    "true where a number belongs": (
        "small_base = 50",
        "small_base = true",
        "small_base",
        "must be a whole number",
    ),
    "a negative small base": (
        "small_base = 50",
        "small_base = -1",
        "small_base",
        "must not be negative",
    ),
    "a population that is no number": (
        "2016 = 127300",
        '2016 = "many"',
        "population.2016",
        "number of people",
    ),
    "a population of no year": (
        "2016 = 127300",
        "now = 127300",
        "population.now",
        "must be a year",
    ),
    "an unknown month": (
        'starts = "April"',
        'starts = "april"',
        "financial_year_starts",
        "mean April?",
    ),
    "a section that is text": (
        "[areas.burglary]",
        "[areas]\nx = 1\n[areas.burglary]",
        "areas.x",
        "must be a section",
    ),
    "a name for a key": (
        "[areas.burglary]",
        '[areas."Burglary 1"]',
        "areas.Burglary 1",
        "60 lower-case letters",
    ),
    "a key that editions use": (
        "[areas.burglary]",
        "[areas.index]",
        "areas.index: is not a valid key",
        "tour are taken",
    ),
    "an area named as a page on places": (
        "[areas.burglary]",
        "[areas.districts]",
        "areas.districts: is not a valid key",
        "taken",
    ),
    "street settings that are text": (
        "[agencies]",
        "[street]\nforce = 5\n[agencies]",
        "street.force",
        "text in quotes",
    ),
    "districts that are no list": (
        "[agencies]",
        '[street]\ndistricts = "A"\n[agencies]',
        "street.districts",
        "a list of",
    ),
    "an unknown street setting": (
        "[agencies]",
        '[street]\nforces = ["a"]\n[agencies]',
        "street.forces",
        "mean force",
    ),
    "a sensitive type that the street files do not name": (
        "[agencies]",
        '[street]\nsensitive_types = ["Violence and sexual offenses"]\n[agencies]',
        "street.sensitive_types: 'Violence and sexual offenses' is not known",
        "and is not listed in street.new_types; did you mean Violence and sexual",
    ),
    "a known type misspelt and said to be new": (
        "[agencies]",
        '[street]\nnew_types = ["Violence and sexual offenses"]\n[agencies]',
        "street.new_types: 'Violence and sexual offenses' is almost Violence and sexual offences",
        "write Violence and sexual offences",
    ),
    "a type to be held against that the street files do not name": (
        "why =",
        'held_against = "Drug"\nwhy =',
        f"{INDICATOR}.held_against: 'Drug' is not known",
        "did you mean Drugs?",
    ),
    "what no one can work out": (
        "why =",
        'worked_out = "rank"\nwhy =',
        f"{INDICATOR}.worked_out",
        "use one of gap",
    ),
    "a count worked out as a gap": (
        "why =",
        'worked_out = "gap"\nwhy =',
        f"{INDICATOR}.worked_out",
        "monthly rate",
    ),
    "a sensitive count held against open data": (
        "sensitive = false",
        'sensitive = true\nheld_against = "all crime"',
        f"{INDICATOR}.held_against",
        "monthly counts that are not sensitive",
    ),
    "a key of its own inside": (
        "why =",
        'key = "x"\nwhy =',
        f"{INDICATOR}.key: is not a key",
        "use one of name, ",
    ),
    "an agency whose key leads out of a folder": (
        'police = "Another Force"\n',
        'police = "Another Force"\n"../police" = "Police"\n',
        "agencies.../police: is not a valid key",
        "lower-case letters, digits and _",
    ),
    "two areas of one title": (
        "[areas.burglary]",
        '[areas.theft]\ntitle = "burglary "\npriority = "x"\n[areas.burglary]',
        "areas.burglary.title: is also used by areas.theft",
        "change one of them",
    ),
    "a text that a spreadsheet would run": (
        '"They hurt."',
        '"=1+1"',
        f"{INDICATOR}.why: '=1+1' starts with =",
        "a word",
    ),
    "a text that turns its letters round": (
        '"They hurt."',
        '"\u202e12"',
        f"{INDICATOR}.why: '?12' contains an invisible character",
        "U+202E",
    ),
    "a population of no one": (
        "2016 = 127300",
        "",
        "partnership.population: is empty",
        "write a year",
    ),
    "an agency without a name": (
        'police = "Another Force"',
        'police = ""',
        "agencies.police",
        "in quotes",
    ),
    "an area without indicators": (
        "[agencies]",
        '[areas.a]\ntitle="A"\npriority="B"\n[agencies]',
        "areas.a: has no",
        "give it one, or",
    ),
    "'at least' without a target": (
        '"reduce"',
        '"at least"',
        f"{INDICATOR}.target: is missing",
        "needs one",
    ),
    "a list that is text": (
        "why =",
        'awaited = "Gap"\nwhy =',
        f"{INDICATOR}.awaited",
        "list of texts",
    ),
    "an unknown companion": (
        "why =",
        'compare_with = "x"\nwhy =',
        f"{INDICATOR}.compare_with: 'x' is not",
        "none is defined yet",
    ),
    "itself as companion": (
        "why =",
        'compare_with = "dwelling_burglary"\nwhy =',
        "compare_with",
        "is not known",
    ),
    "a baseline without cause": (
        "why =",
        'new_baseline = {"2016-11" = ""}\nwhy =',
        'baseline."2016-11"',
        "its reason",
    ),
    "no earlier agency": (
        "why =",
        'agency_until = {"2016-11" = "x"}\nwhy =',
        'agency_until."2016-11"',
        "police",
    ),
    "an agency until no month": (
        "why =",
        'agency_until = {"Nov" = "police"}\nwhy =',
        'until."Nov"',
        "must be a month",
    ),
    "a baseline from no month": (
        "why =",
        'new_baseline = {"Nov" = "x"}\nwhy =',
        'baseline."Nov"',
        "a month and",
    ),
    "months left out without a reason": (
        "why =",
        'exclude = {"2020-04..2020-06" = ""}\nwhy =',
        'exclude."2020-04..2020-06"',
        "their reason",
    ),
    "months left out that run backwards": (
        "why =",
        'exclude = {"2020-06..2020-04" = "lockdown"}\nwhy =',
        'exclude."2020-06..2020-04"',
        "a month or months",
    ),
    "nothing that is a month left out": (
        "why =",
        'exclude = {"spring" = "lockdown"}\nwhy =',
        'exclude."spring"',
        "a month or months",
    ),
    "a target that is no section": (
        "why =",
        "target = 5\nwhy =",
        f"{INDICATOR}.target",
        "must be a section",
    ),
}


@pytest.mark.parametrize(("old", "new", "place", "cure"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_refused_with_its_key_and_cure(old, new, place, cure, refused):
    lines = refused(changed(old, new))
    assert [line for line in lines if place in line and cure in line], lines


TARGETS = {
    "too few": (
        '"2016/17" = [1, 2, 3]',
        "count",
        "needs 12 cumulative targets, one for each month",
    ),
    "falling": (f'"2016/17" = {[*range(11), 5]}', "count", "must not fall"),
    "negative": ('"2016/17" = -5', "count", "must be a number"),
    "text": ('"2016/17" = "90"', "count", "must be a number"),
    "not a number": ('"2016/17" = nan', "count", "must be a number"),
    "infinite": ('"2016/17" = inf', "count", "must be a number"),
    "beyond counting": (f'"2016/17" = 1{"0" * 400}', "count", "must be a number"),
    "over a hundred per cent": ('"2016/17" = 101', "percent", "is over 100; write 0 to 100"),
    "one level over a hundred": (f'"2016/17" = {[90] * 11 + [900]}', "percent", "is over 100"),
    "of a calendar year": (
        '"2016" = 90',
        "count",
        'is not a financial year; write it as "2016/17"',
    ),
    "of a year that does not follow": ('"2016/18" = 90', "count", "is not a financial year"),
    "a list in a list": ('"2016/17" = [[1]]', "count", "needs 12 cumulative targets"),
}


@pytest.mark.parametrize(("target", "unit", "mistake"), TARGETS.values(), ids=TARGETS)
def test_a_wrong_target_is_refused_with_its_year(target, unit, mistake, refused):
    (line,) = refused(with_target(target, unit))
    year = target.split('"')[1]
    assert line.startswith(f'{INDICATOR}.target."{year}": ')
    assert mistake in line


def test_a_quarterly_indicator_takes_four_targets(refused, loaded):
    assert "needs 4" in refused(with_target(f'"2016/17" = {[1] * 12}', frequency="quarter"))[0]
    good = loaded(with_target('"2016/17" = [1, 2, 3, 4]', frequency="quarter"))
    assert good.indicators["dwelling_burglary"].target["2016/17"] == (1, 2, 3, 4)


def test_levels_of_a_percentage_may_fall(loaded):
    assert loaded(with_target(f'"2016/17" = {[90] * 6 + [85] * 6}', unit="percent"))


@pytest.mark.parametrize(
    "twice",
    [
        ('why = "They hurt."', 'why = "They hurt."\nwhy = "Again."'),
        ("[areas.burglary]", '[areas.burglary]\ntitle = "x"\npriority = "y"\n[areas.burglary]'),
        (
            "[indicators.dwelling_burglary]",
            '[indicators.dwelling_burglary]\nname = "x"\n[indicators.dwelling_burglary]',
        ),
    ],
)
def test_what_stands_twice_is_refused_with_its_line(twice, refused):
    (line,) = refused(changed(*twice))
    assert re.search(r"at line \d+", line)
    assert "remove the duplicate" in line


def test_a_slip_in_writing_is_refused_with_its_line(refused):
    (line,) = refused(changed('name = "Safer Exeter"', 'name = "Safer Exeter'))
    assert "at line 3" in line


def test_a_file_that_is_not_utf8_is_refused(refused):
    assert (
        "is not UTF-8; save the file as UTF-8"
        in refused(EXETER.replace("Safer", "Café").encode("latin-1"))[0]
    )


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FrameworkError, match=r"framework.toml is missing"):
        load(tmp_path / "framework.toml")


def test_an_empty_file_lacks_its_four_sections(refused):
    text = "\n".join(refused(""))
    for section in ("partnership", "agencies", "areas", "indicators"):
        assert f"{section}: the section [{section}] is missing; add it" in text


def test_every_mistake_is_told_at_once(refused):
    text = (
        changed('"reduce"', '"lower"')
        .replace('"month"', '"week"')
        .replace("2016 = 127300", "2016 = 0")
    )
    text = text.replace('why = "They hurt."', "").replace('contact = "Civic Centre"', "")
    lines = refused(f'{text}\n[indicators.dwelling_burglary.target]\n"2016" = -1')
    places = {line.split(": ")[1] for line in lines}
    indicator = {
        f"indicators.dwelling_burglary.{k}" for k in ("aim", "frequency", "why", 'target."2016"')
    }
    assert places == {"partnership.contact", "partnership.population.2016"} | indicator


def test_an_indicator_with_a_mistake_still_counts_for_its_area(refused):
    (line,) = refused(changed('why = "They hurt."', ""))
    assert line == f"{INDICATOR}.why: is missing; add it"


def test_a_byte_order_mark_and_windows_line_ends_are_read(loaded):
    assert (
        loaded(b"\xef\xbb\xbf" + EXETER.replace("\n", "\r\n").encode()).partnership.name
        == "Safer Exeter"
    )


def test_a_loaded_framework_cannot_be_changed(loaded):
    framework = loaded(EXETER)
    with pytest.raises(TypeError):
        framework.indicators["x"] = None
    with pytest.raises(AttributeError):
        framework.partnership.name = "x"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda s: st.lists(s) | st.dictionaries(st.text(), s),
    )
)
def test_no_content_does_worse_than_be_refused(content):
    raw = tomllib.loads(EXETER)
    for section in raw:
        for spoiled in (raw | {section: content}, raw | {section: {"dwelling_burglary": content}}):
            with pytest.raises(FrameworkError):
                _Reader("framework.toml").framework(spoiled)


HOSTILE = {
    "a number of 5,000 digits": f"x = {'9' * 5000}",
    "as many in base 16": f"x = 0x{'f' * 5000}",
    "50,000 tables in one another": f"[{'a.' * 50_000}b]",
    "a key of 900 parts": f"[partnership.population.{'a.' * 900}b]",
    "50,000 lists in one another": f"x = {'[' * 50_000}{']' * 50_000}",
    "lists in one another on lines of their own": "x = " + "[\n" * 50_000 + "]\n" * 50_000,
    "more than a framework can be": "#\n" * 400_000,
}


@pytest.mark.parametrize("added", HOSTILE.values(), ids=HOSTILE)
def test_what_no_reader_gets_through_is_refused_in_a_line(added, refused):
    (line,) = refused(f"{EXETER}\n{added}\n")
    assert line.startswith("framework.toml")
    assert len(line) < 300


@pytest.mark.parametrize("written", ["0x" + "f" * 900, "9" * 900, "-1e99"])
def test_a_number_larger_than_any_count_is_refused_by_its_key(written, refused):
    (line,) = refused(re.sub("small_base = .*", f"small_base = {written}", EXETER))
    assert line == "framework.toml: partnership.small_base: must be a whole number"


@pytest.mark.parametrize(
    ("start", "label", "opens"),
    [
        ("April", "2016/17", "2016-04"),
        ("January", "2016", "2016-01"),
        ("July", "2016/17", "2016-07"),
    ],
)
def test_another_partnership_works_without_a_change_in_code(start, label, opens, tmp_path):
    (tmp_path / "framework.toml").write_text(
        changed('starts = "April"', f'starts = "{start}"'), encoding="utf-8"
    )
    for month in pd.period_range("2015-01", "2016-12", freq="M"):
        folder = tmp_path / f"data/raw/{month}/returns"
        folder.mkdir(parents=True)
        (folder / "p.csv").write_text(
            f"indicator,period,value\ndwelling_burglary,{month},{month.year % 100 + month.month}\n"
        )
    section = Report("burglary", "2016-12", tmp_path)["dwelling_burglary"]
    months = int(pd.Period("2016-12", "M").ordinal - pd.Period(opens, "M").ordinal) + 1
    assert section.year.label == label
    assert str(section.year.frame.index[0]) == opens
    assert section.year.to_date.change == months
    assert section.year.to_date.this == sum(16 + m for m in range(13 - months, 13))


def test_no_partnership_area_or_force_is_named_in_the_code():
    framework = load(ROOT / "framework.toml")
    p = framework.partnership
    names = {p.name, p.area, p.force, *framework.agencies.values(), *p.force.split(" and ")}
    for path in sorted((ROOT / "lib").rglob("*")):
        if path.suffix in {".py", ".j2", ".css", ".json"} and "egg-info" not in str(path):
            text = path.read_text(encoding="utf-8")
            assert [name for name in names if re.search(rf"\b{re.escape(name)}\b", text)] == [], (
                path
            )


def test_no_indicator_or_area_is_named_in_the_code():
    framework = load(ROOT / "framework.toml")
    for path in sorted((ROOT / "lib/saferplymouth").rglob("*.py")):
        code = re.sub(r'"""[\s\S]*?"""', "", path.read_text(encoding="utf-8"))
        named = [
            k for k in (*framework.areas, *framework.indicators) if re.search(rf"\b{k}\b", code)
        ]
        assert named == [], path


def test_the_nine_indicators_are_defined_as_the_paper_has_them():
    i = load(ROOT / "framework.toml").indicators
    assert {
        k: (v.aim, v.monitoring_only, v.frequency, v.unit) for k, v in i.items() if k in PAPER
    } == {
        "overall_crime": ("reduce", False, "month", "count"),
        "serious_acquisitive_crime": ("reduce", True, "month", "count"),
        "violence_with_injury": ("reduce", True, "month", "count"),
        "domestic_abuse": ("increase reporting", False, "month", "count"),
        "domestic_abuse_referrals": ("increase", False, "quarter", "count"),
        "anti_social_behaviour": ("reduce", False, "month", "count"),
        "ist_incidents": ("increase reporting", False, "month", "count"),
        "ist_satisfaction": ("at least", False, "month", "percent"),
        "police_recorded_hate_crime": ("increase reporting", False, "month", "count"),
    }
    assert i["ist_incidents"].target["2016/17"] == (
        55,
        108,
        162,
        214,
        268,
        321,
        375,
        428,
        482,
        536,
        588,
        640,
    )
    assert i["ist_satisfaction"].target["2016/17"] == 90


BREAKDOWN = """
[indicators.dwelling_burglary.breakdowns.method]
name = "Method"
adds_up = true
groups = { forced = "Forced", open = "Open door" }
"""
MATRIX = """
[matrix]
weights_vary = 0.25
confidence = { high = 0.25, low = 1 }
[matrix.dimensions.likelihood]
name = "Likelihood"
weight = 1
scale = ["rare", "likely"]
bands = [2.5]
"""
MORE_WRONG = {
    "a breakdown of one group": (
        BREAKDOWN,
        ', open = "Open door"',
        "",
        "method.groups",
        "at least two groups",
    ),
    "a group without a name": (
        BREAKDOWN,
        '"Open door"',
        '""',
        "method.groups",
        "at least two groups",
    ),
    "a breakdown that says nothing of its sum": (
        BREAKDOWN,
        "adds_up = true\n",
        "",
        "method.adds_up",
        "is missing",
    ),
    "a percentage that adds up": (
        BREAKDOWN,
        'unit = "count"',
        'unit = "percent"',
        "adds_up",
        "must be false",
    ),
    "a sensitive breakdown that does not": (
        BREAKDOWN.replace("true", "false"),
        "sensitive = false",
        "sensitive = true",
        "method.adds_up",
        "must be true",
    ),
    "a rate on no population": (
        BREAKDOWN,
        "why =",
        'per_1000 = "pupils"\nwhy =',
        "per_1000: 'pupils'",
        "residents",
    ),
    "a rate of a percentage": (
        "",
        'unit = "count"',
        'per_1000 = "residents"\nunit = "percent"',
        "per_1000",
        "is for counts only",
    ),
    "pounds that are judged": (
        "",
        'unit = "count"',
        'unit = "pounds"',
        "monitoring_only",
        "must be true for an amount in pounds",
    ),
    "a sensitive sum of money": (
        "",
        'unit = "count"\ncounted = "burglaries"\nagency = "police"\nsensitive = false',
        'unit = "pounds"\ncounted = "losses"\nagency = "police"\nsensitive = true',
        "sensitive",
        "cannot be true when the unit is pounds",
    ),
    "a group that is the total": (
        BREAKDOWN,
        "open = ",
        "total = ",
        "method.groups",
        "use another key",
    ),
    "two groups of one name": (
        BREAKDOWN,
        '"Open door"',
        '"Forced"',
        "method.groups",
        "has the same name twice; change one of them",
    ),
    "weights that vary without end": (
        MATRIX,
        "weights_vary = 0.25",
        "weights_vary = 9",
        "weights_vary",
        "from 0 to 1",
    ),
    "a weight of nothing": (
        MATRIX,
        "weight = 1",
        "weight = 0",
        "likelihood.weight",
        "must be more than 0",
    ),
    "a scale of one": (
        MATRIX,
        '["rare", "likely"]',
        '["rare"]',
        "likelihood.scale",
        "at least two words",
    ),
    "a scale with a word twice": (
        MATRIX,
        '"rare", "likely"',
        '"rare", "rare"',
        "likelihood.scale",
        "all different",
    ),
    "a scale with an empty word": (
        MATRIX,
        '"rare", "likely"',
        '"", "rare"',
        "likelihood.scale",
        "list of texts",
    ),
    "a group whose key is no key": (
        BREAKDOWN,
        "open = ",
        '"a,b" = ',
        "method.groups.a,b: is not a valid key",
        "digits and _",
    ),
    "a rolling year that does not say how often": (
        BREAKDOWN,
        'frequency = "month"',
        'frequency = "rolling year"',
        "every",
        "is missing; write how often a rolling year comes",
    ),
    "a month that overlaps": (
        BREAKDOWN,
        "why =",
        'every = "quarter"\nwhy =',
        "every",
        "is for a frequency of rolling year or three years only",
    ),
    "a count that is a share": (
        BREAKDOWN,
        "why =",
        'base = "a"\nwhy =',
        "base",
        "is for percentages only; leave it out",
    ),
    "residents told of twice": (
        '[populations.residents]\nname = "a"\nsource = "b"\npeople = { 2016 = 9 }\n',
        'unit = "count"',
        'unit = "count"',
        "populations.residents: is reserved for [partnership.population]",
        "use another key",
    ),
    "bands that do not fit": (
        MATRIX,
        "[2.5]",
        "[2.5, 3]",
        "likelihood.bands",
        "must be 1 numbers above 0 in ascending order",
    ),
    "no confidence": (
        MATRIX,
        "{ high = 0.25, low = 1 }",
        "{}",
        "matrix.confidence",
        "needs a word",
    ),
    "a dimension that is a column": (
        MATRIX,
        "dimensions.likelihood",
        "dimensions.area",
        "area",
        "use another key",
    ),
}


@pytest.mark.parametrize(
    ("added", "old", "new", "place", "cure"), MORE_WRONG.values(), ids=MORE_WRONG
)
def test_a_mistake_in_a_breakdown_rate_or_matrix_is_refused(added, old, new, place, cure, refused):
    text = EXETER + added
    assert old in text
    lines = refused(text.replace(old, new))
    assert [line for line in lines if place in line and cure in line], lines


def test_a_breakdown_a_population_and_a_matrix_are_read(loaded):
    people = (
        '\n[populations.pupils]\nname = "pupils"\nsource = "A school census"\npeople = { 2016 = '
        "12000 }\n"
    )
    framework = loaded(
        EXETER.replace("why =", 'per_1000 = "pupils"\nwhy =') + BREAKDOWN + people + MATRIX
    )
    method = framework.indicators["dwelling_burglary"].breakdowns["method"]
    assert (method.name, dict(method.groups)) == (
        "Method",
        {"forced": "Forced", "open": "Open door"},
    )
    assert framework.populations["pupils"].people["2016"] == 12_000
    assert framework.populations["residents"].people["2016"] == 127_300
    assert framework.matrix.dimensions["likelihood"].bands == (2.5,)


@pytest.mark.parametrize(
    ("force", "name"),
    [
        ("Avon & Somerset Constabulary", "avon-and-somerset"),
        ("Metropolitan Police Service", "metropolitan"),
        ("City of London Police", "city-of-london"),
        ("Police Service of Northern Ireland", "northern-ireland"),
        ("Dyfed-Powys Police", "dyfed-powys"),
    ],
)
def test_a_force_is_known_by_the_name_its_street_files_have(force, name, tmp_path):
    path = tmp_path / "framework.toml"
    path.write_text(changed('force = "Another Force"', f'force = "{force}"'), encoding="utf-8")
    street = load(path).street
    assert (street.force, street.districts) == (name, (load(path).partnership.area,))


def test_a_type_said_to_be_new_may_be_sensitive_and_held_against(tmp_path):
    path = tmp_path / "framework.toml"
    said = '[street]\nnew_types = ["Piracy"]\nsensitive_types = ["Piracy", "Robbery"]\n[agencies]'
    path.write_text(
        changed("[agencies]", said).replace("why =", 'held_against = "Piracy"\nwhy =', 1),
        encoding="utf-8",
    )
    assert load(path).street.sensitive_types == ("Piracy", "Robbery")


# --- What a partnership says of the accessibility of its pages

ACCESSIBLE = """
[accessibility]
status = "partially"
prepared = "2026-11-30"
tested = "2026-11-30"
tested_how = "By keyboard."
[accessibility.gaps.maps]
what = "Maps"
why = "They have no text"
kind = "out of scope"
"""


@pytest.mark.parametrize(
    ("old", "new", "place", "cure"),
    [
        ('"partially"', '"partly"', "accessibility.status: 'partly'", "partially"),
        ('"partially"', '"fully"', "accessibility.status", "allows no gaps"),
        (ACCESSIBLE[ACCESSIBLE.index("[accessibility.gaps") :], "", ".gaps", "is missing"),
        ('status = "partially"\n', "", "accessibility.status", "is missing"),
        ('prepared = "2026-11-30"\n', "", "accessibility.prepared", "is missing"),
        ('prepared = "2026-11-30"', 'prepared = "2026-11-31"', ".prepared", "must be a day"),
        ('prepared = "2026-11-30"', 'prepared = "20261130"', ".prepared", "must be a day"),
        ('prepared = "2026-11-30"', "prepared = 2026-11-30", ".prepared", "text in quotes"),
        ('tested = "2026-11-30"\n', "", "accessibility.tested", "the day of the test"),
        ("[accessibility.gaps", 'email = "ask us"\n[accessibility.gaps', ".email", "an address"),
        ("[accessibility.gaps", 'form = "javascript:a"\n[accessibility.gaps', ".form", "https://"),
        ("out of scope", "too dear", "maps.kind: 'too dear'", "out of scope"),
        ('why = "They have no text"\n', "", "accessibility.gaps.maps.why", "is missing"),
    ],
)
def test_a_mistake_in_what_is_said_of_accessibility_is_refused(old, new, place, cure, refused):
    assert old in ACCESSIBLE
    lines = refused(EXETER + ACCESSIBLE.replace(old, new))
    assert [line for line in lines if place in line and cure in line], lines


def test_what_is_said_of_accessibility_is_read_and_may_be_left_out(loaded):
    said = loaded(EXETER + ACCESSIBLE).accessibility
    assert (said.tested, said.gaps["maps"].kind) == ("2026-11-30", "out of scope")
    assert loaded(EXETER).accessibility is None


# --- Which counts are hidden

RULE = """
[disclosure]
most = 5
[disclosure.agencies.police]
hide_zeros = true
"""


def test_counts_of_1_to_4_are_hidden_where_the_framework_does_not_say(loaded):
    framework = loaded(EXETER)
    assert framework.indicators["dwelling_burglary"].small == SmallCounts(4, False)
    assert framework.street.small.words == "1 to 4"


def test_an_agencys_own_rule_takes_the_rest_from_the_partnerships(loaded):
    framework = loaded(EXETER + RULE)
    assert framework.indicators["dwelling_burglary"].small == SmallCounts(5, True)
    assert framework.street.small.words == "1 to 5"


def test_an_indicator_of_two_agencies_has_the_strictest_of_their_rules(loaded):
    text = EXETER.replace("[areas", 'council = "Council"\nnhs = "NHS"\n[areas', 1)
    text = text.replace("why =", 'agency_until = { "2018-12" = "council" }\nwhy =')
    rules = "[disclosure.agencies]\ncouncil = { most = 9 }\nnhs = { most = 20 }\n"
    framework = loaded(text + rules + "police = { hide_zeros = true }\n")
    assert framework.indicators["dwelling_burglary"].small == SmallCounts(9, True)


MEETINGS = '[meetings]\n"2017-01-31" = "Board"\n"2016-11-30" = "Board"\n"2016-10-04" = "Urgent"\n'


def test_an_edition_is_for_the_first_meeting_on_or_after_the_day_its_month_ends(tmp_path):
    path = tmp_path / "framework.toml"
    path.write_text(EXETER + MEETINGS, encoding="utf-8")
    known = load(path)
    months = pd.period_range("2016-09", "2017-02", freq="M")
    following = [known.next_meeting(month) for month in months]
    assert [m and (m.name, str(m.date)) for m in following] == [
        ("Urgent", "2016-10-04"),
        *[("Board", "2016-11-30")] * 2,
        *[("Board", "2017-01-31")] * 2,
        None,
    ]
    before = [known.last_meeting(month) for month in months]
    days = [m and str(m.date) for m in before]
    assert days == [None, *["2016-10-04"] * 2, *["2016-11-30"] * 2, "2017-01-31"]


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ('"24/01/2017" = "Board"', '"24/01/2017"'),
        ('"2017-02-29" = "Board"', '"2017-02-29"'),
        ('"2017-01-24" = " "', '"2017-01-24"'),
        ("2017-01-24 = 5", '"2017-01-24"'),
    ],
)
def test_a_meeting_without_a_day_or_a_name_is_refused(line, at, refused):
    cure = 'must be a day and its meeting, such as "2017-01-24" = "The board"'
    assert refused(f"{EXETER}[meetings]\n{line}\n") == [f"framework.toml: meetings.{at}: {cure}"]


def test_months_are_left_out_with_their_reason_and_so_is_a_quarter_with_one_of_them(loaded):
    months = '{ "2020-02" = "flood", "2020-04..2020-06" = "lockdown" }'
    framework = loaded(EXETER.replace("why =", f"exclude = {months}\nwhy ="))
    indicator = framework.indicators["dwelling_burglary"]
    every = pd.period_range("2020-01", "2020-07", freq="M")
    told = [indicator.excluded(month) for month in every]
    assert told == ["", "flood", "", "lockdown", "lockdown", "lockdown", ""]
    quarters = every.asfreq("Q-MAR").unique()
    assert [indicator.excluded(quarter) for quarter in quarters] == ["flood", "lockdown", ""]


@pytest.mark.parametrize(
    ("text", "place", "cure"),
    [
        ("[disclosure]\nmost = 1\n", "disclosure.most", "from 2 to 100"),
        ("[disclosure]\nmost = true\n", "disclosure.most", "a whole number"),
        ("[disclosure.agencies.police]\nmost = 1\n", "agencies.police.most", "from 2 to 100"),
        ("[disclosure.agencies.polce]\nmost = 5\n", "disclosure.agencies", "did you mean police"),
        ("[disclosure]\nagencies = 5\n", "disclosure.agencies", "a section"),
        ("[disclosure.agencies]\npolice = 5\n", "agencies.police", "a section"),
        ("[disclosure]\nround = 5\n", "disclosure.round", "did you mean round_to"),
        ("[disclosure]\nround_to = 0\n", "disclosure.round_to", "from 1 to 100"),
        ("[disclosure]\nround_to = 11\n", "disclosure.round_to", "would round 5 to 0"),
        ("[disclosure]\nmost = 6\nround_to = 5\n", "disclosure.round_to", "would round 7 to 5"),
    ],
)
def test_a_mistake_in_which_counts_are_hidden_is_refused(text, place, cure, refused):
    lines = refused(EXETER + text)
    assert [line for line in lines if place in line and cure in line], lines


SILENT = EXETER.replace("sensitive = false\n", "")


@pytest.mark.parametrize(
    ("name", "counted", "unit", "sensitive"),
    [
        ("Dwelling burglary", "burglaries", "count", False),
        ("Dwelling burglary", "victims of burglary", "count", True),
        ("Children missing from home", "reports", "count", True),
        ("Hate crime", "crimes", "count", True),
        ("Domestic abuse", "crimes", "count", True),
        ("Residential burglary", "manual checks", "count", False),
        ("Satisfied victims", "victims who are satisfied", "percent", False),
    ],
)
def test_a_count_of_people_is_sensitive_unless_said_otherwise(
    loaded, name, counted, unit, sensitive
):
    text = SILENT.replace("Dwelling burglary", name).replace('"burglaries"', f'"{counted}"')
    framework = loaded(text.replace('"count"', f'"{unit}"'))
    assert framework.indicators["dwelling_burglary"].sensitive is sensitive
    assert framework.assumed == ("dwelling_burglary",)
    said = loaded(text.replace("why =", "sensitive = false\nwhy ="))
    assert (said.indicators["dwelling_burglary"].sensitive, said.assumed) == (False, ())


# --- What docs/framework.md says of it

DESCRIBED = {
    "[partnership]": Partnership,
    "[populations.KEY]": Population,
    "[areas.KEY]": Area,
    "[indicators.KEY]": Indicator,
    "[indicators.KEY.breakdowns.KEY]": Breakdown,
    "[disclosure]": Disclosure,
    "[disclosure.agencies.KEY]": SmallCounts,
    "[street]": Street,
    "[matrix]": Matrix,
    "[matrix.dimensions.KEY]": Dimension,
    "[accessibility]": Accessibility,
    "[accessibility.gaps.KEY]": AccessibilityGap,
}
DOCUMENT = (ROOT / "docs/framework.md").read_text(encoding="utf-8")
TOLD = {  # each heading's table: key to what stands in its row
    heading: dict(re.findall(r"^\| `([^`|]+)` \| (.*) \|$", text, re.MULTILINE))
    for heading, text in re.findall(
        r"^##+ `([^`]+)`\n(.*?)(?=^##|\Z)", DOCUMENT, re.MULTILINE | re.DOTALL
    )
}


@pytest.mark.parametrize(("heading", "kind"), DESCRIBED.items())
def test_every_key_of_the_framework_is_described_and_no_other_and_whether_it_must_be_there(
    heading, kind
):
    known = {
        f.name: f.default is MISSING and f.default_factory is MISSING
        for f in fields(kind)
        if f.name not in DERIVED
    }
    known |= (
        dict.fromkeys(("force", "districts"), False) if kind is Street else {}
    )  # the partnership's own without
    required = {key: row.rpartition("| ")[2] == "yes" for key, row in TOLD[heading].items()}
    assert required == known


def test_every_section_and_every_word_that_a_key_may_be_is_described():
    sections = {*re.findall(r"^\| `\[(\w+)", DOCUMENT, re.MULTILINE)}
    assert sections == set(SECTIONS)
    for key, allowed in (("aim", AIMS), ("frequency", FREQUENCIES), ("unit", UNITS)):
        row = TOLD["[indicators.KEY]"][key]
        assert [word for word in allowed if f"`{word}`" not in row] == [], key
    assert all(f"`{word}`" in TOLD["[accessibility]"]["status"] for word in COMPLIANCE)
    assert all(f"`{kind}`" in TOLD["[accessibility.gaps.KEY]"]["kind"] for kind in KINDS_OF_GAP)
