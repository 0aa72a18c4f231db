"""Reads analysts' comments: `comments/<indicator>.md`, Markdown after lines that say who wrote it,
when, and for what.

    Author: A. Analyst
    Date: 2017-01-10
    Written for: 12,586 to November 2016
    Signed off: B. Chair, the figure is the force's own estimate
    Confirmed: about 30 families | A. Analyst | PDAS quarterly note

Each line is optional, and all but `Confirmed` appear once. `Written for` is the year to date, so
that a comment whose figures have since changed is shown with a warning. `Signed off` accepts what
the figures contradict. `Confirmed` names the words that they do not show, who vouches for them, and
what they rest on.
"""

import datetime
import html
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import mistune
import nh3

from saferplymouth import periods
from saferplymouth.errors import (
    LONGEST_NAME,
    Fault,
    invisible_fault,
    known_keys,
    name_fault,
    reason_fault,
    too_long,
)
from saferplymouth.framework import Framework
from saferplymouth.sources.problems import Problem, SourceFile, shown

ALLOWED = {"p", "em", "strong", "ul", "ol", "li", "a", "blockquote", "br"}
AUTHOR, DATE, WRITTEN_FOR, SIGNED_OFF = HEADERS = ("Author", "Date", "Written for", "Signed off")
CONFIRMED = "Confirmed"
HEADER = re.compile(rf"({'|'.join((*HEADERS, CONFIRMED))}):[ \t]*(.*)")
LOOKS = {"author": AUTHOR, "date": DATE, "writtenfor": WRITTEN_FOR, "confirmed": CONFIRMED}
LOOKS |= {"signedoff": SIGNED_OFF, "signedoffby": SIGNED_OFF}
LABEL = re.compile("[^:∶ː։׃]{3,60}(?=[:∶ː։׃])")  # up to a colon, or a character that looks like one
LINE_END = re.compile(r"\r\n|\r|\n")  # the line ends that readers see, out of Unicode's
LONGEST = 20_000
LARGEST_FILE = 5 * LONGEST  # bytes; a character takes at most four
LONGEST_WORDS = 600  # of what one line confirms, a sentence at most
LENGTH = f"write 1 to {LONGEST:,} characters, or remove the file"


@dataclass(frozen=True)
class Comment:
    """An analyst's comment about an indicator: Markdown `text`, and what its first lines say;
    `confirmed` holds the words, by whom, and what they rest on.
    """

    text: str
    author: str = ""
    date: datetime.date | None = None
    written_for: str = ""
    signed_off: str = ""
    confirmed: tuple[tuple[str, str, str], ...] = ()

    @property
    def who(self) -> str:
        """The author, or "name not given"."""
        return self.author or "name not given"

    @property
    def file(self) -> bytes:
        """The comment as its file has it."""
        date = self.date.isoformat() if self.date else ""
        values = (self.author, date, self.written_for, self.signed_off)
        lines = [f"{name}: {value}\n" for name, value in zip(HEADERS, values, strict=True) if value]
        lines += [f"{CONFIRMED}: {' | '.join(parts)}\n" for parts in self.confirmed]
        return f"{''.join(lines)}\n{self.text}\n".encode()

    def says_as(self, other: "Comment") -> bool:
        """Whether it has the other's text, under the same names."""
        mine, theirs = ((c.text, c.author, c.signed_off, c.confirmed) for c in (self, other))
        return mine == theirs

    @property
    def html(self) -> str:
        """The text as HTML: paragraphs, lists, emphasis and web links; nothing loads or runs."""
        return nh3.clean(
            mistune.html(self.text),
            tags=ALLOWED,
            attributes={"a": {"href"}},
            url_schemes={"https", "http", "mailto"},
            url_relative="deny",
        )


def read_comments(
    files: list[Path], framework: Framework, problems: list[Problem]
) -> dict[str, Comment]:
    """The comments in `files` by indicator; what cannot be used is added to `problems`."""
    comments = {}
    for path in files:
        file = SourceFile(path, f"comments/{path.name}", problems)
        if path.suffix != ".md" or not path.is_file():
            file.problem("is not a comment", "save it as a text file named <indicator>.md")
        elif path.stem not in framework.indicators:
            cure = known_keys(path.stem, framework.indicators)
            file.problem(f"{shown(path.stem)} is not an indicator", cure)
        elif path.stat().st_size > LARGEST_FILE:
            file.problem(f"is over {LARGEST_FILE:,} bytes", LENGTH)
        elif comment := read_comment(path.read_bytes(), file.source, problems):
            comments[path.stem] = comment
    return comments


