"""The task of building one page, as a value: its inputs and its results, with no shared folder.

`make_page.build` builds it, in this process, in another, or on another machine.
"""

import hashlib
import importlib.metadata
import json
import os
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from saferplymouth.editions.timings import Timings

DIGESTED = ("*.py", "*.j2", "*.css", "*.json")
PACKAGES = ("jupyterlab", "pandas", "matplotlib", "papermill", "nbconvert")
PACKAGES += ("numpy", "scipy", "pyarrow", "ipykernel")

# The environment of every process that makes a page, so that it is the same on any machine. With
# so few figures, more threads for linear algebra would only wait.
STEADY = {"PYTHONHASHSEED": "0", "PYTHONNOUSERSITE": "1", "PYTHONUTF8": "1", "PYTHONSAFEPATH": "1"}
STEADY |= {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
KEPT = ("PATH", "HOME", "XDG_CACHE_HOME", "TMPDIR", "TEMP", "TMP", "LD_LIBRARY_PATH")
KEPT += ("SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT", "USERPROFILE", "LOCALAPPDATA")


def environment() -> dict[str, str]:
    """The environment of a process that makes a page: paths, but no settings of the user."""
    return {name: os.environ[name] for name in KEPT if name in os.environ} | STEADY


@dataclass(frozen=True)
class PageTask:
    """One notebook to run for the edition `name`, with data to `month`.

    `area` is its key, `parameters` are its inputs, and `must` are the parts it has to show, each a
    kind and a key. `files` are the framework, observations and comments it can see, by path within
    the project. `top` is the text around the page (see `render.render`). `seconds` is the limit for
    the whole notebook, `published` the day (ISO) on the page, and `depends` a digest of everything
    that would change the page. `beside` are files published with it that no notebook makes, by
    path.
    """

    name: str
    month: str
    area: str
    title: str
    page: str
    parameters: dict[str, str]
    must: tuple[tuple[str, str], ...]
    notebook: bytes
    files: dict[str, bytes]
    top: dict
    seconds: float
    published: str
    depends: dict[str, str] = field(default_factory=dict)
    beside: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class PageResult:
    """The result of a task: its `files` by path within the edition, or the `failure` in one line.

    `facts` go into the manifest, by indicator; `executed` is the notebook as run, for analysts.
    """

    area: str
    failure: str
    files: dict[str, bytes] = field(default_factory=dict)
    facts: dict = field(default_factory=dict)
    executed: bytes = b""
    timings: Timings = field(default_factory=Timings)


def versions() -> dict[str, str]:
    """The versions of the libraries that a page depends on."""
    packages = {name: importlib.metadata.version(name) for name in PACKAGES}
    return {"python": ".".join(map(str, sys.version_info[:3]))} | packages


def code() -> dict[str, bytes]:
    """The package's own files, which a page also depends on."""
    folder = Path(__file__).parents[1]
    paths = sorted(path for pattern in DIGESTED for path in folder.rglob(pattern))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def canonical(value: object) -> bytes:
    """A value as JSON whose bytes are the same wherever it is written."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    return text.encode(errors="replace") + b"\n"


@cache
def toolchain() -> str:
    """A digest of the suite's code and of the libraries that a page depends on."""
    return digest([digests(code()), versions()])


def digests(files: dict[str, bytes]) -> dict[str, str]:
    """The SHA-256 of each of these files."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def digest(value: object) -> str:
    """The SHA-256 of a value."""
    return hashlib.sha256(canonical(value)).hexdigest()
