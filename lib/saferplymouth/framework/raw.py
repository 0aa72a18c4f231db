"""`framework.toml` as parsed, before anything is known of it: texts, numbers and sections."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from saferplymouth.errors import Mistake

LARGEST = 10**12
LARGEST_FILE = 500_000  # bytes
LONGEST_LINE = 2_000  # a key of many parts takes tomllib the square of their number


class FrameworkError(Mistake, ValueError):
    """Everything wrong with `framework.toml`, one line each.

    `mistakes` are the same as the key that each is about, and what is wrong with it; none where the
    `file` cannot be read at all.
    """

    def __init__(self, lines: str, file: str = "", mistakes: Iterable[tuple[str, str]] = ()):
        super().__init__(lines)
        self.file, self.mistakes = file, list(mistakes)


def parsed(path: Path) -> dict:
    """The file as a mapping; `FrameworkError` where there is none, RecursionError if it is deep."""
    content = _content(path)
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        mistake = f"byte {error.start} is not UTF-8; save the file as UTF-8"
    except ValueError as error:
        mistake = f"{error}; correct the line, or remove what stands twice"
    raise FrameworkError(f"{path.name}: {mistake}")


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise FrameworkError(f"{path.name} is missing: every project has one at its top") from None
    except OSError as error:
        mistake = f"cannot be read ({error.strerror}); put the file itself there"
        raise FrameworkError(f"{path.name} {mistake}") from None
    if len(content) > LARGEST_FILE:
        mistake = f"is over {LARGEST_FILE:,} bytes; keep to what docs/framework.md describes"
        raise FrameworkError(f"{path.name} {mistake}")
    for row, line in enumerate(content.splitlines(), start=1):
        if len(line) > LONGEST_LINE:
            mistake = f"line {row} is over {LONGEST_LINE:,} bytes; break it into several"
            raise FrameworkError(f"{path.name}: {mistake}")
    return content


def whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST


def number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < LARGEST


def filled(value: object) -> bool:
    """Whether it is a text that says something."""
    return isinstance(value, str) and value.strip() != ""


def section(raw: Mapping, key: str) -> dict:
    """The section of a key; empty where there is none."""
    value = raw.get(key)
    return value if isinstance(value, dict) else {}


def frozen(value: object) -> object:
    if isinstance(value, dict):
        return MappingProxyType({k: frozen(v) for k, v in value.items()})
    return tuple(frozen(v) for v in value) if isinstance(value, list) else value


def texts(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text within, a section's keys among them, with its place: the keys that lead to it."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, list):
        for item in value:
            yield from texts(item, place)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield place or key, key
            yield from texts(item, f"{place}.{key}" if place else key)
