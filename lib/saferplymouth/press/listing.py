"""The page that lists every edition in place, newest first."""

import datetime
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from saferplymouth import framework, periods
from saferplymouth.sentences import findings
from saferplymouth.store import shelf
from saferplymouth.store.shelf import manifest
from saferplymouth.which import is_edition

TEMPLATES = Path(__file__).parent / "page/edition"


def write_index(root: Path) -> Path:
    """The page that lists every edition in place, newest first. Raises `OSError`."""
    frame, outputs = framework.load(root / "framework.toml"), root / "outputs"
    made = {p.name: manifest(p) for p in outputs.iterdir() if is_edition(p.name)}
    names = sorted((name for name in made if made[name]), key=lambda n: (made[n].get("data_to", n), n), reverse=True)
    editions = [_listed(name, made[name]) for name in names]
    p = frame.partnership
    top = {"partnership": p.name, "title": "Editions", "area": p.area, "contact": p.contact, "licence": p.licence}
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    body = environment.get_template("editions.html.j2").render(editions=editions, top=top)
    page = re.sub(r"\n\s*\n+", "\n", body).strip() + "\n"
    shelf.replace(outputs, "index.html", page.encode())
    return outputs / "index.html"


def _listed(month: str, made: dict) -> dict:
    states = [i["state"] for area in made["areas"].values() for i in area.get("indicators", {}).values()]
    words = made.get("words") or periods.words(periods.month(month))
    finished = datetime.datetime.fromisoformat(made["build"]["finished"]).date()
    return {
        "month": month,
        "words": words[:1].upper() + words[1:],
        "status": made["status"],
        "published": periods.day(finished),
        "standing": findings.standing(states),
    }
