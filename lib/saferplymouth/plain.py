"""Which texts may be published as they are written: a reader sees all of them, and no spreadsheet runs them."""

import unicodedata

FORMULA = ("=", "+", "-", "@")
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # Unicode's categories of what has no shape of its own
LAID_OUT = "\n\t"


def unseen(text: str) -> tuple[str, str] | None:
    """What is wrong with a text that holds what cannot be seen, and the cure; None where it holds nothing of the kind.

    Such characters can turn round the order of letters and digits. Source: Unicode Technical Report 36, section 2.
    """
    found = next((c for c in text if unicodedata.category(c) in UNSEEN and c not in LAID_OUT), "")
    mistake = f"holds a character that cannot be seen (U+{ord(found):04X})" if found else ""
    return (mistake, "type it again as plain text") if found else None


def unfit(text: str) -> tuple[str, str] | None:
    """What is wrong with a text that may not stand in a table that people download, and the cure; None otherwise.

    A spreadsheet takes a cell that opens with one of `FORMULA` for a formula. Source: OWASP, CSV Injection.
    """
    if wrong := unseen(text):
        return wrong
    if text.lstrip().startswith(FORMULA):
        return f"opens with {text.lstrip()[0]}, as a formula does", "open it with a word"
    return None


def printable(text: str) -> str:
    """`text` with a question mark for whatever cannot be shown, such as a byte of a file name that is not UTF-8."""
    return "".join(c if c.isprintable() else "?" for c in text)
