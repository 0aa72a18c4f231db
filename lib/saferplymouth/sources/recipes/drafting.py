"""Writes a drafted recipe as TOML, with a remark beside what is not sure."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from saferplymouth.sources.recipes.table_texts import in_words

DATED = re.compile(
    r"(?i)[0-9]+|january|february|march|april|may|june|july|august|september|october|"
    r"november|december|\b(?:jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec)\b"
)
MOST_NAMED = 8
LONGEST_KEY = 40


@dataclass
class DraftTable:
    """A table as a recipe writes it, and remarks by key (with dots)."""

    entry: dict
    remarks: dict[str, str] = field(default_factory=dict)

    def remark(self, place: str, *texts: str) -> None:
        """Add to what is said of a key."""
        said = "; ".join(filter(None, (self.remarks.get(place), *texts)))
        if said:
            self.remarks[place] = said


def key_for(file: str) -> str:
    """A recipe's name after its file: words of small letters, without dates and numbers."""
    words = re.findall(r"[a-z]+", DATED.sub(" ", file.rpartition(".")[0]).casefold())
    return "-".join(words)[:LONGEST_KEY].strip("-") or "recipe"


def _pattern(file: str) -> str:
    """A pattern for the names of a file's later issues: no dates and numbers."""
    stem, dot, ending = file.rpartition(".")
    stem = re.sub(r"\*[-_. *]*", "*", DATED.sub("*", stem) + "*")
    return f"{stem}{dot}{ending}"


def listed(texts: Iterable[str]) -> str:
    texts = [json.dumps(t, ensure_ascii=False) for t in texts]
    more = f" and {len(texts) - MOST_NAMED} more" if len(texts) > MOST_NAMED else ""
    return ", ".join(texts[:MOST_NAMED]) + more


def text_of(file: str, tables: Sequence[DraftTable], signs: Mapping[str, list[str]]) -> str:
    lines = [
        f"# How {file} is read: a draft. Correct what is not right, then look at what",
        "# `saferplymouth read` gives. docs/recipes.md says what a recipe may contain.",
        f"name = {_value(in_words(file))}",
        f"files = {_value([_pattern(file)])}",
    ]
    for meaning, own in signs.items():
        if meaning:
            lines.append(f"marks.{meaning} = {_value(own)}  # is that so?")
    if unknown := signs.get(""):
        lines += ["", f"# What does {listed(unknown)} mean in place of a figure? Keep one line:"]
        lines += [f"# marks.{kind} = {_value(unknown)}" for kind in ("missing", "hidden", "zero")]
    for table in tables:
        lines += ["", "[[table]]", *_lines(table)]
    if not tables:
        lines += [
            "",
            "# No table of figures was found: name texts of its row of headings.",
            "[[table]]",
        ]
        lines += ['header = "…"', 'period = "…"', "[table.indicators]"]
    return "\n".join(lines) + "\n"


def _lines(table: DraftTable) -> list[str]:
    entry, lines, sections = table.entry, [], []
    for key, value in entry.items():
        if isinstance(value, dict) and key not in ("periods", "filters", "without"):
            sections.append(key)
        elif isinstance(value, dict):
            for name, one in value.items():
                lines.append(_line(f"{key}.{_key(name)}", one, table, f"{key}.{name}"))
        else:
            lines.append(_line(key, value, table, key))
    if "indicators" in sections:
        lines.append("[table.indicators]")
        for key, value in entry["indicators"].items():
            lines.append(_line(key, value, table, f"indicators.{key}"))
    for name, groups in entry.get("groups", {}).items():
        lines.append(f"[table.groups.{name}]")
        lines += [_line(group, label, table, "") for group, label in groups.items()]
    return lines


def _line(name: str, value: object, table: DraftTable, place: str) -> str:
    remark = table.remarks.get(place)
    return f"{name} = {_value(value)}" + (f"  # {remark}" if remark else "")


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if re.fullmatch("[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)