def read_comment(content: bytes, name: str, problems: list[Problem]) -> Comment | None:
    """The comment in a file of this content; what cannot be used is added to `problems`."""
    file = SourceFile(Path(name), name, problems)
    try:
        lines = LINE_END.split(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        file.problem(f"byte {error.start + 1} is not UTF-8", "save the file as UTF-8")
        return None
    header: dict[str, str] = {}
    confirmed: list[tuple[str, str, str]] = []
    opens = 0
    for opens, line in enumerate([*lines, ""]):
        if not (match := HEADER.fullmatch(line)):
            break
        if match[1] == CONFIRMED:
            confirmed += _confirmed(file, match[2], opens + 1)
            continue
        if match[1] in header:
            file.problem(f"has a second line '{match[1]}:'", "keep one of the lines", opens + 1)
        header[match[1]] = match[2].strip()
    _tell_look_alikes(file, lines, opens)
    text = "\n".join(lines[opens:]).strip()
    if not text or len(text) > LONGEST:
        file.problem(f"has {len(text):,} characters" if text else "contains no text", LENGTH)
    if finding := invisible_fault(html.unescape(text)):
        file.problem(*finding)
    author, date, written_for, signed_off = (header.get(column, "") for column in HEADERS)
    who, comma, reason = (part.strip() for part in signed_off.partition(","))
    for column, part, finding in (
        (AUTHOR, author, name_fault(author) if author else None),
        (WRITTEN_FOR, written_for, invisible_fault(written_for)),
        (WRITTEN_FOR, written_for, too_long(written_for, LONGEST_NAME)),
        (SIGNED_OFF, who, name_fault(who) if who or comma else None),
        (SIGNED_OFF, reason, reason_fault(reason) if comma else None),
        (DATE, date, _no_date(date) if date else None),
    ):
        if finding:
            mistake, cure = finding
            file.problem(f"{shown(part)} {mistake}", cure, column=column)
    if signed_off and not comma:
        file.problem("is signed off without a reason", "write: Signed off: name, reason")
    day = periods.written_day(date) if date and not _no_date(date) else None
    return Comment(text, author, day, written_for, signed_off, tuple(confirmed))


def _confirmed(file: SourceFile, line: str, row: int) -> list[tuple[str, str, str]]:
    """What a line confirms: the words, by whom, and what they rest on; none if one is missing."""
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != 3 or not parts[0]:
        cure = f"write: {CONFIRMED}: the words | name | what they rest on"
        file.problem("does not say what is confirmed, by whom, and on what", cure, row)
        return []
    words, who, basis = parts
    for part, finding in (
        (words, too_long(words, LONGEST_WORDS) or invisible_fault(words)),
        (who, name_fault(who)),
        (basis, reason_fault(basis)),
    ):
        if finding:
            mistake, cure = finding
            file.problem(f"{shown(part)} {mistake}", cure, row, column=CONFIRMED)
    return [(words, who, basis)]


def _no_date(text: str) -> Fault | None:
    try:
        periods.written_day(text)
    except ValueError:
        return "is not a date", "write the date as 2017-01-10"
    return None


def _tell_look_alikes(file: SourceFile, lines: list[str], opened: int) -> None:
    """A problem for each line after the header that looks like a header line but does not count as
    one: a sign-off anywhere, any other before the text begins.
    """
    before = True
    for row, line in enumerate(lines[opened:], start=opened + 1):
        looks = _looks_like(line)
        if looks == SIGNED_OFF or (looks and before):
            mistake = f"{shown(line)} looks like a line '{looks}: ' but is not read as one"
            cure = f"start one of the file's first lines with '{looks}: ', or reword it"
            file.problem(mistake, cure, row)
        before = before and bool(looks or not line.strip())


def _looks_like(line: str) -> str:
    """The header that a line seems to start with, whatever its case, markup, spacing or look-alike
    letters of other scripts; empty if there is none.
    """
    label = LABEL.match(unicodedata.normalize("NFKC", re.sub("<[^>]*>", "", html.unescape(line))))
    letters = "".join(c for c in label[0].casefold() if c.isalpha()) if label else ""
    for look, header in LOOKS.items():
        same = [a == b for a, b in zip(letters, look, strict=False) if a.isascii()]
        if len(letters) == len(look) and all(same) and 2 * len(same) >= len(look):
            return header
    return ""
