"""Looks for personal data in a file: columns that seem to hold names, dates of birth, NHS numbers
and other ways to tell who somebody is.

Says where and how many, never what.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from saferplymouth.sources.cells import written
from saferplymouth.sources.sheets import Sheet, cell_name

HEADINGS = {
    "names": r"(.*\b)?(sur|fore|first|last|middle|given|family|maiden)[ _-]?names?"
    r"|.*\b(client|victim|patient|offender|suspect|child|person|pupil|resident|caller|complainant"
    r"|perpetrator|witness|subject|mother|father|worker|officer)('?s)?'? (full )?names?"
    r"|full names?|initials|alias(es)?",
    "dates of birth": r"d\.?o\.?b\.?|(.*\b)?(date|day) of birth|birth ?da(te|y)",
    "NHS numbers": r"nhs (no|num|number)\b.*",
    "addresses": r"((home|street|full|postal) )?address(es)?( line)? ?[0-9]?",
    "phone numbers": r"((mobile|home|tele)? ?phone|tel|telephone|mobile)( no| number)?s?\.?",
}
HEADINGS = {kind: re.compile(pattern) for kind, pattern in HEADINGS.items()}
TEN_DIGITS = re.compile(r"[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}")
EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(\.[\w-]+)+")
PHONE = r"(?<!\w)(\+44 ?(\(0\))?|0044 ?|\(?0)[1-37][0-9]{1,3}\)?([ -]?[0-9]{2,4}){2,3}(?!\w)"
PHONE = re.compile(PHONE)
POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][ABD-HJLNP-UW-Z]{2}\b")
POSTCODE_ALONE = re.compile(r"[a-z]{1,2}[0-9][0-9a-z]? ?[0-9][abd-hjlnp-uw-z]{2}", re.IGNORECASE)
DAY = re.compile(r"([0-9]{4})-[0-9]{2}-([0-9]{2})( .*)?|([0-9]{2})[/.]([0-9]{2})[/.]([0-9]{4})")
FIRST_NAMES = (
    "james|john|robert|michael|william|david|richard|thomas|christopher|daniel|paul|mark|andrew|"
    "stephen|peter|simon|matthew|joshua|jack|oliver|harry|jacob|ryan|adam|liam|luke|ben|callum|"
    "mary|patricia|jennifer|elizabeth|susan|sarah|karen|emma|laura|claire|rachel|rebecca|jessica|"
    "hannah|amy|chloe|sophie|emily|megan|lucy|katie|nicola|helen|julie|alison|mohammed|muhammad|"
    "ahmed|ali|fatima|aisha|anna|maria|piotr"
)
PERSON = re.compile(
    rf"((mr|mrs|ms|miss|dr)\.? )?({FIRST_NAMES})( [a-z]\.?)?( [a-z'-]{{2,}}){{1,2}}"
    rf"|[a-z'-]+, ?({FIRST_NAMES})( [a-z]\.?)?"
)
MANY_WORDS, FEWEST_TEXTS, FEWEST_BESIDE = 10, 3, 2
FEWEST_DAYS, YEARS_OF_BIRTHS = 3, 15

Cells = list[tuple[str, int]]  # texts of a column, and how many other cells their rows have


def columns(sheets: list[Sheet]) -> Iterator[tuple[str, str, str, int]]:
    """The columns that seem to hold personal data: the sheet, the column's letters, what it seems
    to hold, and in how many cells. Hidden sheets are looked at too.
    """
    for sheet in sheets:
        by_column: dict[int, Cells] = defaultdict(list)
        for _, cells in sheet.rows:
            texts = [written(cell) for cell in cells]
            beside = len([text for text in texts if text]) - 1
            for column, text in enumerate(texts):
                if text:
                    by_column[column].append((text, beside))
        for column, cells in sorted(by_column.items()):
            letters = cell_name(1, column + 1).removesuffix("1")
            for kind, count in _of_column(cells).items():
                yield sheet.name, letters, kind, count


def _of_column(cells: Cells) -> dict[str, int]:
    """What a column seems to hold, and in how many cells."""
    texts = [text for text, _ in cells]
    found = {kind: count for kind in HEADINGS if (count := _below_heading(texts, kind))}
    kinds = {
        "names": _names(texts),
        "dates of birth": _births(texts),
        "NHS numbers": _nhs_numbers(texts),
        "postcodes": sum(_is_postcode(text) for text in texts),
        "e-mail addresses": _contacts(cells, EMAIL),
        "phone numbers": _contacts(cells, PHONE),
        "free text": _sentences(cells),
    }
    return {kind: count for kind, count in kinds.items() if count} | found


def _below_heading(texts: list[str], kind: str) -> int:
    """How many cells are below a heading that names this kind."""
    for place, text in enumerate(texts):
        if len(text) < 60 and HEADINGS[kind].fullmatch(text.casefold().rstrip(" :*")):
            return len(texts) - place - 1
    return 0


def _names(texts: list[str]) -> int:
    """How many cells are a common first name and one or two more words, if there are several."""
    people = [text for text in texts if PERSON.fullmatch(text.casefold())]
    return len(people) if len(set(people)) > 1 else 0


def _births(texts: list[str]) -> int:
    """How many cells are days, if they are spread over years and months as births are."""
    days = [day for text in texts if (day := DAY.fullmatch(text))]
    years = [int(day[1] or day[6]) for day in days]
    different = {day[2] or day[4] for day in days}
    spread = len(different) >= FEWEST_DAYS and max(years) - min(years) >= YEARS_OF_BIRTHS
    return len(days) if spread else 0


def _nhs_numbers(texts: list[str]) -> int:
    """How many cells are NHS numbers: ten digits, of which the last checks the others. Of ten
    digits that are something else, one in eleven fits.
    """
    digits = [re.sub("[ -]", "", text) for text in texts if TEN_DIGITS.fullmatch(text)]
    fit = sum(map(_is_nhs_number, digits))
    return fit if 2 * fit >= len(digits) else 0


def _is_nhs_number(digits: str) -> bool:
    """Source: NHS Data Dictionary, NHS number."""
    weighted = sum(int(d) * weight for d, weight in zip(digits, range(10, 1, -1), strict=False))
    return (11 - weighted % 11) % 11 == int(digits[-1])


def _is_postcode(text: str) -> bool:
    return bool(POSTCODE.search(text) or POSTCODE_ALONE.fullmatch(text))


def _contacts(cells: Cells, pattern: re.Pattern) -> int:
    """How many cells have a way to reach somebody; a publisher's own on a cover is no column."""
    found = [beside for text, beside in cells if pattern.search(text)]
    return len(found) if len(found) > 1 or max(found, default=0) >= FEWEST_BESIDE else 0


def _sentences(cells: Cells) -> int:
    """How many cells of a table are sentences that differ; notes beside no figures are not."""
    long = [t for t, beside in cells if beside >= FEWEST_BESIDE and len(t.split()) >= MANY_WORDS]
    return len(long) if len(set(long)) >= FEWEST_TEXTS else 0
