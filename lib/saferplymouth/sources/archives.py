"""Finds the street files of a drop: plain, in a folder as unzipped, or inside the zip as
downloaded, which is never unpacked.
"""

import hashlib
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from saferplymouth.errors import Fault, file_name_fault
from saferplymouth.periods import MONTH
from saferplymouth.sources.problems import Problem, shown

ENDING = "-street.csv"
FORCE = "[a-z0-9]+(?:-[a-z0-9]+)*"
NAME = re.compile(rf"({MONTH.pattern})-({FORCE}){re.escape(ENDING)}")
CLUTTER = (".", "~$")
FOLDERS = ("returns", "received", "comments", "papers", "places")  # of a drop
LARGEST_UNPACKED = 50_000_000_000  # 36 months of all forces are about 5 GB
LARGEST_RATIO = 100  # street files pack to about a seventh
READER = b"4"  # change it with the reader, to change the files' digests
UNREADABLE = (
    *(OSError, EOFError, RuntimeError, ValueError),
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error),
)
FETCH = "download it again from data.police.uk"
AS_DOWNLOADED = "use the zip as downloaded"
NAMED = "name it as downloaded, such as 2016-11-west-midlands-street.csv"
SHUT = ("cannot be read", f"{FETCH}, or check its permissions")


class Packed(zipfile.ZipFile):
    """A zip as downloaded."""


@dataclass(frozen=True)
class StreetFile:
    """One street file: `source` is its path within the drop (`abc.zip/2016-11/2016-11-x-street.csv`
    when packed).

    `month` ("2016-11") and `force` ("west-midlands") come from its name.
    """

    source: str
    month: str
    force: str
    path: Path = field(repr=False, compare=False)
    packed: Packed | None = field(default=None, repr=False, compare=False)

    def open(self) -> BinaryIO:
        """The file's bytes from the start; raises one of `UNREADABLE` if they cannot be read."""
        return self.packed.open(self._member) if self.packed else self.path.open("rb")

    @property
    def _member(self) -> str:
        return self.source.partition("/")[2]

    def digest(self, sha256: Callable[[Path], str]) -> str:
        """A digest of its name and content, or of its zip and place in it; `sha256` gives that of a
        path. Raises one of `UNREADABLE`.
        """
        own = self.path.name
        if self.packed:
            member = self.packed.getinfo(self._member)
            own = f"{member.filename} {member.CRC} {member.file_size}"
        return hashlib.sha256(READER + own.encode() + sha256(self.path).encode()).hexdigest()


def street_files(folder: Path, problems: list[Problem]) -> list[StreetFile]:
    """The street files of the drop `folder`, by month and force: `*-street.csv` in its top folder
    and in the folders of a zip that was unzipped there, and in a `*.zip` there.

    Adds to `problems` a wrong name, a damaged zip, a repeated month and a month later than the
    drop.
    """
    files: list[StreetFile] = []
    for path in _candidates(folder):
        source = path.relative_to(folder).as_posix()
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                problems.append(Problem(source, "is not a file", "put the file itself here"))
            elif is_zip(path):
                files += _packed(path, problems)
            elif path.parent != folder and (mistake := file_name_fault(source)):
                problems.append(Problem(source, *mistake))
            else:
                files += _named(source, path, None, problems)
        except UNREADABLE:
            problems.append(Problem(source, *SHUT))
    files.sort(key=lambda file: (file.month, file.force))
    problems += _misplaced(files, folder.name)
    return files


def is_zip(path: Path) -> bool:
    return path.suffix.lower() == ".zip"


def unzipped(folder: Path) -> list[Path]:
    """The street files anywhere in a folder of a drop, if it is what was in a zip."""
    if folder.name in FOLDERS or not folder.is_dir():
        return []
    inside = [path.relative_to(folder) for path in sorted(folder.rglob(f"*{ENDING}"))]
    clear = [path for path in inside if not any(p.startswith(CLUTTER) for p in path.parts)]
    return [folder / path for path in clear]


def _candidates(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.name.startswith(CLUTTER):
            continue
        if is_zip(path) or path.name.endswith(ENDING):
            yield path
        else:
            yield from unzipped(path)


def digested(
    files: Iterable[StreetFile], sha256: Callable[[Path], str], problems: list[Problem]
) -> Iterator[tuple[StreetFile, str]]:
    """The files that can be read, each with its digest; a problem is added for each other one."""
    for file in files:
        try:
            yield file, file.digest(sha256)
        except UNREADABLE:
            problems.append(Problem(file.source, *SHUT))


def _packed(path: Path, problems: list[Problem]) -> Iterator[StreetFile]:
    try:
        packed = Packed(path)
    except UNREADABLE:
        problems.append(Problem(path.name, "cannot be opened as a zip", FETCH))
        return
    members = [member for member in packed.infolist() if _is_street(member)]
    if mistake := file_name_fault(path.name) or _unfit(members, path.stat().st_size):
        problems.append(Problem(path.name, *mistake))
        return
    for member in members:
        yield from _named(f"{path.name}/{member.filename}", path, packed, problems)


def _is_street(member: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(member.filename).parts
    clutter = parts and (parts[0] == "__MACOSX" or parts[-1].startswith(CLUTTER))
    return member.filename.endswith(ENDING) and not clutter


def _unfit(members: list[zipfile.ZipInfo], size: int) -> Fault | None:
    """The mistake and cure for a zip that must not be read."""
    names = [member.filename for member in members]
    usual = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    unpacked = sum(member.file_size for member in members)
    if not members:
        cure = "download it with crime data included, or move it out of the drop"
        return "contains no street files", cure
    if any(member.flag_bits & 1 for member in members):
        return "is protected by a password", f"{AS_DOWNLOADED}, without a password"
    if any(member.compress_type not in usual for member in members):
        return "is compressed in an unusual way", f"{AS_DOWNLOADED}, or unpack it"
    if any(map(_leads_out, names)):
        return "contains a file with a path outside the zip", FETCH
    if any(map(file_name_fault, names)):
        return "contains a file whose name cannot be displayed", FETCH
    if len(set(names)) < len(names):
        return "contains two files with the same name", FETCH
    if unpacked > min(LARGEST_UNPACKED, LARGEST_RATIO * size):
        mistake = f"would unpack to {unpacked / 1e6:,.0f} MB"
        return mistake, f"{FETCH}, with fewer months if it is not damaged"
    return None


def _leads_out(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in PurePosixPath(name).parts


def _named(
    source: str, path: Path, packed: Packed | None, problems: list[Problem]
) -> Iterator[StreetFile]:
    """The street file at a place, if its name gives its month and force."""
    name = source.rpartition("/")[2]
    if match := NAME.fullmatch(name):
        yield StreetFile(source, match[1], match[4], path, packed)
    else:
        problems.append(Problem(source, f"{shown(name)} does not name a month and a force", NAMED))


def _misplaced(files: list[StreetFile], drop: str) -> Iterator[Problem]:
    """A problem for each month that appears twice for one force or is later than its drop."""
    first: dict[tuple[str, str], str] = {}
    for file in files:
        other = first.setdefault((file.month, file.force), file.source)
        if other != file.source:
            mistake = f"is for the same month and force as {other}"
            yield Problem(file.source, mistake, "keep one of them")
        if file.month > drop:
            cure = f"move it to the drop of {file.month} or a later one"
            yield Problem(file.source, f"is for {file.month}, which is later than its drop", cure)
