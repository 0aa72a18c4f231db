"""A mistake that the person who made it can put right: told in words, wherever it is met."""

import difflib
from collections.abc import Iterable


class Mistake(Exception):
    """What was given cannot be used; the message says why and what would work.

    A notebook shows the message instead of a traceback; the cell, and a run of the notebook, have failed all the same.
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
    return f"did you mean {' or '.join(near)}?" if near else f"use one of {', '.join(by_sound.values())}"
