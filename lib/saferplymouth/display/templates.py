"""Fills HTML templates: text is escaped, and what is HTML already is `Markup`."""

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from saferplymouth import periods
from saferplymouth.indicators.words import capital, inner, listed, number

FOLDER = Path(__file__).with_name("templates")
LINE_END = re.compile(r"\s*\n\s*")
BLOCK = r"\{%(?:(?!%\}).)*%\}"
BETWEEN_TAGS = re.compile(rf">\n\s*((?:{BLOCK}\s*)*)<")
MOST_WORDS = 10  # of a title
BETWEEN_WORDS = re.compile(r"(?<=[\w,;:.])\n\s*(?=\w)")


class OneLine(Extension):
    """Templates without their own line ends: none between tags, a space between words; what fills
    them keeps its own.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        joined = BETWEEN_TAGS.sub(lambda lines: f">{LINE_END.sub('', lines[1])}<", source)
        return BETWEEN_WORDS.sub(" ", joined)


@cache
def environment() -> Environment:
    """The templates, each compiled once, and the words that they share as filters."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[OneLine],
        auto_reload=False,
    )
    made.filters |= {"words": periods.words, "day": periods.day, "capital": capital}
    made.filters |= {
        "headed": headed,
        "inner": inner,
        "listed": listed,
        "number": number,
        "passed": periods.passed,
    }
    return made


def headed(sentence: str) -> tuple[str, str]:
    """The title and the subtitle that a sentence makes: it is parted where a phrase ends, after ten
    words at most, if it can be.
    """
    ends = list(re.finditer("[,;:] ", sentence))
    fits = [m for m in ends if len(sentence[: m.start()].split()) <= MOST_WORDS]
    if len(sentence.split()) <= MOST_WORDS or not fits:
        return sentence, ""
    return sentence[: fits[-1].start()], capital(sentence[fits[-1].end() :])


def fill(template: str, /, **values: object) -> Markup:
    """The template `templates/<template>.html.j2` with these values.

    Raises `jinja2.UndefinedError` where it asks for one that is not given.
    """
    return Markup(environment().get_template(f"{template}.html.j2").render(values))


def compile_all() -> None:
    """Compile every template now, so that no page waits for it."""
    for name in environment().list_templates():
        environment().get_template(name)
