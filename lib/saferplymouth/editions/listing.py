"""Writes the pages without a notebook: the list of editions, newest first, the accessibility
statement and the glossary.

The list says which editions were withdrawn, and which have lost their drop.
"""

import datetime
import re
from functools import cache
from pathlib import Path

import pandas as pd
from jinja2 import Environment, FileSystemLoader

from saferplymouth import periods, sources
from saferplymouth.editions import glossary, publish
from saferplymouth.editions.frame import FILTERS
from saferplymouth.errors import Mistake
from saferplymouth.framework import COMPLIANCE, KINDS_OF_GAP, Framework, load
from saferplymouth.framework.looks import worn
from saferplymouth.indicators import findings
from saferplymouth.indicators.words import capital, listed
from saferplymouth.store import published
from saferplymouth.store.edition_names import QUARTER, is_edition
from saferplymouth.store.manifest import GLOSSARY, MANIFEST, PACK, STATEMENT, manifest

TITLE = "Accessibility statement"
TURNS = ("previous", "next")
TEMPLATES = Path(__file__).parent / "templates/edition"


def write_index(root: Path) -> Path:
    """Write the list of every edition in place, with the statement and the glossary.

    Raises `Mistake` or `OSError`.
    """
    framework, outputs = load(root / "framework.toml"), root / "outputs"
    made = {name: manifest(outputs / name) for name in in_place(outputs)}
    names = sorted(made, key=lambda name: (made[name].get("data_to", name), name), reverse=True)
    drops = sources.drops(root / "data/raw")
    editions = [_row(name, made[name], drops) for name in names]
    top = top_of(glossary.read(root))
    content = page("editions.html.j2", framework, title="Editions", editions=editions, **top)
    publish.replace(outputs, STATEMENT, statement(framework, **top))
    for path, explained in glossary_page(framework, **top).items():
        publish.replace(outputs, path, explained)
    publish.replace(outputs, "index.html", content)
    _write_turns(framework, outputs, editions)
    return outputs / "index.html"


class NotPublished(Mistake):
    """There is no edition of that name, or it is not as its manifest says; the message has the
    cure.
    """


def standing(outputs: Path, name: str, ending: str = "") -> tuple[dict[str, bytes], dict]:
    """The files of an edition whose paths end in `ending`, each as it was published, and its
    manifest. Raises `NotPublished`.
    """
    build = f"with: saferplymouth run {name}"
    made = manifest(outputs / name) if is_edition(name) else {}
    if withdrawn := published.withdrawn(made):
        again = f"To publish it again: {published.republish_command(name)}"
        raise NotPublished(f"{name} was {withdrawn}\n{again}")
    if not made:
        what = f"there is no edition {name}"
        if is_edition(name) and (outputs / name).is_dir():
            what = f"the {MANIFEST} of {name} is missing or damaged"
        cure = f"build it first {build}" if is_edition(name) else "name a month or a quarter"
        names = in_place(outputs)
        there = f"\nThe editions in place: {listed(names)}" if names else ""
        raise NotPublished(f"{what}; {cure}{there}")
    there = published.files(outputs / name)
    digests = [pair for area in made["areas"].values() for pair in area.get("files", {}).items()]
    wanted = {path: digest for path, digest in sorted(digests) if path.endswith(ending)}
    wrong = [
        path for path, digest in wanted.items() if published.sha256(there.get(path, b"")) != digest
    ]
    if wrong:
        cure = f"build it again {build}"
        raise NotPublished(f"{', '.join(wrong)} does not match {MANIFEST}; {cure}")
    return {path: there[path] for path in wanted}, made


def turns(name: str) -> dict[str, str]:
    """The addresses, from a page of the edition `name`, of the edition before and after it and of
    the list of editions. They stay right as editions come and go: each is a page beside the
    editions, written anew by every run.
    """
    kind = "quarter" if QUARTER.fullmatch(name) else "month"
    return {way: f"../{way}/{name}.html" for way in TURNS} | {"all": "../index.html", "kind": kind}


