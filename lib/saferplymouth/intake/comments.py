"""Analysts' comments: `comments/<indicator>.md`, Markdown after lines that say who wrote it, when, and for what.

    Author: A. Analyst
    Date: 2017-01-10
    Written for: 12,586 to November 2016
    Signed off: B. Chair, the figure is the force's own estimate

Each line may be left out. `Written for` is the year to date, so that a comment whose figures have since changed is
shown with a warning; `Signed off` lets a sentence stand that the check finds wrong.
"""

import datetime
import re
from dataclasses import dataclass
from pathlib import Path

import mistune
import nh3

from saferplymouth import periods
from saferplymouth.framework import Framework
from saferplymouth.intake.problems import Problem, shown
from saferplymouth.mistakes import known_keys
from saferplymouth.plain import unseen

ALLOWED = {"p", "em", "strong", "ul", "ol", "li", "a", "blockquote", "br"}
HEADER = re.compile(r"(Author|Date|Written for|Signed off):[ \t]*(.*)")
LONGEST = 20_000


@dataclass(frozen=True)
class Comment:
    """What an analyst wrote about an indicator: Markdown `text`, and what its first lines say; empty where unsaid."""

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
        return (self.text, self.author, self.signed_off) == (other.text, other.author, other.signed_off)

    @property
    def html(self) -> str:
        """The text as HTML, cut down to paragraphs, lists, emphasis and web links: nothing that loads or runs."""
        written = mistune.html(self.text)
        return nh3.clean(
            written,
            tags=ALLOWED,
            attributes={"a": {"href"}},
            url_schemes={"https", "http", "mailto"},
            url_relative="deny",
        )


def read_comments(files: list[Path], framework: Framework, problems: list[Problem]) -> dict[str, Comment]:
    """The comments in `files` by indicator; what cannot be used is added to `problems`."""
    found = {}
    for path in files:
        name = f"comments/{path.name}"
        if path.suffix != ".md" or not path.is_file():
            problems.append(Problem(name, "is not a comment", "save it as text named <indicator>.md"))
        elif path.stem not in framework.indicators:
            cure = known_keys(path.stem, framework.indicators)
            problems.append(Problem(name, f"{shown(path.stem)} is not an indicator", cure))
        elif comment := read_comment(path.read_bytes(), name, problems):
            found[path.stem] = comment
    return found


def read_comment(content: bytes, name: str, problems: list[Problem]) -> Comment | None:
    """The comment in a file of this content; what cannot be used is added to `problems`."""
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        problems.append(Problem(name, f"byte {error.start + 1} is not UTF-8", "save the file as UTF-8"))
        return None
    header = {}
    while lines and (match := HEADER.fullmatch(lines[0])):
        header[match[1]] = match[2].strip()
        lines.pop(0)
    text = "\n".join(lines).strip()
    if not text or len(text) > LONGEST:
        length = f"holds {len(text):,} characters" if text else "holds no text"
        problems.append(Problem(name, length, f"write 1 to {LONGEST:,} characters, or remove the file"))
    if wrong := unseen("\n".join([*header.values(), text])):
        problems.append(Problem(name, *wrong))
    date = _date(header.get("Date", ""), name, problems)
    signed = header.get("Signed off", "")
    if signed and "," not in signed:
        problems.append(Problem(name, "is signed off without a reason", "write: Signed off: name, reason"))
    return Comment(text, header.get("Author", ""), date, header.get("Written for", ""), signed)


def _date(written: str, name: str, problems: list[Problem]) -> datetime.date | None:
    try:
        return periods.written_day(written) if written else None
    except ValueError:
        cure = "write the date as 2017-01-10"
        problems.append(Problem(name, f"{shown(written)} is not a date", cure, column="Date"))
        return None
