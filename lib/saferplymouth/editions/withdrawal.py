"""Withdraws an edition: each of its pages then says that it was withdrawn, when and why.

The published files are kept in `outputs/withdrawn` for the record. The edition is switched by one
rename, like every edition. If the process is killed at any point, either the edition or its
withdrawal pages are in place.
"""

import datetime
from pathlib import Path

from saferplymouth import periods
from saferplymouth.editions import chart_pictures, foi, glossary, listing, publish, tasks
from saferplymouth.errors import Mistake, known_keys
from saferplymouth.framework import load
from saferplymouth.store import published
from saferplymouth.store.edition_names import is_edition
from saferplymouth.store.manifest import GLOSSARY, MANIFEST, STATEMENT, WITHDRAWN, manifest


class NotWithdrawn(Mistake):
    """There is nothing to withdraw; the message says why and what there is."""


def withdraw(root: Path, name: str, because: str, now: datetime.datetime) -> Path:
    """Withdraw the edition `name` for the reason `because`; returns the folder that keeps it.

    Call it only while no run is in progress. Raises `NotWithdrawn`, `framework.FrameworkError` or
    `OSError`.
    """
    outputs, framework = root / "outputs", load(root / "framework.toml")
    explained = f"../{GLOSSARY}" if glossary.read(root) else ""
    files = published.files(outputs / name) if is_edition(name) else {}
    if not files:
        names = listing.in_place(outputs)
        hint = known_keys(name, names) if names else "none is in place"
        raise NotWithdrawn(f"there is no edition {name}; {hint}")
    made = manifest(outputs / name)
    if withdrawn := published.withdrawn(made):
        listing.write_index(root)  # in case the process was killed before
        raise NotWithdrawn(f"{name} was already {withdrawn}")
    digest = published.sha256(files.get(MANIFEST, b""))
    kept = publish.put(outputs / published.TAKEN, published.withdrawn_folder(name, digest), files)
    (outputs / foi.FOLDER / f"{name}.zip").unlink(missing_ok=True)
    chart_pictures.remove(outputs, name)
    day = {"date": now.date().isoformat(), "date_words": periods.day(now.date())}
    withdrawn = day | {"reason": because, "sha256": digest}
    left = {
        "edition": name,
        "words": listing.words(name, made),
        "data_to": made.get("data_to", name),
        "status": WITHDRAWN,
        "withdrawn": withdrawn,
        "areas": {},
        "inputs": {},
        "packages": tasks.versions(),
        "build": {"finished": now.isoformat(timespec="seconds")},
    }
    top = {"title": "Withdrawn", "month": left["words"], "withdrawn": withdrawn}
    top["glossary"] = explained
    if STATEMENT not in files:  # it was built before editions had one
        top["accessibility"] = f"../{STATEMENT}"
    page = listing.page("withdrawn.html.j2", framework, **top)
    pages = {path: page for path in ("index.html", *files) if path.endswith(".html")}
    if STATEMENT in files:
        about = {"month": left["words"], "withdrawn": withdrawn, "glossary": explained}
        pages[STATEMENT] = listing.statement(framework, **about)
    publish.put(outputs, name, pages | {MANIFEST: tasks.canonical(left)})
    listing.write_index(root)
    return kept


def also_in(outputs: Path, name: str) -> list[str]:
    """The editions of quarters in place with the same latest figures as the month `name`."""
    made = {other: manifest(outputs / other) for other in listing.in_place(outputs)}
    same = [other for other, m in made.items() if other != name and m.get("data_to") == name]
    return [other for other in same if not published.withdrawn(made[other])]
