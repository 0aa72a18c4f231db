"""Analysts' comments: `comments/<indicator>.md`, Markdown after lines that say who wrote it, when,
and for what.

    Author: A. Analyst
    Date: 2017-01-10
    Written for: 12,586 to November 2016
    Signed off: B. Chair, the figure is the force's own estimate

Each line may be left out, and stands once. `Written for` is the year to date, so that a comment
whose figures have since changed is shown with a warning; `Signed off` lets a sentence stand that
the check finds wrong.
"""

import datetime
import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import mistune
import nh3

from saferplymouth import periods
from saferplymouth.errors import LONGEST_NAME, known_keys, unnamed, unreasoned, unseen
from saferplymouth.framework import Framework
from saferplymouth.sources.problems import Problem, shown

ALLOWED = {"p", "em", "strong", "ul", "ol", "li", "a", "blockquote", "br"}
AUTHOR, DATE, WRITTEN_FOR, SIGNED_OFF = HEADERS = ("Author", "Date", "Written for", "Signed off")
HEADER = re.compile(rf"({'|'.join(HEADERS)}):[ \t]*(.*)")
LOOKS = {
    "author": AUTHOR,
    "date": DATE,
    "writtenfor": WRITTEN_FOR,
    "signedoff": SIGNED_OFF,
    "signedoffby": SIGNED_OFF,
}
LABEL = re.compile("[^:∶ː։׃]{3,60}(?=[:∶ː։׃])")  # up to a colon, or what is drawn like one
LINE_END = re.compile(r"\r\n|\r|\n")  # of what Unicode lets end a line, what a reader sees end one
LONGEST = 20_000
LARGEST_FILE = 5 * LONGEST  # bytes, of which a character takes four at most


@dataclass(frozen=True)
class Comment:
    """What an analyst wrote about an indicator: Markdown `text`, and what its first lines say;
    empty where unsaid.
    """

    text: str
    author: str = ""
    date: datetime.date | None = None
    written_for: str = ""
    signed_off: str = ""

    @property
    def who(self) -> str:
        """Whose comment it is."""
        return self.author or "name not given"

    @property
    def file(self) -> bytes:
        """The comment as its file has it."""
        first = {"Author": self.author, "Date": self.date and self.date.isoformat()}
        first |= {"Written for": self.written_for, "Signed off": self.signed_off}
        header = "".join(f"{name}: {said}\n" for name, said in first.items() if said)
        return f"{header}\n{self.text}\n".encode()

    def says_as(self, other: "Comment") -> bool:
        """Whether it is the other's text, under the same names."""
        return (self.text, self.author, self.signed_off) == (
            other.text,
            other.author,
            other.signed_off,
        )

    @property
    def html(self) -> str:
        """The text as HTML, cut down to paragraphs, lists, emphasis and web links: nothing that
        loads or runs.
        """
        written = mistune.html(self.text)
        return nh3.clean(
            written,
            tags=ALLOWED,
            attributes={"a": {"href"}},
            url_schemes={"https", "http", "mailto"},
            url_relative="deny",
        )


def read_comments(
    files: list[Path], framework: Framework, problems: list[Problem]
) -> dict[str, Comment]:
    """The comments in `files` by indicator; what cannot be used is added to `problems`."""
    found = {}
    for path in files:
        name = f"comments/{path.name}"
        if path.suffix != ".md" or not path.is_file():
            problems.append(
                Problem(name, "is not a comment", "save it as text named <indicator>.md")
            )
        elif path.stem not in framework.indicators:
            cure = known_keys(path.stem, framework.indicators)
            problems.append(Problem(name, f"{shown(path.stem)} is not an indicator", cure))
        elif path.stat().st_size > LARGEST_FILE:
            cure = f"write 1 to {LONGEST:,} characters, or remove the file"
            problems.append(Problem(name, f"is over {LARGEST_FILE:,} bytes", cure))
        elif comment := read_comment(path.read_bytes(), name, problems):
            found[path.stem] = comment
    return found


