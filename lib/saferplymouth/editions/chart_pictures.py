"""Makes the charts of an edition as pictures for slides, from its own SVG files."""

import shutil
from pathlib import Path

from saferplymouth.display import takeaway
from saferplymouth.editions import listing
from saferplymouth.store.atomic import atomic_write

FOLDER = "charts"  # in `outputs`: what a draft is discussed with is no part of it


def write(root: Path, name: str, folder: Path | None = None) -> list[Path]:
    """Write a PNG of each chart of the edition `name`, 2,000 pixels wide, in `folder` or, where
    none is given, in `outputs/charts/<name>`; returns their paths.

    Raises `listing.NotPublished` or `OSError`.
    """
    files, _ = listing.standing(root / "outputs", name, ".svg")
    if not files:
        cure = f"build it again with: saferplymouth run {name} --force"
        raise listing.NotPublished(f"{name} has no charts as files: none is drawn, or {cure}")
    folder = folder or root / "outputs" / FOLDER / name
    places = [folder / Path(path).with_suffix(".png").name for path in files]
    drawn = takeaway.pngs(content.decode() for content in files.values())
    for place, png in zip(places, drawn, strict=True):
        with atomic_write(place) as beside:
            beside.write_bytes(png)
    return places


def remove(outputs: Path, name: str) -> None:
    """Remove the pictures made of an edition."""
    shutil.rmtree(outputs / FOLDER / name, ignore_errors=True)