def _write_turns(framework: Framework, outputs: Path, editions: list[dict]) -> None:
    """Write the pages that lead on from each edition to its neighbours of the same kind."""
    standing = [edition for edition in editions if not edition["withdrawn"]]
    for edition in standing:
        own = turns(edition["name"])
        alike = [one for one in standing if turns(one["name"])["kind"] == own["kind"]]
        at = alike.index(edition)
        found = {"next": alike[:at][-1:], "previous": alike[at + 1 :][:1]}
        for way, to in found.items():
            top = {"title": f"{capital(way)} {own['kind']}", "home": "../index.html"}
            top |= {"to": to[0] if to else None, "accessibility": f"../{STATEMENT}"}
            content = page("turn.html.j2", framework, **top)
            path = f"{way}/{edition['name']}.html"
            if not (outputs / path).is_file() or (outputs / path).read_bytes() != content:
                publish.replace(outputs, path, content)


def in_place(outputs: Path) -> list[str]:
    """The names of the editions in place, including withdrawn ones."""
    names = sorted(path.name for path in outputs.iterdir()) if outputs.is_dir() else []
    return [name for name in names if is_edition(name) and manifest(outputs / name)]


def page(template: str, framework: Framework, **top: object) -> bytes:
    """A page without a notebook, from its heading and content."""
    p = framework.partnership
    about = {"partnership": p.name, "area": p.area, "contact": p.contact, "licence": p.licence}
    about |= p.looks | {"accessibility": STATEMENT} | top
    body = environment().get_template(template).render(top=about)
    body = re.sub(r"\n\s*\n+", "\n", body).strip() + "\n"
    return worn(glossary.linked(body, about.get("terms", [])), about).encode()


@cache
def environment() -> Environment:
    """One template environment for every page, so that templates are compiled once."""
    made = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    made.filters |= FILTERS
    return made


def statement(framework: Framework, **top: object) -> bytes:
    """The partnership's accessibility statement; if it has written none, the statement says so."""
    own = framework.accessibility
    gaps = [*own.gaps.values()] if own else []
    kinds = {words: [g for g in gaps if g.kind == kind] for kind, words in KINDS_OF_GAP.items()}
    content = {"own": own, "complies": COMPLIANCE[own.status] if own else "", "kinds": kinds}
    content["day"] = lambda text: periods.day(periods.written_day(text))
    top["accessibility"] = ""  # it does not link to itself
    return page(f"{STATEMENT}.j2", framework, title=TITLE, statement=content, **top)


def top_of(terms: list[glossary.Term]) -> dict:
    """What pages are made with where these are the terms of the glossary."""
    return {"glossary": GLOSSARY if terms else "", "terms": terms}


def glossary_page(framework: Framework, **top: object) -> dict[str, bytes]:
    """The page of the glossary, by its path; none where there are no terms."""
    if not top["terms"]:
        return {}
    top |= {"title": "Glossary", "explained": top["terms"], "glossary": "", "terms": []}
    return {GLOSSARY: page(f"{GLOSSARY}.j2", framework, **top)}


def words(name: str, made: dict) -> str:
    """An edition's month or quarter in words."""
    usual = name if QUARTER.fullmatch(name) else periods.words(periods.month(name))
    return made.get("words") or usual


def has_pack(made: dict) -> bool:
    """Whether an edition has its pack, from its manifest."""
    return any(PACK in area.get("files", {}) for area in made.get("areas", {}).values())


def lost_drop(name: str, made: dict, drops: list[pd.Period]) -> str:
    """A message that the drop of an edition's latest month is gone; empty if it is in `drops`."""
    month = made.get("data_to", name)
    if not made or month in map(str, drops):
        return ""
    of = f" of {periods.words(periods.month(month))}" if month != name else ""
    return f"its drop{of} is no longer in data/raw"


def _row(name: str, made: dict, drops: list[pd.Period]) -> dict:
    facts = [i for area in made["areas"].values() for i in area.get("indicators", {}).values()]
    finished = datetime.datetime.fromisoformat(made["build"]["finished"]).date()
    return {
        "name": name,
        "words": capital(words(name, made)),
        "withdrawn": capital(published.withdrawn(made)),
        "pack": f"{name}/{PACK}" if has_pack(made) else "",
        "gone": capital(lost_drop(name, made, drops)),
        "status": made["status"],
        "published": periods.day(finished),
        "standing": findings.standing([fact["state"] for fact in facts]),
    }