def read_comment(content: bytes, name: str, problems: list[Problem]) -> Comment | None:
    """The comment in a file of this content; what cannot be used is added to `problems`."""
    try:
        lines = LINE_END.split(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        problems.append(
            Problem(name, f"byte {error.start + 1} is not UTF-8", "save the file as UTF-8")
        )
        return None
    header: dict[str, str] = {}
    opened = 0
    for opened, line in enumerate([*lines, ""]):
        if not (match := HEADER.fullmatch(line)):
            break
        if match[1] in header:
            problems.append(
                Problem(name, f"says {match[1]} a second time", "keep one of the lines", opened + 1)
            )
        header[match[1]] = match[2].strip()
    problems += _look_alikes(lines, opened, name)
    text = "\n".join(lines[opened:]).strip()
    if not text or len(text) > LONGEST:
        length = f"holds {len(text):,} characters" if text else "holds no text"
        problems.append(
            Problem(name, length, f"write 1 to {LONGEST:,} characters, or remove the file")
        )
    if wrong := unseen(text):
        problems.append(Problem(name, *wrong))
    for column, said, wrong in _unfit(header):
        problems.append(Problem(name, f"{shown(said)} {wrong[0]}", wrong[1], column=column))
    date = _date(header.get(DATE, ""), name, problems)
    signed = header.get(SIGNED_OFF, "")
    if signed and "," not in signed:
        problems.append(
            Problem(name, "is signed off without a reason", "write: Signed off: name, reason")
        )
    return Comment(text, header.get(AUTHOR, ""), date, header.get(WRITTEN_FOR, ""), signed)


def _unfit(header: dict[str, str]) -> Iterator[tuple[str, str, tuple[str, str]]]:
    """Each part of the first lines that does not say what its line is for: the line, the part,
    mistake and cure.
    """
    author, written_for = header.get(AUTHOR, ""), header.get(WRITTEN_FOR, "")
    if author and (wrong := unnamed(author)):
        yield AUTHOR, author, wrong
    if wrong := unseen(written_for):
        yield WRITTEN_FOR, written_for, wrong
    if len(written_for) > LONGEST_NAME:
        yield (
            WRITTEN_FOR,
            written_for,
            (f"holds {len(written_for):,} characters", f"keep it to {LONGEST_NAME}"),
        )
    who, comma, reason = (part.strip() for part in header.get(SIGNED_OFF, "").partition(","))
    if (who or comma) and (wrong := unnamed(who)):
        yield SIGNED_OFF, who, wrong
    if comma and (wrong := unreasoned(reason)):
        yield SIGNED_OFF, reason, wrong


def _look_alikes(lines: list[str], opened: int, name: str) -> Iterator[Problem]:
    """A problem for each line after the header that a reader would take for one of it, and that
    counts for nothing: a sign-off anywhere, any other before the text begins.
    """
    before = True
    for row, line in enumerate(lines[opened:], start=opened + 1):
        looks = _looks_like(line)
        if looks == SIGNED_OFF or (looks and before):
            cure = (
                f"open one of the file's first lines with '{looks}: ', or put it into other words"
            )
            yield Problem(
                name,
                f"{shown(line)} looks like a line '{looks}: ' and does not count as one",
                cure,
                row,
            )
        before = before and bool(looks or not line.strip())


def _looks_like(line: str) -> str:
    """The header whose letters a line opens with, however they are set, marked up or spaced, or
    written in letters of another script that are drawn alike; empty where there is none.
    """
    label = LABEL.match(unicodedata.normalize("NFKC", re.sub("<[^>]*>", "", html.unescape(line))))
    letters = "".join(c for c in label[0].casefold() if c.isalpha()) if label else ""
    for look, header in LOOKS.items():
        same = [a == b for a, b in zip(letters, look, strict=False) if a.isascii()]
        if len(letters) == len(look) and all(same) and 2 * len(same) >= len(look):
            return header
    return ""


def _date(written: str, name: str, problems: list[Problem]) -> datetime.date | None:
    try:
        return periods.written_day(written) if written else None
    except ValueError:
        cure = "write the date as 2017-01-10"
        problems.append(Problem(name, f"{shown(written)} is not a date", cure, column="Date"))
        return None
