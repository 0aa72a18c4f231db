"""Parses `framework.toml` with tomllib, and helpers for its texts, numbers and sections."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from saferplymouth.errors import Mistake

LARGEST = 10**12
LARGEST_FILE = 500_000  # bytes
LONGEST_LINE = 2_000  # tomllib's time for a key grows with the square of its parts


class FrameworkError(Mistake, ValueError):
    """Everything wrong with `framework.toml`, one line each.

    `mistakes` has the same as pairs of key and mistake; it is empty if the `file` cannot be read at
    all.
    """

    def __init__(self, lines: str, file: str = "", mistakes: Iterable[tuple[str, str]] = ()):
        super().__init__(lines)
        self.file, self.mistakes = file, list(mistakes)


def parsed(path: Path, content: bytes | None = None) -> dict:
    """The file as a mapping, as it is or would be with this `content`; raises `FrameworkError` if
    it is missing or invalid, RecursionError if it is nested too deeply.
    """
    content = _content(path) if content is None else content
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        mistake = f"byte {error.start} is not UTF-8; save the file as UTF-8"
    except ValueError as error:
        mistake = f"{error}; correct the line, or remove the duplicate"
    raise FrameworkError(f"{path.name}: {mistake}")


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        mistake = "is missing: every project has one in its top folder"
        raise FrameworkError(f"{path.name} {mistake}") from None
    except OSError as error:
        mistake = f"cannot be read ({error.strerror}); replace it with the file itself"
        raise FrameworkError(f"{path.name} {mistake}") from None
    if len(content) > LARGEST_FILE:
        mistake = f"is over {LARGEST_FILE:,} bytes; keep to what docs/framework.md describes"
        raise FrameworkError(f"{path.name} {mistake}")
    for row, line in enumerate(content.splitlines(), start=1):
        if len(line) > LONGEST_LINE:
            mistake = f"line {row} is over {LONGEST_LINE:,} bytes; split it into several"
            raise FrameworkError(f"{path.name}: {mistake}")
    return content


def whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST


def number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < LARGEST


def filled(value: object) -> bool:
    """Whether a value is a text that is not blank."""
    return isinstance(value, str) and value.strip() != ""


def section(raw: Mapping, key: str) -> dict:
    """The section with this key; empty if there is none."""
    value = raw.get(key)
    return value if isinstance(value, dict) else {}


def frozen(value: object) -> object:
    if isinstance(value, dict):
        return MappingProxyType({k: frozen(v) for k, v in value.items()})
    return tuple(frozen(v) for v in value) if isinstance(value, list) else value


def texts(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a value, including section keys, with its place: the keys that lead to it."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, list):
        for item in value:
            yield from texts(item, place)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield place or key, key
            yield from texts(item, f"{place}.{key}" if place else key)
