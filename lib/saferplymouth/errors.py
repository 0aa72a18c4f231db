"""Errors that a person can put right, told in words wherever they are met; and which texts may be
published.

A text may be published when a reader sees all of it, and no spreadsheet runs it.
"""

import difflib
import re
import string
import unicodedata
from collections.abc import Iterable

FORMULA = tuple("=+-@")
QUOTES = "'\"‘’“”"
# Unicode's categories of what has no shape of its own, and what has none either in other
# categories: Default_Ignorable_Code_Point, and what is drawn empty
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
    """There is nothing of this key or name."""


class NotReceived(Mistake, LookupError):
    """What is asked for has not come in any drop."""


class NoProject(Mistake, FileNotFoundError):
    """No project is here or in any folder above."""


def known_keys(wrong: object, keys: Iterable[str]) -> str:
    """The cure for a key that is not among `keys`: the nearest ones, or all of them."""
    by_sound = {key.lower(): key for key in keys}
    near = [by_sound[key] for key in difflib.get_close_matches(str(wrong).lower(), by_sound, n=2)]
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"use one of {', '.join(by_sound.values())}"


def invisible_fault(text: str) -> Fault | None:
    """What is wrong with a text that holds what cannot be seen, and the cure, if it does.

    Such characters can turn round the order of letters and digits. Source: Unicode Technical Report
    36, section 2.
    """
    for c in text:
        shapeless = unicodedata.category(c) in UNSEEN or BLANK.match(c)
        if shapeless and c not in LAID_OUT:
            mistake = f"holds a character that cannot be seen (U+{ord(c):04X})"
            return mistake, "type it again as plain text"
    return None


def cell_fault(text: str) -> Fault | None:
    """What is wrong with a text for a table that people download, and the cure, if anything is.

    A spreadsheet takes a cell that opens with one of `FORMULA` for a formula, and some do after
    spaces and quotation marks, or where it is written wide or small, as in Chinese. Source: OWASP,
    CSV Injection.
    """
    opened = unicodedata.normalize("NFKD", text).lstrip(QUOTES + string.whitespace)
    if not opened.startswith(FORMULA):
        return invisible_fault(text)
    sign = next(c for c in text if unicodedata.normalize("NFKD", c).startswith(opened[0]))
    return invisible_fault(text) or (f"opens with {sign}, as a formula does", "open it with a word")


def file_name_fault(name: str) -> Fault | None:
    """The same of a file's name, which stands in tables as where a figure came from."""
    if not name.isprintable():
        return "has a name that cannot be shown", "rename it in plain letters"
    finding = cell_fault(name)
    return finding and (f"has a name that {finding[0]}", "rename it in plain letters")


def cell_faults(cells: Iterable[str]) -> list[str]:
    """What is wrong with the cells of a table to be downloaded; a number is as it is."""
    texts = [cell for cell in dict.fromkeys(cells) if not NUMBER.fullmatch(cell)]
    return [f"'{printable(text[:40])}' {wrong[0]}" for text in texts if (wrong := cell_fault(text))]


def name_fault(text: str) -> Fault | None:
    """What is wrong with the name by which a person stands for something, and the cure.

    A name has two letters at least, of any script, and `LONGEST_NAME` characters at most.
    """
    wrong = ("is no name", "write the name of a person, in two letters or more")
    finding = cell_fault(text) if _letters(text).count("L") > 1 else wrong
    return too_long(text, LONGEST_NAME) or invisible_fault(text) or finding


def reason_fault(text: str) -> Fault | None:
    """The same of a person's reason: a word at least, and at most `LONGEST_REASON` characters."""
    wrong = ("is no reason", "write the reason, in a word or more")
    finding = cell_fault(text) if "LL" in _letters(text) else wrong
    return too_long(text, LONGEST_REASON) or invisible_fault(text) or finding


def too_long(text: str, longest: int) -> Fault | None:
    """The same of a text of more than `longest` characters."""
    if len(text) <= longest:
        return None
    return f"holds {len(text):,} characters", f"keep it to {longest}"


def _letters(text: str) -> str:
    """An L for each letter without its accents and what else modifies one, such as ˍ, and any
    other character's Unicode category.
    """
    categories = (unicodedata.category(c) for c in text)
    return "".join(c[0] for c in categories if c != "Lm" and c[0] != "M")


def printable(text: str) -> str:
    """`text` with a question mark for what cannot be shown, such as a byte that is not UTF-8."""
    return "".join(c if c.isprintable() else "?" for c in text)
