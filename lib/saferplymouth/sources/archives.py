"""Where the street files of a drop lie: plain, or in the zip as downloaded, which is streamed and
never unpacked.
"""

import hashlib
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from saferplymouth.errors import unfit_name
from saferplymouth.sources.problems import Problem, shown

ENDING = "-street.csv"
NAME = re.compile(
    r"((?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2]))-([a-z0-9]+(?:-[a-z0-9]+)*)-street\.csv"
)
CLUTTER = (".", "~$")
LARGEST_UNPACKED = 50_000_000_000  # 36 months of all forces are about 5 GB
LARGEST_RATIO = 100  # street files pack to about a seventh
READER = b"3"  # of another reader, a file's digest is another
UNREADABLE = (
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
)
FETCH = "download it again from data.police.uk"
SHUT = ("cannot be read", f"{FETCH}, or see who may open it")


class Packed(zipfile.ZipFile):
    """A zip as downloaded."""

    @cached_property
    def whole(self) -> bytes:
        """The SHA-256 of all of it."""
        with Path(self.filename).open("rb") as content:
            return hashlib.file_digest(content, "sha256").digest()


@dataclass(frozen=True)
class StreetFile:
    """Where one street file lies: `source` within the drop (`abc.zip/2016-11/2016-11-x-street.csv`
    when packed).

    `month` ("2016-11") and `force` ("west-midlands") are both from its name.
    """

    source: str
    month: str
    force: str
    path: Path = field(repr=False, compare=False)
    packed: Packed | None = field(default=None, repr=False, compare=False)

    def open(self) -> BinaryIO:
        """The file's bytes from the start; raises one of `UNREADABLE` where they cannot be had."""
        return self.packed.open(self._member) if self.packed else self.path.open("rb")

    @property
    def _member(self) -> str:
        return self.source.partition("/")[2]

    @cached_property
    def digest(self) -> str:
        """Of its name and content, or of its zip and which of that it is; raises one of
        `UNREADABLE`.
        """
        if self.packed:
            member = self.packed.getinfo(self._member)
            own = f"{member.filename} {member.CRC} {member.file_size}".encode()
            return hashlib.sha256(READER + self.packed.whole + own).hexdigest()
        with self.path.open("rb") as content:
            return hashlib.file_digest(
                content, lambda: hashlib.sha256(READER + self.path.name.encode())
            ).hexdigest()


def street_files(folder: Path, problems: list[Problem]) -> list[StreetFile]:
    """The street files of the drop `folder`, by month and force: `*-street.csv` at its top, and in
    a `*.zip` there.

    What cannot be one is told in `problems`: a name of another shape, a damaged zip, a month twice
    or still to come.
    """
    found: list[StreetFile] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.name.startswith(CLUTTER) or not path.name.endswith((ENDING, ".zip")):
            continue
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                problems.append(Problem(path.name, "is not a file", "put the file itself here"))
            else:
                found += (
                    _packed(path, problems) if path.suffix == ".zip" else _plain(path, problems)
                )
        except UNREADABLE:
            problems.append(Problem(path.name, *SHUT))
    found.sort(key=lambda file: (file.month, file.force))
    problems += _misplaced(found, folder.name)
    return found


def readable(file: StreetFile, problems: list[Problem]) -> bool:
    """Whether the file's digest can be had; if not, that is told in `problems`."""
    try:
        return bool(file.digest)
    except UNREADABLE:
        problems.append(Problem(file.source, *SHUT))
        return False


def _plain(path: Path, problems: list[Problem]) -> Iterator[StreetFile]:
    if named := _named(path.name, path.name, problems):
        yield StreetFile(path.name, *named, path)


def _packed(path: Path, problems: list[Problem]) -> Iterator[StreetFile]:
    try:
        packed = Packed(path)
    except UNREADABLE:
        problems.append(Problem(path.name, "cannot be opened as a zip", FETCH))
        return
    if wrong := unfit_name(path.name):
        problems.append(Problem(path.name, *wrong))
        return
    members = [m for m in packed.infolist() if _is_street(m)]
    if mistake := _unfit(members, path.stat().st_size):
        problems.append(Problem(path.name, *mistake))
        return
    for member in members:
        source = f"{path.name}/{member.filename}"
        if named := _named(PurePosixPath(member.filename).name, source, problems):
            yield StreetFile(source, *named, path, packed)


def _is_street(member: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(member.filename).parts
    clutter = parts and (parts[0] == "__MACOSX" or parts[-1].startswith(CLUTTER))
    return member.filename.endswith(ENDING) and not clutter


def _unfit(members: list[zipfile.ZipInfo], size: int) -> tuple[str, str] | None:
    """The mistake and cure of a zip that is not to be read."""
    names = [member.filename for member in members]
    unpacked = sum(member.file_size for member in members)
    if not members:
        return (
            "holds no street file",
            "download it with crime data included, or move it out of the drop",
        )
    if any(member.flag_bits & 1 for member in members):
        return "is locked with a password", "put in the zip as downloaded, without a password"
    if any(
        member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members
    ):
        return (
            "is packed in an unusual way",
            "put in the zip as downloaded, or the files themselves",
        )
    if any(
        name.startswith("/") or "\\" in name or ".." in PurePosixPath(name).parts for name in names
    ):
        return "holds a file whose name leads out of it", FETCH
    if any(map(unfit_name, names)):
        return "holds a file whose name cannot be shown", FETCH
    if len(set(names)) < len(names):
        return "holds two files of one name", FETCH
    if unpacked > LARGEST_UNPACKED or unpacked > LARGEST_RATIO * size:
        return (
            f"would unpack to {unpacked / 1e6:,.0f} MB",
            f"{FETCH}, in fewer months if it is whole",
        )
    return None


def _named(name: str, source: str, problems: list[Problem]) -> tuple[str, str] | None:
    """The month and force a file is of by its name."""
    if match := NAME.fullmatch(name):
        return match[1], match[2]
    cure = "name it as downloaded, such as 2016-11-west-midlands-street.csv"
    problems.append(Problem(source, f"{shown(name)} names no month and force", cure))
    return None


def _misplaced(files: list[StreetFile], drop: str) -> Iterator[Problem]:
    known: dict[tuple[str, str], str] = {}
    for file in files:
        other = known.setdefault((file.month, file.force), file.source)
        if other != file.source:
            yield Problem(
                file.source, f"is of the same month and force as {other}", "keep one of them"
            )
        if file.month > drop:
            cure = f"move it to the drop of {file.month} or a later one"
            yield Problem(file.source, f"is of {file.month}, a month later than its drop", cure)
