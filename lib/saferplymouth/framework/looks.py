"""A partnership's own looks: a colour that readers can tell from the paper, fonts, and a logo."""

import base64
import colorsys
import re
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

COLOUR, COLOUR_DARK = "#12436d", "#86b6e8"  # of pages whose partnership has none of its own
LINK_DARK = "#9cc5f0"
SHADES = {"#3f74a8": 0.79, "#7aa6cf": 0.55, "#b4cfe6": 0.31, "#e3edf6": 0.12}  # of it on white
WASH, DARK_WASH = "#f4f6f7", "#1e2428"  # the grounds of text that are hardest to read it on
LEAST, DARK_LEAST = 4.5, 7.0  # the first is level AA, for text of any size; a dark screen is dimmer
HEX = "#[0-9a-fA-F]{6}"
GENERIC = ("sans-serif", "serif", "system-ui")
FONT = rf"(?:\w[\w -]*, *)*(?:{'|'.join(GENERIC)})"
KINDS = {".svg": "image/svg+xml", ".png": "image/png"}
LARGEST_LOGO = 30_000  # bytes; each page holds a copy
SVG = "{http://www.w3.org/2000/svg}"
MOVING = ("script", "foreignObject", "animate", "set", "iframe", "object", "embed", "handler")
OUTSIDE = re.compile(r"@import|\\|url\(\s*['\"]?(?!\s*#)", re.IGNORECASE)
WITHIN = re.compile(r"#|data:image/(?:png|jpeg);")


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21: (L1 + 0.05) / (L2 + 0.05), L1 the lighter.

    Relative luminance L is 0.2126 R + 0.7152 G + 0.0722 B, each of which is its share c of 255
    made linear: c / 12.92 up to 0.04045, ((c + 0.055) / 1.055)^2.4 above. Source: Web Content
    Accessibility Guidelines 2.2, definitions of contrast ratio and relative luminance.
    """
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    shares = [n / 255 for n in bytes.fromhex(colour[1:])]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def readable(colour: str, ground: str, least: float) -> str:
    """The colour itself if its contrast with `ground` is at least that, otherwise the nearest
    lightness of its hue that is, darker on a light ground and lighter on a dark one.
    """
    hue, light, saturation = colorsys.rgb_to_hls(*(n / 255 for n in bytes.fromhex(colour[1:])))
    end = 0 if _luminance(ground) > 0.5 else 1
    steps = (light + (end - light) * n / 512 for n in range(513))
    shades = (colorsys.hls_to_rgb(hue, step, saturation) for step in steps)
    written = ("#" + bytes(round(255 * share) for share in shade).hex() for shade in shades)
    return next(shade for shade in written if contrast(shade, ground) >= least)


def on_dark(colour: str) -> str:
    """The shade of a colour that replaces it on a dark screen."""
    return COLOUR_DARK if colour == COLOUR else readable(colour, DARK_WASH, DARK_LEAST)


def worn(page: str, top: Mapping[str, str]) -> str:
    """A page or a picture with the colour of `top` and its shades instead of the usual ones."""
    colour = top.get("colour", COLOUR)
    if colour == COLOUR:
        return page
    own = {COLOUR: colour}
    own |= dict.fromkeys((COLOUR_DARK, LINK_DARK), top["colour_dark"])
    for shade, part in SHADES.items():
        mixed = (round(255 + (n - 255) * part) for n in bytes.fromhex(colour[1:]))
        own[shade] = "#" + bytes(mixed).hex()
    usual = "|".join(shade[1:] for shade in own)
    return re.sub(f"(#|%23)({usual})", lambda found: found[1] + own[f"#{found[2]}"][1:], page)


def colour_fault(colour: str) -> str:
    """What is wrong with a colour, and its cure; empty if text can have it."""
    if not re.fullmatch(HEX, colour):
        return f"must be a colour of six hexadecimal digits, such as {COLOUR}"
    ratio = contrast(colour, WASH)
    if ratio >= LEAST:
        return ""
    near = readable(colour, WASH, LEAST)
    at_most = int(ratio * 10) / 10
    return f"is too pale for text (contrast {at_most} to 1, below {LEAST}); write {near}"


def font_fault(font: str) -> str:
    """What is wrong with a list of fonts, and its cure; empty if it is good."""
    kinds = ", ".join(GENERIC)
    cure = f"separated by commas, the last one of {kinds}: Gill Sans, Arial, sans-serif"
    return "" if re.fullmatch(FONT, font) else f"must be names of fonts without quotes, {cure}"


def named_fonts(font: str) -> list[str]:
    """The fonts of a list by name, without the kinds that a browser chooses from."""
    return [name for name in map(str.strip, font.split(",")) if name and name not in GENERIC]


def logo(folder: Path, name: str) -> tuple[str, str]:
    """A logo as the address of an image, and what is wrong with it, with its cure: one is empty."""
    path = folder / name
    if Path(name).name != name or path.suffix not in KINDS:
        return "", "must be the name of an .svg or .png file in the folder of framework.toml"
    if not path.is_file():
        return "", f"'{name}' is not there; put it in the folder of framework.toml"
    content = path.read_bytes()
    if fault := _fault(content, path.suffix):
        return "", f"'{name}' {fault}"
    return f"data:{KINDS[path.suffix]};base64,{base64.b64encode(content).decode()}", ""


def _fault(content: bytes, suffix: str) -> str:
    if len(content) > LARGEST_LOGO:
        return f"is over {LARGEST_LOGO:,} bytes; draw it more simply, or as a smaller PNG"
    if suffix == ".png":
        whole = content.startswith(b"\x89PNG\r\n\x1a\n") and content.endswith(b"IEND\xaeB`\x82")
        return "" if whole else "is not a whole PNG; save it again"
    try:
        root = ElementTree.fromstring(content, ElementTree.XMLParser(target=_Still()))
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        return f"is not sound SVG ({error}); save it again as plain SVG"
    if root.tag != f"{SVG}svg":
        return "is not an SVG; save it again as plain SVG"
    return next(filter(None, map(_element_fault, root.iter())), "")


def _element_fault(element: ElementTree.Element) -> str:
    name = element.tag.rpartition("}")[2]
    looks = {key.rpartition("}")[2].lower(): value for key, value in element.attrib.items()}
    if name.startswith(MOVING) or any(key.startswith("on") for key in looks):
        return f"has something that runs or moves (<{name}>); save it as plain SVG, without it"
    links = [looks[key].strip() for key in ("href", "src") if key in looks]
    styles = [*looks.values(), (element.text or "") * (name == "style")]
    if not all(map(WITHIN.match, links)) or any(map(OUTSIDE.search, styles)):
        return f"uses something outside itself (<{name}>); embed it, and save it as plain SVG"
    return ""


class _Still(ElementTree.TreeBuilder):
    """Refuses what an XML file can load, or repeat without end, before its first element."""

    def doctype(self, *_: str | None) -> None:
        raise ValueError("it has a document type")

    def pi(self, *_: str | None) -> None:
        raise ValueError("it has a processing instruction")
