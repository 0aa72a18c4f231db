"""What `framework.toml` holds once parsed, before anything is known of it: texts, numbers and sections."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

LARGEST = 10**12


def whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < LARGEST


def filled(value: object) -> bool:
    """Whether it is a text that says something."""
    return isinstance(value, str) and value.strip() != ""


def section(raw: Mapping, key: str) -> dict:
    found = raw.get(key)
    return found if isinstance(found, dict) else {}


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
