"""A recipe's file: what is refused, all at once with its place and cure, and what docs/recipes.md
says of it.
"""

import re
import tomllib

import jsonschema
import pytest
from projects import ROOT
from recipe_lab import loaded, of_anytown, recipe, sheet

from saferplymouth.sources import recipes

SCHEMA = recipes.json_schema()
GOOD = """
[[table]]
header = "Month"
period = "Month"
value = "Number"
[table.indicators.burglary]
"""


def refused(text: str) -> str:
    with pytest.raises(recipes.RecipeError) as error:
        recipe(text)
    return str(error.value)


def test_all_mistakes_are_told_at_once_each_with_its_place_and_cure():
    lines = refused(
        """
        fils = "police*.xlsx"
        marks.zeros = ["-"]
        [[table]]
        header = []
        above = "one"
        perod = "heading"
        [table.indicators.burglary]
        per = 500
        [[table]]
        periods.quarters = "school"
        """
    ).splitlines()
    assert [line.removeprefix("recipes/own.toml: ") for line in sorted(lines)] == sorted(
        [
            "the recipe: fils is not known, did you mean files?",
            "marks: zeros is not known, did you mean zero?",
            "table.1: perod is not known, did you mean period or periods?",
            "table.1.header: is empty; write at least one",
            "table.1.above: must be a whole number; correct it",
            "table.1.indicators.burglary: '500' is not known; use 1000 or 10000 or 100000",
            "table.2: 'header' is missing; add it",
            "table.2.periods.quarters: 'school' is not known; use calendar or financial",
        ]
    )


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        (("burglary]", "burglery]"), "indicators.burglery: is not an indicator; did you mean burg"),
        (("burglary]", "crime_gap]"), "indicators.crime_gap: is worked out from the street files"),
        (("burglary]", "admissions]"), "indicators.admissions: is a rate; add per, such as"),
        (
            ("[table.indicators.burglary]", 'add_up = "Sex"\n[table.indicators.satisfaction]'),
            "indicators.satisfaction: is no count, so rows of it cannot be added up",
        ),
        (('value = "Number"', ""), "value: is missing; name the column of the figures"),
        (("[table.indicators.burglary]", ""), "indicators: is missing; name at least one"),
        (
            ("burglary]", "burglary]\n[table.groups.sex]\nman = 'M'"),
            "groups.sex: is not a breakdown",
        ),
        (
            ("burglary]", "hate_crime]\n[table.groups.sex]\nman = 'M'"),
            "groups.sex.man: is not a group of sex; use one of female, male",
        ),
        (
            ("burglary]", "hate_crime]\n[table.groups.sex]\nmale = 'M'"),
            "group: is missing; say where the groups stand",
        ),
        (("burglary]", "burglary]\n[table.indicators.losses]"), "indicator: is missing; say where"),
        (("[[table]]", 'marks.zero = ["-"]\nmarks.hidden = ["-"]\n[[table]]'), "keep it in one"),
        (("[[table]]", 'marks.missing = ["999"]\n[[table]]'), "'999' is a number"),
        (("[[table]]", 'files = "=cmd()"\n[[table]]'), "'=cmd()' starts with =, like a formula"),
    ],
)
def test_what_the_framework_or_another_key_contradicts_is_refused(change, mistake):
    recipe(GOOD)
    assert mistake in refused(GOOD.replace(*change, 1))


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("a = " + "[" * 990 + "]" * 990, "nested too deeply; write it flat"),
        ("a = [" + "[" * 5000, "line 2 is over 2,000 bytes"),
        ("\n".join(f"a{n} = 1" for n in range(100_000)), "docs/recipes.md"),
        ("a = 1\na = 2", "remove the duplicate"),
        (GOOD * 101, "table: has more than 100; keep to those that files have"),
    ],
)
def test_a_file_that_is_hardly_a_recipe_is_refused_at_once(text, mistake):
    assert mistake in refused(text)


def test_mistakes_of_all_recipes_of_a_project_are_told_together(tmp_path):
    folder = tmp_path / "recipes"
    folder.mkdir()
    for name in ("one", "two"):
        (folder / f"{name}.toml").write_text("name = 1\n", encoding="utf-8")
    with pytest.raises(recipes.RecipeError) as error:
        recipes.load_all(tmp_path, of_anytown())
    assert re.findall(r"recipes/(\w+)\.toml", str(error.value)) == ["one", "one", "two", "two"]


def test_the_schema_takes_every_example_that_the_loader_takes():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for path in (ROOT / "docs/recipes").glob("*.toml"):
        jsonschema.validate(tomllib.loads(path.read_text(encoding="utf-8")), SCHEMA)


# --- What docs/recipes.md says

DOCUMENT = (ROOT / "docs/recipes.md").read_text(encoding="utf-8")
TABLE = SCHEMA["properties"]["table"]["items"]["properties"]
KEYS = {
    "recipe": SCHEMA["properties"],
    "[[table]]": TABLE,
    "[table.indicators]": TABLE["indicators"]["additionalProperties"]["anyOf"][1]["properties"],
    "periods": TABLE["periods"]["properties"],
    "marks": SCHEMA["properties"]["marks"]["properties"],
}


@pytest.mark.parametrize("section", KEYS)
def test_every_key_is_described_in_the_document_as_in_the_schema(section):
    text = DOCUMENT.partition(f"### `{section}`\n")[2].partition("###")[0]
    told = dict(re.findall(r"^\| `([^`]+)` \| (.*) \|$", text, re.MULTILINE))
    assert told == {key: entry["description"] for key, entry in KEYS[section].items()}


def test_the_documents_example_gives_what_it_says():
    example = DOCUMENT.partition("## An example\n")[2].partition("## Answers")[0]
    picture = re.search(r"```text\n(.*?)```", example, re.DOTALL)[1].splitlines()[1:]
    text = re.search(r"```toml\n(.*?)```", example, re.DOTALL)[1].replace("name =", "# name =")
    own = loaded((ROOT / "framework.toml").read_text(encoding="utf-8"))
    table = sheet([[cell.strip() for cell in line[4:].split("|")] for line in picture])
    found = recipes.take([table], "police.xlsx", recipe(text, own), own)
    assert not found.problems
    rows = [
        (f.indicator, f.period, "" if f.value is None else f"{f.value:g}", f.status, f.cell)
        for f in found.figures
    ]
    told = re.findall(r"^\| (\w+) \| ([\d-]+) \| (\d*) ?\| (\w?) ?\| (\w+) \|$", example, re.M)
    assert rows == told
    assert len(told) == 6


def test_what_the_answers_tell_to_write_can_be_written():
    answers = DOCUMENT.partition("## Answers\n")[2].partition("## ")[0]
    lines = re.findall(r"`([\w.]+ = [^`]+)`", answers)
    entry = KEYS["[table.indicators]"]
    for line in lines:
        written = tomllib.loads(line)
        (key,) = written
        whole = {"name": "a", "table": [{"header": "a"}]}
        if key in entry and key not in TABLE:
            whole["table"][0]["indicators"] = {"burglary": written}
        elif key in SCHEMA["properties"]:
            whole |= written
        else:
            whole["table"][0] |= written
        jsonschema.validate(whole, SCHEMA)
    assert len(lines) >= 14
