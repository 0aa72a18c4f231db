"""Begins partnerships and areas, renames areas, and asks agencies for their figures."""

from saferplymouth.framework import Framework

UNWRITTEN = "To be written"  # the start of each text in entry.toml that has to be filled in


def unwritten(framework: Framework) -> list[str]:
    """What in `framework.toml` is still the text of `new-area` to be filled in."""
    entries = {f"areas.{key}": area for key, area in framework.areas.items()}
    entries |= {f"indicators.{key}": indicator for key, indicator in framework.indicators.items()}
    texts = {f"{at}.{name}": text for at, of in entries.items() for name, text in vars(of).items()}
    left = [at for at, text in texts.items() if str(text).startswith(UNWRITTEN)]
    return [f"framework.toml: {at} still says “{UNWRITTEN}”" for at in left]
