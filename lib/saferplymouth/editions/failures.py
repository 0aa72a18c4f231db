"""The reason for a failure, as a line that may be published."""

import os
import re

ANSI = re.compile(r"\x1b\[[0-9;]*m")
FOLDERS = re.compile(r"(?<![\w.:/\\])(?:[A-Za-z]:)?(?:[/\\][^\s/\\'\":]+)+[/\\]")


def opening(source: str) -> str:
    """The start of a cell's code, which identifies it."""
    return plain((source.strip().splitlines() or [""])[0])[:60]


def plain(error: object) -> str:
    """An error's message on one line, not too long, and without the folders of this machine."""
    text = ANSI.sub("", str(error)[:5000].encode(errors="replace").decode())
    home = os.environ.get("HOME", "")
    text = text.replace(home, "~") if len(home) > 1 else text
    line = FOLDERS.sub("", " ".join(text.split()))
    return line if len(line) <= 300 else f"{line[:300]}…"
