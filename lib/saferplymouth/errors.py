"""Errors that a user can correct, explained in plain words, and checks that a text may be
published.

A text may be published if readers see all of it and no spreadsheet runs it as a formula.
"""

import difflib
import re
import string
import unicodedata
from collections.abc import Iterable

FORMULA = tuple("=+-@")
QUOTES = "'\"‘’“”"
# Unicode categories of invisible characters, and invisible characters in other categories:
# Default_Ignorable_Code_Point, and those drawn as blanks
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufffc"
    "\U00013441\U00013442\U0001d159\U000e0100-\U000e01ef]"
)
NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?(e[+-]?\d+)?%?", re.ASCII)
LAID_OUT = "\n\t"
LONGEST_NAME, LONGEST_REASON = 100, 500
Fault = tuple[str, str]  # what is wrong, and the cure


class Mistake(Exception):
    """What was given cannot be used; the message says why and what would work.

    A notebook shows the message instead of a traceback; the cell, and a run of the notebook, have
    failed all the same.
    """

    def __str__(self) -> str:
        return " ".join(map(str, self.args))

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of the traceback."""
        return str(self).splitlines()


class Unknown(Mistake, KeyError):
    """There is nothing with this key or name."""


class NotReceived(Mistake, LookupError):
    """The data asked for are not in any drop."""


class NoProject(Mistake, FileNotFoundError):
    """There is no project here or in any folder above."""


def known_keys(wrong: object, keys: Iterable[str]) -> str:
    """The cure for a key that is not in `keys`: the nearest ones, or all of them."""
    by_sound = {key.lower(): key for key in keys}
    near = [by_sound[key] for key in difflib.get_close_matches(str(wrong).lower(), by_sound, n=2)]
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"use one of {', '.join(by_sound.values())}" if by_sound else "none is defined yet"


def invisible_fault(text: str) -> Fault | None:
    """The mistake and cure for a text with an invisible character; None if it has none.

    Such characters can reverse the order of letters and digits. Source: Unicode Technical Report
    36, section 2.
    """
    if text.isascii() and text.isprintable():
        return None
    for c in text:
        shapeless = unicodedata.category(c) in UNSEEN or BLANK.match(c)
        if shapeless and c not in LAID_OUT:
            mistake = f"contains an invisible character (U+{ord(c):04X})"
            return mistake, "retype it as plain text"
    return None


def cell_fault(text: str) -> Fault | None:
    """The mistake and cure for a text in a table for download; None if it is good.

    A spreadsheet reads a cell that starts with one of `FORMULA` as a formula. Some do so after
    spaces and quotation marks, or for wide or small forms of the sign, as in Chinese. Source:
    OWASP, CSV Injection.
    """
    opened = unicodedata.normalize("NFKD", text).lstrip(QUOTES + string.whitespace)
    if not opened.startswith(FORMULA):
        return invisible_fault(text)
    sign = next(c for c in text if unicodedata.normalize("NFKD", c).startswith(opened[0]))
    return invisible_fault(text) or (f"starts with {sign}, like a formula", "start it with a word")


def file_name_fault(name: str) -> Fault | None:
    """The mistake and cure for a file's name, which tables show as the source of a figure."""
    if not name.isprintable():
        return "has a name that cannot be displayed", "rename it using plain letters"
    finding = cell_fault(name)
    return finding and (f"has a name that {finding[0]}", "rename it using plain letters")


def cell_faults(cells: Iterable[str]) -> list[str]:
    """What is wrong with the cells of a table for download; numbers are always accepted."""
    texts = [cell for cell in dict.fromkeys(cells) if not NUMBER.fullmatch(cell)]
    return [f"'{printable(text[:40])}' {wrong[0]}" for text in texts if (wrong := cell_fault(text))]


def name_fault(text: str) -> Fault | None:
    """The mistake and cure for a person's name; None if it is good.

    A name has at least two letters, of any script, and at most `LONGEST_NAME` characters.
    """
    wrong = ("is not a name", "write a person's name of at least two letters")
    finding = cell_fault(text) if _letters(text).count("L") > 1 else wrong
    return too_long(text, LONGEST_NAME) or invisible_fault(text) or finding


def reason_fault(text: str) -> Fault | None:
    """The mistake and cure for a person's reason: at least one word and at most `LONGEST_REASON`
    characters.
    """
    wrong = ("is not a reason", "write a reason of at least one word")
    finding = cell_fault(text) if "LL" in _letters(text) else wrong
    return too_long(text, LONGEST_REASON) or invisible_fault(text) or finding


def too_long(text: str, longest: int) -> Fault | None:
    """The mistake and cure for a text of more than `longest` characters."""
    if len(text) <= longest:
        return None
    return f"has {len(text):,} characters", f"keep it to {longest}"


def _letters(text: str) -> str:
    """An L for each letter without its accents and what else modifies one, such as ˍ, and any
    other character's Unicode category.
    """
    categories = (unicodedata.category(c) for c in text)
    return "".join(c[0] for c in categories if c != "Lm" and c[0] != "M")


def printable(text: str) -> str:
    """`text` with a question mark for each character that cannot be displayed, such as a byte that
    is not UTF-8.
    """
    return "".join(c if c.isprintable() else "?" for c in text)
